//! What the verdict over a home and over an archive asks: numbers of records, references that lead nowhere, media to look at.

use rusqlite::{OptionalExtension, named_params};

use super::Store;
use super::delivered::EntryFate;
use super::error::{Context, StoreError};
use super::rows::{NamedRow, Value};
use crate::model::{ContentHash, Kind};

const DOING: &str = "looking at what is covered";

/// Distinct files of an archive that no other has.
const ALONE: &str = "FROM (SELECT DISTINCT document_id, medium_id, bytes FROM entry
                            WHERE archive_id = ?1 AND coalesce(document_id, medium_id) IS NOT NULL) here
      WHERE NOT EXISTS (SELECT 1 FROM entry o WHERE o.document_id = here.document_id AND o.archive_id <> ?1)
        AND NOT EXISTS (SELECT 1 FROM entry o WHERE o.medium_id = here.medium_id AND o.archive_id <> ?1)";

/// An account of the home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownAccount {
    pub id: i64,
    /// The newest user name.
    pub handle: String,
}

/// How many records of a kind and subkind there are, and in which snapshot they stood last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedRecords {
    pub kind: Kind,
    pub subkind: Option<String>,
    pub last_snapshot_id: i64,
    pub n: u64,
}

/// A medium as a snapshot holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldMedium {
    pub hash: ContentHash,
    pub extension: String,
    pub media_type: String,
    /// The first of its names, below the root of its archive.
    pub path: String,
}

/// An entry of an archive as it is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvedEntry {
    pub path: String,
    /// As in [`EntryFate`].
    pub fate: i64,
    pub content: Option<HeldContent>,
}

/// Where the bytes of an entry are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeldContent {
    Document { id: i64, hash: ContentHash },
    Medium { hash: ContentHash, extension: String },
}

impl ProvedEntry {
    /// Its bytes are kept as they are in the archive, decoded.
    pub fn is_kept(&self) -> bool {
        let is_lost = [EntryFate::Undecodable, EntryFate::NotKept].iter().any(|fate| *fate as i64 == self.fate);
        self.content.is_some() && !is_lost
    }
}

/// An archive and what its documents came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProvedArchive {
    pub id: i64,
    pub snapshot: String,
    pub root: String,
    pub is_salvaged: bool,
    /// Documents that were not read, and items that have no record although their document was read.
    pub n_unread: u64,
    pub n_without_record: u64,
    /// Records that stand in no other archive.
    pub n_records_alone: u64,
    /// Distinct files that no other archive has, and their bytes.
    pub n_files_alone: u64,
    pub n_bytes_alone: u64,
}

impl Store {
    /// Every account, by its newest user name.
    pub fn known_accounts(&self) -> Result<Vec<KnownAccount>, StoreError> {
        let mut select =
            self.connection().prepare_cached("SELECT id, handle FROM account ORDER BY handle, key").context(DOING)?;
        let rows =
            select.query_map([], |row| Ok(KnownAccount { id: row.get(0)?, handle: row.get(1)? })).context(DOING)?;
        rows.collect::<Result<_, _>>().context(DOING)
    }

    /// Every user name that an account is known by.
    pub fn names_of_account(&self, account_id: i64) -> Result<Vec<String>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT handle FROM account_name WHERE account_id = ?1 UNION SELECT handle FROM account WHERE id = ?1
                 UNION SELECT first_handle FROM account WHERE id = ?1",
            )
            .context(DOING)?;
        let rows = select.query_map([account_id], |row| row.get(0)).context(DOING)?;
        rows.collect::<Result<_, _>>().context(DOING)
    }

    pub fn counted_records(&self, account_id: i64) -> Result<Vec<CountedRecords>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT kind, subkind, last_snapshot_id, count(*) FROM record
                  WHERE account_id = :account GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            )
            .context(DOING)?;
        let mut rows = select.query([account_id]).context(DOING)?;
        let mut counted = Vec::new();
        while let Some(row) = rows.next().context(DOING)? {
            let n: i64 = row.get(3).context(DOING)?;
            counted.push(CountedRecords {
                kind: kind(row.get(0).context(DOING)?)?,
                subkind: row.get(1).context(DOING)?,
                last_snapshot_id: row.get(2).context(DOING)?,
                n: n.unsigned_abs(),
            });
        }
        Ok(counted)
    }

    /// Kinds and subkinds of records that a snapshot holds as files which no document of it lists.
    pub fn kinds_of_files_alone(&self, snapshot_id: i64) -> Result<Vec<(Kind, Option<String>)>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT DISTINCT r.kind, r.subkind
                   FROM archive a JOIN entry e ON e.archive_id = a.id JOIN unlisted u ON u.entry_id = e.id
                   JOIN record r ON r.id = u.record_id
                  WHERE a.snapshot_id = :snapshot ORDER BY 1, 2",
            )
            .context(DOING)?;
        let mut rows = select.query([snapshot_id]).context(DOING)?;
        let mut kinds = Vec::new();
        while let Some(row) = rows.next().context(DOING)? {
            kinds.push((kind(row.get(0).context(DOING)?)?, row.get(1).context(DOING)?));
        }
        Ok(kinds)
    }

    /// References of records that stood last in a snapshot, and which lead to nothing that is held: some of them, and how
    /// many there are; with the number of all references to files.
    pub fn references_to_nothing(&self, snapshot_id: i64) -> Result<(Vec<String>, u64, u64), StoreError> {
        const FILES: &str = "FROM record r JOIN attachment x ON x.record_id = r.id
              WHERE r.last_snapshot_id = ?1 AND (x.path LIKE '%/%' OR x.path LIKE '%\\%') AND x.path NOT LIKE '%://%'";
        const NOTHING: &str = "x.medium_id IS NULL AND x.document_id IS NULL";
        let sql = format!("SELECT count(*) AS n, coalesce(sum({NOTHING}), 0) AS n_nothing {FILES}");
        let counts = self.select_all(&sql, &[Value::Integer(snapshot_id)])?;
        let number = |column| counts.first().and_then(|row| row.integer(column)).unwrap_or_default().unsigned_abs();
        let sql = format!("SELECT DISTINCT x.path AS path {FILES} AND {NOTHING} ORDER BY 1 LIMIT 3");
        let examples = self.select_all(&sql, &[Value::Integer(snapshot_id)])?;
        let examples = examples.iter().filter_map(|row| row.text("path").map(str::to_owned)).collect();
        Ok((examples, number("n_nothing"), number("n")))
    }

    /// Every medium of a snapshot, once.
    pub fn media_of_snapshot(
        &self,
        snapshot_id: i64,
        each: &mut dyn FnMut(HeldMedium) -> bool,
    ) -> Result<(), StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT m.hash, m.extension, m.type, min(e.path)
                   FROM archive a JOIN entry e ON e.archive_id = a.id JOIN medium m ON m.id = e.medium_id
                  WHERE a.snapshot_id = :snapshot AND e.fate IN (2, 3) GROUP BY m.id ORDER BY 4, 1",
            )
            .context(DOING)?;
        let mut rows = select.query([snapshot_id]).context(DOING)?;
        while let Some(row) = rows.next().context(DOING)? {
            let goes_on = each(HeldMedium {
                hash: hash(&row.get::<_, Vec<u8>>(0).context(DOING)?)?,
                extension: row.get(1).context(DOING)?,
                media_type: row.get(2).context(DOING)?,
                path: row.get(3).context(DOING)?,
            });
            if !goes_on {
                break;
            }
        }
        Ok(())
    }

    /// Every name in a snapshot under which something lies that is no picture, film or sound by its bytes, below the root of
    /// its archive; with whether it is empty.
    pub fn other_files_of_snapshot(
        &self,
        snapshot_id: i64,
        each: &mut dyn FnMut(&str, bool),
    ) -> Result<(), StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT DISTINCT iif(substr(e.path, 1, length(a.root)) = a.root, substr(e.path, length(a.root) + 1), e.path),
                        m.bytes = 0
                   FROM archive a JOIN entry e ON e.archive_id = a.id JOIN medium m ON m.id = e.medium_id
                  WHERE a.snapshot_id = :snapshot AND e.fate IN (2, 3)
                    AND m.type NOT LIKE 'image/%' AND m.type NOT LIKE 'video/%' AND m.type NOT LIKE 'audio/%'
                  ORDER BY 1",
            )
            .context(DOING)?;
        let mut rows = select.query([snapshot_id]).context(DOING)?;
        while let Some(row) = rows.next().context(DOING)? {
            each(&row.get::<_, String>(0).context(DOING)?, row.get(1).context(DOING)?);
        }
        Ok(())
    }

    /// Findings of a snapshot's archives of the given codes: code, sentence, how many of that code there are.
    pub fn findings_of_snapshot(&self, snapshot_id: i64, codes: &[&str]) -> Result<Vec<NamedRow>, StoreError> {
        self.findings_by_code("a.snapshot_id", snapshot_id, codes)
    }

    /// The same of one archive.
    pub fn findings_of_held(&self, archive_id: i64, codes: &[&str]) -> Result<Vec<NamedRow>, StoreError> {
        self.findings_by_code("a.id", archive_id, codes)
    }

    fn findings_by_code(&self, of: &str, id: i64, codes: &[&str]) -> Result<Vec<NamedRow>, StoreError> {
        let codes: Vec<String> = codes.iter().map(|code| format!("'{}'", code.replace('\'', ""))).collect();
        self.select_all(
            &format!(
                "SELECT f.code, min(f.sentence) AS sentence, count(*) AS n
                   FROM archive a JOIN finding f ON f.archive_id = a.id
                  WHERE {of} = ?1 AND f.code IN ({}) GROUP BY f.code ORDER BY f.code",
                codes.join(", ")
            ),
            &[Value::Integer(id)],
        )
    }

    /// The archive of that directory below that root, when it is held.
    pub fn held_archive(&self, fingerprint: &ContentHash, root: &str) -> Result<Option<ProvedArchive>, StoreError> {
        let found = self
            .connection()
            .query_row(
                "SELECT a.id, s.public_id, a.root, a.is_salvaged
                   FROM archive a JOIN snapshot s ON s.id = a.snapshot_id
                  WHERE a.fingerprint = :fingerprint AND a.root = :root",
                named_params! { ":fingerprint": fingerprint.as_bytes(), ":root": root },
                |row| {
                    Ok(ProvedArchive {
                        id: row.get(0)?,
                        snapshot: row.get(1)?,
                        root: row.get(2)?,
                        is_salvaged: row.get(3)?,
                        ..ProvedArchive::default()
                    })
                },
            )
            .optional()
            .context(DOING)?;
        let Some(mut archive) = found else { return Ok(None) };
        let count = |sql: &str| -> Result<u64, StoreError> {
            let n: i64 = self.connection().query_row(sql, [archive.id], |row| row.get(0)).context(DOING)?;
            Ok(n.unsigned_abs())
        };
        archive.n_unread =
            count("SELECT count(*) FROM entry WHERE archive_id = ?1 AND fate = 1 AND reading_id IS NULL")?;
        archive.n_without_record = count(
            "SELECT count(*) FROM (SELECT DISTINCT reading_id FROM entry WHERE archive_id = ?1) e
               JOIN sighting s ON s.reading_id = e.reading_id WHERE s.record_id IS NULL",
        )?;
        archive.n_records_alone = count(
            "SELECT count(*) FROM (
                 SELECT DISTINCT s.record_id, s.key FROM (SELECT DISTINCT reading_id FROM entry WHERE archive_id = ?1) e
                   JOIN sighting s ON s.reading_id = e.reading_id WHERE s.record_id IS NOT NULL) here
              WHERE NOT EXISTS (
                 SELECT 1 FROM sighting o JOIN entry e ON e.reading_id = o.reading_id
                  WHERE o.key = here.key AND o.record_id = here.record_id AND e.archive_id <> ?1)",
        )?;
        archive.n_files_alone = count(&format!("SELECT count(*) {ALONE}"))?;
        archive.n_bytes_alone = count(&format!("SELECT coalesce(sum(here.bytes), 0) {ALONE}"))?;
        Ok(Some(archive))
    }

    /// Where content with that hash is kept, if it is.
    pub fn held_content(&self, content: &ContentHash) -> Result<Option<HeldContent>, StoreError> {
        let found: Option<(Option<i64>, Option<String>)> = self
            .connection()
            .prepare_cached(
                "SELECT id, NULL FROM document WHERE hash = :hash
                  UNION ALL SELECT NULL, extension FROM medium WHERE hash = :hash LIMIT 1",
            )
            .and_then(|mut select| {
                select
                    .query_row(named_params! { ":hash": content.as_bytes() }, |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()
            })
            .context(DOING)?;
        Ok(found.and_then(|(document, extension)| match (document, extension) {
            (Some(id), _) => Some(HeldContent::Document { id, hash: *content }),
            (None, Some(extension)) => Some(HeldContent::Medium { hash: *content, extension }),
            (None, None) => None,
        }))
    }

    /// What is held of an archive's entry.
    pub fn held_entry(&self, archive_id: i64, position: u32) -> Result<Option<ProvedEntry>, StoreError> {
        self.connection()
            .prepare_cached(
                "SELECT e.path, e.fate, d.id, d.hash, m.hash, m.extension
                   FROM entry e LEFT JOIN document d ON d.id = e.document_id LEFT JOIN medium m ON m.id = e.medium_id
                  WHERE e.archive_id = :archive AND e.position = :position",
            )
            .and_then(|mut select| {
                select
                    .query_row(named_params! { ":archive": archive_id, ":position": position }, |row| {
                        let document: Option<(i64, Vec<u8>)> = row.get::<_, Option<i64>>(2)?.zip(row.get(3)?);
                        let medium: Option<(Vec<u8>, String)> = row.get::<_, Option<Vec<u8>>>(4)?.zip(row.get(5)?);
                        Ok((row.get(0)?, row.get(1)?, document, medium))
                    })
                    .optional()
            })
            .context(DOING)?
            .map(|(path, fate, document, medium)| {
                let content = match (document, medium) {
                    (Some((id, bytes)), _) => Some(HeldContent::Document { id, hash: hash(&bytes)? }),
                    (None, Some((bytes, extension))) => Some(HeldContent::Medium { hash: hash(&bytes)?, extension }),
                    (None, None) => None,
                };
                Ok(ProvedEntry { path, fate, content })
            })
            .transpose()
    }
}

fn kind(code: i64) -> Result<Kind, StoreError> {
    Kind::from_code(code).ok_or_else(|| StoreError::Value(format!("unknown kind {code}")))
}

fn hash(bytes: &[u8]) -> Result<ContentHash, StoreError> {
    ContentHash::from_bytes(bytes).ok_or_else(|| StoreError::Value("a hash is not 32 bytes long".into()))
}
