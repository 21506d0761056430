//! Messages that newer downloads say again, letter by letter: what is held is the same in any order, is what computing
//! everything anew gives, and tells each message as often as the fullest download does.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde_json::{Value, json};
use throwback::ingest::Silent;

use crate::support::{TestHome, assert_same};

/// A message: milliseconds after a moment, who, what.
type Said = (i64, &'static str, &'static str);

/// Pages of conversations, by the number of the conversation.
type Pages = &'static [(u8, &'static [Said])];

const A: Said = (1, "Ann", "the first one");
const B: Said = (1_200, "Me", "the second one");
const C: Said = (900_000, "Ann", "the third one");
const D: Said = (999_000_000, "Me", "the last one");

/// What three downloads hold, and how many messages that is.
const CASES: [(&str, [Pages; 3], i64); 12] = [
    ("it grows", [&[(1, &[A, B])], &[(1, &[A, B, C])], &[(1, &[A, B, C, D])]], 4),
    ("it grows once", [&[(1, &[A, B])], &[(1, &[A, B, C])], &[(1, &[A, B, C]), (2, &[D])]], 4),
    ("it loses the oldest", [&[(1, &[A, B])], &[(1, &[B, C])], &[(1, &[C, D])]], 4),
    ("one comes back", [&[(1, &[A, B])], &[(1, &[B, C])], &[(1, &[A, C, D])]], 4),
    (
        "pages move on",
        [&[(1, &[B, C]), (1, &[A])], &[(1, &[C, D]), (1, &[A, B])], &[(1, &[D]), (1, &[C, B]), (1, &[A])]],
        4,
    ),
    ("twice on two pages", [&[(1, &[A, B])], &[(1, &[A, B]), (1, &[B, C])], &[(1, &[A, B, C])]], 4),
    ("sent twice", [&[(1, &[A, B])], &[(1, &[A, A, B])], &[(1, &[A, A, A, B])]], 4),
    ("sent twice at first", [&[(1, &[A, A, B])], &[(1, &[A, B])], &[(1, &[A, B, C])]], 4),
    ("edited and back", [&[(1, &[A, B])], &[(1, &[(1, "Ann", "another"), B])], &[(1, &[A, B, C])]], 3),
    ("renamed", [&[(1, &[A, B])], &[(1, &[(1, "Anna", "the first one"), B])], &[(1, &[A, B, C])]], 3),
    ("in another conversation, too", [&[(1, &[A, B])], &[(1, &[A, B]), (2, &[A, D])], &[(1, &[A, B, C])]], 5),
    ("the conversation has another id", [&[(1, &[A, B, C])], &[(2, &[A, B, C])], &[(2, &[A, B, C, D])]], 4),
];

/// Writes a document with so many spaces behind it: files of the same names, lengths and times would be one download.
fn put(root: &Path, path: &str, json: &Value, n_spaces: usize) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
    std::fs::write(path, format!("{json}{}", " ".repeat(n_spaces))).expect("a file");
}

/// A download of that day.
fn download(folder: &Path, day: usize, pages: Pages) -> PathBuf {
    let root = folder.join(format!("instagram-me.example-2024-03-0{day}-Ab3dE5f{day}"));
    let user = json!({"title": "", "media_map_data": {}, "string_map_data": {"Username": {"value": "me.example"}, "Name": {"value": "Me"}}});
    put(
        &root,
        "personal_information/personal_information/personal_information.json",
        &json!({"profile_user": [user]}),
        day,
    );
    for (nth, (thread, said)) in pages.iter().enumerate() {
        let number = 1 + pages[..nth].iter().filter(|(other, _)| other == thread).count();
        let message = |(ms, who, what): &Said| {
            let reactions = json!([{"reaction": "❤", "actor": "Ann"}]);
            let at = 1_600_000_000_123 + ms;
            let plain = json!({"sender_name": who, "timestamp_ms": at, "content": what});
            let loved = json!({"sender_name": who, "timestamp_ms": at, "content": what, "reactions": reactions});
            if *who == "Me" { loved } else { plain }
        };
        let messages: Vec<Value> = said.iter().rev().map(message).collect();
        let page = json!({"participants": [{"name": "Ann"}, {"name": "Me"}], "messages": messages, "title": "Ann"});
        let path = format!("your_instagram_activity/messages/inbox/ann_1784000000000000{thread}/message_{number}.json");
        put(&root, &path, &page, 0);
    }
    root
}

#[test]
fn what_is_said_again_is_held_once_in_any_order() {
    const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    for (what, pages, n_messages) in CASES {
        let folder = tempfile::tempdir().expect("a folder");
        let downloads: Vec<PathBuf> =
            pages.iter().enumerate().map(|(nth, pages)| download(folder.path(), nth + 1, pages)).collect();
        let mut first: Option<Vec<String>> = None;
        for order in ORDERS {
            let home = TestHome::new();
            for nth in order {
                home.ingest(&downloads[nth]);
            }
            if order == [1, 0, 2] {
                let damage = home.home.rederive("a test", &AtomicBool::new(false), &Silent).expect("a comparison");
                assert_eq!(damage, [], "{what}, {order:?}");
            }
            assert_eq!(home.kinds()["message"], n_messages, "{what}, {order:?}");
            let dump = home.dump();
            assert_same(first.get_or_insert_with(|| dump.clone()), &dump, &format!("{what}, {order:?}"));
        }
    }
}
