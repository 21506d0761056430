//! `forget`: a download is taken back, after it was shown what goes.

use std::io::{self, BufRead, IsTerminal, Write};

use super::super::args::{ForgetArguments, ProgressChoice};
use super::super::error::{CommandError, Trouble};
use super::super::exit::Exit;
use super::super::inert::inert_line;
use super::super::json::Object;
use super::super::progress;
use super::super::ui::{BAD, NAME, Ui, styled};
use super::super::units::{self, count, counted};
use super::super::{Ended, Session};
use super::findings::only;
use crate::home::{ForgetOptions, HomeError};
use crate::ingest::{ForgetReport, IngestError};

/// How it came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    DryRun,
    /// Nobody was there to ask.
    NotAsked,
    Refused,
    Done,
}

pub fn run(arguments: &ForgetArguments, progress: ProgressChoice, session: &mut Session) -> Ended {
    if !arguments.dry_run {
        // One that was cut off is not known by its snapshot any more.
        session.home.finish_forgetting(&session.words)?;
    }
    let store = session.home.reader()?;
    let snapshot = only("snapshot", &arguments.snapshot, store.snapshot_ids(&arguments.snapshot)?)?;
    drop(store);
    session.stop.heed();
    let ui = &mut session.ui;
    let progress = progress::Shown::new(progress, ui.is_quiet || ui.is_json, session.stop.clone());
    let options = ForgetOptions {
        snapshot: &snapshot,
        is_purged: arguments.purge,
        stop: session.stop.flag(),
        command: &session.words,
    };
    let mut decision = Decision::NotAsked;
    let mut shown = Ok(());
    let outcome = session.home.forget(&options, &progress, &mut |report| {
        shown = show(report, arguments, ui);
        decision = match () {
            () if shown.is_err() => Decision::Refused,
            () if arguments.dry_run => Decision::DryRun,
            () if arguments.yes => Decision::Done,
            () => ask(ui),
        };
        decision == Decision::Done
    });
    outcome.map_err(told)?;
    shown?;
    if ui.is_json {
        ui.frame(&Object::end(ui.n_rows()).with("forgotten", decision == Decision::Done))?;
    }
    match decision {
        Decision::Done => {
            ui.talk(format_args!("{snapshot} is forgotten; bringing it in again restores it")).map(|()| Exit::Done)
        }
        Decision::DryRun => ui.talk("nothing was changed").map(|()| Exit::Done),
        Decision::Refused => ui.talk("nothing was changed").map(|()| Exit::Nothing),
        Decision::NotAsked => {
            ui.flush()?;
            let trouble = Trouble::new(Exit::Usage, "nothing was changed, since nobody can be asked here");
            Err(trouble.hint("say --yes to forget it, or --dry-run to see only what would go").into())
        }
    }
}

/// On a terminal, the person; else nobody.
fn ask(ui: &mut Ui) -> Decision {
    if ui.is_json || !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Decision::NotAsked;
    }
    let mut answer = String::new();
    let asked = ui.flush().and_then(|()| ui.say("Forget it? [y/N]"));
    let is_read = asked.is_ok() && io::stdout().flush().is_ok() && io::stdin().lock().read_line(&mut answer).is_ok();
    let is_yes = matches!(answer.trim().to_lowercase().as_str(), "y" | "yes");
    if is_read && is_yes { Decision::Done } else { Decision::Refused }
}

fn show(report: &ForgetReport, arguments: &ForgetArguments, ui: &mut Ui) -> Result<(), CommandError> {
    if ui.is_json {
        ui.frame(&Object::header("forget").with("snapshot", &report.snapshot).with("dry_run", arguments.dry_run))?;
        let mut records = Object::new();
        for (kind, counts) in &report.records {
            let counts =
                Object::new().with("removed", counts.removed).with("changed", counts.changed).with("new", counts.new);
            records = records.with(kind.name(), counts);
        }
        let media = Object::new().with("files", report.media_files).with("bytes", report.media_bytes);
        let documents = Object::new().with("files", report.documents).with("bytes", report.document_bytes);
        let row = Object::row("snapshot")
            .with("id", &report.snapshot)
            .with("archives", &report.archives)
            .with("records", records)
            .with("media", media)
            .with("documents", documents)
            .with("purged", arguments.purge);
        return ui.row(&row);
    }
    for archive in &report.archives {
        ui.line(format_args!("{}{}", styled(NAME, label("archive")), inert_line(archive)))?;
    }
    for (kind, counts) in &report.records {
        let parts =
            [(counts.removed, "go"), (counts.changed, "are known otherwise without it"), (counts.new, "come apart")];
        let parts: Vec<String> =
            parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", count(*n))).collect();
        ui.line(format_args!("{}{}", styled(NAME, label(kind.name())), parts.join(", ")))?;
    }
    let n_files = report.media_files + report.documents;
    let files = counted(n_files, "file", "files");
    let bytes = units::bytes(report.media_bytes + report.document_bytes);
    let whither = match (n_files, arguments.purge) {
        (0, _) => "nothing else than other downloads have, too".to_owned(),
        (_, true) => styled(BAD, format_args!("{files}, {bytes}, that only it has are deleted")),
        (_, false) => format!("{files}, {bytes}, that only it has move into aside/"),
    };
    ui.line(format_args!("{}{whither}", styled(NAME, label("files"))))
}

fn label(name: &str) -> String {
    format!("{name:<20}")
}

fn told(error: HomeError) -> CommandError {
    match error {
        HomeError::Ingest(IngestError::Interrupted) => {
            Trouble::new(Exit::Interrupted, "interrupted; everything is as it was before").into()
        }
        error => error.into(),
    }
}
