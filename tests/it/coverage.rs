//! "Can I delete my account?": yes for the whole download, no with the right reason for each way to spoil it.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use throwback::archive::Limits;
use throwback::home::{CoverageOptions, CoverageReport};
use throwback::ingest::Silent;
use throwback::model::Generation;
use throwback::testing::{Life, Packing, Size, Tree, Writing, write};

use crate::small_download::Small;
use crate::support::{TestHome, fixtures};

pub fn coverage(home: &TestHome, expected: &[(&'static str, u64)]) -> CoverageReport {
    let options = CoverageOptions { account: None, expected: expected.to_vec() };
    home.home.coverage(&options).expect("a report")
}

/// Codes of the reasons, each once.
pub fn codes(report: &CoverageReport) -> Vec<String> {
    let mut codes: Vec<String> = report.reasons().map(|reason| reason.code.clone()).collect();
    codes.sort();
    codes.dedup();
    codes
}

/// A life in one download of generation D, as a folder.
pub fn whole(folder: &Path) -> (PathBuf, Tree) {
    let life = Life::new(11, Size::small());
    let writing = Writing::new(Generation::D);
    let tree = write(&life, &writing);
    let root = folder.join(writing.archive_name(&life, 0));
    tree.write_folder(&root).expect("a folder");
    (root, tree)
}

#[test]
fn a_whole_download_is_safe_to_leave() {
    let folder = tempfile::tempdir().expect("a folder");
    let (root, _) = whole(folder.path());
    let report = coverage(&TestHome::of(&[root]), &[]);
    assert_eq!(codes(&report), Vec::<String>::new());
    assert!(report.is_safe());
    let sample = coverage(&TestHome::of(&[fixtures().join("sample")]), &[("posts", 15)]);
    assert!(sample.is_safe(), "{:?}", codes(&sample));
}

#[test]
fn each_way_to_spoil_a_download_gives_its_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let check = |what: &str, spoil: &dyn Fn(&Path, &Tree), expected: &[&str]| {
        let (root, tree) = whole(&folder.path().join(what.replace(' ', "_")));
        spoil(&root, &tree);
        let report = coverage(&TestHome::of(&[root]), &[]);
        assert_eq!(codes(&report), expected, "{what}");
        assert!(!report.is_safe(), "{what}");
    };
    let first = |tree: &Tree, end: &str| {
        let mut paths = tree.files.iter().map(|file| &file.path);
        paths.find(|path| path.ends_with(end)).expect("there is one").clone()
    };
    let cut = |path: &Path| {
        let bytes = std::fs::read(path).expect("it is there");
        std::fs::write(path, &bytes[..bytes.len() * 2 / 3]).expect("it can be written");
    };
    check("a medium is missing", &|root, tree| remove(root, &first(tree, ".jpg")), &["missing_media"]);
    check("a video is cut off", &|root, tree| cut(&root.join(first(tree, ".mp4"))), &["broken_media"]);
    check("a picture is cut off", &|root, tree| cut(&root.join(first(tree, ".jpg"))), &["broken_media"]);
    check(
        "a video is empty",
        &|root, tree| std::fs::write(root.join(first(tree, ".mp4")), b"").expect("it can be written"),
        &["not_a_medium"],
    );
    check("a document is cut off", &|root, tree| cut(&root.join(first(tree, "liked_posts.json"))), &["unreadable"]);
    check(
        "a page is missing",
        &|root, tree| {
            let page = first(tree, "message_1.json");
            std::fs::rename(root.join(&page), root.join(page.replace("message_1", "message_2"))).expect("it is there");
        },
        &["part_missing"],
    );
    check("no followers", &|root, tree| remove(root, &first(tree, "followers_1.json")), &["absent:followers"]);
    check("no following", &|root, tree| remove(root, &first(tree, "following.json")), &["absent:following"]);
    check(
        "no profile",
        &|root, _| {
            remove(root, "personal_information/personal_information/personal_information.json");
        },
        &["absent:profile"],
    );
    check(
        "no comments",
        &|root, _| {
            std::fs::remove_dir_all(root.join("your_instagram_activity/comments")).expect("it is there");
        },
        &["absent:comments"],
    );
    check(
        "no likes",
        &|root, _| {
            std::fs::remove_dir_all(root.join("your_instagram_activity/likes")).expect("it is there");
            std::fs::remove_dir_all(root.join("your_instagram_activity/story_sticker_interactions"))
                .or_else(|_| std::fs::remove_dir_all(root.join("your_instagram_activity/story_interactions")))
                .expect("one of them is there");
        },
        &["absent:likes"],
    );
    check(
        "no messages",
        &|root, _| {
            std::fs::remove_dir_all(root.join("your_instagram_activity/messages")).expect("it is there");
        },
        &["absent:messages"],
    );
}

#[test]
fn a_file_that_is_named_as_a_picture_and_is_none_is_a_reason() {
    let end_of_zip = [b"PK\x05\x06".as_slice(), &[0; 18]].concat();
    let check = |name: &str, bytes: &[u8], expected: &[&str], n_told: i64| {
        let folder = tempfile::tempdir().expect("a folder");
        let root = Small::whole().write(folder.path(), "2021-01-01");
        std::fs::write(root.join("media/stories/202001").join(name), bytes).expect("it can be written");
        let home = TestHome::of(&[root]);
        assert_eq!(codes(&coverage(&home, &[])), expected, "{name}: {bytes:?}");
        let told = "SELECT count(*) FROM findings WHERE code = 'not_a_medium' AND severity = 'info'";
        assert_eq!(home.number(told), n_told, "{name}: {bytes:?}");
    };
    // The first of the stories, which a document names.
    let story = "17900000000000001.jpg";
    for bytes in [b"".as_slice(), b"\xff", b"\xff\xd8", &[0; 4_096], b"<html>502 bad gateway</html>", &end_of_zip] {
        check(story, bytes, &["not_a_medium"], 1);
    }
    check(story, b"\xff\xd8\xff", &["broken_media"], 0);
    check(story, b"GIF89a and whatever else", &[], 0);
    // Names beside it, which nothing names.
    check("17900000000000099.MP4", b"\0\0\0\x18ft", &["not_a_medium"], 1);
    check("AbCdEf_17900000000000099", b"", &["not_a_medium"], 0);
    check("notes.docx", b"", &[], 0);
    check(".nomedia", b"", &[], 0);
}

pub fn remove(root: &Path, path: &str) {
    std::fs::remove_file(root.join(path)).expect("it is there");
}

#[test]
fn a_category_of_which_the_download_says_that_there_is_nothing_is_no_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = Small { comments: vec![], ..Small::whole() }.write(folder.path(), "2021-01-01");
    assert_eq!(codes(&coverage(&TestHome::of(std::slice::from_ref(&root)), &[])), ["absent:comments"]);
    let comments = root.join("your_instagram_activity/comments");
    std::fs::create_dir_all(&comments).expect("a folder");
    std::fs::write(comments.join("no-data.txt"), "You have no data in this section.").expect("a file");
    assert!(coverage(&TestHome::of(&[root]), &[]).is_safe());
}

#[test]
fn a_download_that_breaks_off_is_no_ground_to_leave() {
    let folder = tempfile::tempdir().expect("a folder");
    let life = Life::new(11, Size::small());
    let writing = Writing::new(Generation::D);
    let zip = folder.path().join(format!("{}.zip", writing.archive_name(&life, 0)));
    write(&life, &writing).write_zip(&zip, &Packing::default()).expect("a ZIP");
    let bytes = std::fs::read(&zip).expect("a ZIP");
    std::fs::write(&zip, &bytes[..bytes.len() - 2_000]).expect("a file");
    let report = coverage(&TestHome::of(&[zip]), &[]);
    assert!(codes(&report).contains(&"salvaged".to_owned()), "{:?}", codes(&report));
}

#[test]
fn a_download_of_a_range_is_no_ground_to_leave() {
    let folder = tempfile::tempdir().expect("a folder");
    let older = Small::whole().write(folder.path(), "2020-06-01");
    let newer = Small::whole().since(50 * 86_400).write(folder.path(), "2021-06-01");
    let home = TestHome::of(&[older.clone(), newer]);
    assert_eq!(codes(&coverage(&home, &[])), ["range"]);
    home.ingest(&Small::whole().write(folder.path(), "2022-06-01"));
    assert!(coverage(&home, &[]).is_safe(), "a newer one of all time");
    // What only older ones have is not held as it is now.
    home.ingest(&Small { stories: vec![], ..Small::whole() }.write(folder.path(), "2023-06-01"));
    assert_eq!(codes(&coverage(&home, &[])), ["only_older:stories"]);
}

#[test]
fn fewer_than_the_app_says_is_a_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = TestHome::of(&[Small::whole().write(folder.path(), "2020-06-01")]);
    assert!(coverage(&home, &[("posts", 10), ("followers", 3)]).is_safe());
    assert_eq!(codes(&coverage(&home, &[("posts", 11), ("followers", 4)])), ["fewer:followers", "fewer:posts"]);
}

#[test]
fn numbered_parts_tell_which_are_missing() {
    let folder = tempfile::tempdir().expect("a folder");
    let life = Life::new(5, Size::small());
    let writing = Writing::new(Generation::A);
    let trees = throwback::testing::write_parts(&life, &writing, 3);
    let paths: Vec<PathBuf> = writing
        .part_names(&life, 3)
        .iter()
        .zip(&trees)
        .map(|(name, tree)| {
            let path = folder.path().join(name);
            tree.write_folder(&path).expect("a folder");
            path
        })
        .collect();
    let home = TestHome::of(&[paths[0].clone(), paths[2].clone()]);
    assert!(codes(&coverage(&home, &[])).contains(&"part_missing".to_owned()));
    home.ingest(&paths[1]);
    let all = coverage(&home, &[]);
    assert!(!codes(&all).contains(&"part_missing".to_owned()), "{:?}", codes(&all));
}

#[test]
fn an_empty_home_is_no_ground_to_leave() {
    assert!(!CoverageReport::default().is_safe());
}

/// Codes of the reasons why an archive must not go.
pub fn faults(home: &TestHome, path: &Path) -> Vec<&'static str> {
    let stop = AtomicBool::new(false);
    let proof = home.home.prove_archive(path, &Limits::default(), &stop, &Silent).expect("a proof");
    assert_eq!(proof.is_safe(), proof.faults.is_empty());
    assert!(!proof.is_safe() || (proof.n_proven == proof.n_files && proof.n_files > 0));
    proof.faults.into_keys().collect()
}

#[test]
fn an_archive_may_go_when_every_byte_of_it_is_held() {
    let folder = tempfile::tempdir().expect("a folder");
    let [older, newer] = ["mia.example_20220817.zip", "instagram-mia.example-2024-03-02-Ab3dE5fG.zip"]
        .map(|name| fixtures().join("sample").join(name));
    let home = TestHome::of(std::slice::from_ref(&older));
    assert_eq!(faults(&home, &older), Vec::<&str>::new());
    assert_eq!(faults(&home, &newer), ["not_ingested"]);
    let (root, tree) = whole(folder.path());
    home.ingest(&root);
    assert_eq!(faults(&home, &root), Vec::<&str>::new());
    // A folder whose directory looks the same may have other bytes.
    let picture = root.join(tree.files.iter().map(|file| &file.path).find(|path| path.ends_with(".jpg")).expect("one"));
    let time = std::fs::metadata(&picture).and_then(|file| file.modified()).expect("a time");
    let mut bytes = std::fs::read(&picture).expect("a picture");
    let last = bytes.len() - 3;
    bytes[last] ^= 1;
    std::fs::write(&picture, bytes).expect("a file");
    std::fs::File::options().append(true).open(&picture).and_then(|file| file.set_modified(time)).expect("a time");
    assert_eq!(faults(&home, &root), ["other_bytes"]);
    // What the home keeps is read, too.
    let medium = home.rows("SELECT path FROM media WHERE type = 'image/jpeg' LIMIT 1");
    let kept = home.home.path().join(medium[0].text("path").expect("a path"));
    std::fs::write(&kept, b"damaged").expect("a file");
    let all = [faults(&home, &root), faults(&home, &older)].concat();
    assert!(all.contains(&"damaged_home"), "{all:?}");
}

#[test]
fn what_is_not_kept_of_an_archive_keeps_it() {
    let folder = tempfile::tempdir().expect("a folder");
    // Facebook's part lies beside Instagram's.
    let life = Life::new(11, Size::small());
    let writing = Writing::new(Generation::D);
    let name = writing.archive_name(&life, 0);
    let mut tree = write(&life, &writing);
    for file in &mut tree.files {
        file.path = format!("{name}/{}", file.path);
    }
    tree.files.push(throwback::testing::File::new(
        "facebook-me-2024-01-01-abcdefgh/your_facebook_activity/posts/your_posts_1.json",
        false,
        || b"[]".to_vec(),
    ));
    let both = folder.path().join("meta-2026-Jan-10-17-13-19.zip");
    tree.write_zip(&both, &Packing::default()).expect("a ZIP");
    let home = TestHome::of(std::slice::from_ref(&both));
    let told = faults(&home, &both);
    assert!(told.iter().any(|code| matches!(*code, "not_kept" | "of_another_service")), "{told:?}");
    // An entry that cannot be decoded is kept as it lies there, which is not the file.
    let broken = folder.path().join("mia.example_20220817.zip");
    let mut bytes = std::fs::read(fixtures().join("sample/mia.example_20220817.zip")).expect("a ZIP");
    let start = (0..bytes.len()).find(|at| bytes[*at..].starts_with(b"PK\x03\x04")).expect("an entry");
    let length = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let content = start + 30 + length(start + 26) + length(start + 28);
    bytes[content..content + 6].iter_mut().for_each(|byte| *byte ^= 0xff);
    std::fs::write(&broken, bytes).expect("a ZIP");
    let home = TestHome::of(std::slice::from_ref(&broken));
    assert_eq!(faults(&home, &broken), ["not_kept"]);
}

#[test]
fn parts_that_lie_in_one_zip_are_all_looked_at() {
    let folder = tempfile::tempdir().expect("a folder");
    let wrapper = folder.path().join("both.zip");
    let inner = |name: &'static str| {
        throwback::testing::File::new(name, true, move || {
            std::fs::read(fixtures().join("sample").join(name)).expect("a ZIP")
        })
    };
    let files = vec![inner("mia.example_20220817.zip"), inner("instagram-mia.example-2024-03-02-Ab3dE5fG.zip")];
    let mut tree = Tree { files, date_ms: 1_700_000_000_000 };
    tree.write_zip(&wrapper, &Packing::default()).expect("a ZIP");
    let home = TestHome::of(std::slice::from_ref(&wrapper));
    assert_eq!(faults(&home, &wrapper), Vec::<&str>::new());
    tree.files.push(throwback::testing::File::new("holiday.jpg", true, || b"mine".to_vec()));
    let other = folder.path().join("more.zip");
    tree.write_zip(&other, &Packing::default()).expect("a ZIP");
    home.ingest(&other);
    assert_eq!(faults(&home, &other), ["of_another_service"], "what belongs to nobody was not kept");
}

#[test]
fn what_the_person_accepts_is_no_reason_until_it_is_undone() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = Small { stories: vec![], ..Small::whole() }.write(folder.path(), "2021-01-01");
    let home = TestHome::of(&[root]);
    let stop = AtomicBool::new(false);
    let report = coverage(&home, &[]);
    assert_eq!(codes(&report), ["absent:stories"]);
    let account = &report.accounts[0];
    home.home.accept(account, "absent:stories", Some("I never had one"), 1, "a test", &stop).expect("it is kept");
    let accepted = coverage(&home, &[]);
    assert!(accepted.is_safe());
    assert_eq!(accepted.accounts[0].reasons[0].accepted.as_deref(), Some("I never had one"));
    let number = home.number("SELECT id FROM decisions");
    assert!(home.home.take_back(number, "a test", &stop).expect("it is taken back"));
    assert_eq!(codes(&coverage(&home, &[])), ["absent:stories"]);
    // A later download is looked at anew.
    home.home.accept(account, "absent:stories", None, 1, "a test", &stop).expect("it is kept");
    home.ingest(&Small { stories: vec![], ..Small::whole() }.write(folder.path(), "2022-01-01"));
    assert_eq!(codes(&coverage(&home, &[])), ["absent:stories"]);
}
