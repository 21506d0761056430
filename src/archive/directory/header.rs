//! One header of the directory.

use std::io;

use super::end_record::{u16_at, u32_at, u64_at};
use crate::archive::bytes::Bytes;

/// Length of the part that every header has.
pub(in crate::archive) const FIXED_LENGTH: usize = 46;

/// What the directory says about one entry.
#[derive(Clone, Debug, Default)]
pub(in crate::archive) struct Header {
    pub name: Vec<u8>,
    /// The name in UTF-8 that an extra field of its own gives (0x7075), with the checksum of the name it stands for.
    pub unicode_name: Option<(u32, String)>,
    pub flags: u16,
    pub method: u16,
    pub dos_time: u16,
    pub dos_date: u16,
    pub crc32: u32,
    pub packed_bytes: u64,
    pub bytes: u64,
    /// Of its local header; as written, until the directory as a whole was understood.
    pub offset: u64,
    /// System by which it was packed.
    pub system: u8,
    pub external_attributes: u32,
    pub has_bad_extra: bool,
}

impl Header {
    /// Reads the fixed part.
    pub fn parse_fixed(fixed: &[u8]) -> Self {
        Self {
            system: fixed.get(5).copied().unwrap_or(0),
            flags: u16_at(fixed, 8),
            method: u16_at(fixed, 10),
            dos_time: u16_at(fixed, 12),
            dos_date: u16_at(fixed, 14),
            crc32: u32_at(fixed, 16),
            packed_bytes: u64::from(u32_at(fixed, 20)),
            bytes: u64::from(u32_at(fixed, 24)),
            external_attributes: u32_at(fixed, 38),
            offset: u64::from(u32_at(fixed, 42)),
            ..Self::default()
        }
    }

    /// Says whether a byte of the file lies in the packed data of the entry, which its local header tells the beginning of:
    /// the extra field there is another one than in the directory.
    pub fn holds_as_data(&self, at: u64, bytes: &Bytes) -> io::Result<bool> {
        const LOCAL_LENGTH: usize = 30;
        const LONGEST: u64 = LOCAL_LENGTH as u64 + 2 * u16::MAX as u64;
        if at <= self.offset || at >= self.offset.saturating_add(LONGEST).saturating_add(self.packed_bytes) {
            return Ok(false);
        }
        let local = bytes.piece(self.offset, LOCAL_LENGTH)?;
        if local.len() < LOCAL_LENGTH {
            return Ok(false);
        }
        let lengths = u64::from(u16_at(&local, 26)) + u64::from(u16_at(&local, 28));
        let data_at = self.offset.saturating_add(LOCAL_LENGTH as u64 + lengths);
        Ok((data_at..data_at.saturating_add(self.packed_bytes)).contains(&at))
    }

    /// Lengths of name, extra field and comment.
    pub fn variable_lengths(fixed: &[u8]) -> (usize, usize, usize) {
        (usize::from(u16_at(fixed, 28)), usize::from(u16_at(fixed, 30)), usize::from(u16_at(fixed, 32)))
    }

    /// Takes from the extra field what is understood, and notes when its lengths do not add up.
    pub fn apply_extra(&mut self, mut extra: &[u8]) {
        while extra.len() >= 4 {
            let id = u16_at(extra, 0);
            let length = usize::from(u16_at(extra, 2));
            let Some(field) = extra.get(4..4 + length) else {
                self.has_bad_extra = true;
                return;
            };
            match id {
                0x0001 => self.apply_zip64(field),
                0x7075 if field.first() == Some(&1) && field.len() > 5 => {
                    if let Ok(name) = std::str::from_utf8(&field[5..]) {
                        self.unicode_name = Some((u32_at(field, 1), name.to_owned()));
                    }
                }
                _ => {}
            }
            extra = &extra[4 + length..];
        }
    }

    /// The field holds, in this order, only those numbers that did not fit their 32 bits.
    fn apply_zip64(&mut self, mut field: &[u8]) {
        for number in [&mut self.bytes, &mut self.packed_bytes, &mut self.offset] {
            if *number == u64::from(u32::MAX) {
                if field.len() < 8 {
                    self.has_bad_extra = true;
                    return;
                }
                *number = u64_at(field, 0);
                field = &field[8..];
            }
        }
    }
}
