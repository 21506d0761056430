//! A watched folder: whether it is there, whether events come from it, and whether it is still the same one.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::ears::Events;
use super::{contents, scan};

/// One of the folders that are watched.
#[derive(Debug)]
pub(super) struct Folder {
    pub path: PathBuf,
    /// The folder that events come from.
    followed: Option<(u64, Option<SystemTime>)>,
    is_there: bool,
    /// When something was last put into it or taken out, as the last look at `is_open` found it.
    listed: Option<SystemTime>,
    /// A download lies unpacked right in it.
    is_open: bool,
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
        Self { path: path.to_owned(), followed: None, is_there: true, listed: None, is_open: false }
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

    /// Looks whether a download lies open in it, when something came or went, or when `is_asked`. Says whether that is new.
    pub fn check_open(&mut self, home: &Path, is_asked: bool) -> bool {
        let listed = std::fs::metadata(&self.path).and_then(|metadata| metadata.modified()).ok();
        if self.listed == listed && !is_asked {
            return false;
        }
        self.listed = listed;
        let was_open = std::mem::replace(&mut self.is_open, contents::lies_open(&self.path, home));
        self.is_open && !was_open
    }

    /// Its folders are pieces of a download that lies open in it.
    pub const fn is_open(&self) -> bool {
        self.is_open
    }

    /// Events come from it.
    pub const fn is_followed(&self) -> bool {
        self.followed.is_some()
    }

    pub const fn is_there(&self) -> bool {
        self.is_there
    }
}
