//! Throwback turns every Instagram download that a person ever made into one private archive.

pub mod archive;
pub mod media;
pub mod model;
pub mod source;
pub mod store;
