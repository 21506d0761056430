//! Sums of rows that no document repeats, so that one that became another is noticed: SQLite does not.

use rusqlite::Connection;
use rusqlite::functions::{Context as Arguments, FunctionFlags};
use rusqlite::types::ValueRef;

use super::check::Damage;
use super::error::{Context, StoreError};
use super::{Store, Writing};
use crate::model::ContentHash;

/// A table whose rows have a sum.
struct Summed {
    table: &'static str,
    /// What the sum is made of, in this order. Row numbers in it never change; `reading_id`, which does, is in none.
    columns: &'static str,
    /// How a row is called, in SQL.
    name: &'static str,
    /// What it is, and what to do when it became another.
    sentence: (&'static str, &'static str),
}

/// What to do where the download has what changed.
const AGAIN: &str = "Forget the archive and ingest it again, or copy the newest backup back.";

const ENTRY: Summed = Summed {
    table: "entry",
    columns:
        "archive_id, position, path, raw_name, base, external_id, bytes, crc32, modified, method, fate, document_id,
              medium_id, zip_flags, zip_system, zip_attributes",
    name: "path",
    sentence: ("entries of archives", "`throwback check --repair --from` that archive puts them right."),
};

const TABLES: [Summed; 6] = [
    Summed {
        table: "archive",
        columns: "public_id, bytes, container, root, fingerprint, is_salvaged, ingested_ms",
        name: "name",
        sentence: ("archives", AGAIN),
    },
    Summed { table: "archive_name", columns: "archive_id, name", name: "name", sentence: ("names of archives", AGAIN) },
    ENTRY,
    Summed {
        table: "finding",
        columns: "archive_id, code, severity, path, place, n_items, sentence",
        name: "sentence",
        sentence: (
            "findings",
            "`throwback reindex --documents` makes those of documents anew; for others, forget the archive and ingest it again.",
        ),
    },
    Summed {
        table: "decision",
        columns: "kind, arguments, reason, made_ms",
        name: "arguments",
        sentence: ("decisions", "Take it back with `throwback undo` and decide again."),
    },
    Summed {
        table: "saved_search",
        columns: "name, query",
        name: "name",
        sentence: ("saved searches", "Save it again."),
    },
];

/// Lets statements of a connection compute sums: `row_sum(…)` of any values.
pub(super) fn register(connection: &Connection) -> Result<(), StoreError> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection
        .create_scalar_function("row_sum", -1, flags, |arguments| Ok(sum(arguments)))
        .context("preparing the database")
}

fn sum(arguments: &Arguments<'_>) -> i64 {
    let mut hasher = ContentHash::hasher();
    for index in 0..arguments.len() {
        let (kind, bytes): (u8, &[u8]) = match arguments.get_raw(index) {
            ValueRef::Null => (0, &[]),
            ValueRef::Integer(number) => (1, &number.to_le_bytes()),
            ValueRef::Real(number) => (2, &number.to_le_bytes()),
            ValueRef::Text(text) => (3, text),
            ValueRef::Blob(blob) => (4, blob),
        };
        hasher.update(&[kind]);
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    }
    let mut first = [0; 8];
    first.copy_from_slice(&hasher.finish().as_bytes()[..8]);
    i64::from_le_bytes(first)
}

/// The sum of a row as its columns are.
fn expression(table: &Summed) -> String {
    format!("row_sum({})", table.columns)
}

/// Gives every row that has no sum the one that it has now.
pub(super) fn fill(connection: &Connection) -> Result<(), rusqlite::Error> {
    for table in &TABLES {
        connection.execute(&format!("UPDATE {} SET sum = {} WHERE sum IS NULL", table.table, expression(table)), [])?;
    }
    Ok(())
}

impl Writing<'_> {
    /// Mends what the directory of an archive does not tell of its entries, once the rest of their rows is right: a fate that
    /// became another one is the one that gives the sum, and a sum for which there is none is the one that changed itself.
    /// The caller has seen that the contents of the archive add up. Gives the number of rows that were changed.
    pub fn mend_sums_of_entries(&self, archive_id: i64) -> Result<u64, StoreError> {
        let [now, then] = ["fate", "was.fate_code"].map(|fate| expression(&ENTRY).replace("fate", fate));
        // Fates are numbered from 1 to 8.
        let fate = format!(
            "UPDATE entry SET fate = was.fate_code FROM (SELECT value AS fate_code FROM json_each('[1,2,3,4,5,6,7,8]')) was
              WHERE archive_id = ?1 AND sum IS NOT {now} AND sum IS {then}"
        );
        let sum = format!("UPDATE entry SET sum = {now} WHERE archive_id = ?1 AND sum IS NOT {now}");
        let mend = |sql: &str| self.connection().execute(sql, [archive_id]).context("mending entries");
        Ok((mend(&fate)? + mend(&sum)?) as u64)
    }
}

impl Store {
    /// Rows that are not what was written.
    pub(super) fn check_sums(&self) -> Result<Vec<Damage>, StoreError> {
        let doing = "comparing rows with their sums";
        let mut damage = Vec::new();
        for table in &TABLES {
            let sql = format!(
                "SELECT count(*), CAST(min({}) AS BLOB) FROM {} WHERE sum IS NOT {}",
                table.name,
                table.table,
                expression(table)
            );
            // A text that became another may be none any more.
            let (n, first): (i64, Option<Vec<u8>>) = self
                .connection()
                .prepare_cached(&sql)
                .and_then(|mut select| select.query_row([], |row| Ok((row.get(0)?, row.get(1)?))))
                .context(doing)?;
            if n > 0 {
                let (of, advice) = table.sentence;
                let first = String::from_utf8_lossy(first.as_deref().unwrap_or(b"?"));
                let sentence = format!("{n} {of} are not what was written, the first “{first}”. {advice}");
                damage.push(Damage::new("row_changed", sentence));
            }
        }
        Ok(damage)
    }
}
