//! Instagram's "Download your information", all generations.

pub mod json;
