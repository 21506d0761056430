//! A ZIP: its directory as entries, and where the bytes of each lie.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use chrono::{NaiveDate, NaiveDateTime};

use crate::model::{ContentHash, Finding, FindingCode};

use super::budget::Budget;
use super::bytes::{Bytes, Span};
use super::directory::{self, Directory, Header, LOCAL_HEADER, Name, NoDirectory};
use super::findings::Findings;
use super::reader::{Checks, Decoder, EntryReader, RawReader};
use super::salvage::{self, Salvage};
use super::{ArchiveError, Body, Entry, EntryError, EntryKind, Limits, Method, OddKind, Opened, ZipSays};

/// An open ZIP.
#[derive(Debug)]
pub(super) struct ZipFile {
    pub(super) bytes: Bytes,
    /// Of each entry, by its position.
    pub(super) places: Vec<Place>,
    pub(super) directory_start: u64,
    pub(super) directory_end: u64,
    /// How the entries were found where no directory names them.
    pub(super) salvage: Option<Salvage>,
    /// Some entries were found by their own headers.
    pub(super) has_salvaged: bool,
}

/// Where an entry lies by the directory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub header_at: u64,
    pub packed_bytes: u64,
    is_encrypted: bool,
    /// The archive breaks off in it.
    is_cut: bool,
}

/// What the local header of an entry says.
#[derive(Debug)]
pub(super) struct Local {
    /// First byte of the packed data.
    pub data_at: u64,
    /// The checksum, unless it stands behind the data.
    crc32: Option<u32>,
    has_same_name: bool,
}

const LOCAL_LENGTH: usize = 30;
/// Bit 0 of the flags.
const ENCRYPTED: u16 = 1;
/// Bit 3 of the flags: lengths and checksum stand behind the data.
const SIZES_FOLLOW: u16 = 1 << 3;

/// Whether an archive without a directory is worth a closer look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Without {
    /// It is refused.
    Refuse,
    /// Its entries are listed by their own headers.
    Salvage,
}

/// Lists the entries of a ZIP. `label` is how errors call it.
pub(super) fn open(label: &Path, bytes: Bytes, limits: &Limits, without: Without) -> Result<Opened, ArchiveError> {
    let mut findings = Findings::default();
    let directory = match directory::read(&bytes, limits, &mut findings) {
        Ok(directory) => Ok(directory),
        Err(reason) => second_way(label, &bytes, limits, &mut findings, reason),
    };
    let salvage = match (&directory, without) {
        (_, Without::Refuse) => None,
        (Ok(directory), Without::Salvage) => {
            salvage_around(&bytes, directory, limits).map_err(|source| ArchiveError::io(label, source))?
        }
        (Err(ArchiveError::Truncated { .. } | ArchiveError::BadDirectory { .. } | ArchiveError::NotAZip { .. }), _) => {
            Some(salvage::walk(&bytes, limits).map_err(|source| ArchiveError::io(label, source))?)
        }
        (Err(_), Without::Salvage) => None,
    };
    let (directory, findings, salvage) = match salvage.filter(|salvage| !salvage.headers.is_empty()) {
        Some(mut salvage) => {
            let headers = std::mem::take(&mut salvage.headers);
            let directory = Directory { headers, start: salvage.end, end: bytes.length(), is_damaged: true };
            (directory, Findings::default(), Some(salvage))
        }
        None => {
            let mut directory = directory?;
            if directory.is_damaged {
                let hidden = salvage::hidden(&bytes, &directory, limits);
                let hidden = hidden.map_err(|source| ArchiveError::io(label, source))?;
                directory.is_damaged = !hidden.is_empty();
                tell_hidden(&hidden, &mut findings);
                directory.headers.extend(hidden);
            }
            (directory, findings, None)
        }
    };
    Ok(opened(bytes, directory, findings, salvage, limits))
}

/// Entries that a damaged directory does not list and that were found by their own headers.
fn tell_hidden(hidden: &[Header], findings: &mut Findings) {
    let Some(first) = hidden.first() else { return };
    let path = directory::decode_name(first).path;
    let (n, are) =
        if hidden.len() == 1 { ("1 entry".to_owned(), "is") } else { (format!("{} entries", hidden.len()), "are") };
    let sentence = format!(
        "The directory is damaged: {n}, beginning with {path}, {are} not in it and came by their own headers. Fetch the download \
         again and ingest that too."
    );
    findings.add(Finding::new(FindingCode::SalvagedArchive, sentence).about(hidden.len() as u64));
}

/// An end record may stand inside an entry: in a ZIP that was packed into one that breaks off. Then the directory that
/// was found is that of the entry.
fn salvage_around(bytes: &Bytes, directory: &Directory, limits: &Limits) -> io::Result<Option<Salvage>> {
    let begins = bytes.piece(0, 4)? == LOCAL_HEADER;
    if !begins || directory.headers.iter().any(|header| header.offset == 0) {
        return Ok(None);
    }
    let salvage = salvage::walk(bytes, limits)?;
    Ok(if directory::is_in_data(bytes, &salvage.headers, directory.start)? { Some(salvage) } else { None })
}

fn opened(
    bytes: Bytes,
    directory: Directory,
    mut findings: Findings,
    salvage: Option<Salvage>,
    limits: &Limits,
) -> Opened {
    let fingerprint = fingerprint(&bytes, &directory, salvage.is_some());
    let Directory { headers, start, end, is_damaged: has_salvaged } = directory;
    let cut = salvage.as_ref().and_then(|salvage| salvage.cut).map(|cut| cut.position);
    let places: Vec<Place> = headers
        .iter()
        .enumerate()
        .map(|(position, header)| Place {
            header_at: header.offset,
            packed_bytes: header.packed_bytes,
            is_encrypted: header.flags & ENCRYPTED != 0,
            is_cut: cut == Some(position),
        })
        .collect();
    let mut entries: Vec<Entry> =
        headers.into_iter().zip(0..).map(|(header, position)| entry(position, &header)).collect();
    let length = bytes.length();
    let zip = ZipFile { bytes, places, directory_start: start, directory_end: end, salvage, has_salvaged };
    look_into_links(&zip, &mut entries, limits);
    findings.look_at(&entries);
    report_overlaps(&entries, &zip.places, &mut findings);
    Opened { body: Body::Zip(zip), entries, findings: findings.finish(), fingerprint, bytes: length }
}

/// Asks the `zip` crate where our own walk found no directory, and says what is wrong where that refuses as well.
fn second_way(
    path: &Path,
    bytes: &Bytes,
    limits: &Limits,
    findings: &mut Findings,
    reason: NoDirectory,
) -> Result<Directory, ArchiveError> {
    let (path_buf, length) = (path.to_owned(), bytes.length());
    let begins = |signature: &[u8]| bytes.piece(0, 4).is_ok_and(|start| start.starts_with(signature));
    match reason {
        NoDirectory::Io(source) => Err(ArchiveError::io(path, source)),
        NoDirectory::NoEndRecord if length == 0 => Err(ArchiveError::Empty { path: path_buf }),
        NoDirectory::NoEndRecord if begins(&LOCAL_HEADER) => {
            Err(ArchiveError::Truncated { path: path_buf, bytes: length })
        }
        NoDirectory::NoEndRecord if begins(b"PK\x07\x08") => Err(ArchiveError::Split { path: path_buf }),
        NoDirectory::NoEndRecord if is_web_page(bytes) => Err(ArchiveError::WebPage { path: path_buf, bytes: length }),
        NoDirectory::NoEndRecord => Err(ArchiveError::NotAZip { path: path_buf, bytes: length }),
        NoDirectory::Split => Err(ArchiveError::Split { path: path_buf }),
        NoDirectory::Unreadable(reason) => match directory::read_by_zip_crate(bytes, limits.n_entries) {
            Ok(directory) => {
                let sentence = format!("The directory was read in a second way ({reason}); check what is missing.");
                findings.add(Finding::new(FindingCode::DirectoryMismatch, sentence));
                Ok(directory)
            }
            Err(second) => {
                Err(ArchiveError::BadDirectory { path: path_buf, bytes: length, reason: format!("{reason}; {second}") })
            }
        },
    }
}

/// Says whether a file begins like a page of the web: what a browser saves when a link has expired.
fn is_web_page(bytes: &Bytes) -> bool {
    const BEGINNINGS: [&str; 5] = ["<!doctype html", "<html", "<head", "<body", "<!--"];
    let start = bytes.piece(0, 512).unwrap_or_default();
    let text = String::from_utf8_lossy(&start).to_ascii_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    BEGINNINGS.iter().any(|beginning| text.starts_with(beginning))
        || (text.starts_with("<?xml") && text.contains("<html"))
}

fn entry(position: u32, header: &Header) -> Entry {
    let Name { path, raw } = directory::decode_name(header);
    let says = ZipSays { flags: header.flags, system: header.system, attributes: header.external_attributes };
    Entry {
        position,
        kind: kind(header, says, path.as_str()),
        path,
        bytes: header.bytes,
        crc32: Some(header.crc32),
        modified: dos_moment(header.dos_date, header.dos_time),
        method: Method::from_code(header.method),
        zip: Some(says),
        raw_name: raw,
    }
}

/// So long the name of a link's target may be (`PATH_MAX` of Linux).
const LONGEST_TARGET: u64 = 4_096;

/// A name with `/` at its end or the mode of a folder make a directory only where there are no bytes to lose, and the mode of
/// a device a device: one wrong bit is enough for it.
fn kind(header: &Header, says: ZipSays, path: &str) -> EntryKind {
    let is_empty = header.bytes == 0 && header.packed_bytes <= 2;
    match says.odd_kind() {
        Some(OddKind::Link) if header.bytes <= LONGEST_TARGET => EntryKind::Odd(OddKind::Link),
        Some(OddKind::Device) if is_empty => EntryKind::Odd(OddKind::Device),
        _ if is_empty && (says.mode() & 0o170_000 == 0o040_000 || path.ends_with('/')) => EntryKind::Directory,
        _ => EntryKind::File,
    }
}

/// Whether a link may name that. A picture or a document that one wrong bit calls a link holds something else.
fn may_be_target(bytes: &[u8]) -> bool {
    let is_document = matches!(bytes.first(), Some(b'{' | b'[' | b'<' | 0xef));
    !is_document && !bytes.iter().any(u8::is_ascii_control)
}

/// What calls itself a link and names no target is a file.
fn look_into_links(zip: &ZipFile, entries: &mut [Entry], limits: &Limits) {
    let is_link = |entry: &Entry| entry.kind == EntryKind::Odd(OddKind::Link);
    if !entries.iter().any(is_link) {
        return;
    }
    let budget = Budget::new(limits, zip.bytes.length(), entries.len());
    for entry in entries.iter_mut().filter(|entry| is_link(entry)) {
        let mut target = Vec::new();
        let read = zip.read(entry, &budget).map(|mut reader| reader.read_to_end(&mut target));
        // What cannot be read is told when it is to be kept.
        if matches!(read, Ok(Ok(_))) && !may_be_target(&target) {
            entry.kind = EntryKind::File;
        }
    }
}

/// Date and time as DOS packed them. The first of January 1980 is what programs write that know no time.
fn dos_moment(date: u16, time: u16) -> Option<NaiveDateTime> {
    let (year, month, day) = (1980 + i32::from(date >> 9), u32::from(date >> 5 & 15), u32::from(date & 31));
    let (hour, minute, second) = (u32::from(time >> 11), u32::from(time >> 5 & 63), u32::from(time & 31) * 2);
    let is_filler = year == 1980 && month == 1 && day == 1;
    NaiveDate::from_ymd_opt(year, month, day).filter(|_| !is_filler)?.and_hms_opt(hour, minute, second)
}

fn fingerprint(bytes: &Bytes, directory: &Directory, is_salvaged: bool) -> ContentHash {
    let mut hasher = ContentHash::hasher();
    hasher.update(if is_salvaged { b"zip salvage 1".as_slice() } else { b"zip directory 1" });
    for number in [bytes.length(), directory.start, directory.headers.len() as u64] {
        hasher.update(&number.to_le_bytes());
    }
    for header in &directory.headers {
        hasher.update(&(header.name.len() as u64).to_le_bytes());
        hasher.update(&header.name);
        for number in [header.bytes, header.packed_bytes, header.offset] {
            hasher.update(&number.to_le_bytes());
        }
        hasher.update(&header.crc32.to_le_bytes());
        for number in [header.method, header.flags, header.dos_date, header.dos_time] {
            hasher.update(&number.to_le_bytes());
        }
        hasher.update(&header.external_attributes.to_le_bytes());
    }
    hasher.finish()
}

/// Entries that share bytes of the archive are how bombs are made, but honest files do it too: they are reported and
/// read within the budgets.
fn report_overlaps(entries: &[Entry], places: &[Place], findings: &mut Findings) {
    let mut spans: Vec<(u64, u64)> = entries
        .iter()
        .zip(places)
        .map(|(entry, place)| {
            let header = (LOCAL_LENGTH + entry.raw_name().len()) as u64;
            (place.header_at, place.header_at.saturating_add(header).saturating_add(place.packed_bytes))
        })
        .collect();
    spans.sort_unstable();
    let mut reached = 0;
    let mut n_overlaps = 0;
    for (start, end) in spans {
        n_overlaps += u64::from(start < reached);
        reached = reached.max(end);
    }
    if n_overlaps > 0 {
        let sentence = format!(
            "{n_overlaps} entries share bytes of the archive with others; each was read as its directory says."
        );
        findings.add(Finding::new(FindingCode::DirectoryMismatch, sentence));
    }
}

impl ZipFile {
    pub fn read<'a>(&'a self, entry: &'a Entry, budget: &'a Budget) -> Result<EntryReader<'a>, EntryError> {
        let place = self.place(entry)?;
        if place.is_encrypted {
            return Err(EntryError::Encrypted);
        }
        let checks = |local: Option<&Local>| Checks {
            bytes: entry.bytes,
            packed_bytes: place.packed_bytes,
            crc32: entry.crc32,
            second_crc32: local.and_then(|local| local.crc32),
            has_other_name: local.is_some_and(|local| !local.has_same_name),
        };
        if entry.kind == EntryKind::Directory {
            return Ok(EntryReader::new(entry, Decoder::nothing(), Checks { crc32: None, ..checks(None) }, budget));
        }
        if place.is_cut {
            return Err(EntryError::damaged("the archive breaks off in it"));
        }
        if let Method::Other(_) = entry.method {
            return Err(EntryError::UnsupportedMethod { method: entry.method });
        }
        let local = self.local(entry)?;
        let span = self.data(&local, place);
        if span.remaining() < place.packed_bytes {
            return Err(EntryError::damaged(format!(
                "{} of its {} bytes lie outside the archive",
                place.packed_bytes - span.remaining(),
                place.packed_bytes
            )));
        }
        Ok(EntryReader::new(entry, Decoder::new(entry.method, span), checks(Some(&local)), budget))
    }

    pub fn read_raw<'a>(&'a self, entry: &'a Entry, budget: &'a Budget) -> Result<RawReader<'a>, EntryError> {
        let place = self.place(entry)?;
        let span = match self.local(entry) {
            Ok(local) => self.data(&local, place),
            Err(EntryError::Damaged { .. }) => {
                let header = (LOCAL_LENGTH + entry.raw_name().len()) as u64;
                let end = place.header_at.saturating_add(header).saturating_add(place.packed_bytes);
                self.bytes.span(place.header_at, end)
            }
            Err(error) => return Err(error),
        };
        Ok(RawReader::packed(entry, span, budget))
    }

    /// The data of an entry that is neither packed nor encrypted, as far as it is there.
    pub(super) fn window(&self, entry: &Entry) -> Option<Bytes> {
        let place = self.place(entry).ok().filter(|place| !place.is_encrypted)?;
        let local = self.local(entry).ok()?;
        Some(self.bytes.window(local.data_at, place.packed_bytes))
    }

    pub(super) fn place(&self, entry: &Entry) -> Result<&Place, EntryError> {
        self.places.get(entry.position as usize).ok_or(EntryError::NoSuchEntry { position: entry.position })
    }

    fn data(&self, local: &Local, place: &Place) -> Span<'_> {
        self.bytes.span(local.data_at, local.data_at.saturating_add(place.packed_bytes))
    }

    /// Reads the local header. One whose signature is damaged counts when it bears the entry's name.
    pub(super) fn local(&self, entry: &Entry) -> Result<Local, EntryError> {
        let place = self.place(entry)?;
        let name = entry.raw_name();
        let header = self.bytes.piece(place.header_at, LOCAL_LENGTH + name.len())?;
        if header.len() < LOCAL_LENGTH {
            return Err(EntryError::damaged("the directory places it outside the archive"));
        }
        let number = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
        let (flags, name_length, extra_length) = (number(6), number(26), number(28));
        let has_same_name = usize::from(name_length) == name.len() && header[LOCAL_LENGTH..] == *name;
        let bears_the_name = has_same_name && !name.is_empty();
        if !header.starts_with(&LOCAL_HEADER) && !bears_the_name {
            return Err(EntryError::damaged("its header is not where the directory places it"));
        }
        let crc32 = u32::from_le_bytes([header[14], header[15], header[16], header[17]]);
        Ok(Local {
            data_at: place.header_at + LOCAL_LENGTH as u64 + u64::from(name_length) + u64::from(extra_length),
            crc32: (flags & SIZES_FOLLOW == 0 && crc32 != 0).then_some(crc32),
            has_same_name,
        })
    }
}

/// Says whether a file is a ZIP: by its first bytes, or, when `looks_at_end`, by an end record that leads to a
/// directory behind something else.
pub(super) fn is_zip(path: &Path, looks_at_end: bool) -> std::io::Result<bool> {
    use std::io::Read;
    let mut start = Vec::new();
    File::open(path)?.take(8).read_to_end(&mut start)?;
    let is_split_marker = start.starts_with(b"PK\x07\x08") && start.ends_with(&LOCAL_HEADER);
    if start.starts_with(&LOCAL_HEADER) || start.starts_with(b"PK\x05\x06") || is_split_marker {
        return Ok(true);
    }
    Ok(looks_at_end && directory::read(&Bytes::open(path)?, &Limits::default(), &mut Findings::default()).is_ok())
}
