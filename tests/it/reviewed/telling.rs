//! A home as text that a person can compare with the files: no ids, no hashes, nothing that changes by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use throwback::store::{NamedRow, Value};

use crate::support::TestHome;

/// The snapshots, conversations, documents with their records in their places, files that are neither, and findings.
pub fn tell(home: &TestHome) -> String {
    let mut out = String::new();
    for row in home.rows(SNAPSHOTS) {
        line(&mut out, &["snapshot of".to_owned(), words(&row, "")]);
    }
    for row in sorted(home.rows(THREADS), &["title", "who", "first"]) {
        line(&mut out, &["conversation:".to_owned(), words(&row, "first")]);
    }
    documents(home, &mut out);
    for row in home.rows(FILES) {
        line(&mut out, &["file:".to_owned(), words(&row, "")]);
    }
    for row in home.rows(FINDINGS) {
        line(&mut out, &["finding:".to_owned(), words(&row, "")]);
    }
    out
}

// A folder has no date of its own, so only dates that a name tells are shown.
const SNAPSHOTS: &str = "
    SELECT account, CASE WHEN date_ground LIKE '%name%' THEN date END AS date, format, generation, language,
           CASE is_complete WHEN 0 THEN 'incomplete' END AS state, owner_name, owner_ground,
           strftime('%FT%TZ', range_from_ms / 1000, 'unixepoch') AS since, strftime('%FT%TZ', range_to_ms / 1000, 'unixepoch') AS until
      FROM snapshots ORDER BY snapshots.date, format, generation";

const THREADS: &str = "
    SELECT t.title, t.kind, t.n_messages, t.details, t.first_ms AS first,
           (SELECT group_concat(name, ' + ') FROM (SELECT name FROM participants p WHERE p.thread_id = t.id ORDER BY name)) AS who
      FROM threads t";

const DOCUMENTS: &str = "
    SELECT path, reader, n_items, n_read, n_kept, n_bad, hash FROM documents ORDER BY path, hash";

const FILES: &str = "
    SELECT DISTINCT CASE WHEN a.root <> '' THEN substr(e.path, length(a.root) + 1) ELSE e.path END AS path, e.fate
      FROM entries e JOIN archives a ON a.id = e.archive_id
     WHERE e.fate NOT IN ('document', 'folder')
       AND (e.fate <> 'media' OR NOT EXISTS (SELECT 1 FROM attachments a WHERE a.media_hash = e.hash)) ORDER BY 1";

const FINDINGS: &str = "
    SELECT severity, code, path, place, n_items, sentence FROM findings
     ORDER BY severity, code, path, place, sentence";

/// All of a record but its attachments and reactions; with how `record_id` and others stand before, and the tables behind.
macro_rules! records {
    ($before:literal, $from:literal) => {
        concat!(
            "SELECT r.id AS record_id, ",
            $before,
            "r.kind, r.subkind, r.at, r.precision, r.author, r.counterpart, t.title AS thread, r.text, x.other_text, r.url,
             r.place AS place, r.latitude, r.longitude, x.share_url, x.share_text, x.share_owner, x.call_seconds,
             nullif(x.is_unsent, 0) AS is_unsent, nullif(x.is_edited, 0) AS is_edited, nullif(r.details, '{}') AS details
               FROM ",
            $from,
            " JOIN record x ON x.public_id = r.id LEFT JOIN threads t ON t.id = r.thread_id"
        )
    };
}

const RECORDS: &str =
    records!("s.place AS at_place, s.document_hash, ", "sightings s JOIN records r ON r.id = s.record_id");

const OTHER_RECORDS: &str = records!("", "records r");

const REACTIONS: &str = "
    SELECT record_id, reaction || ' ' || actor || coalesce(strftime(' %FT%TZ', at_ms / 1000, 'unixepoch'), '') AS said
      FROM reactions ORDER BY record_id, said";

const ATTACHMENTS: &str = "
    SELECT a.record_id, a.path || coalesce(' (' || a.role || ')', '')
           || CASE WHEN a.media_hash IS NULL THEN ' MISSING' ELSE coalesce(' ' || m.type, ' document') END AS said
      FROM attachments a LEFT JOIN media m ON m.hash = a.media_hash ORDER BY a.record_id, a.position";

fn documents(home: &TestHome, out: &mut String) {
    let (reactions, attachments) = (lists(home, REACTIONS), lists(home, ATTACHMENTS));
    let mut by_document: BTreeMap<String, Vec<NamedRow>> = BTreeMap::new();
    for row in home.rows(RECORDS) {
        by_document.entry(text(&row, "document_hash")).or_default().push(row);
    }
    let mut told: BTreeMap<String, String> = BTreeMap::new();
    for document in home.rows(DOCUMENTS) {
        let path = text(&document, "path");
        let counts = ["read", "kept", "bad"].map(|fate| (fate, document.integer(&format!("n_{fate}")).unwrap_or(-1)));
        let counts: Vec<String> =
            counts.iter().filter(|(_, n)| *n != 0).map(|(fate, n)| format!("{n} {fate}")).collect();
        line(out, &[format!("\n## {path}:"), text(&document, "reader"), counts.join(", ")]);
        let mut rows = by_document.get(&text(&document, "hash")).cloned().unwrap_or_default();
        rows.sort_by_key(|row| {
            (by_number(&text(row, "at_place")), text(row, "kind"), text(row, "at"), text(row, "text"))
        });
        for row in rows {
            let (id, place) = (text(&row, "record_id"), text(&row, "at_place"));
            if let Some(before) = told.get(&id) {
                line(out, &[place, format!("= {before}")]);
                continue;
            }
            told.insert(id.clone(), format!("{} of {path} {place}", text(&row, "kind")));
            line(out, &[place, words(&row, "record_id at_place document_hash")]);
            said_beside(&id, &attachments, &reactions, out);
        }
    }
    // Pictures and subtitles that nothing names are records of their file.
    let others = home.rows(&format!("{OTHER_RECORDS} ORDER BY r.kind, r.at, r.text, r.details"));
    let others: Vec<NamedRow> = others.into_iter().filter(|row| !told.contains_key(&text(row, "record_id"))).collect();
    if !others.is_empty() {
        line(out, &["\n## no document:".to_owned()]);
    }
    for row in others {
        line(out, &[words(&row, "record_id")]);
        said_beside(&text(&row, "record_id"), &attachments, &reactions, out);
    }
}

fn said_beside(id: &str, attachments: &Lists, reactions: &Lists, out: &mut String) {
    for (sign, lists) in [("media", attachments), ("reaction", reactions)] {
        for said in lists.get(id).into_iter().flatten() {
            line(out, &[format!("    {sign}:"), said.clone()]);
        }
    }
}

type Lists = BTreeMap<String, Vec<String>>;

/// What is said of each record, in its order.
fn lists(home: &TestHome, sql: &str) -> Lists {
    let mut lists = Lists::new();
    for row in home.rows(sql) {
        lists.entry(text(&row, "record_id")).or_default().push(text(&row, "said"));
    }
    lists
}

/// The filled columns as `name=value`, without those that are left out. The first few words of a record go without names.
fn words(row: &NamedRow, left_out: &str) -> String {
    const PLAIN: &[&str] = &[
        "kind",
        "subkind",
        "at",
        "precision",
        "account",
        "format",
        "generation",
        "path",
        "fate",
        "severity",
        "code",
        "sentence",
    ];
    let left_out: BTreeSet<&str> = left_out.split(' ').collect();
    let filled = row.filled().filter(|(name, _)| !left_out.contains(name));
    let said = filled.map(|(name, value)| match value {
        // What nobody's account is called hangs on all the bytes of the download.
        Value::Text(text) if name == "account" && text.starts_with("unknown-") => "unknown".to_owned(),
        Value::Text(text) if name == "sentence" && text.contains(" unknown-") => {
            let (before, after) = text.split_once(" unknown-").expect("it is there");
            format!("{before} unknown{}", after.get(4..).unwrap_or_default())
        }
        Value::Text(text) if PLAIN.contains(&name) => text.clone(),
        Value::Text(text) if name == "details" => format!("{name}={text}"),
        Value::Text(text) => format!("{name}={text:?}"),
        Value::Integer(number) => format!("{name}={number}"),
        other => format!("{name}={other:?}"),
    });
    said.collect::<Vec<_>>().join(" · ")
}

fn sorted(mut rows: Vec<NamedRow>, columns: &[&str]) -> Vec<NamedRow> {
    rows.sort_by_key(|row| columns.iter().map(|column| format!("{:?}", row.get(column))).collect::<Vec<_>>());
    rows
}

/// Numbers in a place by their worth: `[10]` stands after `[9]`.
fn by_number(place: &str) -> Vec<(u64, String)> {
    let parts = place.split_inclusive(|sign: char| !sign.is_ascii_digit());
    parts
        .map(|part| (part.trim_end_matches(|sign: char| !sign.is_ascii_digit()).parse().unwrap_or(0), part.to_owned()))
        .collect()
}

fn text(row: &NamedRow, column: &str) -> String {
    row.text(column).unwrap_or_default().to_owned()
}

fn line(out: &mut String, words: &[String]) {
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
    writeln!(out, "{}", words.join(" ")).expect("a string takes everything");
}
