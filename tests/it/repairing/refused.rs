//! What is not touched: a database that SQLite calls damaged, a busy home; and how the command tells it all.

use std::fs;

use throwback::home::Lock;

use super::*;
use crate::cli::program::Program;

#[test]
fn a_database_with_damaged_pages_is_not_guessed_at() {
    let program = Program::with_sample();
    let database = program.folder().join("home").join(DATABASE);
    let mut bytes = fs::read(&database).expect("its bytes");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0xA5);
    fs::write(&database, &bytes).expect("a page");
    fs::create_dir(program.folder().join("home/backup")).expect("a folder");
    fs::write(program.folder().join("home/backup/schema-14.sqlite"), "earlier").expect("a copy");
    let output = program.output(&["check", "--repair", "--from", "fixtures/sample"]);
    let told = program.told(&output);
    assert_eq!(output.status.code(), Some(4), "{told}");
    assert!(told.contains("database_damaged") && told.contains("what_to_do"), "{told}");
    assert!(told.contains("backup/schema-14.sqlite") && !told.contains("mended"), "{told}");
    assert_eq!(fs::read(&database).expect("its bytes"), bytes, "the database is as it was");
    // No database at all is told alike.
    fs::write(&database, "no database").expect("a file");
    let told = program.run(&["check", "--repair"]);
    assert!(told.contains("what_to_do") && told.ends_with("exit: 4"), "{told}");
    fs::remove_file(&database).expect("a file");
    let told = program.run(&["check", "--repair"]);
    assert!(told.contains("database_missing") && told.contains("what_to_do"), "{told}");
}

#[test]
fn a_busy_home_and_paths_that_are_none_change_nothing() {
    let home = home();
    fs::remove_file(&media(&home)[0]).expect("a medium");
    let damaged = kept_files(&home);
    {
        let _lock = Lock::take(home.home.path(), "ingest of something").expect("the lock");
        let error = try_repair(&home, &[fixtures().join("c_2022")]).expect_err("it is busy");
        assert!(error.to_string().contains("ingest of something"), "{error}");
    }
    for wrong in ["nowhere.zip", "README.md"] {
        let from = [fixtures().join("c_2022"), fixtures().join(wrong)];
        let error = try_repair(&home, &from).expect_err("it cannot be read");
        assert!(error.to_string().contains(wrong), "{error}");
        assert_eq!(kept_files(&home), damaged);
    }
}

#[test]
fn the_command_tells_what_became_of_it() {
    let program = Program::with_sample();
    insta::assert_snapshot!(program.run(&["check", "--repair"]), @r#"
    sound: 224 records, 90 documents, 41 media files, 224 records and 27 talks in the index (every byte was read)
    exit: 0
    "#);
    let media = files_below(&program.folder().join("home/media"));
    fs::remove_file(&media[0]).expect("a medium");
    write(program.folder().join("home/tmp/half"), "half");
    insta::assert_snapshot!(program.run(&["check", "--repair"]), @r#"
    mended unfinished_write: tmp/ was emptied of what an interrupted run left (1).
    damage medium_missing: media/05/0575d72c5b73424f2750ea91da633d493983fe86ebb12530f83af445b627f999.jpg is not there. instagram-mia.example-2024-03-02-Ab3dE5fG.zip (as media/profile/202109/604582901_472474027120251_2360040652917368940_n_17900000000000132.jpg), mia.example_20220817.zip (as media/profile/202109/984809559_109428485130499_1072303424508866031_n_17900000000000132.jpg) held it: throwback check --repair --from FILE.
    1 thing is damaged: 224 records, 90 documents, 41 media files, 224 records and 27 talks in the index (every byte was read)
    exit: 4
    "#);
    insta::assert_snapshot!(program.run(&["check", "--repair", "--from", "fixtures/sample"]), @r#"
    mended medium_damaged: media/05/0575d72c5b73424f2750ea91da633d493983fe86ebb12530f83af445b627f999.jpg has its bytes again: media/profile/202109/604582901_472474027120251_2360040652917368940_n_17900000000000132.jpg in instagram-mia.example-2024-03-02-Ab3dE5fG.zip.
    sound: 224 records, 90 documents, 41 media files, 224 records and 27 talks in the index (every byte was read)
    exit: 0
    "#);
    fs::remove_file(&media[0]).expect("a medium");
    let rows = program.json(&["check", "--repair", "--from", "fixtures/sample", "--json"]);
    assert_eq!(rows[0]["repair"], true);
    assert_eq!((&rows[1]["type"], &rows[1]["code"]), (&"mended".into(), &"medium_damaged".into()));
    let end = rows.last().expect("an end");
    assert_eq!((&end["is_sound"], &end["mended"]), (&true.into(), &1.into()), "{end}");
    let told = program.run(&["check", "--from", "fixtures/sample"]);
    assert!(told.contains("--repair") && told.ends_with("exit: 2"), "{told}");
}

#[test]
fn a_schema_that_became_another_is_damage() {
    let home = home();
    let database = home.home.path().join(DATABASE);
    let whole = fs::read(&database).expect("its bytes");
    // The text of a view: a name of a column that is no text any more, and a number that is another one.
    for (text, other) in [("AS sightings", &b"AS sigh\xf4ings"[..]), ("WHEN 2 THEN 'group'", b"WHEN 3 THEN 'group'")] {
        let mut bytes = whole.clone();
        let at = place_of(&bytes, text.as_bytes());
        bytes[at..at + other.len()].copy_from_slice(other);
        fs::write(&database, &bytes).expect("a database");
        match home.home.check(throwback::home::DataToRead::Nothing) {
            Ok(report) => assert!(codes(&report.damage).contains(&"database_damaged"), "{text}: {:?}", report.damage),
            Err(error) => assert!(matches!(error, HomeError::Store(_)), "{text}: {error:?}"),
        }
        match try_repair(&home, &[]) {
            Ok(report) => assert_eq!((report.mended, report.check.damage.is_empty()), (vec![], false), "{text}"),
            Err(error) => assert!(matches!(error, HomeError::Store(_)), "{text}: {error:?}"),
        }
        assert_eq!(fs::read(&database).expect("its bytes"), bytes, "{text}: nothing was changed");
    }
}

/// Where a text stands first.
fn place_of(bytes: &[u8], text: &[u8]) -> usize {
    bytes.windows(text.len()).position(|window| window == text).expect("it stands there")
}
