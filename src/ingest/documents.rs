//! Reading one document: every item becomes a sighting, and a record at once where nothing else knows its key.

use std::collections::HashSet;
use std::rc::Rc;

use super::ahead::{self, Said};
use super::identity::Identity;
use super::pipeline::{Below, IngestError, Run};
use super::said_again;
use super::settling::Settling;
use crate::model::{Finding, Item, Key, KeyBuilder, Kind, ThreadHead};
use crate::source::{Document, Place, Reading};
use crate::store::{HeldMessage, ReadingRow, SightingRow, StoreError, Writing, item_of};

impl Run<'_, '_> {
    /// A document that was read before, at the same place: it stands in one more snapshot.
    pub(super) fn see_again(&mut self, below: &Below<'_>, reading: i64) -> Result<(), IngestError> {
        let writing = self.writing;
        self.seen_again.push(reading);
        let Settling { touched, said_again, .. } = &mut self.settling;
        writing.shared_sightings_of_reading(reading, &mut |key, json, thread| {
            let item = item_of(json)?;
            let held = match thread.filter(|_| said_again::can_be(&item)) {
                Some(thread) => writing.held_message(key, json, thread)?,
                None => HeldMessage::Otherwise,
            };
            match held {
                HeldMessage::Same { record_id, readings } => said_again.add(readings, key, record_id),
                HeldMessage::Nothing | HeldMessage::Otherwise => {
                    touched.insert(key);
                }
            }
            Ok(())
        })?;
        self.threads.extend(writing.threads_of_reading(reading)?);
        self.kinds.extend(writing.kinds_of_reading(reading)?);
        for finding in self.writing.findings_of_reading(reading)? {
            self.find_in_document(finding.at_path(below.entry.path.as_str()), reading)?;
        }
        Ok(())
    }

    pub(super) fn read_document(&mut self, below: &Below<'_>, bytes: &[u8], reading: i64) -> Result<(), IngestError> {
        let learnt = self.learnt.clone();
        let is_coarse = below.path.ends_with(".html") || below.path == "messages.json";
        let is_deferring = is_coarse && self.writing.snapshots_of_account(self.account_id)?.len() > 1;
        let account_key = self.account_key;
        let mut reader =
            DocumentRun { is_deferring, run: self, reading, thread: None, words: None, findings: Vec::new() };
        let document_here = Document { path: &below.path, bytes, learnt: &learnt };
        let outcome = ahead::read(&document_here, account_key, &mut |said| reader.take(said))?;
        let (words, findings) = (reader.words.take(), distinct(std::mem::take(&mut reader.findings)));
        for finding in findings {
            self.find_in_document(finding.at_path(below.entry.path.as_str()), reading)?;
        }
        self.writing.finish_reading(reading, &reading_row(&outcome, words))?;
        Ok(())
    }
}

/// How a reading went, as it is stored.
pub(super) fn reading_row(outcome: &Reading, words: Option<String>) -> ReadingRow {
    ReadingRow {
        reader: outcome.reader.to_owned(),
        reader_version: outcome.reader_version,
        n_items: outcome.n_items,
        n_read: outcome.n_read,
        n_kept: outcome.n_kept,
        n_bad: outcome.n_bad,
        words,
    }
}

/// What was found, each once: an archive may hold a document twice, and which of its findings were copied from where must
/// not show.
pub(super) fn distinct(findings: Vec<Finding>) -> Vec<Finding> {
    let mut known = HashSet::new();
    findings.into_iter().filter(|finding| known.insert(finding.clone())).collect()
}

/// The conversation of that key, made when it is new.
pub(super) fn thread_row(writing: &Writing<'_>, account_id: i64, key: Key) -> Result<i64, StoreError> {
    match writing.thread_by_key(key)? {
        Some(row) => Ok(row),
        None => {
            let public_id = KeyBuilder::new("thread").part(key.as_bytes()).public_id();
            writing.add_thread(key, public_id.as_str(), account_id)
        }
    }
}

/// Takes what a reader says about one document.
struct DocumentRun<'r, 'a, 'c> {
    run: &'r mut Run<'a, 'c>,
    reading: i64,
    /// The conversation that the following messages belong to.
    thread: Option<ThreadHere>,
    /// What message each is that it tells is known only when all is read that other downloads tell.
    is_deferring: bool,
    words: Option<String>,
    findings: Vec<Finding>,
}

#[derive(Clone, Copy)]
struct ThreadHere {
    sighting: i64,
    key: Key,
    row: i64,
}

impl DocumentRun<'_, '_, '_> {
    fn take(&mut self, said: Said) -> Result<(), StoreError> {
        match said {
            Said::Thread { key, head } => return self.take_thread(key, &head),
            Said::Item { place, identity, json, item } => return self.take_item(&place, identity, &json, *item),
            Said::Words(words) => self.words = Some(words),
            Said::Finding(finding) => self.findings.push(finding),
        }
        Ok(())
    }

    fn take_thread(&mut self, key: Key, head: &ThreadHead) -> Result<(), StoreError> {
        let run = &mut *self.run;
        let sighting = run.writing.add_thread_sighting(self.reading, key, head)?;
        let row = thread_row(run.writing, run.account_id, key)?;
        run.threads.insert(row);
        self.thread = Some(ThreadHere { sighting, key, row });
        Ok(())
    }

    fn take_item(&mut self, place: &Place, identity: Identity, json: &str, item: Item) -> Result<(), StoreError> {
        let run = &mut *self.run;
        let thread = self.thread.filter(|_| item.kind == Kind::Message);
        let Identity { key, counting } = identity;
        let sighting = thread.map(|thread| thread.sighting);
        run.kinds.insert(item.kind);
        let held = match thread.filter(|_| !self.is_deferring && said_again::can_be(&item)) {
            Some(thread) => run.writing.held_message(key, json, (thread.key, thread.row))?,
            None if self.is_deferring && thread.is_some() || run.writing.is_key_known(key)? => HeldMessage::Otherwise,
            None => HeldMessage::Nothing,
        };
        match held {
            HeldMessage::Nothing => {}
            HeldMessage::Same { record_id, mut readings } if !readings.contains(&self.reading) => {
                run.writing.add_sighting(self.reading, &place.0, sighting, key, Some(record_id), json)?;
                readings.push(self.reading);
                run.said_again.add(readings, key, record_id);
                return Ok(());
            }
            HeldMessage::Same { .. } | HeldMessage::Otherwise => {
                run.writing.add_sighting(self.reading, &place.0, sighting, key, None, json)?;
                run.touched.insert(key);
                return Ok(());
            }
        }
        let row = SightingRow {
            id: 0,
            reading_id: self.reading,
            reader: String::new(),
            path: String::new(),
            place: place.0.clone(),
            thread_id: thread.map(|thread| thread.row),
            thread_key: thread.map(|thread| thread.key),
            record_id: None,
            twin: 0,
            held_as: None,
            item,
            snapshots: Rc::new([run.snapshot.clone()]),
        };
        let (record, is_resolved) = run.deriver.derive_first(key, counting, row)?;
        run.writing.add_sighting(self.reading, &place.0, sighting, key, Some(record), json)?;
        if !is_resolved {
            run.touched.insert(key);
        }
        Ok(())
    }
}
