//! `check --repair`: what can be healed is, nothing that may be somebody's memory is deleted, and what cannot be healed
//! is as it was.

mod killed;
mod mended;
mod refused;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use rusqlite::Connection;
use throwback::archive::Limits;
use throwback::home::{DataToRead, HomeError, RepairOptions, RepairReport};
use throwback::ingest::Silent;
use throwback::store::{DATABASE, Damage};
use zip::write::SimpleFileOptions;

use crate::support::{TestHome, assert_same, fixtures};

/// What heals a home of these in the tests.
const NAMES: [&str; 2] = ["c_2022", "d_2024"];

fn home() -> TestHome {
    TestHome::of(&NAMES.map(|name| fixtures().join(name)))
}

fn try_repair(home: &TestHome, from: &[PathBuf]) -> Result<RepairReport, HomeError> {
    let stop = AtomicBool::new(false);
    home.home.repair(&RepairOptions { from, limits: &Limits::default(), command: "a test", stop: &stop }, &Silent)
}

fn repair(home: &TestHome, from: &[PathBuf]) -> RepairReport {
    try_repair(home, from).expect("a repair")
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

/// Writes a file as the program would: for its owner alone.
fn write(path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
    fs::write(&path, bytes).expect("a file");
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("a mode");
}

/// Makes a folder as the program would.
fn make_folder(path: impl AsRef<Path>) {
    fs::create_dir_all(&path).expect("a folder");
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700)).expect("a mode");
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|step| step.expect("a file"));
    files.filter(|step| step.file_type().is_file()).map(walkdir::DirEntry::into_path).collect()
}

/// Every file below `media/` and `aside/` with its bytes.
fn kept_files(home: &TestHome) -> BTreeMap<PathBuf, Vec<u8>> {
    let folders = ["media", "aside"].map(|name| home.home.path().join(name));
    let files = folders.iter().flat_map(|folder| files_below(folder));
    files.map(|path| (path.clone(), fs::read(&path).expect("its bytes"))).collect()
}

fn aside(home: &TestHome) -> Vec<Vec<u8>> {
    files_below(&home.home.path().join("aside")).iter().map(|path| fs::read(path).expect("its bytes")).collect()
}

/// Files of media, longer than a few bytes.
fn media(home: &TestHome) -> Vec<PathBuf> {
    let rows = home.rows("SELECT path FROM media WHERE bytes > 100 ORDER BY path");
    rows.iter().map(|row| home.home.path().join(row.text("path").expect("a path"))).collect()
}

/// Everything is sound and as it was, and there is nothing left to mend.
fn assert_whole(home: &TestHome, before: &[String], what: &str) {
    assert_eq!(home.home.check(DataToRead::Everything).expect("a check").damage, [], "{what}");
    assert_same(&home.dump(), before, what);
    let again = repair(home, &[]);
    assert_eq!((again.mended, again.check.damage, again.check.remarks), (vec![], vec![], vec![]), "{what}, again");
}

/// The files of folders under other names, in an archive that never was a download.
fn under_other_names(folders: &[PathBuf], to: &Path) {
    let mut zip = zip::ZipWriter::new(fs::File::create(to).expect("a file"));
    for (number, path) in folders.iter().flat_map(|folder| files_below(folder)).enumerate() {
        zip.start_file(format!("found/{number:04}.bin"), SimpleFileOptions::default()).expect("an entry");
        zip.write_all(&fs::read(path).expect("its bytes")).expect("its bytes");
    }
    zip.finish().expect("a ZIP");
}
