//! What follows from the rest: records from documents, and the index from records.

use super::{Lacking, Mending};
use crate::home::HomeError;
use crate::home::checking::entries_differ;
use crate::home::searching::Feed;
use crate::index::{Index, IndexError, State};
use crate::ingest::{self, IngestError};
use crate::store::Damage;

impl Mending<'_> {
    /// Computes again what the documents give; from damaged ones nothing is.
    pub(super) fn mend_records(&mut self) -> Result<(), HomeError> {
        self.check_stop()?;
        let is_whole = !self.lacking.values().any(|lacking| matches!(lacking, Lacking::Document { .. }));
        if !is_whole {
            return Ok(());
        }
        let writing = self.store.write()?;
        let doubtful = ingest::doubtful_archives(&writing)?;
        writing.roll_back()?;
        if !doubtful.is_empty() {
            self.remaining.extend(doubtful.iter().map(|archive| entries_differ(archive)));
            return Ok(());
        }
        let before = self.store.last_change()?;
        match ingest::read_documents_again(&mut self.store, self.options.stop, self.progress) {
            Ok(_) => {}
            Err(IngestError::Store(error)) if error.is_contradiction() => {
                let sentence = format!("What is held contradicts itself, and nothing was computed anew: {error}.");
                self.remaining.push(Damage::new("rederived_otherwise", sentence));
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        }
        if self.store.last_change()? != before {
            self.tell("rederived_otherwise", "What is held is again what the documents give.");
        }
        // Counts of attachments and reactions stand beside these.
        let writing = self.store.write()?;
        let n_counts = writing.count_again()?;
        if n_counts == 0 {
            writing.roll_back()?;
        } else {
            writing.commit()?;
            self.tell(
                "wrong_count",
                format!("{n_counts} records have as many attachments and reactions again as they say."),
            );
        }
        Ok(())
    }

    pub(super) fn mend_index(&mut self) -> Result<(), HomeError> {
        self.check_stop()?;
        self.progress.stage("indexing");
        let reader = self.home.reader()?;
        let feed = Feed(&reader);
        let is_good = match Index::open(&self.home.index_path())?.check(&feed) {
            Ok(check) if matches!(check.state, State::Behind(_)) => {
                // Also behind by what was mended just now.
                Index::open(&self.home.index_path())?.follow(&feed).is_ok()
                    && Index::open(&self.home.index_path())?.check(&feed).is_ok_and(|check| check.is_good())
            }
            Ok(check) => check.is_good(),
            Err(IndexError::Damaged(_) | IndexError::Unusable(_)) => false,
            Err(error) => return Err(error.into()),
        };
        // Left by a rebuild that was killed; the next one removes them.
        let has_left = ["index.new", "index.old"].iter().any(|name| self.home.path().join(name).exists());
        if !is_good || has_left {
            Index::open(&self.home.index_path())?.rebuild(&feed)?;
            self.tell("index_damaged", "The index was built anew.");
        }
        Ok(())
    }
}
