//! `check`: is everything that is held sound?

use super::super::args::CheckArguments;
use super::super::error::{CommandError, Trouble};
use super::super::exit::Exit;
use super::super::inert::inert_line;
use super::super::json::Object;
use super::super::ui::{BAD, DIM, GOOD, Ui, WARN, styled};
use super::super::units::counted;
use super::super::{Ended, Session};
use crate::home::{CheckOptions, CheckReport, HomeError};
use crate::store::{Damage, StoreError};

pub fn run(arguments: &CheckArguments, session: &mut Session) -> Ended {
    let report = session.home.check(CheckOptions { reads_data: arguments.read_data }).or_else(damage_of)?;
    let ui = &mut session.ui;
    if ui.is_json {
        ui.frame(&Object::header("check").with("read_data", arguments.read_data))?;
        report.damage.iter().try_for_each(|damage| ui.row(&row("error", damage)))?;
        report.remarks.iter().try_for_each(|remark| ui.row(&row("info", remark)))?;
        let end = Object::end(ui.n_rows())
            .with("is_sound", report.damage.is_empty())
            .with("records", report.n_records)
            .with("documents", report.n_documents)
            .with("media", report.n_media)
            .with("indexed", report.n_indexed)
            .with("talks", report.n_talks);
        ui.frame(&end)?;
    } else {
        show(&report, arguments.read_data, ui)?;
    }
    Ok(if report.damage.is_empty() { Exit::Done } else { Exit::Damage })
}

/// A database that cannot even be opened is what this command looks for.
fn damage_of(error: HomeError) -> Result<CheckReport, CommandError> {
    let code = match &error {
        HomeError::Store(StoreError::Sqlite { .. }) if Exit::from(&error) == Exit::Failed => "database_damaged",
        _ => return Err(error.into()),
    };
    let trouble = Trouble::of(Exit::Damage, &error);
    let causes = std::iter::once(&trouble.sentence).chain(&trouble.causes).map(String::as_str);
    let sentence = causes.collect::<Vec<_>>().join(": ") + ".";
    Ok(CheckReport { damage: vec![Damage::new(code, sentence)], ..CheckReport::default() })
}

fn row(severity: &str, damage: &Damage) -> Object {
    Object::row("damage").with("severity", severity).with("code", damage.code).with("sentence", &damage.sentence)
}

fn show(report: &CheckReport, has_read_data: bool, ui: &mut Ui) -> Result<(), CommandError> {
    for damage in &report.damage {
        ui.line(format_args!("{} {}: {}", styled(BAD, "damage"), damage.code, inert_line(&damage.sentence)))?;
    }
    for remark in &report.remarks {
        ui.line(format_args!("{} {}: {}", styled(WARN, "remark"), remark.code, inert_line(&remark.sentence)))?;
    }
    let looked_at = format!(
        "{}, {}, {}, {} and {} in the index",
        counted(report.n_records, "record", "records"),
        counted(report.n_documents, "document", "documents"),
        counted(report.n_media, "media file", "media files"),
        counted(report.n_indexed, "record", "records"),
        counted(report.n_talks, "talk", "talks"),
    );
    let how = if has_read_data { "every byte was read" } else { "--read-data reads every byte" };
    let verdict = if report.damage.is_empty() {
        styled(GOOD, "sound")
    } else {
        styled(BAD, counted(report.damage.len() as u64, "thing is damaged", "things are damaged"))
    };
    ui.line(format_args!("{verdict}: {looked_at} {}", styled(DIM, format_args!("({how})"))))
}
