//! What can go wrong with the database.

use thiserror::Error;

use crate::model::Key;

/// Why the store could not do what it was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    #[error("the database failed while {doing}")]
    Sqlite {
        doing: &'static str,
        #[source]
        source: rusqlite::Error,
    },
    #[error("{path} could not be created", path = path.display())]
    File {
        path: std::path::PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("the database could not be brought to this version's schema")]
    Migration(#[source] rusqlite_migration::Error),
    #[error("the home was written by a newer version (schema {found}; this one knows {known})")]
    NewerHome { found: i64, known: i64 },
    #[error(
        "the home was written by an older version (schema {found}; this one needs {known}): any command that writes upgrades it"
    )]
    OlderHome { found: i64, known: i64 },
    /// After the disk refused once to make a commit durable, it is not asked again.
    #[error("the disk has refused to make the database durable; nothing more is written until the next run")]
    NotDurable,
    #[error("a kept document could not be unpacked")]
    Document(#[source] std::io::Error),
    #[error("the kept document {0} has other bytes than its name says")]
    DamagedDocument(String),
    #[error("a stored value is not what it must be: {0}")]
    Value(String),
    #[error("the copy of the database {0}")]
    Copy(String),
    #[error("stored JSON could not be {doing}")]
    Json {
        doing: &'static str,
        #[source]
        source: serde_json::Error,
    },
}

impl StoreError {
    /// Whether somebody else holds the database.
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Sqlite { source, .. }
            if matches!(source.sqlite_error_code(), Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)))
    }

    /// Whether the bytes of a kept document are no longer what they were.
    pub fn is_of_document(&self) -> bool {
        matches!(self, Self::Document(_) | Self::DamagedDocument(_))
    }

    /// Whether stored rows contradict each other or the schema: nothing of the disk or of other processes.
    pub fn is_contradiction(&self) -> bool {
        use rusqlite::Error as E;
        match self {
            Self::Value(_) | Self::Json { .. } => true,
            Self::Sqlite { source, .. } => {
                source.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation)
                    || matches!(
                        source,
                        E::QueryReturnedNoRows
                            | E::FromSqlConversionFailure(..)
                            | E::IntegralValueOutOfRange(..)
                            | E::InvalidColumnType(..)
                            | E::Utf8Error(..)
                    )
            }
            _ => false,
        }
    }

    /// Whether the disk was asked to make something durable and did not.
    pub(super) fn is_refused_sync(&self) -> bool {
        let codes = [rusqlite::ffi::SQLITE_IOERR_FSYNC, rusqlite::ffi::SQLITE_IOERR_DIR_FSYNC];
        matches!(self, Self::Sqlite { source, .. }
            if source.sqlite_error().is_some_and(|error| codes.contains(&error.extended_code)))
    }

    /// Whether a change that was cut off is to be taken back first, and whoever asked may not write.
    pub(super) fn is_cut_off(&self) -> bool {
        matches!(self, Self::Sqlite { source, .. } if source.sqlite_error()
            .is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_READONLY_ROLLBACK))
    }

    /// Whether the disk is full.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::Sqlite { source, .. }
            if source.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull))
    }
}

/// Adds what was being done to an error of SQLite.
pub(super) trait Context<T> {
    fn context(self, doing: &'static str) -> Result<T, StoreError>;
}

impl<T> Context<T> for Result<T, rusqlite::Error> {
    fn context(self, doing: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::Sqlite { doing, source })
    }
}

impl<T> Context<T> for Result<T, serde_json::Error> {
    fn context(self, doing: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::Json { doing, source })
    }
}

/// A key as the database keeps it.
pub(super) fn key_of(bytes: &[u8]) -> Result<Key, StoreError> {
    Key::from_bytes(bytes).ok_or_else(|| StoreError::Value("a key is not 16 bytes long".into()))
}
