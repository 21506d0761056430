//! The tree of a query.

use std::ops::Range;

use super::around::Around;
use super::dates::{DatePoint, DateSpan};
use crate::model::Kind;

/// A query as it was understood. Its `Display` is a query that parses to the same tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    pub root: Node,
    /// What was perhaps meant otherwise; never an error.
    pub hints: Vec<Hint>,
    /// More than [`super::MAX_LEAVES`] words and fields: the rest was not read.
    pub was_cut: bool,
}

/// Something to tell the person about a piece of their query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    pub span: Range<usize>,
    pub sentence: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Everything of it; an empty one matches all records.
    All(Vec<Node>),
    /// At least one of two or more.
    Any(Vec<Node>),
    Not(Box<Node>),
    Words(Words),
    Pattern(Pattern),
    Field(FieldClause),
}

/// A word or phrase as typed, without its operators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    pub text: String,
    /// It stood in quotes: the words follow each other.
    pub is_phrase: bool,
    /// `*` stood behind it: the last word may go on.
    pub is_prefix: bool,
    /// `~` or `~2` stood behind it: words that differ by so many slips are meant too. 0 without.
    pub slips: u8,
    pub span: Range<usize>,
}

/// A regular expression, as it stood between its slashes. It holds where it matches anywhere in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    pub text: String,
    pub span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FieldClause {
    pub filter: Filter,
    pub span: Range<usize>,
    /// The part behind the colon.
    pub value_span: Range<usize>,
}

/// What a field demands. Lists are alternatives.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    Kind(Vec<KindName>),
    Person {
        role: PersonRole,
        name: String,
    },
    Thread(String),
    Account(String),
    /// Any emoji that is called so.
    Emoji(String),
    Snapshot(String),
    /// A text of that sort holds the value.
    Stored {
        of: StoredText,
        value: String,
    },
    /// Names of [`super::fields::LANGUAGES`].
    Language(Vec<&'static str>),
    Near(Around),
    Has(Vec<&'static str>),
    Is(Vec<&'static str>),
    Date(DateSpan),
    Before(DatePoint),
    After(DatePoint),
}

/// Texts of records that are looked through where they are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredText {
    /// What the record says.
    Record,
    /// Its own address and the one that it shares.
    Address,
    Place,
    /// What its attachments were called.
    File,
    Reaction,
    /// Its id.
    Id,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KindName {
    Kind(Kind),
    /// A subkind of any kind, by its name in the contract.
    Subkind(&'static str),
}

impl KindName {
    pub fn name(self) -> &'static str {
        match self {
            Self::Kind(kind) => kind.name(),
            Self::Subkind(name) => name,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonRole {
    /// They did or wrote it.
    From,
    /// They are on the other side.
    To,
    /// They take part in any way.
    With,
}

impl Node {
    /// Everything of `nodes`, without needless nesting.
    pub fn all(nodes: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(nodes.len());
        for node in nodes {
            match node {
                Self::All(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        only(flat).unwrap_or_else(Self::All)
    }

    /// At least one of `nodes`, without needless nesting.
    pub fn any(nodes: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(nodes.len());
        for node in nodes {
            match node {
                Self::Any(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        only(flat).unwrap_or_else(Self::Any)
    }

    /// Calls `visit` with every leaf that must or may match, not with those behind a `-`.
    pub fn for_each_wanted<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        match self {
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().for_each(|node| node.for_each_wanted(visit)),
            Self::Not(_) => {}
            leaf => visit(leaf),
        }
    }
}

/// The only element, or all of them.
fn only(mut nodes: Vec<Node>) -> Result<Node, Vec<Node>> {
    if nodes.len() == 1 { nodes.pop().ok_or(nodes) } else { Err(nodes) }
}
