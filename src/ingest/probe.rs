//! Looks at what lies somewhere without bringing it in: what it is, and how each of its documents is built and would be
//! read. Writes nothing, and tells keys and types only: neither texts nor names of people.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

use super::entries::read_entry;
use super::plan::{self, Candidate, PassedOver};
use crate::archive::{Archive, ArchiveError, Container, Entry, Limits};
use crate::model::{Finding, FindingCode, Moment};
use crate::source::{self, Document, Learnt, Outline, Output, Recognised, Role};

/// What lies at the paths that were named.
#[derive(Debug, Default)]
pub struct Probed {
    pub exports: Vec<ProbedExport>,
    /// What is no download that is read, or could not be looked at.
    pub passed_over: Vec<PassedOver>,
}

/// One download.
#[derive(Debug)]
pub struct ProbedExport {
    pub path: PathBuf,
    pub name: String,
    pub container: Container,
    /// Length of the archive.
    pub bytes: u64,
    pub recognised: Recognised,
    /// The user name, newest first when there are several, and what tells it.
    pub account: Option<(String, &'static str)>,
    /// ISO 639-1 code of the labels' language.
    pub language: Option<String>,
    /// Day of the delivery, as the archive's name or its newest entry tells.
    pub date: Option<(String, &'static str)>,
    /// Oldest and newest time of its records, Unix milliseconds UTC.
    pub range_ms: Option<(i64, i64)>,
    pub n_entries: u64,
    pub n_media: u64,
    pub media_bytes: u64,
    pub n_debris: u64,
    /// Documents by their path without names of people, pages of one list together.
    pub files: BTreeMap<String, ProbedFile>,
    /// Findings about the archive as a whole and entries that cannot be read, by code.
    pub findings: BTreeMap<FindingCode, u64>,
}

/// Documents of one path.
#[derive(Clone, Debug, Default)]
pub struct ProbedFile {
    pub n_documents: u64,
    pub bytes: u64,
    pub outline: Outline,
    pub reader: &'static str,
    pub reader_version: u32,
    /// By the independent counter.
    pub n_items: u64,
    pub n_read: u64,
    pub n_kept: u64,
    pub n_bad: u64,
    /// Records by kind.
    pub records: BTreeMap<&'static str, u64>,
    /// Labels and keys that were not understood, and how often.
    pub not_understood: BTreeMap<String, u64>,
    pub findings: BTreeMap<FindingCode, u64>,
}

impl ProbedFile {
    /// Whether somebody should look at its outline: a reader does not do it justice.
    pub fn is_puzzling(&self) -> bool {
        !self.not_understood.is_empty()
            || [FindingCode::BetterReaderWanted, FindingCode::NothingRead, FindingCode::BadDocument]
                .iter()
                .any(|code| self.findings.contains_key(code))
    }
}

/// Looks at every path. `home` is not looked into.
pub fn probe(paths: &[PathBuf], home: &Path, limits: &Limits) -> Probed {
    let plan = plan::plan(paths, home, limits);
    let mut probed = Probed { passed_over: plan.passed_over, ..Probed::default() };
    for candidate in &plan.candidates {
        match look_at(candidate, limits) {
            Ok(export) => probed.exports.push(export),
            Err(error) => {
                let finding = Finding::new(error.code(), format!("{error}."));
                probed.passed_over.push(PassedOver { path: candidate.shown_path(), finding });
            }
        }
    }
    probed
}

fn look_at(candidate: &Candidate, limits: &Limits) -> Result<ProbedExport, ArchiveError> {
    let archive = candidate.open(limits, None)?;
    let candidate = &candidate.looked_into(&archive);
    let below = below(&archive, candidate);
    let mut learnt = Learnt::default();
    for (entry, path) in below.iter().filter(|(_, path)| source::teaches(path)) {
        if let Ok(bytes) = read_entry(&archive, entry, limits) {
            source::learn(&mut learnt, path, &bytes);
        }
    }
    let named = source::parse_archive_name(archive.name())
        .or_else(|| candidate.recognised.root.trim_end_matches('/').rsplit('/').find_map(source::parse_archive_name));
    let by_profile = learnt.handles.first().map(|handle| (handle.clone(), "the profile"));
    let by_name = named.as_ref().map(|name| (name.handle.clone(), "the archive's name"));
    let newest = archive.newest_modified().filter(|_| archive.container() == Container::Zip);
    let mut export = ProbedExport {
        path: candidate.shown_path(),
        name: archive.name().to_owned(),
        container: archive.container(),
        bytes: archive.bytes(),
        recognised: candidate.recognised.clone(),
        account: by_profile.or(by_name),
        language: learnt.language.clone(),
        date: named
            .map(|name| (name.date.to_string(), "the archive's name"))
            .or_else(|| newest.map(|time| (time.date().to_string(), "the newest entry"))),
        range_ms: None,
        n_entries: below.iter().filter(|(entry, _)| entry.is_file()).count() as u64,
        n_media: 0,
        media_bytes: 0,
        n_debris: 0,
        files: BTreeMap::new(),
        findings: BTreeMap::new(),
    };
    for finding in archive.findings() {
        export.find(finding.code);
    }
    match archive.account() {
        Ok(findings) => findings.into_iter().for_each(|finding| export.find(finding.code)),
        Err(error) => export.find(error.code()),
    }
    for (entry, path) in below.iter().filter(|(entry, _)| entry.is_file()) {
        match source::role(path) {
            Role::Debris => export.n_debris += 1,
            Role::Media => {
                export.n_media += 1;
                export.media_bytes = export.media_bytes.saturating_add(entry.bytes);
            }
            Role::Document(_) => match read_entry(&archive, entry, limits) {
                Ok(bytes) => export.read(path, &bytes, &learnt),
                Err(error) => export.find(error.code()),
            },
        }
    }
    Ok(export)
}

/// The entries of the download with their names below its root.
fn below<'a>(archive: &'a Archive, candidate: &Candidate) -> Vec<(&'a Entry, String)> {
    let root = candidate.recognised.root.as_str();
    let path = |entry: &'a Entry| Some((entry, entry.path.as_str().strip_prefix(root)?.nfc().collect()));
    let is_ours = |entry: &&Entry| !candidate.apart.contains(entry.path.as_str());
    archive.entries().iter().filter(is_ours).filter_map(path).collect()
}

impl ProbedExport {
    fn find(&mut self, code: FindingCode) {
        *self.findings.entry(code).or_default() += 1;
    }

    fn read(&mut self, path: &str, bytes: &[u8], learnt: &Learnt) {
        let file = self.files.entry(source::masked_path(path)).or_default();
        let mut range_ms = self.range_ms;
        let reading = source::read(&Document { path, bytes, learnt }, &mut |output| match output {
            Output::Item { item, .. } => {
                *file.records.entry(item.kind.name()).or_default() += 1;
                if let Some(at_ms) = item.at.map(Moment::utc_ms) {
                    range_ms = Some(range_ms.map_or((at_ms, at_ms), |(from, to)| (from.min(at_ms), to.max(at_ms))));
                }
            }
            Output::Finding(finding) => *file.findings.entry(finding.code).or_default() += 1,
            Output::Thread(_) | Output::Kept { .. } | Output::Bad { .. } | Output::Words(_) => {}
        });
        self.range_ms = range_ms;
        file.n_documents += 1;
        file.bytes += bytes.len() as u64;
        (file.reader, file.reader_version) = (reading.reader, reading.reader_version);
        file.n_items += reading.n_items.unwrap_or(reading.n_read + reading.n_kept + reading.n_bad);
        file.n_read += reading.n_read;
        file.n_kept += reading.n_kept;
        file.n_bad += reading.n_bad;
        for (label, n) in reading.not_understood {
            *file.not_understood.entry(label).or_default() += n;
        }
        let outline = source::outline(path, bytes);
        file.outline.shapes.extend(outline.shapes);
        for (key, types) in outline.keys {
            let known = file.outline.keys.entry(key).or_default();
            for (kind, n) in types {
                *known.entry(kind).or_default() += n;
            }
        }
    }
}
