//! What was searched for (format reference §1.C6).

use super::element::Element;
use super::person::{handle_of_link, is_handle};
use super::{Fate, Json, Scope};
use crate::model::{Detail, Item, Kind, Who};
use crate::source::instagram::dates;
use crate::source::instagram::labels::Label;

pub fn profile_search(json: &Json, scope: &mut Scope<'_>) -> Fate {
    read(json, scope, Some("profile_search"))
}

pub fn keyword_search(json: &Json, scope: &mut Scope<'_>) -> Fate {
    read(json, scope, Some("keyword_search"))
}

pub fn tag_search(json: &Json, scope: &mut Scope<'_>) -> Fate {
    read(json, scope, Some("tag_search"))
}

pub fn place_search(json: &Json, scope: &mut Scope<'_>) -> Fate {
    read(json, scope, Some("place_search"))
}

/// `recent_searches`: one file for all sorts.
pub fn search(json: &Json, scope: &mut Scope<'_>) -> Fate {
    read(json, scope, None)
}

/// S2 `Search` and `Time`, S3 with the user in the title (mixed into the same list), S6 with a term and a time.
fn read(json: &Json, scope: &mut Scope<'_>, subkind: Option<&str>) -> Fate {
    match Element::each_row(json, |element| one(element, scope, subkind)) {
        Fate::Items(items) if items.iter().all(is_for_nothing) => Fate::Kept(FOR_NOTHING),
        fate => fate,
    }
}

/// Why a search without any words is no record.
pub const FOR_NOTHING: &str = "a search for nothing";

/// Whether neither words nor a link nor a name say what was searched for: there are but ids, times and marks of the sort.
pub fn is_for_nothing(item: &Item) -> bool {
    let is_blank = |text: &String| text.trim().is_empty();
    let is_mark = |(name, detail): &(String, Detail)| match detail {
        Detail::Text(text) => {
            is_blank(text)
                || matches!(name.as_str(), "type" | "on" | "app" | "time_zone")
                || name == "fbid" && text.bytes().all(|b| b.is_ascii_digit() || b == b':' || b == b'_')
                || dates::read(text).is_some()
        }
        Detail::List(_) | Detail::Map(_) => false,
        _ => true,
    };
    item.text.iter().chain(&item.url).chain(&item.other_text).all(is_blank)
        && item.counterpart.is_none()
        && item.media.is_empty()
        && item.details.0.iter().all(is_mark)
}

fn one(mut element: Element<'_>, scope: &mut Scope<'_>, subkind: Option<&str>) -> Item {
    let mut item = Item::new(Kind::Search);
    item.subkind = subkind.map(str::to_owned);
    item.author = Some(Who::Me);
    item.at = element.take_time(&[Label::Time, Label::UpdateTime]);
    let known = element.take_text(&[Label::Search, Label::Text, Label::Username, Label::Name, Label::Title]);
    let term = known.or_else(|| element.take_unlabelled()).or_else(|| element.title.take());
    item.text = term.or_else(|| element.guess_typed().first().copied()).map(str::to_owned);
    item.url = element.take_link(&[Label::Url]).or_else(|| element.guess_link()).map(str::to_owned);
    if subkind == Some("profile_search") {
        let of_text = item.text.as_deref().map(str::trim).filter(|text| is_handle(text));
        let of_link = item.url.as_deref().and_then(handle_of_link);
        let handle = of_text.or(of_link).map(str::to_owned);
        item.text = item.text.or_else(|| handle.clone());
        item.counterpart = handle.map(Who::Handle);
    }
    element.finish(item, scope)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::check;

    const AT: i64 = 1_650_000_000_000;

    #[test]
    fn a_search_for_nothing_is_kept_and_told() {
        let learnt = crate::source::Learnt::default();
        let nothing = [
            r#"{"string_map_data": {"Search": {"href": "", "value": "", "timestamp": 0}, "Time": {"href": "", "value": "", "timestamp": 1650000000}}}"#,
            r#"{"title": "", "string_list_data": [{"href": "", "value": " ", "timestamp": 1650000000}]}"#,
            r#"{"timestamp": 1650000000, "label_values": [{"label": "Search term", "value": ""}]}"#,
        ];
        for (path, list) in [
            ("recent_searches/tag_searches.json", "searches_hashtag"),
            ("recent_searches/word_or_phrase_searches.json", "searches_keyword"),
            ("recent_searches/profile_searches.json", "searches_user"),
        ] {
            for element in nothing {
                let mut scope = super::Scope::new(path, list, &learnt);
                let fate = super::tag_search(&super::super::testing::json(element), &mut scope);
                assert!(matches!(fate, super::Fate::Kept("a search for nothing")), "{path}: {element}: {fate:?}");
            }
        }
    }

    #[test]
    fn searches_of_all_shapes() {
        let user = |url: Option<&str>| {
            let mut item = json!({"kind": "search", "subkind": "profile_search", "at": {"ms": AT, "precision": "s"}, "author": "me",
                                  "counterpart": {"handle": "ann_example"}, "text": "ann_example"});
            if let Some(url) = url {
                item["url"] = json!(url);
            }
            json!([item])
        };
        let path = "logged_information/recent_searches/profile_searches.json";
        check(
            path,
            "searches_user",
            r#"{"title": "", "media_map_data": {}, "string_map_data": {"Search": {"href": "", "value": "ann_example", "timestamp": 0}, "Time": {"href": "", "value": "", "timestamp": 1650000000}}}"#,
            &user(None),
        );
        check(
            path,
            "searches_user",
            r#"{"title": "ann_example", "string_list_data": [{"href": "https://www.instagram.com/ann_example", "timestamp": 1650000000}]}"#,
            &user(Some("https://www.instagram.com/ann_example")),
        );
        for (search, time) in [("Search", "Time"), ("Cerca", "Orario"), ("검색어", "시간")] {
            let element = format!(
                r#"{{"string_map_data": {{"{search}": {{"value": "sourdough"}}, "{time}": {{"timestamp": 1650000000}}}}}}"#
            );
            check(
                "recent_searches/word_or_phrase_searches.json",
                "searches_keyword",
                &element,
                &json!([{"kind": "search", "subkind": "keyword_search", "at": {"ms": AT, "precision": "s"}, "author": "me", "text": "sourdough"}]),
            );
        }
        check(
            "recent_searches/word_or_phrase_searches.json",
            "searches_keyword",
            r#"{"string_map_data": {"Suchwort": {"value": "2024"}, "Wann": {"timestamp": 1650000000}}}"#,
            &json!([{"kind": "search", "subkind": "keyword_search", "at": {"ms": AT, "precision": "s"}, "author": "me", "text": "2024",
                     "details": {"Suchwort": "2024", "Wann": "2022-04-15T05:20:00Z"}}]),
        );
        for (term, update) in [("Search term", "Update time"), ("검색어", "업데이트 시간")] {
            let element = format!(
                r#"{{"media": [], "fbid": "1:2", "label_values": [{{"label": "{term}", "value": "sourdough"}}, {{"label": "{update}", "timestamp_value": 1650000000}}]}}"#
            );
            check(
                "logged_information/recent_searches/recent_searches.json",
                "",
                &element,
                &json!([{"kind": "search", "at": {"ms": AT, "precision": "s"}, "author": "me", "text": "sourdough", "details": {"fbid": "1:2"}}]),
            );
        }
    }
}
