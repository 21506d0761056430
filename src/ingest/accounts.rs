//! Brings every snapshot to the account that it belongs to by all that is held ([`super::belonging`]): its documents are read
//! again as that account's, for a record's key names its account. Decided anew by every ingest, and whenever a decision is
//! made or taken back.

use std::collections::{BTreeMap, BTreeSet};

use super::belonging::{self, Belonging, Decided, Facts, NameChange};
use super::bonds::Bonds;
use super::pipeline::IngestError;
use super::regroup::Affected;
use super::reread::{self, Reread, Which};
use super::settling::{Settling, check_stop};
use super::threads;
use crate::model::{DecisionKind, Finding, FindingCode, Item, Key, Kind, Moment, Service};
use crate::store::{HeldReading, OtherKey, SnapshotToPlace, Stands, StoreError, Writing, account_key};

/// What a move leaves to be computed in one account.
#[derive(Debug, Default)]
struct Unsettled {
    keys: BTreeSet<Key>,
    threads: BTreeSet<i64>,
}

/// A snapshot that stands with another account than it belongs to.
#[derive(Clone, Copy, Debug)]
struct Move {
    snapshot: i64,
    to: i64,
}

impl Settling<'_, '_> {
    /// Finds the accounts anew and moves what stands elsewhere. Gives the accounts that changed.
    pub(super) fn settle_accounts(&mut self) -> Result<BTreeSet<i64>, IngestError> {
        let writing = self.writing;
        for snapshot in &self.changed {
            writing.forget_bonds(*snapshot)?;
        }
        let snapshots = writing.snapshots_to_place()?;
        let accounts = find(writing, &snapshots)?;
        let (mut moves, mut named_anew) = (Vec::new(), Vec::new());
        for account in &accounts {
            let Some(first) = account.members.first().map(|index| &snapshots[*index]) else { continue };
            let service = Service::from_code(first.service)
                .ok_or_else(|| StoreError::Value(format!("unknown service {}", first.service)))?;
            let key = account_key(service, &account.first_handle, account.again.as_deref());
            let row = writing.account(key, service, &account.first_handle)?;
            writing.put_account_names(row, &account.names)?;
            if writing.put_other_keys(row, &other_keys(service, account, &snapshots, key))? {
                named_anew.push(row);
            }
            for snapshot in account.members.iter().map(|index| &snapshots[*index]) {
                if snapshot.account_id != row {
                    moves.push(Move { snapshot: snapshot.id, to: row });
                }
                self.say_whether_told(snapshot, account, key)?;
            }
        }
        let touched = self.carry_out(&moves)?;
        for account in named_anew {
            self.name_again(account)?;
        }
        if let Some(archive) = self.at_hand {
            self.report.findings.retain(|finding| finding.code != FindingCode::UnknownOwner);
            for archive in writing.archives_of(writing.snapshot_of_archive(archive)?.id)? {
                let held = writing.findings_of_archive(archive)?.into_iter();
                self.report.findings.extend(held.filter(|finding| finding.code == FindingCode::UnknownOwner));
            }
        }
        self.serve_again()?;
        Ok(touched)
    }

    /// The ids that records and conversations have by other names of the account are other ones.
    fn name_again(&mut self, account: i64) -> Result<(), IngestError> {
        self.serve(account)?;
        let stop = self.stop;
        self.deriver.derive_every_key(&mut Stands::default(), &|| check_stop(stop))?;
        let row = self.writing.account_row(account)?;
        for thread in self.writing.threads_of_account(account)? {
            self.check_stop()?;
            threads::derive_thread(self.writing, thread, &row)?;
        }
        Ok(())
    }

    fn say_whether_told(&self, snapshot: &SnapshotToPlace, account: &Belonging, key: Key) -> Result<(), StoreError> {
        let writing = self.writing;
        if snapshot.is_unknown {
            writing.add_unowned(snapshot.id, key, &snapshot.handle)?;
        } else {
            writing.remove_unowned(snapshot.id)?;
        }
        let today = (snapshot.is_unknown && account.is_unknown)
            .then(|| unknown_owner(writing, snapshot, &account.first_handle))
            .transpose()?;
        restate(writing, snapshot.id, FindingCode::UnknownOwner, today)
    }

    /// Reads the documents of snapshots as their accounts', and computes the accounts that this changes.
    fn carry_out(&mut self, moves: &[Move]) -> Result<BTreeSet<i64>, IngestError> {
        if moves.is_empty() {
            return Ok(BTreeSet::new());
        }
        let writing = self.writing;
        let mut reread = Reread::default();
        let mut left = BTreeSet::new();
        let mut unsettled: BTreeMap<i64, Unsettled> = BTreeMap::new();
        for Move { snapshot, to } in moves {
            let from = writing.account_of_snapshot(*snapshot)?;
            unsettled.entry(from).or_default().keys.extend(writing.forget_unlisted(*snapshot)?);
            left.insert(from);
            writing.set_snapshot_account(*snapshot, *to)?;
        }
        for Move { snapshot, .. } in moves {
            let mut each = |_: &HeldReading| self.check_stop();
            reread::refresh(writing, *snapshot, Which::Outdated, &mut reread, &mut each)?;
        }
        reread::take_apart(writing, &mut reread)?;
        for (account, keys) in reread.keys {
            unsettled.entry(account).or_default().keys.extend(keys);
        }
        for thread in writing.threads_that_are(&reread.threads)? {
            unsettled.entry(writing.account_of_thread(thread)?).or_default().threads.insert(thread);
        }
        for Move { to, .. } in moves {
            unsettled.entry(*to).or_default();
        }
        // What is left without a snapshot goes first, with all that stood there.
        for account in left {
            if writing.snapshots_of_account(account)?.is_empty() {
                self.serve(account)?;
                let mut stands = Stands::default();
                for key in unsettled.remove(&account).unwrap_or_default().keys {
                    self.check_stop()?;
                    self.deriver.derive_key(key, &mut stands)?;
                }
            }
        }
        let mut touched = BTreeSet::new();
        for (account, Unsettled { keys, threads }) in unsettled {
            self.serve(account)?;
            let threads = writing.threads_that_are(&threads)?;
            let kinds = Kind::ALL.iter().copied().collect();
            let affected = Affected { keys: keys.into_iter().collect(), threads, kinds, ..Affected::default() };
            self.derive_account(affected)?;
            self.changed.extend(writing.snapshots_of_account(account)?);
            touched.insert(account);
        }
        // Not before the records of what stayed are computed: they stood in what left.
        writing.remove_empty_threads()?;
        self.changed.extend(moves.iter().map(|moved| moved.snapshot));
        self.touch_doubtful_times()?;
        for (account, affected) in std::mem::take(&mut self.affected) {
            self.serve(account)?;
            self.derive_account(affected)?;
        }
        Ok(touched)
    }
}

/// The keys that an account had to whoever knew less of it: by each of its names, and, for what stands in a snapshot that
/// tells none, by what stood for one.
fn other_keys(service: Service, account: &Belonging, snapshots: &[SnapshotToPlace], key: Key) -> BTreeSet<OtherKey> {
    let named = account.names.keys().map(|name| (name.clone(), None));
    let unknown = account.members.iter().map(|index| &snapshots[*index]).filter(|snapshot| snapshot.is_unknown);
    let stand_ins = unknown.map(|snapshot| (snapshot.handle.to_lowercase(), Some(snapshot.id)));
    keys_under(service, named.chain(stand_ins), key)
}

/// The keys that the account of that key has under these names, each with the snapshot in which alone it is called so.
pub(super) fn keys_under(
    service: Service,
    names: impl Iterator<Item = (String, Option<i64>)>,
    key: Key,
) -> BTreeSet<OtherKey> {
    let mut keys: BTreeMap<Key, Option<i64>> = BTreeMap::new();
    for (name, snapshot_id) in names {
        keys.entry(account_key(service, &name, None)).or_insert(snapshot_id);
    }
    keys.remove(&key);
    keys.into_iter().map(|(key, snapshot_id)| OtherKey { key, snapshot_id }).collect()
}

/// The accounts of all snapshots.
fn find(writing: &Writing<'_>, snapshots: &[SnapshotToPlace]) -> Result<Vec<Belonging>, StoreError> {
    let mut profiles: BTreeMap<i64, Vec<Item>> = BTreeMap::new();
    for (snapshot, item) in writing.profiles_told()? {
        profiles.entry(snapshot).or_default().push(item);
    }
    let mut bonds = Bonds::new(writing, snapshots.iter().map(|snapshot| snapshot.id).collect(), &profiles);
    let mut has_chats = false;
    let mut facts = Vec::with_capacity(snapshots.len());
    for snapshot in snapshots {
        let is_chats = snapshot.is_unknown && writing.is_of_encrypted_chats(snapshot.id)?;
        has_chats |= is_chats;
        let everywhere = if is_chats { writing.participants_in_every_thread(snapshot.id)? } else { Vec::new() };
        facts.push(Facts {
            id: snapshot.id,
            public_id: snapshot.public_id.clone(),
            service: snapshot.service,
            day_end_ms: snapshot.day_end_ms,
            handle: snapshot.handle.to_lowercase(),
            is_unknown: snapshot.is_unknown,
            others: snapshot.told.iter().map(|told| told.to_lowercase()).collect(),
            changes: changes(profiles.get(&snapshot.id).map_or(&[], Vec::as_slice)),
            everywhere: everywhere.into_iter().collect(),
            owner_names: BTreeSet::new(),
        });
    }
    if has_chats {
        for facts in facts.iter_mut().filter(|facts| !facts.is_unknown) {
            facts.owner_names = bonds.owner_names(facts.id)?;
        }
    }
    belonging::accounts(&facts, &decided(writing)?, &mut |one, other| bonds.between(one, other))
}

/// The changes of the user name that a snapshot tells.
fn changes(items: &[Item]) -> Vec<NameChange> {
    let filled = |item: &Item, name: &str| {
        let value = item.details.text(name).map(|text| text.trim().to_lowercase());
        value.filter(|value| !value.is_empty())
    };
    let of_user_names = items
        .iter()
        .filter(|item| item.kind == Kind::ProfileChange && item.details.text("changed") == Some("Username"));
    let mut changes: Vec<NameChange> = of_user_names
        .filter_map(|item| {
            let at_ms = item.at.map(Moment::utc_ms)?;
            Some(NameChange { at_ms, from: filled(item, "previous_value"), to: filled(item, "new_value") })
        })
        .collect();
    changes.sort();
    changes.dedup();
    changes
}

/// What was decided by hand about accounts; what was decided later counts.
fn decided(writing: &Writing<'_>) -> Result<Decided, StoreError> {
    let mut all = Decided::default();
    for decision in writing.decisions()?.into_iter().map(|kept| kept.decision) {
        match (&decision.kind, decision.arguments.as_slice()) {
            (DecisionKind::MergeAccounts, [one, other]) => all.together.push((one.clone(), other.clone())),
            (DecisionKind::SplitAccount, [snapshot]) => {
                all.together.retain(|(one, other)| one != snapshot && other != snapshot);
                all.apart.insert(snapshot.clone());
            }
            _ => {}
        }
    }
    Ok(all)
}

fn unknown_owner(writing: &Writing<'_>, snapshot: &SnapshotToPlace, stand_in: &str) -> Result<Finding, StoreError> {
    let until = "a download of the same account shows it, or `throwback accounts merge` says it";
    let sentence = if writing.is_of_encrypted_chats(snapshot.id)? {
        format!(
            "Encrypted chats do not say whose they are, nor whether they are Instagram's or Facebook's. They stand as the \
             account {stand_in} until {until}."
        )
    } else {
        let name = writing.archives_in_snapshot(snapshot.id)?.into_iter().next().map(|(_, name)| name);
        format!(
            "Neither the name of {} nor a profile inside it tells whose account it is, and it shares nothing with exactly \
             one other download; it stands as the account {stand_in} until {until}.",
            name.unwrap_or_default()
        )
    };
    Ok(Finding::new(FindingCode::UnknownOwner, sentence))
}

/// Exchanges what is told about a snapshot as a whole, where it would be told otherwise today.
pub(super) fn restate(
    writing: &Writing<'_>,
    snapshot: i64,
    code: FindingCode,
    today: Option<Finding>,
) -> Result<(), StoreError> {
    let (mut told, mut at) = (Vec::new(), None);
    let archives = writing.archives_of(snapshot)?;
    for &archive in &archives {
        // What a document's reading found has the document's name.
        let findings = writing.findings_of_archive(archive)?.into_iter();
        let n_before = told.len();
        told.extend(findings.filter(|finding| finding.code == code && finding.path.is_none()));
        if told.len() > n_before {
            at = at.or(Some(archive));
        }
    }
    let stands_for = writing.archives_in_snapshot(snapshot)?.first().map(|(archive, _)| *archive);
    if told.iter().eq(&today) && (at.is_none() || at == stands_for) {
        return Ok(());
    }
    writing.withdraw_findings(snapshot, code)?;
    match (today, stands_for) {
        (Some(finding), Some(archive)) => writing.add_finding(archive, None, &finding),
        _ => Ok(()),
    }
}
