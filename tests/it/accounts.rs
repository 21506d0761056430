//! Whose a snapshot is: across renames, of snapshots that say nothing, of friends, of names that are used again, and as the
//! person decided by hand.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use throwback::model::{Decision, DecisionKind};

use crate::small_downloads::{Downloads, MESSAGES, THREAD, changes, profile, talk};
use crate::support::{TestHome, assert_same};

pub fn list(home: &TestHome, sql: &str) -> Vec<String> {
    home.rows(sql).iter().map(|row| row.values[0].as_text().unwrap_or("null").to_owned()).collect()
}

fn accounts(home: &TestHome) -> Vec<String> {
    list(home, "SELECT account || ' ' || names || ' ' || n_snapshots FROM accounts ORDER BY account, n_snapshots DESC")
}

pub fn decide(home: &TestHome, kind: DecisionKind, arguments: &[&str]) -> i64 {
    let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
    let decision = Decision { kind, arguments, reason: None, made_ms: 1_700_000_000_000 };
    home.home.decide(&decision, "a test", &AtomicBool::new(false)).expect("a decision")
}

pub fn take_back(home: &TestHome, number: i64) {
    assert!(home.home.take_back(number, "a test", &AtomicBool::new(false)).expect("it is taken back"));
}

const A: &str = "instagram-alice-2020-01-01-aaaaaaaa";
const C: &str = "instagram-alicia-2022-01-01-cccccccc";
const E: &str = "instagram-alicia-2024-01-01-eeeeeeee";
const LOOSE: &str = "pulled out";
/// 2021-06-01.
const RENAMED: i64 = 1_622_505_600;

/// Alice under the old name, with the change of names, under the new one; and a folder without any.
fn renamed() -> Downloads {
    let all = Downloads::new();
    profile(&all.path(A), "alice", "Alice A");
    talk(&all.path(A), "ben_abcdefghij", "Alice A", "Ben B", &MESSAGES[..2]);
    profile(&all.path(C), "alicia", "Alice A");
    changes(&all.path(C), &[(RENAMED, "alice", "alicia")]);
    talk(&all.path(C), "cleo_17840000000000009", "Alice A", "Cleo C", &[(1_640_000_000_001, "Cleo C", "new year!")]);
    profile(&all.path(E), "alicia", "Alice A");
    talk(&all.path(E), THREAD, "Alice A", "Ben B", &MESSAGES);
    talk(&all.path(LOOSE), THREAD, "Alice A", "Ben B", &MESSAGES);
    let more = [(1_700_000_000_001, "Dora D", "only here")];
    talk(&all.path(LOOSE), "dora_17840000000000008", "Alice A", "Dora D", &more);
    all
}

#[test]
fn an_account_is_one_across_a_change_of_its_name_in_any_order() {
    let all = renamed();
    let home = all.homes(&[A, C, E, LOOSE], &|_| {});
    assert_eq!(accounts(&home), [r#"alicia ["alice","alicia"] 4"#]);
    assert_eq!(home.number("SELECT count(*) FROM messages"), 8);
    assert_eq!(list(&home, "SELECT DISTINCT account FROM records"), ["alicia"]);
    assert_eq!(home.number("SELECT count(*) FROM findings WHERE code = 'unknown_owner'"), 0);
    assert_eq!(home.number("SELECT count(*) FROM records WHERE kind = 'message' AND author = 'Alice A'"), 3);
    let report = home.home.check(throwback::home::DataToRead::Everything).expect("a check");
    assert_eq!((report.damage.len(), report.remarks.len()), (0, 0));
    let before = home.dump();
    home.home
        .read_documents_again("a test", &AtomicBool::new(false), &throwback::ingest::Silent)
        .expect("everything is read again");
    assert_same(&before, &home.dump(), "read again");
}

#[test]
fn without_the_change_of_names_nothing_but_what_is_shared_joins() {
    let all = renamed();
    let two = all.homes(&[A, E], &|_| {});
    assert_eq!(accounts(&two), [r#"alice ["alice"] 1"#, r#"alicia ["alicia"] 1"#], "two messages are too few");
    talk(&all.path(A), "ben_abcdefghij", "Alice A", "Ben B", &MESSAGES[..3]);
    let one = all.homes(&[A, E], &|_| {});
    assert_eq!(accounts(&one), [r#"alicia ["alice","alicia"] 2"#]);
    assert_eq!(one.number("SELECT count(*) FROM messages"), 6);
}

#[test]
fn own_media_join_accounts_and_a_picture_posted_in_two_does_not() {
    let all = Downloads::new();
    let bytes = |n: u8| [b"\xff\xd8\xff\xe0 a picture ".as_slice(), &[n], b"\xff\xd9"].concat();
    let picture = |archive: &str, n: u8, id: u64| {
        let path = all.path(archive).join(format!("media/posts/202001/{id}.jpg"));
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, bytes(n)).expect("a picture");
    };
    let (other, twin) = ("instagram-alice.new-2023-01-01-bbbbbbbb", "instagram-alice.shop-2023-05-01-tttttttt");
    for (archive, handle, base) in [(A, "alice", 0), (other, "alice.new", 0), (twin, "alice.shop", 900)] {
        profile(&all.path(archive), handle, "Alice A");
        for n in 1..=3 {
            picture(archive, n, 17_900_000_000_000_000 + u64::from(n) + base);
        }
    }
    let home = all.homes(&[A, other, twin], &|_| {});
    assert_eq!(accounts(&home), [r#"alice.new ["alice","alice.new"] 2"#, r#"alice.shop ["alice.shop"] 1"#]);
}

const BEN: &str = "instagram-ben-2023-01-01-bbbbbbbb";

/// Ben's side of it.
fn with_ben(all: &Downloads) {
    profile(&all.path(BEN), "ben", "Ben B");
    talk(&all.path(BEN), "alice_17840000000000002", "Ben B", "Alice A", &MESSAGES);
}

#[test]
fn friends_who_write_to_each_other_stay_two_accounts() {
    let all = renamed();
    with_ben(&all);
    // Pulled out of Ben's download, with one more conversation, so that it is no copy.
    talk(&all.path("of ben"), "alice_17840000000000002", "Ben B", "Alice A", &MESSAGES);
    talk(&all.path("of ben"), "zoe_17840000000000007", "Ben B", "Zoe Z", &[(1_700_000_000_001, "Zoe Z", "hi Ben")]);
    let home = all.homes(&[BEN, E, "of ben"], &|_| {});
    assert_eq!(accounts(&home), [r#"alicia ["alicia"] 1"#, r#"ben ["ben"] 2"#]);
    assert_eq!(list(&home, "SELECT account FROM messages WHERE text = 'hi Ben'"), ["ben"]);
    assert_eq!(home.number("SELECT count(*) FROM messages WHERE account = 'ben'"), 7);
    assert_eq!(home.number("SELECT count(DISTINCT person_id) FROM participants"), 3);
}

#[test]
fn two_accounts_of_one_owner_who_writes_to_herself_stay_two() {
    let all = Downloads::new();
    let (private, shop) = ("instagram-mia-2023-01-01-aaaaaaaa", "instagram-mia.shop-2023-01-01-bbbbbbbb");
    let messages = MESSAGES.map(|(at, _, text)| (at, "Mia", text));
    for (archive, handle) in [(private, "mia"), (shop, "mia.shop")] {
        profile(&all.path(archive), handle, "Mia");
        talk(&all.path(archive), "mia_17840000000000001", "Mia", "Mia", &messages);
    }
    let home = all.homes(&[private, shop], &|_| {});
    assert_eq!(accounts(&home), [r#"mia ["mia"] 1"#, r#"mia.shop ["mia.shop"] 1"#]);
}

#[test]
fn a_name_that_was_given_up_is_somebody_elses_later() {
    let all = renamed();
    let taken = "instagram-alice-2023-01-01-xxxxxxxx";
    profile(&all.path(taken), "alice", "Other Person");
    talk(&all.path(taken), "yan_17840000000000006", "Other Person", "Yan", &[(1_660_000_000_001, "Yan", "hi there")]);
    let home = all.homes(&[A, taken], &|_| {});
    assert_eq!(accounts(&home), [r#"alice ["alice"] 2"#], "nothing tells them apart yet");
    let home = all.homes(&[A, C, taken], &|_| {});
    assert_eq!(accounts(&home), [r#"alice ["alice"] 1"#, r#"alicia ["alice","alicia"] 2"#]);
    assert_eq!(list(&home, "SELECT account FROM messages WHERE text = 'hi there'"), ["alice"]);
    let owners =
        "SELECT count(DISTINCT p.id) FROM people p JOIN handles h ON h.person_id = p.id WHERE h.handle = 'alice'";
    assert_eq!(home.number(owners), 2, "two people bear that name");
}

#[test]
fn a_folder_that_fits_two_accounts_or_none_stands_alone_with_a_warning() {
    let all = renamed();
    let loose = "somebody's chats";
    talk(&all.path(loose), "max_17840000000000005", "Somebody", "Max", &[(1_700_000_000_001, "Max", "who is it?")]);
    let home = all.homes(&[E, loose], &|_| {});
    assert_eq!(home.number("SELECT count(*) FROM accounts"), 2);
    let sentence = list(&home, "SELECT sentence FROM findings WHERE code = 'unknown_owner'");
    assert!(sentence.len() == 1 && sentence[0].contains("throwback accounts merge"), "{sentence:?}");
}

#[test]
fn what_is_decided_by_hand_holds_in_any_order_and_can_be_taken_back() {
    let all = renamed();
    with_ben(&all);
    let paths: [PathBuf; 3] = [A, E, BEN].map(|name| all.path(name));
    let home = TestHome::of(&paths);
    let before = home.dump();
    let merged = decide(&home, DecisionKind::MergeAccounts, &["alice", "alicia"]);
    assert_eq!(accounts(&home), [r#"alicia ["alice","alicia"] 2"#, r#"ben ["ben"] 1"#]);
    let after = home.dump();
    // Decided before the second of the two was there.
    let early = TestHome::of(&[paths[1].clone()]);
    decide(&early, DecisionKind::MergeAccounts, &["alice", "alicia"]);
    for path in [&paths[2], &paths[0]] {
        early.ingest(path);
    }
    assert_same(&after, &early.dump(), "decided before");
    take_back(&home, merged);
    assert_same(&before, &home.dump(), "a merge that was taken back");

    let snapshot = list(&home, "SELECT id FROM snapshots WHERE account = 'ben'").remove(0);
    let with_ben = decide(&home, DecisionKind::MergeAccounts, &["ben", "alice"]);
    assert_eq!(home.number("SELECT count(*) FROM accounts"), 2);
    let split = decide(&home, DecisionKind::SplitAccount, &[&snapshot]);
    assert_eq!(home.number("SELECT count(*) FROM accounts"), 3);
    take_back(&home, split);
    assert_eq!(home.number("SELECT count(*) FROM accounts"), 2);
    take_back(&home, with_ben);
    assert_same(&before, &home.dump(), "all taken back");
    assert_eq!(home.number("SELECT count(*) FROM decisions"), 0);
}

#[test]
fn a_snapshot_is_split_from_its_account() {
    let all = renamed();
    let home = all.homes(&[A, C, E], &|_| {});
    let before = home.dump();
    let snapshot = list(&home, "SELECT id FROM snapshots WHERE date = '2024-01-01'").remove(0);
    let number = decide(&home, DecisionKind::SplitAccount, &[&snapshot]);
    assert_eq!(accounts(&home), [r#"alicia ["alice","alicia"] 2"#, r#"alicia ["alicia"] 1"#]);
    let split = all.homes(&[A, C, E], &|home| {
        decide(home, DecisionKind::SplitAccount, &[&snapshot]);
    });
    assert_same(&home.dump(), &split.dump(), "split at once");
    take_back(&home, number);
    assert_same(&before, &home.dump(), "taken back");
}
