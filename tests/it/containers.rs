//! How downloads are packed: cut off, packed into one another, half unpacked, beside those of other services, and with
//! what systems leave in them. The records are those of the plain ZIP.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde_json::Value;
use throwback::archive::Limits;
use throwback::home::IngestOptions;
use throwback::ingest::{self, Plan};
use zip::CompressionMethod::{self, Deflated, Stored};

use crate::cli::program::Program;
use crate::support::{TestHome, assert_same, fixtures};

/// Entries by name, in their order.
type Entries<'a> = [(&'a str, &'a [u8])];

fn packed(entries: &Entries<'_>, method: CompressionMethod) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        writer.start_file(*name, options).expect("an entry");
        writer.write_all(bytes).expect("its bytes");
    }
    writer.finish().expect("a ZIP").into_inner()
}

/// A folder with these files.
fn folder(files: &Entries<'_>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
    folder
}

fn plan(path: &Path) -> Plan {
    ingest::plan(&[path.to_owned()], &path.join("no home here"), &Limits::default())
}

/// Code and sentence of everything that was passed over.
fn passed_over(plan: &Plan) -> Vec<(String, String)> {
    let told = |passed: &ingest::PassedOver| (passed.finding.code.name().to_owned(), passed.finding.sentence.clone());
    plan.passed_over.iter().map(told).collect()
}

const OLDER: &str = "mia.example_20220817.zip";
const NEWER: &str = "instagram-mia.example-2024-03-02-Ab3dE5fG.zip";

fn sample(name: &str) -> Vec<u8> {
    fs::read(fixtures().join("sample").join(name)).expect("a sample")
}

const POSTS: &str = "your_instagram_activity/content/posts_1.json";
const POST: &[u8] = br#"[{"media": [{"uri": "media/posts/202403/17900000000000001.jpg", "creation_timestamp": 1709400000, "title": "Garden"}]}]"#;
const PICTURE: &str = "media/posts/202403/17900000000000001.jpg";
const FACEBOOK: &[u8] = br#"[{"timestamp": 1700000000, "data": [{"post": "not yours"}]}]"#;
const POSTS_OF_FACEBOOK: &str = "your_facebook_activity/posts/your_posts_1.json";

#[test]
fn a_download_that_breaks_off_gives_what_came() {
    let whole = sample(NEWER);
    let home_of = |bytes: &[u8]| {
        let folder = folder(&[(NEWER, bytes)]);
        let home = TestHome::new();
        let report = home.ingest(&folder.path().join(NEWER)).remove(0);
        (home, report)
    };
    let records = |home: &TestHome| -> BTreeSet<String> {
        let rows = home.rows("SELECT id, kind, text FROM records");
        rows.iter().map(|row| format!("{:?}", row.filled().collect::<Vec<_>>())).collect()
    };
    let (sound, _) = home_of(&whole);
    assert_eq!(sound.number("SELECT is_complete FROM snapshots"), 1);
    assert_eq!(sound.number("SELECT is_salvaged FROM archive"), 0);

    // Only the directory is missing: the same records, but nobody can know that this is all.
    let directory = whole.windows(4).position(|four| four == b"PK\x01\x02").expect("a directory");
    let (home, report) = home_of(&whole[..directory]);
    assert_eq!(records(&home), records(&sound));
    let salvaged: Vec<_> = report.findings.iter().filter(|finding| finding.code.name() == "salvaged_archive").collect();
    assert_eq!(salvaged.len(), 1);
    assert!(salvaged[0].sentence.contains("files came out whole"), "{}", salvaged[0].sentence);
    assert_eq!(home.number("SELECT is_complete FROM snapshots"), 0);
    assert_eq!(home.number("SELECT is_salvaged FROM archive"), 1);
    assert_eq!(home.number("SELECT count(*) FROM findings WHERE code = 'damaged_entry'"), 0);
    let folder = folder(&[(NEWER, &whole[..directory])]);
    assert!(home.ingest(&folder.path().join(NEWER))[0].is_known, "the same cut again is nothing new");

    // Cut anywhere: no wrong record, and whatever was not read is told.
    for part in 1..8 {
        let (home, report) = home_of(&whole[..directory * part / 8]);
        assert!(records(&home).len() <= records(&sound).len(), "{part} eighths");
        let n_cut = home.number("SELECT count(*) FROM entries WHERE fate = 'undecodable'");
        assert_eq!(n_cut, home.number("SELECT count(*) FROM findings WHERE code = 'damaged_entry'"), "{part} eighths");
        let sentence = &report.findings.iter().find(|finding| finding.code.name() == "salvaged_archive");
        assert!(
            sentence.is_some_and(|finding| n_cut == 0 || finding.sentence.contains("breaks off in")),
            "{part} eighths"
        );
        assert_eq!(home.number("SELECT count(*) FROM entries WHERE hash IS NULL AND fate <> 'folder'"), 0);
    }
}

#[test]
fn a_page_saved_as_a_zip_and_other_single_files_get_a_sentence() {
    let page = b"<!DOCTYPE html>\n<html><title>Log in</title></html>";
    let folder = folder(&[("download.zip", page), ("x/posts_1.json", POST), ("photo.jpg", b"\xff\xd8\xff")]);
    let told = |name: &str| {
        let plan = plan(&folder.path().join(name));
        assert!(plan.candidates.is_empty(), "{name}");
        passed_over(&plan).remove(0).1
    };
    assert!(told("download.zip").contains("is a page of the web"), "{}", told("download.zip"));
    assert!(told("x/posts_1.json").contains("single file of an Instagram download; name the ZIP"));
    assert!(told("photo.jpg").contains("is no Instagram download"));
}

#[test]
fn parts_in_one_zip_are_read_as_if_they_lay_side_by_side() {
    let (older, newer) = (sample(OLDER), sample(NEWER));
    let beside = folder(&[(OLDER, &older), (NEWER, &newer)]);
    let expected = TestHome::of(&[beside.path().to_owned()]).dump();
    for (method, name) in [(Stored, "stored"), (Deflated, "deflated")] {
        for around in ["", "meta-2024-Mar-02/"] {
            let names = [format!("{around}{OLDER}"), format!("{around}{NEWER}")];
            let outer = packed(&[(&names[0], &older), (&names[1], &newer)], method);
            let folder = folder(&[("everything.zip", &outer)]);
            let home = TestHome::new();
            let path = folder.path().join("everything.zip");
            let n_known = |home: &TestHome| home.ingest(&path).iter().filter(|report| report.is_known).count();
            assert_eq!(n_known(&home), 0, "{name}");
            assert_same(&home.dump(), &expected, name);
            assert_eq!(n_known(&home), 2, "{name}: again");
            assert_eq!(
                home.ingest(beside.path()).iter().filter(|report| report.is_known).count(),
                2,
                "{name}: outside"
            );
            assert_eq!(fs::read_dir(home.home.path().join("tmp")).expect("a folder").count(), 0, "{name}");
        }
    }
}

#[test]
fn a_rehearsal_of_packed_parts_writes_nothing_into_the_home() {
    let outer = packed(&[(NEWER, &sample(NEWER))], Deflated);
    let folder = folder(&[("everything.zip", &outer)]);
    let home = TestHome::new();
    let limits = Limits::default();
    let plan = ingest::plan(&[folder.path().to_owned()], home.home.path(), &limits);
    let stop = AtomicBool::new(false);
    let options =
        IngestOptions { limits: &limits, now_ms: 1_700_000_000_000, is_dry_run: true, stop: &stop, command: "a test" };
    let mut n_outcomes = 0;
    home.home.ingest(&plan, &options, &ingest::Silent, &mut |_| n_outcomes += 1).expect("the rehearsal runs");
    assert_eq!(n_outcomes, 1);
    assert!(!home.home.path().exists());
}

#[test]
fn what_else_lies_in_a_zip_of_zips_is_told() {
    let nested = packed(&[(OLDER, &sample(OLDER))], Stored);
    let other = packed(&[("photo.jpg", b"picture")], Stored);
    let facebook = packed(&[(POSTS_OF_FACEBOOK, FACEBOOK), ("connections/friends/your_friends.json", b"{}")], Stored);
    let newer = sample(NEWER);
    let entries: &Entries<'_> = &[
        (NEWER, &newer),
        ("deeper.zip", &nested),
        ("other.zip", &other),
        ("facebook-mia-2024-03-02-aaaaaaaa.zip", &facebook),
        ("facebook-mia-2024-03-02-bbbbbbbb.zip", &facebook),
        ("fake.zip", b"hello"),
        ("read me.txt", b"these are mine"),
        ("__MACOSX/._read me.txt", b"\0\x05\x16\x07"),
    ];
    let folder = folder(&[("everything.zip", &packed(entries, Stored))]);
    let plan = plan(&folder.path().join("everything.zip"));
    assert_eq!(plan.candidates.len(), 1);
    let told = passed_over(&plan);
    let has = |code: &str, words: &str| {
        let n = told.iter().filter(|(found, sentence)| found == code && sentence.contains(words)).count();
        assert_eq!(n, 1, "{code} {words}: {told:#?}");
    };
    has("not_an_export", "deeper.zip holds ZIPs in its turn");
    has("not_an_export", "other.zip is a ZIP of 1 file (");
    has("not_an_export", "fake.zip is not a ZIP (5 bytes)");
    let bytes = 2 * (FACEBOOK.len() + 2);
    has(
        "foreign_service",
        &format!("Facebook data, which Throwback does not read: 4 files ({bytes} bytes) were neither"),
    );
    has("foreign_service", "1 file (14 bytes) of everything.zip was neither read nor kept");
    assert_eq!(told.len(), 5, "{told:#?}");

    let program = Program::new();
    let rows = program.json(&["ingest", "--json", &folder.path().join("everything.zip").to_string_lossy()]);
    let end = rows.last().expect("an end");
    assert_eq!((&end["type"], &end["archives"], &end["findings"]["error"]), (&"end".into(), &1.into(), &0.into()));
    let archives: Vec<&Value> = rows.iter().filter(|row| row["type"] == "archive").map(|row| &row["name"]).collect();
    assert_eq!(archives, [NEWER]);
}

#[test]
fn a_zip_of_zips_that_breaks_off_gives_the_parts_that_came() {
    let outer = packed(&[(OLDER, &sample(OLDER)), (NEWER, &sample(NEWER))], Stored);
    let second = outer.windows(NEWER.len()).position(|name| name == NEWER.as_bytes()).expect("the second part");
    let folder = folder(&[("everything.zip", &outer[..second + sample(NEWER).len() / 2])]);
    let plan = plan(folder.path());
    let names: Vec<_> =
        plan.candidates.iter().filter_map(|candidate| Some(candidate.inner.as_ref()?.path.as_str())).collect();
    assert_eq!(names, [OLDER, NEWER]);
    let told = passed_over(&plan);
    assert!(
        told.iter().any(|(code, sentence)| code == "salvaged_archive" && sentence.contains("1 of 2 files")),
        "{told:#?}"
    );
    let home = TestHome::of(&[folder.path().to_owned()]);
    let complete = home.rows("SELECT date, is_complete FROM snapshots ORDER BY date");
    let complete: Vec<_> = complete.iter().map(|row| row.integer("is_complete")).collect();
    assert_eq!(complete, [Some(1), Some(0)]);
}

#[test]
fn what_may_be_missing_of_a_zip_of_zips_is_told() {
    let packed = packed(&[(OLDER, &sample(OLDER)), (NEWER, &sample(NEWER))], Deflated);
    let folder = folder(&[("all.zip", &packed)]);
    let path = folder.path().join("all.zip");
    let told = |n_entries: u64| -> (usize, Vec<String>) {
        let limits = Limits { n_entries, ..Limits::default() };
        let plan = ingest::plan(std::slice::from_ref(&path), &path.join("no home here"), &limits);
        (plan.candidates.len(), passed_over(&plan).into_iter().map(|(code, _)| code).collect())
    };
    let (n_downloads, codes) = told(1);
    assert_eq!(n_downloads, 1);
    assert!(codes.contains(&"over_budget".to_owned()), "{codes:?}");
    assert_eq!(told(2).0, 2);
    // The header of the directory that lists the second loses its signature.
    let mut damaged = packed;
    let at = damaged.windows(4).rposition(|four| four == b"PK\x01\x02").expect("a header");
    damaged[at] = b'X';
    fs::write(&path, &damaged).expect("a ZIP");
    assert_eq!(told(1_000), (2, vec!["salvaged_archive".to_owned()]));
}

#[test]
fn a_tree_and_zips_beside_it_in_one_zip_are_all_read() {
    let older = sample(OLDER);
    let tree = format!("mia.example/{POSTS}");
    let entries: &Entries<'_> = &[(&tree, POST), (OLDER, &older), ("notes.txt", b"mine")];
    let folder = folder(&[("both.zip", &packed(entries, Deflated))]);
    let home = TestHome::of(&[folder.path().to_owned()]);
    assert_eq!(home.number("SELECT count(*) FROM archives"), 2);
    assert_eq!(home.number("SELECT count(*) FROM records WHERE text = 'Garden'"), 1);
    assert_eq!(home.number(&format!("SELECT count(*) FROM entries WHERE path = '{OLDER}'")), 0);
    let kept = "SELECT count(*) FROM entries WHERE path = 'notes.txt' AND hash IS NOT NULL AND fate <> 'not_kept'";
    assert_eq!(home.number(kept), 1, "what lies beside the tree and belongs to nobody is kept");
    assert_eq!(home.number("SELECT count(*) FROM findings WHERE code = 'foreign_service'"), 0);
}

#[test]
fn a_download_that_breaks_off_is_an_error_and_its_snapshot_incomplete() {
    let whole = sample(NEWER);
    let folder = folder(&[(NEWER, &whole[..whole.len() / 2])]);
    let program = Program::new();
    let path = folder.path().join(NEWER);
    let output = program.output(&["ingest", "--json", &path.to_string_lossy()]);
    assert_eq!(output.status.code(), Some(4));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let codes: BTreeSet<&str> =
        rows.iter().filter(|row| row["severity"] == "error").filter_map(|row| row["code"].as_str()).collect();
    assert_eq!(codes, ["damaged_entry", "salvaged_archive"].into());
    let errors = rows.iter().filter(|row| row["severity"] == "error").count();
    assert_eq!(rows.last().map(|end| &end["findings"]["error"]), Some(&errors.into()));
    let snapshots = program.json(&["snapshots", "--json"]);
    assert_eq!(snapshots.iter().find(|row| row["type"] == "snapshot").map(|row| &row["is_complete"]), Some(&0.into()));
}

#[test]
fn a_probe_looks_into_what_breaks_off_and_into_zips_of_zips() {
    let whole = sample(NEWER);
    let outer = packed(&[("deep/inside.zip", &sample(OLDER))], Deflated);
    let folder = folder(&[(NEWER, &whole[..whole.len() - 100]), ("outer.zip", &outer)]);
    let home = folder.path().join("no home here");
    let probed = ingest::probe(&[folder.path().to_owned()], &home, &Limits::default());
    let told = |export: &ingest::ProbedExport| {
        let is_salvaged = export.findings.keys().any(|code| code.name() == "salvaged_archive");
        (export.name.clone(), export.recognised.generation.name(), is_salvaged)
    };
    let found: Vec<_> = probed.exports.iter().map(told).collect();
    assert_eq!(found, [(NEWER.to_owned(), "D", true), ("inside.zip".to_owned(), "C", false)]);
    assert_eq!(probed.exports[1].path, folder.path().join("outer.zip/deep/inside.zip"));
    assert!(probed.exports.iter().all(|export| !export.files.is_empty()));
}

#[test]
fn a_zip_that_somebody_sent_stays_a_file() {
    let sent = sample(OLDER);
    let name = "your_instagram_activity/messages/inbox/leo_17840000000000001/files/17900000000000002.zip";
    let folder = folder(&[(NEWER, &packed(&[(POSTS, POST), (PICTURE, b"picture"), (name, &sent)], Stored))]);
    let plan = plan(folder.path());
    assert_eq!((plan.candidates.len(), plan.passed_over.len()), (1, 0));
    let home = TestHome::of(&[folder.path().to_owned()]);
    assert_eq!(
        home.number(&format!("SELECT bytes FROM entries WHERE path = '{name}'")),
        i64::try_from(sent.len()).expect("short")
    );
    assert_eq!(home.number("SELECT count(*) FROM records"), 1);
}

#[test]
fn another_service_beside_ours_is_told_once_with_its_files_and_bytes() {
    let root = "meta-2026-Jan-10-17-13-19/";
    let name = |service: &str, path: &str| format!("{root}{service}-mia.example-2026-01-10-aaaaaaaa/{path}");
    let (posts, picture) = (name("instagram", POSTS), name("instagram", PICTURE));
    let (foreign, friends) = (name("facebook", POSTS_OF_FACEBOOK), name("facebook", "connections/friends/a.json"));
    let entries: &Entries<'_> = &[
        (&posts, POST),
        (&picture, b"picture"),
        (&foreign, FACEBOOK),
        (&friends, b"{}"),
        ("__MACOSX/._x.json", b"\0"),
    ];
    let counts = format!("2 files ({} bytes) were neither read nor kept", FACEBOOK.len() + 2);
    let check = |what: &str, path: &Path, n_archives: i64| {
        let home = TestHome::new();
        let plan = ingest::plan(&[path.to_owned()], home.home.path(), &Limits::default());
        let reports = home.ingest(path);
        let told: Vec<String> = passed_over(&plan)
            .into_iter()
            .chain(
                reports
                    .iter()
                    .flat_map(|report| &report.findings)
                    .map(|f| (f.code.name().to_owned(), f.sentence.clone())),
            )
            .filter(|(code, _)| code == "foreign_service")
            .map(|(_, sentence)| sentence)
            .collect();
        assert_eq!(told.len(), 1, "{what}: {told:#?}");
        assert!(told[0].contains("Facebook") && told[0].contains(&counts), "{what}: {told:#?}");
        assert_eq!(home.number("SELECT count(*) FROM records WHERE text = 'Garden'"), 1, "{what}");
        assert_eq!(home.number("SELECT count(*) FROM entries WHERE path LIKE '%facebook%'"), 0, "{what}");
        assert_eq!(home.number("SELECT count(*) FROM archives"), n_archives, "{what}");
    };
    let zipped = folder(&[("meta.zip", &packed(entries, Deflated))]);
    check("trees in a ZIP", zipped.path(), 1);
    let unpacked = folder(entries);
    check("trees in a folder", unpacked.path(), 1);
    check("their folder", &unpacked.path().join(root), 1);
    let ours = packed(&[(POSTS, POST), (PICTURE, b"picture")], Stored);
    let theirs = packed(&[(POSTS_OF_FACEBOOK, FACEBOOK), ("connections/friends/a.json", b"{}")], Stored);
    let names = ["instagram-mia.example-2026-01-10-aaaaaaaa.zip", "facebook-mia.example-2026-01-10-bbbbbbbb.zip"];
    let around = names.map(|name| format!("{root}{name}"));
    let zips = folder(&[("meta.zip", &packed(&[(&around[0], &ours), (&around[1], &theirs)], Stored))]);
    check("ZIPs in a ZIP", zips.path(), 1);
    check("ZIPs in a folder", folder(&[(names[0], &ours), (names[1], &theirs)]).path(), 1);
}

/// Whoever throws the ZIP away afterwards loses nothing of their own.
#[test]
fn what_lies_beside_a_download_in_its_wrapper_is_kept_unread() {
    let name = |path: &str| format!("meta-2026-Jan-10-17-13-19/{path}");
    let posts = name(&format!("instagram-mia.example-2026-01-10-aaaaaaaa/{POSTS}"));
    let (diary, list) = (name("diary.txt"), name("list.json"));
    let entries: &Entries<'_> = &[(&posts, POST), (&diary, b"what I did"), (&list, b"[{\"text\": \"mine\"}]")];
    let zipped = folder(&[("meta.zip", &packed(entries, Deflated))]);
    let home = TestHome::new();
    let reports = home.ingest(zipped.path());
    assert_eq!(home.number("SELECT count(*) FROM entries WHERE hash IS NOT NULL AND fate <> 'not_kept'"), 3);
    assert_eq!(home.number("SELECT count(*) FROM records"), 1);
    let entries: Vec<_> = reports.iter().map(|report| report.entries.total).collect();
    assert_eq!(entries, [3]);
    assert!(reports.iter().flat_map(|report| &report.findings).all(|found| found.code.name() != "foreign_service"));
}

#[test]
fn half_an_unpacked_folder_and_its_zip_are_read_together() {
    let zip = packed(&[(POSTS, POST)], Deflated);
    let folder = folder(&[(NEWER, &zip), (PICTURE, b"picture"), ("your_instagram_activity/a.txt", b"words")]);
    let home = TestHome::of(&[folder.path().to_owned()]);
    assert_eq!(home.number("SELECT count(*) FROM archives"), 2);
    assert_eq!(home.number("SELECT count(*) FROM records WHERE text = 'Garden'"), 1);
    let twice = format!("SELECT count(*) FROM entries WHERE path = '{NEWER}'");
    assert_eq!(home.number(&twice), 0, "the ZIP beside the files is no file of the download");
}

#[test]
fn a_folder_of_loose_parts_is_one_snapshot() {
    let name = |token: &str| format!("instagram-mia.example-2024-03-02-{token}.zip");
    let names = [name("Ab3dE5fG"), name("Zz9yX8wV")];
    let parts = [packed(&[(POSTS, POST)], Deflated), packed(&[(PICTURE, b"picture")], Stored)];
    let folder = folder(&[(&names[0], &parts[0]), (&format!("more/{}", names[1]), &parts[1]), ("notes.txt", b"mine")]);
    let home = TestHome::of(&[folder.path().to_owned()]);
    assert_eq!((home.number("SELECT count(*) FROM snapshots"), home.number("SELECT count(*) FROM archives")), (1, 2));
    assert_eq!(home.number("SELECT count(*) FROM attachments WHERE media_hash IS NOT NULL"), 1);
}

#[test]
fn what_systems_leave_behind_is_kept_and_no_record() {
    let debris =
        ["__MACOSX/your_instagram_activity/content/._posts_1.json", ".DS_Store", "media/Thumbs.db", "desktop.ini"];
    let mut entries: Vec<(&str, &[u8])> = vec![(POSTS, POST), (PICTURE, b"picture")];
    entries.extend(debris.map(|name| (name, b"\0\x05\x16\x07 {}".as_slice())));
    entries.push((".dropbox.cache/posts_1.json", POST));
    let check = |path: PathBuf| {
        let home = TestHome::of(&[path]);
        assert_eq!(home.number("SELECT count(*) FROM records"), 1);
        assert_eq!(home.number("SELECT count(*) FROM entries WHERE fate = 'debris' AND hash IS NOT NULL"), 5);
        assert_eq!(home.number("SELECT count(*) FROM findings WHERE severity <> 'info'"), 0);
    };
    let zipped = folder(&[(NEWER, &packed(&entries, Deflated))]);
    check(zipped.path().join(NEWER));
    let unpacked = tempfile::tempdir().expect("a folder");
    let named = unpacked.path().join("instagram-mia.example-2024-03-02-Ab3dE5fG");
    fs::rename(folder(&entries).keep(), &named).expect("a rename");
    check(named);
}

#[test]
fn names_as_other_systems_write_them_lead_to_the_same_files() {
    let check = |what: &str, posts: &str, picture: &str, post: &[u8]| {
        let folder = folder(&[(NEWER, &packed(&[(posts, post), (picture, b"picture")], Stored))]);
        let home = TestHome::of(&[folder.path().join(NEWER)]);
        assert_eq!(home.number("SELECT count(*) FROM records WHERE kind = 'post'"), 1, "{what}");
        assert_eq!(home.number("SELECT count(*) FROM attachments WHERE media_hash IS NOT NULL"), 1, "{what}");
        assert_eq!(home.number("SELECT count(*) FROM findings WHERE severity <> 'info'"), 0, "{what}");
    };
    check("backslashes", &POSTS.replace('/', "\\"), &PICTURE.replace('/', "\\"), POST);
    let named = |name: &str| String::from_utf8_lossy(POST).replace("17900000000000001", name).into_bytes();
    // The document names it composed, in the escapes of the exporter; the ZIP decomposed, as a Mac packs it.
    check("decomposed", POSTS, &PICTURE.replace("17900000000000001", "caf\u{65}\u{301}"), &named("caf\\u00c3\\u00a9"));
}

#[test]
fn entries_of_one_name_are_all_kept() {
    let mut zip =
        packed(&[(POSTS, POST), (PICTURE, b"one picture"), (&PICTURE.replace("001.", "009."), b"another one")], Stored);
    let other = PICTURE.replace("001.", "009.");
    while let Some(at) = zip.windows(other.len()).position(|name| name == other.as_bytes()) {
        zip[at..at + other.len()].copy_from_slice(PICTURE.as_bytes());
    }
    let folder = folder(&[(NEWER, &zip)]);
    let home = TestHome::of(&[folder.path().join(NEWER)]);
    assert_eq!(home.number(&format!("SELECT count(DISTINCT hash) FROM entries WHERE path = '{PICTURE}'")), 2);
    assert_eq!(home.number("SELECT count(*) FROM findings WHERE code = 'duplicate_name'"), 1);
}
