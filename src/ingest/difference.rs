//! What two snapshots say differently about one record, field by field and after normalisation: texts without the spaces at
//! their ends, links without what drifts, media by their ids, people under any of their names. Pure.

use std::collections::BTreeSet;

use super::identity::{comparable_text, comparable_url};
use super::merge::{is_anonymous, medium_name, merge_told, plain_emoji};
use crate::model::{Detail, Details, Item, Kind, Moment, Precision, Who};
use crate::store::SnapshotRef;

/// One field of a record in two snapshots. At most one side is nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// As the views call it; `details.` before what has no column of its own.
    pub field: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// What became of a record between two snapshots that both have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Became {
    Changed,
    /// It says less, and nothing else.
    Impoverished,
}

/// Messages that the app wrote.
const OF_THE_APP: [&str; 4] = ["system", "call", "reaction_notice", "attachment_notice"];

/// Details that say how something was read, and not what it is.
const OF_THE_READING: [&str; 1] = ["time_zone"];

/// What the items that stand for one record in each of the snapshots say differently. `person` gives the same number for
/// names of one person. Nothing where one side has no items. Where the two are not in one language, labels that only one side
/// has say nothing, nor does how each calls the same thing: a message that all downloads together show to be the app's
/// (`subkind` is the record's) is so on both sides.
pub fn difference(
    before: &[Item],
    after: &[Item],
    (is_one_language, subkind): (bool, Option<&str>),
    person: &dyn Fn(&Who) -> String,
) -> Vec<FieldChange> {
    let (Some(mut before), Some(mut after)) = (told_by(before), told_by(after)) else { return Vec::new() };
    if !is_one_language {
        for item in [&mut before, &mut after] {
            say_as_found(item, subkind);
        }
    }
    let mut changes: Vec<FieldChange> = Vec::new();
    let mut compare = |field: &str, one: Option<Told>, other: Option<Told>| {
        let is_same = match (&one, &other) {
            (None, None) => true,
            (Some(one), Some(other)) => one.compared == other.compared,
            _ => false,
        };
        if !is_same {
            let shown = |told: Option<Told>| told.map(|told| told.shown);
            changes.push(FieldChange { field: field.to_owned(), before: shown(one), after: shown(other) });
        }
    };
    let who = |who: &Option<Who>| who.as_ref().filter(|who| is_known(who)).map(|who| told(person(who), name_of(who)));
    compare("kind", plain(Some(before.kind.name())), plain(Some(after.kind.name())));
    compare("subkind", plain(before.subkind.as_deref()), plain(after.subkind.as_deref()));
    let (one, other) = times(before.at, after.at);
    compare("at", one, other);
    compare("author", who(&before.author), who(&after.author));
    compare("counterpart", who(&before.counterpart), who(&after.counterpart));
    let (is_one_side, is_one_text) = are_one(&before, &after, person);
    if !is_one_text {
        compare("text", text(before.text.as_deref()), text(after.text.as_deref()));
    }
    if !is_one_side {
        compare("url", link(before.url.as_deref()), link(after.url.as_deref()));
    }
    compare("place", text(before.place.as_deref()), text(after.place.as_deref()));
    compare("latitude", degrees(before.latitude), degrees(after.latitude));
    compare("longitude", degrees(before.longitude), degrees(after.longitude));
    let share = |item: &Item| item.share.clone().unwrap_or_default();
    let (one, other) = (share(&before), share(&after));
    compare("share_url", link(one.url.as_deref()), link(other.url.as_deref()));
    compare("share_text", text(one.text.as_deref()), text(other.text.as_deref()));
    compare("share_owner", text(one.owner.as_deref()), text(other.owner.as_deref()));
    let seconds = |item: &Item| item.call_seconds.map(|seconds| told(seconds.to_string(), seconds.to_string()));
    compare("call_seconds", seconds(&before), seconds(&after));
    compare("is_unsent", flag(before.is_unsent), flag(after.is_unsent));
    compare("is_edited", flag(before.is_edited), flag(after.is_edited));
    let media =
        |item: &Item| set(item.media.iter().filter(|medium| medium.role.is_none()).map(|m| told_once(medium_name(m))));
    // Files of the flat trees have another name in every download.
    if !before.media.iter().chain(&after.media).any(crate::model::MediaRef::has_passing_name) {
        compare("media", media(&before), media(&after));
    }
    let reactions = |item: &Item| {
        set(item.reactions.iter().map(|reaction| {
            let emoji = plain_emoji(&reaction.reaction);
            told(format!("{emoji} {}", person(&reaction.actor)), format!("{emoji} {}", name_of(&reaction.actor)))
        }))
    };
    compare("reactions", reactions(&before), reactions(&after));
    let (mut details_before, details_after) =
        (before.details.with_distinct_names(), after.details.with_distinct_names());
    if !is_one_language {
        // What the service calls a thing is not how a reader calls it.
        let is_label = |name: &str| name.contains(|letter: char| !matches!(letter, 'a'..='z' | '0'..='9' | '_'));
        let is_told_by = |other: &Details, name: &str| !is_label(name) || other.get(name).is_some();
        details_before.0.retain(|(name, _)| is_told_by(&details_after, name));
    }
    compare_details("details", &details_before, &details_after, &mut compare);
    changes
}

/// Whether two items say the same of the other side, whatever its name and with it the link, and the same in words.
fn are_one(before: &Item, after: &Item, person: &dyn Fn(&Who) -> String) -> (bool, bool) {
    // The link to somebody who has another name now is another one, and so is what was searched for to find them.
    let is_named = matches!(before.kind, Kind::Follow | Kind::Search);
    let sides = before.counterpart.as_ref().zip(after.counterpart.as_ref()).filter(|_| is_named);
    let is_one_side = sides.is_some_and(|(one, other)| person(one) == person(other));
    let names_it = |item: &Item| item.text.as_deref() == item.counterpart.as_ref().map(name_of).as_deref();
    // What the app wrote is in the language of the download, and names people as they were called then.
    let is_notice = is_of_the_app(before) && is_of_the_app(after);
    (is_one_side, is_notice || (is_one_side && names_it(before) && names_it(after)))
}

/// Puts what a thing was found to be in the place of what its language calls it.
fn say_as_found(item: &mut Item, subkind: Option<&str>) {
    let is_notice = item.kind == Kind::Message && subkind.is_some_and(|subkind| OF_THE_APP.contains(&subkind));
    if is_notice && item.subkind.as_deref() != Some("unavailable") {
        item.subkind = subkind.map(str::to_owned);
    }
    // What a thing is, or what it stood below, in the language of the download.
    let label = match item.kind {
        Kind::Collection => "title",
        Kind::Interest => "list",
        _ => return,
    };
    item.details.0.retain(|(name, _)| name != label);
}

/// How several changes of a record add up: `None` where there are none.
pub fn became(changes: &[FieldChange]) -> Option<Became> {
    let is_only_loss = changes.iter().all(|change| change.after.is_none());
    (!changes.is_empty()).then_some(if is_only_loss { Became::Impoverished } else { Became::Changed })
}

/// One item for all that stand for a record in one snapshot, by the same rules by which records are computed.
fn told_by(items: &[Item]) -> Option<Item> {
    let snapshot = SnapshotRef { date: String::new(), public_id: String::new(), id: 0 };
    merge_told(items.iter().map(|item| (snapshot.clone(), item.clone()))).map(|merged| merged.item)
}

/// A value as it is compared and as it is shown.
#[derive(Clone, Debug)]
struct Told {
    compared: String,
    shown: String,
}

fn told(compared: String, shown: impl Into<String>) -> Told {
    Told { compared, shown: shown.into() }
}

fn told_once(value: &str) -> Told {
    told(value.to_owned(), value)
}

fn plain(value: Option<&str>) -> Option<Told> {
    value.map(told_once)
}

fn text(value: Option<&str>) -> Option<Told> {
    value.map(|value| told(comparable_text(value), value)).filter(|told| !told.compared.is_empty())
}

fn link(value: Option<&str>) -> Option<Told> {
    value.filter(|value| !value.is_empty()).map(|value| told(comparable_url(value), value))
}

fn degrees(value: Option<f64>) -> Option<Told> {
    value.map(|value| told(format!("{value:.4}"), value.to_string()))
}

fn flag(value: bool) -> Option<Told> {
    value.then(|| told_once("yes"))
}

fn set(values: impl Iterator<Item = Told>) -> Option<Told> {
    let mut values: Vec<(String, String)> = values.map(|told| (told.compared, told.shown)).collect();
    values.sort();
    values.dedup_by(|one, other| one.0 == other.0);
    let (compared, shown): (Vec<_>, Vec<_>) = values.into_iter().unzip();
    (!compared.is_empty()).then(|| told(compared.join("\n"), shown.join(", ")))
}

/// Two times, each cut to what the coarser one knows. What has a time on one side only differs.
fn times(before: Option<Moment>, after: Option<Moment>) -> (Option<Told>, Option<Told>) {
    let coarser = before.iter().chain(&after).map(|at| at.precision).max();
    let unit = match coarser {
        None | Some(Precision::Millisecond) => 1,
        Some(Precision::Second) => 1_000,
        Some(Precision::Minute) => 60_000,
        Some(Precision::Day) => 24 * 3_600_000,
    };
    let cut = |at: Option<Moment>| {
        at.map(|at| {
            let shown = chrono::DateTime::from_timestamp_millis(at.utc_ms()).map(|at| at.to_rfc3339());
            told((at.utc_ms().div_euclid(unit)).to_string(), shown.unwrap_or_default())
        })
    };
    // A clock without a zone of its own is not held against an instant.
    let is_doubtful = before.zip(after).is_some_and(|(before, after)| before.is_wall() || after.is_wall());
    if is_doubtful { (None, None) } else { (cut(before), cut(after)) }
}

/// Takes a field with what stands in it on both sides.
type Compare<'c> = dyn FnMut(&str, Option<Told>, Option<Told>) + 'c;

/// Compares name by name, and what has names in it likewise. What a newer layout tells besides is no change of the thing.
fn compare_details(of: &str, before: &Details, after: &Details, compare: &mut Compare<'_>) {
    let names: BTreeSet<&str> = before.0.iter().map(|(name, _)| name.as_str()).collect();
    for name in names.into_iter().filter(|name| !OF_THE_READING.contains(name)) {
        let field = format!("{of}.{name}");
        match (before.get(name), after.get(name)) {
            (Some(Detail::Map(before)), Some(Detail::Map(after))) => compare_details(&field, before, after, compare),
            (before, after) => compare(&field, detail(before), detail(after)),
        }
    }
}

fn detail(value: Option<&Detail>) -> Option<Told> {
    Some(told_once(&shown_detail(value?))).filter(|told| !told.compared.is_empty())
}

fn shown_detail(value: &Detail) -> String {
    let all = |parts: Vec<String>| parts.join(", ");
    match value {
        Detail::Text(text) => comparable_text(text),
        Detail::Bool(value) => value.to_string(),
        Detail::Integer(number) => number.to_string(),
        Detail::Float(number) => number.to_string(),
        Detail::List(values) => all(values.iter().map(shown_detail).collect()),
        Detail::Map(Details(named)) => {
            all(named.iter().map(|(name, value)| format!("{name}: {}", shown_detail(value))).collect())
        }
    }
}

fn is_known(who: &Who) -> bool {
    !matches!(who, Who::Handle(name) | Who::Name(name) if is_anonymous(name))
}

fn name_of(who: &Who) -> String {
    match who {
        Who::Me => "me".to_owned(),
        Who::Handle(name) | Who::Name(name) => name.clone(),
    }
}

fn is_of_the_app(item: &Item) -> bool {
    let subkind = item.subkind.as_deref();
    item.kind == Kind::Message
        && subkind.is_some_and(|subkind| subkind == "unavailable" || OF_THE_APP.contains(&subkind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{MediaRef, Reaction};

    fn person(who: &Who) -> String {
        // Anna has two names.
        match who {
            Who::Name(name) if name.starts_with("Anna") => "1".to_owned(),
            who => format!("{who:?}"),
        }
    }

    fn message(text: &str) -> Item {
        Item { text: Some(text.into()), author: Some(Who::Name("Anna A.".into())), ..Item::new(Kind::Message) }
    }

    fn check(before: &Item, after: &Item, expected: &[(&str, Option<&str>, Option<&str>)], is: Option<Became>) {
        let changes = difference(std::slice::from_ref(before), std::slice::from_ref(after), (true, None), &person);
        let seen: Vec<_> =
            changes.iter().map(|one| (one.field.as_str(), one.before.as_deref(), one.after.as_deref())).collect();
        assert_eq!((seen.as_slice(), became(&changes)), (expected, is));
    }

    #[test]
    fn what_is_written_otherwise_is_the_same() {
        let medium = |path: &str| MediaRef { path: path.into(), ..MediaRef::default() };
        let before = Item {
            url: Some("https://www.instagram.com/p/Cabc/?igsh=1".into()),
            media: vec![medium("media/posts/202201/1_2_17900000000000001.jpg")],
            reactions: vec![Reaction { actor: Who::Name("Anna A.".into()), reaction: "❤".into(), at: None }],
            ..message("hello ")
        };
        let after = Item {
            url: Some("https://instagram.com/p/Cabc/".into()),
            author: Some(Who::Name("Anna B.".into())),
            media: vec![medium("your_instagram_activity/x_17900000000000001.webp")],
            reactions: vec![Reaction { actor: Who::Name("Anna B.".into()), reaction: "❤\u{fe0f}".into(), at: None }],
            ..message("hello")
        };
        check(&before, &after, &[], None);
        let mut more = after.clone();
        more.details.push("section", "inbox");
        check(&before, &more, &[], None);
    }

    #[test]
    fn fields_tell_what_changed_and_what_was_lost() {
        let (before, mut after) = (message("first"), message("second"));
        check(&before, &after, &[("text", Some("first"), Some("second"))], Some(Became::Changed));
        after = Item { text: None, ..before.clone() };
        check(&before, &after, &[("text", Some("first"), None)], Some(Became::Impoverished));
        check(&after, &before, &[("text", None, Some("first"))], Some(Became::Changed));
        let nobody = Item { author: Some(Who::Name("Instagram User".into())), ..before.clone() };
        check(&before, &nobody, &[("author", Some("Anna A."), None)], Some(Became::Impoverished));
        let mut detailed = before.clone();
        detailed.details.push("music", "rock");
        check(&detailed, &before, &[("details.music", Some("rock"), None)], Some(Became::Impoverished));
        assert_eq!(difference(&[], &[before], (true, None), &person), []);
    }

    #[test]
    fn names_within_details_are_told_each() {
        let with = |details: &str| Item { details: serde_json::from_str(details).expect("details"), ..message("x") };
        check(
            &with(r#"{"camera": {"iso": "80", "model": "P1"}, "tags": ["a"]}"#),
            &with(r#"{"camera": {"iso": "100", "model": "P1", "new": 1}, "tags": ["a", "b"]}"#),
            &[("details.camera.iso", Some("80"), Some("100")), ("details.tags", Some("a"), Some("a, b"))],
            Some(Became::Changed),
        );
        // A label of another language is another label.
        let (korean, german) = (with(r#"{"광고 여부": "거짓", "iso": "80"}"#), with(r#"{"Anzeige": "nein"}"#));
        let fields = |is_one_language| {
            let [one, other] = [&korean, &german].map(std::slice::from_ref);
            let changes = difference(one, other, (is_one_language, None), &person);
            changes.into_iter().map(|change| change.field).collect::<Vec<_>>()
        };
        assert_eq!(fields(false), ["details.iso"]);
        assert_eq!(fields(true), ["details.iso", "details.광고 여부"]);
    }

    #[test]
    fn what_the_app_wrote_does_not_change_with_the_language() {
        let notice = |text: &str| Item { subkind: Some("reaction_notice".into()), ..message(text) };
        check(&notice("Liked a message"), &notice("Gefällt mir"), &[], None);
        // What no table of words knows was read as a text; all downloads together show what it is.
        let unknown = Item { subkind: Some("text".into()), ..message("공감을 남겼습니다") };
        let liked = notice("Liked a message");
        let fields = |is_one_language, found: &str| {
            let [one, other] = [&liked, &unknown].map(std::slice::from_ref);
            let changes = difference(one, other, (is_one_language, Some(found)), &person);
            changes.into_iter().map(|change| change.field).collect::<Vec<_>>()
        };
        assert_eq!(fields(false, "reaction_notice"), [] as [&str; 0]);
        assert_eq!(fields(false, "text"), ["subkind", "text"]);
        assert_eq!(fields(true, "reaction_notice"), ["subkind", "text"]);
    }

    #[test]
    fn times_are_compared_as_the_coarser_one_knows_them() {
        use crate::model::Basis;
        let at = |ms, precision, basis| Item { at: Some(Moment { ms, precision, basis }), ..message("x") };
        let fine = at(1_650_000_000_123, Precision::Millisecond, Basis::Utc);
        check(&fine, &at(1_650_000_000_000, Precision::Second, Basis::Utc), &[], None);
        check(&fine, &at(1_600_000_000_000, Precision::Minute, Basis::Wall), &[], None);
        let other = at(1_650_000_001_123, Precision::Millisecond, Basis::Utc);
        let shown = [("at", Some("2022-04-15T05:20:00.123+00:00"), Some("2022-04-15T05:20:01.123+00:00"))];
        check(&fine, &other, &shown, Some(Became::Changed));
    }
}
