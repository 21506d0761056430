//! What no field of an item holds, as details: nothing that a document said is dropped.

use super::Json;
use crate::model::{Detail, Details};

/// A value as a detail; `None` where it holds nothing (null, an empty text, list or object).
pub fn detail_of(json: &Json) -> Option<Detail> {
    match json {
        Json::Null => None,
        Json::Bool(flag) => Some(Detail::Bool(*flag)),
        Json::Integer(number) => Some(Detail::Integer(*number)),
        Json::Float(number) => Some(Detail::Float(*number)),
        Json::Text(text) => (!text.is_empty()).then(|| Detail::Text(text.clone())),
        Json::List(elements) => {
            let list: Vec<Detail> = elements.iter().filter_map(detail_of).collect();
            (!list.is_empty()).then_some(Detail::List(list))
        }
        Json::Object(members) => {
            let mut map = Details::default();
            for (name, value) in members {
                map.push_some(name, detail_of(value));
            }
            (!map.is_empty()).then_some(Detail::Map(map))
        }
    }
}

/// Collects the texts inside a detail that a person may search for.
pub fn texts_of(detail: &Detail, texts: &mut Vec<String>) {
    match detail {
        Detail::Text(text) if !text.trim().is_empty() => texts.push(text.clone()),
        Detail::List(list) => list.iter().for_each(|detail| texts_of(detail, texts)),
        Detail::Map(map) => map.0.iter().for_each(|(_, detail)| texts_of(detail, texts)),
        _ => {}
    }
}
