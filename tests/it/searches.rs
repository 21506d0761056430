//! The searches of `fixtures/expect.jsonl` find what they must, through the ordinary way.

use std::collections::BTreeSet;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use serde_json::Value;
use throwback::home::{SearchOptions, Searcher};

use crate::support::{TestHome, fixtures};

/// 2024-06-01: after the newest download of the sample.
fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_717_200_000, 0).expect("a time")
}

#[test]
fn every_search_of_the_sample_finds_what_it_must() {
    let home = TestHome::of(&[fixtures().join("sample")]);
    let mut searcher = home.home.searcher("a test").expect("a searcher");
    let cases = fs::read_to_string(fixtures().join("expect.jsonl")).expect("the searches");
    let mut wrong = Vec::new();
    for case in cases.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON")) {
        let query = case["query"].as_str().expect("a query");
        let parsed = throwback::query::parse(query).expect("a query that parses");
        let compiled = searcher.compile(&parsed, &now()).expect("a query that compiles");
        let answer = searcher.search(&compiled, &SearchOptions::default()).expect("an answer");
        // What matches loosely counts only where nothing matches closely.
        let is_close = answer.found.iter().any(|found| !found.tier.is_loose());
        let found: Vec<(&str, &str, &str)> = answer
            .found
            .iter()
            .filter(|found| !is_close || !found.tier.is_loose())
            .map(|found| &found.record)
            .map(|row| (row.text("kind").unwrap_or(""), row.text("at").unwrap_or(""), row.text("text").unwrap_or("")))
            .collect();
        let is_found = |wanted: &Value| {
            let of = |name: &str| wanted[name].as_str().unwrap_or_default();
            found.iter().any(|(kind, at, text)| *kind == of("kind") && *at == of("at") && *text == of("text"))
        };
        let lists = |name: &str| case[name].as_array().cloned().unwrap_or_default();
        wrong.extend(
            lists("finds").iter().filter(|wanted| !is_found(wanted)).map(|wanted| format!("{query}: misses {wanted}")),
        );
        wrong.extend(
            lists("not").iter().filter(|other| is_found(other)).map(|other| format!("{query}: must not find {other}")),
        );
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_search_during_an_ingest_sees_the_state_before_or_after() {
    let home = TestHome::of(&[fixtures().join("c_2022")]);
    // What is counted, and everything that is told of what is found; with the changes that are said to be missing.
    let look = || {
        let mut searcher = home.home.searcher("a test").expect("a searcher");
        let parsed = throwback::query::parse("kind:message,post,like,comment").expect("a query that parses");
        let compiled = searcher.compile(&parsed, &now()).expect("a query that compiles");
        let n = searcher.count(&compiled).expect("a number");
        let options = SearchOptions { n_before: 1, ..SearchOptions::default() };
        let answer = searcher.search(&compiled, &options).expect("an answer");
        let told = answer.found.iter().map(|found| {
            let before = found.context.before.iter().map(|row| row.text("id").unwrap_or_default().to_owned());
            format!("{:?} {:?} {:?}", found.record.values, found.snapshots, before.collect::<Vec<_>>())
        });
        if searcher.behind == 0 {
            assert_eq!((answer.hits.total, answer.found.len() as u64), (n, n));
        }
        (n, told.collect::<Vec<_>>(), searcher.behind)
    };
    let mut moments = vec![look()];
    let is_done = AtomicBool::new(false);
    let seen = std::thread::scope(|scope| {
        let seen = scope.spawn(|| {
            let mut seen = BTreeSet::new();
            while !is_done.load(Ordering::Relaxed) {
                seen.insert(look());
            }
            seen
        });
        for name in ["d_2024", "a_one_part", "b_mixed", "e_2026", "html_2022"] {
            home.ingest(&fixtures().join(name));
            moments.push(look());
        }
        is_done.store(true, Ordering::Relaxed);
        seen.join().expect("answers")
    });
    let counts: BTreeSet<u64> = moments.iter().map(|(n, ..)| *n).collect();
    assert!(counts.len() > 1 && !seen.is_empty());
    for (n, told, behind) in &seen {
        assert!(counts.contains(n), "{n} is none of {counts:?}");
        // An index that is behind says so; the records that it finds are told as they are by then.
        let is_of_a_moment = moments.iter().any(|(count, as_told, _)| (count, as_told) == (n, told));
        assert!(*behind > 0 || is_of_a_moment, "{n} records as they never were");
    }
}

#[test]
fn a_searcher_answers_as_things_stood_when_it_was_opened() {
    let home = TestHome::of(&[fixtures().join("c_2022")]);
    let told = |searcher: &mut Searcher| {
        let parsed = throwback::query::parse("kind:message,post,like,comment").expect("a query that parses");
        let compiled = searcher.compile(&parsed, &now()).expect("a query that compiles");
        let answer = searcher.search(&compiled, &SearchOptions::default()).expect("an answer");
        let told = answer.found.iter().map(|found| format!("{:?} {:?}", found.record.values, found.snapshots));
        told.collect::<Vec<_>>()
    };
    let open = || home.home.searcher("a test").expect("a searcher");
    let before = told(&mut open());
    let mut opened = open();
    let last_change = || home.home.reader().expect("a home").last_change().expect("a number");
    let at_first = last_change();
    std::thread::scope(|scope| {
        let ingest = scope.spawn(|| home.ingest(&fixtures().join("d_2024")));
        while last_change() == at_first && !ingest.is_finished() {
            std::thread::yield_now();
        }
        assert!(told(&mut opened) == before, "half of one state, half of the other");
        // Who tidies up after the ingest waits for those who read.
        drop(opened);
    });
    assert!(told(&mut open()) != before, "there is more now");
}

#[test]
fn fields_of_the_store_find_what_they_name() {
    let home = TestHome::of(&[fixtures().join("sample")]);
    let mut searcher = home.home.searcher("a test").expect("a searcher");
    let mut check = |query: &str, expected: u64| {
        let parsed = throwback::query::parse(query).expect("a query that parses");
        let compiled = searcher.compile(&parsed, &now()).expect("a query that compiles");
        assert_eq!(searcher.count(&compiled).expect("a number"), expected, "{query}");
    };
    check("/letzte f.hre/", 2);
    check("/letzte f.hre/ kind:message", 1);
    check("near:35.66,139.75,2km", 1);
    check("near:35.66,139.75,200m", 0);
    check("url:FAHRPLAN-2019", 1);
    check("reaction:👍", 1);
    check("reaction:thumbsup", 1);
    check("filename:944994447", 1);
    check("id:zzzzzzzz", 0);
    check("brotshen~ kind:message", 1);
}

#[test]
fn a_document_is_in_the_index_for_every_record_with_text() {
    let home = TestHome::of(&[fixtures().join("sample")]);
    let report = home.home.check(throwback::home::DataToRead::Nothing).expect("a check");
    assert_eq!(report.damage, []);
    assert_eq!(report.n_records, report.n_indexed);
}

#[test]
fn an_index_that_is_damaged_where_it_is_read_is_built_anew() {
    let home = TestHome::of(&[fixtures().join("sample")]);
    for file in fs::read_dir(home.home.path().join("index")).expect("the index") {
        let path = file.expect("a file").path();
        if path.extension().is_some_and(|extension| extension == "pos") {
            fs::remove_file(path).expect("removed");
        }
    }
    let report = home.home.check(throwback::home::DataToRead::Nothing).expect("a check");
    let codes: Vec<_> = report.damage.iter().map(|damage| damage.code).collect();
    assert_eq!(codes, ["index_damaged"]);
    assert!(report.n_records > 0, "the rest was looked at all the same");
    let mut searcher = home.home.searcher("a test").expect("a searcher");
    let query = throwback::query::parse("\"ferry terminal\"").expect("a query");
    let compiled = searcher.compile(&query, &now()).expect("a query that compiles");
    assert_eq!(searcher.count(&compiled).expect("a number"), 1);
    drop(searcher);
    assert_eq!(home.home.check(throwback::home::DataToRead::Nothing).expect("a check").damage, []);
}

/// The talks that a query finds, as ids of the messages that hold its words.
fn talks(home: &TestHome, query: &str) -> Vec<Vec<String>> {
    let mut searcher = home.home.searcher("a test").expect("a searcher");
    let parsed = throwback::query::parse(query).expect("a query that parses");
    let compiled = searcher.compile(&parsed, &now()).expect("a query that compiles");
    let answer = searcher.search(&compiled, &SearchOptions::default()).expect("an answer");
    let ids = |talk: &throwback::home::FoundTalk| {
        talk.messages.iter().map(|message| message.record.text("id").unwrap_or_default().to_owned()).collect()
    };
    answer.talks.iter().map(ids).collect()
}

#[test]
fn talks_are_the_same_in_every_order_and_go_with_their_download() {
    let archives = ["instagram-mia.example-2024-03-02-Ab3dE5fG.zip", "mia.example_20220817.zip"];
    let [newer, older] = archives.map(|name| fixtures().join("sample").join(name));
    let homes = [
        TestHome::of(&[newer.clone(), older.clone()]),
        TestHome::of(&[older.clone(), newer.clone()]),
        TestHome::of(&[fixtures().join("sample")]),
    ];
    for home in &homes {
        let report = home.home.check(throwback::home::DataToRead::Nothing).expect("a check");
        assert_eq!((report.damage, report.n_talks), (vec![], 27));
    }
    for (query, n) in [
        ("flight december", 1),
        ("ferry gloves ticket", 1),
        ("flight december from:grace", 1),
        ("flight december from:me", 0),
        ("flight december -hat", 0),
        ("flight december kind:post", 0),
        ("Zelt Stangen 😂", 1),
        ("letzte fähre verpasst licht", 1),
        ("東京 たのしみ", 1),
    ] {
        let [one, other, both] = homes.each_ref().map(|home| talks(home, query));
        assert_eq!(one.len(), n, "{query}");
        assert!(one == other && one == both, "{query}");
    }
}

#[test]
fn a_conversation_is_found_under_every_id_that_it_ever_had() {
    let home = TestHome::of(&[fixtures().join("sample")]);
    let store = home.home.reader().expect("a home");
    let keys = home.rows("SELECT key, thread_id FROM thread_key");
    let n_threads = home.number("SELECT count(*) FROM thread");
    assert!(keys.len() > usize::try_from(n_threads).expect("a number"), "some were joined");
    for row in keys {
        let Some(throwback::store::Value::Blob(key)) = row.values.first() else { panic!("{row:?}") };
        let id = throwback::model::KeyBuilder::new("thread").part(key).public_id();
        for typed in [id.as_str(), &id.as_str()[..6]] {
            let found = store.find_threads(typed).expect("an answer");
            assert_eq!(Some(found), row.integer("thread_id").map(|thread| vec![thread]), "{typed}");
        }
    }
    assert_eq!(store.find_threads("zzzzzzzz").expect("an answer"), [0; 0]);
}
