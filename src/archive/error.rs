//! What can go wrong with an archive as a whole, and with one of its entries.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::model::FindingCode;

use super::Method;

/// An archive could not be listed. Each sentence says what lies there, what is wrong and what to do.
#[derive(Debug, Error)]
pub enum ArchiveError {
    #[error("cannot read {}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{} is neither a file nor a folder", path.display())]
    NeitherFileNorFolder { path: PathBuf },
    #[error("{} is empty; if it is a download, it has not arrived yet", path.display())]
    Empty { path: PathBuf },
    #[error("{} is not a ZIP ({bytes} bytes); name a ZIP or the folder that was unpacked from it", path.display())]
    NotAZip { path: PathBuf, bytes: u64 },
    #[error(
        "{} is a page of the web ({bytes} bytes) under the name of a ZIP; the link to the download has probably expired, so ask Instagram for it again", path.display()
    )]
    WebPage { path: PathBuf, bytes: u64 },
    #[error(
        "{} breaks off after {bytes} bytes: the directory that ends every ZIP is missing; the download is probably not complete, so fetch it again", path.display()
    )]
    Truncated { path: PathBuf, bytes: u64 },
    #[error(
        "{} has {bytes} bytes and a directory that cannot be read ({reason}); fetch the download again", path.display()
    )]
    BadDirectory { path: PathBuf, bytes: u64, reason: String },
    #[error("{} is one piece of a split ZIP; join the pieces to one file first (zip -s 0 … --out …)", path.display())]
    Split { path: PathBuf },
}

impl ArchiveError {
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }

    pub const fn code(&self) -> FindingCode {
        match self {
            Self::NotAZip { .. } | Self::NeitherFileNorFolder { .. } => FindingCode::NotAnExport,
            _ => FindingCode::UnreadableArchive,
        }
    }
}

/// An entry could not be read. Its neighbours are not touched by that.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EntryError {
    #[error("the entry is damaged: {reason}")]
    Damaged { reason: String },
    #[error("the entry goes over the budget of {limit} {budget}")]
    OverBudget {
        budget: &'static str,
        limit: u64,
        /// Of the program: raises the budget.
        option: &'static str,
    },
    #[error("the entry is packed with {method}, which this version does not unpack")]
    UnsupportedMethod { method: Method },
    #[error("the entry is encrypted; unpack the archive with its password and name the folder")]
    Encrypted,
    #[error("the entry is a device or pipe and has no content")]
    NotAFile,
    #[error("the archive has no entry {position}")]
    NoSuchEntry { position: u32 },
    #[error("the archive cannot be read here: {message}")]
    Io { kind: io::ErrorKind, message: String },
}

impl EntryError {
    /// What an error of an [`super::EntryReader`] means.
    pub fn of(error: &io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Self>()) {
            Some(error) => error.clone(),
            None => Self::Io { kind: error.kind(), message: error.to_string() },
        }
    }

    pub(super) fn damaged(reason: impl Into<String>) -> Self {
        Self::Damaged { reason: reason.into() }
    }

    pub(super) fn into_io(self) -> io::Error {
        match self {
            Self::Io { kind, .. } => io::Error::new(kind, self),
            other => io::Error::other(other),
        }
    }

    /// The finding that it becomes. For all but [`EntryError::OverBudget`] the bytes can still be kept as they lie in
    /// the archive, see [`super::Archive::read_raw`].
    pub const fn code(&self) -> FindingCode {
        match self {
            Self::OverBudget { .. } => FindingCode::OverBudget,
            Self::NotAFile => FindingCode::OddEntry,
            Self::Io { .. } | Self::NoSuchEntry { .. } => FindingCode::UnreadableFile,
            Self::Damaged { .. } | Self::UnsupportedMethod { .. } | Self::Encrypted => FindingCode::DamagedEntry,
        }
    }
}

impl From<io::Error> for EntryError {
    fn from(error: io::Error) -> Self {
        Self::of(&error)
    }
}
