//! Who speaks in a conversation, under which names. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::pairing::Row;
use crate::ingest::merge::is_anonymous;
use crate::model::Who;

/// Who speaks in a conversation.
#[derive(Debug)]
pub struct Voices<'a> {
    /// Names of the owner; `None` where it is not known who the owner is, or where more than two speak: then every name is
    /// somebody.
    pub me: Option<&'a BTreeSet<String>>,
}

/// Names as numbers, and the side on which each stands.
pub struct Names {
    pub of_row: Vec<u32>,
    pub side: Vec<u32>,
    /// It is nobody's name.
    pub is_anonymous: Vec<bool>,
    /// Only two speak, of which one is the owner.
    pub are_two: bool,
}

impl Names {
    pub fn of(rows: &[Row<'_>], voices: &Voices<'_>) -> Self {
        // By the alphabet, so that nothing depends on which row was read first.
        let numbers: BTreeSet<&str> = rows.iter().map(|row| name_of(row)).collect();
        let numbers: BTreeMap<&str, u32> = numbers.into_iter().zip(0..).collect();
        let side = |(name, number): (&&str, &u32)| match voices.me {
            Some(me) => u32::from(*name != ME && !me.contains(*name)),
            None => *number,
        };
        Self {
            of_row: rows.iter().map(|row| numbers[name_of(row)]).collect(),
            side: numbers.iter().map(side).collect(),
            is_anonymous: numbers.keys().map(|name| name.is_empty() || is_anonymous(name)).collect(),
            are_two: voices.me.is_some(),
        }
    }
}

/// The owner where no name is told; nobody is called so.
const ME: &str = "\0";

fn name_of<'a>(row: &Row<'a>) -> &'a str {
    match row.who {
        Some(Who::Name(name) | Who::Handle(name)) => name.trim(),
        Some(Who::Me) => ME,
        None => "",
    }
}
