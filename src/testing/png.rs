//! A PNG writer for pictures of one grey: stored deflate blocks, padding in a chunk of its own.

use super::medium::Look;

/// A picture whose private chunk `paDd` (ancillary, private, safe to copy) carries `padding`.
pub(super) fn picture(look: &Look, padding: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = u32::from(look.width()).to_be_bytes().to_vec();
    header.extend(u32::from(look.height()).to_be_bytes());
    header.extend([8, 0, 0, 0, 0]);
    chunk(&mut bytes, *b"IHDR", &header);
    if !padding.is_empty() {
        chunk(&mut bytes, *b"paDd", padding);
    }
    let grey = 128_u8.wrapping_add_signed(look.colour[0] * 16);
    let mut row = vec![0];
    row.resize(1 + usize::from(look.width()), grey);
    chunk(&mut bytes, *b"IDAT", &stored(&row.repeat(usize::from(look.height()))));
    chunk(&mut bytes, *b"IEND", &[]);
    bytes
}

fn chunk(bytes: &mut Vec<u8>, name: [u8; 4], content: &[u8]) {
    bytes.extend(u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes());
    let start = bytes.len();
    bytes.extend(name);
    bytes.extend(content);
    let sum = crc32(&bytes[start..]);
    bytes.extend(sum.to_be_bytes());
}

/// A zlib stream of one stored block; a picture here has at most 128 × 129 bytes.
fn stored(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX);
    let mut bytes = vec![0x78, 0x01, 1];
    bytes.extend(length.to_le_bytes());
    bytes.extend((!length).to_le_bytes());
    bytes.extend(content);
    let (mut low, mut high) = (1_u32, 0_u32);
    for byte in content {
        low = (low + u32::from(*byte)) % 65_521;
        high = (high + low) % 65_521;
    }
    bytes.extend((high << 16 | low).to_be_bytes());
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut table = [0; 256];
    for (number, entry) in (0_u32..).zip(table.iter_mut()) {
        *entry = (0..8).fold(number, |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 });
    }
    let step = |sum: u32, byte: &u8| sum >> 8 ^ table[usize::from(sum.to_le_bytes()[0] ^ byte)];
    !bytes.iter().fold(!0, step)
}
