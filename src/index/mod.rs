//! The search index: derived, never the truth, may be deleted at any time.
//!
//! * [`analysis`] turns text into terms, the same way for records and for queries.
//! * [`RecordDocument`], [`ChangeFeed`] and [`Names`] say what the index wants from whoever holds the records.
//! * [`Index`] opens, follows the change log, rebuilds beside and swaps, searches and checks.
//! * Talks, stretches of a conversation, are documents beside the records: [`Index::talks`] finds those whose messages hold
//!   the words of a query together.
//! * [`compile()`] turns a [`crate::query::Query`] into what the index understands; [`highlight()`] and [`snippet`] show
//!   where a text matched.
//!
//! The engine's own query parser never sees what people type, and its snippets are not used.

pub mod analysis;
mod checking;
mod collect;
mod compile;
mod engine;
mod excluded;
mod feed;
mod highlight;
mod keep;
mod lookups;
mod rows;
mod schema;
mod search;
mod talks;
#[cfg(test)]
mod tests;
mod tier;
mod words;

pub use checking::Check;
pub use compile::{Compiled, compile};
pub use feed::{BoxError, Change, ChangeFeed, Names, RecordDocument, Said, Walk};
pub use highlight::{Snippet, highlight, snippet};
pub use keep::{Followed, Index, Reason, State};
pub use lookups::language_of;
#[cfg(feature = "testing")]
pub use schema::use_stock_tokenizer;
pub use search::{Counts, Cut, ENOUGH, Explained, Hit, Hits, Order, SILENT_KINDS, Search};
pub use talks::{TalkHit, TalkHits};
pub use tier::{Tier, Tiers};

use std::io;
use std::path::PathBuf;

use tantivy::TantivyError;
use tantivy::directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError};

use crate::query::QueryError;

/// What can go wrong between a query and its hits.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The query names somebody or something that is not known.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The people and conversations could not be looked up.
    #[error("names could not be looked up")]
    Names(#[source] BoxError),
    /// The records could not be read.
    #[error("the records could not be read")]
    Feed(#[source] BoxError),
    /// The index must be rebuilt before it can be searched.
    #[error("the search index must be rebuilt: {0}")]
    Unusable(Reason),
    /// Its files do not hold what they should; rebuilding helps.
    #[error("the search index is damaged: {0}")]
    Damaged(String),
    /// Its files are sound: the fault is in what it was asked.
    #[error("the search engine stumbled over this query")]
    Stumbled,
    #[error("another process writes the search index")]
    Busy,
    #[error("the search index at {path} cannot be reached")]
    Io { path: PathBuf, source: io::Error },
    #[error("the search engine failed: {0}")]
    Engine(TantivyError),
}

impl From<TantivyError> for IndexError {
    /// Tells damage, which a rebuild repairs, from a disk that does not answer, which it does not.
    fn from(error: TantivyError) -> Self {
        match error {
            TantivyError::LockFailure(LockError::LockBusy, _) => Self::Busy,
            TantivyError::LockFailure(LockError::IoError(source), _) | TantivyError::IoError(source) => {
                from_io(PathBuf::from("index"), &source)
            }
            TantivyError::OpenReadError(OpenReadError::IoError { io_error, filepath })
            | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error, filepath }) => {
                from_io(filepath, &io_error)
            }
            TantivyError::OpenDirectoryError(OpenDirectoryError::IoError { io_error, directory_path }) => {
                from_io(directory_path, &io_error)
            }
            TantivyError::DataCorruption(_)
            | TantivyError::OpenReadError(_)
            // Left by a commit that a power cut took back: its list of files is older than they are.
            | TantivyError::OpenWriteError(OpenWriteError::FileAlreadyExists(_))
            | TantivyError::OpenDirectoryError(_)
            | TantivyError::IncompatibleIndex(_)
            | TantivyError::SchemaError(_)
            | TantivyError::FieldNotFound(_)
            | TantivyError::DeserializeError(_) => Self::Damaged(error.to_string()),
            error => Self::Engine(error),
        }
    }
}

/// What the operating system says is its word about the disk; a file that is gone, ends too early or holds something
/// else is damage.
fn from_io(path: PathBuf, error: &io::Error) -> IndexError {
    let is_of_disk = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded, io::ErrorKind::ReadOnlyFilesystem];
    match (error.raw_os_error(), error.kind()) {
        (None, kind) if is_of_disk.contains(&kind) => IndexError::Io { path, source: kind.into() },
        (None, _) | (_, io::ErrorKind::NotFound) => IndexError::Damaged(format!("{}: {error}", path.display())),
        (Some(code), _) => IndexError::Io { path, source: io::Error::from_raw_os_error(code) },
    }
}

/// Runs what reads the engine's files. On damaged ones the engine sometimes panics; nothing of it is used afterwards.
fn guarded<T>(read: impl FnOnce() -> Result<T, IndexError>) -> Result<T, IndexError> {
    caught(read).unwrap_or_else(|| Err(stumbled()))
}

/// `None` where it panicked.
fn caught<T>(read: impl FnOnce() -> T) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)).ok()
}

fn stumbled() -> IndexError {
    IndexError::Damaged("the engine stumbled over its contents".to_owned())
}
