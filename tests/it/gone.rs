//! Absence is not deletion: what a later download covered and lacks is gone, everything else is not known.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use throwback::model::{Generation, Kind};
use throwback::testing::{Life, Packing, Size, Truth, Writing, write};

use crate::small_download::{DAY, Small};
use crate::support::{TestHome, assert_same};

/// What is told of each record: its text or counterpart, whether it is gone, since when.
fn told(home: &TestHome, kind: &str) -> Vec<(String, Option<i64>, Option<String>)> {
    let rows = home.rows(&format!(
        "SELECT coalesce(text, counterpart, at) AS name, is_gone, gone_since FROM records WHERE kind = '{kind}' ORDER BY at_ms, 1"
    ));
    rows.iter()
        .map(|row| {
            let since = row.text("gone_since").map(str::to_owned);
            (row.text("name").expect("a name").to_owned(), row.integer("is_gone"), since)
        })
        .collect()
}

fn gone(home: &TestHome, kind: &str) -> Vec<(String, Option<String>)> {
    told(home, kind)
        .into_iter()
        .filter(|(_, is_gone, _)| *is_gone == Some(1))
        .map(|(name, _, since)| (name, since))
        .collect()
}

/// Deleted: the post, the message, the comment and the like of the thirtieth day, and with them bob and cat.
fn later() -> Small {
    let mut later = Small::whole();
    for list in [&mut later.posts, &mut later.messages, &mut later.comments, &mut later.likes, &mut later.stories] {
        list.retain(|at| *at != 30 * DAY);
        list.push(200 * DAY);
    }
    later.followers.retain(|(_, at)| *at != 30 * DAY);
    later.following.retain(|(_, at)| *at != 30 * DAY);
    later.followers.push(("new.example", 200 * DAY));
    later
}

#[test]
fn what_a_later_download_covers_and_lacks_is_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let older = Small::whole().write(folder.path(), "2020-06-01");
    let newer = later().write(folder.path(), "2021-06-01");
    let home = TestHome::of(&[older.clone(), newer.clone()]);
    let date = || Some("2021-06-01".to_owned());
    assert_eq!(gone(&home, "message"), [(format!("message {}", 30 * DAY), date())]);
    assert_eq!(gone(&home, "post"), [(format!("posts {}", 30 * DAY), date())]);
    assert_eq!(gone(&home, "story"), [(format!("stories {}", 30 * DAY), date())]);
    assert_eq!(gone(&home, "comment"), [(format!("comment {}", 30 * DAY), date())]);
    assert_eq!(gone(&home, "like").len(), 1);
    assert_eq!(gone(&home, "follow"), [("bob.example".to_owned(), date()), ("cat.example".to_owned(), date())]);
    assert_eq!(home.number("SELECT count(*) FROM records WHERE is_gone IS NULL"), 0);
    assert_same(&home.dump(), &TestHome::of(&[newer, older]).dump(), "the order");
}

#[test]
fn gone_is_withdrawn_when_a_newer_download_has_it_and_the_first_that_lacked_it_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = Small::whole().write(folder.path(), "2020-06-01");
    let second = later().write(folder.path(), "2021-06-01");
    let third = later().write(folder.path(), "2022-06-01");
    let again = Small::whole().write(folder.path(), "2023-06-01");
    let home = TestHome::of(&[first.clone(), third.clone()]);
    assert_eq!(gone(&home, "message")[0].1, Some("2022-06-01".to_owned()));
    home.ingest(&second);
    assert_eq!(gone(&home, "message")[0].1, Some("2021-06-01".to_owned()));
    let three = home.dump();
    assert_same(&three, &TestHome::of(&[second.clone(), first.clone(), third.clone()]).dump(), "three");
    assert_same(&three, &TestHome::of(&[third.clone(), second.clone(), first.clone()]).dump(), "three, newest first");
    home.ingest(&again);
    assert_eq!(gone(&home, "message"), [], "the newest has it again; what it lacks is later than all it has");
    let four = TestHome::of(&[again, first, third, second]);
    assert_same(&home.dump(), &four.dump(), "four");
}

#[test]
fn what_is_gone_is_found_as_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let home =
        TestHome::of(&[Small::whole().write(folder.path(), "2020-06-01"), later().write(folder.path(), "2021-06-01")]);
    let found = |query: &str| {
        let mut searcher = home.home.searcher("a test").expect("a searcher");
        let query = throwback::query::parse(query).expect("a query");
        let compiled =
            searcher.compile(&query, &chrono::DateTime::<chrono::Utc>::UNIX_EPOCH).expect("a query that compiles");
        searcher.count(&compiled).expect("a number")
    };
    assert_eq!(found("is:gone kind:message"), 1);
    assert_eq!(found("is:gone"), 7);
    home.ingest(&Small::whole().write(folder.path(), "2022-06-01"));
    assert_eq!(found("is:gone kind:message"), 0, "the index hears of it");
}

#[test]
fn what_a_later_download_does_not_cover_is_not_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let check = |what: &str, later: Small, spoil: &dyn Fn(&Path), kinds: &[&str]| {
        let folder = folder.path().join(what.replace(' ', "_"));
        let older = Small::whole().write(&folder, "2020-06-01");
        let newer = later.write(&folder, "2021-06-01");
        spoil(&newer);
        let home = TestHome::of(&[older, newer]);
        for kind in kinds {
            assert_eq!(gone(&home, kind), [], "{what}: {kind}");
            let unknown = told(&home, kind).into_iter().filter(|(_, is_gone, _)| is_gone.is_none()).count();
            assert!(unknown > 0, "{what}: {kind}");
        }
    };
    let nothing = |_: &Path| {};
    let all = ["post", "message", "comment", "like", "story", "follow"];
    check(
        "a part is missing",
        later(),
        &|root| {
            std::fs::remove_file(root.join("media/posts/202001/17900000000000000.jpg")).expect("it is there");
        },
        &all,
    );
    check(
        "a page is missing",
        later(),
        &|root| {
            let list = root.join("connections/followers_and_following");
            std::fs::rename(list.join("followers_1.json"), list.join("followers_2.json")).expect("it is there");
        },
        &all,
    );
    check("limited to a range", later().since(50 * DAY), &nothing, &all);
    let mut limited = later().since(15 * DAY);
    limited.posts.insert(0, 15 * DAY);
    check("relations of a range that reaches them", limited, &nothing, &["follow"]);
    check("lists that are absent", Small { posts: vec![], stories: vec![], ..later() }, &nothing, &["post", "story"]);
    check("a conversation that is absent", Small { messages: vec![], ..later() }, &nothing, &["message"]);
    check(
        "followers that are absent",
        Small { followers: vec![], following: vec![], ..later() },
        &nothing,
        &["follow"],
    );
}

/// In lives that know their truth: whatever is told to be gone did go, whichever generations and formats tell it; and of what
/// went most is told, where the later download is whole.
#[test]
fn generated_lives_show_as_gone_only_what_went() {
    let life = Life::new(23, Size::small());
    let dates = life.dates(2, 60);
    let week = 7 * 86_400_000;
    let cases = [
        ("D, then D", Writing::new(Generation::D), Writing::new(Generation::D), true),
        ("C, then E", Writing::new(Generation::C), Writing::new(Generation::E), true),
        ("A, then D", Writing::new(Generation::A), Writing::new(Generation::D), false),
        ("D as pages, then D", Writing::new(Generation::D).html(), Writing::new(Generation::D), false),
        (
            "D, then half a year",
            Writing::new(Generation::D),
            Writing::new(Generation::D).since(dates[0] - 26 * week),
            false,
        ),
    ];
    for (what, older, newer, is_told) in cases {
        let folder = tempfile::tempdir().expect("a folder");
        let (older, newer) = (older.at(dates[0]), newer.at(dates[1]));
        let paths: Vec<PathBuf> = [&older, &newer]
            .iter()
            .map(|writing| {
                let path = folder.path().join(format!("{}.zip", writing.archive_name(&life, 0)));
                write(&life, writing).write_zip(&path, &Packing::default()).expect("a ZIP");
                path
            })
            .collect();
        let home = TestHome::of(&paths);
        let whole = Writing { since_ms: None, ..newer.clone() };
        let still = Truth::counts(&life, std::slice::from_ref(&whole));
        let ever = Truth::counts(&life, &[older, whole]);
        let mut n_went = 0;
        let mut n_told = 0;
        for (kind, n) in &ever {
            let went = n - still.get(kind).copied().unwrap_or_default();
            let name = kind.name();
            let told = home.number(&format!("SELECT count(*) FROM records WHERE kind = '{name}' AND is_gone = 1"));
            let told = usize::try_from(told).expect("a number");
            assert!(told <= went, "{what}: {told} of kind {name} are told to be gone, {went} went");
            if *kind == Kind::Message {
                (n_went, n_told) = (went, told);
            }
        }
        let times: BTreeSet<i64> =
            Truth::of(&life, &[Writing { since_ms: None, ..newer }]).messages.iter().map(|one| one.at_ms).collect();
        for row in home.rows("SELECT at_ms, text FROM messages WHERE is_gone = 1") {
            let at = row.integer("at_ms").expect("a time");
            assert!(!times.contains(&at), "{what}: {row:?} is still there");
        }
        assert!(n_went > 0, "{what}: nothing went");
        assert!(!is_told || n_told * 10 >= n_went * 8, "{what}: {n_told} of {n_went} messages that went are told");
        let backward: Vec<PathBuf> = paths.iter().rev().cloned().collect();
        assert_same(&home.dump(), &TestHome::of(&backward).dump(), what);
    }
}
