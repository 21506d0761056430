//! The JSON writer of the exports: two spaces, members in order, and text in Meta's escapes, or as it is before 2021.

use std::borrow::Cow;
use std::fmt::Write;

/// A value on its way into a document. Members keep their order.
#[derive(Clone, Debug)]
pub(super) enum Json {
    Null,
    Text(Cow<'static, str>),
    Number(i64),
    Real(f64),
    Bool(bool),
    List(Vec<Self>),
    Object(Vec<(Cow<'static, str>, Self)>),
}

impl Json {
    /// Adds a member; does nothing to what is no object.
    pub fn push(&mut self, name: &'static str, value: impl Into<Self>) {
        if let Self::Object(members) = self {
            members.push((Cow::Borrowed(name), value.into()));
        }
    }

    /// The members of an object; of anything else none.
    pub fn members(&self) -> &[(Cow<'static, str>, Self)] {
        if let Self::Object(members) = self { members } else { &[] }
    }

    pub fn get(&self, name: &str) -> Option<&Self> {
        self.members().iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The text of a member; empty when there is none.
    pub fn text(&self, name: &str) -> &str {
        if let Some(Self::Text(text)) = self.get(name) { text } else { "" }
    }

    /// The number of a member; 0 when there is none.
    pub fn number(&self, name: &str) -> i64 {
        if let Some(Self::Number(number)) = self.get(name) { *number } else { 0 }
    }

    /// The list of a member; empty when there is none.
    pub fn list(&self, name: &str) -> &[Self] {
        if let Some(Self::List(list)) = self.get(name) { list } else { &[] }
    }

    /// A plain value as people read it.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone().into_owned(),
            Self::Number(number) => number.to_string(),
            Self::Real(number) => number.to_string(),
            Self::Bool(is) => is.to_string(),
            Self::Null | Self::List(_) | Self::Object(_) => String::new(),
        }
    }
}

impl From<&'static str> for Json {
    fn from(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<f64> for Json {
    fn from(number: f64) -> Self {
        Self::Real(number)
    }
}

impl From<bool> for Json {
    fn from(is: bool) -> Self {
        Self::Bool(is)
    }
}

impl From<Vec<Self>> for Json {
    fn from(list: Vec<Self>) -> Self {
        Self::List(list)
    }
}

/// `object! { "name" => value, … }`, in that order.
macro_rules! object {
    ($($name:expr => $value:expr),* $(,)?) => {
        $crate::testing::json::Json::Object(vec![
            $((::std::borrow::Cow::from($name), $crate::testing::json::Json::from($value))),*
        ])
    };
}
pub(super) use object;

/// How lists and objects without members are written: newer files have `[]`, message files and the older ones an empty
/// line between the brackets (seen in published samples of 2021 to 2024).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Empty {
    Closed,
    Line,
}

/// Writes a document.
pub(super) fn print(json: &Json, empty: Empty) -> Vec<u8> {
    let mut printer = Printer { out: String::new(), empty, is_proper: false };
    printer.value(json, 0);
    printer.out.into_bytes()
}

/// Writes a document of the years before 2021: plain UTF-8 (format reference §1.3).
pub(super) fn print_proper(json: &Json) -> Vec<u8> {
    let mut printer = Printer { out: String::new(), empty: Empty::Closed, is_proper: true };
    printer.value(json, 0);
    printer.out.into_bytes()
}

struct Printer {
    out: String,
    empty: Empty,
    is_proper: bool,
}

impl Printer {
    fn value(&mut self, json: &Json, depth: usize) {
        match json {
            Json::Null => self.out.push_str("null"),
            Json::Text(text) if self.is_proper => self.proper_text(text),
            Json::Text(text) => self.text(text),
            Json::Number(number) => self.display(number),
            Json::Real(number) => self.display(number),
            Json::Bool(is) => self.display(is),
            Json::List(list) => self.members(depth, ['[', ']'], list, |printer, value| printer.value(value, depth + 1)),
            Json::Object(members) => self.members(depth, ['{', '}'], members, |printer, (name, value)| {
                if printer.is_proper {
                    printer.proper_text(name);
                } else {
                    printer.text(name);
                }
                printer.out.push_str(": ");
                printer.value(value, depth + 1);
            }),
        }
    }

    fn display(&mut self, value: &impl std::fmt::Display) {
        write!(self.out, "{value}").expect("writing into a String never fails");
    }

    fn members<T>(&mut self, depth: usize, brackets: [char; 2], members: &[T], mut each: impl FnMut(&mut Self, &T)) {
        self.out.push(brackets[0]);
        for (number, member) in members.iter().enumerate() {
            self.out.push_str(if number == 0 { "\n" } else { ",\n" });
            self.indent(depth + 1);
            each(self, member);
        }
        if !members.is_empty() {
            self.out.push('\n');
            self.indent(depth);
        } else if self.empty == Empty::Line {
            self.out.push_str("\n\n");
            self.indent(depth);
        }
        self.out.push(brackets[1]);
    }

    fn indent(&mut self, depth: usize) {
        self.out.extend(std::iter::repeat_n("  ", depth));
    }

    fn proper_text(&mut self, text: &str) {
        self.out.push('"');
        for letter in text.chars() {
            match letter {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '\0'..' ' => self.display(&format_args!("\\u{:04x}", u32::from(letter))),
                _ => self.out.push(letter),
            }
        }
        self.out.push('"');
    }

    /// Every byte of the UTF-8 text above 0x7F becomes an escape of its own, in lower case; `/` stays as it is.
    fn text(&mut self, text: &str) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        self.out.push('"');
        for byte in text.bytes() {
            match byte {
                b'"' => self.out.push_str("\\\""),
                b'\\' => self.out.push_str("\\\\"),
                b'\n' => self.out.push_str("\\n"),
                b'\r' => self.out.push_str("\\r"),
                b'\t' => self.out.push_str("\\t"),
                0x20..0x7f => self.out.push(char::from(byte)),
                _ => {
                    self.out.push_str("\\u00");
                    self.out.push(char::from(HEX[usize::from(byte >> 4)]));
                    self.out.push(char::from(HEX[usize::from(byte & 15)]));
                }
            }
        }
        self.out.push('"');
    }
}

/// Undoes the escapes: what a reader must find. For tests.
#[cfg(test)]
pub(super) fn repaired(broken: &str) -> String {
    let bytes: Vec<u8> = broken.chars().map(|c| u8::try_from(u32::from(c)).expect("one byte a character")).collect();
    String::from_utf8(bytes).expect("UTF-8 was written")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_written_byte_by_byte() {
        let check = |text: &'static str, written: &str| {
            let printed = String::from_utf8(print(&text.into(), Empty::Closed)).expect("ASCII");
            assert_eq!(printed, format!("\"{written}\""));
            let read: String = serde_json::from_str(&printed).expect("JSON");
            assert_eq!(repaired(&read), text);
        };
        check("plain / text", "plain / text");
        check("😂", "\\u00f0\\u009f\\u0098\\u0082");
        check("Zoë \"x\"\n\\", "Zo\\u00c3\\u00ab \\\"x\\\"\\n\\\\");
        check("Ã©", "\\u00c3\\u0083\\u00c2\\u00a9");
        check("\u{7f}\u{1}", "\\u007f\\u0001");
    }

    #[test]
    fn proper_text_stays_as_it_is() {
        for text in ["Grün 🌿 / \"x\"", "a\nb\\\t\u{1}", "Ã©"] {
            let printed = String::from_utf8(print_proper(&text.into())).expect("UTF-8");
            assert_eq!(serde_json::from_str::<String>(&printed).expect("JSON"), text);
            assert!(!printed.contains("u00c3"), "{printed}");
        }
        assert_eq!(print_proper(&Json::Null), b"null");
    }

    #[test]
    fn members_stand_on_lines_of_their_own() {
        let json = object! { "a" => vec![Json::from(1), object! { "b" => 2.5 }], "c" => Vec::new(), "d" => true };
        let text = |empty| String::from_utf8(print(&json, empty)).expect("ASCII");
        assert_eq!(
            text(Empty::Closed),
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": 2.5\n    }\n  ],\n  \"c\": [],\n  \"d\": true\n}"
        );
        assert!(text(Empty::Line).contains("\"c\": [\n\n  ],"));
    }
}
