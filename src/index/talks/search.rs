//! Finding talks: every word of the query stands in some message of it.
//!
//! What is demanded of a message beside its words, fields, regular expressions and what is excluded, is demanded of every
//! message whose words count. Words that are joined by OR are so for the talk too. A talk with a message that is a hit by
//! itself is not found again.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use tantivy::collector::{Collector, DocSetCollector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::query::{Query, TermQuery, TermSetQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader, Term};

use crate::index::compile::{Clause, Compiled};
use crate::index::engine::Builder;
use crate::index::schema::{self, TALK};
use crate::index::search::{Order, Search};
use crate::index::tier::{Tier, Tiers};
use crate::index::{Index, IndexError};

/// Talks of so many messages are looked up one by one; for more, all talks are looked through (guessed).
const MOST_LOOKED_UP: u64 = 2_000;

/// Talks that hold the words of a query together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TalkHits {
    /// All of them.
    pub total: u64,
    /// The best.
    pub hits: Vec<TalkHit>,
}

/// A talk that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TalkHit {
    /// Rows of all its messages, oldest first.
    pub rows: Vec<i64>,
    /// Which of them hold words.
    pub places: Vec<usize>,
}

/// What a talk must have.
#[derive(Debug)]
enum Need {
    All(Vec<Need>),
    Any(Vec<Need>),
    /// A message of the list of that number.
    Message(usize),
}

impl Need {
    /// What is asked of messages goes into `asked`; `demands` stand beside the clause.
    fn of(clause: &Clause, demands: &[Clause], asked: &mut Vec<Clause>) -> Self {
        match clause {
            Clause::All(clauses) => {
                let (wordy, others): (Vec<&Clause>, Vec<&Clause>) = clauses.iter().partition(|one| has_words(one));
                let demands: Vec<Clause> = demands.iter().chain(others).cloned().collect();
                Self::All(wordy.into_iter().map(|one| Self::of(one, &demands, asked)).collect())
            }
            Clause::Any(clauses) => Self::Any(clauses.iter().map(|one| Self::of(one, demands, asked)).collect()),
            leaf => {
                let whole = Clause::All(demands.iter().chain([leaf]).cloned().collect());
                let known = asked.iter().position(|other| *other == whole);
                Self::Message(known.unwrap_or_else(|| {
                    asked.push(whole);
                    asked.len() - 1
                }))
            }
        }
    }

    fn is_met(&self, is_there: &impl Fn(usize) -> bool) -> bool {
        match self {
            Self::All(needs) => needs.iter().all(|need| need.is_met(is_there)),
            Self::Any(needs) => needs.iter().any(|need| need.is_met(is_there)),
            Self::Message(list) => is_there(*list),
        }
    }

    /// The lists of which every talk that meets the need has a message, as few messages as may be.
    fn scarcest(&self, found: &[RowSet]) -> (u64, Vec<usize>) {
        match self {
            Self::All(needs) => {
                needs.iter().map(|need| need.scarcest(found)).min_by_key(|(n, _)| *n).unwrap_or((u64::MAX, Vec::new()))
            }
            Self::Any(needs) => needs
                .iter()
                .map(|need| need.scarcest(found))
                .fold((0, Vec::new()), |sum, one| (u64::saturating_add(sum.0, one.0), [sum.1, one.1].concat())),
            Self::Message(list) => (found[*list].n_rows, vec![*list]),
        }
    }
}

/// Whether words are looked for in it, not only excluded.
fn has_words(clause: &Clause) -> bool {
    match clause {
        Clause::All(clauses) | Clause::Any(clauses) => clauses.iter().any(has_words),
        Clause::Words(_) => true,
        _ => false,
    }
}

/// What is asked of the messages of one index.
struct Asked<'a> {
    index: &'a Index,
    compiled: &'a Compiled,
}

impl Asked<'_> {
    /// What a talk needs, and the rows that each demand finds; what is a hit by itself comes last.
    fn needs(&self, tier: Tier) -> Result<(Need, Vec<RowSet>), IndexError> {
        let mut clauses = Vec::new();
        let need = Need::of(&self.compiled.clause, &[], &mut clauses);
        clauses.push(self.compiled.clause.clone());
        Ok((need, self.rows_of(&clauses, tier)?))
    }

    /// The rows that each of the clauses finds.
    fn rows_of(&self, clauses: &[Clause], tier: Tier) -> Result<Vec<RowSet>, IndexError> {
        let opened = self.index.opened()?;
        let searcher = opened.reader.searcher();
        let mut builder = Builder::new(&searcher, opened, self.compiled);
        let found = clauses.iter().map(|clause| {
            let query = builder.build(clause, tier)?;
            Ok(searcher.search(query.as_ref(), &Rows)?)
        });
        found.collect()
    }
}

impl Index {
    /// Talks whose messages hold together what no message of them holds alone, exactly or in inflected form. `side` is an
    /// index, with what to ask of it, that has the messages which this one is not asked for.
    pub fn talks(
        &self,
        compiled: &Compiled,
        side: Option<(&Self, &Compiled)>,
        search: Search,
    ) -> Result<TalkHits, IndexError> {
        if !compiled.is_for_talks() {
            return Ok(TalkHits::default());
        }
        let tier = if search.tiers == Tiers::Exact { Tier::Exact } else { Tier::Inflected.min(compiled.loosest) };
        self.opened()?.ask(|| {
            let (need, mut found) = Asked { index: self, compiled }.needs(tier)?;
            if let Some((index, compiled)) = side {
                let (_, beside) = Asked { index, compiled }.needs(tier)?;
                found.iter_mut().zip(beside).for_each(|(rows, others)| rows.add(&others));
            }
            let alone = found.pop().unwrap_or_default();
            self.holding(&need, &found, &alone, search, compiled)
        })
    }

    fn holding(
        &self,
        need: &Need,
        found: &[RowSet],
        alone: &RowSet,
        search: Search,
        compiled: &Compiled,
    ) -> Result<TalkHits, IndexError> {
        let opened = self.opened()?;
        let searcher = opened.reader.searcher();
        let (n_rows, lists) = need.scarcest(found);
        if n_rows == 0 {
            return Ok(TalkHits::default());
        }
        let query: Box<dyn Query> = if n_rows <= MOST_LOOKED_UP {
            let rows = lists.iter().flat_map(|list| found[*list].rows());
            Box::new(TermSetQuery::new(rows.map(|row| schema::member_term(&opened.fields, row))))
        } else {
            Box::new(TermQuery::new(Term::from_field_i64(opened.fields.kind, TALK), IndexRecordOption::Basic))
        };
        let order = search.order.unwrap_or_else(|| Order::default_for(compiled));
        let columns = searcher.segment_readers().iter().map(Columns::of).collect::<Result<Vec<_>, _>>()?;
        let mut ranked: Vec<(i64, i64, DocAddress)> = Vec::new();
        let mut rows = Vec::new();
        for address in searcher.search(query.as_ref(), &DocSetCollector)? {
            let columns = &columns[address.segment_ord as usize];
            columns.members(address.doc_id, &mut rows);
            if rows.iter().any(|row| alone.has(*row)) {
                continue;
            }
            let places = places_of(&rows, found);
            if !need.is_met(&|list| places.iter().any(|(_, of)| *of == list)) {
                continue;
            }
            let at_ms = columns.at.first(address.doc_id).unwrap_or_default();
            let rank = match order {
                Order::Relevance => (i64::try_from(narrowest(&places)).unwrap_or(i64::MAX), at_ms.saturating_neg()),
                Order::Newest => (at_ms.saturating_neg(), 0),
                Order::Oldest => (at_ms, 0),
            };
            ranked.push((rank.0, rank.1, address));
        }
        ranked.sort_unstable();
        let total = ranked.len() as u64;
        if search.limit > 0 {
            ranked.truncate(search.limit);
        }
        let hits = ranked.into_iter().map(|(_, _, address)| {
            let mut rows = Vec::new();
            columns[address.segment_ord as usize].members(address.doc_id, &mut rows);
            let mut places: Vec<usize> = places_of(&rows, found).into_iter().map(|(place, _)| place).collect();
            places.dedup();
            TalkHit { rows, places }
        });
        Ok(TalkHits { total, hits: hits.collect() })
    }
}

/// Places of a talk that hold something, with the number of the list that they are in; by place.
fn places_of(rows: &[i64], found: &[RowSet]) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        places.extend((0..found.len()).filter(|list| found[*list].has(*row)).map(|list| (place, list)));
    }
    places
}

/// How many messages lie between the first and the last of the narrowest stretch that has one of every list.
fn narrowest(places: &[(usize, usize)]) -> usize {
    let mut counts: HashMap<usize, usize> = HashMap::new();
    let n_lists = places.iter().map(|(_, list)| list).collect::<HashSet<_>>().len();
    let (mut best, mut from) = (usize::MAX, 0);
    for &(last, list) in places {
        *counts.entry(list).or_default() += 1;
        while counts.len() == n_lists {
            let (first, list) = places[from];
            best = best.min(last - first);
            from += 1;
            if let Entry::Occupied(mut count) = counts.entry(list) {
                *count.get_mut() -= 1;
                if *count.get() == 0 {
                    count.remove();
                }
            }
        }
    }
    best
}

/// What is read of the talks of a segment.
struct Columns {
    member: Column<i64>,
    at: Column<i64>,
}

impl Columns {
    fn of(reader: &SegmentReader) -> tantivy::Result<Self> {
        let columns = reader.fast_fields();
        Ok(Self { member: columns.i64("member")?, at: columns.i64("at")? })
    }

    fn members(&self, doc: DocId, rows: &mut Vec<i64>) {
        rows.clear();
        rows.extend(self.member.values_for_doc(doc));
    }
}

/// Rows of records: a bit for each.
#[derive(Debug, Default)]
struct RowSet {
    bits: Vec<u64>,
    n_rows: u64,
}

impl RowSet {
    fn put(&mut self, row: i64) {
        let Ok(row) = usize::try_from(row) else { return };
        let (word, bit) = (row / 64, 1_u64 << (row % 64));
        if word >= self.bits.len() {
            self.bits.resize(word + 1, 0);
        }
        self.n_rows += u64::from(self.bits[word] & bit == 0);
        self.bits[word] |= bit;
    }

    fn has(&self, row: i64) -> bool {
        usize::try_from(row).is_ok_and(|row| self.bits.get(row / 64).is_some_and(|word| word & (1 << (row % 64)) != 0))
    }

    fn rows(&self) -> impl Iterator<Item = i64> {
        let words = self.bits.iter().enumerate().filter(|(_, word)| **word != 0);
        let rows = words
            .flat_map(|(at, word)| (0..64).filter(move |bit| word & (1 << bit) != 0).map(move |bit| at * 64 + bit));
        rows.filter_map(|row| i64::try_from(row).ok())
    }

    fn add(&mut self, others: &Self) {
        others.rows().for_each(|row| self.put(row));
    }
}

/// Collects the rows of what matches.
struct Rows;

struct RowsOfSegment {
    row: Column<i64>,
    rows: RowSet,
}

impl Collector for Rows {
    type Fruit = RowSet;
    type Child = RowsOfSegment;

    fn for_segment(&self, _: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<RowsOfSegment> {
        Ok(RowsOfSegment { row: reader.fast_fields().i64("row")?, rows: RowSet::default() })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<RowSet>) -> tantivy::Result<RowSet> {
        let mut segments = segments.into_iter();
        let mut whole = segments.next().unwrap_or_default();
        segments.for_each(|rows| whole.add(&rows));
        Ok(whole)
    }
}

impl SegmentCollector for RowsOfSegment {
    type Fruit = RowSet;

    fn collect(&mut self, doc: DocId, _: Score) {
        if let Some(row) = self.row.first(doc) {
            self.rows.put(row);
        }
    }

    fn harvest(self) -> RowSet {
        self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_stretch_has_one_of_every_list() {
        assert_eq!(narrowest(&[(0, 0), (5, 1)]), 5);
        assert_eq!(narrowest(&[(0, 0), (5, 1), (7, 0), (7, 2), (9, 1)]), 2);
        assert_eq!(narrowest(&[(3, 0), (3, 1)]), 0);
        assert_eq!(narrowest(&[]), usize::MAX);
    }

    #[test]
    fn sets_hold_what_was_put_in() {
        let mut rows = RowSet::default();
        for row in [5, 64, 1_000, 5, -3] {
            rows.put(row);
        }
        assert_eq!(rows.rows().collect::<Vec<_>>(), [5, 64, 1_000]);
        assert_eq!(rows.n_rows, 3);
        assert!(rows.has(64) && !rows.has(63) && !rows.has(-3) && !rows.has(i64::MAX));
    }
}
