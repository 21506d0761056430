//! From archives to records: what lies at the paths that were named ([`mod@plan`]), who a record is ([`identity`]), what all
//! its sightings say ([`merge`]), and one transaction that brings an archive in ([`pipeline`]).

mod align;
mod derive;
mod documents;
mod entries;
mod finish;
mod identity;
mod mend;
mod merge;
mod own_posts;
mod owner;
mod pipeline;
mod plan;
mod report;
mod same_post;
mod snapshot;
mod threads;

pub use pipeline::{IngestError, Ingestion, ingest_archive, rehearse_archive};
pub use plan::{Candidate, PassedOver, Plan, plan};
pub use report::{ArchiveReport, EntryCounts, KindCounts, MediaCounts, Progress, Silent};
