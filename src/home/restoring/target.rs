//! Where a download may be written: a folder that is new or empty, outside of the home, with room for it.

use std::path::Path;
use std::{fs, io};

use super::{RestoreError, failed};
use crate::home::{lies_inside, nearest_folder};

/// The folder is new or empty, and not the home's own.
pub(super) fn look_at_target(home: &Path, to: &Path) -> Result<(), RestoreError> {
    match fs::read_dir(to) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                return Err(RestoreError::NotEmpty(to.to_owned()));
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(RestoreError::NotEmpty(to.to_owned()));
        }
        Err(error) => return Err(failed(to)(error)),
    }
    if lies_inside(to, home).map_err(failed(to))? { Err(RestoreError::InsideHome(to.to_owned())) } else { Ok(()) }
}

#[cfg(unix)]
pub(super) fn look_at_space(to: &Path, needed: u64) -> Result<(), RestoreError> {
    let there = std::path::absolute(to).map_err(failed(to))?;
    let room = rustix::fs::statvfs(nearest_folder(&there)).map_err(|error| failed(to)(error.into()))?;
    let free = room.f_bavail.saturating_mul(room.f_frsize);
    if free < needed { Err(RestoreError::NoSpace { path: to.to_owned(), needed, free }) } else { Ok(()) }
}

#[cfg(not(unix))]
pub(super) fn look_at_space(_to: &Path, _needed: u64) -> Result<(), RestoreError> {
    // Only the writing itself tells.
    Ok(())
}
