//! Records by what the index does not hold: addresses, places, names of files, reactions, ids, and texts as they stand.

use std::ops::ControlFlow;

use super::Store;
use super::error::{Context, StoreError};

/// Which texts of the records are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextOf {
    /// What the record says.
    Record,
    /// Its own address and the one that it shares.
    Address,
    Place,
    /// What its attachments were called.
    File,
    Reaction,
    /// Its id, and those that it had.
    Id,
}

impl TextOf {
    /// Rows of records, each with a text.
    const fn select(self) -> &'static str {
        match self {
            Self::Record => "SELECT id, text FROM record WHERE text IS NOT NULL",
            Self::Address => {
                "SELECT id, url FROM record WHERE url IS NOT NULL
                 UNION ALL SELECT id, share_url FROM record WHERE share_url IS NOT NULL"
            }
            Self::Place => "SELECT id, place FROM record WHERE place IS NOT NULL",
            Self::File => "SELECT record_id, path FROM attachment",
            Self::Reaction => "SELECT record_id, reaction FROM reaction",
            Self::Id => "SELECT id, public_id FROM record UNION ALL SELECT record_id, public_id FROM alias",
        }
    }
}

impl Store {
    /// Rows of the records that have a text which is wanted, sorted. Where `wants` breaks, the reading ends early.
    pub fn rows_by_text(
        &self,
        of: TextOf,
        wants: &mut dyn FnMut(&str) -> ControlFlow<(), bool>,
    ) -> Result<Vec<i64>, StoreError> {
        let doing = "looking through the texts of records";
        let mut select = self.connection().prepare_cached(of.select()).context(doing)?;
        let mut rows = select.query([]).context(doing)?;
        let mut wanted: Vec<i64> = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            let text = row.get_ref(1).and_then(|value| Ok(value.as_str()?)).context(doing)?;
            match wants(text) {
                ControlFlow::Continue(true) => wanted.push(row.get(0).context(doing)?),
                ControlFlow::Continue(false) => {}
                ControlFlow::Break(()) => break,
            }
        }
        wanted.sort_unstable();
        wanted.dedup();
        Ok(wanted)
    }

    /// Rows of the records whose coordinates (latitude, longitude) are wanted, sorted.
    pub fn rows_by_coordinates(&self, wants: &dyn Fn(f64, f64) -> bool) -> Result<Vec<i64>, StoreError> {
        let doing = "looking through the places of records";
        let sql = "SELECT id, latitude, longitude FROM record WHERE latitude IS NOT NULL AND longitude IS NOT NULL";
        let mut select = self.connection().prepare_cached(sql).context(doing)?;
        let mut rows = select.query([]).context(doing)?;
        let mut wanted = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            if wants(row.get(1).context(doing)?, row.get(2).context(doing)?) {
                wanted.push(row.get(0).context(doing)?);
            }
        }
        wanted.sort_unstable();
        Ok(wanted)
    }
}
