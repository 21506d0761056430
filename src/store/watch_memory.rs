//! The watcher's memory: a small database of its own beside the archive's, with a plain schema and no migrations.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, named_params};

use super::error::{Context, StoreError};
use super::{WATCH_MEMORY, make_private, pragmas};

const SCHEMA: &str = include_str!("watch_memory.sql");
/// `user_version` of databases with that schema.
const VERSION: i64 = 1;
/// So many events are kept. Guessed: years of downloads.
const MOST_EVENTS: i64 = 1_000;

const DOING: &str = "using the watcher's memory";

/// What a watcher thinks of a file or folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThingState {
    Waiting = 1,
    /// Ingested, now or before.
    Done = 2,
    /// No download of ours.
    NotOurs = 3,
    /// Not complete, or damaged: left alone until it changes.
    Broken = 4,
    /// To be tried again.
    Failed = 5,
}

impl ThingState {
    const ALL: [Self; 5] = [Self::Waiting, Self::Done, Self::NotOurs, Self::Broken, Self::Failed];

    /// As it is shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::NotOurs => "not_ours",
            Self::Broken => "broken",
            Self::Failed => "failed",
        }
    }
}

/// A file or folder that was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RememberedThing {
    pub path: PathBuf,
    pub stamp: String,
    pub state: ThingState,
    pub reason: Option<String>,
    pub n_attempts: u32,
    /// Unix milliseconds.
    pub at_ms: i64,
}

/// Something that a watcher told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RememberedEvent {
    /// Unix milliseconds.
    pub at_ms: i64,
    pub kind: String,
    pub path: Option<PathBuf>,
    pub sentence: String,
}

/// Who watches, or watched last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RememberedWatcher {
    pub process: u32,
    /// Unix milliseconds.
    pub started_ms: i64,
    pub folders: Vec<String>,
    pub settle_ms: u64,
    pub poll_ms: u64,
    /// Why it goes without events.
    pub no_events: Option<String>,
}

/// The open memory.
#[derive(Debug)]
pub struct WatchMemory {
    connection: Connection,
}

impl WatchMemory {
    /// Opens for writing; creates where needed. One that is no database any more is set aside: what it knew is found
    /// out again.
    pub fn open(home: &Path, now_ms: i64) -> Result<Self, StoreError> {
        match Self::prepare(home) {
            Err(StoreError::Sqlite { source, .. }) if is_damage(&source) => {
                let path = home.join(WATCH_MEMORY);
                let aside = home.join("aside").join(format!("{WATCH_MEMORY}.{now_ms}"));
                fs_err::rename(&path, &aside).map_err(|source| StoreError::File { path: aside, source })?;
                for log in ["-wal", "-shm"] {
                    // They belong to the database that was moved; where there is none, nothing is to be removed.
                    fs_err::remove_file(home.join(format!("{WATCH_MEMORY}{log}"))).ok();
                }
                Self::prepare(home)
            }
            prepared => prepared,
        }
    }

    fn prepare(home: &Path) -> Result<Self, StoreError> {
        let path = home.join(WATCH_MEMORY);
        make_private(&path)?;
        let connection = Connection::open(&path).context(DOING)?;
        pragmas::prepare_writer(&connection)?;
        match version(&connection)? {
            0 => connection
                .execute_batch(&format!("BEGIN; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;"))
                .context(DOING)?,
            VERSION => {}
            found => return Err(StoreError::NewerHome { found, known: VERSION }),
        }
        Ok(Self { connection })
    }

    /// Opens for reading; `None` where there is none.
    pub fn open_reader(home: &Path) -> Result<Option<Self>, StoreError> {
        let path = home.join(WATCH_MEMORY);
        if !path.is_file() {
            return Ok(None);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&path, flags).context(DOING)?;
        pragmas::prepare_reader(&connection)?;
        match version(&connection)? {
            0 => Ok(None),
            VERSION => Ok(Some(Self { connection })),
            found => Err(StoreError::NewerHome { found, known: VERSION }),
        }
    }

    /// Everything that was judged, by path.
    pub fn things(&self) -> Result<Vec<RememberedThing>, StoreError> {
        let mut statement = self
            .connection
            .prepare("SELECT path, stamp, state, reason, n_attempts, at_ms FROM thing ORDER BY path")
            .context(DOING)?;
        let rows = statement.query_map([], |row| {
            let code: i64 = row.get("state")?;
            Ok(RememberedThing {
                path: path_of(row.get("path")?),
                stamp: row.get("stamp")?,
                // What a later version calls otherwise is looked at again.
                state: ThingState::ALL.into_iter().find(|state| *state as i64 == code).unwrap_or(ThingState::Waiting),
                reason: row.get("reason")?,
                n_attempts: row.get("n_attempts")?,
                at_ms: row.get("at_ms")?,
            })
        });
        rows.and_then(Iterator::collect).context(DOING)
    }

    /// Writes down what is thought of these now, and forgets those that are gone, all or none.
    pub fn remember(&mut self, things: &[RememberedThing], gone: &[PathBuf]) -> Result<(), StoreError> {
        let transaction = self.connection.transaction().context(DOING)?;
        for thing in things {
            transaction
                .prepare_cached(
                    "INSERT OR REPLACE INTO thing (path, stamp, state, reason, n_attempts, at_ms)
                     VALUES (:path, :stamp, :state, :reason, :n_attempts, :at_ms)",
                )
                .and_then(|mut statement| {
                    statement.execute(named_params! {
                        ":path": bytes_of(&thing.path),
                        ":stamp": thing.stamp,
                        ":state": thing.state as i64,
                        ":reason": thing.reason,
                        ":n_attempts": thing.n_attempts,
                        ":at_ms": thing.at_ms,
                    })
                })
                .context(DOING)?;
        }
        for path in gone {
            transaction.execute("DELETE FROM thing WHERE path = :path", [bytes_of(path)]).context(DOING)?;
        }
        transaction.commit().context(DOING)
    }

    /// Adds an event and drops the oldest where there are too many.
    pub fn add_event(&mut self, event: &RememberedEvent) -> Result<(), StoreError> {
        let transaction = self.connection.transaction().context(DOING)?;
        transaction
            .execute(
                "INSERT INTO event (at_ms, kind, path, sentence) VALUES (:at_ms, :kind, :path, :sentence)",
                named_params! {
                    ":at_ms": event.at_ms,
                    ":kind": event.kind,
                    ":path": event.path.as_deref().map(bytes_of),
                    ":sentence": event.sentence,
                },
            )
            .context(DOING)?;
        transaction
            .execute("DELETE FROM event WHERE id <= (SELECT max(id) FROM event) - :most", [MOST_EVENTS])
            .context(DOING)?;
        transaction.commit().context(DOING)
    }

    /// The latest events, the last at the end.
    pub fn events(&self, most: usize) -> Result<Vec<RememberedEvent>, StoreError> {
        let mut statement = self
            .connection
            .prepare(
                "SELECT at_ms, kind, path, sentence FROM (SELECT * FROM event ORDER BY id DESC LIMIT :most) ORDER BY id",
            )
            .context(DOING)?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = statement.query_map([most], |row| {
            Ok(RememberedEvent {
                at_ms: row.get("at_ms")?,
                kind: row.get("kind")?,
                path: row.get::<_, Option<Vec<u8>>>("path")?.map(path_of),
                sentence: row.get("sentence")?,
            })
        });
        rows.and_then(Iterator::collect).context(DOING)
    }

    pub fn set_watcher(&self, watcher: &RememberedWatcher) -> Result<(), StoreError> {
        self.connection
            .execute(
                "INSERT OR REPLACE INTO watcher (singleton, process, started_ms, folders, settle_ms, poll_ms, no_events)
                 VALUES (1, :process, :started_ms, :folders, :settle_ms, :poll_ms, :no_events)",
                named_params! {
                    ":process": watcher.process,
                    ":started_ms": watcher.started_ms,
                    ":folders": watcher.folders.join("\n"),
                    ":settle_ms": i64::try_from(watcher.settle_ms).unwrap_or(i64::MAX),
                    ":poll_ms": i64::try_from(watcher.poll_ms).unwrap_or(i64::MAX),
                    ":no_events": watcher.no_events,
                },
            )
            .context(DOING)?;
        Ok(())
    }

    /// Who watches, or watched last.
    pub fn watcher(&self) -> Result<Option<RememberedWatcher>, StoreError> {
        let mut statement = self
            .connection
            .prepare("SELECT process, started_ms, folders, settle_ms, poll_ms, no_events FROM watcher")
            .context(DOING)?;
        let mut rows = statement
            .query_map([], |row| {
                Ok(RememberedWatcher {
                    process: row.get("process")?,
                    started_ms: row.get("started_ms")?,
                    folders: row.get::<_, String>("folders")?.lines().map(str::to_owned).collect(),
                    settle_ms: row.get::<_, i64>("settle_ms")?.unsigned_abs(),
                    poll_ms: row.get::<_, i64>("poll_ms")?.unsigned_abs(),
                    no_events: row.get("no_events")?,
                })
            })
            .context(DOING)?;
        rows.next().transpose().context(DOING)
    }
}

fn version(connection: &Connection) -> Result<i64, StoreError> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0)).context(DOING)
}

fn is_damage(error: &rusqlite::Error) -> bool {
    let damage = [rusqlite::ErrorCode::NotADatabase, rusqlite::ErrorCode::DatabaseCorrupt];
    error.sqlite_error_code().is_some_and(|code| damage.contains(&code))
}

#[cfg(unix)]
fn bytes_of(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().to_vec()
}

#[cfg(unix)]
fn path_of(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(bytes).into()
}

#[cfg(not(unix))]
fn bytes_of(path: &Path) -> Vec<u8> {
    path.to_string_lossy().into_owned().into_bytes()
}

#[cfg(not(unix))]
fn path_of(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thing(path: &str, state: ThingState) -> RememberedThing {
        RememberedThing {
            path: path.into(),
            stamp: "9 1 2".into(),
            state,
            reason: Some("why".into()),
            n_attempts: 2,
            at_ms: 7,
        }
    }

    #[test]
    fn what_was_judged_is_remembered() {
        let home = tempfile::tempdir().expect("a folder");
        assert!(WatchMemory::open_reader(home.path()).expect("a look").is_none());
        let mut memory = WatchMemory::open(home.path(), 0).expect("a memory");
        let all: Vec<_> = ThingState::ALL.into_iter().map(|state| thing(state.name(), state)).collect();
        memory.remember(&all, &[]).expect("written");
        let mut held = memory.things().expect("things");
        held.sort_by_key(|thing| thing.state as i64);
        assert_eq!(held, all);
        memory.remember(&[thing("done", ThingState::Failed)], &["failed".into()]).expect("written");
        drop(memory);
        let reader = WatchMemory::open_reader(home.path()).expect("a look").expect("a memory");
        let states: Vec<_> = reader.things().expect("things").into_iter().map(|thing| thing.state.name()).collect();
        assert_eq!(states, ["broken", "failed", "not_ours", "waiting"]);
        assert_eq!(reader.watcher().expect("a look"), None);
    }

    #[test]
    fn the_latest_events_stay() {
        let home = tempfile::tempdir().expect("a folder");
        let mut memory = WatchMemory::open(home.path(), 0).expect("a memory");
        let event = |at_ms| RememberedEvent { at_ms, kind: "ingested".into(), path: None, sentence: String::new() };
        for at_ms in 0..MOST_EVENTS + 5 {
            memory.add_event(&event(at_ms)).expect("written");
        }
        let held: Vec<i64> = memory.events(usize::MAX).expect("events").iter().map(|event| event.at_ms).collect();
        assert_eq!(held, (5..MOST_EVENTS + 5).collect::<Vec<_>>());
        assert_eq!(memory.events(1).expect("events"), [event(MOST_EVENTS + 4)]);
    }

    #[test]
    fn a_damaged_memory_is_set_aside() {
        let home = tempfile::tempdir().expect("a folder");
        fs_err::create_dir(home.path().join("aside")).expect("a folder");
        fs_err::write(home.path().join(WATCH_MEMORY), "no database ".repeat(100)).expect("written");
        let memory = WatchMemory::open(home.path(), 42).expect("a memory");
        assert_eq!(memory.things().expect("things"), []);
        assert!(home.path().join("aside/watch.sqlite.42").is_file());
    }
}
