//! `people --new` and `--lost`: followers won and lost between the downloads that can be compared.

use super::super::args::PeopleArguments;
use super::super::error::{CommandError, Trouble, one_of};
use super::super::exit::Exit;
use super::super::inert::inert_line;
use super::super::json::Object;
use super::super::ui::{BAD, BOLD, DIM, GOOD, Ui, styled};
use super::super::units;
use super::super::{Ended, Session};
use super::question::now;
use crate::ingest::cover::{Move, Moves, Rename};
use crate::query::DatePoint;

pub fn run(arguments: &PeopleArguments, session: &mut Session) -> Ended {
    let since = arguments.since.as_deref().map(|typed| day(typed, &session.ui)).transpose()?;
    let accounts = session.home.followers(since.as_deref())?;
    let is_told = |won: bool| if won { arguments.new } else { arguments.lost };
    let n: usize = accounts.iter().flat_map(|(_, moves)| wanted(moves, &is_told)).map(|(_, those)| those.len()).sum();
    let ui = &mut session.ui;
    if ui.is_json {
        ui.frame(&Object::header("people"))?;
        for (account, moves) in &accounts {
            for (change, those) in wanted(moves, &is_told) {
                those.iter().try_for_each(|one| ui.row(&object(account, change, one)))?;
            }
            moves.renamed.iter().try_for_each(|one| ui.row(&renamed(account, one)))?;
            for sentence in &moves.refused {
                ui.row(&Object::row("refused").with("account", account).with("sentence", sentence))?;
            }
        }
        ui.end()?;
    } else {
        for (account, moves) in &accounts {
            text(account, moves, &is_told, ui)?;
        }
    }
    Ok(if n == 0 { Exit::Nothing } else { Exit::Done })
}

/// The lists that were asked for, with what they are called.
fn wanted<'m>(moves: &'m Moves, is_told: &impl Fn(bool) -> bool) -> Vec<(&'static str, &'m [Move])> {
    let lists = [(true, "won", moves.won.as_slice()), (false, "lost", moves.lost.as_slice())];
    lists.into_iter().filter(|(won, ..)| is_told(*won)).map(|(_, name, those)| (name, those)).collect()
}

/// The first day that was meant, as `YYYY-MM-DD`.
fn day(typed: &str, ui: &Ui) -> Result<String, CommandError> {
    let point = DatePoint::parse(typed).map_err(|error| {
        let valid: Vec<&str> = error.valid.iter().map(String::as_str).collect();
        Trouble::new(Exit::Usage, format!("--since: {}", error.what)).hint(format!("use {}", one_of(&valid)))
    })?;
    Ok(ui.zone.day(point.start_ms(&now(ui.zone))))
}

fn object(account: &str, change: &str, one: &Move) -> Object {
    Object::row("follower")
        .with("account", account)
        .with("change", change)
        .with("handle", &one.handle)
        .with("after", &one.after)
        .with("until", &one.until)
        .with("since_ms", one.since_ms)
}

fn renamed(account: &str, one: &Rename) -> Object {
    Object::row("renamed")
        .with("account", account)
        .with("handle", &one.handle)
        .with("was", &one.was)
        .with("after", &one.after)
        .with("until", &one.until)
}

fn text(account: &str, moves: &Moves, is_told: &impl Fn(bool) -> bool, ui: &mut Ui) -> Result<(), CommandError> {
    let account = styled(BOLD, inert_line(account));
    // Where nothing is known, nobody is no answer.
    for (name, those) in wanted(moves, is_told).into_iter().filter(|_| moves.is_known) {
        let style = if name == "won" { GOOD } else { BAD };
        let n = units::counted(those.len() as u64, "follower", "followers");
        ui.line(format_args!("{account}: {} {}", n, styled(style, name)))?;
        for one in those {
            let between = styled(DIM, format_args!("between {} and {}", one.after, one.until));
            let since = one.since_ms.map(|ms| format!(", followed since {}", ui.zone.day(ms))).unwrap_or_default();
            ui.line(format_args!("  @{}  {between}{since}", inert_line(&one.handle)))?;
        }
    }
    for one in &moves.renamed {
        let between = styled(DIM, format_args!("between {} and {}", one.after, one.until));
        ui.line(format_args!("{account}: @{} is @{} now  {between}", inert_line(&one.was), inert_line(&one.handle)))?;
    }
    for sentence in &moves.refused {
        ui.note(inert_line(sentence))?;
    }
    Ok(())
}
