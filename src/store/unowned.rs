//! Snapshots that do not say whose they are, and their moves from one account to another.

use rusqlite::{OptionalExtension, named_params};

use super::Writing;
use super::error::{Context, StoreError};
use crate::model::{Key, KeyBuilder};

/// A snapshot that does not say whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnownedSnapshot {
    pub snapshot_id: i64,
    /// The account in which it stands now.
    pub account_id: i64,
    /// Key and name of the account that stands for it alone.
    pub key: Key,
    pub handle: String,
}

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
                "INSERT OR IGNORE INTO unowned_snapshot (snapshot_id, key, handle) VALUES (:snapshot, :key, :handle)",
                named_params! { ":snapshot": snapshot_id, ":key": key.as_bytes(), ":handle": handle },
            )
            .context("noting a snapshot without an owner")?;
        Ok(())
    }

    pub fn unowned_snapshots(&self) -> Result<Vec<UnownedSnapshot>, StoreError> {
        let doing = "listing snapshots without an owner";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT u.snapshot_id, s.account_id, u.key, u.handle FROM unowned_snapshot u
                   JOIN snapshot s ON s.id = u.snapshot_id ORDER BY u.key",
            )
            .context(doing)?;
        let mut rows = select.query([]).context(doing)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            let key: Vec<u8> = row.get(2).context(doing)?;
            all.push(UnownedSnapshot {
                snapshot_id: row.get(0).context(doing)?,
                account_id: row.get(1).context(doing)?,
                key: Key::from_bytes(&key)
                    .ok_or_else(|| StoreError::Value("an account's key is not 16 bytes long".into()))?,
                handle: row.get(3).context(doing)?,
            });
        }
        Ok(all)
    }

    /// The account that stands for that snapshot alone, made when it is not there.
    pub fn own_account(&self, unowned: &UnownedSnapshot) -> Result<i64, StoreError> {
        let doing = "looking up the account of a snapshot without an owner";
        self.connection()
            .execute(
                "INSERT OR IGNORE INTO account (key, service, handle, first_handle)
                 SELECT :key, service, :handle, :handle FROM account WHERE id = :account",
                named_params! {
                    ":key": unowned.key.as_bytes(), ":handle": unowned.handle, ":account": unowned.account_id,
                },
            )
            .context(doing)?;
        self.connection()
            .query_row("SELECT id FROM account WHERE key = :key", [unowned.key.as_bytes()], |row| row.get(0))
            .context(doing)
    }

    /// Accounts of which a snapshot says whose it is, with the owners' names that were inferred in those.
    pub fn owned_accounts(&self) -> Result<Vec<(i64, Vec<String>)>, StoreError> {
        let doing = "listing owned accounts";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT DISTINCT account_id, coalesce(owner_name, '') FROM snapshot
                  WHERE id NOT IN (SELECT snapshot_id FROM unowned_snapshot) ORDER BY 1, 2",
            )
            .context(doing)?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).context(doing)?;
        let mut accounts: Vec<(i64, Vec<String>)> = Vec::new();
        for row in rows {
            let (account, name): (i64, String) = row.context(doing)?;
            match accounts.last_mut() {
                Some((known, names)) if *known == account => names.push(name),
                _ => accounts.push((account, vec![name])),
            }
        }
        Ok(accounts)
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

    /// How many messages of a snapshot stand, with the same words in the same millisecond, in owned snapshots of each account.
    pub fn messages_shared_with_accounts(&self, snapshot_id: i64) -> Result<Vec<(i64, i64)>, StoreError> {
        let doing = "comparing messages";
        let mut select = self
            .connection()
            .prepare_cached(
                "WITH here AS (
                     SELECT DISTINCT s.item ->> '$.at.ms' AS at_ms, s.item ->> '$.text' AS text
                       FROM archive a JOIN entry e ON e.archive_id = a.id JOIN sighting s ON s.reading_id = e.reading_id
                      WHERE a.snapshot_id = :snapshot)
                 SELECT r.account_id, count(DISTINCT here.at_ms)
                   FROM here
                   JOIN record r ON r.kind = 5 AND r.at_ms = here.at_ms AND r.precision = 1
                  WHERE here.text <> ''
                    AND EXISTS (
                        SELECT 1 FROM sighting o JOIN entry n ON n.reading_id = o.reading_id JOIN archive x ON x.id = n.archive_id
                         WHERE o.key = r.key AND o.record_id = r.id AND o.item ->> '$.text' = here.text
                           AND x.snapshot_id NOT IN (SELECT snapshot_id FROM unowned_snapshot))
                  GROUP BY r.account_id ORDER BY r.account_id",
            )
            .context(doing)?;
        let rows = select
            .query_map(named_params! { ":snapshot": snapshot_id }, |row| Ok((row.get(0)?, row.get(1)?)))
            .context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }

    pub fn set_snapshot_account(&self, snapshot_id: i64, account_id: i64) -> Result<(), StoreError> {
        self.connection()
            .execute("UPDATE snapshot SET account_id = ?1 WHERE id = ?2", [account_id, snapshot_id])
            .context("moving a snapshot")?;
        Ok(())
    }

    /// The newest archive of a snapshot, to which findings about the whole of it are added.
    pub fn newest_archive_of_snapshot(&self, snapshot_id: i64) -> Result<Option<i64>, StoreError> {
        self.connection()
            .query_row("SELECT max(id) FROM archive WHERE snapshot_id = ?1", [snapshot_id], |row| row.get(0))
            .context("looking up an archive")
    }

    /// Takes away an account without snapshots, and the person that stood for its unknown owner. Whoever was taken for the
    /// owner is again who they were. Gives whether the account went.
    pub fn drop_empty_account(&self, account_id: i64) -> Result<bool, StoreError> {
        let doing = "removing an account";
        let is_used = self
            .connection()
            .query_row("SELECT EXISTS (SELECT 1 FROM snapshot WHERE account_id = ?1)", [account_id], |row| row.get(0))
            .context(doing)?;
        if is_used {
            return Ok(false);
        }
        let owner: Option<(i64, i64)> = self
            .connection()
            .query_row(
                "SELECT h.id, h.person_id FROM account a JOIN handle h ON h.type = 1 AND h.handle = a.first_handle WHERE a.id = ?1",
                [account_id],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()
            .context(doing)?;
        self.connection().execute("DELETE FROM account_person WHERE account_id = ?1", [account_id]).context(doing)?;
        self.connection().execute("DELETE FROM account WHERE id = ?1", [account_id]).context(doing)?;
        if let Some((handle, person)) = owner {
            self.connection().execute("DELETE FROM handle WHERE id = ?1", [handle]).context(doing)?;
            self.settle_person(person)?;
        }
        Ok(true)
    }

    /// A person that lost a name goes by the others, or goes.
    fn settle_person(&self, person: i64) -> Result<(), StoreError> {
        let doing = "removing a name";
        let names: Vec<(i64, String)> = {
            let mut select = self
                .connection()
                .prepare_cached("SELECT type, handle FROM handle WHERE person_id = ?1")
                .context(doing)?;
            let rows = select.query_map([person], |row| Ok((row.get(0)?, row.get(1)?))).context(doing)?;
            rows.collect::<Result<_, _>>().context(doing)?
        };
        let is_owner: bool = self
            .connection()
            .query_row("SELECT EXISTS (SELECT 1 FROM account_person WHERE person_id = ?1)", [person], |row| row.get(0))
            .context(doing)?;
        if names.is_empty() {
            self.connection().execute("DELETE FROM account_person WHERE person_id = ?1", [person]).context(doing)?;
            self.connection().execute("DELETE FROM person WHERE id = ?1", [person]).context(doing)?;
            return Ok(());
        }
        if is_owner {
            return Ok(());
        }
        let identity = |(kind, name): &(i64, String)| KeyBuilder::new("person").number(*kind).part(name);
        let Some(first) = names.iter().min_by_key(|name| identity(name).key()) else { return Ok(()) };
        self.connection()
            .execute(
                "UPDATE person SET key = :key, public_id = :public_id WHERE id = :id",
                named_params! {
                    ":key": identity(first).key().as_bytes(), ":public_id": identity(first).public_id().as_str(), ":id": person,
                },
            )
            .context(doing)?;
        if let [(_, only)] = &names[..] {
            self.connection()
                .execute("UPDATE person SET name = ?1, name_date = '' WHERE id = ?2", rusqlite::params![only, person])
                .context(doing)?;
            self.connection()
                .execute("UPDATE handle SET evidence = 'seen under this name' WHERE person_id = ?1", [person])
                .context(doing)?;
        }
        Ok(())
    }
}
