//! Which archives of a snapshot are written: those that hold something that no other does.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::store::{HeldArchive, Store, StoreError};

/// The files of an archive: a number for each name and what lies there.
#[derive(Default)]
struct Contents {
    whole: HashSet<(u64, i64)>,
    names: HashSet<u64>,
    lacking: HashSet<u64>,
}

impl Contents {
    fn of(store: &Store, archive: &HeldArchive) -> Result<Self, StoreError> {
        let mut contents = Self::default();
        store.files_of_download(archive.id, &mut |path, content| {
            let mut hasher = DefaultHasher::new();
            path.hash(&mut hasher);
            let name = hasher.finish();
            match content {
                Some(content) => {
                    contents.whole.insert((name, content));
                    contents.names.insert(name);
                }
                None => drop(contents.lacking.insert(name)),
            }
        })?;
        Ok(contents)
    }

    /// Whether everything of the other comes back with this.
    fn holds(&self, other: &Self) -> bool {
        !other.whole.is_empty() && other.whole.is_subset(&self.whole) && other.lacking.is_subset(&self.names)
    }
}

/// Which archives are written out, and of which of them the others are copies: by name.
pub(super) fn choose(
    store: &Store,
    archives: Vec<HeldArchive>,
) -> Result<Vec<(HeldArchive, Option<String>)>, StoreError> {
    if archives.len() < 2 {
        return Ok(archives.into_iter().map(|archive| (archive, None)).collect());
    }
    let mut all = Vec::with_capacity(archives.len());
    for archive in archives {
        let contents = Contents::of(store, &archive)?;
        all.push((archive, contents, None));
    }
    // The fullest stand for the others; of equals what Instagram named, then what it packed.
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|index| {
        let (archive, contents, _) = &all[*index];
        let n_files = std::cmp::Reverse(contents.whole.len());
        (n_files, archive.is_by_content, !archive.is_zip, archive.public_id.clone())
    });
    let mut kept: Vec<usize> = Vec::new();
    for index in order {
        let whole = kept.iter().find(|whole| {
            let is_equal = all[**whole].0.content.is_some() && all[**whole].0.content == all[index].0.content;
            is_equal || all[**whole].1.holds(&all[index].1)
        });
        match whole.map(|whole| all[*whole].0.name.clone()) {
            Some(name) => all[index].2 = Some(name),
            None => kept.push(index),
        }
    }
    Ok(all.into_iter().map(|(archive, _, whole)| (archive, whole)).collect())
}
