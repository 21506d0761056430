//! Random damage to the fixture ZIPs, the same in every run: whatever comes of it, no panic, no hang, no record that
//! says what its document does not say, and nothing missing without an error.
//!
//! `THROWBACK_MUTATIONS` makes more than 300 (`scripts/check` makes 2,000); `THROWBACK_MUTATIONS_FROM` begins elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use throwback::archive::Limits;
use throwback::home::{ArchiveOutcome, Home, IngestOptions};
use throwback::ingest::{self, IngestError, Silent};
use throwback::model::{ContentHash, Severity};
use throwback::store::{DATABASE, Store};
use throwback::testing::raw_zip::{Zip, stored, streamed};

use super::case::{NAME, neighbours, with};
use super::world::scratch;
use crate::support::{Dice, fixtures};

const HANG: Duration = Duration::from_secs(10);

/// Of each document, by its content and path: what it says, and the records that it gave. The time is the one that the
/// document says: that of the record may be told more exactly by another one, which may be the damaged one; so may that a
/// post is a reel.
type Records = BTreeMap<(String, String), BTreeSet<String>>;

/// What a home holds.
struct Held {
    /// Hashes of all contents that were decoded.
    contents: BTreeSet<String>,
    records: Records,
}

fn held(home: &Home) -> Held {
    let store = home.reader().expect("a home");
    let rows = |sql: &str| store.select_all(sql, &[]).expect("an answer");
    let contents =
        rows("SELECT hash FROM entries WHERE hash IS NOT NULL AND fate NOT IN ('undecodable', 'not_kept', 'odd')");
    let said = rows(
        "SELECT hex(d.hash) AS hash, g.path AS path,
                s.place || ' ' || coalesce(json_extract(s.item, '$.at'), '') || ' ' || replace(k.name, 'reel', 'post') || ' '
                   || coalesce(r.text, '') AS said
           FROM sighting s JOIN reading g ON g.id = s.reading_id JOIN document d ON d.id = g.document_id
           JOIN record r ON r.id = s.record_id JOIN kind k ON k.code = r.kind",
    );
    let mut records = Records::new();
    for row in &said {
        let text = |column: &str| row.text(column).unwrap_or_default().to_owned();
        records.entry((text("hash"), text("path"))).or_default().insert(text("said"));
    }
    Held { contents: contents.iter().filter_map(|row| row.text("hash").map(str::to_owned)).collect(), records }
}

/// Brings in what lies there; `None` when nothing was kept, else the number of errors that were told.
fn bring_in(home: &Home, path: &Path) -> Option<u64> {
    let limits = Limits::default();
    let plan = ingest::plan(&[path.to_owned()], home.path(), &limits);
    let mut n_errors =
        plan.passed_over.iter().filter(|passed| passed.finding.severity() == Severity::Error).count() as u64;
    let stop = AtomicBool::new(false);
    let options =
        IngestOptions { limits: &limits, now_ms: 1_700_000_000_000, is_dry_run: false, stop: &stop, command: "a test" };
    let mut n_kept = 0;
    home.ingest(&plan, &options, &Silent, &mut |outcome| match outcome {
        ArchiveOutcome::Ingested(report) => {
            n_kept += 1;
            n_errors += report.count(Severity::Error);
        }
        ArchiveOutcome::Failed(_, IngestError::Archive { .. }) => n_errors += 1,
        ArchiveOutcome::Failed(_, error) => panic!("{error:?}"),
    })
    .expect("the ingest runs");
    (n_kept > 0).then_some(n_errors)
}

impl Dice {
    /// Flips, cuts, takes out, doubles, moves, blanks a sector, or puts in a piece of another archive.
    fn damage_zip(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let at = self.place(bytes);
        let n = (1 + self.below(300)).min(bytes.len() - at);
        match self.below(10) {
            0..=3 => bytes[at] ^= 1 << self.below(8),
            4 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][self.below(5)],
            5 => drop(bytes.drain(at..at + n)),
            6 => bytes.truncate(at),
            7 => {
                let sector = at / 512 * 512;
                let end = (sector + 512).min(bytes.len());
                bytes[sector..end].fill(0);
            }
            8 => {
                let piece = bytes[at..at + n].to_vec();
                let to = self.below(bytes.len());
                bytes.splice(to..to, piece);
            }
            _ => {
                let from = self.below(other.len());
                let until = other.len().min(from + 1 + self.below(2_000));
                bytes.splice(at..at, other[from..until].iter().copied());
            }
        }
    }

    /// Any place; half of the time one in the headers and the directory, which are few bytes of many.
    fn place(&mut self, bytes: &[u8]) -> usize {
        let marks: Vec<usize> =
            bytes.windows(2).enumerate().filter(|(_, two)| two == b"PK").map(|(at, _)| at).collect();
        if marks.is_empty() || self.below(2) == 0 {
            return self.below(bytes.len());
        }
        (marks[self.below(marks.len())] + self.below(60)).min(bytes.len() - 1)
    }
}

/// What became of one archive.
enum Verdict {
    Sound { is_kept: bool },
    Wrong(String),
}

/// One archive and what it gives when nothing was done to it.
struct Original {
    bytes: Vec<u8>,
    held: Held,
}

fn original(bytes: Vec<u8>) -> Original {
    let folder = scratch();
    let path = folder.path().join(NAME);
    fs::write(&path, &bytes).expect("a ZIP");
    let home = Home::at(folder.path().join("home"));
    bring_in(&home, &path).expect("the original is kept");
    Original { bytes, held: held(&home) }
}

/// With `THROWBACK_KEEP=folder` the archive stays there. `empty` is a database that holds nothing yet: to make one takes longer
/// than what is looked at.
fn try_one(seed: u64, originals: &[Original], empty: &Path) -> Verdict {
    let mut dice = Dice((seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    dice.below(2);
    let original = &originals[dice.below(originals.len())];
    let other = &originals[dice.below(originals.len())];
    let mut bytes = original.bytes.clone();
    for _ in 0..=dice.below(4) {
        dice.damage_zip(&mut bytes, &other.bytes);
    }
    let folder = scratch();
    let path = folder.path().join(NAME);
    fs::write(&path, &bytes).expect("a ZIP");
    if let Some(kept) = told("THROWBACK_KEEP") {
        fs::write(Path::new(&kept).join(format!("{seed}-{NAME}")), &bytes).expect("a ZIP");
    }
    let home = Home::at(folder.path().join("home"));
    fs::create_dir(home.path()).expect("a folder");
    fs::copy(empty, home.path().join(DATABASE)).expect("a copy");
    let Some(n_errors) = bring_in(&home, &path) else { return Verdict::Sound { is_kept: false } };
    let now = held(&home);
    let mut known = original.held.contents.clone();
    known.extend(other.held.contents.iter().cloned());
    // A header of zeros is that of an empty file.
    known.insert(ContentHash::of(b"").to_hex());
    if let Some(wrong) = now.contents.difference(&known).next() {
        return Verdict::Wrong(format!("a content that no archive had: {wrong}"));
    }
    for (document, records) in &now.records {
        let before = original.held.records.get(document).or_else(|| other.held.records.get(document));
        if let Some(false) = before.map(|before| before == records) {
            return Verdict::Wrong(format!("falsified: {document:?}\n{before:?}\n{records:?}"));
        }
    }
    let n_missing = original.held.contents.difference(&now.contents).count();
    if n_errors == 0 && n_missing > 0 {
        let first = original.held.contents.difference(&now.contents).next();
        return Verdict::Wrong(format!("{n_missing} contents are missing and nobody says so, the first {first:?}"));
    }
    Verdict::Sound { is_kept: true }
}

#[expect(clippy::disallowed_methods, reason = "a test that somebody replays is told what by the environment")]
fn told(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}

fn number(variable: &str, otherwise: u64) -> u64 {
    told(variable).map_or(otherwise, |text| text.parse().expect("a number"))
}

#[test]
fn random_damage_is_survived() {
    let sample = |name: &str| fs::read(fixtures().join("sample").join(name)).expect("a sample");
    let mut flowing = neighbours();
    for piece in &mut flowing {
        *piece = streamed(piece.clone(), 16);
    }
    let originals: Vec<Original> = [
        sample("mia.example_20220817.zip"),
        sample(NAME),
        with((0..20).map(|n| stored(&format!("media/{n}.jpg"), &format!("picture {n}\n")))).build(),
        Zip { is_zip64: true, ..Zip::of(&flowing) }.build(),
    ]
    .into_iter()
    .map(original)
    .collect();
    let empty = scratch();
    drop(Store::open(empty.path(), "a test").expect("a database"));
    let empty = &empty.path().join(DATABASE);
    let (first, n) = (number("THROWBACK_MUTATIONS_FROM", 0), number("THROWBACK_MUTATIONS", 300));
    let next = AtomicU64::new(first);
    let (tell, told) = mpsc::channel();
    let (mut n_kept, mut wrong) = (0, Vec::new());
    let n_workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..n_workers {
            let (tell, next, originals) = (tell.clone(), &next, &originals);
            scope.spawn(move || {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + n {
                        break;
                    }
                    let started = Instant::now();
                    let verdict = std::panic::catch_unwind(|| try_one(seed, originals, empty))
                        .unwrap_or_else(|_| Verdict::Wrong("a panic".to_owned()));
                    tell.send((seed, verdict, started.elapsed())).expect("somebody listens");
                }
            });
        }
        for _ in 0..n {
            let (seed, verdict, took) = told.recv().expect("every mutation has a verdict");
            match verdict {
                Verdict::Sound { is_kept } => n_kept += u64::from(is_kept),
                Verdict::Wrong(what) => wrong.push(format!("{seed}: {what}")),
            }
            if took > HANG {
                wrong.push(format!("{seed}: took {took:?}"));
            }
        }
    });
    assert!(wrong.is_empty(), "{} of {n}, by their seeds:\n{}", wrong.len(), wrong.join("\n"));
    assert!(n_kept * 2 > n, "only {n_kept} of {n} were kept");
}
