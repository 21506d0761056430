//! The commands, one file each: a function `run` that takes the arguments and the session and says how it ended.

pub mod accounts;
pub mod check;
pub mod completions;
pub mod count;
pub mod dump;
pub mod fields;
pub mod findings;
pub mod forget;
pub mod ingest;
pub mod ingest_report;
pub mod man;
pub mod people;
pub mod probe;
pub mod record_id;
pub mod reindex;
pub mod restore;
pub mod search;
pub mod search_blocks;
pub mod search_rows;
pub mod show;
pub mod snapshots;
pub mod sql;
pub mod stats;
pub mod thread;
pub mod threads;
pub mod undo;
