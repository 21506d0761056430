//! `dump`: everything that is held, as JSON lines.

use super::super::exit::Exit;
use super::super::json::Object;
use super::super::{Ended, Session};

pub fn run(session: &mut Session) -> Ended {
    let store = session.home.reader()?;
    let ui = &mut session.ui;
    ui.frame(&Object::header("dump"))?;
    let mut outcome = Ok(());
    store.dump(&mut |kind, row| {
        outcome = ui.row(&Object::row(kind).with_columns(kind, row.filled()));
        outcome.is_ok()
    })?;
    outcome?;
    ui.end()?;
    Ok(Exit::Done)
}
