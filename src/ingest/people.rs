//! Who is who: which names are one person. Computed from everything that ties names together, so that a tie that loses its
//! ground is gone; the order of arrival does not matter.
//!
//! | tie | ground |
//! |---|---|
//! | names of an account's owner | profile, its changes, who takes part in a snapshot's conversations |
//! | names at one and the same message or relation | seen under both in different downloads |
//! | the other ones of one conversation of two | in such a conversation every name that is not the owner's is one person |
//! | a display name and the user name in its conversation's folder | the folder is called by the user name |
//! | names at one and the same reaction | in the group's heads one takes the other's place, and nobody else comes or goes; or, in a group that is as large, among all who gave it |
//! | decisions | made by hand, above all others |
//!
//! A display name alone ties nothing: one that several people bear at a time (two conversations of two in one snapshot, the
//! owners of two accounts) is left out of all ties, and so is a user name that somebody else bears now, and the names of those
//! whose account is gone.

mod reactions;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveTime};

use super::merge::is_anonymous;
use crate::model::{DecisionKind, Who};
use crate::store::{
    DirectHead, HandleRow, NameToHold, PersonToHold, RecordNameRow, StoreError, USER_NAME, Writing, person_identity,
};

/// The names of an account's owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OwnerNames {
    pub account_id: i64,
    /// The row of the name that the owner's own things are filed under.
    pub own: i64,
    /// Rows of all others, the newest first, display names before user names.
    pub names: Vec<i64>,
}

/// Why a name is somebody's. The first is the strongest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Ground {
    ByHand,
    Owner,
    SameThing,
    SameReaction,
    OtherOfTwo,
    Folder,
}

impl Ground {
    const fn words(self) -> &'static str {
        match self {
            Self::ByHand => "by hand",
            Self::Owner => "the owner, by profile and threads",
            Self::SameThing => "stands at the same thing as another name",
            Self::SameReaction => "gave the same reaction as another name, in whose place it stands in the group",
            Self::OtherOfTwo => "the other one of a conversation of two",
            Self::Folder => "the folder of a conversation is called so",
        }
    }
}

const ALONE: &str = "seen under this name";
const OF_SEVERAL: &str = "several people go by this name";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tie {
    one: i64,
    other: i64,
    ground: Ground,
}

/// Computes all people anew and writes what changed.
pub(super) fn settle(writing: &Writing<'_>, owners: &[OwnerNames]) -> Result<(), StoreError> {
    forget_owners_no_more(writing, owners)?;
    let mut known = Known::of(writing.handles()?);
    known.tie_owners(owners);
    let at_one_thing = writing.names_of_one_record()?;
    for (one, other) in &at_one_thing {
        known.tie_at_one_thing(one, other);
    }
    known.shared.extend(writing.names_used_again()?);
    let of_two = known.tie_conversations(&writing.direct_heads()?, owners);
    known.part_at_one_time(&[at_one_thing, of_two].concat(), owners);
    let (apart, by_hand) = decided(writing, &known)?;
    let in_doubt = known.reactions_in_doubt(writing)?;
    // A tie may show the next one.
    loop {
        let n_ties = known.ties.len();
        let (person_of, _) = known.sets(&apart, &by_hand, owners);
        known.tie_at_one_reaction(&in_doubt, person_of);
        if known.ties.len() == n_ties {
            break;
        }
    }
    writing.put_people(&known.people(&apart, &by_hand, owners))
}

/// Forgets user names that were only known as an owner's, and are so no more: no document names them.
fn forget_owners_no_more(writing: &Writing<'_>, owners: &[OwnerNames]) -> Result<(), StoreError> {
    let owned: BTreeSet<i64> =
        owners.iter().flat_map(|owner| owner.names.iter().chain([&owner.own])).copied().collect();
    for row in writing.handles()? {
        if owned.contains(&row.id) {
            continue;
        }
        if !row.since.is_empty() {
            writing.remove_own_name(row.id)?;
        } else if row.kind == USER_NAME && row.evidence == Ground::Owner.words() {
            writing.remove_handle_of_nobody(&row.handle)?;
        }
    }
    Ok(())
}

/// What was decided by hand about people: names that stand alone, and ties. What was decided later counts.
fn decided(writing: &Writing<'_>, known: &Known) -> Result<(BTreeSet<i64>, Vec<Tie>), StoreError> {
    let (mut apart, mut ties) = (BTreeSet::new(), Vec::<Tie>::new());
    for decision in writing.decisions()?.into_iter().map(|kept| kept.decision) {
        let names: Vec<Option<i64>> = decision.arguments.iter().map(|name| known.named(name)).collect();
        match (&decision.kind, names.as_slice()) {
            (DecisionKind::MergePeople, [Some(one), Some(other)]) => {
                ties.push(Tie { one: *one, other: *other, ground: Ground::ByHand });
            }
            (DecisionKind::SplitPerson, [Some(name)]) => {
                ties.retain(|tie| tie.one != *name && tie.other != *name);
                apart.insert(*name);
            }
            _ => {}
        }
    }
    Ok((apart, ties))
}

/// All names and what ties them together.
struct Known {
    handles: BTreeMap<i64, HandleRow>,
    by_name: BTreeMap<(i64, String), i64>,
    ties: Vec<Tie>,
    /// Names that several people bear.
    shared: BTreeSet<i64>,
    /// Dates of the first and the last snapshot that show a name in use.
    spans: BTreeMap<i64, (String, String)>,
}

impl Known {
    fn of(rows: Vec<HandleRow>) -> Self {
        let first = rows.iter().filter(|row| row.since.is_empty());
        let by_name = first.map(|row| ((row.kind, row.handle.clone()), row.id)).collect();
        let handles = rows.into_iter().map(|row| (row.id, row)).collect();
        Self { handles, by_name, ties: Vec::new(), shared: BTreeSet::new(), spans: BTreeMap::new() }
    }

    /// The name that a decision means: user names with `@`.
    fn named(&self, name: &str) -> Option<i64> {
        let key = match name.strip_prefix('@') {
            Some(handle) => (USER_NAME, handle.to_owned()),
            None => (USER_NAME + 1, name.to_owned()),
        };
        self.by_name.get(&key).copied()
    }

    fn row_of(&self, who: &Who) -> Option<i64> {
        let key = match who {
            Who::Me => return None,
            Who::Handle(handle) => (USER_NAME, handle.clone()),
            Who::Name(name) if is_anonymous(name) => return None,
            Who::Name(name) => (USER_NAME + 1, name.clone()),
        };
        self.by_name.get(&key).copied()
    }

    fn see(&mut self, handle: i64, first_date: &str, last_date: &str) {
        let (first, last) = self.spans.entry(handle).or_insert_with(|| (first_date.to_owned(), last_date.to_owned()));
        if first_date < first.as_str() {
            first_date.clone_into(first);
        }
        if last_date > last.as_str() {
            last_date.clone_into(last);
        }
    }

    fn tie_owners(&mut self, owners: &[OwnerNames]) {
        let mut owned: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
        for owner in owners {
            for name in &owner.names {
                owned.entry(*name).or_default().insert(owner.own);
                self.ties.push(Tie { one: owner.own, other: *name, ground: Ground::Owner });
            }
        }
        self.shared.extend(owned.into_iter().filter(|(_, by)| by.len() > 1).map(|(name, _)| name));
    }

    fn tie_at_one_thing(&mut self, one: &RecordNameRow, other: &RecordNameRow) {
        self.ties.push(Tie { one: one.handle_id, other: other.handle_id, ground: Ground::SameThing });
        for name in [one, other] {
            self.see(name.handle_id, &name.first_date, &name.last_date);
        }
    }

    /// A display name that stands at things, or in conversations of two, of two people who are called otherwise at one time is
    /// borne by both: nobody has two display names, or two user names, in one download.
    fn part_at_one_time(&mut self, at_one_thing: &[(RecordNameRow, RecordNameRow)], owners: &[OwnerNames]) {
        let owned: BTreeSet<i64> =
            owners.iter().flat_map(|owner| owner.names.iter().chain([&owner.own])).copied().collect();
        let kind = |name: i64| self.handles.get(&name).map(|row| row.kind);
        let mut others: BTreeMap<i64, Vec<&RecordNameRow>> = BTreeMap::new();
        for (one, other) in at_one_thing {
            for (name, beside) in [(one, other), (other, one)] {
                let is_meant =
                    !owned.contains(&name.handle_id) && kind(name.handle_id).is_some_and(|kind| kind != USER_NAME);
                if is_meant && !self.is_nobody(beside.handle_id) {
                    others.entry(name.handle_id).or_default().push(beside);
                }
            }
        }
        // Whoever goes back to an earlier name bears both for a while, as far as dates tell; but at the same things.
        let at_one: BTreeSet<(i64, i64)> =
            at_one_thing.iter().map(|(one, other)| (one.handle_id, other.handle_id)).collect();
        let are_at_one = |one: i64, other: i64| at_one.contains(&(one, other)) || at_one.contains(&(other, one));
        let is_at_one_time = |one: &RecordNameRow, other: &RecordNameRow| {
            kind(one.handle_id) == kind(other.handle_id)
                && one.handle_id != other.handle_id
                && !are_at_one(one.handle_id, other.handle_id)
                && one.first_date <= other.last_date
                && other.first_date <= one.last_date
        };
        let is_shared = |beside: &[&RecordNameRow]| {
            beside.iter().enumerate().any(|(at, one)| beside[at + 1..].iter().any(|other| is_at_one_time(one, other)))
        };
        let shared: Vec<i64> = others.iter().filter(|(_, beside)| is_shared(beside)).map(|(name, _)| *name).collect();
        self.shared.extend(shared);
    }

    /// Gives the names of the other one in each conversation of two that has several, two by two.
    fn tie_conversations(
        &mut self,
        heads: &[DirectHead],
        owners: &[OwnerNames],
    ) -> Vec<(RecordNameRow, RecordNameRow)> {
        let own: BTreeSet<(i64, i64)> = owners
            .iter()
            .flat_map(|owner| owner.names.iter().chain([&owner.own]).map(|name| (owner.account_id, *name)))
            .collect();
        let user_names = self.user_names_in_folders();
        let mut others: BTreeMap<i64, BTreeMap<i64, BTreeSet<&str>>> = BTreeMap::new();
        let mut beside: BTreeMap<(i64, i64), BTreeSet<i64>> = BTreeMap::new();
        let mut named_by_folder = Vec::new();
        for DirectHead { thread_id, account_id, head, snapshots } in heads {
            let names: BTreeSet<i64> = head.participants.iter().filter_map(|who| self.row_of(who)).collect();
            let is_own = |name: &&i64| own.contains(&(*account_id, **name));
            let mut foreign = names.iter().filter(|name| !is_own(name));
            let (Some(other), None) = (foreign.next().copied(), foreign.next()) else { continue };
            // Of two names one must be the owner's: else nobody knows which of them is.
            if names.len() != 2 || head.participants.len() != 2 {
                continue;
            }
            let dates = snapshots.iter().map(|(_, date)| date);
            let known = others.entry(*thread_id).or_default().entry(other).or_default();
            known.extend(dates.clone().map(String::as_str));
            if let (Some(first), Some(last)) = (dates.clone().min(), dates.max()) {
                let (first, last) = (first.clone(), last.clone());
                self.see(other, &first, &last);
            }
            for (snapshot, _) in snapshots {
                beside.entry((*snapshot, other)).or_default().insert(*thread_id);
            }
            if let Some(user_name) = head.folder.as_deref().and_then(|folder| user_names.get(slug_of(folder)?)) {
                named_by_folder.push((other, *user_name));
            }
        }
        for ((_, name), threads) in beside {
            if threads.len() > 1 && self.handles.get(&name).is_some_and(|row| row.kind != USER_NAME) {
                self.shared.insert(name);
            }
        }
        let mut at_one = Vec::new();
        for names in others.into_values() {
            let rows = names.into_iter().map(|(handle_id, dates)| RecordNameRow {
                handle_id,
                first_date: dates.first().copied().unwrap_or_default().to_owned(),
                last_date: dates.last().copied().unwrap_or_default().to_owned(),
            });
            let rows: Vec<RecordNameRow> = rows.collect();
            for (at, one) in rows.iter().enumerate() {
                at_one.extend(rows[at + 1..].iter().map(|other| (one.clone(), other.clone())));
            }
            let ties = rows.iter().skip(1).map(|other| (rows[0].handle_id, other.handle_id));
            self.ties.extend(ties.map(|(one, other)| Tie { one, other, ground: Ground::OtherOfTwo }));
        }
        for (name, user_name) in named_by_folder {
            self.ties.push(Tie { one: name, other: user_name, ground: Ground::Folder });
        }
        at_one
    }

    /// The only user name that a folder of that slug can be called by.
    fn user_names_in_folders(&self) -> BTreeMap<String, i64> {
        let mut all: BTreeMap<String, Option<i64>> = BTreeMap::new();
        for row in self.handles.values().filter(|row| row.kind == USER_NAME && row.since.is_empty()) {
            let slug: String = row.handle.to_lowercase().chars().filter(|c| *c != '.').collect();
            all.entry(slug).and_modify(|known| *known = None).or_insert(Some(row.id));
        }
        all.into_iter().filter_map(|(slug, id)| Some((slug, id?))).collect()
    }

    /// Puts the names together to people.
    fn people(&self, apart: &BTreeSet<i64>, by_hand: &[Tie], owners: &[OwnerNames]) -> Vec<PersonToHold> {
        let (mut set_of, ground) = self.sets(apart, by_hand, owners);
        let mut members: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for id in self.handles.keys() {
            members.entry(root(&mut set_of, *id)).or_default().push(*id);
        }
        members.into_values().map(|names| self.person(&names, apart, &ground, owners)).collect()
    }

    /// The set of names that each belongs to, which [`root`] tells, and the strongest ground of each name's ties.
    fn sets(
        &self,
        apart: &BTreeSet<i64>,
        by_hand: &[Tie],
        owners: &[OwnerNames],
    ) -> (BTreeMap<i64, i64>, BTreeMap<i64, Ground>) {
        let own: BTreeSet<i64> = owners.iter().map(|owner| owner.own).collect();
        let counts = |tie: &&Tie| {
            [tie.one, tie.other].iter().all(|name| {
                let is_out = self.shared.contains(name) && !own.contains(name);
                self.handles.contains_key(name) && !is_out && !apart.contains(name) && !self.is_nobody(*name)
            })
        };
        let mut set_of: BTreeMap<i64, i64> = self.handles.keys().map(|id| (*id, *id)).collect();
        let mut ground: BTreeMap<i64, Ground> = BTreeMap::new();
        for tie in self.ties.iter().filter(counts).chain(by_hand) {
            let (one, other) = (root(&mut set_of, tie.one), root(&mut set_of, tie.other));
            set_of.insert(one.max(other), one.min(other));
            for name in [tie.one, tie.other] {
                ground.entry(name).and_modify(|known| *known = tie.ground.min(*known)).or_insert(tie.ground);
            }
        }
        (set_of, ground)
    }

    fn is_nobody(&self, name: i64) -> bool {
        self.handles.get(&name).is_some_and(|row| row.kind != USER_NAME && is_anonymous(&row.handle))
    }

    fn person(
        &self,
        names: &[i64],
        apart: &BTreeSet<i64>,
        ground: &BTreeMap<i64, Ground>,
        owners: &[OwnerNames],
    ) -> PersonToHold {
        let rows = || names.iter().filter_map(|name| self.handles.get(name));
        let owned: Vec<&OwnerNames> = owners.iter().filter(|owner| names.contains(&owner.own)).collect();
        let identity = |row: &HandleRow| person_identity(row.kind, &row.handle, &row.since);
        // An owner is known by the account's own name whatever else they are called.
        let identity = rows()
            .map(|row| (!owned.iter().any(|owner| owner.own == row.id), identity(row).key(), row))
            .min_by_key(|(is_other, key, _)| (*is_other, *key))
            .map_or_else(|| person_identity(0, "", ""), |(.., row)| identity(row));
        let date_of = |row: &HandleRow| self.spans.get(&row.id).map_or("", |(_, last)| last.as_str());
        let shown = owned.iter().flat_map(|owner| &owner.names).find(|name| names.contains(name));
        let shown = shown.and_then(|name| self.handles.get(name)).filter(|row| row.kind != USER_NAME);
        let newest = rows().max_by_key(|row| (row.kind != USER_NAME, date_of(row), &row.handle));
        let (name, name_date) = match (shown, newest) {
            (Some(shown), _) => (shown.handle.clone(), String::new()),
            (None, Some(newest)) if names.len() > 1 => (newest.handle.clone(), date_of(newest).to_owned()),
            (None, newest) => (newest.map(|row| row.handle.clone()).unwrap_or_default(), String::new()),
        };
        let mut accounts: BTreeSet<i64> = owned.iter().map(|owner| owner.account_id).collect();
        let is_of_owner = |owner: &&OwnerNames| {
            owner.names.iter().any(|name| names.contains(name) && self.shared.contains(name) && !apart.contains(name))
        };
        accounts.extend(owners.iter().filter(is_of_owner).map(|owner| owner.account_id));
        let handles = names.iter().map(|name| {
            let evidence = match ground.get(name) {
                Some(ground) => ground.words(),
                None if self.shared.contains(name) => OF_SEVERAL,
                None => ALONE,
            };
            let span = self.spans.get(name).filter(|_| names.len() > 1 || self.shared.contains(name));
            NameToHold {
                handle_id: *name,
                evidence,
                from_ms: span.and_then(|(first, _)| begin_of(first)),
                to_ms: span.and_then(|(_, last)| begin_of(last)),
            }
        });
        PersonToHold {
            key: identity.key(),
            public_id: identity.public_id().as_str().to_owned(),
            name,
            name_date,
            names: handles.collect(),
            accounts: accounts.into_iter().collect(),
        }
    }
}

/// The first moment of a day, Unix milliseconds.
fn begin_of(date: &str) -> Option<i64> {
    Some(date.parse::<NaiveDate>().ok()?.and_time(NaiveTime::MIN).and_utc().timestamp_millis())
}

fn root(set_of: &mut BTreeMap<i64, i64>, id: i64) -> i64 {
    let mut at = id;
    while let Some(above) = set_of.get(&at).copied().filter(|above| *above != at) {
        // Chains stay short: each step halves what is left.
        let next = set_of.get(&above).copied().unwrap_or(above);
        set_of.insert(at, next);
        at = next;
    }
    at
}

/// What a folder of a conversation is called without the id behind it. Only where that shows a user name: in what is made of
/// a display name there is neither `_` nor `-` (format reference §4.1).
fn slug_of(folder: &str) -> Option<&str> {
    let folder = folder.rsplit('/').next().unwrap_or(folder);
    let numeric = folder.rsplit_once('_').filter(|(_, id)| id.len() >= 12 && id.bytes().all(|b| b.is_ascii_digit()));
    let slug = match numeric {
        Some((slug, _)) => slug,
        None => folder.get(..folder.len().checked_sub(11)?).filter(|slug| folder[slug.len()..].starts_with('_'))?,
    };
    Some(slug).filter(|slug| slug.contains(['_', '-']))
}

#[cfg(test)]
mod tests;
