//! What more than one archive's documents decide: joined conversations, shared records, the owner, what is missing.

use std::collections::{BTreeSet, HashSet};

use unicode_normalization::UnicodeNormalization;

use super::manifest::{Manifest, Manifests, path_number};
use super::pipeline::{IngestError, Run};
use super::{owner, threads};
use crate::model::{Finding, FindingCode, Key, Who};
use crate::store::StoreError;

impl Run<'_, '_> {
    /// Everything that more than this archive's documents decide.
    pub(super) fn finish(&mut self) -> Result<(), IngestError> {
        let read_for = self.account_id;
        self.regroup()?;
        // Here readings are to be refreshed whose snapshots teach something else than before: those of `self.changed`.
        let affected = self.affected.entry(read_for).or_default();
        affected.threads.append(&mut self.threads);
        let own = std::mem::take(&mut self.touched);
        affected.keys.extend(&own);
        for reading in std::mem::take(&mut self.seen_again) {
            for (kind, n) in self.writing.restate_snapshots_of_reading(reading)? {
                self.report.records.entry(kind).or_default().unchanged += n;
            }
        }
        self.touch_attachments()?;
        let own = self.keys_counted(own)?;
        self.affected.entry(self.account_id).or_default();
        for (account, affected) in std::mem::take(&mut self.affected) {
            self.serve(account)?;
            self.derive_account(affected.keys, &affected.threads, &own)?;
        }
        for (kind, counts) in std::mem::take(&mut self.deriver.counts) {
            let all = self.report.records.entry(kind).or_default();
            all.new += counts.new;
            all.merged += counts.merged;
            all.unchanged += counts.unchanged;
        }
        self.writing.remove_empty_snapshots()?;
        self.finish_snapshots()?;
        self.describe()
    }

    /// The keys of which the report tells: what this archive's documents say. Only where snapshots changed there are others.
    fn keys_counted(&self, mut own: HashSet<Key>) -> Result<HashSet<Key>, StoreError> {
        for (reading, _) in self.writing.readings_of_archive(self.archive_id)? {
            let is_read_again = self.affected.values().any(|affected| !affected.keys.is_empty());
            if is_read_again {
                self.writing.keys_of_reading(reading, &mut |key| {
                    own.insert(key);
                })?;
            }
        }
        Ok(own)
    }

    /// Computes conversations and records of the account that is served again.
    fn derive_account(
        &mut self,
        mut keys: HashSet<Key>,
        threads: &BTreeSet<i64>,
        counted: &HashSet<Key>,
    ) -> Result<(), IngestError> {
        self.writing.remove_unseen_thread_keys(threads)?;
        let mut seen = threads.clone();
        for thread in threads {
            if self.writing.is_thread_torn(*thread)? {
                self.writing.keys_in_thread(*thread, &mut |key| {
                    keys.insert(key);
                })?;
                seen.extend(self.writing.part_thread(*thread)?);
            }
        }
        // Only what was seen before can share messages with what is new.
        let remaining = if keys.is_empty() { seen.clone() } else { threads::join_by_messages(self.writing, &seen)? };
        let mut keys: Vec<Key> = keys.into_iter().collect();
        keys.sort_unstable();
        for key in keys {
            self.check_stop()?;
            self.deriver.is_counting = counted.contains(&key);
            self.deriver.derive_key(key)?;
        }
        self.writing.remove_threads_without_key(&seen)?;
        for thread in remaining {
            self.check_stop()?;
            threads::derive_thread(self.writing, thread, &self.account_handle)?;
        }
        Ok(())
    }

    /// What this archive brings may be what references of earlier documents mean: files that were missing, or nearer ones.
    fn touch_attachments(&mut self) -> Result<(), StoreError> {
        let names = self.writing.names_of_files(self.archive_id)?;
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

    /// Says of snapshots and their accounts what only all their records tell.
    fn finish_snapshots(&mut self) -> Result<(), IngestError> {
        let here = self.writing.snapshot_of_archive(self.archive_id)?;
        let mut again = self.writing.snapshots_with_finding(FindingCode::MissingMedia)?;
        self.changed.insert(here.id);
        again.extend(&self.changed);
        let all = self.writing.all_snapshots()?;
        for account in
            all.iter().filter(|row| again.contains(&row.id)).map(|row| row.account_id).collect::<BTreeSet<_>>()
        {
            self.writing.name_account(account)?;
            self.writing.judge_gone(account)?;
        }
        self.name_owners(&all.iter().map(|row| row.account_id).collect())?;
        self.serve(here.account_id)?;
        for snapshot in all.iter().map(|row| row.id).filter(|id| again.contains(id)) {
            self.note_missing_media(snapshot)?;
        }
        for snapshot in all.iter().map(|row| row.id).filter(|id| self.changed.contains(id)).collect::<Vec<_>>() {
            self.writing.set_snapshot_complete(snapshot, self.is_complete(snapshot)?)?;
            self.writing.set_snapshot_range(snapshot)?;
            self.note_unknown_owner(snapshot)?;
        }
        Ok(())
    }

    /// A snapshot is complete when of every file that one of its archives has not whole another has it, and when of a
    /// download that broke off everything that came stands in the others.
    fn is_complete(&self, snapshot: i64) -> Result<bool, StoreError> {
        let archives = self.writing.archives_in_snapshot(snapshot)?;
        let mut manifests = Manifests::new(self.writing);
        for (archive, _) in &archives {
            let is_salvaged = self.writing.is_salvaged(*archive)?;
            let lacking = self.writing.files_not_whole(*archive)?;
            if !is_salvaged && lacking.is_empty() {
                continue;
            }
            let mut others = Manifest::default();
            for (other, _) in archives.iter().filter(|(other, _)| other != archive) {
                // What broke off proves nothing about the end of another.
                if !is_salvaged || !self.writing.is_salvaged(*other)? {
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

    /// Whether the other archives of the snapshot hold everything that this one does.
    pub(super) fn is_copy(&self) -> Result<bool, StoreError> {
        let here = self.writing.snapshot_of_archive(self.archive_id)?;
        let mut manifests = Manifests::new(self.writing);
        let mut others = Manifest::default();
        let archives = self.writing.archives_in_snapshot(here.id)?;
        for (other, _) in archives.iter().filter(|(other, _)| *other != self.archive_id) {
            others = others.and(&*manifests.of(*other)?);
        }
        Ok(archives.len() > 1 && is_held_by(&*manifests.of(self.archive_id)?, &others))
    }

    /// A finding about a snapshot stands with the archive that stands for it.
    fn find_in_snapshot(&mut self, snapshot: i64, finding: Finding) -> Result<(), StoreError> {
        if let Some((archive, _)) = self.writing.archives_in_snapshot(snapshot)?.first() {
            self.writing.add_finding(*archive, &finding)?;
        }
        if snapshot == self.writing.snapshot_of_archive(self.archive_id)?.id {
            self.report.findings.push(finding);
        }
        Ok(())
    }

    fn withdraw(&mut self, snapshot: i64, code: FindingCode) -> Result<(), StoreError> {
        self.writing.withdraw_findings(snapshot, code)?;
        if snapshot == self.writing.snapshot_of_archive(self.archive_id)?.id {
            self.report.findings.retain(|finding| finding.code != code);
        }
        Ok(())
    }

    fn note_unknown_owner(&mut self, snapshot: i64) -> Result<(), StoreError> {
        self.withdraw(snapshot, FindingCode::UnknownOwner)?;
        let Some(stand_in) = self.writing.stand_in_of_snapshot(snapshot)? else { return Ok(()) };
        let name = self.writing.archives_in_snapshot(snapshot)?.into_iter().next().map(|(_, name)| name);
        let sentence = format!(
            "Neither the archive's name nor a profile inside it tells whose account {} is; it stands as {stand_in}.",
            name.unwrap_or_default(),
        );
        self.find_in_snapshot(snapshot, Finding::new(FindingCode::UnknownOwner, sentence))
    }

    /// Says who the owners are. All accounts again, for one person may own several of them under one name: who knows most
    /// of the owner's names has the last word, then the account's key, so that the order of arrival does not matter.
    fn name_owners(&mut self, accounts: &BTreeSet<i64>) -> Result<(), IngestError> {
        let mut all = Vec::with_capacity(accounts.len());
        for account in accounts {
            let row = self.writing.account_row(*account)?;
            let (names, owners) = self.owner_of(*account, &row.first_handle)?;
            let shown = owners.iter().find_map(|who| match who {
                Who::Name(name) => Some(name.clone()),
                _ => None,
            });
            all.push((names, row.key, *account, row.first_handle, owners, shown));
        }
        all.sort();
        for (_, _, account, handle, owners, shown) in all {
            let shown = shown.unwrap_or_else(|| handle.clone());
            self.writing.set_owner(account, &handle, &owners, &shown)?;
        }
        Ok(())
    }

    /// How many names of its owner an account's documents tell, and all names that the owner has in them.
    fn owner_of(&mut self, account: i64, handle: &str) -> Result<(usize, Vec<Who>), IngestError> {
        let names = owner::names_of_account(self.writing, account, handle)?;
        let mut owners: Vec<Who> = names.clone();
        for snapshot in self.writing.snapshots_of_account(account)? {
            let inferred = owner::infer(&names, &self.writing.participants_of_snapshot(snapshot)?);
            self.writing.set_snapshot_owner(snapshot, inferred.name.as_deref(), inferred.ground)?;
            if let Some(name) = inferred.name
                && !owners.contains(&Who::Name(name.clone()))
                && self.writing.is_display_name_in_snapshot(snapshot, &name)?
            {
                owners.push(Who::Name(name));
            }
            self.withdraw(snapshot, FindingCode::DoubtfulOwner)?;
            if inferred.is_doubtful {
                let sentence = "Several people take part equally often, so it is not known which of them the owner is; \
                                messages of the owner are not marked. A download with the profile in it settles it.";
                self.find_in_snapshot(snapshot, Finding::new(FindingCode::DoubtfulOwner, sentence))?;
            }
        }
        Ok((names.len(), owners))
    }

    fn note_missing_media(&mut self, snapshot: i64) -> Result<(), IngestError> {
        self.withdraw(snapshot, FindingCode::MissingMedia)?;
        let (examples, n_missing) = self.writing.missing_media(snapshot, EXAMPLES)?;
        if n_missing > 0 {
            let lead = if n_missing == 1 { "reference leads" } else { "references lead" };
            let sentence = format!(
                "{n_missing} {lead} to no file of this download, for example {}. If the download came in several parts, \
                 ingest the others too.",
                examples.join(", ")
            );
            self.find_in_snapshot(snapshot, Finding::new(FindingCode::MissingMedia, sentence).about(n_missing))?;
        }
        Ok(())
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

/// Whether everything that an archive has, and what it has not whole, lies in others whole.
fn is_held_by(archive: &Manifest, others: &Manifest) -> bool {
    others.holds(archive) && archive.not_read().all(|path| others.has_whole(path))
}

/// How many missing files one finding names.
const EXAMPLES: usize = 3;
