//! Who and what a query names, looked up in the store; and what is close to a name that nobody has.

use std::ops::ControlFlow;

use super::then::Then;
use crate::index::Names;
use crate::query::{StoredText, close_by_word};
use crate::store::{Store, StoreError, TextOf, Value};

/// The store as the query's names are looked up in it, with the texts of then. People are known by the rows of their names.
#[derive(Debug)]
pub(super) struct StoreNames<'s>(pub &'s Store, pub Option<&'s Then>);

impl Names for StoreNames<'_> {
    type Error = StoreError;

    fn me(&self) -> Result<Vec<i64>, StoreError> {
        Ok(self.0.owners()?.into_iter().map(|(_, handle)| handle).collect())
    }

    fn people(&self, typed: &str) -> Result<Vec<i64>, StoreError> {
        Ok(self.0.find_people(typed)?.into_iter().map(|found| found.handle_id).collect())
    }

    fn rows_by_text(
        &self,
        of: StoredText,
        wants: &mut dyn FnMut(&str) -> ControlFlow<(), bool>,
    ) -> Result<Vec<i64>, StoreError> {
        let of = match of {
            StoredText::Record => TextOf::Record,
            StoredText::Address => TextOf::Address,
            StoredText::Place => TextOf::Place,
            StoredText::File => TextOf::File,
            StoredText::Reaction => TextOf::Reaction,
            StoredText::Id => TextOf::Id,
        };
        let mut rows = self.0.rows_by_text(of, wants)?;
        if let Some(then) = self.1.filter(|_| matches!(of, TextOf::Record)) {
            rows.retain(|row| then.text_of(*row).is_none());
            for (row, text) in then.texts() {
                match text.map_or(ControlFlow::Continue(false), &mut *wants) {
                    ControlFlow::Continue(true) => rows.push(row),
                    ControlFlow::Continue(false) => {}
                    ControlFlow::Break(()) => break,
                }
            }
            rows.sort_unstable();
        }
        Ok(rows)
    }

    fn rows_by_coordinates(&self, wants: &dyn Fn(f64, f64) -> bool) -> Result<Vec<i64>, StoreError> {
        self.0.rows_by_coordinates(wants)
    }

    fn records_of_snapshots(&self, typed: &str) -> Result<Option<Vec<i64>>, StoreError> {
        let mut snapshots = self.0.snapshot_ids(typed)?;
        if snapshots.is_empty() {
            return Ok(None);
        }
        // An id begins with its day; a download that came later was not there.
        let date = self.1.and_then(Then::date);
        snapshots.retain(|id| date.is_none_or(|date| id.get(..date.len()).is_some_and(|day| day <= date)));
        self.0.records_of_snapshots(&snapshots).map(Some)
    }

    fn close_snapshots(&self, _: &str) -> Result<Vec<String>, StoreError> {
        let rows = self.0.shown_snapshots()?;
        Ok(rows.iter().filter_map(|row| row.text("id").map(str::to_owned)).collect())
    }

    fn threads(&self, typed: &str) -> Result<Vec<i64>, StoreError> {
        self.0.find_threads(typed)
    }

    fn accounts(&self, typed: &str) -> Result<Vec<i64>, StoreError> {
        // An account is found under every user name that its owner had.
        let sql = "SELECT id FROM account a
                    WHERE substr(handle, 1, length(?1)) = lower(?1)
                       OR EXISTS (SELECT 1 FROM account_name n
                                   WHERE n.account_id = a.id AND substr(n.handle, 1, length(?1)) = lower(?1))";
        let rows = self.0.select_all(sql, &[Value::from(typed.trim_start_matches('@'))])?;
        Ok(rows.iter().filter_map(|row| row.integer("id")).collect())
    }

    fn close_people(&self, typed: &str) -> Result<Vec<String>, StoreError> {
        let mut names = self.0.all_names()?;
        names.dedup();
        Ok(proposed(close_by_word(typed, names.iter().map(String::as_str))))
    }

    fn close_threads(&self, typed: &str) -> Result<Vec<String>, StoreError> {
        let rows =
            self.0.select_all("SELECT DISTINCT title FROM thread WHERE title IS NOT NULL ORDER BY title", &[])?;
        let titles: Vec<&str> = rows.iter().filter_map(|row| row.text("title")).collect();
        Ok(proposed(close_by_word(typed, titles)))
    }

    fn close_accounts(&self, _: &str) -> Result<Vec<String>, StoreError> {
        let rows = self.0.select_all("SELECT handle FROM account ORDER BY handle", &[])?;
        Ok(rows.iter().filter_map(|row| row.text("handle").map(str::to_owned)).collect())
    }
}

/// Names as they may be typed behind the colon of a field: the nearest of them.
fn proposed(names: Vec<&str>) -> Vec<String> {
    /// More are no help.
    const MOST: usize = 5;
    let typed = |name: &str| {
        if name.contains(char::is_whitespace) { format!("\"{name}\"") } else { name.to_owned() }
    };
    names.into_iter().take(MOST).map(typed).collect()
}
