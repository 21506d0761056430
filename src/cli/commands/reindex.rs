//! `reindex`: builds the search index anew.

use super::super::exit::Exit;
use super::super::json::Object;
use super::super::units;
use super::super::{Ended, Session};

pub fn run(session: &mut Session) -> Ended {
    let n = session.home.reindex(&session.words)?;
    let ui = &mut session.ui;
    if ui.is_json {
        ui.frame(&Object::header("reindex"))?;
        ui.row(&Object::row("index").with("records", n))?;
        ui.end()?;
    } else {
        ui.talk(format_args!("{} can be found", units::counted(n, "record", "records")))?;
    }
    Ok(Exit::Done)
}
