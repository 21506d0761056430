//! How closely a hit matches.

/// How closely a hit matches, closest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    Exact,
    Inflected,
    Prefix,
    Contains,
    Similar,
    SoundsLike,
}

impl Tier {
    pub const ALL: &[Self] =
        &[Self::Exact, Self::Inflected, Self::Prefix, Self::Contains, Self::Similar, Self::SoundsLike];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Inflected => "inflected",
            Self::Prefix => "prefix",
            Self::Contains => "contains",
            Self::Similar => "similar",
            Self::SoundsLike => "sounds_like",
        }
    }
}

impl Tier {
    /// Whether it is tried only while little is found.
    pub fn is_loose(self) -> bool {
        self > Self::Inflected
    }
}

/// Which tiers are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tiers {
    /// Exact only.
    Exact,
    /// Exact and inflected, and one looser tier after the other while there are fewer hits than [`super::ENOUGH`].
    #[default]
    AsNeeded,
    All,
}
