//! Orders in which archives may come.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::passing::Passing;

/// Up to so many archives come in every order.
const ALL_ORDERS: usize = 4;

/// Of more archives so many random orders are looked at, besides the reversed one.
const RANDOM: usize = 6;

/// What differs from a home that took the archives in their own order when they come in other orders, when some come
/// together before the others, when one comes twice, and when all documents are read again. `empty` is a home without anything. Stops at the first order that
/// differs.
pub fn differences(archives: &[PathBuf], empty: &Passing, sorted: &Passing, seed: u64) -> Option<String> {
    let dump = sorted.dump();
    let again = &archives[usize::try_from(seed).unwrap_or(0) % archives.len()];
    let twice = sorted.grown(std::slice::from_ref(again));
    let reread = || difference(&dump, &sorted.read_again(), "reading all documents again");
    difference(&dump, &twice, &format!("{} again", again.display())).or_else(reread).or_else(|| {
        // Some of them, then the rest: those that a throw of the seed says, named together.
        let is_some = |number: &usize| (seed >> number) & 1 == 1;
        let (some, rest): (Vec<usize>, Vec<usize>) = (0..archives.len()).partition(is_some);
        let named = |numbers: &[usize]| numbers.iter().map(|number| archives[*number].clone()).collect::<Vec<_>>();
        let calls = [named(&some), named(&rest)];
        let calls: Vec<&[PathBuf]> = calls.iter().filter(|call| !call.is_empty()).map(Vec::as_slice).collect();
        difference(&dump, &empty.grown_by(&calls), &format!("{some:?} together, then {rest:?}"))
            .or_else(|| follow(archives, &dump, empty, &orders(archives.len(), seed), &mut Vec::new()))
    })
}

/// Goes along all orders that begin in one way, so that each beginning is ingested once.
fn follow(
    archives: &[PathBuf],
    dump: &[String],
    home: &Passing,
    orders: &[Vec<usize>],
    begun: &mut Vec<usize>,
) -> Option<String> {
    if begun.len() == archives.len() {
        return difference(dump, home, &format!("the order {begun:?}"));
    }
    for next in orders.iter().map(|order| order[begun.len()]).collect::<BTreeSet<_>>() {
        let on = orders.iter().filter(|order| order[begun.len()] == next).cloned().collect::<Vec<_>>();
        let grown = home.grown(std::slice::from_ref(&archives[next]));
        begun.push(next);
        let found = lost_ids(home, &grown, begun).or_else(|| follow(archives, dump, &grown, &on, begun));
        begun.pop();
        if found.is_some() {
            return found;
        }
    }
    None
}

/// Ids that a home told and does not know any more when an archive came. Of several records of one key some may turn out to be
/// one, when their conversations do, and then the number among equals that the id of the other was made of is nobody's.
fn lost_ids(before: &Passing, after: &Passing, begun: &[usize]) -> Option<String> {
    let ids = |home: &Passing, sql: &str| -> BTreeSet<String> {
        home.rows(sql).iter().map(|row| row.text("id").expect("an id").to_owned()).collect()
    };
    let known = ids(after, "SELECT public_id AS id FROM record UNION SELECT public_id FROM alias");
    let told = ids(before, "SELECT public_id AS id FROM record GROUP BY key HAVING count(*) = 1");
    let lost: Vec<&String> = told.difference(&known).collect();
    let one = lost.first()?;
    let row = before.rows(&format!("SELECT * FROM records WHERE id = '{one}'"));
    Some(format!("{} ids of {} are lost in the order {begun:?}, the first of {row:?}", lost.len(), told.len()))
}

fn difference(dump: &[String], home: &Passing, what: &str) -> Option<String> {
    let other = home.dump();
    let only = |some: &[String], others: &[String]| -> String {
        let others: BTreeSet<&String> = others.iter().collect();
        let lines = some.iter().filter(|line| !others.contains(line)).take(4).map(|line| format!("    {line}"));
        lines.collect::<Vec<_>>().join("\n")
    };
    (other != dump).then(|| {
        format!("{what} gives something else\n  sorted:\n{}\n  so:\n{}", only(dump, &other), only(&other, dump))
    })
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
