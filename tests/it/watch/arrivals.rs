//! Ways in which a ZIP arrives.

use std::fs;
use std::io::{Seek, SeekFrom, Write};

use serde_json::Value;

use super::desk::{Desk, SAMPLE, append_slowly, pace, sample, three_parts};
use crate::support::{TestHome, assert_same, fixtures};

fn the_sample() -> Vec<std::path::PathBuf> {
    vec![fixtures().join("sample").join(SAMPLE)]
}

#[test]
fn a_file_that_is_moved_in() {
    let desk = Desk::new();
    let mut watching = desk.watch(&[]);
    let elsewhere = desk.elsewhere.join(SAMPLE);
    fs::write(&elsewhere, sample()).expect("written");
    fs::rename(&elsewhere, desk.path(SAMPLE)).expect("moved");
    watching.wait_through(&desk.path(SAMPLE));
    desk.assert_holds(&the_sample());
    assert_eq!(watching.n_told("ingested"), 1);
    assert_eq!(watching.stop().1, Some(0));
}

#[test]
fn what_was_there_before() {
    let desk = Desk::new();
    fs::write(desk.path(SAMPLE), sample()).expect("written");
    let mut watching = desk.watch(&[]);
    watching.wait_through(&desk.path(SAMPLE));
    desk.assert_holds(&the_sample());
}

#[test]
fn without_events() {
    let desk = Desk::new();
    let mut watching = desk.watch(&["--poll-only"]);
    fs::write(desk.path(SAMPLE), sample()).expect("written");
    watching.wait_through(&desk.path(SAMPLE));
    desk.assert_holds(&the_sample());
}

#[test]
fn a_slow_copy() {
    let desk = Desk::new();
    let mut watching = desk.watch(&[]);
    append_slowly(&desk.path(SAMPLE), &sample(), 40);
    watching.wait_through(&desk.path(SAMPLE));
    desk.assert_holds(&the_sample());
    assert_eq!(watching.n_told("ingested"), 1, "it was taken once, whole");
}

#[test]
fn a_browser_renames_what_is_finished() {
    let desk = Desk::new();
    let mut watching = desk.watch(&["--verbose"]);
    let unfinished = desk.path(&format!("{SAMPLE}.crdownload"));
    append_slowly(&unfinished, &sample(), 10);
    // Whole and quiet, but its name says that it is not finished. What comes later is taken before.
    let other = desk.path("mia.example_20220817.zip");
    fs::copy(fixtures().join("sample/mia.example_20220817.zip"), &other).expect("copied");
    watching.wait_through(&other);
    assert_eq!(watching.n_told("ingested"), 1);
    fs::rename(&unfinished, desk.path(SAMPLE)).expect("renamed");
    watching.wait_through(&desk.path(SAMPLE));
    desk.assert_holds(&[fixtures().join("sample")]);
}

#[test]
fn a_control_file_holds_it_back() {
    let desk = Desk::new();
    let control = desk.path(&format!("{SAMPLE}.aria2"));
    fs::write(&control, "control").expect("written");
    let mut watching = desk.watch(&[]);
    fs::write(desk.path(SAMPLE), sample()).expect("written");
    let waiting = watching.wait_for("waiting");
    assert!(waiting["sentence"].as_str().expect("a sentence").contains(".aria2"), "{waiting}");
    assert_eq!(watching.n_told("ingesting"), 0);
    fs::remove_file(&control).expect("removed");
    watching.wait_through(&desk.path(SAMPLE));
    assert_eq!(watching.n_told("waiting"), 1, "it is told once");
    desk.assert_holds(&the_sample());
}

#[cfg(target_os = "linux")]
#[test]
fn who_writes_holds_it_back() {
    let desk = Desk::new();
    let mut watching = desk.watch(&[]);
    let mut file = fs::File::create(desk.path(SAMPLE)).expect("a file");
    file.write_all(&sample()).expect("written");
    let waiting = watching.wait_for("waiting");
    let us = format!("process {}", std::process::id());
    assert!(waiting["sentence"].as_str().expect("a sentence").contains(&us), "{waiting}");
    assert_eq!(watching.n_told("ingesting"), 0);
    drop(file);
    watching.wait_through(&desk.path(SAMPLE));
    desk.assert_holds(&the_sample());
}

#[test]
fn a_zip_that_breaks_off_and_is_completed() {
    let desk = Desk::new();
    let mut watching = desk.watch(&[]);
    let bytes = sample();
    let (half, rest) = bytes.split_at(bytes.len() / 2);
    fs::write(desk.path(SAMPLE), half).expect("written");
    let broken = watching.wait_for("broken");
    assert_eq!(broken["code"], "unreadable_archive", "{broken}");
    assert_eq!(watching.n_told("ingesting"), 0);
    append_slowly(&desk.path(SAMPLE), rest, 2);
    watching.wait_through(&desk.path(SAMPLE));
    desk.assert_holds(&the_sample());
}

#[test]
fn a_file_made_long_before_its_bytes_come() {
    let desk = Desk::new();
    let mut watching = desk.watch(&["--verbose"]);
    let bytes = sample();
    let path = desk.path(SAMPLE);
    let mut file = fs::File::create(&path).expect("a file");
    file.set_len(bytes.len() as u64).expect("its length");
    drop(file);
    watching.wait_for("not_ours");
    // First the end, then all but a piece in the middle, then that.
    file = fs::OpenOptions::new().write(true).open(&path).expect("a file");
    let (middle, end) = (bytes.len() / 2, bytes.len() * 3 / 4);
    let mut put = |from: usize, to: usize| {
        file.seek(SeekFrom::Start(from as u64)).expect("there");
        file.write_all(&bytes[from..to]).expect("written");
        file.flush().expect("written");
    };
    put(end, bytes.len());
    put(0, middle);
    drop(file);
    let broken = watching.wait_for("broken");
    assert_eq!(broken["code"], "damaged_entry", "{broken}");
    assert_eq!(watching.n_told("ingesting"), 0);
    let mut file = fs::OpenOptions::new().write(true).open(&path).expect("a file");
    file.seek(SeekFrom::Start(middle as u64)).expect("there");
    file.write_all(&bytes[middle..end]).expect("written");
    drop(file);
    watching.wait_through(&path);
    desk.assert_holds(&the_sample());
}

#[test]
fn a_file_that_is_written_over_and_over() {
    let desk = Desk::new();
    let mut watching = desk.watch(&["--settle", "0s", "--poll", "100ms"]);
    let (bytes, path) = (sample(), desk.path(SAMPLE));
    for round in 0..12 {
        if round % 3 == 2 {
            let elsewhere = desk.elsewhere.join(SAMPLE);
            fs::write(&elsewhere, &bytes).expect("written");
            fs::rename(&elsewhere, &path).expect("replaced");
        } else {
            fs::write(&path, &bytes).expect("written over");
        }
        pace(round * 7);
    }
    watching.wait_through(&path);
    desk.assert_holds(&the_sample());
    assert_eq!(desk.number("SELECT count(*) FROM snapshots"), 1);
    assert_eq!(desk.number("SELECT count(*) FROM findings WHERE code = 'damaged_entry'"), 0);
}

#[test]
fn parts_come_in_any_order() {
    let expected = {
        let folder = tempfile::tempdir().expect("a folder");
        TestHome::of(&three_parts(folder.path())).dump()
    };
    for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
        let desk = Desk::new();
        let parts = three_parts(&desk.elsewhere);
        let mut watching = desk.watch(&[]);
        for part in order {
            let name = parts[part].file_name().expect("a name");
            fs::rename(&parts[part], desk.downloads.join(name)).expect("moved");
            watching.wait_through(&desk.downloads.join(name));
        }
        assert_same(&desk.dump(), &expected, "the parts came in another order");
        assert_eq!(desk.number("SELECT count(*) FROM snapshots"), 1);
    }
}

#[test]
fn foreign_files_are_left_alone() {
    let desk = Desk::new();
    let mut watching = desk.watch(&[]);
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("photos/1.jpg", zip::write::SimpleFileOptions::default()).expect("an entry");
    let foreign = zip.finish().expect("a ZIP").into_inner();
    for n in 0..125 {
        fs::write(desk.path(&format!("{n}.zip")), &foreign).expect("written");
        fs::write(desk.path(&format!("{n}.pdf")), "no ZIP").expect("written");
        fs::write(desk.path(&format!("{n}.jpg")), "no ZIP").expect("written");
        fs::write(desk.path(&format!("{n}")), "").expect("written");
        fs::create_dir(desk.path(&format!("folder {n}"))).expect("a folder");
    }
    fs::write(desk.path(SAMPLE), sample()).expect("written");
    watching.wait_through(&desk.path(SAMPLE));
    desk.assert_holds(&the_sample());
    // What tells of them tells that all were looked at.
    let mut judged = 0;
    for _ in 0..400 {
        judged = desk.home().watch_memory().expect("a look").expect("a memory").things().expect("things").len();
        if judged == 501 {
            break;
        }
        pace(100);
    }
    assert_eq!(judged, 501);
    let told: Vec<Value> = watching.stop().0;
    let events: Vec<&str> = told.iter().filter_map(|row| row["event"].as_str()).collect();
    assert_eq!(events, ["started", "ingesting", "ingested", "through", "stopped"]);
}

#[test]
fn times_of_files_mean_nothing() {
    let desk = Desk::new();
    let mut watching = desk.watch(&[]);
    for (name, seconds) in [("old.zip", 86_400), ("future.zip", 4_102_444_800)] {
        let path = desk.elsewhere.join(name);
        fs::copy(fixtures().join("sample").join(SAMPLE), &path).expect("copied");
        let file = fs::OpenOptions::new().write(true).open(&path).expect("a file");
        file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds)).expect("its time");
        drop(file);
        fs::rename(&path, desk.path(name)).expect("moved");
        watching.wait_through(&desk.path(name));
    }
    assert_eq!(desk.number("SELECT count(*) FROM snapshots"), 1);
    assert_eq!(watching.n_told("ingested"), 2);
}
