//! The build of a document without what it says: names of members, labels and types, never a value. What a person can
//! paste into a report about a file that nobody understood.

use super::json::split::{self, Elements, Form, Members, Slice};
use super::json::{Json, Writing, text};
use super::recognise::is_flat;
use super::role::role;
use crate::source::{DocumentForm, Outline, Role};

/// Levels that are told; what lies deeper is `…`.
const DEEPEST: usize = 12;
/// So many names are told apart in one document.
const MOST_KEYS: usize = 2_000;
/// An element of more bytes is not parsed, as readers do not parse it either.
const LARGEST_ELEMENT: usize = 6 << 20;
/// A name of more characters is likely to be somebody's words.
const LONGEST_NAME: usize = 80;

/// Tells how a document is built. Never fails: what cannot be parsed is called `unreadable`.
pub fn outline(path: &str, bytes: &[u8]) -> Outline {
    match role(path) {
        Role::Document(DocumentForm::Json) => outline_of_json(path, bytes),
        Role::Document(DocumentForm::Html) => Outline { shapes: ["page"].into(), ..Outline::default() },
        Role::Document(DocumentForm::Subtitles) => Outline { shapes: ["subtitles"].into(), ..Outline::default() },
        Role::Document(DocumentForm::Text) | Role::Media | Role::Debris => {
            Outline { shapes: ["text"].into(), ..Outline::default() }
        }
    }
}

fn outline_of_json(path: &str, bytes: &[u8]) -> Outline {
    let mut sketch =
        Sketch { writing: if is_flat(path) { Writing::Proper } else { Writing::Escaped }, outline: Outline::default() };
    match split::top(bytes).form {
        Form::List(bytes) => sketch.list(bytes, ""),
        Form::Object(bytes) => {
            let members: Vec<_> = Members::new(bytes).collect();
            let names: Vec<String> = members.iter().map(|member| sketch.name_of(member.name)).collect();
            sketch.shape_of(&names);
            for (member, name) in members.iter().zip(&names) {
                if member.value.is_list() {
                    sketch.list(member.value.bytes, &shown(name));
                } else {
                    sketch.element(member.value, &shown(name));
                }
            }
        }
        Form::Plain => {
            sketch.outline.shapes.insert("plain value");
        }
        Form::Empty => {
            sketch.outline.shapes.insert("empty");
        }
        Form::Other => {
            sketch.outline.shapes.insert("no JSON");
        }
    }
    if sketch.outline.shapes.len() > 1 {
        // Nothing else was to be said of the object that holds the others.
        sketch.outline.shapes.remove("objects");
    }
    sketch.outline
}

struct Sketch {
    writing: Writing,
    outline: Outline,
}

impl Sketch {
    fn name_of(&self, name: &[u8]) -> String {
        serde_json::from_slice(&text::repair(name, self.writing)).unwrap_or_else(|_| "unreadable".to_owned())
    }

    fn list(&mut self, bytes: &[u8], name: &str) {
        let place = format!("{name}[]");
        for element in Elements::new(bytes) {
            self.element(element, &place);
        }
    }

    fn element(&mut self, element: Slice<'_>, place: &str) {
        let is_readable = element.is_whole && element.bytes.len() <= LARGEST_ELEMENT;
        let json = is_readable.then(|| text::repair(element.bytes, self.writing)).and_then(|bytes| {
            let mended = || serde_json::from_slice(&text::mend(&bytes)).ok();
            serde_json::from_slice::<Json>(&bytes).ok().or_else(mended)
        });
        match json {
            Some(json) => {
                match &json {
                    Json::Object(members) => {
                        let names: Vec<String> = members.iter().map(|(name, _)| name.clone()).collect();
                        self.shape_of(&names);
                    }
                    Json::List(_) => {
                        self.outline.shapes.insert("rows");
                    }
                    _ => {}
                }
                self.value(&json, place, 0);
            }
            None => self.tell(place, "unreadable"),
        }
    }

    /// Which of the known shapes (docs/formats.md §1.5) an object with such members has.
    fn shape_of(&mut self, names: &[String]) {
        let has = |wanted: &str| names.iter().any(|name| name == wanted);
        let shapes = &mut self.outline.shapes;
        let n_before = shapes.len();
        for shape in ["string_map_data", "string_list_data", "label_values"] {
            if has(shape) {
                shapes.insert(shape);
            }
        }
        if has("participants") && (has("messages") || has("conversation")) {
            shapes.insert("conversation");
        } else if shapes.len() == n_before && (has("media") || has("uri")) {
            shapes.insert("media");
        } else if shapes.is_empty() && !names.is_empty() {
            shapes.insert("objects");
        }
    }

    fn value(&mut self, json: &Json, place: &str, depth: usize) {
        if depth == DEEPEST {
            return self.tell(&format!("{place}…"), type_of(json));
        }
        match json {
            Json::List(elements) if elements.is_empty() => self.tell(place, "empty list"),
            Json::List(elements) => {
                let place = format!("{place}[]");
                for element in elements {
                    self.value(element, &place, depth + 1);
                }
            }
            Json::Object(members) if members.is_empty() => self.tell(place, "empty object"),
            Json::Object(members) => {
                let is_label_map = place.ends_with("_map_data");
                let are_data = !is_label_map && are_names_data(members);
                // A node of `label_values` goes by its label, which is a name like any other.
                let label = json.get("label").and_then(Json::as_filled_text).map(shown);
                let place = label.map_or_else(|| place.to_owned(), |label| format!("{place}«{label}»"));
                for (name, value) in members {
                    let is_told = name == "label" && value.as_text().is_some();
                    let is_time = ["time", "date", "_at"].iter().any(|part| name.to_lowercase().contains(part));
                    let name = if are_data && !is_time { "*".to_owned() } else { shown(name) };
                    let place = if place.is_empty() { name } else { format!("{place}.{name}") };
                    if !is_told {
                        self.value(value, &place, depth + 1);
                    }
                }
            }
            _ => self.tell(place, type_of(json)),
        }
    }

    fn tell(&mut self, place: &str, kind: &'static str) {
        let place = if place.is_empty() { "the document" } else { place };
        let keys = &mut self.outline.keys;
        let place = if keys.len() < MOST_KEYS || keys.contains_key(place) { place } else { "…" };
        *keys.entry(place.to_owned()).or_default().entry(kind).or_default() += 1;
    }
}

fn type_of(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "flag",
        Json::Integer(_) => "integer",
        Json::Float(_) => "number",
        Json::Text(text) if text.trim().is_empty() => "empty text",
        Json::Text(text) if is_clock(text) => "time as text",
        Json::Text(_) => "text",
        Json::List(_) => "list",
        Json::Object(_) => "object",
    }
}

/// `2019-05-04T10:11:12…`
fn is_clock(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 19 && bytes[4] == b'-' && bytes[7] == b'-' && matches!(bytes[10], b'T' | b' ') && bytes[13] == b':'
}

/// Whether the names of an object's members are data: names of people before times (generation A's connections), or
/// many things of one build under a name each.
fn are_names_data(members: &[(String, Json)]) -> bool {
    let are_clocks = members.iter().all(|(_, value)| matches!(value, Json::Text(text) if is_clock(text)));
    let build = |value: &Json| match value {
        Json::Object(members) => Some(members.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>()),
        _ => None,
    };
    let first = members.first().and_then(|(_, value)| build(value));
    let are_alike = members.len() >= 3 && first.is_some() && members.iter().all(|(_, value)| build(value) == first);
    are_clocks || are_alike
}

/// A name as it may be shown: what looks like an address, a number or somebody's words is `*`.
fn shown(name: &str) -> String {
    let n_digits = name.chars().filter(char::is_ascii_digit).count();
    let is_data = name.contains('@') || name.contains("://") || n_digits >= 5 || name.chars().count() > LONGEST_NAME;
    if is_data { "*".to_owned() } else { name.to_owned() }
}

/// The path of a document without names of people: the folder of a conversation and free names are `*`, page numbers `N`.
pub fn masked_path(path: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    let names: Vec<&str> = path.split('/').collect();
    for (index, name) in names.iter().enumerate() {
        let is_base = index + 1 == names.len();
        let is_in_threads = index > 0 && THREAD_FOLDERS.contains(&names[index - 1]);
        parts.push(match (is_base, is_in_threads) {
            (false, true) => "*".to_owned(),
            (false, false) => shown(name),
            (true, _) => masked_base(name, &names[..index]),
        });
    }
    parts.join("/")
}

/// Folders whose folders are conversations.
const THREAD_FOLDERS: [&str; 6] =
    ["inbox", "archived_threads", "message_requests", "filtered_threads", "broadcast", "ai_conversations"];

fn masked_base(base: &str, folders: &[&str]) -> String {
    let (stem, extension) = base.rsplit_once('.').unwrap_or((base, ""));
    let is_conversation = folders.last() == Some(&"messages")
        && !["secret", "reported", "your_", "chats", "no-data"].iter().any(|known| stem.starts_with(known));
    let is_free =
        matches!(extension, "srt" | "txt" | "csv" | "md" | "log" | "vcf" | "ics" | "xml" | "js") && stem != "no-data";
    if is_free || is_conversation {
        return format!("*.{extension}");
    }
    let stem = match stem.rsplit_once('_') {
        Some((name, page)) if !page.is_empty() && page.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{}_N", shown(name))
        }
        _ => shown(stem),
    };
    if extension.is_empty() { stem } else { format!("{stem}.{extension}") }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn lines(path: &str, json: &str) -> Vec<String> {
        let outline = outline(path, json.as_bytes());
        let types = |types: &BTreeMap<&'static str, u64>| {
            types.iter().map(|(kind, n)| format!("{kind} {n}")).collect::<Vec<_>>().join(", ")
        };
        let shapes = outline.shapes.iter().copied().collect::<Vec<_>>().join(" + ");
        std::iter::once(shapes).chain(outline.keys.iter().map(|(key, all)| format!("{key}: {}", types(all)))).collect()
    }

    #[test]
    fn names_and_types_are_told_and_no_value() {
        let check = |path: &str, json: &str, expected: &[&str]| assert_eq!(lines(path, json), expected, "{json}");
        check(
            "a/b.json",
            r#"{"comments":[{"title":"secret","string_map_data":{"Comment":{"value":"secret"},"Time":{"timestamp":5}}}]}"#,
            &[
                "string_map_data",
                "comments[].string_map_data.Comment.value: text 1",
                "comments[].string_map_data.Time.timestamp: integer 1",
                "comments[].title: text 1",
            ],
        );
        check(
            "a/b.json",
            r#"[{"label_values":[{"label":"URL","value":"secret"},{"label":"Wert \u00c3\u00bc","vec":[{"value":"x"}]}],"fbid":"1"}]"#,
            &[
                "label_values",
                "[].fbid: text 1",
                "[].label_values[]«URL».value: text 1",
                "[].label_values[]«Wert ü».vec[].value: text 1",
            ],
        );
        check(
            "connections.json",
            r#"{"followers":{"ann_secret":"2019-05-04T10:11:12","bob":"2019-05-04T10:11:12"}}"#,
            &["objects", "followers.*: time as text 2"],
        );
        check(
            "likes.json",
            r#"{"media_likes":[["2019-05-04T10:11:12","secret"]],"comment_likes":[]}"#,
            &["rows", "media_likes[][]: text 1, time as text 1"],
        );
        check(
            "x/y.json",
            r#"{"people":{"ann":{"a":1},"bob":{"a":2},"eve":{"a":3}},"mail@example.org":null,"cut":{"a":"#,
            &["objects", "*: null 1", "cut: unreadable 1", "people.*.a: integer 3"],
        );
        check("x/y.json", "nonsense", &["no JSON"]);
        check("x/y.json", "", &["empty"]);
        check("x/y.html", "<html>secret", &["page"]);
    }

    #[test]
    fn paths_name_nobody() {
        let check = |path: &str, expected: &str| assert_eq!(masked_path(path), expected);
        check(
            "your_instagram_activity/messages/inbox/ann_17840000000000001/message_12.json",
            "your_instagram_activity/messages/inbox/*/message_N.json",
        );
        check("messages/Ann Example_1.json", "messages/*.json");
        check("messages/secret_conversations.json", "messages/secret_conversations.json");
        check("likes/liked_posts.json", "likes/liked_posts.json");
        check("media/posts/202203/AbC_17900000000000001.srt", "media/posts/*/*.srt");
        check("notes/my diary.txt", "notes/*.txt");
        check("likes/no-data.txt", "likes/no-data.txt");
        check("content/posts_1.json", "content/posts_N.json");
    }
}
