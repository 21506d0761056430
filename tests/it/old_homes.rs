//! Homes as earlier versions left them: made by the program as it stood when its schema was the last one, from the same five
//! downloads (`tests/homes/README.md` says how). Each becomes what a new home is, and nothing of it is lost on the way.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use rusqlite::Connection;
use throwback::home::{DataToRead, Home};
use throwback::ingest::Silent;
use throwback::store::DATABASE;

use crate::migrations::{copies, rows_of_everything};
use crate::support::{TestHome, assert_same, fixtures};

/// The schemas that stood when something landed, and how many bytes of `databases.zst`, in this order, are the database of one.
const SCHEMAS: [(i64, usize); 6] =
    [(2, 757_760), (8, 839_680), (13, 897_024), (14, 892_928), (15, 901_120), (16, 901_120)];

fn kept() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/homes")
}

/// What the homes were given, in this order.
fn downloads() -> Vec<PathBuf> {
    let own = kept().join("downloads");
    vec![
        own.join("mia.example_20191012.zip"),
        fixtures().join("sample/mia.example_20220817.zip"),
        fixtures().join("sample/instagram-mia.example-2024-03-02-Ab3dE5fG.zip"),
        own.join("instagram-mia.example-2024-03-05-hT4mLp7q.zip"),
        own.join("instagram-mia.example-2026-01-12-eF6kTr2s.zip"),
    ]
}

/// A folder and a file as the program makes them: for their owner alone.
fn private(path: &Path, is_folder: bool) {
    #[cfg(unix)]
    {
        let mode = if is_folder { 0o700 } else { 0o600 };
        fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).expect("a mode");
    }
    #[cfg(not(unix))]
    assert_eq!(path.is_dir(), is_folder);
}

/// A home of that schema, as it was left.
fn old(schema: i64) -> TestHome {
    let home = TestHome::new();
    let folder = home.home.path();
    let files = walkdir::WalkDir::new(kept().join("media")).into_iter().map(|step| step.expect("a file"));
    fs::create_dir_all(folder).expect("a folder");
    private(folder, true);
    for step in files {
        let to = folder.join("media").join(step.path().strip_prefix(kept().join("media")).expect("below"));
        if step.file_type().is_dir() {
            fs::create_dir_all(&to).expect("a folder");
        } else {
            fs::copy(step.path(), &to).expect("a medium");
        }
        private(&to, step.file_type().is_dir());
    }
    let packed = fs::read(kept().join("databases.zst")).expect("the databases");
    let all = zstd::decode_all(&packed[..]).expect("they unpack");
    let place = SCHEMAS.iter().position(|(known, _)| *known == schema).expect("a schema that is kept");
    let start: usize = SCHEMAS[..place].iter().map(|(_, n_bytes)| n_bytes).sum();
    let database = folder.join(DATABASE);
    fs::write(&database, &all[start..start + SCHEMAS[place].1]).expect("a database");
    private(&database, false);
    let found: i64 = Connection::open(&database)
        .and_then(|connection| connection.query_row("PRAGMA user_version", [], |row| row.get(0)))
        .expect("a schema");
    assert_eq!(found, schema);
    home
}

/// What a person said to the home, in the words of its schema. Gives what must be held of it.
fn say(schema: i64, database: &Path) -> Vec<String> {
    let said = [
        (
            9,
            "INSERT INTO decision (kind, arguments, reason, made_ms) VALUES ('accept', '[\"a\",\"b\",\"c\"]', 'lost', 5)",
        ),
        (15, "INSERT INTO saved_search (name, query) VALUES ('trip', 'lisbon')"),
    ];
    // Sums of these rows, as the program of that day wrote them.
    let sums = [
        (16, "UPDATE decision SET sum = -235241110429300130"),
        (16, "UPDATE saved_search SET sum = 7403266803981862981"),
    ];
    let connection = Connection::open(database).expect("a database");
    let mut held = Vec::new();
    for ((since, sql), words) in said.into_iter().zip([r#"accept ["a","b","c"] lost 5"#, "trip lisbon"]) {
        if schema >= since {
            connection.execute(sql, []).expect(sql);
            held.push(words.to_owned());
        }
    }
    for (_, sql) in sums.into_iter().filter(|(since, _)| schema >= *since) {
        connection.execute(sql, []).expect(sql);
    }
    held
}

/// The same, as it is held now.
fn said(home: &TestHome) -> Vec<String> {
    let rows = home.rows(
        "SELECT kind || ' ' || arguments || ' ' || reason || ' ' || made_ms AS words FROM decisions
          UNION ALL SELECT name || ' ' || query FROM saved_searches",
    );
    rows.iter().map(|row| row.text("words").expect("words").to_owned()).collect()
}

/// Everything else that is held, but by which file each snapshot was recognised: that is what the program of that day looked
/// at first, told by the archive and by no document.
fn held(home: &TestHome) -> Vec<String> {
    let of_downloads = home
        .dump()
        .into_iter()
        .filter(|line| !["decision ", "saved_search "].iter().any(|kind| line.starts_with(kind)));
    let lines = of_downloads.map(|line| match line.split_once(r#", ("evidence", "#) {
        Some((snapshot, _)) if line.starts_with("snapshot ") => snapshot.to_owned(),
        _ => line,
    });
    lines.collect()
}

fn read_again(home: &Home) {
    home.read_documents_again("a test", &AtomicBool::new(false), &Silent).expect("they are read again");
}

#[test]
fn homes_of_every_schema_become_what_a_new_one_is() {
    let fresh = TestHome::of(&downloads());
    read_again(&fresh.home);
    let expected = held(&fresh);
    for (schema, _) in SCHEMAS {
        let home = old(schema);
        let what = format!("a home of schema {schema}");
        let words = say(schema, &home.home.path().join(DATABASE));
        let before = rows_of_everything(&home.home.path().join(DATABASE));
        read_again(&home.home);
        assert_same(&held(&home), &expected, &what);
        assert_eq!(said(&home), words, "{what}");
        assert_eq!(copies(home.home.path()), [format!("schema-{schema}.sqlite")], "{what}");
        let copy = home.home.path().join(format!("backup/schema-{schema}.sqlite"));
        assert_same(&rows_of_everything(&copy), &before, &format!("{what}: the database as it was"));
        let report = home.home.check(DataToRead::Everything).expect("a check");
        assert_eq!((report.damage, report.remarks), (Vec::new(), Vec::new()), "{what}");
        let found = home.home.rederive("a test", &AtomicBool::new(false), &Silent).expect("a comparison");
        assert_eq!(found, [], "{what}");
        // And it knows what it holds.
        for download in downloads() {
            let reports = home.ingest(&download);
            assert!(reports.iter().all(|report| report.is_known), "{what}: {}", download.display());
        }
        assert_same(&held(&home), &expected, &format!("{what}, given the same again"));
    }
}

#[test]
fn what_comes_into_a_home_of_before_gives_its_records_the_ids_that_they_have_by_other_names_of_the_owner() {
    let ids = |home: &TestHome| -> Vec<String> {
        let sql = "SELECT r.public_id || ' ' || a.public_id AS ids FROM alias a JOIN record r ON r.id = a.record_id";
        let rows = home.rows(&format!(
            "{sql} UNION ALL SELECT t.public_id || ' ' || a.public_id FROM thread_alias a
                                        JOIN thread t ON t.id = a.thread_id ORDER BY ids"
        ));
        rows.iter().map(|row| row.text("ids").expect("ids").to_owned()).collect()
    };
    let more = fixtures().join("c_2022");
    let home = old(16);
    home.ingest(&more);
    let mut all = downloads();
    all.push(more);
    let fresh = TestHome::of(&all);
    read_again(&fresh.home);
    assert!(ids(&fresh).len() > 300, "{:?}", ids(&fresh));
    assert_same(&ids(&home), &ids(&fresh), "a home of schema 16");
}

#[test]
fn a_home_of_any_schema_that_cannot_be_migrated_stays_as_it_is() {
    for (schema, _) in SCHEMAS {
        let home = old(schema);
        let database = home.home.path().join(DATABASE);
        // What the last migration adds is there already.
        let connection = Connection::open(&database).expect("a database");
        connection.execute_batch("CREATE TABLE thread_alias (public_id TEXT) STRICT").expect("a table");
        drop(connection);
        let before = rows_of_everything(&database);
        for _ in 0..2 {
            let outcome = home.home.read_documents_again("a test", &AtomicBool::new(false), &Silent);
            assert!(outcome.is_err(), "schema {schema}");
            assert_same(&rows_of_everything(&database), &before, &format!("schema {schema}"));
            let found: i64 = Connection::open(&database)
                .and_then(|connection| connection.query_row("PRAGMA user_version", [], |row| row.get(0)))
                .expect("a schema");
            assert_eq!(found, schema);
            assert_eq!(copies(home.home.path()), [format!("schema-{schema}.sqlite")]);
        }
    }
}
