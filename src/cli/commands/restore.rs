//! `restore`: a download is written out again.

use std::path::Path;

use chrono::{NaiveDateTime, TimeZone};

use super::super::args::{ProgressChoice, RestoreArguments};
use super::super::error::{CommandError, Trouble};
use super::super::exit::Exit;
use super::super::inert::inert_line;
use super::super::json::Object;
use super::super::progress;
use super::super::ui::{BAD, NAME, Ui, WARN, styled};
use super::super::units::{self, counted};
use super::super::{Ended, Session};
use super::findings::only;
use crate::home::{RestoreError, RestoreOptions, RestoreReport, Restored};

pub fn run(arguments: &RestoreArguments, progress: ProgressChoice, session: &mut Session) -> Ended {
    session.stop.heed();
    let store = session.home.reader()?;
    let snapshot = only("snapshot", &arguments.snapshot, store.snapshot_ids(&arguments.snapshot)?)?;
    drop(store);
    let zone = session.ui.zone;
    let clock = |at: NaiveDateTime| zone.from_local_datetime(&at).earliest().map(|at| at.timestamp());
    let options = RestoreOptions {
        snapshot: &snapshot,
        to: &arguments.to,
        as_zip: arguments.zip,
        is_dry_run: arguments.dry_run,
        clock: &clock,
        stop: session.stop.flag(),
    };
    let ui = &mut session.ui;
    let progress = progress::Shown::new(progress, ui.is_quiet || ui.is_json, session.stop.clone());
    if ui.is_json {
        let header = Object::header("restore").with("snapshot", &snapshot).with("to", arguments.to.to_string_lossy());
        ui.frame(&header.with("zip", arguments.zip).with("dry_run", arguments.dry_run))?;
    }
    let mut broken = None;
    let report = session.home.restore(&options, &progress, &mut |restored| {
        // Writing goes on when nobody reads what is said.
        if broken.is_none() {
            let told = if ui.is_json { ui.row(&row(&restored)) } else { show(&restored, &arguments.to, ui) };
            broken = told.err();
        }
    });
    let report = report.map_err(told)?;
    broken.map_or(Ok(()), Err)?;
    if ui.is_json {
        let end = Object::end(ui.n_rows())
            .with("archives", report.n_archives)
            .with("files", report.n_files)
            .with("bytes", report.bytes)
            .with("renamed", report.n_renamed)
            .with("lacking", report.n_lacking);
        ui.frame(&end)?;
    } else {
        sum_up(&report, arguments, ui)?;
    }
    Ok(if report.n_lacking == 0 { Exit::Done } else { Exit::Damage })
}

fn row(restored: &Restored) -> Object {
    match restored {
        Restored::Archive { name, path, n_files, bytes } => Object::row("archive")
            .with("name", name)
            .with("path", path)
            .with("files", n_files)
            .with("bytes", bytes)
            .with("copy_of", None::<&str>),
        Restored::Copy { name, of } => Object::row("archive")
            .with("name", name)
            .with("path", None::<&str>)
            .with("files", 0)
            .with("bytes", 0)
            .with("copy_of", of),
        Restored::Renamed { archive, name, path, reason } => Object::row("renamed")
            .with("archive", archive)
            .with("name", name)
            .with("path", path)
            .with("reason", reason.to_string()),
        Restored::Lacking { archive, name, path, reason } => {
            Object::row("lacking").with("archive", archive).with("name", name).with("path", path).with("reason", reason)
        }
    }
}

fn show(restored: &Restored, to: &Path, ui: &mut Ui) -> Result<(), CommandError> {
    match restored {
        Restored::Archive { path, n_files, bytes, .. } => {
            let place = inert_line(&to.join(path).to_string_lossy());
            let files = counted(*n_files, "file", "files");
            ui.line(format_args!("{}{place}: {files}, {}", styled(NAME, label("archive")), units::bytes(*bytes)))
        }
        Restored::Copy { name, of } => {
            let [name, of] = [name, of].map(|name| inert_line(name));
            ui.line(format_args!("{}{name}: everything in it is in {of}, too", styled(NAME, label("left out"))))
        }
        Restored::Renamed { name, path, reason, .. } => {
            let [name, path] = [name, path].map(|name| inert_line(name));
            ui.line(format_args!("{}{name} → {path} ({reason})", styled(WARN, label("renamed"))))
        }
        Restored::Lacking { archive, name, path, reason } => {
            let name = inert_line(name.as_ref().unwrap_or(archive));
            let path = path.as_ref().map(|path| format!(" → {}", inert_line(path))).unwrap_or_default();
            let reason = inert_line(reason.trim_end_matches('.'));
            ui.line(format_args!("{}{name}{path}: {reason}", styled(BAD, label("lacking"))))
        }
    }
}

fn label(name: &str) -> String {
    format!("{name:<10}")
}

fn sum_up(report: &RestoreReport, arguments: &RestoreArguments, ui: &mut Ui) -> Result<(), CommandError> {
    let files = counted(report.n_files, "file", "files");
    let bytes = units::bytes(report.bytes);
    let to = inert_line(&arguments.to.to_string_lossy());
    if arguments.dry_run {
        ui.talk(format_args!("would write {files}, {bytes}, to {to}; nothing was written"))?;
    } else {
        let all = if report.n_lacking == 0 { "; every byte is that of the download" } else { "" };
        ui.talk(format_args!("wrote {files}, {bytes}, to {to}{all}"))?;
    }
    if report.n_renamed > 0 {
        let n = counted(report.n_renamed, "name", "names");
        ui.hint(format_args!("{n} had to be changed; --zip writes all names as they were"))?;
    }
    if report.n_lacking > 0 {
        let things = counted(report.n_lacking, "thing does", "things do");
        ui.note(format_args!("{things} not come back as in the download; they are listed as lacking"))?;
    }
    Ok(())
}

pub(super) fn told(error: RestoreError) -> CommandError {
    match error {
        RestoreError::Home(error) => error.into(),
        RestoreError::Interrupted => {
            let trouble =
                Trouble::new(Exit::Interrupted, "interrupted; what was written so far is not the whole download");
            trouble.hint("delete it, or name another folder, and begin again").into()
        }
        RestoreError::NotEmpty(_) => {
            Trouble::of(Exit::Failed, &error).hint("name a folder that is empty or not there yet").into()
        }
        RestoreError::InsideHome(_) => Trouble::of(Exit::Failed, &error).hint("name a folder outside of it").into(),
        RestoreError::NoSpace { path, needed, free } => {
            let sentence = format!(
                "{} are needed at {} and {} are free; nothing was written",
                units::bytes(needed),
                path.display(),
                units::bytes(free)
            );
            Trouble::new(Exit::Failed, sentence).into()
        }
        RestoreError::Files { .. } => Trouble::of(Exit::Failed, &error).into(),
    }
}
