//! Text files that are neither JSON nor HTML nor subtitles: markers of empty sections, and whatever else there is.

use crate::model::{Finding, FindingCode, Item, Kind};
use crate::source::{Document, Output, Place, Reading};

/// More text than this is not one record's text; the bytes stay with the document (a guess far above any seen).
const LONGEST_TEXT: usize = 1 << 20;

/// Name and version of what reads text.
pub(super) const READER: (&str, u32) = ("text", 1);

/// Name and version of what reads empty text.
pub(super) const EMPTY_MARKER: (&str, u32) = ("empty_marker", 1);

/// Reads a text file: nothing from an empty one and from `no-data.txt` (format reference §1.4), else one item.
pub(super) fn read(document: &Document<'_>, sink: &mut dyn FnMut(Output)) -> Reading {
    let base = document.path.rsplit('/').next().unwrap_or(document.path);
    let (text, is_utf8) = decode(document.bytes);
    if base.eq_ignore_ascii_case("no-data.txt") || text.trim().is_empty() {
        return Reading {
            reader: EMPTY_MARKER.0,
            reader_version: EMPTY_MARKER.1,
            n_items: Some(0),
            ..Reading::default()
        };
    }
    let mut item = Item::new(Kind::Misc);
    item.subkind = Some(super::json::base_name(document.path).to_owned()).filter(|name| !name.is_empty());
    let cut = (0..=LONGEST_TEXT.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    item.text = Some(text[..cut].to_owned());
    if cut < text.len() {
        item.details.push("is_cut", true);
    }
    sink(Output::Item { place: Place::default(), item: Box::new(item) });
    let mut say = |code, sentence: &str| sink(Output::Finding(Finding::new(code, sentence).about(1)));
    if !is_utf8 {
        say(FindingCode::DoubtfulValue, "This text is no UTF-8; it was read as Latin-1, and its bytes were kept.");
    }
    if cut < text.len() {
        say(
            FindingCode::DoubtfulValue,
            "This text is longer than 1 MB; only its beginning is searchable, and its bytes were kept.",
        );
    }
    say(FindingCode::BetterReaderWanted, "No reader knows this file better yet; its text is searchable.");
    Reading { reader: READER.0, reader_version: READER.1, n_items: Some(1), n_read: 1, ..Reading::default() }
}

/// UTF-8 without a byte order mark; else every byte as the Latin-1 character that it stands for. The flag says which.
pub(super) fn decode(bytes: &[u8]) -> (String, bool) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), true),
        Err(_) => (bytes.iter().map(|byte| char::from(*byte)).collect(), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Learnt;

    fn check(path: &str, bytes: &[u8], text: Option<&str>, codes: &[FindingCode]) {
        let learnt = Learnt::default();
        let (mut texts, mut found) = (Vec::new(), Vec::new());
        let reading = read(&Document { path, bytes, learnt: &learnt }, &mut |output| match output {
            Output::Item { item, .. } => texts.push(item.text.unwrap_or_default()),
            Output::Finding(finding) => found.push(finding.code),
            other => panic!("{other:?}"),
        });
        assert_eq!(texts, text.into_iter().collect::<Vec<_>>(), "{path}");
        assert_eq!(found, codes, "{path}");
        assert_eq!(reading.n_items, Some(reading.n_read), "{path}");
    }

    #[test]
    fn texts_are_read_and_markers_are_nothing() {
        let wanted = FindingCode::BetterReaderWanted;
        check("likes/no-data.txt", b"No data.", None, &[]);
        check("a/empty.txt", b" \n", None, &[]);
        check("a/notes.txt", "\u{feff}grün".as_bytes(), Some("grün"), &[wanted]);
        check("a/notes.txt", b"gr\xfcn", Some("grün"), &[FindingCode::DoubtfulValue, wanted]);
        let long = "ü".repeat(LONGEST_TEXT);
        check("a/long.txt", long.as_bytes(), Some(&long[..LONGEST_TEXT]), &[FindingCode::DoubtfulValue, wanted]);
    }
}
