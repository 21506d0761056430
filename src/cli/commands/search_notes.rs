//! What is told beside the hits of a search: what was left out or cut, and why nothing was found.

use super::super::error::CommandError;
use super::super::inert::inert_line;
use super::super::json::Object;
use super::super::ui::{Shown, Ui};
use super::super::units;
use crate::home::{Answer, Searcher};
use crate::index::{Compiled, Cut};

/// What matched and is not shown, and how to see it.
pub fn tell_left_out(text: &str, answer: &Answer, command: &str, ui: &mut Ui) -> Shown {
    let n_shown = answer.found.len() as u64;
    if n_shown > 0 && n_shown < answer.hits.total {
        let n_more = units::count(answer.hits.total - n_shown);
        ui.note(format_args!("{n_more} more: {command} -n 0 … shows all"))?;
    }
    tell_silent(&answer.hits.left_out, ui)?;
    for cut in &answer.hits.cuts {
        ui.note(cut_words(cut))?;
    }
    if text.trim().is_empty() && n_shown > 0 {
        ui.note("the query is empty, so everything is shown")?;
    }
    Ok(())
}

/// What matched and is of a kind that must be asked for.
pub fn tell_silent(left_out: &[(&str, u64)], ui: &mut Ui) -> Shown {
    left_out.iter().filter(|(_, n)| *n > 0).try_for_each(|(kind, n)| {
        ui.note(format_args!("{} of kind {kind} left out; add kind:{kind} to see them", units::count(*n)))
    })
}

/// The same for programs.
pub fn silent_object(left_out: &[(&str, u64)]) -> Object {
    left_out.iter().filter(|(_, n)| *n > 0).fold(Object::new(), |object, (kind, n)| object.with(kind, n))
}

/// What was too much, in a sentence.
pub fn cut_words(cut: &Cut) -> String {
    match cut {
        Cut::Prefix { prefix, n_kept } => {
            let prefix = inert_line(prefix);
            format!("more than {n_kept} words begin with `{prefix}`; the most frequent were searched for")
        }
        Cut::Texts { typed, n_looked_at } => {
            let (n, typed) = (units::count(*n_looked_at), inert_line(typed));
            format!("only the first {n} texts were looked through for `{typed}`")
        }
        Cut::Words { n_words } => format!("{n_words} words are too many to be searched for loosely"),
        Cut::Phrase { typed, n_kept } => {
            let typed = inert_line(typed);
            format!("only the first {n_kept} words of `{typed}` were searched for")
        }
    }
}

/// Words like one of the query that are told.
const MOST_LIKE: usize = 5;
/// Words that are told when nothing is found; a longer query is none that somebody typed.
const MOST_WORDS: usize = 12;

/// That nothing was found, and which words no record has in any form. Where something was left out (`is_all` is false),
/// there are records that have all.
pub fn tell_nothing(
    text: &str,
    searcher: &mut Searcher,
    compiled: &Compiled,
    is_all: bool,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    ui.talk(format_args!("nothing found for `{}`", inert_line(text)))?;
    if compiled.n_words() > 1 && compiled.n_words() <= MOST_WORDS {
        let explained = searcher.explain(compiled)?;
        let mut typed: Vec<&str> = explained.iter().map(|words| words.typed.as_str()).collect();
        typed.dedup();
        // Two words tried as one are not what was typed.
        typed.retain(|word| text.contains(word));
        let mut told = Vec::new();
        for word in &typed {
            let of_word = || explained.iter().filter(|words| words.typed == **word);
            let close: u64 =
                of_word().filter(|words| !words.tier.is_loose()).flat_map(|words| &words.terms).map(|(_, n)| n).sum();
            let loose: Vec<&str> = of_word().flat_map(|words| &words.terms).map(|(term, _)| term.as_str()).collect();
            let word = inert_line(word);
            if close > 0 {
                told.push(format!("{word} {}", units::count(close)));
            } else if let Some(like) = loose.get(..loose.len().min(MOST_LIKE)).filter(|like| !like.is_empty()) {
                ui.note(format_args!("no record has `{word}`; like it are {}", inert_line(&like.join(" · "))))?;
            } else {
                ui.note(format_args!("no record has anything like `{word}`"))?;
            }
        }
        if is_all && told.len() == typed.len() && told.len() > 1 {
            ui.note(format_args!("there are records with {}, but none has all of it", told.join(" · ")))?;
        }
    }
    ui.hint("fewer words find more, and so does a part of one: `wor*`")
}
