//! Settings of every connection, each with its reason.

use std::time::Duration;

use rusqlite::Connection;

use super::error::{Context, StoreError};
use super::sums;

/// How long a connection waits for another one's short lock (a checkpoint, a schema read) before it says "busy".
/// Guessed: longer than any checkpoint that was seen, shorter than a person's patience.
pub(super) const BUSY: Duration = Duration::from_secs(5);

/// How long a writer that is done waits for those who read, to bring its log back into the database. Guessed: longer than a
/// search, too short to be noticed.
pub(super) const BUSY_READERS: Duration = Duration::from_millis(200);

/// Prepared statements kept: an ingest uses about sixty different ones.
const STATEMENTS: usize = 128;

/// For the one connection that writes.
pub(super) fn prepare_writer(connection: &Connection) -> Result<(), StoreError> {
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL;          -- readers go on while an archive is written
             PRAGMA synchronous = FULL;          -- a commit survives a power cut: it may be the only copy
             PRAGMA fullfsync = ON;              -- macOS: to the platter, not to the drive's cache
             PRAGMA foreign_keys = ON;           -- rows never point at nothing
             PRAGMA cell_size_check = ON;        -- notice a damaged page when it is read
             PRAGMA trusted_schema = OFF;        -- a home may come from elsewhere
             PRAGMA secure_delete = ON;          -- what was forgotten is gone
             PRAGMA temp_store = FILE;           -- memory stays bounded
             PRAGMA cache_size = -131072;        -- 128 MiB: the indices of a million messages stay warm
             PRAGMA wal_autocheckpoint = 1000;",
        )
        .context("preparing the database")?;
    connection.busy_timeout(BUSY).context("preparing the database")?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    sums::register(connection)
}

/// For connections that only read.
pub(super) fn prepare_reader(connection: &Connection) -> Result<(), StoreError> {
    connection
        .execute_batch(
            "PRAGMA query_only = ON;
             PRAGMA cell_size_check = ON;
             PRAGMA trusted_schema = OFF;
             PRAGMA temp_store = MEMORY;         -- a reader must not need a place to write
             PRAGMA cache_size = -16384;",
        )
        .context("preparing the database")?;
    connection.busy_timeout(BUSY).context("preparing the database")?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    sums::register(connection)
}
