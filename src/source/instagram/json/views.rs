//! What was shown to the account, and what it said about that: impressions, "not interested" (format reference §1.C6).

use super::element::Element;
use super::person::{is_handle, who};
use super::target::{describe, take_post};
use super::{Fate, Json, Scope};
use crate::model::{Item, Kind, Who};
use crate::source::instagram::labels::Label;

macro_rules! views {
    ($($name:ident)*) => {$(
        pub fn $name(json: &Json, scope: &mut Scope<'_>) -> Fate {
            read(json, scope, Kind::View, stringify!($name))
        }
    )*};
}

views! { ad_viewed post_viewed video_watched profile_suggested story_viewed thread_viewed not_interested interest_feedback }

/// An advertisement that was clicked.
pub fn ad_clicked(json: &Json, scope: &mut Scope<'_>) -> Fate {
    read(json, scope, Kind::Ad, "ad_clicked")
}

/// S2: author and time. S3: title and time. S6: link, caption and owner. Without a known label the one text that can be a
/// user name is the author.
fn read(json: &Json, scope: &mut Scope<'_>, kind: Kind, subkind: &str) -> Fate {
    Element::each_row(json, |element| view(element, scope, kind, subkind))
}

fn view(mut element: Element<'_>, scope: &mut Scope<'_>, kind: Kind, subkind: &str) -> Item {
    let mut item = Item::new(kind);
    item.subkind = Some(subkind.to_owned());
    item.author = Some(Who::Me);
    item.at = element.take_time(&[Label::Time, Label::ImpressionTime, Label::UpdateTime]);
    // Of views `fbid` is a composite with the time in it; a plain one is the id of what was seen.
    item.external_id = element.take_id();
    let author = element.take_text(&[Label::Author, Label::Username, Label::MediaOwner]);
    item.counterpart = author.and_then(who);
    if kind == Kind::Ad {
        // The title of an advertisement is the advertiser's or a sentence of it, not a user name.
        item.text = element.title.take().or_else(|| element.take_text(&[Label::Title, Label::Name])).map(str::to_owned);
    }
    if subkind == "interest_feedback"
        && let Some(mut post) = take_post(&mut element.fields)
    {
        describe(&mut post, &mut item, scope);
        let rest = post.into_details(scope, &mut item.other_text);
        if !rest.is_empty() {
            item.details.push("post", rest);
        }
    }
    describe(&mut element.fields, &mut item, scope);
    let of_row =
        if item.counterpart.is_none() { element.title.take().or_else(|| element.take_unlabelled()) } else { None };
    // What was clicked on comes behind what was done; a feedback tells of the app's places, not of people.
    let texts = element.guess_texts();
    match (subkind, texts.as_slice()) {
        ("ad_clicked", [_, .., title]) if item.text.is_none() => item.text = Some((*title).to_owned()),
        ("ad_clicked" | "interest_feedback", _) if item.counterpart.is_none() => {
            item.counterpart = of_row.and_then(who);
        }
        _ if item.counterpart.is_none() => {
            let guessed = texts.iter().find(|text| is_handle(text)).copied();
            item.counterpart = of_row.or(guessed).and_then(who);
        }
        _ => {}
    }
    element.finish(item, scope)
}

/// A song that was heard in a story or put into one.
pub fn music_heard(json: &Json, scope: &mut Scope<'_>) -> Fate {
    Element::one(json, |mut element| {
        let mut item = Item::new(Kind::View);
        let is_used = [scope.path, scope.list].iter().any(|name| name.contains("music_recently_used"));
        item.subkind = Some(if is_used { "music_used" } else { "music_heard" }.to_owned());
        item.author = Some(Who::Me);
        item.at = element.take_time(&[Label::Time]);
        let texts = element.guess_texts();
        let song = element.take_text(&[Label::Song, Label::Title, Label::Name]).or_else(|| texts.first().copied());
        item.text = song.map(str::to_owned);
        if let Some(artist) = element.take_text(&[Label::Artist]) {
            item.details.push("artist", artist);
            item.other_text.push(artist.to_owned());
        }
        element.finish(item, scope)
    })
}

/// A message of the app itself.
pub fn app_message(json: &Json, scope: &mut Scope<'_>) -> Fate {
    Element::one(json, |mut element| {
        let mut item = Item::new(Kind::View);
        item.subkind = Some("app_message".to_owned());
        item.author = Some(Who::Me);
        item.at = element.take_time(&[Label::Time, Label::ImpressionTime]);
        let texts = element.guess_texts();
        let name = element
            .take_text(&[Label::MessageName])
            .or_else(|| element.title.take())
            .or_else(|| texts.first().copied());
        item.text = name.map(str::to_owned);
        element.finish(item, scope)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::check;

    const AT: i64 = 1_650_000_000_000;

    #[test]
    fn views_name_the_author() {
        let at = json!({"ms": AT, "precision": "s"});
        for (author, time) in [("Author", "Time"), ("Auteur", "Heure"), ("作者", "時間")] {
            let element = format!(
                r#"{{"string_map_data": {{"{author}": {{"value": "ann_example"}}, "{time}": {{"timestamp": 1650000000}}}}}}"#
            );
            check(
                "ads_information/ads_and_topics/posts_viewed.json",
                "impressions_history_posts_seen",
                &element,
                &json!([{"kind": "view", "subkind": "post_viewed", "at": at, "author": "me", "counterpart": {"handle": "ann_example"}}]),
            );
        }
        check(
            "ads_information/ads_and_topics/posts_viewed.json",
            "impressions_history_posts_seen",
            r#"{"string_map_data": {"Egilea": {"value": "ann_example"}, "Noiz": {"timestamp": 1650000000}}}"#,
            &json!([{"kind": "view", "subkind": "post_viewed", "at": at, "author": "me", "counterpart": {"handle": "ann_example"},
                     "details": {"Egilea": "ann_example", "Noiz": "2022-04-15T05:20:00Z"}}]),
        );
        check(
            "ads_information/ads_and_topics/ads_viewed.json",
            "",
            r#"{"timestamp": 1650000000, "fbid": "17841400000000001:18000000000000001:1650000000::DYIImpressionsData", "label_values": [
                {"label": "URL", "value": "https://www.instagram.com/p/Cabc/"}, {"label": "Ad library public URL", "value": "https://ads.example/1"},
                {"label": "Caption", "value": "Buy flour"}, {"title": "Owner", "dict": [{"title": "", "dict": [{"label": "Username", "value": "flour.example"}]}]}]}"#,
            &json!([{"kind": "view", "subkind": "ad_viewed", "at": at, "author": "me", "counterpart": {"handle": "flour.example"},
                     "other_text": ["Buy flour"], "url": "https://www.instagram.com/p/Cabc/",
                     "details": {"ad_library_url": "https://ads.example/1", "fbid": "17841400000000001:18000000000000001:1650000000::DYIImpressionsData"}}]),
        );
        check(
            "ads_information/ads_and_topics/posts_you're_interested_or_not_interested_in.json",
            "",
            r#"{"timestamp": 1650000000, "label_values": [{"label": "Feedback", "value": "Not interested"},
                {"title": "Post", "dict": [{"title": "", "dict": [{"label": "URL", "value": "https://www.instagram.com/p/Cabc/"},
                    {"label": "Caption", "value": "rye"}, {"title": "Owner", "dict": [{"title": "", "dict": [{"label": "Username", "value": "ann_example"}]}]}]}]}]}"#,
            &json!([{"kind": "view", "subkind": "interest_feedback", "at": at, "author": "me", "counterpart": {"handle": "ann_example"},
                     "other_text": ["rye"], "url": "https://www.instagram.com/p/Cabc/", "details": {"feedback": "Not interested"}}]),
        );
        check(
            "ads_and_topics/ads_clicked.json",
            "impressions_history_ads_clicked",
            r#"{"title": "Flour for all", "string_list_data": [{"timestamp": 1650000000}]}"#,
            &json!([{"kind": "ad", "subkind": "ad_clicked", "at": at, "author": "me", "text": "Flour for all"}]),
        );
        check(
            "ads_and_topics/music_heard_in_stories.json",
            "",
            r#"{"string_map_data": {"Canzone": {"value": "Slow Rise"}, "Artista": {"value": "The Starters"}, "Orario": {"timestamp": 1650000000}}}"#,
            &json!([{"kind": "view", "subkind": "music_heard", "at": at, "author": "me", "text": "Slow Rise", "other_text": ["The Starters"],
                     "details": {"artist": "The Starters"}}]),
        );
        check(
            "ads_and_topics/music_recently_used_in_stories.json",
            "",
            r#"{"string_map_data": {"Song": {"value": "Slow Rise"}, "Time": {"timestamp": 1650000000}}}"#,
            &json!([{"kind": "view", "subkind": "music_used", "at": at, "author": "me", "text": "Slow Rise"}]),
        );
    }
}
