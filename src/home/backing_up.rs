//! `backup`: a second home in another folder that holds what this one holds, made while it is read and written.
//!
//! The copy is a home like any other: `check --home DIR --read-data` proves it, every command reads it, and copied back it is
//! the home again. Media are copied only where the folder lacks them, so that the next backup costs what is new. Nothing that
//! lies there is deleted. The index is not copied: it follows from the rest.
//!
//! The order of writes ([`mod@step`]) is that of an ingest: media durable first, then the list of hashes, then the database in one
//! rename; a backup that is killed anywhere leaves the backup before it, and the next run goes on.

use std::collections::HashSet;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use thiserror::Error;

use super::{Home, HomeError, Lock, lies_inside};
use crate::ingest::Progress;
use crate::media::step::{self, Step};
use crate::media::{MediaStore, Soundness, hash_of, sync_directory};
use crate::model::ContentHash;
use crate::store::{DATABASE, KeptMedium, Store, StoreError};

/// The list of the backup's files with their hashes, as `b3sum --check` reads it.
pub const MANIFEST: &str = "manifest.b3sum";
/// The list of a backup whose database is about to take its place.
pub(super) const NEXT_MANIFEST: &str = "manifest.b3sum.next";

/// Why there is no new backup. What was in the folder before is as it was.
#[derive(Debug, Error)]
pub enum BackupError {
    #[error("{path} lies in the home itself", path = .0.display())]
    InsideHome(PathBuf),
    #[error("{path} holds something that is no backup of this home", path = .0.display())]
    NotABackup(PathBuf),
    #[error("{path} was written as a home of its own since it was made as a backup", path = .0.display())]
    Diverged(PathBuf),
    #[error("{path} could not be written", path = path.display())]
    Files {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("interrupted")]
    Interrupted,
    #[error(transparent)]
    Home(#[from] HomeError),
}

impl From<StoreError> for BackupError {
    fn from(error: StoreError) -> Self {
        Self::Home(error.into())
    }
}

/// What a backup came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BackupReport {
    /// Bytes of the database's copy.
    pub database_bytes: u64,
    /// Media that the backup holds, and those of them that were copied now.
    pub n_media: u64,
    pub n_copied: u64,
    pub copied_bytes: u64,
    /// Media of the home that are damaged or not there, by their paths in it, and that the backup lacks therefore.
    pub lacking: Vec<String>,
}

impl Home {
    /// Makes or renews the backup in the folder `to`.
    pub fn back_up(
        &self,
        to: &Path,
        command: &str,
        stop: &AtomicBool,
        progress: &dyn Progress,
    ) -> Result<BackupReport, BackupError> {
        let store = self.reader()?;
        let target = Home::at(to);
        self.look_at_folder(&target, &store)?;
        target.create()?;
        let _lock = Lock::take(to, command)?;
        // Once more, now that nobody else writes there.
        self.look_at_folder(&target, &store)?;
        target.empty_tmp()?;
        let draft = to.join("tmp").join(DATABASE);
        let made = Backup { home: self, target: &target, stop, progress }.make(&store, &draft);
        if made.is_err() {
            // The next run would remove it, too.
            fs::remove_file(&draft).ok();
        }
        made
    }

    /// The folder is new, empty, an unfinished backup, or one of this home that nobody wrote to since.
    fn look_at_folder(&self, target: &Home, store: &Store) -> Result<(), BackupError> {
        let to = target.path();
        if lies_inside(to, self.path()).map_err(failed(to))? {
            return Err(BackupError::InsideHome(to.to_owned()));
        }
        let not_ours = || BackupError::NotABackup(to.to_owned());
        if !target.exists() {
            // Media, named by their hashes, are all that a backup leaves that did not get as far as its database.
            const OURS: [&str; 5] = ["lock", "media", "tmp", "aside", NEXT_MANIFEST];
            let names = match fs::read_dir(to) {
                Ok(names) => names,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Err(not_ours()),
                Err(error) => return Err(failed(to)(error)),
            };
            for name in names {
                let name = name.map_err(failed(to))?.file_name();
                if !OURS.iter().any(|ours| name == *ours) {
                    return Err(not_ours());
                }
            }
            return Ok(());
        }
        let is_of_this_home = match Store::open_reader(to) {
            Ok(backup) => backup.home_id()? == store.home_id()?,
            Err(StoreError::OlderHome { .. }) => true,
            Err(_) => false,
        };
        let listed: Vec<ContentHash> =
            [MANIFEST, NEXT_MANIFEST].iter().filter_map(|name| listed_database(&to.join(name))).collect();
        if !is_of_this_home || listed.is_empty() {
            return Err(not_ours());
        }
        let database = hash_of(&to.join(DATABASE)).map_err(HomeError::Media)?;
        let has_log = fs::metadata(to.join(format!("{DATABASE}-wal"))).is_ok_and(|log| log.len() > 0);
        if listed.contains(&database) && !has_log { Ok(()) } else { Err(BackupError::Diverged(to.to_owned())) }
    }
}

struct Backup<'a> {
    home: &'a Home,
    target: &'a Home,
    stop: &'a AtomicBool,
    progress: &'a dyn Progress,
}

impl Backup<'_> {
    fn make(&self, store: &Store, draft: &Path) -> Result<BackupReport, BackupError> {
        self.progress.stage("database");
        if !store.copy_to(draft, &mut || !self.stop.load(Ordering::Relaxed))? {
            return Err(BackupError::Interrupted);
        }
        let database_bytes = fs::metadata(draft).map_err(failed(draft))?.len();
        let mut report = BackupReport { database_bytes, ..BackupReport::default() };
        // What the copy says, not what the home says by now.
        let kept = Store::open_reader_at(draft.to_owned())?.kept_media()?;
        let listed = self.copy_media(kept, &mut report)?;
        self.put_in_place(draft, &listed)?;
        Ok(report)
    }

    /// Copies what lacks. What an earlier backup did not come to list may never have reached the disk, whatever reading it
    /// shows now: it is copied again.
    fn copy_media(&self, kept: Vec<KeptMedium>, report: &mut BackupReport) -> Result<Vec<KeptMedium>, BackupError> {
        let [from, to] = [self.home.media()?, self.target.media()?];
        let durable = listed_media(self.target.path());
        let mut there = Vec::with_capacity(kept.len());
        self.progress.begin("media", kept.iter().map(|medium| medium.bytes).sum());
        for medium in kept {
            if self.stop.load(Ordering::Relaxed) {
                return Err(BackupError::Interrupted);
            }
            let KeptMedium { hash, extension, bytes } = &medium;
            let is_there = durable.contains(hash)
                && to.glance(hash, extension, *bytes).map_err(HomeError::Media)? == Soundness::Sound;
            let is_copied = !is_there && to.copy_from(&from, hash, extension, *bytes).map_err(HomeError::Media)?;
            self.progress.advance(*bytes);
            if is_there || is_copied {
                report.n_media += 1;
                report.n_copied += u64::from(is_copied);
                report.copied_bytes += if is_copied { *bytes } else { 0 };
                there.push(medium);
            } else {
                report.lacking.push(MediaStore::relative_path(hash, extension));
            }
        }
        self.progress.end();
        to.barrier().map_err(HomeError::Media)?;
        Ok(there)
    }

    /// The list first, then the database, in one rename each; whichever list has the hash of the database is its own.
    fn put_in_place(&self, draft: &Path, listed: &[KeptMedium]) -> Result<(), BackupError> {
        let to = self.target.path();
        let [next, manifest, database] = [NEXT_MANIFEST, MANIFEST, DATABASE].map(|name| to.join(name));
        write_manifest(&next, &hash_of(draft).map_err(HomeError::Media)?, listed).map_err(failed(&next))?;
        sync_directory(to).map_err(failed(to))?;
        step::done(Step::ListWritten);
        // Left by somebody who read the backup before; empty, or the backup would have been refused.
        for log in ["-wal", "-shm"].map(|end| to.join(format!("{DATABASE}{end}"))) {
            match fs::remove_file(&log) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&log)(error)),
                _ => {}
            }
        }
        fs::rename(draft, &database).map_err(failed(&database))?;
        step::done(Step::BackupNamed);
        sync_directory(to).map_err(failed(to))?;
        fs::rename(&next, &manifest).map_err(failed(&manifest))?;
        step::done(Step::ListNamed);
        sync_directory(to).map_err(failed(to))
    }
}

/// `hash  path` a line, as `b3sum` writes them, in the order of the paths.
fn write_manifest(path: &Path, database: &ContentHash, media: &[KeptMedium]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = BufWriter::new(options.open(path)?);
    writeln!(file, "{}  {DATABASE}", database.to_hex())?;
    for KeptMedium { hash, extension, .. } in media {
        writeln!(file, "{}  {}", hash.to_hex(), MediaStore::relative_path(hash, extension))?;
    }
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

/// The media that the backup lists which is in place; a list that cannot be read vouches for nothing, and all are copied.
fn listed_media(backup: &Path) -> HashSet<ContentHash> {
    let list = fs::read_to_string(backup.join(MANIFEST)).unwrap_or_default();
    list.lines().skip(1).filter_map(|line| ContentHash::from_hex(line.split("  ").next()?)).collect()
}

/// What a list says of the database, in its first line.
fn listed_database(manifest: &Path) -> Option<ContentHash> {
    let list = fs::read_to_string(manifest).ok()?;
    let (hash, name) = list.lines().next()?.split_once("  ")?;
    (name == DATABASE).then(|| ContentHash::from_hex(hash)).flatten()
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> BackupError + '_ {
    move |source| BackupError::Files { path: path.to_owned(), source }
}
