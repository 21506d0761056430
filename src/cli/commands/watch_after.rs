//! What is done after each archive that a watcher judged: a command of the person's, a message on the desktop.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use super::super::stop::Stop;
use super::super::surroundings;
use crate::ingest::ArchiveReport;
use crate::model::{Finding, Severity};

/// What became of an archive.
#[derive(Clone, Copy, Debug)]
pub enum Fate<'a> {
    Ingested(&'a [ArchiveReport]),
    Broken(&'a Finding),
}

/// What the person wants to happen then.
#[derive(Debug)]
pub struct After<'a> {
    /// For the shell.
    pub exec: Option<&'a str>,
    pub is_notified: bool,
    pub home: &'a Path,
}

impl After<'_> {
    /// Does it; what went wrong comes back in sentences.
    pub fn archive(&self, path: &Path, fate: Fate<'_>, stop: &Stop) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.is_notified {
            wrong.extend(run(notification(path, fate), "the message", stop));
        }
        if let Some(words) = self.exec {
            let mut command = shell(words);
            command.envs(environment(self.home, path, fate));
            wrong.extend(run(command, &format!("`{words}`"), stop));
        }
        wrong
    }
}

/// What a command learns of the archive.
fn environment(home: &Path, path: &Path, fate: Fate<'_>) -> Vec<(&'static str, OsString)> {
    let mut told: Vec<(&'static str, OsString)> =
        vec![("THROWBACK_HOME", home.into()), ("THROWBACK_PATH", path.into())];
    let mut tell = |name, value: String| told.push((name, value.into()));
    match fate {
        Fate::Ingested(reports) => {
            let is_known = reports.iter().all(|report| report.is_known);
            tell("THROWBACK_OUTCOME", if is_known { "known" } else { "ingested" }.to_owned());
            let last = reports.last();
            tell("THROWBACK_SNAPSHOT", last.map(|report| report.snapshot.clone()).unwrap_or_default());
            tell("THROWBACK_ACCOUNT", last.map(|report| report.account.clone()).unwrap_or_default());
            tell("THROWBACK_NEW_RECORDS", n_new(reports).to_string());
            let n_errors: u64 = reports.iter().map(|report| report.count(Severity::Error)).sum();
            tell("THROWBACK_ERRORS", n_errors.to_string());
        }
        Fate::Broken(finding) => {
            tell("THROWBACK_OUTCOME", "broken".to_owned());
            tell("THROWBACK_FINDING", finding.code.name().to_owned());
            tell("THROWBACK_REASON", finding.sentence.clone());
        }
    }
    told
}

fn n_new(reports: &[ArchiveReport]) -> u64 {
    reports.iter().map(|report| report.totals().new).sum()
}

fn shell(words: &str) -> Command {
    let (shell, option) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut command = Command::new(shell);
    command.env_remove(surroundings::ANEW);
    command.args([option, words]);
    command
}

/// The desktop's own program shows the message: ours opens no bus.
fn notification(path: &Path, fate: Fate<'_>) -> Command {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let text = match fate {
        Fate::Ingested(reports) if reports.iter().all(|report| report.is_known) => "held already".to_owned(),
        Fate::Ingested(reports) => format!("new records: {}", n_new(reports)),
        Fate::Broken(finding) => format!("not taken: {}", finding.sentence),
    };
    if cfg!(target_os = "macos") {
        let mut command = Command::new("osascript");
        for line in ["on run argv", "display notification (item 2 of argv) with title (item 1 of argv)", "end run"] {
            command.args(["-e", line]);
        }
        command.args([name, text]);
        return command;
    }
    let mut command = Command::new("notify-send");
    // The text may hold markup there.
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    command.args(["--app-name=Throwback", "--"]).args([name, text]);
    command
}

/// Runs it to its end, or until the watcher is to stop: then it goes on alone. Its output goes where talk goes.
fn run(mut command: Command, name: &str, stop: &Stop) -> Option<String> {
    command.stdin(Stdio::null()).stdout(io::stderr());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Some(format!("{name} could not be started: {error}")),
    };
    match wait(&mut child, stop) {
        Ok(Some(status)) if !status.success() => Some(format!("{name} ended with {status}")),
        Ok(_) => None,
        Err(error) => Some(format!("{name} could not be waited for: {error}")),
    }
}

fn wait(child: &mut Child, stop: &Stop) -> io::Result<Option<std::process::ExitStatus>> {
    /// Short beside what a command takes that is worth being run.
    const LOOK: Duration = Duration::from_millis(50);
    let (_stays_open, nobody) = channel::<()>();
    loop {
        let ended = child.try_wait()?;
        if ended.is_some() || stop.is_asked() {
            return Ok(ended);
        }
        // Nobody ever says anything: this only lets time pass.
        nobody.recv_timeout(LOOK).ok();
    }
}
