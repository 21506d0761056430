//! `people`: who is in the downloads, under all the names they ever had.

use super::super::args::{PeopleAction, PeopleArguments};
use super::super::error::{CommandError, Trouble, one_of};
use super::super::exit::Exit;
use super::super::inert::inert_line;
use super::super::json::Object;
use super::super::layout::{Side, Table, pad_right};
use super::super::ui::{BOLD, DIM, Shown, Ui, styled};
use super::super::units;
use super::super::{Ended, Session};
use super::deciding;
use crate::model::DecisionKind;
use crate::query::close_by_word;
use crate::store::{NameMeant, NamedRow, Store};

/// So many names are proposed where one is not known, or fits several people.
const MOST_PROPOSED: usize = 5;
/// So many conversations are listed of one person.
const MOST_THREADS: usize = 10;

pub fn run(arguments: &PeopleArguments, session: &mut Session) -> Ended {
    if arguments.new || arguments.lost {
        return super::followers::run(arguments, session);
    }
    if arguments.since.is_some() {
        let sentence = "--since goes with --new or --lost";
        return Err(Trouble::new(Exit::Usage, sentence).hint("throwback people --lost --since 2024").into());
    }
    let store = session.home.reader()?;
    match (&arguments.action, arguments.name()) {
        (Some(PeopleAction::Merge { one, other, options }), _) => {
            let (one, other) = (name_meant(&store, one)?, name_meant(&store, other)?);
            if one.person == other.person {
                let sentence = format!("{} and {} are one person already", one.name, other.name);
                return Err(Trouble::new(Exit::Nothing, sentence).into());
            }
            drop(store);
            deciding::run(DecisionKind::MergePeople, vec![one.name, other.name], options, session)
        }
        (Some(PeopleAction::Split { name, options }), _) => {
            let name = name_meant(&store, name)?;
            if store.names_of_person(&name.person)?.len() < 2 {
                let sentence = format!("{} is the only name of that person", name.name);
                return Err(Trouble::new(Exit::Nothing, sentence).into());
            }
            drop(store);
            deciding::run(DecisionKind::SplitPerson, vec![name.name], options, session)
        }
        (None, Some(name)) => one(&store, &name, &mut session.ui),
        (None, None) => list(&store, &mut session.ui),
    }
}

/// The name that was meant; where a person was meant by another way, the one that they are shown under.
fn name_meant(store: &Store, typed: &str) -> Result<NameMeant, CommandError> {
    let names = store.names_meant(typed)?;
    match names.as_slice() {
        [only] => Ok(only.clone()),
        [] => {
            let id = resolve(store, typed)?;
            let shown = store.shown_person(&id)?.and_then(|row| row.text("name").map(str::to_owned));
            let names = store.names_of_person(&id)?;
            let found = names.iter().find(|name| name.text("handle") == shown.as_deref()).or(names.first());
            let Some(name) = found.map(shown_name) else { return Err(unknown_name(store, typed)?) };
            Ok(NameMeant { name, person: id })
        }
        several => {
            let shown: Vec<&str> = several.iter().take(MOST_PROPOSED).map(|name| name.name.as_str()).collect();
            let sentence = format!("several names are written `{typed}`");
            Err(Trouble::new(Exit::Usage, sentence).hint(format!("use {}", one_of(&shown))).into())
        }
    }
}

/// The id of the person who was meant.
pub fn resolve(store: &Store, typed: &str) -> Result<String, CommandError> {
    let ids = store.people_named(typed)?;
    match ids.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(unknown_name(store, typed)?),
        several => {
            let mut shown = Vec::new();
            for id in several.iter().take(MOST_PROPOSED) {
                let row = store.shown_person(id)?;
                let name = row.as_ref().and_then(|row| row.text("name")).unwrap_or_default();
                shown.push(format!("{} ({name})", id.get(..8).unwrap_or(id)));
            }
            let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
            let sentence = format!("several people are known as `{typed}`");
            Err(Trouble::new(Exit::Usage, sentence).hint(format!("use {}", one_of(&shown))).into())
        }
    }
}

/// What is said of a name that nobody has.
pub fn unknown_name(store: &Store, typed: &str) -> Result<CommandError, CommandError> {
    let mut names = store.all_names()?;
    names.dedup();
    let close = close_by_word(typed.trim_start_matches('@'), names.iter().map(String::as_str));
    let close: Vec<&str> = close.into_iter().take(MOST_PROPOSED).collect();
    let trouble = Trouble::new(Exit::Nothing, format!("nobody is known as `{typed}`"));
    Ok(if close.is_empty() {
        trouble.hint("throwback people lists everybody").into()
    } else {
        trouble.hint(format!("did you mean {}?", one_of(&close))).into()
    })
}

fn object(store: &Store, person: &NamedRow) -> Result<Object, CommandError> {
    let id = person.text("id").unwrap_or_default();
    let names: Vec<Object> = store
        .names_of_person(id)?
        .iter()
        .map(|name| {
            let text = |column| name.text(column);
            Object::new()
                .with("handle", text("handle"))
                .with("type", text("type"))
                .with("from_ms", name.integer("from_ms"))
                .with("to_ms", name.integer("to_ms"))
                .with("evidence", text("evidence"))
        })
        .collect();
    Ok(Object::row("person")
        .with("id", id)
        .with("name", person.text("name"))
        .with("is_me", person.integer("is_me") == Some(1))
        .with("names", names)
        .with("n_messages", person.integer("n_messages"))
        .with("n_threads", person.integer("n_threads"))
        .with("first_ms", person.integer("first_ms"))
        .with("last_ms", person.integer("last_ms")))
}

fn list(store: &Store, ui: &mut Ui) -> Ended {
    let people = store.shown_people()?;
    if ui.is_json {
        ui.frame(&Object::header("people"))?;
        for person in &people {
            let object = object(store, person)?;
            ui.row(&object)?;
        }
        ui.end()?;
        return Ok(if people.is_empty() { Exit::Nothing } else { Exit::Done });
    }
    let mut table = Table::new(&[
        ("id", Side::Left),
        ("messages", Side::Right),
        ("first", Side::Left),
        ("last", Side::Left),
        ("name", Side::Left),
        ("also", Side::Left),
    ]);
    let mut n_left_out = 0;
    for person in &people {
        let is_silent = person.integer("n_messages") == Some(0) && person.integer("n_threads") == Some(0);
        let is_plain = person.integer("n_names") == Some(1) && person.integer("is_me") == Some(0);
        if is_silent && is_plain && !ui.is_verbose {
            n_left_out += 1;
            continue;
        }
        let day = |column| person.integer(column).map_or_else(|| "–".to_owned(), |ms| ui.zone.day(ms));
        let id = person.text("id").unwrap_or_default();
        let name = person.text("name").unwrap_or_default();
        let names = store.names_of_person(id)?;
        let mut also: Vec<String> = names.iter().map(shown_name).filter(|other| other != name).collect();
        if person.integer("is_me") == Some(1) {
            also.insert(0, "(you)".to_owned());
        }
        table.add([
            id.get(..8).unwrap_or(id).to_owned(),
            units::count(person.integer("n_messages").unwrap_or_default().unsigned_abs()),
            day("first_ms"),
            day("last_ms"),
            name.to_owned(),
            also.join(", "),
        ]);
    }
    let columns = ui.is_terminal.then_some(ui.columns);
    ui.lines(table.lines(columns))?;
    if n_left_out > 0 {
        let who = units::counted(n_left_out, "other is", "others are");
        ui.note(format_args!("{who} only named (liked, followed, looked for); --verbose lists them too"))?;
    }
    Ok(if people.is_empty() { Exit::Nothing } else { Exit::Done })
}

/// A name as people type it: user names with `@`.
fn shown_name(name: &NamedRow) -> String {
    let handle = name.text("handle").unwrap_or_default();
    if name.text("type") == Some("user_name") { format!("@{handle}") } else { handle.to_owned() }
}

fn one(store: &Store, typed: &str, ui: &mut Ui) -> Ended {
    let id = resolve(store, typed)?;
    let Some(person) = store.shown_person(&id)? else { return Err(unknown_name(store, typed)?) };
    if ui.is_json {
        ui.frame(&Object::header("people").with("name", typed))?;
        let object = object(store, &person)?;
        ui.row(&object)?;
        ui.end()?;
        return Ok(Exit::Done);
    }
    in_full(store, &id, &person, ui)?;
    Ok(Exit::Done)
}

fn in_full(store: &Store, id: &str, person: &NamedRow, ui: &mut Ui) -> Shown {
    let name = inert_line(person.text("name").unwrap_or_default());
    let me = if person.integer("is_me") == Some(1) { " · you" } else { "" };
    ui.line(format_args!("{} {}", styled(BOLD, name), styled(DIM, format_args!("· {id}{me}"))))?;
    let n = person.integer("n_messages").unwrap_or_default().unsigned_abs();
    let range = person.integer("first_ms").zip(person.integer("last_ms"));
    let range = range.map(|(first, last)| format!(", {} to {}", ui.zone.day(first), ui.zone.day(last)));
    ui.line(format_args!("  {}{}", units::counted(n, "message", "messages"), range.unwrap_or_default()))?;
    ui.line("")?;
    ui.line(styled(DIM, "  names"))?;
    let names: Vec<(String, NamedRow)> =
        store.names_of_person(id)?.into_iter().map(|name| (inert_line(&shown_name(&name)), name)).collect();
    let columns = names.iter().map(|(name, _)| super::super::layout::width(name)).max().unwrap_or_default().min(40);
    for (shown, name) in &names {
        let day = |column| name.integer(column).map_or_else(|| "?".to_owned(), |ms| ui.zone.day(ms));
        let time = match (name.integer("from_ms"), name.integer("to_ms")) {
            (None, None) => String::new(),
            _ => format!("{} to {}, ", day("from_ms"), day("to_ms")),
        };
        let evidence = inert_line(name.text("evidence").unwrap_or_default());
        ui.line(format_args!("    {}  {}", pad_right(shown, columns), styled(DIM, format_args!("{time}{evidence}"))))?;
    }
    let threads = store.threads_of_person(id)?;
    if threads.is_empty() {
        return Ok(());
    }
    ui.line("")?;
    ui.line(styled(DIM, "  conversations"))?;
    for thread in threads.iter().take(MOST_THREADS) {
        let id = thread.text("id").unwrap_or_default();
        let title = inert_line(thread.text("title").filter(|title| !title.is_empty()).unwrap_or("untitled"));
        let n = units::counted(thread.integer("n_messages").unwrap_or_default().unsigned_abs(), "message", "messages");
        ui.line(format_args!("    {}  {title} {}", id.get(..8).unwrap_or(id), styled(DIM, format_args!("· {n}"))))?;
    }
    if threads.len() > MOST_THREADS {
        ui.line(styled(DIM, format_args!("    and {} more", threads.len() - MOST_THREADS)))?;
    }
    Ok(())
}
