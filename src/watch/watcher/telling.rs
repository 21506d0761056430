//! What a watcher says and writes down.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Watcher;
use crate::store::{RememberedEvent, RememberedThing, RememberedWatcher, StoreError, ThingState};
use crate::watch::event::{PART_MISSING, WatchEvent};

impl Watcher<'_> {
    /// Writes down who watches what, and how.
    pub(super) fn introduce(&self) -> Result<(), StoreError> {
        let milliseconds = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        self.memory.set_watcher(&RememberedWatcher {
            process: std::process::id(),
            started_ms: (self.options.now_ms)(),
            folders: self.folders.iter().map(|folder| folder.path.to_string_lossy().into_owned()).collect(),
            settle_ms: milliseconds(self.options.settle),
            poll_ms: milliseconds(self.options.poll),
            no_events: self.no_events.clone(),
        })
    }

    /// Says why no events come when that is news, and takes it back when they come again.
    pub(super) fn tell_of_events(&mut self, refused: Option<String>) {
        let is_followed = || self.folders.iter().all(|folder| folder.is_followed() || !folder.is_there());
        let no_events = match refused {
            Some(why) => Some(why),
            None if self.events.is_some() && self.no_events.is_some() && is_followed() => None,
            None => return,
        };
        if self.no_events == no_events {
            return;
        }
        self.no_events.clone_from(&no_events);
        let written = self.introduce();
        self.remembered(written);
        if let Some(why) = no_events {
            self.say(&WatchEvent::NoEvents { why });
        }
    }

    /// Says so once when a download lies unpacked right in a watched folder; gives whether one does.
    pub(super) fn check_open(&mut self, index: usize, is_asked: bool) -> bool {
        if self.folders[index].check_open(&self.inside, is_asked) {
            let why = "a download was unpacked right into it; move its folders into one of their own";
            let path = self.folders[index].path.clone();
            self.say(&WatchEvent::Waiting { path, why: why.to_owned() });
        }
        self.folders[index].is_open()
    }

    /// A watcher that ended before it told what a snapshot lacks left that to the next, which gives it all the time anew.
    pub(super) fn await_parts(&mut self, things: &[RememberedThing]) -> Result<(), StoreError> {
        let events = self.memory.events(usize::MAX)?;
        let told = events.iter().filter(|event| event.kind == PART_MISSING).filter_map(|event| event.path.as_ref());
        let told: BTreeSet<&PathBuf> = told.collect();
        let mut last: BTreeMap<&str, &RememberedThing> = BTreeMap::new();
        for thing in things.iter().filter(|thing| thing.state == ThingState::Done) {
            let Some(snapshot) = thing.reason.as_deref() else { continue };
            let known = last.entry(snapshot).or_insert(thing);
            if known.at_ms < thing.at_ms {
                *known = thing;
            }
        }
        let until = self.now() + self.options.parts_wait;
        let open = last.into_iter().filter(|(_, thing)| !told.contains(&thing.path));
        self.awaited = open.map(|(snapshot, thing)| (snapshot.to_owned(), (until, thing.path.clone()))).collect();
        Ok(())
    }

    /// Tells of snapshots that had time enough to become whole and did not.
    pub(super) fn tell_of_parts(&mut self) {
        let now = self.now();
        let due: Vec<_> = self.awaited.extract_if(.., |_, (due, _)| *due <= now).collect();
        for (snapshot, (_, path)) in due {
            // Where the home cannot be read just now, `coverage` tells the same later.
            let lacking = self.home.lacking(&snapshot).unwrap_or_default();
            if !lacking.is_empty() {
                self.say(&WatchEvent::PartMissing { path, why: lacking.join(" ") });
            }
        }
    }

    /// Tells it, and writes down what somebody may ask about later.
    pub(super) fn say(&mut self, event: &WatchEvent) {
        if event.is_lasting() {
            // Whoever hears of it and asks for the status is told the same.
            self.write_down();
        }
        (self.tell)(event);
        if event.is_lasting() {
            let written = self.memory.add_event(&RememberedEvent {
                at_ms: (self.options.now_ms)(),
                kind: event.kind().to_owned(),
                path: event.path().map(Path::to_owned),
                sentence: event.sentence(),
            });
            self.remembered(written);
        }
    }

    pub(super) fn write_down(&mut self) {
        let (things, gone) = self.queue.take_changes((self.options.now_ms)());
        if !things.is_empty() || !gone.is_empty() {
            let written = self.memory.remember(&things, &gone);
            self.remembered(written);
        }
    }

    pub(super) fn remembered(&mut self, written: Result<(), StoreError>) {
        match written {
            Ok(()) => self.is_forgetful = false,
            Err(error) if !self.is_forgetful => {
                self.is_forgetful = true;
                (self.tell)(&WatchEvent::Forgetful { why: in_words(&error) });
            }
            Err(_) => {}
        }
    }
}

/// An error with its causes.
pub(super) fn in_words(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words = format!("{words}: {error}");
        cause = error.source();
    }
    words
}
