//! Tests only: whichever way a list of one is wrapped, every row of the catalog gives the same items (format reference
//! §1.4), and a section without data gives none and no complaint.

use std::collections::BTreeMap;

use crate::model::{FindingCode, Item, Severity};
use crate::source::instagram::catalog::{CATALOG, Reader, Row};
use crate::source::{Document, Learnt, Output, Place};

/// One element in each shape that lists have (format reference §1.5).
const ELEMENTS: &[(&str, &str)] = &[
    (
        "S2",
        r#"{"title": "", "media_map_data": {}, "string_map_data": {
            "Name": {"href": "", "value": "Rye and Sons", "timestamp": 0}, "Username": {"value": "ann_example"},
            "Time": {"href": "", "value": "", "timestamp": 1650000000}}}"#,
    ),
    (
        "S3",
        r#"{"title": "ann_example", "media_list_data": [], "string_list_data": [
            {"href": "https://www.instagram.com/p/Cabc123defG/", "value": "so good!", "timestamp": 1650000000}]}"#,
    ),
    (
        "S3 of two rows",
        r#"{"title": "ann_example", "string_list_data": [{"value": "one", "timestamp": 1650000000}, {"value": "two", "timestamp": 1650000009}]}"#,
    ),
    (
        "S4",
        r#"{"media": [{"uri": "media/posts/202204/17900000000000001.jpg", "creation_timestamp": 1650000000, "title": "Rye"}]}"#,
    ),
    (
        "S4 of several",
        r#"{"media": [{"uri": "media/posts/202204/17900000000000001.jpg", "creation_timestamp": 1650000000, "title": ""},
                      {"uri": "media/posts/202204/17900000000000002.jpg", "creation_timestamp": 1650000001, "title": ""}],
            "title": "Rye", "creation_timestamp": 1650000002}"#,
    ),
    (
        "a bare medium",
        r#"{"uri": "media/stories/202204/17900000000000001.jpg", "creation_timestamp": 1650000000, "title": "Rye",
            "media_metadata": {"photo_metadata": {"exif_data": [{"iso": "50"}]}}, "dubbing_info": [{"language": "de"}], "media_variants": []}"#,
    ),
    (
        "S6",
        r#"{"timestamp": 1650000000, "media": [], "fbid": "18000000000000001", "label_values": [
            {"label": "URL", "value": "https://www.instagram.com/p/Cabc123defG/", "href": "https://www.instagram.com/p/Cabc123defG/"},
            {"label": "Name", "vec": [{"value": "Trains"}, {"value": "Chess"}]}, {"label": "Caption", "value": "Rye"},
            {"label": "Marked as AI generated", "value": "True"}, {"label": "Marked as AI generated", "value": "False"},
            {"title": "Owner", "dict": [{"title": "", "dict": [{"label": "Username", "value": "ann_example"},
                {"title": "Details", "dict": [{"title": "", "dict": [{"label": "Location", "value": "Lisbon"}]}]}]}]}]}"#,
    ),
    ("S7", r#"{"name": "Rye Ltd", "type": "PURCHASE", "timestamp": 1650000000}"#),
];

fn read(path: &str, json: &str) -> (Vec<Item>, Vec<FindingCode>, &'static str) {
    let learnt = Learnt::default();
    let (mut items, mut codes) = (Vec::new(), Vec::new());
    let document = Document { path, bytes: json.as_bytes(), learnt: &learnt };
    let reading = super::read(&document, &mut |output| match output {
        Output::Item { item, .. } => items.push(*item),
        Output::Finding(finding) => codes.push(finding.code),
        Output::Thread(_) | Output::Kept { .. } | Output::Bad { .. } | Output::Words(_) => {}
    });
    (items, codes, reading.reader)
}

/// A path at which a document of that row lies.
fn path_of(row: &Row, file: &str) -> String {
    let folder = row.folders.first().copied().unwrap_or("folder");
    format!("{folder}/{}.json", file.replace("_N", "_1"))
}

/// Rows whose elements are read one by one, at the paths that documents of later generations have.
fn rows() -> impl Iterator<Item = (&'static Row, String)> {
    let rows = CATALOG.iter().filter(|row| row.folders != ["/"]);
    let rows = rows.filter(|row| matches!(row.reader, Reader::Elements(_) | Reader::Generic));
    rows.flat_map(|row| {
        let files = if row.files.is_empty() { &["something"][..] } else { row.files };
        files.iter().map(move |file| (row, path_of(row, file)))
    })
}

#[test]
fn every_wrapper_of_one_element_gives_the_same_items() {
    // One row for each shape and wrapper that goes wrong, and how many go with it.
    let mut wrong: BTreeMap<(&str, &str), (usize, String)> = BTreeMap::new();
    for (row, path) in rows() {
        for (shape, element) in ELEMENTS {
            let list = row.lists.first().copied().unwrap_or("some_list");
            let (expected, _, reader) = read(&path, &format!("[{element}]"));
            let wrappers = [
                ("list", format!("[{element}]")),
                ("wrapped list", format!("{{\"{list}\": [{element}]}}")),
                ("single object", (*element).to_owned()),
                ("wrapped object", format!("{{\"{list}\": {element}}}")),
                ("wrapped list beside an empty one", format!("{{\"{list}\": [{element}], \"others\": []}}")),
            ];
            // Below a name that nobody knows a plain object may be anything.
            let is_unheard = |wrapper: &str| *shape == "S7" && wrapper == "wrapped object" && row.lists.is_empty();
            for (wrapper, json) in wrappers.into_iter().filter(|(wrapper, _)| !is_unheard(wrapper)) {
                let (mut items, codes, other) = read(&path, &json);
                // The kind of an insight is the name of its list.
                for (item, expected) in items.iter_mut().zip(&expected).filter(|_| row.name.starts_with("insights")) {
                    item.subkind.clone_from(&expected.subkind);
                }
                let is_complaint = |code: &&FindingCode| code.severity() == Severity::Error;
                let n_complaints = codes.iter().filter(is_complaint).count();
                if items != expected || other != reader || n_complaints > 0 {
                    let write = |items: &[Item]| serde_json::to_string(items).expect("items are JSON");
                    let example = format!(
                        "{path}: {other} instead of {reader}, {codes:?}\n{}\ninstead of\n{}",
                        write(&items),
                        write(&expected)
                    );
                    wrong.entry((shape, wrapper)).or_insert((0, example)).0 += 1;
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_section_without_data_is_no_item_and_no_complaint() {
    for (row, path) in rows() {
        let list = row.lists.first().copied().unwrap_or("some_list");
        let sentence = "You have no data in this section";
        let empties = [
            "[]".to_owned(),
            "[\n  \n]".to_owned(),
            "{}".to_owned(),
            "null".to_owned(),
            format!("[\"{sentence}\"]"),
            format!("{{\"{list}\": []}}"),
            format!("{{\"{list}\": [\n\n]}}"),
            format!("{{\"{list}\": [\"{sentence}\"]}}"),
            format!("{{\"{list}\": [], \"others\": [\"{sentence}\"]}}"),
        ];
        for json in empties {
            let (items, codes, _) = read(&path, &json);
            assert_eq!((items.len(), codes), (0, Vec::new()), "{path}: {json}");
        }
    }
}

#[test]
fn a_section_without_data_says_so_in_any_language() {
    let check = |path: &str, json: &str, n_items: usize, expected: &[FindingCode]| {
        let (items, codes, _) = read(path, json);
        assert_eq!((items.len(), &codes[..]), (n_items, expected), "{path}: {json}");
    };
    for sentence in
        ["Du hast in diesem Bereich keine Daten", "このセクションにはデータがありません", "Vous n’avez aucune donnée"]
    {
        let poll = r#"["2019-05-04T10:11:12+00:00", "ann_example"]"#;
        let json = format!(r#"{{"polls": [{poll}], "countdowns": ["{sentence}"], "quizzes": ["{sentence}"]}}"#);
        check("stories_activities.json", &json, 1, &[]);
        check("stories_activities.json", &format!(r#"{{"countdowns": ["{sentence}"]}}"#), 0, &[]);
        check("likes.json", &format!(r#"["{sentence}"]"#), 0, &[]);
        let likes = format!(r#"{{"likes_media_likes": ["{sentence}"]}}"#);
        check("your_instagram_activity/likes/liked_posts.json", &likes, 0, &[]);
        let both = format!(r#"{{"blocked_commenters": ["{sentence}"], "filtered_keywords": ["{sentence}"]}}"#);
        check("settings.json", &both, 0, &[]);
        check(
            "information_about_you.json",
            &format!(r#"{{"inferred_emails": ["{sentence}"], "primary_location": {{}}}}"#),
            0,
            &[FindingCode::ItemKeptRaw],
        );
    }
    // What may be somebody's or something's name is no such sentence, nor is what a person wrote.
    for value in ["ann_example", "2019-05-04T10:11:12+00:00", "https://example.org"] {
        let json = format!(r#"{{"polls": [["2019-05-04T10:11:12+00:00", "ann"]], "countdowns": ["{value}"]}}"#);
        check("stories_activities.json", &json, 2, &[FindingCode::UnknownLabel]);
    }
    check("settings.json", r#"{"allow_comments_from": "Everyone", "filtered_keywords": ["no more gluten"]}"#, 2, &[]);
}

#[test]
fn the_places_of_a_wrapped_list_name_it() {
    let learnt = Learnt::default();
    let mut places = Vec::new();
    let bytes = format!("{{\"likes_media_likes\": [{0}, {0}]}}", ELEMENTS[1].1);
    let document = Document { path: "likes/liked_posts.json", bytes: bytes.as_bytes(), learnt: &learnt };
    super::read(&document, &mut |output| {
        if let Output::Item { place, .. } = output {
            places.push(place);
        }
    });
    assert_eq!(places, [Place("likes_media_likes/0".into()), Place("likes_media_likes/1".into())]);
}
