//! Cases of what people look for: a query, the texts that it must find and those that it must not.
//!
//! All cases of a file become one download, a conversation each, that is brought in by the ordinary way and searched by
//! the ordinary search. A case passes when all that it expects is among the hits and nothing that it rejects. What
//! counts are the hits that match exactly or in inflected form; when there is none, those of the first looser tier that
//! has any.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use throwback::archive::Limits;
use throwback::home::{ArchiveOutcome, Home, IngestOptions, SearchOptions, Searcher};
use throwback::index::Tier;
use throwback::ingest::{self, Silent};

/// One line of a file of cases.
#[derive(Clone, Debug)]
pub struct Case {
    pub id: String,
    pub phenomenon: String,
    /// Id and text.
    pub documents: Vec<(String, String)>,
    pub query: String,
    pub expect: BTreeSet<String>,
    pub reject: BTreeSet<String>,
    /// Why it is known to fail.
    pub fails_because: Option<String>,
}

/// What became of a case.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub missed: Vec<String>,
    pub wrong: Vec<String>,
    /// The loosest tier that counted.
    pub tier: Option<Tier>,
}

impl Outcome {
    pub fn is_passed(&self) -> bool {
        self.missed.is_empty() && self.wrong.is_empty()
    }
}

/// 2019-01-01T12:00:00Z, the day of the first document.
const FIRST_MS: i64 = 1_546_344_000_000;
const DAY_MS: i64 = 86_400_000;

/// The cases of a text with a case a line.
pub fn read(text: &str) -> Result<Vec<Case>, Box<dyn Error>> {
    text.lines().filter(|line| !line.trim().is_empty()).map(case).collect()
}

fn case(line: &str) -> Result<Case, Box<dyn Error>> {
    let value: Value = serde_json::from_str(line)?;
    let text = |value: &Value, member: &str| {
        let found = value[member].as_str().map(str::to_owned);
        found.ok_or_else(|| format!("no `{member}` in {value}"))
    };
    let ids = |member: &str| -> BTreeSet<String> {
        value[member].as_array().into_iter().flatten().filter_map(|id| id.as_str().map(str::to_owned)).collect()
    };
    let documents = value["docs"].as_array().ok_or_else(|| format!("no `docs` in {line}"))?;
    let documents: Result<Vec<_>, String> =
        documents.iter().map(|document| Ok((text(document, "id")?, text(document, "text")?))).collect();
    Ok(Case {
        id: text(&value, "id")?,
        phenomenon: text(&value, "phenomenon")?,
        documents: documents?,
        query: text(&value, "query")?,
        expect: ids("expect"),
        reject: ids("reject"),
        fails_because: value["fails_because"].as_str().map(str::to_owned),
    })
}

/// Writes the cases as an unpacked download, brings it into a home and runs every query there. Both lie below `folder`.
pub fn run(cases: &[Case], folder: &Path) -> Result<Vec<Outcome>, Box<dyn Error>> {
    let mut searcher = searcher(cases, folder)?;
    let at = places(cases);
    cases.iter().enumerate().map(|(number, case)| outcome(&mut searcher, case, number, &at)).collect()
}

/// A home that holds the cases, ready to be searched.
pub fn searcher(cases: &[Case], folder: &Path) -> Result<Searcher, Box<dyn Error>> {
    let archive = folder.join("instagram-cases.example-2024-06-01-AbCdEfGh");
    write(cases, &archive)?;
    let home = Home::at(folder.join("home"));
    let limits = Limits::default();
    let plan = ingest::plan(&[archive], home.path(), &limits);
    let stop = AtomicBool::new(false);
    let options =
        IngestOptions { limits: &limits, now_ms: FIRST_MS, is_dry_run: false, stop: &stop, command: "search cases" };
    let mut failure = None;
    home.ingest(&plan, &options, &Silent, &mut |outcome| {
        if let ArchiveOutcome::Failed(_, error) = outcome {
            failure = Some(error.to_string());
        }
    })?;
    match failure {
        Some(failure) => Err(failure.into()),
        None => Ok(home.searcher("search cases")?),
    }
}

/// When a document of a case was sent: those of a case lie a day apart, and no two at the same moment.
fn at_ms(case: usize, document: usize) -> i64 {
    let (case, document) = (i64::try_from(case).unwrap_or_default(), i64::try_from(document).unwrap_or_default());
    FIRST_MS + document * DAY_MS + case * 1_000
}

/// Case and document by the moment of the message.
fn places(cases: &[Case]) -> BTreeMap<i64, (usize, String)> {
    let of_case = |(number, case): (usize, &Case)| {
        let documents = case.documents.iter().enumerate();
        documents.map(|(nth, (id, _))| (at_ms(number, nth), (number, id.clone()))).collect::<Vec<_>>()
    };
    cases.iter().enumerate().flat_map(of_case).collect()
}

fn outcome(
    searcher: &mut Searcher,
    case: &Case,
    number: usize,
    places: &BTreeMap<i64, (usize, String)>,
) -> Result<Outcome, Box<dyn Error>> {
    let now = DateTime::<Utc>::from_timestamp_millis(FIRST_MS).ok_or("a time")?;
    let query = throwback::query::parse(&case.query)?;
    let compiled = searcher.compile(&query, &now)?;
    let answer = searcher.search(&compiled, &SearchOptions::default())?;
    let closest = answer.found.iter().map(|found| found.tier.max(Tier::Inflected)).min();
    let counted = answer.found.iter().filter(|found| Some(found.tier.max(Tier::Inflected)) == closest);
    let found: BTreeSet<&str> = counted
        .filter_map(|found| places.get(&found.record.integer("at_ms")?))
        .filter(|(of, _)| *of == number)
        .map(|(_, id)| id.as_str())
        .collect();
    let list = |ids: &BTreeSet<String>, is_found: bool| {
        ids.iter().filter(|id| found.contains(id.as_str()) == is_found).cloned().collect()
    };
    Ok(Outcome { missed: list(&case.expect, false), wrong: list(&case.reject, true), tier: closest })
}

fn write(cases: &[Case], archive: &Path) -> Result<(), Box<dyn Error>> {
    let profile = json!({"profile_user": [{"title": "User information", "media_map_data": {}, "string_map_data": {
        "Username": {"href": "", "value": "cases.example", "timestamp": 0},
        "Name": {"href": "", "value": "Cases Example", "timestamp": 0},
    }}]});
    put(&archive.join("personal_information/personal_information/personal_information.json"), &profile)?;
    for (number, case) in cases.iter().enumerate() {
        let name = format!("zq{number:05}");
        let folder = format!("{name}_{}", 17_843_000_000_000_000 + number);
        let mut messages = Vec::new();
        for (nth, (_, text)) in case.documents.iter().enumerate() {
            let at_ms = at_ms(number, nth);
            messages.push(
                json!({"sender_name": name, "timestamp_ms": at_ms, "content": text, "is_geoblocked_for_viewer": false}),
            );
        }
        messages.reverse();
        let page = json!({
            "participants": [{"name": name}, {"name": "Cases Example"}], "messages": messages, "title": name,
            "is_still_participant": true, "thread_path": format!("inbox/{folder}"), "magic_words": [],
        });
        put(&archive.join(format!("your_instagram_activity/messages/inbox/{folder}/message_1.json")), &page)?;
    }
    Ok(())
}

/// Writes JSON as Instagram does: every byte of UTF-8 as a character of its own.
fn put(path: &Path, value: &Value) -> Result<(), Box<dyn Error>> {
    let mut text = String::new();
    for byte in value.to_string().bytes() {
        if byte.is_ascii() {
            text.push(char::from(byte));
        } else {
            write!(text, "\\u{byte:04x}")?;
        }
    }
    fs::create_dir_all(path.parent().ok_or("a folder")?)?;
    Ok(fs::write(path, text)?)
}

/// Passed and all per phenomenon, and what failed.
pub fn summary(cases: &[Case], outcomes: &[Outcome]) -> String {
    let mut by_phenomenon: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut failing = Vec::new();
    for (case, outcome) in cases.iter().zip(outcomes) {
        let (passed, all) = by_phenomenon.entry(&case.phenomenon).or_default();
        *all += 1;
        *passed += usize::from(outcome.is_passed());
        if !outcome.is_passed() {
            let (missed, wrong) = (outcome.missed.join(" "), outcome.wrong.join(" "));
            let tier = outcome.tier.map_or("no tier", Tier::name);
            let why = case.fails_because.as_ref().map_or(String::new(), |why| format!(" because {why}"));
            let id = &case.id;
            failing.push(format!("failed: {id} (missed: {missed}; wrong: {wrong}; {tier}){why}\n"));
        }
    }
    let lines = by_phenomenon.iter().map(|(name, (passed, all))| format!("{name:<16} {passed:>4} of {all}\n"));
    let n_passed = outcomes.iter().filter(|outcome| outcome.is_passed()).count();
    lines.collect::<String>() + &failing.concat() + &format!("passed {n_passed} of {}\n", cases.len())
}
