//! A copy of the whole database as it stands at one moment, while others read and write it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::error::{Context, StoreError};
use super::{Store, in_one_state, make_private};
use crate::media::step::{self, Step};
use crate::media::{make_durable_folder, sync_directory};

/// Copied at once, 16 MB of pages of 4 KB: so often somebody may ask to stop.
const PAGES_AT_ONCE: std::ffi::c_int = 4_096;
/// How long is waited for somebody else's short lock before the next try.
const PAUSE: Duration = Duration::from_millis(50);

impl Store {
    /// Copies the database into a new file at `to`, which ends durable, without a log beside it and readable by its owner
    /// alone. The copy is one moment's: writers go on meanwhile. It is read back and checked; one that is not sound is an
    /// error, and what is wrong with it then is wrong with the home. `go_on` is asked between the steps, and may end it
    /// all: `false` then.
    pub fn copy_to(&self, to: &Path, go_on: &mut dyn FnMut() -> bool) -> Result<bool, StoreError> {
        copy(&self.connection, to, go_on)
    }
}

/// The name of the folder in a home for databases as they were before a migration.
const BEFORE: &str = "backup";

/// Copies a database into `backup/` before it is brought to another schema. Where the same moment's copy lies there, an
/// earlier migration has failed, and it is enough.
pub(super) fn before_migration(connection: &Connection, home: &Path, schema: i64) -> Result<(), StoreError> {
    let folder = home.join(BEFORE);
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| StoreError::File { path, source }
    };
    make_durable_folder(&folder).map_err(failed(&folder))?;
    let mut place = folder.join(format!("schema-{schema}.sqlite"));
    let mut number = 2;
    while place.try_exists().map_err(failed(&place))? {
        if moment_of(&place).is_ok_and(|moment| Some(moment) == moment_of_connection(connection).ok()) {
            return Ok(());
        }
        place = folder.join(format!("schema-{schema}-{number}.sqlite"));
        number += 1;
    }
    let draft = folder.join("draft.sqlite");
    // Of a copy that was broken off.
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(&draft)(error)),
        _ => {}
    }
    if let Err(error) = copy(connection, &draft, &mut || true) {
        // What is not sound is of no use to anybody.
        fs::remove_file(&draft).ok();
        return Err(error);
    }
    fs::rename(&draft, &place).map_err(failed(&place))?;
    sync_directory(&folder).map_err(failed(&folder))?;
    step::done(Step::CopyNamed);
    Ok(())
}

fn copy(from: &Connection, to: &Path, go_on: &mut dyn FnMut() -> bool) -> Result<bool, StoreError> {
    const DOING: &str = "copying the database";
    make_private(to)?;
    let mut copy = Connection::open(to).context(DOING)?;
    // All steps see the same moment.
    let moment = in_one_state(from, DOING, || {
        let moment = moment_of_connection(from)?;
        let backup = Backup::new(from, &mut copy).context(DOING)?;
        loop {
            let step = backup.step(PAGES_AT_ONCE).context(DOING)?;
            if !go_on() {
                return Ok(None);
            }
            match step {
                StepResult::Done => return Ok(Some(moment)),
                StepResult::Busy | StepResult::Locked => std::thread::park_timeout(PAUSE),
                _ => {}
            }
        }
    })?;
    let Some(moment) = moment else { return Ok(false) };
    // A file alone can be read where nothing can be written beside it; whoever writes to it makes a log again.
    let mode: String = copy.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0)).context(DOING)?;
    if mode != "delete" {
        // SQLite tells by the mode alone that the disk refused it.
        return Err(StoreError::Copy("could not be written to its end".to_owned()));
    }
    copy.close().map_err(|(_, error)| error).context(DOING)?;
    step::done(Step::CopyWritten);
    let failed = |source| StoreError::File { path: to.to_owned(), source };
    fs::File::open(to).and_then(|file| file.sync_all()).map_err(failed)?;
    step::done(Step::CopySynced);
    prove(to, &moment)?;
    Ok(true)
}

/// Reads a copy as whoever comes later will: all of SQLite's checks, and that it is of this moment.
fn prove(path: &Path, moment: &Moment) -> Result<(), StoreError> {
    let copy = Store::open_whatever_schema(path.to_owned())?;
    if let Some(first) = copy.check_pages()?.first() {
        return Err(StoreError::Copy(format!("is not sound: {}", first.sentence)));
    }
    if moment_of_connection(&copy.connection)? == *moment {
        Ok(())
    } else {
        Err(StoreError::Copy("is of another moment".to_owned()))
    }
}

/// Which home, and what its change log says.
type Moment = (String, i64);

fn moment_of(path: &Path) -> Result<Moment, StoreError> {
    moment_of_connection(&Store::open_whatever_schema(path.to_owned())?.connection)
}

fn moment_of_connection(connection: &Connection) -> Result<Moment, StoreError> {
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    connection.query_row("SELECT home_id, last_change FROM home", [], row).context("reading the change log")
}
