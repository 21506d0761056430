//! The entries of a ZIP by the headers that stand before each of them: for downloads that break off before the
//! directory, which is the last thing in a file.
//!
//! The walk goes from header to header and looks at data only where a header does not tell its length: such an entry is
//! unpacked to find its end, or ended by the record of lengths and checksum that stands behind it. Memory is bounded,
//! and so is the work: what is looked at in vain is counted ([`Walker::has_patience`]).

mod header;
mod hidden;
mod measure;
mod report;

use std::io;

use super::Limits;
use super::bytes::{Bytes, Window};
use super::directory::{Header, LOCAL_HEADER};

use self::header::{Local, is_in_directory, is_plausible};
pub(super) use self::hidden::hidden;
pub(super) use self::report::report;

/// What a walk over the headers of the entries found.
#[derive(Debug, Default)]
pub(super) struct Salvage {
    pub headers: Vec<Header>,
    /// The entry, by its place in `headers`, in which the archive breaks off.
    pub cut: Option<Cut>,
    /// First byte behind the last entry.
    pub end: u64,
    /// Every entry is there: where the walk ended, the directory begins.
    pub has_reached_directory: bool,
    /// How often no header stood where one had to.
    pub n_lost_threads: u64,
    /// The budget of entries ended the walk.
    pub is_over_budget: bool,
}

/// The entry in which an archive breaks off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    pub position: usize,
    /// Packed bytes that are there.
    pub there: u64,
    /// Packed bytes that there should be, where its header tells.
    pub declared: Option<u64>,
}

/// In front of an archive there may be something else, but not more than this. Guessed, like its counterpart behind.
const LONGEST_FRONT: u64 = 64 << 20;

/// Walks over the entries of a file that has no directory. Finds none where no header of an entry stands.
pub(super) fn walk(bytes: &Bytes, limits: &Limits) -> io::Result<Salvage> {
    let mut walker = Walker::new(bytes, limits);
    let Some(mut at) = walker.first_header()? else { return Ok(walker.found) };
    while at < bytes.length() {
        walker.found.end = at;
        let signature = bytes.piece(at, 4)?;
        if is_in_directory(&signature) {
            walker.found.has_reached_directory = true;
            break;
        }
        if walker.found.headers.len() as u64 >= limits.n_entries {
            walker.found.is_over_budget = true;
            break;
        }
        let local = if signature == LOCAL_HEADER { header::read(bytes, at)? } else { None };
        let is_entry = local.is_some();
        let next = match local {
            Some(local) => walker.take(local)?,
            None => walker.find_header(at + 1)?,
        };
        at = match next {
            Some(next) => next,
            None if is_entry => bytes.length(),
            None => break,
        };
        walker.found.end = at;
    }
    Ok(walker.found)
}

struct Walker<'a> {
    bytes: &'a Bytes,
    limits: &'a Limits,
    /// Moves forward only.
    window: Window<'a>,
    found: Salvage,
    /// Packed bytes that were looked at without finding an end.
    n_wasted: u64,
    /// Bytes that were unpacked.
    n_unpacked: u64,
}

impl<'a> Walker<'a> {
    fn new(bytes: &'a Bytes, limits: &'a Limits) -> Self {
        let window = Window::new(bytes, bytes.length());
        Self { bytes, limits, window, found: Salvage::default(), n_wasted: 0, n_unpacked: 0 }
    }

    /// An honest archive wastes nothing; one that was made to cost time ends here.
    fn has_patience(&self) -> bool {
        let unpacked = self.bytes.length().saturating_mul(self.limits.ratio).max(self.limits.ratio_floor_bytes);
        self.n_wasted <= self.bytes.length().saturating_mul(2) && self.n_unpacked <= unpacked
    }

    fn first_header(&mut self) -> io::Result<Option<u64>> {
        let first = self.plausible_from(0, LONGEST_FRONT)?;
        self.found.n_lost_threads = 0;
        Ok(first)
    }

    /// The next header behind a place where one should have stood.
    fn find_header(&mut self, from: u64) -> io::Result<Option<u64>> {
        let found = self.plausible_from(from, u64::MAX)?;
        self.found.n_lost_threads += u64::from(found.is_some());
        Ok(found)
    }

    fn plausible_from(&mut self, mut from: u64, until: u64) -> io::Result<Option<u64>> {
        while let Some(at) = self.window.find(from, LOCAL_HEADER)?.filter(|at| *at < until) {
            if is_plausible(&mut self.window, at)? {
                return Ok(Some(at));
            }
            from = at + 1;
        }
        Ok(None)
    }

    /// Takes an entry and says where the next header has to be; `None` where nothing follows.
    fn take(&mut self, local: Local) -> io::Result<Option<u64>> {
        let Local { mut header, data_at, has_sizes } = local;
        let length = self.bytes.length();
        let declared_end = data_at.saturating_add(header.packed_bytes);
        let is_inside = has_sizes && declared_end <= length;
        if is_inside && let Some((next, crc32)) = self.behind_data(&header, declared_end)? {
            header.crc32 = crc32.unwrap_or(header.crc32);
            self.found.headers.push(header);
            return Ok(Some(next));
        }
        if let Some(measured) = self.measure(&header, data_at, has_sizes)? {
            header.packed_bytes = measured.packed_bytes;
            header.bytes = measured.bytes;
            header.crc32 = measured.crc32;
            self.found.headers.push(header);
            return Ok(Some(measured.next));
        }
        // Its end is not known. Headers of others are not searched in what is an archive itself.
        let is_archive = header.method == 0 && self.bytes.piece(data_at, 4)? == LOCAL_HEADER;
        let from = match (is_archive, is_inside) {
            (true, true) => declared_end,
            (true, false) => length,
            (false, _) => data_at,
        };
        let next = self.find_header(from)?;
        let declared = has_sizes.then_some(header.packed_bytes);
        if !is_inside {
            header.packed_bytes = declared.unwrap_or(0).max(next.unwrap_or(length).saturating_sub(data_at));
        }
        if next.is_none() && !is_inside {
            let there = length.saturating_sub(data_at);
            self.found.cut = Some(Cut { position: self.found.headers.len(), there, declared });
        }
        self.found.headers.push(header);
        Ok(next)
    }
}
