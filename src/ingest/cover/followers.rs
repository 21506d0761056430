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

/// Who came and who went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    pub won: Vec<Move>,
    pub lost: Vec<Move>,
    /// Why downloads were left out, each a sentence.
    pub refused: Vec<String>,
    /// Dates of the downloads that were compared.
    pub compared: Vec<String>,
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
    moves.compared = usable.iter().map(|snapshot| snapshot.state.date.clone()).collect();
    for pair in usable.windows(2) {
        let (before, after) = (of(relations, pair[0].state.id), of(relations, pair[1].state.id));
        let (after_date, until) = (&pair[0].state.date, &pair[1].state.date);
        if since.is_some_and(|since| until.as_str() < since) {
            continue;
        }
        let told = |relation: &Relation| Move {
            after: after_date.clone(),
            until: until.clone(),
            handle: relation.handle.clone(),
            person: relation.person,
            since_ms: relation.since_ms,
        };
        moves.won.extend(only_in(&after, &before).into_iter().map(told));
        moves.lost.extend(only_in(&before, &after).into_iter().map(told));
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

/// Those of one list who are under no name in the other: by the record, by the person, and by an equal second of which each
/// list has one that is left over (somebody who was renamed keeps it).
fn only_in<'r>(here: &[&'r Relation], there: &[&Relation]) -> Vec<&'r Relation> {
    let records: BTreeSet<i64> = there.iter().map(|one| one.record).collect();
    let persons: BTreeSet<i64> = there.iter().filter_map(|one| one.person).collect();
    let handles: BTreeSet<&str> = there.iter().map(|one| one.handle.as_str()).collect();
    let is_known = |one: &&&Relation| {
        records.contains(&one.record)
            || one.person.is_some_and(|person| persons.contains(&person))
            || handles.contains(one.handle.as_str())
    };
    let mut left: Vec<&Relation> = here.iter().filter(|one| !is_known(one)).copied().collect();
    let own: BTreeSet<&str> = here.iter().map(|one| one.handle.as_str()).collect();
    let mut seconds: BTreeMap<i64, usize> = BTreeMap::new();
    for one in there.iter().filter(|one| !own.contains(one.handle.as_str())) {
        if let Some(second) = one.since_ms.map(|at| at.div_euclid(1_000)) {
            *seconds.entry(second).or_default() += 1;
        }
    }
    let own_seconds =
        |second: i64| left.iter().filter(|one| one.since_ms.map(|at| at.div_euclid(1_000)) == Some(second)).count();
    let renamed: BTreeSet<i64> = seconds
        .iter()
        .filter(|(second, n)| **n == 1 && own_seconds(**second) == 1)
        .map(|(second, _)| *second)
        .collect();
    left.retain(|one| one.since_ms.is_none_or(|at| !renamed.contains(&at.div_euclid(1_000))));
    left.sort();
    left.dedup_by(|one, other| one.handle == other.handle);
    left
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
        assert_eq!((all.refused.len(), all.compared.len()), (0, 3));
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
    fn unequal_ranges_are_refused_with_a_sentence() {
        let relations = [relation(0, 1, "ann", 1_000), relation(1, 2, "bob", 8_000), relation(2, 1, "ann", 1_000)];
        let mut limited = coverage();
        limited.snapshots[1].limit = Some(Limit::Stated(None));
        let told = moves(&limited, "followers", &relations, None);
        assert_eq!((told.won.len(), told.lost.len(), told.compared.len()), (0, 0, 2));
        assert_eq!(
            told.refused,
            ["s1 is left out: it is limited to a range of time, and holds only those who came in it."]
        );
        let mut broken = coverage();
        broken.snapshots[1].state.is_complete = false;
        broken.snapshots[2].lists.clear();
        assert_eq!(moves(&broken, "followers", &relations, None).refused.len(), 2);
    }
}
