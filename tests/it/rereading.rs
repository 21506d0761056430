//! Documents that are read again from the home: what all parts of a snapshot teach, and today's readers.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use throwback::home::{DataToRead, HomeError};
use throwback::ingest::{self, IngestError, Progress, RereadReport};

use crate::support::{TestHome, assert_same, fixtures};

/// Writes a download of these files.
fn write(folder: &Path, name: &str, files: &[(&str, &str)]) -> PathBuf {
    let root = folder.join(name);
    for (path, content) in files {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        std::fs::write(path, content).expect("a file is written");
    }
    root
}

fn assert_sound(home: &TestHome, what: &str) {
    let report = home.home.check(DataToRead::Everything).expect("a check");
    assert_eq!((report.damage, report.remarks), (Vec::new(), Vec::new()), "{what}");
}

const MESSAGES: &str = r#"[
    {"participants": ["mia.example", "hilde.beispiel"], "conversation": [
        {"sender": "hilde.beispiel", "created_at": "2019-07-12T16:10:05.700000", "voice_media": "Media unavailable."},
        {"sender": "mia.example", "created_at": "2019-07-12T15:42:00.300000", "media": "Media unavailable."},
        {"sender": "mia.example", "created_at": "2019-07-12T15:40:00.000000", "text": "Oma, ich komme heute!"}]},
    {"participants": ["mia.example", "jonas.koehler"], "conversation": [
        {"sender": "jonas.koehler", "created_at": "2019-07-11T08:00:00.000000", "text": "Moin"}]}]"#;
const MORE_MESSAGES: &str = r#"[
    {"participants": ["mia.example", "hilde.beispiel"], "conversation": [
        {"sender": "mia.example", "created_at": "2019-07-12T15:42:00.300000", "media": "Media unavailable."},
        {"sender": "mia.example", "created_at": "2019-07-12T15:40:00.000000", "text": "Oma, ich komme heute!"},
        {"sender": "hilde.beispiel", "created_at": "2019-07-12T15:00:00.000000", "text": "Wann?"}]}]"#;
const LIKES: &str = r#"{"media_likes": [["2019-07-01T00:30:00", "ann.example"]], "comment_likes": [{"odd": 1}]}"#;
/// The picture's clock ran in California, and a file of a conversation was taken up with a message of another part.
const MEDIA: &str = r#"{"photos": [{"caption": "Wyk", "taken_at": "2019-06-01T03:57:10", "path": "photos/201906/a.jpg"}],
    "direct": [{"taken_at": "2019-07-12T15:42:00", "path": "direct/201907/b.jpg"}]}"#;
const MORE_MEDIA: &str = r#"{"direct": [{"taken_at": "2019-07-12T16:10:05", "path": "direct/201907/c.jpg"},
    {"taken_at": "2019-07-12T15:42:00", "path": "direct/201907/a.jpg"}]}"#;

fn parts(folder: &Path) -> [PathBuf; 3] {
    let profile = r#"{"username": "mia.example", "name": "Mia Beispiel"}"#;
    [
        write(
            folder,
            "mia.example_20190715_part_1",
            &[("messages.json", MESSAGES), ("likes.json", LIKES), ("profile.json", profile), ("media.json", "{}")],
        ),
        write(
            folder,
            "mia.example_20190715_part_2",
            &[("media.json", MEDIA), ("photos/201906/a.jpg", "a"), ("direct/201907/b.jpg", "b")],
        ),
        write(
            folder,
            "mia.example_20190715_part_3",
            &[
                ("media.json", MORE_MEDIA),
                ("messages.json", MORE_MESSAGES),
                ("direct/201907/c.jpg", "c"),
                ("direct/201907/a.jpg", "d"),
            ],
        ),
    ]
}

#[test]
fn a_part_teaches_the_parts_that_came_before_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let [one, two, three] = parts(folder.path());
    let home = TestHome::of(std::slice::from_ref(&one));
    let at = "SELECT at FROM messages WHERE text LIKE 'Oma%'";
    assert_eq!(home.rows(at)[0].text("at"), Some("2019-07-12T15:40:00.000Z"));
    assert_eq!(home.number("SELECT count(*) FROM records WHERE details LIKE '%uncertain%'"), 5);
    let reports = home.ingest(&two);
    assert_eq!((reports[0].totals().new, reports[0].totals().merged), (1, 5), "the post is new, all others moved");
    assert_eq!(home.rows(at)[0].text("at"), Some("2019-07-12T22:40:00.000Z"));
    assert_eq!(home.number("SELECT count(*) FROM records WHERE details LIKE '%uncertain%'"), 0);
    let path = "SELECT path FROM attachments WHERE media_hash IS NOT NULL AND path LIKE 'direct/%'";
    assert_eq!(home.rows(path)[0].text("path"), Some("direct/201907/b.jpg"));
    assert_sound(&home, "two parts");
    home.ingest(&three);
    assert_eq!(home.number("SELECT count(*) FROM messages"), 5);
    assert_eq!(
        home.number("SELECT count(*) FROM attachments WHERE path LIKE 'direct/%' AND media_hash IS NOT NULL"),
        3
    );
    assert_sound(&home, "three parts");
    let expected = home.dump();
    for order in
        [[&one, &three, &two], [&two, &one, &three], [&two, &three, &one], [&three, &one, &two], [&three, &two, &one]]
    {
        let home = TestHome::of(&order.map(Clone::clone));
        assert_same(&home.dump(), &expected, &format!("{order:?}"));
        assert_sound(&home, &format!("{order:?}"));
    }
    assert_same(&TestHome::of(&[folder.path().to_owned()]).dump(), &expected, "all at once");
}

#[test]
fn snapshots_that_teach_differently_read_a_document_in_two_ways() {
    let folder = tempfile::tempdir().expect("a folder");
    let utc = MEDIA.replace("photos/201906", "photos/201905");
    let files = |media: &'static str| [("likes.json", LIKES), ("media.json", media)];
    let pacific = write(folder.path(), "mia.example_20190715", &files(MEDIA));
    let utc = write(folder.path(), "mia.example_20200120", &[("likes.json", LIKES), ("media.json", &utc)]);
    let silent = write(folder.path(), "mia.example_20200121", &files("{}"));
    let home = TestHome::of(&[pacific.clone(), utc.clone(), silent.clone()]);
    let readings =
        home.rows("SELECT hex(learnt) AS learnt FROM reading WHERE path = 'likes.json' ORDER BY length(learnt)");
    assert_eq!(readings.len(), 3, "{readings:?}");
    assert_eq!(readings[0].text("learnt"), Some(""), "nothing was known");
    let times = home.rows("SELECT DISTINCT at FROM likes ORDER BY at");
    let times: Vec<_> = times.iter().filter_map(|row| row.text("at")).collect();
    assert_eq!(times, ["2019-07-01T00:30:00Z", "2019-07-01T07:30:00Z"]);
    let findings = "SELECT count(*) FROM findings WHERE path = 'likes.json' AND code = 'unknown_label'";
    assert_eq!(home.number(findings), 3);
    assert_sound(&home, "three snapshots");
    for order in [[&utc, &silent, &pacific], [&silent, &pacific, &utc]] {
        assert_same(&TestHome::of(&order.map(Clone::clone)).dump(), &home.dump(), &format!("{order:?}"));
    }
}

/// Reads every document of a home again.
fn read_again(home: &TestHome) -> RereadReport {
    let stop = AtomicBool::new(false);
    home.home.read_documents_again("a test", &stop, &ingest::Silent).expect("the documents are read").0
}

/// Does something to a home's database behind its back.
fn spoil(home: &TestHome, sql: &str) {
    let database = rusqlite::Connection::open(home.home.path().join("archive.sqlite")).expect("the database");
    database.execute_batch(sql).expect(sql);
}

/// Three downloads of one account in JSON, and one in HTML.
fn downloads() -> Vec<PathBuf> {
    ["a_three_parts", "c_2022", "sample/instagram-mia.example-2024-03-02-Ab3dE5fG.zip", "html_2024"]
        .map(|name| fixtures().join(name))
        .to_vec()
}

#[test]
fn reading_again_changes_nothing_where_nothing_is_new() {
    let home = TestHome::of(&downloads());
    let state = |home: &TestHome| {
        let log = "SELECT (SELECT last_change FROM home) * 1000000 + (SELECT sum(changed) FROM record) + (SELECT count(*) FROM removed_record)";
        (home.dump(), home.number(log))
    };
    let before = state(&home);
    let report = read_again(&home);
    assert!(report.is_unchanged(), "{report:?}");
    assert_eq!(i64::try_from(report.n_documents).ok(), Some(home.number("SELECT count(*) FROM reading")));
    assert_eq!(i64::try_from(report.n_unchanged).ok(), Some(home.number("SELECT count(*) FROM record")));
    assert_same(&state(&home).0, &before.0, "read again");
    assert_eq!(state(&home).1, before.1, "the change log");
    assert_sound(&home, "read again");
}

#[test]
fn what_older_readers_left_is_healed() {
    let downloads = downloads();
    let fresh = TestHome::of(&downloads).dump();
    let check = |sql: &str| {
        let home = TestHome::of(&downloads);
        spoil(&home, sql);
        assert!(home.dump() != fresh || sql.contains("sighting"), "{sql}: nothing was spoilt");
        let report = read_again(&home);
        assert!(!report.is_unchanged(), "{sql}");
        assert_same(&home.dump(), &fresh, sql);
        assert_sound(&home, sql);
        assert!(read_again(&home).is_unchanged(), "{sql}: a second time");
    };
    check("UPDATE reading SET reader_version = 0");
    check("UPDATE reading SET reader = 'generic' WHERE reader = 'liked_posts'");
    check(
        "UPDATE sighting SET item = json_set(item, '$.text', 'something else') WHERE id % 3 = 0;
         DELETE FROM sighting WHERE id % 7 = 0;
         UPDATE reading SET reader_version = 0, learnt = x'00'",
    );
    // The records that an older reader made: under other keys, of other words, by other people, in other conversations.
    check(
        "UPDATE sighting SET key = randomblob(16), record_id = NULL WHERE id % 2 = 0;
         UPDATE record SET text = 'spoilt', changed = changed WHERE id % 5 = 0",
    );
    check(
        "DELETE FROM finding WHERE code = 'better_reader_wanted';
         UPDATE finding SET sentence = 'Something else.' WHERE code = 'item_kept_raw';
         INSERT INTO finding (archive_id, code, severity, path, n_items, sentence, reading_id)
         SELECT e.archive_id, 'bad_item', 3, e.path, 1, 'An old complaint.', e.reading_id FROM entry e
          WHERE e.reading_id = (SELECT min(reading_id) FROM entry)",
    );
    check(
        "INSERT INTO thread (public_id, account_id, kind, details) SELECT 'spoilt', id, 1, '{}' FROM account LIMIT 1;
         INSERT INTO thread_key SELECT CAST(hex(substr(key, 1, 8)) AS BLOB), thread_id FROM thread_key
          WHERE key IN (SELECT key FROM thread_sighting WHERE id % 2 = 0);
         UPDATE thread_sighting SET key = CAST(hex(substr(key, 1, 8)) AS BLOB), head = json_set(head, '$.title', 'Old') WHERE id % 2 = 0;
         DELETE FROM participant;
         UPDATE thread SET title = 'Old';
         UPDATE reading SET words = 'old words' WHERE words IS NOT NULL",
    );
}

#[test]
fn a_newer_reader_is_used_at_the_next_ingest_of_its_snapshot() {
    let folder = tempfile::tempdir().expect("a folder");
    let [one, two, three] = parts(folder.path());
    let fresh = TestHome::of(&[one.clone(), two.clone(), three.clone()]).dump();
    let home = TestHome::of(&[one, two]);
    spoil(&home, "UPDATE reading SET reader_version = 0; UPDATE sighting SET item = json_set(item, '$.text', 'old')");
    assert_eq!(
        home.home.n_outdated_documents().expect("a number"),
        home.number("SELECT count(*) FROM reading").unsigned_abs()
    );
    let remarks = home.home.check(DataToRead::Nothing).expect("a check").remarks;
    assert!(remarks.iter().any(|remark| remark.code == "older_readers"), "{remarks:?}");
    home.ingest(&three);
    assert_same(&home.dump(), &fresh, "with the third part");
    assert_eq!(home.home.n_outdated_documents().expect("a number"), 0);
}

/// Asks to stop after a number of documents.
struct StopsAfter<'a>(&'a AtomicBool, AtomicUsize);

impl Progress for StopsAfter<'_> {
    fn begin(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {
        if self.1.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    fn stage(&self, stage: &str) {
        if stage == "merging" {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    fn end(&self) {}
}

#[test]
fn reading_again_happens_whole_or_not_at_all() {
    let downloads = downloads();
    let home = TestHome::of(&downloads);
    spoil(&home, "UPDATE reading SET reader_version = 0; UPDATE sighting SET item = json_set(item, '$.text', 'old')");
    let before = home.dump();
    for n_documents in [1, 5, 40, usize::MAX] {
        let stop = AtomicBool::new(false);
        let progress = StopsAfter(&stop, n_documents.into());
        let error = home.home.read_documents_again("a test", &stop, &progress).expect_err("it was stopped");
        assert!(matches!(error, HomeError::Ingest(IngestError::Interrupted)), "{error:?}");
        assert_same(&home.dump(), &before, &format!("stopped after {n_documents} documents"));
    }
    read_again(&home);
    assert_same(&home.dump(), &TestHome::of(&downloads).dump(), "in the end");
}

#[test]
fn every_reader_is_known_by_its_version() {
    let folders = std::fs::read_dir(fixtures()).expect("the fixtures");
    let folders: Vec<PathBuf> =
        folders.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir()).collect();
    let home = TestHome::of(&folders);
    let rows = home.rows("SELECT path, reader, reader_version FROM documents");
    assert!(rows.len() > 100);
    for row in rows {
        let (path, reader) = (row.text("path").expect("a path"), row.text("reader").expect("a reader"));
        let version = u32::try_from(row.integer("reader_version").expect("a version")).expect("a small number");
        assert!(throwback::source::is_current(path, reader, version), "{path}: {reader} {version}");
    }
}
