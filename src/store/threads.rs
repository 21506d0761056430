//! Conversations: every key they were seen under, and what their heads add up to.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, named_params, params};

use super::error::{Context, StoreError};
use super::{SnapshotRef, Writing};
use crate::model::{Key, KeyBuilder, PublicId, ThreadHead};

/// One stored head of a conversation.
#[derive(Clone, Debug)]
pub struct ThreadSightingRow {
    pub key: Key,
    pub head: ThreadHead,
    /// Path of the document, below the download's root.
    pub path: String,
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

    /// Writes the head of a conversation over one that was taken back.
    pub fn rewrite_thread_sighting(&self, id: i64, key: Key, head: &ThreadHead) -> Result<(), StoreError> {
        let json = serde_json::to_string(head).context("written")?;
        self.connection()
            .prepare_cached("UPDATE thread_sighting SET key = :key, head = :head WHERE id = :id")
            .and_then(|mut update| update.execute(named_params! { ":id": id, ":key": key.as_bytes(), ":head": json }))
            .context("changing the head of a conversation")?;
        Ok(())
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
        // One that lost this key, and was not computed since, may still be called by it.
        self.free_public_id(public_id, 0)?;
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

    pub fn threads_of_account(&self, account_id: i64) -> Result<Vec<i64>, StoreError> {
        self.ids_of_thread("SELECT id FROM thread WHERE account_id = ?1", account_id)
            .map(|ids| ids.into_iter().collect())
    }

    pub fn account_of_thread(&self, thread_id: i64) -> Result<i64, StoreError> {
        self.connection()
            .prepare_cached("SELECT account_id FROM thread WHERE id = :id")
            .and_then(|mut select| select.query_row([thread_id], |row| row.get(0)))
            .context("looking up a conversation")
    }

    /// Whether two keys of a conversation stand side by side in one snapshot, which makes them two conversations.
    pub fn is_thread_torn(&self, thread_id: i64) -> Result<bool, StoreError> {
        self.connection()
            .prepare_cached(
                "SELECT 1
                   FROM thread_key k
                   JOIN thread_sighting t ON t.key = k.key
                   JOIN entry e ON e.reading_id = t.reading_id
                   JOIN archive a ON a.id = e.archive_id
                  WHERE k.thread_id = :thread AND (SELECT count(*) FROM thread_key o WHERE o.thread_id = :thread) > 1
                  GROUP BY a.snapshot_id HAVING count(DISTINCT k.key) > 1",
            )
            .and_then(|mut find| find.exists([thread_id]))
            .context("comparing conversations")
    }

    /// Takes a conversation apart into those that its keys name, because what joined them may be gone; keys under which
    /// nothing is seen any more are forgotten. The first key keeps the row. Gives the rows of the others.
    pub fn split_thread(&self, thread_id: i64) -> Result<Vec<i64>, StoreError> {
        let doing = "taking conversations apart";
        self.connection()
            .prepare_cached(
                "DELETE FROM thread_key WHERE thread_id = :thread
                    AND NOT EXISTS (SELECT 1 FROM thread_sighting t WHERE t.key = thread_key.key)",
            )
            .and_then(|mut delete| delete.execute([thread_id]))
            .context(doing)?;
        let mut rows = Vec::new();
        for key in self.thread_keys(thread_id)?.into_iter().skip(1) {
            let public_id = KeyBuilder::new("thread").part(key.as_bytes()).public_id();
            self.free_public_id(public_id.as_str(), 0)?;
            self.connection()
                .execute(
                    "INSERT INTO thread (public_id, account_id, kind, details)
                     SELECT :public_id, account_id, 1, '{}' FROM thread WHERE id = :thread",
                    named_params! { ":public_id": public_id.as_str(), ":thread": thread_id },
                )
                .context(doing)?;
            let row = self.connection().last_insert_rowid();
            self.connection()
                .execute(
                    "UPDATE thread_key SET thread_id = :row WHERE key = :key",
                    named_params! { ":row": row, ":key": key.as_bytes() },
                )
                .context(doing)?;
            rows.push(row);
        }
        Ok(rows)
    }

    /// Keys of all messages that were seen in a conversation.
    pub fn keys_of_thread(&self, thread_id: i64) -> Result<Vec<Key>, StoreError> {
        let doing = "reading a conversation's messages";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT DISTINCT s.key
                   FROM thread_key k
                   JOIN thread_sighting t ON t.key = k.key
                   JOIN sighting s ON s.reading_id = t.reading_id AND s.thread_sighting_id = t.id
                  WHERE k.thread_id = :thread",
            )
            .context(doing)?;
        let rows = select.query_map([thread_id], |row| row.get::<_, Vec<u8>>(0)).context(doing)?;
        rows.map(|bytes| {
            Key::from_bytes(&bytes.context(doing)?)
                .ok_or_else(|| StoreError::Value("a message's key is not 16 bytes long".into()))
        })
        .collect()
    }

    /// Removes conversations of which nothing is seen any more.
    pub fn remove_empty_threads(&self) -> Result<(), StoreError> {
        const EMPTY: &str = "NOT EXISTS (SELECT 1 FROM thread_key k WHERE k.thread_id = x.id)";
        for sql in [
            format!("DELETE FROM participant WHERE thread_id IN (SELECT x.id FROM thread x WHERE {EMPTY})"),
            format!("DELETE FROM thread AS x WHERE {EMPTY}"),
        ] {
            self.connection().execute(&sql, []).context("removing conversations")?;
        }
        Ok(())
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

    /// What a document tells of the conversation of that key.
    pub fn heads_in_reading(&self, reading_id: i64, key: Key) -> Result<Vec<ThreadHead>, StoreError> {
        let doing = "reading a conversation";
        let mut select = self
            .connection()
            .prepare_cached("SELECT head FROM thread_sighting WHERE reading_id = ?1 AND key = ?2")
            .context(doing)?;
        let mut rows = select.query(params![reading_id, key.as_bytes()]).context(doing)?;
        let mut heads = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            let head = row.get_ref(0).and_then(|value| Ok(value.as_bytes()?)).context(doing)?;
            heads.push(serde_json::from_slice(head).context("read")?);
        }
        Ok(heads)
    }

    /// All heads of a conversation.
    pub fn heads_of_thread(&self, thread_id: i64) -> Result<Vec<ThreadSightingRow>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT t.key, t.head, t.reading_id, g.path
                   FROM thread_sighting t JOIN thread_key k ON k.key = t.key JOIN reading g ON g.id = t.reading_id
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
            let path = row.get(3).context("reading a conversation")?;
            heads.push(ThreadSightingRow { key, head, path, snapshots });
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
        self.free_public_id(public_id, thread_id)?;
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
        let mut present: BTreeSet<i64> = participants.iter().copied().collect();
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

    /// Notes the ids that a conversation would have by other user names of its account.
    pub fn put_thread_aliases(&self, thread_id: i64, aliases: &BTreeSet<PublicId>) -> Result<(), StoreError> {
        let doing = "writing other ids of a conversation";
        self.connection()
            .prepare_cached("DELETE FROM thread_alias WHERE thread_id = ?1")
            .and_then(|mut delete| delete.execute([thread_id]))
            .context(doing)?;
        for alias in aliases {
            self.connection()
                .prepare_cached("INSERT INTO thread_alias (thread_id, public_id) VALUES (?1, ?2)")
                .and_then(|mut insert| insert.execute(rusqlite::params![thread_id, alias.as_str()]))
                .context(doing)?;
        }
        Ok(())
    }

    /// Takes an id from the conversation that lost the key it comes of and was not computed since; that one gets the id of
    /// its own smallest key, which another may have to give up in turn.
    fn free_public_id(&self, public_id: &str, owner: i64) -> Result<(), StoreError> {
        let doing = "changing the id of a conversation";
        let holder: Option<i64> = self
            .connection()
            .prepare_cached("SELECT id FROM thread WHERE public_id = :public_id AND id <> :owner")
            .and_then(|mut find| {
                find.query_row(named_params! { ":public_id": public_id, ":owner": owner }, |row| row.get(0)).optional()
            })
            .context(doing)?;
        let Some(holder) = holder else { return Ok(()) };
        let set = |id: &str| {
            self.connection()
                .execute(
                    "UPDATE thread SET public_id = :public_id WHERE id = :holder",
                    named_params! { ":holder": holder, ":public_id": id },
                )
                .context(doing)
        };
        // Ids are base-32 characters, so nothing else is called this; and who waits in turn no longer holds what is asked for.
        set(&format!("thread {holder}"))?;
        if let Some(key) = self.thread_keys(holder)?.first() {
            let own = KeyBuilder::new("thread").part(key.as_bytes()).public_id();
            self.free_public_id(own.as_str(), holder)?;
            set(own.as_str())?;
        }
        self.connection()
            .execute(
                "UPDATE record SET changed = :change WHERE thread_id = :holder",
                named_params! { ":change": self.change, ":holder": holder },
            )
            .context(doing)?;
        Ok(())
    }

    fn ids_of_thread(&self, sql: &str, thread_id: i64) -> Result<BTreeSet<i64>, StoreError> {
        let mut select = self.connection().prepare_cached(sql).context("reading a conversation")?;
        let rows = select.query_map([thread_id], |row| row.get(0)).context("reading a conversation")?;
        rows.collect::<Result<_, _>>().context("reading a conversation")
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
                // What is asked of a whole head is asked once, not for each of its participants.
                "WITH conversation AS MATERIALIZED (
                     SELECT t.key AS key, t.head AS head,
                            -- a conversation of two carries the other one's name
                            CASE json_array_length(t.head, '$.participants') WHEN 2 THEN t.head ->> '$.title' END AS named
                       FROM archive a
                       JOIN entry e ON e.archive_id = a.id
                       JOIN thread_sighting t ON t.reading_id = e.reading_id
                      WHERE a.snapshot_id = :snapshot)
                 SELECT coalesce(p.value ->> '$.name', p.value ->> '$.handle') AS participant, count(DISTINCT c.key)
                   FROM conversation c
                   JOIN json_each(c.head, '$.participants') p
                  WHERE participant IS NOT NULL AND participant IS NOT c.named
                  GROUP BY participant ORDER BY 2 DESC, 1",
            )
            .context("counting participants")?;
        let rows =
            select.query_map([snapshot_id], |row| Ok((row.get(0)?, row.get(1)?))).context("counting participants")?;
        rows.collect::<Result<_, _>>().context("counting participants")
    }

    /// Whether a conversation of the snapshot has a participant with that display name; flat ones have user names.
    pub fn is_display_name_in_snapshot(&self, snapshot_id: i64, name: &str) -> Result<bool, StoreError> {
        self.connection()
            .prepare_cached(
                "SELECT 1
                   FROM archive a
                   JOIN entry e ON e.archive_id = a.id
                   JOIN thread_sighting t ON t.reading_id = e.reading_id
                   JOIN json_each(t.head, '$.participants') p
                  WHERE a.snapshot_id = :snapshot AND p.value ->> '$.name' = :name LIMIT 1",
            )
            .and_then(|mut find| find.exists(named_params! { ":snapshot": snapshot_id, ":name": name }))
            .context("looking for a participant")
    }
}
