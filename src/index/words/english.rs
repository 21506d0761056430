//! English, whose short words look like stems and forms of every other language. Tables, and the questions that they
//! answer.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::tables::{Endings, row};

/// What English words take.
pub(super) const ENDINGS: &[Endings] = &[
    row(3, "- s"),
    row(3, "- ed ing"),
    row(3, "e es ed ing"),
    row(2, "s ses"),
    row(2, "x xes"),
    row(3, "ch ches ched ching"),
    row(3, "sh shes shed shing"),
    row(3, "o oes"),
    row(2, "y ies ied ying"),
    row(2, "f ves"),
    row(2, "fe ves"),
    row(3, "y ier iest ily"),
    row(4, "- ly"),
];

/// Adjectives that take -er and -est; of others, -er makes another word: flow and flower, count and counter.
const COMPARED: &str = "old young tall small large great high low long short wide narrow deep strong weak hard soft fast \
    slow quick late near clean clear cheap rich poor warm cold cool dark light bright loud quiet nice fine simple gentle \
    safe wise rude cute close brave strange sweet smart kind mild tough rough smooth fresh thick tight dull sharp steep \
    straight plain proud new few full green black white grey blue broad calm dense dear fair firm flat grand harsh keen \
    mean neat odd pale pure rare ripe round sick stiff strict true vague vast wild";

/// English words that rows of other languages would take for forms of other English words, as found by trying these
/// rows on the 16,000 most frequent ones.
const LOOKALIKES: &str = include_str!("english_lookalikes.txt");

static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| LOOKALIKES.split_whitespace().collect());

/// Whether both are such words, so that only the rows of English tell whether one is a form of the other.
pub(super) fn are_english(word: &str, term: &str) -> bool {
    WORDS.contains(word) && WORDS.contains(term)
}

/// faster and fastest of fast, and the other way round.
pub(super) fn compared(word: &str) -> Option<[String; 3]> {
    let adjective = COMPARED.split_whitespace().find(|base| {
        let stem = base.strip_suffix('e').unwrap_or(base);
        word == *base || word.strip_prefix(stem).is_some_and(|ending| matches!(ending, "er" | "est"))
    })?;
    let stem = adjective.strip_suffix('e').unwrap_or(adjective);
    Some([adjective.to_owned(), format!("{stem}er"), format!("{stem}est")])
}
