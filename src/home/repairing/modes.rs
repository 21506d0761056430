//! Who may read the home: its owner alone. Folders 0700, files 0600.

use std::path::Path;

use crate::home::HomeError;

/// How many files and folders of a home others could read, or its owner cannot. The index is left out: whatever makes it
/// sets its modes, and nobody gets to it but through the home's own folder.
#[cfg(unix)]
pub fn open_to_others(home: &Path) -> Result<u64, HomeError> {
    each_wrong(home, &mut |_, _| Ok(()))
}

/// Takes from others what they must not have. Gives the number of files and folders.
#[cfg(unix)]
pub fn make_private(home: &Path) -> Result<u64, HomeError> {
    use std::os::unix::fs::PermissionsExt;
    each_wrong(home, &mut |path, mode| fs_err::set_permissions(path, std::fs::Permissions::from_mode(mode)))
}

/// So many files can be … by somebody.
pub fn can_be(n: u64) -> String {
    if n == 1 {
        "1 file or folder of the home can be".to_owned()
    } else {
        format!("{n} files or folders of the home can be")
    }
}

#[cfg(unix)]
fn each_wrong(home: &Path, each: &mut dyn FnMut(&Path, u32) -> std::io::Result<()>) -> Result<u64, HomeError> {
    use std::os::unix::fs::PermissionsExt;
    let failed = |source| HomeError::Files { doing: "looking at", path: home.to_owned(), source };
    let mut n_wrong = 0;
    let is_ours = |step: &walkdir::DirEntry| {
        let name = step.file_name().to_string_lossy();
        step.depth() != 1 || (super::super::checking::is_of_a_home(&name) && !name.starts_with("index"))
    };
    let steps = walkdir::WalkDir::new(home).follow_root_links(true).into_iter().filter_entry(is_ours);
    for step in steps {
        let step = match step {
            Ok(step) => step,
            // A log that went with the command that wrote it.
            Err(error) if error.io_error().is_some_and(|error| error.kind() == std::io::ErrorKind::NotFound) => {
                continue;
            }
            Err(error) => return Err(failed(error.into())),
        };
        let wanted = match step.file_type() {
            kind if kind.is_dir() => 0o700,
            kind if kind.is_file() => 0o600,
            // The home may be named by a link; others are nobody's.
            _ if step.depth() == 0 => 0o700,
            _ => continue,
        };
        let mode = match std::fs::metadata(step.path()) {
            Ok(there) => there.permissions().mode() & 0o777,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(failed(error)),
        };
        if mode & 0o077 != 0 || mode & wanted != wanted {
            n_wrong += 1;
            each(step.path(), wanted).map_err(failed)?;
        }
    }
    Ok(n_wrong)
}

/// Elsewhere the system knows no such modes.
#[cfg(not(unix))]
pub fn open_to_others(_home: &Path) -> Result<u64, HomeError> {
    Ok(0)
}

#[cfg(not(unix))]
pub fn make_private(_home: &Path) -> Result<u64, HomeError> {
    Ok(0)
}
