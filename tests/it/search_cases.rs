//! The cases of `tests/search_cases/` through the ordinary way: one archive, ordinary ingest, ordinary search.

use std::fs;
use std::path::Path;

use self::cases::{Case, Outcome, read, run, summary};

#[path = "../../examples/search_cases/cases.rs"]
mod cases;

fn of_files(files: &[&str]) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/search_cases");
    let of_file = |file: &&str| read(&fs::read_to_string(folder.join(file)).expect("the cases"));
    files.iter().flat_map(|file| of_file(file).expect("cases in the right form")).collect()
}

fn outcomes(cases: &[Case]) -> Vec<Outcome> {
    let folder = tempfile::tempdir().expect("a folder");
    run(cases, folder.path()).expect("the cases run")
}

#[test]
fn every_case_of_the_sample_passes() {
    let cases = of_files(&["sample.jsonl"]);
    assert_eq!(cases.len(), 44);
    let outcomes = outcomes(&cases);
    assert!(outcomes.iter().all(Outcome::is_passed), "{}", summary(&cases, &outcomes));
}

/// A case that fails says why in the file; one that passes must not. Each file is an archive of its own.
#[test]
fn the_cases_pass_but_for_those_that_say_why_they_do_not() {
    let (mut n_cases, mut n_excused) = (0, 0);
    let mut wrong = Vec::new();
    for file in ["folding.jsonl", "words.jsonl", "chat.jsonl", "more.jsonl", "fourth.jsonl"] {
        let cases = of_files(&[file]);
        let outcomes = outcomes(&cases);
        let is_as_said = |(case, outcome): (&Case, &Outcome)| outcome.is_passed() == case.fails_because.is_none();
        if !cases.iter().zip(&outcomes).all(is_as_said) {
            wrong.push(format!("{file}\n{}", summary(&cases, &outcomes)));
        }
        n_cases += cases.len();
        n_excused += cases.iter().filter(|case| case.fails_because.is_some()).count();
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
    assert!(n_cases >= 1000 && n_excused * 100 <= n_cases * 3, "at most 3 % may fail: {n_excused} of {n_cases}");
}
