//! What all sightings of a record say together. Pure, and the only way in which a record is computed.
//!
//! | field | rule |
//! |---|---|
//! | kind | profile photo, else reel, when any sighting says so, else the newest |
//! | subkind | of own content the newest snapshot's; of a message the newest that is not `unavailable`; else the newest that is there |
//! | at | of those that can be the newest's the finest, then (own posts) of a row with media, then the newest; none that is later than a snapshot can tell |
//! | author, counterpart | the newest that is a name (not "Instagram User") |
//! | text | the newest that is not empty (of messages that differ in spaces only the finest); earlier ones are versions, but names that were searched for |
//! | url, place, latitude, longitude, external id, call seconds, share's members | the newest that is there |
//! | media | those of the newest, then what only earlier ones had (by media id, else by base name; flat files, whose names pass, of one snapshot) |
//! | reactions | all, distinct by actor and emoji; the only one by a user name and the only one by a display name are one, and so are two by the names of the other one of a conversation of two; one by nobody ("Instagram User") only if no other row tells more names; the finest time |
//! | other text | all, distinct |
//! | details | by name: the newest that is there; names of collections: all |
//! | unsent, edited | when any sighting says so |
//!
//! "Newest" goes by the snapshots' dates, then by content, never by arrival.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use chrono::DateTime;

use super::identity::comparable_text;
use crate::model::{Basis, Detail, Details, Item, Kind, MediaRef, Moment, Precision, Reaction, Share, Who};
use crate::store::{CLAIMED_TIME, SightingRow, SnapshotRef};

/// What a record's sightings add up to.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    pub item: Item,
    /// Earlier texts and the newest snapshot that had each.
    pub versions: Vec<(i64, String)>,
    pub first: SnapshotRef,
    pub last: SnapshotRef,
    /// Every snapshot in which it stood.
    pub snapshots: Vec<i64>,
}

/// Names that stand for people whose account is gone. Many different people share them.
const ANONYMOUS: [&str; 8] = [
    "instagram user",
    "instagrammer",
    "instagram-nutzer",
    "utilisateur instagram",
    "usuario de instagram",
    "usuário do instagram",
    "utente di instagram",
    "instagram 사용자",
];

/// Whether a name says only that somebody was there.
pub fn is_anonymous(name: &str) -> bool {
    ANONYMOUS.contains(&name.trim().to_lowercase().as_str())
}

pub(super) fn is_named(who: &Who) -> bool {
    match who {
        Who::Me => true,
        Who::Handle(name) | Who::Name(name) => !is_anonymous(name),
    }
}

/// Computes a record from its sightings; `None` when none of them stands in a snapshot. What was done later than
/// `latest_ms` (Unix, UTC) cannot stand in any of them: such a time is kept in the details.
pub fn merge(sightings: &[SightingRow], latest_ms: Option<i64>) -> Option<Merged> {
    let mut newest_first: Vec<&SightingRow> =
        sightings.iter().filter(|sighting| !sighting.snapshots.is_empty()).collect();
    // What two rows of one snapshot say is compared letter by letter only where there are two.
    newest_first.sort_by(|one, other| {
        let by_snapshot = other.snapshots.last().cmp(&one.snapshots.last());
        by_snapshot.then_with(|| format!("{:?}", one.item).cmp(&format!("{:?}", other.item)))
    });
    let newest = newest_first.first()?;
    let items: Vec<&Item> = newest_first.iter().map(|sighting| &sighting.item).collect();
    let can_be = |at: Moment| latest_ms.is_none_or(|latest| at.utc_ms() <= latest);

    let mut item = Item {
        kind: kind(&items, newest.item.kind),
        subkind: subkind(&newest_first),
        at: time(&items, can_be),
        author: newest_name(items.iter().map(|item| item.author.as_ref())),
        counterpart: newest_name(items.iter().map(|item| item.counterpart.as_ref())),
        text: text(newest.item.kind, &items),
        other_text: distinct(items.iter().flat_map(|item| &item.other_text)),
        url: first(&items, |item| item.url.as_ref().filter(|url| !url.is_empty())),
        place: first(&items, |item| item.place.as_ref()),
        latitude: first(&items, |item| item.latitude.as_ref()),
        longitude: first(&items, |item| item.longitude.as_ref()),
        media: media(&newest_first),
        reactions: reactions(&items),
        share: share(&items),
        call_seconds: first(&items, |item| item.call_seconds.as_ref()),
        is_unsent: items.iter().any(|item| item.is_unsent),
        is_edited: items.iter().any(|item| item.is_edited),
        external_id: first(&items, |item| item.external_id.as_ref()),
        details: details(&items),
    };
    let versions = versions(&newest_first, item.text.as_deref());
    // What the app wrote changes with a name or the language; nobody edited it.
    let is_of_the_app =
        matches!(item.subkind.as_deref(), Some("system" | "call" | "reaction_notice" | "attachment_notice"));
    item.is_edited |= item.kind == Kind::Message && !versions.is_empty() && !is_of_the_app;
    if let Some(claimed) = time(&items, |_| true).filter(|_| item.at.is_none()) {
        item.details.push(CLAIMED_TIME, claimed.iso());
    }
    note_zone(&mut item, &items);

    let all = newest_first.iter().flat_map(|sighting| sighting.snapshots.iter());
    let mut snapshots: Vec<i64> = all.clone().map(|snapshot| snapshot.id).collect();
    snapshots.sort_unstable();
    snapshots.dedup();
    Some(Merged { item, versions, first: all.clone().min()?.clone(), last: all.max()?.clone(), snapshots })
}

/// The same of what some snapshots said, wherever it stood in them.
pub fn merge_told(told: impl IntoIterator<Item = (SnapshotRef, Item)>) -> Option<Merged> {
    let sighting = |(snapshot, item)| SightingRow {
        id: 0,
        reading_id: 0,
        reader: String::new(),
        path: String::new(),
        place: String::new(),
        thread_id: None,
        thread_key: None,
        record_id: None,
        twin: 0,
        held_as: None,
        item,
        snapshots: Rc::new([snapshot]),
    };
    let sightings: Vec<SightingRow> = told.into_iter().map(sighting).collect();
    merge(&sightings, None)
}

/// The first of these that any sighting says, else the newest: other files list them as posts.
const MORE_THAN_POSTS: [Kind; 2] = [Kind::ProfilePhoto, Kind::Reel];

fn kind(items: &[&Item], newest: Kind) -> Kind {
    MORE_THAN_POSTS.into_iter().find(|kind| items.iter().any(|item| item.kind == *kind)).unwrap_or(newest)
}

/// Says where the time is a clock whose zone nobody told, and which other instant a clock may mean that was changed in
/// that hour.
fn note_zone(item: &mut Item, items: &[&Item]) {
    let Some(at) = item.at else { return };
    // What a row says of its own clock counts only as long as no other tells the time.
    let noted = items.iter().find(|one| one.at == Some(at)).and_then(|one| one.details.text("time_zone"));
    let noted = noted.map(str::to_owned);
    item.details.0.retain(|(name, _)| name != "time_zone");
    let inferred = || matches!(at.basis, Basis::Wall | Basis::Inferred(_)).then(|| "inferred".to_owned());
    item.details.push_some("time_zone", noted.or_else(inferred));
    if let Some(other) = at.other_utc_ms().and_then(DateTime::from_timestamp_millis) {
        item.details.push("or_at", other.format("%Y-%m-%dT%H:%M:%SZ").to_string());
    }
}

/// Farther apart are no two readings of one clock (the widest zones, and a day that is all a row tells): what was liked again
/// has another time than before.
const SAME_TIME_MS: i64 = 26 * 3_600_000;

/// Of a post that two lists tell, the one without its media has a time of its own, which may be a minute off.
fn time(items: &[&Item], can_be: impl Fn(Moment) -> bool) -> Option<Moment> {
    let lacks_media = |item: &Item| matches!(item.kind, Kind::Post | Kind::Reel) && item.media.is_empty();
    let timed = items.iter().filter_map(|item| Some((item.at.filter(|at| can_be(*at))?, lacks_media(item))));
    let newest = timed.clone().min_by_key(|(_, lacks_media)| *lacks_media)?.0.utc_ms();
    let timed = timed.filter(|(at, _)| at.utc_ms().abs_diff(newest) <= SAME_TIME_MS.unsigned_abs());
    timed.min_by_key(|(at, lacks_media)| (at.precision, *lacks_media)).map(|(at, _)| at)
}

fn first<T: Clone>(items: &[&Item], field: impl Fn(&Item) -> Option<&T>) -> Option<T> {
    items.iter().find_map(|item| field(item)).cloned()
}

/// The newest that is not empty. Of a message the newest may be a page, which shows no spaces: another that differs in
/// nothing else is nearer to what was written.
fn text(kind: Kind, items: &[&Item]) -> Option<String> {
    let filled = |item: &&&Item| item.text.as_ref().is_some_and(|text| !text.trim().is_empty());
    let newest = items.iter().find(filled)?;
    let is_same = |item: &&&Item| are_same_words(kind, item.text.as_deref(), newest.text.as_deref());
    let precision = |item: &&&Item| item.at.map_or(Precision::Day, |at| at.precision);
    // The first of the finest, so that nothing but the precision comes before the date.
    items.iter().filter(filled).filter(is_same).min_by_key(precision).and_then(|item| item.text.clone())
}

fn are_same_words(kind: Kind, one: Option<&str>, other: Option<&str>) -> bool {
    one == other
        || (kind == Kind::Message
            && one.zip(other).is_some_and(|(one, other)| comparable_text(one) == comparable_text(other)))
}

fn distinct<'a>(strings: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    strings.filter(|string| seen.insert(string.as_str())).cloned().collect()
}

fn newest_name<'a>(names: impl Iterator<Item = Option<&'a Who>> + Clone) -> Option<Who> {
    names.clone().flatten().find(|who| is_named(who)).or_else(|| names.flatten().next()).cloned()
}

fn subkind(newest_first: &[&SightingRow]) -> Option<String> {
    let newest = newest_first.first()?;
    if newest.item.kind == Kind::Message {
        let told = |sighting: &&&SightingRow| sighting.item.subkind.as_deref() != Some("unavailable");
        return newest_first.iter().find(told).unwrap_or(newest).item.subkind.clone();
    }
    if !matches!(newest.item.kind, Kind::Post | Kind::Reel | Kind::Story) {
        // It is no state: newer files leave out what sort of search or event it was.
        return newest_first.iter().find_map(|sighting| sighting.item.subkind.clone());
    }
    // Two lists of one snapshot may name the same thing; the one that narrows it knows more.
    let snapshot = newest.snapshots.last()?;
    newest_first
        .iter()
        .take_while(|sighting| sighting.snapshots.last() == Some(snapshot))
        .find_map(|sighting| sighting.item.subkind.clone())
}

/// The earlier texts, each with the newest snapshot that had it.
fn versions(newest_first: &[&SightingRow], text: Option<&str>) -> Vec<(i64, String)> {
    let mut versions: Vec<(i64, String)> = Vec::new();
    // A search for an account says its name, which is no text that was replaced when the account gets another one.
    let says_whom = |item: &Item| {
        let whom = item.counterpart.as_ref().filter(|_| item.kind == Kind::Search);
        matches!(whom, Some(Who::Handle(name)) if item.text.as_ref() == Some(name))
    };
    for sighting in newest_first.iter().filter(|sighting| !says_whom(&sighting.item)) {
        let Some(earlier) = sighting.item.text.as_deref().filter(|earlier| !earlier.trim().is_empty()) else {
            continue;
        };
        let kind = sighting.item.kind;
        let is_same = |known: &str| are_same_words(kind, Some(known), Some(earlier));
        let is_known = text.is_some_and(is_same) || versions.iter().any(|(_, known)| is_same(known));
        if let (false, Some(snapshot)) = (is_known, sighting.snapshots.last()) {
            versions.push((snapshot.id, earlier.to_owned()));
        }
    }
    versions.sort();
    versions
}

/// What makes two references the same medium.
pub(super) fn medium_name(medium: &MediaRef) -> &str {
    medium.media_id().unwrap_or_else(|| medium.path.rsplit('/').next().unwrap_or(&medium.path))
}

fn media(newest_first: &[&SightingRow]) -> Vec<MediaRef> {
    let fullest = fullest_of_passing_names(newest_first);
    let mut all: Vec<MediaRef> = Vec::new();
    for (index, sighting) in newest_first.iter().enumerate() {
        let is_of_fullest = fullest.is_none_or(|id| sighting.snapshots.iter().any(|snapshot| snapshot.id == id));
        for medium in sighting.item.media.iter().filter(|medium| is_of_fullest || !medium.has_passing_name()) {
            // Within the newest sighting every row counts, also an empty or repeated one.
            let is_known = |known: &MediaRef| {
                known.role == medium.role && (medium.path.is_empty() || medium_name(known) == medium_name(medium))
            };
            if index == 0 || !all.iter().any(is_known) {
                all.push(medium.clone());
            }
        }
    }
    all
}

/// Where names are other ones in every download, only one snapshot can be believed: the one that has the most, of equals
/// the newest. `None` where there are no such names.
fn fullest_of_passing_names(newest_first: &[&SightingRow]) -> Option<i64> {
    let mut names: BTreeMap<&SnapshotRef, BTreeSet<&str>> = BTreeMap::new();
    for sighting in newest_first {
        for medium in sighting.item.media.iter().filter(|medium| medium.has_passing_name()) {
            for snapshot in sighting.snapshots.iter() {
                names.entry(snapshot).or_default().insert(medium_name(medium));
            }
        }
    }
    names.into_iter().max_by_key(|(snapshot, names)| (names.len(), *snapshot)).map(|(snapshot, _)| snapshot.id)
}

/// An emoji without variation selectors: ❤ and ❤️ are one reaction.
pub fn plain_emoji(reaction: &str) -> String {
    reaction.chars().filter(|c| !matches!(c, '\u{fe0e}' | '\u{fe0f}')).collect()
}

fn reactions(items: &[&Item]) -> Vec<Reaction> {
    let mut all: Vec<Reaction> = Vec::new();
    let mut known: BTreeMap<(&Who, String), usize> = BTreeMap::new();
    for reaction in items.iter().flat_map(|item| &item.reactions) {
        match known.entry((&reaction.actor, plain_emoji(&reaction.reaction))) {
            Entry::Occupied(entry) => all[*entry.get()].at = finer(all[*entry.get()].at, reaction.at),
            Entry::Vacant(entry) => {
                entry.insert(all.len());
                all.push(reaction.clone());
            }
        }
    }
    without_nobody(by_handle_and_name(all), items)
}

/// Whoever is called nobody in one download has a name in another, if that tells as many names as the one tells people.
fn without_nobody(mut all: Vec<Reaction>, items: &[&Item]) -> Vec<Reaction> {
    let mut seen = BTreeSet::new();
    all.retain(|reaction| {
        if is_named(&reaction.actor) {
            return true;
        }
        let emoji = plain_emoji(&reaction.reaction);
        let of = |item: &Item, is_somebody: bool| -> usize {
            let alike = item.reactions.iter().filter(|one| plain_emoji(&one.reaction) == emoji);
            let actors: BTreeSet<&Who> =
                alike.map(|one| &one.actor).filter(|actor| is_named(actor) == is_somebody).collect();
            actors.len()
        };
        let most_named = items.iter().map(|item| of(item, true)).max().unwrap_or_default();
        let with_nobody = items.iter().filter(|item| of(item, false) > 0);
        let most_people = with_nobody.map(|item| of(item, true) + 1).max().unwrap_or_default();
        most_people > most_named && seen.insert(emoji)
    });
    all
}

/// The time that is known finer; of equals the first.
fn finer(one: Option<Moment>, other: Option<Moment>) -> Option<Moment> {
    one.into_iter().chain(other).min_by_key(|at| at.precision)
}

/// Flat rows call people by their user names, later ones by their display names. Where one emoji was given once by each
/// kind of name, it is one reaction.
fn by_handle_and_name(mut all: Vec<Reaction>) -> Vec<Reaction> {
    let mut lone: BTreeMap<String, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (index, reaction) in all.iter().enumerate() {
        let (handles, names) = lone.entry(plain_emoji(&reaction.reaction)).or_default();
        match reaction.actor {
            Who::Handle(_) => handles.push(index),
            // Nobody is not somebody's display name.
            Who::Name(_) if is_named(&reaction.actor) => names.push(index),
            Who::Name(_) | Who::Me => {}
        }
    }
    let mut doubled = BTreeSet::new();
    for (handles, names) in lone.into_values() {
        if let ([handle], [name]) = (&handles[..], &names[..]) {
            all[*name].at = finer(all[*name].at, all[*handle].at);
            doubled.insert(*handle);
        }
    }
    let mut index = 0..;
    all.retain(|_| index.next().is_none_or(|index| !doubled.contains(&index)));
    all
}

/// Whether two names gave the same emoji.
pub(super) fn has_reactions_of_several(item: &Item) -> bool {
    let mut seen = BTreeSet::new();
    item.reactions.iter().any(|reaction| !seen.insert(plain_emoji(&reaction.reaction)))
}

/// Leaves out what somebody gave under an earlier name and under a later one: `(earlier, later)`.
pub(super) fn without_earlier_names(item: &mut Item, names: &[(Who, Who)]) {
    for (earlier, later) in names {
        let mut given: BTreeMap<String, Option<Moment>> = BTreeMap::new();
        for reaction in item.reactions.iter().filter(|reaction| reaction.actor == *earlier) {
            given.insert(plain_emoji(&reaction.reaction), reaction.at);
        }
        let mut doubled = BTreeSet::new();
        for reaction in item.reactions.iter_mut().filter(|reaction| reaction.actor == *later) {
            let emoji = plain_emoji(&reaction.reaction);
            if let Some(at) = given.get(&emoji) {
                reaction.at = finer(reaction.at, *at);
                doubled.insert(emoji);
            }
        }
        item.reactions
            .retain(|reaction| reaction.actor != *earlier || !doubled.contains(&plain_emoji(&reaction.reaction)));
    }
}

fn share(items: &[&Item]) -> Option<Share> {
    let shares: Vec<&Share> = items.iter().filter_map(|item| item.share.as_ref()).collect();
    let newest = |field: fn(&Share) -> Option<&String>| shares.iter().find_map(|share| field(share)).cloned();
    (!shares.is_empty()).then(|| Share {
        url: newest(|share| share.url.as_ref()),
        text: newest(|share| share.text.as_ref()),
        owner: newest(|share| share.owner.as_ref()),
    })
}

fn details(items: &[&Item]) -> Details {
    let mut all = Details::default();
    for item in items {
        // A name may stand twice in one sighting, so only earlier sightings' names are closed.
        let known: Vec<String> = all.0.iter().map(|(name, _)| name.clone()).collect();
        for (name, value) in &item.details.0 {
            if !known.contains(name) {
                all.push(name.clone(), value.clone());
            }
        }
    }
    let collections = distinct(items.iter().flat_map(|item| &item.details.0).filter_map(|(name, value)| match value {
        Detail::Text(text) if name == "collection" => Some(text),
        _ => None,
    }));
    if collections.len() > 1 {
        let mut sorted = collections;
        sorted.sort();
        all.0.retain(|(name, _)| name != "collection");
        all.push("collection", sorted);
    }
    all
}

#[cfg(test)]
mod tests;
