//! What documents said: one sighting for each item.

use std::collections::HashMap;
use std::rc::Rc;

use rusqlite::named_params;

use super::error::{Context, StoreError, key_of};
use super::{Store, Writing};
use crate::model::{Item, Key};

/// A snapshot in which a sighting stood.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SnapshotRef {
    pub date: String,
    pub public_id: String,
    pub id: i64,
}

/// A message whose time is coarse, held under the key of a finer sighting of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldAs {
    /// The signature that the message has there.
    pub signature: Key,
    /// Which it is of the equal rows that have its own key, from 0.
    pub nth: i64,
}

/// One stored sighting with what is needed to compute its record.
#[derive(Clone, Debug)]
pub struct SightingRow {
    pub id: i64,
    pub reading_id: i64,
    pub reader: String,
    /// Name of the document below the root of its download.
    pub path: String,
    pub place: String,
    /// Row of the conversation, when it is a message.
    pub thread_id: Option<i64>,
    /// The key under which this document knew the conversation.
    pub thread_key: Option<Key>,
    /// The record that it belongs to so far.
    pub record_id: Option<i64>,
    /// The how manyth it is of the things that have its row's own key.
    pub twin: u32,
    /// What it is held as, when that is a message of another document.
    pub held_as: Option<HeldAs>,
    pub item: Item,
    /// Oldest first.
    pub snapshots: Rc<[SnapshotRef]>,
}

/// In which snapshots readings stand, looked up once: as long as no archive comes, goes or changes its snapshot.
#[derive(Debug, Default)]
pub struct Stands(HashMap<i64, Rc<[SnapshotRef]>>);

impl Stands {
    /// Oldest first.
    pub fn of(&mut self, writing: &Writing<'_>, reading_id: i64) -> Result<Rc<[SnapshotRef]>, StoreError> {
        if let Some(known) = self.0.get(&reading_id) {
            return Ok(Rc::clone(known));
        }
        let found: Rc<[SnapshotRef]> = writing.snapshots_of_reading(reading_id)?.into();
        self.0.insert(reading_id, Rc::clone(&found));
        Ok(found)
    }
}

/// Reads two columns, the first of which is that one.
pub(super) fn held_as(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Option<HeldAs>> {
    let signature: Option<Vec<u8>> = row.get(column)?;
    let nth: Option<i64> = row.get(column + 1)?;
    Ok(signature
        .and_then(|bytes| Key::from_bytes(&bytes))
        .map(|signature| HeldAs { signature, nth: nth.unwrap_or_default() }))
}

const SIGHTINGS: &str =
    "SELECT s.id, s.reading_id, x.reader, s.place, tk.thread_id, s.item, t.key, s.record_id, x.path, s.twin, s.held_as, s.nth
       FROM sighting s
       JOIN reading x ON x.id = s.reading_id
       LEFT JOIN thread_sighting t ON t.id = s.thread_sighting_id
       LEFT JOIN thread_key tk ON tk.key = t.key";

/// What a row said, as its sighting holds it.
pub fn item_json(item: &Item) -> Result<String, StoreError> {
    serde_json::to_string(item).context("written")
}

/// The same way back.
pub fn item_of(json: &str) -> Result<Item, StoreError> {
    serde_json::from_str(json).context("read")
}

impl Writing<'_> {
    /// `item` is what the row said, by [`item_json`].
    pub fn add_sighting(
        &self,
        reading_id: i64,
        place: &str,
        thread_sighting_id: Option<i64>,
        key: Key,
        record_id: Option<i64>,
        item: &str,
    ) -> Result<i64, StoreError> {
        self.connection()
            .prepare_cached(
                "INSERT INTO sighting (reading_id, place, thread_sighting_id, key, record_id, item)
                 VALUES (:reading, :place, :thread, :key, :record, :item)",
            )
            .and_then(|mut insert| {
                insert.execute(named_params! {
                    ":reading": reading_id,
                    ":place": place,
                    ":thread": thread_sighting_id,
                    ":key": key.as_bytes(),
                    ":record": record_id,
                    ":item": item,
                })
            })
            .context("adding a sighting")?;
        Ok(self.connection().last_insert_rowid())
    }

    pub fn set_sighting_record(&self, sighting_id: i64, record_id: i64) -> Result<(), StoreError> {
        if sighting_id < 0 {
            return self.set_unlisted_record(sighting_id, record_id);
        }
        self.connection()
            .prepare_cached("UPDATE sighting SET record_id = :record WHERE id = :id AND record_id IS NOT :record")
            .and_then(|mut update| update.execute(named_params! { ":id": sighting_id, ":record": record_id }))
            .context("linking a sighting")?;
        Ok(())
    }

    /// Whether any sighting, or file that no document names, has that key.
    pub fn is_key_known(&self, key: Key) -> Result<bool, StoreError> {
        self.connection()
            .prepare_cached(
                "SELECT 1 FROM sighting WHERE key = :key UNION ALL SELECT 1 FROM unlisted WHERE key = :key LIMIT 1",
            )
            .and_then(|mut find| find.exists([key.as_bytes()]))
            .context("looking up a key")
    }

    /// The next keys of an account behind that one, in their order: those that were seen, and those of records that no
    /// document supports any more.
    pub fn keys_after(&self, account_id: i64, after: Option<Key>, limit: usize) -> Result<Vec<Key>, StoreError> {
        let doing = "listing keys";
        let mut select = self
            .connection()
            .prepare_cached(
                // Each list is cut off before the two are put together: none is gone through to its end.
                "SELECT key FROM (
                     SELECT DISTINCT s.key AS key FROM sighting s CROSS JOIN reading x ON x.id = s.reading_id
                      WHERE s.key > :after AND x.account_id = :account ORDER BY s.key LIMIT :limit)
                  UNION
                 SELECT key FROM (
                     SELECT DISTINCT r.key AS key FROM record r INDEXED BY record_key
                      WHERE r.key > :after AND r.account_id = :account ORDER BY r.key LIMIT :limit)
                  ORDER BY key LIMIT :limit",
            )
            .context(doing)?;
        let after = after.map(|key| key.as_bytes().to_vec()).unwrap_or_default();
        let rows = select
            .query_map(named_params! { ":after": after, ":account": account_id, ":limit": limit }, |row| {
                row.get::<_, Vec<u8>>(0)
            })
            .context(doing)?;
        rows.map(|bytes| key_of(&bytes.context(doing)?)).collect()
    }

    /// All sightings of one key, with the files that no document names; `None` where there are more than `most`.
    pub fn sightings_of(
        &self,
        key: Key,
        most: usize,
        stands: &mut Stands,
    ) -> Result<Option<Vec<SightingRow>>, StoreError> {
        // Not bound: with another limit at hand SQLite plans the statement anew, each time.
        let sql = format!("{SIGHTINGS} WHERE s.key = :key LIMIT {}", most.saturating_add(1));
        let mut sightings = self.select_sightings(&sql, named_params! { ":key": key.as_bytes() }, stands)?;
        if sightings.len() > most {
            return Ok(None);
        }
        sightings.extend(self.unlisted_sightings(key)?);
        Ok(Some(sightings))
    }

    /// Cuts the sightings of a key into pieces of about that size, so that rows with the same number in their documents
    /// are in one piece. Gives how many there are; those of another key are forgotten.
    pub fn cut_sightings(&self, key: Key, most: usize) -> Result<i64, StoreError> {
        let doing = "cutting sightings into pieces";
        self.connection()
            .execute_batch(
                "CREATE TEMP TABLE IF NOT EXISTS piece_of_key (piece INTEGER NOT NULL, sighting_id INTEGER NOT NULL,
                                                              PRIMARY KEY (piece, sighting_id)) WITHOUT ROWID;
                 DELETE FROM temp.piece_of_key;",
            )
            .context(doing)?;
        let n_readings: usize = self
            .connection()
            .prepare_cached("SELECT count(DISTINCT reading_id) FROM sighting WHERE key = ?1")
            .and_then(|mut select| select.query_row([key.as_bytes()], |row| row.get(0)))
            .context(doing)?;
        let size = (most / n_readings.max(1)).max(1);
        self.connection()
            .prepare_cached(
                "INSERT INTO temp.piece_of_key (piece, sighting_id)
                 SELECT (row_number() OVER (PARTITION BY reading_id ORDER BY length(place), place) - 1) / :size, id
                   FROM sighting WHERE key = :key",
            )
            .and_then(|mut insert| insert.execute(named_params! { ":size": size, ":key": key.as_bytes() }))
            .context(doing)?;
        self.connection()
            .query_row("SELECT coalesce(max(piece), 0) + 1 FROM temp.piece_of_key", [], |row| row.get(0))
            .context(doing)
    }

    /// The sightings of one of the pieces; the files that no document names go with the first.
    pub fn sightings_of_piece(
        &self,
        key: Key,
        piece: i64,
        stands: &mut Stands,
    ) -> Result<Vec<SightingRow>, StoreError> {
        let sql = format!("{SIGHTINGS} WHERE s.id IN (SELECT sighting_id FROM temp.piece_of_key WHERE piece = :piece)");
        let mut sightings = self.select_sightings(&sql, named_params! { ":piece": piece }, stands)?;
        if piece == 0 {
            sightings.extend(self.unlisted_sightings(key)?);
        }
        Ok(sightings)
    }

    fn select_sightings(
        &self,
        sql: &str,
        parameters: &[(&str, &dyn rusqlite::ToSql)],
        stands: &mut Stands,
    ) -> Result<Vec<SightingRow>, StoreError> {
        let doing = "reading sightings";
        let mut select = self.connection().prepare_cached(sql).context(doing)?;
        let mut rows = select.query(parameters).context(doing)?;
        let mut sightings = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            let item = row.get_ref(5).and_then(|value| Ok(value.as_bytes()?)).context(doing)?;
            let reading_id = row.get(1).context(doing)?;
            sightings.push(SightingRow {
                id: row.get(0).context(doing)?,
                reading_id,
                reader: row.get(2).context(doing)?,
                path: row.get(8).context(doing)?,
                place: row.get(3).context(doing)?,
                thread_id: row.get(4).context(doing)?,
                thread_key: row.get::<_, Option<Vec<u8>>>(6).context(doing)?.and_then(|bytes| Key::from_bytes(&bytes)),
                record_id: row.get(7).context(doing)?,
                twin: row.get(9).context(doing)?,
                held_as: held_as(row, 10).context(doing)?,
                item: serde_json::from_slice(item).context("read")?,
                snapshots: stands.of(self, reading_id)?,
            });
        }
        Ok(sightings)
    }

    /// The snapshots in which a reading's document stood at its path, oldest first.
    pub fn snapshots_of_reading(&self, reading_id: i64) -> Result<Vec<SnapshotRef>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT DISTINCT s.date, s.public_id, s.id
                   FROM entry e JOIN archive a ON a.id = e.archive_id JOIN snapshot s ON s.id = a.snapshot_id
                  WHERE e.reading_id = :reading
                  ORDER BY s.date, s.public_id",
            )
            .context("reading snapshots")?;
        let rows = select
            .query_map([reading_id], |row| {
                Ok(SnapshotRef { date: row.get(0)?, public_id: row.get(1)?, id: row.get(2)? })
            })
            .context("reading snapshots")?;
        rows.collect::<Result<_, _>>().context("reading snapshots")
    }

    /// The keys that a reading's items have, each once.
    pub fn keys_of_reading(&self, reading_id: i64, each: &mut dyn FnMut(Key)) -> Result<(), StoreError> {
        let mut select = self
            .connection()
            .prepare_cached("SELECT DISTINCT key FROM sighting WHERE reading_id = :reading")
            .context("reading keys")?;
        let mut rows = select.query([reading_id]).context("reading keys")?;
        while let Some(row) = rows.next().context("reading keys")? {
            let bytes = row.get_ref(0).and_then(|value| Ok(value.as_blob()?)).context("reading keys")?;
            each(key_of(bytes)?);
        }
        Ok(())
    }

    /// Items of the given kinds that one account's documents held, for what is inferred about the account.
    pub fn items_of_account(
        &self,
        account_id: i64,
        kinds: &[crate::model::Kind],
    ) -> Result<Vec<(Item, Vec<SnapshotRef>)>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT s.item, s.reading_id FROM record r JOIN sighting s ON s.key = r.key AND s.record_id = r.id
                  WHERE r.account_id = :account AND r.kind = :kind ORDER BY r.public_id, s.id",
            )
            .context("reading items")?;
        let mut items = Vec::new();
        for kind in kinds {
            let mut rows = select
                .query(named_params! { ":account": account_id, ":kind": kind.code() })
                .context("reading items")?;
            while let Some(row) = rows.next().context("reading items")? {
                let item = row.get_ref(0).and_then(|value| Ok(value.as_bytes()?)).context("reading items")?;
                let item = serde_json::from_slice(item).context("read")?;
                items.push((item, self.snapshots_of_reading(row.get(1).context("reading items")?)?));
            }
        }
        Ok(items)
    }
}

impl Store {
    /// Number of sightings, for reports and checks.
    pub fn n_sightings(&self) -> Result<i64, StoreError> {
        self.connection().query_row("SELECT count(*) FROM sighting", [], |row| row.get(0)).context("counting sightings")
    }
}
