//! What conversations have in common.

use std::collections::BTreeSet;

use rusqlite::named_params;

use super::Writing;
use super::error::{Context, StoreError, key_of};
use crate::model::{Item, Key, Precision};

/// Where the conversations stand with which one is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// In other rows.
    Others,
    /// Under other keys in its own row; each two are compared once.
    Itself,
}

/// A message that two conversations have.
#[derive(Clone, Copy, Debug)]
pub struct Overlap<'a> {
    pub key: Key,
    /// The row of the other one.
    pub other: i64,
    pub ours: Common<'a>,
    pub theirs: Common<'a>,
}

/// What one of two conversations says of a message that both have.
#[derive(Clone, Copy, Debug)]
pub struct Common<'a> {
    /// The key of that conversation in its download.
    pub thread: Key,
    pub item: &'a Item,
    /// It was found to be that message, by what stands around it.
    pub is_found: bool,
}

impl Writing<'_> {
    /// Pairs of messages with one key that stand in different conversations; at most `limit`, and no more once `each` says
    /// so. The ground on which conversations are joined whose ids changed. A key that very many rows have is no ground:
    /// comparing them all with each other would never end.
    pub fn overlaps_of_thread(
        &self,
        thread_id: i64,
        beside: Beside,
        limit: usize,
        each: &mut dyn FnMut(Overlap<'_>) -> bool,
    ) -> Result<(), StoreError> {
        let doing = "comparing conversations";
        let others = match beside {
            Beside::Others => "theirs_key.thread_id <> :thread",
            Beside::Itself => "theirs_key.thread_id = :thread AND theirs_key.key > ours_key.key",
        };
        let mut select = self
            .connection()
            .prepare_cached(&format!(
                "WITH own AS (
                     SELECT DISTINCT s.key
                       FROM thread_key k
                       JOIN thread_sighting t ON t.key = k.key
                       JOIN sighting s ON s.reading_id = t.reading_id AND s.thread_sighting_id = t.id
                      WHERE k.thread_id = :thread),
                 shared AS (
                     SELECT key FROM own
                      WHERE (SELECT count(*) FROM (SELECT 1 FROM sighting x WHERE x.key = own.key LIMIT 65)) BETWEEN 2 AND 64)
                 SELECT theirs_key.thread_id, shared.key, ours.item, theirs.item,
                        ours.held_as IS NOT NULL AS is_ours_found, theirs.held_as IS NOT NULL AS is_theirs_found,
                        ours_key.key, theirs_key.key
                   FROM shared
                   JOIN sighting ours ON ours.key = shared.key
                   JOIN thread_sighting ours_thread ON ours_thread.id = ours.thread_sighting_id
                   JOIN thread_key ours_key ON ours_key.key = ours_thread.key AND ours_key.thread_id = :thread
                   JOIN sighting theirs ON theirs.key = shared.key
                   JOIN thread_sighting theirs_thread ON theirs_thread.id = theirs.thread_sighting_id
                   JOIN thread_key theirs_key ON theirs_key.key = theirs_thread.key AND {others}
                  LIMIT :limit"
            ))
            .context(doing)?;
        let mut rows = select
            .query(named_params! { ":thread": thread_id, ":limit": super::delivered::stored_size(limit as u64) })
            .context(doing)?;
        while let Some(row) = rows.next().context(doing)? {
            let bytes = |column| row.get_ref(column).and_then(|value| Ok(value.as_bytes()?)).context(doing);
            let ours: Item = serde_json::from_slice(bytes(2)?).context("read")?;
            let theirs: Item = serde_json::from_slice(bytes(3)?).context("read")?;
            let goes_on = each(Overlap {
                key: key_of(bytes(1)?)?,
                other: row.get(0).context(doing)?,
                ours: Common { thread: key_of(bytes(6)?)?, item: &ours, is_found: row.get(4).context(doing)? },
                theirs: Common { thread: key_of(bytes(7)?)?, item: &theirs, is_found: row.get(5).context(doing)? },
            });
            if !goes_on {
                break;
            }
        }
        Ok(())
    }

    /// Messages of a conversation of which only the minute or second is known, each with those of other conversations that were
    /// found to be of it: what both say by themselves is to be compared by the caller.
    pub fn found_beside_thread(&self, thread_id: i64, each: &mut dyn FnMut(Overlap<'_>)) -> Result<(), StoreError> {
        let doing = "comparing conversations";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT s.key, s.item, k.key
                   FROM thread_key k
                   JOIN thread_sighting t ON t.key = k.key
                   JOIN sighting s ON s.reading_id = t.reading_id AND s.thread_sighting_id = t.id
                  WHERE k.thread_id = ?1 AND s.held_as IS NULL",
            )
            .context(doing)?;
        let mut select_found = self
            .connection()
            .prepare_cached(
                "SELECT k.thread_id, x.item, k.key
                   FROM record r
                  CROSS JOIN sighting x ON x.key = r.key AND x.held_as IS NOT NULL
                  CROSS JOIN thread_sighting t ON t.id = x.thread_sighting_id
                  CROSS JOIN thread_key k ON k.key = t.key
                  WHERE r.kind = 5 AND r.at_ms >= ?2 AND r.at_ms < ?3 AND k.thread_id <> ?1",
            )
            .context(doing)?;
        let mut rows = select.query([thread_id]).context(doing)?;
        while let Some(row) = rows.next().context(doing)? {
            let bytes = |column| row.get_ref(column).and_then(|value| Ok(value.as_bytes()?)).context(doing);
            let item: Item = serde_json::from_slice(bytes(1)?).context("read")?;
            let Some(at) = item.at else { continue };
            let grain_ms = match at.precision {
                Precision::Second => 1_000,
                Precision::Minute => 60_000,
                _ => continue,
            };
            let (key, thread) = (key_of(bytes(0)?)?, key_of(bytes(2)?)?);
            let ours = Common { thread, item: &item, is_found: false };
            let mut found = select_found.query([thread_id, at.utc_ms(), at.utc_ms() + grain_ms]).context(doing)?;
            while let Some(row) = found.next().context(doing)? {
                let bytes = |column| row.get_ref(column).and_then(|value| Ok(value.as_bytes()?)).context(doing);
                let item: Item = serde_json::from_slice(bytes(1)?).context("read")?;
                let theirs = Common { thread: key_of(bytes(2)?)?, item: &item, is_found: true };
                each(Overlap { key, other: row.get(0).context(doing)?, ours, theirs });
            }
        }
        Ok(())
    }

    /// The conversations in which messages of these keys stand, of each that stands in more than one.
    pub fn threads_with_common_messages<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k Key>,
    ) -> Result<BTreeSet<i64>, StoreError> {
        let doing = "looking for common messages";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT DISTINCT k.thread_id FROM sighting s
                  CROSS JOIN thread_sighting t ON t.id = s.thread_sighting_id
                  CROSS JOIN thread_key k ON k.key = t.key
                  WHERE s.key = ?1",
            )
            .context(doing)?;
        let mut common = BTreeSet::new();
        for key in keys {
            let rows = select.query_map([key.as_bytes()], |row| row.get(0)).context(doing)?;
            let here: Vec<i64> = rows.collect::<Result<_, _>>().context(doing)?;
            if here.len() > 1 {
                common.extend(here);
            }
        }
        Ok(common)
    }

    /// Every message that stands in a conversation of that key, as often as it does.
    pub fn messages_seen_under(&self, key: Key, each: &mut dyn FnMut(&Item)) -> Result<(), StoreError> {
        let doing = "reading a conversation";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT s.item FROM thread_sighting t
                   JOIN sighting s ON s.reading_id = t.reading_id AND s.thread_sighting_id = t.id
                  WHERE t.key = ?1",
            )
            .context(doing)?;
        let mut rows = select.query([key.as_bytes()]).context(doing)?;
        while let Some(row) = rows.next().context(doing)? {
            let item = row.get_ref(0).and_then(|value| Ok(value.as_bytes()?)).context(doing)?;
            each(&serde_json::from_slice(item).context("read")?);
        }
        Ok(())
    }

    /// How many different messages stand in the conversation of that key; no more than `most` are counted.
    pub fn n_messages_seen_under(&self, key: Key, most: usize) -> Result<usize, StoreError> {
        let doing = "counting messages";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT DISTINCT s.key FROM thread_sighting t
                   JOIN sighting s ON s.reading_id = t.reading_id AND s.thread_sighting_id = t.id
                  WHERE t.key = ?1",
            )
            .context(doing)?;
        let mut rows = select.query([key.as_bytes()]).context(doing)?;
        let mut n = 0;
        while n < most && rows.next().context(doing)?.is_some() {
            n += 1;
        }
        Ok(n)
    }

    /// The snapshots in which the conversation of that key stands.
    pub fn snapshots_of_thread_key(&self, key: Key) -> Result<BTreeSet<i64>, StoreError> {
        let doing = "comparing conversations";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT DISTINCT a.snapshot_id FROM thread_sighting t
                   JOIN entry e ON e.reading_id = t.reading_id JOIN archive a ON a.id = e.archive_id
                  WHERE t.key = ?1",
            )
            .context(doing)?;
        let rows = select.query_map([key.as_bytes()], |row| row.get(0)).context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }

    /// Whether the two ever stood side by side in one snapshot, which makes them two conversations.
    pub fn are_threads_together(&self, one: i64, other: i64) -> Result<bool, StoreError> {
        let of = |thread: i64| -> Result<BTreeSet<i64>, StoreError> {
            Ok(self
                .heads_of_thread(thread)?
                .into_iter()
                .flat_map(|head| head.snapshots.into_iter().map(|snapshot| snapshot.id))
                .collect())
        };
        Ok(!of(one)?.is_disjoint(&of(other)?))
    }

    /// How many different messages the documents of a conversation hold.
    pub fn n_messages_seen_in_thread(&self, thread_id: i64) -> Result<i64, StoreError> {
        self.connection()
            .prepare_cached(
                "SELECT count(DISTINCT s.key)
                   FROM thread_key k
                   JOIN thread_sighting t ON t.key = k.key
                   JOIN sighting s ON s.reading_id = t.reading_id AND s.thread_sighting_id = t.id
                  WHERE k.thread_id = :thread",
            )
            .and_then(|mut count| count.query_row([thread_id], |row| row.get(0)))
            .context("counting messages")
    }
}
