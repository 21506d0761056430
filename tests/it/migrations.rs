//! A home of the second schema, with rows in every table, goes through every migration since and then holds, once its
//! documents are read again, what a new home holds that was given the same downloads.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use rusqlite::Connection;
use throwback::home::DataToRead;
use throwback::ingest::Silent;
use throwback::store::DATABASE;

use crate::support::{TestHome, assert_same, fixtures};

/// The schema as it was.
const SECOND: [&str; 2] = [
    include_str!("../../migrations/0001_archives_sightings_and_records.sql"),
    include_str!("../../migrations/0002_views.sql"),
];

fn tables(connection: &Connection, database: &str) -> Vec<String> {
    let sql = format!(
        "SELECT name FROM {database}.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    );
    let mut select = connection.prepare(&sql).expect("a statement");
    let rows = select.query_map([], |row| row.get(0)).expect("rows");
    rows.collect::<Result<_, _>>().expect("names")
}

fn columns(connection: &Connection, database: &str, table: &str) -> Vec<String> {
    let mut select =
        connection.prepare(&format!("SELECT name FROM pragma_table_info(?1, '{database}')")).expect("a statement");
    let rows = select.query_map([table], |row| row.get(0)).expect("rows");
    rows.collect::<Result<_, _>>().expect("names")
}

/// Writes the home's database as the second schema had it: every row of its tables, of each what it had columns for.
pub fn to_second_schema(home: &Path) {
    let (today, old) = (home.join("today.sqlite"), home.join(DATABASE));
    for end in ["", "-wal", "-shm"] {
        let from = home.join(format!("{DATABASE}{end}"));
        if from.exists() {
            std::fs::rename(from, home.join(format!("today.sqlite{end}"))).expect("renamed");
        }
    }
    let connection = Connection::open(&old).expect("a database");
    connection.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA journal_mode = WAL;").expect("pragmas");
    for sql in &SECOND {
        connection.execute_batch(sql).expect("the old schema");
    }
    connection.execute("ATTACH ?1 AS today", [today.to_str().expect("UTF-8")]).expect("attached");
    for table in tables(&connection, "main") {
        let known: BTreeSet<String> = columns(&connection, "today", &table).into_iter().collect();
        let shared: Vec<String> = columns(&connection, "main", &table);
        assert!(shared.iter().all(|column| known.contains(column)), "{table} lost a column");
        let shared = shared.join(", ");
        connection
            .execute_batch(&format!(
                "DELETE FROM main.{table}; INSERT INTO main.{table} ({shared}) SELECT {shared} FROM today.{table};"
            ))
            .unwrap_or_else(|error| panic!("{table}: {error}"));
        let n: i64 = connection
            .query_row(&format!("SELECT count(*) FROM main.{table}"), [], |row| row.get(0))
            .expect("a number");
        assert!(n > 0, "{table} has no row, so that nothing is told of it");
    }
    // The readers were those of that day.
    connection
        .execute_batch("DETACH today; UPDATE reading SET reader_version = 0; PRAGMA user_version = 2;")
        .expect("marked");
    let id: i64 = 0x5468_626b;
    connection.pragma_update(None, "application_id", id).expect("ours");
    drop(connection);
    // As the program makes it: for its owner alone.
    #[cfg(unix)]
    for end in ["", "-wal", "-shm"] {
        let file = home.join(format!("{DATABASE}{end}"));
        if file.exists() {
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
            std::fs::set_permissions(file, mode).expect("a mode");
        }
    }
    for end in ["", "-wal", "-shm"] {
        let file = home.join(format!("today.sqlite{end}"));
        if file.exists() {
            std::fs::remove_file(file).expect("removed");
        }
    }
}

/// They leave no table without a row.
fn downloads() -> Vec<PathBuf> {
    ["a_one_part", "c_2022", "d_2024", "e_2026"].iter().map(|name| fixtures().join(name)).collect()
}

fn read_again(home: &TestHome) {
    home.home.read_documents_again("a test", &AtomicBool::new(false), &Silent).expect("they are read again");
}

#[test]
fn a_home_of_the_second_schema_becomes_what_a_new_one_is() {
    let downloads = downloads();
    let fresh = TestHome::of(&downloads);
    read_again(&fresh);

    let old = TestHome::of(&downloads);
    // Something that was withdrawn once.
    let database = old.home.path().join(DATABASE);
    let connection = Connection::open(database).expect("a database");
    connection
        .execute("INSERT INTO removed_record SELECT max(id) + 1000, 1 FROM record", [])
        .expect("a record that ceased to be");
    drop(connection);
    to_second_schema(old.home.path());
    let before = rows_of_everything(&old.home.path().join(DATABASE));
    read_again(&old);
    assert_same(&old.dump(), &fresh.dump(), "after every migration");
    assert_eq!(copies(old.home.path()), ["schema-2.sqlite"]);
    let kept = rows_of_everything(&old.home.path().join("backup/schema-2.sqlite"));
    assert_same(&kept, &before, "the database as it was");
    let report = old.home.check(DataToRead::Everything).expect("a check");
    assert_eq!((report.damage, report.remarks), (Vec::new(), Vec::new()));
    // And it goes on as any other.
    let more = fixtures().join("html_2024");
    fresh.ingest(&more);
    old.ingest(&more);
    assert_same(&old.dump(), &fresh.dump(), "after one more download");
}

/// Every row of every table, as text.
pub fn rows_of_everything(database: &Path) -> Vec<String> {
    let connection = Connection::open(database).expect("a database");
    let mut lines = Vec::new();
    for table in tables(&connection, "main") {
        let mut select = connection.prepare(&format!("SELECT * FROM {table}")).expect("a statement");
        let n = select.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            (0..n).map(|at| row.get::<_, rusqlite::types::Value>(at)).collect::<Result<Vec<_>, _>>()
        };
        let rows = select.query_map([], row).expect("rows");
        lines.extend(rows.map(|row| format!("{table} {:?}", row.expect("a row"))));
    }
    lines
}

/// What lies in the folder for databases as they were.
pub fn copies(home: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(home.join("backup")).expect("the folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_migration_that_fails_leaves_the_database_as_it_was() {
    let home = TestHome::of(&downloads());
    let database = home.home.path().join(DATABASE);
    let connection = Connection::open(&database).expect("a database");
    connection
        .execute("INSERT INTO removed_record SELECT max(id) + 1000, 1 FROM record", [])
        .expect("a record that ceased to be");
    drop(connection);
    to_second_schema(home.home.path());
    // A later schema has a table of that name.
    let connection = Connection::open(&database).expect("a database");
    connection.execute_batch("CREATE TABLE thread_key_by_text (somebody TEXT)").expect("a table");
    drop(connection);
    let before = rows_of_everything(&database);
    for _ in 0..2 {
        let stop = AtomicBool::new(false);
        let error = home.home.read_documents_again("a test", &stop, &Silent).expect_err("it does not become today's");
        assert_same(&rows_of_everything(&database), &before, "after a migration that failed");
        assert_eq!(copies(home.home.path()), ["schema-2.sqlite"], "one copy of one moment: {error:?}");
    }
}
