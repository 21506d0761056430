//! Instagram's "Download your information", all generations.

pub mod catalog;
pub mod json;
