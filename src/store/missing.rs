//! References of documents that lead to no file.

use rusqlite::named_params;

use super::Writing;
use super::error::{Context, StoreError};

/// What the records of a snapshot refer to and nothing holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    pub n: u64,
    /// So many of them are no paths, but words in place of one: "Failed to download media" (format reference §10.1.4).
    pub n_words: u64,
    /// The first of them in the alphabet.
    pub examples: Vec<String>,
    /// In every folder in which one of them should lie another file of the snapshot does.
    pub are_others_beside: bool,
}

impl Writing<'_> {
    /// References of records that first or last stood in the snapshot and lead to no file, with so many examples.
    pub fn missing_media(&self, snapshot_id: i64, n_examples: usize) -> Result<Missing, StoreError> {
        const MISSING: &str = "FROM attachment x JOIN record r ON r.id = x.record_id
             WHERE x.medium_id IS NULL AND x.document_id IS NULL AND x.path <> '' AND x.path NOT LIKE 'http%:%'
               AND (r.first_snapshot_id = :snapshot OR r.last_snapshot_id = :snapshot)";
        // Every file of an export lies in a folder.
        const IS_PATH: &str = "(x.path LIKE '%/%' OR x.path LIKE '%\\%')";
        let doing = "counting missing media";
        let parameters = named_params! { ":snapshot": snapshot_id };
        let (n, n_paths): (i64, i64) = self
            .connection()
            .query_row(&format!("SELECT count(*), coalesce(sum({IS_PATH}), 0) {MISSING}"), parameters, |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .context(doing)?;
        if n == 0 {
            return Ok(Missing::default());
        }
        let mut select = self
            .connection()
            .prepare_cached(&format!("SELECT DISTINCT x.path {MISSING} ORDER BY x.path LIMIT {n_examples}"))
            .context(doing)?;
        let examples = select.query_map(parameters, |row| row.get(0)).context(doing)?;
        // The name up to the last slash: what is left when all that is no slash is taken off its end.
        let is_one_alone: bool = self
            .connection()
            .prepare_cached(&format!(
                "SELECT EXISTS (
                     SELECT rtrim(ltrim(x.path, './'), replace(x.path, '/', '')) {MISSING} AND {IS_PATH}
                     EXCEPT
                     SELECT rtrim(substr(e.path, length(a.root) + 1), replace(e.path, '/', ''))
                       FROM entry e JOIN archive a ON a.id = e.archive_id
                      WHERE a.snapshot_id = :snapshot AND e.medium_id IS NOT NULL)"
            ))
            .and_then(|mut select| select.query_row(parameters, |row| row.get(0)))
            .context(doing)?;
        Ok(Missing {
            n: n.unsigned_abs(),
            n_words: (n - n_paths).unsigned_abs(),
            examples: examples.collect::<Result<_, _>>().context(doing)?,
            are_others_beside: !is_one_alone && n_paths > 0,
        })
    }
}
