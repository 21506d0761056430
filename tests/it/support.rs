//! A home of its own for every test, and short ways to fill and question it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use throwback::archive::Limits;
use throwback::home::{ArchiveOutcome, Home, IngestOptions};
use throwback::ingest::{self, ArchiveReport, Silent};
use throwback::store::NamedRow;

/// The folder of the fixtures.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// A home in a folder that goes when the test ends.
pub struct TestHome {
    pub home: Home,
    _folder: Option<tempfile::TempDir>,
}

impl TestHome {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { home: Home::at(folder.path().join("home")), _folder: Some(folder) }
    }

    /// A home that stands in a folder of somebody else's.
    pub fn at(path: &Path) -> Self {
        Self { home: Home::at(path), _folder: None }
    }

    /// A home into which these paths were ingested, one call each, in this order.
    pub fn of(paths: &[PathBuf]) -> Self {
        let home = Self::new();
        for path in paths {
            home.ingest(path);
        }
        home
    }

    /// Ingests what lies at a path and panics unless every archive of it was brought in.
    pub fn ingest(&self, path: &Path) -> Vec<ArchiveReport> {
        self.ingest_within(path, &Limits::default())
    }

    /// The same within other limits than those that hold where nobody says anything.
    pub fn ingest_within(&self, path: &Path, limits: &Limits) -> Vec<ArchiveReport> {
        let plan = ingest::plan(&[path.to_owned()], self.home.path(), limits);
        assert!(!plan.candidates.is_empty(), "{}: {:?}", path.display(), plan.passed_over);
        let stop = AtomicBool::new(false);
        let options =
            IngestOptions { limits, now_ms: 1_700_000_000_000, is_dry_run: false, stop: &stop, command: "a test" };
        let mut reports = Vec::new();
        self.home
            .ingest(&plan, &options, &Silent, &mut |outcome| match outcome {
                ArchiveOutcome::Ingested(report) => reports.push(*report),
                ArchiveOutcome::Failed(candidate, error) => panic!("{}: {error:?}", candidate.path.display()),
            })
            .expect("the ingest runs");
        reports
    }

    pub fn rows(&self, sql: &str) -> Vec<NamedRow> {
        self.home.reader().expect("a home").select_all(sql, &[]).expect("an answer")
    }

    /// The first column of the first row, as a number.
    pub fn number(&self, sql: &str) -> i64 {
        self.rows(sql).first().and_then(|row| row.values[0].as_integer()).expect("a number")
    }

    /// Records by kind.
    pub fn kinds(&self) -> BTreeMap<String, i64> {
        let rows = self.rows("SELECT kind, count(*) AS n FROM records GROUP BY kind");
        rows.iter()
            .map(|row| (row.text("kind").expect("a kind").to_owned(), row.integer("n").expect("a number")))
            .collect()
    }

    /// Everything that is held, as text.
    pub fn dump(&self) -> Vec<String> {
        dump_of(&self.home)
    }
}

/// Everything that a home holds, as text.
pub fn dump_of(home: &Home) -> Vec<String> {
    let mut lines = Vec::new();
    let store = home.reader().expect("a home");
    let mut take = |kind: &'static str, row: NamedRow| {
        lines.push(format!("{kind} {:?}", row.filled().collect::<Vec<_>>()));
        true
    };
    store.dump(&mut take).expect("a dump");
    lines
}

/// Two dumps hold the same lines; else the first that only one of them has are shown.
pub fn assert_same(one: &[String], other: &[String], what: &str) {
    let only = |some: &[String], others: &[String]| -> Vec<String> {
        let others: std::collections::BTreeSet<&String> = others.iter().collect();
        some.iter().filter(|line| !others.contains(line)).take(4).cloned().collect()
    };
    let (left, right) = (only(one, other), only(other, one));
    assert!(one == other, "{what}\nonly in the one: {left:#?}\nonly in the other: {right:#?}");
}

/// A generator of numbers that gives the same ones in every run (xorshift).
#[derive(Debug)]
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % n.max(1) as u64).expect("below n")
    }
}
