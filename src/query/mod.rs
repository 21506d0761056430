//! Our query language: text → tree. Pure: no index, no store, no clock.
//!
//! [`parse`] turns what a person typed into a [`Query`]; [`fields::FIELDS`] is the one table of fields from which the
//! parser, the `fields` command, help and completions are made; [`dates`] knows what `3m..` and `2019-06` mean;
//! [`explain()`] prints how a query was understood. What the words of a query match is the index's business.
//!
//! ```text
//! query  := group*                                   all of them
//! group  := clause (("OR" | "|") clause)*            any of them; upper case only
//! clause := ["-" | "NOT"] ( field ":" value | "(" query ")" | '"' phrase '"' ["*"] | "/" regex "/" | word ["*" | "~" | "~2"] )
//! ```
//!
//! A query never fails because of its punctuation: what cannot be an operator where it stands is text. `\` before an
//! operator makes it text too. Only a known field with a bad value, and a regular expression that is none, are errors.

mod around;
pub mod dates;
pub mod emoji;
mod explain;
pub mod fields;
mod near;
mod parser;
mod print;
mod tree;
mod values;

pub use around::Around;
pub use dates::{Bounds, DatePoint, DateSpan, NoDate};
pub use explain::explain;
pub use near::{close_by_word, close_names};
pub use parser::{MAX_LEAVES, parse};
pub use tree::{FieldClause, Filter, Hint, KindName, Node, Pattern, PersonRole, Query, StoredText, Words};

use std::ops::Range;

/// A regular expression, in any case, of bounded size.
pub fn regex_of(text: &str) -> Result<regex::Regex, regex::Error> {
    /// Bytes of the compiled expression, and of what it remembers while it runs.
    const MOST_BYTES: usize = 1 << 20;
    regex::RegexBuilder::new(text)
        .case_insensitive(true)
        .size_limit(MOST_BYTES)
        .dfa_size_limit(MOST_BYTES)
        .nest_limit(64)
        .build()
}

/// A known field with a value that it does not understand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct QueryError {
    /// Bytes of the query that are wrong.
    pub span: Range<usize>,
    pub what: String,
    /// The nearest forms that would be right, nearest first.
    pub valid: Vec<String>,
}
