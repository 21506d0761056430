//! `ingest`: brings downloads in.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::super::args::{IngestArguments, ProgressChoice};
use super::super::error::{CommandError, Trouble};
use super::super::exit::{Exit, IngestTally};
use super::super::inert::inert_line;
use super::super::json::Object;
use super::super::progress;
use super::super::ui::{Shown, Ui};
use super::super::{Ended, Session, surroundings};
use super::ingest_report::{Ending, Sum, archive_lines, archive_row, finding_line, finding_row, summary_lines};
use crate::home::{ArchiveOutcome, Home, HomeError, IngestOptions, older_readers};
use crate::ingest::{self, IngestError, PassedOver, Plan, Progress};
use crate::model::{Finding, Severity};

pub fn run(arguments: &IngestArguments, progress: ProgressChoice, session: &mut Session) -> Ended {
    let started = Instant::now();
    session.stop.heed();
    let limits = arguments.budgets.limits();
    let plan = ingest::plan(&arguments.paths, session.home.path(), &limits);
    if session.ui.is_json {
        let header = Object::header("ingest").with("dry_run", arguments.dry_run);
        session.ui.frame(&header.with("home", session.home.path().to_string_lossy()))?;
    }
    if plan.candidates.is_empty() {
        return nothing_to_ingest(&plan, session);
    }
    let options = IngestOptions {
        limits: &limits,
        now_ms: surroundings::now_ms(),
        is_dry_run: arguments.dry_run,
        stop: session.stop.flag(),
        command: &session.words,
    };
    let mut run = Run { ui: &mut session.ui, sum: Sum::default(), tally: IngestTally::default(), broken: None };
    for passed_over in &plan.passed_over {
        run.pass_over(passed_over);
    }
    let (is_quiet, is_json) = (run.ui.is_quiet, run.ui.is_json);
    let progress = progress::Shown::new(progress, is_quiet || is_json, session.stop.clone());
    let progress = progress.uncounted(is_quiet && !is_json);
    let outcome = run.bring_in(&session.home, &plan, &options, &progress, arguments.wait);
    let Run { sum, tally, broken, .. } = run;
    outcome?;
    // An ingest goes on when nobody reads what it says.
    if let Some(error) = broken {
        return match error {
            CommandError::ClosedPipe => Ok(Exit::of_ingest(tally)),
            told @ CommandError::Told(_) => Err(told),
        };
    }
    if session.ui.is_json {
        session.ui.frame(&sum.end_row(session.ui.n_rows()))?;
    } else if !session.ui.is_quiet && tally != INTERRUPTED_AT_ONCE {
        let next = next_command(arguments, session)?;
        let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let ending = Ending {
            is_dry_run: arguments.dry_run,
            is_verbose: session.ui.is_verbose,
            elapsed_ms,
            next: next.as_deref(),
            all_findings: &session.home_path.command(&["findings"]),
        };
        let lines = summary_lines(&sum, &ending);
        session.ui.lines(lines)?;
        let n_outdated = session.home.n_outdated_documents()?;
        if n_outdated > 0 && !arguments.dry_run {
            session.ui.hint(older_readers(n_outdated))?;
        }
    }
    if tally.is_interrupted {
        session.ui.flush()?;
        let trouble =
            Trouble::new(Exit::Interrupted, "interrupted; the archive at hand was left out, those before it are kept");
        return Err(trouble.hint("the same command goes on where it stopped").into());
    }
    Ok(Exit::of_ingest(tally))
}

/// How long is waited before the next look whether the home is free. Guessed: nobody notices it.
const BETWEEN_TRIES: Duration = Duration::from_millis(100);

/// Of this there is nothing to sum up.
const INTERRUPTED_AT_ONCE: IngestTally =
    IngestTally { n_kept: 0, n_failed: 0, n_errors: 0, is_interrupted: true, is_home_closed: false };

/// None of the paths is a download: a sentence for each, and exit 3.
fn nothing_to_ingest(plan: &Plan, session: &mut Session) -> Ended {
    let ui = &mut session.ui;
    if ui.is_json {
        let mut sum = Sum::default();
        for passed_over in &plan.passed_over {
            sum.add_finding(passed_over.finding.severity());
            ui.row(&finding_row(None, Some(&passed_over.path), &passed_over.finding))?;
        }
        ui.frame(&sum.end_row(ui.n_rows()))?;
        ui.flush()?;
    }
    for passed_over in &plan.passed_over {
        let mut trouble = Trouble::new(Exit::Failed, passed_over.finding.sentence.trim_end_matches('.'));
        let path = passed_over.path.to_string_lossy();
        if !trouble.sentence.contains(path.as_ref()) {
            trouble.sentence = format!("{path}: {}", trouble.sentence);
        }
        ui.trouble(&trouble)?;
    }
    let sentence = match plan.passed_over.len() {
        0 => "there is nothing at the path that was named",
        1 => return Ok(Exit::Failed),
        _ => "none of it is a download that can be ingested",
    };
    Err(Trouble::new(Exit::Failed, sentence).into())
}

/// An ingest while it runs.
struct Run<'u> {
    ui: &'u mut Ui,
    sum: Sum,
    tally: IngestTally,
    /// The output failed; nothing more is shown, but everything is still brought in.
    broken: Option<CommandError>,
}

impl Run<'_> {
    /// Brings everything in, once the home is free if that is wanted.
    fn bring_in(
        &mut self,
        home: &Home,
        plan: &Plan,
        options: &IngestOptions<'_>,
        progress: &dyn Progress,
        is_patient: bool,
    ) -> Result<(), HomeError> {
        let mut is_waiting = false;
        loop {
            match home.ingest(plan, options, progress, &mut |outcome| self.take(outcome)) {
                // Nothing was done yet.
                Err(HomeError::Busy(holder)) if is_patient => {
                    if !std::mem::replace(&mut is_waiting, true) {
                        self.show(|ui| ui.note(format_args!("waiting for {}", inert_line(&holder.to_string()))));
                    }
                    if options.stop.load(Ordering::Relaxed) {
                        self.tally.is_interrupted = true;
                        return Ok(());
                    }
                    std::thread::park_timeout(BETWEEN_TRIES);
                }
                outcome => return outcome,
            }
        }
    }

    fn pass_over(&mut self, passed_over: &PassedOver) {
        let severity = passed_over.finding.severity();
        self.sum.add_finding(severity);
        self.tally.n_errors += u64::from(severity == Severity::Error);
        let path = passed_over.path.to_string_lossy().into_owned();
        self.sum.remember(&path, &passed_over.finding);
        if self.ui.is_json {
            let row = finding_row(None, Some(&passed_over.path), &passed_over.finding);
            self.show(|ui| ui.row(&row));
        } else {
            self.say_errors_if_quiet(&path, std::slice::from_ref(&passed_over.finding));
        }
    }

    /// With `--quiet` the summary is missing, but not what went wrong.
    fn say_errors_if_quiet(&mut self, archive: &str, findings: &[Finding]) {
        if !self.ui.is_quiet || self.ui.is_json {
            return;
        }
        for finding in findings.iter().filter(|finding| finding.severity() == Severity::Error) {
            let line = finding_line(archive, finding);
            self.show(|ui| ui.say(line));
        }
    }

    fn take(&mut self, outcome: ArchiveOutcome) {
        match outcome {
            ArchiveOutcome::Ingested(report) => {
                self.tally.n_kept += 1;
                self.tally.n_errors += report.count(Severity::Error);
                self.sum.add(&report);
                self.say_errors_if_quiet(&report.name, &report.findings);
                self.show(|ui| {
                    if ui.is_json {
                        ui.row(&archive_row(&report))?;
                        report.findings.iter().try_for_each(|f| ui.row(&finding_row(Some(&report.name), None, f)))
                    } else if ui.is_quiet {
                        Ok(())
                    } else {
                        let (zone, is_verbose) = (ui.zone, ui.is_verbose);
                        ui.lines(archive_lines(&report, zone, is_verbose))
                    }
                });
            }
            ArchiveOutcome::Failed(_, IngestError::Interrupted) => self.tally.is_interrupted = true,
            ArchiveOutcome::Failed(candidate, error) => {
                self.tally.n_failed += 1;
                let exit = Exit::from(&error);
                self.tally.is_home_closed |= exit == Exit::Home;
                let path = candidate.shown_path().to_string_lossy().into_owned();
                let mut trouble = Trouble::of(exit, &error);
                trouble.sentence = format!("{path} was not kept: {}", trouble.sentence);
                self.show(|ui| {
                    if ui.is_json {
                        let row = Object::row("archive").with("path", path).with("outcome", "failed");
                        let causes = std::iter::once(&trouble.sentence).chain(&trouble.causes).cloned();
                        ui.row(&row.with("error", causes.collect::<Vec<_>>().join(": ")))?;
                        ui.flush()?;
                    }
                    ui.trouble(&trouble)
                });
            }
        }
    }

    fn show(&mut self, show: impl FnOnce(&mut Ui) -> Shown) {
        if self.broken.is_none() {
            self.broken = show(self.ui).and_then(|()| self.ui.flush()).err();
        }
    }
}

/// What to type next: a search that finds something, or the same without `--dry-run`.
fn next_command(arguments: &IngestArguments, session: &Session) -> Result<Option<String>, CommandError> {
    if arguments.dry_run {
        let paths: Vec<String> = arguments.paths.iter().map(|path| path.to_string_lossy().into_owned()).collect();
        let words: Vec<&str> = std::iter::once("ingest").chain(paths.iter().map(String::as_str)).collect();
        return Ok(Some(session.home_path.command(&words)));
    }
    let store = session.home.reader()?;
    // A title with a quote in it cannot be quoted.
    if let Some(title) = store.busiest_thread_title()?.filter(|title| !title.contains(['"', '\\'])) {
        return Ok(Some(session.home_path.command(&["search", &format!("in:\"{}\"", inert_line(&title))])));
    }
    let totals = store.totals()?;
    let most = totals.records.iter().max_by_key(|(_, n)| *n);
    Ok(most.map(|(kind, _)| session.home_path.command(&["search", &format!("kind:{kind}")])))
}
