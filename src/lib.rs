//! Throwback turns every Instagram download that a person ever made into one private archive.

pub mod archive;
pub mod home;
pub mod index;
pub mod ingest;
pub mod media;
pub mod model;
pub mod query;
pub mod source;
pub mod store;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
