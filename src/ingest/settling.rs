//! What every change of what is held goes through in the end: an archive that came, one that goes. Which archives are one
//! snapshot ([`super::regroup`]), whose it is ([`super::accounts`]), and everything that is computed from it
//! ([`super::finish`]).

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};

use super::derive::Deriver;
use super::finish::is_held_by;
use super::manifest::{Manifest, Manifests};
use super::pipeline::IngestError;
use super::regroup::Affected;
use super::rejoin::Kinds;
use super::report::{ArchiveReport, Progress};
use crate::model::{Key, KeyBuilder};
use crate::store::{OwnName, SnapshotRef, StoreError, Writing};

/// What changed so far, and what is to be computed because of it.
pub(super) struct Settling<'a, 'c> {
    pub(super) writing: &'a Writing<'c>,
    pub(super) stop: &'a AtomicBool,
    pub(super) progress: &'a dyn Progress,
    pub(super) report: ArchiveReport,
    /// The archive that is brought in, of which the report tells; `None` where archives only go.
    pub(super) at_hand: Option<i64>,
    pub(super) account_id: i64,
    pub(super) account_key: Key,
    pub(super) own: OwnName,
    /// Of the archive at hand.
    pub(super) snapshot: SnapshotRef,
    /// Keys that have more than this archive's one sighting, or refer to something not found yet.
    pub(super) touched: HashSet<Key>,
    /// Kinds of what this archive's documents say.
    pub(super) kinds: Kinds,
    pub(super) threads: BTreeSet<i64>,
    /// Readings of documents that were read before: they stand in one more snapshot.
    pub(super) seen_again: Vec<i64>,
    pub(super) deriver: Deriver<'a, 'c>,
    /// Snapshots that are other ones than before: other archives, another date or id.
    pub(super) changed: BTreeSet<i64>,
    /// What their documents said, by account.
    pub(super) affected: BTreeMap<i64, Affected>,
}

impl<'a, 'c> Settling<'a, 'c> {
    pub(super) fn new(writing: &'a Writing<'c>, stop: &'a AtomicBool, progress: &'a dyn Progress) -> Self {
        Self {
            writing,
            stop,
            progress,
            report: ArchiveReport::default(),
            at_hand: None,
            account_id: 0,
            account_key: KeyBuilder::new("none").key(),
            own: OwnName::default(),
            snapshot: SnapshotRef { date: String::new(), public_id: String::new(), id: 0 },
            touched: HashSet::new(),
            kinds: Kinds::new(),
            threads: BTreeSet::new(),
            seen_again: Vec::new(),
            deriver: Deriver::new(writing),
            changed: BTreeSet::new(),
            affected: BTreeMap::new(),
        }
    }

    /// Says to whose account everything that follows belongs.
    pub(super) fn serve(&mut self, account_id: i64) -> Result<(), IngestError> {
        let account = self.writing.account_row(account_id)?;
        self.account_id = account_id;
        self.account_key = account.key;
        self.deriver.serve(account_id, &account);
        self.own = account.own;
        Ok(())
    }

    /// Serves the account of the archive at hand again.
    pub(super) fn serve_again(&mut self) -> Result<(), IngestError> {
        match self.at_hand {
            Some(archive) => self.serve(self.writing.snapshot_of_archive(archive)?.account_id),
            None => Ok(()),
        }
    }

    /// Whether the archive at hand stands in that snapshot.
    pub(super) fn is_here(&self, snapshot: i64) -> Result<bool, StoreError> {
        let Some(archive) = self.at_hand else { return Ok(false) };
        Ok(self.writing.snapshot_of_archive(archive)?.id == snapshot)
    }

    pub(super) fn check_stop(&self) -> Result<(), IngestError> {
        check_stop(self.stop)
    }

    /// Whether the other archives of the snapshot hold everything that this one does.
    pub(super) fn is_copy(&self, archive_id: i64) -> Result<bool, StoreError> {
        let here = self.writing.snapshot_of_archive(archive_id)?;
        let mut manifests = Manifests::new(self.writing);
        let mut others = Manifest::default();
        let archives = self.writing.archives_in_snapshot(here.id)?;
        for (other, _) in archives.iter().filter(|(other, _)| *other != archive_id) {
            others = others.and(&*manifests.of(*other)?);
        }
        Ok(archives.len() > 1 && is_held_by(&*manifests.of(archive_id)?, &others))
    }

    /// What is held of the snapshot of the archive at hand goes into the report.
    pub(super) fn describe(&mut self) -> Result<(), IngestError> {
        let Some(archive_id) = self.at_hand else { return Ok(()) };
        let known = self.writing.describe_archive(archive_id)?;
        self.report.snapshot = known.snapshot;
        self.report.account = known.account;
        self.report.language = known.language;
        self.report.date = known.date;
        self.report.owner = known.owner;
        self.report.range_ms = known.range_ms;
        self.report.joined_by = known.joined_by;
        let snapshot = self.writing.snapshot_of_archive(archive_id)?.id;
        let archives = self.writing.archives_in_snapshot(snapshot)?;
        let beside = archives.into_iter().filter(|(archive, _)| *archive != archive_id);
        self.report.beside = beside.map(|(_, name)| name).collect();
        self.report.beside.sort();
        self.report.records = self.deriver.became_by(archive_id)?;
        Ok(())
    }
}

/// An error when everything is to stop.
pub(super) fn check_stop(stop: &AtomicBool) -> Result<(), IngestError> {
    if stop.load(Ordering::Relaxed) { Err(IngestError::Interrupted) } else { Ok(()) }
}
