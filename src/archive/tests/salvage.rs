//! ZIPs that break off before their directory: what is found by the headers of the entries, and what is said.

use super::super::{Archive, ArchiveError, Limits};
use super::{contents, written};
use crate::model::FindingCode;
use crate::testing::raw_zip::{Piece, Zip, deflated, stored, stored_bytes, streamed, zip64};

fn salvaged(bytes: &[u8]) -> Result<Archive, ArchiveError> {
    let (_folder, path) = written(bytes);
    Archive::salvage(&path, &Limits::default())
}

/// Entries as `path=content` or `path!code`.
fn told(archive: &Archive) -> Vec<String> {
    let tell = |(path, content): (String, Result<String, FindingCode>)| match content {
        Ok(content) => format!("{path}={content}"),
        Err(code) => format!("{path}!{}", code.name()),
    };
    contents(archive).into_iter().map(tell).collect()
}

fn sentence(archive: &Archive) -> String {
    let findings = archive.account().expect("an account");
    assert_eq!(findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), [FindingCode::SalvagedArchive]);
    findings[0].sentence.clone()
}

/// The same ZIP without its directory.
fn beheaded(zip: &Zip) -> Vec<u8> {
    let mut bytes = zip.build();
    let directory = bytes.windows(4).position(|four| four == b"PK\x01\x02").expect("a directory");
    bytes.truncate(directory);
    bytes
}

#[test]
fn every_form_of_entry_is_found_by_its_header() {
    let check = |name: &str, middle: Piece| {
        let zip = Zip::of(&[stored("a", "first"), middle, stored("c", "third")]);
        let archive = salvaged(&beheaded(&zip)).expect(name);
        assert!(archive.is_salvaged(), "{name}");
        assert_eq!(told(&archive), ["a=first", "b=second second", "c=third"], "{name}");
        let sentence = sentence(&archive);
        assert!(sentence.contains("3 of 3 files came out whole"), "{name}: {sentence}");
    };
    let (plain, packed) = (stored("b", "second second"), deflated("b", "second second"));
    let packed64 = Piece { method: 9, ..packed.clone() };
    check("stored", plain.clone());
    check("deflated", packed.clone());
    check("deflate64", packed64.clone());
    for (form, name) in [(16, "signature"), (12, "no signature"), (24, "zip64, signature"), (20, "zip64")] {
        check(&format!("deflated, streamed: {name}"), streamed(packed.clone(), form));
        check(&format!("deflate64, streamed: {name}"), streamed(packed64.clone(), form));
    }
    check("stored, streamed", streamed(plain.clone(), 16));
    check("stored, streamed, zip64", streamed(plain.clone(), 24));
    check("stored, zip64", zip64(plain.clone()));
    check("deflated, zip64", zip64(packed));
    let text = "a ZIP begins with PK\x03\x04 and a record behind an entry with PK\x07\x08, so what?";
    let zip = Zip::of(&[streamed(stored("a", text), 16), stored("b", text)]);
    let archive = salvaged(&beheaded(&zip)).expect("signatures in the data");
    assert_eq!(told(&archive), [format!("a={text}"), format!("b={text}")]);
}

#[test]
fn the_entry_in_which_it_breaks_off_is_kept_as_far_as_it_came() {
    let whole = beheaded(&Zip::of(&[stored("a", "first"), stored("b", "second second")]));
    let check = |bytes: &[u8], entries: &[&str], words: &[&str]| {
        let archive = salvaged(bytes).expect("an archive");
        assert_eq!(told(&archive), entries);
        let sentence = sentence(&archive);
        for word in words {
            assert!(sentence.contains(word), "{sentence}");
        }
    };
    let n = whole.len();
    check(&whole, &["a=first", "b=second second"], &["2 of 2 files", "is probably not complete"]);
    let words =
        ["1 of 2 files", "it breaks off in b, of which 8 of 13 packed bytes are there", &format!("{} bytes", n - 5)];
    check(&whole[..n - 5], &["a=first", "b!damaged_entry"], &words);
    check(&whole[..n - 13], &["a=first", "b!damaged_entry"], &["of which 0 of 13 packed bytes"]);
    check(&whole[..n - 14], &["a=first"], &["1 of 1 files", "the last 30 bytes belong to no entry"]);
    let archive = salvaged(&whole[..n - 5]).expect("an archive");
    let mut raw = Vec::new();
    std::io::Read::read_to_end(&mut archive.read_raw(1).expect("raw bytes"), &mut raw).expect("raw bytes");
    assert_eq!(raw, b"second s");

    let streamed = beheaded(&Zip::of(&[stored("a", "first"), streamed(deflated("b", "second second"), 16)]));
    let cut = &streamed[..streamed.len() - 20];
    check(cut, &["a=first", "b!damaged_entry"], &["1 of 2 files", "it breaks off in b, of which 7 packed bytes"]);

    let mut zip = Zip::of(&[stored("a", "first"), stored("b", "second second")]).build();
    zip.truncate(n + 60);
    check(&zip, &["a=first", "b=second second"], &["2 of 2 files", "every entry before it seems to be there"]);
}

#[test]
fn damage_on_the_way_costs_no_neighbour() {
    let three = Zip::of(&[stored("a", "first"), deflated("b", "second second"), stored("c", "third")]);
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = beheaded(&three);
        change(&mut bytes);
        let archive = salvaged(&bytes).expect("an archive");
        (told(&archive), sentence(&archive))
    };
    let (entries, sentence) = with(&|bytes| bytes[18] = 200);
    assert_eq!(entries, ["a!damaged_entry", "b=second second", "c=third"], "a length that cannot be: {sentence}");
    let (entries, _) = with(&|bytes| bytes[36 + 18] = 200);
    assert_eq!(entries, ["a=first", "b=second second", "c=third"], "one that unpacking corrects");
    let (entries, sentence) = with(&|bytes| bytes[36] = b'?');
    assert_eq!(entries, ["a=first", "c=third"]);
    assert!(sentence.contains("in 1 places the next entry had to be searched"), "{sentence}");
    let (entries, _) = with(&|bytes| drop(bytes.splice(36..36, *b"something else in between")));
    assert_eq!(entries, ["a=first", "b=second second", "c=third"]);
    let (entries, _) = with(&|bytes| drop(bytes.splice(0..0, vec![b'x'; 500])));
    assert_eq!(entries, ["a=first", "b=second second", "c=third"], "something in front");
}

#[test]
fn a_zip_inside_one_that_breaks_off_is_not_taken_for_it() {
    let inner = Zip::of(&[stored("inner", "of somebody else")]).build();
    let pieces = [stored("a", "first"), stored_bytes("files/x.zip", &inner), stored("c", "third")];
    let mut bytes = Zip::of(&pieces).build();
    bytes.truncate(bytes.windows(5).position(|five| five == b"third").expect("the last entry") + 5);
    let archive = salvaged(&bytes).expect("an archive");
    let inner = String::from_utf8_lossy(&inner);
    assert_eq!(told(&archive), ["a=first".to_owned(), format!("files/x.zip={inner}"), "c=third".to_owned()]);
    let cut = bytes.windows(5).position(|five| five == b"inner").expect("the inner entry") + 40;
    let archive = salvaged(&bytes[..cut]).expect("an archive");
    assert_eq!(told(&archive), ["a=first", "files/x.zip!damaged_entry"]);
}

#[test]
fn only_who_asks_for_it_gets_a_salvage() {
    let zip = Zip::of(&[stored("a", "first")]);
    let (_folder, path) = written(&beheaded(&zip));
    assert!(matches!(Archive::open(&path, &Limits::default()), Err(ArchiveError::Truncated { .. })));
    let (_folder, path) = written(&zip.build());
    let open = |archive: Result<Archive, ArchiveError>| archive.expect("an archive");
    let (strict, lenient) =
        (open(Archive::open(&path, &Limits::default())), open(Archive::salvage(&path, &Limits::default())));
    assert_eq!((strict.is_salvaged(), lenient.is_salvaged()), (false, false));
    assert_eq!(strict.fingerprint(), lenient.fingerprint());
    let refused = |name: &str, bytes: &[u8], sentence: &str| {
        let error = salvaged(bytes).expect_err(name).to_string();
        assert!(error.contains(sentence), "{name}: {error}");
    };
    refused("half a header", &zip.build()[..20], "breaks off after 20 bytes");
    refused("text", b"PK or not", "is not a ZIP");
    refused("a signature", b"PK\x03\x04 is how a ZIP begins", "breaks off after");
    refused("a page", b"\n<!DOCTYPE html><html><body>Please log in</body></html>", "is a page of the web");
    refused("an old page", b"\xef\xbb\xbf<HTML><head>", "is a page of the web");
    refused("the end alone", &zip.build()[zip.build().len() - 22..], "a directory that cannot be read");
}

#[test]
fn a_salvage_keeps_to_the_budgets() {
    let bomb = streamed(deflated("bomb", &"0".repeat(400_000)), 16);
    let bytes = beheaded(&Zip::of(&[stored("a", "first"), bomb, stored("c", "third")]));
    let (_folder, path) = written(&bytes);
    let limits = Limits { ratio: 100, ratio_floor_bytes: 20_000, ..Limits::default() };
    let archive = Archive::salvage(&path, &limits).expect("an archive");
    assert_eq!(told(&archive), ["a=first", "bomb!over_budget", "c=third"]);
    let archive = Archive::salvage(&path, &Limits { n_entries: 1, ..limits }).expect("an archive");
    assert_eq!(told(&archive), ["a=first"]);
    assert!(sentence(&archive).contains("more entries than the budget"));
}

/// Every streamed header begins a deflate stream that runs through all the others: looked at from each of them to the
/// end, a few megabytes would take minutes.
#[test]
fn a_file_made_to_cost_time_costs_little() {
    let mut bytes = Vec::new();
    for _ in 0..40_000_u32 {
        bytes.extend(b"PK\x03\x04\x14\0\x08\0\0\0");
        bytes.extend([0; 16]);
        bytes.extend(b"\x01\0\0\0xy");
    }
    let archive = salvaged(&bytes).expect("an archive");
    assert_eq!(archive.entries().len(), 40_000);
}
