//! Progress of an ingest: a bar with bytes and the time that is left, plain lines, or nothing.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::ProgressChoice;
use super::inert::inert_line;
use super::layout::fitted;
use super::stop::Stop;
use super::units;
use crate::ingest::Progress;

/// How progress is shown.
#[derive(Debug)]
pub struct Shown {
    way: Way,
    stop: Stop,
    wants_counts: bool,
}

#[derive(Debug)]
enum Way {
    Silent,
    Bar(ProgressBar),
    Plain(Mutex<Plain>),
}

#[derive(Debug, Default)]
struct Plain {
    archive: String,
    total: u64,
    read: u64,
    /// Tenths that were told.
    told: u64,
}

/// Columns that the name of an archive takes beside its bar.
const NAME_COLUMNS: usize = 24;

impl Shown {
    pub fn new(asked: ProgressChoice, is_quiet: bool, stop: Stop) -> Self {
        let way = match asked {
            ProgressChoice::Plain => Way::Plain(Mutex::default()),
            ProgressChoice::Auto if std::io::stderr().is_terminal() && !is_quiet => Way::Bar(bar()),
            ProgressChoice::Auto | ProgressChoice::None => Way::Silent,
        };
        Self { way, stop, wants_counts: true }
    }

    /// Of what is held already nobody reads how much it is.
    pub fn uncounted(self, is_so: bool) -> Self {
        Self { wants_counts: !is_so, ..self }
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template(
        "{prefix}  {wide_bar:.cyan/dim} {decimal_bytes}/{decimal_total_bytes}  {msg}  {eta} left",
    );
    bar.set_style(style.expect("the template is right"));
    bar
}

impl Progress for Shown {
    fn wants_counts(&self) -> bool {
        self.wants_counts
    }

    fn begin(&self, archive: &str, bytes: u64) {
        match &self.way {
            Way::Silent => {}
            Way::Bar(bar) => {
                bar.reset();
                bar.set_length(bytes);
                bar.set_prefix(fitted(archive, NAME_COLUMNS));
                bar.enable_steady_tick(Duration::from_millis(200));
            }
            Way::Plain(plain) => {
                let archive = inert_line(archive);
                anstream::eprintln!("{archive}: {} to read", units::bytes(bytes));
                if let Ok(mut plain) = plain.lock() {
                    *plain = Plain { archive, total: bytes, read: 0, told: 0 };
                }
            }
        }
    }

    fn advance(&self, bytes: u64) {
        match &self.way {
            Way::Silent => {}
            Way::Bar(bar) => bar.inc(bytes),
            Way::Plain(plain) => {
                let Ok(mut plain) = plain.lock() else { return };
                plain.read = plain.read.saturating_add(bytes);
                let tenths = plain.read.saturating_mul(10).checked_div(plain.total).unwrap_or(10).min(10);
                if tenths > plain.told {
                    plain.told = tenths;
                    anstream::eprintln!("{}: {} % read", plain.archive, tenths * 10);
                }
            }
        }
    }

    fn stage(&self, stage: &str) {
        if stage == "indexing" {
            // Everything is kept by now; the index catches up another time.
            self.stop.heed_no_more();
        }
        match &self.way {
            Way::Silent => {}
            Way::Bar(bar) => bar.set_message(stage.to_owned()),
            Way::Plain(_) if stage == "indexing" => anstream::eprintln!("{stage}"),
            Way::Plain(plain) => {
                if let Ok(plain) = plain.lock() {
                    anstream::eprintln!("{}: {stage}", plain.archive);
                }
            }
        }
    }

    fn end(&self) {
        if let Way::Bar(bar) = &self.way {
            bar.disable_steady_tick();
            bar.finish_and_clear();
        }
    }
}
