//! `show --provenance`: in which downloads, archives, files and places a record stood, and what changed from one to the next.

use std::collections::BTreeSet;

use super::super::error::CommandError;
use super::super::inert::inert_line;
use super::super::json::Object;
use super::super::ui::{BOLD, DIM, NAME, Ui, WARN, styled};
use crate::model::{Item, Who};
use crate::store::{Source, Store};

/// A field of what documents say, and its values in one of them.
struct Field {
    name: &'static str,
    values: fn(&Item) -> Vec<String>,
}

fn maybe(text: Option<&String>) -> Vec<String> {
    text.cloned().into_iter().collect()
}

fn name_of(who: Option<&Who>) -> Vec<String> {
    let name = |who: &Who| match who {
        Who::Me => "me".to_owned(),
        Who::Handle(name) | Who::Name(name) => name.clone(),
    };
    who.map(name).into_iter().collect()
}

fn base(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned()
}

/// What is compared, in the order in which it is told.
const FIELDS: [Field; 19] = [
    Field { name: "kind", values: |item| vec![item.kind.name().to_owned()] },
    Field { name: "subkind", values: |item| maybe(item.subkind.as_ref()) },
    Field { name: "at", values: |item| item.at.map(crate::model::Moment::iso).into_iter().collect() },
    Field { name: "author", values: |item| name_of(item.author.as_ref()) },
    Field { name: "counterpart", values: |item| name_of(item.counterpart.as_ref()) },
    Field { name: "text", values: |item| maybe(item.text.as_ref()) },
    Field { name: "other_text", values: |item| item.other_text.clone() },
    Field { name: "url", values: |item| maybe(item.url.as_ref()) },
    Field { name: "place", values: |item| maybe(item.place.as_ref()) },
    Field {
        name: "coordinates",
        values: |item| {
            item.latitude.zip(item.longitude).map(|(north, east)| format!("{north}, {east}")).into_iter().collect()
        },
    },
    Field {
        name: "media",
        values: |item| {
            item.media
                .iter()
                .map(|medium| medium.media_id().map_or_else(|| base(&medium.path), str::to_owned))
                .collect()
        },
    },
    Field {
        name: "reactions",
        values: |item| {
            let told = |reaction: &crate::model::Reaction| {
                let [actor] = [name_of(Some(&reaction.actor)).concat()];
                format!("{} {actor}", reaction.reaction)
            };
            item.reactions.iter().map(told).collect()
        },
    },
    Field { name: "share_url", values: |item| maybe(item.share.as_ref().and_then(|share| share.url.as_ref())) },
    Field { name: "share_text", values: |item| maybe(item.share.as_ref().and_then(|share| share.text.as_ref())) },
    Field { name: "share_owner", values: |item| maybe(item.share.as_ref().and_then(|share| share.owner.as_ref())) },
    Field { name: "call_seconds", values: |item| item.call_seconds.map(|n| n.to_string()).into_iter().collect() },
    Field { name: "is_unsent", values: |item| item.is_unsent.then(|| "yes".to_owned()).into_iter().collect() },
    Field { name: "is_edited", values: |item| item.is_edited.then(|| "yes".to_owned()).into_iter().collect() },
    Field {
        name: "details",
        values: |item| {
            let told = |(name, value): &(String, crate::model::Detail)| {
                let value = serde_json::to_string(value).unwrap_or_default();
                format!("{name}: {value}")
            };
            item.details.0.iter().map(told).collect()
        },
    },
];

/// One field that one download tells otherwise than the one before.
struct Change {
    field: &'static str,
    from: Vec<String>,
    to: Vec<String>,
}

/// One download of the account since the record was first seen.
struct Seen {
    snapshot: String,
    date: String,
    /// Empty where it is not in it.
    sources: Vec<Source>,
    changes: Vec<Change>,
}

/// All downloads of the account from the first on that has the record.
fn history(store: &Store, id: &str) -> Result<Vec<Seen>, CommandError> {
    let sources = store.provenance_of_record(id)?;
    let mut history: Vec<Seen> = Vec::new();
    let mut before: Option<Vec<BTreeSet<String>>> = None;
    let mut snapshots: Vec<(String, String)> = Vec::new();
    for row in store.snapshots_of_records_account(id)? {
        let text = |column| row.text(column).unwrap_or_default().to_owned();
        snapshots.push((text("date"), text("id")));
    }
    // Sightings may stand in downloads that are filed elsewhere.
    snapshots.extend(sources.iter().map(|source| (source.date.clone(), source.snapshot.clone())));
    snapshots.sort();
    snapshots.dedup();
    for (date, snapshot) in snapshots {
        let here: Vec<Source> = sources.iter().filter(|source| source.snapshot == snapshot).cloned().collect();
        if here.is_empty() && history.is_empty() {
            continue;
        }
        let mut changes = Vec::new();
        if !here.is_empty() {
            let values_of = |field: &Field| -> BTreeSet<String> {
                here.iter().flat_map(|source| (field.values)(&source.item)).collect()
            };
            let now: Vec<BTreeSet<String>> = FIELDS.iter().map(values_of).collect();
            for (field, (before, now)) in FIELDS.iter().zip(before.iter().flatten().zip(&now)) {
                if before != now {
                    let only =
                        |one: &BTreeSet<String>, other: &BTreeSet<String>| one.difference(other).cloned().collect();
                    changes.push(Change { field: field.name, from: only(before, now), to: only(now, before) });
                }
            }
            before = Some(now);
        }
        history.push(Seen { snapshot, date, sources: here, changes });
    }
    Ok(history)
}

pub fn rows(store: &Store, id: &str, ui: &mut Ui) -> Result<(), CommandError> {
    ui.frame(&Object::header("show").with("id", id).with("provenance", true))?;
    let history = history(store, id)?;
    for seen in &history {
        let sightings: Vec<Object> = seen
            .sources
            .iter()
            .map(|source| {
                let object = Object::new().with("archive", &source.archive).with("path", &source.path);
                object.with("place", &source.place).with("item", &source.item)
            })
            .collect();
        let change = |change: &Change| {
            Object::new().with("field", change.field).with("from", &change.from).with("to", &change.to)
        };
        let changes: Vec<Object> = seen.changes.iter().map(change).collect();
        let row = Object::row("snapshot").with("id", &seen.snapshot).with("date", &seen.date);
        let row = row.with("is_in", !seen.sources.is_empty());
        ui.row(&row.with("sightings", sightings).with("changes", changes))?;
    }
    let (first, last) = ends(&history);
    let end = Object::end(ui.n_rows()).with("first", first.map(|seen| &seen.snapshot));
    ui.frame(&end.with("last", last.map(|seen| &seen.snapshot)))
}

fn ends(history: &[Seen]) -> (Option<&Seen>, Option<&Seen>) {
    let is_in = |seen: &&Seen| !seen.sources.is_empty();
    (history.iter().find(is_in), history.iter().rfind(is_in))
}

pub fn show(store: &Store, id: &str, kind: &str, ui: &mut Ui) -> Result<(), CommandError> {
    let history = history(store, id)?;
    ui.line(format_args!("{}  {}", styled(BOLD, inert_line(kind)), styled(DIM, id)))?;
    let (first, last) = ends(&history);
    for (label, seen) in [("first seen", first), ("last seen", last)] {
        if let Some(seen) = seen {
            line(ui, label, &seen.snapshot)?;
        }
    }
    for seen in &history {
        ui.line("")?;
        ui.line(styled(BOLD, inert_line(&seen.snapshot)))?;
        if seen.sources.is_empty() {
            ui.line(format_args!("  {}", styled(WARN, "not in it")))?;
        }
        let mut known = BTreeSet::new();
        for source in &seen.sources {
            let [archive, path, place] = [&source.archive, &source.path, &source.place].map(|text| inert_line(text));
            let place = if place.is_empty() { place } else { format!(" at {place}") };
            if known.insert((archive.clone(), path.clone(), place.clone())) {
                line(ui, "  stood in", &format!("{archive}: {path}{place}"))?;
            }
        }
        for change in &seen.changes {
            let words = |values: &[String]| match values {
                [] => "nothing".to_owned(),
                values => values.iter().map(|value| format!("“{}”", inert_line(value))).collect::<Vec<_>>().join(", "),
            };
            line(ui, "  changed", &format!("{}: {} → {}", change.field, words(&change.from), words(&change.to)))?;
        }
    }
    Ok(())
}

fn line(ui: &mut Ui, label: &str, value: &str) -> Result<(), CommandError> {
    ui.line(format_args!("{}{value}", styled(NAME, format_args!("{label:<12}"))))
}
