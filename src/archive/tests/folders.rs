//! Folders, and what lies at a path that somebody named.

use std::fs;
use std::path::Path;

use super::super::{Archive, ArchiveError, Container, EntryKind, Limits, OddKind, survey};
use super::contents;
use crate::model::FindingCode;
use crate::testing::raw_zip::{Zip, stored};

fn write(root: &Path, name: &str, content: &[u8]) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, content).expect("a file");
}

#[test]
fn a_folder_is_listed_by_name_and_read() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, content) in [("b/c.txt", "c"), ("a.json", "[]"), ("b/a/ö.txt", "ö"), ("empty", "")] {
        write(folder.path(), name, content.as_bytes());
    }
    fs::create_dir(folder.path().join("nothing in it")).expect("a folder");
    let archive = Archive::open(folder.path(), &Limits::default()).expect("an archive");
    assert_eq!((archive.container(), archive.bytes()), (Container::Folder, 5));
    // Of folders only those in which nothing is.
    let expected = [("a.json", "[]"), ("b/a/ö.txt", "ö"), ("b/c.txt", "c"), ("empty", ""), ("nothing in it", "")];
    assert_eq!(contents(&archive), expected.map(|(path, content)| (path.to_owned(), Ok(content.to_owned()))));
    assert!(archive.newest_modified().is_some());
    let again = Archive::open(folder.path(), &Limits::default()).expect("an archive");
    assert_eq!(archive.fingerprint(), again.fingerprint());
    write(folder.path(), "a.json", b"[1]");
    let changed = Archive::open(folder.path(), &Limits::default()).expect("an archive");
    assert_ne!(archive.fingerprint(), changed.fingerprint());
    let (content, finding) = archive.read_whole(0, 100).expect("an entry");
    assert_eq!((content.as_slice(), finding.is_some()), (&b"[1]"[..], true), "it grew after it was listed");
}

#[cfg(unix)]
#[test]
fn links_are_never_followed() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().expect("a folder");
    write(outside.path(), "secret/file", b"not yours");
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "inside/file", b"mine");
    symlink(outside.path().join("secret/file"), folder.path().join("link")).expect("a link");
    symlink(outside.path(), folder.path().join("way out")).expect("a link");
    let archive = Archive::open(folder.path(), &Limits::default()).expect("an archive");
    let kinds: Vec<_> = archive.entries().iter().map(|entry| (entry.path.as_str(), entry.kind)).collect();
    let odd = EntryKind::Odd(OddKind::Link);
    assert_eq!(kinds, [("inside/file", EntryKind::File), ("link", odd), ("way out", odd)]);
    let (target, _) = archive.read_whole(1, 1_000).expect("the name of its target");
    assert_eq!(target, outside.path().join("secret/file").to_string_lossy().as_bytes());
    assert_eq!(archive.findings().len(), 2);
    // A folder on the way becomes a link after it was listed.
    fs::rename(folder.path().join("inside"), folder.path().join("aside")).expect("a rename");
    fs::rename(outside.path().join("secret"), outside.path().join("kept")).expect("a rename");
    symlink(outside.path().join("kept"), folder.path().join("inside")).expect("a link");
    assert!(archive.read(0).is_err());
}

#[cfg(unix)]
#[test]
fn names_that_are_no_text_keep_their_bytes() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().expect("a folder");
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.json");
    // Some file systems refuse such names; then there is nothing to keep.
    if fs::write(folder.path().join(name), b"[]").is_err() {
        return;
    }
    let archive = Archive::open(folder.path(), &Limits::default()).expect("an archive");
    assert_eq!(archive.entries()[0].raw_name(), b"caf\xe9.json");
    assert_eq!(contents(&archive), [("caf\u{fffd}.json".to_owned(), Ok("[]".to_owned()))]);
}

#[test]
fn a_survey_tells_zips_from_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let zip = Zip::of(&[stored("a", "b")]).build();
    write(folder.path(), "downloads/one.zip", &zip);
    write(folder.path(), "downloads/no extension", &zip);
    write(folder.path(), "downloads/not arrived.ZIP", b"");
    write(folder.path(), "downloads/export/posts.json", b"PK\x03\x04 is how a ZIP begins");
    write(folder.path(), "downloads/notes", b"hello");
    let found = survey(&folder.path().join("downloads"), &Limits::default()).expect("a survey");
    let zips: Vec<_> = found.zips.iter().filter_map(|path| path.file_name()).collect();
    assert_eq!(zips, ["no extension", "not arrived.ZIP", "one.zip"]);
    let files: Vec<_> = found.files.iter().map(|file| (file.name.as_str(), file.bytes)).collect();
    assert_eq!(files, [("export/posts.json", 24), ("notes", 5)]);
    assert_eq!(found.findings, []);

    let alone = |name: &str, content: &[u8]| {
        write(folder.path(), name, content);
        let found = survey(&folder.path().join(name), &Limits::default()).expect("a survey");
        (found.zips.len(), found.files.len())
    };
    assert_eq!(alone("archive", &zip), (1, 0));
    assert_eq!(alone("behind something", &[b"#!/bin/sh\n".as_slice(), &zip].concat()), (1, 0));
    assert_eq!(alone("posts.json", b"[]"), (0, 1));
    assert!(matches!(survey(&folder.path().join("nowhere"), &Limits::default()), Err(ArchiveError::Io { .. })));
}

#[cfg(unix)]
#[test]
fn a_survey_stays_below_its_folder() {
    let outside = tempfile::tempdir().expect("a folder");
    write(outside.path(), "one.zip", &Zip::default().build());
    let folder = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(outside.path(), folder.path().join("link")).expect("a link");
    let found = survey(folder.path(), &Limits::default()).expect("a survey");
    assert_eq!((found.zips.len(), found.files.len()), (0, 0));
    assert_eq!(found.findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), [FindingCode::OddEntry]);
}
