//! Conversations: every key they were seen under, and what their heads add up to.

use rusqlite::{OptionalExtension, named_params};

use super::error::{Context, StoreError};
use super::{SnapshotRef, Writing};
use crate::model::{Key, ThreadHead};

/// One stored head of a conversation.
#[derive(Clone, Debug)]
pub struct ThreadSightingRow {
    pub key: Key,
    pub head: ThreadHead,
    /// Oldest first.
    pub snapshots: Vec<SnapshotRef>,
}

impl Writing<'_> {
    pub fn add_thread_sighting(&self, reading_id: i64, key: Key, head: &ThreadHead) -> Result<i64, StoreError> {
        let json = serde_json::to_string(head).context("written")?;
        self.connection()
            .prepare_cached("INSERT INTO thread_sighting (reading_id, key, head) VALUES (:reading, :key, :head)")
            .and_then(|mut insert| {
                insert.execute(named_params! { ":reading": reading_id, ":key": key.as_bytes(), ":head": json })
            })
            .context("adding the head of a conversation")?;
        Ok(self.connection().last_insert_rowid())
    }

    /// The conversation of that key.
    pub fn thread_by_key(&self, key: Key) -> Result<Option<i64>, StoreError> {
        self.connection()
            .prepare_cached("SELECT thread_id FROM thread_key WHERE key = :key")
            .and_then(|mut find| find.query_row([key.as_bytes()], |row| row.get(0)).optional())
            .context("looking up a conversation")
    }

    /// Adds a conversation that was only seen under that key so far.
    pub fn add_thread(&self, key: Key, public_id: &str, account_id: i64) -> Result<i64, StoreError> {
        self.connection()
            .prepare_cached(
                "INSERT INTO thread (public_id, account_id, kind, details) VALUES (:public_id, :account, 1, '{}')",
            )
            .and_then(|mut insert| insert.execute(named_params! { ":public_id": public_id, ":account": account_id }))
            .context("adding a conversation")?;
        let id = self.connection().last_insert_rowid();
        self.connection()
            .prepare_cached("INSERT INTO thread_key (key, thread_id) VALUES (:key, :thread)")
            .and_then(|mut insert| insert.execute(named_params! { ":key": key.as_bytes(), ":thread": id }))
            .context("adding a conversation")?;
        Ok(id)
    }

    /// All keys of a conversation, smallest first.
    pub fn thread_keys(&self, thread_id: i64) -> Result<Vec<Key>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached("SELECT key FROM thread_key WHERE thread_id = :thread ORDER BY key")
            .context("reading a conversation's keys")?;
        let rows =
            select.query_map([thread_id], |row| row.get::<_, Vec<u8>>(0)).context("reading a conversation's keys")?;
        rows.map(|bytes| {
            Key::from_bytes(&bytes.context("reading a conversation's keys")?)
                .ok_or_else(|| StoreError::Value("a conversation's key is not 16 bytes long".into()))
        })
        .collect()
    }

    /// Makes `gone` a part of `kept`: keys, messages and heads move.
    pub fn join_threads(&self, kept: i64, gone: i64) -> Result<(), StoreError> {
        let parameters = named_params! { ":kept": kept, ":gone": gone };
        self.connection()
            .execute("UPDATE thread_key SET thread_id = :kept WHERE thread_id = :gone", parameters)
            .context("joining conversations")?;
        self.connection()
            .execute(
                "UPDATE record SET thread_id = :kept, changed = :change WHERE thread_id = :gone",
                named_params! { ":kept": kept, ":gone": gone, ":change": self.change },
            )
            .context("joining conversations")?;
        for sql in ["DELETE FROM participant WHERE thread_id = ?1", "DELETE FROM thread WHERE id = ?1"] {
            self.connection().execute(sql, [gone]).context("joining conversations")?;
        }
        Ok(())
    }

    /// All heads of a conversation.
    pub fn heads_of_thread(&self, thread_id: i64) -> Result<Vec<ThreadSightingRow>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT t.key, t.head, t.reading_id
                   FROM thread_sighting t JOIN thread_key k ON k.key = t.key
                  WHERE k.thread_id = :thread",
            )
            .context("reading a conversation")?;
        let mut rows = select.query([thread_id]).context("reading a conversation")?;
        let mut heads = Vec::new();
        while let Some(row) = rows.next().context("reading a conversation")? {
            let key = row.get_ref(0).and_then(|value| Ok(value.as_blob()?)).context("reading a conversation")?;
            let key = Key::from_bytes(key)
                .ok_or_else(|| StoreError::Value("a conversation's key is not 16 bytes long".into()))?;
            let head = row.get_ref(1).and_then(|value| Ok(value.as_bytes()?)).context("reading a conversation")?;
            let head = serde_json::from_slice(head).context("read")?;
            let snapshots = self.snapshots_of_reading(row.get(2).context("reading a conversation")?)?;
            heads.push(ThreadSightingRow { key, head, snapshots });
        }
        Ok(heads)
    }

    /// Writes what the heads add up to. Whoever wrote a message takes part, too.
    pub fn put_thread(
        &self,
        thread_id: i64,
        public_id: &str,
        title: Option<&str>,
        kind: i64,
        details: &str,
        participants: &[i64],
    ) -> Result<(), StoreError> {
        let changed = self
            .connection()
            .prepare_cached(
                "UPDATE thread SET public_id = :public_id, title = :title, kind = :kind, details = :details
                  WHERE id = :id
                    AND (public_id <> :public_id OR title IS NOT :title OR kind <> :kind OR details <> :details)",
            )
            .and_then(|mut update| {
                update.execute(named_params! {
                    ":id": thread_id, ":public_id": public_id, ":title": title, ":kind": kind, ":details": details,
                })
            })
            .context("writing a conversation")?;
        let mut present: std::collections::BTreeSet<i64> = participants.iter().copied().collect();
        present.extend(self.ids_of_thread(
            "SELECT DISTINCT author_id FROM record WHERE thread_id = ?1 AND author_id IS NOT NULL",
            thread_id,
        )?);
        let known = self.ids_of_thread("SELECT handle_id FROM participant WHERE thread_id = ?1", thread_id)?;
        if present != known {
            self.connection()
                .execute("DELETE FROM participant WHERE thread_id = ?1", [thread_id])
                .context("writing a conversation")?;
            for handle in &present {
                self.connection()
                    .prepare_cached("INSERT INTO participant (thread_id, handle_id) VALUES (?1, ?2)")
                    .and_then(|mut insert| insert.execute([thread_id, *handle]))
                    .context("writing a conversation")?;
            }
        }
        // Who takes part, and the title, are searched with every message of the conversation.
        if changed > 0 || present != known {
            self.connection()
                .prepare_cached("UPDATE record SET changed = :change WHERE thread_id = :thread AND changed <> :change")
                .and_then(|mut update| update.execute(named_params! { ":change": self.change, ":thread": thread_id }))
                .context("writing a conversation")?;
        }
        Ok(())
    }

    fn ids_of_thread(&self, sql: &str, thread_id: i64) -> Result<std::collections::BTreeSet<i64>, StoreError> {
        let mut select = self.connection().prepare_cached(sql).context("reading a conversation")?;
        let rows = select.query_map([thread_id], |row| row.get(0)).context("reading a conversation")?;
        rows.collect::<Result<_, _>>().context("reading a conversation")
    }

    /// Keys of messages that stand in this conversation and in another one, at most `limit`: the ground on which
    /// conversations are joined whose ids changed.
    pub fn keys_shared_with_other_threads(&self, thread_id: i64, limit: usize) -> Result<Vec<Key>, StoreError> {
        // Each key is looked up once, however many messages have it.
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT ours.key
                   FROM (SELECT DISTINCT s.key
                           FROM thread_key k
                           JOIN thread_sighting t ON t.key = k.key
                           JOIN sighting s ON s.reading_id = t.reading_id AND s.thread_sighting_id = t.id
                          WHERE k.thread_id = :thread) ours
                  WHERE EXISTS (SELECT 1 FROM sighting s
                                  JOIN thread_sighting t ON t.id = s.thread_sighting_id
                                  JOIN thread_key k ON k.key = t.key
                                 WHERE s.key = ours.key AND k.thread_id <> :thread)
                  LIMIT :limit",
            )
            .context("comparing conversations")?;
        let rows = select
            .query_map(
                named_params! { ":thread": thread_id, ":limit": super::delivered::stored_size(limit as u64) },
                |row| row.get::<_, Vec<u8>>(0),
            )
            .context("comparing conversations")?;
        rows.map(|bytes| {
            Key::from_bytes(&bytes.context("comparing conversations")?)
                .ok_or_else(|| StoreError::Value("a key is not 16 bytes long".into()))
        })
        .collect()
    }

    /// The messages of one key, each with the conversation in which it stands.
    pub fn messages_of_key(&self, key: Key) -> Result<Vec<(i64, crate::model::Item)>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT k.thread_id, s.item
                   FROM sighting s
                   JOIN thread_sighting t ON t.id = s.thread_sighting_id
                   JOIN thread_key k ON k.key = t.key
                  WHERE s.key = :key",
            )
            .context("comparing conversations")?;
        let mut rows = select.query([key.as_bytes()]).context("comparing conversations")?;
        let mut messages = Vec::new();
        while let Some(row) = rows.next().context("comparing conversations")? {
            let item = row.get_ref(1).and_then(|value| Ok(value.as_bytes()?)).context("comparing conversations")?;
            let item = serde_json::from_slice(item).context("read")?;
            messages.push((row.get(0).context("comparing conversations")?, item));
        }
        Ok(messages)
    }

    /// The snapshots in which a conversation ever stood.
    pub fn snapshots_of_thread(&self, thread_id: i64) -> Result<std::collections::BTreeSet<i64>, StoreError> {
        let heads = self.heads_of_thread(thread_id)?;
        Ok(heads.into_iter().flat_map(|head| head.snapshots.into_iter().map(|snapshot| snapshot.id)).collect())
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

    /// The conversations that a document's messages belong to.
    pub fn threads_of_reading(&self, reading_id: i64) -> Result<Vec<i64>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT DISTINCT k.thread_id FROM thread_sighting t JOIN thread_key k ON k.key = t.key
                  WHERE t.reading_id = :reading",
            )
            .context("listing conversations")?;
        let rows = select.query_map([reading_id], |row| row.get(0)).context("listing conversations")?;
        rows.collect::<Result<_, _>>().context("listing conversations")
    }

    /// In how many conversations of a snapshot each participant stands: `(name, conversations)`, most first.
    pub fn participants_of_snapshot(&self, snapshot_id: i64) -> Result<Vec<(String, i64)>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                // Each head is parsed once, however many people it names.
                "WITH heads AS MATERIALIZED (
                     SELECT DISTINCT t.id, t.key, t.head ->> '$.title' AS title,
                            json_array_length(t.head, '$.participants') AS n_participants,
                            t.head -> '$.participants' AS participants
                       FROM archive a
                       JOIN entry e ON e.archive_id = a.id
                       JOIN thread_sighting t ON t.reading_id = e.reading_id
                      WHERE a.snapshot_id = :snapshot)
                 SELECT coalesce(p.value ->> '$.name', p.value ->> '$.handle') AS participant, count(DISTINCT h.key)
                   FROM heads h
                   JOIN json_each(h.participants) p
                  WHERE participant IS NOT NULL
                    -- a conversation of two carries the other one's name
                    AND NOT (h.n_participants = 2 AND participant IS h.title)
                  GROUP BY participant ORDER BY 2 DESC, 1",
            )
            .context("counting participants")?;
        let rows =
            select.query_map([snapshot_id], |row| Ok((row.get(0)?, row.get(1)?))).context("counting participants")?;
        rows.collect::<Result<_, _>>().context("counting participants")
    }
}
