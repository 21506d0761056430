//! Schema changes: the files of `migrations/` in order, applied by `rusqlite_migration`, counted in `user_version`.
//!
//! A change is a new file and a line in [`FILES`]; a file is never edited once it has landed.

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use super::error::{Context, StoreError};

/// `application_id` of our databases: the letters "Thbk", so that `file` and we ourselves can tell them.
const APPLICATION_ID: i64 = 0x5468_626b;

const FILES: [&str; 3] = [
    include_str!("../../migrations/0001_archives_sightings_and_records.sql"),
    include_str!("../../migrations/0002_views.sql"),
    include_str!("../../migrations/0005_what_tells_snapshots.sql"),
];

fn known_version() -> i64 {
    i64::try_from(FILES.len()).expect("there are only a few migrations")
}

fn version(connection: &Connection) -> Result<i64, StoreError> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0)).context("reading the schema's version")
}

/// Brings the database to today's schema; refuses one that is newer.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let found = version(connection)?;
    if found > known_version() {
        return Err(StoreError::NewerHome { found, known: known_version() });
    }
    Migrations::new(FILES.iter().map(|sql| M::up(sql)).collect())
        .to_latest(connection)
        .map_err(StoreError::Migration)?;
    let doing = "marking the database as ours";
    let marked: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0)).context(doing)?;
    // Writing the same mark again would write a page: a home in which nothing is new stays as it is.
    if marked == APPLICATION_ID {
        Ok(())
    } else {
        connection.pragma_update(None, "application_id", APPLICATION_ID).context(doing)
    }
}

/// For readers, which never migrate.
pub(super) fn check_version(connection: &Connection) -> Result<(), StoreError> {
    let (found, known) = (version(connection)?, known_version());
    match found.cmp(&known) {
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(StoreError::NewerHome { found, known }),
        std::cmp::Ordering::Less => Err(StoreError::OlderHome { found, known }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kind;

    #[test]
    fn every_migration_applies_and_the_kinds_are_those_of_the_model() {
        let mut connection = Connection::open_in_memory().expect("memory");
        migrate(&mut connection).expect("migrates");
        migrate(&mut connection).expect("migrates twice");
        let mut statement = connection.prepare("SELECT code, name FROM kind ORDER BY code").expect("a table");
        let stored: Vec<(i64, String)> = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .expect("rows")
            .collect::<Result<_, _>>()
            .expect("values");
        let known: Vec<(i64, String)> = Kind::ALL.iter().map(|kind| (kind.code(), kind.name().to_owned())).collect();
        assert_eq!(stored, known);
    }

    #[test]
    fn sqlite_is_free_of_the_wal_reset_bug() {
        // sqlite.org/wal.html#walresetbug: 3.7.0 to 3.51.2 can corrupt a database that two connections write.
        assert!(rusqlite::version_number() >= 3_051_003, "{}", rusqlite::version());
    }

    #[test]
    fn a_newer_home_is_refused_and_left_alone() {
        let mut connection = Connection::open_in_memory().expect("memory");
        connection.pragma_update(None, "user_version", 99).expect("a pragma");
        assert!(matches!(migrate(&mut connection), Err(StoreError::NewerHome { found: 99, .. })));
    }
}
