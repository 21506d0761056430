//! MP4 files with one sample: a video of one motion-JPEG frame, a sound of G.711 silence. Padding lies in a `free` box.

use super::medium::Look;

/// A video of two seconds that shows `frame`, a JPEG.
pub(super) fn video(look: &Look, frame: &[u8], padding: &[u8]) -> Vec<u8> {
    let mut entry = vec![0; 6];
    entry.extend(1_u16.to_be_bytes());
    entry.extend([0; 16]);
    entry.extend(look.width().to_be_bytes());
    entry.extend(look.height().to_be_bytes());
    // 72 dots per inch twice, one frame a sample, no name, 24 bits, no palette.
    entry.extend([0, 0x48, 0, 0, 0, 0x48, 0, 0, 0, 0, 0, 0, 0, 1]);
    entry.extend([0; 32]);
    entry.extend([0, 0x18, 0xff, 0xff]);
    let track = Track {
        handler: *b"vide",
        header: full(*b"vmhd", 1, &[0; 8]),
        entry: boxed(*b"jpeg", &[&entry]),
        size: [u32::from(look.width()), u32::from(look.height())],
        volume: 0,
        n_samples: 1,
        sample_bytes: frame.len(),
        ticks_a_sample: 2_000,
        ticks_a_second: 1_000,
    };
    track.file(*b"isom", frame, padding)
}

/// A tenth of a second of silence, 8,000 samples a second.
pub(super) fn sound(padding: &[u8]) -> Vec<u8> {
    let mut entry = vec![0; 6];
    entry.extend(1_u16.to_be_bytes());
    entry.extend([0; 8]);
    entry.extend([0, 1, 0, 16, 0, 0, 0, 0]);
    entry.extend((8_000_u32 << 16).to_be_bytes());
    let track = Track {
        handler: *b"soun",
        header: full(*b"smhd", 0, &[0; 4]),
        entry: boxed(*b"ulaw", &[&entry]),
        size: [0, 0],
        volume: 0x0100,
        n_samples: 800,
        sample_bytes: 1,
        ticks_a_sample: 1,
        ticks_a_second: 8_000,
    };
    track.file(*b"M4A ", &[0xff; 800], padding)
}

struct Track {
    handler: [u8; 4],
    header: Vec<u8>,
    entry: Vec<u8>,
    size: [u32; 2],
    volume: u16,
    n_samples: u32,
    sample_bytes: usize,
    ticks_a_sample: u32,
    ticks_a_second: u32,
}

impl Track {
    fn millis(&self) -> u32 {
        self.n_samples * self.ticks_a_sample * 1_000 / self.ticks_a_second
    }

    fn file(&self, brand: [u8; 4], samples: &[u8], padding: &[u8]) -> Vec<u8> {
        let mut kind = brand.to_vec();
        kind.extend([0, 0, 2, 0]);
        kind.extend(b"isommp42");
        let mut bytes = boxed(*b"ftyp", &[&kind]);
        bytes.extend(boxed(*b"free", &[padding]));
        let samples_at = bytes.len() + 8;
        bytes.extend(boxed(*b"mdat", &[samples]));
        bytes.extend(self.movie(samples_at));
        bytes
    }

    fn movie(&self, samples_at: usize) -> Vec<u8> {
        let matrix: Vec<u8> = [0x0001_0000_u32, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000]
            .iter()
            .flat_map(|n| n.to_be_bytes())
            .collect();
        let mut movie = numbers(&[0, 0, 1_000, self.millis(), 0x0001_0000]);
        movie.extend([1, 0]);
        movie.extend([0; 10]);
        movie.extend(&matrix);
        movie.extend([0; 24]);
        movie.extend(2_u32.to_be_bytes());

        let mut head = numbers(&[0, 0, 1, 0, self.millis(), 0, 0, 0]);
        head.extend(self.volume.to_be_bytes());
        head.extend([0, 0]);
        head.extend(&matrix);
        head.extend(numbers(&[self.size[0] << 16, self.size[1] << 16]));

        let whole = boxed(*b"trak", &[&full(*b"tkhd", 3, &head), &self.media(samples_at)]);
        boxed(*b"moov", &[&full(*b"mvhd", 0, &movie), &whole])
    }

    fn media(&self, samples_at: usize) -> Vec<u8> {
        let mut header = numbers(&[0, 0, self.ticks_a_second, self.n_samples * self.ticks_a_sample]);
        // The language "und", five bits a letter.
        header.extend([0x55, 0xc4, 0, 0]);
        let mut handler = numbers(&[0]);
        handler.extend(self.handler);
        handler.extend([0; 13]);
        let source = boxed(*b"dinf", &[&full(*b"dref", 0, &[&numbers(&[1])[..], &full(*b"url ", 1, &[])].concat())]);
        let info = boxed(*b"minf", &[&self.header, &source, &self.samples(samples_at)]);
        boxed(*b"mdia", &[&full(*b"mdhd", 0, &header), &full(*b"hdlr", 0, &handler), &info])
    }

    fn samples(&self, samples_at: usize) -> Vec<u8> {
        let word = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let entries = [&numbers(&[1])[..], &self.entry].concat();
        boxed(
            *b"stbl",
            &[
                &full(*b"stsd", 0, &entries),
                &full(*b"stts", 0, &numbers(&[1, self.n_samples, self.ticks_a_sample])),
                &full(*b"stsc", 0, &numbers(&[1, 1, self.n_samples, 1])),
                &full(*b"stsz", 0, &numbers(&[word(self.sample_bytes), self.n_samples])),
                &full(*b"stco", 0, &numbers(&[1, word(samples_at)])),
            ],
        )
    }
}

fn numbers(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

fn boxed(name: [u8; 4], contents: &[&[u8]]) -> Vec<u8> {
    let length = 8 + contents.iter().map(|content| content.len()).sum::<usize>();
    let mut bytes = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes().to_vec();
    bytes.extend(name);
    for content in contents {
        bytes.extend(*content);
    }
    bytes
}

/// A box of version 0 with flags.
fn full(name: [u8; 4], flags: u8, content: &[u8]) -> Vec<u8> {
    boxed(name, &[&[0, 0, 0, flags], content])
}
