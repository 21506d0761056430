//! Which account each snapshot belongs to. Pure, and a function of the set of all snapshots and of what was decided by hand.
//!
//! The rule (format reference §4.8, §8.5), in this order:
//!
//! 1. **User names.** Snapshots of one user name are one account, within the time in which nobody is known to have given it
//!    up or taken it: names are used again by others. A change of names joins the name of before with that of after.
//! 2. **What is shared.** Two snapshots that share three own media, or three messages that are on the same side of both, are
//!    of one account. Friends who write to each other share messages, too, but what the one wrote the other received.
//! 3. **Snapshots that say nothing** go with the only account with which they share that, or a document with something dated
//!    in it; encrypted chats, which are often alone, else with the only one whose owner takes part in all of them. The others
//!    stand as accounts of their own; those that share something among themselves as one.
//! 4. **Decisions** are above all evidence.
//!
//! A display name is never evidence of an account.

use std::collections::{BTreeMap, BTreeSet};

/// So many messages or media in common make two snapshots one account's.
const ENOUGH: u64 = 3;

/// A change of the user name that a snapshot tells of its owner.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NameChange {
    pub at_ms: i64,
    /// In lower case, as all user names here.
    pub from: Option<String>,
    pub to: Option<String>,
}

/// What one snapshot says of its account.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// Its row: the address for bonds, never an order.
    pub id: i64,
    /// Begins with its date, so that it orders as the dates do.
    pub public_id: String,
    pub service: i64,
    /// The end of its day, Unix milliseconds.
    pub day_end_ms: i64,
    /// The user name at that time; that which stands for the account where nothing tells it.
    pub handle: String,
    pub is_unknown: bool,
    /// Further user names that its documents tell.
    pub others: BTreeSet<String>,
    pub changes: Vec<NameChange>,
    /// Encrypted chats: names of those who take part in all of its conversations.
    pub everywhere: BTreeSet<String>,
    /// Names that the owner has in it.
    pub owner_names: BTreeSet<String>,
}

/// What two snapshots have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the field names say that all of them are counts")]
pub(super) struct Bond {
    pub n_documents: u64,
    pub n_media: u64,
    pub n_same_side: u64,
    pub n_other_side: u64,
    pub n_no_side: u64,
}

impl Bond {
    /// Whether two snapshots that say whose they are, are one account's though the names differ.
    fn is_of_one_account(self) -> bool {
        let are_sides_one = self.n_same_side > self.n_other_side || self.n_other_side == 0;
        are_sides_one && (self.n_same_side >= ENOUGH || self.n_media >= ENOUGH)
    }

    /// Whether one that does not say it goes with the other.
    fn draws(self) -> bool {
        let are_sides_one = self.n_same_side > self.n_other_side || self.n_other_side == 0;
        let n_messages = self.n_same_side + self.n_no_side;
        are_sides_one && (self.n_documents > 0 || self.n_media >= ENOUGH || n_messages >= ENOUGH)
    }
}

/// What was decided by hand about accounts.
#[derive(Clone, Debug, Default)]
pub(super) struct Decided {
    /// Ids of snapshots that are accounts of their own.
    pub apart: BTreeSet<String>,
    /// User names, or ids of snapshots, of accounts that are one.
    pub together: Vec<(String, String)>,
}

/// An account: its snapshots and how it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Belonging {
    /// Positions in the list of facts.
    pub members: Vec<usize>,
    /// The oldest user name that is known.
    pub first_handle: String,
    /// The first snapshot's id, where another account has the same first name: it was used again.
    pub again: Option<String>,
    /// Nothing tells whose it is.
    pub is_unknown: bool,
    /// User names with the first and last time at which they are known to have been its own.
    pub names: BTreeMap<String, (i64, i64)>,
}

/// A user name that a snapshot proves for a moment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Proof {
    handle: String,
    at_ms: i64,
}

/// Finds the accounts, in an order that depends on the set alone. `bond` tells what two snapshots have in common, by their
/// rows; it is only asked where names leave something open.
pub(super) fn accounts<E>(
    facts: &[Facts],
    decided: &Decided,
    bond: &mut dyn FnMut(i64, i64) -> Result<Bond, E>,
) -> Result<Vec<Belonging>, E> {
    let proofs: Vec<Vec<Proof>> = facts.iter().map(proofs).collect();
    let is_apart = |index: usize| decided.apart.contains(&facts[index].public_id);
    let free: Vec<usize> = (0..facts.len()).filter(|index| !is_apart(*index)).collect();
    let (unknown, told): (Vec<usize>, Vec<usize>) = free.iter().copied().partition(|index| facts[*index].is_unknown);
    let mut sets = Sets::new(facts.len());
    by_names(facts, &proofs, &told, &mut sets);
    by_bonds(facts, &told, &mut sets, |one, other| Ok(bond(one, other)?.is_of_one_account()))?;
    adopt(facts, &told, &unknown, &mut sets, bond)?;
    for (one, other) in &decided.together {
        let found = [one, other].map(|typed| meant(facts, &proofs, &free, typed));
        if let [Some(one), Some(other)] = found {
            sets.join(one, other);
        }
    }
    Ok(described(facts, &proofs, &mut sets, &is_apart))
}

/// Sets of positions that grow together.
struct Sets(Vec<usize>);

impl Sets {
    fn new(n: usize) -> Self {
        Self((0..n).collect())
    }

    fn find(&mut self, index: usize) -> usize {
        let mut at = index;
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.find(one), self.find(other));
        self.0[one.max(other)] = one.min(other);
    }
}

/// Every user name that a snapshot proves, with its time.
fn proofs(facts: &Facts) -> Vec<Proof> {
    let proof = |handle: &str, at_ms| Proof { handle: handle.to_owned(), at_ms };
    let mut all = vec![proof(&facts.handle, facts.day_end_ms)];
    for change in &facts.changes {
        all.extend(change.from.as_deref().map(|from| proof(from, change.at_ms.saturating_sub(1))));
        all.extend(change.to.as_deref().map(|to| proof(to, change.at_ms)));
    }
    // A name without a time was there before every other.
    let first_ms = all.iter().map(|proof| proof.at_ms).min().unwrap_or_default().saturating_sub(1);
    for other in &facts.others {
        if all.iter().all(|known| known.handle != *other) {
            all.push(proof(other, first_ms));
        }
    }
    all
}

/// Joins the snapshots of one user name, as long as nobody is known to have given it up or taken it between them.
fn by_names(facts: &[Facts], proofs: &[Vec<Proof>], told: &[usize], sets: &mut Sets) {
    let mut moves: BTreeMap<(i64, &str), BTreeSet<i64>> = BTreeMap::new();
    for index in told {
        for change in facts[*index].changes.iter().filter(|change| change.from != change.to) {
            for handle in change.from.iter().chain(&change.to) {
                moves.entry((facts[*index].service, handle)).or_default().insert(change.at_ms);
            }
        }
    }
    let mut holder: BTreeMap<(i64, &str, usize), usize> = BTreeMap::new();
    for index in told {
        for proof in &proofs[*index] {
            let name = (facts[*index].service, proof.handle.as_str());
            let n_moves = moves.get(&name).map_or(0, |moves| moves.range(..=proof.at_ms).count());
            let known = *holder.entry((name.0, name.1, n_moves)).or_insert(*index);
            sets.join(known, *index);
        }
    }
}

/// Joins what is bound, among these and of one service.
fn by_bonds<E>(
    facts: &[Facts],
    among: &[usize],
    sets: &mut Sets,
    mut is_bound: impl FnMut(i64, i64) -> Result<bool, E>,
) -> Result<(), E> {
    for (position, one) in among.iter().enumerate() {
        for other in &among[..position] {
            if sets.find(*one) != sets.find(*other)
                && facts[*one].service == facts[*other].service
                && is_bound(facts[*one].id, facts[*other].id)?
            {
                sets.join(*one, *other);
            }
        }
    }
    Ok(())
}

/// Brings the snapshots that do not say whose they are to the only account that draws them.
fn adopt<E>(
    facts: &[Facts],
    told: &[usize],
    unknown: &[usize],
    sets: &mut Sets,
    bond: &mut dyn FnMut(i64, i64) -> Result<Bond, E>,
) -> Result<(), E> {
    let mut drawn: Vec<BTreeSet<usize>> = Vec::with_capacity(unknown.len());
    for index in unknown {
        let mut by = BTreeSet::new();
        for other in told.iter().filter(|other| facts[**other].service == facts[*index].service) {
            if bond(facts[*index].id, facts[*other].id)?.draws() {
                by.insert(sets.find(*other));
            }
        }
        drawn.push(by);
    }
    // Those that are drawn to one account, or to none, go together; what is torn stands alone.
    let loose: Vec<usize> =
        unknown.iter().zip(&drawn).filter(|(_, by)| by.len() <= 1).map(|(index, _)| *index).collect();
    let mut among = Sets::new(facts.len());
    by_bonds(facts, &loose, &mut among, |one, other| Ok(bond(one, other)?.draws()))?;
    let mut groups: BTreeMap<usize, (Vec<usize>, BTreeSet<usize>)> = BTreeMap::new();
    for (index, by) in unknown.iter().zip(drawn).filter(|(_, by)| by.len() <= 1) {
        let (members, all) = groups.entry(among.find(*index)).or_default();
        members.push(*index);
        all.extend(by);
    }
    for (members, by) in groups.into_values() {
        let by = if by.is_empty() { named_everywhere(facts, told, &members, sets) } else { by };
        match by.iter().collect::<Vec<_>>().as_slice() {
            [only] => members.iter().for_each(|member| sets.join(**only, *member)),
            [] => members.iter().for_each(|member| sets.join(members[0], *member)),
            // What they share with each other tears them apart: each goes where it is drawn to by itself.
            _ => {
                for member in &members {
                    for other in told {
                        if bond(facts[*member].id, facts[*other].id)?.draws() {
                            sets.join(*other, *member);
                        }
                    }
                }
            }
        }
    }
    Ok(())
}

/// Accounts whose owner takes part in every conversation of these encrypted chats.
fn named_everywhere(facts: &[Facts], told: &[usize], members: &[usize], sets: &mut Sets) -> BTreeSet<usize> {
    let mut by = BTreeSet::new();
    for member in members.iter().map(|member| &facts[*member]) {
        for other in told.iter().filter(|other| facts[**other].service == member.service) {
            if !member.everywhere.is_disjoint(&facts[*other].owner_names) {
                by.insert(sets.find(*other));
            }
        }
    }
    by
}

/// The snapshot by which somebody means an account: by its id, else the one that proves the user name last.
fn meant(facts: &[Facts], proofs: &[Vec<Proof>], free: &[usize], typed: &str) -> Option<usize> {
    if let Some(found) = facts.iter().position(|facts| facts.public_id == typed) {
        return Some(found);
    }
    let last = |index: &usize| {
        let of_name = proofs[*index].iter().filter(|proof| proof.handle == typed);
        of_name.map(|proof| proof.at_ms).max().map(|at_ms| (at_ms, facts[*index].public_id.as_str(), *index))
    };
    free.iter().filter_map(last).max().map(|(.., index)| index)
}

fn described(
    facts: &[Facts],
    proofs: &[Vec<Proof>],
    sets: &mut Sets,
    is_apart: &dyn Fn(usize) -> bool,
) -> Vec<Belonging> {
    let mut by_root: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for index in 0..facts.len() {
        by_root.entry(sets.find(index)).or_default().push(index);
    }
    let mut all = Vec::with_capacity(by_root.len());
    for mut members in by_root.into_values() {
        members.sort_by_key(|index| &facts[*index].public_id);
        let is_unknown = members.iter().all(|index| facts[*index].is_unknown);
        let telling = members.iter().filter(|index| is_unknown || !facts[**index].is_unknown);
        let mut names: BTreeMap<String, (i64, i64)> = BTreeMap::new();
        for proof in telling.flat_map(|index| &proofs[*index]) {
            let known = names.entry(proof.handle.clone()).or_insert((proof.at_ms, proof.at_ms));
            *known = (known.0.min(proof.at_ms), known.1.max(proof.at_ms));
        }
        let first = names.iter().min_by_key(|(name, (from, _))| (*from, name.as_str()));
        let (first_handle, from_ms) =
            first.map_or_else(|| (String::new(), 0), |(name, (from, _))| (name.clone(), *from));
        if is_unknown {
            // What stands for it is no name.
            names.retain(|name, _| *name == first_handle);
        }
        let service = members.first().map(|index| facts[*index].service);
        let first_id = members.first().map(|index| facts[*index].public_id.clone());
        let order = (service, first_handle.clone(), members.iter().all(|index| is_apart(*index)), from_ms, first_id);
        all.push((order, Belonging { members, first_handle, again: None, is_unknown, names }));
    }
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut last = None;
    for ((service, first_handle, .., first_id), account) in &mut all {
        let name = (*service, first_handle.clone());
        if last.as_ref() == Some(&name) {
            account.again = first_id.take();
        }
        last = Some(name);
    }
    all.into_iter().map(|(_, account)| account).collect()
}

#[cfg(test)]
mod tests;
