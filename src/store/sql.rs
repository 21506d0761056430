//! Questions that people write themselves: read only, one statement, and it can be stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use thiserror::Error;

use super::rows::{NamedRow, named_row};
use super::{Store, StoreError};

/// Why a question got no answer.
#[derive(Debug, Error)]
pub enum SqlError {
    #[error("{0}")]
    Wrong(String),
    #[error("only questions are allowed: {0} would change something or reach outside the home")]
    Forbidden(String),
    #[error("only one statement at a time")]
    Several,
    #[error("there is no statement in it")]
    Empty,
    #[error("interrupted")]
    Interrupted,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How many steps of SQLite's machine lie between two looks at the stop flag: a few milliseconds.
const STEPS_BETWEEN_LOOKS: i32 = 10_000;

/// Pragmas that only tell something.
const READING_PRAGMAS: [&str; 17] = [
    "application_id",
    "collation_list",
    "compile_options",
    "data_version",
    "database_list",
    "encoding",
    "foreign_key_check",
    "foreign_key_list",
    "freelist_count",
    "function_list",
    "index_info",
    "index_list",
    "index_xinfo",
    "page_count",
    "page_size",
    "table_info",
    "table_list",
];

/// What a statement may do: read, and nothing else.
fn authorize(action: &AuthAction<'_>) -> Result<(), String> {
    match action {
        AuthAction::Select | AuthAction::Read { .. } | AuthAction::Recursive => Ok(()),
        AuthAction::Function { function_name } if !matches!(*function_name, "load_extension" | "fts3_tokenizer") => {
            Ok(())
        }
        AuthAction::Pragma { pragma_name, pragma_value } => {
            let is_reading = READING_PRAGMAS.contains(pragma_name)
                || matches!(
                    *pragma_name,
                    "table_xinfo" | "user_version" | "integrity_check" | "quick_check" | "schema_version"
                );
            // The argument of some reading pragmas names a table; that of the others would set a value.
            let takes_argument =
                pragma_name.contains("info") || pragma_name.contains("list") || pragma_name.contains("check");
            if is_reading && (pragma_value.is_none() || takes_argument) {
                Ok(())
            } else {
                Err(format!("PRAGMA {pragma_name}"))
            }
        }
        AuthAction::Function { function_name } => Err(format!("FUNCTION {function_name}")),
        other => Err(format!("{other:?}").split([' ', '{']).next().unwrap_or_default().to_uppercase()),
    }
}

impl Store {
    /// Answers one statement of SQL; `each` answers whether to go on. Whatever the connection may do, the statement only
    /// reads.
    pub fn ask(
        &self,
        sql: &str,
        stop: &Arc<AtomicBool>,
        each: &mut dyn FnMut(NamedRow) -> bool,
    ) -> Result<(), SqlError> {
        let connection = self.connection();
        let refused = Arc::new(std::sync::Mutex::new(None::<String>));
        let note = Arc::clone(&refused);
        let guard = move |context: AuthContext<'_>| match authorize(&context.action) {
            Ok(()) => Authorization::Allow,
            Err(what) => {
                if let Ok(mut first) = note.lock() {
                    first.get_or_insert(what);
                }
                Authorization::Deny
            }
        };
        let wrong = |error: rusqlite::Error| match refused.lock().ok().and_then(|mut what| what.take()) {
            Some(what) => SqlError::Forbidden(what),
            None if stop.load(Ordering::Relaxed) => SqlError::Interrupted,
            None if matches!(error, rusqlite::Error::MultipleStatement) => SqlError::Several,
            None => SqlError::Wrong(words_of(&error)),
        };
        connection.authorizer(Some(guard)).map_err(wrong)?;
        let flag = Arc::clone(stop);
        connection.progress_handler(STEPS_BETWEEN_LOOKS, Some(move || flag.load(Ordering::Relaxed))).map_err(wrong)?;
        let answered = (|| {
            let mut statement = connection.prepare(sql).map_err(wrong)?;
            // SQLite has no statement to show where there are only spaces and comments.
            if statement.expanded_sql().is_none() {
                return Err(SqlError::Empty);
            }
            // `VACUUM INTO` passes the authorizer; nothing without an answer is a question.
            if statement.column_count() == 0 || !statement.readonly() {
                return Err(SqlError::Forbidden("the statement".to_owned()));
            }
            let columns: std::rc::Rc<[String]> = statement.column_names().into_iter().map(str::to_owned).collect();
            let mut rows = statement.query([]).map_err(wrong)?;
            while let Some(row) = rows.next().map_err(wrong)? {
                if !each(named_row(row, &columns)?) {
                    break;
                }
            }
            Ok(())
        })();
        connection.authorizer(None::<fn(AuthContext<'_>) -> Authorization>).map_err(wrong)?;
        connection.progress_handler(0, None::<fn() -> bool>).map_err(wrong)?;
        answered
    }
}

/// SQLite's own sentence, without our library's wrapping.
fn words_of(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(sql: &str) -> Result<usize, SqlError> {
        let store = Store::passing().expect("memory");
        let mut n = 0;
        store.ask(sql, &Arc::new(AtomicBool::new(false)), &mut |_| {
            n += 1;
            true
        })?;
        Ok(n)
    }

    #[test]
    fn questions_are_answered() {
        assert_eq!(ask("SELECT kind, count(*) FROM records GROUP BY 1").expect("an answer"), 0);
        assert_eq!(ask("SELECT count(*) FROM messages;").expect("an answer"), 1);
        assert_eq!(
            ask("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n")
                .expect("an answer"),
            5
        );
        assert!(ask("PRAGMA table_info(record)").expect("an answer") > 5);
    }

    #[test]
    fn nothing_else_is() {
        for sql in [
            "DELETE FROM record",
            "ATTACH 'x.db' AS x",
            "VACUUM INTO 'x.db'",
            "VACUUM",
            "PRAGMA journal_mode = DELETE",
            "PRAGMA user_version = 7",
            "PRAGMA writable_schema = ON",
            "CREATE TABLE x (y)",
            "CREATE TEMP TABLE x (y)",
            "DROP VIEW records",
            "BEGIN",
            "SELECT load_extension('x')",
            "SELECT 1; DELETE FROM record",
            "SELECT 1; SELECT 2",
            "INSERT INTO kind VALUES (99, 'x') RETURNING code",
            "",
            "-- nothing",
        ] {
            assert!(ask(sql).is_err(), "{sql}");
        }
        let check = |sql: &str, what: &str| match ask(sql) {
            Err(SqlError::Forbidden(named)) => assert_eq!(named, what, "{sql}"),
            other => panic!("{sql}: {other:?}"),
        };
        check("DELETE FROM record", "DELETE");
        check("VACUUM INTO 'x.db'", "the statement");
        check("SELECT load_extension('x')", "FUNCTION load_extension");
        assert!(matches!(ask("-- nothing"), Err(SqlError::Empty)));
        assert!(matches!(ask("SELECT nonsense FROM records"), Err(SqlError::Wrong(_))));
    }

    #[test]
    fn an_endless_question_can_be_stopped() {
        let store = Store::passing().expect("memory");
        let stop = Arc::new(AtomicBool::new(true));
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
        assert!(matches!(store.ask(endless, &stop, &mut |_| true), Err(SqlError::Interrupted)));
    }
}
