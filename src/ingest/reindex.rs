//! `reindex --documents`: every kept document is read again by today's readers, and everything that is computed from what
//! they say is computed again. Needs no archive. One transaction; where nothing comes out otherwise, nothing is written.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::atomic::AtomicBool;

use super::accounts::restate;
use super::derive::Deriver;
use super::finish::is_complete;
use super::mend::doubtful_archives;
use super::pipeline::IngestError;
use super::report::{Changes, Progress};
use super::reread::{ReadAgain, Reread, Which, refresh, take_apart};
use super::settling::{Settling, check_stop};
use super::telling::{missing_media, times_that_cannot_be};
use super::{cover, notices, own_posts, owner, pairs, people, rejoin, talks, threads};
use crate::model::{ContentHash, ContentHasher, FindingCode, Kind};
use crate::store::{HeldReading, Search, Stands, Store, StoreError, Writing};

/// What reading all documents again came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RereadReport {
    pub n_documents: u64,
    /// Documents that say something else now, or are read by another reader or version.
    pub changed: Vec<ReadAgain>,
    pub n_new: u64,
    pub n_changed: u64,
    pub n_removed: u64,
    pub n_unchanged: u64,
}

impl RereadReport {
    /// Whether everything is as it was.
    pub fn is_unchanged(&self) -> bool {
        self.changed.is_empty() && (self.n_new, self.n_changed, self.n_removed) == (0, 0, 0)
    }
}

/// Reads every document of a home again, whole or not at all.
pub fn read_documents_again(
    store: &mut Store,
    stop: &AtomicBool,
    progress: &dyn Progress,
) -> Result<RereadReport, IngestError> {
    let (writing, outcome) = run_again(store, stop, progress)?;
    match outcome {
        Ok(given) if !given.is_as_held() => {
            writing.commit()?;
            Ok(given.report)
        }
        outcome => {
            writing.roll_back()?;
            outcome.map(|given| given.report)
        }
    }
}

/// Reads every document of a home again and computes everything anew, compares it with what is held, and undoes it.
pub fn rederive(store: &mut Store, stop: &AtomicBool, progress: &dyn Progress) -> Result<Rederived, IngestError> {
    let (writing, outcome) = run_again(store, stop, progress)?;
    writing.roll_back()?;
    outcome
}

/// What the kept documents give, beside what is held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rederived {
    pub report: RereadReport,
    /// Kinds of the dump's rows of which others are held than are given: titles, people and the like are no records.
    pub rows: Vec<&'static str>,
    /// Archives whose entries are not what they were, by name: from them nothing can be computed.
    pub doubtful_archives: Vec<String>,
}

impl Rederived {
    pub fn is_as_held(&self) -> bool {
        self.report.is_unchanged() && self.rows.is_empty()
    }
}

/// The transaction in which everything was read and computed again, to be kept or not, and what came of it.
fn run_again<'a>(
    store: &'a mut Store,
    stop: &AtomicBool,
    progress: &dyn Progress,
) -> Result<(Writing<'a>, Result<Rederived, IngestError>), IngestError> {
    let mut bytes = 0;
    store.readings(&mut |held| bytes += held.bytes)?;
    progress.begin("documents", bytes);
    let writing = store.write()?;
    let check_stop = || check_stop(stop);
    let outcome = digests(&writing, &check_stop).and_then(|held| {
        let doubtful_archives = doubtful_archives(&writing)?;
        let report = Rereading { writing: &writing, progress, stop, check_stop: &check_stop }.run()?;
        let given = digests(&writing, &check_stop)?;
        let kinds: BTreeSet<&'static str> = held.keys().chain(given.keys()).copied().collect();
        let rows = kinds.into_iter().filter(|kind| held.get(kind) != given.get(kind)).collect();
        Ok(Rederived { report, rows, doubtful_archives })
    });
    progress.end();
    Ok((writing, outcome))
}

/// The hash of all rows of each kind of the dump, whose order depends on nothing but what is held.
fn digests(
    writing: &Writing<'_>,
    check_stop: &dyn Fn() -> Result<(), IngestError>,
) -> Result<BTreeMap<&'static str, ContentHash>, IngestError> {
    let mut hashers: BTreeMap<&'static str, ContentHasher> = BTreeMap::new();
    let mut goes_on = Ok(());
    writing.dump(&mut |kind, row| {
        let hasher = hashers.entry(kind).or_insert_with(ContentHash::hasher);
        for (name, value) in row.filled() {
            hasher.update(format!("{name}={value:?}\n").as_bytes());
        }
        hasher.update(b"\n");
        goes_on = check_stop();
        goes_on.is_ok()
    })?;
    goes_on.map(|()| hashers.into_iter().map(|(kind, hasher)| (kind, hasher.finish())).collect())
}

/// How many readings of a home are not those of today's readers.
pub fn n_outdated(store: &Store) -> Result<u64, StoreError> {
    let mut n = 0;
    store.readings(&mut |held| {
        n += u64::from(!crate::source::is_current(&held.path, &held.reader, held.reader_version));
    })?;
    Ok(n)
}

struct Rereading<'a, 'c> {
    writing: &'a Writing<'c>,
    progress: &'a dyn Progress,
    stop: &'a AtomicBool,
    check_stop: &'a dyn Fn() -> Result<(), IngestError>,
}

impl Rereading<'_, '_> {
    fn run(&self) -> Result<RereadReport, IngestError> {
        let accounts = self.writing.accounts()?;
        let mut reread = self.read_all(&accounts)?;
        self.progress.stage("merging");
        let heard = self.listen(&accounts, &mut reread)?;
        let mut touched = reread.threads.clone();
        let mut loosened = Vec::with_capacity(accounts.len());
        for &account in &accounts {
            touched.extend(pairs::loosen(self.writing, account)?);
            let by_text = talks::loosen(self.writing, account)?;
            touched.extend(by_text.rows());
            touched.extend(self.writing.threads_of_account(account)?);
            loosened.push(by_text);
        }
        // Every key is derived in any case.
        let keys = &mut HashSet::new();
        let touched = self.writing.threads_that_are(&touched)?;
        let are_coarse = heard.iter().any(talks::Heard::has_coarse);
        threads::join_by_messages(self.writing, &touched, &touched, are_coarse, keys)?;
        for ((&account, heard), loosened) in accounts.iter().zip(&heard).zip(&loosened) {
            talks::join(self.writing, heard, loosened, keys)?;
            pairs::join(self.writing, account)?;
            self.marry(account, heard)?;
        }
        let mut deriver = Deriver::new(self.writing);
        for &account in &accounts {
            self.derive_account(account, &mut deriver)?;
        }
        self.writing.forget_all_bonds()?;
        let mut settling = Settling::new(self.writing, self.stop, self.progress);
        settling.deriver = deriver;
        settling.settle_accounts()?;
        let deriver = settling.deriver;
        conclude(self.writing)?;
        self.writing.remove_unseen_names(&deriver.seen)?;
        let n_held: u64 = self.writing.n_records_after(0)?.iter().map(|(_, n)| n).sum();
        let mut all = Changes::default();
        for changes in deriver.became()?.values() {
            all.new += changes.new;
            all.changed += changes.changed;
            all.removed += changes.removed;
        }
        Ok(RereadReport {
            n_documents: reread.n_documents,
            n_new: all.new,
            n_changed: all.changed,
            n_unchanged: n_held - all.new - all.changed,
            n_removed: all.removed,
            changed: reread.changed,
        })
    }

    fn read_all(&self, accounts: &[i64]) -> Result<Reread, IngestError> {
        let mut reread = Reread::default();
        let mut each = |held: &HeldReading| {
            self.progress.advance(held.bytes);
            (self.check_stop)()
        };
        for &account in accounts {
            for snapshot in self.writing.snapshots_of_account(account)? {
                refresh(self.writing, snapshot, Which::All, &mut reread, &mut each)?;
            }
        }
        take_apart(self.writing, &mut reread)?;
        Ok(reread)
    }

    /// Finds the zones of clocks, and reads what was read in others once more.
    fn listen(&self, accounts: &[i64], reread: &mut Reread) -> Result<Vec<talks::Heard>, IngestError> {
        let mut all = Vec::with_capacity(accounts.len());
        let mut has_changed = false;
        for &account in accounts {
            let heard = talks::listen(self.writing, account)?;
            for snapshot in talks::note_zones(self.writing, account, &heard)? {
                refresh(self.writing, snapshot, Which::Outdated, reread, &mut |_| (self.check_stop)())?;
                has_changed = true;
            }
            all.push(heard);
        }
        if has_changed {
            take_apart(self.writing, reread)?;
        }
        Ok(all)
    }

    /// Holds the messages of all conversations as what they are.
    fn marry(&self, account: i64, heard: &talks::Heard) -> Result<(), IngestError> {
        let key = self.writing.account_row(account)?.key;
        let me = talks::names_of_owner(self.writing, account, heard)?;
        for thread in self.writing.threads_of_account(account)? {
            (self.check_stop)()?;
            talks::marry_all(self.writing, key, thread, heard, &me)?;
        }
        Ok(())
    }

    /// Computes every record and conversation of an account; those that come out the same are not touched.
    fn derive_account(&self, account: i64, deriver: &mut Deriver<'_, '_>) -> Result<(), IngestError> {
        let row = self.writing.account_row(account)?;
        deriver.serve(account, &row);
        // Every key is computed, those that were joined too.
        let kinds = Kind::ALL.iter().copied().collect();
        let joined = rejoin::rejoin(self.writing, (account, row.key), Search::Everything, &kinds)?.posts;
        let mut stands = Stands::default();
        deriver.derive_every_key(&mut stands, self.check_stop)?;
        for key in own_posts::place_unlisted(self.writing, account, row.key, &joined)? {
            deriver.derive_key(key, &mut stands)?;
        }
        for thread in self.writing.threads_of_account(account)? {
            threads::derive_thread(self.writing, thread, &row)?;
        }
        notices::judge(self.writing, account)?;
        Ok(())
    }
}

/// Says of all accounts, people and snapshots what only all their records tell.
pub(super) fn conclude(writing: &Writing<'_>) -> Result<(), StoreError> {
    writing.remove_empty_threads()?;
    writing.remove_empty_snapshots()?;
    let accounts = writing.accounts()?;
    let (owners, doubtful) = owner::settle(writing, &accounts)?;
    people::settle(writing, &owners)?;
    for &account in &accounts {
        writing.name_account(account)?;
        let snapshots = writing.snapshots_of_account(account)?;
        for &snapshot in &snapshots {
            let doubt = doubtful.contains(&snapshot).then(owner::doubt);
            restate(writing, snapshot, FindingCode::DoubtfulOwner, doubt)?;
            restate(writing, snapshot, FindingCode::MissingMedia, missing_media(writing, snapshot)?)?;
            restate(writing, snapshot, FindingCode::DoubtfulValue, times_that_cannot_be(writing, snapshot)?)?;
            writing.set_snapshot_complete(snapshot, is_complete(writing, snapshot)?)?;
            writing.set_snapshot_range(snapshot)?;
        }
        cover::judge_gone(writing, account, &snapshots.into_iter().collect())?;
    }
    Ok(())
}
