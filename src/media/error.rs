//! What can go wrong when media are kept: the source, or our own disk.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Keeping or reading media failed.
#[derive(Debug, Error)]
pub enum MediaError {
    /// What was to be kept could not be read to its end; nothing of it was kept. Carries what the source's reader said.
    #[error("the source cannot be read to its end")]
    Source(#[source] io::Error),
    #[error("cannot {doing} {}", path.display())]
    Disk { doing: &'static str, path: PathBuf, source: io::Error },
    /// After the disk refused once to make files durable, it is not asked about them again.
    #[error("the disk has refused to make media durable; nothing more is kept until the next run")]
    NotDurable,
}

impl MediaError {
    pub(super) fn disk<'a>(doing: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> Self + 'a {
        move |source| Self::Disk { doing, path: path.to_owned(), source }
    }

    /// Says whether the disk that holds the home is full.
    pub fn is_disk_full(&self) -> bool {
        let kinds = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded];
        matches!(self, Self::Disk { source, .. } if kinds.contains(&source.kind()))
    }
}
