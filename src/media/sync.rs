//! How files become durable: one `syncfs` for many files where that can be trusted, else one `fsync` each.
//!
//! `syncfs` is what makes a first ingest bearable: 1,500 files of 638 MB took 2.4 s with it and 5.1 s with `fdatasync`
//! each. It is taken only on file systems that are known to write everything back in it (a FUSE file system may not
//! pass it on), and only for many files, as it also waits for what other programs write. Linux reports failed writes
//! through it since 5.8, and to a descriptor that was opened before they happened; so one is held from the beginning.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::MediaError;
use super::step::{self, Step};

/// From so many files on `syncfs` is cheaper. Guessed from the numbers above: it costs as much as some ten `fsync`.
const MANY: usize = 16;

#[derive(Debug)]
pub(super) struct Disk {
    /// Where `syncfs` is trusted: held open from before the first write, see above.
    root: Option<File>,
    path: PathBuf,
}

impl Disk {
    pub fn open(path: &Path) -> Result<Self, MediaError> {
        let root = open_trusted(path).map_err(MediaError::disk("open", path))?;
        Ok(Self { root, path: path.to_owned() })
    }

    /// Asks once. A failure is final: what the disk did not take may look clean afterwards.
    pub fn make_durable(&self, files: &[PathBuf], directories: &BTreeSet<PathBuf>) -> Result<(), MediaError> {
        if step::is_without_sync() {
            return Ok(());
        }
        if let Some(root) = self.root.as_ref().filter(|_| files.len() >= MANY) {
            sync_file_system(root).map_err(MediaError::disk("make durable", &self.path))?;
            step::done_to(Step::AllSynced, &self.path);
            return Ok(());
        }
        for file in files {
            sync_file(file).map_err(MediaError::disk("make durable", file))?;
            step::done_to(Step::FileSynced, file);
        }
        for directory in directories {
            sync_directory(directory).map_err(MediaError::disk("make durable", directory))?;
        }
        Ok(())
    }
}

#[cfg(target_os = "linux")]
fn open_trusted(path: &Path) -> io::Result<Option<File>> {
    // ext2/3/4, XFS, btrfs, F2FS, tmpfs (`statfs(2)`).
    const TRUSTED: [i128; 5] = [0xEF53, 0x5846_5342, 0x9123_683E, 0xF2F5_2010, 0x0102_1994];
    let root = File::open(path)?;
    let kind = rustix::fs::fstatfs(&root)?.f_type;
    Ok(Some(root).filter(|_| TRUSTED.contains(&i128::from(kind))))
}

#[cfg(not(target_os = "linux"))]
fn open_trusted(_path: &Path) -> io::Result<Option<File>> {
    Ok(None)
}

#[cfg(target_os = "linux")]
fn sync_file_system(root: &File) -> io::Result<()> {
    Ok(rustix::fs::syncfs(root)?)
}

#[cfg(not(target_os = "linux"))]
fn sync_file_system(root: &File) -> io::Result<()> {
    root.sync_all()
}

fn sync_file(path: &Path) -> io::Result<()> {
    // Windows flushes only what is open for writing; elsewhere it need not be one's own to write.
    File::options().read(true).write(cfg!(windows)).open(path)?.sync_all()
}

/// Makes the names in a folder durable.
#[cfg(unix)]
pub fn sync_directory(path: &Path) -> io::Result<()> {
    match File::open(path)?.sync_all() {
        // A file system that knows no such thing (SMB, some of FUSE's) says so; there names are durable with the files.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {}
        done => done?,
    }
    step::done_to(Step::FolderSynced, path);
    Ok(())
}

/// Where folders cannot be synced their names are durable with the files.
#[cfg(not(unix))]
pub fn sync_directory(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Makes a folder that only its owner can enter, whatever the umask, and its parents where they lack. Their names are not
/// durable yet.
pub(super) fn make_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes a folder that only its owner can enter, whatever the umask, and its parents where they lack, with durable names.
/// One that stands there may have been made by a run that was cut off, so its name is made durable in any case.
pub fn make_durable_folder(path: &Path) -> io::Result<()> {
    let path = std::path::absolute(path)?;
    let n_missing = path.ancestors().take_while(|folder| !folder.exists()).count();
    make_private_folder(&path)?;
    for parent in path.ancestors().skip(1).take(n_missing.max(1)) {
        match sync_directory(parent) {
            // One may make a folder in a place that one may not list.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
            done => done?,
        }
    }
    Ok(())
}
