//! What is told of an archive whose entries were found by their own headers.

use std::io;

use crate::model::{Finding, FindingCode};

use super::super::zip_file::ZipFile;
use super::super::{Archive, EntryError, Limits};
use super::Salvage;

/// Reads every entry once, to say how many are whole; the checksums decide.
pub(in crate::archive) fn report(archive: &Archive, zip: &ZipFile, salvage: &Salvage) -> Result<Finding, EntryError> {
    let (mut n_files, mut n_whole) = (0_u64, 0_u64);
    for entry in archive.entries().iter().filter(|entry| entry.is_file()) {
        n_files += 1;
        match is_whole(archive, entry.position) {
            Ok(()) => n_whole += 1,
            Err(error @ EntryError::Io { .. }) => return Err(error),
            Err(_) => {}
        }
    }
    let length = zip.bytes.length();
    let state = if salvage.has_reached_directory {
        "every entry before it seems to be there"
    } else {
        "the download is probably not complete"
    };
    let mut parts = vec![format!(
        "The archive has {length} bytes and no directory that can be read ({state}): {n_whole} of {n_files} files came out \
         whole by their own headers"
    )];
    match salvage.cut.and_then(|cut| Some((archive.entries().get(cut.position)?, cut))) {
        Some((entry, cut)) => {
            let declared = cut.declared.map_or_else(String::new, |declared| format!(" of {declared}"));
            let (path, there) = (&entry.path, cut.there);
            parts.push(format!("it breaks off in {path}, of which {there}{declared} packed bytes are there"));
        }
        None if salvage.end < length && !salvage.has_reached_directory => {
            parts.push(format!("the last {} bytes belong to no entry", length - salvage.end));
        }
        None => {}
    }
    if salvage.n_lost_threads > 0 {
        parts.push(format!("in {} places the next entry had to be searched", salvage.n_lost_threads));
    }
    if salvage.is_over_budget {
        parts.push(format!("it has more entries than the budget for one archive, which {} raises", Limits::ENTRIES));
    }
    let sentence = format!("{}. Fetch the download again and ingest that too.", parts.join("; "));
    Ok(Finding::new(FindingCode::SalvagedArchive, sentence).about(n_files - n_whole))
}

fn is_whole(archive: &Archive, position: u32) -> Result<(), EntryError> {
    let mut reader = archive.read(position)?;
    io::copy(&mut reader, &mut io::sink()).map(drop).map_err(|error| EntryError::of(&error))
}
