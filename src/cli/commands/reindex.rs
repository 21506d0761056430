//! `reindex`: builds the search index anew, and with `--documents` reads every kept document again before.

use std::collections::BTreeMap;

use super::super::args::{ProgressChoice, ReindexArguments};
use super::super::error::{CommandError, Trouble};
use super::super::exit::Exit;
use super::super::inert::inert_line;
use super::super::json::Object;
use super::super::progress;
use super::super::ui::Ui;
use super::super::units::{count, counted};
use super::super::{Ended, Session};
use crate::home::HomeError;
use crate::ingest::{IngestError, ReadAgain, RereadReport};

pub fn run(arguments: &ReindexArguments, progress: ProgressChoice, session: &mut Session) -> Ended {
    if arguments.documents {
        return read_again(progress, session);
    }
    let n = session.home.reindex(&session.words)?;
    let ui = &mut session.ui;
    if ui.is_json {
        ui.frame(&Object::header("reindex"))?;
        ui.row(&Object::row("index").with("records", n))?;
        ui.end()?;
    } else {
        ui.talk(format_args!("{} can be found", counted(n, "record", "records")))?;
    }
    Ok(Exit::Done)
}

fn read_again(progress: ProgressChoice, session: &mut Session) -> Ended {
    // A folder in which nothing was ever kept is an empty home.
    let is_bare = !session.home.exists() && session.home.path().is_dir();
    let (report, n_indexed) = if is_bare {
        (RereadReport::default(), 0)
    } else {
        session.stop.heed();
        let is_silent = session.ui.is_quiet || session.ui.is_json;
        let progress = progress::Shown::new(progress, is_silent, session.stop.clone());
        session.home.read_documents_again(&session.words, session.stop.flag(), &progress).map_err(told)?
    };
    let ui = &mut session.ui;
    if ui.is_json {
        ui.frame(&Object::header("reindex").with("documents", true))?;
        report.changed.iter().try_for_each(|changed| ui.row(&row(changed)))?;
        ui.row(&Object::row("index").with("records", n_indexed))?;
        let records = Object::new()
            .with("new", report.n_new)
            .with("changed", report.n_changed)
            .with("removed", report.n_removed)
            .with("unchanged", report.n_unchanged);
        let documents = Object::new().with("read", report.n_documents).with("changed", report.changed.len());
        let end = Object::end(ui.n_rows()).with("documents", documents).with("records", records);
        ui.frame(&end)?;
    } else {
        show(&report, n_indexed, ui)?;
    }
    Ok(Exit::Done)
}

fn row(changed: &ReadAgain) -> Object {
    Object::row("document")
        .with("hash", changed.hash.to_hex())
        .with("path", &changed.path)
        .with("reader", &changed.today.0)
        .with("reader_version", changed.today.1)
        .with("earlier_reader", &changed.earlier.0)
        .with("earlier_reader_version", changed.earlier.1)
}

fn show(report: &RereadReport, n_indexed: u64, ui: &mut Ui) -> Result<(), CommandError> {
    if report.n_documents == 0 {
        return ui.talk("there are no documents in this home yet, so there was nothing to read again");
    }
    let mut by_reader: BTreeMap<String, u64> = BTreeMap::new();
    for ReadAgain { earlier, today, .. } in &report.changed {
        let name = |(reader, version): &(String, u32)| match reader.as_str() {
            "" => "not read".to_owned(),
            reader => format!("{reader} {version}"),
        };
        let line = if earlier == today { name(today) } else { format!("{} → {}", name(earlier), name(today)) };
        *by_reader.entry(line).or_default() += 1;
    }
    let n_changed = report.changed.len() as u64;
    let read = counted(report.n_documents, "document was read again", "documents were read again");
    if report.is_unchanged() {
        ui.talk(format_args!("{read}; all of them say what they said"))?;
    } else {
        let verb = if n_changed == 1 { "is" } else { "are" };
        ui.talk(format_args!("{read}; {} {verb} read otherwise now", count(n_changed)))?;
        for (line, n) in by_reader {
            ui.talk(format_args!("  {}: {}", inert_line(&line), counted(n, "document", "documents")))?;
        }
        ui.talk(format_args!(
            "records: {} new, {} changed, {} removed, {} unchanged",
            count(report.n_new),
            count(report.n_changed),
            count(report.n_removed),
            count(report.n_unchanged)
        ))?;
    }
    ui.talk(format_args!("{} can be found", counted(n_indexed, "record", "records")))
}

fn told(error: HomeError) -> CommandError {
    match error {
        HomeError::Ingest(IngestError::Interrupted) => {
            let trouble = Trouble::new(Exit::Interrupted, "interrupted; everything is as it was before");
            trouble.hint("the same command begins anew").into()
        }
        error => error.into(),
    }
}
