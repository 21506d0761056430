//! A folder of downloads, a home, and a watcher between them.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::Value;
use throwback::home::Home;
use throwback::model::Generation;
use throwback::testing::{Life, Packing, Size, Writing, write};

use crate::cli::program::Program;
use crate::support::{TestHome, assert_same, fixtures};

/// Longer than anything takes on a machine that does a hundred other things.
pub const CEILING: Duration = Duration::from_mins(2);
/// Quick ones, for tests.
pub const QUICK: [&str; 4] = ["--settle", "300ms", "--poll", "700ms"];

/// A sample download: one ZIP of a hundred kilobytes.
pub const SAMPLE: &str = "instagram-mia.example-2024-03-02-Ab3dE5fG.zip";

pub struct Desk {
    pub program: Program,
    /// The folder that is watched.
    pub downloads: PathBuf,
    /// Another folder of the same disk.
    pub elsewhere: PathBuf,
}

impl Desk {
    pub fn new() -> Self {
        let program = Program::new();
        // Without links on the way: some systems have one to their temporary folder.
        let folder = program.folder().canonicalize().expect("a folder");
        let (downloads, elsewhere) = (folder.join("downloads"), folder.join("elsewhere"));
        fs::create_dir(&downloads).expect("a folder");
        fs::create_dir(&elsewhere).expect("a folder");
        Self { program, downloads, elsewhere }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.downloads.join(name)
    }

    pub fn home(&self) -> Home {
        Home::at(self.program.folder().join("home"))
    }

    /// Starts a watcher of the folder and waits until it watches.
    pub fn watch(&self, more: &[&str]) -> Watching {
        let folder = self.downloads.to_string_lossy().into_owned();
        let mut arguments = vec!["watch", "--json", &folder];
        arguments.extend(QUICK.iter().filter(|_| !more.contains(&"--settle")));
        arguments.extend(more);
        let mut watching = Watching::start(self.program.command(&arguments));
        watching.wait_for("started");
        watching
    }

    /// What the home holds is what an ingest of these would have brought.
    pub fn assert_holds(&self, paths: &[PathBuf]) {
        let expected = TestHome::of(paths);
        assert_same(&self.dump(), &expected.dump(), "watched and ingested differ");
    }

    pub fn dump(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let store = self.home().reader().expect("a home");
        store
            .dump(&mut |kind, row| {
                lines.push(format!("{kind} {:?}", row.filled().collect::<Vec<_>>()));
                true
            })
            .expect("a dump");
        lines
    }

    pub fn number(&self, sql: &str) -> i64 {
        let rows = self.home().reader().expect("a home").select_all(sql, &[]).expect("an answer");
        rows[0].values[0].as_integer().expect("a number")
    }
}

/// The bytes of the sample download.
pub fn sample() -> Vec<u8> {
    fs::read(fixtures().join("sample").join(SAMPLE)).expect("the sample")
}

/// Writes a small download in three parts into a folder.
pub fn three_parts(folder: &Path) -> Vec<PathBuf> {
    let life = Life::new(11, Size::tiny());
    let writing = Writing::new(Generation::D);
    let names = writing.part_names(&life, 3);
    write(&life, &writing).write_zip_parts(folder, &names, &Packing::default()).expect("three ZIPs");
    names.iter().map(|name| folder.join(format!("{name}.zip"))).collect()
}

/// Waits a moment without doing anything.
pub fn pace(milliseconds: u64) {
    let (_keeps_it_open, nobody) = channel::<()>();
    assert_eq!(nobody.recv_timeout(Duration::from_millis(milliseconds)), Err(RecvTimeoutError::Timeout));
}

/// Appends bytes in pieces, with a pause before each: a download that comes slowly.
pub fn append_slowly(path: &Path, bytes: &[u8], n_pieces: usize) {
    let mut file = fs::OpenOptions::new().create(true).append(true).open(path).expect("a file");
    for piece in bytes.chunks(bytes.len().div_ceil(n_pieces)) {
        pace(40);
        file.write_all(piece).expect("written");
        file.flush().expect("written");
    }
}

/// A running watcher. It ends with the test.
pub struct Watching {
    child: Child,
    rows: Receiver<Value>,
    /// Everything that was heard so far.
    pub heard: Vec<Value>,
}

impl Watching {
    pub fn start(mut command: std::process::Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let out = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, rows) = channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let row = serde_json::from_str(&line).expect("a line of JSON");
                if sender.send(row).is_err() {
                    break;
                }
            }
        });
        Self { child, rows, heard: Vec::new() }
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the next event of this kind.
    pub fn wait_for(&mut self, event: &str) -> Value {
        self.wait(event, |row| row["event"] == event)
    }

    /// Waits until a file is kept and indexed.
    pub fn wait_through(&mut self, path: &Path) -> Value {
        self.wait("through", |row| row["event"] == "through" && row["path"] == path.to_string_lossy().as_ref())
    }

    fn wait(&mut self, what: &str, is_meant: impl Fn(&Value) -> bool) -> Value {
        let until = Instant::now() + CEILING;
        loop {
            let Ok(row) = self.rows.recv_timeout(until.saturating_duration_since(Instant::now())) else {
                panic!("`{what}` was never told; told were {:#?}; {:?}", self.heard, self.child.try_wait());
            };
            self.heard.push(row.clone());
            if is_meant(&row) {
                return row;
            }
        }
    }

    /// How often something was told so far, also what nobody waited for.
    pub fn n_told(&mut self, event: &str) -> usize {
        self.heard.extend(self.rows.try_iter());
        self.heard.iter().filter(|row| row["event"] == event).count()
    }

    pub fn signal(&self, signal: rustix::process::Signal) {
        let process = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw);
        rustix::process::kill_process(process.expect("a process"), signal).expect("it is there");
    }

    /// Asks it to stop; everything it told, and its exit code.
    pub fn stop(mut self) -> (Vec<Value>, Option<i32>) {
        self.signal(rustix::process::Signal::TERM);
        self.end()
    }

    /// Waits for its end.
    pub fn end(&mut self) -> (Vec<Value>, Option<i32>) {
        let until = Instant::now() + CEILING;
        while let Ok(row) = self.rows.recv_timeout(until.saturating_duration_since(Instant::now())) {
            self.heard.push(row);
        }
        assert!(Instant::now() < until, "it does not end; it told {:#?}", self.heard);
        let status = self.child.wait().expect("it ended");
        (self.heard.clone(), status.code())
    }

    /// As a power cut would.
    pub fn kill(mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it ended");
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        // One that ended cannot be killed any more.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
