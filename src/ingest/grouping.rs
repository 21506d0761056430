//! Which archives are one snapshot. Pure, and a function of the set of all archives: nothing depends on which came first.
//!
//! The rule (format reference §1.2, §9.2), in this order:
//!
//! 1. **Copies.** Archives that hold the same paths with the same bytes are one thing, in any packing and under any name,
//!    unless their names tell two deliveries. A copy without a name of its own goes with the named one of the oldest date.
//! 2. **Pieces.** What tells neither a name nor a time (a folder), or is not whole (a download that broke off), goes with
//!    an archive that holds everything it has: a named one before others, then the smallest.
//! 3. **Names.** Equal service, user, date and format: one delivery, whatever the random token, `_part_N` or the mark of a
//!    copy says. But two that hold one path with other bytes are two deliveries of one day; only numbered parts of
//!    generation A and B may (each has its own `media.json`). They are taken by time, then by content, and each goes into
//!    the first delivery that it does not contradict.
//! 4. **Times.** What has no name, but a known owner and a ZIP's clock, goes to the nearest delivery of that owner and
//!    format whose named archives were packed at most 30 minutes before or after, and which it does not contradict; else to
//!    the first such group of nameless ones whose oldest was packed at most 30 minutes earlier. They are taken by time,
//!    then by content, so that chains of parts that are pairwise too far apart end in the same groups in any order. What
//!    lies in the tree of another generation (flat files, topics, grouped folders) was never packed with it.
//!
//! Lying in one folder is no evidence.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use crate::model::ContentHash;

/// Parts of one delivery are packed within minutes (format reference §9.2); half an hour is the bound.
const MOST_APART: TimeDelta = TimeDelta::minutes(30);

/// What a name of Instagram's tells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Named {
    pub date: NaiveDate,
    /// In lower case.
    pub handle: String,
    pub part: Option<u32>,
}

/// What one archive says by itself.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    /// Its row: the address for comparisons, never an order.
    pub id: i64,
    /// Settles what nothing else does: of its fingerprint.
    pub public_id: String,
    /// Service and format: what differs in them never goes together.
    pub format: (i64, i64),
    /// Generation A or B.
    pub is_flat: bool,
    pub named: Option<Named>,
    /// The owner's user names that its documents tell.
    pub told: BTreeSet<String>,
    /// When it was packed: a ZIP's newest entry.
    pub packed_at: Option<NaiveDateTime>,
    /// It broke off, or some of its files could not be read.
    pub is_partial: bool,
    pub is_folder: bool,
    pub content: ContentHash,
    pub n_files: u64,
}

/// Why an archive is in its snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ground {
    Name,
    Time,
    Content,
}

impl Ground {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Time => "time",
            Self::Content => "content",
        }
    }
}

/// One snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// Positions in the list of facts, by content.
    pub members: Vec<(usize, Ground)>,
    pub named: Option<(String, NaiveDate)>,
    /// Of several deliveries of one name: which of them, by time.
    pub nth: usize,
    /// What its whole archives hold: with it the snapshot is the same under any name and in any packing.
    pub contents: BTreeSet<ContentHash>,
    /// When it was packed, by the clocks of its archives that are no later copies.
    pub packed_at: Option<NaiveDateTime>,
}

/// Compares what two archives hold, by their rows.
pub(super) trait Compare {
    type Error;
    /// Whether one path has other bytes.
    fn differ(&mut self, one: i64, other: i64) -> Result<bool, Self::Error>;
    /// Whether their files lie in the trees of different years.
    fn lie_apart(&mut self, one: i64, other: i64) -> Result<bool, Self::Error>;
    /// Whether `whole` has everything that could be read of `part`.
    fn holds(&mut self, whole: i64, part: i64) -> Result<bool, Self::Error>;
    /// Rows of archives that may hold everything of `part`.
    fn may_hold(&mut self, part: i64) -> Result<BTreeSet<i64>, Self::Error>;
}

/// Archives that are one thing by what they hold.
#[derive(Clone, Debug)]
struct Unit {
    members: Vec<usize>,
    format: (i64, i64),
    named: Option<(String, NaiveDate)>,
    packed_at: Option<NaiveDateTime>,
    content: ContentHash,
    n_files: u64,
    /// Neither a name nor a clock, or not whole: it may be a piece of another.
    may_be_piece: bool,
}

impl Unit {
    /// The order in which units are taken: by time (none last), then by content.
    fn order(&self) -> (bool, Option<NaiveDateTime>, ContentHash, (i64, i64)) {
        (self.packed_at.is_none(), self.packed_at, self.content, self.format)
    }

    fn absorb(&mut self, piece: Self) {
        self.named = self.named.take().or(piece.named);
        self.packed_at = self.packed_at.or(piece.packed_at);
        self.members.extend(piece.members);
    }
}

/// Puts archives together to snapshots, in an order that depends on the set alone.
pub(super) fn group<C: Compare>(facts: &[Facts], compare: &mut C) -> Result<Vec<Group>, C::Error> {
    let units = join_pieces(copies(facts), facts, compare)?;
    let (named, nameless): (Vec<Unit>, Vec<Unit>) = units.into_iter().partition(|unit| unit.named.is_some());
    let mut building: Vec<Building> = Vec::new();
    for unit in named {
        let mut nth = 0;
        let mut found = None;
        for (position, delivery) in building.iter().enumerate() {
            if delivery.format != unit.format || delivery.named != unit.named {
                continue;
            }
            nth += 1;
            if !delivery.contradicts(&unit, facts, compare)? {
                found = Some(position);
                break;
            }
        }
        match found {
            Some(position) => building[position].add(unit, Ground::Name),
            None => building.push(Building::of(unit, nth)),
        }
    }
    let n_named = building.len();
    for unit in nameless {
        let found = nearest(&building, n_named, &unit, facts, compare)?;
        match found {
            Some(position) => building[position].add(unit, Ground::Time),
            None => building.push(Building::of(unit, 0)),
        }
    }
    Ok(building.into_iter().map(|building| building.finish(facts)).collect())
}

/// Step 1: archives of equal content, by name.
fn copies(facts: &[Facts]) -> Vec<Unit> {
    let mut equal: BTreeMap<((i64, i64), ContentHash), Vec<usize>> = BTreeMap::new();
    for (index, archive) in facts.iter().enumerate() {
        equal.entry((archive.format, archive.content)).or_default().push(index);
    }
    let mut units = Vec::new();
    for ((format, content), members) in equal {
        let mut by_name: BTreeMap<Option<(NaiveDate, String)>, Vec<usize>> = BTreeMap::new();
        for index in members {
            let name = facts[index].named.as_ref().map(|named| (named.date, named.handle.clone()));
            by_name.entry(name).or_default().push(index);
        }
        let nameless = by_name.remove(&None).unwrap_or_default();
        match by_name.first_entry() {
            Some(mut oldest) => oldest.get_mut().extend(nameless),
            None => drop(by_name.insert(None, nameless)),
        }
        for (name, mut members) in by_name {
            members.sort_by_key(|index| &facts[*index].public_id);
            let all = || members.iter().map(|index| &facts[*index]);
            units.push(Unit {
                format,
                named: name.map(|(date, handle)| (handle, date)),
                // Of copies the oldest is the delivery; the others were packed again.
                packed_at: all().filter_map(|archive| archive.packed_at).min(),
                content,
                n_files: all().map(|archive| archive.n_files).max().unwrap_or_default(),
                may_be_piece: all().all(|archive| archive.is_partial || (archive.is_folder && archive.named.is_none())),
                members,
            });
        }
    }
    units.sort_by_key(Unit::order);
    units
}

/// Step 2: pieces go with what holds all that they have.
fn join_pieces<C: Compare>(units: Vec<Unit>, facts: &[Facts], compare: &mut C) -> Result<Vec<Unit>, C::Error> {
    let mut order: Vec<usize> = (0..units.len()).collect();
    // Small ones first, so that a piece of a piece finds its whole.
    let size = |unit: &Unit| (unit.n_files, unit.content);
    order.sort_by_key(|index| size(&units[*index]));
    let unit_of: BTreeMap<i64, usize> = units
        .iter()
        .enumerate()
        .flat_map(|(index, unit)| unit.members.iter().map(move |member| (facts[*member].id, index)))
        .collect();
    let mut units: Vec<Option<Unit>> = units.into_iter().map(Some).collect();
    for index in order {
        let Some(piece) = units[index].clone().filter(|unit| unit.may_be_piece) else { continue };
        let id = facts[piece.members[0]].id;
        let candidates: BTreeSet<usize> =
            compare.may_hold(id)?.iter().filter_map(|id| unit_of.get(id).copied()).collect();
        let mut wholes = Vec::new();
        for candidate in candidates {
            let Some(whole) = &units[candidate] else { continue };
            let are_names_equal = piece.named.is_none() || whole.named.is_none() || piece.named == whole.named;
            let is_larger = size(whole) > size(&piece);
            if candidate != index
                && whole.format == piece.format
                && is_larger
                && are_names_equal
                && compare.holds(facts[whole.members[0]].id, id)?
            {
                wholes.push((whole.named.is_none(), whole.n_files, whole.order(), candidate));
            }
        }
        if let Some((.., whole)) = wholes.into_iter().min()
            && let Some(piece) = units[index].take()
            && let Some(whole) = &mut units[whole]
        {
            whole.absorb(piece);
        }
    }
    let mut units: Vec<Unit> = units.into_iter().flatten().collect();
    units.sort_by_key(Unit::order);
    Ok(units)
}

/// A snapshot that is being put together.
#[derive(Debug)]
struct Building {
    format: (i64, i64),
    named: Option<(String, NaiveDate)>,
    nth: usize,
    units: Vec<(Unit, Ground)>,
}

impl Building {
    fn of(unit: Unit, nth: usize) -> Self {
        Self { format: unit.format, named: unit.named.clone(), nth, units: vec![(unit, Ground::Name)] }
    }

    fn add(&mut self, unit: Unit, ground: Ground) {
        self.units.push((unit, ground));
    }

    fn contradicts<C: Compare>(&self, unit: &Unit, facts: &[Facts], compare: &mut C) -> Result<bool, C::Error> {
        for one in self.units.iter().flat_map(|(unit, _)| &unit.members) {
            for other in &unit.members {
                let (one, other) = (&facts[*one], &facts[*other]);
                if !are_numbered_parts(one, other) && compare.differ(one.id, other.id)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn lies_apart_from<C: Compare>(&self, unit: &Unit, facts: &[Facts], compare: &mut C) -> Result<bool, C::Error> {
        let Some(other) = unit.members.first() else { return Ok(false) };
        for one in self.units.iter().filter_map(|(unit, _)| unit.members.first()) {
            if compare.lie_apart(facts[*one].id, facts[*other].id)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn told<'f>(&self, facts: &'f [Facts]) -> BTreeSet<&'f str> {
        let members = self.units.iter().flat_map(|(unit, _)| &unit.members);
        members
            .flat_map(|index| {
                let archive = &facts[*index];
                archive.told.iter().chain(archive.named.as_ref().map(|named| &named.handle)).map(String::as_str)
            })
            .collect()
    }

    fn finish(self, facts: &[Facts]) -> Group {
        let mut members = Vec::new();
        for (unit, _) in &self.units {
            let is_by_name = |index: &usize| facts[*index].named.is_some();
            // Of equal ones the oldest stands for them; a unit that has a name is there by its name.
            let oldest = unit.members.iter().min_by_key(|index| {
                let archive = &facts[**index];
                (archive.packed_at.is_none(), archive.packed_at, &archive.public_id)
            });
            let by_time = oldest.filter(|_| self.units.len() > 1 && !unit.members.iter().any(is_by_name));
            for index in &unit.members {
                let ground = match index {
                    named if is_by_name(named) => Ground::Name,
                    index if Some(index) == by_time => Ground::Time,
                    _ => Ground::Content,
                };
                members.push((*index, ground));
            }
        }
        let packed_at = self.units.iter().filter_map(|(unit, _)| unit.packed_at).max();
        let contents = self.units.iter().map(|(unit, _)| unit.content).collect();
        members.sort_by_key(|(index, _)| (facts[*index].content, &facts[*index].public_id));
        Group { members, named: self.named, nth: self.nth, contents, packed_at }
    }
}

/// Numbered parts of generation A and B repeat the names of their flat files (format reference §1.2).
fn are_numbered_parts(one: &Facts, other: &Facts) -> bool {
    let part = |archive: &Facts| archive.named.as_ref().and_then(|named| named.part);
    one.is_flat && other.is_flat && part(one) != part(other)
}

/// Step 4: the delivery that a nameless unit belongs to by its clock.
fn nearest<C: Compare>(
    building: &[Building],
    n_named: usize,
    unit: &Unit,
    facts: &[Facts],
    compare: &mut C,
) -> Result<Option<usize>, C::Error> {
    let Some(packed_at) = unit.packed_at else { return Ok(None) };
    let told: BTreeSet<&str> =
        unit.members.iter().flat_map(|index| facts[*index].told.iter()).map(String::as_str).collect();
    let mut found = Vec::new();
    for (position, delivery) in building.iter().enumerate() {
        if delivery.format != unit.format || delivery.told(facts).is_disjoint(&told) {
            continue;
        }
        let clocks = delivery.units.iter().filter(|(_, ground)| *ground == Ground::Name);
        let apart = clocks.filter_map(|(unit, _)| Some((unit.packed_at? - packed_at).abs())).min();
        if let Some(apart) = apart.filter(|apart| *apart <= MOST_APART)
            && !delivery.contradicts(unit, facts, compare)?
            && !delivery.lies_apart_from(unit, facts, compare)?
        {
            // Of nameless groups the first is meant, of named ones the nearest.
            let is_named = position < n_named;
            found.push((!is_named, if is_named { apart } else { TimeDelta::zero() }, position));
        }
    }
    Ok(found.into_iter().min().map(|(.., position)| position))
}

#[cfg(test)]
mod tests;
