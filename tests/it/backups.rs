//! `backup`: what lies in the other folder is the home again, whenever it was made and wherever it was broken off.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use throwback::home::{BackupError, BackupReport, DataToRead, Home, MANIFEST};
use throwback::ingest::Silent;
use throwback::model::ContentHash;
use throwback::store::DATABASE;

use crate::support::{TestHome, assert_same, dump_of, fixtures};

const NEXT: &str = "manifest.b3sum.next";

pub fn back_up(home: &Home, to: &Path) -> Result<BackupReport, BackupError> {
    home.back_up(to, "a test", &AtomicBool::new(false), &Silent)
}

fn of(names: &[&str]) -> TestHome {
    TestHome::of(&names.iter().map(|name| fixtures().join(name)).collect::<Vec<_>>())
}

/// The backup is sound to its last byte and holds what the home holds.
fn assert_is_copy(home: &TestHome, to: &Path) {
    let report = Home::at(to).check(DataToRead::Everything).expect("a check");
    assert_eq!(report.damage, []);
    assert_same(&dump_of(&Home::at(to)), &home.dump(), "the backup");
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|step| step.expect("a file"));
    files.filter(|step| step.file_type().is_file()).map(walkdir::DirEntry::into_path).collect()
}

/// A medium of a folder that is a home.
fn a_medium(folder: &Path) -> PathBuf {
    files_below(&folder.join("media"))
        .into_iter()
        .find(|path| fs::metadata(path).is_ok_and(|at| at.len() > 100))
        .expect("a medium")
}

#[test]
fn a_backup_is_a_home_and_costs_what_is_new() {
    let home = of(&["c_2022"]);
    let folder = tempfile::tempdir().expect("a folder");
    let to = folder.path().join("a/backup");
    let first = back_up(&home.home, &to).expect("a backup");
    assert_eq!((first.n_copied, first.lacking.len()), (first.n_media, 0));
    assert!(first.n_media > 20 && first.copied_bytes > 10_000, "{first:?}");
    assert_is_copy(&home, &to);
    let again = back_up(&home.home, &to).expect("a backup");
    assert_eq!(again, BackupReport { n_copied: 0, copied_bytes: 0, ..first.clone() });
    home.ingest(&fixtures().join("d_2024"));
    let later = back_up(&home.home, &to).expect("a backup");
    assert_eq!(later.n_copied, later.n_media - first.n_media);
    assert!(later.n_copied > 0);
    assert_is_copy(&home, &to);
    // It is searched and goes on growing where the home is lost.
    let copy = TestHome::at(&to);
    copy.ingest(&fixtures().join("e_2026"));
    home.ingest(&fixtures().join("e_2026"));
    assert_same(&copy.dump(), &home.dump(), "the backup as home");
}

#[test]
fn every_file_stands_in_the_list_with_its_hash() {
    let home = of(&["d_2024"]);
    let folder = tempfile::tempdir().expect("a folder");
    back_up(&home.home, folder.path()).expect("a backup");
    let list = fs::read_to_string(folder.path().join(MANIFEST)).expect("the list");
    let mut listed = BTreeSet::new();
    for line in list.lines() {
        let (hash, path) = line.split_once("  ").expect("two columns");
        let path = folder.path().join(path);
        assert_eq!(ContentHash::of(&fs::read(&path).expect("a file")).to_hex(), hash, "{line}");
        listed.insert(path);
    }
    let there: BTreeSet<PathBuf> = files_below(folder.path()).into_iter().collect();
    let others: Vec<_> = there.difference(&listed).filter_map(|path| path.file_name()?.to_str()).collect();
    assert_eq!(others, ["lock", MANIFEST]);
    assert!(listed.is_subset(&there));
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let home = of(&["a_utc"]);
    let folder = tempfile::tempdir().expect("a folder");
    let to = folder.path().join("backup");
    back_up(&home.home, &to).expect("a backup");
    for step in walkdir::WalkDir::new(&to) {
        let step = step.expect("a file");
        let mode = step.metadata().expect("its mode").permissions().mode() & 0o777;
        assert_eq!(mode, if step.file_type().is_dir() { 0o700 } else { 0o600 }, "{}", step.path().display());
    }
}

#[test]
fn folders_that_are_no_backup_are_left_alone() {
    let home = of(&["a_utc"]);
    let folder = tempfile::tempdir().expect("a folder");
    let inside = home.home.path().join("media/backup");
    assert!(matches!(back_up(&home.home, &inside), Err(BackupError::InsideHome(_))));
    assert!(matches!(back_up(&home.home, home.home.path()), Err(BackupError::InsideHome(_))));
    let photos = folder.path().join("photos");
    fs::create_dir(&photos).expect("a folder");
    fs::write(photos.join("cat.jpg"), "miaow").expect("a file");
    assert!(matches!(back_up(&home.home, &photos), Err(BackupError::NotABackup(_))));
    assert_eq!(files_below(&photos).len(), 1);
    let file = photos.join("cat.jpg");
    assert!(matches!(back_up(&home.home, &file), Err(BackupError::NotABackup(_))));
    // Another home, and the backup of another home.
    let other = of(&["a_uncertain"]);
    assert!(matches!(back_up(&home.home, other.home.path()), Err(BackupError::NotABackup(_))));
    let of_other = folder.path().join("other");
    back_up(&other.home, &of_other).expect("a backup");
    assert!(matches!(back_up(&home.home, &of_other), Err(BackupError::NotABackup(_))));
    assert_is_copy(&other, &of_other);
}

#[test]
fn a_backup_that_became_a_home_is_not_written_over() {
    let home = of(&["a_utc"]);
    let folder = tempfile::tempdir().expect("a folder");
    back_up(&home.home, folder.path()).expect("a backup");
    let copy = TestHome::at(folder.path());
    copy.ingest(&fixtures().join("a_one_part"));
    let held = copy.dump();
    home.ingest(&fixtures().join("a_three_parts"));
    assert!(matches!(back_up(&home.home, folder.path()), Err(BackupError::Diverged(_))));
    assert_same(&copy.dump(), &held, "what came in since");
}

#[test]
fn wherever_it_breaks_off_the_backup_before_stands_and_the_next_goes_on() {
    let home = of(&["c_2022"]);
    let folder = tempfile::tempdir().expect("a folder");
    let to = folder.path();
    let stop = AtomicBool::new(true);
    assert!(matches!(home.home.back_up(to, "a test", &stop, &Silent), Err(BackupError::Interrupted)));
    assert!(!Home::at(to).exists());
    back_up(&home.home, to).expect("a backup");
    let before = home.dump();
    home.ingest(&fixtures().join("d_2024"));
    assert!(matches!(home.home.back_up(to, "a test", &stop, &Silent), Err(BackupError::Interrupted)));
    assert_same(&dump_of(&Home::at(to)), &before, "the backup before");
    // Killed after the new list and before the database: the old list is the database's.
    fs::write(to.join(NEXT), format!("{}  {DATABASE}\n", ContentHash::of(b"next").to_hex())).expect("a list");
    fs::write(to.join("tmp").join(DATABASE), "half").expect("a draft");
    back_up(&home.home, to).expect("a backup");
    assert_is_copy(&home, to);
    // Killed after the database and before its list took its place.
    fs::rename(to.join(MANIFEST), to.join(NEXT)).expect("a list");
    fs::write(to.join(MANIFEST), format!("{}  {DATABASE}\n", ContentHash::of(b"before").to_hex())).expect("a list");
    back_up(&home.home, to).expect("a backup");
    assert_is_copy(&home, to);
}

#[test]
fn what_was_never_listed_is_copied_again() {
    let home = of(&["c_2022"]);
    let folder = tempfile::tempdir().expect("a folder");
    let to = folder.path();
    back_up(&home.home, to).expect("a backup");
    // As a power cut leaves it in the midst of the first backup: no database, and a file whose bytes never came.
    let medium = a_medium(to);
    let length = fs::read(&medium).expect("its bytes").len();
    fs::write(&medium, vec![0; length]).expect("zeros");
    for name in [DATABASE, MANIFEST] {
        fs::remove_file(to.join(name)).expect("a file");
    }
    back_up(&home.home, to).expect("a backup");
    assert_is_copy(&home, to);
    // One that was cut since is set aside and copied; nothing is deleted.
    fs::write(&medium, "cut").expect("less");
    let report = back_up(&home.home, to).expect("a backup");
    assert_eq!(report.n_copied, 1);
    assert_is_copy(&home, to);
    let aside = files_below(&to.join("aside"));
    assert_eq!(aside.iter().map(|path| fs::read(path).expect("bytes")).collect::<Vec<_>>(), [b"cut".to_vec()]);
}

#[test]
fn what_the_home_lost_is_told_and_kept_where_the_backup_has_it() {
    let home = of(&["c_2022"]);
    let folder = tempfile::tempdir().expect("a folder");
    let [early, late] = ["early", "late"].map(|name| folder.path().join(name));
    back_up(&home.home, &early).expect("a backup");
    let medium = a_medium(home.home.path());
    let name = format!("media/{}", medium.strip_prefix(home.home.path().join("media")).expect("below").display());
    let mut bytes = fs::read(&medium).expect("its bytes");
    bytes[50] ^= 1;
    fs::write(&medium, bytes).expect("another bit");
    let report = back_up(&home.home, &late).expect("a backup");
    assert_eq!(report.lacking, std::slice::from_ref(&name));
    assert!(!late.join(&name).exists());
    assert_eq!(back_up(&home.home, &early).expect("a backup").lacking, [""; 0]);
    assert_is_copy(&home, &early);
}

#[test]
fn a_backup_during_an_ingest_is_of_one_moment() {
    let home = of(&["c_2022"]);
    let folder = tempfile::tempdir().expect("a folder");
    let mut moments = vec![home.dump()];
    let is_done = AtomicBool::new(false);
    let copies = std::thread::scope(|scope| {
        let copies = scope.spawn(|| {
            let mut copies = Vec::new();
            while copies.len() < 40 && !(is_done.load(Ordering::Relaxed) && copies.len() > 2) {
                let to = folder.path().join(copies.len().to_string());
                back_up(&home.home, &to).expect("a backup");
                copies.push(to);
            }
            copies
        });
        for name in ["d_2024", "e_2026", "a_one_part"] {
            home.ingest(&fixtures().join(name));
            moments.push(home.dump());
        }
        is_done.store(true, Ordering::Relaxed);
        copies.join().expect("backups")
    });
    for to in copies {
        let report = Home::at(&to).check(DataToRead::Everything).expect("a check");
        assert_eq!(report.damage, [], "{}", to.display());
        assert!(moments.contains(&dump_of(&Home::at(&to))), "{} is of no moment", to.display());
    }
}
