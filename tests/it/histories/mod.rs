//! Random histories: what we hold does not depend on the order, and it is what happened.
//!
//! Each history is a tiny life and two to five downloads of it, a function of its seed and a level. One is replayed by
//! `THROWBACK_SEED=17 cargo nextest run -E 'test(a_history)'`; with `THROWBACK_KEEP=folder` its downloads stay there, to be
//! looked at with the program. How many histories are looked at says `THROWBACK_HISTORIES`, and which downloads they may
//! hold `THROWBACK_LEVEL` (`steady`, `json`, `pages`, `all`); with `THROWBACK_ORDERS=none` each comes in one order only,
//! for whoever wants the table alone. Ten thousand by
//! `THROWBACK_HISTORIES=10000 cargo test --release --test it a_history -- --nocapture`, or a thousand from the
//! `THROWBACK_SEED` on at a time.

mod compare;
mod held;
mod orders;
mod passing;

use std::io::Write;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use throwback::testing::{History, Level, facts};

use self::compare::Table;
use self::passing::Passing;

/// Histories that every run looks at, unless it is told another number.
const HISTORIES: u64 = 60;

/// Histories of every generation and format; the levels below are for those who look for a cause.
const LEVEL: Level = Level::All;

/// Of so many histories that fail, everything is said; of the others that they fail.
const SHOWN: usize = 60;

#[expect(clippy::disallowed_methods, reason = "a test that somebody replays is told what by the environment")]
fn told(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}

fn number(variable: &str) -> Option<u64> {
    told(variable).map(|text| text.parse().expect("a number"))
}

fn level() -> Level {
    let Some(name) = told("THROWBACK_LEVEL") else { return LEVEL };
    Level::ALL.into_iter().find(|level| level.name() == name).expect("a level: json, pages or all")
}

/// What is wrong with one history, if anything is.
fn wrong(history: &History, table: &Mutex<Table>) -> Option<String> {
    let folder = passing::folder();
    let archives = history.write(folder.path()).expect("the downloads are written");
    if let Some(kept) = told("THROWBACK_KEEP") {
        history.write(std::path::Path::new(&kept)).expect("the downloads are written");
    }
    let homes = Passing::in_folder(&folder);
    let home = homes.grown(&archives);
    let mut wrong = Vec::new();
    let people = compare::compare_people(&history.lives[0], &held::people(&home));
    table.lock().expect("nobody panicked").add(&people.table);
    wrong.extend(people.lines);
    for life in 0..history.lives.len() {
        let told = facts(history, life);
        let held = held::records(&home, &history.lives[life]);
        let found = compare::compare(&history.lives[life], &told, &held);
        table.lock().expect("nobody panicked").add(&found.table);
        wrong.extend(found.lines);
    }
    if told("THROWBACK_ORDERS").is_none_or(|orders| orders != "none") {
        wrong.extend(orders::differences(&archives, &homes, &home, history.seed));
    }
    let head = format!("seed {}, level {}:\n  {}", history.seed, history.level.name(), history.plan().join("\n  "));
    (!wrong.is_empty()).then(|| format!("{head}\n{}", wrong.join("\n")))
}

#[test]
fn a_history_tells_the_truth_in_any_order() {
    let (level, seed) = (level(), number("THROWBACK_SEED"));
    let n = number("THROWBACK_HISTORIES").unwrap_or(if seed.is_some() { 1 } else { HISTORIES });
    let first = seed.unwrap_or(1);
    let next = AtomicU64::new(first);
    let (failures, table) = (Mutex::new(Vec::new()), Mutex::new(Table::default()));
    let n_threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    std::thread::scope(|scope| {
        for _ in 0..n_threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + n {
                        return;
                    }
                    if let Some(wrong) = wrong(&History::new(seed, level), &table) {
                        failures.lock().expect("nobody panicked").push((seed, wrong));
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().expect("nobody panicked");
    failures.sort();
    let table = table.into_inner().expect("nobody panicked");
    let shown: Vec<&str> = failures.iter().take(SHOWN).map(|(_, wrong)| wrong.as_str()).collect();
    let seeds: Vec<u64> = failures.iter().map(|(seed, _)| *seed).collect();
    assert!(
        failures.is_empty(),
        "{} of {n} histories fail, seeds {seeds:?}\n\n{}\n\n{table}",
        failures.len(),
        shown.join("\n\n")
    );
    writeln!(std::io::stderr(), "{n} histories from {first}\n{table}").expect("somewhere to tell it");
}
