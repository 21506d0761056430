//! Which of several conversations are one though their ids differ: those that have messages in common and never stood side by
//! side in one download (format reference §8.2.5). Pure, and a function of the set: all that may belong together is looked at
//! together, and what has the most in common is joined first.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::identity;
use crate::model::{Item, Key, Who};

/// How many common messages make two conversations one, or all of the shorter one.
pub(super) const COMMON_MESSAGES: usize = 3;

/// So many equal milliseconds do, whatever is said there: later downloads tell a notice, a share or a message that was taken
/// back in other words. No two conversations share so many by chance.
const COMMON_MOMENTS: usize = 3;

/// A message that more rows than these have is no ground: comparing them all with each other would never end.
const MOST_ROWS: usize = 64;

/// What stands in the folder of one id.
#[derive(Debug)]
pub(super) struct Talk {
    /// Names the id.
    pub key: Key,
    /// The snapshots in which it stands.
    pub snapshots: BTreeSet<i64>,
    pub said: Vec<Said>,
}

/// A message as it is compared with those of other conversations.
#[derive(Clone, Debug)]
pub(super) struct Said {
    /// What it is by itself.
    pub key: Key,
    signature: Key,
    author: Option<Who>,
    /// Somebody counted its milliseconds.
    is_counted: bool,
}

impl Said {
    pub fn of(key: Key, item: &Item) -> Self {
        let is_counted = item.at.is_some_and(|at| at.utc_ms() % 1_000 != 0);
        Self { key, signature: identity::signature(item), author: item.author.clone(), is_counted }
    }
}

/// The keys of what two conversations have at the same times.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared {
    /// The same words.
    said: BTreeSet<Key>,
    /// Those of them that have the same sender's name on both sides.
    by_same_sender: BTreeSet<Key>,
    /// A millisecond that somebody counted, whatever is said at it.
    moments: BTreeSet<Key>,
}

impl Shared {
    /// Two messages of one key.
    pub fn add(&mut self, one: &Said, other: &Said) {
        if one.is_counted && other.is_counted {
            self.moments.insert(one.key);
        }
        if one.signature == other.signature {
            self.said.insert(one.key);
            if one.author == other.author {
                self.by_same_sender.insert(one.key);
            }
        }
    }

    fn append(&mut self, mut other: Self) {
        self.said.append(&mut other.said);
        self.by_same_sender.append(&mut other.by_same_sender);
        self.moments.append(&mut other.moments);
    }

    /// Whether two conversations are one by that, the shorter of which has so many messages.
    pub fn is_enough(&self, n_shorter: usize) -> bool {
        self.said.len() >= COMMON_MESSAGES.min(n_shorter.max(1)) || self.is_enough_for_any()
    }

    /// The same, however long they are.
    pub fn is_enough_for_any(&self) -> bool {
        self.said.len() >= COMMON_MESSAGES || self.moments.len() >= COMMON_MOMENTS
    }

    fn strength(&self) -> (usize, usize, usize) {
        (self.by_same_sender.len(), self.said.len(), self.moments.len())
    }
}

/// Conversations that are one.
#[derive(Debug)]
struct Group {
    key: Key,
    members: Vec<usize>,
    snapshots: BTreeSet<i64>,
    keys: BTreeSet<Key>,
}

/// Puts those together that are one: the places of the members of each.
pub(super) fn groups(talks: &[Talk]) -> Vec<Vec<usize>> {
    let mut shared = in_common(talks);
    let mut groups: BTreeMap<usize, Group> =
        talks.iter().enumerate().map(|(place, talk)| (place, alone(place, talk))).collect();
    loop {
        let can_be_one = |pair: &&(usize, usize), shared: &Shared| {
            let (one, other) = (&groups[&pair.0], &groups[&pair.1]);
            shared.is_enough(one.keys.len().min(other.keys.len())) && one.snapshots.is_disjoint(&other.snapshots)
        };
        let rank = |pair: &(usize, usize), shared: &Shared| {
            let (one, other) = (groups[&pair.0].key, groups[&pair.1].key);
            (shared.strength(), Reverse((one.min(other), one.max(other))))
        };
        let best = shared.iter().filter(|(pair, shared)| can_be_one(pair, shared));
        let Some((&(kept, gone), _)) = best.max_by_key(|(pair, shared)| rank(pair, shared)) else { break };
        if let Some(gone) = groups.remove(&gone) {
            groups.entry(kept).and_modify(|kept| kept.take_in(gone));
        }
        // What others share with the one that went, they share with the one that took it in.
        for (pair, of_gone) in shared.extract_if(.., |pair, _| pair.0 == gone || pair.1 == gone).collect::<Vec<_>>() {
            let other = if pair.0 == gone { pair.1 } else { pair.0 };
            if other != kept {
                shared.entry((kept.min(other), kept.max(other))).or_default().append(of_gone);
            }
        }
    }
    groups.into_values().map(|group| group.members).collect()
}

fn alone(place: usize, talk: &Talk) -> Group {
    let keys = talk.said.iter().map(|said| said.key).collect();
    Group { key: talk.key, members: vec![place], snapshots: talk.snapshots.clone(), keys }
}

impl Group {
    fn take_in(&mut self, mut other: Self) {
        self.key = self.key.min(other.key);
        self.members.append(&mut other.members);
        self.snapshots.append(&mut other.snapshots);
        self.keys.append(&mut other.keys);
    }
}

/// What each two have in common.
fn in_common(talks: &[Talk]) -> BTreeMap<(usize, usize), Shared> {
    let mut rows: HashMap<Key, Vec<(usize, &Said)>> = HashMap::new();
    for (place, talk) in talks.iter().enumerate() {
        for said in &talk.said {
            rows.entry(said.key).or_default().push((place, said));
        }
    }
    let mut shared: BTreeMap<(usize, usize), Shared> = BTreeMap::new();
    for rows in rows.values().filter(|rows| rows.len() <= MOST_ROWS) {
        for (number, (other, theirs)) in rows.iter().enumerate() {
            for (one, ours) in rows[..number].iter().filter(|(one, _)| one != other) {
                shared.entry((*one.min(other), *one.max(other))).or_default().add(ours, theirs);
            }
        }
    }
    shared
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Basis, KeyBuilder, Kind, Moment, Precision};

    fn key(name: &str) -> Key {
        KeyBuilder::new("test").part(name).key()
    }

    /// When (minutes), who, what.
    type Line<'a> = (i64, &'a str, &'a str);

    /// A conversation: its id, the snapshots, and what is said in it.
    type Told<'a> = (&'a str, &'a [i64], &'a [Line<'a>]);

    fn talk((id, snapshots, said): &Told<'_>) -> Talk {
        let said = said.iter().map(|(minute, who, text)| {
            let mut item = Item::new(Kind::Message);
            item.at = Some(Moment { ms: minute * 60_000, precision: Precision::Minute, basis: Basis::default() });
            item.author = Some(Who::Name((*who).to_owned()));
            item.text = Some((*text).to_owned());
            Said::of(key(&format!("{minute} {text}")), &item)
        });
        Talk { key: key(id), snapshots: snapshots.iter().copied().collect(), said: said.collect() }
    }

    /// The groups by the ids, whatever order the conversations come in.
    fn joined(talks: &[Told<'_>]) -> BTreeSet<BTreeSet<String>> {
        let by = |order: &[usize]| -> BTreeSet<BTreeSet<String>> {
            let all: Vec<Talk> = order.iter().map(|&n| talk(&talks[n])).collect();
            let name = |place: usize| talks[order[place]].0.to_owned();
            groups(&all).into_iter().map(|group| group.into_iter().map(name).collect()).collect()
        };
        let order: Vec<usize> = (0..talks.len()).collect();
        let reversed: Vec<usize> = order.iter().rev().copied().collect();
        let mut turned = order.clone();
        turned.rotate_left(talks.len() / 2);
        let groups = by(&order);
        assert_eq!(by(&reversed), groups);
        assert_eq!(by(&turned), groups);
        groups
    }

    fn sets(groups: &[&[&str]]) -> BTreeSet<BTreeSet<String>> {
        groups.iter().map(|group| group.iter().map(|name| (*name).to_owned()).collect()).collect()
    }

    #[test]
    fn what_has_most_in_common_is_joined_first_and_shuts_the_others_out() {
        let groups = joined(&[
            ("bob", &[1], &[(5, "Bob", "ok")]),
            ("dan", &[1], &[(1, "Dan", "hi"), (5, "Dan", "ok")]),
            ("robert of 2023", &[2], &[(5, "Robert", "ok")]),
            ("dan of 2023", &[2], &[(1, "Dan", "hi"), (5, "Dan", "ok")]),
        ]);
        assert_eq!(groups, sets(&[&["bob", "robert of 2023"], &["dan", "dan of 2023"]]));
    }

    #[test]
    fn halves_that_stand_side_by_side_are_two_and_one_of_them_is_the_whole() {
        let all = [
            (1, "Dan", "a"),
            (2, "Dan", "b"),
            (3, "Dan", "c"),
            (4, "Dan", "d"),
            (5, "Dan", "e"),
            (6, "Dan", "f"),
            (7, "Dan", "g"),
        ];
        let groups = joined(&[("whole", &[1], &all), ("first", &[2], &all[..3]), ("rest", &[2], &all[3..])]);
        assert_eq!(groups, sets(&[&["whole", "rest"], &["first"]]));
        let groups = joined(&[
            ("whole", &[1], &all),
            ("first", &[2], &all[..3]),
            ("rest", &[2], &all[3..]),
            ("again", &[3], &all),
        ]);
        assert_eq!(groups, sets(&[&["whole", "rest", "again"], &["first"]]));
    }

    #[test]
    fn what_two_pieces_share_with_a_third_adds_up_once_they_are_one() {
        let groups = joined(&[
            ("one", &[1], &[(1, "Dan", "a"), (2, "Dan", "b"), (3, "Dan", "c"), (4, "Dan", "d")]),
            ("two", &[2], &[(2, "Dan", "b"), (3, "Dan", "c"), (4, "Dan", "d"), (5, "Dan", "e"), (9, "Dan", "i")]),
            ("three", &[3], &[(1, "Dan", "a"), (5, "Dan", "e"), (9, "Dan", "i"), (10, "Dan", "j")]),
        ]);
        assert_eq!(groups, sets(&[&["one", "two", "three"]]));
    }

    #[test]
    fn only_milliseconds_that_somebody_counted_count_without_words() {
        let at =
            |ms, text: &str| Item { at: Moment::from_unix(ms), text: Some(text.into()), ..Item::new(Kind::Message) };
        let mut shared = Shared::default();
        let mut add = |ms, one, other| {
            let said = |text| Said::of(KeyBuilder::new("at").number(ms).key(), &at(ms, text));
            shared.add(&said(one), &said(other));
        };
        add(1_600_000_000_123, "left", "hat die Gruppe verlassen");
        add(1_600_000_001_000, "left", "hat die Gruppe verlassen");
        add(1_600_000_002_000, "hi", "hi");
        assert_eq!((shared.moments.len(), shared.said.len()), (1, 1));
    }

    #[test]
    fn one_common_word_of_long_conversations_is_nothing() {
        let groups = joined(&[
            ("one", &[1], &[(1, "Dan", "ok"), (2, "Dan", "b"), (3, "Dan", "c")]),
            ("two", &[2], &[(1, "Eva", "ok"), (7, "Eva", "x"), (8, "Eva", "y")]),
        ]);
        assert_eq!(groups, sets(&[&["one"], &["two"]]));
    }
}
