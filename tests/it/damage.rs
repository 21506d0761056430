//! Hostile input is data (promises 1, 9 and 10): whatever is done to a document or an archive, nothing is lost in
//! silence and its neighbours stay what they were.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use throwback::archive::Limits;
use throwback::home::{ArchiveOutcome, DataToRead, IngestOptions};
use throwback::ingest::{self, IngestError, Progress};

use crate::support::{Dice, TestHome, assert_same, fixtures};

type Tree = BTreeMap<String, Vec<u8>>;

/// The files of a fixture by their names.
fn tree(name: &str) -> Tree {
    fn gather(folder: &Path, below: &str, tree: &mut Tree) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy();
            let name = if below.is_empty() { name.into_owned() } else { format!("{below}/{name}") };
            if path.is_dir() {
                gather(&path, &name, tree);
            } else {
                tree.insert(name, fs::read(&path).expect("a file"));
            }
        }
    }
    let mut tree = Tree::new();
    gather(&fixtures().join(name), "", &mut tree);
    tree
}

fn zip(tree: &Tree) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in tree {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).expect("an entry");
        writer.write_all(bytes).expect("its bytes");
    }
    writer.finish().expect("a ZIP").into_inner()
}

/// A folder with one archive in it.
fn archive(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("instagram-mia.example-2024-03-02-Ab3dE5fG.zip");
    fs::write(&path, bytes).expect("a ZIP");
    (folder, path)
}

/// Brings in what can be brought in; the number of archives that were.
fn ingest_what_is_there(home: &TestHome, path: &Path) -> usize {
    let limits = Limits::default();
    let plan = ingest::plan(&[path.to_owned()], home.home.path(), &limits);
    assert!(!plan.candidates.is_empty() || !plan.passed_over.is_empty(), "nobody says what became of the archive");
    let stop = AtomicBool::new(false);
    let options =
        IngestOptions { limits: &limits, now_ms: 1_700_000_000_000, is_dry_run: false, stop: &stop, command: "a test" };
    let mut n_kept = 0;
    home.home
        .ingest(&plan, &options, &ingest::Silent, &mut |outcome| match outcome {
            ArchiveOutcome::Ingested(_) => n_kept += 1,
            ArchiveOutcome::Failed(_, IngestError::Archive { .. }) => {}
            ArchiveOutcome::Failed(_, error) => panic!("{error:?}"),
        })
        .expect("the ingest runs");
    n_kept
}

/// What every ingested archive must show, however damaged: each entry kept or reported, each item accounted for, the
/// home sound.
fn assert_nothing_is_lost(home: &TestHome, what: &str) {
    let lost = "SELECT path FROM entries e WHERE fate <> 'folder' AND hash IS NULL
                   AND NOT EXISTS (SELECT 1 FROM findings f WHERE f.path = e.path AND f.severity = 'error')";
    assert_eq!(home.rows(lost).len(), 0, "{what}: entries without bytes and without a word");
    let silent = "SELECT path FROM documents d WHERE n_items IS NULL AND path LIKE '%.json'
                     AND NOT EXISTS (SELECT 1 FROM findings f WHERE f.path = d.path AND f.severity <> 'info')";
    assert_eq!(home.rows(silent).len(), 0, "{what}: broken documents without a word");
    assert_eq!(
        home.number("SELECT count(*) FROM documents WHERE n_items <> n_read + n_kept + n_bad"),
        0,
        "{what}: items without a fate"
    );
    let report = home.home.check(DataToRead::Everything).expect("a check");
    assert_eq!(report.damage, [], "{what}");
}

/// By document: the place and the words of every record.
type Records = BTreeMap<String, BTreeSet<(String, String)>>;

/// What each document of a home gave.
fn records_by_path(home: &TestHome) -> Records {
    let rows = home.rows(
        "SELECT d.path, s.place, r.kind || ' ' || coalesce(r.text, '') AS said
           FROM sightings s JOIN documents d ON d.hash = s.document_hash JOIN records r ON r.id = s.record_id",
    );
    let mut records = Records::new();
    for row in rows {
        let text = |column: &str| row.text(column).unwrap_or_default().to_owned();
        records.entry(text("path")).or_default().insert((text("place"), text("said")));
    }
    records
}

const THREAD: &str = "your_instagram_activity/messages/inbox/miabeispiel_17843230000000001/message_1.json";
const POSTS: &str = "your_instagram_activity/content/posts_1.json";

/// Puts a document in the place of one of the fixture's, and gives the codes of the findings about it and the number of
/// items read from it. Every other document must give what it always gives.
fn damage(tree: &Tree, undamaged: &Records, path: &str, document: &[u8]) -> (BTreeSet<String>, i64) {
    let mut tree = tree.clone();
    tree.insert(path.to_owned(), document.to_vec());
    let (_folder, path_of_zip) = archive(&zip(&tree));
    let home = TestHome::of(&[path_of_zip]);
    let what = String::from_utf8_lossy(&document[..document.len().min(200)]).into_owned();
    assert_nothing_is_lost(&home, &what);
    let damaged = records_by_path(&home);
    for (other, records) in undamaged.iter().filter(|(other, _)| *other != path) {
        assert_eq!(damaged.get(other), Some(records), "{what}: its neighbour {other}");
    }
    let codes = home.rows(&format!("SELECT DISTINCT code FROM findings WHERE path = '{path}'"));
    let codes = codes.iter().filter_map(|row| row.text("code").map(str::to_owned)).collect();
    (codes, home.number(&format!("SELECT n_read FROM documents WHERE path = '{path}'")))
}

#[test]
fn damaged_documents_cost_only_what_is_damaged() {
    let sound = tree("d_german");
    let (_folder, path) = archive(&zip(&sound));
    let undamaged = records_by_path(&TestHome::of(&[path]));
    let check = |path: &str, document: &[u8], code: Option<&str>, n_read: i64| {
        let (codes, n) = damage(&sound, &undamaged, path, document);
        let shown = String::from_utf8_lossy(&document[..document.len().min(200)]).into_owned();
        assert!(code.is_none_or(|code| codes.contains(code)), "{codes:?}: {shown}");
        assert_eq!(n, n_read, "{codes:?}: {shown}");
    };
    let thread = |messages: &str| {
        format!(
            r#"{{"participants":[{{"name":"Leo"}}],"messages":[{{"sender_name":"Leo","timestamp_ms":1650000000123,"content":"before"}},{messages},{{"sender_name":"Leo","timestamp_ms":1650000000999,"content":"behind"}}],"title":"Leo","thread_path":"inbox/miabeispiel_17843230000000001"}}"#
        )
    };
    let message = |member: &str| thread(&format!(r#"{{"sender_name":"Leo","timestamp_ms":1650000000500,{member}}}"#));
    let doubtful = Some("doubtful_value");
    // Values that are not of the expected form: read, kept as written, and told.
    check(THREAD, message(r#""content":7"#).as_bytes(), doubtful, 3);
    check(THREAD, message(r#""content":"x","reactions":{"reaction":"x"}"#).as_bytes(), doubtful, 3);
    check(THREAD, message(r#""photos":[{"creation_timestamp":1}]"#).as_bytes(), doubtful, 3);
    check(THREAD, message(r#""content":"x","call_duration":-9223372036854775808"#).as_bytes(), doubtful, 3);
    check(THREAD, message(r#""content":"\ud83d""#).as_bytes(), doubtful, 3);
    check(THREAD, message(r#""content":NaN"#).as_bytes(), doubtful, 3);
    check(THREAD, message(r#""content":"x","call_duration":1e400"#).as_bytes(), doubtful, 3);
    check(THREAD, message(r#""content":"x","content":"y""#).as_bytes(), doubtful, 3);
    check(THREAD, thread(r#"{"content":"x","timestamp_ms":18446744073709551615}"#).as_bytes(), doubtful, 3);
    // Names and paths are data.
    check(THREAD, message(r#""photos":[{"uri":"../../../../etc/passwd"}]"#).as_bytes(), None, 3);
    check(THREAD, message(r#""photos":[{"uri":"file:///etc/passwd"},{"uri":"/etc/passwd"}]"#).as_bytes(), None, 3);
    check(THREAD, message("\"content\":\"\u{202e}x\\u001b[2J\\u0000\"").as_bytes(), None, 3);
    check(THREAD, message(&format!("\"content\":\"{}\"", "x".repeat(100_000))).as_bytes(), None, 3);
    // Depth: what JSON readers take is kept, what they don't take costs its item only.
    let deep = |n: usize| message(&format!("\"more\":{}{}", "[".repeat(n), "]".repeat(n)));
    check(THREAD, deep(120).as_bytes(), Some("unknown_label"), 3);
    check(THREAD, deep(10_000).as_bytes(), Some("bad_item"), 2);
    // What is no message.
    check(THREAD, thread("{}").as_bytes(), Some("bad_item"), 2);
    check(THREAD, thread("[1]").as_bytes(), Some("bad_item"), 2);
    check(THREAD, thread("null").as_bytes(), Some("item_kept_raw"), 2);
    check(THREAD, &thread("{}").as_bytes()[..120], Some("bad_document"), 1);
    // Documents that are not what they should be.
    check(POSTS, b"", Some("bad_document"), 0);
    check(POSTS, b"\x00\x01\x02", Some("bad_document"), 0);
    check(POSTS, b"<html>Please log in</html>", Some("bad_document"), 0);
    check(POSTS, br#"[{"media":null},{"media":[{"uri":7}]},{"media":{}}]"#, Some("unknown_label"), 3);
    check(POSTS, br#"{"media":[{"uri":"a.jpg","creation_timestamp":1700000000,"title":"x"}]}"#, None, 1);
}

fn mutate(dice: &mut Dice, bytes: &mut Vec<u8>) {
    for _ in 0..=dice.below(4) {
        if bytes.is_empty() {
            return;
        }
        let at = dice.below(bytes.len());
        let n = (1 + dice.below(40)).min(bytes.len() - at);
        match dice.below(6) {
            0 | 1 => bytes[at] ^= 1 << dice.below(8),
            2 => bytes[at] = b"{}[]\",:\\\x00\xff-0"[dice.below(12)],
            3 => drop(bytes.drain(at..at + n)),
            4 => bytes.truncate(at),
            _ => {
                let piece = bytes[at..at + n].to_vec();
                let to = dice.below(bytes.len());
                bytes.splice(to..to, piece);
            }
        }
    }
}

#[test]
fn mutated_archives_lose_nothing_in_silence() {
    let sound = tree("damaged");
    let names: Vec<&String> = sound.keys().filter(|name| name.ends_with(".json")).collect();
    let mut n_kept = 0;
    for seed in 1..=60_u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let bytes = if seed % 3 == 0 {
            let mut bytes = zip(&sound);
            mutate(&mut dice, &mut bytes);
            bytes
        } else {
            let mut tree = sound.clone();
            let name = names[dice.below(names.len())];
            mutate(&mut dice, tree.get_mut(name).expect("it is there"));
            zip(&tree)
        };
        let (_folder, path) = archive(&bytes);
        let home = TestHome::new();
        if ingest_what_is_there(&home, &path) > 0 {
            n_kept += 1;
            assert_nothing_is_lost(&home, &format!("seed {seed}"));
        }
    }
    assert!(n_kept > 40, "only {n_kept} archives could be opened");
}

/// Asks to stop after a number of steps.
struct StopsAfter<'a> {
    stop: &'a AtomicBool,
    n_left: AtomicSteps,
}

/// A counter that many threads may hold.
type AtomicSteps = std::sync::atomic::AtomicUsize;

impl StopsAfter<'_> {
    fn step(&self) {
        if self.n_left.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.stop.store(true, Ordering::Relaxed);
        }
    }
}

impl Progress for StopsAfter<'_> {
    fn begin(&self, _: &str, _: u64) {
        self.step();
    }
    fn advance(&self, _: u64) {
        self.step();
    }
    fn stage(&self, _: &str) {
        self.step();
    }
    fn end(&self) {}
}

#[test]
fn an_ingest_that_is_stopped_leaves_the_home_as_it_was() {
    let [older, newer] = ["mia.example_20220817.zip", "instagram-mia.example-2024-03-02-Ab3dE5fG.zip"]
        .map(|name| fixtures().join("sample").join(name));
    let home = TestHome::of(std::slice::from_ref(&older));
    let before = home.dump();
    let n_interrupted = Cell::new(0);
    for n_steps in [1, 2, 10, 40, 80, 100] {
        let stop = AtomicBool::new(false);
        let limits = Limits::default();
        let plan = ingest::plan(std::slice::from_ref(&newer), home.home.path(), &limits);
        let options = IngestOptions {
            limits: &limits,
            now_ms: 1_700_000_000_000,
            is_dry_run: false,
            stop: &stop,
            command: "a test",
        };
        let progress = StopsAfter { stop: &stop, n_left: n_steps.into() };
        home.home
            .ingest(&plan, &options, &progress, &mut |outcome| match outcome {
                ArchiveOutcome::Failed(_, IngestError::Interrupted) => n_interrupted.set(n_interrupted.get() + 1),
                other => panic!("after {n_steps} steps: {other:?}"),
            })
            .expect("the ingest runs");
        assert_same(&home.dump(), &before, &format!("stopped after {n_steps} steps"));
        let report = home.home.check(DataToRead::Everything).expect("a check");
        assert_eq!(report.damage, [], "stopped after {n_steps} steps");
    }
    assert_eq!(n_interrupted.get(), 6);
    home.ingest(&newer);
    assert_same(&home.dump(), &TestHome::of(&[older, newer]).dump(), "ingested in the end");
}
