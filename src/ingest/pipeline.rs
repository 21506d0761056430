//! One archive, one transaction. The order of durable writes: media bytes (at the barrier), then the rows that point at
//! them (at the commit). The index comes later and follows the change log.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::Read as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use super::derive::Deriver;
use super::plan::Candidate;
use super::report::{ArchiveReport, KindCounts, Progress};
use super::{identity, owner, snapshot, threads};
use crate::archive::{Archive, ArchiveError, Entry, EntryError, EntryKind, Limits};
use crate::media::{MediaError, MediaStore};
use crate::model::{
    ContentHash, Finding, FindingCode, Item, Key, KeyBuilder, Kind, Moment, ThreadHead, Who, media_id_of,
};
use crate::source::{self, Document, DocumentForm, Learnt, Output, Place, Role};
use crate::store::{
    ArchiveRow, EntryFate, EntryRow, MediumRow, NewSnapshot, ReadingRow, SightingRow, SnapshotRef, Store, StoreError,
    Writing,
};

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
    #[error("interrupted")]
    Interrupted,
}

/// What an ingest needs beside the archive.
#[derive(Debug)]
pub struct Ingestion<'a> {
    pub limits: &'a Limits,
    /// Unix milliseconds; stored as the time of the ingest and nowhere else.
    pub now_ms: i64,
    /// Set when the person asks to stop.
    pub stop: &'a AtomicBool,
}

/// Brings one archive in, whole or not at all. Without a place for media it is a rehearsal: everything is told, and
/// nothing is kept.
pub fn ingest_archive(
    store: &mut Store,
    media: Option<&MediaStore>,
    candidate: &Candidate,
    ingestion: &Ingestion<'_>,
    progress: &dyn Progress,
) -> Result<ArchiveReport, IngestError> {
    let archive = Archive::open(&candidate.path, ingestion.limits)
        .map_err(|source| IngestError::Archive { path: candidate.path.clone(), source })?;
    let writing = store.write()?;
    let mut run = Run::new(&writing, media, &archive, candidate, ingestion, progress)?;
    let outcome = run.bring_in();
    progress.end();
    let report = run.report;
    match outcome {
        Ok(()) => match media {
            Some(media) if !report.is_known => {
                media.barrier().map_err(IngestError::Media)?;
                writing.commit()?;
            }
            _ => writing.roll_back()?,
        },
        Err(error) => {
            writing.roll_back()?;
            return Err(error);
        }
    }
    Ok(report)
}

/// The state of one ingest.
struct Run<'a, 'c> {
    writing: &'a Writing<'c>,
    media: Option<&'a MediaStore>,
    archive: &'a Archive,
    candidate: &'a Candidate,
    ingestion: &'a Ingestion<'a>,
    progress: &'a dyn Progress,
    report: ArchiveReport,
    archive_id: i64,
    account_id: i64,
    account_key: Key,
    account_handle: String,
    snapshot: SnapshotRef,
    learnt: Learnt,
    /// Keys that have more than this archive's one sighting, or refer to something not found yet.
    touched: HashSet<Key>,
    threads: BTreeSet<i64>,
    deriver: Deriver<'a, 'c>,
    snapshot_key: Key,
    /// Nothing but its records tells the snapshot's date.
    is_undated: bool,
    newest_ms: Option<i64>,
    has_new_media: bool,
}

/// An entry with its name below the download's root.
struct Below<'a> {
    entry: &'a Entry,
    path: String,
    role: Role,
}

impl<'a, 'c> Run<'a, 'c> {
    fn new(
        writing: &'a Writing<'c>,
        media: Option<&'a MediaStore>,
        archive: &'a Archive,
        candidate: &'a Candidate,
        ingestion: &'a Ingestion<'a>,
        progress: &'a dyn Progress,
    ) -> Result<Self, IngestError> {
        let none = KeyBuilder::new("none").key();
        Ok(Self {
            writing,
            media,
            archive,
            candidate,
            ingestion,
            progress,
            report: ArchiveReport {
                name: archive.name().to_owned(),
                bytes: archive.bytes(),
                format: candidate.recognised.format.name(),
                generation: candidate.recognised.generation.name(),
                evidence: candidate.recognised.evidence.clone(),
                ..ArchiveReport::default()
            },
            archive_id: 0,
            account_id: 0,
            account_key: none,
            account_handle: String::new(),
            snapshot: SnapshotRef { date: String::new(), public_id: String::new(), id: 0 },
            learnt: Learnt::default(),
            touched: HashSet::new(),
            threads: BTreeSet::new(),
            deriver: Deriver::new(writing)?,
            snapshot_key: none,
            is_undated: false,
            newest_ms: None,
            has_new_media: false,
        })
    }

    fn bring_in(&mut self) -> Result<(), IngestError> {
        let root = self.candidate.recognised.root.clone();
        let fingerprint = self.archive.fingerprint();
        let below = self.entries_below(&root);
        self.report.entries.total = below.iter().filter(|below| below.entry.kind == EntryKind::File).count() as u64;
        if let Some(archive_id) = self.writing.known_archive(&fingerprint, &root)? {
            self.report.is_known = true;
            self.report.entries.known = self.report.entries.total;
            self.writing.describe_archive(archive_id).map(|known| {
                self.report.snapshot = known.snapshot;
                self.report.account = known.account;
                self.report.language = known.language;
                self.report.date = known.date;
                self.report.owner = known.owner;
                self.report.range_ms = known.range_ms;
            })?;
            for (kind, n) in self.writing.n_records_of_archive(archive_id)? {
                self.report.records.insert(kind, KindCounts { unchanged: n, ..KindCounts::default() });
            }
            let (files, bytes) = self.writing.n_media_of_archive(archive_id)?;
            self.report.media.known_files = files;
            self.report.media.known_bytes = bytes;
            return Ok(());
        }
        self.progress.begin(self.archive.name(), below.iter().map(|below| below.entry.bytes).sum());
        self.learn(&below);
        self.start_snapshot(&root, &fingerprint)?;
        for finding in self.archive.findings() {
            self.find(finding.clone())?;
        }
        match self.archive.account() {
            Ok(findings) => findings.into_iter().try_for_each(|finding| self.find(finding))?,
            Err(error) => self.find(Finding::new(error.code(), format!("{error}.")))?,
        }

        self.progress.stage("media");
        for below in below.iter().filter(|below| !matches!(below.role, Role::Document(_))) {
            self.check_stop()?;
            self.keep_medium(below)?;
        }
        self.progress.stage("documents");
        let mut documents: Vec<&Below<'_>> =
            below.iter().filter(|below| matches!(below.role, Role::Document(_))).collect();
        // Subtitles first, so that the posts that name them find their words.
        documents.sort_by_key(|below| (below.role != Role::Document(DocumentForm::Subtitles), &below.path));
        for below in documents {
            self.check_stop()?;
            self.keep_document(below)?;
        }
        self.progress.stage("merging");
        self.finish()
    }

    fn check_stop(&self) -> Result<(), IngestError> {
        if self.ingestion.stop.load(Ordering::Relaxed) { Err(IngestError::Interrupted) } else { Ok(()) }
    }

    fn find(&mut self, finding: Finding) -> Result<(), StoreError> {
        self.writing.add_finding(Some(self.archive_id), &finding)?;
        self.report.findings.push(finding);
        Ok(())
    }

    fn entries_below(&self, root: &str) -> Vec<Below<'a>> {
        let mut below = Vec::new();
        for entry in self.archive.entries() {
            let Some(path) = entry.path.as_str().strip_prefix(root) else { continue };
            let path: String = path.nfc().collect();
            let role = match entry.kind {
                EntryKind::File => source::role(&path),
                EntryKind::Directory | EntryKind::Odd(_) => Role::Media,
            };
            below.push(Below { entry, path, role });
        }
        below
    }

    /// The first pass: who the owner is and which language the labels have.
    fn learn(&mut self, below: &[Below<'_>]) {
        for below in below.iter().filter(|below| source::teaches(&below.path)) {
            if let Ok(bytes) = read_entry(self.archive, below.entry) {
                source::learn(&mut self.learnt, &below.path, &bytes);
            }
        }
    }

    fn start_snapshot(&mut self, root: &str, fingerprint: &ContentHash) -> Result<(), IngestError> {
        let recognised = &self.candidate.recognised;
        let manifest = || snapshot::manifest(self.archive, recognised);
        let identity = snapshot::identify(self.archive, recognised, &self.learnt, manifest);
        let (date, ground) = identity.date.unwrap_or_else(|| snapshot::date_of_newest(None));
        let language = self.learnt.language.as_deref();
        let existing = self.writing.snapshot_by_key(identity.key)?;
        self.snapshot_key = identity.key;
        self.is_undated = identity.date.is_none() && existing.is_none();
        let (id, public_id, date) = match existing {
            Some(known) => {
                self.writing.widen_snapshot(known.id, recognised.generation, language)?;
                self.account_id = known.account_id;
                (known.id, known.public_id, known.date)
            }
            None => {
                self.account_id =
                    self.writing.account(identity.account_key, recognised.service, &identity.account_handle)?;
                let public_id = snapshot::public_id(identity.key, date);
                let id = self.writing.add_snapshot(&NewSnapshot {
                    key: identity.key,
                    public_id: &public_id,
                    account_id: self.account_id,
                    format: recognised.format,
                    generation: recognised.generation,
                    language,
                    date: &date.to_string(),
                    date_ground: ground,
                    evidence: &recognised.evidence,
                })?;
                (id, public_id, date.to_string())
            }
        };
        let account = self.writing.account_row(self.account_id)?;
        self.account_key = account.key;
        self.account_handle.clone_from(&account.handle);
        self.deriver.serve(self.account_id, self.account_key, &account.handle);
        self.report.account = account.handle;
        self.report.language.clone_from(&self.learnt.language);
        self.snapshot = SnapshotRef { date, public_id, id };
        self.archive_id = self.writing.add_archive(&ArchiveRow {
            snapshot_id: id,
            name: self.archive.name(),
            bytes: self.archive.bytes(),
            container: self.archive.container().code(),
            root,
            fingerprint,
            ingested_ms: self.ingestion.now_ms,
        })?;
        if identity.is_owner_unknown {
            self.find(Finding::new(
                FindingCode::UnknownOwner,
                format!(
                    "Neither the archive's name nor a profile inside it tells whose account {} is; it stands as {}.",
                    self.archive.name(),
                    self.account_handle
                ),
            ))?;
        }
        Ok(())
    }

    fn add_entry(
        &mut self,
        below: &Below<'_>,
        fate: EntryFate,
        document: Option<(i64, i64)>,
        medium: Option<i64>,
    ) -> Result<(), StoreError> {
        let base: String = below.path.rsplit('/').next().unwrap_or(&below.path).to_owned();
        let entry = below.entry;
        let name = entry.path.as_str();
        self.writing.add_entry(&EntryRow {
            archive_id: self.archive_id,
            position: entry.position,
            path: name,
            raw_name: (entry.raw_name() != name.as_bytes()).then(|| entry.raw_name()),
            base: &base,
            external_id: media_id_of(&base),
            bytes: entry.bytes,
            crc32: entry.crc32,
            modified: entry.modified.map(|time| time.format("%Y-%m-%dT%H:%M:%S").to_string()),
            method: &entry.method.to_string(),
            fate,
            document_id: document.map(|(document, _)| document),
            reading_id: document.map(|(_, reading)| reading),
            medium_id: medium,
        })?;
        Ok(())
    }

    fn keep_medium(&mut self, below: &Below<'_>) -> Result<(), IngestError> {
        match below.entry.kind {
            EntryKind::Directory => return Ok(self.add_entry(below, EntryFate::Folder, None, None)?),
            EntryKind::File | EntryKind::Odd(_) => {}
        }
        let kept = match self.archive.read(below.entry.position) {
            Ok(mut reader) => self.keep_bytes(&mut reader),
            Err(error) => Err(KeepError::Source(error)),
        };
        let (fate, medium) = match kept {
            Ok(medium) => {
                self.report.entries.media += 1;
                let fate = match below.role {
                    _ if below.entry.kind != EntryKind::File => EntryFate::Odd,
                    Role::Debris => EntryFate::Debris,
                    _ if self.is_unknown_form(medium)? => {
                        self.report.entries.unknown += 1;
                        self.find(
                            Finding::new(
                                FindingCode::UnknownFile,
                                format!("{} is of no form that this version knows; it was kept as it is.", below.path),
                            )
                            .at_path(below.entry.path.as_str()),
                        )?;
                        EntryFate::Unknown
                    }
                    _ => EntryFate::Media,
                };
                (fate, Some(medium))
            }
            Err(KeepError::Source(error)) => self.keep_undecoded(below, &error)?,
            Err(KeepError::Ours(error)) => return Err(error),
        };
        self.progress.advance(below.entry.bytes);
        Ok(self.add_entry(below, fate, None, medium)?)
    }

    /// Keeps an entry as it lies in the archive, and says why.
    fn keep_undecoded(
        &mut self,
        below: &Below<'_>,
        error: &EntryError,
    ) -> Result<(EntryFate, Option<i64>), IngestError> {
        let raw = match self.archive.read_raw(below.entry.position) {
            Ok(mut raw) if error.code() != FindingCode::OverBudget => self.keep_bytes(&mut raw),
            Ok(_) => Err(KeepError::Source(error.clone())),
            Err(error) => Err(KeepError::Source(error)),
        };
        let (fate, medium, kept) = match raw {
            Ok(medium) => (EntryFate::Undecodable, Some(medium), "its bytes were kept as they lie in the archive"),
            Err(KeepError::Source(_)) => (EntryFate::NotKept, None, "nothing of it was kept"),
            Err(KeepError::Ours(error)) => return Err(error),
        };
        self.find(
            Finding::new(
                error.code(),
                format!("{}: {error}; {kept}. If you can, download it again and ingest that too.", below.path),
            )
            .at_path(below.entry.path.as_str()),
        )?;
        Ok((fate, medium))
    }

    /// Keeps bytes as a medium; gives its row.
    fn keep_bytes(&mut self, reader: &mut dyn std::io::Read) -> Result<i64, KeepError> {
        let writing = self.writing;
        let is_known = |hash: &ContentHash| writing.medium_by_hash(hash).is_ok_and(|row| row.is_some());
        let kept = match self.media {
            Some(media) => media.keep(reader, &is_known),
            None => crate::media::weigh(reader, &is_known),
        };
        let kept = kept.map_err(|error| match error {
            MediaError::Source(error) => KeepError::Source(EntryError::of(&error)),
            error => KeepError::Ours(IngestError::Media(error)),
        })?;
        let ours = |error: StoreError| KeepError::Ours(error.into());
        if let Some(id) = writing.medium_by_hash(&kept.hash).map_err(ours)? {
            self.report.media.known_files += 1;
            self.report.media.known_bytes += kept.bytes;
            return Ok(id);
        }
        self.has_new_media = true;
        self.report.media.new_files += 1;
        self.report.media.new_bytes += kept.bytes;
        writing
            .add_medium(&MediumRow {
                hash: &kept.hash,
                bytes: kept.bytes,
                r#type: kept.media_type.name,
                extension: kept.media_type.extension,
                width: kept.probe.width,
                height: kept.probe.height,
                seconds: kept.probe.seconds(),
            })
            .map_err(ours)
    }

    fn is_unknown_form(&self, medium: i64) -> Result<bool, StoreError> {
        self.writing.is_medium_unknown(medium)
    }

    fn keep_document(&mut self, below: &Below<'_>) -> Result<(), IngestError> {
        let bytes = match read_entry(self.archive, below.entry) {
            Ok(bytes) => bytes,
            Err(error) => {
                let (fate, medium) = self.keep_undecoded(below, &error)?;
                self.progress.advance(below.entry.bytes);
                return Ok(self.add_entry(below, fate, None, medium)?);
            }
        };
        self.report.entries.documents += 1;
        let (document, _) = self.writing.keep_document(&ContentHash::of(&bytes), &bytes)?;
        match self.writing.reading(document, self.account_id, &below.path)? {
            Some(reading) => {
                self.add_entry(below, EntryFate::Document, Some((document, reading)), None)?;
                self.see_again(reading)?;
            }
            None => {
                let reading = self.writing.start_reading(document, self.account_id, &below.path)?;
                self.add_entry(below, EntryFate::Document, Some((document, reading)), None)?;
                self.read_document(below, &bytes, document, reading)?;
            }
        }
        self.progress.advance(below.entry.bytes);
        Ok(())
    }

    /// A document that was read before, at the same place: it stands in one more snapshot.
    fn see_again(&mut self, reading: i64) -> Result<(), IngestError> {
        for (kind, n) in self.writing.restate_snapshots_of_reading(reading)? {
            self.report.records.entry(kind).or_default().unchanged += n;
        }
        self.touched.extend(self.writing.shared_keys_of_reading(reading)?);
        self.threads.extend(self.writing.threads_of_reading(reading)?);
        let newest = self.writing.newest_of_reading(reading)?;
        self.newest_ms = self.newest_ms.max(newest);
        for finding in self.writing.findings_of_reading(reading)? {
            self.find(finding)?;
        }
        Ok(())
    }

    fn read_document(
        &mut self,
        below: &Below<'_>,
        bytes: &[u8],
        document: i64,
        reading: i64,
    ) -> Result<(), IngestError> {
        let learnt = self.learnt.clone();
        let mut reader = DocumentRun {
            run: self,
            path: below.entry.path.as_str().to_owned(),
            reading,
            thread: None,
            words: None,
            failed: None,
            kept: BTreeMap::new(),
        };
        let document_here = Document { path: &below.path, bytes, learnt: &learnt };
        let outcome = source::read(&document_here, &mut |output| reader.take(output));
        if let Some(error) = reader.failed.take() {
            return Err(error.into());
        }
        reader.note_kept()?;
        let words = reader.words.take();
        self.writing.finish_reading(
            reading,
            &ReadingRow {
                document_id: document,
                account_id: self.account_id,
                path: &below.path,
                reader: outcome.reader,
                reader_version: outcome.reader_version,
                n_items: outcome.n_items,
                n_read: outcome.n_read,
                n_kept: outcome.n_kept,
                n_bad: outcome.n_bad,
                words: words.as_deref(),
            },
        )?;
        Ok(())
    }

    /// Everything that more than this archive's documents decide.
    fn finish(&mut self) -> Result<(), IngestError> {
        if self.is_undated {
            let (date, ground) = snapshot::date_of_newest(self.newest_ms);
            self.snapshot.date = date.to_string();
            self.snapshot.public_id = snapshot::public_id(self.snapshot_key, date);
            self.writing.date_snapshot(self.snapshot.id, &self.snapshot.public_id, &self.snapshot.date, ground)?;
        }
        // Only what was seen before can share messages with what is new.
        let threads = if self.touched.is_empty() {
            std::mem::take(&mut self.threads)
        } else {
            threads::join_by_messages(self.writing, &self.threads)?
        };
        if self.has_new_media {
            self.touched.extend(self.writing.keys_with_missing_media(self.account_id)?);
        }
        let mut keys: Vec<Key> = self.touched.drain().collect();
        keys.sort_unstable();
        for key in keys {
            self.check_stop()?;
            self.deriver.derive_key(key)?;
        }
        for (kind, counts) in std::mem::take(&mut self.deriver.counts) {
            let all = self.report.records.entry(kind).or_default();
            all.new += counts.new;
            all.merged += counts.merged;
            all.unchanged += counts.unchanged;
        }
        for thread in threads {
            self.check_stop()?;
            threads::derive_thread(self.writing, thread, &self.account_handle)?;
        }
        self.name_owner()?;
        self.writing.judge_gone(self.account_id)?;
        self.note_missing_media()?;
        self.writing.set_snapshot_complete(self.snapshot.id)?;
        self.writing.set_snapshot_range(self.snapshot.id)?;
        self.describe()
    }

    fn name_owner(&mut self) -> Result<(), IngestError> {
        let names = owner::names_of_account(self.writing, self.account_id, &self.account_handle)?;
        let mut owners: Vec<Who> = names.clone();
        for snapshot in self.writing.snapshots_of_account(self.account_id)? {
            let inferred = owner::infer(&names, &self.writing.participants_of_snapshot(snapshot)?);
            self.writing.set_snapshot_owner(snapshot, inferred.name.as_deref(), inferred.ground)?;
            if let Some(name) = inferred.name.map(Who::Name).filter(|name| !owners.contains(name)) {
                owners.push(name);
            }
            if inferred.is_doubtful && snapshot == self.snapshot.id {
                let sentence = "Several people take part equally often, so it is not known which of them the owner is; \
                                messages of the owner are not marked. A download with the profile in it settles it.";
                self.find(Finding::new(FindingCode::DoubtfulOwner, sentence))?;
            }
        }
        let shown = owners.iter().find_map(|who| match who {
            Who::Name(name) => Some(name.clone()),
            _ => None,
        });
        let shown = shown.unwrap_or_else(|| self.account_handle.clone());
        Ok(self.writing.set_owner(self.account_id, &self.account_handle, &owners, &shown)?)
    }

    fn note_missing_media(&mut self) -> Result<(), IngestError> {
        self.writing.withdraw_findings(self.snapshot.id, FindingCode::MissingMedia)?;
        self.report.findings.retain(|finding| finding.code != FindingCode::MissingMedia);
        let (examples, n_missing) = self.writing.missing_media(self.snapshot.id, EXAMPLES)?;
        if n_missing > 0 {
            let sentence = format!(
                "{n_missing} references lead to no file of this download, for example {}. If the download came in several \
                 parts, ingest the others too.",
                examples.join(", ")
            );
            self.find(Finding::new(FindingCode::MissingMedia, sentence).about(n_missing))?;
        }
        Ok(())
    }

    fn describe(&mut self) -> Result<(), IngestError> {
        let known = self.writing.describe_archive(self.archive_id)?;
        self.report.snapshot = known.snapshot;
        self.report.account = known.account;
        self.report.language = known.language;
        self.report.date = known.date;
        self.report.owner = known.owner;
        self.report.range_ms = known.range_ms;
        Ok(())
    }
}

/// How many missing files one finding names.
const EXAMPLES: usize = 3;

/// Takes what a reader says about one document.
struct DocumentRun<'r, 'a, 'c> {
    run: &'r mut Run<'a, 'c>,
    path: String,
    reading: i64,
    /// The conversation that the following messages belong to.
    thread: Option<ThreadHere>,
    words: Option<String>,
    failed: Option<StoreError>,
    kept: BTreeMap<&'static str, u64>,
}

#[derive(Clone, Copy)]
struct ThreadHere {
    sighting: i64,
    key: Key,
    row: i64,
}

impl DocumentRun<'_, '_, '_> {
    fn take(&mut self, output: Output) {
        if self.failed.is_some() {
            return;
        }
        let taken = match output {
            Output::Thread(head) => self.take_thread(&head),
            Output::Item { place, item } => self.take_item(&place, *item),
            Output::Kept { reason, .. } => {
                *self.kept.entry(reason).or_default() += 1;
                Ok(())
            }
            Output::Bad { place, reason } => self.take_finding(
                Finding::new(FindingCode::BadItem, format!("{reason}; its bytes were kept with the document."))
                    .at_place(place.to_string())
                    .about(1),
            ),
            Output::Words(words) => {
                self.words = Some(words);
                Ok(())
            }
            Output::Finding(finding) => self.take_finding(finding),
        };
        if let Err(error) = taken {
            self.failed = Some(error);
        }
    }

    fn take_finding(&mut self, finding: Finding) -> Result<(), StoreError> {
        let finding = finding.at_path(self.path.as_str());
        self.run.find(finding)
    }

    fn note_kept(&mut self) -> Result<(), StoreError> {
        for (reason, n) in std::mem::take(&mut self.kept) {
            let sentence = format!("{n} items were kept with the document without becoming records: {reason}.");
            self.take_finding(Finding::new(FindingCode::ItemKeptRaw, sentence).about(n))?;
        }
        Ok(())
    }

    fn take_thread(&mut self, head: &ThreadHead) -> Result<(), StoreError> {
        let run = &mut *self.run;
        let key = identity::thread_key(run.account_key, head);
        let sighting = run.writing.add_thread_sighting(self.reading, key, head)?;
        let row = match run.writing.thread_by_key(key)? {
            Some(row) => row,
            None => {
                let public_id = KeyBuilder::new("thread").part(key.as_bytes()).public_id();
                run.writing.add_thread(key, public_id.as_str(), run.account_id)?
            }
        };
        run.threads.insert(row);
        self.thread = Some(ThreadHere { sighting, key, row });
        Ok(())
    }

    fn take_item(&mut self, place: &Place, item: Item) -> Result<(), StoreError> {
        let run = &mut *self.run;
        let thread = self.thread.filter(|_| item.kind == Kind::Message);
        if run.is_undated && item.kind != Kind::Visit {
            run.newest_ms = run.newest_ms.max(item.at.map(Moment::utc_ms));
        }
        let key = identity::identify(run.account_key, &item, thread.map(|thread| thread.key)).key;
        let sighting = thread.map(|thread| thread.sighting);
        if run.writing.is_key_known(key)? {
            run.writing.add_sighting(self.reading, &place.0, sighting, key, None, &item)?;
            run.touched.insert(key);
            return Ok(());
        }
        let json = run.writing.add_sighting(self.reading, &place.0, sighting, key, None, &item)?;
        let row = SightingRow {
            id: json,
            reading_id: self.reading,
            reader: String::new(),
            place: place.0.clone(),
            thread_id: thread.map(|thread| thread.row),
            thread_key: thread.map(|thread| thread.key),
            item,
            snapshots: vec![run.snapshot.clone()],
        };
        let (record, is_resolved) = run.deriver.derive_first(key, row)?;
        run.writing.set_sighting_record(json, record)?;
        if !is_resolved {
            run.touched.insert(key);
        }
        Ok(())
    }
}

/// Why bytes did not become a medium.
enum KeepError {
    /// The archive's fault: the next entry is not touched by it.
    Source(EntryError),
    /// Our own: nothing more can be kept.
    Ours(IngestError),
}

fn read_entry(archive: &Archive, entry: &Entry) -> Result<Vec<u8>, EntryError> {
    let mut bytes = Vec::new();
    archive.read(entry.position)?.read_to_end(&mut bytes).map_err(|error| EntryError::of(&error))?;
    Ok(bytes)
}
