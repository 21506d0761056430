//! What the lists of each document hold, and what becomes of records that later snapshots lack. The rows are a function of
//! the readings; what they mean is told in `ingest::cover`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::{Connection, named_params};
use serde::Deserialize;

use super::error::{Context, StoreError};
use super::{Store, Writing};
use crate::model::{Kind, MediaRef, Moment};

/// A reading of which it is not noted yet what its lists hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnlistedReading {
    pub id: i64,
    pub document_id: i64,
    pub reader: String,
    pub path: String,
}

/// What an item says as far as lists go.
#[derive(Clone, Debug, Deserialize)]
pub struct ItemGlance {
    pub kind: Kind,
    #[serde(default)]
    pub subkind: Option<String>,
    #[serde(default)]
    pub at: Option<Moment>,
    #[serde(default)]
    pub media: Vec<MediaRef>,
}

/// What one list of one document holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListRange {
    pub n_items: u64,
    pub n_timed: u64,
    /// Oldest and newest time in it, Unix milliseconds UTC.
    pub range_ms: Option<(i64, i64)>,
}

/// The same for all documents of one family in a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotList {
    pub snapshot_id: i64,
    pub list: String,
    pub thread_id: Option<i64>,
    pub family: Family,
    pub holds: ListRange,
}

/// In which way documents are written: what two of different families hold may stand there without anything that joins
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// JSON in folders, since 2021.
    Json = 1,
    /// JSON at the root, generations A and B.
    Flat = 2,
    Html = 4,
    /// The download of end-to-end encrypted chats.
    Encrypted = 8,
}

impl Family {
    /// By the reader's name and the document's path.
    pub fn of(reader: &str, path: &str) -> Self {
        let extension = path.rsplit('.').next().unwrap_or_default();
        if reader == "encrypted_chats" {
            Self::Encrypted
        } else if reader.starts_with("flat_") {
            Self::Flat
        } else if extension.eq_ignore_ascii_case("html") {
            Self::Html
        } else {
            Self::Json
        }
    }

    pub const fn bit(self) -> u8 {
        self as u8
    }
}

/// What is known of a snapshot as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotState {
    pub id: i64,
    pub public_id: String,
    pub account_id: i64,
    /// `YYYY-MM-DD`.
    pub date: String,
    /// Nothing is salvaged, damaged or beyond a budget.
    pub is_complete: bool,
    /// Files that its documents name and that it lacks; `None` where they were not counted yet.
    pub n_lacking: Option<u64>,
}

/// A record of which a later snapshot may tell that it is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    pub id: i64,
    pub key: Vec<u8>,
    pub kind: Kind,
    pub subkind: Option<String>,
    pub thread_id: Option<i64>,
    pub at_ms: Option<i64>,
    pub last_snapshot_id: i64,
    pub is_gone: Option<bool>,
    pub gone_since: Option<String>,
}

/// `list` of the row that tells the range which the download states; its times are null where they cannot be read.
pub const STATED_RANGE: &str = "stated range";

const DOING: &str = "looking at lists";

impl Writing<'_> {
    /// Readings of an account that stand in some archive and of which nothing is noted yet.
    pub fn readings_without_lists(&self, account_id: i64) -> Result<Vec<UnlistedReading>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT x.id, x.document_id, x.reader, x.path FROM reading x
                  WHERE x.account_id = :account
                    AND NOT EXISTS (SELECT 1 FROM list_range l WHERE l.reading_id = x.id)
                  ORDER BY x.id",
            )
            .context(DOING)?;
        let rows = select
            .query_map([account_id], |row| {
                Ok(UnlistedReading {
                    id: row.get(0)?,
                    document_id: row.get(1)?,
                    reader: row.get(2)?,
                    path: row.get(3)?,
                })
            })
            .context(DOING)?;
        rows.collect::<Result<_, _>>().context(DOING)
    }

    /// Every item of a reading, with the row of the head of its conversation.
    pub fn items_of_reading(
        &self,
        reading_id: i64,
        each: &mut dyn FnMut(Option<i64>, ItemGlance),
    ) -> Result<(), StoreError> {
        let mut select = self
            .connection()
            .prepare_cached("SELECT thread_sighting_id, item FROM sighting WHERE reading_id = :reading")
            .context(DOING)?;
        let mut rows = select.query([reading_id]).context(DOING)?;
        while let Some(row) = rows.next().context(DOING)? {
            let item = row.get_ref(1).and_then(|value| Ok(value.as_bytes()?)).context(DOING)?;
            each(row.get(0).context(DOING)?, serde_json::from_slice(item).context("read")?);
        }
        Ok(())
    }

    pub fn heads_of_reading(&self, reading_id: i64) -> Result<Vec<i64>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached("SELECT id FROM thread_sighting WHERE reading_id = :reading ORDER BY id")
            .context(DOING)?;
        let rows = select.query_map([reading_id], |row| row.get(0)).context(DOING)?;
        rows.collect::<Result<_, _>>().context(DOING)
    }

    pub fn add_list_range(
        &self,
        reading_id: i64,
        list: &str,
        head: Option<i64>,
        holds: &ListRange,
    ) -> Result<(), StoreError> {
        let (from, to) = holds.range_ms.unzip();
        self.connection()
            .prepare_cached(
                "INSERT INTO list_range (reading_id, list, thread_sighting_id, n_items, n_timed, from_ms, to_ms)
                 VALUES (:reading, :list, :head, :items, :timed, :from, :to)",
            )
            .and_then(|mut insert| {
                insert.execute(named_params! {
                    ":reading": reading_id, ":list": list, ":head": head,
                    ":items": super::delivered::stored_size(holds.n_items),
                    ":timed": super::delivered::stored_size(holds.n_timed), ":from": from, ":to": to,
                })
            })
            .context(DOING)?;
        Ok(())
    }

    pub fn add_named_file(&self, reading_id: i64, base: &str, external_id: Option<&str>) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached(
                "INSERT OR IGNORE INTO named_file (reading_id, base, external_id) VALUES (:reading, :base, :external_id)",
            )
            .and_then(|mut insert| {
                insert.execute(named_params! { ":reading": reading_id, ":base": base, ":external_id": external_id })
            })
            .context(DOING)?;
        Ok(())
    }

    /// Counts the files that a snapshot's documents name and that none of its archives has.
    pub fn count_lacking(&self, snapshot_id: i64) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached(&format!(
                "UPDATE snapshot SET n_lacking = (SELECT count(DISTINCT f.base) {LACKING}) WHERE id = :snapshot"
            ))
            .and_then(|mut update| update.execute(named_params! { ":snapshot": snapshot_id }))
            .context(DOING)?;
        Ok(())
    }

    /// What the lists of an account's snapshots hold, and what else tells what they cover.
    pub fn cover_facts(&self, account_id: i64) -> Result<CoverFacts, StoreError> {
        cover_facts(self.connection(), account_id)
    }

    /// The readings in which a record stood.
    pub fn readings_of_record(&self, key: &[u8], record_id: i64) -> Result<Vec<i64>, StoreError> {
        readings_of_record(self.connection(), key, record_id)
    }

    /// Records that the newest snapshot of their account lacks, whatever their kind.
    pub fn absent_records(
        &self,
        account_id: i64,
        newest: i64,
        each: &mut dyn FnMut(Absent) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT id, key, kind, subkind, thread_id, at_ms, last_snapshot_id, is_gone, gone_since FROM record
                  WHERE account_id = :account AND last_snapshot_id <> :newest ORDER BY id",
            )
            .context(DOING)?;
        let mut rows = select.query(named_params! { ":account": account_id, ":newest": newest }).context(DOING)?;
        while let Some(row) = rows.next().context(DOING)? {
            let code: i64 = row.get(2).context(DOING)?;
            each(Absent {
                id: row.get(0).context(DOING)?,
                key: row.get(1).context(DOING)?,
                kind: Kind::from_code(code).ok_or_else(|| StoreError::Value(format!("unknown kind {code}")))?,
                subkind: row.get(3).context(DOING)?,
                thread_id: row.get(4).context(DOING)?,
                at_ms: row.get(5).context(DOING)?,
                last_snapshot_id: row.get(6).context(DOING)?,
                is_gone: row.get(7).context(DOING)?,
                gone_since: row.get(8).context(DOING)?,
            })?;
        }
        Ok(())
    }

    /// Says of everything in the newest snapshot of an account that it is there.
    pub fn mark_present(&self, account_id: i64, newest: i64) -> Result<(), StoreError> {
        for (which, is_news) in [("is_gone = 1", true), ("is_gone IS NULL", false)] {
            let news = if is_news { ", changed = :change" } else { "" };
            self.connection()
                .prepare_cached(&format!(
                    "UPDATE record SET is_gone = 0, gone_since = NULL{news}
                      WHERE account_id = :account AND last_snapshot_id = :newest AND {which} AND :change = :change"
                ))
                .and_then(|mut update| {
                    update.execute(named_params! { ":account": account_id, ":newest": newest, ":change": self.change })
                })
                .context("judging what is gone")?;
        }
        Ok(())
    }

    /// Says what became of a record. Those who follow the change log hear of it where it is gone now, or no more.
    pub fn set_gone(&self, record: &Absent, since: Option<&str>) -> Result<(), StoreError> {
        let is_news = record.is_gone == Some(true) || since.is_some();
        self.connection()
            .prepare_cached(
                "UPDATE record SET is_gone = CASE WHEN :since IS NOT NULL THEN 1 END, gone_since = :since,
                        changed = CASE WHEN :is_news THEN :change ELSE changed END
                  WHERE id = :id",
            )
            .and_then(|mut update| {
                update.execute(named_params! {
                    ":id": record.id, ":since": since, ":is_news": is_news, ":change": self.change,
                })
            })
            .context("judging what is gone")?;
        Ok(())
    }
}

impl Store {
    /// As [`Writing::cover_facts`].
    pub fn cover_facts(&self, account_id: i64) -> Result<CoverFacts, StoreError> {
        cover_facts(self.connection(), account_id)
    }
}

/// What is known of the snapshots of an account, for what they cover.
#[derive(Clone, Debug, Default)]
pub struct CoverFacts {
    /// Oldest first.
    pub snapshots: Vec<SnapshotState>,
    pub lists: Vec<SnapshotList>,
    /// Snapshot and path of every document whose name may have a page's number.
    pub pages: Vec<(i64, String)>,
    /// Snapshot, archive and every name that the archive came under.
    pub names: Vec<(i64, i64, String)>,
    pub readings: Vec<PlacedReading>,
    pub shared: BTreeMap<KindAndSubkind, Shared>,
}

/// A kind, with the subkind where that tells lists apart.
pub type KindAndSubkind = (Kind, Option<String>);

/// How many records of a kind are known to be the same in different places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    /// Records by the families of all their documents (bits of [`Family`]).
    pub families: BTreeMap<u8, u64>,
    /// Records that stand in both of two snapshots, the smaller row first.
    pub snapshots: BTreeMap<(i64, i64), u64>,
}

fn cover_facts(connection: &Connection, account_id: i64) -> Result<CoverFacts, StoreError> {
    let lists = snapshot_lists(connection, account_id)?;
    let families = lists.iter().fold(0, |bits, list| bits | list.family.bit());
    let readings = placed_readings(connection, account_id)?;
    Ok(CoverFacts {
        snapshots: snapshot_states(connection, account_id)?,
        pages: document_paths(connection, account_id)?,
        names: archive_names(connection, account_id)?,
        shared: add_shared(connection, account_id, families.count_ones() > 1, &readings)?,
        readings,
        lists,
    })
}

/// A reading and a snapshot in which its document stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedReading {
    pub reading_id: i64,
    pub reader: String,
    pub path: String,
    pub snapshot_id: i64,
}

/// Files that documents of a snapshot name, and that it has under no name and no media id.
const LACKING: &str = "FROM (SELECT DISTINCT e.reading_id FROM entry e JOIN archive a ON a.id = e.archive_id
             WHERE a.snapshot_id = :snapshot AND e.reading_id IS NOT NULL) x
   JOIN named_file f ON f.reading_id = x.reading_id
  WHERE NOT EXISTS (SELECT 1 FROM entry e JOIN archive a ON a.id = e.archive_id
                     WHERE e.base = f.base AND a.snapshot_id = :snapshot AND e.fate NOT IN (5, 6))
    AND NOT EXISTS (SELECT 1 FROM entry e JOIN archive a ON a.id = e.archive_id
                     WHERE e.external_id = f.external_id AND a.snapshot_id = :snapshot AND e.fate NOT IN (5, 6))";

fn snapshot_states(connection: &Connection, account_id: i64) -> Result<Vec<SnapshotState>, StoreError> {
    let mut select = connection
        .prepare_cached(
            "SELECT id, public_id, account_id, date, is_complete, n_lacking FROM snapshot
              WHERE account_id = :account ORDER BY date, public_id",
        )
        .context(DOING)?;
    let rows = select
        .query_map([account_id], |row| {
            Ok(SnapshotState {
                id: row.get(0)?,
                public_id: row.get(1)?,
                account_id: row.get(2)?,
                date: row.get(3)?,
                is_complete: row.get(4)?,
                n_lacking: row.get::<_, Option<i64>>(5)?.map(i64::unsigned_abs),
            })
        })
        .context(DOING)?;
    rows.collect::<Result<_, _>>().context(DOING)
}

fn snapshot_lists(connection: &Connection, account_id: i64) -> Result<Vec<SnapshotList>, StoreError> {
    let mut select = connection
        .prepare_cached(
            "SELECT p.snapshot_id, l.list, tk.thread_id, x.reader, x.path, l.n_items, l.n_timed, l.from_ms, l.to_ms
               FROM (SELECT DISTINCT e.reading_id, a.snapshot_id
                       FROM snapshot s JOIN archive a ON a.snapshot_id = s.id JOIN entry e ON e.archive_id = a.id
                      WHERE s.account_id = :account AND e.reading_id IS NOT NULL) p
               JOIN list_range l ON l.reading_id = p.reading_id
               JOIN reading x ON x.id = p.reading_id
               LEFT JOIN thread_sighting t ON t.id = l.thread_sighting_id
               LEFT JOIN thread_key tk ON tk.key = t.key
              WHERE l.list <> ''
              ORDER BY p.snapshot_id, l.list, tk.thread_id, x.path",
        )
        .context(DOING)?;
    let mut rows = select.query([account_id]).context(DOING)?;
    let mut lists: Vec<SnapshotList> = Vec::new();
    while let Some(row) = rows.next().context(DOING)? {
        let reader = row.get_ref(3).and_then(|value| Ok(value.as_str()?)).context(DOING)?;
        let path = row.get_ref(4).and_then(|value| Ok(value.as_str()?)).context(DOING)?;
        let family = Family::of(reader, path);
        let number = |column| row.get::<_, i64>(column).map(i64::unsigned_abs).context(DOING);
        let time = |column| row.get::<_, Option<i64>>(column).context(DOING);
        let holds = ListRange { n_items: number(5)?, n_timed: number(6)?, range_ms: time(7)?.zip(time(8)?) };
        lists.push(SnapshotList {
            snapshot_id: row.get(0).context(DOING)?,
            list: row.get(1).context(DOING)?,
            thread_id: row.get(2).context(DOING)?,
            family,
            holds,
        });
    }
    Ok(lists)
}

fn document_paths(connection: &Connection, account_id: i64) -> Result<Vec<(i64, String)>, StoreError> {
    let mut select = connection
        .prepare_cached(
            "SELECT DISTINCT s.id, x.path
               FROM snapshot s JOIN archive a ON a.snapshot_id = s.id JOIN entry e ON e.archive_id = a.id
               JOIN reading x ON x.id = e.reading_id
              WHERE s.account_id = :account AND x.path LIKE '%\\__%.%' ESCAPE '\\' ORDER BY 1, 2",
        )
        .context(DOING)?;
    let rows = select.query_map([account_id], |row| Ok((row.get(0)?, row.get(1)?))).context(DOING)?;
    rows.collect::<Result<_, _>>().context(DOING)
}

fn archive_names(connection: &Connection, account_id: i64) -> Result<Vec<(i64, i64, String)>, StoreError> {
    let mut select = connection
        .prepare_cached(
            "SELECT s.id, a.id, n.name
               FROM snapshot s JOIN archive a ON a.snapshot_id = s.id JOIN archive_name n ON n.archive_id = a.id
              WHERE s.account_id = :account ORDER BY 1, a.public_id, 3",
        )
        .context(DOING)?;
    let rows = select.query_map([account_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).context(DOING)?;
    rows.collect::<Result<_, _>>().context(DOING)
}

/// Adds up which snapshots and families share records of each kind and subkind: of everything that people take away, and of
/// messages (whose milliseconds join them anyway) only where there is more than one family.
fn add_shared(
    connection: &Connection,
    account_id: i64,
    with_messages: bool,
    readings: &[PlacedReading],
) -> Result<BTreeMap<KindAndSubkind, Shared>, StoreError> {
    let mut places: HashMap<i64, (u8, BTreeSet<i64>)> = HashMap::new();
    for row in readings {
        let place = places.entry(row.reading_id).or_default();
        place.0 |= Family::of(&row.reader, &row.path).bit();
        place.1.insert(row.snapshot_id);
    }
    let mut select = connection
        .prepare_cached(
            "SELECT r.id, r.kind, CASE WHEN r.kind IN (8, 10, 11, 13, 14) THEN r.subkind END, s.reading_id
               FROM record r JOIN sighting s ON s.key = r.key AND s.record_id = r.id
              WHERE r.account_id = :account AND r.kind IN (1, 2, 3, 4, 6, 8, 10, 11, 12, 13, 14, 15)
             UNION ALL
             SELECT r.id, r.kind, NULL, s.reading_id
               FROM record r JOIN sighting s ON s.key = r.key AND s.record_id = r.id
              WHERE :messages AND r.account_id = :account AND r.kind = 5
              ORDER BY 1",
        )
        .context(DOING)?;
    let mut rows = select.query(named_params! { ":account": account_id, ":messages": with_messages }).context(DOING)?;
    let mut shared: BTreeMap<KindAndSubkind, Shared> = BTreeMap::new();
    let mut current: Option<(i64, KindAndSubkind, u8, BTreeSet<i64>)> = None;
    let mut count = |(_, kind, bits, snapshots): (i64, KindAndSubkind, u8, BTreeSet<i64>)| {
        let shared = shared.entry(kind).or_default();
        *shared.families.entry(bits).or_default() += 1;
        for (nth, one) in snapshots.iter().enumerate() {
            for other in snapshots.iter().skip(nth + 1) {
                *shared.snapshots.entry((*one, *other)).or_default() += 1;
            }
        }
    };
    while let Some(row) = rows.next().context(DOING)? {
        let id: i64 = row.get(0).context(DOING)?;
        if current.as_ref().is_none_or(|current| current.0 != id) {
            let code: i64 = row.get(1).context(DOING)?;
            let kind = Kind::from_code(code).ok_or_else(|| StoreError::Value(format!("unknown kind {code}")))?;
            let next = (id, (kind, row.get(2).context(DOING)?), 0, BTreeSet::new());
            current.replace(next).into_iter().for_each(&mut count);
        }
        let reading: i64 = row.get(3).context(DOING)?;
        if let (Some((_, _, bits, snapshots)), Some(place)) = (current.as_mut(), places.get(&reading)) {
            *bits |= place.0;
            snapshots.extend(&place.1);
        }
    }
    current.into_iter().for_each(&mut count);
    Ok(shared)
}

pub(super) fn readings_of_record(connection: &Connection, key: &[u8], record_id: i64) -> Result<Vec<i64>, StoreError> {
    let mut select = connection
        .prepare_cached("SELECT DISTINCT reading_id FROM sighting WHERE key = :key AND record_id = :record ORDER BY 1")
        .context(DOING)?;
    let rows =
        select.query_map(named_params! { ":key": key, ":record": record_id }, |row| row.get(0)).context(DOING)?;
    rows.collect::<Result<_, _>>().context(DOING)
}

fn placed_readings(connection: &Connection, account_id: i64) -> Result<Vec<PlacedReading>, StoreError> {
    let mut select = connection
        .prepare_cached(
            "SELECT DISTINCT x.id, x.reader, x.path, s.id
               FROM snapshot s JOIN archive a ON a.snapshot_id = s.id JOIN entry e ON e.archive_id = a.id
               JOIN reading x ON x.id = e.reading_id
              WHERE s.account_id = :account ORDER BY 1, 4",
        )
        .context(DOING)?;
    let rows = select
        .query_map([account_id], |row| {
            Ok(PlacedReading {
                reading_id: row.get(0)?,
                reader: row.get(1)?,
                path: row.get(2)?,
                snapshot_id: row.get(3)?,
            })
        })
        .context(DOING)?;
    rows.collect::<Result<_, _>>().context(DOING)
}
