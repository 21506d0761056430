//! What a watcher needs of a home: to be the only one, a memory, and whether an archive is held.

use super::lock::{Holder, Lock};
use super::{Home, HomeError};
use crate::ingest::Candidate;
use crate::store::WatchMemory;

impl Home {
    /// Makes the folder if need be, and takes the place of its one watcher as long as the lock is held. `now_ms` names
    /// a damaged memory that is set aside.
    pub fn start_watching(&self, command: &str, now_ms: i64) -> Result<(Lock, WatchMemory), HomeError> {
        self.create()?;
        let lock = Lock::take_to_watch(&self.path, command)?;
        let memory = WatchMemory::open(&self.path, now_ms)?;
        Ok((lock, memory))
    }

    /// Who watches now.
    pub fn watcher(&self) -> Result<Option<Holder>, HomeError> {
        Lock::watcher(&self.path).map_err(|source| HomeError::Files {
            doing: "looking at the lock of",
            path: self.path.clone(),
            source,
        })
    }

    /// What the watcher wrote down; `None` where nobody ever watched.
    pub fn watch_memory(&self) -> Result<Option<WatchMemory>, HomeError> {
        Ok(WatchMemory::open_reader(&self.path)?)
    }

    /// Whether every one of these downloads is held already, by the directory of its archive. Of a ZIP inside another
    /// only reading tells.
    pub fn holds_all(&self, candidates: &[Candidate]) -> Result<bool, HomeError> {
        if !self.exists() {
            return Ok(false);
        }
        let store = self.reader()?;
        for candidate in candidates {
            let Some(seal) = candidate.seal.as_ref().filter(|_| candidate.inner.is_none()) else { return Ok(false) };
            if store.held_archive(seal.fingerprint(), &candidate.recognised.root)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
