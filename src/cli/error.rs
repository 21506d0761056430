//! Errors as people read them: `error:`, `caused by:`, `hint:`, and a query with a line under the wrong piece.

use std::error::Error;
use std::io;

use super::exit::Exit;
use super::inert::inert_line;
use super::layout::width;
use crate::home::HomeError;
use crate::index::IndexError;
use crate::ingest::IngestError;
use crate::query::QueryError;
use crate::store::{SqlError, StoreError};

/// Why a command ended early.
#[derive(Debug)]
pub enum CommandError {
    /// Whoever read our output has had enough. No error.
    ClosedPipe,
    Told(Box<Trouble>),
}

/// An error in words.
#[derive(Debug, PartialEq, Eq)]
pub struct Trouble {
    pub exit: Exit,
    pub sentence: String,
    /// Lines that stand below the sentence as they are.
    pub pointer: Vec<String>,
    pub causes: Vec<String>,
    pub hints: Vec<String>,
}

impl Trouble {
    pub fn new(exit: Exit, sentence: impl Into<String>) -> Self {
        Self { exit, sentence: sentence.into(), pointer: Vec::new(), causes: Vec::new(), hints: Vec::new() }
    }

    /// An error with all its causes.
    pub fn of(exit: Exit, error: &dyn Error) -> Self {
        let mut trouble = Self::new(exit, error.to_string());
        let mut cause = error.source();
        while let Some(error) = cause {
            trouble.causes.push(error.to_string());
            cause = error.source();
        }
        trouble
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The same, without colour, line by line: `(label, text)`; an empty label goes on with the line before.
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        let mut lines = vec![("error:", inert_line(&self.sentence))];
        lines.extend(self.pointer.iter().map(|line| ("", line.clone())));
        lines.extend(self.causes.iter().map(|cause| ("caused by:", inert_line(cause))));
        lines.extend(self.hints.iter().map(|hint| ("hint:", inert_line(hint))));
        lines
    }
}

impl CommandError {
    /// A query that is not understood, shown with the place.
    pub fn query(query: &str, error: &QueryError) -> Self {
        let mut trouble = Trouble::new(Exit::Usage, error.what.clone());
        trouble.pointer = pointer(query, error.span.start, error.span.end);
        if !error.valid.is_empty() {
            let valid: Vec<&str> = error.valid.iter().map(String::as_str).collect();
            trouble = trouble.hint(format!("use {}", one_of(&valid)));
        }
        trouble.into()
    }
}

impl From<Trouble> for CommandError {
    fn from(trouble: Trouble) -> Self {
        Self::Told(Box::new(trouble))
    }
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::ClosedPipe;
        }
        let mut trouble = Trouble::new(Exit::Failed, "the output could not be written");
        trouble.causes.push(error.to_string());
        trouble.into()
    }
}

impl From<HomeError> for CommandError {
    fn from(error: HomeError) -> Self {
        let trouble = Trouble::of(Exit::from(&error), &error);
        match &error {
            HomeError::NotThere(_) => trouble.hint("bring a download in first: throwback ingest PATH").into(),
            HomeError::Busy(_) => {
                trouble.hint("wait until it has finished (ingest --wait does); reading works meanwhile").into()
            }
            HomeError::Watched(_) => trouble.hint("throwback watch status tells what it does").into(),
            HomeError::Store(inner) | HomeError::Ingest(IngestError::Store(inner)) => with_store_hint(trouble, inner),
            HomeError::Index(inner) => with_index_hint(trouble, inner),
            HomeError::Files { .. } | HomeError::Media(_) | HomeError::Ingest(_) => trouble.into(),
        }
    }
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        with_store_hint(Trouble::of(Exit::from(&error), &error), &error)
    }
}

impl From<SqlError> for CommandError {
    fn from(error: SqlError) -> Self {
        let trouble = Trouble::of(Exit::from(&error), &error);
        match error {
            SqlError::Wrong(_) => trouble
                .hint("throwback sql \"SELECT name FROM pragma_table_list WHERE type = 'view'\" lists the views")
                .into(),
            SqlError::Empty => trouble.hint("throwback sql 'SELECT kind, count(*) FROM records GROUP BY 1'").into(),
            _ => trouble.into(),
        }
    }
}

fn with_store_hint(trouble: Trouble, error: &StoreError) -> CommandError {
    match error {
        StoreError::NewerHome { .. } => trouble.hint("use the newer version of throwback").into(),
        StoreError::OlderHome { .. } => trouble.hint("throwback reindex upgrades it").into(),
        error if error.is_disk_full() => trouble.hint("make room on the disk; what was finished before stays").into(),
        error if error.is_of_document() => trouble
            .hint("throwback check names the downloads that held it, and check --repair --from FILE takes it from one")
            .into(),
        error if error.is_busy() => trouble.hint("another program has the database open; try again").into(),
        _ => trouble.into(),
    }
}

fn with_index_hint(trouble: Trouble, error: &IndexError) -> CommandError {
    match error {
        IndexError::Damaged(_) | IndexError::Unusable(_) => {
            trouble.hint("throwback reindex builds it anew; nothing is lost by that").into()
        }
        IndexError::Stumbled => {
            trouble.hint("the index is sound and nothing was lost; the query in other words may be answered").into()
        }
        _ => trouble.into(),
    }
}

/// The query and a line of carets under a piece of it.
fn pointer(query: &str, start: usize, end: usize) -> Vec<String> {
    let clamp = |at: usize| (0..=at.min(query.len())).rev().find(|at| query.is_char_boundary(*at)).unwrap_or_default();
    let (start, end) = (clamp(start), clamp(end.max(start)));
    let before = width(&inert_line(&query[..start]));
    let wrong = width(&inert_line(&query[start..end])).max(1);
    vec![format!("  {}", inert_line(query)), format!("  {}{}", " ".repeat(before), "^".repeat(wrong))]
}

/// `a`, `a or b`, `a, b or c`.
pub fn one_of(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_the_wrong_piece() {
        let check = |query: &str, wrong: &str, line: &str| {
            let start = query.find(wrong).expect("it is in it");
            assert_eq!(pointer(query, start, start + wrong.len())[1], line, "{query}");
        };
        check("after:2019-13", "2019-13", "        ^^^^^^^");
        check("東京 after:x", "x", "             ^");
        check("👩‍👩‍👧 é after:x y", "x", "             ^");
        check("a\tb after:", "", "  ^");
        assert_eq!(pointer("ab", 2, 2)[1], "    ^");
        assert_eq!(pointer("é", 1, 99)[1], "  ^");
    }

    #[test]
    fn causes_and_hints_follow_the_error() {
        let error = QueryError { span: 6..13, what: "not a date".into(), valid: vec!["2019".into(), "2019-12".into()] };
        let CommandError::Told(trouble) = CommandError::query("after:2019-13", &error) else { panic!("it is told") };
        assert_eq!(trouble.exit, Exit::Usage);
        let lines: Vec<String> = trouble.lines().iter().map(|(label, text)| format!("{label} {text}")).collect();
        assert_eq!(lines, ["error: not a date", "   after:2019-13", "         ^^^^^^^", "hint: use 2019 or 2019-12"]);
    }

    #[test]
    fn a_closed_pipe_is_no_error() {
        let closed = io::Error::from(io::ErrorKind::BrokenPipe);
        assert!(matches!(CommandError::from(closed), CommandError::ClosedPipe));
    }
}
