//! What a watcher tells, and what is told of it.

use std::fs;
use std::path::Path;

use super::desk::{CEILING, Desk, SAMPLE, pace, sample, three_parts};

#[test]
fn the_status_of_nobody() {
    let desk = Desk::new();
    insta::assert_snapshot!(desk.program.run(&["watch", "status"]), @r#"
    nobody watches now, and nobody ever did
    exit: 1
    "#);
    let rows = desk.program.json(&["watch", "--json", "status"]);
    assert_eq!((&rows[0]["format"], &rows[0]["is_watching"]), (&"throwback-watch-status/1".into(), &false.into()));
    assert_eq!(rows.last().map(|row| row["count"].clone()), Some(0.into()));
    assert!(!desk.home().path().exists(), "nothing is made by asking");
}

#[test]
fn the_status_of_a_watcher() {
    let desk = Desk::new();
    let mut watching = desk.watch(&[]);
    fs::write(desk.path("half.zip"), &sample()[..50_000]).expect("written");
    watching.wait_for("broken");
    fs::write(desk.path(SAMPLE), sample()).expect("written");
    watching.wait_through(&desk.path(SAMPLE));
    let rows = desk.program.json(&["watch", "status", "--json"]);
    assert_eq!(rows[0]["is_watching"], true);
    let watcher = rows.iter().find(|row| row["type"] == "watcher").expect("a watcher");
    assert_eq!(watcher["process"], watching.process());
    let states: Vec<(&str, &str)> = rows
        .iter()
        .filter(|row| row["type"] == "thing")
        .map(|row| (row["path"].as_str().expect("a path"), row["state"].as_str().expect("a state")))
        .collect();
    let (half, whole) = (desk.path("half.zip"), desk.path(SAMPLE));
    assert_eq!(states, [(&*half.to_string_lossy(), "broken"), (&*whole.to_string_lossy(), "done")]);
    let events: Vec<&str> = rows.iter().filter_map(|row| row["event"].as_str()).collect();
    assert_eq!(events, ["started", "broken", "ingested"]);
    let text = desk.program.output(&["watch", "status"]);
    assert_eq!(text.status.code(), Some(0));
    let text = String::from_utf8(text.stdout).expect("UTF-8");
    assert!(text.starts_with("watching: process ") && text.contains("left broken:\n"), "{text}");
}

#[test]
fn a_folder_of_the_name_of_an_action() {
    let desk = Desk::new();
    let folder = desk.path("status");
    fs::create_dir(&folder).expect("a folder");
    let mut command = desk.program.command(&["watch", "--once", "--settle", "0s", "-q", "./status"]);
    let output = command.current_dir(&desk.downloads).output().expect("the program starts");
    assert_eq!(desk.program.told(&output), "exit: 0");
    let mut command = desk.program.command(&["watch", "-q", "status"]);
    let output = command.current_dir(&desk.downloads).output().expect("the program starts");
    assert!(desk.program.told(&output).starts_with("nobody watches now;"), "the action is meant");
}

#[test]
fn folders_that_are_not_there() {
    let desk = Desk::new();
    insta::assert_snapshot!(desk.program.run(&["watch", "nowhere"]), @r#"
    stderr:
    error: cannot watch nowhere: No such file or directory (os error 2)
    hint: name a folder: throwback watch DIR
    exit: 3
    "#);
    insta::assert_snapshot!(desk.program.run(&["watch", "Cargo.toml"]), @r#"
    stderr:
    error: Cargo.toml is no folder
    hint: name a folder: throwback watch DIR
    exit: 3
    "#);
    insta::assert_snapshot!(desk.program.run(&["watch", "--poll", "1ms"]), @r#"
    stderr:
    error: invalid value '1ms' for '--poll <TIME>': at least 100ms

    For more information, try '--help'.
    exit: 2
    "#);
    // The downloads folder of this person is not there either.
    let told = desk.program.run(&["watch"]);
    assert!(told.contains("person/Downloads"), "{told}");
    let downloads = desk.program.folder().join("person/Downloads");
    fs::create_dir_all(&downloads).expect("a folder");
    fs::write(downloads.join(SAMPLE), sample()).expect("written");
    let told = desk.program.run(&["watch", "--once", "--settle", "0s"]);
    assert!(told.contains("ingested into snapshot 2024-03-02") && told.ends_with("exit: 0"), "{told}");
}

#[test]
fn an_archive_is_summed_up_as_an_ingest_does() {
    let desk = Desk::new();
    fs::write(desk.path(SAMPLE), sample()).expect("written");
    let folder = desk.downloads.to_string_lossy().into_owned();
    let watched = desk.program.run(&["watch", "--once", "--settle", "0s", &folder]);
    let other = Desk::new();
    let ingested = other.program.run(&["ingest", &desk.path(SAMPLE).to_string_lossy()]);
    // The first line is the archive's name; at the end stand how long it took, the next command and the exit code.
    let summary: Vec<&str> = ingested.lines().skip(1).take_while(|line| !line.starts_with("took")).collect();
    assert!(summary.len() > 20 && watched.contains(&summary.join("\n")), "{watched}\nand\n{ingested}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_watcher_gives_memory_back_by_beginning_anew() {
    let desk = Desk::new();
    let (folder, said) = (desk.downloads.to_string_lossy().into_owned(), desk.elsewhere.join("said"));
    let arguments =
        ["watch", "--renew-above", "0", "--settle", "100ms", "--poll", "300ms", "--parts-wait", "1h", &folder];
    let mut command = desk.program.command(&arguments);
    command.stdout(fs::File::create(&said).expect("a file")).stderr(std::process::Stdio::null());
    let mut child = command.spawn().expect("the program starts");
    let environment = Path::new("/proc").join(child.id().to_string()).join("environ");
    let wait_for = |what: &str, is_there: &dyn Fn() -> bool| {
        let until = std::time::Instant::now() + CEILING;
        while !is_there() {
            assert!(std::time::Instant::now() < until, "{what}: {}", fs::read_to_string(&said).unwrap_or_default());
            pace(50);
        }
    };
    let n_said = |words: &str| fs::read_to_string(&said).expect("what it said").matches(words).count();
    let is_anew = || fs::read(&environment).is_ok_and(|all| String::from_utf8_lossy(&all).contains("THROWBACK_ANEW=1"));
    let [first, second, _] = <[_; 3]>::try_from(three_parts(&desk.elsewhere)).expect("three parts");
    fs::rename(&first, desk.path("first.zip")).expect("moved");
    wait_for("the first", &|| n_said("took") == 1);
    wait_for("anew", &is_anew);
    fs::rename(&second, desk.path("second.zip")).expect("moved");
    wait_for("the second", &|| n_said("took") == 2);
    assert_eq!(n_said("watching "), 1);
    // It may be beginning anew once more.
    let status = format!("watching: process {}", child.id());
    wait_for("the status", &|| desk.program.run(&["watch", "status"]).starts_with(&status));
    let process = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw).expect("a process");
    rustix::process::kill_process(process, rustix::process::Signal::TERM).expect("it is there");
    let ended = child.wait().expect("it ends");
    // Between two runs nobody hears the signal, and it ends the process by itself.
    assert!(ended.success() || ended.code().is_none(), "{ended}");
}
