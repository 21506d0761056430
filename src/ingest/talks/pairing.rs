//! Which message of a conversation a row with a coarse time is. Pure, and a function of the set.
//!
//! Finer rows are there to be found, coarser ones look for them: rows to the second among those to the millisecond, rows
//! to the minute among both. The rows of every snapshot look by themselves, in order, and no two of them find the same:
//!
//! 1. where the row knows its millisecond, the same words at it by whomever, then what is left over on both sides of it;
//! 2. the same words in the same minute (or second) by the same sender, the first by the first;
//! 3. the same, where the sender has another name: one that three messages or more show to be the same, or none;
//! 4. what is left over on both sides of one minute and sender (format reference §8.2.10): rows of one sort, if they are
//!    as many, and in the end a single one with a single one.
//!
//! A clock that autumn shows twice is looked for at both showings.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::echoes::Grain;
use super::targets::{Left, Target, Targets};
use super::voices::{Names, Voices};
use crate::model::{Key, Who};
use crate::store::{HeldAs, SnapshotRef};

/// A row of a conversation.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    pub grain: Grain,
    pub at_ms: i64,
    /// The time is that of the millisecond, although the row is to be found among others.
    pub is_exact: bool,
    /// The other instant that its clock may mean.
    pub other_ms: Option<i64>,
    /// The key that it has by itself.
    pub own: Key,
    pub signature: Key,
    /// Roughly what it is: rows of one sort go together first.
    pub sort: u8,
    pub who: Option<&'a Who>,
    pub document: i64,
    pub path: &'a str,
    /// Place in the document from its newest: page, row. Exports go from new to old.
    pub from_newest: (i64, i64),
    pub snapshots: &'a [SnapshotRef],
}

/// What each row is held as, if not as itself: key and signature there.
pub fn pair(rows: &[Row<'_>], voices: &Voices<'_>) -> Vec<Option<(Key, HeldAs)>> {
    let names = Names::of(rows, voices);
    let mut held: Vec<Option<(Key, HeldAs)>> = vec![None; rows.len()];
    let of_grain = |grain: Grain| (0..rows.len()).filter(|&row| rows[row].grain == grain).collect::<Vec<_>>();
    let mut targets = Targets::default();
    targets.add(rows, &names, &of_grain(Grain::Millisecond));
    for grain in [Grain::Second, Grain::Minute] {
        let seekers = of_grain(grain);
        if !targets.all.is_empty() && !seekers.is_empty() {
            Search::new(rows, &names, &targets, grain).run(&seekers, &mut held);
        }
        let left_over: Vec<usize> = seekers.into_iter().filter(|&row| held[row].is_none()).collect();
        targets.add(rows, &names, &left_over);
    }
    held
}

/// A message as one snapshot has it: a row, or the repetitions of one in the parts of a delivery.
#[derive(Debug)]
struct Seeker {
    rows: Vec<usize>,
    found: Option<usize>,
}

struct Search<'a> {
    rows: &'a [Row<'a>],
    names: &'a Names,
    targets: &'a Targets,
    grain: Grain,
    by_words: HashMap<(i64, Key), Vec<usize>>,
    by_time: HashMap<i64, Vec<usize>>,
    /// Names that the same messages show to be the same.
    same_name: BTreeMap<u32, u32>,
}

/// So many messages of the same words and minute are looked at for one row.
const MOST_COMPARED: usize = 256;
/// An aligned run of so many messages overrides a different name.
const RUN: u32 = 3;

impl<'a> Search<'a> {
    fn new(rows: &'a [Row<'a>], names: &'a Names, targets: &'a Targets, grain: Grain) -> Self {
        let mut by_words: HashMap<(i64, Key), Vec<usize>> = HashMap::new();
        let mut by_time: HashMap<i64, Vec<usize>> = HashMap::new();
        let mut order: Vec<usize> = (0..targets.all.len()).collect();
        order.sort_by_key(|&at| (targets.all[at].at_ms, at));
        for at in order {
            let target = &targets.all[at];
            let time = target.at_ms.div_euclid(grain.ms());
            by_words.entry((time, target.signature)).or_default().push(at);
            by_time.entry(time).or_default().push(at);
        }
        Self { rows, names, targets, grain, by_words, by_time, same_name: BTreeMap::new() }
    }

    fn run(mut self, seekers: &[usize], held: &mut [Option<(Key, HeldAs)>]) {
        let mut snapshots: BTreeMap<&SnapshotRef, Vec<usize>> = BTreeMap::new();
        for &row in seekers {
            for snapshot in self.rows[row].snapshots {
                snapshots.entry(snapshot).or_default().push(row);
            }
        }
        let snapshots: Vec<Vec<Seeker>> = snapshots.into_values().map(|rows| self.seekers(&rows)).collect();
        self.same_name = self.same_names(&snapshots);
        let mut found_of_row: HashMap<usize, usize> = HashMap::new();
        for mut here in snapshots {
            let mut left = Left::of(self.targets);
            // A page that stood in an earlier snapshot, too, has found already.
            for seeker in &mut here {
                seeker.found = seeker.rows.iter().find_map(|row| found_of_row.get(row).copied());
                seeker.found.into_iter().for_each(|target| left.take(self.targets, target));
            }
            self.find_exact(&mut here, &mut left);
            self.find_words(&mut here, &mut left, Search::is_same_side);
            self.find_words(&mut here, &mut left, Search::may_be_said_by);
            self.find_left_over(&mut here, &mut left);
            let mut nth: HashMap<(Key, Key), i64> = HashMap::new();
            for seeker in &here {
                let first = &self.rows[seeker.rows[0]];
                let number = nth.entry((first.own, first.signature)).or_default();
                *number += 1;
                let Some(found) = seeker.found else { continue };
                let target = &self.targets.all[found];
                for &row in &seeker.rows {
                    found_of_row.entry(row).or_insert(found);
                    let held_as = HeldAs { signature: target.signature, nth: *number - 1 };
                    held[row].get_or_insert((self.targets.keys[target.key as usize], held_as));
                }
            }
        }
    }

    /// The messages of one snapshot, oldest first.
    fn seekers(&self, rows: &[usize]) -> Vec<Seeker> {
        let mut order = rows.to_vec();
        order.sort_by_key(|&row| {
            let at = &self.rows[row];
            (at.at_ms, std::cmp::Reverse(at.from_newest), at.path, at.signature, self.names.of_row[row], at.document)
        });
        let mut n_in_document: HashMap<(i64, Key, Key, u32), u32> = HashMap::new();
        let mut known: HashMap<(&str, Key, Key, u32, u32), usize> = HashMap::new();
        let mut seekers: Vec<Seeker> = Vec::new();
        for row in order {
            let at = &self.rows[row];
            let (own, signature, name) = (at.own, at.signature, self.names.of_row[row]);
            let n = n_in_document.entry((at.document, own, signature, name)).or_default();
            *n += 1;
            match known.get(&(at.path, own, signature, name, *n)) {
                Some(&seeker) => seekers[seeker].rows.push(row),
                None => {
                    known.insert((at.path, own, signature, name, *n), seekers.len());
                    seekers.push(Seeker { rows: vec![row], found: None });
                }
            }
        }
        seekers
    }

    fn times(&self, row: usize) -> impl Iterator<Item = i64> + use<> {
        let (at, grain) = (&self.rows[row], self.grain.ms());
        let first = at.at_ms.div_euclid(grain);
        [Some(first), at.other_ms.map(|other| other.div_euclid(grain)).filter(|other| *other != first)]
            .into_iter()
            .flatten()
    }

    /// Messages with the words of a row at its time, by time.
    fn with_words(&self, row: usize) -> impl Iterator<Item = usize> + '_ {
        let signature = self.rows[row].signature;
        self.times(row)
            .filter_map(move |time| self.by_words.get(&(time, signature)))
            .flatten()
            .copied()
            .take(MOST_COMPARED)
    }

    /// Names of which one takes the place of the other in three messages or more, and mostly.
    fn same_names(&self, snapshots: &[Vec<Seeker>]) -> BTreeMap<u32, u32> {
        let mut tally: BTreeMap<(u32, u32), BTreeSet<u32>> = BTreeMap::new();
        for here in snapshots {
            let mut equal: HashMap<(Key, Key), u32> = HashMap::new();
            for seeker in here {
                let at = &self.rows[seeker.rows[0]];
                *equal.entry((at.own, at.signature)).or_default() += 1;
            }
            for seeker in here {
                let row = seeker.rows[0];
                let mut with_words = self.with_words(row);
                let (Some(only), None) = (with_words.next(), with_words.next()) else { continue };
                let target = &self.targets.all[only];
                let is_lone = equal.get(&(self.rows[row].own, self.rows[row].signature)) == Some(&1) && target.n == 1;
                if let (true, [name]) = (is_lone, &target.names[..]) {
                    tally.entry((self.names.of_row[row], *name)).or_default().insert(target.key);
                }
            }
        }
        let mut best: BTreeMap<u32, (u32, u32, u32)> = BTreeMap::new();
        for ((name, other), messages) in &tally {
            let n = u32::try_from(messages.len()).unwrap_or(u32::MAX);
            let (most, of, all) = best.entry(*name).or_default();
            *all += n;
            if n > *most {
                (*most, *of) = (n, *other);
            }
        }
        let is_shown = |name: u32, (most, other, all): (u32, u32, u32)| {
            let is_nobody = |name: u32| self.names.is_anonymous[name as usize];
            most >= RUN && most * 2 > all && name != other && !is_nobody(name) && !is_nobody(other)
        };
        best.into_iter()
            .filter(|(name, found)| is_shown(*name, *found))
            .map(|(name, (_, other, _))| (name, other))
            .collect()
    }

    fn side(&self, name: u32) -> u32 {
        let name = self.same_name.get(&name).copied().unwrap_or(name);
        self.names.side[name as usize]
    }

    fn is_same_side(&self, row: usize, target: &Target) -> bool {
        let name = self.names.of_row[row];
        target.names.contains(&name)
            || target.names.iter().any(|other| self.names.side[*other as usize] == self.side(name))
    }

    /// By somebody whose name one of the downloads does not tell.
    fn may_be_said_by(&self, row: usize, target: &Target) -> bool {
        let is_nobody = |name: &u32| self.names.is_anonymous[*name as usize];
        is_nobody(&self.names.of_row[row]) || target.names.iter().all(is_nobody)
    }

    fn find_words(&self, here: &mut [Seeker], left: &mut Left, is_by_same: impl Fn(&Self, usize, &Target) -> bool) {
        for seeker in here.iter_mut().filter(|seeker| seeker.found.is_none()) {
            let row = seeker.rows[0];
            let found = self
                .with_words(row)
                .find(|&at| left.has(self.targets, at) && is_by_same(self, row, &self.targets.all[at]));
            if let Some(found) = found {
                left.take(self.targets, found);
                seeker.found = Some(found);
            }
        }
    }

    /// What is left over on both sides of one time and sender.
    fn find_left_over(&self, here: &mut [Seeker], left: &mut Left) {
        let mut groups: BTreeMap<(i64, u32), Vec<usize>> = BTreeMap::new();
        for (number, seeker) in here.iter().enumerate().filter(|(_, seeker)| seeker.found.is_none()) {
            let row = seeker.rows[0];
            let name = self.names.of_row[row];
            let is_somebody = self.names.are_two || !self.names.is_anonymous[name as usize];
            if is_somebody {
                groups
                    .entry((self.rows[row].at_ms.div_euclid(self.grain.ms()), self.side(name)))
                    .or_default()
                    .push(number);
            }
        }
        for ((_, side), seekers) in groups {
            let row_of = |seeker: usize, here: &[Seeker]| here[seeker].rows[0];
            let is_by_same =
                |at: &usize| self.targets.all[*at].names.iter().any(|name| self.names.side[*name as usize] == side);
            let times = self.times(row_of(seekers[0], here));
            let at_time = times.filter_map(|time| self.by_time.get(&time)).flatten().copied();
            let targets = left.among(self.targets, at_time.filter(is_by_same));
            let pairs = self.of_one_sort(here, &seekers, &targets);
            for (seeker, target) in pairs {
                left.take(self.targets, target);
                here[seeker].found = Some(target);
            }
        }
    }
}

impl Search<'_> {
    /// An equal millisecond is enough, whatever the sender is called.
    fn find_exact(&self, here: &mut [Seeker], left: &mut Left) {
        let mut groups: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
        for (number, seeker) in here.iter().enumerate().filter(|(_, seeker)| seeker.found.is_none()) {
            let row = &self.rows[seeker.rows[0]];
            if row.is_exact {
                groups.entry(row.at_ms).or_default().push(number);
            }
        }
        for (at_ms, seekers) in groups {
            let at_time = self.by_time.get(&at_ms.div_euclid(self.grain.ms())).into_iter().flatten().copied();
            let at_time: Vec<usize> =
                at_time.filter(|at| self.targets.all[*at].at_ms == at_ms).take(MOST_COMPARED).collect();
            for &seeker in &seekers {
                let signature = self.rows[here[seeker].rows[0]].signature;
                let is_same =
                    |at: &&usize| self.targets.all[**at].signature == signature && left.has(self.targets, **at);
                if let Some(&found) = at_time.iter().find(is_same) {
                    left.take(self.targets, found);
                    here[seeker].found = Some(found);
                }
            }
            let seekers: Vec<usize> = seekers.into_iter().filter(|seeker| here[*seeker].found.is_none()).collect();
            let targets = left.among(self.targets, at_time.into_iter());
            for (seeker, target) in self.of_one_sort(here, &seekers, &targets) {
                left.take(self.targets, target);
                here[seeker].found = Some(target);
            }
        }
    }

    /// Pairs what is left over on both sides: rows of one sort, if they are as many, and a single one with a single one.
    fn of_one_sort(&self, here: &[Seeker], seekers: &[usize], targets: &[usize]) -> Vec<(usize, usize)> {
        let sort_of_seeker = |seeker: usize| self.rows[here[seeker].rows[0]].sort;
        let sort_of_target = |target: usize| self.targets.all[target].sort;
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        let (mut lone_seekers, mut lone_targets) = (Vec::new(), Vec::new());
        let sorts: BTreeSet<u8> = seekers.iter().map(|&seeker| sort_of_seeker(seeker)).collect();
        lone_targets.extend(targets.iter().copied().filter(|target| !sorts.contains(&sort_of_target(*target))));
        for sort in sorts {
            let some: Vec<usize> = seekers.iter().copied().filter(|seeker| sort_of_seeker(*seeker) == sort).collect();
            let others: Vec<usize> = targets.iter().copied().filter(|target| sort_of_target(*target) == sort).collect();
            if some.len() == others.len() {
                pairs.extend(some.into_iter().zip(others));
            } else {
                lone_seekers.extend(some);
                lone_targets.extend(others);
            }
        }
        if let ([seeker], [target]) = (&lone_seekers[..], &lone_targets[..]) {
            pairs.push((*seeker, *target));
        }
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::KeyBuilder;

    const BEGIN: i64 = 1_650_000_000_000 - 1_650_000_000_000 % 60_000;

    /// Who says what in which minute and second.
    type Said<'a> = (i64, i64, &'a str, &'a str);

    /// How many of the coarse rows find which of the fine ones, by minute and second.
    fn found(fine: &[Said<'_>], coarse: &[Said<'_>]) -> Vec<Option<usize>> {
        let who: Vec<Who> = fine.iter().chain(coarse).map(|said| Who::Name(said.2.to_owned())).collect();
        let snapshots =
            ["2022", "2023"].map(|date| [SnapshotRef { date: date.to_owned(), public_id: date.to_owned(), id: 0 }]);
        let row = |number: usize, said: &Said<'_>, grain: Grain| {
            let at_ms = (BEGIN + said.0 * 60_000 + said.1 * 1_000).div_euclid(grain.ms()) * grain.ms();
            Row {
                grain,
                at_ms,
                is_exact: false,
                other_ms: None,
                own: KeyBuilder::new("own").number(at_ms).key(),
                signature: KeyBuilder::new("words").part(said.3).key(),
                sort: 0,
                who: Some(&who[number]),
                document: i64::from(grain == Grain::Minute),
                path: "message_1",
                from_newest: (1, -i64::try_from(number).expect("small")),
                snapshots: &snapshots[usize::from(grain == Grain::Minute)],
            }
        };
        let fine_rows = fine.iter().enumerate().map(|(number, said)| row(number, said, Grain::Millisecond));
        let coarse_rows = coarse.iter().enumerate().map(|(number, said)| row(fine.len() + number, said, Grain::Minute));
        let rows: Vec<Row<'_>> = fine_rows.chain(coarse_rows).collect();
        let held = pair(&rows, &Voices { me: None });
        let number_of = |key: Key| rows.iter().position(|row| row.own == key);
        let forward: Vec<Option<usize>> =
            held[fine.len()..].iter().map(|held| held.and_then(|(key, _)| number_of(key))).collect();
        let reversed: Vec<Row<'_>> = rows.iter().rev().cloned().collect();
        let mut backward = pair(&reversed, &Voices { me: None });
        backward.reverse();
        assert_eq!(backward, held, "in any order");
        forward
    }

    #[test]
    fn three_messages_override_a_name_and_two_do_not() {
        let said = |name: &'static str, n: i64| -> Vec<Said<'static>> {
            ["one", "two", "three", "four"].into_iter().zip(0..n).map(|(words, at)| (at * 5, 7, name, words)).collect()
        };
        let others = [(1, 0, "Ben", "hello"), (2, 0, "Cem", "hello")];
        let with = |mut said: Vec<Said<'static>>| {
            said.extend(others);
            said
        };
        assert_eq!(found(&with(said("Ann", 3)), &with(said("Anna", 3))), [0, 1, 2, 3, 4].map(Some));
        assert_eq!(found(&with(said("Ann", 2)), &with(said("Anna", 2))), [None, None, Some(2), Some(3)]);
        assert_eq!(found(&with(said("Ann", 2)), &with(said("Instagram User", 2))), [0, 1, 2, 3].map(Some));
    }

    #[test]
    fn equal_words_of_one_minute_go_by_sender_and_in_order() {
        let fine = [(0, 1, "Ann", "ok"), (0, 2, "Ben", "ok"), (0, 9, "Ann", "ok"), (1, 0, "Ann", "ok")];
        let coarse = [(0, 0, "Ben", "ok"), (0, 0, "Ann", "ok"), (0, 0, "Ann", "ok"), (0, 0, "Ann", "ok")];
        assert_eq!(found(&fine, &coarse), [Some(1), Some(0), Some(2), None]);
    }

    #[test]
    fn only_a_lone_rest_is_one() {
        let fine = [(0, 1, "Ann", "see you"), (3, 1, "Ann", "a"), (3, 2, "Ann", "b")];
        let check = |coarse: &[Said<'_>], expected: &[Option<usize>]| assert_eq!(found(&fine, coarse), expected);
        check(&[(0, 0, "Ann", "see you at ten")], &[Some(0)]);
        check(&[(0, 0, "Ben", "see you at ten")], &[None]);
        check(&[(1, 0, "Ann", "see you")], &[None]);
        check(&[(3, 0, "Ann", "c")], &[None]);
        check(&[(3, 0, "Ann", "a"), (3, 0, "Ann", "c")], &[Some(1), Some(2)]);
    }
}
