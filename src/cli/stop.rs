//! Ctrl-C and SIGTERM: commands that write finish what they must, all others end at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use super::error::{CommandError, Trouble};
use super::exit::Exit;
use super::surroundings;
use crate::watch::Bell;

/// Hears that the person wants it to stop.
#[derive(Clone, Debug)]
pub struct Stop {
    is_asked: Arc<AtomicBool>,
    is_heeded: Arc<AtomicBool>,
    is_paged: Arc<AtomicBool>,
    /// Of a watcher, which is meant to be stopped: for it that is no failure.
    bell: Arc<OnceLock<Bell>>,
}

impl Stop {
    /// Starts to listen. Until [`Stop::heed`] is called, a signal ends the process.
    pub fn listen() -> Result<Self, CommandError> {
        let stop = Self {
            is_asked: Arc::default(),
            is_heeded: Arc::default(),
            is_paged: Arc::default(),
            bell: Arc::default(),
        };
        let heard = stop.clone();
        ctrlc::set_handler(move || {
            if heard.is_paged.load(Ordering::SeqCst) {
                return;
            }
            let is_first = !heard.is_asked.swap(true, Ordering::SeqCst);
            if let Some(bell) = heard.bell.get() {
                bell.ring();
            }
            if !is_first {
                surroundings::leave_at_once(Exit::Interrupted);
            }
            if !heard.is_heeded.load(Ordering::SeqCst) {
                surroundings::leave_at_once(heard.exit());
            }
        })
        .map_err(|error| Trouble::of(Exit::Failed, &error))?;
        Ok(stop)
    }

    /// One that hears nothing.
    #[cfg(test)]
    pub fn deaf() -> Self {
        let (is_asked, is_heeded, is_paged) = <(Arc<_>, Arc<_>, Arc<_>)>::default();
        Self { is_asked, is_heeded, is_paged, bell: Arc::default() }
    }

    /// From now on the first signal only sets the flag, which the caller looks at. The second ends the process.
    pub fn heed(&self) {
        self.is_heeded.store(true, Ordering::SeqCst);
    }

    /// From now on signals are the pager's: it has the terminal, and when it ends, so do we.
    pub fn leave_to_pager(&self) {
        self.is_paged.store(true, Ordering::SeqCst);
    }

    /// What is done now can be cut off anywhere: a signal ends the process, and so does one that came before.
    pub fn heed_no_more(&self) {
        self.is_heeded.store(false, Ordering::SeqCst);
        if self.is_asked() {
            surroundings::leave_at_once(self.exit());
        }
    }

    /// From now on a signal wakes a watcher, and ends it well.
    pub fn wake(&self, bell: Bell) {
        // There is one watcher in a run.
        self.bell.set(bell).ok();
    }

    fn exit(&self) -> Exit {
        if self.bell.get().is_some() { Exit::Done } else { Exit::Interrupted }
    }

    /// The program itself has a reason to stop.
    pub fn ask(&self) {
        self.is_asked.store(true, Ordering::SeqCst);
    }

    pub fn is_asked(&self) -> bool {
        self.is_asked.load(Ordering::SeqCst)
    }

    pub fn flag(&self) -> &Arc<AtomicBool> {
        &self.is_asked
    }
}
