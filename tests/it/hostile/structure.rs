//! ZIPs whose parts lie about each other, and what stands around them.

use throwback::testing::raw_zip::{Piece, Zip, deflated, deflated_bytes, stored, stored_bytes, streamed, zip64};

use super::case::{Case, check_all, neighbours, with};

const CONTENT: &str = "what the threat carries";
const MISMATCH: &[&str] = &["directory_mismatch"];
const DAMAGED: &[&str] = &["damaged_entry"];
const HIDDEN: &[&str] = &["hidden_entries"];

fn picture() -> Piece {
    stored("media/a.jpg", CONTENT)
}

fn packed() -> Piece {
    deflated("media/a.jpg", &CONTENT.repeat(9))
}

/// The neighbours and one piece between them.
fn between(piece: Piece) -> Zip {
    let mut pieces = neighbours();
    pieces.insert(1, piece);
    Zip::of(&pieces)
}

fn beside(threat: &str, piece: Piece) -> Case {
    Case::zip(threat, &between(piece))
}

fn whole(threat: &str, change: impl FnOnce(&mut Zip)) -> Case {
    let mut zip = with([picture()]);
    change(&mut zip);
    Case::zip(threat, &zip).keeps(CONTENT)
}

fn bytes(threat: &str, change: impl FnOnce(&mut Vec<u8>)) -> Case {
    let mut bytes = with([picture()]).build();
    change(&mut bytes);
    Case::bytes(threat, bytes)
}

/// Where the `n`th of these four bytes stands.
fn nth(bytes: &[u8], signature: &[u8], n: usize) -> usize {
    let mut places = bytes.windows(4).enumerate().filter(|(_, four)| *four == signature);
    places.nth(n).expect("it stands there").0
}

#[test]
fn the_end_record_lies() {
    check_all(vec![
        whole("honest", |_| {}),
        whole("count too low", |zip| zip.claimed_entries = Some(1)).finds(MISMATCH),
        whole("count of zero", |zip| zip.claimed_entries = Some(0)).finds(MISMATCH),
        whole("count too high", |zip| zip.claimed_entries = Some(60_000)).finds(MISMATCH),
        whole("directory longer than the file", |zip| zip.claimed_bytes = Some(u32::MAX)).finds(MISMATCH),
        whole("directory of no length", |zip| zip.claimed_bytes = Some(0)).finds(MISMATCH),
        whole("directory that hides its beginning", |zip| zip.claimed_bytes = Some(60)).finds(MISMATCH),
        whole("directory outside the file", |zip| zip.claimed_at = Some(u32::MAX - 1)).finds(MISMATCH),
        whole("directory at the beginning", |zip| zip.claimed_at = Some(0)).finds(MISMATCH),
        whole("comment longer than the file", |zip| zip.comment_bytes = Some(u16::MAX)).finds(MISMATCH),
        whole("comment shorter than it is", |zip| {
            zip.comment = b"a comment of a program".to_vec();
            zip.comment_bytes = Some(3);
        })
        .finds(MISMATCH),
        whole("longest comment", |zip| zip.comment = vec![b'x'; 65_535]),
        whole("comment of terminal escapes", |zip| zip.comment = b"\x1b[2J\x1b]0;owned\x07".to_vec()),
        whole("comment of end records", |zip| zip.comment = b"PK\x05\x06".repeat(16_000)),
        whole("empty archive in the comment", |zip| zip.comment = Zip::default().build()).finds(HIDDEN),
        whole("another archive in the comment", |zip| zip.comment = Zip::of(&[stored("decoy.json", "[]")]).build())
            .finds(HIDDEN),
        whole("number of a disk", |zip| zip.disk = 3),
        whole("ZIP64 record that is not needed", |zip| zip.is_zip64 = true),
        whole("ZIP64 count beyond measure", |zip| {
            zip.is_zip64 = true;
            zip.zip64_claims[0] = Some(u64::MAX);
        })
        .finds(MISMATCH),
        whole("ZIP64 count that is negative", |zip| {
            zip.is_zip64 = true;
            zip.zip64_claims[0] = Some(1 << 63);
        })
        .finds(MISMATCH),
        whole("ZIP64 length beyond measure", |zip| {
            zip.is_zip64 = true;
            zip.zip64_claims[1] = Some(u64::MAX);
        })
        .finds(MISMATCH),
        whole("ZIP64 place beyond measure", |zip| {
            zip.is_zip64 = true;
            zip.zip64_claims[2] = Some(u64::MAX);
        })
        .finds(MISMATCH),
        whole("ZIP64 all beyond measure but what is found", |zip| {
            zip.is_zip64 = true;
            zip.zip64_claims = [Some(u64::MAX - 1), None, Some(u64::MAX - 1)];
        })
        .finds(MISMATCH),
        bytes("last byte missing", |bytes| bytes.truncate(bytes.len() - 1)).keeps(CONTENT).finds(&["salvaged_archive"]),
        bytes("end record twice", |bytes| bytes.extend_from_within(bytes.len() - 22..)).keeps(CONTENT).finds(MISMATCH),
        bytes("ZIP64 locator that leads nowhere", |bytes| {
            let end = bytes.len() - 22;
            bytes.splice(end..end, *b"PK\x06\x07\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\x7f\x01\0\0\0");
        })
        .keeps(CONTENT)
        .finds(MISMATCH),
    ]);
}

#[test]
fn something_stands_around() {
    let glued = [Zip::of(&[stored("lost.jpg", "in front")]).build(), with([picture()]).build()].concat();
    let unlisted = |piece: Piece| Piece { is_listed: false, ..piece };
    check_all(vec![
        whole("bytes in front", |zip| zip.before = vec![b'x'; 300]).finds(MISMATCH),
        whole("program in front", |zip| zip.before = b"#!/bin/sh\nexec unzip\n".repeat(20)).finds(MISMATCH),
        whole("picture in front", |zip| zip.before = [b"\xff\xd8\xff\xe0".to_vec(), vec![0; 5_000]].concat())
            .finds(MISMATCH),
        whole("bytes in front that are counted", |zip| {
            zip.before = vec![b'x'; 300];
            zip.counts_before = true;
        })
        .finds(MISMATCH),
        whole("bytes behind", |zip| zip.after = vec![b'x'; 300]).finds(MISMATCH),
        whole("zeros far behind", |zip| zip.after = vec![0; 900_000]).finds(MISMATCH),
        whole("bytes before the directory", |zip| zip.between = vec![b'x'; 300]).finds(MISMATCH),
        whole("bytes on all sides", |zip| {
            zip.before = vec![1; 100];
            zip.between = vec![2; 100];
            zip.after = vec![3; 100];
        })
        .finds(MISMATCH),
        Case::bytes("two archives glued", glued).finds(HIDDEN).keeps(CONTENT),
        Case::zip("entry that stands in no directory", &between(unlisted(picture()))).finds(HIDDEN),
        Case::zip("document that stands in no directory", &between(unlisted(deflated("likes.json", "[]"))))
            .finds(HIDDEN),
        whole("entry behind the end", |zip| {
            zip.after = Zip::of(&[stored("late.jpg", "behind")]).build()[..50].to_vec();
        })
        .finds(&["directory_mismatch", "hidden_entries"]),
        Case::bytes("split, its first piece", [b"PK\x07\x08".to_vec(), with([picture()]).build()].concat())
            .keeps(CONTENT),
    ]);
}

#[test]
fn the_directory_is_damaged() {
    let header = |bytes: &[u8], n| nth(bytes, b"PK\x01\x02", n);
    check_all(vec![
        beside("field that is longer than the extra", Piece { extra: b"\x55\x54\xff\xff\x01".to_vec(), ..picture() })
            .finds(MISMATCH)
            .keeps(CONTENT),
        beside("extra that reaches into the next header", Piece { extra_bytes: Some(20), ..picture() })
            .finds(MISMATCH)
            .keeps(CONTENT),
        beside("extra that reaches over the end", Piece { extra_bytes: Some(u16::MAX), ..picture() })
            .finds(MISMATCH)
            .keeps(CONTENT),
        beside("comment that reaches over the end", Piece { comment_bytes: u16::MAX, ..picture() })
            .finds(MISMATCH)
            .keeps(CONTENT),
        beside("name that reaches over the end", Piece { name_bytes: Some(u16::MAX), ..picture() })
            .finds(MISMATCH)
            .keeps(CONTENT),
        beside("extra of junk", Piece { extra: vec![0xff; 3], ..picture() }).keeps(CONTENT),
        beside("ten thousand empty fields", Piece { extra: b"\xfe\xca\0\0".repeat(10_000), ..picture() })
            .keeps(CONTENT),
        beside("ZIP64 field that is too short", Piece { extra: b"\x01\0\x02\0\0\0".to_vec(), ..zip64(picture()) })
            .finds(&["directory_mismatch", "damaged_entry"]),
        bytes("header without its signature", |bytes| {
            let at = header(bytes, 1);
            bytes[at] = b'X';
        })
        .finds(&["directory_mismatch", "salvaged_archive"])
        .keeps(CONTENT),
        bytes("header taken out", |bytes| {
            let (from, to) = (header(bytes, 3), nth(bytes, b"PK\x05\x06", 0));
            drop(bytes.drain(from..to));
        })
        .finds(&["directory_mismatch", "salvaged_archive"])
        .keeps(CONTENT),
        bytes("half a directory of zeros", |bytes| {
            let (from, to) = (header(bytes, 2), nth(bytes, b"PK\x05\x06", 0));
            bytes[from..to].fill(0);
        })
        .finds(&["directory_mismatch", "salvaged_archive"])
        .keeps(CONTENT),
        bytes("no directory but its end", |bytes| {
            let (from, to) = (header(bytes, 0), nth(bytes, b"PK\x05\x06", 0));
            drop(bytes.drain(from..to));
        })
        .finds(&["salvaged_archive"])
        .keeps(CONTENT),
        bytes("no directory at all", |bytes| bytes.truncate(header(bytes, 0)))
            .finds(&["salvaged_archive"])
            .keeps(CONTENT),
        bytes("cut in the directory", |bytes| bytes.truncate(header(bytes, 2) + 9))
            .finds(&["salvaged_archive"])
            .keeps(CONTENT),
        bytes("cut in the last entry", |bytes| bytes.truncate(nth(bytes, b"PK\x03\x04", 3) + 45))
            .finds(&["damaged_entry", "salvaged_archive"]),
        beside("directory inside an entry", stored_bytes("media/inner.zip", &with([]).build())),
        beside(
            "directory inside an entry with an extra field that the directory has not, as Info-ZIP packs it",
            Piece {
                local_extra: vec![
                    0x55, 0x78, 24, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                ],
                ..stored_bytes("media/inner.zip", &with([]).build())
            },
        ),
    ]);
}

#[test]
fn the_directory_and_the_entry_disagree() {
    let at = |at: u32| Piece { at: Some(at), ..picture() };
    let flagged = |flags: u16| Piece { flags, ..picture() };
    let is_not_there = |threat: &str, piece: Piece| Case::zip(threat, &between(piece));
    check_all(vec![
        beside("other name", Piece { local_name: Some(b"media/b.jpg".to_vec()), ..picture() })
            .finds(MISMATCH)
            .keeps(CONTENT),
        beside("longer name", Piece { local_name: Some(vec![b'x'; 9_000]), ..picture() })
            .finds(MISMATCH)
            .keeps(CONTENT),
        beside("extra at the entry only", Piece { local_extra: vec![0xff; 500], ..picture() }).keeps(CONTENT),
        is_not_there("place at the beginning", at(0)).finds(&["damaged_entry", "directory_mismatch"]),
        is_not_there("place in the middle of a header", at(3)).finds(&["damaged_entry", "directory_mismatch"]),
        is_not_there("place outside the file", at(u32::MAX - 1)).finds(DAMAGED),
        is_not_there("place in the directory", at(700)).finds(DAMAGED),
        beside("longer than it is", Piece { bytes: u32::MAX - 1, ..packed() }).finds(MISMATCH),
        beside("shorter than it is", Piece { bytes: 1, ..packed() }).finds(MISMATCH),
        beside("of no length", Piece { bytes: 0, ..packed() }).finds(MISMATCH),
        beside("packed longer than it is", Piece { packed_bytes: Some(70), ..picture() })
            .finds(&["damaged_entry", "directory_mismatch"]),
        beside("packed longer than the file", Piece { packed_bytes: Some(u32::MAX - 1), ..picture() })
            .finds(&["damaged_entry", "directory_mismatch"]),
        beside("packed shorter than it is", Piece { packed_bytes: Some(3), ..picture() }).finds(DAMAGED),
        beside("packed to nothing", Piece { packed_bytes: Some(0), ..packed() }).finds(DAMAGED),
        beside("checksum", Piece { crc32: 1, ..picture() }).finds(DAMAGED).keeps(CONTENT),
        beside("checksum in the directory", Piece { crc32: 1, local_crc32: Some(picture().crc32), ..picture() })
            .finds(MISMATCH)
            .keeps(CONTENT),
        beside("checksum at the entry", Piece { local_crc32: Some(1), ..picture() }).keeps(CONTENT),
        beside("checksum of zero", Piece { crc32: 0, ..picture() }).finds(DAMAGED).keeps(CONTENT),
        beside("lengths at the entry", Piece { local_lengths: Some(u32::MAX), ..picture() }).keeps(CONTENT),
        beside("descriptor of 12 bytes", streamed(packed(), 12)),
        beside("descriptor of 24 bytes", streamed(packed(), 24)),
        beside("descriptor that lies", Piece { descriptor: vec![0xff; 16], ..streamed(packed(), 16) }),
        beside("descriptor that is missing", Piece { descriptor: Vec::new(), ..streamed(packed(), 16) }),
        beside("ZIP64 lengths", zip64(packed())),
        beside(
            "ZIP64 length beyond measure",
            Piece { extra: [b"\x01\0\x10\0".to_vec(), vec![0xff; 16]].concat(), ..zip64(picture()) },
        )
        .finds(&["damaged_entry", "directory_mismatch"]),
        beside("date that is none", Piece { dos_moment: Some([0xff; 4]), ..picture() }).keeps(CONTENT),
        beside("date of zero", Piece { dos_moment: Some([0; 4]), ..picture() }).keeps(CONTENT),
        beside("all flags but one", flagged(!1 & !8)).keeps(CONTENT),
    ]);
}

#[test]
fn what_cannot_be_unpacked() {
    let of_method = |method: u16| Piece { method, ..picture() };
    let with_flags = |flags: u16| Piece { flags, ..picture() };
    let broken = |at: usize| {
        let mut piece = deflated_bytes("media/a.jpg", &CONTENT.as_bytes().repeat(300));
        piece.packed[at] ^= 0x55;
        piece
    };
    let document = |flags: u16| Piece { flags, ..deflated("your_instagram_activity/likes/liked_posts.json", "[]") };
    let lzma = |dictionary: u32| {
        let mut packed = b"\x09\x14\x05\0\x5d".to_vec();
        packed.extend(dictionary.to_le_bytes());
        packed.extend([0; 40]);
        Piece { method: 14, packed, ..picture() }
    };
    let raw = |threat: &str, piece: Piece| {
        let packed = piece.packed.clone();
        beside(threat, piece).finds(DAMAGED).keeps(packed)
    };
    let mut cases: Vec<Case> = [1, 2, 6, 9, 10, 12, 14, 18, 19, 93, 94, 95, 96, 97, 98, 99, 4_711, u16::MAX]
        .into_iter()
        .map(|method| raw(&format!("method {method}"), of_method(method)))
        .collect();
    let end = deflated_bytes("", &CONTENT.as_bytes().repeat(300)).packed.len() - 1;
    cases.extend([
        raw("encrypted", with_flags(1)),
        raw("encrypted strongly", with_flags(1 | 1 << 6)),
        raw("encrypted document", document(1)),
        raw("everything masked", with_flags(1 | 1 << 13)),
        raw("LZMA with a dictionary of 4 GiB", lzma(u32::MAX)),
        raw("deflate of a block that is none", Piece { packed: vec![0x06; 9], method: 8, ..picture() }),
        raw("deflate of nothing", Piece { packed: Vec::new(), method: 8, ..picture() }),
        raw(
            "deflate that looks back too far",
            Piece { packed: vec![0x4b, 0x04, 0x7e, 0x00, 0xff], method: 8, ..picture() },
        ),
        raw("deflate that never ends", Piece { packed: [0, 0, 0, 0xff, 0xff].repeat(20_000), method: 8, ..picture() }),
        raw("deflate, a flipped bit at its beginning", broken(0)),
        raw("deflate, a flipped bit at its end", broken(end)),
        beside("deflate with bytes behind its end", {
            let mut piece = packed();
            piece.packed.extend([0; 50]);
            piece
        })
        .finds(MISMATCH)
        .keeps(CONTENT.repeat(9)),
    ]);
    check_all(cases);
}

#[test]
fn what_is_no_archive() {
    const UNREADABLE: &[&str] = &["unreadable_archive"];
    let refused = |threat: &str, bytes: &[u8]| Case::bytes(threat, bytes.to_vec()).refused();
    let zip = with([picture()]).build();
    let end = zip[zip.len() - 22..].to_vec();
    let mut split = end.clone();
    split[4] = 3;
    check_all(vec![
        refused("nothing", b"").finds(UNREADABLE),
        refused("one byte", b"P"),
        refused("a signature", b"PK\x03\x04").finds(UNREADABLE),
        refused("text", b"hello"),
        refused("zeros", &[0; 100_000]),
        refused("page of the web", b"<!DOCTYPE html><title>Log in</title>").finds(UNREADABLE),
        refused("only an end record", &end).finds(UNREADABLE),
        refused("last piece of a split archive", &split).finds(UNREADABLE),
        refused("end records only", &end.repeat(4_000)).finds(UNREADABLE),
        refused("headers only", &b"PK\x01\x02".repeat(40_000)),
        refused("local headers only", &b"PK\x03\x04".repeat(40_000)).finds(UNREADABLE),
        refused("another kind of archive", b"Rar!\x1a\x07\x01\0and so on"),
        refused("an archive of nothing", &Zip::default().build()),
        refused("an archive of no download", &Zip::of(&[picture()]).build()),
    ]);
}
