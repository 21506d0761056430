//! Messages that a document says exactly as others did before. Such a record needs no computing: all that one more equal row
//! can change of it is in which snapshots it stood first and last.
//!
//! That holds where every row of the key says the same, letter by letter ([`Writing::held_message`]), in the same
//! conversation, and no two of them stand in one snapshot ([`SaidAgain::hand_over`]): [`super::align`] then makes one record of
//! them, and [`super::merge`] gives of equal items what it gives of one. What goes by more than the item is left out
//! ([`can_be`]): files, whose bytes differ by snapshot; the owner, who may get another name; times that are coarse. That a
//! time cannot be is judged apart (`touch_doubtful_times`), and more snapshots allow only more.

use std::collections::{BTreeMap, HashSet};

use crate::model::{Item, Key, Kind, Precision, Who};
use crate::store::{SnapshotRef, Stands, StoreError, Writing};

/// Messages that were said again, by the documents that say them: key and record.
#[derive(Debug, Default)]
pub(super) struct SaidAgain(BTreeMap<Vec<i64>, Vec<(Key, i64)>>);

/// Whether an equal message elsewhere tells everything about it.
pub(super) fn can_be(item: &Item) -> bool {
    let mut named = item.author.iter().chain(&item.counterpart).chain(item.reactions.iter().map(|one| &one.actor));
    item.kind == Kind::Message
        && item.at.is_some_and(|at| at.precision == Precision::Millisecond)
        && item.media.is_empty()
        && named.all(|who| *who != Who::Me)
}

impl SaidAgain {
    pub fn add(&mut self, mut readings: Vec<i64>, key: Key, record: i64) {
        readings.sort_unstable();
        self.0.entry(readings).or_default().push((key, record));
    }

    pub fn append(&mut self, other: Self) {
        for (readings, mut messages) in other.0 {
            self.0.entry(readings).or_default().append(&mut messages);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them are to be computed after all.
    pub fn give_up(&mut self, keys: &mut HashSet<Key>) {
        for (_, messages) in std::mem::take(&mut self.0) {
            keys.extend(messages.into_iter().map(|(key, _)| key));
        }
    }

    /// Those are to be computed that stand twice in one snapshot, or of which a document stands in none.
    pub fn hand_over(&mut self, writing: &Writing<'_>, keys: &mut HashSet<Key>) -> Result<(), StoreError> {
        let mut stands = Stands::default();
        for (readings, messages) in std::mem::take(&mut self.0) {
            if Self::range(writing, &readings, &mut stands)?.is_some() {
                self.0.insert(readings, messages);
            } else {
                keys.extend(messages.into_iter().map(|(key, _)| key));
            }
        }
        Ok(())
    }

    /// Says of all that is not computed otherwise in which snapshots it stood first and last.
    pub fn restate(&self, writing: &Writing<'_>, computed: &HashSet<Key>) -> Result<(), StoreError> {
        let mut stands = Stands::default();
        for (readings, messages) in &self.0 {
            let Some((first, last)) = Self::range(writing, readings, &mut stands)? else {
                return Err(StoreError::Value("what was said again stands nowhere".into()));
            };
            for (_, record) in messages.iter().filter(|(key, _)| !computed.contains(key)) {
                writing.restate_snapshots(*record, first, last)?;
            }
        }
        Ok(())
    }

    /// The first and the last snapshot of these documents; `None` where two stand in one, or one in none.
    fn range(writing: &Writing<'_>, readings: &[i64], stands: &mut Stands) -> Result<Option<(i64, i64)>, StoreError> {
        let mut all: Vec<SnapshotRef> = Vec::new();
        for reading in readings {
            let here = stands.of(writing, *reading)?;
            if here.is_empty() || here.iter().any(|snapshot| all.contains(snapshot)) {
                return Ok(None);
            }
            all.extend(here.iter().cloned());
        }
        Ok(all.iter().min().zip(all.iter().max()).map(|(first, last)| (first.id, last.id)))
    }
}
