//! Followers, followed and all other relations, and synced contacts (format reference §1.C5).

use super::element::Element;
use super::person::{handle_of_link, is_handle, tag_of_link, who};
use super::{Fate, Json, Scope};
use crate::model::{Item, Kind, Who};
use crate::source::instagram::labels::Label;

macro_rules! relations {
    ($($name:ident by $author:expr;)*) => {$(
        pub fn $name(json: &Json, scope: &mut Scope<'_>) -> Fate {
            read(json, scope, stringify!($name), $author)
        }
    )*};
}

relations! {
    follower by None;
    following by Some(&Who::Me);
    blocked by Some(&Who::Me);
    restricted by Some(&Who::Me);
    close_friend by Some(&Who::Me);
    favorite by Some(&Who::Me);
    hide_story by Some(&Who::Me);
    pending_request by Some(&Who::Me);
    recent_request by Some(&Who::Me);
    received_request by None;
    unfollowed by Some(&Who::Me);
    removed_suggestion by Some(&Who::Me);
}

/// S3 in all variants: the name in the value, in the title or in the link alone. S6: `URL`, `Name`, `Username`.
fn read(json: &Json, scope: &mut Scope<'_>, subkind: &str, author: Option<&Who>) -> Fate {
    Element::each_row(json, |element| relation(element, scope, subkind, author.cloned()))
}

fn relation(mut element: Element<'_>, scope: &mut Scope<'_>, subkind: &str, author: Option<Who>) -> Item {
    let mut item = Item::new(Kind::Follow);
    item.subkind = Some(subkind.to_owned());
    item.author = author;
    item.at = element.take_time(&[Label::Time, Label::UpdateTime, Label::CreationTime]);
    item.external_id = element.take_id();
    item.url = element.take_link(&[Label::Url]).or_else(|| element.guess_link()).map(str::to_owned);
    let handle = element.take_unlabelled().or_else(|| element.take_text(&[Label::Username]));
    let handle = handle.or_else(|| element.title.take());
    if element.title == handle {
        element.title = None;
    }
    let of_link = item.url.as_deref().and_then(handle_of_link);
    let guessed = || element.guess_texts().into_iter().rfind(|text| is_handle(text));
    item.counterpart = handle.or(of_link).or_else(guessed).and_then(who);
    item.details.push_some("name", element.take_text(&[Label::Name]));
    element.finish(item, scope)
}

/// A followed hashtag: its name is the text.
pub fn hashtag(json: &Json, scope: &mut Scope<'_>) -> Fate {
    Element::each_row(json, |mut element| {
        let mut item = Item::new(Kind::Follow);
        item.subkind = Some("hashtag".to_owned());
        item.author = Some(Who::Me);
        item.at = element.take_time(&[Label::Time, Label::UpdateTime]);
        item.url = element.take_link(&[Label::Url]).or_else(|| element.guess_link()).map(str::to_owned);
        let tag = element.take_unlabelled().or_else(|| element.take_text(&[Label::Name, Label::Title]));
        let tag = tag.or_else(|| element.title.take());
        item.text = tag.or_else(|| item.url.as_deref().and_then(tag_of_link)).map(str::to_owned);
        element.finish(item, scope)
    })
}

/// A list of people that the account made.
pub fn custom_list(json: &Json, scope: &mut Scope<'_>) -> Fate {
    Element::one(json, |mut element| {
        let mut item = Item::new(Kind::Follow);
        item.subkind = Some("custom_list".to_owned());
        item.author = Some(Who::Me);
        item.at = element.take_time(&[Label::CreationTime, Label::UpdateTime]);
        item.external_id = element.take_id();
        let name = element.take_text(&[Label::Name]).or_else(|| element.title.take());
        item.text = name.or_else(|| element.guess_typed().first().copied()).map(str::to_owned);
        let members = element.take_values(&[Label::GroupMembers]);
        item.other_text.extend(members.iter().map(|&member| member.to_owned()));
        if !members.is_empty() {
            item.details.push("group_members", members);
        }
        element.finish(item, scope)
    })
}

/// A contact of a synced address book.
pub fn contact(json: &Json, scope: &mut Scope<'_>) -> Fate {
    const ORDER: [Label; 4] = [Label::FirstName, Label::LastName, Label::ContactInformation, Label::ImportedTime];
    Element::one(json, |mut element| {
        let mut item = Item::new(Kind::Contact);
        item.author = Some(Who::Me);
        // Some languages have one word for a first name and any other.
        for field in &mut element.fields.0 {
            if field.known == Some(Label::Name) {
                field.known = Some(Label::FirstName);
            }
        }
        item.at = element.take_time(&[Label::ImportedTime, Label::Time]);
        let mut part = |label| element.take_text(&[label]).or_else(|| element.text_by_order(&ORDER, label));
        let (first, last) = (part(Label::FirstName), part(Label::LastName));
        let information = part(Label::ContactInformation);
        let name: Vec<&str> = first.into_iter().chain(last).collect();
        item.text = (!name.is_empty()).then(|| name.join(" "));
        item.details.push_some("first_name", first);
        item.details.push_some("last_name", last);
        if let Some(information) = information {
            item.details.push("contact_information", information);
            item.other_text.push(information.to_owned());
        }
        element.finish(item, scope)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::check;

    const AT: i64 = 1_650_000_000_000;

    #[test]
    fn relations_in_all_variants_are_one() {
        let expected = json!([{"kind": "follow", "subkind": "following", "at": {"ms": AT, "precision": "s"}, "author": "me",
                               "counterpart": {"handle": "ann_example"}, "url": "https://www.instagram.com/_u/ann_example"}]);
        for element in [
            r#"{"title": "", "media_list_data": [], "string_list_data": [{"href": "https://www.instagram.com/_u/ann_example", "value": "ann_example", "timestamp": 1650000000}]}"#,
            r#"{"title": "ann_example", "string_list_data": [{"href": "https://www.instagram.com/_u/ann_example", "timestamp": 1650000000}]}"#,
            r#"{"title": "", "string_list_data": [{"href": "https://www.instagram.com/_u/ann_example", "timestamp": 1650000000}]}"#,
        ] {
            check("connections/followers_and_following/following.json", "relationships_following", element, &expected);
        }
        check(
            "connections/followers_and_following/followers_1.json",
            "",
            r#"{"string_list_data": [{"value": "ann_example"}]}"#,
            &json!([{"kind": "follow", "subkind": "follower", "counterpart": {"handle": "ann_example"}}]),
        );
    }

    #[test]
    fn labelled_relations_carry_the_user_id() {
        for (name, username) in [("Name", "Username"), ("이름", "사용자 이름"), ("Name", "Benutzername")] {
            let element = format!(
                r#"{{"timestamp": 1650000000, "fbid": "17841400000000001", "label_values": [
                    {{"label": "URL", "value": "https://www.instagram.com/ann_example"}}, {{"label": "{name}", "value": "Ann Example"}},
                    {{"label": "{username}", "value": "ann_example"}}]}}"#
            );
            check(
                "connections/followers_and_following/recently_unfollowed_profiles.json",
                "",
                &element,
                &json!([{"kind": "follow", "subkind": "unfollowed", "at": {"ms": AT, "precision": "s"}, "author": "me",
                         "counterpart": {"handle": "ann_example"}, "url": "https://www.instagram.com/ann_example",
                         "external_id": "17841400000000001", "details": {"name": "Ann Example"}}]),
            );
        }
    }

    #[test]
    fn hashtags_lists_and_contacts() {
        check(
            "followers_and_following/following_hashtags.json",
            "relationships_following_hashtags",
            r#"{"title": "", "string_list_data": [{"href": "https://www.instagram.com/explore/tags/cats", "value": "cats", "timestamp": 1650000000}]}"#,
            &json!([{"kind": "follow", "subkind": "hashtag", "at": {"ms": AT, "precision": "s"}, "author": "me", "text": "cats",
                     "url": "https://www.instagram.com/explore/tags/cats"}]),
        );
        check(
            "connections/followers_and_following/custom_lists.json",
            "relationships_custom_lists",
            r#"{"string_map_data": {"Name": {"value": "Bakers"}, "Created At": {"timestamp": 1650000000}, "Group Members": {"value": "ann_example, max.muster"}}}"#,
            &json!([{"kind": "follow", "subkind": "custom_list", "at": {"ms": AT, "precision": "s"}, "author": "me", "text": "Bakers",
                     "other_text": ["ann_example, max.muster"], "details": {"group_members": ["ann_example, max.muster"]}}]),
        );
        for (first, last, information) in [
            ("First Name", "Last Name", "Contact Information"),
            ("First Name", "Cognome", "Informazioni di contatto"),
            ("Nome", "Cognome", "Informazioni di contatto"),
        ] {
            let element = format!(
                r#"{{"title": "", "string_map_data": {{"{first}": {{"value": "Ann"}}, "{last}": {{"value": "Example"}},
                    "{information}": {{"value": "+1 555 0100"}}, "Imported Time": {{"timestamp": 1650000000}}}}}}"#
            );
            check(
                "connections/contacts/synced_contacts.json",
                "contacts_contact_info",
                &element,
                &json!([{"kind": "contact", "at": {"ms": AT, "precision": "s"}, "author": "me", "text": "Ann Example", "other_text": ["+1 555 0100"],
                         "details": {"first_name": "Ann", "last_name": "Example", "contact_information": "+1 555 0100"}}]),
            );
        }
    }
}
