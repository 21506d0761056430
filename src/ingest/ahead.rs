//! Reads a document while what was read of it before is written: the reader and everything that does not need the home run
//! on a thread of their own, and hand over in batches that are bounded in bytes.

use std::panic::resume_unwind;

use crossbeam_channel::{Sender, bounded};

use super::identity::{self, Identity};
use crate::model::{Finding, Item, Key, Kind, ThreadHead};
use crate::source::{self, Document, Output, Place, Reading};
use crate::store::{StoreError, item_json};

/// What a reader says, with what can be told of it without the home.
#[derive(Debug)]
pub(super) enum Said {
    Thread {
        key: Key,
        head: Box<ThreadHead>,
    },
    Item {
        place: Place,
        identity: Identity,
        /// As a sighting holds it.
        json: String,
        item: Box<Item>,
    },
    Words(String),
    Finding(Finding),
}

/// Shorter documents are read by whoever wants them: a thread costs more than it saves.
const WORTH_A_THREAD: usize = 64 << 10;

/// So much text is handed over at a time, and so many items: enough that the threads seldom wait for each other.
const BATCH_BYTES: usize = 128 << 10;
const BATCH_ITEMS: usize = 256;

/// Batches under way.
const BATCHES: usize = 4;

/// Reads a document of an account and hands over what it says, in its order.
pub(super) fn read(
    document: &Document<'_>,
    account_key: Key,
    take: &mut dyn FnMut(Said) -> Result<(), StoreError>,
) -> Result<Reading, StoreError> {
    let mut told = Told { account_key, thread: None };
    if document.bytes.len() < WORTH_A_THREAD {
        let mut taken = Ok(());
        let reading = source::read(document, &mut |output| {
            if taken.is_ok() {
                taken = told.of(output).and_then(|said| said.map_or(Ok(()), &mut *take));
            }
        });
        return taken.map(|()| reading);
    }
    std::thread::scope(|scope| {
        let (sender, batches) = bounded::<Result<Vec<Said>, StoreError>>(BATCHES);
        let reader = scope.spawn(move || {
            let mut batch = Batch { said: Vec::new(), n_bytes: 0, sender };
            let reading = source::read(document, &mut |output| batch.add(told.of(output)));
            batch.hand_over();
            reading
        });
        let mut taken = Ok(());
        for batch in batches {
            taken = batch.and_then(|batch| batch.into_iter().try_for_each(&mut *take));
            if taken.is_err() {
                // The reader finds nobody who listens, and ends without a word.
                break;
            }
        }
        let reading = reader.join().unwrap_or_else(|panic| resume_unwind(panic));
        taken.map(|()| reading)
    })
}

/// Outputs that wait to be handed over.
struct Batch {
    said: Vec<Said>,
    n_bytes: usize,
    sender: Sender<Result<Vec<Said>, StoreError>>,
}

impl Batch {
    fn add(&mut self, said: Result<Option<Said>, StoreError>) {
        match said {
            Ok(None) => {}
            Ok(Some(said)) => {
                self.n_bytes += said.n_bytes();
                self.said.push(said);
                if self.n_bytes >= BATCH_BYTES || self.said.len() >= BATCH_ITEMS {
                    self.hand_over();
                }
            }
            Err(error) => self.send(Err(error)),
        }
    }

    fn hand_over(&mut self) {
        self.n_bytes = 0;
        let said = std::mem::take(&mut self.said);
        self.send(Ok(said));
    }

    fn send(&self, batch: Result<Vec<Said>, StoreError>) {
        // Whoever listened has failed, and tells why.
        drop(self.sender.send(batch));
    }
}

impl Said {
    fn n_bytes(&self) -> usize {
        match self {
            Self::Item { json, .. } => json.len(),
            Self::Words(words) => words.len(),
            Self::Thread { .. } | Self::Finding(_) => 0,
        }
    }
}

/// Tells keys and stored forms of what a reader says.
struct Told {
    account_key: Key,
    /// The conversation that the following messages belong to.
    thread: Option<Key>,
}

impl Told {
    /// `None` for what the reader itself says in findings.
    fn of(&mut self, output: Output) -> Result<Option<Said>, StoreError> {
        Ok(Some(match output {
            Output::Thread(head) => {
                let key = identity::thread_key(self.account_key, &head);
                self.thread = Some(key);
                Said::Thread { key, head }
            }
            Output::Item { place, item } => {
                let thread = self.thread.filter(|_| item.kind == Kind::Message);
                let identity = identity::identify(self.account_key, &item, thread);
                Said::Item { place, identity, json: item_json(&item)?, item }
            }
            Output::Kept { .. } | Output::Bad { .. } => return Ok(None),
            Output::Words(words) => Said::Words(words),
            Output::Finding(finding) => Said::Finding(finding),
        }))
    }
}
