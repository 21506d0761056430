//! Whose a download is that does not say it: one of end-to-end encrypted chats (format reference §10.1.4).
//!
//! It belongs to the account with which it shares messages; else to the only one whose owner takes part in all of its
//! conversations; else it stands as an account of its own. Decided anew by every ingest, from the downloads that do say whose
//! they are, so that it does not matter which came first.

use std::collections::{BTreeMap, BTreeSet};

use super::pipeline::{IngestError, Run};
use super::{identity, owner};
use crate::model::{Finding, FindingCode, Key, KeyBuilder, Who};
use crate::store::{UnownedSnapshot, Writing};

/// So many messages of one download make it that account's.
const SHARED_MESSAGES: i64 = 3;
/// Sightings that are moved at a time.
const AT_A_TIME: i64 = 1_000;

/// What a move leaves to be computed in one account.
#[derive(Debug, Default)]
pub(super) struct Unsettled {
    pub keys: BTreeSet<Key>,
    pub threads: BTreeSet<i64>,
    pub snapshots: BTreeSet<i64>,
}

/// The account that a snapshot belongs to by what is shared: `(account, messages)` and `(account, is its owner there)`.
fn choose(shared: &[(i64, i64)], owners: &[i64]) -> Option<i64> {
    let most = shared.iter().map(|(_, n)| *n).max().unwrap_or_default();
    if most >= SHARED_MESSAGES {
        let mut best = shared.iter().filter(|(_, n)| *n == most).map(|(account, _)| *account);
        return best.next().filter(|_| best.next().is_none());
    }
    match owners {
        [only] => Some(*only),
        _ => None,
    }
}

impl Run<'_, '_> {
    /// Moves every snapshot without an owner to the account that it belongs to now. Gives what is to be computed, by account.
    pub(super) fn adopt(&mut self) -> Result<BTreeMap<i64, Unsettled>, IngestError> {
        let mut unsettled: BTreeMap<i64, Unsettled> = BTreeMap::new();
        for unowned in self.writing.unowned_snapshots()? {
            let adopter = self.adopter_of(&unowned)?;
            let account = match adopter {
                Some(account) => account,
                None => self.writing.own_account(&unowned)?,
            };
            if account != unowned.account_id {
                self.move_snapshot(&unowned, account, &mut unsettled)?;
            }
            self.say_whether_owned(&unowned, adopter.is_some())?;
        }
        Ok(unsettled)
    }

    fn adopter_of(&self, unowned: &UnownedSnapshot) -> Result<Option<i64>, IngestError> {
        let writing = self.writing;
        let accounts = writing.owned_accounts()?;
        let shared = writing.messages_shared_with_accounts(unowned.snapshot_id)?;
        let everywhere = writing.participants_in_every_thread(unowned.snapshot_id)?;
        let mut owners = Vec::new();
        for (account, inferred) in accounts {
            let handle = writing.account_row(account)?.first_handle;
            let names = owner::names_of_account(writing, account, &handle)?;
            let known = names.into_iter().filter_map(|who| match who {
                Who::Name(name) | Who::Handle(name) => Some(name),
                Who::Me => None,
            });
            let names: BTreeSet<String> = known.chain(inferred).collect();
            if everywhere.iter().any(|name| names.contains(name)) {
                owners.push(account);
            }
        }
        Ok(choose(&shared, &owners))
    }

    /// Says everything that the snapshot's documents said once more, as that account's.
    fn move_snapshot(
        &mut self,
        unowned: &UnownedSnapshot,
        account: i64,
        unsettled: &mut BTreeMap<i64, Unsettled>,
    ) -> Result<(), IngestError> {
        let writing = self.writing;
        let (from, snapshot) = (unowned.account_id, unowned.snapshot_id);
        let account_key = writing.account_row(account)?.key;
        let mut left = BTreeSet::new();
        let here = unsettled.entry(account).or_default();
        for reading in writing.readings_of_snapshot(snapshot)? {
            let known = writing.reading(reading.document_id, account, &reading.path)?;
            let copy = match known {
                Some(known) => known,
                None => {
                    let copy = writing.copy_reading(reading.reading_id, account)?;
                    copy_sightings(writing, reading.reading_id, copy, account, account_key)?;
                    copy
                }
            };
            writing.keys_of_reading(reading.reading_id, &mut |key| {
                left.insert(key);
            })?;
            writing.keys_of_reading(copy, &mut |key| {
                here.keys.insert(key);
            })?;
            writing.lead_to_reading(snapshot, reading.reading_id, copy)?;
            here.threads.extend(writing.threads_of_reading(copy)?);
        }
        here.snapshots.insert(snapshot);
        writing.set_snapshot_account(snapshot, account)?;
        self.serve(from)?;
        for key in left {
            self.check_stop()?;
            self.deriver.derive_key(key)?;
        }
        let lost = writing.drop_unseen_threads(from)?;
        if writing.drop_empty_account(from)? {
            unsettled.remove(&from);
            self.deriver.forget_names();
        } else {
            unsettled.entry(from).or_default().threads.extend(lost);
        }
        Ok(())
    }

    /// The finding that nobody knows whose it is stands exactly as long as that is so.
    fn say_whether_owned(&mut self, unowned: &UnownedSnapshot, is_owned: bool) -> Result<(), IngestError> {
        self.withdraw(unowned.snapshot_id, FindingCode::UnknownOwner)?;
        if !is_owned {
            let sentence = format!(
                "Encrypted chats do not say whose they are, nor whether they are Instagram's or Facebook's. They stand as the \
                 account {} until a download of the same account comes.",
                unowned.handle
            );
            self.find_of(unowned.snapshot_id, Finding::new(FindingCode::UnknownOwner, sentence))?;
        }
        Ok(())
    }
}

fn copy_sightings(
    writing: &Writing<'_>,
    from: i64,
    to: i64,
    account: i64,
    account_key: Key,
) -> Result<(), IngestError> {
    let mut heads: BTreeMap<i64, (i64, Key)> = BTreeMap::new();
    for (row, head) in writing.heads_of_reading(from)? {
        let key = identity::thread_key(account_key, &head);
        heads.insert(row, (writing.add_thread_sighting(to, key, &head)?, key));
        if writing.thread_by_key(key)?.is_none() {
            let public_id = KeyBuilder::new("thread").part(key.as_bytes()).public_id();
            writing.add_thread(key, public_id.as_str(), account)?;
        }
    }
    let mut after = 0;
    loop {
        let mut page = Vec::new();
        let Some(last) = writing.sightings_of_reading(from, after, AT_A_TIME, &mut |sighting| page.push(sighting))?
        else {
            return Ok(());
        };
        for sighting in page {
            let thread = sighting.thread_sighting_id.and_then(|row| heads.get(&row)).copied();
            let key = identity::identify(account_key, &sighting.item, thread.map(|(_, key)| key)).key;
            writing.add_sighting(to, &sighting.place, thread.map(|(row, _)| row), key, None, &sighting.item)?;
        }
        after = last;
    }
}

#[cfg(test)]
mod tests {
    use super::choose;

    #[test]
    fn shared_messages_come_before_names() {
        let check = |shared: &[(i64, i64)], owners: &[i64], expected| {
            assert_eq!(choose(shared, owners), expected, "{shared:?} {owners:?}");
        };
        check(&[], &[], None);
        check(&[], &[7], Some(7));
        check(&[], &[7, 8], None);
        check(&[(8, 3)], &[7], Some(8));
        check(&[(8, 2)], &[7], Some(7));
        check(&[(7, 9), (8, 3)], &[7, 8], Some(7));
        check(&[(7, 3), (8, 3)], &[7], None);
    }
}
