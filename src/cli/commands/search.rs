//! `search`: finds records and shows them in their conversations.

use std::fmt::Write as _;
use std::time::Instant;

use super::super::args::{SearchArguments, Sort};
use super::super::error::Trouble;
use super::super::exit::Exit;
use super::super::inert::inert_line;
use super::super::ui::{DIM, Shown, Ui, styled};
use super::super::units;
use super::super::{Ended, Session};
use super::question::{Question, now};
use super::{count, facets, saved, search_blocks, search_notes, search_rows};
use crate::home::{Answer, SearchOptions};
use crate::index::{Compiled, Explained, Order, Tier, Tiers};
use crate::query::{self, Query};

pub fn run(arguments: &SearchArguments, session: &mut Session) -> Ended {
    if let Some(ended) = saved::run(arguments, session) {
        return ended;
    }
    if arguments.query.is_missing() && !arguments.count && arguments.facets.is_empty() {
        let trouble = Trouble::new(Exit::Usage, "there is no query");
        return Err(trouble.hint("`throwback search ''` shows everything, the newest first").into());
    }
    if arguments.count {
        let question = Question::of(&arguments.query.text(), arguments.as_of.as_deref(), session)?;
        return count::count(question, arguments.csv, "search", session);
    }
    answer(arguments, "search", session)
}

/// Searches, and shows what was found as the answer of a command.
pub fn answer(arguments: &SearchArguments, command: &str, session: &mut Session) -> Ended {
    let started = Instant::now();
    let question = Question::of(&arguments.query.text(), arguments.as_of.as_deref(), session)?;
    let Question { text, named, query, mut searcher, compiled } = question;
    let zone = session.ui.zone;
    let answer = searcher.search(&compiled, &options(arguments))?;
    let explanation = if arguments.explain {
        let words = searcher.explain(&compiled)?;
        let then = searcher.as_of.map(|day| {
            format!("as of    {day}: only what a download of that day or before has, with the text that it had then\n")
        });
        let meant = searcher.snapshots_meant();
        let texts = if meant.is_empty() { String::new() } else { format!("texts    those of {}\n", meant.join(", ")) };
        let understood = query::explain(&query, &now(zone)) + &then.unwrap_or_default() + &texts;
        Some(understood + &explained(&words, &answer.hits.tiers) + &explained_talks(&answer, &compiled))
    } else {
        None
    };
    let facets = facets::counted(&mut searcher, &compiled, &arguments.facets, session.ui.zone)?;
    searcher.end_reading()?;
    let ui = &mut session.ui;
    if ui.is_json {
        let asked = search_rows::Asked {
            command,
            text: &text,
            explanation: explanation.as_deref(),
            facets: &facets,
            named: named.as_ref(),
        };
        search_rows::show(&asked, &searcher, &answer, ui)?;
    } else {
        for line in explanation.iter().flat_map(|text| text.lines()) {
            ui.say(inert_line(line))?;
        }
        let end = if arguments.null { "\0" } else { "\n" };
        if let Some(template) = &arguments.format {
            search_rows::tell_unknown_names(template, ui)?;
            search_rows::formatted(template, end, &searcher, &answer, ui)?;
            tell_loose(&answer, ui)?;
        } else if arguments.files {
            search_rows::files(&session.home_path, end, &searcher, &answer, ui)?;
        } else if arguments.csv {
            search_rows::csv(&answer, ui)?;
            tell_loose(&answer, ui)?;
        } else if ui.is_terminal || arguments.pretty {
            ui.link_to(session.home_path.path(), arguments.hyperlinks);
            search_blocks::show(&searcher, &compiled, &answer, ui)?;
            if !answer.found.is_empty() || !answer.talks.is_empty() {
                footer(&answer, started, ui)?;
            }
        } else {
            search_rows::lines(&searcher, &answer, ui)?;
            tell_loose(&answer, ui)?;
        }
        facets::show(&facets, ui)?;
    }
    let is_found = !answer.found.is_empty() || !answer.talks.is_empty();
    if is_found && !facets.is_empty() && facets.iter().all(|(_, counted)| counted.is_empty()) {
        ui.note("facets count only records that match closely, and none of these has such a value")?;
    }
    if explanation.is_none() {
        tell_hints(&query, &compiled, ui)?;
    }
    search_notes::tell_left_out(&text, &answer, &session.home_path.command(&["search"]), ui)?;
    tell_behind(searcher.behind, ui)?;
    if answer.hits.total == 0 && answer.n_talks.unwrap_or_default() == 0 {
        let is_all = answer.hits.left_out.iter().all(|(_, n)| *n == 0);
        search_notes::tell_nothing(&text, &mut searcher, &compiled, is_all, &mut session.ui)?;
        return Ok(Exit::Nothing);
    }
    Ok(Exit::Done)
}

fn options(arguments: &SearchArguments) -> SearchOptions {
    let context = arguments.context.unwrap_or_default();
    SearchOptions {
        tiers: match (arguments.exact, arguments.loose) {
            (true, _) => Tiers::Exact,
            (false, true) => Tiers::All,
            (false, false) => Tiers::AsNeeded,
        },
        order: arguments.sort.map(|sort| match sort {
            Sort::Relevance => Order::Relevance,
            Sort::Newest => Order::Newest,
            Sort::Oldest => Order::Oldest,
        }),
        limit: arguments.limit,
        n_before: arguments.before_context.unwrap_or(context),
        n_after: arguments.after_context.unwrap_or(context),
    }
}

/// One line below the hits: how many, in which order, when, in which zone.
fn footer(answer: &Answer, started: Instant, ui: &mut Ui) -> Shown {
    let n_shown = answer.found.len() as u64;
    let total = answer.hits.total;
    let hits = if n_shown < total {
        format!("{} of {}", units::count(n_shown), units::counted(total, "hit", "hits"))
    } else {
        units::counted(total, "hit", "hits")
    };
    let order = match answer.hits.order {
        Order::Relevance => "best first",
        Order::Newest => "newest first",
        Order::Oldest => "oldest first",
    };
    let elapsed = started.elapsed().as_secs_f64() * 1_000.0;
    let zone = ui.zone;
    let tiers = answer.hits.tiers.iter().filter(|(_, n)| *n > 0);
    let tiers: Vec<String> = tiers.map(|(tier, n)| format!("{} {}", units::count(*n), tier_words(*tier))).collect();
    // Of one tier, which it is stands above or goes without saying.
    let mut hits = if tiers.len() > 1 { format!("{hits}: {}", tiers.join(", ")) } else { hits };
    if let Some(n_talks) = answer.n_talks.filter(|n_talks| *n_talks > 0) {
        let n_shown = answer.talks.len() as u64;
        let of = if n_shown < n_talks { format!("{} of ", units::count(n_shown)) } else { String::new() };
        write!(hits, " · {of}{}", units::counted(n_talks, "talk", "talks")).expect("a string takes everything");
    }
    ui.talk(styled(DIM, format_args!("── {hits} · {order} · times in {zone} · {elapsed:.1} ms")))
}

/// A tier as people read it.
pub fn tier_words(tier: Tier) -> &'static str {
    match tier {
        Tier::Exact => "exact",
        Tier::Inflected => "inflected",
        Tier::Prefix => "starts with",
        Tier::Contains => "contains",
        Tier::Similar => "similar",
        Tier::SoundsLike => "sounds like",
    }
}

/// Every word's meaning in every tier with its documents, and how many records each tier gave.
fn explained(words: &[Explained], tiers: &[(Tier, u64)]) -> String {
    /// Terms of one line.
    const MOST_TERMS: usize = 8;
    let mut lines = String::new();
    let mut last = "";
    for explained in words {
        if explained.typed != last {
            writeln!(lines, "\"{}\"", explained.typed).expect("a string takes everything");
            last = &explained.typed;
        }
        let terms = explained.terms.iter().take(MOST_TERMS).map(|(term, n)| format!("{term} {}", units::count(*n)));
        let mut shown: Vec<String> = terms.collect();
        if explained.terms.len() > MOST_TERMS {
            shown.push(format!("… {} more", units::count((explained.terms.len() - MOST_TERMS) as u64)));
        }
        if shown.is_empty() {
            shown.push("nothing".to_owned());
        }
        writeln!(lines, "  {:<12} {}", tier_words(explained.tier), shown.join(" · "))
            .expect("a string takes everything");
    }
    let asked = tiers.iter().map(|(tier, n)| format!("{} {}", tier_words(*tier), units::count(*n)));
    lines + &format!("found    {}\n", asked.collect::<Vec<_>>().join(" · "))
}

/// How many talks there are, or why none were looked for.
fn explained_talks(answer: &Answer, compiled: &Compiled) -> String {
    let told = match answer.n_talks {
        Some(n_talks) => format!("{} whose messages have the words together", units::counted(n_talks, "talk", "talks")),
        None if compiled.is_for_talks() => "not looked for: what was found fills what is shown".to_owned(),
        None => "not looked for: that takes two words, and twelve at most".to_owned(),
    };
    format!("talks    {told}\n")
}

/// What the query said that was not searched for as it stands.
pub fn tell_hints(query: &Query, compiled: &Compiled, ui: &mut Ui) -> Shown {
    for hint in &query.hints {
        ui.hint(inert_line(&hint.sentence))?;
    }
    if query.was_cut {
        ui.note(format_args!("only the first {} words and fields of the query were read", query::MAX_LEAVES))?;
    }
    for ignored in &compiled.ignored {
        ui.note(format_args!("there is nothing to search for in `{}`", inert_line(ignored)))?;
    }
    Ok(())
}

/// Lines in a pipe stand without rules between them, so which of them match loosely is told beside.
fn tell_loose(answer: &Answer, ui: &mut Ui) -> Shown {
    if !answer.talks.is_empty() {
        let n_messages = answer.talks.iter().map(|talk| talk.messages.len()).sum::<usize>() as u64;
        ui.note(format_args!(
            "the last {} of {} that {} the words together, not alone",
            units::counted(n_messages, "line is", "lines are"),
            units::counted(answer.talks.len() as u64, "talk", "talks"),
            if answer.talks.len() == 1 { "holds" } else { "hold" },
        ))?;
    }
    let n_loose = answer.found.iter().filter(|found| found.tier.is_loose()).count();
    if n_loose == 0 {
        return Ok(());
    }
    let n_close = (answer.found.len() - n_loose) as u64;
    ui.note(format_args!(
        "only {} the words; the other {} look like it (--exact leaves them out)",
        units::counted(n_close, "record has", "records have"),
        units::count(n_loose as u64),
    ))
}

/// Says so when the index could not catch up.
pub fn tell_behind(behind: u64, ui: &mut Ui) -> Shown {
    if behind == 0 {
        return Ok(());
    }
    let changes = units::counted(behind, "change", "changes");
    ui.note(format_args!("{changes} of an ingest that runs now cannot be found yet"))
}
