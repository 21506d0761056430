//! What a person gives to heal from: ZIPs, parts, folders with either, and other homes, a backup for example.

use std::path::{Path, PathBuf};

use crate::archive::{self, Archive, ArchiveError, Container, Limits};
use crate::home::{Home, HomeError};
use crate::ingest::IngestError;
use crate::store::Store;

/// Everything that was given, opened once to see that it can be.
pub(super) struct Given<'a> {
    /// ZIPs and folders.
    archives: Vec<PathBuf>,
    homes: Vec<Home>,
    limits: &'a Limits,
    /// Where a ZIP that is packed inside another may lie unpacked for a while.
    scratch: PathBuf,
}

impl<'a> Given<'a> {
    /// Fails when one of the paths cannot be looked at.
    pub fn open(paths: &[PathBuf], scratch: &Path, limits: &'a Limits) -> Result<Self, HomeError> {
        let mut given = Self { archives: Vec::new(), homes: Vec::new(), limits, scratch: scratch.to_owned() };
        for path in paths {
            let home = Home::at(path);
            if home.exists() {
                given.homes.push(home);
            }
            let survey = archive::survey(path, limits).map_err(|source| failed(path, source))?;
            if path.is_dir() {
                given.archives.push(path.clone());
            } else {
                // A single file that is no ZIP is refused with the reason.
                Archive::salvage(path, limits).map_err(|source| failed(path, source))?;
            }
            given.archives.extend(survey.zips);
        }
        Ok(given)
    }

    /// What was set aside earlier may be what lacks now.
    pub fn aside(home: &Path, limits: &Limits) -> Result<Option<Archive>, HomeError> {
        let aside = home.join("aside");
        if !aside.is_dir() {
            return Ok(None);
        }
        Archive::open(&aside, limits).map(Some).map_err(|source| failed(&aside, source))
    }

    /// The databases of the homes among it; one that cannot be read gives nothing.
    pub fn each_home(&self, each: &mut dyn FnMut(&str, &Store) -> Result<(), HomeError>) -> Result<(), HomeError> {
        for home in &self.homes {
            if let Ok(store) = home.reader() {
                each(&home.path().to_string_lossy(), &store)?;
            }
        }
        Ok(())
    }

    /// Every ZIP and folder, and the ZIPs in the ZIPs. What cannot be opened in a folder
    /// of many gives nothing.
    pub fn each_archive(&self, each: &mut dyn FnMut(&Archive) -> Result<(), HomeError>) -> Result<(), HomeError> {
        for path in &self.archives {
            let Ok(archive) = Archive::salvage(path, self.limits) else { continue };
            each(&archive)?;
            if archive.container() == Container::Folder {
                continue;
            }
            for entry in archive.entries() {
                let is_zip = entry.is_file() && entry.path.as_str().to_ascii_lowercase().ends_with(".zip");
                if !is_zip {
                    continue;
                }
                let Ok(inner) = archive.inner(entry.position, self.limits, Some(&self.scratch)) else { continue };
                each(&inner)?;
            }
        }
        Ok(())
    }
}

fn failed(path: &Path, source: ArchiveError) -> HomeError {
    IngestError::Archive { path: path.to_owned(), source }.into()
}
