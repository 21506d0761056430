//! Downloads in languages of which the table of labels has not one word: what is read from the shape and the order of the
//! values is what the labels would have told (format reference §2.4).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use throwback::source::instagram::json::Json;
use throwback::source::instagram::labels;

use crate::support::{TestHome, fixtures};

/// Letters of invented words.
const SCRIPTS: [(&str, &str); 6] = [
    ("Finnish", "aäeiokltnsuyphr"),
    ("Greek", "αβγδεηθικλμνοπρστ"),
    ("Vietnamese", "ăâđêôơưạảấầẩẫậắ"),
    ("Arabic", "ابتثجحخدذرزسشصضط"),
    ("Thai", "กขคงจชซญดตทนบปผพฟมยรลวส"),
    ("Hindi", "कखगघचछजझटठडढतथदधनपफबभम"),
];

/// An invented word for a label: always the same, and in no table.
fn word_for(label: &str, letters: &str) -> String {
    let letters: Vec<char> = letters.chars().collect();
    let mut hash = label.bytes().fold(5381_usize, |hash, byte| hash.wrapping_mul(33) ^ usize::from(byte));
    let mut word = String::new();
    for position in 0..9 {
        word.push(letters[hash % letters.len()]);
        hash = hash / 7 + label.len() + position;
    }
    assert_eq!(labels::find(&word), None, "{word}");
    word
}

/// The document with every label replaced; `place` says what the members of an object are.
fn translate(json: &Json, place: &str, letters: &str) -> Json {
    match json {
        Json::List(elements) => Json::List(elements.iter().map(|e| translate(e, place, letters)).collect()),
        Json::Object(members) => {
            let of_member = |(name, value): &(String, Json)| {
                let inside = match name.as_str() {
                    "string_map_data" | "media_map_data" => "labels",
                    "label_values" | "vec" | "dict" => "nodes",
                    _ if place == "nodes" => "node",
                    _ => "",
                };
                let is_label = place == "nodes" && matches!(name.as_str(), "label" | "title");
                let value = match value.as_text().filter(|text| is_label && !text.is_empty()) {
                    Some(label) => Json::Text(word_for(label, letters)),
                    None => translate(value, inside, letters),
                };
                let name = if place == "labels" { word_for(name, letters) } else { name.clone() };
                (name, value)
            };
            Json::Object(members.iter().map(of_member).collect())
        }
        other => other.clone(),
    }
}

/// JSON as the exporter writes it: every byte of a text that is not ASCII as an escape of its own.
fn print(json: &Json, out: &mut String) {
    let print_text = |text: &str, out: &mut String| {
        out.push('"');
        for byte in text.bytes() {
            match byte {
                b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
                0x20..=0x7e => out.push(char::from(byte)),
                _ => write!(out, "\\u{byte:04x}").expect("a string takes everything"),
            }
        }
        out.push('"');
    };
    match json {
        Json::Null => out.push_str("null"),
        Json::Bool(flag) => write!(out, "{flag}").expect("a string takes everything"),
        Json::Integer(number) => write!(out, "{number}").expect("a string takes everything"),
        Json::Float(number) => write!(out, "{number:?}").expect("a string takes everything"),
        Json::Text(text) => print_text(text, out),
        Json::List(elements) => {
            out.push('[');
            for (position, element) in elements.iter().enumerate() {
                out.push_str(if position > 0 { "," } else { "" });
                print(element, out);
            }
            out.push(']');
        }
        Json::Object(members) => {
            out.push('{');
            for (position, (name, value)) in members.iter().enumerate() {
                out.push_str(if position > 0 { "," } else { "" });
                print_text(name, out);
                out.push(':');
                print(value, out);
            }
            out.push('}');
        }
    }
}

/// The text of a fixture with its escapes as the characters that they stand for.
fn mended(json: &Json) -> Json {
    let mend = |text: &str| {
        let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
        bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_else(|| text.to_owned())
    };
    match json {
        Json::Text(text) => Json::Text(mend(text)),
        Json::List(elements) => Json::List(elements.iter().map(mended).collect()),
        Json::Object(members) => Json::Object(members.iter().map(|(n, v)| (mend(n), mended(v))).collect()),
        other => other.clone(),
    }
}

fn copy(from: &Path, to: &Path, letters: Option<&str>) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a tree") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target, letters);
            continue;
        }
        let json = fs::read_to_string(&path).ok().filter(|_| path.extension().is_some_and(|e| e == "json"));
        match json.and_then(|json| serde_json::from_str::<Json>(&json).ok()).zip(letters) {
            Some((json, letters)) => {
                let mut text = String::new();
                print(&translate(&mended(&json), "", letters), &mut text);
                fs::write(target, text).expect("a file");
            }
            _ => {
                fs::copy(&path, target).expect("a copy");
            }
        }
    }
}

/// What a record is, by the document that it stands in: kind, time, people, text and link.
fn told(home: &TestHome) -> BTreeMap<String, Vec<String>> {
    let rows = home.rows(
        "SELECT DISTINCT d.path AS path, r.kind || ' ' || coalesce(r.subkind, '-') || ' at ' || coalesce(r.at, '-')
                || ' by ' || coalesce(r.author, '-') || ' with ' || coalesce(r.counterpart, '-')
                || ' text ' || coalesce(r.text, '-') || ' url ' || coalesce(r.url, '-') AS text
           FROM records r JOIN sightings s ON s.record_id = r.id JOIN documents d ON d.hash = s.document_hash
          ORDER BY 1, 2",
    );
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows {
        let text = |name: &str| row.text(name).unwrap_or_default().to_owned();
        told.entry(text("path")).or_default().push(text("text"));
    }
    told
}

#[test]
fn labels_of_any_language_tell_the_same() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let trees = [
        ("every_category_c", "kofi"),
        ("every_category_d", "kofi"),
        ("every_category_e", "kofi"),
        ("c_2022", "mia"),
        ("d_2024", "mia"),
        ("e_2026", "mia"),
    ];
    for ((tree, owner), (language, letters)) in trees.into_iter().zip(SCRIPTS) {
        // The name says whose it is; the profile's labels do not.
        let place = |form: &str| {
            folder.path().join(tree).join(form).join(format!("instagram-{owner}.example-2026-02-01-Ab3dE5fG"))
        };
        copy(&fixtures().join(tree), &place("known"), None);
        copy(&fixtures().join(tree), &place("other"), Some(letters));
        let (known, other) = (TestHome::of(&[place("known")]), TestHome::of(&[place("other")]));
        let errors = "SELECT count(*) FROM findings WHERE severity = 'error'";
        assert_eq!(known.number(errors), other.number(errors), "{tree} in {language}");
        let (known, other) = (told(&known), told(&other));
        assert!(known.len() > 10, "{tree}");
        for (path, lines) in &known {
            assert_eq!(other.get(path), Some(lines), "{path} of {tree} in {language}");
        }
    }
}

#[test]
fn items_that_give_no_record_are_an_error() {
    let check = |path: &str, json: &str| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let whole = folder.path().join(path);
        fs::create_dir_all(whole.parent().expect("a folder")).expect("folders");
        fs::write(whole, json).expect("a file");
        let home = TestHome::of(&[folder.path().to_owned()]);
        let documents = home.number("SELECT sum(n_items) FROM documents");
        assert!(documents > 0, "{json}");
        let n = home.number("SELECT count(*) FROM findings WHERE code = 'nothing_read' AND severity = 'error'");
        assert_eq!((n, home.number("SELECT count(*) FROM records")), (1, 0), "{path} {json}");
    };
    let likes = "your_instagram_activity/likes/liked_posts.json";
    check(likes, r#"{"likes_media_likes": [[1, 2], [3, 4]]}"#);
    check("connections/followers_and_following/followers_1.json", r#"[["ann_example", 1650000000]]"#);
    check("your_instagram_activity/comments/post_comments_1.json", "[[[]], [[]]]");
    check(
        "your_instagram_activity/messages/inbox/x_17840000000000001/message_1.json",
        r#"{"participants":[],"messages":[[1],[2]]}"#,
    );
    check("logged_information/recent_searches/recent_searches.json", "[[{}]]");
}
