//! Does the database agree with itself? What it says about files is compared by the caller, who knows the folders.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::Store;
use super::error::{Context, StoreError};
use crate::model::ContentHash;

/// Something that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    pub code: &'static str,
    pub sentence: String,
}

impl Damage {
    pub fn new(code: &'static str, sentence: impl Into<String>) -> Self {
        Self { code, sentence: sentence.into() }
    }
}

/// SQLite itself does not trust the file, or cannot read it.
pub const DATABASE_DAMAGED: &str = "database_damaged";

/// Statements that must find nothing: code, what it means, and the question.
const MUST_BE_EMPTY: [(&str, &str, &str); 12] = [
    (
        "record_without_sighting",
        "records that no document supports",
        "SELECT count(*) FROM record r
          WHERE NOT EXISTS (SELECT 1 FROM sighting s WHERE s.key = r.key AND s.record_id = r.id)
            AND NOT EXISTS (SELECT 1 FROM unlisted u WHERE u.key = r.key AND u.record_id = r.id)",
    ),
    (
        "sighting_without_record",
        "items of documents that became no record",
        "SELECT count(*) FROM sighting s WHERE s.record_id IS NULL
            AND EXISTS (SELECT 1 FROM entry e WHERE e.reading_id = s.reading_id)",
    ),
    (
        "file_without_record",
        "files without a document that became no record",
        "SELECT count(*) FROM unlisted u WHERE NOT EXISTS (SELECT 1 FROM record r WHERE r.key = u.key AND r.id = u.record_id)",
    ),
    (
        "reading_without_entry",
        "readings of documents that stand so in no archive",
        "SELECT count(*) FROM reading x WHERE NOT EXISTS (SELECT 1 FROM entry e WHERE e.reading_id = x.id)",
    ),
    (
        "item_without_sighting",
        "documents of which fewer items are held than were read",
        // Subtitles are words of their post and become no record.
        "SELECT count(*) FROM reading x WHERE x.words IS NULL
            AND x.n_read > (SELECT count(DISTINCT s.place) FROM sighting s WHERE s.reading_id = x.id)",
    ),
    (
        "count_of_attachments",
        "records whose number of attachments is wrong",
        "SELECT count(*) FROM record r WHERE r.n_attachments <> (SELECT count(*) FROM attachment a WHERE a.record_id = r.id)",
    ),
    (
        "count_of_reactions",
        "messages whose number of reactions is wrong",
        "SELECT count(*) FROM record r WHERE r.n_reactions <> (SELECT count(*) FROM reaction x WHERE x.record_id = r.id)",
    ),
    (
        "message_without_thread",
        "messages that belong to no conversation",
        "SELECT count(*) FROM record r WHERE r.kind = 5 AND r.thread_id IS NULL",
    ),
    (
        "thread_without_key",
        "conversations that no document names",
        "SELECT count(*) FROM thread t WHERE NOT EXISTS (SELECT 1 FROM thread_key k WHERE k.thread_id = t.id)",
    ),
    (
        "thread_of_other_account",
        "messages whose conversation belongs to another account",
        "SELECT count(*) FROM record r JOIN thread t ON t.id = r.thread_id WHERE t.account_id <> r.account_id",
    ),
    (
        "fate_without_bytes",
        "entries that count as kept but lead to no bytes",
        "SELECT count(*) FROM entry e WHERE (e.fate = 1 AND e.document_id IS NULL) OR (e.fate IN (2, 3, 4, 5) AND e.medium_id IS NULL)",
    ),
    (
        "items_do_not_add_up",
        "documents whose items were neither read nor kept nor reported",
        "SELECT count(*) FROM reading x WHERE x.n_items IS NOT NULL AND x.n_items <> x.n_read + x.n_kept + x.n_bad
            AND NOT EXISTS (SELECT 1 FROM entry e JOIN finding f ON f.archive_id = e.archive_id AND f.path = e.path
                             WHERE e.reading_id = x.id AND f.code IN ('count_mismatch', 'bad_document', 'not_read_yet'))",
    ),
];

/// A document of which the home does not hold what its row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedDocument {
    pub id: i64,
    pub hash: ContentHash,
    /// The length of its bytes where these are right and only the row's length is wrong.
    pub bytes: Option<u64>,
    pub sentence: String,
}

/// A medium that a row says is kept.
#[derive(Clone, Debug)]
pub struct KeptMedium {
    pub hash: ContentHash,
    pub bytes: u64,
    pub extension: String,
}

/// What the database says of its tables, indices and views; an error where that is no text, since names of columns are made
/// of it.
pub(super) fn schema_of(connection: &Connection) -> Result<BTreeMap<String, String>, StoreError> {
    let doing = "reading the schema";
    let mut select = connection
        .prepare("SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite^_%' ESCAPE '^'")
        .context(doing)?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).context(doing)?;
    rows.collect::<Result<_, _>>().context(doing)
}

impl Store {
    /// Whether tables and views are those that this version makes: SQLite takes every change of their text for meant. What
    /// somebody put beside them is theirs.
    fn check_schema(&self) -> Result<Option<Damage>, StoreError> {
        let (held, made) = (schema_of(self.connection())?, schema_of(Self::passing()?.connection())?);
        let differs = made.keys().find(|name| held.get(*name) != made.get(*name));
        Ok(differs.map(|name| {
            Damage::new(DATABASE_DAMAGED, format!("The {name} of the database is not what this version makes."))
        }))
    }

    /// SQLite's own checks, foreign keys, and the counts that must agree.
    pub fn check(&self) -> Result<Vec<Damage>, StoreError> {
        let mut damage = self.check_pages()?;
        damage.extend(self.check_schema()?);
        damage.extend(self.check_sums()?);
        for (code, meaning, sql) in MUST_BE_EMPTY {
            let n: i64 = self.connection().query_row(sql, [], |row| row.get(0)).context("checking counts")?;
            if n > 0 {
                damage.push(Damage::new(code, format!("There are {n} {meaning}.")));
            }
        }
        Ok(damage)
    }

    /// SQLite's own checks and foreign keys.
    pub(super) fn check_pages(&self) -> Result<Vec<Damage>, StoreError> {
        let mut damage = Vec::new();
        for row in self.select_all("PRAGMA integrity_check", &[])? {
            match row.values.first().and_then(super::Value::as_text) {
                Some("ok") => {}
                other => {
                    let report = other.unwrap_or("?");
                    damage.push(Damage::new(DATABASE_DAMAGED, format!("SQLite reports: {report}.")));
                }
            }
        }
        let dangling = self.select_all("PRAGMA foreign_key_check", &[])?;
        if let Some(first) = dangling.first() {
            let table = first.text("table").unwrap_or("?");
            damage.push(Damage::new(
                "dangling_reference",
                format!("{} rows point at rows that are not there, the first in table {table}.", dangling.len()),
            ));
        }
        Ok(damage)
    }

    /// Unpacks the documents that `takes` names and compares them with their rows.
    pub fn check_documents(&self, takes: &dyn Fn(&ContentHash) -> bool) -> Result<Vec<Damage>, StoreError> {
        let damaged = self.damaged_documents(takes)?;
        damaged.into_iter().map(|damaged| Ok(Damage::new("document_damaged", self.with_remedy(damaged)?))).collect()
    }

    /// What is wrong with a document, and where it can be had from.
    fn with_remedy(&self, damaged: DamagedDocument) -> Result<String, StoreError> {
        Ok(match damaged.bytes {
            Some(_) => damaged.sentence,
            None => format!("{}{}", damaged.sentence, self.remedy(&damaged.hash)?),
        })
    }

    /// The documents that `takes` names whose bytes or whose length are not those of their rows.
    pub fn damaged_documents(&self, takes: &dyn Fn(&ContentHash) -> bool) -> Result<Vec<DamagedDocument>, StoreError> {
        let mut damaged = Vec::new();
        for row in self.select_all("SELECT id, lower(hex(hash)) AS hash, bytes FROM document ORDER BY id", &[])? {
            let (Some(id), Some(hash)) = (row.integer("id"), row.text("hash")) else { continue };
            let length = row.integer("bytes").map(i64::unsigned_abs);
            let Some(hash) = ContentHash::from_hex(hash).filter(takes) else { continue };
            let hex = hash.to_hex();
            let (bytes, sentence) = match self.document_bytes(id) {
                Ok(bytes) if Some(bytes.len() as u64) == length => continue,
                Ok(bytes) => (Some(bytes.len() as u64), format!("Document {hex} is not as long as its row says.")),
                Err(StoreError::DamagedDocument(_)) => {
                    (None, format!("Document {hex} has other bytes than its name says."))
                }
                Err(error) => (None, format!("Document {hex} cannot be unpacked: {error}.")),
            };
            damaged.push(DamagedDocument { id, hash, bytes, sentence });
        }
        Ok(damaged)
    }

    /// Every medium that a row says is kept.
    pub fn kept_media(&self) -> Result<Vec<KeptMedium>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached("SELECT hash, bytes, extension FROM medium ORDER BY hash")
            .context("listing media")?;
        let rows = select
            .query_map([], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?)))
            .context("listing media")?;
        rows.map(|row| {
            let (hash, bytes, extension) = row.context("listing media")?;
            let hash = ContentHash::from_bytes(&hash)
                .ok_or_else(|| StoreError::Value("a medium's hash is not 32 bytes long".into()))?;
            Ok(KeptMedium { hash, bytes: bytes.unsigned_abs(), extension })
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_that_was_read_and_is_not_held_is_damage() {
        let store = Store::passing().expect("memory");
        store
            .connection()
            .execute_batch(
                "INSERT INTO account VALUES (1, x'01', 1, 'mia', 'mia');
                 INSERT INTO document VALUES (1, x'02', 9);
                 INSERT INTO reading VALUES (1, 1, 1, 'a.json', x'', 'generic', 1, 2, 2, 0, 0, NULL);
                 INSERT INTO sighting (id, reading_id, place, thread_sighting_id, key, record_id, item) VALUES (1, 1, '$[0]', NULL, x'03', NULL, '{}');",
            )
            .expect("rows");
        let codes: Vec<_> = store.check().expect("a check").into_iter().map(|damage| damage.code).collect();
        assert_eq!(codes, ["reading_without_entry", "item_without_sighting"]);
    }
}
