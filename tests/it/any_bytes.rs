//! No bytes upset a reader (promise 9): for every row of the catalog random bytes, random values and damaged documents,
//! the same in every run. What must hold of each reading says `invariants`.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRng, TestRunner};
use serde_json::{Map, Value, json};
use throwback::model::FindingCode;
use throwback::source::instagram::catalog::{self, CATALOG, Row};
use throwback::source::instagram::invariants::{check_date, check_reading, check_repair, paths_of};
use throwback::source::{self, Document, DocumentForm, Learnt, Role};

use crate::support::{Dice, fixtures};

/// Runs a property over so many values, the same in every run.
fn each<T: std::fmt::Debug>(n_cases: u32, strategy: impl Strategy<Value = T>, check: impl Fn(T)) {
    let config = Config { cases: n_cases, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(config.rng_algorithm);
    let run = |value| {
        check(value);
        Ok(())
    };
    TestRunner::new_with_rng(config, rng).run(&strategy, run).expect("the property holds");
}

fn read(path: &str, bytes: &[u8]) {
    let mut learnt = Learnt::default();
    source::learn(&mut learnt, path, bytes);
    check_reading(&Document { path, bytes, learnt: &learnt });
    source::outline(path, bytes);
}

/// One path of a row for each form of a document.
fn paths(row: &Row) -> impl Iterator<Item = String> {
    ["json", "html"].into_iter().filter_map(|extension| paths_of(row, extension).into_iter().next())
}

#[test]
fn every_row_has_a_path_that_leads_to_it() {
    for row in CATALOG {
        for path in paths_of(row, "json") {
            assert_eq!(catalog::find(&path, "").name, row.name, "{path}");
        }
    }
}

#[test]
fn random_bytes_upset_no_reader() {
    const MARKS: &[u8] = b"[]{}\",:\\u00e9 1\n-<>/=tdivrah\xff\0";
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        prop::collection::vec(prop::sample::select(MARKS), 0..200),
    ];
    let rows: Vec<String> = CATALOG.iter().flat_map(paths).collect();
    let more = ["a.srt", "a.txt", "start_here.html", "media/posts/x", ""].map(str::to_owned);
    let all: Vec<String> = rows.into_iter().chain(more).collect();
    each(40, prop::collection::vec(bytes, 4), |documents| {
        for (path, bytes) in all.iter().zip(documents.iter().cycle()) {
            read(path, bytes);
        }
    });
}

/// Members that readers look at, in the places where they look for them and in all others.
#[expect(clippy::too_many_lines, reason = "one table of everything that a value may be")]
fn value() -> impl Strategy<Value = Value> {
    const NAMES: &[&str] = &[
        "title",
        "name",
        "value",
        "href",
        "uri",
        "text",
        "timestamp",
        "timestamp_ms",
        "timestamp_value",
        "creation_timestamp",
        "media",
        "label",
        "label_values",
        "dict",
        "vec",
        "string_map_data",
        "string_list_data",
        "media_map_data",
        "media_list_data",
        "participants",
        "messages",
        "conversation",
        "sender",
        "sender_name",
        "content",
        "reactions",
        "actor",
        "reaction",
        "share",
        "link",
        "photos",
        "call_duration",
        "users",
        "created_at",
        "thread_path",
        "replies",
        "media_metadata",
        "photo_metadata",
        "exif_data",
        "latitude",
        "fbid",
        "Time",
        "Username",
        "Caption",
        "URL",
        "Zeit",
    ];
    const TEXTS: &[&str] = &[
        "",
        "ann_example",
        "https://www.instagram.com/p/x/",
        "2019-05-04T10:11:12+00:00",
        "Sep 22, 2017, 6:33 AM",
        "grün",
        "\u{0}",
        "😂",
        "You have no data in this section",
        "photos/201905/a.jpg",
    ];
    let leaf = prop_oneof![
        prop::sample::select(TEXTS).prop_map(|text| json!(text)),
        any::<String>().prop_map(|text| json!(text)),
        any::<i64>().prop_map(|number| json!(number)),
        any::<f64>().prop_map(|number| json!(number)),
        (1_000_000_000_i64..2_000_000_000).prop_map(|number| json!(number)),
        any::<bool>().prop_map(|flag| json!(flag)),
        Just(json!(null)),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        let name = prop_oneof![4 => prop::sample::select(NAMES).prop_map(str::to_owned), 1 => any::<String>()];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((name, inner), 0..5)
                .prop_map(|members| { Value::Object(members.into_iter().collect::<Map<_, _>>()) }),
        ]
    })
}

#[test]
fn random_values_upset_no_reader() {
    let documents = prop::collection::vec((prop::collection::vec(value(), 0..3), 0_u8..4), CATALOG.len());
    each(32, documents, |documents| {
        for (row, (elements, form)) in CATALOG.iter().zip(documents) {
            let list = row.lists.first().copied().unwrap_or("list");
            let document = match (form, &elements[..]) {
                (0, [only, ..]) => only.clone(),
                (1, [only, ..]) => json!({ list: only }),
                (2, _) => json!({ list: elements, "beside": elements }),
                _ => json!(elements),
            };
            for path in paths_of(row, "json") {
                read(&path, document.to_string().as_bytes());
            }
        }
    });
}

impl Dice {
    /// Cuts, flips, overwrites, takes out, doubles, or puts in a piece of another document.
    fn damage_document(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        const MARKS: &[u8] = b"{}[]\",:\\<>/=\x00\xff-0";
        let at = self.below(bytes.len());
        let n = (1 + self.below(60)).min(bytes.len().saturating_sub(at));
        match self.below(8) {
            _ if bytes.is_empty() => bytes.extend(other),
            0 => bytes.truncate(at),
            1 => bytes[at] ^= 1 << self.below(8),
            2 | 3 => bytes[at] = MARKS[self.below(MARKS.len())],
            4 => drop(bytes.drain(at..at + n)),
            5 => {
                let piece = bytes[at..at + n].to_vec();
                let to = self.below(bytes.len());
                bytes.splice(to..to, piece);
            }
            _ => {
                let from = self.below(other.len());
                let until = other.len().min(from + 1 + self.below(300));
                bytes.splice(at..at, other[from..until].iter().copied());
            }
        }
    }
}

/// Documents of all fixtures by the row that reads them, below their roots; none that is slow to read many times.
fn documents() -> BTreeMap<&'static str, Vec<(String, Vec<u8>)>> {
    const LONGEST: u64 = 6_000;
    let mut documents: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for entry in walkdir::WalkDir::new(fixtures()).sort_by_file_name() {
        let entry = entry.expect("the fixtures can be listed");
        let below = entry.path().strip_prefix(fixtures()).expect("below the fixtures");
        let path = below.components().skip(1).collect::<std::path::PathBuf>().to_string_lossy().replace('\\', "/");
        let is_document = matches!(source::role(&path), Role::Document(DocumentForm::Json | DocumentForm::Html));
        if entry.file_type().is_file() && is_document && entry.metadata().expect("a file").len() <= LONGEST {
            let bytes = std::fs::read(entry.path()).expect("a fixture");
            documents.entry(catalog::find(&path, "").name).or_default().push((path, bytes));
        }
    }
    documents
}

#[test]
fn damaged_documents_of_every_row_are_accounted_for() {
    const ROUNDS: u64 = 24;
    let documents = documents();
    let all: Vec<&(String, Vec<u8>)> = documents.values().flatten().collect();
    let mut n_rows = 0;
    for (index, row) in CATALOG.iter().enumerate() {
        n_rows += usize::from(documents.contains_key(row.name));
        for round in 0..ROUNDS {
            let mut dice = Dice((round + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (index as u64 + 1) << 17);
            let other = all[dice.below(all.len())];
            // A document of the row, or a foreign one under its name.
            let (path, mut bytes) = match documents.get(row.name) {
                Some(own) if round % 4 != 0 => own[dice.below(own.len())].clone(),
                _ => {
                    let is_page = Path::new(&other.0).extension().is_some_and(|extension| extension == "html");
                    let paths = paths_of(row, if is_page { "html" } else { "json" });
                    (paths[dice.below(paths.len())].clone(), other.1.clone())
                }
            };
            for _ in 0..=dice.below(3) {
                dice.damage_document(&mut bytes, &other.1);
            }
            read(&path, &bytes);
        }
    }
    assert!(n_rows * 10 > CATALOG.len() * 8, "only {n_rows} rows have a fixture of their own");
}

/// Shape before name: whatever a file is called, what lies in it is accounted for.
#[test]
fn documents_under_the_names_of_others_are_accounted_for() {
    let documents = documents();
    let one_of_each = documents.values().filter_map(|own| own.iter().min_by_key(|(_, bytes)| bytes.len()));
    for (index, (own_path, bytes)) in one_of_each.enumerate() {
        let is_page = own_path.ends_with(".html");
        let extension = if is_page { "html" } else { "json" };
        // Every third name; which of them goes by the document.
        for row in CATALOG.iter().skip(index % 3).step_by(3) {
            let path = &paths_of(row, extension)[0];
            read(path, bytes);
        }
    }
}

#[test]
fn any_text_is_a_date_or_none() {
    const PIECES: &[&str] = &[
        "2017",
        "22",
        "9",
        "0",
        "31",
        "6:33",
        "18:05:59",
        "12.30",
        "AM",
        "p. m.",
        "Sep",
        "septembre",
        "Mai",
        "월",
        "月",
        "日",
        "thg",
        "de",
        "UTC",
        "-",
        ":",
        "T",
        "Z",
        "+00:00",
        ", ",
        " ",
        "\u{202f}",
        "٢٠٢٢",
        "오후",
        "下午",
        "99999999999999999999",
        ".",
        "/",
        "am",
        "um",
        "+10000",
        "Ⅻ",
        "ǅ",
        "\u{301}",
    ];
    let pieces = prop::collection::vec(prop::sample::select(PIECES), 0..10).prop_map(|pieces| pieces.concat());
    each(3_000, prop_oneof![any::<String>(), "[ -~]{0,40}", pieces], |text| check_date(&text));
}

#[test]
fn any_text_is_repaired_strictly_or_left_alone() {
    // Each way in which a character can be written, broken and proper.
    let piece = prop_oneof![
        any::<char>()
            .prop_map(|c| c.to_string().bytes().fold(String::new(), |all, byte| all + &format!("\\u{byte:04x}"))),
        any::<char>().prop_map(|c| {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().fold(String::new(), |all, unit| all + &format!("\\u{unit:04X}"))
        }),
        any::<char>().prop_map(|c| serde_json::to_string(&c).expect("a character").trim_matches('"').to_owned()),
        (0_u8..=255).prop_map(|byte| format!("\\u{byte:04x}")),
        prop::sample::select(&["Ã©", "\\\\u00c3", "\\/", "\\\"", "â‚¬", "\\u20ac"][..]).prop_map(str::to_owned),
    ];
    let string = prop::collection::vec(piece, 0..6).prop_map(|pieces| format!("\"{}\"", pieces.concat()));
    let document = prop::collection::vec((string.clone(), string), 0..4).prop_map(|members| {
        let members: Vec<String> = members.iter().map(|(name, value)| format!("{name}:{value}")).collect();
        format!("{{{}}}", members.join(","))
    });
    each(2_000, document, |document| check_repair(document.as_bytes()));
}

/// The rule about whole documents: one with a raw byte above 0x7F, or an escape above `\u00ff`, is repaired only in strings
/// that consist of escapes.
#[test]
fn documents_of_other_writers_are_repaired_only_where_a_string_consists_of_escapes() {
    let said = |path: &str, strings: &[&str]| -> Vec<String> {
        let strings: Vec<String> = strings.iter().map(|string| format!("{{\"x\":\"{string}\"}}")).collect();
        let (bytes, learnt) = (format!("[{}]", strings.join(",")), Learnt::default());
        let (_, outputs) = check_reading(&Document { path, bytes: bytes.as_bytes(), learnt: &learnt });
        let text = |output: source::Output| match output {
            source::Output::Item { item, .. } => Some(item.text.unwrap_or_default()),
            _ => None,
        };
        outputs.into_iter().filter_map(text).collect()
    };
    let check =
        |path: &str, strings: &[&str], expected: &[&str]| assert_eq!(said(path, strings), expected, "{strings:?}");
    let escapes = r"\u00c3\u00a9";
    check("new/list.json", &[escapes], &["é"]);
    // Beside other writing each string goes by itself.
    check("new/list.json", &[escapes, "ü"], &["é", "ü"]);
    check("new/list.json", &[escapes, r"\u2728"], &["é", "✨"]);
    check("new/list.json", &[escapes, r"\ud83d\ude02"], &["é", "😂"]);
    check("new/list.json", &["Ã©", r"\u00c3\u00a9 ü", r"\u00c3\u00a9 \u2728"], &["Ã©", "Ã© ü", "Ã© ✨"]);
    // The same in any order and whatever else there is.
    check("new/list.json", &["ü", escapes, "Ã©"], &["ü", "é", "Ã©"]);
    // A flat document is proper.
    check("shopping.json", &[escapes], &["Ã©"]);
}

/// What is more than one record may hold is told as such, whatever the reader.
#[test]
fn an_element_that_is_too_large_is_bad_and_its_neighbours_are_read() {
    let huge = format!(r#"[{{"a":"first"}},{{"a":"{}"}},{{"a":"last"}}]"#, "x".repeat(9 << 20));
    let learnt = Learnt::default();
    let document = Document { path: "new/list.json", bytes: huge.as_bytes(), learnt: &learnt };
    let mut codes = Vec::new();
    let reading = source::read(&document, &mut |output| {
        if let source::Output::Finding(finding) = output {
            codes.push(finding.code);
        }
    });
    assert_eq!((reading.n_read, reading.n_bad, reading.n_items), (2, 1, Some(3)));
    assert!(codes.contains(&FindingCode::BadItem), "{codes:?}");
}
