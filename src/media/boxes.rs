//! The boxes of the ISO family (MP4, MOV, M4A, HEIC, AVIF), walked with a budget.

use std::io::{Read, Seek, SeekFrom};

use super::draft::read_full;

/// A box without its head.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub kind: [u8; 4],
    pub start: u64,
    pub end: u64,
}

#[derive(Debug)]
pub(super) struct Boxes<'r, R: ?Sized> {
    reader: &'r mut R,
    /// Boxes that may still be looked at. A film in fragments has some thousand; more tell nothing new.
    n_left: u32,
}

impl<'r, R: Read + Seek + ?Sized> Boxes<'r, R> {
    pub fn new(reader: &'r mut R) -> Self {
        Self { reader, n_left: 10_000 }
    }

    /// Up to `length` bytes; fewer at the end of the file or where it cannot be read.
    pub fn piece(&mut self, at: u64, length: usize) -> Vec<u8> {
        let mut piece = vec![0; length];
        let n = self.reader.seek(SeekFrom::Start(at)).and_then(|_| read_full(self.reader, &mut piece)).unwrap_or(0);
        piece.truncate(n);
        piece
    }

    /// The boxes that lie in a stretch of the file, until one makes no sense.
    pub fn children(&mut self, start: u64, end: u64) -> Vec<Found> {
        let mut found = Vec::new();
        let mut at = start;
        while at.saturating_add(8) <= end && self.n_left > 0 {
            self.n_left -= 1;
            let head = self.piece(at, 16);
            let Some([s0, s1, s2, s3, kind @ ..]) = head.first_chunk::<8>() else { break };
            let short = u64::from(u32::from_be_bytes([*s0, *s1, *s2, *s3]));
            let (head_length, length) = match (short, head.get(8..16)) {
                (0, _) => (8, end - at),
                (1, Some(long)) => (16, number(long, 0, 8)),
                (short, _) => (8, short),
            };
            if length < head_length {
                break;
            }
            let box_end = at.saturating_add(length).min(end);
            found.push(Found { kind: *kind, start: at + head_length, end: box_end });
            at = at.saturating_add(length);
        }
        found
    }

    /// The first box of each kind on the way down.
    pub fn descend(&mut self, start: u64, end: u64, way: &[&[u8; 4]]) -> Option<Found> {
        let mut found = Found { kind: *b"root", start, end };
        for kind in way {
            // `meta` of a picture begins with four bytes of version.
            let skip = if found.kind == *b"meta" { 4 } else { 0 };
            found = self.children(found.start + skip, found.end).into_iter().find(|child| child.kind == **kind)?;
        }
        Some(found)
    }
}

/// The big-endian number of `length` bytes at a place; bytes that are not there count as zero.
pub(super) fn number(bytes: &[u8], at: usize, length: usize) -> u64 {
    (at..at + length).fold(0, |number, index| number << 8 | u64::from(bytes.get(index).copied().unwrap_or(0)))
}
