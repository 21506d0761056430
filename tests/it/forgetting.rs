//! A forgotten snapshot leaves what would be there if it had never come, and comes back as if it had never gone.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use throwback::home::{DataToRead, ForgetOptions};
use throwback::ingest::{ForgetReport, Silent};
use throwback::model::Generation;
use throwback::testing::{Life, Packing, Size, Writing, write, write_parts};

use crate::support::{TestHome, assert_same, fixtures};

/// Forgets a snapshot if `consents`; gives what was shown before, and whether anything went.
fn forget(home: &TestHome, snapshot: &str, is_purged: bool, consents: bool) -> (ForgetReport, bool) {
    let stop = AtomicBool::new(false);
    let options = ForgetOptions { snapshot, is_purged, stop: &stop, command: "a test" };
    let mut shown = ForgetReport::default();
    let went = home.home.forget(&options, &Silent, &mut |report| {
        shown = report.clone();
        consents
    });
    let went = went.expect("it runs");
    assert!(went.iter().all(|went| *went == shown));
    (shown, went.is_some())
}

fn snapshots(home: &TestHome) -> BTreeSet<String> {
    if !home.home.exists() {
        return BTreeSet::new();
    }
    let rows = home.rows("SELECT id FROM snapshots");
    rows.iter().map(|row| row.text("id").expect("an id").to_owned()).collect()
}

/// Everything that is held, but for why names are somebody's.
fn held(home: &TestHome) -> Vec<String> {
    let plain = |line: String| match line.find(", (\"evidence\"").filter(|_| line.starts_with("handle ")) {
        Some(at) => line[..at].to_owned(),
        None => line,
    };
    let mut lines: Vec<String> = home.dump().into_iter().map(plain).collect();
    lines.sort();
    lines
}

fn ingest_all(home: &TestHome, archives: &[PathBuf]) {
    for archive in archives {
        home.ingest(archive);
    }
}

fn assert_sound(home: &TestHome, what: &str) {
    let report = home.home.check(DataToRead::Everything).expect("a check");
    assert_eq!((report.damage, report.remarks), (Vec::new(), Vec::new()), "{what}");
}

/// The snapshots of a home that holds only these archives.
fn snapshots_of(archives: &[PathBuf]) -> BTreeSet<String> {
    let home = TestHome::new();
    ingest_all(&home, archives);
    snapshots(&home)
}

/// A delivery, and what a home holds that holds nothing else.
struct Delivery {
    archives: Vec<PathBuf>,
    snapshots: BTreeSet<String>,
    account: String,
    dump: Vec<String>,
}

impl Delivery {
    fn of(archives: Vec<PathBuf>) -> Self {
        let home = TestHome::new();
        ingest_all(&home, &archives);
        let account = home.rows("SELECT account FROM snapshots ORDER BY account LIMIT 1");
        let account = account[0].text("account").expect("a name").to_owned();
        Self { archives, snapshots: snapshots(&home), account, dump: home.dump() }
    }
}

/// Both deliveries come; each goes and comes back.
fn forgets(one: &Delivery, other: &Delivery) {
    let what = &format!("{} {}", one.archives[0].display(), other.archives[0].display());
    let home = TestHome::new();
    ingest_all(&home, &one.archives);
    ingest_all(&home, &other.archives);
    let both = home.dump();
    assert!(one.snapshots.is_disjoint(&other.snapshots), "{what}: two deliveries");
    for (goes, stays) in [(other, one), (one, other)] {
        let archives = &goes.archives;
        for snapshot in &goes.snapshots {
            assert!(forget(&home, snapshot, goes.snapshots == one.snapshots, true).1, "{what}");
        }
        assert_same(&home.dump(), &stays.dump, &format!("{what}: without {}", archives[0].display()));
        ingest_all(&home, archives);
        assert_same(&home.dump(), &both, &format!("{what}: with {} again", archives[0].display()));
        assert_sound(&home, what);
    }
}

/// The archives of a tree of `fixtures/`: itself, or its parts.
fn archives_in(tree: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(tree).expect("a tree").map(|entry| entry.expect("an entry").path());
    let mut parts: Vec<PathBuf> = entries.filter(|path| path.to_string_lossy().contains("_part_")).collect();
    parts.sort();
    if parts.is_empty() { vec![tree.to_owned()] } else { parts }
}

/// Every `n`th pair of fixtures of one account, from that one on.
fn pairs_come_apart(from: usize, n: usize) {
    let mut trees: Vec<PathBuf> = std::fs::read_dir(fixtures())
        .expect("the fixtures")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir() && !path.ends_with("sample"))
        .collect();
    trees.sort();
    let deliveries: Vec<Delivery> = trees.iter().map(|tree| Delivery::of(archives_in(tree))).collect();
    let mut n_pairs = 0;
    for (nth, one) in deliveries.iter().enumerate() {
        for other in deliveries[nth + 1..].iter().filter(|other| other.account == one.account) {
            n_pairs += 1;
            if n_pairs % n == from {
                forgets(one, other);
            }
        }
    }
    assert!(n_pairs >= 10, "{n_pairs}");
}

#[test]
fn every_odd_pair_of_fixtures_of_one_account_comes_apart_again() {
    pairs_come_apart(1, 2);
}

#[test]
fn every_even_pair_of_fixtures_of_one_account_comes_apart_again() {
    pairs_come_apart(0, 2);
}

#[test]
fn accounts_and_chats_without_an_owner_come_apart_again() {
    for (one, other) in [("c_2022", "every_category_d"), ("e2ee", "d_2024"), ("e2ee", "c_2022"), ("a_utc", "e_korean")]
    {
        let [one, other] = [one, other].map(|name| Delivery::of(archives_in(&fixtures().join(name))));
        forgets(&one, &other);
    }
}

fn zip(life: &Life, writing: &Writing, folder: &Path) -> Vec<PathBuf> {
    let path = folder.join(format!("{}.zip", writing.archive_name(life, 0)));
    write(life, writing).write_zip(&path, &Packing::default()).expect("a ZIP");
    vec![path]
}

fn parts(life: &Life, writing: &Writing, n: usize, folder: &Path) -> Vec<PathBuf> {
    let names = writing.part_names(life, n);
    let mut archives = Vec::new();
    for (tree, name) in write_parts(life, writing, n).iter().zip(&names) {
        let path = folder.join(format!("{name}.zip"));
        tree.write_zip(&path, &Packing::default()).expect("a ZIP");
        archives.push(path);
    }
    archives
}

#[test]
fn generated_downloads_come_apart_again() {
    let generations = [
        (Generation::D, Generation::E),
        (Generation::C, Generation::D),
        (Generation::A, Generation::D),
        (Generation::B, Generation::C),
    ];
    for (seed, (older, newer)) in (1..).zip(generations) {
        let life = Life::new(seed, Size::small());
        let dates = life.dates(2, 70);
        let (older, newer) = (Writing::new(older).at(dates[0]), Writing::new(newer).at(dates[1]));
        let folder = tempfile::tempdir().expect("a folder");
        let in_parts = Delivery::of(parts(&life, &newer, 3, folder.path()));
        forgets(&Delivery::of(zip(&life, &older, folder.path())), &in_parts);
        if seed == 1 {
            let page = newer.html();
            let folder = tempfile::tempdir().expect("a folder");
            let in_parts = Delivery::of(parts(&life, &older, 2, folder.path()));
            forgets(&in_parts, &Delivery::of(zip(&life, &page, folder.path())));
        }
    }
}

#[test]
fn of_three_each_goes_as_if_it_had_never_come() {
    let life = Life::new(5, Size::small());
    let folder = tempfile::tempdir().expect("a folder");
    let generations = [Generation::C, Generation::D, Generation::E];
    let writings: Vec<Writing> = generations
        .iter()
        .zip(life.dates(3, 70))
        .map(|(generation, date)| Writing::new(*generation).at(date))
        .collect();
    let archives: Vec<PathBuf> = writings.iter().flat_map(|writing| zip(&life, writing, folder.path())).collect();
    for missing in 0..3 {
        let home = TestHome::of(&archives);
        let snapshot = snapshots_of(&archives[missing..=missing]).pop_first().expect("a snapshot");
        forget(&home, &snapshot, false, true);
        let others: Vec<PathBuf> =
            archives.iter().enumerate().filter(|(nth, _)| *nth != missing).map(|(_, path)| path.clone()).collect();
        assert_same(&held(&home), &held(&TestHome::of(&others)), &format!("without the {missing}th"));
        assert_sound(&home, "of three");
    }
}

#[test]
fn what_only_it_had_moves_aside_or_goes_for_good() {
    let [older, newer] = ["c_2022", "d_2024"].map(|name| fixtures().join(name));
    let files_in = |home: &TestHome, folder: &str| -> BTreeSet<String> {
        let entries = std::fs::read_dir(home.home.path().join(folder)).expect("a folder");
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    };
    for is_purged in [false, true] {
        let home = TestHome::of(&[older.clone(), newer.clone()]);
        let before = home.dump();
        let snapshot = snapshots_of(std::slice::from_ref(&newer)).pop_first().expect("a snapshot");
        // Shown and not done.
        let (shown, went) = forget(&home, &snapshot, is_purged, false);
        assert!(!went);
        assert_same(&home.dump(), &before, "nothing happened");
        let only = |table: &str, column: &str| {
            home.rows(&format!(
                "SELECT DISTINCT hash FROM entries e WHERE {column} IN ({table}) AND hash IS NOT NULL
                    AND archive_id IN (SELECT id FROM archives WHERE snapshot_id = '{snapshot}')
                    AND NOT EXISTS (SELECT 1 FROM entries o JOIN archives a ON a.id = o.archive_id
                                     WHERE o.hash = e.hash AND a.snapshot_id <> '{snapshot}')"
            ))
            .iter()
            .map(|row| row.text("hash").expect("a hash").to_owned())
            .collect::<BTreeSet<_>>()
        };
        let (media, documents) = (only("'media', 'unknown', 'debris'", "fate"), only("'document'", "fate"));
        assert!(media.len() > 2 && documents.len() > 5);
        assert_eq!((shown.media_files, shown.documents), (media.len() as u64, documents.len() as u64));
        let n_removed: u64 = shown.records.values().map(|counts| counts.removed).sum();
        let n_records = home.number("SELECT count(*) FROM records");
        assert!(forget(&home, &snapshot, is_purged, true).1);
        assert!(n_removed > 10);
        let n_new: u64 = shown.records.values().map(|counts| counts.new).sum();
        let n_left = home.number("SELECT count(*) FROM records");
        assert_eq!(n_records - n_left, i64::try_from(n_removed).expect("small") - i64::try_from(n_new).expect("small"));
        let aside: BTreeSet<String> =
            files_in(&home, "aside").iter().map(|name| name.split('.').next().unwrap_or_default().to_owned()).collect();
        let gone: BTreeSet<String> = media.union(&documents).cloned().collect();
        assert_eq!(aside, if is_purged { BTreeSet::new() } else { gone });
        assert_sound(&home, "after it went");
        // Aside lie the bytes themselves.
        for name in files_in(&home, "aside") {
            let bytes = std::fs::read(home.home.path().join("aside").join(&name)).expect("a file");
            let hash = throwback::model::ContentHash::of(&bytes).to_hex();
            assert!(name.starts_with(&hash), "{name}");
        }
    }
}

#[test]
fn files_that_were_cut_off_on_their_way_out_leave_with_the_next_ingest() {
    let [older, newer] = ["c_2022", "d_2024"].map(|name| fixtures().join(name));
    let home = TestHome::of(&[older.clone(), newer.clone()]);
    let snapshot = snapshots_of(std::slice::from_ref(&newer)).pop_first().expect("a snapshot");
    forget(&home, &snapshot, false, true);
    let expected = home.dump();
    // As it stands after a power cut behind the commit: the files lie where they lay, and what is to be done is noted.
    let aside = home.home.path().join("aside");
    let database = rusqlite::Connection::open(home.home.path().join("archive.sqlite")).expect("the database");
    let mut n_back = 0;
    for entry in std::fs::read_dir(&aside).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let (hash, extension) = name.split_once('.').expect("an extension");
        if matches!(extension, "json" | "txt" | "html" | "srt") {
            continue;
        }
        let shard = home.home.path().join("media").join(&hash[..2]);
        std::fs::create_dir_all(&shard).expect("a folder");
        std::fs::rename(&path, shard.join(&name)).expect("back");
        let sql = "INSERT INTO leaving_medium (hash, extension, is_purged) VALUES (unhex(?1), ?2, 0)";
        database.execute(sql, [hash, extension]).expect("a row");
        n_back += 1;
    }
    drop(database);
    assert!(n_back > 2);
    home.ingest(&older);
    assert_same(&home.dump(), &expected, "what is held");
    assert_sound(&home, "nothing is left behind");
    assert_eq!(home.number("SELECT count(*) FROM leaving_medium"), 0);
    // And what comes again before they left is kept.
    home.ingest(&newer);
    assert_same(&home.dump(), &TestHome::of(&[older, newer]).dump(), "everything again");
    assert_sound(&home, "everything again");
}

#[test]
fn the_last_one_leaves_an_empty_home() {
    let tree = fixtures().join("e2ee");
    let home = TestHome::of(std::slice::from_ref(&tree));
    for snapshot in snapshots(&home) {
        forget(&home, &snapshot, true, true);
    }
    assert_eq!(home.dump(), Vec::<String>::new());
    assert_sound(&home, "empty");
    home.ingest(&tree);
    assert_same(&home.dump(), &TestHome::of(&[tree]).dump(), "again");
}
