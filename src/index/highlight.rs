//! Where a text matched, and the piece of it that shows so. Works on the text alone, from the same analysis.

use std::collections::HashMap;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::analysis::{Token, analyse};
use super::compile::Compiled;
use super::tier::Tier;
use super::words::{Matcher, Pattern};

/// The bytes of `text` to mark where it was found in `tier`: sorted, apart from each other, on borders of grapheme
/// clusters.
pub fn highlight(text: &str, compiled: &Compiled, tier: Tier) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    if !compiled.patterns.is_empty() {
        found.extend(compiled.patterns.iter().flat_map(|pattern| pattern.places_in(text)));
    }
    if compiled.words.is_empty() {
        return merged(found);
    }
    let tokens = analyse(text);
    let mut places: HashMap<&str, Vec<&Token>> = HashMap::new();
    for token in &tokens {
        places.entry(token.term.as_str()).or_default().push(token);
    }
    for words in &compiled.words {
        let before = found.len();
        // What matches closely is not marked again for what it matches loosely.
        for (_, patterns) in words.tiers.iter().take_while(|(known, _)| *known <= tier) {
            for pattern in patterns {
                mark(pattern, &tokens, &places, &mut found);
            }
            if found.len() > before && tier.is_loose() {
                break;
            }
        }
    }
    merged(found)
}

/// Finds a pattern by its first term and looks for the others at their distances.
fn mark(pattern: &Pattern, tokens: &[Token], places: &HashMap<&str, Vec<&Token>>, found: &mut Vec<(usize, usize)>) {
    let Some(((_, first), rest)) = pattern.slots.split_first() else { return };
    let starts: Vec<&Token> = match first {
        Matcher::Term(term) => places.get(term.as_str()).into_iter().flatten().copied().collect(),
        matcher => tokens.iter().filter(|token| matcher.matches(&token.term)).collect(),
    };
    for start in starts {
        let mut end = start.end;
        let follows = rest.iter().all(|(distance, matcher)| {
            let position = start.position + distance;
            let next = at_position(tokens, position).iter().find(|token| matcher.matches(&token.term));
            end = next.map_or(end, |token| end.max(token.end));
            next.is_some()
        });
        if follows {
            found.push((start.start, end));
        }
    }
}

/// The tokens of a position; they are ordered by it.
fn at_position(tokens: &[Token], position: usize) -> &[Token] {
    let from = tokens.partition_point(|token| token.position < position);
    let to = tokens.partition_point(|token| token.position <= position);
    &tokens[from..to]
}

fn merged(mut ranges: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    ranges.sort_unstable();
    let mut merged: Vec<(usize, usize)> = Vec::with_capacity(ranges.len());
    for (start, end) in ranges {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    pub text: String,
    /// What to mark in it.
    pub ranges: Vec<(usize, usize)>,
    /// Bytes of the whole text that it is.
    pub source: Range<usize>,
    /// Something stands before it.
    pub is_cut_before: bool,
    /// Something stands behind it.
    pub is_cut_after: bool,
}

/// The piece of at most `max_graphemes` clusters with the most marked ones in it, at word borders where one is near.
pub fn snippet(text: &str, ranges: &[(usize, usize)], max_graphemes: usize) -> Snippet {
    let starts: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).collect();
    let n_graphemes = starts.len();
    let byte = |at: usize| starts.get(at).copied().unwrap_or(text.len());
    let (from, to) =
        if n_graphemes <= max_graphemes { (0, n_graphemes) } else { densest(&starts, ranges, max_graphemes, text) };
    let source = byte(from)..byte(to);
    let inside = ranges.iter().filter_map(|&(start, end)| {
        let (start, end) = (start.max(source.start), end.min(source.end));
        (start < end).then(|| (start - source.start, end - source.start))
    });
    Snippet {
        text: text[source.clone()].to_owned(),
        ranges: inside.collect(),
        is_cut_before: from > 0,
        is_cut_after: to < n_graphemes,
        source,
    }
}

/// The window of so many clusters that holds the most marked clusters, moved so that they stand in its middle.
fn densest(starts: &[usize], ranges: &[(usize, usize)], length: usize, text: &str) -> (usize, usize) {
    let n = starts.len();
    // How many marked clusters stand before each.
    let mut marked = Vec::with_capacity(n + 1);
    marked.push(0_usize);
    let mut range = 0;
    for (at, &start) in starts.iter().enumerate() {
        while ranges.get(range).is_some_and(|&(_, end)| end <= start) {
            range += 1;
        }
        let is_marked = ranges.get(range).is_some_and(|&(from, _)| from <= start);
        marked.push(marked[at] + usize::from(is_marked));
    }
    let inside = |from: usize| marked[from + length] - marked[from];
    let most = (0..=n - length).map(inside).max().unwrap_or_default();
    if most == 0 {
        return (0, to_word_end(starts, text, 0, length));
    }
    let earliest = (0..=n - length).find(|&from| inside(from) == most).unwrap_or_default();
    // The marked clusters of this window, centred.
    let first = (earliest..n).find(|&at| marked[at + 1] > marked[at]).unwrap_or(earliest);
    let last = (first..earliest + length).rev().find(|&at| marked[at + 1] > marked[at]).unwrap_or(first);
    let room = length.saturating_sub(last + 1 - first);
    let from = first.saturating_sub(room / 2).min(n - length);
    let start = if from == 0 { 0 } else { to_word_start(starts, text, from, first) };
    (start, to_word_end(starts, text, last, (start + length).min(n)))
}

/// How far a border may move to stand between words (guessed: longer than most words).
const REACH: usize = 12;

fn is_space(starts: &[usize], text: &str, at: usize) -> bool {
    starts.get(at).and_then(|&start| text[start..].chars().next()).is_some_and(char::is_whitespace)
}

/// The first cluster behind a space in `from..first`, if one is near.
fn to_word_start(starts: &[usize], text: &str, from: usize, first: usize) -> usize {
    (from..first.min(from + REACH)).find(|&at| is_space(starts, text, at)).map_or(from, |at| at + 1)
}

/// The last space before `to` and behind `last`, if one is near.
fn to_word_end(starts: &[usize], text: &str, last: usize, to: usize) -> usize {
    if to >= starts.len() || is_space(starts, text, to) {
        return to;
    }
    (last.max(to.saturating_sub(REACH)) + 1..to).rev().find(|&at| is_space(starts, text, at)).unwrap_or(to)
}
