//! `restore`: a download is written out again, every file with its bytes, its name and its time.
//!
//! Each archive of the snapshot becomes a folder (or a ZIP) of its own name in the folder that is named, because the name
//! says whose download it is and of which day, and because parts may hold files of the same name. A copy of what is
//! restored anyway (an unpacked folder beside its ZIP, a download that broke off beside the whole one) is left out.
//!
//! Every byte is compared with its hash on the way: what the home itself has lost is told, never passed over.

use std::collections::HashSet;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufWriter, Cursor, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use chrono::NaiveDateTime;
use thiserror::Error;

use super::{Home, HomeError};
use crate::archive::{Method, Packed, Placed, SafeNames, TreeWriter, Unsafe, ZipMember, ZipWriter};
use crate::ingest::Progress;
use crate::media::MediaStore;
use crate::model::{ContentHash, ContentHasher};
use crate::store::{EntryFate, HeldArchive, HeldEntry, Store, StoreError};

/// Why nothing, or not all, was written out.
#[derive(Debug, Error)]
pub enum RestoreError {
    #[error("{path} is not empty; nothing is ever written over", path = .0.display())]
    NotEmpty(PathBuf),
    #[error("{path} lies in the home itself", path = .0.display())]
    InsideHome(PathBuf),
    #[error("{needed} bytes are needed at {path} and {free} are free", path = path.display())]
    NoSpace { path: PathBuf, needed: u64, free: u64 },
    #[error("writing {path} failed", path = path.display())]
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

impl From<StoreError> for RestoreError {
    fn from(error: StoreError) -> Self {
        Self::Home(error.into())
    }
}

/// What to write, and where.
#[expect(missing_debug_implementations, reason = "a closure shows nothing")]
pub struct RestoreOptions<'a> {
    /// Id of the snapshot.
    pub snapshot: &'a str,
    /// A folder that is new or empty.
    pub to: &'a Path,
    pub as_zip: bool,
    /// Everything is looked at and nothing is written.
    pub is_dry_run: bool,
    /// Unix seconds of a wall clock: the times of a ZIP's entries tell no zone.
    pub clock: &'a dyn Fn(NaiveDateTime) -> Option<i64>,
    pub stop: &'a AtomicBool,
}

/// Something to know about what was written, as soon as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Restored {
    /// An archive is through: its folder or ZIP below the folder that was named, its files and their bytes.
    Archive { name: String, path: String, n_files: u64, bytes: u64 },
    /// An archive was left out, since everything that it holds is in another.
    Copy { name: String, of: String },
    /// A file lies under another name than it had.
    Renamed { archive: String, name: String, path: String, reason: Unsafe },
    /// Something of the archive does not come back as it was. `path`: what of it there is.
    Lacking { archive: String, name: Option<String>, path: Option<String>, reason: String },
}

/// How much of everything there was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RestoreReport {
    pub n_archives: u64,
    pub n_files: u64,
    pub bytes: u64,
    pub n_renamed: u64,
    pub n_lacking: u64,
}

impl Home {
    /// Writes a snapshot out. What happens is told to `each`.
    pub fn restore(
        &self,
        options: &RestoreOptions<'_>,
        progress: &dyn Progress,
        each: &mut dyn FnMut(Restored),
    ) -> Result<RestoreReport, RestoreError> {
        let store = self.reader()?;
        look_at_target(self.path(), options.to)?;
        let chosen = choose(&store, store.held_archives(options.snapshot)?)?;
        let mut needed = 0;
        for (archive, _) in chosen.iter().filter(|(_, whole)| whole.is_none()) {
            needed += store.weight_of_archive(archive.id)?.1;
        }
        look_at_space(options.to, needed)?;
        if !options.is_dry_run {
            fs::create_dir_all(options.to).map_err(failed(options.to))?;
        }
        let mut run = Run {
            store: &store,
            media: self.media()?,
            options,
            progress,
            each,
            names: SafeNames::default(),
            report: RestoreReport::default(),
        };
        progress.begin(options.snapshot, needed);
        let outcome = chosen.iter().try_for_each(|(archive, whole)| match whole {
            Some(of) => {
                (run.each)(Restored::Copy { name: archive.name.clone(), of: of.clone() });
                Ok(())
            }
            None => run.restore_archive(archive),
        });
        progress.end();
        outcome.map(|()| run.report)
    }
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> RestoreError + '_ {
    move |source| RestoreError::Files { path: path.to_owned(), source }
}

/// The folder is new or empty, and not the home's own.
fn look_at_target(home: &Path, to: &Path) -> Result<(), RestoreError> {
    match fs::read_dir(to) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                return Err(RestoreError::NotEmpty(to.to_owned()));
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(RestoreError::NotEmpty(to.to_owned()));
        }
        Err(error) => return Err(failed(to)(error)),
    }
    let there = std::path::absolute(to).map_err(failed(to))?;
    let there = nearest_folder(&there);
    let there = there.canonicalize().map_err(failed(to))?;
    let home = home.canonicalize().map_err(failed(home))?;
    if there.starts_with(home) { Err(RestoreError::InsideHome(to.to_owned())) } else { Ok(()) }
}

/// The path itself, or the first above it that is there.
fn nearest_folder(path: &Path) -> PathBuf {
    path.ancestors().find(|above| above.exists()).unwrap_or(path).to_owned()
}

#[cfg(unix)]
fn look_at_space(to: &Path, needed: u64) -> Result<(), RestoreError> {
    let there = std::path::absolute(to).map_err(failed(to))?;
    let room = rustix::fs::statvfs(nearest_folder(&there)).map_err(|error| failed(to)(error.into()))?;
    let free = room.f_bavail.saturating_mul(room.f_frsize);
    if free < needed { Err(RestoreError::NoSpace { path: to.to_owned(), needed, free }) } else { Ok(()) }
}

#[cfg(not(unix))]
fn look_at_space(_to: &Path, _needed: u64) -> Result<(), RestoreError> {
    // Only the writing itself tells.
    Ok(())
}

/// The files of an archive: a number for each name and what lies there.
#[derive(Default)]
struct Contents {
    whole: HashSet<(u64, i64)>,
    names: HashSet<u64>,
    lacking: HashSet<u64>,
}

impl Contents {
    fn of(store: &Store, archive: &HeldArchive) -> Result<Self, StoreError> {
        let mut contents = Self::default();
        store.files_of_download(archive.id, &mut |path, content| {
            let mut hasher = DefaultHasher::new();
            path.hash(&mut hasher);
            let name = hasher.finish();
            match content {
                Some(content) => {
                    contents.whole.insert((name, content));
                    contents.names.insert(name);
                }
                None => drop(contents.lacking.insert(name)),
            }
        })?;
        Ok(contents)
    }

    /// Whether everything of the other comes back with this.
    fn holds(&self, other: &Self) -> bool {
        !other.whole.is_empty() && other.whole.is_subset(&self.whole) && other.lacking.is_subset(&self.names)
    }
}

/// Which archives are written out, and of which of them the others are copies: by name.
fn choose(store: &Store, archives: Vec<HeldArchive>) -> Result<Vec<(HeldArchive, Option<String>)>, StoreError> {
    if archives.len() < 2 {
        return Ok(archives.into_iter().map(|archive| (archive, None)).collect());
    }
    let mut all = Vec::with_capacity(archives.len());
    for archive in archives {
        let contents = Contents::of(store, &archive)?;
        all.push((archive, contents, None));
    }
    // The fullest stand for the others; of equals what Instagram named, then what it packed.
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|index| {
        let (archive, contents, _) = &all[*index];
        let n_files = std::cmp::Reverse(contents.whole.len());
        (n_files, archive.is_by_content, !archive.is_zip, archive.public_id.clone())
    });
    let mut kept: Vec<usize> = Vec::new();
    for index in order {
        let whole = kept.iter().find(|whole| {
            let is_equal = all[**whole].0.content.is_some() && all[**whole].0.content == all[index].0.content;
            is_equal || all[**whole].1.holds(&all[index].1)
        });
        match whole.map(|whole| all[*whole].0.name.clone()) {
            Some(name) => all[index].2 = Some(name),
            None => kept.push(index),
        }
    }
    Ok(all.into_iter().map(|(archive, _, whole)| (archive, whole)).collect())
}

/// Where the files of one archive go.
enum Sink {
    Nowhere,
    Tree(TreeWriter),
    Zip(Box<ZipWriter<BufWriter<File>>>),
}

struct Run<'a> {
    store: &'a Store,
    media: MediaStore,
    options: &'a RestoreOptions<'a>,
    progress: &'a dyn Progress,
    each: &'a mut dyn FnMut(Restored),
    /// Of the archives themselves.
    names: SafeNames,
    report: RestoreReport,
}

impl Run<'_> {
    fn restore_archive(&mut self, archive: &HeldArchive) -> Result<(), RestoreError> {
        let stem = match archive.name.len().checked_sub(4).and_then(|at| archive.name.split_at_checked(at)) {
            Some((stem, end)) if archive.is_zip && end.eq_ignore_ascii_case(".zip") && !stem.is_empty() => stem,
            _ => &archive.name,
        };
        // A name of an inner ZIP may be a path.
        let stem = stem.rsplit('/').find(|part| !part.is_empty()).unwrap_or("download");
        let placed = if self.options.as_zip {
            self.names.file(&format!("{stem}.zip"))
        } else {
            self.names.folder_of_its_own(stem)
        };
        if let Some(reason) = placed.reason {
            self.report.n_renamed += 1;
            let (name, path) = (archive.name.clone(), placed.path.clone());
            (self.each)(Restored::Renamed { archive: archive.name.clone(), name, path, reason });
        }
        let target = self.options.to.join(&placed.path);
        let sink = match (self.options.is_dry_run, self.options.as_zip) {
            (true, _) => Sink::Nowhere,
            (false, false) => Sink::Tree(TreeWriter::new(target.clone()).map_err(failed(&target))?),
            (false, true) => {
                let file = File::create_new(&target).map_err(failed(&target))?;
                Sink::Zip(Box::new(ZipWriter::new(BufWriter::with_capacity(1 << 16, file))))
            }
        };
        let mut writing =
            Writing { archive, place: placed.path.clone(), sink, names: SafeNames::default(), n_files: 0, bytes: 0 };
        let mut after = None;
        loop {
            let entries = self.store.held_entries(archive.id, after)?;
            let Some(last) = entries.last() else { break };
            after = Some(last.position);
            for entry in &entries {
                if self.options.stop.load(Ordering::Relaxed) {
                    return Err(RestoreError::Interrupted);
                }
                self.restore_entry(entry, &mut writing)?;
            }
        }
        for (name, reason) in self.store.not_kept_beside_entries(archive.id)? {
            self.lack(archive, name, None, reason);
        }
        let Writing { sink, n_files, bytes, place, .. } = writing;
        match sink {
            Sink::Nowhere => {}
            Sink::Tree(tree) => tree.finish().map_err(failed(&target))?,
            Sink::Zip(zip) => {
                let file = zip.finish().and_then(|out| Ok(out.into_inner()?)).map_err(failed(&target))?;
                // The person may delete the original next.
                file.sync_all().map_err(failed(&target))?;
            }
        }
        self.report.n_archives += 1;
        self.report.n_files += n_files;
        self.report.bytes += bytes;
        (self.each)(Restored::Archive { name: archive.name.clone(), path: place, n_files, bytes });
        Ok(())
    }

    fn restore_entry(&mut self, entry: &HeldEntry, writing: &mut Writing<'_>) -> Result<(), RestoreError> {
        if entry.fate == EntryFate::Folder {
            return self.restore_folder(entry, writing);
        }
        let lack = |run: &mut Self, path: Option<String>, reason: &str| {
            run.lack(writing.archive, Some(entry.path.clone()), path, reason.to_owned());
        };
        let Some(content) = self.content(entry)? else {
            let reason = if entry.hash.is_some() { "its file is missing in the home" } else { "it was not kept" };
            lack(self, None, reason);
            return Ok(());
        };
        let mut content = Checked { from: content, hasher: ContentHash::hasher(), bytes: 0 };
        let is_packed = entry.fate == EntryFate::Undecodable;
        let placed = if self.options.as_zip { None } else { Some(self.place(entry, writing)) };
        let target = self.options.to.join(&writing.place);
        match (&mut writing.sink, &placed) {
            (Sink::Nowhere, _) => content.read_all().map_err(failed(&target))?,
            (Sink::Tree(tree), Some(placed)) => {
                let target = tree.path(&placed.path);
                write_file(tree, placed, self.modified_s(entry, writing.archive.is_zip), &mut content)
                    .map_err(failed(&target))?;
            }
            (Sink::Zip(zip), _) => {
                write_member(zip, entry, writing.archive.is_zip, &mut content).map_err(failed(&target))?;
            }
            (Sink::Tree(_), None) => {}
        }
        writing.n_files += 1;
        writing.bytes += content.bytes;
        self.progress.advance(content.bytes);
        if entry.hash.is_some_and(|hash| content.hasher.finish() != hash) {
            let path = placed.as_ref().map(|placed| placed.path.clone());
            self.lack(writing.archive, Some(entry.path.clone()), path, "its bytes in the home are damaged".to_owned());
        } else if is_packed {
            let path = placed.as_ref().map(|placed| placed.path.clone());
            let reason =
                format!("it could not be decoded; these are its bytes as they lay in the archive ({})", entry.method);
            self.lack(writing.archive, Some(entry.path.clone()), path, reason);
        } else if entry.fate == EntryFate::Odd
            && let Some(placed) = &placed
        {
            let reason = "it was a link or device; this is a file with what it said".to_owned();
            self.lack(writing.archive, Some(entry.path.clone()), Some(placed.path.clone()), reason);
        }
        Ok(())
    }

    fn restore_folder(&mut self, entry: &HeldEntry, writing: &mut Writing<'_>) -> Result<(), RestoreError> {
        let target = self.options.to.join(&writing.place);
        if let Sink::Zip(zip) = &mut writing.sink {
            // Instagram and all others mark a folder by the slash at its end.
            let name = raw_name(entry, true);
            let member = member(entry, &name, writing.archive.is_zip);
            let label = format!("{}/", entry.path.trim_end_matches('/'));
            let attributes = member.attributes.or(Some(0o040_755 << 16 | 0x10));
            let member =
                ZipMember { label: if entry.raw_name.is_some() { &entry.path } else { &label }, attributes, ..member };
            return zip.folder(&member).map_err(failed(&target));
        }
        if self.options.as_zip {
            return Ok(());
        }
        let name = entry.path.trim_end_matches('/');
        let placed = writing.names.folder(name);
        self.tell_rename(entry, &placed, writing);
        let modified = self.modified_s(entry, writing.archive.is_zip).and_then(system_time);
        match &mut writing.sink {
            Sink::Tree(tree) => tree.folder(&placed.path, modified).map_err(failed(&target)),
            _ => Ok(()),
        }
    }

    /// The name in a tree.
    fn place(&mut self, entry: &HeldEntry, writing: &mut Writing<'_>) -> Placed {
        let mut name = entry.path.clone();
        if entry.fate == EntryFate::Undecodable {
            name.push_str(".packed");
        }
        let mut placed = writing.names.file(&name);
        // Of a folder the bytes of a name are the name; of a ZIP they may be in another encoding.
        if !writing.archive.is_zip && entry.raw_name.is_some() {
            placed.reason = placed.reason.or(Some(Unsafe::NoText));
        }
        self.tell_rename(entry, &placed, writing);
        placed
    }

    fn tell_rename(&mut self, entry: &HeldEntry, placed: &Placed, writing: &Writing<'_>) {
        let Some(reason) = placed.reason else { return };
        self.report.n_renamed += 1;
        let archive = writing.archive.name.clone();
        let path = format!("{}/{}", writing.place, placed.path);
        (self.each)(Restored::Renamed { archive, name: entry.path.clone(), path, reason });
    }

    fn lack(&mut self, archive: &HeldArchive, name: Option<String>, path: Option<String>, reason: String) {
        self.report.n_lacking += 1;
        (self.each)(Restored::Lacking { archive: archive.name.clone(), name, path, reason });
    }

    /// The bytes of an entry; `None` where there are none.
    fn content(&self, entry: &HeldEntry) -> Result<Option<Box<dyn Read>>, RestoreError> {
        if let Some(document) = entry.document {
            return Ok(match self.store.document_bytes(document) {
                Ok(bytes) => Some(Box::new(Cursor::new(bytes))),
                Err(StoreError::Document(_)) => None,
                Err(error) => return Err(error.into()),
            });
        }
        let Some((hash, extension)) = entry.hash.as_ref().zip(entry.extension.as_ref()) else { return Ok(None) };
        Ok(match self.media.open_read(hash, extension) {
            Ok(file) => Some(Box::new(file)),
            Err(_) => None,
        })
    }

    /// When the file was written, as Unix seconds.
    fn modified_s(&self, entry: &HeldEntry, is_zip: bool) -> Option<(i64, u32)> {
        let at = modified(entry)?;
        let nanoseconds = at.and_utc().timestamp_subsec_nanos();
        let seconds = if is_zip { (self.options.clock)(at)? } else { at.and_utc().timestamp() };
        Some((seconds, nanoseconds))
    }
}

/// One archive while it is written.
struct Writing<'a> {
    archive: &'a HeldArchive,
    /// Its folder or ZIP, below the folder that was named.
    place: String,
    sink: Sink,
    names: SafeNames,
    n_files: u64,
    bytes: u64,
}

fn modified(entry: &HeldEntry) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(entry.modified.as_deref()?, "%Y-%m-%dT%H:%M:%S%.f").ok()
}

fn system_time((seconds, nanoseconds): (i64, u32)) -> Option<SystemTime> {
    let whole = Duration::from_secs(seconds.unsigned_abs());
    let start = SystemTime::UNIX_EPOCH;
    let time = if seconds < 0 { start.checked_sub(whole) } else { start.checked_add(whole) };
    time?.checked_add(Duration::from_nanos(u64::from(nanoseconds)))
}

fn write_file(
    tree: &mut TreeWriter,
    placed: &Placed,
    modified: Option<(i64, u32)>,
    content: &mut dyn Read,
) -> io::Result<()> {
    let mut file = tree.file(&placed.path)?;
    io::copy(content, &mut file)?;
    match modified.and_then(system_time) {
        Some(time) => file.set_modified(time),
        None => Ok(()),
    }
}

fn write_member<W: Write + Seek>(
    zip: &mut ZipWriter<W>,
    entry: &HeldEntry,
    is_zip: bool,
    content: &mut dyn Read,
) -> io::Result<()> {
    let name = raw_name(entry, false);
    let member = member(entry, &name, is_zip);
    let method = Method::from_name(&entry.method).unwrap_or(Method::Stored);
    if entry.fate == EntryFate::Undecodable {
        let packed = Packed { method, bytes: entry.bytes, crc32: entry.crc32.unwrap_or_default() };
        return zip.packed(&member, packed, content).map(drop);
    }
    zip.file(&member, entry.bytes, content).map(drop)
}

fn raw_name(entry: &HeldEntry, is_folder: bool) -> Vec<u8> {
    let mut name = entry.raw_name.clone().unwrap_or_else(|| entry.path.as_bytes().to_vec());
    if is_folder && !name.ends_with(b"/") && entry.raw_name.is_none() {
        name.push(b'/');
    }
    name
}

/// What a ZIP says of an entry. The times of a folder's files are moments and no wall clock: they stand in their own
/// field, so that nobody takes them for the time at which Instagram packed the download.
fn member<'e>(entry: &'e HeldEntry, name: &'e [u8], is_zip: bool) -> ZipMember<'e> {
    let at = modified(entry);
    // A link in a folder was one by the file system.
    let link = (!is_zip && entry.fate == EntryFate::Odd).then_some(0o120_777 << 16);
    ZipMember {
        name,
        label: &entry.path,
        modified: at.filter(|_| is_zip),
        modified_s: at.filter(|_| !is_zip).map(|at| at.and_utc().timestamp()),
        is_deflated: if is_zip { entry.method != "stored" } else { entry.fate == EntryFate::Document },
        flags: entry.zip_flags,
        system: entry.zip_system,
        attributes: entry.zip_attributes.or(link),
    }
}

/// Sums up what goes by.
struct Checked {
    from: Box<dyn Read>,
    hasher: ContentHasher,
    bytes: u64,
}

impl Checked {
    fn read_all(&mut self) -> io::Result<()> {
        io::copy(self, &mut io::sink()).map(drop)
    }
}

impl Read for Checked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.from.read(buffer)?;
        self.hasher.update(&buffer[..n]);
        self.bytes += n as u64;
        Ok(n)
    }
}
