//! Exit codes: what scripts build on, and which error ends with which.

use std::process::ExitCode;

use crate::home::HomeError;
use crate::index::IndexError;
use crate::ingest::IngestError;
use crate::store::{SqlError, StoreError};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done; for queries: something was found. A closed pipe ends so too.
    Done = 0,
    /// Done, nothing found.
    Nothing = 1,
    /// Wrong usage, or a query that is not understood.
    Usage = 2,
    /// Nothing of the archive or command at hand was kept; what was finished before stays.
    Failed = 3,
    /// Done, with an error finding, or `check` found damage.
    Damage = 4,
    /// The home is busy or from a newer version.
    Home = 5,
    /// Ended by SIGINT or SIGTERM.
    Interrupted = 130,
}

impl Exit {
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// How the fates of several archives add up.
    pub const fn of_ingest(tally: IngestTally) -> Self {
        match tally {
            IngestTally { is_interrupted: true, .. } => Self::Interrupted,
            IngestTally { is_home_closed: true, .. } => Self::Home,
            IngestTally { n_kept: 0, .. } => Self::Failed,
            IngestTally { n_failed: 0, n_errors: 0, .. } => Self::Done,
            _ => Self::Damage,
        }
    }
}

/// What became of the archives of one ingest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IngestTally {
    /// Brought in now or held already.
    pub n_kept: u64,
    pub n_failed: u64,
    /// Findings of severity error.
    pub n_errors: u64,
    pub is_interrupted: bool,
    /// The home was busy or from a newer version.
    pub is_home_closed: bool,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

impl From<&HomeError> for Exit {
    fn from(error: &HomeError) -> Self {
        match error {
            HomeError::Busy(_) | HomeError::Watched(_) => Self::Home,
            HomeError::Store(error) => error.into(),
            HomeError::Index(error) => error.into(),
            HomeError::Ingest(error) => error.into(),
            HomeError::NotThere(_) | HomeError::Files { .. } | HomeError::Media(_) => Self::Failed,
        }
    }
}

impl From<&StoreError> for Exit {
    fn from(error: &StoreError) -> Self {
        match error {
            StoreError::NewerHome { .. } => Self::Home,
            error if error.is_busy() => Self::Home,
            _ => Self::Failed,
        }
    }
}

impl From<&IndexError> for Exit {
    fn from(error: &IndexError) -> Self {
        match error {
            IndexError::Query(_) => Self::Usage,
            IndexError::Busy => Self::Home,
            _ => Self::Failed,
        }
    }
}

impl From<&IngestError> for Exit {
    fn from(error: &IngestError) -> Self {
        match error {
            IngestError::Interrupted => Self::Interrupted,
            IngestError::Store(error) => error.into(),
            _ => Self::Failed,
        }
    }
}

impl From<&SqlError> for Exit {
    fn from(error: &SqlError) -> Self {
        match error {
            SqlError::Interrupted => Self::Interrupted,
            SqlError::Store(error) => error.into(),
            SqlError::Wrong(_) | SqlError::Forbidden(_) | SqlError::Several | SqlError::Empty => Self::Usage,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::QueryError;

    #[test]
    fn codes_are_those_of_the_contract() {
        let all = [Exit::Done, Exit::Nothing, Exit::Usage, Exit::Failed, Exit::Damage, Exit::Home, Exit::Interrupted];
        assert_eq!(all.map(Exit::code), [0, 1, 2, 3, 4, 5, 130]);
    }

    #[test]
    fn several_archives_add_up() {
        let check = |n_kept, n_failed, n_errors, exit| {
            let tally = IngestTally { n_kept, n_failed, n_errors, ..IngestTally::default() };
            assert_eq!(Exit::of_ingest(tally), exit, "{tally:?}");
        };
        check(1, 0, 0, Exit::Done);
        check(3, 0, 0, Exit::Done);
        check(1, 0, 1, Exit::Damage);
        check(1, 1, 0, Exit::Damage);
        check(0, 1, 0, Exit::Failed);
        check(0, 1, 1, Exit::Failed);
        check(0, 0, 0, Exit::Failed);
        let stopped = IngestTally { n_kept: 1, is_interrupted: true, ..IngestTally::default() };
        assert_eq!(Exit::of_ingest(stopped), Exit::Interrupted);
        let newer = IngestTally { is_home_closed: true, ..IngestTally::default() };
        assert_eq!(Exit::of_ingest(newer), Exit::Home);
    }

    #[test]
    fn errors_have_their_codes() {
        let check = |error: HomeError, exit| assert_eq!(Exit::from(&error), exit, "{error:?}");
        let newer = || StoreError::NewerHome { found: 9, known: 2 };
        let wrong = QueryError { span: 0..1, what: String::new(), valid: Vec::new() };
        check(HomeError::NotThere("home".into()), Exit::Failed);
        check(HomeError::Store(newer()), Exit::Home);
        check(HomeError::Store(StoreError::OlderHome { found: 1, known: 2 }), Exit::Failed);
        check(HomeError::Ingest(IngestError::Interrupted), Exit::Interrupted);
        check(HomeError::Ingest(IngestError::Store(newer())), Exit::Home);
        check(HomeError::Index(IndexError::Query(wrong)), Exit::Usage);
        check(HomeError::Index(IndexError::Busy), Exit::Home);
        check(HomeError::Index(IndexError::Damaged("x".into())), Exit::Failed);

        let check = |error: SqlError, exit| assert_eq!(Exit::from(&error), exit, "{error:?}");
        check(SqlError::Wrong("x".into()), Exit::Usage);
        check(SqlError::Forbidden("DELETE".into()), Exit::Usage);
        check(SqlError::Several, Exit::Usage);
        check(SqlError::Empty, Exit::Usage);
        check(SqlError::Interrupted, Exit::Interrupted);
        check(SqlError::Store(newer()), Exit::Home);
    }
}
