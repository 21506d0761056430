//! Builds ZIPs byte by byte, so that every byte can lie.

#![expect(clippy::missing_panics_doc, reason = "a test that builds what no ZIP can hold is wrong")]

use std::io::Write;

/// One entry, in its local header and in the directory.
#[derive(Clone, Debug)]
pub struct Piece {
    pub name: Vec<u8>,
    /// The name in the local header, when it is another one.
    pub local_name: Option<Vec<u8>>,
    pub packed: Vec<u8>,
    pub method: u16,
    pub flags: u16,
    pub crc32: u32,
    pub local_crc32: Option<u32>,
    pub bytes: u32,
    /// Length of the packed data as the directory states it.
    pub packed_bytes: Option<u32>,
    pub mode: u32,
    pub extra: Vec<u8>,
    /// Length of the extra field as the directory states it.
    pub extra_bytes: Option<u16>,
    /// Stands in the directory.
    pub is_listed: bool,
    /// Shares the local header of an earlier entry.
    pub at: Option<u32>,
    /// Extra field of the local header.
    pub local_extra: Vec<u8>,
    /// The local header says nothing of lengths and checksum: zeros, or all ones.
    pub local_lengths: Option<u32>,
    /// Record behind the data.
    pub descriptor: Vec<u8>,
    /// Length of the name as the directory states it.
    pub name_bytes: Option<u16>,
    /// Length of a comment as the directory states it; there is none.
    pub comment_bytes: u16,
    /// System by which it was packed: 3 is Unix.
    pub system: u8,
    /// Time and date as DOS packs them, when it is another one.
    pub dos_moment: Option<[u8; 4]>,
}

pub fn stored(name: &str, content: &str) -> Piece {
    stored_bytes(name, content.as_bytes())
}

pub fn stored_bytes(name: &str, content: &[u8]) -> Piece {
    let mut crc = flate2::Crc::new();
    crc.update(content);
    Piece {
        name: name.as_bytes().to_vec(),
        local_name: None,
        packed: content.to_vec(),
        method: 0,
        flags: 0,
        crc32: crc.sum(),
        local_crc32: None,
        bytes: u32::try_from(content.len()).expect("short"),
        packed_bytes: None,
        mode: 0o100_644,
        extra: Vec::new(),
        extra_bytes: None,
        is_listed: true,
        at: None,
        local_extra: Vec::new(),
        local_lengths: None,
        descriptor: Vec::new(),
        name_bytes: None,
        comment_bytes: 0,
        system: 3,
        dos_moment: None,
    }
}

pub fn deflated(name: &str, content: &str) -> Piece {
    deflated_bytes(name, content.as_bytes())
}

pub fn deflated_bytes(name: &str, content: &[u8]) -> Piece {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).expect("memory");
    Piece { packed: encoder.finish().expect("memory"), method: 8, ..stored_bytes(name, content) }
}

/// The entry as programs write it that do not know its length beforehand: with a record of 12, 16, 20 or 24 bytes behind.
pub fn streamed(piece: Piece, descriptor_bytes: usize) -> Piece {
    let mut descriptor = if descriptor_bytes.is_multiple_of(8) { b"PK\x07\x08".to_vec() } else { Vec::new() };
    descriptor.extend(piece.crc32.to_le_bytes());
    let (packed, whole) = (piece.packed.len() as u64, u64::from(piece.bytes));
    let width = if descriptor_bytes < 20 { 4 } else { 8 };
    for length in [packed, whole] {
        descriptor.extend(&length.to_le_bytes()[..width]);
    }
    assert_eq!(descriptor.len(), descriptor_bytes);
    Piece { flags: piece.flags | 8, local_lengths: Some(0), local_crc32: Some(0), descriptor, ..piece }
}

/// The entry with its lengths in fields of 64 bits, in the local header and in the directory.
pub fn zip64(piece: Piece) -> Piece {
    let mut extra = b"\x01\0\x10\0".to_vec();
    extra.extend(u64::from(piece.bytes).to_le_bytes());
    extra.extend((piece.packed.len() as u64).to_le_bytes());
    let bytes = u32::MAX;
    Piece {
        extra: extra.clone(),
        local_extra: extra,
        local_lengths: Some(bytes),
        packed_bytes: Some(bytes),
        bytes,
        ..piece
    }
}

/// A whole archive.
#[derive(Clone, Debug, Default)]
pub struct Zip {
    pub pieces: Vec<Piece>,
    pub before: Vec<u8>,
    /// Offsets count what stands before the archive.
    pub counts_before: bool,
    pub between: Vec<u8>,
    pub comment: Vec<u8>,
    pub comment_bytes: Option<u16>,
    pub claimed_entries: Option<u16>,
    pub claimed_bytes: Option<u32>,
    pub claimed_at: Option<u32>,
    pub is_zip64: bool,
    /// Entries, length and place of the directory as the ZIP64 record states them.
    pub zip64_claims: [Option<u64>; 3],
    /// Number of this piece of a split archive.
    pub disk: u16,
    pub after: Vec<u8>,
}

impl Zip {
    pub fn of(pieces: &[Piece]) -> Self {
        Self { pieces: pieces.to_vec(), ..Self::default() }
    }

    pub fn build(&self) -> Vec<u8> {
        let mut out = self.before.clone();
        let shift = if self.counts_before { 0 } else { self.before.len() };
        let mut directory = Vec::new();
        let mut n_listed = 0_u64;
        for piece in &self.pieces {
            let at = piece.at.unwrap_or_else(|| u32::try_from(out.len() - shift).expect("short"));
            if piece.at.is_none() {
                out.extend(local(piece));
            }
            if piece.is_listed {
                n_listed += 1;
                directory.extend(central(piece, at));
            }
        }
        out.extend(&self.between);
        let start = u32::try_from(out.len() - shift).expect("short");
        let length = u32::try_from(directory.len()).expect("short");
        out.extend(directory);
        if self.is_zip64 {
            let at = out.len() as u64 - shift as u64;
            out.extend(b"PK\x06\x06");
            out.extend(44_u64.to_le_bytes());
            out.extend([45, 0, 45, 0]);
            out.extend([0; 8]);
            let [n_claimed, length_claimed, start_claimed] = self.zip64_claims;
            let n_claimed = n_claimed.unwrap_or(n_listed);
            for number in [
                n_claimed,
                n_claimed,
                length_claimed.unwrap_or(u64::from(length)),
                start_claimed.unwrap_or(u64::from(start)),
            ] {
                out.extend(number.to_le_bytes());
            }
            out.extend(b"PK\x06\x07\0\0\0\0");
            out.extend(at.to_le_bytes());
            out.extend(1_u32.to_le_bytes());
        }
        // Writers without ZIP64 write the count modulo 65,536.
        let n_short = u16::try_from(n_listed % 65_536).expect("below 65,536");
        let saturated = self.is_zip64.then_some(u16::MAX);
        let n_claimed = self.claimed_entries.or(saturated).unwrap_or(n_short);
        out.extend(b"PK\x05\x06");
        out.extend(self.disk.to_le_bytes());
        out.extend(self.disk.to_le_bytes());
        out.extend(n_claimed.to_le_bytes());
        out.extend(n_claimed.to_le_bytes());
        out.extend(self.claimed_bytes.or(self.is_zip64.then_some(u32::MAX)).unwrap_or(length).to_le_bytes());
        out.extend(self.claimed_at.or(self.is_zip64.then_some(u32::MAX)).unwrap_or(start).to_le_bytes());
        let comment_bytes = u16::try_from(self.comment.len()).expect("short");
        out.extend(self.comment_bytes.unwrap_or(comment_bytes).to_le_bytes());
        out.extend(&self.comment);
        out.extend(&self.after);
        out
    }
}

fn local(piece: &Piece) -> Vec<u8> {
    let name = piece.local_name.as_ref().unwrap_or(&piece.name);
    let mut out = b"PK\x03\x04\x14\0".to_vec();
    out.extend(piece.flags.to_le_bytes());
    out.extend(piece.method.to_le_bytes());
    out.extend(piece.dos_moment.unwrap_or_else(moment));
    out.extend(piece.local_crc32.unwrap_or(piece.crc32).to_le_bytes());
    let packed_bytes = u32::try_from(piece.packed.len()).expect("short");
    out.extend(piece.local_lengths.unwrap_or(packed_bytes).to_le_bytes());
    out.extend(piece.local_lengths.unwrap_or(piece.bytes).to_le_bytes());
    out.extend(u16::try_from(name.len()).expect("short").to_le_bytes());
    out.extend(u16::try_from(piece.local_extra.len()).expect("short").to_le_bytes());
    out.extend(name);
    out.extend(&piece.local_extra);
    out.extend(&piece.packed);
    out.extend(&piece.descriptor);
    out
}

fn central(piece: &Piece, at: u32) -> Vec<u8> {
    let mut out = b"PK\x01\x02\x14".to_vec();
    out.push(piece.system);
    out.extend([20, 0]);
    out.extend(piece.flags.to_le_bytes());
    out.extend(piece.method.to_le_bytes());
    out.extend(piece.dos_moment.unwrap_or_else(moment));
    out.extend(piece.crc32.to_le_bytes());
    let packed_bytes = u32::try_from(piece.packed.len()).expect("short");
    out.extend(piece.packed_bytes.unwrap_or(packed_bytes).to_le_bytes());
    out.extend(piece.bytes.to_le_bytes());
    let name_bytes = u16::try_from(piece.name.len()).expect("short");
    out.extend(piece.name_bytes.unwrap_or(name_bytes).to_le_bytes());
    let extra_bytes = u16::try_from(piece.extra.len()).expect("short");
    out.extend(piece.extra_bytes.unwrap_or(extra_bytes).to_le_bytes());
    out.extend(piece.comment_bytes.to_le_bytes());
    out.extend([0; 4]);
    out.extend((piece.mode << 16).to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend(&piece.name);
    out.extend(&piece.extra);
    out
}

/// 2024-03-09, 17:30:10.
fn moment() -> [u8; 4] {
    let (time, date) = (17_u16 << 11 | 30 << 5 | 5, 44_u16 << 9 | 3 << 5 | 9);
    let ([t0, t1], [d0, d1]) = (time.to_le_bytes(), date.to_le_bytes());
    [t0, t1, d0, d1]
}
