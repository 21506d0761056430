//! `backup`: a second home that holds the same.

use super::super::args::{BackupArguments, ProgressChoice};
use super::super::error::{CommandError, Trouble};
use super::super::exit::Exit;
use super::super::inert::inert_line;
use super::super::json::Object;
use super::super::progress;
use super::super::ui::{BAD, NAME, styled};
use super::super::units::{self, counted};
use super::super::{Ended, Session};
use crate::home::{BackupError, MANIFEST};

pub fn run(arguments: &BackupArguments, progress: ProgressChoice, session: &mut Session) -> Ended {
    session.stop.heed();
    let ui = &mut session.ui;
    let progress = progress::Shown::new(progress, ui.is_quiet || ui.is_json, session.stop.clone());
    let made = session.home.back_up(&arguments.to, &session.words, session.stop.flag(), &progress);
    let report = made.map_err(told)?;
    let to = arguments.to.to_string_lossy();
    if ui.is_json {
        ui.frame(&Object::header("backup").with("to", &to))?;
        for path in &report.lacking {
            ui.row(&Object::row("lacking").with("path", path))?;
        }
        let end = Object::end(ui.n_rows())
            .with("database_bytes", report.database_bytes)
            .with("media", report.n_media)
            .with("copied", report.n_copied)
            .with("copied_bytes", report.copied_bytes)
            .with("lacking", report.lacking.len() as u64);
        ui.frame(&end)?;
    } else {
        for path in &report.lacking {
            ui.line(format_args!("{}{}", styled(BAD, "lacking   "), inert_line(path)))?;
        }
        let to = inert_line(&to);
        ui.line(format_args!(
            "{}{to}: the database ({}) and {}, {} of them new ({})",
            styled(NAME, "backup    "),
            units::bytes(report.database_bytes),
            counted(report.n_media, "media file", "media files"),
            report.n_copied,
            units::bytes(report.copied_bytes),
        ))?;
        if report.lacking.is_empty() {
            ui.hint(format_args!("`throwback check --home {to} --read-data` proves it; {MANIFEST} has the hashes"))?;
        } else {
            let files = counted(report.lacking.len() as u64, "media file", "media files");
            ui.note(format_args!(
                "{files} of the home are damaged or not there; `throwback check --read-data` tells more"
            ))?;
        }
    }
    Ok(if report.lacking.is_empty() { Exit::Done } else { Exit::Damage })
}

fn told(error: BackupError) -> CommandError {
    match error {
        BackupError::Home(error) => error.into(),
        BackupError::Interrupted => {
            let trouble = Trouble::new(Exit::Interrupted, "interrupted; the backup before it is as it was");
            trouble.hint("run it again: it goes on where it was").into()
        }
        BackupError::InsideHome(_) => Trouble::of(Exit::Failed, &error).hint("name a folder outside of it").into(),
        BackupError::NotABackup(_) => {
            Trouble::of(Exit::Failed, &error).hint("name a folder that is empty or not there yet").into()
        }
        BackupError::Diverged(_) => Trouble::of(Exit::Failed, &error)
            .hint("it may hold what the home does not; name another folder, and compare them before you delete one")
            .into(),
        BackupError::Files { .. } => Trouble::of(Exit::Failed, &error).into(),
    }
}
