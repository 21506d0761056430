//! `findings`: what there is to know about the downloads.

use super::super::args::FindingsArguments;
use super::super::error::{CommandError, Trouble, one_of};
use super::super::exit::Exit;
use super::super::inert::inert_line;
use super::super::json::Object;
use super::super::ui::{BAD, BOLD, DIM, Ui, WARN, styled};
use super::super::units;
use super::super::{Ended, Session};
use crate::store::{FindingFilter, NamedRow};

pub fn run(arguments: &FindingsArguments, session: &mut Session) -> Ended {
    let store = session.home.reader()?;
    let snapshot = arguments.snapshot.as_deref();
    let archive = arguments.archive.as_deref();
    let filter = FindingFilter {
        severity: arguments.severity.map(super::super::args::SeverityChoice::name),
        snapshot: snapshot.map(|typed| only("snapshot", typed, store.snapshot_ids(typed)?)).transpose()?,
        archive: archive.map(|typed| only("archive", typed, store.archive_ids(typed)?)).transpose()?,
    };
    let findings = store.shown_findings(&filter)?;
    let ui = &mut session.ui;
    if ui.is_json {
        ui.frame(&Object::header("findings"))?;
        findings.iter().try_for_each(|finding| ui.row(&Object::of_row("finding", finding)))?;
        ui.end()?;
    } else if findings.is_empty() {
        ui.talk(if filter == FindingFilter::default() { "no findings" } else { "no such findings" })?;
    } else {
        show(&findings, ui)?;
    }
    Ok(Exit::Done)
}

/// The only one that was meant.
pub fn only(what: &str, typed: &str, ids: Vec<String>) -> Result<String, CommandError> {
    match ids.as_slice() {
        [_] => Ok(ids.into_iter().next().unwrap_or_default()),
        [] => {
            let sentence = format!("no {what} is known as `{typed}`");
            Err(Trouble::new(Exit::Nothing, sentence).hint("throwback snapshots -v lists them all").into())
        }
        several => {
            let several: Vec<&str> = several.iter().map(String::as_str).collect();
            let sentence = format!("several {what}s are known as `{typed}`");
            Err(Trouble::new(Exit::Usage, sentence).hint(format!("use {}", one_of(&several))).into())
        }
    }
}

/// Findings of one code stand together, the gravest first.
fn show(findings: &[NamedRow], ui: &mut Ui) -> Result<(), CommandError> {
    let text = |row: &NamedRow, column| inert_line(row.text(column).unwrap_or_default());
    let mut last_code = String::new();
    for finding in findings {
        let code = text(finding, "code");
        if code != last_code {
            let severity = text(finding, "severity");
            let style = match severity.as_str() {
                "error" => BAD,
                "warning" => WARN,
                _ => DIM,
            };
            let n = findings.iter().filter(|other| other.text("code") == finding.text("code")).count() as u64;
            let n = styled(DIM, format_args!("· {}", units::counted(n, "finding", "findings")));
            ui.line(format_args!("{} {} {n}", styled(style, severity), styled(BOLD, &code)))?;
            last_code = code;
        }
        let [archive, path, place] = ["archive", "path", "place"].map(|column| text(finding, column));
        let place = if place.is_empty() { place } else { format!(" at {place}") };
        let path = if path.is_empty() { path } else { format!(" {path}") };
        ui.line(format_args!("  {}", styled(DIM, format_args!("{archive}{path}{place}"))))?;
        ui.line(format_args!("    {}", text(finding, "sentence")))?;
    }
    Ok(())
}
