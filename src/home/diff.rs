//! What came, went and changed between two snapshots of one account.

use std::collections::BTreeMap;

use super::{Home, HomeError};
use crate::ingest::cover::{Coverage, Moves, Place, Placing, Stood, Uncovered, moves};
use crate::ingest::difference::{Became, FieldChange, became, difference};
use crate::model::{Kind, Who};
use crate::store::{Compared, ComparedRecord, ComparedSnapshot, KnownAccount, Store};

/// One record that is not the same in both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub row: i64,
    pub id: String,
    pub kind: Kind,
    pub at_ms: Option<i64>,
    pub change: Change,
    /// What the two say differently; empty where only one of them has it.
    pub fields: Vec<FieldChange>,
}

/// What became of a record from the first snapshot to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    Added,
    Changed,
    Impoverished,
    /// The second covers its place and lacks it.
    Gone,
    /// The second lacks it and does not cover its place.
    NotCovered(Uncovered),
}

impl Change {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Impoverished => "impoverished",
            Self::Gone => "gone",
            Self::NotCovered(_) => "not_covered",
        }
    }
}

/// Two snapshots that cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfTwoAccounts;

impl Home {
    /// Compares two snapshots by their ids. The differences stand by kind, then by what became of the records, then by time.
    pub fn diff(&self, first: &str, second: &str) -> Result<Result<Vec<Difference>, OfTwoAccounts>, HomeError> {
        let store = self.reader()?;
        let (first, second) = (store.compared_snapshot(first)?, store.compared_snapshot(second)?);
        let Some((first, second)) = first.zip(second) else { return Ok(Ok(Vec::new())) };
        if first.account_id != second.account_id {
            return Ok(Err(OfTwoAccounts));
        }
        let comparing = Comparing::new(&store, &first, &second)?;
        let mut differences = Vec::new();
        for compared in store.compared_records(first.id, second.id)? {
            let Some(record) = store.compared_record(compared.row)? else { continue };
            differences.extend(comparing.compare(&compared, record)?);
        }
        differences.sort_by(|one, other| {
            (one.kind, one.change, one.at_ms, &one.id).cmp(&(other.kind, other.change, other.at_ms, &other.id))
        });
        Ok(Ok(differences))
    }
}

impl Home {
    /// Followers won and lost by each account, between its downloads that can be compared; with the account's user name.
    /// `since` as in [`moves`].
    pub fn followers(&self, since: Option<&str>) -> Result<Vec<(String, Moves)>, HomeError> {
        let store = self.reader()?;
        let accounts = store.known_accounts()?;
        let of = |account: KnownAccount| {
            let coverage = Coverage::of(&store.cover_facts(account.id)?);
            let relations = store.followers(account.id)?;
            Ok((account.handle, moves(&coverage, "followers", &relations, since)))
        };
        accounts.into_iter().map(of).collect()
    }
}

struct Comparing<'s> {
    store: &'s Store,
    first: i64,
    second: i64,
    coverage: Coverage,
    placing: Placing,
    persons: BTreeMap<Who, i64>,
    owners: Vec<i64>,
    is_one_language: bool,
}

impl<'s> Comparing<'s> {
    fn new(store: &'s Store, first: &ComparedSnapshot, second: &ComparedSnapshot) -> Result<Self, HomeError> {
        let account = first.account_id;
        let facts = store.cover_facts(account)?;
        Ok(Self {
            store,
            first: first.id,
            second: second.id,
            coverage: Coverage::of(&facts),
            placing: Placing::of(&facts),
            persons: store.persons_by_name()?,
            owners: store.persons_of_account(account)?,
            is_one_language: first.language == second.language,
        })
    }

    fn compare(&self, compared: &Compared, record: ComparedRecord) -> Result<Option<Difference>, HomeError> {
        let mut fields = Vec::new();
        let change = match (compared.is_in_first, compared.is_in_second) {
            (false, _) => Change::Added,
            (true, false) => self.absence(compared.row, &record)?,
            (true, true) => {
                let (before, after) =
                    self.store.items_in_snapshots(&record.key, compared.row, self.first, self.second)?;
                let told = (self.is_one_language, record.subkind.as_deref());
                fields = difference(&before, &after, told, &|who| self.person(who));
                match became(&fields) {
                    None => return Ok(None),
                    Some(Became::Changed) => Change::Changed,
                    Some(Became::Impoverished) => Change::Impoverished,
                }
            }
        };
        let ComparedRecord { public_id: id, kind, at_ms, .. } = record;
        Ok(Some(Difference { row: compared.row, id, kind, at_ms, change, fields }))
    }

    fn absence(&self, row: i64, record: &ComparedRecord) -> Result<Change, HomeError> {
        let stood = Stood {
            kind: record.kind,
            subkind: record.subkind.as_deref(),
            at_ms: record.at_ms,
            thread_id: record.thread_id,
        };
        let readings = self.store.readings_of_record(&record.key, row)?;
        let place: Place = self.placing.place(stood, self.first, &readings);
        let second = self.coverage.position(self.second);
        Ok(match second.map_or(Err(Uncovered::ListAbsent), |second| self.coverage.covers(second, &place)) {
            Ok(()) => Change::Gone,
            Err(why) => Change::NotCovered(why),
        })
    }

    /// The same for all names of one person.
    fn person(&self, who: &Who) -> String {
        let person = match who {
            Who::Me => return "me".to_owned(),
            named => self.persons.get(named),
        };
        match person {
            Some(person) if self.owners.contains(person) => "me".to_owned(),
            Some(person) => person.to_string(),
            None => format!("{who:?}"),
        }
    }
}
