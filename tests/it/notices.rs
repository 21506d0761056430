//! What the app wrote, in languages of which no sentence is known, through whole downloads in any order.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{TestHome, assert_same};

/// One language: what the app writes about a reaction (`{}` is the emoji) and an attachment (`{}` is the sender), and names.
struct Language {
    reaction: &'static str,
    attachment: &'static str,
    names: [&'static str; 3],
}

const LANGUAGES: [Language; 5] = [
    Language {
        reaction: "내 메시지에 {} 공감을 표시했습니다",
        attachment: "{}님이 첨부 파일을 보냈습니다.",
        names: ["한소라", "김민준", "박하늘"],
    },
    Language {
        reaction: "تفاعل بـ {} مع رسالتك", attachment: "أرسل {} مرفقًا.", names: ["سلمى مثال", "ليلى", "عمر"]
    },
    Language {
        reaction: "Mesajına {} ifadesini bıraktı",
        attachment: "{} bir ek gönderdi.",
        names: ["Elif", "Ayşe", "Can"],
    },
    Language {
        reaction: "あなたのメッセージに{}でリアクションしました",
        attachment: "{}さんが添付ファイルを送信しました。",
        names: ["はるか", "ゆき", "さとし"],
    },
    Language {
        reaction: "आपके मैसेज पर {} रिएक्शन दिया",
        attachment: "{} ने एक अटैचमेंट भेजा।",
        names: ["अनीता", "मीरा", "राज"],
    },
];

/// The text as the exporter breaks it: every byte a character of its own.
fn broken(text: &str) -> String {
    text.bytes().map(char::from).collect()
}

/// JSON as the exporter writes it, in ASCII.
fn write(path: &Path, json: &Value) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
    let text = json.to_string();
    let escaped = text.chars().map(|c| if c.is_ascii() { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) });
    fs::write(path, escaped.collect::<String>()).expect("a file");
}

fn page(folder: &Path, thread: usize, people: [&str; 2], messages: &[Value]) {
    let names: Vec<Value> = people.iter().map(|name| json!({"name": broken(name)})).collect();
    let page = json!({"participants": names, "title": broken(people[0]), "messages": messages});
    let path = format!("your_instagram_activity/messages/inbox/x_1784000000000000{thread}/message_1.json");
    write(&folder.join(path), &page);
}

fn message(sender: &str, at_ms: i64, text: &str) -> Value {
    json!({"sender_name": broken(sender), "timestamp_ms": at_ms, "content": broken(text)})
}

/// The messages of a conversation of the owner with a friend, newest first; the first `n` of them.
fn conversation(language: &Language, friend: usize, n: usize) -> Vec<Value> {
    let (owner, name) = (language.names[0], language.names[friend]);
    let start = 1_600_000_000_000 + i64::try_from(friend).expect("small") * 1_000_000_000;
    let mut messages = Vec::new();
    for (number, emoji) in ["😂", "❤️", "🔥", "😂"].into_iter().enumerate() {
        let at = start + i64::try_from(number).expect("small") * 3_600_000;
        let mut mine = message(owner, at, &format!("message {number}"));
        mine["reactions"] = json!([{"actor": broken(name), "reaction": broken(emoji)}]);
        let mut shared = message(name, at + 90_000, &language.attachment.replace("{}", name));
        shared["share"] = json!({"link": format!("https://www.instagram.com/p/C{number}{friend}/")});
        let reacted = message(name, at + 60_000, &language.reaction.replace("{}", emoji));
        let words = message(name, at + 120_000, &format!("haha {emoji}"));
        let named = message(owner, at + 180_000, &format!("{name} you must see this {number}"));
        messages.extend([mine, reacted, shared, words, named]);
    }
    messages.truncate(n);
    messages.reverse();
    messages
}

fn download(folder: &Path, language: &Language, n: usize) {
    let profile = json!({"profile_user": [{"string_map_data": {
        "Username": {"value": "owner.example"}, "Name": {"value": broken(language.names[0])}}}]});
    write(&folder.join("personal_information/personal_information/personal_information.json"), &profile);
    for friend in [1, 2] {
        let people = [language.names[friend], language.names[0]];
        page(folder, friend, people, &conversation(language, friend, n));
    }
}

fn subkinds(home: &TestHome) -> Vec<String> {
    let rows = home.rows("SELECT subkind || ' ' || count(*) AS text FROM messages GROUP BY subkind ORDER BY 1");
    rows.iter().filter_map(|row| row.text("text").map(str::to_owned)).collect()
}

#[test]
fn sentences_of_the_app_are_found_in_any_language_and_order() {
    for language in &LANGUAGES {
        let folder = tempfile::tempdir().expect("a temporary folder");
        // The early download alone is too short to tell.
        let [early, late] = ["2021-01-01-aaaaaaaa", "2022-01-01-bbbbbbbb"]
            .map(|name| folder.path().join(format!("instagram-owner.example-{name}")));
        download(&early, language, 2);
        download(&late, language, 20);
        let alone = TestHome::of(std::slice::from_ref(&early));
        assert_eq!(subkinds(&alone), ["text 4"], "{}", language.reaction);
        let expected = ["attachment_notice 8", "reaction_notice 8", "text 24"];
        let one = TestHome::of(&[early.clone(), late.clone()]);
        assert_eq!(subkinds(&one), expected, "{}", language.reaction);
        let other = TestHome::of(&[late, early]);
        assert_eq!(subkinds(&other), expected);
        let records = |home: &TestHome| -> Vec<String> {
            home.dump().into_iter().filter(|line| line.starts_with("record ")).collect()
        };
        assert_same(&records(&one), &records(&other), language.reaction);
        let report = one.home.check(throwback::home::DataToRead::Everything).expect("a check");
        assert_eq!((report.damage.len(), report.remarks.len()), (0, 0));
    }
}

#[test]
fn a_verdict_is_withdrawn_when_other_downloads_speak_against_it() {
    let sentence = "guarda un po' che bella cosa";
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [shares, words] = ["shares", "words"].map(|name| folder.path().join(name));
    let share = |n: i64, friend: &str| {
        let mut message = message(friend, 1_600_000_000_000 + n * 60_000, sentence);
        message["share"] = json!({"link": format!("https://www.instagram.com/p/C{n}x/")});
        message
    };
    for thread in [1, 2] {
        let messages: Vec<Value> = (0..12).map(|n| share(n * 2 + i64::from(thread == 1), "Leo")).collect();
        page(&shares, thread, [["Ann", "Ben"][thread - 1], "Leo"], &messages);
    }
    page(&words, 3, ["Cleo", "Leo"], &[message("Leo", 1_610_000_000_000, sentence)]);
    // One account for both.
    for folder in [&shares, &words] {
        let path = folder.join("personal_information/personal_information/personal_information.json");
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        let profile =
            r#"{"profile_user":[{"string_map_data":{"Username":{"value":"leo.example"},"Name":{"value":"Leo"}}}]}"#;
        fs::write(path, profile).expect("a profile");
    }
    assert_eq!(subkinds(&TestHome::of(std::slice::from_ref(&shares))), ["attachment_notice 24"]);
    for order in [[&shares, &words], [&words, &shares]] {
        assert_eq!(subkinds(&TestHome::of(&order.map(Clone::clone))), ["share 24", "text 1"]);
    }
}
