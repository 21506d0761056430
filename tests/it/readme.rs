//! The README is true: its session prints what it shows, its tables are those of the code, every command is in it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use throwback::model::{Generation, Kind};
use throwback::query::fields::FIELDS;
use throwback::source::instagram::catalog::{CATALOG, Generations, Reader, Row};

use crate::cli::program::Program;

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("the README")
}

/// What stands between `<!-- name:begin -->` and `<!-- name:end -->`.
fn section(name: &str) -> String {
    let readme = readme();
    let begin = format!("<!-- {name}:begin -->\n");
    let from = readme.find(&begin).expect("the beginning of the section") + begin.len();
    let to = readme.find(&format!("<!-- {name}:end -->")).expect("the end of the section");
    readme[from..to].to_owned()
}

#[test]
fn the_table_of_fields_is_that_of_the_parser() {
    let mut table = "| field | example | what it finds |\n|---|---|---|\n".to_owned();
    for field in FIELDS {
        let names = std::iter::once(&field.name).chain(field.aliases).map(|name| format!("`{name}:`"));
        let names = names.collect::<Vec<_>>().join(" ");
        writeln!(table, "| {names} | `{}` | {} |", field.example, field.description)
            .expect("a string takes everything");
    }
    assert!(section("fields") == table, "the table should be:\n{table}");
}

#[test]
fn the_table_of_records_is_that_of_the_catalog() {
    let generations = [Generation::A, Generation::B, Generation::C, Generation::D, Generation::E];
    let mut table = "| records | A | B | C | D | E | read from |\n|---|---|---|---|---|---|---|\n".to_owned();
    for kind in Kind::ALL {
        let rows = CATALOG.iter().filter(|row| row.kinds.contains(kind) && !matches!(row.reader, Reader::Generic));
        let rows: Vec<_> = rows.filter(|row| !row.files.is_empty()).collect();
        let cell = |generation| {
            let has = |formats: fn(&Row) -> Generations| rows.iter().any(|row| formats(row).contains(generation));
            match (has(|row| row.json), has(|row| row.html)) {
                (true, true) => "JSON HTML",
                (true, false) => "JSON",
                (false, true) => "HTML",
                (false, false) => "–",
            }
        };
        let cells = generations.iter().map(cell).collect::<Vec<_>>().join(" | ");
        let files: BTreeSet<&str> =
            rows.iter().flat_map(|row| row.files).map(|file| file.trim_end_matches("_N")).collect();
        let files = files.into_iter().map(|file| format!("`{file}`")).collect::<Vec<_>>().join(", ");
        if !rows.is_empty() {
            writeln!(table, "| {} | {cells} | {files} |", kind.name()).expect("a string takes everything");
        }
    }
    assert!(section("catalog") == table, "the table should be:\n{table}");
}

/// A command of the README with the output that the README shows below it.
struct Shown {
    arguments: Vec<String>,
    output: String,
}

fn session() -> Vec<Shown> {
    let mut shown: Vec<Shown> = Vec::new();
    for block in readme().split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap_or_default();
        let Some((command, output)) = block.split_once('\n') else { continue };
        let Some(arguments) = command.strip_prefix("$ cargo run --release -- ") else { continue };
        shown.push(Shown { arguments: words(arguments), output: output.to_owned() });
    }
    shown
}

/// The words of a command line in which only single quotes quote.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in line.split('\'').enumerate() {
        if index % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

fn stdout(program: &Program, arguments: &[&str]) -> String {
    String::from_utf8(program.output(arguments).stdout).expect("UTF-8")
}

/// Takes out what differs from run to run.
fn without_durations(output: &str) -> String {
    let is_duration = |word: &str| word.trim_end_matches(',').parse::<f64>().is_ok() && word.contains('.');
    output
        .lines()
        .map(|line| {
            let words: Vec<&str> = line.trim_end().split(' ').collect();
            words.iter().map(|word| if is_duration(word) { "0.0" } else { *word }).collect::<Vec<_>>().join(" ")
        })
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_session_prints_what_it_shows() {
    let session = session();
    assert!(session.len() >= 2, "the README shows an ingest and a search");
    let program = Program::new();
    let home = program.folder().join("sample").to_string_lossy().into_owned();
    let mut n_compared = 0;
    for Shown { arguments, output } in session.iter().filter(|shown| !shown.output.trim().is_empty()) {
        let mut arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        assert_eq!(arguments[..2], ["--home", "target/sample"], "the session stays inside the checkout");
        // The program has a home of its own here, and no terminal: there the blocks must be asked for.
        arguments[1] = &home;
        if arguments.contains(&"search") {
            arguments.push("-p");
        }
        let told = program.output(&arguments);
        let printed = [told.stdout, told.stderr].map(|bytes| String::from_utf8(bytes).expect("UTF-8")).concat();
        let printed = printed.replace(&home, "target/sample");
        assert!(
            without_durations(&printed) == without_durations(output),
            "{arguments:?} prints:\n{printed}\nand the README shows:\n{output}"
        );
        n_compared += 1;
    }
    assert!(n_compared >= 2);
}

#[test]
fn every_command_is_in_the_readme() {
    let readme = readme();
    let help = stdout(&Program::new(), &["--help"]);
    let commands = help.split("Commands:").nth(1).and_then(|rest| rest.split("Options:").next()).expect("the commands");
    let names: Vec<&str> = commands
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(names.len() > 10, "{names:?}");
    let missing: Vec<_> = names.iter().filter(|name| !readme.contains(&format!("throwback {name}"))).collect();
    assert!(missing.is_empty(), "commands that the README does not name: {missing:?}");
}
