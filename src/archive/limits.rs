//! How much an archive may ask of us. Budgets are checked while bytes come out of a decoder, never against what an
//! archive declares. An option raises each; what a budget cut off is told with the option's name.

/// Budgets for reading one archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Decoded bytes of one entry.
    pub entry_bytes: u64,
    /// Decoded bytes of all entries together; an entry that is read twice counts once.
    pub archive_bytes: u64,
    /// Decoded bytes for each compressed byte, of one entry and of the whole archive.
    pub ratio: u64,
    /// Below so many decoded bytes the ratio does not matter.
    pub ratio_floor_bytes: u64,
    /// Entries of one archive.
    pub n_entries: u64,
    /// Decoded bytes of an entry that is read whole, into memory.
    pub document_bytes: u64,
}

impl Limits {
    /// The option that raises `entry_bytes`.
    pub const ENTRY: &str = "--max-entry";
    /// The option that raises `archive_bytes`.
    pub const ARCHIVE: &str = "--max-archive";
    /// The option that raises `ratio`.
    pub const RATIO: &str = "--max-ratio";
    /// The option that raises `n_entries`.
    pub const ENTRIES: &str = "--max-entries";
    /// The option that raises `document_bytes`.
    pub const DOCUMENT: &str = "--max-document";
}

impl Default for Limits {
    fn default() -> Self {
        const GIB: u64 = 1 << 30;
        Self {
            // Guessed: eight times the longest video that Instagram takes.
            entry_bytes: 32 * GIB,
            // Guessed: ten times the largest deliveries that people report, which come in parts besides.
            archive_bytes: 512 * GIB,
            // Deflate ends at 1032:1. Measured on pretty-printed exports: 4:1 to 30:1.
            ratio: 250,
            // As long as the longest JSON seen in an export; a bomb of this size harms nobody.
            ratio_floor_bytes: 64 << 20,
            // Deliveries have up to some 100,000; a million costs about 200 MB of memory.
            n_entries: 1_000_000,
            // The longest one seen in an export has 60 MB.
            document_bytes: 1 << 30,
        }
    }
}
