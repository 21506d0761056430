//! SQLite: what is held and how it is written, read, checked and dumped. The only room that names rusqlite and zstd.
//!
//! Three layers, as `migrations/0001…` says: what was delivered, what it said (sightings), what is true (records). The
//! order of durable writes ([`mod@crate::media::step`]) is kept by the callers in `ingest` and `home`.

mod archives;
mod backup;
mod bonds;
mod check;
mod common;
mod cover_facts;
mod coverage;
mod cut_short;
mod decisions;
mod delivered;
mod diff;
mod documents;
mod dump;
mod error;
mod feed;
mod forgetting;
mod lookups;
mod mending;
mod migrations;
mod missing;
mod notices;
mod pairs;
mod people;
mod pragmas;
mod provenance;
mod ranges;
mod readings;
mod record_rows;
mod records;
mod restoring;
mod rows;
mod said_again;
mod saved;
mod shown;
mod shown_people;
mod sighted;
mod sightings;
mod snapshots;
mod sql;
mod sums;
mod talks;
mod then;
mod threads;
mod times;
mod unlisted;
mod unowned;
mod watch_memory;

use std::cell::Cell;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

pub use archives::{ArchiveContent, ArchiveFacts, HeldFile, ToldByArchive};
pub use bonds::{BondRow, EqualMedium, EqualMessage, SnapshotToPlace};
pub use check::{DATABASE_DAMAGED, Damage, DamagedDocument, KeptMedium};
pub use common::{Beside, Common, Overlap};
pub use cover_facts::{CoverFacts, Family, KindAndSubkind, PlacedReading, Shared, SnapshotList, SnapshotState};
pub use coverage::{CountedRecords, HeldContent, HeldMedium, KnownAccount, ProvedArchive, ProvedEntry};
pub use cut_short::Listed;
pub use decisions::KeptDecision;
pub use delivered::{ArchiveRow, EntryFate, EntryRow, MediumRow, Resolved};
pub use diff::{Compared, ComparedRecord, ComparedSnapshot, Relation};
pub use error::StoreError;
pub use feed::Searchable;
pub use forgetting::{LeavingDocument, LeavingMedium};
pub use lookups::TextOf;
pub use mending::DescribedMedium;
pub use missing::Missing;
pub use notices::MessageGlance;
pub use pairs::ThreadOfAccount;
pub use people::{
    DirectHead, FoundName, HandleRow, NameToHold, OwnName, PersonToHold, RecordNameRow, USER_NAME, fold_name,
    person_identity,
};
pub use provenance::{Alone, Source};
pub use ranges::{Absent, ItemGlance, ListRange, STATED_RANGE, UnlistedReading};
pub use readings::{HeldReading, ReadEntry, ReadingOf, ReadingRow, Said};
pub use records::{Attachment, Record, RecordReaction, Version, details_json};
pub use restoring::{HeldArchive, HeldEntry};
pub use rows::{NamedRow, Value};
pub use said_again::HeldMessage;
pub use saved::SavedSearch;
pub use shown::{FindingFilter, IS_EDITED, Page, Totals};
pub use shown_people::{AccountMeant, NameMeant};
pub use sighted::{Search, SightedItem};
pub use sightings::{HeldAs, SightingRow, SnapshotRef, Stands, item_json, item_of};
pub use snapshots::{AccountRow, ArchiveDescription, NewSnapshot, OtherKey, SnapshotRow, account_key};
pub use sql::SqlError;
pub use talks::{MessageRow, ReadHere, SaidAs, SaidHere, ZoneOfSnapshot};
pub use threads::ThreadSightingRow;
pub use times::{CLAIMED_TIME, NEWEST_RECORD, NO_GROUND};
pub use unlisted::UnlistedFile;
pub use watch_memory::{RememberedEvent, RememberedThing, RememberedWatcher, ThingState, WatchMemory};

use crate::media::step::{self, Step};
use crate::media::{make_durable_folder, sync_directory};
use error::Context;

/// Name of the database inside a home.
pub const DATABASE: &str = "archive.sqlite";
/// Name of the watcher's memory beside it.
pub const WATCH_MEMORY: &str = "watch.sqlite";

/// The open database of a home.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: Option<PathBuf>,
    /// The disk did not make a commit durable: it is not asked again before the next run.
    is_refused: Cell<bool>,
}

impl Store {
    /// Opens for writing; creates and migrates where needed. `home_id` names a home that is made now.
    pub fn open(home: &Path, home_id: &str) -> Result<Self, StoreError> {
        let path = home.join(DATABASE);
        if !path.try_exists().map_err(|source| StoreError::File { path: path.clone(), source })? {
            make(home, &path, home_id)?;
        }
        let mut connection = Connection::open(&path).context("opening the database")?;
        pragmas::prepare_writer(&connection)?;
        check::schema_of(&connection)?;
        if let Some(schema) = migrations::older_schema(&connection)? {
            backup::before_migration(&connection, home, schema)?;
        }
        migrations::migrate(&mut connection)?;
        let mut store = Self { connection, path: Some(path), is_refused: Cell::new(false) };
        store.name_home(home_id)?;
        Ok(store)
    }

    /// Opens for reading only; never migrates, never creates.
    pub fn open_reader(home: &Path) -> Result<Self, StoreError> {
        Self::open_reader_at(home.join(DATABASE))
    }

    /// The same for a database that stands elsewhere: a copy.
    pub fn open_reader_at(path: PathBuf) -> Result<Self, StoreError> {
        let store = Self::open_whatever_schema(path)?;
        migrations::check_version(&store.connection)?;
        Ok(store)
    }

    fn open_whatever_schema(path: PathBuf) -> Result<Self, StoreError> {
        match Self::open_as_it_is(path.clone()) {
            Err(error) if error.is_cut_off() => {
                // SQLite takes back what was cut off as soon as somebody reads who may write.
                let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let connection = Connection::open_with_flags(&path, flags).context("opening the database")?;
                check::schema_of(&connection)?;
                drop(connection);
                Self::open_as_it_is(path)
            }
            opened => opened,
        }
    }

    fn open_as_it_is(path: PathBuf) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&path, flags).context("opening the database")?;
        pragmas::prepare_reader(&connection)?;
        check::schema_of(&connection)?;
        Ok(Self { connection, path: Some(path), is_refused: Cell::new(false) })
    }

    /// A store that passes with its connection: in memory as far as it is small, else in an unnamed temporary file. For
    /// dry runs of a home that does not exist yet.
    pub fn passing() -> Result<Self, StoreError> {
        let mut connection = Connection::open("").context("opening a passing database")?;
        pragmas::prepare_writer(&connection)?;
        migrations::migrate(&mut connection)?;
        let mut store = Self { connection, path: None, is_refused: Cell::new(false) };
        store.name_home("passing")?;
        Ok(store)
    }

    fn name_home(&mut self, home_id: &str) -> Result<(), StoreError> {
        self.connection
            .execute("INSERT OR IGNORE INTO home (singleton, home_id, last_change) VALUES (1, :id, 0)", [home_id])
            .context("naming the home")?;
        Ok(())
    }

    /// The random name of this home, to which its index is bound.
    pub fn home_id(&self) -> Result<String, StoreError> {
        self.connection.query_row("SELECT home_id FROM home", [], |row| row.get(0)).context("reading the home's name")
    }

    /// The clock of the change log.
    pub fn last_change(&self) -> Result<i64, StoreError> {
        self.connection
            .query_row("SELECT last_change FROM home", [], |row| row.get(0))
            .context("reading the change log")
    }

    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Starts the transaction of one archive. Dropping it undoes everything.
    pub fn write(&mut self) -> Result<Writing<'_>, StoreError> {
        if self.is_refused.get() {
            return Err(StoreError::NotDurable);
        }
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).context("starting to write")?;
        step::done(Step::TransactionBegun);
        let change: i64 = transaction
            .query_row("UPDATE home SET last_change = last_change + 1 RETURNING last_change", [], |row| row.get(0))
            .context("advancing the change log")?;
        let last_record: i64 = transaction
            .query_row(
                "SELECT max((SELECT coalesce(max(id), 0) FROM record),
                            (SELECT coalesce(max(record_id), 0) FROM removed_record))",
                [],
                |row| row.get(0),
            )
            .context("looking up records")?;
        Ok(Writing { transaction, change, last_record: Cell::new(last_record), is_refused: &self.is_refused })
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// From now on everything is read from one state, and without asking before each question whether another came, until
    /// [`Store::end_reading`]. In a reader that reads so already nothing changes.
    pub fn begin_reading(&self) -> Result<(), StoreError> {
        if self.connection.is_autocommit() {
            self.connection.execute_batch("BEGIN").context("reading one state")?;
        }
        Ok(())
    }

    /// Sees from now on what was written meanwhile.
    pub fn end_reading(&self) -> Result<(), StoreError> {
        if !self.connection.is_autocommit() {
            self.connection.execute_batch("COMMIT").context("reading one state")?;
        }
        Ok(())
    }

    /// Tidies up after a long write: bounded statistics for the planner and the log back into the database.
    pub fn settle(&self) -> Result<(), StoreError> {
        if self.is_refused.get() {
            // The log stays as it is: it holds what was durable before.
            return Ok(());
        }
        let doing = "settling the database";
        self.connection.execute_batch("PRAGMA analysis_limit = 400; PRAGMA optimize").context(doing)?;
        // Nobody who reads for long is waited for, such as a pager that is left open: the log goes back with the next write.
        self.connection.busy_timeout(pragmas::BUSY_READERS).context(doing)?;
        let tidied = self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").context(doing);
        self.connection.busy_timeout(pragmas::BUSY).context(doing)?;
        tidied?;
        // What the writer held is not needed any more.
        self.connection.execute_batch("PRAGMA shrink_memory").context(doing)?;
        step::done(Step::LogTidied);
        Ok(())
    }
}

/// Reads from one state: from the one that is read already, or from one of its own.
fn in_one_state<T>(
    connection: &Connection,
    doing: &'static str,
    read: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    if !connection.is_autocommit() {
        return read();
    }
    let state = connection.unchecked_transaction().context(doing)?;
    let told = read()?;
    state.finish().context(doing)?;
    Ok(told)
}

/// Makes the database of a new home: in `tmp/` first, then in its place in one rename, so that nobody sees it half made.
fn make(home: &Path, path: &Path, home_id: &str) -> Result<(), StoreError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| StoreError::File { path, source }
    };
    let tmp = home.join("tmp");
    make_durable_folder(&tmp).map_err(failed(&tmp))?;
    let draft = tmp.join(DATABASE);
    for left in ["", "-journal"].map(|end| tmp.join(format!("{DATABASE}{end}"))) {
        match std::fs::remove_file(&left) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(&left)(error)),
            _ => {}
        }
    }
    make_private(&draft)?;
    let mut connection = Connection::open(&draft).context("making the database")?;
    // Without a log beside it, which would come back into the file only as the connection is closed, where SQLite does
    // not tell what failed.
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON").context("making the database")?;
    migrations::migrate(&mut connection)?;
    let mut store = Store { connection, path: None, is_refused: Cell::new(false) };
    store.name_home(home_id)?;
    // From the beginning: what is converted in its place can be cut off there.
    pragmas::prepare_writer(&store.connection)?;
    let mode = store.connection.query_row("PRAGMA journal_mode", [], |row| row.get::<_, String>(0));
    if mode.context("making the database")? != "wal" {
        // SQLite tells by the mode alone that the disk refused it.
        return Err(StoreError::NotDurable);
    }
    store.connection.close().map_err(|(_, error)| error).context("making the database")?;
    step::done(Step::DatabaseWritten);
    std::fs::rename(&draft, path).map_err(failed(path))?;
    step::done(Step::DatabaseNamed);
    sync_directory(home).map_err(failed(home))
}

/// Makes the database's file before SQLite does, readable by its owner alone; SQLite gives its log the same mode.
fn make_private(path: &Path) -> Result<(), StoreError> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|source| StoreError::File { path: path.to_owned(), source })
}

/// One transaction: everything that one archive changes.
#[derive(Debug)]
pub struct Writing<'c> {
    transaction: Transaction<'c>,
    change: i64,
    /// No record has a higher row number, nor ever had one: what is new is told by its number, and what was removed is not
    /// mistaken for it.
    last_record: Cell<i64>,
    is_refused: &'c Cell<bool>,
}

impl Writing<'_> {
    /// Makes it true. `synchronous=FULL` stands: when this returns, it survives a power cut.
    pub fn commit(self) -> Result<(), StoreError> {
        step::done(Step::RowsWritten);
        let committed = self.transaction.commit().context("committing");
        match &committed {
            Ok(()) => step::done(Step::TransactionCommitted),
            Err(error) => self.is_refused.set(error.is_refused_sync()),
        }
        committed
    }

    /// Undoes it, and says so when even that fails.
    pub fn roll_back(self) -> Result<(), StoreError> {
        self.transaction.rollback().context("rolling back")
    }

    /// Does something of which nothing stays when it fails, while the transaction goes on.
    pub fn whole_or_not<T, E: From<StoreError>>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let doing = "setting a savepoint";
        self.connection().execute_batch("SAVEPOINT whole_or_not").context(doing)?;
        let done = work();
        let end = if done.is_ok() { "RELEASE whole_or_not" } else { "ROLLBACK TO whole_or_not; RELEASE whole_or_not" };
        self.connection().execute_batch(end).context(doing)?;
        done
    }

    fn connection(&self) -> &Connection {
        &self.transaction
    }
}
