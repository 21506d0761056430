//! Subtitles in `SubRip` form: only the words of the video are text.

use crate::source::{Document, Output, Reading};

/// Name and version of what reads subtitles.
pub(super) const READER: (&str, u32) = ("subtitles", 1);

/// Gives the words of a subtitle file.
pub(super) fn read(document: &Document<'_>, sink: &mut dyn FnMut(Output)) -> Reading {
    let words = words_of(&super::text_file::decode(document.bytes).0);
    let has_words = !words.is_empty();
    if has_words {
        sink(Output::Words(words));
    }
    let n = u64::from(has_words);
    Reading { reader: READER.0, reader_version: READER.1, n_items: Some(n), n_read: n, ..Reading::default() }
}

/// The text without numbers, times and tags; repeated lines, as rolling subtitles have them, once.
fn words_of(srt: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let lines: Vec<&str> = srt.lines().map(str::trim).collect();
    for (position, line) in lines.iter().enumerate() {
        let is_time = |line: &str| line.contains("-->");
        let is_number = !line.is_empty()
            && line.bytes().all(|byte| byte.is_ascii_digit())
            && lines.get(position + 1).is_some_and(|next| is_time(next));
        if line.is_empty() || is_number || is_time(line) {
            continue;
        }
        let line = without_tags(line);
        if !line.is_empty() && words.last() != Some(&line) {
            words.push(line);
        }
    }
    words.join("\n")
}

/// Takes `<i>`, `</font>` and `{\an8}` out.
fn without_tags(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    // Where a mark does not come any more it is not looked for again.
    let mut ends = [Some('>'), Some('}')];
    while let Some(start) = rest.find(['<', '{']) {
        out.push_str(&rest[..start]);
        let tag = &rest[start..];
        let is_tag = match tag.as_bytes() {
            [b'<', next, ..] => next.is_ascii_alphabetic() || *next == b'/',
            [b'{', next, ..] => *next == b'\\',
            _ => false,
        };
        let end = &mut ends[usize::from(tag.starts_with('{'))];
        let found = if is_tag { end.and_then(|mark| tag.find(mark)) } else { None };
        if is_tag && found.is_none() {
            *end = None;
        }
        rest = match found {
            Some(end) => &tag[end + 1..],
            None => {
                out.push_str(&tag[..1]);
                &tag[1..]
            }
        };
    }
    out.push_str(rest);
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_are_left() {
        let check = |srt: &str, words: &str| assert_eq!(words_of(srt), words);
        check(
            "1\r\n00:00:00,000 --> 00:00:01,500\r\nHello <i>there</i>\r\n\r\n2\r\n00:00:02,000 --> 00:00:03,000\r\nSchöne Grüße\r\n",
            "Hello there\nSchöne Grüße",
        );
        check("1\n00:00 --> 00:01\n2019\n\n2\n00:01 --> 00:02\n2019\n3 < 4 {\\an8}<3", "2019\n3 < 4 <3");
        check("", "");
        check("1\n00:00:00,000 --> 00:00:01,000\n", "");
    }

    #[test]
    fn a_byte_order_mark_is_no_word() {
        let learnt = crate::source::Learnt::default();
        let document = Document { path: "a.srt", bytes: b"\xef\xbb\xbf1\n00:00 --> 00:01\nhi\n", learnt: &learnt };
        let mut said = Vec::new();
        let reading = read(&document, &mut |output| said.push(output));
        assert_eq!(said, [Output::Words("hi".to_owned())]);
        assert_eq!((reading.n_items, reading.n_read), (Some(1), 1));
    }
}
