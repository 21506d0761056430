//! Documents that are read again from the home: what all parts of a snapshot teach, and today's readers.

use std::path::{Path, PathBuf};

use throwback::home::CheckOptions;

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
    let report = home.home.check(CheckOptions { reads_data: true }).expect("a check");
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
