//! The reader for whatever has no reader of its own: all strings become searchable, nothing is understood.

use std::collections::HashSet;

use super::{Fate, Json, Scope};
use crate::model::{Detail, Details, Item, Kind, MediaRef, Moment};
use crate::source::Learnt;
use crate::source::instagram::flat::time;
use crate::source::instagram::recognise::is_flat;

/// The readable line made of an item's strings ends at about so many characters (a guess at what one wants to see of
/// something nobody understood; all strings stay searchable).
const LINE_LENGTH: usize = 300;

/// Reads any element: one item with all its strings.
pub fn read_any(element: &Json, scope: &mut Scope<'_>) -> Fate {
    let mut found = Found { flat: is_flat(scope.path).then_some(scope.learnt), ..Found::default() };
    found.look_at(element, "");
    if found.n_values == 0 {
        return Fate::Kept("there is nothing in it");
    }
    let mut item = Item::new(Kind::Misc);
    item.subkind = Some(base_name(scope.path).to_owned()).filter(|name| !name.is_empty());
    item.at = found.at;
    item.text = found.line();
    item.other_text = found.strings;
    item.url = found.url;
    item.media = found.media;
    item.details = match detail_of(element) {
        Some(Detail::Map(details)) => details,
        Some(other) => Details(vec![("row".to_owned(), other)]),
        None => Details::default(),
    };
    item.details.push_some("time_zone", found.is_uncertain.then_some("uncertain"));
    Fate::from(item)
}

/// The name of a file without folder, extension and page number (`posts_2.json` is a page of `posts`).
pub(in crate::source::instagram) fn base_name(path: &str) -> &str {
    let base = path.rsplit('/').next().unwrap_or(path);
    let stem = base.rsplit_once('.').map_or(base, |(stem, _)| stem);
    match stem.rsplit_once('_') {
        Some((name, page)) if !name.is_empty() && !page.is_empty() && page.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => stem,
    }
}

/// Levels of lists and objects that the open part of an item keeps as such (a guess). What lies
/// deeper is kept as JSON text, because whoever reads the details has a limit, too.
const DEEPEST: usize = 32;

/// A value for the open part of an item. Null is nothing.
pub(super) fn detail_of(json: &Json) -> Option<Detail> {
    detail_at(json, 0)
}

fn detail_at(json: &Json, depth: usize) -> Option<Detail> {
    Some(match json {
        Json::Null => return None,
        Json::Bool(flag) => Detail::Bool(*flag),
        Json::Integer(number) => Detail::Integer(*number),
        Json::Float(number) => Detail::Float(*number),
        Json::Text(text) => Detail::Text(text.clone()),
        Json::List(_) | Json::Object(_) if depth == DEEPEST => Detail::Text(json.to_string()),
        Json::List(elements) => {
            Detail::List(elements.iter().filter_map(|element| detail_at(element, depth + 1)).collect())
        }
        Json::Object(members) => Detail::Map(Details(
            members.iter().filter_map(|(name, value)| Some((name.clone(), detail_at(value, depth + 1)?))).collect(),
        )),
    })
}

/// What is found on the way through a value, in the order of the document.
#[derive(Default)]
struct Found<'a> {
    /// What is learnt about the clock of a flat document, which writes no offsets (format reference §3.1).
    flat: Option<&'a Learnt>,
    /// Every string, in order, each once.
    strings: Vec<String>,
    known: HashSet<String>,
    /// Those of them that say something about the item, not about its form.
    telling: Vec<String>,
    at: Option<Moment>,
    is_uncertain: bool,
    url: Option<String>,
    media: Vec<MediaRef>,
    n_values: usize,
}

impl Found<'_> {
    /// Goes through a value. The parser bounds the depth.
    fn look_at(&mut self, json: &Json, name: &str) {
        match json {
            Json::Null => {}
            Json::Text(text) if text.trim().is_empty() => {}
            Json::Text(text) => {
                let printed = if is_time(name) { self.printed(text, json) } else { None };
                // A printed time is no text, as a number is none.
                if printed.is_some() { self.n_values += 1 } else { self.text(text, name) }
            }
            Json::Integer(number) => {
                self.n_values += 1;
                if is_time(name) && self.at.is_none() {
                    self.at = Moment::from_unix(*number);
                }
            }
            Json::Bool(_) | Json::Float(_) => self.n_values += 1,
            Json::List(elements) => elements.iter().for_each(|element| self.look_at(element, name)),
            Json::Object(members) => {
                if let Some(path) = json.get("uri").and_then(Json::as_filled_text) {
                    let at = json.get("creation_timestamp").and_then(Json::as_integer).and_then(Moment::from_unix);
                    self.media.push(MediaRef { path: path.to_owned(), at, ..MediaRef::default() });
                }
                for (name, value) in members {
                    self.look_at(value, name);
                }
            }
        }
    }

    /// A time in words; the first is that of the item.
    fn printed(&mut self, text: &str, json: &Json) -> Option<Moment> {
        let flat = self.flat.and_then(|learnt| time::read(text, learnt));
        let at = flat.map(|read| read.at).or_else(|| json.as_moment())?;
        if self.at.is_none() {
            self.at = Some(at);
            self.is_uncertain = flat.is_some_and(|read| read.is_uncertain);
        }
        Some(at)
    }

    fn text(&mut self, text: &str, name: &str) {
        self.n_values += 1;
        if name == "href" && self.url.is_none() {
            self.url = Some(text.to_owned());
        }
        if !self.known.insert(text.to_owned()) {
            return;
        }
        self.strings.push(text.to_owned());
        if !matches!(name, "label" | "ent_field_name" | "ent_name" | "fbid" | "uri" | "href") {
            self.telling.push(text.to_owned());
        }
    }

    fn line(&self) -> Option<String> {
        let mut line = String::new();
        for text in if self.telling.is_empty() { &self.strings } else { &self.telling } {
            if line.chars().count() >= LINE_LENGTH {
                line.push_str(" …");
                break;
            }
            if !line.is_empty() {
                line.push_str(" · ");
            }
            let room = LINE_LENGTH.saturating_sub(line.chars().count());
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
            line.extend(words.chars().take(room));
        }
        Some(line).filter(|line| !line.is_empty())
    }
}

fn is_time(name: &str) -> bool {
    matches!(name, "timestamp" | "timestamp_value" | "creation_timestamp")
        || name.ends_with("_ms")
        || name.ends_with("_time")
        || name.ends_with("_timestamp")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, json: &str) -> Fate {
        let learnt = Learnt::default();
        read_any(&serde_json::from_str(json).expect("JSON"), &mut Scope::new(path, "", &learnt))
    }

    fn item(path: &str, json: &str) -> Item {
        match read(path, json) {
            Fate::Items(mut items) if items.len() == 1 => items.remove(0),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_lies_very_deep_is_kept_as_text() {
        let json = format!("{{\"a\":{}{{\"b\":[null,1.5,\"x\"],\"b\":true}}{}}}", "[".repeat(100), "]".repeat(100));
        let item = item("other/x.json", &json);
        let stored = serde_json::to_string(&item).expect("JSON");
        assert_eq!(serde_json::from_str::<Item>(&stored).expect("what was stored can be read"), item);
        assert!(stored.contains(r#"{\"b\":[null,1.5,\"x\"],\"b\":true}"#), "{stored}");
    }

    #[test]
    fn every_string_is_found() {
        let item = item(
            "your_instagram_activity/quicksnaps/quick_2.json",
            r#"{"timestamp":0,"fbid":"18000000000000001","label_values":[
                {"label":"Place","value":"Porto"},{"label":"Link","value":"https://example.org/a","href":"https://example.org/a"},
                {"label":"When","timestamp_value":1700000000},{"vec":[{"value":"Trains"},{"value":"Porto"}]},
                {"media":[{"uri":"media/other/18000000000000001.jpg","creation_timestamp":1700000001}]},{"value":""},{"value":null}]}"#,
        );
        assert_eq!((item.kind, item.subkind.as_deref()), (Kind::Misc, Some("quick")));
        assert_eq!(item.at, Moment::from_unix(1_700_000_000));
        assert_eq!(item.text.as_deref(), Some("Porto · https://example.org/a · Trains"));
        assert_eq!(item.url.as_deref(), Some("https://example.org/a"));
        assert!(
            ["Place", "Porto", "When", "Trains", "18000000000000001"]
                .iter()
                .all(|s| item.other_text.iter().any(|o| o == s))
        );
        assert_eq!(item.media[0].media_id(), Some("18000000000000001"));
        assert_eq!(item.details.text("fbid"), Some("18000000000000001"));
    }

    #[test]
    fn rows_numbers_and_nothing_are_told_apart() {
        assert_eq!(
            item("a/b.json", r#"["2019-05-04T10:11:12", "hello"]"#).text.as_deref(),
            Some("2019-05-04T10:11:12 · hello")
        );
        assert_eq!(item("a/b.json", r#"{"count":3}"#).text, None);
        assert!(matches!(read("a/b.json", r#"{"a":"","b":[],"c":{"d":null}}"#), Fate::Kept(_)));
        let long = item("a/b.json", &format!(r#"{{"a":"{}","b":"x"}}"#, "é".repeat(1000)));
        assert!(long.text.is_some_and(|text| text.chars().count() < 310));
    }

    #[test]
    fn pages_share_a_name() {
        let check = |path, name| assert_eq!(base_name(path), name, "{path}");
        check("a/posts_1.json", "posts");
        check("a/posts.json", "posts");
        check("_1.json", "_1");
        check("a/b/no_extension", "no_extension");
        check("a/in-app_message.json", "in-app_message");
    }
}
