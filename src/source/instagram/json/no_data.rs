//! The sentence that stands in an empty section (format reference §1.4), in any language.

use std::collections::HashSet;

use super::Json;
use super::document::name_of;
use super::person::{is_handle, is_link};
use super::split::{Elements, Slice};
use super::text::Writing;
use crate::model::Kind;
use crate::source::instagram::catalog::{Reader, Row};

/// Whether a list holds nothing but the sentence: where the catalog knows a list of rows, a text alone is none of them, and
/// other lists of the document may say the same (`said_again`).
pub(super) fn says_no_data_in(
    value: Slice<'_>,
    writing: Writing,
    row: &Row,
    list: &str,
    said_again: &HashSet<String>,
) -> bool {
    if serde_json::from_slice(value.bytes).is_ok_and(|json| says_no_data(&json)) {
        return true;
    }
    lone_text(value, writing).is_some_and(|text| {
        let is_known = if list.is_empty() { !row.files.is_empty() } else { row.lists.contains(&list) };
        is_sentence(&text) && (said_again.contains(&text) || (is_known && has_only_rows(row)))
    })
}

/// Texts that stand alone in more than one list: nobody's words, but that there is no data.
pub(super) fn said_more_than_once<'a>(lists: impl Iterator<Item = Slice<'a>>, writing: Writing) -> HashSet<String> {
    let (mut alone, mut again) = (HashSet::new(), HashSet::new());
    for text in lists.filter_map(|list| lone_text(list, writing)) {
        if !alone.insert(text.clone()) {
            again.insert(text);
        }
    }
    again
}

/// Whether it is the sentence in English, or nothing but that.
pub(super) fn says_no_data(json: &Json) -> bool {
    match json {
        Json::Text(text) => text.to_lowercase().contains("no data"),
        Json::List(list) => list.iter().all(says_no_data),
        _ => false,
    }
}

/// Whether the lists of a row never hold plain texts: addresses, words, choices.
fn has_only_rows(row: &Row) -> bool {
    let may_be_plain = |kind: &Kind| {
        matches!(kind, Kind::Interest | Kind::Setting | Kind::Shopping | Kind::Misc | Kind::Profile | Kind::Contact)
    };
    !matches!(row.reader, Reader::Generic) && !row.kinds.iter().any(may_be_plain)
}

/// The only text of a list that holds nothing else.
fn lone_text(value: Slice<'_>, writing: Writing) -> Option<String> {
    let mut elements = value.is_list().then(|| Elements::new(value.bytes))?;
    let only = elements.next().filter(|only| only.bytes.starts_with(b"\""))?;
    elements.next().is_none().then(|| name_of(only.bytes.trim_ascii(), writing))
}

/// Whether a text is neither a name, a link, an address nor a number or time, as what stands in lists would be.
fn is_sentence(text: &str) -> bool {
    !is_handle(text.trim()) && !is_link(text) && !text.contains(['@', '#']) && !text.chars().any(char::is_numeric)
}
