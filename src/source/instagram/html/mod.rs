//! Readers of pages (HTML), from 2021 on and in the older Messenger style (format reference §5).
//!
//! [`boxes`] cuts a page into its record boxes, [`record`] turns a box into the element of JSON that says the same, and
//! the element readers of [`super::json`] make items of it: one reader a kind of file, whatever its form. `thread.rs` and
//! `message.rs` do the same for conversations, `table.rs` for tables of labels. Which reader a page gets says its name
//! ([`super::catalog`]); what stands where is told by structure, with the pages' generated classes as hints.
//!
//! Pages print wall clocks to the minute, mostly in US Pacific time; `head.rs` reads what they tell about the zone. Their
//! text is proper UTF-8 and never repaired.

mod boxes;
pub(super) mod head;
mod message;
mod record;
mod table;
mod tag;
mod thread;
mod tree;
mod wrapper;

use super::catalog::{self, Reader, Row};
use super::json::{Fate, Json, Ledger, Scope, Writing, base_name, read_element};
use crate::model::{Finding, FindingCode, Item, Kind, Moment};
use crate::source::count::count_html;
use crate::source::{Document, Output, Place, Reading, is_zone_sure};
use boxes::{Boxes, Piece};
use record::Record;
use tree::Tag;

/// Pages that only lead to the others.
const START_PAGES: [&str; 3] = ["start_here", "index", "chats"];

/// Raised when pages give other items for the same bytes, whatever their row; it counts on top of the row's version.
pub(super) const PAGES: u32 = 2;

/// Name and version of what reads them.
pub(super) const START_PAGE: (&str, u32) = ("start_page", 2);

/// Whether it is a page with records, whose clocks are in some zone.
pub(super) fn has_clocks(path: &str) -> bool {
    path.ends_with(".html") && !START_PAGES.contains(&base_name(path))
}

/// The range of time that a page which only leads to the others says the download covers, in Unix milliseconds UTC: `None`
/// where it says nothing, `Some(None)` where it says what cannot be read.
pub fn stated_range(path: &str, page: &[u8]) -> Option<Option<(i64, i64)>> {
    if !START_PAGES.contains(&base_name(path)) {
        return None;
    }
    let head = head::of_start_page(page);
    head.range.map(|_| head.range_ms)
}

/// Reads a page.
pub fn read(document: &Document<'_>, sink: &mut dyn FnMut(Output)) -> Reading {
    if START_PAGES.contains(&base_name(document.path)) {
        return read_start_page(document, sink);
    }
    let told = head::of_page(document.bytes).zone.map(|told| told.zone).or(document.learnt.page_zone);
    let inferred = document.learnt.inferred_zone;
    let mut doubled = Doubled::default();
    let mut zoned = |output| {
        let Output::Item { place, mut item } = output else { return sink(output) };
        put_into_zone(&mut item, |at| match (told, inferred) {
            (Some(zone), None) => at.told(zone),
            (Some(zone), Some(other)) if zone == other || is_zone_sure(zone) => at.told(zone),
            // Of the zones that fit the one moment that the head tells the likeliest was taken; others know more.
            (_, Some(zone)) => at.inferred(zone),
            (None, None) => at,
        });
        doubled.look_at(&place, &item);
        sink(Output::Item { place, item });
    };
    let mut ledger = Ledger::new(Writing::Proper, &mut zoned);
    let row = catalog::find(document.path, "");
    if !document.bytes.contains(&b'<') {
        let is_empty = document.bytes.trim_ascii().is_empty();
        ledger.damaged(if is_empty { "It is empty" } else { "It is no page" });
    } else if !has_elements(document.bytes) {
        ledger.damaged("It is no page that can be read, or written in two bytes a character");
    }
    match row.reader {
        Reader::Thread => thread::read(document, &mut ledger),
        // A chat with a character: as other conversations, or in tables.
        Reader::Generic if row.name == "ai_conversations" && thread::holds_messages(document.bytes) => {
            thread::read(document, &mut ledger);
        }
        Reader::Generic if row.name == "ai_conversations" && thread::read_tables(document, &mut ledger) => {}
        Reader::Elements(_) | Reader::Generic | Reader::FlatThreads => read_boxes(document, row, &mut ledger),
    }
    if std::str::from_utf8(document.bytes).is_err() {
        ledger.doubt(&Place::default(), "stand on a page with bytes that are no UTF-8; these were replaced");
    }
    let reading = ledger.finish(row.name, row.version + PAGES, Some(count_html(document.bytes)));
    doubled.finding().into_iter().for_each(|finding| sink(Output::Finding(finding)));
    reading
}

/// A page that only leads to the others, and says what the download is.
fn read_start_page(document: &Document<'_>, sink: &mut dyn FnMut(Output)) -> Reading {
    let mut ledger = Ledger::new(Writing::Proper, sink);
    let head = head::of_start_page(document.bytes);
    if let Some((from, to)) = head.range {
        let sentence = format!(
            "The download says that it covers only {from} to {to}; what is older or newer is not in it. Ask for \u{201c}all time\u{201d} to get everything."
        );
        ledger.say(Finding::new(FindingCode::RangedExport, sentence));
    }
    if let Some(told) = head.zone.filter(|told| told.is_guess) {
        let sentence = format!(
            "The moment of its making is printed in a zone that is not California's; the clocks of all pages were read as those of {}, unless other downloads show another zone. Check the times of a day that you remember.",
            told.zone
        );
        ledger.say(Finding::new(FindingCode::DoubtfulValue, sentence));
    }
    ledger.settle(&Place::default(), Fate::Kept("the page only leads to the others"));
    ledger.finish(START_PAGE.0, START_PAGE.1, Some(1))
}

fn put_into_zone(item: &mut Item, in_zone: impl Fn(Moment) -> Moment) {
    item.at = item.at.map(&in_zone);
    item.reactions.iter_mut().for_each(|reaction| reaction.at = reaction.at.map(&in_zone));
    item.media.iter_mut().for_each(|medium| medium.at = medium.at.map(&in_zone));
}

/// Items whose clock was shown twice, or never, when the clocks were changed.
#[derive(Default)]
struct Doubled {
    n: u64,
    first: Option<Place>,
}

impl Doubled {
    fn look_at(&mut self, place: &Place, item: &Item) {
        if item.at.and_then(Moment::other_utc_ms).is_some() {
            self.n += 1;
            self.first.get_or_insert_with(|| place.clone());
        }
    }

    fn finding(self) -> Option<Finding> {
        let first = self.first?;
        let sentence = format!(
            "{} items have a time in the hour in which the clocks were changed, so that it may be one of two; the earlier reading was taken, unless another download tells the instant.",
            self.n
        );
        Some(Finding::new(FindingCode::DoubtfulValue, sentence).at_place(first.0).about(self.n))
    }
}

/// Whether anything that pages consist of is in it.
fn has_elements(page: &[u8]) -> bool {
    const STARTS: [&[u8]; 6] = [b"<html", b"<body", b"<div", b"<main", b"<table", b"<p"];
    page.windows(5).enumerate().filter(|(_, window)| window[0] == b'<').any(|(at, _)| {
        STARTS.iter().any(|start| page[at..].get(..start.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(start)))
    })
}

fn read_boxes(document: &Document<'_>, row: &'static Row, ledger: &mut Ledger<'_>) {
    let mut scope = Scope::new(document.path, "", document.learnt);
    let mut boxes = Boxes::new(document.bytes);
    for (index, piece) in boxes.by_ref().enumerate() {
        let place = Place::at("", index);
        if let Some(damage) = piece.damage {
            ledger.settle(&place, Fate::Bad(damage.to_owned()));
            continue;
        }
        match element_of(&piece, row) {
            Some(json) => read_element(row, &place, &json, &mut scope, ledger),
            None => ledger.settle(&place, Fate::Kept("an empty box")),
        }
    }
    ledger.not_understood_all(scope.unknown_labels);
    if let Some(how) = boxes.cut_off() {
        ledger.damaged(how);
    }
}

/// A box in the shape that the readers of its row know; `None` for an empty one.
fn element_of(piece: &Piece, row: &Row) -> Option<Json> {
    if piece.root.tag == Tag::Row {
        return record::of_row(&piece.root);
    }
    let record = Record::of(&piece.root);
    if record.is_empty() {
        return None;
    }
    let is_own = matches!(row.kinds, [Kind::Post | Kind::Story | Kind::Reel | Kind::ProfilePhoto, ..]);
    Some(match row.reader {
        _ if is_own => record.into_content(),
        // It makes labels findable that are values, not keys.
        Reader::Generic => record.into_element_with(table::nodes_only),
        _ => record.into_element(),
    })
}

/// The elements of a small page. For the first pass over a snapshot.
pub(super) fn elements_of(path: &str, bytes: &[u8]) -> Vec<Json> {
    let row = catalog::find(path, "");
    let whole = Boxes::new(bytes).filter(|piece| piece.damage.is_none());
    whole.filter_map(|piece| element_of(&piece, row)).collect()
}

#[cfg(test)]
mod tests;
