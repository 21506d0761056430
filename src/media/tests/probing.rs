//! Types, sizes and lengths from bytes.

use std::fmt::Write;
use std::io::Cursor;

use super::super::{MEDIA_TYPES, media_type_of, probe};

/// `type extension`, then size and length where they are known.
#[track_caller]
fn check(name: &str, bytes: &[u8], expected: &str) {
    let (media_type, probe) = probe(&mut Cursor::new(bytes), media_type_of(bytes));
    let mut found = format!("{} {}", media_type.name, media_type.extension);
    if let (Some(width), Some(height)) = (probe.width, probe.height) {
        write!(found, " {width}x{height}").expect("memory");
    }
    if let Some(ms) = probe.duration_ms {
        write!(found, " {ms}ms").expect("memory");
    }
    assert_eq!(found, expected, "{name}");
    assert!(MEDIA_TYPES.contains(&media_type), "{name}");
    for cut in 0..bytes.len() {
        // Must not panic or hang, whatever it says.
        super::super::probe(&mut Cursor::new(&bytes[..cut]), media_type_of(&bytes[..cut]));
    }
}

fn boxed(kind: &[u8], content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    let length = u32::try_from(content.len() + 8).expect("short").to_be_bytes();
    [length.as_slice(), kind, &content].concat()
}

fn ftyp(brands: &[&[u8; 4]]) -> Vec<u8> {
    let others: Vec<u8> = brands.iter().flat_map(|brand| **brand).collect();
    boxed(b"ftyp", &[brands[0], &[0; 4], &others])
}

fn head(kind: &[u8], scale: u32, length: u32) -> Vec<u8> {
    boxed(kind, &[&[0; 12], &scale.to_be_bytes(), &length.to_be_bytes(), &[0; 80]])
}

fn track(handler: &[u8], width: u32, height: u32, is_turned: bool) -> Vec<u8> {
    let one = 0x0001_0000_u32.to_be_bytes();
    let mut matrix = [0; 36];
    let (first, fifth) = if is_turned { (4, 12) } else { (0, 16) };
    matrix[first..first + 4].copy_from_slice(&one);
    matrix[fifth..fifth + 4].copy_from_slice(&one);
    let size = [(width << 16).to_be_bytes(), (height << 16).to_be_bytes()].concat();
    let tkhd = boxed(b"tkhd", &[&[0; 40], &matrix, &size]);
    let hdlr = boxed(b"hdlr", &[&[0; 8], handler, &[0; 12]]);
    boxed(b"trak", &[&tkhd, &boxed(b"mdia", &[&head(b"mdhd", 1_000, 2_500), &hdlr])])
}

#[test]
fn films() {
    let movie = |tracks: &[Vec<u8>]| boxed(b"moov", &[&head(b"mvhd", 600, 1_500), &tracks.concat()]);
    let (pictures, sound) = (track(b"vide", 640, 360, false), track(b"soun", 0, 0, false));
    let mdat = boxed(b"mdat", &[&[0; 100]]);
    let isom = ftyp(&[b"isom", b"mp42"]);
    let film = [isom.clone(), movie(&[pictures.clone(), sound.clone()]), mdat.clone()].concat();
    check("mp4", &film, "video/mp4 mp4 640x360 2500ms");
    let late = [isom.clone(), mdat.clone(), movie(&[sound.clone(), pictures])].concat();
    check("movie box at the end", &late, "video/mp4 mp4 640x360 2500ms");
    let turned = [isom.clone(), movie(&[track(b"vide", 640, 360, true)])].concat();
    check("turned by a quarter", &turned, "video/mp4 mp4 360x640 2500ms");
    let voice = [isom.clone(), movie(std::slice::from_ref(&sound))].concat();
    check("sound only", &voice, "audio/mp4 m4a 2500ms");
    check("m4a", &[ftyp(&[b"M4A "]), movie(&[sound])].concat(), "audio/mp4 m4a 2500ms");
    check("no movie", &[isom.clone(), mdat].concat(), "video/mp4 mp4");
    check("mov", &ftyp(&[b"qt  "]), "video/quicktime mov");
    check("3gp", &ftyp(&[b"3gp5"]), "video/3gpp 3gp");
    check("old quicktime", &movie(&[track(b"vide", 32, 16, false)]), "video/quicktime mov 32x16 2500ms");
    let mehd = boxed(b"mvex", &[&boxed(b"mehd", &[&[0; 4], &1_200_u32.to_be_bytes()])]);
    let fragments = boxed(b"moov", &[&head(b"mvhd", 600, 0), &mehd]);
    check("fragments", &[isom.clone(), fragments].concat(), "video/mp4 mp4 2000ms");
    let reference = [[0, 0, 1, 0], 3_000_u32.to_be_bytes(), [0; 4]].concat();
    let sidx = boxed(b"sidx", &[&[0; 8], &1_000_u32.to_be_bytes(), &[0; 10], &[0, 2], &reference, &reference]);
    let segments = [isom, sidx, boxed(b"moov", &[&head(b"mvhd", 600, 0)])].concat();
    check("segments", &segments, "video/mp4 mp4 6000ms");
    let endless = [ftyp(&[b"isom"]), boxed(b"free", &[]).repeat(30_000)].concat();
    let (media_type, _) = probe(&mut Cursor::new(&endless), media_type_of(&endless));
    assert_eq!(media_type.extension, "mp4");
}

#[test]
fn pictures() {
    let sof = |marker: u8| [0xff, marker, 0, 11, 8, 0, 40, 0, 30, 1, 0, 0, 0];
    let app = [0xff, 0xe1, 0, 6, 1, 2, 3, 4];
    let jpeg = [b"\xff\xd8".as_slice(), &app, &app, &[0xff], &sof(0xc2)].concat();
    check("progressive jpeg", &jpeg, "image/jpeg jpg 30x40");
    check("jpeg without frame", b"\xff\xd8\xff\xe0\0\x04ab\xff\xd9", "image/jpeg jpg");
    check("endless jpeg", &[b"\xff\xd8".as_slice(), &[0xff; 5_000]].concat(), "image/jpeg jpg");
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x03\0\0\0\x02";
    check("png", png, "image/png png 3x2");
    check("gif", b"GIF89a\x05\0\x04\0", "image/gif gif 5x4");
    check("webp", b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a\x40\x01\xf0\0", "image/webp webp 320x240");
    check("webp, lossless", b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x3f\xc1\x3b\0\0\0\0\0\0", "image/webp webp 320x240");
    check("webp, extended", b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0\x3f\x01\0\xef\0\0", "image/webp webp 320x240");
    let bmp = [b"BM\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".as_slice(), &[3, 0, 0, 0], &(-2_i32).to_le_bytes()].concat();
    check("bmp", &bmp, "image/bmp bmp 3x2");
    let ispe = |width: u32, height: u32| boxed(b"ispe", &[&[0; 4], &width.to_be_bytes(), &height.to_be_bytes()]);
    let heif = |brands: &[&[u8; 4]], turn: u8| {
        let properties = boxed(b"ipco", &[&ispe(512, 512), &ispe(4_032, 3_024), &boxed(b"irot", &[&[turn]])]);
        [ftyp(brands), boxed(b"meta", &[&[0; 4], &boxed(b"iprp", &[&properties])])].concat()
    };
    check("heic", &heif(&[b"heic"], 0), "image/heic heic 4032x3024");
    check("heic, turned", &heif(&[b"mif1", b"mif1", b"heic"], 3), "image/heic heic 3024x4032");
    check("avif", &heif(&[b"mif1", b"miaf", b"avif"], 0), "image/avif avif 4032x3024");
    check("heif", &heif(&[b"mif1"], 0), "image/heif heif 4032x3024");
}

#[test]
fn the_rest() {
    check("empty", b"", "application/x-empty empty");
    check("unknown", b"hello", "application/octet-stream bin");
    check("webm", b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "video/webm webm");
    check("matroska", b"\x1a\x45\xdf\xa3\xa3\x42\x82\x88matroska", "video/x-matroska mkv");
    check("opus", b"OggS\0\x02\0\0\0\0\0\0\0\0OpusHead", "audio/ogg ogg");
    check("theora", b"OggS\0\x02\0\0\0\0\0\0\0\0\x80theora", "video/ogg ogv");
    check("mp3", b"ID3\x04\0", "audio/mpeg mp3");
    check("mp3 without tag", b"\xff\xfb\x90\x64\0", "audio/mpeg mp3");
    check("aac", b"\xff\xf1\x50\x80\0", "audio/aac aac");
    check("no sound", b"\xff\xff\xff\xff", "application/octet-stream bin");
    check("wav", b"RIFF\0\0\0\0WAVEfmt ", "audio/wav wav");
    check("pdf", b"%PDF-1.7", "application/pdf pdf");
    check("zip", b"PK\x03\x04", "application/zip zip");
    check("text that says WEBP", b"a poem: WEBP", "application/octet-stream bin");
}
