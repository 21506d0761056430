//! People and the names they go by.

use rusqlite::{OptionalExtension, named_params};
use unicode_normalization::UnicodeNormalization;

use super::error::{Context, StoreError};
use super::{Store, Writing};
use crate::model::{KeyBuilder, Who};

/// `handle.type` of a user name.
const USER_NAME: i64 = 1;
/// `handle.type` of a display name.
const DISPLAY_NAME: i64 = 2;

/// A name as it is looked up: compatibility forms, lower case, no marks, single spaces.
pub fn fold_name(name: &str) -> String {
    let plain: String = name
        .nfkd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Writing<'_> {
    /// The row of a name, made when it is new. [`Who::Me`] is known by the account's own user name.
    pub fn handle_id(&self, who: &Who, owner_handle: &str) -> Result<i64, StoreError> {
        let (kind, name) = match who {
            Who::Me => (USER_NAME, owner_handle),
            Who::Handle(handle) => (USER_NAME, handle.as_str()),
            Who::Name(name) => (DISPLAY_NAME, name.as_str()),
        };
        if let Some(id) = self.find_handle(kind, name)? {
            return Ok(id);
        }
        let identity = KeyBuilder::new("person").number(kind).part(name);
        let connection = self.connection();
        connection
            .prepare_cached("INSERT INTO person (key, public_id, name, name_date) VALUES (:key, :public_id, :name, '')")
            .and_then(|mut insert| {
                insert.execute(named_params! {
                    ":key": identity.key().as_bytes(),
                    ":public_id": identity.public_id().as_str(),
                    ":name": name,
                })
            })
            .context("adding a person")?;
        let person = connection.last_insert_rowid();
        connection
            .prepare_cached(
                "INSERT INTO handle (handle, type, folded, person_id, evidence)
                 VALUES (:handle, :type, :folded, :person, 'seen under this name')",
            )
            .and_then(|mut insert| {
                insert.execute(named_params! {
                    ":handle": name, ":type": kind, ":folded": fold_name(name), ":person": person,
                })
            })
            .context("adding a name")?;
        Ok(connection.last_insert_rowid())
    }

    fn find_handle(&self, kind: i64, name: &str) -> Result<Option<i64>, StoreError> {
        self.connection()
            .prepare_cached("SELECT id FROM handle WHERE type = :type AND handle = :handle")
            .and_then(|mut find| {
                find.query_row(named_params! { ":type": kind, ":handle": name }, |row| row.get(0)).optional()
            })
            .context("looking up a name")
    }

    /// Says that these names are one person, because they stand at one and the same thing in different downloads. The
    /// person is called by the name of the newest of them.
    pub fn join_people(&self, handles: &[i64], name: &str, name_date: &str) -> Result<(), StoreError> {
        let mut people: Vec<(Vec<u8>, i64)> = Vec::with_capacity(handles.len());
        for handle in handles {
            people.push(
                self.connection()
                    .prepare_cached(
                        "SELECT p.key, p.id FROM handle h JOIN person p ON p.id = h.person_id WHERE h.id = ?1",
                    )
                    .and_then(|mut select| select.query_row([handle], |row| Ok((row.get(0)?, row.get(1)?))))
                    .context("looking up people")?,
            );
        }
        people.sort();
        people.dedup();
        let Some((_, kept)) = people.first() else { return Ok(()) };
        for (_, gone) in &people[1..] {
            self.connection()
                .execute("UPDATE handle SET person_id = ?1 WHERE person_id = ?2", [kept, gone])
                .context("joining people")?;
            for sql in [
                "INSERT OR IGNORE INTO account_person (account_id, person_id)
                 SELECT account_id, ?1 FROM account_person WHERE person_id = ?2",
                "UPDATE person SET (name, name_date) = (SELECT max(name), max(name_date) FROM person WHERE id = ?2)
                  WHERE id = ?1 AND (SELECT name_date FROM person WHERE id = ?2) > name_date",
            ] {
                self.connection().execute(sql, [kept, gone]).context("joining people")?;
            }
            for sql in ["DELETE FROM account_person WHERE person_id = ?1", "DELETE FROM person WHERE id = ?1"] {
                self.connection().execute(sql, [gone]).context("joining people")?;
            }
        }
        for handle in handles {
            self.connection()
                .prepare_cached("UPDATE handle SET evidence = 'stands at the same thing as another name' WHERE id = ?1")
                .and_then(|mut update| update.execute([handle]))
                .context("joining people")?;
        }
        self.connection()
            .prepare_cached(
                "UPDATE person SET name = :name, name_date = :date WHERE id = :id AND (name_date, name) < (:date, :name)",
            )
            .and_then(|mut update| {
                update.execute(named_params! { ":id": kept, ":name": name, ":date": name_date })
            })
            .context("joining people")?;
        Ok(())
    }

    /// Makes every name somebody of their own again, before those that belong together are joined by what is seen now.
    pub fn part_people(&self) -> Result<(), StoreError> {
        let doing = "taking people apart";
        let mut select =
            self.connection().prepare_cached("SELECT id, type, handle FROM handle ORDER BY id").context(doing)?;
        let mut rows = select.query([]).context(doing)?;
        while let Some(row) = rows.next().context(doing)? {
            let (handle, kind): (i64, i64) = (row.get(0).context(doing)?, row.get(1).context(doing)?);
            let name: String = row.get(2).context(doing)?;
            let identity = KeyBuilder::new("person").number(kind).part(&name);
            let (key, public_id) = (identity.key(), identity.public_id());
            self.connection()
                .prepare_cached(
                    "INSERT INTO person (key, public_id, name, name_date) VALUES (:key, :public_id, :name, '')
                     ON CONFLICT (key) DO UPDATE SET public_id = :public_id, name = :name, name_date = ''",
                )
                .and_then(|mut insert| {
                    insert.execute(named_params! {
                        ":key": key.as_bytes(), ":public_id": public_id.as_str(), ":name": name,
                    })
                })
                .context(doing)?;
            self.connection()
                .prepare_cached(
                    "UPDATE handle SET person_id = (SELECT id FROM person WHERE key = :key), evidence = 'seen under this name'
                      WHERE id = :handle",
                )
                .and_then(|mut update| update.execute(named_params! { ":key": key.as_bytes(), ":handle": handle }))
                .context(doing)?;
        }
        self.connection().execute("DELETE FROM account_person", []).context(doing)?;
        Ok(())
    }

    /// Removes names that stand nowhere any more: neither among `seen`, nor in a conversation, nor as the owner's.
    pub fn remove_unseen_names(&self, seen: &std::collections::HashSet<i64>) -> Result<(), StoreError> {
        let doing = "removing names";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT id FROM handle h
                  WHERE id NOT IN (SELECT handle_id FROM participant)
                    AND person_id NOT IN (SELECT person_id FROM account_person)",
            )
            .context(doing)?;
        let handles = select.query_map([], |row| row.get(0)).context(doing)?;
        let handles: Vec<i64> = handles.collect::<Result<_, _>>().context(doing)?;
        for handle in handles.iter().filter(|handle| !seen.contains(handle)) {
            self.connection().execute("DELETE FROM handle WHERE id = ?1", [handle]).context(doing)?;
        }
        self.connection()
            .execute("DELETE FROM person WHERE NOT EXISTS (SELECT 1 FROM handle WHERE person_id = person.id)", [])
            .context(doing)?;
        Ok(())
    }

    /// Says that all these names are the owner of the account: they become one person, named by `shown`.
    pub fn set_owner(&self, account_id: i64, owner_handle: &str, names: &[Who], shown: &str) -> Result<(), StoreError> {
        let own = self.handle_id(&Who::Me, owner_handle)?;
        let person: i64 = self
            .connection()
            .query_row("SELECT person_id FROM handle WHERE id = :id", [own], |row| row.get(0))
            .context("looking up the owner")?;
        for name in names {
            let handle = self.handle_id(name, owner_handle)?;
            self.connection()
                .execute(
                    "UPDATE handle SET person_id = :person, evidence = 'the owner, by profile and threads'
                      WHERE id = :handle AND person_id <> :person",
                    named_params! { ":person": person, ":handle": handle },
                )
                .context("joining the owner's names")?;
        }
        self.connection()
            .execute("UPDATE person SET name = :name WHERE id = :id", named_params! { ":name": shown, ":id": person })
            .context("naming the owner")?;
        self.connection()
            .execute(
                "INSERT OR IGNORE INTO account_person (account_id, person_id) VALUES (:account, :person)",
                named_params! { ":account": account_id, ":person": person },
            )
            .context("remembering the owner")?;
        // The owner of another account under one of these names is the same person.
        for sql in [
            "INSERT OR IGNORE INTO account_person (account_id, person_id)
             SELECT account_id, ?1 FROM account_person WHERE person_id NOT IN (SELECT person_id FROM handle)",
            "DELETE FROM account_person WHERE ?1 = ?1 AND person_id NOT IN (SELECT person_id FROM handle)",
            "DELETE FROM person WHERE ?1 = ?1 AND NOT EXISTS (SELECT 1 FROM handle WHERE person_id = person.id)",
        ] {
            self.connection().execute(sql, [person]).context("removing names that were joined")?;
        }
        Ok(())
    }
}

/// A name found for what somebody typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundName {
    pub handle_id: i64,
    pub person_id: i64,
    pub handle: String,
}

impl Store {
    /// All names of the people who have one that begins with what was typed (folded; a leading `@` is dropped).
    /// Whole-name matches win over beginnings.
    pub fn find_people(&self, typed: &str) -> Result<Vec<FoundName>, StoreError> {
        let folded = fold_name(typed.trim_start_matches('@'));
        let matches = |condition: &str| -> Result<Vec<FoundName>, StoreError> {
            let sql = format!(
                "SELECT h.id, h.person_id, h.handle FROM handle h
                  WHERE h.person_id IN (SELECT person_id FROM handle WHERE {condition}) ORDER BY h.handle, h.type"
            );
            let mut select = self.connection().prepare_cached(&sql).context("looking up people")?;
            let rows = select
                .query_map([&folded], |row| {
                    Ok(FoundName { handle_id: row.get(0)?, person_id: row.get(1)?, handle: row.get(2)? })
                })
                .context("looking up people")?;
            rows.collect::<Result<_, _>>().context("looking up people")
        };
        if folded.is_empty() {
            return Ok(Vec::new());
        }
        let whole = matches("folded = ?1")?;
        if !whole.is_empty() {
            return Ok(whole);
        }
        matches("substr(folded, 1, length(?1)) = ?1 OR instr(folded, ' ' || ?1) > 0")
    }

    /// Every name, for proposing the nearest one.
    pub fn all_names(&self) -> Result<Vec<String>, StoreError> {
        let mut select =
            self.connection().prepare_cached("SELECT handle FROM handle ORDER BY handle").context("listing names")?;
        let rows = select.query_map([], |row| row.get(0)).context("listing names")?;
        rows.collect::<Result<_, _>>().context("listing names")
    }

    /// The names of the owners: `(account, name)`.
    pub fn owners(&self) -> Result<Vec<(i64, i64)>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT o.account_id, h.id FROM account_person o JOIN handle h ON h.person_id = o.person_id ORDER BY 1, 2",
            )
            .context("listing owners")?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).context("listing owners")?;
        rows.collect::<Result<_, _>>().context("listing owners")
    }
}
