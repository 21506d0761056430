//! The account's own content: posts, stories, reels, profile photos, posts of the Threads app (format reference §1.C2,
//! §1.C8, §1.E3).

use super::element::{Element, app_of};
use super::field::{Field, Shape};
use super::leftover::detail_of;
use super::logins::guess_coordinates;
use super::medium::Medium;
use super::{Fate, Json, Scope};
use crate::model::{Detail, Item, Kind, Moment, Who};
use crate::source::instagram::labels::Label;

pub fn post(json: &Json, scope: &mut Scope<'_>) -> Fate {
    read(json, scope, Kind::Post, None)
}

pub fn archived_post(json: &Json, scope: &mut Scope<'_>) -> Fate {
    read(json, scope, Kind::Post, Some("archived"))
}

pub fn deleted(json: &Json, scope: &mut Scope<'_>) -> Fate {
    read(json, scope, Kind::Post, Some("deleted"))
}

pub fn story(json: &Json, scope: &mut Scope<'_>) -> Fate {
    read(json, scope, Kind::Story, None)
}

pub fn reel(json: &Json, scope: &mut Scope<'_>) -> Fate {
    read(json, scope, Kind::Reel, None)
}

pub fn igtv(json: &Json, scope: &mut Scope<'_>) -> Fate {
    read(json, scope, Kind::Reel, Some("igtv"))
}

pub fn profile_photo(json: &Json, scope: &mut Scope<'_>) -> Fate {
    read(json, scope, Kind::ProfilePhoto, None)
}

fn read(json: &Json, scope: &mut Scope<'_>, kind: Kind, subkind: Option<&str>) -> Fate {
    let mut item = Item::new(kind);
    item.subkind = subkind.map(str::to_owned);
    item.author = Some(Who::Me);
    if json.get("label_values").is_some() {
        return read_labelled(json, scope, item);
    }
    if let Err(fate) = Element::open(json) {
        return fate;
    }
    let media = match json.get("media") {
        Some(Json::List(media)) => media.iter().collect(),
        _ if json.get("uri").is_some() => return read_bare(json, scope, item),
        _ => Vec::new(),
    };
    let media: Vec<Medium> = media.into_iter().map(|json| Medium::read(json, None)).collect();
    for medium in &media {
        medium.report(scope);
    }
    let title = json.get("title").and_then(Json::as_filled_text).map(str::to_owned);
    item.text = title.or_else(|| media.first().and_then(|medium| medium.title.clone()));
    item.at = time_of(json, &mut item).or_else(|| media.first().and_then(|medium| medium.at));
    for (name, value) in json.members() {
        let texts = || value.elements().iter().filter_map(Json::as_filled_text).map(str::to_owned);
        let is_read = match name.as_str() {
            // What only pages tell: who was tagged, and lines that are no caption.
            "tagged_users" | "more_text" if value.is_list() => {
                item.other_text.extend(texts());
                item.details.push(name, texts().collect::<Vec<_>>());
                true
            }
            "media" => value.is_list(),
            "title" => value.as_text().is_some(),
            "creation_timestamp" => true,
            _ => false,
        };
        if !is_read && let Some(detail) = detail_of(value) {
            scope.not_understood(name);
            item.details.push(name, detail);
        }
    }
    add_media(&mut item, media);
    finish(item, scope)
}

/// A story or profile photo: the medium itself is the element.
fn read_bare(json: &Json, scope: &mut Scope<'_>, mut item: Item) -> Fate {
    let medium = Medium::read(json, None);
    medium.report(scope);
    item.text.clone_from(&medium.title);
    item.at = medium.at;
    medium.add_to(&mut item);
    finish(item, scope)
}

/// `posts.json`: one entry for each post or medium, with labels in any language.
fn read_labelled(json: &Json, scope: &mut Scope<'_>, mut item: Item) -> Fate {
    let mut element = match Element::open(json) {
        Ok(element) => element,
        Err(fate) => return fate,
    };
    let media = element.take_media();
    for medium in &media {
        medium.report(scope);
    }
    item.external_id = element.take_id();
    item.at = element.take_own_time().or_else(|| media.first().and_then(|medium| medium.at));
    item.at = item.at.or_else(|| element.take_time(&[Label::CreationTime, Label::Time]));
    let caption = element.take_text(&[Label::Caption, Label::Text]).or_else(|| {
        // Words without any label, such as the title of a group on a page, are nobody's caption.
        let labelled = element.fields.0.iter().filter(|field| field.known.is_none() && !field.label.is_empty());
        let texts = labelled.filter(|field| field.shape() == Shape::Text).filter_map(Field::text);
        texts.max_by_key(|text| text.len())
    });
    item.text = caption.or_else(|| element.title.take()).map(str::to_owned);
    item.text = item.text.or_else(|| media.first().and_then(|medium| medium.title.clone()));
    item.url = element.take_link(&[Label::Url]).map(str::to_owned);
    let place = element.take_coordinates(Label::Latitude, Label::Longitude);
    if let Some((latitude, longitude)) = place.or_else(|| guess_coordinates(&element.fields)) {
        item.latitude = Some(latitude);
        item.longitude = Some(longitude);
    }
    add_media(&mut item, media);
    let item = element.finish(item, scope);
    Fate::from(with_kind_of_media(item))
}

/// The item's own time; a number that is none stays in the details.
fn time_of(json: &Json, item: &mut Item) -> Option<Moment> {
    let value = json.get("creation_timestamp")?;
    let moment = value.as_moment();
    if moment.is_none() && value.as_integer() != Some(0) {
        item.details.push_some("creation_timestamp", detail_of(value));
    }
    moment
}

/// One medium speaks for the whole item; of several each keeps what is said of it.
fn add_media(item: &mut Item, media: Vec<Medium>) {
    match <[Medium; 1]>::try_from(media) {
        Ok([medium]) => {
            let title = medium.title.clone().filter(|title| item.text.as_ref() != Some(title));
            let first = item.media.len();
            medium.add_to(item);
            match item.media.get_mut(first) {
                Some(own) => own.title = title,
                None => item.details.push_some("media_title", title),
            }
        }
        Err(media) => {
            let mut of_media: Vec<Detail> = Vec::new();
            for (index, medium) in media.into_iter().enumerate() {
                medium.add_to_several(item, index + 1, &mut of_media);
            }
            if !of_media.is_empty() {
                item.details.push("media", of_media);
            }
        }
    }
}

fn finish(mut item: Item, scope: &Scope<'_>) -> Fate {
    item.details.push_some("app", app_of(scope));
    Fate::from(with_kind_of_media(item))
}

/// A reel is a reel also where it is listed among posts, and deleted things tell by their folder what they were.
fn with_kind_of_media(mut item: Item) -> Item {
    if item.kind == Kind::Post {
        let is_in = |folder: &str| {
            item.media.iter().find(|medium| medium.role.is_none()).is_some_and(|medium| medium.path.contains(folder))
        };
        if is_in("/reels/") {
            item.kind = Kind::Reel;
        } else if is_in("/igtv/") {
            item.kind = Kind::Reel;
            item.subkind.get_or_insert_with(|| "igtv".to_owned());
        } else if is_in("/stories/") {
            item.kind = Kind::Story;
        }
    }
    item
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::check;

    const AT: i64 = 1_648_000_000_000;

    #[test]
    fn one_picture_has_its_caption_in_the_medium() {
        check(
            "your_instagram_activity/media/posts_1.json",
            "",
            r#"{"media": [{"uri": "media/posts/202203/1_2_3_n_17900000000000001.jpg", "creation_timestamp": 1648000000,
                "title": "Rye, day 3", "cross_post_source": {"source_app": "FB"}, "dubbing_info": [], "backup_uri": "media/other/b.jpg",
                "media_metadata": {"photo_metadata": {"exif_data": [{"latitude": 48.1, "longitude": 11.5}, {"iso": "50"}]},
                                   "camera_metadata": {"has_camera_metadata": false}}}]}"#,
            &json!([{
                "kind": "post", "at": {"ms": AT, "precision": "s"}, "author": "me", "text": "Rye, day 3",
                "latitude": 48.1, "longitude": 11.5,
                "media": [
                    {"path": "media/posts/202203/1_2_3_n_17900000000000001.jpg", "at": {"ms": AT, "precision": "s"}},
                    {"path": "media/other/b.jpg", "role": "backup"},
                ],
                "details": {"source_app": "FB", "camera": {"iso": "50", "has_camera_metadata": false}},
            }]),
        );
    }

    #[test]
    fn a_carousel_has_its_own_caption_and_time() {
        check(
            "content/posts_1.json",
            "",
            r#"{"media": [
                  {"uri": "media/posts/202203/a_17900000000000002.jpg", "creation_timestamp": 1647999990, "title": "",
                   "media_metadata": {"photo_metadata": {"exif_data": [{"latitude": 0, "longitude": 0}]}}},
                  {"uri": "media/posts/202203/b_17900000000000003", "creation_timestamp": 1647999991, "title": "the second",
                   "media_metadata": {"video_metadata": {"exif_data": [{"latitude": 52.5, "longitude": 13.4}], "music_genre": "jazz",
                       "subtitles": {"uri": "media/posts/202203/17900000000000009.srt", "creation_timestamp": 1648000000}}}}],
                "title": "Carousel", "creation_timestamp": 1648000000}"#,
            &json!([{
                "kind": "post", "at": {"ms": AT, "precision": "s"}, "author": "me", "text": "Carousel",
                "latitude": 52.5, "longitude": 13.4,
                "media": [
                    {"path": "media/posts/202203/a_17900000000000002.jpg", "at": {"ms": AT - 10_000, "precision": "s"}},
                    {"path": "media/posts/202203/b_17900000000000003", "at": {"ms": AT - 9_000, "precision": "s"}, "title": "the second"},
                    {"path": "media/posts/202203/17900000000000009.srt", "at": {"ms": AT, "precision": "s"}, "role": "subtitles"},
                ],
                "details": {"media": [
                    {"number": 1, "camera": {"latitude": 0, "longitude": 0}},
                    {"number": 2, "music_genre": "jazz"},
                ]},
            }]),
        );
    }

    #[test]
    fn folders_and_files_decide_the_kind() {
        let check = |file: &str, list: &str, uri: &str, kind: &str, subkind: Option<&str>| {
            let element =
                format!(r#"{{"media": [{{"uri": "{uri}", "creation_timestamp": 1648000000, "title": "T"}}]}}"#);
            let mut expected = json!({
                "kind": kind, "at": {"ms": AT, "precision": "s"}, "author": "me", "text": "T",
                "media": [{"path": uri, "at": {"ms": AT, "precision": "s"}}],
            });
            if let Some(subkind) = subkind {
                expected["subkind"] = json!(subkind);
            }
            check(&format!("your_instagram_activity/media/{file}.json"), list, &element, &json!([expected]));
        };
        check("reels", "ig_reels_media", "media/reels/202203/17900000000000001.mp4", "reel", None);
        check("posts_1", "", "media/reels/202203/17900000000000001.mp4", "reel", None);
        check("other_content", "ig_other_media", "media/other/17900000000000001.jpg", "post", None);
        check(
            "archived_posts",
            "ig_archived_post_media",
            "media/archived_posts/202203/17900000000000001.jpg",
            "post",
            Some("archived"),
        );
        check("igtv_videos", "ig_igtv_media", "media/igtv/202203/17900000000000001.mp4", "reel", Some("igtv"));
        check(
            "recently_deleted_content",
            "ig_recently_deleted_media",
            "media/recently_deleted/202203/1.jpg",
            "post",
            Some("deleted"),
        );
        check(
            "recently_deleted_content",
            "ig_recently_deleted_media",
            "media/reels/202203/1.mp4",
            "reel",
            Some("deleted"),
        );
    }

    #[test]
    fn stories_and_profile_photos_are_bare_media() {
        let element =
            r#"{"uri": "media/stories/202203/17900000000000001.jpg", "creation_timestamp": 1648000000, "title": ""}"#;
        check(
            "content/stories.json",
            "ig_stories",
            element,
            &json!([{"kind": "story", "at": {"ms": AT, "precision": "s"}, "author": "me",
                     "media": [{"path": "media/stories/202203/17900000000000001.jpg", "at": {"ms": AT, "precision": "s"}}]}]),
        );
        check(
            "content/profile_photos.json",
            "ig_profile_picture",
            r#"{"uri": "media/profile/202203/17900000000000001.jpg", "creation_timestamp": 1648000000, "title": "", "is_profile_picture": true}"#,
            &json!([{"kind": "profile_photo", "at": {"ms": AT, "precision": "s"}, "author": "me",
                     "media": [{"path": "media/profile/202203/17900000000000001.jpg", "at": {"ms": AT, "precision": "s"}}],
                     "details": {"is_profile_picture": true}}]),
        );
    }

    #[test]
    fn labelled_posts_are_read_in_any_language() {
        let expected = |details: serde_json::Value| {
            json!([{
                "kind": "post", "at": {"ms": AT, "precision": "s"}, "author": "me", "text": "Rye, day 3",
                "latitude": 52.52, "longitude": 13.4,
                "media": [{"path": "media/other/18000000000000001.jpg", "at": {"ms": AT - 10_000, "precision": "s"}}],
                "external_id": "18000000000000001", "details": details,
            }])
        };
        let element = |caption: &str, media: &str, ad: &str, no: &str| {
            format!(
                r#"{{"timestamp": 1648000000, "media": [], "fbid": "18000000000000001", "label_values": [
                    {{"label": "{caption}", "value": "Rye, day 3"}},
                    {{"label": "{media}", "media": [{{"uri": "media/other/18000000000000001.jpg", "creation_timestamp": 1647999990}}]}},
                    {{"label": "{ad}", "value": "{no}"}}, {{"label": "Latitude", "value": "52.52"}},
                    {{"label": "Longitude", "value": "13.40"}}, {{"label": "Reel metadata", "dict": []}}]}}"#
            )
        };
        let path = "your_instagram_activity/media/posts.json";
        check(path, "", &element("Caption", "Media", "Is an ad", "False"), &expected(json!({"is_ad": false})));
        check(
            path,
            "",
            &element("Légende", "Contenu multimédia", "Est une publicité", "Faux"),
            &expected(json!({"is_ad": false})),
        );
        check(
            path,
            "",
            &element("Bijdragetekst", "Inhoud", "Is reclame", "Onwaar"),
            &expected(json!({"Bijdragetekst": "Rye, day 3", "Is reclame": "Onwaar"})),
        );
        let turkish = element("Açıklama", "Medya", "Reklam", "Onwaar");
        let details = json!({"Açıklama": "Rye, day 3", "Reklam": "Onwaar", "Enlem": "52.52", "Boylam": "13.40"});
        check(path, "", &turkish.replace("Latitude", "Enlem").replace("Longitude", "Boylam"), &expected(details));
    }

    #[test]
    fn posts_of_threads_say_so() {
        check(
            "your_instagram_activity/threads/threads_and_replies.json",
            "text_post_app_text_posts",
            r#"{"media": [{"uri": "", "creation_timestamp": 1648000000, "title": "Hello threads", "text_post_app": {"is_reply": true}}]}"#,
            &json!([{"kind": "post", "at": {"ms": AT, "precision": "s"}, "author": "me", "text": "Hello threads",
                     "details": {"text_post_app": {"is_reply": true}, "app": "threads"}}]),
        );
    }
}
