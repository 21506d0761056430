//! What is needed to write a download out again: its archives, and their entries in the order of their directories.

use rusqlite::named_params;

use super::Store;
use super::delivered::EntryFate;
use super::error::{Context, StoreError};
use crate::model::ContentHash;

/// An archive of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldArchive {
    /// Its row.
    pub id: i64,
    pub public_id: String,
    pub name: String,
    pub is_zip: bool,
    /// It is here because of what it holds alone: a copy, or a piece.
    pub is_by_content: bool,
    /// Sum of its files, in any packing.
    pub content: Option<ContentHash>,
}

/// An entry with the place of its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldEntry {
    pub position: i64,
    pub path: String,
    /// The bytes of the name where they are not those of `path`.
    pub raw_name: Option<Vec<u8>>,
    /// As the archive declares it.
    pub bytes: u64,
    pub crc32: Option<u32>,
    /// Wall clock of a ZIP, UTC of a folder, as ISO 8601.
    pub modified: Option<String>,
    pub method: String,
    pub fate: EntryFate,
    pub document: Option<i64>,
    /// Hash of the document or medium that is kept.
    pub hash: Option<ContentHash>,
    /// Extension of the medium's file.
    pub extension: Option<String>,
    pub zip_flags: Option<u16>,
    pub zip_system: Option<u8>,
    pub zip_attributes: Option<u32>,
}

/// Entries are read in pieces, so that other work with the database can go on between them.
const ENTRIES_AT_ONCE: usize = 500;

impl Store {
    /// The archives of a snapshot, by name.
    pub fn held_archives(&self, snapshot: &str) -> Result<Vec<HeldArchive>, StoreError> {
        let doing = "listing archives";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT a.id, a.public_id, a.name, a.container = 1, a.joined_by IS 'content', a.content
                   FROM archive a JOIN snapshot s ON s.id = a.snapshot_id
                  WHERE s.public_id = :snapshot ORDER BY a.name, a.public_id",
            )
            .context(doing)?;
        let rows = select
            .query_map([snapshot], |row| {
                Ok(HeldArchive {
                    id: row.get(0)?,
                    public_id: row.get(1)?,
                    name: row.get(2)?,
                    is_zip: row.get(3)?,
                    is_by_content: row.get(4)?,
                    content: row.get::<_, Option<Vec<u8>>>(5)?.as_deref().and_then(ContentHash::from_bytes),
                })
            })
            .context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }

    /// The files of an archive that belong to the download itself: name below the root, and a number for the bytes; no
    /// number where they are not there whole.
    pub fn files_of_download(
        &self,
        archive_id: i64,
        each: &mut dyn FnMut(&str, Option<i64>),
    ) -> Result<(), StoreError> {
        let doing = "listing files";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT CASE WHEN substr(e.path, 1, length(a.root)) = a.root THEN substr(e.path, length(a.root) + 1) ELSE e.path END,
                        CASE WHEN e.fate < 5 THEN coalesce(e.document_id * 2 + 1, e.medium_id * 2) END
                   FROM entry e JOIN archive a ON a.id = e.archive_id
                  WHERE e.archive_id = :archive AND e.fate NOT IN (4, 7, 8)",
            )
            .context(doing)?;
        let mut rows = select.query([archive_id]).context(doing)?;
        while let Some(row) = rows.next().context(doing)? {
            let path = row.get_ref(0).and_then(|value| Ok(value.as_str()?)).context(doing)?;
            each(path, row.get(1).context(doing)?);
        }
        Ok(())
    }

    /// The next entries of an archive behind that position; none when it is at its end.
    pub fn held_entries(&self, archive_id: i64, after: Option<i64>) -> Result<Vec<HeldEntry>, StoreError> {
        let doing = "reading entries";
        let sql = format!(
            "SELECT e.position, e.path, e.raw_name, e.bytes, e.crc32, e.modified, e.method, e.fate, e.document_id,
                    coalesce(d.hash, m.hash) AS hash, m.extension, e.zip_flags, e.zip_system, e.zip_attributes
               FROM entry e
               LEFT JOIN document d ON d.id = e.document_id
               LEFT JOIN medium m ON m.id = e.medium_id
              WHERE e.archive_id = :archive AND e.position > :after ORDER BY e.position LIMIT {ENTRIES_AT_ONCE}"
        );
        let mut select = self.connection().prepare_cached(&sql).context(doing)?;
        let parameters = named_params! { ":archive": archive_id, ":after": after.unwrap_or(-1) };
        let mut rows = select.query(parameters).context(doing)?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            let fate: i64 = row.get("fate").context(doing)?;
            entries.push(HeldEntry {
                position: row.get("position").context(doing)?,
                path: row.get("path").context(doing)?,
                raw_name: row.get("raw_name").context(doing)?,
                bytes: row.get::<_, i64>("bytes").context(doing)?.unsigned_abs(),
                crc32: row.get("crc32").context(doing)?,
                modified: row.get("modified").context(doing)?,
                method: row.get("method").context(doing)?,
                fate: EntryFate::from_code(fate).ok_or_else(|| StoreError::Value(format!("unknown fate {fate}")))?,
                document: row.get("document_id").context(doing)?,
                hash: row
                    .get::<_, Option<Vec<u8>>>("hash")
                    .context(doing)?
                    .as_deref()
                    .and_then(ContentHash::from_bytes),
                extension: row.get("extension").context(doing)?,
                zip_flags: row.get("zip_flags").context(doing)?,
                zip_system: row.get("zip_system").context(doing)?,
                zip_attributes: row.get("zip_attributes").context(doing)?,
            });
        }
        Ok(entries)
    }

    /// Number and bytes of the files that writing an archive out makes.
    pub fn weight_of_archive(&self, archive_id: i64) -> Result<(u64, u64), StoreError> {
        let (files, bytes): (i64, i64) = self
            .connection()
            .query_row(
                "SELECT count(*), coalesce(sum(coalesce(d.bytes, m.bytes)), 0)
                   FROM entry e LEFT JOIN document d ON d.id = e.document_id LEFT JOIN medium m ON m.id = e.medium_id
                  WHERE e.archive_id = :archive AND coalesce(e.document_id, e.medium_id) IS NOT NULL",
                [archive_id],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .context("weighing an archive")?;
        Ok((files.unsigned_abs(), bytes.unsigned_abs()))
    }

    /// What the archive had beside its entries and is not kept, in sentences: another service's files, what could not be
    /// read, the end of a download that broke off.
    pub fn not_kept_beside_entries(&self, archive_id: i64) -> Result<Vec<(Option<String>, String)>, StoreError> {
        let doing = "reading findings";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT f.path, f.sentence FROM finding f
                  WHERE f.archive_id = :archive
                    AND f.code IN ('foreign_service', 'salvaged_archive', 'unreadable_file', 'over_budget', 'hidden_entries')
                    AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.archive_id = f.archive_id AND e.path = f.path)
                  ORDER BY f.code, f.path, f.sentence",
            )
            .context(doing)?;
        let rows = select.query_map([archive_id], |row| Ok((row.get(0)?, row.get(1)?))).context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }
}
