//! Types of media, told by their bytes and never by their names.

/// What a file is by its first bytes: its media type and the extension it is kept under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaType {
    /// For example `image/jpeg`.
    pub name: &'static str,
    /// For example `jpg`; without a dot.
    pub extension: &'static str,
}

impl MediaType {
    pub const UNKNOWN: Self = Self { name: "application/octet-stream", extension: "bin" };
    pub const EMPTY: Self = Self { name: "application/x-empty", extension: "empty" };

    /// Whether a type of that name is one of pictures, films or sounds.
    pub fn is_seen_or_heard(name: &str) -> bool {
        ["image/", "video/", "audio/"].iter().any(|family| name.starts_with(family))
    }

    pub fn is_picture(self) -> bool {
        self.name.starts_with("image/")
    }

    pub fn is_video(self) -> bool {
        self.name.starts_with("video/")
    }

    pub fn is_audio(self) -> bool {
        self.name.starts_with("audio/")
    }
}
