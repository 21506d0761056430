//! `check --repair`: heals what can be healed, and deletes nothing of which the home holds no sound copy.
//!
//! Everything is read first, and every step leaves the home no worse than it found it: bytes that are given are taken by
//! their hash alone, wherever they lie; what they replace, and what no row knows, moves into `aside/`; records are
//! computed again only when all documents are sound. Killed anywhere, the next run does what is left to do. A database
//! that SQLite itself calls damaged is not touched.

mod derived;
mod given;
mod modes;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use self::given::Given;
use super::{CheckReport, DataToRead, Home, HomeError, Lock, forgetting, new_home_id};
use crate::archive::{Archive, EntryKind, Limits};
use crate::ingest::{self, IngestError, Progress};
use crate::media::{Described, MediaError, MediaStore, Received, Soundness};
use crate::model::ContentHash;
use crate::store::{DATABASE_DAMAGED, Damage, DescribedMedium, Store};

pub(super) use modes::{can_be, open_to_others};

/// What a repair is given.
#[derive(Debug)]
pub struct RepairOptions<'a> {
    /// ZIPs, folders, or other homes, from which bytes may be taken.
    pub from: &'a [PathBuf],
    /// For reading these.
    pub limits: &'a Limits,
    /// The words of the command, for whoever finds the home locked.
    pub command: &'a str,
    pub stop: &'a AtomicBool,
}

/// What was healed, and what a look at everything found afterwards.
#[derive(Clone, Debug, Default)]
pub struct RepairReport {
    pub mended: Vec<Damage>,
    pub check: CheckReport,
}

impl Home {
    /// Heals what can be healed, then looks at everything again.
    pub fn repair(&self, options: &RepairOptions<'_>, progress: &dyn Progress) -> Result<RepairReport, HomeError> {
        if !self.exists() {
            let check = self.check(DataToRead::Everything)?;
            return Ok(RepairReport { check, ..RepairReport::default() });
        }
        // A home of another schema is refused, not brought to this one.
        drop(self.reader()?);
        // What lies in `tmp/` is told before it goes.
        let _lock = Lock::take(self.path(), options.command)?;
        let mut given = Given::open(options.from, &self.path().join("tmp"), options.limits)?;
        let damage = self.reader()?.check()?;
        if damage.iter().any(|damage| damage.code == DATABASE_DAMAGED) {
            let check = self.check(DataToRead::Nothing)?;
            return Ok(RepairReport { check, ..RepairReport::default() });
        }
        let (mended, remaining) = {
            let store = Store::open(self.path(), &new_home_id())?;
            let media = self.media()?;
            let mut mending = Mending {
                home: self,
                store,
                media: &media,
                options,
                progress,
                lacking: BTreeMap::new(),
                mended: Vec::new(),
                remaining: Vec::new(),
            };
            mending.mend_folder()?;
            mending.mend_content(&mut given)?;
            mending.mend_records()?;
            mending.store.settle()?;
            mending.mend_index()?;
            (mending.mended, mending.remaining)
        };
        progress.stage("checking");
        let mut check = self.check(DataToRead::Everything)?;
        check.damage.extend(remaining);
        Ok(RepairReport { mended, check })
    }
}

/// Content of which the home does not hold the bytes.
#[derive(Clone, Debug)]
enum Lacking {
    Document { id: i64, bytes: u64 },
    Medium { bytes: u64, extension: String },
}

struct Mending<'a> {
    home: &'a Home,
    store: Store,
    media: &'a MediaStore,
    options: &'a RepairOptions<'a>,
    progress: &'a dyn Progress,
    lacking: BTreeMap<ContentHash, Lacking>,
    mended: Vec<Damage>,
    /// What a look at everything does not find by itself.
    remaining: Vec<Damage>,
}

impl Mending<'_> {
    fn tell(&mut self, code: &'static str, sentence: impl Into<String>) {
        self.mended.push(Damage::new(code, sentence));
    }

    fn check_stop(&self) -> Result<(), HomeError> {
        if self.options.stop.load(Ordering::Relaxed) { Err(IngestError::Interrupted.into()) } else { Ok(()) }
    }

    /// Modes, and what interrupted runs left to do.
    fn mend_folder(&mut self) -> Result<(), HomeError> {
        let n_open = modes::make_private(self.home.path())?;
        if n_open > 0 {
            self.tell("open_to_others", format!("{} read by you alone again.", modes::can_be(n_open)));
        }
        let n_left = self.home.empty_tmp()?;
        if n_left > 0 {
            self.tell("unfinished_write", format!("tmp/ was emptied of what an interrupted run left ({n_left})."));
        }
        forgetting::let_files_leave(&mut self.store, self.media)
    }

    /// Looks at all bytes, and takes those that lack from wherever they lie.
    fn mend_content(&mut self, given: &mut Given<'_>) -> Result<(), HomeError> {
        self.look_at_documents()?;
        let expected = self.look_at_media()?;
        self.take_from_strays(&expected)?;
        if let Some(aside) = Given::aside(self.home.path(), self.options.limits)? {
            self.take_from(&aside)?;
        }
        given.each_home(&mut |home, store| self.take_documents_of(home, store))?;
        given.each_archive(&mut |archive| {
            self.mend_entries(archive)?;
            self.take_from(archive)
        })?;
        self.clear_strays(&expected)
    }

    fn look_at_documents(&mut self) -> Result<(), HomeError> {
        for damaged in self.store.damaged_documents(&|_| true)? {
            if let Some(bytes) = damaged.bytes {
                let writing = self.store.write()?;
                writing.set_document_length(damaged.id, bytes)?;
                writing.commit()?;
                self.tell("document_row_wrong", format!("{} The row says it now.", damaged.sentence));
                continue;
            }
            let lacking = Lacking::Document { id: damaged.id, bytes: self.store.length_of_document(damaged.id)? };
            self.lacking.insert(damaged.hash, lacking);
        }
        Ok(())
    }

    /// Reads every medium. Rows that say something else than their file are put right. Gives the paths that there must be.
    fn look_at_media(&mut self) -> Result<BTreeSet<String>, HomeError> {
        let mut expected = BTreeSet::new();
        let media = self.store.described_media()?;
        self.progress.begin("media", media.iter().map(|medium| medium.bytes).sum());
        for mut row in media {
            self.check_stop()?;
            let mut soundness = self.media.verify(&row.hash, &row.extension).map_err(HomeError::Media)?;
            if soundness == Soundness::Missing
                && let Some(extension) = self.extension_that_was_meant(&row.hash)?
            {
                (row.extension, soundness) = (extension, Soundness::Sound);
            }
            if soundness == Soundness::Sound {
                self.mend_row(&row)?;
            } else {
                let lacking = Lacking::Medium { bytes: row.bytes, extension: row.extension.clone() };
                self.lacking.insert(row.hash, lacking);
            }
            expected.insert(MediaStore::relative_path(&row.hash, &row.extension));
            self.progress.advance(row.bytes);
        }
        self.progress.end();
        Ok(expected)
    }

    /// Where a sound file stands beside the place that the row names, with the extension that its bytes call for, it is
    /// the row that is wrong.
    fn extension_that_was_meant(&self, hash: &ContentHash) -> Result<Option<String>, HomeError> {
        let Some(there) = self.media.extension_on_disk(hash).map_err(HomeError::Media)? else { return Ok(None) };
        let described = self.media.describe(hash, &there).map_err(HomeError::Media)?;
        Ok((described.media_type.extension == there).then_some(there))
    }

    fn mend_row(&mut self, row: &DescribedMedium) -> Result<(), HomeError> {
        let file = self.media.describe(&row.hash, &row.extension).map_err(HomeError::Media)?;
        let described = described(row, &file);
        let held = self.store.described_medium(&row.hash)?;
        if held.as_ref() == Some(&described) {
            return Ok(());
        }
        let writing = self.store.write()?;
        writing.describe_medium(&described)?;
        writing.commit()?;
        let path = MediaStore::relative_path(&row.hash, &row.extension);
        self.tell("medium_row_wrong", format!("The row of {path} says again what stands in the file."));
        Ok(())
    }

    /// Content that lies in `media/` under another name.
    fn take_from_strays(&mut self, expected: &BTreeSet<String>) -> Result<(), HomeError> {
        for stray in self.media.strays(expected).map_err(HomeError::Media)? {
            self.check_stop()?;
            let hash = self.media.hash_of_stray(&stray).map_err(HomeError::Media)?;
            if hash.is_some_and(|hash| self.lacking.contains_key(&hash)) {
                let mut file = self.media.open_stray(&stray).map_err(HomeError::Media)?;
                let received = self.media.receive(&mut file).map_err(HomeError::Media)?;
                self.take(received, &format!("{} in the home", stray.name))?;
            }
        }
        self.media.barrier().map_err(HomeError::Media)
    }

    /// What no row knows leaves `media/`. Only what is held soundly under its own name is deleted.
    fn clear_strays(&mut self, expected: &BTreeSet<String>) -> Result<(), HomeError> {
        for stray in self.media.strays(expected).map_err(HomeError::Media)? {
            self.check_stop()?;
            let hash = self.media.hash_of_stray(&stray).map_err(HomeError::Media)?;
            let row = hash.map(|hash| self.store.described_medium(&hash)).transpose()?.flatten();
            let sound = row.filter(|row| {
                self.media.verify(&row.hash, &row.extension).is_ok_and(|soundness| soundness == Soundness::Sound)
            });
            if let Some(row) = &sound
                && self.media.is_in_place(&stray, &row.hash, &row.extension).map_err(HomeError::Media)?
            {
                continue;
            }
            let is_held = sound.is_some();
            self.media.clear_away(&stray, is_held).map_err(HomeError::Media)?;
            let (code, became) = if is_held {
                ("medium_twice", "was there a second time and was deleted")
            } else {
                ("medium_without_row", "belongs to no record and was moved to aside/")
            };
            self.tell(code, format!("{} {became}.", stray.name));
        }
        self.media.barrier().map_err(HomeError::Media)
    }

    /// Takes what lacks from another home, a backup for example.
    fn take_documents_of(&mut self, home: &str, other: &Store) -> Result<(), HomeError> {
        for hash in self.lacking.keys().copied().collect::<Vec<_>>() {
            if let Some(bytes) = other.document_of(&hash)? {
                let received = self.media.receive(&mut bytes.as_slice()).map_err(HomeError::Media)?;
                self.take(received, home)?;
            }
        }
        Ok(())
    }

    /// Takes what lacks from an archive, by its hash, under whatever name it stands there.
    fn take_from(&mut self, archive: &Archive) -> Result<(), HomeError> {
        let mut lengths = BTreeSet::new();
        // Kept as it lay packed in its archive: nobody knows the length that an archive would declare.
        let mut has_packed = false;
        for (hash, lacking) in &self.lacking {
            has_packed |= self.store.holders(hash)?.1;
            lengths.insert(match lacking {
                Lacking::Document { bytes, .. } | Lacking::Medium { bytes, .. } => *bytes,
            });
        }
        for entry in archive.entries() {
            if self.lacking.is_empty() {
                break;
            }
            self.check_stop()?;
            let is_possible = lengths.contains(&entry.bytes) || archive.is_salvaged();
            if entry.kind == EntryKind::Directory || !(is_possible || has_packed) {
                continue;
            }
            let from = format!("{} in {}", entry.path.as_str(), archive.name());
            let is_taken = match archive.read(entry.position) {
                Ok(mut reader) => self.take_if_whole(&mut reader, &from)?,
                Err(_) => false,
            };
            if !is_taken
                && has_packed
                && let Ok(mut packed) = archive.read_raw(entry.position)
            {
                self.take_if_whole(&mut packed, &from)?;
            }
        }
        self.media.barrier().map_err(HomeError::Media)
    }

    /// An archive whose directory is that of one that is held says what its entries are.
    fn mend_entries(&mut self, archive: &Archive) -> Result<(), HomeError> {
        let writing = self.store.write()?;
        let n = ingest::mend_entries(&writing, archive)?;
        if n == 0 {
            return Ok(writing.roll_back()?);
        }
        writing.commit()?;
        self.tell("entries_differ", format!("{n} files of {} are held again as it names them.", archive.name()));
        Ok(())
    }

    /// What cannot be read to its end is nothing to be taken.
    fn take_if_whole(&mut self, source: &mut dyn std::io::Read, from: &str) -> Result<bool, HomeError> {
        match self.media.receive(source) {
            Ok(received) => self.take(received, from),
            Err(MediaError::Source(_)) => Ok(false),
            Err(error) => Err(HomeError::Media(error)),
        }
    }

    fn take(&mut self, received: Received<'_>, from: &str) -> Result<bool, HomeError> {
        let hash = received.hash;
        match self.lacking.get(&hash).cloned() {
            None => return Ok(false),
            Some(Lacking::Medium { extension, .. }) => {
                self.media.put_right(received, &extension).map_err(HomeError::Media)?;
                self.media.barrier().map_err(HomeError::Media)?;
                let path = MediaStore::relative_path(&hash, &extension);
                self.tell("medium_damaged", format!("{path} has its bytes again: {from}."));
                if let Some(row) = self.store.described_medium(&hash)? {
                    self.mend_row(&row)?;
                }
            }
            Some(Lacking::Document { id, .. }) => {
                self.mend_document(id, &received.into_bytes().map_err(HomeError::Media)?)?;
                self.tell("document_damaged", format!("Document {} has its bytes again: {from}.", hash.to_hex()));
            }
        }
        self.lacking.remove(&hash);
        Ok(true)
    }

    /// The damaged chunks lie in `aside/`, durable, before the row is changed.
    fn mend_document(&mut self, id: i64, bytes: &[u8]) -> Result<(), HomeError> {
        let packed = self.store.packed_document(id)?;
        if !packed.is_empty() {
            self.media.put_aside(&ContentHash::of(&packed), "zst", &packed).map_err(HomeError::Media)?;
            self.media.barrier().map_err(HomeError::Media)?;
        }
        let writing = self.store.write()?;
        writing.mend_document(id, bytes)?;
        Ok(writing.commit()?)
    }
}

/// What the row of a medium must say.
pub(super) fn described(row: &DescribedMedium, file: &Described) -> DescribedMedium {
    DescribedMedium {
        bytes: file.bytes,
        media_type: file.media_type.name.to_owned(),
        width: file.probe.width,
        height: file.probe.height,
        seconds: file.probe.seconds(),
        ..row.clone()
    }
}
