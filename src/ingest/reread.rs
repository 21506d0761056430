//! Reading kept documents again, so that what is held follows what is known: all archives of a snapshot teach the readers
//! of all its documents, and today's readers may read better than those of the day of the ingest.
//!
//! A reading is a function of the document's bytes, its path, what of the snapshot's teaching bears on it
//! ([`source::fingerprint`]) and the reader's version. [`refresh`] makes that true for a snapshot and says what it
//! touched; whoever called it derives the records and conversations anew ([`super::finish`], [`super::reindex`]).

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::documents::{distinct, reading_row, thread_row};
use super::identity;
use super::pipeline::IngestError;
use crate::model::{ContentHash, Finding, Item, Key, Kind, ThreadHead, Zone};
use crate::source::{self, Document, Learnt, Output, Place};
use crate::store::{HeldReading, ReadingOf, ReadingRow, Said, StoreError, Writing, item_json};

/// A kept document that teaches about its snapshot. Ordered by path, then content: never by arrival.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Lesson {
    pub path: String,
    pub hash: ContentHash,
    pub document: i64,
}

/// The documents of a snapshot that teach.
pub(super) fn lessons_of_snapshot(writing: &Writing<'_>, snapshot: i64) -> Result<Vec<Lesson>, StoreError> {
    let readings = writing.readings_of_snapshot(snapshot)?;
    let teaching = readings.into_iter().filter(|held| source::teaches(&held.path));
    Ok(teaching.map(|held| Lesson { path: held.path, hash: held.hash, document: held.document_id }).collect())
}

/// What these documents teach together; a function of their set.
pub(super) fn learnt_from(writing: &Writing<'_>, lessons: &mut Vec<Lesson>) -> Result<Learnt, StoreError> {
    learnt_in_zone(writing, lessons, None)
}

fn learnt_in_zone(
    writing: &Writing<'_>,
    lessons: &mut Vec<Lesson>,
    inferred_zone: Option<Zone>,
) -> Result<Learnt, StoreError> {
    lessons.sort();
    lessons.dedup();
    let mut learnt = Learnt { inferred_zone, ..Learnt::default() };
    for lesson in lessons {
        source::learn(&mut learnt, &lesson.path, &writing.document_bytes(lesson.document)?);
    }
    Ok(learnt)
}

/// What all archives of a snapshot teach, and the zone that other snapshots show for it.
pub(super) fn learnt_of_snapshot(writing: &Writing<'_>, snapshot: i64) -> Result<Learnt, StoreError> {
    let zone = writing.zone_of_snapshot(snapshot)?.and_then(|zone| Zone::of_name(&zone));
    learnt_in_zone(writing, &mut lessons_of_snapshot(writing, snapshot)?, zone)
}

/// Which readings are done again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// Those that today's readers, with today's knowledge, would do otherwise, as far as versions tell.
    Outdated,
    All,
}

/// A document that was read again and says something else, or is said to be read by another reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadAgain {
    pub hash: ContentHash,
    pub path: String,
    pub earlier: (String, u32),
    pub today: (String, u32),
}

/// What was read again, and what must be computed anew because of it.
#[derive(Debug, Default)]
pub(super) struct Reread {
    /// By account, since a key names one.
    pub keys: BTreeMap<i64, HashSet<Key>>,
    /// Conversations whose heads or messages may be others.
    pub threads: BTreeSet<i64>,
    /// Snapshots with a document that says something else.
    pub snapshots: BTreeSet<i64>,
    pub changed: Vec<ReadAgain>,
    pub n_documents: u64,
    /// Readings that were done in this run.
    done: HashSet<i64>,
}

impl Reread {
    /// Whether nothing that was read again says anything else.
    pub fn is_empty(&self) -> bool {
        self.snapshots.is_empty()
    }

    fn touch(&mut self, writing: &Writing<'_>, reading: i64, account_id: i64) -> Result<(), StoreError> {
        let keys = self.keys.entry(account_id).or_default();
        writing.keys_of_reading(reading, &mut |key| {
            keys.insert(key);
        })?;
        self.threads.extend(writing.threads_of_reading(reading)?);
        self.snapshots.extend(writing.entries_of_reading(reading)?.iter().map(|entry| entry.snapshot_id));
        Ok(())
    }
}

/// Brings the readings of a snapshot to what all its archives teach and to today's readers, from the kept documents. Old
/// sightings go, new ones stand without a record until their keys are derived; `reread` says which those are. `each` hears
/// of every document before it is read, and may stop it all.
pub(super) fn refresh(
    writing: &Writing<'_>,
    snapshot: i64,
    which: Which,
    reread: &mut Reread,
    each: &mut dyn FnMut(&HeldReading) -> Result<(), IngestError>,
) -> Result<(), IngestError> {
    let account_id = writing.account_of_snapshot(snapshot)?;
    let learnt = learnt_of_snapshot(writing, snapshot)?;
    for held in writing.readings_of_snapshot(snapshot)? {
        let of = ReadingOf {
            document_id: held.document_id,
            account_id,
            path: &held.path,
            learnt: source::fingerprint(&held.path, &learnt),
        };
        let is_right = (held.account_id, held.learnt) == (of.account_id, of.learnt);
        let reading = if is_right { held.id } else { exchange(writing, snapshot, &held, &of, reread)? };
        let row = writing.reading_row(reading)?;
        let is_repurposed = !is_right && reading == held.id;
        let is_current = !is_repurposed && source::is_current(of.path, &row.reader, row.reader_version);
        if (which == Which::All || !is_current) && reread.done.insert(reading) {
            each(&held)?;
            read_again(writing, &held, reading, &of, &learnt, &row, reread)?;
        }
    }
    Ok(())
}

/// Finds or makes the reading that the entries of this snapshot should have, in the place of the one that they have.
fn exchange(
    writing: &Writing<'_>,
    snapshot: i64,
    held: &HeldReading,
    of: &ReadingOf<'_>,
    reread: &mut Reread,
) -> Result<i64, IngestError> {
    reread.touch(writing, held.id, held.account_id)?;
    let is_shared = writing.entries_of_reading(held.id)?.iter().any(|entry| entry.snapshot_id != snapshot);
    let known = writing.reading(of)?;
    let other = match known {
        None if !is_shared => {
            writing.repurpose_reading(held.id, of)?;
            reread.done.remove(&held.id);
            return Ok(held.id);
        }
        None => writing.start_reading(of)?,
        Some(other) => other,
    };
    let found = writing.findings_of_reading(other)?;
    let moved = writing.entries_of_reading(held.id)?;
    writing.move_entries(snapshot, held.id, other)?;
    for entry in moved.iter().filter(|entry| entry.snapshot_id == snapshot) {
        for finding in &found {
            writing.add_finding(entry.archive_id, Some(other), &finding.clone().at_path(entry.path.as_str()))?;
        }
    }
    reread.touch(writing, other, of.account_id)?;
    if !is_shared {
        writing.remove_reading(held.id)?;
        // Its number may be given again.
        reread.done.remove(&held.id);
    }
    Ok(other)
}

/// Reads a document and compares; writes only where it says something else than it said.
fn read_again(
    writing: &Writing<'_>,
    held: &HeldReading,
    reading: i64,
    of: &ReadingOf<'_>,
    learnt: &Learnt,
    earlier: &ReadingRow,
    reread: &mut Reread,
) -> Result<(), IngestError> {
    reread.n_documents += 1;
    let account_key = writing.account_row(of.account_id)?.key;
    let bytes = writing.document_bytes(of.document_id)?;
    let document = Document { path: of.path, bytes: &bytes, learnt };
    let mut listener = Listener::new(account_key, Said::default());
    let row = listener.listen(&document)?;
    // Keys name the account.
    let is_moved = reading == held.id && held.account_id != of.account_id;
    let says_the_same = !is_moved
        && listener.to.finish() == writing.said_by(reading)?.finish()
        && same_findings(&listener.findings, &writing.findings_of_reading(reading)?)
        && row.words == earlier.words;
    if says_the_same && row == *earlier {
        return Ok(());
    }
    let named = |row: &ReadingRow| (row.reader.clone(), row.reader_version);
    let path = of.path.to_owned();
    reread.changed.push(ReadAgain { hash: held.hash, path, earlier: named(earlier), today: named(&row) });
    if !says_the_same {
        let account_before = if reading == held.id { held.account_id } else { of.account_id };
        reread.touch(writing, reading, account_before)?;
        let heads = writing.unsay(reading)?;
        let sayer = Sayer { writing, reading, account_id: of.account_id, heads, n_heads: 0, thread: None };
        let mut listener = Listener::new(account_key, sayer);
        listener.listen(&document)?;
        writing.remove_heads(listener.to.heads.get(listener.to.n_heads..).unwrap_or_default())?;
        for entry in writing.entries_of_reading(reading)? {
            for finding in &listener.findings {
                writing.add_finding(entry.archive_id, Some(reading), &finding.clone().at_path(entry.path.as_str()))?;
            }
        }
        reread.touch(writing, reading, of.account_id)?;
    }
    writing.finish_reading(reading, &row)?;
    if row.words != earlier.words {
        // The words stand at the posts whose subtitles they are.
        let keys = writing.keys_with_words_of(of.document_id)?;
        reread.keys.entry(of.account_id).or_default().extend(keys);
    }
    Ok(())
}

fn same_findings(one: &[Finding], other: &[Finding]) -> bool {
    one.len() == other.len() && one.iter().all(|finding| other.contains(finding))
}

/// Where what a reader says goes.
trait Saying {
    fn head(&mut self, key: Key, head: &ThreadHead) -> Result<(), StoreError>;
    fn item(&mut self, place: &Place, thread: Option<Key>, key: Key, item: &Item) -> Result<(), StoreError>;
}

impl Saying for Said {
    fn head(&mut self, key: Key, head: &ThreadHead) -> Result<(), StoreError> {
        self.head(key, head)
    }

    fn item(&mut self, place: &Place, thread: Option<Key>, key: Key, item: &Item) -> Result<(), StoreError> {
        self.item(&place.0, thread, key, item)
    }
}

/// Writes it down.
struct Sayer<'w, 'c> {
    writing: &'w Writing<'c>,
    reading: i64,
    account_id: i64,
    /// Rows of heads that were taken back, and how many of them are used again.
    heads: Vec<i64>,
    n_heads: usize,
    /// Row of the head that the following messages belong to.
    thread: Option<i64>,
}

impl Saying for Sayer<'_, '_> {
    fn head(&mut self, key: Key, head: &ThreadHead) -> Result<(), StoreError> {
        thread_row(self.writing, self.account_id, key)?;
        self.thread = Some(match self.heads.get(self.n_heads) {
            Some(&row) => {
                self.writing.rewrite_thread_sighting(row, key, head)?;
                self.n_heads += 1;
                row
            }
            None => self.writing.add_thread_sighting(self.reading, key, head)?,
        });
        Ok(())
    }

    fn item(&mut self, place: &Place, thread: Option<Key>, key: Key, item: &Item) -> Result<(), StoreError> {
        let thread = self.thread.filter(|_| thread.is_some());
        self.writing.add_sighting(self.reading, &place.0, thread, key, None, &item_json(item)?)?;
        Ok(())
    }
}

/// Takes what a reader says about a document.
struct Listener<T> {
    account_key: Key,
    thread: Option<Key>,
    words: Option<String>,
    findings: Vec<Finding>,
    to: T,
}

impl<T: Saying> Listener<T> {
    fn new(account_key: Key, to: T) -> Self {
        Self { account_key, thread: None, words: None, findings: Vec::new(), to }
    }

    fn listen(&mut self, document: &Document<'_>) -> Result<ReadingRow, StoreError> {
        let mut taken = Ok(());
        let outcome = source::read(document, &mut |output| {
            if taken.is_ok() {
                taken = self.take(output);
            }
        });
        taken?;
        self.findings = distinct(std::mem::take(&mut self.findings));
        Ok(reading_row(&outcome, self.words.clone()))
    }

    fn take(&mut self, output: Output) -> Result<(), StoreError> {
        match output {
            Output::Thread(head) => {
                let key = identity::thread_key(self.account_key, &head);
                self.thread = Some(key);
                return self.to.head(key, &head);
            }
            Output::Item { place, item } => {
                let thread = self.thread.filter(|_| item.kind == Kind::Message);
                let key = identity::identify(self.account_key, &item, thread).key;
                return self.to.item(&place, thread, key, &item);
            }
            // The reader itself says in findings what these mean.
            Output::Kept { .. } | Output::Bad { .. } => {}
            Output::Words(words) => self.words = Some(words),
            Output::Finding(finding) => self.findings.push(finding),
        }
        Ok(())
    }
}

/// Takes the conversations that were touched apart, since what joined them may be gone: those that belong together are
/// joined again by what is seen now, and their messages follow.
pub(super) fn take_apart(writing: &Writing<'_>, reread: &mut Reread) -> Result<(), StoreError> {
    for thread in reread.threads.clone() {
        let parts = writing.split_thread(thread)?;
        if !parts.is_empty() {
            let keys = reread.keys.entry(writing.account_of_thread(thread)?).or_default();
            for part in parts.iter().chain([&thread]) {
                keys.extend(writing.keys_of_thread(*part)?);
            }
        }
        reread.threads.extend(parts);
    }
    Ok(())
}
