//! The real program, killed at moments that nobody chose, and read while it writes.
//!
//! Fifty kills, and reading beside three ingests; `THROWBACK_KILLS=2000` kills as often, and with `THROWBACK_SECONDS=60`
//! home after home is filled and read for that long.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use throwback::home::{DataToRead, Home, HomeError};
use throwback::store::DATABASE;

use crate::cli::program::Program;
use crate::support::{Dice, assert_same, dump_of};

const DOWNLOADS: [&str; 3] = [
    "fixtures/sample/mia.example_20220817.zip",
    "fixtures/sample/instagram-mia.example-2024-03-02-Ab3dE5fG.zip",
    "fixtures/e_2026",
];

#[expect(clippy::disallowed_methods, reason = "how much is tried is chosen by hand")]
fn chosen(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |n| n.parse().expect("a number"))
}

fn files_below(folder: &Path) -> Vec<String> {
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|step| step.expect("a file"));
    files.filter(|step| step.file_type().is_file()).map(|step| step.path().to_string_lossy().into_owned()).collect()
}

#[test]
fn killed_at_any_moment_it_goes_on() {
    let ingest = ["ingest", "fixtures/sample"];
    let program = Program::new();
    let began = Instant::now();
    assert!(program.output(&ingest).status.success());
    let takes = began.elapsed();
    let folder = program.folder().join("home");
    let home = Home::at(&folder);
    let (dump, media) = (dump_of(&home), files_below(&folder.join("media")));
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut n_killed = 0;
    fs::remove_dir_all(&folder).expect("a fresh home");
    for round in 0..chosen("THROWBACK_KILLS", 50) {
        let mut child = program.command(&ingest).spawn().expect("the program starts");
        let share = u32::try_from(dice.below(1000)).expect("small");
        std::thread::park_timeout(takes * share / 1000);
        child.kill().expect("it was started");
        let has_ended = child.wait().expect("it ended").success();
        n_killed += u64::from(!has_ended);
        match home.check(DataToRead::Everything) {
            Ok(check) => assert_eq!(check.damage, [], "after kill {round}"),
            // On a busy machine it is killed before it did anything.
            Err(error) => assert!(matches!(error, HomeError::NotThere(_)) && !has_ended, "after kill {round}: {error}"),
        }
        // Else the next one goes on from what this one left.
        if has_ended || dice.below(4) == 0 {
            let told = program.run(&ingest);
            assert!(told.ends_with("exit: 0"), "after kill {round}: {told}");
            assert_same(&dump_of(&home), &dump, "after a kill");
            assert_eq!(files_below(&folder.join("media")), media, "after kill {round}");
            assert_eq!(files_below(&folder.join("tmp")), [""; 0], "after kill {round}");
            assert_eq!(home.check(DataToRead::Everything).expect("a look").damage, [], "after kill {round}");
            fs::remove_dir_all(&folder).expect("a fresh home");
        }
    }
    assert!(n_killed > 0, "the program was never killed before its end");
}

/// As a power cut leaves it: some pages of a change are in the database, and its journal lies beside it.
#[test]
fn a_change_that_was_cut_off_is_taken_back_for_readers_too() {
    let program = Program::with_sample();
    let [copy, cut] = ["copy", "cut"].map(|name| program.folder().join(name));
    assert!(program.output(&["backup", &copy.to_string_lossy()]).status.success());
    let connection = rusqlite::Connection::open(copy.join(DATABASE)).expect("a database");
    let change =
        "PRAGMA cache_size = 1; BEGIN IMMEDIATE; UPDATE record SET text = 'x'; UPDATE document_chunk SET zstd = x'00';";
    connection.execute_batch(change).expect("a change");
    fs::create_dir(&cut).expect("a folder");
    for name in [DATABASE.to_owned(), format!("{DATABASE}-journal")] {
        fs::copy(copy.join(&name), cut.join(&name)).expect("a file");
    }
    let bytes = |folder: &Path| fs::read(folder.join(DATABASE)).expect("a database");
    assert_ne!(bytes(&cut), bytes(&program.folder().join("home")), "nothing of the change is in the database");
    let told = program.run(&["--home", &cut.to_string_lossy(), "dump"]);
    assert_eq!(told, program.run(&["dump"]));
}

/// The disk with the download failed while the bytes between its entries were read; another time it does not.
#[test]
fn what_a_disk_did_not_read_is_read_again() {
    let program = Program::with_sample();
    let dump = program.run(&["dump"]);
    let database = rusqlite::Connection::open(program.folder().join("home").join(DATABASE)).expect("a database");
    let found = "INSERT INTO finding (archive_id, code, severity, n_items, sentence)
                 SELECT id, 'unreadable_file', 3, 0, 'The archive cannot be read here.' FROM archive LIMIT 1";
    assert_eq!(database.execute(found, []).expect("a finding"), 1);
    drop(database);
    assert_ne!(program.run(&["dump"]), dump);
    let told = program.run(&["ingest", "fixtures/sample"]);
    assert!(told.ends_with("exit: 0"), "{told}");
    assert_eq!(program.run(&["dump"]), dump);
}

/// What readers see of a home at one moment.
struct Moment {
    dump: String,
    snapshots: String,
    hits: BTreeSet<String>,
}

const QUERY: [&str; 4] = ["--json", "search", "-n0", "kind:message"];

impl Moment {
    fn of(program: &Program) -> Self {
        let [dump, snapshots] = ["dump", "snapshots"].map(|command| program.run(&[command]));
        Self { dump, snapshots, hits: hits(&program.run(&QUERY)) }
    }
}

/// The ids of what a search found.
fn hits(told: &str) -> BTreeSet<String> {
    let rows = told.lines().filter(|line| line.contains(r#""type":"hit""#));
    let ids = rows.map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a row")["id"].clone());
    ids.map(|id| id.as_str().expect("an id").to_owned()).collect()
}

#[test]
fn readers_beside_a_writer_see_whole_archives() {
    let program = Program::new();
    let mut moments = Vec::new();
    for download in DOWNLOADS {
        assert!(program.output(&["ingest", download]).status.success());
        moments.push(Moment::of(&program));
    }
    let known = moments[0].hits.iter().find(|id| moments.iter().all(|moment| moment.hits.contains(*id)));
    let show = ["show", known.expect("a message that stays")];
    let began = Instant::now();
    let n_read = AtomicU64::new(0);
    loop {
        let program = Program::new();
        let [is_done, has_first] = [AtomicBool::new(false), AtomicBool::new(false)];
        let faults = Mutex::new(Vec::new());
        let read = |arguments: &[&str], is_right: &dyn Fn(&str) -> bool| {
            while !is_done.load(Ordering::Relaxed) {
                // Before the first archive there may be no home, no such record, and no index while another makes it.
                let may_lack = !has_first.load(Ordering::Relaxed);
                let told = program.run(arguments);
                let lacks = ["there is no home at", "no record has an id", "the home is being written"];
                n_read.fetch_add(1, Ordering::Relaxed);
                if !(is_right(&told) || may_lack && lacks.iter().any(|lack| told.contains(lack))) {
                    faults.lock().expect("a list").push(format!("{arguments:?}: {told}"));
                }
            }
        };
        let is_empty = |told: &str| told.lines().filter(|line| line.contains(r#""type":"#)).count() == 2;
        std::thread::scope(|scope| {
            scope.spawn(|| {
                read(&["dump"], &|told| is_empty(told) || moments.iter().any(|moment| moment.dump == told));
            });
            scope.spawn(|| {
                let header = moments[0].snapshots.lines().next().expect("a header");
                let is_bare = |told: &str| {
                    told.lines().next().is_some_and(|line| line.trim() != header) && told.lines().count() == 2
                };
                read(&["snapshots"], &|told| is_bare(told) || moments.iter().any(|moment| moment.snapshots == told));
            });
            scope.spawn(|| {
                let is_moment =
                    |found: BTreeSet<String>| found.is_empty() || moments.iter().any(|moment| moment.hits == found);
                read(&QUERY, &|told| (told.ends_with("exit: 0") || told.ends_with("exit: 1")) && is_moment(hits(told)));
            });
            scope.spawn(|| read(&show, &|told| told.ends_with("exit: 0")));
            for download in DOWNLOADS {
                let told = program.run(&["ingest", "--wait", download]);
                if !told.ends_with("exit: 0") {
                    faults.lock().expect("a list").push(told);
                }
                has_first.store(true, Ordering::Relaxed);
            }
            is_done.store(true, Ordering::Relaxed);
        });
        let faults = faults.into_inner().expect("a list");
        assert_eq!(faults, [""; 0], "{} faults", faults.len());
        assert_eq!(program.run(&["dump"]), moments[2].dump, "in the end");
        if began.elapsed() >= Duration::from_secs(chosen("THROWBACK_SECONDS", 0)) {
            break;
        }
    }
    assert!(n_read.load(Ordering::Relaxed) > 4, "nobody read");
}
