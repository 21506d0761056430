//! Where output goes: data to stdout, talk to stderr. Styles are always written and taken away where they are not wanted.

use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};

use super::args::{ColorChoice, Global};
use super::error::{CommandError, Trouble};
use super::json::Object;
use super::pager::{self, Pager};
use super::redact;
use super::stop::Stop;
use super::surroundings;
use super::zone::Zone;

/// What a command can do with its output.
pub type Shown = Result<(), CommandError>;

/// Columns when nobody says how many there are.
const USUAL_COLUMNS: usize = 100;

pub const BOLD: Style = Style::new().bold();
pub const DIM: Style = Style::new().dimmed();
pub const MARK: Style = AnsiColor::Red.on_default().bold();
pub const NAME: Style = AnsiColor::Cyan.on_default();
pub const GOOD: Style = AnsiColor::Green.on_default();
pub const WARN: Style = AnsiColor::Yellow.on_default();
pub const BAD: Style = AnsiColor::Red.on_default();

/// A text in a style.
pub fn styled(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// A text that links to a file (OSC 8).
pub fn linked(path: &Path, text: &str) -> String {
    use std::fmt::Write as _;

    let mut address = String::from("file://");
    for byte in path.as_os_str().as_encoded_bytes() {
        let is_plain = byte.is_ascii_alphanumeric() || b"-._~/".contains(byte);
        if is_plain {
            address.push(char::from(*byte));
        } else {
            write!(address, "%{byte:02X}").expect("a string takes everything");
        }
    }
    format!("\x1b]8;;{address}\x1b\\{text}\x1b]8;;\x1b\\")
}

/// The two streams and how to use them.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Ui {
    out: BufWriter<Box<dyn Write>>,
    err: Box<dyn Write>,
    pub is_json: bool,
    pub is_quiet: bool,
    pub is_verbose: bool,
    /// Somebody looks at stdout.
    pub is_terminal: bool,
    /// Columns of a line.
    pub columns: usize,
    pub zone: Zone,
    /// The home, where what is shown links to files in it.
    pub links_to: Option<PathBuf>,
    /// Names, texts and paths are left out.
    is_redacted: bool,
    /// A pager shows what is written.
    is_paged: bool,
    n_rows: u64,
}

impl Ui {
    pub fn new(global: &Global) -> Self {
        let is_terminal = io::stdout().is_terminal();
        let out_choice = choice(global.color, is_terminal);
        let err_choice = choice(global.color, io::stderr().is_terminal());
        let out: Box<dyn Write> = if global.json {
            Box::new(io::stdout())
        } else {
            Box::new(anstream::AutoStream::new(io::stdout(), out_choice))
        };
        Self {
            out: BufWriter::new(out),
            err: Box::new(anstream::AutoStream::new(io::stderr(), err_choice)),
            is_json: global.json,
            is_quiet: global.quiet,
            is_verbose: global.verbose,
            is_terminal,
            columns: columns(),
            zone: if global.utc { Zone::Utc } else { Zone::of_person() },
            links_to: None,
            is_redacted: global.redact,
            is_paged: false,
            n_rows: 0,
        }
    }

    /// Lets a pager show everything, talk too, where somebody looks at both streams.
    pub fn page(&mut self, global: &Global, stop: &Stop) {
        if global.no_pager || self.is_json || !self.is_terminal {
            return;
        }
        let Some(command) = pager::wanted() else { return };
        let pager: Box<dyn Write> = Box::new(Pager::new(command, stop.clone()));
        let out = anstream::AutoStream::new(pager, choice(global.color, true));
        self.out = BufWriter::new(Box::new(out));
        self.is_paged = true;
    }

    /// Lets what is shown link to files of the home. A terminal that is none links to nothing by itself.
    pub fn link_to(&mut self, home: &Path, choice: ColorChoice) {
        let is_dumb = surroundings::variable("TERM").is_none_or(|term| term == "dumb");
        let is_wanted = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => self.is_terminal && !is_dumb,
        };
        self.links_to = is_wanted.then(|| home.to_owned());
    }

    /// A line of data.
    pub fn line(&mut self, text: impl Display) -> Shown {
        if self.is_redacted {
            let text = if self.is_json { redact::json(&text.to_string()) } else { redact::line(&text.to_string()) };
            writeln!(self.out, "{text}")?;
        } else {
            writeln!(self.out, "{text}")?;
        }
        Ok(())
    }

    pub fn lines(&mut self, lines: impl IntoIterator<Item = impl Display>) -> Shown {
        lines.into_iter().try_for_each(|line| self.line(line))
    }

    /// Data as it is.
    pub fn raw(&mut self, bytes: &[u8]) -> Shown {
        self.out.write_all(bytes)?;
        Ok(())
    }

    /// Bytes that reach the reader as they are: on its way to a pipe, other output loses its control characters.
    pub fn exactly(&mut self, bytes: &[u8]) -> Shown {
        if self.is_paged {
            return self.raw(bytes);
        }
        self.out.flush()?;
        io::stdout().write_all(bytes)?;
        Ok(())
    }

    /// A line of JSON that is no row: the header or the end.
    pub fn frame(&mut self, object: &Object) -> Shown {
        self.line(object.line())
    }

    /// A row of JSON; it is counted.
    pub fn row(&mut self, object: &Object) -> Shown {
        self.n_rows += 1;
        self.line(object.line())
    }

    /// Ends a stream of JSON.
    pub fn end(&mut self) -> Shown {
        self.line(Object::end(self.n_rows).line())
    }

    pub fn n_rows(&self) -> u64 {
        self.n_rows
    }

    /// A line of talk, left out with `--quiet`.
    pub fn talk(&mut self, text: impl Display) -> Shown {
        if self.is_quiet {
            return Ok(());
        }
        self.say(text)
    }

    /// A line on stderr that is always said.
    pub fn say(&mut self, text: impl Display) -> Shown {
        if self.is_paged && io::stderr().is_terminal() {
            return self.line(text);
        }
        self.out.flush()?;
        if self.is_redacted {
            writeln!(self.err, "{}", redact::line(&text.to_string()))?;
        } else {
            writeln!(self.err, "{text}")?;
        }
        Ok(())
    }

    /// `note: …`
    pub fn note(&mut self, text: impl Display) -> Shown {
        self.talk(format_args!("{} {text}", styled(DIM, "note:")))
    }

    /// `hint: …`
    pub fn hint(&mut self, text: impl Display) -> Shown {
        self.talk(format_args!("{} {text}", styled(GOOD, "hint:")))
    }

    /// An error with its causes and hints.
    pub fn trouble(&mut self, trouble: &Trouble) -> Shown {
        for (label, text) in trouble.lines() {
            match label {
                "" => self.say(text)?,
                "error:" => self.say(format_args!("{} {text}", styled(BAD.bold(), label)))?,
                "hint:" => self.say(format_args!("{} {text}", styled(GOOD, label)))?,
                label => self.say(format_args!("{} {text}", styled(BOLD, label)))?,
            }
        }
        Ok(())
    }

    pub fn flush(&mut self) -> Shown {
        self.out.flush()?;
        Ok(())
    }
}

/// Whether a stream gets styles. `NO_COLOR` is honoured as no-color.org says.
fn choice(asked: ColorChoice, is_terminal: bool) -> anstream::ColorChoice {
    let is_wanted = match asked {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => {
            let is_dumb = surroundings::variable("TERM").is_some_and(|term| term == "dumb");
            is_terminal && !is_dumb && !surroundings::has_variable("NO_COLOR")
        }
    };
    if is_wanted { anstream::ColorChoice::Always } else { anstream::ColorChoice::Never }
}

/// `COLUMNS`, else what the terminal has.
fn columns() -> usize {
    surroundings::variable("COLUMNS")
        .and_then(|text| text.to_str()?.trim().parse().ok())
        .or_else(|| terminal_size::terminal_size().map(|(columns, _)| usize::from(columns.0)))
        .filter(|columns| *columns > 0)
        .unwrap_or(USUAL_COLUMNS)
        .clamp(40, 400)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_name_files_in_ascii() {
        let shown = linked(Path::new("/pictures/a b/é%.jpg"), "12:30");
        assert_eq!(shown, "\x1b]8;;file:///pictures/a%20b/%C3%A9%25.jpg\x1b\\12:30\x1b]8;;\x1b\\");
    }
}
