//! Taking archives back: what of the store goes with them, and what only they had.

use rusqlite::named_params;

use super::error::{Context, StoreError};
use super::{Store, Writing};
use crate::model::ContentHash;

/// A document that only archives had which go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeavingDocument {
    pub id: i64,
    pub hash: ContentHash,
    pub bytes: u64,
    /// Of the names that it had; empty where there was none.
    pub extension: String,
}

/// A media file that nothing refers to any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeavingMedium {
    pub hash: ContentHash,
    pub extension: String,
    pub bytes: u64,
    /// It is deleted; else it moves aside.
    pub is_purged: bool,
}

fn hash_of(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<ContentHash> {
    let bytes: Vec<u8> = row.get(column)?;
    ContentHash::from_bytes(&bytes)
        .ok_or_else(|| rusqlite::Error::InvalidColumnType(column, "hash".to_owned(), rusqlite::types::Type::Blob))
}

impl Writing<'_> {
    /// The row of a snapshot.
    pub fn snapshot_by_public_id(&self, public_id: &str) -> Result<Option<i64>, StoreError> {
        use rusqlite::OptionalExtension;
        self.connection()
            .query_row("SELECT id FROM snapshot WHERE public_id = ?1", [public_id], |row| row.get(0))
            .optional()
            .context("looking up a snapshot")
    }

    /// Rows of the documents and media that no archive outside a snapshot has.
    pub fn only_in_snapshot(&self, snapshot_id: i64) -> Result<(Vec<LeavingDocument>, Vec<i64>), StoreError> {
        let doing = "looking for what only one snapshot has";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT d.id, d.hash, d.bytes, min(e.base) FROM archive a
                   JOIN entry e ON e.archive_id = a.id JOIN document d ON d.id = e.document_id
                  WHERE a.snapshot_id = :snapshot
                    AND NOT EXISTS (SELECT 1 FROM entry o JOIN archive b ON b.id = o.archive_id
                                     WHERE o.document_id = d.id AND b.snapshot_id <> :snapshot)
                  GROUP BY d.id ORDER BY d.hash",
            )
            .context(doing)?;
        let documents = select
            .query_map(named_params! { ":snapshot": snapshot_id }, |row| {
                let base: String = row.get(3)?;
                let extension = base.rsplit_once('.').map(|(_, extension)| extension).unwrap_or_default();
                let is_plain = extension.len() <= 8 && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
                Ok(LeavingDocument {
                    id: row.get(0)?,
                    hash: hash_of(row, 1)?,
                    bytes: row.get::<_, i64>(2)?.unsigned_abs(),
                    extension: if is_plain { extension.to_owned() } else { String::new() },
                })
            })
            .and_then(Iterator::collect)
            .context(doing)?;
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT DISTINCT e.medium_id FROM archive a JOIN entry e ON e.archive_id = a.id
                  WHERE a.snapshot_id = :snapshot AND e.medium_id IS NOT NULL
                    AND NOT EXISTS (SELECT 1 FROM entry o JOIN archive b ON b.id = o.archive_id
                                     WHERE o.medium_id = e.medium_id AND b.snapshot_id <> :snapshot)",
            )
            .context(doing)?;
        let media = select
            .query_map(named_params! { ":snapshot": snapshot_id }, |row| row.get(0))
            .and_then(Iterator::collect)
            .context(doing)?;
        Ok((documents, media))
    }

    /// Takes an archive back with its entries, and what was found in it; then the readings that stand in no archive any
    /// more, with all that they said. Records are not computed yet.
    pub fn remove_archive(&self, archive_id: i64) -> Result<(), StoreError> {
        let doing = "taking an archive back";
        let readings = self.readings_of_archive(archive_id)?;
        for sql in [
            "DELETE FROM finding WHERE archive_id = ?1",
            "DELETE FROM unlisted WHERE entry_id IN (SELECT id FROM entry WHERE archive_id = ?1)",
            "DELETE FROM entry WHERE archive_id = ?1",
            "DELETE FROM archive_name WHERE archive_id = ?1",
            "DELETE FROM archive WHERE id = ?1",
        ] {
            self.connection().execute(sql, [archive_id]).context(doing)?;
        }
        for (reading, _) in readings {
            if self.entries_of_reading(reading)?.is_empty() {
                self.remove_reading(reading)?;
            }
        }
        Ok(())
    }

    /// Removes media rows to which nothing refers, and remembers that their files are to leave. Gives them.
    pub fn let_media_leave(&self, media: &[i64], is_purged: bool) -> Result<Vec<LeavingMedium>, StoreError> {
        let doing = "removing media";
        let mut leaving = Vec::with_capacity(media.len());
        for id in media {
            let medium = self
                .connection()
                .prepare_cached("DELETE FROM medium WHERE id = ?1 RETURNING hash, extension, bytes")
                .and_then(|mut delete| {
                    delete.query_row([id], |row| {
                        let bytes = row.get::<_, i64>(2)?.unsigned_abs();
                        Ok(LeavingMedium { hash: hash_of(row, 0)?, extension: row.get(1)?, bytes, is_purged })
                    })
                })
                .context(doing)?;
            self.connection()
                .prepare_cached(
                    "INSERT OR REPLACE INTO leaving_medium (hash, extension, is_purged) VALUES (:hash, :extension, :is_purged)",
                )
                .and_then(|mut insert| {
                    insert.execute(named_params! {
                        ":hash": medium.hash.as_bytes(), ":extension": medium.extension, ":is_purged": is_purged,
                    })
                })
                .context(doing)?;
            leaving.push(medium);
        }
        Ok(leaving)
    }

    /// Removes documents to which nothing refers.
    pub fn remove_documents(&self, documents: &[LeavingDocument]) -> Result<(), StoreError> {
        for document in documents {
            for sql in ["DELETE FROM document_chunk WHERE document_id = ?1", "DELETE FROM document WHERE id = ?1"] {
                self.connection()
                    .prepare_cached(sql)
                    .and_then(|mut delete| delete.execute([document.id]))
                    .context("removing documents")?;
            }
        }
        Ok(())
    }

    /// Every key of an account, of sightings and of records that nothing supports any more.
    pub fn keys_of_account(&self, account_id: i64) -> Result<Vec<crate::model::Key>, StoreError> {
        const AT_ONCE: usize = 10_000;
        let mut all = Vec::new();
        loop {
            let next = self.keys_after(account_id, all.last().copied(), AT_ONCE)?;
            if next.is_empty() {
                return Ok(all);
            }
            all.extend(next);
        }
    }

    /// Says that the files that were to leave have left.
    pub fn forget_leaving_media(&self) -> Result<(), StoreError> {
        self.connection().execute("DELETE FROM leaving_medium", []).context("removing media").map(drop)
    }
}

impl Store {
    /// Media files that are to leave `media/`; those that are kept again since are not among them.
    pub fn leaving_media(&self) -> Result<Vec<LeavingMedium>, StoreError> {
        let doing = "listing media that leave";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT hash, extension, is_purged FROM leaving_medium l
                  WHERE NOT EXISTS (SELECT 1 FROM medium m WHERE m.hash = l.hash) ORDER BY hash",
            )
            .context(doing)?;
        let rows = select
            .query_map([], |row| {
                Ok(LeavingMedium { hash: hash_of(row, 0)?, extension: row.get(1)?, bytes: 0, is_purged: row.get(2)? })
            })
            .context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }

    /// Whether anything was left to leave, kept again or not.
    pub fn has_leaving_media(&self) -> Result<bool, StoreError> {
        self.connection()
            .prepare_cached("SELECT 1 FROM leaving_medium LIMIT 1")
            .and_then(|mut find| find.exists([]))
            .context("listing media that leave")
    }
}
