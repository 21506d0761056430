//! The header that stands before the data of an entry.

use std::io;

use super::super::bytes::{Bytes, Window};
use super::super::directory::{Header, LOCAL_HEADER, u16_at, u32_at};

/// Length of the part that every header has.
pub(super) const LENGTH: usize = 30;
/// Bit 3 of the flags: lengths and checksum stand behind the data.
pub(super) const SIZES_FOLLOW: u16 = 1 << 3;
/// Bit 0 of the flags.
pub(super) const ENCRYPTED: u16 = 1;

/// How the record behind the data begins, if it has a signature.
pub(super) const DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";
/// How the directory begins, and what belongs to it.
const IN_DIRECTORY: [[u8; 4]; 5] = [*b"PK\x01\x02", *b"PK\x05\x06", *b"PK\x06\x06", *b"PK\x06\x07", *b"PK\x06\x08"];

/// Methods that the specification names.
const METHODS: [u16; 24] = [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 14, 16, 18, 19, 20, 93, 94, 95, 96, 97, 98, 99, 21];
/// The newest version of the specification is 6.3.
const NEWEST_VERSION: u8 = 63;
/// Longer names are not searched for: Linux and Windows end at 4,096 bytes and 32,767 characters.
const LONGEST_NAME: u16 = 4_096;

/// What such a header says.
pub(super) struct Local {
    pub header: Header,
    /// First byte of the packed data.
    pub data_at: u64,
    /// It tells how long the data is.
    pub has_sizes: bool,
}

pub(super) fn is_in_directory(signature: &[u8]) -> bool {
    IN_DIRECTORY.iter().any(|known| known == signature)
}

/// Says whether something begins with these bytes that may stand behind an entry.
pub(super) fn may_follow(signature: &[u8]) -> bool {
    signature == LOCAL_HEADER || is_in_directory(signature)
}

/// Reads the header at `at`; `None` where it does not fit into the file.
pub(super) fn read(bytes: &Bytes, at: u64) -> io::Result<Option<Local>> {
    let fixed = bytes.piece(at, LENGTH)?;
    if fixed.len() < LENGTH {
        return Ok(None);
    }
    let (name_length, extra_length) = (usize::from(u16_at(&fixed, 26)), usize::from(u16_at(&fixed, 28)));
    let rest = bytes.piece(at + LENGTH as u64, name_length + extra_length)?;
    if rest.len() < name_length + extra_length {
        return Ok(None);
    }
    let (name, extra) = rest.split_at(name_length);
    let mut header = Header {
        name: name.to_vec(),
        flags: u16_at(&fixed, 6),
        method: u16_at(&fixed, 8),
        dos_time: u16_at(&fixed, 10),
        dos_date: u16_at(&fixed, 12),
        crc32: u32_at(&fixed, 14),
        packed_bytes: u64::from(u32_at(&fixed, 18)),
        bytes: u64::from(u32_at(&fixed, 22)),
        ..Header::default()
    };
    let is_saturated = header.packed_bytes == u64::from(u32::MAX);
    header.apply_extra(extra);
    header.offset = at;
    // Who streams writes zeros, or all ones, where the lengths stand behind.
    let is_unsaid = header.packed_bytes == 0 || (is_saturated && header.packed_bytes == u64::from(u32::MAX));
    let has_sizes = header.flags & SIZES_FOLLOW == 0 || !is_unsaid;
    let data_at = at + (LENGTH + name_length + extra_length) as u64;
    Ok(Some(Local { header, data_at, has_sizes }))
}

/// Says whether what begins with the signature at `at` looks like a header: the four bytes alone may be anything.
pub(super) fn is_plausible(window: &mut Window<'_>, at: u64) -> io::Result<bool> {
    let fixed = window.slice(at, LENGTH)?;
    if fixed.len() < LENGTH || fixed[4] > NEWEST_VERSION || !METHODS.contains(&u16_at(fixed, 8)) {
        return Ok(false);
    }
    let name_length = u16_at(fixed, 26);
    if !(1..=LONGEST_NAME).contains(&name_length) {
        return Ok(false);
    }
    let whole = LENGTH + usize::from(name_length);
    let header = window.slice(at, whole)?;
    Ok(header.len() == whole && header[LENGTH..].iter().all(|byte| *byte >= b' ' && *byte != 0x7f))
}
