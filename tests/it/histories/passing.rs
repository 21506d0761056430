//! Homes that pass: ingest as everywhere, but in a folder in memory where the system has one, and without an index. What a
//! home holds after some archives is a file, and what more archives make of it a copy of that file, so that orders that
//! begin in the same way share their beginning.

use std::cell::{Cell, OnceCell};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

use tempfile::TempDir;
use throwback::archive::Limits;
use throwback::ingest::{self, Ingestion, Silent};
use throwback::media::MediaStore;
use throwback::store::{DATABASE, NamedRow, Store};

/// A folder that goes when the test ends: in memory, where the system has a place for that.
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.or_else(|_| tempfile::tempdir()).expect("a folder")
}

/// A home after some archives; its database goes with it.
pub struct Passing {
    path: PathBuf,
    /// All homes of a history keep their media in one place: each is there once by its content.
    media: Rc<MediaStore>,
    n_homes: Rc<Cell<usize>>,
    /// Opened by the first question: nobody writes any more then.
    reader: OnceCell<Store>,
}

impl Drop for Passing {
    fn drop(&mut self) {
        fs_err::remove_dir_all(&self.path).expect("the home goes");
    }
}

impl Passing {
    /// A home without anything.
    pub fn in_folder(folder: &TempDir) -> Self {
        let of = |name: &str| folder.path().join(name);
        let media = MediaStore::open(&of("media"), &of("tmp"), &of("aside")).expect("a place for media");
        let path = of("home");
        fs_err::create_dir(&path).expect("a folder");
        drop(Store::open(&path, "a test").expect("a database"));
        Self { path, media: Rc::new(media), n_homes: Rc::default(), reader: OnceCell::new() }
    }

    /// What becomes of this home when one archive after the other comes.
    pub fn grown(&self, archives: &[PathBuf]) -> Self {
        let calls: Vec<&[PathBuf]> = archives.iter().map(std::slice::from_ref).collect();
        self.grown_by(&calls)
    }

    /// What becomes of this home when archives come, those of one call named together.
    pub fn grown_by(&self, calls: &[&[PathBuf]]) -> Self {
        self.n_homes.set(self.n_homes.get() + 1);
        let path = self.path.with_file_name(format!("home-{}", self.n_homes.get()));
        fs_err::create_dir(&path).expect("a folder");
        fs_err::copy(self.path.join(DATABASE), path.join(DATABASE)).expect("a copy");
        let limits = Limits::default();
        let stop = AtomicBool::new(false);
        let ingestion = Ingestion { limits: &limits, now_ms: 1_700_000_000_000, stop: &stop, scratch: None };
        // SQLite folds its log into the file when the last connection ends.
        let mut store = Store::open(&path, "a test").expect("a database");
        for archives in calls {
            let plan = ingest::plan(archives, &path, &limits);
            assert_eq!(plan.candidates.len(), archives.len(), "{archives:?}: {:?}", plan.passed_over);
            for candidate in &plan.candidates {
                ingest::ingest_archive(&mut store, &self.media, candidate, &ingestion, &Silent)
                    .unwrap_or_else(|error| panic!("{}: {error:?}", candidate.path.display()));
            }
        }
        let (media, n_homes) = (Rc::clone(&self.media), Rc::clone(&self.n_homes));
        Self { path, media, n_homes, reader: OnceCell::new() }
    }

    /// What becomes of this home when all its documents are read again.
    pub fn read_again(&self) -> Self {
        let again = self.grown_by(&[]);
        let mut store = Store::open(&again.path, "a test").expect("a database");
        ingest::read_documents_again(&mut store, &AtomicBool::new(false), &Silent).expect("they are read again");
        again
    }

    fn store(&self) -> &Store {
        self.reader.get_or_init(|| Store::open_reader(&self.path).expect("a database"))
    }

    pub fn rows(&self, sql: &str) -> Vec<NamedRow> {
        self.store().select_all(sql, &[]).expect("an answer")
    }

    /// Everything that is held, as text, with the further ids of records and conversations.
    pub fn dump(&self) -> Vec<String> {
        let mut lines = Vec::new();
        self.store()
            .dump(&mut |kind, row| {
                lines.push(format!("{kind} {:?}", row.filled().collect::<Vec<_>>()));
                true
            })
            .expect("a dump");
        for row in self.rows(
            "SELECT r.public_id AS id, a.public_id AS other FROM alias a JOIN record r ON r.id = a.record_id
             UNION SELECT t.public_id, a.public_id FROM thread_alias a JOIN thread t ON t.id = a.thread_id",
        ) {
            lines.push(format!("further id {:?}", row.values));
        }
        lines
    }
}
