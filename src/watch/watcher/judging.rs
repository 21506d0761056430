//! Finding out whether something is complete, and taking it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::Watcher;
use super::telling::in_words;
use crate::home::{ArchiveOutcome, HomeError, IngestOptions};
use crate::ingest::{IngestError, Plan};
use crate::store::StoreError;
use crate::watch::complete::{Contents, Left, Observation, Question, Verdict, Waiting, Wholeness, judge};
use crate::watch::contents::{look_inside, read_whole};
use crate::watch::event::WatchEvent;
use crate::watch::queue::State;
use crate::watch::scan::{self, Depth};
use crate::watch::writers::writer_of;

impl Watcher<'_> {
    /// Finds out whether it is complete, and takes it when it is.
    pub(super) fn judge(&mut self, path: &Path) -> Result<(), HomeError> {
        /// A look must not take more than this part of the time, however large a folder is and however often it changes.
        const SHARE: u32 = 50;
        let began = self.now();
        let Some(look) = scan::look(path, self.queue.depth(path), &self.inside) else {
            self.queue.lose(path);
            return Ok(());
        };
        let cost = self.now().saturating_sub(began);
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
                    self.queue.postpone(path, began + cost * SHARE);
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
        self.has_taken = true;
        let is_again = self.queue.get(path).is_some_and(|thing| matches!(thing.state, State::Failed(_)));
        self.say(&WatchEvent::Ingesting { path: path.to_owned(), is_again });
        let options = IngestOptions {
            limits: self.options.limits,
            now_ms: (self.options.now_ms)(),
            is_dry_run: false,
            stop: self.options.stop,
            command: self.options.command,
        };
        let (mut snapshot, mut failure, mut n_ingested, mut is_new) = (String::new(), None, 0, false);
        let (home, progress) = (self.home, self.progress);
        let ingest = || {
            home.ingest(plan, &options, progress, &mut |outcome| match outcome {
                ArchiveOutcome::Ingested(report) => {
                    n_ingested += 1;
                    is_new |= !report.is_known;
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
                if is_new {
                    let until = self.now() + self.options.parts_wait;
                    self.awaited.insert(snapshot.clone(), (until, path.to_owned()));
                }
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
}
