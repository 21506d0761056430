//! The last moment that a download can tell of, and the records that claim to be later (format reference §3.1). Which of
//! them have no time decides `ingest`; here stands where they are.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, named_params};

use super::Writing;
use super::error::{Context, StoreError, key_of};
use crate::model::{Key, Kind};

/// The ground of a snapshot's date that only its newest record tells: nothing can be later than that.
pub const NEWEST_RECORD: &str = "the newest record";
/// The ground of a date that nothing tells.
pub const NO_GROUND: &str = "nothing tells it";
/// Below this name the details of a record hold a time that cannot be.
pub const CLAIMED_TIME: &str = "time_as_written";

/// The last millisecond of the second day after the snapshot's own: clocks differ, and a download takes its time.
const LATEST: &str = "(CAST(strftime('%s', f.date, '+3 days') AS INTEGER) * 1000 - 1)";
const IS_TOLD: &str = "f.date_ground NOT IN ('the newest record', 'nothing tells it')";

/// Records without a time whose details hold one that was claimed; quick where an index leads from `r.kind` to it.
fn claiming() -> String {
    format!("r.kind IN ({}) AND r.at_ms IS NULL AND r.details LIKE '%\"{CLAIMED_TIME}\":%'", kinds())
}

/// The kinds of what was done, as SQL lists them.
fn kinds() -> String {
    let codes = Kind::ALL.iter().filter(|kind| kind.is_done()).map(|kind| kind.code().to_string());
    codes.collect::<Vec<_>>().join(", ")
}

impl Writing<'_> {
    /// The last moment that can be told by what stands in that snapshot, in Unix milliseconds; `None` where its date is
    /// itself taken from what it tells.
    pub fn latest_ms_of_snapshot(&self, snapshot_id: i64) -> Result<Option<i64>, StoreError> {
        self.connection()
            .prepare_cached(&format!("SELECT {LATEST} FROM snapshot f WHERE f.id = :id AND {IS_TOLD}"))
            .and_then(|mut select| select.query_row([snapshot_id], |row| row.get(0)).optional())
            .context("reading a snapshot's date")
    }

    /// Records of an account whose time may have to be judged anew because these snapshots came or have another date:
    /// `(key, conversation)`. Those that are later than the first snapshot in which they stand, and those that claim to be.
    pub fn records_with_doubtful_time(
        &self,
        account_id: i64,
        snapshots: &BTreeSet<i64>,
    ) -> Result<Vec<(Key, Option<i64>)>, StoreError> {
        let doing = "looking for times that cannot be";
        let mut earliest = None;
        for snapshot in snapshots {
            let latest = self.latest_ms_of_snapshot(*snapshot)?;
            earliest = earliest.into_iter().chain(latest).min();
        }
        let mut select = self
            .connection()
            .prepare_cached(&format!(
                "SELECT r.key, r.thread_id FROM record r JOIN snapshot f ON f.id = r.first_snapshot_id
                  WHERE r.account_id = :account AND r.kind IN ({}) AND r.at_ms > :earliest AND r.at_ms > {LATEST}
                  UNION
                 SELECT r.key, r.thread_id FROM record r WHERE r.account_id = :account AND {}",
                kinds(),
                claiming()
            ))
            .context(doing)?;
        let rows = select
            .query_map(named_params! { ":account": account_id, ":earliest": earliest.unwrap_or(i64::MAX) }, |row| {
                Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?))
            })
            .context(doing)?;
        rows.map(|row| {
            let (key, thread) = row.context(doing)?;
            let key = key_of(&key)?;
            Ok((key, thread))
        })
        .collect()
    }

    /// How many records of a snapshot claim a time that cannot be, and the first documents in which they stand.
    pub fn times_claimed_in(&self, snapshot_id: i64, n_paths: usize) -> Result<(u64, Vec<String>), StoreError> {
        let doing = "counting times that cannot be";
        let from = format!(
            "FROM record r
               JOIN sighting s ON s.key = r.key AND s.record_id = r.id
               JOIN reading x ON x.id = s.reading_id
              WHERE {} AND r.account_id = (SELECT account_id FROM snapshot WHERE id = :snapshot)
                AND EXISTS (SELECT 1 FROM entry e JOIN archive a ON a.id = e.archive_id
                             WHERE e.reading_id = s.reading_id AND a.snapshot_id = :snapshot)",
            claiming()
        );
        let n: i64 = self
            .connection()
            .prepare_cached(&format!("SELECT count(DISTINCT r.id) {from}"))
            .and_then(|mut select| select.query_row([snapshot_id], |row| row.get(0)))
            .context(doing)?;
        let mut select = self
            .connection()
            .prepare_cached(&format!("SELECT DISTINCT x.path {from} ORDER BY x.path LIMIT {n_paths}"))
            .context(doing)?;
        let rows = select.query_map([snapshot_id], |row| row.get(0)).context(doing)?;
        Ok((n.unsigned_abs(), rows.collect::<Result<_, _>>().context(doing)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grounds_without_a_window_are_those_of_the_names() {
        assert!([NEWEST_RECORD, NO_GROUND].iter().all(|ground| IS_TOLD.contains(&format!("'{ground}'"))));
    }
}
