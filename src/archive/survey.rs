//! What lies at a path that somebody named: ZIPs, and files that may be an unpacked download.

use std::path::{Path, PathBuf};

use crate::model::{Finding, FindingCode};

use super::findings::Findings;
use super::{ArchiveError, EntryKind, Limits, OddKind, folder, zip_file};

/// What was found at a path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Files that are ZIPs by their bytes or their name, sorted by path. What is a ZIP by name only fails to open, with a
    /// sentence that says why.
    pub zips: Vec<PathBuf>,
    /// All other files, sorted by name.
    pub files: Vec<SurveyedFile>,
    pub findings: Vec<Finding>,
}

/// A file that is no ZIP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurveyedFile {
    /// Below the surveyed folder, with `/`; of a single file its name.
    pub name: String,
    pub bytes: u64,
}

/// Extensions of files that an unpacked download has by the thousand: they are no ZIPs and not opened to find out.
const NEVER_ZIPS: &[&str] = &[
    "json", "html", "htm", "css", "js", "txt", "srt", "jpg", "jpeg", "png", "gif", "webp", "heic", "heif", "avif",
    "mp4", "mov", "m4a", "mp3", "aac", "ogg", "wav", "webm",
];

/// Looks at a file, or at every file below a folder. Links below it are not followed, and nothing outside is looked
/// at. A path that leads nowhere is an error, more files than the budget of entries a finding.
pub fn survey(path: &Path, limits: &Limits) -> Result<Survey, ArchiveError> {
    let metadata = std::fs::metadata(path).map_err(|source| ArchiveError::io(path, source))?;
    let mut survey = Survey::default();
    if metadata.is_file() {
        if extension(path) == "zip" || zip_file::is_zip(path, true).map_err(|source| ArchiveError::io(path, source))? {
            survey.zips.push(path.to_owned());
        } else {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            survey.files.push(SurveyedFile { name, bytes: metadata.len() });
        }
        return Ok(survey);
    }
    if !metadata.is_dir() {
        return Err(ArchiveError::NeitherFileNorFolder { path: path.to_owned() });
    }
    std::fs::read_dir(path).map_err(|source| ArchiveError::io(path, source))?;
    let mut findings = Findings::default();
    for found in folder::list(path, limits.n_entries, &mut findings) {
        match found.kind {
            EntryKind::File => {}
            EntryKind::Odd(OddKind::Link) => {
                let sentence = "This is a link; it was not followed. Name its target to have it read.";
                findings.add(Finding::new(FindingCode::OddEntry, sentence).at_path(found.name));
                continue;
            }
            EntryKind::Odd(OddKind::Device) | EntryKind::Directory => continue,
        }
        let full = path.join(&found.path);
        match looks_like_zip(&full) {
            Ok(true) => survey.zips.push(full),
            Ok(false) => survey.files.push(SurveyedFile { name: found.name, bytes: found.bytes }),
            Err(error) => {
                let sentence = format!("This could not be read ({error}); make it readable and ingest again.");
                findings.add(Finding::new(FindingCode::UnreadableFile, sentence).at_path(&found.name));
                survey.files.push(SurveyedFile { name: found.name, bytes: found.bytes });
            }
        }
    }
    survey.findings = findings.finish();
    Ok(survey)
}

/// Says whether a file is to be opened as a ZIP: by its name or else by its first bytes.
pub fn looks_like_zip(path: &Path) -> std::io::Result<bool> {
    match extension(path).as_str() {
        "zip" => Ok(true),
        _ if is_never_zip(path) => Ok(false),
        _ => zip_file::is_zip(path, false),
    }
}

/// Its name alone says that it is no ZIP, so nobody opens it to find out.
pub fn is_never_zip(path: &Path) -> bool {
    NEVER_ZIPS.contains(&extension(path).as_str())
}

fn extension(path: &Path) -> String {
    path.extension().map(|text| text.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}
