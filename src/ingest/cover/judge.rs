//! Says of every record whether a later snapshot shows it to be gone.

use std::collections::{BTreeSet, HashMap};

use super::{Coverage, Place};
use crate::model::Kind;
use crate::source::lists;
use crate::store::{CoverFacts, Family, StoreError, Writing};

/// Finds the places of records by the documents in which they stood.
#[derive(Debug)]
pub struct Placing {
    readings: HashMap<i64, Placed>,
    /// The families of all documents together.
    families: u8,
}

#[derive(Debug)]
struct Placed {
    reader: String,
    family: Family,
    snapshots: BTreeSet<i64>,
}

/// What a place is asked of.
#[derive(Clone, Copy, Debug)]
pub struct Stood<'r> {
    pub kind: Kind,
    pub subkind: Option<&'r str>,
    pub at_ms: Option<i64>,
    pub thread_id: Option<i64>,
}

impl Placing {
    pub fn of(facts: &CoverFacts) -> Self {
        let mut readings: HashMap<i64, Placed> = HashMap::new();
        for row in &facts.readings {
            let family = Family::of(&row.reader, &row.path);
            let placed = readings.entry(row.reading_id).or_insert_with(|| Placed {
                reader: row.reader.clone(),
                family,
                snapshots: BTreeSet::new(),
            });
            placed.snapshots.insert(row.snapshot_id);
        }
        let families = facts.lists.iter().fold(0, |bits, list| bits | list.family.bit());
        Self { readings, families }
    }

    /// A message of an account whose documents are all of one family: nothing but its conversation has to be known.
    pub fn at_once(&self, stood: Stood<'_>, snapshot_id: i64) -> Option<Place> {
        let is_simple = stood.kind == Kind::Message && self.families.is_power_of_two();
        is_simple.then(|| Place {
            lists: BTreeSet::from([(lists::MESSAGES.to_owned(), stood.thread_id)]),
            ..self.place(stood, snapshot_id, &[])
        })
    }

    /// Where a record stood in a snapshot, by its readings.
    pub fn place(&self, stood: Stood<'_>, snapshot_id: i64, readings: &[i64]) -> Place {
        let known: Vec<&Placed> = readings.iter().filter_map(|reading| self.readings.get(reading)).collect();
        let here = known.iter().filter(|placed| placed.snapshots.contains(&snapshot_id));
        let list = |placed: &Placed| {
            let list = lists::list_of(&placed.reader, stood.kind, stood.subkind);
            (list.to_owned(), stood.thread_id.filter(|_| list == lists::MESSAGES))
        };
        Place {
            kind: stood.kind,
            subkind: stood.subkind.map(str::to_owned),
            at_ms: stood.at_ms,
            snapshot_id,
            lists: here.map(|placed| list(placed)).collect(),
            families: match known.as_slice() {
                [] => self.families,
                known => known.iter().fold(0, |bits, placed| bits | placed.family.bit()),
            },
        }
    }
}

/// Says for every record of an account whether it is gone: 1 with the date of the first later snapshot that covered its
/// place and lacked it, 0 where the newest snapshot has it, unknown where none covered it later. A function of the set of
/// snapshots: the order in which they came does not matter.
pub(in crate::ingest) fn judge_gone(
    writing: &Writing<'_>,
    account_id: i64,
    changed: &BTreeSet<i64>,
) -> Result<(), StoreError> {
    super::note_lists(writing, account_id)?;
    let mut facts = writing.cover_facts(account_id)?;
    let is_stale = |n_lacking: Option<u64>, id: i64| n_lacking.is_none() || changed.contains(&id);
    let stale: Vec<i64> =
        facts.snapshots.iter().filter(|one| is_stale(one.n_lacking, one.id)).map(|one| one.id).collect();
    if !stale.is_empty() {
        stale.iter().try_for_each(|id| writing.count_lacking(*id))?;
        facts = writing.cover_facts(account_id)?;
    }
    let coverage = Coverage::of(&facts);
    let placing = Placing::of(&facts);
    let Some(newest) = coverage.snapshots.last().map(|snapshot| snapshot.state.id) else { return Ok(()) };
    writing.mark_present(account_id, newest)?;
    let mut wrong = Vec::new();
    writing.absent_records(account_id, newest, &mut |record| {
        let stood = Stood {
            kind: record.kind,
            subkind: record.subkind.as_deref(),
            at_ms: record.at_ms,
            thread_id: record.thread_id,
        };
        let since = if lists::is_lasting(record.kind) {
            let place = match placing.at_once(stood, record.last_snapshot_id) {
                Some(place) => place,
                None => {
                    let readings = writing.readings_of_record(&record.key, record.id)?;
                    placing.place(stood, record.last_snapshot_id, &readings)
                }
            };
            coverage.lacks_since(&place).map(str::to_owned)
        } else {
            None
        };
        if record.is_gone != since.as_ref().map(|_| true) || record.gone_since != since {
            wrong.push((record, since));
        }
        Ok(())
    })?;
    // Not while they are listed.
    wrong.iter().try_for_each(|(record, since)| writing.set_gone(record, since.as_deref()))
}
