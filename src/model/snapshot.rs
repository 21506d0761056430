//! What a delivery is: service, generation and format.

use serde::{Deserialize, Serialize};

/// Whose download it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    Instagram = 1,
}

impl Service {
    pub const fn code(self) -> i64 {
        self as i64
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Instagram => "instagram",
        }
    }

    pub fn from_code(code: i64) -> Option<Self> {
        [Self::Instagram].into_iter().find(|service| service.code() == code)
    }
}

/// How the documents of a snapshot are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    Json = 1,
    Html = 2,
}

impl Format {
    pub const fn code(self) -> i64 {
        self as i64
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Html => "html",
        }
    }

    pub fn from_code(code: i64) -> Option<Self> {
        [Self::Json, Self::Html].into_iter().find(|f| f.code() == code)
    }
}

/// The generations of Instagram's layout (format reference §1.0). Told by the names in the listing; every file is
/// still read by its own shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Generation {
    /// 2018 to 2020: flat JSON at the root.
    A = 1,
    /// Winter 2020/21: as A, but messages in folders.
    B = 2,
    /// 2021 to 2023: topic folders at the root.
    C = 3,
    /// Since late 2023: the same files below nine top folders.
    D = 4,
    /// Since 2025: D's folders with `label_values` files among them.
    E = 5,
}

impl Generation {
    pub const fn code(self) -> i64 {
        self as i64
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::E => "E",
        }
    }

    pub fn from_code(code: i64) -> Option<Self> {
        [Self::A, Self::B, Self::C, Self::D, Self::E].into_iter().find(|g| g.code() == code)
    }
}
