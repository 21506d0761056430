//! What is done after an archive, and the service that watches by itself.

use std::fs;
use std::path::Path;
use std::process::Command;

use throwback::store::WatchMemory;

use super::desk::{Desk, SAMPLE, sample, three_parts};

/// Runs a watcher once over the folder and gives what it printed on both streams, with its exit code.
fn once(desk: &Desk, more: &[&str], path: &str) -> String {
    let folder = desk.downloads.to_string_lossy().into_owned();
    let mut arguments = vec!["watch", "--once", "--settle", "0s", &folder];
    arguments.extend(more);
    let output = desk.program.command(&arguments).env("PATH", path).output().expect("the program starts");
    desk.program.told(&output)
}

#[test]
fn a_command_learns_what_became_of_an_archive() {
    let desk = Desk::new();
    fs::write(desk.path(SAMPLE), sample()).expect("written");
    fs::write(desk.path("half.zip"), &sample()[..50_000]).expect("written");
    let told = desk.elsewhere.join("told");
    let command = format!("env | grep ^THROWBACK_ | sort >> '{}'; echo talk", told.display());
    let printed = once(&desk, &["--json", "--exec", &command], "/usr/bin:/bin");
    for line in printed.lines().take_while(|line| *line != "stderr:") {
        let row: serde_json::Value = serde_json::from_str(line.trim_start_matches("stderr:")).expect("only JSON");
        assert!(row.is_object());
    }
    assert!(printed.contains("\ntalk\n"), "{printed}");
    let told = fs::read_to_string(told).expect("it was run");
    let folder = desk.program.folder().to_string_lossy().into_owned();
    insta::assert_snapshot!(told.replace(&folder, "[folder]"), @r#"
    THROWBACK_FINDING=unreadable_archive
    THROWBACK_HOME=[folder]/home
    THROWBACK_OUTCOME=broken
    THROWBACK_PATH=[folder]/downloads/half.zip
    THROWBACK_REASON=breaks off after 50000 bytes: the directory that ends every ZIP is missing; the download is probably not complete, so fetch it again
    THROWBACK_ACCOUNT=mia.example
    THROWBACK_ERRORS=0
    THROWBACK_HOME=[folder]/home
    THROWBACK_NEW_RECORDS=199
    THROWBACK_OUTCOME=ingested
    THROWBACK_PATH=[folder]/downloads/instagram-mia.example-2024-03-02-Ab3dE5fG.zip
    THROWBACK_SNAPSHOT=2024-03-02-dhgb
    "#);
}

#[test]
fn a_command_that_fails_stops_nobody() {
    let desk = Desk::new();
    three_parts(&desk.downloads);
    let printed = once(&desk, &["-q", "--exec", "exit 7"], "/usr/bin:/bin");
    assert_eq!(printed.matches("warning: `exit 7` ended with exit status: 7").count(), 3, "{printed}");
    assert!(printed.ends_with("exit: 0"), "{printed}");
}

/// A folder for `PATH` with a program of that name, which writes down its arguments.
fn with_program(desk: &Desk, name: &str) -> (String, std::path::PathBuf) {
    use std::os::unix::fs::PermissionsExt;
    let (folder, told) = (desk.elsewhere.join("bin"), desk.elsewhere.join("told"));
    fs::create_dir(&folder).expect("a folder");
    let program = folder.join(name);
    let script = format!("#!/bin/sh\nfor word in \"$@\"; do echo \"[$word]\"; done >> '{}'\n", told.display());
    fs::write(&program, script).expect("written");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("it may be run");
    (folder.to_string_lossy().into_owned(), told)
}

#[cfg(target_os = "linux")]
#[test]
fn a_message_on_the_desktop() {
    let desk = Desk::new();
    fs::write(desk.path(SAMPLE), sample()).expect("written");
    let (path, told) = with_program(&desk, "notify-send");
    let printed = once(&desk, &["-q", "--notify"], &path);
    assert_eq!(printed, "exit: 0");
    let told = fs::read_to_string(told).expect("it was run");
    insta::assert_snapshot!(told, @r#"
    [--app-name=Throwback]
    [--]
    [instagram-mia.example-2024-03-02-Ab3dE5fG.zip]
    [new records: 199]
    "#);
    fs::rename(desk.path(SAMPLE), desk.path("again.zip")).expect("renamed");
    let printed = once(&desk, &["-q", "--notify"], "/nowhere");
    assert!(printed.contains("warning: the message could not be started") && printed.ends_with("exit: 0"), "{printed}");
}

/// The unit that was installed.
#[cfg(target_os = "linux")]
fn unit(desk: &Desk) -> std::path::PathBuf {
    desk.program.folder().join("person/.config/systemd/user/throwback-watch.service")
}

#[cfg(target_os = "linux")]
#[test]
fn a_service_is_shown_and_installed() {
    let desk = Desk::new();
    let folder = desk.path("100% of \"it\" for $5");
    fs::create_dir(&folder).expect("a folder");
    let folder = folder.to_string_lossy().into_owned();
    let shown = desk.program.run(&["watch", "install", "--dry-run", "--settle", "2s", "--recursive", &folder]);
    let shown = shown.replace(env!("CARGO_BIN_EXE_throwback"), "[throwback]");
    insta::assert_snapshot!(shown, @r#"
    [folder]/person/.config/systemd/user/throwback-watch.service
      [Unit]
      Description=Throwback brings in Instagram downloads as they arrive

      [Service]
      Type=exec
      ExecStart="[throwback]" "--home" "[folder]/home" "watch" "--settle" "2000ms" "--poll" "60000ms" "--parts-wait" "600000ms" "--recursive" "--" "[folder]/downloads/100%% of \"it\" for $$5"
      Restart=on-failure
      RestartSec=30
      Nice=10
      UMask=0077
      NoNewPrivileges=yes
      # Nothing goes over a network; a message on the desktop goes over a socket of the machine.
      RestrictAddressFamilies=AF_UNIX

      [Install]
      WantedBy=default.target
    stderr:
    nothing was written
    exit: 0
    "#);
    assert!(!unit(&desk).exists(), "nothing was written");
    let told = desk.program.run(&["watch", "install", "--no-start", &folder]);
    assert!(told.ends_with("exit: 0"), "{told}");
    let text = fs::read_to_string(unit(&desk)).expect("it was written");
    let text = text.replace(&desk.program.folder().to_string_lossy().into_owned(), "[folder]");
    assert!(text.lines().all(|line| told.contains(line)), "{told}\nand\n{text}");
    verify(&unit(&desk));
    let status = desk.program.run(&["watch", "status"]);
    assert!(status.starts_with("service:  [folder]/person/.config/systemd/user/throwback-watch.service\n"), "{status}");
    // Nobody's systemd runs in this world: the service is removed all the same, and what failed is said.
    let told = desk.program.run(&["watch", "uninstall"]);
    assert!(told.contains("removed [folder]") && told.contains("could not be stopped"), "{told}");
    assert!(!unit(&desk).exists());
    insta::assert_snapshot!(desk.program.run(&["watch", "uninstall"]), @r#"
    stderr:
    error: no service is installed: there is no [folder]/person/.config/systemd/user/throwback-watch.service
    exit: 1
    "#);
}

/// Where systemd is, it says whether it understands the unit.
#[cfg(target_os = "linux")]
fn verify(unit: &Path) {
    let output = match Command::new("systemd-analyze").arg("verify").arg(unit).output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
        output => output.expect("systemd-analyze starts"),
    };
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !text.contains("throwback-watch.service"), "{text}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_service_is_started_by_systemd() {
    let desk = Desk::new();
    let (path, told) = with_program(&desk, "systemctl");
    let folder = desk.downloads.to_string_lossy().into_owned();
    for words in [["watch", "install", &folder].as_slice(), &["watch", "uninstall"]] {
        let output = desk.program.command(words).env("PATH", &path).output().expect("the program starts");
        assert!(output.status.success(), "{output:?}");
    }
    insta::assert_snapshot!(fs::read_to_string(told).expect("it was run"), @r#"
    [--user]
    [daemon-reload]
    [--user]
    [enable]
    [throwback-watch.service]
    [--user]
    [restart]
    [throwback-watch.service]
    [--user]
    [disable]
    [--now]
    [throwback-watch.service]
    "#);
}

#[test]
fn a_part_that_does_not_come_is_missed() {
    let desk = Desk::new();
    let parts = three_parts(&desk.elsewhere);
    let mut watching = desk.watch(&["--parts-wait", "300ms"]);
    let snapshot = |desk: &Desk| {
        let rows = desk.home().reader().expect("a home").select_all("SELECT id FROM snapshots", &[]).expect("rows");
        assert_eq!(rows.len(), 1);
        rows[0].text("id").expect("an id").to_owned()
    };
    for (n, part) in parts.iter().enumerate() {
        let path = desk.downloads.join(part.file_name().expect("a name"));
        fs::rename(part, &path).expect("moved");
        watching.wait_through(&path);
        if n == 0 {
            let missing = watching.wait_for("part_missing");
            assert!(missing["sentence"].as_str().expect("a sentence").contains("are nowhere"), "{missing}");
        }
    }
    assert_eq!(desk.home().lacking(&snapshot(&desk)).expect("a look"), Vec::<String>::new());
}

#[test]
fn what_a_watcher_did_not_say_of_parts_the_next_one_says_once() {
    let desk = Desk::new();
    let parts = three_parts(&desk.elsewhere);
    let path = desk.downloads.join(parts[0].file_name().expect("a name"));
    fs::rename(&parts[0], &path).expect("moved");
    let mut first = desk.watch(&["--parts-wait", "1h"]);
    first.wait_through(&path);
    first.stop();
    let mut second = desk.watch(&["--parts-wait", "300ms"]);
    second.wait_for("part_missing");
    second.stop();
    // A third has nothing to add.
    let told = once(&desk, &["--parts-wait", "0s"], "/bin:/usr/bin");
    assert!(!told.contains("missing"), "{told}");
    let memory = WatchMemory::open_reader(desk.home().path()).expect("a memory").expect("one that was written");
    let events = memory.events(usize::MAX).expect("events");
    assert_eq!(events.iter().filter(|event| event.kind == "part_missing").count(), 1, "{events:?}");
}
