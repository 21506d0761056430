//! Watchers that are stopped, killed, started again, or find the home taken.

use std::fs;

use rustix::process::Signal;
use throwback::home::Lock;

use super::desk::{Desk, QUICK, SAMPLE, Watching, append_slowly, pace, sample, three_parts};
use crate::support::{TestHome, assert_same, fixtures};

fn once(desk: &Desk, more: &[&str]) -> (Vec<serde_json::Value>, Option<i32>) {
    let folder = desk.downloads.to_string_lossy().into_owned();
    let mut arguments = vec!["watch", "--json", "--once", &folder];
    arguments.extend(QUICK);
    arguments.extend(more);
    Watching::start(desk.program.command(&arguments)).end()
}

#[test]
fn once_takes_what_is_there_and_leaves() {
    let desk = Desk::new();
    assert_eq!(once(&desk, &[]).1, Some(0), "there is nothing to take, and nothing went wrong");
    fs::write(desk.path(SAMPLE), sample()).expect("written");
    let (told, exit) = once(&desk, &[]);
    assert_eq!(exit, Some(0));
    let kinds: Vec<&str> = told.iter().filter_map(|row| row["event"].as_str()).collect();
    assert_eq!(kinds, ["started", "ingesting", "ingested", "through", "stopped"]);
    let (first, last) = (&told[0], told.last().expect("an end"));
    assert_eq!((&first["type"], &first["format"]), (&"header".into(), &"throwback-watch/1".into()));
    assert_eq!((&last["type"], &last["archives"]), (&"end".into(), &1.into()));
    assert_eq!(last["count"], told.len() - 2);
    desk.assert_holds(&[fixtures().join("sample").join(SAMPLE)]);
    fs::write(desk.path("half.zip"), &sample()[..50_000]).expect("written");
    assert_eq!(once(&desk, &[]).1, Some(3), "nothing was kept");
    fs::write(desk.path("again.zip"), sample()).expect("written");
    fs::write(desk.path("half.zip"), &sample()[..40_000]).expect("written");
    assert_eq!(once(&desk, &[]).1, Some(4), "one was kept, one was not");
}

#[test]
fn a_restart_reads_nothing_again() {
    let desk = Desk::new();
    fs::write(desk.path(SAMPLE), sample()).expect("written");
    fs::write(desk.path("half.zip"), &sample()[..50_000]).expect("written");
    let (told, _) = once(&desk, &[]);
    assert_eq!(told.iter().filter(|row| row["event"] == "broken").count(), 1);
    let (told, exit) = once(&desk, &["--verbose"]);
    let kinds: Vec<&str> = told.iter().filter_map(|row| row["event"].as_str()).collect();
    assert_eq!((kinds.as_slice(), exit), (["started", "stopped"].as_slice(), Some(0)));
}

#[test]
fn a_download_that_is_moved_is_known() {
    let desk = Desk::new();
    fs::write(desk.path(SAMPLE), sample()).expect("written");
    let mut watching = desk.watch(&[]);
    watching.wait_through(&desk.path(SAMPLE));
    fs::rename(desk.path(SAMPLE), desk.path("renamed.zip")).expect("renamed");
    let ingested = watching.wait_for("ingested");
    assert!(ingested["sentence"].as_str().expect("a sentence").contains("held already"), "{ingested}");
    assert_eq!(desk.number("SELECT count(*) FROM snapshots"), 1);
    assert_eq!(desk.number("SELECT count(*) FROM archives"), 1);
}

#[test]
fn a_second_watcher_says_who_watches() {
    let desk = Desk::new();
    let watching = desk.watch(&[]);
    let told = desk.program.output(&["watch", &desk.downloads.to_string_lossy()]);
    let text = String::from_utf8(told.stderr).expect("UTF-8");
    assert_eq!(told.status.code(), Some(5), "{text}");
    assert!(text.contains(&format!("process {}", watching.process())), "{text}");
}

#[test]
fn a_busy_home_is_waited_for() {
    let desk = Desk::new();
    let mut watching = desk.watch(&[]);
    let lock = Lock::take(desk.home().path(), "a test").expect("the lock");
    fs::write(desk.path(SAMPLE), sample()).expect("written");
    let failed = watching.wait_for("failed");
    assert!(failed["sentence"].as_str().expect("a sentence").contains("(a test)"), "{failed}");
    let status = desk.program.run(&["watch", "status"]);
    assert!(status.contains("tries again") && status.contains("(a test)"), "{status}");
    drop(lock);
    watching.wait_through(&desk.path(SAMPLE));
    desk.assert_holds(&[fixtures().join("sample").join(SAMPLE)]);
}

#[test]
fn the_home_is_free_between_archives() {
    let desk = Desk::new();
    fs::write(desk.path(SAMPLE), sample()).expect("written");
    let mut watching = desk.watch(&[]);
    watching.wait_through(&desk.path(SAMPLE));
    let other = fixtures().join("sample/mia.example_20220817.zip");
    let told = desk.program.output(&["ingest", &other.to_string_lossy()]);
    assert!(told.status.success(), "{told:?}");
    assert!(desk.program.output(&["search", "fähre"]).status.success());
    fs::copy(&other, desk.path("mia.example_20220817.zip")).expect("copied");
    watching.wait_through(&desk.path("mia.example_20220817.zip"));
    desk.assert_holds(&[fixtures().join("sample")]);
}

#[test]
fn signals_end_it_well() {
    for signal in [Signal::INT, Signal::TERM] {
        let desk = Desk::new();
        let mut watching = desk.watch(&[]);
        watching.signal(signal);
        let (told, exit) = watching.end();
        assert_eq!(exit, Some(0));
        assert_eq!(told.last().map(|row| row["type"].clone()), Some("end".into()));
    }
}

#[test]
fn a_signal_in_the_middle_of_an_archive() {
    let desk = Desk::new();
    let parts = three_parts(&desk.downloads);
    for round in 0..3 {
        let mut watching = desk.watch(&["--settle", "0s"]);
        // Whatever it does just now.
        pace(1 + round * 40);
        watching.signal(Signal::TERM);
        assert_eq!(watching.end().1, Some(0));
    }
    let (told, exit) = once(&desk, &[]);
    assert_eq!(exit, Some(0), "{told:#?}");
    desk.assert_holds(&parts);
}

/// Kills a watcher after growing pauses while downloads come in every way at once, and starts it again.
#[test]
fn killed_anywhere_it_ends_the_same() {
    let desk = Desk::new();
    let parts = three_parts(&desk.elsewhere);
    let expected = {
        let mut paths = parts.clone();
        paths.push(fixtures().join("sample").join(SAMPLE));
        paths.push(fixtures().join("collapsed"));
        TestHome::of(&paths).dump()
    };
    let bytes = sample();
    let (slow, unpacked) = (desk.path(SAMPLE), desk.path("collapsed"));
    std::thread::scope(|scope| {
        scope.spawn(|| append_slowly(&slow, &bytes, 30));
        scope.spawn(|| unpack(&fixtures().join("collapsed"), &unpacked));
        scope.spawn(|| {
            for part in &parts {
                let name = part.file_name().expect("a name");
                let unfinished = desk.downloads.join(format!("{}.part", name.to_string_lossy()));
                fs::copy(part, &unfinished).expect("copied");
                pace(150);
                fs::rename(&unfinished, desk.downloads.join(name)).expect("renamed");
            }
        });
        let folder = desk.downloads.to_string_lossy().into_owned();
        for round in 0..14 {
            let arguments = ["watch", "--json", &folder, "--settle", "60ms", "--poll", "100ms"];
            let watching = Watching::start(desk.program.command(&arguments));
            pace(20 + round * round * 6);
            watching.kill();
        }
    });
    let (told, exit) = once(&desk, &[]);
    assert_eq!(exit, Some(0), "{told:#?}");
    // A folder that was taken while it grew is one archive more of the same snapshot; what is held is the same.
    let is_content = |line: &&String| line.starts_with("record ") || line.starts_with("reaction ");
    let content = |dump: &[String]| dump.iter().filter(is_content).cloned().collect::<Vec<_>>();
    let (held, expected) = (content(&desk.dump()), content(&expected));
    assert!(!expected.is_empty());
    assert_same(&held, &expected, "killed and undisturbed differ");
    let check = desk.program.output(&["check", "--read-data"]);
    assert!(check.status.success(), "{check:?}");
}

/// Copies a tree file by file, slowly, with the times that its files have.
fn unpack(from: &std::path::Path, to: &std::path::Path) {
    for entry in walkdir::WalkDir::new(from).sort_by_file_name() {
        let entry = entry.expect("an entry");
        let to = to.join(entry.path().strip_prefix(from).expect("below"));
        if entry.file_type().is_dir() {
            fs::create_dir(&to).expect("a folder");
            continue;
        }
        pace(20);
        fs::copy(entry.path(), &to).expect("copied");
        let modified = entry.metadata().expect("its metadata").modified().expect("its time");
        let file = fs::OpenOptions::new().write(true).open(&to).expect("a file");
        file.set_modified(modified).expect("its time");
    }
}
