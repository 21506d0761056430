//! What a watcher needs of a home: to be the only one, a memory, and whether an archive is held.

use super::coverage::of_gap;
use super::lock::{Holder, Lock};
use super::{Home, HomeError};
use crate::ingest::Candidate;
use crate::ingest::cover::Coverage;
use crate::store::{Value, WatchMemory};

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

    /// What shows that a part of a snapshot has not come: numbers that are left out, and files that are named and are
    /// nowhere. One sentence each.
    pub fn lacking(&self, snapshot: &str) -> Result<Vec<String>, HomeError> {
        let store = self.reader()?;
        let sql = "SELECT id, account_id FROM snapshot WHERE public_id = ?1";
        let rows = store.select_all(sql, &[Value::from(snapshot)])?;
        let Some((id, account)) = rows.first().and_then(|row| row.integer("id").zip(row.integer("account_id"))) else {
            return Ok(Vec::new());
        };
        let coverage = Coverage::of(&store.cover_facts(account)?);
        let covered = coverage.snapshots.iter().find(|covered| covered.state.id == id);
        let gaps = covered.into_iter().flat_map(|covered| &covered.gaps);
        let mut sentences: Vec<String> = gaps.map(|gap| of_gap(snapshot, gap).sentence).collect();
        let (examples, n_nothing, _) = store.references_to_nothing(id)?;
        if n_nothing > 0 {
            sentences.push(format!(
                "{n_nothing} files that {snapshot} names are nowhere, for example {}.",
                examples.join(", ")
            ));
        }
        Ok(sentences)
    }
}
