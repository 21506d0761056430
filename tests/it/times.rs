//! Times that cannot be: nothing that a download tells as done happened after it was made (format reference §3.1). What
//! it claims is kept as written; a download that was made later may confirm it.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use throwback::ingest::Silent;

use crate::support::{TestHome, assert_same};

const LIKES: &str = "your_instagram_activity/likes/liked_posts.json";
const THREAD: &str = "your_instagram_activity/messages/inbox/ann_17840000000000001/message_1.json";
const APPS: &str = "apps_and_websites_off_of_instagram/apps_and_websites/active_apps.json";
const FOLLOWERS: &str = "connections/followers_and_following/followers_1.html";

/// 2031-05-04 10:11:12 UTC.
const LATE: i64 = 1_935_655_872;
/// 2024-03-04 23:59:59 UTC, the last second that a download of the second may tell.
const JUST: i64 = 1_709_596_799;

fn download(folder: &Path, name: &str) -> PathBuf {
    // Without it two downloads would be copies of one.
    let beside = ("media/other/note", name.repeat(if name == LATER { 2 } else { 1 }));
    let like = |code: &str, at: i64| {
        format!(
            r#"{{"title": "ann", "string_list_data": [{{"href": "https://www.instagram.com/p/{code}/", "value": "x", "timestamp": {at}}}]}}"#
        )
    };
    let likes = [like("Caaaaaaaaaa", LATE), like("Cbbbbbbbbbb", JUST), like("Cccccccccc0", JUST + 1)].join(",");
    let app = format!(
        r#"{{"apps_and_websites_active_apps": [{{"title": "Weather", "string_list_data": [{{"timestamp": {LATE}}}]}}]}}"#
    );
    let files = [
        (LIKES, format!(r#"{{"likes_media_likes": [{likes}]}}"#)),
        (
            THREAD,
            format!(
                r#"{{"participants": [{{"name": "Ann"}}, {{"name": "Mia"}}], "title": "Ann", "messages": [
                    {{"sender_name": "Ann", "timestamp_ms": {LATE}123, "content": "from tomorrow"}},
                    {{"sender_name": "Ann", "timestamp_ms": 1700000000123, "content": "from today"}}]}}"#
            ),
        ),
        (APPS, app),
        beside,
    ];
    let root = folder.join(name);
    for (path, content) in files {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        std::fs::write(path, content).expect("a file is written");
    }
    root
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder is made");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let copy = to.join(entry.file_name());
        if entry.path().is_dir() {
            self::copy(&entry.path(), &copy);
        } else {
            std::fs::copy(entry.path(), copy).expect("a file is copied");
        }
    }
}

/// Kind, time and the time that was claimed, of all records.
fn times(home: &TestHome) -> Vec<String> {
    let rows = home.rows(
        "SELECT kind, coalesce(at, '-') AS at, coalesce(precision, '-') AS precision,
                coalesce(json_extract(details, '$.time_as_written'), '-') AS claimed
           FROM records ORDER BY kind, coalesce(at, claimed), claimed",
    );
    let text = |row: &throwback::store::NamedRow, name: &str| row.text(name).unwrap_or_default().to_owned();
    rows.iter().map(|row| ["kind", "at", "precision", "claimed"].map(|name| text(row, name)).join(" ")).collect()
}

fn doubts(home: &TestHome) -> Vec<(Option<String>, i64)> {
    let rows = home.rows(
        "SELECT s.date AS date, f.n_items AS n FROM findings f JOIN archives a ON a.id = f.archive_id
           JOIN snapshots s ON s.id = a.snapshot_id WHERE f.code = 'doubtful_value' AND f.severity = 'warning' ORDER BY s.date",
    );
    rows.iter().map(|row| (row.text("date").map(str::to_owned), row.integer("n").expect("a number"))).collect()
}

fn assert_settled(home: &TestHome, what: &str) {
    let before = home.dump();
    let (report, _) =
        home.home.read_documents_again("a test", &AtomicBool::new(false), &Silent).expect("they are read again");
    assert!(report.is_unchanged(), "{what}: {report:?}");
    assert_same(&home.dump(), &before, what);
}

const EARLY: &str = "instagram-mia.example-2024-03-02-Ab3dE5fG";
const LATER: &str = "instagram-mia.example-2031-06-01-Ab3dE5fG";

#[test]
fn what_a_download_tells_from_after_its_day_has_no_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = TestHome::of(&[download(folder.path(), EARLY)]);
    assert_eq!(
        times(&home),
        [
            // What may lie ahead stays.
            "app 2031-05-04T10:11:12Z s -",
            "like 2024-03-04T23:59:59Z s -",
            "like - - 2024-03-05T00:00:00Z",
            "like - - 2031-05-04T10:11:12Z",
            "message 2023-11-14T22:13:20.123Z ms -",
            "message - - 2031-05-04T10:11:12.123Z",
        ]
    );
    assert_eq!(doubts(&home), [(Some("2024-03-02".to_owned()), 3)]);
    let thread = home.rows("SELECT n_messages, last_ms FROM threads");
    assert_eq!((thread[0].integer("n_messages"), thread[0].integer("last_ms")), (Some(2), Some(1_700_000_000_123)));
    assert_settled(&home, "one download");
}

#[test]
fn a_download_whose_day_only_its_records_tell_has_no_window() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = TestHome::of(&[download(folder.path(), "unpacked")]);
    assert_eq!(times(&home).iter().filter(|line| line.contains("2031-05-04T10:11:12")).count(), 3);
    assert!(times(&home).iter().all(|line| line.ends_with(" -")), "{:?}", times(&home));
    assert_eq!(doubts(&home), []);
    assert_settled(&home, "no date");
}

#[test]
fn a_later_download_confirms_a_time_in_any_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let early = download(&folder.path().join("one"), EARLY);
    let later = download(&folder.path().join("two"), LATER);
    let home = TestHome::of(&[early.clone(), later.clone()]);
    assert_eq!(home.number("SELECT count(*) FROM records"), 6);
    assert!(times(&home).iter().all(|line| line.ends_with(" -")), "{:?}", times(&home));
    assert_eq!(doubts(&home), []);
    let other = TestHome::of(&[later, early]);
    assert_same(&other.dump(), &home.dump(), "the other order");
    assert_settled(&home, "two downloads");
}

#[test]
fn a_name_that_comes_later_brings_the_window() {
    let folder = tempfile::tempdir().expect("a folder");
    // Folders have no clock: the same files under a name of Instagram's are the same archive.
    let named = download(&folder.path().join("two"), EARLY);
    let unnamed = folder.path().join("unpacked");
    copy(&named, &unnamed);
    let home = TestHome::of(&[unnamed.clone(), named.clone()]);
    assert_eq!(doubts(&home), [(Some("2024-03-02".to_owned()), 3)]);
    assert_eq!(home.number("SELECT last_ms FROM threads"), 1_700_000_000_123);
    let other = TestHome::of(&[named, unnamed]);
    assert_same(&other.dump(), &home.dump(), "the other order");
    assert_settled(&home, "a name that came later");
}

#[test]
fn clocks_of_pages_have_the_same_window() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join(EARLY);
    let person = |name: &str, clock: &str| {
        format!(
            r#"<div><div><div><a href="https://www.instagram.com/{name}">{name}</a></div><div>{clock}</div></div></div>"#
        )
    };
    let page = format!(
        r#"<html><body><div role="main">{}{}</div></body></html>"#,
        person("ann.example", "May 04, 2031 3:11 am"),
        person("ben.example", "May 04, 2023 3:11 am")
    );
    let path = root.join(FOLLOWERS);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
    std::fs::write(path, page).expect("a file is written");
    let home = TestHome::of(&[root]);
    assert_eq!(times(&home), ["follow 2023-05-04T10:11:00Z minute -", "follow - - 2031-05-04T03:11"]);
    assert_eq!(doubts(&home), [(Some("2024-03-02".to_owned()), 1)]);
}
