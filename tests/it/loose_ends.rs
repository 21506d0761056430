//! What joins without an id, and files that no document names: computed from all archives of an account together.

use std::path::{Path, PathBuf};

use throwback::home::{Facet, SearchOptions};

use crate::support::{TestHome, assert_same, fixtures};

const FOLDER: &str = "your_instagram_activity/posts/media/your_posts";

/// Writes a download of Noa's, with the pictures of its posts, and gives its folder.
fn whole_download(folder: &Path, name: &str, files: &[(&str, &[u8])]) -> PathBuf {
    let pictures = [1, 2].map(|number| (format!("media/posts/202601/1800000000000020{number}.jpg"), picture(number)));
    let pictures = pictures.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()));
    download(folder, name, &files.iter().copied().chain(pictures).collect::<Vec<_>>())
}

/// Writes a download of Noa's and gives its folder.
fn download(folder: &Path, name: &str, files: &[(&str, &[u8])]) -> PathBuf {
    let root = folder.join(name);
    let profile = br#"{"profile_user": [{"string_map_data": {"Username": {"value": "noa.example"}}}]}"#;
    let profile = ("personal_information/personal_information/personal_information.json", &profile[..]);
    for (path, bytes) in files.iter().copied().chain([profile]) {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        std::fs::write(path, bytes).expect("a file is written");
    }
    root
}

fn picture(number: u8) -> Vec<u8> {
    let name = format!("e_loose_ends/media/posts/202601/1800000000000020{number}.jpg");
    std::fs::read(fixtures().join(name)).expect("a picture of the fixture")
}

/// Ingests the downloads in every order; all homes hold the same. Gives the first.
fn in_every_order(downloads: &[PathBuf], what: &str) -> TestHome {
    let mut orders: Vec<Vec<usize>> = vec![Vec::new()];
    for number in 0..downloads.len() {
        orders = orders
            .into_iter()
            .flat_map(|order| {
                (0..=order.len()).map(move |at| {
                    let mut longer = order.clone();
                    longer.insert(at, number);
                    longer
                })
            })
            .collect();
    }
    let home_of =
        |order: &[usize]| TestHome::of(&order.iter().map(|number| downloads[*number].clone()).collect::<Vec<_>>());
    let first = home_of(&orders[0]);
    let dump = first.dump();
    for order in &orders[1..] {
        assert_same(&dump, &home_of(order).dump(), &format!("{what}: {order:?}"));
    }
    let report = first.home.check(throwback::home::DataToRead::Everything).expect("a check");
    assert_eq!(report.damage, [], "{what}");
    first
}

fn posts(home: &TestHome) -> Vec<String> {
    let rows = home.rows(
        "SELECT p.text, p.at, p.media_count, (SELECT count(*) FROM sightings s WHERE s.record_id = p.id) AS seen
           FROM posts p ORDER BY p.at, p.text",
    );
    let line = |row: &throwback::store::NamedRow| {
        let text = |column| row.text(column).unwrap_or("-").to_owned();
        let number = |column| row.integer(column).expect("a number");
        format!("{} {} {} {}", text("at"), text("text"), number("media_count"), number("seen"))
    };
    rows.iter().map(line).collect()
}

#[test]
fn a_row_without_media_and_its_carousel_are_one_post() {
    let home = TestHome::of(&[fixtures().join("e_loose_ends")]);
    assert_eq!(
        posts(&home),
        ["- - 1 1", "2026-01-18T15:00:00Z Zwei Bilder, ein Eintrag ohne Medien 2 2"],
        "a picture alone, and the carousel"
    );
    let row = &home.rows("SELECT latitude, longitude FROM posts WHERE text IS NOT NULL")[0];
    assert_eq!(format!("{:?} {:?}", row.get("latitude"), row.get("longitude")), "Real(52.52) Real(13.4)");
}

#[test]
fn the_post_of_a_picture_alone_is_found_shown_and_dumped() {
    let home = TestHome::of(&[fixtures().join("e_loose_ends")]);
    let row = &home.rows("SELECT * FROM posts WHERE text IS NULL")[0];
    assert_eq!((row.text("at"), row.text("author")), (None, Some("noa.example")));
    assert_eq!(row.text("details"), Some(r#"{"ground":"a file under posts/media that no document names"}"#));
    let id = row.text("id").expect("an id").to_owned();
    let reader = home.home.reader().expect("a home");
    let source = &reader.sources_of_record(&id).expect("an answer")[0];
    assert_eq!(source.text("path"), Some(&*format!("{FOLDER}/18000000000000203.jpg")));
    let sighting = &home.rows("SELECT * FROM sightings WHERE document_hash IS NULL")[0];
    assert_eq!((sighting.text("record_id"), sighting.text("place")), (Some(&*id), source.text("path")));
    let attachment = &home.rows(&format!("SELECT * FROM attachments WHERE record_id = '{id}'"))[0];
    assert!(attachment.text("media_hash").is_some());
    assert!(home.dump().iter().any(|line| line.starts_with("record ") && line.contains(&id)));
    assert!(found(&home, "has:photo").contains(&id));
}

/// Ids of what a search finds; each stood in a snapshot.
fn found(home: &TestHome, query: &str) -> Vec<String> {
    let mut searcher = home.home.searcher("a test").expect("a searcher");
    let parsed = throwback::query::parse(query).expect("a query that parses");
    let now = chrono::DateTime::from_timestamp(1_780_000_000, 0).expect("a time");
    let compiled = searcher.compile(&parsed, &now).expect("a query that compiles");
    let answer = searcher.search(&compiled, &SearchOptions::default()).expect("an answer");
    assert!(answer.found.iter().all(|found| !found.snapshots.is_empty()), "{query}");
    let rows = searcher.rows(&compiled).expect("rows");
    let counted = searcher.facet(&compiled, &rows, Facet::Snapshot, &chrono::Utc).expect("numbers");
    assert_eq!(counted.iter().map(|(_, n)| n).sum::<u64>(), rows.len() as u64, "{query}: of one snapshot");
    answer.found.iter().map(|found| found.record.text("id").expect("an id").to_owned()).collect()
}

#[test]
fn a_document_that_comes_late_takes_the_post_of_a_picture_back() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |number: u8| format!("{FOLDER}/1800000000000020{number}.jpg");
    let pictures = download(
        folder.path(),
        "instagram-noa.example-2026-05-01-Aa000001",
        &[(&path(1), &picture(1)), (&path(2), &picture(2))],
    );
    let uri =
        format!(r#"[{{"media": [{{"uri": "{}", "creation_timestamp": 1768748400, "title": "Eins"}}]}}]"#, path(1));
    let named = download(
        folder.path(),
        "instagram-noa.example-2026-05-01-Aa000002",
        &[("your_instagram_activity/media/posts_1.json", uri.as_bytes())],
    );
    let alone = TestHome::of(std::slice::from_ref(&pictures));
    assert_eq!(posts(&alone), ["- - 1 1", "- - 1 1"]);
    let both = in_every_order(&[pictures, named], "a post and its picture in two parts");
    assert_eq!(posts(&both), ["- - 1 1", "2026-01-18T15:00:00Z Eins 1 1"]);
    assert_eq!(both.number("SELECT count(*) FROM attachments WHERE media_hash IS NULL"), 0);
}

#[test]
fn a_picture_belongs_to_the_row_that_has_its_id() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let row = br#"[{"timestamp": 1768748400, "media": [], "fbid": "18000000000000201",
        "label_values": [{"label": "Caption", "value": "Eins"}]}]"#;
    let words = download(
        folder.path(),
        "instagram-noa.example-2026-05-01-Aa000001",
        &[("your_instagram_activity/media/posts.json", row)],
    );
    let path = format!("{FOLDER}/18000000000000201.jpg");
    let pictures = download(folder.path(), "instagram-noa.example-2026-05-01-Aa000002", &[(&path, &picture(1))]);
    let home = in_every_order(&[words, pictures], "a row and its picture");
    assert_eq!(posts(&home), ["2026-01-18T15:00:00Z Eins 1 2"]);
}

#[test]
fn rows_are_joined_across_downloads_in_any_order() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let whole = |caption: &str, at: i64, id: u8| {
        format!(
            r#"[{{"media": [{{"uri": "media/posts/202601/1800000000000020{id}.jpg", "creation_timestamp": {at}, "title": "{caption}"}}]}}]"#
        )
    };
    let row = |caption: &str, at: i64| {
        format!(
            r#"[{{"timestamp": {at}, "media": [], "label_values": [{{"label": "Caption", "value": "{caption}"}}, {{"label": "Latitude", "value": "52.5"}}]}}]"#
        )
    };
    let first = whole_download(
        folder.path(),
        "instagram-noa.example-2026-02-01-Aa000001",
        &[("your_instagram_activity/media/posts_1.json", whole("Roggen", 1_768_748_400, 1).as_bytes())],
    );
    let second = whole_download(
        folder.path(),
        "instagram-noa.example-2026-03-01-Aa000002",
        &[("your_instagram_activity/media/posts.json", row("Roggen", 1_768_748_460).as_bytes())],
    );
    // The caption was edited, and the post has moved to the archive.
    let third = whole_download(
        folder.path(),
        "instagram-noa.example-2026-04-01-Aa000003",
        &[
            ("your_instagram_activity/media/posts.json", row("Roggen, Tag 3", 1_768_748_460).as_bytes()),
            (
                "your_instagram_activity/media/archived_posts.json",
                format!(r#"{{"ig_archived_post_media": {}}}"#, whole("Roggen, Tag 3", 1_768_748_400, 1)).as_bytes(),
            ),
        ],
    );
    let home = in_every_order(&[first, second, third], "one post in three downloads");
    assert_eq!(posts(&home), ["2026-01-18T15:00:00Z Roggen, Tag 3 1 4"]);
    let row = &home.rows("SELECT * FROM posts")[0];
    assert_eq!(row.text("subkind"), Some("archived"));
    assert_eq!(home.number("SELECT count(*) FROM versions"), 1);
}

#[test]
fn another_post_of_that_minute_undoes_a_join() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let item = |id: u8, at: i64| {
        format!(
            r#"{{"media": [{{"uri": "media/posts/202601/1800000000000020{id}.jpg", "creation_timestamp": {at}, "title": ""}}]}}"#
        )
    };
    let row = r#"[{"timestamp": 1768748460, "media": [], "label_values": [{"label": "Is an ad", "value": "False"}]}]"#;
    let one = format!("[{}]", item(1, 1_768_748_400));
    let two = format!("[{}, {}]", item(1, 1_768_748_400), item(2, 1_768_748_430));
    let downloads = [
        ("instagram-noa.example-2026-02-01-Aa000001", "posts_1.json", one.as_str()),
        ("instagram-noa.example-2026-03-01-Aa000002", "posts.json", row),
        ("instagram-noa.example-2026-04-01-Aa000003", "posts_1.json", two.as_str()),
    ]
    .map(|(name, file, json)| {
        whole_download(folder.path(), name, &[(&*format!("your_instagram_activity/media/{file}"), json.as_bytes())])
    });
    assert_eq!(posts(&TestHome::of(&downloads[..2])).len(), 1);
    let home = in_every_order(&downloads, "two posts that a row could belong to");
    assert_eq!(posts(&home).len(), 3);
}

#[test]
fn subtitles_that_no_document_names_are_found() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let words = b"1\n00:00:00,000 --> 00:00:02,000\nder Teig ruht\n\n2\n00:00:02,000 --> 00:00:04,000\nbis morgen\n";
    let srt = "media/reels/202601/18000000000000209.srt";
    let alone = download(folder.path(), "instagram-noa.example-2026-05-01-Aa000001", &[(srt, words)]);
    let reel = format!(
        r#"{{"ig_reels_media": [{{"media": [{{"uri": "media/reels/202601/18000000000000201.mp4", "creation_timestamp": 1768748400, "title": "Brot",
            "media_metadata": {{"video_metadata": {{"subtitles": {{"uri": "{srt}", "creation_timestamp": 1768748400}}}}}}}}]}}]}}"#
    );
    let named = download(
        folder.path(),
        "instagram-noa.example-2026-05-01-Aa000002",
        &[
            ("your_instagram_activity/media/reels.json", reel.as_bytes()),
            ("media/reels/202601/18000000000000201.mp4", &picture(1)),
        ],
    );
    let home = TestHome::of(std::slice::from_ref(&alone));
    let row = &home.rows("SELECT * FROM records WHERE kind = 'misc'")[0];
    assert_eq!((row.text("subkind"), row.text("text")), (Some("subtitles"), Some("der Teig ruht\nbis morgen")));
    assert_eq!(found(&home, "teig ruht"), [row.text("id").expect("an id")]);
    let id = row.text("id").expect("an id").to_owned();
    let both = in_every_order(&[alone, named], "a reel and its subtitles in two parts");
    // The record that they were is the reel now, by its id too.
    let found = both.home.reader().expect("a home").record_ids_beginning(&id, 2).expect("ids");
    assert_eq!(found, [both.rows("SELECT id FROM records WHERE kind = 'reel'")[0].text("id").expect("an id")]);
    assert_eq!(both.number("SELECT count(*) FROM records WHERE kind = 'misc'"), 0);
    let row = &both.rows("SELECT other_text FROM record WHERE kind = 3")[0];
    assert_eq!(row.text("other_text"), Some(r#"["der Teig ruht\nbis morgen"]"#));
}

#[test]
fn a_document_written_anew_in_place_is_read_though_its_length_and_time_are_the_same() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let document = "logged_information/recent_searches/word_or_phrase_searches.json";
    let search = |words: &str| {
        let time = r#""Time": {"href": "", "value": "", "timestamp": 1768748400}"#;
        format!(
            r#"{{"searches_keyword": [{{"title": "", "media_map_data": {{}}, "string_map_data": {{"Search": {{"href": "", "value": "{words}", "timestamp": 0}}, {time}}}}}]}}"#
        )
    };
    let root =
        download(folder.path(), "instagram-noa.example-2026-05-01-Aa000001", &[(document, search("Brot").as_bytes())]);
    let home = TestHome::of(std::slice::from_ref(&root));
    let is_known = || home.ingest(&root).iter().all(|report| report.is_known);
    assert!(is_known());
    let path = root.join(document);
    let time = path.metadata().and_then(|metadata| metadata.modified()).expect("its time");
    std::fs::write(&path, search("Brei")).expect("it is written anew");
    let file = std::fs::File::options().write(true).open(&path).expect("the file");
    file.set_modified(time).expect("the same time");
    assert!(!is_known());
    assert!(is_known());
    let texts = home.rows("SELECT text FROM searches ORDER BY text");
    assert_eq!(texts.iter().filter_map(|row| row.text("text")).collect::<Vec<_>>(), ["Brei", "Brot"]);
}

#[test]
fn reading_all_documents_again_changes_nothing() {
    let home = TestHome::of(&[fixtures().join("e_loose_ends")]);
    let before = (home.dump(), home.number("SELECT last_change FROM home"));
    let stop = std::sync::atomic::AtomicBool::new(false);
    let silent = throwback::ingest::Silent;
    let (report, _) = home.home.read_documents_again("a test", &stop, &silent).expect("they are read");
    assert!(report.is_unchanged(), "{report:?}");
    assert_eq!((home.dump(), home.number("SELECT last_change FROM home")), before);
}
