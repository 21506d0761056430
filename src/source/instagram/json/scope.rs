//! What a reader of list elements knows beside the element, and what it may answer.

use std::collections::BTreeMap;

use crate::model::Item;
use crate::source::Learnt;

/// The answer for one element of a list. Every element has exactly one fate.
#[derive(Clone, Debug, PartialEq)]
pub enum Fate {
    /// At least one item came from it.
    Items(Vec<Item>),
    /// Understood to be no record (an empty marker, a head row that only names what follows); the reason.
    Kept(&'static str),
    /// Could not be read; the reason.
    Bad(String),
}

impl From<Item> for Fate {
    fn from(item: Item) -> Self {
        Self::Items(vec![item])
    }
}

/// The surroundings of an element. Lives as long as one list of one document is read.
#[derive(Debug)]
pub struct Scope<'a> {
    /// Name of the document below the root of its download.
    pub path: &'a str,
    /// Name of the member that holds the list; empty for a bare list or a single object.
    pub list: &'a str,
    pub learnt: &'a Learnt,
    /// The collection that the last head row opened (flat `saved_collections`, format reference §1.C4).
    pub collection: Option<String>,
    /// Labels and keys that were not understood, with the number of their occurrences: keys only, never values.
    pub unknown_labels: BTreeMap<String, u64>,
}

impl<'a> Scope<'a> {
    pub fn new(path: &'a str, list: &'a str, learnt: &'a Learnt) -> Self {
        Self { path, list, learnt, collection: None, unknown_labels: BTreeMap::new() }
    }

    pub fn not_understood(&mut self, label: &str) {
        *self.unknown_labels.entry(label.to_owned()).or_default() += 1;
    }
}
