//! What lies at the paths that were named: downloads to ingest, and what is passed over.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::inside::{self, Inside};
use super::others::{self, Named};
use super::seal::Seal;
use crate::archive::{self, Archive, ArchiveError, Limits};
use crate::model::{Finding, FindingCode, Generation, Severity};
use crate::source::{self, Recognised, Role, Verdict};

/// One download, waiting to be ingested.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The ZIP or folder.
    pub path: PathBuf,
    /// Where the download is a ZIP inside the ZIP at `path`.
    pub inner: Option<Inner>,
    pub recognised: Recognised,
    /// Roots of the other downloads in the same archive.
    pub siblings: Vec<String>,
    /// Names of entries that are looked at by themselves: ZIPs.
    pub(super) apart: BTreeSet<String>,
    /// What the archive must be when it is read and still be when it was; else nothing of it is kept.
    pub seal: Option<Seal>,
}

/// So many bytes of a document are looked at to tell its generation.
const BEGINNING: u64 = 4 << 10;

/// A ZIP that is an entry of another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Inner {
    pub position: u32,
    /// Its name in the outer ZIP.
    pub path: String,
}

impl Candidate {
    /// All downloads of one archive.
    pub(super) fn all_of(
        path: &Path,
        inner: Option<&Inner>,
        exports: Vec<Recognised>,
        apart: &BTreeSet<String>,
    ) -> Vec<Self> {
        let roots: Vec<String> = exports.iter().map(|export| export.root.clone()).collect();
        let candidate = |recognised: Recognised| Self {
            path: path.to_owned(),
            inner: inner.cloned(),
            siblings: roots.iter().filter(|root| **root != recognised.root).cloned().collect(),
            recognised,
            apart: apart.clone(),
            seal: None,
        };
        exports.into_iter().map(candidate).collect()
    }

    /// Of several downloads in one archive the first accounts for what belongs to none of them.
    pub(super) fn is_first(&self) -> bool {
        self.siblings.iter().all(|sibling| self.recognised.root < *sibling)
    }

    /// The path to show: that of a ZIP inside another goes on behind the outer one's.
    pub fn shown_path(&self) -> PathBuf {
        self.inner
            .as_ref()
            .map_or_else(|| self.path.clone(), |inner| self.path.join(inner.path.trim_start_matches('/')))
    }

    /// Opens the archive; one that breaks off is salvaged. `scratch` as in [`Archive::inner`].
    pub(super) fn open(&self, limits: &Limits, scratch: Option<&Path>) -> Result<Archive, ArchiveError> {
        let outer = Archive::salvage(&self.path, limits)?;
        match &self.inner {
            None => Ok(outer),
            Some(inner) => outer.inner(inner.position, limits, scratch),
        }
    }

    /// The same, recognised also by what stands in its documents: names alone do not tell generation E from D.
    pub(super) fn looked_into(&self, archive: &Archive) -> Self {
        let mut seen = self.clone();
        if seen.recognised.generation != Generation::D {
            return seen;
        }
        for entry in archive.entries() {
            let Some(path) = entry.path.as_str().strip_prefix(&self.recognised.root) else { continue };
            if !source::may_tell_generation(path) {
                continue;
            }
            let mut beginning = Vec::new();
            let Ok(reader) = archive.read(entry.position) else { continue };
            // What cannot be read tells nothing; why it cannot is told where it is read whole.
            if reader.take(BEGINNING).read_to_end(&mut beginning).is_err() {
                continue;
            }
            if let Some(generation) = source::generation_told_by(path, &beginning) {
                seen.recognised.generation = generation;
                seen.recognised.evidence = format!("{path} is a list of label_values");
                break;
            }
        }
        seen
    }

    /// Whether the archive is what its seal says, if it has one.
    pub(super) fn is_as_sealed(&self, limits: &Limits) -> Result<bool, ArchiveError> {
        self.seal.as_ref().map_or(Ok(true), |seal| Ok(*seal == Seal::of(&self.path, limits)?))
    }

    fn place(&self) -> (&Path, Option<&Inner>, &str) {
        (&self.path, self.inner.as_ref(), &self.recognised.root)
    }
}

/// Everything that was found.
#[derive(Debug, Default)]
pub struct Plan {
    pub candidates: Vec<Candidate>,
    /// What was looked at and is no download, or could not be looked at: one sentence each.
    pub passed_over: Vec<PassedOver>,
}

/// Something that will not be ingested.
#[derive(Debug)]
pub struct PassedOver {
    pub path: PathBuf,
    pub finding: Finding,
}

/// Looks at every path: a ZIP, a folder that is a download, or a folder that holds several. Reads directories only.
///
/// What lies in `home` is never looked at: it is what earlier ingests made.
pub fn plan(paths: &[PathBuf], home: &Path, limits: &Limits) -> Plan {
    let mut plan = Plan::default();
    let home = home.canonicalize().unwrap_or_else(|_| home.to_owned());
    for path in paths {
        match archive::survey(path, limits) {
            Err(error) => plan.pass_over(path, &error),
            Ok(survey) => plan.add_survey(path, without(survey, path, &home), limits),
        }
    }
    plan.candidates.sort_by(|a, b| a.place().cmp(&b.place()));
    plan.candidates.dedup_by(|a, b| a.place() == b.place());
    plan
}

/// Leaves out what lies in the home.
fn without(mut survey: archive::Survey, path: &Path, home: &Path) -> archive::Survey {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if home.starts_with(&path) || path.starts_with(home) {
        survey.files.retain(|file| !path.join(&file.name).starts_with(home));
        survey.zips.retain(|zip| !zip.canonicalize().unwrap_or_else(|_| zip.clone()).starts_with(home));
    }
    survey
}

impl Plan {
    fn add_survey(&mut self, path: &Path, survey: archive::Survey, limits: &Limits) {
        for finding in survey.findings {
            self.find(path, finding);
        }
        let n_before = self.candidates.len();
        let mut downloads = Vec::new();
        for zip in &survey.zips {
            let n_before = self.candidates.len();
            self.add_zip(zip, limits);
            if self.candidates.len() > n_before {
                downloads.push(zip.as_path());
            }
        }
        let files: Vec<Named<'_>> = survey.files.iter().map(|file| (file.name.as_str(), file.bytes)).collect();
        let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
        match source::recognise(&names) {
            Verdict::Exports(_) if !path.is_dir() => self.find(path, alone(path)),
            Verdict::Exports(exports) => {
                let is_outside = |file: &&Named<'_>| !exports.iter().any(|export| file.0.starts_with(&export.root));
                let outside: Vec<Named<'_>> = files.iter().filter(is_outside).copied().collect();
                for finding in others::of_services(&path.to_string_lossy(), &outside).0 {
                    self.find(path, finding);
                }
                for recognised in exports {
                    let folder = path.join(recognised.root.trim_end_matches('/'));
                    let apart = downloads.iter().filter_map(|zip| name_below(&folder, zip)).collect();
                    let recognised = Recognised { root: String::new(), ..recognised };
                    self.candidates.extend(Candidate::all_of(&folder, None, vec![recognised], &apart));
                }
            }
            Verdict::Foreign(sentence) => self.find_foreign(path, &sentence, &files),
            Verdict::Nothing if self.candidates.len() == n_before && survey.zips.is_empty() => {
                self.find(path, nothing_at(path));
            }
            Verdict::Nothing => {}
        }
    }

    fn add_zip(&mut self, path: &Path, limits: &Limits) {
        let archive = match Archive::salvage(path, limits) {
            Ok(archive) => archive,
            Err(error) => return self.pass_over(path, &error),
        };
        let files = others::files(&archive);
        let verdict = source::recognise(&others::names(&archive));
        let roots: Vec<&str> = match &verdict {
            Verdict::Exports(exports) => exports.iter().map(|export| export.root.as_str()).collect(),
            Verdict::Foreign(_) | Verdict::Nothing => Vec::new(),
        };
        let is_wrapper = roots.is_empty();
        let Inside { candidates, apart, mut findings, ordinary, .. } = inside::look(path, &archive, &roots, limits);
        let has_downloads = !candidates.is_empty();
        self.candidates.extend(candidates);
        if has_downloads || !is_wrapper {
            findings.extend(ordinary);
        }
        let rest: Vec<Named<'_>> = files.iter().filter(|(name, _)| !apart.contains(*name)).copied().collect();
        match verdict {
            Verdict::Exports(exports) => self.candidates.extend(Candidate::all_of(path, None, exports, &apart)),
            Verdict::Foreign(sentence) => self.find_foreign(path, &sentence, &rest),
            Verdict::Nothing if has_downloads => {
                let is_debris = |(name, _): &Named<'_>| source::role(name) == Role::Debris;
                let rest: Vec<Named<'_>> = rest.into_iter().filter(|file| !is_debris(file)).collect();
                findings.extend(others::nobodys(archive.name(), &rest));
            }
            Verdict::Nothing if findings.is_empty() => findings.push(nothing_at(path)),
            Verdict::Nothing => {}
        }
        if is_wrapper && has_downloads {
            // Nobody reads what lies around the downloads: here is told what may be missing of it.
            let account = archive.account();
            let account = account.unwrap_or_else(|error| vec![Finding::new(error.code(), format!("{error}."))]);
            let told = archive.findings().iter().cloned().chain(account);
            findings.extend(told.filter(|finding| finding.severity() == Severity::Error));
        }
        for finding in findings {
            self.find(path, finding);
        }
    }

    fn find(&mut self, path: &Path, finding: Finding) {
        self.passed_over.push(PassedOver { path: path.to_owned(), finding });
    }

    /// Where no tree tells which files are the other service's, all are.
    fn find_foreign(&mut self, path: &Path, sentence: &str, files: &[Named<'_>]) {
        let place = path.to_string_lossy();
        let (mut findings, _) = others::of_services(&place, files);
        if findings.is_empty() {
            findings.push(others::foreign(&place, sentence, others::weight(files)));
        }
        for finding in findings {
            self.find(path, finding);
        }
    }

    fn pass_over(&mut self, path: &Path, error: &ArchiveError) {
        self.find(path, Finding::new(error.code(), sentence_of(error)));
    }
}

/// An error with its causes as one sentence.
pub(super) fn sentence_of(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    if !text.ends_with('.') {
        text.push('.');
    }
    // A sentence begins with a capital letter, but not when it begins with the name of a file.
    let is_name = text.split_whitespace().next().is_some_and(|word| word.contains(['.', '/', '\\']));
    if is_name {
        return text;
    }
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// The name of a file below a folder, as the archive of that folder has it.
fn name_below(folder: &Path, file: &Path) -> Option<String> {
    let below = file.strip_prefix(folder).ok()?;
    Some(below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/"))
}

fn alone(path: &Path) -> Finding {
    let sentence = format!(
        "{} is a single file of an Instagram download; name the ZIP that Instagram made, or the folder that it was unpacked to.",
        path.display()
    );
    Finding::new(FindingCode::NotAnExport, sentence)
}

fn nothing_at(path: &Path) -> Finding {
    Finding::new(
        FindingCode::NotAnExport,
        format!(
            "{} is no Instagram download: it has none of the files that every such download has. Name the ZIP that \
             Instagram made (instagram-<user>-<date>-….zip), or the folder it was unpacked to.",
            path.display()
        ),
    )
}
