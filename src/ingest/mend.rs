//! A better copy of an archive that is held: what could not be read there is read from it.
//!
//! Two copies of one ZIP have the same directory, so they count as one archive, also when a download or a disk spoilt
//! bytes of one of them. Whichever comes first, the whole one is what is held in the end.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use unicode_normalization::UnicodeNormalization;

use super::entries::{base_of, row_of};
use super::manifest;
use super::pipeline::{Below, IngestError, Run};
use crate::archive::{Archive, Entry, declared_bytes};
use crate::model::{Finding, FindingCode};
use crate::source::Role;
use crate::store::{Listed, SnapshotRef, StoreError, Writing};

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
    /// The archive that is held, where a budget of entries cut it or this one short: as far as both go they list the same. With
    /// the positions of the entries that it lacks; from now on it is this one.
    pub(super) fn known_with_other_budget(
        &mut self,
        root: &str,
        below: &[Below<'_>],
    ) -> Result<(Option<i64>, BTreeSet<u32>), IngestError> {
        let is_cut = |finding: &Finding| finding.code == FindingCode::OverBudget && finding.path.is_none();
        let comes_cut = self.archive.findings().iter().any(is_cut);
        let here: BTreeMap<u32, Listed> = below.iter().map(|below| listed(below.entry)).collect();
        for archive_id in self.writing.zips_of_length(self.archive.bytes(), root)? {
            if !comes_cut && !self.writing.findings_of_archive(archive_id)?.iter().any(is_cut) {
                continue;
            }
            let held = self.writing.listed_entries(archive_id)?;
            let (Some((&last, _)), Some((&last_here, _))) = (held.last_key_value(), here.last_key_value()) else {
                continue;
            };
            let end = last.min(last_here);
            if !held.range(..=end).eq(here.range(..=end)) {
                continue;
            }
            let missing: BTreeSet<u32> = here.keys().filter(|position| **position > last).copied().collect();
            if !missing.is_empty() {
                self.lengthen(archive_id, root)?;
            }
            return Ok((Some(archive_id), missing));
        }
        Ok((None, BTreeSet::new()))
    }

    /// What is held of the archive becomes the beginning of this one.
    fn lengthen(&mut self, archive_id: i64, root: &str) -> Result<(), IngestError> {
        self.writing.lengthen_archive(archive_id, &self.archive.fingerprint(), root)?;
        let known = self.writing.findings_of_archive(archive_id)?;
        let account =
            self.archive.account().unwrap_or_else(|error| vec![Finding::new(error.code(), format!("{error}."))]);
        for finding in self.archive.findings().iter().chain(&account).filter(|finding| !known.contains(finding)) {
            self.writing.add_finding(archive_id, None, finding)?;
        }
        Ok(())
    }

    /// The entries that were damaged or over a budget when the archive came in and can be read now, and those that are
    /// missing.
    pub(super) fn mendable(&self, below: &[Below<'_>], missing: BTreeSet<u32>) -> Result<BTreeSet<u32>, IngestError> {
        let damaged = self.writing.damaged_entries(self.archive_id)?;
        let mut mendable = missing;
        if damaged.is_empty() && mendable.is_empty() {
            return Ok(mendable);
        }
        let is_held = |position: u32| !damaged.contains_key(&position) && !mendable.contains(&position);
        // All that came out of the archive together stays within its budget.
        for below in below.iter().filter(|below| is_held(below.entry.position)) {
            self.archive.count_as_read(below.entry.position);
        }
        for below in below {
            let Some(is_kept_whole) = damaged.get(&below.entry.position) else { continue };
            let is_document = matches!(below.role, Role::Document(_));
            let most = if is_document { self.ingestion.limits.document_bytes } else { u64::MAX };
            // A document that is kept whole was only too long to be read.
            if below.entry.bytes <= most && is_document >= *is_kept_whole && self.is_whole(below.entry) {
                mendable.insert(below.entry.position);
            }
        }
        Ok(mendable)
    }

    fn is_whole(&self, entry: &Entry) -> bool {
        // What is longer than its budget is not unpacked up to it again each time.
        entry.bytes <= self.ingestion.limits.entry_bytes
            && self.archive.read(entry.position).is_ok_and(|mut reader| io::copy(&mut reader, &mut io::sink()).is_ok())
    }

    /// Accounts for the archive's bytes again where that failed before. Says whether it came out.
    pub(super) fn account_again(&mut self) -> Result<bool, IngestError> {
        if !self.writing.is_unaccounted(self.archive_id)? {
            return Ok(false);
        }
        let Ok(findings) = self.archive.account() else { return Ok(false) };
        self.writing.withdraw_unaccounted(self.archive_id)?;
        findings.into_iter().try_for_each(|finding| self.find(finding))?;
        Ok(true)
    }

    /// Reads those entries as if they had been whole from the beginning.
    pub(super) fn mend(&mut self, below: &[Below<'_>], positions: &BTreeSet<u32>) -> Result<(), IngestError> {
        let damaged: Vec<&Below<'_>> = below.iter().filter(|below| positions.contains(&below.entry.position)).collect();
        self.progress.begin(self.archive.name(), declared_bytes(damaged.iter().map(|below| below.entry)));
        self.report.entries.known = self.report.entries.total.saturating_sub(positions.len() as u64);
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

/// An entry as the directory has it, and as a row does.
fn listed(entry: &Entry) -> (u32, Listed) {
    (entry.position, (entry.path.as_str().to_owned(), entry.bytes, entry.crc32))
}
