//! Keeping the index: opening it, following the change log, rebuilding it beside and swapping.
//!
//! Every commit carries which home it is of, what it was written with, and the last change that it holds. An index
//! that is behind replays the log; one that is missing, damaged or written otherwise is rebuilt from all records. A
//! disk that does not answer is an error, never a reason to rebuild.

use std::cell::RefCell;
use std::fmt;
use std::io;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tantivy::directory::error::LockError;
use tantivy::indexer::{LogMergePolicy, NoMergePolicy};
use tantivy::{IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, TantivyError};

use super::engine::Expanded;
use super::feed::{Change, ChangeFeed, RecordDocument};
use super::schema::{self, ArcTokenizer, Fields};
use super::talks::{Places, Talk, Touched, each_talk, talks_of};
use super::{IndexError, caught, guarded, stumbled};
use crate::media::step::{self, Step};

/// Memory of each thread of the writer before it writes a segment, so small that the memory of an ingest does not grow
/// with the archive.
const WRITER_BYTES: usize = 30_000_000;

/// More threads than this build no index: each has its memory.
const MOST_THREADS: usize = 4;
/// First line of what a commit carries.
const PAYLOAD_HEAD: &str = "throwback index 1";

/// The index of one home. Searching starts no threads and watches no files.
#[derive(Debug)]
pub struct Index {
    dir: PathBuf,
    opened: Result<Opened, Reason>,
}

pub(super) struct Opened {
    pub engine: tantivy::Index,
    pub reader: IndexReader,
    pub fields: Fields,
    /// Of the state that the reader shows.
    pub expanded: RefCell<Expanded>,
    stamp: Stamp,
}

impl fmt::Debug for Opened {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Opened").field("stamp", &self.stamp).finish_non_exhaustive()
    }
}

/// Why an index cannot be followed and is built anew.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    #[error("there is none yet")]
    Missing,
    #[error("it is damaged ({0})")]
    Damaged(String),
    #[error("it was written by another version")]
    OtherVersion,
    #[error("it belongs to another home")]
    OtherHome,
    #[error("it holds changes that the archive does not")]
    Ahead,
    #[error("it was asked for")]
    Asked,
}

/// How the index stands to the records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Current,
    /// So many changes are missing.
    Behind(u64),
    Rebuild(Reason),
}

/// What following did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Followed {
    Current,
    Replayed { n_changes: u64 },
    Rebuilt { reason: Reason, n_documents: u64 },
}

/// What a commit carries.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    home: String,
    fingerprint: String,
    last_change: u64,
}

impl Stamp {
    fn to_payload(&self) -> String {
        format!("{PAYLOAD_HEAD}\n{}\n{}\n{}", self.home, self.fingerprint, self.last_change)
    }

    fn from_payload(payload: &str) -> Option<Self> {
        let mut lines = payload.lines();
        if lines.next()? != PAYLOAD_HEAD {
            return None;
        }
        let (home, fingerprint) = (lines.next()?.to_owned(), lines.next()?.to_owned());
        Some(Self { home, fingerprint, last_change: lines.next()?.parse().ok()? })
    }
}

impl Index {
    /// Opens what is there. An index that is missing or unusable opens too: [`Index::state`] says so, and
    /// [`Index::follow`] builds it.
    pub fn open(dir: &Path) -> Result<Self, IndexError> {
        let opened = Opened::open(dir)?;
        Ok(Self { dir: dir.to_owned(), opened })
    }

    /// An index of a few documents in memory, which goes when it is dropped.
    pub fn passing(documents: &[RecordDocument]) -> Result<Self, IndexError> {
        let (schema, fields) = schema::schema();
        let engine = tantivy::Index::create_in_ram(schema);
        register_analysis(&engine);
        let writer = writer(&engine)?;
        for document in documents {
            writer.add_document(schema::document(&fields, document))?;
        }
        let stamp = Stamp { home: "passing".to_owned(), fingerprint: schema::fingerprint(), last_change: 0 };
        finish(writer, &stamp)?;
        let reader = engine.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self {
            dir: PathBuf::new(),
            opened: Ok(Opened { engine, reader, fields, expanded: RefCell::default(), stamp }),
        })
    }

    pub(super) fn opened(&self) -> Result<&Opened, IndexError> {
        self.opened.as_ref().map_err(|reason| IndexError::Unusable(reason.clone()))
    }

    /// The last change that the index holds; 0 when it holds none.
    pub fn last_change(&self) -> i64 {
        self.opened.as_ref().map_or(0, |opened| i64::try_from(opened.stamp.last_change).unwrap_or(i64::MAX))
    }

    pub fn state<F: ChangeFeed>(&self, feed: &F) -> Result<State, IndexError> {
        let opened = match &self.opened {
            Ok(opened) => opened,
            Err(reason) => return Ok(State::Rebuild(reason.clone())),
        };
        let last_change = feed.last_change().map_err(feed_error)?;
        Ok(if opened.stamp.home != feed.home_id().map_err(feed_error)? {
            State::Rebuild(Reason::OtherHome)
        } else if opened.stamp.last_change > last_change {
            State::Rebuild(Reason::Ahead)
        } else if opened.stamp.last_change < last_change {
            State::Behind(last_change - opened.stamp.last_change)
        } else {
            State::Current
        })
    }

    /// Brings the index to the state of the records. Writes only if there is something to write.
    pub fn follow<F: ChangeFeed>(&mut self, feed: &F) -> Result<Followed, IndexError> {
        match self.state(feed)? {
            State::Current => Ok(Followed::Current),
            State::Rebuild(reason) => self.rebuild_because(feed, reason),
            State::Behind(_) => match self.replay(feed) {
                Err(IndexError::Damaged(what)) => self.rebuild_because(feed, Reason::Damaged(what)),
                done => done,
            },
        }
    }

    /// Builds the index anew, whatever state it is in.
    pub fn rebuild<F: ChangeFeed>(&mut self, feed: &F) -> Result<Followed, IndexError> {
        self.rebuild_because(feed, Reason::Asked)
    }

    /// Sees what another process wrote since the index was opened.
    pub fn reload(&mut self) -> Result<(), IndexError> {
        *self = Self::open(&self.dir)?;
        Ok(())
    }

    /// Documents of records.
    pub fn n_documents(&self) -> Result<u64, IndexError> {
        Ok(guarded(|| self.opened()?.rows())?.len() as u64)
    }

    fn replay<F: ChangeFeed>(&mut self, feed: &F) -> Result<Followed, IndexError> {
        let opened = self.opened.as_mut().map_err(|reason| IndexError::Unusable(reason.clone()))?;
        let writer = writer(&opened.engine)?;
        let mut n_changes = 0;
        let mut failed = None;
        let fields = &opened.fields;
        let places = guarded(|| Places::of(&opened.reader.searcher(), fields))?;
        let mut touched = Touched::default();
        let last_change = feed
            .changes_after(opened.stamp.last_change, &mut |change| {
                n_changes += 1;
                let row = match &change {
                    Change::Put(record) => record.row,
                    Change::Remove { row } => *row,
                };
                match guarded(|| places.of_row(fields, row)) {
                    Ok(place) => place.into_iter().for_each(|(thread, at_ms)| touched.at(thread, at_ms)),
                    Err(error) => {
                        failed = Some(error);
                        return ControlFlow::Break(());
                    }
                }
                writer.delete_term(schema::row_term(fields, row));
                writer.delete_term(schema::member_term(fields, row));
                let Change::Put(record) = change else { return ControlFlow::Continue(()) };
                touched.note(&record);
                or_break(writer.add_document(schema::document(fields, &record)), &mut failed)
            })
            .map_err(feed_error)?;
        failed.map_or(Ok(()), Err)?;
        let mut failed = None;
        touched.each_stretch(feed, &mut |thread, messages| {
            for message in messages {
                writer.delete_term(schema::member_term(fields, message.row));
            }
            talks_of(thread, messages, &mut |talk| add_talk(&writer, fields, &talk, &mut failed));
        })?;
        failed.map_or(Ok(()), Err)?;
        let stamp = Stamp { last_change, ..opened.stamp.clone() };
        finish(writer, &stamp)?;
        opened.reader.reload()?;
        opened.expanded = RefCell::default();
        opened.stamp = stamp;
        Ok(Followed::Replayed { n_changes })
    }

    fn rebuild_because<F: ChangeFeed>(&mut self, feed: &F, reason: Reason) -> Result<Followed, IndexError> {
        let new = self.sibling("new");
        remove(&new)?;
        fs_err::create_dir_all(&new).map_err(|source| io_error(&new, source))?;
        step::done(Step::IndexBegun);
        let (schema, fields) = schema::schema();
        let engine = tantivy::Index::create_in_dir(&new, schema)?;
        register_analysis(&engine);
        let n_threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get).min(MOST_THREADS);
        let writer = writer_of_segments(&engine, n_threads)?;
        let mut n_documents = 0;
        let mut failed = None;
        let last_change = feed
            .all(&mut |record| {
                n_documents += 1;
                or_break(writer.add_document(schema::document(&fields, &record)), &mut failed)
            })
            .map_err(feed_error)?;
        failed.map_or(Ok(()), Err)?;
        let mut failed = None;
        each_talk(feed, &mut |talk| add_talk(&writer, &fields, &talk, &mut failed))?;
        failed.map_or(Ok(()), Err)?;
        let home = feed.home_id().map_err(feed_error)?;
        finish(writer, &Stamp { home, fingerprint: schema::fingerprint(), last_change })?;
        unite(&engine)?;
        drop(engine);
        self.swap(&new)?;
        Ok(Followed::Rebuilt { reason, n_documents })
    }

    /// Puts the new folder in the place of the old one. Killed in between, the index is missing and is built again.
    fn swap(&mut self, new: &Path) -> Result<(), IndexError> {
        let old = self.sibling("old");
        remove(&old)?;
        self.opened = Err(Reason::Missing);
        match fs_err::rename(&self.dir, &old) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(io_error(&self.dir, source)),
            _ => {}
        }
        step::done(Step::IndexSetAside);
        fs_err::rename(new, &self.dir).map_err(|source| io_error(&self.dir, source))?;
        step::done(Step::IndexNamed);
        *self = Self::open(&self.dir)?;
        remove(&old)?;
        step::done(Step::OldIndexRemoved);
        Ok(())
    }

    fn sibling(&self, suffix: &str) -> PathBuf {
        let mut name = self.dir.file_name().unwrap_or_default().to_owned();
        name.push(".");
        name.push(suffix);
        self.dir.with_file_name(name)
    }
}

impl Opened {
    fn open(dir: &Path) -> Result<Result<Self, Reason>, IndexError> {
        if !dir.join("meta.json").try_exists().map_err(|source| io_error(dir, source))? {
            return Ok(Err(Reason::Missing));
        }
        match guarded(|| Self::open_existing(dir)) {
            Err(IndexError::Damaged(what)) => Ok(Err(Reason::Damaged(what))),
            Err(IndexError::Unusable(reason)) => Ok(Err(reason)),
            Err(error) => Err(error),
            Ok(opened) => Ok(Ok(opened)),
        }
    }

    /// Asks the engine. Where it panics its files are looked through: they are damaged, or it was the question.
    pub fn ask<T>(&self, ask: impl FnOnce() -> Result<T, IndexError>) -> Result<T, IndexError> {
        let is_sound = || guarded(|| Ok(self.engine.validate_checksum()?.is_empty())).unwrap_or(false);
        let found_out = || Err(if is_sound() { IndexError::Stumbled } else { stumbled() });
        caught(ask).unwrap_or_else(found_out)
    }

    fn open_existing(dir: &Path) -> Result<Self, IndexError> {
        let engine = tantivy::Index::open_in_dir(dir)?;
        let payload = engine.load_metas()?.payload;
        // Without a commit of ours it was never finished.
        let stamp = payload.as_deref().and_then(Stamp::from_payload).ok_or(IndexError::Unusable(Reason::Missing))?;
        if stamp.fingerprint != schema::fingerprint() {
            return Err(IndexError::Unusable(Reason::OtherVersion));
        }
        register_analysis(&engine);
        let reader = engine.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let (_, fields) = schema::schema();
        Ok(Self { engine, reader, fields, expanded: RefCell::default(), stamp })
    }
}

fn register_analysis(engine: &tantivy::Index) {
    let analyzer = tantivy::tokenizer::TextAnalyzer::from(ArcTokenizer);
    engine.tokenizers().register(super::analysis::VERSION, analyzer);
}

/// A writer that merges segments as they come.
fn writer(engine: &tantivy::Index) -> Result<IndexWriter<TantivyDocument>, IndexError> {
    let writer = writer_of_segments(engine, 1)?;
    let mut policy = LogMergePolicy::default();
    policy.set_del_docs_ratio_before_merge(0.3);
    writer.set_merge_policy(Box::new(policy));
    Ok(writer)
}

/// A writer that merges nothing. Whoever writes holds the home's lock, so nobody else has the engine's for longer than a
/// moment: a program that is being started has a copy of all that we hold until it becomes itself.
fn writer_of_segments(engine: &tantivy::Index, n_threads: usize) -> Result<IndexWriter<TantivyDocument>, IndexError> {
    /// Two seconds. Guessed: a thousand times what starting a program takes.
    const TIMES: u32 = 100;
    const PAUSE: Duration = Duration::from_millis(20);
    let ask = || engine.writer_with_num_threads(n_threads, n_threads * WRITER_BYTES);
    let mut asked = ask();
    for _ in 0..TIMES {
        if !matches!(asked, Err(TantivyError::LockFailure(LockError::LockBusy, _))) {
            break;
        }
        std::thread::park_timeout(PAUSE);
        asked = ask();
    }
    let writer = asked?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
    Ok(writer)
}

fn finish(mut writer: IndexWriter<TantivyDocument>, stamp: &Stamp) -> Result<(), IndexError> {
    let mut commit = writer.prepare_commit()?;
    commit.set_payload(&stamp.to_payload());
    step::done(Step::IndexWritten);
    commit.commit()?;
    step::done(Step::IndexCommitted);
    writer.wait_merging_threads()?;
    Ok(())
}

/// Makes one segment of all. Every question walks through the dictionary of each segment: of eight it took twice the
/// time of one.
fn unite(engine: &tantivy::Index) -> Result<(), IndexError> {
    let segments = engine.searchable_segment_ids()?;
    if segments.len() > 1 {
        let mut writer = writer_of_segments(engine, 1)?;
        writer.merge(&segments).wait()?;
        writer.wait_merging_threads()?;
    }
    Ok(())
}

/// Adds a talk, or remembers the first that failed.
fn add_talk(writer: &IndexWriter<TantivyDocument>, fields: &Fields, talk: &Talk, failed: &mut Option<IndexError>) {
    if failed.is_none()
        && let Err(error) = writer.add_document(schema::talk_document(fields, talk))
    {
        *failed = Some(error.into());
    }
}

/// Goes on after a success, else remembers what failed and ends the reading.
fn or_break<T>(done: tantivy::Result<T>, failed: &mut Option<IndexError>) -> ControlFlow<()> {
    match done {
        Ok(_) => ControlFlow::Continue(()),
        Err(error) => {
            *failed = Some(error.into());
            ControlFlow::Break(())
        }
    }
}

pub(super) fn feed_error(error: impl Into<super::BoxError>) -> IndexError {
    IndexError::Feed(error.into())
}

fn io_error(path: &Path, source: io::Error) -> IndexError {
    IndexError::Io { path: path.to_owned(), source }
}

fn remove(dir: &Path) -> Result<(), IndexError> {
    match fs_err::remove_dir_all(dir) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(io_error(dir, source)),
        _ => Ok(()),
    }
}
