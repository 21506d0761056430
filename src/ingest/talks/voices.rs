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
        let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
        let mut all = Self {
            of_row: Vec::with_capacity(rows.len()),
            side: Vec::new(),
            is_anonymous: Vec::new(),
            are_two: voices.me.is_some(),
        };
        for row in rows {
            let name = match row.who {
                Some(Who::Me) => "me",
                Some(Who::Name(name) | Who::Handle(name)) => name.trim(),
                None => "",
            };
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            let number = *numbers.entry(name.to_owned()).or_insert(next);
            if number == next && all.side.len() == next as usize {
                let side = match voices.me {
                    Some(me) => u32::from(!(me.contains(name) || matches!(row.who, Some(Who::Me)))),
                    None => next,
                };
                all.side.push(side);
                all.is_anonymous.push(is_anonymous(name) || name.is_empty());
            }
            all.of_row.push(number);
        }
        all
    }
}
