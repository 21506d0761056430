//! Decisions that are made on the command line: kept with their reason, told with the number that `undo` takes.

use super::super::args::DecisionOptions;
use super::super::exit::Exit;
use super::super::json::Object;
use super::super::surroundings;
use super::super::{Ended, Session};
use super::undo::{object, words};
use crate::model::{Decision, DecisionKind};
use crate::store::KeptDecision;

/// Makes a decision, or tells what it would be.
pub fn run(kind: DecisionKind, arguments: Vec<String>, options: &DecisionOptions, session: &mut Session) -> Ended {
    let command = kind.name().to_owned();
    let decision = Decision { kind, arguments, reason: options.reason.clone(), made_ms: surroundings::now_ms() };
    let number = if options.dry_run {
        None
    } else {
        session.stop.heed();
        Some(session.home.decide(&decision, &session.words, session.stop.flag())?)
    };
    let ui = &mut session.ui;
    if ui.is_json {
        ui.frame(&Object::header(&command.replace('_', "-")).with("dry_run", options.dry_run))?;
        let row = match number {
            Some(number) => object(&KeptDecision { number, decision }),
            None => Object::row("decision")
                .with("kind", decision.kind.name())
                .with("arguments", &decision.arguments)
                .with("reason", &decision.reason),
        };
        ui.row(&row)?;
        ui.end()?;
    } else if let Some(number) = number {
        ui.talk(format_args!("decided: {}; `throwback undo {number}` takes it back", words(&decision)))?;
    } else {
        ui.talk(format_args!("would be decided: {}", words(&decision)))?;
    }
    Ok(Exit::Done)
}
