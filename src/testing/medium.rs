//! Media files: real pictures, videos and sounds, each with bytes of its own, made without any codec.

use std::ops::RangeInclusive;

use super::dice::Dice;
use super::{jpeg, mp4, png};

/// What a media file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Jpeg,
    Png,
    Mp4,
    M4a,
}

impl Form {
    pub(super) const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Mp4 => "mp4",
            Self::M4a => "m4a",
        }
    }
}

/// One media file of a life.
#[derive(Clone, Debug, PartialEq)]
pub struct Medium {
    /// The number that Instagram writes into its names: 17 digits for own content, 16 for chats.
    pub id: u64,
    pub at_ms: i64,
    pub form: Form,
    /// Size that the padding brings it to; smaller numbers than the bare file needs give the bare file.
    pub n_bytes: u32,
    /// Padded with noise in which some bytes are more frequent than others, so that a ZIP shrinks it by two per cent, letter
    /// by letter, as it does with some pictures.
    pub is_compressible: bool,
}

impl Medium {
    /// The file's bytes. `encoding` stands for the quality that Instagram encoded it with: another number gives other
    /// bytes of the same picture, as a later download may.
    pub fn content(&self, encoding: u32) -> Vec<u8> {
        let look = Look::thrown(&mut Dice::of(self.id, "look", 0));
        let make = |padding: &[u8]| match self.form {
            Form::Jpeg => jpeg::picture(&look, padding),
            Form::Png => png::picture(&look, padding),
            Form::Mp4 => mp4::video(&look, &jpeg::picture(&look, &[]), padding),
            Form::M4a => mp4::sound(padding),
        };
        let wanted = usize::try_from(self.n_bytes).unwrap_or(0);
        let n_padding = wanted.saturating_sub(make(&[]).len()).max(32);
        make(&self.padding(n_padding, &mut Dice::of(self.id, "medium", usize::try_from(encoding).unwrap_or(0))))
    }

    fn padding(&self, n: usize, dice: &mut Dice) -> Vec<u8> {
        let mut bytes = vec![0; n];
        dice.fill(&mut bytes);
        if self.is_compressible {
            // Three of ten bytes are below 64, and so are a quarter of the others. Nothing repeats.
            let mut draw = vec![0; n];
            dice.fill(&mut draw);
            let drawn = bytes.iter_mut().zip(draw).filter(|(_, draw)| *draw < 77);
            drawn.for_each(|(byte, _)| *byte &= 63);
        }
        bytes
    }
}

/// How a picture looks: one colour (luma and two chromas, −4 to 4 steps from grey) in blocks of 8 × 8 pixels.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub columns: u16,
    pub rows: u16,
    pub colour: [i8; 3],
}

impl Look {
    fn thrown(dice: &mut Dice) -> Self {
        let mut number = |low, high| dice.between(low, high);
        let (columns, rows) = (number(4, 16), number(4, 16));
        let colour = [number(-4, 4), number(-4, 4), number(-4, 4)];
        Self {
            columns: u16::try_from(columns).unwrap_or(4),
            rows: u16::try_from(rows).unwrap_or(4),
            colour: colour.map(|step| i8::try_from(step).unwrap_or(0)),
        }
    }

    pub fn width(&self) -> u16 {
        self.columns * 8
    }

    pub fn height(&self) -> u16 {
        self.rows * 8
    }
}

/// A size within the bounds.
pub(super) fn thrown_bytes(dice: &mut Dice, bounds: &RangeInclusive<u32>) -> u32 {
    let bytes = dice.between(i64::from(*bounds.start()), i64::from(*bounds.end()));
    u32::try_from(bytes).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn medium(form: Form, id: u64, n_bytes: u32) -> Medium {
        Medium { id, at_ms: 0, form, n_bytes, is_compressible: false }
    }

    #[test]
    fn files_are_what_they_say_and_as_large_as_asked() {
        let check = |form, at: usize, magic: &[u8]| {
            for n_bytes in [0, 50_000, 800_000] {
                let bytes = medium(form, 17, n_bytes).content(0);
                assert_eq!(&bytes[at..at + magic.len()], magic, "{form:?}");
                let wanted = usize::try_from(n_bytes).unwrap_or(0);
                assert!(bytes.len() >= wanted && bytes.len() < wanted + 20_000, "{form:?} {n_bytes}: {}", bytes.len());
            }
        };
        check(Form::Jpeg, 0, b"\xff\xd8\xff\xe0\0\x10JFIF\0");
        check(Form::Png, 0, b"\x89PNG\r\n\x1a\n");
        check(Form::Mp4, 4, b"ftypisom");
        check(Form::M4a, 4, b"ftypM4A ");
    }

    #[test]
    fn every_medium_and_every_encoding_has_its_own_bytes() {
        for form in [Form::Jpeg, Form::Png, Form::Mp4, Form::M4a] {
            let one = medium(form, 1, 5_000);
            assert_eq!(one.content(0), one.content(0));
            assert_ne!(one.content(0), one.content(1));
            assert_ne!(one.content(0), medium(form, 2, 5_000).content(0));
        }
    }

    #[test]
    fn compressible_media_compress_as_pictures_do() {
        let per_mille = |is_compressible| {
            let bytes = Medium { is_compressible, ..medium(Form::Jpeg, 3, 100_000) }.content(0);
            let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(&bytes).expect("memory");
            encoder.finish().expect("memory").len() * 1_000 / bytes.len()
        };
        assert!(per_mille(false) > 995, "{}", per_mille(false));
        assert!((970..985).contains(&per_mille(true)), "{}", per_mille(true));
    }
}
