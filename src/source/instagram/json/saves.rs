//! Saved posts, songs and places, and the collections they lie in (format reference §1.C4).

use super::element::Element;
use super::person::{is_handle, who};
use super::scope::shortened;
use super::target::{describe, take_targets};
use super::{Fate, Json, Scope};
use crate::model::{Item, Kind, Who};
use crate::source::instagram::labels::Label;

const SAVE_TIMES: &[Label] =
    &[Label::SavedOn, Label::AddedTime, Label::SharedBy, Label::Time, Label::UpdateTime, Label::CreationTime];

/// `saved_posts`: `Shared by` {link, owner, time} in 2022, `Saved on` {link, time} below the owner's name from 2023, then S6.
pub fn saved_post(json: &Json, scope: &mut Scope<'_>) -> Fate {
    match Element::open(json) {
        Ok(element) => Fate::from(save(element, scope)),
        Err(fate) => fate,
    }
}

/// `saved_music`: the song is what was saved, the artist others' words.
pub fn saved_music(json: &Json, scope: &mut Scope<'_>) -> Fate {
    read_thing(json, scope, "saved_music", &[Label::Song, Label::Title, Label::Name])
}

/// `saved_locations`: places.
pub fn saved_location(json: &Json, scope: &mut Scope<'_>) -> Fate {
    read_thing(json, scope, "saved_location", &[Label::Name, Label::Location, Label::Title])
}

/// `saved_collections`, in both shapes. In the flat list a row without any link opens a collection and the rows that
/// follow lie in it; the word in `title` is localised and says nothing. In S6 a collection holds its posts.
pub fn saved_collection(json: &Json, scope: &mut Scope<'_>) -> Fate {
    let element = match Element::open(json) {
        Ok(element) => element,
        Err(fate) => return fate,
    };
    if json.get("label_values").is_some() {
        return nested_collection(element, scope);
    }
    if element.fields.0.iter().all(|field| field.link.is_none()) {
        return Fate::from(head_row(element, scope));
    }
    let mut item = save(element, scope);
    item.details.push_some("collection", scope.collection.clone());
    Fate::from(item)
}

fn save(mut element: Element<'_>, scope: &mut Scope<'_>) -> Item {
    let mut item = new_save();
    item.at = element.take_time(SAVE_TIMES);
    item.external_id = element.take_id();
    item.url = element.take_link(&[Label::SavedOn, Label::SharedBy, Label::Url, Label::Name]).map(str::to_owned);
    // The owner stands in the same value as the link: below "Shared by" or "Name", or as the element's title.
    let owner = element.take_text(&[Label::SharedBy, Label::Name, Label::Username]);
    let owner = owner.or_else(|| element.title.take()).or_else(|| element.take_text(&[Label::Author]));
    item.counterpart = owner.and_then(who);
    describe(&mut element.fields, &mut item, scope);
    if item.counterpart.is_none() {
        let texts = element.guess_texts();
        item.counterpart = texts.into_iter().find(|text| is_handle(text)).and_then(who);
    }
    element.finish(item, scope)
}

fn new_save() -> Item {
    let mut item = Item::new(Kind::Save);
    item.author = Some(Who::Me);
    item
}

fn read_thing(json: &Json, scope: &mut Scope<'_>, subkind: &str, names: &[Label]) -> Fate {
    Element::one(json, |mut element| {
        let mut item = new_save();
        item.subkind = Some(subkind.to_owned());
        item.at = element.take_time(SAVE_TIMES);
        item.external_id = element.take_id();
        item.text = element.take_text(names).or_else(|| element.title.take()).map(str::to_owned);
        if item.text.is_none() {
            item.text = element.guess_texts().first().map(|&text| text.to_owned());
        }
        if let Some(artist) = element.take_text(&[Label::Artist]) {
            item.details.push("artist", artist);
            item.other_text.push(artist.to_owned());
        }
        item.url = element.take_link(&[Label::Url]).or_else(|| element.guess_link()).map(str::to_owned);
        if let Some((latitude, longitude)) = element.take_coordinates(Label::Latitude, Label::Longitude) {
            item.latitude = Some(latitude);
            item.longitude = Some(longitude);
        }
        if subkind == "saved_location" {
            item.place.clone_from(&item.text);
        }
        element.finish(item, scope)
    })
}

fn head_row(mut element: Element<'_>, scope: &mut Scope<'_>) -> Item {
    let mut item = Item::new(Kind::Collection);
    item.author = Some(Who::Me);
    item.text = element.take_text(&[Label::Name]).map(str::to_owned);
    if item.text.is_none() {
        item.text = element.guess_typed().first().map(|&text| text.to_owned());
    }
    // Creation comes before update in every language.
    item.at = element.take_time(&[Label::CreationTime]);
    scope.collection = item.text.as_deref().map(|name| shortened(name).into_owned());
    element.finish(item, scope)
}

fn nested_collection(mut element: Element<'_>, scope: &mut Scope<'_>) -> Fate {
    let mut item = Item::new(Kind::Collection);
    item.author = Some(Who::Me);
    item.external_id = element.take_id();
    item.text = element.take_text(&[Label::Name, Label::Title]).map(str::to_owned);
    if item.text.is_none() {
        item.text = element.guess_typed().first().map(|&text| text.to_owned());
    }
    item.at = element.take_time_of(&[Label::CreationTime]);
    item.at = item.at.or_else(|| element.take_time(&[Label::UpdateTime]));
    let saves = take_targets(&mut element.fields).into_iter().map(|member| {
        let mut save = new_save();
        save.details.push_some("collection", item.text.clone());
        let mut member = Element::of_group(member);
        describe(&mut member.fields, &mut save, scope);
        member.finish(save, scope)
    });
    let saves: Vec<Item> = saves.collect();
    let mut items = vec![element.finish(item, scope)];
    items.extend(saves);
    Fate::Items(items)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{check, read_all};

    const AT: i64 = 1_650_000_000_000;
    const URL: &str = "https://www.instagram.com/p/Cq1w2e3r4t5/";

    #[test]
    fn saves_of_all_eras_are_one() {
        let expected = json!([{"kind": "save", "at": {"ms": AT, "precision": "s"}, "author": "me", "counterpart": {"handle": "ann_example"}, "url": URL}]);
        for element in [
            r#"{"title": "", "string_map_data": {"Shared by": {"href": "https://www.instagram.com/p/Cq1w2e3r4t5/", "value": "ann_example", "timestamp": 1650000000}}}"#,
            r#"{"title": "ann_example", "string_map_data": {"Saved on": {"href": "https://www.instagram.com/p/Cq1w2e3r4t5/", "timestamp": 1650000000}}}"#,
            r#"{"title": "ann_example", "string_map_data": {"Opgeslagen op": {"href": "https://www.instagram.com/p/Cq1w2e3r4t5/", "timestamp": 1650000000}}}"#,
        ] {
            check("saved/saved_posts.json", "saved_saved_media", element, &expected);
        }
        check(
            "saved/saved_posts.json",
            "saved_saved_media",
            r#"{"title": "ann_example", "string_map_data": {"Noiz": {"href": "https://www.instagram.com/p/Cq1w2e3r4t5/", "timestamp": 1650000000}}}"#,
            &json!([{"kind": "save", "at": {"ms": AT, "precision": "s"}, "author": "me", "counterpart": {"handle": "ann_example"}, "url": URL,
                     "details": {"Noiz": {"url": URL, "time": "2022-04-15T05:20:00Z"}}}]),
        );
    }

    #[test]
    fn rows_after_a_head_lie_in_its_collection() {
        let read = |head: &str, member: &str| {
            let (items, _) =
                read_all("saved/saved_collections.json", "saved_saved_collections", &[head, member, head, head]);
            let kinds: Vec<_> = items.iter().map(|item| (item["kind"].clone(), item["text"].clone())).collect();
            let bread = (json!("collection"), json!("Bread"));
            assert_eq!(kinds, [bread.clone(), (json!("save"), json!(null)), bread.clone(), bread]);
            assert_eq!(items[1]["details"]["collection"], json!("Bread"));
            assert_eq!(items[1]["counterpart"], json!({"handle": "baker_example"}));
            assert_eq!(items[1]["url"], json!(URL));
            assert_eq!(items[1]["at"]["ms"], json!(AT));
            assert_eq!(items[0]["at"]["ms"], json!(AT - 9_000));
        };
        read(
            r#"{"title": "Collection", "string_map_data": {"Name": {"value": "Bread"}, "Creation Time": {"timestamp": 1649999991}, "Update Time": {"timestamp": 1650000500}}}"#,
            r#"{"string_map_data": {"Name": {"href": "https://www.instagram.com/p/Cq1w2e3r4t5/", "value": "baker_example"}, "Added Time": {"timestamp": 1650000000}}}"#,
        );
        read(
            r#"{"title": "Sammlung", "string_map_data": {"Bezeichnung": {"value": "Bread"}, "Angelegt": {"timestamp": 1649999991}, "Erneuert": {"timestamp": 1650000500}}}"#,
            r#"{"string_map_data": {"Bezeichnung": {"href": "https://www.instagram.com/p/Cq1w2e3r4t5/", "value": "baker_example"}, "Dazu": {"timestamp": 1650000000}}}"#,
        );
    }

    #[test]
    fn a_labelled_collection_holds_its_saves() {
        for (name, update, media, details) in [
            ("Name", "Update time", "Media", json!({"type": "Media", "privacy": "Private"})),
            ("이름", "업데이트 시간", "뜻밖의 라벨", json!({"type": "Media", "privacy": "Private"})),
        ] {
            let element = format!(
                r#"{{"fbid": "18000000000000009", "label_values": [{{"label": "{name}", "value": "Bread"}}, {{"label": "Type", "value": "Media"}},
                    {{"label": "Privacy", "value": "Private"}}, {{"label": "{update}", "timestamp_value": 1650000000}},
                    {{"title": "{media}", "dict": [{{"title": "", "dict": [{{"label": "URL", "value": "https://www.instagram.com/p/Cq1w2e3r4t5/"}},
                        {{"label": "Caption", "value": "Rye"}}, {{"title": "Owner", "dict": [{{"title": "", "dict": [{{"label": "Username", "value": "baker_example"}}]}}]}}]}}]}}]}}"#
            );
            check(
                "your_instagram_activity/saved/saved_collections.json",
                "",
                &element,
                &json!([
                    {"kind": "collection", "at": {"ms": AT, "precision": "s"}, "author": "me", "text": "Bread", "external_id": "18000000000000009", "details": details},
                    {"kind": "save", "author": "me", "counterpart": {"handle": "baker_example"}, "other_text": ["Rye"], "url": URL, "details": {"collection": "Bread"}},
                ]),
            );
        }
    }

    #[test]
    fn songs_and_places_can_be_saved() {
        check(
            "saved/saved_music.json",
            "saved_saved_music",
            r#"{"title": "", "string_map_data": {"Song Name": {"value": "Slow Rise"}, "Artist Name": {"value": "The Starters"}, "Created At": {"timestamp": 1650000000}}}"#,
            &json!([{"kind": "save", "subkind": "saved_music", "at": {"ms": AT, "precision": "s"}, "author": "me", "text": "Slow Rise",
                     "other_text": ["The Starters"], "details": {"artist": "The Starters"}}]),
        );
    }
}
