//! The home is its owner's alone: modes whatever the umask, a lock that can be waited for, and reports that name nobody.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use throwback::home::Lock;

use super::program::Program;

/// Runs the program in a shell with that umask.
#[cfg(unix)]
fn with_umask_000(program: &Program, arguments: &[&str]) {
    let typed = program.command(arguments);
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "umask 000; exec \"$0\" \"$@\""]).arg(typed.get_program()).args(typed.get_args());
    shell.current_dir(env!("CARGO_MANIFEST_DIR")).env_clear();
    shell.envs(typed.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = shell.output().expect("the program starts");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
}

/// Every file and folder below a path can be read by its owner alone.
#[cfg(unix)]
fn assert_private(folder: &Path) -> usize {
    use std::os::unix::fs::PermissionsExt;
    let mut n = 0;
    for step in walkdir::WalkDir::new(folder) {
        let step = step.expect("a file");
        let mode = step.metadata().expect("its mode").permissions().mode() & 0o777;
        assert_eq!(mode, if step.file_type().is_dir() { 0o700 } else { 0o600 }, "{}", step.path().display());
        n += 1;
    }
    n
}

#[cfg(unix)]
#[test]
fn modes_do_not_depend_on_the_umask() {
    let program = Program::new();
    let [home, backup, restored, zips] = ["home", "backup", "restored", "zips"].map(|name| program.folder().join(name));
    let to = |path: &Path| path.to_string_lossy().into_owned();
    with_umask_000(&program, &["ingest", "fixtures/sample"]);
    with_umask_000(&program, &["search", "ferry"]);
    with_umask_000(&program, &["backup", &to(&backup)]);
    with_umask_000(&program, &["restore", "2024-03", "--to", &to(&restored)]);
    with_umask_000(&program, &["restore", "2024-03", "--zip", "--to", &to(&zips)]);
    with_umask_000(&program, &["forget", "2024-03", "--yes"]);
    with_umask_000(&program, &["reindex", "--documents"]);
    with_umask_000(&program, &["ingest", "fixtures/sample"]);
    with_umask_000(&program, &["check", "--repair"]);
    for (folder, least) in [(home, 60), (backup, 30), (restored, 20), (zips, 2)] {
        let n = assert_private(&folder);
        assert!(n >= least, "{}: {n}", folder.display());
    }
}

fn spawn(program: &Program, arguments: &[&str]) -> Child {
    program.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
}

#[test]
fn an_ingest_that_finds_the_home_busy_says_by_whom_or_waits() {
    let program = Program::with_sample();
    let home = program.folder().join("home");
    let lock = Lock::take(&home, "reindex of a test").expect("the lock");
    let told = program.run(&["ingest", "fixtures/d_2024"]);
    assert!(told.contains("the home is being written by process") && told.contains("(reindex of a test)"), "{told}");
    assert!(told.contains("--wait") && told.ends_with("exit: 5"), "{told}");
    let mut waiting = spawn(&program, &["ingest", "--wait", "fixtures/d_2024"]);
    // What it says first is that it waits.
    let mut first = [0; 5];
    std::io::Read::read_exact(waiting.stderr.as_mut().expect("its stderr"), &mut first).expect("a note");
    assert_eq!(&first, b"note:");
    assert!(waiting.try_wait().expect("a look").is_none(), "it waits");
    drop(lock);
    let output = waiting.wait_with_output().expect("it ends");
    let told = program.told(&output);
    assert!(told.contains("waiting for process") && told.ends_with("exit: 0"), "{told}");
    assert!(program.run(&["snapshots"]).contains("d_2024"));
}

#[test]
fn two_that_wait_for_each_other_both_bring_theirs_in() {
    let program = Program::new();
    let names = ["c_2022", "d_2024", "e_2026"].map(|name| format!("fixtures/{name}"));
    let running: Vec<Child> = names.iter().map(|name| spawn(&program, &["ingest", "--wait", name])).collect();
    for child in running {
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0), "{}", program.told(&output));
    }
    assert_eq!(program.json(&["snapshots", "--json"]).iter().filter(|row| row["type"] == "snapshot").count(), 3);
    assert!(program.run(&["check", "--read-data", "--rederive"]).ends_with("exit: 0"));
}

#[cfg(unix)]
#[test]
fn who_waits_can_be_stopped() {
    let program = Program::with_sample();
    let _lock = Lock::take(&program.folder().join("home"), "a test").expect("the lock");
    let mut waiting = spawn(&program, &["ingest", "--wait", "fixtures/d_2024"]);
    let mut first = [0; 5];
    std::io::Read::read_exact(waiting.stderr.as_mut().expect("its stderr"), &mut first).expect("a note");
    let stopped = Command::new("/bin/kill").args(["-INT", &waiting.id().to_string()]).status().expect("a signal");
    assert!(stopped.success());
    assert_eq!(waiting.wait().expect("it ends").code(), Some(130));
}

#[test]
fn what_goes_into_a_report_names_nobody() {
    let program = Program::new();
    let folder = program.folder().join("person/Annas Urlaub");
    std::fs::create_dir_all(&folder).expect("a folder");
    for name in ["damaged", "d_2024", "e_loose_ends"] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
        for step in walkdir::WalkDir::new(&from) {
            let step = step.expect("a file");
            let target =
                folder.join(format!("{name} von zuhause")).join(step.path().strip_prefix(&from).expect("below"));
            if step.file_type().is_dir() {
                std::fs::create_dir_all(target).expect("a folder");
            } else {
                std::fs::copy(step.path(), target).expect("a copy");
            }
        }
    }
    let path = folder.to_string_lossy().into_owned();
    let mut all = String::new();
    for arguments in [
        &["ingest", &path][..],
        &["ingest", "--json", &path],
        &["ingest", "/nowhere/annas/geheimnis.zip"],
        &["findings"],
        &["findings", "--json"],
        &["snapshots", "-v"],
        &["snapshots", "--json"],
        &["stats"],
        &["check", "--read-data"],
        &["check", "--repair", "--from", "geheimnis.zip"],
        &["probe", &path],
        &["--home", "/nowhere/geheimnis", "stats"],
    ] {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--redact"]).collect();
        let output = program.output(&arguments);
        all.push_str(&String::from_utf8_lossy(&output.stdout));
        all.push_str(&String::from_utf8_lossy(&output.stderr));
    }
    let told = all.to_lowercase();
    let mut names: Vec<String> =
        ["annas", "urlaub", "zuhause", "geheimnis", "person/annas"].map(str::to_owned).to_vec();
    for (sql, column) in [
        ("SELECT name FROM people", "name"),
        ("SELECT handle FROM handles", "handle"),
        ("SELECT title FROM threads WHERE title IS NOT NULL", "title"),
        ("SELECT name FROM archives", "name"),
        ("SELECT text FROM records WHERE length(text) > 3", "text"),
    ] {
        let rows = program.json(&["sql", sql, "--json"]);
        names.extend(rows.iter().filter_map(|row| Some(row[column].as_str()?.to_lowercase())));
    }
    assert!(names.len() > 100, "{}", names.len());
    // A name or text of which every word is one of ours is nobody's secret: `instagram`, `messages`.
    let leaked: Vec<&String> = names.iter().filter(|name| name.len() > 3 && told.contains(name.as_str())).collect();
    assert_eq!(leaked, Vec::<&String>::new(), "{all}");
    assert!(told.contains("damaged") && told.contains("liked_posts.json"), "{all}");
    assert!(program.run(&["search", "x", "--redact"]).ends_with("exit: 2"));
}
