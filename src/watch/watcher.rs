//! The watcher itself: looks, waits, takes, and goes on until it is asked to stop.

mod judging;
mod telling;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::ears::{Ears, Events, Heard};
use super::event::WatchEvent;
use super::folder::{Change, Folder};
use super::queue::Queue;
use super::scan::{self, Depth};
use crate::archive::Limits;
use crate::home::{Home, HomeError};
use crate::ingest::Progress;
use crate::store::{RememberedThing, WatchMemory};

/// What is watched, and how.
#[derive(Clone, Copy)]
pub struct WatchOptions<'a> {
    /// Each is a folder that is there.
    pub folders: &'a [PathBuf],
    /// So long a thing must look the same before it is taken.
    pub settle: Duration,
    /// So often everything is looked at, events or not.
    pub poll: Duration,
    /// So long after its last archive it is told what a snapshot lacks.
    pub parts_wait: Duration,
    /// Leaves when everything that is there was judged.
    pub is_once: bool,
    /// ZIPs are also looked for below the folders in the folders.
    pub is_recursive: bool,
    pub uses_events: bool,
    pub limits: &'a Limits,
    pub stop: &'a AtomicBool,
    /// Whether so much memory is held that the watcher is to leave with [`Left::Heavy`]; asked after archives, when nothing
    /// is to be done.
    pub is_heavy: &'a dyn Fn() -> bool,
    /// The wall clock in Unix milliseconds. It is written down, and nothing is decided by it.
    pub now_ms: &'a dyn Fn() -> i64,
    /// The words of the command, for whoever finds the home watched or locked.
    pub command: &'a str,
}

impl std::fmt::Debug for WatchOptions<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("WatchOptions").field("folders", &self.folders).finish_non_exhaustive()
    }
}

/// Why a watcher left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// It was asked to, or everything was judged that was there.
    Done,
    /// It holds more memory than it needs. What it knows is written down, and another may go on where it left.
    Heavy,
}

/// Watches until it is asked to stop (or, once, until nothing is left to judge), and tells what happens. Fails when
/// the home is watched by another, cannot be made, or is from a newer version; all else is tried again.
pub fn watch(
    home: &Home,
    options: &WatchOptions<'_>,
    ears: &Ears,
    progress: &dyn Progress,
    tell: &mut dyn FnMut(&WatchEvent),
) -> Result<Left, HomeError> {
    let (lock, memory) = home.start_watching(options.command, (options.now_ms)())?;
    let inside = home.path().canonicalize().unwrap_or_else(|_| home.path().to_owned());
    let mut watcher = Watcher {
        home,
        inside,
        options,
        progress,
        tell,
        memory,
        is_forgetful: false,
        queue: Queue::new(options.settle, options.poll),
        folders: options.folders.iter().map(|folder| Folder::new(&real(folder))).collect(),
        events: None,
        no_events: None,
        started: Instant::now(),
        awaited: BTreeMap::new(),
        has_taken: false,
    };
    let ended = watcher.run(ears);
    if matches!(ended, Ok(Left::Done)) {
        watcher.say(&WatchEvent::Stopped);
    }
    drop(lock);
    ended
}

/// Without links on the way, so that what the system tells of it is recognised.
fn real(folder: &Path) -> PathBuf {
    folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
}

struct Watcher<'a> {
    home: &'a Home,
    /// The home's folder, in which nothing is looked for.
    inside: PathBuf,
    options: &'a WatchOptions<'a>,
    progress: &'a dyn Progress,
    tell: &'a mut dyn FnMut(&WatchEvent),
    memory: WatchMemory,
    /// It was told that the memory cannot be written.
    is_forgetful: bool,
    queue: Queue,
    folders: Vec<Folder>,
    events: Option<Events>,
    /// Why no events come, as it was told.
    no_events: Option<String>,
    started: Instant,
    /// Snapshots that may still get parts: when to look, and their last archive.
    awaited: BTreeMap<String, (Duration, PathBuf)>,
    /// It brought something in.
    has_taken: bool,
}

impl Watcher<'_> {
    fn run(&mut self, ears: &Ears) -> Result<Left, HomeError> {
        let things: Vec<RememberedThing> =
            self.memory.things()?.into_iter().filter(|thing| self.folder_of(&thing.path).is_some()).collect();
        self.await_parts(&things)?;
        for thing in things {
            self.queue.recall(thing);
        }
        self.start(ears)?;
        let mut next_scan = self.now();
        let mut heard = Heard::default();
        loop {
            if heard.has_missed || self.now() >= next_scan {
                self.scan();
                next_scan = self.now() + self.options.poll;
            } else {
                self.look_at(&heard.touched);
            }
            for path in self.queue.due(self.now()) {
                if self.is_stopped() {
                    break;
                }
                self.judge(&path)?;
            }
            self.tell_of_parts();
            self.write_down();
            let is_idle = self.queue.is_settled() && self.queue.next_due().is_none();
            if self.is_stopped() || self.options.is_once && self.queue.is_settled() {
                return Ok(Left::Done);
            }
            if self.has_taken && is_idle && !self.is_forgetful && (self.options.is_heavy)() {
                return Ok(Left::Heavy);
            }
            let dues = self.queue.next_due().into_iter().chain(self.awaited.values().map(|(due, _)| *due));
            let next = dues.fold(next_scan, Duration::min);
            heard = ears.listen(next.saturating_sub(self.now()), self.options.stop);
        }
    }

    /// Events are let in before the first look, so that nothing falls between.
    fn start(&mut self, ears: &Ears) -> Result<(), HomeError> {
        if self.options.uses_events {
            match Events::start(ears, self.options.is_recursive) {
                Ok(events) => self.events = Some(events),
                Err(why) => self.no_events = Some(why),
            }
        }
        for folder in &mut self.folders {
            let (_, refused) = folder.check(self.events.as_mut());
            self.no_events = refused.or(self.no_events.take());
        }
        self.introduce()?;
        let folders = self.folders.iter().map(|folder| folder.path.clone()).collect();
        self.say(&WatchEvent::Started { folders, no_events: self.no_events.clone() });
        Ok(())
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    fn is_stopped(&self) -> bool {
        self.options.stop.load(Ordering::SeqCst)
    }

    /// The watched folder that a path belongs to: of several the innermost.
    fn folder_of(&self, path: &Path) -> Option<usize> {
        innermost(&self.folders, path)
    }

    /// Looks at everything.
    fn scan(&mut self) {
        for index in 0..self.folders.len() {
            let (change, refused) = self.folders[index].check(self.events.as_mut());
            let path = self.folders[index].path.clone();
            match change {
                Change::None => {}
                Change::Gone => self.say(&WatchEvent::FolderGone { folder: path.clone() }),
                Change::Back => self.say(&WatchEvent::FolderBack { folder: path.clone() }),
            }
            self.tell_of_events(refused);
            if !self.folders[index].is_there() {
                continue;
            }
            let is_open = self.check_open(index, false);
            // A folder that cannot be listed now is as if it was not there: nothing in it is forgotten.
            let Ok(found) = scan::candidates(&path, self.options.is_recursive, is_open, &self.inside) else { continue };
            for path in &found {
                if self.folder_of(path) == Some(index) {
                    self.observe(path);
                }
            }
            self.queue.lose_unseen(&found, |path| innermost(&self.folders, path) == Some(index));
        }
    }

    /// Looks at what something happened to.
    fn look_at(&mut self, touched: &BTreeSet<PathBuf>) {
        let now = self.now();
        for path in touched {
            let Some(index) = self.folder_of(path) else { continue };
            let (folder, is_open) = (self.folders[index].path.clone(), self.folders[index].is_open());
            self.queue.nudge(now, |waiting| waiting.parent() == path.parent());
            for candidate in scan::candidates_at(&folder, path, self.options.is_recursive) {
                if !(is_open && candidate.is_dir()) {
                    self.observe(&candidate);
                }
            }
        }
    }

    /// Takes note of what it looks like; of a folder that was none of ours only when its upper part changed.
    fn observe(&mut self, path: &Path) {
        if path.starts_with(&self.inside) {
            return;
        }
        let depth = self.queue.depth(path);
        let Some(look) = scan::look(path, depth, &self.inside) else { return self.queue.lose(path) };
        let is_new = self.queue.see(path, look.stamp, self.now()).is_zero();
        if is_new && depth == Depth::Top {
            match scan::look(path, Depth::Whole, &self.inside) {
                Some(look) => self.queue.look_closely(path, look.stamp, self.now()),
                None => self.queue.lose(path),
            }
        }
    }
}

/// Of the folders around a path the one without another between.
fn innermost(folders: &[Folder], path: &Path) -> Option<usize> {
    let around = folders.iter().enumerate().filter(|(_, folder)| path.starts_with(&folder.path));
    around.max_by_key(|(_, folder)| folder.path.as_os_str().len()).map(|(index, _)| index)
}
