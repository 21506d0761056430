//! What damage and malice produce: for each the entries that must survive and the findings that must be made.

use std::io::Read;

use super::super::{Archive, ArchiveError, EntryError, Limits};
use super::{codes, contents, opened, written};
use crate::model::FindingCode::{
    self, DamagedEntry, DirectoryMismatch, DuplicateName, HiddenEntries, OddEntry, OverBudget, SalvagedArchive,
    UnsafeName,
};
use crate::testing::raw_zip::{Piece, Zip, deflated, stored, stored_bytes};

/// Entries as `path=content` or `path!code`, and the codes of the findings.
#[track_caller]
fn check(name: &str, zip: &Zip, entries: &[&str], findings: &[FindingCode]) {
    check_bytes(name, &zip.build(), entries, findings);
}

#[track_caller]
fn check_bytes(name: &str, bytes: &[u8], entries: &[&str], findings: &[FindingCode]) {
    let archive = opened(bytes).expect(name);
    let found: Vec<String> = contents(&archive)
        .into_iter()
        .map(|(path, content)| match content {
            Ok(content) => format!("{path}={content}"),
            Err(code) => format!("{path}!{}", code.name()),
        })
        .collect();
    assert_eq!(found, entries, "{name}");
    assert_eq!(codes(&archive), findings, "{name}: {:?}", archive.findings());
}

fn three() -> Zip {
    Zip::of(&[stored("a", "first"), deflated("b", "second second"), stored("c", "third")])
}

const ALL: &[&str] = &["a=first", "b=second second", "c=third"];

#[test]
fn a_lying_end_record_costs_nothing() {
    check("honest", &three(), ALL, &[]);
    check("count too low", &Zip { claimed_entries: Some(1), ..three() }, ALL, &[DirectoryMismatch]);
    check("count too high", &Zip { claimed_entries: Some(9), ..three() }, ALL, &[DirectoryMismatch]);
    check("count of zero", &Zip { claimed_entries: Some(0), ..three() }, ALL, &[DirectoryMismatch]);
    check("length too long", &Zip { claimed_bytes: Some(1_000), ..three() }, ALL, &[DirectoryMismatch]);
    check("length too short", &Zip { claimed_bytes: Some(10), ..three() }, ALL, &[DirectoryMismatch]);
    // The last header alone.
    check("length hides entries", &Zip { claimed_bytes: Some(47), ..three() }, ALL, &[DirectoryMismatch]);
    check("wrong place", &Zip { claimed_at: Some(5), ..three() }, ALL, &[DirectoryMismatch]);
    check("comment too long", &Zip { comment_bytes: Some(99), ..three() }, ALL, &[DirectoryMismatch]);
}

#[test]
fn what_stands_around_an_archive_is_reported_and_harmless() {
    let junk = vec![b'x'; 300];
    check("before", &Zip { before: junk.clone(), ..three() }, ALL, &[DirectoryMismatch]);
    check("before, counted", &Zip { before: junk.clone(), counts_before: true, ..three() }, ALL, &[DirectoryMismatch]);
    check("before, zip64", &Zip { before: junk.clone(), is_zip64: true, ..three() }, ALL, &[DirectoryMismatch]);
    check("behind", &Zip { after: junk.clone(), ..three() }, ALL, &[DirectoryMismatch]);
    check("between", &Zip { between: junk, ..three() }, ALL, &[DirectoryMismatch]);
    check("far behind", &Zip { after: vec![0; 200_000], ..three() }, ALL, &[DirectoryMismatch]);
    let glued = [Zip::of(&[stored("lost", "in front")]).build(), three().build()].concat();
    check_bytes("two archives", &glued, ALL, &[HiddenEntries]);
}

#[test]
fn an_end_record_inside_the_comment_does_not_win() {
    let decoy = Zip::of(&[stored("decoy", "!")]).build();
    check("empty decoy", &Zip { comment: Zip::default().build(), ..three() }, ALL, &[HiddenEntries]);
    check("decoy archive", &Zip { comment: decoy, ..three() }, ALL, &[HiddenEntries]);
    let signatures = b"PK\x05\x06".repeat(1_000);
    check("signatures only", &Zip { comment: signatures, ..three() }, ALL, &[]);
}

#[test]
fn hidden_entries_are_reported() {
    let mut zip = three();
    zip.pieces.insert(1, Piece { is_listed: false, ..stored("hidden", "behind the first") });
    check("not listed", &zip, ALL, &[HiddenEntries]);
}

#[test]
fn one_bad_length_costs_no_neighbour() {
    let with = |change: &dyn Fn(&mut Piece)| {
        let mut zip = three();
        change(&mut zip.pieces[1]);
        zip
    };
    let field_lies = with(&|piece| piece.extra = b"\x55\x54\xff\x00\x01".to_vec());
    check("a field inside the extra field", &field_lies, ALL, &[DirectoryMismatch]);
    let extra_lies = with(&|piece| piece.extra_bytes = Some(20));
    check("the extra field reaches into the next header", &extra_lies, ALL, &[DirectoryMismatch]);
    let extra_is_huge = with(&|piece| piece.extra_bytes = Some(60_000));
    check("the extra field reaches over the end", &extra_is_huge, ALL, &[DirectoryMismatch]);
    let mut bytes = three().build();
    let end = bytes.len() - 22;
    bytes.drain(end - 3..end);
    check_bytes("the last header is cut", &bytes, ALL, &[SalvagedArchive, DirectoryMismatch]);
    let mut bytes = three().build();
    let second = bytes.windows(5).rposition(|five| five == b"PK\x01\x02\x14").expect("a header");
    bytes[second] = b'X';
    check_bytes("a header without signature", &bytes, ALL, &[SalvagedArchive, DirectoryMismatch]);
}

#[test]
fn what_a_damaged_directory_does_not_list_comes_by_its_own_headers() {
    // The header of the directory that lists this piece loses its signature.
    let without = |zip: &Zip, nth: usize| {
        let mut bytes = zip.build();
        let headers: Vec<usize> = (0..bytes.len() - 4).filter(|at| bytes[*at..].starts_with(b"PK\x01\x02")).collect();
        bytes[headers[headers.len() - zip.pieces.len() + nth]] = b'X';
        bytes
    };
    let of = |piece: Piece| Zip::of(&[stored("a", "first"), piece, stored("c", "third")]);
    let found = &[SalvagedArchive, DirectoryMismatch];
    let hidden = |name: &str, piece: Piece, content: &str| {
        check_bytes(name, &without(&of(piece), 1), &["a=first", "c=third", content], found);
    };
    hidden("stored", stored("b", "second"), "b=second");
    hidden("packed", deflated("b", "second second"), "b=second second");
    hidden("empty", stored("b", ""), "b=");
    let wrong = Piece { crc32: 7, ..stored("b", "second") };
    hidden("with another checksum", wrong, "b!damaged_entry");
    let two = Zip::of(&[stored("a", "first"), stored("b", "second"), stored("c", "third"), stored("d", "fourth")]);
    let mut bytes = without(&two, 1);
    let last = bytes.windows(4).rposition(|four| four == b"PK\x01\x02").expect("a header");
    bytes[last] = b'X';
    check_bytes("in two places", &bytes, &["a=first", "c=third", "b=second", "d=fourth"], found);
    // An archive that is an entry is one, and nothing is taken out of it where its own header is damaged, too.
    let mut inner = three().build();
    inner.truncate(inner.windows(4).position(|four| four == b"PK\x01\x02").expect("a directory"));
    let bytes = without(&of(stored_bytes("inner.zip", &inner)), 1);
    let archive = opened(&bytes).expect("an archive");
    let names = |archive: &Archive| -> Vec<String> {
        archive.entries().iter().map(|entry| entry.path.as_str().to_owned()).collect()
    };
    assert_eq!(names(&archive), ["a", "c", "inner.zip"]);
    assert_eq!(archive.read_whole(2, 1 << 20).expect("its bytes").0, inner);
    assert!(archive.is_salvaged());
    let mut headless = bytes;
    let at = headless.windows(13).position(|some| some.ends_with(b"inner.zip")).expect("its header") - 26;
    headless[at..at + 4].fill(0);
    let archive = opened(&headless).expect("an archive");
    assert_eq!(names(&archive), ["a", "c"]);
    assert_eq!(codes(&archive), [DirectoryMismatch, HiddenEntries]);
    assert!(!archive.is_salvaged());
    // What a sound directory leaves out is told and left out.
    let mut left_out = three();
    left_out.pieces[1].is_listed = false;
    check("left out", &left_out, &["a=first", "c=third"], &[HiddenEntries]);
    // The same bytes give the same archive in both ways.
    let (_folder, path) = written(&without(&two, 2));
    let both = [Archive::open, Archive::salvage].map(|way| way(&path, &Limits::default()).expect("an archive"));
    assert_eq!(both[0].fingerprint(), both[1].fingerprint());
    assert_eq!(both[0].entries(), both[1].entries());
}

#[test]
fn names_are_labels() {
    let mut zip = three();
    zip.pieces[1].name = b"a".to_vec();
    check("twice", &zip, &["a=first", "a=second second", "c=third"], &[DuplicateName]);
    zip.pieces[1].name = b"../../etc/passwd".to_vec();
    check("outside", &zip, &["a=first", "../../etc/passwd=second second", "c=third"], &[UnsafeName]);
    zip.pieces[1].name = b"M\x81nchen.txt".to_vec();
    check("code page", &zip, &["a=first", "München.txt=second second", "c=third"], &[]);
    zip.pieces[1].name = Vec::new();
    check("none", &zip, &["a=first", "=second second", "c=third"], &[]);
    zip.pieces[1] = Piece { name: b"folder/".to_vec(), ..three().pieces[1].clone() };
    check("a folder with bytes", &zip, &["a=first", "folder/=second second", "c=third"], &[]);
    zip.pieces[1] = Piece { local_name: Some(b"other".to_vec()), ..three().pieces[1].clone() };
    check("another at the entry", &zip, ALL, &[DirectoryMismatch]);
    let link = Piece { mode: 0o120_777, ..stored("link", "/etc/passwd") };
    check("a link", &Zip::of(&[link]), &["link=/etc/passwd"], &[OddEntry]);
    let pipe = Piece { mode: 0o010_644, ..stored("pipe", "") };
    check("a pipe", &Zip::of(&[pipe]), &["pipe="], &[OddEntry]);
}

#[test]
fn damaged_entries_cost_only_themselves() {
    let damaged = ["a=first", "b!damaged_entry", "c=third"];
    let with = |change: &dyn Fn(&mut Piece)| {
        let mut zip = three();
        change(&mut zip.pieces[1]);
        zip
    };
    let both = with(&|piece| piece.crc32 ^= 1);
    check("checksum", &both, &damaged, &[]);
    let central = with(&|piece| {
        piece.local_crc32 = Some(piece.crc32);
        piece.crc32 ^= 1;
    });
    check("checksum of the directory only", &central, ALL, &[DirectoryMismatch]);
    check("flipped bit", &with(&|piece| piece.packed[3] ^= 16), &damaged, &[]);
    check("cut data", &with(&|piece| piece.packed_bytes = Some(5)), &damaged, &[]);
    check("outside the file", &with(&|piece| piece.packed_bytes = Some(1 << 20)), &damaged, &[DirectoryMismatch]);
    check("no header there", &with(&|piece| piece.at = Some(3)), &damaged, &[DirectoryMismatch]);
    check("offset outside", &with(&|piece| piece.at = Some(1 << 30)), &damaged, &[]);
    check("declared longer", &with(&|piece| piece.bytes = 4_000_000_000), ALL, &[DirectoryMismatch]);
    check("declared shorter", &with(&|piece| piece.bytes = 2), ALL, &[DirectoryMismatch]);
    check("unknown method", &with(&|piece| piece.method = 14), &damaged, &[]);
    check("encrypted", &with(&|piece| piece.flags = 1), &damaged, &[]);
}

#[test]
fn what_cannot_be_decoded_comes_back_as_it_lies() {
    let mut zip = three();
    zip.pieces[1].method = 98;
    let archive = opened(&zip.build()).expect("an archive");
    let error = archive.read(1).err().map(|error| (error.code(), error.to_string()));
    let sentence = "the entry is packed with PPMd, which this version does not unpack".to_owned();
    assert_eq!(error, Some((DamagedEntry, sentence)));
    let mut raw = Vec::new();
    archive.read_raw(1).expect("raw bytes").read_to_end(&mut raw).expect("raw bytes");
    assert_eq!(raw, zip.pieces[1].packed);
    assert_eq!(archive.read(7).err(), Some(EntryError::NoSuchEntry { position: 7 }));
}

#[test]
fn an_error_stays() {
    let mut zip = three();
    zip.pieces[1].crc32 ^= 1;
    let archive = opened(&zip.build()).expect("an archive");
    let mut reader = archive.read(1).expect("an entry");
    let mut content = Vec::new();
    for _ in 0..2 {
        let error = reader.read_to_end(&mut content).expect_err("a wrong checksum");
        assert!(matches!(EntryError::of(&error), EntryError::Damaged { .. }));
    }
}

#[test]
fn bombs_end_at_the_budgets() {
    let limits = Limits {
        entry_bytes: 50_000,
        archive_bytes: 120_000,
        ratio: 100,
        ratio_floor_bytes: 20_000,
        n_entries: 9,
        ..Limits::default()
    };
    let check = |name: &str, zip: &Zip, limits: &Limits, entries: &[Option<FindingCode>]| {
        let (_folder, path) = written(&zip.build());
        let archive = Archive::open(&path, limits).expect(name);
        let read = |position| archive.read_whole(position, u64::MAX).err().map(|error| error.code());
        let found: Vec<_> = archive.entries().iter().map(|entry| read(entry.position)).collect();
        assert_eq!(found, entries, "{name}");
        let again: Vec<_> = archive.entries().iter().map(|entry| read(entry.position)).collect();
        assert_eq!(again, entries, "{name}: an entry that is read twice counts once");
    };
    let zeroes = deflated("zeroes", &"0".repeat(40_000));
    let over = Some(OverBudget);
    check("ratio", &Zip::of(&[zeroes.clone(), stored("a", "b")]), &limits, &[over, None]);
    let long = stored("long", &"1".repeat(60_000));
    check("entry", &Zip::of(&[long, stored("a", "b")]), &limits, &[over, None]);
    let part = stored("part", &"2".repeat(40_000));
    check("archive", &Zip::of(&[part.clone(), part.clone(), part.clone(), part]), &limits, &[None, None, None, over]);
    // One entry that the directory names again and again: together they are more than the archive's length allows.
    let generous = Limits { ratio: 10_000, ..limits };
    let shared = Piece { at: Some(0), ..zeroes.clone() };
    let quoted = Zip::of(&[zeroes, shared.clone(), shared.clone(), shared]);
    check("overlap", &quoted, &generous, &[None, None, None, over]);
    assert!(codes(&opened(&quoted.build()).expect("an archive")).contains(&DirectoryMismatch));
    let crowd: Vec<_> = (0..20).map(|index| stored(&index.to_string(), "")).collect();
    let (_folder, path) = written(&Zip::of(&crowd).build());
    let archive = Archive::open(&path, &generous).expect("an archive");
    assert_eq!((archive.entries().len(), archive.findings()[0].code), (9, OverBudget));
}

#[test]
fn what_is_no_archive_gets_a_sentence() {
    let check = |name: &str, bytes: &[u8], sentence: &str| {
        let error = opened(bytes).expect_err(name).to_string();
        assert!(error.contains(sentence), "{name}: {error}");
    };
    check("nothing", b"", "is empty");
    check("text", b"hello", "is not a ZIP (5 bytes)");
    let zip = three().build();
    let cut = &zip[..zip.len() - 30];
    check("cut off", cut, &format!("breaks off after {} bytes", cut.len()));
    check("only an end record", &zip[zip.len() - 22..], "a directory that cannot be read");
    let mut split = zip[zip.len() - 22..].to_vec();
    split[4] = 3;
    check("split", &split, "one piece of a split ZIP");
    let (_folder, path) = written(b"");
    let gone = Archive::open(&path.join("gone"), &Limits::default());
    assert!(matches!(gone, Err(ArchiveError::Io { .. })));
}

/// Every flip and every cut of a small archive: never a panic, and never a wrong content that passes for right.
#[test]
fn no_damage_passes_unseen() {
    let zip = three().build();
    let right = ["first", "second second", "third"];
    let look = |bytes: &[u8], what: &str| {
        let Ok(archive) = opened(bytes) else { return };
        for (path, content) in contents(&archive) {
            if let Ok(content) = content {
                assert!(right.contains(&content.as_str()), "{what}: {path} reads as {content:?}");
            }
        }
        let n_read = contents(&archive).iter().filter(|(_, content)| content.is_ok()).count();
        let has_error = n_read < archive.entries().len();
        assert!(n_read >= 3 || has_error || !codes(&archive).is_empty(), "{what}: an entry went without a word");
    };
    for index in 0..zip.len() {
        look(&zip[..index], &format!("cut at {index}"));
        for bit in 0..8 {
            let mut flipped = zip.clone();
            flipped[index] ^= 1 << bit;
            look(&flipped, &format!("bit {bit} of byte {index}"));
        }
    }
}
