//! `forget`: a snapshot is taken back. What only it knew goes; everything else is computed again from what the others say,
//! by the same function that an ingest goes through ([`super::finish`]), so that what is left is what would be there if
//! it had never come.
//!
//! Who is who, and which conversations are one, may hang on anything that the snapshot said. So every record is computed
//! again, and people are put together anew: this costs what the home costs, and happens rarely.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use super::pipeline::IngestError;
use super::report::{Changes, Progress};
use super::reread::{Reread, take_apart};
use super::settling::Settling;
use crate::model::Kind;
use crate::store::{LeavingDocument, StoreError, Writing};

/// What goes with a snapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForgetReport {
    pub snapshot: String,
    pub archives: Vec<String>,
    /// Kinds of which something changes.
    pub records: BTreeMap<Kind, Changes>,
    pub media_files: u64,
    pub media_bytes: u64,
    pub documents: u64,
    pub document_bytes: u64,
}

/// A snapshot that was taken back in a transaction that is still open.
#[derive(Debug)]
pub struct Forgotten {
    pub report: ForgetReport,
    /// Documents that only it had; their rows still stand.
    pub documents: Vec<LeavingDocument>,
}

/// Takes a snapshot back, by its id. Nothing is true before the caller commits. `is_purged`: the files of media go for
/// good instead of aside.
pub fn forget_snapshot(
    writing: &Writing<'_>,
    snapshot: &str,
    is_purged: bool,
    stop: &AtomicBool,
    progress: &dyn Progress,
) -> Result<Option<Forgotten>, IngestError> {
    let Some(row) = writing.snapshot_by_public_id(snapshot)? else { return Ok(None) };
    let mut report = ForgetReport { snapshot: snapshot.to_owned(), ..ForgetReport::default() };
    let (documents, media) = writing.only_in_snapshot(row)?;
    let mut settling = Settling::new(writing, stop, progress);
    let mut reread = Reread::default();
    for (archive, name) in writing.archives_in_snapshot(row)? {
        for (reading, _) in writing.readings_of_archive(archive)? {
            reread.threads.extend(writing.threads_of_reading(reading)?);
        }
        writing.remove_archive(archive)?;
        report.archives.push(name);
    }
    report.archives.sort();
    take_apart(writing, &mut reread)?;
    for thread in &reread.threads {
        let account = writing.account_of_thread(*thread)?;
        settling.affected.entry(account).or_default().threads.insert(*thread);
    }
    for account in writing.accounts()? {
        let affected = settling.affected.entry(account).or_default();
        affected.keys.extend(writing.keys_of_account(account)?);
        affected.kinds.extend(Kind::ALL);
    }
    settling.changed.extend(writing.all_snapshots()?.iter().map(|snapshot| snapshot.id).filter(|id| *id != row));
    settling.finish()?;
    writing.remove_unseen_names(&settling.deriver.seen)?;

    report.records = settling.deriver.became()?;
    report.records.retain(|_, counts| *counts != Changes::default());
    let leaving = writing.let_media_leave(&media, is_purged)?;
    report.media_files = leaving.len() as u64;
    report.media_bytes = leaving.iter().map(|medium| medium.bytes).sum();
    report.documents = documents.len() as u64;
    report.document_bytes = documents.iter().map(|document| document.bytes).sum();
    Ok(Some(Forgotten { report, documents }))
}

/// Takes a document that goes, with its bytes.
pub type TakeDocument<'t, E> = dyn FnMut(&LeavingDocument, &[u8]) -> Result<(), E> + 't;

impl Forgotten {
    /// Hands the documents that go over, one after the other, and then removes them.
    pub fn release_documents<E: From<StoreError>>(
        &self,
        writing: &Writing<'_>,
        each: &mut TakeDocument<'_, E>,
    ) -> Result<(), E> {
        for document in &self.documents {
            each(document, &writing.document_bytes(document.id)?)?;
        }
        Ok(writing.remove_documents(&self.documents)?)
    }
}
