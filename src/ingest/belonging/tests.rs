//! Accounts of invented snapshots, in every order.

use std::collections::BTreeMap;
use std::convert::Infallible;

use super::{Bond, Decided, Facts, NameChange, accounts};

/// Days are small numbers here.
const DAY: i64 = 1_000;

/// A snapshot: its id tells its day.
fn told(id: i64, day: i64, handle: &str) -> Facts {
    let public_id = format!("{day:04}-{id}");
    Facts { id, public_id, service: 1, day_end_ms: day * DAY + DAY - 1, handle: handle.into(), ..Facts::default() }
}

fn silent(id: i64, day: i64) -> Facts {
    Facts { is_unknown: true, ..told(id, day, &format!("unknown-{id}")) }
}

fn renamed(snapshot: Facts, day: i64, from: &str, to: &str) -> Facts {
    let change = NameChange { at_ms: day * DAY, from: Some(from.into()), to: Some(to.into()) };
    Facts { changes: [snapshot.changes.clone(), vec![change]].concat(), ..snapshot }
}

/// Says how the accounts come out, `name: ids` each, and demands the same of every order.
fn check(snapshots: &[Facts], bonds: &[(i64, i64, Bond)], decided: &Decided, expected: &[&str]) {
    let bonds: BTreeMap<(i64, i64), Bond> =
        bonds.iter().map(|(one, other, bond)| ((*one.min(other), *one.max(other)), *bond)).collect();
    for order in orders(snapshots.len()) {
        let facts: Vec<Facts> = order.iter().map(|index| snapshots[*index].clone()).collect();
        let found = accounts::<Infallible>(&facts, decided, &mut |one, other| {
            Ok(bonds.get(&(one.min(other), one.max(other))).copied().unwrap_or_default())
        });
        let Ok(found) = found;
        let shown: Vec<String> = found
            .iter()
            .map(|account| {
                let ids: Vec<String> = account.members.iter().map(|index| facts[*index].id.to_string()).collect();
                let again = if account.again.is_some() { " again" } else { "" };
                format!("{}{again}: {}", account.first_handle, ids.join(" "))
            })
            .collect();
        assert_eq!(shown, expected, "{order:?}");
    }
}

fn orders(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for shorter in orders(n - 1) {
        for at in 0..n {
            let mut order = shorter.clone();
            order.insert(at, n - 1);
            all.push(order);
        }
    }
    all
}

const MEDIA: Bond = Bond { n_documents: 0, n_media: 3, n_same_side: 0, n_other_side: 0, n_no_side: 0 };
const MESSAGES: Bond = Bond { n_media: 0, n_same_side: 3, ..MEDIA };
const FRIENDS: Bond = Bond { n_media: 0, n_other_side: 900, n_same_side: 2, ..MEDIA };
const UNCLEAR: Bond = Bond { n_media: 0, n_no_side: 3, ..MEDIA };
const DOCUMENT: Bond = Bond { n_media: 0, n_documents: 1, ..MEDIA };

#[test]
fn a_change_of_names_joins_before_and_after() {
    let none = Decided::default();
    let (a, c, e) =
        (told(1, 10, "alice"), renamed(told(2, 30, "alicia"), 20, "alice", "alicia"), told(3, 40, "alicia"));
    check(&[a.clone(), e.clone()], &[], &none, &["alice: 1", "alicia: 3"]);
    check(&[a.clone(), c.clone(), e.clone()], &[], &none, &["alice: 1 2 3"]);
    check(&[c.clone(), e], &[], &none, &["alice: 2 3"]);
    // Somebody else took the name.
    check(&[a.clone(), told(4, 25, "alice")], &[], &none, &["alice: 1 4"]);
    check(&[a, c, told(4, 25, "alice")], &[], &none, &["alice: 1 2", "alice again: 4"]);
}

#[test]
fn a_name_that_is_taken_back_is_its_own_again() {
    let there = renamed(told(1, 25, "alicia"), 20, "alice", "alicia");
    let back = renamed(renamed(told(2, 40, "alice"), 20, "alice", "alicia"), 30, "alicia", "alice");
    check(&[told(3, 10, "alice"), there, back, told(4, 50, "alice")], &[], &Decided::default(), &["alice: 3 1 2 4"]);
}

#[test]
fn what_is_shared_shows_an_account() {
    let none = Decided::default();
    let (a, e) = (told(1, 10, "alice"), told(2, 40, "alicia"));
    let pair = [a.clone(), e.clone()];
    check(&pair, &[(1, 2, MEDIA)], &none, &["alice: 1 2"]);
    check(&pair, &[(1, 2, MESSAGES)], &none, &["alice: 1 2"]);
    for bond in [FRIENDS, UNCLEAR, DOCUMENT, Bond { n_media: 2, ..MEDIA }, Bond { n_media: 3, ..FRIENDS }] {
        check(&pair, &[(1, 2, bond)], &none, &["alice: 1", "alicia: 2"]);
    }
}

#[test]
fn a_snapshot_that_says_nothing_goes_where_it_is_drawn_to() {
    let none = Decided::default();
    let all = [told(1, 10, "alice"), told(2, 20, "bob"), silent(3, 30)];
    check(&all, &[], &none, &["alice: 1", "bob: 2", "unknown-3: 3"]);
    for bond in [MEDIA, MESSAGES, UNCLEAR, DOCUMENT] {
        check(&all, &[(3, 1, bond)], &none, &["alice: 1 3", "bob: 2"]);
        check(&all, &[(3, 1, bond), (3, 2, bond)], &none, &["alice: 1", "bob: 2", "unknown-3: 3"]);
        check(&all, &[(3, 1, bond), (3, 2, FRIENDS)], &none, &["alice: 1 3", "bob: 2"]);
    }
    // Two that say nothing, of which only one shares something with an account.
    let two = [told(1, 10, "alice"), silent(3, 30), silent(4, 40)];
    check(&two, &[(3, 4, DOCUMENT)], &none, &["alice: 1", "unknown-3: 3 4"]);
    check(&two, &[(3, 4, DOCUMENT), (4, 1, MEDIA)], &none, &["alice: 1 3 4"]);
}

#[test]
fn chats_go_with_the_only_account_whose_owner_is_everywhere() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let owner = |id: i64, handle: &str, name: &str| Facts { owner_names: names(&[name]), ..told(id, 10 + id, handle) };
    let chats = Facts { everywhere: names(&["Ann", "Ben"]), ..silent(9, 30) };
    let none = Decided::default();
    let (ann, ben, cleo) = (owner(1, "ann", "Ann"), owner(2, "ben", "Ben"), owner(3, "cleo", "Cleo"));
    check(&[ann.clone(), cleo, chats.clone()], &[], &none, &["ann: 1 9", "cleo: 3"]);
    check(&[ann, ben, chats], &[], &none, &["ann: 1", "ben: 2", "unknown-9: 9"]);
}

#[test]
fn decisions_are_above_all_evidence() {
    let all = [told(1, 10, "alice"), told(2, 20, "alice"), told(3, 30, "bob")];
    let decided = |apart: &[&str], together: &[(&str, &str)]| Decided {
        apart: apart.iter().map(|id| (*id).to_owned()).collect(),
        together: together.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect(),
    };
    check(&all, &[], &decided(&[], &[("alice", "bob")]), &["alice: 1 2 3"]);
    check(&all, &[], &decided(&[], &[("alice", "nobody")]), &["alice: 1 2", "bob: 3"]);
    check(&all, &[], &decided(&["0020-2"], &[]), &["alice: 1", "alice again: 2", "bob: 3"]);
    check(&all, &[], &decided(&["0010-1"], &[]), &["alice: 2", "alice again: 1", "bob: 3"]);
    check(&all, &[], &decided(&["0010-1"], &[("0010-1", "bob")]), &["alice: 1 3", "alice again: 2"]);
}
