//! People of invented names and ties.

use std::rc::Rc;

use super::reactions::{InDoubt, Told};
use super::*;
use crate::model::{KeyBuilder, Moment, Reaction, ThreadHead, ThreadKind};
use crate::store::{SnapshotRef, ThreadSightingRow};

const ANN: i64 = 1;
const ANN_LATER: i64 = 2;
const ANN_HANDLE: i64 = 3;
const MIA: i64 = 4;
const MIA_HANDLE: i64 = 5;
const NOBODY: i64 = 6;
const BEA: i64 = 7;

fn known() -> Known {
    let row = |id, kind, handle: &str| HandleRow {
        id,
        kind,
        handle: handle.into(),
        since: String::new(),
        evidence: String::new(),
    };
    Known::of(vec![
        row(ANN, 2, "Ann"),
        row(ANN_LATER, 2, "Ann Later"),
        row(ANN_HANDLE, 1, "ann_x.y"),
        row(MIA, 2, "Mia"),
        row(MIA_HANDLE, 1, "mia"),
        row(NOBODY, 2, "Instagram User"),
        row(BEA, 2, "Bea"),
    ])
}

fn mia() -> Vec<OwnerNames> {
    vec![OwnerNames { account_id: 7, own: MIA_HANDLE, names: vec![MIA] }]
}

fn head(thread_id: i64, other: &str, date: &str, snapshot: i64, folder: Option<&str>) -> DirectHead {
    let head = crate::model::ThreadHead {
        external_id: None,
        folder: folder.map(str::to_owned),
        title: None,
        kind: crate::model::ThreadKind::Direct,
        section: crate::model::Section::Inbox,
        participants: vec![Who::Name(other.into()), Who::Name("Mia".into())],
        is_still_participant: None,
        image: None,
        details: crate::model::Details::default(),
    };
    DirectHead { thread_id, account_id: 7, head, snapshots: vec![(snapshot, date.to_owned())] }
}

fn shown(known: &Known, apart: &[i64], by_hand: &[Tie], owners: &[OwnerNames]) -> Vec<String> {
    let apart = apart.iter().copied().collect();
    let mut people: Vec<String> = known
        .people(&apart, by_hand, owners)
        .iter()
        .map(|person| {
            let names: Vec<&str> =
                person.names.iter().map(|name| known.handles[&name.handle_id].handle.as_str()).collect();
            format!("{}: {}{}", person.name, names.join(", "), if person.accounts.is_empty() { "" } else { " (me)" })
        })
        .collect();
    people.sort();
    people
}

const ALL_APART: [&str; 6] = [
    "Ann Later: Ann Later",
    "Ann: Ann",
    "Bea: Bea",
    "Instagram User: Instagram User",
    "Mia: Mia, mia (me)",
    "ann_x.y: ann_x.y",
];

#[test]
fn the_other_ones_of_a_conversation_of_two_are_one_person() {
    let mut known = known();
    known.tie_owners(&mia());
    known.tie_conversations(
        &[head(1, "Ann", "2020-01-01", 1, None), head(1, "Ann Later", "2021-01-01", 2, None)],
        &mia(),
    );
    assert_eq!(shown(&known, &[], &[], &mia())[0], "Ann Later: Ann, Ann Later");
    assert_eq!(known.spans[&ANN].1, "2020-01-01");
    let split = shown(&known, &[ANN], &[], &mia());
    assert_eq!(split, ALL_APART);
    let by_hand = [Tie { one: ANN, other: ANN_LATER, ground: Ground::ByHand }];
    assert_eq!(shown(&known, &[ANN], &by_hand, &mia())[0], "Ann Later: Ann, Ann Later");
}

#[test]
fn a_name_that_two_people_bear_ties_nothing() {
    let mut known = known();
    known.tie_owners(&mia());
    let heads = [
        head(1, "Ann", "2020-01-01", 1, None),
        head(2, "Ann", "2020-01-01", 1, None),
        head(1, "Ann Later", "2021-01-01", 2, None),
    ];
    known.tie_conversations(&heads, &mia());
    assert_eq!(shown(&known, &[], &[], &mia()), ALL_APART);
}

#[test]
fn a_name_at_things_of_two_who_are_called_otherwise_at_one_time_is_borne_by_both() {
    let seen = |handle_id, date: &str| RecordNameRow { handle_id, first_date: date.into(), last_date: date.into() };
    let of = |pairs: &[(RecordNameRow, RecordNameRow)]| {
        let mut known = known();
        known.tie_owners(&mia());
        for (one, other) in pairs {
            known.tie_at_one_thing(one, other);
        }
        known.part_at_one_time(pairs, &mia());
        shown(&known, &[], &[], &mia())
    };
    // "Ann" wrote one message, and "Ann" wrote another; today they are Ann Later and Bea.
    let later = (seen(ANN, "2020-01-01"), seen(ANN_LATER, "2024-01-01"));
    let two = of(&[later.clone(), (seen(ANN, "2020-01-01"), seen(BEA, "2024-01-01"))]);
    assert_eq!(two, ALL_APART);
    // Renamed twice is one person, and a user name beside a display name is nobody else.
    let twice = of(&[later.clone(), (seen(ANN, "2020-01-01"), seen(BEA, "2025-01-01"))]);
    assert_eq!(twice[0], "Bea: Ann, Ann Later, Bea");
    // Ann, Ann Later, Bea, and Ann Later again.
    let till =
        |handle_id, from: &str, to: &str| RecordNameRow { handle_id, first_date: from.into(), last_date: to.into() };
    let back = of(&[
        (seen(ANN, "2020-01-01"), till(ANN_LATER, "2021-01-01", "2023-01-01")),
        (seen(ANN, "2020-01-01"), seen(BEA, "2022-01-01")),
        (till(ANN_LATER, "2021-01-01", "2023-01-01"), seen(BEA, "2022-01-01")),
    ]);
    assert_eq!(back[0], "Ann Later: Ann, Ann Later, Bea");
    let both = of(&[later, (seen(ANN, "2020-01-01"), seen(ANN_HANDLE, "2024-01-01"))]);
    assert_eq!(both[0], "Ann Later: Ann, Ann Later, ann_x.y");
}

/// Heads of a group, each with the number of a download.
fn group_heads(of: &[(i64, &[&str])]) -> Rc<[ThreadSightingRow]> {
    let head = |(number, names): &(i64, &[&str])| {
        let date = format!("202{number}-01-01");
        let one = head(1, "Ann", &date, *number, None);
        let participants = names.iter().map(|name| Who::Name((*name).to_owned())).collect();
        ThreadSightingRow {
            key: KeyBuilder::new("group").key(),
            head: ThreadHead { kind: ThreadKind::Group, participants, ..one.head },
            path: String::new(),
            snapshots: vec![SnapshotRef { date: date.clone(), public_id: date, id: *number }],
        }
    };
    of.iter().map(head).collect()
}

/// Who is who when hearts of Ann and of Ann Later stand at a message of the group, as documents tell them: name, minute.
fn after_hearts(heads: &[(i64, &[&str])], told: &[&[(&str, Option<i64>)]]) -> Vec<String> {
    let heart = |(name, minute): &(&str, Option<i64>)| Reaction {
        actor: Who::Name((*name).to_owned()),
        reaction: "❤".to_owned(),
        at: minute.and_then(|minute| Moment::from_unix(1_600_000_000 + minute * 60)),
    };
    let told = told.iter().map(|hearts| Told { record_id: 1, reactions: hearts.iter().map(heart).collect() });
    let doubt = InDoubt { one: ANN, other: ANN_LATER, heads: group_heads(heads), told: told.collect() };
    let mut known = known();
    known.tie_owners(&mia());
    let (person_of, _) = known.sets(&BTreeSet::new(), &[], &mia());
    known.tie_at_one_reaction(&[doubt], person_of);
    shown(&known, &[], &[], &mia())
}

#[test]
fn a_name_of_a_conversation_of_two_and_of_a_thing_of_somebody_else_is_borne_by_both() {
    let seen = |handle_id, date: &str| RecordNameRow { handle_id, first_date: date.into(), last_date: date.into() };
    let of = |thing: (RecordNameRow, RecordNameRow)| {
        let mut known = known();
        known.tie_owners(&mia());
        let heads = [head(1, "Ann", "2020-01-01", 1, None), head(1, "Ann Later", "2024-01-01", 2, None)];
        let of_two = known.tie_conversations(&heads, &mia());
        known.tie_at_one_thing(&thing.0, &thing.1);
        known.part_at_one_time(&[vec![thing], of_two].concat(), &mia());
        shown(&known, &[], &[], &mia())
    };
    // Who wrote as Ann in a group is called Bea, while the Ann of the conversation is called Ann Later.
    assert_eq!(of((seen(ANN, "2020-01-01"), seen(BEA, "2024-01-01"))), ALL_APART);
    assert_eq!(of((seen(ANN, "2020-01-01"), seen(BEA, "2025-01-01")))[0], "Bea: Ann, Ann Later, Bea");
    assert_eq!(of((seen(ANN, "2020-01-01"), seen(ANN_LATER, "2024-01-01")))[0], "Ann Later: Ann, Ann Later");
}

#[test]
fn a_reaction_under_two_names_is_one_persons_who_takes_the_others_place_in_the_group() {
    let before: (i64, &[&str]) = (2, &["Ann", "Bea", "Mia"]);
    assert_eq!(after_hearts(&[before, (1, &["Ann Later", "Bea", "Mia"])], &[])[0], "Ann: Ann, Ann Later");
    // Somebody else came or went as well, or both are there: two people gave the same emoji.
    assert_eq!(after_hearts(&[before, (1, &["Ann Later", "Mia"])], &[]), ALL_APART);
    let both: (i64, &[&str]) = (1, &["Ann", "Ann Later", "Bea", "Mia"]);
    assert_eq!(after_hearts(&[before, (1, &["Ann Later", "Bea", "Mia"]), both], &[]), ALL_APART);
    assert_eq!(after_hearts(&[before], &[]), ALL_APART);
    let beside: &[(&str, Option<i64>)] = &[("Ann", None), ("Ann Later", None)];
    assert_eq!(after_hearts(&[before, (1, &["Ann Later", "Bea", "Mia"])], &[beside]), ALL_APART);
}

#[test]
fn a_reaction_under_two_names_is_one_persons_who_takes_the_others_place_among_all_who_gave_it() {
    // Two were renamed, so the heads do not tell who is who.
    let heads: [(i64, &[&str]); 2] = [(1, &["Ann", "Bea", "Mia"]), (2, &["Ann Later", "Bea Later", "Mia"])];
    let check = |heads: &[(i64, &[&str])], told: &[&[(&str, Option<i64>)]], is_one: bool| {
        let people = after_hearts(heads, told);
        assert_eq!(people[0] == "Ann Later: Ann, Ann Later", is_one, "{told:?}: {people:?}");
    };
    check(&heads, &[&[("Ann", None)], &[("Ann Later", None)]], true);
    check(&heads, &[&[("Ann", None), ("Mia", None)], &[("Mia", None), ("Ann Later", Some(7))]], true);
    check(&heads, &[&[("Ann", Some(7))], &[("Ann Later", Some(7))]], true);
    // Given at another time, beside somebody else, side by side, or in a group that is smaller now.
    check(&heads, &[&[("Ann", Some(7))], &[("Ann Later", Some(9))]], false);
    check(&heads, &[&[("Ann", None)], &[("Mia", None), ("Ann Later", None)]], false);
    check(&heads, &[&[("Ann", None)], &[("Ann Later", None)], &[("Ann", None), ("Ann Later", None)]], false);
    check(&[heads[0], (2, &["Ann Later", "Mia"])], &[&[("Ann", None)], &[("Ann Later", None)]], false);
}

#[test]
fn nobody_is_tied_to_those_who_are_gone() {
    let mut known = known();
    known.tie_owners(&mia());
    let heads = [head(1, "Ann", "2020-01-01", 1, None), head(1, "Instagram User", "2021-01-01", 2, None)];
    known.tie_conversations(&heads, &mia());
    known.ties.push(Tie { one: ANN, other: NOBODY, ground: Ground::SameThing });
    assert_eq!(shown(&known, &[], &[], &mia()), ALL_APART);
}

#[test]
fn a_folder_that_is_called_by_a_user_name_ties_it() {
    let mut known = known();
    known.tie_owners(&mia());
    known.tie_conversations(&[head(1, "Ann", "2020-01-01", 1, Some("ann_xy_17840000000000001"))], &mia());
    assert_eq!(shown(&known, &[], &[], &mia())[1], "Ann: Ann, ann_x.y");
    let check = |folder: &str, expected: Option<&str>| assert_eq!(slug_of(folder), expected, "{folder}");
    check("ann_xy_17840000000000001", Some("ann_xy"));
    check("ann_xy_abcdefghij", Some("ann_xy"));
    check("annxy_abcde_ghij", None);
    check("_abcdefghij", None);
    check("x", None);
}

#[test]
fn owners_of_one_display_name_are_two_people() {
    let mut known = known();
    let owners = [mia()[0].clone(), OwnerNames { account_id: 8, own: ANN_HANDLE, names: vec![MIA] }];
    known.tie_owners(&owners);
    let people = shown(&known, &[], &[], &owners);
    let mine: Vec<&String> = people.iter().filter(|person| person.ends_with("(me)")).collect();
    assert_eq!(mine, ["Mia: Mia (me)", "ann_x.y: ann_x.y (me)", "mia: mia (me)"]);
}
