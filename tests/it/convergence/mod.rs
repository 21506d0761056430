//! One invented life, written down in every way in which Instagram ever wrote: the same records come out.
//!
//! [`life`] tells what there is to be told, [`variant`] writes it, [`held`] says what a home made of it, and [`table`] is
//! the only excuse for a difference.

mod coverage;
mod fact;
mod held;
mod life;
mod names;
mod table;
mod variant;

use std::collections::BTreeSet;

use throwback::model::{Format, Generation};
use throwback::testing::{Clock, Language, Life, Size};

use self::fact::Fact;
use self::names::Names;
use self::table::{Limit, TABLE};
use self::variant::{Container, Variant};
use crate::support::TestHome;

use Container::{Folder, Parts, Zip};

/// Large enough for what only frequency tells: a sentence that stands twenty times (format reference §4.5).
fn one_life() -> Life {
    Life::new(11, Size { messages: 800, more_attachment_notices: 80, ..Size::small() })
}

/// Layouts of a generation, by month: those that its years brought.
fn layouts(generation: Generation) -> &'static [&'static str] {
    match generation {
        Generation::A => &["2019-07", "2020-10"],
        Generation::B => &["2021-01"],
        Generation::C => &["2021-06", "2022-08", "2023-06"],
        Generation::D => &["2024-03"],
        Generation::E => &["2025-06", "2026-02"],
    }
}

/// How the times of a layout are written: without offset until 2019.
fn clocks(generation: Generation, made: &str) -> &'static [Clock] {
    let is_naive = generation == Generation::A && made < "2020";
    if is_naive { &[Clock::NaivePacific, Clock::NaiveUtc] } else { &[Clock::Offset] }
}

/// Every layout, language and clock as one ZIP; the newest layout in English also as parts and as a folder, and of pages
/// every layout without the classes of its elements.
fn variants(generation: Generation, format: Format) -> Vec<Variant> {
    let of = |made, language, clock, container| {
        let has_classes = true;
        Variant { generation, format, language, made, clock, container, has_classes }
    };
    let mut variants = Vec::new();
    for language in table::LANGUAGES {
        for made in layouts(generation) {
            variants.extend(clocks(generation, made).iter().map(|clock| of(*made, *language, *clock, Zip)));
        }
    }
    let language = Language::English;
    if format == Format::Html {
        let marked: Vec<Variant> = variants.iter().copied().filter(|one| one.language == language).collect();
        variants.extend(marked.into_iter().map(|variant| Variant { has_classes: false, ..variant }));
    }
    let newest = layouts(generation).last().copied().expect("a layout");
    let clock = clocks(generation, newest)[0];
    variants.extend([Parts, Folder].map(|container| of(newest, language, clock, container)));
    variants
}

/// What a home holds of one way of writing.
fn ingested(life: &Life, variant: &Variant, names: &Names) -> Vec<Fact> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = variant.write(life, folder.path());
    let home = TestHome::of(&[path]);
    assert_eq!(home.number("SELECT count(*) FROM snapshots"), 1, "{variant}");
    let errors = home.rows("SELECT code, path, sentence FROM findings WHERE severity = 'error'");
    let errors: Vec<String> = errors.iter().map(|row| format!("{:?}", row.values)).collect();
    assert!(errors.is_empty(), "{variant}: {errors:#?}");
    held::facts(&home, names)
}

fn lines(found: &[&String]) -> String {
    found.iter().flat_map(|line| ["\n  ", line.as_str()]).collect()
}

/// Writes, ingests and compares every variant; then looks whether each row of the table was needed by one of them.
fn converge(generation: Generation, format: Format) {
    let life = one_life();
    let (mut wrong, mut seen) = (Vec::new(), BTreeSet::new());
    let mut idle: Vec<&Limit> = TABLE.iter().filter(|row| row.is_of_writings(generation, format)).collect();
    for variant in variants(generation, format) {
        let writing = variant.writing();
        let names = Names::new(&life, writing.date_ms);
        let truth = life::facts(&life, &writing);
        let held = ingested(&life, &variant, &names);
        let limits: Vec<&Limit> = TABLE.iter().filter(|limit| limit.is_for(&variant)).collect();
        let found = fact::differences(&table::reduced(&truth, &limits, &life, &names), &held);
        if !found.is_empty() {
            // What an earlier variant has shown is only counted.
            let fresh: Vec<&String> = found.iter().filter(|line| seen.insert((*line).clone())).take(12).collect();
            wrong.push(format!("{variant}: {} differences{}", found.len(), lines(&fresh)));
            continue;
        }
        idle.retain(|limit| {
            let others: Vec<&Limit> = limits.iter().copied().filter(|other| !std::ptr::eq(*other, *limit)).collect();
            others.len() == limits.len()
                || fact::differences(&table::reduced(&truth, &others, &life, &names), &held).is_empty()
        });
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let idle: Vec<String> = idle.iter().map(|row| format!("{} {} {}", row.of, row.field, row.section)).collect();
    assert!(
        idle.is_empty(),
        "generation {}: what these rows excuse comes out all the same: {idle:#?}",
        generation.name()
    );
}

#[test]
fn generation_a() {
    converge(Generation::A, Format::Json);
}

#[test]
fn generation_b() {
    converge(Generation::B, Format::Json);
}

#[test]
fn generation_c_as_json() {
    converge(Generation::C, Format::Json);
}

#[test]
fn generation_d_as_json() {
    converge(Generation::D, Format::Json);
}

#[test]
fn generation_e_as_json() {
    converge(Generation::E, Format::Json);
}

#[test]
fn generation_c_as_html() {
    converge(Generation::C, Format::Html);
}

#[test]
fn generation_d_as_html() {
    converge(Generation::D, Format::Html);
}

#[test]
fn generation_e_as_html() {
    converge(Generation::E, Format::Html);
}
