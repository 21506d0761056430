//! The facade of a home: opens store, media and index together. What `watch`, `cli` and the tests talk to.
//!
//! One process writes at a time and holds `lock`; any number read. Readers see the state before or after an archive,
//! never between.

mod backing_up;
mod checking;
mod coverage;
mod deciding;
mod diff;
mod facets;
mod forgetting;
mod lock;
mod names;
mod repairing;
mod restoring;
mod searching;
mod talks;
mod then;
mod watching;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use thiserror::Error;

pub use backing_up::{BackupError, BackupReport, MANIFEST};
pub use checking::{CheckReport, DataToRead, older_readers};
pub use coverage::{
    AccountCoverage, CategoryLine, CoverageOptions, CoverageReport, Fact, Ground, Reason, State as CategoryState,
};
pub use diff::{Change as DifferenceKind, Difference, OfTwoAccounts};
pub use facets::{Counted, Facet};
pub use forgetting::ForgetOptions;
pub use lock::{Holder, Lock};
pub use repairing::{RepairOptions, RepairReport};
pub use restoring::{RestoreError, RestoreOptions, RestoreReport, Restored};
pub use searching::{Answer, Context, Found, SearchOptions, Searcher};
pub use talks::{FoundMessage, FoundTalk};

use crate::archive::Limits;
use crate::index::{Index, IndexError};
use crate::ingest::{self, ArchiveReport, Candidate, IngestError, Ingestion, Plan, Progress, RereadReport};
use crate::media::step::{self, Step};
use crate::media::{MediaError, MediaStore, make_durable_folder};
use crate::store::{DATABASE, Store, StoreError};

/// The folder that holds it all.
#[derive(Clone, Debug)]
pub struct Home {
    path: PathBuf,
}

/// Why a home could not do what it was asked.
#[derive(Debug, Error)]
pub enum HomeError {
    #[error("there is no home at {path} yet", path = .0.display())]
    NotThere(PathBuf),
    #[error("the home is being written by {0}")]
    Busy(Holder),
    #[error("the home is watched already, by {0}")]
    Watched(Holder),
    #[error("{doing} {path} failed", path = path.display())]
    Files {
        doing: &'static str,
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the media folder could not be used")]
    Media(#[source] MediaError),
    #[error(transparent)]
    Index(#[from] IndexError),
    #[error(transparent)]
    Ingest(#[from] IngestError),
}

/// What an ingest of several archives is asked to do.
#[derive(Debug)]
pub struct IngestOptions<'a> {
    pub limits: &'a Limits,
    /// Unix milliseconds.
    pub now_ms: i64,
    pub is_dry_run: bool,
    pub stop: &'a AtomicBool,
    /// The words of the command, for whoever finds the home locked.
    pub command: &'a str,
}

impl IngestOptions<'_> {
    /// `scratch` is where long files may lie for a while, if not where the system keeps them.
    fn ingestion<'a>(&'a self, scratch: Option<&'a Path>) -> Ingestion<'a> {
        Ingestion { limits: self.limits, now_ms: self.now_ms, stop: self.stop, scratch }
    }
}

/// One archive's fate.
#[derive(Debug)]
pub enum ArchiveOutcome {
    Ingested(Box<ArchiveReport>),
    Failed(Box<Candidate>, IngestError),
}

impl Home {
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn exists(&self) -> bool {
        self.path.join(DATABASE).is_file()
    }

    /// Opens the database for reading. Everything is read from one state, which the first question takes, whatever is written
    /// meanwhile, until [`Store::end_reading`].
    pub fn reader(&self) -> Result<Store, HomeError> {
        if !self.exists() {
            return Err(HomeError::NotThere(self.path.clone()));
        }
        let store = Store::open_reader(&self.path)?;
        store.begin_reading()?;
        Ok(store)
    }

    /// Brings every candidate of a plan in, one after the other; each is told to `each` as soon as it is through. A
    /// failed archive does not stop the next. Ends early, with `Interrupted` as the last outcome, when asked to.
    pub fn ingest(
        &self,
        plan: &Plan,
        options: &IngestOptions<'_>,
        progress: &dyn Progress,
        each: &mut dyn FnMut(ArchiveOutcome),
    ) -> Result<(), HomeError> {
        if options.is_dry_run {
            return self.rehearse(plan, options, progress, each);
        }
        if plan.candidates.is_empty() {
            return Ok(());
        }
        self.create()?;
        let _lock = Lock::take(&self.path, options.command)?;
        let media = self.media()?;
        self.empty_tmp()?;
        let mut store = Store::open(&self.path, &new_home_id())?;
        forgetting::let_files_leave(&mut store, &media)?;
        let tmp = self.path.join("tmp");
        let ingestion = options.ingestion(Some(&tmp));
        one_by_one(plan, each, |candidate| ingest::ingest_archive(&mut store, &media, candidate, &ingestion, progress));
        if options.stop.load(Ordering::Relaxed) {
            // Whoever asked to stop does not wait for the index either; the next search catches up.
            return Ok(());
        }
        store.settle()?;
        drop(store);
        progress.stage("indexing");
        // A reader holds a quarter of the memory that the writer does.
        self.follow(&self.reader()?)?;
        Ok(())
    }

    /// Tells what an ingest would do: one transaction over all archives, which is rolled back; media are only weighed.
    fn rehearse(
        &self,
        plan: &Plan,
        options: &IngestOptions<'_>,
        progress: &dyn Progress,
        each: &mut dyn FnMut(ArchiveOutcome),
    ) -> Result<(), HomeError> {
        let lock = if self.exists() { Some(Lock::take(&self.path, options.command)?) } else { None };
        let mut store = match &lock {
            Some(_) => Store::open(&self.path, &new_home_id())?,
            None => Store::passing()?,
        };
        // Nothing is written into the home, not even for a moment.
        let ingestion = options.ingestion(None);
        let writing = store.write()?;
        one_by_one(plan, each, |candidate| ingest::rehearse_archive(&writing, candidate, &ingestion, progress));
        writing.roll_back()?;
        drop(lock);
        Ok(())
    }

    /// Makes the folder, for its owner alone.
    fn create(&self) -> Result<(), HomeError> {
        for folder in [self.path.clone(), self.path.join("media"), self.path.join("tmp"), self.path.join("aside")] {
            make_durable_folder(&folder).map_err(|source| HomeError::Files {
                doing: "creating",
                path: folder,
                source,
            })?;
        }
        step::done(Step::FoldersMade);
        Ok(())
    }

    fn media(&self) -> Result<MediaStore, HomeError> {
        MediaStore::open(&self.path.join("media"), &self.path.join("tmp"), &self.path.join("aside"))
            .map_err(HomeError::Media)
    }

    /// What an interrupted run left unfinished is of no use to anybody. Gives the number of files.
    fn empty_tmp(&self) -> Result<u64, HomeError> {
        let mut n_files = 0;
        let tmp = self.path.join("tmp");
        let failed = |source| HomeError::Files { doing: "emptying", path: tmp.clone(), source };
        let entries = match fs_err::read_dir(&tmp) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
            entries => entries.map_err(failed)?,
        };
        for entry in entries {
            let entry = entry.map_err(failed)?;
            if entry.file_type().map_err(failed)?.is_file() {
                fs_err::remove_file(entry.path()).map_err(failed)?;
                step::done(Step::LeftoverRemoved);
                n_files += 1;
            }
        }
        Ok(n_files)
    }

    fn index_path(&self) -> PathBuf {
        self.path.join("index")
    }

    /// Brings the index up to the database.
    fn follow(&self, store: &Store) -> Result<(), HomeError> {
        Index::open(&self.index_path())?.follow(&searching::Feed(store))?;
        Ok(())
    }

    /// Builds the index anew. Gives the number of its documents.
    pub fn reindex(&self, command: &str) -> Result<u64, HomeError> {
        let _lock = self.lock(command)?;
        drop(Store::open(&self.path, &new_home_id())?);
        self.rebuild_index()
    }

    /// Reads every kept document again with today's readers, then builds the index anew. Gives what became of them, and
    /// the number of the index's documents.
    pub fn read_documents_again(
        &self,
        command: &str,
        stop: &AtomicBool,
        progress: &dyn Progress,
    ) -> Result<(RereadReport, u64), HomeError> {
        let _lock = self.lock(command)?;
        let mut store = Store::open(&self.path, &new_home_id())?;
        let report = ingest::read_documents_again(&mut store, stop, progress)?;
        if !report.is_unchanged() {
            store.settle()?;
        }
        drop(store);
        progress.stage("indexing");
        Ok((report, self.rebuild_index()?))
    }

    /// How many documents were read by readers that are not today's; 0 where there is no home.
    pub fn n_outdated_documents(&self) -> Result<u64, HomeError> {
        if self.exists() { Ok(ingest::n_outdated(&self.reader()?)?) } else { Ok(0) }
    }

    /// Takes the lock of a home that is there, and what an interrupted run left in `tmp/` away.
    fn lock(&self, command: &str) -> Result<Lock, HomeError> {
        if !self.exists() {
            return Err(HomeError::NotThere(self.path.clone()));
        }
        let lock = Lock::take(&self.path, command)?;
        self.empty_tmp()?;
        Ok(lock)
    }

    fn rebuild_index(&self) -> Result<u64, HomeError> {
        let store = self.reader()?;
        let mut index = Index::open(&self.index_path())?;
        index.rebuild(&searching::Feed(&store))?;
        Ok(index.n_documents()?)
    }
}

/// Hands the candidates of a plan over one after the other, until one is interrupted.
fn one_by_one(
    plan: &Plan,
    each: &mut dyn FnMut(ArchiveOutcome),
    mut bring_in: impl FnMut(&Candidate) -> Result<ArchiveReport, IngestError>,
) {
    for candidate in &plan.candidates {
        match bring_in(candidate) {
            Ok(report) => each(ArchiveOutcome::Ingested(Box::new(report))),
            Err(error) => {
                let is_interrupted = matches!(error, IngestError::Interrupted);
                each(ArchiveOutcome::Failed(Box::new(candidate.clone()), error));
                if is_interrupted {
                    break;
                }
            }
        }
    }
}

/// A name for a new home that no other has: 128 bits from the operating system, by way of the standard library's
/// randomly keyed hasher.
fn new_home_id() -> String {
    use std::hash::{BuildHasher, Hasher};
    let random = || std::hash::RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}

/// Whether a path, which need not be there yet, lies in a folder that is, or is that folder.
fn lies_inside(path: &Path, folder: &Path) -> std::io::Result<bool> {
    let there = std::path::absolute(path)?;
    Ok(nearest_folder(&there).canonicalize()?.starts_with(folder.canonicalize()?))
}

/// The path itself, or the first above it that is there.
fn nearest_folder(path: &Path) -> PathBuf {
    path.ancestors().find(|above| above.exists()).unwrap_or(path).to_owned()
}
