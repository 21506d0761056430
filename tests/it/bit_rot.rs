//! A bit that flips anywhere in the home is found by `check --read-data --rederive`, or changes nothing of what is held and
//! answered; and a repair that is given the archives makes the home what it was, or says that it is not.
//!
//! A few dozen flips each time; `THROWBACK_FLIPS=250` does so many of each kind.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use throwback::archive::Limits;
use throwback::home::{DataToRead, Home, HomeError, RepairOptions, SearchOptions};
use throwback::ingest::Silent;
use throwback::store::{DATABASE, NamedRow};

use crate::support::{TestHome, fixtures};

const NAMES: [&str; 2] = ["c_2022", "d_2024"];

/// Of each kind of file, if nobody asks for more.
const FLIPS: u64 = 8;

#[expect(clippy::disallowed_methods, reason = "how often is asked by hand")]
fn n_flips() -> u64 {
    std::env::var("THROWBACK_FLIPS").ok().and_then(|n| n.parse().ok()).unwrap_or(FLIPS)
}

/// `SplitMix64`: every throw follows from the seed.
fn throw(seed: u64, number: u64) -> u64 {
    let mut mixed = seed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    for (shift, factor) in [(30, 0xbf58_476d_1ce4_e5b9), (27, 0x94d0_49bb_1331_11eb)] {
        mixed = (mixed ^ (mixed >> shift)).wrapping_mul(factor);
    }
    mixed ^ (mixed >> 31)
}

/// A home that stands still, with what it holds and answers.
struct Whole {
    folder: TestHome,
    held: Held,
}

#[derive(Debug, PartialEq, Eq)]
struct Held {
    dump: Vec<String>,
    answers: Vec<Vec<String>>,
}

impl Whole {
    fn new() -> Self {
        let folder = TestHome::of(&NAMES.map(|name| fixtures().join(name)));
        let held = held_by(&folder.home).expect("a home");
        assert_eq!(found_in(&folder.home), [""; 0]);
        let whole = Self { folder, held };
        let copy = tempfile::tempdir().expect("a folder");
        assert_eq!(found_in(&whole.copy(&copy.path().join("home"))), [""; 0], "in a copy without a flip");
        whole
    }

    /// The same once more.
    fn copy(&self, to: &Path) -> Home {
        let from = self.folder.home.path();
        for step in walkdir::WalkDir::new(from) {
            let step = step.expect("a file");
            let target = to.join(step.path().strip_prefix(from).expect("below"));
            if step.file_type().is_dir() {
                fs::create_dir_all(&target).expect("a folder");
                // Else every copy would be remarked on.
                #[cfg(unix)]
                fs::set_permissions(target, std::os::unix::fs::PermissionsExt::from_mode(0o700)).expect("a mode");
            } else {
                fs::copy(step.path(), target).expect("a copy");
            }
        }
        Home::at(to)
    }
}

/// What a home holds and answers, as far as it can still be read.
fn held_by(home: &Home) -> Result<Held, HomeError> {
    let mut dump = Vec::new();
    home.reader()?.dump(&mut |kind: &'static str, row: NamedRow| {
        dump.push(format!("{kind} {:?}", row.filled().collect::<Vec<_>>()));
        true
    })?;
    let mut answers = Vec::new();
    for query in ["love", "kind:message has:photo", "lis*", "date:2019..2022 kind:like", "ferry", "café"] {
        let mut searcher = home.searcher("a test")?;
        let query = throwback::query::parse(query).expect("a query");
        let compiled = searcher.compile(&query, &chrono::DateTime::<chrono::Utc>::UNIX_EPOCH)?;
        let answer = searcher.search(&compiled, &SearchOptions { limit: 50, ..SearchOptions::default() })?;
        answers.push(answer.found.iter().map(|found| format!("{found:?}")).collect());
    }
    Ok(Held { dump, answers })
}

/// What `check --read-data --rederive` says.
fn found_in(home: &Home) -> Vec<String> {
    let report = match home.check(DataToRead::Everything) {
        Err(error) => return vec![format!("{error:?}")],
        Ok(report) => report,
    };
    let told = report.damage.into_iter().chain(report.remarks);
    let mut found: Vec<String> = told.map(|damage| damage.code.to_owned()).collect();
    if !found.iter().any(|code| code == "database_damaged") {
        match home.rederive("a test", &AtomicBool::new(false), &Silent) {
            Err(error) => found.push(format!("{error:?}")),
            Ok(damage) => found.extend(damage.into_iter().map(|damage| damage.code.to_owned())),
        }
    }
    found
}

/// Files of a home below a name in it.
fn files_of(home: &Home, name: &str) -> Vec<PathBuf> {
    let files = walkdir::WalkDir::new(home.path().join(name)).sort_by_file_name();
    let files = files.into_iter().map(|step| step.expect("a file")).filter(|step| step.file_type().is_file());
    files.map(walkdir::DirEntry::into_path).filter(|path| fs::metadata(path).is_ok_and(|at| at.len() > 0)).collect()
}

fn flip(path: &Path, number: u64) -> String {
    let mut bytes = fs::read(path).expect("its bytes");
    let bit = throw(number, 7) % (bytes.len() as u64 * 8);
    let at = usize::try_from(bit / 8).expect("a short file");
    bytes[at] ^= 1 << (bit % 8);
    fs::write(path, bytes).expect("another bit");
    format!("bit {bit} of {}", path.display())
}

/// Flips bits of files of one kind, each in a copy of its own, and says how often what came of it.
fn flips(name: &str, seed: u64) -> BTreeMap<&'static str, u64> {
    let whole = Whole::new();
    let mut sums = BTreeMap::new();
    let mut unnoticed = Vec::new();
    for number in 0..n_flips() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = whole.copy(&folder.path().join("home"));
        let files = files_of(&home, name);
        let lengths: Vec<u64> = files.iter().map(|path| fs::metadata(path).expect("a file").len()).collect();
        // Longer files rot more often.
        let mut place = throw(seed, number) % lengths.iter().sum::<u64>();
        let index = lengths
            .iter()
            .position(|length| {
                place < *length || {
                    place -= length;
                    false
                }
            })
            .expect("one of them");
        let what = flip(&files[index], seed.wrapping_add(number));
        let found = found_in(&home);
        let outcome = if !found.is_empty() {
            after_repair(&home, &whole, &what, &mut unnoticed)
        } else if held_by(&home).expect("nothing was found") == whole.held {
            "without effect"
        } else {
            panic!("{what} is noticed by nobody");
        };
        *sums.entry(outcome).or_default() += 1;
    }
    assert!(
        unnoticed.is_empty(),
        "{sums:?}; {} change what is held or answered and are mended to something else: {unnoticed:#?}",
        unnoticed.len()
    );
    tell(name, &sums);
    sums
}

#[expect(clippy::print_stdout, reason = "who asks for many wants to know what came of them")]
fn tell(name: &str, sums: &BTreeMap<&'static str, u64>) {
    println!("{name}: {sums:?}");
}

/// What a repair with the archives makes of it.
fn after_repair(home: &Home, whole: &Whole, what: &str, unnoticed: &mut Vec<String>) -> &'static str {
    let from = NAMES.map(|name| fixtures().join(name));
    let stop = AtomicBool::new(false);
    let options = RepairOptions { from: &from, limits: &Limits::default(), command: "a test", stop: &stop };
    match home.repair(&options, &Silent) {
        Ok(report) if report.check.damage.is_empty() => {
            let held = held_by(home).expect("a sound home");
            if held != whole.held {
                unnoticed.push(format!("{what}, mended to something else: {}", differences(&held, &whole.held)));
            }
            assert_eq!(found_in(home), [""; 0], "{what}");
            "mended"
        }
        Ok(report) => {
            assert!(report.check.damage.iter().all(|damage| !damage.sentence.is_empty()));
            "told"
        }
        // A page that cannot be read: what the command tells as `database_damaged`.
        Err(HomeError::Store(_) | HomeError::Ingest(_) | HomeError::Index(_)) => "told",
        Err(error) => panic!("{what}: {error:?}"),
    }
}

fn differences(one: &Held, other: &Held) -> String {
    let lines: Vec<&String> = one.dump.iter().filter(|line| !other.dump.contains(line)).take(3).collect();
    format!("{lines:#?}, answers {}", if one.answers == other.answers { "equal" } else { "differ" })
}

#[test]
fn in_media() {
    let sums = flips("media", 1);
    assert_eq!(sums.keys().collect::<Vec<_>>(), [&"mended"], "{sums:?}");
}

#[test]
fn in_the_index() {
    let sums = flips("index", 2);
    assert!(!sums.contains_key("told"), "{sums:?}");
}

#[test]
fn in_the_database() {
    let sums = flips(DATABASE, 3);
    assert!(sums.keys().any(|outcome| *outcome != "without effect"), "nothing was hit: {sums:?}");
}
