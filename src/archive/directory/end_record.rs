//! The records at the end of a ZIP that say where its directory is.

use std::io;

use super::super::bytes::Bytes;

const END: [u8; 4] = *b"PK\x05\x06";
const END_LENGTH: u64 = 22;
const ZIP64_LOCATOR: [u8; 4] = *b"PK\x06\x07";
const ZIP64_END: [u8; 4] = *b"PK\x06\x06";
const ZIP64_LOCATOR_LENGTH: u64 = 20;
const ZIP64_END_LENGTH: u64 = 56;
pub(super) const HEADER: [u8; 4] = *b"PK\x01\x02";

/// One end record, with what its ZIP64 counterpart adds. All numbers but the positions are claims.
#[derive(Clone, Debug)]
pub(super) struct EndRecord {
    /// Where it stands.
    pub at: u64,
    /// Where the directory has to end: at this record, or at the ZIP64 record before it.
    pub directory_end: u64,
    pub n_entries: u64,
    pub directory_bytes: u64,
    pub directory_at: u64,
    pub is_zip64: bool,
    disk: u32,
    comment_bytes: u16,
    file_bytes: u64,
}

impl EndRecord {
    pub fn comment_end(&self) -> u64 {
        self.at + END_LENGTH + u64::from(self.comment_bytes)
    }

    /// Says whether the comment ends where the file does.
    pub fn comment_is_exact(&self) -> bool {
        self.comment_end() == self.file_bytes
    }

    /// Says whether its claim fits a count of headers; programs without ZIP64 claim it modulo 65,536.
    pub fn counts(&self, n_headers: u64) -> bool {
        self.n_entries == n_headers || (!self.is_zip64 && n_headers % 65_536 == self.n_entries)
    }

    pub fn is_split(&self) -> bool {
        self.disk != 0 && self.disk != u32::from(u16::MAX)
    }

    /// Where the directory may begin: so far before its end as it is long, or where the record says. Things in front
    /// of an archive move the second and not the first.
    pub fn possible_starts(&self, bytes: &Bytes) -> io::Result<Vec<u64>> {
        let mut starts = Vec::new();
        let by_length = self.directory_end.checked_sub(self.directory_bytes);
        for start in [by_length, Some(self.directory_at)].into_iter().flatten() {
            let is_empty = start == self.directory_end && self.n_entries == 0;
            let is_header = start < self.directory_end && bytes.piece(start, 4)? == HEADER;
            if (is_empty || is_header) && !starts.contains(&start) {
                starts.push(start);
            }
        }
        Ok(starts)
    }
}

/// Every end record in the last `tail_bytes` of a file: first those whose comment ends with the file, then from the
/// last to the first.
pub(super) fn search(bytes: &Bytes, tail_bytes: u64) -> io::Result<Vec<EndRecord>> {
    const STEP: u64 = 1 << 20;
    /// As many as fit into a comment; the search costs two reads each.
    const MOST_RECORDS: usize = 65_535 / 4;
    let first = bytes.length().saturating_sub(tail_bytes);
    let mut records = Vec::new();
    let mut end = bytes.length();
    while end > first {
        let start = end.saturating_sub(STEP).max(first);
        // Three bytes more, for a signature that lies across the border.
        let piece = bytes.piece(start, usize::try_from(end - start).unwrap_or(0) + 3)?;
        for index in (0..piece.len().saturating_sub(3)).rev() {
            if piece[index..].starts_with(&END)
                && let Some(record) = parse(bytes, start + index as u64)?
            {
                records.push(record);
                if records.len() >= MOST_RECORDS {
                    return Ok(records);
                }
            }
        }
        end = start;
    }
    records.sort_by_key(|record| !record.comment_is_exact());
    Ok(records)
}

fn parse(bytes: &Bytes, at: u64) -> io::Result<Option<EndRecord>> {
    let record = bytes.piece(at, 22)?;
    if record.len() < 22 {
        return Ok(None);
    }
    let mut end = EndRecord {
        at,
        directory_end: at,
        n_entries: u64::from(u16_at(&record, 10)),
        directory_bytes: u64::from(u32_at(&record, 12)),
        directory_at: u64::from(u32_at(&record, 16)),
        is_zip64: false,
        disk: u32::from(u16_at(&record, 4)),
        comment_bytes: u16_at(&record, 20),
        file_bytes: bytes.length(),
    };
    if let Some((zip64_at, zip64)) = zip64_record(bytes, at)? {
        end.directory_end = zip64_at;
        end.is_zip64 = true;
        end.disk = u32_at(&zip64, 16);
        end.n_entries = u64_at(&zip64, 32);
        end.directory_bytes = u64_at(&zip64, 40);
        end.directory_at = u64_at(&zip64, 48);
    }
    Ok(Some(end))
}

/// The ZIP64 record of an end record: where its locator says, or directly before the locator, where it lies when
/// something stands in front of the archive.
fn zip64_record(bytes: &Bytes, end_at: u64) -> io::Result<Option<(u64, Vec<u8>)>> {
    let Some(locator_at) = end_at.checked_sub(ZIP64_LOCATOR_LENGTH) else { return Ok(None) };
    let locator = bytes.piece(locator_at, 20)?;
    if !locator.starts_with(&ZIP64_LOCATOR) || locator.len() < 20 {
        return Ok(None);
    }
    for at in [Some(u64_at(&locator, 8)), locator_at.checked_sub(ZIP64_END_LENGTH)].into_iter().flatten() {
        if at < locator_at {
            let record = bytes.piece(at, 56)?;
            if record.len() == 56 && record.starts_with(&ZIP64_END) {
                return Ok(Some((at, record)));
            }
        }
    }
    Ok(None)
}

pub(in crate::archive) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(array_at(bytes, at))
}

pub(in crate::archive) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array_at(bytes, at))
}

pub(in crate::archive) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(array_at(bytes, at))
}

/// Bytes that are not there count as zero, so that no length of anything can make a reader fail.
fn array_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut array = [0; N];
    for (target, source) in array.iter_mut().zip(bytes.iter().skip(at)) {
        *target = *source;
    }
    array
}
