//! Every byte comes back: what `restore` writes is the download, and bringing it in again changes nothing.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::SystemTime;

use throwback::home::{RestoreError, RestoreOptions, RestoreReport, Restored};
use throwback::ingest::Silent;
use throwback::model::Generation;
use throwback::testing::{Life, Packing, Size, Writing, write, write_parts};

use crate::support::{TestHome, assert_same, fixtures};

/// Name below a folder → bytes and time.
type Files = BTreeMap<String, (Vec<u8>, SystemTime)>;

fn files_below(root: &Path) -> Files {
    let mut files = Files::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.strip_prefix(root).expect("below").to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else {
                let modified = std::fs::metadata(&path).and_then(|file| file.modified()).expect("a time");
                files.insert(name, (std::fs::read(&path).expect("a file"), modified));
            }
        }
    }
    files
}

/// What a ZIP says, entry by entry, in its order: name, bytes, time, whether it is a folder.
fn entries_of(zip: &Path) -> Vec<(String, Vec<u8>, Option<String>, bool)> {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(zip).expect("a file")).expect("a ZIP");
    (0..zip.len())
        .map(|position| {
            let mut entry = zip.by_index(position).expect("an entry");
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut bytes).expect("bytes");
            let modified = entry.last_modified().map(|time| time.to_string());
            (entry.name().expect("a name").into_owned(), bytes, modified, entry.is_dir())
        })
        .collect()
}

fn restore(home: &TestHome, snapshot: &str, to: &Path, as_zip: bool) -> (RestoreReport, Vec<Restored>) {
    let mut told = Vec::new();
    let report = try_restore(home, snapshot, to, as_zip, &mut told).expect("it is restored");
    (report, told)
}

fn try_restore(
    home: &TestHome,
    snapshot: &str,
    to: &Path,
    as_zip: bool,
    told: &mut Vec<Restored>,
) -> Result<RestoreReport, RestoreError> {
    let options = RestoreOptions {
        snapshot,
        to,
        as_zip,
        is_dry_run: false,
        clock: &|at| Some(at.and_utc().timestamp()),
        stop: &AtomicBool::new(false),
    };
    home.home.restore(&options, &Silent, &mut |restored| told.push(restored))
}

/// Everything that is held, but for which archives hold it.
fn held(home: &TestHome) -> Vec<String> {
    let is_of_archives = |line: &String| ["archive ", "entry ", "finding "].iter().any(|kind| line.starts_with(kind));
    let without_count = |line: String| match line.find("(\"sightings\"").filter(|_| line.starts_with("medium ")) {
        Some(at) => line[..at].to_owned(),
        None => line,
    };
    home.dump().into_iter().filter(|line| !is_of_archives(line)).map(without_count).collect()
}

fn snapshots(home: &TestHome) -> Vec<String> {
    let rows = home.rows("SELECT id FROM snapshots ORDER BY id");
    rows.iter().map(|row| row.text("id").expect("an id").to_owned()).collect()
}

/// Restores every snapshot both ways; compares with the archives that were ingested; brings the results in again under
/// their names and under one that says nothing.
fn comes_back(archives: &[PathBuf], what: &str) {
    let home = TestHome::of(archives);
    let before = held(&home);
    let desk = tempfile::tempdir().expect("a folder");
    let mut restored = Vec::new();
    for (nth, snapshot) in snapshots(&home).iter().enumerate() {
        for as_zip in [false, true] {
            let to = desk.path().join(format!("{nth} {as_zip}"));
            let (report, told) = restore(&home, snapshot, &to, as_zip);
            assert_eq!((report.n_renamed, report.n_lacking), (0, 0), "{what}: {told:#?}");
            restored.push(to);
        }
    }
    for archive in archives {
        let name = archive.file_name().expect("a name").to_string_lossy().into_owned();
        let stem = name.strip_suffix(".zip").unwrap_or(&name);
        let place = |end: &str, is_there: fn(&Path) -> bool| {
            let mut places = restored.iter().map(|to| to.join(format!("{stem}{end}"))).filter(|path| is_there(path));
            places.next().unwrap_or_else(|| panic!("{what}: {stem}{end} was not written"))
        };
        let (tree, zip) = (place("", Path::is_dir), place(".zip", Path::is_file));
        if archive.is_dir() {
            assert!(files_below(&tree) == files_below(archive), "{what}: {stem} as a tree");
            let names: Vec<_> = entries_of(&zip).into_iter().map(|(name, bytes, ..)| (name, bytes)).collect();
            let files = files_below(archive).into_iter().map(|(name, (bytes, _))| (name, bytes));
            let names: BTreeMap<_, _> = names.into_iter().collect();
            assert!(names == files.collect(), "{what}: {stem} as a ZIP");
        } else {
            assert!(entries_of(&zip) == entries_of(archive), "{what}: {stem} as a ZIP");
            let files: BTreeMap<_, _> =
                files_below(&tree).into_iter().map(|(name, (bytes, _))| (name, bytes)).collect();
            let entries = entries_of(archive).into_iter().map(|(name, bytes, ..)| (name, bytes));
            assert!(files == entries.collect(), "{what}: {stem} as a tree");
        }
    }
    for to in &restored {
        home.ingest(to);
        assert_same(&held(&home), &before, &format!("{what}: {} brought in again", to.display()));
    }
    for (nth, to) in restored.iter().enumerate() {
        for (mth, entry) in std::fs::read_dir(to).expect("a folder").enumerate() {
            let path = entry.expect("an entry").path();
            let other = desk.path().join(format!("other {nth} {mth}{}", if path.is_dir() { "" } else { ".zip" }));
            std::fs::rename(path, &other).expect("another name");
            home.ingest(&other);
            assert_same(&held(&home), &before, &format!("{what}: {} under another name", to.display()));
        }
    }
}

/// The archives of a tree of `fixtures/`: itself, or its parts.
fn archives_in(tree: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(tree).expect("a tree").map(|entry| entry.expect("an entry").path());
    let mut parts: Vec<PathBuf> = entries.filter(|path| path.to_string_lossy().contains("_part_")).collect();
    parts.sort();
    if parts.is_empty() { vec![tree.to_owned()] } else { parts }
}

#[test]
fn every_fixture_comes_back_and_changes_nothing() {
    let mut trees: Vec<PathBuf> = std::fs::read_dir(fixtures())
        .expect("the fixtures")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir() && !path.ends_with("sample"))
        .collect();
    trees.sort();
    assert!(trees.len() > 25);
    for tree in trees {
        comes_back(&archives_in(&tree), &tree.display().to_string());
    }
    let sample = |name: &str| fixtures().join("sample").join(name);
    let both = [sample("mia.example_20220817.zip"), sample("instagram-mia.example-2024-03-02-Ab3dE5fG.zip")];
    comes_back(&both, "the sample");
}

#[test]
fn every_generated_snapshot_comes_back_and_changes_nothing() {
    let writings = [
        Writing::new(Generation::A),
        Writing::new(Generation::B),
        Writing::new(Generation::C),
        Writing::new(Generation::D),
        Writing::new(Generation::E),
        Writing::new(Generation::C).html(),
        Writing::new(Generation::E).html(),
    ];
    for (seed, writing) in (1..).zip(writings) {
        let life = Life::new(seed, Size::small());
        let desk = tempfile::tempdir().expect("a folder");
        let what = format!("{writing:?}");
        let names = writing.part_names(&life, 2);
        let parts = write_parts(&life, &writing, 2);
        let mut archives = Vec::new();
        for (tree, name) in parts.iter().zip(&names) {
            let path = desk.path().join(format!("{name}.zip"));
            tree.write_zip(&path, &Packing::default()).expect("a ZIP");
            archives.push(path);
        }
        comes_back(&archives, &format!("{what}, in parts"));
        let folder = desk.path().join("folder").join(writing.archive_name(&life, 0));
        write(&life, &writing).write_folder(&folder).expect("a folder");
        comes_back(&[folder], &format!("{what}, unpacked"));
    }
}

#[test]
fn copies_and_pieces_are_not_written_twice() {
    let zip = fixtures().join("sample/mia.example_20220817.zip");
    let desk = tempfile::tempdir().expect("a folder");
    let home = TestHome::of(std::slice::from_ref(&zip));
    let snapshot = snapshots(&home).remove(0);
    restore(&home, &snapshot, &desk.path().join("first"), false);
    let copy = desk.path().join("unpacked");
    std::fs::rename(desk.path().join("first/mia.example_20220817"), &copy).expect("another name");
    std::fs::write(copy.join(".DS_Store"), b"debris").expect("a file");
    home.ingest(&copy);
    let piece = desk.path().join("piece");
    std::fs::create_dir(&piece).expect("a folder");
    std::fs::rename(copy.join("messages"), piece.join("messages")).expect("a piece");
    std::fs::rename(copy.join("personal_information"), piece.join("personal_information")).expect("a piece");
    home.ingest(&piece);
    assert_eq!(home.number("SELECT count(*) FROM archives"), 3);
    assert_eq!(snapshots(&home), std::slice::from_ref(&snapshot));
    let (report, told) = restore(&home, &snapshot, &desk.path().join("second"), true);
    assert_eq!(report.n_archives, 1, "{told:#?}");
    let copies: Vec<_> = told.iter().filter(|told| matches!(told, Restored::Copy { .. })).collect();
    assert_eq!(copies.len(), 2, "{told:#?}");
    assert!(entries_of(&desk.path().join("second/mia.example_20220817.zip")) == entries_of(&zip));
}

/// A ZIP with these names, which no honest program writes, byte by byte; and one profile, so that it is a download.
fn hostile_zip(path: &Path, names: &[&[u8]]) {
    let mut zip = throwback::archive::ZipWriter::new(std::fs::File::create(path).expect("a file"));
    let profile = fixtures().join("c_2022/personal_information/personal_information.json");
    let profile = std::fs::read(profile).expect("a profile");
    let member = |name| throwback::archive::ZipMember {
        name,
        label: std::str::from_utf8(name).unwrap_or_default(),
        ..throwback::archive::ZipMember::default()
    };
    let add = |zip: &mut throwback::archive::ZipWriter<std::fs::File>, name, content: &[u8]| {
        zip.file(&member(name), 1, &mut &*content).expect("an entry");
    };
    add(&mut zip, b"personal_information/personal_information.json", &profile);
    for (nth, name) in names.iter().enumerate() {
        add(&mut zip, name, format!("content {nth}").as_bytes());
    }
    zip.finish().expect("a ZIP").flush().expect("a ZIP");
}

#[test]
fn names_that_lead_elsewhere_stay_inside_and_are_told() {
    let desk = tempfile::tempdir().expect("a folder");
    let path = desk.path().join("mia.example_20220817.zip");
    let names: [&[u8]; 12] = [
        b"../outside.jpg",
        b"/absolute.jpg",
        b"C:/drive.jpg",
        b"a/../../../b.jpg",
        b"NUL.jpg",
        b"x/aux",
        b"line\nbreak\x1b[31m.jpg",
        b"Case.jpg",
        b"case.jpg",
        b"twice.jpg",
        b"twice.jpg",
        &[b'n'; 700],
    ];
    hostile_zip(&path, &names);
    let home = TestHome::of(std::slice::from_ref(&path));
    let snapshot = snapshots(&home).remove(0);
    let to = desk.path().join("deep/er/out");
    let (report, told) = restore(&home, &snapshot, &to, false);
    let root = to.join("mia.example_20220817");
    let files = files_below(&root);
    assert_eq!(files.len(), names.len() + 1, "{:?}", files.keys());
    let contents: std::collections::BTreeSet<&[u8]> = files.values().map(|(bytes, _)| bytes.as_slice()).collect();
    for nth in 0..names.len() {
        assert!(contents.contains(format!("content {nth}").as_bytes()), "content {nth}");
    }
    // All but `Case.jpg` and the first `twice.jpg`.
    assert_eq!((report.n_renamed, report.n_lacking), (10, 0), "{told:#?}");
    for told in &told {
        if let Restored::Renamed { path, .. } = told {
            assert!(to.join(path).is_file(), "{path}");
        }
    }
    assert!(!desk.path().join("outside.jpg").exists() && !desk.path().join("deep/outside.jpg").exists());
    // A ZIP has them all as they were.
    let to = desk.path().join("zipped");
    let (report, told) = restore(&home, &snapshot, &to, true);
    assert_eq!((report.n_renamed, report.n_lacking), (0, 0), "{told:#?}");
    let limits = throwback::archive::Limits::default();
    let open = |path: &Path| {
        let archive = throwback::archive::Archive::open(path, &limits).expect("a ZIP");
        let entry = |entry: &throwback::archive::Entry| {
            (entry.raw_name().to_vec(), entry.crc32, archive.read_whole(entry.position, 100_000).expect("bytes").0)
        };
        archive.entries().iter().map(entry).collect::<Vec<_>>()
    };
    assert!(open(&to.join("mia.example_20220817.zip")) == open(&path));
    let before = held(&home);
    home.ingest(&to);
    assert_same(&held(&home), &before, "a ZIP with hostile names");
}

#[test]
fn what_was_not_kept_or_is_lost_is_told() {
    let desk = tempfile::tempdir().expect("a folder");
    let home = TestHome::of(&[fixtures().join("c_2022")]);
    let snapshot = snapshots(&home).remove(0);
    let media = home.rows("SELECT path FROM media WHERE type = 'image/jpeg' ORDER BY path LIMIT 2");
    let path = |nth: usize| home.home.path().join(media[nth].text("path").expect("a path"));
    std::fs::remove_file(path(0)).expect("a lost file");
    let mut bytes = std::fs::read(path(1)).expect("a file");
    bytes[20] ^= 0xff;
    std::fs::write(path(1), bytes).expect("a damaged file");
    let (report, told) = restore(&home, &snapshot, &desk.path().join("out"), false);
    let lacking: Vec<_> = told
        .iter()
        .filter_map(|told| match told {
            Restored::Lacking { reason, .. } => Some(reason.as_str()),
            _ => None,
        })
        .collect();
    assert!(report.n_lacking >= 2 && usize::try_from(report.n_lacking).ok() == Some(lacking.len()));
    assert!(lacking.contains(&"its file is missing in the home"), "{lacking:?}");
    assert!(lacking.contains(&"its bytes in the home are damaged"), "{lacking:?}");
}

#[test]
fn a_damaged_entry_comes_back_as_it_lay_and_is_told() {
    let desk = tempfile::tempdir().expect("a folder");
    let zip = fixtures().join("sample/mia.example_20220817.zip");
    let mut bytes = std::fs::read(&zip).expect("a ZIP");
    // The data of the first deflated document.
    let at = bytes.windows(4).position(|four| four == b"PK\x03\x04").expect("a header");
    let length = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let data = at + 30 + length(at + 26) + length(at + 28);
    bytes[data..data + 8].iter_mut().for_each(|byte| *byte ^= 0xff);
    let spoilt = desk.path().join("mia.example_20220817.zip");
    std::fs::write(&spoilt, bytes).expect("a ZIP");
    let home = TestHome::of(std::slice::from_ref(&spoilt));
    let before = held(&home);
    let snapshot = snapshots(&home).remove(0);
    let (report, told) = restore(&home, &snapshot, &desk.path().join("out"), true);
    assert_eq!(report.n_lacking, 1, "{told:#?}");
    let (report, _) = restore(&home, &snapshot, &desk.path().join("tree"), false);
    assert_eq!(report.n_lacking, 1);
    let packed = files_below(&desk.path().join("tree")).into_keys().filter(|name| name.ends_with(".packed"));
    assert_eq!(packed.count(), 1);
    home.ingest(&desk.path().join("out"));
    assert_same(&held(&home), &before, "as damaged as it was");
    assert!(!home.ingest(&zip)[0].is_known, "the whole one still mends it");
}

#[test]
fn empty_folders_come_back() {
    let desk = tempfile::tempdir().expect("a folder");
    let tree = desk.path().join("mia.example_20220817");
    let profile = fixtures().join("c_2022/personal_information");
    std::fs::create_dir_all(tree.join("personal_information/nothing/in it")).expect("a folder");
    for entry in std::fs::read_dir(profile).expect("a folder") {
        let path = entry.expect("an entry").path();
        let to = tree.join("personal_information").join(path.file_name().expect("a name"));
        if path.is_file() {
            std::fs::copy(path, to).expect("a copy");
        }
    }
    let home = TestHome::of(std::slice::from_ref(&tree));
    let snapshot = snapshots(&home).remove(0);
    for (as_zip, place) in [(false, "tree"), (true, "zip")] {
        let to = desk.path().join(place);
        restore(&home, &snapshot, &to, as_zip);
        if as_zip {
            let entries = entries_of(&to.join("mia.example_20220817.zip"));
            assert!(entries.iter().any(|entry| entry.0 == "personal_information/nothing/in it/" && entry.3));
        } else {
            assert!(to.join("mia.example_20220817/personal_information/nothing/in it").is_dir());
            assert!(home.ingest(&to)[0].is_known, "names, times and empty folders are those of the original");
        }
    }
}

#[test]
fn nothing_is_written_over() {
    let desk = tempfile::tempdir().expect("a folder");
    let home = TestHome::of(&[fixtures().join("a_utc")]);
    let snapshot = snapshots(&home).remove(0);
    std::fs::write(desk.path().join("mine.txt"), b"mine").expect("a file");
    let refused = |to: &Path| try_restore(&home, &snapshot, to, false, &mut Vec::new()).expect_err("it is refused");
    assert!(matches!(refused(desk.path()), RestoreError::NotEmpty(_)));
    assert!(matches!(refused(&desk.path().join("mine.txt")), RestoreError::NotEmpty(_)));
    assert!(matches!(refused(&home.home.path().join("out")), RestoreError::InsideHome(_)));
    assert!(matches!(refused(&home.home.path().join("tmp")), RestoreError::InsideHome(_)));
    assert_eq!(std::fs::read_dir(desk.path()).expect("a folder").count(), 1);
}
