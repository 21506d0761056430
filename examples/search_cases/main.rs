//! Runs a file of search cases through the ordinary ingest and search.
//!
//! ```text
//! cargo run --release --example search_cases -- tests/search_cases/sample.jsonl --min 97
//! ```

mod cases;
mod fts5;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// Says per phenomenon how many cases pass and which fail; ends with 1 below the minimum.
#[derive(Parser)]
struct Arguments {
    /// Files with a case a line.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Per cent of the cases that must pass.
    #[arg(long, default_value_t = 0.0)]
    min: f64,
    /// Run them by SQLite's full text search too and print a table.
    #[arg(long)]
    fts5: bool,
}

#[expect(clippy::print_stdout, reason = "the report is what this program is for")]
fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let mut all = Vec::new();
    for file in &arguments.files {
        all.extend(cases::read(&fs_err::read_to_string(file)?)?);
    }
    let folder = tempfile::tempdir()?;
    let outcomes = cases::run(&all, folder.path())?;
    print!("{}", cases::summary(&all, &outcomes));
    if arguments.fts5 {
        print!("{}", fts5::table(&all, &outcomes)?);
    }
    let n_passed = outcomes.iter().filter(|outcome| outcome.is_passed()).count();
    #[expect(clippy::cast_precision_loss, reason = "numbers of cases")]
    let percent = if all.is_empty() { 100.0 } else { 100.0 * n_passed as f64 / all.len() as f64 };
    Ok(if percent < arguments.min { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
