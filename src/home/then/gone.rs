//! What was gone on a day: what a download of that day or before covered and lacked, whatever later ones had again.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashSet};

use crate::home::HomeError;
use crate::ingest::cover::{Coverage, Place, Placing, Stood};
use crate::store::{Absent, Store};

/// Judges by the downloads of a day and before.
#[derive(Debug)]
pub(super) struct GoneThen {
    day: String,
    /// By the account's row; looked at only where something is to be judged.
    accounts: OnceCell<BTreeMap<i64, Known>>,
}

#[derive(Debug)]
struct Known {
    coverage: Coverage,
    placing: Placing,
}

impl GoneThen {
    /// `day` as `YYYY-MM-DD`.
    pub fn on(day: &str) -> Self {
        Self { day: day.to_owned(), accounts: OnceCell::new() }
    }

    /// The date of the first download that showed a record to be gone, if one of then did.
    pub fn since(&self, store: &Store, row: i64) -> Result<Option<String>, HomeError> {
        let Some((account, record)) = store.record_seen_around(row, &self.day)? else { return Ok(None) };
        let Some(known) = self.accounts(store)?.get(&account) else { return Ok(None) };
        self.judged(store, known, &record)
    }

    /// The rows of what was gone then and came again later.
    pub fn what_came_again(&self, store: &Store) -> Result<Vec<i64>, HomeError> {
        let mut gone = Vec::new();
        for (account, known) in self.accounts(store)? {
            let Some(newest) = known.coverage.snapshots.last() else { continue };
            let newest = store.records_of_snapshots(std::slice::from_ref(&newest.state.public_id))?;
            let in_newest: HashSet<i64> = newest.into_iter().collect();
            store.records_seen_around(*account, &self.day, &mut |record| {
                if !in_newest.contains(&record.id) && self.judged(store, known, &record)?.is_some() {
                    gone.push(record.id);
                }
                Ok::<_, HomeError>(())
            })?;
        }
        Ok(gone)
    }

    fn judged(&self, store: &Store, known: &Known, record: &Absent) -> Result<Option<String>, HomeError> {
        let Known { coverage, placing } = known;
        let stood = Stood {
            kind: record.kind,
            subkind: record.subkind.as_deref(),
            at_ms: record.at_ms,
            thread_id: record.thread_id,
        };
        let covers =
            |place: &Place| (0..coverage.snapshots.len()).any(|snapshot| coverage.covers(snapshot, place).is_ok());
        // What no download of then covers need not be looked for in them.
        if placing.at_once(stood, record.last_snapshot_id).is_some_and(|place| !covers(&place)) {
            return Ok(None);
        }
        let Some(last) = store.last_snapshot_until(record.id, &self.day)? else { return Ok(None) };
        let place = match placing.at_once(stood, last) {
            Some(place) => place,
            None => placing.place(stood, last, &store.readings_of_record(&record.key, record.id)?),
        };
        Ok(coverage.lacks_since(&place).map(str::to_owned))
    }

    fn accounts(&self, store: &Store) -> Result<&BTreeMap<i64, Known>, HomeError> {
        if let Some(accounts) = self.accounts.get() {
            return Ok(accounts);
        }
        let mut accounts = BTreeMap::new();
        for account in store.known_accounts()? {
            let mut facts = store.cover_facts(account.id)?;
            facts.snapshots.retain(|snapshot| snapshot.date <= self.day);
            accounts.insert(account.id, Known { coverage: Coverage::of(&facts), placing: Placing::of(&facts) });
        }
        Ok(self.accounts.get_or_init(|| accounts))
    }
}
