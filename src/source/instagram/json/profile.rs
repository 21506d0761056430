//! The profile, its changes, notes and reposts (format reference §1.C7).

use super::element::Element;
use super::field::{Field, Shape};
use super::leftover::{detail_of, texts_of};
use super::person::{is_handle, who};
use super::stamp::Stamp;
use super::target::{describe, take_targets};
use super::{Fate, Json, Scope};
use crate::model::{Item, Kind, Who};
use crate::source::instagram::catalog;
use crate::source::instagram::labels::Label;

/// What a document of identity says about the account's owner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// The user name: of the profile, or what it was changed to.
    pub handle: Option<String>,
    /// The display name: of the profile, or what it was changed to.
    pub name: Option<String>,
    /// User names before a change.
    pub earlier_handles: Vec<String>,
    /// Display names before a change.
    pub earlier_names: Vec<String>,
}

/// Reads one element of the profile or of its changes for who the owner is; `None` for documents that do not tell.
pub fn identity(path: &str, element: &Json) -> Option<Identity> {
    let reader = catalog::find(path, "").name;
    let mut element = Element::open(element).ok()?;
    let owned = |text: &str| text.trim().to_owned();
    match reader {
        "personal_information" => {
            let handle = element.take_text(&[Label::Username]).map(owned);
            let name = element.take_text(&[Label::Name]).map(owned);
            (handle.is_some() || name.is_some()).then(|| Identity { handle, name, ..Identity::default() })
        }
        "profile_changes" => {
            let Change { changed, previous, new } = change(&mut element);
            let (previous, new) = (previous.map(owned), new.map(owned));
            let earlier: Vec<String> = previous.into_iter().collect();
            match changed.map(str::trim) {
                Some("Username") => Some(Identity { handle: new, earlier_handles: earlier, ..Identity::default() }),
                Some("Profile Name" | "Name") => {
                    Some(Identity { name: new, earlier_names: earlier, ..Identity::default() })
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// `personal_information`: the bio is the text, every field a detail.
pub fn profile(json: &Json, scope: &mut Scope<'_>) -> Fate {
    Element::one(json, |mut element| {
        let mut item = new_profile(None);
        item.external_id = element.take_id();
        let (name, bio) = name_and_bio_by_order(&element);
        let bio = element.take_text(&[Label::Bio]).or(bio).or_else(|| bio_behind_name(&element));
        item.details.push_some(Label::Name.name(), name);
        item.text = bio.map(str::to_owned);
        item.details.push_some("bio", bio);
        for label in [Label::Username, Label::Name] {
            if let Some(text) = element.take_text(&[label]) {
                item.details.push(label.name(), text);
                item.other_text.push(text.to_owned());
            }
        }
        element.finish(item, scope)
    })
}

/// Display name and bio where neither they nor the user name have a label that is known: they follow the first value that is
/// a user name, in every language (behind the address and the telephone number). An empty bio has its place too.
fn name_and_bio_by_order<'a>(element: &Element<'a>) -> (Option<&'a str>, Option<&'a str>) {
    let fields = &element.fields.0;
    if fields.iter().any(|field| matches!(field.known, Some(Label::Username | Label::Name | Label::Bio))) {
        return (None, None);
    }
    let mut values = fields.iter().filter(|field| field.known.is_none() && field.media.is_empty());
    let is_user_name = |field: &&Field<'_>| {
        let text = field.text().filter(|_| field.shape() == Shape::Text).unwrap_or_default();
        is_handle(text) && text.bytes().all(|b| !b.is_ascii_uppercase()) && text.bytes().any(|b| b.is_ascii_lowercase())
    };
    if values.by_ref().find(is_user_name).is_none() {
        return (None, None);
    }
    let mut next = || values.next().filter(|field| field.shape() == Shape::Text).and_then(Field::text);
    let (name, bio) = (next(), next());
    (name, bio.filter(|bio| is_likely_bio(bio)))
}

/// A single word, or an address, is more likely another field of a profile that has no bio.
fn is_likely_bio(text: &str) -> bool {
    let is_address = !text.contains(char::is_whitespace) && text.trim_start_matches('@').contains('@');
    !is_address && (!text.chars().all(char::is_alphanumeric) || text.chars().count() > 12)
}

/// The bio where only its label is unknown: it follows the display name in every language.
fn bio_behind_name<'a>(element: &Element<'a>) -> Option<&'a str> {
    let fields = &element.fields.0;
    let name_at = fields.iter().position(|field| field.known == Some(Label::Name))?;
    let behind = fields.get(name_at + 1).filter(|field| field.known.is_none() && field.shape() == Shape::Text)?;
    behind.text().filter(|text| is_likely_bio(text))
}

/// Facts about the account beside the profile: times of firsts, of logins, business contacts.
pub fn account_information(json: &Json, scope: &mut Scope<'_>) -> Fate {
    about(json, scope, Kind::Profile, "account_information")
}

pub fn professional_information(json: &Json, scope: &mut Scope<'_>) -> Fate {
    about(json, scope, Kind::Profile, "professional_information")
}

/// A Facebook or other Meta account that is linked.
pub fn linked_account(json: &Json, scope: &mut Scope<'_>) -> Fate {
    about(json, scope, Kind::Misc, "linked_account")
}

/// Who may see the account on the map of friends.
pub fn friend_map(json: &Json, scope: &mut Scope<'_>) -> Fate {
    about(json, scope, Kind::Misc, "friend_map")
}

fn about(json: &Json, scope: &mut Scope<'_>, kind: Kind, subkind: &str) -> Fate {
    Element::one(json, |mut element| {
        let mut item = Item { kind, ..new_profile(Some(subkind)) };
        item.external_id = element.take_id();
        item.at = element.take_own_time().or_else(|| element.take_time_of(&[Label::Time, Label::UpdateTime]));
        // Facts about the account have times of their own, of which none is that of the whole.
        if item.at.is_none() && kind == Kind::Misc {
            item.at = element.guess_time();
        }
        if subkind == "linked_account" {
            const ORDER: [Label; 5] =
                [Label::AccountType, Label::Identifier, Label::Username, Label::Email, Label::Phone];
            let name = element.text_by_order(&ORDER, Label::Username);
            item.counterpart = element.take_text(&[Label::Username]).or(name).and_then(who);
        }
        let filled = element.fields.0.iter().filter(|field| field.shape() == Shape::Text);
        item.other_text = filled.filter_map(Field::text).map(str::to_owned).collect();
        element.finish(item, scope)
    })
}

/// `autofill_information`: lists of addresses, names and numbers that forms were filled with.
pub fn autofill(json: &Json, scope: &mut Scope<'_>) -> Fate {
    Element::one(json, |element| {
        let mut item = Item { kind: Kind::Misc, ..new_profile(Some("autofill")) };
        if let Some(detail) = detail_of(json) {
            texts_of(&detail, &mut item.other_text);
        }
        element.finish_with_any_label(item, scope)
    })
}

fn new_profile(subkind: Option<&str>) -> Item {
    let mut item = Item::new(Kind::Profile);
    item.author = Some(Who::Me);
    item.subkind = subkind.map(str::to_owned);
    item
}

/// `profile_changes`: what changed, from what, to what. The text is the new value.
pub fn profile_change(json: &Json, scope: &mut Scope<'_>) -> Fate {
    Element::one(json, |mut element| {
        let mut item = Item::new(Kind::ProfileChange);
        item.author = Some(Who::Me);
        item.at = element.take_time(&[Label::ChangeDate, Label::Time]);
        let Change { changed, previous, new } = change(&mut element);
        item.text = new.map(str::to_owned);
        item.details.push_some("changed", changed);
        item.details.push_some("previous_value", previous);
        item.details.push_some("new_value", new);
        item.other_text.extend(previous.map(str::to_owned));
        element.finish(item, scope)
    })
}

struct Change<'a> {
    changed: Option<&'a str>,
    previous: Option<&'a str>,
    new: Option<&'a str>,
}

/// By label; what is not understood fills the free places in the order of the keys, which is the same in every language.
/// A single value beside what changed is the new one.
fn change<'a>(element: &mut Element<'a>) -> Change<'a> {
    let labels = [Label::Changed, Label::PreviousValue, Label::NewValue];
    let mut unknown = element.fields.0.iter().filter(|field| {
        field.known.is_none()
            && !field.label.is_empty()
            && field.media.is_empty()
            && field.time.is_none_or(Stamp::is_none)
    });
    let missing: Vec<Label> =
        labels.into_iter().filter(|label| element.fields.0.iter().all(|field| field.known != Some(*label))).collect();
    let mut guessed: Vec<(Label, Option<&'a str>)> = Vec::new();
    if missing.len() > unknown.clone().count() {
        guessed.extend(missing.iter().rev().zip(unknown.clone().rev()).map(|(label, field)| (*label, field.text())));
    } else {
        guessed.extend(missing.iter().zip(&mut unknown).map(|(label, field)| (*label, field.text())));
    }
    let mut take = |label: Label| {
        let of_order = guessed.iter().find(|(of, _)| *of == label).and_then(|(_, text)| *text);
        element.take_text(&[label]).or(of_order)
    };
    Change { changed: take(Label::Changed), previous: take(Label::PreviousValue), new: take(Label::NewValue) }
}

/// A note of one's own, or what was done with those of others.
pub fn note(json: &Json, scope: &mut Scope<'_>) -> Fate {
    written(json, scope, Kind::Note, None)
}

pub fn note_interaction(json: &Json, scope: &mut Scope<'_>) -> Fate {
    written(json, scope, Kind::Note, Some("note_interaction"))
}

/// S2: `Time of repost` and `Text`. S6: the own text beside a group that describes what was reposted.
pub fn repost(json: &Json, scope: &mut Scope<'_>) -> Fate {
    written(json, scope, Kind::Repost, None)
}

fn written(json: &Json, scope: &mut Scope<'_>, kind: Kind, subkind: Option<&str>) -> Fate {
    Element::one(json, |mut element| {
        let mut item = Item::new(kind);
        item.subkind = subkind.map(str::to_owned);
        item.author = Some(Who::Me);
        item.at = element.take_time(&[Label::RepostTime, Label::CreationTime, Label::Time, Label::UpdateTime]);
        item.external_id = element.take_id();
        item.text = element.take_text(&[Label::Text, Label::Note, Label::Comment]).map(str::to_owned);
        if item.text.is_none() {
            item.text = element.guess_texts().into_iter().max_by_key(|text| text.len()).map(str::to_owned);
        }
        for mut target in take_targets(&mut element.fields) {
            describe(&mut target, &mut item, scope);
            let mut rest = target.into_details(scope, &mut item.other_text);
            item.details.0.append(&mut rest.0);
        }
        describe(&mut element.fields, &mut item, scope);
        element.finish(item, scope)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{check, json as parse, read_all};
    use super::{Identity, identity};

    const AT: i64 = 1_650_000_000_000;

    #[test]
    fn the_bio_is_the_text_of_a_profile() {
        let path = "personal_information/personal_information/personal_information.json";
        let element = |username: &str, name: &str, private: &str, no: &str| {
            format!(
                r#"{{"title": "User information", "media_map_data": {{"Profile Photo": {{"uri": "media/profile/202203/17900000000000001.jpg", "creation_timestamp": 1650000000, "title": ""}}}},
                    "string_map_data": {{"Email": {{"value": "me@mail.example"}}, "{username}": {{"value": "me_example"}}, "{name}": {{"value": "Mia Example"}},
                    "Bio": {{"value": "bread & trains"}}, "{private}": {{"value": "{no}"}}, "Date of birth": {{"value": "1990-06-15"}}}}}}"#
            )
        };
        for element in [
            element("Username", "Name", "Private Account", "False"),
            element("Nom d’utilisateur", "Nom", "Compte privé", "Faux"),
            element("사용자 이름", "이름", "비공개 계정", "거짓"),
        ] {
            check(
                path,
                "profile_user",
                &element,
                &json!([{"kind": "profile", "author": "me", "text": "bread & trains", "other_text": ["me_example", "Mia Example"],
                    "media": [{"path": "media/profile/202203/17900000000000001.jpg", "at": {"ms": AT, "precision": "s"}}],
                    "details": {"bio": "bread & trains", "username": "me_example", "name": "Mia Example", "title": "User information",
                                "email": "me@mail.example", "is_private": false, "birth_date": "1990-06-15"}}]),
            );
            let expected = Identity {
                handle: Some("me_example".to_owned()),
                name: Some("Mia Example".to_owned()),
                ..Identity::default()
            };
            assert_eq!(identity(path, &parse(&element)), Some(expected));
            assert_eq!(identity("likes/liked_posts.json", &parse(&element)), None);
        }
    }

    #[test]
    fn a_bio_without_a_known_label_follows_the_name() {
        let bio = |second: &str| {
            let element = format!(
                r#"{{"string_map_data": {{"Kullanıcı adı": {{"value": "me_example"}}, "Ad": {{"value": "Mia Example"}}, "X": {{"value": "{second}"}}}}}}"#
            );
            let path = "personal_information/personal_information/personal_information.json";
            let (items, _) = read_all(path, "profile_user", &[&element]);
            items.first().and_then(|item| item.get("text")).cloned()
        };
        assert_eq!(bio("bread & trains"), Some(json!("bread & trains")));
        assert_eq!(bio("me@mail.example"), None);
        assert_eq!(bio("kadın"), None);
    }

    #[test]
    fn changes_keep_both_values() {
        let path = "personal_information/personal_information/profile_changes.json";
        let element = |changed: &str, previous: &str, new: &str, date: &str| {
            format!(
                r#"{{"title": "", "string_map_data": {{"{changed}": {{"value": "Username"}}, "{previous}": {{"value": "old_example"}},
                    "{new}": {{"value": "me_example"}}, "{date}": {{"timestamp": 1650000000}}}}}}"#
            )
        };
        let details = json!({"changed": "Username", "previous_value": "old_example", "new_value": "me_example"});
        let expected = |details| {
            json!([{"kind": "profile_change", "at": {"ms": AT, "precision": "s"}, "author": "me", "text": "me_example",
                    "other_text": ["old_example"], "details": details}])
        };
        let known = [
            element("Changed", "Previous Value", "New Value", "Change Date"),
            element("Modifié", "Valeur précédente", "Nouvelle valeur", "Date de modification"),
            element("변경됨", "이전 값", "새 값", "날짜 변경"),
        ];
        for element in &known {
            check(path, "profile_profile_change", element, &expected(details.clone()));
        }
        let half = element("Geändert", "Alter Wert", "Anderer Wert", "Datum ändern");
        let mut with_labels = details.clone();
        with_labels["Alter Wert"] = json!("old_example");
        with_labels["Anderer Wert"] = json!("me_example");
        check(path, "profile_profile_change", &half, &expected(with_labels));
        for element in known.iter().chain([&half]) {
            let expected = Identity {
                handle: Some("me_example".to_owned()),
                earlier_handles: vec!["old_example".to_owned()],
                ..Identity::default()
            };
            assert_eq!(identity(path, &parse(element)), Some(expected), "{element}");
        }
    }

    #[test]
    fn notes_and_reposts() {
        check(
            "personal_information/personal_information/reposts.json",
            "profile_media_reposts",
            r#"{"title": "", "string_map_data": {"Time of repost": {"timestamp": 1650000000}, "Text": {"value": "look!"}}}"#,
            &json!([{"kind": "repost", "at": {"ms": AT, "precision": "s"}, "author": "me", "text": "look!"}]),
        );
        for (text, expiry, media, owner) in
            [("Text", "Expiry time", "Media", "Owner"), ("텍스트", "만료", "알 수 없음", "소유자")]
        {
            let element = format!(
                r#"{{"timestamp": 1650000000, "fbid": "18000000000000001", "label_values": [{{"label": "{text}", "value": "look!"}}, {{"label": "{expiry}", "value": ""}},
                    {{"title": "{media}", "dict": [{{"title": "", "dict": [{{"label": "URL", "value": "https://www.instagram.com/p/Cabc/"}}, {{"label": "Caption", "value": "Choux"}},
                    {{"title": "{owner}", "dict": [{{"title": "", "dict": [{{"label": "Username", "value": "ann_example"}}]}}]}}]}}]}}]}}"#
            );
            check(
                "your_instagram_activity/media/reposts.json",
                "",
                &element,
                &json!([{"kind": "repost", "at": {"ms": AT, "precision": "s"}, "author": "me", "counterpart": {"handle": "ann_example"}, "text": "look!",
                         "other_text": ["Choux"], "url": "https://www.instagram.com/p/Cabc/", "external_id": "18000000000000001"}]),
            );
        }
    }
}
