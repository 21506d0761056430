//! What is held and yet in no record is no ground to delete anything.

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
