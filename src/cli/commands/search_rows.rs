//! Hits for programs: JSON, and one line a hit for pipes.

use super::super::error::CommandError;
use super::super::inert::clean;
use super::super::json::{Object, Plain};
use super::super::record_words::words_of;
use super::super::ui::{Shown, Ui};
use super::record_id;
use crate::home::{Answer, Found, Searcher};
use crate::index;
use crate::store::NamedRow;

/// Clusters of a snippet at most: about three lines.
pub const SNIPPET_CLUSTERS: usize = 240;

/// Header, hits, end.
pub fn show(
    text: &str,
    searcher: &Searcher,
    answer: &Answer,
    explanation: Option<&str>,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    let left_out = answer.hits.left_out.iter().filter(|(_, n)| *n > 0);
    let left_out = left_out.fold(Object::new(), |object, (kind, n)| object.with(kind.name(), n));
    let tiers = answer.hits.tiers.iter().fold(Object::new(), |object, (tier, n)| object.with(tier.name(), n));
    let mut header = Object::header("search")
        .with("query", text)
        .with("order", answer.hits.order.name())
        .with("total", answer.hits.total)
        .with("tiers", tiers)
        .with("behind", searcher.behind)
        .with("left_out", left_out)
        .with("ignored", &answer.ignored);
    if let Some(day) = searcher.as_of {
        header = header.with("as_of", day.to_string());
    }
    if let Some(explanation) = explanation {
        header = header.with("explanation", explanation.lines().collect::<Vec<_>>());
    }
    ui.frame(&header)?;
    answer.found.iter().try_for_each(|found| ui.row(&hit(found)))?;
    ui.end()
}

fn hit(found: &Found) -> Object {
    let record = &found.record;
    let text = record.text("text").unwrap_or_default();
    let context =
        Object::new().with("before", neighbours(&found.context.before)).with("after", neighbours(&found.context.after));
    let mut hit = Object::row("hit");
    for name in ["id", "kind", "subkind", "at", "author", "thread", "text", "url"] {
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

/// One line a hit: id, time, kind, author and text, with a tab between them.
pub fn lines(searcher: &Searcher, answer: &Answer, ui: &mut Ui) -> Shown {
    for found in &answer.found {
        let record = &found.record;
        let id = record_id::short(searcher.store(), record.text("id").unwrap_or_default())?;
        let [at, kind] = ["at", "kind"].map(|name| record.text(name).unwrap_or_default());
        let (author, words) = (clean(record.text("author").unwrap_or_default()), clean(&words_of(record)));
        ui.line(format_args!("{id}\t{at}\t{kind}\t{author}\t{words}"))?;
    }
    Ok(())
}
