//! What wakes the watcher: events of the watched folders, and whoever asks it to stop. Events are hints; they name what
//! to look at sooner, and when some were lost everything is looked at.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};
use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::scan::is_unfinished_name;

/// So many events wait; more are lost, and a look at everything takes their place. Guessed: a download makes a few
/// each second.
const MOST_WAITING: usize = 1_024;
/// Events come in swarms; what comes so soon after the first is heard with it.
const SWARM: Duration = Duration::from_millis(100);

/// Hears events and calls.
#[derive(Debug)]
pub struct Ears {
    sender: Sender<Option<PathBuf>>,
    receiver: Receiver<Option<PathBuf>>,
    has_missed: Arc<AtomicBool>,
}

/// Wakes the watcher, from any thread.
#[derive(Clone, Debug)]
pub struct Bell {
    sender: Sender<Option<PathBuf>>,
}

impl Bell {
    pub fn ring(&self) {
        // One that is full of events wakes by them.
        self.sender.try_send(None).ok();
    }
}

/// What was heard.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Heard {
    pub touched: BTreeSet<PathBuf>,
    /// Events were lost.
    pub has_missed: bool,
}

impl Default for Ears {
    fn default() -> Self {
        let (sender, receiver) = bounded(MOST_WAITING);
        Self { sender, receiver, has_missed: Arc::default() }
    }
}

impl Ears {
    pub fn bell(&self) -> Bell {
        Bell { sender: self.sender.clone() }
    }

    /// Waits for something to be heard, so long at most.
    pub(super) fn listen(&self, patience: Duration, stop: &AtomicBool) -> Heard {
        let mut heard = Heard::default();
        let mut until = Instant::now().checked_add(patience);
        loop {
            let next = match until {
                Some(until) => self.receiver.recv_deadline(until).ok(),
                None => self.receiver.recv().ok(),
            };
            let is_over = !matches!(next, Some(Some(_))) || stop.load(Ordering::SeqCst);
            if let Some(Some(path)) = next
                && heard.touched.insert(path)
                && heard.touched.len() == 1
            {
                until = Some(Instant::now() + SWARM);
            }
            if is_over {
                break;
            }
        }
        heard.has_missed = self.has_missed.swap(false, Ordering::SeqCst);
        heard
    }

    fn hear(sender: &Sender<Option<PathBuf>>, has_missed: &AtomicBool, event: notify::Result<notify::Event>) {
        let miss = || {
            has_missed.store(true, Ordering::SeqCst);
            sender.try_send(None).ok();
        };
        let Ok(event) = event else { return miss() };
        if event.need_rescan() {
            // It comes without a path.
            return miss();
        }
        let is_closed = matches!(event.kind, EventKind::Access(AccessKind::Close(AccessMode::Write)));
        if matches!(event.kind, EventKind::Access(_)) && !is_closed {
            // Reading changes nothing, and we read ourselves.
            return;
        }
        let is_written = matches!(event.kind, EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Metadata(_)));
        for path in event.paths {
            // A download that grows under such a name says so many times a second, and it means nothing.
            if is_written && is_unfinished_name(&path) {
                continue;
            }
            if sender.try_send(Some(path)).is_err() {
                return miss();
            }
        }
    }
}

/// Native events of the folders.
#[derive(Debug)]
pub(super) struct Events {
    watcher: RecommendedWatcher,
    mode: RecursiveMode,
}

impl Events {
    pub fn start(ears: &Ears, is_recursive: bool) -> Result<Self, String> {
        let (sender, has_missed) = (ears.sender.clone(), Arc::clone(&ears.has_missed));
        let watcher = notify::recommended_watcher(move |event| Ears::hear(&sender, &has_missed, event));
        let mode = if is_recursive { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
        watcher.map(|watcher| Self { watcher, mode }).map_err(|error| in_words(&error))
    }

    pub fn follow(&mut self, folder: &Path) -> Result<(), String> {
        self.watcher.watch(folder, self.mode).map_err(|error| in_words(&error))
    }

    pub fn unfollow(&mut self, folder: &Path) {
        // A folder that is gone is followed by nobody any more.
        self.watcher.unwatch(folder).ok();
    }
}

fn in_words(error: &notify::Error) -> String {
    match &error.kind {
        notify::ErrorKind::MaxFilesWatch => "the system watches as many files as it is allowed to".to_owned(),
        notify::ErrorKind::Io(error) => error.to_string(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use notify::event::{CreateKind, DataChange, Flag};

    use super::*;

    fn created(path: &str) -> notify::Event {
        notify::Event::new(EventKind::Create(CreateKind::File)).add_path(path.into())
    }

    fn hear(ears: &Ears, event: notify::Result<notify::Event>) {
        Ears::hear(&ears.sender, &ears.has_missed, event);
    }

    fn listen(ears: &Ears) -> Heard {
        ears.listen(Duration::ZERO, &AtomicBool::new(false))
    }

    #[test]
    fn events_name_what_to_look_at() {
        let ears = Ears::default();
        hear(&ears, Ok(created("a")));
        hear(&ears, Ok(created("b")));
        hear(&ears, Ok(created("a")));
        let opened = notify::Event::new(EventKind::Access(AccessKind::Open(AccessMode::Any))).add_path("c".into());
        hear(&ears, Ok(opened));
        let grown = notify::Event::new(EventKind::Modify(ModifyKind::Data(DataChange::Any)));
        hear(&ears, Ok(grown.add_path("d.zip.part".into())));
        let touched = ["a", "b"].map(PathBuf::from).into();
        assert_eq!(listen(&ears), Heard { touched, has_missed: false });
        assert_eq!(listen(&ears), Heard::default());
    }

    #[test]
    fn lost_events_are_known_to_be_lost() {
        let check = |event: notify::Result<notify::Event>| {
            let ears = Ears::default();
            hear(&ears, event);
            assert!(listen(&ears).has_missed);
            assert!(!listen(&ears).has_missed, "only once");
        };
        check(Ok(notify::Event::new(EventKind::Other).set_flag(Flag::Rescan)));
        check(Err(notify::Error::generic("broken")));
        let ears = Ears::default();
        for n in 0..=MOST_WAITING {
            hear(&ears, Ok(created(&n.to_string())));
        }
        let heard = listen(&ears);
        assert!(heard.has_missed);
        assert!(heard.touched.len() <= MOST_WAITING);
    }

    #[test]
    fn a_bell_wakes_at_once() {
        let ears = Ears::default();
        ears.bell().ring();
        assert_eq!(ears.listen(Duration::MAX, &AtomicBool::new(true)), Heard::default());
    }
}
