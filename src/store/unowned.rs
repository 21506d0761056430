//! Snapshots that do not say whose they are, and their moves from one account to another.

use rusqlite::named_params;

use super::Writing;
use super::error::{Context, StoreError};
use crate::model::Key;

impl Writing<'_> {
    /// Whether a snapshot consists of encrypted chats.
    pub fn is_of_encrypted_chats(&self, snapshot_id: i64) -> Result<bool, StoreError> {
        self.connection()
            .prepare_cached(
                "SELECT 1 FROM archive a JOIN entry e ON e.archive_id = a.id JOIN reading x ON x.id = e.reading_id
                  WHERE a.snapshot_id = ?1 AND x.reader = 'encrypted_chats' LIMIT 1",
            )
            .and_then(|mut find| find.exists([snapshot_id]))
            .context("looking at a snapshot")
    }

    /// Remembers that a snapshot does not say whose it is.
    pub fn add_unowned(&self, snapshot_id: i64, key: Key, handle: &str) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "INSERT OR REPLACE INTO unowned_snapshot (snapshot_id, key, handle) VALUES (:snapshot, :key, :handle)",
                named_params! { ":snapshot": snapshot_id, ":key": key.as_bytes(), ":handle": handle },
            )
            .context("noting a snapshot without an owner")?;
        Ok(())
    }

    /// Forgets that a snapshot did not say whose it is: it does now.
    pub fn remove_unowned(&self, snapshot_id: i64) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached("DELETE FROM unowned_snapshot WHERE snapshot_id = ?1")
            .and_then(|mut delete| delete.execute([snapshot_id]))
            .context("noting a snapshot's owner")?;
        Ok(())
    }

    /// Who takes part in every conversation of a snapshot, by the names as written.
    pub fn participants_in_every_thread(&self, snapshot_id: i64) -> Result<Vec<String>, StoreError> {
        let doing = "looking for who is in every conversation";
        let mut select = self
            .connection()
            .prepare_cached(
                "WITH head AS (
                     SELECT DISTINCT t.key, t.head FROM archive a
                       JOIN entry e ON e.archive_id = a.id JOIN thread_sighting t ON t.reading_id = e.reading_id
                      WHERE a.snapshot_id = :snapshot)
                 SELECT p.value ->> '$.name' AS name
                   FROM head JOIN json_each(head.head, '$.participants') p
                  WHERE name IS NOT NULL
                  GROUP BY name HAVING count(DISTINCT head.key) = (SELECT count(DISTINCT key) FROM head)
                  ORDER BY name",
            )
            .context(doing)?;
        let rows = select.query_map(named_params! { ":snapshot": snapshot_id }, |row| row.get(0)).context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }

    pub fn set_snapshot_account(&self, snapshot_id: i64, account_id: i64) -> Result<(), StoreError> {
        self.connection()
            .execute("UPDATE snapshot SET account_id = ?1 WHERE id = ?2", [account_id, snapshot_id])
            .context("moving a snapshot")?;
        Ok(())
    }
}
