//! Runs the program in a world of its own: a cleared environment, an own HOME and home, a fixed zone and width.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The program with an empty home.
pub struct Program {
    folder: tempfile::TempDir,
}

impl Program {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// The program with a home that holds the sample downloads.
    pub fn with_sample() -> Self {
        let program = Self::new();
        let output = program.output(&["ingest", "fixtures/sample"]);
        assert!(output.status.success(), "{output:?}");
        program
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Ready to start in the repository's root. The environment is that of nobody.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_throwback"));
        command
            .args(arguments)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env_clear()
            .env("HOME", self.folder().join("person"))
            .env("THROWBACK_HOME", self.folder().join("home"))
            .env("TZ", "Europe/Berlin")
            .env("COLUMNS", "100")
            .stdin(Stdio::null());
        command
    }

    pub fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program starts")
    }

    /// What a run prints, with its exit code; what differs from run to run is left out.
    pub fn run(&self, arguments: &[&str]) -> String {
        self.told(&self.output(arguments))
    }

    pub fn told(&self, output: &Output) -> String {
        let mut text = String::new();
        for (name, bytes) in [("", &output.stdout), ("stderr:\n", &output.stderr)] {
            if !bytes.is_empty() {
                write!(text, "{name}{}", self.settled(&String::from_utf8_lossy(bytes))).expect("a string takes all");
            }
        }
        let code = output.status.code().map_or_else(|| "none".to_owned(), |code| code.to_string());
        write!(text, "exit: {code}").expect("a string takes all");
        text
    }

    /// Rows of JSON that a run prints, each of which must parse.
    pub fn json(&self, arguments: &[&str]) -> Vec<serde_json::Value> {
        let output = self.output(arguments);
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }

    /// Takes folders and durations out of a text.
    fn settled(&self, text: &str) -> String {
        let folder = self.folder().to_string_lossy().into_owned();
        text.replace(&folder, "[folder]")
            // Isolation is shown, so that a source file holds no invisible signs.
            .replace('\u{2068}', "⟨")
            .replace('\u{2069}', "⟩")
            .split_inclusive('\n')
            .map(|line| match (line.strip_prefix("took "), line.rsplit_once(" · ")) {
                (Some(rest), _) => rest
                    .split_once(" for ")
                    .map_or_else(|| line.to_owned(), |(_, rest)| format!("took [time] for {rest}")),
                (None, Some((before, after))) if after.ends_with(" ms\n") => format!("{before} · [time]\n"),
                _ => line.to_owned(),
            })
            .collect()
    }
}
