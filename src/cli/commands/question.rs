//! A query as it was typed, made ready to be answered. Every command that takes a query takes it through here.

use chrono::{DateTime, NaiveDate, Utc};

use super::super::Session;
use super::super::error::{CommandError, Trouble, one_of};
use super::super::exit::Exit;
use super::super::inert::inert_line;
use super::super::surroundings;
use super::super::zone::Zone;
use super::saved::{self, Meant};
use crate::home::{HomeError, Searcher};
use crate::index::{Compiled, IndexError};
use crate::query::{self, DatePoint, Query};

/// A query that is understood, and the home that is open to answer it.
#[derive(Debug)]
pub struct Question {
    /// What is searched for, with a saved search in the place of its name.
    pub text: String,
    /// The saved search by whose name it was typed.
    pub named: Option<Meant>,
    pub query: Query,
    pub searcher: Searcher,
    pub compiled: Compiled,
}

impl Question {
    /// Puts what is saved in the place of its name, and says so; parses; looks names up.
    pub fn of(typed: &str, as_of: Option<&str>, session: &mut Session) -> Result<Self, CommandError> {
        let named = saved::meant(typed, session)?;
        if let Some(Meant { name, query, .. }) = named.as_ref().filter(|_| !session.ui.is_json) {
            session.ui.note(format_args!("@{} stands for {}", inert_line(name), inert_line(query)))?;
        }
        let text = named.as_ref().map_or_else(|| typed.to_owned(), |named| named.text.clone());
        let query = query::parse(&text).map_err(|error| CommandError::query(&text, &error))?;
        let zone = session.ui.zone;
        let as_of = as_of.map(|typed| last_day(typed, zone)).transpose()?;
        let mut searcher = session.home.searcher(&session.words)?;
        searcher.look_back(&query, as_of)?;
        let compiled = searcher.compile(&query, &now(zone)).map_err(|error| match error {
            HomeError::Index(IndexError::Query(error)) => CommandError::query(&text, &error),
            error => error.into(),
        })?;
        Ok(Self { text, named, query, searcher, compiled })
    }
}

/// The last day of what `--as-of` names: a day, a month, a year.
fn last_day(typed: &str, zone: Zone) -> Result<NaiveDate, CommandError> {
    let point = DatePoint::parse(typed).map_err(|error| {
        let valid: Vec<&str> = error.valid.iter().map(String::as_str).collect();
        let trouble = Trouble::new(Exit::Usage, format!("--as-of: {}", error.what));
        if valid.is_empty() { trouble } else { trouble.hint(format!("use {}", one_of(&valid))) }
    })?;
    let end = DateTime::<Utc>::from_timestamp_millis(point.end_ms(&now(zone)) - 1).unwrap_or(DateTime::UNIX_EPOCH);
    Ok(end.with_timezone(&zone).date_naive())
}

/// The moment, seen from the person's zone.
pub fn now(zone: Zone) -> DateTime<Zone> {
    let now = DateTime::<Utc>::from_timestamp_millis(surroundings::now_ms()).unwrap_or(DateTime::UNIX_EPOCH);
    now.with_timezone(&zone)
}
