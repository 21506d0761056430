use super::*;
use crate::model::{Basis, Moment, Share};

fn key() -> Key {
    KeyBuilder::new("a key").key()
}

fn message(text: &str, author: &str) -> Item {
    Item {
        at: Some(Moment { ms: 1_650_000_000_123, precision: Precision::Millisecond, basis: Basis::Utc }),
        author: Some(Who::Name(author.into())),
        text: Some(text.into()),
        ..Item::new(Kind::Message)
    }
}

fn seen(item: Item, snapshots: &[&str], place: &str) -> SightingRow {
    SightingRow {
        id: 0,
        reading_id: 0,
        reader: "messages".into(),
        path: "a.json".into(),
        place: place.into(),
        thread_id: Some(1),
        thread_key: Some(key()),
        record_id: None,
        twin: 0,
        held_as: None,
        item,
        snapshots: snapshots
            .iter()
            .map(|date| SnapshotRef { date: (*date).into(), public_id: (*date).into(), id: 0 })
            .collect(),
    }
}

fn records(sightings: Vec<SightingRow>) -> Vec<usize> {
    split(key(), Counting::Each, sightings, &mut Numbers::default())
        .into_iter()
        .map(|record| record.sightings.len())
        .collect()
}

#[test]
fn the_same_message_in_two_snapshots_is_one() {
    assert_eq!(
        records(vec![
            seen(message("hi", "Max"), &["2022"], "messages/3"),
            seen(message("hi", "Max"), &["2024"], "messages/17"),
        ]),
        [2]
    );
}

#[test]
fn equal_messages_sent_twice_stay_two() {
    assert_eq!(
        records(vec![
            seen(message("hi", "Max"), &["2022"], "messages/3"),
            seen(message("hi", "Max"), &["2022", "2023"], "messages/4"),
            seen(message("hi", "Max"), &["2024"], "messages/17"),
        ]),
        [2, 1]
    );
}

#[test]
fn an_edited_text_and_a_renamed_sender_stay_one() {
    assert_eq!(
        records(vec![
            seen(message("hi", "Max"), &["2022"], "messages/3"),
            seen(message("hi there", "Max"), &["2024"], "messages/3"),
            seen(message("hi there", "Maximilian"), &["2025"], "messages/3"),
        ]),
        [3]
    );
}

#[test]
fn an_edited_text_of_a_renamed_sender_is_one_only_at_an_equal_millisecond() {
    let check = |precision: Precision, expected: &[usize]| {
        let at = Some(Moment { ms: 1_650_000_000_000, precision, basis: Basis::Utc });
        let rows = [("hi", "Max", "2022"), ("hi there", "Maximilian", "2024")];
        let rows = rows.map(|(text, author, date)| seen(Item { at, ..message(text, author) }, &[date], "messages/3"));
        assert_eq!(records(rows.to_vec()), expected, "{precision:?}");
    };
    check(Precision::Millisecond, &[2]);
    check(Precision::Second, &[1, 1]);
    check(Precision::Minute, &[1, 1]);
}

#[test]
fn what_is_left_over_goes_to_what_is_most_alike() {
    let share = |text: &str, author: &str| Item {
        subkind: Some("share".into()),
        share: Some(Share { url: Some("https://www.instagram.com/p/Cxyz/".into()), ..Share::default() }),
        ..message(text, author)
    };
    let text = |text: &str, author: &str| Item { subkind: Some("text".into()), ..message(text, author) };
    let check = |newer: Item, expected: &str| {
        let rows = vec![
            seen(share("", "Max"), &["2022"], "messages/3"),
            seen(text("look", "Max"), &["2022"], "messages/4"),
            seen(newer, &["2024"], "messages/3"),
        ];
        let split = split(key(), Counting::Each, rows, &mut Numbers::default());
        let pair = split.iter().find(|record| record.sightings.len() == 2).expect("a pair");
        assert_eq!(pair.sightings[0].item.subkind.as_deref(), Some(expected));
    };
    check(text("look at this", "Max"), "text");
    check(text("look at this", "Maximilian"), "text");
    check(share("look at this", "Max"), "share");
    check(share("look at this", "Maximilian"), "share");
}

#[test]
fn two_messages_of_one_millisecond_stay_two_in_any_order() {
    let rows = vec![
        seen(message("look", "Max"), &["2022"], "messages/3"),
        seen(message("at this", "Max"), &["2022"], "messages/4"),
        seen(message("at this", "Max"), &["2024"], "messages/1"),
        seen(message("look", "Max"), &["2024"], "messages/2"),
    ];
    let ids = |rows: Vec<SightingRow>| -> Vec<PublicId> {
        let mut ids: Vec<_> =
            split(key(), Counting::Each, rows, &mut Numbers::default()).into_iter().map(|record| record.id).collect();
        ids.sort();
        ids
    };
    let reversed: Vec<_> = rows.iter().rev().cloned().collect();
    assert_eq!(ids(rows.clone()).len(), 2);
    assert_eq!(ids(rows), ids(reversed));
}

#[test]
fn equal_rows_go_by_their_order_in_the_list() {
    use crate::model::Reaction;
    let liked = |is_liked: bool| {
        let heart = Reaction { actor: Who::Name("Mia".into()), reaction: "❤".into(), at: None };
        Item { reactions: is_liked.then_some(heart).into_iter().collect(), ..message("hi", "Max") }
    };
    let rows = vec![
        seen(liked(true), &["2022"], "messages/3"),
        seen(liked(false), &["2022"], "messages/4"),
        seen(liked(true), &["2024"], "messages/9"),
        seen(liked(false), &["2024"], "messages/10"),
    ];
    for record in split(key(), Counting::Each, rows, &mut Numbers::default()) {
        let n_liked = record.sightings.iter().filter(|one| !one.item.reactions.is_empty()).count();
        assert!([0, 2].contains(&n_liked), "{record:?}");
    }
}

#[test]
fn parts_of_a_delivery_repeat_rows() {
    let row = |reading_id: i64, path: &str, place: &str| SightingRow {
        reading_id,
        path: path.into(),
        ..seen(message("hi", "Max"), &["2019"], place)
    };
    // Twice in the one part, once in the other: two. A page is no part.
    let parts = vec![
        row(1, "messages.json", "0/conversation/3"),
        row(1, "messages.json", "0/conversation/4"),
        row(2, "messages.json", "0/conversation/9"),
    ];
    assert_eq!(records(parts), [2, 1]);
    assert_eq!(records(vec![row(1, "message_1.json", "messages/3"), row(2, "message_2.json", "messages/9")]), [1, 1]);
}

#[test]
fn two_lists_of_one_snapshot_tell_the_same_thing() {
    let mut other = seen(message("hi", "Max"), &["2022"], "messages/3");
    other.reader = "reported".into();
    assert_eq!(records(vec![seen(message("hi", "Max"), &["2022"], "messages/3"), other]), [2]);
}
