//! What each archive says by itself: the ground on which archives are put together to snapshots.

use rusqlite::named_params;

use super::error::{Context, StoreError, key_of};
use super::{Store, Writing};
use crate::model::{ContentHash, Key};

/// What is known of an archive before anything is read from its other documents.
#[derive(Clone, Debug)]
pub struct ToldByArchive<'a> {
    pub format: i64,
    pub generation: i64,
    pub language: Option<&'a str>,
    pub evidence: &'a str,
    /// User names that its documents tell, newest first.
    pub handles: &'a [String],
    /// What the account is called while nothing tells the owner.
    pub stand_in: Option<&'a str>,
}

/// What its files add up to, in any packing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveContent {
    /// Of paths and bytes.
    pub hash: ContentHash,
    pub n_files: u64,
    /// Wall clock of the newest of them, as ISO 8601.
    pub newest_entry: Option<String>,
    /// Some of them could not be read.
    pub is_partial: bool,
}

/// All that an archive says by itself.
#[derive(Clone, Debug)]
pub struct ArchiveFacts {
    pub id: i64,
    pub public_id: String,
    pub snapshot_id: i64,
    /// Every name that it came under, in the order of the alphabet.
    pub names: Vec<String>,
    pub root: String,
    pub is_zip: bool,
    pub service: i64,
    pub format: i64,
    pub generation: i64,
    pub language: Option<String>,
    pub evidence: String,
    /// `None` for archives that were held before this was asked.
    pub handles: Option<Vec<String>>,
    pub stand_in: Option<String>,
    /// `None` likewise.
    pub content: Option<ArchiveContent>,
    pub joined_by: Option<String>,
}

/// A file as an archive holds it.
#[derive(Clone, Debug)]
pub struct HeldFile {
    /// Below the root of the download.
    pub path: String,
    /// As in [`super::EntryFate`].
    pub fate: i64,
    pub modified: Option<String>,
    /// The row of what it holds, and its hash; `None` where it could not be read. Documents have odd numbers, media even
    /// ones.
    pub content: Option<(i64, ContentHash)>,
}

impl Writing<'_> {
    pub fn put_archive_told(&self, archive_id: i64, told: &ToldByArchive<'_>) -> Result<(), StoreError> {
        let handles = serde_json::to_string(told.handles).context("written")?;
        self.connection()
            .execute(
                "UPDATE archive SET format = :format, generation = :generation, language = :language, evidence = :evidence,
                        told = :told, stand_in = :stand_in
                  WHERE id = :id",
                named_params! {
                    ":id": archive_id, ":format": told.format, ":generation": told.generation, ":language": told.language,
                    ":evidence": told.evidence, ":told": handles, ":stand_in": told.stand_in,
                },
            )
            .context("noting what an archive tells")?;
        Ok(())
    }

    pub fn put_archive_content(&self, archive_id: i64, content: &ArchiveContent) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "UPDATE archive SET content = :content, n_files = :n_files, newest_entry = :newest, is_partial = :is_partial
                  WHERE id = :id",
                named_params! {
                    ":id": archive_id, ":content": content.hash.as_bytes(),
                    ":n_files": super::delivered::stored_size(content.n_files), ":newest": content.newest_entry,
                    ":is_partial": content.is_partial,
                },
            )
            .context("noting what an archive holds")?;
        Ok(())
    }

    /// Remembers a name of an archive; says whether it was new.
    pub fn add_archive_name(&self, archive_id: i64, name: &str) -> Result<bool, StoreError> {
        let n = self
            .connection()
            .execute(
                "INSERT OR IGNORE INTO archive_name (archive_id, name, sum) VALUES (:id, :name, row_sum(:id, :name))",
                named_params! { ":id": archive_id, ":name": name },
            )
            .context("noting an archive's name")?;
        Ok(n > 0)
    }

    /// Puts an archive into a snapshot, and says under which name and why.
    pub fn place_archive(
        &self,
        archive_id: i64,
        snapshot_id: i64,
        name: &str,
        joined_by: Option<&str>,
    ) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "UPDATE archive SET snapshot_id = :snapshot, name = :name, joined_by = :joined_by WHERE id = :id",
                named_params! { ":id": archive_id, ":snapshot": snapshot_id, ":name": name, ":joined_by": joined_by },
            )
            .context("placing an archive")?;
        Ok(())
    }

    /// What all archives of the home say, in the order of their ids.
    pub fn archive_facts(&self) -> Result<Vec<ArchiveFacts>, StoreError> {
        let doing = "reading what archives tell";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT id, public_id, snapshot_id, root, container, format, generation, language, evidence, told, stand_in,
                        content, n_files, newest_entry, is_partial, joined_by,
                        (SELECT json_group_array(name ORDER BY name) FROM archive_name n WHERE n.archive_id = archive.id),
                        (SELECT c.service FROM snapshot s JOIN account c ON c.id = s.account_id WHERE s.id = archive.snapshot_id)
                   FROM archive ORDER BY public_id",
            )
            .context(doing)?;
        let mut rows = select.query([]).context(doing)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            let told: Option<String> = row.get(9).context(doing)?;
            let names: String = row.get(16).context(doing)?;
            let hash: Option<Vec<u8>> = row.get(11).context(doing)?;
            let n_files: i64 = row.get(12).context(doing)?;
            let content = match hash.as_deref().and_then(ContentHash::from_bytes) {
                None => None,
                Some(hash) => Some(ArchiveContent {
                    hash,
                    n_files: n_files.unsigned_abs(),
                    newest_entry: row.get(13).context(doing)?,
                    is_partial: row.get(14).context(doing)?,
                }),
            };
            all.push(ArchiveFacts {
                id: row.get(0).context(doing)?,
                public_id: row.get(1).context(doing)?,
                snapshot_id: row.get(2).context(doing)?,
                names: serde_json::from_str(&names).context("read")?,
                root: row.get(3).context(doing)?,
                is_zip: row.get::<_, i64>(4).context(doing)? == 1,
                service: row.get(17).context(doing)?,
                format: row.get(5).context(doing)?,
                generation: row.get(6).context(doing)?,
                language: row.get(7).context(doing)?,
                evidence: row.get(8).context(doing)?,
                handles: told.map(|told| serde_json::from_str(&told)).transpose().context("read")?,
                stand_in: row.get(10).context(doing)?,
                content,
                joined_by: row.get(15).context(doing)?,
            });
        }
        Ok(all)
    }

    /// Every file of an archive, folders and links left out, in the order of its directory.
    pub fn files_of_archive(
        &self,
        archive_id: i64,
        each: &mut dyn FnMut(HeldFile) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let doing = "listing an archive's files";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT CASE WHEN substr(e.path, 1, length(a.root)) = a.root THEN substr(e.path, length(a.root) + 1) ELSE e.path END,
                        e.fate, e.modified, coalesce(e.document_id * 2 + 1, e.medium_id * 2), coalesce(d.hash, m.hash)
                   FROM entry e
                   JOIN archive a ON a.id = e.archive_id
                   LEFT JOIN document d ON d.id = e.document_id
                   LEFT JOIN medium m ON m.id = e.medium_id
                  WHERE e.archive_id = :archive AND e.fate NOT IN (7, 8)
                  ORDER BY e.position",
            )
            .context(doing)?;
        let mut rows = select.query([archive_id]).context(doing)?;
        while let Some(row) = rows.next().context(doing)? {
            let fate: i64 = row.get(1).context(doing)?;
            let number: Option<i64> = row.get(3).context(doing)?;
            let hash: Option<Vec<u8>> = row.get(4).context(doing)?;
            let hash = hash.as_deref().and_then(ContentHash::from_bytes);
            each(HeldFile {
                path: row.get(0).context(doing)?,
                fate,
                modified: row.get(2).context(doing)?,
                // Packed bytes are not the file's.
                content: number.zip(hash).filter(|_| !matches!(fate, 5 | 6)),
            })?;
        }
        Ok(())
    }

    /// Archives that hold the largest file of this one.
    pub fn archives_with_largest_file_of(&self, archive_id: i64) -> Result<Vec<i64>, StoreError> {
        let doing = "looking for copies of a file";
        let mut select = self
            .connection()
            .prepare_cached(
                "WITH largest AS (
                     SELECT document_id, medium_id FROM entry
                      WHERE archive_id = :archive AND fate IN (1, 2, 3) AND coalesce(document_id, medium_id) IS NOT NULL
                      ORDER BY bytes DESC, document_id, medium_id LIMIT 1)
                 SELECT e.archive_id FROM entry e WHERE e.document_id = (SELECT document_id FROM largest)
                 UNION
                 SELECT e.archive_id FROM entry e WHERE e.medium_id = (SELECT medium_id FROM largest)",
            )
            .context(doing)?;
        let rows = select.query_map([archive_id], |row| row.get(0)).context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }

    /// Whether an archive's download broke off.
    pub fn is_salvaged(&self, archive_id: i64) -> Result<bool, StoreError> {
        self.connection()
            .prepare_cached("SELECT is_salvaged FROM archive WHERE id = :id")
            .and_then(|mut select| select.query_row([archive_id], |row| row.get(0)))
            .context("looking for salvaged archives")
    }

    /// Documents of an archive, each once: path below the root, hash, row.
    pub fn documents_of_archive(&self, archive_id: i64) -> Result<Vec<(String, ContentHash, i64)>, StoreError> {
        let doing = "listing an archive's documents";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT DISTINCT x.path, d.hash, d.id
                   FROM entry e JOIN reading x ON x.id = e.reading_id JOIN document d ON d.id = e.document_id
                  WHERE e.archive_id = :archive ORDER BY 1, 2",
            )
            .context(doing)?;
        let rows = select
            .query_map([archive_id], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?, row.get(2)?)))
            .context(doing)?;
        rows.map(|row| {
            let (path, hash, id) = row.context(doing)?;
            let hash = ContentHash::from_bytes(&hash)
                .ok_or_else(|| StoreError::Value("a hash is not 32 bytes long".into()))?;
            Ok((path, hash, id))
        })
        .collect()
    }

    /// The newest time that an archive's documents tell, as Unix milliseconds; visits left out.
    pub fn newest_item_of_archive(&self, archive_id: i64) -> Result<Option<i64>, StoreError> {
        let visit = crate::model::Kind::Visit.code();
        self.connection()
            .prepare_cached(
                "SELECT max(s.item ->> '$.at.ms')
                   FROM (SELECT DISTINCT reading_id FROM entry WHERE archive_id = :archive AND reading_id IS NOT NULL) e
                   JOIN sighting s ON s.reading_id = e.reading_id
                  WHERE s.item ->> '$.kind' <> (SELECT name FROM kind WHERE code = :visit)",
            )
            .and_then(|mut select| {
                select.query_row(named_params! { ":archive": archive_id, ":visit": visit }, |row| row.get(0))
            })
            .context("reading times")
    }

    /// Readings of an archive's documents, each once, with their account.
    pub fn readings_of_archive(&self, archive_id: i64) -> Result<Vec<(i64, i64)>, StoreError> {
        let doing = "listing an archive's readings";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT DISTINCT x.id, x.account_id FROM entry e JOIN reading x ON x.id = e.reading_id
                  WHERE e.archive_id = :archive ORDER BY 1",
            )
            .context(doing)?;
        let rows = select.query_map([archive_id], |row| Ok((row.get(0)?, row.get(1)?))).context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }
}

impl Writing<'_> {
    /// Keys of an account's records that were there before and have an attachment that `is_meant`. A part that arrives
    /// may hold what was missing, or something nearer than what was found.
    pub fn keys_with_attachments(
        &self,
        account_id: i64,
        up_to_record: i64,
        is_meant: &dyn Fn(&str, Option<&str>) -> bool,
    ) -> Result<Vec<Key>, StoreError> {
        let doing = "listing attachments";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT r.key, x.path, x.external_id FROM attachment x JOIN record r ON r.id = x.record_id
                  WHERE r.account_id = :account
                    AND (r.id <= :last OR coalesce(x.medium_id, x.document_id) IS NULL)",
            )
            .context(doing)?;
        let mut rows = select.query(named_params! { ":account": account_id, ":last": up_to_record }).context(doing)?;
        let mut keys = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            let path = row.get_ref(1).and_then(|value| Ok(value.as_str()?)).context(doing)?;
            let external_id = row.get_ref(2).and_then(|value| Ok(value.as_str_or_null()?)).context(doing)?;
            if is_meant(path, external_id) {
                let key = row.get_ref(0).and_then(|value| Ok(value.as_blob()?)).context(doing)?;
                keys.push(key_of(key)?);
            }
        }
        keys.sort_unstable();
        keys.dedup();
        Ok(keys)
    }

    /// Names by which documents could refer to an archive's files: base names in NFC, and media ids.
    pub fn names_of_files(&self, archive_id: i64) -> Result<std::collections::HashSet<String>, StoreError> {
        let doing = "listing an archive's files";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT base FROM entry WHERE archive_id = :archive AND coalesce(medium_id, document_id) IS NOT NULL AND fate NOT IN (5, 8)
                 UNION
                 SELECT external_id FROM entry WHERE archive_id = :archive AND external_id IS NOT NULL AND fate NOT IN (5, 8)",
            )
            .context(doing)?;
        let rows = select.query_map([archive_id], |row| row.get(0)).context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }
}

impl Store {
    /// Every name of a snapshot's archives that is not the one they are shown under: `(archive, name)`.
    pub fn other_names_of_archive(&self, archive: &str) -> Result<Vec<String>, StoreError> {
        let doing = "reading names of an archive";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT n.name FROM archive_name n JOIN archive a ON a.id = n.archive_id
                  WHERE a.public_id = :id AND n.name <> a.name ORDER BY 1",
            )
            .context(doing)?;
        let rows = select.query_map([archive], |row| row.get(0)).context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }
}
