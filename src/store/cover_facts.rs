//! What is known of the snapshots of an account, for what they cover: one answer, read by ingests and by those who ask.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::{Connection, named_params};

use super::error::{Context, StoreError};
use super::{ListRange, Store, Writing};
use crate::model::Kind;

const DOING: &str = "looking at what snapshots cover";

impl Writing<'_> {
    /// What the lists of an account's snapshots hold, and what else tells what they cover.
    pub fn cover_facts(&self, account_id: i64) -> Result<CoverFacts, StoreError> {
        cover_facts(self.connection(), account_id)
    }
}

impl Store {
    /// As [`Writing::cover_facts`].
    pub fn cover_facts(&self, account_id: i64) -> Result<CoverFacts, StoreError> {
        cover_facts(self.connection(), account_id)
    }
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
