//! Which rows of an account tell of one thing, by the table of [`super::likeness`]. Pure, and a function of the set.
//!
//! Rows that are equal in everything, the number of them in their list included, are one node; nodes that share an id are
//! one thing. Then the coarse go to the fine, level by level: what has the same second, what lies two seconds apart, two
//! names of one second, the minute that holds the second, the day, clocks of a zone that was guessed, and last what has no
//! time. Rows of one list of one snapshot are never one thing, and nothing is joined that contradicts itself. Where
//! several rows could go to several things, each goes to one, in the order of the lists: lists of different downloads then
//! count as one list of the greater number (format reference §8.3).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::likeness::{Claim, MOST_OPEN, Rename, Span};
use super::same_clock;
use super::things::{Edge, Thing, Things};
use crate::model::{Key, KeyBuilder, Precision};

/// One row, with what the download that holds it tells.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub claim: Claim,
    /// The key that the row alone has.
    pub base: Key,
    /// Names everything that it says.
    pub content: Key,
    /// Names the bytes of its pictures, where another row may show them under another name.
    pub media: Vec<Key>,
    /// The lists, each of one snapshot (or part), in which it stands: rows of one are different things.
    pub lists: Vec<u32>,
    /// The snapshots in which it stands, by their number in order of their dates.
    pub snapshots: Vec<u32>,
    /// Whether it stands in a collection, which repeats what a list has, in which document, and where in it: the order of the
    /// lists.
    pub order: (u32, u32, u32),
}

/// Under which key a row is held, and the how manyth of those it is that have its own key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Assigned {
    pub key: Key,
    pub twin: u32,
}

/// The key of the how manyth thing of that key.
pub(super) fn twin_key(base: Key, twin: u32) -> Key {
    match twin {
        0 => base,
        _ => KeyBuilder::new("twin").part(base.as_bytes()).number(i64::from(twin)).key(),
    }
}

/// Things of one second that are compared with each other at most. Real ones have a handful; a crafted document could have
/// a hundred thousand.
const MOST_COMPARED: usize = 512;

/// The same where each of them is also compared with what stands beside the other.
const MOST_WEIGHED: usize = 64;

/// Says for every row under which key it is held.
pub(super) fn join(rows: &[Row]) -> Vec<Assigned> {
    let mut things = Things::of(rows);
    things.join_by_id();
    for level in LEVELS {
        let edges = match level {
            Level::Alike => things.alike(),
            Level::Equal => things.equal(),
            Level::Near => things.near(),
            Level::Renamed => things.renamed(),
            Level::Inside(precision) => things.inside(precision),
            Level::RenamedInside => things.renamed_inside(),
            Level::OtherClock => same_clock::edges(&things),
            Level::Timeless => things.timeless(),
        };
        things.settle(edges, matches!(level, Level::Renamed | Level::RenamedInside));
    }
    things.assign(rows)
}

#[derive(Clone, Copy, Debug)]
enum Level {
    Alike,
    Equal,
    Near,
    Renamed,
    Inside(Precision),
    RenamedInside,
    OtherClock,
    Timeless,
}

const LEVELS: [Level; 9] = [
    Level::Alike,
    Level::Equal,
    Level::Near,
    Level::Renamed,
    Level::Inside(Precision::Minute),
    Level::RenamedInside,
    Level::Inside(Precision::Day),
    Level::OtherClock,
    Level::Timeless,
];

impl Things {
    /// The one that knows less is the guest.
    fn edge(&self, one: usize, other: usize) -> Edge {
        let n_known = |node: usize| self.all[node].open.iter().filter(|values| !values.is_empty()).count();
        let (first, later) = (one.min(other), one.max(other));
        if n_known(first) < n_known(later) {
            Edge { guest: first, host: later }
        } else {
            Edge { guest: later, host: first }
        }
    }

    fn pairs_within(&self, groups: impl IntoIterator<Item = Vec<usize>>) -> Vec<Edge> {
        let mut edges = BTreeSet::new();
        for group in groups {
            let is_weighed = group.first().is_some_and(|node| self.all[*node].claim.likeness.is_own);
            let group = &group[..group.len().min(if is_weighed { MOST_WEIGHED } else { MOST_COMPARED })];
            for (at, one) in group.iter().enumerate() {
                let others = group[at + 1..].iter().filter(|other| self.may_be_one(*one, **other, false));
                edges.extend(others.map(|other| self.edge(*one, *other)));
            }
        }
        edges.into_iter().collect()
    }

    /// Things whose rows say the same of all that counts.
    fn alike(&self) -> Vec<Edge> {
        let mut groups: HashMap<Key, Vec<usize>> = HashMap::new();
        for node in self.leaders() {
            groups.entry(self.all[node].base).or_default().push(node);
        }
        self.pairs_within(groups.into_values().filter(|group| group.len() > 1))
    }

    /// Things with a time in common.
    fn equal(&self) -> Vec<Edge> {
        let mut groups: HashMap<(Key, i64, Precision), Vec<usize>> = HashMap::new();
        for node in self.leaders() {
            let thing = &self.all[node];
            let exact = thing.exact.iter().map(|from_ms| (*from_ms, Precision::Second));
            for (from_ms, precision) in exact.chain(thing.coarse.iter().map(|span| (span.from_ms, span.precision))) {
                groups.entry((thing.claim.class, from_ms, precision)).or_default().push(node);
            }
        }
        self.pairs_within(groups.into_values().filter(|group| group.len() > 1))
    }

    /// Things whose seconds lie so near as the table allows.
    fn near(&self) -> Vec<Edge> {
        let times = self.exact_times(|thing| thing.claim.likeness.within_ms > 0);
        let mut edges = BTreeSet::new();
        for (at, (class, from_ms, node)) in times.iter().enumerate() {
            let within_ms = self.all[*node].claim.likeness.within_ms;
            let near = times[at + 1..].iter().take(MOST_COMPARED);
            let near = near.take_while(|(its, ms, _)| its == class && *ms <= from_ms + within_ms);
            let other = near.filter(|(_, _, other)| other != node && self.may_be_one(*node, *other, false));
            edges.extend(other.map(|(_, _, other)| self.edge(*node, *other)));
        }
        edges.into_iter().collect()
    }

    /// Two names of one second: each is the only thing that the other can be.
    fn renamed(&self) -> Vec<Edge> {
        let mut groups: HashMap<(Key, i64), Vec<usize>> = HashMap::new();
        for node in self.leaders().filter(|node| self.all[*node].claim.likeness.rename != Rename::Never) {
            for ms in &self.all[node].exact {
                groups.entry((self.all[node].claim.class, *ms)).or_default().push(node);
            }
        }
        let mut edges = BTreeSet::new();
        for group in groups.into_values().filter(|group| (2..=MOST_WEIGHED).contains(&group.len())) {
            for (at, one) in group.iter().enumerate() {
                let others = group[at + 1..].iter().filter(|other| self.is_renamed(*one, **other, false));
                edges.extend(others.map(|other| self.edge(*one, *other)));
            }
        }
        edges.into_iter().collect()
    }

    fn is_renamed(&self, one: usize, other: usize, is_coarse: bool) -> bool {
        if !self.may_be_one(one, other, true) {
            return false;
        }
        // One of the things that may be missing agrees: the link, the answer.
        let agrees = (1..MOST_OPEN)
            .any(|place| self.all[one].open[place].iter().any(|value| self.all[other].open[place].contains(value)));
        let is_sure = agrees || self.all[one].claim.likeness.rename == Rename::Always;
        (is_sure && !is_coarse) || self.has_name_gone(one, other)
    }

    /// The older downloads do not know the new name, nor the newer ones the old. What is nobody's name is a thing's own:
    /// another thing that is called so tells nothing.
    fn has_name_gone(&self, one: usize, other: usize) -> bool {
        let (one, other) = (&self.all[one], &self.all[other]);
        let (older, newer) = if one.snapshots.last() <= other.snapshots.first() { (one, other) } else { (other, one) };
        let is_somebody = older.claim.likeness.names_somebody();
        let is_known = |snapshots: &[u32], names: &[Key]| {
            is_somebody
                && snapshots.iter().any(|snapshot| names.iter().any(|name| self.names.contains(&(*snapshot, *name))))
        };
        older.snapshots.last() < newer.snapshots.first()
            && !is_known(&newer.snapshots, &older.open[0])
            && !is_known(&older.snapshots, &newer.open[0])
    }

    fn inside(&self, precision: Precision) -> Vec<Edge> {
        self.hosts_inside(precision, |guest, host| self.may_be_one(guest, host, false))
    }

    fn renamed_inside(&self) -> Vec<Edge> {
        let is_meant = |guest: usize, host: usize| {
            self.all[guest].claim.likeness.rename != Rename::Never && self.is_renamed(guest, host, true)
        };
        let mut edges = self.hosts_inside(Precision::Minute, is_meant);
        edges.extend(self.renamed_beside());
        edges
    }

    /// Two names of one minute where neither row has a second: pages of two downloads.
    fn renamed_beside(&self) -> Vec<Edge> {
        let mut groups: BTreeMap<(Key, i64), Vec<usize>> = BTreeMap::new();
        for (node, span) in self.coarse(Precision::Minute) {
            if self.all[node].claim.likeness.rename != Rename::Never {
                groups.entry((self.all[node].claim.class, span.from_ms)).or_default().push(node);
            }
        }
        let mut edges = BTreeSet::new();
        for group in groups.into_values().filter(|group| (2..=MOST_WEIGHED).contains(&group.len())) {
            for (at, one) in group.iter().enumerate() {
                let others = group[at + 1..].iter().filter(|other| self.is_renamed(*one, **other, true));
                edges.extend(others.map(|other| self.edge(*one, *other)));
            }
        }
        edges.into_iter().collect()
    }

    /// Things whose second lies in the minute or day of another one.
    fn hosts_inside(&self, precision: Precision, is_meant: impl Fn(usize, usize) -> bool) -> Vec<Edge> {
        let guests: Vec<(usize, Span)> = self.coarse(precision).collect();
        if guests.is_empty() {
            return Vec::new();
        }
        let times = self.exact_times(|_| true);
        let mut edges = BTreeSet::new();
        for (guest, span) in guests {
            let class = self.all[guest].claim.class;
            for from_ms in [Some(span.from_ms), span.other_ms].into_iter().flatten() {
                let first = times.partition_point(|(its, ms, _)| (*its, *ms) < (class, from_ms));
                let here = times[first..].iter().take(MOST_COMPARED);
                let here = here.take_while(|(its, ms, _)| *its == class && *ms < from_ms + span.width_ms());
                let hosts = here.filter(|(_, _, host)| is_meant(guest, *host));
                edges.extend(hosts.map(|(_, _, host)| Edge { guest, host: *host }));
            }
        }
        edges.into_iter().collect()
    }

    /// Things without any time, where the table allows for it, and the things that say the same at some time.
    fn timeless(&self) -> Vec<Edge> {
        let is_meant = |thing: &Thing| thing.claim.likeness.is_timeless;
        let is_timed = |thing: &Thing| !thing.exact.is_empty() || !thing.coarse.is_empty();
        let mut timed: HashMap<(Key, Option<Key>), Vec<usize>> = HashMap::new();
        let (mut guests, likeness) = (Vec::new(), |node: usize| &self.all[node]);
        for node in self.leaders().filter(|node| is_meant(likeness(*node))) {
            let thing = likeness(node);
            if !is_timed(thing) {
                guests.push(node);
                continue;
            }
            let firsts = thing.open[0].iter().map(|value| Some(*value)).chain(thing.open[0].is_empty().then_some(None));
            for first in firsts {
                timed.entry((thing.claim.class, first)).or_default().push(node);
            }
        }
        let mut edges = BTreeSet::new();
        for guest in guests {
            let thing = likeness(guest);
            let firsts = thing.open[0].iter().map(|value| Some(*value)).chain([None]);
            for first in firsts {
                let hosts = timed.get(&(thing.claim.class, first)).into_iter().flatten().take(MOST_COMPARED);
                edges.extend(
                    hosts.filter(|host| self.may_be_one(guest, **host, false)).map(|host| Edge { guest, host: *host }),
                );
            }
        }
        edges.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ingest::likeness::claim;
    use crate::model::{Item, Kind, Moment, Who};

    /// A like: download, second of a few, whether only its minute is told, owner, code of the post.
    type Like = (u32, i64, bool, Option<u8>, Option<u8>);

    fn row(number: usize, &(snapshot, second, is_minute, owner, code): &Like) -> Row {
        let at = Moment::from_unix(1_560_000_000 + if is_minute { second / 60 * 60 } else { second });
        let precision = if is_minute { Precision::Minute } else { Precision::Second };
        let item = Item {
            at: at.map(|at| Moment { precision, ..at }),
            subkind: Some("liked_comment".to_owned()),
            counterpart: owner.map(|owner| Who::Handle(format!("user{owner}"))),
            url: code.map(|code| format!("https://www.instagram.com/p/C{code}")),
            ..Item::new(Kind::Like)
        };
        let claim = claim(&item).expect("a kind of the table");
        Row {
            base: claim.key(KeyBuilder::new("account").key()),
            claim,
            content: KeyBuilder::new("content").part(format!("{item:?}")).key(),
            media: Vec::new(),
            lists: vec![snapshot],
            snapshots: vec![snapshot],
            order: (0, 0, u32::try_from(number).expect("a few")),
        }
    }

    /// Row numbers by thing.
    fn groups(rows: &[Row]) -> BTreeSet<Vec<usize>> {
        let mut groups: HashMap<Key, Vec<usize>> = HashMap::new();
        for (number, assigned) in join(rows).into_iter().enumerate() {
            groups.entry(assigned.key).or_default().push(number);
        }
        groups.into_values().collect()
    }

    fn check(likes: &[Like], expected: &[&[usize]]) {
        let rows: Vec<Row> = likes.iter().enumerate().map(|(number, like)| row(number, like)).collect();
        let expected: BTreeSet<Vec<usize>> = expected.iter().map(|group| group.to_vec()).collect();
        assert_eq!(groups(&rows), expected, "{likes:?}");
    }

    #[test]
    fn what_is_missing_on_one_side_agrees() {
        check(&[(0, 5, false, Some(1), None), (1, 5, false, Some(1), Some(1))], &[&[0, 1]]);
        check(&[(0, 5, false, Some(1), None), (1, 6, false, Some(1), Some(1))], &[&[0], &[1]]);
        check(&[(0, 5, true, Some(1), Some(1)), (1, 5, false, Some(1), Some(1))], &[&[0, 1]]);
        check(&[(0, 5, true, Some(1), Some(1)), (1, 65, false, Some(1), Some(1))], &[&[0], &[1]]);
        check(&[(0, 5, false, Some(1), Some(1)), (1, 5, false, Some(1), Some(2))], &[&[0], &[1]]);
    }

    #[test]
    fn lists_add_up_to_their_maximum() {
        let (coarse, fine) = (|n| (n, 5, true, Some(1), None), |n, second| (n, second, false, Some(1), Some(1)));
        check(&[coarse(0), fine(1, 5), fine(1, 9)], &[&[0, 1], &[2]]);
        check(&[coarse(0), coarse(0), fine(1, 5), fine(1, 9)], &[&[0, 2], &[1, 3]]);
        check(&[coarse(0), coarse(0), coarse(0), fine(1, 5)], &[&[0, 3], &[1], &[2]]);
        // Equal in every way, and twice in one list.
        check(&[fine(0, 5), fine(0, 5), fine(1, 5), fine(2, 5), fine(2, 5)], &[&[0, 2, 3], &[1, 4]]);
    }

    #[test]
    fn a_name_may_have_changed_between_downloads() {
        let like = |snapshot, owner, code| (snapshot, 5, false, Some(owner), code);
        check(&[like(0, 1, Some(1)), like(1, 2, Some(1))], &[&[0, 1]]);
        check(&[like(0, 1, None), like(1, 2, Some(1))], &[&[0, 1]]);
        // The old name is still there.
        check(&[like(0, 1, None), like(1, 2, Some(1)), (1, 99, false, Some(1), None)], &[&[0], &[1], &[2]]);
        // The new name was there before.
        check(&[like(0, 1, None), (0, 99, false, Some(2), None), like(1, 2, Some(1))], &[&[0], &[1], &[2]]);
        // Two could be it.
        check(&[like(0, 1, None), like(1, 2, None), like(1, 3, None)], &[&[0], &[1], &[2]]);
        // Two are those two.
        check(&[like(0, 1, None), like(0, 1, None), like(1, 2, Some(1)), like(1, 2, Some(2))], &[&[0, 2], &[1, 3]]);
        check(
            &[like(0, 1, None), like(0, 1, None), like(1, 2, Some(1)), like(1, 3, Some(2))],
            &[&[0], &[1], &[2], &[3]],
        );
    }

    /// Collections: download, second, whether only its minute is told, name. Which rows are one thing.
    fn collections(rows: &[(u32, i64, bool, &str)]) -> BTreeSet<Vec<usize>> {
        let row = |(number, &(snapshot, second, is_minute, name)): (usize, &(u32, i64, bool, &str))| {
            let of_like = row(number, &(snapshot, second, is_minute, None, None));
            let precision = if is_minute { Precision::Minute } else { Precision::Second };
            let at = Moment::from_unix(1_560_000_000 + if is_minute { second / 60 * 60 } else { second });
            let (at, text) = (at.map(|at| Moment { precision, ..at }), Some(name.to_owned()));
            let item = Item { at, text, ..Item::new(Kind::Collection) };
            let claim = claim(&item).expect("a kind of the table");
            let content = KeyBuilder::new("content").part(format!("{item:?}")).key();
            Row { base: claim.key(KeyBuilder::new("account").key()), claim, content, ..of_like }
        };
        groups(&rows.iter().enumerate().map(row).collect::<Vec<_>>())
    }

    #[test]
    fn a_collection_alone_in_its_minute_was_renamed_whatever_others_are_called() {
        let check = |rows: &[(u32, i64, bool, &str)], expected: &[&[usize]]| {
            let expected: BTreeSet<Vec<usize>> = expected.iter().map(|group| group.to_vec()).collect();
            assert_eq!(collections(rows), expected, "{rows:?}");
        };
        // Another collection was called so, and still is.
        let (bread, other) = ((0, 122, false, "bread"), (0, 0, false, "bread"));
        check(&[bread, other, (1, 122, true, "rye"), (1, 0, true, "bread")], &[&[0, 2], &[1, 3]]);
        // One that was made in the same minute may be it.
        check(&[bread, (0, 130, false, "cake"), (1, 122, true, "rye")], &[&[0], &[1], &[2]]);
        // Both stand in one download.
        check(&[bread, (0, 122, true, "rye")], &[&[0], &[1]]);
    }

    #[test]
    fn what_was_done_again_has_two_times() {
        const DAYS: i64 = 40 * 86_400;
        let minute = (1, 5, true, Some(1), Some(1));
        let again = (2, 5 + DAYS, false, Some(1), Some(1));
        // A page of the first time tells the post, and a list without posts its second.
        let mut rows: Vec<Row> =
            [(0, 5, false, Some(1), None), minute, again].iter().enumerate().map(|(n, like)| row(n, like)).collect();
        assert_eq!(groups(&rows), [vec![0, 1], vec![2]].into());
        for row in &mut rows[1..] {
            row.media.push(KeyBuilder::new("post").key());
        }
        assert_eq!(groups(&rows), [vec![0, 1, 2]].into());
    }

    #[test]
    fn very_many_equal_rows_cost_no_more_than_their_number() {
        let likes: Vec<Like> = (0..40_000).map(|n| (n % 2, 5, false, Some(1), Some(1))).collect();
        let rows: Vec<Row> = likes.iter().enumerate().map(|(number, like)| row(number, like)).collect();
        assert_eq!(groups(&rows).len(), 20_000);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]
        #[test]
        fn the_order_of_the_rows_does_not_matter(
            likes in prop::collection::vec(
                (0_u32..4, 0_i64..130, any::<bool>(), prop::option::of(0_u8..3), prop::option::of(0_u8..3)),
                0..24,
            ),
            turn in 0_usize..24,
        ) {
            let rows: Vec<Row> = likes.iter().enumerate().map(|(number, like)| row(number, like)).collect();
            let assigned = join(&rows);
            let mut order: Vec<usize> = (0..rows.len()).rev().collect();
            order.rotate_left(turn.min(rows.len()));
            let turned: Vec<Row> = order.iter().map(|number| rows[*number].clone()).collect();
            for (number, other) in order.iter().zip(join(&turned)) {
                prop_assert_eq!(assigned[*number], other);
            }
            // Rows of one list are different things.
            for group in groups(&rows) {
                let lists: BTreeSet<u32> = group.iter().map(|number| likes[*number].0).collect();
                prop_assert_eq!(lists.len(), group.len());
            }
        }
    }
}
