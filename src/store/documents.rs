//! Documents: kept byte for byte, compressed, once per content.

use rusqlite::{OptionalExtension, named_params};

use super::error::{Context, StoreError};
use super::{Store, Writing};
use crate::model::ContentHash;

/// The largest piece of a document that one row holds (DESIGN: chunks of at most 1 MB).
const CHUNK_BYTES: usize = 1_000_000;

/// zstd's default; higher levels cost several times the CPU for a few percent on export JSON.
const LEVEL: i32 = 3;

impl Writing<'_> {
    /// Keeps a document. Gives its row and whether it was new.
    pub fn keep_document(&self, hash: &ContentHash, bytes: &[u8]) -> Result<(i64, bool), StoreError> {
        if let Some(id) = self.document_by_hash(hash)? {
            return Ok((id, false));
        }
        let connection = self.connection();
        connection
            .prepare_cached("INSERT INTO document (hash, bytes) VALUES (:hash, :bytes)")
            .and_then(|mut insert| insert.execute(named_params! { ":hash": hash.as_bytes(), ":bytes": bytes.len() }))
            .context("keeping a document")?;
        let id = connection.last_insert_rowid();
        self.add_chunks(id, bytes)?;
        Ok((id, true))
    }

    /// Packs the bytes of a document whose row has none.
    pub(super) fn add_chunks(&self, id: i64, bytes: &[u8]) -> Result<(), StoreError> {
        let mut insert = self
            .connection()
            .prepare_cached("INSERT INTO document_chunk (document_id, position, zstd) VALUES (:id, :position, :zstd)")
            .context("keeping a document")?;
        for (position, chunk) in bytes.chunks(CHUNK_BYTES).enumerate() {
            let packed = zstd::bulk::compress(chunk, LEVEL).map_err(StoreError::Document)?;
            insert
                .execute(named_params! { ":id": id, ":position": position, ":zstd": packed })
                .context("keeping a document")?;
        }
        Ok(())
    }

    pub fn document_by_hash(&self, hash: &ContentHash) -> Result<Option<i64>, StoreError> {
        self.connection()
            .prepare_cached("SELECT id FROM document WHERE hash = :hash")
            .and_then(|mut find| find.query_row([hash.as_bytes()], |row| row.get(0)).optional())
            .context("looking up a document")
    }
}

impl Store {
    /// The bytes of a kept document, which have the hash that it is known by; others are an error.
    pub fn document_bytes(&self, document_id: i64) -> Result<Vec<u8>, StoreError> {
        bytes_of(self.connection(), document_id)
    }
}

pub(super) fn bytes_of(connection: &rusqlite::Connection, document_id: i64) -> Result<Vec<u8>, StoreError> {
    let mut select = connection
        .prepare_cached("SELECT zstd FROM document_chunk WHERE document_id = :id ORDER BY position")
        .context("reading a document")?;
    let mut rows = select.query([document_id]).context("reading a document")?;
    let mut bytes = Vec::new();
    while let Some(row) = rows.next().context("reading a document")? {
        let packed = row.get_ref(0).and_then(|value| Ok(value.as_blob()?)).context("reading a document")?;
        bytes.extend_from_slice(&zstd::bulk::decompress(packed, CHUNK_BYTES).map_err(StoreError::Document)?);
    }
    let hash: Vec<u8> = connection
        .prepare_cached("SELECT hash FROM document WHERE id = :id")
        .and_then(|mut select| select.query_row([document_id], |row| row.get(0)))
        .context("reading a document")?;
    if *ContentHash::of(&bytes).as_bytes() == *hash {
        Ok(bytes)
    } else {
        Err(StoreError::DamagedDocument(
            ContentHash::from_bytes(&hash).map_or_else(|| "?".to_owned(), |hash| hash.to_hex()),
        ))
    }
}
