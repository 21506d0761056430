//! Likes of posts, comments and stories (format reference §1.C4, §1.E2).

use super::element::Element;
use super::person::who;
use super::target::describe;
use super::{Fate, Json, Scope};
use crate::model::{Item, Kind, Who};
use crate::source::instagram::labels::Label;

pub fn liked_post(json: &Json, scope: &mut Scope<'_>) -> Fate {
    read(json, scope, "liked_post")
}

pub fn liked_comment(json: &Json, scope: &mut Scope<'_>) -> Fate {
    read(json, scope, "liked_comment")
}

pub fn story_like(json: &Json, scope: &mut Scope<'_>) -> Fate {
    read(json, scope, "story_like")
}

/// S3: the title is the owner, each row of `string_list_data` a like with link, 👍 and time. S6: link, caption, owner.
fn read(json: &Json, scope: &mut Scope<'_>, subkind: &str) -> Fate {
    Element::each_row(json, |element| like(element, scope, subkind))
}

fn like(mut element: Element<'_>, scope: &mut Scope<'_>, subkind: &str) -> Item {
    let mut item = Item::new(Kind::Like);
    item.subkind = Some(subkind.to_owned());
    item.author = Some(Who::Me);
    item.at = element.take_time(&[Label::Time, Label::UpdateTime, Label::CreationTime]);
    item.external_id = element.take_id();
    item.counterpart = element.title.take().and_then(who);
    item.details.push_some("reaction", element.take_unlabelled());
    describe(&mut element.fields, &mut item, scope);
    element.finish(item, scope)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::check;

    const AT: i64 = 1_650_000_000_000;

    #[test]
    fn likes_in_lists_have_owner_link_and_time() {
        check(
            "likes/liked_posts.json",
            "likes_media_likes",
            r#"{"title": "ann_example", "string_list_data": [{"href": "https://www.instagram.com/p/Cabc123defG/", "value": "👍", "timestamp": 1650000000}]}"#,
            &json!([{"kind": "like", "subkind": "liked_post", "at": {"ms": AT, "precision": "s"}, "author": "me",
                     "counterpart": {"handle": "ann_example"}, "url": "https://www.instagram.com/p/Cabc123defG/", "details": {"reaction": "👍"}}]),
        );
        check(
            "story_sticker_interactions/story_likes.json",
            "story_activities_story_likes",
            r#"{"title": "ann_example", "string_list_data": [{"timestamp": 1650000000}, {"timestamp": 1650000009}]}"#,
            &json!([
                {"kind": "like", "subkind": "story_like", "at": {"ms": AT, "precision": "s"}, "author": "me", "counterpart": {"handle": "ann_example"}},
                {"kind": "like", "subkind": "story_like", "at": {"ms": AT + 9_000, "precision": "s"}, "author": "me", "counterpart": {"handle": "ann_example"}},
            ]),
        );
    }

    #[test]
    fn labelled_likes_know_the_bio_link_from_the_post() {
        let element = |caption: &str, owner: &str, username: &str, name: &str| {
            format!(
                r#"{{"timestamp": 1650000000, "media": [], "fbid": "18000000000000001", "label_values": [
                    {{"label": "URL", "value": "https://www.instagram.com/reel/Cxyz/", "href": "https://www.instagram.com/reel/Cxyz/"}},
                    {{"label": "{caption}", "value": "Choux, at last #baking"}}, {{"label": "Title", "value": ""}},
                    {{"title": "Hashtags", "dict": [{{"title": "", "dict": [{{"label": "{name}", "value": "baking"}}]}}]}},
                    {{"title": "{owner}", "dict": [{{"title": "", "dict": [{{"label": "URL", "value": "https://links.example/ann"}},
                        {{"label": "{name}", "value": "Ann Example"}}, {{"label": "{username}", "value": "ann_example"}}]}}]}}]}}"#
            )
        };
        let expected = |other: serde_json::Value| {
            let mut item = json!({
                "kind": "like", "subkind": "liked_post", "at": {"ms": AT, "precision": "s"}, "author": "me",
                "counterpart": {"handle": "ann_example"}, "other_text": ["Choux, at last #baking"],
                "url": "https://www.instagram.com/reel/Cxyz/", "external_id": "18000000000000001",
                "details": {"owner_name": "Ann Example", "owner_url": "https://links.example/ann", "hashtags": ["baking"]},
            });
            for (name, value) in other.as_object().expect("an object") {
                item["details"][name] = value.clone();
            }
            json!([item])
        };
        let path = "your_instagram_activity/likes/liked_posts.json";
        check(path, "", &element("Caption", "Owner", "Username", "Name"), &expected(json!({})));
        check(path, "", &element("Légende", "Propriétaire", "Nom de profil", "Nom"), &expected(json!({})));
        check(path, "", &element("캡션", "소유자", "사용자 이름", "이름"), &expected(json!({})));
        check(
            path,
            "",
            &element("Epigrafea", "Jabea", "Erabiltzailea", "Izena"),
            &expected(json!({"Epigrafea": "Choux, at last #baking", "owner_details": {"Izena": "Ann Example"}})),
        );
        check(
            "your_instagram_activity/story_interactions/story_likes.json",
            "",
            r#"{"timestamp": 1650000000, "label_values": [{"label": "URL", "value": "https://www.instagram.com/stories/ann_example/3100000000000000001"}]}"#,
            &json!([{"kind": "like", "subkind": "story_like", "at": {"ms": AT, "precision": "s"}, "author": "me", "counterpart": {"handle": "ann_example"},
                     "url": "https://www.instagram.com/stories/ann_example/3100000000000000001"}]),
        );
    }
}
