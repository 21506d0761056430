//! `thread`: a conversation to read, with a rule for every day.

use super::super::args::ThreadArguments;
use super::super::error::{CommandError, Trouble, one_of};
use super::super::exit::Exit;
use super::super::inert::{inert_line, isolated};
use super::super::json::Object;
use super::super::layout::{fitted, pad_right, width, wrap};
use super::super::record_words::{author_of, extras_of, words_of};
use super::super::ui::{BOLD, DIM, NAME, Shown, Ui, styled};
use super::super::units;
use super::super::{Ended, Session};
use super::question::now;
use super::record_id;
use crate::query::{Bounds, DatePoint};
use crate::store::{NamedRow, Page, Store};

/// Messages around one of them when no number is given.
const USUALLY_AROUND: usize = 20;
/// So many conversations are named when several fit.
const MOST_NAMED: usize = 5;
const NAME_COLUMNS: usize = 18;

pub fn run(arguments: &ThreadArguments, session: &mut Session) -> Ended {
    let store = session.home.reader()?;
    let thread = find(&store, &arguments.name())?;
    let id = thread.text("id").unwrap_or_default().to_owned();
    let participants = store.participants_of_thread(&id)?;
    let around = arguments.around.as_deref().map(|typed| record_id::resolve(&store, typed)).transpose()?;
    let around = around.map(|record| around_messages(&store, &id, record, arguments.limit)).transpose()?;
    let bounds = bounds(arguments, &session.ui)?;
    let ui = &mut session.ui;
    if ui.is_json {
        let header = Object::header("thread").with("thread", Object::new().with_columns("thread", thread.iter()));
        ui.frame(&header.with("participants", &participants))?;
    } else {
        heading(&thread, &participants, ui)?;
    }
    let mut reading = Reading { store: &store, day: String::new(), name_columns: name_columns(&participants), n: 0 };
    if let Some((record, messages)) = around {
        messages.iter().try_for_each(|row| reading.show(row, row.text("id") == Some(&record), ui))?;
    } else {
        let limit = arguments.limit.filter(|limit| *limit > 0);
        let page = Page { from_ms: bounds.from_ms, to_ms: bounds.to_ms, limit };
        let mut outcome = Ok(());
        store.messages_of_thread(&id, page, &mut |row| {
            outcome = reading.show(&row, false, ui);
            outcome.is_ok()
        })?;
        outcome?;
    }
    let n = reading.n;
    if ui.is_json {
        ui.end()?;
    } else if n == 0 {
        ui.talk("no message of it lies in that time")?;
    }
    Ok(if n > 0 { Exit::Done } else { Exit::Nothing })
}

/// The messages around a record, which must be one of the conversation.
fn around_messages(
    store: &Store,
    thread: &str,
    record: String,
    limit: Option<usize>,
) -> Result<(String, Vec<NamedRow>), CommandError> {
    let n = limit.unwrap_or(USUALLY_AROUND);
    let n = if n == 0 { usize::MAX } else { n };
    let messages = store.messages_around(&record, n / 2, n - n / 2)?;
    let is_here = messages.first().is_some_and(|row| row.text("thread_id") == Some(thread));
    if is_here {
        return Ok((record, messages));
    }
    Err(Trouble::new(Exit::Nothing, format!("the record {record} is no message of this conversation")).into())
}

/// The conversation that was meant.
fn find(store: &Store, typed: &str) -> Result<NamedRow, CommandError> {
    let rows = store.find_threads(typed)?;
    let threads = rows.iter().map(|row| store.shown_thread(*row)).collect::<Result<Vec<_>, _>>()?;
    let mut threads: Vec<NamedRow> = threads.into_iter().flatten().collect();
    // The same person may have an empty conversation beside the one that is meant.
    if threads.len() > 1 && threads.iter().any(|thread| thread.integer("n_messages") > Some(0)) {
        threads.retain(|thread| thread.integer("n_messages") > Some(0));
    }
    match (threads.pop(), threads.as_slice()) {
        (Some(only), []) => Ok(only),
        (None, _) => {
            let sentence = format!("no conversation is known as `{typed}`");
            Err(Trouble::new(Exit::Nothing, sentence).hint("throwback threads lists them all").into())
        }
        (Some(last), others) => {
            let named: Vec<String> = others
                .iter()
                .chain([&last])
                .take(MOST_NAMED)
                .map(|thread| {
                    let id = thread.text("id").unwrap_or_default();
                    let title = thread.text("title").unwrap_or("untitled");
                    format!("{} ({title})", id.get(..8).unwrap_or(id))
                })
                .collect();
            let named: Vec<&str> = named.iter().map(String::as_str).collect();
            let sentence = format!("several conversations are known as `{typed}`");
            Err(Trouble::new(Exit::Usage, sentence).hint(format!("use {}", one_of(&named))).into())
        }
    }
}

fn bounds(arguments: &ThreadArguments, ui: &Ui) -> Result<Bounds, CommandError> {
    let now = now(ui.zone);
    let point = |option: &str, typed: &Option<String>| -> Result<Option<DatePoint>, CommandError> {
        let Some(typed) = typed else { return Ok(None) };
        DatePoint::parse(typed).map(Some).map_err(|error| {
            let valid: Vec<&str> = error.valid.iter().map(String::as_str).collect();
            let trouble = Trouble::new(Exit::Usage, format!("{option}: {}", error.what));
            trouble.hint(format!("use {}", one_of(&valid))).into()
        })
    };
    Ok(Bounds {
        from_ms: point("--since", &arguments.since)?.map(|point| point.start_ms(&now)),
        to_ms: point("--until", &arguments.until)?.map(|point| point.end_ms(&now)),
    })
}

fn heading(thread: &NamedRow, participants: &[String], ui: &mut Ui) -> Shown {
    let title = inert_line(thread.text("title").filter(|title| !title.is_empty()).unwrap_or("untitled conversation"));
    let n = thread.integer("n_messages").unwrap_or_default().unsigned_abs();
    let range = thread.integer("first_ms").zip(thread.integer("last_ms"));
    let range = range.map(|(first, last)| format!(" · {} to {}", ui.zone.day(first), ui.zone.day(last)));
    let about = format!("· {}{}", units::counted(n, "message", "messages"), range.unwrap_or_default());
    ui.line(format_args!("{} {}", styled(BOLD, title), styled(DIM, about)))?;
    ui.line(styled(DIM, inert_line(&participants.join(", "))))
}

fn name_columns(participants: &[String]) -> usize {
    participants.iter().map(|name| width(&inert_line(name))).max().unwrap_or_default().clamp(4, NAME_COLUMNS)
}

/// A conversation while it is read.
struct Reading<'s> {
    store: &'s Store,
    /// The day whose rule was drawn last.
    day: String,
    name_columns: usize,
    n: u64,
}

impl Reading<'_> {
    fn show(&mut self, row: &NamedRow, is_wanted: bool, ui: &mut Ui) -> Shown {
        self.n += 1;
        let id = row.text("id").unwrap_or_default();
        let has_reactions = row.integer("reaction_count") > Some(0);
        let reactions = if has_reactions { self.store.reactions_of_record(id)? } else { Vec::new() };
        if ui.is_json {
            return self.show_row(row, id, &reactions, ui);
        }
        self.show_day(row, ui)?;
        let time = row.integer("at_ms").map_or_else(|| "–".to_owned(), |ms| ui.zone.clock(ms));
        let name = pad_right(&fitted(author_of(row), self.name_columns), self.name_columns);
        let bar = if is_wanted { "▌" } else { " " };
        let indent = 2 + 5 + 2 + self.name_columns + 2;
        let columns = ui.columns.saturating_sub(indent).max(20);
        let words = words_of(row);
        let mut lines: Vec<String> = wrap(&words, &[], columns)
            .iter()
            .map(|line| {
                isolated(line.iter().map(|piece| piece.text.as_str()).collect::<String>().trim_end().to_owned())
            })
            .collect();
        let mut below: Vec<String> = Some(extras_of(row)).filter(|extras| !extras.is_empty()).into_iter().collect();
        below.extend(reactions.iter().map(|reaction| {
            let [what, who] = ["reaction", "actor"].map(|name| reaction.text(name).unwrap_or_default());
            format!("{what} {who}")
        }));
        lines.extend(below.iter().map(|line| styled(DIM, fitted(line, columns))));
        let mut lines = lines.into_iter();
        let first = lines.next().unwrap_or_default();
        ui.line(format_args!("  {} {bar}{}  {first}", styled(DIM, time), styled(NAME, name)))?;
        lines.try_for_each(|line| ui.line(format_args!("{}{line}", " ".repeat(indent))))
    }

    fn show_row(&self, row: &NamedRow, id: &str, reactions: &[NamedRow], ui: &mut Ui) -> Shown {
        let has_media = row.integer("media_count") > Some(0);
        let attachments = if has_media { self.store.attachments_of_record(id)? } else { Vec::new() };
        let objects = |rows: &[NamedRow]| -> Vec<Object> {
            rows.iter().map(|row| Object::new().with_columns("row", row.iter())).collect()
        };
        ui.row(
            &Object::of_row("message", row)
                .with("reactions", objects(reactions))
                .with("attachments", objects(&attachments)),
        )
    }

    fn show_day(&mut self, row: &NamedRow, ui: &mut Ui) -> Shown {
        let day = row.integer("at_ms").map_or_else(|| "no date".to_owned(), |ms| ui.zone.weekday(ms));
        if day == self.day {
            return Ok(());
        }
        let rule = "─".repeat(ui.columns.min(72).saturating_sub(width(&day) + 4));
        ui.line("")?;
        ui.line(styled(DIM, format_args!("── {day} {rule}")))?;
        self.day = day;
        Ok(())
    }
}
