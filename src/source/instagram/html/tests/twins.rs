//! Each JSON document of the fixtures, written as a page, gives the records that it gives itself.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::super::json;
use super::writer::{self, Era};
use crate::model::{Moment, Precision};
use crate::source::instagram::catalog::{self, Reader};
use crate::source::instagram::dates;
use crate::source::instagram::json::Json;
use crate::source::{Document, Learnt, Output};

/// The JSON documents of a fixture: path below its root, bytes.
fn documents(tree: &str) -> Vec<(String, Vec<u8>)> {
    files(tree, "json")
}

pub fn files(tree: &str, wanted: &str) -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(tree);
    let mut documents = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root.join(&folder)).expect("a folder") {
            let entry = entry.expect("an entry");
            let path = folder.join(entry.file_name());
            if entry.file_type().expect("a type").is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == wanted) {
                let bytes = std::fs::read(root.join(&path)).expect("a file");
                documents.push((path.to_str().expect("a name").to_owned(), bytes));
            }
        }
    }
    documents.sort();
    documents
}

pub fn items(path: &str, bytes: &[u8]) -> Vec<Value> {
    let learnt = Learnt::default();
    let mut items = Vec::new();
    let document = Document { path, bytes, learnt: &learnt };
    super::super::super::read(&document, &mut |output| {
        if let Output::Item { item, .. } = output {
            items.push(serde_json::to_value(item).expect("items are JSON"));
        }
    });
    items
}

/// An item as a page could tell it: times to the minute, without the ids that pages lack.
fn as_printed(mut item: Value) -> Value {
    if let Some(members) = item.as_object_mut() {
        members.remove("external_id");
    }
    cut(&mut item);
    item
}

fn cut(value: &mut Value) {
    match value {
        Value::Object(members) if members.contains_key("ms") => {
            let moment: Moment = serde_json::from_value(Value::Object(members.clone())).expect("a moment");
            *value = Value::from(moment.utc_ms().div_euclid(60_000));
        }
        Value::Object(members) => {
            members.remove("fbid");
            members.values_mut().for_each(cut);
        }
        Value::Array(values) => values.iter_mut().for_each(cut),
        Value::String(text) => {
            if let Some(moment) = dates::read(text).filter(|moment| moment.precision != Precision::Day) {
                *value = Value::from(moment.utc_ms().div_euclid(60_000));
            }
        }
        _ => {}
    }
}

/// The page of a document; `None` where §5 does not say how its shape is written.
pub fn page_of(era: Era, path: &str, bytes: &[u8]) -> Option<String> {
    let row = catalog::find(path, "");
    let elements = json::elements_of(path, bytes);
    match row.reader {
        Reader::Thread => {
            let thread: Json = serde_json::from_slice(bytes).ok()?;
            thread.get("participants")?;
            Some(writer::thread_page(era, &repaired(path, bytes)?))
        }
        _ if elements.is_empty() => None,
        _ => {
            let has = |name: &str| elements.iter().any(|element| element.get(name).is_some());
            let is_labelled = has("string_map_data") || has("string_list_data") || has("label_values");
            if is_labelled {
                Some(writer::list_page(era, &elements))
            } else {
                (has("media") || has("uri")).then(|| writer::content_page(era, &elements))
            }
        }
    }
}

/// A conversation with its text repaired.
fn repaired(path: &str, bytes: &[u8]) -> Option<Json> {
    let wrapped = [b"[".as_slice(), bytes, b"]"].concat();
    json::elements_of(path, &wrapped).pop()
}

/// What a page cannot tell: of which kinds (`*` for all), at which place in the item, and where the reference says so.
/// Beside these: seconds (§5.1), for which everything is compared to the minute.
const LACKING: [(&str, &str, &str); 18] = [
    ("*", "/external_id", "§5.1: no ids"),
    // One time line a box.
    ("post", "/media/*/at", "§5.4"),
    ("story", "/media/*/at", "§5.4"),
    ("reel", "/media/*/at", "§5.4"),
    ("profile_photo", "/media/*/at", "§5.4"),
    ("profile", "/media/*/at", "§5.4"),
    ("insight", "/media/*/at", "§5.4"),
    ("message", "/media/*/at", "§5.3"),
    // What the reference names for pages is captions, media, places, camera fields and tagged people.
    ("profile_photo", "/details/is_profile_picture", "§5.4"),
    ("post", "/details/text_app_post", "§5.4"),
    ("post", "/details/source_app", "§5.4"),
    ("post", "/details/camera/has_camera_metadata", "§5.4"),
    ("post", "/details/media/*/camera/has_camera_metadata", "§5.4"),
    // A body has words, attachments and reactions.
    ("message", "/details/profile_share_username", "§5.3"),
    ("message", "/details/profile_share_name", "§5.3"),
    ("message", "/details/type", "§5.3"),
    ("message", "/details/users", "§5.3"),
    // Settings keep their own shape.
    ("setting", "/details", "§1.5"),
];

fn without_lacking(mut item: Value) -> Value {
    let kind = item.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
    for (_, pointer, _) in LACKING.iter().filter(|(of, ..)| *of == "*" || *of == kind) {
        let steps: Vec<&str> = pointer.split('/').skip(1).collect();
        remove(&mut item, &steps);
    }
    as_printed(item)
}

/// Removes what stands at that place, and what is empty without it.
fn remove(value: &mut Value, steps: &[&str]) {
    match (value, steps) {
        (Value::Array(values), ["*", rest @ ..]) => {
            for value in values.iter_mut() {
                remove(value, rest);
            }
            let is_bare =
                |value: &Value| value.as_object().is_some_and(|members| members.keys().all(|name| name == "number"));
            values.retain(|value| !is_bare(value));
        }
        (Value::Object(members), [last]) => {
            members.remove(*last);
        }
        (Value::Object(members), [first, rest @ ..]) => {
            if let Some(inside) = members.get_mut(*first) {
                remove(inside, rest);
                if inside.as_object().is_some_and(serde_json::Map::is_empty)
                    || inside.as_array().is_some_and(Vec::is_empty)
                {
                    members.remove(*first);
                }
            }
        }
        _ => {}
    }
}

/// Documents whose form on a page the reference does not tell.
const NOT_WRITTEN: [&str; 11] = [
    "advertisers_using_your_activity_or_information.json",
    "information_you've_submitted_to_advertisers.json",
    "your_activity_off_meta_technologies.json",
    "autofill.json",
    "avatar_items.json",
    "reported_conversations.json",
    "secret_conversations.json",
    "secret_groups.json",
    "quicksnaps.json",
    "replies_1.json",
    // The layout of settings differs, and their labels are found on pages.
    "your_chat_information.json",
];

const TREES: [&str; 6] = ["c_2022", "d_2024", "e_2026", "every_category_c", "every_category_d", "every_category_e"];
pub const ERAS: [Era; 4] = [writer::OF_2021, writer::OF_2022, writer::OF_2024, writer::WRAPPED];

/// Runs over all documents of all trees, written as pages of all eras; gives the path, the JSON and the page.
fn each_page(check: &mut impl FnMut(&str, &[u8], Era, &str)) {
    let mut n_written = 0;
    for tree in TREES {
        for (path, bytes) in documents(tree) {
            let is_thread = path.contains("/message_");
            let eras = ERAS.into_iter().chain(is_thread.then_some(writer::MESSENGER));
            for era in eras {
                match page_of(era, &path, &bytes) {
                    Some(page) => {
                        n_written += 1;
                        check(&path, &bytes, era, &page);
                    }
                    None => assert!(NOT_WRITTEN.iter().any(|name| path.ends_with(name)), "{tree}/{path}"),
                }
            }
        }
    }
    assert!(n_written > 700, "{n_written}");
}

/// What a document tells that a page can tell.
pub fn told(path: &str, bytes: &[u8]) -> Vec<Value> {
    let items = items(path, bytes).into_iter().map(without_lacking);
    items
        .map(|mut item| {
            // Labels of settings are found in some shapes only.
            if let Some(members) =
                item.as_object_mut().filter(|members| members["kind"] == "setting" || members["kind"] == "misc")
            {
                members.remove("other_text");
            }
            item
        })
        .collect()
}

#[test]
fn a_page_gives_the_records_of_its_twin() {
    each_page(&mut |path, bytes, era, page| {
        if NOT_WRITTEN.iter().any(|name| path.ends_with(name)) {
            return;
        }
        let (from_json, from_page) = (told(path, bytes), told(&path.replace(".json", ".html"), page.as_bytes()));
        assert!(!from_json.is_empty() || bytes.len() < 400, "{path}");
        let pretty = |items: &[Value]| serde_json::to_string_pretty(items).expect("JSON");
        assert_eq!(pretty(&from_page), pretty(&from_json), "{path} {era:?}");
    });
}

#[test]
fn every_lacking_field_is_really_lacking() {
    let mut is_met = [false; LACKING.len()];
    each_page(&mut |path, bytes, _, page| {
        let html_path = path.replace(".json", ".html");
        for (from_json, from_page) in items(path, bytes).iter().zip(items(&html_path, page.as_bytes())) {
            for (met, (kind, pointer, section)) in is_met.iter_mut().zip(LACKING) {
                if pointer.contains('*') || kind == "setting" || (kind != "*" && from_json["kind"] != kind) {
                    *met |= pointer.contains('*') || kind == "setting";
                    continue;
                }
                assert!(from_page.pointer(pointer).is_none(), "{path} has {pointer}: {section}");
                *met |= from_json.pointer(pointer).is_some();
            }
        }
    });
    assert!(is_met.iter().all(|met| *met), "{is_met:?}");
}

#[test]
fn structure_alone_is_enough() {
    each_page(&mut |path, _, era, page| {
        let path = path.replace(".json", ".html");
        let pretty = |page: &str| serde_json::to_string_pretty(&items(&path, page.as_bytes())).expect("JSON");
        assert_eq!(pretty(&without_classes(page)), pretty(page), "{path} {era:?}");
    });
    let mut n_pages = 0;
    for (path, page) in ["html_2022", "html_2024"].into_iter().flat_map(|tree| files(tree, "html")) {
        // A row of a list is told by its class only.
        if !path.ends_with("advertisers_using_your_activity_or_information.html") {
            let page = String::from_utf8(page).expect("UTF-8");
            let pretty = |page: &str| serde_json::to_string_pretty(&items(&path, page.as_bytes())).expect("JSON");
            assert_eq!(pretty(&without_classes(&page)), pretty(&page), "{path}");
            n_pages += 1;
        }
    }
    assert!(n_pages > 20, "{n_pages}");
}

pub fn without_classes(page: &str) -> String {
    let mut rest = page;
    let mut stripped = String::new();
    while let Some((before, after)) = rest.split_once(" class=\"") {
        stripped.push_str(before);
        rest = after.split_once('"').map_or("", |(_, rest)| rest);
    }
    stripped + rest
}

#[test]
fn pages_of_the_fixtures_tell_what_their_json_tells() {
    let mut n_compared = 0;
    for (pages, documents) in [("html_2022", "c_2022"), ("html_2024", "d_2024")] {
        for (path, page) in files(pages, "html") {
            let twin = path.replace(".html", ".json");
            // One page is of a later shape than the document, the other tells flags by their column.
            if path.ends_with("ads_viewed.html") || path.contains("advertisers_using") {
                continue;
            }
            let Some((_, json)) = files(documents, "json").into_iter().find(|(path, _)| *path == twin) else {
                continue;
            };
            // The pages are excerpts in another language, and some tell more: who was tagged.
            let core =
                |item: Value| ["kind", "at", "text", "author", "counterpart", "url"].map(|name| item[name].clone());
            let from_json: Vec<_> = told(&twin, &json).into_iter().map(core).collect();
            for item in told(&path, &page) {
                n_compared += 1;
                assert!(from_json.contains(&core(item.clone())), "{pages}/{path}: {item:#}");
            }
        }
    }
    assert!(n_compared > 100, "{n_compared}");
}
