//! Where a download may be written: a folder that is new or empty, outside of the home, with room for it.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::{RestoreError, failed};

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
    let there = std::path::absolute(to).map_err(failed(to))?;
    let there = nearest_folder(&there);
    let there = there.canonicalize().map_err(failed(to))?;
    let home = home.canonicalize().map_err(failed(home))?;
    if there.starts_with(home) { Err(RestoreError::InsideHome(to.to_owned())) } else { Ok(()) }
}

/// The path itself, or the first above it that is there.
fn nearest_folder(path: &Path) -> PathBuf {
    path.ancestors().find(|above| above.exists()).unwrap_or(path).to_owned()
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
