//! `forget`: a snapshot goes, and the files that nothing else refers to move aside.
//!
//! The order of durable writes, of which [`mod@crate::media::step`] has the whole: documents that go are copied into
//! `aside/`, then one transaction takes the snapshot back and notes which media files are to leave, then these move (or
//! are deleted). Cut off anywhere, the next one who writes finishes the last step.

use std::sync::atomic::AtomicBool;

use super::{Home, HomeError, new_home_id};
use crate::ingest::{self, ForgetReport, IngestError, Progress};
use crate::media::MediaStore;
use crate::store::Store;

/// What a forget is asked to do.
#[derive(Debug)]
pub struct ForgetOptions<'a> {
    /// Id of the snapshot.
    pub snapshot: &'a str,
    /// What only it had is deleted instead of set aside.
    pub is_purged: bool,
    pub stop: &'a AtomicBool,
    /// The words of the command, for whoever finds the home locked.
    pub command: &'a str,
}

impl Home {
    /// Takes a snapshot back, if `consent` says yes to what would go. Gives what went, and `None` when nothing did.
    pub fn forget(
        &self,
        options: &ForgetOptions<'_>,
        progress: &dyn Progress,
        consent: &mut dyn FnMut(&ForgetReport) -> bool,
    ) -> Result<Option<ForgetReport>, HomeError> {
        let _lock = self.lock(options.command)?;
        let media = self.media()?;
        let mut store = Store::open(self.path(), &new_home_id())?;
        let_files_leave(&mut store, &media)?;
        let writing = store.write()?;
        let forgotten = ingest::forget_snapshot(&writing, options.snapshot, options.is_purged, options.stop, progress)?;
        let Some(forgotten) = forgotten.filter(|forgotten| consent(&forgotten.report)) else {
            writing.roll_back()?;
            return Ok(None);
        };
        if options.stop.load(std::sync::atomic::Ordering::Relaxed) {
            writing.roll_back()?;
            return Err(IngestError::Interrupted.into());
        }
        forgotten.release_documents::<HomeError>(&writing, &mut |document, bytes| {
            if options.is_purged {
                return Ok(());
            }
            media.put_aside(&document.hash, &document.extension, bytes).map_err(HomeError::Media)
        })?;
        media.barrier().map_err(HomeError::Media)?;
        writing.commit()?;
        let_files_leave(&mut store, &media)?;
        store.settle()?;
        drop(store);
        progress.stage("indexing");
        self.follow(&self.reader()?)?;
        Ok(Some(forgotten.report))
    }

    /// Ends a forget that was cut off before all files had left, if there was one.
    pub fn finish_forgetting(&self, command: &str) -> Result<(), HomeError> {
        if !self.reader()?.has_leaving_media()? {
            return Ok(());
        }
        let _lock = self.lock(command)?;
        let media = self.media()?;
        let_files_leave(&mut Store::open(self.path(), &new_home_id())?, &media)
    }
}

/// Moves the files of forgotten media out of `media/`, as the last transaction noted it.
pub(super) fn let_files_leave(store: &mut Store, media: &MediaStore) -> Result<(), HomeError> {
    if !store.has_leaving_media()? {
        return Ok(());
    }
    for medium in store.leaving_media()? {
        media.let_leave(&medium.hash, &medium.extension, medium.is_purged).map_err(HomeError::Media)?;
    }
    media.barrier().map_err(HomeError::Media)?;
    let writing = store.write()?;
    writing.forget_leaving_media()?;
    Ok(writing.commit()?)
}
