//! `watch`: brings in by itself what arrives.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use super::super::args::{WatchAction, WatchArguments, WatchHow};
use super::super::error::{CommandError, Trouble};
use super::super::exit::{Exit, IngestTally};
use super::super::inert::inert_line;
use super::super::json::Object;
use super::super::stop::Stop;
use super::super::ui::{BAD, DIM, Shown, Ui, WARN, styled};
use super::super::{Ended, Session, downloads, surroundings};
use super::ingest_report::{Ending, Sum, archive_lines, archive_row, finding_row, summary_lines};
use super::watch_after::{After, Fate};
use super::watch_service::{self, Install};
use super::watch_status;
use crate::ingest::{ArchiveReport, Progress};
use crate::model::Severity;
use crate::watch::{Ears, Left, WatchEvent, WatchOptions, watch};

pub fn run(arguments: &WatchArguments, session: &mut Session) -> Ended {
    match arguments.action() {
        None => start(arguments, session),
        Some(WatchAction::Status) => watch_status::run(session),
        Some(WatchAction::Install { folders, how, dry_run, no_start }) => {
            let asked = Install { folders: &folders, how: &how, dry_run, is_started: !no_start };
            watch_service::install(&asked, session)
        }
        Some(WatchAction::Uninstall) => watch_service::uninstall(session),
    }
}

fn start(arguments: &WatchArguments, session: &mut Session) -> Ended {
    let folders = folders(arguments.folders())?;
    let ears = Ears::default();
    session.stop.wake(ears.bell());
    session.stop.heed();
    let limits = arguments.how.budgets.limits();
    let WatchHow { settle, poll, parts_wait, poll_only, recursive, .. } = arguments.how;
    // A JSON stream has one header and one end, and stays with the process that began it.
    let renews = Cell::new(!session.ui.is_json);
    let is_heavy = || renews.get() && surroundings::memory_mb().is_some_and(|mb| mb > arguments.renew_above);
    let options = WatchOptions {
        folders: &folders,
        settle,
        poll,
        parts_wait,
        is_once: arguments.once,
        is_recursive: recursive,
        uses_events: !poll_only,
        limits: &limits,
        stop: session.stop.flag(),
        is_heavy: &is_heavy,
        now_ms: &surroundings::now_ms,
        command: &session.words,
    };
    if session.ui.is_json {
        let header = Object::header("watch").with("home", session.home.path().to_string_lossy());
        let names: Vec<_> = folders.iter().map(|folder| folder.to_string_lossy()).collect();
        session.ui.frame(&header.with("folders", names))?;
    }
    let all_findings = session.home_path.command(&["findings"]);
    let mut teller = Teller {
        ui: &mut session.ui,
        stop: &session.stop,
        all_findings: &all_findings,
        after: After {
            exec: arguments.how.exec.as_deref(),
            is_notified: arguments.how.notify,
            home: session.home.path(),
        },
        reports: Vec::new(),
        began_ms: 0,
        sum: Sum::default(),
        tally: IngestTally::default(),
        broken: None,
        is_anew: surroundings::is_anew(),
    };
    let progress = Interruptible(session.stop.clone());
    let ended = loop {
        let ended = watch(&session.home, &options, &ears, &progress, &mut |event| teller.tell(event));
        if !matches!(ended, Ok(Left::Heavy)) {
            break ended;
        }
        // What an archive took stays with the process although nothing uses it; a new one begins with nothing. Where that
        // cannot be, this one goes on.
        surroundings::begin_anew();
        renews.set(false);
        teller.is_anew = true;
    };
    let Teller { sum, tally, broken, .. } = teller;
    ended?;
    if let Some(broken) = broken {
        return Err(broken);
    }
    if session.ui.is_json {
        session.ui.frame(&sum.end_row(session.ui.n_rows()))?;
    }
    let is_idle = tally == IngestTally::default();
    // Whoever asks a watcher to stop gets what they want.
    Ok(if !arguments.once || session.stop.is_asked() || is_idle { Exit::Done } else { Exit::of_ingest(tally) })
}

/// What was typed, or the downloads folder; each must be there now.
pub fn folders(typed: &[PathBuf]) -> Result<Vec<PathBuf>, CommandError> {
    let folders = if typed.is_empty() {
        let downloads = downloads::folder().ok_or_else(|| {
            Trouble::new(Exit::Failed, "nobody knows where downloads go here")
                .hint("name the folder: throwback watch DIR")
        })?;
        vec![downloads]
    } else {
        typed.to_vec()
    };
    for folder in &folders {
        let wrong = |sentence: String| Trouble::new(Exit::Failed, sentence).hint("name a folder: throwback watch DIR");
        match std::fs::metadata(folder) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => return Err(wrong(format!("{} is no folder", folder.display())).into()),
            Err(error) => return Err(wrong(format!("cannot watch {}: {error}", folder.display())).into()),
        }
    }
    Ok(folders)
}

/// While the index follows a signal ends the process at once: everything is kept by then, and the next search catches up.
struct Interruptible(Stop);

impl Progress for Interruptible {
    fn begin(&self, _: &str, _: u64) {}

    fn advance(&self, _: u64) {}

    fn stage(&self, stage: &str) {
        if stage == "indexing" {
            self.0.heed_no_more();
        }
    }

    fn end(&self) {}
}

/// What is shown with --verbose only.
const fn is_detail(event: &WatchEvent) -> bool {
    matches!(event, WatchEvent::NotOurs { .. } | WatchEvent::Ingesting { is_again: true, .. })
}

/// Says what happens.
struct Teller<'u> {
    ui: &'u mut Ui,
    stop: &'u Stop,
    all_findings: &'u str,
    after: After<'u>,
    /// Of the archives of the ZIP or folder at hand.
    reports: Vec<ArchiveReport>,
    began_ms: i64,
    sum: Sum,
    tally: IngestTally,
    /// Somebody said already what is watched.
    is_anew: bool,
    /// The output failed. A watcher whom nobody hears stops.
    broken: Option<CommandError>,
}

impl Teller<'_> {
    fn tell(&mut self, event: &WatchEvent) {
        let now_ms = surroundings::now_ms();
        // Whatever could be cut off before is over: the first signal is heard again.
        self.stop.heed();
        match event {
            WatchEvent::Ingesting { .. } => self.began_ms = now_ms,
            WatchEvent::Failed { is_busy, .. } => {
                self.reports.clear();
                self.tally.n_failed += 1;
                self.tally.is_home_closed |= is_busy;
            }
            WatchEvent::Ingested { report, .. } => {
                self.tally.n_kept += 1;
                self.tally.n_errors += report.count(Severity::Error);
                self.sum.add(report);
                self.reports.push((**report).clone());
            }
            WatchEvent::Broken { .. } => self.tally.n_failed += 1,
            _ => {}
        }
        if self.broken.is_none() {
            let shown = if self.ui.is_json { self.show_row(event, now_ms) } else { self.show_lines(event, now_ms) };
            self.broken = shown.and_then(|()| self.ui.flush()).err();
            if self.broken.is_some() {
                self.stop.ask();
            }
        }
        let wrong = match event {
            WatchEvent::Through { path } => self.after.archive(path, Fate::Ingested(&self.reports), self.stop),
            WatchEvent::Broken { path, finding } => self.after.archive(path, Fate::Broken(finding), self.stop),
            _ => Vec::new(),
        };
        if let WatchEvent::Through { .. } = event {
            self.reports.clear();
        }
        for sentence in wrong {
            // With stderr gone there is nobody left to tell.
            self.ui.say(format_args!("{} {}", styled(WARN, "warning:"), inert_line(&sentence))).ok();
        }
    }

    fn show_row(&mut self, event: &WatchEvent, now_ms: i64) -> Shown {
        if is_detail(event) && !self.ui.is_verbose {
            return Ok(());
        }
        let row = Object::row("event")
            .with("at_ms", now_ms)
            .with("event", event.kind())
            .with("path", event.path().map(Path::to_string_lossy))
            .with("sentence", event.sentence());
        match event {
            WatchEvent::Broken { finding, .. } => self.ui.row(&row.with("code", finding.code.name())),
            WatchEvent::Ingested { report, .. } => {
                self.ui.row(&row)?;
                self.ui.row(&archive_row(report))?;
                report
                    .findings
                    .iter()
                    .try_for_each(|finding| self.ui.row(&finding_row(Some(&report.name), None, finding)))
            }
            _ => self.ui.row(&row),
        }
    }

    fn show_lines(&mut self, event: &WatchEvent, now_ms: i64) -> Shown {
        let is_trouble = matches!(event, WatchEvent::Broken { .. } | WatchEvent::Failed { .. });
        if self.is_anew && matches!(event, WatchEvent::Started { no_events: None, .. }) {
            return Ok(());
        }
        if self.ui.is_quiet && !is_trouble || is_detail(event) && !self.ui.is_verbose {
            return Ok(());
        }
        if let WatchEvent::Through { .. } = event {
            return self.sum_up(now_ms);
        }
        let name = event.path().map(|path| match event {
            WatchEvent::FolderGone { .. } | WatchEvent::FolderBack { .. } => path.to_string_lossy(),
            _ => path.file_name().unwrap_or(path.as_os_str()).to_string_lossy(),
        });
        let subject = name.map(|name| format!("{}: ", inert_line(&name))).unwrap_or_default();
        let sentence = inert_line(&event.sentence());
        let sentence = if is_trouble { styled(BAD, sentence) } else { sentence };
        let at = styled(DIM, self.ui.zone.second(now_ms));
        self.ui.line(format_args!("{at}  {subject}{sentence}"))?;
        if let WatchEvent::Ingested { report, .. } = event {
            // The name stands in the line above.
            self.ui.lines(archive_lines(report, self.ui.zone, self.ui.is_verbose).into_iter().skip(1))?;
        }
        Ok(())
    }

    /// The same summary as that of an ingest, where there is something to sum up.
    fn sum_up(&mut self, now_ms: i64) -> Shown {
        if self.reports.iter().all(|report| report.is_known) {
            return Ok(());
        }
        let mut sum = Sum::default();
        self.reports.iter().for_each(|report| sum.add(report));
        let ending = Ending {
            is_dry_run: false,
            is_verbose: self.ui.is_verbose,
            elapsed_ms: (now_ms - self.began_ms).unsigned_abs(),
            next: None,
            all_findings: self.all_findings,
        };
        self.ui.lines(summary_lines(&sum, &ending))
    }
}
