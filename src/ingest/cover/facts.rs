//! Notes of every document what its lists hold and which files it names, once.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization;

use crate::model::{Kind, Moment, media_id_of};
use crate::source::{self, lists};
use crate::store::{ItemGlance, ListRange, STATED_RANGE, StoreError, UnlistedReading, Writing};

/// Completes the notes of an account's documents.
pub(in crate::ingest) fn note_lists(writing: &Writing<'_>, account_id: i64) -> Result<(), StoreError> {
    for reading in writing.readings_without_lists(account_id)? {
        note_reading(writing, &reading)?;
    }
    Ok(())
}

fn note_reading(writing: &Writing<'_>, reading: &UnlistedReading) -> Result<(), StoreError> {
    let mut ranges: BTreeMap<(String, Option<i64>), ListRange> = BTreeMap::new();
    let mut files: BTreeSet<String> = BTreeSet::new();
    writing.items_of_reading(reading.id, &mut |head, item| {
        let list = lists::list_of(&reading.reader, item.kind, item.subkind.as_deref()).to_owned();
        let head = head.filter(|_| item.kind == Kind::Message);
        add(ranges.entry((list, head)).or_default(), &item);
        files.extend(item.media.iter().filter_map(|medium| base_of(&medium.path)));
    })?;
    // What is there without any item is there.
    for head in writing.heads_of_reading(reading.id)? {
        ranges.entry((lists::MESSAGES.to_owned(), Some(head))).or_default();
    }
    for list in lists::lists_told_by(&reading.reader) {
        if list != lists::MESSAGES {
            ranges.entry((list.to_owned(), None)).or_default();
        }
    }
    for category in lists::categories_without_data(&reading.path) {
        ranges.entry((format!("{}{}", lists::EMPTY, category.name), None)).or_default();
    }
    if reading.reader == "start_page" {
        let bytes = writing.document_bytes(reading.document_id)?;
        if let Some(range_ms) = source::stated_range(&reading.path, &bytes) {
            ranges.insert((STATED_RANGE.to_owned(), None), ListRange { range_ms, ..ListRange::default() });
        }
    }
    if ranges.is_empty() {
        ranges.insert((String::new(), None), ListRange::default());
    }
    for ((list, head), range) in &ranges {
        writing.add_list_range(reading.id, list, *head, range)?;
    }
    for file in &files {
        writing.add_named_file(reading.id, file, media_id_of(file))?;
    }
    Ok(())
}

fn add(range: &mut ListRange, item: &ItemGlance) {
    range.n_items += 1;
    if let Some(at_ms) = item.at.map(Moment::utc_ms) {
        range.n_timed += 1;
        let (from, to) = range.range_ms.unwrap_or((at_ms, at_ms));
        range.range_ms = Some((from.min(at_ms), to.max(at_ms)));
    }
}

/// The base name of a file of the download; `None` for an address, and for words in place of a file: every file of a
/// download lies in a folder.
fn base_of(path: &str) -> Option<String> {
    let is_file = path.contains(['/', '\\']) && !path.contains("://");
    let base = || path.rsplit(['/', '\\']).next().unwrap_or(path).nfc().collect::<String>();
    is_file.then(base).filter(|base| !base.is_empty())
}
