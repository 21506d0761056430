//! Cut off behind any durable step, what holds the truth is the state before or after, and the same command run again
//! ends as if nothing had happened: same dump, same files, same answers, nothing left over.
//!
//! Cut off at a few steps of every kind in each case; `THROWBACK_CUTS=all` does so at every step. Each time it is killed, and
//! where files were written that nothing had made durable yet, the power is cut as well: those files are lost, or hold
//! something else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use throwback::home::{DataToRead, Home, MANIFEST};
use throwback::media::step::Step;
use throwback::model::ContentHash;
use throwback::store::DATABASE;

use crate::cli::program::Program;
use crate::migrations::to_second_schema;
use crate::support::{assert_same, dump_of};

/// Cuts in one case beside the first of every kind of step. Guessed: all cases together take half a minute.
const CUTS: usize = 4;

/// A command that changes something on the disk.
struct Case {
    name: &'static str,
    /// What is there before it.
    prepare: fn(&Program),
    /// Its words; the folder is the program's own.
    command: &'static str,
    /// What it writes to, below that folder.
    writes: &'static str,
    /// What leads to something else that it may hold in the midst of it.
    between: &'static [fn(&Program)],
    /// How the command may end when it is run again.
    again: &'static [i32],
}

const MIA_2022: &str = "fixtures/sample/mia.example_20220817.zip";
const MIA_2024: &str = "fixtures/sample/instagram-mia.example-2024-03-02-Ab3dE5fG.zip";

const CASES: [Case; 7] = [
    Case {
        name: "ingest of two archives",
        prepare: |_| {},
        command: "ingest fixtures/sample/mia.example_20220817.zip fixtures/sample/instagram-mia.example-2024-03-02-Ab3dE5fG.zip",
        writes: "home",
        between: &[|program| run(program, &["ingest", MIA_2022]), |program| run(program, &["ingest", MIA_2024])],
        again: &[0],
    },
    Case {
        name: "reindex",
        prepare: |program| run(program, &["ingest", "fixtures/sample"]),
        command: "reindex",
        writes: "home",
        between: &[],
        again: &[0],
    },
    Case {
        name: "upgrade of an older home",
        prepare: |program| {
            for name in ["a_one_part", "c_2022", "d_2024", "e_2026"] {
                run(program, &["ingest", &format!("fixtures/{name}")]);
            }
            let home = program.folder().join("home");
            let database = rusqlite::Connection::open(home.join(DATABASE)).expect("a database");
            let removed = "INSERT INTO removed_record SELECT max(id) + 1000, 1 FROM record";
            database.execute(removed, []).expect("a record that ceased to be");
            drop(database);
            to_second_schema(&home);
        },
        command: "reindex --documents",
        writes: "home",
        // The rows of that day in today's schema.
        between: &[|program| run(program, &["reindex"])],
        again: &[0],
    },
    Case {
        name: "first backup",
        prepare: |program| run(program, &["ingest", MIA_2022]),
        command: "backup [folder]/copy",
        writes: "copy",
        between: &[],
        again: &[0],
    },
    Case {
        name: "next backup",
        prepare: |program| {
            run(program, &["ingest", MIA_2022]);
            let to = program.folder().join("copy");
            run(program, &["backup", &to.to_string_lossy()]);
            run(program, &["ingest", MIA_2024]);
        },
        command: "backup [folder]/copy",
        writes: "copy",
        between: &[],
        again: &[0],
    },
    Case {
        name: "forget",
        prepare: |program| run(program, &["ingest", "fixtures/sample"]),
        command: "forget 2022-08 --yes",
        writes: "home",
        between: &[],
        // What was forgotten before the cut is not known any more.
        again: &[0, 1],
    },
    Case {
        name: "repair",
        prepare: |program| {
            run(program, &["ingest", "fixtures/sample"]);
            spoil(&program.folder().join("home"));
        },
        command: "check --repair --from fixtures/sample",
        writes: "home",
        between: &[],
        again: &[0],
    },
];

#[test]
fn an_ingest_that_is_cut_off_goes_on() {
    cut_off_everywhere(&CASES[0]);
}

#[test]
fn a_reindex_that_is_cut_off_goes_on() {
    cut_off_everywhere(&CASES[1]);
}

#[test]
fn an_upgrade_that_is_cut_off_goes_on() {
    cut_off_everywhere(&CASES[2]);
}

#[test]
fn a_first_backup_that_is_cut_off_goes_on() {
    cut_off_everywhere(&CASES[3]);
}

#[test]
fn a_next_backup_that_is_cut_off_goes_on() {
    cut_off_everywhere(&CASES[4]);
}

#[test]
fn a_forget_that_is_cut_off_goes_on() {
    cut_off_everywhere(&CASES[5]);
}

#[test]
fn a_repair_that_is_cut_off_goes_on() {
    cut_off_everywhere(&CASES[6]);
}

fn cut_off_everywhere(case: &Case) {
    let before = Program::new();
    (case.prepare)(&before);
    let whole = copy_of(&before);
    let steps = steps_of(case, &whole);
    let end = Held::of(case, &whole);
    let mut moments: Vec<Vec<String>> = [&before, &whole].into_iter().filter_map(|at| dump_at(case, at)).collect();
    if moments.len() == 1 {
        // A home in which nothing is yet.
        moments.push(Vec::new());
    }
    for between in case.between {
        let program = copy_of(&before);
        between(&program);
        moments.extend(dump_at(case, &program));
    }
    let chosen = chosen(&steps);
    assert!(chosen.len() >= 5, "{}: {steps:?}", case.name);
    for number in chosen {
        let what = format!("{}, cut off at step {number} of {}, {}", case.name, steps.len(), steps[number - 1]);
        let program = copy_of(&before);
        let list = program.folder().join("steps");
        let asked =
            [("THROWBACK_CUT_AT", number.to_string()), ("THROWBACK_STEPS", list.to_string_lossy().into_owned())];
        let cut = output(case, &program, &asked);
        assert_eq!(cut.status.code(), None, "{what}: {}", program.told(&cut));
        let not_durable = not_durable(&fs::read_to_string(&list).expect("the steps"), &before, &program);
        fs::remove_file(&list).expect("a file");
        let mut after = Vec::new();
        if !not_durable.is_empty() {
            let without_power = copy_of(&program);
            let spoilt = lose(&without_power, &not_durable);
            after.push((without_power, format!("{what}, without power"), spoilt));
        }
        after.push((program, what, BTreeSet::new()));
        for (program, what, spoilt) in after {
            // Never half an archive.
            if let Some(dump) = dump_at(case, &program) {
                let is_moment = moments.contains(&dump) || case.name == "repair";
                assert!(is_moment, "{what}: what is held is of no moment");
            }
            if case.name != "repair" {
                assert_eq!(damage(case, &program), [""; 0], "{what}");
            }
            let again = output(case, &program, &[]);
            let code = again.status.code().unwrap_or(-1);
            assert!(case.again.contains(&code), "{what}: {}", program.told(&again));
            let mut held = Held::of(case, &program);
            // What stood under the name of a medium and was none went aside.
            held.aside.retain(|hash| !spoilt.contains(hash));
            end.assert_equals(&held, &what);
        }
    }
}

/// Files that a run has written and that a power cut at its end may take, below the folder of its program.
fn not_durable(steps: &str, before: &Program, program: &Program) -> Vec<PathBuf> {
    let below = |path: &str| Path::new(path).strip_prefix(program.folder()).map(Path::to_owned).ok();
    let steps: Vec<(&str, Option<PathBuf>)> = steps
        .lines()
        .map(|line| line.split_once('\t').map_or((line, None), |(step, path)| (step, below(path))))
        .collect();
    let mut lost = Vec::new();
    for (number, (step, path)) in steps.iter().enumerate() {
        let Some(path) = path.as_deref().filter(|_| *step == "FileNamed") else { continue };
        let is_done = |wanted: &str, to: &Path| {
            let later = &steps[number + 1..];
            later.iter().any(|(step, path)| *step == wanted && path.as_deref() == Some(to))
        };
        // It, its name, and those of the folders around it that are new.
        let is_named = |path: &Path| {
            before.folder().join(path).exists() || path.parent().is_some_and(|folder| is_done("FolderSynced", folder))
        };
        let folders = path.ancestors().skip(1).filter(|folder| folder.components().count() > 2);
        let is_synced = is_done("FileSynced", path) && is_named(path) && folders.into_iter().all(is_named);
        let are_all = steps[number + 1..].iter().any(|(step, _)| *step == "AllSynced");
        if !is_synced && !are_all {
            lost.push(path.to_owned());
        }
    }
    lost
}

/// What a power cut may make of files: they are gone, empty, or hold zeros. Gives the hashes of what they hold now.
fn lose(program: &Program, files: &[PathBuf]) -> BTreeSet<ContentHash> {
    let mut spoilt = BTreeSet::new();
    for (number, path) in files.iter().enumerate() {
        let path = program.folder().join(path);
        // What was written and is gone again has nothing to lose.
        let Ok(bytes) = fs::read(&path) else { continue };
        let left = match number % 3 {
            0 => None,
            1 => Some(Vec::new()),
            _ => Some(vec![0; bytes.len()]),
        };
        if let Some(left) = left {
            fs::write(&path, &left).expect("other bytes");
            spoilt.insert(ContentHash::of(&left));
        } else {
            fs::remove_file(&path).expect("a file");
        }
    }
    spoilt
}

/// What is damaged in what is held, if anything can be read.
fn damage(case: &Case, program: &Program) -> Vec<String> {
    let home = Home::at(program.folder().join(case.writes));
    if home.reader().is_err() {
        return Vec::new();
    }
    let report = home.check(DataToRead::Everything).expect("a look at everything");
    report.damage.iter().map(|damage| format!("{damage:?}")).collect()
}

#[test]
fn a_power_cut_is_seen_to_take_what_was_never_synced() {
    let case = &CASES[0];
    for (environment, is_damaged) in [(vec![], false), (vec![("THROWBACK_NO_SYNC", "1".to_owned())], true)] {
        let (before, program) = (Program::new(), Program::new());
        let list = program.folder().join("steps");
        let mut asked = environment;
        asked.push(("THROWBACK_STEPS", list.to_string_lossy().into_owned()));
        let whole = output(case, &program, &asked);
        assert_eq!(whole.status.code(), Some(0), "{}", program.told(&whole));
        let not_durable = not_durable(&fs::read_to_string(&list).expect("the steps"), &before, &program);
        assert_eq!(!not_durable.is_empty(), is_damaged, "{not_durable:?}");
        lose(&program, &not_durable);
        let damage = damage(case, &program);
        assert_eq!(!damage.is_empty(), is_damaged, "{damage:?}");
    }
}

/// The names of the steps of a run that nothing disturbs.
fn steps_of(case: &Case, program: &Program) -> Vec<String> {
    let list = program.folder().join("steps");
    let output = output(case, program, &[("THROWBACK_STEPS", list.to_string_lossy().into_owned())]);
    assert_eq!(output.status.code(), Some(0), "{}: {}", case.name, program.told(&output));
    let steps = fs::read_to_string(&list).expect("the steps");
    fs::remove_file(&list).expect("a file");
    steps.lines().map(|line| line.split('\t').next().unwrap_or(line).to_owned()).collect()
}

/// The numbers of the steps to cut off at: the first of each kind, and some of all evenly.
#[expect(clippy::disallowed_methods, reason = "how much is tried is chosen by hand")]
fn chosen(steps: &[String]) -> BTreeSet<usize> {
    let n = match std::env::var("THROWBACK_CUTS") {
        Ok(all) if all == "all" => steps.len(),
        Ok(n) => n.parse().expect("a number of cuts, or all"),
        Err(_) => CUTS,
    };
    let mut kinds = BTreeSet::new();
    let firsts = (1..=steps.len()).filter(|number| kinds.insert(&steps[number - 1]));
    let mut numbers: BTreeSet<usize> = firsts.collect();
    numbers.extend((1..=n).map(|at| (at * steps.len()).div_ceil(n)));
    numbers
}

/// Everything that is to be the same in the end.
struct Held {
    dump: Vec<String>,
    /// Files of media, and what lies aside, by their bytes.
    media: BTreeMap<String, ContentHash>,
    aside: Vec<ContentHash>,
    answers: Vec<String>,
    left: Vec<String>,
    damage: String,
}

impl Held {
    fn of(case: &Case, program: &Program) -> Self {
        let folder = program.folder().join(case.writes);
        let home = Home::at(&folder);
        let mut aside: Vec<_> = files_below(&folder.join("aside")).into_values().collect();
        aside.sort();
        let at = folder.to_string_lossy();
        let answers = ["fähre", "from:hilde", "is:gone", "kind:message date:2019..2024 -fähre"]
            .map(|query| program.run(&["--home", &at, "search", "-n0", query]));
        // A search brings the index up, where a forget was cut off before.
        let report = home.check(DataToRead::Everything).expect("a look at everything");
        assert_listed(&folder);
        Self {
            dump: dump_of(&home),
            media: files_below(&folder.join("media")),
            aside,
            answers: answers.to_vec(),
            left: files_below(&folder.join("tmp")).into_keys().collect(),
            damage: format!("{:?} {:?}", report.damage, report.remarks),
        }
    }

    fn assert_equals(&self, other: &Self, what: &str) {
        assert_same(&other.dump, &self.dump, what);
        let names = |one: &Self, other: &Self| -> Vec<String> {
            let differs = |(name, hash): &(&String, &ContentHash)| other.media.get(*name) != Some(hash);
            one.media.iter().filter(differs).map(|(name, _)| name.clone()).collect()
        };
        assert_eq!((names(other, self), names(self, other)), (vec![], vec![]), "{what}: media too many, and lacking");
        assert_eq!(other.aside, self.aside, "{what}: aside");
        assert_eq!(other.answers, self.answers, "{what}: answers");
        assert_eq!(other.left, [""; 0], "{what}: left over");
        assert_eq!(other.damage, self.damage, "{what}");
        assert!(self.damage.starts_with("[] "), "{what}: {}", self.damage);
    }
}

/// The list of a backup names every file of it with its hash.
fn assert_listed(folder: &Path) {
    let Ok(list) = fs::read_to_string(folder.join(MANIFEST)) else { return };
    for line in list.lines() {
        let (hash, path) = line.split_once("  ").expect("two columns");
        assert_eq!(ContentHash::of(&fs::read(folder.join(path)).expect("a file")).to_hex(), hash, "{line}");
    }
}

/// What is held there, if it can be read: a home of an older schema cannot, nor one that is not there yet.
fn dump_at(case: &Case, program: &Program) -> Option<Vec<String>> {
    let home = Home::at(program.folder().join(case.writes));
    home.reader().is_ok().then(|| dump_of(&home))
}

fn output(case: &Case, program: &Program, environment: &[(&str, String)]) -> Output {
    let folder = program.folder().to_string_lossy();
    let words: Vec<String> = case.command.split(' ').map(|word| word.replace("[folder]", &folder)).collect();
    let mut command = program.command(&words.iter().map(String::as_str).collect::<Vec<_>>());
    command.envs(environment.iter().map(|(name, value)| (name, value))).output().expect("the program starts")
}

fn run(program: &Program, arguments: &[&str]) {
    let output = program.output(arguments);
    assert!(output.status.success(), "{}", program.told(&output));
}

/// Damages what a repair can heal, and puts something there that nobody knows.
fn spoil(home: &Path) {
    let media = files_below(&home.join("media"));
    for name in media.keys().step_by(3) {
        let path = home.join("media").join(name);
        let mut bytes = fs::read(&path).expect("its bytes");
        if let Some(byte) = bytes.get_mut(40) {
            *byte ^= 1;
        }
        fs::write(&path, bytes).expect("another bit");
    }
    let database = rusqlite::Connection::open(home.join(DATABASE)).expect("a database");
    for sql in [
        "UPDATE document_chunk SET zstd = x'00' WHERE document_id % 3 = 0",
        "UPDATE record SET text = 'x' WHERE id % 7 = 1",
    ] {
        assert!(database.execute(sql, []).expect("a change") > 0, "{sql} changes nothing");
    }
    fs::write(home.join("media/stray"), "a memory").expect("a file");
    let sound = media.keys().nth(1).expect("a medium");
    fs::copy(home.join("media").join(sound), home.join("media/twice.jpg")).expect("a copy");
    fs::write(home.join("tmp/media-half"), "half").expect("a file");
}

/// Files below a folder, with the hashes of their bytes.
fn files_below(folder: &Path) -> BTreeMap<String, ContentHash> {
    if !folder.exists() {
        return BTreeMap::new();
    }
    let files = walkdir::WalkDir::new(folder).into_iter().map(|step| step.expect("a file"));
    let name = |path: &Path| path.strip_prefix(folder).expect("below it").to_string_lossy().into_owned();
    files
        .filter(|step| step.file_type().is_file())
        .map(|step| (name(step.path()), ContentHash::of(&fs::read(step.path()).expect("its bytes"))))
        .collect()
}

/// The program with all that lies in the folder of another.
fn copy_of(program: &Program) -> Program {
    let copy = Program::new();
    for step in walkdir::WalkDir::new(program.folder()).min_depth(1) {
        let step = step.expect("a file");
        let to = copy.folder().join(step.path().strip_prefix(program.folder()).expect("below it"));
        if step.file_type().is_dir() {
            fs::create_dir(&to).expect("a folder");
            fs::set_permissions(&to, step.metadata().expect("its mode").permissions()).expect("a mode");
        } else {
            fs::copy(step.path(), &to).expect("a copy");
        }
    }
    copy
}

#[test]
fn every_step_is_one_of_some_command() {
    let mut seen = BTreeSet::new();
    for case in &CASES {
        let program = Program::new();
        (case.prepare)(&program);
        seen.extend(steps_of(case, &program));
    }
    let never: Vec<String> =
        Step::ALL.iter().map(|step| format!("{step:?}")).filter(|step| !seen.contains(step)).collect();
    assert_eq!(never, [""; 0], "at these no command can be cut off");
}
