//! Names of entries: bytes in one of several encodings.

use super::super::EntryPath;
use super::Header;

/// A name as text, with its bytes where they differ.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::archive) struct Name {
    pub path: EntryPath,
    pub raw: Option<Box<[u8]>>,
}

/// The name in UTF-8 of its own extra field, when that belongs to this name; else UTF-8, with or without the flag for
/// it (many programs forget the flag); else code page 437, as the specification says.
pub(in crate::archive) fn decode(header: &Header) -> Name {
    let raw = header.name.as_slice();
    let unicode = header.unicode_name.as_ref().filter(|(checksum, _)| *checksum == crc32(raw));
    let path = match (unicode, std::str::from_utf8(raw)) {
        (Some((_, name)), _) => EntryPath::from_zip_name(name),
        (None, Ok(name)) => EntryPath::from_zip_name(name),
        (None, Err(_)) => EntryPath::from_zip_name(&from_cp437(raw)),
    };
    let raw = (path.as_str().as_bytes() != raw).then(|| raw.into());
    Name { path, raw }
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// The upper half of code page 437.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

fn from_cp437(bytes: &[u8]) -> String {
    let upper: Vec<char> = CP437.chars().collect();
    bytes
        .iter()
        .map(|byte| match byte.checked_sub(128) {
            Some(index) => upper.get(usize::from(index)).copied().unwrap_or(char::REPLACEMENT_CHARACTER),
            None => char::from(*byte),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_their_encoding() {
        let check = |raw: &[u8], unicode: Option<(u32, &str)>, path: &str, keeps_raw: bool| {
            let unicode_name = unicode.map(|(checksum, name)| (checksum, name.to_owned()));
            let name = decode(&Header { name: raw.to_vec(), unicode_name, ..Header::default() });
            assert_eq!((name.path.as_str(), name.raw.is_some()), (path, keeps_raw));
        };
        check(b"a/b.jpg", None, "a/b.jpg", false);
        check("漢字/ö.jpg".as_bytes(), None, "漢字/ö.jpg", false);
        check(b"M\x81nchen\xff", None, "München\u{a0}", true);
        check(b"a\\b", None, "a/b", true);
        check(b"?.jpg", Some((crc32(b"?.jpg"), "漢.jpg")), "漢.jpg", true);
        check(b"2.jpg", Some((crc32(b"3.jpg"), "../../x")), "2.jpg", false);
        assert_eq!(CP437.chars().count(), 128);
    }
}
