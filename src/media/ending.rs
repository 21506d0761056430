//! Whether a medium is there to its end, as far as its own structure tells: a download that broke off leaves files that
//! begin well.

use std::io::{Read, Seek, SeekFrom};

use super::boxes::number;
use super::draft::read_full;

/// How a medium ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    /// Its structure reaches its end: of a JPEG the end mark, of a PNG the last chunk, of RIFF and the ISO family every
    /// length lies inside the file and what makes it playable is there.
    Whole,
    BreaksOff,
    /// Its form tells nothing about its end.
    NotTold,
}

/// Segments, chunks or boxes that are looked at; more are no picture that anybody took (a guess).
const MOST_PIECES: u32 = 100_000;
/// Read at once where every byte has to be looked at.
const WINDOW_BYTES: usize = 64 << 10;

/// Looks at the structure of content of that media type (`image/jpeg` …). Reads heads only, and of a JPEG whose end is not
/// where it should be everything behind the head.
pub fn ending<R: Read + Seek + ?Sized>(reader: &mut R, media_type: &str) -> std::io::Result<Ending> {
    let length = reader.seek(SeekFrom::End(0))?;
    let mut file = Pieces { reader, length };
    match media_type {
        "image/jpeg" => file.jpeg(),
        "image/png" => file.png(),
        "image/webp" | "audio/wav" | "video/x-msvideo" => file.riff(),
        "video/mp4" | "video/quicktime" | "video/3gpp" | "audio/mp4" => file.boxes(&[b"moov", b"moof"]),
        "image/heic" | "image/heif" | "image/avif" => file.boxes(&[b"meta", b"moov"]),
        _ => Ok(Ending::NotTold),
    }
}

struct Pieces<'r, R: ?Sized> {
    reader: &'r mut R,
    length: u64,
}

fn told(is_whole: bool) -> Ending {
    if is_whole { Ending::Whole } else { Ending::BreaksOff }
}

impl<R: Read + Seek + ?Sized> Pieces<'_, R> {
    /// Up to so many bytes; fewer at the end of the file.
    fn piece(&mut self, at: u64, length: usize) -> std::io::Result<Vec<u8>> {
        let mut piece = vec![0; length];
        self.reader.seek(SeekFrom::Start(at))?;
        let n = read_full(self.reader, &mut piece)?;
        piece.truncate(n);
        Ok(piece)
    }

    fn jpeg(&mut self) -> std::io::Result<Ending> {
        let mut at = 2;
        for _ in 0..MOST_PIECES {
            let head = self.piece(at, 4)?;
            match head.first_chunk::<2>() {
                None => return Ok(Ending::BreaksOff),
                Some([0xff, 0xff]) => at += 1,
                Some([0xff, 0x01 | 0xd0..=0xd8]) => at += 2,
                Some([0xff, 0xd9]) => return Ok(Ending::Whole),
                Some([0xff, 0xda]) => {
                    // Most files end where they should. In what is packed no mark can stand, so none is there by chance.
                    let tail = self.piece(self.length.saturating_sub(2).max(at), 2)?;
                    if tail == [0xff, 0xd9] {
                        return Ok(Ending::Whole);
                    }
                    at += 2 + number(&head, 2, 2).max(2);
                    match self.next_mark(at)? {
                        Some(mark) => at = mark,
                        None => return Ok(Ending::BreaksOff),
                    }
                }
                Some([0xff, _]) => at += 2 + number(&head, 2, 2).max(2),
                // No segment: whatever it is, it does not tell where it ends.
                Some(_) => return Ok(Ending::NotTold),
            }
        }
        Ok(Ending::NotTold)
    }

    /// Where behind the packed picture the next mark stands.
    fn next_mark(&mut self, start: u64) -> std::io::Result<Option<u64>> {
        let mut at = start;
        loop {
            let window = self.piece(at, WINDOW_BYTES)?;
            let is_mark = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xff | 0xd0..=0xd7);
            if let Some(found) = window.windows(2).position(is_mark) {
                return Ok(Some(at + found as u64));
            }
            if window.len() < WINDOW_BYTES {
                return Ok(None);
            }
            at += window.len() as u64 - 1;
        }
    }

    fn png(&mut self) -> std::io::Result<Ending> {
        let mut at = 8_u64;
        for _ in 0..MOST_PIECES {
            let head = self.piece(at, 8)?;
            let Some(kind) = head.get(4..8) else { return Ok(Ending::BreaksOff) };
            let end = at.saturating_add(number(&head, 0, 4)).saturating_add(12);
            if end > self.length {
                return Ok(Ending::BreaksOff);
            }
            if kind == b"IEND" {
                return Ok(Ending::Whole);
            }
            at = end;
        }
        Ok(Ending::NotTold)
    }

    fn riff(&mut self) -> std::io::Result<Ending> {
        let head = self.piece(4, 4)?;
        let size = head.iter().rev().fold(0_u64, |size, byte| size << 8 | u64::from(*byte));
        // What was written while it was recorded may have no length.
        if head.len() == 4 && matches!(size, 0 | 0xffff_ffff) {
            return Ok(Ending::NotTold);
        }
        Ok(told(head.len() == 4 && size.saturating_add(8) <= self.length))
    }

    /// The boxes of the ISO family; one of `needed` must be there.
    fn boxes(&mut self, needed: &[&[u8; 4]]) -> std::io::Result<Ending> {
        let (mut at, mut has_needed) = (0_u64, false);
        for _ in 0..MOST_PIECES {
            if at == self.length {
                return Ok(told(has_needed));
            }
            let head = self.piece(at, 16)?;
            // Some programs fill up with zeros.
            if has_needed && head.iter().all(|byte| *byte == 0) {
                return Ok(Ending::Whole);
            }
            let Some(kind) = head.get(4..8) else { return Ok(Ending::BreaksOff) };
            has_needed |= needed.iter().any(|needed| kind == *needed);
            let length = match number(&head, 0, 4) {
                0 => return Ok(told(has_needed)),
                1 if head.len() == 16 => number(&head, 8, 8),
                short => short,
            };
            if length < 8 {
                return Ok(told(has_needed));
            }
            at = at.saturating_add(length);
            if at > self.length {
                return Ok(Ending::BreaksOff);
            }
        }
        Ok(Ending::NotTold)
    }
}
