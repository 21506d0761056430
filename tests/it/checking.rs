//! `check` finds what is no longer what it was, wherever it lies, and nothing in a home that is sound.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use rusqlite::Connection;
use throwback::archive::Limits;
use throwback::home::{DataToRead, Lock, RepairOptions};
use throwback::ingest::Silent;
use throwback::model::DecisionKind;
use throwback::store::{DATABASE, Damage};

use crate::accounts::decide;
use crate::support::{TestHome, assert_same, fixtures};

fn of(names: &[&str]) -> TestHome {
    TestHome::of(&names.iter().map(|name| fixtures().join(name)).collect::<Vec<_>>())
}

fn rederive(home: &TestHome) -> Vec<Damage> {
    home.home.rederive("a test", &AtomicBool::new(false), &Silent).expect("a comparison")
}

fn codes(damage: &[Damage]) -> Vec<&str> {
    damage.iter().map(|damage| damage.code).collect()
}

/// Changes the database behind everybody's back.
fn spoil(home: &TestHome, sql: &str) {
    let database = Connection::open(home.home.path().join(DATABASE)).expect("a database");
    let n = database.execute(sql, []).expect("a change");
    assert!(n > 0, "{sql} changes nothing");
}

#[test]
fn what_the_documents_give_is_what_is_held() {
    let all = ["a_one_part", "a_three_parts", "b_mixed", "c_2022", "html_2022", "d_2024", "e_2026", "e2ee"];
    let home = of(&all);
    let before = home.dump();
    let moment = home.number("SELECT last_change FROM home");
    assert_eq!(rederive(&home), []);
    assert_same(&home.dump(), &before, "after the comparison");
    assert_eq!(home.number("SELECT last_change FROM home"), moment);
}

#[test]
fn a_value_that_became_another_is_found_and_mended_from_the_documents() {
    let home = of(&["c_2022", "d_2024"]);
    let before = home.dump();
    for sql in [
        "UPDATE record SET text = 'something else' WHERE id = (SELECT max(id) FROM record WHERE text IS NOT NULL)",
        "UPDATE record SET at_ms = at_ms + 1 WHERE id = (SELECT min(id) FROM record WHERE at_ms IS NOT NULL)",
        "UPDATE sighting SET item = json_set(item, '$.text', 'spoilt') WHERE id = 7",
        "UPDATE thread SET title = 'Somebody else' WHERE id = (SELECT min(id) FROM thread)",
        "DELETE FROM reaction WHERE record_id = (SELECT min(record_id) FROM reaction)",
        "UPDATE handle SET person_id = (SELECT max(id) FROM person) WHERE id = (SELECT min(id) FROM handle)",
    ] {
        spoil(&home, sql);
        assert_ne!(rederive(&home), [], "{sql}");
        home.home.read_documents_again("a test", &AtomicBool::new(false), &Silent).expect("read again");
        assert_eq!(rederive(&home), [], "{sql}");
        assert_same(&home.dump(), &before, sql);
    }
}

#[test]
fn comparing_takes_the_lock() {
    let home = of(&["a_utc"]);
    let _lock = Lock::take(home.home.path(), "ingest of something").expect("the lock");
    let error = home.home.rederive("a test", &AtomicBool::new(false), &Silent).expect_err("it is busy");
    assert!(error.to_string().contains("ingest of something"), "{error}");
}

#[test]
fn samples_are_others_each_time_and_find_it_in_the_end() {
    let home = of(&["c_2022", "d_2024"]);
    let media: Vec<PathBuf> = home
        .rows("SELECT path FROM media WHERE bytes > 100 ORDER BY path")
        .iter()
        .map(|row| home.home.path().join(row.text("path").expect("a path")))
        .collect();
    let mut bytes = fs::read(&media[3]).expect("a medium");
    bytes[60] ^= 4;
    fs::write(&media[3], bytes).expect("another bit");
    let check = |data| home.home.check(data).expect("a check");
    assert_eq!(check(DataToRead::Nothing).damage, [], "its length is right");
    assert_eq!(codes(&check(DataToRead::Everything).damage), ["medium_damaged"]);
    let samples: Vec<_> = (0..60).map(|seed| check(DataToRead::Sample { percent: 10, seed })).collect();
    let found = samples.iter().filter(|report| codes(&report.damage) == ["medium_damaged"]).count();
    assert!((1..30).contains(&found), "a tenth of 60, more or less: {found}");
    assert!(samples.iter().all(|report| report.n_read < report.n_media / 2), "{samples:?}");
    assert_eq!(codes(&check(DataToRead::Sample { percent: 100, seed: 1 }).damage), ["medium_damaged"]);
}

#[test]
fn what_would_not_come_back_is_told() {
    let home = of(&["d_2024"]);
    let snapshots: Vec<String> =
        home.rows("SELECT id FROM snapshots").iter().map(|row| row.text("id").expect("an id").to_owned()).collect();
    let rehearse = || home.home.rehearse_restoring(&snapshots, &AtomicBool::new(false), &Silent).expect("a rehearsal");
    assert_eq!(rehearse(), [""; 0]);
    let rows = home.rows("SELECT path FROM media ORDER BY path LIMIT 1");
    fs::remove_file(home.home.path().join(rows[0].text("path").expect("a path"))).expect("a medium");
    assert_eq!(
        rehearse().len(),
        home.rows("SELECT 1 FROM entries WHERE hash = (SELECT hash FROM media ORDER BY path LIMIT 1)").len()
    );
}

#[test]
fn strange_names_in_the_home_are_told_and_left() {
    let home = of(&["a_utc"]);
    let check = || home.home.check(DataToRead::Nothing).expect("a check");
    assert_eq!((check().damage, check().remarks), (vec![], vec![]));
    let strange = home.home.path().join("holiday.txt");
    fs::write(&strange, "mine").expect("a file");
    assert_eq!(codes(&check().remarks), ["strange_file"]);
    assert!(strange.is_file());
}

/// Columns of tables whose rows have sums that are told otherwise: computed again, or by references that lead nowhere.
const TOLD_OTHERWISE: [(&str, &[&str]); 6] = [
    (
        "archive",
        &[
            "id",
            "sum",
            "snapshot_id",
            "name",
            "format",
            "generation",
            "language",
            "evidence",
            "told",
            "stand_in",
            "content",
            "n_files",
            "newest_entry",
            "is_partial",
            "joined_by",
        ],
    ),
    ("archive_name", &["sum", "archive_id"]),
    ("entry", &["id", "sum", "archive_id", "document_id", "medium_id", "reading_id"]),
    ("finding", &["id", "sum", "archive_id", "reading_id"]),
    ("decision", &["id", "sum"]),
    ("saved_search", &["sum"]),
];

#[test]
fn every_column_that_no_document_repeats_is_summed() {
    let home = of(&["c_2022", "d_2024"]);
    decide(&home, DecisionKind::Accept, &["mia.example", "missing_media", "2024"]);
    home.home.save_search("trip", "lisbon", "a test").expect("saved");
    assert_eq!(home.home.check(DataToRead::Nothing).expect("a check").damage, []);
    let database = Connection::open(home.home.path().join(DATABASE)).expect("a database");
    for (table, otherwise) in TOLD_OTHERWISE {
        let mut select = database.prepare("SELECT name, type FROM pragma_table_info(?1)").expect("a statement");
        let columns = select.query_map([table], |row| Ok((row.get(0)?, row.get(1)?))).expect("columns");
        let columns: Vec<(String, String)> = columns.collect::<Result<_, _>>().expect("columns");
        assert!(otherwise.iter().all(|name| columns.iter().any(|(column, _)| column == name)), "{table}: {columns:?}");
        for (column, kind) in columns.iter().filter(|(column, _)| !otherwise.contains(&column.as_str())) {
            let other = match kind.as_str() {
                "INTEGER" => format!("coalesce({column}, 0) + 1000"),
                "TEXT" => format!("coalesce({column}, '') || 'x'"),
                _ => "x'0102'".to_owned(),
            };
            let spoil =
                format!("UPDATE {table} SET {column} = {other} WHERE {column} IS (SELECT max({column}) FROM {table})");
            let keep = format!("PRAGMA foreign_keys = OFF; CREATE TEMP TABLE kept AS SELECT * FROM {table}");
            database.execute_batch(&keep).expect(&keep);
            database.execute_batch(&spoil).expect(&spoil);
            let damage = home.home.check(DataToRead::Nothing).expect("a check").damage;
            assert!(codes(&damage).contains(&"row_changed"), "{table}.{column}: {damage:?}");
            let back = format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept; DROP TABLE kept");
            database.execute_batch(&back).expect(&back);
        }
    }
    assert_eq!(home.home.check(DataToRead::Nothing).expect("a check").damage, []);
}

#[test]
fn entries_that_became_others_are_put_right_by_their_archive() {
    let home = of(&["c_2022", "d_2024"]);
    let before = home.dump();
    let from = ["c_2022", "d_2024"].map(|name| fixtures().join(name));
    for sql in [
        "UPDATE entry SET modified = '2001-01-01T00:00:00' WHERE id = 9",
        "UPDATE entry SET crc32 = 5, method = 'lzma', bytes = bytes + 1 WHERE id = 11",
        "UPDATE entry SET fate = 3 WHERE id = (SELECT max(id) FROM entry WHERE fate = 2)",
        "UPDATE entry SET sum = sum + 1 WHERE id IN (3, 5)",
        // What became no text at all.
        "UPDATE entry SET path = CAST(x'ff41' AS TEXT) WHERE id = 7",
    ] {
        spoil(&home, sql);
        let found = home.home.check(DataToRead::Nothing).expect("a check").damage;
        assert_eq!(codes(&found), ["row_changed"], "{sql}");
        let stop = AtomicBool::new(false);
        let options = RepairOptions { from: &from, limits: &Limits::default(), command: "a test", stop: &stop };
        let repaired = home.home.repair(&options, &Silent).expect("a repair");
        assert_eq!(codes(&repaired.mended), ["entries_differ"], "{sql}");
        assert_eq!(repaired.check.damage, [], "{sql}");
        assert_same(&home.dump(), &before, sql);
    }
}
