//! Searching as the archives stood on a day, or as one download tells it, and texts that were replaced since.
//!
//! The index holds every record once, as it is today. Few records ever had another text or stood in another list; for those
//! a small index is made in memory for the moment, with what is meant, and they are left out of the large one. What was gone
//! is told by the dates since when, and judged anew where a later download has it again ([`gone`]). So nothing has to be kept
//! twice, and what counts is computed from the sightings themselves, by the rules by which records are.

mod gone;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use self::gone::GoneThen;
use super::HomeError;
use super::searching::{Found, document};
use crate::index::{Compiled, Hits, Index, Order};
use crate::ingest::{Merged, merge_told};
use crate::model::{Item, Kind};
use crate::query::{FieldClause, Filter, Node, Query};
use crate::store::{NamedRow, Searchable, SnapshotRef, Store, Value};

/// What takes the place of some records of the index.
#[derive(Debug)]
pub(super) struct Then {
    /// Rows that the index is not asked for: looked for in `side`, or not there yet on that day.
    pub excluded: Vec<i64>,
    pub side: Index,
    /// The records in `side`, as they were.
    were: HashMap<i64, Were>,
    /// Texts of a record that were replaced (by that day), the newest first.
    pub earlier: HashMap<i64, Vec<String>>,
    /// `None` for today.
    day: Option<Day>,
    /// Ids of the snapshots whose texts are meant; none: all that are looked at.
    pub snapshots: Vec<String>,
}

/// A day as of which is searched.
#[derive(Debug)]
struct Day {
    /// `YYYY-MM-DD`.
    date: String,
    gone: GoneThen,
    /// What the index calls gone and was not, and the other way round; only where the query asks for it.
    asked: Option<(Vec<i64>, Vec<i64>)>,
}

/// What a record was.
#[derive(Clone, Debug)]
struct Were {
    text: Option<String>,
    subkind: Option<String>,
    is_edited: bool,
    is_unsent: bool,
}

/// Ids of the snapshots that a query names, where everything that it finds stood in one of them: then their texts are meant.
fn snapshots_of(store: &Store, query: &Query) -> Result<Vec<String>, HomeError> {
    let all = match &query.root {
        Node::All(nodes) => nodes.as_slice(),
        other => std::slice::from_ref(other),
    };
    let named = all.iter().filter_map(|node| match node {
        Node::Field(FieldClause { filter: Filter::Snapshot(typed), .. }) => Some(typed),
        _ => None,
    });
    // Of two downloads, in both of which it stood, none is meant more than the other.
    match named.collect::<Vec<_>>().as_slice() {
        [only] => Ok(store.snapshot_ids(only)?),
        _ => Ok(Vec::new()),
    }
}

/// Whether a query asks for a state: then for `edited` the texts that were replaced are meant too.
fn wants(query: &Query, state: &str) -> bool {
    let mut wants = false;
    query.root.for_each_wanted(&mut |leaf| wants |= is_of_state(leaf, state));
    wants
}

/// Whether it asks for it, or for all that is not so.
fn mentions(node: &Node, state: &str) -> bool {
    match node {
        Node::All(nodes) | Node::Any(nodes) => nodes.iter().any(|node| mentions(node, state)),
        Node::Not(inner) => mentions(inner, state),
        leaf => is_of_state(leaf, state),
    }
}

fn is_of_state(leaf: &Node, state: &str) -> bool {
    matches!(leaf, Node::Field(FieldClause { filter: Filter::Is(states), .. }) if states.contains(&state))
}

impl Then {
    /// `None` where today's records are the answer.
    pub fn of(store: &Store, query: &Query, as_of: Option<NaiveDate>) -> Result<Option<Self>, HomeError> {
        let finds_earlier = wants(query, "edited");
        let snapshots = snapshots_of(store, query)?;
        if as_of.is_none() && snapshots.is_empty() && !mentions(&query.root, "edited") {
            return Ok(None);
        }
        let day = as_of.map(|day| Day::of(store, query, &day.to_string())).transpose()?;
        let date = day.as_ref().map(|day| day.date.as_str());
        let mut excluded = date.map_or_else(|| Ok(Vec::new()), |date| store.records_first_seen_after(date))?;
        let is_of_today = date.is_none() && snapshots.is_empty();
        let records = if is_of_today { store.records_with_versions()? } else { store.records_told_otherwise()? };
        let (mut documents, mut were, mut earlier) = (Vec::new(), HashMap::new(), HashMap::new());
        for mut record in records {
            excluded.push(record.row);
            let mut told = store.told_of_record(record.row)?;
            told.retain(|(snapshot, _)| date.is_none_or(|date| snapshot.date.as_str() <= date));
            let Some((was, replaced)) = was(&record, told, &snapshots) else { continue };
            (record.text, record.subkind) = (was.text.clone(), was.subkind.clone());
            (record.is_edited, record.is_unsent) = (was.is_edited, was.is_unsent);
            let row = record.row;
            were.insert(row, was);
            let mut document = document(record);
            if finds_earlier {
                document.other_text.extend(replaced.iter().cloned());
                earlier.insert(row, replaced);
            }
            documents.push(document);
        }
        excluded.sort_unstable();
        excluded.dedup();
        Ok(Some(Self { excluded, side: Index::passing(&documents)?, were, earlier, day, snapshots }))
    }

    /// A query of which what it says of states means those of then.
    pub fn meant(&self, compiled: Compiled) -> Compiled {
        match self.day.as_ref().and_then(|day| day.asked.as_ref()) {
            Some((not, also)) => compiled.with_state("gone", not, also),
            None => compiled,
        }
    }

    /// The day as of which is searched, `YYYY-MM-DD`; `None` for today.
    pub fn date(&self) -> Option<&str> {
        self.day.as_ref().map(|day| day.date.as_str())
    }

    /// The texts that stand in the place of those of today: `None` where a record had none.
    pub fn texts(&self) -> impl Iterator<Item = (i64, Option<&str>)> {
        self.were.iter().map(|(row, was)| (*row, was.text.as_deref()))
    }

    /// The text in the place of that of today, where one is; empty where the record had none.
    pub fn text_of(&self, row: i64) -> Option<&str> {
        self.were.get(&row).map(|was| was.text.as_deref().unwrap_or_default())
    }

    /// Gives a record what it had on the day, or in the snapshot, that is meant.
    pub fn give_back(&self, store: &Store, row: i64, record: &mut NamedRow) -> Result<(), HomeError> {
        if self.day.is_none() && self.snapshots.is_empty() {
            return Ok(());
        }
        let text = |text: Option<&str>| text.map_or(Value::Null, Value::from);
        if let Some(was) = self.were.get(&row) {
            record.set("text", text(was.text.as_deref()));
            record.set("subkind", text(was.subkind.as_deref()));
            record.set("is_edited", Value::Integer(was.is_edited.into()));
            record.set("is_unsent", Value::Integer(was.is_unsent.into()));
        }
        let Some(day) = &self.day else { return Ok(()) };
        let known = record.text("gone_since").filter(|since| *since <= day.date.as_str()).map(str::to_owned);
        let since = if known.is_some() { known } else { day.gone.since(store, row)? };
        if since.is_some() || record.integer("is_gone") == Some(1) {
            // What no download of then covered later, or had, is as if it were there.
            record.set("is_gone", since.as_ref().map_or(Value::Null, |_| Value::Integer(1)));
        }
        record.set("gone_since", text(since.as_deref()));
        Ok(())
    }
}

impl Day {
    fn of(store: &Store, query: &Query, date: &str) -> Result<Self, HomeError> {
        let gone = GoneThen::on(date);
        let asked = if mentions(&query.root, "gone") {
            let came_again = gone.what_came_again(store)?;
            Some((store.records_gone_after(date)?, came_again))
        } else {
            None
        };
        Ok(Self { date: date.to_owned(), gone, asked })
    }
}

/// What a record was by what the downloads say of it that are looked at, its text by those among them that are meant, and its
/// texts that were replaced in these, the newest first. `None` where none of them has it.
fn was(record: &Searchable, told: Vec<(SnapshotRef, Item)>, meant: &[String]) -> Option<(Were, Vec<String>)> {
    let order: HashMap<i64, usize> = told.iter().enumerate().map(|(at, (snapshot, _))| (snapshot.id, at)).collect();
    let of_meant: Vec<_> = told.iter().filter(|(snapshot, _)| meant.contains(&snapshot.public_id)).cloned().collect();
    let all = merge_told(told)?;
    // What the app wrote into a conversation changes with a name or the language; nobody edited it. Of all else the index
    // does not know it: only messages say so themselves.
    let is_edited = match record.kind {
        Kind::Message => record.is_edited && all.item.is_edited,
        _ => all.versions.iter().any(|(_, text)| !are_same_words(text, all.item.text.as_deref())),
    };
    let Merged { item, mut versions, .. } = if meant.is_empty() { all } else { merge_told(of_meant)? };
    versions.sort_by_key(|(snapshot, _)| Reverse(order.get(snapshot).copied()));
    let is_own = matches!(record.kind, Kind::Post | Kind::Reel | Kind::Story);
    let was = Were {
        text: item.text,
        // What a message is does not change with the day.
        subkind: if is_own { item.subkind } else { record.subkind.clone() },
        is_edited,
        is_unsent: item.is_unsent,
    };
    Some((was, versions.into_iter().map(|(_, text)| text).collect()))
}

/// Whether two texts differ in spaces only, which pages do not show: [`crate::store::IS_EDITED`] says the same.
fn are_same_words(one: &str, other: Option<&str>) -> bool {
    let words = |text: &str| text.replace([' ', '\n', '\r'], "");
    words(one) == words(other.unwrap_or_default())
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
