//! What shows whose a snapshot is: the names that it tells, and what it has in common with others.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, named_params};

use super::Writing;
use super::error::{Context, StoreError};
use crate::model::{Item, Key, ThreadHead, Who};

/// A snapshot with what it says of its account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotToPlace {
    pub id: i64,
    pub public_id: String,
    /// The account in which it stands now.
    pub account_id: i64,
    pub service: i64,
    /// The end of its day, Unix milliseconds.
    pub day_end_ms: i64,
    /// The user name at that time, or what stands for the account where nothing tells it.
    pub handle: String,
    pub is_unknown: bool,
    /// All user names that its documents tell.
    pub told: Vec<String>,
}

/// What two snapshots have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BondRow {
    pub n_documents: u64,
    pub n_media: u64,
    pub n_same_side: u64,
    pub n_other_side: u64,
    pub n_no_side: u64,
}

/// A medium that another snapshot has, too, where the two have it: `(path below the root, media id in the name)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EqualMedium {
    pub other_id: i64,
    pub medium_id: i64,
    pub here: (String, Option<String>),
    pub there: (String, Option<String>),
}

/// A message of the same words and the same millisecond in another snapshot: the heads of the conversations and the authors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EqualMessage {
    pub other_id: i64,
    pub at_ms: i64,
    pub here: (i64, Option<Who>),
    pub there: (i64, Option<Who>),
}

/// The path of an entry below the root of its download.
const BELOW_ROOT: &str =
    "CASE WHEN substr(e.path, 1, length(a.root)) = a.root THEN substr(e.path, length(a.root) + 1) ELSE e.path END";

impl Writing<'_> {
    /// Every snapshot with what it says of its account. One whose archives all moved to others says nothing.
    pub fn snapshots_to_place(&self) -> Result<Vec<SnapshotToPlace>, StoreError> {
        let doing = "listing snapshots";
        let mut told: BTreeMap<i64, Vec<String>> = BTreeMap::new();
        let mut select = self
            .connection()
            .prepare_cached("SELECT snapshot_id, told FROM archive WHERE told IS NOT NULL")
            .context(doing)?;
        let mut rows = select.query([]).context(doing)?;
        while let Some(row) = rows.next().context(doing)? {
            let json: String = row.get(1).context(doing)?;
            let handles: Vec<String> = serde_json::from_str(&json).context("read")?;
            told.entry(row.get(0).context(doing)?).or_default().extend(handles);
        }
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT s.id, s.public_id, s.account_id, c.service, unixepoch(s.date) * 1000 + 86399999, s.handle,
                        EXISTS (SELECT 1 FROM archive a WHERE a.snapshot_id = s.id AND a.stand_in = s.handle)
                   FROM snapshot s JOIN account c ON c.id = s.account_id
                  WHERE EXISTS (SELECT 1 FROM archive a WHERE a.snapshot_id = s.id) ORDER BY s.public_id",
            )
            .context(doing)?;
        let rows = select
            .query_map([], |row| {
                Ok(SnapshotToPlace {
                    id: row.get(0)?,
                    public_id: row.get(1)?,
                    account_id: row.get(2)?,
                    service: row.get(3)?,
                    day_end_ms: row.get::<_, Option<i64>>(4)?.unwrap_or_default(),
                    handle: row.get(5)?,
                    is_unknown: row.get(6)?,
                    told: Vec::new(),
                })
            })
            .context(doing)?;
        rows.map(|row| {
            let snapshot = row.context(doing)?;
            Ok(SnapshotToPlace { told: told.remove(&snapshot.id).unwrap_or_default(), ..snapshot })
        })
        .collect()
    }

    /// Profiles and changes of them that snapshots tell: `(snapshot, item)`.
    pub fn profiles_told(&self) -> Result<Vec<(i64, Item)>, StoreError> {
        let doing = "reading profiles";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT DISTINCT a.snapshot_id, s.item
                   FROM record r
                   JOIN sighting s ON s.key = r.key AND s.record_id = r.id
                   JOIN entry e ON e.reading_id = s.reading_id
                   JOIN archive a ON a.id = e.archive_id
                  WHERE r.kind IN (16, 17)",
            )
            .context(doing)?;
        let mut rows = select.query([]).context(doing)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            let item = row.get_ref(1).and_then(|value| Ok(value.as_bytes()?)).context(doing)?;
            all.push((row.get(0).context(doing)?, serde_json::from_slice(item).context("read")?));
        }
        Ok(all)
    }

    /// What is remembered of two snapshots.
    pub fn bond(&self, one: i64, other: i64) -> Result<Option<BondRow>, StoreError> {
        self.connection()
            .prepare_cached(
                "SELECT n_documents, n_media, n_same_side, n_other_side, n_no_side FROM snapshot_bond
                  WHERE one_id = :one AND other_id = :other",
            )
            .and_then(|mut find| {
                find.query_row(named_params! { ":one": one.min(other), ":other": one.max(other) }, |row| {
                    Ok(BondRow {
                        n_documents: row.get(0)?,
                        n_media: row.get(1)?,
                        n_same_side: row.get(2)?,
                        n_other_side: row.get(3)?,
                        n_no_side: row.get(4)?,
                    })
                })
                .optional()
            })
            .context("looking up what snapshots share")
    }

    pub fn put_bond(&self, one: i64, other: i64, bond: &BondRow) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached(
                "INSERT OR REPLACE INTO snapshot_bond
                        (one_id, other_id, n_documents, n_media, n_same_side, n_other_side, n_no_side)
                 VALUES (:one, :other, :documents, :media, :same, :opposite, :none)",
            )
            .and_then(|mut insert| {
                insert.execute(named_params! {
                    ":one": one.min(other), ":other": one.max(other), ":documents": bond.n_documents,
                    ":media": bond.n_media, ":same": bond.n_same_side, ":opposite": bond.n_other_side,
                    ":none": bond.n_no_side,
                })
            })
            .context("noting what snapshots share")?;
        Ok(())
    }

    /// Forgets what is remembered of a snapshot: it holds something else now.
    pub fn forget_bonds(&self, snapshot_id: i64) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached("DELETE FROM snapshot_bond WHERE one_id = :id OR other_id = :id")
            .and_then(|mut delete| delete.execute([snapshot_id]))
            .context("forgetting what snapshots share")?;
        Ok(())
    }

    /// Forgets what is remembered of all snapshots.
    pub fn forget_all_bonds(&self) -> Result<(), StoreError> {
        self.connection().execute("DELETE FROM snapshot_bond", []).context("forgetting what snapshots share")?;
        Ok(())
    }

    /// How many documents with something dated in them other snapshots have, too: `(snapshot, documents)`.
    pub fn equal_documents(&self, snapshot_id: i64) -> Result<Vec<(i64, u64)>, StoreError> {
        let doing = "comparing documents";
        let mut select = self
            .connection()
            .prepare_cached(
                "WITH here AS MATERIALIZED (
                     SELECT DISTINCT e.document_id FROM archive a JOIN entry e ON e.archive_id = a.id
                      WHERE a.snapshot_id = :snapshot AND e.reading_id IS NOT NULL AND e.document_id IS NOT NULL
                        AND EXISTS (SELECT 1 FROM entry o JOIN archive x ON x.id = o.archive_id
                                     WHERE o.document_id = e.document_id AND x.snapshot_id <> :snapshot)
                        AND EXISTS (SELECT 1 FROM sighting s
                                     WHERE s.reading_id = e.reading_id AND s.item ->> '$.at.ms' IS NOT NULL))
                 SELECT x.snapshot_id, count(DISTINCT here.document_id)
                   FROM here JOIN entry o ON o.document_id = here.document_id JOIN archive x ON x.id = o.archive_id
                  WHERE x.snapshot_id <> :snapshot
                    -- read there, too: two snapshots have the same in common from either side
                    AND EXISTS (SELECT 1 FROM sighting s
                                 WHERE s.reading_id = o.reading_id AND s.item ->> '$.at.ms' IS NOT NULL)
                  GROUP BY 1",
            )
            .context(doing)?;
        let rows = select
            .query_map(named_params! { ":snapshot": snapshot_id }, |row| Ok((row.get(0)?, row.get(1)?)))
            .context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }

    /// Hands over every medium of a snapshot that another has, too.
    pub fn equal_media(&self, snapshot_id: i64, each: &mut dyn FnMut(EqualMedium)) -> Result<(), StoreError> {
        let doing = "comparing media";
        let there = BELOW_ROOT.replace("e.", "o.").replace("a.", "x.");
        let mut select = self
            .connection()
            .prepare_cached(&format!(
                "SELECT DISTINCT x.snapshot_id, e.medium_id, {BELOW_ROOT}, e.external_id, {there}, o.external_id
                   FROM archive a
                   JOIN entry e ON e.archive_id = a.id
                   JOIN entry o ON o.medium_id = e.medium_id
                   JOIN archive x ON x.id = o.archive_id
                  WHERE a.snapshot_id = :snapshot AND x.snapshot_id <> :snapshot AND e.fate = 2 AND o.fate = 2 AND e.bytes > 0"
            ))
            .context(doing)?;
        let mut rows = select.query(named_params! { ":snapshot": snapshot_id }).context(doing)?;
        while let Some(row) = rows.next().context(doing)? {
            each(EqualMedium {
                other_id: row.get(0).context(doing)?,
                medium_id: row.get(1).context(doing)?,
                here: (row.get(2).context(doing)?, row.get(3).context(doing)?),
                there: (row.get(4).context(doing)?, row.get(5).context(doing)?),
            });
        }
        Ok(())
    }

    /// Hands over every message of a snapshot that one of the others has with the same words in the same millisecond, in
    /// the order of time.
    pub fn equal_messages(
        &self,
        snapshot_id: i64,
        others: &[i64],
        each: &mut dyn FnMut(EqualMessage) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let doing = "comparing messages";
        let others = serde_json::to_string(others).context("written")?;
        let mut select = self
            .connection()
            .prepare_cached(
                "WITH here AS MATERIALIZED (
                     SELECT s.item ->> '$.at.ms' AS at_ms, s.item ->> '$.text' AS text, s.item -> '$.author' AS author,
                            s.thread_sighting_id AS head
                       FROM (SELECT DISTINCT e.reading_id FROM archive a JOIN entry e ON e.archive_id = a.id
                              WHERE a.snapshot_id = :snapshot AND e.reading_id IS NOT NULL) x
                       JOIN sighting s ON s.reading_id = x.reading_id
                      WHERE s.thread_sighting_id IS NOT NULL AND s.item ->> '$.text' <> '')
                 SELECT n.snapshot_id, here.at_ms, here.head, here.author, o.thread_sighting_id, o.item -> '$.author'
                   FROM here
                   JOIN record r ON r.kind = 5 AND r.at_ms = here.at_ms AND r.precision = 1
                   JOIN sighting o ON o.key = r.key AND o.record_id = r.id
                   JOIN entry y ON y.reading_id = o.reading_id
                   JOIN archive n ON n.id = y.archive_id
                  WHERE n.snapshot_id IN (SELECT value FROM json_each(:others))
                    AND r.account_id IN (SELECT account_id FROM snapshot WHERE id IN (SELECT value FROM json_each(:others)))
                    AND o.thread_sighting_id IS NOT NULL AND o.item ->> '$.at.ms' = here.at_ms
                    AND o.item ->> '$.text' = here.text
                  ORDER BY here.at_ms",
            )
            .context(doing)?;
        let mut rows = select.query(named_params! { ":snapshot": snapshot_id, ":others": others }).context(doing)?;
        while let Some(row) = rows.next().context(doing)? {
            let author = |column| -> Result<Option<Who>, StoreError> {
                let json: Option<String> = row.get(column).context(doing)?;
                json.map(|json| serde_json::from_str(&json)).transpose().context("read")
            };
            each(EqualMessage {
                other_id: row.get(0).context(doing)?,
                at_ms: row.get(1).context(doing)?,
                here: (row.get(2).context(doing)?, author(3)?),
                there: (row.get(4).context(doing)?, author(5)?),
            })?;
        }
        Ok(())
    }

    /// The head of a conversation by its row.
    pub fn thread_head(&self, id: i64) -> Result<ThreadHead, StoreError> {
        let json: String = self
            .connection()
            .prepare_cached("SELECT head FROM thread_sighting WHERE id = ?1")
            .and_then(|mut select| select.query_row([id], |row| row.get(0)))
            .context("reading the head of a conversation")?;
        serde_json::from_str(&json).context("read")
    }

    /// The head of a conversation as one of those that know it by that key tells it.
    pub fn head_of_thread_key(&self, key: Key) -> Result<Option<ThreadHead>, StoreError> {
        let doing = "reading the head of a conversation";
        let json: Option<String> = self
            .connection()
            .prepare_cached("SELECT min(head) FROM thread_sighting WHERE key = ?1")
            .and_then(|mut select| select.query_row([key.as_bytes()], |row| row.get(0)))
            .context(doing)?;
        json.map(|json| serde_json::from_str(&json).context("read")).transpose()
    }

    /// The account that goes, or went last, by one of these user names.
    pub fn account_named(&self, service: i64, handles: &[String]) -> Result<Option<i64>, StoreError> {
        let handles = serde_json::to_string(handles).context("written")?;
        self.connection()
            .prepare_cached(
                "SELECT n.account_id FROM account_name n JOIN account a ON a.id = n.account_id
                  WHERE a.service = :service AND n.handle IN (SELECT value FROM json_each(:handles))
                  ORDER BY n.to_ms DESC, a.key LIMIT 1",
            )
            .and_then(|mut find| {
                find.query_row(named_params! { ":service": service, ":handles": handles }, |row| row.get(0)).optional()
            })
            .context("looking up an account")
    }

    /// Says by which user names an account is known: name, and the first and last time that it is known to have been it.
    pub fn put_account_names(&self, account_id: i64, names: &BTreeMap<String, (i64, i64)>) -> Result<(), StoreError> {
        let doing = "noting the names of an account";
        self.connection().execute("DELETE FROM account_name WHERE account_id = ?1", [account_id]).context(doing)?;
        for (handle, (from_ms, to_ms)) in names {
            self.connection()
                .prepare_cached(
                    "INSERT INTO account_name (account_id, handle, from_ms, to_ms) VALUES (:account, :handle, :from, :to)",
                )
                .and_then(|mut insert| {
                    insert.execute(named_params! {
                        ":account": account_id, ":handle": handle, ":from": from_ms, ":to": to_ms,
                    })
                })
                .context(doing)?;
        }
        Ok(())
    }

    /// The user names of an account, the oldest first.
    pub fn names_of_account(&self, account_id: i64) -> Result<Vec<String>, StoreError> {
        let doing = "reading the names of an account";
        let mut select = self
            .connection()
            .prepare_cached("SELECT handle FROM account_name WHERE account_id = ?1 ORDER BY from_ms, handle")
            .context(doing)?;
        let rows = select.query_map([account_id], |row| row.get(0)).context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }
}
