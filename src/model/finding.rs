//! Things to know about an archive: a stable code, a severity, a place, a sentence.

/// How much a finding matters. Ordered from light to grave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing: an unknown file was kept, a foreign ZIP was passed over.
    Info = 1,
    /// Kept and read, but doubtful.
    Warning = 2,
    /// Something in the archive is not in the records or cannot be restored.
    Error = 3,
}

impl Severity {
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Info];

    pub const fn code(self) -> i64 {
        self as i64
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    pub fn from_code(code: i64) -> Option<Self> {
        [Self::Info, Self::Warning, Self::Error].into_iter().find(|s| s.code() == code)
    }
}

macro_rules! finding_codes {
    ($($variant:ident, $name:literal, $severity:ident, $meaning:literal;)*) => {
        /// The stable codes of findings, with their severity and meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum FindingCode { $(#[doc = $meaning] $variant,)* }

        impl FindingCode {
            /// Every code, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The code as it is stored and shown.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// One line for the documentation.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }
    };
}

finding_codes! {
    // Containers.
    NotAnExport, "not_an_export", Info, "A file or folder that is no Instagram download was passed over";
    ForeignService, "foreign_service", Info, "A download of another service was recognised and not read";
    UnreadableArchive, "unreadable_archive", Error, "An archive could not be opened";
    SalvagedArchive, "salvaged_archive", Error, "An archive has no directory (a download that breaks off), or a damaged one; the entries that could be found by their own headers were read";
    DuplicateName, "duplicate_name", Warning, "Two entries of one archive have the same name; both were kept";
    DirectoryMismatch, "directory_mismatch", Warning, "The archive's directory contradicts itself; what was found was kept";
    HiddenEntries, "hidden_entries", Error, "Bytes of the archive that look like entries are not in its directory; they were not read";
    UnsafeName, "unsafe_name", Warning, "An entry's name points outside the archive; it was kept under its content";
    OddEntry, "odd_entry", Warning, "A link or device inside an archive was kept as data and not followed";
    DamagedEntry, "damaged_entry", Error, "An entry could not be decoded; its bytes were kept as they lie in the archive";
    OverBudget, "over_budget", Error, "An entry is larger than the budget allows and was not kept whole";
    UnreadableFile, "unreadable_file", Error, "A file of a folder could not be read";
    // Documents.
    NotReadYet, "not_read_yet", Error, "A document of a form that this version does not read; its bytes were kept";
    BetterReaderWanted, "better_reader_wanted", Info, "A document was read by the generic reader only; its strings are searchable";
    BadDocument, "bad_document", Error, "A document breaks off or is not what its name says; what could be read was read";
    BadItem, "bad_item", Error, "An item could not be read; its bytes were kept with the document";
    ItemKeptRaw, "item_kept_raw", Info, "An item was kept without becoming a record";
    NothingRead, "nothing_read", Error, "A document has items, but none became a record";
    CountMismatch, "count_mismatch", Error, "The independent count of a document's items differs from what the reader accounted for";
    UnknownLabel, "unknown_label", Info, "A label or key was not understood; its value was kept";
    DoubtfulValue, "doubtful_value", Warning, "A value contradicts itself or lies outside what is possible; it was kept as written";
    // Snapshots.
    UnknownFile, "unknown_file", Info, "A file of no known form was kept";
    NotAMedium, "not_a_medium", Info, "A file that is named as a picture, video or sound is empty or of no such form; it was kept as it is";
    MissingMedia, "missing_media", Warning, "A document refers to a medium that is in none of the archives of this snapshot";
    RangedExport, "ranged_export", Info, "The download says that it covers only a range of time";
    UnknownOwner, "unknown_owner", Warning, "Nothing in the snapshot tells whose account it is; it stands as an account of its own";
    DoubtfulOwner, "doubtful_owner", Warning, "Several names could be the owner's";
}

impl FindingCode {
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}

/// Something to know about an archive.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Finding {
    pub code: FindingCode,
    /// The entry's name inside the archive.
    pub path: Option<String>,
    /// Where in the document, as in [`crate::source::Place`].
    pub place: Option<String>,
    /// How many items it is about; 0 when it is not about items.
    pub n_items: u64,
    /// What, what was kept, and what to do. Ends with a full stop.
    pub sentence: String,
}

impl Finding {
    pub fn new(code: FindingCode, sentence: impl Into<String>) -> Self {
        Self { code, path: None, place: None, n_items: 0, sentence: sentence.into() }
    }

    #[must_use]
    pub fn at_path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    #[must_use]
    pub fn at_place(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }

    #[must_use]
    pub fn about(mut self, n_items: u64) -> Self {
        self.n_items = n_items;
        self
    }

    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}
