//! How the rows of one snapshot find the messages that they are. Pure. Whatever is surer goes first:
//!
//! 1. where the row knows its millisecond, the same words at it by whomever, then what is left over on both sides of it;
//! 2. the same words in the same minute (or second) by the same person, the first by the first;
//! 3. the same, where one of the downloads tells nobody's name;
//! 4. what is left over on both sides of one time and person (format reference §8.2.10), then of one time and alike under two
//!    names that never stand side by side, then of one time, where on each side it is by one, and one of the downloads tells
//!    nobody's name, or user names where the other has display names;
//! 5. what is left over on both sides between the same two messages, if it is as many by the same people;
//! 6. a sentence of the app in another language where it has been found at another place; then once more what is left over of
//!    one time and person.
//!
//! A clock that autumn shows twice is looked for at both showings.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::echoes::Grain;
use super::pairing::{Row, Seeker, Sort};
use super::resemblance::{Told, resemblance, resemblance_by_another_name};
use super::targets::{Left, Places, Target, Targets};
use super::voices::Names;
use crate::model::{Key, Who};

pub struct Search<'a> {
    pub rows: &'a [Row<'a>],
    pub names: &'a Names,
    pub targets: &'a Targets,
    pub places: &'a Places,
    pub grain: Grain,
}

impl Search<'_> {
    pub fn run(&self, here: &mut [Seeker], left: &mut Left) {
        self.find_exact(here, left);
        self.find_words(here, left, Self::is_by_same);
        self.find_words(here, left, Self::is_by_nobody);
        self.find_left_over_of_person(here, left);
        if !self.names.are_two {
            self.find_alike_of_time(here, left);
            self.find_left_over_of_time(here, left);
        }
        self.find_between(here, left);
        self.find_sentences(here, left);
        // Of what was left over there is less now.
        self.find_left_over_of_person(here, left);
    }

    fn first<'r>(&'r self, seeker: &Seeker) -> &'r Row<'r> {
        &self.rows[seeker.rows[0]]
    }

    /// The minutes (or seconds) that a row's clock may mean.
    fn times(&self, row: usize) -> impl Iterator<Item = i64> + use<> {
        let (at, grain) = (&self.rows[row], self.grain.ms());
        let first = at.at_ms.div_euclid(grain);
        let other = at.other_ms.map(|other| other.div_euclid(grain)).filter(|other| *other != first);
        std::iter::once(first).chain(other)
    }

    fn is_by_same(&self, row: usize, target: &Target) -> bool {
        target.names.iter().any(|name| self.names.are_one(*name, self.names.of_row[row]))
    }

    fn is_by_nobody(&self, row: usize, target: &Target) -> bool {
        self.names.is_nobody(self.names.of_row[row]) || target.names.iter().all(|name| self.names.is_nobody(*name))
    }

    /// One of the downloads calls people by their user names, and the other by display names.
    fn is_called_otherwise(&self, row: usize, target: &Target) -> bool {
        let is_handle = |row: usize| matches!(self.rows[row].who, Some(Who::Handle(_)));
        let may_be_one = |name: &u32| self.names.may_be_one(*name, self.names.of_row[row]);
        is_handle(row) != is_handle(target.row) && target.names.iter().all(may_be_one)
    }

    /// An equal millisecond is enough, whatever the sender is called.
    fn find_exact(&self, here: &mut [Seeker], left: &mut Left) {
        let mut groups: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
        for (number, seeker) in here.iter().enumerate().filter(|(_, seeker)| seeker.found.is_none()) {
            let row = self.first(seeker);
            if row.is_exact {
                groups.entry(row.at_ms).or_default().push(number);
            }
        }
        for (at_ms, mut seekers) in groups {
            let at_time = self.places.at(at_ms.div_euclid(self.grain.ms()));
            let at_time: Vec<usize> = at_time.filter(|at| self.targets.all[*at].at_ms == at_ms).collect();
            seekers.retain(|&seeker| {
                let signature = self.first(&here[seeker]).signature;
                let is_same =
                    |at: &&usize| self.targets.all[**at].signature == signature && left.has(self.targets, **at);
                let found = at_time.iter().find(is_same).copied();
                self.give(found, &mut here[seeker], left);
                found.is_none()
            });
            let targets = left.among(self.targets, at_time.into_iter());
            self.pair_left_over(here, left, &seekers, &targets);
        }
    }

    /// The same words: those at the same place first, for of equal ones the others may be what was edited.
    fn find_words(&self, here: &mut [Seeker], left: &mut Left, is_by: impl Fn(&Self, usize, &Target) -> bool) {
        let beside = self.beside(here);
        for is_in_place in [true, false] {
            for (number, seeker) in here.iter_mut().enumerate().filter(|(_, seeker)| seeker.found.is_none()) {
                let row = seeker.rows[0];
                let is_it = |at: &usize| {
                    let target = &self.targets.all[*at];
                    left.has(self.targets, *at) && is_by(self, row, target) && self.is_alike_without_words(row, target)
                };
                let is_worded = |at: &usize| self.targets.all[*at].signature == self.rows[row].signature;
                let with_words =
                    self.times(row).flat_map(|time| self.places.with_words(time, self.rows[row].signature));
                let found = if is_in_place {
                    beside.get(&number).copied().filter(|at| is_worded(at) && is_it(at))
                } else {
                    with_words.into_iter().find(is_it)
                };
                self.give(found, seeker, left);
            }
        }
    }

    /// Of a picture whose name tells nothing and a post that is gone the words are the same, for there are none.
    fn is_alike_without_words(&self, row: usize, target: &Target) -> bool {
        let row = &self.rows[row];
        !row.text.trim().is_empty() || row.sort == target.sort
    }

    /// Where a minute (or second) has as many rows as messages, which of them stands at the same place: of equal words it
    /// tells which are meant. Where it has not, as many of one person.
    fn beside(&self, here: &[Seeker]) -> HashMap<usize, usize> {
        /// So many messages of one minute are looked at person by person; real ones have a handful.
        const MOST: usize = 256;
        let mut of_time: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
        for (number, seeker) in here.iter().enumerate() {
            of_time.entry(self.time(seeker)).or_default().push(number);
        }
        let mut beside = HashMap::new();
        for (time, seekers) in of_time.into_iter().filter(|(_, seekers)| seekers.len() > 1) {
            let times = |at: usize| std::iter::repeat_n(at, self.targets.all[at].n as usize);
            let most = seekers.len().max(MOST);
            let mut targets: Vec<usize> = self.places.at(time).flat_map(times).take(most + 1).collect();
            targets.sort_by_key(|at| (self.targets.all[*at].at_ms, *at));
            if targets.len() == seekers.len() {
                beside.extend(seekers.into_iter().zip(targets));
                continue;
            }
            if targets.len().max(seekers.len()) > MOST {
                continue;
            }
            let mut of_person: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
            for seeker in seekers {
                let name = self.names.of_row[here[seeker].rows[0]];
                of_person.entry(self.names.side(name)).or_default().push(seeker);
            }
            for seekers in of_person.into_values() {
                let row = here[seekers[0]].rows[0];
                let by_same = targets.iter().copied().filter(|at| self.is_by_same(row, &self.targets.all[*at]));
                if by_same.clone().count() == seekers.len() {
                    beside.extend(seekers.into_iter().zip(by_same));
                }
            }
        }
        beside
    }

    /// What is left over on both sides of one time and person.
    fn find_left_over_of_person(&self, here: &mut [Seeker], left: &mut Left) {
        let mut groups: BTreeMap<(i64, u32), Vec<usize>> = BTreeMap::new();
        for (number, seeker) in here.iter().enumerate().filter(|(_, seeker)| seeker.found.is_none()) {
            let name = self.names.of_row[seeker.rows[0]];
            if self.names.are_two || !self.names.is_nobody(name) {
                groups.entry((self.time(seeker), self.names.side(name))).or_default().push(number);
            }
        }
        for seekers in groups.into_values() {
            let row = here[seekers[0]].rows[0];
            let is_by_same = |at: &usize| self.is_by_same(row, &self.targets.all[*at]);
            let at_time = self.times(row).flat_map(|time| self.places.at(time));
            let targets = left.among(self.targets, at_time.filter(is_by_same));
            self.pair_left_over(here, left, &seekers, &targets);
        }
    }

    /// What is left over on both sides of one time and alike, under names that may be one person's.
    fn find_alike_of_time(&self, here: &mut [Seeker], left: &mut Left) {
        for seekers in self.left_over_by_time(here).into_values() {
            let at_time = self.times(here[seekers[0]].rows[0]).flat_map(|time| self.places.at(time));
            let targets = left.among(self.targets, at_time);
            let is_by_one = |row: usize, target: &Target| {
                let may_be_one = |name: &u32| self.names.may_be_one(*name, self.names.of_row[row]);
                self.is_by_nobody(row, target) || target.names.iter().all(may_be_one)
            };
            let (of_seekers, of_targets) = self.sides(here, &seekers, &targets);
            let are_alone = of_seekers.len() == 1 && of_targets.len() == 1 && seekers.len() == targets.len();
            let alike = self.alike(here, &seekers, &targets, |seeker, target, told| {
                let (row, target) = (here[seeker].rows[0], &self.targets.all[target]);
                let is_possible = is_by_one(row, target) && tell_the_same(&self.rows[row], &self.rows[target.row]);
                resemblance_by_another_name(told, are_alone).filter(|_| is_possible)
            });
            for (seeker, target) in alike {
                self.give(Some(target), &mut here[seeker], left);
            }
        }
    }

    fn left_over_by_time(&self, here: &[Seeker]) -> BTreeMap<i64, Vec<usize>> {
        let mut groups: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
        for (number, seeker) in here.iter().enumerate().filter(|(_, seeker)| seeker.found.is_none()) {
            groups.entry(self.time(seeker)).or_default().push(number);
        }
        groups
    }

    /// Who speaks, and who speaks in the messages.
    fn sides(&self, here: &[Seeker], seekers: &[usize], targets: &[usize]) -> (BTreeSet<u32>, BTreeSet<u32>) {
        let of_seekers = seekers.iter().map(|&seeker| self.names.of_row[here[seeker].rows[0]]);
        let of_targets = targets.iter().flat_map(|&at| &self.targets.all[at].names);
        (
            of_seekers.map(|name| self.names.side(name)).collect(),
            of_targets.map(|name| self.names.side(*name)).collect(),
        )
    }

    /// What is left over on both sides of one time, where on each side it is by one person, whom only one of them calls by a display name.
    fn find_left_over_of_time(&self, here: &mut [Seeker], left: &mut Left) {
        for seekers in self.left_over_by_time(here).into_values() {
            let row = here[seekers[0]].rows[0];
            let at_time = self.times(row).flat_map(|time| self.places.at(time));
            let targets = left.among(self.targets, at_time);
            // What it cannot be is no choice.
            let may_be_any = |seeker: &usize| {
                let row = self.first(&here[*seeker]);
                targets.iter().any(|at| tell_the_same(row, &self.rows[self.targets.all[*at].row]))
            };
            let seekers: Vec<usize> = seekers.into_iter().filter(may_be_any).collect();
            let Some(row) = seekers.first().map(|seeker| here[*seeker].rows[0]) else { continue };
            let (of_seekers, of_targets) = self.sides(here, &seekers, &targets);
            let is_possible = |&at: &usize| {
                let target = &self.targets.all[at];
                self.is_by_nobody(row, target) || self.is_called_otherwise(row, target)
            };
            if of_seekers.len() == 1 && of_targets.len() == 1 && targets.first().is_some_and(is_possible) {
                self.pair_left_over(here, left, &seekers, &targets);
            }
        }
    }

    /// What is left over between two messages that are found, on both sides as many and by the same people, in their order:
    /// a sentence of the app in two languages has nothing in common but its place.
    fn find_between(&self, here: &mut [Seeker], left: &mut Left) {
        let order = |at: usize| (self.targets.all[at].at_ms, at);
        let mut from = 0;
        while from < here.len() {
            let n = here[from..].iter().take_while(|seeker| seeker.found.is_none()).count();
            let to = from + n;
            let before = from.checked_sub(1).and_then(|before| here[before].found);
            let behind = here.get(to).and_then(|seeker| seeker.found);
            if let (Some(before), Some(behind), true) = (before, behind, n > 0) {
                let times: BTreeSet<i64> =
                    here[from..to].iter().flat_map(|seeker| self.times(seeker.rows[0])).collect();
                let at_times = times.into_iter().flat_map(|time| self.places.at(time));
                let is_between = |at: &usize| order(before) < order(*at) && order(*at) < order(behind);
                let mut targets = left.among(self.targets, at_times.filter(is_between));
                targets.sort_by_key(|at| order(*at));
                let pairs: Vec<(usize, usize)> = (from..to).zip(targets.iter().copied()).collect();
                if targets.len() == n && pairs.iter().all(|(seeker, at)| self.may_be_one(&here[*seeker], *at)) {
                    for (seeker, at) in pairs {
                        self.give(Some(at), &mut here[seeker], left);
                    }
                }
            }
            from = to + 1;
        }
    }

    /// Sentences of the app in another language: what one is at one place it is at another, of the same time and person.
    fn find_sentences(&self, here: &mut [Seeker], left: &mut Left) {
        let is_sentence = |at: usize| self.targets.all[at].sort > Sort::Media;
        let mut known: HashMap<Key, BTreeSet<Key>> = HashMap::new();
        for (seeker, at) in here.iter().filter_map(|seeker| Some((seeker, seeker.found?))) {
            let (said, target) = (self.first(seeker).signature, &self.targets.all[at]);
            if is_sentence(at) && said != target.signature {
                known.entry(said).or_default().insert(target.signature);
            }
        }
        for seeker in here.iter_mut().filter(|seeker| seeker.found.is_none()) {
            let row = seeker.rows[0];
            let Some(sentences) = known.get(&self.rows[row].signature) else { continue };
            let mut at_time = self.times(row).flat_map(|time| self.places.at(time));
            let found = at_time.find(|at| {
                let target = &self.targets.all[*at];
                let is_it = is_sentence(*at) && sentences.contains(&target.signature);
                is_it && left.has(self.targets, *at) && self.is_by_same(row, target)
            });
            self.give(found, seeker, left);
        }
    }

    /// Whether nothing speaks against it but the words.
    fn may_be_one(&self, seeker: &Seeker, at: usize) -> bool {
        let (row, target) = (seeker.rows[0], &self.targets.all[at]);
        let is_at_time = self.times(row).any(|time| target.at_ms.div_euclid(self.grain.ms()) == time);
        let is_by_one = self.is_by_same(row, target) || self.is_by_nobody(row, target);
        is_at_time && is_by_one && tell_the_same(self.first(seeker), &self.rows[target.row])
    }

    fn time(&self, seeker: &Seeker) -> i64 {
        self.first(seeker).at_ms.div_euclid(self.grain.ms())
    }

    fn give(&self, found: Option<usize>, seeker: &mut Seeker, left: &mut Left) {
        if let Some(target) = found {
            left.take(self.targets, target);
            seeker.found = Some(target);
        }
    }

    /// Pairs what is left over on both sides: what is alike, then rows of one sort, if they are as many (words only where
    /// nothing else is missing on either side: what looks like somebody's words may be a notice in another language), and in
    /// the end a single one with a single one.
    fn pair_left_over(&self, here: &mut [Seeker], left: &mut Left, seekers: &[usize], targets: &[usize]) {
        let (mut seekers, mut targets) = (seekers.to_vec(), targets.to_vec());
        let mut pairs = self.alike(here, &seekers, &targets, |_, _, told| resemblance(told));
        drop_paired(&pairs, &mut seekers, &mut targets);
        let sort_of_seeker = |seeker: usize| self.first(&here[seeker]).sort;
        let sort_of_target = |target: usize| self.targets.all[target].sort;
        let n_alike = pairs.len();
        let are_as_many = seekers.len() == targets.len();
        let sorts: BTreeSet<Sort> = seekers.iter().map(|&seeker| sort_of_seeker(seeker)).collect();
        for sort in sorts {
            let some = seekers.iter().copied().filter(|seeker| sort_of_seeker(*seeker) == sort);
            let others = targets.iter().copied().filter(|target| sort_of_target(*target) == sort);
            if some.clone().count() == others.clone().count() && (are_as_many || sort != Sort::Words) {
                pairs.extend(some.zip(others));
            }
        }
        drop_paired(&pairs[n_alike..], &mut seekers, &mut targets);
        let may_be_one = |seeker: usize, target: usize| {
            tell_the_same(self.first(&here[seeker]), &self.rows[self.targets.all[target].row])
        };
        // What it cannot be is no choice.
        if let [seeker] = seekers[..] {
            targets.retain(|target| may_be_one(seeker, *target));
        } else if let [target] = targets[..] {
            seekers.retain(|seeker| may_be_one(*seeker, target));
        }
        if let ([seeker], [target]) = (&seekers[..], &targets[..])
            && may_be_one(*seeker, *target)
        {
            pairs.push((*seeker, *target));
        }
        for (seeker, target) in pairs {
            self.give(Some(target), &mut here[seeker], left);
        }
    }

    /// Those that resemble each other most first.
    fn alike(
        &self,
        here: &[Seeker],
        seekers: &[usize],
        targets: &[usize],
        likeness: impl Fn(usize, usize, (&Told<'_>, &Told<'_>)) -> Option<usize>,
    ) -> Vec<(usize, usize)> {
        /// So many on each side are looked at in one minute; real ones have a handful.
        const MOST: usize = 64;
        let told = |row: usize| Told::of(&self.rows[row], self.names);
        let some: Vec<Told<'_>> = seekers.iter().take(MOST).map(|&seeker| told(here[seeker].rows[0])).collect();
        let others: Vec<Told<'_>> =
            targets.iter().take(MOST).map(|&target| told(self.targets.all[target].row)).collect();
        let mut all = Vec::new();
        let places = (0..some.len()).flat_map(|place| (0..others.len()).map(move |there| (place, there)));
        for (place, place_there) in places {
            let told = (&some[place], &others[place_there]);
            if let Some(likeness) = likeness(seekers[place], targets[place_there], told) {
                all.push((std::cmp::Reverse(likeness), place, place_there));
            }
        }
        all.sort_unstable();
        let (mut taken, mut taken_there) = (BTreeSet::new(), BTreeSet::new());
        let mut alike = Vec::new();
        for (_, place, place_there) in all {
            if !taken.contains(&place) && !taken_there.contains(&place_there) {
                taken.insert(place);
                taken_there.insert(place_there);
                alike.push((seekers[place], targets[place_there]));
            }
        }
        alike
    }
}

/// Flat rows know no notices of reactions (format reference §4.6): none of them is one.
fn tell_the_same(one: &Row<'_>, other: &Row<'_>) -> bool {
    let is_notice_of = |one: &Row<'_>, other: &Row<'_>| {
        one.sort == Sort::ReactionNotice && other.grain == Grain::Second && other.sort != Sort::ReactionNotice
    };
    !is_notice_of(one, other) && !is_notice_of(other, one)
}

/// A message that stands several times is among the targets so often.
fn drop_paired(pairs: &[(usize, usize)], seekers: &mut Vec<usize>, targets: &mut Vec<usize>) {
    let paired: BTreeSet<usize> = pairs.iter().map(|(seeker, _)| *seeker).collect();
    seekers.retain(|seeker| !paired.contains(seeker));
    let mut n_paired: BTreeMap<usize, usize> = BTreeMap::new();
    for (_, target) in pairs {
        *n_paired.entry(*target).or_default() += 1;
    }
    targets.retain(|target| match n_paired.get_mut(target) {
        Some(n) if *n > 0 => {
            *n -= 1;
            false
        }
        _ => true,
    });
}
