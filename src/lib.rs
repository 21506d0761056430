//! Throwback turns every Instagram download that a person ever made into one private archive.

pub mod index;
pub mod model;
pub mod query;
pub mod source;
