//! Orders in which archives may come.

use std::path::PathBuf;

use tempfile::TempDir;

use super::passing::Passing;

/// Up to so many archives come in every order.
const ALL_ORDERS: usize = 4;

/// Of more archives so many random orders are looked at, besides the reversed one.
const RANDOM: usize = 6;

/// What differs from the dump of the archives in their own order when they come in other orders, when some come together
/// before the others, and when one comes twice. Stops at the first order that differs.
pub fn differences(archives: &[PathBuf], dump: &[String], folder: &TempDir, seed: u64) -> Vec<String> {
    let mut calls: Vec<Vec<Vec<usize>>> = Vec::new();
    let orders = orders(archives.len(), seed);
    calls.extend(orders.iter().map(|order| order.iter().map(|number| vec![*number]).collect()));
    // Some of them, then the rest: those that a throw of the seed says, named together.
    let (some, rest) = (0..archives.len()).partition::<Vec<usize>, _>(|number| (seed >> number) & 1 == 1);
    calls.push([some, rest].into_iter().filter(|call| !call.is_empty()).collect());
    // One comes again.
    let again = vec![usize::try_from(seed).unwrap_or(0) % archives.len()];
    calls.push((0..archives.len()).map(|number| vec![number]).chain([again]).collect());
    for calls in calls {
        let mut home = Passing::new(folder);
        for call in &calls {
            home.ingest(&call.iter().map(|number| archives[*number].clone()).collect::<Vec<_>>());
        }
        let other = home.dump();
        if other != dump {
            let only = |some: &[String], others: &[String]| -> Vec<String> {
                let others: std::collections::BTreeSet<&String> = others.iter().collect();
                some.iter().filter(|line| !others.contains(line)).take(4).map(|line| format!("    {line}")).collect()
            };
            let (left, right) = (only(dump, &other), only(&other, dump));
            let (left, right) = (left.join("\n"), right.join("\n"));
            return vec![format!("the order {calls:?} gives something else\n  sorted:\n{left}\n  so:\n{right}")];
        }
    }
    Vec::new()
}

/// Every order but the sorted one; of many archives the reversed one and random ones.
fn orders(n: usize, seed: u64) -> Vec<Vec<usize>> {
    if n <= ALL_ORDERS {
        let mut orders = vec![Vec::new()];
        for number in 0..n {
            let longer = |order: &Vec<usize>| -> Vec<Vec<usize>> {
                let at = |place: usize| {
                    let mut longer = order.clone();
                    longer.insert(place, number);
                    longer
                };
                (0..=order.len()).map(at).collect()
            };
            orders = orders.iter().flat_map(longer).collect();
        }
        orders.retain(|order| !order.is_sorted());
        return orders;
    }
    let shuffled = |throw: usize| {
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by_key(|number| blake3::hash(format!("{seed} {throw} {number}").as_bytes()).to_hex().to_string());
        order
    };
    let mut orders: Vec<Vec<usize>> = vec![(0..n).rev().collect()];
    orders.extend((0..RANDOM).map(shuffled));
    orders
}

#[test]
fn orders_are_all_or_enough() {
    assert_eq!(orders(2, 1), [[1, 0]]);
    assert_eq!(orders(4, 1).len(), 23);
    let many = orders(6, 1);
    assert_eq!(many.len(), 1 + RANDOM);
    let sorted = |order: &Vec<usize>| {
        let mut order = order.clone();
        order.sort_unstable();
        order
    };
    assert!(many.iter().all(|order| sorted(order) == [0, 1, 2, 3, 4, 5]), "{many:?}");
    assert_ne!(many[1], many[2]);
}
