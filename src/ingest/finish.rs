//! What more than one archive's documents decide: joined conversations, shared records, the owner, what is missing.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::adopt::Unsettled;
use super::pipeline::{IngestError, Run};
use super::reread::{Reread, Which};
use super::{notices, own_posts, owner, pairs, reread, snapshot, threads};
use crate::model::{Finding, FindingCode, Key};
use crate::store::{HeldReading, Search, StoreError, Writing};

impl Run<'_, '_> {
    /// Everything that more than this archive's documents decide.
    pub(super) fn finish(&mut self) -> Result<(), IngestError> {
        let Reread { keys: mut touched_by_account, snapshots, .. } = self.refresh_readings()?;
        self.touched.extend(touched_by_account.remove(&self.account_id).unwrap_or_default());
        if self.is_undated {
            let (date, ground) = snapshot::date_of_newest(self.newest_ms);
            self.snapshot.date = date.to_string();
            self.snapshot.public_id = snapshot::public_id(self.snapshot_key, date);
            self.writing.date_snapshot(self.snapshot.id, &self.snapshot.public_id, &self.snapshot.date, ground)?;
        }
        self.note_whether_unowned()?;
        let (touched, threads) = (self.touched.drain().collect(), std::mem::take(&mut self.threads));
        self.settle(touched, threads)?;
        self.derive_elsewhere(touched_by_account)?;
        self.writing.remove_empty_threads()?;
        let unowned = self.writing.unowned_snapshots()?;
        let is_unowned = unowned.iter().any(|unowned| unowned.snapshot_id == self.snapshot.id);
        // Nobody is taken for the owner of a snapshot that may go to another account.
        if !is_unowned {
            self.name_account()?;
        }
        if !unowned.is_empty() {
            self.adopt_and_settle()?;
        }
        let removed = std::mem::take(&mut self.deriver.removed);
        for (kind, counts) in std::mem::take(&mut self.deriver.counts) {
            // A record that has another key now is the same thing, better known.
            let n_moved = counts.new.min(removed.get(&kind).copied().unwrap_or_default());
            let all = self.report.records.entry(kind).or_default();
            all.new += counts.new - n_moved;
            all.merged += counts.merged + n_moved;
            all.unchanged += counts.unchanged;
        }
        if is_unowned {
            self.name_account()?;
        }
        self.note_missing_media(self.snapshot.id)?;
        self.writing.set_snapshot_complete(self.snapshot.id)?;
        self.writing.set_snapshot_range(self.snapshot.id)?;
        for other in snapshots.into_iter().filter(|other| *other != self.snapshot.id) {
            self.writing.set_snapshot_complete(other)?;
            self.writing.set_snapshot_range(other)?;
        }
        self.describe()
    }

    /// Computes what new sightings bear on, in the account that is served.
    fn settle(&mut self, touched: BTreeSet<Key>, threads: BTreeSet<i64>) -> Result<(), IngestError> {
        let (mut keys, mut threads) = (touched, threads);
        let has_chats = self.writing.has_encrypted_chats(self.account_id)?;
        if has_chats {
            threads.extend(pairs::loosen(self.writing, self.account_id)?);
        }
        // Only what was seen before can share messages with what is new.
        if has_chats || !keys.is_empty() {
            threads = threads::join_by_messages(self.writing, &threads)?;
        }
        if has_chats {
            let (joined, moved) = pairs::join(self.writing, self.account_id)?;
            threads.extend(joined);
            threads = self.writing.threads_that_are(&threads)?;
            keys.extend(moved);
        }
        if self.has_new_media {
            keys.extend(self.writing.keys_with_missing_media(self.account_id)?);
        }
        let mut keys: HashSet<Key> = keys.into_iter().collect();
        let (joined, has_moved) =
            own_posts::rejoin(self.writing, self.account_id, self.account_key, Search::ByRecords, &mut keys)?;
        let keys: BTreeSet<Key> = keys.into_iter().collect();
        for key in keys {
            self.check_stop()?;
            self.deriver.derive_key(key)?;
        }
        // Only now it is known which files the documents name.
        for key in own_posts::place_unlisted(self.writing, self.account_id, self.account_key, &joined)? {
            self.deriver.derive_key(key)?;
        }
        if has_moved || !joined.is_empty() {
            // A post that is joined has its time from the newest of its rows, in older snapshots too.
            for snapshot in self.writing.snapshots_of_account(self.account_id)? {
                self.writing.set_snapshot_range(snapshot)?;
            }
        }
        for thread in &threads {
            self.check_stop()?;
            threads::derive_thread(self.writing, *thread, &self.account_handle)?;
        }
        if !threads.is_empty() {
            notices::judge(self.writing, self.account_id)?;
        }
        Ok(())
    }

    fn name_account(&mut self) -> Result<(), IngestError> {
        self.writing.name_account(self.account_id)?;
        self.name_owner()?;
        Ok(self.writing.judge_gone(self.account_id)?)
    }

    fn note_whether_unowned(&mut self) -> Result<(), IngestError> {
        if let Some((key, handle)) = &self.own_account
            && self.writing.is_of_encrypted_chats(self.snapshot.id)?
        {
            self.writing.add_unowned(self.snapshot.id, *key, handle)?;
        }
        Ok(())
    }

    /// Brings the snapshots without an owner to where they belong, and computes the accounts that this changes.
    fn adopt_and_settle(&mut self) -> Result<(), IngestError> {
        let mut account_id = self.account_id;
        for (account, Unsettled { keys, threads, snapshots }) in self.adopt()? {
            self.serve(account)?;
            self.settle(keys, threads)?;
            self.name_account()?;
            for snapshot in self.writing.snapshots_of_account(account)? {
                self.note_missing_media(snapshot)?;
            }
            for snapshot in snapshots {
                self.writing.set_snapshot_range(snapshot)?;
                if snapshot == self.snapshot.id {
                    account_id = account;
                }
            }
        }
        self.serve(account_id)
    }

    /// What this archive teaches bears on the documents of the archives beside it.
    fn refresh_readings(&mut self) -> Result<Reread, IngestError> {
        let mut reread = Reread::default();
        let mut each = |_: &HeldReading| self.check_stop();
        reread::refresh(self.writing, self.snapshot.id, Which::Outdated, &mut reread, &mut each)?;
        if !reread.is_empty() {
            reread::take_apart(self.writing, &mut reread)?;
            self.threads.extend(&reread.threads);
            self.report.findings = self.writing.findings_of_archive(self.archive_id)?;
        }
        Ok(reread)
    }

    /// Records of other accounts that this archive's documents belonged to before it was known whose they are.
    fn derive_elsewhere(&mut self, touched: BTreeMap<i64, HashSet<Key>>) -> Result<(), IngestError> {
        let own = self.account_id;
        for (account, keys) in touched {
            self.serve(account)?;
            let mut keys = keys;
            let (joined, _) = own_posts::rejoin(self.writing, account, self.account_key, Search::ByRecords, &mut keys)?;
            let keys: BTreeSet<Key> = keys.into_iter().collect();
            for key in keys {
                self.check_stop()?;
                self.deriver.derive_key(key)?;
            }
            for key in own_posts::place_unlisted(self.writing, account, self.account_key, &joined)? {
                self.deriver.derive_key(key)?;
            }
            self.writing.judge_gone(account)?;
        }
        if self.account_id == own { Ok(()) } else { self.serve(own) }
    }

    fn name_owner(&mut self) -> Result<(), IngestError> {
        let doubtful = owner::settle(self.writing, self.account_id, &self.account_handle)?;
        for snapshot in self.writing.snapshots_of_account(self.account_id)? {
            self.withdraw(snapshot, FindingCode::DoubtfulOwner)?;
            if doubtful.contains(&snapshot) {
                self.find_of(snapshot, owner::doubt())?;
            }
        }
        Ok(())
    }

    pub(super) fn withdraw(&mut self, snapshot: i64, code: FindingCode) -> Result<(), IngestError> {
        self.writing.withdraw_findings(snapshot, code)?;
        if snapshot == self.snapshot.id {
            self.report.findings.retain(|finding| finding.code != code);
        }
        Ok(())
    }

    fn note_missing_media(&mut self, snapshot: i64) -> Result<(), IngestError> {
        self.withdraw(snapshot, FindingCode::MissingMedia)?;
        missing_media(self.writing, snapshot)?.map_or(Ok(()), |finding| Ok(self.find_of(snapshot, finding)?))
    }

    /// What is held of the archive's snapshot goes into the report.
    pub(super) fn describe(&mut self) -> Result<(), IngestError> {
        let known = self.writing.describe_archive(self.archive_id)?;
        self.report.snapshot = known.snapshot;
        self.report.account = known.account;
        self.report.language = known.language;
        self.report.date = known.date;
        self.report.owner = known.owner;
        self.report.range_ms = known.range_ms;
        Ok(())
    }
}

/// What is told about references of a snapshot that lead nowhere.
pub(super) fn missing_media(writing: &Writing<'_>, snapshot: i64) -> Result<Option<Finding>, StoreError> {
    let (examples, n_missing) = writing.missing_media(snapshot, EXAMPLES)?;
    if n_missing == 0 {
        return Ok(None);
    }
    let lead = if n_missing == 1 { "reference leads" } else { "references lead" };
    let sentence = format!(
        "{n_missing} {lead} to no file of this download, for example {}. If the download came in several parts, ingest the \
         others too.",
        examples.join(", ")
    );
    Ok(Some(Finding::new(FindingCode::MissingMedia, sentence).about(n_missing)))
}

/// How many missing files one finding names.
const EXAMPLES: usize = 3;
