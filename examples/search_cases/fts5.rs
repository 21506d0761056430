//! The same cases by SQLite's own full text search, for comparison: `unicode61` without accents, every word as a
//! prefix, and `trigram` (shorter words by LIKE). Words are joined by our operators, so that only the matching differs.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use rusqlite::Connection;

use crate::cases::{Case, Outcome};

/// How the table cuts text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cutting {
    Words,
    Trigrams,
}

impl Cutting {
    pub const ALL: [Self; 2] = [Self::Words, Self::Trigrams];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Words => "unicode61",
            Self::Trigrams => "trigram",
        }
    }

    const fn tokenizer(self) -> &'static str {
        match self {
            Self::Words => "unicode61 remove_diacritics 2",
            Self::Trigrams => "trigram",
        }
    }
}

/// Every document of every case in one table, and every query on it.
pub fn run(cases: &[Case], cutting: Cutting) -> Result<Vec<Outcome>, Box<dyn Error>> {
    let connection = Connection::open_in_memory()?;
    connection
        .execute_batch(&format!("CREATE VIRTUAL TABLE f USING fts5(text, tokenize='{}')", cutting.tokenizer()))?;
    let mut places = BTreeMap::new();
    for (number, case) in cases.iter().enumerate() {
        for (id, text) in &case.documents {
            connection.execute("INSERT INTO f (text) VALUES (?1)", [text])?;
            places.insert(connection.last_insert_rowid(), (number, id.as_str()));
        }
    }
    let all: BTreeSet<i64> = places.keys().copied().collect();
    cases
        .iter()
        .enumerate()
        .map(|(number, case)| {
            let rows = rows(&connection, cutting, &case.query, &all)?;
            let found: BTreeSet<&str> = rows
                .iter()
                .filter_map(|row| places.get(row))
                .filter(|(of, _)| *of == number)
                .map(|(_, id)| *id)
                .collect();
            let list = |ids: &BTreeSet<String>, is_found: bool| {
                ids.iter().filter(|id| found.contains(id.as_str()) == is_found).cloned().collect()
            };
            Ok(Outcome { missed: list(&case.expect, false), wrong: list(&case.reject, true), tier: None })
        })
        .collect()
}

fn rows(
    connection: &Connection,
    cutting: Cutting,
    query: &str,
    all: &BTreeSet<i64>,
) -> Result<BTreeSet<i64>, Box<dyn Error>> {
    use throwback::query::Node;
    fn of_node(
        node: &Node,
        all: &BTreeSet<i64>,
        word: &mut dyn FnMut(&str, bool) -> rusqlite::Result<BTreeSet<i64>>,
    ) -> rusqlite::Result<BTreeSet<i64>> {
        Ok(match node {
            Node::All(nodes) => {
                let mut rows = all.clone();
                for node in nodes {
                    let others = of_node(node, all, word)?;
                    rows.retain(|row| others.contains(row));
                }
                rows
            }
            Node::Any(nodes) => {
                let mut rows = BTreeSet::new();
                for node in nodes {
                    rows.extend(of_node(node, all, word)?);
                }
                rows
            }
            Node::Not(inner) => {
                let others = of_node(inner, all, word)?;
                all.difference(&others).copied().collect()
            }
            Node::Words(words) => word(&words.text, words.is_phrase && !words.is_prefix)?,
            Node::Field(_) | Node::Pattern(_) => BTreeSet::new(),
        })
    }
    let mut word = |text: &str, is_phrase: bool| -> rusqlite::Result<BTreeSet<i64>> {
        let quoted = format!("\"{}\"", text.replace('"', "\"\""));
        let (sql, argument) = if cutting == Cutting::Trigrams && text.chars().count() < 3 {
            ("SELECT rowid FROM f WHERE text LIKE ?1", format!("%{text}%"))
        } else if cutting == Cutting::Words && !is_phrase {
            ("SELECT rowid FROM f WHERE f MATCH ?1", format!("{quoted}*"))
        } else {
            ("SELECT rowid FROM f WHERE f MATCH ?1", quoted)
        };
        let mut statement = connection.prepare_cached(sql)?;
        let rows = statement.query_map([argument], |row| row.get(0))?;
        rows.collect()
    };
    Ok(of_node(&throwback::query::parse(query)?.root, all, &mut word)?)
}

/// A table of the phenomena: cases, ours, and each of SQLite's.
pub fn table(cases: &[Case], ours: &[Outcome]) -> Result<String, Box<dyn Error>> {
    let mut columns: Vec<(&str, Vec<Outcome>)> = vec![("throwback", ours.to_vec())];
    for cutting in Cutting::ALL {
        columns.push((cutting.name(), run(cases, cutting)?));
    }
    let mut phenomena: Vec<&str> = cases.iter().map(|case| case.phenomenon.as_str()).collect();
    phenomena.sort_unstable();
    phenomena.dedup();
    let names = columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(" | ");
    let mut lines = vec![format!("| phenomenon | cases | {names} |\n|---|---|---|---|---|\n")];
    for phenomenon in phenomena.into_iter().map(Some).chain([None]) {
        let is_of = |case: &Case| phenomenon.is_none_or(|phenomenon| case.phenomenon == phenomenon);
        let n_cases = cases.iter().filter(|case| is_of(case)).count();
        let passed = columns.iter().map(|(_, outcomes)| {
            let passed =
                cases.iter().zip(outcomes).filter(|(case, outcome)| is_of(case) && outcome.is_passed()).count();
            passed.to_string()
        });
        let passed = passed.collect::<Vec<_>>().join(" | ");
        lines.push(format!("| {} | {n_cases} | {passed} |\n", phenomenon.unwrap_or("**all**")));
    }
    Ok(lines.concat())
}
