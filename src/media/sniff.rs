//! Types by magic bytes: one table, and three families that need a second look.

use crate::model::MediaType;

const fn media_type(name: &'static str, extension: &'static str) -> MediaType {
    MediaType { name, extension }
}

pub(super) const JPEG: MediaType = media_type("image/jpeg", "jpg");
pub(super) const PNG: MediaType = media_type("image/png", "png");
pub(super) const GIF: MediaType = media_type("image/gif", "gif");
pub(super) const WEBP: MediaType = media_type("image/webp", "webp");
pub(super) const BMP: MediaType = media_type("image/bmp", "bmp");
pub(super) const HEIC: MediaType = media_type("image/heic", "heic");
pub(super) const HEIF: MediaType = media_type("image/heif", "heif");
pub(super) const AVIF: MediaType = media_type("image/avif", "avif");
const TIFF: MediaType = media_type("image/tiff", "tif");
const JPEG_XL: MediaType = media_type("image/jxl", "jxl");
pub(super) const MP4: MediaType = media_type("video/mp4", "mp4");
pub(super) const QUICKTIME: MediaType = media_type("video/quicktime", "mov");
pub(super) const VIDEO_3GP: MediaType = media_type("video/3gpp", "3gp");
pub(super) const M4A: MediaType = media_type("audio/mp4", "m4a");
const WEBM: MediaType = media_type("video/webm", "webm");
const MATROSKA: MediaType = media_type("video/x-matroska", "mkv");
const AVI: MediaType = media_type("video/x-msvideo", "avi");
const OGG_AUDIO: MediaType = media_type("audio/ogg", "ogg");
const OGG_VIDEO: MediaType = media_type("video/ogg", "ogv");
const MP3: MediaType = media_type("audio/mpeg", "mp3");
const AAC: MediaType = media_type("audio/aac", "aac");
const WAV: MediaType = media_type("audio/wav", "wav");
const FLAC: MediaType = media_type("audio/flac", "flac");
const AMR: MediaType = media_type("audio/amr", "amr");
const PDF: MediaType = media_type("application/pdf", "pdf");
const ZIP: MediaType = media_type("application/zip", "zip");
const GZIP: MediaType = media_type("application/gzip", "gz");

/// Every type that is told apart.
pub const MEDIA_TYPES: &[MediaType] = &[
    JPEG,
    PNG,
    GIF,
    WEBP,
    BMP,
    HEIC,
    HEIF,
    AVIF,
    TIFF,
    JPEG_XL,
    MP4,
    QUICKTIME,
    VIDEO_3GP,
    M4A,
    WEBM,
    MATROSKA,
    AVI,
    OGG_AUDIO,
    OGG_VIDEO,
    MP3,
    AAC,
    WAV,
    FLAC,
    AMR,
    PDF,
    ZIP,
    GZIP,
    MediaType::UNKNOWN,
    MediaType::EMPTY,
];

/// Bytes at a place that make a type; the first row that fits counts.
const MAGIC: &[(usize, &[u8], MediaType)] = &[
    (0, b"\xff\xd8\xff", JPEG),
    (0, b"\x89PNG\r\n\x1a\n", PNG),
    (0, b"GIF87a", GIF),
    (0, b"GIF89a", GIF),
    (8, b"WEBP", WEBP),
    (8, b"WAVE", WAV),
    (8, b"AVI ", AVI),
    (0, b"II*\0", TIFF),
    (0, b"MM\0*", TIFF),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", JPEG_XL),
    (0, b"ID3", MP3),
    (0, b"fLaC", FLAC),
    (0, b"#!AMR", AMR),
    (0, b"%PDF-", PDF),
    (0, b"PK\x03\x04", ZIP),
    (0, b"PK\x05\x06", ZIP),
    (0, b"\x1f\x8b\x08", GZIP),
    // QuickTime from before there were brands.
    (4, b"moov", QUICKTIME),
    (4, b"mdat", QUICKTIME),
    (4, b"wide", QUICKTIME),
];

/// Brands of the ISO family (`ftyp`); all others are MP4.
const BRANDS: &[(&[u8; 4], MediaType)] = &[
    (b"heic", HEIC),
    (b"heix", HEIC),
    (b"heim", HEIC),
    (b"heis", HEIC),
    (b"hevc", HEIC),
    (b"hevx", HEIC),
    (b"hevm", HEIC),
    (b"hevs", HEIC),
    (b"avif", AVIF),
    (b"avis", AVIF),
    (b"qt  ", QUICKTIME),
    (b"M4A ", M4A),
    (b"M4B ", M4A),
    (b"M4P ", M4A),
];

/// Tells the type from the first bytes of a file. What a film really holds, sound only or pictures too, is told by
/// [`super::probe()`].
pub fn media_type_of(head: &[u8]) -> MediaType {
    if head.is_empty() {
        return MediaType::EMPTY;
    }
    if head.get(4..8) == Some(b"ftyp") {
        return by_brand(head);
    }
    let is_riff = |at: usize| at != 8 || head.starts_with(b"RIFF");
    let by_magic =
        MAGIC.iter().find(|(at, magic, _)| is_riff(*at) && head.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
    if let Some((_, _, found)) = by_magic {
        return *found;
    }
    let beginning = &head[..head.len().min(256)];
    let mentions = |word: &[u8]| beginning.windows(word.len()).any(|window| window == word);
    if head.starts_with(b"\x1a\x45\xdf\xa3") {
        return if mentions(b"webm") { WEBM } else { MATROSKA };
    }
    if head.starts_with(b"OggS") {
        return if mentions(b"\x80theora") { OGG_VIDEO } else { OGG_AUDIO };
    }
    if head.starts_with(b"BM") && head.len() >= 26 && head[6..10] == [0; 4] {
        return BMP;
    }
    mpeg_audio(head).unwrap_or(MediaType::UNKNOWN)
}

/// The main brand, or for the general picture brands the first of the compatible ones that says more.
fn by_brand(head: &[u8]) -> MediaType {
    let length = head.first_chunk::<4>().map_or(0, |length| u32::from_be_bytes(*length)) as usize;
    let brand_of = |brand: &[u8]| BRANDS.iter().find(|(known, _)| *known == brand).map(|(_, found)| *found);
    let main = head.get(8..12).unwrap_or_default();
    if [b"mif1", b"msf1", b"mif2", b"miaf"].iter().any(|general| *general == main) {
        let compatible = head.get(16..length.min(head.len()).max(16)).unwrap_or_default();
        return compatible.chunks(4).find_map(brand_of).filter(|found| found.is_picture()).unwrap_or(HEIF);
    }
    if main.starts_with(b"3g") {
        return VIDEO_3GP;
    }
    brand_of(main).unwrap_or(MP4)
}

/// A frame header without a file header: eleven bits set, then version, layer, bit rate and sampling rate, each of
/// which has values that are never used.
fn mpeg_audio(head: &[u8]) -> Option<MediaType> {
    let [first, second, third, ..] = *head else { return None };
    if first != 0xff || second & 0xe0 != 0xe0 {
        return None;
    }
    if second & 0xf6 == 0xf0 {
        // ADTS: layer 0, one of 13 sampling rates.
        return (third >> 2 & 15 < 13).then_some(AAC);
    }
    let (version, layer, bit_rate, rate) = (second >> 3 & 3, second >> 1 & 3, third >> 4, third >> 2 & 3);
    (version != 1 && layer != 0 && !matches!(bit_rate, 0 | 15) && rate != 3).then_some(MP3)
}
