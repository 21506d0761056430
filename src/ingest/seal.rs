//! What an archive was at a moment, so that nothing is kept of one that changes while it is read.

use std::path::Path;
use std::time::SystemTime;

use crate::archive::{Archive, ArchiveError, Limits};
use crate::model::ContentHash;

/// What tells that an archive was replaced, written on, cut or filled up: its directory, its length and its time. A ZIP
/// without a directory has no seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    fingerprint: ContentHash,
    /// Of a folder the fingerprint knows those of its files.
    modified: Option<SystemTime>,
}

impl Seal {
    /// Costs one pass over the directory.
    pub fn of(path: &Path, limits: &Limits) -> Result<Self, ArchiveError> {
        let fingerprint = Archive::open(path, limits)?.fingerprint();
        let metadata = std::fs::metadata(path).map_err(|source| ArchiveError::Io { path: path.to_owned(), source })?;
        let modified = if metadata.is_dir() { None } else { metadata.modified().ok() };
        Ok(Self { fingerprint, modified })
    }

    /// Of the archive's directory.
    pub const fn fingerprint(&self) -> &ContentHash {
        &self.fingerprint
    }
}
