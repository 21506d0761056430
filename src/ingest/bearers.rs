//! Under which names one person is known, as relations tell: of one second and sort, each the only one on its side, two names
//! are one person's ([`super::same_thing`]). What else that person is named in is then compared by the person, not by the
//! spelling. Pure, and a function of the set.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::same_thing::{Assigned, Row};
use crate::model::Key;

/// For names that somebody else has as well, one that stands for all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bearers(HashMap<Key, Key>);

impl Bearers {
    /// What the rows of relations tell, and under which keys they are held.
    pub fn of(rows: &[Row], assigned: &[Assigned]) -> Self {
        let mut named: BTreeMap<Key, BTreeSet<Key>> = BTreeMap::new();
        let mut known: HashMap<Key, BTreeSet<u32>> = HashMap::new();
        for (row, assigned) in rows.iter().zip(assigned) {
            if let Some(name) = row.claim.open[0] {
                named.entry(assigned.key).or_default().insert(name);
                known.entry(name).or_default().extend(&row.snapshots);
            }
        }
        let mut leader: HashMap<Key, Key> = HashMap::new();
        for names in named.into_values().filter(|names| names.len() > 1) {
            // Names are used again: one that a download knows beside another of them may be somebody else's now.
            let is_beside =
                |one: &Key| names.iter().any(|other| other != one && !known[one].is_disjoint(&known[other]));
            let mut alone = names.iter().copied().filter(|name| !is_beside(name));
            let Some(first) = alone.next() else { continue };
            for other in alone {
                let (one, other) = (find(&mut leader, first), find(&mut leader, other));
                leader.insert(one.max(other), one.min(other));
            }
        }
        // The smallest of them, too: it has others.
        let joined: BTreeSet<Key> = leader.iter().flat_map(|(name, next)| [*name, *next]).collect();
        Self(joined.into_iter().map(|name| (name, find(&mut leader, name))).collect())
    }

    /// The name by which to compare, where that person has others.
    pub fn of_several_names(&self, name: Key) -> Option<Key> {
        self.0.get(&name).copied()
    }

    /// The name by which to compare.
    pub fn of_name(&self, name: Key) -> Key {
        self.of_several_names(name).unwrap_or(name)
    }
}

/// The smallest of the names that are one person's so far.
fn find(leader: &mut HashMap<Key, Key>, mut name: Key) -> Key {
    while let Some(next) = leader.get(&name).copied().filter(|next| *next != name) {
        let after = leader.get(&next).copied().unwrap_or(next);
        leader.insert(name, after);
        name = after;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::super::likeness::claim;
    use super::*;
    use crate::model::{Item, KeyBuilder, Kind, Moment, Who};

    /// Rows of snapshots: which thing each is, and the name in it. Gives how many names are left.
    fn check(rows: &[(u32, u8, &str)], expected: usize) {
        let row = |(snapshot, _, name): &(u32, u8, &str)| {
            let item = Item {
                at: Moment::from_unix(1_560_000_000),
                subkind: Some("follower".to_owned()),
                counterpart: Some(Who::Handle((*name).to_owned())),
                ..Item::new(Kind::Follow)
            };
            let claim = claim(&item).expect("a kind of the table");
            let key = claim.key(KeyBuilder::new("account").key());
            Row {
                base: key,
                content: key,
                claim,
                media: Vec::new(),
                lists: vec![*snapshot],
                snapshots: vec![*snapshot],
                order: (0, 0, 0),
            }
        };
        let assigned =
            |(_, thing, _): &(u32, u8, &str)| Assigned { key: KeyBuilder::new("thing").part([*thing]).key(), twin: 0 };
        let of = |rows: &[(u32, u8, &str)]| {
            Bearers::of(&rows.iter().map(row).collect::<Vec<_>>(), &rows.iter().map(assigned).collect::<Vec<_>>())
        };
        let bearers = of(rows);
        let reversed: Vec<_> = rows.iter().rev().copied().collect();
        assert_eq!(bearers, of(&reversed), "{rows:?}");
        let names = rows.iter().filter_map(|one| row(one).claim.open[0]).map(|name| bearers.of_name(name));
        assert_eq!(names.collect::<BTreeSet<_>>().len(), expected, "{rows:?}");
    }

    #[test]
    fn names_of_one_relation_are_one_person_s() {
        check(&[(0, 1, "ann"), (1, 1, "ann2"), (1, 2, "ben")], 2);
        check(&[(0, 1, "ann"), (1, 1, "ann2"), (1, 2, "ann2"), (2, 2, "ann3"), (3, 3, "ann3")], 1);
        // Somebody else has the old name now.
        check(&[(0, 1, "ann"), (1, 1, "ann2"), (1, 2, "ann")], 2);
        check(&[(0, 1, "ann"), (1, 1, "ann2"), (2, 1, "ann3"), (2, 2, "ann2")], 3);
        check(&[(0, 1, "ann"), (1, 2, "ann")], 1);
    }
}
