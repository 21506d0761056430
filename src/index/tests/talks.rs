//! Talks over records in memory: what they hold together is found, and they follow the change log.

use super::*;

const MINUTE: i64 = 60_000;

/// A message of the conversation 5.
fn said(row: i64, author: i64, minute: i64, text: &str) -> RecordDocument {
    RecordDocument {
        author: Some(author),
        others: vec![1, 2, 9],
        at_ms: Some(minute * MINUTE),
        thread: Some(5),
        ..message(row, text)
    }
}

/// Anna (1), Ben (2) and I (9) plan a trip, and a day later speak of something else.
fn trip() -> Memory {
    let mut elsewhere = said(9, 1, 3, "the harbour tickets");
    elsewhere.thread = Some(6);
    let post = RecordDocument { kind: Kind::Post, ..said(10, 9, 4, "tickets lisbon") };
    Memory::new(vec![
        said(1, 1, 0, "shall we go to Lisbon?"),
        said(2, 9, 1, "by ferry"),
        said(3, 2, 3, "who buys the tickets"),
        said(4, 1, 9, "two ferries a day"),
        said(5, 2, 1_500, "lisbon was nice"),
        said(6, 9, 1_503, "the tickets to the ferry were not"),
        said(7, 9, 9_000, "tickets alone"),
        said(8, 1, 9_500, "a ferry alone"),
        elsewhere,
        post,
    ])
}

fn found(index: &Index, query: &str, tiers: Tiers) -> Vec<(Vec<i64>, Vec<usize>)> {
    let search = Search { order: None, limit: 0, offset: 0, tiers };
    let talks = index.talks(&compiled(query), None, search).expect("talks are searched");
    assert_eq!(talks.total, talks.hits.len() as u64);
    talks.hits.into_iter().map(|hit| (hit.rows, hit.places)).collect()
}

#[test]
fn words_in_different_messages_find_the_talk() {
    let (_home, index) = built(&trip());
    let first = || vec![1, 2, 3, 4];
    let second = || vec![5, 6];
    let none: &[(Vec<i64>, Vec<usize>)] = &[];
    let check = |query: &str, expected: &[(Vec<i64>, Vec<usize>)]| {
        assert_eq!(found(&index, query, Tiers::AsNeeded), expected, "{query}");
    };
    // Closest together first, then newest first.
    check("lisbon tickets", &[(second(), vec![0, 1]), (first(), vec![0, 2])]);
    check("lisbon ferry tickets", &[(second(), vec![0, 1]), (first(), vec![0, 1, 2, 3])]);
    // One message has both, so its talk is not found again; the other talk has them apart.
    check("ferry tickets", &[(first(), vec![1, 2, 3])]);
    check("tickets alone", none);
    check("lisbon", none);
    check("lisbon OR tickets", none);
    check("lisbon (tickets OR harbour)", &[(second(), vec![0, 1]), (first(), vec![0, 2])]);
    check("lisbon harbour", none);
    check("\"to the ferry\" nice", &[(second(), vec![0, 1])]);
    // What is demanded beside the words is demanded of every message that counts.
    check("lisbon day from:anna", &[(first(), vec![0, 3])]);
    check("lisbon tickets from:anna", none);
    check("lisbon tickets -from:anna", &[(second(), vec![0, 1])]);
    check("lisbon tickets -go", &[(second(), vec![0, 1])]);
    check("((lisbon from:anna) OR zoo) ((tickets from:ben) OR zoo)", &[(first(), vec![0, 2])]);
    check("lisbon tickets date:1970-01-01", &[(first(), vec![0, 2])]);
    check("lisbon tickets kind:post", none);
    assert_eq!(found(&index, "lisbon ferries", Tiers::Exact), [(first(), vec![0, 3])]);
    // Talks are no records.
    assert_eq!(rows(&index, ""), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert_eq!(rows(&index, "NOT lisbon in:\"summer trip\""), [2, 3, 4, 6, 7, 8]);
    assert_eq!(index.n_documents().expect("a number"), 10);
}

#[test]
fn only_talks_that_are_wanted_are_given_but_all_are_counted() {
    let (_home, index) = built(&trip());
    let search = Search { order: Some(Order::Oldest), limit: 1, offset: 0, tiers: Tiers::AsNeeded };
    let talks = index.talks(&compiled("lisbon tickets"), None, search).expect("talks are searched");
    assert_eq!((talks.total, talks.hits.len(), talks.hits[0].rows[0]), (2, 1, 1));
}

#[test]
fn messages_of_another_index_take_part() {
    let mut memory = trip();
    let (_home, index) = built(&memory);
    let side = Index::passing(&[said(3, 2, 3, "who buys the passes")]).expect("a small index");
    memory.remove(3);
    let compiled = compiled("lisbon passes");
    let others = compiled.without_rows(&[3]);
    let search = Search { order: None, limit: 0, offset: 0, tiers: Tiers::AsNeeded };
    let talks = index.talks(&others, Some((&side, &compiled)), search).expect("talks are searched");
    assert_eq!(talks.hits.iter().map(|hit| hit.places.clone()).collect::<Vec<_>>(), [[0, 2]]);
    assert_eq!(index.talks(&others, None, search).expect("talks are searched"), TalkHits::default());
}

#[test]
fn looking_all_talks_through_finds_the_same() {
    let mut memory = Memory::new(Vec::new());
    for row in 0..6_000 {
        let text = if row % 2 == 0 { "tea" } else { "milk" };
        memory.put(said(row + 1, 1, row / 2 * 1_000, text));
    }
    let (_home, index) = built(&memory);
    let search = Search { order: None, limit: 3, offset: 0, tiers: Tiers::AsNeeded };
    let talks = index.talks(&compiled("tea milk"), None, search).expect("talks are searched");
    assert_eq!((talks.total, talks.hits[0].rows.clone()), (3_000, vec![5_999, 6_000]));
}

/// What may happen to the messages of two conversations, in times of half an hour.
#[derive(Clone, Debug)]
enum Event {
    Put { row: i64, thread: i64, half_hour: i64 },
    Remove(i64),
    Follow,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let put =
        (1..40_i64, 5..7_i64, 0..90_i64).prop_map(|(row, thread, half_hour)| Event::Put { row, thread, half_hour });
    let remove = (1..40_i64).prop_map(Event::Remove);
    proptest::collection::vec(prop_oneof![6 => put, 2 => remove, 1 => Just(Event::Follow)], 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Messages come, go, and move within a conversation and to another; the talks are those of an index that is made anew.
    #[test]
    fn talks_follow_every_change(events in events()) {
        let home = tempfile::tempdir().expect("a folder for the test");
        let mut memory = Memory::new(Vec::new());
        let mut index = Index::open(&home.path().join("index")).expect("a missing index opens");
        index.follow(&memory).expect("it is built");
        for event in events.into_iter().chain([Event::Follow]) {
            match event {
                Event::Put { row, thread, half_hour } => {
                    memory.put(RecordDocument { thread: Some(thread), ..said(row, 1, half_hour * 30, "tea") });
                }
                Event::Remove(row) => memory.remove(row),
                Event::Follow => {
                    index.follow(&memory).expect("it follows");
                    let check = index.check(&memory).expect("it is checked");
                    prop_assert!(check.is_good(), "{check:?}");
                }
            }
        }
    }
}

#[test]
fn a_check_tells_talks_that_are_no_longer_the_same() {
    let mut memory = trip();
    let (_home, index) = built(&memory);
    let check = index.check(&memory).expect("it is checked");
    assert_eq!((check.n_talks, check.is_good()), (2, true), "{check:?}");
    // The log does not tell it, so that nobody follows.
    memory.records.remove(&2);
    let check = index.check(&memory).expect("it is checked");
    assert_eq!((check.n_talks_missing, check.n_talks_surplus, check.n_surplus), (1, 1, 1));
}
