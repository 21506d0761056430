//! `snapshots`: the downloads that were brought in; with `-v` why we think they are what we say.

use super::super::error::CommandError;
use super::super::exit::Exit;
use super::super::inert::inert_line;
use super::super::json::{Object, Plain};
use super::super::layout::{Side, Table};
use super::super::ui::{BOLD, NAME, Ui, styled};
use super::super::units;
use super::super::{Ended, Session};
use crate::store::NamedRow;

pub fn run(session: &mut Session) -> Ended {
    let store = session.home.reader()?;
    let mut snapshots = Vec::new();
    for snapshot in store.shown_snapshots()? {
        let archives = store.archives_of_snapshot(snapshot.text("id").unwrap_or_default())?;
        snapshots.push((snapshot, archives));
    }
    let ui = &mut session.ui;
    if ui.is_json {
        ui.frame(&Object::header("snapshots"))?;
        for (snapshot, archives) in &snapshots {
            let archives: Vec<Object> = archives.iter().map(archive_object).collect();
            ui.row(&Object::of_row("snapshot", snapshot).with("archives", archives))?;
        }
        ui.end()?;
    } else if ui.is_verbose {
        for (nth, (snapshot, archives)) in snapshots.iter().enumerate() {
            if nth > 0 {
                ui.line("")?;
            }
            in_full(snapshot, archives, ui)?;
        }
    } else {
        overview(&snapshots, ui)?;
    }
    Ok(Exit::Done)
}

fn archive_object(archive: &NamedRow) -> Object {
    ["id", "name", "bytes", "container", "root", "joined_by"]
        .iter()
        .fold(Object::new(), |object, name| object.with(name, Plain(archive.get(name))))
}

fn range(snapshot: &NamedRow, ui: &Ui) -> String {
    let range = snapshot.integer("range_from_ms").zip(snapshot.integer("range_to_ms"));
    range.map_or_else(|| "–".to_owned(), |(from, to)| format!("{} to {}", ui.zone.day(from), ui.zone.day(to)))
}

fn overview(snapshots: &[(NamedRow, Vec<NamedRow>)], ui: &mut Ui) -> Result<(), CommandError> {
    let titles = ["id", "account", "owner", "format", "language", "content", "archives"];
    let mut table = Table::new(&titles.map(|title| (title, Side::Left)));
    for (snapshot, archives) in snapshots {
        let text = |column| snapshot.text(column).unwrap_or("–").to_owned();
        let names: Vec<&str> = archives.iter().filter_map(|archive| archive.text("name")).collect();
        table.add([
            text("id"),
            text("account"),
            text("owner_name"),
            format!("{} {}", text("format"), text("generation")),
            text("language"),
            range(snapshot, ui),
            names.join(", "),
        ]);
    }
    let columns = ui.is_terminal.then_some(ui.columns);
    ui.lines(table.lines(columns))
}

fn in_full(snapshot: &NamedRow, archives: &[NamedRow], ui: &mut Ui) -> Result<(), CommandError> {
    let text = |column| snapshot.text(column).map_or_else(|| "–".to_owned(), inert_line);
    ui.line(styled(BOLD, text("id")))?;
    let complete = if snapshot.integer("is_complete") == Some(0) { "no, see throwback findings" } else { "yes" };
    let facts = [
        ("account", text("account")),
        ("owner", format!("{} ({})", text("owner_name"), text("owner_ground"))),
        ("date", format!("{} ({})", text("date"), text("date_ground"))),
        ("format", format!("{}, generation {}", text("format"), text("generation"))),
        ("evidence", text("evidence")),
        ("language", text("language")),
        ("content", range(snapshot, ui)),
        ("complete", complete.to_owned()),
    ];
    let zone = snapshot
        .text("zone")
        .map(|zone| format!("{} ({})", inert_line(zone), inert_line(snapshot.text("zone_ground").unwrap_or_default())));
    for (name, value) in facts.into_iter().chain(zone.map(|zone| ("clocks", zone))) {
        ui.line(format_args!("  {}{value}", styled(NAME, format_args!("{name:<10}"))))?;
    }
    for archive in archives {
        let bytes = units::bytes(archive.integer("bytes").unwrap_or_default().unsigned_abs());
        let name = inert_line(archive.text("name").unwrap_or_default());
        let ground = archive.text("joined_by").map_or_else(String::new, |ground| format!(", here by its {ground}"));
        ui.line(format_args!("  {}{name} ({bytes}{ground})", styled(NAME, format_args!("{:<10}", "archive"))))?;
    }
    Ok(())
}
