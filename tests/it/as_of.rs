//! Looking back, a home answers as one does that holds only the downloads of then: held against such a home.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};
use throwback::home::SearchOptions;

use crate::small_download::{DAY, Small};
use crate::support::TestHome;

/// Everything that is shown of a hit and that a later download can change.
type Shown = (String, Option<String>, Option<String>, Option<String>, [bool; 3]);

fn found(home: &TestHome, query: &str, as_of: Option<&str>) -> BTreeSet<Shown> {
    let mut searcher = home.home.searcher("a test").expect("a searcher");
    let parsed = throwback::query::parse(query).expect("a query that parses");
    let day = as_of.map(|day| day.parse::<NaiveDate>().expect("a day"));
    searcher.look_back(&parsed, day).expect("it looks back");
    let compiled = searcher.compile(&parsed, &DateTime::<Utc>::UNIX_EPOCH).expect("a query that compiles");
    let answer = searcher.search(&compiled, &SearchOptions::default()).expect("an answer");
    let shown: BTreeSet<Shown> = answer
        .found
        .iter()
        .map(|found| {
            let text = |column| found.record.text(column).map(str::to_owned);
            let is = ["is_gone", "is_edited", "is_unsent"].map(|column| found.record.integer(column) == Some(1));
            (text("id").expect("an id"), text("text"), text("subkind"), text("gone_since"), is)
        })
        .collect();
    assert_eq!(shown.len() as u64, answer.hits.total, "{query} as of {as_of:?}");
    assert_eq!(searcher.count(&compiled).expect("a number"), answer.hits.total, "{query} as of {as_of:?}");
    shown
}

/// Puts words in the place of others in a file of a download.
fn rewrite(root: &Path, file: &str, from: &str, to: &str) {
    let path = root.join(file);
    let text = std::fs::read_to_string(&path).expect("a file");
    assert!(text.contains(from), "{from} in {text}");
    std::fs::write(path, text.replace(from, to)).expect("a file");
}

const POSTS: &str = "your_instagram_activity/media/posts_1.json";
const TALK: &str = "your_instagram_activity/messages/inbox/ann_17840000000000001/message_1.json";

/// Moves the post of that second from the posts to those that are archived.
fn archive(root: &Path, at: i64) {
    let text = std::fs::read_to_string(root.join(POSTS)).expect("posts");
    let post =
        text.trim_matches(['[', ']']).split(r#", {"media""#).find(|post| post.contains(&format!("posts {at}\"")));
    let post = post.expect("the post").trim_start_matches(r#"{"media""#).to_owned();
    let post = format!(r#"{{"media"{post}"#);
    rewrite(root, POSTS, &format!("{post}, "), "");
    let archived = format!(r#"{{"ig_archived_post_media": [{post}]}}"#);
    std::fs::write(root.join("your_instagram_activity/media/archived_posts.json"), archived).expect("a file");
}

/// What stood on the thirtieth day goes and comes again; a post is archived, taken out again; a caption and a message change
/// twice; a message is taken back; and at last what stood on the sixtieth day goes.
fn downloads(folder: &Path) -> Vec<(&'static str, PathBuf)> {
    let without = |day: i64| {
        let mut small = Small::whole();
        for list in [&mut small.posts, &mut small.messages, &mut small.comments, &mut small.likes, &mut small.stories] {
            list.retain(|at| *at != day * DAY);
            list.push(200 * DAY);
        }
        small.following.retain(|(_, at)| *at != day * DAY);
        small
    };
    let first = Small::whole().write(folder, "2020-06-01");
    let second = without(30).write(folder, "2021-06-01");
    archive(&second, 50 * DAY);
    rewrite(&second, POSTS, &format!("posts {}", 10 * DAY), "the second caption");
    let third = Small::whole().write(folder, "2022-06-01");
    rewrite(&third, POSTS, &format!("posts {}", 10 * DAY), "the third caption");
    rewrite(&third, TALK, &format!("message {}\"", 20 * DAY), "another message\"");
    let fourth = without(60).write(folder, "2023-06-01");
    rewrite(&fourth, POSTS, &format!("posts {}", 10 * DAY), "the third caption");
    rewrite(&fourth, TALK, &format!("message {}\"", 20 * DAY), "a last message\"");
    rewrite(&fourth, TALK, &format!(r#""content": "message {}""#, 70 * DAY), r#""is_unsent": true"#);
    archive(&fourth, 40 * DAY);
    vec![("2020-06-01", first), ("2021-06-01", second), ("2022-06-01", third), ("2023-06-01", fourth)]
}

#[test]
fn a_day_is_answered_as_by_a_home_of_the_downloads_of_then() {
    let folder = tempfile::tempdir().expect("a folder");
    let downloads = downloads(folder.path());
    let all = TestHome::of(&downloads.iter().map(|(_, path)| path.clone()).collect::<Vec<_>>());
    let mut n_found = 0;
    for (n, (day, _)) in downloads.iter().enumerate() {
        let then = TestHome::of(&downloads[..=n].iter().map(|(_, path)| path.clone()).collect::<Vec<_>>());
        for query in [
            "",
            "is:gone",
            "-is:gone",
            "is:gone kind:message",
            "is:gone OR kind:archived",
            "kind:archived",
            "kind:post -kind:archived",
            "is:edited",
            "-is:edited kind:message,post",
            "caption",
            "second is:edited",
            "message is:edited",
            "message -is:edited",
            "is:unsent",
            "-is:unsent kind:message",
        ] {
            let expected = found(&then, query, None);
            let seen = found(&all, query, Some(day));
            let only = |one: &BTreeSet<Shown>, other| one.difference(other).take(4).cloned().collect::<Vec<_>>();
            let (missed, wrong) = (only(&expected, &seen), only(&seen, &expected));
            assert!(seen == expected, "{query:?} as of {day}\nmissed: {missed:#?}\nwrong: {wrong:#?}");
            n_found += expected.len();
        }
    }
    assert!(n_found > 500, "{n_found}");
    let n = |query, day| found(&all, query, day).len();
    let ends = downloads.iter().map(|(day, _)| Some(*day));
    assert_eq!(ends.clone().map(|day| n("is:gone", day)).collect::<Vec<_>>(), [0, 6, 0, 5]);
    assert_eq!(ends.clone().map(|day| n("kind:archived", day)).collect::<Vec<_>>(), [0, 1, 0, 1]);
    assert_eq!(ends.clone().map(|day| n("is:edited", day)).collect::<Vec<_>>(), [0, 1, 2, 2]);
    assert_eq!(ends.map(|day| n("is:unsent", day)).collect::<Vec<_>>(), [0, 0, 0, 1]);
}

/// Texts of what is found, with those around it.
fn texts(home: &TestHome, query: &str, as_of: Option<&str>) -> Vec<[Vec<String>; 3]> {
    let mut searcher = home.home.searcher("a test").expect("a searcher");
    let parsed = throwback::query::parse(query).expect("a query that parses");
    let day = as_of.map(|day| day.parse::<NaiveDate>().expect("a day"));
    searcher.look_back(&parsed, day).expect("it looks back");
    let compiled = searcher.compile(&parsed, &DateTime::<Utc>::UNIX_EPOCH).expect("a query that compiles");
    let options = SearchOptions { n_before: 1, n_after: 9, ..SearchOptions::default() };
    let text = |row: &throwback::store::NamedRow| row.text("text").unwrap_or_default().to_owned();
    let answer = searcher.search(&compiled, &options).expect("an answer");
    let around = |rows: &[throwback::store::NamedRow]| rows.iter().map(text).collect::<Vec<_>>();
    answer
        .found
        .iter()
        .map(|one| [around(&one.context.before), vec![text(&one.record)], around(&one.context.after)])
        .collect()
}

fn own_texts(home: &TestHome, query: &str, as_of: Option<&str>) -> Vec<String> {
    texts(home, query, as_of).into_iter().flat_map(|[_, own, _]| own).collect()
}

#[test]
fn what_is_asked_of_one_download_is_answered_with_its_texts() {
    let folder = tempfile::tempdir().expect("a folder");
    let downloads = downloads(folder.path());
    let all = TestHome::of(&downloads.iter().map(|(_, path)| path.clone()).collect::<Vec<_>>());
    let check = |query: &str, as_of: Option<&str>, expected: &[&str]| {
        assert_eq!(own_texts(&all, query, as_of), expected, "{query} as of {as_of:?}");
    };
    let (first, second, third) = ("posts 864000", "the second caption", "the third caption");
    check("caption", None, &[third]);
    check("snapshot:2020 caption", None, &[]);
    check("snapshot:2020 posts 864000", None, &[first]);
    check("snapshot:2021 caption", None, &[second]);
    check("snapshot:2021 third", None, &[]);
    check("snapshot:2021 -third kind:post date:2020-01-11", None, &[second]);
    check("snapshot:2021 /cond capt/", None, &[second]);
    check("snapshot:2022 /cond capt/", None, &[]);
    check("snapshot:2021 kind:archived", None, &["posts 4320000"]);
    check("snapshot:2022 kind:archived", None, &[]);
    // Where no one download is demanded, today's texts are.
    check("snapshot:2021 snapshot:2022 caption", None, &[third]);
    check("(snapshot:2021 OR snapshot:2022) caption", None, &[third]);
    check("-snapshot:2021 caption", None, &[]);
    check("-snapshot:2020 kind:post", None, &["posts 17280000"]);
    // With a day, a download that came later was not there.
    check("snapshot:2021 caption", Some("2022-12-31"), &[second]);
    check("snapshot:2021 caption", Some("2020-12-31"), &[]);
    check("snapshot:2021", Some("2020-12-31"), &[]);
    check("/third/", Some("2021-12-31"), &[]);
    check("/second/", Some("2021-12-31"), &[second]);
}

#[test]
fn what_is_counted_of_texts_is_of_then() {
    let tagged = |folder: &Path, day: &str, tag: &str| {
        let root = Small::whole().write(folder, day);
        rewrite(&root, POSTS, &format!("posts {}", 10 * DAY), tag);
        root
    };
    let folder = tempfile::tempdir().expect("a folder");
    let home =
        TestHome::of(&[tagged(folder.path(), "2020-06-01", "#rye"), tagged(folder.path(), "2021-06-01", "#oats")]);
    let tags = |as_of: Option<&str>| {
        let mut searcher = home.home.searcher("a test").expect("a searcher");
        let query = throwback::query::parse("kind:post").expect("a query that parses");
        let day = as_of.map(|day| day.parse::<NaiveDate>().expect("a day"));
        searcher.look_back(&query, day).expect("it looks back");
        let compiled = searcher.compile(&query, &DateTime::<Utc>::UNIX_EPOCH).expect("a query that compiles");
        let rows = searcher.rows(&compiled).expect("rows");
        searcher.facet(&compiled, &rows, throwback::home::Facet::Hashtag, &Utc).expect("numbers")
    };
    assert_eq!(tags(None), [("#oats".to_owned(), 1)]);
    assert_eq!(tags(Some("2020-12-31")), [("#rye".to_owned(), 1)]);
}

#[test]
fn what_stands_around_a_hit_is_of_then() {
    let folder = tempfile::tempdir().expect("a folder");
    let downloads = downloads(folder.path());
    let all = TestHome::of(&downloads.iter().map(|(_, path)| path.clone()).collect::<Vec<_>>());
    let around = |as_of| {
        let [before, _, after] = texts(&all, "message 2592000", as_of).pop().expect("a hit");
        (before, after.last().cloned().expect("a message after it"))
    };
    let last = |at: i64| format!("message {}", at * DAY);
    assert_eq!(around(None), (vec!["a last message".to_owned()], last(200)));
    assert_eq!(around(Some("2020-12-31")), (vec![last(20)], last(90)));
    assert_eq!(around(Some("2022-12-31")), (vec!["another message".to_owned()], last(200)));
}
