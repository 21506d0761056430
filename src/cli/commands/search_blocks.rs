//! Hits for people: a block a conversation or kind, the talk around each hit, and gaps between.

use std::collections::HashMap;
use std::path::PathBuf;

use super::super::error::CommandError;
use super::super::inert::{clean, inert_line};
use super::super::layout::{Piece, fitted, pad_right, width, wrap};
use super::super::record_words::{author_of, extras_of, plural, words_of};
use super::super::ui::{BOLD, DIM, MARK, NAME, Shown, Ui, linked, styled};
use super::super::units;
use super::record_id;
use super::search::tier_words;
use super::search_rows::SNIPPET_CLUSTERS;
use crate::home::{Answer, Found, Searcher};
use crate::index::{self, Compiled, Tier};
use crate::store::NamedRow;

/// Columns that a name takes at most.
const NAME_COLUMNS: usize = 18;
/// Columns of a time: `2019-07-12 17:41`.
const TIME_COLUMNS: usize = 16;

/// One line of a block, before it is laid out.
struct Line<'a> {
    row: &'a NamedRow,
    /// Bytes of the text to mark; `None` for the talk around a hit.
    highlights: Option<&'a [(usize, usize)]>,
}

/// Hits that stand under one heading.
struct Block<'a> {
    heading: String,
    /// Of the hits: what is loose stands in blocks of its own.
    tier: Tier,
    hits: Vec<&'a Found>,
}

pub fn show(searcher: &Searcher, compiled: &Compiled, answer: &Answer, ui: &mut Ui) -> Result<(), CommandError> {
    let mut tier = Tier::Exact;
    for (nth, block) in blocks(answer).iter().enumerate() {
        if nth > 0 {
            ui.line("")?;
        }
        if block.tier.is_loose() && block.tier != tier {
            ui.line(styled(DIM, format_args!("── {} ──", tier_words(block.tier))))?;
        }
        tier = block.tier;
        let thread = block.hits.first().and_then(|hit| hit.record.text("thread_id"));
        let thread = thread.map(|id| format!(" · {}", id.get(..8).unwrap_or(id))).unwrap_or_default();
        let about = format!("· {}{thread}", units::counted(block.hits.len() as u64, "hit", "hits"));
        ui.line(format_args!("{} {}", styled(BOLD, &block.heading), styled(DIM, about)))?;
        show_block(searcher, compiled, block, ui)?;
    }
    show_talks(searcher, compiled, answer, ui)
}

/// Talks below all hits: of each the messages that hold words, and how many lie between.
fn show_talks(searcher: &Searcher, compiled: &Compiled, answer: &Answer, ui: &mut Ui) -> Result<(), CommandError> {
    if answer.talks.is_empty() {
        return Ok(());
    }
    if !answer.found.is_empty() {
        ui.line("")?;
    }
    ui.line(styled(DIM, "── the words stand in different messages of a talk ──"))?;
    for (nth, talk) in answer.talks.iter().enumerate() {
        if nth > 0 {
            ui.line("")?;
        }
        let Some(first) = talk.messages.first().map(|message| &message.record) else { continue };
        let thread = first.text("thread_id").map(|id| format!(" · {}", id.get(..8).unwrap_or(id)));
        let about = format!(
            "· {} of {}{}",
            units::count(talk.messages.len() as u64),
            units::counted(talk.n_messages as u64, "message", "messages"),
            thread.unwrap_or_default()
        );
        ui.line(format_args!("{} {}", styled(BOLD, heading(first)), styled(DIM, about)))?;
        let names = talk.messages.iter().map(|message| width(&clean(author_of(&message.record))));
        let name_columns = names.max().unwrap_or_default().min(NAME_COLUMNS);
        for (nth, message) in talk.messages.iter().enumerate() {
            if nth > 0 && message.n_skipped > 0 {
                let gap = units::counted(message.n_skipped as u64, "message", "messages");
                show_gap(&gap, ui)?;
            }
            let line = Line { row: &message.record, highlights: Some(&message.highlights) };
            show_line(searcher, compiled, &line, name_columns, ui)?;
        }
    }
    Ok(())
}

fn show_gap(gap: &str, ui: &mut Ui) -> Shown {
    ui.line(styled(DIM, format_args!("  {:>TIME_COLUMNS$}", format!("··· {gap} ···"))))
}

/// Blocks in the order of their first hits.
fn blocks(answer: &Answer) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut places: HashMap<(Option<Tier>, &str), usize> = HashMap::new();
    for found in &answer.found {
        let record = &found.record;
        let key = record.text("thread_id").or_else(|| record.text("kind")).unwrap_or_default();
        let loose = Some(found.tier).filter(|tier| tier.is_loose());
        let at = *places.entry((loose, key)).or_insert_with(|| {
            let tier = loose.unwrap_or(Tier::Exact);
            blocks.push(Block { heading: heading(record), tier, hits: Vec::new() });
            blocks.len() - 1
        });
        blocks[at].hits.push(found);
    }
    blocks
}

fn heading(record: &NamedRow) -> String {
    if record.text("thread_id").is_some() {
        return inert_line(record.text("thread").filter(|title| !title.is_empty()).unwrap_or("untitled conversation"));
    }
    let plural = plural(record.text("kind").unwrap_or("record"));
    let mut characters = plural.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

fn show_block(searcher: &Searcher, compiled: &Compiled, block: &Block<'_>, ui: &mut Ui) -> Shown {
    let has_context = block.hits.iter().any(|hit| !hit.context.before.is_empty() || !hit.context.after.is_empty());
    let windows =
        if has_context { windows(&block.hits) } else { vec![block.hits.iter().copied().map(hit_line).collect()] };
    let lines = || windows.iter().flatten();
    let name_columns =
        lines().map(|line| width(&clean(author_of(line.row)))).max().unwrap_or_default().min(NAME_COLUMNS);
    let mut last_ms = None;
    for window in &windows {
        let first_ms = window.first().and_then(|line| line.row.integer("at_ms"));
        if let Some((last, first)) = last_ms.zip(first_ms) {
            let gap: i64 = i64::saturating_sub(first, last);
            show_gap(&units::span(gap.unsigned_abs()), ui)?;
        }
        for line in window {
            show_line(searcher, compiled, line, name_columns, ui)?;
        }
        last_ms = window.last().and_then(|line| line.row.integer("at_ms"));
    }
    Ok(())
}

fn hit_line(hit: &Found) -> Line<'_> {
    Line { row: &hit.record, highlights: Some(&hit.highlights) }
}

/// The hits of a conversation with the talk around them, oldest first; talks that share a message become one.
fn windows<'a>(hits: &[&'a Found]) -> Vec<Vec<Line<'a>>> {
    let time_and_id = |row: &'a NamedRow| (row.integer("at_ms"), row.text("id").unwrap_or_default());
    let mut sorted = hits.to_vec();
    sorted.sort_by_key(|hit| time_and_id(&hit.record));
    let is_hit = |id: &str| sorted.iter().any(|hit| hit.record.text("id") == Some(id));
    let mut windows: Vec<Vec<Line<'a>>> = Vec::new();
    for hit in &sorted {
        let around = |row: &'a NamedRow| Line { row, highlights: None };
        let before = hit.context.before.iter().map(around);
        let after = hit.context.after.iter().map(around);
        let lines: Vec<Line<'a>> = before.chain([hit_line(hit)]).chain(after).collect();
        let last = windows.last().and_then(|window| window.last()).map(|line| time_and_id(line.row));
        let touches = last.is_some_and(|last| lines.iter().any(|line| time_and_id(line.row) <= last));
        if !touches {
            windows.push(Vec::new());
        }
        let Some(window) = windows.last_mut() else { continue };
        for line in lines {
            let id = time_and_id(line.row).1;
            // A hit stands where it is a hit, not where it is the neighbour of another.
            let is_other_hit = line.highlights.is_none() && is_hit(id);
            let stands = window.iter().any(|other| time_and_id(other.row).1 == id);
            if !is_other_hit && !stands {
                window.push(line);
            }
        }
        window.sort_by_key(|line| time_and_id(line.row));
    }
    windows
}

fn show_line(searcher: &Searcher, compiled: &Compiled, line: &Line<'_>, name_columns: usize, ui: &mut Ui) -> Shown {
    let row = line.row;
    let time = row.integer("at_ms").map_or_else(|| "–".to_owned(), |ms| ui.zone.minute(ms, row.text("precision")));
    let time = pad_right(&time, TIME_COLUMNS);
    let time = match kept_file(searcher, line, ui)? {
        Some(path) => linked(&path, &time),
        None => time,
    };
    let name = pad_right(&fitted(author_of(row), name_columns), name_columns);
    let head_columns = 2 + TIME_COLUMNS + 2 + name_columns + 2;
    // Too narrow for columns: the text goes below.
    let is_narrow = ui.columns < head_columns + 24;
    let indent = if is_narrow { 6 } else { head_columns };
    let mut lines = text_lines(line, ui.columns.saturating_sub(indent + 8));
    let extras = extras_of(row);
    let share = row.text("share_text").filter(|_| line.highlights.is_some_and(<[_]>::is_empty));
    let found_in_share = share.filter(|share| !index::highlight(share, compiled, Tier::SoundsLike).is_empty());
    if !extras.is_empty() && (found_in_share.is_some() || width(&extras) < 60) {
        lines.push(styled(DIM, fitted(&extras, ui.columns.saturating_sub(indent).max(12))));
    }
    if let (Some(_), Some(last)) = (line.highlights, lines.last_mut()) {
        let id = record_id::short(searcher.store(), row.text("id").unwrap_or_default())?;
        *last = format!("{last}  {}", styled(DIM, id));
    }
    let (bar, time) = match line.highlights {
        Some(_) => (styled(MARK, "▌"), time),
        None => (" ".to_owned(), styled(DIM, time)),
    };
    let head = format!("  {time} {bar}{}", styled(NAME, name));
    let mut lines = lines.into_iter();
    if is_narrow {
        ui.line(head.trim_end())?;
    } else {
        ui.line(format_args!("{head}  {}", lines.next().unwrap_or_default()))?;
    }
    lines.try_for_each(|line| ui.line(format_args!("{}{line}", " ".repeat(indent))))
}

/// The first file of a hit that is kept, where hits link to their files.
fn kept_file(searcher: &Searcher, line: &Line<'_>, ui: &Ui) -> Result<Option<PathBuf>, CommandError> {
    let Some(home) = ui.links_to.as_ref().filter(|_| line.highlights.is_some()) else { return Ok(None) };
    if line.row.integer("media_count").unwrap_or_default() == 0 {
        return Ok(None);
    }
    let attachments = searcher.store().attachments_of_record(line.row.text("id").unwrap_or_default())?;
    Ok(attachments.iter().find_map(|attachment| attachment.text("kept_at")).map(|kept| home.join(kept)))
}

/// The text of a line, broken and marked.
fn text_lines(line: &Line<'_>, columns: usize) -> Vec<String> {
    let text = words_of(line.row);
    let is_own = line.row.text("text").is_some_and(|own| own == text);
    let marks = line.highlights.filter(|_| is_own).unwrap_or_default();
    let snippet = index::snippet(&text, marks, SNIPPET_CLUSTERS);
    let mut shown = wrap(&snippet.text, &snippet.ranges, columns);
    let cut = || Piece { text: "…".to_owned(), is_marked: false };
    if let Some(first) = shown.first_mut().filter(|_| snippet.is_cut_before) {
        first.insert(0, cut());
    }
    if let Some(last) = shown.last_mut().filter(|_| snippet.is_cut_after) {
        last.push(cut());
    }
    shown.retain(|line| line.iter().any(|piece| !piece.text.trim().is_empty()) || !is_own);
    shown.iter().map(|line| marked_line(line)).collect()
}

/// A line with its marks, isolated as a whole when it is written from right to left.
fn marked_line(pieces: &[Piece]) -> String {
    let plain: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
    let styled: String = pieces
        .iter()
        .map(|piece| if piece.is_marked { styled(MARK, &piece.text) } else { piece.text.clone() })
        .collect();
    let isolated = super::super::inert::isolated(plain.clone());
    if isolated == plain { styled } else { isolated.replacen(&plain, &styled, 1) }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::home::Context;
    use crate::store::Value;

    fn row(id: &str, at_ms: i64) -> NamedRow {
        let columns: Rc<[String]> = ["id", "at_ms", "text"].map(str::to_owned).into();
        NamedRow { columns, values: vec![id.into(), Value::Integer(at_ms), format!("text of {id}").into()] }
    }

    fn hit(id: &str, at_ms: i64, before: &[(&str, i64)], after: &[(&str, i64)]) -> Found {
        let rows = |rows: &[(&str, i64)]| rows.iter().map(|(id, at_ms)| row(id, *at_ms)).collect();
        Found {
            record: row(id, at_ms),
            snapshots: Vec::new(),
            score: 0.0,
            tier: Tier::Exact,
            highlights: vec![(0, 4)],
            earlier: None,
            context: Context { before: rows(before), after: rows(after) },
        }
    }

    #[test]
    fn talks_that_touch_become_one() {
        let check = |hits: &[Found], expected: &[&str]| {
            let windows = windows(&hits.iter().collect::<Vec<_>>());
            let shown: Vec<String> = windows
                .iter()
                .map(|window| {
                    let line = |line: &Line<'_>| {
                        let mark = if line.highlights.is_some() { "*" } else { "" };
                        format!("{}{mark}", line.row.text("id").unwrap_or_default())
                    };
                    window.iter().map(line).collect::<Vec<_>>().join(" ")
                })
                .collect();
            assert_eq!(shown, expected);
        };
        check(&[hit("e", 5, &[("d", 4)], &[("f", 6)]), hit("b", 2, &[("a", 1)], &[("c", 3)])], &["a b* c", "d e* f"]);
        check(&[hit("b", 2, &[("a", 1)], &[("c", 3)]), hit("d", 4, &[("c", 3)], &[("e", 5)])], &["a b* c d* e"]);
        check(&[hit("b", 2, &[("a", 1)], &[("c", 3)]), hit("c", 3, &[("b", 2)], &[("d", 4)])], &["a b* c* d"]);
    }

    #[test]
    fn marks_stand_in_the_text_and_rtl_lines_are_isolated() {
        let row = row("x", 1);
        let line = Line { row: &row, highlights: Some(&[(0, 4)]) };
        let shown = text_lines(&line, 80);
        assert_eq!(shown, [format!("{} of x", styled(MARK, "text"))]);
        let pieces = [Piece { text: "مرحبا".into(), is_marked: true }, Piece { text: " ميا".into(), is_marked: false }];
        assert_eq!(marked_line(&pieces), format!("\u{2068}{} ميا\u{2069}", styled(MARK, "مرحبا")));
    }
}
