//! Ctrl-C and SIGTERM: commands that write finish what they must, all others end at once.

#[cfg(unix)]
use std::io::{BufReader, Read as _};
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
        listen_for_signals(move |is_of_keyboard| {
            if let Some(exit) = heard.hear(is_of_keyboard) {
                surroundings::leave_at_once(exit);
            }
        })
        .map_err(|error| Trouble::of(Exit::Failed, &error))?;
        Ok(stop)
    }

    /// A signal came; gives how the process ends by it at once, if it does.
    fn hear(&self, is_of_keyboard: bool) -> Option<Exit> {
        let is_paged = self.is_paged.load(Ordering::SeqCst);
        // Ctrl-C reaches the pager too, which has the terminal.
        if is_of_keyboard && is_paged {
            return None;
        }
        let is_first = !self.is_asked.swap(true, Ordering::SeqCst);
        if let Some(bell) = self.bell.get() {
            bell.ring();
        }
        if !is_first {
            return Some(Exit::Interrupted);
        }
        // Nothing has to be finished of what is only read.
        (is_paged || !self.is_heeded.load(Ordering::SeqCst)).then(|| self.exit())
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

    /// From now on Ctrl-C is the pager's: it has the terminal, and when it ends, so do we.
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

/// Has `hear` told, in a thread of its own, of each signal that asks to end, and whether Ctrl-C gave it. Signals come through
/// pipes: not even a socket within the process is opened.
#[cfg(unix)]
fn listen_for_signals(hear: impl Fn(bool) + Clone + Send + 'static) -> Result<(), std::io::Error> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

    for (signals, is_of_keyboard) in [(&[SIGINT][..], true), (&[SIGTERM, SIGHUP], false)] {
        let (reader, writer) = std::io::pipe()?;
        for signal in signals {
            signal_hook::low_level::pipe::register(*signal, writer.try_clone()?)?;
        }
        let hear = hear.clone();
        std::thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || BufReader::new(reader).bytes().map_while(Result::ok).for_each(|_| hear(is_of_keyboard)))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn listen_for_signals(hear: impl Fn(bool) + Send + 'static) -> Result<(), ctrlc::Error> {
    ctrlc::set_handler(move || hear(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CTRL_C: bool = true;
    const TERM: bool = false;

    #[test]
    fn the_second_signal_ends_what_heeds_the_first() {
        for signal in [CTRL_C, TERM] {
            assert_eq!(Stop::deaf().hear(signal), Some(Exit::Interrupted));
            let stop = Stop::deaf();
            stop.heed();
            assert_eq!((stop.hear(signal), stop.is_asked()), (None, true));
            assert_eq!(stop.hear(signal), Some(Exit::Interrupted));
        }
    }

    #[test]
    fn a_pager_takes_ctrl_c_alone() {
        let stop = Stop::deaf();
        stop.heed();
        stop.leave_to_pager();
        assert_eq!((stop.hear(CTRL_C), stop.is_asked()), (None, false));
        assert_eq!(stop.hear(TERM), Some(Exit::Interrupted));
    }
}
