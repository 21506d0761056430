//! What the records of a query have in common: so many of each year, person, kind.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeZone};

use super::{HomeError, Searcher};
use crate::index::analysis::{UnitKind, units};
use crate::index::{Compiled, Order, Search, Tiers, language_of};
use crate::model::Kind;
use crate::query::fields::HAS;
use crate::store::{NamedRow, StoreError, Value};

/// By what records are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facet {
    Kind,
    Year,
    Month,
    Person,
    Thread,
    Account,
    Lang,
    Emoji,
    Hashtag,
    Mention,
    Snapshot,
    Has,
}

/// A value and how many records have it.
pub type Counted = (String, u64);

/// Records asked for at once: a few hundred kilobytes.
const CHUNK: usize = 10_000;

impl Facet {
    pub const ALL: &[Self] = &[
        Self::Kind,
        Self::Year,
        Self::Month,
        Self::Person,
        Self::Thread,
        Self::Account,
        Self::Lang,
        Self::Emoji,
        Self::Hashtag,
        Self::Mention,
        Self::Snapshot,
        Self::Has,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Year => "year",
            Self::Month => "month",
            Self::Person => "person",
            Self::Thread => "thread",
            Self::Account => "account",
            Self::Lang => "lang",
            Self::Emoji => "emoji",
            Self::Hashtag => "hashtag",
            Self::Mention => "mention",
            Self::Snapshot => "snapshot",
            Self::Has => "has",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|facet| facet.name() == name)
    }

    /// Whether its values have an order of their own, which is that of time.
    pub const fn is_of_time(self) -> bool {
        matches!(self, Self::Year | Self::Month)
    }

    /// What is read of each record of the list `?1`.
    const fn column(self) -> &'static str {
        match self {
            Self::Kind => "SELECT r.kind AS value FROM json_each(?1) j JOIN record r ON r.id = j.value",
            Self::Year | Self::Month => "SELECT r.at_ms AS value FROM json_each(?1) j JOIN record r ON r.id = j.value",
            Self::Person => {
                "SELECT v.author AS value FROM json_each(?1) j JOIN record r ON r.id = j.value
                   JOIN records v ON v.id = r.public_id"
            }
            Self::Thread => {
                "SELECT coalesce(t.title, t.public_id) AS value FROM json_each(?1) j JOIN record r ON r.id = j.value
                   JOIN thread t ON t.id = r.thread_id"
            }
            Self::Account => {
                "SELECT a.handle AS value FROM json_each(?1) j JOIN record r ON r.id = j.value
                   JOIN account a ON a.id = r.account_id"
            }
            Self::Snapshot => {
                "SELECT r.id, n.public_id AS value
                   FROM json_each(?1) j JOIN record r ON r.id = j.value
                   JOIN sighting s ON s.key = r.key AND s.record_id = r.id
                   JOIN entry e ON e.reading_id = s.reading_id
                   JOIN archive a ON a.id = e.archive_id JOIN snapshot n ON n.id = a.snapshot_id
                  UNION
                 SELECT r.id, n.public_id
                   FROM json_each(?1) j JOIN record r ON r.id = j.value
                   JOIN unlisted u ON u.key = r.key AND u.record_id = r.id
                   JOIN entry e ON e.id = u.entry_id
                   JOIN archive a ON a.id = e.archive_id JOIN snapshot n ON n.id = a.snapshot_id"
            }
            Self::Lang | Self::Emoji | Self::Hashtag | Self::Mention | Self::Has => {
                "SELECT r.id AS row, r.text AS value FROM json_each(?1) j JOIN record r ON r.id = j.value"
            }
        }
    }
}

impl Searcher {
    /// Rows of all records that match exactly or in inflected form, those of silent kinds apart, the newest first.
    pub fn rows(&mut self, compiled: &Compiled) -> Result<Vec<i64>, HomeError> {
        let search = Search { order: Some(Order::Newest), limit: 0, offset: 0, tiers: Tiers::AsNeeded };
        let hits = self.all_hits(compiled, search)?;
        Ok(hits.into_iter().filter(|hit| !hit.tier.is_loose()).map(|hit| hit.row).collect())
    }

    /// How many of the records have which value: by time in its order, else the most frequent first.
    pub fn facet<Tz: TimeZone>(
        &mut self,
        compiled: &Compiled,
        rows: &[i64],
        facet: Facet,
        zone: &Tz,
    ) -> Result<Vec<Counted>, HomeError> {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        if facet == Facet::Has {
            for name in HAS {
                let n = self.count(&compiled.with_feature(name))?;
                if n > 0 {
                    counts.insert((*name).to_owned(), n);
                }
            }
        } else {
            for chunk in rows.chunks(CHUNK) {
                for row in self.values(facet, chunk)? {
                    for value in values_of(facet, &row, zone) {
                        *counts.entry(value).or_default() += 1;
                    }
                }
            }
        }
        let mut counted: Vec<Counted> = counts.into_iter().collect();
        if !facet.is_of_time() {
            counted.sort_by(|(one, n), (other, m)| m.cmp(n).then_with(|| one.cmp(other)));
        }
        Ok(counted)
    }

    fn values(&self, facet: Facet, rows: &[i64]) -> Result<Vec<NamedRow>, StoreError> {
        let rows: Vec<String> = rows.iter().map(i64::to_string).collect();
        let mut values = self.store().select_all(facet.column(), &[Value::from(format!("[{}]", rows.join(",")))])?;
        if let (Facet::Lang | Facet::Emoji | Facet::Hashtag | Facet::Mention, Some(then)) = (facet, &self.then) {
            for value in &mut values {
                if let Some(text) = value.integer("row").and_then(|row| then.text_of(row)) {
                    value.set("value", Value::from(text));
                }
            }
        }
        Ok(values)
    }
}

fn values_of<Tz: TimeZone>(facet: Facet, row: &NamedRow, zone: &Tz) -> Vec<String> {
    match facet {
        Facet::Kind => {
            let kind = row.integer("value").and_then(Kind::from_code);
            kind.map(|kind| kind.name().to_owned()).into_iter().collect()
        }
        Facet::Year | Facet::Month => {
            let time = row.integer("value").and_then(DateTime::from_timestamp_millis);
            let local = time.map(|time| time.with_timezone(zone).naive_local());
            let shape = if facet == Facet::Year { "%Y" } else { "%Y-%m" };
            local.map(|time| time.format(shape).to_string()).into_iter().collect()
        }
        Facet::Lang => language_of(row.text("value").unwrap_or_default()).map(str::to_owned).into_iter().collect(),
        Facet::Emoji => of_units(row, UnitKind::Emoji),
        Facet::Hashtag => of_units(row, UnitKind::Tag),
        Facet::Mention => of_units(row, UnitKind::Handle),
        Facet::Person | Facet::Thread | Facet::Account | Facet::Snapshot | Facet::Has => {
            row.text("value").map(str::to_owned).into_iter().collect()
        }
    }
}

/// The units of a kind in a text, each once.
fn of_units(row: &NamedRow, kind: UnitKind) -> Vec<String> {
    let mut found: Vec<String> = units(row.text("value").unwrap_or_default())
        .into_iter()
        .filter(|unit| unit.kind == kind)
        .filter_map(|unit| unit.whole.or_else(|| unit.slots.into_iter().next()?.forms.into_iter().next()))
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}
