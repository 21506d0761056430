//! Who may know whom: a room imports only rooms that stand above it, and foreign crates only where they live.
//!
//! Code that only tests see may name any crate, but its own rules are those of the room it stands in.

use std::collections::BTreeSet;

use super::repository::{RepositoryFile, assert_none, rust_files_below};
use super::rust_paths::{NamedPath, named_paths};
use super::rust_text::{Token, tokens, without_tests};

/// The rooms below `src/`, ground floor first.
const ROOMS: [&str; 11] =
    ["model", "archive", "source", "media", "store", "query", "index", "ingest", "home", "watch", "cli"];

/// What may use every room: the generator of invented accounts, the crate's root and the program.
const ABOVE_ALL: [&str; 3] = ["testing", "lib", "main"];

/// Crates with an owner, and the only rooms that may name them.
const CRATES: [(&str, &[&str]); 17] = [
    ("anstream", &["cli"]),
    ("blake3", &["model"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("html5ever", &["source"]),
    ("indicatif", &["cli"]),
    ("libsqlite3_sys", &["store"]),
    ("notify", &["watch"]),
    ("rusqlite", &["store"]),
    ("rusqlite_migration", &["store"]),
    ("scraper", &["source"]),
    ("serde_json", &["source", "store", "cli", "testing"]),
    ("tantivy", &["index"]),
    ("tracing_subscriber", &["cli", "main"]),
    ("zip", &["archive", "testing"]),
    ("zstd", &["store"]),
];

/// What prints; allowed to the program and its command line alone.
const PRINTING_MACROS: [&str; 5] = ["print", "println", "eprint", "eprintln", "dbg"];
const PRINTING_FUNCTIONS: [&str; 2] = ["stdout", "stderr"];
const MAY_PRINT: [&str; 2] = ["cli", "main"];

#[test]
fn a_room_imports_only_rooms_above_it() {
    assert_none(&faults_of(&rust_files_below("src")));
}

/// All faults of the files below `src/`.
fn faults_of(files: &[RepositoryFile]) -> Vec<String> {
    let code: Vec<_> = files.iter().map(|file| (file, without_tests(&tokens(&file.text)))).collect();
    let test_modules: BTreeSet<Vec<String>> = code
        .iter()
        .flat_map(|(file, (_, names))| names.iter().map(|name| [module_of(file), vec![name.clone()]].concat()))
        .collect();
    code.iter()
        .filter(|(file, _)| {
            let module = module_of(file);
            !(0..=module.len()).any(|length| test_modules.contains(&module[..length]))
        })
        .flat_map(|(file, (tokens, _))| faults_of_file(file, tokens))
        .collect()
}

fn faults_of_file(file: &RepositoryFile, tokens: &[Token]) -> Vec<String> {
    let (room, module) = (room_of(file), module_of(file));
    if !ROOMS.contains(&room.as_str()) && !ABOVE_ALL.contains(&room.as_str()) {
        return vec![format!("{}: `{room}` is no room of the list", file.path)];
    }
    let at = |line: usize| format!("{}:{line}: ", file.path);
    let mut faults = Vec::new();
    for path in named_paths(tokens) {
        let fault = wrong_room(&room, &module, &path).or_else(|| wrong_crate(&room, &path));
        faults.extend(fault.map(|fault| at(path.line) + &fault));
    }
    if !MAY_PRINT.contains(&room.as_str()) {
        faults.extend(printing(tokens).map(|token| format!("{}`{room}` prints (`{}`)", at(token.line), token.text)));
    }
    faults
}

/// `src/home.rs` → `home`, `src/store/rows.rs` → `store`.
fn room_of(file: &RepositoryFile) -> String {
    let below = file.path.trim_start_matches("src/");
    below.split_once('/').map_or_else(|| below.trim_end_matches(".rs"), |(folder, _)| folder).to_owned()
}

/// The module that a file is: empty for the root, `["store", "rows"]` for `src/store/rows.rs`.
fn module_of(file: &RepositoryFile) -> Vec<String> {
    let below = file.path.trim_start_matches("src/").trim_end_matches(".rs");
    let mut segments: Vec<_> = below.split('/').map(str::to_owned).collect();
    segments.pop_if(|last| last == "mod" || last == "lib" || last == "main");
    segments
}

/// Says which arrow between rooms the path draws, when it may not.
fn wrong_room(room: &str, module: &[String], path: &NamedPath) -> Option<String> {
    if ABOVE_ALL.contains(&room) {
        return None;
    }
    let n_supers = path.segments.iter().take_while(|&segment| segment == "super").count();
    let target = match path.segments.first().map(String::as_str) {
        Some("crate" | "throwback") => path.segments.get(1),
        Some("super") if n_supers == module.len() + path.n_inline_modules => path.segments.get(n_supers),
        _ => return None,
    }?;
    let Some(floor) = ROOMS.iter().position(|known| known == target) else {
        return Some(format!("`{room}` names `crate::{target}`, which is no room of the list"));
    };
    let own_floor = ROOMS.iter().position(|known| known == &room)?;
    (floor > own_floor).then(|| format!("`{room}` may not import `{target}`: it stands below it in the list"))
}

/// Says which foreign crate the path names, when it belongs to another room.
fn wrong_crate(room: &str, path: &NamedPath) -> Option<String> {
    let name = path.segments.first()?;
    let (_, rooms) = CRATES.iter().find(|(known, _)| known == name)?;
    (!rooms.contains(&room)).then(|| format!("`{room}` may not name `{name}`: it belongs to {}", rooms.join(", ")))
}

fn printing(tokens: &[Token]) -> impl Iterator<Item = &Token> {
    tokens.windows(3).filter_map(|window| {
        let [before, word, after] = window else { return None };
        let is_macro = after.is("!") && PRINTING_MACROS.contains(&word.text.as_str());
        let is_stream = after.is("(") && PRINTING_FUNCTIONS.contains(&word.text.as_str());
        (is_macro || is_stream && !before.is(".") && !before.is("fn")).then_some(word)
    })
}

#[test]
fn a_forbidden_arrow_is_seen() {
    let check = |path: &str, source: &str, expected: &[&str]| {
        let file = RepositoryFile { path: path.to_owned(), text: source.to_owned() };
        assert_eq!(faults_of(&[file]), expected, "{source}");
    };
    check("src/store/rows.rs", "use crate::model::Kind;\nuse crate::{archive, media::Kept};", &[]);
    check(
        "src/store/rows.rs",
        "use crate::{\n model,\n ingest::Plan};",
        &["src/store/rows.rs:3: `store` may not import `ingest`: it stands below it in the list"],
    );
    check(
        "src/model/id.rs",
        "fn f() { super::super::store::open() }",
        &["src/model/id.rs:1: `model` may not import `store`: it stands below it in the list"],
    );
    check("src/model/id.rs", "mod inner { use super::super::{item, store}; }", &[]);
    check(
        "src/home.rs",
        "use super::cli::run;",
        &["src/home.rs:1: `home` may not import `cli`: it stands below it in the list"],
    );
    check("src/home.rs", "use crate::ingest; // use crate::cli;\nconst A: &str = \"crate::cli::run\";", &[]);
    check(
        "src/media/mod.rs",
        "use crate::*;",
        &["src/media/mod.rs:1: `media` names `crate::*`, which is no room of the list"],
    );
    check("src/helpers/mod.rs", "", &["src/helpers/mod.rs: `helpers` is no room of the list"]);
    check("src/testing/mod.rs", "use crate::cli; use zip::write; use serde_json::json;", &[]);
    check("src/lib.rs", "pub mod cli; pub use crate::home::Home;", &[]);
}

#[test]
fn a_crate_outside_its_room_is_seen() {
    let check = |path: &str, source: &str, expected: &[&str]| {
        let file = RepositoryFile { path: path.to_owned(), text: source.to_owned() };
        assert_eq!(faults_of(&[file]), expected, "{source}");
    };
    check("src/archive/open.rs", "use zip::ZipArchive;", &[]);
    check("src/index/mod.rs", "use crate::archive::zip::Entries;\nlet a = b.zip(c);", &[]);
    check(
        "src/index/mod.rs",
        "let a = ::zip::ZipArchive::new(b);",
        &["src/index/mod.rs:1: `index` may not name `zip`: it belongs to archive, testing"],
    );
    check(
        "src/query/tree.rs",
        "#[derive(Debug)]\n#[derive(clap::ValueEnum)]\nenum A {}",
        &["src/query/tree.rs:2: `query` may not name `clap`: it belongs to cli"],
    );
    check("src/query/tree.rs", "#[cfg(test)]\nmod tests { use serde_json::json; }", &[]);
    check("src/main.rs", "use clap::Parser;", &["src/main.rs:1: `main` may not name `clap`: it belongs to cli"]);
    check(
        "src/ingest/plan.rs",
        "fn f() { println!(\"\"); writeln!(std::io::stderr(), \"\"); child.stdout(); }",
        &["src/ingest/plan.rs:1: `ingest` prints (`println`)", "src/ingest/plan.rs:1: `ingest` prints (`stderr`)"],
    );
    check("src/cli/mod.rs", "fn f() { println!(\"\"); }", &[]);
}

#[test]
fn a_module_of_tests_may_have_its_own_file() {
    let file = |path: &str, text: &str| RepositoryFile { path: path.to_owned(), text: text.to_owned() };
    let parent = |mark: &str| file("src/query/mod.rs", &format!("{mark} mod tests;"));
    let tests = file("src/query/tests/table.rs", "use serde_json::json;");
    assert_eq!(faults_of(&[parent("#[cfg(test)]"), tests.clone()]), Vec::<String>::new());
    assert_eq!(faults_of(&[parent(""), tests]).len(), 1);
}
