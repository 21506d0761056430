//! Is the home sound? Store, documents, media and index must agree.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

use super::backing_up::{MANIFEST, NEXT_MANIFEST};
use super::repairing::{can_be, described, open_to_others};
use super::searching::Feed;
use super::{Home, HomeError};
use crate::index::{Index, IndexError, Reason, State};
use crate::ingest::{self, IngestError, Progress};
use crate::media::{MediaStore, Soundness};
use crate::model::ContentHash;
use crate::store::{DATABASE, Damage, Store};

/// Of which media and documents every byte is read again; of the others their lengths are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DataToRead {
    #[default]
    Nothing,
    /// So many of a hundred, by their hashes; another seed takes others.
    Sample {
        percent: u8,
        seed: u64,
    },
    Everything,
}

impl DataToRead {
    fn takes(self, hash: &ContentHash) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything => true,
            Self::Sample { percent, seed } => {
                let name = [hash.as_bytes().as_slice(), &seed.to_le_bytes()].concat();
                let dice = u64::from_le_bytes(std::array::from_fn(|at| ContentHash::of(&name).as_bytes()[at]));
                dice % 100 < u64::from(percent)
            }
        }
    }
}

/// Names in a home's folder, besides its databases.
const NAMES: [&str; 11] = [
    "media",
    "index",
    "index.new",
    "index.old",
    "tmp",
    "aside",
    "backup",
    "lock",
    "watch.lock",
    MANIFEST,
    NEXT_MANIFEST,
];
const DATABASES: [&str; 2] = [DATABASE, "watch.sqlite"];

/// Whether something in a home's folder is called as what belongs there.
pub(super) fn is_of_a_home(name: &str) -> bool {
    let is_of_database = |database: &&str| {
        name.strip_prefix(*database).is_some_and(|end| ["", "-wal", "-shm", "-journal"].contains(&end))
    };
    NAMES.contains(&name) || DATABASES.iter().any(is_of_database)
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
    /// Media of which every byte was read.
    pub n_read: u64,
    pub n_indexed: u64,
    /// Talks in the index.
    pub n_talks: u64,
}

/// What to say about documents that were read by readers that are not today's.
pub fn older_readers(n: u64) -> String {
    let were = if n == 1 { "document was" } else { "documents were" };
    format!("{n} {were} read by older readers; `throwback reindex --documents` reads them again.")
}

/// What is held of an archive's directory is not what it was.
pub(super) fn entries_differ(archive: &str) -> Damage {
    let sentence = format!(
        "The files that {archive} had are held under other names or with other contents than when it came in, so nothing is \
         computed anew: throwback check --repair --from {archive}."
    );
    Damage::new("entries_differ", sentence)
}

/// An error and what it comes from, in one line.
fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

impl Home {
    /// What can be done about a database that SQLite itself calls damaged, or that is not there.
    pub fn without_a_sound_database(&self) -> Result<Damage, HomeError> {
        let folder = self.path().join("backup");
        let failed = |source| HomeError::Files { doing: "listing", path: folder.clone(), source };
        let mut copies = Vec::new();
        for entry in
            if folder.is_dir() { Some(fs_err::read_dir(&folder).map_err(failed)?) } else { None }.into_iter().flatten()
        {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with("schema-") {
                copies.push((entry.metadata().and_then(|there| there.modified()).map_err(failed)?, name));
            }
        }
        let newest = copies.into_iter().max().map_or_else(String::new, |(_, name)| {
            format!(" backup/{name} is the database as it was before a newer version changed its form.")
        });
        let sentence = format!(
            "Nothing was changed, and nothing is guessed. A backup that `throwback backup DIR` made is the home again when it \
             is copied back; the downloads, brought into another home (--home DIR), give everything again.{newest}"
        );
        Ok(Damage::new("what_to_do", sentence))
    }

    /// Looks at everything and changes nothing.
    pub fn check(&self, data: DataToRead) -> Result<CheckReport, HomeError> {
        if self.path().is_dir() && !self.exists() {
            return self.check_without_database();
        }
        // First the index: it may be behind the records that are read after it, never ahead of them.
        let index = Index::open(&self.index_path());
        let store = self.reader()?;
        let mut report = CheckReport { damage: store.check()?, ..CheckReport::default() };
        let count = |sql: &str| -> Result<u64, HomeError> {
            let rows = store.select_all(sql, &[])?;
            Ok(rows.first().and_then(|row| row.values.first()?.as_integer()).unwrap_or_default().unsigned_abs())
        };
        report.n_records = count("SELECT count(*) FROM record")?;
        report.n_documents = count("SELECT count(*) FROM document")?;
        report.damage.extend(store.check_documents(&|hash| data.takes(hash))?);
        let n_outdated = ingest::n_outdated(&store)?;
        if n_outdated > 0 {
            report.remarks.push(Damage::new("older_readers", older_readers(n_outdated)));
        }
        self.check_media(&store, data, &mut report)?;
        self.check_names(&mut report)?;
        let n_open = open_to_others(self.path())?;
        if n_open > 0 {
            let sentence = format!("{} read by others; --repair mends it.", can_be(n_open));
            report.remarks.push(Damage::new("open_to_others", sentence));
        }
        Self::check_index(index, &store, &mut report)?;
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

    fn check_media(&self, store: &Store, data: DataToRead, report: &mut CheckReport) -> Result<(), HomeError> {
        let media = self.media()?;
        let mut expected = BTreeSet::new();
        for row in store.described_media()? {
            let path = MediaStore::relative_path(&row.hash, &row.extension);
            let is_read = data.takes(&row.hash);
            let soundness = if is_read {
                report.n_read += 1;
                media.verify(&row.hash, &row.extension).map_err(HomeError::Media)?
            } else {
                media.glance(&row.hash, &row.extension, row.bytes).map_err(HomeError::Media)?
            };
            match soundness {
                Soundness::Sound if is_read => {
                    let file = media.describe(&row.hash, &row.extension).map_err(HomeError::Media)?;
                    if described(&row, &file) != row {
                        let sentence =
                            format!("The row of {path} says something else than the file; --repair mends it.");
                        report.damage.push(Damage::new("medium_row_wrong", sentence));
                    }
                }
                Soundness::Sound => {}
                Soundness::Missing => {
                    let sentence = format!("{path} is not there.{}", store.remedy(&row.hash)?);
                    report.damage.push(Damage::new("medium_missing", sentence));
                }
                Soundness::Wrong => {
                    let sentence = format!("{path} has other bytes than its name says.{}", store.remedy(&row.hash)?);
                    report.damage.push(Damage::new("medium_damaged", sentence));
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

    /// Every name in the folder is one that a home has.
    fn check_names(&self, report: &mut CheckReport) -> Result<(), HomeError> {
        let failed = |source| HomeError::Files { doing: "listing", path: self.path().to_owned(), source };
        let mut strange = Vec::new();
        for entry in fs_err::read_dir(self.path()).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
            if !is_of_a_home(&name) {
                strange.push(name);
            }
        }
        strange.sort();
        for name in strange {
            let sentence = format!("{name} is nothing that belongs into a home; it is left alone.");
            report.remarks.push(Damage::new("strange_file", sentence));
        }
        Ok(())
    }

    /// Reads every kept document again, computes everything that follows from them anew, and compares it with what is held;
    /// nothing is changed. What SQLite does not notice, a value that became another one, is found so.
    pub fn rederive(
        &self,
        command: &str,
        stop: &AtomicBool,
        progress: &dyn Progress,
    ) -> Result<Vec<Damage>, HomeError> {
        if !self.exists() {
            return Ok(Vec::new());
        }
        // A home of another schema is refused, not brought to this one.
        drop(self.reader()?);
        let _lock = self.lock(command)?;
        let mut store = Store::open(self.path(), &super::new_home_id())?;
        let found = match ingest::rederive(&mut store, stop, progress) {
            Err(IngestError::Store(error)) if error.is_of_document() => {
                let sentence = format!("The documents cannot be read again: {error}.");
                return Ok(vec![Damage::new("document_damaged", sentence)]);
            }
            Err(IngestError::Store(error)) if error.is_contradiction() => {
                let sentence = format!("What is held contradicts itself: {}.", with_causes(&error));
                return Ok(vec![Damage::new("rederived_otherwise", sentence)]);
            }
            found => found?,
        };
        let mut damage: Vec<Damage> = found.doubtful_archives.iter().map(|name| entries_differ(name)).collect();
        if let Some(first) = found.report.changed.first() {
            let n = found.report.changed.len();
            let say = if n == 1 { "document says" } else { "documents say" };
            let sentence = format!(
                "{n} {say} something else than what is held of it, the first {} ({}).",
                first.path,
                first.hash.to_hex()
            );
            damage.push(Damage::new("document_says_otherwise", sentence));
        }
        if !found.rows.is_empty() {
            let sentence = format!(
                "What is held is not what the documents give ({}); `throwback reindex --documents` mends it.",
                found.rows.join(", ")
            );
            damage.push(Damage::new("rederived_otherwise", sentence));
        }
        Ok(damage)
    }

    fn check_index(index: Result<Index, IndexError>, store: &Store, report: &mut CheckReport) -> Result<(), HomeError> {
        let check = match index?.check(&Feed(store)) {
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
