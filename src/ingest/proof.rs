//! "Can I delete this ZIP?": every entry is read once more and compared with what is kept, and what is kept is read too.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::pipeline::IngestError;
use super::plan::{Candidate, Plan};
use super::report::Progress;
use crate::archive::{self, Archive, Entry, EntryKind, Limits, declared_bytes};
use crate::media::{MediaStore, Soundness};
use crate::model::{ContentHash, FindingCode};
use crate::source::{self, Role};
use crate::store::{HeldContent, ProvedArchive, ProvedEntry, Store};

/// Findings that say that something of a document is in no record, although its bytes may be held.
pub const UNMERGED: [FindingCode; 6] = [
    FindingCode::OverBudget,
    FindingCode::NotReadYet,
    FindingCode::BadDocument,
    FindingCode::BadItem,
    FindingCode::NothingRead,
    FindingCode::CountMismatch,
];

/// What a ZIP or folder still is beside the home.
#[derive(Clone, Debug, Default)]
pub struct Proof {
    /// Bytes on the disk, which deleting it frees.
    pub bytes: u64,
    pub n_files: u64,
    /// Files whose bytes are in the home, read here and there.
    pub n_proven: u64,
    /// The downloads in it that are held.
    pub held: Vec<ProvedArchive>,
    /// Why it must not go, by code.
    pub faults: BTreeMap<&'static str, Fault>,
}

/// Why it must not go, and how often.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    pub n: u64,
    pub bytes: u64,
    /// The first of them, in words.
    pub example: String,
}

impl Proof {
    /// It holds nothing that the home does not.
    pub fn is_safe(&self) -> bool {
        self.faults.is_empty() && !self.held.is_empty()
    }

    fn fault(&mut self, code: &'static str, bytes: u64, example: impl FnOnce() -> String) {
        self.faults(code, 1, bytes, example);
    }

    fn faults(&mut self, code: &'static str, n: u64, bytes: u64, example: impl FnOnce() -> String) {
        let fault = self.faults.entry(code).or_default();
        if fault.n == 0 {
            fault.example = example();
        }
        fault.n += n;
        fault.bytes += bytes;
    }
}

/// What the proof needs beside the plan of the path.
struct Proving<'a> {
    store: &'a Store,
    media: &'a MediaStore,
    stop: &'a AtomicBool,
    progress: &'a dyn Progress,
    /// Contents of the home that were read and are sound.
    sound: HashSet<ContentHash>,
    proof: Proof,
}

/// Proves what `plan` found at `path` (and only that), entry by entry. Nothing is written.
pub fn prove(
    store: &Store,
    media: &MediaStore,
    path: &Path,
    plan: &Plan,
    limits: &Limits,
    stop: &AtomicBool,
    progress: &dyn Progress,
) -> Result<Proof, IngestError> {
    let mut proving = Proving { store, media, stop, progress, sound: HashSet::new(), proof: Proof::default() };
    let open = |source| IngestError::Archive { path: path.to_owned(), source };
    proving.proof.bytes = Archive::salvage(path, limits).map_err(open)?.bytes();
    for passed in &plan.passed_over {
        // Debris and the like is told by nothing; what is told was not kept.
        let code = match passed.finding.code {
            FindingCode::ForeignService => "of_another_service",
            _ => "not_kept",
        };
        proving.proof.fault(code, 0, || passed.finding.sentence.clone());
    }
    if path.is_dir() {
        proving.look_beside(path, plan, limits)?;
    }
    for candidate in &plan.candidates {
        let archive = candidate
            .open(limits, None)
            .map_err(|source| IngestError::Archive { path: candidate.shown_path(), source })?;
        let outcome = proving.prove_archive(candidate, &archive);
        progress.end();
        outcome?;
    }
    if plan.candidates.is_empty() && proving.proof.faults.is_empty() {
        proving.proof.fault("not_ingested", 0, || format!("{} is no download.", path.display()));
    }
    Ok(proving.proof)
}

impl Proving<'_> {
    /// Files of a folder that lie outside of every download in it.
    fn look_beside(&mut self, path: &Path, plan: &Plan, limits: &Limits) -> Result<(), IngestError> {
        let survey =
            archive::survey(path, limits).map_err(|source| IngestError::Archive { path: path.to_owned(), source })?;
        let is_of_a_download = |file: &Path| plan.candidates.iter().any(|candidate| file.starts_with(&candidate.path));
        let files = survey.files.iter().map(|file| (path.join(&file.name), file.bytes));
        for (file, bytes) in files.chain(survey.zips.iter().map(|zip| (zip.clone(), 0))) {
            let is_debris = source::role(&file.to_string_lossy()) == Role::Debris;
            if !is_debris && !is_of_a_download(&file) {
                self.proof.fault("not_kept", bytes, || format!("{} belongs to no download.", file.display()));
            }
        }
        Ok(())
    }

    fn prove_archive(&mut self, candidate: &Candidate, archive: &Archive) -> Result<(), IngestError> {
        let root = &candidate.recognised.root;
        let Some(held) = self.store.held_archive(&archive.fingerprint(), root)? else {
            return self.look_up(candidate, archive);
        };
        if archive.is_salvaged() {
            self.proof.fault("salvaged", 0, || format!("{} breaks off: nobody knows what was behind.", archive.name()));
        }
        let accounted = match archive.account() {
            Ok(findings) => findings,
            Err(error) => {
                let name = archive.name();
                self.proof.fault("unreadable", 0, || {
                    format!("Whether {name} holds more than it lists is not known: {error}.")
                });
                Vec::new()
            }
        };
        for finding in archive.findings().iter().chain(&accounted) {
            if matches!(finding.code, FindingCode::HiddenEntries | FindingCode::DirectoryMismatch) {
                self.proof.fault("assumed", 0, || finding.sentence.clone());
            }
        }
        if held.n_unread + held.n_without_record > 0 {
            let n = held.n_unread + held.n_without_record;
            self.proof.fault("not_merged", 0, || {
                format!("{n} documents or items of {} are in no record: throwback reindex --documents.", archive.name())
            });
        }
        for finding in self.store.findings_of_held(held.id, &UNMERGED.map(FindingCode::name))? {
            let n = finding.integer("n").unwrap_or(1).unsigned_abs();
            let sentence = finding.text("sentence").unwrap_or_default();
            self.proof.faults("not_merged", n, 0, || format!("In {}: {sentence}", archive.name()));
        }
        self.each_file(candidate, archive, &mut |proving, entry| proving.prove_entry(archive, entry, held.id))?;
        self.proof.held.push(held);
        Ok(())
    }

    fn each_file(
        &mut self,
        candidate: &Candidate,
        archive: &Archive,
        each: &mut dyn FnMut(&mut Self, &Entry) -> Result<(), IngestError>,
    ) -> Result<(), IngestError> {
        let entries: Vec<&Entry> = archive.entries().iter().filter(|entry| is_meant(candidate, entry)).collect();
        self.progress.begin(archive.name(), declared_bytes(entries.iter().copied()));
        for entry in entries {
            if self.stop.load(Ordering::Relaxed) {
                return Err(IngestError::Interrupted);
            }
            self.proof.n_files += 1;
            each(self, entry)?;
            self.progress.advance(entry.bytes);
        }
        Ok(())
    }

    /// What an archive that was not brought in holds and nothing of the home does.
    fn look_up(&mut self, candidate: &Candidate, archive: &Archive) -> Result<(), IngestError> {
        let (mut alone, mut n_alone, mut bytes_alone) = (HashSet::new(), 0_u64, 0);
        self.each_file(candidate, archive, &mut |proving, entry| {
            let hash = hash_of(archive, entry);
            let content = match &hash {
                Some(hash) => proving.store.held_content(hash)?,
                None => None,
            };
            if content.map_or(Ok(false), |content| proving.is_sound(&content))? {
                proving.proof.n_proven += 1;
            } else if hash.is_none_or(|hash| alone.insert(hash)) {
                n_alone += 1;
                bytes_alone += entry.bytes;
            }
            Ok(())
        })?;
        self.proof.fault("not_ingested", bytes_alone, || {
            let path = candidate.shown_path();
            let though = if n_alone == 0 { ", although every byte of it is in the home" } else { "" };
            format!("{} was not brought in{though}: throwback ingest it first.", path.display())
        });
        Ok(())
    }

    fn prove_entry(&mut self, archive: &Archive, entry: &Entry, archive_id: i64) -> Result<(), IngestError> {
        let name = entry.path.as_str();
        let held = self.store.held_entry(archive_id, entry.position)?;
        let Some(ProvedEntry { content: Some(content), .. }) = held.filter(ProvedEntry::is_kept) else {
            self.proof.fault("not_kept", entry.bytes, || format!("{name} is not in the home."));
            return Ok(());
        };
        let expected = match &content {
            HeldContent::Document { hash, .. } | HeldContent::Medium { hash, .. } => *hash,
        };
        match hash_of(archive, entry) {
            Some(hash) if hash == expected => {}
            Some(_) => {
                self.proof.fault("other_bytes", entry.bytes, || {
                    format!("{name} has other bytes than those that were kept of it: ingest it again.")
                });
                return Ok(());
            }
            None => {
                self.proof.fault("unreadable", entry.bytes, || format!("{name} cannot be read any more."));
                return Ok(());
            }
        }
        if self.is_sound(&content)? {
            self.proof.n_proven += 1;
        } else {
            self.proof.fault("damaged_home", entry.bytes, || {
                format!("What the home keeps of {name} is damaged: throwback check --read-data.")
            });
        }
        Ok(())
    }

    /// Whether what is kept has the bytes that it is known by. Each content is read once.
    fn is_sound(&mut self, content: &HeldContent) -> Result<bool, IngestError> {
        let (hash, is_sound) = match content {
            HeldContent::Document { hash, .. } | HeldContent::Medium { hash, .. } if self.sound.contains(hash) => {
                return Ok(true);
            }
            HeldContent::Document { id, hash } => match self.store.document_bytes(*id) {
                Err(error) if !error.is_of_document() => return Err(error.into()),
                bytes => (hash, bytes.is_ok()),
            },
            HeldContent::Medium { hash, extension } => {
                let soundness = self.media.verify(hash, extension).map_err(IngestError::Media)?;
                (hash, soundness == Soundness::Sound)
            }
        };
        if is_sound {
            self.sound.insert(*hash);
        }
        Ok(is_sound)
    }
}

/// Whether an entry is one of this download's, or one that only this one can account for.
fn is_meant(candidate: &Candidate, entry: &Entry) -> bool {
    let name = entry.path.as_str();
    let is_sibling = candidate.siblings.iter().any(|sibling| name.starts_with(sibling.as_str()));
    entry.kind != EntryKind::Directory
        && !candidate.apart.contains(name)
        && (name.starts_with(&candidate.recognised.root) || (candidate.is_first() && !is_sibling))
}

fn hash_of(archive: &Archive, entry: &Entry) -> Option<ContentHash> {
    let mut reader = archive.read(entry.position).ok()?;
    let mut hasher = ContentHash::hasher();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match std::io::Read::read(&mut reader, &mut buffer).ok()? {
            0 => return Some(hasher.finish()),
            n => hasher.update(&buffer[..n]),
        }
    }
}
