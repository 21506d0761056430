//! What two snapshots hold of the same records.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, named_params};

use super::Store;
use super::error::{Context, StoreError};
use super::rows::{NamedRow, Value};
use crate::model::{Item, Kind, Who};

const DOING: &str = "comparing snapshots";

/// One of two snapshots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedSnapshot {
    pub id: i64,
    pub account_id: i64,
    /// That of its labels.
    pub language: Option<String>,
}

/// A record that stands in at least one of two snapshots, and is not told by the same documents in both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    pub row: i64,
    pub is_in_first: bool,
    pub is_in_second: bool,
}

/// One row of a list of relations in one snapshot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relation {
    pub snapshot_id: i64,
    /// Row of the record: renames that the records know are one.
    pub record: i64,
    /// Row of the person, where one is known by this name.
    pub person: Option<i64>,
    /// As that snapshot writes it.
    pub handle: String,
    /// Since when, Unix milliseconds.
    pub since_ms: Option<i64>,
}

/// What a place is made of, and how to show the record.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparedRecord {
    pub key: Vec<u8>,
    pub public_id: String,
    pub kind: Kind,
    pub subkind: Option<String>,
    pub thread_id: Option<i64>,
    pub at_ms: Option<i64>,
}

impl Store {
    /// A snapshot by its id.
    pub fn compared_snapshot(&self, public_id: &str) -> Result<Option<ComparedSnapshot>, StoreError> {
        self.connection()
            .query_row("SELECT id, account_id, language FROM snapshot WHERE public_id = :id", [public_id], |row| {
                Ok(ComparedSnapshot { id: row.get(0)?, account_id: row.get(1)?, language: row.get(2)? })
            })
            .optional()
            .context(DOING)
    }

    /// The records of two snapshots, those left out that the very same documents tell in both.
    pub fn compared_records(&self, first: i64, second: i64) -> Result<Vec<Compared>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                "WITH placed AS (
                     SELECT e.reading_id, max(a.snapshot_id = :first) AS in_first, max(a.snapshot_id = :second) AS in_second
                       FROM archive a JOIN entry e ON e.archive_id = a.id
                      WHERE a.snapshot_id IN (:first, :second) AND e.reading_id IS NOT NULL GROUP BY e.reading_id),
                 unlisted_placed AS (
                     SELECT u.record_id, max(a.snapshot_id = :first) AS in_first, max(a.snapshot_id = :second) AS in_second
                       FROM unlisted u JOIN entry e ON e.id = u.entry_id JOIN archive a ON a.id = e.archive_id
                      WHERE a.snapshot_id IN (:first, :second) GROUP BY u.record_id)
                 SELECT record_id, max(in_first), max(in_second) FROM (
                     SELECT s.record_id, p.in_first, p.in_second FROM placed p JOIN sighting s ON s.reading_id = p.reading_id
                     UNION ALL SELECT record_id, in_first, in_second FROM unlisted_placed)
                  WHERE record_id IS NOT NULL
                  GROUP BY record_id HAVING NOT min(in_first AND in_second) ORDER BY record_id",
            )
            .context(DOING)?;
        let rows = select
            .query_map(named_params! { ":first": first, ":second": second }, |row| {
                Ok(Compared { row: row.get(0)?, is_in_first: row.get(1)?, is_in_second: row.get(2)? })
            })
            .context(DOING)?;
        rows.collect::<Result<_, _>>().context(DOING)
    }

    pub fn compared_record(&self, row: i64) -> Result<Option<ComparedRecord>, StoreError> {
        let found: Option<(i64, ComparedRecord)> = self
            .connection()
            .prepare_cached("SELECT kind, key, public_id, subkind, thread_id, at_ms FROM record WHERE id = :id")
            .and_then(|mut select| {
                select
                    .query_row([row], |row| {
                        Ok((
                            row.get(0)?,
                            ComparedRecord {
                                kind: Kind::Misc,
                                key: row.get(1)?,
                                public_id: row.get(2)?,
                                subkind: row.get(3)?,
                                thread_id: row.get(4)?,
                                at_ms: row.get(5)?,
                            },
                        ))
                    })
                    .optional()
            })
            .context(DOING)?;
        let Some((code, record)) = found else { return Ok(None) };
        let kind = Kind::from_code(code).ok_or_else(|| StoreError::Value(format!("unknown kind {code}")))?;
        Ok(Some(ComparedRecord { kind, ..record }))
    }

    /// What each of two snapshots says about a record.
    pub fn items_in_snapshots(
        &self,
        key: &[u8],
        row: i64,
        first: i64,
        second: i64,
    ) -> Result<(Vec<Item>, Vec<Item>), StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT DISTINCT s.id, s.item, a.snapshot_id
                   FROM sighting s JOIN entry e ON e.reading_id = s.reading_id JOIN archive a ON a.id = e.archive_id
                  WHERE s.key = :key AND s.record_id = :record AND a.snapshot_id IN (:first, :second)
                 UNION ALL
                 SELECT -u.id, u.item, a.snapshot_id
                   FROM unlisted u JOIN entry e ON e.id = u.entry_id JOIN archive a ON a.id = e.archive_id
                  WHERE u.key = :key AND u.record_id = :record AND a.snapshot_id IN (:first, :second)
                  ORDER BY 3, 1",
            )
            .context(DOING)?;
        let mut rows = select
            .query(named_params! { ":key": key, ":record": row, ":first": first, ":second": second })
            .context(DOING)?;
        let (mut of_first, mut of_second) = (Vec::new(), Vec::new());
        while let Some(row) = rows.next().context(DOING)? {
            let item = row.get_ref(1).and_then(|value| Ok(value.as_bytes()?)).context(DOING)?;
            let item: Item = serde_json::from_slice(item).context("read")?;
            let snapshot: i64 = row.get(2).context(DOING)?;
            if snapshot == first {
                of_first.push(item);
            } else {
                of_second.push(item);
            }
        }
        Ok((of_first, of_second))
    }

    /// The readings in which a record stood.
    pub fn readings_of_record(&self, key: &[u8], record_id: i64) -> Result<Vec<i64>, StoreError> {
        super::ranges::readings_of_record(self.connection(), key, record_id)
    }

    /// The followers of an account in each of its snapshots.
    pub fn followers(&self, account_id: i64) -> Result<Vec<Relation>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT DISTINCT a.snapshot_id, r.id, h.person_id,
                        coalesce(s.item ->> '$.counterpart.handle', s.item ->> '$.counterpart.name', h.handle, ''), r.at_ms
                   FROM snapshot n
                   JOIN archive a ON a.snapshot_id = n.id
                   JOIN entry e ON e.archive_id = a.id
                   JOIN reading x ON x.id = e.reading_id
                   JOIN sighting s ON s.reading_id = x.id
                   JOIN record r ON r.id = s.record_id
                   LEFT JOIN handle h ON h.id = r.counterpart_id
                  WHERE n.account_id = :account AND r.kind = 14 AND r.subkind = 'follower'
                    AND x.reader IN ('followers', 'flat_connections', 'flat_relations')
                  ORDER BY 1, 4, 2",
            )
            .context(DOING)?;
        let rows = select
            .query_map([account_id], |row| {
                Ok(Relation {
                    snapshot_id: row.get(0)?,
                    record: row.get(1)?,
                    person: row.get(2)?,
                    handle: row.get(3)?,
                    since_ms: row.get(4)?,
                })
            })
            .context(DOING)?;
        rows.collect::<Result<_, _>>().context(DOING)
    }

    /// Whose every name is: the person's row, by user name and display name.
    pub fn persons_by_name(&self) -> Result<BTreeMap<Who, i64>, StoreError> {
        let mut select =
            self.connection().prepare_cached("SELECT type, handle, person_id FROM handle").context(DOING)?;
        let rows = select
            .query_map([], |row| {
                let name: String = row.get(1)?;
                let who = if row.get::<_, i64>(0)? == 1 { Who::Handle(name) } else { Who::Name(name) };
                Ok((who, row.get(2)?))
            })
            .context(DOING)?;
        rows.collect::<Result<_, _>>().context(DOING)
    }

    /// The persons who the owner of an account is.
    pub fn persons_of_account(&self, account_id: i64) -> Result<Vec<i64>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached("SELECT person_id FROM account_person WHERE account_id = :account ORDER BY 1")
            .context(DOING)?;
        let rows = select.query_map([account_id], |row| row.get(0)).context(DOING)?;
        rows.collect::<Result<_, _>>().context(DOING)
    }

    /// A record as a line shows it, by its row.
    pub fn shown_record_of_row(&self, row: i64) -> Result<Option<NamedRow>, StoreError> {
        let rows = self.select_all("SELECT public_id AS id FROM record WHERE id = ?1", &[Value::Integer(row)])?;
        match rows.first().and_then(|row| row.text("id")) {
            Some(id) => self.shown_record(id),
            None => Ok(None),
        }
    }
}
