//! The walk over the headers of a directory.

use std::io;

use super::super::bytes::{Bytes, Window};
use super::end_record::HEADER;
use super::header::{FIXED_LENGTH, Header};

/// Signatures that may stand between the last header and the end record.
const AFTER_THE_HEADERS: [[u8; 4]; 2] = [*b"PK\x05\x05", *b"PK\x06\x06"];

/// What a walk found.
#[derive(Debug, Default)]
pub(super) struct Walk {
    pub headers: Vec<Header>,
    pub start: u64,
    /// How often no header stood where one had to, and the next was searched.
    pub n_lost_threads: u64,
    /// The budget of entries ended the walk.
    pub is_cut_off: bool,
}

impl Walk {
    pub fn is_sound(&self) -> bool {
        self.n_lost_threads == 0 && !self.is_cut_off
    }
}

/// Walks from header to header up to `end`. Where the thread is lost because of a wrong length, the next header is
/// searched from the beginning of the last one, so that one bad length costs no neighbour.
pub(super) fn walk(bytes: &Bytes, start: u64, end: u64, most: u64) -> io::Result<Walk> {
    let mut walk = Walk { start, ..Walk::default() };
    let mut window = Window::new(bytes, end);
    let mut at = start;
    let mut last = None;
    let mut searched = start;
    while at != end {
        let fixed = if at < end { window.slice(at, FIXED_LENGTH)? } else { &[] };
        if fixed.len() == FIXED_LENGTH && fixed.starts_with(&HEADER) {
            if walk.headers.len() as u64 >= most {
                walk.is_cut_off = true;
                break;
            }
            last = Some(at);
            at = take(&mut window, at, &mut walk)?;
            continue;
        }
        if AFTER_THE_HEADERS.iter().any(|signature| fixed.starts_with(signature)) {
            break;
        }
        walk.n_lost_threads += 1;
        // Never twice from the same place: a signature that ends the directory begins no header.
        let from = last.map_or(start, |last| last + FIXED_LENGTH as u64).max(searched);
        let Some(next) = window.find(from, HEADER)? else { break };
        searched = next + 1;
        if let (Some(last), Some(header)) = (last, walk.headers.last_mut()) {
            // A name that reaches into the next header was not that long.
            let room = usize::try_from(next - last).unwrap_or(usize::MAX).saturating_sub(FIXED_LENGTH);
            header.name.truncate(room);
        }
        at = next;
    }
    Ok(walk)
}

/// Takes the header at `at` and says where the next one has to be.
fn take(window: &mut Window<'_>, at: u64, walk: &mut Walk) -> io::Result<u64> {
    let fixed = window.slice(at, FIXED_LENGTH)?;
    let (name_length, extra_length, comment_length) = Header::variable_lengths(fixed);
    let mut header = Header::parse_fixed(fixed);
    let rest = window.slice(at + FIXED_LENGTH as u64, name_length + extra_length)?;
    let (name, extra) = rest.split_at(name_length.min(rest.len()));
    header.name = name.to_vec();
    header.apply_extra(extra);
    walk.headers.push(header);
    Ok(at + (FIXED_LENGTH + name_length + extra_length + comment_length) as u64)
}
