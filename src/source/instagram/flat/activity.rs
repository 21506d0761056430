//! What the account did: comments, likes, saves, answers to stories, what it saw and searched for (format reference §1.A).
//! Rows name an owner and a time, never a link.

use super::row::Row;
use crate::model::{Item, Kind, Who};
use crate::source::instagram::json::person::{is_handle, who};
use crate::source::instagram::json::searches::{FOR_NOTHING, is_for_nothing};
use crate::source::instagram::json::{Fate, Json, Scope};

const TIME: &str = "timestamp";
const OWNER: &str = "owner";

fn new(kind: Kind, subkind: Option<&str>) -> Item {
    let mut item = Item::new(kind);
    item.subkind = subkind.map(str::to_owned);
    item.author = Some(Who::Me);
    item
}

/// `comments.json`: `[time, text, owner]`.
pub fn comment(json: &Json, scope: &mut Scope<'_>) -> Fate {
    let on = match scope.list {
        "live_comments" => Some("live"),
        "story_comments" => Some("story"),
        _ => None,
    };
    Row::one(json, &[TIME, "comment", OWNER], |mut row| {
        let mut item = new(Kind::Comment, None);
        item.at = row.take_time(&[TIME], scope);
        item.text = row.take_text(&["comment"]).map(str::to_owned);
        item.counterpart = row.take_text(&[OWNER]).and_then(who);
        item.details.push_some("on", on);
        row.finish(item, scope, &[TIME])
    })
}

/// `likes.json`: `[time, owner]`.
pub fn like(json: &Json, scope: &mut Scope<'_>) -> Fate {
    let subkind = if scope.list == "comment_likes" { "liked_comment" } else { "liked_post" };
    owned(json, scope, new(Kind::Like, Some(subkind)))
}

/// `stories_activities.json`: `[time, owner]`; what was asked and answered is not in it.
pub fn story_interaction(json: &Json, scope: &mut Scope<'_>) -> Fate {
    let subkind = match scope.list {
        "polls" => "poll",
        "emoji_sliders" => "emoji_slider",
        "questions" => "question",
        "countdowns" => "countdown",
        "quizzes" => "quiz",
        other => other.strip_suffix('s').unwrap_or(other),
    };
    owned(json, scope, new(Kind::StoryInteraction, Some(subkind).filter(|subkind| !subkind.is_empty())))
}

fn owned(json: &Json, scope: &mut Scope<'_>, mut item: Item) -> Fate {
    Row::one(json, &[TIME, OWNER], |mut row| {
        item.at = row.take_time(&[TIME], scope);
        item.counterpart = row.take_text(&[OWNER]).and_then(who);
        row.finish(item, scope, &[TIME])
    })
}

/// `saved.json`: `saved_media` has `[time, owner]`, `saved_collections` `{name, created_at, updated_at, media: [row…]}`.
pub fn save(json: &Json, scope: &mut Scope<'_>) -> Fate {
    let is_collection =
        scope.list == "saved_collections" || json.get("media").is_some() || json.get("created_at").is_some();
    if !is_collection {
        return owned(json, scope, new(Kind::Save, None));
    }
    let mut row = match Row::open(json, &[TIME, OWNER]) {
        Ok(row) => row,
        Err(fate) => return fate,
    };
    let mut collection = new(Kind::Collection, None);
    collection.at = row.take_time(&["created_at"], scope);
    collection.text = row.take_text(&["name"]).map(str::to_owned);
    let mut saves = Vec::new();
    let is_all_read = |media: &Json| media.is_list() && media.elements().iter().all(|save| save.elements().len() >= 2);
    if json.get("media").is_some_and(is_all_read) {
        for member in row.take("media").map(Json::elements).unwrap_or_default() {
            let mut save = new(Kind::Save, None);
            save.details.push_some("collection", collection.text.clone());
            if let Fate::Items(items) = owned(member, scope, save) {
                saves.extend(items);
            }
        }
    }
    if let Some(time) = row.take_text(&["updated_at"]) {
        collection.details.push("update_time", time);
    }
    let mut items = vec![row.finish(collection, scope, &["created_at", "updated_at"])];
    items.append(&mut saves);
    Fate::Items(items)
}

/// `seen_content.json`: objects with a time and an author, of clicked advertisements with a caption.
pub fn seen(json: &Json, scope: &mut Scope<'_>) -> Fate {
    let (kind, subkind) = match scope.list {
        "chaining_seen" => (Kind::View, "profile_suggested"),
        "ads_seen" => (Kind::View, "ad_viewed"),
        "posts_seen" => (Kind::View, "post_viewed"),
        "videos_watched" => (Kind::View, "video_watched"),
        "ads_clicked" => (Kind::Ad, "ad_clicked"),
        other => (Kind::View, other),
    };
    Row::one(json, &[TIME, "author"], |mut row| {
        let mut item = new(kind, Some(subkind).filter(|subkind| !subkind.is_empty()));
        item.at = row.take_time(&[TIME], scope);
        item.counterpart = row.take_text(&["author", "username"]).and_then(who);
        item.text = row.take_text(&["caption"]).map(str::to_owned);
        row.finish(item, scope, &[TIME])
    })
}

/// `searches.json`: `{search_click, time, type}`, in one list or in one for each sort.
pub fn search(json: &Json, scope: &mut Scope<'_>) -> Fate {
    let fate = Row::one(json, &["time", "search_click", "type"], |mut row| {
        let mut item = new(Kind::Search, None);
        item.at = row.take_time(&["time", TIME], scope);
        item.text = row.take_text(&["search_click", "text"]).map(str::to_owned);
        let sort = row.take_text(&["type"]);
        let subkind = match sort.map(|sort| sort.trim().to_ascii_lowercase()).as_deref() {
            Some("user" | "users" | "account" | "profile") => Some("profile_search"),
            Some("hashtag" | "tag") => Some("tag_search"),
            Some("place" | "location") => Some("place_search"),
            Some("keyword" | "text" | "query") => Some("keyword_search"),
            _ => {
                item.details.push_some("type", sort);
                None
            }
        };
        item.subkind = subkind.map(str::to_owned);
        if subkind == Some("profile_search") {
            let handle = item.text.as_deref().map(str::trim).filter(|text| is_handle(text));
            item.counterpart = handle.map(|handle| Who::Handle(handle.to_owned()));
        }
        item.details.push_some("on", (scope.list == "shopping_search_history").then_some("shopping"));
        row.finish(item, scope, &["time", TIME])
    });
    match fate {
        Fate::Items(items) if items.iter().all(is_for_nothing) => Fate::Kept(FOR_NOTHING),
        fate => fate,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::source::instagram::json::testing::{check, json as json_of};

    const TIME: &str = "2019-06-01T03:57:10+00:00";

    fn item(kind: &str, subkind: Option<&str>, more: &Value) -> Value {
        let mut item = json!({"kind": kind, "at": {"ms": 1_559_361_430_000_i64, "precision": "s"}, "author": "me"});
        if let Some(subkind) = subkind {
            item["subkind"] = json!(subkind);
        }
        for (name, value) in more.as_object().expect("an object") {
            item[name] = value.clone();
        }
        item
    }

    #[test]
    fn rows_with_an_owner() {
        let ann = json!({"counterpart": {"handle": "ann_example"}});
        let check = |path: &str, list: &str, kind: &str, subkind: Option<&str>| {
            check(path, list, &format!(r#"["{TIME}", "ann_example"]"#), &json!([item(kind, subkind, &ann)]));
        };
        check("likes.json", "media_likes", "like", Some("liked_post"));
        check("likes.json", "comment_likes", "like", Some("liked_comment"));
        check("saved.json", "saved_media", "save", None);
        check("stories_activities.json", "polls", "story_interaction", Some("poll"));
        check("stories_activities.json", "quizzes", "story_interaction", Some("quiz"));
        check("stories_activities.json", "emoji_sliders", "story_interaction", Some("emoji_slider"));
    }

    #[test]
    fn comments_say_on_what() {
        let check = |list: &str, details: Value| {
            let mut more = json!({"counterpart": {"handle": "ann_example"}, "text": "Schön 🌊"});
            if details != json!({}) {
                more["details"] = details;
            }
            let element = format!(r#"["{TIME}", "Schön 🌊", "ann_example"]"#);
            check("comments.json", list, &element, &json!([item("comment", None, &more)]));
        };
        check("media_comments", json!({}));
        check("live_comments", json!({"on": "live"}));
        check("story_comments", json!({"on": "story"}));
    }

    #[test]
    fn a_collection_holds_its_saves() {
        let element = format!(
            r#"{{"name": "Brot", "created_at": "{TIME}", "updated_at": "2019-07-01T00:00:00+00:00", "media": [["{TIME}", "ann_example"]]}}"#
        );
        let expected = json!([
            item("collection", None, &json!({"text": "Brot", "details": {"update_time": "2019-07-01T00:00:00+00:00"}})),
            item("save", None, &json!({"counterpart": {"handle": "ann_example"}, "details": {"collection": "Brot"}})),
        ]);
        check("saved.json", "saved_collections", &element, &expected);
    }

    #[test]
    fn what_was_seen_and_searched_for() {
        let seen = |list: &str, member: &str, kind: &str, subkind: &str, more: Value| {
            let element = format!(r#"{{"timestamp": "{TIME}", {member}}}"#);
            check("seen_content.json", list, &element, &json!([item(kind, Some(subkind), &more)]));
        };
        let ann = json!({"counterpart": {"handle": "ann_example"}});
        seen("chaining_seen", r#""username": "ann_example""#, "view", "profile_suggested", ann.clone());
        seen("ads_seen", r#""author": "ann_example""#, "view", "ad_viewed", ann.clone());
        seen("posts_seen", r#""author": "ann_example""#, "view", "post_viewed", ann.clone());
        seen("videos_watched", r#""author": "ann_example""#, "view", "video_watched", ann);
        seen("ads_clicked", r#""caption": "Flour for all""#, "ad", "ad_clicked", json!({"text": "Flour for all"}));

        let search = |list: &str, click: &str, sort: &str, subkind: Option<&str>, more: Value| {
            let element = format!(r#"{{"search_click": "{click}", "time": "{TIME}", "type": "{sort}"}}"#);
            check("searches.json", list, &element, &json!([item("search", subkind, &more)]));
        };
        let ann = json!({"text": "ann_example", "counterpart": {"handle": "ann_example"}});
        search("", "ann_example", "user", Some("profile_search"), ann.clone());
        search("main_search_history", "ann_example", "user", Some("profile_search"), ann);
        search("main_search_history", "#brot", "hashtag", Some("tag_search"), json!({"text": "#brot"}));
        search("main_search_history", "Lisbon", "place", Some("place_search"), json!({"text": "Lisbon"}));
        let shoes = json!({"text": "shoes", "details": {"type": "product", "on": "shopping"}});
        search("shopping_search_history", "shoes", "product", None, shoes);
        let learnt = crate::source::Learnt::default();
        let mut scope = super::Scope::new("searches.json", "", &learnt);
        let nothing = json_of(&format!(r#"{{"search_click": "", "time": "{TIME}", "type": "hashtag"}}"#));
        assert!(matches!(super::search(&nothing, &mut scope), super::Fate::Kept(_)));
    }
}
