//! Names at one and the same reaction in a group: which of them are one person. Pure, but for what is looked up.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::{Ground, Known, Tie, root};
use crate::ingest::merge::plain_emoji;
use crate::model::{Reaction, Who};
use crate::store::{StoreError, ThreadSightingRow, Writing};

/// Two names under which one emoji stands at one message of a group whose heads never show both.
#[derive(Clone, Debug)]
pub(super) struct InDoubt {
    pub one: i64,
    pub other: i64,
    /// Of the group.
    pub heads: Rc<[ThreadSightingRow]>,
    /// The messages to which both reacted, as each document tells it.
    pub told: Vec<Told>,
}

/// Who reacted to a message, as one document tells it.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub record_id: i64,
    pub reactions: Vec<Reaction>,
}

/// Pages tell the minute.
const GRAIN_MS: u64 = 60_000;

impl Known {
    pub(super) fn reactions_in_doubt(&self, writing: &Writing<'_>) -> Result<Vec<InDoubt>, StoreError> {
        let mut all = Vec::new();
        for of_group in writing.names_of_one_reaction()?.chunk_by(|one, other| one.0 == other.0) {
            let heads: Rc<[ThreadSightingRow]> = writing.heads_of_thread(of_group[0].0)?.into();
            let shown = self.shown_in(&heads);
            for &(thread, one, other) in of_group {
                // Nearly all: two members of one group.
                if shown.iter().any(|names| names.contains(&one) && names.contains(&other)) {
                    continue;
                }
                let told = writing.reacted_to_by_both(thread, one, other)?.into_iter();
                let told = told.map(|(record_id, item)| Told { record_id, reactions: item.reactions }).collect();
                all.push(InDoubt { one, other, heads: Rc::clone(&heads), told });
            }
        }
        Ok(all)
    }

    /// Ties names at one reaction of which one takes the other's place: in heads of the group that are the same but for them;
    /// or, in a group that is as large, among all who gave it. Never two that a document tells side by side.
    pub(super) fn tie_at_one_reaction(&mut self, in_doubt: &[InDoubt], mut person_of: BTreeMap<i64, i64>) {
        let mut ties = Vec::new();
        for doubt in in_doubt {
            let tie = Tie { one: doubt.one, other: doubt.other, ground: Ground::SameReaction };
            let is_one = root(&mut person_of, tie.one) == root(&mut person_of, tie.other);
            if !is_one && !self.ties.contains(&tie) && self.takes_its_place(doubt, &mut person_of) {
                ties.push((tie, &doubt.heads));
            }
        }
        for (tie, heads) in ties {
            for (head, names) in heads.iter().zip(self.shown_in(heads)) {
                for name in [tie.one, tie.other].into_iter().filter(|name| names.contains(name)) {
                    head.snapshots.iter().for_each(|snapshot| self.see(name, &snapshot.date, &snapshot.date));
                }
            }
            self.ties.push(tie);
        }
    }

    fn takes_its_place(&self, doubt: &InDoubt, person_of: &mut BTreeMap<i64, i64>) -> bool {
        let InDoubt { one, other, heads, told } = doubt;
        let shown = self.shown_in(heads);
        let reacted = told.iter().map(|told| self.rows_of(told.reactions.iter().map(|reaction| &reaction.actor)));
        if shown.iter().cloned().chain(reacted).any(|names| names.contains(one) && names.contains(other)) {
            return false;
        }
        let mut beside = |name: &i64, names: &BTreeSet<i64>| -> Option<BTreeSet<i64>> {
            let others = names.iter().filter(|its| *its != name).copied();
            names.contains(name).then(|| others.map(|its| root(person_of, its)).collect())
        };
        let mut in_heads = |name| shown.iter().filter_map(|names| beside(name, names)).collect::<BTreeSet<_>>();
        if !in_heads(one).is_disjoint(&in_heads(other)) {
            return true;
        }
        let sizes = |name| -> BTreeSet<usize> {
            let with = heads.iter().zip(&shown).filter(|(_, names)| names.contains(name));
            with.map(|(head, _)| head.head.participants.len()).collect()
        };
        let given = self.given(told);
        let mut among = |name| -> BTreeSet<_> {
            given.iter().filter_map(|given| Some((&given.what, beside(name, &given.by)?))).collect()
        };
        !sizes(one).is_disjoint(&sizes(other))
            && !among(one).is_disjoint(&among(other))
            && !are_at_other_times(&given, *one, *other)
    }

    fn given(&self, told: &[Told]) -> Vec<Given> {
        let mut all = Vec::new();
        for Told { record_id, reactions } in told {
            let mut by_emoji: BTreeMap<String, Given> = BTreeMap::new();
            for reaction in reactions {
                let emoji = plain_emoji(&reaction.reaction);
                let given = by_emoji.entry(emoji.clone()).or_insert_with(|| Given {
                    what: (*record_id, emoji),
                    by: BTreeSet::new(),
                    timed: Vec::new(),
                });
                if let Some(name) = self.row_of(&reaction.actor) {
                    given.by.insert(name);
                    given.timed.extend(reaction.at.map(|at| (name, at.utc_ms())));
                }
            }
            all.extend(by_emoji.into_values());
        }
        all
    }

    fn shown_in(&self, heads: &[ThreadSightingRow]) -> Vec<BTreeSet<i64>> {
        heads.iter().map(|head| self.rows_of(&head.head.participants)).collect()
    }

    fn rows_of<'a>(&self, names: impl IntoIterator<Item = &'a Who>) -> BTreeSet<i64> {
        names.into_iter().filter_map(|who| self.row_of(who)).collect()
    }
}

/// Who gave a message an emoji, as one document tells it.
#[derive(Debug)]
struct Given {
    /// The message and the emoji.
    what: (i64, String),
    by: BTreeSet<i64>,
    /// When each did, Unix milliseconds, as far as it is told.
    timed: Vec<(i64, i64)>,
}

/// Whether documents tell that two names gave one emoji at two times.
fn are_at_other_times(given: &[Given], one: i64, other: i64) -> bool {
    let times = |name: i64| {
        let timed = given.iter().flat_map(|given| given.timed.iter().map(|timed| (&given.what, timed)));
        timed.filter(move |(_, (its, _))| *its == name).map(|(what, (_, at_ms))| (what, *at_ms))
    };
    times(one).any(|(what, at_ms)| times(other).any(|(its, ms)| its == what && ms.abs_diff(at_ms) >= GRAIN_MS))
}
