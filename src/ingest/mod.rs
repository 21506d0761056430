//! From archives to records: what lies at the paths that were named ([`mod@plan`]), who a record is ([`identity`]), what all
//! its sightings say ([`merge`]), and one transaction that brings an archive in ([`pipeline`]).

mod align;
mod derive;
mod documents;
mod entries;
mod finish;
mod grouping;
mod identity;
mod manifest;
mod mend;
mod merge;
mod owner;
mod pipeline;
mod plan;
mod regroup;
mod report;
mod snapshot;
mod threads;

pub use pipeline::{IngestError, Ingestion, ingest_archive, rehearse_archive};
pub use plan::{Candidate, PassedOver, Plan, plan};
pub use report::{ArchiveReport, EntryCounts, KindCounts, MediaCounts, Progress, Silent};
