//! Ingests as the program does, but a part of it or in another way, so that `scripts/bench` can tell what the rest costs.
//! Its homes are for throwing away.
//!
//! ```text
//! cargo run --release --features testing --example ingest_parts -- --home H --without-index X.zip
//! ```

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Parser;
use throwback::archive::Limits;
use throwback::home::{ArchiveOutcome, Home, IngestOptions};
use throwback::index;
use throwback::ingest::{self, Silent};
use throwback::testing::Life;

/// Ingests a part of the way, or with another index.
#[derive(Parser)]
struct Arguments {
    #[arg(long)]
    home: PathBuf,
    /// Ends when everything that was delivered is durable, before anything is indexed.
    #[arg(long)]
    without_index: bool,
    /// Texts are cut into words by the engine's own tokenizer.
    #[arg(long)]
    stock_tokenizer: bool,
    paths: Vec<PathBuf>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    if arguments.stock_tokenizer {
        index::use_stock_tokenizer();
    }
    let (home, limits, stop) = (Home::at(&arguments.home), Limits::default(), AtomicBool::new(false));
    let plan = ingest::plan(&arguments.paths, home.path(), &limits);
    let options = IngestOptions {
        limits: &limits,
        now_ms: Life::end_ms(),
        is_dry_run: false,
        stop: &stop,
        command: "a part of an ingest",
    };
    let (n_archives, mut n_ingested, mut failure) = (plan.candidates.len(), 0, None);
    home.ingest(&plan, &options, &Silent, &mut |outcome| match outcome {
        ArchiveOutcome::Ingested(_) => {
            n_ingested += 1;
            // Whoever stops now has everything but the index.
            stop.store(arguments.without_index && n_ingested == n_archives, Ordering::Relaxed);
        }
        ArchiveOutcome::Failed(_, error) => failure = Some(error),
    })?;
    match failure {
        Some(failure) => Err(failure.into()),
        None if n_ingested == 0 => Err("there is no download".into()),
        None => Ok(()),
    }
}
