//! From all sightings of one key to the records that they are. Pure, and a function of the set.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::identity::{Counting, comparable_url, signature, without_sender};
use crate::model::{Item, Key, KeyBuilder, Kind, Precision, PublicId, Who};
use crate::store::{SightingRow, SnapshotRef};

/// What speaks for two rows of one key whose signatures differ being the same thing, seen at different times: a message
/// whose text was edited or withdrawn, whose sender was renamed. The strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Ground {
    /// The same pictures, or the same link.
    Carried,
    SenderAndSort,
    Sender,
    /// A sentence that the app wrote, which carries the names of its day.
    Sentence,
    /// Nothing but the millisecond: real conversations have no two senders in one (format reference §8.2.1).
    MomentAndSort,
    Moment,
}

impl Ground {
    const ALL: [Self; 6] =
        [Self::Carried, Self::SenderAndSort, Self::Sender, Self::Sentence, Self::MomentAndSort, Self::Moment];

    /// `None` where they are two things. Of coarse times [`super::talks`] has said already which rows are one.
    fn of(one: &SightingRow, other: &SightingRow) -> Option<Self> {
        if one.item.kind != Kind::Message || is_coarse(one) || is_coarse(other) {
            return None;
        }
        let (one, other) = (&one.item, &other.item);
        let is_by_same = one.author == other.author;
        let is_of_one_sort = one.subkind == other.subkind;
        let is_one_moment = one.at.is_some() && other.at.is_some();
        let has_same_link = || link_of(one).is_some() && link_of(one) == link_of(other);
        if has_same_media(one, other) || ((is_by_same || is_one_moment) && has_same_link()) {
            return Some(Self::Carried);
        }
        match (is_by_same, is_one_moment) {
            (true, _) => Some(if is_of_one_sort { Self::SenderAndSort } else { Self::Sender }),
            _ if is_of_one_sort && is_of_the_app(one) || tell_of_their_senders(one, other) => Some(Self::Sentence),
            (_, true) => Some(if is_of_one_sort { Self::MomentAndSort } else { Self::Moment }),
            (_, false) => None,
        }
    }
}

/// What was found to be a message is one moment with it.
fn is_coarse(sighting: &SightingRow) -> bool {
    let is_fine = sighting.item.at.is_none_or(|at| at.precision == Precision::Millisecond);
    sighting.item.kind == Kind::Message && !is_fine && sighting.held_as.is_none()
}

fn is_of_the_app(item: &Item) -> bool {
    matches!(item.subkind.as_deref(), Some("system" | "call" | "reaction_notice" | "attachment_notice"))
}

fn has_same_media(one: &Item, other: &Item) -> bool {
    let ids = |item: &Item| -> Vec<String> {
        item.media.iter().filter_map(|medium| medium.media_id().map(str::to_owned)).collect()
    };
    let (one, other) = (ids(one), ids(other));
    !one.is_empty() && one == other
}

fn link_of(item: &Item) -> Option<String> {
    item.share.as_ref()?.url.as_deref().map(comparable_url)
}

/// Whether two texts are one sentence with the name of its own sender in it, as the app writes in any language.
fn tell_of_their_senders(one: &Item, other: &Item) -> bool {
    let sentence = |item: &Item| {
        let Some(Who::Name(name) | Who::Handle(name)) = &item.author else { return None };
        without_sender(item.text.as_deref()?, name)
    };
    sentence(one).is_some_and(|said| sentence(other) == Some(said))
}

/// The sightings of one record.
#[derive(Clone, Debug)]
pub struct Sighted {
    pub id: PublicId,
    /// The ids that it would have by its other sightings.
    pub aliases: Vec<PublicId>,
    /// The signatures of its sightings, that which its id has first, each with its number among equals.
    numbers: Vec<(Option<Key>, i64)>,
    pub sightings: Vec<SightingRow>,
}

impl Sighted {
    /// The ids that it would have if its key were that one.
    pub fn ids_under(&self, key: Key) -> impl Iterator<Item = PublicId> {
        self.numbers.iter().map(move |(signature, number)| record_id(key, *signature, *number))
    }
}

/// Splits all sightings of a key into the records that they are. A function of the set: snapshots are taken by date,
/// rows by what they say.
pub fn split(key: Key, counting: Counting, mut sightings: Vec<SightingRow>, numbers: &mut Numbers) -> Vec<Sighted> {
    sightings.sort_by(in_canonical_order);
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
    name_groups(key, groups, numbers)
}

/// An order that does not depend on arrival.
fn in_canonical_order(one: &SightingRow, other: &SightingRow) -> Ordering {
    fn author(sighting: &SightingRow) -> &str {
        match &sighting.item.author {
            Some(Who::Name(name) | Who::Handle(name)) => name,
            _ => "",
        }
    }
    fn first(sighting: &SightingRow) -> Option<&str> {
        sighting.snapshots.first().map(|snapshot| snapshot.public_id.as_str())
    }
    first(one)
        .cmp(&first(other))
        .then_with(|| author(one).cmp(author(other)))
        .then_with(|| one.reader.cmp(&other.reader))
        // Equal rows go by their order in the list and its pages. Parts of one delivery have rows at the same place.
        .then_with(|| by_steps(&one.path, &other.path))
        .then_with(|| by_steps(&one.place, &other.place))
        .then_with(|| format!("{:?}", one.item).cmp(&format!("{:?}", other.item)))
}

fn by_steps(one: &str, other: &str) -> Ordering {
    if one == other { Ordering::Equal } else { steps(one).cmp(&steps(other)) }
}

/// A piece of a place: row 10 comes after row 9.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Number(u128),
    Name(String),
}

fn steps(place: &str) -> Vec<Step> {
    let runs = place.as_bytes().chunk_by(|one, other| one.is_ascii_digit() == other.is_ascii_digit());
    let step = |run: &[u8]| {
        let text = String::from_utf8_lossy(run).into_owned();
        text.parse().map_or(Step::Name(text), Step::Number)
    };
    runs.map(step).collect()
}

/// The list in which a row stood: reader, members above it, and the collection, which is a list of its own.
type List<'a> = (&'a str, &'a str, &'a str);

fn list_of(sighting: &SightingRow) -> List<'_> {
    let list = sighting.place.rsplit_once('/').map_or("", |(list, _)| list);
    (&sighting.reader, list, sighting.item.details.text("collection").unwrap_or_default())
}

/// For each row the first that is the same row: the parts of a delivery (format reference §8.3) repeat rows, each part in
/// its own document of the same name. Equal rows of one document are different rows.
fn same_rows(sightings: &[SightingRow]) -> Vec<usize> {
    let mut reading_of: BTreeMap<(&str, i64), i64> = BTreeMap::new();
    let mut has_parts = false;
    for sighting in sightings {
        for snapshot in sighting.snapshots.iter() {
            let reading = reading_of.entry((&sighting.path, snapshot.id)).or_insert(sighting.reading_id);
            has_parts |= *reading != sighting.reading_id;
        }
    }
    if !has_parts {
        return (0..sightings.len()).collect();
    }
    let mut n_in_document: BTreeMap<(i64, String), usize> = BTreeMap::new();
    let mut first: BTreeMap<(String, usize), usize> = BTreeMap::new();
    let mut same = Vec::with_capacity(sightings.len());
    for (index, sighting) in sightings.iter().enumerate() {
        let mut item = sighting.item.clone();
        if item.kind == Kind::Message {
            // Which files a part links by their second depends on what lies in it.
            item.media.retain(|medium| !medium.has_passing_name());
            item.details.0.retain(|(name, _)| name != "media_matched_by");
            item.subkind = item.subkind.filter(|subkind| !matches!(subkind.as_str(), "media" | "unavailable"));
        }
        let row = format!("{} {:?} {item:?}", sighting.path, list_of(sighting));
        let number = n_in_document.entry((sighting.reading_id, row.clone())).or_default();
        *number += 1;
        same.push(*first.entry((row, *number)).or_insert(index));
    }
    same
}

/// What tells a row apart from others of its key: what it carries, or what the message carries that it was found to be.
fn signature_here(sighting: &SightingRow) -> Key {
    sighting.held_as.map_or_else(|| signature(&sighting.item), |held| held.signature)
}

#[derive(Debug)]
struct Group {
    signature: Option<Key>,
    sightings: Vec<SightingRow>,
}

/// Aligns the rows of several snapshots: equal signatures first, then what is left over on both sides.
fn align(sightings: Vec<SightingRow>) -> Vec<Group> {
    if let [one] = sightings.as_slice() {
        let signature = Some(signature_here(one));
        return if one.snapshots.is_empty() { Vec::new() } else { vec![Group { signature, sightings }] };
    }
    let signatures: Vec<Key> = sightings.iter().map(signature_here).collect();
    let same = same_rows(&sightings);
    let mut stands_in: Vec<BTreeSet<&SnapshotRef>> = vec![BTreeSet::new(); sightings.len()];
    for (first, sighting) in same.iter().zip(&sightings) {
        stands_in[*first].extend(sighting.snapshots.iter());
    }
    let mut snapshots: Vec<_> = sightings.iter().flat_map(|sighting| sighting.snapshots.iter().cloned()).collect();
    snapshots.sort();
    snapshots.dedup();

    let mut alignment = Alignment { group_of: vec![None; sightings.len()], ..Alignment::default() };
    for snapshot in &snapshots {
        let here: Vec<usize> = (0..sightings.len()).filter(|&index| stands_in[index].contains(snapshot)).collect();
        // Rows of one list (and its pages) are different things; rows of different lists may tell the same thing.
        let list = |index: usize| list_of(&sightings[index]);
        let said = |index: usize| (signatures[index], Some(sightings[index].item.author.as_ref()));
        alignment.begin(here.iter().filter_map(|&index| Some((list(index), alignment.group_of[index]?))).collect());
        let mut left_over = Vec::new();
        for index in here.into_iter().filter(|&index| alignment.group_of[index].is_none()).collect::<Vec<_>>() {
            match alignment.equal_group(said(index), list(index)) {
                Some(group) => alignment.put(index, list(index), said(index), group),
                None => left_over.push(index),
            }
        }
        // Then the same words under another name.
        let words = |index: usize| {
            if is_coarse(&sightings[index]) { said(index) } else { (signatures[index], None) }
        };
        left_over.retain(|&index| {
            let found = alignment.equal_group(words(index), list(index));
            !alignment.put_into(found, index, list(index), said(index))
        });
        for ground in Ground::ALL {
            left_over.retain(|&index| {
                let found = alignment.equal_group(words(index), list(index)).or_else(|| {
                    let is_same = |&known: &usize| Ground::of(&sightings[known], &sightings[index]) == Some(ground);
                    let mut free = alignment.free.iter().copied().take(MOST_COMPARED);
                    free.find(|&group| alignment.groups[group].members.iter().any(is_same))
                });
                !alignment.put_into(found, index, list(index), said(index))
            });
        }
        for index in left_over {
            let found = alignment.equal_group(words(index), list(index));
            alignment.put(index, list(index), said(index), found.unwrap_or(alignment.groups.len()));
        }
    }
    for index in (0..sightings.len()).filter(|&index| same[index] != index) {
        if let Some(group) = alignment.group_of[same[index]] {
            alignment.groups[group].members.push(index);
        }
    }
    // A sighting whose document stands in no snapshot any more belongs to no record.
    let groups = alignment.groups.into_iter();
    let groups: Vec<_> = groups.map(|group| (group.said.first().map(|said| said.0), group.members)).collect();
    let mut rows: Vec<Option<SightingRow>> = sightings.into_iter().map(Some).collect();
    groups
        .into_iter()
        .map(|(signature, members)| Group {
            signature,
            sightings: members.into_iter().filter_map(|index| rows[index].take()).collect(),
        })
        .collect()
}

/// A signature and who said it, or by whomever.
type Said<'a> = (Key, Option<Option<&'a Who>>);

/// Rows that are one thing, and everything that it was seen to say, the oldest first.
#[derive(Debug, Default)]
struct Aligned<'a> {
    said: Vec<Said<'a>>,
    members: Vec<usize>,
}

/// Rows of a key that a row left over is compared with at most. Real keys have a handful; a crafted document could have
/// a hundred thousand messages of one millisecond.
const MOST_COMPARED: usize = 256;

/// The state while snapshot after snapshot is aligned. Everything is looked up, so that a key with very many rows costs
/// no more than their number.
#[derive(Debug, Default)]
struct Alignment<'a> {
    groups: Vec<Aligned<'a>>,
    group_of: Vec<Option<usize>>,
    by_words: HashMap<Said<'a>, Vec<usize>>,
    /// Which groups the rows of each list have taken in the snapshot at hand.
    taken: HashSet<(List<'a>, usize)>,
    /// How far the groups of the same words are known to be taken by a list.
    searched: HashMap<(List<'a>, Said<'a>), usize>,
    /// Groups of earlier snapshots to which no row of the snapshot at hand belongs.
    free: BTreeSet<usize>,
}

impl<'a> Alignment<'a> {
    fn begin(&mut self, taken: HashSet<(List<'a>, usize)>) {
        self.free = (0..self.groups.len()).collect();
        for (_, group) in &taken {
            self.free.remove(group);
        }
        self.taken = taken;
        self.searched.clear();
    }

    /// The first group of the same words which no row of that list has taken.
    fn equal_group(&mut self, said: Said<'a>, list: List<'a>) -> Option<usize> {
        let groups = self.by_words.get(&said)?;
        let searched = self.searched.entry((list, said)).or_default();
        while let Some(group) = groups.get(*searched) {
            if !self.taken.contains(&(list, *group)) {
                return Some(*group);
            }
            *searched += 1;
        }
        None
    }

    /// Puts a row into a group, if one was found, and says whether.
    fn put_into(&mut self, found: Option<usize>, index: usize, list: List<'a>, said: Said<'a>) -> bool {
        if let Some(group) = found {
            self.put(index, list, said, group);
        }
        found.is_some()
    }

    /// Puts a row into a group; the number behind the last makes a new one.
    fn put(&mut self, index: usize, list: List<'a>, said: Said<'a>, group: usize) {
        if group == self.groups.len() {
            self.groups.push(Aligned::default());
        }
        let aligned = &mut self.groups[group];
        if !aligned.said.contains(&said) {
            for known in [said, (said.0, None)].into_iter().filter(|known| !aligned.said.contains(known)) {
                self.by_words.entry(known).or_default().push(group);
            }
            aligned.said.extend([said, (said.0, None)]);
        }
        aligned.members.push(index);
        self.group_of[index] = Some(group);
        self.taken.insert((list, group));
        self.free.remove(&group);
    }
}

/// The id that an item would have if so many equal ones stood before it under its key.
pub fn nth_id(key: Key, counting: Counting, item: &Item, nth: i64) -> PublicId {
    record_id(key, (counting == Counting::Each).then(|| signature(item)), nth)
}

fn record_id(key: Key, signature: Option<Key>, number: i64) -> PublicId {
    let signature = signature.map(|signature| *signature.as_bytes());
    KeyBuilder::new("record").part(key.as_bytes()).maybe(signature).number(number).public_id()
}

/// How many of each signature a key has so far.
#[derive(Debug, Default)]
pub struct Numbers(BTreeMap<Option<Key>, i64>);

/// Gives each group its id: of the key, its first signature, and a running number among equals. Further signatures give
/// further ids in the same way.
fn name_groups(key: Key, groups: Vec<Group>, numbers: &mut Numbers) -> Vec<Sighted> {
    let mut numbered = |signature: Option<Key>| {
        let number = numbers.0.entry(signature).or_default();
        *number += 1;
        (signature, *number - 1)
    };
    groups
        .into_iter()
        .map(|Group { signature: first, sightings }| {
            let others: BTreeSet<Key> = match first {
                Some(_) => sightings.iter().map(signature_here).collect(),
                None => BTreeSet::new(),
            };
            let others = others.into_iter().map(Some).filter(|other| *other != first);
            let own = numbered(first);
            let others: Vec<_> = others.map(&mut numbered).collect();
            let id_of = |(signature, number): &(Option<Key>, i64)| record_id(key, *signature, *number);
            let (id, aliases) = (id_of(&own), others.iter().map(id_of).collect());
            Sighted { id, aliases, numbers: std::iter::once(own).chain(others).collect(), sightings }
        })
        .collect()
}

#[cfg(test)]
mod tests;
