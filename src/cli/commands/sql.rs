//! `sql`: questions to the database; it is only read.

use super::super::args::SqlArguments;
use super::super::csv;
use super::super::error::CommandError;
use super::super::exit::Exit;
use super::super::json::{Object, hex};
use super::super::layout::{Side, Table};
use super::super::ui::{Shown, Ui};
use super::super::{Ended, Session};
use crate::store::{NamedRow, Value};

/// So many rows decide how wide the columns are; those behind them are shown as they come.
const ROWS_AT_ONCE: usize = 1_000;

pub fn run(arguments: &SqlArguments, session: &mut Session) -> Ended {
    session.stop.heed();
    let store = session.home.reader()?;
    let ui = &mut session.ui;
    if ui.is_json {
        ui.frame(&Object::header("sql").with("query", &arguments.query))?;
    }
    let mut printer = Printer { is_csv: arguments.csv, has_head: false, waiting: Vec::new() };
    let mut outcome = Ok(());
    store.ask(&arguments.query, session.stop.flag(), &mut |row| {
        outcome = printer.take(row, ui);
        outcome.is_ok()
    })?;
    outcome?;
    printer.finish(ui)?;
    if ui.is_json {
        ui.end()?;
    }
    Ok(Exit::Done)
}

struct Printer {
    is_csv: bool,
    has_head: bool,
    waiting: Vec<NamedRow>,
}

impl Printer {
    fn take(&mut self, row: NamedRow, ui: &mut Ui) -> Shown {
        if ui.is_json {
            return ui.row(&Object::of_row("row", &row));
        }
        if self.is_csv {
            return self.csv(&row, ui);
        }
        self.waiting.push(row);
        if self.waiting.len() >= ROWS_AT_ONCE { self.table(ui) } else { Ok(()) }
    }

    fn finish(&mut self, ui: &mut Ui) -> Result<(), CommandError> {
        if self.waiting.is_empty() { Ok(()) } else { self.table(ui) }
    }

    fn table(&mut self, ui: &mut Ui) -> Shown {
        let Some(first) = self.waiting.first() else { return Ok(()) };
        let side = |column: usize| {
            let is_number = |row: &NamedRow| matches!(row.values.get(column), Some(Value::Integer(_) | Value::Real(_)));
            if self.waiting.iter().any(is_number) { Side::Right } else { Side::Left }
        };
        let columns: Vec<(&str, Side)> =
            first.columns.iter().enumerate().map(|(column, name)| (name.as_str(), side(column))).collect();
        let mut table = Table::new(&columns);
        for row in &self.waiting {
            table.add(row.values.iter().map(cell));
        }
        let lines = table.lines(None);
        ui.lines(&lines[usize::from(self.has_head)..])?;
        self.has_head = true;
        self.waiting.clear();
        Ok(())
    }

    fn csv(&mut self, row: &NamedRow, ui: &mut Ui) -> Shown {
        if !self.has_head {
            csv::row(row.columns.iter().map(String::as_str), ui)?;
            self.has_head = true;
        }
        let cells: Vec<String> = row.values.iter().map(cell).collect();
        csv::row(cells.iter().map(String::as_str), ui)
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Blob(bytes) => hex(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_a_text() {
        let check = |value: Value, text: &str| assert_eq!(cell(&value), text);
        check(Value::Null, "");
        check(Value::Integer(-7), "-7");
        check(Value::Real(0.5), "0.5");
        check(Value::Blob(vec![0, 255]), "00ff");
    }
}
