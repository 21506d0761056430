//! Hits for programs: JSON, and one line a hit for pipes.

use std::collections::HashSet;

use super::super::csv;
use super::super::error::CommandError;
use super::super::home_path::HomePath;
use super::super::inert::clean;
use super::super::json::{Object, Plain};
use super::super::record_words::words_of;
use super::super::ui::{Shown, Ui};
use super::facets::Counts;
use super::record_id;
use super::saved::Meant;
use super::search_notes::{cut_words, silent_object};
use crate::home::{Answer, Found, FoundTalk, Searcher};
use crate::index;
use crate::store::NamedRow;

/// Clusters of a snippet at most: about three lines.
pub const SNIPPET_CLUSTERS: usize = 240;

/// What is told of a hit's record.
const MEMBERS: [&str; 8] = ["id", "kind", "subkind", "at", "author", "thread", "text", "url"];
/// Where hits have a tier, messages of a talk have this.
const TALK: &str = "talk";

/// What was asked.
#[derive(Debug)]
pub struct Asked<'a> {
    pub command: &'a str,
    pub text: &'a str,
    pub explanation: Option<&'a str>,
    pub facets: &'a [Counts],
    /// It was typed by the name of a saved one.
    pub named: Option<&'a Meant>,
}

/// Header, hits, talks, facets, end.
pub fn show(asked: &Asked<'_>, searcher: &Searcher, answer: &Answer, ui: &mut Ui) -> Result<(), CommandError> {
    let tiers = answer.hits.tiers.iter().fold(Object::new(), |object, (tier, n)| object.with(tier.name(), n));
    let mut header = Object::header(asked.command)
        .with("query", asked.text)
        .with("order", answer.hits.order.name())
        .with("total", answer.hits.total)
        .with("talks", answer.n_talks)
        .with("tiers", tiers)
        .with("behind", searcher.behind)
        .with("left_out", silent_object(&answer.hits.left_out))
        .with("ignored", &answer.ignored);
    if !answer.hits.cuts.is_empty() {
        header = header.with("cuts", answer.hits.cuts.iter().map(cut_words).collect::<Vec<_>>());
    }
    if let Some(day) = searcher.as_of {
        header = header.with("as_of", day.to_string());
    }
    if let Some(named) = asked.named {
        header = header.with("saved_search", &named.name);
    }
    if let Some(explanation) = asked.explanation {
        header = header.with("explanation", explanation.lines().collect::<Vec<_>>());
    }
    ui.frame(&header)?;
    answer.found.iter().try_for_each(|found| ui.row(&hit(found)))?;
    answer.talks.iter().try_for_each(|found| ui.row(&talk(found)))?;
    for (facet, counted) in asked.facets {
        for (value, n) in counted {
            ui.row(&Object::row("facet").with("facet", facet.name()).with("value", value).with("count", n))?;
        }
    }
    ui.end()
}

fn hit(found: &Found) -> Object {
    let record = &found.record;
    let text = record.text("text").unwrap_or_default();
    let context =
        Object::new().with("before", neighbours(&found.context.before)).with("after", neighbours(&found.context.after));
    let mut hit = Object::row("hit");
    for name in MEMBERS {
        hit = hit.with(name, Plain(record.get(name)));
    }
    if let Some(earlier) = &found.earlier {
        hit = hit.with("earlier", earlier);
    }
    hit.with("score", found.score)
        .with("tier", found.tier.name())
        .with("snippet", snippet(text, &found.highlights))
        .with("highlights", &found.highlights)
        .with("snapshots", &found.snapshots)
        .with("context", context)
}

/// A talk, which is no record and has no id; its messages are those that hold words.
fn talk(found: &FoundTalk) -> Object {
    let messages = found.messages.iter().map(|message| {
        let members = ["id", "kind", "subkind", "at", "author", "text"].iter();
        let object = members.fold(Object::new(), |object, name| object.with(name, Plain(message.record.get(name))));
        object.with("highlights", &message.highlights)
    });
    let first = found.messages.first().map(|message| &message.record);
    let mut talk = Object::row("talk");
    for name in ["at", "thread", "thread_id"] {
        talk = talk.with(name, first.map(|record| Plain(record.get(name))));
    }
    talk.with("n_messages", found.n_messages).with("messages", messages.collect::<Vec<_>>())
}

fn snippet(text: &str, highlights: &[(usize, usize)]) -> String {
    let snippet = index::snippet(text, highlights, SNIPPET_CLUSTERS);
    let before = if snippet.is_cut_before { "…" } else { "" };
    let after = if snippet.is_cut_after { "…" } else { "" };
    format!("{before}{}{after}", snippet.text)
}

fn neighbours(rows: &[NamedRow]) -> Vec<Object> {
    let members = ["id", "kind", "subkind", "at", "author", "text"];
    let neighbour =
        |row| members.iter().fold(Object::new(), |object, name| object.with(name, Plain(NamedRow::get(row, name))));
    rows.iter().map(neighbour).collect()
}

/// Each hit, and each message of a talk, by a template of names in braces; what is no name stands as it is.
pub fn formatted(template: &str, end: &str, searcher: &Searcher, answer: &Answer, ui: &mut Ui) -> Shown {
    for (record, tier) in shown(answer) {
        let mut line = String::new();
        let mut rest = template;
        while let Some((before, behind)) = rest.split_once('{') {
            line.push_str(before);
            let Some((name, after)) = behind.split_once('}') else {
                line.push('{');
                rest = behind;
                continue;
            };
            match name {
                "id" => line.push_str(record_id::short(searcher.store(), record.text("id").unwrap_or_default())?),
                "text" => line.push_str(&clean(&words_of(record))),
                "tier" => line.push_str(tier),
                "kind" | "subkind" | "at" | "author" | "thread" | "url" => {
                    line.push_str(&clean(record.text(name).unwrap_or_default()));
                }
                other => {
                    line.push('{');
                    line.push_str(other);
                    line.push('}');
                }
            }
            rest = after;
        }
        line.push_str(rest);
        ui.raw(line.as_bytes())?;
        ui.exactly(end.as_bytes())?;
    }
    Ok(())
}

/// The kept files of the hits and of the messages of talks, each once.
pub fn files(
    home: &HomePath,
    end: &str,
    searcher: &Searcher,
    answer: &Answer,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    let mut told = HashSet::new();
    for (record, _) in shown(answer) {
        let id = record.text("id").unwrap_or_default();
        for attachment in searcher.store().attachments_of_record(id)? {
            let Some(kept) = attachment.text("kept_at").filter(|kept| told.insert((*kept).to_owned())) else {
                continue;
            };
            ui.exactly(home.path().join(kept).as_os_str().as_encoded_bytes())?;
            ui.exactly(end.as_bytes())?;
        }
    }
    Ok(())
}

/// What is shown one by one, with what its tier is called: the hits, then of each talk the messages that hold words.
fn shown(answer: &Answer) -> impl Iterator<Item = (&NamedRow, &'static str)> {
    let hits = answer.found.iter().map(|found| (&found.record, found.tier.name()));
    hits.chain(answer.talks.iter().flat_map(|talk| talk.messages.iter().map(|message| (&message.record, TALK))))
}

/// Comma-separated values: what a hit has in JSON, without lists.
pub fn csv(answer: &Answer, ui: &mut Ui) -> Shown {
    let names = || MEMBERS.iter().copied();
    csv::row(names().chain(["tier"]), ui)?;
    shown(answer).try_for_each(|(record, tier)| {
        csv::row(names().map(|name| record.text(name).unwrap_or_default()).chain([tier]), ui)
    })
}

/// One line a hit, then one a message of a talk: id, time, kind, author and text, with a tab between them.
pub fn lines(searcher: &Searcher, answer: &Answer, ui: &mut Ui) -> Shown {
    for (record, _) in shown(answer) {
        let id = record_id::short(searcher.store(), record.text("id").unwrap_or_default())?;
        let [at, kind] = ["at", "kind"].map(|name| record.text(name).unwrap_or_default());
        let (author, words) = (clean(record.text("author").unwrap_or_default()), clean(&words_of(record)));
        ui.line(format_args!("{id}\t{at}\t{kind}\t{author}\t{words}"))?;
    }
    Ok(())
}
