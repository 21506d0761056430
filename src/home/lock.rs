//! Who writes now. The lock is the operating system's, so it goes with the process that holds it, however it ends.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use super::HomeError;

/// The home's lock for writing, held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

/// Whoever holds it, as they wrote down themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder(String);

impl Holder {
    fn of(file: &mut File) -> std::io::Result<Self> {
        let mut name = String::new();
        file.read_to_string(&mut name)?;
        Ok(Self(name.trim().to_owned()))
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_empty() { "another process" } else { &self.0 })
    }
}

/// Held by whoever writes.
const WRITER: &str = "lock";
/// Held by the one watcher of a home, who lets the writer's lock go between archives.
const WATCHER: &str = "watch.lock";

impl Lock {
    /// Takes the lock or says who has it. `command` is written down for the others.
    pub fn take(home: &Path, command: &str) -> Result<Self, HomeError> {
        Self::at(&home.join(WRITER), command, HomeError::Busy)
    }

    /// The same for the watcher.
    pub fn take_to_watch(home: &Path, command: &str) -> Result<Self, HomeError> {
        Self::at(&home.join(WATCHER), command, HomeError::Watched)
    }

    /// Who watches a home now, if anybody.
    pub fn watcher(home: &Path) -> std::io::Result<Option<Holder>> {
        let mut file = match File::open(home.join(WATCHER)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => Holder::of(&mut file).map(Some),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn at(path: &Path, command: &str, held: impl FnOnce(Holder) -> HomeError) -> Result<Self, HomeError> {
        let failed = |source| HomeError::Files { doing: "locking", path: path.to_owned(), source };
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held(Holder::of(&mut file).map_err(failed)?)),
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        file.set_len(0).map_err(failed)?;
        file.rewind().map_err(failed)?;
        writeln!(file, "process {} ({command})", std::process::id()).map_err(failed)?;
        Ok(Self { file })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The name of a holder that is gone would mislead; failing to remove it does no harm, for the lock goes anyway.
        self.file.set_len(0).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time() {
        let home = tempfile::tempdir().expect("a folder");
        let held = Lock::take(home.path(), "ingest x.zip").expect("the lock");
        match Lock::take(home.path(), "reindex") {
            Err(HomeError::Busy(holder)) => assert!(holder.to_string().ends_with("(ingest x.zip)"), "{holder}"),
            other => panic!("{other:?}"),
        }
        drop(held);
        Lock::take(home.path(), "reindex").expect("the lock, again");
        assert_eq!(Lock::watcher(home.path()).expect("a look"), None);
        let watching = Lock::take_to_watch(home.path(), "watch x").expect("the other lock");
        assert!(matches!(Lock::take_to_watch(home.path(), "watch x"), Err(HomeError::Watched(_))));
        let watcher = Lock::watcher(home.path()).expect("a look").expect("somebody");
        assert!(watcher.to_string().ends_with("(watch x)"), "{watcher}");
        drop(watching);
        assert_eq!(Lock::watcher(home.path()).expect("a look"), None);
    }
}
