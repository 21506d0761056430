//! Folders and ZIPs as one list of entries. Knows nothing of Instagram, writes nothing, and believes nothing that an
//! archive says about itself: the directory of a ZIP is walked to its end instead of trusting its count, entries are
//! addressed by their place in it and never by their name, and every decoded byte is counted against [`Limits`].
//!
//! Reading order: [`survey`](survey()) says what lies at a path, [`Archive::open`] lists the entries of one ZIP or
//! folder, [`Archive::read`] streams one of them, [`Archive::account`] looks for bytes that no entry owns.
//! [`Archive::inner`] opens a ZIP that is an entry of another. `rebuild/` writes folders and ZIPs out again.
//!
//! A ZIP is read in three ways: by the walk in `directory/`, where that finds no directory by the `zip` crate, and where
//! there is none at all and somebody asks for it ([`Archive::salvage`]) by the headers of the entries, in `salvage/`.
//! Either way the entries are decoded by one reader, which checks their length and checksum.

mod account;
mod budget;
mod bytes;
mod directory;
mod entry;
mod error;
mod findings;
mod folder;
mod inner;
mod limits;
mod reader;
mod rebuild;
mod salvage;
mod survey;
#[cfg(test)]
mod tests;
mod zip_file;

use std::io::Read;
use std::path::Path;

use chrono::NaiveDateTime;

use crate::model::{ContentHash, Finding};

use self::budget::Budget;
use self::bytes::Bytes;
use self::folder::Folder;
use self::zip_file::{Without, ZipFile};

pub use self::entry::{Entry, EntryKind, EntryPath, Method, OddKind, ZipSays, declared_bytes};
pub use self::error::{ArchiveError, EntryError};
pub use self::limits::Limits;
pub use self::reader::{EntryReader, RawReader};
pub use self::rebuild::{Packed, Placed, SafeNames, TreeWriter, Unsafe, ZipMember, ZipWriter};
pub use self::survey::{Survey, SurveyedFile, is_never_zip, looks_like_zip, survey};

/// What an archive is on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Container {
    Zip,
    Folder,
}

impl Container {
    /// The number it is stored under.
    pub const fn code(self) -> i64 {
        match self {
            Self::Zip => 1,
            Self::Folder => 2,
        }
    }
}

/// One thing on disk that a person downloaded: a ZIP, or a folder that was unpacked. Several threads may read entries
/// of one archive at once.
#[derive(Debug)]
pub struct Archive {
    name: String,
    bytes: u64,
    entries: Vec<Entry>,
    findings: Vec<Finding>,
    fingerprint: ContentHash,
    budget: Budget,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Zip(ZipFile),
    Folder(Folder),
}

/// What opening a ZIP or a folder gives.
struct Opened {
    body: Body,
    entries: Vec<Entry>,
    findings: Vec<Finding>,
    fingerprint: ContentHash,
    bytes: u64,
}

impl Archive {
    /// Lists a ZIP (told by its bytes, not its name) or a folder. Costs one pass over the directory and no look at
    /// the entries. A ZIP without a directory that can be read is refused.
    pub fn open(path: &Path, limits: &Limits) -> Result<Self, ArchiveError> {
        Self::at(path, limits, Without::Refuse)
    }

    /// The same, but the entries of a ZIP without a directory (a download that breaks off) are listed by the headers
    /// that stand before each of them; see [`Archive::is_salvaged`]. A file without such a header is refused.
    pub fn salvage(path: &Path, limits: &Limits) -> Result<Self, ArchiveError> {
        Self::at(path, limits, Without::Salvage)
    }

    fn at(path: &Path, limits: &Limits, without: Without) -> Result<Self, ArchiveError> {
        let io = |source| ArchiveError::io(path, source);
        let metadata = std::fs::metadata(path).map_err(io)?;
        let opened = if metadata.is_dir() {
            folder::open(path, limits)?
        } else if metadata.is_file() {
            zip_file::open(path, Bytes::open(path).map_err(io)?, limits, without)?
        } else {
            return Err(ArchiveError::NeitherFileNorFolder { path: path.to_owned() });
        };
        let bytes = opened.bytes;
        Ok(Self::of(name_of(path), opened, limits, bytes))
    }

    /// `paid_bytes` are those that the budget of unpacked bytes is counted by.
    fn of(name: String, opened: Opened, limits: &Limits, paid_bytes: u64) -> Self {
        let Opened { body, entries, findings, fingerprint, bytes } = opened;
        let budget = Budget::new(limits, paid_bytes, entries.len());
        Self { name, bytes, entries, findings, fingerprint, budget, body }
    }

    /// It is a ZIP without a directory, or with one that lacks entries, so that nobody can say whether all of it is there.
    /// [`Archive::findings`] and [`Archive::account`] tell what came out.
    pub fn is_salvaged(&self) -> bool {
        matches!(&self.body, Body::Zip(zip) if zip.has_salvaged)
    }

    /// The last part of its path.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Length of the ZIP, or of all files of the folder together.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    pub fn container(&self) -> Container {
        match self.body {
            Body::Zip(_) => Container::Zip,
            Body::Folder(_) => Container::Folder,
        }
    }

    /// Everything that the directory names, in its order; `entries()[n].position` is `n`.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What the directory alone showed. [`Archive::account`] knows more.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Hash over the directory: of a ZIP names, lengths, checksums, methods, times, offsets and its own length; of a
    /// folder names, lengths and times. An archive with a known fingerprint holds nothing new; what it cannot show is
    /// damage behind an unchanged directory.
    pub fn fingerprint(&self) -> ContentHash {
        self.fingerprint
    }

    /// Decodes one entry, piece by piece. At its end length and checksum are checked; an error of the returned reader
    /// carries an [`EntryError`], see [`EntryError::of`]. A link gives the name of its target, a directory nothing.
    pub fn read(&self, position: u32) -> Result<EntryReader<'_>, EntryError> {
        let entry = self.entry(position)?;
        match &self.body {
            Body::Zip(zip) => zip.read(entry, &self.budget),
            Body::Folder(folder) => folder.read(entry, &self.budget),
        }
    }

    /// Counts an entry against the budget of the archive as if it had been read: its bytes are held already.
    pub fn count_as_read(&self, position: u32) {
        if let Ok(entry) = self.entry(position) {
            self.budget.note(position, entry.bytes);
        }
    }

    /// Decodes an entry of at most `limit_bytes` into memory.
    pub fn read_whole(&self, position: u32, limit_bytes: u64) -> Result<(Vec<u8>, Option<Finding>), EntryError> {
        /// Enough for nearly every document; more is taken as the bytes come, whatever the directory declares.
        const RESERVE_BYTES: u64 = 1 << 20;
        let mut reader = self.read(position)?;
        let declared = self.entry(position)?.bytes.min(limit_bytes).min(RESERVE_BYTES);
        let mut content = Vec::with_capacity(usize::try_from(declared).unwrap_or(0));
        reader
            .by_ref()
            .take(limit_bytes.saturating_add(1))
            .read_to_end(&mut content)
            .map_err(|error| EntryError::of(&error))?;
        if content.len() as u64 > limit_bytes {
            let budget = "bytes of a document in memory";
            return Err(EntryError::OverBudget { budget, limit: limit_bytes, option: Limits::DOCUMENT });
        }
        // `take` stops at its limit without asking for the end, where the checks are.
        reader.read(&mut [0]).map_err(|error| EntryError::of(&error))?;
        Ok((content, reader.finding()))
    }

    /// Gives the bytes of an entry as they lie in the archive, for entries that cannot be decoded. Where the local
    /// header cannot be read, the bytes begin with that header.
    pub fn read_raw(&self, position: u32) -> Result<RawReader<'_>, EntryError> {
        let entry = self.entry(position)?;
        match &self.body {
            Body::Zip(zip) => zip.read_raw(entry, &self.budget),
            Body::Folder(folder) => folder.read(entry, &self.budget).map(RawReader::decoded),
        }
    }

    /// Accounts for every byte of a ZIP and reports those that look like entries but stand in no directory. Reads
    /// the local header of every entry, so it is for archives that are about to be read anyway. Of a salvaged one every
    /// entry is read, to say how many are whole.
    pub fn account(&self) -> Result<Vec<Finding>, EntryError> {
        match &self.body {
            Body::Zip(zip) if let Some(salvage) = &zip.salvage => Ok(vec![salvage::report(self, zip, salvage)?]),
            Body::Zip(zip) => account::account(zip, &self.entries),
            Body::Folder(_) => Ok(Vec::new()),
        }
    }

    /// The newest time that a file of it carries: of a ZIP the wall clock of whoever packed it, of a folder UTC.
    pub fn newest_modified(&self) -> Option<NaiveDateTime> {
        self.entries.iter().filter(|entry| entry.kind == EntryKind::File).filter_map(|entry| entry.modified).max()
    }

    fn entry(&self, position: u32) -> Result<&Entry, EntryError> {
        self.entries.get(position as usize).ok_or(EntryError::NoSuchEntry { position })
    }
}

fn name_of(path: &Path) -> String {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    name(path)
        .or_else(|| path.canonicalize().ok().as_deref().and_then(name))
        .unwrap_or_else(|| path.to_string_lossy().into_owned())
}
