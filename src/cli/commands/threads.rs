//! `threads`: the conversations, the latest first.

use super::super::exit::Exit;
use super::super::json::Object;
use super::super::layout::{Side, Table};
use super::super::units;
use super::super::{Ended, Session};

pub fn run(session: &mut Session) -> Ended {
    let threads = session.home.reader()?.shown_threads()?;
    let ui = &mut session.ui;
    if ui.is_json {
        ui.frame(&Object::header("threads"))?;
        threads.iter().try_for_each(|thread| ui.row(&Object::of_row("thread", thread)))?;
        ui.end()?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&[
        ("id", Side::Left),
        ("messages", Side::Right),
        ("first", Side::Left),
        ("last", Side::Left),
        ("kind", Side::Left),
        ("title", Side::Left),
    ]);
    for thread in &threads {
        let day = |column| thread.integer(column).map_or_else(|| "–".to_owned(), |ms| ui.zone.day(ms));
        let text = |column| thread.text(column).unwrap_or("–").to_owned();
        let id = thread.text("id").unwrap_or_default();
        table.add([
            id.get(..8).unwrap_or(id).to_owned(),
            units::count(thread.integer("n_messages").unwrap_or_default().unsigned_abs()),
            day("first_ms"),
            day("last_ms"),
            text("kind"),
            text("title"),
        ]);
    }
    let columns = ui.is_terminal.then_some(ui.columns);
    ui.lines(table.lines(columns))?;
    Ok(Exit::Done)
}
