//! What the targets do with bytes: paths that lead to every reader, and what must hold of every reading. The tests of the
//! program include this file and feed it the seeds.

use std::io::{Read, Write};
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;

use throwback::archive::{Archive, Limits};
use throwback::home::{ArchiveOutcome, DataToRead, Home, IngestOptions};
use throwback::ingest::{self, Silent};
use throwback::source::instagram::catalog::CATALOG;
use throwback::source::instagram::invariants;
use throwback::source::{self, Document, Learnt};

/// A target takes any bytes; it panics where something does not hold.
pub type Target = fn(&[u8]);

/// All targets, by name.
pub const TARGETS: [(&str, Target); 12] = [
    ("archive", archive),
    ("dates", dates),
    ("flat", flat),
    ("html", html),
    ("ingest", whole_ingest),
    ("json", json),
    ("names", names),
    ("outline", outline),
    ("queries", queries),
    ("repair", repair),
    ("subtitles", subtitles),
    ("thread", thread),
];

/// A file that may be a ZIP: listed, salvaged, every entry read, ZIPs in it opened, every byte accounted for.
pub fn archive(bytes: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("its bytes");
    let limits = Limits { entry_bytes: MOST_BYTES, archive_bytes: MOST_BYTES, n_entries: 10_000, ..Limits::default() };
    for archive in [Archive::open(file.path(), &limits), Archive::salvage(file.path(), &limits)].into_iter().flatten() {
        look_at(&archive, &limits, 1);
    }
}

/// No more than this comes out of the small files that a fuzzer makes.
const MOST_BYTES: u64 = 64 << 20;

fn look_at(archive: &Archive, limits: &Limits, depth: u32) {
    let mut n_bytes = 0;
    for entry in archive.entries() {
        let mut piece = vec![0; 1 << 16];
        for is_raw in [false, true] {
            let reader: Option<Box<dyn Read + '_>> = if is_raw {
                archive.read_raw(entry.position).ok().map(|reader| Box::new(reader) as _)
            } else {
                archive.read(entry.position).ok().map(|reader| Box::new(reader) as _)
            };
            let Some(mut reader) = reader else { continue };
            while let Ok(n @ 1..) = reader.read(&mut piece) {
                n_bytes += if is_raw { 0 } else { n as u64 };
            }
        }
        if depth > 0
            && let Ok(inner) = archive.inner(entry.position, limits, None)
        {
            look_at(&inner, limits, depth - 1);
        }
    }
    // A piece of which the last byte is over the budget is handed out before it is told.
    assert!(n_bytes <= MOST_BYTES + (1 << 20), "{n_bytes} bytes came out");
    // Why a file cannot be accounted for is told; here it only has to end.
    archive.account().ok();
}

/// Printed dates: whatever is read is written back and read as the same.
pub fn dates(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        invariants::check_date(text);
    }
}

/// A flat document at the root: two bytes choose which, the rest is the document.
pub fn flat(bytes: &[u8]) {
    static PATHS: LazyLock<Vec<String>> =
        LazyLock::new(|| paths("json").into_iter().filter(|path| !path.contains('/')).collect());
    read_chosen(&PATHS, bytes);
}

/// Any page: two bytes choose the path, the rest is the page.
pub fn html(bytes: &[u8]) {
    static PATHS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let mut paths = paths("html");
        paths.extend(["start_here.html".to_owned(), "index.html".to_owned()]);
        paths
    });
    read_chosen(&PATHS, bytes);
}

/// A ZIP that is brought into a home of its own, which is sound afterwards.
pub fn whole_ingest(bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("instagram-ann-2024-03-02-Ab3dE5fG.zip");
    std::fs::write(&path, bytes).expect("a file");
    let limits = Limits { entry_bytes: MOST_BYTES, archive_bytes: MOST_BYTES, n_entries: 10_000, ..Limits::default() };
    let home = Home::at(folder.path().join("home"));
    let plan = ingest::plan(&[path], home.path(), &limits);
    let stop = AtomicBool::new(false);
    let options = IngestOptions { limits: &limits, now_ms: 0, is_dry_run: false, stop: &stop, command: "a target" };
    let mut each = |outcome| match outcome {
        ArchiveOutcome::Ingested(_) => {}
        ArchiveOutcome::Failed(candidate, error) => panic!("{}: {error:?}", candidate.path.display()),
    };
    home.ingest(&plan, &options, &Silent, &mut each).expect("the home takes it");
    if home.exists() {
        assert_eq!(home.check(DataToRead::Everything).expect("a check").damage, []);
    }
}

/// Any document of the folders of 2020 and later: two bytes choose the path, the rest is the document.
pub fn json(bytes: &[u8]) {
    static PATHS: LazyLock<Vec<String>> = LazyLock::new(|| paths("json"));
    read_chosen(&PATHS, bytes);
}

/// Names of archives and of the files in them.
pub fn names(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let names: Vec<&str> = text.lines().collect();
    source::recognise(&names);
    source::foreign_trees(&names);
    for name in names {
        source::parse_archive_name(name);
        source::role(name);
        source::teaches(name);
        source::masked_path(name);
        read(name, b"[{\"a\":1}]");
    }
}

/// What `probe` tells of a document: it ends, and it tells no more than its limits allow.
pub fn outline(bytes: &[u8]) {
    for path in ["your_instagram_activity/likes/liked_posts.json", "connections.json"] {
        let outline = source::outline(path, bytes);
        assert!(outline.keys.len() <= 2_001, "{} names", outline.keys.len());
    }
}

/// Queries: what is understood is printed and understood as the same; what is wrong is pointed at.
pub fn queries(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match throwback::query::parse(text) {
        Ok(query) => {
            let printed = query.to_string();
            let again = throwback::query::parse(&printed).map(|query| query.to_string());
            assert_eq!(again.as_ref(), Ok(&printed), "{text:?}");
        }
        Err(error) => assert!(text.get(error.span.clone()).is_some(), "{text:?}: {error:?}"),
    }
}

/// Repair of broken text: strict, exactly once, and mending what it cannot parse.
pub fn repair(bytes: &[u8]) {
    invariants::check_repair(bytes);
}

/// Subtitles and other text files.
pub fn subtitles(bytes: &[u8]) {
    for path in ["media/reels/202506/17900000000000009.srt", "likes/no-data.txt", "notes/diary.txt"] {
        read(path, bytes);
    }
}

/// A page of a conversation, as JSON or HTML: two bytes choose where it lies.
pub fn thread(bytes: &[u8]) {
    static PATHS: LazyLock<Vec<String>> = LazyLock::new(|| {
        [
            "your_instagram_activity/messages/inbox/ann_17840000000000001/message_1.json",
            "messages/inbox/ann_abcdefghij/message_1.html",
            "your_instagram_activity/messages/broadcast/club_17840000000000001/replies_1.json",
            "messages/Ann_1.json",
            "your_instagram_activity/messages/reported_conversations.json",
            "messages.json",
        ]
        .map(str::to_owned)
        .to_vec()
    });
    read_chosen(&PATHS, bytes);
}

/// Reads a document as the program would, and asks of the reading what `invariants::check_reading` does.
fn read(path: &str, bytes: &[u8]) {
    let mut learnt = Learnt::default();
    source::learn(&mut learnt, path, bytes);
    invariants::check_reading(&Document { path, bytes, learnt: &learnt });
}

/// A path for each file name and each folder that the catalog knows, with that extension.
fn paths(extension: &str) -> Vec<String> {
    CATALOG.iter().flat_map(|row| invariants::paths_of(row, extension)).collect()
}

/// Splits the first two bytes off: they choose a path. The rest is read as the document that lies there.
fn read_chosen(paths: &[String], bytes: &[u8]) {
    if let Some((choice, document)) = bytes.split_first_chunk::<2>() {
        read(&paths[usize::from(u16::from_le_bytes(*choice)) % paths.len()], document);
    }
}
