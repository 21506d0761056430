//! Whose a download is that does not say it: one of end-to-end encrypted chats (format reference §10.1.4).
//!
//! It belongs to the account with which it shares messages; else to the only one whose owner takes part in all of its
//! conversations; else it stands as an account of its own. Decided anew by every ingest, from the downloads that do say whose
//! they are, so that it does not matter which came first.

use std::collections::{BTreeMap, BTreeSet};

use super::pipeline::IngestError;
use super::reread::{Reread, Which};
use super::settling::Settling;
use super::{owner, reread};
use crate::model::{Finding, FindingCode, Key, Who};
use crate::store::{HeldReading, UnownedSnapshot};

/// So many messages of one download make it that account's.
const SHARED_MESSAGES: i64 = 3;

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

impl Settling<'_, '_> {
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

    /// Reads the snapshot's documents as that account's.
    fn move_snapshot(
        &mut self,
        unowned: &UnownedSnapshot,
        account: i64,
        unsettled: &mut BTreeMap<i64, Unsettled>,
    ) -> Result<(), IngestError> {
        let writing = self.writing;
        let (from, snapshot) = (unowned.account_id, unowned.snapshot_id);
        writing.set_snapshot_account(snapshot, account)?;
        let mut reread = Reread::default();
        let mut each = |_: &HeldReading| self.check_stop();
        reread::refresh(writing, snapshot, Which::Outdated, &mut reread, &mut each)?;
        reread::take_apart(writing, &mut reread)?;
        for (account, keys) in reread.keys {
            unsettled.entry(account).or_default().keys.extend(keys);
        }
        for thread in writing.threads_that_are(&reread.threads)? {
            unsettled.entry(writing.account_of_thread(thread)?).or_default().threads.insert(thread);
        }
        unsettled.entry(account).or_default().snapshots.insert(snapshot);
        // What the account loses goes now: then it may be empty.
        self.serve(from)?;
        self.deriver.is_counting = snapshot == self.snapshot.id;
        for key in std::mem::take(&mut unsettled.entry(from).or_default().keys) {
            self.check_stop()?;
            self.deriver.derive_key(key)?;
        }
        self.deriver.is_counting = true;
        writing.remove_empty_threads()?;
        if writing.drop_empty_account(from)? {
            unsettled.remove(&from);
            self.deriver.forget_names();
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
            self.find_in_snapshot(unowned.snapshot_id, Finding::new(FindingCode::UnknownOwner, sentence))?;
        }
        Ok(())
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
