//! What more than one archive's documents decide: joined conversations, shared records, the owner, what is missing.

use super::pipeline::{IngestError, Run};
use super::{own_posts, owner, snapshot, threads};
use crate::model::{Finding, FindingCode, Key, Who};

impl Run<'_, '_> {
    /// Everything that more than this archive's documents decide.
    pub(super) fn finish(&mut self) -> Result<(), IngestError> {
        if self.is_undated {
            let (date, ground) = snapshot::date_of_newest(self.newest_ms);
            self.snapshot.date = date.to_string();
            self.snapshot.public_id = snapshot::public_id(self.snapshot_key, date);
            self.writing.date_snapshot(self.snapshot.id, &self.snapshot.public_id, &self.snapshot.date, ground)?;
        }
        // Only what was seen before can share messages with what is new.
        let threads = if self.touched.is_empty() {
            std::mem::take(&mut self.threads)
        } else {
            threads::join_by_messages(self.writing, &self.threads)?
        };
        if self.has_new_media {
            self.touched.extend(self.writing.keys_with_missing_media(self.account_id)?);
        }
        let (joined, has_moved) =
            own_posts::rejoin(self.writing, self.account_id, self.account_key, &mut self.touched)?;
        let mut keys: Vec<Key> = self.touched.drain().collect();
        keys.sort_unstable();
        for key in keys {
            self.check_stop()?;
            self.deriver.derive_key(key)?;
        }
        // Only now it is known which files the documents name.
        for key in own_posts::place_unlisted(self.writing, self.account_id, self.account_key, &joined)? {
            self.deriver.derive_key(key)?;
        }
        for (kind, counts) in std::mem::take(&mut self.deriver.counts) {
            let all = self.report.records.entry(kind).or_default();
            all.new += counts.new;
            all.merged += counts.merged;
            all.unchanged += counts.unchanged;
        }
        for thread in threads {
            self.check_stop()?;
            threads::derive_thread(self.writing, thread, &self.account_handle)?;
        }
        self.writing.name_account(self.account_id)?;
        self.name_owner()?;
        self.writing.judge_gone(self.account_id)?;
        self.note_missing_media()?;
        self.writing.set_snapshot_complete(self.snapshot.id)?;
        if has_moved || !joined.is_empty() {
            // A post that is joined has its time from the newest of its rows, in older snapshots too.
            for snapshot in self.writing.snapshots_of_account(self.account_id)? {
                self.writing.set_snapshot_range(snapshot)?;
            }
        }
        self.writing.set_snapshot_range(self.snapshot.id)?;
        self.describe()
    }

    fn name_owner(&mut self) -> Result<(), IngestError> {
        let names = owner::names_of_account(self.writing, self.account_id, &self.account_handle)?;
        let mut owners: Vec<Who> = names.clone();
        for snapshot in self.writing.snapshots_of_account(self.account_id)? {
            let inferred = owner::infer(&names, &self.writing.participants_of_snapshot(snapshot)?);
            self.writing.set_snapshot_owner(snapshot, inferred.name.as_deref(), inferred.ground)?;
            if let Some(name) = inferred.name
                && !owners.contains(&Who::Name(name.clone()))
                && self.writing.is_display_name_in_snapshot(snapshot, &name)?
            {
                owners.push(Who::Name(name));
            }
            if inferred.is_doubtful && snapshot == self.snapshot.id {
                let sentence = "Several people take part equally often, so it is not known which of them the owner is; \
                                messages of the owner are not marked. A download with the profile in it settles it.";
                self.find(Finding::new(FindingCode::DoubtfulOwner, sentence))?;
            }
        }
        let shown = owners.iter().find_map(|who| match who {
            Who::Name(name) => Some(name.clone()),
            _ => None,
        });
        let shown = shown.unwrap_or_else(|| self.account_handle.clone());
        Ok(self.writing.set_owner(self.account_id, &self.account_handle, &owners, &shown)?)
    }

    fn note_missing_media(&mut self) -> Result<(), IngestError> {
        self.writing.withdraw_findings(self.snapshot.id, FindingCode::MissingMedia)?;
        self.report.findings.retain(|finding| finding.code != FindingCode::MissingMedia);
        let (examples, n_missing) = self.writing.missing_media(self.snapshot.id, EXAMPLES)?;
        if n_missing > 0 {
            let lead = if n_missing == 1 { "reference leads" } else { "references lead" };
            let sentence = format!(
                "{n_missing} {lead} to no file of this download, for example {}. If the download came in several parts, \
                 ingest the others too.",
                examples.join(", ")
            );
            self.find(Finding::new(FindingCode::MissingMedia, sentence).about(n_missing))?;
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

/// How many missing files one finding names.
const EXAMPLES: usize = 3;
