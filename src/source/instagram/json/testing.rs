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
