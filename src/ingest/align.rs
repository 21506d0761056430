//! From all sightings of one key to the records that they are. Pure, and a function of the set.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::identity::{Counting, signature};
use crate::model::{Item, Key, KeyBuilder, Kind, MediaRef, PublicId, Who};
use crate::store::{SightingRow, SnapshotRef};

/// What two messages of one millisecond whose signatures differ must have in common to be the same message, seen at
/// different times: its text was edited or withdrawn, its sender renamed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Trait<'a> {
    Author(Option<&'a Who>),
    /// Machine-written sentences carry the names of their day.
    MachineWritten(&'a str),
    Media(Vec<&'a str>),
}

fn traits_of(message: &Item) -> Vec<Trait<'_>> {
    let mut traits = vec![Trait::Author(message.author.as_ref())];
    if let Some(subkind @ ("system" | "call" | "reaction_notice" | "attachment_notice")) = message.subkind.as_deref() {
        traits.push(Trait::MachineWritten(subkind));
    }
    let media: Vec<&str> = message.media.iter().filter_map(MediaRef::media_id).collect();
    if !media.is_empty() {
        traits.push(Trait::Media(media));
    }
    traits
}

/// Whether two rows of one key whose signatures differ can be the same thing, seen at different times: an answer that
/// an old download left out, somebody who was renamed. Everything else in the key agrees.
fn may_be_same(one: &Item, other: &Item) -> bool {
    match one.kind {
        Kind::StoryInteraction => one.text.is_none() || other.text.is_none(),
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

/// Aligns the rows of several snapshots: equal signatures first, then what is left over on both sides. Hostile downloads
/// have any number of rows of one key, so nothing here looks at pairs.
fn align(sightings: Vec<SightingRow>) -> Vec<Group> {
    let signatures: Vec<Key> = sightings.iter().map(|sighting| signature(&sighting.item)).collect();
    let mut snapshots: BTreeMap<&SnapshotRef, Vec<usize>> = BTreeMap::new();
    for (index, sighting) in sightings.iter().enumerate() {
        for snapshot in &sighting.snapshots {
            snapshots.entry(snapshot).or_default().push(index);
        }
    }
    let mut alignment = Alignment::new(&sightings, &signatures);
    for here in snapshots.values() {
        alignment.begin_snapshot(here);
        let left_over: Vec<usize> = here.iter().copied().filter(|&index| alignment.group_of[index].is_none()).collect();
        let left_over: Vec<usize> = left_over.into_iter().filter(|&index| !alignment.put_with_equals(index)).collect();
        let mut partners = alignment.partners(&left_over);
        for &index in &left_over {
            if !alignment.put_with_equals(index) {
                let group = partners.take_for(index, &alignment).unwrap_or(alignment.groups.len());
                alignment.put(index, group);
            }
        }
    }
    let groups = alignment.groups;
    // A sighting whose document stands in no snapshot any more belongs to no record.
    let mut rows: Vec<Option<SightingRow>> = sightings.into_iter().map(Some).collect();
    groups
        .into_iter()
        .map(|Aligned { signatures, members }| Group {
            signature: signatures.first().copied(),
            sightings: members.into_iter().filter_map(|index| rows[index].take()).collect(),
        })
        .collect()
}

/// Rows that are one thing, and every signature under which it was seen, the oldest first.
#[derive(Debug, Default)]
struct Aligned {
    signatures: Vec<Key>,
    members: Vec<usize>,
}

/// The state while snapshot after snapshot is aligned.
#[derive(Debug)]
struct Alignment<'a> {
    sightings: &'a [SightingRow],
    signatures: &'a [Key],
    groups: Vec<Aligned>,
    group_of: Vec<Option<usize>>,
    by_signature: HashMap<Key, BTreeSet<usize>>,
    /// Which groups the rows of each list have taken in the snapshot at hand.
    taken: HashSet<(&'a str, usize)>,
    /// Groups that rows of any list have taken in it.
    taken_by_any: HashSet<usize>,
    /// The groups of a signature that the rows of a list can still take in it; filled when asked for.
    open: HashMap<Key, HashMap<&'a str, BTreeSet<usize>>>,
}

impl<'a> Alignment<'a> {
    fn new(sightings: &'a [SightingRow], signatures: &'a [Key]) -> Self {
        Self {
            sightings,
            signatures,
            groups: Vec::new(),
            group_of: vec![None; sightings.len()],
            by_signature: HashMap::new(),
            taken: HashSet::new(),
            taken_by_any: HashSet::new(),
            open: HashMap::new(),
        }
    }

    /// Rows of one list (and its pages) are different things; rows of different lists may tell the same thing.
    fn list_of(&self, index: usize) -> &'a str {
        self.sightings[index].reader.as_str()
    }

    fn begin_snapshot(&mut self, here: &[usize]) {
        self.taken = here.iter().filter_map(|&index| Some((self.list_of(index), self.group_of[index]?))).collect();
        self.taken_by_any = self.taken.iter().map(|(_, group)| *group).collect();
        self.open.clear();
    }

    /// Puts a row into the first group of its signature that no row of its list has taken.
    fn put_with_equals(&mut self, index: usize) -> bool {
        let (signature, list) = (self.signatures[index], self.list_of(index));
        let open = self.open.entry(signature).or_default().entry(list).or_insert_with(|| {
            let all = self.by_signature.get(&signature).into_iter().flatten().copied();
            all.filter(|&group| !self.taken.contains(&(list, group))).collect()
        });
        let found = open.first().copied();
        if let Some(group) = found {
            self.put(index, group);
        }
        found.is_some()
    }

    /// Puts a row into a group; the number behind the last makes a new one.
    fn put(&mut self, index: usize, group: usize) {
        if group == self.groups.len() {
            self.groups.push(Aligned::default());
        }
        let (signature, list) = (self.signatures[index], self.list_of(index));
        let aligned = &mut self.groups[group];
        aligned.members.push(index);
        self.group_of[index] = Some(group);
        self.taken.insert((list, group));
        self.taken_by_any.insert(group);
        if self.by_signature.entry(signature).or_default().insert(group) {
            aligned.signatures.push(signature);
            for (list, open) in self.open.entry(signature).or_default() {
                if !self.taken.contains(&(*list, group)) {
                    open.insert(group);
                }
            }
        }
        for signature in &aligned.signatures {
            if let Some(open) = self.open.get_mut(signature).and_then(|open| open.get_mut(list)) {
                open.remove(&group);
            }
        }
    }

    /// The groups that the left-over rows of the snapshot at hand may belong to.
    fn partners(&self, left_over: &[usize]) -> Partners<'a> {
        let free = (0..self.groups.len()).filter(|group| !left_over.is_empty() && !self.taken_by_any.contains(group));
        let mut partners =
            Partners { of_messages: BTreeMap::new(), of_others: Vec::new(), is_lone: left_over.len() == 1 };
        for group in free {
            partners.of_others.push(group);
            for &member in &self.groups[group].members {
                let item = &self.sightings[member].item;
                if item.kind == Kind::Message {
                    for known in traits_of(item) {
                        partners.of_messages.entry(known).or_default().insert(group);
                    }
                }
            }
        }
        partners
    }
}

/// Groups that no row of the snapshot at hand belonged to when its left-over rows were looked at.
#[derive(Debug)]
struct Partners<'a> {
    of_messages: BTreeMap<Trait<'a>, BTreeSet<usize>>,
    of_others: Vec<usize>,
    is_lone: bool,
}

impl<'a> Partners<'a> {
    /// The first group that may be the same thing as a left-over row and is still free.
    fn take_for(&mut self, index: usize, alignment: &Alignment<'a>) -> Option<usize> {
        let item = &alignment.sightings[index].item;
        if item.kind == Kind::Message {
            let mut first = None;
            for known in traits_of(item) {
                let Some(groups) = self.of_messages.get_mut(&known) else { continue };
                while groups.first().is_some_and(|group| alignment.taken_by_any.contains(group)) {
                    groups.pop_first();
                }
                first = first.into_iter().chain(groups.first().copied()).min();
            }
            return first;
        }
        // A message has its time to the millisecond; of other things only a lone pair is surely the same.
        let is_partner = |group: &usize| {
            let members = &alignment.groups[*group].members;
            members.iter().any(|&known| may_be_same(&alignment.sightings[known].item, item))
        };
        let mut free = self.of_others.iter().filter(|group| self.is_lone && is_partner(group));
        free.next().filter(|_| free.next().is_none()).copied()
    }
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
    use crate::model::{Basis, Moment, Precision};

    fn key() -> Key {
        KeyBuilder::new("a key").key()
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
            thread_key: Some(key()),
            record_id: None,
            item,
            snapshots: snapshots
                .iter()
                .map(|date| SnapshotRef { date: (*date).into(), public_id: (*date).into(), id: 0 })
                .collect(),
        }
    }

    fn records(sightings: Vec<SightingRow>) -> Vec<usize> {
        split(key(), Counting::Each, sightings).into_iter().map(|record| record.sightings.len()).collect()
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
            let mut ids: Vec<_> = split(key(), Counting::Each, rows).into_iter().map(|record| record.id).collect();
            ids.sort();
            ids
        };
        let reversed: Vec<_> = rows.iter().rev().cloned().collect();
        assert_eq!(ids(rows.clone()).len(), 2);
        assert_eq!(ids(rows), ids(reversed));
    }

    #[test]
    fn any_number_of_messages_may_have_one_millisecond() {
        let rows = |date: &str, author: &str, what: &str| -> Vec<SightingRow> {
            (0..20_000)
                .map(|n| seen(message(&format!("{what}{n}"), author), &[date], &format!("messages/{n}")))
                .collect()
        };
        assert_eq!(records(rows("2022", "Max", "x")), vec![1; 20_000]);
        let same: Vec<SightingRow> = (0..20_000).map(|_| seen(message("x", "Max"), &["2022"], "messages/1")).collect();
        assert_eq!(records(same), vec![1; 20_000]);
        let edited = [rows("2022", "Max", "x"), rows("2024", "Max", "y")].concat();
        assert_eq!(records(edited), vec![2; 20_000]);
        let others = [rows("2022", "Max", "x"), rows("2024", "Leo", "y")].concat();
        assert_eq!(records(others), vec![1; 40_000]);
    }

    #[test]
    fn two_lists_of_one_snapshot_tell_the_same_thing() {
        let mut other = seen(message("hi", "Max"), &["2022"], "messages/3");
        other.reader = "reported".into();
        assert_eq!(records(vec![seen(message("hi", "Max"), &["2022"], "messages/3"), other]), [2]);
    }
}
