//! What a reader of list elements knows beside the element, and what it may answer.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::model::{Item, KeyBuilder};
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
        count_label(&mut self.unknown_labels, label, 1);
    }
}

/// So many labels are told apart in a document, the others counted together: a crafted one has millions.
const MOST_LABELS: usize = 2_000;

/// Counts a label that was not understood, as it may be shown.
pub(super) fn count_label(labels: &mut BTreeMap<String, u64>, label: &str, n: u64) {
    let label = shortened(label);
    let has_room = labels.len() < MOST_LABELS || labels.contains_key(&*label);
    let label = if has_room { label.into_owned() } else { "…".to_owned() };
    *labels.entry(label).or_default() += n;
}

/// A name in bytes that is repeated for many items: in their places, as a label, as the collection that they lie in.
const LONGEST_NAME: usize = 400;

/// A name that may be repeated for many items. What is longer than any name is cut, and told from others by a hash.
pub(in crate::source::instagram) fn shortened(name: &str) -> Cow<'_, str> {
    if name.len() <= LONGEST_NAME {
        return Cow::Borrowed(name);
    }
    let start: String = name.chars().take(LONGEST_NAME / 8).collect();
    let hash = KeyBuilder::new("name").part(name.as_bytes()).public_id();
    Cow::Owned(format!("{start}… ({})", hash.as_str()))
}
