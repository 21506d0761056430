//! What arrives in several archives: parts, copies, renamed ones, unpacked ones. One delivery is one snapshot, in any
//! order and in any packing, and nothing that contradicts it is.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use throwback::ingest::ArchiveReport;
use throwback::model::{FindingCode, Generation};
use throwback::testing::{Life, Size, Writing, write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime};

use crate::support::{TestHome, assert_same, fixtures};

/// Files of a download, by their names in it.
type Files = BTreeMap<String, Vec<u8>>;

/// Where and how archives of a test are packed.
struct Desk {
    folder: tempfile::TempDir,
}

/// When and how an archive is packed.
#[derive(Clone, Copy)]
struct Pack {
    /// Minutes after noon of 2024-03-02.
    minute: u8,
    is_reversed: bool,
    is_stored: bool,
}

const NOON: Pack = Pack { minute: 0, is_reversed: false, is_stored: false };

fn at(minute: u8) -> Pack {
    Pack { minute, ..NOON }
}

impl Desk {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn zip(&self, name: &str, files: &Files, pack: Pack) -> PathBuf {
        let path = self.folder.path().join(name);
        let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).expect("a file"));
        let modified =
            DateTime::from_date_and_time(2024, 3, 2, 12 + pack.minute / 60, pack.minute % 60, 0).expect("a time");
        let method = if pack.is_stored { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let options = SimpleFileOptions::default().compression_method(method).last_modified_time(modified);
        let mut names: Vec<&String> = files.keys().collect();
        if pack.is_reversed {
            names.reverse();
        }
        for name in names {
            zip.start_file(name.as_str(), options).expect("an entry");
            zip.write_all(&files[name]).expect("bytes");
        }
        zip.finish().expect("a ZIP");
        path
    }

    fn folder(&self, name: &str, files: &Files) -> PathBuf {
        let root = self.folder.path().join(name);
        for (name, bytes) in files {
            let path = root.join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, bytes).expect("a file");
        }
        root
    }

    /// A download of the ZIP that broke off after so many hundredths of it.
    fn cut(&self, path: &Path, name: &str, percent: usize) -> PathBuf {
        let bytes = std::fs::read(path).expect("a ZIP");
        let cut = self.folder.path().join(name);
        std::fs::write(&cut, &bytes[..bytes.len() * percent / 100]).expect("a ZIP");
        cut
    }

    fn copy(&self, path: &Path, name: &str) -> PathBuf {
        let copy = self.folder.path().join(name);
        std::fs::copy(path, &copy).expect("a copy");
        copy
    }
}

/// A tree of `fixtures/`.
fn tree(name: &str) -> Files {
    let root = fixtures().join(name);
    let mut files = Files::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&root).expect("below").to_string_lossy().replace('\\', "/");
                files.insert(name, std::fs::read(&path).expect("a file"));
            }
        }
    }
    files
}

/// A few files of the same: profile, one conversation with its pictures, likes.
fn small() -> Files {
    let is_meant =
        |name: &str| ["personal_information", "/hilde", "liked_posts"].iter().any(|part| name.contains(part));
    tree("d_2024").into_iter().filter(|(name, _)| is_meant(name)).collect()
}

/// Divides files by their names.
fn divided(files: &Files, is_first: impl Fn(&str) -> bool) -> [Files; 2] {
    let (first, second) = files.clone().into_iter().partition(|(name, _)| is_first(name));
    [first, second]
}

fn is_picture(name: &str) -> bool {
    !name.ends_with(".json")
}

fn orders<T: Clone>(things: &[T]) -> Vec<Vec<T>> {
    if things.len() < 2 {
        return vec![things.to_vec()];
    }
    let mut all = Vec::new();
    for first in 0..things.len() {
        let mut rest = things.to_vec();
        let first = rest.remove(first);
        all.extend(orders(&rest).into_iter().map(|mut order| {
            order.insert(0, first.clone());
            order
        }));
    }
    all
}

/// Every order of the archives gives the same home, which is given back.
fn same_in_any_order(paths: &[PathBuf], what: &str) -> TestHome {
    let first = TestHome::of(paths);
    let dump = first.dump();
    for order in orders(paths).into_iter().skip(1) {
        let names: Vec<_> = order.iter().map(|path| path.file_name().expect("a name").to_owned()).collect();
        let home = TestHome::of(&order);
        assert_same(&dump, &home.dump(), &format!("{what}: {names:?}"));
        assert_eq!(snapshots(&first), snapshots(&home), "{what}: {names:?}");
    }
    first
}

/// Names of archives, and why each is in its snapshot.
type Told = Vec<(String, Option<String>)>;

/// Every snapshot with its archives.
fn snapshots(home: &TestHome) -> Vec<(String, Told)> {
    let store = home.home.reader().expect("a home");
    let rows = store.shown_snapshots().expect("snapshots");
    rows.iter()
        .map(|row| {
            let id = row.text("id").expect("an id");
            let archives = store.archives_of_snapshot(id).expect("archives");
            let told = archives.iter().map(|archive| {
                (archive.text("name").expect("a name").to_owned(), archive.text("joined_by").map(str::to_owned))
            });
            (id.to_owned(), told.collect())
        })
        .collect()
}

fn n_snapshots(home: &TestHome) -> i64 {
    home.number("SELECT count(*) FROM snapshots")
}

/// What is true, whatever archives held it.
fn truths(home: &TestHome) -> Vec<String> {
    let beside = ["archive ", "entry ", "snapshot ", "finding "];
    let lines = home.dump().into_iter().filter(|line| !beside.iter().any(|kind| line.starts_with(kind)));
    // Names of snapshots depend on their archives' names.
    let days = |line: String| {
        let mut words = Vec::new();
        for word in line.split('"') {
            let is_id = word.len() == 15 && word.starts_with("20") && word.as_bytes()[10] == b'-';
            words.push(if is_id { &word[..10] } else { word });
        }
        words.join("\"")
    };
    lines.map(days).collect()
}

const FIRST: &str = "instagram-mia.example-2024-03-02-AAAAAAAA.zip";
const SECOND: &str = "instagram-mia.example-2024-03-02-BBBBBBBB.zip";
const THIRD: &str = "instagram-mia.example-2024-03-02-CCCCCCCC.zip";

#[test]
fn parts_with_names_are_one_download() {
    let desk = Desk::new();
    let whole = tree("d_2024");
    let [pictures, documents] = divided(&whole, is_picture);
    let [messages, rest] = divided(&documents, |name| name.contains("/messages/"));
    let parts =
        [desk.zip(FIRST, &messages, at(0)), desk.zip(SECOND, &rest, at(50)), desk.zip(THIRD, &pictures, at(59))];
    let home = same_in_any_order(&parts, "named parts");
    assert_eq!(n_snapshots(&home), 1);
    assert_eq!(home.number("SELECT count(*) FROM attachments WHERE media_hash IS NULL"), {
        let alone = TestHome::of(&[desk.zip("instagram-mia.example-2024-03-02-DDDDDDDD.zip", &whole, NOON)]);
        assert_same(&truths(&alone), &truths(&home), "in parts and as one");
        alone.number("SELECT count(*) FROM attachments WHERE media_hash IS NULL")
    });
    let grounds: Vec<Option<String>> = snapshots(&home)[0].1.iter().map(|(_, ground)| ground.clone()).collect();
    assert_eq!(grounds, vec![Some("name".to_owned()); 3]);
}

#[test]
fn parts_without_names_are_told_by_their_time() {
    let desk = Desk::new();
    let whole = small();
    // The profile tells whose a part is: each of them has it.
    let is_profile = |name: &str| name.ends_with("personal_information.json");
    let [messages, rest] = divided(&whole, |name| name.contains("/messages/") || is_profile(name));
    let [pictures, rest] = divided(&rest, is_picture);
    let with_profile = |mut files: Files| {
        files.extend(
            whole.iter().filter(|(name, _)| is_profile(name)).map(|(name, bytes)| (name.clone(), bytes.clone())),
        );
        files
    };
    let (pictures, rest) = (with_profile(pictures), with_profile(rest));
    let check = |minutes: [u8; 3], names: [&str; 3], expected: i64| {
        let parts = [
            desk.zip(names[0], &messages, at(minutes[0])),
            desk.zip(names[1], &rest, at(minutes[1])),
            desk.zip(names[2], &pictures, at(minutes[2])),
        ];
        let home = same_in_any_order(&parts, &format!("{minutes:?} {names:?}"));
        assert_eq!(n_snapshots(&home), expected, "{minutes:?} {names:?}: {:?}", snapshots(&home));
        home
    };
    let nameless = ["download.zip", "Archiv.zip", "x.zip"];
    let home = check([0, 12, 30], nameless, 1);
    assert_eq!(home.number("SELECT count(*) FROM snapshots WHERE date = '2024-03-02' AND is_complete = 1"), 1);
    // From the oldest on, so that a chain of parts ends after half an hour, whichever came first.
    check([0, 25, 50], nameless, 2);
    check([0, 40, 80], nameless, 3);
    // A renamed part beside named ones.
    let home = check([0, 10, 20], [FIRST, "download.zip", SECOND], 1);
    let grounds: Vec<&str> = snapshots_grounds(&home);
    assert_eq!(grounds, ["time", "name", "name"]);
    check([0, 80, 20], [FIRST, "download.zip", SECOND], 2);
}

fn snapshots_grounds(home: &TestHome) -> Vec<&'static str> {
    let known =
        |ground: &str| ["name", "time", "content"].into_iter().find(|known| *known == ground).expect("a ground");
    snapshots(home)[0].1.iter().map(|(_, ground)| known(ground.as_deref().expect("a ground"))).collect()
}

#[test]
fn lying_in_one_folder_is_no_evidence() {
    let desk = Desk::new();
    let [pictures, documents] = divided(&tree("d_2024"), is_picture);
    desk.zip("one.zip", &documents, at(0));
    desk.zip("two.zip", &pictures, at(1));
    let home = TestHome::of(&[desk.folder.path().to_owned()]);
    assert_eq!(n_snapshots(&home), 2, "the pictures do not tell whose they are");
    assert_eq!(home.number("SELECT count(*) FROM findings WHERE code = 'unknown_owner'"), 1);
}

#[test]
fn two_downloads_of_one_day_stay_two() {
    let desk = Desk::new();
    let mut changed = tree("d_2024");
    let likes = changed.keys().find(|name| name.ends_with("liked_posts.json")).expect("a file").clone();
    changed.get_mut(&likes).expect("a file").extend_from_slice(b"\n");
    let [pictures, _] = divided(&tree("d_2024"), is_picture);
    let downloads = [
        desk.zip(FIRST, &tree("d_2024"), at(0)),
        desk.zip(SECOND, &changed, at(5)),
        desk.zip("later.zip", &changed, at(7)),
    ];
    let home = same_in_any_order(&downloads, "two of one day");
    assert_eq!(n_snapshots(&home), 2, "{:?}", snapshots(&home));
    assert_eq!(home.number("SELECT count(DISTINCT date) FROM snapshots"), 1);
    // What contradicts neither goes with the older.
    let home =
        same_in_any_order(&[downloads[0].clone(), downloads[1].clone(), desk.zip(THIRD, &pictures, at(9))], "a part");
    assert_eq!(n_snapshots(&home), 2, "{:?}", snapshots(&home));
    // Nameless ones of one minute that contradict each other are two as well.
    let nameless = [desk.zip("a.zip", &tree("d_2024"), at(0)), desk.zip("b.zip", &changed, at(0))];
    assert_eq!(n_snapshots(&same_in_any_order(&nameless, "nameless")), 2);
}

fn is_known(report: &ArchiveReport) -> bool {
    report.is_known && report.totals().new == 0 && report.totals().merged == 0 && report.media.new_files == 0
}

#[test]
fn copies_are_known() {
    let desk = Desk::new();
    let whole = small();
    let zip = desk.zip("mine.zip", &whole, at(0));
    let named = desk.zip(FIRST, &whole, at(3));
    let twin = desk.copy(&zip, "mine (1).zip");
    let packed_again = desk.zip("again.zip", &whole, Pack { minute: 90, is_reversed: true, is_stored: true });
    let unpacked = desk.folder("unpacked", &whole);
    let mut with_debris = whole.clone();
    with_debris.insert("__MACOSX/._x.json".into(), b"\0\x05\x16\x07".to_vec());
    let with_debris = desk.zip("debris.zip", &with_debris, at(200));
    for copy in [&twin, &named, &packed_again, &unpacked, &with_debris] {
        for (first, second) in [(&zip, copy), (copy, &zip)] {
            let home = TestHome::new();
            home.ingest(first);
            let reports = home.ingest(second);
            assert!(is_known(&reports[0]), "{} then {}", first.display(), second.display());
            assert!(home.ingest(second)[0].is_known);
            assert_eq!(n_snapshots(&home), 1);
        }
        same_in_any_order(&[zip.clone(), copy.clone()], "a copy");
    }
    let home = same_in_any_order(&[zip, twin, packed_again, unpacked], "copies");
    assert_eq!(n_snapshots(&home), 1);
    assert_eq!(home.number("SELECT count(*) FROM archives"), 3, "a twin is the same archive");
    assert_eq!(snapshots_grounds(&home), ["content"; 3]);
}

#[test]
fn a_twin_with_a_name_tells_what_it_is() {
    let desk = Desk::new();
    let [messages, rest] = divided(&tree("d_2024"), |name| name.contains("/messages/"));
    let part = desk.zip(FIRST, &messages, at(0));
    let nameless = desk.zip("download.zip", &rest, at(55));
    let named = desk.copy(&nameless, SECOND);
    let home = same_in_any_order(&[part, nameless, named], "a name that comes late");
    assert_eq!(n_snapshots(&home), 1);
}

#[test]
fn an_unpacked_piece_goes_with_its_whole() {
    let desk = Desk::new();
    let whole = tree("d_2024");
    let [piece, _] = divided(&whole, |name| !name.contains("/messages/"));
    let paths = [desk.zip(FIRST, &whole, at(0)), desk.folder("unpacked", &piece)];
    let home = same_in_any_order(&paths, "a piece");
    assert_eq!(n_snapshots(&home), 1);
}

/// A small download whose profile tells a name, and whose changes tell an older one.
fn renamed() -> [Files; 2] {
    let text = |text: &str| text.as_bytes().to_vec();
    let folder = "personal_information/personal_information";
    let profile =
        r#"{"profile_user": [{"string_map_data": {"Username": {"value": "new.example"}, "Name": {"value": "Nele"}}}]}"#;
    let changes = r#"{"profile_profile_change": [{"string_map_data": {"Changed": {"value": "Username"}, "Previous Value": {"value": "old.example"}, "New Value": {"value": "new.example"}, "Change Date": {"timestamp": 1600000000}}}]}"#;
    let messages = r#"{"participants": [{"name": "Ann"}, {"name": "Nele"}], "title": "Ann", "messages": [
        {"sender_name": "Nele", "timestamp_ms": 1650000001000, "content": "hin"},
        {"sender_name": "Ann", "timestamp_ms": 1650000000000, "content": "her"}]}"#;
    let likes = r#"{"likes_media_likes": [{"title": "ann", "string_list_data": [{"href": "https://www.instagram.com/p/AAAAAAAAAAA/", "value": "x", "timestamp": 1650000000}]}]}"#;
    let with = Files::from([
        (format!("{folder}/personal_information.json"), text(profile)),
        (format!("{folder}/profile_changes.json"), text(changes)),
        ("your_instagram_activity/likes/liked_posts.json".to_owned(), text(likes)),
    ]);
    let without = Files::from([(
        "your_instagram_activity/messages/inbox/ann_17840000000000001/message_1.json".to_owned(),
        text(messages),
    )]);
    [with, without]
}

#[test]
fn a_part_without_profile_has_the_account_of_the_others() {
    let desk = Desk::new();
    let [with, without] = renamed();
    let name = |token: &str| format!("instagram-new.example-2024-03-02-{token}.zip");
    let parts = [desk.zip(&name("AAAAAAAA"), &with, at(0)), desk.zip(&name("BBBBBBBB"), &without, at(1))];
    let home = same_in_any_order(&parts, "a part without profile");
    assert_eq!(home.number("SELECT count(*) FROM messages WHERE account = 'new.example'"), 2);
    assert_eq!(home.number("SELECT count(DISTINCT account) FROM records"), 1);
    // What the same document says in a download of somebody else stays there.
    let other = desk.zip("instagram-other.example-2024-03-02-AAAAAAAA.zip", &without, at(2));
    let home = same_in_any_order(&[parts[0].clone(), parts[1].clone(), other], "two accounts with one document");
    assert_eq!(n_snapshots(&home), 2);
    assert_eq!(home.number("SELECT count(*) FROM messages"), 4);
}

#[test]
fn a_copy_of_nobodys_part_is_known() {
    let desk = Desk::new();
    let [with, without] = renamed();
    let paths = [
        desk.zip("instagram-new.example-2024-03-02-AAAAAAAA.zip", &with, at(0)),
        desk.zip("instagram-new.example-2024-03-02-BBBBBBBB.zip", &without, at(1)),
        desk.zip("download.zip", &without, at(90)),
    ];
    let home = same_in_any_order(&paths, "a copy of a part without profile");
    assert_eq!(n_snapshots(&home), 1);
    assert_eq!(home.number("SELECT count(*) FROM findings WHERE code = 'unknown_owner'"), 0);
    let alone = TestHome::of(&paths[2..]);
    assert_eq!(alone.number("SELECT count(*) FROM findings WHERE code = 'unknown_owner'"), 1);
}

#[test]
fn what_older_homes_do_not_know_of_archives_is_asked_again() {
    let desk = Desk::new();
    let [with, without] = renamed();
    let (first, second) = (desk.zip("one.zip", &with, at(0)), desk.zip("two.zip", &with, at(1)));
    let part = desk.zip("instagram-new.example-2024-03-02-BBBBBBBB.zip", &without, at(2));
    let home = TestHome::of(std::slice::from_ref(&first));
    let database = rusqlite::Connection::open(home.home.path().join("archive.sqlite")).expect("a database");
    database
        .execute_batch("UPDATE archive SET told = NULL, content = NULL, n_files = 0, newest_entry = NULL")
        .expect("an older home");
    drop(database);
    home.ingest(&second);
    home.ingest(&part);
    assert_same(&home.dump(), &TestHome::of(&[part, second, first]).dump(), "an older home");
    assert_eq!(n_snapshots(&home), 1);
}

#[test]
fn flat_parts_repeat_rows_in_any_order() {
    let desk = Desk::new();
    let parts: Vec<PathBuf> = [1, 2, 3]
        .map(|number| {
            let name = format!("mia.example_20190715_part_{number}");
            desk.zip(&format!("{name}.zip"), &tree(&format!("a_three_parts/{name}")), at(number))
        })
        .to_vec();
    let home = same_in_any_order(&parts, "flat parts");
    assert_eq!(n_snapshots(&home), 1);
    assert_eq!(home.kinds()["like"], 4);
    // Late, after another download.
    let mut with_other = parts;
    with_other.push(fixtures().join("a_one_part"));
    let home = TestHome::of(&with_other);
    with_other.reverse();
    assert_same(&home.dump(), &TestHome::of(&with_other).dump(), "flat parts and another download");
}

#[test]
fn a_file_that_a_part_spoilt_is_whole_in_another() {
    let desk = Desk::new();
    let whole = tree("d_2024");
    let zip = desk.zip(FIRST, &whole, at(0));
    let mut bytes = std::fs::read(&zip).expect("a ZIP");
    // The bytes of the first entry, behind its header and name.
    let name = usize::from(u16::from_le_bytes([bytes[26], bytes[27]]));
    bytes[30 + name..40 + name].iter_mut().for_each(|byte| *byte ^= 0xff);
    let spoilt = desk.folder.path().join("spoilt.zip");
    std::fs::write(&spoilt, bytes).expect("a ZIP");
    let packed_again = desk.zip("again.zip", &whole, Pack { is_reversed: true, ..at(3) });
    let alone = TestHome::of(std::slice::from_ref(&spoilt));
    assert_eq!(alone.number("SELECT count(*) FROM snapshots WHERE is_complete = 0"), 1);
    let home = same_in_any_order(&[spoilt, packed_again], "a spoilt copy");
    assert_eq!(home.number("SELECT count(*) FROM snapshots WHERE is_complete = 1"), 1, "{:?}", snapshots(&home));
    assert_eq!(n_snapshots(&home), 1);
    assert_eq!(home.kinds(), TestHome::of(&[zip]).kinds());
}

#[test]
fn what_broke_off_and_the_whole_are_one_download() {
    let desk = Desk::new();
    let files = small();
    let check = |whole: PathBuf, cuts: &[PathBuf]| {
        let alone = TestHome::of(std::slice::from_ref(&whole));
        for cut in cuts {
            let incomplete = TestHome::of(std::slice::from_ref(cut));
            assert_eq!(incomplete.number("SELECT is_complete FROM snapshots"), 0, "{}", cut.display());
            let home = same_in_any_order(&[cut.clone(), whole.clone()], "what broke off");
            assert_eq!(n_snapshots(&home), 1, "{:?}", snapshots(&home));
            assert_eq!(home.number("SELECT is_complete FROM snapshots"), 1, "{}", cut.display());
            assert_eq!(home.kinds(), alone.kinds());
            // A longer piece beside a shorter one is no whole.
            let longer = same_in_any_order(cuts, "two that broke off");
            assert_eq!(n_snapshots(&longer), 1);
            assert_eq!(longer.number("SELECT is_complete FROM snapshots"), 0);
        }
        let mut all = cuts.to_vec();
        all.push(whole);
        let home = same_in_any_order(&all, "two that broke off and the whole");
        assert_eq!((n_snapshots(&home), home.number("SELECT is_complete FROM snapshots")), (1, 1));
    };
    let whole = desk.zip(FIRST, &files, at(0));
    let again = "instagram-mia.example-2024-03-02-AAAAAAAA";
    let cuts = [desk.cut(&whole, &format!("{again} (1).zip"), 40), desk.cut(&whole, &format!("{again} (2).zip"), 80)];
    check(whole, &cuts);
    let whole = desk.zip("download.zip", &files, at(0));
    check(whole.clone(), &[desk.cut(&whole, "download.crdownload", 40), desk.cut(&whole, "rest.zip", 80)]);
}

#[test]
fn missing_files_are_told_once_whichever_part_came_last() {
    let desk = Desk::new();
    let whole = tree("d_2024");
    let [messages, rest] = divided(&whole, |name| name.contains("/messages/"));
    let [_, messages] = divided(&messages, is_picture);
    let parts = [desk.zip(FIRST, &messages, at(0)), desk.zip(SECOND, &rest, at(1))];
    let home = same_in_any_order(&parts, "missing files");
    let missing = FindingCode::MissingMedia.name();
    assert_eq!(home.number(&format!("SELECT count(*) FROM findings WHERE code = '{missing}'")), 1);
}

#[test]
fn a_nearer_file_that_comes_late_is_the_one_that_is_meant() {
    let desk = Desk::new();
    let whole = tree("d_2024");
    let [pictures, documents] = divided(&whole, is_picture);
    let mut other_pictures = pictures.clone();
    for bytes in other_pictures.values_mut() {
        bytes.push(0);
    }
    let older = desk.zip("instagram-mia.example-2023-01-01-AAAAAAAA.zip", &other_pictures, at(0));
    let parts = [older, desk.zip(FIRST, &documents, at(0)), desk.zip(SECOND, &pictures, at(1))];
    same_in_any_order(&parts, "a nearer file");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    /// A generated download, split at random, under any names, with copies, in two orders.
    #[test]
    fn any_split_in_any_order_is_the_same(
        seed in 0_u64..1_000,
        n_parts in 1_usize..=4,
        salt in 0_usize..1_000,
        are_named in prop::collection::vec(any::<bool>(), 4),
        copied in prop::collection::vec(0_u8..5, 4),
        order in Just((0..8).collect::<Vec<usize>>()).prop_shuffle(),
    ) {
        let life = Life::new(seed, Size { messages: 60, ..Size::small() });
        let writing = Writing::new(Generation::D);
        let tree = write(&life, &writing);
        let mut parts = vec![Files::new(); n_parts];
        for file in &tree.files {
            let sum = file.path.bytes().fold(salt, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)));
            // Whose a nameless part is says the profile in it.
            let is_profile = file.path.ends_with("personal_information.json");
            for (number, part) in parts.iter_mut().enumerate() {
                if is_profile || sum / 8 % n_parts == number {
                    part.insert(file.path.clone(), file.bytes());
                }
            }
        }
        let desk = Desk::new();
        let mut archives = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            let minute = u8::try_from(number).expect("few") * 7;
            let name = if are_named[number] { writing.archive_name(&life, number) } else { format!("part{number}") };
            let path = desk.zip(&format!("{name}.zip"), part, at(minute));
            match copied[number] {
                1 => archives.push(desk.copy(&path, &format!("{name} (1).zip"))),
                2 => archives.push(desk.zip(&format!("again{number}.zip"), part, Pack { is_reversed: true, ..at(minute + 1) })),
                3 => archives.push(desk.folder(&format!("folder{number}"), part)),
                4 => archives.push(desk.cut(&path, &format!("{name} (2).zip"), 70)),
                _ => {}
            }
            archives.push(path);
        }
        let shuffled: Vec<PathBuf> =
            order.iter().filter_map(|position| archives.get(*position).cloned()).collect();
        let (one, other) = (TestHome::of(&archives), TestHome::of(&shuffled));
        assert_same(&one.dump(), &other.dump(), "a split");
        prop_assert_eq!(snapshots(&one), snapshots(&other));
        let whole = TestHome::of(&[desk.zip(&format!("{}.zip", writing.archive_name(&life, 9)), &tree_files(&tree), at(0))]);
        prop_assert_eq!(one.kinds(), whole.kinds());
        prop_assert_eq!(n_snapshots(&one), 1);
    }
}

fn tree_files(tree: &throwback::testing::Tree) -> Files {
    tree.files.iter().map(|file| (file.path.clone(), file.bytes())).collect()
}
