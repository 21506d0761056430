//! The account's own content in `media.json` (format reference §1.A): one row for each file. Rows of one second and one
//! caption are one post, which is decided where records are made; a row knows only itself.

use super::row::Row;
use crate::model::{Item, Kind, MediaRef, Who};
use crate::source::instagram::json::{Fate, Json, Scope};

/// `photos`, `videos`, `stories`, `profile`: `{caption, taken_at, location, path}`. `direct`: files of conversations.
pub fn media(json: &Json, scope: &mut Scope<'_>) -> Fate {
    let path = json.get("path").and_then(Json::as_text).unwrap_or_default();
    let list = match scope.list {
        "" => path.split('/').next().unwrap_or_default(),
        list => list,
    };
    let kind = match list {
        "direct" => {
            return Fate::Kept("they are files of conversations, which the messages of their second refer to");
        }
        "stories" => Kind::Story,
        "profile" => Kind::ProfilePhoto,
        _ => Kind::Post,
    };
    Row::one(json, &["taken_at", "caption", "path"], |mut row| {
        let mut item = Item::new(kind);
        item.author = Some(Who::Me);
        item.at = row.take_time(&["taken_at"], scope);
        item.text = row.take_text(&["caption"]).map(str::to_owned);
        item.place = row.take_text(&["location"]).map(str::to_owned);
        if let Some(path) = row.take_text(&["path"]) {
            item.media.push(MediaRef { path: path.to_owned(), at: item.at, ..MediaRef::default() });
        }
        if let Some(Json::Bool(is_active)) = row.take("is_active_profile") {
            item.details.push("is_profile_picture", *is_active);
        }
        row.finish(item, scope, &["taken_at", "caption", "location", "path", "is_active_profile"])
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::source::instagram::json::testing::check;

    const AT: i64 = 1_559_361_430_000;

    fn row(list: &str, more: &str, path: &str, expected: &Value) {
        let element = format!(r#"{{{more}"taken_at": "2019-06-01T03:57:10+00:00", "path": "{path}"}}"#);
        let at = json!({"ms": AT, "precision": "s"});
        let mut item = json!({"kind": list, "at": at, "author": "me", "media": [{"path": path, "at": at}]});
        for (name, value) in expected.as_object().expect("an object") {
            item[name] = value.clone();
        }
        let list = match list {
            "post" => "photos",
            "story" => "stories",
            _ => "profile",
        };
        check("media.json", list, &element, &json!([item]));
    }

    #[test]
    fn rows_are_posts_stories_and_profile_photos() {
        row(
            "post",
            r#""caption": "Grün 🌿 #balkon", "location": "Lisbon, Portugal", "#,
            "photos/201905/0f3a9c7be1d24c55a0b1c2d3e4f5a6b7.jpg",
            &json!({"text": "Grün 🌿 #balkon", "place": "Lisbon, Portugal"}),
        );
        row("story", r#""caption": "", "#, "stories/201905/a.mp4", &json!({}));
        row(
            "profile_photo",
            r#""is_active_profile": true, "#,
            "profile/201803/a.jpg",
            &json!({"details": {"is_profile_picture": true}}),
        );
    }

    #[test]
    fn a_time_without_offset_is_marked_when_nothing_tells_its_zone() {
        let at = json!({"ms": AT, "precision": "s", "basis": {"inferred": "UTC"}});
        check(
            "media.json",
            "videos",
            r#"{"caption": "b", "taken_at": "2019-06-01T03:57:10", "path": "videos/201905/a.mp4"}"#,
            &json!([{"kind": "post", "at": at, "author": "me", "text": "b", "media": [{"path": "videos/201905/a.mp4", "at": at}],
                     "details": {"time_zone": "uncertain"}}]),
        );
    }
}
