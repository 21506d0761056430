//! What a snapshot covers: the one place that tells what is gone from what was never in a download.
//!
//! A snapshot covers the place of a record when
//! - things of its kind are taken away by people and not by time ([`lists::is_lasting`], [`lists::is_passing`]), and are not
//!   told anew by each download ([`lists::is_of_its_day`]),
//! - every list in which the record stood last is in the snapshot (a conversation is a list of its own),
//! - no part of the snapshot is missing: nothing of it is salvaged or damaged, no file that its documents name lacks, no page
//!   and no numbered archive is left out,
//! - what it holds of the record's kind is known to be comparable: where its documents are written in a way in which the record
//!   was seen, the two snapshots have something of that kind in common (layouts change what identifies a thing); else most
//!   things of the kind are known in both ways (flat files and pages name no ids, so that what nothing joins stands twice),
//! - and the record's time lies inside the range of that list: the one that the download states (a day less on both sides, as
//!   its zone is not told), else from the oldest to the newest time in the list. A relation is covered only by a snapshot
//!   that is not limited to a range: such ones hold only what was won in it (format reference §9.7). What has no time is
//!   covered where nothing in the list has one and the snapshot is not limited.
//!
//! Where ranges come from: the times of a list are those that its documents state, read once for each document
//! ([`note_lists`]). That a snapshot is limited is stated on its start page, or inferred: it begins more than a week after what
//! other snapshots of the account hold, or all its lists begin in the same week on an account that is older.

mod facts;
mod followers;
mod judge;
mod pages;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Kind;
use crate::source::lists;
use crate::store::{CoverFacts, KindAndSubkind, ListRange, STATED_RANGE, Shared, SnapshotState};

pub use followers::{Move, Moves, Rename, moves};
pub use judge::{Placing, Stood};
pub use pages::Gap;

pub(super) use facts::note_lists;
pub(super) use judge::judge_gone;

/// A week, as a range that is limited begins in one.
const WEEK_MS: i64 = 7 * 24 * 3_600_000;
const DAY_MS: i64 = 24 * 3_600_000;
/// So many lists must begin in one week before that means anything.
const LISTS_IN_A_WEEK: usize = 3;
/// Lists that tell how old an account is, beside its content.
const OF_THE_ACCOUNT: [&str; 5] =
    ["signup", "profile_changes", "privacy_changes", "flat_account_history", "password_changes"];

/// A list, or one conversation of the list of all.
pub type ListName = (String, Option<i64>);

/// What all snapshots of an account cover.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// Oldest first.
    pub snapshots: Vec<Covered>,
    shared: BTreeMap<KindAndSubkind, Shared>,
}

/// What one snapshot covers.
#[derive(Clone, Debug)]
pub struct Covered {
    pub state: SnapshotState,
    pub lists: BTreeMap<ListName, Held>,
    pub limit: Option<Limit>,
    pub gaps: Vec<Gap>,
    /// Only encrypted chats: a supplement, no download of the account.
    pub is_of_encrypted_chats: bool,
}

/// What a list of a snapshot holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    pub holds: ListRange,
    /// Bits of [`crate::store::Family`].
    pub families: u8,
}

/// Why and where a snapshot is limited to a range of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The download says so; `None` where its days cannot be read.
    Stated(Option<(i64, i64)>),
    /// It begins then, Unix milliseconds, although the account is older.
    Inferred { begins_ms: i64, account_ms: i64 },
}

/// Where a record stood last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub kind: Kind,
    pub subkind: Option<String>,
    pub at_ms: Option<i64>,
    pub snapshot_id: i64,
    pub lists: BTreeSet<ListName>,
    /// Bits of [`crate::store::Family`] of every document that ever held it.
    pub families: u8,
}

/// Why a snapshot does not cover a place. Ordered from what holds for all times to what a better download would mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Uncovered {
    /// Things of that kind, or in that list, pass by themselves.
    Passing,
    /// It says how things stood on the day of a download, and the next download says it anew.
    OfItsDay,
    /// The list is not in the snapshot.
    ListAbsent,
    /// Something of the snapshot is missing.
    PartMissing,
    /// Nothing joins what the two ways of writing hold.
    OtherFormat,
    /// The snapshot is limited to a range, or the record has no time.
    Unequal,
    /// The record's time lies outside what the list holds.
    OutsideRange,
}

impl Uncovered {
    /// The code that JSON rows carry.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passing => "passing",
            Self::OfItsDay => "of_its_day",
            Self::ListAbsent => "list_absent",
            Self::PartMissing => "part_missing",
            Self::OtherFormat => "other_format",
            Self::Unequal => "unequal_range",
            Self::OutsideRange => "outside_range",
        }
    }

    /// Why, as the end of a sentence about records.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Passing => "downloads hold only what is recent of it",
            Self::OfItsDay => "it is the state of its day, which the other download tells anew",
            Self::ListAbsent => "the other download does not have that list",
            Self::PartMissing => "something of the other download is missing",
            Self::OtherFormat => "the other download is written in a way that cannot be compared",
            Self::Unequal => "the other download is limited to a range of time",
            Self::OutsideRange => "the other download's list does not reach that time",
        }
    }
}

impl Coverage {
    /// What the facts add up to.
    pub fn of(facts: &CoverFacts) -> Self {
        let mut snapshots: Vec<Covered> = facts.snapshots.iter().map(|state| covered(state, facts)).collect();
        let content = snapshots.iter().filter(|one| !one.is_of_encrypted_chats);
        let first_content = content.filter_map(Covered::begins_ms).min();
        let of_account = snapshots.iter().flat_map(|one| &one.lists);
        let first_event = of_account
            .filter(|((list, _), _)| OF_THE_ACCOUNT.contains(&list.as_str()))
            .filter_map(|(_, held)| held.holds.range_ms.map(|(from, _)| from))
            .min();
        for snapshot in &mut snapshots {
            snapshot.limit = snapshot.limit.or_else(|| snapshot.inferred_limit(first_content, first_event));
        }
        Self { snapshots, shared: facts.shared.clone() }
    }

    /// The snapshot of that row.
    pub fn position(&self, snapshot_id: i64) -> Option<usize> {
        self.snapshots.iter().position(|snapshot| snapshot.state.id == snapshot_id)
    }

    /// Whether a snapshot, by its position, would have a record at that place if it were still there.
    pub fn covers(&self, snapshot: usize, place: &Place) -> Result<(), Uncovered> {
        let snapshot = &self.snapshots[snapshot];
        if lists::is_of_its_day(place.kind) {
            return Err(Uncovered::OfItsDay);
        }
        let is_passing = |(list, _): &ListName| lists::is_passing(list);
        if !lists::is_lasting(place.kind) || place.lists.iter().any(is_passing) {
            return Err(Uncovered::Passing);
        }
        let held: Option<Vec<&Held>> = place.lists.iter().map(|list| snapshot.lists.get(list)).collect();
        let held = held.filter(|held| !held.is_empty()).ok_or(Uncovered::ListAbsent)?;
        if !snapshot.is_whole() {
            return Err(Uncovered::PartMissing);
        }
        held.iter().try_for_each(|held| self.is_comparable(snapshot.state.id, held.families, place))?;
        held.iter().try_for_each(|held| snapshot.reaches(held, place))
    }

    /// The date of the first snapshot that covers a place and came after the one in which a record stood there last.
    pub fn lacks_since(&self, place: &Place) -> Option<&str> {
        let later = self.position(place.snapshot_id).map_or(0, |last| last + 1);
        let first = (later..self.snapshots.len()).find(|snapshot| self.covers(*snapshot, place).is_ok());
        first.map(|snapshot| self.snapshots[snapshot].state.date.as_str())
    }

    /// Whether what a list of a snapshot holds would be known to be the same as what stands at the place. Of one way of writing
    /// anything that both snapshots hold shows that; of two, that most things are known to be the same.
    fn is_comparable(&self, snapshot: i64, families: u8, place: &Place) -> Result<(), Uncovered> {
        const ENCRYPTED: u8 = crate::store::Family::Encrypted.bit();
        let shared =
            self.shared.get(&(place.kind, place.subkind.clone())).or_else(|| self.shared.get(&(place.kind, None)));
        let is_shown = if families & place.families == 0 {
            let n = |is_it: &dyn Fn(u8) -> bool| -> u64 {
                shared.iter().flat_map(|one| &one.families).filter(|(bits, _)| is_it(**bits)).map(|(_, n)| n).sum()
            };
            let n_joined = n(&|bits| bits & families != 0 && bits & place.families != 0);
            let n_apart = n(&|bits| bits & families == 0 && bits & place.families != 0);
            (families | place.families) & ENCRYPTED == 0 && n_joined > 0 && n_joined >= n_apart
        } else {
            // A millisecond joins messages, whatever the layout of the year.
            let pair = (snapshot.min(place.snapshot_id), snapshot.max(place.snapshot_id));
            place.kind == Kind::Message || shared.is_some_and(|one| one.snapshots.contains_key(&pair))
        };
        if is_shown { Ok(()) } else { Err(Uncovered::OtherFormat) }
    }
}

impl Covered {
    /// Nothing shows that a part of it is missing.
    pub fn is_whole(&self) -> bool {
        self.state.is_complete && self.state.n_lacking == Some(0) && self.gaps.is_empty()
    }

    /// The lists of the account's own doings, by which its age is told.
    fn timed_lists(&self) -> impl Iterator<Item = (&str, (i64, i64))> {
        let is_content = |list: &str| {
            let category = lists::category_of(list);
            category.is_core && category.name != "profile"
        };
        self.lists
            .iter()
            .filter(move |((list, _), _)| is_content(list))
            .filter_map(|((list, _), held)| Some((list.as_str(), held.holds.range_ms?)))
    }

    /// The oldest time of its content.
    pub fn begins_ms(&self) -> Option<i64> {
        self.timed_lists().map(|(_, (from, _))| from).min()
    }

    /// The newest time of its content.
    pub fn ends_ms(&self) -> Option<i64> {
        self.timed_lists().map(|(_, (_, to))| to).max()
    }

    fn inferred_limit(&self, first_content: Option<i64>, first_event: Option<i64>) -> Option<Limit> {
        let begins_ms = self.begins_ms().filter(|_| !self.is_of_encrypted_chats)?;
        let is_older = |first: Option<i64>| first.filter(|first| first.saturating_add(WEEK_MS) < begins_ms);
        let account_ms = is_older(first_content)
            .or_else(|| is_older(first_event).filter(|_| self.all_begin_in_a_week_of(begins_ms)))?;
        Some(Limit::Inferred { begins_ms, account_ms })
    }

    fn all_begin_in_a_week_of(&self, begins_ms: i64) -> bool {
        let mut first: BTreeMap<&str, i64> = BTreeMap::new();
        for (list, (from, _)) in self.timed_lists() {
            let oldest = first.entry(lists::category_of(list).name).or_insert(from);
            *oldest = from.min(*oldest);
        }
        first.len() >= LISTS_IN_A_WEEK && first.values().all(|from| *from <= begins_ms.saturating_add(WEEK_MS))
    }

    fn reaches(&self, held: &Held, place: &Place) -> Result<(), Uncovered> {
        let is_relation = place.kind == Kind::Follow;
        if is_relation && self.limit.is_some() {
            return Err(Uncovered::Unequal);
        }
        let Some(at_ms) = place.at_ms else {
            let is_timeless = held.holds.n_timed == 0 && held.holds.n_items > 0;
            return if is_timeless && self.limit.is_none() { Ok(()) } else { Err(Uncovered::Unequal) };
        };
        let is_inside = |range: Option<(i64, i64)>| range.is_some_and(|(from, to)| (from..=to).contains(&at_ms));
        let stated = match self.limit {
            Some(Limit::Stated(Some((from, to)))) => Some((from.saturating_add(DAY_MS), to.saturating_sub(DAY_MS))),
            _ => None,
        };
        if is_inside(stated) || is_inside(held.holds.range_ms) { Ok(()) } else { Err(Uncovered::OutsideRange) }
    }
}

fn covered(state: &SnapshotState, facts: &CoverFacts) -> Covered {
    let mut lists: BTreeMap<ListName, Held> = BTreeMap::new();
    let mut limit = None;
    let mut families = 0;
    for told in facts.lists.iter().filter(|told| told.snapshot_id == state.id) {
        if told.list == STATED_RANGE {
            limit = Some(Limit::Stated(told.holds.range_ms));
            continue;
        }
        families |= told.family.bit();
        // The list of all conversations is there where one of them is.
        let whole = told.thread_id.is_some().then(|| (told.list.clone(), None));
        let mut holds = told.holds.clone();
        holds.range_ms = holds.range_ms.and_then(|range| possible(range, &state.date));
        for name in whole.into_iter().chain([(told.list.clone(), told.thread_id)]) {
            let held = lists.entry(name).or_default();
            held.families |= told.family.bit();
            add(&mut held.holds, &holds);
        }
    }
    Covered {
        gaps: pages::gaps_of(state.id, facts),
        is_of_encrypted_chats: families == crate::store::Family::Encrypted.bit(),
        state: state.clone(),
        lists,
        limit,
    }
}

/// A range without what lies behind the day of the download: a single wrong time would make it reach anywhere.
fn possible((from, to): (i64, i64), date: &str) -> Option<(i64, i64)> {
    let day = date.parse::<chrono::NaiveDate>().ok().and_then(|day| day.and_hms_opt(0, 0, 0));
    // Where nothing tells the day, it is 1970.
    let Some(day_ms) = day.map(|day| day.and_utc().timestamp_millis()).filter(|day| *day > 0) else {
        return Some((from, to));
    };
    let latest = day_ms.saturating_add(3 * DAY_MS);
    (from <= latest).then(|| (from, to.min(latest)))
}

fn add(sum: &mut ListRange, more: &ListRange) {
    sum.n_items += more.n_items;
    sum.n_timed += more.n_timed;
    sum.range_ms = match (sum.range_ms, more.range_ms) {
        (Some((from, to)), Some((other_from, other_to))) => Some((from.min(other_from), to.max(other_to))),
        (one, other) => one.or(other),
    };
}
