//! From sightings to stored records: the one way, for new, completed and withdrawn evidence alike.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;

use super::align::{self, Numbers, Sighted};
use super::identity::{self, Counting};
use super::ids;
use super::merge::{Merged, has_reactions_of_several, is_named, merge, without_earlier_names};
use super::pipeline::IngestError;
use super::report::{Changes, KindCounts};
use super::threads;
use crate::model::{Item, Key, KeyBuilder, Kind, MediaRef, Moment, Who, media_id_of};
use crate::store::{
    AccountRow, Attachment, OtherKey, OwnName, Record, RecordNameRow, RecordReaction, Resolved, SightingRow, Stands,
    StoreError, Version, Writing, details_json,
};

/// Computes records of one account and counts what became of them.
#[derive(Debug)]
pub(super) struct Deriver<'w, 'c> {
    pub(super) writing: &'w Writing<'c>,
    account_id: i64,
    account_key: Key,
    /// What it is under other user names of the account.
    other_keys: Vec<OtherKey>,
    own: OwnName,
    /// Records with a larger row number were made by this ingest.
    last_record_before: i64,
    handles: BTreeMap<Who, i64>,
    /// Names that stand in sightings that were looked at.
    pub(super) seen: HashSet<i64>,
    /// Snapshots with a record that has another time than before.
    pub(super) retimed: BTreeSet<i64>,
    /// The last moment of which a snapshot can tell, where its date is told.
    latest_ms: HashMap<i64, Option<i64>>,
    /// Records from before this ingest that are known otherwise now.
    changed: HashMap<i64, Kind>,
    /// How many of them ceased to be.
    removed: BTreeMap<Kind, u64>,
}

/// So many sightings of one key are looked at together. No real key has a thousandth of them; what a crafted document has
/// more is taken piece by piece, the first rows of every document with each other, then the next.
const MOST_AT_ONCE: usize = 50_000;

/// So many keys are looked up at once.
const KEYS_AT_ONCE: usize = 1_000;

/// The records of a key that are held, while they are computed anew.
struct HeldRecords<'k> {
    row_of: HashMap<&'k str, i64>,
    /// Rows that nothing has claimed yet.
    stale: BTreeSet<i64>,
    numbers: Numbers,
    /// The record of a key that has only one, once it is known.
    one: Option<i64>,
}

/// Names kept at hand. More than the people of a very large account, and a few megabytes at most.
const HANDLES_KEPT: usize = 20_000;

impl<'w, 'c> Deriver<'w, 'c> {
    pub(super) fn new(writing: &'w Writing<'c>) -> Self {
        Self {
            writing,
            account_id: 0,
            account_key: KeyBuilder::new("no account").key(),
            other_keys: Vec::new(),
            own: OwnName::default(),
            last_record_before: writing.last_record_id(),
            handles: BTreeMap::new(),
            seen: HashSet::new(),
            retimed: BTreeSet::new(),
            latest_ms: HashMap::new(),
            changed: HashMap::new(),
            removed: BTreeMap::new(),
        }
    }

    /// Records with a larger row number were made by this ingest.
    pub(super) fn last_record_before(&self) -> i64 {
        self.last_record_before
    }

    /// Says whose records are computed from now on.
    pub(super) fn serve(&mut self, account_id: i64, account: &AccountRow) {
        if (account_id, &account.own) != (self.account_id, &self.own) {
            // The owner is somebody else.
            self.handles.clear();
        }
        self.account_id = account_id;
        self.account_key = account.key;
        self.other_keys.clone_from(&account.other_keys);
        self.own.clone_from(&account.own);
    }

    /// Forgets which rows names have: some of them went.
    pub(super) fn forget_names(&mut self) {
        self.handles.clear();
    }

    /// A sighting whose key nothing else has: its record is computed from it alone, before the sighting is written. Gives the
    /// record's row and whether everything it refers to was found. Which snapshot it stands in and of what day that is, is
    /// not settled yet: whether its time can be is judged in the end.
    pub(super) fn derive_first(
        &mut self,
        key: Key,
        counting: Counting,
        sighting: SightingRow,
    ) -> Result<(i64, bool), StoreError> {
        let mut records = align::split(key, counting, vec![sighting], &mut Numbers::default());
        let Some(mut sighted) = records.pop() else {
            return Err(StoreError::Value("a new sighting stands in no snapshot".into()));
        };
        ids::add_under_other_names(self.writing, self.account_key, &self.other_keys, key, &mut sighted)?;
        let record = self.compute(key, &sighted, None)?;
        let is_resolved = record.attachments.iter().all(is_resolved);
        Ok((self.writing.insert_record(&record)?, is_resolved))
    }

    /// Computes the records of a key from all its sightings.
    pub(super) fn derive_key(&mut self, key: Key, stands: &mut Stands) -> Result<(), StoreError> {
        let known = self.writing.records_of_key(key)?;
        let mut held = HeldRecords {
            row_of: known.iter().map(|(row, id)| (id.as_str(), *row)).collect(),
            stale: known.iter().map(|(row, _)| *row).collect(),
            numbers: Numbers::default(),
            one: None,
        };
        match self.writing.sightings_of(key, MOST_AT_ONCE, stands)? {
            Some(all) => self.derive_sightings(key, all, &mut held)?,
            None => {
                for piece in 0..self.writing.cut_sightings(key, MOST_AT_ONCE)? {
                    let sightings = self.writing.sightings_of_piece(key, piece, stands)?;
                    self.derive_sightings(key, sightings, &mut held)?;
                }
            }
        }
        for row in held.stale {
            let kind = self.writing.remove_record(row)?;
            self.changed.remove(&row);
            if row <= self.last_record_before {
                *self.removed.entry(kind).or_default() += 1;
            }
        }
        Ok(())
    }

    /// Computes every record of the account that is served.
    pub(super) fn derive_every_key(
        &mut self,
        stands: &mut Stands,
        check_stop: &dyn Fn() -> Result<(), IngestError>,
    ) -> Result<(), IngestError> {
        let mut keys = self.writing.keys_after(self.account_id, None, KEYS_AT_ONCE)?;
        while let Some(last) = keys.last().copied() {
            for key in keys {
                check_stop()?;
                self.derive_key(key, stands)?;
            }
            keys = self.writing.keys_after(self.account_id, Some(last), KEYS_AT_ONCE)?;
        }
        Ok(())
    }

    fn derive_sightings(
        &mut self,
        key: Key,
        sightings: Vec<SightingRow>,
        held: &mut HeldRecords<'_>,
    ) -> Result<(), StoreError> {
        if let Some(one) = held.one {
            return sightings.iter().try_for_each(|sighting| self.writing.set_sighting_record(sighting.id, one));
        }
        let counting = self.counting_of(&sightings);
        let mut records: Vec<Sighted> = align::split(key, counting, sightings, &mut held.numbers)
            .into_iter()
            .filter(|sighted| sighted.sightings.iter().any(|sighting| !sighting.snapshots.is_empty()))
            .collect();
        for sighted in &mut records {
            ids::add_own(self.account_key, key, sighted);
            ids::add_under_other_names(self.writing, self.account_key, &self.other_keys, key, sighted)?;
        }
        // A record keeps its row: that of its id, else the one to which its sightings belonged under another id.
        let mut rows: Vec<Option<i64>> = Vec::with_capacity(records.len());
        for sighted in &records {
            rows.push(held.row_of.get(sighted.id.as_str()).copied().filter(|row| held.stale.remove(row)));
        }
        for (sighted, row) in records.iter().zip(&mut rows).filter(|(_, row)| row.is_none()) {
            let earlier = sighted.sightings.iter().filter_map(|sighting| sighting.record_id);
            *row = earlier.filter(|row| held.stale.contains(row)).min();
            if let Some(row) = row {
                held.stale.remove(row);
                self.writing.release_record_id(*row)?;
            }
        }
        for (sighted, row) in records.iter().zip(rows) {
            let id = self.put_record(key, sighted, row)?;
            if counting == Counting::One {
                held.one = Some(id);
            }
        }
        Ok(())
    }

    /// Computes a record and writes it into its row, or into a new one. Gives the row.
    fn put_record(&mut self, key: Key, sighted: &Sighted, row: Option<i64>) -> Result<i64, StoreError> {
        let latest_ms = self.latest_ms(&sighted.sightings)?;
        let mut record = self.compute(key, sighted, latest_ms)?;
        if let Some(row) = row.filter(|_| record.kind == Kind::Message) {
            record.subkind = self.writing.subkind_as_told(row, record.subkind.as_deref())?;
        }
        let at_before = row.map(|row| self.writing.time_of_record(row)).transpose()?;
        if at_before != Some(record.at_ms) {
            let snapshots = sighted.sightings.iter().flat_map(|sighting| sighting.snapshots.iter());
            self.retimed.extend(snapshots.map(|snapshot| snapshot.id));
        }
        let id = match row {
            Some(row) => {
                if self.writing.replace_record(row, &record)? && row <= self.last_record_before {
                    self.changed.insert(row, record.kind);
                }
                row
            }
            None => self.writing.insert_record(&record)?,
        };
        for sighting in &sighted.sightings {
            if sighting.record_id != Some(id) {
                self.retimed.extend(sighting.snapshots.iter().map(|snapshot| snapshot.id));
                self.writing.set_sighting_record(sighting.id, id)?;
            }
        }
        let names = self.names_of(&sighted.sightings, record.kind)?;
        self.writing.put_record_names(id, &names)?;
        Ok(id)
    }

    /// How many things the sightings of a key are. A post may have rows of other keys; where one names one thing, all do.
    fn counting_of(&self, sightings: &[SightingRow]) -> Counting {
        let of =
            |sighting: &SightingRow| identity::identify(self.account_key, &sighting.item, sighting.thread_key).counting;
        let n_looked_at = if sightings.iter().any(|sighting| is_post(&sighting.item)) { sightings.len() } else { 1 };
        let is_each = |sighting| of(sighting) == Counting::Each;
        if !sightings.is_empty() && sightings.iter().take(n_looked_at).all(is_each) {
            Counting::Each
        } else {
            Counting::One
        }
    }

    /// What became of the records of all kinds. One that has another key now is the same thing, better known.
    pub(super) fn became(&self) -> Result<BTreeMap<Kind, Changes>, StoreError> {
        let mut all: BTreeMap<Kind, Changes> = BTreeMap::new();
        for (kind, n) in self.writing.n_records_after(self.last_record_before)? {
            all.entry(kind).or_default().new = n;
        }
        for kind in self.changed.values() {
            all.entry(*kind).or_default().changed += 1;
        }
        for (kind, n) in &self.removed {
            let changes = all.entry(*kind).or_default();
            let n_moved = changes.new.min(*n);
            changes.new -= n_moved;
            changes.changed += n_moved;
            changes.removed = n - n_moved;
        }
        Ok(all)
    }

    /// The same, with how many of an archive's own records it left as they were.
    pub(super) fn became_by(&self, archive: i64) -> Result<BTreeMap<Kind, KindCounts>, StoreError> {
        let mut all: BTreeMap<Kind, KindCounts> = BTreeMap::new();
        for (kind, Changes { new, changed, .. }) in self.became()? {
            if new + changed > 0 {
                all.insert(kind, KindCounts { new, merged: changed, unchanged: 0 });
            }
        }
        self.writing.records_of_archive(archive, &mut |kind, record| {
            if record <= self.last_record_before && !self.changed.contains_key(&record) {
                all.entry(kind).or_default().unchanged += 1;
            }
        })?;
        Ok(all)
    }

    /// The last moment that a thing can be of which these tell: the newest of the snapshots in which they stand allows most.
    /// `None` for what may lie ahead, and where the date of one is itself taken from what it tells.
    fn latest_ms(&mut self, sightings: &[SightingRow]) -> Result<Option<i64>, StoreError> {
        let mut latest = None;
        if sightings.iter().any(|sighting| !sighting.item.kind.is_done()) {
            return Ok(None);
        }
        for snapshot in sightings.iter().flat_map(|sighting| sighting.snapshots.iter()) {
            let of_snapshot = match self.latest_ms.get(&snapshot.id) {
                Some(known) => *known,
                None => {
                    let read = self.writing.latest_ms_of_snapshot(snapshot.id)?;
                    self.latest_ms.insert(snapshot.id, read);
                    read
                }
            };
            let Some(of_snapshot) = of_snapshot else { return Ok(None) };
            latest = latest.max(Some(of_snapshot));
        }
        Ok(latest)
    }

    fn compute(&mut self, key: Key, sighted: &Sighted, latest_ms: Option<i64>) -> Result<Record, StoreError> {
        let sightings = sighted.sightings.as_slice();
        let Some(Merged { mut item, mut versions, first, last, snapshots }) = merge(sightings, latest_ms) else {
            return Err(StoreError::Value("a record has no sighting in any snapshot".into()));
        };
        if has_reactions_of_several(&item) {
            let names = threads::names_of_the_other(self.writing, sightings)?;
            without_earlier_names(&mut item, &names);
        }
        versions.sort();
        // Everybody who was ever named is known, also under names that newer downloads replaced.
        for who in sightings.iter().flat_map(|sighting| named_in(&sighting.item)) {
            self.handle(Some(who))?;
        }
        let thread_id = sightings.iter().find_map(|sighting| sighting.thread_id);
        let attachments = self.attachments(&item, &snapshots)?;
        let mut aliases: BTreeSet<String> = sighted.aliases.iter().map(|id| id.as_str().to_owned()).collect();
        let mut other_text = item.other_text.clone();
        for title in item.media.iter().filter_map(|medium| medium.title.as_ref()) {
            if item.text.as_ref() != Some(title) && !other_text.contains(title) {
                other_text.push(title.clone());
            }
        }
        for attachment in &attachments {
            if let (Some("subtitles"), Some(document)) = (attachment.role.as_deref(), attachment.document_id) {
                let words = self.writing.words_of_document(document)?;
                let stands = || sightings.iter().flat_map(|sighting| sighting.snapshots.iter());
                let others = self.other_keys.iter().filter(|other| other.is_for(stands())).map(|other| other.key);
                for account in std::iter::once(self.account_key).chain(others) {
                    aliases.extend(words.iter().map(|words| ids::of_words(account, words).as_str().to_owned()));
                }
                other_text.extend(words);
            }
        }
        let share = item.share.clone().unwrap_or_default();
        Ok(Record {
            key,
            public_id: sighted.id.as_str().to_owned(),
            aliases: aliases.into_iter().collect(),
            account_id: self.account_id,
            kind: item.kind,
            subkind: item.subkind.clone(),
            at_ms: item.at.map(Moment::utc_ms),
            precision: item.at.map(|at| at.precision),
            author_id: self.handle(item.author.as_ref())?,
            counterpart_id: self.handle(item.counterpart.as_ref())?,
            thread_id,
            text: item.text.clone(),
            other_text,
            url: item.url.clone(),
            place: item.place.clone(),
            latitude: item.latitude,
            longitude: item.longitude,
            share_url: share.url,
            share_text: share.text,
            share_owner: share.owner,
            call_seconds: item.call_seconds,
            is_unsent: item.is_unsent,
            is_edited: item.is_edited,
            details: details_json(&item.details)?,
            first_snapshot_id: first.id,
            last_snapshot_id: last.id,
            attachments,
            reactions: self.reactions(&item)?,
            versions: versions.into_iter().map(|(snapshot_id, text)| Version { snapshot_id, text }).collect(),
        })
    }

    /// Under which names whoever a record is about was seen, where there are several: different names at one and the same
    /// thing are names of one person, a friend who was renamed between downloads ([`super::people`]).
    fn names_of(&mut self, sightings: &[SightingRow], kind: Kind) -> Result<Vec<RecordNameRow>, StoreError> {
        let side: fn(&Item) -> Option<&Who> = match kind {
            Kind::Message => |item| item.author.as_ref(),
            Kind::Follow => |item| item.counterpart.as_ref(),
            _ => return Ok(Vec::new()),
        };
        let mut dates: BTreeMap<&Who, BTreeSet<&str>> = BTreeMap::new();
        for sighting in sightings {
            if let Some(who) = side(&sighting.item).filter(|who| is_named(who) && **who != Who::Me) {
                let of_sighting = sighting.snapshots.iter().map(|snapshot| snapshot.date.as_str());
                dates.entry(who).or_default().extend(of_sighting);
            }
        }
        dates.retain(|_, dates| !dates.is_empty());
        if dates.len() < 2 {
            return Ok(Vec::new());
        }
        let mut names = Vec::with_capacity(dates.len());
        for (who, dates) in dates {
            let date = |date: Option<&&str>| date.map(|date| (*date).to_owned()).unwrap_or_default();
            let (first_date, last_date) = (date(dates.first()), date(dates.last()));
            if let Some(handle_id) = self.handle(Some(who))? {
                names.push(RecordNameRow { handle_id, first_date, last_date });
            }
        }
        names.sort();
        Ok(names)
    }

    fn handle(&mut self, who: Option<&Who>) -> Result<Option<i64>, StoreError> {
        let Some(who) = who else { return Ok(None) };
        if let Some(id) = self.handles.get(who) {
            return Ok(Some(*id));
        }
        let id = self.writing.handle_id(who, &self.own)?;
        if self.handles.len() >= HANDLES_KEPT {
            self.handles.clear();
        }
        self.handles.insert(who.clone(), id);
        self.seen.insert(id);
        Ok(Some(id))
    }

    fn reactions(&mut self, item: &Item) -> Result<Vec<RecordReaction>, StoreError> {
        let mut reactions = Vec::with_capacity(item.reactions.len());
        for reaction in &item.reactions {
            if let Some(actor_id) = self.handle(Some(&reaction.actor))? {
                let at_ms = reaction.at.map(Moment::utc_ms);
                reactions.push(RecordReaction { actor_id, reaction: reaction.reaction.clone(), at_ms });
            }
        }
        Ok(reactions)
    }

    fn attachments(&self, item: &Item, snapshots: &[i64]) -> Result<Vec<Attachment>, StoreError> {
        item.media.iter().map(|medium| self.attachment(medium, snapshots)).collect()
    }

    fn attachment(&self, medium: &MediaRef, snapshots: &[i64]) -> Result<Attachment, StoreError> {
        let path: String = medium.path.replace('\\', "/").nfc().collect();
        let path = path.trim_start_matches("./").trim_start_matches('/');
        let external_id = media_id_of(path);
        let resolved = if path.is_empty() || path.contains("://") {
            None
        } else {
            let base = path.rsplit('/').next().unwrap_or(path);
            self.writing.resolve_medium(self.account_id, snapshots, path, base, external_id)?
        };
        Ok(Attachment {
            path: medium.path.clone(),
            role: medium.role.clone(),
            at_ms: medium.at.map(Moment::utc_ms),
            external_id: external_id.map(str::to_owned),
            medium_id: match resolved {
                Some(Resolved::Medium(id)) => Some(id),
                _ => None,
            },
            document_id: match resolved {
                Some(Resolved::Document(id)) => Some(id),
                _ => None,
            },
        })
    }
}

pub(super) fn is_post(item: &Item) -> bool {
    matches!(item.kind, Kind::Post | Kind::Reel)
}

/// Everybody whom an item names.
fn named_in(item: &Item) -> impl Iterator<Item = &Who> {
    item.author.iter().chain(&item.counterpart).chain(item.reactions.iter().map(|reaction| &reaction.actor))
}

/// Whether an attachment leads somewhere, or could not lead anywhere inside a download.
fn is_resolved(attachment: &Attachment) -> bool {
    attachment.medium_id.is_some()
        || attachment.document_id.is_some()
        || attachment.path.is_empty()
        || attachment.path.contains("://")
}
