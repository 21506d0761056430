//! ZIPs within a ZIP, one level deep: somebody packed the parts of a delivery into one file, or had them packed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::others;
use super::plan::{Candidate, Inner, sentence_of};
use crate::archive::{Archive, Entry, Limits};
use crate::model::{Finding, FindingCode};
use crate::source::{self, Role, Verdict};

/// So many ZIPs in one are looked into; the parts of a delivery are some tens. Guessed.
const MOST_ZIPS: usize = 1_000;
/// So many of them that are no download are told one by one. Guessed: nobody reads more.
const MOST_TOLD: u64 = 20;

/// What the ZIPs in a ZIP turned out to be.
#[derive(Default)]
pub(super) struct Inside {
    pub candidates: Vec<Candidate>,
    /// Names of the ZIPs that were looked into and are dealt with here.
    pub apart: BTreeSet<String>,
    pub findings: Vec<Finding>,
    /// Of ZIPs that are no download of anybody: worth telling beside a download only.
    pub ordinary: Vec<Finding>,
    /// Number of ZIPs that are no download of anybody.
    n_others: u64,
    /// By the sentence about a service: its ZIPs, and number and bytes of the files in them.
    foreign: BTreeMap<String, (Vec<String>, u64, u64)>,
}

/// Looks into every ZIP that is an entry of `archive` and lies below none of `roots`. Entries of a download stay what
/// they are: somebody may have sent a ZIP in a message.
pub(super) fn look(path: &Path, archive: &Archive, roots: &[&str], limits: &Limits) -> Inside {
    let mut inside = Inside::default();
    let is_outside = |entry: &&Entry| !roots.iter().any(|root| entry.path.as_str().starts_with(root));
    let zips = archive.entries().iter().filter(is_outside).filter(|entry| is_zip(archive, entry));
    for (index, entry) in zips.enumerate() {
        if index == MOST_ZIPS {
            let sentence = format!(
                "{} holds more than {MOST_ZIPS} ZIPs; the rest was not looked into. Unpack it and name the folder.",
                archive.name()
            );
            inside.findings.push(Finding::new(FindingCode::OverBudget, sentence));
            break;
        }
        inside.add(path, archive, entry, limits);
    }
    if inside.n_others > MOST_TOLD {
        let sentence = format!("{} more ZIPs in {} are no downloads.", inside.n_others - MOST_TOLD, archive.name());
        inside.ordinary.push(Finding::new(FindingCode::NotAnExport, sentence).about(inside.n_others - MOST_TOLD));
    }
    inside.tell_foreign(archive.name());
    inside
}

fn is_zip(archive: &Archive, entry: &Entry) -> bool {
    if !entry.is_file() || source::role(entry.path.as_str()) == Role::Debris {
        return false;
    }
    has_name_of_zip(entry)
        || (source::parse_archive_name(base(entry)).is_some() && archive.beginning(entry.position, 4) == *b"PK\x03\x04")
}

fn has_name_of_zip(entry: &Entry) -> bool {
    base(entry).rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("zip"))
}

fn base(entry: &Entry) -> &str {
    let path = entry.path.as_str();
    path.rsplit('/').next().unwrap_or(path)
}

impl Inside {
    fn add(&mut self, path: &Path, outer: &Archive, entry: &Entry, limits: &Limits) {
        let name = entry.path.as_str();
        self.apart.insert(name.to_owned());
        // A file without a name where the system keeps them: the home may not even exist yet.
        let inner = match outer.inner(entry.position, limits, None) {
            Ok(inner) => inner,
            Err(error) => {
                self.findings.push(Finding::new(error.code(), sentence_of(&error)).at_path(name));
                return;
            }
        };
        match source::recognise(&others::names(&inner)) {
            Verdict::Exports(exports) => {
                let inner = Inner { position: entry.position, path: name.to_owned() };
                self.candidates.extend(Candidate::all_of(path, Some(&inner), exports, &BTreeSet::new()));
            }
            Verdict::Foreign(sentence) => {
                let (names, n_files, bytes) = self.foreign.entry(sentence).or_default();
                let (more_files, more_bytes) = others::weight(&others::files(&inner));
                names.push(name.to_owned());
                *n_files += more_files;
                *bytes = bytes.saturating_add(more_bytes);
            }
            Verdict::Nothing => self.pass_over(name, &inner),
        }
    }

    fn pass_over(&mut self, name: &str, inner: &Archive) {
        if inner.entries().iter().any(has_name_of_zip) {
            let sentence = format!(
                "{name} holds ZIPs in its turn; so deep nobody looks. Unpack the ZIP around it and ingest what comes out."
            );
            self.findings.push(Finding::new(FindingCode::NotAnExport, sentence).at_path(name));
            return;
        }
        self.n_others += 1;
        if self.n_others <= MOST_TOLD {
            let (files, _) = others::in_words((others::files(inner).len() as u64, inner.bytes()));
            let sentence =
                format!("{name} is a ZIP of {files}, but no Instagram download; it was neither read nor kept.");
            self.ordinary.push(Finding::new(FindingCode::NotAnExport, sentence).at_path(name));
        }
    }

    /// The parts of a delivery of another service are told together.
    fn tell_foreign(&mut self, container: &str) {
        for (sentence, (names, n_files, bytes)) in std::mem::take(&mut self.foreign) {
            let place = match &names[..] {
                [name] => format!("{name} in {container}"),
                names => format!("What {} ZIPs in {container} hold", names.len()),
            };
            self.findings.push(others::foreign(&place, &sentence, (n_files, bytes)));
        }
    }
}
