//! What the lists of each document hold, and what becomes of records that later snapshots lack. The rows are a function of
//! the readings; what they mean is told in `ingest::cover`.

use rusqlite::{Connection, Row, named_params};
use serde::Deserialize;

use super::Writing;
use super::error::{Context, StoreError};
use crate::model::{Kind, MediaRef, Moment};

/// A reading of which it is not noted yet what its lists hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnlistedReading {
    pub id: i64,
    pub document_id: i64,
    pub reader: String,
    pub path: String,
}

/// What an item says as far as lists go.
#[derive(Clone, Debug, Deserialize)]
pub struct ItemGlance {
    pub kind: Kind,
    #[serde(default)]
    pub subkind: Option<String>,
    #[serde(default)]
    pub at: Option<Moment>,
    #[serde(default)]
    pub media: Vec<MediaRef>,
}

/// What one list of one document holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListRange {
    pub n_items: u64,
    pub n_timed: u64,
    /// Oldest and newest time in it, Unix milliseconds UTC.
    pub range_ms: Option<(i64, i64)>,
}

/// A record of which a later snapshot may tell that it is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    pub id: i64,
    pub key: Vec<u8>,
    pub kind: Kind,
    pub subkind: Option<String>,
    pub thread_id: Option<i64>,
    pub at_ms: Option<i64>,
    pub last_snapshot_id: i64,
    pub is_gone: Option<bool>,
    pub gone_since: Option<String>,
}

/// `list` of the row that tells the range which the download states; its times are null where they cannot be read.
pub const STATED_RANGE: &str = "stated range";

const DOING: &str = "looking at lists";

impl Writing<'_> {
    /// Readings of an account that stand in some archive and of which nothing is noted yet.
    pub fn readings_without_lists(&self, account_id: i64) -> Result<Vec<UnlistedReading>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT x.id, x.document_id, x.reader, x.path FROM reading x
                  WHERE x.account_id = :account
                    AND NOT EXISTS (SELECT 1 FROM list_range l WHERE l.reading_id = x.id)
                  ORDER BY x.id",
            )
            .context(DOING)?;
        let rows = select
            .query_map([account_id], |row| {
                Ok(UnlistedReading {
                    id: row.get(0)?,
                    document_id: row.get(1)?,
                    reader: row.get(2)?,
                    path: row.get(3)?,
                })
            })
            .context(DOING)?;
        rows.collect::<Result<_, _>>().context(DOING)
    }

    /// Every item of a reading, with the row of the head of its conversation.
    pub fn items_of_reading(
        &self,
        reading_id: i64,
        each: &mut dyn FnMut(Option<i64>, ItemGlance),
    ) -> Result<(), StoreError> {
        let mut select = self
            .connection()
            .prepare_cached("SELECT thread_sighting_id, item FROM sighting WHERE reading_id = :reading")
            .context(DOING)?;
        let mut rows = select.query([reading_id]).context(DOING)?;
        while let Some(row) = rows.next().context(DOING)? {
            let item = row.get_ref(1).and_then(|value| Ok(value.as_bytes()?)).context(DOING)?;
            each(row.get(0).context(DOING)?, serde_json::from_slice(item).context("read")?);
        }
        Ok(())
    }

    pub fn heads_of_reading(&self, reading_id: i64) -> Result<Vec<i64>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached("SELECT id FROM thread_sighting WHERE reading_id = :reading ORDER BY id")
            .context(DOING)?;
        let rows = select.query_map([reading_id], |row| row.get(0)).context(DOING)?;
        rows.collect::<Result<_, _>>().context(DOING)
    }

    pub fn add_list_range(
        &self,
        reading_id: i64,
        list: &str,
        head: Option<i64>,
        holds: &ListRange,
    ) -> Result<(), StoreError> {
        let (from, to) = holds.range_ms.unzip();
        self.connection()
            .prepare_cached(
                "INSERT INTO list_range (reading_id, list, thread_sighting_id, n_items, n_timed, from_ms, to_ms)
                 VALUES (:reading, :list, :head, :items, :timed, :from, :to)",
            )
            .and_then(|mut insert| {
                insert.execute(named_params! {
                    ":reading": reading_id, ":list": list, ":head": head,
                    ":items": super::delivered::stored_size(holds.n_items),
                    ":timed": super::delivered::stored_size(holds.n_timed), ":from": from, ":to": to,
                })
            })
            .context(DOING)?;
        Ok(())
    }

    pub fn add_named_file(&self, reading_id: i64, base: &str, external_id: Option<&str>) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached(
                "INSERT OR IGNORE INTO named_file (reading_id, base, external_id) VALUES (:reading, :base, :external_id)",
            )
            .and_then(|mut insert| {
                insert.execute(named_params! { ":reading": reading_id, ":base": base, ":external_id": external_id })
            })
            .context(DOING)?;
        Ok(())
    }

    /// Counts the files that a snapshot's documents name and that none of its archives has.
    pub fn count_lacking(&self, snapshot_id: i64) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached(&format!(
                "UPDATE snapshot SET n_lacking = (SELECT count(DISTINCT f.base) {LACKING}) WHERE id = :snapshot"
            ))
            .and_then(|mut update| update.execute(named_params! { ":snapshot": snapshot_id }))
            .context(DOING)?;
        Ok(())
    }

    /// The readings in which a record stood.
    pub fn readings_of_record(&self, key: &[u8], record_id: i64) -> Result<Vec<i64>, StoreError> {
        readings_of_record(self.connection(), key, record_id)
    }

    /// Records that the newest snapshot of their account lacks, whatever their kind.
    pub fn absent_records(
        &self,
        account_id: i64,
        newest: i64,
        each: &mut dyn FnMut(Absent) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT id, key, kind, subkind, thread_id, at_ms, last_snapshot_id, is_gone, gone_since FROM record
                  WHERE account_id = :account AND last_snapshot_id <> :newest ORDER BY id",
            )
            .context(DOING)?;
        let mut rows = select.query(named_params! { ":account": account_id, ":newest": newest }).context(DOING)?;
        while let Some(row) = rows.next().context(DOING)? {
            each(absent(row)?)?;
        }
        Ok(())
    }

    /// Says of everything in the newest snapshot of an account that it is there.
    pub fn mark_present(&self, account_id: i64, newest: i64) -> Result<(), StoreError> {
        for (which, is_news) in [("is_gone = 1", true), ("is_gone IS NULL", false)] {
            let news = if is_news { ", changed = :change" } else { "" };
            self.connection()
                .prepare_cached(&format!(
                    "UPDATE record SET is_gone = 0, gone_since = NULL{news}
                      WHERE account_id = :account AND last_snapshot_id = :newest AND {which} AND :change = :change"
                ))
                .and_then(|mut update| {
                    update.execute(named_params! { ":account": account_id, ":newest": newest, ":change": self.change })
                })
                .context("judging what is gone")?;
        }
        Ok(())
    }

    /// Says what became of a record. Those who follow the change log hear of it where it is gone now, or no more.
    pub fn set_gone(&self, record: &Absent, since: Option<&str>) -> Result<(), StoreError> {
        let is_news = record.is_gone == Some(true) || since.is_some();
        self.connection()
            .prepare_cached(
                "UPDATE record SET is_gone = CASE WHEN :since IS NOT NULL THEN 1 END, gone_since = :since,
                        changed = CASE WHEN :is_news THEN :change ELSE changed END
                  WHERE id = :id",
            )
            .and_then(|mut update| {
                update.execute(named_params! {
                    ":id": record.id, ":since": since, ":is_news": is_news, ":change": self.change,
                })
            })
            .context("judging what is gone")?;
        Ok(())
    }
}

/// Reads the columns of [`Absent`], in their order.
pub(super) fn absent(row: &Row<'_>) -> Result<Absent, StoreError> {
    let code: i64 = row.get(2).context(DOING)?;
    Ok(Absent {
        id: row.get(0).context(DOING)?,
        key: row.get(1).context(DOING)?,
        kind: Kind::from_code(code).ok_or_else(|| StoreError::Value(format!("unknown kind {code}")))?,
        subkind: row.get(3).context(DOING)?,
        thread_id: row.get(4).context(DOING)?,
        at_ms: row.get(5).context(DOING)?,
        last_snapshot_id: row.get(6).context(DOING)?,
        is_gone: row.get(7).context(DOING)?,
        gone_since: row.get(8).context(DOING)?,
    })
}

/// Files that documents of a snapshot name, and that it has under no name and no media id.
const LACKING: &str = "FROM (SELECT DISTINCT e.reading_id FROM entry e JOIN archive a ON a.id = e.archive_id
             WHERE a.snapshot_id = :snapshot AND e.reading_id IS NOT NULL) x
   JOIN named_file f ON f.reading_id = x.reading_id
  WHERE NOT EXISTS (SELECT 1 FROM entry e JOIN archive a ON a.id = e.archive_id
                     WHERE e.base = f.base AND a.snapshot_id = :snapshot AND e.fate NOT IN (5, 6, 8))
    AND NOT EXISTS (SELECT 1 FROM entry e JOIN archive a ON a.id = e.archive_id
                     WHERE e.external_id = f.external_id AND a.snapshot_id = :snapshot AND e.fate NOT IN (5, 6, 8))";

pub(super) fn readings_of_record(connection: &Connection, key: &[u8], record_id: i64) -> Result<Vec<i64>, StoreError> {
    let mut select = connection
        .prepare_cached("SELECT DISTINCT reading_id FROM sighting WHERE key = :key AND record_id = :record ORDER BY 1")
        .context(DOING)?;
    let rows =
        select.query_map(named_params! { ":key": key, ":record": record_id }, |row| row.get(0)).context(DOING)?;
    rows.collect::<Result<_, _>>().context(DOING)
}
