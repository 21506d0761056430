//! Names of entries as names of files that every system can have, the same on all of them. What has to be changed is said.

use std::collections::HashMap;
use std::fmt::{self, Write as _};

use unicode_normalization::UnicodeNormalization;

use crate::model::ContentHash;

/// Why a file cannot have the name that it had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unsafe {
    /// It would lead out of the folder, or nowhere.
    LeadsElsewhere,
    /// Control characters, and what separates or means something else on some system.
    Characters,
    /// Windows keeps it for a device.
    Reserved,
    TooLong,
    /// The bytes of the name are no text.
    NoText,
    /// Another one has it, or one that differs only in case or in the form of its letters.
    Taken,
}

impl fmt::Display for Unsafe {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::LeadsElsewhere => "the name leads out of the download",
            Self::Characters => "the name has characters that not every system allows",
            Self::Reserved => "Windows keeps the name for a device",
            Self::TooLong => "the name is too long",
            Self::NoText => "the bytes of the name are no text",
            Self::Taken => "another entry has the name, or one that differs only in case",
        })
    }
}

/// Where something comes to lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Below the folder, with `/` between its parts.
    pub path: String,
    /// Why it is not the name; of several reasons the last that came up.
    pub reason: Option<Unsafe>,
}

/// Gives names out, each once.
#[derive(Debug, Default)]
pub struct SafeNames {
    /// Folders by the names that they had.
    folders: HashMap<String, Placed>,
    /// What was given out, as systems compare that do not tell case and forms of letters, with the number that the next one
    /// of the name gets: a million equal names must not be counted through each time.
    taken: HashMap<String, u32>,
}

/// Bytes of one part of a path: the limit of Linux, and below that of Windows and macOS.
const LONGEST_PART: usize = 255;
/// Bytes and parts of a whole path. Far below what Linux takes (4,096) and more than any download has; guessed.
const LONGEST_PATH: usize = 1_000;
const MOST_PARTS: usize = 40;
/// Where names go that are longer.
const TOO_LONG: &str = "too-long";

impl SafeNames {
    /// A name for a file; another one every time.
    pub fn file(&mut self, name: &str) -> Placed {
        if is_too_long(name) {
            return self.too_long(name);
        }
        let (folder, base) = name.rsplit_once('/').map_or((None, name), |(folder, base)| (Some(folder), base));
        let folder = folder.map(|folder| self.folder(folder));
        self.place(folder, base)
    }

    /// The name of a folder; the same for the same folder.
    pub fn folder(&mut self, name: &str) -> Placed {
        if is_too_long(name) {
            return self.too_long(name);
        }
        if let Some(known) = self.folders.get(name) {
            return known.clone();
        }
        let (above, base) = name.rsplit_once('/').map_or((None, name), |(above, base)| (Some(above), base));
        let above = above.map(|above| self.folder(above));
        let placed = match (above, base) {
            // `a//b` and `a/./b` are `a/b`; a leading slash leads nowhere.
            (Some(above), "" | ".") => Placed { reason: Some(Unsafe::LeadsElsewhere), ..above },
            (None, "" | ".") => Placed { path: String::new(), reason: Some(Unsafe::LeadsElsewhere) },
            (above, base) => self.place(above, base),
        };
        self.folders.insert(name.to_owned(), placed.clone());
        placed
    }

    /// A name for a folder that nothing else is to be put into; another one every time.
    pub fn folder_of_its_own(&mut self, name: &str) -> Placed {
        self.place(None, name)
    }

    fn place(&mut self, above: Option<Placed>, base: &str) -> Placed {
        let (part, reason) = safe_part(base);
        let above_reason = above.as_ref().and_then(|above| above.reason);
        let start = above.map(|above| above.path).filter(|path| !path.is_empty()).map(|path| path + "/");
        let start = start.unwrap_or_default();
        let mut path = format!("{start}{part}");
        let mut reason = reason.or(above_reason);
        let name = compared(&path);
        if let Some(next) = self.taken.get(&name) {
            let mut number = *next;
            let mut other = String::new();
            while other.is_empty() || self.taken.contains_key(&other) {
                path = format!("{start}{}", numbered(&part, number));
                other = compared(&path);
                number += 1;
            }
            self.taken.insert(name, number);
            self.taken.insert(other, 2);
            reason = Some(Unsafe::Taken);
        } else {
            self.taken.insert(name, 2);
        }
        Placed { path, reason }
    }

    fn too_long(&mut self, name: &str) -> Placed {
        let base = name.rsplit('/').find(|part| !part.is_empty()).unwrap_or_default();
        let above = self.folder(TOO_LONG);
        let part = format!("{}-{}", digits_of(name), safe_part(base).0);
        Placed { reason: Some(Unsafe::TooLong), ..self.place(Some(above), &part) }
    }
}

fn is_too_long(name: &str) -> bool {
    name.len() > LONGEST_PATH || name.split('/').count() > MOST_PARTS
}

/// The path as those systems compare it that are the least exact.
fn compared(path: &str) -> String {
    path.nfc().flat_map(char::to_lowercase).nfc().collect()
}

/// `a~2.jpg`.
fn numbered(part: &str, number: u32) -> String {
    match part.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) {
        Some((stem, extension)) => format!("{}~{number}.{extension}", shortened(stem, LONGEST_PART - 40)),
        None => format!("{}~{number}", shortened(part, LONGEST_PART - 20)),
    }
}

/// One part of a path, as every system takes it.
fn safe_part(part: &str) -> (String, Option<Unsafe>) {
    let mut safe = String::with_capacity(part.len());
    let mut reason = None;
    let mut escape = |c: char, safe: &mut String, why: Unsafe| {
        let mut bytes = [0; 4];
        for byte in c.encode_utf8(&mut bytes).bytes() {
            write!(safe, "%{byte:02X}").expect("a string takes everything");
        }
        reason = Some(why);
    };
    let is_dots = matches!(part, "." | "..");
    // A dot or space at the end is taken away by Windows.
    let n_kept = part.trim_end_matches(['.', ' ']).len();
    for (at, c) in part.char_indices() {
        match c {
            _ if is_dots => escape(c, &mut safe, Unsafe::LeadsElsewhere),
            '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\\' | '/' => escape(c, &mut safe, Unsafe::Characters),
            c if c.is_control() => escape(c, &mut safe, Unsafe::Characters),
            // The two signs that end a line without being control characters.
            '\u{2028}' | '\u{2029}' => escape(c, &mut safe, Unsafe::Characters),
            c if at >= n_kept => escape(c, &mut safe, Unsafe::Characters),
            c => safe.push(c),
        }
    }
    if is_reserved(&safe) {
        safe.insert(0, '_');
        reason = Some(Unsafe::Reserved);
    }
    if safe.is_empty() {
        safe.push('_');
        reason = Some(Unsafe::LeadsElsewhere);
    }
    if safe.len() > LONGEST_PART {
        let extension = safe.rsplit_once('.').map(|(_, extension)| extension).filter(|e| e.len() <= 20);
        let extension = extension.map(|extension| format!(".{extension}")).unwrap_or_default();
        safe = format!("{}~{}{extension}", shortened(&safe, 200), digits_of(part));
        reason = Some(Unsafe::TooLong);
    }
    (safe, reason)
}

fn shortened(text: &str, most_bytes: usize) -> &str {
    &text[..text.floor_char_boundary(most_bytes)]
}

/// Tells names apart of which only the beginning is kept.
fn digits_of(name: &str) -> String {
    let mut digits = ContentHash::of(name.as_bytes()).to_hex();
    digits.truncate(16);
    digits
}

/// Names of devices, which Windows finds in every folder and with any extension.
fn is_reserved(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part).trim_end().to_ascii_uppercase();
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") {
        return true;
    }
    let number = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    number.is_some_and(|number| {
        let mut characters = number.chars();
        matches!((characters.next(), characters.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_any_system_takes_stay() {
        let mut names = SafeNames::default();
        for name in [
            "media/posts/201801/17900000000000001.jpg",
            "your_instagram_activity/messages/inbox/ölgä_漢字 🎉/message_1.json",
            ".hidden/a..b",
            "100% sure.txt",
            "console.txt",
            "com.txt",
        ] {
            assert_eq!(names.file(name), Placed { path: name.to_owned(), reason: None });
        }
    }

    #[test]
    fn names_that_some_system_refuses_are_escaped() {
        let check = |name: &str, path: &str, reason| {
            let placed = SafeNames::default().file(name);
            assert_eq!((placed.path.as_str(), placed.reason), (path, Some(reason)), "{name:?}");
        };
        check("../../etc/passwd", "%2E%2E/%2E%2E/etc/passwd", Unsafe::LeadsElsewhere);
        check("/etc/passwd", "etc/passwd", Unsafe::LeadsElsewhere);
        check("a//./b", "a/b", Unsafe::LeadsElsewhere);
        check("C:/x", "C%3A/x", Unsafe::Characters);
        check("a/b\0c\u{1b}[31m", "a/b%00c%1B[31m", Unsafe::Characters);
        check("a\\b", "a%5Cb", Unsafe::Characters);
        check("a./b ", "a%2E/b%20", Unsafe::Characters);
        check("a/CON", "a/_CON", Unsafe::Reserved);
        check("nul.tar.gz", "_nul.tar.gz", Unsafe::Reserved);
        check("COM¹.txt", "_COM¹.txt", Unsafe::Reserved);
        check("", "_", Unsafe::LeadsElsewhere);
        check("..", "%2E%2E", Unsafe::LeadsElsewhere);
        let long = SafeNames::default().file(&format!("a/{}.jpg", "漢".repeat(200)));
        assert_eq!(long.reason, Some(Unsafe::TooLong));
        assert!(long.path.len() <= 2 + LONGEST_PART && long.path.ends_with(".jpg"), "{}", long.path);
        let deep = SafeNames::default().file(&"a/".repeat(3_000));
        assert_eq!((deep.reason, deep.path.split('/').count()), (Some(Unsafe::TooLong), 2), "{}", deep.path);
    }

    #[test]
    fn no_name_is_given_out_twice() {
        let mut names = SafeNames::default();
        let mut place = |name: &str| names.file(name).path;
        assert_eq!(place("a.jpg"), "a.jpg");
        assert_eq!(place("a.jpg"), "a~2.jpg");
        assert_eq!(place("A.JPG"), "A~3.JPG");
        assert_eq!(place("a~4.jpg"), "a~4.jpg");
        assert_eq!(place("a.jpg"), "a~5.jpg");
        assert_eq!(place("é"), "é");
        assert_eq!(place("e\u{301}"), "e\u{301}~2");
        // A file where others have a folder, and folders that differ in case.
        assert_eq!(place("b"), "b");
        assert_eq!(place("b/c"), "b~2/c");
        assert_eq!(place("b/d"), "b~2/d");
        assert_eq!(place("Media/x"), "Media/x");
        assert_eq!(place("media/x"), "media~2/x");
        assert_eq!(place("Media/y"), "Media/y");
        assert_eq!(place("../x"), "%2E%2E/x");
        assert_eq!(place("%2E%2E/x"), "%2E%2E~2/x");
    }

    #[test]
    fn many_equal_names_are_numbered_one_after_the_other() {
        let mut names = SafeNames::default();
        let last = (0..30_000).map(|_| names.file("x/equal.jpg").path).last();
        assert_eq!(last.as_deref(), Some("x/equal~30000.jpg"));
    }

    #[test]
    fn nothing_leads_out() {
        for name in ["..", "../..", "/..", "a/../../b", "\\..\\x", "./..", "...", ". .", "..\u{0}"] {
            let placed = SafeNames::default().file(name);
            let is_inside = !placed.path.starts_with('/')
                && placed.path.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
            assert!(is_inside, "{name:?} → {}", placed.path);
        }
    }
}
