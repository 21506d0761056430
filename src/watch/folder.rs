//! A watched folder: whether it is there, whether events come from it, and whether it is still the same one.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::ears::Events;
use super::scan;

/// One of the folders that are watched.
#[derive(Debug)]
pub(super) struct Folder {
    pub path: PathBuf,
    /// The folder that events come from.
    followed: Option<(u64, Option<SystemTime>)>,
    is_there: bool,
}

/// What became of it since the last look.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change {
    None,
    Gone,
    Back,
}

impl Folder {
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), followed: None, is_there: true }
    }

    /// Looks whether it is there, and lets events come from the one that is there now. The second value says why none
    /// come, when they stop coming.
    pub fn check(&mut self, events: Option<&mut Events>) -> (Change, Option<String>) {
        let identity = scan::identity(&self.path);
        let change = match (self.is_there, identity.is_some()) {
            (true, false) => Change::Gone,
            (false, true) => Change::Back,
            _ => Change::None,
        };
        self.is_there = identity.is_some();
        let Some(events) = events else { return (change, None) };
        if self.followed == identity {
            return (change, None);
        }
        if self.followed.take().is_some() {
            events.unfollow(&self.path);
        }
        let refused = identity.and_then(|_| events.follow(&self.path).err());
        if refused.is_none() {
            self.followed = identity;
        }
        (change, refused)
    }

    pub const fn is_there(&self) -> bool {
        self.is_there
    }
}
