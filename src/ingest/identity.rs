//! Who a record is. Pure: from what an item says to the key that it shares with every other sighting of the same thing,
//! and from all sightings of a key to the records that they are.
//!
//! The keys follow format reference §8.1. A key names the account, because records are never merged across accounts, and
//! nothing that depends on a position, a page, a folder or an order of arrival.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization;

use crate::model::{Item, Key, KeyBuilder, Kind, PublicId, Section, ThreadHead, Who};
use crate::store::SightingRow;

/// Who an item is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    pub key: Key,
    pub counting: Counting,
}

/// How many records a key can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// The key names one thing, however often it is listed.
    One,
    /// Equal rows are as many things as the fullest snapshot lists.
    Each,
}

/// Text as it is compared: NFC, trimmed, single spaces.
pub fn comparable_text(text: &str) -> String {
    let normal: String = text.nfc().collect();
    normal.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A web address as it is compared: host and path without query, fragment, `www.` and final slash. Share parameters come
/// and go between downloads (format reference §4.4).
pub fn comparable_url(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or(rest).trim_end_matches('/');
    let (host, path) = rest.split_once('/').map_or((rest, ""), |(host, path)| (host, path));
    let host = host.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let host = if host == "threads.net" { "threads.com" } else { host };
    if path.is_empty() { host.to_owned() } else { format!("{host}/{path}") }
}

/// The code of a post in a link (`/p/<code>`, `/reel/<code>`, `/tv/<code>`, on Threads `/post/<code>`); links into private
/// accounts carry a long token behind its eleven characters.
pub fn shortcode(url: &str) -> Option<String> {
    let comparable = comparable_url(url);
    let mut segments = comparable.split('/').skip(1);
    while let Some(segment) = segments.next() {
        if matches!(segment, "p" | "reel" | "reels" | "tv" | "post" | "t") {
            let code = segments.next().filter(|code| !code.is_empty())?;
            return Some(if code.len() > 30 { code.chars().take(11).collect() } else { code.to_owned() });
        }
    }
    None
}

fn name_of(who: Option<&Who>) -> Option<&str> {
    match who? {
        Who::Me => Some(""),
        Who::Handle(name) | Who::Name(name) => Some(name),
    }
}

/// The key of an item in an account. `thread` is the key of its conversation, which counts only where a message has no
/// time: ids of conversations change, times do not.
pub fn identify(account: Key, item: &Item, thread: Option<Key>) -> Identity {
    let start = |purpose: &str| KeyBuilder::new(purpose).part(account.as_bytes());
    let app = item.details.text("app").unwrap_or_default();
    let at_s = item.at.map(|at| at.utc_ms().div_euclid(1_000));
    let timed = |key: KeyBuilder| match at_s {
        Some(at) => key.number(1).number(at),
        None => key.number(0),
    };
    let one = |key: KeyBuilder| Identity { key: key.key(), counting: Counting::One };
    let each = |key: KeyBuilder| Identity { key: key.key(), counting: Counting::Each };
    let text = || comparable_text(item.text.as_deref().unwrap_or_default());
    let subkind = item.subkind.as_deref().unwrap_or_default();
    let code = item.url.as_deref().and_then(shortcode);
    let counterpart = name_of(item.counterpart.as_ref());

    match item.kind {
        // A reel that another file lists as a post, or an archived or deleted post, is still the same thing.
        Kind::Post | Kind::Reel => match own_media_id(item) {
            Some(id) => one(start("own").part(app).part(id)),
            None => each(timed(start("own, by time").part(app)).part(text())),
        },
        Kind::Story => match own_media_id(item) {
            Some(id) => one(start("story").part(id)),
            None => each(timed(start("story, by time")).part(text())),
        },
        Kind::ProfilePhoto => match own_media_id(item) {
            Some(id) => one(timed(start("profile photo").part(id))),
            None => each(timed(start("profile photo, by time"))),
        },
        Kind::Message => match item.at {
            Some(at) => each(start("message").number(at.utc_ms())),
            None => each(start("message, untimed").maybe(thread.map(|key| *key.as_bytes()))),
        },
        Kind::Comment => each(timed(start("comment").part(app)).part(text())),
        Kind::Like => match code {
            Some(code) if subkind == "liked_post" || subkind.is_empty() => one(start("like").part(app).part(code)),
            Some(code) => each(timed(start("like").part(app).part(subkind).part(code))),
            None => match item.url.as_deref().filter(|url| !url.is_empty()) {
                Some(url) => one(start("like, by link").part(app).part(subkind).part(comparable_url(url))),
                None => each(timed(start("like, by time").part(app).part(subkind))),
            },
        },
        Kind::Save => match code {
            Some(code) => one(start("save").part(app).part(code)),
            None => each(timed(start("save, by time").part(app).part(subkind)).maybe(counterpart).part(text())),
        },
        Kind::Collection => match at_s {
            Some(at) => one(start("collection").number(at)),
            None => one(start("collection, by name").part(text())),
        },
        // Old downloads leave the answer out: it tells rows apart but does not make another thing.
        Kind::StoryInteraction => each(timed(start("story interaction").part(subkind)).maybe(counterpart)),
        // A friend who was renamed is followed since the same second.
        Kind::Follow if at_s.is_some() => each(timed(start("follow").part(app).part(subkind))),
        Kind::Follow => each(start("follow, untimed").part(app).part(subkind).maybe(counterpart)),
        Kind::Search => each(timed(start("search").part(subkind)).part(text())),
        Kind::ProfileChange => each(timed(start("profile change").part(subkind)).part(text())),
        Kind::Contact => each(timed(start("contact")).part(text())),
        Kind::View | Kind::Visit | Kind::Login | Kind::Ad | Kind::ExternalEvent => each(
            timed(start("event").number(item.kind.code()).part(app).part(subkind))
                .maybe(counterpart)
                .maybe(item.url.as_deref().map(comparable_url))
                .part(text()),
        ),
        _ => each(
            timed(start("whole").number(item.kind.code()).part(app).part(subkind))
                .part(text())
                .part(format!("{:?}", (&item.other_text, &item.url, &item.counterpart, &item.details))),
        ),
    }
}

/// The key of a conversation, as one document knows it: by the id that Instagram gave it, else by its folder, else by
/// its title.
pub fn thread_key(account: Key, head: &ThreadHead) -> Key {
    let start =
        KeyBuilder::new("thread key").part(account.as_bytes()).part(format!("{:?}", head.section == Section::Reported));
    match (&head.external_id, &head.folder) {
        (Some(id), _) => start.part("id").part(id),
        (None, Some(folder)) => start.part("folder").part(folder),
        (None, None) => start.part("title").maybe(head.title.as_deref()),
    }
    .key()
}

/// The smallest media id of an item's own pictures, else the id that Instagram gave the item.
fn own_media_id(item: &Item) -> Option<&str> {
    item.media
        .iter()
        .filter(|medium| medium.role.is_none())
        .filter_map(|medium| medium.media_id())
        .min_by_key(|id| (id.len(), *id))
        .or(item.external_id.as_deref())
}

/// Tells items of one key apart that are different things: for messages what they carry, for answers the answer.
pub fn signature(item: &Item) -> Key {
    let start = KeyBuilder::new("signature");
    match item.kind {
        Kind::Message => {
            let mut media: Vec<&str> = item
                .media
                .iter()
                .map(|medium| medium.media_id().unwrap_or_else(|| medium.path.rsplit('/').next().unwrap_or_default()))
                .collect();
            media.sort_unstable();
            let link = item.share.as_ref().and_then(|share| share.url.as_deref()).map(comparable_url);
            media
                .iter()
                .fold(start.part(comparable_text(item.text.as_deref().unwrap_or_default())), KeyBuilder::part)
                .maybe(link)
                .key()
        }
        Kind::StoryInteraction => start.part(comparable_text(item.text.as_deref().unwrap_or_default())).key(),
        Kind::Comment | Kind::Follow | Kind::Like => {
            start.maybe(name_of(item.counterpart.as_ref()).or(item.text.as_deref())).key()
        }
        Kind::Login => start.maybe(item.details.text("ip_address")).key(),
        Kind::ProfileChange => start.maybe(item.details.text("changed")).key(),
        _ => start.key(),
    }
}

/// Whether two rows of one key whose signatures differ can be the same thing, seen at different times: a message whose
/// text was edited or withdrawn, an answer that an old download left out, an owner who was renamed.
fn may_be_same(one: &Item, other: &Item) -> bool {
    match one.kind {
        Kind::Message => {
            // Machine-written sentences carry the names of their day.
            let is_machine_written = |item: &Item| {
                matches!(item.subkind.as_deref(), Some("system" | "call" | "reaction_notice" | "attachment_notice"))
            };
            one.author == other.author || (is_machine_written(one) && one.subkind == other.subkind) || {
                let ids = |item: &Item| -> Vec<String> {
                    item.media.iter().filter_map(|medium| medium.media_id().map(str::to_owned)).collect()
                };
                let (one, other) = (ids(one), ids(other));
                !one.is_empty() && one == other
            }
        }
        Kind::StoryInteraction => one.text.is_none() || other.text.is_none(),
        // The other side was renamed, or an era left it out: everything else in the key agrees.
        Kind::Comment | Kind::Follow | Kind::Like => true,
        _ => false,
    }
}

/// The sightings of one record.
#[derive(Clone, Debug)]
pub struct Sighted {
    pub id: PublicId,
    /// The ids that it would have by its other sightings.
    pub aliases: Vec<PublicId>,
    pub sightings: Vec<SightingRow>,
}

/// Splits all sightings of a key into the records that they are. A function of the set: snapshots are taken by date,
/// rows by what they say.
pub fn split(key: Key, counting: Counting, mut sightings: Vec<SightingRow>) -> Vec<Sighted> {
    sightings.sort_by_cached_key(canonical_place);
    let mut groups: Vec<Group> = Vec::new();
    if counting == Counting::One {
        if !sightings.is_empty() {
            groups.push(Group { signature: None, sightings });
        }
    } else {
        let mut by_thread: BTreeMap<Option<Key>, Vec<SightingRow>> = BTreeMap::new();
        let mut thread_name: BTreeMap<i64, Key> = BTreeMap::new();
        for sighting in &sightings {
            if let (Some(thread), Some(name)) = (sighting.thread_id, sighting.thread_key) {
                thread_name.entry(thread).and_modify(|known| *known = name.min(*known)).or_insert(name);
            }
        }
        for sighting in sightings {
            let thread = sighting.thread_id.and_then(|thread| thread_name.get(&thread).copied());
            by_thread.entry(thread).or_default().push(sighting);
        }
        groups.extend(by_thread.into_values().flat_map(align));
    }
    name_groups(key, groups)
}

/// An order that does not depend on arrival.
fn canonical_place(sighting: &SightingRow) -> (String, String, String, String) {
    let author = match &sighting.item.author {
        Some(Who::Name(name) | Who::Handle(name)) => name.clone(),
        _ => String::new(),
    };
    let first = sighting.snapshots.first().map(|snapshot| snapshot.public_id.clone()).unwrap_or_default();
    (first, author, sighting.reader.clone(), sighting.place.clone())
}

#[derive(Debug)]
struct Group {
    signature: Option<Key>,
    sightings: Vec<SightingRow>,
}

/// Aligns the rows of several snapshots: equal signatures first, then what is left over on both sides.
fn align(sightings: Vec<SightingRow>) -> Vec<Group> {
    let signatures: Vec<Key> = sightings.iter().map(|sighting| signature(&sighting.item)).collect();
    let mut snapshots: Vec<_> = sightings.iter().flat_map(|sighting| sighting.snapshots.iter().cloned()).collect();
    snapshots.sort();
    snapshots.dedup();

    let mut group_of: Vec<Option<usize>> = vec![None; sightings.len()];
    let mut groups: Vec<(Key, Vec<usize>)> = Vec::new();
    for snapshot in &snapshots {
        let here: Vec<usize> =
            (0..sightings.len()).filter(|&index| sightings[index].snapshots.contains(snapshot)).collect();
        // Rows of one list (and its pages) are different things; rows of different lists may tell the same thing.
        let mut taken: BTreeSet<(&str, usize)> = BTreeSet::new();
        for &index in &here {
            if let Some(group) = group_of[index] {
                taken.insert((&sightings[index].reader, group));
            }
        }
        let new_here: Vec<usize> = here.into_iter().filter(|&index| group_of[index].is_none()).collect();
        let mut left_over = Vec::new();
        for index in new_here {
            let reader = sightings[index].reader.as_str();
            match equal_group(&groups, signatures[index], reader, &taken) {
                Some(group) => {
                    taken.insert((reader, group));
                    groups[group].1.push(index);
                    group_of[index] = Some(group);
                }
                None => left_over.push(index),
            }
        }
        let n_left_over = left_over.len();
        for index in left_over {
            let reader = sightings[index].reader.as_str();
            let partner = || {
                let mut free =
                    (0..groups.len()).filter(|group| taken.iter().all(|(_, other)| other != group)).filter(|&group| {
                        groups[group].1.iter().any(|&known| may_be_same(&sightings[known].item, &sightings[index].item))
                    });
                let first = free.next();
                // A message has its time to the millisecond; of other things only a lone pair is surely the same.
                let is_message = sightings[index].item.kind == Kind::Message;
                first.filter(|_| is_message || (n_left_over == 1 && free.next().is_none()))
            };
            let found = equal_group(&groups, signatures[index], reader, &taken).or_else(partner);
            let group = found.unwrap_or_else(|| {
                groups.push((signatures[index], Vec::new()));
                groups.len() - 1
            });
            taken.insert((reader, group));
            groups[group].1.push(index);
            group_of[index] = Some(group);
        }
    }
    // A sighting whose document stands in no snapshot any more belongs to no record.
    let mut rows: Vec<Option<SightingRow>> = sightings.into_iter().map(Some).collect();
    groups
        .into_iter()
        .map(|(signature, members)| Group {
            signature: Some(signature),
            sightings: members.into_iter().filter_map(|index| rows[index].take()).collect(),
        })
        .collect()
}

/// The first group of that signature which no row of that list has taken.
fn equal_group(
    groups: &[(Key, Vec<usize>)],
    signature: Key,
    reader: &str,
    taken: &BTreeSet<(&str, usize)>,
) -> Option<usize> {
    (0..groups.len()).find(|&group| groups[group].0 == signature && !taken.contains(&(reader, group)))
}

/// Gives each group its id: of the key, its first signature, and a running number among equals. Further signatures give
/// further ids in the same way.
fn name_groups(key: Key, groups: Vec<Group>) -> Vec<Sighted> {
    let mut running: BTreeMap<Option<Key>, i64> = BTreeMap::new();
    let mut id_of = |signature: Option<Key>| {
        let number = running.entry(signature).or_default();
        *number += 1;
        let signature = signature.map(|signature| *signature.as_bytes());
        KeyBuilder::new("record").part(key.as_bytes()).maybe(signature).number(*number - 1).public_id()
    };
    groups
        .into_iter()
        .map(|Group { signature: first, sightings }| {
            let id = id_of(first);
            let others: BTreeSet<Key> = match first {
                Some(_) => sightings.iter().map(|sighting| signature(&sighting.item)).collect(),
                None => BTreeSet::new(),
            };
            let others = others.into_iter().filter(|other| Some(*other) != first);
            let aliases = others.map(|other| id_of(Some(other))).collect();
            Sighted { id, aliases, sightings }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Basis, MediaRef, Moment, Precision};
    use crate::store::SnapshotRef;

    fn account() -> Key {
        KeyBuilder::new("account").part("mia.example").key()
    }

    fn message(text: &str, author: &str) -> Item {
        Item {
            at: Some(Moment { ms: 1_650_000_000_123, precision: Precision::Millisecond, basis: Basis::Utc }),
            author: Some(Who::Name(author.into())),
            text: Some(text.into()),
            ..Item::new(Kind::Message)
        }
    }

    fn seen(item: Item, snapshots: &[&str], place: &str) -> SightingRow {
        SightingRow {
            id: 0,
            reading_id: 0,
            reader: "messages".into(),
            place: place.into(),
            thread_id: Some(1),
            thread_key: Some(account()),
            record_id: None,
            item,
            snapshots: snapshots
                .iter()
                .map(|date| SnapshotRef { date: (*date).into(), public_id: (*date).into(), id: 0 })
                .collect(),
        }
    }

    fn records(sightings: Vec<SightingRow>) -> Vec<usize> {
        split(account(), Counting::Each, sightings).into_iter().map(|record| record.sightings.len()).collect()
    }

    #[test]
    fn links_are_compared_without_what_drifts() {
        let check = |url, expected| assert_eq!(comparable_url(url), expected);
        check("https://www.instagram.com/p/Cabc123defG/?igsh=x", "instagram.com/p/Cabc123defG");
        check("http://instagram.com/p/Cabc123defG", "instagram.com/p/Cabc123defG");
        check("https://www.threads.net/@a/post/X1/", "threads.com/@a/post/X1");
        assert_eq!(shortcode("https://www.instagram.com/reel/Cxyz/?a=b").as_deref(), Some("Cxyz"));
        assert_eq!(shortcode("https://www.instagram.com/ann/p/Cxyz/").as_deref(), Some("Cxyz"));
        assert_eq!(
            shortcode("https://www.instagram.com/p/Cabc123defGAAAAAAAAAAAAAAAAAAAAAAAAAA/").as_deref(),
            Some("Cabc123defG")
        );
        assert_eq!(shortcode("https://www.instagram.com/stories/ann/1"), None);
    }

    #[test]
    fn a_post_is_known_by_its_media_whatever_lists_it() {
        let medium = |path: &str| MediaRef { path: path.into(), ..MediaRef::default() };
        let post =
            Item { media: vec![medium("media/posts/202203/1_2_3_n_17900000000000001.jpg")], ..Item::new(Kind::Post) };
        let reel = Item {
            media: vec![medium("media/reels/202203/17900000000000001.mp4")],
            text: Some("edited".into()),
            ..Item::new(Kind::Reel)
        };
        assert_eq!(identify(account(), &post, None), identify(account(), &reel, None));
        let other = KeyBuilder::new("account").part("ben.example").key();
        assert_ne!(identify(account(), &post, None), identify(other, &post, None));
    }

    #[test]
    fn the_same_message_in_two_snapshots_is_one() {
        assert_eq!(
            records(vec![
                seen(message("hi", "Max"), &["2022"], "messages/3"),
                seen(message("hi", "Max"), &["2024"], "messages/17"),
            ]),
            [2]
        );
    }

    #[test]
    fn equal_messages_sent_twice_stay_two() {
        assert_eq!(
            records(vec![
                seen(message("hi", "Max"), &["2022"], "messages/3"),
                seen(message("hi", "Max"), &["2022", "2023"], "messages/4"),
                seen(message("hi", "Max"), &["2024"], "messages/17"),
            ]),
            [2, 1]
        );
    }

    #[test]
    fn an_edited_text_and_a_renamed_sender_stay_one() {
        assert_eq!(
            records(vec![
                seen(message("hi", "Max"), &["2022"], "messages/3"),
                seen(message("hi there", "Max"), &["2024"], "messages/3"),
                seen(message("hi there", "Maximilian"), &["2025"], "messages/3"),
            ]),
            [3]
        );
    }

    #[test]
    fn two_messages_of_one_millisecond_stay_two_in_any_order() {
        let rows = vec![
            seen(message("look", "Max"), &["2022"], "messages/3"),
            seen(message("at this", "Max"), &["2022"], "messages/4"),
            seen(message("at this", "Max"), &["2024"], "messages/1"),
            seen(message("look", "Max"), &["2024"], "messages/2"),
        ];
        let ids = |rows: Vec<SightingRow>| -> Vec<PublicId> {
            let mut ids: Vec<_> = split(account(), Counting::Each, rows).into_iter().map(|record| record.id).collect();
            ids.sort();
            ids
        };
        let reversed: Vec<_> = rows.iter().rev().cloned().collect();
        assert_eq!(ids(rows.clone()).len(), 2);
        assert_eq!(ids(rows), ids(reversed));
    }

    #[test]
    fn two_lists_of_one_snapshot_tell_the_same_thing() {
        let mut other = seen(message("hi", "Max"), &["2022"], "messages/3");
        other.reader = "reported".into();
        assert_eq!(records(vec![seen(message("hi", "Max"), &["2022"], "messages/3"), other]), [2]);
    }
}
