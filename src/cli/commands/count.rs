//! `count`: how many records a query finds.

use super::super::args::CountArguments;
use super::super::csv;
use super::super::exit::Exit;
use super::super::json::Object;
use super::super::{Ended, Session};
use super::facets;
use super::question::Question;
use super::search::{tell_behind, tell_hints};
use super::search_notes::{silent_object, tell_silent};
use crate::home::Facet;
use crate::index::Counts;

pub fn run(arguments: &CountArguments, session: &mut Session) -> Ended {
    let question = Question::of(&arguments.query.text(), arguments.as_of.as_deref(), session)?;
    match arguments.by {
        Some(facet) => by(question, facet, arguments.csv, session),
        None => count(question, arguments.csv, "count", session),
    }
}

/// Prints a number for each value.
fn by(question: Question, facet: Facet, is_csv: bool, session: &mut Session) -> Ended {
    let header = header("count", &question);
    let Question { query, mut searcher, compiled, .. } = question;
    let rows = searcher.rows(&compiled)?;
    let counted = searcher.facet(&compiled, &rows, facet, &session.ui.zone)?;
    let left_out = searcher.counts(&compiled)?.left_out;
    searcher.end_reading()?;
    let ui = &mut session.ui;
    if ui.is_json {
        let header = header.with("total", rows.len()).with("left_out", silent_object(&left_out));
        ui.frame(&header.with("by", facet.name()))?;
        for (value, n) in &counted {
            ui.row(&Object::row("count").with(facet.name(), value).with("count", n))?;
        }
        ui.end()?;
    } else if is_csv {
        csv::row([facet.name(), "count"], ui)?;
        counted.iter().try_for_each(|(value, n)| csv::row([value.as_str(), &n.to_string()], ui))?;
    } else {
        facets::lines(&counted, counted.len(), ui)?;
    }
    tell_silent(&left_out, ui)?;
    tell_hints(&query, &compiled, ui)?;
    tell_behind(searcher.behind, ui)?;
    Ok(if rows.is_empty() { Exit::Nothing } else { Exit::Done })
}

/// Prints the number alone; `search --count` is the same.
pub fn count(question: Question, is_csv: bool, command: &str, session: &mut Session) -> Ended {
    let header = header(command, &question);
    let Question { query, mut searcher, compiled, .. } = question;
    let Counts { total: n, left_out } = searcher.counts(&compiled)?;
    let ui = &mut session.ui;
    if ui.is_json {
        ui.frame(&header.with("total", n).with("left_out", silent_object(&left_out)))?;
        ui.row(&Object::row("count").with("count", n))?;
        ui.end()?;
    } else {
        if is_csv {
            csv::row(["count"], ui)?;
        }
        ui.line(n)?;
    }
    tell_silent(&left_out, ui)?;
    tell_hints(&query, &compiled, ui)?;
    tell_behind(searcher.behind, ui)?;
    Ok(if n > 0 { Exit::Done } else { Exit::Nothing })
}

/// What was asked.
fn header(command: &str, question: &Question) -> Object {
    let searcher = &question.searcher;
    let mut header = Object::header(command).with("query", &question.text).with("behind", searcher.behind);
    if let Some(day) = searcher.as_of {
        header = header.with("as_of", day.to_string());
    }
    if let Some(named) = &question.named {
        header = header.with("saved_search", &named.name);
    }
    header
}
