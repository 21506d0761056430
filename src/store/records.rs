//! Records: what all sightings of a thing add up to.

use std::collections::BTreeMap;

use rusqlite::named_params;

use super::Writing;
use super::error::{Context, StoreError};
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

/// What became of a record that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    New(i64),
    /// With the kind that it was of before.
    Changed(i64, Kind),
    Unchanged(i64),
}

impl Written {
    pub fn id(self) -> i64 {
        match self {
            Self::New(id) | Self::Changed(id, _) | Self::Unchanged(id) => id,
        }
    }
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
    /// unchanged and is no news to those who follow the change log.
    pub fn replace_record(&self, id: i64, record: &Record) -> Result<Written, StoreError> {
        let known = self.load_record(id)?;
        if known == *record {
            return Ok(Written::Unchanged(id));
        }
        let earlier_kind = known.kind;
        let (first, last) = (record.first_snapshot_id, record.last_snapshot_id);
        if (Record { first_snapshot_id: first, last_snapshot_id: last, ..known }) == *record {
            self.connection()
                .prepare_cached("UPDATE record SET first_snapshot_id = ?1, last_snapshot_id = ?2 WHERE id = ?3")
                .and_then(|mut update| update.execute([first, last, id]))
                .context("writing a record")?;
            return Ok(Written::Unchanged(id));
        }
        self.update_record(id, record)?;
        Ok(Written::Changed(id, earlier_kind))
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
            "INSERT INTO record ({COLUMNS}, n_attachments, n_reactions, changed)
             VALUES (:key, :public_id, :account_id, :kind, :subkind, :at_ms, :precision, :author_id, :counterpart_id,
                     :thread_id, :text, :other_text, :url, :place, :latitude, :longitude, :share_url, :share_text,
                     :share_owner, :call_seconds, :is_unsent, :is_edited, :details, :first_snapshot_id,
                     :last_snapshot_id, :n_attachments, :n_reactions, :changed)"
        );
        self.execute_with_record(&sql, record, None)?;
        let id = self.connection().last_insert_rowid();
        self.connection()
            .prepare_cached("DELETE FROM removed_record WHERE record_id = :id")
            .and_then(|mut delete| delete.execute([id]))
            .context("adding a record")?;
        self.add_members(id, record)?;
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
        self.execute_with_record(sql, record, Some(id))?;
        for sql in [
            "DELETE FROM attachment WHERE record_id = ?1",
            "DELETE FROM reaction WHERE record_id = ?1",
            "DELETE FROM version WHERE record_id = ?1",
            "DELETE FROM alias WHERE record_id = ?1",
        ] {
            self.connection()
                .prepare_cached(sql)
                .and_then(|mut delete| delete.execute([id]))
                .context("writing a record")?;
        }
        self.add_members(id, record)
    }

    fn execute_with_record(&self, sql: &str, record: &Record, id: Option<i64>) -> Result<(), StoreError> {
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
        ]);
        if id.is_some() {
            parameters.push((":id", &id));
        }
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
        for alias in &record.aliases {
            self.connection()
                .prepare_cached("INSERT OR IGNORE INTO alias (record_id, public_id) VALUES (?1, ?2)")
                .and_then(|mut insert| insert.execute(rusqlite::params![id, alias]))
                .context("writing other ids")?;
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

    /// The highest row number in use; later rows are younger.
    pub fn last_record_id(&self) -> Result<i64, StoreError> {
        self.connection()
            .query_row("SELECT coalesce(max(id), 0) FROM record", [], |row| row.get(0))
            .context("counting records")
    }

    /// Records of an archive's documents, by kind.
    pub fn n_records_of_archive(&self, archive_id: i64) -> Result<Vec<(Kind, u64)>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT r.kind, count(DISTINCT r.id)
                   FROM (SELECT s.record_id FROM entry e JOIN sighting s ON s.reading_id = e.reading_id
                          WHERE e.archive_id = :archive
                          UNION ALL
                         SELECT u.record_id FROM entry e JOIN unlisted u ON u.entry_id = e.id
                          WHERE e.archive_id = :archive) seen
                   JOIN record r ON r.id = seen.record_id
                  GROUP BY r.kind",
            )
            .context("counting records")?;
        kind_counts(&mut select, &[(":archive", &archive_id)])
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
    /// the same document arrives again. Gives their number by kind, without those of keys that are computed anew.
    pub fn restate_snapshots_of_reading(
        &self,
        reading_id: i64,
        is_computed_anew: &dyn Fn(&Key) -> bool,
    ) -> Result<BTreeMap<Kind, u64>, StoreError> {
        const ALONE: &str = "SELECT s.record_id FROM sighting s
             WHERE s.reading_id = :reading AND s.record_id IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM sighting o WHERE o.key = s.key AND o.id <> s.id)
               AND NOT EXISTS (SELECT 1 FROM unlisted u WHERE u.key = s.key)";
        let snapshots = self.snapshots_of_reading(reading_id)?;
        let (Some(first), Some(last)) = (snapshots.first(), snapshots.last()) else { return Ok(BTreeMap::new()) };
        self.connection()
            .prepare_cached(&format!(
                "UPDATE record SET first_snapshot_id = :first, last_snapshot_id = :last
                  WHERE id IN ({ALONE}) AND (first_snapshot_id <> :first OR last_snapshot_id <> :last)"
            ))
            .and_then(|mut update| {
                update.execute(named_params! { ":reading": reading_id, ":first": first.id, ":last": last.id })
            })
            .context("noting snapshots")?;
        let doing = "counting records";
        let mut select = self
            .connection()
            .prepare_cached(&format!("SELECT kind, key FROM record WHERE id IN ({ALONE})"))
            .context(doing)?;
        let mut rows = select.query([reading_id]).context(doing)?;
        let mut counts = BTreeMap::new();
        while let Some(row) = rows.next().context(doing)? {
            let key = row.get_ref(1).and_then(|value| Ok(value.as_blob()?)).context(doing)?;
            if Key::from_bytes(key).is_none_or(|key| !is_computed_anew(&key)) {
                *counts.entry(kind_of(row.get(0).context(doing)?)?).or_default() += 1;
            }
        }
        Ok(counts)
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
        rows.map(|bytes| {
            Key::from_bytes(&bytes.context("reading keys")?)
                .ok_or_else(|| StoreError::Value("a key is not 16 bytes long".into()))
        })
        .collect()
    }
}

fn kind_counts(
    select: &mut rusqlite::CachedStatement<'_>,
    parameters: &[(&str, &dyn rusqlite::ToSql)],
) -> Result<Vec<(Kind, u64)>, StoreError> {
    let mut rows = select.query(parameters).context("counting records")?;
    let mut counts = Vec::new();
    while let Some(row) = rows.next().context("counting records")? {
        let (kind, n): (i64, i64) = (row.get(0).context("counting records")?, row.get(1).context("counting records")?);
        counts.push((kind_of(kind)?, n.unsigned_abs()));
    }
    Ok(counts)
}

fn kind_of(code: i64) -> Result<Kind, StoreError> {
    Kind::from_code(code).ok_or_else(|| StoreError::Value(format!("unknown kind {code}")))
}

/// The open part of an item as a JSON object, as `details` holds it.
pub fn details_json(details: &crate::model::Details) -> Result<String, StoreError> {
    serde_json::to_string(&details.with_distinct_names()).context("written")
}
