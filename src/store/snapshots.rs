//! Accounts and snapshots.

use rusqlite::{OptionalExtension, named_params};

use super::Writing;
use super::error::{Context, StoreError};
use crate::model::{Format, Generation, Key, Service};

/// A snapshot as it is about to be held.
#[derive(Clone, Debug)]
pub struct NewSnapshot<'a> {
    pub key: Key,
    pub public_id: &'a str,
    pub account_id: i64,
    pub format: Format,
    pub generation: Generation,
    pub language: Option<&'a str>,
    pub date: &'a str,
    pub date_ground: &'a str,
    pub evidence: &'a str,
}

/// What is held of a snapshot, as far as an ingest needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotRow {
    pub id: i64,
    pub public_id: String,
    pub account_id: i64,
    pub generation: i64,
    pub language: Option<String>,
    pub date: String,
}

impl Writing<'_> {
    /// The account of that key, made when it is new.
    pub fn account(&self, key: Key, service: Service, handle: &str) -> Result<i64, StoreError> {
        self.connection()
            .execute(
                "INSERT OR IGNORE INTO account (key, service, handle) VALUES (:key, :service, :handle)",
                named_params! { ":key": key.as_bytes(), ":service": service.code(), ":handle": handle },
            )
            .context("adding an account")?;
        self.connection()
            .query_row("SELECT id FROM account WHERE key = :key", [key.as_bytes()], |row| row.get(0))
            .context("looking up an account")
    }

    pub fn account_handle(&self, account_id: i64) -> Result<String, StoreError> {
        self.connection()
            .prepare_cached("SELECT handle FROM account WHERE id = :id")
            .and_then(|mut select| select.query_row([account_id], |row| row.get(0)))
            .context("looking up an account")
    }

    pub fn snapshot_by_key(&self, key: Key) -> Result<Option<SnapshotRow>, StoreError> {
        self.connection()
            .query_row(
                "SELECT id, public_id, account_id, generation, language, date FROM snapshot WHERE key = :key",
                [key.as_bytes()],
                |row| {
                    Ok(SnapshotRow {
                        id: row.get(0)?,
                        public_id: row.get(1)?,
                        account_id: row.get(2)?,
                        generation: row.get(3)?,
                        language: row.get(4)?,
                        date: row.get(5)?,
                    })
                },
            )
            .optional()
            .context("looking up a snapshot")
    }

    pub fn add_snapshot(&self, snapshot: &NewSnapshot<'_>) -> Result<i64, StoreError> {
        self.connection()
            .execute(
                "INSERT INTO snapshot (key, public_id, account_id, format, generation, language, date, date_ground, evidence,
                                       is_complete)
                 VALUES (:key, :public_id, :account, :format, :generation, :language, :date, :date_ground, :evidence, 1)",
                named_params! {
                    ":key": snapshot.key.as_bytes(),
                    ":public_id": snapshot.public_id,
                    ":account": snapshot.account_id,
                    ":format": snapshot.format.code(),
                    ":generation": snapshot.generation.code(),
                    ":language": snapshot.language,
                    ":date": snapshot.date,
                    ":date_ground": snapshot.date_ground,
                    ":evidence": snapshot.evidence,
                },
            )
            .context("adding a snapshot")?;
        Ok(self.connection().last_insert_rowid())
    }

    /// A part that joins may know more than the parts before it: the later generation and a language win.
    pub fn widen_snapshot(&self, id: i64, generation: Generation, language: Option<&str>) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "UPDATE snapshot SET generation = max(generation, :generation), language = coalesce(language, :language)
                  WHERE id = :id",
                named_params! { ":id": id, ":generation": generation.code(), ":language": language },
            )
            .context("completing a snapshot")?;
        Ok(())
    }

    /// Who the owner was, and how that was found out.
    pub fn set_snapshot_owner(&self, id: i64, name: Option<&str>, ground: &str) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "UPDATE snapshot SET owner_name = :name, owner_ground = :ground WHERE id = :id",
                named_params! { ":id": id, ":name": name, ":ground": ground },
            )
            .context("noting the owner")?;
        Ok(())
    }

    /// A snapshot is complete while no archive of it has a finding that says otherwise.
    pub fn set_snapshot_complete(&self, id: i64) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "UPDATE snapshot SET is_complete = NOT EXISTS (
                     SELECT 1 FROM finding f JOIN archive a ON a.id = f.archive_id
                      WHERE a.snapshot_id = :id AND f.severity = 3 AND f.code IN ('damaged_entry', 'over_budget', 'unreadable_file'))
                  WHERE id = :id",
                named_params! { ":id": id },
            )
            .context("judging a snapshot")?;
        Ok(())
    }

    /// Computes the range of a snapshot from the times of its own records (not of views, logins and settings, whose
    /// windows are not the download's).
    pub fn set_snapshot_range(&self, id: i64) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "UPDATE snapshot SET (range_from_ms, range_to_ms) = (
                     SELECT min(r.at_ms), max(r.at_ms)
                       FROM record r
                      WHERE r.kind IN (1, 2, 3, 5, 6, 10, 14)
                        AND (r.last_snapshot_id = :id OR r.first_snapshot_id = :id OR EXISTS (
                             SELECT 1 FROM sighting s
                               JOIN entry e ON e.reading_id = s.reading_id
                               JOIN archive a ON a.id = e.archive_id
                              WHERE s.record_id = r.id AND s.key = r.key AND a.snapshot_id = :id)))
                  WHERE id = :id",
                named_params! { ":id": id },
            )
            .context("computing a snapshot's range")?;
        Ok(())
    }
}
