//! Searching and counting.

use std::collections::BTreeMap;

use tantivy::query::{BooleanQuery, Occur, Query};

use super::IndexError;
use super::collect::{Ranked, Ranking};
use super::compile::Compiled;
use super::engine::Builder;
use super::excluded::Excluded;
use super::keep::Index;
use super::schema::notices;
use super::tier::{Tier, Tiers};
use crate::model::Kind;

/// Kinds that a search leaves out unless it asks for them by name: the service's notes, not the person's life.
pub const SILENT_KINDS: &[Kind] = &[Kind::View, Kind::Ad, Kind::Setting];

/// So many hits are enough for nobody to look for looser ones.
pub const ENOUGH: u64 = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Relevance,
    Newest,
    Oldest,
}

impl Order {
    pub const ALL: &[Self] = &[Self::Relevance, Self::Newest, Self::Oldest];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Relevance => "relevance",
            Self::Newest => "newest",
            Self::Oldest => "oldest",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|order| order.name() == name)
    }

    /// What a query gets when none is asked for.
    pub fn default_for(compiled: &Compiled) -> Self {
        if compiled.has_words() { Self::Relevance } else { Self::Newest }
    }
}

/// Which part of the hits is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Search {
    /// `None`: as fits the query.
    pub order: Option<Order>,
    /// 0 for all.
    pub limit: usize,
    pub offset: usize,
    pub tiers: Tiers,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    pub row: i64,
    /// 0 when the order is by time.
    pub score: f32,
    pub tier: Tier,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hits {
    /// All that match in the tiers that were asked, shown or not.
    pub total: u64,
    /// How many match in each tier that was asked and in none before it.
    pub tiers: Vec<(Tier, u64)>,
    pub hits: Vec<Hit>,
    pub order: Order,
    /// What matched as well but is of a kind, or a notice of a subkind, that must be asked for by that name.
    pub left_out: Vec<(&'static str, u64)>,
    pub cuts: Vec<Cut>,
}

/// How many records match closely.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub total: u64,
    /// As in [`Hits`].
    pub left_out: Vec<(&'static str, u64)>,
}

/// Something that was too much to be searched whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cut {
    /// More words begin so than are looked up; the most frequent were.
    Prefix { prefix: String, n_kept: usize },
    /// So many words are searched for, but not loosely.
    Words { n_words: usize },
    /// So many texts were looked through, and there are more.
    Texts { typed: String, n_looked_at: u64 },
    /// The phrase is longer than what is compared; it was found by its beginning.
    Phrase { typed: String, n_kept: usize },
}

/// What words stand for in one tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// The words as typed.
    pub typed: String,
    pub tier: Tier,
    /// What is looked for, with the number of documents that hold it, most first.
    pub terms: Vec<(String, u64)>,
}

impl Index {
    /// Asks one tier after the other, the looser ones only as `search.tiers` says.
    pub fn search(&self, compiled: &Compiled, search: Search) -> Result<Hits, IndexError> {
        let order = search.order.unwrap_or_else(|| Order::default_for(compiled));
        let n_best = if search.limit == 0 { usize::MAX } else { search.limit.saturating_add(search.offset) };
        let mut asked = Asked { tiers: Vec::new(), best: Vec::new(), left_out: BTreeMap::new(), cuts: Vec::new() };
        self.ask(compiled, search.tiers, order, n_best, &mut asked)?;
        let hits = asked
            .best
            .iter()
            .skip(search.offset)
            .take(n_best - search.offset.min(n_best))
            .map(|(tier, ranked)| Hit { row: ranked.row, score: f32::from_bits(ranked.score), tier: *tier });
        Ok(Hits {
            total: asked.tiers.iter().map(|(_, n)| n).sum(),
            hits: hits.collect(),
            order,
            left_out: named(&asked.left_out),
            tiers: asked.tiers,
            cuts: asked.cuts,
        })
    }

    /// How many records match exactly or in inflected form, those of silent kinds apart as in a search.
    pub fn count(&self, compiled: &Compiled) -> Result<Counts, IndexError> {
        let opened = self.opened()?;
        let searcher = opened.reader.searcher();
        let mut builder = Builder::new(&searcher, opened, compiled);
        let ranking = ranking(compiled, Order::Newest, 0);
        opened.ask(|| {
            let query = builder.build(&compiled.clause, Tier::Inflected)?;
            let collected = searcher.search(query.as_ref(), &ranking)?;
            Ok(Counts { total: collected.n_all, left_out: named(&collected.left_out) })
        })
    }

    /// What the words of a query stand for in every tier, and how many documents hold it.
    pub fn explain(&self, compiled: &Compiled) -> Result<Vec<Explained>, IndexError> {
        let opened = self.opened()?;
        let searcher = opened.reader.searcher();
        let mut builder = Builder::new(&searcher, opened, compiled);
        opened.ask(|| {
            let mut explained = Vec::new();
            for words in &compiled.words {
                for (tier, patterns) in words.tiers.iter().filter(|(tier, _)| *tier <= compiled.loosest) {
                    explained.push(Explained {
                        typed: words.typed.clone(),
                        tier: *tier,
                        terms: builder.terms_of(patterns)?,
                    });
                }
            }
            Ok(explained)
        })
    }

    fn ask(
        &self,
        compiled: &Compiled,
        tiers: Tiers,
        order: Order,
        n_best: usize,
        asked: &mut Asked,
    ) -> Result<(), IndexError> {
        let opened = self.opened()?;
        let searcher = opened.reader.searcher();
        let mut builder = Builder::new(&searcher, opened, compiled);
        let mut before: Option<Box<dyn Query>> = None;
        for tier in compiled.tiers(tiers) {
            let n_found: u64 = asked.tiers.iter().map(|(_, n)| n).sum();
            if tier.is_loose() && tiers == Tiers::AsNeeded && n_found >= ENOUGH {
                break;
            }
            let collected = opened.ask(|| {
                let query = builder.build(&compiled.clause, tier)?;
                let only_here = match &before {
                    None => query.box_clone(),
                    Some(before) => Box::new(BooleanQuery::new(vec![
                        (Occur::Must, query.box_clone()),
                        (Occur::MustNot, Box::new(Excluded(before.box_clone()))),
                    ])),
                };
                before = Some(query);
                Ok(searcher.search(only_here.as_ref(), &ranking(compiled, order, n_best))?)
            })?;
            for (kind, n) in collected.left_out {
                *asked.left_out.entry(kind).or_default() += n;
            }
            asked.tiers.push((tier, collected.n_all));
            asked.best.extend(collected.best.into_iter().map(|ranked| (tier, ranked)));
            // In order of time, forms of a word stand among those of the word itself.
            if tier == Tier::Inflected && order != Order::Relevance {
                asked.best.sort_by_key(|(_, ranked)| *ranked);
            }
            asked.best.truncate(n_best);
        }
        asked.cuts = builder.cuts;
        Ok(())
    }
}

/// What the tiers so far gave.
struct Asked {
    tiers: Vec<(Tier, u64)>,
    best: Vec<(Tier, Ranked)>,
    left_out: BTreeMap<i64, u64>,
    cuts: Vec<Cut>,
}

fn ranking(compiled: &Compiled, order: Order, n_best: usize) -> Ranking {
    let is_asked = |name: &str| compiled.asked_kinds.contains(&name);
    let silent = SILENT_KINDS.iter().filter(|kind| !is_asked(kind.name())).map(|kind| kind.code());
    let all_messages = is_asked(Kind::Message.name());
    let notices = notices().filter(|(name, _)| !all_messages && !is_asked(name)).map(|(_, shelf)| shelf);
    let left_out = if compiled.asks_for_all { Vec::new() } else { silent.chain(notices).collect() };
    Ranking { order, n_best, left_out, now_ms: compiled.now_ms }
}

/// What was left out, by the names with which it is asked for.
fn named(left_out: &BTreeMap<i64, u64>) -> Vec<(&'static str, u64)> {
    left_out.iter().filter_map(|(shelf, n)| Some((name_of(*shelf)?, *n))).collect()
}

/// By which name what stands there is asked for.
fn name_of(shelf: i64) -> Option<&'static str> {
    let notice = notices().find(|(_, known)| *known == shelf).map(|(name, _)| name);
    notice.or_else(|| Kind::from_code(shelf).map(Kind::name))
}
