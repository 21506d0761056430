//! What more than one archive's documents decide: joined conversations, shared records, the owner, what is missing.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use unicode_normalization::UnicodeNormalization;

use super::manifest::{Manifest, Manifests, path_number};
use super::pipeline::IngestError;
use super::regroup::Affected;
use super::rejoin::Rejoined;
use super::reread::{Reread, Which};
use super::said_again::SaidAgain;
use super::settling::Settling;
use super::telling::{missing_media, times_that_cannot_be};
use super::{cover, notices, own_posts, owner, pairs, people, rejoin, reread, talks, threads};
use crate::model::{Finding, FindingCode, Key};
use crate::store::{HeldReading, Search, SnapshotRow, Stands, StoreError, Writing};

impl Settling<'_, '_> {
    /// Everything that more than this archive's documents decide.
    pub(super) fn finish(&mut self) -> Result<(), IngestError> {
        let read_for = self.account_id;
        self.regroup()?;
        self.changed.extend(self.at_hand.map(|_| self.snapshot.id));
        let touched = std::mem::take(&mut self.touched);
        let said_again = std::mem::take(&mut self.said_again);
        if self.at_hand.is_some() {
            let settling = &mut *self;
            let affected = settling.affected.entry(read_for).or_default();
            affected.threads.append(&mut settling.threads);
            affected.keys.extend(touched);
            affected.said_again.append(said_again);
            affected.kinds.append(&mut settling.kinds);
        }
        self.refresh_readings()?;
        self.touch_attachments()?;
        self.touch_doubtful_times()?;
        for reading in std::mem::take(&mut self.seen_again) {
            self.writing.restate_snapshots_of_reading(reading)?;
        }
        if self.at_hand.is_some() {
            let account = self.account_id;
            self.affected.entry(account).or_default();
        }
        // An account that lost a snapshot has another newest one.
        let mut accounts: BTreeSet<i64> = self.affected.keys().copied().collect();
        for (account, affected) in std::mem::take(&mut self.affected) {
            self.serve(account)?;
            self.derive_account(affected)?;
        }
        if self.at_hand.is_none() {
            // What is gone claims nothing any more.
            self.remove_what_is_empty()?;
            self.deriver.forget_names();
        }
        accounts.extend(self.settle_accounts()?);
        self.remove_what_is_empty()?;
        self.finish_snapshots(&accounts)
    }

    pub(super) fn remove_what_is_empty(&self) -> Result<(), StoreError> {
        self.writing.remove_empty_threads()?;
        self.writing.remove_empty_snapshots()
    }

    /// What all archives of a snapshot teach bears on the documents of each of them.
    fn refresh_readings(&mut self) -> Result<(), IngestError> {
        let mut reread = Reread::default();
        let mut each = |_: &HeldReading| self.check_stop();
        for snapshot in self.changed.clone() {
            reread::refresh(self.writing, snapshot, Which::Outdated, &mut reread, &mut each)?;
        }
        if !reread.is_empty() {
            reread::take_apart(self.writing, &mut reread)?;
            for thread in &reread.threads {
                let account = self.writing.account_of_thread(*thread)?;
                self.affected.entry(account).or_default().threads.insert(*thread);
            }
            for (account, keys) in &reread.keys {
                self.affected.entry(*account).or_default().keys.extend(keys);
            }
            self.changed.extend(&reread.snapshots);
            if let Some(archive) = self.at_hand {
                self.report.findings = self.writing.findings_of_archive(archive)?;
            }
        }
        Ok(())
    }

    /// Notes the zones of clocks and reads what was read in others again.
    fn put_into_zones(&mut self, heard: &talks::Heard, affected: &mut Affected) -> Result<(), IngestError> {
        let changed = talks::note_zones(self.writing, self.account_id, heard)?;
        let mut each = |_: &HeldReading| self.check_stop();
        let reread = talks::read_again(self.writing, &changed, &mut each)?;
        if !reread.is_empty() {
            affected.threads.extend(&reread.threads);
            for keys in reread.keys.values() {
                affected.keys.extend(keys);
            }
            self.changed.extend(&reread.snapshots);
            if let Some(archive) = self.at_hand {
                self.report.findings = self.writing.findings_of_archive(archive)?;
            }
        }
        Ok(())
    }

    /// Parts the conversations that hang together no more and joins those that are one. Gives all that this touched.
    fn join_conversations(
        &self,
        heard: Option<&talks::Heard>,
        keys: &mut HashSet<Key>,
        said_again: &mut SaidAgain,
        mut threads: BTreeSet<i64>,
    ) -> Result<BTreeSet<i64>, IngestError> {
        let (writing, account) = (self.writing, self.account_id);
        for thread in threads.clone() {
            if writing.is_thread_torn(thread)? {
                keys.extend(writing.keys_of_thread(thread)?);
                threads.extend(writing.split_thread(thread)?);
            }
        }
        let has_chats = writing.has_encrypted_chats(account)?;
        if has_chats {
            threads.extend(pairs::loosen(writing, account)?);
        }
        let loosened = match heard {
            Some(_) => talks::loosen(writing, account)?,
            None => talks::Loosened::default(),
        };
        threads.extend(loosened.rows());
        if has_chats || !loosened.is_empty() {
            said_again.give_up(keys);
        }
        // Only what was seen before can share messages with what is new.
        if has_chats || !keys.is_empty() || !said_again.is_empty() || !loosened.is_empty() {
            let is_addition = self.at_hand.is_some() && self.changed.iter().all(|id| *id == self.snapshot.id);
            let are_coarse = heard.is_some_and(talks::Heard::has_coarse);
            let looked_at = if is_addition && !has_chats && !are_coarse && loosened.is_empty() {
                // What is only added brings two together by a message that both have now, or parts what was one by all of
                // a shorter one that is longer now.
                let common = writing.threads_with_common_messages(&*keys)?;
                let mut looked_at = BTreeSet::new();
                for &thread in &threads {
                    if common.contains(&thread) || writing.thread_keys(thread)?.len() > 1 {
                        looked_at.insert(thread);
                    }
                }
                looked_at
            } else {
                threads.clone()
            };
            threads = threads::join_by_messages(writing, &threads, &looked_at, are_coarse, keys)?;
        }
        if let Some(heard) = heard {
            threads.extend(talks::join(writing, heard, &loosened, keys)?);
            for thread in loosened.moved(writing)? {
                keys.extend(writing.keys_of_thread(thread)?);
                threads.insert(thread);
            }
            threads = writing.threads_that_are(&threads)?;
        }
        if has_chats {
            let (joined, moved) = pairs::join(writing, account)?;
            threads.extend(joined);
            threads = writing.threads_that_are(&threads)?;
            keys.extend(moved);
        }
        Ok(threads)
    }

    /// Computes conversations and records of the account that is served again.
    pub(super) fn derive_account(&mut self, mut affected: Affected) -> Result<(), IngestError> {
        let (writing, account) = (self.writing, self.account_id);
        affected.said_again.hand_over(writing, &mut affected.keys)?;
        let is_touched = !(affected.keys.is_empty() && affected.threads.is_empty() && affected.kinds.is_empty());
        let heard = if is_touched { Some(talks::listen(writing, account)?) } else { None };
        if let Some(heard) = &heard {
            self.put_into_zones(heard, &mut affected)?;
        }
        let Affected { mut keys, threads, mut kinds, mut said_again } = affected;
        let mut threads = self.join_conversations(heard.as_ref(), &mut keys, &mut said_again, threads)?;
        let mut has_moved = false;
        if let Some(heard) = &heard {
            let me = talks::names_of_owner(writing, account, heard)?;
            // Another name of the owner may bear on any of them.
            for thread in writing.threads_of_account(account)? {
                self.check_stop()?;
                for (before, after) in talks::marry(writing, self.account_key, thread, heard, &me)? {
                    keys.extend([before, after]);
                    threads.insert(thread);
                    has_moved = true;
                }
            }
        }
        for key in &keys {
            kinds.extend(writing.kind_of_key(*key)?);
        }
        let of = (account, self.account_key);
        let Rejoined { posts: joined, moved } = rejoin::rejoin(writing, of, Search::ByRecords, &kinds)?;
        keys.extend(moved.into_iter().flat_map(|(before, now)| [before, now]));
        said_again.restate(writing, &keys)?;
        let mut keys: Vec<Key> = keys.into_iter().collect();
        keys.sort_unstable();
        let mut stands = Stands::default();
        for key in keys {
            self.check_stop()?;
            self.deriver.derive_key(key, &mut stands)?;
        }
        // Only now it is known which files the documents name.
        for key in own_posts::place_unlisted(writing, account, self.account_key, &joined)? {
            self.deriver.derive_key(key, &mut stands)?;
        }
        if has_moved {
            // What is joined has its time from another row, in older snapshots too.
            self.changed.extend(writing.snapshots_of_account(account)?);
        }
        let row = writing.account_row(account)?;
        for thread in &threads {
            self.check_stop()?;
            threads::derive_thread(writing, *thread, &row)?;
        }
        if !threads.is_empty() {
            notices::judge(writing, account)?;
        }
        Ok(())
    }

    /// What this archive brings may be what references of earlier documents mean: files that were missing, or nearer ones.
    fn touch_attachments(&mut self) -> Result<(), StoreError> {
        let Some(archive) = self.at_hand else { return Ok(()) };
        let names = self.writing.names_of_files(archive)?;
        if names.is_empty() {
            return Ok(());
        }
        let is_meant = |path: &str, external_id: Option<&str>| {
            let base: String = path.rsplit(['/', '\\']).next().unwrap_or(path).nfc().collect();
            names.contains(&base) || external_id.is_some_and(|id| names.contains(id))
        };
        let account = self.account_id;
        let keys = self.writing.keys_with_attachments(account, self.deriver.last_record_before(), &is_meant)?;
        self.affected.entry(account).or_default().keys.extend(keys);
        Ok(())
    }

    /// What happened after the day of the first snapshot that tells it: that snapshot is new, or its day is.
    pub(super) fn touch_doubtful_times(&mut self) -> Result<(), StoreError> {
        let mut of_account: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
        // A snapshot that lost its last archive may be gone.
        let is_meant =
            |row: &&SnapshotRow| self.changed.contains(&row.id) || self.at_hand.is_some() && row.id == self.snapshot.id;
        for snapshot in self.writing.all_snapshots()?.iter().filter(is_meant) {
            of_account.entry(snapshot.account_id).or_default().insert(snapshot.id);
        }
        for (account, snapshots) in of_account {
            let affected = self.affected.entry(account).or_default();
            let doubtful = self.writing.records_with_doubtful_time(account, &snapshots)?;
            if !doubtful.is_empty() {
                // From when to when the others tell may change with them.
                self.changed.extend(self.writing.snapshots_of_account(account)?);
            }
            for (key, thread) in doubtful {
                affected.keys.insert(key);
                affected.threads.extend(thread);
            }
        }
        Ok(())
    }

    /// Says of snapshots and their accounts what only all their records tell.
    pub(super) fn finish_snapshots(&mut self, accounts: &BTreeSet<i64>) -> Result<(), IngestError> {
        let mut again = self.writing.snapshots_with_finding(FindingCode::MissingMedia)?;
        again.extend(&self.changed);
        let all = self.writing.all_snapshots()?;
        let is_meant = |row: &&SnapshotRow| again.contains(&row.id) || accounts.contains(&row.account_id);
        let meant: BTreeSet<i64> = all.iter().filter(is_meant).map(|row| row.account_id).collect();
        for &account in &meant {
            self.writing.name_account(account)?;
        }
        let (owners, doubtful) = owner::settle(self.writing, &self.writing.accounts()?)?;
        people::settle(self.writing, &owners)?;
        for snapshot in all.iter().map(|row| row.id) {
            self.withdraw(snapshot, FindingCode::DoubtfulOwner)?;
            if doubtful.contains(&snapshot) {
                self.find_in_snapshot(snapshot, owner::doubt())?;
            }
        }
        self.serve_again()?;
        for snapshot in all.iter().map(|row| row.id).filter(|id| again.contains(id)) {
            self.note_missing_media(snapshot)?;
        }
        // A finer row gives its time to older snapshots, too.
        let retimed = std::mem::take(&mut self.deriver.retimed);
        for snapshot in all.iter().map(|row| row.id).filter(|id| retimed.contains(id) && !self.changed.contains(id)) {
            self.writing.set_snapshot_range(snapshot)?;
        }
        for snapshot in all.iter().filter(|row| accounts.contains(&row.account_id) || again.contains(&row.id)) {
            self.withdraw(snapshot.id, FindingCode::DoubtfulValue)?;
            if let Some(finding) = times_that_cannot_be(self.writing, snapshot.id)? {
                self.find_in_snapshot(snapshot.id, finding)?;
            }
        }
        for snapshot in all.iter().map(|row| row.id).filter(|id| self.changed.contains(id)).collect::<Vec<_>>() {
            self.writing.set_snapshot_complete(snapshot, is_complete(self.writing, snapshot)?)?;
            self.writing.set_snapshot_range(snapshot)?;
        }
        meant.iter().try_for_each(|account| cover::judge_gone(self.writing, *account, &self.changed))?;
        Ok(())
    }

    /// A finding about a snapshot stands with the archive that stands for it.
    pub(super) fn find_in_snapshot(&mut self, snapshot: i64, finding: Finding) -> Result<(), StoreError> {
        if let Some((archive, _)) = self.writing.archives_in_snapshot(snapshot)?.first() {
            self.writing.add_finding(*archive, None, &finding)?;
        }
        if self.is_here(snapshot)? {
            self.report.findings.push(finding);
        }
        Ok(())
    }

    pub(super) fn withdraw(&mut self, snapshot: i64, code: FindingCode) -> Result<(), StoreError> {
        self.writing.withdraw_findings(snapshot, code)?;
        if self.is_here(snapshot)? {
            // What a document's reading found has the document's name.
            self.report.findings.retain(|finding| finding.code != code || finding.path.is_some());
        }
        Ok(())
    }

    fn note_missing_media(&mut self, snapshot: i64) -> Result<(), IngestError> {
        self.withdraw(snapshot, FindingCode::MissingMedia)?;
        missing_media(self.writing, snapshot)?.map_or(Ok(()), |finding| Ok(self.find_in_snapshot(snapshot, finding)?))
    }
}

/// A snapshot is complete when of every file that one of its archives has not whole another has it, and when of a
/// download that broke off everything that came stands in the others.
pub(super) fn is_complete(writing: &Writing<'_>, snapshot: i64) -> Result<bool, StoreError> {
    let archives = writing.archives_in_snapshot(snapshot)?;
    let mut manifests = Manifests::new(writing);
    for (archive, _) in &archives {
        let is_salvaged = writing.is_salvaged(*archive)?;
        let lacking = writing.files_not_whole(*archive)?;
        if !is_salvaged && lacking.is_empty() {
            continue;
        }
        let mut others = Manifest::default();
        for (other, _) in archives.iter().filter(|(other, _)| other != archive) {
            // What broke off proves nothing about the end of another.
            if !is_salvaged || !writing.is_salvaged(*other)? {
                others = others.and(&*manifests.of(*other)?);
            }
        }
        let own = manifests.of(*archive)?;
        let is_whole_elsewhere = lacking.iter().all(|path| others.has_whole(path_number(path)));
        let is_held = !is_salvaged || is_held_by(&own, &others);
        if !is_whole_elsewhere || !is_held {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether everything that an archive has, and what it has not whole, lies in others whole.
pub(super) fn is_held_by(archive: &Manifest, others: &Manifest) -> bool {
    others.holds(archive) && archive.not_read().all(|path| others.has_whole(path))
}
