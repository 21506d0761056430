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
    let messages =
        found.messages.iter().map(|message| neighbour(&message.record).with("highlights", &message.highlights));
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
    rows.iter().map(neighbour).collect()
}

/// A message of the talk around a hit, or of one that was found.
fn neighbour(row: &NamedRow) -> Object {
    let members = ["id", "kind", "subkind", "at", "author", "text"].iter();
    members.fold(Object::new(), |object, name| object.with(name, Plain(row.get(name))))
}

/// Each hit, and each message of a talk, by a template of names in braces; what is no name stands as it is.
pub fn formatted(template: &str, end: &str, searcher: &Searcher, answer: &Answer, ui: &mut Ui) -> Shown {
    let pieces = pieces_of(template);
    for (record, tier) in shown(answer) {
        let mut line = String::new();
        for piece in &pieces {
            match piece {
                Piece::Text(text) => line.push_str(text),
                Piece::Name("id") => {
                    line.push_str(record_id::short(searcher.store(), record.text("id").unwrap_or_default())?);
                }
                Piece::Name("text") => line.push_str(&clean(&words_of(record))),
                Piece::Name("tier") => line.push_str(tier),
                Piece::Name(name) => line.push_str(&clean(record.text(name).unwrap_or_default())),
            }
        }
        ui.raw(line.as_bytes())?;
        ui.exactly(end.as_bytes())?;
    }
    Ok(())
}

/// A piece of a template.
#[derive(Debug, PartialEq)]
enum Piece<'t> {
    Text(&'t str),
    /// One of [`MEMBERS`], or `tier`.
    Name(&'t str),
}

fn pieces_of(template: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut rest, mut from) = (template, 0);
    while let Some(open) = rest[from..].find('{').map(|at| from + at) {
        let name = rest[open + 1..].split_once('}').map(|(name, _)| name).filter(|name| is_name(name));
        if let Some(name) = name {
            pieces.extend([Piece::Text(&rest[..open]), Piece::Name(name)]);
            rest = &rest[open + 1 + name.len() + 1..];
            from = 0;
        } else {
            from = open + 1;
        }
    }
    pieces.push(Piece::Text(rest));
    pieces.retain(|piece| *piece != Piece::Text(""));
    pieces
}

fn is_name(name: &str) -> bool {
    MEMBERS.contains(&name) || name == "tier"
}

/// What stands in braces as a name does, and is none.
pub fn tell_unknown_names(template: &str, ui: &mut Ui) -> Shown {
    let braced = template.split('{').skip(1).filter_map(|behind| Some(behind.split_once('}')?.0));
    let looks_like_one = |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let unknown: Vec<String> = braced.filter(looks_like_one).filter(|name| !is_name(name)).map(braces).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let known: Vec<String> = MEMBERS.iter().copied().chain(["tier"]).map(braces).collect();
    let is_none = if unknown.len() == 1 { "is none" } else { "are none" };
    ui.hint(format_args!("{} {is_none} of {}", unknown.join(" "), known.join(" ")))
}

fn braces(name: &str) -> String {
    format!("{{{name}}}")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_names_and_what_stands_between() {
        use Piece::{Name, Text};
        let check = |template: &str, pieces: &[Piece<'_>]| assert_eq!(pieces_of(template), pieces, "{template}");
        check("", &[]);
        check("{at} {author}: {text}", &[Name("at"), Text(" "), Name("author"), Text(": "), Name("text")]);
        check("{what}{", &[Text("{what}{")]);
        check("{\"a\":{tier}}", &[Text("{\"a\":"), Name("tier"), Text("}")]);
        check("{{id}é", &[Text("{"), Name("id"), Text("é")]);
    }
}
