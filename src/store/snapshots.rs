//! Accounts and snapshots.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, named_params};

use super::error::{Context, StoreError, key_of};
use super::{OwnName, Writing};
use crate::model::{Format, Generation, Key, KeyBuilder, Service};

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
    pub key: Vec<u8>,
    pub public_id: String,
    pub account_id: i64,
    pub generation: i64,
    pub language: Option<String>,
    pub date: String,
}

/// An account's key and the name that its owner's own things are filed under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    pub key: Key,
    /// Keys that it had to whoever knew less of its user names.
    pub other_keys: Vec<Key>,
    pub own: OwnName,
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
    pub joined_by: Option<String>,
}

/// The key of the account that goes by this user name, the oldest that is known. Where another account had that name before,
/// `since` is the id of this one's first snapshot.
pub fn account_key(service: Service, first_handle: &str, since: Option<&str>) -> Key {
    let purpose = if since.is_some() { "account, of a name used again" } else { "account" };
    let key = KeyBuilder::new(purpose).part(service.name()).part(first_handle);
    match since {
        None => key.key(),
        Some(since) => key.part(since).key(),
    }
}

const SNAPSHOT: &str =
    "SELECT s.id, s.public_id, s.account_id, s.generation, s.language, s.date, s.key FROM snapshot s";

fn snapshot_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<SnapshotRow> {
    Ok(SnapshotRow {
        id: row.get(0)?,
        key: row.get(6)?,
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
        let (key, handle, service, first): (Vec<u8>, String, i64, Option<String>) = self
            .connection()
            .query_row(
                "SELECT key, first_handle, service, (SELECT min(public_id) FROM snapshot WHERE account_id = :id)
                   FROM account WHERE id = :id",
                [account_id],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
            )
            .context("looking up an account")?;
        let key =
            Key::from_bytes(&key).ok_or_else(|| StoreError::Value("an account's key is not 16 bytes long".into()))?;
        let service =
            Service::from_code(service).ok_or_else(|| StoreError::Value(format!("unknown service {service}")))?;
        let is_first = key == account_key(service, &handle, None);
        let since = first.filter(|_| !is_first).unwrap_or_default();
        let other_keys = self.other_keys(account_id)?;
        Ok(AccountRow { key, other_keys, own: OwnName { handle, since } })
    }

    fn other_keys(&self, account_id: i64) -> Result<Vec<Key>, StoreError> {
        let doing = "reading the other keys of an account";
        let mut select = self
            .connection()
            .prepare_cached("SELECT key FROM account_key WHERE account_id = ?1 ORDER BY key")
            .context(doing)?;
        let rows = select.query_map([account_id], |row| row.get::<_, Vec<u8>>(0)).context(doing)?;
        rows.map(|bytes| key_of(&bytes.context(doing)?)).collect()
    }

    /// Notes the keys that an account would have by its other user names. Gives whether they were others before.
    pub fn put_other_keys(&self, account_id: i64, keys: &BTreeSet<Key>) -> Result<bool, StoreError> {
        if self.other_keys(account_id)?.iter().eq(keys) {
            return Ok(false);
        }
        let doing = "noting the other keys of an account";
        self.connection().execute("DELETE FROM account_key WHERE account_id = ?1", [account_id]).context(doing)?;
        for key in keys {
            self.connection()
                .prepare_cached("INSERT INTO account_key (account_id, key) VALUES (?1, ?2)")
                .and_then(|mut insert| insert.execute(rusqlite::params![account_id, key.as_bytes()]))
                .context(doing)?;
        }
        Ok(true)
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

    /// The service that a snapshot comes from.
    pub fn service_of_snapshot(&self, snapshot_id: i64) -> Result<Service, StoreError> {
        let code: i64 = self
            .connection()
            .prepare_cached("SELECT a.service FROM snapshot s JOIN account a ON a.id = s.account_id WHERE s.id = :id")
            .and_then(|mut select| select.query_row([snapshot_id], |row| row.get(0)))
            .context("looking up a snapshot")?;
        Service::from_code(code).ok_or_else(|| StoreError::Value(format!("unknown service {code}")))
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

    /// What is known of the snapshot that an archive belongs to.
    pub fn describe_archive(&self, archive_id: i64) -> Result<ArchiveDescription, StoreError> {
        self.connection()
            .query_row(
                "SELECT s.public_id, c.handle, s.language, s.date, s.owner_name, s.range_from_ms, s.range_to_ms, a.joined_by
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
                        joined_by: row.get(7)?,
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

    /// What the account of a snapshot is called where nothing tells its owner.
    pub fn stand_in_of_snapshot(&self, id: i64) -> Result<Option<String>, StoreError> {
        self.connection()
            .prepare_cached(
                "SELECT s.handle FROM snapshot s
                  WHERE s.id = :id AND EXISTS (SELECT 1 FROM archive a WHERE a.snapshot_id = s.id AND a.stand_in = s.handle)",
            )
            .and_then(|mut select| select.query_row([id], |row| row.get(0)).optional())
            .context("looking up a snapshot")
    }

    /// Every snapshot of the home.
    pub fn all_snapshots(&self) -> Result<Vec<SnapshotRow>, StoreError> {
        let sql = format!("{SNAPSHOT} ORDER BY s.id");
        let mut select = self.connection().prepare_cached(&sql).context("listing snapshots")?;
        let rows = select.query_map([], snapshot_row).context("listing snapshots")?;
        rows.collect::<Result<_, _>>().context("listing snapshots")
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

    /// Says what a snapshot is, where any of it changed.
    pub fn put_snapshot(&self, id: i64, snapshot: &NewSnapshot<'_>) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "UPDATE snapshot SET key = :key, public_id = :public_id, account_id = :account, handle = :handle,
                        format = :format, generation = :generation, language = :language, date = :date,
                        date_ground = :date_ground, evidence = :evidence
                  WHERE id = :id",
                named_params! {
                    ":id": id,
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
            .context("describing a snapshot")?;
        Ok(())
    }

    /// Takes a snapshot's names away for the moment, so that another one can have them.
    pub fn release_snapshot_names(&self, id: i64) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "UPDATE snapshot SET key = CAST('~' || id AS BLOB), public_id = '~' || id WHERE id = :id",
                named_params! { ":id": id },
            )
            .context("renaming a snapshot")?;
        Ok(())
    }

    /// Removes snapshots that hold no archive any more and accounts without a snapshot. Nothing refers to them.
    pub fn remove_empty_snapshots(&self) -> Result<(), StoreError> {
        let doing = "removing empty snapshots";
        for sql in [
            "DELETE FROM snapshot WHERE NOT EXISTS (SELECT 1 FROM archive a WHERE a.snapshot_id = snapshot.id)",
            "DELETE FROM account_person WHERE NOT EXISTS (SELECT 1 FROM snapshot s WHERE s.account_id = account_person.account_id)",
        ] {
            self.connection().execute(sql, []).context(doing)?;
        }
        let mut gone = self
            .connection()
            .prepare_cached(
                "DELETE FROM account WHERE NOT EXISTS (SELECT 1 FROM snapshot s WHERE s.account_id = account.id)
                 RETURNING first_handle",
            )
            .context(doing)?;
        let handles: Vec<String> = gone.query_map([], |row| row.get(0)).and_then(Iterator::collect).context(doing)?;
        handles.iter().try_for_each(|handle| self.remove_handle_of_nobody(handle))
    }

    /// Removes a user name that only an account carried which is no more: no document names it.
    pub fn remove_handle_of_nobody(&self, handle: &str) -> Result<(), StoreError> {
        let doing = "removing a name";
        let json = serde_json::to_string(handle).context("written")?;
        for sql in [
            "DELETE FROM handle
              WHERE type = 1 AND handle = :handle
                AND NOT EXISTS (SELECT 1 FROM account a WHERE a.first_handle = :handle)
                AND NOT EXISTS (SELECT 1 FROM record r WHERE r.author_id = handle.id OR r.counterpart_id = handle.id)
                AND NOT EXISTS (SELECT 1 FROM reaction x WHERE x.actor_id = handle.id)
                AND NOT EXISTS (SELECT 1 FROM participant p WHERE p.handle_id = handle.id)
                AND NOT EXISTS (SELECT 1 FROM sighting s WHERE instr(s.item, :json) > 0)",
            "DELETE FROM account_person
              WHERE :handle = :handle AND :json = :json AND person_id NOT IN (SELECT person_id FROM handle)",
            "DELETE FROM person
              WHERE :handle = :handle AND :json = :json AND NOT EXISTS (SELECT 1 FROM handle h WHERE h.person_id = person.id)",
        ] {
            self.connection().execute(sql, named_params! { ":handle": handle, ":json": json }).context(doing)?;
        }
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

    pub fn set_snapshot_complete(&self, id: i64, is_complete: bool) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached(
                "UPDATE snapshot SET is_complete = :is_complete WHERE id = :id AND is_complete <> :is_complete",
            )
            .and_then(|mut update| update.execute(named_params! { ":id": id, ":is_complete": is_complete }))
            .context("judging a snapshot")?;
        Ok(())
    }

    /// Paths below the root of an archive's files that it has not whole.
    pub fn files_not_whole(&self, archive_id: i64) -> Result<Vec<String>, StoreError> {
        let doing = "looking for damaged entries";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT DISTINCT CASE WHEN substr(f.path, 1, length(a.root)) = a.root THEN substr(f.path, length(a.root) + 1)
                                      ELSE f.path END
                   FROM finding f JOIN archive a ON a.id = f.archive_id
                  WHERE a.id = :archive AND f.severity = 3 AND f.code IN ('damaged_entry', 'over_budget', 'unreadable_file')
                  ORDER BY 1",
            )
            .context(doing)?;
        let rows = select
            .query_map([archive_id], |row| row.get::<_, Option<String>>(0).map(Option::unwrap_or_default))
            .context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
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
