//! Ids as people type them: any unambiguous beginning.

use super::super::error::{CommandError, Trouble, one_of};
use super::super::exit::Exit;
use crate::model::PublicId;
use crate::store::{Store, StoreError};

/// Fewer characters than these are too likely to mean another record tomorrow.
const LEAST_CHARACTERS: usize = 4;
/// As many are printed at least.
const SHOWN_CHARACTERS: usize = 6;
/// So many are named when a beginning fits several.
const MOST_NAMED: usize = 5;

/// The id that was meant.
pub fn resolve(store: &Store, typed: &str) -> Result<String, CommandError> {
    let beginning = PublicId::beginning(typed.trim()).filter(|beginning| beginning.len() >= LEAST_CHARACTERS);
    let Some(beginning) = beginning else {
        let sentence = format!("`{typed}` is no id: ids are digits and letters, and four of them at least are wanted");
        return Err(Trouble::new(Exit::Usage, sentence).hint("search prints the ids of what it finds").into());
    };
    let ids = store.record_ids_beginning(&beginning, MOST_NAMED + 1)?;
    match ids.as_slice() {
        [only] => Ok(only.clone()),
        [] => {
            let sentence = format!("no record has an id that begins with `{typed}`");
            Err(Trouble::new(Exit::Nothing, sentence).hint("search prints the ids of what it finds").into())
        }
        several => {
            let shown: Vec<&str> = several.iter().take(MOST_NAMED).map(String::as_str).collect();
            let sentence = format!("several records have an id that begins with `{typed}`");
            Err(Trouble::new(Exit::Usage, sentence).hint(format!("use {}", one_of(&shown))).into())
        }
    }
}

/// The beginning of an id that is printed: six characters, more where six fit several records.
pub fn short<'i>(store: &Store, id: &'i str) -> Result<&'i str, StoreError> {
    let n_characters = store.n_telling_characters(id)?.max(SHOWN_CHARACTERS);
    Ok(id.get(..n_characters).unwrap_or(id))
}
