//! What lies in a watched folder, and what it looks like from outside. Only names, lengths and times are looked at, and
//! no link is followed.

use std::collections::BTreeSet;
use std::fs::Metadata;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use walkdir::WalkDir;

use super::names::is_unfinished;
use crate::archive;

/// Something looks like this as long as nobody changes it. Also compared with one of an earlier run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamp(pub String);

/// How closely a folder is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// Every file.
    Whole,
    /// Its upper folders, enough to see that somebody puts a download there: for folders that are none, and may be large.
    Top,
}

impl Depth {
    /// With it a folder's stamp begins.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Top => "top",
        }
    }
}

/// So deep below a folder `Depth::Top` looks. A download's documents lie in folders at most three deep, of which one
/// is made when the first comes; one more for a folder around it.
const TOP: usize = 3;

/// What a file or folder looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Look {
    pub stamp: Stamp,
    pub is_folder: bool,
    /// Of a folder: a file in it that is not finished.
    pub unfinished: Option<String>,
}

/// What may be a download in a watched folder: folders right in it, and files that are not by their names something
/// else; with `is_recursive` files at any depth. `home` is left out.
///
/// Where `is_open`, the folders are pieces of a download and no candidates.
pub(super) fn candidates(
    folder: &Path,
    is_recursive: bool,
    is_open: bool,
    home: &Path,
) -> io::Result<BTreeSet<PathBuf>> {
    // A folder that is gone is not the same as an empty one.
    std::fs::read_dir(folder)?;
    let depth = if is_recursive { usize::MAX } else { 1 };
    let walk = WalkDir::new(folder).min_depth(1).max_depth(depth).follow_links(false);
    let steps = walk.into_iter().filter_entry(|entry| entry.path() != home && !is_unfinished_name(entry.path()));
    // What cannot be listed below it is none of ours.
    let candidates = steps.flatten().filter(|entry| {
        let kind = entry.file_type();
        kind.is_dir() && entry.depth() == 1 && !is_open || kind.is_file() && !archive::is_never_zip(entry.path())
    });
    Ok(candidates.map(walkdir::DirEntry::into_path).collect())
}

/// The candidate that a path which something happened to belongs to.
pub(super) fn candidates_at(folder: &Path, path: &Path, is_recursive: bool) -> Vec<PathBuf> {
    let Ok(below) = path.strip_prefix(folder) else { return Vec::new() };
    let Some(first) = below.iter().next() else { return Vec::new() };
    let top = folder.join(first);
    let is_top = top == path;
    let mut found = vec![top];
    if is_recursive && !is_top {
        found.push(path.to_owned());
    }
    found.retain(|path| !(is_unfinished_name(path) || path.is_file() && archive::is_never_zip(path)));
    found
}

pub(super) fn is_unfinished_name(path: &Path) -> bool {
    path.file_name().is_some_and(|name| is_unfinished(&name.to_string_lossy()))
}

/// Looks at it; `None` when it is gone, or neither a file nor a folder.
pub(super) fn look(path: &Path, depth: Depth, home: &Path) -> Option<Look> {
    let metadata = std::fs::symlink_metadata(path).ok()?;
    if metadata.is_file() {
        let stamp = Stamp(format!("{} {} {}", metadata.len(), nanoseconds(&metadata), inode(&metadata)));
        return Some(Look { stamp, is_folder: false, unfinished: None });
    }
    if !metadata.is_dir() {
        return None;
    }
    let (mut n, mut bytes, mut newest, mut sum) = (0_u64, 0_u64, nanoseconds(&metadata), 0_u64);
    let mut unfinished = None;
    let (word, most) = (depth.word(), if depth == Depth::Top { TOP } else { usize::MAX });
    let walk = WalkDir::new(path).min_depth(1).max_depth(most).follow_links(false);
    for step in walk.into_iter().filter_entry(|entry| entry.path() != home).flatten() {
        let is_folder = step.file_type().is_dir();
        if depth == Depth::Top && !is_folder {
            continue;
        }
        let Ok(metadata) = step.metadata() else { continue };
        let modified = nanoseconds(&metadata);
        if !is_folder {
            n += 1;
            bytes = bytes.saturating_add(metadata.len());
            newest = newest.max(modified);
            if is_unfinished_name(step.path()) {
                unfinished = Some(step.file_name().to_string_lossy().into_owned());
            }
        }
        // The order of a listing is nobody's; a sum has none.
        let mut hasher = DefaultHasher::new();
        (step.path(), if is_folder { 0 } else { metadata.len() }, modified).hash(&mut hasher);
        sum = sum.wrapping_add(hasher.finish());
    }
    let stamp = Stamp(format!("{word} {n} {bytes} {newest} {sum:x}"));
    Some(Look { stamp, is_folder: true, unfinished })
}

/// A file of the same folder that shows that this one is not finished.
pub(super) fn control_file(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    let entries = std::fs::read_dir(path.parent()?).ok()?;
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.into_iter().find(|other| super::names::is_control_of(other, &name))
}

/// Which folder this is, so that one that was deleted and made again is told apart: numbers are given again, but not at
/// the same moment.
pub(super) fn identity(folder: &Path) -> Option<(u64, Option<SystemTime>)> {
    let metadata = std::fs::metadata(folder).ok().filter(Metadata::is_dir)?;
    Some((inode(&metadata), metadata.created().ok()))
}

fn nanoseconds(metadata: &Metadata) -> i128 {
    let Ok(modified) = metadata.modified() else { return 0 };
    let nanoseconds = |duration: std::time::Duration| i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX);
    match modified.duration_since(UNIX_EPOCH) {
        Ok(after) => nanoseconds(after),
        Err(before) => -nanoseconds(before.duration()),
    }
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> u64 {
    0
}
