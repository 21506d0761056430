//! `stats`: how much of everything is held.

use super::super::exit::Exit;
use super::super::json::Object;
use super::super::layout::{Side, Table};
use super::super::units;
use super::super::zone::Zone;
use super::super::{Ended, Session};
use crate::store::Totals;

pub fn run(session: &mut Session) -> Ended {
    let totals = session.home.reader()?.totals()?;
    let ui = &mut session.ui;
    if ui.is_json {
        ui.frame(&Object::header("stats"))?;
        ui.row(&row(&totals))?;
        ui.end()?;
    } else {
        ui.lines(lines(&totals, ui.zone))?;
    }
    Ok(Exit::Done)
}

fn row(totals: &Totals) -> Object {
    let records = totals.records.iter().fold(Object::new(), |object, (kind, n)| object.with(kind, n));
    Object::row("stats")
        .with("records", records)
        .with("threads", totals.threads)
        .with("people", totals.people)
        .with("media", Object::new().with("files", totals.media_files).with("bytes", totals.media_bytes))
        .with("snapshots", totals.snapshots)
        .with("archives", totals.archives)
}

fn lines(totals: &Totals, zone: Zone) -> Vec<String> {
    let mut records = Table::plain(&[Side::Left, Side::Right]);
    for (kind, n) in &totals.records {
        records.add([kind.clone(), units::count(*n)]);
    }
    let n_records = totals.records.iter().map(|(_, n)| n).sum();
    records.add(["all records".to_owned(), units::count(n_records)]);
    let mut rest = Table::plain(&[Side::Left, Side::Left]);
    let mut add = |name: &str, value: String| rest.add([name.to_owned(), value]);
    add("conversations", units::count(totals.threads));
    add("people", units::count(totals.people));
    add(
        "media",
        format!("{} ({})", units::counted(totals.media_files, "file", "files"), units::bytes(totals.media_bytes)),
    );
    let archives = units::counted(totals.archives, "archive", "archives");
    add("snapshots", format!("{} from {archives}", units::count(totals.snapshots)));
    if let Some((first, last)) = totals.range_ms {
        add("time", format!("{} to {}", zone.day(first), zone.day(last)));
    }
    let mut lines = records.lines(None);
    lines.push(String::new());
    lines.extend(rest.lines(None));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_has_the_members_of_the_contract() {
        let totals = Totals {
            records: vec![("post".into(), 2), ("message".into(), 1_204)],
            threads: 3,
            people: 4,
            media_files: 5,
            media_bytes: 6_000,
            snapshots: 1,
            archives: 2,
            range_ms: Some((0, 1)),
        };
        assert_eq!(
            row(&totals).line(),
            concat!(
                r#"{"type":"stats","records":{"post":2,"message":1204},"threads":3,"people":4,"#,
                r#""media":{"files":5,"bytes":6000},"snapshots":1,"archives":2}"#
            )
        );
        assert_eq!(
            lines(&totals, Zone::Utc),
            [
                "post             2",
                "message      1,204",
                "all records  1,206",
                "",
                "conversations  3",
                "people         4",
                "media          5 files (6.0 kB)",
                "snapshots      1 from 2 archives",
                "time           1970-01-01 to 1970-01-01",
            ]
        );
    }
}
