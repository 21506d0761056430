//! Relations to others, which are maps from a name to a time, and contacts (format reference §1.A).

use super::row::{Row, read_time};
use crate::model::{Item, Kind, Who};
use crate::source::instagram::json::leftover::{detail_of, texts_of};
use crate::source::instagram::json::person::who;
use crate::source::instagram::json::scope::shortened;
use crate::source::instagram::json::{Fate, Json, Scope};

/// Name of a section → subkind, and whether the owner is the one who did it.
const SECTIONS: &[(&str, &str, bool)] = &[
    ("followers", "follower", false),
    ("accounts_following_you", "follower", false),
    ("following", "following", true),
    ("accounts_you_follow", "following", true),
    ("blocked_users", "blocked", true),
    ("restricted_users", "restricted", true),
    ("close_friends", "close_friend", true),
    ("follow_requests_sent", "pending_request", true),
    ("permanent_follow_requests", "recent_request", true),
    ("following_hashtags", "hashtag", true),
    ("dismissed_suggested_users", "removed_suggestion", true),
];

/// `connections.json`: every section is a map `{name: time}`. Also the rows `{text, timestamp}` of early 2018, in a
/// file for each direction.
pub fn relation(json: &Json, scope: &mut Scope<'_>) -> Fate {
    if let Json::Text(_) | Json::Null = json {
        return Fate::Kept("a sentence where records are expected");
    }
    let base = scope.path.rsplit('/').next().and_then(|file| file.split('.').next()).unwrap_or_default();
    let section = if is_section(scope.list) || !is_section(base) { scope.list } else { base }.to_owned();
    if is_row(json) {
        return Fate::from(row(json, &section, scope));
    }
    let mut items = Vec::new();
    if section.is_empty() || !json.is_object() {
        for (name, map) in json.members() {
            if map.is_object() && (is_section(name) || is_map(map, scope)) {
                map_of(map, name, scope, &mut items);
            } else if detail_of(map).is_some() && !(is_section(name) && is_no_data(map)) {
                items.push(other(name, map, scope));
            }
        }
    } else {
        map_of(json, &section, scope, &mut items);
    }
    match json {
        _ if !items.is_empty() => Fate::Items(items),
        Json::Object(_) => Fate::Kept("there is nobody in it"),
        _ => Fate::Bad("a map of names was expected".to_owned()),
    }
}

fn is_section(name: &str) -> bool {
    SECTIONS.iter().any(|(known, ..)| *known == name)
}

fn is_row(json: &Json) -> bool {
    let is_named = |name: &&str| json.get(name).is_some_and(|value| value.as_filled_text().is_some());
    json.is_list() || (json.get("timestamp").is_some() && ["text", "username", "name"].iter().any(is_named))
}

fn is_map(json: &Json, scope: &Scope<'_>) -> bool {
    json.members().iter().all(|(_, value)| read_time(value, scope).is_some())
}

/// A list of one sentence, as empty sections have it.
fn is_no_data(json: &Json) -> bool {
    matches!(json.elements(), [Json::Text(_)])
}

fn new(section: &str) -> Item {
    let mut item = Item::new(Kind::Follow);
    let known = SECTIONS.iter().find(|(name, ..)| *name == section);
    item.subkind = known.map(|(_, subkind, _)| (*subkind).to_owned());
    item.author = known.is_some_and(|(.., is_mine)| *is_mine).then_some(Who::Me);
    if known.is_none() && !section.is_empty() {
        item.details.push("list", &*shortened(section));
    }
    item
}

fn name(item: &mut Item, name: &str) {
    if item.subkind.as_deref() == Some("hashtag") {
        item.text = Some(name.to_owned());
    } else {
        item.counterpart = who(name);
    }
}

fn map_of(map: &Json, section: &str, scope: &mut Scope<'_>, items: &mut Vec<Item>) {
    if !is_section(section) {
        scope.not_understood(section);
    }
    for (person, since) in map.members() {
        let mut item = new(section);
        name(&mut item, person);
        match read_time(since, scope) {
            Some(read) => {
                item.at = Some(read.at);
                item.details.push_some("time_zone", read.is_uncertain.then_some("uncertain"));
            }
            None => item.details.push_some("timestamp", detail_of(since)),
        }
        items.push(item);
    }
}

fn row(json: &Json, section: &str, scope: &mut Scope<'_>) -> Item {
    let Ok(mut row) = Row::open(json, &["timestamp", "username"]) else { return new(section) };
    let mut item = new(section);
    item.at = row.take_time(&["timestamp"], scope);
    if let Some(person) = row.take_text(&["username", "text", "name"]) {
        name(&mut item, person);
    }
    row.finish(item, scope, &["timestamp"])
}

/// Something that is no map of names.
fn other(name: &str, json: &Json, scope: &mut Scope<'_>) -> Item {
    scope.not_understood(name);
    let mut item = new(name);
    if let Some(detail) = detail_of(json) {
        texts_of(&detail, &mut item.other_text);
        item.details.push(name, detail);
    }
    item
}

/// `contacts.json`, `uploaded_contacts.json`: `{contact, first_name, last_name}`.
pub fn contact(json: &Json, scope: &mut Scope<'_>) -> Fate {
    Row::one(json, &["contact", "first_name", "last_name"], |mut row| {
        let mut item = Item::new(Kind::Contact);
        item.author = Some(Who::Me);
        let (first, last) = (row.take_text(&["first_name"]), row.take_text(&["last_name"]));
        let name: Vec<&str> = first.into_iter().chain(last).collect();
        item.text = (!name.is_empty()).then(|| name.join(" "));
        item.details.push_some("first_name", first);
        item.details.push_some("last_name", last);
        if let Some(contact) = row.take_text(&["contact"]) {
            item.details.push("contact_information", contact);
            item.other_text.push(contact.to_owned());
        }
        row.finish(item, scope, &[])
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::source::instagram::json::testing::check;

    fn follow(subkind: &str, author: Option<&str>, more: &Value) -> Value {
        let mut item =
            json!({"kind": "follow", "subkind": subkind, "at": {"ms": 1_559_361_430_000_i64, "precision": "s"}});
        if let Some(author) = author {
            item["author"] = json!(author);
        }
        for (name, value) in more.as_object().expect("an object") {
            item[name] = value.clone();
        }
        item
    }

    #[test]
    fn sections_are_maps() {
        let ann = json!({"counterpart": {"handle": "ann_example"}});
        check(
            "connections.json",
            "",
            r#"{"followers": {"ann_example": "2019-06-01T03:57:10+00:00"}, "following": {"ann_example": "2019-06-01T03:57:10+00:00"},
                "blocked_users": {}, "close_friends": ["You have no data in this section"],
                "following_hashtags": {"brot": "2019-06-01T03:57:10+00:00"},
                "dismissed_suggested_users": {"ann_example": "2019-06-01T03:57:10+00:00"}}"#,
            &json!([
                follow("follower", None, &ann),
                follow("following", Some("me"), &ann),
                follow("hashtag", Some("me"), &json!({"text": "brot"})),
                follow("removed_suggestion", Some("me"), &ann),
            ]),
        );
    }

    #[test]
    fn the_first_exports_had_rows() {
        let element = r#"{"text": "ann_example", "timestamp": "2019-06-01T03:57:10+00:00"}"#;
        let ann = json!({"counterpart": {"handle": "ann_example"}});
        check("accounts_following_you.json", "", element, &json!([follow("follower", None, &ann)]));
        check("accounts_you_follow.json", "", element, &json!([follow("following", Some("me"), &ann)]));
    }

    #[test]
    fn contacts_have_no_time() {
        check(
            "contacts.json",
            "",
            r#"{"contact": "+49 30 5550100", "first_name": "Ann", "last_name": "Example"}"#,
            &json!([{"kind": "contact", "author": "me", "text": "Ann Example", "other_text": ["+49 30 5550100"],
                     "details": {"first_name": "Ann", "last_name": "Example", "contact_information": "+49 30 5550100"}}]),
        );
    }
}
