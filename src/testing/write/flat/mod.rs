//! The flat files of 2018 to early 2021 (format reference §1.A, §1.B, §4.6): proper UTF-8, ISO times, rows without links,
//! media under names that change with every download.
//!
//! A part of such a delivery has files of its own, each with some of the rows, and rows repeat where two parts meet; so
//! everything here is told for a [`Span`] of time.

mod account;
mod activity;
mod media;
mod messages;

use super::threads;
use crate::model::Generation;
use crate::testing::calendar;
use crate::testing::json::{Json, object, print_proper};
use crate::testing::life::Life;
use crate::testing::people;
use crate::testing::tree::{File, Tree};
use crate::testing::writing::{Clock, Writing};

/// From when to when a part has the rows: all that is at or after the first and before the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span(i64, i64);

/// What a writer of one file knows.
#[derive(Clone, Debug)]
struct Flat {
    life: Life,
    writing: Writing,
    span: Span,
}

/// What one file says; nothing when this part has none of its rows.
type Say = fn(&Flat) -> Option<Json>;

/// Files at the root (format reference §1.A).
const FILES: [(&str, Say); 18] = [
    ("account_history", account::history),
    ("autofill", |_| Some(Json::List(vec![account::NOTHING.into()]))),
    ("checkout", |_| Some(Json::List(vec![account::NOTHING.into()]))),
    ("comments", activity::comments),
    ("connections", account::connections),
    ("contacts", account::contacts),
    ("devices", |_| Some(Json::List(vec![account::NOTHING.into()]))),
    ("guides", |_| Some(Json::List(vec![account::NOTHING.into()]))),
    ("information_about_you", |_| Some(Json::List(vec![account::NOTHING.into()]))),
    ("likes", activity::likes),
    ("media", media::rows),
    ("messages", messages::threads),
    ("profile", |flat| Some(account::profile(flat))),
    ("saved", activity::saved),
    ("searches", activity::searches),
    ("seen_content", activity::seen),
    ("shopping", |_| Some(Json::List(vec![account::NOTHING.into()]))),
    ("stories_activities", activity::stories),
];

/// Writes a life down as one delivery in `n` parts, which all have a full set of files.
pub(super) fn parts(life: &Life, writing: &Writing, n: usize) -> Vec<Tree> {
    let mut trees = media_parts(life, writing, n);
    for (tree, span) in trees.iter_mut().zip(spans(n)) {
        let flat = Flat { life: life.clone(), writing: writing.clone(), span };
        for (name, say) in FILES {
            if (name == "messages" && writing.is(Generation::B)) || say(&flat).is_none() {
                continue;
            }
            let flat = flat.clone();
            tree.files.push(File::new(format!("{name}.json"), false, move || {
                say(&flat).map(|json| print_proper(&json)).unwrap_or_default()
            }));
        }
    }
    trees
}

/// Media fall into the parts as they come, wherever the row is that names them; so do the conversations of generation B,
/// which are those of generation C already.
fn media_parts(life: &Life, writing: &Writing, n: usize) -> Vec<Tree> {
    let mut files = Vec::new();
    media::files(life, writing, &mut files);
    if writing.is(Generation::B) {
        threads::files(life, &Writing { generation: Generation::C, ..writing.clone() }, &mut files);
    } else {
        messages::files(life, writing, &mut files);
    }
    Tree { files, date_ms: writing.date_ms }.parts(n)
}

/// Equal spans of the life; each begins forty days before the one before it ends.
fn spans(n: usize) -> Vec<Span> {
    let (begin_ms, end_ms) = people::lifetime();
    let whole = |number: usize| i64::try_from(number).unwrap_or(0);
    let border = |part: usize| begin_ms + (end_ms - begin_ms) / whole(n.max(1)) * whole(part);
    let span = |part: usize| {
        let from = if part == 0 { i64::MIN } else { border(part) - 40 * calendar::DAY };
        Span(from, if part + 1 == n { i64::MAX } else { border(part + 1) })
    };
    (0..n).map(span).collect()
}

impl Flat {
    /// Whether this part tells of something that came then and went then.
    fn holds(&self, at_ms: i64, until_ms: Option<i64>) -> bool {
        self.writing.holds(at_ms, until_ms) && self.is_here(at_ms)
    }

    fn is_here(&self, at_ms: i64) -> bool {
        self.span.0 <= at_ms && at_ms < self.span.1
    }

    /// Whole seconds, with or without offset.
    fn time(&self, at_ms: i64) -> String {
        match self.writing.clock {
            Clock::Offset => calendar::iso(at_ms),
            Clock::NaiveUtc => calendar::naive(at_ms, false),
            Clock::NaivePacific => calendar::naive(at_ms, true),
        }
    }

    /// With microseconds, of which a reader keeps the thousands.
    fn fine_time(&self, at_ms: i64) -> String {
        let micros = at_ms.rem_euclid(1_000) * 1_000 + 456;
        let mut time = self.time(at_ms);
        time.insert_str("2019-06-01T03:57:10".len(), &format!(".{micros:06}"));
        time
    }

    /// User name on the day of the download.
    fn handle(&self, person: usize) -> String {
        super::values::handle(&self.life, &self.writing, person)
    }
}

/// An object of lists; nothing when all of them are empty.
fn lists(lists: Vec<(&'static str, Vec<Json>)>) -> Option<Json> {
    let mut json = object! {};
    let is_empty = lists.iter().all(|(_, rows)| rows.is_empty());
    for (name, rows) in lists {
        json.push(name, rows);
    }
    (!is_empty).then_some(json)
}
