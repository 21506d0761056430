//! What lies at the paths that were named: downloads to ingest, and what is passed over.

use std::path::{Path, PathBuf};

use crate::archive::{self, Archive, ArchiveError, Limits};
use crate::model::{Finding, FindingCode};
use crate::source::{self, Recognised, Verdict};

/// One download, waiting to be ingested.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The ZIP or folder.
    pub path: PathBuf,
    pub recognised: Recognised,
    /// Roots of the other downloads in the same archive.
    pub siblings: Vec<String>,
}

impl Candidate {
    /// Of several downloads in one archive the first accounts for what belongs to none of them.
    pub(super) fn is_first(&self) -> bool {
        self.siblings.iter().all(|sibling| self.recognised.root < *sibling)
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
        match archive::survey(path) {
            Err(error) => plan.pass_over(path, &error),
            Ok(survey) => plan.add_survey(path, without(survey, path, &home), limits),
        }
    }
    plan.candidates.sort_by(|a, b| (&a.path, &a.recognised.root).cmp(&(&b.path, &b.recognised.root)));
    plan.candidates.dedup_by(|a, b| a.path == b.path && a.recognised.root == b.recognised.root);
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
            self.passed_over.push(PassedOver { path: path.to_owned(), finding });
        }
        let n_before = self.candidates.len();
        for zip in &survey.zips {
            self.add_zip(zip, limits);
        }
        let names: Vec<&str> = survey.files.iter().map(|file| file.name.as_str()).collect();
        match source::recognise(&names) {
            Verdict::Exports(exports) => {
                for recognised in exports {
                    let folder = path.join(recognised.root.trim_end_matches('/'));
                    self.candidates.push(Candidate {
                        path: folder,
                        recognised: Recognised { root: String::new(), ..recognised },
                        siblings: Vec::new(),
                    });
                }
            }
            Verdict::Foreign(sentence) => self.passed_over.push(PassedOver {
                path: path.to_owned(),
                finding: Finding::new(FindingCode::ForeignService, sentence),
            }),
            Verdict::Nothing if self.candidates.len() == n_before && survey.zips.is_empty() => {
                self.passed_over.push(PassedOver { path: path.to_owned(), finding: nothing_at(path) });
            }
            Verdict::Nothing => {}
        }
    }

    fn add_zip(&mut self, path: &Path, limits: &Limits) {
        let archive = match Archive::open(path, limits) {
            Ok(archive) => archive,
            Err(error) => return self.pass_over(path, &error),
        };
        let names: Vec<&str> = archive.entries().iter().map(|entry| entry.path.as_str()).collect();
        match source::recognise(&names) {
            Verdict::Exports(exports) => {
                let roots: Vec<String> = exports.iter().map(|export| export.root.clone()).collect();
                self.candidates.extend(exports.into_iter().map(|recognised| {
                    let siblings = roots.iter().filter(|root| **root != recognised.root).cloned().collect();
                    Candidate { path: path.to_owned(), recognised, siblings }
                }));
            }
            Verdict::Foreign(sentence) => self.passed_over.push(PassedOver {
                path: path.to_owned(),
                finding: Finding::new(FindingCode::ForeignService, sentence),
            }),
            Verdict::Nothing => {
                self.passed_over.push(PassedOver { path: path.to_owned(), finding: nothing_at(path) });
            }
        }
    }

    fn pass_over(&mut self, path: &Path, error: &ArchiveError) {
        let finding = Finding::new(error.code(), sentence(error));
        self.passed_over.push(PassedOver { path: path.to_owned(), finding });
    }
}

/// An error with its causes as one sentence.
fn sentence(error: &dyn std::error::Error) -> String {
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
