//! One entry as the directory describes it.

use std::fmt;

use chrono::NaiveDateTime;

/// One file, folder or link inside an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the directory, and its only address: names may occur twice.
    pub position: u32,
    pub path: EntryPath,
    /// Decoded length as declared.
    pub bytes: u64,
    /// As declared; folders have none.
    pub crc32: Option<u32>,
    /// Of a ZIP the wall clock of whoever packed it (steps of two seconds), of a folder UTC.
    pub modified: Option<NaiveDateTime>,
    pub method: Method,
    pub kind: EntryKind,
    /// What only the directory of a ZIP says.
    pub zip: Option<ZipSays>,
    /// The bytes of the name where they differ from `path`.
    pub(super) raw_name: Option<Box<[u8]>>,
}

impl Entry {
    /// The name byte for byte as the archive has it.
    pub fn raw_name(&self) -> &[u8] {
        self.raw_name.as_deref().unwrap_or(self.path.as_str().as_bytes())
    }

    pub fn is_file(&self) -> bool {
        self.kind == EntryKind::File
    }
}

/// The declared lengths of entries together. Each may be any number, and so it ends at the largest.
pub fn declared_bytes<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> u64 {
    entries.into_iter().fold(0, |sum, entry| sum.saturating_add(entry.bytes))
}

/// What the directory of a ZIP says of an entry that matters to nobody but who packs it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ZipSays {
    pub flags: u16,
    /// System by which it was packed, which gives the attributes their meaning.
    pub system: u8,
    pub attributes: u32,
}

impl ZipSays {
    /// The mode of a file, as Unix has it; 0 where the entry was packed elsewhere.
    pub(super) fn mode(self) -> u32 {
        const UNIX: u8 = 3;
        const DARWIN: u8 = 19;
        if [UNIX, DARWIN].contains(&self.system) { self.attributes >> 16 } else { 0 }
    }

    /// What the mode calls it, if that is no file or folder.
    pub(super) fn odd_kind(self) -> Option<OddKind> {
        match self.mode() & 0o170_000 {
            0o120_000 => Some(OddKind::Link),
            0o010_000 | 0o020_000 | 0o060_000 | 0o140_000 => Some(OddKind::Device),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryKind {
    File,
    /// A folder without bytes of its own.
    Directory,
    /// Something that is not followed or opened; what it says is kept as data.
    Odd(OddKind),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OddKind {
    /// A symbolic link; reading it gives the name of its target.
    Link,
    /// A device, pipe or socket.
    Device,
}

/// How the bytes of an entry are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    Stored,
    Deflate,
    Deflate64,
    /// Not decoded by this version, by its number in the ZIP specification.
    Other(u16),
}

impl Method {
    pub const fn from_code(code: u16) -> Self {
        match code {
            0 => Self::Stored,
            8 => Self::Deflate,
            9 => Self::Deflate64,
            other => Self::Other(other),
        }
    }

    /// The method of that name, as [`fmt::Display`] gives it.
    pub fn from_name(name: &str) -> Option<Self> {
        if let Some(code) = name.strip_prefix("method ") {
            return code.parse().ok().map(Self::from_code);
        }
        (0..=99).map(Self::from_code).find(|method| method.to_string() == name)
    }

    pub const fn code(self) -> u16 {
        match self {
            Self::Stored => 0,
            Self::Deflate => 8,
            Self::Deflate64 => 9,
            Self::Other(code) => code,
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.code() {
            0 => "stored",
            1 => "shrink",
            6 => "implode",
            8 => "deflate",
            9 => "deflate64",
            12 => "bzip2",
            14 => "LZMA",
            93 => "zstd",
            95 => "xz",
            98 => "PPMd",
            99 => "AES",
            other => return write!(formatter, "method {other}"),
        };
        formatter.write_str(name)
    }
}

/// The name of an entry as text for people and for recognising what it is: `/` between its parts, no `./` in front.
/// It is a label: no path on the disk is ever made from it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryPath(String);

impl EntryPath {
    /// Takes the name of a ZIP's entry, in which some programs write `\` between the parts.
    pub fn from_zip_name(name: &str) -> Self {
        let slashes = if name.contains('\\') { name.replace('\\', "/") } else { name.to_owned() };
        let mut path = slashes.as_str();
        while let Some(rest) = path.strip_prefix("./").filter(|rest| !rest.is_empty()) {
            path = rest;
        }
        Self(path.to_owned())
    }

    /// Takes a name whose parts are joined by `/` already.
    pub(super) fn from_parts(path: String) -> Self {
        Self(path)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Says whether the name, taken as a path, would lead out of the archive: `..`, absolute, a drive.
    pub fn is_unsafe(&self) -> bool {
        let path = self.0.as_bytes();
        let has_drive = path.len() >= 2 && path[0].is_ascii_alphabetic() && path[1] == b':';
        path.first() == Some(&b'/') || has_drive || path.contains(&0) || self.0.split('/').any(|part| part == "..")
    }
}

impl fmt::Display for EntryPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{EntryPath, Method};

    #[test]
    fn methods_are_known_by_their_names() {
        for code in [0, 1, 6, 8, 9, 12, 14, 93, 95, 98, 99, 97, 4_711] {
            let method = Method::from_code(code);
            assert_eq!(Method::from_name(&method.to_string()), Some(method));
        }
        assert_eq!(Method::from_name("magic"), None);
    }

    #[test]
    fn names_become_labels() {
        let check = |name: &str, path: &str, is_unsafe: bool| {
            let entry_path = EntryPath::from_zip_name(name);
            assert_eq!((entry_path.as_str(), entry_path.is_unsafe()), (path, is_unsafe), "{name}");
        };
        check("media/posts/1.jpg", "media/posts/1.jpg", false);
        check("media\\posts\\1.jpg", "media/posts/1.jpg", false);
        check("././a..b/c", "a..b/c", false);
        check("./", "./", false);
        check("", "", false);
        check("../x", "../x", true);
        check("a\\..\\..\\x", "a/../../x", true);
        check("/etc/passwd", "/etc/passwd", true);
        check("\\\\server\\share\\x", "//server/share/x", true);
        check("C:\\x", "C:/x", true);
        check("a\0b", "a\0b", true);
    }
}
