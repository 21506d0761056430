//! The reasons for a no. Each has a code and what it is about, so that the person can accept it.

use std::collections::BTreeMap;

use super::{CategoryLine, Fact, Ground, State};
use crate::home::{Home, HomeError};
use crate::ingest::UNMERGED;
use crate::ingest::cover::{Covered, Gap, Limit};
use crate::media::Ending;
use crate::model::FindingCode;
use crate::source;
use crate::store::{Store, StoreError};

/// A reason for a no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What `--accept` takes: `absent:stories`, `missing_media`, …
    pub code: String,
    pub ground: Ground,
    /// What, where, what to do. Ends with a full stop.
    pub sentence: String,
    /// Why the person says that it does not matter.
    pub accepted: Option<String>,
}

fn reason(code: impl Into<String>, ground: Ground, sentence: String) -> Reason {
    Reason { code: code.into(), ground, sentence, accepted: None }
}

/// Marks what the person accepted.
pub(super) fn accept(reasons: &mut [Reason], accepted: &BTreeMap<String, String>) {
    for reason in reasons {
        reason.accepted = accepted.get(&reason.code).cloned();
    }
}

/// Core categories that the newest download does not have.
pub(super) fn of_categories(categories: &[CategoryLine], newest: &[&Covered], older: &[&Covered]) -> Vec<Reason> {
    let name = names(newest);
    let absent = |line: &CategoryLine| {
        let category = line.category.name;
        let missing = match (line.category.lists.first(), line.n_newest) {
            (Some(list), n @ 1..) => {
                let stand = if n == 1 { "stands" } else { "stand" };
                format!("`{list}`, the main list of {category} ({n} of them {stand} in other lists)")
            }
            _ => category.to_owned(),
        };
        match line.state {
            State::Present | State::Empty => None,
            State::Absent => Some(reason(
                format!("absent:{category}"),
                line.ground,
                format!("No download has {missing}: ask for a download of everything, unless there never were any."),
            )),
            State::OlderOnly => Some(reason(
                format!("only_older:{category}"),
                line.ground,
                format!(
                    "{name} has no {missing}, older downloads ({}) have: what came since is not held.",
                    names(older)
                ),
            )),
        }
    };
    categories.iter().filter(|line| line.category.is_core).filter_map(absent).collect()
}

fn names(snapshots: &[&Covered]) -> String {
    let ids: Vec<&str> = snapshots.iter().map(|snapshot| snapshot.state.public_id.as_str()).collect();
    ids.join(", ")
}

/// Numbers that the person read in the app and that are not reached.
pub(super) fn expected(categories: &[CategoryLine], expected: &[(&'static str, u64)]) -> Vec<Reason> {
    let short = |(name, wanted): &(&'static str, u64)| {
        let line = categories.iter().find(|line| line.category.name == *name)?;
        let sentence = format!(
            "The app says that there are {wanted} {name}, the newest download has {}: {} are missing.",
            line.n_newest,
            wanted.saturating_sub(line.n_newest)
        );
        (line.n_newest < *wanted).then(|| reason(format!("fewer:{name}"), Ground::Stated, sentence))
    };
    expected.iter().filter_map(short).collect()
}

/// What a snapshot shows of itself: limits, gaps, damage.
pub(super) fn of_snapshot(store: &Store, snapshot: &Covered) -> Result<Vec<Reason>, StoreError> {
    let id = &snapshot.state.public_id;
    let mut reasons = Vec::new();
    let day = |ms: i64| {
        chrono::DateTime::from_timestamp_millis(ms).map_or_else(String::new, |at| at.date_naive().to_string())
    };
    match snapshot.limit {
        None => {}
        Some(Limit::Stated(range)) => {
            let range = range.map_or_else(String::new, |(from, to)| format!(" ({} to {})", day(from), day(to)));
            reasons.push(reason(
                "range",
                Ground::Stated,
                format!("{id} says that it covers only a range of time{range}: ask for a download of all time."),
            ));
        }
        Some(Limit::Inferred { begins_ms, account_ms }) => reasons.push(reason(
            "range",
            Ground::Inferred,
            format!(
                "{id} begins on {}, but the account is older ({}): ask for a download of all time.",
                day(begins_ms),
                day(account_ms)
            ),
        )),
    }
    for gap in &snapshot.gaps {
        reasons.push(of_gap(id, gap));
    }
    let unmerged = store.findings_of_snapshot(snapshot.state.id, &UNMERGED.map(FindingCode::name))?;
    let codes = ["salvaged_archive", "damaged_entry", "unreadable_file"];
    if !snapshot.state.is_complete {
        let findings = store.findings_of_snapshot(snapshot.state.id, &codes)?;
        for finding in &findings {
            let code = finding.text("code").unwrap_or_default();
            let kind = if code == "salvaged_archive" { "salvaged" } else { "unreadable" };
            reasons.push(reason(
                kind,
                Ground::Stated,
                format!("{id} is not whole: {}", finding.text("sentence").unwrap_or_default()),
            ));
        }
        if findings.is_empty() && unmerged.is_empty() {
            reasons.push(reason("unreadable", Ground::Stated, format!("{id} is not whole: download it again.")));
        }
    }
    for (code, findings) in [
        ("unreadable", unmerged),
        ("assumed", store.findings_of_snapshot(snapshot.state.id, &["directory_mismatch", "hidden_entries"])?),
    ] {
        for finding in findings {
            let more = match finding.integer("n") {
                Some(n @ 2..) => format!(" ({n} such)"),
                _ => String::new(),
            };
            let sentence = format!("In {id}: {}{more}", finding.text("sentence").unwrap_or_default());
            reasons.push(reason(code, Ground::Stated, sentence));
        }
    }
    reasons.dedup_by(|one, other| one.code == other.code && one.sentence == other.sentence);
    Ok(reasons)
}

/// What a gap in the numbers of a snapshot shows.
pub(in crate::home) fn of_gap(id: &str, gap: &Gap) -> Reason {
    let numbers = |missing: &[u32]| missing.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    let sentence = match gap {
        Gap::Pages { stem, missing } => {
            format!("{id} lacks page {} of {stem}: ingest the other parts of that download.", numbers(missing))
        }
        Gap::Parts { missing, is_open: false } => {
            format!("{id} lacks its part {}: ingest that ZIP too.", numbers(missing))
        }
        Gap::Parts { missing, is_open: true } => {
            format!(
                "{id} is numbered as the first of several parts: ingest part {} and what follows too.",
                numbers(missing)
            )
        }
    };
    reason("part_missing", Ground::Stated, sentence)
}

impl Home {
    /// Follows every reference of the newest download, and looks at the structure of its media.
    pub(super) fn look_at_media(&self, store: &Store, snapshot: &Covered) -> Result<(Fact, Vec<Reason>), HomeError> {
        let id = &snapshot.state.public_id;
        let mut reasons = Vec::new();
        let (examples, n_nothing, n_references) = store.references_to_nothing(snapshot.state.id)?;
        if n_nothing > 0 {
            reasons.push(reason(
                "missing_media",
                Ground::Stated,
                format!(
                    "{n_nothing} files that {id} names are nowhere, for example {}: a part of the download may be missing.",
                    examples.join(", ")
                ),
            ));
        }
        let n_lacking = snapshot.state.n_lacking.unwrap_or_default();
        if n_lacking > 0 && n_nothing == 0 {
            reasons.push(reason(
                "part_missing",
                Ground::Inferred,
                format!(
                    "{n_lacking} files that {id} names are not in it, but in other downloads: a part of it may be missing."
                ),
            ));
        }
        let media = self.media()?;
        let (mut n_media, mut broken) = (0_u64, Vec::new());
        let mut failed = None;
        store.media_of_snapshot(snapshot.state.id, &mut |medium| {
            n_media += 1;
            match media.ending(&medium.hash, &medium.extension, &medium.media_type) {
                Ok(Some(Ending::Whole | Ending::NotTold)) => {}
                Ok(Some(Ending::BreaksOff)) => broken.push(format!("{} breaks off", medium.path)),
                Ok(None) => broken.push(format!("{} is not in the home any more", medium.path)),
                Err(error) => failed = Some(error),
            }
            failed.is_none()
        })?;
        if let Some(error) = failed {
            return Err(HomeError::Media(error));
        }
        if let Some(example) = broken.first() {
            reasons.push(reason(
                "broken_media",
                Ground::Stated,
                format!("{} media of {id} are not whole, for example {example}: download it again.", broken.len()),
            ));
        }
        let mut others = Vec::new();
        store.other_files_of_snapshot(snapshot.state.id, &mut |path, is_empty| {
            if source::promises_medium(path) {
                others.push(format!("{path} is {}", if is_empty { "empty" } else { "of no such form" }));
            }
        })?;
        if let Some(example) = others.first() {
            reasons.push(reason(
                "not_a_medium",
                Ground::Stated,
                format!(
                    "Of the files of {id} that are named as pictures, videos or sounds {} {} none, for example {example}: \
                     download it again.",
                    others.len(),
                    if others.len() == 1 { "is" } else { "are" }
                ),
            ));
        }
        let sentence = format!(
            "{n_references} references of {id} to files, {n_nothing} of them lead nowhere; {n_media} media, {} not whole",
            broken.len() + others.len()
        );
        Ok((Fact { name: "media", ground: Ground::Stated, sentence }, reasons))
    }
}
