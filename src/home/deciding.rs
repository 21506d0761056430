//! Decisions made by hand: each is kept in one transaction with everything that follows from it. From a search that is
//! kept under a name nothing follows.

use std::sync::atomic::AtomicBool;

use super::{Home, HomeError, new_home_id};
use crate::ingest;
use crate::model::Decision;
use crate::store::Store;

impl Home {
    /// Keeps a decision and computes what it bears on. Gives its number.
    pub fn decide(&self, decision: &Decision, command: &str, stop: &AtomicBool) -> Result<i64, HomeError> {
        let _lock = self.lock(command)?;
        let mut store = Store::open(self.path(), &new_home_id())?;
        let number = ingest::decide(&mut store, decision, stop)?;
        self.after_deciding(store)?;
        Ok(number)
    }

    /// Takes a decision back: everything is then as if it had never been made. Gives whether it was there.
    pub fn take_back(&self, number: i64, command: &str, stop: &AtomicBool) -> Result<bool, HomeError> {
        let _lock = self.lock(command)?;
        let mut store = Store::open(self.path(), &new_home_id())?;
        let was_there = ingest::take_back(&mut store, number, stop)?;
        self.after_deciding(store)?;
        Ok(was_there)
    }

    /// Keeps a query under a name, in the place of one that has it. Gives that one.
    pub fn save_search(&self, name: &str, query: &str, command: &str) -> Result<Option<String>, HomeError> {
        let _lock = self.lock(command)?;
        Ok(Store::open(self.path(), &new_home_id())?.save_search(name, query)?)
    }

    /// Forgets a saved query. Gives it, if it was there.
    pub fn unsave_search(&self, name: &str, command: &str) -> Result<Option<String>, HomeError> {
        let _lock = self.lock(command)?;
        Ok(Store::open(self.path(), &new_home_id())?.unsave_search(name)?)
    }

    fn after_deciding(&self, store: Store) -> Result<(), HomeError> {
        store.settle()?;
        drop(store);
        self.follow(&self.reader()?)
    }
}
