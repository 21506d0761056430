//! Where browsers put downloads.

use std::path::{Path, PathBuf};

use super::surroundings;

/// The platform's downloads folder: on Linux what `user-dirs.dirs` names, else `~/Downloads`. `None` where nobody is at
/// home.
pub fn folder() -> Option<PathBuf> {
    let person = etcetera::home_dir().ok()?;
    let named = if cfg!(target_os = "linux") { named_by_desktop(&person) } else { None };
    Some(named.unwrap_or_else(|| person.join("Downloads")))
}

fn named_by_desktop(person: &Path) -> Option<PathBuf> {
    let config = surroundings::variable("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let file = config.unwrap_or_else(|| person.join(".config")).join("user-dirs.dirs");
    in_user_dirs(&std::fs::read_to_string(file).ok()?, person)
}

/// Reads `XDG_DOWNLOAD_DIR="$HOME/…"`, as xdg-user-dirs writes it: a path below the home or an absolute one.
fn in_user_dirs(text: &str, person: &Path) -> Option<PathBuf> {
    let value = text.lines().rev().find_map(|line| line.trim().strip_prefix("XDG_DOWNLOAD_DIR="))?;
    let value = value.trim().strip_prefix('"')?.strip_suffix('"')?.replace("\\\"", "\"");
    match value.strip_prefix("$HOME") {
        // Set to the home itself it means that there is none.
        Some(below) => Some(below.trim_matches('/')).filter(|below| !below.is_empty()).map(|below| person.join(below)),
        None => Some(PathBuf::from(value)).filter(|path| path.is_absolute()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_desktop_names_the_folder() {
        let check = |text: &str, path: Option<&str>| {
            assert_eq!(in_user_dirs(text, Path::new("/p")), path.map(PathBuf::from), "{text}");
        };
        check("# a comment\nXDG_DESKTOP_DIR=\"$HOME/x\"\nXDG_DOWNLOAD_DIR=\"$HOME/Scaricati\"\n", Some("/p/Scaricati"));
        check("XDG_DOWNLOAD_DIR=\"/data/in coming\"", Some("/data/in coming"));
        check("XDG_DOWNLOAD_DIR=\"$HOME/\"", None);
        check("XDG_DOWNLOAD_DIR=\"relative\"", None);
        check("#XDG_DOWNLOAD_DIR=\"$HOME/x\"", None);
        check("", None);
    }
}
