//! Healing what is held: bytes of documents that are given again, and rows of media that their files contradict.

use rusqlite::{OptionalExtension, named_params};

use super::delivered::{EntryRow, stored_size};
use super::documents;
use super::error::{Context, StoreError};
use super::{Store, Writing};
use crate::model::ContentHash;

/// What the row of a medium says of its file.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribedMedium {
    pub hash: ContentHash,
    pub bytes: u64,
    /// For example `image/jpeg`.
    pub media_type: String,
    pub extension: String,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub seconds: Option<f64>,
}

/// So many archives are named that held something; the others are hardly asked for.
const MOST_NAMED: usize = 3;

impl Store {
    /// What every row of a medium says.
    pub fn described_media(&self) -> Result<Vec<DescribedMedium>, StoreError> {
        let doing = "listing media";
        let mut select = self
            .connection()
            .prepare_cached("SELECT hash, bytes, type, extension, width, height, seconds FROM medium ORDER BY hash")
            .context(doing)?;
        select.query_map([], described).and_then(Iterator::collect).context(doing)
    }

    /// What the row of a medium says, if there is one.
    pub fn described_medium(&self, hash: &ContentHash) -> Result<Option<DescribedMedium>, StoreError> {
        let doing = "looking up a medium";
        self.connection()
            .prepare_cached("SELECT hash, bytes, type, extension, width, height, seconds FROM medium WHERE hash = ?1")
            .and_then(|mut select| select.query_row([hash.as_bytes()], described).optional())
            .context(doing)
    }

    /// How long a document is, as its row says.
    pub fn length_of_document(&self, document_id: i64) -> Result<u64, StoreError> {
        let bytes: i64 = self
            .connection()
            .query_row("SELECT bytes FROM document WHERE id = ?1", [document_id], |row| row.get(0))
            .context("looking up a document")?;
        Ok(bytes.unsigned_abs())
    }

    /// The archives that had a content, and whether one of them had it only as it lies packed.
    pub fn holders(&self, hash: &ContentHash) -> Result<(Vec<(String, String)>, bool), StoreError> {
        let doing = "looking for what held a file";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT a.name, min(e.path), max(e.fate = 5) FROM entry e JOIN archive a ON a.id = e.archive_id
                  WHERE e.document_id = (SELECT id FROM document WHERE hash = :hash)
                     OR e.medium_id = (SELECT id FROM medium WHERE hash = :hash)
                  GROUP BY a.name ORDER BY a.name",
            )
            .context(doing)?;
        let rows = select
            .query_map(named_params! { ":hash": hash.as_bytes() }, |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, bool>(2)?))
            })
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .context(doing)?;
        let is_packed = rows.iter().any(|(.., is_packed)| *is_packed);
        Ok((rows.into_iter().map(|(archive, path, _)| (archive, path)).collect(), is_packed))
    }

    /// Goes on behind a sentence about damaged content: which archives held it, and what to do with them.
    pub fn remedy(&self, hash: &ContentHash) -> Result<String, StoreError> {
        let (holders, _) = self.holders(hash)?;
        let named: Vec<String> =
            holders.iter().take(MOST_NAMED).map(|(archive, path)| format!("{archive} (as {path})")).collect();
        let more = holders.len().saturating_sub(MOST_NAMED);
        Ok(match (&named[..], more) {
            ([], _) => String::new(),
            (named, 0) => format!(" {} held it: throwback check --repair --from FILE.", named.join(", ")),
            (named, more) => {
                format!(" {} and {more} more held it: throwback check --repair --from FILE.", named.join(", "))
            }
        })
    }

    /// The chunks of a document as they lie here, one behind the other.
    pub fn packed_document(&self, document_id: i64) -> Result<Vec<u8>, StoreError> {
        let doing = "reading a document";
        let mut select = self
            .connection()
            .prepare_cached("SELECT zstd FROM document_chunk WHERE document_id = ?1 ORDER BY position")
            .context(doing)?;
        let mut rows = select.query([document_id]).context(doing)?;
        let mut packed = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            packed.extend_from_slice(row.get_ref(0).and_then(|value| Ok(value.as_blob()?)).context(doing)?);
        }
        Ok(packed)
    }

    /// The bytes of the document of that hash, if it is kept and sound.
    pub fn document_of(&self, hash: &ContentHash) -> Result<Option<Vec<u8>>, StoreError> {
        let row: Option<i64> = self
            .connection()
            .query_row("SELECT id FROM document WHERE hash = ?1", [hash.as_bytes()], |row| row.get(0))
            .optional()
            .context("looking up a document")?;
        match row.map(|row| documents::bytes_of(self.connection(), row)).transpose() {
            Err(error) if error.is_of_document() => Ok(None),
            bytes => bytes,
        }
    }
}

fn described(row: &rusqlite::Row<'_>) -> rusqlite::Result<DescribedMedium> {
    let hash: Vec<u8> = row.get("hash")?;
    let not_a_hash = || rusqlite::Error::InvalidColumnType(0, "hash".to_owned(), rusqlite::types::Type::Blob);
    Ok(DescribedMedium {
        hash: ContentHash::from_bytes(&hash).ok_or_else(not_a_hash)?,
        bytes: row.get::<_, i64>("bytes")?.unsigned_abs(),
        media_type: row.get("type")?,
        extension: row.get("extension")?,
        width: row.get("width")?,
        height: row.get("height")?,
        seconds: row.get("seconds")?,
    })
}

impl Writing<'_> {
    /// Puts the bytes of a document in the place of those that are kept of it.
    pub fn mend_document(&self, document_id: i64, bytes: &[u8]) -> Result<(), StoreError> {
        self.connection()
            .execute("DELETE FROM document_chunk WHERE document_id = ?1", [document_id])
            .context("mending a document")?;
        self.add_chunks(document_id, bytes)?;
        self.set_document_length(document_id, bytes.len() as u64)
    }

    pub fn set_document_length(&self, document_id: i64, bytes: u64) -> Result<(), StoreError> {
        self.connection()
            .execute("UPDATE document SET bytes = ?2 WHERE id = ?1", (document_id, bytes))
            .context("mending a document")?;
        Ok(())
    }

    /// The archives with that directory, and their roots in it.
    pub fn archives_of_directory(&self, fingerprint: &ContentHash) -> Result<Vec<(i64, String)>, StoreError> {
        let doing = "looking up archives";
        let mut select = self
            .connection()
            .prepare_cached("SELECT id, root FROM archive WHERE fingerprint = ?1 ORDER BY id")
            .context(doing)?;
        select
            .query_map([fingerprint.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
            .and_then(Iterator::collect)
            .context(doing)
    }

    /// What the entries of every archive added up to when it came in, as far as that was noted.
    pub fn contents_of_archives(&self) -> Result<Vec<(i64, String, ContentHash)>, StoreError> {
        let doing = "listing archives";
        let mut select = self
            .connection()
            .prepare_cached("SELECT id, name, content FROM archive WHERE content IS NOT NULL ORDER BY name, id")
            .context(doing)?;
        let rows = select
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, Vec<u8>>(2)?)))
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .context(doing)?;
        let not_a_hash = || StoreError::Value("the sum of an archive is not 32 bytes long".into());
        rows.into_iter()
            .map(|(id, name, hash)| Ok((id, name, ContentHash::from_bytes(&hash).ok_or_else(not_a_hash)?)))
            .collect()
    }

    /// Lets the row of an entry say what the directory of its archive does; says whether it said something else. What was
    /// kept of it is not touched.
    pub fn mend_entry(&self, entry: &EntryRow<'_>) -> Result<bool, StoreError> {
        let n = self
            .connection()
            .prepare_cached(
                "UPDATE entry
                    SET (path, raw_name, base, external_id, bytes, crc32, modified, method, zip_flags, zip_system, zip_attributes)
                      = (:path, :raw_name, :base, :external_id, :bytes, :crc32, :modified, :method, :zip_flags, :zip_system,
                         :zip_attributes)
                  WHERE archive_id = :archive AND position = :position
                    AND (path, raw_name, base, external_id, bytes, crc32, modified, method, zip_flags, zip_system, zip_attributes)
                        IS NOT (:path, :raw_name, :base, :external_id, :bytes, :crc32, :modified, :method, :zip_flags, :zip_system,
                                :zip_attributes)",
            )
            .and_then(|mut update| {
                update.execute(named_params! {
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
                    ":zip_flags": entry.zip_flags,
                    ":zip_system": entry.zip_system,
                    ":zip_attributes": entry.zip_attributes,
                })
            })
            .context("mending an entry")?;
        Ok(n > 0)
    }

    /// Counts attachments and reactions of all records again. Gives the number of records that had other counts.
    pub fn count_again(&self) -> Result<u64, StoreError> {
        let n = self
            .connection()
            .execute(
                "UPDATE record SET n_attachments = n.attachments, n_reactions = n.reactions, changed = :change
                   FROM (SELECT r.id, (SELECT count(*) FROM attachment a WHERE a.record_id = r.id) AS attachments,
                                (SELECT count(*) FROM reaction x WHERE x.record_id = r.id) AS reactions FROM record r) n
                  WHERE n.id = record.id
                    AND (record.n_attachments <> n.attachments OR record.n_reactions <> n.reactions)",
                named_params! { ":change": self.change },
            )
            .context("counting again")?;
        Ok(n as u64)
    }

    /// Lets the row of a medium say what its file does.
    pub fn describe_medium(&self, medium: &DescribedMedium) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached(
                "UPDATE medium SET bytes = :bytes, type = :type, extension = :extension, width = :width,
                        height = :height, seconds = :seconds
                  WHERE hash = :hash",
            )
            .and_then(|mut update| {
                update.execute(named_params! {
                    ":hash": medium.hash.as_bytes(),
                    ":bytes": medium.bytes,
                    ":type": medium.media_type,
                    ":extension": medium.extension,
                    ":width": medium.width,
                    ":height": medium.height,
                    ":seconds": medium.seconds,
                })
            })
            .context("mending the row of a medium")?;
        Ok(())
    }
}
