//! One row of a flat document: a list of strings whose places have a meaning, or an object. A reader takes out what it
//! understands; [`Row::finish`] keeps the rest, so that nothing can be dropped by forgetting it.

use std::borrow::Cow;

use super::time;
use crate::model::{Item, Moment};
use crate::source::instagram::json::leftover::{detail_of, texts_of};
use crate::source::instagram::json::{Fate, Json, Scope};

#[derive(Debug)]
pub struct Row<'a> {
    cells: Vec<(Cow<'a, str>, &'a Json)>,
    is_uncertain: bool,
}

impl<'a> Row<'a> {
    /// Opens an element. The values of a list get the names of `columns`, in order.
    pub fn open(json: &'a Json, columns: &[&'static str]) -> Result<Self, Fate> {
        let cells = match json {
            Json::Object(members) if members.is_empty() => return Err(Fate::Kept("an empty object")),
            Json::Object(members) => members.iter().map(|(name, value)| (Cow::from(name), value)).collect(),
            Json::List(values) if values.is_empty() => return Err(Fate::Kept("an empty row")),
            Json::List(values) => {
                let name = |index| match columns.get(index) {
                    Some(column) => Cow::from(*column),
                    None => Cow::from(format!("column_{}", index + 1)),
                };
                values.iter().enumerate().map(|(index, value)| (name(index), value)).collect()
            }
            Json::Text(_) => return Err(Fate::Kept("a sentence where records are expected")),
            Json::Null => return Err(Fate::Kept("an empty value")),
            _ => return Err(Fate::Bad("a row was expected".to_owned())),
        };
        Ok(Self { cells, is_uncertain: false })
    }

    /// Opens an element and makes one item of it.
    pub fn one(json: &'a Json, columns: &[&'static str], read: impl FnOnce(Self) -> Item) -> Fate {
        match Self::open(json, columns) {
            Ok(row) => Fate::from(read(row)),
            Err(fate) => fate,
        }
    }

    /// Takes the first value of that name, whatever it is.
    pub fn take(&mut self, name: &str) -> Option<&'a Json> {
        let at = self.cells.iter().position(|(known, _)| known == name)?;
        Some(self.cells.remove(at).1)
    }

    /// Takes the text of the first of these names that has one.
    pub fn take_text(&mut self, names: &[&str]) -> Option<&'a str> {
        names.iter().find_map(|name| {
            let is_text = |(known, value): &(Cow<'a, str>, &'a Json)| known == name && value.as_filled_text().is_some();
            let at = self.cells.iter().position(is_text)?;
            self.cells.remove(at).1.as_text()
        })
    }

    /// Takes the time of the first of these names that has one. What is no time of an export stays as written.
    pub fn take_time(&mut self, names: &[&str], scope: &Scope<'_>) -> Option<Moment> {
        names.iter().find_map(|name| {
            let at = self.cells.iter().position(|(known, _)| known == name)?;
            let read = read_time(self.cells[at].1, scope)?;
            self.cells.remove(at);
            self.is_uncertain |= read.is_uncertain;
            Some(read.at)
        })
    }

    /// Ends the reading of a row. What was not taken goes to the details; a name that is not among the expected ones is
    /// reported, and its texts are found.
    pub fn finish(self, mut item: Item, scope: &mut Scope<'_>, expected: &[&str]) -> Item {
        for (name, value) in self.cells {
            let Some(detail) = detail_of(value) else { continue };
            if !expected.contains(&&*name) {
                scope.not_understood(&name);
                let mut texts = Vec::new();
                texts_of(&detail, &mut texts);
                texts.retain(|text| !item.other_text.contains(text) && item.text.as_ref() != Some(text));
                item.other_text.append(&mut texts);
            }
            item.details.push(name, detail);
        }
        if self.is_uncertain {
            item.details.push("time_zone", "uncertain");
        }
        item
    }
}

/// Reads a time as flat documents write it, or a number.
pub fn read_time(json: &Json, scope: &Scope<'_>) -> Option<time::Read> {
    match json {
        Json::Text(text) => time::read(text, scope.learnt),
        Json::Integer(number) => Moment::from_unix(*number).map(|at| time::Read { at, is_uncertain: false }),
        _ => None,
    }
}
