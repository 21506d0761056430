//! A folder that was unpacked, as a list of entries. Links are listed and never followed, also not when a folder on
//! the way to a file becomes one between listing and reading.

use std::fs::{File, Metadata};
use std::io::{self, Cursor};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use walkdir::WalkDir;

use crate::model::{ContentHash, Finding, FindingCode};

use super::budget::Budget;
use super::findings::Findings;
use super::reader::{Checks, Decoder, EntryReader};
use super::{
    ArchiveError, Body, Entry, EntryError, EntryKind, EntryPath, Limits, Method, OddKind, Opened, declared_bytes,
};

/// An open folder.
#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
    #[cfg(unix)]
    handle: File,
    /// Of each entry, by its position: its path below the root.
    paths: Vec<PathBuf>,
}

pub(super) fn open(root: &Path, limits: &Limits) -> Result<Opened, ArchiveError> {
    let mut findings = Findings::default();
    let found = list(root, limits.n_entries, &mut findings);
    let mut hasher = ContentHash::hasher();
    hasher.update(b"folder 1");
    let mut entries = Vec::new();
    let mut paths = Vec::new();
    for (found, position) in found.into_iter().zip(0..) {
        found.hash_into(&mut hasher);
        let Found { name, raw, path, kind, bytes, modified } = found;
        entries.push(Entry {
            position,
            path: EntryPath::from_parts(name),
            bytes,
            crc32: None,
            modified: modified.map(|time| time.naive_utc()),
            method: Method::Stored,
            kind,
            zip: None,
            raw_name: raw,
        });
        paths.push(path);
    }
    findings.look_at(&entries);
    let folder = Folder {
        root: root.to_owned(),
        #[cfg(unix)]
        handle: File::open(root).map_err(|source| ArchiveError::io(root, source))?,
        paths,
    };
    let bytes = declared_bytes(&entries);
    let fingerprint = hasher.finish();
    Ok(Opened { body: Body::Folder(folder), entries, findings: findings.finish(), fingerprint, bytes })
}

/// One thing below a folder.
#[derive(Debug)]
pub(super) struct Found {
    /// Its path below the folder, parts joined by `/`.
    pub name: String,
    raw: Option<Box<[u8]>>,
    /// The same as the disk has it.
    pub path: PathBuf,
    pub kind: EntryKind,
    pub bytes: u64,
    modified: Option<DateTime<Utc>>,
}

impl Found {
    fn hash_into(&self, hasher: &mut crate::model::ContentHasher) {
        let name = self.raw.as_deref().unwrap_or(self.name.as_bytes());
        hasher.update(&(name.len() as u64).to_le_bytes());
        hasher.update(name);
        hasher.update(&self.bytes.to_le_bytes());
        let modified = self.modified.map_or((i64::MIN, 0), |time| (time.timestamp(), time.timestamp_subsec_nanos()));
        hasher.update(&modified.0.to_le_bytes());
        hasher.update(&modified.1.to_le_bytes());
    }
}

/// Everything below a folder but the folders themselves, of which only empty ones are listed; sorted by name. What cannot be listed is a finding.
pub(super) fn list(root: &Path, most: u64, findings: &mut Findings) -> Vec<Found> {
    let mut list = Vec::new();
    for step in WalkDir::new(root).follow_links(false).min_depth(1) {
        if list.len() as u64 >= most {
            let sentence = format!(
                "The folder has more than {most} files, the budget for one; the rest was not read. A larger {} has it read.",
                Limits::ENTRIES
            );
            findings.add(Finding::new(FindingCode::OverBudget, sentence));
            break;
        }
        let step = match step {
            // What is in it tells of a folder.
            Ok(step) if step.file_type().is_dir() && !is_empty(step.path()) => continue,
            Ok(step) => step,
            Err(error) => {
                findings.add(unreadable(root, &error));
                continue;
            }
        };
        match step.metadata() {
            Ok(metadata) => list.push(found(root, step.path(), &metadata)),
            Err(error) => findings.add(unreadable(root, &error)),
        }
    }
    list.sort_unstable_by(|one, other| one.path.cmp(&other.path));
    list
}

/// Whether a folder can be read and nothing is in it.
fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

fn unreadable(root: &Path, error: &walkdir::Error) -> Finding {
    let path = error.path().unwrap_or(root);
    let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned();
    let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
    let sentence = format!("This could not be read ({reason}); make it readable and ingest again.");
    Finding::new(FindingCode::UnreadableFile, sentence).at_path(name)
}

fn found(root: &Path, path: &Path, metadata: &Metadata) -> Found {
    let path = path.strip_prefix(root).unwrap_or(path).to_owned();
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    let name = parts.join("/");
    let raw = Some(bytes_of(&path)).filter(|raw| **raw != *name.as_bytes());
    let file_type = metadata.file_type();
    let (kind, bytes) = if file_type.is_dir() {
        (EntryKind::Directory, 0)
    } else if file_type.is_file() {
        (EntryKind::File, metadata.len())
    } else if file_type.is_symlink() {
        (EntryKind::Odd(OddKind::Link), metadata.len())
    } else {
        (EntryKind::Odd(OddKind::Device), 0)
    };
    let modified = metadata.modified().ok().map(DateTime::<Utc>::from);
    Found { name, raw, path, kind, bytes, modified }
}

#[cfg(unix)]
fn bytes_of(path: &Path) -> Box<[u8]> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().into()
}

#[cfg(not(unix))]
fn bytes_of(path: &Path) -> Box<[u8]> {
    path.to_string_lossy().replace('\\', "/").into_bytes().into()
}

impl Folder {
    pub fn read<'a>(&'a self, entry: &'a Entry, budget: &'a Budget) -> Result<EntryReader<'a>, EntryError> {
        let position = entry.position;
        let path = self.paths.get(position as usize).ok_or(EntryError::NoSuchEntry { position })?;
        let decoder = match entry.kind {
            EntryKind::File => Decoder::File(self.open_below(path)?),
            EntryKind::Odd(OddKind::Link) => {
                let target = std::fs::read_link(self.root.join(path))?;
                Decoder::Text(Cursor::new(bytes_of(&target).into_vec()))
            }
            EntryKind::Odd(OddKind::Device) => return Err(EntryError::NotAFile),
            EntryKind::Directory => Decoder::nothing(),
        };
        let checks = Checks {
            bytes: entry.bytes,
            packed_bytes: entry.bytes,
            crc32: None,
            second_crc32: None,
            has_other_name: false,
        };
        Ok(EntryReader::new(entry, decoder, checks, budget))
    }

    /// Opens a regular file, part by part, so that no part may be a link.
    #[cfg(unix)]
    fn open_below(&self, path: &Path) -> Result<File, EntryError> {
        use rustix::fs::{Mode, OFlags, openat};
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut at = None;
        for part in path.parent().unwrap_or(Path::new("")) {
            let from = at.as_ref().unwrap_or(&self.handle);
            let folder = openat(from, part, flags | OFlags::DIRECTORY, Mode::empty()).map_err(io::Error::from)?;
            at = Some(File::from(folder));
        }
        let name = path.file_name().unwrap_or_default();
        let from = at.as_ref().unwrap_or(&self.handle);
        // A pipe that took the file's place must not make us wait.
        let file = openat(from, name, flags | OFlags::NONBLOCK, Mode::empty()).map_err(io::Error::from)?;
        regular(File::from(file))
    }

    #[cfg(not(unix))]
    fn open_below(&self, path: &Path) -> Result<File, EntryError> {
        let full = self.root.join(path);
        if !std::fs::symlink_metadata(&full)?.is_file() {
            return Err(EntryError::NotAFile);
        }
        regular(File::open(full)?)
    }
}

fn regular(file: File) -> Result<File, EntryError> {
    if file.metadata()?.is_file() { Ok(file) } else { Err(EntryError::NotAFile) }
}
