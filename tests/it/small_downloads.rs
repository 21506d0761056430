//! Small downloads for tests of accounts and people, and homes of them in every order.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::{TestHome, assert_same};

pub fn write(folder: &Path, path: &str, json: &Value) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
    fs::write(path, json.to_string()).expect("a file");
}

pub fn profile(folder: &Path, handle: &str, name: &str) {
    let map = json!({"Username": {"value": handle}, "Name": {"value": name}});
    let profile = json!({"profile_user": [{"string_map_data": map}]});
    write(folder, "personal_information/personal_information.json", &profile);
}

/// Changes of the user name: seconds, before, after.
pub fn changes(folder: &Path, changes: &[(i64, &str, &str)]) {
    let change = |(at, from, to): &(i64, &str, &str)| {
        json!({"title": "", "string_map_data": {
            "Changed": {"value": "Username"}, "Previous Value": {"value": from}, "New Value": {"value": to},
            "Change Date": {"timestamp": at}}})
    };
    let all: Vec<Value> = changes.iter().map(change).collect();
    write(folder, "personal_information/profile_changes.json", &json!({"profile_profile_change": all}));
}

/// A conversation of two: `(milliseconds, sender, text)`.
pub fn talk(folder: &Path, id: &str, owner: &str, friend: &str, messages: &[(i64, &str, &str)]) {
    let message =
        |(at, sender, text): &(i64, &str, &str)| json!({"sender_name": sender, "timestamp_ms": at, "content": text});
    let messages: Vec<Value> = messages.iter().rev().map(message).collect();
    let page = json!({"participants": [{"name": friend}, {"name": owner}], "title": friend, "messages": messages});
    write(folder, &format!("your_instagram_activity/messages/inbox/{id}/message_1.json"), &page);
}

pub const THREAD: &str = "ben_17840000000000001";

/// What Alice and Ben wrote each other.
pub const MESSAGES: [(i64, &str, &str); 6] = [
    (1_560_000_000_101, "Alice A", "hello Ben"),
    (1_560_000_060_102, "Ben B", "hello Alice"),
    (1_560_000_120_103, "Alice A", "how are you?"),
    (1_560_000_180_104, "Ben B", "well, and you?"),
    (1_560_000_240_105, "Alice A", "well, too"),
    (1_560_000_300_106, "Ben B", "good"),
];

fn permutations<T: Copy>(items: &[T]) -> Vec<Vec<T>> {
    let Some((first, rest)) = items.split_first() else { return vec![Vec::new()] };
    let mut all = Vec::new();
    for shorter in permutations(rest) {
        for at in 0..=shorter.len() {
            let mut order = shorter.clone();
            order.insert(at, *first);
            all.push(order);
        }
    }
    all
}

pub struct Downloads(tempfile::TempDir);

impl Downloads {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A home for each order of these, all of which hold the same; gives the first.
    pub fn homes(&self, names: &[&str], after: &dyn Fn(&TestHome)) -> TestHome {
        // Of the 24 orders of four downloads every third: each of the four comes first in some.
        let step = if names.len() > 3 { 3 } else { 1 };
        let mut homes = permutations(names).into_iter().step_by(step).map(|order| {
            let paths: Vec<PathBuf> = order.iter().map(|name| self.path(name)).collect();
            let home = TestHome::of(&paths);
            after(&home);
            (order, home)
        });
        let (first_order, first) = homes.next().expect("an order");
        let dump = first.dump();
        for (order, home) in homes {
            assert_same(&dump, &home.dump(), &format!("{first_order:?} and {order:?}"));
        }
        first
    }
}

/// Whom the account follows: user names and seconds.
pub fn following(folder: &Path, relations: &[(&str, i64)]) {
    let relation = |(handle, at): &(&str, i64)| {
        let href = format!("https://www.instagram.com/{handle}");
        json!({"title": "", "string_list_data": [{"href": href, "value": handle, "timestamp": at}]})
    };
    let all: Vec<Value> = relations.iter().map(relation).collect();
    write(folder, "connections/followers_and_following/following.json", &json!({"relationships_following": all}));
}
