//! `diff`: what came, went and changed between two downloads, with what the second never covered told apart.

use std::collections::BTreeMap;

use super::super::args::DiffArguments;
use super::super::error::{CommandError, Trouble};
use super::super::exit::Exit;
use super::super::inert::inert_line;
use super::super::json::{Object, Plain};
use super::super::layout::fitted;
use super::super::record_words::{author_of, plural, words_of};
use super::super::ui::{BAD, BOLD, DIM, GOOD, Ui, WARN, styled};
use super::super::units;
use super::super::{Ended, Session};
use super::findings::only;
use super::record_id;
use crate::home::{Difference, DifferenceKind};
use crate::model::Kind;
use crate::store::{NamedRow, Store};

pub fn run(arguments: &DiffArguments, session: &mut Session) -> Ended {
    let store = session.home.reader()?;
    let snapshot = |typed: &str| only("snapshot", typed, store.snapshot_ids(typed)?);
    let (first, second) = (snapshot(&arguments.first)?, snapshot(&arguments.second)?);
    let Ok(differences) = session.home.diff(&first, &second)? else {
        let sentence = format!("{first} and {second} are downloads of two accounts");
        return Err(Trouble::new(Exit::Usage, sentence).hint("throwback snapshots tells whose each is").into());
    };
    let ui = &mut session.ui;
    if ui.is_json {
        ui.frame(&Object::header("diff").with("first", &first).with("second", &second))?;
        let limit = arguments.limit.filter(|limit| *limit > 0).unwrap_or(usize::MAX);
        for (_, group) in groups(&differences) {
            for difference in group.iter().take(limit) {
                row(difference, &store, ui)?;
            }
        }
        ui.end()?;
    } else if differences.is_empty() {
        ui.talk(format_args!("{first} and {second} hold the same"))?;
    } else {
        text(&differences, arguments, &store, ui)?;
    }
    Ok(if differences.is_empty() { Exit::Nothing } else { Exit::Done })
}

/// The differences of one kind that became the same.
fn groups(differences: &[Difference]) -> Vec<((Kind, &'static str), Vec<&Difference>)> {
    let mut groups: Vec<((Kind, &'static str), Vec<&Difference>)> = Vec::new();
    for difference in differences {
        let name = (difference.kind, difference.change.name());
        match groups.last_mut() {
            Some((last, group)) if *last == name => group.push(difference),
            _ => groups.push((name, vec![difference])),
        }
    }
    groups
}

fn row(difference: &Difference, store: &Store, ui: &mut Ui) -> Result<(), CommandError> {
    let record = store.shown_record_of_row(difference.row)?;
    let member = |column: &str| record.as_ref().map(|record| record.get(column).clone());
    let mut object = Object::row("difference").with("change", difference.change.name()).with("id", &difference.id);
    for column in ["kind", "subkind", "at", "author", "counterpart", "thread", "text", "url"] {
        object = match member(column) {
            Some(value) => object.with(column, Plain(&value)),
            None => object.with(column, None::<&str>),
        };
    }
    let fields: Vec<Object> = difference
        .fields
        .iter()
        .map(|change| {
            Object::new()
                .with("field", &change.field)
                .with("before", change.before.as_deref())
                .with("after", change.after.as_deref())
        })
        .collect();
    object = object.with("fields", fields);
    if let DifferenceKind::NotCovered(why) = difference.change {
        object = object.with("why", why.name());
    }
    ui.row(&object)
}

/// So many of each kind and change are shown.
const SHOWN: usize = 5;

fn text(differences: &[Difference], arguments: &DiffArguments, store: &Store, ui: &mut Ui) -> Result<(), CommandError> {
    let limit = match arguments.limit.unwrap_or(SHOWN) {
        0 => usize::MAX,
        limit => limit,
    };
    let mut last_kind = None;
    for ((kind, change), group) in groups(differences) {
        if last_kind.replace(kind).is_some_and(|last| last != kind) {
            ui.line("")?;
        }
        let style = match change {
            "added" => GOOD,
            "gone" => BAD,
            "not_covered" => DIM,
            _ => WARN,
        };
        let name = styled(BOLD, inert_line(&plural(kind.name())));
        let count = units::count(group.len() as u64);
        ui.line(format_args!("{name} {}", styled(style, format_args!("{count} {}", change.replace('_', " ")))))?;
        if change == "not_covered" {
            why(&group, ui)?;
            continue;
        }
        for difference in group.iter().take(limit) {
            one(difference, store, ui)?;
        }
        let n_more = group.len().saturating_sub(limit) as u64;
        if n_more > 0 {
            ui.line(styled(DIM, format_args!("  … {} more; -n 0 shows all", units::count(n_more))))?;
        }
    }
    Ok(())
}

/// Records that the second does not cover are told by the reason; nobody lost them.
fn why(group: &[&Difference], ui: &mut Ui) -> Result<(), CommandError> {
    let mut reasons = BTreeMap::new();
    for difference in group {
        if let DifferenceKind::NotCovered(why) = difference.change {
            *reasons.entry(why).or_insert(0_u64) += 1;
        }
    }
    for (why, n) in reasons {
        ui.line(styled(DIM, format_args!("  {}: {}", units::count(n), why.words())))?;
    }
    Ok(())
}

fn one(difference: &Difference, store: &Store, ui: &mut Ui) -> Result<(), CommandError> {
    let Some(record) = store.shown_record_of_row(difference.row)? else { return Ok(()) };
    let at = difference.at_ms.map_or_else(|| "–".to_owned(), |ms| ui.zone.minute(ms, None));
    let id = record_id::short(store, &difference.id)?;
    let columns = ui.columns.saturating_sub(at.len() + id.len() + 6);
    let words = fitted(&line_of(&record), columns);
    ui.line(format_args!("  {at} {words}  {}", styled(DIM, id)))?;
    for change in &difference.fields {
        let shown = |value: Option<&str>| value.map_or_else(|| "–".to_owned(), |text| fitted(&inert_line(text), 60));
        let (before, after) = (shown(change.before.as_deref()), shown(change.after.as_deref()));
        ui.line(format_args!("    {}: {before} → {after}", inert_line(&change.field)))?;
    }
    Ok(())
}

fn line_of(record: &NamedRow) -> String {
    let words = inert_line(&words_of(record));
    match record
        .text("thread")
        .or_else(|| record.text("counterpart"))
        .filter(|_| record.text("kind") == Some("message"))
    {
        Some(thread) => format!("{} in {}: {words}", inert_line(author_of(record)), inert_line(thread)),
        None => words,
    }
}
