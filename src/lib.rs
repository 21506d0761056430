//! Throwback turns every Instagram download that a person ever made into one private archive.

pub mod model;
pub mod source;

#[cfg(any(test, feature = "testing"))]
pub mod testing;
