//! Readers of the JSON documents of generations C, D and E.

mod scope;
mod value;

pub use scope::{Fate, Scope};
pub use value::Json;
