//! `probe`: what is this, and what would become of it? Keys and types only, so that its output can be shown to others.

use std::collections::BTreeMap;

use super::super::args::ProbeArguments;
use super::super::error::CommandError;
use super::super::exit::Exit;
use super::super::inert::inert_line;
use super::super::json::Object;
use super::super::layout::{Side, Table};
use super::super::ui::{BAD, BOLD, DIM, NAME, Shown, Ui, WARN, styled};
use super::super::units;
use super::super::{Ended, Session};
use super::ingest_report::{finding_row, language_name};
use crate::archive::Container;
use crate::ingest::{self, PassedOver, Probed, ProbedExport, ProbedFile};
use crate::model::{FindingCode, Severity};

/// So many lines of an outline are shown; `--verbose` and `--json` show all.
const OUTLINE_LINES: usize = 40;

pub fn run(arguments: &ProbeArguments, session: &mut Session) -> Ended {
    let probed = ingest::probe(&arguments.paths, session.home.path(), &arguments.budgets.limits());
    let ui = &mut session.ui;
    if ui.is_json {
        rows(&probed, ui)?;
    } else {
        for (nth, export) in probed.exports.iter().enumerate() {
            if nth > 0 {
                ui.line("")?;
            }
            show(export, ui)?;
        }
        probed.passed_over.iter().try_for_each(|passed_over| show_passed_over(passed_over, ui))?;
    }
    Ok(exit_of(&probed))
}

/// 3 when a path could not be looked at and nothing else was recognised, 1 when there is nothing that is known.
fn exit_of(probed: &Probed) -> Exit {
    let is_failed = |passed_over: &PassedOver| passed_over.finding.severity() == Severity::Error;
    match probed {
        Probed { exports, .. } if !exports.is_empty() => Exit::Done,
        Probed { passed_over, .. } if passed_over.iter().any(is_failed) => Exit::Failed,
        _ => Exit::Nothing,
    }
}

fn container_name(container: Container) -> &'static str {
    match container {
        Container::Zip => "zip",
        Container::Folder => "folder",
    }
}

fn rows(probed: &Probed, ui: &mut Ui) -> Shown {
    ui.frame(&Object::header("probe"))?;
    for export in &probed.exports {
        let recognised = &export.recognised;
        ui.row(
            &Object::row("export")
                .with("name", &export.name)
                .with("container", container_name(export.container))
                .with("bytes", export.bytes)
                .with("root", &recognised.root)
                .with("service", recognised.service.name())
                .with("account", export.account.as_ref().map(|(account, _)| account))
                .with("account_ground", export.account.as_ref().map(|(_, ground)| ground))
                .with("generation", recognised.generation.name())
                .with("format", recognised.format.name())
                .with("evidence", &recognised.evidence)
                .with("language", &export.language)
                .with("date", export.date.as_ref().map(|(date, _)| date))
                .with("date_ground", export.date.as_ref().map(|(_, ground)| ground))
                .with("range_from_ms", export.range_ms.map(|range| range.0))
                .with("range_to_ms", export.range_ms.map(|range| range.1))
                .with("entries", export.n_entries)
                .with("documents", export.files.values().map(|file| file.n_documents).sum::<u64>())
                .with("media", export.n_media)
                .with("media_bytes", export.media_bytes)
                .with("debris", export.n_debris)
                .with("findings", codes_object(&export.findings)),
        )?;
        for (path, file) in &export.files {
            ui.row(&file_row(&export.name, path, file))?;
        }
    }
    for PassedOver { path, finding } in &probed.passed_over {
        ui.row(&finding_row(None, Some(path), finding))?;
    }
    ui.end()
}

fn file_row(archive: &str, path: &str, file: &ProbedFile) -> Object {
    let keys = file.outline.keys.iter().fold(Object::new(), |object, (key, types)| {
        object.with(key, types.iter().fold(Object::new(), |object, (kind, n)| object.with(kind, n)))
    });
    Object::row("file")
        .with("archive", archive)
        .with("path", path)
        .with("documents", file.n_documents)
        .with("bytes", file.bytes)
        .with("shapes", file.outline.shapes.iter().collect::<Vec<_>>())
        .with("reader", file.reader)
        .with("reader_version", file.reader_version)
        .with("items", file.n_items)
        .with("read", file.n_read)
        .with("kept", file.n_kept)
        .with("bad", file.n_bad)
        .with("records", file.records.iter().fold(Object::new(), |object, (kind, n)| object.with(kind, n)))
        .with(
            "not_understood",
            file.not_understood.iter().fold(Object::new(), |object, (name, n)| object.with(name, n)),
        )
        .with("findings", codes_object(&file.findings))
        .with("keys", keys)
}

fn codes_object(codes: &BTreeMap<FindingCode, u64>) -> Object {
    codes.iter().fold(Object::new(), |object, (code, n)| object.with(code.name(), n))
}

fn show(export: &ProbedExport, ui: &mut Ui) -> Shown {
    ui.line(styled(BOLD, inert_line(&export.name)))?;
    let recognised = &export.recognised;
    let known = |known: &Option<(String, &'static str)>| {
        known.as_ref().map_or_else(|| "unknown".to_owned(), |(what, ground)| format!("{} ({ground})", inert_line(what)))
    };
    let n_documents: u64 = export.files.values().map(|file| file.n_documents).sum();
    let language = export.language.as_deref().map_or("unknown", language_name);
    let range = export.range_ms.map_or_else(
        || "nothing with a date".to_owned(),
        |(from, to)| format!("{} to {}", ui.zone.day(from), ui.zone.day(to)),
    );
    let facts = [
        (
            "what",
            format!(
                "Instagram download, {}, {}",
                container_name(export.container).replace("zip", "ZIP"),
                units::bytes(export.bytes)
            ),
        ),
        ("below", inert_line(&recognised.root)),
        ("account", known(&export.account)),
        ("format", format!("{}, generation {}", recognised.format.name().to_uppercase(), recognised.generation.name())),
        ("evidence", inert_line(&recognised.evidence)),
        ("language", language.to_owned()),
        ("date", known(&export.date)),
        ("content", range),
        (
            "files",
            format!(
                "{}, {} ({}), {}",
                units::counted(n_documents, "document", "documents"),
                units::counted(export.n_media, "medium", "media"),
                units::bytes(export.media_bytes),
                units::counted(export.n_debris, "other", "others"),
            ),
        ),
    ];
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        ui.line(format_args!("  {}{value}", styled(NAME, format_args!("{name:<10}"))))?;
    }
    for (code, n) in &export.findings {
        show_code(*code, *n, "  ", ui)?;
    }
    if !export.files.is_empty() {
        ui.line("")?;
        let sides = [
            ("file", Side::Left),
            ("shape", Side::Left),
            ("reader", Side::Left),
            ("items", Side::Right),
            ("records", Side::Left),
        ];
        let mut table = Table::new(&sides);
        for (path, file) in &export.files {
            table.add(cells(path, file));
        }
        ui.lines(table.lines(ui.is_terminal.then_some(ui.columns)).iter().map(|line| format!("  {line}")))?;
    }
    for (path, file) in &export.files {
        show_in_full(path, file, ui)?;
    }
    Ok(())
}

fn cells(path: &str, file: &ProbedFile) -> [String; 5] {
    let path =
        if file.n_documents > 1 { format!("{path} ({})", units::count(file.n_documents)) } else { path.to_owned() };
    let records: Vec<String> = file.records.iter().map(|(kind, n)| format!("{} {kind}", units::count(*n))).collect();
    let records = if records.is_empty() { "–".to_owned() } else { records.join(", ") };
    [
        path,
        file.outline.shapes.iter().copied().collect::<Vec<_>>().join(" + "),
        format!("{} {}", file.reader, file.reader_version),
        units::count(file.n_items),
        records,
    ]
}

/// What a reader of this program would like to know about a file that it does not do justice to.
fn show_in_full(path: &str, file: &ProbedFile, ui: &mut Ui) -> Shown {
    if !(file.is_puzzling() || ui.is_verbose || has_errors(file)) {
        return Ok(());
    }
    ui.line("")?;
    ui.line(format_args!("  {}", styled(BOLD, inert_line(path))))?;
    for (code, n) in &file.findings {
        show_code(*code, *n, "    ", ui)?;
    }
    if !file.not_understood.is_empty() {
        let names: Vec<String> = file
            .not_understood
            .iter()
            .map(|(name, n)| format!("{} ({})", inert_line(name), units::count(*n)))
            .collect();
        ui.line(format_args!("    {}{}", styled(NAME, "not understood: "), names.join(", ")))?;
    }
    let n_shown = if ui.is_verbose { usize::MAX } else { OUTLINE_LINES };
    for (key, types) in file.outline.keys.iter().take(n_shown) {
        let types: Vec<String> = types.iter().map(|(kind, n)| format!("{kind} {}", units::count(*n))).collect();
        ui.line(format_args!("    {}: {}", inert_line(key), styled(DIM, types.join(", "))))?;
    }
    let n_left = file.outline.keys.len().saturating_sub(n_shown);
    if n_left > 0 {
        ui.line(styled(DIM, format_args!("    {} more, see --verbose", units::count(n_left as u64))))?;
    }
    Ok(())
}

fn has_errors(file: &ProbedFile) -> bool {
    file.findings.keys().any(|code| code.severity() == Severity::Error)
}

fn show_code(code: FindingCode, n: u64, indent: &str, ui: &mut Ui) -> Shown {
    let style = match code.severity() {
        Severity::Error => BAD,
        Severity::Warning => WARN,
        Severity::Info => DIM,
    };
    let times = if n > 1 { format!(" ({})", units::count(n)) } else { String::new() };
    ui.line(format_args!(
        "{indent}{} {}: {}{times}",
        styled(style, code.severity().name()),
        code.name(),
        code.meaning()
    ))
}

fn show_passed_over(passed_over: &PassedOver, ui: &mut Ui) -> Result<(), CommandError> {
    let PassedOver { path, finding } = passed_over;
    let shown = path.to_string_lossy();
    let sentence = if finding.sentence.contains(shown.as_ref()) {
        finding.sentence.clone()
    } else {
        format!("{shown}: {}", finding.sentence)
    };
    ui.line(format_args!("{}: {}", finding.code.name(), inert_line(&sentence)))
}
