//! Where the data of an entry ends whose header does not say so, or says something that cannot be.

use std::io::{self, Read};

use flate2::Crc;

use super::super::Method;
use super::super::bytes::Window;
use super::super::directory::{Header, u32_at, u64_at};
use super::super::reader::Decoder;
use super::Walker;
use super::header::{DESCRIPTOR, ENCRYPTED, SIZES_FOLLOW, may_follow};

/// What was found out about an entry's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Measured {
    pub packed_bytes: u64,
    pub bytes: u64,
    pub crc32: u32,
    /// Where the next header has to be.
    pub next: u64,
}

/// The record of checksum and lengths that may stand behind an entry.
struct Descriptor {
    crc32: u32,
    packed_bytes: u64,
    bytes: u64,
    length: u64,
}

/// The forms that this record has: with or without signature, with lengths of 32 or 64 bits.
fn descriptors(record: &[u8]) -> impl Iterator<Item = Descriptor> {
    let signature = if record.starts_with(&DESCRIPTOR) { 4 } else { 0 };
    [4, 8].into_iter().filter_map(move |width: usize| {
        let length = signature + 4 + 2 * width;
        let number = |at: usize| if width == 4 { u64::from(u32_at(record, at)) } else { u64_at(record, at) };
        (record.len() >= length).then(|| Descriptor {
            crc32: u32_at(record, signature),
            packed_bytes: number(signature + 4),
            bytes: number(signature + 4 + width),
            length: length as u64,
        })
    })
}

/// The longest form.
const LONGEST_DESCRIPTOR: usize = 24;

impl Walker<'_> {
    /// Where the next header stands, if the data of an entry ends at `end`: there has to be something that may follow. With
    /// the checksum, where it stands behind the data.
    pub(super) fn behind_data(&self, header: &Header, end: u64) -> io::Result<Option<(u64, Option<u32>)>> {
        let record = self.bytes.piece(end, LONGEST_DESCRIPTOR)?;
        if record.is_empty() || may_follow(record.get(..4).unwrap_or_default()) {
            return Ok(Some((end, None)));
        }
        if header.flags & SIZES_FOLLOW == 0 && !record.starts_with(&DESCRIPTOR) {
            return Ok(None);
        }
        let found = descriptors(&record).find(|found| found.packed_bytes == header.packed_bytes);
        Ok(found.map(|found| (end + found.length, Some(found.crc32))))
    }

    /// Looks for the end of the data at `data_at`.
    pub(super) fn measure(&mut self, header: &Header, data_at: u64, has_sizes: bool) -> io::Result<Option<Measured>> {
        if !self.has_patience() {
            return Ok(None);
        }
        let sizes_follow = header.flags & SIZES_FOLLOW != 0;
        match Method::from_code(header.method) {
            method @ (Method::Deflate | Method::Deflate64) if header.flags & ENCRYPTED == 0 => {
                self.unpack(header, method, data_at)
            }
            _ if sizes_follow && !has_sizes => self.seek_descriptor(data_at),
            Method::Stored if has_sizes => self.sum_up(header, data_at),
            _ => Ok(None),
        }
    }

    /// Unpacks to the end of the stream and compares the checksum.
    fn unpack(&mut self, header: &Header, method: Method, data_at: u64) -> io::Result<Option<Measured>> {
        let length = self.bytes.length();
        let mut decoder = Decoder::new(method, self.bytes.span(data_at, length));
        let mut buffer = vec![0; 64 << 10];
        let (mut crc, mut bytes) = (Crc::new(), 0_u64);
        let is_sound = loop {
            match decoder.read(&mut buffer) {
                Ok(0) => break true,
                Ok(n) => {
                    crc.update(&buffer[..n]);
                    bytes += n as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if is_of_the_disk(&error) => return Err(error),
                Err(_) => break false,
            }
            let packed = length.saturating_sub(data_at).saturating_sub(decoder.rest());
            let is_bomb = bytes > self.limits.ratio_floor_bytes && bytes > packed.saturating_mul(self.limits.ratio);
            if is_bomb || bytes > self.limits.entry_bytes {
                break false;
            }
        };
        self.n_unpacked = self.n_unpacked.saturating_add(bytes);
        let end = length.saturating_sub(decoder.rest());
        let found = if is_sound { self.check_unpacked(header, method, data_at, end, crc.sum(), bytes)? } else { None };
        if found.is_none() {
            self.n_wasted = self.n_wasted.saturating_add(end.saturating_sub(data_at));
        }
        Ok(found)
    }

    /// Says what was unpacked when its checksum is right.
    fn check_unpacked(
        &self,
        header: &Header,
        method: Method,
        data_at: u64,
        end: u64,
        crc32: u32,
        bytes: u64,
    ) -> io::Result<Option<Measured>> {
        if header.flags & SIZES_FOLLOW == 0 {
            let measured = Measured { packed_bytes: end.saturating_sub(data_at), bytes, crc32, next: end };
            return Ok((crc32 == header.crc32).then_some(measured));
        }
        // The decoder for deflate64 takes two bytes at once and may have taken more than it needed.
        let most_back = if method == Method::Deflate64 { 3 } else { 0 };
        for back in 0..=most_back {
            let Some(end) = end.checked_sub(back).filter(|end| *end >= data_at) else { break };
            let record = self.bytes.piece(end, LONGEST_DESCRIPTOR)?;
            for found in descriptors(&record) {
                if (found.crc32, found.packed_bytes, found.bytes) == (crc32, end - data_at, bytes) {
                    let next = end + found.length;
                    return Ok(Some(Measured { packed_bytes: end - data_at, bytes, crc32, next }));
                }
            }
        }
        Ok(None)
    }

    /// Finds the record behind data that cannot be unpacked to its end: it tells how far it stands from the beginning.
    fn seek_descriptor(&mut self, data_at: u64) -> io::Result<Option<Measured>> {
        let length = self.bytes.length();
        let mut window = Window::new(self.bytes, length);
        let mut from = data_at;
        while let Some(at) = window.find(from, DESCRIPTOR)? {
            let packed_bytes = at - data_at;
            let record = window.slice(at, LONGEST_DESCRIPTOR)?;
            if let Some(found) = descriptors(record).find(|found| found.packed_bytes == packed_bytes) {
                let next = at + found.length;
                return Ok(Some(Measured { packed_bytes, bytes: found.bytes, crc32: found.crc32, next }));
            }
            from = at + 1;
        }
        self.n_wasted = self.n_wasted.saturating_add(length.saturating_sub(data_at));
        Ok(None)
    }

    /// Data of a stated length behind which nothing stands that may: right by its checksum, it is followed by something
    /// else.
    fn sum_up(&mut self, header: &Header, data_at: u64) -> io::Result<Option<Measured>> {
        let end = data_at.saturating_add(header.packed_bytes);
        if end > self.bytes.length() || header.flags & ENCRYPTED != 0 {
            return Ok(None);
        }
        let mut crc = Crc::new();
        let mut span = self.bytes.span(data_at, end);
        let mut buffer = vec![0; 64 << 10];
        loop {
            match span.read(&mut buffer)? {
                0 => break,
                n => crc.update(&buffer[..n]),
            }
        }
        if crc.sum() != header.crc32 {
            self.n_wasted = self.n_wasted.saturating_add(header.packed_bytes);
            return Ok(None);
        }
        let Header { packed_bytes, bytes, crc32, .. } = *header;
        Ok(Some(Measured { packed_bytes, bytes, crc32, next: end }))
    }
}

/// Tells what the disk did from what the data did.
fn is_of_the_disk(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
    !matches!(error.kind(), InvalidInput | InvalidData | UnexpectedEof)
}
