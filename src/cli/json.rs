//! JSON lines: a header, rows, an end. Members keep the order in which they are written.

use std::fmt::Write as _;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::store::{NamedRow, Value};

/// An object under construction.
#[derive(Clone, Debug, Default)]
pub struct Object(String);

impl Object {
    pub fn new() -> Self {
        Self("{".to_owned())
    }

    /// An object with a `type`.
    pub fn row(kind: &str) -> Self {
        Self::new().with("type", kind)
    }

    /// The first line of a stream.
    pub fn header(command: &str) -> Self {
        Self::row("header").with("format", format!("throwback-{command}/1"))
    }

    /// The last line of a stream of so many rows.
    pub fn end(count: u64) -> Self {
        Self::row("end").with("count", count)
    }

    /// A row of a view, with the view's columns. A column that is called `type` itself is `<kind>_type`.
    pub fn of_row(kind: &str, row: &NamedRow) -> Self {
        Self::row(kind).with_columns(kind, row.iter())
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push_str(&text_of(name));
        self.0.push(':');
        self.0.push_str(&text_of(&value));
        self
    }

    /// Values of the database under their names. Columns that hold JSON become JSON.
    #[must_use]
    pub fn with_columns<'a>(mut self, kind: &str, columns: impl IntoIterator<Item = (&'a str, &'a Value)>) -> Self {
        let mut names: Vec<String> = vec!["type".to_owned()];
        for (column, value) in columns {
            let mut name = if column == "type" { format!("{kind}_type") } else { column.to_owned() };
            let mut n_equal = 1;
            while names.contains(&name) {
                n_equal += 1;
                name = format!("{column}_{n_equal}");
            }
            let is_json = matches!(column, "details" | "other_text");
            self = match value {
                Value::Text(text) if is_json => match serde_json::from_str::<&RawValue>(text) {
                    Ok(json) => self.with(&name, json),
                    Err(_) => self.with(&name, text),
                },
                value => self.with(&name, Plain(value)),
            };
            names.push(name);
        }
        self
    }

    /// The object as one line. Control characters that JSON would let pass are escaped: a terminal may show this.
    pub fn line(&self) -> String {
        let mut line = String::with_capacity(self.0.len() + 1);
        for c in self.0.chars() {
            match c {
                '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' => {
                    write!(line, "\\u{:04x}", u32::from(c)).expect("a string takes everything");
                }
                c => line.push(c),
            }
        }
        line.push('}');
        line
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(format!("{}}}", self.0)).map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

/// A value of the database; bytes are shown as hexadecimal digits.
#[derive(Debug)]
pub struct Plain<'v>(pub &'v Value);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Integer(number) => serializer.serialize_i64(*number),
            Value::Real(number) if number.is_finite() => serializer.serialize_f64(*number),
            // JSON has no infinity.
            Value::Null | Value::Real(_) => serializer.serialize_unit(),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Blob(bytes) => serializer.serialize_str(&hex(bytes)),
        }
    }
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |nibble: u8| DIGITS[usize::from(nibble & 15)];
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

fn text_of(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).expect("plain data has a JSON form")
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    #[test]
    fn members_keep_their_order() {
        let object = Object::header("search").with("query", "a\"b").with("total", 7_u64).with("none", None::<i64>);
        assert_eq!(
            object.line(),
            r#"{"type":"header","format":"throwback-search/1","query":"a\"b","total":7,"none":null}"#
        );
        let nested = Object::row("x").with("inner", Object::new().with("z", 1).with("a", [0.5, 1.0]));
        assert_eq!(nested.line(), r#"{"type":"x","inner":{"z":1,"a":[0.5,1.0]}}"#);
        assert_eq!(Object::end(3).line(), r#"{"type":"end","count":3}"#);
        assert_eq!(Object::new().line(), "{}");
    }

    #[test]
    fn nothing_in_a_line_moves_a_terminal() {
        let line = Object::new().with("text", "\x1b[31m \u{9b} \u{7f} \n ü 😂").line();
        assert_eq!(line, "{\"text\":\"\\u001b[31m \\u009b \\u007f \\n ü 😂\"}");
        assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok());
    }

    #[test]
    fn rows_of_views_become_objects() {
        let columns: Rc<[String]> = ["type", "details", "n", "n", "x", "y"].map(str::to_owned).into();
        let values = vec![
            Value::from("image/jpeg"),
            Value::from("{\"b\":1,\"a\":[]}"),
            Value::Integer(1),
            Value::Real(f64::INFINITY),
            Value::Blob(vec![0, 255]),
            Value::Null,
        ];
        let row = NamedRow { columns, values };
        assert_eq!(
            Object::of_row("medium", &row).line(),
            r#"{"type":"medium","medium_type":"image/jpeg","details":{"b":1,"a":[]},"n":1,"n_2":null,"x":"00ff","y":null}"#
        );
    }
}
