//! One pass over what matches: the best rows, the number of all, and what was left out because of its kind.

use std::collections::{BTreeMap, BinaryHeap};

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use super::schema::TALK;
use super::search::Order;
use crate::model::Kind;

/// How a search is ranked and what it leaves out.
#[derive(Debug)]
pub(super) struct Ranking {
    pub order: Order,
    /// So many of the best are wanted.
    pub n_best: usize,
    /// Shelves that are counted but not shown.
    pub left_out: Vec<i64>,
    pub now_ms: i64,
}

/// Ascending: the best first.
type Rank = [i64; 4];

/// A row with its place in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ranked {
    pub rank: Rank,
    pub row: i64,
    /// Bits of the score.
    pub score: u32,
}

#[derive(Debug, Default)]
pub(super) struct Collected {
    pub n_all: u64,
    pub best: Vec<Ranked>,
    /// By the shelf.
    pub left_out: BTreeMap<i64, u64>,
}

#[derive(Debug)]
pub(super) struct RankedSegment {
    row: Column<i64>,
    at: Column<i64>,
    shelf: Column<i64>,
    order: Order,
    n_best: usize,
    skipped: Vec<i64>,
    now_ms: i64,
    n_all: u64,
    left_out: BTreeMap<i64, u64>,
    /// The worst of the best on top.
    best: BinaryHeap<Ranked>,
}

impl Collector for Ranking {
    type Fruit = Collected;
    type Child = RankedSegment;

    fn for_segment(&self, _segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<RankedSegment> {
        let columns = reader.fast_fields();
        Ok(RankedSegment {
            row: columns.i64("row")?,
            at: columns.i64("at")?,
            shelf: columns.i64("shelf")?,
            order: self.order,
            n_best: self.n_best,
            skipped: self.left_out.clone(),
            now_ms: self.now_ms,
            n_all: 0,
            left_out: BTreeMap::new(),
            best: BinaryHeap::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        self.order == Order::Relevance && self.n_best > 0
    }

    fn merge_fruits(&self, segments: Vec<Collected>) -> tantivy::Result<Collected> {
        let mut whole = Collected::default();
        for segment in segments {
            whole.n_all += segment.n_all;
            whole.best.extend(segment.best);
            for (kind, n) in segment.left_out {
                *whole.left_out.entry(kind).or_default() += n;
            }
        }
        whole.best.sort_unstable();
        whole.best.truncate(self.n_best);
        Ok(whole)
    }
}

impl RankedSegment {
    /// Whether a record of that time comes behind all of the best, in an order of time.
    fn is_too_late(&self, at: Option<i64>) -> bool {
        let Some(worst) = self.best.peek() else { return false };
        match (self.order, at) {
            (Order::Newest, Some(at)) => (worst.rank[0], worst.rank[1]) < (0, at.saturating_neg()),
            (Order::Oldest, Some(at)) => (worst.rank[0], worst.rank[1]) < (0, at),
            _ => false,
        }
    }
}

impl SegmentCollector for RankedSegment {
    type Fruit = Collected;

    fn collect(&mut self, doc: DocId, score: Score) {
        let kind = self.shelf.first(doc).unwrap_or_default();
        // A talk is found by its messages.
        if kind == TALK {
            return;
        }
        if self.skipped.contains(&kind) {
            *self.left_out.entry(kind).or_default() += 1;
            return;
        }
        self.n_all += 1;
        if self.n_best == 0 {
            return;
        }
        let at = self.at.first(doc);
        // Most of many are worse than the worst of the best, which their time alone tells.
        if self.best.len() >= self.n_best && self.is_too_late(at) {
            return;
        }
        let score = if self.order == Order::Relevance { score * weight(kind) * recency(at, self.now_ms) } else { 0.0 };
        let row = self.row.first(doc).unwrap_or_default();
        let ranked = Ranked { rank: rank(self.order, score, at, row), row, score: score.to_bits() };
        if self.best.len() < self.n_best {
            self.best.push(ranked);
        } else if let Some(mut worst) = self.best.peek_mut()
            && ranked < *worst
        {
            *worst = ranked;
        }
    }

    fn harvest(self) -> Collected {
        Collected { n_all: self.n_all, best: self.best.into_vec(), left_out: self.left_out }
    }
}

/// Ties go to the newest, then to the row; what has no time comes last.
fn rank(order: Order, score: f32, at: Option<i64>, row: i64) -> Rank {
    let is_undated = i64::from(at.is_none());
    let at = at.unwrap_or_default();
    match order {
        // The bits of floats that are not negative are ordered as the floats are.
        Order::Relevance => [-i64::from(score.max(0.0).to_bits()), is_undated, -at, row],
        Order::Newest => [is_undated, -at, row, 0],
        Order::Oldest => [is_undated, at, row, 0],
    }
}

/// Half as much again for what is new, fading over three years.
fn recency(at: Option<i64>, now_ms: i64) -> f32 {
    const THREE_YEARS_MS: f32 = 3.0 * 365.25 * 86_400_000.0;
    let Some(at) = at else { return 1.0 };
    #[expect(clippy::cast_precision_loss, reason = "an age in milliseconds, for a gentle weight")]
    let age = now_ms.saturating_sub(at).max(0) as f32;
    1.0 + 0.5 * (-age / THREE_YEARS_MS).exp()
}

/// Own words before what was done with the words of others before what the service noted down (guessed).
fn weight(kind: i64) -> f32 {
    match Kind::from_code(kind) {
        Some(
            Kind::Post | Kind::Story | Kind::Reel | Kind::ProfilePhoto | Kind::Message | Kind::Comment | Kind::Note,
        ) => 1.0,
        Some(Kind::Collection | Kind::Search | Kind::StoryInteraction | Kind::Profile | Kind::ProfileChange) => 0.8,
        Some(Kind::Repost | Kind::Like | Kind::Save | Kind::Follow | Kind::Contact) => 0.7,
        _ => 0.4,
    }
}
