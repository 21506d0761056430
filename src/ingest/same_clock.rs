//! Lists whose clock ran in another zone than was guessed. Pure.
//!
//! Of one row nothing tells by how much its clock is off; of a list, several rows one after the other that are off by the
//! same quarters of an hour do. Daylight saving makes two such differences of one list.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::things::{Edge, Things};

/// Rows in a row that must agree on the difference. As for messages (format reference §8.2): fewer agree by chance.
const LEAST_ROWS: usize = 3;

/// No two zones are further apart.
const FURTHEST_MS: i64 = 26 * 3_600_000;

/// Every zone is some quarters of an hour ahead of or behind UTC.
const QUARTER_MS: i64 = 900_000;

/// Things around one that are looked at. More than anybody likes or looks for in two days.
const MOST_COMPARED: usize = 1_024;

/// By how much a clock would be off, and the only thing that its row would then be.
type Offsets = BTreeMap<i64, usize>;

/// Things whose time stands in a guessed zone, and what they are if their list's clock is off.
pub(super) fn edges(things: &Things) -> Vec<Edge> {
    let mut guests: Vec<(i64, usize, bool)> = Vec::new();
    for node in things.leaders().filter(|node| things.all[*node].is_zone_guessed) {
        let thing = &things.all[node];
        guests.extend(thing.exact.iter().map(|ms| (*ms, node, false)));
        let minutes = thing.coarse.iter().filter(|span| thing.exact.is_empty() && span.width_ms() == 60_000);
        guests.extend(minutes.map(|span| (span.from_ms, node, true)));
    }
    if guests.is_empty() {
        return Vec::new();
    }
    guests.sort_unstable();
    let times = things.exact_times(|thing| !thing.is_zone_guessed);
    let mut offsets: HashMap<usize, Offsets> = HashMap::new();
    let mut lists: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (at_ms, guest, is_minute) in guests {
        let found = offsets_of(things, &times, (at_ms, guest, is_minute));
        offsets.entry(guest).or_default().extend(found);
        for list in &things.all[guest].lists {
            lists.entry(*list).or_default().push(guest);
        }
    }
    let n_settled = n_settled(things);
    let mut edges = BTreeSet::new();
    for (list, guests) in lists {
        let longest = longest_runs(&guests, &offsets);
        let is_clear = |(offset, n): (&i64, &usize)| {
            (*n >= LEAST_ROWS && *n > n_settled.get(&list).copied().unwrap_or_default()).then_some((*offset, *n))
        };
        let clear: BTreeMap<i64, usize> = longest.iter().filter_map(is_clear).collect();
        for guest in guests {
            let best =
                offsets[&guest].iter().filter_map(|(offset, host)| Some((clear.get(offset)?, -offset.abs(), host)));
            edges.extend(best.max().map(|(_, _, host)| Edge { guest, host: *host }));
        }
    }
    edges.into_iter().collect()
}

/// Rows of each list whose clock is right: they have found the thing that they tell of.
fn n_settled(things: &Things) -> HashMap<u32, usize> {
    let mut n_settled = HashMap::new();
    for node in things.leaders() {
        let thing = &things.all[node];
        if !thing.is_zone_guessed && !thing.exact.is_empty() && !thing.coarse.is_empty() {
            for list in &thing.lists {
                *n_settled.entry(*list).or_default() += 1;
            }
        }
    }
    n_settled
}

fn offsets_of(
    things: &Things,
    times: &[(crate::model::Key, i64, usize)],
    (at_ms, guest, is_minute): (i64, usize, bool),
) -> Offsets {
    let claim = &things.all[guest].claim;
    let first = times.partition_point(|(class, ms, _)| (*class, *ms) < (claim.class, at_ms - FURTHEST_MS));
    let around = times[first..].iter().take(MOST_COMPARED);
    let around = around.take_while(|(class, ms, _)| *class == claim.class && *ms <= at_ms + FURTHEST_MS);
    let mut found: BTreeMap<i64, Option<usize>> = BTreeMap::new();
    for (_, ms, host) in around {
        let shown_ms = if is_minute { ms.div_euclid(60_000) * 60_000 } else { *ms };
        let offset = shown_ms - at_ms;
        let is_alike = || claim.likeness.is_wordy() || things.n_agreeing(guest, *host) > 0;
        if offset != 0 && offset % QUARTER_MS == 0 && things.may_be_one(guest, *host, false) && is_alike() {
            found.entry(offset).and_modify(|one| *one = None).or_insert(Some(*host));
        }
    }
    found.into_iter().filter_map(|(offset, host)| Some((offset, host?))).collect()
}

/// For each difference the most rows in a row that have it.
fn longest_runs(guests: &[usize], offsets: &HashMap<usize, Offsets>) -> BTreeMap<i64, usize> {
    let mut longest: BTreeMap<i64, usize> = BTreeMap::new();
    let mut running: BTreeMap<i64, usize> = BTreeMap::new();
    for guest in guests {
        let next = offsets[guest].keys().map(|offset| (*offset, running.get(offset).copied().unwrap_or_default() + 1));
        running = next.collect();
        for (offset, n) in &running {
            let known = longest.entry(*offset).or_default();
            *known = (*known).max(*n);
        }
    }
    longest
}
