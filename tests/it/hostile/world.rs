//! Where a hostile archive is let loose: a folder with a home, a person and nothing else, in which the program runs with
//! little memory and little time.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use throwback::home::{DataToRead, Home};
use throwback::store::NamedRow;

/// What a run of the program may have: address space in KiB, seconds of computing, seconds altogether. The first is that
/// of the reliability reference; the others tell work from a hang, for this is a debug build on a busy machine.
const MOST_MEMORY: &str = "1500000";
const MOST_COMPUTING: &str = "120";
const MOST_SECONDS: &str = "300";

/// A folder in memory where there is one: nothing is cut off here, so nothing has to be durable.
pub fn scratch() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.expect("a temporary folder")
}

pub struct World {
    folder: tempfile::TempDir,
}

impl World {
    pub fn new() -> Self {
        let folder = scratch();
        for name in ["person", "downloads", "system"] {
            fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        fs::write(folder.path().join("secret.txt"), SECRET).expect("a file");
        Self { folder }
    }

    /// Where archives lie.
    pub fn downloads(&self) -> PathBuf {
        self.folder.path().join("downloads")
    }

    pub fn home(&self) -> Home {
        Home::at(self.folder.path().join("home"))
    }

    pub fn rows(&self, sql: &str) -> Vec<NamedRow> {
        self.home().reader().expect("a home").select_all(sql, &[]).expect("an answer")
    }

    pub fn number(&self, sql: &str) -> i64 {
        self.rows(sql).first().and_then(|row| row.values[0].as_integer()).expect("a number")
    }

    /// Runs the program within its limits.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let limits = format!("ulimit -v {MOST_MEMORY}; ulimit -t {MOST_COMPUTING}; exec timeout {MOST_SECONDS} \"$@\"");
        Command::new("/bin/sh")
            .args(["-c", &limits, "sh", env!("CARGO_BIN_EXE_throwback")])
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.folder.path().join("person"))
            .env("TMPDIR", self.folder.path().join("system"))
            .env("THROWBACK_HOME", self.folder.path().join("home"))
            .env("TZ", "Europe/Berlin")
            .env("COLUMNS", "100")
            .stdin(Stdio::null())
            .output()
            .expect("the program starts")
    }

    /// Everything that is not in the home: names, lengths and targets.
    pub fn surroundings(&self) -> BTreeSet<String> {
        let home = self.home();
        let of = |entry: walkdir::DirEntry| {
            let metadata = entry.metadata().expect("an entry can be looked at");
            let length = if metadata.is_file() { metadata.len() } else { 0 };
            format!("{} {:?} {length}", entry.path().to_string_lossy(), metadata.file_type())
        };
        walkdir::WalkDir::new(self.folder.path())
            .into_iter()
            .filter_entry(|entry| entry.path() != home.path())
            .filter_map(Result::ok)
            .map(of)
            .collect()
    }

    /// The home is sound, private, and its files bear names that we gave them.
    #[track_caller]
    pub fn assert_home_is_sound(&self, what: &str) {
        let home = self.home();
        if !home.exists() {
            return;
        }
        let report = home.check(DataToRead::Everything).expect("a check");
        assert_eq!(report.damage, [], "{what}");
        for entry in walkdir::WalkDir::new(home.path()) {
            let entry = entry.expect("the home can be listed");
            let below = entry.path().strip_prefix(home.path()).expect("below the home").to_string_lossy().into_owned();
            let metadata = entry.metadata().expect("an entry");
            assert!(is_ours(&below), "{what}: {below} is none of our names");
            assert!(metadata.is_dir() || metadata.is_file(), "{what}: {below} is a link or a device");
            assert_eq!(metadata.permissions().mode() & 0o077, 0, "{what}: {below} is not private");
        }
    }
}

/// Stands in a file beside the home that no archive may reach.
pub const SECRET: &str = "the secret beside the home";

/// Names that files of a home have.
fn is_ours(below: &str) -> bool {
    let parts: Vec<&str> = below.split('/').collect();
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    match parts[..] {
        [
            "" | "media" | "index" | "tmp" | "aside" | "lock" | "archive.sqlite" | "archive.sqlite-wal"
            | "archive.sqlite-shm",
        ]
        | ["index", _] => true,
        ["media", folder] => folder.len() == 2 && is_hex(folder),
        ["media", folder, file] => {
            let (hash, extension) = file.split_once('.').unwrap_or((file, ""));
            let is_plain = extension.bytes().all(|byte| byte.is_ascii_alphanumeric()) && extension.len() <= 8;
            hash.len() == 64 && is_hex(hash) && hash.starts_with(folder) && is_plain
        }
        _ => false,
    }
}

/// What a run said as JSON: each line must parse, the first be a header and the last an end.
#[track_caller]
pub fn json(output: &Output, what: &str) -> Vec<Value> {
    let text = std::str::from_utf8(&output.stdout).unwrap_or_else(|error| panic!("{what}: {error}"));
    let rows: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{what}: {error}: {line:.300}")))
        .collect();
    let r#type = |row: Option<&Value>| row.and_then(|row| row["type"].as_str()).unwrap_or_default().to_owned();
    let ends = (r#type(rows.first()), r#type(rows.last()));
    assert_eq!(ends, ("header".to_owned(), "end".to_owned()), "{what}: {}", String::from_utf8_lossy(&output.stderr));
    rows
}

/// A run ended by itself, without a panic.
#[track_caller]
pub fn assert_ended(output: &Output, what: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    let code = output.status.code();
    assert!(code.is_some_and(|code| [0, 1, 2, 3, 4, 5].contains(&code)), "{what}: {code:?}: {said}");
    assert!(!said.contains("panicked") && !said.contains("RUST_BACKTRACE"), "{what}: {said}");
}

/// Nothing that a terminal obeys: no control but the line break and the tab between columns, no direction but isolates of our own, all of them closed.
#[track_caller]
pub fn assert_inert(output: &Output, what: &str) {
    for bytes in [&output.stdout, &output.stderr] {
        let text = std::str::from_utf8(bytes).unwrap_or_else(|error| panic!("{what}: {error}"));
        for line in text.split('\n') {
            let bad = line.chars().find(|c| {
                (c.is_control() && *c != '\t')
                    || matches!(
                        c,
                        '\u{202a}'..='\u{202e}' | '\u{2066}' | '\u{2067}' | '\u{2028}' | '\u{2029}' | '\u{feff}'
                    )
            });
            assert_eq!(bad, None, "{what}: {line:?}");
            let count = |isolate| line.matches(isolate).count();
            assert_eq!(count('\u{2068}'), count('\u{2069}'), "{what}: {line:?}");
        }
    }
}
