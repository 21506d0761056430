//! "Can I delete my account?": what the newest download and all of them together hold, on which ground each line stands, and
//! the reasons for a no.
//!
//! Only the newest download decides (all of its day together): what an older one lacks no new download would bring back. A
//! reason is something that a download shows, or that the person told; what cannot be known from a download is listed and
//! changes nothing.

mod reasons;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::{Home, HomeError};
use crate::archive::Limits;
use crate::ingest::cover::{Coverage, Covered, Limit};
use crate::ingest::{self, Progress, Proof};
use crate::model::{Decision, DecisionKind, Kind};
use crate::source::lists::{self, CATEGORIES, Category, EMPTY};
use crate::store::{CountedRecords, KnownAccount, Store};

pub use reasons::Reason;
pub(super) use reasons::of_gap;

/// What to look at and what the person knows.
#[derive(Clone, Debug, Default)]
pub struct CoverageOptions {
    /// Only the account of that user name, the newest or an older one, with or without `@`.
    pub account: Option<String>,
    /// A category, and how many the app says there are.
    pub expected: Vec<(&'static str, u64)>,
}

/// What is held of every account.
#[derive(Clone, Debug, Default)]
pub struct CoverageReport {
    pub accounts: Vec<AccountCoverage>,
}

impl CoverageReport {
    /// The reasons for a no that the person has not accepted.
    pub fn reasons(&self) -> impl Iterator<Item = &Reason> {
        self.accounts.iter().flat_map(|account| &account.reasons).filter(|reason| reason.accepted.is_none())
    }

    pub fn is_safe(&self) -> bool {
        !self.accounts.is_empty() && self.reasons().next().is_none()
    }
}

/// What is held of one account.
#[derive(Clone, Debug)]
pub struct AccountCoverage {
    pub account: String,
    /// Ids of the snapshots of the newest day.
    pub newest: Vec<String>,
    /// Ids of the others.
    pub older: Vec<String>,
    pub categories: Vec<CategoryLine>,
    pub facts: Vec<Fact>,
    pub reasons: Vec<Reason>,
}

/// What the downloads have of a category.
#[derive(Clone, Debug)]
pub struct CategoryLine {
    pub category: &'static Category,
    pub state: State,
    pub ground: Ground,
    /// Records in the newest download, and in all together.
    pub n_newest: u64,
    pub n_all: u64,
}

/// Whether a category is in the newest download.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Present,
    /// The download says that there is nothing of it.
    Empty,
    Absent,
    /// Absent, but an older download has it.
    OlderOnly,
}

impl State {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Empty => "empty",
            Self::Absent => "absent",
            Self::OlderOnly => "only in older ones",
        }
    }
}

/// How it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// A download says so, or has it.
    Stated,
    Inferred,
    CannotBeKnown,
}

impl Ground {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::Inferred => "inferred",
            Self::CannotBeKnown => "cannot be known",
        }
    }
}

/// A line that is about no category.
#[derive(Clone, Debug)]
pub struct Fact {
    pub name: &'static str,
    pub ground: Ground,
    pub sentence: String,
}

/// What no download tells. Shown, and no reason.
const CANNOT_BE_KNOWN: [(&str, &str); 4] = [
    ("quality", "whether the media have the quality that was asked for: a download does not say which that was"),
    ("what the service left out", "whether everything that the app shows was put into the download"),
    ("encrypted chats", "whether there are end-to-end encrypted chats: they come as a download of their own"),
    ("what others see", "likes and comments of others, and who saw a story: downloads do not have them"),
];

impl Home {
    /// Proves what a ZIP or folder still holds that the home does not: reads every byte of it, and of what is kept of it.
    pub fn prove_archive(
        &self,
        path: &Path,
        limits: &Limits,
        stop: &AtomicBool,
        progress: &dyn Progress,
    ) -> Result<Proof, HomeError> {
        let store = self.reader()?;
        let plan = ingest::plan(&[path.to_owned()], self.path(), limits);
        Ok(ingest::prove(&store, &self.media()?, path, &plan, limits, stop, progress)?)
    }

    /// Weighs what is held of every account. Looks into the media of the newest download.
    pub fn coverage(&self, options: &CoverageOptions) -> Result<CoverageReport, HomeError> {
        let store = self.reader()?;
        let mut report = CoverageReport::default();
        let mut supplements = Vec::new();
        let accounts = match &options.account {
            Some(name) => accounts_named(&store, name)?,
            None => store.known_accounts()?,
        };
        for account in accounts {
            let coverage = Coverage::of(&store.cover_facts(account.id)?);
            if coverage.snapshots.iter().all(|snapshot| snapshot.is_of_encrypted_chats) {
                supplements.push((account, coverage));
            } else {
                report.accounts.push(self.weigh(&store, &account.handle, account.id, &coverage, options)?);
            }
        }
        // Encrypted chats of nobody beside an account are no account that somebody could leave.
        if report.accounts.is_empty() {
            for (account, coverage) in supplements {
                report.accounts.push(self.weigh(&store, &account.handle, account.id, &coverage, options)?);
            }
        }
        Ok(report)
    }

    /// Keeps that the person knows why a reason of an account does not matter, as a decision for its newest download.
    pub fn accept(
        &self,
        account: &AccountCoverage,
        code: &str,
        why: Option<&str>,
        now_ms: i64,
        command: &str,
        stop: &AtomicBool,
    ) -> Result<(), HomeError> {
        let snapshot = account.newest.first().cloned().unwrap_or_default();
        let decision = Decision {
            kind: DecisionKind::Accept,
            arguments: vec![account.account.clone(), code.to_owned(), snapshot],
            reason: why.map(str::to_owned),
            made_ms: now_ms,
        };
        self.decide(&decision, command, stop).map(drop)
    }

    fn weigh(
        &self,
        store: &Store,
        handle: &str,
        account_id: i64,
        coverage: &Coverage,
        options: &CoverageOptions,
    ) -> Result<AccountCoverage, HomeError> {
        let (newest, older) = newest_day(coverage);
        let counted = store.counted_records(account_id)?;
        let mut as_files = BTreeSet::new();
        for snapshot in &newest {
            let kinds = store.kinds_of_files_alone(snapshot.state.id)?;
            as_files.extend(kinds.iter().filter_map(|(kind, subkind)| category_of_record(*kind, subkind.as_deref())));
        }
        let categories = categories(&newest, &older, &counted, &as_files);
        let mut reasons = reasons::of_categories(&categories, &newest, &older);
        reasons.extend(reasons::expected(&categories, &options.expected));
        let mut facts = vec![range_fact(&newest)];
        for snapshot in &newest {
            let (fact, of_media) = self.look_at_media(store, snapshot)?;
            facts.push(fact);
            reasons.extend(of_media);
            reasons.extend(reasons::of_snapshot(store, snapshot)?);
        }
        reasons::accept(&mut reasons, &accepted_of(store, account_id, &newest)?);
        let has_encrypted = coverage.snapshots.iter().any(|snapshot| snapshot.is_of_encrypted_chats);
        for (name, sentence) in CANNOT_BE_KNOWN {
            if !(has_encrypted && name == "encrypted chats") {
                facts.push(Fact { name, ground: Ground::CannotBeKnown, sentence: sentence.to_owned() });
            }
        }
        let ids = |some: &[&Covered]| some.iter().map(|one| one.state.public_id.clone()).collect();
        Ok(AccountCoverage {
            account: handle.to_owned(),
            newest: ids(&newest),
            older: ids(&older),
            categories,
            facts,
            reasons,
        })
    }
}

/// The account whose newest user name that is; where there is none, those that had it once.
fn accounts_named(store: &Store, typed: &str) -> Result<Vec<KnownAccount>, HomeError> {
    let name = typed.strip_prefix('@').unwrap_or(typed);
    let (newest, others): (Vec<_>, Vec<_>) =
        store.known_accounts()?.into_iter().partition(|account| account.handle.eq_ignore_ascii_case(name));
    if !newest.is_empty() {
        return Ok(newest);
    }
    let mut named = Vec::new();
    for account in others {
        if store.names_of_account(account.id)?.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            named.push(account);
        }
    }
    Ok(named)
}

/// What the person accepted about these downloads: code and why.
fn accepted_of(store: &Store, account_id: i64, newest: &[&Covered]) -> Result<BTreeMap<String, String>, HomeError> {
    let names = store.names_of_account(account_id)?;
    let accepted =
        store.decisions()?.into_iter().map(|kept| kept.decision).filter(|one| one.kind == DecisionKind::Accept);
    let of_these = accepted.filter_map(|decision| match decision.arguments.as_slice() {
        [account, code, snapshot] => {
            let is_this = names.contains(account) && newest.iter().any(|one| one.state.public_id == *snapshot);
            is_this.then(|| (code.clone(), decision.reason.unwrap_or_default()))
        }
        _ => None,
    });
    Ok(of_these.collect())
}

/// The downloads of the newest day that are more than a supplement, and all others.
fn newest_day(coverage: &Coverage) -> (Vec<&Covered>, Vec<&Covered>) {
    let has_others = coverage.snapshots.iter().any(|snapshot| !snapshot.is_of_encrypted_chats);
    let counts = |snapshot: &&Covered| !(has_others && snapshot.is_of_encrypted_chats);
    let day = coverage.snapshots.iter().filter(counts).map(|snapshot| snapshot.state.date.as_str()).max();
    coverage.snapshots.iter().partition(|snapshot| counts(snapshot) && Some(snapshot.state.date.as_str()) == day)
}

/// What a snapshot tells of a category: `None` where it has none of its main lists, else whether there is something in it.
fn told(snapshot: &Covered, category: &Category) -> Option<bool> {
    let of_it = || snapshot.lists.iter().filter(|((list, _), _)| lists::category_of(list).name == category.name);
    of_it().find(|((list, _), _)| !category.added.contains(&list.as_str()))?;
    Some(of_it().any(|((list, _), held)| !list.starts_with(EMPTY) && held.holds.n_items > 0))
}

/// `as_files`: categories of which the newest download holds something as files that no document lists.
fn categories(
    newest: &[&Covered],
    older: &[&Covered],
    counted: &[CountedRecords],
    as_files: &BTreeSet<&str>,
) -> Vec<CategoryLine> {
    let mut records: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for row in counted {
        let is_newest = newest.iter().any(|snapshot| snapshot.state.id == row.last_snapshot_id);
        if let Some(name) = category_of_record(row.kind, row.subkind.as_deref()) {
            let numbers = records.entry(name).or_default();
            numbers.0 += if is_newest { row.n } else { 0 };
            numbers.1 += row.n;
        }
    }
    CATEGORIES
        .iter()
        .map(|category| {
            let (n_newest, n_all) = records.get(category.name).copied().unwrap_or_default();
            let here: Vec<bool> = newest.iter().filter_map(|snapshot| told(snapshot, category)).collect();
            let in_older = older.iter().any(|snapshot| told(snapshot, category).is_some());
            // Records of a core category may come from lists that only add to it. Own posts may be there as files alone
            // (format reference §1.E3).
            let are_records_enough = !category.is_core || as_files.contains(category.name);
            let (state, ground) = match here.iter().any(|has_items| *has_items) || n_newest > 0 && are_records_enough {
                true => (State::Present, Ground::Stated),
                false if !here.is_empty() => (State::Empty, Ground::Stated),
                false if in_older => (State::OlderOnly, Ground::Inferred),
                false => (State::Absent, Ground::CannotBeKnown),
            };
            CategoryLine { category, state, ground, n_newest, n_all }
        })
        .collect()
}

/// Under which category people count a record; posts as the profile counts them.
fn category_of_record(kind: Kind, subkind: Option<&str>) -> Option<&'static str> {
    Some(match (kind, subkind) {
        (Kind::Post | Kind::Reel, Some("archived" | "deleted")) => return None,
        (Kind::Post | Kind::Reel, _) => "posts",
        (Kind::Profile, _) => "profile",
        (Kind::Story, _) => "stories",
        (Kind::Message, _) => "messages",
        (Kind::Comment, _) => "comments",
        (Kind::Like, _) => "likes",
        (Kind::Follow, Some("follower")) => "followers",
        (Kind::Follow, Some("following")) => "following",
        (Kind::Follow, _) => "other connections",
        (Kind::ProfilePhoto, _) => "profile photos",
        (Kind::ProfileChange, _) => "profile changes",
        (Kind::Save | Kind::Collection, _) => "saved",
        (Kind::StoryInteraction, _) => "story interactions",
        (Kind::Contact, _) => "contacts",
        (Kind::Search, _) => "searches",
        (Kind::Note | Kind::Repost, _) => "notes and reposts",
        (Kind::Visit, _) => "link history",
        (Kind::Login, _) => "logins and devices",
        (Kind::View | Kind::Ad, _) => "seen and clicked",
        _ => "everything else",
    })
}

fn range_fact(newest: &[&Covered]) -> Fact {
    let (ground, sentence) = match newest.iter().find_map(|snapshot| snapshot.limit) {
        Some(Limit::Stated(_)) => (Ground::Stated, "the download says that it covers only a range of time"),
        Some(Limit::Inferred { .. }) => (Ground::Inferred, "the download begins later than the account"),
        None => (Ground::Inferred, "nothing shows that the download is limited to a range of time"),
    };
    Fact { name: "range", ground, sentence: sentence.to_owned() }
}
