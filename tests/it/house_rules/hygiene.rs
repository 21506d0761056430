//! What may stand in the files of the repository.
//!
//! That every `#[expect]` and `#[allow]` gives its reason is held by clippy (`allow_attributes_without_reason`).

use super::repository::{RepositoryFile, assert_none, files_below, rust_files_below};

/// Files below `src/` with more lines than this want a reason in [`LONG_FILES`].
const MANY_LINES: usize = 500;

/// Long files, and why they are better off in one piece.
const LONG_FILES: [(&str, &str); 2] = [
    ("src/index/tests.rs", "the cases of one room side by side; splitting would hide which are missing"),
    ("src/source/instagram/catalog.rs", "the table of all shapes, a line each, and how a row is found"),
];

#[test]
fn no_file_names_a_path_of_somebodys_machine() {
    let files = files_below("");
    assert_none(&files.iter().flat_map(|file| machine_paths(file, env!("CARGO_MANIFEST_DIR"))).collect::<Vec<_>>());
}

#[test]
fn nothing_is_left_for_later() {
    let is_ours = |file: &&RepositoryFile| !file.path.starts_with("fixtures/");
    assert_none(&files_below("").iter().filter(is_ours).flat_map(unfinished).collect::<Vec<_>>());
}

#[test]
fn every_migration_says_why() {
    let migrations: Vec<_> = files_below("migrations").into_iter().filter(|file| file.has_extension("sql")).collect();
    let has_store = rust_files_below("src").iter().any(|file| file.path.starts_with("src/store"));
    assert!(!has_store || !migrations.is_empty(), "the store has no migrations");
    assert_none(
        &migrations.iter().enumerate().filter_map(|(index, file)| wrong_migration(index, file)).collect::<Vec<_>>(),
    );
}

#[test]
fn every_source_file_says_what_lives_there() {
    let faults: Vec<_> = rust_files_below("src")
        .into_iter()
        .chain(rust_files_below("tests"))
        // Cases beside the file that they test say nothing of their own.
        .filter(|file| !file.path.ends_with("/tests.rs") && !starts_with_docs(&file.text))
        .map(|file| format!("{}: does not start with `//!`", file.path))
        .collect();
    assert_none(&faults);
}

#[test]
fn a_long_file_has_a_reason() {
    assert_none(&wrong_lengths(&rust_files_below("src"), &LONG_FILES));
}

#[test]
fn every_lint_that_is_allowed_says_why() {
    let manifest = files_below("").into_iter().find(|file| file.path == "Cargo.toml").expect("Cargo.toml is there");
    assert_none(&allowed_without_reason(&manifest));
}

/// Homes of people on the usual systems, and where this repository lies just now.
fn machine_paths(file: &RepositoryFile, here: &str) -> Vec<String> {
    // In pieces, so that this file does not name what it forbids.
    let homes = [concat!("/ho", "me/"), concat!("/Us", "ers/"), concat!("/ro", "ot/"), concat!(":\\Us", "ers\\")];
    let is_start = |line: &str, at: usize| {
        !line[..at].ends_with(|before: char| before.is_alphanumeric() || ".-_~}".contains(before))
    };
    let is_specific = here.matches(['/', '\\']).count() >= 3;
    faults_by_line(file, |line| {
        let home = homes
            .iter()
            .find(|home| line.match_indices(**home).any(|(at, _)| home.starts_with(':') || is_start(line, at)));
        let found = home.copied().or_else(|| (is_specific && line.contains(here)).then_some(here))?;
        Some(format!("names a path of a machine (`{found}`); write `~/` or a relative path"))
    })
}

fn unfinished(file: &RepositoryFile) -> Vec<String> {
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    faults_by_line(file, |line| {
        let mut words = line.split(|letter: char| !letter.is_alphanumeric());
        let mark = words.find(|word| marks.contains(word))?;
        Some(format!("`{mark}`: do it, or write an issue"))
    })
}

/// Migrations are numbered from 1 without gaps, named by what they do, and begin with the reason.
fn wrong_migration(index: usize, file: &RepositoryFile) -> Option<String> {
    let prefix = format!("migrations/{:04}_", index + 1);
    let is_named = file.path.strip_prefix(&prefix).is_some_and(|name| name.len() > ".sql".len());
    if !is_named {
        return Some(format!("{}: should be {prefix}what_it_does.sql", file.path));
    }
    let reason = file.text.lines().next().and_then(|line| line.strip_prefix("-- ")).unwrap_or_default();
    (reason.split_whitespace().count() < 3).then(|| format!("{}: does not start with `-- why`", file.path))
}

/// The first thing in it is `//!`, apart from attributes of the file and empty lines.
fn starts_with_docs(text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("#!["));
    first.is_none_or(|line| line.starts_with("//!"))
}

fn wrong_lengths(files: &[RepositoryFile], reasons: &[(&str, &str)]) -> Vec<String> {
    let is_listed = |path: &str| reasons.iter().any(|(listed, reason)| *listed == path && !reason.is_empty());
    let long: Vec<_> = files.iter().filter(|file| file.text.lines().count() > MANY_LINES).collect();
    let too_long = long
        .iter()
        .filter(|file| !is_listed(&file.path))
        .map(|file| format!("{}: {} lines; split it or list it with a reason", file.path, file.text.lines().count()));
    let stale = reasons
        .iter()
        .filter(|(listed, _)| !long.iter().any(|file| file.path == *listed))
        .map(|(listed, _)| format!("{listed}: is listed as long and is not"));
    too_long.chain(stale).collect()
}

fn allowed_without_reason(manifest: &RepositoryFile) -> Vec<String> {
    let lines: Vec<_> = manifest.text.lines().collect();
    lines
        .windows(2)
        .filter(|window| window[1].contains("\"allow\"") && !window[0].starts_with('#'))
        .map(|window| format!("Cargo.toml: `{}` has no comment above it", window[1]))
        .collect()
}

fn faults_by_line(file: &RepositoryFile, fault: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let numbered = file.text.lines().enumerate();
    numbered.filter_map(|(index, line)| Some(format!("{}:{}: {}", file.path, index + 1, fault(line)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> RepositoryFile {
        RepositoryFile { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn paths_of_machines_are_seen() {
        let n_faults = |line: &str| machine_paths(&file("a.rs", line), "/opt/builds/7/checkout").len();
        for line in [
            concat!("let a = \"/ho", "me/anna/x\";"),
            concat!("cd /Us", "ers/anna"),
            concat!("C:\\Us", "ers\\anna"),
            concat!("(/ro", "ot/.cargo)"),
            "see /opt/builds/7/checkout/src",
        ] {
            assert_eq!(n_faults(line), 1, "{line}");
        }
        for line in ["~/Downloads", concat!("https://example.org/ho", "me/"), "$HOME/.cargo", "/tmp/x"] {
            assert_eq!(n_faults(line), 0, "{line}");
        }
    }

    #[test]
    fn what_is_unfinished_is_seen() {
        let n_faults = |line: &str| unfinished(&file("a.rs", line)).len();
        assert_eq!(n_faults(concat!("// TO", "DO: later")), 1);
        assert_eq!(n_faults(concat!("-- FIX", "ME(anna)")), 1);
        assert_eq!(n_faults("a method of XXXL shirts, todo el mundo"), 0);
    }

    #[test]
    fn migrations_without_a_reason_are_seen() {
        let is_wrong = |path: &str, text: &str| wrong_migration(0, &file(path, text)).is_some();
        assert!(!is_wrong("migrations/0001_records.sql", "-- Records stand alone because …\nCREATE TABLE r (id);"));
        assert!(is_wrong("migrations/0001_records.sql", "CREATE TABLE r (id);"));
        assert!(is_wrong("migrations/0001_records.sql", "-- \n"));
        assert!(is_wrong("migrations/0002_records.sql", "-- Records stand alone because …"));
        assert!(is_wrong("migrations/0001_.sql", "-- Records stand alone because …"));
    }

    #[test]
    fn lengths_and_stale_reasons_are_seen() {
        let files = [file("src/long.rs", &"\n".repeat(MANY_LINES + 1)), file("src/short.rs", "")];
        assert_eq!(wrong_lengths(&files, &[("src/long.rs", "one table")]), Vec::<String>::new());
        assert_eq!(wrong_lengths(&files, &[]).len(), 1);
        assert_eq!(wrong_lengths(&files, &[("src/long.rs", "")]).len(), 1);
        assert_eq!(wrong_lengths(&files, &[("src/long.rs", "one table"), ("src/short.rs", "old")]).len(), 1);
    }

    #[test]
    fn missing_words_are_seen() {
        assert!(starts_with_docs("#![cfg(unix)]\n\n//! What lives here.\nuse a;"));
        assert!(!starts_with_docs("use a;\n//! Too late."));
        assert_eq!(allowed_without_reason(&file("Cargo.toml", "# why\na = \"allow\"\nb = \"allow\"")).len(), 1);
    }
}
