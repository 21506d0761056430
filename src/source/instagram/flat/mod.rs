//! Readers of generations A and B: the flat documents that lay at the root of a download from 2018 to early 2021 (format
//! reference §1.A, §4.6). Text is proper, times are ISO 8601 with or without an offset, rows are lists of strings.
//!
//! They fill the same kinds, subkinds and details as the readers of the folder formats do. Which document gets which
//! reader says [`super::catalog`]; the rows of the root stand there first.

pub mod account;
pub mod activity;
pub mod content;
mod message;
pub(crate) mod messages;
pub mod people;
mod row;
pub(super) mod time;
