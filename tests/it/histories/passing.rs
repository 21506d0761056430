//! Homes that pass: the same ingest as everywhere, into a database without a name and a folder in memory where there is
//! one, without an index. Nothing waits for a disk.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use tempfile::TempDir;
use throwback::archive::Limits;
use throwback::ingest::{self, Ingestion, Silent};
use throwback::media::MediaStore;
use throwback::store::{NamedRow, Store};

/// A folder that goes when the test ends: in memory, where the system has a place for that.
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.or_else(|_| tempfile::tempdir()).expect("a folder")
}

pub struct Passing {
    store: Store,
    media: MediaStore,
    path: PathBuf,
}

impl Passing {
    /// All homes of a history keep their media in one place: each is there once by its content.
    pub fn new(folder: &TempDir) -> Self {
        let path = folder.path().join("home");
        let store = Store::passing().expect("a database");
        let media =
            MediaStore::open(&path.join("media"), &path.join("tmp"), &path.join("aside")).expect("a place for media");
        Self { store, media, path }
    }

    /// Brings archives in that were named together.
    pub fn ingest(&mut self, archives: &[PathBuf]) {
        let limits = Limits::default();
        let stop = AtomicBool::new(false);
        let ingestion = Ingestion { limits: &limits, now_ms: 1_700_000_000_000, stop: &stop, scratch: None };
        let plan = ingest::plan(archives, &self.path, &limits);
        assert_eq!(plan.candidates.len(), archives.len(), "{archives:?}: {:?}", plan.passed_over);
        for candidate in &plan.candidates {
            ingest::ingest_archive(&mut self.store, &self.media, candidate, &ingestion, &Silent)
                .unwrap_or_else(|error| panic!("{}: {error:?}", candidate.path.display()));
        }
    }

    pub fn rows(&self, sql: &str) -> Vec<NamedRow> {
        self.store.select_all(sql, &[]).expect("an answer")
    }

    /// Everything that is held, as text.
    pub fn dump(&self) -> Vec<String> {
        let mut lines = Vec::new();
        self.store
            .dump(&mut |kind, row| {
                lines.push(format!("{kind} {:?}", row.filled().collect::<Vec<_>>()));
                true
            })
            .expect("a dump");
        lines
    }
}
