//! What people are shown: single records in full, conversations to read, lists and totals.

use super::rows::{NamedRow, Value};
use super::{Store, StoreError};

/// Whether a record (`r`) was edited: messages are told so; of all else a download has another text, in more than spaces.
pub const IS_EDITED: &str = "(r.is_edited OR (r.kind <> 5 AND EXISTS (
         SELECT 1 FROM version e
          WHERE e.record_id = r.id
            AND replace(replace(replace(e.text, ' ', ''), char(10), ''), char(13), '')
             <> replace(replace(replace(coalesce(r.text, ''), ' ', ''), char(10), ''), char(13), ''))))";

/// A record with its conversation and everything that a line shows of it.
fn shown() -> String {
    format!(
        "SELECT v.*, t.title AS thread, r.share_url, r.share_text, r.share_owner, r.call_seconds, r.is_unsent,
                {IS_EDITED} AS is_edited, (SELECT count(*) FROM shown_reaction x WHERE x.record_id = r.id) AS reaction_count,
                r.other_text
           FROM record r JOIN records v ON v.id = r.public_id LEFT JOIN thread t ON t.id = r.thread_id"
    )
}

/// How much of everything is held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// By the kind's name, in the order of the kinds; only those that occur.
    pub records: Vec<(String, u64)>,
    pub threads: u64,
    pub people: u64,
    pub media_files: u64,
    pub media_bytes: u64,
    pub snapshots: u64,
    pub archives: u64,
    /// Times of the first and the last record.
    pub range_ms: Option<(i64, i64)>,
}

/// Which messages of a conversation are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Unix milliseconds, included.
    pub from_ms: Option<i64>,
    /// Unix milliseconds, not included.
    pub to_ms: Option<i64>,
    /// The latest so many; all where it is not given.
    pub limit: Option<usize>,
}

/// Which findings are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindingFilter {
    pub severity: Option<&'static str>,
    /// Id of a snapshot.
    pub snapshot: Option<String>,
    /// Id of an archive.
    pub archive: Option<String>,
}

/// The ids beside one in their order, of records and of what they were called before. A `CROSS JOIN` stays as it is written,
/// whatever the statistics say: else all records are looked through for each.
const NEIGHBOURS: &str = "
    SELECT * FROM (SELECT public_id AS id FROM record WHERE public_id < ?1 ORDER BY 1 DESC LIMIT 1)
    UNION ALL
    SELECT * FROM (SELECT public_id AS id FROM record WHERE public_id > ?1 ORDER BY 1 LIMIT 1)
    UNION ALL
    SELECT * FROM (SELECT a.public_id AS id FROM alias a CROSS JOIN record r ON r.id = a.record_id
                    WHERE a.public_id < ?1 AND r.public_id <> ?1 ORDER BY 1 DESC LIMIT 1)
    UNION ALL
    SELECT * FROM (SELECT a.public_id AS id FROM alias a CROSS JOIN record r ON r.id = a.record_id
                    WHERE a.public_id > ?1 AND r.public_id <> ?1 ORDER BY 1 LIMIT 1)";

impl Store {
    /// Ids of records that begin so, at most `limit`.
    pub fn record_ids_beginning(&self, beginning: &str, limit: usize) -> Result<Vec<String>, StoreError> {
        // `~` stands behind all characters of an id. A whole id is nobody else's earlier one.
        let rows = self.select_all(
            "SELECT public_id AS id FROM record WHERE public_id >= ?1 AND public_id < ?1 || '~'
              UNION
             SELECT r.public_id FROM alias a JOIN record r ON r.id = a.record_id
              WHERE a.public_id >= ?1 AND a.public_id < ?1 || '~'
                AND NOT EXISTS (SELECT 1 FROM record o WHERE o.public_id = ?1)
              ORDER BY 1 LIMIT ?2",
            &[beginning.into(), number(limit)],
        )?;
        Ok(texts(&rows, "id"))
    }

    /// How many characters of an id tell it from those of all other records, earlier ones too.
    pub fn n_telling_characters(&self, id: &str) -> Result<usize, StoreError> {
        let neighbours = self.select_all(NEIGHBOURS, &[id.into()])?;
        let common = |other: &str| id.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
        Ok(neighbours.iter().filter_map(|row| row.text("id")).map(|other| common(other) + 1).max().unwrap_or(1))
    }

    /// One record: its view, its conversation, and what a message shared.
    pub fn shown_record(&self, id: &str) -> Result<Option<NamedRow>, StoreError> {
        Ok(self.select_all(&format!("{} WHERE r.public_id = ?1", shown()), &[id.into()])?.pop())
    }

    /// Attachments of a record with what is kept of them, in order.
    pub fn attachments_of_record(&self, id: &str) -> Result<Vec<NamedRow>, StoreError> {
        self.select_all(
            "SELECT a.position, a.path, a.role, a.media_hash, a.media_id, m.path AS kept_at, m.type AS media_type, m.bytes,
                    m.width, m.height, m.seconds
               FROM attachments a LEFT JOIN media m ON m.hash = a.media_hash
              WHERE a.record_id = ?1 ORDER BY a.position",
            &[id.into()],
        )
    }

    pub fn reactions_of_record(&self, id: &str) -> Result<Vec<NamedRow>, StoreError> {
        self.select_all(
            "SELECT actor, reaction, at_ms FROM reactions WHERE record_id = ?1 ORDER BY at_ms, actor, reaction",
            &[id.into()],
        )
    }

    /// Earlier texts of a record, oldest first.
    pub fn versions_of_record(&self, id: &str) -> Result<Vec<NamedRow>, StoreError> {
        self.select_all(
            "SELECT v.snapshot_id, s.date, v.text FROM versions v JOIN snapshots s ON s.id = v.snapshot_id
              WHERE v.record_id = ?1 ORDER BY s.date, v.snapshot_id, v.text",
            &[id.into()],
        )
    }

    /// Where a record stood: snapshot, archive, document and place, oldest first.
    pub fn sources_of_record(&self, id: &str) -> Result<Vec<NamedRow>, StoreError> {
        self.select_all(
            "SELECT DISTINCT n.public_id AS snapshot, n.date AS date, a.name AS archive, e.path AS path, e.place AS place
               FROM (SELECT e.archive_id, e.path, s.place
                       FROM record r
                       JOIN sighting s ON s.key = r.key AND s.record_id = r.id
                       JOIN entry e ON e.reading_id = s.reading_id
                      WHERE r.public_id = ?1
                      UNION ALL
                     SELECT e.archive_id, e.path, ''
                       FROM record r
                       JOIN unlisted u ON u.key = r.key AND u.record_id = r.id
                       JOIN entry e ON e.id = u.entry_id
                      WHERE r.public_id = ?1) e
               JOIN archive a ON a.id = e.archive_id
               JOIN snapshot n ON n.id = a.snapshot_id
              ORDER BY n.date, n.public_id, a.name, e.path, e.place",
            &[id.into()],
        )
    }

    /// Every conversation, the latest first.
    pub fn shown_threads(&self) -> Result<Vec<NamedRow>, StoreError> {
        self.select_all("SELECT * FROM threads ORDER BY last_ms DESC, id", &[])
    }

    /// A conversation by its row, as [`Store::find_threads`] gives it.
    pub fn shown_thread(&self, row: i64) -> Result<Option<NamedRow>, StoreError> {
        let sql = "SELECT v.* FROM thread t JOIN threads v ON v.id = t.public_id WHERE t.id = ?1";
        Ok(self.select_all(sql, &[Value::Integer(row)])?.pop())
    }

    /// Who takes part in a conversation, by name.
    pub fn participants_of_thread(&self, id: &str) -> Result<Vec<String>, StoreError> {
        let rows = self.select_all("SELECT name FROM participants WHERE thread_id = ?1 ORDER BY name", &[id.into()])?;
        Ok(texts(&rows, "name"))
    }

    /// Messages of a conversation, oldest first.
    pub fn messages_of_thread(
        &self,
        id: &str,
        page: Page,
        each: &mut dyn FnMut(NamedRow) -> bool,
    ) -> Result<(), StoreError> {
        let bounds = [id.into(), maybe(page.from_ms), maybe(page.to_ms)];
        let wanted = format!(
            "{} WHERE r.thread_id = (SELECT id FROM thread WHERE public_id = ?1)
                AND (?2 IS NULL OR r.at_ms >= ?2) AND (?3 IS NULL OR r.at_ms < ?3)",
            shown()
        );
        match page.limit {
            None => self.select(&format!("{wanted} ORDER BY r.at_ms, r.public_id"), &bounds, each),
            Some(limit) => {
                let sql = format!("{wanted} ORDER BY r.at_ms DESC, r.public_id DESC LIMIT ?4");
                let mut latest = self.select_all(&sql, &[&bounds[..], &[number(limit)]].concat())?;
                latest.reverse();
                for row in latest {
                    if !each(row) {
                        break;
                    }
                }
                Ok(())
            }
        }
    }

    /// The messages before and after one of them, and itself, oldest first.
    pub fn messages_around(&self, id: &str, n_before: usize, n_after: usize) -> Result<Vec<NamedRow>, StoreError> {
        let around = |comparison: &str, order: &str, limit: usize| {
            let sql = format!(
                "{} JOIN record hit ON hit.public_id = ?1 AND hit.thread_id = r.thread_id
                  WHERE (r.at_ms, r.public_id) {comparison} (hit.at_ms, hit.public_id)
                  ORDER BY r.at_ms {order}, r.public_id {order} LIMIT ?2",
                shown()
            );
            self.select_all(&sql, &[id.into(), number(limit)])
        };
        let mut messages = around("<", "DESC", n_before)?;
        messages.reverse();
        messages.extend(around(">=", "ASC", n_after.saturating_add(1))?);
        Ok(messages)
    }

    /// The conversation with the most messages that has a title.
    pub fn busiest_thread_title(&self) -> Result<Option<String>, StoreError> {
        let rows = self.select_all(
            "SELECT title FROM threads WHERE title <> '' AND n_messages > 0 ORDER BY n_messages DESC, id LIMIT 1",
            &[],
        )?;
        Ok(texts(&rows, "title").pop())
    }

    pub fn totals(&self) -> Result<Totals, StoreError> {
        let records = self.select_all(
            "SELECT k.name AS kind, count(*) AS n FROM record r JOIN kind k ON k.code = r.kind GROUP BY r.kind ORDER BY r.kind",
            &[],
        )?;
        let numbers = self.select_all(
            "SELECT (SELECT count(*) FROM thread) AS threads, (SELECT count(*) FROM people) AS people,
                    (SELECT count(*) FROM medium) AS files, (SELECT coalesce(sum(bytes), 0) FROM medium) AS bytes,
                    (SELECT count(*) FROM snapshot) AS snapshots, (SELECT count(*) FROM archive) AS archives,
                    (SELECT min(at_ms) FROM record) AS first_ms, (SELECT max(at_ms) FROM record) AS last_ms",
            &[],
        )?;
        let number = |column: &str| numbers.first().and_then(|row| row.integer(column));
        let amount = |column: &str| number(column).unwrap_or_default().unsigned_abs();
        Ok(Totals {
            records: records
                .iter()
                .filter_map(|row| Some((row.text("kind")?.to_owned(), row.integer("n")?.unsigned_abs())))
                .collect(),
            threads: amount("threads"),
            people: amount("people"),
            media_files: amount("files"),
            media_bytes: amount("bytes"),
            snapshots: amount("snapshots"),
            archives: amount("archives"),
            range_ms: number("first_ms").zip(number("last_ms")),
        })
    }

    /// Every snapshot, oldest first.
    pub fn shown_snapshots(&self) -> Result<Vec<NamedRow>, StoreError> {
        self.select_all("SELECT * FROM snapshots ORDER BY date, id", &[])
    }

    /// The archives of a snapshot, by name.
    pub fn archives_of_snapshot(&self, id: &str) -> Result<Vec<NamedRow>, StoreError> {
        self.select_all(
            "SELECT v.*, a.joined_by FROM archives v JOIN archive a ON a.public_id = v.id
              WHERE v.snapshot_id = ?1 ORDER BY v.name, v.id",
            &[id.into()],
        )
    }

    /// Ids of snapshots whose id begins so, or which have an archive of that name.
    pub fn snapshot_ids(&self, typed: &str) -> Result<Vec<String>, StoreError> {
        let rows = self.select_all(
            "SELECT id FROM snapshots WHERE substr(id, 1, length(?1)) = lower(?1)
              UNION SELECT snapshot_id FROM archives WHERE name = ?1 ORDER BY 1",
            &[typed.into()],
        )?;
        Ok(texts(&rows, "id"))
    }

    /// Ids of archives of that name, or whose id begins so.
    pub fn archive_ids(&self, typed: &str) -> Result<Vec<String>, StoreError> {
        let named = self.select_all("SELECT id FROM archives WHERE name = ?1 ORDER BY id", &[typed.into()])?;
        if !named.is_empty() {
            return Ok(texts(&named, "id"));
        }
        let sql = "SELECT id FROM archives WHERE length(?1) >= 4 AND substr(id, 1, length(?1)) = lower(?1) ORDER BY id";
        Ok(texts(&self.select_all(sql, &[typed.into()])?, "id"))
    }

    /// Findings with the names of their archive and snapshot, the gravest first.
    pub fn shown_findings(&self, filter: &FindingFilter) -> Result<Vec<NamedRow>, StoreError> {
        let text = |text: Option<&str>| text.map_or(Value::Null, Value::from);
        self.select_all(
            "SELECT f.code, f.severity, f.archive_id, f.path, f.place, f.n_items, f.sentence,
                    a.name AS archive, a.snapshot_id AS snapshot_id
               FROM findings f LEFT JOIN archives a ON a.id = f.archive_id
              WHERE (?1 IS NULL OR f.severity = ?1) AND (?2 IS NULL OR a.snapshot_id = ?2)
                AND (?3 IS NULL OR f.archive_id = ?3)
              ORDER BY CASE f.severity WHEN 'error' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END, f.code, a.snapshot_id, a.name,
                       f.path, f.place, f.sentence",
            &[text(filter.severity), text(filter.snapshot.as_deref()), text(filter.archive.as_deref())],
        )
    }
}

fn texts(rows: &[NamedRow], column: &str) -> Vec<String> {
    rows.iter().filter_map(|row| row.text(column).map(str::to_owned)).collect()
}

fn number(n: usize) -> Value {
    Value::Integer(i64::try_from(n).unwrap_or(i64::MAX))
}

fn maybe(n: Option<i64>) -> Value {
    n.map_or(Value::Null, Value::Integer)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every question of this file is one that SQLite understands.
    #[test]
    fn ids_beside_one_are_looked_up_whatever_the_statistics_say() {
        let store = Store::passing().expect("memory");
        let statistics = "ANALYZE; DELETE FROM sqlite_stat1;
            INSERT INTO sqlite_stat1 VALUES ('record', 'sqlite_autoindex_record_1', '1000 1'), ('alias', 'alias_public_id', '900000 1');
            ANALYZE sqlite_schema;";
        store.connection().execute_batch(statistics).expect("statistics");
        let plan = store.select_all(&format!("EXPLAIN QUERY PLAN {NEIGHBOURS}"), &["abcd".into()]).expect("a plan");
        let steps: Vec<&str> = plan.iter().filter_map(|row| row.text("detail")).collect();
        assert!(!steps.iter().any(|step| step.starts_with("SCAN r") || step.starts_with("SCAN a")), "{steps:?}");
    }

    #[test]
    fn an_empty_store_answers_everything() {
        let store = Store::passing().expect("memory");
        let nothing = Vec::<String>::new();
        assert_eq!(store.totals().expect("totals"), Totals::default());
        assert_eq!(store.record_ids_beginning("abcd", 3).expect("ids"), nothing);
        assert_eq!(store.n_telling_characters("abcd").expect("a number"), 1);
        assert_eq!(store.shown_record("abcd").expect("an answer"), None);
        assert_eq!(store.shown_thread(1).expect("an answer"), None);
        assert_eq!(store.participants_of_thread("x").expect("names"), nothing);
        assert_eq!(store.busiest_thread_title().expect("a title"), None);
        assert_eq!(store.snapshot_ids("2024").expect("ids"), nothing);
        assert_eq!(store.archive_ids("x.zip").expect("ids"), nothing);
        let no_rows = Vec::<NamedRow>::new();
        for rows in [
            store.attachments_of_record("x"),
            store.reactions_of_record("x"),
            store.versions_of_record("x"),
            store.sources_of_record("x"),
            store.shown_threads(),
            store.messages_around("x", 2, 2),
            store.shown_snapshots(),
            store.archives_of_snapshot("x"),
            store.shown_findings(&FindingFilter { severity: Some("error"), ..FindingFilter::default() }),
        ] {
            assert_eq!(rows.expect("rows"), no_rows);
        }
        for limit in [None, Some(3)] {
            let page = Page { from_ms: Some(0), limit, ..Page::default() };
            store.messages_of_thread("x", page, &mut |row| panic!("{row:?}")).expect("an answer");
        }
    }
}
