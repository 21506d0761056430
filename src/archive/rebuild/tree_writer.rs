//! A tree of files in a folder that is new. Nothing that stands there is ever written over, and no link is made or
//! followed: every file is made anew under its own name.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Writes files below a folder. The names are those that [`super::SafeNames`] gave out.
#[derive(Debug)]
pub struct TreeWriter {
    root: PathBuf,
    /// Folders that stand, so that each is made once.
    made: HashSet<String>,
    /// Times of folders, which change while files are put into them.
    times: Vec<(PathBuf, SystemTime)>,
}

impl TreeWriter {
    /// Begins in a folder, which is made.
    pub fn new(root: PathBuf) -> io::Result<Self> {
        fs::create_dir(&root)?;
        Ok(Self { root, made: HashSet::new(), times: Vec::new() })
    }

    /// Where something of that name stands.
    pub fn path(&self, placed: &str) -> PathBuf {
        placed.split('/').fold(self.root.clone(), |path, part| path.join(part))
    }

    /// A new file, with the folders that lead to it.
    pub fn file(&mut self, placed: &str) -> io::Result<File> {
        if let Some((above, _)) = placed.rsplit_once('/') {
            self.make(above)?;
        }
        OpenOptions::new().write(true).create_new(true).open(self.path(placed))
    }

    /// A folder, which may be empty.
    pub fn folder(&mut self, placed: &str, modified: Option<SystemTime>) -> io::Result<()> {
        if placed.is_empty() {
            return Ok(());
        }
        self.make(placed)?;
        self.times.extend(modified.map(|time| (self.path(placed), time)));
        Ok(())
    }

    /// Gives folders their times, now that everything is in them.
    pub fn finish(self) -> io::Result<()> {
        self.times.iter().rev().try_for_each(|(path, time)| set_time_of_folder(path, *time))
    }

    fn make(&mut self, placed: &str) -> io::Result<()> {
        if self.made.contains(placed) {
            return Ok(());
        }
        if let Some((above, _)) = placed.rsplit_once('/') {
            self.make(above)?;
        }
        fs::create_dir(self.path(placed))?;
        self.made.insert(placed.to_owned());
        Ok(())
    }
}

#[cfg(unix)]
fn set_time_of_folder(path: &Path, time: SystemTime) -> io::Result<()> {
    File::open(path)?.set_modified(time)
}

#[cfg(not(unix))]
fn set_time_of_folder(_path: &Path, _time: SystemTime) -> io::Result<()> {
    // Elsewhere a folder cannot be opened as a file; its time says nothing about what is in it.
    Ok(())
}
