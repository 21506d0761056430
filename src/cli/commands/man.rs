//! `man`: the manual page, with a part for every command.

use clap::CommandFactory;
use clap_mangen::Man;

use super::super::args::Arguments;
use super::super::error::CommandError;
use super::super::exit::Exit;
use super::super::{Ended, Session};
use crate::query::fields::FIELDS;

pub fn run(session: &mut Session) -> Ended {
    session.ui.raw(&page()?)?;
    Ok(Exit::Done)
}

fn page() -> Result<Vec<u8>, CommandError> {
    let mut program = Arguments::command();
    program.build();
    let mut page = Vec::new();
    Man::new(program.clone()).render(&mut page)?;
    for command in program.get_subcommands().filter(|command| !command.is_hide_set()) {
        page.extend(part(command)?);
    }
    page.extend(fields().into_bytes());
    Ok(page)
}

/// What a query can name, from the table that the parser is made from.
fn fields() -> String {
    let mut section = ".SH \"FIELDS OF A QUERY\"\n".to_owned();
    for field in FIELDS {
        let names: Vec<String> =
            std::iter::once(&field.name).chain(field.aliases).map(|name| format!("\\fB{name}:\\fR")).collect();
        let example = field.example.replace('\\', "\\e").replace('-', "\\-");
        let description = field.description.replace('\\', "\\e");
        section += &[".TP\n", &names.join(", "), "\n", &description, "; as in ", &example, "\n"].concat();
    }
    section
}

/// What a command does and takes, as sections below one of its own.
fn part(command: &clap::Command) -> Result<Vec<u8>, CommandError> {
    let mut sections = Vec::new();
    let man = Man::new(command.clone());
    man.render_synopsis_section(&mut sections)?;
    man.render_description_section(&mut sections)?;
    man.render_options_section(&mut sections)?;
    let heading = format!(".SH \"{}\"\n", command.get_bin_name().unwrap_or(command.get_name()).to_uppercase());
    let sections = String::from_utf8_lossy(&sections).replace("\n.SH ", "\n.SS ");
    let sections = sections.strip_prefix(".SH ").map_or_else(|| sections.clone(), |rest| format!(".SS {rest}"));
    Ok([heading.into_bytes(), sections.into_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_part() {
        let page = String::from_utf8(page().expect("a page")).expect("text");
        for command in Arguments::command().get_subcommands() {
            let heading = format!(".SH \"THROWBACK {}\"", command.get_name().to_uppercase());
            assert!(page.contains("\\fBfrom:\\fR, \\fBby:\\fR"), "the fields stand in it");
            assert!(page.contains(&heading), "{heading}");
        }
    }
}
