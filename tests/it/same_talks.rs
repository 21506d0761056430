//! Conversations whose ids changed from download to download: which of them are one does not depend on the order, whatever
//! pieces of them stand side by side.

use std::fs;
use std::path::Path;

use crate::small_downloads::{Downloads, profile, talk};
use crate::support::Dice;

const NAMES: [&str; 3] = [
    "instagram-mia.example-2021-05-01-aaaaaaaa",
    "instagram-mia.example-2022-05-01-bbbbbbbb",
    "instagram-mia.example-2023-05-01-cccccccc",
];

/// Twelve messages, no two alike, a minute apart.
fn message(number: usize) -> (i64, &'static str, String) {
    let at_ms = 1_580_000_000_123 + 60_000 * i64::try_from(number).expect("small");
    (at_ms, ["Ann", "Mia Example"][number % 2], format!("words {number} and {}", number * 7 % 5))
}

/// Some of them, in a conversation of that id.
fn piece(folder: &Path, id: &str, numbers: std::ops::Range<usize>) {
    let all: Vec<_> = numbers.map(message).collect();
    let all: Vec<_> = all.iter().map(|(at_ms, who, text)| (*at_ms, *who, text.as_str())).collect();
    talk(folder, id, "Mia Example", "Ann", &all);
}

/// Downloads of one account, each of the pieces of a conversation.
fn downloads(pieces: &[&[(&str, std::ops::Range<usize>)]]) -> Downloads {
    let all = Downloads::new();
    for (name, pieces) in NAMES.iter().zip(pieces) {
        profile(&all.path(name), "mia.example", "Mia Example");
        for (id, numbers) in *pieces {
            piece(&all.path(name), id, numbers.clone());
        }
    }
    all
}

#[test]
fn a_conversation_that_one_download_has_in_two_folders_comes_out_the_same_in_any_order() {
    const WHOLE: &str = "ann_AAAAAAAAAA";
    let [first, rest] = ["ann_17840000000000001", "ann_17840000000000002"];
    let all = downloads(&[&[(WHOLE, 0..12)], &[(first, 0..6), (rest, 6..12)], &[(rest, 0..12)]]);
    all.homes(&NAMES, &|_| {});
    let halves: &[(&str, std::ops::Range<usize>)] = &[(first, 0..6), (rest, 6..12)];
    let all = downloads(&[&[(WHOLE, 0..12)], halves, halves]);
    let home = all.homes(&NAMES, &|_| {});
    // Side by side they are two, and one of them is the whole.
    assert_eq!(home.number("SELECT count(DISTINCT thread_id) FROM messages"), 2);
    let all = downloads(&[&[("ann_BBBBBBBBBB", 0..11), ("ann_CCCCCCCCCC", 8..12)], &[(first, 0..6), (rest, 3..12)]]);
    all.homes(&NAMES[..2], &|_| {});
}

#[test]
fn random_pieces_of_a_conversation_come_out_the_same_in_any_order() {
    for seed in 1..=8 {
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed));
        let all = Downloads::new();
        for (number, name) in NAMES.iter().enumerate() {
            profile(&all.path(name), "mia.example", "Mia Example");
            let mut ends: Vec<usize> = (0..dice.below(3)).map(|_| 1 + dice.below(11)).collect();
            ends.extend([0, 12]);
            ends.sort_unstable();
            ends.dedup();
            for (place, ends) in ends.windows(2).enumerate() {
                let numbers = ends[0].saturating_sub(3 * dice.below(2))..(ends[1] + 3 * dice.below(2)).min(12);
                piece(&all.path(name), &format!("ann_1784000000000{number}{place}"), numbers);
            }
        }
        all.homes(&NAMES, &|_| {});
    }
}

/// A conversation of two as a page: when (as pages tell it), who, what; the newest first.
fn page(folder: &Path, id: &str, friend: &str, messages: &[(&str, &str, &str)]) {
    const BOX: &str = r#"<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder">"#;
    let line = |(at, who, text): &(&str, &str, &str)| {
        format!(
            r#"{BOX}<h2 class="_3-95 _2pim _a6-h _a6-i">{who}</h2><div class="_3-95 _a6-p"><div><div></div><div>{text}</div><div></div><div></div><div></div></div></div><div class="_3-94 _a6-o">{at}</div></div>"#
        )
    };
    let lines: String = messages.iter().map(line).collect();
    let text = format!(
        r#"<html><head><meta charset="utf-8"/><title>{friend}</title></head><body><div class="_a705"><div class="_a70e">{friend}</div><main class="_a706" role="main">{BOX}<h2 class="_3-95 _2pim _a6-h _a6-i">Participants: {friend} and Mia Example</h2></div>{lines}</main></div></body></html>"#
    );
    let path = folder.join(format!("your_instagram_activity/messages/inbox/{id}/message_1.html"));
    fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
    fs::write(path, text).expect("a page");
}

/// Bob, who is Robert later, and Dan said the same word in one minute.
#[test]
fn of_two_conversations_with_a_common_word_the_one_with_more_in_common_goes_first() {
    let (first, word) = ("Jan 1, 2020 1:02 am", "Jan 2, 2020 1:00 am");
    let all = Downloads::new();
    for (name, friend, bob, dan) in [
        (NAMES[0], "Bob", "bob_0000000001", "dan_0000000015"),
        (NAMES[2], "Robert", "robert_17840000000000000", "dan_17840000000000002"),
    ] {
        page(&all.path(name), bob, friend, &[(word, friend, "ok")]);
        page(&all.path(name), dan, "Dan", &[(word, "Dan", "ok"), (first, "Dan", "hi")]);
    }
    let home = all.homes(&[NAMES[0], NAMES[2]], &|_| {});
    assert_eq!(home.number("SELECT count(*) FROM messages"), 3);
    assert_eq!(home.number("SELECT count(*) FROM threads WHERE n_messages = 1 AND title = 'Robert'"), 1);
}
