//! Which folder is the home, and how the next command has to name it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use super::error::{CommandError, Trouble};
use super::exit::Exit;
use super::inert::inert_line;
use super::surroundings;

/// The home's folder.
#[derive(Clone, Debug)]
pub struct HomePath {
    path: PathBuf,
    /// It was named on the command line, so the next command must name it too.
    is_typed: bool,
}

impl HomePath {
    /// What `--home` names, else `THROWBACK_HOME`, else the platform's data folder.
    pub fn of(typed: Option<&OsStr>) -> Result<Self, CommandError> {
        if let Some(typed) = typed.filter(|typed| !typed.is_empty()) {
            return Ok(Self { path: typed.into(), is_typed: true });
        }
        if let Some(set) = surroundings::variable("THROWBACK_HOME").filter(|set| !set.is_empty()) {
            return Ok(Self { path: set.into(), is_typed: false });
        }
        let strategy = etcetera::choose_base_strategy().map_err(|error| {
            Trouble::of(Exit::Failed, &error).hint("say where the home shall be: throwback --home DIR …")
        })?;
        Ok(Self { path: strategy.data_dir().join("throwback"), is_typed: false })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A command that works in this home, as it can be typed into a shell. `arguments` are quoted where they must be.
    pub fn command(&self, arguments: &[&str]) -> String {
        let mut words = vec!["throwback".to_owned()];
        if self.is_typed {
            words.extend(["--home".to_owned(), quoted(&self.path.to_string_lossy())]);
        }
        words.extend(arguments.iter().map(|argument| quoted(argument)));
        inert_line(&words.join(" "))
    }
}

/// The word as a shell takes it for one.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:@%+,=".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_command_can_be_typed() {
        let check = |path: &str, is_typed, arguments: &[&str], command: &str| {
            let home = HomePath { path: path.into(), is_typed };
            assert_eq!(home.command(arguments), command);
        };
        check("x", false, &["search", "kind:message"], "throwback search kind:message");
        check("target/sample", true, &["stats"], "throwback --home target/sample stats");
        check("a b", true, &["search", "in:\"Hilde B\""], "throwback --home 'a b' search 'in:\"Hilde B\"'");
        check("x", false, &["search", "won't"], r"throwback search 'won'\''t'");
        check("x", false, &["show", ""], "throwback show ''");
    }
}
