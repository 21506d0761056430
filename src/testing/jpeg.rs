//! A baseline JPEG writer for pictures of one colour: its Huffman tables hold only what such a picture needs.

use super::medium::Look;

/// Four bits a code: the categories 0 to 5 of a difference. (All-ones codes are not allowed, six of sixteen are not near.)
const DC: (&[u8; 16], &[u8]) = (&[0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], &[0, 1, 2, 3, 4, 5]);
/// One bit: the block ends here.
const AC: (&[u8; 16], &[u8]) = (&[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], &[0]);
/// One step of a block's mean is this many eighths of a grey level: four steps are half of the range.
const QUANTUM: u8 = 128;
/// A segment's length counts itself and has two bytes.
const LONGEST_SEGMENT: usize = 0xffff - 2;

/// A picture whose comment segments carry `padding`.
pub(super) fn picture(look: &Look, padding: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8];
    segment(&mut bytes, 0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    for comment in padding.chunks(LONGEST_SEGMENT) {
        segment(&mut bytes, 0xfe, comment);
    }
    let mut table = vec![0];
    table.extend([QUANTUM; 64]);
    segment(&mut bytes, 0xdb, &table);
    let mut frame = vec![8];
    frame.extend(look.height().to_be_bytes());
    frame.extend(look.width().to_be_bytes());
    frame.extend([3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]);
    segment(&mut bytes, 0xc0, &frame);
    for (class, (counts, symbols)) in [(0x00, DC), (0x10, AC)] {
        let mut table = vec![class];
        table.extend(counts);
        table.extend(symbols);
        segment(&mut bytes, 0xc4, &table);
    }
    segment(&mut bytes, 0xda, &[3, 1, 0, 2, 0, 3, 0, 0, 63, 0]);
    bytes.extend(scan(look));
    bytes.extend([0xff, 0xd9]);
    bytes
}

fn segment(bytes: &mut Vec<u8>, marker: u8, content: &[u8]) {
    bytes.extend([0xff, marker]);
    bytes.extend(u16::try_from(content.len() + 2).unwrap_or(u16::MAX).to_be_bytes());
    bytes.extend(content);
}

/// The first block of each component says the colour, all others say "no difference".
fn scan(look: &Look) -> Vec<u8> {
    let mut bits = Bits { bytes: Vec::new(), pending: 0, n_pending: 0 };
    for block in 0..u32::from(look.columns) * u32::from(look.rows) {
        for step in look.colour {
            let difference = if block == 0 { step } else { 0 };
            let category = 8 - difference.unsigned_abs().leading_zeros();
            bits.put(category, 4);
            // A negative difference is written as the ones' complement of its size.
            let size = u32::from(difference.unsigned_abs());
            let amount = if difference < 0 { !size & ((1 << category) - 1) } else { size };
            bits.put(amount, category);
            bits.put(0, 1);
        }
    }
    bits.finish()
}

struct Bits {
    bytes: Vec<u8>,
    pending: u32,
    n_pending: u32,
}

impl Bits {
    fn put(&mut self, value: u32, n: u32) {
        for position in (0..n).rev() {
            self.pending = self.pending << 1 | (value >> position & 1);
            self.n_pending += 1;
            if self.n_pending == 8 {
                let byte = u8::try_from(self.pending).unwrap_or(u8::MAX);
                self.bytes.push(byte);
                // Inside a scan the byte FF is followed by 00, so that it is no marker.
                if byte == 0xff {
                    self.bytes.push(0);
                }
                (self.pending, self.n_pending) = (0, 0);
            }
        }
    }

    fn finish(mut self) -> Vec<u8> {
        while self.n_pending != 0 {
            self.put(1, 1);
        }
        self.bytes
    }
}
