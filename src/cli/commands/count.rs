//! `count`: how many records a query finds.

use super::super::args::CountArguments;
use super::super::csv;
use super::super::exit::Exit;
use super::super::json::Object;
use super::super::{Ended, Session};
use super::facets;
use super::saved;
use super::search::{compiled, opened, tell_behind, tell_hints, tell_named};
use crate::home::Facet;

pub fn run(arguments: &CountArguments, session: &mut Session) -> Ended {
    let text = arguments.query.text();
    let named = saved::meant(&text, session)?;
    if !session.ui.is_json {
        tell_named(named.as_ref(), &mut session.ui)?;
    }
    let text = named.map_or(text, |named| named.text);
    if let Some(facet) = arguments.by {
        return by(&text, facet, arguments, session);
    }
    count(&text, arguments.as_of.as_deref(), arguments.csv, "count", session)
}

/// Prints a number for each value.
fn by(text: &str, facet: Facet, arguments: &CountArguments, session: &mut Session) -> Ended {
    let (query, mut searcher) = opened(text, arguments.as_of.as_deref(), session)?;
    let compiled = compiled(text, &query, &searcher, session.ui.zone)?;
    let rows = searcher.rows(&compiled)?;
    let counted = searcher.facet(&compiled, &rows, facet, &session.ui.zone)?;
    let ui = &mut session.ui;
    if ui.is_json {
        let header = Object::header("count").with("query", text).with("behind", searcher.behind);
        ui.frame(&header.with("total", rows.len()).with("by", facet.name()))?;
        for (value, n) in &counted {
            ui.row(&Object::row("count").with(facet.name(), value).with("count", n))?;
        }
        ui.end()?;
    } else if arguments.csv {
        csv::row([facet.name(), "count"], ui)?;
        counted.iter().try_for_each(|(value, n)| csv::row([value.as_str(), &n.to_string()], ui))?;
    } else {
        facets::lines(&counted, counted.len(), ui)?;
    }
    tell_hints(&query, &compiled, ui)?;
    tell_behind(searcher.behind, ui)?;
    Ok(if rows.is_empty() { Exit::Nothing } else { Exit::Done })
}

/// Prints the number alone; `search --count` is the same.
pub fn count(text: &str, as_of: Option<&str>, is_csv: bool, command: &str, session: &mut Session) -> Ended {
    let (query, mut searcher) = opened(text, as_of, session)?;
    let compiled = compiled(text, &query, &searcher, session.ui.zone)?;
    let n = searcher.count(&compiled)?;
    let ui = &mut session.ui;
    if ui.is_json {
        let mut header = Object::header(command).with("query", text).with("behind", searcher.behind).with("total", n);
        if let Some(day) = searcher.as_of {
            header = header.with("as_of", day.to_string());
        }
        ui.frame(&header)?;
        ui.row(&Object::row("count").with("count", n))?;
        ui.end()?;
    } else {
        if is_csv {
            csv::row(["count"], ui)?;
        }
        ui.line(n)?;
    }
    tell_hints(&query, &compiled, ui)?;
    tell_behind(searcher.behind, ui)?;
    Ok(if n > 0 { Exit::Done } else { Exit::Nothing })
}
