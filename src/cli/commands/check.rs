//! `check`: is everything that is held sound?

use std::collections::{BTreeMap, BTreeSet};

use super::super::args::{CheckArguments, ProgressChoice};
use super::super::error::{CommandError, Trouble};
use super::super::exit::Exit;
use super::super::inert::inert_line;
use super::super::json::Object;
use super::super::progress;
use super::super::ui::{BAD, DIM, GOOD, Ui, WARN, styled};
use super::super::units::counted;
use super::super::{Ended, Session, surroundings};
use super::restore;
use crate::home::{CheckReport, DataToRead, HomeError};
use crate::ingest::IngestError;
use crate::store::{Damage, StoreError};

pub fn run(arguments: &CheckArguments, progress: ProgressChoice, session: &mut Session) -> Ended {
    session.stop.heed();
    let is_silent = session.ui.is_quiet || session.ui.is_json;
    let progress = progress::Shown::new(progress, is_silent, session.stop.clone());
    let seed = surroundings::now_ms().unsigned_abs();
    let data = match arguments.sample {
        Some(percent) => DataToRead::Sample { percent, seed },
        None if arguments.read_data => DataToRead::Everything,
        None => DataToRead::Nothing,
    };
    let mut report = session.home.check(data).or_else(damage_of)?;
    let is_readable = !report.damage.iter().any(|damage| damage.code == "database_damaged");
    let is_current = !report.remarks.iter().any(|remark| remark.code == "older_readers");
    if arguments.rederive && is_readable && is_current {
        report
            .damage
            .extend(session.home.rederive(&session.words, session.stop.flag(), &progress).map_err(interrupted)?);
    }
    if arguments.rehearse && is_readable && session.home.exists() {
        report.damage.extend(rehearse(session, seed, &progress)?);
    }
    let ui = &mut session.ui;
    if ui.is_json {
        let header = Object::header("check").with("read_data", arguments.read_data).with("sample", arguments.sample);
        ui.frame(&header.with("rederive", arguments.rederive).with("rehearse", arguments.rehearse))?;
        report.damage.iter().try_for_each(|damage| ui.row(&row("error", damage)))?;
        report.remarks.iter().try_for_each(|remark| ui.row(&row("info", remark)))?;
        let end = Object::end(ui.n_rows())
            .with("is_sound", report.damage.is_empty())
            .with("records", report.n_records)
            .with("documents", report.n_documents)
            .with("media", report.n_media)
            .with("media_read", report.n_read)
            .with("indexed", report.n_indexed)
            .with("talks", report.n_talks);
        ui.frame(&end)?;
    } else {
        show(&report, arguments, ui)?;
    }
    Ok(if report.damage.is_empty() { Exit::Done } else { Exit::Damage })
}

/// Restores the newest snapshot of every account into nothing, and one more.
fn rehearse(session: &Session, seed: u64, progress: &progress::Shown) -> Result<Vec<Damage>, CommandError> {
    let store = session.home.reader()?;
    let mut newest: BTreeMap<String, String> = BTreeMap::new();
    let mut all = Vec::new();
    for row in store.select_all("SELECT account, id FROM snapshots ORDER BY date, id", &[])? {
        let (Some(account), Some(id)) = (row.text("account"), row.text("id")) else { continue };
        newest.insert(account.to_owned(), id.to_owned());
        all.push(id.to_owned());
    }
    let mut chosen: BTreeSet<String> = newest.into_values().collect();
    let n = all.len() as u64;
    chosen.extend(seed.checked_rem(n).and_then(|at| all.get(usize::try_from(at).ok()?)).cloned());
    drop(store);
    let chosen: Vec<String> = chosen.into_iter().collect();
    let lacking = session.home.rehearse_restoring(&chosen, session.stop.flag(), progress).map_err(restore::told)?;
    Ok(lacking.into_iter().map(|sentence| Damage::new("does_not_come_back", sentence)).collect())
}

fn interrupted(error: HomeError) -> CommandError {
    match error {
        HomeError::Ingest(IngestError::Interrupted) => {
            Trouble::new(Exit::Interrupted, "interrupted; nothing was changed").into()
        }
        error => error.into(),
    }
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

fn show(report: &CheckReport, arguments: &CheckArguments, ui: &mut Ui) -> Result<(), CommandError> {
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
    let how = match arguments.sample {
        Some(percent) => format!("every byte of {percent} % of the files was read"),
        None if arguments.read_data => "every byte was read".to_owned(),
        None => "--read-data reads every byte".to_owned(),
    };
    let verdict = if report.damage.is_empty() {
        styled(GOOD, "sound")
    } else {
        styled(BAD, counted(report.damage.len() as u64, "thing is damaged", "things are damaged"))
    };
    ui.line(format_args!("{verdict}: {looked_at} {}", styled(DIM, format_args!("({how})"))))
}
