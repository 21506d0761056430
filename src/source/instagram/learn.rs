//! What a first pass over the small identity documents of a snapshot teaches: whose it is, under which names, and in
//! which language its labels are (format reference §1.C7, §2.4, §4.8).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::flat::time;
use super::html;
use super::json::{self, Json};
use super::labels::{self, Label};
use crate::model::Zone;
use crate::source::{FlatZone, Learnt};

/// Whether the first pass should look at this document.
pub fn teaches(path: &str) -> bool {
    lesson_of(path).is_some()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lesson {
    /// User name and display name as they are now.
    Profile,
    /// Earlier names.
    Changes,
    /// Only labels, for the language.
    Labels,
    /// The profile of generations A and B.
    FlatProfile,
    /// The media of generations A and B: the zone of times without offset, and the files of conversations.
    FlatMedia,
    /// The page that a download in HTML begins with: who asked for it, in which language, and the zone of its clocks.
    Start,
}

fn lesson_of(path: &str) -> Option<Lesson> {
    let (folder, base) = path.rsplit_once('/').unwrap_or(("", path));
    // "Threads" and "Edits" have a file of the same name, about other accounts.
    if folder.split('/').any(|part| matches!(part, "threads" | "edits")) {
        return None;
    }
    let (stem, extension) = base.rsplit_once('.')?;
    if !matches!(extension, "json" | "html") {
        return None;
    }
    match stem {
        "profile" if folder.is_empty() && extension == "json" => Some(Lesson::FlatProfile),
        "media" if folder.is_empty() && extension == "json" => Some(Lesson::FlatMedia),
        "personal_information" => Some(Lesson::Profile),
        "profile_changes" => Some(Lesson::Changes),
        "account_information" | "instagram_profile_information" | "post_comments_1" => Some(Lesson::Labels),
        "start_here" | "index" if extension == "html" => Some(Lesson::Start),
        _ => None,
    }
}

/// A larger document is no small one and teaches nothing (a guess: the longest list of comments seen has some 4 MB; all
/// elements of a document are held here).
const LARGEST: usize = 16 << 20;

/// Learns from a document. The order of the documents matters only where several tell the language, or a profile: the
/// first counts for the one, the last for the other.
pub fn learn(learnt: &mut Learnt, path: &str, bytes: &[u8]) {
    let Some(lesson) = lesson_of(path).filter(|_| bytes.len() <= LARGEST) else { return };
    if lesson == Lesson::Start {
        let head = html::head::of_start_page(bytes);
        learn_zone(learnt, &head);
        if let Some((handle, language)) = head.asked_by {
            put_last(&mut learnt.handles, &handle);
            learnt.language.get_or_insert_with(|| language.to_owned());
        }
        return;
    }
    if path.ends_with(".html") {
        learn_zone(learnt, &html::head::of_page(bytes));
    }
    let elements =
        if path.ends_with(".html") { html::elements_of(path, bytes) } else { json::elements_of(path, bytes) };
    let records: Vec<Vec<(String, String)>> = elements.iter().map(labelled_values).collect();
    if learnt.language.is_none() {
        learnt.language = language_of(&records);
    }
    match lesson {
        Lesson::Profile => {
            let value_of = |wanted| records.iter().flatten().find(|(label, _)| labels::find(label) == Some(wanted));
            put_first(&mut learnt.handles, value_of(Label::Username).map(|(_, value)| value.as_str()));
            put_first(&mut learnt.names, value_of(Label::Name).map(|(_, value)| value.as_str()));
        }
        Lesson::Changes => {
            // Oldest first in the file; what was newest stands first here.
            for change in records.iter().rev() {
                let Some((changed, previous, new)) = change_of(change) else { continue };
                let names = match changed {
                    "Username" => &mut learnt.handles,
                    "Profile Name" | "Name" => &mut learnt.names,
                    _ => continue,
                };
                put_last(names, new);
                put_last(names, previous);
            }
        }
        Lesson::Labels | Lesson::Start => {}
        Lesson::FlatProfile => learn_flat_profile(learnt, bytes),
        Lesson::FlatMedia => learn_flat_media(learnt, &elements),
    }
}

/// Of pages that tell different zones the one that is first in the alphabet counts, so that their order does not matter;
/// California before all.
fn learn_zone(learnt: &mut Learnt, head: &html::head::Head) {
    let Some(told) = head.zone else { return };
    let rank = |zone: Zone| (zone != Zone::PACIFIC, zone.to_string());
    learnt.page_zone = [learnt.page_zone, Some(told.zone)].into_iter().flatten().min_by_key(|zone| rank(*zone));
}

fn learn_flat_profile(learnt: &mut Learnt, bytes: &[u8]) {
    let Ok(profile) = serde_json::from_slice::<Json>(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)) else {
        return;
    };
    let text = |name: &str| profile.get(name).and_then(Json::as_filled_text).map(str::trim);
    put_first(&mut learnt.handles, text("username"));
    put_first(&mut learnt.names, text("name"));
}

/// A single clock that ran in UTC settles it: in Pacific time no folder can be that of the month before.
fn learn_flat_media(learnt: &mut Learnt, rows: &[Json]) {
    let rows = || {
        let text = |row: &'_ Json, name: &str| row.get(name).and_then(Json::as_filled_text).map(str::to_owned);
        rows.iter().filter_map(move |row| Some((text(row, "taken_at")?, text(row, "path")?)))
    };
    for (taken_at, path) in rows() {
        match time::zone_told_by(&taken_at, &path) {
            Some(FlatZone::Utc) => learnt.flat_zone = Some(FlatZone::Utc),
            Some(FlatZone::Pacific) => learnt.flat_zone = learnt.flat_zone.or(Some(FlatZone::Pacific)),
            None => {}
        }
    }
    let direct_files = Arc::make_mut(&mut learnt.direct_files);
    for (taken_at, path) in rows().filter(|(_, path)| path.starts_with("direct/")) {
        direct_files.entry(taken_at).or_default().insert(path);
    }
    // Anew from all that was seen: another part may only now have told in which zone these times are.
    let mut direct: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    for (taken_at, paths) in learnt.direct_files.iter() {
        if let Some(read) = time::read(taken_at, learnt) {
            direct.entry(read.at.utc_ms().div_euclid(1_000)).or_default().extend(paths.iter().cloned());
        }
    }
    learnt.direct_media =
        Arc::new(direct.into_iter().map(|(second, paths)| (second, paths.into_iter().collect())).collect());
}

/// Labels and values of a record with `string_map_data` or `label_values`, in order; empty values too.
fn labelled_values(record: &Json) -> Vec<(String, String)> {
    let text = |json: &Json| json.get("value").and_then(Json::as_text).unwrap_or_default().trim().to_owned();
    let map = record.get("string_map_data").map(Json::members).unwrap_or_default();
    let nodes = record.get("label_values").map(Json::elements).unwrap_or_default();
    let labelled = |node: &Json| Some((node.get("label")?.as_text()?.to_owned(), text(node)));
    map.iter().map(|(label, value)| (label.clone(), text(value))).chain(nodes.iter().filter_map(labelled)).collect()
}

/// What changed, from what, to what. In a language whose labels are unknown the order tells: it is always the same.
fn change_of(change: &[(String, String)]) -> Option<(&str, &str, &str)> {
    let at = |wanted, position: usize| {
        let labelled = change.iter().find(|(label, _)| labels::find(label) == Some(wanted));
        labelled.or(change.get(position)).map(|(_, value)| value.as_str())
    };
    Some((at(Label::Changed, 0)?, at(Label::PreviousValue, 1)?, at(Label::NewValue, 2)?))
}

/// The language to which most of the labels belong; of equals the first in the alphabet.
fn language_of(records: &[Vec<(String, String)>]) -> Option<String> {
    let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
    for language in records.iter().flatten().filter_map(|(label, _)| labels::language_of(label)) {
        *votes.entry(language).or_default() += 1;
    }
    let most = votes.values().max().copied()?;
    votes.into_iter().find(|(_, n)| *n == most).map(|(language, _)| language.to_owned())
}

fn put_first(names: &mut Vec<String>, name: Option<&str>) {
    let Some(name) = name.filter(|name| !name.is_empty()) else { return };
    names.retain(|known| known != name);
    names.insert(0, name.to_owned());
}

fn put_last(names: &mut Vec<String>, name: &str) {
    if !name.is_empty() && names.iter().all(|known| known != name) {
        names.push(name.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROFILE: &str = r#"{"profile_user":[{"title":"User information","media_map_data":{},"string_map_data":{
        "Email":{"value":"zoe@example.org"},"Username":{"value":"zoe.example"},"Name":{"value":"Zo\u00c3\u00ab Example"}}}]}"#;
    const CHANGES: &str = r#"{"profile_profile_change":[
        {"string_map_data":{"Changed":{"value":"Username"},"Previous Value":{"value":"zoe_first"},"New Value":{"value":"zoe_second"},"Change Date":{"timestamp":1}}},
        {"string_map_data":{"Was":{"value":"Profile Name"},"Vorher":{"value":"Zo"},"Nachher":{"value":"Zo\u00c3\u00ab Example"}}},
        {"string_map_data":{"Changed":{"value":"Username"},"Previous Value":{"value":"zoe_second"},"New Value":{"value":"zoe.example"},"Change Date":{"timestamp":2}}}]}"#;

    #[test]
    fn names_are_learnt_in_any_order() {
        let documents =
            [("personal_information/personal_information.json", PROFILE), ("login/profile_changes.json", CHANGES)];
        for order in [[0, 1], [1, 0]] {
            let mut learnt = Learnt::default();
            for index in order {
                learn(&mut learnt, documents[index].0, documents[index].1.as_bytes());
            }
            assert_eq!(learnt.handles, ["zoe.example", "zoe_second", "zoe_first"]);
            assert_eq!(learnt.names, ["Zoë Example", "Zo"]);
            assert_eq!(learnt.language.as_deref(), Some("en"));
        }
    }

    #[test]
    fn other_forms_teach_too() {
        let check = |path: &str, json: &str, handles: &[&str]| {
            let mut learnt = Learnt::default();
            learn(&mut learnt, path, json.as_bytes());
            assert_eq!(learnt.handles, handles, "{json}");
        };
        check("personal_information.json", r#"{"string_map_data":{"Username":{"value":"ann"}}}"#, &["ann"]);
        check("personal_information.json", r#"[{"label_values":[{"label":"Username","value":"ann"}]}]"#, &["ann"]);
        check(
            "personal_information.json",
            r#"{"profile_user":{"string_map_data":{"Username":{"value":"ann"}}}}"#,
            &["ann"],
        );
        check("x/threads/personal_information.json", r#"{"string_map_data":{"Username":{"value":"ann"}}}"#, &[]);
        check("personal_information.json", "[{", &[]);
        check("profile.json", r#"{"username": "ann", "name": "Ann Example"}"#, &["ann"]);
        check("elsewhere/profile.json", r#"{"username": "ann"}"#, &[]);
        assert!(teaches("a/profile_changes.json") && !teaches("a/liked_posts.json"));
    }

    #[test]
    fn flat_media_tell_the_zone_and_the_files_of_conversations() {
        let check = |photos: &[(&str, &str)], zone, second: i64| {
            let rows: Vec<String> = photos
                .iter()
                .map(|(at, folder)| format!(r#"{{"taken_at": "{at}", "path": "photos/{folder}/a.jpg"}}"#))
                .collect();
            let json = format!(
                r#"{{"photos": [{}], "direct": [{{"taken_at": "2019-06-10T00:00:00", "path": "direct/201906/a.jpg"}}]}}"#,
                rows.join(",")
            );
            let mut learnt = Learnt::default();
            learn(&mut learnt, "media.json", json.as_bytes());
            assert_eq!(learnt.flat_zone, zone, "{json}");
            assert_eq!(learnt.direct_media.get(&second), Some(&vec!["direct/201906/a.jpg".to_owned()]), "{json}");
        };
        let (utc, pacific) = (1_560_124_800, 1_560_124_800 + 7 * 3_600);
        check(
            &[("2019-06-01T03:57:10", "201906"), ("2019-06-20T03:57:10", "201906")],
            Some(FlatZone::Pacific),
            pacific,
        );
        check(&[("2019-06-01T03:57:10", "201905")], Some(FlatZone::Utc), utc);
        check(&[("2019-06-01T03:57:10", "201906"), ("2019-07-01T03:57:10", "201906")], Some(FlatZone::Utc), utc);
        check(&[("2019-06-20T03:57:10", "201906")], None, utc);
    }

    #[test]
    fn media_of_all_parts_teach_together() {
        let zone = r#"{"photos": [{"taken_at": "2019-06-01T03:57:10", "path": "photos/201906/a.jpg"}]}"#;
        let file = |name: &str| {
            format!(r#"{{"direct": [{{"taken_at": "2019-06-10T00:00:00", "path": "direct/201906/{name}.jpg"}}]}}"#)
        };
        let documents = [zone.to_owned(), file("a"), file("b")];
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
            let mut learnt = Learnt::default();
            for index in order {
                learn(&mut learnt, "media.json", documents[index].as_bytes());
            }
            let paths = ["a", "b"].map(|name| format!("direct/201906/{name}.jpg")).to_vec();
            let expected = BTreeMap::from([(1_560_124_800 + 7 * 3_600, paths)]);
            assert_eq!((learnt.flat_zone, &*learnt.direct_media), (Some(FlatZone::Pacific), &expected), "{order:?}");
        }
    }
}
