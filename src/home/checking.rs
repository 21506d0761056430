//! Is the home sound? Store, documents, media and index must agree.

use std::collections::BTreeSet;

use super::searching::Feed;
use super::{Home, HomeError};
use crate::index::{Index, IndexError, Reason, State};
use crate::ingest;
use crate::media::{MediaStore, Soundness};
use crate::store::{Damage, Store};

/// How thoroughly to look.
#[derive(Clone, Copy, Debug, Default)]
pub struct CheckOptions {
    /// Read every byte of media and documents again.
    pub reads_data: bool,
}

/// What was looked at, and what is wrong.
#[derive(Clone, Debug, Default)]
pub struct CheckReport {
    pub damage: Vec<Damage>,
    /// Worth knowing, but no damage.
    pub remarks: Vec<Damage>,
    pub n_records: u64,
    pub n_documents: u64,
    pub n_media: u64,
    pub n_indexed: u64,
    /// Talks in the index.
    pub n_talks: u64,
}

/// What to say about documents that were read by readers that are not today's.
pub fn older_readers(n: u64) -> String {
    let were = if n == 1 { "document was" } else { "documents were" };
    format!("{n} {were} read by older readers; `throwback reindex --documents` reads them again.")
}

impl Home {
    /// Looks at everything and changes nothing.
    pub fn check(&self, options: CheckOptions) -> Result<CheckReport, HomeError> {
        if self.path().is_dir() && !self.exists() {
            return self.check_without_database();
        }
        let store = self.reader()?;
        let mut report = CheckReport { damage: store.check()?, ..CheckReport::default() };
        let count = |sql: &str| -> Result<u64, HomeError> {
            let rows = store.select_all(sql, &[])?;
            Ok(rows.first().and_then(|row| row.values.first()?.as_integer()).unwrap_or_default().unsigned_abs())
        };
        report.n_records = count("SELECT count(*) FROM record")?;
        report.n_documents = count("SELECT count(*) FROM document")?;
        if options.reads_data {
            report.damage.extend(store.check_documents()?);
        }
        let n_outdated = ingest::n_outdated(&store)?;
        if n_outdated > 0 {
            report.remarks.push(Damage::new("older_readers", older_readers(n_outdated)));
        }
        self.check_media(&store, options, &mut report)?;
        self.check_index(&store, &mut report)?;
        Ok(report)
    }

    /// A folder in which nothing was ever kept is sound; media without the database that knows them are not.
    fn check_without_database(&self) -> Result<CheckReport, HomeError> {
        let mut report = CheckReport::default();
        let media = self.path().join("media");
        let n_media = if media.is_dir() { self.media()?.files().map_err(HomeError::Media)?.len() } else { 0 };
        if n_media > 0 {
            let sentence = format!("There are {n_media} media but no database; bring the downloads in again.");
            report.damage.push(Damage::new("database_missing", sentence));
        }
        Ok(report)
    }

    fn check_media(&self, store: &Store, options: CheckOptions, report: &mut CheckReport) -> Result<(), HomeError> {
        let media = self.media()?;
        let mut expected = BTreeSet::new();
        for medium in store.kept_media()? {
            let path = MediaStore::relative_path(&medium.hash, &medium.extension);
            let soundness = if options.reads_data {
                media.verify(&medium.hash, &medium.extension).map_err(HomeError::Media)?
            } else {
                media.glance(&medium.hash, &medium.extension, medium.bytes).map_err(HomeError::Media)?
            };
            match soundness {
                Soundness::Sound => {}
                Soundness::Missing => {
                    report.damage.push(Damage::new("medium_missing", format!("{path} is not there.")));
                }
                Soundness::Wrong => {
                    report
                        .damage
                        .push(Damage::new("medium_damaged", format!("{path} has other bytes than its name says.")));
                }
            }
            report.n_media += 1;
            expected.insert(path);
        }
        for path in media.files().map_err(HomeError::Media)? {
            if !expected.contains(&path) {
                let sentence = format!("{path} belongs to no record; an interrupted ingest may have left it.");
                report.remarks.push(Damage::new("medium_without_row", sentence));
            }
        }
        Ok(())
    }

    fn check_index(&self, store: &Store, report: &mut CheckReport) -> Result<(), HomeError> {
        let check = match Index::open(&self.index_path())?.check(&Feed(store)) {
            Err(IndexError::Damaged(what)) => {
                let sentence = format!("The index is damaged: {what}; reindex builds it anew.");
                report.damage.push(Damage::new("index_damaged", sentence));
                return Ok(());
            }
            check => check?,
        };
        report.n_indexed = check.n_documents;
        report.n_talks = check.n_talks;
        let remark =
            |sentence: String| Damage::new("index_behind", format!("{sentence} The next search or reindex mends it."));
        match &check.state {
            State::Current if check.is_good() => {}
            State::Current => {
                for file in &check.damaged_files {
                    report.damage.push(Damage::new("index_damaged", format!("index/{file} is damaged; run reindex.")));
                }
                // Of damaged files the rows were not read.
                if check.damaged_files.is_empty() {
                    let sentence = format!(
                        "The index lacks {} records and {} talks, and holds {} records and {} talks that are not there; run reindex.",
                        check.n_missing, check.n_talks_missing, check.n_surplus, check.n_talks_surplus
                    );
                    report.damage.push(Damage::new("index_differs", sentence));
                }
            }
            State::Behind(_) => {
                let n = check.n_missing + check.n_surplus;
                report.remarks.push(remark(format!("The index is behind by {n} records.")));
            }
            State::Rebuild(Reason::Missing) => report.remarks.push(remark("There is no index.".into())),
            State::Rebuild(reason) => report.remarks.push(remark(format!("The index must be rebuilt: {reason}."))),
        }
        Ok(())
    }
}
