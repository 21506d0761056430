//! What the index wants from whoever holds the records.

use std::ops::ControlFlow;

use crate::model::Kind;
use crate::query::StoredText;

pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A record as the index sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordDocument {
    /// The record's row; stays the same as long as the record is held.
    pub row: i64,
    /// Row of the account.
    pub account: i64,
    pub kind: Kind,
    pub subkind: Option<String>,
    /// Unix milliseconds, UTC.
    pub at_ms: Option<i64>,
    /// Row of the person.
    pub author: Option<i64>,
    /// Rows of the other people of it: counterpart, participants of the thread (the author may be among them).
    pub others: Vec<i64>,
    /// Row of the thread.
    pub thread: Option<i64>,
    /// Names of [`crate::query::fields::HAS`].
    pub has: Vec<&'static str>,
    /// Names of [`crate::query::fields::IS`], but `sent` and `received`, which follow from the author.
    pub is: Vec<&'static str>,
    /// The service wrote it into a conversation: it is no part of talks, and must be asked for.
    pub is_notice: bool,
    /// The author's words.
    pub text: Option<String>,
    /// Words that are not the author's: found as well, ranked below.
    pub other_text: Vec<String>,
}

impl RecordDocument {
    pub fn new(row: i64, account: i64, kind: Kind) -> Self {
        Self {
            row,
            account,
            kind,
            subkind: None,
            at_ms: None,
            author: None,
            others: Vec::new(),
            thread: None,
            has: Vec::new(),
            is: Vec::new(),
            is_notice: false,
            text: None,
            other_text: Vec::new(),
        }
    }
}

/// What happened to a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is new or differs; the document is its newest state.
    Put(Box<RecordDocument>),
    Remove {
        row: i64,
    },
}

/// A message as far as talks are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// The record's row.
    pub row: i64,
    /// Unix milliseconds, UTC.
    pub at_ms: i64,
}

/// Which messages of a conversation are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walk {
    /// Those of that moment and after it, oldest first.
    From(i64),
    /// Those before it, newest first.
    Before(i64),
}

/// The records and their change log. Both readings stream, each from one state of the records, and return the number
/// of the last change that this state holds. A `Break` from `take` ends the reading early, without an error.
pub trait ChangeFeed {
    type Error: Into<BoxError>;

    /// What tells this home from all others.
    fn home_id(&self) -> Result<String, Self::Error>;

    /// The number of the newest change; 0 when nothing was ever changed.
    fn last_change(&self) -> Result<u64, Self::Error>;

    /// Every record that changed after `seq`, once or several times.
    fn changes_after(&self, seq: u64, take: &mut dyn FnMut(Change) -> ControlFlow<()>) -> Result<u64, Self::Error>;

    /// Every record, each once.
    fn all(&self, take: &mut dyn FnMut(RecordDocument) -> ControlFlow<()>) -> Result<u64, Self::Error>;

    /// Rows of the conversations, each once.
    fn threads(&self) -> Result<Vec<i64>, Self::Error>;

    /// Messages of a conversation that somebody sent and that have a time, in an order that follows from what they are.
    fn said(&self, thread: i64, walk: Walk, take: &mut dyn FnMut(Said) -> ControlFlow<()>) -> Result<(), Self::Error>;
}

/// Who and what the names in a query mean. Rows are those of [`RecordDocument`].
pub trait Names {
    type Error: Into<BoxError>;

    /// The owners of the accounts.
    fn me(&self) -> Result<Vec<i64>, Self::Error>;

    /// Everybody who ever had that name or handle, or one that begins so.
    fn people(&self, typed: &str) -> Result<Vec<i64>, Self::Error>;

    /// Records with a text of that sort that is wanted. Where `wants` breaks, the looking ends early.
    fn rows_by_text(
        &self,
        of: StoredText,
        wants: &mut dyn FnMut(&str) -> ControlFlow<(), bool>,
    ) -> Result<Vec<i64>, Self::Error>;

    /// Records with coordinates (latitude, longitude) that are wanted.
    fn rows_by_coordinates(&self, wants: &dyn Fn(f64, f64) -> bool) -> Result<Vec<i64>, Self::Error>;

    /// Records that stood in the snapshots whose id begins so, or which have an archive of that name; `None` where there is
    /// no such snapshot.
    fn records_of_snapshots(&self, typed: &str) -> Result<Option<Vec<i64>>, Self::Error>;

    /// Snapshots that are close to what was typed, or all of them.
    fn close_snapshots(&self, typed: &str) -> Result<Vec<String>, Self::Error>;

    /// Conversations by title, by the name of who takes part, or by id.
    fn threads(&self, typed: &str) -> Result<Vec<i64>, Self::Error>;

    fn accounts(&self, typed: &str) -> Result<Vec<i64>, Self::Error>;

    /// Names of people that are close to what was typed, nearest first.
    fn close_people(&self, typed: &str) -> Result<Vec<String>, Self::Error>;

    /// Titles that are close to what was typed, nearest first.
    fn close_threads(&self, typed: &str) -> Result<Vec<String>, Self::Error>;

    /// Accounts that are close to what was typed, or all of them.
    fn close_accounts(&self, typed: &str) -> Result<Vec<String>, Self::Error>;
}
