//! Files that tell of something although no document names them: pictures below `posts/media`, subtitles without a video.

use std::collections::BTreeMap;
use std::rc::Rc;

use rusqlite::named_params;

use super::Writing;
use super::error::{Context, StoreError};
use super::sightings::{SightingRow, SnapshotRef};
use crate::model::{Item, Key};

/// A file that no document of the account's downloads names.
#[derive(Clone, Debug)]
pub struct UnlistedFile {
    pub entry_id: i64,
    pub snapshot_id: i64,
    /// Its name below the root of its download.
    pub path: String,
    pub media_id: Option<String>,
    /// BLAKE3 of its bytes, in hexadecimal digits.
    pub hash: String,
    /// By its bytes, for example `image/jpeg`; empty for a document.
    pub media_type: String,
    /// The words of a subtitle file.
    pub words: Option<String>,
}

impl Writing<'_> {
    /// Pictures and videos whose name has `posts/media/` in it, and subtitles, which no document of the account names: by
    /// their bytes, or by the media id in their name. In an order that does not depend on their arrival.
    pub fn unlisted_files(&self, account_id: i64) -> Result<Vec<UnlistedFile>, StoreError> {
        let doing = "looking for files that no document names";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT e.id, substr(e.path, length(a.root) + 1), e.external_id, lower(hex(coalesce(m.hash, d.hash))), m.type,
                        x.words, s.id
                   FROM snapshot s
                   JOIN archive a ON a.snapshot_id = s.id
                   JOIN entry e ON e.archive_id = a.id
                   LEFT JOIN medium m ON m.id = e.medium_id
                   LEFT JOIN document d ON d.id = e.document_id
                   LEFT JOIN reading x ON x.id = e.reading_id
                  WHERE s.account_id = :account
                    AND ((e.fate = 2 AND e.path LIKE '%posts/media/%' AND (m.type LIKE 'image/%' OR m.type LIKE 'video/%'))
                      OR (e.fate = 1 AND x.words IS NOT NULL))
                    AND NOT EXISTS (
                        SELECT 1 FROM attachment t JOIN record r ON r.id = t.record_id
                         WHERE r.account_id = :account AND coalesce(t.role, '') NOT IN ('unlisted', 'unlisted_cover')
                           AND t.medium_id = e.medium_id)
                    AND NOT EXISTS (
                        SELECT 1 FROM attachment t JOIN record r ON r.id = t.record_id
                         WHERE r.account_id = :account AND coalesce(t.role, '') NOT IN ('unlisted', 'unlisted_cover')
                           AND e.medium_id IS NOT NULL AND t.external_id = e.external_id)
                    AND (e.document_id IS NULL OR e.document_id NOT IN (
                        SELECT t.document_id FROM attachment t JOIN record r ON r.id = t.record_id
                         WHERE r.account_id = :account AND coalesce(t.role, '') NOT IN ('unlisted', 'unlisted_cover')
                           AND t.document_id IS NOT NULL))
                  ORDER BY a.public_id, e.position",
            )
            .context(doing)?;
        let rows = select
            .query_map(named_params! { ":account": account_id }, |row| {
                Ok(UnlistedFile {
                    entry_id: row.get(0)?,
                    path: row.get(1)?,
                    media_id: row.get(2)?,
                    hash: row.get(3)?,
                    media_type: row.get::<_, Option<String>>(4)?.unwrap_or_default(),
                    words: row.get(5)?,
                    snapshot_id: row.get(6)?,
                })
            })
            .context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }

    /// Makes these the account's files that tell of something: entry → key and item. Gives the keys whose records must be
    /// computed again.
    pub fn set_unlisted(&self, account_id: i64, wanted: &BTreeMap<i64, (Key, Item)>) -> Result<Vec<Key>, StoreError> {
        let doing = "noting files that no document names";
        let mut written = BTreeMap::new();
        for (entry_id, (key, item)) in wanted {
            written.insert(*entry_id, (*key, serde_json::to_string(item).context("written")?));
        }
        let mut touched = Vec::new();
        for (entry_id, key, item) in self.held_unlisted(account_id)? {
            if written.get(&entry_id).is_some_and(|(its, new)| *its == key && *new == item) {
                written.remove(&entry_id);
                continue;
            }
            touched.push(key);
            self.connection().execute("DELETE FROM unlisted WHERE entry_id = ?1", [entry_id]).context(doing)?;
        }
        for (entry_id, (key, item)) in written {
            touched.push(key);
            self.connection()
                .prepare_cached("INSERT INTO unlisted (entry_id, key, item) VALUES (:entry, :key, :item)")
                .and_then(|mut insert| {
                    insert.execute(named_params! { ":entry": entry_id, ":key": key.as_bytes(), ":item": item })
                })
                .context(doing)?;
        }
        touched.sort_unstable();
        touched.dedup();
        Ok(touched)
    }

    /// Keys of the records that an archive's files make by themselves.
    pub fn unlisted_keys_of_archive(&self, archive_id: i64) -> Result<Vec<Key>, StoreError> {
        let doing = "reading files that no document names";
        let mut select = self
            .connection()
            .prepare_cached("SELECT u.key FROM unlisted u JOIN entry e ON e.id = u.entry_id WHERE e.archive_id = ?1")
            .context(doing)?;
        let mut rows = select.query([archive_id]).context(doing)?;
        let mut keys = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            keys.push(key_of(row, 0)?);
        }
        Ok(keys)
    }

    /// Forgets what a snapshot's files tell by themselves, before they are another account's. Gives the keys of the records.
    pub fn forget_unlisted(&self, snapshot_id: i64) -> Result<Vec<Key>, StoreError> {
        let doing = "forgetting files that no document names";
        let mut delete = self
            .connection()
            .prepare_cached(
                "DELETE FROM unlisted
                  WHERE entry_id IN (SELECT e.id FROM archive a JOIN entry e ON e.archive_id = a.id WHERE a.snapshot_id = ?1)
                 RETURNING key",
            )
            .context(doing)?;
        let mut rows = delete.query([snapshot_id]).context(doing)?;
        let mut keys = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            keys.push(key_of(row, 0)?);
        }
        Ok(keys)
    }

    fn held_unlisted(&self, account_id: i64) -> Result<Vec<(i64, Key, String)>, StoreError> {
        let doing = "reading files that no document names";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT u.entry_id, u.key, u.item
                   FROM unlisted u JOIN entry e ON e.id = u.entry_id JOIN archive a ON a.id = e.archive_id
                   JOIN snapshot s ON s.id = a.snapshot_id
                  WHERE s.account_id = :account ORDER BY u.entry_id",
            )
            .context(doing)?;
        let mut rows = select.query(named_params! { ":account": account_id }).context(doing)?;
        let mut held = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            held.push((row.get(0).context(doing)?, key_of(row, 1)?, row.get(2).context(doing)?));
        }
        Ok(held)
    }

    /// The files of a key, as sightings. Their row numbers are negative: no document has them.
    pub(super) fn unlisted_sightings(&self, key: Key) -> Result<Vec<SightingRow>, StoreError> {
        let doing = "reading files that no document names";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT u.id, substr(e.path, length(a.root) + 1), u.record_id, u.item, s.date, s.public_id, s.id
                   FROM unlisted u JOIN entry e ON e.id = u.entry_id JOIN archive a ON a.id = e.archive_id
                   JOIN snapshot s ON s.id = a.snapshot_id
                  WHERE u.key = :key",
            )
            .context(doing)?;
        let mut rows = select.query(named_params! { ":key": key.as_bytes() }).context(doing)?;
        let mut sightings = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            let item = row.get_ref(3).and_then(|value| Ok(value.as_bytes()?)).context(doing)?;
            let id: i64 = row.get(0).context(doing)?;
            sightings.push(SightingRow {
                id: -id,
                reading_id: -id,
                reader: "unlisted".to_owned(),
                path: row.get(1).context(doing)?,
                place: String::new(),
                thread_id: None,
                thread_key: None,
                record_id: row.get(2).context(doing)?,
                twin: 0,
                held_as: None,
                item: serde_json::from_slice(item).context("read")?,
                snapshots: Rc::new([SnapshotRef {
                    date: row.get(4).context(doing)?,
                    public_id: row.get(5).context(doing)?,
                    id: row.get(6).context(doing)?,
                }]),
            });
        }
        Ok(sightings)
    }

    pub(super) fn set_unlisted_record(&self, sighting_id: i64, record_id: i64) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached("UPDATE unlisted SET record_id = :record WHERE id = -:id AND record_id IS NOT :record")
            .and_then(|mut update| update.execute(named_params! { ":id": sighting_id, ":record": record_id }))
            .context("linking a file that no document names")?;
        Ok(())
    }
}

fn key_of(row: &rusqlite::Row<'_>, column: usize) -> Result<Key, StoreError> {
    let bytes = row.get_ref(column).and_then(|value| Ok(value.as_blob()?)).context("reading keys")?;
    super::error::key_of(bytes)
}
