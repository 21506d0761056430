//! Answers as the archives stood on a day, what stood in a snapshot, texts that were replaced, and where records come from.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};
use throwback::home::SearchOptions;

use crate::support::{TestHome, fixtures};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_200_000, 0).expect("a time")
}

/// A download of that day with these own posts: second and caption.
fn download(folder: &Path, day: &str, posts: &[(i64, &str)]) -> PathBuf {
    let root = folder.join(format!("instagram-baker.example-{day}-aaaaaaaa"));
    let media = root.join("your_instagram_activity/media");
    std::fs::create_dir_all(&media).expect("a folder");
    let post = |(at, title): &(i64, &str)| {
        format!(
            r#"{{"media": [{{"uri": "media/posts/202001/179{at}00000.jpg", "creation_timestamp": {at}, "title": "{title}"}}]}}"#
        )
    };
    let posts: Vec<String> = posts.iter().map(post).collect();
    std::fs::write(media.join("posts_1.json"), format!("[{}]", posts.join(", "))).expect("a file");
    root
}

const FIRST: i64 = 1_580_000_001;
const SECOND: i64 = 1_590_000_002;
const LATE: i64 = 1_690_000_003;

/// Three downloads: a caption changes twice, the last time back; another stays; a post comes later.
fn three(folder: &Path) -> [PathBuf; 3] {
    [
        download(folder, "2021-05-01", &[(FIRST, "rye bread from the far north"), (SECOND, "an oven")]),
        download(folder, "2022-05-01", &[(FIRST, "oat bread from the south"), (SECOND, "an oven")]),
        download(
            folder,
            "2024-05-01",
            &[(FIRST, "barley bread from the west"), (SECOND, "an oven"), (LATE, "bread of today")],
        ),
    ]
}

/// Seconds and texts of what is found, in the order in which it is found, and how many there are.
fn found(home: &TestHome, query: &str, as_of: Option<&str>) -> (Vec<(i64, String)>, u64) {
    let mut searcher = home.home.searcher("a test").expect("a searcher");
    let parsed = throwback::query::parse(query).expect("a query that parses");
    let day = as_of.map(|day| day.parse::<NaiveDate>().expect("a day"));
    searcher.look_back(&parsed, day).expect("it looks back");
    let compiled = searcher.compile(&parsed, &now()).expect("a query that compiles");
    let answer = searcher.search(&compiled, &SearchOptions::default()).expect("an answer");
    let rows: Vec<(i64, String)> = answer
        .found
        .iter()
        .map(|found| {
            let row = &found.record;
            (row.integer("at_ms").unwrap_or_default() / 1_000, row.text("text").unwrap_or_default().to_owned())
        })
        .collect();
    assert_eq!(searcher.count(&compiled).expect("a number"), answer.hits.total, "{query}");
    assert_eq!(answer.hits.total, rows.len() as u64, "{query}");
    (rows, answer.hits.total)
}

fn check(home: &TestHome, query: &str, as_of: Option<&str>, expected: &[(i64, &str)]) {
    let (rows, _) = found(home, query, as_of);
    let expected: Vec<(i64, String)> = expected.iter().map(|(at, text)| (*at, (*text).to_owned())).collect();
    assert_eq!(rows, expected, "{query} as of {as_of:?}");
}

#[test]
fn a_search_answers_as_the_archives_stood_then() {
    let folder = tempfile::tempdir().expect("a folder");
    let [first, second, third] = three(folder.path());
    // The order of arrival does not matter.
    for archives in [[first.clone(), second.clone(), third.clone()], [third, first, second]] {
        let home = TestHome::of(&archives);
        let (rye, oat, barley) =
            ("rye bread from the far north", "oat bread from the south", "barley bread from the west");
        check(&home, "bread kind:post", None, &[(LATE, "bread of today"), (FIRST, barley)]);
        check(&home, "kind:post", Some("2021-04-30"), &[]);
        check(&home, "bread kind:post", Some("2021-05-01"), &[(FIRST, rye)]);
        check(&home, "bread kind:post", Some("2022-04-30"), &[(FIRST, rye)]);
        check(&home, "bread kind:post", Some("2022-12-31"), &[(FIRST, oat)]);
        check(&home, "kind:post", Some("2023-12-31"), &[(SECOND, "an oven"), (FIRST, oat)]);
        check(
            &home,
            "kind:post",
            Some("2024-05-01"),
            &[(LATE, "bread of today"), (SECOND, "an oven"), (FIRST, barley)],
        );
        check(&home, "barley", Some("2023-12-31"), &[]);
        check(&home, "rye", None, &[]);
        check(&home, "rye", Some("2023-12-31"), &[]);
        check(&home, "rye", Some("2021-12-31"), &[(FIRST, rye)]);
        check(&home, "kind:post -rye", Some("2021-12-31"), &[(SECOND, "an oven")]);
        check(&home, "kind:post -rye", Some("2022-12-31"), &[(SECOND, "an oven"), (FIRST, oat)]);
        check(&home, "\"bread from\" south", Some("2022-12-31"), &[(FIRST, oat)]);
    }
}

#[test]
fn what_stood_in_a_download_is_asked_for_by_its_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = TestHome::of(&three(folder.path()));
    let at = |query: &str| -> BTreeSet<i64> { found(&home, query, None).0.into_iter().map(|(at, _)| at).collect() };
    assert_eq!(at("kind:post snapshot:2021"), [FIRST, SECOND].into());
    assert_eq!(at("kind:post snapshot:2024-05"), [FIRST, SECOND, LATE].into());
    assert_eq!(at("kind:post snapshot:2024 -snapshot:2022-05"), [LATE].into());
    assert_eq!(at("kind:post snapshot:instagram-baker.example-2022-05-01-aaaaaaaa"), [FIRST, SECOND].into());
    let mut searcher = home.home.searcher("a test").expect("a searcher");
    let unknown = throwback::query::parse("snapshot:1999").expect("it parses");
    searcher.look_back(&unknown, None).expect("it looks back");
    searcher.compile(&unknown, &now()).expect_err("there is none");
}

#[test]
fn texts_that_were_replaced_are_found_among_what_was_edited() {
    let folder = tempfile::tempdir().expect("a folder");
    // Messages count as edited when their text is another one.
    let message = |day: &str, text: &str| {
        let root = folder.path().join(format!("instagram-baker.example-{day}-bbbbbbbb"));
        let thread = root.join("your_instagram_activity/messages/inbox/ann_17840000000000001");
        std::fs::create_dir_all(&thread).expect("a folder");
        let page = format!(
            r#"{{"participants": [{{"name": "Ann"}}, {{"name": "Baker"}}], "title": "Ann", "messages": [
                {{"sender_name": "Ann", "timestamp_ms": 1650000003000, "content": "{text}"}},
                {{"sender_name": "Ann", "timestamp_ms": 1650000002000, "content": "the oven is hot"}},
                {{"sender_name": "Baker", "timestamp_ms": 1650000001000, "content": "good morning"}}]}}"#
        );
        std::fs::write(thread.join("message_1.json"), page).expect("a file");
        root
    };
    let home = TestHome::of(&[message("2022-05-01", "rye at half past nine"), message("2024-05-01", "oats at ten")]);
    let at = |query: &str| -> Vec<i64> { found(&home, query, None).0.into_iter().map(|(at, _)| at).collect() };
    assert_eq!(at("rye"), [] as [i64; 0]);
    assert_eq!(at("rye is:edited"), [1_650_000_003]);
    assert_eq!(at("oats is:edited"), [1_650_000_003]);
    assert_eq!(at("is:edited"), [1_650_000_003]);
    assert_eq!(at("oven is:edited"), [] as [i64; 0]);
    assert_eq!(at("-is:edited oven"), [1_650_000_002]);
    check(&home, "rye", Some("2023-01-01"), &[(1_650_000_003, "rye at half past nine")]);
}

#[test]
fn captions_that_were_replaced_are_edited() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = TestHome::of(&three(folder.path()));
    let barley = "barley bread from the west";
    check(&home, "is:edited", None, &[(FIRST, barley)]);
    check(&home, "is:edited rye", None, &[(FIRST, barley)]);
    check(&home, "is:edited oat", None, &[(FIRST, barley)]);
    check(&home, "is:edited oven", None, &[]);
    check(&home, "-is:edited kind:post", None, &[(LATE, "bread of today"), (SECOND, "an oven")]);
    check(&home, "-is:edited rye", None, &[]);
    check(&home, "is:edited", Some("2021-12-31"), &[]);
    check(&home, "is:edited rye", Some("2022-12-31"), &[(FIRST, "oat bread from the south")]);
    let edited = home.rows("SELECT id FROM records WHERE at_ms = 1580000001000");
    let id = edited[0].text("id").expect("an id");
    let shown = home.home.reader().expect("a home").shown_record(id).expect("an answer").expect("a record");
    assert_eq!(shown.integer("is_edited"), Some(1));

    // Pages show no spaces at the ends and no lines.
    let spaced = |day, text| download(&folder.path().join("spaced"), day, &[(FIRST, text)]);
    let home = TestHome::of(&[spaced("2021-05-01", "rye  bread\\n"), spaced("2022-05-01", "rye bread")]);
    check(&home, "is:edited", None, &[]);
    check(&home, "-is:edited", None, &[(FIRST, "rye bread")]);
    assert_eq!(home.number("SELECT count(*) FROM versions"), 1);
}

#[test]
fn what_each_snapshot_alone_contributed_is_what_goes_with_it() {
    let home = TestHome::of(&[fixtures().join("c_2022"), fixtures().join("d_2024")]);
    let store = home.home.reader().expect("a home");
    for row in home.rows("SELECT id FROM snapshots ORDER BY id") {
        let id = row.text("id").expect("an id");
        let alone = store.alone_in_snapshot(id).expect("numbers");
        let in_one = format!("SELECT count(*) FROM records r WHERE first_snapshot = '{id}' AND last_snapshot = '{id}'");
        assert_eq!(i64::try_from(alone.n_records).ok(), Some(home.number(&in_one)), "{id}");
        let media = format!(
            "SELECT count(*) FROM media m WHERE
                EXISTS (SELECT 1 FROM entries e JOIN archives a ON a.id = e.archive_id WHERE e.hash = m.hash AND a.snapshot_id = '{id}')
                AND NOT EXISTS (SELECT 1 FROM entries e JOIN archives a ON a.id = e.archive_id WHERE e.hash = m.hash AND a.snapshot_id <> '{id}')"
        );
        assert_eq!(i64::try_from(alone.media_files).ok(), Some(home.number(&media)), "{id}");
        assert!(alone.n_records > 10 && alone.media_files > 0 && alone.media_bytes > 100, "{id}: {alone:?}");
    }
}
