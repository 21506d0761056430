//! `count`: how many records a query finds.

use super::super::args::CountArguments;
use super::super::exit::Exit;
use super::super::json::Object;
use super::super::{Ended, Session};
use super::search::{compiled, opened, tell_behind, tell_hints};

pub fn run(arguments: &CountArguments, session: &mut Session) -> Ended {
    let text = arguments.query.text();
    count(&text, arguments.as_of.as_deref(), "count", session)
}

/// Prints the number alone; `search --count` is the same.
pub fn count(text: &str, as_of: Option<&str>, command: &str, session: &mut Session) -> Ended {
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
        ui.line(n)?;
    }
    tell_hints(&query, &compiled, ui)?;
    tell_behind(searcher.behind, ui)?;
    Ok(if n > 0 { Exit::Done } else { Exit::Nothing })
}
