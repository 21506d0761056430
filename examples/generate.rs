//! Writes an invented archive for trying things.
//!
//! ```text
//! cargo run --release --features testing --example generate -- --messages 100000 --out X.zip
//! ```

use std::path::{Path, PathBuf};

use clap::Parser;
use throwback::model::{Format, Generation};
use throwback::testing::{Language, Life, Packing, Size, Writing, write};

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
    /// C (2021 to 2023), D (2024) or E (2026).
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
    /// ZIPs that each snapshot is split into.
    #[arg(long, default_value_t = 1)]
    parts: usize,
    /// Media that a ZIP can shrink, and shrinks.
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
        "C" | "c" => Generation::C,
        "D" | "d" => Generation::D,
        "E" | "e" => Generation::E,
        other => return Err(format!("there is no generator for generation {other}: C, D and E are known").into()),
    };
    let format = match arguments.format.as_str() {
        "json" => Format::Json,
        "html" => Format::Html,
        other => return Err(format!("there is no format {other}: json and html are known").into()),
    };
    let language = Language::from_code(&arguments.language).ok_or_else(|| {
        format!("there is no generator for {}: en, en-GB, de, fr and ko are known", arguments.language)
    })?;
    let mut size = if arguments.benchmark { Size::benchmark() } else { Size::with_messages(arguments.messages) };
    if let Some([least, most]) = arguments.media_bytes.as_deref() {
        size.media_bytes = *least..=*most;
    }
    size.is_media_compressible = arguments.compressible;
    let life = Life::new(arguments.seed, size);
    let dates = life.dates(arguments.snapshots.max(1), arguments.overlap);
    for (number, date) in dates.iter().enumerate() {
        let writing = Writing { format, language, ..Writing::new(generation).at(*date) };
        let out = if dates.len() == 1 { arguments.out.clone() } else { numbered(&arguments.out, number + 1) };
        write_out(&life, &writing, &out, &arguments)?;
    }
    Ok(())
}

fn write_out(life: &Life, writing: &Writing, out: &Path, arguments: &Arguments) -> std::io::Result<()> {
    let tree = write(life, writing);
    let packing = Packing { deflates_media: arguments.compressible, ..Packing::default() };
    if arguments.parts > 1 {
        let names: Vec<String> = (0..arguments.parts).map(|part| writing.archive_name(life, part)).collect();
        fs_err::create_dir_all(out)?;
        tree.write_zip_parts(out, &names, &packing)
    } else if out.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip")) {
        tree.write_zip(out, &packing)
    } else {
        tree.write_folder(out)
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
