//! Readers of the JSON documents of generations C, D and E, and what drives every JSON document through its readers.
//!
//! An element reader opens its element ([`element`]), takes out what it understands, and ends with
//! [`element::Element::finish`], which keeps the rest. Which reader a list gets says [`super::catalog`].

pub mod comments;
pub mod connections;
pub mod content;
mod document;
mod element;
mod field;
mod generic;
pub mod inferred;
pub(super) mod ledger;
pub(super) mod leftover;
pub mod likes;
pub mod logins;
mod medium;
mod no_data;
pub mod other;
pub mod person;
pub mod profile;
pub mod saves;
pub(super) mod scope;
pub mod searches;
pub(super) mod split;
mod stamp;
pub mod story_interactions;
mod target;
#[cfg(test)]
pub(super) mod testing;
pub(super) mod text;
mod thread;
mod value;
pub mod views;
pub mod visits;
#[cfg(test)]
mod wrappers;

pub use document::read;
pub use generic::read_any;
pub use profile::{Identity, identity};
pub use scope::{Fate, Scope};
pub use text::Writing;
pub use value::Json;

pub(super) use document::{elements_of, read_element};
pub(super) use generic::base_name;
pub(super) use ledger::Ledger;
pub(super) use thread::{read_message_lists, read_messages};

/// Raised when documents are taken apart otherwise, whatever their row; it counts on top of the row's version.
pub(super) const PIECES: u32 = 1;
