//! The profile, logins and devices, what is inferred, settings, and the rest of the flat documents (format reference §1.A).

use super::row::Row;
use crate::model::{Item, Kind, Who};
use crate::source::instagram::json::leftover::{detail_of, texts_of};
use crate::source::instagram::json::person::{is_handle, who};
use crate::source::instagram::json::{Fate, Json, Scope, inferred, read_any};

fn new(kind: Kind, subkind: Option<&str>) -> Item {
    let mut item = Item::new(kind);
    item.subkind = subkind.map(str::to_owned);
    item.author = Some(Who::Me);
    item
}

/// `profile.json`: the bio is the text, every field a detail.
pub fn profile(json: &Json, scope: &mut Scope<'_>) -> Fate {
    const EXPECTED: [&str; 6] = ["date_joined", "email", "gender", "phone_number", "profile_pic_url", "website"];
    Row::one(json, &[], |mut row| {
        let mut item = new(Kind::Profile, None);
        let bio = row.take_text(&["biography"]);
        item.text = bio.map(str::to_owned);
        item.details.push_some("bio", bio);
        for name in ["username", "name"] {
            if let Some(text) = row.take_text(&[name]) {
                item.details.push(name, text);
                item.other_text.push(text.to_owned());
            }
        }
        item.details.push_some("is_private", row.take("private_account").and_then(detail_of));
        item.details.push_some("birth_date", row.take("date_of_birth").and_then(detail_of));
        row.finish(item, scope, &EXPECTED)
    })
}

/// `account_history.json`: `login_history`, `logout_history` and the object `registration_info`; `logins.json` of 2018.
pub fn login(json: &Json, scope: &mut Scope<'_>) -> Fate {
    match json.get("registration_info") {
        Some(registration) if scope.list.is_empty() => event(json, scope, "signup", registration),
        _ if scope.list == "registration_info" || json.get("registration_time").is_some() => {
            event(json, scope, "signup", json)
        }
        _ if scope.list == "logout_history" => event(json, scope, "logout", json),
        _ => event(json, scope, "login", json),
    }
}

/// `whole` is what the item answers for; what it says stands in `event`.
fn event(whole: &Json, scope: &mut Scope<'_>, subkind: &str, event: &Json) -> Fate {
    const NAMES: &[(&str, &str, bool)] = &[
        ("ip_address", "ip_address", true),
        ("user_agent", "user_agent", true),
        ("device_id", "device_id", true),
        ("device_name", "device", true),
        ("cookie_name", "cookie_name", false),
        ("language_code", "language_code", false),
        ("registration_username", "username", true),
        ("registration_email", "email", true),
        ("registration_phone_number", "phone_number", true),
    ];
    let mut row = match Row::open(event, &["timestamp", "text"]) {
        Ok(row) => row,
        Err(_) if whole.is_object() => return read_any(whole, scope),
        Err(fate) => return fate,
    };
    let mut item = new(Kind::Login, Some(subkind));
    item.at = row.take_time(&["timestamp", "registration_time"], scope);
    item.text = row.take_text(&["text"]).map(str::to_owned);
    for (member, name, is_found) in NAMES {
        if let Some(text) = row.take_text(&[member]) {
            item.details.push(*name, text);
            if *is_found {
                item.other_text.push(text.to_owned());
            }
        }
    }
    if !std::ptr::eq(whole, event) {
        for (name, value) in whole.members().iter().filter(|(_, value)| !std::ptr::eq(value, event)) {
            if let Some(detail) = detail_of(value) {
                item.details.push(name, detail);
            }
        }
    }
    Fate::from(row.finish(item, scope, &["timestamp", "registration_time"]))
}

/// `devices.json`: groups of devices with free names and values.
pub fn device(json: &Json, scope: &mut Scope<'_>) -> Fate {
    Row::one(json, &[], |mut row| {
        let mut item = new(Kind::Login, Some("device"));
        item.at = row.take_time(&["timestamp", "last_login", "last_seen", "last_used"], scope);
        item.details.push_some("list", Some(scope.list).filter(|list| !list.is_empty()));
        if let Some(detail) = detail_of(json) {
            texts_of(&detail, &mut item.other_text);
        }
        let names: Vec<&str> = json.members().iter().map(|(name, _)| name.as_str()).collect();
        row.finish(item, scope, &names)
    })
}

/// `information_about_you.json`: where the service believes the person lives, and which addresses are theirs.
pub fn inferred_information(json: &Json, scope: &mut Scope<'_>) -> Fate {
    let members =
        if scope.list.is_empty() { json.members().to_vec() } else { vec![(scope.list.to_owned(), json.clone())] };
    let mut items = Vec::new();
    let interest = |subkind: Option<&str>, text: &str| {
        let mut item = Item::new(Kind::Interest);
        item.subkind = subkind.map(str::to_owned);
        item.text = Some(text.to_owned());
        item
    };
    for (name, value) in &members {
        let mut rest = Some(value);
        match (name.as_str(), value) {
            ("primary_location", Json::Object(parts)) => {
                if let [(part, Json::Text(city))] = &parts[..]
                    && part == "city_name"
                    && !city.trim().is_empty()
                {
                    items.push(Item { place: Some(city.clone()), ..interest(Some("based_in"), city) });
                    rest = None;
                }
            }
            ("inferred_emails" | "inferred_phone_numbers", Json::List(texts)) if texts.iter().all(is_filled) => {
                let subkind = if name == "inferred_emails" { "possible_email" } else { "possible_phone_number" };
                let texts = texts.iter().filter_map(Json::as_text).filter(|text| !is_no_data(name, texts, text));
                items.extend(texts.map(|text| interest(Some(subkind), text)));
                rest = None;
            }
            _ => {}
        }
        if let Some(detail) = rest.and_then(detail_of) {
            scope.not_understood(name);
            let mut item = Item::new(Kind::Interest);
            texts_of(&detail, &mut item.other_text);
            item.text = item.other_text.first().cloned();
            item.details.push(name, detail);
            items.push(item);
        }
    }
    some_or_nothing(items)
}

/// `settings.json`: who may comment, who may not, and words that are filtered.
pub fn setting(json: &Json, scope: &mut Scope<'_>) -> Fate {
    let members =
        if scope.list.is_empty() { json.members().to_vec() } else { vec![(scope.list.to_owned(), json.clone())] };
    let mut items = Vec::new();
    for (name, value) in &members {
        let subkind = match name.as_str() {
            "allow_comments_from" => "comments_allowed_from",
            "blocked_commenters" => "blocked_commenter",
            "filtered_keywords" => "filtered_keyword",
            other => other,
        };
        let values = match value {
            Json::List(values) if values.iter().all(is_filled) => values.as_slice(),
            single => std::slice::from_ref(single),
        };
        for value in values {
            let mut item = new(Kind::Setting, Some(subkind));
            match value {
                Json::Text(text)
                    if text.trim().is_empty() || is_no_data(name, values, text) && value_is_list(name, json, scope) =>
                {
                    continue;
                }
                Json::Text(text) if subkind == "blocked_commenter" => item.counterpart = who(text),
                Json::Text(text) => item.text = Some(text.clone()),
                other => match detail_of(other) {
                    Some(detail) => {
                        texts_of(&detail, &mut item.other_text);
                        item.details.push(name, detail);
                    }
                    None => continue,
                },
            }
            items.push(item);
        }
    }
    some_or_nothing(items)
}

fn value_is_list(name: &str, json: &Json, scope: &Scope<'_>) -> bool {
    if scope.list.is_empty() { json.get(name).is_some_and(Json::is_list) } else { json.is_list() }
}

fn is_filled(json: &Json) -> bool {
    json.as_filled_text().is_some()
}

/// Whether a text is the lone sentence of a list that has no data. In a language that nobody knows it shows where the list
/// is one of addresses, numbers or user names.
fn is_no_data(section: &str, texts: &[Json], text: &str) -> bool {
    let is_other = match section {
        "inferred_emails" => !text.contains('@'),
        "inferred_phone_numbers" => !text.chars().any(char::is_numeric),
        "blocked_commenters" => !is_handle(text.trim()),
        _ => false,
    };
    texts.len() == 1 && (is_other || text.ends_with("no data in this section"))
}

fn some_or_nothing(items: Vec<Item>) -> Fate {
    if items.is_empty() { Fate::Kept("there is nothing in it") } else { Fate::Items(items) }
}

/// `ads_interests.json` of 2018: rows `{text, timestamp}`; later files of that name have labels.
pub fn ads_interest(json: &Json, scope: &mut Scope<'_>) -> Fate {
    let has = |name: &str| json.get(name).is_some();
    if has("string_map_data") || has("string_list_data") || has("label_values") || !(has("text") || json.is_list()) {
        return inferred::ads_interest(json, scope);
    }
    Row::one(json, &["timestamp", "text"], |mut row| {
        let mut item = Item::new(Kind::Interest);
        item.subkind = Some("ads_interest".to_owned());
        item.at = row.take_time(&["timestamp"], scope);
        item.text = row.take_text(&["text"]).map(str::to_owned);
        row.finish(item, scope, &["timestamp"])
    })
}

/// `autofill.json`, `checkout.json`, `guides.json`: kept with all their strings.
pub fn whole(json: &Json, scope: &mut Scope<'_>) -> Fate {
    kept_whole(json, scope, Kind::Misc)
}

/// `shopping.json`.
pub fn shopping(json: &Json, scope: &mut Scope<'_>) -> Fate {
    kept_whole(json, scope, Kind::Shopping)
}

fn kept_whole(json: &Json, scope: &mut Scope<'_>, kind: Kind) -> Fate {
    let mut fate = read_any(json, scope);
    if let Fate::Items(items) = &mut fate {
        for item in items {
            item.kind = kind;
            item.author = Some(Who::Me);
            item.details.push_some("list", Some(scope.list).filter(|list| !list.is_empty()));
        }
    }
    fate
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::source::instagram::json::testing::check;

    const AT: i64 = 1_559_361_430_000;

    #[test]
    fn the_profile() {
        check(
            "profile.json",
            "",
            r#"{"biography": "Brot & Züge 🚂", "date_joined": "2016-08-01T00:00:00", "email": "mia@mail.example", "gender": "female",
                "private_account": false, "name": "Mia Beispiel", "phone_number": "", "date_of_birth": "1990-06-15", "username": "mia.example"}"#,
            &json!([{"kind": "profile", "author": "me", "text": "Brot & Züge 🚂", "other_text": ["mia.example", "Mia Beispiel"],
                     "details": {"bio": "Brot & Züge 🚂", "username": "mia.example", "name": "Mia Beispiel", "is_private": false,
                                 "birth_date": "1990-06-15", "date_joined": "2016-08-01T00:00:00", "email": "mia@mail.example", "gender": "female"}}]),
        );
    }

    #[test]
    fn events_of_the_account() {
        let at = json!({"ms": AT, "precision": "s"});
        let login = |subkind: &str| {
            json!([{"kind": "login", "subkind": subkind, "at": at, "author": "me", "other_text": ["192.0.2.7", "Browser 1.0"],
                    "details": {"ip_address": "192.0.2.7", "user_agent": "Browser 1.0", "cookie_name": "*abc", "language_code": "de"}}])
        };
        let element = r#"{"cookie_name": "*abc", "ip_address": "192.0.2.7", "language_code": "de", "timestamp": "2019-06-01T03:57:10+00:00",
            "user_agent": "Browser 1.0", "device_id": null}"#;
        check("account_history.json", "login_history", element, &login("login"));
        check("account_history.json", "logout_history", element, &login("logout"));
        let signup = r#"{"registration_username": "mia_first", "ip_address": "192.0.2.7", "registration_time": "1970-01-01T00:00:00+00:00",
            "registration_email": "mia@mail.example", "registration_phone_number": null, "device_name": "Phone 6"}"#;
        check(
            "account_history.json",
            "registration_info",
            signup,
            &json!([{"kind": "login", "subkind": "signup", "author": "me",
                     "other_text": ["192.0.2.7", "Phone 6", "mia_first", "mia@mail.example"],
                     "details": {"ip_address": "192.0.2.7", "device": "Phone 6", "username": "mia_first", "email": "mia@mail.example",
                                 "registration_time": "1970-01-01T00:00:00+00:00"}}]),
        );
        check(
            "logins.json",
            "",
            r#"{"text": "Berlin", "timestamp": "2019-06-01T03:57:10+00:00"}"#,
            &json!([{"kind": "login", "subkind": "login", "at": at, "author": "me", "text": "Berlin"}]),
        );
        check(
            "devices.json",
            "mobile",
            r#"{"model": "Phone 6", "last_login": "2019-06-01T03:57:10+00:00"}"#,
            &json!([{"kind": "login", "subkind": "device", "at": at, "author": "me", "other_text": ["Phone 6", "2019-06-01T03:57:10+00:00"],
                     "details": {"list": "mobile", "model": "Phone 6"}}]),
        );
    }

    #[test]
    fn what_is_inferred_and_set() {
        check(
            "information_about_you.json",
            "",
            r#"{"primary_location": {"city_name": "Berlin"}, "inferred_emails": ["a@mail.example", "b@mail.example"]}"#,
            &json!([{"kind": "interest", "subkind": "based_in", "text": "Berlin", "place": "Berlin"},
                    {"kind": "interest", "subkind": "possible_email", "text": "a@mail.example"},
                    {"kind": "interest", "subkind": "possible_email", "text": "b@mail.example"}]),
        );
        check(
            "settings.json",
            "",
            r#"{"allow_comments_from": "Everyone", "blocked_commenters": ["ann_example"], "filtered_keywords": ["gluten", "keto"]}"#,
            &json!([{"kind": "setting", "subkind": "comments_allowed_from", "author": "me", "text": "Everyone"},
                    {"kind": "setting", "subkind": "blocked_commenter", "author": "me", "counterpart": {"handle": "ann_example"}},
                    {"kind": "setting", "subkind": "filtered_keyword", "author": "me", "text": "gluten"},
                    {"kind": "setting", "subkind": "filtered_keyword", "author": "me", "text": "keto"}]),
        );
        check(
            "ads_interests.json",
            "",
            r#"{"text": "Baking", "timestamp": "2019-06-01T03:57:10+00:00"}"#,
            &json!([{"kind": "interest", "subkind": "ads_interest", "at": {"ms": AT, "precision": "s"}, "text": "Baking"}]),
        );
    }
}
