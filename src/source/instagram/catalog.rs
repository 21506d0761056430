//! **The table**: file pattern → reader → kinds. Adding a shape is a row here, a reader and a fixture.

use crate::model::Kind;
use crate::source::instagram::json::{Fate, Json, Scope};

/// One file shape.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Name of the reader, as `documents.reader` shows it.
    pub name: &'static str,
    /// Raised when the reader gives other items for the same bytes.
    pub version: u32,
    /// Base names without extension, as [`Row::matches`] understands them: `liked_posts`, `posts_N`.
    pub files: &'static [&'static str],
    /// Parent folders of which the last one or two must be; empty for any.
    pub folders: &'static [&'static str],
    /// Member names that hold the list; empty for any.
    pub lists: &'static [&'static str],
    pub kinds: &'static [Kind],
    /// Where the knowledge comes from: a section of the format reference in `docs/formats.md`.
    pub known_from: &'static str,
    pub reader: Reader,
}

/// How a document of that shape is read.
#[derive(Clone, Copy, Debug)]
pub enum Reader {
    /// A function over each element of the list.
    Elements(fn(&Json, &mut Scope<'_>) -> Fate),
    /// A conversation: one head, then messages.
    Thread,
    /// Whatever it is: all its strings.
    Generic,
}
