//! Every fixture gives what its author counted by hand, and every item of every document has exactly one fate.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{TestHome, fixtures};

/// The rows of a table of `fixtures/README.md`, below the heading of that name.
fn table(heading: &str) -> Vec<Vec<String>> {
    let readme = fs::read_to_string(fixtures().join("README.md")).expect("the fixtures' README");
    let section = readme.split("\n## ").find(|section| section.starts_with(heading)).expect("the heading");
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// Counts by tree: kind → records.
fn counts_by_hand() -> BTreeMap<String, BTreeMap<String, i64>> {
    let mut counts: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
    for row in table("Counts") {
        let n = row[2].parse().expect("a number");
        counts.entry(row[0].clone()).or_default().insert(row[1].clone(), n);
    }
    counts
}

fn trees() -> Vec<PathBuf> {
    let mut trees: Vec<PathBuf> = fs::read_dir(fixtures())
        .expect("the fixtures")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir() && !path.ends_with("sample"))
        .collect();
    trees.sort();
    trees.into_iter().flat_map(archives_in).collect()
}

/// The parts of a delivery are archives of their own.
fn archives_in(tree: PathBuf) -> Vec<PathBuf> {
    let entries = fs::read_dir(&tree).expect("a tree").map(|entry| entry.expect("an entry").path());
    let mut parts: Vec<PathBuf> = entries.filter(|path| path.to_string_lossy().contains("_part_")).collect();
    parts.sort();
    if parts.is_empty() { vec![tree] } else { parts }
}

#[test]
fn every_tree_gives_the_records_that_were_counted_by_hand() {
    let mut wrong = Vec::new();
    for (tree, by_hand) in counts_by_hand() {
        let home = TestHome::of(&[fixtures().join(&tree)]);
        let kinds = home.kinds();
        if kinds != by_hand {
            let all: BTreeSet<&String> = kinds.keys().chain(by_hand.keys()).collect();
            for kind in all.into_iter().filter(|kind| kinds.get(*kind) != by_hand.get(*kind)) {
                let n = |counts: &BTreeMap<String, i64>| counts.get(kind).copied().unwrap_or_default();
                wrong.push(format!("{tree}: {kind}: {} held, {} counted", n(&kinds), n(&by_hand)));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_tree_gives_the_files_and_threads_that_were_counted_by_hand() {
    for row in table("Files and threads") {
        let home = TestHome::of(&[fixtures().join(&row[0])]);
        let held = [
            home.number("SELECT count(*) FROM entries WHERE fate <> 'folder'"),
            home.number("SELECT count(*) FROM entries WHERE fate = 'document'"),
            home.number("SELECT count(DISTINCT hash) FROM entries WHERE fate = 'document'"),
            home.number("SELECT count(*) FROM entries WHERE fate IN ('media', 'unknown')"),
            home.number("SELECT count(DISTINCT hash) FROM entries WHERE fate IN ('media', 'unknown')"),
            home.number("SELECT count(*) FROM entries WHERE fate = 'debris'"),
            home.number("SELECT count(*) FROM threads"),
        ];
        let by_hand: Vec<i64> = row[1..].iter().map(|cell| cell.parse().expect("a number")).collect();
        assert_eq!(held.as_slice(), by_hand, "{}", row[0]);
    }
}

/// Counts the items of a JSON document: the objects and rows of every list at the top or one member below it; of a
/// conversation the messages, also where a list holds conversations; an object that is a record by itself is one, and so
/// is an object beside lists.
fn count_items(document: &Value) -> u64 {
    let plain_rows =
        |list: &[Value]| list.iter().filter(|element| element.is_object() || element.is_array()).count() as u64;
    let rows = |list: &[Value]| -> u64 {
        let of_element =
            |element: &Value| match (element["participants"].as_array(), element["conversation"].as_array()) {
                (Some(_), Some(messages)) => plain_rows(messages),
                _ => plain_rows(std::slice::from_ref(element)),
            };
        list.iter().map(of_element).sum()
    };
    match document {
        Value::Array(list) => rows(list),
        Value::Object(members) => {
            let is_conversation = members.contains_key("participants") && members.contains_key("messages");
            let is_record = ["string_list_data", "string_map_data", "media_map_data", "media", "label_values", "uri"]
                .iter()
                .any(|name| members.contains_key(*name));
            if is_record {
                return 1;
            }
            let lists: Vec<(&String, &Vec<Value>)> =
                members.iter().filter_map(|(name, value)| Some((name, value.as_array()?))).collect();
            if is_conversation {
                let messages = ["messages", "replies"];
                return lists
                    .iter()
                    .filter(|(name, _)| messages.contains(&name.as_str()))
                    .map(|(_, list)| rows(list))
                    .sum();
            }
            let n_rows = lists.iter().map(|(_, list)| rows(list)).sum::<u64>();
            let n_beside = members.values().filter(|value| value.as_object().is_some_and(|o| !o.is_empty())).count();
            match n_rows {
                0 => u64::from(lists.len() < members.len() || lists.iter().any(|(_, list)| list.len() > 1)),
                n => n + n_beside as u64,
            }
        }
        _ => 0,
    }
}

/// Counts the items of a page: its boxes, or the rows of a list in one. The first box of a conversation names its people;
/// a page that leads to the others is one item.
fn count_boxes(path: &str, page: &str) -> u64 {
    let n = |mark: &str| page.matches(mark).count() as u64;
    let n_heads = u64::from(path.ends_with("/message_1.html"));
    if ["index.html", "start_here.html", "chats.html"].iter().any(|name| path.ends_with(name)) {
        1
    } else if n("class=\"_1isx\"") > 0 {
        n("class=\"_1isx\"")
    } else {
        n("uiBoxWhite noborder\"") - n_heads
    }
}

#[test]
fn every_item_of_every_document_has_one_fate() {
    let mut n_documents = 0;
    for tree in trees() {
        let home = TestHome::of(std::slice::from_ref(&tree));
        // Every file of the tree is an entry, byte for byte.
        for entry in home.rows("SELECT path, bytes, hash, fate FROM entries WHERE fate <> 'folder'") {
            let path = tree.join(entry.text("path").expect("a path"));
            let bytes = fs::read(&path).expect("the file of the entry");
            assert_eq!(entry.integer("bytes"), Some(bytes.len().try_into().expect("small")), "{}", path.display());
            assert_eq!(
                entry.text("hash"),
                Some(throwback::model::ContentHash::of(&bytes).to_hex().as_str()),
                "{}",
                path.display()
            );
        }
        assert_eq!(
            home.number("SELECT count(*) FROM entries WHERE fate <> 'folder'"),
            n_files(&tree),
            "{}",
            tree.display()
        );
        // Every item was read (at least one sighting), kept with a reason, or is bad with a finding.
        for row in home.rows("SELECT * FROM documents") {
            let path = row.text("path").expect("a path");
            let Ok(json) = fs::read_to_string(tree.join(path)) else { continue };
            if path.ends_with(".txt") || path.ends_with(".srt") {
                continue;
            }
            let count = |column: &str| row.integer(column).expect("a count").unsigned_abs();
            let (n_read, n_kept, n_bad) = (count("n_read"), count("n_kept"), count("n_bad"));
            let hash = row.text("hash").expect("a hash");
            let n_seen =
                home.number(&format!("SELECT count(DISTINCT place) FROM sightings WHERE document_hash = '{hash}'"));
            assert_eq!(n_seen.unsigned_abs(), n_read, "{path}: every item that was read has a sighting");
            n_documents += 1;
            if path.ends_with(".html") {
                assert_eq!(count_boxes(path, &json), n_read + n_kept + n_bad, "{}/{path}", tree.display());
                continue;
            }
            match serde_json::from_str::<Value>(&json) {
                Ok(document) => {
                    assert_eq!(count_items(&document), n_read + n_kept + n_bad, "{}/{path}", tree.display());
                }
                // What JSON itself refuses cannot be counted as a whole, so it must be reported.
                Err(_) => {
                    let findings =
                        format!("SELECT count(*) FROM findings WHERE path = '{path}' AND severity <> 'info'");
                    assert!(home.number(&findings) > 0, "{path} is broken and nobody says so");
                }
            }
        }
    }
    assert!(n_documents > 350, "only {n_documents} documents were looked at");
}

fn n_files(folder: &Path) -> i64 {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.map(|path| if path.is_dir() { n_files(&path) } else { 1 }).sum()
}

#[test]
fn a_sound_home_passes_its_check() {
    for tree in trees() {
        let home = TestHome::of(std::slice::from_ref(&tree));
        let report = home.home.check(throwback::home::DataToRead::Everything).expect("a check");
        assert_eq!(report.damage, [], "{}", tree.display());
        assert_eq!(report.remarks, [], "{}", tree.display());
    }
}
