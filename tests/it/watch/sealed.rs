//! What was found complete is what is ingested: an archive that changes in between, or while it is read, is left out.

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use throwback::archive::Limits;
use throwback::home::{ArchiveOutcome, IngestOptions};
use throwback::ingest::{self, IngestError, Plan, Progress, Seal};

use super::desk::{SAMPLE, sample};
use crate::support::{TestHome, assert_same, fixtures};

/// Does something as soon as an archive begins.
struct AtTheBeginning<'a>(&'a (dyn Fn() + Sync));

impl Progress for AtTheBeginning<'_> {
    fn begin(&self, _: &str, _: u64) {
        (self.0)();
    }

    fn advance(&self, _: u64) {}

    fn stage(&self, _: &str) {}

    fn end(&self) {}
}

fn sealed(path: &Path, home: &TestHome) -> Plan {
    let limits = Limits::default();
    let mut plan = ingest::plan(&[path.to_owned()], home.home.path(), &limits);
    assert!(!plan.candidates.is_empty());
    for candidate in &mut plan.candidates {
        candidate.seal = Some(Seal::of(&candidate.path, &limits).expect("a seal"));
    }
    plan
}

/// How the only archive of the plan ends.
fn ingest(home: &TestHome, plan: &Plan, meanwhile: &(dyn Fn() + Sync)) -> Result<(), IngestError> {
    let (limits, stop) = (Limits::default(), AtomicBool::new(false));
    let now_ms = 1_700_000_000_000;
    let options = IngestOptions { limits: &limits, now_ms, is_dry_run: false, stop: &stop, command: "a test" };
    let mut outcomes = Vec::new();
    home.home
        .ingest(plan, &options, &AtTheBeginning(meanwhile), &mut |outcome| outcomes.push(outcome))
        .expect("the ingest runs");
    match outcomes.pop() {
        Some(ArchiveOutcome::Ingested(_)) => Ok(()),
        Some(ArchiveOutcome::Failed(_, error)) => Err(error),
        None => panic!("nothing is told of it"),
    }
}

#[test]
fn what_did_not_change_is_taken() {
    let home = TestHome::new();
    let path = fixtures().join("sample").join(SAMPLE);
    ingest(&home, &sealed(&path, &home), &|| {}).expect("it is taken");
    assert_same(&home.dump(), &TestHome::of(&[path]).dump(), "sealed and not sealed differ");
}

#[test]
fn what_changed_before_or_while_it_was_read_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(SAMPLE);
    let bytes = sample();
    let check = |what: &str, before: &dyn Fn(), meanwhile: &(dyn Fn() + Sync)| {
        fs::write(&path, &bytes).expect("written");
        let home = TestHome::new();
        let plan = sealed(&path, &home);
        before();
        let error = ingest(&home, &plan, meanwhile).expect_err(what);
        let is_meant = matches!(error, IngestError::Changed(_) | IngestError::Archive { .. });
        assert!(is_meant, "{what}: {error:?}");
        assert_eq!(home.number("SELECT count(*) FROM archives"), 0, "{what}");
        assert_eq!(home.number("SELECT count(*) FROM records"), 0, "{what}");
    };
    let cut = || fs::write(&path, &bytes[..50_000]).expect("written");
    let replace = || {
        let other = fixtures().join("sample/mia.example_20220817.zip");
        fs::remove_file(&path).expect("removed");
        fs::copy(other, &path).map(drop).expect("copied");
    };
    let touch = || {
        let file = fs::OpenOptions::new().write(true).open(&path).expect("a file");
        file.set_modified(std::time::UNIX_EPOCH).expect("its time");
    };
    let nothing = || {};
    check("cut before", &cut, &nothing);
    check("replaced before", &replace, &nothing);
    check("written before", &touch, &nothing);
    check("cut meanwhile", &nothing, &cut);
    check("replaced meanwhile", &nothing, &replace);
    check("written meanwhile", &nothing, &touch);
}

#[test]
fn a_folder_that_grows_while_it_is_read_is_not_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let from = fixtures().join("collapsed");
    for entry in walkdir::WalkDir::new(&from).min_depth(1) {
        let entry = entry.expect("an entry");
        let to = folder.path().join(entry.path().strip_prefix(&from).expect("below"));
        if entry.file_type().is_dir() {
            fs::create_dir(to).expect("a folder");
        } else {
            fs::copy(entry.path(), to).expect("copied");
        }
    }
    let home = TestHome::new();
    let plan = sealed(folder.path(), &home);
    let grow = || fs::write(folder.path().join("media/later.jpg"), "late").expect("written");
    let error = ingest(&home, &plan, &grow).expect_err("it grew");
    assert!(matches!(error, IngestError::Changed(_)), "{error:?}");
    ingest(&home, &sealed(folder.path(), &home), &|| {}).expect("now it is quiet");
    assert_eq!(home.number("SELECT count(*) FROM archives"), 1);
}
