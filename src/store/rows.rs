//! Rows for people and scripts: any answer of SQLite as named values, read through the views.

use rusqlite::types::ValueRef;

use super::Store;
use super::error::{Context, StoreError};

/// One value of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

impl Value {
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    fn of(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(number) => Self::Integer(number),
            ValueRef::Real(number) => Self::Real(number),
            // SQLite does not promise that text is UTF-8; what is not, is shown as the bytes it is.
            ValueRef::Text(bytes) => std::str::from_utf8(bytes)
                .map_or_else(|_| Self::Blob(bytes.to_vec()), |text| Self::Text(text.to_owned())),
            ValueRef::Blob(bytes) => Self::Blob(bytes.to_vec()),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        let value = match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Real(number) => ValueRef::Real(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        };
        Ok(rusqlite::types::ToSqlOutput::Borrowed(value))
    }
}

/// One row of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedRow {
    pub columns: std::rc::Rc<[String]>,
    pub values: Vec<Value>,
}

impl NamedRow {
    /// Puts another value into a column; nothing happens where there is no such column.
    pub fn set(&mut self, column: &str, value: Value) {
        if let Some(at) = self.columns.iter().position(|name| name == column) {
            self.values[at] = value;
        }
    }

    /// The value of that column; `Null` where there is no such column.
    pub fn get(&self, column: &str) -> &Value {
        self.columns.iter().position(|name| name == column).map_or(&Value::Null, |index| &self.values[index])
    }

    pub fn text(&self, column: &str) -> Option<&str> {
        self.get(column).as_text()
    }

    pub fn integer(&self, column: &str) -> Option<i64> {
        self.get(column).as_integer()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.columns.iter().map(String::as_str).zip(&self.values)
    }
}

/// [`Store::select`] on any connection.
pub(super) fn select(
    connection: &rusqlite::Connection,
    sql: &str,
    parameters: &[Value],
    each: &mut dyn FnMut(NamedRow) -> bool,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(sql).context("asking the database")?;
    let columns: std::rc::Rc<[String]> = statement.column_names().into_iter().map(str::to_owned).collect();
    let mut rows = statement.query(rusqlite::params_from_iter(parameters)).context("asking the database")?;
    while let Some(row) = rows.next().context("asking the database")? {
        if !each(named_row(row, &columns)?) {
            break;
        }
    }
    Ok(())
}

impl Store {
    /// Runs one of our own questions and hands over its rows one by one; `each` answers whether to go on.
    pub fn select(
        &self,
        sql: &str,
        parameters: &[Value],
        each: &mut dyn FnMut(NamedRow) -> bool,
    ) -> Result<(), StoreError> {
        select(self.connection(), sql, parameters, each)
    }

    /// The same, all rows at once: for answers that are known to be short.
    pub fn select_all(&self, sql: &str, parameters: &[Value]) -> Result<Vec<NamedRow>, StoreError> {
        let mut rows = Vec::new();
        self.select(sql, parameters, &mut |row| {
            rows.push(row);
            true
        })?;
        Ok(rows)
    }
}

pub(super) fn named_row(row: &rusqlite::Row<'_>, columns: &std::rc::Rc<[String]>) -> Result<NamedRow, StoreError> {
    let values = (0..columns.len())
        .map(|index| row.get_ref(index).map(Value::of))
        .collect::<Result<_, _>>()
        .context("reading an answer")?;
    Ok(NamedRow { columns: columns.clone(), values })
}
