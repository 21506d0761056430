//! What is known of everything in the watched folders, and when each is to be looked at next. A state machine over
//! moments that the caller names: it reads no clock, and a wall clock that jumps means nothing to it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::complete::{Left, Waiting};
use super::scan::{Depth, Stamp};
use crate::model::{Finding, FindingCode};
use crate::store::{RememberedThing, ThingState};

/// A moment: how long the watcher has been running.
pub(super) type Moment = Duration;

/// The first pause after something failed; each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// No pause is longer. Guessed: a full disk is cleared by a person.
const LONGEST_PAUSE: Duration = Duration::from_mins(10);

/// What is thought of a file or folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Not judged as it is now.
    New,
    Waiting(Waiting),
    /// Ingested; the snapshot it belongs to.
    Done(String),
    Left(Left),
    Failed(String),
}

/// A file or folder.
#[derive(Clone, Debug)]
pub(super) struct Thing {
    stamp: Stamp,
    pub depth: Depth,
    pub state: State,
    /// Since when it looks like this.
    steady_since: Moment,
    /// When it is to be looked at; never, where only a change counts.
    due: Option<Moment>,
    n_attempts: u32,
    /// Its bytes were read and found good, as it is now.
    pub is_whole: bool,
    /// Why it waits was told.
    is_told: bool,
    /// Not written down yet.
    is_unwritten: bool,
}

/// Everything that was seen.
#[derive(Debug)]
pub(super) struct Queue {
    settle: Duration,
    poll: Duration,
    things: BTreeMap<PathBuf, Thing>,
    gone: Vec<PathBuf>,
}

impl Queue {
    pub fn new(settle: Duration, poll: Duration) -> Self {
        Self { settle, poll, things: BTreeMap::new(), gone: Vec::new() }
    }

    /// Takes up what an earlier run wrote down. What it was done with stays so; all else is judged again.
    pub fn recall(&mut self, remembered: RememberedThing) {
        let reason = remembered.reason.unwrap_or_default();
        let (state, is_told) = match remembered.state {
            ThingState::Done => (State::Done(reason), false),
            ThingState::NotOurs => (State::Left(Left::NotOurs(reason)), false),
            ThingState::Broken => {
                (State::Left(Left::Broken(Finding::new(FindingCode::UnreadableArchive, reason))), false)
            }
            ThingState::Waiting => (State::New, true),
            ThingState::Failed => (State::New, false),
        };
        let thing = Thing {
            depth: if remembered.stamp.starts_with(Depth::Top.word()) { Depth::Top } else { Depth::Whole },
            stamp: Stamp(remembered.stamp),
            due: (state == State::New).then_some(self.settle),
            state,
            steady_since: Moment::ZERO,
            n_attempts: 0,
            is_whole: false,
            is_told,
            is_unwritten: false,
        };
        self.things.insert(remembered.path, thing);
    }

    pub fn get(&self, path: &Path) -> Option<&Thing> {
        self.things.get(path)
    }

    /// How closely it is to be looked at.
    pub fn depth(&self, path: &Path) -> Depth {
        self.get(path).map_or(Depth::Whole, |thing| thing.depth)
    }

    /// It looks like this now. Says for how long it has.
    pub fn see(&mut self, path: &Path, stamp: Stamp, now: Moment) -> Duration {
        let due = Some(now + self.settle);
        match self.things.get_mut(path) {
            Some(thing) if thing.stamp == stamp => now.saturating_sub(thing.steady_since),
            Some(thing) => {
                // Of what is not judged yet `New` says enough until it is seen changing.
                let is_pending = matches!(thing.state, State::New | State::Waiting(_));
                let state = if is_pending { State::Waiting(Waiting::Changing) } else { State::New };
                // What changes many times a second is not written down as often: its state says that it changes.
                thing.is_unwritten |= is_pending && thing.state != state;
                thing.state = state;
                (thing.stamp, thing.steady_since, thing.due) = (stamp, now, due);
                (thing.n_attempts, thing.is_whole) = (0, false);
                Duration::ZERO
            }
            None => {
                let thing = Thing {
                    stamp,
                    depth: Depth::Whole,
                    state: State::New,
                    steady_since: now,
                    due,
                    n_attempts: 0,
                    is_whole: false,
                    is_told: false,
                    is_unwritten: false,
                };
                self.things.insert(path.to_owned(), thing);
                Duration::ZERO
            }
        }
    }

    /// A folder that was looked at from above is to be looked at closely, beginning anew.
    pub fn look_closely(&mut self, path: &Path, stamp: Stamp, now: Moment) {
        if let Some(thing) = self.things.get_mut(path) {
            thing.depth = Depth::Whole;
            thing.state = State::New;
        }
        self.see(path, stamp, now);
    }

    pub fn lose(&mut self, path: &Path) {
        if self.things.remove(path).is_some() {
            self.gone.push(path.to_owned());
        }
    }

    /// Loses everything that `is_meant` and was not seen.
    pub fn lose_unseen(&mut self, seen: &BTreeSet<PathBuf>, is_meant: impl Fn(&Path) -> bool) {
        let lost: Vec<PathBuf> =
            self.things.keys().filter(|path| !seen.contains(*path) && is_meant(path)).cloned().collect();
        for path in lost {
            self.lose(&path);
        }
    }

    /// What is to be looked at now.
    pub fn due(&self, now: Moment) -> Vec<PathBuf> {
        let is_due = |thing: &Thing| thing.due.is_some_and(|due| due <= now);
        self.things.iter().filter(|(_, thing)| is_due(thing)).map(|(path, _)| path.clone()).collect()
    }

    /// When the next is to be looked at.
    pub fn next_due(&self) -> Option<Moment> {
        self.things.values().filter_map(|thing| thing.due).min()
    }

    /// Something happened beside these: what they wait for may be over.
    pub fn nudge(&mut self, now: Moment, is_meant: impl Fn(&Path) -> bool) {
        for (path, thing) in &mut self.things {
            let is_waiting = matches!(thing.state, State::Waiting(Waiting::Beside(_) | Waiting::Writer(_)));
            if is_waiting && is_meant(path) {
                thing.due = Some(now);
            }
        }
    }

    /// Its bytes are good, so that a second attempt need not read them again.
    pub fn set_whole(&mut self, path: &Path) {
        if let Some(thing) = self.things.get_mut(path) {
            thing.is_whole = true;
        }
    }

    /// It is done with until it changes. `stamp` is what shows the change, looked at like that.
    pub fn leave(&mut self, path: &Path, state: State, change: Option<(Stamp, Depth)>) {
        let Some(thing) = self.things.get_mut(path) else { return };
        if let Some((stamp, depth)) = change {
            (thing.stamp, thing.depth) = (stamp, depth);
        }
        (thing.state, thing.due, thing.is_told, thing.is_unwritten) = (state, None, false, true);
    }

    /// It waits. Says whether that is to be told.
    pub fn wait(&mut self, path: &Path, waiting: Waiting, now: Moment) -> bool {
        let Some(thing) = self.things.get_mut(path) else { return false };
        let is_changing = waiting == Waiting::Changing;
        let state = State::Waiting(waiting);
        if is_changing {
            thing.due = Some((thing.steady_since + self.settle).max(now));
        } else {
            thing.due = Some(now + pause(self.settle.max(FIRST_PAUSE), thing.n_attempts).min(self.poll));
            thing.n_attempts = thing.n_attempts.saturating_add(1);
        }
        if thing.state != state && !(is_changing && thing.state == State::New) {
            thing.state = state;
            thing.is_unwritten = true;
        }
        let is_to_be_told = !is_changing && !thing.is_told;
        thing.is_told |= is_to_be_told;
        is_to_be_told
    }

    /// It is not looked at before that.
    pub fn postpone(&mut self, path: &Path, until: Moment) {
        if let Some(thing) = self.things.get_mut(path) {
            thing.due = thing.due.map(|due| due.max(until));
        }
    }

    /// It failed, and is tried again after a pause; gives the pause, and whether it failed otherwise the last time.
    pub fn fail(&mut self, path: &Path, reason: String, now: Moment) -> (Duration, bool) {
        let Some(thing) = self.things.get_mut(path) else { return (Duration::ZERO, true) };
        let pause = pause(FIRST_PAUSE, thing.n_attempts);
        let is_news = !matches!(&thing.state, State::Failed(last) if *last == reason);
        thing.n_attempts = thing.n_attempts.saturating_add(1);
        (thing.state, thing.due, thing.is_unwritten) = (State::Failed(reason), Some(now + pause), true);
        (pause, is_news)
    }

    /// Nothing waits for its first judgement.
    pub fn is_settled(&self) -> bool {
        !self.things.values().any(|thing| matches!(thing.state, State::New | State::Waiting(Waiting::Changing)))
    }

    /// What is to be written down since the last call: things, and paths that are gone.
    pub fn take_changes(&mut self, at_ms: i64) -> (Vec<RememberedThing>, Vec<PathBuf>) {
        let remembered = self.things.iter_mut().filter_map(|(path, thing)| {
            if !std::mem::take(&mut thing.is_unwritten) {
                return None;
            }
            let (state, reason) = match &thing.state {
                State::New => (ThingState::Waiting, None),
                State::Waiting(waiting) => (ThingState::Waiting, Some(waiting.to_string())),
                State::Done(snapshot) => (ThingState::Done, Some(snapshot.clone())),
                State::Left(Left::NotOurs(why)) => (ThingState::NotOurs, Some(why.clone())),
                State::Left(Left::Broken(why)) => (ThingState::Broken, Some(why.sentence.clone())),
                State::Failed(why) => (ThingState::Failed, Some(why.clone())),
            };
            let (path, stamp) = (path.clone(), thing.stamp.0.clone());
            Some(RememberedThing { path, stamp, state, reason, n_attempts: thing.n_attempts, at_ms })
        });
        (remembered.collect(), std::mem::take(&mut self.gone))
    }
}

/// Twice as long each time.
fn pause(first: Duration, n_before: u32) -> Duration {
    first.saturating_mul(2_u32.saturating_pow(n_before.min(20))).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTLE: Duration = Duration::from_secs(5);
    const POLL: Duration = Duration::from_mins(1);

    fn at(seconds: u64) -> Moment {
        Duration::from_secs(seconds)
    }

    fn stamp(text: &str) -> Stamp {
        Stamp(text.to_owned())
    }

    fn queue() -> Queue {
        Queue::new(SETTLE, POLL)
    }

    #[test]
    fn what_grows_is_due_when_it_was_quiet() {
        let (mut queue, a) = (queue(), Path::new("a.zip"));
        assert_eq!(queue.next_due(), None);
        assert_eq!(queue.see(a, stamp("1"), at(0)), at(0));
        assert_eq!((queue.due(at(4)).len(), queue.due(at(5)).len()), (0, 1));
        assert_eq!(queue.see(a, stamp("2"), at(5)), at(0));
        assert_eq!(queue.get(a).expect("it is there").state, State::Waiting(Waiting::Changing));
        assert_eq!(queue.take_changes(0).0.len(), 1);
        queue.see(a, stamp("3"), at(5));
        assert_eq!(queue.take_changes(0).0.len(), 0, "that it changes is known");
        queue.see(a, stamp("2"), at(5));
        assert_eq!(queue.next_due(), Some(at(10)));
        assert_eq!(queue.see(a, stamp("2"), at(11)), at(6));
        assert!(!queue.is_settled());
        queue.leave(a, State::Done("2024-03-02-abcd".into()), None);
        assert!(queue.is_settled() && queue.next_due().is_none());
        queue.see(a, stamp("2"), at(99));
        assert_eq!(queue.next_due(), None, "it looks as it did");
        queue.see(a, stamp("3"), at(99));
        assert_eq!((queue.next_due(), queue.is_settled()), (Some(at(104)), false));
    }

    #[test]
    fn what_failed_is_tried_with_growing_pauses() {
        let (mut queue, a) = (queue(), Path::new("a.zip"));
        queue.see(a, stamp("1"), at(0));
        queue.set_whole(a);
        let pauses: Vec<u64> = (0..12).map(|_| queue.fail(a, "busy".into(), at(10)).0.as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
        assert_eq!(queue.next_due(), Some(at(610)));
        assert!(queue.get(a).expect("it is there").is_whole);
        queue.see(a, stamp("2"), at(20));
        assert_eq!(queue.next_due(), Some(at(25)), "a change is looked at soon");
        assert!(!queue.get(a).expect("it is there").is_whole);
        assert_eq!(queue.fail(a, "busy".into(), at(30)), (at(1), true));
        assert_eq!(queue.fail(a, "busy".into(), at(31)), (at(2), false), "it was told");
        assert_eq!(queue.fail(a, "full".into(), at(33)), (at(4), true));
    }

    #[test]
    fn why_something_waits_is_told_once() {
        let (mut queue, a) = (queue(), Path::new("x/a.zip"));
        let beside = || Waiting::Beside("a.zip.part".into());
        queue.see(a, stamp("1"), at(0));
        assert!(!queue.wait(a, Waiting::Changing, at(1)));
        assert!(queue.wait(a, beside(), at(5)));
        assert_eq!(queue.next_due(), Some(at(10)));
        assert!(!queue.wait(a, beside(), at(10)));
        assert!(!queue.wait(a, Waiting::Writer("cat".into()), at(20)));
        assert!(!queue.wait(a, beside(), at(40)));
        assert_eq!(queue.next_due(), Some(at(80)));
        assert!(!queue.wait(a, beside(), at(80)));
        assert_eq!(queue.next_due(), Some(at(140)), "no pause is longer than the poll");
        queue.nudge(at(81), |path| path.parent() == Some(Path::new("y")));
        assert_eq!(queue.next_due(), Some(at(140)));
        queue.nudge(at(81), |path| path.parent() == Some(Path::new("x")));
        assert_eq!(queue.next_due(), Some(at(81)));
        queue.postpone(a, at(99));
        assert_eq!(queue.next_due(), Some(at(99)));
        queue.postpone(a, at(50));
        assert_eq!(queue.next_due(), Some(at(99)));
        assert!(queue.is_settled(), "it was judged, and told");
    }

    #[test]
    fn a_restart_goes_on_where_it_stopped() {
        let mut before = queue();
        let names = ["done", "foreign", "broken", "failed", "waits", "new", "folder", "lost"];
        for name in names {
            before.see(Path::new(name), stamp(name), at(0));
        }
        before.leave(Path::new("done"), State::Done("s".into()), None);
        before.leave(Path::new("foreign"), State::Left(Left::NotOurs("photos".into())), None);
        before.leave(
            Path::new("broken"),
            State::Left(Left::Broken(Finding::new(FindingCode::UnreadableArchive, "cut"))),
            None,
        );
        before.fail(Path::new("failed"), "busy".into(), at(0));
        before.wait(Path::new("waits"), Waiting::Writer("cat".into()), at(0));
        let top = (stamp("top 1"), Depth::Top);
        before.leave(Path::new("folder"), State::Left(Left::NotOurs("photos".into())), Some(top));
        before.lose_unseen(&names[..7].iter().map(PathBuf::from).collect(), |_| true);
        let (things, gone) = before.take_changes(7);
        assert_eq!(things.len(), 6, "what was never judged is not written down");
        assert_eq!(gone, [PathBuf::from("lost")]);
        assert_eq!(before.take_changes(8), (Vec::new(), Vec::new()));

        let mut after = queue();
        for thing in things {
            after.recall(thing);
        }
        assert_eq!(after.due(SETTLE), [PathBuf::from("failed"), PathBuf::from("waits")]);
        assert_eq!(after.depth(Path::new("folder")), Depth::Top);
        for name in ["done", "foreign", "broken"] {
            after.see(Path::new(name), stamp(name), at(1));
            assert_eq!(after.get(Path::new(name)).and_then(|thing| thing.due), None, "{name}");
        }
        after.see(Path::new("broken"), stamp("fetched again"), at(1));
        assert_eq!(after.next_due(), Some(at(5)));
        assert!(!after.wait(Path::new("waits"), Waiting::Writer("cat".into()), at(5)), "it was told before");
    }
}
