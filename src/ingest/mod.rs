//! From archives to records: what lies at the paths that were named ([`mod@plan`]), who a record is ([`identity`]), what all
//! its sightings say ([`merge`]), and one transaction that brings an archive in ([`pipeline`]). Kept documents are read
//! again where more is known ([`reread`]), and all of them when somebody asks for it ([`reindex`]).

mod accounts;
mod align;
mod bearers;
mod belonging;
mod bonds;
pub mod cover;
mod deciding;
mod derive;
pub mod difference;
mod documents;
mod entries;
mod finish;
mod forget;
mod grouping;
mod identity;
mod inside;
mod likeness;
mod manifest;
mod mend;
mod merge;
mod notices;
mod others;
mod own_posts;
mod owner;
mod pairs;
mod people;
mod pipeline;
mod plan;
mod probe;
mod proof;
mod regroup;
mod reindex;
mod rejoin;
mod report;
mod reread;
mod same_clock;
mod same_post;
mod same_thing;
mod settling;
mod snapshot;
mod talks;
mod telling;
mod things;
mod threads;

pub use deciding::{decide, take_back};
pub use forget::{ForgetReport, Forgotten, TakeDocument, forget_snapshot};
pub use pipeline::{IngestError, Ingestion, ingest_archive, rehearse_archive};
pub use plan::{Candidate, Inner, PassedOver, Plan, plan};
pub use probe::{Probed, ProbedExport, ProbedFile, probe};
pub use proof::{Fault, Proof, prove};
pub use reindex::{Rederived, RereadReport, n_outdated, read_documents_again, rederive};
pub use report::{ArchiveReport, Changes, EntryCounts, KindCounts, MediaCounts, Progress, Silent};
pub use reread::ReadAgain;
