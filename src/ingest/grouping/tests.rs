//! The rule of grouping, as cases that are put in many orders.

use std::convert::Infallible;

use super::super::manifest::Manifest;
use super::*;
use crate::source::Tree;

/// An archive of a test: `(name, minutes after noon, files, whether it is whole)`. Files are `(path, content)`.
#[derive(Clone, Copy)]
struct Case {
    name: &'static str,
    minute: Option<i64>,
    files: &'static [(u64, i64)],
    is_whole: bool,
}

const fn zip(name: &'static str, minute: i64, files: &'static [(u64, i64)]) -> Case {
    Case { name, minute: Some(minute), files, is_whole: true }
}

const fn cut(name: &'static str, minute: i64, files: &'static [(u64, i64)]) -> Case {
    Case { is_whole: false, ..zip(name, minute, files) }
}

const fn folder(files: &'static [(u64, i64)]) -> Case {
    Case { name: "", minute: None, files, is_whole: true }
}

struct Held(Vec<Manifest>);

impl Compare for Held {
    type Error = Infallible;

    fn differ(&mut self, one: i64, other: i64) -> Result<bool, Infallible> {
        let at = |id: i64| &self.0[usize::try_from(id).expect("a position")];
        Ok(at(one).differs_from(at(other)))
    }

    fn lie_apart(&mut self, one: i64, other: i64) -> Result<bool, Infallible> {
        let at = |id: i64| &self.0[usize::try_from(id).expect("a position")];
        Ok(at(one).lies_apart_from(at(other)))
    }

    fn holds(&mut self, whole: i64, part: i64) -> Result<bool, Infallible> {
        let at = |id: i64| &self.0[usize::try_from(id).expect("a position")];
        Ok(at(whole).holds(at(part)))
    }

    fn may_hold(&mut self, _: i64) -> Result<BTreeSet<i64>, Infallible> {
        Ok((0..self.0.len()).map(|id| i64::try_from(id).expect("few")).collect())
    }
}

/// The last file of what broke off is there in pieces.
const CUT_PATH: u64 = 99;

fn facts(id: usize, case: &Case) -> (Facts, Manifest) {
    let noon = NaiveDate::from_ymd_opt(2024, 3, 2).and_then(|date| date.and_hms_opt(12, 0, 0)).expect("a time");
    // `user date part`, or nothing of it.
    let words: Vec<&str> = case.name.split(' ').collect();
    let named = (words.len() > 1).then(|| Named {
        handle: words[0].to_owned(),
        date: words[1].parse().expect("a date"),
        part: words.get(2).and_then(|part| part.parse().ok()),
    });
    let cut = (!case.is_whole).then_some((CUT_PATH, None));
    let files: Vec<_> = case.files.iter().map(|(path, content)| (*path, Some(*content))).chain(cut).collect();
    let facts = Facts {
        id: i64::try_from(id).expect("few"),
        public_id: format!("{:?}{}{:?}", case.files, case.name, case.minute),
        format: (1, 1),
        is_flat: named.as_ref().is_some_and(|named| named.part.is_some()),
        // Path 1 is the profile.
        told: case.files.iter().filter(|(path, _)| *path == 1).map(|_| "mia".to_owned()).collect(),
        packed_at: case.minute.map(|minute| noon + TimeDelta::minutes(minute)),
        is_partial: !case.is_whole,
        is_folder: case.minute.is_none(),
        content: ContentHash::of(format!("{files:?}").as_bytes()),
        n_files: files.len() as u64,
        named,
    };
    let trees = files.iter().filter_map(|(path, _)| match path {
        71 => Some(Tree::Flat),
        72 => Some(Tree::Topics),
        73 => Some(Tree::Grouped),
        _ => None,
    });
    (facts, Manifest::new(files.clone()).in_trees(trees.collect()))
}

/// The groups of archives, each as the sorted positions of `cases`, in any order of arrival.
fn grouped(cases: &[Case]) -> BTreeSet<Vec<usize>> {
    let in_order = |order: &[usize]| -> BTreeSet<Vec<usize>> {
        let (facts, held): (Vec<_>, Vec<_>) =
            order.iter().enumerate().map(|(id, position)| facts(id, &cases[*position])).unzip();
        let Ok(groups) = group(&facts, &mut Held(held));
        let members = groups.iter().map(|group| {
            let mut members: Vec<usize> = group.members.iter().map(|(index, _)| order[*index]).collect();
            members.sort_unstable();
            members
        });
        members.collect()
    };
    let mut order: Vec<usize> = (0..cases.len()).collect();
    let first = in_order(&order);
    for _ in 0..cases.len() {
        order.rotate_left(1);
        assert_eq!(in_order(&order), first, "{order:?}");
        let reversed: Vec<usize> = order.iter().rev().copied().collect();
        assert_eq!(in_order(&reversed), first, "{reversed:?}");
    }
    first
}

fn check(cases: &[Case], expected: &[&[usize]]) {
    let expected: BTreeSet<Vec<usize>> = expected.iter().map(|group| group.to_vec()).collect();
    assert_eq!(grouped(cases), expected);
}

const DAY: &str = "mia 2024-03-02";

#[test]
fn names_join_what_does_not_contradict() {
    check(&[zip(DAY, 0, &[(1, 1)]), zip(DAY, 600, &[(2, 2)])], &[&[0, 1]]);
    check(&[zip(DAY, 0, &[(1, 1)]), zip("mia 2024-03-03", 0, &[(2, 2)])], &[&[0], &[1]]);
    check(&[zip(DAY, 0, &[(1, 1)]), zip("eva 2024-03-02", 0, &[(2, 2)])], &[&[0], &[1]]);
    check(&[zip(DAY, 0, &[(1, 1)]), zip(DAY, 1, &[(1, 2)])], &[&[0], &[1]]);
    // The third contradicts neither: the older delivery has it.
    check(&[zip(DAY, 0, &[(1, 1)]), zip(DAY, 1, &[(1, 2)]), zip(DAY, 2, &[(3, 3)])], &[&[0, 2], &[1]]);
    // Numbered parts of the flat generations repeat their names.
    check(&[zip("mia 2019-07-15 1", 0, &[(1, 1)]), zip("mia 2019-07-15 2", 1, &[(1, 2)])], &[&[0, 1]]);
    check(&[zip("mia 2019-07-15 1", 0, &[(1, 1)]), zip("mia 2019-07-15 1", 1, &[(1, 2)])], &[&[0], &[1]]);
}

#[test]
fn clocks_join_within_half_an_hour() {
    check(&[zip("", 0, &[(1, 1)]), zip("", 30, &[(1, 1), (2, 2)])], &[&[0, 1]]);
    check(&[zip("", 0, &[(1, 1)]), zip("", 31, &[(1, 1), (2, 2)])], &[&[0], &[1]]);
    check(&[zip("", 0, &[(1, 1)]), zip("", 1, &[(1, 2)])], &[&[0], &[1]]);
    // Nobody knows whose it is.
    check(&[zip("", 0, &[(1, 1)]), zip("", 1, &[(2, 2)])], &[&[0], &[1]]);
    // A chain, from its oldest on.
    let chain = [zip("", 0, &[(1, 1)]), zip("", 20, &[(1, 1), (2, 2)]), zip("", 40, &[(1, 1), (3, 3)])];
    check(&chain, &[&[0, 1], &[2]]);
    // Of two named deliveries the nearer one.
    let named = [zip(DAY, 0, &[(1, 1)]), zip("mia 2024-03-01", 20, &[(1, 1), (2, 2)])];
    check(&[named[0], named[1], zip("", 12, &[(1, 1), (3, 3)])], &[&[0], &[1, 2]]);
    // What came by its clock draws nothing further in.
    check(&[zip(DAY, 0, &[(1, 1)]), zip("", 25, &[(1, 1), (2, 2)]), zip("", 50, &[(1, 1), (3, 3)])], &[&[0, 1], &[2]]);
}

#[test]
fn clocks_do_not_join_what_lies_in_trees_of_other_years() {
    let all = [&[(1, 1), (71, 1)], &[(1, 1), (72, 2)], &[(1, 1), (73, 3)]];
    check(&[zip("", 0, all[0]), zip("", 1, all[1]), zip("", 2, all[2])], &[&[0], &[1], &[2]]);
    // Media lie in any tree; what changed its folders over a year shares some.
    check(&[zip("", 0, &[(1, 1), (72, 2)]), zip("", 1, &[(1, 1), (9, 9)])], &[&[0, 1]]);
    check(&[zip("", 0, &[(1, 1), (72, 2)]), zip("", 1, &[(1, 1), (72, 2), (73, 3)])], &[&[0, 1]]);
}

#[test]
fn copies_are_one_thing() {
    const ALL: &[(u64, i64)] = &[(1, 1), (2, 2)];
    check(&[zip("", 0, ALL), zip("", 600, ALL), folder(ALL)], &[&[0, 1, 2]]);
    check(&[zip("mia 2024-03-03", 0, ALL), zip(DAY, 0, ALL), folder(ALL)], &[&[0], &[1, 2]]);
    // Nobody's copy of a named part.
    check(&[zip(DAY, 0, &[(2, 2)]), zip(DAY, 1, &[(1, 1)]), zip("", 900, &[(2, 2)])], &[&[0, 1, 2]]);
    // A piece that was unpacked.
    check(&[zip(DAY, 0, ALL), folder(&[(2, 2)]), folder(&[(2, 3)])], &[&[0, 1], &[2]]);
}

#[test]
fn what_broke_off_goes_with_the_whole() {
    const ALL: &[(u64, i64)] = &[(1, 1), (2, 2), (3, 3), (CUT_PATH, 9)];
    check(&[cut(DAY, 0, &[(1, 1), (2, 2)]), zip(DAY, 0, ALL)], &[&[0, 1]]);
    // Without a name and without a profile; twice, the longer without the end as well.
    check(&[cut("", 0, &[(2, 2)]), zip(DAY, 0, ALL)], &[&[0, 1]]);
    check(&[cut("", 0, &[(2, 2)]), cut("", 0, &[(2, 2), (3, 3)]), zip("", 0, ALL)], &[&[0, 1, 2]]);
    check(&[cut("", 0, &[(2, 2)]), cut("", 0, &[(2, 2), (3, 3)])], &[&[0, 1]]);
    check(&[cut("", 0, &[(2, 7)]), zip(DAY, 0, ALL)], &[&[0], &[1]]);
    check(&[cut(DAY, 0, &[(2, 7)]), zip(DAY, 0, ALL)], &[&[0], &[1]]);
}
