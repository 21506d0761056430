//! Moving what documents said from one account to another, when it turns out whose they are.

use rusqlite::{OptionalExtension, named_params};

use super::Writing;
use super::error::{Context, StoreError};
use crate::model::{Item, Key, ThreadHead};

/// A reading that is to be moved.
#[derive(Clone, Debug)]
pub struct MovingReading {
    pub id: i64,
    pub document_id: i64,
    pub account_id: i64,
    pub path: String,
    /// Archives of other accounts have the document too.
    pub is_shared: bool,
}

/// Gives the new key of a head.
pub type KeyOfHead<'a> = &'a mut dyn FnMut(&ThreadHead) -> Result<Key, StoreError>;
/// Gives the new key of an item, with the new key of its conversation.
pub type KeyOfItem<'a> = &'a mut dyn FnMut(&Item, Option<Key>) -> Key;

impl Writing<'_> {
    /// Readings of an account's documents that still belong to another account.
    pub fn readings_to_move(&self, account_id: i64) -> Result<Vec<MovingReading>, StoreError> {
        let doing = "looking for readings to move";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT x.id, x.document_id, x.account_id, x.path,
                        EXISTS (SELECT 1 FROM entry o JOIN archive b ON b.id = o.archive_id JOIN snapshot t ON t.id = b.snapshot_id
                                 WHERE o.reading_id = x.id AND t.account_id <> :account)
                   FROM reading x
                  WHERE x.account_id <> :account
                    AND EXISTS (SELECT 1 FROM entry e JOIN archive a ON a.id = e.archive_id JOIN snapshot s ON s.id = a.snapshot_id
                                 WHERE e.reading_id = x.id AND s.account_id = :account)
                  ORDER BY x.id",
            )
            .context(doing)?;
        let rows = select
            .query_map(named_params! { ":account": account_id }, |row| {
                Ok(MovingReading {
                    id: row.get(0)?,
                    document_id: row.get(1)?,
                    account_id: row.get(2)?,
                    path: row.get(3)?,
                    is_shared: row.get(4)?,
                })
            })
            .context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }

    /// Another reading of the same document for that account.
    pub fn reading_of_account(&self, moving: &MovingReading, account_id: i64) -> Result<Option<i64>, StoreError> {
        self.connection()
            .prepare_cached(
                "SELECT id FROM reading WHERE document_id = :document AND account_id = :account AND path = :path ORDER BY id LIMIT 1",
            )
            .and_then(|mut find| {
                find.query_row(
                    named_params! { ":document": moving.document_id, ":account": account_id, ":path": moving.path },
                    |row| row.get(0),
                )
                .optional()
            })
            .context("looking up a reading")
    }

    /// Makes an account's entries point to another reading.
    pub fn point_entries(&self, from: i64, to: i64, account_id: i64) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "UPDATE entry SET reading_id = :to
                  WHERE reading_id = :from
                    AND archive_id IN (SELECT a.id FROM archive a JOIN snapshot s ON s.id = a.snapshot_id WHERE s.account_id = :account)",
                named_params! { ":from": from, ":to": to, ":account": account_id },
            )
            .context("moving a reading")?;
        Ok(())
    }

    pub fn set_reading_account(&self, reading_id: i64, account_id: i64) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "UPDATE reading SET account_id = :account WHERE id = :id",
                named_params! { ":id": reading_id, ":account": account_id },
            )
            .context("moving a reading")?;
        Ok(())
    }

    /// The same reading once more, for another account, its sightings without records.
    pub fn copy_reading(&self, reading_id: i64, account_id: i64) -> Result<i64, StoreError> {
        let doing = "copying a reading";
        self.connection()
            .execute(
                "INSERT INTO reading (document_id, account_id, path, reader, reader_version, n_items, n_read, n_kept, n_bad, words)
                 SELECT document_id, :account, path, reader, reader_version, n_items, n_read, n_kept, n_bad, words
                   FROM reading WHERE id = :id",
                named_params! { ":id": reading_id, ":account": account_id },
            )
            .context(doing)?;
        let copy = self.connection().last_insert_rowid();
        let mut select = self
            .connection()
            .prepare_cached("SELECT id, key, head FROM thread_sighting WHERE reading_id = :id ORDER BY id")
            .context(doing)?;
        let mut rows = select.query([reading_id]).context(doing)?;
        while let Some(row) = rows.next().context(doing)? {
            let (thread, key, head): (i64, Vec<u8>, String) =
                (row.get(0).context(doing)?, row.get(1).context(doing)?, row.get(2).context(doing)?);
            self.connection()
                .execute(
                    "INSERT INTO thread_sighting (reading_id, key, head) VALUES (:reading, :key, :head)",
                    named_params! { ":reading": copy, ":key": key, ":head": head },
                )
                .context(doing)?;
            let copied = self.connection().last_insert_rowid();
            self.copy_sightings(reading_id, copy, Some(thread), Some(copied))?;
        }
        self.copy_sightings(reading_id, copy, None, None)?;
        Ok(copy)
    }

    fn copy_sightings(&self, from: i64, to: i64, thread: Option<i64>, copied: Option<i64>) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "INSERT INTO sighting (reading_id, place, thread_sighting_id, key, item)
                 SELECT :to, place, :copied, key, item FROM sighting
                  WHERE reading_id = :from AND thread_sighting_id IS :thread ORDER BY id",
                named_params! { ":from": from, ":to": to, ":thread": thread, ":copied": copied },
            )
            .context("copying a reading")?;
        Ok(())
    }

    /// Computes the keys of a reading's heads and items again; its sightings belong to no record until that is derived.
    pub fn rekey_reading(
        &self,
        reading_id: i64,
        of_head: KeyOfHead<'_>,
        of_item: KeyOfItem<'_>,
    ) -> Result<(), StoreError> {
        let doing = "moving what a document said";
        let mut heads = std::collections::HashMap::new();
        {
            let mut select = self
                .connection()
                .prepare_cached("SELECT id, head FROM thread_sighting WHERE reading_id = :id")
                .context(doing)?;
            let mut rows = select.query([reading_id]).context(doing)?;
            while let Some(row) = rows.next().context(doing)? {
                let id: i64 = row.get(0).context(doing)?;
                let head = row.get_ref(1).and_then(|value| Ok(value.as_bytes()?)).context(doing)?;
                heads.insert(id, of_head(&serde_json::from_slice(head).context("read")?)?);
            }
        }
        for (id, key) in &heads {
            self.connection()
                .prepare_cached("UPDATE thread_sighting SET key = :key WHERE id = :id")
                .and_then(|mut update| update.execute(named_params! { ":id": id, ":key": key.as_bytes() }))
                .context(doing)?;
        }
        // In steps by row number: rows are written while they are read.
        let mut last = 0;
        loop {
            let mut select = self
                .connection()
                .prepare_cached(
                    "SELECT id, thread_sighting_id, item FROM sighting WHERE reading_id = :reading AND id > :last
                      ORDER BY id LIMIT 1000",
                )
                .context(doing)?;
            let mut rows = select.query(named_params! { ":reading": reading_id, ":last": last }).context(doing)?;
            let mut keys = Vec::new();
            while let Some(row) = rows.next().context(doing)? {
                let id: i64 = row.get(0).context(doing)?;
                let thread: Option<i64> = row.get(1).context(doing)?;
                let item = row.get_ref(2).and_then(|value| Ok(value.as_bytes()?)).context(doing)?;
                let thread = thread.and_then(|thread| heads.get(&thread).copied());
                keys.push((id, of_item(&serde_json::from_slice(item).context("read")?, thread)));
            }
            let Some((id, _)) = keys.last() else { return Ok(()) };
            last = *id;
            drop(rows);
            for (id, key) in keys {
                self.connection()
                    .prepare_cached("UPDATE sighting SET key = :key, record_id = NULL WHERE id = :id")
                    .and_then(|mut update| update.execute(named_params! { ":id": id, ":key": key.as_bytes() }))
                    .context(doing)?;
            }
        }
    }

    /// Removes a reading of which no archive has the document any more, with all that it said.
    pub fn remove_unused_reading(&self, reading_id: i64) -> Result<(), StoreError> {
        for sql in [
            "DELETE FROM sighting WHERE reading_id = ?1 AND NOT EXISTS (SELECT 1 FROM entry WHERE reading_id = ?1)",
            "DELETE FROM thread_sighting WHERE reading_id = ?1 AND NOT EXISTS (SELECT 1 FROM entry WHERE reading_id = ?1)",
            "DELETE FROM reading WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM entry WHERE reading_id = ?1)",
        ] {
            self.connection().execute(sql, [reading_id]).context("removing a reading")?;
        }
        Ok(())
    }

    /// Forgets keys of conversations under which no document tells of them any more.
    pub fn remove_unseen_thread_keys(&self, threads: &std::collections::BTreeSet<i64>) -> Result<(), StoreError> {
        for thread in threads {
            self.connection()
                .prepare_cached(
                    "DELETE FROM thread_key
                      WHERE thread_id = ?1 AND NOT EXISTS (SELECT 1 FROM thread_sighting t WHERE t.key = thread_key.key)",
                )
                .and_then(|mut delete| delete.execute([thread]))
                .context("removing a conversation")?;
        }
        Ok(())
    }

    /// Takes conversations away that have no key. No record may belong to them.
    pub fn remove_threads_without_key(&self, threads: &std::collections::BTreeSet<i64>) -> Result<(), StoreError> {
        for thread in threads {
            for sql in [
                "DELETE FROM participant WHERE thread_id = ?1 AND NOT EXISTS (SELECT 1 FROM thread_key WHERE thread_id = ?1)",
                "DELETE FROM thread WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM thread_key WHERE thread_id = ?1)",
            ] {
                self.connection()
                    .prepare_cached(sql)
                    .and_then(|mut delete| delete.execute([thread]))
                    .context("removing a conversation")?;
            }
        }
        Ok(())
    }

    /// Whether two keys of a conversation stand side by side in one snapshot, which makes them two conversations.
    pub fn is_thread_torn(&self, thread_id: i64) -> Result<bool, StoreError> {
        self.connection()
            .prepare_cached(
                "SELECT 1
                   FROM thread_key k
                   JOIN thread_sighting t ON t.key = k.key
                   JOIN entry e ON e.reading_id = t.reading_id
                   JOIN archive a ON a.id = e.archive_id
                  WHERE k.thread_id = :thread AND (SELECT count(*) FROM thread_key o WHERE o.thread_id = :thread) > 1
                  GROUP BY a.snapshot_id HAVING count(DISTINCT k.key) > 1",
            )
            .and_then(|mut find| find.exists([thread_id]))
            .context("comparing conversations")
    }

    /// Makes each key of a conversation a conversation of its own again; the smallest keeps the row. Gives all rows.
    pub fn part_thread(&self, thread_id: i64) -> Result<Vec<i64>, StoreError> {
        let account: i64 = self
            .connection()
            .query_row("SELECT account_id FROM thread WHERE id = ?1", [thread_id], |row| row.get(0))
            .context("parting conversations")?;
        let keys = self.thread_keys(thread_id)?;
        let mut parted = vec![thread_id];
        for key in keys.into_iter().skip(1) {
            self.connection()
                .execute("DELETE FROM thread_key WHERE key = ?1", [key.as_bytes()])
                .context("parting conversations")?;
            let public_id = crate::model::KeyBuilder::new("thread").part(key.as_bytes()).public_id();
            parted.push(self.add_thread(key, public_id.as_str(), account)?);
        }
        Ok(parted)
    }

    /// Keys of everything that was said in a conversation.
    pub fn keys_in_thread(&self, thread_id: i64, each: &mut dyn FnMut(Key)) -> Result<(), StoreError> {
        let doing = "reading a conversation";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT DISTINCT s.key FROM thread_key k
                   JOIN thread_sighting t ON t.key = k.key
                   JOIN sighting s ON s.reading_id = t.reading_id AND s.thread_sighting_id = t.id
                  WHERE k.thread_id = :thread",
            )
            .context(doing)?;
        let mut rows = select.query([thread_id]).context(doing)?;
        while let Some(row) = rows.next().context(doing)? {
            let bytes = row.get_ref(0).and_then(|value| Ok(value.as_blob()?)).context(doing)?;
            each(Key::from_bytes(bytes).ok_or_else(|| StoreError::Value("a key is not 16 bytes long".into()))?);
        }
        Ok(())
    }
}
