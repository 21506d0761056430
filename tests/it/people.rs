//! Who is who: names tied together by evidence, never by an equal display name, in any order; and by hand.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use throwback::model::DecisionKind;

use crate::accounts::{decide, list, take_back};
use crate::small_downloads::{Downloads, following, profile, talk};
use crate::support::{TestHome, assert_same};

const OLD: &str = "instagram-mia-2020-01-01-aaaaaaaa";
const NEW: &str = "instagram-mia-2022-01-01-bbbbbbbb";
const LAST: &str = "instagram-mia-2024-01-01-cccccccc";

/// People with several names, `shown: names`.
fn people(home: &TestHome) -> Vec<String> {
    list(
        home,
        "SELECT p.name || ': ' || group_concat(n.name, ', ')
           FROM people p
           JOIN (SELECT person_id, CASE type WHEN 'user_name' THEN '@' ELSE '' END || handle AS name FROM handles
                  ORDER BY name) n ON n.person_id = p.id
          GROUP BY p.id HAVING count(*) > 1 ORDER BY 1",
    )
}

fn mia(folder: &Path) {
    profile(folder, "mia", "Mia M");
}

fn reread(home: &TestHome) {
    home.home
        .read_documents_again("a test", &AtomicBool::new(false), &throwback::ingest::Silent)
        .expect("everything is read again");
}

#[test]
fn the_other_one_of_a_conversation_of_two_keeps_being_that_one() {
    let all = Downloads::new();
    let thread = "ben_17840000000000001";
    for (archive, name, at) in [(OLD, "Ben B", 1), (NEW, "Ben Berger", 2), (LAST, "Instagram User", 3)] {
        mia(&all.path(archive));
        let at = 1_560_000_000_000 + at * 100_000_000;
        talk(&all.path(archive), thread, "Mia M", name, &[(at, name, "hello"), (at + 1_001, "Mia M", "hi")]);
    }
    let home = all.homes(&[OLD, NEW, LAST], &|_| {});
    assert_eq!(people(&home), ["Ben Berger: Ben B, Ben Berger", "Mia M: @mia, Mia M"]);
    let evidence = list(&home, "SELECT DISTINCT evidence FROM handles WHERE handle LIKE 'Ben%'");
    assert_eq!(evidence, ["the other one of a conversation of two"]);
    let known = "SELECT date(from_ms / 1000, 'unixepoch') || ' ' || date(to_ms / 1000, 'unixepoch') FROM handles
                  WHERE handle LIKE 'Ben%' ORDER BY handle";
    assert_eq!(list(&home, known), ["2020-01-01 2020-01-01", "2022-01-01 2022-01-01"]);
    let before = home.dump();
    reread(&home);
    assert_same(&before, &home.dump(), "read again");
}

#[test]
fn an_equal_display_name_ties_nobody() {
    let all = Downloads::new();
    for (archive, one, other, at) in [(OLD, "Anna", "Anna", 1), (NEW, "Anna One", "Anna Two", 2)] {
        mia(&all.path(archive));
        let at = 1_560_000_000_000 + at * 100_000_000;
        talk(&all.path(archive), "anna_17840000000000001", "Mia M", one, &[(at, one, "hello")]);
        talk(&all.path(archive), "anna_17840000000000002", "Mia M", other, &[(at + 77, other, "ahoi")]);
    }
    let home = all.homes(&[OLD, NEW], &|_| {});
    assert_eq!(people(&home), ["Mia M: @mia, Mia M"]);
    assert_eq!(list(&home, "SELECT evidence FROM handles WHERE handle = 'Anna'"), ["several people go by this name"]);
}

#[test]
fn whoever_is_followed_since_one_second_was_renamed() {
    let all = Downloads::new();
    let (since, other) = (1_500_000_000, 1_600_000_000);
    for archive in [OLD, NEW, LAST] {
        mia(&all.path(archive));
    }
    following(&all.path(OLD), &[("ben", since), ("cleo", 1_500_000_777)]);
    following(&all.path(NEW), &[("ben.later", since), ("cleo", 1_500_000_777)]);
    let home = all.homes(&[OLD, NEW], &|_| {});
    assert_eq!(people(&home), ["Mia M: @mia, Mia M", "ben.later: @ben, @ben.later"]);
    // Somebody else took the name that was given up.
    following(&all.path(LAST), &[("ben.later", since), ("ben", other), ("cleo", 1_500_000_777)]);
    let home = all.homes(&[OLD, NEW, LAST], &|_| {});
    assert_eq!(people(&home), ["Mia M: @mia, Mia M"]);
}

#[test]
fn a_folder_that_is_called_by_a_user_name_ties_it_to_the_display_name() {
    let all = Downloads::new();
    mia(&all.path(OLD));
    following(&all.path(OLD), &[("ben_b.x", 1_500_000_000), ("zoe", 1_500_000_001)]);
    talk(&all.path(OLD), "ben_bx_17840000000000001", "Mia M", "Benjamin", &[(1_560_000_000_001, "Benjamin", "hey")]);
    talk(&all.path(OLD), "zoe_17840000000000002", "Mia M", "Zoe", &[(1_560_000_000_002, "Zoe", "hey")]);
    let home = all.homes(&[OLD], &|_| {});
    assert_eq!(people(&home), ["Benjamin: @ben_b.x, Benjamin", "Mia M: @mia, Mia M"]);
}

#[test]
fn people_are_merged_and_split_by_hand_in_any_order_and_it_can_be_taken_back() {
    let all = Downloads::new();
    let thread = "ben_17840000000000001";
    for (archive, name, at) in [(OLD, "Ben B", 1), (NEW, "Ben Berger", 2)] {
        mia(&all.path(archive));
        following(&all.path(archive), &[("bb", 1_500_000_000)]);
        let at = 1_560_000_000_000 + at * 100_000_000;
        talk(&all.path(archive), thread, "Mia M", name, &[(at, name, "hello")]);
    }
    let decide_all = |home: &TestHome| {
        decide(home, DecisionKind::MergePeople, &["Ben Berger", "@bb"]);
        decide(home, DecisionKind::SplitPerson, &["Ben B"]);
    };
    let home = all.homes(&[OLD, NEW], &|_| {});
    let before = home.dump();
    let merge = decide(&home, DecisionKind::MergePeople, &["Ben Berger", "@bb"]);
    assert_eq!(people(&home), ["Ben Berger: @bb, Ben B, Ben Berger", "Mia M: @mia, Mia M"]);
    assert_eq!(list(&home, "SELECT evidence FROM handles WHERE handle = 'bb'"), ["by hand"]);
    let split = decide(&home, DecisionKind::SplitPerson, &["Ben B"]);
    assert_eq!(people(&home), ["Ben Berger: @bb, Ben Berger", "Mia M: @mia, Mia M"]);
    let decided = home.dump();
    reread(&home);
    assert_same(&decided, &home.dump(), "read again");
    let early = TestHome::of(&[all.path(NEW)]);
    decide_all(&early);
    early.ingest(&all.path(OLD));
    assert_same(&decided, &early.dump(), "decided before the other download came");
    take_back(&home, merge);
    assert_eq!(people(&home), ["Mia M: @mia, Mia M"]);
    take_back(&home, split);
    assert_same(&before, &home.dump(), "all taken back");
}
