//! Everything that is held, in an order that depends on nothing but what is held.

use rusqlite::Connection;

use super::rows::{NamedRow, Value, select};
use super::{Store, StoreError, Writing};

/// The views in the order in which they are dumped, with the name of their rows and the columns that give the order.
/// Row numbers and the time of the ingest appear in none of them.
const VIEWS: [(&str, &str, &str); 18] = [
    ("account", "accounts", "id"),
    ("decision", "decisions", "kind, arguments, made_ms, reason"),
    ("saved_search", "saved_searches", "name"),
    ("snapshot", "snapshots", "id"),
    ("archive", "archives", "id"),
    ("entry", "entries", "archive_id, position"),
    ("document", "documents", "hash, path, reader, reader_version, n_items, n_read, n_kept, n_bad"),
    ("medium", "media", "hash"),
    ("finding", "findings", "archive_id, code, path, place, sentence"),
    ("person", "people", "id"),
    ("handle", "handles", "person_id, type, handle, from_ms, to_ms, evidence"),
    ("thread", "threads", "id"),
    ("participant", "participants", "thread_id, person_id, name"),
    ("record", "records", "id"),
    ("reaction", "reactions", "record_id, actor, reaction"),
    ("attachment", "attachments", "record_id, position"),
    ("version", "versions", "record_id, snapshot_id, text"),
    ("sighting", "sightings", "record_id, document_hash, place"),
];

impl Store {
    /// Hands over every row of every view: `(type, row)`. `each` answers whether to go on.
    pub fn dump(&self, each: &mut dyn FnMut(&'static str, NamedRow) -> bool) -> Result<(), StoreError> {
        dump(self.connection(), each)
    }
}

impl Writing<'_> {
    /// What [`Store::dump`] would hand over if the transaction ended here.
    pub fn dump(&self, each: &mut dyn FnMut(&'static str, NamedRow) -> bool) -> Result<(), StoreError> {
        dump(self.connection(), each)
    }
}

fn dump(connection: &Connection, each: &mut dyn FnMut(&'static str, NamedRow) -> bool) -> Result<(), StoreError> {
    for (kind, view, order) in VIEWS {
        let columns = if view == "records" {
            // What the view leaves to `messages` belongs to the record too.
            "SELECT v.*, r.share_url, r.share_text, r.share_owner, r.call_seconds, r.is_unsent, r.is_edited, r.other_text
               FROM record r JOIN records v ON v.id = r.public_id ORDER BY v.id"
                .to_owned()
        } else if view == "decisions" {
            format!("SELECT kind, arguments, reason, made_at, made_ms FROM decisions ORDER BY {order}")
        } else {
            format!("SELECT * FROM {view} ORDER BY {order}")
        };
        let mut goes_on = true;
        select(connection, &columns, &[], &mut |row| {
            goes_on = each(kind, row);
            goes_on
        })?;
        if !goes_on {
            break;
        }
    }
    Ok(())
}

impl NamedRow {
    /// The row without the columns of that value: dumps leave out nothing but what is null.
    pub fn filled(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.iter().filter(|(_, value)| **value != Value::Null)
    }
}
