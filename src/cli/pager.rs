//! The pager: what is long is read page by page, where somebody looks at a terminal.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

use super::stop::Stop;
use super::surroundings;

/// `less`, which steps aside for what fits on the screen; where there is none, everything is shown at once.
const USUAL: &str = if cfg!(windows) { "less" } else { "if command -v less >/dev/null 2>&1; then less; else cat; fi" };

/// What the person wants to read with: `THROWBACK_PAGER`, else `PAGER`, else the usual one. `None` for an empty one, and for
/// `cat`.
pub fn wanted() -> Option<OsString> {
    let named = ["THROWBACK_PAGER", "PAGER"].into_iter().find_map(surroundings::variable);
    let command = named.unwrap_or_else(|| USUAL.into());
    let plain = command.to_string_lossy().trim().to_owned();
    (!plain.is_empty() && plain != "cat").then_some(command)
}

/// Hands what is written to a pager, which starts with the first of it and is waited for in the end.
#[derive(Debug)]
pub struct Pager {
    command: OsString,
    stop: Stop,
    state: State,
    nothing: io::Sink,
}

#[derive(Debug)]
enum State {
    NotYet,
    Reading(Child, ChildStdin),
    /// There is no such program: everything goes straight on.
    Without(io::Stdout),
}

impl Pager {
    pub fn new(command: OsString, stop: Stop) -> Self {
        Self { command, stop, state: State::NotYet, nothing: io::sink() }
    }

    /// The person's words are a line for the shell, as everywhere.
    fn start(&self) -> io::Result<(Child, ChildStdin)> {
        let mut pager = if cfg!(windows) { Command::new(&self.command) } else { Command::new("sh") };
        if !cfg!(windows) {
            // Where there is no such program (the shell says so) everything is shown at once.
            pager.args(["-c", "eval \"$1\"; code=$?; [ $code -ne 127 ] || exec cat; exit $code", "pager"]);
            pager.arg(&self.command);
        }
        if !surroundings::has_variable("LESS") {
            pager.env("LESS", "FRX");
        }
        // Nothing is written outside the home.
        pager.env("LESSHISTFILE", "-").stdin(Stdio::piped());
        let mut child = pager.spawn()?;
        let stdin = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
        Ok((child, stdin))
    }

    fn sink(&mut self) -> &mut dyn Write {
        if matches!(self.state, State::NotYet) {
            self.state = match self.start() {
                Ok((child, stdin)) => {
                    self.stop.leave_to_pager();
                    State::Reading(child, stdin)
                }
                Err(_) => State::Without(io::stdout()),
            };
        }
        match &mut self.state {
            State::Reading(_, stdin) => stdin,
            State::Without(stdout) => stdout,
            State::NotYet => &mut self.nothing,
        }
    }
}

impl Write for Pager {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.sink().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.state {
            State::NotYet => Ok(()),
            State::Reading(_, stdin) => stdin.flush(),
            State::Without(stdout) => stdout.flush(),
        }
    }
}

impl Drop for Pager {
    /// Whoever reads decides when it is over.
    fn drop(&mut self) {
        if let State::Reading(mut child, stdin) = std::mem::replace(&mut self.state, State::NotYet) {
            drop(stdin);
            // How it ended says nothing about the answer.
            drop(child.wait());
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn pager(line: &str) -> Pager {
        Pager::new(line.into(), Stop::deaf())
    }

    #[test]
    fn a_pager_gets_everything_and_may_close() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let path = folder.path().join("read here");
        let mut written = pager(&format!("cat > '{}'", path.display()));
        written.write_all(b"one\ntwo\n").expect("written");
        drop(written);
        assert_eq!(std::fs::read_to_string(&path).expect("it was read"), "one\ntwo\n");
        let mut closed = pager("true");
        let error = (0..1_000).find_map(|_| closed.write_all(&[b'x'; 4_096]).err()).expect("nobody reads");
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        // A line for the shell may begin with anything.
        let quoted = format!("'/bin/cat' > '{}'", path.display());
        let with_variable = format!("FILE='{}' sh -c 'cat > \"$FILE\"'", path.display());
        for (nth, line) in [quoted, with_variable].iter().enumerate() {
            let mut written = pager(line);
            writeln!(written, "{nth}").expect("written");
            drop(written);
            assert_eq!(std::fs::read_to_string(&path).expect("it was read"), format!("{nth}\n"), "{line}");
        }
        // Nothing to read, no pager.
        let unused = folder.path().join("unused");
        drop(pager(&format!("touch '{}'", unused.display())));
        assert!(!unused.exists());
    }
}
