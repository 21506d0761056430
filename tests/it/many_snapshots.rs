//! Several downloads of one account: the order does not matter, and the same thing is one record.

use std::path::PathBuf;

use crate::support::{TestHome, assert_same, fixtures};

fn sample() -> [PathBuf; 2] {
    [
        fixtures().join("sample/mia.example_20220817.zip"),
        fixtures().join("sample/instagram-mia.example-2024-03-02-Ab3dE5fG.zip"),
    ]
}

#[test]
fn the_order_does_not_matter() {
    let [older, newer] = sample();
    let forward = TestHome::of(&[older.clone(), newer.clone()]).dump();
    let backward = TestHome::of(&[newer, older]).dump();
    assert_same(&forward, &backward, "the sample");
}

#[test]
fn ingesting_again_changes_nothing() {
    let [older, newer] = sample();
    let home = TestHome::of(&[older.clone(), newer]);
    let before = (home.dump(), home.number("SELECT last_change FROM home"));
    let reports = home.ingest(&older);
    assert!(reports[0].is_known);
    assert_eq!(reports[0].totals().new, 0);
    assert_eq!((home.dump(), home.number("SELECT last_change FROM home")), before);
}

#[test]
fn an_unpacked_copy_of_a_zip_is_the_same_download() {
    let [older, newer] = sample();
    let home = TestHome::of(&[older.clone(), newer]);
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("mia.example_20220817");
    copy_tree(&fixtures().join("c_2022"), &copy);
    let kinds = home.kinds();
    let reports = home.ingest(&copy);
    assert_eq!(reports[0].totals().new, 0, "{:?}", reports[0].records);
    assert_eq!(reports[0].totals().merged, 0, "{:?}", reports[0].records);
    assert_eq!(reports[0].media.new_files, 0);
    assert_eq!(home.kinds(), kinds);
    assert_eq!(home.number("SELECT count(*) FROM snapshots"), 2);
    assert_eq!(home.number("SELECT count(*) FROM archives"), 3);
}

fn copy_tree(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy_tree(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("a copy");
        }
    }
}

#[test]
fn posts_and_messages_keep_one_identity() {
    let [older, newer] = sample();
    let ids = |home: &TestHome| -> Vec<String> {
        let rows = home.rows("SELECT id FROM records WHERE kind IN ('post', 'reel', 'story', 'message') ORDER BY id");
        rows.iter().map(|row| row.text("id").expect("an id").to_owned()).collect()
    };
    let alone = ids(&TestHome::of(std::slice::from_ref(&older)));
    let both = ids(&TestHome::of(&[older, newer]));
    let lost: Vec<_> = alone.iter().filter(|id| !both.contains(id)).collect();
    assert!(lost.is_empty(), "ids that the second download changed: {lost:?}");
}
