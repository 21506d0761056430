//! The separate download of end-to-end encrypted chats, alone and beside the downloads of its account.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{TestHome, assert_same, fixtures};

fn tree(name: &str) -> PathBuf {
    fixtures().join(name)
}

fn texts(home: &TestHome, sql: &str) -> Vec<String> {
    let rows = home.rows(sql);
    rows.iter().map(|row| row.text("text").unwrap_or_default().to_owned()).collect()
}

#[test]
fn alone_they_are_an_account_of_their_own() {
    let home = TestHome::of(&[tree("e2ee")]);
    let account = texts(&home, "SELECT DISTINCT account AS text FROM snapshots");
    assert!(account.len() == 1 && account[0].starts_with("unknown-"), "{account:?}");
    let findings = home.rows("SELECT code, severity, sentence, n_items FROM findings ORDER BY code");
    let codes: Vec<&str> = findings.iter().filter_map(|row| row.text("code")).collect();
    assert_eq!(codes, ["missing_media", "unknown_owner"]);
    assert_eq!(findings[0].integer("n_items"), Some(1));
    assert!(findings[0].text("sentence").is_some_and(|sentence| sentence.contains("Failed to download media")));
    assert!(findings[1].text("sentence").is_some_and(|sentence| sentence.contains("Facebook")));
    let subkinds = texts(&home, "SELECT subkind AS text FROM messages WHERE thread = 'Grace Okafor' ORDER BY at_ms");
    assert_eq!(subkinds, ["text", "text", "text", "text", "media", "share", "unavailable", "media"]);
    assert_eq!(home.number("SELECT count(*) FROM messages WHERE is_unsent = 1 AND text IS NULL"), 1);
    assert_eq!(home.number("SELECT count(*) FROM attachments WHERE media_hash IS NOT NULL"), 1);
    assert_eq!(home.number("SELECT count(*) FROM reactions"), 2);
}

#[test]
fn beside_a_download_of_the_account_they_are_its_messages_in_any_order() {
    let orders = [
        ["e2ee", "c_2022", "d_2024"],
        ["c_2022", "e2ee", "d_2024"],
        ["c_2022", "d_2024", "e2ee"],
        ["d_2024", "e2ee", "c_2022"],
    ];
    let home = TestHome::of(&orders[2].map(tree));
    assert_eq!(texts(&home, "SELECT DISTINCT account AS text FROM snapshots"), ["mia.example"]);
    assert_eq!(home.number("SELECT count(*) FROM findings WHERE code = 'unknown_owner'"), 0);
    // Joined by three messages, by the two people, and a conversation that only the chats have.
    let threads = texts(
        &home,
        "SELECT DISTINCT t.title || ' ' || t.n_messages AS text FROM threads t JOIN messages m ON m.thread_id = t.id
          WHERE m.at_ms BETWEEN 1709550000000 AND 1709800000000 ORDER BY 1",
    );
    assert_eq!(threads.len(), 3, "{threads:?}");
    let both = home.number("SELECT count(*) FROM records WHERE kind = 'message' AND first_snapshot <> last_snapshot");
    assert!(both > 3);
    let without = TestHome::of(&[tree("c_2022"), tree("d_2024")]);
    let count = |home: &TestHome| home.number("SELECT count(*) FROM messages");
    assert_eq!(count(&home), count(&without) + 10, "thirteen messages, three of them known");
    assert_eq!(home.number("SELECT count(*) FROM threads"), without.number("SELECT count(*) FROM threads") + 1);
    let report = home.home.check(throwback::home::DataToRead::Everything).expect("a check");
    assert_eq!((report.damage.len(), report.remarks.len()), (0, 0));
    let before = home.dump();
    home.home
        .read_documents_again("a test", &std::sync::atomic::AtomicBool::new(false), &throwback::ingest::Silent)
        .expect("everything is read again");
    assert_same(&before, &home.dump(), "read again");
    for order in orders {
        assert_same(&home.dump(), &TestHome::of(&order.map(tree)).dump(), &format!("{order:?}"));
    }
}

fn write(folder: &Path, path: &str, json: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
    fs::write(path, json).expect("a file");
}

/// A small download of one account with one conversation.
fn download(folder: &Path, handle: &str, owner: &str, friend: &str) {
    let profile = format!(
        r#"{{"profile_user":[{{"string_map_data":{{"Username":{{"value":"{handle}"}},"Name":{{"value":"{owner}"}}}}}}]}}"#
    );
    write(folder, "personal_information/personal_information.json", &profile);
    let page = format!(
        r#"{{"participants":[{{"name":"{friend}"}},{{"name":"{owner}"}}],"title":"{friend}","thread_path":"inbox/x_17840000000000001",
            "messages":[{{"sender_name":"{friend}","timestamp_ms":1600000000123,"content":"before all of it"}}]}}"#
    );
    write(folder, "your_instagram_activity/messages/inbox/x_17840000000000001/message_1.json", &page);
}

fn chats(folder: &Path, one: &str, other: &str) {
    let chat = format!(
        r#"{{"participants":["{one}","{other}"],"threadName":"{other}",
            "messages":[{{"senderName":"{other}","text":"later","timestamp":1700000000123,"type":"text"}}]}}"#
    );
    write(folder, &format!("messages/{other}_1.json"), &chat);
}

#[test]
fn whose_they_are_is_decided_by_all_that_is_held() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    download(&path("ann"), "ann.example", "Ann Example", "Ben Example");
    download(&path("second"), "ann.second", "Ann Example", "Cleo Example");
    chats(&path("chats"), "Ann Example", "Ben Example");
    let account = |home: &TestHome| {
        texts(home, "SELECT account AS text FROM records WHERE kind = 'message' AND text = 'later'").join(" ")
    };
    let one = TestHome::of(&[path("ann"), path("chats")]);
    assert_eq!(account(&one), "ann.example");
    assert_eq!(one.number("SELECT count(*) FROM threads"), 1, "the same two people");
    let orders = [["ann", "chats", "second"], ["chats", "ann", "second"], ["ann", "second", "chats"]];
    let homes = orders.map(|order| TestHome::of(&order.map(path)));
    for (home, order) in homes.iter().zip(orders) {
        // Two accounts of one person: nobody can say whose they are.
        assert!(account(home).starts_with("unknown-"), "{order:?}: {}", account(home));
        assert_eq!(home.number("SELECT count(*) FROM findings WHERE code = 'unknown_owner'"), 1, "{order:?}");
        assert_same(&homes[0].dump(), &home.dump(), &format!("{order:?}"));
    }
}

const FRIENDS: [&str; 8] = ["Abe", "Bea", "Cai", "Dee", "Eli", "Fay", "Gus", "Hal"];

/// Encrypted chats with all friends: so many messages each, the first ones alike in every download.
fn chats_of_length(folder: &Path, n_messages: i64) {
    for (start, friend) in (1_700_000_000_000_i64..).step_by(1000).zip(FRIENDS) {
        let message = |n: i64| {
            let at = start + n * 60_000;
            format!(r#"{{"senderName":"{friend}","text":"sealed {n}","timestamp":{at},"type":"text"}}"#)
        };
        let messages = (0..n_messages).map(message).collect::<Vec<_>>().join(",");
        let json =
            format!(r#"{{"participants":["Ada Vega","{friend}"],"threadName":"{friend}","messages":[{messages}]}}"#);
        write(folder, &format!("messages/{friend}_1.json"), &json);
    }
}

// Which conversation an id comes of is a matter of which key is the smallest, and eight friends bring both cases.
#[test]
fn two_downloads_of_the_chats_come_before_and_after_the_accounts_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str| folder.path().join(name);
    let usual = "instagram-ada.vega-2026-01-10-AbCdEfGh";
    download(&place(usual), "ada.vega", "Ada Vega", "Zoe");
    for (n, friend) in FRIENDS.iter().enumerate() {
        let page = format!(
            r#"{{"participants":[{{"name":"{friend}"}},{{"name":"Ada Vega"}}],"title":"{friend}",
                "messages":[{{"sender_name":"{friend}","timestamp_ms":150000000012{n},"content":"open {n}"}}]}}"#
        );
        let path = format!("your_instagram_activity/messages/inbox/y_1784000000000010{n}/message_1.json");
        write(&place(usual), &path, &page);
    }
    chats_of_length(&place("shorter"), 5);
    chats_of_length(&place("longer"), 7);
    let home = TestHome::of(&["shorter", "longer", usual].map(place));
    assert_eq!(home.number("SELECT count(*) FROM messages WHERE text LIKE 'sealed %'"), 8 * 7);
    assert_eq!(home.number("SELECT count(*) FROM threads"), 9);
    for order in [["shorter", usual, "longer"], ["longer", usual, "shorter"], [usual, "longer", "shorter"]] {
        assert_same(&home.dump(), &TestHome::of(&order.map(place)).dump(), &format!("{order:?}"));
    }
}
