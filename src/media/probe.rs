//! What the bytes of a picture or film say about it.

use std::io::{Read, Seek};

use crate::model::MediaType;

use super::boxes::{Boxes, Found, number};
use super::{picture, sniff};

/// Size and length, where the bytes tell them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Probe {
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub duration_ms: Option<u64>,
}

impl Probe {
    pub fn seconds(&self) -> Option<f64> {
        self.duration_ms.map(|ms| std::time::Duration::from_millis(ms).as_secs_f64())
    }
}

/// Looks into content of a type that its first bytes tell. A film of sound only becomes a sound. Content that
/// contradicts itself gives less, never an error; the work is bounded whatever it holds.
pub fn probe<R: Read + Seek + ?Sized>(reader: &mut R, sniffed: MediaType) -> (MediaType, Probe) {
    let size = match sniffed {
        sniff::JPEG => picture::jpeg(reader),
        sniff::PNG => picture::png(reader),
        sniff::GIF => picture::gif(reader),
        sniff::WEBP => picture::webp(reader),
        sniff::BMP => picture::bmp(reader),
        sniff::HEIC | sniff::HEIF | sniff::AVIF => picture::heif(reader),
        sniff::MP4 | sniff::QUICKTIME | sniff::VIDEO_3GP | sniff::M4A => return film(reader, sniffed),
        _ => None,
    };
    let (width, height) = size.unzip();
    (sniffed, Probe { width, height, duration_ms: None })
}

/// What the tracks of a film add up to.
#[derive(Debug, Default)]
struct Tracks {
    has_pictures: bool,
    has_sound: bool,
    size: picture::Size,
    longest_ms: Option<u64>,
}

fn film<R: Read + Seek + ?Sized>(reader: &mut R, sniffed: MediaType) -> (MediaType, Probe) {
    let mut boxes = Boxes::new(reader);
    let top = boxes.children(0, u64::MAX);
    let mut tracks = Tracks::default();
    let mut duration_ms = None;
    if let Some(movie) = top.iter().find(|found| found.kind == *b"moov") {
        for child in boxes.children(movie.start, movie.end) {
            match &child.kind {
                b"mvhd" => duration_ms = duration(&boxes.piece(child.start, 32)).or(duration_ms),
                b"trak" => look_at_track(&mut boxes, child, &mut tracks),
                _ => {}
            }
        }
        duration_ms = duration_ms
            .or_else(|| fragment_duration(&mut boxes, *movie))
            .or(tracks.longest_ms)
            .or_else(|| segment_duration(&mut boxes, &top));
    }
    let media_type = if tracks.has_sound && !tracks.has_pictures {
        sniff::M4A
    } else if tracks.has_pictures && sniffed == sniff::M4A {
        sniff::MP4
    } else {
        sniffed
    };
    let (width, height) = tracks.size.unzip();
    (media_type, Probe { width, height, duration_ms })
}

fn look_at_track<R: Read + Seek + ?Sized>(boxes: &mut Boxes<'_, R>, track: Found, tracks: &mut Tracks) {
    let handler = boxes.descend(track.start, track.end, &[b"mdia", b"hdlr"]).map(|found| boxes.piece(found.start, 12));
    match handler.as_deref().and_then(|content| content.get(8..12)) {
        Some(b"vide") => {
            tracks.has_pictures = true;
            if let Some(head) = boxes.descend(track.start, track.end, &[b"tkhd"]) {
                tracks.size = tracks.size.max(track_size(&boxes.piece(head.start, 96)));
            }
        }
        Some(b"soun") => tracks.has_sound = true,
        _ => return,
    }
    if let Some(head) = boxes.descend(track.start, track.end, &[b"mdia", b"mdhd"]) {
        tracks.longest_ms = tracks.longest_ms.max(duration(&boxes.piece(head.start, 32)));
    }
}

/// Width and height as shown: a track that is turned by a quarter has them the other way round.
fn track_size(head: &[u8]) -> picture::Size {
    let shift = if head.first() == Some(&1) { 12 } else { 0 };
    let whole = |at: usize| u32::try_from(number(head, at + shift, 4) >> 16).ok().filter(|length| *length > 0);
    let (width, height) = (whole(76)?, whole(80)?);
    // The matrix has 1 in its first and fifth place when nothing is turned.
    let is_turned = number(head, 40 + shift, 4) == 0 && number(head, 56 + shift, 4) == 0;
    Some(if is_turned { (height, width) } else { (width, height) })
}

/// From a head that states a scale and a length in it (`mvhd`, `mdhd`).
fn duration(head: &[u8]) -> Option<u64> {
    let (scale, length, unknown) = if head.first() == Some(&1) {
        (number(head, 20, 4), number(head, 24, 8), u64::MAX)
    } else {
        (number(head, 12, 4), number(head, 16, 4), u64::from(u32::MAX))
    };
    in_ms(length, scale).filter(|_| length != unknown)
}

/// Films in fragments state their length beside the movie head.
fn fragment_duration<R: Read + Seek + ?Sized>(boxes: &mut Boxes<'_, R>, movie: Found) -> Option<u64> {
    let extends = boxes.descend(movie.start, movie.end, &[b"mvex", b"mehd"])?;
    let movie_head = boxes.descend(movie.start, movie.end, &[b"mvhd"])?;
    let head = boxes.piece(movie_head.start, 32);
    let scale = number(&head, if head.first() == Some(&1) { 20 } else { 12 }, 4);
    let content = boxes.piece(extends.start, 12);
    let length = if content.first() == Some(&1) { 8 } else { 4 };
    in_ms(number(&content, 4, length), scale)
}

/// Or only the lengths of their segments.
fn segment_duration<R: Read + Seek + ?Sized>(boxes: &mut Boxes<'_, R>, top: &[Found]) -> Option<u64> {
    let index = top.iter().find(|found| found.kind == *b"sidx")?;
    let head = boxes.piece(index.start, 32);
    let references_at = if head.first() == Some(&1) { 32 } else { 24 };
    let n_references = usize::try_from(number(&head, references_at - 2, 2)).unwrap_or(0);
    let references = boxes.piece(index.start + references_at as u64, n_references * 12);
    let length = references.chunks_exact(12).map(|reference| number(reference, 4, 4)).sum();
    in_ms(length, number(&head, 8, 4))
}

fn in_ms(length: u64, scale: u64) -> Option<u64> {
    let ms = u128::from(length) * 1_000 / u128::from(Some(scale).filter(|scale| *scale > 0)?);
    u64::try_from(ms).ok().filter(|ms| *ms > 0)
}
