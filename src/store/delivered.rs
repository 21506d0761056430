//! Archives, their entries, the media and findings that came with them.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{OptionalExtension, named_params};

use super::error::{Context, StoreError};
use super::{Store, Writing};
use crate::model::{ContentHash, Finding, KeyBuilder};

/// An archive as it is about to be held.
#[derive(Clone, Debug)]
pub struct ArchiveRow<'a> {
    pub snapshot_id: i64,
    pub name: &'a str,
    pub bytes: u64,
    /// 1 zip, 2 folder.
    pub container: i64,
    pub root: &'a str,
    pub fingerprint: &'a ContentHash,
    /// It has no directory: its entries were found by their own headers, and there may have been more.
    pub is_salvaged: bool,
    pub ingested_ms: i64,
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryFate {
    Document = 1,
    Media = 2,
    /// A file of no known form: kept.
    Unknown = 3,
    Debris = 4,
    /// Kept as it lies in the archive, because it could not be decoded.
    Undecodable = 5,
    NotKept = 6,
    Folder = 7,
    Odd = 8,
}

impl EntryFate {
    pub fn from_code(code: i64) -> Option<Self> {
        use EntryFate::{Debris, Document, Folder, Media, NotKept, Odd, Undecodable, Unknown};
        [Document, Media, Unknown, Debris, Undecodable, NotKept, Folder, Odd]
            .into_iter()
            .find(|fate| *fate as i64 == code)
    }
}

/// An entry as it is about to be held.
#[derive(Clone, Debug)]
pub struct EntryRow<'a> {
    pub archive_id: i64,
    pub position: u32,
    pub path: &'a str,
    pub raw_name: Option<&'a [u8]>,
    pub base: &'a str,
    pub external_id: Option<&'a str>,
    pub bytes: u64,
    pub crc32: Option<u32>,
    pub modified: Option<String>,
    pub method: &'a str,
    pub fate: EntryFate,
    pub document_id: Option<i64>,
    pub reading_id: Option<i64>,
    pub medium_id: Option<i64>,
    pub zip_flags: Option<u16>,
    pub zip_system: Option<u8>,
    pub zip_attributes: Option<u32>,
}

/// A distinct medium.
#[derive(Clone, Debug)]
pub struct MediumRow<'a> {
    pub hash: &'a ContentHash,
    pub bytes: u64,
    pub r#type: &'a str,
    pub extension: &'a str,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub seconds: Option<f64>,
}

impl Writing<'_> {
    /// The archive of that directory, when it is held already.
    pub fn known_archive(&self, fingerprint: &ContentHash, root: &str) -> Result<Option<i64>, StoreError> {
        self.connection()
            .query_row(
                "SELECT id FROM archive WHERE fingerprint = :fingerprint AND root = :root",
                named_params! { ":fingerprint": fingerprint.as_bytes(), ":root": root },
                |row| row.get(0),
            )
            .optional()
            .context("looking up an archive")
    }

    /// Positions of an archive's entries that could not be read, or were kept unread for their length: another copy of the
    /// archive may have them whole, and a larger budget may do. With each, whether its bytes are held.
    pub fn damaged_entries(&self, archive_id: i64) -> Result<BTreeMap<u32, bool>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT e.position, e.fate IN (2, 3) FROM entry e
                  WHERE e.archive_id = :archive AND e.fate IN (2, 3, 5, 6)
                    AND EXISTS (SELECT 1 FROM finding f WHERE f.archive_id = e.archive_id AND f.path = e.path
                                   AND (f.code = 'over_budget'
                                        OR (e.fate IN (5, 6) AND f.code IN ('damaged_entry', 'unreadable_file'))))",
            )
            .context("looking for damaged entries")?;
        let rows = select
            .query_map([archive_id], |row| Ok((row.get(0)?, row.get(1)?)))
            .context("looking for damaged entries")?;
        rows.collect::<Result<_, _>>().context("looking for damaged entries")
    }

    /// Whether the bytes between an archive's entries could not be read when it came in.
    pub fn is_unaccounted(&self, archive_id: i64) -> Result<bool, StoreError> {
        self.connection()
            .query_row(
                "SELECT EXISTS (SELECT 1 FROM finding
                                 WHERE archive_id = ?1 AND code = 'unreadable_file' AND path IS NULL)",
                [archive_id],
                |row| row.get(0),
            )
            .context("looking for what could not be read")
    }

    /// Takes back what [`Writing::is_unaccounted`] tells.
    pub fn withdraw_unaccounted(&self, archive_id: i64) -> Result<(), StoreError> {
        let sql = "DELETE FROM finding WHERE archive_id = ?1 AND code = 'unreadable_file' AND path IS NULL";
        self.connection().execute(sql, [archive_id]).map(drop).context("withdrawing what could not be read")
    }

    /// Takes an entry back that could not be read: its findings, and the raw bytes that nothing else refers to.
    pub fn withdraw_damaged_entry(&self, archive_id: i64, position: u32) -> Result<(), StoreError> {
        let doing = "withdrawing a damaged entry";
        let parameters = named_params! { ":archive": archive_id, ":position": position };
        self.connection()
            .execute(
                "DELETE FROM finding WHERE archive_id = :archive AND code IN ('damaged_entry', 'unreadable_file', 'over_budget', 'unknown_file',
                 'not_a_medium')
                    AND path = (SELECT path FROM entry WHERE archive_id = :archive AND position = :position)",
                parameters,
            )
            .context(doing)?;
        let medium: Option<i64> = self
            .connection()
            .query_row(
                "DELETE FROM entry WHERE archive_id = :archive AND position = :position RETURNING medium_id",
                parameters,
                |row| row.get(0),
            )
            .optional()
            .context(doing)?
            .flatten();
        self.connection()
            .execute(
                "DELETE FROM medium WHERE id = :medium
                    AND NOT EXISTS (SELECT 1 FROM entry WHERE medium_id = :medium)
                    AND NOT EXISTS (SELECT 1 FROM attachment WHERE medium_id = :medium)",
                named_params! { ":medium": medium },
            )
            .context(doing)?;
        Ok(())
    }

    pub fn add_archive(&self, archive: &ArchiveRow<'_>) -> Result<i64, StoreError> {
        let public_id = KeyBuilder::new("archive").part(archive.fingerprint.as_bytes()).part(archive.root).public_id();
        self.connection()
            .execute(
                "INSERT INTO archive (public_id, snapshot_id, name, bytes, container, root, fingerprint, is_salvaged, ingested_ms, sum)
                 VALUES (:public_id, :snapshot, :name, :bytes, :container, :root, :fingerprint, :is_salvaged, :ingested_ms,
                         row_sum(:public_id, :bytes, :container, :root, :fingerprint, :is_salvaged, :ingested_ms))",
                named_params! {
                    ":public_id": public_id.as_str(),
                    ":snapshot": archive.snapshot_id,
                    ":name": archive.name,
                    ":bytes": stored_size(archive.bytes),
                    ":container": archive.container,
                    ":root": archive.root,
                    ":fingerprint": archive.fingerprint.as_bytes(),
                    ":is_salvaged": archive.is_salvaged,
                    ":ingested_ms": archive.ingested_ms,
                },
            )
            .context("adding an archive")?;
        Ok(self.connection().last_insert_rowid())
    }

    /// Whether the archive had no directory, so that there may have been more in it than is held.
    pub fn is_archive_salvaged(&self, archive_id: i64) -> Result<bool, StoreError> {
        self.connection()
            .prepare_cached("SELECT is_salvaged FROM archive WHERE id = :archive")
            .and_then(|mut find| find.query_row([archive_id], |row| row.get(0)))
            .context("looking at an archive")
    }

    pub fn add_entry(&self, entry: &EntryRow<'_>) -> Result<i64, StoreError> {
        self.connection()
            .prepare_cached(
                "INSERT INTO entry (archive_id, position, path, raw_name, base, external_id, bytes, crc32, modified, method,
                                    fate, document_id, reading_id, medium_id, zip_flags, zip_system, zip_attributes, sum)
                 VALUES (:archive, :position, :path, :raw_name, :base, :external_id, :bytes, :crc32, :modified, :method,
                         :fate, :document, :reading, :medium, :zip_flags, :zip_system, :zip_attributes,
                         row_sum(:archive, :position, :path, :raw_name, :base, :external_id, :bytes, :crc32, :modified, :method,
                                 :fate, :document, :medium, :zip_flags, :zip_system, :zip_attributes))",
            )
            .and_then(|mut insert| {
                insert.execute(named_params! {
                    ":archive": entry.archive_id,
                    ":position": entry.position,
                    ":path": entry.path,
                    ":raw_name": entry.raw_name,
                    ":base": entry.base,
                    ":external_id": entry.external_id,
                    ":bytes": stored_size(entry.bytes),
                    ":crc32": entry.crc32,
                    ":modified": entry.modified,
                    ":method": entry.method,
                    ":fate": entry.fate as i64,
                    ":document": entry.document_id,
                    ":reading": entry.reading_id,
                    ":medium": entry.medium_id,
                    ":zip_flags": entry.zip_flags,
                    ":zip_system": entry.zip_system,
                    ":zip_attributes": entry.zip_attributes,
                })
            })
            .context("adding an entry")?;
        Ok(self.connection().last_insert_rowid())
    }

    pub fn medium_by_hash(&self, hash: &ContentHash) -> Result<Option<i64>, StoreError> {
        self.connection()
            .prepare_cached("SELECT id FROM medium WHERE hash = :hash")
            .and_then(|mut find| find.query_row([hash.as_bytes()], |row| row.get(0)).optional())
            .context("looking up a medium")
    }

    pub fn add_medium(&self, medium: &MediumRow<'_>) -> Result<i64, StoreError> {
        self.connection()
            .prepare_cached(
                "INSERT INTO medium (hash, bytes, type, extension, width, height, seconds)
                 VALUES (:hash, :bytes, :type, :extension, :width, :height, :seconds)",
            )
            .and_then(|mut insert| {
                insert.execute(named_params! {
                    ":hash": medium.hash.as_bytes(),
                    ":bytes": stored_size(medium.bytes),
                    ":type": medium.r#type,
                    ":extension": medium.extension,
                    ":width": medium.width,
                    ":height": medium.height,
                    ":seconds": medium.seconds,
                })
            })
            .context("adding a medium")?;
        Ok(self.connection().last_insert_rowid())
    }

    /// Remembers a finding about an archive, and the reading that found it, if one did. What was passed over became no
    /// archive: it is told and not remembered.
    pub fn add_finding(&self, archive_id: i64, reading_id: Option<i64>, finding: &Finding) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached(
                "INSERT INTO finding (archive_id, reading_id, code, severity, path, place, n_items, sentence, sum)
                 VALUES (:archive, :reading, :code, :severity, :path, :place, :n_items, :sentence,
                         row_sum(:archive, :code, :severity, :path, :place, :n_items, :sentence))",
            )
            .and_then(|mut insert| {
                insert.execute(named_params! {
                    ":archive": archive_id,
                    ":reading": reading_id,
                    ":code": finding.code.name(),
                    ":severity": finding.severity().code(),
                    ":path": finding.path,
                    ":place": finding.place,
                    ":n_items": stored_size(finding.n_items),
                    ":sentence": finding.sentence,
                })
            })
            .context("adding a finding")?;
        Ok(())
    }

    /// The findings of an archive, in the order in which they were made.
    pub fn findings_of_archive(&self, archive_id: i64) -> Result<Vec<Finding>, StoreError> {
        self.findings("WHERE f.archive_id = ?1 ORDER BY f.id", archive_id)
    }

    /// What a reading found, without the name of an entry: it holds for every archive that has the document.
    pub fn findings_of_reading(&self, reading_id: i64) -> Result<Vec<Finding>, StoreError> {
        let of_one_entry = "JOIN entry e ON e.archive_id = f.archive_id AND e.path = f.path
             WHERE f.reading_id = ?1 AND e.id = (SELECT min(id) FROM entry WHERE reading_id = ?1)
             GROUP BY f.code, f.place, f.n_items, f.sentence ORDER BY min(f.id)";
        let findings = self.findings(of_one_entry, reading_id)?;
        Ok(findings.into_iter().map(|finding| Finding { path: None, ..finding }).collect())
    }

    fn findings(&self, which: &str, id: i64) -> Result<Vec<Finding>, StoreError> {
        let sql = format!("SELECT f.code, f.path, f.place, f.n_items, f.sentence FROM finding f {which}");
        let mut select = self.connection().prepare_cached(&sql).context("reading findings")?;
        let mut rows = select.query([id]).context("reading findings")?;
        let mut findings = Vec::new();
        while let Some(row) = rows.next().context("reading findings")? {
            let code: String = row.get(0).context("reading findings")?;
            let n_items: i64 = row.get(3).context("reading findings")?;
            findings.push(Finding {
                code: crate::model::FindingCode::from_name(&code)
                    .ok_or_else(|| StoreError::Value(format!("unknown finding {code}")))?,
                path: row.get(1).context("reading findings")?,
                place: row.get(2).context("reading findings")?,
                n_items: n_items.unsigned_abs(),
                sentence: row.get(4).context("reading findings")?,
            });
        }
        Ok(findings)
    }

    /// The media type that the bytes of a medium told, as [`crate::model::MediaType`] names it.
    pub fn type_of_medium(&self, medium_id: i64) -> Result<String, StoreError> {
        self.connection()
            .prepare_cached("SELECT type FROM medium WHERE id = :id")
            .and_then(|mut select| select.query_row([medium_id], |row| row.get(0)))
            .context("looking up a medium")
    }

    /// Distinct media of an archive and their bytes.
    pub fn n_media_of_archive(&self, archive_id: i64) -> Result<(u64, u64), StoreError> {
        let (files, bytes): (i64, i64) = self
            .connection()
            .query_row(
                "SELECT count(*), coalesce(sum(m.bytes), 0) FROM entry e JOIN medium m ON m.id = e.medium_id
                  WHERE e.archive_id = :archive",
                [archive_id],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .context("counting media")?;
        Ok((files.unsigned_abs(), bytes.unsigned_abs()))
    }

    /// Snapshots of which an archive has a finding of that code.
    pub fn snapshots_with_finding(&self, code: crate::model::FindingCode) -> Result<BTreeSet<i64>, StoreError> {
        let doing = "looking for findings";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT a.snapshot_id FROM finding f JOIN archive a ON a.id = f.archive_id WHERE f.code = :code",
            )
            .context(doing)?;
        let rows = select.query_map([code.name()], |row| row.get(0)).context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }

    /// Archives of a snapshot, the one that stands for it first: `(row, name)`.
    pub fn archives_in_snapshot(&self, snapshot_id: i64) -> Result<Vec<(i64, String)>, StoreError> {
        let doing = "listing archives";
        let mut select = self
            .connection()
            .prepare_cached("SELECT id, name FROM archive WHERE snapshot_id = :snapshot ORDER BY public_id")
            .context(doing)?;
        let rows = select.query_map([snapshot_id], |row| Ok((row.get(0)?, row.get(1)?))).context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }

    /// Removes the findings of one code about a snapshot as a whole, before they are computed again. What its documents'
    /// readings found stays.
    pub fn withdraw_findings(&self, snapshot_id: i64, code: crate::model::FindingCode) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "DELETE FROM finding WHERE code = :code AND reading_id IS NULL
                    AND archive_id IN (SELECT id FROM archive WHERE snapshot_id = :snapshot)",
                named_params! { ":code": code.name(), ":snapshot": snapshot_id },
            )
            .context("withdrawing findings")?;
        Ok(())
    }
}

/// A medium or document that a path of a document leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolved {
    Medium(i64),
    Document(i64),
}

/// One entry that a reference could mean.
#[derive(Debug)]
struct Candidate {
    below_root: String,
    snapshot_id: i64,
    resolved: Resolved,
}

impl Writing<'_> {
    /// Finds what a `uri` means: the same path in one of `snapshots`, else the same path or the only such base name of
    /// the account, else the same media id (format reference §3.4, §9.10).
    pub fn resolve_medium(
        &self,
        account_id: i64,
        snapshots: &[i64],
        path: &str,
        base: &str,
        external_id: Option<&str>,
    ) -> Result<Option<Resolved>, StoreError> {
        let by_base = self.candidates("e.base = ?1", base, account_id)?;
        let here = |candidate: &&Candidate| snapshots.contains(&candidate.snapshot_id);
        let same_path = |candidate: &&Candidate| candidate.below_root == path;
        if let Some(found) = by_base
            .iter()
            .filter(here)
            .find(|candidate| same_path(candidate))
            .or_else(|| by_base.iter().find(|candidate| same_path(candidate)))
        {
            return Ok(Some(found.resolved));
        }
        let only = |candidates: Vec<&Candidate>| {
            let first = candidates.first()?.resolved;
            candidates.iter().all(|candidate| candidate.resolved == first).then_some(first)
        };
        if let Some(found) = only(by_base.iter().filter(here).collect()).or_else(|| only(by_base.iter().collect())) {
            return Ok(Some(found));
        }
        let Some(external_id) = external_id else { return Ok(None) };
        let by_id = self.candidates("e.external_id = ?1", external_id, account_id)?;
        Ok(by_id.iter().find(here).or_else(|| by_id.first()).map(|candidate| candidate.resolved))
    }

    fn candidates(&self, condition: &str, value: &str, account_id: i64) -> Result<Vec<Candidate>, StoreError> {
        let sql = format!(
            "SELECT substr(e.path, length(a.root) + 1), a.snapshot_id, e.medium_id, e.document_id
               FROM entry e JOIN archive a ON a.id = e.archive_id JOIN snapshot s ON s.id = a.snapshot_id
              WHERE {condition} AND s.account_id = ?2 AND coalesce(e.medium_id, e.document_id) IS NOT NULL
                AND e.fate NOT IN (5, 8) -- packed bytes are nobody's picture, nor is a link
              ORDER BY s.date DESC, s.public_id, e.path, a.public_id, e.position"
        );
        let mut select = self.connection().prepare_cached(&sql).context("looking for a medium")?;
        let rows = select
            .query_map(rusqlite::params![value, account_id], |row| {
                let medium: Option<i64> = row.get(2)?;
                let resolved = match medium {
                    Some(medium) => Resolved::Medium(medium),
                    None => Resolved::Document(row.get(3)?),
                };
                Ok(Candidate { below_root: row.get(0)?, snapshot_id: row.get(1)?, resolved })
            })
            .context("looking for a medium")?;
        rows.collect::<Result<_, _>>().context("looking for a medium")
    }
}

impl Store {
    /// Whether the database points at a medium of that hash.
    pub fn has_medium(&self, hash: &ContentHash) -> Result<bool, StoreError> {
        self.connection()
            .prepare_cached("SELECT 1 FROM medium WHERE hash = :hash")
            .and_then(|mut find| find.exists([hash.as_bytes()]))
            .context("looking up a medium")
    }
}

/// SQLite's integers are signed; nothing real is larger than their half.
pub(super) fn stored_size(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
