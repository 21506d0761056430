//! Keeps account of one document while it is read: every item gets its fate here and is counted, and what is worth
//! knowing about the document as a whole becomes findings at the end.

use std::collections::BTreeMap;

use super::scope::count_label;
use super::split::Slice;
use super::text::{self, Writing};
use super::{Fate, Json};
use crate::model::{Finding, FindingCode, Item, ThreadHead};
use crate::source::{Output, Place, Reading};

/// So many bad items get a finding each; more are told together.
const N_SINGLE_FINDINGS: usize = 3;
/// So many labels are named in a finding.
const N_NAMED_LABELS: usize = 20;

/// Bytes of an element that is parsed. Guessed, with much room for one message or one post; measured: 30 MB of `0,` in
/// one element took 1.5 GB of memory once parsed, twelve of 8 MB one after the other 535 MB.
const LARGEST_ELEMENT: usize = 6 << 20;

/// Several equal things and where the first of them stood.
#[derive(Debug, Default)]
struct Tally {
    n: u64,
    first: Place,
}

impl Tally {
    fn add(&mut self, place: &Place) {
        if self.n == 0 {
            self.first = place.clone();
        }
        self.n += 1;
    }
}

pub(in crate::source::instagram) struct Ledger<'a> {
    sink: &'a mut dyn FnMut(Output),
    writing: Writing,
    n_read: u64,
    n_kept: u64,
    n_bad: u64,
    first_bad: Vec<(Place, String)>,
    kept: BTreeMap<&'static str, Tally>,
    doubts: BTreeMap<&'static str, Tally>,
    unknown_labels: BTreeMap<String, u64>,
    n_generic: u64,
    /// Lists with plain values among their items, and such values in those that are not told one by one.
    n_plain_lists: usize,
    n_more_plain: u64,
    damage: Option<String>,
}

impl<'a> Ledger<'a> {
    pub fn new(writing: Writing, sink: &'a mut dyn FnMut(Output)) -> Self {
        Self {
            sink,
            writing,
            n_read: 0,
            n_kept: 0,
            n_bad: 0,
            first_bad: Vec::new(),
            kept: BTreeMap::new(),
            doubts: BTreeMap::new(),
            unknown_labels: BTreeMap::new(),
            n_generic: 0,
            n_plain_lists: 0,
            n_more_plain: 0,
            damage: None,
        }
    }

    /// Parses a piece of the document. What had to be mended first is noted; the reason is given when nothing helps.
    pub fn parse(&mut self, place: &Place, slice: Slice<'_>) -> Result<Json, String> {
        if !slice.is_whole {
            return Err("its brackets are not closed".to_owned());
        }
        if slice.bytes.len() > LARGEST_ELEMENT {
            return Err(format!("it has {} bytes, more than one item may have to be read", slice.bytes.len()));
        }
        let json = text::repair(slice.bytes, self.writing);
        serde_json::from_slice(&json).or_else(|error| match serde_json::from_slice(&text::mend(&json)) {
            Ok(json) => {
                self.doubt(
                    place,
                    "hold characters or numbers that JSON does not have; these were replaced or kept as text",
                );
                Ok(json)
            }
            Err(_) => Err(reason_of(&error)),
        })
    }

    pub fn thread(&mut self, head: ThreadHead) {
        (self.sink)(Output::Thread(Box::new(head)));
    }

    /// Gives the element at that place its one fate.
    pub fn settle(&mut self, place: &Place, fate: Fate) {
        match fate {
            Fate::Items(items) if items.is_empty() => self.bad(place, "nothing was found in it".to_owned()),
            Fate::Items(items) => {
                self.n_read += 1;
                for item in items {
                    (self.sink)(Output::Item { place: place.clone(), item: Box::new(item) });
                }
            }
            Fate::Kept(reason) => {
                self.n_kept += 1;
                self.kept.entry(reason).or_default().add(place);
                (self.sink)(Output::Kept { place: place.clone(), reason });
            }
            Fate::Bad(reason) => self.bad(place, reason),
        }
    }

    fn bad(&mut self, place: &Place, reason: String) {
        self.n_bad += 1;
        if self.first_bad.len() <= N_SINGLE_FINDINGS {
            self.first_bad.push((place.clone(), reason.clone()));
        }
        (self.sink)(Output::Bad { place: place.clone(), reason });
    }

    /// Gives what was found beside the items; it is none of them and not counted.
    pub fn beside(&mut self, place: &Place, item: Item) {
        (self.sink)(Output::Item { place: place.clone(), item: Box::new(item) });
    }

    /// Notes that the item at that place was read, but something about it is doubtful. `what` goes on after "N items".
    pub fn doubt(&mut self, place: &Place, what: &'static str) {
        self.doubts.entry(what).or_default().add(place);
    }

    /// Notes a key that was not understood. Its value was kept.
    pub fn not_understood(&mut self, label: &str) {
        count_label(&mut self.unknown_labels, label, 1);
    }

    pub fn not_understood_all(&mut self, labels: BTreeMap<String, u64>) {
        for (label, n) in labels {
            count_label(&mut self.unknown_labels, &label, n);
        }
    }

    /// Notes that an item went through the generic reader.
    pub fn generic(&mut self) {
        self.n_generic += 1;
    }

    /// Notes plain values among the items of a list; they are no items.
    pub fn plain_values(&mut self, list: &str, n: u64) {
        if self.n_plain_lists < N_SINGLE_FINDINGS {
            let sentence = match n {
                1 => "1 plain value stands among the items of a list; it was kept with the document.".to_owned(),
                n => format!("{n} plain values stand among the items of a list; they were kept with the document."),
            };
            self.say(Finding::new(FindingCode::ItemKeptRaw, sentence).at_place(list).about(n));
        } else {
            self.n_more_plain += n;
        }
        self.n_plain_lists += 1;
    }

    /// Notes that the document is not what it should be. The first words are kept.
    pub fn damaged(&mut self, what: &str) {
        self.damage.get_or_insert_with(|| what.to_owned());
    }

    pub fn say(&mut self, finding: Finding) {
        (self.sink)(Output::Finding(finding));
    }

    /// Says what is worth knowing about the whole document, and gives the counts.
    pub fn finish(mut self, reader: &'static str, reader_version: u32, n_items: Option<u64>) -> Reading {
        let n_seen = self.n_read + self.n_kept + self.n_bad;
        if n_items.is_none() && self.n_bad == 0 && self.doubts.is_empty() {
            self.damaged("It is not well-formed JSON");
        }
        let mut findings = Vec::new();
        if let Some(damage) = &self.damage {
            let sentence = format!("{damage}; {} items were read, and its bytes were kept.", self.n_read);
            findings.push(Finding::new(FindingCode::BadDocument, sentence));
        }
        self.report_fates(&mut findings);
        if self.n_more_plain > 0 {
            let n = self.n_more_plain;
            let sentence = format!("{n} more stand in other lists; they were kept with the document.");
            findings.push(Finding::new(FindingCode::ItemKeptRaw, sentence).about(n));
        }
        if self.n_generic > 0 {
            let sentence = "No reader knows this file better yet; all its strings are searchable.";
            findings.push(Finding::new(FindingCode::BetterReaderWanted, sentence).about(self.n_generic));
        }
        if !self.unknown_labels.is_empty() {
            findings.push(unknown_labels(&self.unknown_labels));
        }
        if self.n_read + self.n_kept == 0 && n_items.unwrap_or(n_seen) > 0 {
            let n = n_items.unwrap_or(n_seen);
            let sentence = format!(
                "None of its {n} items became a record; its bytes were kept. Please report this file's form (`throwback probe`)."
            );
            findings.push(Finding::new(FindingCode::NothingRead, sentence).about(n));
        }
        if let Some(n_items) = n_items.filter(|n| *n != n_seen) {
            let sentence = format!(
                "It holds {n_items} items, but {n_seen} were accounted for ({} read, {} kept, {} bad); its bytes were kept.",
                self.n_read, self.n_kept, self.n_bad
            );
            findings.push(Finding::new(FindingCode::CountMismatch, sentence).about(n_items.abs_diff(n_seen)));
        }
        for finding in findings {
            self.say(finding);
        }
        Reading {
            reader,
            reader_version,
            n_items,
            n_read: self.n_read,
            n_kept: self.n_kept,
            n_bad: self.n_bad,
            not_understood: self.unknown_labels,
        }
    }

    /// Findings about single items and groups of them.
    fn report_fates(&self, findings: &mut Vec<Finding>) {
        if self.first_bad.len() <= N_SINGLE_FINDINGS {
            for (place, reason) in &self.first_bad {
                let sentence = format!("An item could not be read: {reason}. Its bytes were kept with the document.");
                findings.push(Finding::new(FindingCode::BadItem, sentence).at_place(&*place.0).about(1));
            }
        } else if let Some((place, reason)) = self.first_bad.first() {
            let sentence = format!(
                "{} items could not be read; the first: {reason}. Their bytes were kept with the document.",
                self.n_bad
            );
            findings.push(Finding::new(FindingCode::BadItem, sentence).at_place(&*place.0).about(self.n_bad));
        }
        for (reason, tally) in &self.kept {
            let sentence = match tally.n {
                1 => format!("1 item was kept without becoming a record: {reason}."),
                n => format!("{n} items were kept without becoming records: {reason}."),
            };
            findings.push(Finding::new(FindingCode::ItemKeptRaw, sentence).at_place(&*tally.first.0).about(tally.n));
        }
        for (what, tally) in &self.doubts {
            let sentence = match tally.n {
                1 => format!("1 item {}.", of_one(what)),
                n => format!("{n} items {what}."),
            };
            findings.push(Finding::new(FindingCode::DoubtfulValue, sentence).at_place(&*tally.first.0).about(tally.n));
        }
    }
}

/// What is said of several items, said of one: "hold letters" → "holds letters".
fn of_one(what: &str) -> String {
    match what.split_once(' ') {
        Some(("have", rest)) => format!("has {rest}"),
        Some((verb @ ("hold" | "name" | "stand"), rest)) => format!("{verb}s {rest}"),
        _ => what.to_owned(),
    }
}

/// Why something did not parse. Line and column would be those of the item, not of the document.
fn reason_of(error: &serde_json::Error) -> String {
    let reason = error.to_string();
    match reason.rfind(" at line ") {
        Some(end) => reason[..end].to_owned(),
        None => reason,
    }
}

/// One finding that names the labels, never their values.
fn unknown_labels(labels: &BTreeMap<String, u64>) -> Finding {
    let mut named: Vec<String> =
        labels.iter().take(N_NAMED_LABELS).map(|(label, n)| format!("\u{201c}{label}\u{201d} ({n})")).collect();
    if labels.len() > N_NAMED_LABELS {
        named.push(format!("{} more", labels.len() - N_NAMED_LABELS));
    }
    let sentence = format!("Labels that were not understood: {}. Their values were kept.", named.join(", "));
    Finding::new(FindingCode::UnknownLabel, sentence).about(labels.values().sum())
}
