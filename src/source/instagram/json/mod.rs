//! Readers of the JSON documents of generations C, D and E.

mod document;
mod generic;
mod ledger;
mod scope;
mod split;
mod text;
mod thread;
mod value;

pub use document::read;
pub use generic::read_any;
pub use scope::{Fate, Scope};
pub use text::Writing;
pub use thread::{secret_conversations, secret_groups};
pub use value::Json;

pub(super) use document::elements_of;
pub(super) use generic::base_name;
