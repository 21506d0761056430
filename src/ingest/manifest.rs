//! What an archive holds, whatever it is packed in: paths and bytes. Two archives are compared by it.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use unicode_normalization::UnicodeNormalization;

use crate::model::ContentHash;
use crate::source::{self, Role, Tree};
use crate::store::{ArchiveContent, StoreError, Writing};

/// The files of one archive: a number for each path, and one for what lies there (`None`: it could not be read). Sorted,
/// sixteen to twenty-four bytes a file. What operating systems leave behind does not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Manifest {
    files: Vec<(u64, Option<i64>)>,
    /// Where the names of the files belong.
    trees: BTreeSet<Tree>,
}

impl Manifest {
    pub(super) fn new(mut files: Vec<(u64, Option<i64>)>) -> Self {
        files.sort_unstable();
        files.dedup();
        Self { files, trees: BTreeSet::new() }
    }

    /// What lies at a path: a name may occur twice.
    fn at(&self, path: u64) -> &[(u64, Option<i64>)] {
        let start = self.files.partition_point(|file| file.0 < path);
        let end = start + self.files[start..].partition_point(|file| file.0 == path);
        &self.files[start..end]
    }

    /// Whether a path has other bytes in the other archive. What could not be read contradicts nothing.
    pub(super) fn differs_from(&self, other: &Self) -> bool {
        let (few, many) = if self.files.len() <= other.files.len() { (self, other) } else { (other, self) };
        few.files.chunk_by(|one, next| one.0 == next.0).any(|here| {
            let there = many.at(here[0].0);
            let is_known = |files: &[(u64, Option<i64>)]| files.iter().any(|file| file.1.is_some());
            is_known(here) && is_known(there) && !here.iter().any(|file| file.1.is_some() && there.contains(file))
        })
    }

    /// Whether everything that could be read of `part` lies here at the same path, and there is something.
    pub(super) fn holds(&self, part: &Self) -> bool {
        let mut known = part.files.iter().filter(|file| file.1.is_some()).peekable();
        known.peek().is_some() && known.all(|file| self.files.binary_search(file).is_ok())
    }

    /// Whether a path lies here whole.
    pub(super) fn has_whole(&self, path: u64) -> bool {
        self.at(path).iter().any(|file| file.1.is_some())
    }

    /// The paths of files that could not be read.
    pub(super) fn not_read(&self) -> impl Iterator<Item = u64> {
        self.files.iter().filter(|file| file.1.is_none()).map(|file| file.0)
    }

    pub(super) fn in_trees(self, trees: BTreeSet<Tree>) -> Self {
        Self { trees, ..self }
    }

    /// Whether both tell in which tree they lie, and not in the same: parts of one delivery lie in one.
    pub(super) fn lies_apart_from(&self, other: &Self) -> bool {
        !self.trees.is_empty() && !other.trees.is_empty() && self.trees.is_disjoint(&other.trees)
    }

    /// Everything that either of the two holds.
    pub(super) fn and(&self, other: &Self) -> Self {
        Self::new(self.files.iter().chain(&other.files).copied().collect()).in_trees(&self.trees | &other.trees)
    }
}

/// The number of a path below the root of its download: the same in every Unicode form.
pub(super) fn path_number(path: &str) -> u64 {
    let path: String = path.nfc().collect();
    let hash = ContentHash::of(path.as_bytes());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&hash.as_bytes()[..8]);
    u64::from_le_bytes(bytes)
}

/// The manifests of the archives that are compared, each read once.
pub(super) struct Manifests<'a, 'c> {
    writing: &'a Writing<'c>,
    known: HashMap<i64, Rc<Manifest>>,
}

impl<'a, 'c> Manifests<'a, 'c> {
    pub(super) fn new(writing: &'a Writing<'c>) -> Self {
        Self { writing, known: HashMap::new() }
    }

    pub(super) fn of(&mut self, archive_id: i64) -> Result<Rc<Manifest>, StoreError> {
        if let Some(known) = self.known.get(&archive_id) {
            return Ok(Rc::clone(known));
        }
        let (mut files, mut trees) = (Vec::new(), BTreeSet::new());
        self.writing.files_of_archive(archive_id, &mut |file| {
            if source::role(&file.path) != Role::Debris {
                files.push((path_number(&file.path), file.content.map(|(number, _)| number)));
                trees.extend(source::tree_told_by(&file.path));
            }
            Ok(())
        })?;
        let manifest = Rc::new(Manifest::new(files).in_trees(trees));
        self.known.insert(archive_id, Rc::clone(&manifest));
        Ok(manifest)
    }
}

/// What an archive's files add up to. Equal for a ZIP, the same packed again in another order, and the unpacked folder.
pub(super) fn content_of(writing: &Writing<'_>, archive_id: i64) -> Result<ArchiveContent, StoreError> {
    let mut lines: Vec<(String, Option<ContentHash>)> = Vec::new();
    let mut newest_entry: Option<String> = None;
    writing.files_of_archive(archive_id, &mut |file| {
        if source::role(&file.path) != Role::Debris {
            newest_entry = newest_entry.take().max(file.modified);
            lines.push((file.path.nfc().collect(), file.content.map(|(_, hash)| hash)));
        }
        Ok(())
    })?;
    lines.sort();
    let mut hasher = ContentHash::hasher();
    for (path, hash) in &lines {
        hasher.update(&(path.len() as u64).to_le_bytes());
        hasher.update(path.as_bytes());
        hasher.update(hash.map_or([0; 32], |hash| *hash.as_bytes()).as_slice());
    }
    Ok(ArchiveContent {
        hash: hasher.finish(),
        n_files: lines.len() as u64,
        newest_entry,
        is_partial: lines.iter().any(|(_, hash)| hash.is_none()),
    })
}

#[cfg(test)]
mod tests {
    use super::Manifest;

    #[test]
    fn archives_are_compared_by_paths_and_bytes() {
        let manifest = |files: &[(u64, Option<i64>)]| Manifest::new(files.to_vec());
        let check = |one: &[(u64, Option<i64>)], other: &[(u64, Option<i64>)], differs, holds| {
            let (one, other) = (manifest(one), manifest(other));
            assert_eq!((one.differs_from(&other), other.differs_from(&one)), (differs, differs), "{one:?} {other:?}");
            assert_eq!(one.holds(&other), holds, "{one:?} {other:?}");
        };
        check(&[(1, Some(1)), (2, Some(2))], &[(2, Some(2))], false, true);
        check(&[(1, Some(1)), (2, Some(2))], &[(2, Some(3))], true, false);
        check(&[(1, Some(1))], &[(2, Some(2))], false, false);
        // What could not be read contradicts nothing and proves nothing.
        check(&[(1, Some(1)), (2, Some(2))], &[(1, Some(1)), (2, None)], false, true);
        check(&[(1, Some(1)), (2, None)], &[(1, Some(1)), (2, Some(2))], false, false);
        check(&[(1, Some(1))], &[(1, None)], false, false);
        check(&[], &[], false, false);
        // A name that occurs twice.
        check(&[(1, Some(1)), (1, Some(2))], &[(1, Some(2))], false, true);
        check(&[(1, Some(1)), (1, Some(2))], &[(1, Some(3))], true, false);
    }
}
