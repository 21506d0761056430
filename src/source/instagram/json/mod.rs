//! Readers of the JSON documents of generations C, D and E.

mod value;

pub use value::Json;
