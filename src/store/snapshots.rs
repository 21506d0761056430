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
    /// User name at that time.
    pub handle: &'a str,
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

/// An account's key and oldest known user name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    pub key: Key,
    pub first_handle: String,
}

/// What an archive is part of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveDescription {
    pub snapshot: String,
    pub account: String,
    pub language: Option<String>,
    pub date: String,
    pub owner: Option<String>,
    pub range_ms: Option<(i64, i64)>,
}

const SNAPSHOT: &str = "SELECT s.id, s.public_id, s.account_id, s.generation, s.language, s.date FROM snapshot s";

fn snapshot_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<SnapshotRow> {
    Ok(SnapshotRow {
        id: row.get(0)?,
        public_id: row.get(1)?,
        account_id: row.get(2)?,
        generation: row.get(3)?,
        language: row.get(4)?,
        date: row.get(5)?,
    })
}

impl Writing<'_> {
    /// The account of that key, made when it is new.
    pub fn account(&self, key: Key, service: Service, first_handle: &str) -> Result<i64, StoreError> {
        self.connection()
            .execute(
                "INSERT OR IGNORE INTO account (key, service, handle, first_handle)
                 VALUES (:key, :service, :handle, :handle)",
                named_params! { ":key": key.as_bytes(), ":service": service.code(), ":handle": first_handle },
            )
            .context("adding an account")?;
        self.connection()
            .query_row("SELECT id FROM account WHERE key = :key", [key.as_bytes()], |row| row.get(0))
            .context("looking up an account")
    }

    pub fn account_row(&self, account_id: i64) -> Result<AccountRow, StoreError> {
        let (key, first_handle): (Vec<u8>, String) = self
            .connection()
            .query_row("SELECT key, first_handle FROM account WHERE id = :id", [account_id], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .context("looking up an account")?;
        let key =
            Key::from_bytes(&key).ok_or_else(|| StoreError::Value("an account's key is not 16 bytes long".into()))?;
        Ok(AccountRow { key, first_handle })
    }

    /// An account goes by the user name of its newest snapshot that tells one.
    pub fn name_account(&self, account_id: i64) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "UPDATE account SET handle = (SELECT handle FROM snapshot WHERE account_id = :id
                  ORDER BY id IN (SELECT snapshot_id FROM unowned_snapshot), date DESC, public_id LIMIT 1)
                  WHERE id = :id",
                [account_id],
            )
            .context("naming an account")?;
        Ok(())
    }

    pub fn account_of_snapshot(&self, snapshot_id: i64) -> Result<i64, StoreError> {
        self.connection()
            .prepare_cached("SELECT account_id FROM snapshot WHERE id = :id")
            .and_then(|mut select| select.query_row([snapshot_id], |row| row.get(0)))
            .context("looking up a snapshot")
    }

    pub fn accounts(&self) -> Result<Vec<i64>, StoreError> {
        let mut select =
            self.connection().prepare_cached("SELECT id FROM account ORDER BY key").context("listing accounts")?;
        let rows = select.query_map([], |row| row.get(0)).context("listing accounts")?;
        rows.collect::<Result<_, _>>().context("listing accounts")
    }

    /// The archives of a snapshot, in an order that does not depend on their arrival.
    pub fn archives_of(&self, snapshot_id: i64) -> Result<Vec<i64>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached("SELECT id FROM archive WHERE snapshot_id = :snapshot ORDER BY public_id")
            .context("listing archives")?;
        let rows = select.query_map([snapshot_id], |row| row.get(0)).context("listing archives")?;
        rows.collect::<Result<_, _>>().context("listing archives")
    }

    pub fn snapshots_of_account(&self, account_id: i64) -> Result<Vec<i64>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached("SELECT id FROM snapshot WHERE account_id = :account ORDER BY date, public_id")
            .context("listing snapshots")?;
        let rows = select.query_map([account_id], |row| row.get(0)).context("listing snapshots")?;
        rows.collect::<Result<_, _>>().context("listing snapshots")
    }

    /// Gives a snapshot the date that only its records told.
    pub fn date_snapshot(&self, id: i64, public_id: &str, date: &str, ground: &str) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "UPDATE snapshot SET public_id = :public_id, date = :date, date_ground = :ground WHERE id = :id",
                named_params! { ":id": id, ":public_id": public_id, ":date": date, ":ground": ground },
            )
            .context("dating a snapshot")?;
        Ok(())
    }

    /// What is known of the snapshot that an archive belongs to.
    pub fn describe_archive(&self, archive_id: i64) -> Result<ArchiveDescription, StoreError> {
        self.connection()
            .query_row(
                "SELECT s.public_id, c.handle, s.language, s.date, s.owner_name, s.range_from_ms, s.range_to_ms
                   FROM archive a JOIN snapshot s ON s.id = a.snapshot_id JOIN account c ON c.id = s.account_id
                  WHERE a.id = :archive",
                [archive_id],
                |row| {
                    let from: Option<i64> = row.get(5)?;
                    let to: Option<i64> = row.get(6)?;
                    Ok(ArchiveDescription {
                        snapshot: row.get(0)?,
                        account: row.get(1)?,
                        language: row.get(2)?,
                        date: row.get(3)?,
                        owner: row.get(4)?,
                        range_ms: from.zip(to),
                    })
                },
            )
            .context("describing an archive")
    }

    pub fn snapshot_by_key(&self, key: Key) -> Result<Option<SnapshotRow>, StoreError> {
        self.connection()
            .query_row(&format!("{SNAPSHOT} WHERE s.key = :key"), [key.as_bytes()], snapshot_row)
            .optional()
            .context("looking up a snapshot")
    }

    pub fn snapshot_of_archive(&self, archive_id: i64) -> Result<SnapshotRow, StoreError> {
        let sql = format!("{SNAPSHOT} JOIN archive a ON a.snapshot_id = s.id WHERE a.id = :archive");
        self.connection().query_row(&sql, [archive_id], snapshot_row).context("looking up a snapshot")
    }

    pub fn add_snapshot(&self, snapshot: &NewSnapshot<'_>) -> Result<i64, StoreError> {
        self.connection()
            .execute(
                "INSERT INTO snapshot (key, public_id, account_id, handle, format, generation, language, date, date_ground, evidence,
                                       is_complete)
                 VALUES (:key, :public_id, :account, :handle, :format, :generation, :language, :date, :date_ground, :evidence, 1)",
                named_params! {
                    ":key": snapshot.key.as_bytes(),
                    ":public_id": snapshot.public_id,
                    ":account": snapshot.account_id,
                    ":handle": snapshot.handle,
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
    pub fn widen_snapshot(
        &self,
        id: i64,
        generation: Generation,
        language: Option<&str>,
        evidence: &str,
    ) -> Result<(), StoreError> {
        self.connection()
            .execute(
                // Of several parts the first evidence by the alphabet is told, whichever came first.
                "UPDATE snapshot SET generation = max(generation, :generation), language = coalesce(language, :language),
                        evidence = min(evidence, :evidence)
                  WHERE id = :id",
                named_params! {
                    ":id": id, ":generation": generation.code(), ":language": language, ":evidence": evidence,
                },
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

    /// A snapshot is complete while no archive of it was salvaged or has a finding that says otherwise.
    pub fn set_snapshot_complete(&self, id: i64) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "UPDATE snapshot SET is_complete = NOT EXISTS (
                     SELECT 1 FROM finding f JOIN archive a ON a.id = f.archive_id
                      WHERE a.snapshot_id = :id AND f.severity = 3 AND f.code IN ('damaged_entry', 'over_budget', 'unreadable_file'))
                     AND NOT EXISTS (SELECT 1 FROM archive WHERE snapshot_id = :id AND is_salvaged)
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
