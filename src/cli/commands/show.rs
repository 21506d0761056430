//! `show`: one record in full.

use super::super::args::ShowArguments;
use super::super::error::{CommandError, Trouble};
use super::super::exit::Exit;
use super::super::inert::{inert_line, inert_lines};
use super::super::json::Object;
use super::super::ui::{BOLD, DIM, GOOD, NAME, Ui, styled};
use super::super::units;
use super::super::zone::Zone;
use super::super::{Ended, Session};
use super::{provenance, record_id};
use crate::store::{NamedRow, Store, Value};

/// Everything that is shown of a record.
struct Full {
    record: NamedRow,
    attachments: Vec<NamedRow>,
    reactions: Vec<NamedRow>,
    versions: Vec<NamedRow>,
    sources: Vec<NamedRow>,
}

pub fn run(arguments: &ShowArguments, session: &mut Session) -> Ended {
    let store = session.home.reader()?;
    let id = record_id::resolve(&store, &arguments.id)?;
    let full = load(&store, &id)?;
    if arguments.provenance {
        if session.ui.is_json {
            provenance::rows(&store, &id, &mut session.ui)?;
        } else {
            provenance::show(&store, &id, full.record.text("kind").unwrap_or("record"), &mut session.ui)?;
        }
        return Ok(Exit::Done);
    }
    if session.ui.is_json {
        session.ui.frame(&Object::header("show").with("id", &id))?;
        session.ui.row(&full_row(&full))?;
        session.ui.end()?;
    } else {
        let short = record_id::short(&store, &id)?;
        show(&full, short, session)?;
    }
    Ok(Exit::Done)
}

fn load(store: &Store, id: &str) -> Result<Full, CommandError> {
    let gone = || Trouble::new(Exit::Nothing, format!("the record {id} is not there any more"));
    Ok(Full {
        record: store.shown_record(id)?.ok_or_else(gone)?,
        attachments: store.attachments_of_record(id)?,
        reactions: store.reactions_of_record(id)?,
        versions: store.versions_of_record(id)?,
        sources: store.sources_of_record(id)?,
    })
}

fn full_row(full: &Full) -> Object {
    let objects = |rows: &[NamedRow]| -> Vec<Object> {
        rows.iter().map(|row| Object::new().with_columns("row", row.iter())).collect()
    };
    Object::of_row("record", &full.record)
        .with("attachments", objects(&full.attachments))
        .with("reactions", objects(&full.reactions))
        .with("versions", objects(&full.versions))
        .with("sources", objects(&full.sources))
}

fn show(full: &Full, short: &str, session: &mut Session) -> Result<(), CommandError> {
    let record = &full.record;
    let ui = &mut session.ui;
    let kind = record.text("kind").unwrap_or("record");
    let subkind = record.text("subkind").map(|subkind| format!(" · {subkind}")).unwrap_or_default();
    let id = record.text("id").unwrap_or_default();
    ui.line(format_args!("{}{}  {}", styled(BOLD, kind), inert_line(&subkind), styled(DIM, id)))?;
    for (name, value) in facts(record, ui.zone) {
        fact(ui, name, &value)?;
    }
    if let Some(text) = record.text("text").filter(|text| !text.is_empty()) {
        ui.line("")?;
        ui.lines(inert_lines(text).iter().map(|line| format!("  {line}").trim_end().to_owned()))?;
        ui.line("")?;
    }
    ui.lines(attachment_lines(&full.attachments))?;
    for reaction in &full.reactions {
        let [what, who] = ["reaction", "actor"].map(|name| inert_line(reaction.text(name).unwrap_or_default()));
        let at = reaction.integer("at_ms").map(|ms| format!(", {}", ui.zone.minute(ms, None))).unwrap_or_default();
        fact(ui, "reaction", &format!("{what} {who}{at}"))?;
    }
    for version in &full.versions {
        let [date, text] = ["date", "text"].map(|name| inert_line(version.text(name).unwrap_or_default()));
        fact(ui, "earlier", &format!("{date}: {text}"))?;
    }
    ui.lines(detail_lines(record))?;
    for source in &full.sources {
        let [snapshot, archive, path, place] =
            ["snapshot", "archive", "path", "place"].map(|name| inert_line(source.text(name).unwrap_or_default()));
        let place = if place.is_empty() { place } else { format!(" at {place}") };
        fact(ui, "seen in", &format!("{snapshot}  {archive}: {path}{place}"))?;
    }
    if let Some(thread) = record.text("thread_id") {
        let thread = thread.get(..8).unwrap_or(thread);
        let command = session.home_path.command(&["thread", thread, "--around", short]);
        session.ui.talk(labelled("next", &styled(GOOD, command)))?;
    }
    Ok(())
}

const LABEL_COLUMNS: usize = 12;

fn fact(ui: &mut Ui, name: &str, value: &str) -> Result<(), CommandError> {
    ui.line(labelled(name, value))
}

fn labelled(name: &str, value: &str) -> String {
    format!("{}{value}", styled(NAME, format_args!("{name:<LABEL_COLUMNS$}")))
}

/// The record's own members, those that it has.
fn facts(record: &NamedRow, zone: Zone) -> Vec<(&'static str, String)> {
    let mut facts: Vec<(&'static str, String)> = Vec::new();
    if let Some(ms) = record.integer("at_ms") {
        let precision = record.text("precision").unwrap_or("s");
        let known_to = match precision {
            "minute" | "day" => format!(", known to the {precision}"),
            _ => String::new(),
        };
        let utc = record.text("at").unwrap_or_default();
        facts.push(("when", format!("{} ({utc}{known_to})", zone.second(ms))));
    }
    let texts = [
        ("from", "author"),
        ("to", "counterpart"),
        ("talk", "thread"),
        ("link", "url"),
        ("place", "place"),
        ("shared", "share_url"),
        ("", "share_text"),
        ("shared of", "share_owner"),
        ("account", "account"),
    ];
    let known = texts.iter().filter_map(|(name, column)| Some((*name, inert_line(record.text(column)?))));
    facts.extend(known.filter(|(_, value)| !value.is_empty()));
    if let (Value::Real(latitude), Value::Real(longitude)) = (record.get("latitude"), record.get("longitude")) {
        facts.push(("where", format!("{latitude}, {longitude}")));
    }
    if let Some(seconds) = record.integer("call_seconds") {
        facts.push(("call", units::call_length(seconds)));
    }
    let states = [("is_edited", "edited"), ("is_unsent", "unsent")];
    let states: Vec<&str> =
        states.iter().filter(|(column, _)| record.integer(column) == Some(1)).map(|s| s.1).collect();
    if !states.is_empty() {
        facts.push(("state", states.join(", ")));
    }
    if record.integer("is_gone") == Some(1) {
        facts.push(("gone since", inert_line(record.text("gone_since").unwrap_or("a later download"))));
    }
    facts
}

fn attachment_lines(attachments: &[NamedRow]) -> Vec<String> {
    let mut lines = Vec::new();
    for attachment in attachments {
        let text = |column| attachment.text(column).map(inert_line);
        let path = text("path").unwrap_or_default();
        let role = text("role").map(|role| format!(" ({role})")).unwrap_or_default();
        lines.push(labelled("attached", &format!("{path}{role}")));
        let kept = match (text("kept_at"), text("media_hash")) {
            (Some(kept_at), _) => {
                let size =
                    attachment.integer("bytes").map(|bytes| units::bytes(bytes.unsigned_abs())).unwrap_or_default();
                let pixels = attachment.integer("width").zip(attachment.integer("height"));
                let pixels = pixels.map(|(width, height)| format!(", {width} × {height}")).unwrap_or_default();
                format!("{kept_at}  {}, {size}{pixels}", text("media_type").unwrap_or_default())
            }
            (None, Some(hash)) => format!("kept as document {hash}"),
            (None, None) => "in none of the downloads".to_owned(),
        };
        lines.push(labelled("", &styled(DIM, kept)));
    }
    lines
}

/// The open part of a record, one line a value.
fn detail_lines(record: &NamedRow) -> Vec<String> {
    let mut lines = Vec::new();
    let parsed = |column| record.text(column).and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    if let Some(serde_json::Value::Object(details)) = parsed("details") {
        for (name, value) in &details {
            lines.push(labelled("detail", &format!("{}: {}", inert_line(name), inert_line(&plain(value)))));
        }
    }
    if let Some(serde_json::Value::Array(texts)) = parsed("other_text") {
        lines.extend(texts.iter().map(|text| labelled("also says", &inert_line(&plain(text)))));
    }
    lines
}

fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
