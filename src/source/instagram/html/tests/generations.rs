//! What the catalog says of generations and formats is what the fixtures show: no more, no less.

use std::collections::BTreeSet;

use super::twins::{files, page_of};
use super::writer;
use crate::model::Generation;
use crate::source::instagram::catalog::CATALOG;
use crate::source::{self, Document, Learnt};

/// The fixtures of each generation; those that are broken on purpose are not here.
const TREES: [(Generation, &[&str]); 5] = [
    (Generation::A, &["a_2018", "a_one_part", "a_three_parts", "a_uncertain", "a_utc"]),
    (Generation::B, &["b_mixed"]),
    (Generation::C, &["c_2022", "html_2022", "every_category_c"]),
    (Generation::D, &["d_2024", "d_german", "d_pages", "html_2024", "e2ee"]),
    (Generation::E, &["e_2026", "e_korean", "e_loose_ends", "every_category_d", "every_category_e"]),
];

/// Rows that records come from, by generation: first as JSON, then as pages, which are those of the fixtures and their
/// JSON written as such.
type Seen = [BTreeSet<(&'static str, Generation)>; 2];

fn seen() -> Seen {
    let mut seen = Seen::default();
    let [json, html] = &mut seen;
    for (generation, tree) in TREES.iter().flat_map(|(generation, trees)| trees.iter().map(|tree| (*generation, *tree)))
    {
        for (path, bytes) in files(tree, "json") {
            json.extend(row_of(&path, &bytes).map(|row| (row, generation)));
            let page = page_of(writer::OF_2024, &path, &bytes).filter(|_| generation >= Generation::C);
            let row = page.and_then(|page| row_of(&path.replace(".json", ".html"), page.as_bytes()));
            html.extend(row.map(|row| (row, generation)));
        }
        for (path, bytes) in files(tree, "html") {
            html.extend(row_of(&path, &bytes).map(|row| (row, generation)));
        }
    }
    seen
}

/// The row of a document that gives records.
fn row_of(path: &str, bytes: &[u8]) -> Option<&'static str> {
    let learnt = Learnt::default();
    let reading = source::instagram::read(&Document { path, bytes, learnt: &learnt }, &mut |_| ());
    (reading.n_read > 0).then_some(reading.reader)
}

#[test]
fn rows_say_the_generations_that_fixtures_show() {
    let seen = seen();
    let generations = TREES.map(|(generation, _)| generation);
    let mut wrong = Vec::new();
    for row in CATALOG {
        for (said, seen) in [row.json, row.html].into_iter().zip(&seen) {
            let shown = generations.into_iter().filter(|generation| seen.contains(&(row.name, *generation)));
            let shown: Vec<Generation> = shown.collect();
            // A row without a file's name is for files that nobody has seen yet.
            let is_unshown = shown.is_empty() && !said.is_empty() && !row.files.is_empty();
            if is_unshown || shown.iter().any(|generation| !said.contains(generation)) {
                wrong.push(format!("{}: says {said:?}, shown {shown:?}", row.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
