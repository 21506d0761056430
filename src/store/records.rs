//! Records: what all sightings of a thing add up to.

use rusqlite::named_params;

use super::Writing;
use super::error::{Context, StoreError, key_of};
use super::record_rows::load_record;
use crate::model::{Key, Kind, Precision};

/// A record as it is stored. Names, threads, snapshots and media are rows of their own tables.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub key: Key,
    pub public_id: String,
    pub account_id: i64,
    pub kind: Kind,
    pub subkind: Option<String>,
    pub at_ms: Option<i64>,
    pub precision: Option<Precision>,
    pub author_id: Option<i64>,
    pub counterpart_id: Option<i64>,
    pub thread_id: Option<i64>,
    pub text: Option<String>,
    pub other_text: Vec<String>,
    pub url: Option<String>,
    pub place: Option<String>,
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    pub share_url: Option<String>,
    pub share_text: Option<String>,
    pub share_owner: Option<String>,
    pub call_seconds: Option<i64>,
    pub is_unsent: bool,
    pub is_edited: bool,
    /// A JSON object.
    pub details: String,
    pub first_snapshot_id: i64,
    pub last_snapshot_id: i64,
    pub attachments: Vec<Attachment>,
    pub reactions: Vec<RecordReaction>,
    pub versions: Vec<Version>,
    /// Ids under which it was known as long as other sightings were.
    pub aliases: Vec<String>,
}

/// A medium of a record, in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Attachment {
    pub path: String,
    pub role: Option<String>,
    pub at_ms: Option<i64>,
    pub external_id: Option<String>,
    pub medium_id: Option<i64>,
    pub document_id: Option<i64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RecordReaction {
    pub actor_id: i64,
    pub reaction: String,
    pub at_ms: Option<i64>,
}

/// An earlier text.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    pub snapshot_id: i64,
    pub text: String,
}

pub(super) const COLUMNS: &str = "key, public_id, account_id, kind, subkind, at_ms, precision, author_id, counterpart_id, thread_id, \
     text, other_text, url, place, latitude, longitude, share_url, share_text, share_owner, call_seconds, is_unsent, \
     is_edited, details, first_snapshot_id, last_snapshot_id";

impl Writing<'_> {
    /// Ids and row numbers of the records of a key.
    pub fn records_of_key(&self, key: Key) -> Result<Vec<(i64, String)>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached("SELECT id, public_id FROM record WHERE key = :key ORDER BY public_id")
            .context("looking up records")?;
        let rows =
            select.query_map([key.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?))).context("looking up records")?;
        rows.collect::<Result<_, _>>().context("looking up records")
    }

    /// Writes a record over an earlier state of it. What stays the same but for the snapshots that show it counts as
    /// unchanged and is no news to those who follow the change log. Gives whether it changed.
    pub fn replace_record(&self, id: i64, record: &Record) -> Result<bool, StoreError> {
        let mut known = self.load_record(id)?;
        if known.aliases != record.aliases {
            // By further ids it is what it was.
            known.aliases.clone_from(&record.aliases);
            self.put_aliases(id, &record.aliases)?;
        }
        if known == *record {
            return Ok(false);
        }
        let (first, last) = (record.first_snapshot_id, record.last_snapshot_id);
        if (Record { first_snapshot_id: first, last_snapshot_id: last, ..known }) == *record {
            self.connection()
                .prepare_cached("UPDATE record SET first_snapshot_id = ?1, last_snapshot_id = ?2 WHERE id = ?3")
                .and_then(|mut update| update.execute([first, last, id]))
                .context("writing a record")?;
            return Ok(false);
        }
        self.update_record(id, record)?;
        Ok(true)
    }

    /// When it was, in Unix milliseconds.
    pub fn time_of_record(&self, id: i64) -> Result<Option<i64>, StoreError> {
        self.connection()
            .prepare_cached("SELECT at_ms FROM record WHERE id = ?1")
            .and_then(|mut select| select.query_row([id], |row| row.get(0)))
            .context("reading a record")
    }

    /// Takes a record's id away for the moment, so that another record of its key can have it.
    pub fn release_record_id(&self, id: i64) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached("UPDATE record SET public_id = public_id || '~' || id WHERE id = ?1")
            .and_then(|mut update| update.execute([id]))
            .context("renaming a record")?;
        Ok(())
    }

    /// Adds a record that is known to be new.
    pub fn insert_record(&self, record: &Record) -> Result<i64, StoreError> {
        let sql = format!(
            "INSERT INTO record (id, {COLUMNS}, n_attachments, n_reactions, changed)
             VALUES (:id, :key, :public_id, :account_id, :kind, :subkind, :at_ms, :precision, :author_id, :counterpart_id,
                     :thread_id, :text, :other_text, :url, :place, :latitude, :longitude, :share_url, :share_text,
                     :share_owner, :call_seconds, :is_unsent, :is_edited, :details, :first_snapshot_id,
                     :last_snapshot_id, :n_attachments, :n_reactions, :changed)"
        );
        let id = self.last_record.get() + 1;
        self.execute_with_record(&sql, record, id)?;
        self.last_record.set(id);
        self.add_members(id, record)?;
        self.add_aliases(id, &record.aliases)?;
        Ok(id)
    }

    fn update_record(&self, id: i64, record: &Record) -> Result<(), StoreError> {
        let sql = "UPDATE record SET key = :key, public_id = :public_id, account_id = :account_id, kind = :kind,
                    subkind = :subkind, at_ms = :at_ms, precision = :precision, author_id = :author_id,
                    counterpart_id = :counterpart_id, thread_id = :thread_id, text = :text, other_text = :other_text,
                    url = :url, place = :place, latitude = :latitude, longitude = :longitude, share_url = :share_url,
                    share_text = :share_text, share_owner = :share_owner, call_seconds = :call_seconds,
                    is_unsent = :is_unsent, is_edited = :is_edited, details = :details,
                    first_snapshot_id = :first_snapshot_id, last_snapshot_id = :last_snapshot_id,
                    n_attachments = :n_attachments, n_reactions = :n_reactions, changed = :changed
                  WHERE id = :id";
        self.execute_with_record(sql, record, id)?;
        for sql in [
            "DELETE FROM attachment WHERE record_id = ?1",
            "DELETE FROM reaction WHERE record_id = ?1",
            "DELETE FROM version WHERE record_id = ?1",
        ] {
            self.connection()
                .prepare_cached(sql)
                .and_then(|mut delete| delete.execute([id]))
                .context("writing a record")?;
        }
        self.add_members(id, record)
    }

    fn execute_with_record(&self, sql: &str, record: &Record, id: i64) -> Result<(), StoreError> {
        let other_text = if record.other_text.is_empty() {
            None
        } else {
            Some(serde_json::to_string(&record.other_text).context("written")?)
        };
        let mut statement = self.connection().prepare_cached(sql).context("writing a record")?;
        let mut parameters: Vec<(&str, &dyn rusqlite::ToSql)> = Vec::with_capacity(30);
        let (kind, precision) = (record.kind.code(), record.precision.map(Precision::code));
        let key = record.key.as_bytes();
        let (n_attachments, n_reactions) = (record.attachments.len(), record.reactions.len());
        parameters.extend([
            (":key", key as &dyn rusqlite::ToSql),
            (":public_id", &record.public_id),
            (":account_id", &record.account_id),
            (":kind", &kind),
            (":subkind", &record.subkind),
            (":at_ms", &record.at_ms),
            (":precision", &precision),
            (":author_id", &record.author_id),
            (":counterpart_id", &record.counterpart_id),
            (":thread_id", &record.thread_id),
            (":text", &record.text),
            (":other_text", &other_text),
            (":url", &record.url),
            (":place", &record.place),
            (":latitude", &record.latitude),
            (":longitude", &record.longitude),
            (":share_url", &record.share_url),
            (":share_text", &record.share_text),
            (":share_owner", &record.share_owner),
            (":call_seconds", &record.call_seconds),
            (":is_unsent", &record.is_unsent),
            (":is_edited", &record.is_edited),
            (":details", &record.details),
            (":first_snapshot_id", &record.first_snapshot_id),
            (":last_snapshot_id", &record.last_snapshot_id),
            (":n_attachments", &n_attachments),
            (":n_reactions", &n_reactions),
            (":changed", &self.change),
            (":id", &id),
        ]);
        statement.execute(parameters.as_slice()).context("writing a record")?;
        Ok(())
    }

    fn add_members(&self, id: i64, record: &Record) -> Result<(), StoreError> {
        for (position, attachment) in record.attachments.iter().enumerate() {
            self.connection()
                .prepare_cached(
                    "INSERT INTO attachment (record_id, position, path, role, at_ms, external_id, medium_id, document_id)
                     VALUES (:record, :position, :path, :role, :at_ms, :external_id, :medium, :document)",
                )
                .and_then(|mut insert| {
                    insert.execute(named_params! {
                        ":record": id, ":position": position, ":path": attachment.path, ":role": attachment.role,
                        ":at_ms": attachment.at_ms, ":external_id": attachment.external_id,
                        ":medium": attachment.medium_id, ":document": attachment.document_id,
                    })
                })
                .context("writing attachments")?;
        }
        for (position, reaction) in record.reactions.iter().enumerate() {
            self.connection()
                .prepare_cached(
                    "INSERT INTO reaction (record_id, position, actor_id, reaction, at_ms)
                     VALUES (:record, :position, :actor, :reaction, :at_ms)",
                )
                .and_then(|mut insert| {
                    insert.execute(named_params! {
                        ":record": id, ":position": position, ":actor": reaction.actor_id,
                        ":reaction": reaction.reaction, ":at_ms": reaction.at_ms,
                    })
                })
                .context("writing reactions")?;
        }
        for version in &record.versions {
            self.connection()
                .prepare_cached(
                    "INSERT OR IGNORE INTO version (record_id, snapshot_id, text) VALUES (:record, :snapshot, :text)",
                )
                .and_then(|mut insert| {
                    insert.execute(named_params! {
                        ":record": id, ":snapshot": version.snapshot_id, ":text": version.text,
                    })
                })
                .context("writing versions")?;
        }
        Ok(())
    }

    fn add_aliases(&self, id: i64, aliases: &[String]) -> Result<(), StoreError> {
        for alias in aliases {
            self.connection()
                .prepare_cached("INSERT OR IGNORE INTO alias (record_id, public_id) VALUES (?1, ?2)")
                .and_then(|mut insert| insert.execute(rusqlite::params![id, alias]))
                .context("writing other ids")?;
        }
        Ok(())
    }

    fn put_aliases(&self, id: i64, aliases: &[String]) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached("DELETE FROM alias WHERE record_id = ?1")
            .and_then(|mut delete| delete.execute([id]))
            .context("writing other ids")?;
        self.add_aliases(id, aliases)
    }

    /// The highest row number that a record ever had; later rows are younger.
    pub fn last_record_id(&self) -> i64 {
        self.last_record.get()
    }

    /// Records with a higher row number, by kind.
    pub fn n_records_after(&self, last_id: i64) -> Result<Vec<(Kind, u64)>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached("SELECT kind, count(*) FROM record WHERE id > ?1 GROUP BY kind")
            .context("counting records")?;
        let rows = select.query_map([last_id], |row| Ok((row.get(0)?, row.get(1)?))).context("counting records")?;
        rows.map(|row| row.context("counting records").and_then(|(kind, n)| Ok((kind_of(kind)?, n)))).collect()
    }

    /// The records of an archive's documents and files, each once: kind and row.
    pub fn records_of_archive(&self, archive_id: i64, each: &mut dyn FnMut(Kind, i64)) -> Result<(), StoreError> {
        let doing = "counting records";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT kind, id FROM record
                  WHERE id IN (SELECT s.record_id FROM entry e JOIN sighting s ON s.reading_id = e.reading_id
                                WHERE e.archive_id = :archive
                                UNION ALL
                               SELECT u.record_id FROM entry e JOIN unlisted u ON u.entry_id = e.id
                                WHERE e.archive_id = :archive)",
            )
            .context(doing)?;
        let mut rows = select.query(named_params! { ":archive": archive_id }).context(doing)?;
        while let Some(row) = rows.next().context(doing)? {
            each(kind_of(row.get(0).context(doing)?)?, row.get(1).context(doing)?);
        }
        Ok(())
    }

    /// Takes a record away that its sightings no longer support. Gives its kind.
    pub fn remove_record(&self, id: i64) -> Result<Kind, StoreError> {
        let kind = self.load_record(id)?.kind;
        for sql in [
            "UPDATE sighting SET record_id = NULL WHERE record_id = ?1 AND key = (SELECT key FROM record WHERE id = ?1)",
            "UPDATE unlisted SET record_id = NULL WHERE record_id = ?1 AND key = (SELECT key FROM record WHERE id = ?1)",
            "DELETE FROM record WHERE id = ?1",
        ] {
            self.connection()
                .prepare_cached(sql)
                .and_then(|mut delete| delete.execute([id]))
                .context("removing a record")?;
        }
        self.connection()
            .prepare_cached("INSERT OR REPLACE INTO removed_record (record_id, changed) VALUES (:id, :change)")
            .and_then(|mut insert| insert.execute(named_params! { ":id": id, ":change": self.change }))
            .context("removing a record")?;
        Ok(kind)
    }

    fn load_record(&self, id: i64) -> Result<Record, StoreError> {
        load_record(self.connection(), id)
    }

    /// Records of a reading that have no sighting elsewhere: only the snapshots in which they stand can change when
    /// the same document arrives again.
    pub fn restate_snapshots_of_reading(&self, reading_id: i64) -> Result<(), StoreError> {
        let snapshots = self.snapshots_of_reading(reading_id)?;
        let (Some(first), Some(last)) = (snapshots.first(), snapshots.last()) else { return Ok(()) };
        self.connection()
            .prepare_cached(
                "UPDATE record SET first_snapshot_id = :first, last_snapshot_id = :last
                  WHERE (first_snapshot_id <> :first OR last_snapshot_id <> :last)
                    AND id IN (SELECT s.record_id FROM sighting s
                                WHERE s.reading_id = :reading AND s.record_id IS NOT NULL
                                  AND NOT EXISTS (SELECT 1 FROM sighting o WHERE o.key = s.key AND o.id <> s.id)
                                  AND NOT EXISTS (SELECT 1 FROM unlisted u WHERE u.key = s.key))",
            )
            .and_then(|mut update| {
                update.execute(named_params! { ":reading": reading_id, ":first": first.id, ":last": last.id })
            })
            .context("noting snapshots")?;
        Ok(())
    }

    /// Keys of a reading whose things were seen elsewhere, too, or show files, of which another download may have others.
    pub fn shared_keys_of_reading(&self, reading_id: i64) -> Result<Vec<Key>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT DISTINCT s.key FROM sighting s
                  WHERE s.reading_id = :reading
                    AND (EXISTS (SELECT 1 FROM sighting o WHERE o.key = s.key AND o.id <> s.id)
                         OR EXISTS (SELECT 1 FROM unlisted u WHERE u.key = s.key)
                         OR EXISTS (SELECT 1 FROM attachment x WHERE x.record_id = s.record_id))",
            )
            .context("reading keys")?;
        let rows = select.query_map([reading_id], |row| row.get::<_, Vec<u8>>(0)).context("reading keys")?;
        rows.map(|bytes| key_of(&bytes.context("reading keys")?)).collect()
    }
}

fn kind_of(code: i64) -> Result<Kind, StoreError> {
    Kind::from_code(code).ok_or_else(|| StoreError::Value(format!("unknown kind {code}")))
}

/// The open part of an item as a JSON object, as `details` holds it.
pub fn details_json(details: &crate::model::Details) -> Result<String, StoreError> {
    serde_json::to_string(&details.with_distinct_names()).context("written")
}
