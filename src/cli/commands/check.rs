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
use crate::home::{CheckReport, DataToRead, HomeError, RepairOptions};
use crate::ingest::IngestError;
use crate::store::{DATABASE_DAMAGED, Damage, StoreError};

pub fn run(arguments: &CheckArguments, progress: ProgressChoice, session: &mut Session) -> Ended {
    session.stop.heed();
    let is_silent = session.ui.is_quiet || session.ui.is_json;
    let progress = progress::Shown::new(progress, is_silent, session.stop.clone());
    let seed = surroundings::now_ms().unsigned_abs();
    let data = match arguments.sample {
        Some(percent) => DataToRead::Sample { percent, seed },
        None if arguments.read_data || arguments.repair => DataToRead::Everything,
        None => DataToRead::Nothing,
    };
    let (mended, mut report) = if arguments.repair {
        let options = RepairOptions {
            from: &arguments.from,
            limits: &arguments.budgets.limits(),
            command: &session.words,
            stop: session.stop.flag(),
        };
        let repaired = session.home.repair(&options, &progress).map(|repaired| (repaired.mended, repaired.check));
        repaired.or_else(|error| Ok((Vec::new(), damage_of(error)?))).map_err(cut_short)?
    } else {
        (Vec::new(), session.home.check(data).or_else(damage_of)?)
    };
    let is_readable = !report.damage.iter().any(|damage| WITHOUT_A_DATABASE.contains(&damage.code));
    if !is_readable {
        report.remarks.push(session.home.without_a_sound_database()?);
    }
    let is_current = !report.remarks.iter().any(|remark| remark.code == "older_readers");
    // A repair has compared them already, where it could.
    if arguments.rederive && is_readable && is_current && !arguments.repair {
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
        ui.frame(
            &header
                .with("rederive", arguments.rederive)
                .with("rehearse", arguments.rehearse)
                .with("repair", arguments.repair),
        )?;
        mended.iter().try_for_each(|mended| ui.row(&named_row("mended", mended)))?;
        report.damage.iter().try_for_each(|damage| ui.row(&row("error", damage)))?;
        report.remarks.iter().try_for_each(|remark| ui.row(&row("info", remark)))?;
        let end = Object::end(ui.n_rows())
            .with("is_sound", report.damage.is_empty())
            .with("records", report.n_records)
            .with("documents", report.n_documents)
            .with("media", report.n_media)
            .with("media_read", report.n_read)
            .with("indexed", report.n_indexed)
            .with("talks", report.n_talks)
            .with("mended", mended.len());
        ui.frame(&end)?;
    } else {
        for mended in &mended {
            ui.line(format_args!("{} {}: {}", styled(GOOD, "mended"), mended.code, inert_line(&mended.sentence)))?;
        }
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

/// The codes of databases that nothing can be read from.
const WITHOUT_A_DATABASE: [&str; 2] = [DATABASE_DAMAGED, "database_missing"];

fn cut_short(error: HomeError) -> CommandError {
    match error {
        HomeError::Ingest(IngestError::Interrupted) => {
            let trouble = Trouble::new(Exit::Interrupted, "interrupted; what was mended before stays");
            trouble.hint("the same command goes on where it stopped").into()
        }
        error => error.into(),
    }
}

/// A database that cannot even be opened is what this command looks for.
fn damage_of(error: HomeError) -> Result<CheckReport, HomeError> {
    let code = match &error {
        HomeError::Store(StoreError::Sqlite { .. })
        | HomeError::Ingest(IngestError::Store(StoreError::Sqlite { .. }))
            if Exit::from(&error) == Exit::Failed =>
        {
            DATABASE_DAMAGED
        }
        _ => return Err(error),
    };
    let trouble = Trouble::of(Exit::Damage, &error);
    let causes = std::iter::once(&trouble.sentence).chain(&trouble.causes).map(String::as_str);
    let sentence = causes.collect::<Vec<_>>().join(": ") + ".";
    Ok(CheckReport { damage: vec![Damage::new(code, sentence)], ..CheckReport::default() })
}

fn row(severity: &str, damage: &Damage) -> Object {
    let row = Object::row("damage").with("severity", severity);
    row.with("code", damage.code).with("sentence", &damage.sentence)
}

fn named_row(name: &str, damage: &Damage) -> Object {
    Object::row(name).with("code", damage.code).with("sentence", &damage.sentence)
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
        None if arguments.read_data || arguments.repair => "every byte was read".to_owned(),
        None => "--read-data reads every byte".to_owned(),
    };
    let verdict = if report.damage.is_empty() {
        styled(GOOD, "sound")
    } else {
        styled(BAD, counted(report.damage.len() as u64, "thing is damaged", "things are damaged"))
    };
    ui.line(format_args!("{verdict}: {looked_at} {}", styled(DIM, format_args!("({how})"))))
}
