//! One way to test an element reader: a document's name, an element as it stands there, and the items it must give.

use serde_json::Value;

use super::{Fate, Json, Scope};
use crate::source::Learnt;
use crate::source::instagram::catalog::{self, Reader};

/// Reads one element through the catalog and compares its items, as JSON, with those expected.
///
/// The element is text, because its members have an order.
pub fn check(path: &str, list: &str, element: &str, expected: &Value) {
    let items = read_all(path, list, &[element]).0;
    assert_eq!(pretty(&Value::Array(items)), pretty(expected), "{path} {list}");
}

/// Reads the elements of a list one after the other; the items as JSON and the labels that were not understood.
pub fn read_all(path: &str, list: &str, elements: &[&str]) -> (Vec<Value>, Vec<String>) {
    let learnt = Learnt::default();
    let mut scope = Scope::new(path, list, &learnt);
    let row = catalog::find(path, list);
    let Reader::Elements(read) = row.reader else { panic!("{} has no element reader", row.name) };
    let mut items = Vec::new();
    for element in elements {
        match read(&json(element), &mut scope) {
            Fate::Items(more) => {
                assert!(!more.is_empty(), "{path}: read, but nothing came of it");
                for item in &more {
                    assert!(row.kinds.contains(&item.kind), "{path}: {} gives {:?}", row.name, item.kind);
                }
                items.extend(more.iter().map(|item| serde_json::to_value(item).expect("items are JSON")));
            }
            fate => panic!("{path}: {fate:?}"),
        }
    }
    (items, scope.unknown_labels.into_keys().collect())
}

pub fn json(text: &str) -> Json {
    serde_json::from_str(text).expect("the test writes JSON")
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("a value is JSON")
}

mod nothing_is_dropped {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::super::{Fate, Json, Scope};
    use crate::source::Learnt;
    use crate::source::instagram::catalog::{CATALOG, Reader};

    const LABELS: &[&str] = &[
        "Name",
        "URL",
        "Time",
        "Username",
        "Caption",
        "Title",
        "Owner",
        "Media",
        "Hashtags",
        "Search",
        "Author",
        "Comment",
        "Media Owner",
        "Saved on",
        "Shared by",
        "Changed",
        "New Value",
        "Bio",
        "Question",
        "Options",
        "Answer",
        "Text",
        "Latitude",
        "Longitude",
        "Details",
        "Location",
        "IP Address",
        "Song",
        "Artist",
        "Update time",
        "Website session start time",
        "Is an ad",
        "Group Members",
        "City Name",
        "Etiketa",
        "Beste bat",
        "캡션",
    ];

    const NAMES: &[&str] = &["label", "title", "ent_field_name"];

    /// A text of its own for each leaf, in one of the forms that readers tell apart.
    fn leaf() -> impl Strategy<Value = Value> {
        prop_oneof![
            3 => Just(json!("@text")),
            2 => Just(json!("@handle")),
            2 => Just(json!("@link")),
            1 => Just(json!("")),
            1 => Just(json!(null)),
            1 => Just(json!(1_650_000_000)),
            1 => any::<i64>().prop_map(|number| json!(number)),
            1 => any::<bool>().prop_map(|flag| json!(flag)),
        ]
    }

    fn any_json() -> impl Strategy<Value = Value> {
        leaf().prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                prop::collection::vec((key(), inner), 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
            ]
        })
    }

    fn key() -> impl Strategy<Value = String> {
        let keys = [
            "title",
            "media",
            "uri",
            "creation_timestamp",
            "timestamp",
            "value",
            "href",
            "label",
            "label_values",
            "dict",
            "vec",
            "fbid",
            "string_map_data",
            "string_list_data",
            "media_map_data",
            "media_list_data",
            "timestamp_value",
            "media_metadata",
            "backup_uri",
            "photo_metadata",
            "exif_data",
            "subtitles",
            "latitude",
            "longitude",
            "name",
            "events",
            "advertiser_name",
            "item",
            "messages",
            "reportee",
            "armadillo_devices",
            "last_active_time",
            "acquisition_time",
            "cross_post_source",
            "description",
            "ent_field_name",
        ];
        prop::sample::select(keys.to_vec()).prop_map(str::to_owned)
    }

    fn label() -> impl Strategy<Value = String> {
        prop::sample::select(LABELS.to_vec()).prop_map(str::to_owned)
    }

    fn string_data() -> impl Strategy<Value = Value> {
        (leaf(), leaf(), leaf())
            .prop_map(|(href, value, timestamp)| json!({"href": href, "value": value, "timestamp": timestamp}))
    }

    fn medium() -> impl Strategy<Value = Value> {
        (leaf(), leaf(), leaf(), any_json(), any_json()).prop_map(|(uri, time, title, metadata, other)| {
            json!({"uri": uri, "creation_timestamp": time, "title": title, "backup_uri": other,
                   "media_metadata": {"photo_metadata": {"exif_data": [{"iso": "@text"}, metadata.clone()], "subtitles": metadata},
                                      "video_metadata": {"subtitles": {"uri": "@text", "creation_timestamp": 1_650_000_000}}}})
        })
    }

    fn node() -> impl Strategy<Value = Value> {
        let flat = prop_oneof![
            (label(), leaf(), leaf()).prop_map(|(label, value, href)| json!({"label": label, "value": value, "href": href})),
            (label(), leaf()).prop_map(|(label, time)| json!({"label": label, "timestamp_value": time})),
            (label(), prop::collection::vec(medium(), 0..2)).prop_map(|(label, media)| json!({"label": label, "media": media})),
            (label(), prop::collection::vec(leaf(), 0..3)).prop_map(|(label, values)| {
                json!({"label": label, "vec": values.into_iter().map(|value| json!({"value": value})).collect::<Vec<_>>()})
            }),
            (label(), any_json()).prop_map(|(label, value)| json!({"label": label, "description": value})),
        ];
        flat.prop_recursive(3, 16, 3, |inner| {
            (label(), prop::collection::vec(prop::collection::vec(inner, 0..4), 0..3), any::<bool>()).prop_map(
                |(label, groups, titled)| {
                    let records: Vec<Value> =
                        groups.into_iter().map(|nodes| json!({"title": "", "dict": nodes})).collect();
                    if titled {
                        json!({"title": label, "dict": records})
                    } else {
                        json!({"label": label, "vec": records})
                    }
                },
            )
        })
    }

    fn element() -> impl Strategy<Value = Value> {
        let data = || {
            prop::collection::vec((label(), string_data()), 0..5)
                .prop_map(|data| Value::Object(data.into_iter().collect()))
        };
        prop_oneof![
            (leaf(), data(), prop::collection::vec(string_data(), 0..3)).prop_map(|(title, map, list)| {
                json!({"title": title, "string_map_data": map, "string_list_data": list})
            }),
            (leaf(), leaf(), prop::collection::vec(node(), 0..6)).prop_map(|(time, fbid, nodes)| {
                json!({"timestamp": time, "fbid": fbid, "media": [], "label_values": nodes})
            }),
            (leaf(), leaf(), prop::collection::vec(medium(), 0..3)).prop_map(|(title, time, media)| {
                json!({"media": media, "title": title, "creation_timestamp": time})
            }),
            medium(),
            any_json(),
        ]
    }

    /// Gives each leaf its own text and returns these texts.
    fn number(value: &mut Value, is_node: bool, texts: &mut Vec<String>) {
        match value {
            Value::String(text) => {
                let n = texts.len();
                let own = match text.as_str() {
                    "@text" => format!("leaf number {n} of it"),
                    "@handle" => format!("leaf_{n}_x"),
                    "@link" => format!("https://www.instagram.com/p/leaf{n}x/"),
                    _ => return,
                };
                text.clone_from(&own);
                texts.push(own);
            }
            Value::Array(elements) => elements.iter_mut().for_each(|element| number(element, is_node, texts)),
            Value::Object(members) => {
                // Labels are names, not values.
                let is_named = is_node && !members.contains_key("uri");
                let values = members.iter_mut().filter(|(name, _)| !is_named || !NAMES.contains(&name.as_str()));
                for (name, member) in values {
                    number(member, is_node || name == "label_values", texts);
                }
            }
            _ => {}
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn every_text_of_an_element_is_in_its_items(mut element in element()) {
            let mut texts = Vec::new();
            number(&mut element, false, &mut texts);
            let json: Json = serde_json::from_str(&element.to_string()).expect("a value is JSON");
            let learnt = Learnt::default();
            for row in CATALOG {
                let Reader::Elements(read) = row.reader else { continue };
                let mut scope = Scope::new("folder/file.json", "", &learnt);
                let Fate::Items(items) = read(&json, &mut scope) else {
                    // Only what has no text at all may be kept without becoming a record.
                    prop_assert!(!element.is_object() || texts.is_empty(), "{}: {element}", row.name);
                    continue;
                };
                let written = serde_json::to_string(&items).expect("items are JSON");
                for text in &texts {
                    prop_assert!(written.contains(text.as_str()), "{} dropped {text:?} of {element} in {written}", row.name);
                }
            }
        }
    }
}
