//! Accounts for every byte of a ZIP: what lies before, between and behind its entries.

use crate::model::{Finding, FindingCode};

use super::bytes::Window;
use super::directory::LOCAL_HEADER;
use super::findings::Findings;
use super::zip_file::ZipFile;
use super::{Entry, EntryError};

/// Shorter than this, no entry fits.
const SMALLEST_ENTRY: u64 = 30;
/// A record of lengths and checksum that may stand behind an entry.
const LONGEST_DESCRIPTOR: u64 = 24;

pub(super) fn account(zip: &ZipFile, entries: &[Entry]) -> Result<Vec<Finding>, EntryError> {
    let mut spans = Vec::with_capacity(entries.len() + 1);
    for entry in entries {
        let place = zip.place(entry)?;
        let start = place.header_at;
        match zip.local(entry) {
            Ok(local) => spans.push((start, local.data_at.saturating_add(place.packed_bytes))),
            // Reading the entry says so too; here it owns the bytes that the directory gives it.
            Err(EntryError::Damaged { .. }) => spans.push((start, start.saturating_add(place.packed_bytes))),
            Err(error) => return Err(error),
        }
    }
    spans.push((zip.directory_start, zip.directory_end));
    spans.sort_unstable();
    spans.push((zip.bytes.length(), zip.bytes.length()));

    let mut findings = Findings::default();
    let mut reached = 0;
    for (start, end) in spans {
        // The directory may place an entry outside the file.
        let gap_end = start.min(zip.bytes.length());
        if gap_end.saturating_sub(reached) >= SMALLEST_ENTRY {
            look_into(zip, reached, gap_end, &mut findings)?;
        }
        reached = reached.max(end);
    }
    Ok(findings.finish())
}

fn look_into(zip: &ZipFile, start: u64, end: u64, findings: &mut Findings) -> Result<(), EntryError> {
    let mut window = Window::new(&zip.bytes, end);
    if let Some(at) = window.find(start, LOCAL_HEADER)? {
        let sentence = format!(
            "From byte {at} on, up to {} bytes look like entries that stand in no directory; they were not read.",
            end - at
        );
        findings.add(Finding::new(FindingCode::HiddenEntries, sentence));
    } else if end - start > LONGEST_DESCRIPTOR + SMALLEST_ENTRY {
        let sentence = format!("{} bytes from byte {start} on belong to no entry.", end - start);
        findings.add(Finding::new(FindingCode::DirectoryMismatch, sentence));
    }
    Ok(())
}
