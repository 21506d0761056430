//! ZIPs that are entries of a ZIP.

use super::super::{Archive, ArchiveError, Limits};
use super::{contents, opened, written};
use crate::model::FindingCode;
use crate::testing::raw_zip::{Piece, Zip, deflated_bytes, stored, stored_bytes, streamed};

fn part() -> Vec<u8> {
    Zip::of(&[stored("a.json", "[]"), crate::testing::raw_zip::deflated("b.json", "[1, 2, 3]")]).build()
}

fn inner(outer: &Zip, limits: &Limits) -> Result<Archive, ArchiveError> {
    let (_folder, path) = written(&outer.build());
    Archive::salvage(&path, limits).expect("the outer archive").inner(0, limits, None)
}

#[test]
fn a_zip_within_a_zip_is_read_as_if_it_lay_alone() {
    let alone = opened(&part()).expect("an archive");
    let packed = deflated_bytes("parts/one.zip", &part());
    let pieces = [
        ("stored", stored_bytes("parts/one.zip", &part())),
        ("deflated", packed.clone()),
        ("deflate64", Piece { method: 9, ..packed.clone() }),
        ("streamed", streamed(packed, 16)),
    ];
    for (name, piece) in pieces {
        let outer = Zip { before: vec![b'x'; 77], ..Zip::of(&[piece]) };
        let inner = inner(&outer, &Limits::default()).expect(name);
        assert_eq!(
            (inner.name(), inner.bytes(), inner.is_salvaged()),
            ("one.zip", part().len() as u64, false),
            "{name}"
        );
        assert_eq!(contents(&inner), contents(&alone), "{name}");
        assert_eq!(inner.fingerprint(), alone.fingerprint(), "{name}");
        assert_eq!(inner.account().expect("an account"), [], "{name}");
    }
}

#[test]
fn a_file_without_a_name_lies_where_it_was_told_to() {
    let (_folder, path) = written(&Zip::of(&[deflated_bytes("one.zip", &part())]).build());
    let outer = Archive::open(&path, &Limits::default()).expect("the outer archive");
    let scratch = tempfile::tempdir().expect("a folder");
    let inner = outer.inner(0, &Limits::default(), Some(scratch.path())).expect("the inner one");
    let n_files = || std::fs::read_dir(scratch.path()).expect("a folder").count();
    assert_eq!((inner.entries().len(), n_files()), (2, 0));
    let nowhere = outer.inner(0, &Limits::default(), Some(&scratch.path().join("gone")));
    assert!(nowhere.is_err_and(|error| error.to_string().ends_with("one.zip")));
}

#[test]
fn what_breaks_off_inside_is_salvaged() {
    let mut cut = part();
    cut.truncate(55);
    let check = |name: &str, outer: &Zip| {
        let inner = inner(outer, &Limits::default()).expect(name);
        assert!(inner.is_salvaged(), "{name}");
        assert_eq!(contents(&inner)[0], ("a.json".to_owned(), Ok("[]".to_owned())), "{name}");
    };
    check("a part that was cut before it was packed", &Zip::of(&[stored_bytes("one.zip", &cut)]));
    check("deflated", &Zip::of(&[deflated_bytes("one.zip", &cut)]));
    // The outer archive breaks off in the only part.
    let mut outer = Zip::of(&[stored_bytes("one.zip", &part())]).build();
    outer.truncate(37 + 70);
    let (_folder, path) = written(&outer);
    let outer = Archive::salvage(&path, &Limits::default()).expect("the outer archive");
    let inner = outer.inner(0, &Limits::default(), None).expect("the inner one");
    assert_eq!((outer.is_salvaged(), inner.is_salvaged(), inner.bytes()), (true, true, 70));
    assert_eq!(contents(&inner)[0], ("a.json".to_owned(), Ok("[]".to_owned())));
}

#[test]
fn budgets_hold_inside() {
    let zeroes =
        Zip::of(&[crate::testing::raw_zip::deflated("zeroes", &"0".repeat(100_000)), stored("a", "b")]).build();
    let outer = Zip::of(&[deflated_bytes("bomb.zip", &zeroes)]);
    let limits = Limits { ratio: 100, ratio_floor_bytes: 20_000, ..Limits::default() };
    let bomb = inner(&outer, &limits).expect("it opens");
    assert_eq!(contents(&bomb)[0].1, Err(FindingCode::OverBudget));
    assert_eq!(contents(&bomb)[1].1, Ok("b".to_owned()));
    let short = Limits { entry_bytes: 10, ..Limits::default() };
    let error = inner(&outer, &short).expect_err("too long to be unpacked");
    assert!(format!("{error:?}").contains("budget"), "{error:?}");
}

#[test]
fn what_is_no_zip_gets_a_sentence() {
    let error = inner(&Zip::of(&[stored("a/fake.zip", "hello")]), &Limits::default()).expect_err("no ZIP");
    assert_eq!(
        error.to_string(),
        "download.zip/a/fake.zip is not a ZIP (5 bytes); name a ZIP or the folder that was unpacked from it"
    );
    let encrypted = Piece { flags: 1, ..stored_bytes("one.zip", &part()) };
    assert!(inner(&Zip::of(&[encrypted]), &Limits::default()).is_err());
}

#[test]
fn the_first_bytes_of_an_entry_are_cheap() {
    let (_folder, path) = written(&Zip::of(&[deflated_bytes("one", &part()), stored("two", "hello")]).build());
    let outer = Archive::open(&path, &Limits::default()).expect("an archive");
    assert_eq!((outer.beginning(0, 4), outer.beginning(1, 9)), (b"PK\x03\x04".to_vec(), b"hello".to_vec()));
    assert_eq!(outer.beginning(7, 4), b"");
}
