//! What is held and yet in no record is no ground to delete anything; and what an archive that was not brought in still
//! holds alone is told as it is.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use throwback::archive::Limits;
use throwback::ingest::{Proof, Silent};

use crate::coverage::{codes, coverage, faults};
use crate::small_download::Small;
use crate::support::TestHome;

const LIKES: &str = "your_instagram_activity/likes/liked_posts.json";
const MESSAGES: &str = "your_instagram_activity/messages/inbox/ann_17840000000000001/message_1.json";

fn small(folder: &Path) -> PathBuf {
    Small::whole().write(folder, "2021-06-01")
}

fn proof(home: &TestHome, path: &Path) -> Proof {
    let stop = AtomicBool::new(false);
    home.home.prove_archive(path, &Limits::default(), &stop, &Silent).expect("a proof")
}

/// A document that could not be read whole makes both verdicts a no.
fn check(what: &str, path: &str, spoil: &dyn Fn(&str) -> String) {
    let folder = tempfile::tempdir().expect("a folder");
    let root = small(folder.path());
    let document = root.join(path);
    let text = std::fs::read_to_string(&document).expect("a document");
    std::fs::write(&document, spoil(&text)).expect("a file");
    let home = TestHome::of(std::slice::from_ref(&root));
    assert_eq!(faults(&home, &root), ["not_merged"], "{what}");
    assert_eq!(codes(&coverage(&home, &[])), ["unreadable"], "{what}");
}

#[test]
fn what_could_not_be_read_is_not_merged() {
    check("a conversation that breaks off", MESSAGES, &|text| text[..text.len() * 2 / 3].to_owned());
    check("likes that are garbage", LIKES, &|_| "\u{1}garbage{{{".to_owned());
    check("a message that is none", MESSAGES, &|text| {
        text.replacen(r#""messages": [{"#, r#""messages": [{"foo": "bar"}, {"#, 1)
    });
}

#[test]
fn what_was_too_long_to_be_read_is_not_merged() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = small(folder.path());
    let home = TestHome::new();
    home.ingest_within(&root, &Limits { document_bytes: 500, ..Limits::default() });
    assert_eq!(faults(&home, &root), ["not_merged"]);
    let told = proof(&home, &root);
    let fault = &told.faults["not_merged"];
    assert!(fault.n > 1 && fault.example.contains("none of its items is a record"), "{fault:?}");
    assert!(codes(&coverage(&home, &[])).contains(&"unreadable".to_owned()));
    home.ingest(&root);
    assert_eq!(faults(&home, &root), Vec::<&str>::new(), "with room enough it is read");
    assert!(coverage(&home, &[]).is_safe());
}

#[test]
fn what_an_archive_that_was_not_brought_in_holds_alone_is_looked_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = small(folder.path());
    let home = TestHome::of(std::slice::from_ref(&root));
    let n_files = proof(&home, &root).n_files;
    // The same bytes, but another list of files: a copy whose folder was made anew.
    let copy = folder.path().join("copy/instagram-me.example-2021-06-01-20210601");
    copy_all(&root, &copy);
    let other = copy.join("media/posts/202001/new.jpg");
    let picture = b"\xff\xd8\xff\xd9, and it is new";
    std::fs::write(&other, picture).expect("a file");
    let told = proof(&home, &copy);
    assert_eq!(told.faults.keys().collect::<Vec<_>>(), [&"not_ingested"]);
    assert_eq!((told.n_proven, told.n_files), (n_files, n_files + 1), "the rest of it is held");
    assert_eq!(told.faults["not_ingested"].bytes, picture.len() as u64, "only the new one is nowhere else");
    assert!(!told.is_safe());
    std::fs::remove_file(&other).expect("it is there");
    std::fs::rename(copy.join("media/posts"), copy.join("media/other")).expect("it is there");
    let told = proof(&home, &copy);
    assert_eq!((told.n_proven, told.n_files), (n_files, n_files));
    let fault = &told.faults["not_ingested"];
    assert_eq!(fault.bytes, 0, "{fault:?}");
    assert!(fault.example.contains("every byte of it is in the home"), "{fault:?}");
    // A home that took only the first of its files.
    let home = TestHome::new();
    home.ingest_within(&root, &Limits { n_entries: 10, ..Limits::default() });
    let told = proof(&home, &root);
    assert!(!told.is_safe() && told.n_files == n_files && (1..n_files).contains(&told.n_proven), "{told:?}");
    assert!(told.faults["not_ingested"].bytes < told.bytes, "{told:?}");
}

fn copy_all(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_all(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a file");
        }
    }
}
