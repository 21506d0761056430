//! Searching as the archives stood on a day, and texts that were replaced since.
//!
//! The index holds every record once, as it is today. Few records ever had another text; for those a small index is made
//! in memory for the moment, with the texts that are meant, and they are left out of the large one. So nothing has to be
//! kept twice, and what counts is computed from the sightings themselves.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::HomeError;
use super::searching::{Found, document};
use crate::index::{Hits, Index, Order};
use crate::query::{FieldClause, Filter, Node, Query};
use crate::store::Store;

/// What takes the place of some records of the index.
#[derive(Debug)]
pub(super) struct Then {
    /// Rows that the index is not asked for: looked for in `side`, or not there yet on that day.
    pub excluded: Vec<i64>,
    pub side: Index,
    /// The text of that day, of the records in `side`.
    pub texts: HashMap<i64, Option<String>>,
    /// Texts of a record that were replaced (by that day), the newest first.
    pub earlier: HashMap<i64, Vec<String>>,
}

/// Whether a query asks for what was edited: then the texts that were replaced are meant too.
fn wants_edited(query: &Query) -> bool {
    let mut wants = false;
    query.root.for_each_wanted(&mut |leaf| {
        if let Node::Field(FieldClause { filter: Filter::Is(states), .. }) = leaf {
            wants |= states.contains(&"edited");
        }
    });
    wants
}

impl Then {
    /// `None` where today's records are the answer.
    pub fn of(store: &Store, query: &Query, as_of: Option<NaiveDate>) -> Result<Option<Self>, HomeError> {
        let finds_earlier = wants_edited(query);
        if as_of.is_none() && !finds_earlier {
            return Ok(None);
        }
        let day = as_of.map(|day| day.to_string());
        let mut excluded = match &day {
            Some(day) => store.records_first_seen_after(day)?,
            None => Vec::new(),
        };
        let (mut documents, mut texts, mut earlier) = (Vec::new(), HashMap::new(), HashMap::new());
        for mut record in store.records_with_versions()? {
            excluded.push(record.row);
            let seen = store.texts_of_record(record.row)?;
            let then: Vec<_> =
                seen.into_iter().filter(|(date, _)| day.as_ref().is_none_or(|day| date <= day)).collect();
            if then.is_empty() {
                continue;
            }
            let mut told: Vec<String> = Vec::new();
            for text in then.into_iter().rev().filter_map(|(_, text)| text) {
                if !text.trim().is_empty() && !told.contains(&text) {
                    told.push(text);
                }
            }
            let mut told = told.into_iter();
            let text = told.next();
            record.text.clone_from(&text);
            texts.insert(record.row, text);
            let row = record.row;
            let mut document = document(record);
            if finds_earlier {
                let replaced: Vec<String> = told.collect();
                document.other_text.extend(replaced.iter().cloned());
                earlier.insert(row, replaced);
            }
            documents.push(document);
        }
        excluded.sort_unstable();
        excluded.dedup();
        Ok(Some(Self { excluded, side: Index::passing(&documents)?, texts, earlier }))
    }
}

/// Puts what both indexes found into one order.
pub(super) fn merge(found: &mut Vec<Found>, order: Order, limit: usize) {
    let at = |found: &Found| found.record.integer("at_ms");
    // What matches loosely stands below all that does not, tier by tier.
    let loose = |found: &Found| Some(found.tier).filter(|tier| tier.is_loose());
    match order {
        Order::Relevance => found.sort_by(|one, other| {
            let key = |found: &Found| (at(found).is_none(), Reverse(at(found)));
            let by_score = other.score.total_cmp(&one.score);
            one.tier.cmp(&other.tier).then(by_score).then_with(|| key(one).cmp(&key(other)))
        }),
        Order::Newest => found.sort_by_key(|found| (loose(found), at(found).is_none(), Reverse(at(found)))),
        Order::Oldest => found.sort_by_key(|found| (loose(found), at(found).is_none(), at(found))),
    }
    if limit > 0 {
        found.truncate(limit);
    }
}

/// Adds the numbers of what the small index found to those of the large one.
pub(super) fn add(hits: &mut Hits, side: &Hits) {
    hits.total += side.total;
    for (tier, n) in &side.tiers {
        match hits.tiers.iter_mut().find(|(known, _)| known == tier) {
            Some((_, known)) => *known += n,
            None => hits.tiers.push((*tier, *n)),
        }
    }
    add_left_out(&mut hits.left_out, &side.left_out);
}

/// Adds what the small index left out.
pub(super) fn add_left_out(left_out: &mut Vec<(&'static str, u64)>, side: &[(&'static str, u64)]) {
    let mut sum: BTreeMap<_, u64> = left_out.iter().copied().collect();
    for (kind, n) in side {
        *sum.entry(*kind).or_default() += n;
    }
    *left_out = sum.into_iter().collect();
}
