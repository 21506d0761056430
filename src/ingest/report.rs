//! What an ingest tells: counts that add up, and progress while it runs.

use std::collections::BTreeMap;

use crate::model::{Finding, Kind, Severity};

/// Hears how far an ingest has come. Calls are cheap and may come from any thread.
pub trait Progress: Sync {
    /// An archive begins; so many bytes will be read.
    fn begin(&self, archive: &str, bytes: u64);
    /// So many more bytes were read.
    fn advance(&self, bytes: u64);
    /// What is being done now, in a word or two.
    fn stage(&self, stage: &str);
    fn end(&self);
    /// Whether anybody reads how many records an archive holds that was held already: to count them takes longer than to
    /// recognise it.
    fn wants_counts(&self) -> bool {
        true
    }
}

/// Hears nothing.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
    fn stage(&self, _: &str) {}
    fn end(&self) {}
}

/// Records of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KindCounts {
    /// Were not held before.
    pub new: u64,
    /// Were held, and are known better by this archive, whichever archives tell of them.
    pub merged: u64,
    /// Were held, and this archive says the same.
    pub unchanged: u64,
}

/// What became of the records of one kind that were held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Were not held before.
    pub new: u64,
    /// Are known otherwise now.
    pub changed: u64,
    /// Ceased to be.
    pub removed: u64,
}

/// Entries of archives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EntryCounts {
    pub total: u64,
    pub documents: u64,
    pub media: u64,
    /// Files of no known form.
    pub unknown: u64,
    /// Entries of archives that were held already and were not read again.
    pub known: u64,
}

/// Media of archives: new to the home, or held already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MediaCounts {
    pub new_files: u64,
    pub new_bytes: u64,
    pub known_files: u64,
    pub known_bytes: u64,
}

/// What one archive was and what it brought.
#[derive(Clone, Debug, Default)]
pub struct ArchiveReport {
    pub name: String,
    pub bytes: u64,
    pub snapshot: String,
    pub account: String,
    pub format: &'static str,
    pub generation: &'static str,
    pub language: Option<String>,
    pub date: String,
    pub range_ms: Option<(i64, i64)>,
    pub owner: Option<String>,
    pub evidence: String,
    /// It was held already: nothing was read, or nothing that was not held.
    pub is_known: bool,
    /// Why it is in its snapshot (`name`, `time` or `content`) and the names of the archives beside it. `None` while it is
    /// alone.
    pub joined_by: Option<String>,
    pub beside: Vec<String>,
    pub entries: EntryCounts,
    pub records: BTreeMap<Kind, KindCounts>,
    pub media: MediaCounts,
    pub findings: Vec<Finding>,
}

impl ArchiveReport {
    pub fn count(&self, severity: Severity) -> u64 {
        self.findings.iter().filter(|finding| finding.severity() == severity).count() as u64
    }

    /// Records of all kinds.
    pub fn totals(&self) -> KindCounts {
        self.records.values().fold(KindCounts::default(), |sum, counts| KindCounts {
            new: sum.new + counts.new,
            merged: sum.merged + counts.merged,
            unchanged: sum.unchanged + counts.unchanged,
        })
    }
}
