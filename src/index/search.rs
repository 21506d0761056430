//! Searching and counting.

use super::collect::{Collected, Ranking};
use super::compile::Compiled;
use super::engine::Builder;
use super::keep::Index;
use super::{IndexError, guarded};
use crate::model::Kind;

/// Kinds that a search leaves out unless it asks for them by name: the service's notes, not the person's life.
pub const SILENT_KINDS: &[Kind] = &[Kind::View, Kind::Ad, Kind::Setting];

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

/// How closely a hit matches, closest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    Exact,
    Inflected,
    Prefix,
    Contains,
    Similar,
    SoundsLike,
}

impl Tier {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Inflected => "inflected",
            Self::Prefix => "prefix",
            Self::Contains => "contains",
            Self::Similar => "similar",
            Self::SoundsLike => "sounds_like",
        }
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
    /// All that match, shown or not.
    pub total: u64,
    pub hits: Vec<Hit>,
    pub order: Order,
    /// What matched as well but is of a kind that must be asked for.
    pub left_out: Vec<(Kind, u64)>,
    pub cuts: Vec<Cut>,
}

/// Something that was too much to be searched whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cut {
    /// More words begin so than are looked up; the most frequent were.
    Prefix { prefix: String, n_kept: usize },
    /// The phrase is longer than what is compared; it was found by its beginning.
    Phrase { typed: String, n_kept: usize },
}

impl Index {
    pub fn search(&self, compiled: &Compiled, search: Search) -> Result<Hits, IndexError> {
        let order = search.order.unwrap_or_else(|| Order::default_for(compiled));
        let n_best = if search.limit == 0 { usize::MAX } else { search.limit.saturating_add(search.offset) };
        let (collected, cuts) = self.collect(compiled, order, n_best)?;
        let hits = collected.best.iter().skip(search.offset).map(|ranked| Hit {
            row: ranked.row,
            score: f32::from_bits(ranked.score),
            tier: Tier::Exact,
        });
        let left_out = collected.left_out.iter().filter_map(|(code, n)| Some((Kind::from_code(*code)?, *n)));
        Ok(Hits { total: collected.n_all, hits: hits.collect(), order, left_out: left_out.collect(), cuts })
    }

    /// How many records match, those of silent kinds apart as in a search.
    pub fn count(&self, compiled: &Compiled) -> Result<u64, IndexError> {
        self.collect(compiled, Order::Newest, 0).map(|(collected, _)| collected.n_all)
    }

    fn collect(&self, compiled: &Compiled, order: Order, n_best: usize) -> Result<(Collected, Vec<Cut>), IndexError> {
        let opened = self.opened()?;
        let searcher = opened.reader.searcher();
        let mut builder = Builder { searcher: &searcher, fields: &opened.fields, cuts: compiled.cuts.clone() };
        let silent = SILENT_KINDS.iter().filter(|kind| !compiled.asked_kinds.contains(kind));
        let left_out = silent.map(|kind| kind.code()).collect();
        let ranking = Ranking { order, n_best, left_out, now_ms: compiled.now_ms };
        let collected = guarded(|| {
            let query = builder.build(&compiled.clause)?;
            Ok(searcher.search(query.as_ref(), &ranking)?)
        })?;
        Ok((collected, builder.cuts))
    }
}
