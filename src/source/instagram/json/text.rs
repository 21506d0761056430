//! Repairs the encoding of strings, on JSON text and before it is parsed.
//!
//! Since the end of 2020 the exporter writes every byte of a string's UTF-8 as an escape of its own: 😂 becomes
//! `\u00f0\u009f\u0098\u0082` (format reference §2.1). Here such escapes become the bytes that they stand for, string by
//! string, keys included, exactly once, and only where all of a string's bytes together are valid UTF-8.
//!
//! The repair works on the written string because only there one still sees *how* a character was written. A string
//! with a raw byte above 0x7F, or with an escape above `\u00ff`, cannot come from that exporter and is left alone. So the
//! rule about whole documents (a document with such a string anywhere is repaired only in strings that consist of
//! escapes) holds by construction: no string is ever repaired that does not. It holds whatever stands in the rest of
//! the document, so parts, pages and cut-off files give the same text. A repaired string holds raw bytes, so that
//! repairing again changes nothing; `"Ã©"` that stands in a document as such stays.

use std::borrow::Cow;

/// How the strings of a document were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// By the exporter of generations B to E, or nobody knows: strings are repaired where they need it.
    Escaped,
    /// A flat document of generation A: always proper, never repaired.
    Proper,
}

/// Repairs the strings of a piece of JSON.
pub fn repair(json: &[u8], writing: Writing) -> Cow<'_, [u8]> {
    if writing == Writing::Proper || !has_byte_escape(json) {
        return Cow::Borrowed(json);
    }
    let mut out = Vec::with_capacity(json.len());
    let mut at = 0;
    while let Some(open) = json[at..].iter().position(|byte| *byte == b'"').map(|offset| at + offset) {
        let close = closing_quote(json, open);
        out.extend_from_slice(&json[at..=open]);
        repair_string(&json[open + 1..close], &mut out);
        at = close;
        if at < json.len() {
            out.push(b'"');
            at += 1;
        }
    }
    out.extend_from_slice(&json[at..]);
    Cow::Owned(out)
}

/// Whether an escape from `\u0080` to `\u00ff` may stand somewhere.
fn has_byte_escape(json: &[u8]) -> bool {
    json.windows(5).any(|five| five.starts_with(b"\\u00") && matches!(five[4], b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F'))
}

/// Position of the quote that ends the string which `open` begins, or the end of the text.
fn closing_quote(json: &[u8], open: usize) -> usize {
    let mut at = open + 1;
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    json.len()
}

/// Appends the inside of a string, repaired if it can be.
fn repair_string(inside: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    if !unescape_bytes(inside, out) {
        out.truncate(start);
        out.extend_from_slice(inside);
        return;
    }
    let Err(error) = std::str::from_utf8(&out[start..]) else { return };
    if error.error_len().is_none() {
        // The last character was cut in half (§2.2): its one to three bytes stay as they were written.
        let half = out.split_off(start + error.valid_up_to());
        for byte in half {
            out.extend_from_slice(format!("\\u{byte:04x}").as_bytes());
        }
    } else {
        out.truncate(start);
        out.extend_from_slice(inside);
    }
}

/// Appends the inside of a string with each escape of one byte above 0x7F replaced by that byte. Everything else keeps
/// its writing; as that is ASCII, the whole is valid UTF-8 exactly if the bytes of the string are. `false` when the
/// string cannot come from the broken exporter.
fn unescape_bytes(inside: &[u8], out: &mut Vec<u8>) -> bool {
    let mut at = 0;
    while let Some(&byte) = inside.get(at) {
        if byte > 0x7f {
            return false;
        }
        if byte != b'\\' {
            out.push(byte);
            at += 1;
            continue;
        }
        let code = if inside.get(at + 1) == Some(&b'u') { hex(inside.get(at + 2..at + 6)) } else { None };
        match code.map(u8::try_from) {
            Some(Ok(byte @ 0x80..)) => {
                out.push(byte);
                at += 6;
            }
            Some(Err(_)) => return false,
            Some(Ok(_)) | None => {
                let end = inside.len().min(at + 2);
                out.extend_from_slice(&inside[at..end]);
                at = end;
            }
        }
    }
    true
}

fn hex(digits: Option<&[u8]>) -> Option<u32> {
    digits?.iter().try_fold(0, |code, digit| Some(code << 4 | char::from(*digit).to_digit(16)?))
}

/// Makes JSON that does not parse as readable as can be: halves of surrogate pairs and bytes that are no UTF-8 become
/// U+FFFD, raw control characters and unknown escapes are escaped, and bare words and numbers that JSON does not have
/// (`NaN`, `1e400`, `01`) become strings. To be tried only where parsing failed, and never in silence.
pub fn mend(json: &[u8]) -> Vec<u8> {
    let json = String::from_utf8_lossy(json);
    let mut out = String::with_capacity(json.len() + 16);
    let mut rest = &*json;
    while let Some(start) = rest.find(|c: char| c == '"' || is_bare(c)) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        if rest.starts_with('"') {
            let close = closing_quote(rest.as_bytes(), 0).min(rest.len());
            mend_string(&rest[1..close.max(1)], &mut out);
            rest = rest.get(close + 1..).unwrap_or_default();
        } else {
            let (word, behind) = rest.split_at(rest.find(|c: char| !is_bare(c)).unwrap_or(rest.len()));
            mend_word(word, &mut out);
            rest = behind;
        }
    }
    out.push_str(rest);
    out.into_bytes()
}

fn is_bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')
}

fn mend_word(word: &str, out: &mut String) {
    let is_json = matches!(word, "true" | "false" | "null") || serde_json::from_str::<f64>(word).is_ok();
    if is_json {
        out.push_str(word);
    } else {
        out.push('"');
        out.push_str(word);
        out.push('"');
    }
}

fn mend_string(inside: &str, out: &mut String) {
    const REPLACEMENT: &str = "\\ufffd";
    out.push('"');
    let mut rest = inside;
    while let Some(c) = rest.chars().next() {
        let n_bytes = match c {
            '\\' => {
                let (text, n_bytes) = match mended_escape(rest) {
                    Some(n_bytes) => (&rest[..n_bytes], n_bytes),
                    None if rest.starts_with("\\u") => (REPLACEMENT, rest.len().min(6)),
                    None => ("\\\\", 1),
                };
                out.push_str(text);
                // A bad `\u` may be followed by less than four digits, or by other characters.
                (1..=n_bytes).rev().find(|n| rest.is_char_boundary(*n)).unwrap_or(1)
            }
            '\0'..='\x1f' => {
                out.extend(format!("\\u{:04x}", u32::from(c)).chars());
                1
            }
            _ => {
                out.push(c);
                c.len_utf8()
            }
        };
        rest = &rest[n_bytes..];
    }
    out.push('"');
}

/// Length of the escape, or pair of escapes, that the text begins with, when it is a good one.
fn mended_escape(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    match bytes.get(1)? {
        b'u' => match hex(bytes.get(2..6))? {
            0xd800..=0xdbff if bytes.get(6..8) == Some(b"\\u") => {
                matches!(hex(bytes.get(8..12))?, 0xdc00..=0xdfff).then_some(12)
            }
            0xd800..=0xdfff => None,
            _ => Some(6),
        },
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Writes a text as Meta does.
    fn as_meta_writes(text: &str) -> String {
        let mut out = String::from("\"");
        for byte in text.bytes() {
            match byte {
                b'"' => out.push_str("\\\""),
                b'\\' => out.push_str("\\\\"),
                b'\n' => out.push_str("\\n"),
                0x20..=0x7e => out.push(char::from(byte)),
                _ => out.extend(format!("\\u{byte:04x}").chars()),
            }
        }
        out + "\""
    }

    fn repaired(json: &str) -> String {
        String::from_utf8(repair(json.as_bytes(), Writing::Escaped).into_owned()).expect("repair gives UTF-8 for UTF-8")
    }

    #[test]
    fn strings_that_consist_of_bytes_are_repaired_and_no_others() {
        let check = |json: &str, expected: &str| assert_eq!(repaired(json), expected, "{json}");
        check(r#""\u00f0\u009f\u0098\u0082""#, "\"😂\"");
        check(r#""\u00C3\u00B6 and \u00e6\u00bc\u00a2\u00e5\u00ad\u0097""#, "\"ö and 漢字\"");
        check(r#"{"Media \u00c3\u00b6":["\u00c3\u00a9",1]}"#, r#"{"Media ö":["é",1]}"#);
        check(r#""line\n\"\u00c3\u00a9\" \\ \/ \u0009""#, r#""line\n\"é\" \\ \/ \u0009""#);
        // Already right, in each of the ways in which it can be.
        check(r#""café""#, r#""café""#);
        check(r#""Ã©""#, r#""Ã©""#);
        check(r#""Ã© \u00c3\u00a9""#, r#""Ã© \u00c3\u00a9""#);
        check(r#""\u2728 \u00c3\u00a9""#, r#""\u2728 \u00c3\u00a9""#);
        check(r#""\ud83d\ude02 \u00c3\u00a9""#, r#""\ud83d\ude02 \u00c3\u00a9""#);
        check(r#""caf\u00e9 au lait""#, r#""caf\u00e9 au lait""#);
        check(r#""caf\u00e9""#, r#""caf\u00e9""#);
        // An escaped backslash is no escape.
        check(r#""\\u00c3\\u00a9""#, r#""\\u00c3\\u00a9""#);
        check(r#""\\\u00c3\u00a9""#, r#""\\é""#);
        // One string of a document does not decide about another.
        check(r#"["é","\u00c3\u00a9","\u2728"]"#, r#"["é","é","\u2728"]"#);
        // Bytes 80 to 9f are Latin-1, never Windows-1252: E2 82 AC is €, and a lone 0x80 is nothing.
        check(r#""\u00e2\u0082\u00ac""#, "\"€\"");
        check(r#""\u0080 x""#, r#""\u0080 x""#);
        // A character cut in half at the end keeps its bytes; one in the middle spoils the string.
        check(r#""sch\u00c3\u00b6n \u00f0\u009f\u0098""#, r#""schön \u00f0\u009f\u0098""#);
        check(r#""\u00f0\u009f\u0098 sch\u00c3\u00b6n""#, r#""\u00f0\u009f\u0098 sch\u00c3\u00b6n""#);
        // Damaged text passes.
        check(r#""\u00c3\u00a"#, r#""\u00c3\u00a"#);
        check(r#"{"a":"\u00c3\u00b6","b":"\u00c3"#, r#"{"a":"ö","b":"\u00c3"#);
        check("\"\\", "\"\\");
    }

    #[test]
    fn flat_documents_are_never_repaired() {
        let json = br#""\u00c3\u00a9""#;
        assert_eq!(&*repair(json, Writing::Proper), json);
    }

    #[test]
    fn broken_text_is_mended_as_far_as_it_goes() {
        let check = |json: &[u8], expected: serde_json::Value| {
            let mended = mend(json);
            let value: serde_json::Value = serde_json::from_slice(&mended)
                .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&mended)));
            assert_eq!(value, expected);
        };
        check(br#"{"a":"x\ud83d"}"#, serde_json::json!({"a": "x\u{fffd}"}));
        check(br#"{"a":"\ude02 \ud83d\ude02 \ud83d\ud83d\ude02"}"#, serde_json::json!({"a": "\u{fffd} 😂 \u{fffd}😂"}));
        check(b"{\"a\":\"x\xffy\"}", serde_json::json!({"a": "x\u{fffd}y"}));
        check(b"{\"a\":\"x\ny\tz\"}", serde_json::json!({"a": "x\ny\tz"}));
        check(
            br#"{"a":NaN,"b":-Infinity,"c":1e400,"d":01,"e":1.5,"f":null}"#,
            serde_json::json!(
            {"a": "NaN", "b": "-Infinity", "c": "1e400", "d": "01", "e": 1.5, "f": null}),
        );
        check(br#"{"a":"\x41 \u12"}"#, serde_json::json!({"a": "\\x41 \u{fffd}"}));
    }

    proptest! {
        #[test]
        fn any_text_survives_metas_writing(text in any::<String>()) {
            let json = as_meta_writes(&text);
            let read: String = serde_json::from_str(&repaired(&json)).expect("a string");
            prop_assert_eq!(read, text);
        }

        #[test]
        fn proper_text_is_left_alone(text in any::<String>()) {
            let json = serde_json::to_string(&text).expect("a string");
            prop_assert_eq!(repaired(&json), json);
        }

        #[test]
        fn repairing_again_changes_nothing(text in any::<String>()) {
            let once = repaired(&as_meta_writes(&text));
            prop_assert_eq!(repaired(&once), once);
        }

        #[test]
        fn no_bytes_upset_it(bytes in prop::collection::vec(prop::sample::select(&br#"\u00c3d8a9"{[:, x"#[..]), 0..60)) {
            let once = repair(&bytes, Writing::Escaped).into_owned();
            prop_assert_eq!(&*repair(&once, Writing::Escaped), &once[..]);
            prop_assert!(mend(&bytes).len() <= bytes.len() * 8 + 8);
        }

        #[test]
        fn mending_leaves_good_json_alone(texts in prop::collection::vec(any::<String>(), 0..4)) {
            let json = serde_json::to_string(&texts).expect("strings");
            let mended: Vec<String> = serde_json::from_slice(&mend(json.as_bytes())).expect("strings");
            prop_assert_eq!(mended, texts);
        }
    }
}
