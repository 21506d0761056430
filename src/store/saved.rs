//! Searches that the person keeps under a name.

use rusqlite::OptionalExtension;

use super::Store;
use super::error::{Context, StoreError};

/// A query under its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedSearch {
    /// Lower case.
    pub name: String,
    /// As it was typed.
    pub query: String,
}

impl Store {
    /// Keeps a query under a name, in the place of one that has it. Gives that one.
    pub fn save_search(&self, name: &str, query: &str) -> Result<Option<String>, StoreError> {
        let before = self.saved_search(name)?;
        self.connection()
            .execute(
                "INSERT INTO saved_search (name, query, sum) VALUES (?1, ?2, row_sum(?1, ?2))
                 ON CONFLICT (name) DO UPDATE SET query = excluded.query, sum = excluded.sum",
                [name, query],
            )
            .context("saving a search")?;
        Ok(before)
    }

    /// Forgets a saved query. Gives it, if it was there.
    pub fn unsave_search(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.connection()
            .query_row("DELETE FROM saved_search WHERE name = ?1 RETURNING query", [name], |row| row.get(0))
            .optional()
            .context("forgetting a saved search")
    }

    /// The query of that name.
    pub fn saved_search(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.connection()
            .query_row("SELECT query FROM saved_search WHERE name = ?1", [name], |row| row.get(0))
            .optional()
            .context("looking up a saved search")
    }

    /// All of them, by name.
    pub fn saved_searches(&self) -> Result<Vec<SavedSearch>, StoreError> {
        let doing = "listing saved searches";
        let mut select =
            self.connection().prepare_cached("SELECT name, query FROM saved_search ORDER BY name").context(doing)?;
        let rows =
            select.query_map([], |row| Ok(SavedSearch { name: row.get(0)?, query: row.get(1)? })).context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_query_and_the_change_log_does_not_tell_it() {
        let store = Store::passing().expect("memory");
        let before = store.last_change().expect("a number");
        assert_eq!(store.save_search("trip", "lisbon from:anna").expect("saved"), None);
        assert_eq!(store.save_search("trip", "porto").expect("saved"), Some("lisbon from:anna".to_owned()));
        assert_eq!(store.save_search("sea", "sea OR beach").expect("saved"), None);
        let names: Vec<String> = store.saved_searches().expect("a list").into_iter().map(|saved| saved.name).collect();
        assert_eq!(names, ["sea", "trip"]);
        assert_eq!(store.unsave_search("trip").expect("forgotten"), Some("porto".to_owned()));
        assert_eq!(store.unsave_search("trip").expect("forgotten"), None);
        assert_eq!(store.saved_search("sea").expect("an answer").as_deref(), Some("sea OR beach"));
        assert_eq!(store.last_change().expect("a number"), before);
    }
}
