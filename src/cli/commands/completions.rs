//! `completions`: for a shell.

use clap::CommandFactory;

use super::super::args::{Arguments, CompletionsArguments};
use super::super::exit::Exit;
use super::super::{Ended, Session};

pub fn run(arguments: &CompletionsArguments, session: &mut Session) -> Ended {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "throwback", &mut script);
    session.ui.raw(&script)?;
    Ok(Exit::Done)
}
