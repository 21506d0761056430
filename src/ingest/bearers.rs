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
            // Names are used again: what one download knows beside the other may be somebody else's now.
            let pairs = names.iter().flat_map(|one| names.iter().map(move |other| (*one, *other)));
            for (one, other) in pairs.filter(|(one, other)| one < other && known[one].is_disjoint(&known[other])) {
                let (one, other) = (find(&mut leader, one), find(&mut leader, other));
                leader.insert(one.max(other), one.min(other));
            }
        }
        let names: Vec<Key> = leader.keys().copied().collect();
        Self(names.into_iter().map(|name| (name, find(&mut leader, name))).collect())
    }

    /// The name by which to compare.
    pub fn of_name(&self, name: Key) -> Key {
        self.0.get(&name).copied().unwrap_or(name)
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
