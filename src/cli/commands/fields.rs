//! `fields`: what a query can name.

use super::super::exit::Exit;
use super::super::json::Object;
use super::super::layout::{Side, Table};
use super::super::ui::{DIM, styled};
use super::super::{Ended, Session};
use crate::query::fields::FIELDS;

pub fn run(session: &mut Session) -> Ended {
    let ui = &mut session.ui;
    if ui.is_json {
        ui.frame(&Object::header("fields"))?;
        for field in FIELDS {
            let row = Object::row("field")
                .with("name", field.name)
                .with("aliases", field.aliases)
                .with("value", field.value.name())
                .with("values", field.choices())
                .with("description", field.description)
                .with("example", field.example);
            ui.row(&row)?;
        }
        ui.end()?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&[("field", Side::Left), ("example", Side::Left), ("what it finds", Side::Left)]);
    for field in FIELDS {
        let names: Vec<String> =
            std::iter::once(&field.name).chain(field.aliases).map(|name| format!("{name}:")).collect();
        table.add([names.join(" "), field.example.to_owned(), field.description.to_owned()]);
    }
    ui.lines(table.lines(None))?;
    for field in FIELDS.iter().filter(|field| !field.choices().is_empty()) {
        ui.line("")?;
        ui.line(styled(DIM, format_args!("{}: takes", field.name)))?;
        let choices = field.choices().join(" ");
        let lines = super::super::layout::wrap(&choices, &[], ui.columns.saturating_sub(2));
        for line in lines {
            let text: String = line.into_iter().map(|piece| piece.text).collect();
            ui.line(format_args!("  {}", text.trim_end()))?;
        }
    }
    Ok(Exit::Done)
}
