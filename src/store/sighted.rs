//! All rows of one account that tell of things of some kinds, for which of them are one thing is decided by looking at all
//! of them together.

use std::collections::BTreeSet;
use std::rc::Rc;

use rusqlite::named_params;

use super::Writing;
use super::error::{Context, StoreError, key_of};
use super::sightings::{SnapshotRef, Stands};
use crate::model::{ContentHash, Item, Key, Kind};

/// What one row said, and the key under which it is held.
#[derive(Clone, Debug)]
pub struct SightedItem {
    pub id: i64,
    pub key: Key,
    /// The how manyth it is of the things that have its row's own key.
    pub twin: u32,
    pub reading_id: i64,
    /// Name of the document below the root of its download.
    pub path: String,
    pub place: String,
    /// The snapshots in which the document stood, oldest first.
    pub snapshots: Rc<[SnapshotRef]>,
    pub item: Item,
    /// Names everything that the row said.
    pub content: ContentHash,
}

/// Where sightings are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// Among those that have the key of a record of the kind, and those that have no record yet.
    ByRecords,
    /// Also where the keys are not to be trusted.
    Everything,
}

impl Writing<'_> {
    /// Every sighting of the account's things of these kinds, in no particular order. They are found by the keys of records,
    /// or ([`Search::Everything`]) by looking at all sightings, whose number is that of the messages.
    pub fn sighted_items(
        &self,
        account_id: i64,
        kinds: &[Kind],
        search: Search,
        each: &mut dyn FnMut(SightedItem),
    ) -> Result<(), StoreError> {
        const COLUMNS: &str = "s.id, s.key, s.reading_id, x.path, s.place, s.item, s.twin";
        let doing = "reading what tells of things";
        let codes = kinds.iter().map(|kind| kind.code().to_string()).collect::<Vec<_>>().join(", ");
        let names = kinds.iter().map(|kind| format!("'{}'", kind.name())).collect::<Vec<_>>().join(", ");
        let is_meant = format!("json_extract(s.item, '$.kind') IN ({names})");
        let sql = match search {
            Search::ByRecords => format!(
                "SELECT {COLUMNS}
                   FROM (SELECT DISTINCT key FROM record WHERE account_id = :account AND kind IN ({codes})) k
                   JOIN sighting s ON s.key = k.key AND s.record_id IS NOT NULL
                   JOIN reading x ON x.id = s.reading_id
                  UNION ALL
                 SELECT {COLUMNS}
                   FROM reading x
                   JOIN sighting s ON s.reading_id = x.id AND s.record_id IS NULL
                  WHERE x.account_id = :account AND {is_meant}"
            ),
            Search::Everything => format!(
                "SELECT {COLUMNS}
                   FROM sighting s
                   JOIN reading x ON x.id = s.reading_id
                  WHERE x.account_id = :account AND {is_meant}"
            ),
        };
        let mut select = self.connection().prepare_cached(&sql).context(doing)?;
        let mut rows = select.query(named_params! { ":account": account_id }).context(doing)?;
        let mut stands = Stands::default();
        while let Some(row) = rows.next().context(doing)? {
            let key = row.get_ref(1).and_then(|value| Ok(value.as_blob()?)).context(doing)?;
            let key = key_of(key)?;
            let reading_id: i64 = row.get(2).context(doing)?;
            let item = row.get_ref(5).and_then(|value| Ok(value.as_bytes()?)).context(doing)?;
            each(SightedItem {
                id: row.get(0).context(doing)?,
                key,
                twin: row.get(6).context(doing)?,
                reading_id,
                path: row.get(3).context(doing)?,
                place: row.get(4).context(doing)?,
                snapshots: stands.of(self, reading_id)?,
                item: serde_json::from_slice(item).context("read")?,
                content: ContentHash::of(item),
            });
        }
        Ok(())
    }

    /// Holds a sighting under another key. The records of both keys must be computed again.
    pub fn set_sighting_key(&self, sighting_id: i64, key: Key, twin: u32) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached("UPDATE sighting SET key = :key, twin = :twin WHERE id = :id")
            .and_then(|mut update| {
                update.execute(named_params! { ":id": sighting_id, ":key": key.as_bytes(), ":twin": twin })
            })
            .context("moving a sighting")?;
        Ok(())
    }

    /// The kinds of what a reading says.
    pub fn kinds_of_reading(&self, reading_id: i64) -> Result<BTreeSet<Kind>, StoreError> {
        let doing = "reading kinds";
        let mut select = self
            .connection()
            .prepare_cached("SELECT DISTINCT json_extract(item, '$.kind') FROM sighting WHERE reading_id = :reading")
            .context(doing)?;
        let names = select.query_map([reading_id], |row| row.get::<_, String>(0)).context(doing)?;
        names.map(|name| kind_of_name(&name.context(doing)?)).collect()
    }

    /// The kind of a key's record, else of its sightings.
    pub fn kind_of_key(&self, key: Key) -> Result<Option<Kind>, StoreError> {
        let doing = "reading kinds";
        let name: Option<String> = self
            .connection()
            .prepare_cached(
                "SELECT coalesce((SELECT k.name FROM record r JOIN kind k ON k.code = r.kind WHERE r.key = :key LIMIT 1),
                                 (SELECT json_extract(item, '$.kind') FROM sighting WHERE key = :key LIMIT 1))",
            )
            .and_then(|mut select| select.query_row([key.as_bytes()], |row| row.get(0)))
            .context(doing)?;
        name.as_deref().map(kind_of_name).transpose()
    }

    /// The bytes that a snapshot has at a path, whatever says so.
    pub fn medium_at(&self, snapshot_id: i64, path: &str) -> Result<Option<ContentHash>, StoreError> {
        let doing = "looking for a medium";
        let base = path.rsplit('/').next().unwrap_or(path);
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT m.hash FROM entry e JOIN archive a ON a.id = e.archive_id JOIN medium m ON m.id = e.medium_id
                  WHERE e.base = :base AND a.snapshot_id = :snapshot AND substr(e.path, length(a.root) + 1) = :path
                    AND e.fate <> 5 -- packed bytes are nobody's picture
                  ORDER BY m.hash LIMIT 1",
            )
            .context(doing)?;
        let mut rows =
            select.query(named_params! { ":base": base, ":snapshot": snapshot_id, ":path": path }).context(doing)?;
        let Some(row) = rows.next().context(doing)? else { return Ok(None) };
        let hash = row.get_ref(0).and_then(|value| Ok(value.as_blob()?)).context(doing)?;
        Ok(ContentHash::from_bytes(hash))
    }
}

fn kind_of_name(name: &str) -> Result<Kind, StoreError> {
    Kind::from_name(name).ok_or_else(|| StoreError::Value(format!("unknown kind {name}")))
}
