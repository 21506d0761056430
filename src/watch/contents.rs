//! What is in a candidate: a cheap look at its directory, and the reading of every entry. Nothing is written.

use std::io::Read;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use walkdir::WalkDir;

use super::complete::{Contents, Wholeness};
use crate::archive::{self, Archive, ArchiveError, EntryError, EntryKind, Limits};
use crate::ingest::{self, Candidate, Plan, Seal};
use crate::model::{Finding, FindingCode};
use crate::source::{self, Verdict};

/// What a look at the directory shows, and the downloads in it, sealed as they are now.
pub(super) fn look_inside(path: &Path, is_folder: bool, home: &Path, limits: &Limits) -> (Contents, Plan) {
    match find_downloads(path, is_folder, home, limits) {
        Ok(plan) if plan.candidates.is_empty() => {
            let why = plan.passed_over.first().map(|passed_over| without_name(path, &passed_over.finding.sentence));
            let why = why.unwrap_or_else(|| "it has none of the files that every download has".to_owned());
            (Contents::NotOurs(why), plan)
        }
        Ok(plan) => (Contents::Download, plan),
        Err(error) => (of_error(path, &error), Plan::default()),
    }
}

/// Whether a download was unpacked right into a folder, among whatever else lies there: then its folders are pieces of one
/// download, and not one of them is a download of its own.
pub(super) fn lies_open(folder: &Path, home: &Path) -> bool {
    /// The messages of a download lie so deep.
    const DEPTH: usize = 5;
    /// More than that is no download that somebody unpacked in a folder of many things. Guessed.
    const MOST: usize = 100_000;
    let walk = WalkDir::new(folder).min_depth(1).max_depth(DEPTH).follow_links(false);
    let steps = walk.into_iter().filter_entry(|entry| entry.path() != home).flatten();
    let files = steps.filter(|entry| entry.file_type().is_file()).take(MOST);
    let names: Vec<String> = files
        .filter_map(|entry| {
            let below = entry.path().strip_prefix(folder).ok()?;
            Some(below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/"))
        })
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    matches!(source::recognise(&names), Verdict::Exports(exports) if exports.iter().any(|export| export.root.is_empty()))
}

fn find_downloads(path: &Path, is_folder: bool, home: &Path, limits: &Limits) -> Result<Plan, ArchiveError> {
    let paths = [path.to_owned()];
    let is_worth_a_look = if is_folder {
        let survey = archive::survey(path, limits)?;
        let is_outside_home = |name: &&str| !path.join(name).starts_with(home);
        let names: Vec<&str> = survey.files.iter().map(|file| file.name.as_str()).filter(is_outside_home).collect();
        matches!(source::recognise(&names), Verdict::Exports(_))
    } else {
        archive::looks_like_zip(path).map_err(|source| ArchiveError::Io { path: path.to_owned(), source })?
    };
    if !is_worth_a_look {
        return Ok(Plan::default());
    }
    if !is_folder {
        // What breaks off is refused here, before anybody thinks of salvaging it.
        Seal::of(path, limits)?;
    }
    let mut plan = ingest::plan(&paths, home, limits);
    // ZIPs in a folder are candidates of their own, or none.
    plan.candidates.retain(|candidate| candidate.path.is_dir() == is_folder);
    for candidate in &mut plan.candidates {
        candidate.seal = Some(Seal::of(&candidate.path, limits)?);
    }
    Ok(plan)
}

/// Whoever tells it names the path already.
fn without_name(path: &Path, sentence: &str) -> String {
    let name = path.display().to_string();
    sentence.strip_prefix(&name).map_or(sentence, str::trim_start).trim_end_matches('.').to_owned()
}

fn of_error(path: &Path, error: &ArchiveError) -> Contents {
    let mut sentence = without_name(path, &error.to_string());
    if let ArchiveError::Io { source, .. } = error {
        sentence = format!("{sentence}: {source}");
    }
    match error {
        ArchiveError::Io { .. } => Contents::Unreadable(sentence),
        ArchiveError::NotAZip { .. } | ArchiveError::NeitherFileNorFolder { .. } => Contents::NotOurs(sentence),
        _ => Contents::Incomplete(Finding::new(error.code(), sentence)),
    }
}

/// Reads every entry of the ZIPs to the end; `None` when asked to stop. What a program cannot decode it cannot check
/// either: that is told when it is ingested.
pub(super) fn read_whole(candidates: &[Candidate], limits: &Limits, stop: &AtomicBool) -> Option<Wholeness> {
    let mut read: Vec<&Path> = Vec::new();
    for candidate in candidates {
        let path = candidate.path.as_path();
        // The files of a folder have no checksums.
        if read.contains(&path) || path.is_dir() {
            continue;
        }
        read.push(path);
        match read_zip(path, limits, stop)? {
            Wholeness::Whole => {}
            other => return Some(other),
        }
    }
    Some(Wholeness::Whole)
}

fn read_zip(path: &Path, limits: &Limits, stop: &AtomicBool) -> Option<Wholeness> {
    /// Decoded at once, and between two looks at whether to stop.
    const PIECE_BYTES: usize = 128 << 10;
    let archive = match Archive::open(path, limits) {
        Ok(archive) => archive,
        Err(error) => return Some(Wholeness::Unreadable(error.to_string())),
    };
    let mut piece = vec![0; PIECE_BYTES];
    for entry in archive.entries().iter().filter(|entry| entry.kind == EntryKind::File) {
        let mut reader = match archive.read(entry.position) {
            Ok(reader) => reader,
            Err(error) => match fault(entry.path.as_str(), &error) {
                Some(fault) => return Some(fault),
                None => continue,
            },
        };
        loop {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            match reader.read(&mut piece) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) => match fault(entry.path.as_str(), &EntryError::of(&error)) {
                    Some(fault) => return Some(fault),
                    None => break,
                },
            }
        }
    }
    Some(Wholeness::Whole)
}

fn fault(entry: &str, error: &EntryError) -> Option<Wholeness> {
    match error {
        EntryError::Damaged { .. } => {
            let sentence = format!("{entry}: {error}");
            Some(Wholeness::Broken(Finding::new(FindingCode::DamagedEntry, sentence).at_path(entry)))
        }
        EntryError::Io { .. } => Some(Wholeness::Unreadable(format!("{entry}: {error}"))),
        _ => None,
    }
}
