//! What writers in use today produce.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::super::{Archive, Container, EntryKind, Limits, Method};
use super::{codes, contents, opened, written};
use crate::testing::raw_zip::{Zip, deflated, stored, streamed, zip64};

fn by_the_crate(write: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    write(&mut writer);
    writer.finish().expect("memory").into_inner()
}

#[test]
fn an_ordinary_zip_is_listed_and_read() {
    let modified = zip::DateTime::from_date_and_time(2024, 3, 9, 17, 30, 10).expect("a date");
    let options = SimpleFileOptions::default().last_modified_time(modified);
    let bytes = by_the_crate(|zip| {
        zip.add_directory("media", options).expect("memory");
        zip.start_file("media/a.jpg", options.compression_method(CompressionMethod::Stored)).expect("memory");
        zip.write_all(b"picture").expect("memory");
        zip.start_file("posts.json", options.compression_method(CompressionMethod::Deflated)).expect("memory");
        zip.write_all(b"[1, 2, 3]").expect("memory");
        zip.start_file("empty", options).expect("memory");
        zip.start_file("large.json", options.large_file(true)).expect("memory");
        zip.write_all(b"{}").expect("memory");
        zip.set_comment("PK\x05\x06 is how an end record begins, and this comment is long enough to hold one")
            .expect("memory");
    });
    let archive = opened(&bytes).expect("an archive");
    assert_eq!(
        (archive.container(), archive.name(), archive.bytes()),
        (Container::Zip, "download.zip", bytes.len() as u64)
    );
    let expected =
        [("media/", ""), ("media/a.jpg", "picture"), ("posts.json", "[1, 2, 3]"), ("empty", ""), ("large.json", "{}")];
    assert_eq!(contents(&archive), expected.map(|(path, content)| (path.to_owned(), Ok(content.to_owned()))));
    assert_eq!(codes(&archive), []);
    assert_eq!(archive.entries()[0].kind, EntryKind::Directory);
    assert_eq!(archive.entries()[2].method, Method::Deflate);
    assert_eq!(archive.newest_modified().map(|time| time.to_string()).as_deref(), Some("2024-03-09 17:30:10"));
}

#[test]
fn other_honest_forms_are_read_without_a_finding() {
    let check = |name: &str, zip: Zip| {
        let archive = opened(&zip.build()).expect(name);
        let expected: Vec<_> = [("a.json", "[]"), ("b/ö.txt", "hello hello hello")].into();
        let found = contents(&archive);
        let found: Vec<_> =
            found.iter().map(|(path, content)| (path.as_str(), content.as_deref().unwrap_or("?"))).collect();
        assert_eq!(found, expected, "{name}");
        assert_eq!(codes(&archive), [], "{name}");
    };
    let pieces = [stored("a.json", "[]"), deflated("b/ö.txt", "hello hello hello")];
    let zip = Zip::of(&pieces);
    check("plain", zip.clone());
    check("zip64 records", Zip { is_zip64: true, ..zip.clone() });
    check("comment", Zip { comment: b"made by hand".to_vec(), ..zip.clone() });
    // A short deflate stream is a deflate64 stream as long as it copies nothing of 258 bytes.
    let deflate64 = crate::testing::raw_zip::Piece { method: 9, ..pieces[1].clone() };
    check("deflate64", Zip::of(&[pieces[0].clone(), deflate64]));
    for form in [12, 16, 20, 24] {
        check(&format!("record of {form} bytes behind"), Zip::of(&pieces.clone().map(|piece| streamed(piece, form))));
    }
    check("lengths of 64 bits", Zip { is_zip64: true, ..Zip::of(&pieces.clone().map(zip64)) });
    let windows = crate::testing::raw_zip::Piece { name: "b\\ö.txt".into(), ..pieces[1].clone() };
    check("backslashes", Zip::of(&[pieces[0].clone(), windows]));
    let unicode = {
        let mut crc = flate2::Crc::new();
        crc.update(b"b/?.txt");
        let mut extra = b"\x75\x70\x0d\0\x01".to_vec();
        extra.extend(crc.sum().to_le_bytes());
        extra.extend("b/ö.txt".as_bytes());
        crate::testing::raw_zip::Piece { name: b"b/?.txt".to_vec(), extra, ..pieces[1].clone() }
    };
    check("name in an extra field", Zip::of(&[pieces[0].clone(), unicode]));
    let zip64_offset =
        crate::testing::raw_zip::Piece { extra: b"\x01\0\x08\0\0\0\0\0\0\0\0\0".to_vec(), ..pieces[0].clone() };
    check("zip64 field that is not needed", Zip::of(&[zip64_offset, pieces[1].clone()]));
}

#[test]
fn an_empty_zip_has_no_entries() {
    let archive = opened(&Zip::default().build()).expect("an archive");
    assert_eq!((archive.entries().len(), codes(&archive).len()), (0, 0));
}

#[test]
fn the_fingerprint_is_of_the_directory() {
    let zip = Zip::of(&[stored("a.json", "[]"), deflated("b.json", "[1]")]);
    let fingerprint = |zip: &Zip| opened(&zip.build()).expect("an archive").fingerprint();
    assert_eq!(fingerprint(&zip), fingerprint(&zip.clone()));
    let mut others = vec![zip.clone(), zip.clone(), zip.clone()];
    others[0].pieces[0].name = b"A.json".to_vec();
    others[1].pieces[0] = stored("a.json", "{}");
    others[2].pieces.reverse();
    for other in others {
        assert_ne!(fingerprint(&zip), fingerprint(&other));
    }
}

#[test]
fn seventy_thousand_entries_without_zip64_are_all_there() {
    let pieces: Vec<_> = (0..200).map(|index| stored(&format!("{index}"), "")).collect();
    let mut zip = Zip::of(&pieces);
    // Every entry is listed 351 times: 70,200, of which the end record can only say 4,664.
    for _ in 0..350 {
        zip.pieces.extend(pieces.iter().map(|piece| crate::testing::raw_zip::Piece { at: Some(0), ..piece.clone() }));
    }
    let archive = opened(&zip.build()).expect("an archive");
    assert_eq!(archive.entries().len(), 70_200);
    assert!(archive.findings().iter().any(|finding| finding.sentence.contains("claims 4664 entries")));
}

#[test]
fn seventy_thousand_entries_with_zip64_are_all_there() {
    let pieces: Vec<_> = (0..70_000).map(|index| stored(&format!("{index}"), "")).collect();
    let archive = opened(&Zip { is_zip64: true, ..Zip::of(&pieces) }.build()).expect("an archive");
    assert_eq!((archive.entries().len(), archive.findings()), (70_000, &[][..]));
}

#[test]
fn entries_are_read_by_several_threads_at_once() {
    let pieces: Vec<_> =
        (0..40).map(|index| deflated(&format!("{index}"), &format!("{index} ").repeat(5_000))).collect();
    let (_folder, path) = written(&Zip::of(&pieces).build());
    let archive = Archive::open(&path, &Limits::default()).expect("an archive");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for entry in archive.entries() {
                    let mut content = String::new();
                    archive.read(entry.position).expect("an entry").read_to_string(&mut content).expect("text");
                    assert_eq!(content, format!("{} ", entry.path).repeat(5_000));
                }
            });
        }
    });
}

#[test]
fn offsets_beyond_four_gigabytes_are_unwrapped() {
    use std::io::{Seek, SeekFrom};
    // As programs without ZIP64 write it: both entries state their offset modulo 2³², and so does the end record.
    let near = Zip::of(&[stored("near", "1")]).build();
    let far = Zip::of(&[stored("far", "2")]).build();
    let central_at = |zip: &[u8]| zip.windows(4).position(|four| four == b"PK\x01\x02").expect("a header");
    let end_at = |zip: &[u8]| zip.windows(4).position(|four| four == b"PK\x05\x06").expect("an end");
    let far_at = (1_u64 << 32) + 16;
    let mut central = near[central_at(&near)..end_at(&near)].to_vec();
    let mut far_central = far[central_at(&far)..end_at(&far)].to_vec();
    far_central[42..46].copy_from_slice(&16_u32.to_le_bytes());
    // The near entry lies behind byte 16, so that the offsets go down between the two.
    central[42..46].copy_from_slice(&64_u32.to_le_bytes());
    let local = &far[..central_at(&far)];
    let directory_at = 16 + u32::try_from(local.len()).expect("short");
    let mut end = near[end_at(&near)..].to_vec();
    end[8..12].copy_from_slice(&[2, 0, 2, 0]);
    end[12..16].copy_from_slice(&u32::try_from(central.len() + far_central.len()).expect("short").to_le_bytes());
    end[16..20].copy_from_slice(&directory_at.to_le_bytes());

    let (_folder, path) = written(b"");
    let mut file = std::fs::File::options().write(true).open(&path).expect("a file");
    file.seek(SeekFrom::Start(64)).expect("a place");
    file.write_all(&near[..central_at(&near)]).expect("room");
    file.seek(SeekFrom::Start(far_at)).expect("a place");
    for part in [local, &central, &far_central, &end] {
        file.write_all(part).expect("room");
    }
    let archive = Archive::open(&path, &Limits::default()).expect("an archive");
    let expected = [("near", "1"), ("far", "2")].map(|(path, content)| (path.to_owned(), Ok(content.to_owned())));
    assert_eq!(contents(&archive), expected);
}
