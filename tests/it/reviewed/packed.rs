//! The same tree in other containers: what is held is, word for word, what the tree gives.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use throwback::archive::Limits;
use throwback::ingest;
use zip::CompressionMethod::{Deflated, Stored};
use zip::write::SimpleFileOptions;

use super::{assert_reviewed, telling};
use crate::support::{TestHome, fixtures};

type Files = BTreeMap<String, Vec<u8>>;

/// Entries by name.
type Entries<'a> = [(&'a str, &'a [u8])];

const NAME: &str = "instagram-mia.example-2024-03-02-Ab3dE5fG";

/// The files of a fixture by their names.
fn tree(name: &str) -> Files {
    fn gather(folder: &Path, below: &str, files: &mut Files) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = format!("{below}{}", path.file_name().expect("a name").to_string_lossy());
            if path.is_dir() {
                gather(&path, &format!("{name}/"), files);
            } else {
                files.insert(name, fs::read(&path).expect("a file"));
            }
        }
    }
    let mut files = Files::new();
    gather(&fixtures().join(name), "", &mut files);
    files
}

fn packed<'a>(files: impl IntoIterator<Item = (String, &'a Vec<u8>)>, options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(name, options).expect("an entry");
        writer.write_all(bytes).expect("its bytes");
    }
    writer.finish().expect("a ZIP").into_inner()
}

fn in_order(files: &Files) -> impl DoubleEndedIterator<Item = (String, &Vec<u8>)> {
    files.iter().map(|(name, bytes)| (name.clone(), bytes))
}

fn stored() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(Stored)
}

fn deflated() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(Deflated)
}

/// A folder with these files, and their paths.
fn folder(files: &[(&str, &[u8])]) -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().expect("a folder");
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| folder.path().join(name)).collect();
    for (path, (_, bytes)) in paths.iter().zip(files) {
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
    (folder, paths)
}

/// What is told, but findings and files of that kind.
fn told_without(home: &TestHome, left_out: &str) -> String {
    let told = telling::tell(home);
    let lines = told.lines().filter(|line| !(line.contains(left_out) && line.starts_with(['f'])));
    lines.collect::<Vec<_>>().join("\n")
}

/// Ingests archives one after the other, in this order and the other way round, and all at once.
fn check(what: &str, archives: &[(&str, &[u8])], left_out: &str) {
    let (_plain, paths) = folder(&[(&format!("{NAME}.zip"), &packed(in_order(&tree("d_2024")), deflated()))]);
    let expected = told_without(&TestHome::of(&paths), left_out);
    let (folder, mut paths) = folder(archives);
    let at_once = [folder.path().to_owned()];
    let forward = paths.clone();
    paths.reverse();
    for (order, paths) in [("in order", &forward[..]), ("backwards", &paths), ("at once", &at_once)] {
        let home = TestHome::of(paths);
        let told = told_without(&home, left_out);
        let difference: Vec<_> =
            told.lines().zip(expected.lines()).filter(|(one, other)| one != other).take(3).collect();
        assert!(told == expected, "{what}, {order}: {difference:#?}");
        assert_eq!(home.number("SELECT count(*) FROM snapshots"), 1, "{what}, {order}");
    }
}

#[test]
fn a_conversation_and_its_photos_in_two_parts() {
    let files = tree("d_2024");
    let is_document = |name: &str| [".json", ".txt", ".srt"].iter().any(|end| name.ends_with(end));
    let part = |documents: bool| packed(in_order(&files).filter(|(name, _)| is_document(name) == documents), stored());
    let names = ["aaaaaaaa", "bbbbbbbb"].map(|token| format!("instagram-mia.example-2024-03-02-{token}.zip"));
    check("two parts", &[(&names[0], &part(true)), (&names[1], &part(false))], "-");
}

#[test]
fn a_wrapper_with_another_service_beside() {
    let files = tree("d_2024");
    let root = "meta-2024-Mar-02-17-13-19";
    let ours = in_order(&files).map(|(name, bytes)| (format!("{root}/{NAME}/{name}"), bytes));
    let post = br#"[{"timestamp": 1700000000, "data": [{"post": "not read"}]}]"#.to_vec();
    let theirs =
        (format!("{root}/facebook-mia-2024-03-02-Zz9yY8xX/your_facebook_activity/posts/your_posts_1.json"), &post);
    let name = format!("{root}.zip");
    check("wrapper", &[(&name, &packed(ours.chain([theirs]), deflated()))], "foreign_service");
}

#[test]
fn copies_of_a_download() {
    let files = tree("d_2024");
    let zip = packed(in_order(&files), deflated());
    let (name, copy) = (format!("{NAME}.zip"), format!("{NAME} (1).zip"));
    check("bytes twice", &[(&name, &zip), (&copy, &zip)], "-");
    let again = packed(in_order(&files).rev(), stored());
    check("packed again", &[(&name, &zip), (&copy, &again)], "-");
}

#[test]
fn zip64_and_what_macos_leaves() {
    let files = tree("d_2024");
    let name = format!("{NAME}.zip");
    check("ZIP64", &[(&name, &packed(in_order(&files), stored().large_file(true)))], "-");
    let debris = b"\0\x05\x16\x07\0\x02\0\0Mac OS X        ".to_vec();
    let beside = files.keys().map(|name| {
        let (folder, base) = name.rsplit_once('/').unwrap_or(("", name));
        (format!("__MACOSX/{folder}/._{base}"), &debris)
    });
    check("macOS", &[(&name, &packed(in_order(&files).chain(beside), deflated()))], "__MACOSX/");
}

#[test]
fn a_download_that_breaks_off_in_a_file() {
    let zip = packed(in_order(&tree("d_german")), stored());
    let text = b"searches_keyword";
    let middle = zip.windows(text.len()).position(|bytes| bytes == text).expect("the searches") + 40;
    let (_folder, paths) = folder(&[("instagram-lena.example-2024-05-05-Ab3dE5fG.zip", &zip[..middle])]);
    assert_reviewed("d_german_that_breaks_off", &TestHome::of(&paths));
}

#[test]
fn two_downloads_of_one_account() {
    assert_reviewed("sample", &TestHome::of(&[fixtures().join("sample")]));
}

#[test]
fn other_services_are_refused_with_a_sentence() {
    let chat = "[31.12.24, 23:59:58] Ann: hi\r\n".as_bytes();
    let x = br#"window.YTD.tweets.part0 = [ {"tweet": {"id_str": "1", "full_text": "hi"}} ]"#;
    let manifest = b"window.__THAR_CONFIG = {}";
    let whatsapp = "a chat exported from WhatsApp";
    let cases: [(&str, &Entries<'_>, &str); 8] = [
        ("WhatsApp Chat - Ann.zip", &[("_chat.txt", chat)], whatsapp),
        (
            "WhatsApp Chat with Ann.zip",
            &[("WhatsApp Chat with Ann.txt", chat), ("IMG-20240525-WA0000.jpg", b"x")],
            whatsapp,
        ),
        ("WhatsApp Chat mit Ann.zip", &[("WhatsApp Chat mit Ann.txt", chat)], whatsapp),
        ("WhatsApp-Chat mit Ann.zip", &[("WhatsApp-Chat mit Ann.txt", chat)], whatsapp),
        ("Chat de WhatsApp con Ann.zip", &[("Chat de WhatsApp con Ann.txt", chat)], whatsapp),
        ("与Ann的 WhatsApp 聊天.zip", &[("与Ann的 WhatsApp 聊天.txt", chat)], whatsapp),
        (
            "twitter-2022-05-06-abc.zip",
            &[("data/manifest.js", manifest), ("data/tweet.js", x)],
            "an archive of X (Twitter)",
        ),
        (
            "twitter-2024-05-06-abc.zip",
            &[
                ("Your archive.html", b"<html>"),
                ("data/manifest.js", manifest),
                ("data/tweets.js", x),
                ("data/tweets-part1.js", x),
            ],
            "an archive of X (Twitter)",
        ),
    ];
    for (name, files, expected) in cases {
        let files: Files = files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect();
        let (_folder, paths) = folder(&[(name, &packed(in_order(&files), deflated()))]);
        let plan = ingest::plan(&paths, &paths[0].join("no home here"), &Limits::default());
        assert!(plan.candidates.is_empty(), "{name}");
        let told: Vec<_> = plan.passed_over.iter().map(|passed| &passed.finding).collect();
        assert_eq!(told.len(), 1, "{name}: {told:#?}");
        assert_eq!(told[0].code.name(), "foreign_service", "{name}");
        assert!(told[0].sentence.contains(expected), "{name}: {}", told[0].sentence);
    }
}

/// One list of 60 MB, as long as the longest that was seen: every item is a record.
#[test]
fn a_list_of_60_megabytes() {
    const N: i64 = 25_000;
    let caption = "Brot und Wasser und Salz und viel Zeit. ".repeat(50);
    let mut json = String::from("[");
    for number in 0..N {
        let url = format!("https://www.instagram.com/p/C{number:010}/");
        json.push_str(if number > 0 { ",\n  " } else { "\n  " });
        write!(
            json,
            r#"{{"timestamp": {}, "media": [], "label_values": [{{"label": "URL", "value": "{url}", "href": "{url}"}},
    {{"label": "Caption", "value": "{number} {caption}"}}, {{"label": "Title", "value": ""}},
    {{"title": "Owner", "dict": [{{"title": "", "dict": [{{"label": "URL", "value": ""}}, {{"label": "Name", "value": "Ofen"}},
    {{"label": "Username", "value": "ofen.example"}}]}}]}}], "fbid": "{}"}}"#,
            1_700_000_000 + number,
            18_000_000_000_000_000 + number,
        )
        .expect("a string takes everything");
    }
    json.push_str("\n]");
    assert!(json.len() > 60_000_000, "{}", json.len());
    let path = format!("{NAME}/your_instagram_activity/saved/saved_posts.json");
    let (folder, _) = folder(&[(&path, json.as_bytes())]);
    let home = TestHome::of(&[folder.path().join(NAME)]);
    assert_eq!(home.number("SELECT count(*) FROM saves"), N);
    assert_eq!(home.number("SELECT count(DISTINCT url) FROM saves WHERE counterpart = 'ofen.example'"), N);
    assert_eq!(home.number("SELECT n_read FROM documents"), N);
    assert_eq!(home.number("SELECT count(*) FROM findings WHERE severity <> 'info'"), 0);
}
