//! `completions`: for a shell.

use std::fmt::Write as _;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Command, CommandFactory};
use clap_complete::Shell;

use super::super::args::{Arguments, CompletionsArguments};
use super::super::exit::Exit;
use super::super::{Ended, Session};
use crate::query::fields::FIELDS;

/// The commands that take a query.
const QUERIES: [&str; 3] = ["search", "count", "random"];

pub fn run(arguments: &CompletionsArguments, session: &mut Session) -> Ended {
    session.ui.raw(script(arguments.shell).as_bytes())?;
    Ok(Exit::Done)
}

fn script(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut with_fields(Arguments::command()), "throwback", &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    if shell == Shell::Fish {
        // For fish the generator leaves out what stands without a dash.
        for command in QUERIES {
            for (name, description) in fields() {
                let description = description.replace('\'', "\\'");
                let known = format!("-n \"__fish_throwback_using_subcommand {command}\" -f");
                writeln!(script, "complete -c throwback {known} -a '{name}' -d '{description}'")
                    .expect("a string takes everything");
            }
        }
    }
    script
}

/// What a word of a query may begin with, and what it finds then.
fn fields() -> impl Iterator<Item = (String, &'static str)> {
    FIELDS.iter().flat_map(|field| {
        let names = std::iter::once(&field.name).chain(field.aliases);
        names.map(|name| (format!("{name}:"), field.description))
    })
}

/// The commands as a shell should know them: a query may begin with any field. For completion only, since it may begin with
/// anything else as well.
fn with_fields(program: Command) -> Command {
    let known = || PossibleValuesParser::new(fields().map(|(name, what)| PossibleValue::new(name).help(what)));
    QUERIES.iter().fold(program, |program, command| {
        program.mut_subcommand(command, |command| command.mut_arg("words", |query| query.value_parser(known())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shells_know_every_field() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let script = script(shell).replace('\\', "");
            let unknown: Vec<String> = fields().map(|(name, _)| name).filter(|name| !script.contains(name)).collect();
            assert!(unknown.is_empty(), "{shell}: {unknown:?}");
        }
    }
}
