//! One file: its bytes on the way, and what a tree or a ZIP says of it.

use std::io::{self, Read, Seek, Write};
use std::time::{Duration, SystemTime};

use chrono::NaiveDateTime;

use crate::archive::{Method, Packed, Placed, TreeWriter, ZipMember, ZipWriter};
use crate::model::ContentHasher;
use crate::store::{EntryFate, HeldEntry};

pub(super) fn modified(entry: &HeldEntry) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(entry.modified.as_deref()?, "%Y-%m-%dT%H:%M:%S%.f").ok()
}

pub(super) fn system_time((seconds, nanoseconds): (i64, u32)) -> Option<SystemTime> {
    let whole = Duration::from_secs(seconds.unsigned_abs());
    let start = SystemTime::UNIX_EPOCH;
    let time = if seconds < 0 { start.checked_sub(whole) } else { start.checked_add(whole) };
    time?.checked_add(Duration::from_nanos(u64::from(nanoseconds)))
}

pub(super) fn write_file(
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

pub(super) fn write_member<W: Write + Seek>(
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

pub(super) fn raw_name(entry: &HeldEntry, is_folder: bool) -> Vec<u8> {
    let mut name = entry.raw_name.clone().unwrap_or_else(|| entry.path.as_bytes().to_vec());
    if is_folder && !name.ends_with(b"/") && entry.raw_name.is_none() {
        name.push(b'/');
    }
    name
}

/// What a ZIP says of an entry. The times of a folder's files are moments and no wall clock: they stand in their own
/// field, so that nobody takes them for the time at which Instagram packed the download.
pub(super) fn member<'e>(entry: &'e HeldEntry, name: &'e [u8], is_zip: bool) -> ZipMember<'e> {
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
pub(super) struct Checked {
    pub from: Box<dyn Read>,
    pub hasher: ContentHasher,
    pub bytes: u64,
}

impl Checked {
    pub fn read_all(&mut self) -> io::Result<()> {
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
