//! Rows, gathered into the things that they are so far. Pure: what is known of each thing, which two may be one, and what
//! becomes of them; where one thing may go, [`super::same_thing`] looks for.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::likeness::{Claim, MOST_OPEN, Rename, Span};
use super::same_thing::{Assigned, Row, twin_key};
use crate::model::{Key, Precision};

/// What rows that are one thing say together. Numbers of rows and nodes follow the order of the lists.
#[derive(Clone, Debug)]
pub(super) struct Thing {
    pub claim: Claim,
    /// The key of its first row.
    pub base: Key,
    /// Of all its rows.
    pub is_zone_guessed: bool,
    pub open: [Vec<Key>; MOST_OPEN],
    /// Beginnings of the seconds it has.
    pub exact: Vec<i64>,
    /// Minutes and days.
    pub coarse: Vec<Span>,
    pub lists: Vec<u32>,
    pub snapshots: Vec<u32>,
    contents: Vec<Key>,
}

/// A thing that may belong to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Edge {
    pub guest: usize,
    pub host: usize,
}

/// No two zones are further apart.
const FURTHEST_ZONES_MS: u64 = 26 * 3_600_000;

#[derive(Debug)]
pub(super) struct Things {
    /// The node of each row.
    node_of: Vec<usize>,
    leader: Vec<usize>,
    /// By node; those of nodes that follow another one are out of date.
    pub all: Vec<Thing>,
    ids: Vec<(Key, usize)>,
    /// The names that each snapshot knows.
    pub names: HashSet<(u32, Key)>,
}

impl Things {
    /// Rows that are equal in everything, the number of them in their list included, are one.
    pub fn of(rows: &[Row]) -> Self {
        let mut things = Self {
            node_of: vec![0; rows.len()],
            leader: Vec::new(),
            all: Vec::new(),
            ids: Vec::new(),
            names: HashSet::new(),
        };
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|&row| (rows[row].snapshots.first(), rows[row].order, rows[row].content));
        let mut nodes: HashMap<(Key, Key, u32), usize> = HashMap::new();
        let mut taken: HashMap<(u32, Key, Key), u32> = HashMap::new();
        for row in order {
            let Row { claim, base, content, media, lists, snapshots, .. } = &rows[row];
            // The how manyth of its like it is, in all lists in which it stands.
            let number =
                lists.iter().map(|list| taken.get(&(*list, *base, *content)).copied().unwrap_or_default()).max();
            let number = number.unwrap_or_default();
            for list in lists {
                taken.insert((*list, *base, *content), number + 1);
            }
            let node = *nodes.entry((*base, *content, number)).or_insert(things.all.len());
            if node == things.all.len() {
                things.leader.push(node);
                things.all.push(Thing::of(claim, *base));
                things.ids.extend(claim.id.map(|id| (id, node)));
            }
            // Bytes are not in the document, so rows that say the same may have others.
            things.ids.extend(media.iter().map(|medium| (*medium, node)));
            things.node_of[row] = node;
            let thing = &mut things.all[node];
            unite(&mut thing.lists, lists);
            unite(&mut thing.snapshots, snapshots);
            unite(&mut thing.contents, &[*content]);
            if let Some(name) = claim.open[0].filter(|_| claim.likeness.rename != Rename::Never) {
                things.names.extend(snapshots.iter().map(|snapshot| (*snapshot, name)));
            }
        }
        things
    }

    /// The first node of those that a node is one thing with so far.
    pub fn find(&self, mut node: usize) -> usize {
        while self.leader[node] != node {
            node = self.leader[node];
        }
        node
    }

    /// The things so far, in order.
    pub fn leaders(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.all.len()).filter(|node| self.leader[*node] == *node)
    }

    fn unite(&mut self, one: usize, other: usize) {
        let nodes = [one, other];
        let (one, other) = (self.find(one), self.find(other));
        for node in nodes {
            self.leader[node] = one.min(other);
        }
        if one == other {
            return;
        }
        let (first, later) = (one.min(other), one.max(other));
        self.leader[later] = first;
        let (before, behind) = self.all.split_at_mut(later);
        before[first].take_in(&behind[0]);
    }

    /// Things that share an id, or a picture, are one.
    pub fn join_by_id(&mut self) {
        let mut first_with: HashMap<Key, usize> = HashMap::new();
        for (id, node) in std::mem::take(&mut self.ids) {
            let known = *first_with.entry(id).or_insert(node);
            self.unite(known, node);
        }
    }

    /// Whether two things may be one: nothing contradicts it, but for the name if need be.
    pub fn may_be_one(&self, one: usize, other: usize, is_renamed: bool) -> bool {
        let (one, other) = (&self.all[one], &self.all[other]);
        let agree = |place: usize| {
            let (one, other) = (&one.open[place], &other.open[place]);
            one.is_empty() || other.is_empty() || one.iter().any(|value| other.contains(value))
        };
        one.claim.class == other.claim.class
            && is_disjoint(&one.lists, &other.lists)
            && agree(0) != is_renamed
            && (1..MOST_OPEN).all(agree)
    }

    /// How many of the things that may be missing are there on both sides and agree.
    pub fn n_agreeing(&self, one: usize, other: usize) -> usize {
        let (one, other) = (&self.all[one], &self.all[other]);
        let agree = |place: &usize| one.open[*place].iter().any(|value| other.open[*place].contains(value));
        (0..MOST_OPEN).filter(agree).count() + usize::from(!is_disjoint(&one.contents, &other.contents))
    }

    /// Class, second and number of things that have seconds, in that order.
    pub fn exact_times(&self, is_meant: impl Fn(&Thing) -> bool) -> Vec<(Key, i64, usize)> {
        let mut times = Vec::new();
        for node in self.leaders().filter(|node| is_meant(&self.all[*node])) {
            times.extend(self.all[node].exact.iter().map(|ms| (self.all[node].claim.class, *ms, node)));
        }
        times.sort_unstable();
        times
    }

    /// Times of a coarser precision of things without a second at that time: what was done again has one at another.
    pub fn coarse(&self, precision: Precision) -> impl Iterator<Item = (usize, Span)> + '_ {
        self.leaders().flat_map(move |node| {
            let thing = &self.all[node];
            let is_open = move |span: &&Span| {
                let nearest = thing.exact.iter().map(|ms| ms.abs_diff(span.from_ms)).min();
                span.precision == precision && nearest.is_none_or(|ms| ms > FURTHEST_ZONES_MS)
            };
            thing.coarse.iter().filter(is_open).map(move |span| (node, *span))
        })
    }

    /// Brings guests to hosts: those that agree most first, then those that have the least choice, then in order. Where each
    /// must be sure, only what nothing else could be, or, of one name on each side, as many as there are on the other. The
    /// order of pictures tells nothing: lists are not reliably sorted (format reference §1.C2).
    pub fn settle(&mut self, edges: Vec<Edge>, is_renamed: bool) {
        let mut near: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for Edge { guest, host } in &edges {
            near.entry(*guest).or_default().push(*host);
            near.entry(*host).or_default().push(*guest);
        }
        for nodes in near.values_mut() {
            nodes.sort_unstable();
        }
        let mut sorted: Vec<(std::cmp::Reverse<usize>, usize, Edge)> = Vec::new();
        for edge in edges {
            let Edge { guest, host } = edge;
            let is_sure = if is_renamed || self.all[guest].claim.likeness.is_own {
                let (one, other) = (self.place_among(guest, &near[&host]), self.place_among(host, &near[&guest]));
                let are_as_many = is_renamed && one == other && self.are_of_two_names(&near[&host], &near[&guest]);
                are_as_many || (one == (0, 1) && other == (0, 1))
            } else {
                true
            };
            if is_sure {
                sorted.push((std::cmp::Reverse(self.n_agreeing(guest, host)), near[&guest].len(), edge));
            }
        }
        sorted.sort_unstable();
        for (_, _, Edge { guest, host }) in sorted {
            let (guest, host) = (self.find(guest), self.find(host));
            if guest != host && self.may_be_one(guest, host, is_renamed) {
                self.unite(guest, host);
            }
        }
    }

    /// Whether all on one side are somebody's of one name, and all on the other of another: it is nobody else's.
    fn are_of_two_names(&self, guests: &[usize], hosts: &[usize]) -> bool {
        let is_one =
            |things: &[usize]| things.windows(2).all(|two| self.all[two[0]].open[0] == self.all[two[1]].open[0]);
        is_one(guests) && is_one(hosts)
    }

    /// The how manyth a thing is of those that stood beside it in a list, and how many these are.
    fn place_among(&self, thing: usize, others: &[usize]) -> (usize, usize) {
        let is_beside =
            |other: &&usize| **other == thing || !is_disjoint(&self.all[**other].lists, &self.all[thing].lists);
        let beside = others.iter().filter(is_beside);
        (beside.clone().filter(|other| **other < thing).count(), beside.count())
    }

    /// The key of each row's thing: the finest that its rows have.
    pub fn assign(&self, rows: &[Row]) -> Vec<Assigned> {
        let mut twins: HashMap<Key, Vec<usize>> = HashMap::new();
        for (row, node) in rows.iter().zip(&self.node_of) {
            twins.entry(row.base).or_default().push(self.find(*node));
        }
        // The number of a thing is that of its first row, so the order of the rows does not show.
        for things in twins.values_mut() {
            things.sort_unstable();
            things.dedup();
        }
        let place = |row: &Row, thing: usize| twins[&row.base].binary_search(&thing).unwrap_or_default();
        let own: Vec<(usize, u32)> = rows
            .iter()
            .zip(&self.node_of)
            .map(|(row, node)| (self.find(*node), u32::try_from(place(row, self.find(*node))).unwrap_or(u32::MAX)))
            .collect();
        let mut best: HashMap<usize, (Rank, Key)> = HashMap::new();
        for (row, (thing, twin)) in rows.iter().zip(&own) {
            let ranked = (rank(row), twin_key(row.base, *twin));
            best.entry(*thing).and_modify(|known| *known = (*known).min(ranked)).or_insert(ranked);
        }
        own.into_iter().map(|(thing, twin)| Assigned { key: best[&thing].1, twin }).collect()
    }
}

/// How fine the key of a row is: known by an id, then by its time, then by what it leaves out; then the oldest.
type Rank = (u8, usize, Option<u32>);

fn rank(row: &Row) -> Rank {
    let fineness = match (row.claim.id, row.claim.span) {
        (Some(_), _) => 0,
        (None, Some(span)) => span.precision as u8,
        (None, None) => u8::MAX,
    };
    (fineness, row.claim.open.iter().filter(|value| value.is_none()).count(), row.snapshots.first().copied())
}

impl Thing {
    fn of(claim: &Claim, base: Key) -> Self {
        let (exact, coarse) = match claim.span {
            Some(span) if span.is_exact() => (vec![span.from_ms], Vec::new()),
            span => (Vec::new(), span.into_iter().collect()),
        };
        Self {
            claim: claim.clone(),
            base,
            is_zone_guessed: claim.is_zone_guessed,
            open: claim.open.map(|value| value.into_iter().collect()),
            exact,
            coarse,
            lists: Vec::new(),
            snapshots: Vec::new(),
            contents: Vec::new(),
        }
    }

    fn take_in(&mut self, other: &Self) {
        self.is_zone_guessed &= other.is_zone_guessed;
        for (mine, its) in self.open.iter_mut().zip(&other.open) {
            unite(mine, its);
        }
        unite(&mut self.exact, &other.exact);
        unite(&mut self.coarse, &other.coarse);
        unite(&mut self.lists, &other.lists);
        unite(&mut self.snapshots, &other.snapshots);
        unite(&mut self.contents, &other.contents);
    }
}

/// Adds to a sorted list what it lacks.
fn unite<T: Ord + Copy>(mine: &mut Vec<T>, its: &[T]) {
    for value in its {
        if let Err(place) = mine.binary_search(value) {
            mine.insert(place, *value);
        }
    }
}

fn is_disjoint<T: Ord>(one: &[T], other: &[T]) -> bool {
    one.iter().all(|value| other.binary_search(value).is_err())
}
