//! The search index.

pub mod analysis;
