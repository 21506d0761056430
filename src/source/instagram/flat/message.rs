//! One row of a flat conversation (format reference §4.6). What kind of message it is follows from its members; they get the
//! subkinds and fields that the messages of later years have.

use super::row::{Row, read_time};
use crate::model::{Item, Kind, MediaRef, Reaction, Share, Who};
use crate::source::instagram::json::leftover::detail_of;
use crate::source::instagram::json::person::{is_link, who};
use crate::source::instagram::json::{Fate, Json, Scope};

/// Members that stay in the details under their names.
const EXPECTED: [&str; 20] = [
    "created_at",
    "text",
    "heart",
    "likes",
    "media",
    "media_url",
    "media_owner",
    "media_share_caption",
    "media_share_url",
    "voice_media",
    "animated_media_images",
    "is_random",
    "user",
    "link",
    "address",
    "city",
    "latitude",
    "longitude",
    "story_share_type",
    "location_name",
];

/// Reads a message, or says why it is none.
pub(super) fn read(json: &Json, scope: &mut Scope<'_>) -> Fate {
    if !json.is_object() {
        return Fate::Bad("a message should be an object, and this is a list".to_owned());
    }
    let mut row = match Row::open(json, &[]) {
        Ok(row) => row,
        Err(fate) => return fate,
    };
    let mut item = Item::new(Kind::Message);
    item.author = row.take_text(&["sender"]).and_then(who);
    item.at = row.take_time(&["created_at"], scope);
    item.text = row.take_text(&["text"]).map(str::to_owned);
    take_likes(&mut row, json, &mut item, scope);
    take_media(&mut row, &mut item, scope);
    take_share(&mut row, &mut item);
    take_place(&mut row, json, &mut item);
    let heart = row.take("heart").and_then(heart);
    let call = row.take_text(&["video_call_action"]);
    let action = row.take_text(&["action"]);
    item.details.push_some("video_call_action", call);
    item.details.push_some("action", action);
    for said in [action, call, heart].into_iter().flatten() {
        item.text.get_or_insert_with(|| said.to_owned());
    }
    let subkind = if action.is_some() {
        "system"
    } else if call.is_some() {
        "call"
    } else if item.share.is_some() || item.place.is_some() || item.latitude.is_some() {
        "share"
    } else if !item.media.is_empty() {
        "media"
    } else if item.text.is_some() {
        "text"
    } else {
        "unavailable"
    };
    item.subkind = Some(subkind.to_owned());
    let is_empty = item.author.is_none() && item.at.is_none() && item.text.is_none() && subkind == "unavailable";
    if is_empty {
        return Fate::Bad("it has neither a sender nor a time nor words".to_owned());
    }
    Fate::from(row.finish(item, scope, &EXPECTED))
}

/// A heart that was sent as a message: the character, or only the fact.
fn heart(json: &Json) -> Option<&str> {
    match json {
        Json::Null | Json::Bool(false) => None,
        other => Some(other.as_filled_text().filter(|text| !text.is_ascii()).unwrap_or("❤")),
    }
}

/// `[{username, date}]`, or names alone. A like of a message is the reaction ❤ of later years.
fn take_likes(row: &mut Row<'_>, json: &Json, item: &mut Item, scope: &Scope<'_>) {
    let like = |like: &Json| {
        let actor = like.get("username").unwrap_or(like).as_filled_text().and_then(who)?;
        let at = like.get("date").and_then(|date| read_time(date, scope)).map(|read| read.at);
        Some(Reaction { actor, reaction: "❤".to_owned(), at })
    };
    let likes = json.get("likes").map(Json::elements).unwrap_or_default();
    let Some(reactions) = likes.iter().map(like).collect::<Option<Vec<Reaction>>>().filter(|likes| !likes.is_empty())
    else {
        return;
    };
    row.take("likes");
    for reaction in reactions {
        if item.reactions.iter().all(|known| known.actor != reaction.actor) {
            item.reactions.push(reaction);
        }
    }
}

/// Web addresses of media. Where there is only a notice, and beside every address (they expired long ago), the file is the
/// one that was taken up in the same second.
fn take_media(row: &mut Row<'_>, item: &mut Item, scope: &Scope<'_>) {
    let mut had_media = false;
    for (name, role) in [("media", None), ("media_url", None), ("voice_media", Some("voice"))] {
        let Some(text) = row.take_text(&[name]) else { continue };
        had_media = true;
        if is_link(text) {
            let path = text.to_owned();
            item.media.push(MediaRef { path, role: role.map(str::to_owned), ..MediaRef::default() });
        } else {
            item.details.push(name, text);
        }
    }
    let files = item.at.and_then(|at| scope.learnt.direct_media.get(&at.utc_ms().div_euclid(1_000)));
    if let Some(files) = files.filter(|_| had_media) {
        let medium = |path: &String| MediaRef { path: path.clone(), ..MediaRef::default() };
        item.media.extend(files.iter().map(medium));
        item.details.push("media_matched_by", "time");
    }
    if let Some(images) = row.take("animated_media_images") {
        let address = |form: &str, member: &str| images.get(form)?.get(member)?.as_filled_text();
        let best = address("original", "mp4")
            .or_else(|| address("downsized_large", "url"))
            .or_else(|| address("fixed_height_still", "url"))
            .or_else(|| images.members().iter().find_map(|(_, form)| form.get("url")?.as_filled_text()));
        if let Some(path) = best {
            let role = Some("gif".to_owned());
            item.media.push(MediaRef { path: path.to_owned(), role, ..MediaRef::default() });
        }
        item.details.push_some("animated_media_images", detail_of(images));
    }
}

/// Posts, stories, profiles, links and live videos that were passed on. The caption is somebody else's text.
fn take_share(row: &mut Row<'_>, item: &mut Item) {
    let mut share = Share {
        url: row.take_text(&["media_share_url", "link"]).map(str::to_owned),
        text: row.take_text(&["media_share_caption"]).map(str::to_owned),
        owner: row.take_text(&["media_owner"]).map(str::to_owned),
    };
    let mut is_share = share != Share::default();
    for name in ["story_share", "live_video_share", "live_video_invite"] {
        if let Some(sentence) = row.take_text(&[name]) {
            is_share = true;
            item.details.push(name, sentence);
            item.other_text.push(sentence.to_owned());
            if name == "story_share" {
                share.owner = share.owner.or_else(|| owner_in(sentence).map(str::to_owned));
            }
        }
    }
    for name in ["profile_share_username", "profile_share_name", "mentioned_username"] {
        if let Some(text) = row.take_text(&[name]) {
            is_share = true;
            item.details.push(name, text);
            item.other_text.push(text.to_owned());
        }
    }
    if is_share {
        item.share = Some(share);
    }
}

/// Whose story it was, in "Shared ann's story".
fn owner_in(sentence: &str) -> Option<&str> {
    let owner =
        sentence.split_whitespace().find_map(|word| word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")));
    owner.filter(|owner| matches!(who(owner), Some(Who::Handle(_))))
}

fn take_place(row: &mut Row<'_>, json: &Json, item: &mut Item) {
    item.place = row.take_text(&["location_name"]).map(str::to_owned);
    for name in ["address", "city"] {
        if let Some(text) = row.take_text(&[name]) {
            item.details.push(name, text);
            item.other_text.push(text.to_owned());
            item.place.get_or_insert_with(|| text.to_owned());
        }
    }
    let number = |name: &str, limit: f64| json.get(name)?.as_float().filter(|number| number.abs() <= limit);
    if let (Some(latitude), Some(longitude)) = (number("latitude", 90.0), number("longitude", 180.0))
        && (latitude, longitude) != (0.0, 0.0)
    {
        row.take("latitude");
        row.take("longitude");
        item.latitude = Some(latitude);
        item.longitude = Some(longitude);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::*;
    use crate::source::Learnt;

    /// Reads a message of Ann's with these members and compares what they add to it.
    fn check(members: &str, expected: &Value) {
        let direct = BTreeMap::from([(1_580_752_800, vec!["direct/202002/a.jpg".to_owned()])]);
        let learnt = Learnt { direct_media: Arc::new(direct), ..Learnt::default() };
        let mut scope = Scope::new("messages.json", "conversation", &learnt);
        let row =
            format!(r#"{{"sender": "ann_example", "created_at": "2020-02-03T18:00:00.123456+00:00", {members}}}"#);
        let fate = read(&serde_json::from_str(&row).expect("JSON"), &mut scope);
        let Fate::Items(items) = fate else { panic!("{members}: {fate:?}") };
        let mut item = serde_json::to_value(&items[0]).expect("items are JSON");
        let known = item.as_object_mut().expect("an object");
        assert_eq!(known.remove("kind"), Some(json!("message")));
        assert_eq!(known.remove("at"), Some(json!({"ms": 1_580_752_800_123_i64, "precision": "ms"})));
        assert_eq!(known.remove("author"), Some(json!({"handle": "ann_example"})));
        assert_eq!(&item, expected, "{members}");
        assert!(scope.unknown_labels.is_empty(), "{:?}", scope.unknown_labels);
    }

    #[test]
    fn words_and_hearts() {
        check(r#""text": "Kommst du? 😀""#, &json!({"subkind": "text", "text": "Kommst du? 😀"}));
        check(r#""heart": "❤️""#, &json!({"subkind": "text", "text": "❤️"}));
        check(
            r#""text": "Ja", "likes": [{"username": "mia.example", "date": "2020-02-03T18:01:00+00:00"}, {"username": "mia.example", "date": "2020-02-03T18:01:00+00:00"}]"#,
            &json!({"subkind": "text", "text": "Ja", "reactions": [
                {"actor": {"handle": "mia.example"}, "reaction": "❤", "at": {"ms": 1_580_752_860_000_i64, "precision": "s"}}]}),
        );
        check(r#""text": null"#, &json!({"subkind": "unavailable"}));
        check(
            r#""action": "ann_example named the group Crew.""#,
            &json!({"subkind": "system", "text": "ann_example named the group Crew.",
            "details": {"action": "ann_example named the group Crew."}}),
        );
        check(
            r#""video_call_action": "ann_example started a video chat""#,
            &json!({"subkind": "call", "text": "ann_example started a video chat",
            "details": {"video_call_action": "ann_example started a video chat"}}),
        );
    }

    #[test]
    fn media_of_the_same_second() {
        check(
            r#""media": "Media unavailable.""#,
            &json!({"subkind": "media", "media": [{"path": "direct/202002/a.jpg"}],
                    "details": {"media": "Media unavailable.", "media_matched_by": "time"}}),
        );
        check(
            r#""voice_media": "https://voice.example/1""#,
            &json!({"subkind": "media", "media": [{"path": "https://voice.example/1", "role": "voice"}, {"path": "direct/202002/a.jpg"}],
                    "details": {"media_matched_by": "time"}}),
        );
        check(
            r#""animated_media_images": {"original": {"mp4": "https://gif.example/1.mp4"}}, "is_random": false, "user": {"username": "gifs"}"#,
            &json!({"subkind": "media", "media": [{"path": "https://gif.example/1.mp4", "role": "gif"}],
                    "details": {"animated_media_images": {"original": {"mp4": "https://gif.example/1.mp4"}}, "is_random": false, "user": {"username": "gifs"}}}),
        );
    }

    #[test]
    fn what_is_passed_on() {
        check(
            r#""text": null, "media_owner": "ben_example", "media_share_caption": "Rye", "media_share_url": "https://www.instagram.com/p/Cabc/""#,
            &json!({"subkind": "share", "share": {"url": "https://www.instagram.com/p/Cabc/", "text": "Rye", "owner": "ben_example"}}),
        );
        check(
            r#""text": "Schön!", "story_share": "Shared ben_example's story", "story_share_type": "reply""#,
            &json!({"subkind": "share", "text": "Schön!", "share": {"owner": "ben_example"}, "other_text": ["Shared ben_example's story"],
                    "details": {"story_share": "Shared ben_example's story", "story_share_type": "reply"}}),
        );
        check(
            r#""profile_share_username": "ben_example", "profile_share_name": "Ben""#,
            &json!({"subkind": "share", "share": {}, "other_text": ["ben_example", "Ben"],
                    "details": {"profile_share_username": "ben_example", "profile_share_name": "Ben"}}),
        );
        check(
            r#""link": "https://brot.example/""#,
            &json!({"subkind": "share", "share": {"url": "https://brot.example/"}}),
        );
        check(
            r#""live_video_invite": "Invited you to a live video""#,
            &json!({"subkind": "share", "share": {}, "other_text": ["Invited you to a live video"],
                    "details": {"live_video_invite": "Invited you to a live video"}}),
        );
        check(
            r#""location_name": "Anleger", "address": "Hafen 1", "city": "Wyk", "latitude": 54.69, "longitude": 8.57"#,
            &json!({"subkind": "share", "place": "Anleger", "latitude": 54.69, "longitude": 8.57, "other_text": ["Hafen 1", "Wyk"],
                    "details": {"address": "Hafen 1", "city": "Wyk"}}),
        );
    }
}
