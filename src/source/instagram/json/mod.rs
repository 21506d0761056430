//! Readers of the JSON documents of generations C, D and E.
//!
//! An element reader opens its element ([`element`]), takes out what it understands, and ends with
//! [`element::Element::finish`], which keeps the rest. Which reader a list gets says [`super::catalog`].

pub mod comments;
pub mod connections;
pub mod content;
mod element;
mod field;
pub mod inferred;
mod leftover;
pub mod likes;
pub mod logins;
mod medium;
pub mod other;
pub mod person;
pub mod profile;
pub mod saves;
mod scope;
pub mod searches;
pub mod story_interactions;
mod target;
#[cfg(test)]
mod testing;
mod value;
pub mod views;
pub mod visits;

pub use profile::{Identity, identity};
pub use scope::{Fate, Scope};
pub use value::Json;
