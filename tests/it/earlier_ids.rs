//! Ids that a home once told stay known: what came later may give a record another one, and the earlier is then a further one.

use std::collections::BTreeMap;
use std::path::PathBuf;

use throwback::store::NamedRow;

use crate::support::{TestHome, assert_same, fixtures};

/// Downloads in an order in which a later one shows whose the first is, or by which older name.
fn downloads() -> [Vec<PathBuf>; 2] {
    let of = |names: &[&str]| names.iter().map(|name| fixtures().join(name)).collect();
    [
        // The profile of the second tells an older user name.
        of(&["a_one_part", "sample/mia.example_20220817.zip"]),
        // Encrypted chats do not say whose they are.
        of(&["e2ee", "c_2022", "d_2024"]),
    ]
}

/// What is told of each thing, by its id, which is the first column.
fn things(home: &TestHome, sql: &str) -> BTreeMap<String, String> {
    let told = |row: &NamedRow| format!("{:?}", &row.values[1..]);
    home.rows(sql).iter().map(|row| (row.text("id").expect("an id").to_owned(), told(row))).collect()
}

/// Ids by which each record and conversation is known besides.
fn further_ids(home: &TestHome) -> Vec<String> {
    let rows = home.rows(
        "SELECT r.public_id || ' ' || a.public_id AS ids FROM alias a JOIN record r ON r.id = a.record_id
         UNION SELECT t.public_id || ' ' || a.public_id FROM thread_alias a JOIN thread t ON t.id = a.thread_id ORDER BY ids",
    );
    rows.iter().map(|row| row.text("ids").expect("ids").to_owned()).collect()
}

#[test]
fn records_are_found_by_the_ids_that_they_had_before_more_was_known_of_the_owner() {
    for of_one in downloads() {
        let home = TestHome::of(&of_one[..1]);
        let sql = "SELECT id, kind, at, text, url FROM records";
        let before = things(&home, sql);
        of_one[1..].iter().for_each(|download| drop(home.ingest(download)));
        let now = things(&home, sql);
        let n_renamed = before.keys().filter(|id| !now.contains_key(*id)).count();
        assert!(n_renamed > 0, "{of_one:?} show nothing: no record has another id");
        let store = home.home.reader().expect("a home");
        for (id, told) in &before {
            let found = store.record_ids_beginning(id, 2).expect("ids");
            let [only] = found.as_slice() else { panic!("{of_one:?}: {id} ({told}) is {found:?}") };
            assert_eq!(&now[only], told, "{of_one:?}: {id} is now {only}");
        }
    }
}

#[test]
fn conversations_are_found_by_the_ids_that_they_had_before_more_was_known_of_the_owner() {
    for of_one in downloads() {
        let home = TestHome::of(&of_one[..1]);
        let sql = "SELECT id, title FROM threads";
        let before = things(&home, sql);
        of_one[1..].iter().for_each(|download| drop(home.ingest(download)));
        let now = things(&home, sql);
        assert!(
            before.keys().any(|id| !now.contains_key(id)),
            "{of_one:?} show nothing: no conversation has another id"
        );
        let store = home.home.reader().expect("a home");
        for id in before.keys() {
            let found = store.find_threads(id).expect("conversations");
            assert_eq!(found.len(), 1, "{of_one:?}: {id}: {found:?}");
        }
    }
}

#[test]
fn further_ids_are_a_function_of_the_set_of_downloads() {
    for mut of_one in downloads() {
        let there = further_ids(&TestHome::of(&of_one));
        of_one.reverse();
        assert_same(&there, &further_ids(&TestHome::of(&of_one)), &format!("{of_one:?}"));
    }
}

#[test]
fn what_stood_for_the_name_of_one_download_costs_the_records_of_others_nothing() {
    let [_, of_one] = downloads();
    let (all, chats, others) = (TestHome::of(&of_one), TestHome::of(&of_one[..1]), TestHome::of(&of_one[1..]));
    let n = |home: &TestHome| {
        let n = home.number("SELECT (SELECT count(*) FROM records) + (SELECT count(*) FROM threads)");
        usize::try_from(n).expect("a number of things")
    };
    let n_more = further_ids(&all).len() - further_ids(&others).len();
    // Those of the chats, and for what is joined one of each form.
    assert!(n_more <= 2 * n(&chats), "{n_more} for {} of {}", n(&chats), n(&all));
    assert!(n(&all) > 4 * n(&chats), "too little stands beside them");
}
