//! Prepared queries as queries of the engine.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Bound;

use tantivy::collector::Count;
use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, Occur, PhraseQuery, Query, RangeQuery,
    TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use super::IndexError;
use super::analysis;
use super::compile::{Clause, Compiled, NameField, NumberField, SearchedWords};
use super::excluded::Excluded;
use super::keep::Opened;
use super::rows::RowsQuery;
use super::schema::Fields;
use super::search::Cut;
use super::tier::Tier;
use super::words::{Matcher, Pattern, Sought};
use crate::query::Bounds;

/// Words that `wor*` stands for at most; the most frequent are taken (guessed: far more than a word has endings).
const MOST_EXPANSIONS: usize = 4096;
/// Terms of the dictionary that are looked at for one word: more than the dictionary of a life holds (0.4 million for a
/// million messages), so that only what is made to hurt is cut.
const MOST_LOOKED_AT: usize = 4_000_000;
/// Words that the end of a phrase stands for at most.
const MOST_PHRASES: usize = 512;
/// Rows that are looked up one by one; for more, every record is asked for its row (guessed).
const MOST_LISTED: usize = 256;
/// What others said counts less than what the author said.
const OTHER_TEXT_WEIGHT: f32 = 0.4;

/// Terms with the number of documents that hold them.
type Terms = Vec<(String, u64)>;
/// Distance from the first, and what may stand there.
type Slot = (usize, Terms);

/// What was looked up in an index, and whether it was cut: every tier asks again for what those before it asked for, and so
/// do talks, counts and explanations.
pub(super) type Expanded = Vec<(Matcher, Terms, bool)>;

pub(super) struct Builder<'a> {
    searcher: &'a Searcher,
    fields: &'a Fields,
    pub cuts: Vec<Cut>,
    expanded: &'a RefCell<Expanded>,
    /// What the words of the query ask the whole dictionary for: one walk answers all of it.
    of_everything: Vec<Matcher>,
}

impl<'a> Builder<'a> {
    pub fn new(searcher: &'a Searcher, opened: &'a Opened, compiled: &Compiled) -> Self {
        let patterns = compiled.words.iter().flat_map(|words| words.tiers.iter().flat_map(|(_, patterns)| patterns));
        let matchers = patterns.flat_map(|pattern| pattern.slots.iter().map(|(_, matcher)| matcher));
        let mut of_everything: Vec<Matcher> = Vec::new();
        for matcher in matchers.filter(|matcher| matcher.asks_everything()) {
            if !of_everything.contains(matcher) {
                of_everything.push(matcher.clone());
            }
        }
        let (fields, expanded) = (&opened.fields, &opened.expanded);
        Self { searcher, fields, cuts: compiled.cuts.clone(), expanded, of_everything }
    }

    /// What matches in this tier or in one before it.
    pub fn build(&mut self, clause: &Clause, tier: Tier) -> Result<Box<dyn Query>, IndexError> {
        Ok(match clause {
            Clause::Nothing => Box::new(EmptyQuery),
            Clause::All(clauses) => self.all(clauses, tier)?,
            Clause::Any(clauses) => {
                let any: Result<Vec<_>, IndexError> = clauses.iter().map(|clause| self.build(clause, tier)).collect();
                Box::new(BooleanQuery::union(any?))
            }
            Clause::Not(_) => self.all(std::slice::from_ref(clause), tier)?,
            Clause::Words(words) => self.words(words, tier)?,
            Clause::Numbers(field, numbers) => self.numbers(*field, numbers),
            Clause::Name(field, name) => {
                let field = match field {
                    NameField::Subkind => self.fields.subkind,
                    NameField::Has => self.fields.has,
                    NameField::Is => self.fields.is,
                };
                filter(TermQuery::new(Term::from_field_text(field, name), IndexRecordOption::Basic))
            }
            Clause::Time(bounds) => self.time(*bounds),
        })
    }

    fn all(&mut self, clauses: &[Clause], tier: Tier) -> Result<Box<dyn Query>, IndexError> {
        let mut parts: Vec<(Occur, Box<dyn Query>)> = Vec::with_capacity(clauses.len() + 1);
        for clause in clauses {
            parts.push(match clause {
                // What is excluded is so as it was typed, in every tier alike.
                Clause::Not(inner) => (Occur::MustNot, Box::new(Excluded(self.build(inner, Tier::Exact)?))),
                clause => {
                    let query = self.build(clause, tier)?;
                    // Where one demand cannot be met, the others need not be looked up.
                    if query.is::<EmptyQuery>() {
                        return Ok(query);
                    }
                    (Occur::Must, query)
                }
            });
        }
        if !parts.iter().any(|(occur, _)| *occur == Occur::Must) {
            parts.push((Occur::Must, filter(AllQuery)));
        }
        Ok(Box::new(BooleanQuery::new(parts)))
    }

    /// Any of the patterns, in the author's words or in those of others; the best of them counts. How rare the words
    /// are is counted over both, and how often a text repeats them does not matter.
    fn words(&mut self, words: &SearchedWords, tier: Tier) -> Result<Box<dyn Query>, IndexError> {
        let mut found: Vec<Box<dyn Query>> = Vec::new();
        let patterns = words.tiers.iter().filter(|(known, _)| *known <= tier).flat_map(|(_, patterns)| patterns);
        for pattern in patterns {
            let slots = self.slots(pattern)?;
            // Nothing holds what nothing holds a part of.
            if slots.iter().any(|(_, terms)| terms.iter().all(|(_, n)| *n == 0)) {
                continue;
            }
            let rarity = self.rarity(&slots);
            for (field, weight) in [(self.fields.text, 1.0), (self.fields.other_text, OTHER_TEXT_WEIGHT)] {
                if let Some(query) = Self::pattern(field, &slots) {
                    found.push(Box::new(ConstScoreQuery::new(query, rarity * weight)));
                }
            }
        }
        if found.is_empty() {
            return Ok(Box::new(EmptyQuery));
        }
        Ok(Box::new(DisjunctionMaxQuery::new(found)))
    }

    /// The terms that the patterns stand for, with the number of documents that hold them, most first.
    pub fn terms_of(&mut self, patterns: &[Pattern]) -> Result<Vec<(String, u64)>, IndexError> {
        let mut found = Vec::new();
        for pattern in patterns {
            let slots = self.slots(pattern)?;
            if let [(_, terms)] = slots.as_slice() {
                found.extend(terms.iter().filter(|(_, n)| *n > 0).cloned());
                continue;
            }
            let shown = shown(&slots);
            let mut n_documents = 0;
            for field in [self.fields.text, self.fields.other_text] {
                if let Some(query) = Self::pattern(field, &slots) {
                    n_documents += self.searcher.search(query.as_ref(), &Count)? as u64;
                }
            }
            if n_documents > 0 {
                found.push((shown, n_documents));
            }
        }
        found.sort_by(|(left, more), (right, most)| most.cmp(more).then_with(|| left.cmp(right)));
        found.dedup();
        Ok(found)
    }

    /// The inverse document frequencies of a pattern's places summed, as in BM25.
    fn rarity(&self, slots: &[Slot]) -> f32 {
        let n_documents = self.searcher.num_docs();
        let mut sum = 0.0;
        for (_, terms) in slots {
            let frequency: u64 = terms.iter().map(|(_, n)| n).sum();
            let frequency = frequency.min(n_documents);
            #[expect(clippy::cast_precision_loss, reason = "numbers of documents, for a logarithm")]
            let (all, with) = (n_documents as f32, frequency as f32);
            sum += (1.0 + (all - with + 0.5) / (with + 0.5)).ln();
        }
        sum
    }

    /// `None` when a place has no term.
    fn pattern(field: Field, slots: &[Slot]) -> Option<Box<dyn Query>> {
        let term = |(term, _): &(String, u64)| Term::from_field_text(field, term);
        if slots.iter().any(|(_, terms)| terms.is_empty()) {
            return None;
        }
        if let [(_, terms)] = slots {
            return Some(match terms.as_slice() {
                [only] => Box::new(TermQuery::new(term(only), IndexRecordOption::Basic)),
                terms => Box::new(TermSetQuery::new(terms.iter().map(term))),
            });
        }
        // Only the last place of several stands for more than one term.
        let (last, before) = slots.split_last()?;
        let before: Vec<(usize, Term)> =
            before.iter().filter_map(|(at, terms)| Some((*at, term(terms.first()?)))).collect();
        let ways = last.1.iter().take(MOST_PHRASES).map(|one| {
            let terms = before.iter().cloned().chain([(last.0, term(one))]).collect();
            Box::new(PhraseQuery::new_with_offset(terms)) as Box<dyn Query>
        });
        Some(Box::new(BooleanQuery::union(ways.collect())))
    }

    fn slots(&mut self, pattern: &Pattern) -> Result<Vec<Slot>, IndexError> {
        let is_phrase = pattern.slots.len() > 1;
        pattern
            .slots
            .iter()
            .map(|(at, matcher)| {
                let mut terms = self.terms(matcher)?;
                if is_phrase && terms.len() > MOST_PHRASES {
                    self.note_cut(matcher, MOST_PHRASES);
                    terms.truncate(MOST_PHRASES);
                }
                Ok((*at, terms))
            })
            .collect()
    }

    /// The terms that a matcher stands for and in how many documents they are, most first. A term that is typed is
    /// one, held or not.
    fn terms(&mut self, matcher: &Matcher) -> Result<Terms, IndexError> {
        if let Matcher::Term(term) = matcher {
            let mut frequency = 0;
            for field in [self.fields.text, self.fields.other_text] {
                frequency += self.searcher.doc_freq(&Term::from_field_text(field, term))?;
            }
            return Ok(vec![(term.clone(), frequency)]);
        }
        let known = self.expanded.borrow().iter().find(|(known, ..)| known == matcher).cloned();
        if let Some((_, terms, was_cut)) = known {
            if was_cut {
                self.note_cut(matcher, terms.len());
            }
            return Ok(terms);
        }
        let mut together = vec![matcher.clone()];
        if matcher.asks_everything() {
            let expanded = self.expanded.borrow();
            let others = self.of_everything.iter().filter(|other| *other != matcher);
            together.extend(others.filter(|other| !expanded.iter().any(|(known, ..)| known == *other)).cloned());
        }
        let all = self.expand(&together)?;
        let mut wanted = Terms::new();
        for (nth, (other, (terms, was_cut))) in together.into_iter().zip(all).enumerate() {
            if nth == 0 {
                wanted.clone_from(&terms);
                if was_cut {
                    self.note_cut(&other, terms.len());
                }
            }
            self.expanded.borrow_mut().push((other, terms, was_cut));
        }
        Ok(wanted)
    }

    /// Walks through the dictionary once, for several matchers that begin alike. Tells of each whether it was cut.
    fn expand(&self, matchers: &[Matcher]) -> Result<Vec<(Terms, bool)>, IndexError> {
        let Some(first) = matchers.first() else { return Ok(Vec::new()) };
        let mut found: Vec<HashMap<String, u64>> = vec![HashMap::new(); matchers.len()];
        let mut n_looked_at = 0;
        let beginnings = first.beginnings();
        let searched: Vec<Sought<'_>> = matchers.iter().map(Matcher::sought).collect();
        for field in [self.fields.text, self.fields.other_text] {
            for segment in self.searcher.segment_readers() {
                let dictionary = segment.inverted_index(field)?;
                for beginning in &beginnings {
                    let mut range = dictionary.terms().range().ge(beginning.as_bytes());
                    if let Some(end) = after_prefix(beginning.as_bytes()) {
                        range = range.lt(end);
                    }
                    let mut stream = range.into_stream().map_err(|error| super::from_io("index".into(), &error))?;
                    while n_looked_at < MOST_LOOKED_AT && stream.advance() {
                        n_looked_at += 1;
                        for (sought, frequencies) in searched.iter().zip(&mut found) {
                            if !sought.is_perhaps(stream.key()) {
                                continue;
                            }
                            let Ok(term) = std::str::from_utf8(stream.key()) else { continue };
                            if !sought.matcher.matches(term) {
                                continue;
                            }
                            let frequency = u64::from(stream.value().doc_freq);
                            match frequencies.get_mut(term) {
                                Some(known) => *known += frequency,
                                None => {
                                    frequencies.insert(term.to_owned(), frequency);
                                }
                            }
                        }
                    }
                }
            }
        }
        let mut expanded = Vec::with_capacity(matchers.len());
        for frequencies in found {
            let n_terms = frequencies.len();
            let mut terms: Terms = frequencies.into_iter().collect();
            terms.sort_by(|(left, more), (right, most)| most.cmp(more).then_with(|| left.cmp(right)));
            terms.truncate(MOST_EXPANSIONS);
            expanded.push((terms, n_terms > MOST_EXPANSIONS || n_looked_at >= MOST_LOOKED_AT));
        }
        Ok(expanded)
    }

    fn note_cut(&mut self, matcher: &Matcher, n_kept: usize) {
        let (Matcher::Term(word)
        | Matcher::Begins(word)
        | Matcher::Contains(word)
        | Matcher::Similar(word)
        | Matcher::Slips(word, _)) = matcher
        else {
            return;
        };
        let cut = Cut::Prefix { prefix: word.clone(), n_kept };
        if !self.cuts.contains(&cut) {
            self.cuts.push(cut);
        }
    }

    fn numbers(&self, field: NumberField, numbers: &[i64]) -> Box<dyn Query> {
        let field = match field {
            NumberField::Row => self.fields.row,
            NumberField::Account => self.fields.account,
            NumberField::Kind => self.fields.kind,
            NumberField::Author => self.fields.author,
            NumberField::Others => self.fields.others,
            NumberField::Thread => self.fields.thread,
        };
        let term = |number: i64| Term::from_field_i64(field, number);
        match numbers {
            [] => Box::new(EmptyQuery),
            [number] => filter(TermQuery::new(term(*number), IndexRecordOption::Basic)),
            rows if field == self.fields.row && rows.len() > MOST_LISTED => Box::new(RowsQuery::new(rows)),
            numbers => filter(TermSetQuery::new(numbers.iter().copied().map(term))),
        }
    }

    fn time(&self, bounds: Bounds) -> Box<dyn Query> {
        let term = |ms: i64| Term::from_field_i64(self.fields.at, ms);
        let from = bounds.from_ms.map_or(Bound::Unbounded, |ms| Bound::Included(term(ms)));
        let to = bounds.to_ms.map_or(Bound::Unbounded, |ms| Bound::Excluded(term(ms)));
        if matches!((&from, &to), (Bound::Unbounded, Bound::Unbounded)) {
            return filter(AllQuery);
        }
        filter(RangeQuery::new(from, to))
    }
}

/// A phrase by the plainest term of each place; characters of a run stand together as they were written.
fn shown(slots: &[Slot]) -> String {
    let plainest = slots.iter().map(|(_, terms)| terms.first().map_or("…", |(term, _)| term.as_str()));
    let mut shown = String::new();
    let mut was_run = false;
    for term in plainest {
        let is_run = analysis::is_of_run(term);
        let goes_on = is_run && was_run;
        if !shown.is_empty() && !goes_on {
            shown.push(' ');
        }
        shown.push_str(term);
        was_run = is_run;
    }
    shown
}

/// A demand that adds nothing to the score.
fn filter(query: impl Query) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(Box::new(query), 0.0))
}

/// The first bytes that are greater than everything that begins with `prefix`.
fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return Some(end);
        }
    }
    None
}
