use std::collections::{BTreeMap, BTreeSet};

use super::{Coverage, Limit, Place, Uncovered};
use crate::model::Kind;
use crate::store::{CoverFacts, Family, ListRange, STATED_RANGE, Shared, SnapshotList, SnapshotState};

const DAY: i64 = 24 * 3_600_000;
const YEAR: i64 = 365 * DAY;

fn state(id: i64) -> SnapshotState {
    SnapshotState {
        id,
        public_id: format!("snapshot {id}"),
        account_id: 1,
        date: format!("20{id:02}-01-01"),
        is_complete: true,
        n_lacking: Some(0),
    }
}

fn list(snapshot_id: i64, list: &str, family: Family, from: i64, to: i64) -> SnapshotList {
    let thread_id = (list == "messages").then_some(7);
    let holds = ListRange { n_items: 5, n_timed: 5, range_ms: Some((from, to)) };
    SnapshotList { snapshot_id, list: list.to_owned(), thread_id, family, holds }
}

/// Two snapshots that hold posts, messages and followers over the same eight years.
fn two() -> CoverFacts {
    let lists = [1, 2].iter().flat_map(|id| {
        ["posts", "messages", "followers"].map(|name| list(*id, name, Family::Json, 0, 8 * YEAR + id * DAY))
    });
    let in_both = Shared { families: BTreeMap::from([(1, 5)]), snapshots: BTreeMap::from([((1, 2), 4)]) };
    CoverFacts {
        snapshots: vec![state(1), state(2)],
        lists: lists.collect(),
        shared: [Kind::Post, Kind::Follow].map(|kind| ((kind, None), in_both.clone())).into(),
        ..CoverFacts::default()
    }
}

fn place(kind: Kind, list: &str, at_ms: Option<i64>) -> Place {
    let thread = (list == "messages").then_some(7);
    let lists = BTreeSet::from([(list.to_owned(), thread)]);
    Place { kind, subkind: None, at_ms, snapshot_id: 1, lists, families: Family::Json.bit() }
}

fn check(what: &str, facts: &CoverFacts, place: &Place, expected: Result<(), Uncovered>) {
    assert_eq!(Coverage::of(facts).covers(1, place), expected, "{what}");
}

#[test]
fn a_whole_later_snapshot_covers_what_its_lists_reach() {
    let facts = two();
    let at = Some(YEAR);
    check("a post", &facts, &place(Kind::Post, "posts", at), Ok(()));
    check("a message", &facts, &place(Kind::Message, "messages", at), Ok(()));
    check("a follower", &facts, &place(Kind::Follow, "followers", at), Ok(()));
    check("too late", &facts, &place(Kind::Post, "posts", Some(9 * YEAR)), Err(Uncovered::OutsideRange));
    check("no time", &facts, &place(Kind::Post, "posts", None), Err(Uncovered::Unequal));
    check("another list", &facts, &place(Kind::Post, "reels", at), Err(Uncovered::ListAbsent));
    let mut elsewhere = place(Kind::Message, "messages", at);
    elsewhere.lists = BTreeSet::from([("messages".to_owned(), Some(8))]);
    check("another conversation", &facts, &elsewhere, Err(Uncovered::ListAbsent));
    elsewhere.lists.clear();
    check("no list", &facts, &elsewhere, Err(Uncovered::ListAbsent));
    check("what passes", &facts, &place(Kind::View, "posts_viewed", at), Err(Uncovered::Passing));
    check("what waits", &facts, &place(Kind::Post, "recently_deleted_content", at), Err(Uncovered::Passing));
}

#[test]
fn what_is_not_whole_covers_nothing() {
    let post = place(Kind::Post, "posts", Some(YEAR));
    let spoilt = |spoil: &dyn Fn(&mut CoverFacts)| {
        let mut facts = two();
        spoil(&mut facts);
        facts
    };
    let salvaged = spoilt(&|facts| facts.snapshots[1].is_complete = false);
    check("salvaged", &salvaged, &post, Err(Uncovered::PartMissing));
    let lacking = spoilt(&|facts| facts.snapshots[1].n_lacking = Some(1));
    check("a file lacks", &lacking, &post, Err(Uncovered::PartMissing));
    let uncounted = spoilt(&|facts| facts.snapshots[1].n_lacking = None);
    check("nobody counted", &uncounted, &post, Err(Uncovered::PartMissing));
    let paged = spoilt(&|facts| facts.pages.push((2, "content/posts_2.json".to_owned())));
    check("a page lacks", &paged, &post, Err(Uncovered::PartMissing));
    let older = spoilt(&|facts| facts.snapshots[0].is_complete = false);
    check("only the older one is salvaged", &older, &post, Ok(()));
}

#[test]
fn a_snapshot_that_is_limited_covers_no_relation() {
    let mut facts = two();
    for list in &mut facts.lists[3..] {
        list.holds.range_ms = Some((6 * YEAR, 8 * YEAR));
    }
    let inferred = Limit::Inferred { begins_ms: 6 * YEAR, account_ms: 0 };
    assert_eq!(Coverage::of(&facts).snapshots.iter().map(|one| one.limit).collect::<Vec<_>>(), [None, Some(inferred)]);
    let (inside, before) = (Some(7 * YEAR), Some(YEAR));
    check("inside", &facts, &place(Kind::Post, "posts", inside), Ok(()));
    check("before", &facts, &place(Kind::Post, "posts", before), Err(Uncovered::OutsideRange));
    check("a relation", &facts, &place(Kind::Follow, "followers", inside), Err(Uncovered::Unequal));
}

#[test]
fn a_range_that_is_stated_reaches_beyond_what_is_seen() {
    let mut facts = two();
    let mut stated = list(2, STATED_RANGE, Family::Html, 5 * YEAR, 10 * YEAR);
    stated.thread_id = None;
    facts.lists.push(stated);
    check("inside", &facts, &place(Kind::Post, "posts", Some(9 * YEAR)), Ok(()));
    check("at its edge", &facts, &place(Kind::Post, "posts", Some(10 * YEAR - 1)), Err(Uncovered::OutsideRange));
    check("a relation", &facts, &place(Kind::Follow, "followers", Some(9 * YEAR)), Err(Uncovered::Unequal));
}

#[test]
fn an_account_that_is_older_than_all_its_lists_was_not_downloaded_whole() {
    let mut facts = two();
    facts.snapshots.remove(0);
    facts.lists.retain(|list| list.snapshot_id == 2);
    let limit = |facts: &CoverFacts| Coverage::of(facts).snapshots[0].limit;
    assert_eq!(limit(&facts), None);
    facts.lists.push(list(2, "signup", Family::Json, -YEAR, -YEAR));
    assert_eq!(limit(&facts), Some(Limit::Inferred { begins_ms: 0, account_ms: -YEAR }));
    // Somebody who signed up and posted much later did not begin to be followed and to write in the same week.
    facts.lists[0].holds.range_ms = Some((YEAR, 8 * YEAR));
    assert_eq!(limit(&facts), None);
}

#[test]
fn ways_of_writing_are_compared_where_most_of_a_kind_is_known_to_be_the_same() {
    let mut facts = two();
    for list in &mut facts.lists[3..] {
        list.family = Family::Html;
    }
    let post = place(Kind::Post, "posts", Some(YEAR));
    check("nothing is joined", &facts, &post, Err(Uncovered::OtherFormat));
    let mut apart = |n_apart| {
        let families = BTreeMap::from([(1, n_apart), (1 | 4, 5)]);
        facts.shared.insert((Kind::Post, None), Shared { families, ..Shared::default() });
        facts.clone()
    };
    check("most are joined", &apart(3), &post, Ok(()));
    check("most are apart", &apart(6), &post, Err(Uncovered::OtherFormat));
    for list in &mut facts.lists[3..] {
        list.family = Family::Encrypted;
    }
    let families = BTreeMap::from([(1 | 8, 5)]);
    facts.shared.insert((Kind::Message, None), Shared { families, ..Shared::default() });
    check("encrypted chats", &facts, &place(Kind::Message, "messages", Some(YEAR)), Err(Uncovered::OtherFormat));
}

#[test]
fn layouts_of_which_nothing_is_the_same_are_not_compared() {
    let mut facts = two();
    let post = place(Kind::Post, "posts", Some(YEAR));
    check("posts in common", &facts, &post, Ok(()));
    facts.shared.remove(&(Kind::Post, None));
    check("none", &facts, &post, Err(Uncovered::OtherFormat));
    check("messages have their millisecond", &facts, &place(Kind::Message, "messages", Some(YEAR)), Ok(()));
}

#[test]
fn what_has_no_time_is_covered_where_nothing_in_its_list_has_one() {
    let mut facts = two();
    for list in facts.lists.iter_mut().filter(|list| list.list == "followers") {
        list.holds = ListRange { n_items: 3, n_timed: 0, range_ms: None };
    }
    check("untimed", &facts, &place(Kind::Follow, "followers", None), Ok(()));
    facts.lists.last_mut().expect("a list").holds.n_items = 0;
    check("an empty list", &facts, &place(Kind::Follow, "followers", None), Err(Uncovered::Unequal));
}
