//! Prepared queries as queries of the engine.

use std::collections::BTreeMap;
use std::ops::Bound;

use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, Occur, PhrasePrefixQuery, PhraseQuery,
    Query, RangeQuery, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use super::IndexError;
use super::compile::{Clause, NameField, NumberField, Pattern};
use super::schema::Fields;
use super::search::Cut;
use crate::query::Bounds;

/// Words that `wor*` stands for at most; the most frequent are taken (guessed: far more than a word has endings).
const MOST_EXPANSIONS: usize = 4096;
/// Terms of the dictionary that are looked at for one prefix.
const MOST_LOOKED_AT: usize = 200_000;
/// What others said counts less than what the author said.
const OTHER_TEXT_WEIGHT: f32 = 0.4;

pub(super) struct Builder<'a> {
    pub searcher: &'a Searcher,
    pub fields: &'a Fields,
    pub cuts: Vec<Cut>,
}

impl Builder<'_> {
    pub fn build(&mut self, clause: &Clause) -> Result<Box<dyn Query>, IndexError> {
        Ok(match clause {
            Clause::Nothing => Box::new(EmptyQuery),
            Clause::All(clauses) => self.all(clauses)?,
            Clause::Any(clauses) => {
                let any: Result<Vec<_>, IndexError> = clauses.iter().map(|clause| self.build(clause)).collect();
                Box::new(BooleanQuery::union(any?))
            }
            Clause::Not(_) => self.all(std::slice::from_ref(clause))?,
            Clause::Words(patterns) => self.words(patterns)?,
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

    fn all(&mut self, clauses: &[Clause]) -> Result<Box<dyn Query>, IndexError> {
        let mut parts: Vec<(Occur, Box<dyn Query>)> = Vec::with_capacity(clauses.len() + 1);
        for clause in clauses {
            parts.push(match clause {
                Clause::Not(inner) => (Occur::MustNot, self.build(inner)?),
                clause => (Occur::Must, self.build(clause)?),
            });
        }
        if !parts.iter().any(|(occur, _)| *occur == Occur::Must) {
            parts.push((Occur::Must, filter(AllQuery)));
        }
        Ok(Box::new(BooleanQuery::new(parts)))
    }

    /// Any of the patterns, in the author's words or in those of others; the best of them counts. How rare the words
    /// are is counted over both, and how often a text repeats them does not matter.
    fn words(&mut self, patterns: &[Pattern]) -> Result<Box<dyn Query>, IndexError> {
        let mut found: Vec<Box<dyn Query>> = Vec::with_capacity(patterns.len() * 2);
        for pattern in patterns {
            let own = self.pattern(self.fields.text, pattern)?;
            let others = self.pattern(self.fields.other_text, pattern)?;
            let rarity = if pattern.is_prefix && pattern.terms.len() == 1 { 1.0 } else { self.rarity(pattern)? };
            found.push(Box::new(ConstScoreQuery::new(own, rarity)));
            found.push(Box::new(ConstScoreQuery::new(others, rarity * OTHER_TEXT_WEIGHT)));
        }
        Ok(Box::new(DisjunctionMaxQuery::new(found)))
    }

    /// The sum of the inverse document frequencies of a pattern's terms, as in BM25.
    fn rarity(&self, pattern: &Pattern) -> Result<f32, IndexError> {
        let n_documents = self.searcher.num_docs();
        let mut sum = 0.0;
        for (_, term) in &pattern.terms {
            let mut frequency = 0;
            for field in [self.fields.text, self.fields.other_text] {
                frequency += self.searcher.doc_freq(&Term::from_field_text(field, term))?;
            }
            #[expect(clippy::cast_precision_loss, reason = "numbers of documents, for a logarithm")]
            let (all, with) = (n_documents.max(frequency) as f32, frequency as f32);
            sum += (1.0 + (all - with + 0.5) / (with + 0.5)).ln();
        }
        Ok(sum)
    }

    fn pattern(&mut self, field: Field, pattern: &Pattern) -> Result<Box<dyn Query>, IndexError> {
        let terms: Vec<(usize, Term)> =
            pattern.terms.iter().map(|(at, term)| (*at, Term::from_field_text(field, term))).collect();
        let Some((_, last)) = pattern.terms.last() else { return Ok(Box::new(EmptyQuery)) };
        Ok(match (terms.as_slice(), pattern.is_prefix) {
            ([(_, term)], false) => Box::new(TermQuery::new(term.clone(), IndexRecordOption::Basic)),
            (_, false) => Box::new(PhraseQuery::new_with_offset(terms)),
            ([_], true) => Box::new(TermSetQuery::new(self.expansions(field, last)?)),
            (_, true) => {
                // The engine takes the first so many of the dictionary; whether that cuts is found out here.
                let n_expansions = self.expansions(field, last)?.len();
                let mut query = PhrasePrefixQuery::new_with_offset(terms);
                query.set_max_expansions(u32::try_from(n_expansions.max(1)).unwrap_or(u32::MAX));
                Box::new(query)
            }
        })
    }

    /// The terms of the dictionary that begin so; a cut is noted.
    fn expansions(&mut self, field: Field, prefix: &str) -> Result<Vec<Term>, IndexError> {
        let mut frequencies: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
        let mut n_looked_at = 0;
        for segment in self.searcher.segment_readers() {
            let dictionary = segment.inverted_index(field)?;
            let mut range = dictionary.terms().range().ge(prefix.as_bytes());
            if let Some(end) = after_prefix(prefix.as_bytes()) {
                range = range.lt(end);
            }
            let mut stream = range.into_stream().map_err(|error| super::from_io("index".into(), &error))?;
            while n_looked_at < MOST_LOOKED_AT && stream.advance() {
                n_looked_at += 1;
                let frequency = u64::from(stream.value().doc_freq);
                match frequencies.get_mut(stream.key()) {
                    Some(known) => *known += frequency,
                    None => {
                        frequencies.insert(stream.key().to_vec(), frequency);
                    }
                }
            }
        }
        let n_terms = frequencies.len();
        let mut by_frequency: Vec<(Vec<u8>, u64)> = frequencies.into_iter().collect();
        if n_terms > MOST_EXPANSIONS || n_looked_at >= MOST_LOOKED_AT {
            by_frequency.sort_by_key(|(_, frequency)| std::cmp::Reverse(*frequency));
            by_frequency.truncate(MOST_EXPANSIONS);
            let cut = Cut::Prefix { prefix: prefix.to_owned(), n_kept: by_frequency.len() };
            if !self.cuts.contains(&cut) {
                self.cuts.push(cut);
            }
        }
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).ok();
        let terms = by_frequency.into_iter().filter_map(|(bytes, _)| text(bytes));
        Ok(terms.map(|term| Term::from_field_text(field, &term)).collect())
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
