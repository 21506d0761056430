//! Every Rust file is compiled: a file that no `mod` names is neither built nor tested, and nobody notices.

use std::collections::BTreeSet;

use super::repository::{RepositoryFile, assert_none, files_below, rust_files_below};
use super::rust_text::tokens;

#[test]
fn every_file_is_a_module() {
    assert_none(&forgotten("src", &["src/lib.rs", "src/main.rs"], &rust_files_below("src")));
    assert_none(&forgotten("tests/it", &["tests/it/main.rs"], &rust_files_below("tests/it")));
}

/// One binary is linked once; a file beside `tests/it/` would be a second one, or none as `autotests` is off.
#[test]
fn all_integration_tests_are_in_one_binary() {
    let is_outside = |file: &&RepositoryFile| file.has_extension("rs") && !file.path.starts_with("tests/it/");
    let faults: Vec<_> = files_below("tests").iter().filter(is_outside).map(|file| file.path.clone()).collect();
    assert_none(&faults);
}

/// Files below `folder` that are neither a root nor named by `mod` where their module belongs.
fn forgotten(folder: &str, roots: &[&str], files: &[RepositoryFile]) -> Vec<String> {
    let declared: BTreeSet<String> = files
        .iter()
        .flat_map(|file| {
            let parent = if roots.contains(&file.path.as_str()) { folder.to_owned() } else { module_path(file) };
            declared_modules(&file.text).into_iter().map(move |name| format!("{parent}/{name}"))
        })
        .collect();
    files
        .iter()
        .filter(|file| !roots.contains(&file.path.as_str()) && !declared.contains(&module_path(file)))
        .map(|file| format!("{}: no `mod` names it", file.path))
        .collect()
}

/// `src/store/mod.rs` and `src/store.rs` → `src/store`.
fn module_path(file: &RepositoryFile) -> String {
    let path = file.path.trim_end_matches(".rs");
    path.strip_suffix("/mod").unwrap_or(path).to_owned()
}

fn declared_modules(source: &str) -> Vec<String> {
    let tokens = tokens(source);
    tokens
        .windows(3)
        .filter(|window| window[0].is("mod") && window[2].is(";"))
        .map(|window| window[1].text.clone())
        .collect()
}

#[test]
fn a_forgotten_file_is_seen() {
    let file = |path: &str, text: &str| RepositoryFile { path: path.to_owned(), text: text.to_owned() };
    let files = [
        file("src/lib.rs", "pub mod store; // mod lost;"),
        file("src/store/mod.rs", "mod rows;"),
        file("src/store/rows.rs", ""),
        file("src/store/lost.rs", "mod rows;"),
        file("src/rows.rs", ""),
    ];
    assert_eq!(
        forgotten("src", &["src/lib.rs"], &files),
        ["src/store/lost.rs: no `mod` names it", "src/rows.rs: no `mod` names it"]
    );
}
