//! Archives of which a budget of entries let only the first come in.

use std::collections::BTreeMap;

use rusqlite::named_params;

use super::Writing;
use super::delivered::stored_size;
use super::error::{Context, StoreError};
use crate::model::{ContentHash, KeyBuilder};

/// What the directory of an archive says of an entry: path, bytes, checksum.
pub type Listed = (String, u64, Option<u32>);

impl Writing<'_> {
    /// The ZIPs of that length and root.
    pub fn zips_of_length(&self, bytes: u64, root: &str) -> Result<Vec<i64>, StoreError> {
        let doing = "looking for archives of a length";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT id FROM archive WHERE bytes = :bytes AND root = :root AND container = 1 ORDER BY public_id",
            )
            .context(doing)?;
        let rows = select
            .query_map(named_params! { ":bytes": stored_size(bytes), ":root": root }, |row| row.get(0))
            .context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }

    /// What is held of an archive's directory, by position.
    pub fn listed_entries(&self, archive_id: i64) -> Result<BTreeMap<u32, Listed>, StoreError> {
        let doing = "listing an archive's entries";
        let mut select = self
            .connection()
            .prepare_cached("SELECT position, path, bytes, crc32 FROM entry WHERE archive_id = :archive")
            .context(doing)?;
        let rows = select
            .query_map([archive_id], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?, row.get(3)?))))
            .context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }

    /// Gives an archive the fingerprint that it has with all its entries, and takes back what was found because they were
    /// missing.
    pub fn lengthen_archive(&self, archive_id: i64, fingerprint: &ContentHash, root: &str) -> Result<(), StoreError> {
        let doing = "completing an archive";
        let public_id = KeyBuilder::new("archive").part(fingerprint.as_bytes()).part(root).public_id();
        self.connection()
            .execute(
                "UPDATE archive SET fingerprint = :fingerprint, public_id = :public_id,
                        sum = row_sum(:public_id, bytes, container, root, :fingerprint, is_salvaged, ingested_ms)
                  WHERE id = :archive",
                named_params! {
                    ":archive": archive_id, ":fingerprint": fingerprint.as_bytes(), ":public_id": public_id.as_str(),
                },
            )
            .context(doing)?;
        self.connection()
            .execute(
                "DELETE FROM finding WHERE archive_id = :archive AND reading_id IS NULL AND path IS NULL
                    AND code IN ('over_budget', 'hidden_entries', 'directory_mismatch')",
                named_params! { ":archive": archive_id },
            )
            .context(doing)?;
        Ok(())
    }
}
