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
    // A reader leaves the database's log behind; the next ingest puts it back.
    home.ingest(&older);
    let bytes = || std::fs::read(home.home.path().join("archive.sqlite")).expect("the database");
    let bytes_before = bytes();
    let reports = home.ingest(&older);
    assert!(bytes() == bytes_before, "the database's file was written to");
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

/// The bytes of a ZIP in which the content of those entries is spoilt; its directory is that of the whole one.
fn spoilt(zip: &std::path::Path, is_meant: impl Fn(&str) -> bool) -> Vec<u8> {
    let mut bytes = std::fs::read(zip).expect("a ZIP");
    let number = |bytes: &[u8], at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let starts: Vec<usize> = (0..bytes.len() - 30).filter(|at| bytes[*at..].starts_with(b"PK\x03\x04")).collect();
    for start in starts {
        let name = start + 30..start + 30 + number(&bytes, start + 26);
        let content = name.end + number(&bytes, start + 28);
        if is_meant(&String::from_utf8_lossy(&bytes[name])) {
            bytes[content..content + 8].iter_mut().for_each(|byte| *byte ^= 0xff);
        }
    }
    bytes
}

#[test]
fn a_whole_copy_mends_what_a_spoilt_one_lacked() {
    let [zip, _] = sample();
    let whole = TestHome::of(std::slice::from_ref(&zip)).dump();
    let is_message = |name: &str| name.ends_with("message_1.json");
    let check = |what: &str, is_meant: &dyn Fn(&str) -> bool| {
        let folder = tempfile::tempdir().expect("a folder");
        let copy = folder.path().join(zip.file_name().expect("a name"));
        std::fs::write(&copy, spoilt(&zip, is_meant)).expect("a copy");
        let home = TestHome::new();
        let reports = home.ingest(&copy);
        assert!(reports[0].count(throwback::model::Severity::Error) > 0, "{what}");
        let before = home.dump();
        assert!(home.ingest(&copy)[0].is_known, "{what}");
        assert_same(&home.dump(), &before, what);
        assert!(!home.ingest(&zip)[0].is_known, "{what}");
        assert_same(&home.dump(), &whole, what);
        assert!(home.ingest(&zip)[0].is_known, "{what}");
        assert!(home.ingest(&copy)[0].is_known, "{what}");
        assert_same(&home.dump(), &whole, what);
    };
    check("messages", &is_message);
    check("media", &|name| name.ends_with(".jpg"));
    // Whose account it is was decided by the profile, so that stays readable.
    check("all but the profile", &|name| name.contains('.') && !name.contains("personal_information"));
}

#[test]
fn questions_begin_with_the_records() {
    let home = TestHome::of(&sample());
    for question in ["SELECT * FROM records ORDER BY at_ms DESC", "SELECT kind, count(*) FROM records GROUP BY 1"] {
        let plan = home.rows(&format!("EXPLAIN QUERY PLAN {question}"));
        let steps: Vec<&str> = plan.iter().filter_map(|row| row.text("detail")).collect();
        // Else it would do so once for each pair of snapshots.
        assert!(steps[0].starts_with("SCAN r"), "{question}: {steps:?}");
    }
}

/// Two conversations of one download, each with four messages of the given sender, equal in time and text.
fn write_twins(folder: &std::path::Path, name: &str, twins: [(&str, &str); 2]) -> PathBuf {
    let root = folder.join(name);
    for (directory, sender) in twins {
        let thread = root.join("your_instagram_activity/messages/inbox").join(directory);
        std::fs::create_dir_all(&thread).expect("a folder");
        let message = |n: i64| {
            let at = 1_650_000_000_123 + n * 1_000;
            format!(r#"{{"sender_name": "{sender}", "timestamp_ms": {at}, "content": "m{n}"}}"#)
        };
        let messages = (0..4).rev().map(message).collect::<Vec<_>>().join(", ");
        let page = format!(
            r#"{{"participants": [{{"name": "{sender}"}}, {{"name": "Me"}}], "messages": [{messages}], "title": "{sender}"}}"#
        );
        std::fs::write(thread.join("message_1.json"), page).expect("a file");
    }
    root
}

#[test]
fn conversations_whose_ids_changed_are_joined_by_who_wrote() {
    let folder = tempfile::tempdir().expect("a folder");
    let old = [("ann_17840000000000001", "Ann"), ("bob_17840000000000002", "Bob")];
    let new = [("zoe_17850000000000001", "Ann"), ("abe_17850000000000002", "Bob")];
    let older = write_twins(folder.path(), "instagram-me.example-2024-01-01-aaaaaaaa", old);
    let newer = write_twins(folder.path(), "instagram-me.example-2025-01-01-bbbbbbbb", new);
    let forward = TestHome::of(&[older.clone(), newer.clone()]);
    assert_eq!(forward.number("SELECT count(*) FROM messages"), 8);
    assert_eq!(forward.number("SELECT count(*) FROM threads"), 2);
    assert_eq!(forward.number("SELECT count(*) FROM participants WHERE name <> 'Me'"), 2, "each has one other person");
    assert_eq!(forward.number("SELECT count(*) FROM handles WHERE evidence LIKE '%another name%'"), 0);
    assert_same(&forward.dump(), &TestHome::of(&[newer, older]).dump(), "twins");
}

#[test]
fn messages_that_came_before_their_conversation_was_known_are_one_with_the_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = |archive: &str, chat: &str, number: u8, messages: std::ops::Range<i64>| {
        let thread = folder.path().join(archive).join("your_instagram_activity/messages/inbox").join(chat);
        std::fs::create_dir_all(&thread).expect("a folder");
        // Ann is called otherwise in the newer download.
        let ann = if archive.contains("2025") { "Anna" } else { "Ann" };
        let message = |n: i64| {
            let (at, who) = (1_650_000_000_123 + n * 1_000, if n % 2 == 0 { ann } else { "Me" });
            format!(r#"{{"sender_name": "{who}", "timestamp_ms": {at}, "content": "m{n}"}}"#)
        };
        let rows = messages.rev().map(message).collect::<Vec<_>>().join(", ");
        let head = format!(r#""participants": [{{"name": "{ann}"}}, {{"name": "Me"}}], "title": "{ann}""#);
        std::fs::write(thread.join(format!("message_{number}.json")), format!(r#"{{{head}, "messages": [{rows}]}}"#))
            .expect("a file");
        folder.path().join(archive)
    };
    let newest = page("instagram-me.example-2024-01-01-aaaaaaaa", "ann_17840000000000001", 1, 2..9);
    let oldest = page("instagram-me.example-2024-01-01-bbbbbbbb", "ann_17840000000000001", 2, 0..2);
    let newer = page("instagram-me.example-2025-01-01-cccccccc", "zoe_17850000000000001", 1, 0..9);
    let forward = TestHome::of(&[newest.clone(), oldest.clone(), newer.clone()]);
    assert_eq!(forward.number("SELECT count(*) FROM messages"), 9);
    assert_eq!(forward.number("SELECT count(*) FROM threads"), 1);
    // Two messages are too few to tell that the conversations are one; the seven that come later tell it.
    assert_same(&TestHome::of(&[newer, oldest, newest]).dump(), &forward.dump(), "the oldest page first");
}

#[test]
fn a_page_that_is_seen_again_shows_the_pictures_of_its_newest_download() {
    let folder = tempfile::tempdir().expect("a folder");
    let thread = "your_instagram_activity/messages/inbox/ann_17840000000000001";
    let write = |archive: &str, path: &str, bytes: &[u8]| {
        let path = folder.path().join(archive).join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
        folder.path().join(archive)
    };
    let page = format!(
        r#"{{"participants": [{{"name": "Ann"}}, {{"name": "Me"}}], "title": "Ann", "messages": [{{"sender_name": "Ann",
            "timestamp_ms": 1650000000123, "photos": [{{"uri": "{thread}/photos/1000000000000001.jpg"}}]}}]}}"#
    );
    let page = |archive| write(archive, &format!("{thread}/message_1.json"), page.as_bytes());
    let picture = |archive, bytes| write(archive, &format!("{thread}/photos/1000000000000001.jpg"), bytes);
    page("instagram-me.example-2024-01-01-aaaaaaaa");
    let older = picture("instagram-me.example-2024-01-01-aaaaaaaa", b"\xff\xd8\xffolder");
    let pictures = picture("instagram-me.example-2025-01-01-bbbbbbbb", b"\xff\xd8\xffnewer");
    let pages = page("instagram-me.example-2025-01-01-cccccccc");
    let newer = blake3::hash(b"\xff\xd8\xffnewer").to_hex().to_string();
    let orders = [[&older, &pictures, &pages], [&older, &pages, &pictures], [&pages, &pictures, &older]];
    for order in orders {
        let home = TestHome::of(&order.map(PathBuf::clone));
        let shown = home.rows("SELECT media_hash FROM attachments");
        assert_eq!(shown.len(), 1, "{order:?}");
        assert_eq!(shown[0].text("media_hash"), Some(newer.as_str()), "{order:?}");
    }
}

/// More equal rows than are looked at together: a crafted conversation, no real one.
#[test]
fn very_many_equal_rows_are_as_many_records() {
    const N: usize = 50_100;
    let folder = tempfile::tempdir().expect("a folder");
    let download = |day: &str, n: usize| {
        let root = folder.path().join(format!("instagram-mia.example-{day}-Ab3dE5fG"));
        let chat = root.join("your_instagram_activity/messages/inbox/ann_17840000000000001");
        std::fs::create_dir_all(&chat).expect("a folder");
        let row = r#"{"sender_name":"Ann","content":"ha"}"#;
        let rows = vec![row; n].join(",");
        let document =
            format!(r#"{{"participants":[{{"name":"Ann"}},{{"name":"Mia"}}],"messages":[{rows}],"title":"Ann"}}"#);
        std::fs::write(chat.join("message_1.json"), document).expect("a document");
        root
    };
    let (one, two) = (download("2024-03-02", N), download("2024-05-02", N + 1));
    let home = TestHome::of(&[one, two]);
    assert_eq!(home.number("SELECT count(*) FROM messages"), i64::try_from(N + 1).expect("a small number"));
}
