//! What must hold of every reading, every date and every repair, whatever the bytes are. Property tests and the fuzz
//! targets ask for it; the program does not have it.

use super::catalog::Row;
use super::dates;
use super::json::Json;
use super::json::text::{self, Writing};
use super::role::role;
use crate::model::{FindingCode, Item, Severity};
use crate::source::{self, Document, DocumentForm, Output, Reading, Role};

const HTML: Role = Role::Document(DocumentForm::Html);

/// A path for each file name of a row in each of its folders; of a row for any file, a path that no narrower row takes.
pub fn paths_of(row: &Row, extension: &str) -> Vec<String> {
    let any = ["something_unheard_of_1"];
    let files = if row.files.is_empty() { &any[..] } else { row.files };
    let folders = if row.folders.is_empty() { &["folder"][..] } else { row.folders };
    let path = |folder: &str, file: &str| {
        let file = file.replace('*', "Ann").replace("_N", "_1");
        format!("{folder}/{file}.{extension}").trim_start_matches('/').to_owned()
    };
    folders.iter().flat_map(|folder| files.iter().map(|file| path(folder, file))).collect()
}

/// Reads a document and checks what the reader says of it against what it gave.
///
/// # Panics
///
/// When a count is wrong, an item cannot be stored, or a document with items gives none without an error.
pub fn check_reading(document: &Document<'_>) -> (Reading, Vec<Output>) {
    let mut outputs = Vec::new();
    let reading = source::read(document, &mut |output| outputs.push(output));
    let shown = || format!("{}: {reading:?} of {:?}", document.path, String::from_utf8_lossy(document.bytes));
    let n_of = |is_it: &dyn Fn(&Output) -> bool| outputs.iter().filter(|output| is_it(output)).count() as u64;
    let said = |code: FindingCode| {
        outputs.iter().any(|output| matches!(output, Output::Finding(finding) if finding.code == code))
    };
    assert_eq!(reading.n_kept, n_of(&|output| matches!(output, Output::Kept { .. })), "kept: {}", shown());
    assert_eq!(reading.n_bad, n_of(&|output| matches!(output, Output::Bad { .. })), "bad: {}", shown());
    let n_items = n_of(&|output| matches!(output, Output::Item { .. } | Output::Words(_)));
    assert!(reading.n_read <= n_items, "read: {}", shown());
    let n_seen = reading.n_read + reading.n_kept + reading.n_bad;
    let adds_up = reading.n_items.is_none_or(|n| n == n_seen);
    assert_eq!(said(FindingCode::CountMismatch), !adds_up, "a difference that nobody tells: {}", shown());
    // The reader of a damaged page mends its tags as browsers do, the counter of its items does not.
    assert!(adds_up || role(document.path) == HTML, "items without a fate: {}", shown());
    let is_error =
        |output: &Output| matches!(output, Output::Finding(finding) if finding.code.severity() == Severity::Error);
    let is_silent = reading.n_read + reading.n_kept == 0 && n_seen > 0 && !outputs.iter().any(is_error);
    assert!(!is_silent, "silence: {}", shown());
    for output in &outputs {
        if let Output::Item { item, .. } = output {
            let stored = serde_json::to_string(item).expect("an item can be stored");
            serde_json::from_str::<Item>(&stored).expect("what was stored can be read");
        }
    }
    (reading, outputs)
}

/// Reads a text as a date, and what was read and written once more.
///
/// # Panics
///
/// When a date is not read as what it was written from.
pub fn check_date(text: &str) {
    let found = dates::read(text);
    let in_sentence = dates::read_in_sentence(text);
    let Some(moment) = found else { return };
    assert_eq!(in_sentence, found, "{text:?}");
    let written = moment.iso();
    let again = dates::read(&written);
    let is_same = again.is_some_and(|again| {
        (again.precision, again.basis) == (moment.precision, moment.basis) && again.ms.abs_diff(moment.ms) < 1_000
    });
    assert!(is_same, "{text:?} is {moment:?}, written {written:?}, read as {again:?}");
}

/// Repairs and mends a piece of JSON.
///
/// # Panics
///
/// When a string becomes anything but itself or the text whose UTF-8 its characters are, when repairing again changes
/// something, when a flat document is touched, or when good JSON is mended into something else.
pub fn check_repair(json: &[u8]) {
    let shown = || String::from_utf8_lossy(json).into_owned();
    assert_eq!(&*text::repair(json, Writing::Proper), json);
    let repaired = text::repair(json, Writing::Escaped);
    assert_eq!(text::repair(&repaired, Writing::Escaped), repaired, "repaired twice: {}", shown());
    let mended = text::mend(json);
    assert!(mended.len() <= json.len() * 8 + 8, "{} bytes of {}", mended.len(), shown());
    let Ok(before) = serde_json::from_slice::<Json>(json) else { return };
    let after: Json = serde_json::from_slice(&repaired).expect("repaired JSON is JSON");
    assert_same_but_repaired(&before, &after);
    let mended: Json = serde_json::from_slice(&mended).expect("mended JSON is JSON");
    assert_eq!(mended, before, "mended without need: {}", shown());
}

fn assert_same_but_repaired(before: &Json, after: &Json) {
    match (before, after) {
        (Json::Text(before), Json::Text(after)) => assert_repaired(before, after),
        (Json::List(before), Json::List(after)) if before.len() == after.len() => {
            before.iter().zip(after).for_each(|(before, after)| assert_same_but_repaired(before, after));
        }
        (Json::Object(before), Json::Object(after)) if before.len() == after.len() => {
            for ((name_before, before), (name_after, after)) in before.iter().zip(after) {
                assert_repaired(name_before, name_after);
                assert_same_but_repaired(before, after);
            }
        }
        _ => assert_eq!(before, after),
    }
}

/// A text is itself, or what the bytes are that its characters stand for; of a last character that was cut in half the
/// bytes stay characters.
fn assert_repaired(before: &str, after: &str) {
    if before == after {
        return;
    }
    let bytes: Vec<u8> = before.chars().map(|c| u8::try_from(c).expect("only bytes are repaired")).collect();
    let (whole, half) = match std::str::from_utf8(&bytes) {
        Ok(text) => (text, &[][..]),
        Err(error) => {
            assert_eq!(error.error_len(), None, "{before:?} became {after:?}");
            let (whole, half) = bytes.split_at(error.valid_up_to());
            (std::str::from_utf8(whole).expect("it is valid up to there"), half)
        }
    };
    let expected: String = whole.chars().chain(half.iter().copied().map(char::from)).collect();
    assert_eq!(after, expected, "{before:?}");
}
