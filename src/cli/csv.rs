//! Rows with commas between their values, as RFC 4180 has it.

use std::fmt::Write as _;

use super::inert::inert_line;
use super::ui::{Shown, Ui};

/// Prints a row. A file gets the values as they are, a terminal what does it no harm.
pub fn row<'v>(values: impl IntoIterator<Item = &'v str>, ui: &mut Ui) -> Shown {
    let mut line = String::new();
    for (nth, value) in values.into_iter().enumerate() {
        let comma = if nth > 0 { "," } else { "" };
        let value = if ui.is_terminal { quoted(&inert_line(value)) } else { quoted(value) };
        write!(line, "{comma}{value}").expect("a string takes everything");
    }
    ui.line(line)
}

/// A value in quotes, where it must be.
fn quoted(value: &str) -> String {
    if value.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", value.replace('"', "\"\""))
    } else {
        value.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_where_they_must_be() {
        let check = |value: &str, expected: &str| assert_eq!(quoted(value), expected);
        check("plain", "plain");
        check("", "");
        check("a,b", "\"a,b\"");
        check("say \"hi\"\n", "\"say \"\"hi\"\"\n\"");
    }
}
