//! `restore`: a download is written out again, every file with its bytes, its name and its time.
//!
//! Each archive of the snapshot becomes a folder (or a ZIP) of its own name in the folder that is named, because the name
//! says whose download it is and of which day, and because parts may hold files of the same name. A copy of what is
//! restored anyway (an unpacked folder beside its ZIP, a download that broke off beside the whole one) is left out.
//!
//! Every byte is compared with its hash on the way: what the home itself has lost is told, never passed over.

mod contents;
mod file;
mod target;

use std::fs::{self, File};
use std::io::{self, BufWriter, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::NaiveDateTime;
use thiserror::Error;

use self::contents::choose;
use self::file::{Checked, member, modified, raw_name, system_time, write_file, write_member};
use self::target::{look_at_space, look_at_target};
use super::{Home, HomeError};
use crate::archive::{Placed, SafeNames, TreeWriter, Unsafe, ZipMember, ZipWriter};
use crate::ingest::Progress;
use crate::media::{MediaError, MediaStore};
use crate::model::ContentHash;
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
        self.write_out(&store, &chosen, needed, options, progress, each)
    }

    /// Goes through everything that restoring these snapshots would do, and writes nothing: every byte that would come back
    /// is compared with its hash. Gives what would be lacking, with the archive's name.
    pub fn rehearse_restoring(
        &self,
        snapshots: &[String],
        stop: &AtomicBool,
        progress: &dyn Progress,
    ) -> Result<Vec<String>, RestoreError> {
        let store = self.reader()?;
        let mut lacking = Vec::new();
        for snapshot in snapshots {
            let chosen = choose(&store, store.held_archives(snapshot)?)?;
            // No time of a file is written, so that no clock is needed.
            let options =
                RestoreOptions { snapshot, to: Path::new(""), as_zip: false, is_dry_run: true, clock: &|_| None, stop };
            self.write_out(&store, &chosen, 0, &options, progress, &mut |restored| {
                if let Restored::Lacking { archive, name, reason, .. } = restored {
                    lacking.push(format!("{}: {reason}", name.unwrap_or(archive)));
                }
            })?;
        }
        Ok(lacking)
    }

    fn write_out(
        &self,
        store: &Store,
        chosen: &[(HeldArchive, Option<String>)],
        needed: u64,
        options: &RestoreOptions<'_>,
        progress: &dyn Progress,
        each: &mut dyn FnMut(Restored),
    ) -> Result<RestoreReport, RestoreError> {
        let mut run = Run {
            store,
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
        let content = match self.content(entry)? {
            Ok(content) => content,
            Err(reason) => {
                lack(self, None, &reason);
                return Ok(());
            }
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

    /// The bytes of an entry, or why there are none.
    fn content(&self, entry: &HeldEntry) -> Result<Result<Box<dyn Read>, String>, RestoreError> {
        if let Some(document) = entry.document {
            return Ok(match self.store.document_bytes(document) {
                Ok(bytes) => Ok(Box::new(Cursor::new(bytes))),
                Err(error) if error.is_of_document() => Err(format!("what the home keeps of it is damaged: {error}")),
                Err(error) => return Err(error.into()),
            });
        }
        let Some((hash, extension)) = entry.hash.as_ref().zip(entry.extension.as_ref()) else {
            return Ok(Err("it was not kept".to_owned()));
        };
        Ok(match self.media.open_read(hash, extension) {
            Ok(file) => Ok(Box::new(file)),
            Err(MediaError::Disk { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                Err("its file is missing in the home".to_owned())
            }
            Err(MediaError::Disk { source, .. }) => Err(format!("its file in the home cannot be read: {source}")),
            Err(error) => Err(format!("its file in the home cannot be read: {error}")),
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
