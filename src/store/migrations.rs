//! Schema changes: the files of `migrations/` in order, applied by `rusqlite_migration`, counted in `user_version`.
//!
//! A change is a new file and a line in [`FILES`]; a file is never edited once it has landed.

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use super::error::{Context, StoreError};
use super::sums;
use crate::media::step::{self, Step};

/// `application_id` of our databases: the letters "Thbk", so that `file` and we ourselves can tell them.
const APPLICATION_ID: i64 = 0x5468_626b;

const FILES: [&str; 17] = [
    include_str!("../../migrations/0001_archives_sightings_and_records.sql"),
    include_str!("../../migrations/0002_views.sql"),
    include_str!("../../migrations/0003_readings_follow_what_the_snapshot_teaches.sql"),
    include_str!("../../migrations/0004_salvaged_archives.sql"),
    include_str!("../../migrations/0005_what_tells_snapshots.sql"),
    include_str!("../../migrations/0006_files_that_no_document_lists.sql"),
    include_str!("../../migrations/0007_notices_and_own_accounts.sql"),
    include_str!("../../migrations/0008_sightings_without_a_record.sql"),
    include_str!("../../migrations/0009_decisions_and_names.sql"),
    include_str!("../../migrations/0010_zones_of_clocks_and_talks_of_several_forms.sql"),
    include_str!("../../migrations/0011_twins.sql"),
    include_str!("../../migrations/0012_what_lists_hold.sql"),
    include_str!("../../migrations/0013_what_goes_back_out.sql"),
    include_str!("../../migrations/0014_one_reaction_of_one_person.sql"),
    include_str!("../../migrations/0015_saved_searches.sql"),
    include_str!("../../migrations/0016_sums_of_rows.sql"),
    include_str!("../../migrations/0017_keys_under_other_names.sql"),
];

/// The file behind which rows get the sums that SQL alone cannot compute.
const WITH_SUMS: usize = 15;

fn known_version() -> i64 {
    i64::try_from(FILES.len()).expect("there are only a few migrations")
}

fn version(connection: &Connection) -> Result<i64, StoreError> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0)).context("reading the schema's version")
}

/// The schema of a database that has one and is to be brought to today's.
pub(super) fn older_schema(connection: &Connection) -> Result<Option<i64>, StoreError> {
    Ok(Some(version(connection)?).filter(|found| (1..known_version()).contains(found)))
}

/// Brings the database to today's schema; refuses one that is newer.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let found = version(connection)?;
    if found > known_version() {
        return Err(StoreError::NewerHome { found, known: known_version() });
    }
    if found < known_version() {
        apply(connection, FILES.len())?;
        step::done(Step::SchemaMade);
    }
    let doing = "marking the database as ours";
    let marked: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0)).context(doing)?;
    // Writing the same mark again would write a page: a home in which nothing is new stays as it is.
    if marked == APPLICATION_ID {
        Ok(())
    } else {
        connection.pragma_update(None, "application_id", APPLICATION_ID).context(doing)
    }
}

/// Applies the first so many files. A table that others refer to can only be made anew while nobody watches the
/// references (`sqlite.org/lang_altertable.html#otheralter`); they are checked before each file counts as applied.
fn apply(connection: &mut Connection, n_files: usize) -> Result<(), StoreError> {
    let doing = "setting the watch over references";
    connection.pragma_update(None, "foreign_keys", false).context(doing)?;
    sums::register(connection)?;
    let step = |(index, sql): (usize, &&'static str)| {
        let step = if index == WITH_SUMS { M::up_with_hook(sql, |rows| Ok(sums::fill(rows)?)) } else { M::up(sql) };
        step.foreign_key_check()
    };
    let applied = Migrations::new(FILES[..n_files].iter().enumerate().map(step).collect())
        .to_latest(connection)
        .map_err(StoreError::Migration);
    connection.pragma_update(None, "foreign_keys", true).context(doing)?;
    applied
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
    fn a_home_of_the_second_schema_keeps_its_rows() {
        let mut connection = Connection::open_in_memory().expect("memory");
        super::super::pragmas::prepare_writer(&connection).expect("pragmas");
        apply(&mut connection, 2).expect("the old schema");
        connection
            .execute_batch(
                "INSERT INTO account VALUES (1, x'01', 1, 'mia', 'mia');
                 INSERT INTO snapshot VALUES (1, x'02', '2019-07-15-aaaa', 1, 'mia', 1, 1, NULL, '2019-07-15', 'name', NULL, NULL, '', NULL, NULL, 1);
                 INSERT INTO archive VALUES (1, 'arch', 1, 'mia.zip', 9, 1, 'root/', x'03', 0);
                 INSERT INTO document VALUES (5, x'04', 9), (6, x'05', 9);
                 INSERT INTO reading VALUES (7, 5, 1, 'likes.json', 'flat_likes', 1, 2, 1, 0, 1, NULL),
                                            (9, 6, 1, 'a.srt', 'subtitles', 1, 1, 1, 0, 0, 'words');
                 INSERT INTO entry VALUES (1, 1, 0, 'root/likes.json', NULL, 'likes.json', NULL, 9, NULL, NULL, '', 1, 5, 7, NULL),
                                          (2, 1, 1, 'root/a.srt', NULL, 'a.srt', NULL, 9, NULL, NULL, '', 1, 6, 9, NULL);
                 INSERT INTO finding VALUES (1, 1, 'bad_item', 3, 'root/likes.json', '0', 1, 'bad'),
                                            (2, 1, 'duplicate_name', 2, 'root/likes.json', NULL, 0, 'twice'),
                                            (3, 1, 'missing_media', 2, NULL, NULL, 1, 'gone');
                 INSERT INTO thread_sighting VALUES (1, 7, x'06', '{}');
                 INSERT INTO sighting VALUES (3, 7, '$[0]', 1, x'07', NULL, '{}');",
            )
            .expect("rows");
        let rows = |connection: &Connection, sql: &str| -> Vec<String> {
            let mut statement = connection.prepare(sql).expect("a statement");
            let n = statement.column_count();
            let row =
                |row: &rusqlite::Row<'_>| (0..n).map(|index| row.get::<_, rusqlite::types::Value>(index)).collect();
            let rows: Vec<Vec<_>> =
                statement.query_map([], row).expect("rows").collect::<Result<_, _>>().expect("rows");
            rows.iter().map(|row| format!("{row:?}")).collect()
        };
        let kept = [
            "SELECT id, document_id, account_id, path, reader, reader_version, n_items, n_read, n_kept, n_bad, words FROM reading ORDER BY id",
            "SELECT * FROM documents ORDER BY path",
            "SELECT id, reading_id, place, thread_sighting_id, key, record_id, item FROM sighting",
            "SELECT * FROM thread_sighting",
            "SELECT id, archive_id, position, path, raw_name, base, external_id, bytes, crc32, modified, method, fate, document_id,
                    reading_id, medium_id FROM entry ORDER BY id",
            "SELECT * FROM findings ORDER BY sentence",
        ];
        let before = kept.map(|sql| rows(&connection, sql));
        assert!(before.iter().all(|rows| !rows.is_empty()));
        migrate(&mut connection).expect("migrates");
        assert_eq!(kept.map(|sql| rows(&connection, sql)), before);
        assert_eq!(
            rows(&connection, "SELECT reading_id FROM finding ORDER BY id"),
            ["[Integer(7)]", "[Null]", "[Null]"]
        );
        assert!(rows(&connection, "PRAGMA foreign_key_check").is_empty());
        // References are watched again, and the same document can be read in two ways.
        connection
            .execute_batch("INSERT INTO sighting (id, reading_id, place, key, item) VALUES (4, 99, '', x'07', '{}')")
            .expect_err("refused");
        let again =
            "INSERT INTO reading (document_id, account_id, path, learnt, reader, reader_version, n_read, n_kept, n_bad)
                     VALUES (5, 1, 'likes.json', ?1, '', 0, 0, 0, 0)";
        connection.execute(again, [b"other"]).expect("another way");
        connection.execute(again, [b"other"]).expect_err("the same way");
        connection.execute(again, [b""]).expect_err("the way of old");
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
