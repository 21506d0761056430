//! Readings: how a document was read, by which reader, knowing what; and everything that one said, so that it can be
//! compared with what the same document says today, and taken back.

use rusqlite::{OptionalExtension, named_params};

use super::error::{Context, StoreError, key_of};
use super::{Store, Writing, documents};
use crate::model::{ContentHash, ContentHasher, Item, Key, Kind, ThreadHead};

/// What one reading is of. Two snapshots that teach differently have two readings of one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadingOf<'a> {
    pub document_id: i64,
    pub account_id: i64,
    /// Below the download's root.
    pub path: &'a str,
    /// Names what the reader was taught; `None` where nothing of it counts.
    pub learnt: Option<Key>,
}

/// How the reading of one document for one account went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadingRow {
    pub reader: String,
    pub reader_version: u32,
    pub n_items: Option<u64>,
    pub n_read: u64,
    pub n_kept: u64,
    pub n_bad: u64,
    pub words: Option<String>,
}

/// A reading that is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldReading {
    pub id: i64,
    pub document_id: i64,
    pub hash: ContentHash,
    pub bytes: u64,
    pub account_id: i64,
    pub path: String,
    pub learnt: Option<Key>,
    pub reader: String,
    pub reader_version: u32,
}

/// An entry that was read so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadEntry {
    pub archive_id: i64,
    pub snapshot_id: i64,
    /// The entry's name inside its archive.
    pub path: String,
}

/// Sums up what a reading says, in its order: equal sums, equal words.
#[derive(Debug)]
pub struct Said {
    heads: ContentHasher,
    items: ContentHasher,
}

impl Default for Said {
    fn default() -> Self {
        Self { heads: ContentHash::hasher(), items: ContentHash::hasher() }
    }
}

impl Said {
    pub fn head(&mut self, key: Key, head: &ThreadHead) -> Result<(), StoreError> {
        self.stored_head(key.as_bytes(), &serde_json::to_vec(head).context("written")?);
        Ok(())
    }

    pub fn item(&mut self, place: &str, thread: Option<Key>, key: Key, item: &Item) -> Result<(), StoreError> {
        let thread = thread.map(|key| *key.as_bytes());
        let thread = thread.as_ref().map(<[u8; 16]>::as_slice);
        self.stored_item(place.as_bytes(), thread, key.as_bytes(), &serde_json::to_vec(item).context("written")?);
        Ok(())
    }

    fn stored_head(&mut self, key: &[u8], head: &[u8]) {
        for part in [key, head] {
            add_framed(&mut self.heads, part);
        }
    }

    fn stored_item(&mut self, place: &[u8], thread: Option<&[u8]>, key: &[u8], item: &[u8]) {
        // A row may be held under the key of another row of its thing; which one is decided after the reading.
        let kind = item.strip_prefix(br#"{"kind":""#).and_then(|rest| rest.split(|byte| *byte == b'"').next());
        let kind = kind.and_then(|name| Kind::from_name(std::str::from_utf8(name).ok()?));
        let key =
            if kind.is_some_and(|kind| kind == Kind::Message || kind.is_decided_by_all_rows()) { &[] } else { key };
        for part in [place, thread.unwrap_or_default(), key, item] {
            add_framed(&mut self.items, part);
        }
    }

    pub fn finish(&self) -> (ContentHash, ContentHash) {
        (self.heads.finish(), self.items.finish())
    }
}

fn add_framed(hasher: &mut ContentHasher, part: &[u8]) {
    hasher.update(&(part.len() as u64).to_le_bytes());
    hasher.update(part);
}

fn stored_key(key: Option<&Key>) -> &[u8] {
    key.map_or(&[], |key| key.as_bytes())
}

impl Writing<'_> {
    pub fn reading(&self, of: &ReadingOf<'_>) -> Result<Option<i64>, StoreError> {
        self.connection()
            .prepare_cached(
                "SELECT id FROM reading
                  WHERE document_id = :document AND account_id = :account AND path = :path AND learnt = :learnt",
            )
            .and_then(|mut find| {
                find.query_row(
                    named_params! {
                        ":document": of.document_id, ":account": of.account_id, ":path": of.path,
                        ":learnt": stored_key(of.learnt.as_ref()),
                    },
                    |row| row.get(0),
                )
                .optional()
            })
            .context("looking up a reading")
    }

    /// Adds a reading whose counts are not known yet.
    pub fn start_reading(&self, of: &ReadingOf<'_>) -> Result<i64, StoreError> {
        self.connection()
            .prepare_cached(
                "INSERT INTO reading (document_id, account_id, path, learnt, reader, reader_version, n_read, n_kept, n_bad)
                 VALUES (:document, :account, :path, :learnt, '', 0, 0, 0, 0)",
            )
            .and_then(|mut insert| {
                insert.execute(named_params! {
                    ":document": of.document_id, ":account": of.account_id, ":path": of.path,
                    ":learnt": stored_key(of.learnt.as_ref()),
                })
            })
            .context("adding a reading")?;
        Ok(self.connection().last_insert_rowid())
    }

    /// Makes a reading one for another account, or with other knowledge, before the document is read so.
    pub fn repurpose_reading(&self, id: i64, of: &ReadingOf<'_>) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached("UPDATE reading SET account_id = :account, learnt = :learnt WHERE id = :id")
            .and_then(|mut update| {
                update.execute(named_params! {
                    ":id": id, ":account": of.account_id, ":learnt": stored_key(of.learnt.as_ref()),
                })
            })
            .context("changing a reading")?;
        Ok(())
    }

    pub fn finish_reading(&self, id: i64, reading: &ReadingRow) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached(
                "UPDATE reading SET reader = :reader, reader_version = :version, n_items = :n_items, n_read = :n_read,
                        n_kept = :n_kept, n_bad = :n_bad, words = :words
                  WHERE id = :id",
            )
            .and_then(|mut update| {
                update.execute(named_params! {
                    ":id": id,
                    ":reader": reading.reader,
                    ":version": reading.reader_version,
                    ":n_items": reading.n_items.map(super::delivered::stored_size),
                    ":n_read": super::delivered::stored_size(reading.n_read),
                    ":n_kept": super::delivered::stored_size(reading.n_kept),
                    ":n_bad": super::delivered::stored_size(reading.n_bad),
                    ":words": reading.words,
                })
            })
            .context("finishing a reading")?;
        Ok(())
    }

    pub fn reading_row(&self, id: i64) -> Result<ReadingRow, StoreError> {
        let count = |number: i64| number.unsigned_abs();
        self.connection()
            .prepare_cached(
                "SELECT reader, reader_version, n_items, n_read, n_kept, n_bad, words FROM reading WHERE id = :id",
            )
            .and_then(|mut select| {
                select.query_row([id], |row| {
                    Ok(ReadingRow {
                        reader: row.get(0)?,
                        reader_version: row.get(1)?,
                        n_items: row.get::<_, Option<i64>>(2)?.map(count),
                        n_read: count(row.get(3)?),
                        n_kept: count(row.get(4)?),
                        n_bad: count(row.get(5)?),
                        words: row.get(6)?,
                    })
                })
            })
            .context("looking up a reading")
    }

    /// The readings of a snapshot's documents, by path and content.
    pub fn readings_of_snapshot(&self, snapshot_id: i64) -> Result<Vec<HeldReading>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(&format!(
                "{HELD} WHERE x.id IN (SELECT e.reading_id FROM entry e JOIN archive a ON a.id = e.archive_id
                                        WHERE a.snapshot_id = :snapshot AND e.reading_id IS NOT NULL)
                  ORDER BY x.path, d.hash, x.id"
            ))
            .context("listing readings")?;
        let rows = select.query_map([snapshot_id], held_reading).context("listing readings")?;
        rows.collect::<Result<_, _>>().context("listing readings")
    }

    /// The entries whose document was read so, by archive and position.
    pub fn entries_of_reading(&self, reading_id: i64) -> Result<Vec<ReadEntry>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT e.archive_id, a.snapshot_id, e.path FROM entry e JOIN archive a ON a.id = e.archive_id
                  WHERE e.reading_id = :reading ORDER BY e.archive_id, e.position",
            )
            .context("listing entries")?;
        let rows = select
            .query_map([reading_id], |row| {
                Ok(ReadEntry { archive_id: row.get(0)?, snapshot_id: row.get(1)?, path: row.get(2)? })
            })
            .context("listing entries")?;
        rows.collect::<Result<_, _>>().context("listing entries")
    }

    /// The entries of one snapshot that were read in the one way are read in the other. What the one found about them is
    /// taken back.
    pub fn move_entries(&self, snapshot_id: i64, from: i64, to: i64) -> Result<(), StoreError> {
        const OF_SNAPSHOT: &str = "archive_id IN (SELECT id FROM archive WHERE snapshot_id = :snapshot)";
        let parameters = named_params! { ":snapshot": snapshot_id, ":from": from };
        self.connection()
            .execute(&format!("DELETE FROM finding WHERE reading_id = :from AND {OF_SNAPSHOT}"), parameters)
            .context("moving entries")?;
        self.connection()
            .execute(
                &format!("UPDATE entry SET reading_id = :to WHERE reading_id = :from AND {OF_SNAPSHOT}"),
                named_params! { ":snapshot": snapshot_id, ":from": from, ":to": to },
            )
            .context("moving entries")?;
        Ok(())
    }

    /// What a reading says, summed up in the order in which it was said.
    pub fn said_by(&self, reading_id: i64) -> Result<Said, StoreError> {
        let doing = "reading what a document said";
        let mut said = Said::default();
        let mut heads = self
            .connection()
            .prepare_cached("SELECT key, head FROM thread_sighting WHERE reading_id = :reading ORDER BY id")
            .context(doing)?;
        let mut rows = heads.query([reading_id]).context(doing)?;
        while let Some(row) = rows.next().context(doing)? {
            let bytes = |column| row.get_ref(column).and_then(|value| Ok(value.as_bytes()?)).context(doing);
            said.stored_head(bytes(0)?, bytes(1)?);
        }
        let mut items = self
            .connection()
            .prepare_cached(
                "SELECT s.place, t.key, s.key, s.item
                   FROM sighting s LEFT JOIN thread_sighting t ON t.id = s.thread_sighting_id
                  WHERE s.reading_id = :reading ORDER BY s.id",
            )
            .context(doing)?;
        let mut rows = items.query([reading_id]).context(doing)?;
        while let Some(row) = rows.next().context(doing)? {
            let bytes = |column| row.get_ref(column).and_then(|value| Ok(value.as_bytes()?)).context(doing);
            let thread = row.get_ref(1).and_then(|value| Ok(value.as_bytes_or_null()?)).context(doing)?;
            said.stored_item(bytes(0)?, thread, bytes(2)?, bytes(3)?);
        }
        Ok(said)
    }

    /// Takes back what a reading said and found. Gives the rows of its heads, which are to be used again or removed: to
    /// remove one costs more than to write it over.
    pub fn unsay(&self, reading_id: i64) -> Result<Vec<i64>, StoreError> {
        let doing = "taking back what a document said";
        for sql in [
            "DELETE FROM finding WHERE reading_id = ?1",
            "DELETE FROM sighting WHERE reading_id = ?1",
            "DELETE FROM list_range WHERE reading_id = ?1",
            "DELETE FROM named_file WHERE reading_id = ?1",
        ] {
            self.connection().prepare_cached(sql).and_then(|mut delete| delete.execute([reading_id])).context(doing)?;
        }
        let mut select = self
            .connection()
            .prepare_cached("SELECT id FROM thread_sighting WHERE reading_id = :reading ORDER BY id")
            .context(doing)?;
        let rows = select.query_map([reading_id], |row| row.get(0)).context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }

    pub fn remove_heads(&self, heads: &[i64]) -> Result<(), StoreError> {
        for head in heads {
            self.connection()
                .prepare_cached("DELETE FROM thread_sighting WHERE id = ?1")
                .and_then(|mut delete| delete.execute([head]))
                .context("removing the head of a conversation")?;
        }
        Ok(())
    }

    /// Removes a reading that no entry has any more, with all that it said.
    pub fn remove_reading(&self, reading_id: i64) -> Result<(), StoreError> {
        let heads = self.unsay(reading_id)?;
        self.remove_heads(&heads)?;
        self.connection()
            .prepare_cached("DELETE FROM reading WHERE id = ?1")
            .and_then(|mut delete| delete.execute([reading_id]))
            .context("removing a reading")?;
        Ok(())
    }

    /// The bytes of a kept document, which have the hash that it is known by; others are an error: nothing is read anew
    /// from what was damaged since.
    pub fn document_bytes(&self, document_id: i64) -> Result<Vec<u8>, StoreError> {
        documents::bytes_of(self.connection(), document_id)
    }

    /// The plain text of a document that is somebody's words (subtitles).
    pub fn words_of_document(&self, document_id: i64) -> Result<Option<String>, StoreError> {
        self.connection()
            .prepare_cached("SELECT words FROM reading WHERE document_id = :document AND words IS NOT NULL LIMIT 1")
            .and_then(|mut select| select.query_row([document_id], |row| row.get(0)).optional())
            .context("reading subtitles")
    }
    /// Keys of the records that show a document's words.
    pub fn keys_with_words_of(&self, document_id: i64) -> Result<Vec<Key>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT DISTINCT r.key FROM attachment x JOIN record r ON r.id = x.record_id WHERE x.document_id = :document",
            )
            .context("listing who shows subtitles")?;
        let rows =
            select.query_map([document_id], |row| row.get::<_, Vec<u8>>(0)).context("listing who shows subtitles")?;
        rows.map(|bytes| key_of(&bytes.context("listing who shows subtitles")?)).collect()
    }
}

const HELD: &str =
    "SELECT x.id, x.document_id, d.hash, d.bytes, x.account_id, x.path, x.learnt, x.reader, x.reader_version
   FROM reading x JOIN document d ON d.id = x.document_id";

fn held_reading(row: &rusqlite::Row<'_>) -> rusqlite::Result<HeldReading> {
    let hash: Vec<u8> = row.get(2)?;
    let learnt: Vec<u8> = row.get(6)?;
    Ok(HeldReading {
        id: row.get(0)?,
        document_id: row.get(1)?,
        hash: ContentHash::from_bytes(&hash)
            .ok_or_else(|| rusqlite::Error::InvalidColumnType(2, "hash".to_owned(), rusqlite::types::Type::Blob))?,
        bytes: row.get::<_, i64>(3)?.unsigned_abs(),
        account_id: row.get(4)?,
        path: row.get(5)?,
        learnt: Key::from_bytes(&learnt),
        reader: row.get(7)?,
        reader_version: row.get(8)?,
    })
}

impl Store {
    /// Hands over every reading: what was read, by which reader of which version.
    pub fn readings(&self, each: &mut dyn FnMut(HeldReading)) -> Result<(), StoreError> {
        let mut select = self.connection().prepare_cached(HELD).context("listing readings")?;
        let rows = select.query_map([], held_reading).context("listing readings")?;
        for row in rows {
            each(row.context("listing readings")?);
        }
        Ok(())
    }
}
