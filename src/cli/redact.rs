//! `--redact`: output that can go into a report about a bug. What stands in no table of ours is left out: of every line
//! only words that this program says itself, names of files that Instagram gives, counts and dates pass. What a name,
//! a text or a path says is neither known nor looked for; it is simply not among the words.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::model::{FindingCode, Kind};
use crate::source::instagram::catalog::CATALOG;

/// Stands for what was left out.
const LEFT_OUT: &str = "[…]";

/// Words of our own sentences, without any that is a name of somebody.
const WORDS: &str = include_str!("redact_words.txt");

static KNOWN: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let codes = FindingCode::ALL.iter().flat_map(|code| [code.name(), code.meaning()]);
    let kinds = Kind::ALL.iter().map(|kind| kind.name());
    let shapes = CATALOG.iter().flat_map(|row| [row.files, row.folders].concat());
    let all = codes.chain(kinds).chain(shapes).chain([WORDS]);
    all.flat_map(|text| text.split(|c: char| !c.is_ascii_alphabetic())).map(str::to_ascii_lowercase).collect()
});

/// A line of text without what is the person's. Escape sequences of our own styles stay.
pub fn line(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut chunk = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            end_chunk(&mut chunk, &mut shown);
            shown.push(c);
            for c in chars.by_ref() {
                shown.push(c);
                if c.is_ascii_alphabetic() {
                    break;
                }
            }
        } else if is_border(c) {
            end_chunk(&mut chunk, &mut shown);
            shown.push(c);
        } else {
            chunk.push(c);
        }
    }
    end_chunk(&mut chunk, &mut shown);
    shown
}

/// The same for a line of JSON: its strings and the names of its members.
pub fn json(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('"') {
        let (before, string) = rest.split_at(start);
        let length = length_of_string(string);
        shown.push_str(before);
        let plain: String = serde_json::from_str(&string[..length]).unwrap_or_else(|_| LEFT_OUT.to_owned());
        shown.push_str(&serde_json::Value::String(line(&plain)).to_string());
        rest = &string[length..];
    }
    shown.push_str(rest);
    shown
}

/// Bytes of the string of JSON that begins here, with both its quotes.
fn length_of_string(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'"' if !is_escaped => return at + 1,
            b'\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    text.len()
}

/// What stands between words and says nothing.
fn is_border(c: char) -> bool {
    c.is_whitespace()
        || (!c.is_alphanumeric() && !matches!(c, '/' | '\\' | '.' | '-' | '_' | '\'' | '’' | '@' | '#' | '~' | '+'))
}

fn end_chunk(chunk: &mut String, shown: &mut String) {
    let word = chunk.trim_end_matches(['.', '\'', '’']);
    let end = &chunk[word.len()..];
    let parts: Vec<&str> = word.split(['/', '\\']).map(|part| if is_known(part) { part } else { LEFT_OUT }).collect();
    let is_nothing = parts.iter().all(|part| *part == LEFT_OUT);
    if is_nothing {
        shown.push_str(LEFT_OUT);
    } else {
        shown.push_str(&parts.join("/"));
    }
    shown.push_str(end);
    chunk.clear();
}

/// Each of its words is one of ours, or it is a count, a length or a day.
fn is_known(part: &str) -> bool {
    let is_word = |word: &str| word.is_empty() || KNOWN.contains(&word.to_ascii_lowercase()) || is_count(word);
    let has_letters = part.contains(|c: char| c.is_alphabetic());
    let is_of_words = has_letters && part.is_ascii() && part.split(['.', '-', '_']).all(is_word);
    part.is_empty() || part == "-" || is_of_words || is_count(part) || is_day(part) || is_tenth(part)
}

/// Up to seven digits: more may be an id or a telephone's number.
fn is_count(text: &str) -> bool {
    !text.is_empty() && text.len() <= 7 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `2024`, `2024-03`, `2024-03-02`.
fn is_day(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    [&[4][..], &[4, 2], &[4, 2, 2]].contains(&&lengths[..]) && text.split('-').all(is_count)
}

/// `1.5`: no more digits behind the point, or it may be a place on earth.
fn is_tenth(text: &str) -> bool {
    text.split_once('.').is_some_and(|(whole, tenth)| is_count(whole) && tenth.len() == 1 && is_count(tenth))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_ours_is_left_out() {
        let check = |text: &str, expected: &str| assert_eq!(line(text), expected, "{text}");
        check("error damaged_entry · 3 findings", "error damaged_entry · 3 findings");
        check(
            "  instagram-mia.example-2024-03-02-Ab3dE5fG.zip your_instagram_activity/likes/liked_posts.json",
            "  […] your_instagram_activity/likes/liked_posts.json",
        );
        check("messages/inbox/annalee_17843270000000002/message_1.json", "messages/inbox/[…]/message_1.json");
        check(
            "~/anna/Downloads/x.zip was not kept: it breaks off.",
            "[…]/[…]/Downloads/[…] was not kept: it breaks off.",
        );
        check("An item says “Grüße an Mia, 0170 12345678”.", "An item says “[…] an […], 0170 […]”.");
        check(
            "at 52.520008, 13.404954 on 2024-03-02 12:30 (1.5 MB, 1,204 rows)",
            "at […], […] on 2024-03-02 12:30 (1.5 MB, 1,204 rows)",
        );
        check("media/ab/abcdef0123.jpg has other bytes", "media/[…]/[…] has other bytes");
        check("@anna #holiday anna@example.com 192.168.0.1", "[…] […] […] […]");
        check("\u{1b}[1merror\u{1b}[0m anna", "\u{1b}[1merror\u{1b}[0m […]");
        check("", "");
    }

    #[test]
    fn json_stays_json() {
        let object =
            r#"{"type":"finding","path":"a \"b\\ anna/likes.json","n_items":17843270000000002,"anna":["mia",null]}"#;
        let shown = json(object);
        assert_eq!(
            shown,
            r#"{"type":"finding","path":"a \"[…]/ […]/likes.json","n_items":17843270000000002,"[…]":["[…]",null]}"#
        );
        serde_json::from_str::<serde_json::Value>(&shown).expect("JSON");
    }

    #[test]
    fn our_words_are_no_names() {
        for name in ["anna", "mia", "max", "maria", "tom", "berlin", "alice", "bob"] {
            assert!(!is_known(name), "{name}");
        }
        assert!(KNOWN.len() > 800, "{}", KNOWN.len());
    }
}
