//! Width and height of pictures, from as few bytes as it takes.

use std::io::{Read, Seek};

use super::boxes::{Boxes, number};

/// Width and height as stored; a turn that EXIF asks for is not applied.
pub(super) type Size = Option<(u32, u32)>;

fn size(width: u64, height: u64) -> Size {
    let size = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    (size.0 > 0 && size.1 > 0).then_some(size)
}

pub(super) fn png(reader: &mut (impl Read + Seek + ?Sized)) -> Size {
    let head = Boxes::new(reader).piece(0, 24);
    (head.get(12..16) == Some(b"IHDR")).then(|| size(number(&head, 16, 4), number(&head, 20, 4)))?
}

pub(super) fn gif(reader: &mut (impl Read + Seek + ?Sized)) -> Size {
    let head = Boxes::new(reader).piece(0, 10);
    size(little(&head, 6, 2), little(&head, 8, 2))
}

pub(super) fn bmp(reader: &mut (impl Read + Seek + ?Sized)) -> Size {
    let head = Boxes::new(reader).piece(0, 26);
    // A negative height means that the rows stand from top to bottom.
    let height = u32::try_from(little(&head, 22, 4)).ok()?.cast_signed().unsigned_abs();
    size(little(&head, 18, 4), u64::from(height))
}

/// The three kinds of WebP: lossy, lossless, extended.
pub(super) fn webp(reader: &mut (impl Read + Seek + ?Sized)) -> Size {
    let head = Boxes::new(reader).piece(0, 30);
    match head.get(12..16)? {
        b"VP8 " => size(little(&head, 26, 2) & 0x3fff, little(&head, 28, 2) & 0x3fff),
        b"VP8L" => {
            let bits = little(&head, 21, 4);
            size((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1)
        }
        b"VP8X" => size(little(&head, 24, 3) + 1, little(&head, 27, 3) + 1),
        _ => None,
    }
}

/// Walks the segments up to the first that begins a frame.
pub(super) fn jpeg(reader: &mut (impl Read + Seek + ?Sized)) -> Size {
    /// Pictures with colour profiles and long descriptions have some hundred segments.
    const MOST_SEGMENTS: usize = 2_000;
    let mut boxes = Boxes::new(reader);
    let mut at = 2;
    for _ in 0..MOST_SEGMENTS {
        let segment = boxes.piece(at, 9);
        match *segment.get(..2)? {
            // Any number of fill bytes may stand before a marker, and some markers have no content.
            [0xff, 0xff] => at += 1,
            [0xff, 0x01 | 0xd0..=0xd8] => at += 2,
            [0xff, 0xc4 | 0xc8 | 0xcc] => at += 2 + number(&segment, 2, 2).max(2),
            [0xff, 0xc0..=0xcf] => return size(number(&segment, 7, 2), number(&segment, 5, 2)),
            [0xff, 0xd9 | 0xda] => return None,
            [0xff, _] => at += 2 + number(&segment, 2, 2).max(2),
            _ => return None,
        }
    }
    None
}

/// HEIC, HEIF and AVIF: the largest of the sizes, as tiles and thumbnails have theirs too.
pub(super) fn heif(reader: &mut (impl Read + Seek + ?Sized)) -> Size {
    let mut boxes = Boxes::new(reader);
    let properties = boxes.descend(0, u64::MAX, &[b"meta", b"iprp", b"ipco"])?;
    let mut largest = None;
    let mut is_turned = false;
    for property in boxes.children(properties.start, properties.end) {
        match &property.kind {
            b"ispe" => {
                let content = boxes.piece(property.start, 12);
                largest = largest.max(size(number(&content, 4, 4), number(&content, 8, 4)));
            }
            b"irot" => is_turned = boxes.piece(property.start, 1).first().is_some_and(|turn| turn & 1 == 1),
            _ => {}
        }
    }
    largest.map(|(width, height)| if is_turned { (height, width) } else { (width, height) })
}

fn little(bytes: &[u8], at: usize, length: usize) -> u64 {
    (at..at + length).rev().fold(0, |number, index| number << 8 | u64::from(bytes.get(index).copied().unwrap_or(0)))
}
