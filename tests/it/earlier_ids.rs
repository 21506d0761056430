//! Ids that a home once told stay known: what came later may give a record another one, and the earlier is then a further one.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::support::{TestHome, fixtures};

/// Of 2019 under a later user name; the profile of the second tells the older name.
fn downloads() -> [PathBuf; 2] {
    [fixtures().join("a_one_part"), fixtures().join("sample/mia.example_20220817.zip")]
}

/// What is told of each record, by its id.
fn records(home: &TestHome) -> BTreeMap<String, String> {
    let rows = home.rows("SELECT id, kind, at, text, url FROM records");
    let told = |row: &throwback::store::NamedRow| format!("{:?}", &row.values[1..]);
    rows.iter().map(|row| (row.text("id").expect("an id").to_owned(), told(row))).collect()
}

/// Ids by which each record is known besides.
fn further_ids(home: &TestHome) -> Vec<String> {
    let rows = home.rows(
        "SELECT r.public_id || ' ' || a.public_id AS ids FROM alias a JOIN record r ON r.id = a.record_id ORDER BY ids",
    );
    rows.iter().map(|row| row.text("ids").expect("ids").to_owned()).collect()
}

#[test]
fn records_are_found_by_the_ids_that_they_had_before_an_older_name_of_the_owner_was_known() {
    let [first, second] = downloads();
    let home = TestHome::of(&[first]);
    let before = records(&home);
    home.ingest(&second);
    let now = records(&home);
    let n_renamed = before.keys().filter(|id| !now.contains_key(*id)).count();
    assert!(n_renamed > 0, "nothing was renamed: the downloads show nothing");
    let store = home.home.reader().expect("a home");
    for (id, told) in &before {
        let found = store.record_ids_beginning(id, 2).expect("ids");
        let [only] = found.as_slice() else { panic!("{id} ({told}) is {found:?}") };
        assert_eq!(&now[only], told, "{id} is now {only}");
    }
}

#[test]
fn further_ids_are_a_function_of_the_set_of_downloads() {
    let [first, second] = downloads();
    let (forth, back) = ([first.clone(), second.clone()], [second, first.clone()]);
    let (forth, back) = (TestHome::of(&forth), TestHome::of(&back));
    assert_eq!(further_ids(&forth), further_ids(&back));
    let gone = forth.number("SELECT count(*) FROM snapshots");
    assert_eq!(gone, 2);
}

#[test]
fn conversations_are_found_by_the_ids_that_they_had_under_a_later_name_of_the_owner() {
    let [first, second] = downloads();
    let home = TestHome::of(&[first]);
    let threads = |home: &TestHome| -> BTreeMap<String, String> {
        let rows = home.rows("SELECT id, coalesce(title, '') AS title FROM threads");
        let text = |row: &throwback::store::NamedRow, column| row.text(column).expect(column).to_owned();
        rows.iter().map(|row| (text(row, "id"), text(row, "title"))).collect()
    };
    let before = threads(&home);
    home.ingest(&second);
    let now = threads(&home);
    assert!(before.keys().any(|id| !now.contains_key(id)), "no conversation was renamed: the downloads show nothing");
    let store = home.home.reader().expect("a home");
    for id in before.keys() {
        let found = store.find_threads(id).expect("conversations");
        assert_eq!(found.len(), 1, "{id}: {found:?}");
    }
}
