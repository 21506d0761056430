//! Unpacked downloads, and what happens to watched folders themselves.

use std::fs;
use std::path::{Path, PathBuf};

use super::desk::{Desk, QUICK, SAMPLE, Watching, pace, sample};
use crate::support::{TestHome, assert_same, fixtures};

/// Every file below a folder, by its path below it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.expect("an entry"));
    let files = files.filter(|entry| entry.file_type().is_file());
    files.map(|entry| entry.path().strip_prefix(folder).expect("below").to_owned()).collect()
}

fn put(from: &Path, to: &Path, file: &Path) {
    let target = to.join(file);
    fs::create_dir_all(target.parent().expect("a folder")).expect("a folder");
    fs::copy(from.join(file), target).expect("copied");
}

/// Records by their kinds and texts, with how many snapshots there are: what counts where archives differ.
fn records(home: &TestHome) -> Vec<String> {
    let rows = home.rows("SELECT id, kind, text FROM records ORDER BY id");
    rows.iter().map(|row| format!("{:?}", row.filled().collect::<Vec<_>>())).collect()
}

#[test]
fn a_folder_that_is_unpacked_file_by_file() {
    let desk = Desk::new();
    let mut watching = desk.watch(&[]);
    let (from, to) = (fixtures().join("d_2024"), desk.path("unpacked"));
    let files = files(&from);
    for (n, file) in files.iter().enumerate() {
        put(&from, &to, file);
        if n % 20 == 0 {
            pace(30);
        }
    }
    watching.wait_through(&to);
    // Where this machine was so slow that it looked quiet in between, it is read again.
    let count = "SELECT max(n) FROM (SELECT count(*) AS n FROM entries WHERE fate <> 'folder' GROUP BY archive_id)";
    while desk.number(count) < i64::try_from(files.len()).expect("a few") {
        watching.wait_through(&to);
    }
    assert_eq!(desk.number("SELECT count(*) FROM snapshots"), 1);
    let expected = TestHome::of(&[from]);
    let held = desk.home().reader().expect("a home");
    let held = held.select_all("SELECT id, kind, text FROM records ORDER BY id", &[]).expect("rows");
    let held: Vec<String> = held.iter().map(|row| format!("{:?}", row.filled().collect::<Vec<_>>())).collect();
    assert_same(&held, &records(&expected), "unpacked and ingested differ");
}

#[test]
fn a_folder_that_grows_is_read_again() {
    let desk = Desk::new();
    let mut watching = desk.watch(&[]);
    let (from, to) = (fixtures().join("d_2024"), desk.path("unpacked"));
    let (late, early): (Vec<PathBuf>, Vec<PathBuf>) =
        files(&from).into_iter().partition(|file| file.to_string_lossy().contains("messages"));
    assert!(!late.is_empty() && !early.is_empty());
    for file in &early {
        put(&from, &to, file);
    }
    watching.wait_through(&to);
    for file in &late {
        put(&from, &to, file);
    }
    watching.wait_through(&to);
    assert_eq!(desk.number("SELECT count(*) FROM snapshots"), 1);
    assert!(desk.number("SELECT count(*) FROM messages") > 0);
}

#[test]
fn a_folder_that_becomes_a_download() {
    let desk = Desk::new();
    let folder = desk.path("old");
    fs::create_dir(&folder).expect("a folder");
    fs::write(folder.join("notes.txt"), "mine").expect("written");
    let mut watching = desk.watch(&["--verbose"]);
    watching.wait_for("not_ours");
    let from = fixtures().join("collapsed");
    for file in files(&from) {
        put(&from, &folder.join("instagram"), &file);
    }
    watching.wait_through(&folder);
    assert_eq!(desk.number("SELECT count(*) FROM snapshots"), 1);
}

#[test]
fn a_download_that_lies_open_among_other_things() {
    let desk = Desk::new();
    fs::create_dir(desk.path("holidays")).expect("a folder");
    fs::write(desk.path("holidays/notes.txt"), "mine").expect("written");
    let from = fixtures().join("d_2024");
    for file in files(&from) {
        put(&from, &desk.downloads, &file);
    }
    let mut watching = desk.watch(&[]);
    let waiting = watching.wait_for("waiting");
    assert_eq!(waiting["path"], *desk.downloads.to_string_lossy());
    fs::write(desk.path(SAMPLE), sample()).expect("written");
    watching.wait_through(&desk.path(SAMPLE));
    desk.assert_holds(&[fixtures().join("sample").join(SAMPLE)]);
    // In a folder of its own it is taken.
    fs::create_dir(desk.path("unpacked")).expect("a folder");
    for entry in fs::read_dir(&from).expect("a folder") {
        let name = entry.expect("an entry").file_name();
        fs::rename(desk.downloads.join(&name), desk.path("unpacked").join(&name)).expect("moved");
    }
    watching.wait_through(&desk.path("unpacked"));
    assert_eq!(watching.n_told("waiting"), 1);
    assert_eq!(desk.number("SELECT count(*) FROM archives"), 2);
}

#[test]
fn the_folder_is_deleted_and_made_again() {
    let desk = Desk::new();
    fs::write(desk.path(SAMPLE), sample()).expect("written");
    let mut watching = desk.watch(&[]);
    watching.wait_through(&desk.path(SAMPLE));
    fs::remove_dir_all(&desk.downloads).expect("deleted");
    watching.wait_for("folder_gone");
    fs::create_dir(&desk.downloads).expect("made again");
    watching.wait_for("folder_back");
    let other = desk.path("mia.example_20220817.zip");
    fs::copy(fixtures().join("sample/mia.example_20220817.zip"), &other).expect("copied");
    watching.wait_through(&other);
    // Events come from the new folder, too; a poll would find it as well.
    fs::write(desk.path(SAMPLE), sample()).expect("written");
    watching.wait_through(&desk.path(SAMPLE));
    desk.assert_holds(&[fixtures().join("sample")]);
    assert_eq!(watching.stop().1, Some(0));
}

#[test]
fn a_folder_within_the_folder() {
    let desk = Desk::new();
    let path = desk.path("2024/spring").join(SAMPLE);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(&path, sample()).expect("written");
    let mut once = Watching::start(desk.program.command(&[
        "watch",
        "--json",
        "--once",
        QUICK[0],
        QUICK[1],
        &desk.downloads.to_string_lossy(),
    ]));
    assert_eq!(once.end().1, Some(0));
    assert!(!desk.home().exists(), "nobody asked for folders within the folder");
    let mut watching = desk.watch(&["--recursive"]);
    watching.wait_through(&path);
    let later = desk.path("2024/summer/mia.example_20220817.zip");
    fs::create_dir_all(later.parent().expect("a folder")).expect("a folder");
    fs::copy(fixtures().join("sample/mia.example_20220817.zip"), &later).expect("copied");
    watching.wait_through(&later);
    desk.assert_holds(&[fixtures().join("sample")]);
}

#[test]
fn links_are_not_followed() {
    let desk = Desk::new();
    std::os::unix::fs::symlink(fixtures().join("sample").join(SAMPLE), desk.path(SAMPLE)).expect("a link");
    std::os::unix::fs::symlink(fixtures().join("collapsed"), desk.path("unpacked")).expect("a link");
    std::os::unix::fs::symlink("/dev/zero", desk.path("zero.zip")).expect("a link");
    let pipe = desk.path("pipe.zip");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo starts").success());
    let mut watching = desk.watch(&["--verbose", "--recursive"]);
    let other = desk.path("mia.example_20220817.zip");
    fs::copy(fixtures().join("sample/mia.example_20220817.zip"), &other).expect("copied");
    watching.wait_through(&other);
    desk.assert_holds(&[fixtures().join("sample/mia.example_20220817.zip")]);
    let (told, exit) = watching.stop();
    assert_eq!(exit, Some(0));
    let events = told.iter().filter(|row| row["type"] == "event").filter_map(|row| row["path"].as_str());
    assert_eq!(events.filter(|path| !path.ends_with("0817.zip")).collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn a_home_in_the_folder_is_no_download() {
    let desk = Desk::new();
    let home = desk.path("home");
    fs::write(desk.path(SAMPLE), sample()).expect("written");
    let mut watching = desk.watch(&["--home", &home.to_string_lossy(), "--verbose", "--recursive"]);
    watching.wait_through(&desk.path(SAMPLE));
    let (told, _) = watching.stop();
    assert!(
        told.iter().all(|row| !row["path"].as_str().unwrap_or_default().starts_with(&*home.to_string_lossy())),
        "{told:#?}"
    );
}

/// Without room for a single watch the system sends no events; then everything is seen by looking.
#[cfg(target_os = "linux")]
#[test]
fn a_system_that_watches_nothing_more() {
    let desk = Desk::new();
    let inner = desk.program.command(&["watch", "--json", QUICK[0], QUICK[1], QUICK[2], QUICK[3]]);
    let mut outer = std::process::Command::new("unshare");
    outer.args(["--user", "--map-root-user", "sh", "-c"]);
    outer.arg("echo 0 > /proc/sys/user/max_inotify_watches && exec \"$@\"").arg("sh");
    let can_limit = std::process::Command::new("unshare")
        .args(["--user", "--map-root-user", "sh", "-c", "echo 0 > /proc/sys/user/max_inotify_watches"])
        .output()
        .is_ok_and(|output| output.status.success());
    let mut command = if can_limit {
        outer.arg(inner.get_program());
        outer.args(inner.get_args()).current_dir(env!("CARGO_MANIFEST_DIR")).env_clear();
        outer.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
        outer.env("PATH", "/usr/bin:/bin");
        outer
    } else {
        // Where nobody may make such a world, the watcher is told to do without events itself.
        let mut inner = inner;
        inner.arg("--poll-only");
        inner
    };
    command.arg(&desk.downloads);
    let mut watching = Watching::start(command);
    let started = watching.wait_for("started");
    assert_eq!(started["sentence"].as_str().expect("a sentence").contains("without events"), can_limit, "{started}");
    fs::write(desk.path(SAMPLE), sample()).expect("written");
    watching.wait_through(&desk.path(SAMPLE));
    desk.assert_holds(&[fixtures().join("sample").join(SAMPLE)]);
}
