//! The order in which a home is written, in one place. What holds a home together after a power cut is that nothing
//! points at what may not be there:
//!
//! 1. **The home.** Its folders are made, and their names made durable where they stand; then its database, whole and
//!    empty, takes its place in one rename.
//! 2. **Media.** The bytes are written into `tmp/`, then renamed to their final name; nothing points at them yet. At a
//!    barrier all of them become durable, files first, then the folders that name them. A file that has its final name and
//!    no row is of a run that ended before: it is replaced, never trusted.
//! 3. **Rows.** What an archive brings is one transaction: its documents, what they said, its records, and that it is
//!    held. It is committed after the barrier, with `synchronous = FULL`. Kept documents lie in the same transaction; those
//!    that leave lie in `aside/`, durable, before it.
//! 4. **Files that leave** move into `aside/` after the transaction that took their rows away and noted that they leave;
//!    the next one who writes does it again where it was cut off.
//! 5. **The index**, last, in one commit with the stamp that says up to which change it goes. It is derived: after a power
//!    cut it may be older than its stamp was, and is then followed up or built anew.
//!
//! A migration copies the whole database into `backup/`, durable under its name, before it begins. A backup is written as
//! an ingest is: database into `tmp/`, media durable, then the list of hashes, then the database in one rename.
//!
//! **A sync that failed is never asked for again** on the same file: the system may have dropped what it could not write and
//! say yes to the next question. After it, the media folder takes nothing more in that run, and neither does the
//! database; the next run writes files anew. When the database is closed SQLite takes over from its log what was durable in
//! it before, and the log goes with the rest, so that what was told as failed is not there later.
//!
//! Each of [`Step`]'s members is a place at which a run may be cut off, in this order. With the feature `testing` the
//! tests cut it off at every one of them; the program as people build it knows nothing of that.

/// Something that stays on the disk when a run is cut off right behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The folders of a home stand, durable.
    FoldersMade,
    /// Something that an interrupted run left in `tmp/` is gone.
    LeftoverRemoved,
    /// A file has all its bytes in `tmp/`.
    FileWritten,
    /// It has its final name.
    FileNamed,
    /// One file is durable.
    FileSynced,
    /// The names in one folder are durable.
    FolderSynced,
    /// All that was written to the file system is durable.
    AllSynced,
    /// A file moved into `aside/`.
    FileSetAside,
    /// A file that is held elsewhere, or was to go, is gone.
    FileDeleted,
    /// The database of a new home is written, empty and durable, into `tmp/`.
    DatabaseWritten,
    /// It has its place.
    DatabaseNamed,
    /// The copy that is made before a migration, or for a backup, is written.
    CopyWritten,
    /// It is durable.
    CopySynced,
    /// The copy before a migration has its name, durable.
    CopyNamed,
    /// A database has today's schema.
    SchemaMade,
    /// A transaction has begun.
    TransactionBegun,
    /// All its rows are written and none of them is true.
    RowsWritten,
    /// They are.
    TransactionCommitted,
    /// The database's log is back in the database.
    LogTidied,
    /// A new index has its folder.
    IndexBegun,
    /// All documents of a commit are written, and its stamp is not.
    IndexWritten,
    /// The commit is there with its stamp.
    IndexCommitted,
    /// The index that a new one replaces has moved out of the way.
    IndexSetAside,
    /// The new one stands in its place.
    IndexNamed,
    /// The old one is gone.
    OldIndexRemoved,
    /// The list of a backup's hashes is written and durable, under the name of the next.
    ListWritten,
    /// The backup's database has its place.
    BackupNamed,
    /// Its list has its own.
    ListNamed,
}

impl Step {
    pub const ALL: [Self; 28] = [
        Self::FoldersMade,
        Self::LeftoverRemoved,
        Self::FileWritten,
        Self::FileNamed,
        Self::FileSynced,
        Self::FolderSynced,
        Self::AllSynced,
        Self::FileSetAside,
        Self::FileDeleted,
        Self::DatabaseWritten,
        Self::DatabaseNamed,
        Self::CopyWritten,
        Self::CopySynced,
        Self::CopyNamed,
        Self::SchemaMade,
        Self::TransactionBegun,
        Self::RowsWritten,
        Self::TransactionCommitted,
        Self::LogTidied,
        Self::IndexBegun,
        Self::IndexWritten,
        Self::IndexCommitted,
        Self::IndexSetAside,
        Self::IndexNamed,
        Self::OldIndexRemoved,
        Self::ListWritten,
        Self::BackupNamed,
        Self::ListNamed,
    ];
}

/// Says that a step is done.
#[cfg(not(feature = "testing"))]
#[inline]
pub fn done(_step: Step) {}

/// The same of a file or folder.
#[cfg(not(feature = "testing"))]
#[inline]
pub fn done_to(_step: Step, _path: &std::path::Path) {}

/// Whether media are to be left without a sync: a program that forgets it, by which the tests see that they would see it.
#[cfg(not(feature = "testing"))]
#[inline]
pub const fn is_without_sync() -> bool {
    false
}

#[cfg(feature = "testing")]
pub use cut::{done, done_to, is_without_sync};

/// How the tests cut a run off.
#[cfg(feature = "testing")]
mod cut {
    use std::fs::OpenOptions;
    use std::io::Write;
    use std::path::Path;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::Step;

    /// What the environment asks for. Steps are counted from 1.
    struct Asked {
        /// `THROWBACK_CUT_AT`: the process ends behind the step of this number, as if it were killed.
        at: Option<u64>,
        /// `THROWBACK_STEPS`: a file that gets the name of every step, a line each, and behind a tab what it was done to.
        log: Option<std::ffi::OsString>,
        /// `THROWBACK_NO_SYNC`: media are not synced.
        is_without_sync: bool,
    }

    #[expect(clippy::disallowed_methods, reason = "the tests reach into the program through its environment")]
    fn asked() -> &'static Asked {
        static ASKED: OnceLock<Asked> = OnceLock::new();
        ASKED.get_or_init(|| Asked {
            at: std::env::var("THROWBACK_CUT_AT").ok().and_then(|number| number.parse().ok()),
            log: std::env::var_os("THROWBACK_STEPS"),
            is_without_sync: std::env::var_os("THROWBACK_NO_SYNC").is_some(),
        })
    }

    /// Whether media are to be left without a sync: a program that forgets it, by which the tests see that they would see it.
    pub fn is_without_sync() -> bool {
        asked().is_without_sync
    }

    /// Says that a step is done: counts it, writes it down and ends the process, as the environment asks.
    ///
    /// # Panics
    ///
    /// If it cannot be written down.
    pub fn done(step: Step) {
        say(step, None);
    }

    /// The same of a file or folder.
    ///
    /// # Panics
    ///
    /// If it cannot be written down.
    pub fn done_to(step: Step, path: &Path) {
        say(step, Some(path));
    }

    #[expect(clippy::disallowed_methods, reason = "ends the program unheard")]
    fn say(step: Step, path: Option<&Path>) {
        static N_DONE: AtomicU64 = AtomicU64::new(0);
        let asked = asked();
        let number = N_DONE.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(log) = &asked.log {
            let file = OpenOptions::new().create(true).append(true).open(log);
            let to = path.map(|path| format!("\t{}", path.display())).unwrap_or_default();
            file.and_then(|mut file| writeln!(file, "{step:?}{to}")).expect("the list of steps can be written");
        }
        if asked.at == Some(number) {
            std::process::abort();
        }
    }
}
