//! Messages that are held already and that a newer document says once more, letter by letter.

use rusqlite::named_params;

use super::Writing;
use super::error::{Context, StoreError, key_of};
use crate::model::Key;

/// What is held of a message that a document says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeldMessage {
    /// Nothing has its key.
    Nothing,
    /// Every sighting of its key says the same in the same conversation, and is of one record. The documents that say it,
    /// each once.
    Same { record_id: i64, readings: Vec<i64> },
    /// Something else, or more than that.
    Otherwise,
}

/// Takes the key and the item of a sighting, and of a message the key and row of its conversation.
pub type TakeShared<'t> = dyn FnMut(Key, &str, Option<(Key, i64)>) -> Result<(), StoreError> + 't;

/// Sightings of a key that are looked at. Real keys have one for each snapshot that was written anew.
const MOST: usize = 64;

impl Writing<'_> {
    /// Compares a message, as [`super::item_json`] writes it, with the sightings of its key. `thread` is the key under which
    /// its document knows the conversation, and that one's row.
    pub fn held_message(&self, key: Key, item: &str, thread: (Key, i64)) -> Result<HeldMessage, StoreError> {
        let doing = "looking up a message";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT s.reading_id, s.record_id,
                        s.item = :item AND s.twin = 0 AND s.held_as IS NULL AND t.key = :thread_key
                            AND r.key = s.key AND r.thread_id = :thread
                   FROM sighting s
                   LEFT JOIN thread_sighting t ON t.id = s.thread_sighting_id
                   LEFT JOIN record r ON r.id = s.record_id
                  -- One more than are looked at; a bound limit would have SQLite plan the statement anew each time.
                  WHERE s.key = :key LIMIT 65",
            )
            .context(doing)?;
        let mut rows = select
            .query(named_params! {
                ":key": key.as_bytes(), ":item": item, ":thread_key": thread.0.as_bytes(), ":thread": thread.1,
            })
            .context(doing)?;
        let (mut record, mut readings) = (None, Vec::new());
        while let Some(row) = rows.next().context(doing)? {
            let (reading, of): (i64, Option<i64>) = (row.get(0).context(doing)?, row.get(1).context(doing)?);
            let is_same = row.get::<_, Option<bool>>(2).context(doing)? == Some(true);
            let is_one = of.is_some() && record.is_none_or(|record| Some(record) == of);
            if !is_same || !is_one || readings.contains(&reading) || readings.len() == MOST {
                return Ok(HeldMessage::Otherwise);
            }
            record = of;
            readings.push(reading);
        }
        Ok(record.map_or(HeldMessage::Nothing, |record_id| HeldMessage::Same { record_id, readings }))
    }

    /// Sightings of a reading whose things were seen elsewhere, too, or show files, of which another download may have others:
    /// the key, the item, and of a message the key and row of its conversation.
    pub fn shared_sightings_of_reading(&self, reading_id: i64, each: &mut TakeShared<'_>) -> Result<(), StoreError> {
        let doing = "reading what stands elsewhere, too";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT s.key, s.item, t.key, k.thread_id
                   FROM sighting s
                   LEFT JOIN thread_sighting t ON t.id = s.thread_sighting_id
                   LEFT JOIN thread_key k ON k.key = t.key
                  WHERE s.reading_id = :reading
                    AND (EXISTS (SELECT 1 FROM sighting o WHERE o.key = s.key AND o.id <> s.id)
                         OR EXISTS (SELECT 1 FROM unlisted u WHERE u.key = s.key)
                         OR EXISTS (SELECT 1 FROM attachment x WHERE x.record_id = s.record_id))",
            )
            .context(doing)?;
        let mut rows = select.query([reading_id]).context(doing)?;
        while let Some(row) = rows.next().context(doing)? {
            let bytes = |column| row.get_ref(column).and_then(|value| Ok(value.as_bytes_or_null()?)).context(doing);
            let item = row.get_ref(1).and_then(|value| Ok(value.as_str()?)).context(doing)?;
            let conversation = bytes(2)?.map(key_of).transpose()?.zip(row.get(3).context(doing)?);
            each(key_of(bytes(0)?.unwrap_or_default())?, item, conversation)?;
        }
        Ok(())
    }

    /// Says in which snapshots a record stood first and last. That alone is no news to those who follow the change log.
    pub fn restate_snapshots(&self, record_id: i64, first: i64, last: i64) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached(
                "UPDATE record SET first_snapshot_id = :first, last_snapshot_id = :last
                  WHERE id = :id AND (first_snapshot_id <> :first OR last_snapshot_id <> :last)",
            )
            .and_then(|mut update| update.execute(named_params! { ":id": record_id, ":first": first, ":last": last }))
            .context("noting snapshots")?;
        Ok(())
    }
}
