//! Counts the items of a document a second time (promise 1): knows only JSON and HTML and shares no code with the readers,
//! so that what they lose shows. `html.rs` counts the items of pages.
//!
//! Of JSON, an item is an object or a row (a list) of a list that stands at the top or one member below it. Texts and numbers
//! in such a list are no items (`["You have no data in this section"]`), and an object beside such lists is one. In a
//! conversation only its messages and replies are items, also where a list holds conversations. A record at the top is one item, and so is an object without items in its lists, or a list of
//! plain values, unless it holds nothing at all or one text a list.

mod html;

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

pub use html::count_html;

/// Members whose presence makes an object a record of its own (format reference §1.4).
const RECORD_MEMBERS: [&str; 6] =
    ["string_list_data", "string_map_data", "media_map_data", "media", "label_values", "uri"];
/// Members of which one stands beside `messages` in a conversation.
const CONVERSATION_MEMBERS: [&str; 5] = ["participants", "thread_path", "thread_name", "threadName", "title"];

/// Number of items of a JSON document; `None` where it does not parse.
pub fn count_json(bytes: &[u8]) -> Option<u64> {
    let json = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).ok()?;
    let json: &RawValue = serde_json::from_str(json).ok()?;
    match json.get().as_bytes().first()? {
        b'[' => {
            count_list(json).ok().map(|list| if list.n_items == 0 { u64::from(list.n_plain > 1) } else { list.n_items })
        }
        b'{' => serde_json::Deserializer::from_str(json.get()).deserialize_map(ObjectVisitor).ok(),
        _ => Some(0),
    }
}

fn count_list(json: &RawValue) -> Result<List, serde_json::Error> {
    serde_json::Deserializer::from_str(json.get()).deserialize_seq(ListVisitor { holds_threads: true })
}

#[derive(Default)]
struct List {
    n_items: u64,
    n_plain: u64,
}

struct ListVisitor {
    /// Whether its elements may be conversations; messages are not looked into.
    holds_threads: bool,
}

impl<'de> Visitor<'de> for ListVisitor {
    type Value = List;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<List, A::Error> {
        let mut list = List::default();
        while let Some(element) = access.next_element::<&RawValue>()? {
            match element.get().as_bytes().first() {
                Some(b'{') if self.holds_threads => {
                    list.n_items += count_messages(element).map_err(A::Error::custom)?.unwrap_or(1);
                }
                Some(b'{' | b'[') => list.n_items += 1,
                _ => list.n_plain += 1,
            }
        }
        Ok(list)
    }
}

/// Number of messages where an element of a list is a conversation of its own.
fn count_messages(json: &RawValue) -> Result<Option<u64>, serde_json::Error> {
    if !(json.get().contains("\"conversation\"") && json.get().contains("\"participants\"")) {
        return Ok(None);
    }
    let (_, messages) = serde_json::Deserializer::from_str(json.get()).deserialize_map(ThreadVisitor)?;
    let Some(messages) = messages else { return Ok(None) };
    let mut deserializer = serde_json::Deserializer::from_str(messages.get());
    Ok(Some(deserializer.deserialize_seq(ListVisitor { holds_threads: false })?.n_items))
}

/// Finds the messages of an object that has participants, too.
struct ThreadVisitor;

impl<'de> Visitor<'de> for ThreadVisitor {
    type Value = (bool, Option<&'de RawValue>);

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let (mut has_participants, mut messages) = (false, None);
        while let Some((name, value)) = access.next_entry::<Cow<'_, str>, &RawValue>()? {
            let is_list = value.get().starts_with('[');
            match &*name {
                "participants" => has_participants |= is_list,
                "conversation" if is_list && messages.is_none() => messages = Some(value),
                _ => {}
            }
        }
        Ok((has_participants, messages.filter(|_| has_participants)))
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = u64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<u64, A::Error> {
        let (mut n_items, mut n_messages, mut n_beside) = (0, 0, 0);
        let (mut has_messages, mut is_conversation, mut is_record, mut holds_more) = (false, false, false, false);
        while let Some((name, value)) = access.next_entry::<Cow<'_, str>, &RawValue>()? {
            is_record |= RECORD_MEMBERS.contains(&&*name);
            is_conversation |= CONVERSATION_MEMBERS.contains(&&*name);
            if !value.get().starts_with('[') {
                holds_more = true;
                let inside = value.get().strip_prefix('{').and_then(|value| value.strip_suffix('}'));
                n_beside += u64::from(inside.is_some_and(|inside| !inside.trim().is_empty()));
                continue;
            }
            let list = count_list(value).map_err(A::Error::custom)?;
            n_items += list.n_items;
            holds_more |= list.n_plain > 1;
            has_messages |= name == "messages";
            if name == "messages" || name == "replies" {
                n_messages += list.n_items;
            }
        }
        Ok(if has_messages && is_conversation {
            n_messages
        } else if is_record {
            1
        } else if n_items > 0 {
            n_items + n_beside
        } else {
            u64::from(holds_more)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::count_json;

    #[test]
    fn items_are_objects_and_rows_of_lists() {
        let check = |json: &str, n_items| assert_eq!(count_json(json.as_bytes()), n_items, "{json}");
        check("[]", Some(0));
        check("\u{feff}[{},{\"a\":[{},{}]},[1]]", Some(3));
        check("[\"You have no data in this section\"]", Some(0));
        check("[\"a\",\"b\"]", Some(1));
        check("{}", Some(0));
        check("null", Some(0));
        check(r#"{"ig_stories":[]}"#, Some(0));
        check(r#"{"media_likes":["You have no data in this section"]}"#, Some(0));
        check(r#"{"a":[{},{}],"b":[{}],"c":5}"#, Some(3));
        check(r#"{"a":[{},{}],"b":{"c":1},"d":{ },"e":"x"}"#, Some(3));
        check(
            r#"[{"participants":["a"],"conversation":[{},{},"x"]},{"participants":["a"],"conversation":[]},{}]"#,
            Some(3),
        );
        check(r#"[{"participants":["a"],"conversation":"x"}]"#, Some(1));
        check(r#"{"a":"x","b":["y"]}"#, Some(1));
        check(r#"{"emails":["x","y"]}"#, Some(1));
        check(r#"{"a":{"b":[{},{}]}}"#, Some(1));
        check(r#"{"title":"","media":[{},{}]}"#, Some(1));
        check(r#"{"label_values":[{},{}],"media":[]}"#, Some(1));
        check(r#"{"uri":"media/stories/1.jpg","dubbing_info":[{},{}]}"#, Some(1));
        check(r#"{"participants":[{},{}],"messages":[{},{},{}],"title":"x","magic_words":[{}]}"#, Some(3));
        check(r#"{"participants":[{},{}],"messages":[],"replies":[{},{}]}"#, Some(2));
        check(r#"{"messages":[{},{},{}],"others":[{}]}"#, Some(4));
        // Damage.
        check("", None);
        check("[{}", None);
        check("[NaN]", None);
        check("[{\"a\":1e400}]", Some(1));
        check("[{\"a\":\"\\ud83d\"}]", Some(1));
        assert_eq!(count_json(b"[{\"a\":\"\xff\"}]"), None);
        assert_eq!(count_json(&[&b"["[..], &b"[".repeat(10_000), &b"]".repeat(10_000), b"]"].concat()), Some(1));
    }
}
