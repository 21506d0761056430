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

const CATALOG: &[Row] = &[
    Row {
        name: "thread",
        version: 1,
        files: &["message_N", "replies_N", "reported_conversations", "thread_for_mailboxN_N"],
        folders: &[],
        lists: &[],
        kinds: &[Kind::Message],
        known_from: "§4",
        reader: Reader::Thread,
    },
    Row {
        name: "secret_conversations",
        version: 1,
        files: &["secret_conversations"],
        folders: &[],
        lists: &[],
        kinds: &[Kind::Login, Kind::Misc],
        known_from: "§4.7",
        reader: Reader::Elements(super::json::secret_conversations),
    },
    Row {
        name: "secret_groups",
        version: 1,
        files: &["secret_groups"],
        folders: &[],
        lists: &[],
        kinds: &[Kind::Misc],
        known_from: "§4.7",
        reader: Reader::Elements(super::json::secret_groups),
    },
    Row {
        name: "generic",
        version: 1,
        files: &[],
        folders: &[],
        lists: &[],
        kinds: &[Kind::Misc],
        known_from: "§11.6",
        reader: Reader::Generic,
    },
];

/// Provisional.
pub fn find(path: &str, _list: &str) -> &'static Row {
    let base = path.rsplit('/').next().unwrap_or(path);
    let position = if base.starts_with("message_")
        || base.starts_with("replies_")
        || base.starts_with("thread_for_mailbox")
        || base.starts_with("reported_conversations")
    {
        0
    } else if base.starts_with("secret_conversations") {
        1
    } else if base.starts_with("secret_groups") {
        2
    } else {
        3
    };
    &CATALOG[position]
}

pub fn row_named(name: &str) -> Option<&'static Row> {
    CATALOG.iter().find(|row| row.name == name)
}
