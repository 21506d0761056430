//! Which message of a conversation a row with a coarse time is. Pure, and a function of the set.
//!
//! Finer rows are there to be found, coarser ones look for them: rows to the second among those to the millisecond, rows
//! to the minute among both. The rows of every snapshot look by themselves, in order, and no two of them find the same
//! ([`super::search`]). What finds nothing is there to be found by the next snapshot of its grain.

use std::collections::{BTreeMap, HashMap};

use super::echoes::Grain;
use super::search::Search;
use super::targets::{Left, Places, Targets};
use super::voices::{Names, Voices};
use crate::model::{Key, Who};
use crate::store::{HeldAs, SnapshotRef};

/// Roughly what a message is, as rows in different forms tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    Words,
    Share,
    Media,
    Call,
    System,
    ReactionNotice,
}

/// A row of a conversation.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    pub grain: Grain,
    pub at_ms: i64,
    /// The time is that of the millisecond, although the row is to be found among others.
    pub is_exact: bool,
    /// The other instant that its clock may mean.
    pub other_ms: Option<i64>,
    /// The key that it has by itself.
    pub own: Key,
    pub signature: Key,
    /// Rows of one sort go together first.
    pub sort: Sort,
    pub text: &'a str,
    /// What it carries besides words: media, a link.
    pub carries: Option<Key>,
    pub who: Option<&'a Who>,
    pub document: i64,
    pub path: &'a str,
    /// Place in the document from its newest: page, row. Exports go from new to old.
    pub from_newest: (i64, i64),
    pub snapshots: &'a [SnapshotRef],
}

impl Row<'_> {
    /// Whether it says or carries anything that others would not by chance.
    pub fn says_something(&self) -> bool {
        self.sort != Sort::Words || !self.text.trim().is_empty()
    }
}

/// A message as one snapshot has it: a row, or the repetitions of one in the parts of a delivery.
#[derive(Debug)]
pub struct Seeker {
    pub rows: Vec<usize>,
    pub found: Option<usize>,
}

/// What each row is held as, if not as itself: key and signature there.
pub fn pair(rows: &[Row<'_>], voices: &Voices<'_>) -> Vec<Option<(Key, HeldAs)>> {
    let names = Names::of(rows, voices);
    let mut held: Vec<Option<(Key, HeldAs)>> = vec![None; rows.len()];
    let mut targets = Targets::default();
    let fine = (0..rows.len()).filter(|&row| rows[row].grain == Grain::Millisecond).collect::<Vec<_>>();
    targets.add(rows, &names, &fine);
    for grain in [Grain::Second, Grain::Minute] {
        let mut snapshots: BTreeMap<&SnapshotRef, Vec<usize>> = BTreeMap::new();
        for row in (0..rows.len()).filter(|&row| rows[row].grain == grain) {
            for snapshot in rows[row].snapshots {
                snapshots.entry(snapshot).or_default().push(row);
            }
        }
        let mut places = Places::new(grain);
        // The message that a row is, found or by itself: a page that stood in an earlier snapshot, too, knows already.
        let mut target_of_row: HashMap<usize, usize> = HashMap::new();
        for here in snapshots.into_values() {
            places.follow(&targets);
            let mut left = Left::of(&targets);
            let mut seekers = seekers(rows, &names, &here);
            for seeker in &mut seekers {
                seeker.found = seeker.rows.iter().find_map(|row| target_of_row.get(row).copied());
                seeker.found.into_iter().for_each(|target| left.take(&targets, target));
            }
            Search { rows, names: &names, targets: &targets, places: &places, grain }.run(&mut seekers, &mut left);
            let mut alone = Vec::new();
            let mut nth: HashMap<(Key, Key), i64> = HashMap::new();
            for seeker in &seekers {
                let first = &rows[seeker.rows[0]];
                let number = nth.entry((first.own, first.signature)).or_default();
                *number += 1;
                let Some(found) = seeker.found else {
                    alone.extend(&seeker.rows);
                    continue;
                };
                let target = &targets.all[found];
                places.also(target.at_ms.div_euclid(grain.ms()), first.signature, found);
                let held_as = HeldAs { signature: target.signature, nth: *number - 1 };
                let key = targets.keys[target.key as usize];
                for &row in seeker.rows.iter().filter(|row| !target_of_row.contains_key(row)) {
                    held[row] = Some((key, held_as));
                }
                target_of_row.extend(seeker.rows.iter().map(|row| (*row, found)));
            }
            target_of_row.extend(targets.add(rows, &names, &alone));
        }
    }
    held
}

/// The messages of one snapshot, oldest first.
fn seekers(rows: &[Row<'_>], names: &Names, here: &[usize]) -> Vec<Seeker> {
    let mut order = here.to_vec();
    order.sort_by_key(|&row| {
        let at = &rows[row];
        (at.at_ms, std::cmp::Reverse(at.from_newest), at.path, at.signature, names.of_row[row], at.document)
    });
    let mut n_in_document: HashMap<(i64, Key, Key, u32), u32> = HashMap::new();
    let mut known: HashMap<(&str, Key, Key, u32, u32), usize> = HashMap::new();
    let mut seekers: Vec<Seeker> = Vec::new();
    for row in order {
        let at = &rows[row];
        let (own, signature, name) = (at.own, at.signature, names.of_row[row]);
        let n = n_in_document.entry((at.document, own, signature, name)).or_default();
        *n += 1;
        match known.get(&(at.path, own, signature, name, *n)) {
            Some(&seeker) => seekers[seeker].rows.push(row),
            None => {
                known.insert((at.path, own, signature, name, *n), seekers.len());
                seekers.push(Seeker { rows: vec![row], found: None });
            }
        }
    }
    seekers
}

#[cfg(test)]
mod tests;
