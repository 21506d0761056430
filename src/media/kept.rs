//! The media of a home: one file for each distinct content.

use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::model::{ContentHash, MediaType};

use super::draft::{Draft, read_full};
use super::probe::{Probe, probe};
use super::step::{self, Step};
use super::sync::{Disk, make_private_folder};
use super::{MediaError, sniff};

/// The folders `media/`, `tmp/` and `aside/` of a home. Several threads may keep media at once.
#[derive(Debug)]
pub struct MediaStore {
    media: PathBuf,
    pub(super) tmp: PathBuf,
    aside: PathBuf,
    disk: Disk,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    /// Renamed to their final names and not durable yet.
    pending: Vec<PathBuf>,
    /// Directories in which something was renamed or made since.
    pub(super) directories: BTreeSet<PathBuf>,
    /// What this store put under its final name: it stands there although no row knows it yet.
    written: HashSet<ContentHash>,
    has_failed: bool,
}

impl State {
    /// Notes that a folder has other names in it. The one that it stands in as well: it may be as new as what is in it.
    fn note_folder(&mut self, folder: &Path) {
        self.directories.insert(folder.to_owned());
        let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
        self.directories.extend(parent.map(Path::to_owned));
    }
}

/// What became of one source.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    pub hash: ContentHash,
    pub bytes: u64,
    pub media_type: MediaType,
    /// Its bytes were not held before.
    pub is_new: bool,
    pub probe: Probe,
}

/// How a kept file stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Soundness {
    Sound,
    Missing,
    /// Its content has another hash than its name.
    Wrong,
}

/// Read at once from a source.
pub(super) const BUFFER_BYTES: usize = 128 << 10;
/// The first bytes of a file, by which its type is told.
pub(super) const HEAD_BYTES: usize = 64 << 10;

impl MediaStore {
    /// Makes the folders where they lack, for the owner's eyes only.
    pub fn open(media: &Path, tmp: &Path, aside: &Path) -> Result<Self, MediaError> {
        for folder in [media, tmp, aside] {
            make_private_folder(folder).map_err(MediaError::disk("make", folder))?;
        }
        let disk = Disk::open(media)?;
        Ok(Self { media: media.into(), tmp: tmp.into(), aside: aside.into(), disk, state: Mutex::default() })
    }

    /// Where content lies, relative to the home: `media/ab/abcdef….jpg`.
    pub fn relative_path(hash: &ContentHash, extension: &str) -> String {
        let hex = hash.to_hex();
        format!("media/{}/{hex}.{extension}", &hex[..2])
    }

    /// Keeps everything that `source` gives, in one pass and with bounded memory. `is_known` says whether a row of the
    /// store points at that content. When the source or the disk fails half-way, nothing remains.
    pub fn keep(&self, source: &mut dyn Read, is_known: &dyn Fn(&ContentHash) -> bool) -> Result<Kept, MediaError> {
        if self.state().has_failed {
            return Err(MediaError::NotDurable);
        }
        let mut draft = Draft::new(&self.tmp);
        let mut hasher = ContentHash::hasher();
        let mut head = Vec::new();
        let mut bytes = 0;
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            let n = read_full(source, &mut buffer).map_err(MediaError::Source)?;
            let piece = &buffer[..n];
            hasher.update(piece);
            draft.write(piece)?;
            if bytes == 0 {
                head.extend_from_slice(&piece[..n.min(HEAD_BYTES)]);
            }
            bytes += n as u64;
            if n < BUFFER_BYTES {
                break;
            }
        }
        let hash = hasher.finish();
        let sniffed = sniff::media_type_of(&head);
        let (media_type, probe) = probe(&mut *draft.reader()?, sniffed);
        let mut kept = Kept { hash, bytes, media_type, is_new: false, probe };
        kept.is_new = self.settle(draft, &kept, is_known(&hash))?;
        Ok(kept)
    }

    /// Puts a draft under its final name unless its content stands there; says whether it is new.
    fn settle(&self, draft: Draft<'_>, kept: &Kept, is_known: bool) -> Result<bool, MediaError> {
        if self.state().written.contains(&kept.hash) {
            return Ok(false);
        }
        let mut place = self.place(&kept.hash, kept.media_type.extension);
        if let Some(there) = self.find(&place, is_known)? {
            let there = &there;
            let length = fs::metadata(there).map_err(MediaError::disk("read", there))?.len();
            let looks_right = length == kept.bytes;
            if is_known && looks_right {
                return Ok(false);
            }
            // Without a row it is left over: replaced in any case, but what is not what its name says is set aside.
            if !looks_right || hash_of(there)? != kept.hash {
                self.set_aside(there)?;
            }
            place.clone_from(there);
        }
        self.put(draft, place)?;
        Ok(self.state().written.insert(kept.hash))
    }

    /// Puts a draft under its name in `media/`, in place of what may stand there. Durable after the next
    /// [`MediaStore::barrier`].
    pub(super) fn put(&self, draft: Draft<'_>, place: PathBuf) -> Result<(), MediaError> {
        let shard = place.parent().unwrap_or(&self.media).to_owned();
        make_private_folder(&shard).map_err(MediaError::disk("make", &shard))?;
        draft.rename_to(&place)?;
        let mut state = self.state();
        state.pending.push(place);
        state.directories.insert(shard);
        state.note_folder(&self.media);
        Ok(())
    }

    /// Copies content that another home keeps; says whether it could. What is not there, or has other bytes than its name
    /// says, is not copied. What stands here with another length is set aside.
    pub fn copy_from(&self, other: &Self, hash: &ContentHash, extension: &str, bytes: u64) -> Result<bool, MediaError> {
        let from = other.place(hash, extension);
        let mut source = match File::open(&from) {
            Ok(source) => source,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(MediaError::disk("read", &from)(error)),
        };
        let received = match self.receive(&mut source) {
            Err(MediaError::Source(error)) => return Err(MediaError::disk("read", &from)(error)),
            received => received?,
        };
        if received.hash != *hash {
            return Ok(false);
        }
        let place = self.place(hash, extension);
        if self.glance(hash, extension, bytes)? == Soundness::Wrong {
            self.set_aside(&place)?;
        }
        self.put(received.draft, place)?;
        Ok(true)
    }

    /// After it, everything that was kept so far stands under its final name even after a power cut. To be called when
    /// all calls of [`MediaStore::keep`] have returned and before rows that point at the media are committed. When it
    /// fails, those rows must not be committed, and this store keeps nothing more.
    pub fn barrier(&self) -> Result<(), MediaError> {
        let mut state = self.state();
        if state.has_failed {
            return Err(MediaError::NotDurable);
        }
        let files = std::mem::take(&mut state.pending);
        let directories = std::mem::take(&mut state.directories);
        let result = self.disk.make_durable(&files, &directories);
        state.has_failed = result.is_err();
        result
    }

    /// Opens kept content for reading.
    pub fn open_read(&self, hash: &ContentHash, extension: &str) -> Result<File, MediaError> {
        let place = self.place(hash, extension);
        File::open(&place).map_err(MediaError::disk("read", &place))
    }

    /// Reads kept content again and compares it with its name.
    pub fn verify(&self, hash: &ContentHash, extension: &str) -> Result<Soundness, MediaError> {
        let place = self.place(hash, extension);
        if !place.try_exists().map_err(MediaError::disk("read", &place))? {
            return Ok(Soundness::Missing);
        }
        Ok(if hash_of(&place)? == *hash { Soundness::Sound } else { Soundness::Wrong })
    }

    /// Looks at the length of kept content only.
    pub fn glance(&self, hash: &ContentHash, extension: &str, bytes: u64) -> Result<Soundness, MediaError> {
        let place = self.place(hash, extension);
        match fs::metadata(&place) {
            Ok(there) if there.len() == bytes => Ok(Soundness::Sound),
            Ok(_) => Ok(Soundness::Wrong),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Soundness::Missing),
            Err(error) => Err(MediaError::disk("read", &place)(error)),
        }
    }

    /// How kept content of that media type ends; `None` where it is not there.
    pub fn ending(
        &self,
        hash: &ContentHash,
        extension: &str,
        media_type: &str,
    ) -> Result<Option<super::Ending>, MediaError> {
        let place = self.place(hash, extension);
        let mut file = match File::open(&place) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(MediaError::disk("read", &place)(error)),
        };
        super::ending(&mut file, media_type).map(Some).map_err(MediaError::disk("read", &place))
    }

    /// Every file below `media/`, relative to the home, in order.
    pub fn files(&self) -> Result<Vec<String>, MediaError> {
        Ok(self.paths()?.into_iter().map(|(_, name)| name).collect())
    }

    /// Every file below `media/` with its path relative to the home, in order.
    pub(super) fn paths(&self) -> Result<Vec<(PathBuf, String)>, MediaError> {
        let mut files = Vec::new();
        for step in walkdir::WalkDir::new(&self.media).min_depth(1).sort_by_file_name() {
            let step = step.map_err(|error| MediaError::disk("list", &self.media)(error.into()))?;
            if !step.file_type().is_dir() {
                let below = step.path().strip_prefix(&self.media).unwrap_or(step.path());
                let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
                let name = format!("media/{}", parts.join("/"));
                files.push((step.into_path(), name));
            }
        }
        Ok(files)
    }

    pub(super) fn place(&self, hash: &ContentHash, extension: &str) -> PathBuf {
        let hex = hash.to_hex();
        self.media.join(&hex[..2]).join(format!("{hex}.{extension}"))
    }

    /// The file of a content: at its place, or, when it is known, beside it with an extension that an earlier version
    /// gave it.
    pub(super) fn find(&self, place: &Path, is_known: bool) -> Result<Option<PathBuf>, MediaError> {
        if place.try_exists().map_err(MediaError::disk("read", place))? {
            return Ok(Some(place.to_owned()));
        }
        if !is_known {
            return Ok(None);
        }
        let shard = place.parent().unwrap_or(&self.media);
        let entries = match fs::read_dir(shard) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(MediaError::disk("list", shard)(error)),
        };
        for entry in entries {
            let path = entry.map_err(MediaError::disk("list", shard))?.path();
            if path.file_stem() == place.file_stem() {
                return Ok(Some(path));
            }
        }
        Ok(None)
    }

    /// Puts content under a name of its own into `aside/`. Durable after the next [`MediaStore::barrier`]; what lies there
    /// by that name may be of an interrupted run, and is replaced.
    pub fn put_aside(&self, hash: &ContentHash, extension: &str, bytes: &[u8]) -> Result<(), MediaError> {
        let dot = if extension.is_empty() { "" } else { "." };
        let place = self.aside.join(format!("{}{dot}{extension}", hash.to_hex()));
        let mut draft = Draft::new(&self.tmp);
        draft.write(bytes)?;
        draft.rename_to(&place)?;
        let mut state = self.state();
        state.pending.push(place);
        state.note_folder(&self.aside);
        Ok(())
    }

    /// Takes content out of `media/`, to which no row points any more: into `aside/`, or for good. What is not there has
    /// left before. Durable after the next [`MediaStore::barrier`].
    pub fn let_leave(&self, hash: &ContentHash, extension: &str, is_purged: bool) -> Result<(), MediaError> {
        let Some(place) = self.find(&self.place(hash, extension), true)? else { return Ok(()) };
        let aside = self.aside.join(format!("{}.{extension}", hash.to_hex()));
        let lies_aside = !is_purged && aside.try_exists().map_err(MediaError::disk("read", &aside))?;
        if is_purged || (lies_aside && hash_of(&aside)? == *hash) {
            fs::remove_file(&place).map_err(MediaError::disk("delete", &place))?;
            step::done(Step::FileDeleted);
        } else {
            self.set_aside(&place)?;
        }
        let shard = place.parent().unwrap_or(&self.media);
        // A folder in which nothing is left goes too; another file in it is no error.
        match fs::remove_dir(shard) {
            Ok(()) => drop(self.state().directories.remove(shard)),
            Err(_) => drop(self.state().directories.insert(shard.to_owned())),
        }
        self.state().directories.insert(self.media.clone());
        Ok(())
    }

    /// Moves a file to `aside/`, under a name that is free there. Durable after the next [`MediaStore::barrier`].
    pub(super) fn set_aside(&self, path: &Path) -> Result<(), MediaError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut target = self.aside.join(&name);
        let mut number = 2;
        while target.try_exists().map_err(MediaError::disk("read", &target))? {
            target = self.aside.join(format!("{number}-{name}"));
            number += 1;
        }
        fs::rename(path, &target).map_err(MediaError::disk("set aside", path))?;
        step::done(Step::FileSetAside);
        let mut state = self.state();
        state.note_folder(&self.aside);
        state.directories.extend(path.parent().map(Path::to_owned));
        // What an interrupted run left was never synced. A link has nothing to be synced.
        if target.symlink_metadata().is_ok_and(|there| there.is_file()) {
            state.pending.push(target);
        }
        Ok(())
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // A thread that panicked left the lists whole: each is changed by single calls.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells what [`MediaStore::keep`] would say of a source, and keeps nothing. Sizes of pictures are not looked at.
pub fn weigh(source: &mut dyn Read, is_known: &dyn Fn(&ContentHash) -> bool) -> Result<Kept, MediaError> {
    let mut hasher = ContentHash::hasher();
    let mut media_type = MediaType::EMPTY;
    let mut bytes = 0;
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let n = read_full(source, &mut buffer).map_err(MediaError::Source)?;
        if bytes == 0 {
            media_type = sniff::media_type_of(&buffer[..n.min(HEAD_BYTES)]);
        }
        hasher.update(&buffer[..n]);
        bytes += n as u64;
        if n < BUFFER_BYTES {
            break;
        }
    }
    let hash = hasher.finish();
    Ok(Kept { hash, bytes, media_type, is_new: !is_known(&hash), probe: Probe::default() })
}

/// The hash of a file's bytes.
pub fn hash_of(path: &Path) -> Result<ContentHash, MediaError> {
    let mut file = File::open(path).map_err(MediaError::disk("read", path))?;
    let mut hasher = ContentHash::hasher();
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let n = read_full(&mut file, &mut buffer).map_err(MediaError::disk("read", path))?;
        hasher.update(&buffer[..n]);
        if n < BUFFER_BYTES {
            return Ok(hasher.finish());
        }
    }
}
