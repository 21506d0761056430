//! Where records come from: every sighting with what it said, and what each snapshot alone contributed.

use rusqlite::named_params;

use super::Store;
use super::error::{Context, StoreError};
use super::rows::NamedRow;
use crate::model::Item;

/// One sighting of a record in one archive.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Id and date of the snapshot.
    pub snapshot: String,
    pub date: String,
    pub archive: String,
    /// The file inside the archive.
    pub path: String,
    /// Where in the file; empty where the file itself is what was seen.
    pub place: String,
    /// What it said, as written.
    pub item: Item,
}

/// What goes when a snapshot goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Alone {
    pub n_records: u64,
    pub media_files: u64,
    pub media_bytes: u64,
}

impl Store {
    /// Every sighting of a record, the oldest snapshot first.
    pub fn provenance_of_record(&self, id: &str) -> Result<Vec<Source>, StoreError> {
        let doing = "reading where a record comes from";
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT n.public_id AS snapshot, n.date, a.name AS archive, e.path, e.place, e.item
                   FROM (SELECT e.archive_id, e.path, s.place, s.item
                           FROM record r
                           JOIN sighting s ON s.key = r.key AND s.record_id = r.id
                           JOIN entry e ON e.reading_id = s.reading_id
                          WHERE r.public_id = :id
                          UNION ALL
                         SELECT e.archive_id, e.path, '', u.item
                           FROM record r
                           JOIN unlisted u ON u.key = r.key AND u.record_id = r.id
                           JOIN entry e ON e.id = u.entry_id
                          WHERE r.public_id = :id) e
                   JOIN archive a ON a.id = e.archive_id
                   JOIN snapshot n ON n.id = a.snapshot_id
                  ORDER BY n.date, n.public_id, a.name, a.public_id, e.path, e.place",
            )
            .context(doing)?;
        let mut rows = select.query(named_params! { ":id": id }).context(doing)?;
        let mut sources = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            let item = row.get_ref("item").and_then(|value| Ok(value.as_bytes()?)).context(doing)?;
            sources.push(Source {
                snapshot: row.get("snapshot").context(doing)?,
                date: row.get("date").context(doing)?,
                archive: row.get("archive").context(doing)?,
                path: row.get("path").context(doing)?,
                place: row.get("place").context(doing)?,
                item: serde_json::from_slice(item).context("read")?,
            });
        }
        Ok(sources)
    }

    /// All snapshots of the account that a record belongs to: `id` and `date`, the oldest first.
    pub fn snapshots_of_records_account(&self, id: &str) -> Result<Vec<NamedRow>, StoreError> {
        self.select_all(
            "SELECT s.public_id AS id, s.date FROM record r JOIN snapshot s ON s.account_id = r.account_id
              WHERE r.public_id = ?1 ORDER BY s.date, s.public_id",
            &[id.into()],
        )
    }

    /// What only that snapshot shows: records, and distinct media files with their bytes.
    pub fn alone_in_snapshot(&self, id: &str) -> Result<Alone, StoreError> {
        self.connection()
            .prepare_cached(
                "SELECT (SELECT count(*) FROM record r WHERE r.first_snapshot_id = n.id AND r.last_snapshot_id = n.id),
                        count(m.id), coalesce(sum(m.bytes), 0)
                   FROM snapshot n
                   LEFT JOIN (SELECT e.medium_id, min(a.snapshot_id) AS snapshot_id
                                FROM entry e JOIN archive a ON a.id = e.archive_id
                               WHERE e.medium_id IS NOT NULL
                               GROUP BY e.medium_id HAVING min(a.snapshot_id) = max(a.snapshot_id)) only
                     ON only.snapshot_id = n.id
                   LEFT JOIN medium m ON m.id = only.medium_id
                  WHERE n.public_id = :id",
            )
            .and_then(|mut select| {
                select.query_row([id], |row| {
                    let amount = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
                    Ok(Alone { n_records: amount(0)?, media_files: amount(1)?, media_bytes: amount(2)? })
                })
            })
            .context("counting what one snapshot alone shows")
    }
}
