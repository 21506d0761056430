//! What is needed to answer as the archives stood on a day: what each download said of a record, and what came later.

use rusqlite::{OptionalExtension, named_params};

use super::error::{Context, StoreError};
use super::feed::SEARCHABLE;
use super::ranges::absent;
use super::{Absent, Searchable, SnapshotRef, Store};
use crate::model::Item;

/// Records that had another text once.
const WITH_VERSIONS: &str = "SELECT record_id FROM version";

/// The same, with own content (posts 1, stories 2, reels 3) that stood in another list, and messages that were not taken
/// back yet.
const TOLD_OTHERWISE: &str = "SELECT record_id FROM version
     UNION
    SELECT o.id FROM record o JOIN sighting s ON s.key = o.key AND s.record_id = o.id
     WHERE o.kind IN (1, 2, 3) AND s.item ->> '$.subkind' IS NOT o.subkind
     UNION
    SELECT o.id FROM record o JOIN sighting s ON s.key = o.key AND s.record_id = o.id
     WHERE o.is_unsent = 1 AND s.item ->> '$.is_unsent' IS NOT 1";

/// The columns of [`Absent`], and the account.
const SEEN_AROUND: &str =
    "SELECT r.id, r.key, r.kind, r.subkind, r.thread_id, r.at_ms, r.last_snapshot_id, r.is_gone, r.gone_since, r.account_id
       FROM record r JOIN snapshot f ON f.id = r.first_snapshot_id JOIN snapshot l ON l.id = r.last_snapshot_id
      WHERE f.date <= :day AND l.date > :day";

impl Store {
    /// Every record that had another text once, as it is today.
    pub fn records_with_versions(&self) -> Result<Vec<Searchable>, StoreError> {
        self.records_among(WITH_VERSIONS)
    }

    /// Every record of which some download says otherwise than the newest what it says, in which list it stands, or whether
    /// it was taken back; as it is today.
    pub fn records_told_otherwise(&self) -> Result<Vec<Searchable>, StoreError> {
        self.records_among(TOLD_OTHERWISE)
    }

    fn records_among(&self, rows: &str) -> Result<Vec<Searchable>, StoreError> {
        let doing = "reading records that were other ones";
        let sql = format!("{SEARCHABLE} WHERE r.id IN ({rows}) ORDER BY r.id");
        let mut select = self.connection().prepare_cached(&sql).context(doing)?;
        let mut rows = select.query([]).context(doing)?;
        let mut records = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            records.push(self.searchable(row)?);
        }
        Ok(records)
    }

    /// What each snapshot says of a record, the oldest first.
    pub fn told_of_record(&self, row: i64) -> Result<Vec<(SnapshotRef, Item)>, StoreError> {
        let doing = "reading what was told of a record";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT n.date, n.public_id, n.id, e.item
                   FROM (SELECT e.archive_id, s.item
                           FROM record r
                           JOIN sighting s ON s.key = r.key AND s.record_id = r.id
                           JOIN entry e ON e.reading_id = s.reading_id
                          WHERE r.id = ?1
                          UNION ALL
                         SELECT e.archive_id, u.item
                           FROM record r
                           JOIN unlisted u ON u.key = r.key AND u.record_id = r.id
                           JOIN entry e ON e.id = u.entry_id
                          WHERE r.id = ?1) e
                   JOIN archive a ON a.id = e.archive_id
                   JOIN snapshot n ON n.id = a.snapshot_id
                  ORDER BY n.date, n.public_id, e.item",
            )
            .context(doing)?;
        let mut rows = select.query([row]).context(doing)?;
        let mut told = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            let snapshot = SnapshotRef {
                date: row.get(0).context(doing)?,
                public_id: row.get(1).context(doing)?,
                id: row.get(2).context(doing)?,
            };
            let item = row.get_ref(3).and_then(|value| Ok(value.as_bytes()?)).context(doing)?;
            told.push((snapshot, serde_json::from_slice(item).context("read")?));
        }
        Ok(told)
    }

    /// Rows of the records that no snapshot of that day (`YYYY-MM-DD`) or before has.
    pub fn records_first_seen_after(&self, day: &str) -> Result<Vec<i64>, StoreError> {
        self.rows_by_day(
            "SELECT r.id FROM record r JOIN snapshot s ON s.id = r.first_snapshot_id WHERE s.date > ?1",
            day,
        )
    }

    /// Rows of the records that a snapshot after that day was the first to show to be gone.
    pub fn records_gone_after(&self, day: &str) -> Result<Vec<i64>, StoreError> {
        self.rows_by_day("SELECT id FROM record WHERE is_gone = 1 AND gone_since > ?1", day)
    }

    /// The records of an account that a snapshot of that day or before has, and a later one too.
    pub fn records_seen_around<E: From<StoreError>>(
        &self,
        account_id: i64,
        day: &str,
        each: &mut dyn FnMut(Absent) -> Result<(), E>,
    ) -> Result<(), E> {
        let doing = "looking for what came later";
        let sql = format!("{SEEN_AROUND} AND r.account_id = :of");
        let mut select = self.connection().prepare_cached(&sql).context(doing)?;
        let mut rows = select.query(named_params! { ":day": day, ":of": account_id }).context(doing)?;
        while let Some(row) = rows.next().context(doing)? {
            each(absent(row)?)?;
        }
        Ok(())
    }

    /// The same of one record, with the row of its account.
    pub fn record_seen_around(&self, record: i64, day: &str) -> Result<Option<(i64, Absent)>, StoreError> {
        let doing = "looking for what came later";
        let sql = format!("{SEEN_AROUND} AND r.id = :of");
        let mut select = self.connection().prepare_cached(&sql).context(doing)?;
        let mut rows = select.query(named_params! { ":day": day, ":of": record }).context(doing)?;
        let Some(row) = rows.next().context(doing)? else { return Ok(None) };
        Ok(Some((row.get(9).context(doing)?, absent(row)?)))
    }

    /// The row of the newest snapshot of that day or before in which a record stood.
    pub fn last_snapshot_until(&self, record: i64, day: &str) -> Result<Option<i64>, StoreError> {
        let doing = "looking for the snapshots of a record";
        self.connection()
            .prepare_cached(
                "SELECT n.id
                   FROM (SELECT e.archive_id
                           FROM record r JOIN sighting s ON s.key = r.key AND s.record_id = r.id
                           JOIN entry e ON e.reading_id = s.reading_id
                          WHERE r.id = ?1
                          UNION ALL
                         SELECT e.archive_id
                           FROM record r JOIN unlisted u ON u.key = r.key AND u.record_id = r.id
                           JOIN entry e ON e.id = u.entry_id
                          WHERE r.id = ?1) e
                   JOIN archive a ON a.id = e.archive_id
                   JOIN snapshot n ON n.id = a.snapshot_id
                  WHERE n.date <= ?2 ORDER BY n.date DESC, n.public_id DESC LIMIT 1",
            )
            .and_then(|mut select| select.query_row((record, day), |row| row.get(0)).optional())
            .context(doing)
    }

    fn rows_by_day(&self, sql: &str, day: &str) -> Result<Vec<i64>, StoreError> {
        let doing = "looking for what came later";
        let mut select = self.connection().prepare_cached(sql).context(doing)?;
        let rows = select.query_map([day], |row| row.get(0)).context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }
}
