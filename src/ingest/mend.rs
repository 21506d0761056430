//! A better copy of an archive that is held: what could not be read there is read from it.
//!
//! Two copies of one ZIP have the same directory, so they count as one archive, also when a download or a disk spoilt
//! bytes of one of them. Whichever comes first, the whole one is what is held in the end.

use std::collections::BTreeSet;
use std::io;

use unicode_normalization::UnicodeNormalization;

use super::entries::{base_of, row_of};
use super::manifest;
use super::pipeline::{Below, IngestError, Run};
use crate::archive::{Archive, Entry, declared_bytes};
use crate::source::Role;
use crate::store::{SnapshotRef, StoreError, Writing};

/// Lets the rows of an archive's entries say again what its directory does, where that is the directory that was read when
/// it came in. Gives the number of rows that said something else. Which bytes were kept of them is left as it is.
pub fn mend_entries(writing: &Writing<'_>, archive: &Archive) -> Result<u64, StoreError> {
    let mut n_mended = 0;
    for (archive_id, root) in writing.archives_of_directory(&archive.fingerprint())? {
        for entry in archive.entries() {
            let name = entry.path.as_str();
            let path: String = name.strip_prefix(root.as_str()).unwrap_or(name).nfc().collect();
            let method = entry.method.to_string();
            n_mended += u64::from(writing.mend_entry(&row_of(archive_id, entry, base_of(&path), &method))?);
        }
        let noted = writing.contents_of_archives()?.into_iter().find(|(id, ..)| *id == archive_id);
        let is_content_right = match noted {
            Some((_, _, content)) => manifest::content_of(writing, archive_id)?.hash == content,
            None => false,
        };
        if is_content_right {
            n_mended += writing.mend_sums_of_entries(archive_id)?;
        }
    }
    Ok(n_mended)
}

/// The archives whose entries do not add up to what they did when they came in, by name: a name or a reference to content
/// became another one.
pub fn doubtful_archives(writing: &Writing<'_>) -> Result<Vec<String>, StoreError> {
    let mut doubtful = Vec::new();
    for (archive_id, name, content) in writing.contents_of_archives()? {
        if manifest::content_of(writing, archive_id)?.hash != content {
            doubtful.push(name);
        }
    }
    Ok(doubtful)
}

impl Run<'_, '_> {
    /// The entries that were damaged or over a budget when the archive came in, and can be read now.
    pub(super) fn mendable(&self, below: &[Below<'_>]) -> Result<BTreeSet<u32>, IngestError> {
        let mut mendable = BTreeSet::new();
        let damaged = self.writing.damaged_entries(self.archive_id)?;
        if damaged.is_empty() {
            return Ok(mendable);
        }
        // All that came out of the archive together stays within its budget.
        for below in below.iter().filter(|below| !damaged.contains_key(&below.entry.position)) {
            self.archive.count_as_read(below.entry.position);
        }
        for (position, is_kept_whole) in damaged {
            let Some(below) = below.iter().find(|below| below.entry.position == position) else { continue };
            let is_document = matches!(below.role, Role::Document(_));
            let most = if is_document { self.ingestion.limits.document_bytes } else { u64::MAX };
            // A document that is kept whole was only too long to be read.
            if below.entry.bytes <= most && is_document >= is_kept_whole && self.is_whole(below.entry) {
                mendable.insert(position);
            }
        }
        Ok(mendable)
    }

    fn is_whole(&self, entry: &Entry) -> bool {
        // What is longer than its budget is not unpacked up to it again each time.
        entry.bytes <= self.ingestion.limits.entry_bytes
            && self.archive.read(entry.position).is_ok_and(|mut reader| io::copy(&mut reader, &mut io::sink()).is_ok())
    }

    /// Reads those entries as if they had been whole from the beginning.
    pub(super) fn mend(&mut self, below: &[Below<'_>], positions: &BTreeSet<u32>) -> Result<(), IngestError> {
        let damaged: Vec<&Below<'_>> = below.iter().filter(|below| positions.contains(&below.entry.position)).collect();
        self.progress.begin(self.archive.name(), declared_bytes(damaged.iter().map(|below| below.entry)));
        self.report.entries.known = self.report.entries.total - positions.len() as u64;
        self.learn(below)?;
        let held = self.writing.snapshot_of_archive(self.archive_id)?;
        // Whose it is may stand in a document that could not be read before.
        let stand_in = self.stand_in();
        self.tell(stand_in.as_deref())?;
        self.snapshot = SnapshotRef { date: held.date, public_id: held.public_id, id: held.id };
        self.serve(held.account_id)?;
        self.learn_from_parts()?;
        for position in positions {
            self.writing.withdraw_damaged_entry(self.archive_id, *position)?;
        }
        self.keep_all(&damaged)?;
        self.finish()?;
        self.describe()
    }
}
