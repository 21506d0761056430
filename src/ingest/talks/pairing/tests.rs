use std::collections::BTreeSet;

use super::*;
use crate::model::KeyBuilder;

const BEGIN: i64 = 1_650_000_000_000;

/// Who says what in which minute and second.
type Said<'a> = (i64, i64, &'a str, &'a str);

struct Download<'a> {
    grain: Grain,
    said: &'a [Said<'a>],
}

fn fine<'a>(said: &'a [Said<'a>]) -> Download<'a> {
    Download { grain: Grain::Millisecond, said }
}

fn page<'a>(said: &'a [Said<'a>]) -> Download<'a> {
    Download { grain: Grain::Minute, said }
}

/// Downloads, the oldest first, the owner's names, and whether two speak: which row each of the last is held as, by its
/// number among all.
fn held(downloads: &[Download<'_>], me: &[&str], are_two: bool) -> Vec<Option<usize>> {
    let snapshots: Vec<[SnapshotRef; 1]> = (0..10)
        .map(|number| {
            let date = format!("202{number}");
            [SnapshotRef { date: date.clone(), public_id: date, id: number }]
        })
        .collect();
    let all: Vec<(usize, Grain, Said<'_>)> = (0..)
        .zip(downloads)
        .flat_map(|(number, download)| download.said.iter().map(move |said| (number, download.grain, *said)))
        .collect();
    let who = |(_, _, said): &(usize, Grain, Said<'_>)| match said.2.strip_prefix('@') {
        Some(handle) => Who::Handle(handle.to_owned()),
        None => Who::Name(said.2.to_owned()),
    };
    let who: Vec<Who> = all.iter().map(who).collect();
    let row = |place: usize| {
        let (download, grain, said) = all[place];
        let at_ms = (BEGIN + said.0 * 60_000 + said.1 * 1_000).div_euclid(grain.ms()) * grain.ms();
        Row {
            grain,
            at_ms,
            is_exact: false,
            other_ms: None,
            own: KeyBuilder::new("own").number(at_ms).key(),
            // What is in brackets has no words, and a name only if there is a number in it.
            signature: KeyBuilder::new("words")
                .part(if said.3.starts_with('[') && !said.3.contains(char::is_numeric) { "" } else { said.3 })
                .key(),
            sort: sort_of(said.3),
            text: if said.3.starts_with('[') { "" } else { said.3 },
            carries: None,
            who: Some(&who[place]),
            document: i64::try_from(download).expect("small"),
            path: "message_1",
            from_newest: (1, -i64::try_from(place).expect("small")),
            snapshots: &snapshots[download],
        }
    };
    let rows: Vec<Row<'_>> = (0..all.len()).map(row).collect();
    let me: BTreeSet<String> = me.iter().map(|name| (*name).to_owned()).collect();
    let titles = ["家族"].into();
    let voices = Voices { me: &me, are_two, present: &[], titles: &titles };
    let held = pair(&rows, &voices);
    let reversed: Vec<Row<'_>> = rows.iter().rev().cloned().collect();
    let mut backward = pair(&reversed, &voices);
    backward.reverse();
    assert_eq!(backward, held, "in any order");
    let last = all.len() - downloads.last().map_or(0, |download| download.said.len());
    let number_of = |(key, held): (Key, HeldAs)| {
        rows.iter().position(|row| row.own == key && row.signature == held.signature).expect("a row")
    };
    held[last..].iter().map(|held| held.map(number_of)).collect()
}

fn sort_of(text: &str) -> Sort {
    match text {
        "Liked a message" => Sort::ReactionNotice,
        text if text.ends_with(" group.") || text.ends_with("나갔습니다.") => Sort::System,
        text if text.starts_with("[photo") => Sort::Media,
        text if text.starts_with("[post") => Sort::Share,
        _ => Sort::Words,
    }
}

/// Which of the fine rows each of the coarse ones is.
fn found(said: &[Said<'_>], coarse: &[Said<'_>]) -> Vec<Option<usize>> {
    held(&[fine(said), page(coarse)], &[], false)
}

#[test]
fn a_run_overrides_a_name_unless_both_stand_side_by_side() {
    let said = [(0, 7, "Ann", "one"), (5, 7, "Ben", "two"), (9, 7, "Ann", "three")];
    let by = |name: &'static str| {
        said.map(|(at, second, who, words)| (at, second, if who == "Ann" { name } else { who }, words))
    };
    assert_eq!(found(&said, &by("Anna")), [0, 1, 2].map(Some));
    assert_eq!(found(&said, &by("Instagram User")), [0, 1, 2].map(Some));
    assert_eq!(found(&said, &by("Ben")), [None, Some(1), None]);
    // Two of several are no run.
    let two = [by("Anna")[0], by("Anna")[1], (9, 7, "Anna", "four")];
    assert_eq!(found(&said, &two), [None, Some(1), None]);
    // With the name the edited text of the same person is found.
    let edited = [by("Anna")[0], by("Anna")[1], by("Anna")[2], (20, 0, "Anna", "see you at ten")];
    let before = [said[0], said[1], said[2], (20, 3, "Ann", "see you at nine"), (20, 4, "Cem", "see you at ten")];
    assert_eq!(found(&before, &edited), [0, 1, 2, 3].map(Some));
}

#[test]
fn a_sentence_of_the_app_tells_that_its_sender_was_renamed() {
    let said = [(0, 7, "Ann", "Ann left the group."), (1, 0, "Ben", "b"), (2, 0, "Cem", "c"), (3, 0, "Ann", "one")];
    let page = [(0, 0, "Anna", "Anna left the group."), (1, 0, "Bob", "d"), (3, 0, "Anna", "one, I mean")];
    assert_eq!(found(&said, &page), [Some(0), None, Some(3)]);
}

#[test]
fn a_user_name_may_be_anybodys_display_name() {
    let flat = [(0, 7, "@ann", "@ann left the group."), (1, 0, "@ben", "b"), (1, 9, "@cem", "c")];
    let page = [(0, 0, "Ann", "Ann a quitté le groupe."), (1, 0, "Ben", "d")];
    assert_eq!(found(&flat, &page), [Some(0), None]);
}

#[test]
fn the_owner_is_one_under_all_names() {
    let said = [(0, 7, "Mia", "one"), (5, 7, "Ben", "two")];
    let renamed = [(0, 7, "Mia B.", "one"), (5, 7, "Bob", "two")];
    let check = |me: &[&str], are_two, expected: [Option<usize>; 2]| {
        assert_eq!(held(&[fine(&said), page(&renamed)], me, are_two), expected, "{me:?}");
    };
    check(&["Mia", "Mia B."], true, [Some(0), Some(1)]);
    check(&["Mia", "Mia B."], false, [Some(0), Some(1)]);
}

#[test]
fn equal_words_of_one_minute_go_by_sender_and_in_order() {
    let fine = [(0, 1, "Ann", "ok"), (0, 2, "Ben", "ok"), (0, 9, "Ann", "ok"), (1, 0, "Ann", "ok")];
    let coarse = [(0, 0, "Ben", "ok"), (0, 0, "Ann", "ok"), (0, 0, "Ann", "ok"), (0, 0, "Ann", "ok")];
    assert_eq!(found(&fine, &coarse), [Some(1), Some(0), Some(2), None]);
    // The first of two was edited since: the place tells which is meant.
    let fine = [(0, 1, "Ann", "ok"), (0, 4, "Ann", "ok")];
    assert_eq!(found(&fine, &[(0, 0, "Ann", "ok, I mean"), (0, 0, "Ann", "ok")]), [Some(0), Some(1)]);
    assert_eq!(found(&fine, &[(0, 0, "Ann", "ok"), (0, 0, "Ann", "ok, I mean")]), [Some(0), Some(1)]);
    assert_eq!(found(&fine, &[(0, 0, "Ann", "ok")]), [Some(0)]);
}

#[test]
fn what_is_left_over_is_one_with_what_resembles_it_or_is_alone() {
    let fine = [(0, 1, "Ann", "see you"), (3, 1, "Ann", "abc"), (3, 2, "Ann", "xyz")];
    let check =
        |coarse: &[Said<'_>], expected: &[Option<usize>]| assert_eq!(found(&fine, coarse), expected, "{coarse:?}");
    check(&[(0, 0, "Ann", "see you at ten")], &[Some(0)]);
    check(&[(0, 0, "Ann", "never mind")], &[Some(0)]);
    check(&[(0, 0, "Ben", "see you at ten"), (7, 0, "Ann", "hello")], &[None, None]);
    check(&[(1, 0, "Ann", "see you")], &[None]);
    check(&[(3, 0, "Ann", "qqq")], &[None]);
    check(&[(3, 0, "Ann", "xyz.")], &[Some(2)]);
    check(&[(3, 0, "Ann", "abc"), (3, 0, "Ann", "qqq")], &[Some(1), Some(2)]);
    check(&[(0, 0, "Ann", "or not"), (0, 0, "Ann", "see you at ten")], &[None, Some(0)]);
}

#[test]
fn words_are_not_what_is_left_over_where_something_else_is_missing() {
    let said = [(0, 1, "Ann", "shall we?"), (0, 20, "Ann", "Ann joined the group.")];
    // It may be the notice.
    assert_eq!(found(&said, &[(0, 0, "Ann", "그룹에 들어왔습니다")]), [None]);
    assert_eq!(found(&said[..1], &[(0, 0, "Ann", "yes or no")]), [Some(0)]);
    let both = [(0, 0, "Ann", "yes or no"), (0, 0, "Ann", "Ann joined the group.")];
    assert_eq!(found(&said, &both), [Some(0), Some(1)]);
}

#[test]
fn pages_find_what_older_pages_said() {
    let older = [
        (0, 0, "Ann", "one"),
        (1, 0, "Ben", "two"),
        (2, 0, "Ann", "three"),
        (3, 0, "Ann", "ok"),
        (3, 0, "Ann", "ok"),
        (4, 0, "Ben", "five"),
    ];
    let newer = [
        (0, 0, "Anna", "one"),
        (1, 0, "Ben", "two"),
        (2, 0, "Anna", "three, I mean"),
        (3, 0, "Anna", "ok"),
        (4, 0, "Ben", "five"),
    ];
    assert_eq!(held(&[page(&older), page(&newer)], &[], false), [0, 1, 2, 3, 5].map(Some));
    // What the second found, the third finds by the second's words.
    let third = [(2, 0, "Anna", "three, I mean"), (2, 0, "Anna", "four"), (3, 0, "Anna", "ok")];
    assert_eq!(held(&[page(&older), page(&newer), page(&third)], &[], false), [Some(2), None, Some(3)]);
}

#[test]
fn what_stands_between_the_same_two_messages_is_one() {
    let said = [
        (0, 1, "Ann", "a"),
        (0, 10, "Ann", "liked"),
        (0, 20, "Ann", "b"),
        (0, 30, "Ann", "unsent"),
        (0, 40, "Ann", "c"),
    ];
    assert_eq!(
        found(&said, &[(0, 0, "Ann", "a"), (0, 0, "Ann", "좋아요"), (0, 0, "Ann", "b")]),
        [Some(0), Some(1), Some(2)]
    );
    // Another number, another person, or nothing behind it: who knows.
    let two = [(0, 0, "Ann", "a"), (0, 0, "Ann", "좋아요"), (0, 0, "Ann", "웃겨요"), (0, 0, "Ann", "b")];
    assert_eq!(found(&said, &two)[1..3], [None, None]);
    assert_eq!(found(&said, &[(0, 0, "Ann", "a"), (0, 0, "Ben", "좋아요"), (0, 0, "Ann", "b")])[1], None);
    assert_eq!(found(&said, &[(0, 0, "Ann", "b"), (0, 0, "Ann", "좋아요")])[1], None);
}

#[test]
fn a_sentence_of_the_app_is_one_under_two_names() {
    let said = [(0, 1, "Ben", "a"), (0, 10, "Ann", "Ann added Ann."), (0, 30, "Eve", "Eve left."), (0, 40, "Ben", "b")];
    let page = [(0, 0, "Ben", "a"), (0, 0, "Anna", "Anna added Anna."), (0, 0, "Ben", "b")];
    // Whether Eve's was taken back or not.
    assert_eq!(found(&said, &page)[1], Some(1));
    assert_eq!(found(&[said[0], said[1], said[3]], &page)[1], Some(1));
    let others = [(0, 0, "Ben", "a"), (0, 0, "Anna", "Anna left."), (0, 0, "Ben", "b")];
    assert_eq!(found(&[said[0], said[1], said[3]], &others)[1], None);
}

#[test]
fn a_sentence_in_another_language_under_another_name_is_known_by_what_it_mentions() {
    let said =
        [(0, 1, "Ben", "a"), (0, 10, "Ann", "Ann named the group 家族."), (0, 30, "Eve", "b"), (0, 40, "Ann", "c")];
    let page = |anna| [(0, 0, "Ben", "a"), (0, 0, "Anna", anna), (0, 0, "Eve", "b")];
    assert_eq!(found(&said, &page("Anna님이 그룹 이름을 家族(으)로 변경했습니다."))[1], Some(1));
    assert_eq!(found(&said, &page("그룹 이름을 家族"))[1], None);
    // An edit, and somebody who is gone.
    let edited = [(0, 1, "Ann", "see you at nine"), (0, 10, "Ann", "Ann left."), (0, 30, "Eve", "b")];
    let page = [(0, 0, "Anna", "see you at ten"), (0, 0, "Instagram User", "Instagram User left."), (0, 0, "Eve", "b")];
    assert_eq!(found(&edited, &page), [Some(0), Some(1), Some(2)]);
    // What is short is said by many, and who stands beside somebody is somebody else.
    assert_eq!(
        found(&[(0, 1, "Ann", "haha"), (0, 2, "Ann", "b")], &[(0, 0, "Bea", "hahaha"), (0, 0, "Bea", "c")])[0],
        None
    );
    let beside = [(0, 0, "Anna", "see you at ten"), (3, 0, "Ann", "x")];
    assert_eq!(found(&[(0, 1, "Ann", "see you at nine"), (3, 0, "Ann", "x")], &beside)[0], None);
}

#[test]
fn leaving_in_another_language_under_another_name_is_known_where_it_is_alone() {
    let said = [(0, 1, "Ben", "a"), (0, 30, "Ann", "Ann left the group."), (5, 0, "Ben", "b")];
    let page = |anna| [(0, 0, "Ben", "a"), (0, 0, "Anna", anna), (5, 0, "Ben", "b")];
    assert_eq!(found(&said, &page("Anna님이 그룹에서 나갔습니다."))[1], Some(1));
    let twice = [said[0], (0, 20, "Ann", "Ann joined the group."), said[1], said[2]];
    let page_of_two =
        [said[0], (0, 0, "Anna", "Anna님이 그룹에서 나갔습니다."), (0, 0, "Anna", "Anna님이 나갔습니다."), said[2]];
    assert_eq!(found(&twice, &page_of_two)[1..3], [Some(1), Some(2)]);
    // In one language it is another sentence.
    assert_eq!(found(&said, &page("Anna joined the group."))[1], None);
    // Two left, of whom each download tells one.
    let two = [said[0], said[1], (0, 40, "Eve", "Eve left the group."), said[2]];
    assert_eq!(found(&two, &page("Anna님이 그룹에서 나갔습니다."))[1], None);
}

#[test]
fn of_two_equal_messages_the_place_tells_which_was_edited() {
    let said = [(0, 1, "Ann", "a"), (0, 8, "Ann", "one, I mean"), (0, 11, "Ann", "one")];
    let before = [(0, 0, "Ann", "a"), (0, 0, "Ann", "one"), (0, 0, "Ann", "one")];
    assert_eq!(found(&said, &before), [0, 1, 2].map(Some));
    let later = [(0, 1, "Ann", "a"), (0, 8, "Ann", "one"), (0, 11, "Ann", "one, I mean")];
    assert_eq!(found(&later, &before), [0, 1, 2].map(Some));
}

#[test]
fn without_words_a_picture_is_no_post() {
    let said = [(0, 26, "Ann", "[photo]"), (0, 40, "Ben", "unsent"), (0, 54, "Ann", "[post]")];
    assert_eq!(found(&said, &[(0, 0, "Ann", "[photo 1]"), (0, 0, "Ann", "[post]")]), [Some(0), Some(2)]);
}

#[test]
fn what_a_notice_of_a_reaction_cannot_be_is_no_choice() {
    let flat = Download { grain: Grain::Second, said: &[(0, 47, "Ann", "unsent")] };
    let downloads = [fine(&[(0, 32, "Ann", "메시지를 좋아합니다")]), flat, page(&[(0, 0, "Ann", "Liked a message")])];
    assert_eq!(held(&downloads, &[], false), [Some(0)]);
}

#[test]
fn a_sentence_in_another_language_is_known_from_another_place() {
    let older = [
        (0, 0, "Ben", "a"),
        (0, 0, "Ann", "Liked a message"),
        (0, 0, "Ann", "unsent"),
        (0, 0, "Ben", "b"),
        (1, 0, "Ann", "Liked a message"),
    ];
    let newer = |first| [(0, 0, "Ben", "a"), (0, 0, "Ann", first), (0, 0, "Ben", "b"), (1, 0, "Ann", "좋아합니다")];
    let check = |first, expected: Option<usize>| {
        assert_eq!(held(&[page(&older), page(&newer(first))], &[], false)[1], expected, "{first}");
    };
    check("좋아합니다", Some(1));
    check("감사합니다", None);
}

#[test]
fn whom_a_sentence_mentions_is_one_under_two_names() {
    let older = [
        (0, 0, "Mia", "You added Ann to the group."),
        (0, 0, "Mia", "unsent"),
        (1, 0, "Ann", "one"),
        (2, 0, "Ann", "two"),
        (3, 0, "Ben", "three"),
    ];
    let newer =
        |sentence| [(0, 0, "Mia", sentence), (1, 0, "Anna", "one"), (2, 0, "Anna", "two"), (3, 0, "Ben", "three")];
    let check = |sentence, expected: Option<usize>| {
        assert_eq!(held(&[page(&older), page(&newer(sentence))], &[], false)[0], expected, "{sentence}");
    };
    check("Anna님을 그룹에 추가했습니다", Some(0));
    check("Ben님을 그룹에 추가했습니다", None);
}

#[test]
fn what_is_left_over_is_alone_when_its_neighbour_has_been_found() {
    let said = [
        (0, 14, "Mia", "You named the group."),
        (0, 49, "Ann", "one"),
        (0, 58, "Mia", "You left the group."),
        (1, 5, "Ann", "two"),
    ];
    let page = [(0, 0, "Mia", "변경했습니다"), (0, 0, "Ann", "one"), (0, 0, "Mia", "나갔어요"), (1, 0, "Ann", "two")];
    assert_eq!(found(&said, &page), [0, 1, 2, 3].map(Some));
}

#[test]
fn of_two_equal_messages_the_place_among_those_of_one_person_tells_which_was_edited() {
    let said = [(0, 33, "Ann", ":("), (0, 36, "Ann", ":("), (0, 49, "Ben", "a")];
    let flat = Download { grain: Grain::Second, said: &said };
    let later =
        [(0, 0, "Ben", "Liked a message"), (0, 0, "Ann", ":(, I mean"), (0, 0, "Ann", ":("), (0, 0, "Ben", "a")];
    assert_eq!(held(&[flat, page(&later)], &[], false), [None, Some(0), Some(1), Some(2)]);
}

#[test]
fn who_is_gone_is_left_over_alone_beside_a_notice_that_no_flat_row_is() {
    let run = [(1, 0, "two"), (2, 0, "three")];
    let said = [(0, 13, "@ann", "one"), (0, 52, "@joe", "[photo]")];
    let flat = said.into_iter().chain(run.map(|(at, second, words)| (at, second, "@ann", words))).collect::<Vec<_>>();
    let later = [(0, 0, "Ann", "one"), (0, 0, "Ann", "Liked a message"), (0, 0, "Instagram User", "[photo 1]")];
    let later = later.into_iter().chain(run.map(|(at, second, words)| (at, second, "Ann", words))).collect::<Vec<_>>();
    let flat = Download { grain: Grain::Second, said: &flat };
    assert_eq!(held(&[flat, page(&later)], &[], false), [Some(0), None, Some(1), Some(2), Some(3)]);
}
