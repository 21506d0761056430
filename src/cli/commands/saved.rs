//! Searches under a name: saving, listing, forgetting them, and what `@NAME` stands for.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::super::args::SearchArguments;
use super::super::error::{CommandError, Trouble};
use super::super::exit::Exit;
use super::super::inert::inert_line;
use super::super::json::Object;
use super::super::layout::{Side, Table};
use super::super::{Ended, Session};
use crate::query;
use crate::store::SavedSearch;

/// Does what is asked about saved searches; `None` where a search is asked for.
pub fn run(arguments: &SearchArguments, session: &mut Session) -> Option<Ended> {
    if let Some(name) = &arguments.save {
        return Some(save(name, &arguments.query.text(), session));
    }
    if let Some(name) = &arguments.unsave {
        return Some(unsave(name, session));
    }
    arguments.saved.then(|| list(session))
}

fn save(name: &str, text: &str, session: &mut Session) -> Ended {
    let name = name_of(name)?;
    if text.trim().is_empty() {
        let trouble = Trouble::new(Exit::Usage, "there is no query to save");
        return Err(trouble.hint(format!("throwback search --save {name} QUERY")).into());
    }
    // A query that is not understood now would not be later. Names in it may become known, and are looked up then.
    query::parse(text).map_err(|error| CommandError::query(text, &error))?;
    if text.trim_start().starts_with('@') && meant(text, session)?.is_some() {
        return Err(Trouble::new(Exit::Usage, "a saved search cannot begin with another one").into());
    }
    let before = session.home.save_search(&name, text, &session.words)?;
    let saved = SavedSearch { name, query: text.to_owned() };
    let ui = &mut session.ui;
    if ui.is_json {
        ui.frame(&Object::header("search").with("saved", true).with("before", &before))?;
        ui.row(&object(&saved))?;
        ui.end()?;
        return Ok(Exit::Done);
    }
    let instead = before.filter(|before| before != text).map(|before| format!(" (before: {})", inert_line(&before)));
    ui.talk(format_args!(
        "`throwback search @{}` now searches for {}{}",
        saved.name,
        inert_line(text),
        instead.unwrap_or_default()
    ))?;
    Ok(Exit::Done)
}

fn unsave(name: &str, session: &mut Session) -> Ended {
    let name = name_of(name)?;
    let Some(query) = session.home.unsave_search(&name, &session.words)? else {
        let trouble = Trouble::new(Exit::Nothing, format!("no search is saved as {name}"));
        return Err(trouble.hint("throwback search --saved lists them").into());
    };
    let ui = &mut session.ui;
    if ui.is_json {
        ui.frame(&Object::header("search").with("saved", false))?;
        ui.row(&object(&SavedSearch { name, query }))?;
        ui.end()?;
    } else {
        ui.talk(format_args!("@{name} is forgotten: {}", inert_line(&query)))?;
    }
    Ok(Exit::Done)
}

fn list(session: &mut Session) -> Ended {
    let saved = if session.home.exists() { session.home.reader()?.saved_searches()? } else { Vec::new() };
    let ui = &mut session.ui;
    if ui.is_json {
        ui.frame(&Object::header("search"))?;
        saved.iter().try_for_each(|saved| ui.row(&object(saved)))?;
        ui.end()?;
    } else if saved.is_empty() {
        ui.talk("no search is saved; throwback search --save NAME QUERY saves one")?;
    } else {
        let mut table = Table::new(&[("name", Side::Left), ("query", Side::Left)]);
        for SavedSearch { name, query } in &saved {
            table.add([format!("@{name}"), inert_line(query)]);
        }
        let columns = ui.is_terminal.then_some(ui.columns);
        ui.lines(table.lines(columns))?;
    }
    Ok(if saved.is_empty() { Exit::Nothing } else { Exit::Done })
}

fn object(saved: &SavedSearch) -> Object {
    Object::row("saved_search").with("name", &saved.name).with("query", &saved.query)
}

/// What stands behind the `@`: letters of any script with their marks, digits and `_ - .`, in any case.
fn name_of(typed: &str) -> Result<String, CommandError> {
    let name = canonical(typed.strip_prefix('@').unwrap_or(typed));
    let is_right = |c: char| c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '_' | '-' | '.');
    if name.is_empty() || name.starts_with(is_combining_mark) || !name.chars().all(is_right) {
        let trouble = Trouble::new(Exit::Usage, format!("\"{typed}\" is no name for a search"));
        return Err(trouble.hint("use letters, digits, _, - and .").into());
    }
    Ok(name)
}

/// The one way in which a name is kept: in small letters, composed, without the joiners that nobody sees.
fn canonical(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '\u{200C}' | '\u{200D}')).flat_map(char::to_lowercase).nfc().collect()
}

/// A query that begins with the name of a saved one, with that one in its place; `None` for any other query. `\@name` and
/// `(@name)` are always words.
pub fn meant(text: &str, session: &Session) -> Result<Option<Meant>, CommandError> {
    let Some(named) = text.trim_start().strip_prefix('@') else { return Ok(None) };
    if !session.home.exists() {
        return Ok(None);
    }
    let (name, rest) = named.split_once(char::is_whitespace).unwrap_or((named, ""));
    let name = canonical(name);
    let Some(query) = session.home.reader()?.saved_search(&name)? else { return Ok(None) };
    if rest.trim().is_empty() {
        return Ok(Some(Meant { name, text: query.clone(), query }));
    }
    // As it was understood, so that nothing that stands open in it reaches beyond it.
    let understood = query::parse(&query).map_err(|error| CommandError::query(&query, &error))?;
    Ok(Some(Meant { name, text: format!("({understood}) {}", rest.trim()), query }))
}

/// A query that was typed by name.
#[derive(Debug)]
pub struct Meant {
    pub name: String,
    /// What is saved under it.
    pub query: String,
    /// What is searched for.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_script_are_one_however_they_are_written() {
        let check = |typed: &str, name: Option<&str>| assert_eq!(name_of(typed).ok().as_deref(), name, "{typed:?}");
        check("@Trip-2.0_b", Some("trip-2.0_b"));
        check("FA\u{308}HRE", Some("fähre"));
        check("Fähre", Some("fähre"));
        check("İzmir", Some("i\u{307}zmir"));
        check("यात्रा", Some("यात्रा"));
        check("ที่พัก", Some("ที่พัก"));
        check("سَفَر", Some("سَفَر"));
        check("می\u{200C}روم", Some("میروم"));
        check("\u{1112}\u{1161}\u{11AB}", Some("한"));
        for wrong in ["", "@", "two words", "a/b", "\u{308}a", "a\u{200B}b", "@@a"] {
            check(wrong, None);
        }
    }
}
