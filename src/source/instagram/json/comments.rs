//! Comments that the account wrote, in all four eras (format reference §1.C3).

use super::element::Element;
use super::person::{is_handle, who};
use super::{Fate, Json, Scope};
use crate::model::{Item, Kind, Who};
use crate::source::instagram::labels::Label;

pub fn comment(json: &Json, scope: &mut Scope<'_>) -> Fate {
    read(json, scope, None, None)
}

pub fn reel_comment(json: &Json, scope: &mut Scope<'_>) -> Fate {
    read(json, scope, None, Some("reel"))
}

/// Comments on stories (`hype.json`).
pub fn story_comment(json: &Json, scope: &mut Scope<'_>) -> Fate {
    read(json, scope, None, Some("story"))
}

/// A comment of somebody else that the account reported.
pub fn reported_comment(json: &Json, scope: &mut Scope<'_>) -> Fate {
    read(json, scope, Some("reported_comment"), None)
}

fn read(json: &Json, scope: &mut Scope<'_>, subkind: Option<&str>, on: Option<&str>) -> Fate {
    Element::one(json, |mut element| {
        // What others wrote is no comment of the account.
        let mut item = Item::new(if subkind.is_none() { Kind::Comment } else { Kind::Misc });
        item.subkind = subkind.map(str::to_owned);
        item.author = subkind.is_none().then_some(Who::Me);
        item.at = element.take_time(&[Label::Time, Label::CommentTime, Label::CreationTime]);
        item.external_id = element.take_id();
        let mut owner = element.take_text(&[Label::MediaOwner, Label::Author, Label::Username, Label::Owner]);
        let mut text = element.take_text(&[Label::Comment, Label::Text, Label::Caption]);
        text = text.or_else(|| element.take_unlabelled());
        if text.is_none() {
            // Labels of 2022 name the owner a second time.
            let typed: Vec<&str> = element.guess_typed();
            let others: Vec<&str> = typed.iter().copied().filter(|text| Some(*text) != element.title).collect();
            let texts = if others.is_empty() { typed } else { others };
            let (typed, guessed_owner) = comment_and_owner(&texts, owner.is_none() && element.title.is_none());
            text = typed;
            owner = owner.or(guessed_owner);
        } else if owner.is_none() && element.title.is_none() {
            owner = element.guess_typed().into_iter().rfind(|text| is_handle(text));
        }
        match (owner, element.title) {
            (None, title) => {
                owner = title;
                element.title = None;
            }
            (Some(owner), Some(title)) if owner == title => element.title = None,
            _ => {}
        }
        item.text = text.map(str::to_owned);
        item.counterpart = owner.and_then(who);
        item.url = element.take_link(&[Label::Url]).or_else(|| element.guess_link()).map(str::to_owned);
        item.details.push_some("on", on);
        element.finish(item, scope)
    })
}

/// Tells comment and owner apart when no label is known (format reference §2.4): the comment is the one that cannot be a
/// user name; when both can, the owner comes later.
fn comment_and_owner<'a>(texts: &[&'a str], has_owner: bool) -> (Option<&'a str>, Option<&'a str>) {
    match texts {
        [] => (None, None),
        _ if !has_owner => (texts.iter().copied().max_by_key(|text| text.len()), None),
        [only] => (Some(only), None),
        _ => {
            let owner_at = texts.iter().rposition(|text| is_handle(text));
            let others = texts.iter().enumerate().filter(|(index, _)| Some(*index) != owner_at).map(|(_, text)| *text);
            (others.max_by_key(|text| text.len()), owner_at.and_then(|index| texts.get(index)).copied())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::check;
    use super::comment_and_owner;

    #[test]
    fn comments_of_all_eras_are_one() {
        let expected = |details: serde_json::Value| {
            let mut item = json!({
                "kind": "comment", "at": {"ms": 1_650_000_000_000_i64, "precision": "s"}, "author": "me",
                "counterpart": {"handle": "ann_example"}, "text": "so good!",
            });
            if details.as_object().is_some_and(|details| !details.is_empty()) {
                item["details"] = details;
            }
            json!([item])
        };
        let check = |file: &str, list: &str, element: &str, details| check(file, list, element, &expected(details));
        let list = "comments_media_comments";
        check(
            "comments/post_comments.json",
            list,
            r#"{"title": "ann_example", "string_list_data": [{"value": "so good!", "timestamp": 1650000000}]}"#,
            json!({}),
        );
        check(
            "comments/post_comments.json",
            list,
            r#"{"title": "ann_example", "string_map_data": {"Comment": {"href": "", "value": "so good!", "timestamp": 0},
                "Comment creation time": {"href": "", "value": "", "timestamp": 1650000000},
                "Deletion status": {"href": "", "value": "False", "timestamp": 0},
                "Media owner": {"href": "", "value": "ann_example", "timestamp": 0}}}"#,
            json!({"deletion_status": false}),
        );
        let new = "your_instagram_activity/comments/post_comments_1.json";
        check(
            new,
            "",
            r#"{"media_list_data": [{"uri": ""}], "string_map_data": {"Comment": {"value": "so good!"},
                "Media Owner": {"value": "ann_example"}, "Time": {"timestamp": 1650000000}}}"#,
            json!({}),
        );
        check(
            new,
            "",
            r#"{"string_map_data": {"Opmerking": {"value": "so good!"}, "Media-eigenaar": {"value": "ann_example"},
                "Tijd": {"timestamp": 1650000000}}}"#,
            json!({}),
        );
        check(
            new,
            "",
            r#"{"string_map_data": {"Iruzkina": {"value": "so good!"}, "Jabea": {"value": "ann_example"}, "Noiz": {"timestamp": 1650000000}}}"#,
            json!({"Iruzkina": "so good!", "Jabea": "ann_example", "Noiz": "2022-04-15T05:20:00Z"}),
        );
        check(
            "your_instagram_activity/comments/hype.json",
            "comments_story_comments",
            r#"{"string_map_data": {"Comment": {"value": "so good!"}, "Media Owner": {"value": "ann_example"}, "Time": {"timestamp": 1650000000}}}"#,
            json!({"on": "story"}),
        );
    }

    #[test]
    fn comment_and_owner_are_told_by_shape() {
        let check = |texts: &[&str], comment, owner| {
            assert_eq!(comment_and_owner(texts, true), (comment, owner), "{texts:?}");
        };
        check(&["so good, thanks!", "ann_example"], Some("so good, thanks!"), Some("ann_example"));
        check(&["ann_example", "so good, thanks!"], Some("so good, thanks!"), Some("ann_example"));
        check(&["wow", "ann_example"], Some("wow"), Some("ann_example"));
        check(&["wow"], Some("wow"), None);
        check(&[], None, None);
    }
}
