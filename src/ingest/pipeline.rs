//! One archive, one transaction. Steps 2 and 3 of the order of writes ([`mod@crate::media::step`]): media bytes (at the
//! barrier), then the rows that point at them (at the commit). The index comes later and follows the change log.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use super::accounts;
use super::entries::read_entry;
use super::others;
use super::plan::Candidate;
use super::report::{ArchiveReport, EntryCounts, MediaCounts, Progress};
use super::reread::{Lesson, learnt_from, lessons_of_snapshot};
use super::settling::Settling;
use super::snapshot;
use crate::archive::{Archive, ArchiveError, Container, Entry, EntryKind, Limits, declared_bytes};
use crate::media::{MediaError, MediaStore};
use crate::model::{ContentHash, Finding, KeyBuilder};
use crate::source::{self, DocumentForm, Learnt, Role};
use crate::store::{ArchiveRow, NewSnapshot, SnapshotRef, Store, StoreError, ToldByArchive, Writing, account_key};

/// Why an archive was not ingested. Nothing of it was kept.
#[derive(Debug, Error)]
pub enum IngestError {
    #[error("{path} could not be opened", path = path.display())]
    Archive {
        path: PathBuf,
        #[source]
        source: ArchiveError,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("media could not be kept")]
    Media(#[source] MediaError),
    #[error("{path} changed while it was read", path = .0.display())]
    Changed(PathBuf),
    #[error("interrupted")]
    Interrupted,
}

/// What an ingest needs beside the archive.
#[derive(Debug)]
pub struct Ingestion<'a> {
    pub limits: &'a Limits,
    /// Where a ZIP that is packed inside another may lie unpacked for a while, without a name; if nowhere, where the
    /// system keeps such files.
    pub scratch: Option<&'a Path>,
    /// Unix milliseconds; stored as the time of the ingest and nowhere else.
    pub now_ms: i64,
    /// Set when the person asks to stop.
    pub stop: &'a AtomicBool,
}

/// Brings one archive in, whole or not at all.
pub fn ingest_archive(
    store: &mut Store,
    media: &MediaStore,
    candidate: &Candidate,
    ingestion: &Ingestion<'_>,
    progress: &dyn Progress,
) -> Result<ArchiveReport, IngestError> {
    let writing = store.write()?;
    match read_archive(&writing, Some(media), candidate, ingestion, progress) {
        Ok((report, false)) => {
            writing.roll_back()?;
            Ok(report)
        }
        Ok((report, true)) => {
            media.barrier().map_err(IngestError::Media)?;
            writing.commit()?;
            Ok(report)
        }
        Err(error) => {
            writing.roll_back()?;
            Err(error)
        }
    }
}

/// Tells what [`ingest_archive`] would do, after the archives that were rehearsed in the same `writing`, which the caller
/// rolls back. No medium is kept.
pub fn rehearse_archive(
    writing: &Writing<'_>,
    candidate: &Candidate,
    ingestion: &Ingestion<'_>,
    progress: &dyn Progress,
) -> Result<ArchiveReport, IngestError> {
    writing.whole_or_not(|| Ok(read_archive(writing, None, candidate, ingestion, progress)?.0))
}

/// Gives the report, and whether anything was written.
fn read_archive(
    writing: &Writing<'_>,
    media: Option<&MediaStore>,
    candidate: &Candidate,
    ingestion: &Ingestion<'_>,
    progress: &dyn Progress,
) -> Result<(ArchiveReport, bool), IngestError> {
    let failed = |source| IngestError::Archive { path: candidate.shown_path(), source };
    let unchanged = || {
        let is_unchanged = candidate.is_as_sealed(ingestion.limits).map_err(failed)?;
        if is_unchanged { Ok(()) } else { Err(IngestError::Changed(candidate.path.clone())) }
    };
    let archive = candidate.open(ingestion.limits, ingestion.scratch).map_err(failed)?;
    unchanged()?;
    let seen = candidate.looked_into(&archive);
    let mut run = Run::new(writing, media, &archive, &seen, ingestion, progress);
    let outcome = run.bring_in();
    progress.end();
    outcome?;
    unchanged()?;
    Ok((run.settling.report, run.has_written))
}

/// The state of one ingest.
pub(super) struct Run<'a, 'c> {
    /// What every change of what is held goes through in the end.
    pub(super) settling: Settling<'a, 'c>,
    pub(super) media: Option<&'a MediaStore>,
    pub(super) archive: &'a Archive,
    pub(super) candidate: &'a Candidate,
    pub(super) ingestion: &'a Ingestion<'a>,
    pub(super) archive_id: i64,
    pub(super) learnt: Learnt,
    /// The documents that teach.
    lessons: Vec<Lesson>,
    /// Something of it is to be kept.
    pub(super) has_written: bool,
}

impl<'a, 'c> Deref for Run<'a, 'c> {
    type Target = Settling<'a, 'c>;

    fn deref(&self) -> &Self::Target {
        &self.settling
    }
}

impl DerefMut for Run<'_, '_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.settling
    }
}

/// An entry with its name below the download's root.
pub(super) struct Below<'a> {
    pub(super) entry: &'a Entry,
    pub(super) path: String,
    pub(super) role: Role,
}

impl<'a, 'c> Run<'a, 'c> {
    fn new(
        writing: &'a Writing<'c>,
        media: Option<&'a MediaStore>,
        archive: &'a Archive,
        candidate: &'a Candidate,
        ingestion: &'a Ingestion<'a>,
        progress: &'a dyn Progress,
    ) -> Self {
        let mut settling = Settling::new(writing, ingestion.stop, progress);
        settling.report = ArchiveReport {
            name: archive.name().to_owned(),
            bytes: archive.bytes(),
            format: candidate.recognised.format.name(),
            generation: candidate.recognised.generation.name(),
            evidence: candidate.recognised.evidence.clone(),
            ..ArchiveReport::default()
        };
        Self {
            settling,
            media,
            archive,
            candidate,
            ingestion,
            archive_id: 0,
            learnt: Learnt::default(),
            lessons: Vec::new(),
            has_written: false,
        }
    }

    fn bring_in(&mut self) -> Result<(), IngestError> {
        let root = self.candidate.recognised.root.clone();
        let (below, outside) = self.entries_below(&root);
        let fingerprint = self.fingerprint(&root, &below)?;
        self.report.entries.total = below.iter().filter(|below| below.entry.kind == EntryKind::File).count() as u64;
        let (known, missing) = match self.writing.known_archive(&fingerprint, &root)? {
            None => self.known_with_other_budget(&root, &below)?,
            known => (known, BTreeSet::new()),
        };
        if let Some(archive_id) = known {
            self.is_at_hand(archive_id);
            let is_new_name = self.writing.add_archive_name(archive_id, self.archive.name())?;
            let mendable = self.mendable(&below, missing)?;
            let is_accounted = self.account_again()?;
            self.has_written = is_new_name || !mendable.is_empty() || is_accounted;
            return if !mendable.is_empty() {
                self.mend(&below, &mendable)
            } else if is_new_name {
                self.see_under_another_name()
            } else {
                self.see_archive_again()
            };
        }
        self.has_written = true;
        self.progress.begin(self.archive.name(), declared_bytes(below.iter().map(|below| below.entry)));
        self.learn(&below)?;
        self.start_snapshot(&root, &fingerprint)?;
        self.learn_from_parts()?;
        for finding in self.archive.findings() {
            self.find(finding.clone())?;
        }
        match self.archive.account() {
            Ok(findings) => findings.into_iter().try_for_each(|finding| self.find(finding))?,
            Err(error) => self.find(Finding::new(error.code(), format!("{error}.")))?,
        }

        outside.into_iter().try_for_each(|finding| self.find(finding))?;

        self.keep_all(&below.iter().collect::<Vec<_>>())?;
        self.finish()?;
        if self.is_copy(self.archive_id)? { self.see_archive_again() } else { self.describe() }
    }

    /// By which the archive is known. The list of a folder tells names, lengths and times, none of which changes where a
    /// document is written anew in place by a tool that sets the time: so where a folder of that list is held, documents are
    /// compared, and one with others is another archive.
    fn fingerprint(&self, root: &str, below: &[Below<'_>]) -> Result<ContentHash, IngestError> {
        let of_list = self.archive.fingerprint();
        if self.archive.container() != Container::Folder {
            return Ok(of_list);
        }
        let Some(held) = self.writing.known_archive(&of_list, root)? else { return Ok(of_list) };
        let held = self.writing.documents_of_archive(held)?.into_iter();
        let held: BTreeMap<String, ContentHash> = held.map(|(path, hash, _)| (path, hash)).collect();
        let mut hasher = ContentHash::hasher();
        hasher.update(b"folder, by its documents 1");
        hasher.update(of_list.as_bytes());
        let mut is_same = true;
        for Below { entry, path, .. } in below.iter().filter(|below| matches!(below.role, Role::Document(_))) {
            // What cannot be read is told when it is to be kept, or mended.
            let Ok(bytes) = read_entry(self.archive, entry, self.ingestion.limits) else { continue };
            let hash = ContentHash::of(&bytes);
            is_same &= held.get(path).is_none_or(|held| *held == hash);
            hasher.update(&entry.position.to_le_bytes());
            hasher.update(hash.as_bytes());
        }
        Ok(if is_same { of_list } else { hasher.finish() })
    }

    /// Everything that follows is about this archive.
    fn is_at_hand(&mut self, archive_id: i64) {
        self.archive_id = archive_id;
        self.settling.at_hand = Some(archive_id);
    }

    /// The same archive, byte for byte, whose name may tell what it belongs to.
    fn see_under_another_name(&mut self) -> Result<(), IngestError> {
        let held = self.writing.snapshot_of_archive(self.archive_id)?;
        self.serve(held.account_id)?;
        self.finish()?;
        self.see_archive_again()
    }

    /// Tells what is held of an archive that brings nothing new.
    fn see_archive_again(&mut self) -> Result<(), IngestError> {
        self.report.is_known = true;
        let total = self.report.entries.total;
        self.report.entries = EntryCounts { total, known: total, ..EntryCounts::default() };
        self.report.media = MediaCounts::default();
        let archive = self.archive_id;
        self.describe_snapshot(archive)?;
        let records = &mut self.settling.report.records;
        records.clear();
        if self.settling.progress.wants_counts() {
            self.settling.writing.records_of_archive(archive, &mut |kind, _| {
                records.entry(kind).or_default().unchanged += 1;
            })?;
        }
        let (files, bytes) = self.writing.n_media_of_archive(self.archive_id)?;
        self.report.media.known_files = files;
        self.report.media.known_bytes = bytes;
        Ok(())
    }

    /// Keeps entries and reads the documents among them.
    pub(super) fn keep_all(&mut self, entries: &[&Below<'_>]) -> Result<(), IngestError> {
        self.progress.stage("media");
        let (mut documents, media): (Vec<&Below<'_>>, Vec<_>) =
            entries.iter().copied().partition(|below| matches!(below.role, Role::Document(_)));
        for below in media {
            self.check_stop()?;
            self.keep_medium(below)?;
        }
        self.progress.stage("documents");
        // Subtitles first, so that the posts that name them find their words.
        documents.sort_by_key(|below| (below.role != Role::Document(DocumentForm::Subtitles), &below.path));
        for below in documents {
            self.check_stop()?;
            self.keep_document(below)?;
        }
        self.progress.stage("merging");
        Ok(())
    }

    pub(super) fn find(&mut self, finding: Finding) -> Result<(), StoreError> {
        self.writing.add_finding(self.archive_id, None, &finding)?;
        self.report.findings.push(finding);
        Ok(())
    }

    /// The same for what a reading found.
    pub(super) fn find_in_document(&mut self, finding: Finding, reading: i64) -> Result<(), StoreError> {
        self.writing.add_finding(self.archive_id, Some(reading), &finding)?;
        self.report.findings.push(finding);
        Ok(())
    }

    /// The entries of this download. What another service's download beside it holds is told, and not kept; what belongs
    /// to none is kept like any other file, unread.
    fn entries_below(&self, root: &str) -> (Vec<Below<'a>>, Vec<Finding>) {
        let mut below = Vec::new();
        let mut outside: BTreeMap<&str, Vec<&'a Entry>> = BTreeMap::new();
        for entry in self.archive.entries() {
            let name = entry.path.as_str();
            if self.candidate.apart.contains(name) {
                continue;
            }
            let path = match name.strip_prefix(root) {
                Some(path) => path,
                None if !self.candidate.is_first() => continue,
                None if self.candidate.siblings.iter().any(|sibling| name.starts_with(sibling.as_str())) => continue,
                None if source::role(name) == Role::Debris || !entry.is_file() => name,
                None => {
                    outside.entry(name).or_default().push(entry);
                    continue;
                }
            };
            let path: String = path.nfc().collect();
            let role = if entry.is_file() { source::role(&path) } else { Role::Media };
            below.push(Below { entry, path, role });
        }
        let files: Vec<_> =
            outside.iter().flat_map(|(name, entries)| entries.iter().map(|entry| (*name, entry.bytes))).collect();
        let (findings, rest) = others::of_services(self.archive.name(), &files);
        for (name, _) in rest {
            for entry in outside.remove(name).unwrap_or_default() {
                below.push(Below { entry, path: name.nfc().collect(), role: Role::Media });
            }
        }
        (below, findings)
    }

    /// The first pass: who the owner is and which language the labels have. The documents that tell it are kept at once,
    /// so that what all parts teach can be learnt from the home.
    pub(super) fn learn(&mut self, below: &[Below<'_>]) -> Result<(), IngestError> {
        for below in below.iter().filter(|below| source::teaches(&below.path)) {
            if let Ok(bytes) = read_entry(self.archive, below.entry, self.ingestion.limits) {
                let hash = ContentHash::of(&bytes);
                let (document, _) = self.writing.keep_document(&hash, &bytes)?;
                self.lessons.push(Lesson { path: below.path.clone(), hash, document });
            }
        }
        self.learnt = learnt_from(self.writing, &mut self.lessons)?;
        Ok(())
    }

    /// To what this archive teaches comes what the archives beside it do.
    pub(super) fn learn_from_parts(&mut self) -> Result<(), IngestError> {
        self.lessons.extend(lessons_of_snapshot(self.writing, self.snapshot.id)?);
        self.learnt = learnt_from(self.writing, &mut self.lessons)?;
        Ok(())
    }

    /// Says where what is read stands while it is read: in the snapshot that the archive's name tells, else in one of its
    /// own. [`Settling::regroup`] decides in the end.
    fn start_snapshot(&mut self, root: &str, fingerprint: &ContentHash) -> Result<(), IngestError> {
        let (writing, recognised) = (self.writing, &self.candidate.recognised);
        let service = recognised.service;
        let named = snapshot::named(self.archive.name(), root);
        let told = &self.learnt.handles;
        let stand_in = self.stand_in();
        let handle = named.as_ref().map(|named| named.handle.as_str());
        let holder = snapshot::holder(told, handle, &stand_in.iter().cloned().collect());
        let key = match &named {
            Some(named) => snapshot::key_by_name(service, &named.handle, named.date, recognised.format, 0),
            None => KeyBuilder::new("snapshot, not placed yet").part(fingerprint.as_bytes()).part(root).key(),
        };
        let existing = writing.snapshot_by_key(key)?;
        // Only a guess, which saves work where it is right: whose it is decides [`Settling::settle_accounts`].
        let possible: Vec<String> =
            told.iter().map(|told| told.to_lowercase()).chain([holder.first_handle.clone()]).collect();
        let known = match &existing {
            Some(known) => Some(known.account_id),
            None => writing.account_named(service.code(), &possible)?,
        };
        self.account_id = match known {
            Some(account) => account,
            None => {
                let key = account_key(service, &holder.first_handle, None);
                let account = writing.account(key, service, &holder.first_handle)?;
                if writing.snapshots_of_account(account)?.is_empty() {
                    // Before its first record is computed: what is named again later is computed twice.
                    let called = possible.into_iter().map(|name| (name, None));
                    writing.put_other_keys(account, &accounts::keys_under(service, called, key))?;
                }
                account
            }
        };
        self.snapshot = match existing {
            Some(known) => SnapshotRef { date: known.date, public_id: known.public_id, id: known.id },
            None => {
                let (date, ground) = snapshot::date_of_newest(None);
                let date = named.map_or(date, |named| named.date);
                let public_id = snapshot::public_id(key, date);
                let id = writing.add_snapshot(&NewSnapshot {
                    key,
                    public_id: &public_id,
                    account_id: self.account_id,
                    handle: &holder.handle,
                    format: recognised.format,
                    generation: recognised.generation,
                    language: self.learnt.language.as_deref(),
                    date: &date.to_string(),
                    date_ground: ground,
                    evidence: &recognised.evidence,
                })?;
                SnapshotRef { date: date.to_string(), public_id, id }
            }
        };
        let account = self.account_id;
        self.serve(account)?;
        let archive_id = writing.add_archive(&ArchiveRow {
            snapshot_id: self.snapshot.id,
            name: self.archive.name(),
            bytes: self.archive.bytes(),
            container: self.archive.container().code(),
            root,
            fingerprint,
            is_salvaged: self.archive.is_salvaged(),
            ingested_ms: self.ingestion.now_ms,
        })?;
        self.is_at_hand(archive_id);
        writing.add_archive_name(archive_id, self.archive.name())?;
        self.tell(stand_in.as_deref())?;
        Ok(())
    }

    /// What the account is called where neither the documents nor a name tell whose it is.
    pub(super) fn stand_in(&self) -> Option<String> {
        let recognised = &self.candidate.recognised;
        let is_told =
            !self.learnt.handles.is_empty() || snapshot::named(self.archive.name(), &recognised.root).is_some();
        (!is_told).then(|| snapshot::stand_in(self.archive, recognised))
    }

    /// Remembers what the first pass told of the archive.
    pub(super) fn tell(&self, stand_in: Option<&str>) -> Result<(), StoreError> {
        let recognised = &self.candidate.recognised;
        self.writing.put_archive_told(
            self.archive_id,
            &ToldByArchive {
                format: recognised.format.code(),
                generation: recognised.generation.code(),
                language: self.learnt.language.as_deref(),
                evidence: &recognised.evidence,
                handles: &self.learnt.handles,
                stand_in,
            },
        )
    }
}
