//! Writes an invented archive for trying things.
//!
//! ```text
//! cargo run --release --features testing --example generate -- --messages 100000 --out X.zip
//! cargo run --release --features testing --example generate -- --generation A --clock pacific --parts 3 --out parts/
//! ```

use std::path::{Path, PathBuf};

use chrono_tz::Tz;
use clap::Parser;
use throwback::model::{Format, Generation};
use throwback::testing::{Clock, Language, Life, Packing, Size, Writing, write, write_parts};

/// Writes invented Instagram downloads: ZIPs, parts or folders.
#[derive(Parser)]
struct Arguments {
    /// Messages of the life; everything else follows in proportion.
    #[arg(long, default_value_t = 10_000)]
    messages: usize,
    /// The corpus of the benchmarks: 1,000,000 messages, 3,000 media of 50 to 800 KB.
    #[arg(long, conflicts_with = "messages")]
    benchmark: bool,
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// A (2018 to 2020), B (early 2021), C (2021 to 2023), D (2024) or E (2026).
    #[arg(long, default_value = "D")]
    generation: String,
    /// json or html.
    #[arg(long, default_value = "json")]
    format: String,
    /// en, en-GB, de, fr or ko: of labels, dates and the sentences of the service.
    #[arg(long, default_value = "en")]
    language: String,
    /// Downloads of the same life; several are numbered and of different dates.
    #[arg(long, default_value_t = 1)]
    snapshots: usize,
    /// Per cent of the messages that a snapshot shares with the next.
    #[arg(long, default_value_t = 90)]
    overlap: usize,
    /// Times of generations A and B: offset, utc or pacific (both without an offset).
    #[arg(long, default_value = "offset")]
    clock: String,
    /// In which pages print their times.
    #[arg(long, default_value = "America/Los_Angeles")]
    zone: Tz,
    /// ZIPs that each snapshot is split into; until generation B each has its own documents, with rows that repeat.
    #[arg(long, default_value_t = 1)]
    parts: usize,
    /// Only what came after the first message of these numbers and until the second: a download of a date range.
    #[arg(long, value_names = ["AFTER", "UNTIL"], num_args = 2, conflicts_with = "snapshots")]
    range: Option<Vec<usize>>,
    /// usual (media stored, documents deflated), stored or deflated.
    #[arg(long, default_value = "usual")]
    packing: String,
    /// Media that deflating shrinks by two per cent, letter by letter.
    #[arg(long)]
    compressible: bool,
    /// Bytes of the smallest and largest medium.
    #[arg(long, value_names = ["LEAST", "MOST"], num_args = 2)]
    media_bytes: Option<Vec<u32>>,
    /// A `.zip`, or else a folder for the tree; with several parts, the folder that gets their ZIPs.
    #[arg(long)]
    out: PathBuf,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let generation = match arguments.generation.as_str() {
        "A" | "a" => Generation::A,
        "B" | "b" => Generation::B,
        "C" | "c" => Generation::C,
        "D" | "d" => Generation::D,
        "E" | "e" => Generation::E,
        other => return Err(format!("there is no generation {other}: A, B, C, D and E are known").into()),
    };
    let clock = match arguments.clock.as_str() {
        "offset" => Clock::Offset,
        "utc" => Clock::NaiveUtc,
        "pacific" => Clock::NaivePacific,
        other => return Err(format!("there is no clock {other}: offset, utc and pacific are known").into()),
    };
    let format = match arguments.format.as_str() {
        "json" => Format::Json,
        "html" => Format::Html,
        other => return Err(format!("there is no format {other}: json and html are known").into()),
    };
    let language = Language::from_code(&arguments.language).ok_or_else(|| {
        format!("there is no generator for {}: en, en-GB, de, fr and ko are known", arguments.language)
    })?;
    let packing = match arguments.packing.as_str() {
        "usual" => Packing::default(),
        "stored" => Packing { stores_documents: true, ..Packing::default() },
        "deflated" => Packing { deflates_media: true, ..Packing::default() },
        other => return Err(format!("there is no packing {other}: usual, stored and deflated are known").into()),
    };
    let mut size = if arguments.benchmark { Size::benchmark() } else { Size::with_messages(arguments.messages) };
    if let Some([least, most]) = arguments.media_bytes.as_deref() {
        size.media_bytes = *least..=*most;
    }
    size.is_media_compressible = arguments.compressible;
    let life = Life::new(arguments.seed, size);
    let whole = Writing { format, language, zone: arguments.zone, ..Writing::new(generation).clocked(clock) };
    if let Some([after, until]) = arguments.range.as_deref() {
        let ranged = whole.at(life.date_of(*until)).since(life.date_of(*after) + 1);
        return Ok(write_out(&life, &ranged, &arguments.out, arguments.parts, &packing)?);
    }
    let dates = life.dates(arguments.snapshots.max(1), arguments.overlap);
    for (number, date) in dates.iter().enumerate() {
        let out = if dates.len() == 1 { arguments.out.clone() } else { numbered(&arguments.out, number + 1) };
        write_out(&life, &whole.clone().at(*date), &out, arguments.parts, &packing)?;
    }
    Ok(())
}

fn write_out(life: &Life, writing: &Writing, out: &Path, n_parts: usize, packing: &Packing) -> std::io::Result<()> {
    if n_parts > 1 {
        fs_err::create_dir_all(out)?;
        let named = writing.part_names(life, n_parts).into_iter().zip(write_parts(life, writing, n_parts));
        named.into_iter().try_for_each(|(name, part)| part.write_zip(&out.join(format!("{name}.zip")), packing))
    } else if out.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip")) {
        write(life, writing).write_zip(out, packing)
    } else {
        write(life, writing).write_folder(out)
    }
}

/// `X.zip` → `X-2.zip`.
fn numbered(out: &Path, number: usize) -> PathBuf {
    let stem = out.file_stem().unwrap_or_default().to_string_lossy();
    let mut name = format!("{stem}-{number}");
    if let Some(extension) = out.extension() {
        name.push('.');
        name.push_str(&extension.to_string_lossy());
    }
    out.with_file_name(name)
}
