//! The built program, as people and scripts meet it. Few tests: that everything is wired, and how it reads.

mod budgets;
mod covering;
mod finding;
mod people;
mod private;
pub mod program;
mod reading;
mod reindexing;
mod saving;
mod streams;
mod taking_out;
mod trouble;
