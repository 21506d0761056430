//! Entries that a damaged directory does not list.
//!
//! Only those are taken that stand in an unbroken row right where the data of a listed entry (or nothing at all) lies in
//! front of them: so nothing is taken out of what is an archive itself, or out of any other data. What a sound directory
//! leaves out is left out: whoever took it out may have meant it.

use std::io;

use super::super::Limits;
use super::super::bytes::{Bytes, Window};
use super::super::directory::{Directory, Header, LOCAL_HEADER};
use super::Walker;
use super::header::{self, is_plausible};

/// Lengths of the record that may stand behind a listed entry's data, none included.
const DESCRIPTORS: [u64; 5] = [0, 12, 16, 20, 24];

/// The headers of such entries, in the order in which they lie in the file.
pub(in crate::archive) fn hidden(bytes: &Bytes, directory: &Directory, limits: &Limits) -> io::Result<Vec<Header>> {
    let mut spans = Vec::with_capacity(directory.headers.len() + 1);
    for listed in &directory.headers {
        let is_there = bytes.piece(listed.offset, 4)? == LOCAL_HEADER;
        let local = if is_there { header::read(bytes, listed.offset)? } else { None };
        let data_at = local.map_or(listed.offset, |local| local.data_at);
        spans.push((listed.offset, data_at.saturating_add(listed.packed_bytes)));
    }
    spans.push((directory.start, directory.end));
    spans.sort_unstable();
    let mut walker = Walker::new(bytes, limits);
    let most = limits.n_entries.saturating_sub(directory.headers.len() as u64);
    let mut reached = 0;
    for (start, end) in spans {
        if start > reached {
            walker.take_row(reached, start, most)?;
        }
        reached = reached.max(end);
    }
    Ok(walker.found.headers)
}

impl Walker<'_> {
    /// Takes the entries that stand one behind the other from the beginning of a gap on, as far as they end in it.
    fn take_row(&mut self, start: u64, end: u64, most: u64) -> io::Result<()> {
        let Some(mut at) = self.first_of_row(start, end)? else { return Ok(()) };
        let mut window = Window::new(self.bytes, end);
        while at < end && (self.found.headers.len() as u64) < most {
            let is_header = window.slice(at, 4)? == LOCAL_HEADER && is_plausible(&mut window, at)?;
            let Some(local) = (if is_header { header::read(self.bytes, at)? } else { None }) else { return Ok(()) };
            let (n_before, n_lost) = (self.found.headers.len(), self.found.n_lost_threads);
            let next = self.take(local)?.filter(|next| *next <= end && self.found.n_lost_threads == n_lost);
            let Some(next) = next else {
                // It is not whole, or it is not what lies here.
                self.found.headers.truncate(n_before);
                return Ok(());
            };
            at = next;
        }
        Ok(())
    }

    fn first_of_row(&self, start: u64, end: u64) -> io::Result<Option<u64>> {
        for length in DESCRIPTORS {
            let at = start + length;
            if at < end && self.bytes.piece(at, 4)? == LOCAL_HEADER {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }
}
