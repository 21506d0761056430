//! From all sightings of one key to the records that they are. Pure, and a function of the set.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::identity::{Counting, signature};
use crate::model::{Item, Key, KeyBuilder, Kind, PublicId, Who};
use crate::store::SightingRow;

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

    let mut alignment = Alignment { group_of: vec![None; sightings.len()], ..Alignment::default() };
    for snapshot in &snapshots {
        let here: Vec<usize> =
            (0..sightings.len()).filter(|&index| sightings[index].snapshots.contains(snapshot)).collect();
        // Rows of one list (and its pages) are different things; rows of different lists may tell the same thing.
        let reader = |index: usize| sightings[index].reader.as_str();
        alignment.begin(here.iter().filter_map(|&index| Some((reader(index), alignment.group_of[index]?))).collect());
        let mut left_over = Vec::new();
        for index in here.into_iter().filter(|&index| alignment.group_of[index].is_none()).collect::<Vec<_>>() {
            match alignment.equal_group(signatures[index], reader(index)) {
                Some(group) => alignment.put(index, reader(index), signatures[index], group),
                None => left_over.push(index),
            }
        }
        let n_left_over = left_over.len();
        for index in left_over {
            let item = &sightings[index].item;
            let found = alignment.equal_group(signatures[index], reader(index)).or_else(|| {
                let mut free = alignment.free.iter().copied().take(MOST_COMPARED).filter(|&group| {
                    alignment.groups[group].members.iter().any(|&known| may_be_same(&sightings[known].item, item))
                });
                let first = free.next();
                // A message has its time to the millisecond; of other things only a lone pair is surely the same.
                first.filter(|_| item.kind == Kind::Message || (n_left_over == 1 && free.next().is_none()))
            });
            let group = found.unwrap_or(alignment.groups.len());
            alignment.put(index, reader(index), signatures[index], group);
        }
    }
    // A sighting whose document stands in no snapshot any more belongs to no record.
    let groups = alignment.groups;
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

/// Rows of a key that a row left over is compared with at most. Real keys have a handful; a crafted document could have
/// a hundred thousand messages of one millisecond.
const MOST_COMPARED: usize = 1_000;

/// The state while snapshot after snapshot is aligned. Everything is looked up, so that a key with very many rows costs
/// no more than their number.
#[derive(Debug, Default)]
struct Alignment<'a> {
    groups: Vec<Aligned>,
    group_of: Vec<Option<usize>>,
    by_signature: HashMap<Key, Vec<usize>>,
    /// Which groups the rows of each list have taken in the snapshot at hand.
    taken: HashSet<(&'a str, usize)>,
    /// How far the groups of a signature are known to be taken by a list.
    searched: HashMap<(&'a str, Key), usize>,
    /// Groups of earlier snapshots to which no row of the snapshot at hand belongs.
    free: BTreeSet<usize>,
}

impl<'a> Alignment<'a> {
    fn begin(&mut self, taken: HashSet<(&'a str, usize)>) {
        self.free = (0..self.groups.len()).collect();
        for (_, group) in &taken {
            self.free.remove(group);
        }
        self.taken = taken;
        self.searched.clear();
    }

    /// The first group of that signature which no row of that list has taken.
    fn equal_group(&mut self, signature: Key, reader: &'a str) -> Option<usize> {
        let groups = self.by_signature.get(&signature)?;
        let searched = self.searched.entry((reader, signature)).or_default();
        while let Some(group) = groups.get(*searched) {
            if !self.taken.contains(&(reader, *group)) {
                return Some(*group);
            }
            *searched += 1;
        }
        None
    }

    /// Puts a row into a group; the number behind the last makes a new one.
    fn put(&mut self, index: usize, reader: &'a str, signature: Key, group: usize) {
        if group == self.groups.len() {
            self.groups.push(Aligned::default());
        }
        let aligned = &mut self.groups[group];
        if !aligned.signatures.contains(&signature) {
            aligned.signatures.push(signature);
            self.by_signature.entry(signature).or_default().push(group);
        }
        aligned.members.push(index);
        self.group_of[index] = Some(group);
        self.taken.insert((reader, group));
        self.free.remove(&group);
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
    use crate::store::SnapshotRef;

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
    fn two_lists_of_one_snapshot_tell_the_same_thing() {
        let mut other = seen(message("hi", "Max"), &["2022"], "messages/3");
        other.reader = "reported".into();
        assert_eq!(records(vec![seen(message("hi", "Max"), &["2022"], "messages/3"), other]), [2]);
    }
}
