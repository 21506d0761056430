//! What documents of several forms say in one account, to be compared: messages with their conversations, and own words
//! with a time. And what the comparison found: zones, conversations that say the same, messages held as others.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{OptionalExtension, named_params};

use super::Writing;
use super::error::{Context, StoreError, key_of};
use super::sightings::{HeldAs, SnapshotRef, held_as};
use crate::model::{Item, Key};

/// A document of an account that has been read, and where it stood.
#[derive(Clone, Debug)]
pub struct ReadHere {
    pub id: i64,
    pub reader: String,
    /// Below the download's root.
    pub path: String,
    /// Oldest first.
    pub snapshots: Vec<SnapshotRef>,
}

/// What one document said in a conversation, or as own words outside of one.
#[derive(Clone, Debug)]
pub struct SaidHere {
    pub sighting_id: i64,
    pub reading_id: i64,
    /// The key under which the document knew the conversation.
    pub thread_key: Option<Key>,
    pub item: Item,
}

/// What to hand over of what a document said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaidAs {
    /// Messages, own posts and comments.
    Words,
    /// Relations, likes, saves, searches and answers to stories.
    Deeds,
}

/// A message of one conversation.
#[derive(Clone, Debug)]
pub struct MessageRow {
    pub sighting_id: i64,
    pub reading_id: i64,
    pub place: String,
    /// The key under which it is held.
    pub key: Key,
    pub thread_key: Key,
    pub held_as: Option<HeldAs>,
    pub item: Item,
}

/// The zone of a snapshot's clocks and why it is thought to be that.
pub type ZoneOfSnapshot = Option<(String, String)>;

impl Writing<'_> {
    /// All documents of an account that stand in a snapshot.
    pub fn read_in_account(&self, account_id: i64) -> Result<Vec<ReadHere>, StoreError> {
        let doing = "listing readings";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT DISTINCT x.id, x.reader, x.path, s.date, s.public_id, s.id
                   FROM reading x
                   JOIN entry e ON e.reading_id = x.id
                   JOIN archive a ON a.id = e.archive_id
                   JOIN snapshot s ON s.id = a.snapshot_id
                  WHERE x.account_id = :account
                  ORDER BY x.id, s.date, s.public_id",
            )
            .context(doing)?;
        let mut rows = select.query([account_id]).context(doing)?;
        let mut all: Vec<ReadHere> = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            let id = row.get(0).context(doing)?;
            let snapshot = SnapshotRef {
                date: row.get(3).context(doing)?,
                public_id: row.get(4).context(doing)?,
                id: row.get(5).context(doing)?,
            };
            match all.last_mut() {
                Some(last) if last.id == id => last.snapshots.push(snapshot),
                _ => all.push(ReadHere {
                    id,
                    reader: row.get(1).context(doing)?,
                    path: row.get(2).context(doing)?,
                    snapshots: vec![snapshot],
                }),
            }
        }
        Ok(all)
    }

    /// Hands over every message, own post and comment that one reading said, or all that the owner did besides.
    pub fn each_said_by(
        &self,
        reading_id: i64,
        said: SaidAs,
        each: &mut dyn FnMut(SaidHere),
    ) -> Result<(), StoreError> {
        let doing = "comparing what documents said";
        let kinds = match said {
            SaidAs::Words => "'messa', 'post\"', 'reel\"', 'story', 'comme'",
            SaidAs::Deeds => "'follo', 'like\"', 'save\"', 'searc', 'story'",
        };
        let mut select = self
            .connection()
            .prepare_cached(&format!(
                // Every item begins with `{"kind":"`.
                "SELECT s.id, s.reading_id, t.key, s.item
                   FROM sighting s LEFT JOIN thread_sighting t ON t.id = s.thread_sighting_id
                  WHERE s.reading_id = :reading AND substr(s.item, 10, 5) IN ({kinds})",
            ))
            .context(doing)?;
        let mut rows = select.query([reading_id]).context(doing)?;
        while let Some(row) = rows.next().context(doing)? {
            let item = row.get_ref(3).and_then(|value| Ok(value.as_bytes()?)).context(doing)?;
            each(SaidHere {
                sighting_id: row.get(0).context(doing)?,
                reading_id: row.get(1).context(doing)?,
                thread_key: row.get::<_, Option<Vec<u8>>>(2).context(doing)?.map(|bytes| key_of(&bytes)).transpose()?,
                item: serde_json::from_slice(item).context("read")?,
            });
        }
        Ok(())
    }

    /// All messages that documents hold in a conversation.
    pub fn messages_of_thread(&self, thread_id: i64) -> Result<Vec<MessageRow>, StoreError> {
        let doing = "reading a conversation's messages";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT s.id, s.reading_id, s.place, s.key, t.key, s.item, s.held_as, s.nth
                   FROM thread_key k
                   JOIN thread_sighting t ON t.key = k.key
                   JOIN sighting s ON s.thread_sighting_id = t.id
                  WHERE k.thread_id = :thread",
            )
            .context(doing)?;
        let mut rows = select.query([thread_id]).context(doing)?;
        let mut messages = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            let key = |column| -> Result<Key, StoreError> {
                key_of(row.get_ref(column).and_then(|value| Ok(value.as_blob()?)).context(doing)?)
            };
            let item = row.get_ref(5).and_then(|value| Ok(value.as_bytes()?)).context(doing)?;
            messages.push(MessageRow {
                sighting_id: row.get(0).context(doing)?,
                reading_id: row.get(1).context(doing)?,
                place: row.get(2).context(doing)?,
                key: key(3)?,
                thread_key: key(4)?,
                held_as: held_as(row, 6).context(doing)?,
                item: serde_json::from_slice(item).context("read")?,
            });
        }
        Ok(messages)
    }

    /// The path of a reading's document below the download's root.
    pub fn path_of_reading(&self, reading_id: i64) -> Result<String, StoreError> {
        self.connection()
            .prepare_cached("SELECT path FROM reading WHERE id = :id")
            .and_then(|mut select| select.query_row([reading_id], |row| row.get(0)))
            .context("looking up a reading")
    }

    /// The documents of a conversation.
    pub fn readings_of_thread(&self, thread_id: i64) -> Result<BTreeSet<i64>, StoreError> {
        let doing = "reading a conversation";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT DISTINCT t.reading_id FROM thread_key k JOIN thread_sighting t ON t.key = k.key
                  WHERE k.thread_id = :thread",
            )
            .context(doing)?;
        let rows = select.query_map([thread_id], |row| row.get(0)).context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }

    /// Whether a message of a conversation is held as what another document says.
    pub fn is_held_otherwise(&self, thread_id: i64) -> Result<bool, StoreError> {
        self.connection()
            .prepare_cached(
                "SELECT 1 FROM thread_key k
                   JOIN thread_sighting t ON t.key = k.key
                   JOIN sighting s ON s.thread_sighting_id = t.id
                  WHERE k.thread_id = ?1 AND s.held_as IS NOT NULL LIMIT 1",
            )
            .and_then(|mut select| select.exists([thread_id]))
            .context("reading a conversation")
    }

    /// Holds a sighting under a key, as the message of that signature, or as itself. The records of both keys must be
    /// computed again.
    pub fn hold_sighting_as(&self, sighting_id: i64, key: Key, held: Option<HeldAs>) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached("UPDATE sighting SET key = :key, held_as = :signature, nth = :nth WHERE id = :id")
            .and_then(|mut update| {
                update.execute(named_params! {
                    ":id": sighting_id,
                    ":key": key.as_bytes(),
                    ":signature": held.as_ref().map(|held| held.signature.as_bytes().as_slice()),
                    ":nth": held.map(|held| held.nth),
                })
            })
            .context("moving a sighting")?;
        Ok(())
    }

    /// The zones that are noted for an account's snapshots.
    pub fn zones_of_account(&self, account_id: i64) -> Result<BTreeMap<i64, ZoneOfSnapshot>, StoreError> {
        let doing = "reading zones";
        let mut select = self
            .connection()
            .prepare_cached("SELECT id, zone, zone_ground FROM snapshot WHERE account_id = :account")
            .context(doing)?;
        let rows = select
            .query_map([account_id], |row| {
                let zone: Option<String> = row.get(1)?;
                let ground: Option<String> = row.get(2)?;
                Ok((row.get(0)?, zone.map(|zone| (zone, ground.unwrap_or_default()))))
            })
            .context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }

    /// The zone that is noted for a snapshot.
    pub fn zone_of_snapshot(&self, snapshot_id: i64) -> Result<Option<String>, StoreError> {
        let zone = self
            .connection()
            .prepare_cached("SELECT zone FROM snapshot WHERE id = :id")
            .and_then(|mut select| select.query_row([snapshot_id], |row| row.get::<_, Option<String>>(0)).optional())
            .context("reading a zone")?;
        Ok(zone.flatten())
    }

    pub fn set_zone_of_snapshot(&self, snapshot_id: i64, zone: &ZoneOfSnapshot) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached("UPDATE snapshot SET zone = :zone, zone_ground = :ground WHERE id = :id")
            .and_then(|mut update| {
                update.execute(named_params! {
                    ":id": snapshot_id,
                    ":zone": zone.as_ref().map(|(zone, _)| zone),
                    ":ground": zone.as_ref().map(|(_, ground)| ground),
                })
            })
            .context("noting a zone")?;
        Ok(())
    }

    /// Keys that stand with a conversation because both say the same: `(key, conversation)`.
    pub fn thread_keys_by_text(&self, account_id: i64) -> Result<Vec<(Key, i64)>, StoreError> {
        self.thread_keys_in("thread_key_by_text", account_id)
    }

    /// Remembers that all keys of a conversation stand where they will because both say the same.
    pub fn note_thread_by_text(&self, thread_id: i64) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "INSERT OR IGNORE INTO thread_key_by_text (key) SELECT key FROM thread_key WHERE thread_id = ?1",
                [thread_id],
            )
            .context("joining conversations")?;
        Ok(())
    }

    /// Forgets it of a key.
    pub fn forget_thread_by_text(&self, key: Key) -> Result<(), StoreError> {
        self.connection()
            .execute("DELETE FROM thread_key_by_text WHERE key = ?1", [key.as_bytes()])
            .context("parting conversations")?;
        Ok(())
    }

    /// Names that profiles and their changes tell, as items: what says who the owner of an account is.
    pub fn profiles_of_account(&self, account_id: i64) -> Result<Vec<Item>, StoreError> {
        let doing = "reading profiles";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT s.item FROM reading x JOIN sighting s ON s.reading_id = x.id
                  WHERE x.account_id = :account AND (x.path LIKE '%prof%' OR x.path LIKE '%personal_information%')
                    AND substr(s.item, 10, 7) = 'profile'",
            )
            .context(doing)?;
        let mut rows = select.query([account_id]).context(doing)?;
        let mut items = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            let item = row.get_ref(0).and_then(|value| Ok(value.as_bytes()?)).context(doing)?;
            items.push(serde_json::from_slice(item).context("read")?);
        }
        Ok(items)
    }
}
