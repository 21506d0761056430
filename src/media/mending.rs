//! Healing: bytes that are given again take the place of damaged ones, which move to `aside/`; files that no row knows
//! leave `media/`.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::model::{ContentHash, MediaType};

use super::draft::{Draft, read_full};
use super::kept::{BUFFER_BYTES, HEAD_BYTES, MediaStore, hash_of};
use super::probe::{Probe, probe};
use super::step::{self, Step};
use super::{MediaError, sniff};

/// Something that was read to its end and has no place yet.
#[derive(Debug)]
pub struct Received<'a> {
    pub(super) draft: Draft<'a>,
    pub hash: ContentHash,
    pub bytes: u64,
}

impl Received<'_> {
    /// All of it, in memory.
    pub fn into_bytes(mut self) -> Result<Vec<u8>, MediaError> {
        let mut bytes = Vec::new();
        self.draft.reader()?.read_to_end(&mut bytes).map_err(MediaError::Source)?;
        Ok(bytes)
    }
}

/// A file in `media/` that no row knows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stray {
    path: PathBuf,
    /// Relative to the home.
    pub name: String,
}

/// What a file says of itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Described {
    pub bytes: u64,
    pub media_type: MediaType,
    pub probe: Probe,
}

impl MediaStore {
    /// Reads a source to its end, with bounded memory.
    pub fn receive(&self, source: &mut dyn Read) -> Result<Received<'_>, MediaError> {
        let mut draft = Draft::new(&self.tmp);
        let mut hasher = ContentHash::hasher();
        let mut bytes = 0;
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            let n = read_full(source, &mut buffer).map_err(MediaError::Source)?;
            hasher.update(&buffer[..n]);
            draft.write(&buffer[..n])?;
            bytes += n as u64;
            if n < BUFFER_BYTES {
                return Ok(Received { draft, hash: hasher.finish(), bytes });
            }
        }
    }

    /// Puts what was received under its name; what stands there with other bytes is set aside. Durable after the next
    /// [`MediaStore::barrier`].
    pub fn put_right(&self, received: Received<'_>, extension: &str) -> Result<(), MediaError> {
        let place = self.place(&received.hash, extension);
        if is_there(&place)? && (!is_file(&place)? || hash_of(&place)? != received.hash) {
            self.set_aside(&place)?;
        }
        self.put(received.draft, place)
    }

    /// Reads the beginning of kept content, and what stands in it about its size.
    pub fn describe(&self, hash: &ContentHash, extension: &str) -> Result<Described, MediaError> {
        let place = self.place(hash, extension);
        let mut file = File::open(&place).map_err(MediaError::disk("read", &place))?;
        let bytes = file.metadata().map_err(MediaError::disk("read", &place))?.len();
        let mut head = vec![0; HEAD_BYTES];
        let n = read_full(&mut file, &mut head).map_err(MediaError::disk("read", &place))?;
        let (media_type, probe) = probe(&mut file, sniff::media_type_of(&head[..n]));
        Ok(Described { bytes, media_type, probe })
    }

    /// The extension under which sound content of that hash stands in its folder, whatever a row says.
    pub fn extension_on_disk(&self, hash: &ContentHash) -> Result<Option<String>, MediaError> {
        let Some(path) = self.find(&self.place(hash, ""), true)? else { return Ok(None) };
        let extension = path.extension().and_then(|extension| extension.to_str()).map(str::to_owned);
        Ok(if is_file(&path)? && hash_of(&path)? == *hash { extension } else { None })
    }

    /// The files of `media/` that are none of those expected, in order.
    pub fn strays(&self, expected: &BTreeSet<String>) -> Result<Vec<Stray>, MediaError> {
        let all = self.paths()?.into_iter().map(|(path, name)| Stray { path, name });
        Ok(all.filter(|stray| !expected.contains(&stray.name)).collect())
    }

    /// The hash of a stray file; `None` of what is no file, such as a link.
    pub fn hash_of_stray(&self, stray: &Stray) -> Result<Option<ContentHash>, MediaError> {
        if is_file(&stray.path)? { hash_of(&stray.path).map(Some) } else { Ok(None) }
    }

    /// Opens a stray file for reading.
    pub fn open_stray(&self, stray: &Stray) -> Result<File, MediaError> {
        File::open(&stray.path).map_err(MediaError::disk("read", &stray.path))
    }

    /// Whether a stray file is the very file that stands at its content's place: some disks take names in other letters for
    /// the same.
    pub fn is_in_place(&self, stray: &Stray, hash: &ContentHash, extension: &str) -> Result<bool, MediaError> {
        let real = |path: &Path| path.canonicalize().map_err(MediaError::disk("look at", path));
        Ok(real(&stray.path)? == real(&self.place(hash, extension))?)
    }

    /// Moves a stray file into `aside/`; one whose bytes stand under their own name is deleted. Durable after the next
    /// [`MediaStore::barrier`].
    pub fn clear_away(&self, stray: &Stray, is_held: bool) -> Result<(), MediaError> {
        if is_held {
            fs::remove_file(&stray.path).map_err(MediaError::disk("delete", &stray.path))?;
            step::done(Step::FileDeleted);
            self.state().directories.extend(stray.path.parent().map(Path::to_owned));
            Ok(())
        } else {
            self.set_aside(&stray.path)
        }
    }
}

fn is_there(path: &Path) -> Result<bool, MediaError> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(MediaError::disk("read", path)(error)),
    }
}

/// A file itself, not a link to one.
fn is_file(path: &Path) -> Result<bool, MediaError> {
    Ok(fs::symlink_metadata(path).map_err(MediaError::disk("read", path))?.is_file())
}
