//! Takes JSON apart by its brackets, without understanding it: the elements of a list, the members of an object, as
//! slices of the bytes. Nothing here recurses or fails, whatever the bytes are: a cut-off file, stray bytes, brackets
//! that do not match. What can be told apart is told apart; the rest is marked as not whole.

/// A piece of JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice<'a> {
    pub bytes: &'a [u8],
    /// Its brackets and quotes are closed. Says nothing about what stands between them.
    pub is_whole: bool,
}

impl Slice<'_> {
    pub fn is_object(&self) -> bool {
        self.bytes.first() == Some(&b'{')
    }

    pub fn is_list(&self) -> bool {
        self.bytes.first() == Some(&b'[')
    }

    /// An object or a row, as opposed to a text, a number, a flag or null.
    pub fn is_item(&self) -> bool {
        self.is_object() || self.is_list()
    }
}

/// The top level of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Top<'a> {
    pub form: Form<'a>,
    /// Stray bytes stood before it.
    pub is_damaged: bool,
}

/// What the top level is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form<'a> {
    /// From its bracket to the end of the document.
    List(&'a [u8]),
    /// From its brace to the end of the document.
    Object(&'a [u8]),
    /// A lone text, number, flag or null.
    Plain,
    /// Nothing but white space.
    Empty,
    /// Something that is no JSON.
    Other,
}

/// So many stray bytes before the first bracket are passed over (a guess; a second byte order mark, a prefix against
/// hijacking); more are no JSON.
const STRAY_BYTES: usize = 16;

/// Finds the top level of a document, behind a byte order mark.
pub fn top(bytes: &[u8]) -> Top<'_> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let is_plain = || serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok();
    match nested_form(bytes) {
        Some(form) => Top { form, is_damaged: false },
        None if bytes.is_empty() => Top { form: Form::Empty, is_damaged: false },
        None if is_plain() => Top { form: Form::Plain, is_damaged: false },
        None => {
            let stray = bytes.iter().take(STRAY_BYTES).take_while(|byte| **byte != b'<');
            let start = stray.take_while(|byte| !b"[{".contains(byte)).count();
            Top { form: nested_form(&bytes[start..]).unwrap_or(Form::Other), is_damaged: true }
        }
    }
}

fn nested_form(bytes: &[u8]) -> Option<Form<'_>> {
    match bytes {
        [b'[', ..] => Some(Form::List(bytes)),
        [b'{', ..] => Some(Form::Object(bytes)),
        _ => None,
    }
}

/// The elements of a list, in order.
#[derive(Clone, Debug)]
pub struct Elements<'a> {
    bytes: &'a [u8],
    at: usize,
    is_damaged: bool,
    is_ended: bool,
    /// The last element ended at a bracket that belongs to nothing in it.
    is_torn: bool,
}

impl<'a> Elements<'a> {
    /// `bytes` begin with the list's bracket and may go on behind its end.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 1, is_damaged: false, is_ended: false, is_torn: false }
    }

    /// Whether something was wrong so far: bytes between the elements, or no end.
    pub fn is_damaged(&self) -> bool {
        self.is_damaged
    }

    /// What stands behind the list; empty before its end was reached.
    pub fn rest(&self) -> &'a [u8] {
        if self.is_ended { self.bytes.get(self.at..).unwrap_or_default().trim_ascii() } else { &[] }
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Slice<'a>;

    fn next(&mut self) -> Option<Slice<'a>> {
        while !self.is_ended {
            match self.bytes.get(self.at) {
                None => {
                    self.is_damaged = true;
                    self.is_ended = true;
                }
                Some(b',') => self.at += 1,
                Some(byte) if byte.is_ascii_whitespace() => self.at += 1,
                // A bracket right behind a torn element is more likely the stray one than the list's end.
                Some(b']') if self.is_torn && !self.bytes[self.at + 1..].trim_ascii_start().is_empty() => {
                    self.is_torn = false;
                    self.is_damaged = true;
                    self.at += 1;
                }
                Some(b']') => {
                    self.at += 1;
                    self.is_ended = true;
                }
                Some(b'}' | b':') => {
                    self.is_damaged = true;
                    self.at += 1;
                }
                Some(_) => {
                    let (end, is_whole) = value_end(self.bytes, self.at);
                    let bytes = &self.bytes[self.at..end];
                    self.at = end;
                    self.is_torn = !is_whole;
                    self.is_damaged |= !is_whole;
                    return Some(Slice { bytes: bytes.trim_ascii_end(), is_whole });
                }
            }
        }
        None
    }
}

/// A member of an object: its name with the quotes, and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    pub name: &'a [u8],
    pub value: Slice<'a>,
}

/// The members of an object, in order, doubles included.
#[derive(Clone, Debug)]
pub struct Members<'a> {
    bytes: &'a [u8],
    at: usize,
    is_damaged: bool,
    is_ended: bool,
}

impl<'a> Members<'a> {
    /// `bytes` begin with the object's brace and may go on behind its end.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 1, is_damaged: false, is_ended: false }
    }

    /// Whether something was wrong so far: stray bytes, a name without a value, or no end.
    pub fn is_damaged(&self) -> bool {
        self.is_damaged
    }

    /// What stands behind the object; empty before its end was reached.
    pub fn rest(&self) -> &'a [u8] {
        if self.is_ended { self.bytes.get(self.at..).unwrap_or_default().trim_ascii() } else { &[] }
    }

    fn skip_space(&mut self) -> Option<u8> {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        self.bytes.get(self.at).copied()
    }

    /// The member whose name begins here, when a colon and a value follow.
    fn member(&mut self) -> Option<Member<'a>> {
        let end = string_end(self.bytes, self.at);
        let name = &self.bytes[self.at..end];
        self.at = end;
        if self.skip_space()? != b':' {
            return None;
        }
        self.at += 1;
        if matches!(self.skip_space()?, b',' | b'}' | b']' | b':') {
            return None;
        }
        let (end, is_whole) = value_end(self.bytes, self.at);
        let value = Slice { bytes: self.bytes[self.at..end].trim_ascii_end(), is_whole };
        self.at = end;
        self.is_damaged |= !is_whole;
        Some(Member { name, value })
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = Member<'a>;

    fn next(&mut self) -> Option<Member<'a>> {
        while !self.is_ended {
            match self.skip_space() {
                None => {
                    self.is_damaged = true;
                    self.is_ended = true;
                }
                Some(b'}') => {
                    self.at += 1;
                    self.is_ended = true;
                }
                Some(b',') => self.at += 1,
                Some(b'"') => match self.member() {
                    Some(member) => return Some(member),
                    None => self.is_damaged = true,
                },
                Some(_) => {
                    self.is_damaged = true;
                    self.at += 1;
                }
            }
        }
        None
    }
}

/// End of the value that begins at `start`, and whether it is whole. Always behind `start`, unless a stray bracket
/// stands there.
fn value_end(bytes: &[u8], start: usize) -> (usize, bool) {
    match bytes.get(start) {
        Some(b'{' | b'[') => nested_end(bytes, start),
        Some(b'"') => {
            let end = string_end(bytes, start);
            (end, end > start + 1 && bytes.get(end - 1) == Some(&b'"'))
        }
        _ => {
            let length = bytes[start..]
                .iter()
                .position(|byte| byte.is_ascii_whitespace() || b",:[]{}\"".contains(byte))
                .unwrap_or(bytes.len() - start);
            (start + length, true)
        }
    }
}

/// End of the string that begins at `start`. A raw line break, of which JSON has none inside of strings, ends it where the
/// next line goes on as JSON does: a string that lost its quote should not take the rest of the document with it. Else it
/// belongs to the text, which should not cost the rest of its line.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\n' => {
                let next = at + n_space(&bytes[at..]);
                if is_outside_text(&bytes[next..]) {
                    return at;
                }
                // All breaks between here and there are alike.
                at = next;
            }
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn n_space(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// Whether a line begins as lines of JSON do and texts hardly ever: with a name or text in quotes, a bracket that closes, or
/// one that opens with something of JSON behind it. The end is outside, too. Looks at a few bytes only.
fn is_outside_text(line: &[u8]) -> bool {
    /// Longer indents than this are no longer looked behind. Guessed.
    const FAR: usize = 256;
    let Some((first, rest)) = line.split_first() else { return true };
    let rest = &rest[..rest.len().min(FAR)];
    let behind = rest.get(n_space(rest)).copied();
    match first {
        // A quote with one of these behind it closes a text.
        b'"' => !matches!(behind, None | Some(b',' | b':' | b'}' | b']')),
        b'}' | b']' => matches!(behind, None | Some(b',' | b'}' | b']')),
        b'{' => matches!(behind, Some(b'"' | b'}')),
        b'[' => matches!(behind, Some(b'"' | b'{' | b'[' | b']')),
        _ => false,
    }
}

/// End of the object or list that begins at `start`. Where brackets do not match, the inner one is taken as forgotten:
/// a bracket closes whatever is open above its partner, and an object in which an object stands where a name should
/// stand (`{"a":1, {"b":2}`) is taken as closed before the comma. A bracket without partner ends the value before it.
fn nested_end(bytes: &[u8], start: usize) -> (usize, bool) {
    let mut open = Vec::new();
    let mut is_whole = true;
    let mut last = b' ';
    let mut last_comma = start;
    let mut at = start;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = string_end(bytes, at);
                last = b'"';
                continue;
            }
            b'{' | b'[' => {
                if byte == b'{' && last == b',' && open.last() == Some(&b'{') {
                    open.pop();
                    is_whole = false;
                    if open.is_empty() {
                        return (last_comma, false);
                    }
                }
                open.push(byte);
            }
            b'}' | b']' => {
                let partner = if byte == b'}' { b'{' } else { b'[' };
                let Some(depth) = open.iter().rposition(|open| *open == partner) else { return (at, false) };
                is_whole &= depth + 1 == open.len();
                open.truncate(depth);
                if open.is_empty() {
                    return (at + 1, is_whole);
                }
            }
            b',' => last_comma = at,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            last = byte;
        }
        at += 1;
    }
    (bytes.len(), false)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(slice: Slice<'_>) -> String {
        let text = String::from_utf8_lossy(slice.bytes).into_owned();
        if slice.is_whole { text } else { format!("!{text}") }
    }

    #[test]
    fn lists_are_told_apart() {
        let check = |json: &str, expected: &[&str], is_damaged: bool| {
            let Form::List(bytes) = top(json.as_bytes()).form else { panic!("{json} is no list") };
            let mut elements = Elements::new(bytes);
            let found: Vec<String> = elements.by_ref().map(shown).collect();
            assert_eq!(found, expected, "{json}");
            assert_eq!(elements.is_damaged() || !elements.rest().is_empty(), is_damaged, "{json}");
        };
        check("[]", &[], false);
        check(
            "\u{feff} [ {\"a\":[1,{}]} , [2] ,\n \"x]\\\"\", 5, null ] ",
            &["{\"a\":[1,{}]}", "[2]", "\"x]\\\"\"", "5", "null"],
            false,
        );
        // Cut off.
        check("[", &[], true);
        check("[{\"a\":1},{\"b\":[{\"c\":\"d", &["{\"a\":1}", "!{\"b\":[{\"c\":\"d"], true);
        check("[{\"a\":1},", &["{\"a\":1}"], true);
        // Brackets that do not match.
        check("[{\"a\":1, {\"b\":2}, {\"c\":3}]", &["!{\"a\":1", "{\"b\":2}", "{\"c\":3}"], true);
        check("[{\"a\":[1,2}, {\"b\":2}]", &["!{\"a\":[1,2}", "{\"b\":2}"], true);
        check("[{\"a\":1]}, {\"b\":2}]", &["!{\"a\":1", "{\"b\":2}"], true);
        check("[{\"a\":[{\"b\":1, {\"c\":2}]}, {\"d\":2}]", &["!{\"a\":[{\"b\":1, {\"c\":2}]}", "{\"d\":2}"], true);
        check("[{\"a\":1}}, {\"b\":2}]", &["{\"a\":1}", "{\"b\":2}"], true);
        check("[{\"a\":1}] {\"b\":2}", &["{\"a\":1}"], true);
        // Stray bytes.
        check("[{\"a\":1} x {\"b\":2}]", &["{\"a\":1}", "x", "{\"b\":2}"], false);
        check("xx[1]", &["1"], false);
        // A string without its end costs its line.
        check("[{\"a\":\"x\n},\n{\"b\":2}]", &["{\"a\":\"x\n}", "{\"b\":2}"], false);
        check("[{\"a\":\"x,\n\"c\":1},{\"b\":2}]", &["{\"a\":\"x,\n\"c\":1}", "{\"b\":2}"], false);
        check("[\"x,\n  \"y\",\n  {\"b\":2}]", &["!\"x,", "\"y\"", "{\"b\":2}"], true);
        // A line break inside of one costs nothing.
        for text in ["a\nb", "\n", "a\n", "\na", "a\n\n\n b", "a\r\nb", "a\n}b", "a\n{ b", "a\n[b", "a\n\\\"b", "a\n,"]
        {
            let one = format!("{{\"a\":\"{text}\",\"c\":1}}");
            let other = format!("{{\"{text}\":\"{text}\"}}");
            check(&format!("[{one},{other},[\"{text}\"],3]"), &[&one, &other, &format!("[\"{text}\"]"), "3"], false);
        }
    }

    #[test]
    fn objects_are_told_apart() {
        let check = |json: &str, expected: &[(&str, &str)], is_damaged: bool| {
            let Form::Object(bytes) = top(json.as_bytes()).form else { panic!("{json} is no object") };
            let mut members = Members::new(bytes);
            let found: Vec<(String, String)> =
                members.by_ref().map(|m| (String::from_utf8_lossy(m.name).into_owned(), shown(m.value))).collect();
            let expected: Vec<(String, String)> =
                expected.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
            assert_eq!(found, expected, "{json}");
            assert_eq!(members.is_damaged() || !members.rest().is_empty(), is_damaged, "{json}");
        };
        check("{}", &[], false);
        check(
            "{\"a\": [1], \"b\" :{ \"c\":2 }, \"a\":3 }",
            &[("\"a\"", "[1]"), ("\"b\"", "{ \"c\":2 }"), ("\"a\"", "3")],
            false,
        );
        check("{\"a\":[{\"b\":1},{\"c\"", &[("\"a\"", "![{\"b\":1},{\"c\"")], true);
        check("{\"a\"", &[], true);
        check("{\"a\":", &[], true);
        check("{\"a\",\"b\":1}", &[("\"b\"", "1")], true);
        check("{\"a\":}", &[], true);
        check("{x \"a\":1}", &[("\"a\"", "1")], true);
        check("{\"a\":1}}", &[("\"a\"", "1")], true);
    }

    #[test]
    fn the_top_level_is_told() {
        let check = |bytes: &[u8], name: &str, is_damaged: bool| {
            let top = top(bytes);
            let found = format!("{:?}", top.form);
            assert!(found.starts_with(name), "{found} is not {name}");
            assert_eq!(top.is_damaged, is_damaged);
        };
        check(b"\xef\xbb\xbf{}", "Object", false);
        check(b" \n", "Empty", false);
        check(b"\"none\"", "Plain", false);
        check(b"null", "Plain", false);
        check(b")]}',\n[1]", "List", true);
        check(b"while(1);[1]", "List", true);
        check(b"<html>{</html>", "Other", true);
        check(b"\x00\x05\x16\x07", "Other", true);
    }

    #[test]
    fn depth_costs_no_stack() {
        let mut json = b"[{\"a\":".to_vec();
        json.extend([b'['; 10_000]);
        json.extend([b']'; 10_000]);
        json.extend(b"},{\"b\":1}]");
        let found: Vec<_> = Elements::new(&json).collect();
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|slice| slice.is_whole));
        assert!(Elements::new(&b"[".repeat(100_000)).all(|slice| !slice.is_whole));
    }

    proptest! {
        #[test]
        fn any_bytes_come_to_an_end(bytes in prop::collection::vec(prop::sample::select(&b"[]{}\",:\\ 1\n\xff"[..]), 0..80)) {
            let within = |slice: &[u8]| slice.len() <= bytes.len();
            match top(&bytes).form {
                Form::List(list) => prop_assert!(Elements::new(list).all(|slice| within(slice.bytes) && !slice.bytes.is_empty())),
                Form::Object(object) => prop_assert!(Members::new(object).all(|member| within(member.value.bytes))),
                Form::Plain | Form::Empty | Form::Other => {}
            }
        }
    }
}
