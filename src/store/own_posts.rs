//! All rows of one account that tell of its own posts, for who they are is decided by looking at all of them together.

use std::collections::HashMap;

use rusqlite::named_params;

use super::Writing;
use super::error::{Context, StoreError};
use crate::model::{Item, Key};

/// What one row said about an own post, and the key under which it is held.
#[derive(Clone, Debug)]
pub struct PostSighting {
    pub id: i64,
    pub key: Key,
    /// Name of the document below the root of its download.
    pub path: String,
    pub place: String,
    /// Rows of the snapshots in which the document stood.
    pub snapshots: Vec<i64>,
    pub item: Item,
}

/// Where the sightings of own posts are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// Among those that have the key of a post, and those that have no record yet.
    ByRecords,
    /// Also where the keys are not to be trusted.
    Everything,
}

impl Writing<'_> {
    /// Every sighting of the account's posts and reels, in no particular order. They are found by the keys of records, or
    /// ([`Search::Everything`]) by looking at all sightings, whose number is that of the messages.
    pub fn post_sightings(&self, account_id: i64, search: Search) -> Result<Vec<PostSighting>, StoreError> {
        let doing = "reading own posts";
        let sql = match search {
            Search::ByRecords => {
                "SELECT s.id, s.key, s.reading_id, x.path, s.place, s.item
                   FROM (SELECT DISTINCT key FROM record WHERE account_id = :account AND kind IN (1, 3)) k
                   JOIN sighting s ON s.key = k.key
                   JOIN reading x ON x.id = s.reading_id
                  UNION
                 SELECT s.id, s.key, s.reading_id, x.path, s.place, s.item
                   FROM reading x
                   JOIN sighting s ON s.reading_id = x.id AND s.record_id IS NULL
                  WHERE x.account_id = :account AND json_extract(s.item, '$.kind') IN ('post', 'reel')"
            }
            Search::Everything => {
                "SELECT s.id, s.key, s.reading_id, x.path, s.place, s.item
                   FROM sighting s
                   JOIN reading x ON x.id = s.reading_id
                  WHERE x.account_id = :account AND json_extract(s.item, '$.kind') IN ('post', 'reel')"
            }
        };
        let mut select = self.connection().prepare_cached(sql).context(doing)?;
        let mut rows = select.query(named_params! { ":account": account_id }).context(doing)?;
        let mut snapshots_of: HashMap<i64, Vec<i64>> = HashMap::new();
        let mut sightings = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            let key = row.get_ref(1).and_then(|value| Ok(value.as_blob()?)).context(doing)?;
            let key = Key::from_bytes(key).ok_or_else(|| StoreError::Value("a key is not 16 bytes long".into()))?;
            let reading: i64 = row.get(2).context(doing)?;
            let snapshots = match snapshots_of.get(&reading) {
                Some(known) => known.clone(),
                None => {
                    let found: Vec<i64> =
                        self.snapshots_of_reading(reading)?.into_iter().map(|snapshot| snapshot.id).collect();
                    snapshots_of.insert(reading, found.clone());
                    found
                }
            };
            let item = row.get_ref(5).and_then(|value| Ok(value.as_bytes()?)).context(doing)?;
            sightings.push(PostSighting {
                id: row.get(0).context(doing)?,
                key,
                path: row.get(3).context(doing)?,
                place: row.get(4).context(doing)?,
                snapshots,
                item: serde_json::from_slice(item).context("read")?,
            });
        }
        Ok(sightings)
    }

    /// Holds a sighting under another key. The records of both keys must be computed again.
    pub fn set_sighting_key(&self, sighting_id: i64, key: Key) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached("UPDATE sighting SET key = :key WHERE id = :id")
            .and_then(|mut update| update.execute(named_params! { ":id": sighting_id, ":key": key.as_bytes() }))
            .context("moving a sighting")?;
        Ok(())
    }
}
