//! Followers won and lost: between the downloads that can be compared, renames left out. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::{Coverage, Covered};
use crate::store::Relation;

/// Somebody who came or went between two downloads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Move {
    /// Dates of the two downloads: the last without and the first with them, or the other way round.
    pub after: String,
    pub until: String,
    pub handle: String,
    pub person: Option<i64>,
    /// Since when they follow or followed.
    pub since_ms: Option<i64>,
}

/// Somebody who bears another name in the later of two downloads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rename {
    /// Dates of the two downloads.
    pub after: String,
    pub until: String,
    /// The name in the first and in the second.
    pub was: String,
    pub handle: String,
}

/// Who came and who went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    pub won: Vec<Move>,
    pub lost: Vec<Move>,
    /// Those who stayed under another name.
    pub renamed: Vec<Rename>,
    /// Why downloads were left out, and why nothing is known, each a sentence.
    pub refused: Vec<String>,
    /// Two downloads were compared: that nobody came or went is known.
    pub is_known: bool,
}

/// Compares the lists of relations (`followers`, `following`) of an account's snapshots, each comparable one with the next.
/// Only what happened after a day (`since`, `YYYY-MM-DD`) is told; the download before it is the ground of the comparison.
pub fn moves(coverage: &Coverage, list: &str, relations: &[Relation], since: Option<&str>) -> Moves {
    let mut moves = Moves::default();
    let mut usable: Vec<&Covered> = Vec::new();
    for snapshot in coverage.snapshots.iter().filter(|snapshot| !snapshot.is_of_encrypted_chats) {
        match why_not(snapshot, list) {
            None => usable.push(snapshot),
            Some(why) => moves.refused.push(format!("{} is left out: {why}", snapshot.state.public_id)),
        }
    }
    // Two of one day tell one day: the fuller one of them.
    usable.dedup_by(|later, earlier| {
        let n = |one: &Covered| one.lists.get(&(list.to_owned(), None)).map_or(0, |held| held.holds.n_items);
        let is_same_day = later.state.date == earlier.state.date;
        if is_same_day && n(later) > n(earlier) {
            *earlier = *later;
        }
        is_same_day
    });
    for pair in usable.windows(2) {
        let (before, after) = (of(relations, pair[0].state.id), of(relations, pair[1].state.id));
        let (after_date, until) = (&pair[0].state.date, &pair[1].state.date);
        if since.is_some_and(|since| until.as_str() < since) {
            continue;
        }
        moves.is_known = true;
        let told = |relation: &Relation| Move {
            after: after_date.clone(),
            until: until.clone(),
            handle: relation.handle.clone(),
            person: relation.person,
            since_ms: relation.since_ms,
        };
        let Compared { only_before, only_after, renamed } = compare(&before, &after);
        moves.won.extend(only_after.into_iter().map(told));
        moves.lost.extend(only_before.into_iter().map(told));
        moves.renamed.extend(renamed.into_iter().map(|(was, handle)| Rename {
            after: after_date.clone(),
            until: until.clone(),
            was,
            handle,
        }));
    }
    if !moves.is_known {
        let when = since.map(|since| format!(" for the time since {since}")).unwrap_or_default();
        moves
            .refused
            .push(format!("two downloads that can be compared are wanted{when}: who came or went is not known."));
    }
    if let Some(since_ms) = since.and_then(day_ms) {
        // Whoever follows since before that day was not won after it, even where an older download lacks them.
        moves.won.retain(|won| won.since_ms.is_none_or(|at| at >= since_ms));
    }
    moves
}

/// Why a snapshot's list says nothing about who is not in it.
fn why_not(snapshot: &Covered, list: &str) -> Option<&'static str> {
    if !snapshot.lists.contains_key(&(list.to_owned(), None)) {
        Some("it does not have the list.")
    } else if snapshot.limit.is_some() {
        Some("it is limited to a range of time, and holds only those who came in it.")
    } else if !snapshot.is_whole() {
        Some("something of it is missing, perhaps a part of the list.")
    } else {
        None
    }
}

fn of(relations: &[Relation], snapshot_id: i64) -> Vec<&Relation> {
    relations.iter().filter(|relation| relation.snapshot_id == snapshot_id).collect()
}

/// Two lists, one beside the other.
struct Compared<'r> {
    only_before: Vec<&'r Relation>,
    only_after: Vec<&'r Relation>,
    /// Old and new name.
    renamed: BTreeSet<(String, String)>,
}

/// Finds everybody of one list in the other, by what tells most first: by the record or the person, by name and second, by an
/// equal second of which each list has one that is left over (somebody who was renamed keeps it), and by the name, if whoever
/// bore it is not found under another one: then somebody took a name that was given up.
fn compare<'r>(before: &[&'r Relation], after: &[&'r Relation]) -> Compared<'r> {
    let mut renamed = BTreeSet::new();
    let (mut left_before, mut left_after) = (before.to_vec(), after.to_vec());
    let (names_before, names_after) = (names_of(before), names_of(after));
    let mut kept: BTreeSet<&str> = BTreeSet::new();
    for (who, names) in &names_before {
        let Some(others) = names_after.get(who) else { continue };
        kept.extend(names.intersection(others));
        if let (Some(was), Some(is)) = (names.difference(others).next(), others.difference(names).next()) {
            renamed.insert(((*was).to_owned(), (*is).to_owned()));
        }
    }
    let is_in =
        |names: &BTreeMap<Somebody, BTreeSet<&str>>, one: &Relation| who(one).any(|who| names.contains_key(&who));
    left_before.retain(|one| !is_in(&names_after, one) && !kept.contains(one.handle.as_str()));
    left_after.retain(|one| !is_in(&names_before, one) && !kept.contains(one.handle.as_str()));

    drop_common(&mut left_before, &mut left_after, |one| Some((one.handle.as_str(), second(one)?)));
    let (seconds_before, seconds_after) = (single_seconds(&left_before), single_seconds(&left_after));
    for (second, was) in &seconds_before {
        if let Some(is) = seconds_after.get(second).filter(|is| *is != was) {
            renamed.insert(((*was).to_owned(), (*is).to_owned()));
        }
    }
    drop_common(&mut left_before, &mut left_after, |one| {
        let second = second(one)?;
        Some(second).filter(|second| seconds_before.contains_key(second) && seconds_after.contains_key(second))
    });
    drop_common(&mut left_before, &mut left_after, |one| Some(one.handle.as_str()));
    for left in [&mut left_before, &mut left_after] {
        left.sort();
        left.dedup_by(|one, other| one.handle == other.handle);
    }
    Compared { only_before: left_before, only_after: left_after, renamed }
}

/// What tells that two rows are of one follower, whatever the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Somebody {
    Record(i64),
    Person(i64),
}

fn who(one: &Relation) -> impl Iterator<Item = Somebody> {
    [Some(Somebody::Record(one.record)), one.person.map(Somebody::Person)].into_iter().flatten()
}

fn names_of<'r>(list: &[&'r Relation]) -> BTreeMap<Somebody, BTreeSet<&'r str>> {
    let mut names: BTreeMap<Somebody, BTreeSet<&str>> = BTreeMap::new();
    for one in list {
        who(one).for_each(|who| {
            names.entry(who).or_default().insert(&one.handle);
        });
    }
    names
}

fn second(one: &Relation) -> Option<i64> {
    one.since_ms.map(|at| at.div_euclid(1_000))
}

/// The seconds that one of the list has alone, with the name.
fn single_seconds<'r>(list: &[&'r Relation]) -> BTreeMap<i64, &'r str> {
    let mut names: BTreeMap<i64, BTreeSet<&str>> = BTreeMap::new();
    for one in list {
        if let Some(second) = second(one) {
            names.entry(second).or_default().insert(&one.handle);
        }
    }
    let single = |(second, names): (i64, BTreeSet<&'r str>)| {
        Some((second, names.first().copied()?)).filter(|_| names.len() == 1)
    };
    names.into_iter().filter_map(single).collect()
}

/// Leaves out of both lists what has the same of something in the other.
fn drop_common<'r, T: Ord>(
    one: &mut Vec<&'r Relation>,
    other: &mut Vec<&'r Relation>,
    of: impl Fn(&'r Relation) -> Option<T>,
) {
    let all = |list: &[&'r Relation]| list.iter().filter_map(|relation| of(relation)).collect::<BTreeSet<T>>();
    let (of_one, of_other) = (all(one), all(other));
    one.retain(|relation| of(relation).is_none_or(|value| !of_other.contains(&value)));
    other.retain(|relation| of(relation).is_none_or(|value| !of_one.contains(&value)));
}

fn day_ms(day: &str) -> Option<i64> {
    let day: chrono::NaiveDate = day.parse().ok()?;
    Some(day.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::cover::Limit;
    use crate::store::{CoverFacts, Family, ListRange, SnapshotList, SnapshotState};

    fn coverage() -> Coverage {
        let state = |id: i64| SnapshotState {
            id,
            public_id: format!("s{id}"),
            account_id: 1,
            date: format!("202{id}-01-01"),
            is_complete: true,
            n_lacking: Some(0),
        };
        let list = |snapshot_id: i64| SnapshotList {
            snapshot_id,
            list: "followers".to_owned(),
            thread_id: None,
            family: Family::Json,
            holds: ListRange { n_items: 3, n_timed: 3, range_ms: Some((1_000, 9_000)) },
        };
        Coverage::of(&CoverFacts {
            snapshots: (0..3).map(state).collect(),
            lists: (0..3).map(list).collect(),
            ..CoverFacts::default()
        })
    }

    fn relation(snapshot_id: i64, record: i64, handle: &str, since_ms: i64) -> Relation {
        Relation { snapshot_id, record, person: None, handle: handle.to_owned(), since_ms: Some(since_ms) }
    }

    fn names(moves: &[Move]) -> Vec<(&str, &str)> {
        moves.iter().map(|one| (one.handle.as_str(), one.until.as_str())).collect()
    }

    #[test]
    fn those_who_came_and_went_are_told_and_renames_are_not() {
        let relations = [
            relation(0, 1, "ann", 1_000),
            relation(0, 2, "bob", 2_000),
            relation(0, 3, "old.name", 3_000),
            relation(1, 1, "ann", 1_000),
            relation(1, 4, "new.name", 3_500),
            relation(1, 5, "zoe", 8_000),
            relation(2, 1, "ann.b", 1_000),
            relation(2, 5, "zoe", 8_000),
            relation(2, 6, "bob", 9_000),
        ];
        let all = moves(&coverage(), "followers", &relations, None);
        assert_eq!(names(&all.lost), [("bob", "2021-01-01"), ("new.name", "2022-01-01")]);
        assert_eq!(names(&all.won), [("zoe", "2021-01-01"), ("bob", "2022-01-01")]);
        assert_eq!((all.refused.len(), all.is_known), (0, true));
        let renamed = |moves: &Moves| {
            moves.renamed.iter().map(|one| format!("{} {} {}", one.was, one.handle, one.until)).collect::<Vec<_>>()
        };
        assert_eq!(renamed(&all), ["old.name new.name 2021-01-01", "ann ann.b 2022-01-01"]);
        let late = moves(&coverage(), "followers", &relations, Some("2021-06-01"));
        assert_eq!(names(&late.lost), [("new.name", "2022-01-01")]);
    }

    #[test]
    fn one_person_under_two_names_neither_came_nor_went() {
        let named =
            |snapshot, record, handle: &str| Relation { person: Some(7), ..relation(snapshot, record, handle, record) };
        let relations = [named(0, 1, "old"), named(1, 2_000, "new"), named(2, 3_000, "newest")];
        let none = moves(&coverage(), "followers", &relations, None);
        assert_eq!((none.won, none.lost), (vec![], vec![]));
    }

    #[test]
    fn whoever_took_a_name_that_was_given_up_came() {
        let check = |relations: &[Relation], won: &[&str], lost: &[&str], renamed: &[&str]| {
            let told = moves(&coverage(), "followers", relations, None);
            let names = |moves: &[Move]| moves.iter().map(|one| one.handle.clone()).collect::<Vec<_>>();
            let renames: Vec<_> = told.renamed.iter().map(|one| format!("{} {}", one.was, one.handle)).collect();
            assert_eq!(
                (names(&told.won), names(&told.lost), renames),
                (
                    won.iter().map(ToString::to_string).collect(),
                    lost.iter().map(ToString::to_string).collect(),
                    renamed.iter().map(ToString::to_string).collect(),
                )
            );
        };
        let third = [relation(2, 2, "u5x", 1_000), relation(2, 3, "u5", 9_000)];
        // The records are known to be one.
        let known = [relation(0, 2, "u5", 1_000), relation(1, 2, "u5x", 1_000), relation(1, 3, "u5", 9_000)];
        check(&[known.as_slice(), &third].concat(), &["u5"], &[], &["u5 u5x"]);
        // Nothing but the second tells it.
        let alike = [relation(0, 1, "u5", 1_000), relation(1, 2, "u5x", 1_000), relation(1, 3, "u5", 9_000)];
        check(&[alike.as_slice(), &third].concat(), &["u5"], &[], &["u5 u5x"]);
        // Who followed again did neither come nor go, and nobody was renamed.
        let again = [relation(0, 1, "u5", 1_000), relation(1, 4, "u5", 5_000), relation(2, 4, "u5", 5_000)];
        check(&again, &[], &[], &[]);
        // Somebody who stands twice in a list is one.
        let twice = [relation(0, 1, "u5", 1_000), relation(1, 1, "u5", 1_000), relation(1, 4, "u5", 5_000)];
        check(&[twice.as_slice(), &[relation(2, 1, "u5", 1_000)]].concat(), &[], &[], &[]);
    }

    #[test]
    fn unequal_ranges_are_refused_with_a_sentence() {
        let relations = [relation(0, 1, "ann", 1_000), relation(1, 2, "bob", 8_000), relation(2, 1, "ann", 1_000)];
        let mut limited = coverage();
        limited.snapshots[1].limit = Some(Limit::Stated(None));
        let told = moves(&limited, "followers", &relations, None);
        assert_eq!((told.won.len(), told.lost.len(), told.is_known), (0, 0, true));
        assert_eq!(
            told.refused,
            ["s1 is left out: it is limited to a range of time, and holds only those who came in it."]
        );
        let mut broken = coverage();
        broken.snapshots[1].state.is_complete = false;
        broken.snapshots[2].lists.clear();
        let none = moves(&broken, "followers", &relations, None);
        assert_eq!((none.refused.len(), none.is_known), (3, false));
        assert_eq!(none.refused[2], "two downloads that can be compared are wanted: who came or went is not known.");
        let late = moves(&coverage(), "followers", &relations, Some("2023-01-01"));
        let sentence = "two downloads that can be compared are wanted for the time since 2023-01-01: who came or went is not known.";
        assert_eq!((late.refused.as_slice(), late.is_known), ([sentence.to_owned()].as_slice(), false));
    }
}
