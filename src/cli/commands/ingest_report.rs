//! What an ingest says about its archives, as text and as JSON.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::inert::inert_line;
use super::super::json::Object;
use super::super::layout::{Side, Table};
use super::super::ui::{BAD, BOLD, DIM, GOOD, WARN, styled};
use super::super::units;
use super::super::zone::Zone;
use crate::ingest::{ArchiveReport, EntryCounts, KindCounts, MediaCounts};
use crate::model::{Finding, Kind, Severity};

/// So many findings are told at the end of an ingest; `findings` tells them all.
const MOST_TOLD: usize = 5;

/// What all archives of an ingest brought together.
#[derive(Debug, Default)]
pub struct Sum {
    n_archives: u64,
    n_known: u64,
    entries: EntryCounts,
    records: BTreeMap<Kind, KindCounts>,
    media: MediaCounts,
    n_errors: u64,
    n_warnings: u64,
    n_infos: u64,
    /// The first of each severity: where, and what.
    told: BTreeMap<std::cmp::Reverse<Severity>, Vec<(String, Finding)>>,
}

impl Sum {
    pub fn add(&mut self, report: &ArchiveReport) {
        self.n_archives += 1;
        self.n_known += u64::from(report.is_known);
        self.entries.total += report.entries.total;
        self.entries.documents += report.entries.documents;
        self.entries.media += report.entries.media;
        self.entries.unknown += report.entries.unknown;
        self.entries.known += report.entries.known;
        for (kind, counts) in &report.records {
            let sum = self.records.entry(*kind).or_default();
            sum.new += counts.new;
            sum.merged += counts.merged;
            sum.unchanged += counts.unchanged;
        }
        self.media.new_files += report.media.new_files;
        self.media.new_bytes += report.media.new_bytes;
        self.media.known_files += report.media.known_files;
        self.media.known_bytes += report.media.known_bytes;
        for finding in &report.findings {
            self.add_finding(finding.severity());
            self.remember(&report.name, finding);
        }
    }

    pub fn add_finding(&mut self, severity: Severity) {
        match severity {
            Severity::Error => self.n_errors += 1,
            Severity::Warning => self.n_warnings += 1,
            Severity::Info => self.n_infos += 1,
        }
    }

    pub fn remember(&mut self, archive: &str, finding: &Finding) {
        let told = self.told.entry(std::cmp::Reverse(finding.severity())).or_default();
        if told.len() < MOST_TOLD {
            told.push((archive.to_owned(), finding.clone()));
        }
    }

    /// The last line of `ingest --json`.
    pub fn end_row(&self, n_rows: u64) -> Object {
        Object::end(n_rows)
            .with("archives", self.n_archives)
            .with("entries", entries_object(&self.entries))
            .with("records", records_object(&self.records))
            .with("media", media_object(&self.media))
            .with("findings", findings_object(self.n_errors, self.n_warnings, self.n_infos))
    }
}

fn entries_object(entries: &EntryCounts) -> Object {
    Object::new()
        .with("total", entries.total)
        .with("documents", entries.documents)
        .with("media", entries.media)
        .with("unknown", entries.unknown)
        .with("known", entries.known)
}

fn records_object(records: &BTreeMap<Kind, KindCounts>) -> Object {
    records.iter().fold(Object::new(), |object, (kind, counts)| {
        let counts =
            Object::new().with("new", counts.new).with("merged", counts.merged).with("unchanged", counts.unchanged);
        object.with(kind.name(), counts)
    })
}

fn media_object(media: &MediaCounts) -> Object {
    Object::new()
        .with("new_files", media.new_files)
        .with("new_bytes", media.new_bytes)
        .with("known_files", media.known_files)
        .with("known_bytes", media.known_bytes)
}

fn findings_object(n_errors: u64, n_warnings: u64, n_infos: u64) -> Object {
    Object::new().with("error", n_errors).with("warning", n_warnings).with("info", n_infos)
}

/// One archive as a row.
pub fn archive_row(report: &ArchiveReport) -> Object {
    let count = |severity| report.count(severity);
    Object::row("archive")
        .with("name", &report.name)
        .with("outcome", if report.is_known { "known" } else { "ingested" })
        .with("snapshot", &report.snapshot)
        .with("account", &report.account)
        .with("format", report.format)
        .with("generation", report.generation)
        .with("language", &report.language)
        .with("date", &report.date)
        .with("range_from_ms", report.range_ms.map(|range| range.0))
        .with("range_to_ms", report.range_ms.map(|range| range.1))
        .with("owner", &report.owner)
        .with("evidence", &report.evidence)
        .with("bytes", report.bytes)
        .with("entries", entries_object(&report.entries))
        .with("records", records_object(&report.records))
        .with("media", media_object(&report.media))
        .with("findings", findings_object(count(Severity::Error), count(Severity::Warning), count(Severity::Info)))
}

/// A finding as a row. `archive` names where it was made, `at` the path of what is no archive.
pub fn finding_row(archive: Option<&str>, at: Option<&Path>, finding: &Finding) -> Object {
    let path = finding.path.clone().or_else(|| at.map(|path| path.to_string_lossy().into_owned()));
    Object::row("finding")
        .with("code", finding.code.name())
        .with("severity", finding.severity().name())
        .with("archive", archive)
        .with("path", path)
        .with("place", &finding.place)
        .with("n_items", finding.n_items)
        .with("sentence", &finding.sentence)
}

/// What an archive was recognised as.
pub fn archive_lines(report: &ArchiveReport, zone: Zone, is_verbose: bool) -> Vec<String> {
    let format = report.format.to_uppercase();
    let language = report.language.as_deref().map_or("language unknown", language_name);
    let mut lines = vec![
        styled(BOLD, inert_line(&report.name)),
        format!(
            "  Instagram, {}, {format} of generation {}, {language}, made on {}",
            inert_line(&report.account),
            report.generation,
            report.date
        ),
    ];
    let owner = report
        .owner
        .as_deref()
        .map_or_else(|| "owner unknown".to_owned(), |name| format!("owner {}", inert_line(name)));
    let range = report.range_ms.map_or_else(
        || "no dated content".to_owned(),
        |(from, to)| format!("from {} to {}", zone.day(from), zone.day(to)),
    );
    lines.push(format!("  {owner}, content {range}"));
    if is_verbose {
        lines.push(styled(DIM, format_args!("  snapshot {}: {}", report.snapshot, inert_line(&report.evidence))));
    }
    let totals = report.totals();
    lines.push(if report.is_known {
        format!("  {}", styled(DIM, "held already, nothing new"))
    } else {
        let known = totals.merged + totals.unchanged;
        format!("  {} new, {} known", units::counted(totals.new, "record", "records"), units::count(known))
    });
    lines
}

/// English names of the languages that exports come in most; the code for all others.
pub fn language_name(code: &str) -> &str {
    const NAMES: [(&str, &str); 16] = [
        ("ar", "Arabic"),
        ("da", "Danish"),
        ("de", "German"),
        ("en", "English"),
        ("es", "Spanish"),
        ("fr", "French"),
        ("id", "Indonesian"),
        ("it", "Italian"),
        ("ja", "Japanese"),
        ("ko", "Korean"),
        ("nl", "Dutch"),
        ("pl", "Polish"),
        ("pt", "Portuguese"),
        ("ru", "Russian"),
        ("tr", "Turkish"),
        ("zh", "Chinese"),
    ];
    NAMES.iter().find(|(known, _)| *known == code).map_or(code, |(_, name)| name)
}

/// What the end of an ingest says beside the sum.
#[derive(Clone, Copy, Debug)]
pub struct Ending<'a> {
    pub is_dry_run: bool,
    pub is_verbose: bool,
    pub elapsed_ms: u64,
    /// The next useful command.
    pub next: Option<&'a str>,
    /// The command that lists all findings.
    pub all_findings: &'a str,
}

/// The end of an ingest.
pub fn summary_lines(sum: &Sum, ending: &Ending<'_>) -> Vec<String> {
    let mut lines = vec![String::new()];
    if !sum.records.is_empty() {
        let sides =
            [("records", Side::Left), ("new", Side::Right), ("merged", Side::Right), ("unchanged", Side::Right)];
        let mut table = Table::new(&sides);
        for (kind, counts) in &sum.records {
            let numbers = [counts.new, counts.merged, counts.unchanged];
            let cells = std::iter::once(kind.name().to_owned()).chain(numbers.map(units::count));
            table.add(cells);
        }
        lines.extend(table.lines(None));
        lines.push(String::new());
    }
    let files = |n, bytes| format!("{} ({})", units::counted(n, "file", "files"), units::bytes(bytes));
    lines.push(format!(
        "media     {} new, {} known",
        files(sum.media.new_files, sum.media.new_bytes),
        files(sum.media.known_files, sum.media.known_bytes)
    ));
    lines.extend(finding_lines(sum, ending));
    let archives = units::counted(sum.n_archives, "archive", "archives");
    let known = if sum.n_known > 0 { format!(" ({} held already)", units::count(sum.n_known)) } else { String::new() };
    lines.push(format!("took      {} for {archives}{known}", units::duration(ending.elapsed_ms)));
    if ending.is_dry_run {
        lines.push(styled(WARN, "This was a dry run: nothing was written."));
    }
    lines.extend(ending.next.map(|command| format!("next      {}", styled(GOOD, command))));
    lines
}

fn finding_lines(sum: &Sum, ending: &Ending<'_>) -> Vec<String> {
    let numbers =
        [(sum.n_errors, "error", "errors"), (sum.n_warnings, "warning", "warnings"), (sum.n_infos, "info", "infos")];
    let counts: Vec<String> =
        numbers.iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| units::counted(*n, one, many)).collect();
    if counts.is_empty() {
        return vec!["findings  none".to_owned()];
    }
    let mut lines = vec![format!("findings  {}", counts.join(", "))];
    // Infos are many and none of them asks for anything.
    let worth_telling = sum.told.iter().filter(|(severity, _)| ending.is_verbose || severity.0 > Severity::Info);
    let first = worth_telling.flat_map(|(_, told)| told).take(MOST_TOLD);
    lines.extend(first.map(|(archive, finding)| format!("  {}", finding_line(archive, finding))));
    let n_shown = (lines.len() - 1) as u64;
    if sum.n_errors + sum.n_warnings + sum.n_infos > n_shown {
        // A dry run kept none of them.
        let how = if ending.is_dry_run { "--verbose tells more" } else { ending.all_findings };
        lines.push(styled(DIM, format_args!("  all of them: {how}")));
    }
    lines
}

/// A finding in a line: how grave, where, what. A sentence that names the place itself stands alone.
pub fn finding_line(archive: &str, finding: &Finding) -> String {
    let severity = finding.severity();
    let style = if severity == Severity::Error { BAD } else { WARN };
    let path = finding.path.as_deref().map(|path| format!(" {path}")).unwrap_or_default();
    let is_named = finding.path.is_none() && finding.sentence.contains(archive);
    let place = if is_named { String::new() } else { format!("{archive}{path}: ") };
    let label = styled(style, format_args!("{}:", severity.name()));
    format!("{label} {}{}", inert_line(&place), inert_line(&finding.sentence))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FindingCode;

    fn report() -> ArchiveReport {
        let counts = KindCounts { new: 2, merged: 1, unchanged: 0 };
        ArchiveReport {
            name: "mia.zip\x1b".into(),
            account: "mia.example".into(),
            format: "json",
            generation: "C",
            language: Some("en".into()),
            date: "2022-08-17".into(),
            snapshot: "2022-08-17-ab12".into(),
            owner: Some("Mia Beispiel".into()),
            range_ms: Some((1_471_737_600_000, 1_655_766_000_000)),
            records: BTreeMap::from([(Kind::Message, counts)]),
            media: MediaCounts { new_files: 3, new_bytes: 30_149, ..MediaCounts::default() },
            entries: EntryCounts { total: 5, documents: 2, media: 3, ..EntryCounts::default() },
            findings: vec![Finding::new(FindingCode::BadItem, "One item is no item.").at_path("a.json")],
            ..ArchiveReport::default()
        }
    }

    #[test]
    fn the_end_row_has_the_members_of_the_contract() {
        let mut sum = Sum::default();
        sum.add(&report());
        assert_eq!(
            sum.end_row(2).line(),
            concat!(
                r#"{"type":"end","count":2,"archives":1,"#,
                r#""entries":{"total":5,"documents":2,"media":3,"unknown":0,"known":0},"#,
                r#""records":{"message":{"new":2,"merged":1,"unchanged":0}},"#,
                r#""media":{"new_files":3,"new_bytes":30149,"known_files":0,"known_bytes":0},"#,
                r#""findings":{"error":1,"warning":0,"info":0}}"#
            )
        );
        assert_eq!(Sum::default().end_row(0).line().matches("\"records\":{}").count(), 1);
    }

    #[test]
    fn an_archive_is_introduced() {
        let plain =
            |lines: Vec<String>| lines.iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect();
        let lines: Vec<String> = plain(archive_lines(&report(), Zone::Utc, false));
        assert_eq!(
            lines,
            [
                "mia.zip",
                "  Instagram, mia.example, JSON of generation C, English, made on 2022-08-17",
                "  owner Mia Beispiel, content from 2016-08-21 to 2022-06-20",
                "  2 records new, 1 known",
            ]
        );
        let mut sum = Sum::default();
        sum.add(&report());
        let lines: Vec<String> = plain(summary_lines(
            &sum,
            &Ending {
                is_dry_run: true,
                is_verbose: false,
                elapsed_ms: 849,
                next: Some("throwback search x"),
                all_findings: "throwback findings",
            },
        ));
        assert_eq!(
            lines,
            [
                "",
                "records  new  merged  unchanged",
                "message    2       1          0",
                "",
                "media     3 files (30.1 kB) new, 0 files (0 B) known",
                "findings  1 error",
                "  error: mia.zip a.json: One item is no item.",
                "took      0.8 s for 1 archive",
                "This was a dry run: nothing was written.",
                "next      throwback search x",
            ]
        );
    }
}
