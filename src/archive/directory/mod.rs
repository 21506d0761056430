//! The directory of a ZIP, walked by our own judgement. Several end records may stand at the end of a file (in a
//! comment, in an archive that was glued on); each that leads to a directory is walked, and the best walk is taken.
//!
//! Counts and lengths in an end record are claims to be compared, not instructions: a walk ends where the headers end.

mod end_record;
mod header;
mod names;
mod second_way;
mod walk;

use std::cmp::Reverse;
use std::collections::HashSet;
use std::io;

use crate::model::{Finding, FindingCode};

use super::bytes::Bytes;
use super::findings::Findings;
use super::limits::Limits;

use self::end_record::EndRecord;
use self::walk::Walk;

pub(super) use self::end_record::{u16_at, u32_at, u64_at};
pub(super) use self::header::Header;
pub(super) use self::names::{Name, decode as decode_name};
pub(super) use self::second_way::read_by_zip_crate;

/// How the header begins that stands before the bytes of every entry.
pub(super) const LOCAL_HEADER: [u8; 4] = *b"PK\x03\x04";

/// Where the data of an archive may lie, and what lies there by its directory.
#[derive(Debug)]
pub(super) struct Directory {
    pub headers: Vec<Header>,
    /// First byte of the directory: entries end here at the latest.
    pub start: u64,
    /// First byte behind the end record and its comment.
    pub end: u64,
    /// It contradicts itself, so that entries may be missing in it.
    pub is_damaged: bool,
}

/// Why no directory could be read.
#[derive(Debug)]
pub(super) enum NoDirectory {
    /// There is no end record: a file that breaks off, or no ZIP.
    NoEndRecord,
    Split,
    Unreadable(String),
    Io(io::Error),
}

impl From<io::Error> for NoDirectory {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The specification puts the end record into the last 22 + 65,535 bytes.
const TAIL_BYTES: u64 = 22 + 65_535;
/// Where something was appended to a download, the end record may lie further ahead. Guessed.
const LONG_TAIL_BYTES: u64 = 64 << 20;
/// So many directories are walked; an honest file has one. Guessed.
const MOST_WALKS: usize = 16;

/// Finds and walks the directory.
pub(super) fn read(bytes: &Bytes, limits: &Limits, findings: &mut Findings) -> Result<Directory, NoDirectory> {
    let mut records = end_record::search(bytes, TAIL_BYTES)?;
    let mut choice = choose(bytes, &records, limits)?;
    if choice.is_none() && bytes.length() > TAIL_BYTES {
        records = end_record::search(bytes, LONG_TAIL_BYTES)?;
        choice = choose(bytes, &records, limits)?;
    }
    let Some(Choice { record, walk, others }) = choice else {
        return Err(match records.first() {
            None => NoDirectory::NoEndRecord,
            Some(record) if record.is_split() => NoDirectory::Split,
            Some(record) => {
                NoDirectory::Unreadable(format!("the end record at byte {} leads to no directory", record.at))
            }
        });
    };
    report(bytes, &record, &walk, limits, findings);
    let directory_end = record.directory_end;
    let is_shorter = !record.counts(walk.headers.len() as u64) || record.directory_bytes != directory_end - walk.start;
    let is_damaged = !walk.is_cut_off && (walk.n_lost_threads > 0 || is_shorter);
    let directory = Directory { is_damaged, ..into_directory(bytes, &record, walk, findings)? };
    for (end, n_headers) in others {
        if end == directory_end || is_in_data(bytes, &directory.headers, end)? {
            continue;
        }
        let sentence = format!(
            "A second directory with {n_headers} entries ends at byte {end}; the one with {} entries was taken.",
            directory.headers.len()
        );
        findings.add(Finding::new(FindingCode::HiddenEntries, sentence).about(n_headers));
    }
    Ok(directory)
}

/// Whether a byte of the file lies in the packed data of an entry.
pub(super) fn is_in_data(bytes: &Bytes, headers: &[Header], at: u64) -> io::Result<bool> {
    for header in headers {
        if header.holds_as_data(at, bytes)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The best reading of the directory.
struct Choice {
    record: EndRecord,
    walk: Walk,
    /// Where the other sound directories end, and how many entries they have.
    others: Vec<(u64, u64)>,
}

fn choose(bytes: &Bytes, records: &[EndRecord], limits: &Limits) -> io::Result<Option<Choice>> {
    let mut best: Option<(EndRecord, Walk)> = None;
    let mut sound = Vec::new();
    let mut walked = HashSet::new();
    for record in records {
        for start in record.possible_starts(bytes)? {
            if walked.len() >= MOST_WALKS || !walked.insert((start, record.directory_end)) {
                continue;
            }
            let walk = walk::walk(bytes, start, record.directory_end, limits.n_entries)?;
            if walk.is_sound() {
                sound.push((record.directory_end, walk.headers.len() as u64));
            }
            if best.as_ref().is_none_or(|(record_so_far, so_far)| merit(record, &walk) > merit(record_so_far, so_far)) {
                best = Some((record.clone(), walk));
            }
        }
    }
    Ok(best.map(|(record, walk)| Choice { record, walk, others: sound }))
}

/// What makes one reading of the directory more believable than another, the weightiest first.
fn merit(record: &EndRecord, walk: &Walk) -> (bool, bool, bool, usize, Reverse<u64>) {
    let counts = record.counts(walk.headers.len() as u64);
    (walk.is_sound(), record.comment_is_exact(), counts, walk.headers.len(), Reverse(record.at))
}

fn report(bytes: &Bytes, record: &EndRecord, walk: &Walk, limits: &Limits, findings: &mut Findings) {
    let n_headers = walk.headers.len() as u64;
    let mut mismatch = |sentence: String| findings.add(Finding::new(FindingCode::DirectoryMismatch, sentence));
    if record.n_entries != n_headers && !walk.is_cut_off {
        mismatch(format!(
            "The archive claims {} entries and its directory holds {n_headers}; all {n_headers} were taken.",
            record.n_entries
        ));
    }
    if record.directory_bytes != record.directory_end - walk.start {
        mismatch("The archive claims another length for its directory than it has.".to_owned());
    }
    if walk.n_lost_threads > 0 {
        mismatch(format!(
            "The directory is damaged in {} places; every entry that could be recognised was taken.",
            walk.n_lost_threads
        ));
    }
    if record.comment_end() > bytes.length() {
        mismatch("The comment of the archive is longer than the file; it is not needed.".to_owned());
    } else if record.comment_end() < bytes.length() {
        mismatch(format!("{} bytes stand behind the end of the archive.", bytes.length() - record.comment_end()));
    }
    for header in walk.headers.iter().filter(|header| header.has_bad_extra) {
        let sentence = "The extra field has a wrong length; it was passed over.";
        let path = names::decode(header).path;
        findings.add(Finding::new(FindingCode::DirectoryMismatch, sentence).at_path(path.as_str()));
    }
    if walk.is_cut_off {
        let sentence = format!(
            "The directory has more than {} entries, the budget for one archive; the rest was not read. A larger {} has it read.",
            limits.n_entries,
            Limits::ENTRIES
        );
        findings.add(Finding::new(FindingCode::OverBudget, sentence).about(record.n_entries.saturating_sub(n_headers)));
    }
}

/// Turns the offsets that the headers state into places in the file.
fn into_directory(
    bytes: &Bytes,
    record: &EndRecord,
    walk: Walk,
    findings: &mut Findings,
) -> Result<Directory, NoDirectory> {
    /// Programs without ZIP64 write offsets modulo this into archives that are longer.
    const WRAP: u64 = 1 << 32;
    let mut headers = walk.headers;
    // What stands in front of an archive moves everything in it; a wrong number in the end record moves nothing.
    let before = walk.start.saturating_sub(record.directory_at);
    if before > 0 && before.is_multiple_of(WRAP) && !record.is_zip64 {
        let mut turns = 0;
        let mut previous = 0;
        for header in &mut headers {
            if header.offset + turns < previous && header.offset + turns + WRAP < walk.start {
                turns += WRAP;
            }
            header.offset += turns;
            previous = header.offset;
        }
    } else if before > 0 && hits(bytes, &headers, before)? >= hits(bytes, &headers, 0)? {
        for header in &mut headers {
            header.offset = header.offset.saturating_add(before);
        }
    } else if walk.start != record.directory_at {
        let sentence = "The archive claims another place for its directory than it has.";
        findings.add(Finding::new(FindingCode::DirectoryMismatch, sentence));
    }
    Ok(Directory { headers, start: walk.start, end: record.comment_end(), is_damaged: false })
}

/// How many of the first headers lead to a local header, if `before` bytes stand in front of the archive.
fn hits(bytes: &Bytes, headers: &[Header], before: u64) -> io::Result<usize> {
    let mut n_hits = 0;
    for header in headers.iter().take(8) {
        n_hits += usize::from(bytes.piece(header.offset.saturating_add(before), 4)? == LOCAL_HEADER);
    }
    Ok(n_hits)
}
