//! The command line before clap sees it: words of a query that start with a dash are no options.
//!
//! `throwback search lisbon -berlin -n 5` means what it says. Options keep working wherever they stand; everything
//! else of the query goes behind a `--`.

use std::ffi::{OsStr, OsString};

use clap::{Arg, ArgAction, Command};

/// Commands that take a query.
const WITH_QUERY: [&str; 2] = ["search", "count"];

/// Moves the words of a query behind `--`, and changes nothing about other commands.
pub fn sort_out(typed: Vec<OsString>, program: &Command) -> Vec<OsString> {
    let Some(at) = command_position(&typed, program) else { return typed };
    let Some(command) =
        WITH_QUERY.iter().find(|name| typed[at] == **name).and_then(|name| program.find_subcommand(name))
    else {
        return typed;
    };
    let (mut options, mut words) = (typed[..=at].to_vec(), Vec::new());
    let mut rest = typed[at + 1..].iter();
    while let Some(argument) = rest.next() {
        if argument == "--" {
            words.extend(rest.by_ref().cloned());
            break;
        }
        match meaning(argument, &[command, program]) {
            Meaning::Word => words.push(argument.clone()),
            Meaning::Option => options.push(argument.clone()),
            Meaning::OptionBeforeValue => {
                options.push(argument.clone());
                options.extend(rest.next().cloned());
            }
        }
    }
    if !words.is_empty() {
        options.push("--".into());
        options.extend(words);
    }
    options
}

/// Where the name of the command stands.
fn command_position(typed: &[OsString], program: &Command) -> Option<usize> {
    let mut at = 1;
    loop {
        match meaning(typed.get(at)?, &[program]) {
            Meaning::Word => return Some(at),
            Meaning::Option => at += 1,
            Meaning::OptionBeforeValue => at += 2,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Word,
    Option,
    /// An option whose value is the next argument.
    OptionBeforeValue,
}

fn meaning(argument: &OsStr, commands: &[&Command]) -> Meaning {
    let Some(text) = argument.to_str() else { return Meaning::Word };
    let options = || commands.iter().flat_map(|command| command.get_arguments());
    if let Some(long) = text.strip_prefix("--") {
        let takes_next = options().any(|option| option.get_long() == Some(long) && takes_value(option));
        return if takes_next { Meaning::OptionBeforeValue } else { Meaning::Option };
    }
    let Some(letters) = text.strip_prefix('-').filter(|letters| !letters.is_empty()) else { return Meaning::Word };
    for (at, letter) in letters.char_indices() {
        let value = &letters[at + letter.len_utf8()..];
        match options().find(|option| option.get_short() == Some(letter)) {
            None if matches!(letter, 'h' | 'V') => {}
            Some(option) if !takes_value(option) => {}
            Some(_) if value.is_empty() => return Meaning::OptionBeforeValue,
            // All values of these options are numbers: `-n5` and `-n=5`, but `-Anna` and `-nice` are words.
            Some(_) if value.trim_start_matches('=').bytes().all(|byte| byte.is_ascii_digit()) => {
                return Meaning::Option;
            }
            Some(_) | None => return Meaning::Word,
        }
    }
    Meaning::Option
}

fn takes_value(option: &Arg) -> bool {
    matches!(option.get_action(), ArgAction::Set | ArgAction::Append)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::args::Arguments;

    #[test]
    fn words_with_a_dash_belong_to_the_query() {
        let check = |typed: &str, sorted: &str| {
            let typed = typed.split(' ').map(OsString::from).collect();
            let is = sort_out(typed, &Arguments::command());
            assert_eq!(is.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" "), sorted);
        };
        check("tb search lisbon -berlin -n 5", "tb search -n 5 -- lisbon -berlin");
        check("tb search -x y --json", "tb search --json -- -x y");
        check("tb search a --limit 3 b --sort=oldest", "tb search --limit 3 --sort=oldest -- a b");
        check("tb search -Anna -nice -C3 -qv", "tb search -C3 -qv -- -Anna -nice");
        check("tb search -- --json -n", "tb search -- --json -n");
        check("tb search a --home x", "tb search --home x -- a");
        check("tb --home search --json search -a", "tb --home search --json search -- -a");
        check("tb search a --unknown", "tb search --unknown -- a");
        check("tb search :-) - (╯°□°)╯", "tb search -- :-) - (╯°□°)╯");
        check("tb count -from:me", "tb count -- -from:me");
        check("tb search -h", "tb search -h");
        check("tb show -x", "tb show -x");
        check("tb --version", "tb --version");
        check("tb", "tb");
    }
}
