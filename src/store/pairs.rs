//! Conversations of an account with all their heads, and chats that were joined by a guess.

use std::collections::BTreeSet;

use rusqlite::named_params;

use super::Writing;
use super::error::{Context, StoreError, key_of};
use crate::model::{Key, ThreadHead};

/// A conversation with everything that documents say about it as a whole.
#[derive(Clone, Debug)]
pub struct ThreadOfAccount {
    pub id: i64,
    /// Only documents of encrypted chats show it.
    pub is_encrypted: bool,
    pub heads: Vec<ThreadHead>,
}

impl Writing<'_> {
    /// Whether anything was read from encrypted chats for an account.
    pub fn has_encrypted_chats(&self, account_id: i64) -> Result<bool, StoreError> {
        self.connection()
            .prepare_cached("SELECT 1 FROM reading WHERE account_id = ?1 AND reader = 'encrypted_chats' LIMIT 1")
            .and_then(|mut find| find.exists([account_id]))
            .context("looking for encrypted chats")
    }

    /// All conversations of an account.
    pub fn conversations_of_account(&self, account_id: i64) -> Result<Vec<ThreadOfAccount>, StoreError> {
        let doing = "reading conversations";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT k.thread_id, x.reader = 'encrypted_chats', s.head
                   FROM thread t
                   JOIN thread_key k ON k.thread_id = t.id
                   JOIN thread_sighting s ON s.key = k.key
                   JOIN reading x ON x.id = s.reading_id
                  WHERE t.account_id = ?1 ORDER BY k.thread_id, s.id",
            )
            .context(doing)?;
        let mut rows = select.query([account_id]).context(doing)?;
        let mut threads: Vec<ThreadOfAccount> = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            let (id, is_encrypted): (i64, bool) = (row.get(0).context(doing)?, row.get(1).context(doing)?);
            let head = row.get_ref(2).and_then(|value| Ok(value.as_bytes()?)).context(doing)?;
            let head = serde_json::from_slice(head).context("read")?;
            match threads.last_mut() {
                Some(thread) if thread.id == id => {
                    thread.is_encrypted &= is_encrypted;
                    thread.heads.push(head);
                }
                _ => threads.push(ThreadOfAccount { id, is_encrypted, heads: vec![head] }),
            }
        }
        Ok(threads)
    }

    /// Those of the rows that are conversations still; others were joined with one.
    pub fn threads_that_are(&self, rows: &BTreeSet<i64>) -> Result<BTreeSet<i64>, StoreError> {
        let mut those = BTreeSet::new();
        for row in rows {
            let is_there = self
                .connection()
                .prepare_cached("SELECT 1 FROM thread WHERE id = ?1")
                .and_then(|mut find| find.exists([row]))
                .context("looking up a conversation")?;
            those.extend(is_there.then_some(*row));
        }
        Ok(those)
    }

    /// Keys that stand with a conversation by a guess: `(key, conversation)`.
    pub fn guessed_thread_keys(&self, account_id: i64) -> Result<Vec<(Key, i64)>, StoreError> {
        self.thread_keys_in("guessed_thread_key", account_id)
    }

    /// The keys of conversations that a table names, with where they stand.
    pub(super) fn thread_keys_in(&self, table: &'static str, account_id: i64) -> Result<Vec<(Key, i64)>, StoreError> {
        let doing = "listing keys of conversations";
        let mut select = self
            .connection()
            .prepare_cached(&format!(
                "SELECT g.key, k.thread_id FROM {table} g
                   JOIN thread_key k ON k.key = g.key JOIN thread t ON t.id = k.thread_id
                  WHERE t.account_id = ?1 ORDER BY g.key"
            ))
            .context(doing)?;
        let mut rows = select.query([account_id]).context(doing)?;
        let mut keys = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            let key = row.get_ref(0).and_then(|value| Ok(value.as_blob()?)).context(doing)?;
            keys.push((key_of(key)?, row.get(1).context(doing)?));
        }
        Ok(keys)
    }

    /// Remembers that all keys of a conversation stand where they will by a guess.
    pub fn guess_thread(&self, thread_id: i64) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "INSERT OR IGNORE INTO guessed_thread_key (key) SELECT key FROM thread_key WHERE thread_id = ?1",
                [thread_id],
            )
            .context("noting a guess")?;
        Ok(())
    }

    /// Makes a conversation of its own of a key that stood with another by a guess. Its messages are not moved yet.
    pub fn part_thread(&self, key: Key, public_id: &str, account_id: i64) -> Result<i64, StoreError> {
        let doing = "parting conversations";
        self.connection()
            .execute(
                "INSERT INTO thread (public_id, account_id, kind, details) VALUES (:public_id, :account, 1, '{}')",
                named_params! { ":public_id": public_id, ":account": account_id },
            )
            .context(doing)?;
        let thread = self.connection().last_insert_rowid();
        let parameters = named_params! { ":thread": thread, ":key": key.as_bytes() };
        self.connection()
            .execute("UPDATE thread_key SET thread_id = :thread WHERE key = :key", parameters)
            .context(doing)?;
        self.connection().execute("DELETE FROM guessed_thread_key WHERE key = ?1", [key.as_bytes()]).context(doing)?;
        Ok(thread)
    }

    /// Keys of messages of encrypted chats whose records do not stand in the conversation that the chat belongs to now.
    pub fn keys_of_moved_messages(&self, account_id: i64) -> Result<BTreeSet<Key>, StoreError> {
        let doing = "looking for messages that moved";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT DISTINCT s.key
                   FROM reading x
                   JOIN thread_sighting t ON t.reading_id = x.id
                   JOIN thread_key k ON k.key = t.key
                   JOIN sighting s ON s.reading_id = x.id AND s.thread_sighting_id = t.id
                   LEFT JOIN record r ON r.id = s.record_id
                  WHERE x.account_id = ?1 AND x.reader = 'encrypted_chats' AND r.thread_id IS NOT k.thread_id",
            )
            .context(doing)?;
        let mut rows = select.query([account_id]).context(doing)?;
        let mut keys = BTreeSet::new();
        while let Some(row) = rows.next().context(doing)? {
            keys.insert(key_of(row.get_ref(0).and_then(|value| Ok(value.as_blob()?)).context(doing)?)?);
        }
        Ok(keys)
    }
}
