//! Instagram's "Download your information", all generations.

pub mod catalog;
pub mod dates;
pub mod json;
pub mod labels;
