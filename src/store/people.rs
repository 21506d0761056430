//! People and the names they go by.

use std::collections::{BTreeSet, HashMap};

use rusqlite::{OptionalExtension, named_params};
use unicode_normalization::UnicodeNormalization;

use super::error::{Context, StoreError};
use super::{Store, Writing};
use crate::model::{Item, Key, KeyBuilder, ThreadHead, Who};

/// The type of a name that is a user name.
pub const USER_NAME: i64 = 1;
/// The type of a display name.
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

/// The user name that the owner of an account is known by inside the house: the oldest.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwnName {
    pub handle: String,
    /// The id of the account's first snapshot, where another account had that name before; else empty.
    pub since: String,
}

/// A name that somebody goes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandleRow {
    pub id: i64,
    pub handle: String,
    /// 1 user name, 2 display name.
    pub kind: i64,
    /// As in [`OwnName`].
    pub since: String,
    /// Why it was somebody's so far.
    pub evidence: String,
}

/// A name under which whoever a record is about was seen, and the dates of the first and last snapshot that say so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordNameRow {
    pub handle_id: i64,
    pub first_date: String,
    pub last_date: String,
}

/// What one document says of a conversation of two, with the snapshots in which it stood: `(row, date)`.
#[derive(Clone, Debug)]
pub struct DirectHead {
    pub thread_id: i64,
    pub account_id: i64,
    pub head: ThreadHead,
    pub snapshots: Vec<(i64, String)>,
}

/// A name of a person: why it is theirs, and from when to when it is known to have been in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameToHold {
    pub handle_id: i64,
    pub evidence: &'static str,
    pub from_ms: Option<i64>,
    pub to_ms: Option<i64>,
}

/// Person's key and name, the name's date, the evidence, and from when to when the name was in use.
type HeldName = (Key, String, String, String, Option<i64>, Option<i64>);

/// A person as computed: all names with their evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonToHold {
    pub key: Key,
    pub public_id: String,
    pub name: String,
    pub name_date: String,
    pub names: Vec<NameToHold>,
    /// Accounts that this person owns.
    pub accounts: Vec<i64>,
}

impl Writing<'_> {
    /// The row of a name, made when it is new. [`Who::Me`] is known by the account's own user name.
    pub fn handle_id(&self, who: &Who, own: &OwnName) -> Result<i64, StoreError> {
        let (kind, name, since) = match who {
            Who::Me => (USER_NAME, own.handle.as_str(), own.since.as_str()),
            Who::Handle(handle) => (USER_NAME, handle.as_str(), ""),
            Who::Name(name) => (DISPLAY_NAME, name.as_str(), ""),
        };
        if let Some(id) = self.find_handle(kind, name, since)? {
            return Ok(id);
        }
        let identity = person_identity(kind, name, since);
        let connection = self.connection();
        // Whoever loses the name to a person of their own is computed later; till then the row of the name may be there.
        connection
            .prepare_cached(
                "INSERT INTO person (key, public_id, name, name_date) VALUES (:key, :public_id, :name, '')
                 ON CONFLICT (key) DO NOTHING",
            )
            .and_then(|mut insert| {
                insert.execute(named_params! {
                    ":key": identity.key().as_bytes(),
                    ":public_id": identity.public_id().as_str(),
                    ":name": name,
                })
            })
            .context("adding a person")?;
        connection
            .prepare_cached(
                "INSERT INTO handle (handle, type, since, folded, person_id, evidence)
                 VALUES (:handle, :type, :since, :folded, (SELECT id FROM person WHERE key = :key), 'seen under this name')",
            )
            .and_then(|mut insert| {
                insert.execute(named_params! {
                    ":handle": name, ":type": kind, ":since": since, ":folded": fold_name(name),
                    ":key": identity.key().as_bytes(),
                })
            })
            .context("adding a name")?;
        Ok(connection.last_insert_rowid())
    }

    fn find_handle(&self, kind: i64, name: &str, since: &str) -> Result<Option<i64>, StoreError> {
        self.connection()
            .prepare_cached("SELECT id FROM handle WHERE type = :type AND handle = :handle AND since = :since")
            .and_then(|mut find| {
                find.query_row(named_params! { ":type": kind, ":handle": name, ":since": since }, |row| row.get(0))
                    .optional()
            })
            .context("looking up a name")
    }

    /// Says under which names whoever a record is about was seen; none where there is but one.
    pub fn put_record_names(&self, record_id: i64, names: &[RecordNameRow]) -> Result<(), StoreError> {
        let doing = "noting names";
        self.connection()
            .prepare_cached("DELETE FROM record_name WHERE record_id = ?1")
            .and_then(|mut delete| delete.execute([record_id]))
            .context(doing)?;
        for name in names {
            self.connection()
                .prepare_cached(
                    "INSERT INTO record_name (record_id, handle_id, first_date, last_date)
                     VALUES (:record, :handle, :first, :last)",
                )
                .and_then(|mut insert| {
                    insert.execute(named_params! {
                        ":record": record_id, ":handle": name.handle_id, ":first": name.first_date,
                        ":last": name.last_date,
                    })
                })
                .context(doing)?;
        }
        Ok(())
    }

    /// Every name that is held.
    pub fn handles(&self) -> Result<Vec<HandleRow>, StoreError> {
        let doing = "listing names";
        let mut select =
            self.connection().prepare_cached("SELECT id, handle, type, since, evidence FROM handle").context(doing)?;
        let rows = select
            .query_map([], |row| {
                Ok(HandleRow {
                    id: row.get(0)?,
                    handle: row.get(1)?,
                    kind: row.get(2)?,
                    since: row.get(3)?,
                    evidence: row.get(4)?,
                })
            })
            .context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }

    /// Names that stand at one and the same record: `(one, other, of one, of other)`, each pair once with the dates of the
    /// first and last snapshots that say so.
    pub fn names_of_one_record(&self) -> Result<Vec<(RecordNameRow, RecordNameRow)>, StoreError> {
        let doing = "comparing names";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT one.handle_id, min(one.first_date), max(one.last_date),
                        other.handle_id, min(other.first_date), max(other.last_date)
                   FROM record_name one JOIN record_name other
                     ON other.record_id = one.record_id AND other.handle_id > one.handle_id
                  GROUP BY one.handle_id, other.handle_id",
            )
            .context(doing)?;
        let rows = select
            .query_map([], |row| {
                let name = |at: usize| -> rusqlite::Result<RecordNameRow> {
                    Ok(RecordNameRow {
                        handle_id: row.get(at)?,
                        first_date: row.get(at + 1)?,
                        last_date: row.get(at + 2)?,
                    })
                };
                Ok((name(0)?, name(3)?))
            })
            .context(doing)?;
        rows.collect::<rusqlite::Result<_>>().context(doing)
    }

    /// Names that stood in a relation of their own in a snapshot in which, or after which, the relation that they had left
    /// stood under another name: somebody else bears them.
    pub fn names_used_again(&self) -> Result<Vec<i64>, StoreError> {
        let doing = "looking for names that are used again";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT DISTINCT n.handle_id
                   FROM record_name n
                   JOIN record left_behind ON left_behind.id = n.record_id AND left_behind.counterpart_id <> n.handle_id
                   JOIN record taken ON taken.kind = 14 AND taken.counterpart_id = n.handle_id AND taken.id <> left_behind.id
                        AND taken.account_id = left_behind.account_id AND taken.subkind IS left_behind.subkind
                   JOIN snapshot s ON s.id = taken.last_snapshot_id
                  WHERE left_behind.kind = 14 AND s.date > n.last_date",
            )
            .context(doing)?;
        let rows = select.query_map([], |row| row.get(0)).context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }

    /// Two names under which one and the same emoji stands at one message of a group, and the group; each once.
    pub fn names_of_one_reaction(&self) -> Result<Vec<(i64, i64, i64)>, StoreError> {
        let doing = "comparing reactions";
        let mut select = self
            .connection()
            .prepare_cached(
                // From the reactions: messages are many more.
                "SELECT DISTINCT r.thread_id, min(x.actor_id, y.actor_id), max(x.actor_id, y.actor_id)
                   FROM reaction x
                   CROSS JOIN reaction y ON y.record_id = x.record_id AND y.position > x.position
                        AND y.actor_id <> x.actor_id
                        AND replace(replace(y.reaction, char(65039), ''), char(65038), '')
                          = replace(replace(x.reaction, char(65039), ''), char(65038), '')
                   CROSS JOIN record r ON r.id = x.record_id AND r.thread_id IS NOT NULL
                  ORDER BY 1, 2, 3",
            )
            .context(doing)?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).context(doing)?;
        rows.collect::<rusqlite::Result<_>>().context(doing)
    }

    /// `(record, item)` of every telling of a message of a conversation to which both of two names reacted.
    pub fn reacted_to_by_both(&self, thread_id: i64, one: i64, other: i64) -> Result<Vec<(i64, Item)>, StoreError> {
        let doing = "comparing reactions";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT s.record_id, s.item
                   FROM record r JOIN sighting s ON s.record_id = r.id
                  WHERE r.thread_id = :thread
                    AND EXISTS (SELECT 1 FROM reaction x WHERE x.record_id = r.id AND x.actor_id = :one)
                    AND EXISTS (SELECT 1 FROM reaction x WHERE x.record_id = r.id AND x.actor_id = :other)",
            )
            .context(doing)?;
        let mut rows =
            select.query(named_params! { ":thread": thread_id, ":one": one, ":other": other }).context(doing)?;
        let mut items = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            let item = row.get_ref(1).and_then(|value| Ok(value.as_bytes()?)).context(doing)?;
            items.push((row.get(0).context(doing)?, serde_json::from_slice(item).context("read")?));
        }
        Ok(items)
    }

    /// All conversations of two, as documents tell of them.
    pub fn direct_heads(&self) -> Result<Vec<DirectHead>, StoreError> {
        let doing = "reading conversations of two";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT k.thread_id, t.account_id, h.head,
                        (SELECT json_group_array(json_array(n.id, n.date))
                           FROM (SELECT DISTINCT s.id, s.date FROM entry e JOIN archive a ON a.id = e.archive_id
                                   JOIN snapshot s ON s.id = a.snapshot_id
                                  WHERE e.reading_id = h.reading_id) n)
                   FROM thread_sighting h
                   JOIN thread_key k ON k.key = h.key
                   JOIN thread t ON t.id = k.thread_id
                  WHERE h.head ->> '$.kind' = 'direct' ORDER BY k.thread_id, h.id",
            )
            .context(doing)?;
        let mut rows = select.query([]).context(doing)?;
        let mut heads = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            let (head, snapshots): (String, String) = (row.get(2).context(doing)?, row.get(3).context(doing)?);
            heads.push(DirectHead {
                thread_id: row.get(0).context(doing)?,
                account_id: row.get(1).context(doing)?,
                head: serde_json::from_str(&head).context("read")?,
                snapshots: serde_json::from_str(&snapshots).context("read")?,
            });
        }
        Ok(heads)
    }

    /// Makes these all the people there are. Every name must be somebody's. Only what is another than before is written.
    pub fn put_people(&self, people: &[PersonToHold]) -> Result<(), StoreError> {
        let doing = "writing people";
        let held = self.held_names()?;
        let mut accounts = BTreeSet::new();
        for person in people {
            let is_held = |name: &NameToHold| {
                let wanted = (&person.key, &person.name, &person.name_date, name.evidence, name.from_ms, name.to_ms);
                held.get(&name.handle_id).is_some_and(|known| {
                    let (key, shown, date, evidence, from_ms, to_ms) = known;
                    (key, shown, date, evidence.as_str(), *from_ms, *to_ms) == wanted
                })
            };
            if !person.names.iter().all(is_held) {
                self.put_person(person)?;
            }
            for account in &person.accounts {
                let id: i64 = self
                    .connection()
                    .prepare_cached("SELECT id FROM person WHERE key = ?1")
                    .and_then(|mut find| find.query_row([person.key.as_bytes()], |row| row.get(0)))
                    .context(doing)?;
                accounts.insert((*account, id));
            }
        }
        self.connection().execute("DELETE FROM account_person", []).context(doing)?;
        for (account, person) in accounts {
            self.connection()
                .prepare_cached("INSERT INTO account_person (account_id, person_id) VALUES (?1, ?2)")
                .and_then(|mut insert| insert.execute([account, person]))
                .context(doing)?;
        }
        self.connection()
            .execute("DELETE FROM person WHERE NOT EXISTS (SELECT 1 FROM handle WHERE person_id = person.id)", [])
            .context(doing)?;
        Ok(())
    }

    fn put_person(&self, person: &PersonToHold) -> Result<(), StoreError> {
        let doing = "writing people";
        self.connection()
            .prepare_cached(
                "INSERT INTO person (key, public_id, name, name_date) VALUES (:key, :public_id, :name, :date)
                 ON CONFLICT (key) DO UPDATE SET name = :name, name_date = :date",
            )
            .and_then(|mut insert| {
                insert.execute(named_params! {
                    ":key": person.key.as_bytes(), ":public_id": person.public_id, ":name": person.name,
                    ":date": person.name_date,
                })
            })
            .context(doing)?;
        for name in &person.names {
            self.connection()
                .prepare_cached(
                    "UPDATE handle SET person_id = (SELECT id FROM person WHERE key = :key), evidence = :evidence,
                            from_ms = :from, to_ms = :to
                      WHERE id = :handle",
                )
                .and_then(|mut update| {
                    update.execute(named_params! {
                        ":key": person.key.as_bytes(), ":evidence": name.evidence, ":handle": name.handle_id,
                        ":from": name.from_ms, ":to": name.to_ms,
                    })
                })
                .context(doing)?;
        }
        Ok(())
    }

    /// Every name with whose it is so far.
    fn held_names(&self) -> Result<HashMap<i64, HeldName>, StoreError> {
        let doing = "reading people";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT h.id, p.key, p.name, p.name_date, h.evidence, h.from_ms, h.to_ms
                   FROM handle h JOIN person p ON p.id = h.person_id",
            )
            .context(doing)?;
        let mut rows = select.query([]).context(doing)?;
        let mut held = HashMap::new();
        while let Some(row) = rows.next().context(doing)? {
            let key: Vec<u8> = row.get(1).context(doing)?;
            let key =
                Key::from_bytes(&key).ok_or_else(|| StoreError::Value("a person's key is not 16 bytes long".into()))?;
            let values = row.get(2).and_then(|name| Ok((name, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?)));
            let (name, date, evidence, from_ms, to_ms) = values.context(doing)?;
            held.insert(row.get(0).context(doing)?, (key, name, date, evidence, from_ms, to_ms));
        }
        Ok(held)
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

    /// Removes the row of a name used again that no account has any more, unless something stands under it.
    pub fn remove_own_name(&self, handle_id: i64) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "DELETE FROM handle
                  WHERE id = ?1 AND since <> ''
                    AND NOT EXISTS (SELECT 1 FROM record r WHERE r.author_id = handle.id OR r.counterpart_id = handle.id)
                    AND NOT EXISTS (SELECT 1 FROM reaction x WHERE x.actor_id = handle.id)
                    AND NOT EXISTS (SELECT 1 FROM participant p WHERE p.handle_id = handle.id)",
                [handle_id],
            )
            .context("removing names")?;
        Ok(())
    }
}

/// Names the person that goes by a name and no other; of several names the smallest key counts.
pub fn person_identity(kind: i64, name: &str, since: &str) -> KeyBuilder {
    let identity = KeyBuilder::new("person").number(kind).part(name);
    if since.is_empty() { identity } else { identity.part(since) }
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
