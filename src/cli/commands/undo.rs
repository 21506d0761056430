//! `undo`: what was decided by hand, and taking a decision back.

use super::super::args::UndoArguments;
use super::super::error::Trouble;
use super::super::exit::Exit;
use super::super::inert::inert_line;
use super::super::json::Object;
use super::super::layout::{Side, Table};
use super::super::ui::{Shown, Ui};
use super::super::{Ended, Session};
use crate::model::Decision;
use crate::store::KeptDecision;

pub fn run(arguments: &UndoArguments, session: &mut Session) -> Ended {
    let decisions = session.home.reader()?.decisions()?;
    let Some(number) = arguments.number else {
        list(&decisions, &mut session.ui)?;
        return Ok(Exit::Done);
    };
    let Some(kept) = decisions.into_iter().find(|kept| kept.number == number) else {
        let trouble = Trouble::new(Exit::Nothing, format!("there is no decision {number}"));
        return Err(trouble.hint("throwback undo lists what was decided by hand").into());
    };
    if !arguments.dry_run {
        session.stop.heed();
        session.home.take_back(number, &session.words, session.stop.flag())?;
    }
    let ui = &mut session.ui;
    if ui.is_json {
        ui.frame(&Object::header("undo").with("dry_run", arguments.dry_run))?;
        ui.row(&object(&kept))?;
        ui.end()?;
    } else {
        let done = if arguments.dry_run { "would be taken back" } else { "is taken back" };
        ui.talk(format_args!("decision {number} {done}: {}", words(&kept.decision)))?;
    }
    Ok(Exit::Done)
}

fn list(decisions: &[KeptDecision], ui: &mut Ui) -> Shown {
    if ui.is_json {
        ui.frame(&Object::header("undo"))?;
        decisions.iter().try_for_each(|kept| ui.row(&object(kept)))?;
        return ui.end();
    }
    if decisions.is_empty() {
        return ui.talk("nothing was decided by hand");
    }
    let mut table =
        Table::new(&[("number", Side::Right), ("made", Side::Left), ("decision", Side::Left), ("reason", Side::Left)]);
    for KeptDecision { number, decision } in decisions {
        table.add([
            number.to_string(),
            ui.zone.day(decision.made_ms),
            words(decision),
            decision.reason.clone().unwrap_or_default(),
        ]);
    }
    let columns = ui.is_terminal.then_some(ui.columns);
    ui.lines(table.lines(columns))
}

/// A decision in a line.
pub fn words(decision: &Decision) -> String {
    inert_line(&format!("{} {}", decision.kind.name().replace('_', " "), decision.arguments.join(" | ")))
}

/// A decision as JSON; the number is what `undo` takes.
pub fn object(kept: &KeptDecision) -> Object {
    Object::row("decision")
        .with("number", kept.number)
        .with("kind", kept.decision.kind.name())
        .with("arguments", &kept.decision.arguments)
        .with("reason", &kept.decision.reason)
        .with("made_ms", kept.decision.made_ms)
}
