//! The watcher itself: looks, waits, takes, and goes on until it is asked to stop.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::complete::{Contents, Left, Observation, Question, Verdict, Waiting, Wholeness, judge};
use super::contents::{look_inside, read_whole};
use super::ears::{Ears, Events, Heard};
use super::event::WatchEvent;
use super::folder::{Change, Folder};
use super::queue::{Queue, State};
use super::scan::{self, Depth};
use super::writers::writer_of;
use crate::archive::Limits;
use crate::home::{ArchiveOutcome, Home, HomeError, IngestOptions};
use crate::ingest::{IngestError, Plan, Progress};
use crate::store::{RememberedEvent, RememberedWatcher, StoreError, WatchMemory};

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

/// Watches until it is asked to stop (or, once, until nothing is left to judge), and tells what happens. Fails when
/// the home is watched by another, cannot be made, or is from a newer version; all else is tried again.
pub fn watch(
    home: &Home,
    options: &WatchOptions<'_>,
    ears: &Ears,
    progress: &dyn Progress,
    tell: &mut dyn FnMut(&WatchEvent),
) -> Result<(), HomeError> {
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
    };
    let ended = watcher.run(ears);
    if ended.is_ok() {
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
}

impl Watcher<'_> {
    fn run(&mut self, ears: &Ears) -> Result<(), HomeError> {
        for thing in self.memory.things()? {
            if self.folder_of(&thing.path).is_some() {
                self.queue.recall(thing);
            }
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
            if self.is_stopped() || self.options.is_once && self.queue.is_settled() {
                return Ok(());
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

    /// Writes down who watches what, and how.
    fn introduce(&self) -> Result<(), StoreError> {
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

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    fn is_stopped(&self) -> bool {
        self.options.stop.load(Ordering::SeqCst)
    }

    /// The watched folder that a path belongs to: of several the innermost.
    fn folder_of(&self, path: &Path) -> Option<usize> {
        let folders: Vec<&Path> = self.folders.iter().map(|folder| folder.path.as_path()).collect();
        innermost(&folders, path)
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
            // A folder that cannot be listed now is as if it was not there: nothing in it is forgotten.
            self.check_open(index, false);
            let is_open = self.folders[index].is_open();
            let Ok(found) = scan::candidates(&path, self.options.is_recursive, is_open, &self.inside) else { continue };
            for path in &found {
                if self.folder_of(path) == Some(index) {
                    self.observe(path);
                }
            }
            let folders: Vec<&Path> = self.folders.iter().map(|folder| folder.path.as_path()).collect();
            self.queue.lose_unseen(&found, |path| innermost(&folders, path) == Some(index));
        }
    }

    /// Says why no events come when that is news, and takes it back when they come again.
    fn tell_of_events(&mut self, refused: Option<String>) {
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
    fn check_open(&mut self, index: usize, is_asked: bool) -> bool {
        if self.folders[index].check_open(&self.inside, is_asked) {
            let why = "a download was unpacked right into it; move its folders into one of their own";
            let path = self.folders[index].path.clone();
            self.say(&WatchEvent::Waiting { path, why: why.to_owned() });
        }
        self.folders[index].is_open()
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

    /// Finds out whether it is complete, and takes it when it is.
    fn judge(&mut self, path: &Path) -> Result<(), HomeError> {
        let Some(look) = scan::look(path, self.queue.depth(path), &self.inside) else {
            self.queue.lose(path);
            return Ok(());
        };
        let quiet = self.queue.see(path, look.stamp, self.now());
        let mut seen = Observation {
            quiet,
            settle: self.options.settle,
            unfinished_inside: look.unfinished,
            contents: None,
            beside: None,
            writer: None,
            wholeness: self.queue.get(path).filter(|thing| thing.is_whole).map(|_| Wholeness::Whole),
        };
        let mut plan = Plan::default();
        loop {
            match judge(&seen) {
                Verdict::Ask(question) => {
                    if !self.answer(question, path, look.is_folder, &mut seen, &mut plan) {
                        return Ok(());
                    }
                }
                Verdict::Wait(waiting) => {
                    self.wait(path, waiting);
                    return Ok(());
                }
                Verdict::Leave(left) => {
                    self.leave(path, left, look.is_folder && seen.contents != Some(Contents::Download));
                    return Ok(());
                }
                Verdict::Retry(why) => {
                    self.fail(path, why, false);
                    return Ok(());
                }
                Verdict::Take => return self.take(path, &plan),
            }
        }
    }

    /// Finds something out about a candidate. Says whether it goes on with it: not when it is asked to stop, nor when it
    /// turns out to be a piece of something else.
    fn answer(
        &mut self,
        question: Question,
        path: &Path,
        is_folder: bool,
        seen: &mut Observation,
        plan: &mut Plan,
    ) -> bool {
        match question {
            Question::Contents => {
                let contents;
                (contents, *plan) = look_inside(path, is_folder, &self.inside, self.options.limits);
                let folder = self.folder_of(path).filter(|_| is_folder && contents == Contents::Download);
                if folder.is_some_and(|index| self.check_open(index, true)) {
                    self.queue.lose(path);
                    return false;
                }
                seen.contents = Some(contents);
            }
            Question::Beside => seen.beside = Some(scan::control_file(path)),
            Question::Writer => seen.writer = Some(writer_of(path)),
            Question::Wholeness => {
                // What is held by its directory was read before.
                let is_held = self.home.holds_all(&plan.candidates).unwrap_or(false);
                seen.wholeness = if is_held {
                    Some(Wholeness::Whole)
                } else {
                    read_whole(&plan.candidates, self.options.limits, self.options.stop)
                };
                return seen.wholeness.is_some();
            }
        }
        true
    }

    fn wait(&mut self, path: &Path, waiting: Waiting) {
        let why = waiting.to_string();
        if self.queue.wait(path, waiting, self.now()) {
            self.say(&WatchEvent::Waiting { path: path.to_owned(), why });
        }
    }

    fn leave(&mut self, path: &Path, left: Left, is_foreign_folder: bool) {
        let event = match &left {
            Left::NotOurs(why) => WatchEvent::NotOurs { path: path.to_owned(), why: why.clone() },
            Left::Broken(finding) => WatchEvent::Broken { path: path.to_owned(), finding: Box::new(finding.clone()) },
        };
        let top = is_foreign_folder.then(|| scan::look(path, Depth::Top, &self.inside)).flatten();
        self.queue.leave(path, State::Left(left), top.map(|look| (look.stamp, Depth::Top)));
        self.say(&event);
    }

    fn fail(&mut self, path: &Path, why: String, is_busy: bool) {
        let (again, is_news) = self.queue.fail(path, why.clone(), self.now());
        if is_news {
            self.say(&WatchEvent::Failed { path: path.to_owned(), why, is_busy, again });
        }
    }

    /// Brings it in. The home is locked and its writer lives only meanwhile.
    fn take(&mut self, path: &Path, plan: &Plan) -> Result<(), HomeError> {
        self.queue.set_whole(path);
        self.say(&WatchEvent::Ingesting { path: path.to_owned() });
        let options = IngestOptions {
            limits: self.options.limits,
            now_ms: (self.options.now_ms)(),
            is_dry_run: false,
            stop: self.options.stop,
            command: self.options.command,
        };
        let (mut snapshot, mut failure, mut n_ingested) = (String::new(), None, 0);
        let (home, progress) = (self.home, self.progress);
        let ingest = || {
            home.ingest(plan, &options, progress, &mut |outcome| match outcome {
                ArchiveOutcome::Ingested(report) => {
                    n_ingested += 1;
                    snapshot.clone_from(&report.snapshot);
                    self.say(&WatchEvent::Ingested { path: path.to_owned(), report });
                }
                ArchiveOutcome::Failed(_, error) => failure = Some(HomeError::Ingest(error)),
            })
        };
        // A fault of ours in one archive must not keep the others out; its transaction is undone on the way.
        let Ok(ended) = catch_unwind(AssertUnwindSafe(ingest)) else {
            let why = "throwback has a fault that shows here; please report it with what `throwback probe` prints";
            self.fail(path, why.to_owned(), false);
            return Ok(());
        };
        let is_kept = failure.is_none() && n_ingested == plan.candidates.len();
        match failure.or(ended.err()) {
            // Everything is kept; a search brings the index up to it.
            Some(HomeError::Index(_)) | None if is_kept => {
                self.awaited.insert(snapshot.clone(), (self.now() + self.options.parts_wait, path.to_owned()));
                self.queue.leave(path, State::Done(snapshot), None);
                self.write_down();
                self.say(&WatchEvent::Through { path: path.to_owned() });
            }
            Some(HomeError::Ingest(IngestError::Interrupted)) => {}
            None => self.fail(path, "not all of it was brought in".to_owned(), false),
            Some(error @ HomeError::Ingest(IngestError::Changed(_))) => {
                self.fail(path, in_words(&error), false);
                self.observe(path);
            }
            Some(HomeError::Store(error) | HomeError::Ingest(IngestError::Store(error)))
                if matches!(error, StoreError::NewerHome { .. }) =>
            {
                return Err(HomeError::Store(error));
            }
            Some(error) => {
                let is_busy = matches!(&error, HomeError::Busy(_));
                self.fail(path, in_words(&error), is_busy);
            }
        }
        Ok(())
    }

    /// Tells of snapshots that had time enough to become whole and did not.
    fn tell_of_parts(&mut self) {
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
    fn say(&mut self, event: &WatchEvent) {
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

    fn write_down(&mut self) {
        let (things, gone) = self.queue.take_changes((self.options.now_ms)());
        if !things.is_empty() || !gone.is_empty() {
            let written = self.memory.remember(&things, &gone);
            self.remembered(written);
        }
    }

    fn remembered(&mut self, written: Result<(), StoreError>) {
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

/// Of the folders around a path the one without another between.
fn innermost(folders: &[&Path], path: &Path) -> Option<usize> {
    let around = folders.iter().enumerate().filter(|(_, folder)| path.starts_with(folder));
    around.max_by_key(|(_, folder)| folder.as_os_str().len()).map(|(index, _)| index)
}

/// An error with its causes.
fn in_words(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words = format!("{words}: {error}");
        cause = error.source();
    }
    words
}
