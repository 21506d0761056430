//! Archives move between snapshots when one that arrives shows what belongs together; what hangs on that is computed
//! again. Which archives are one snapshot decides [`super::grouping`].

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::grouping::{self, Compare, Facts, Group};
use super::manifest::{self, Manifests};
use super::pipeline::IngestError;
use super::rejoin::Kinds;
use super::reread::{Lesson, learnt_from};
use super::said_again::SaidAgain;
use super::settling::Settling;
use super::snapshot;
use crate::model::{Format, Generation, Key, Service};
use crate::source::{self, Learnt};
use crate::store::{ArchiveFacts, NewSnapshot, SnapshotRef, SnapshotRow, StoreError, ToldByArchive, Writing};

/// What is to be derived again in one account.
#[derive(Debug, Default)]
pub(super) struct Affected {
    pub keys: HashSet<Key>,
    pub threads: BTreeSet<i64>,
    /// Kinds of which there are new rows; those of the keys are looked up.
    pub kinds: Kinds,
    /// Messages of which only the snapshots are other ones.
    pub said_again: SaidAgain,
}

/// What a group is to be, written down.
#[derive(Clone, Debug)]
struct Described {
    key: Key,
    public_id: String,
    account_id: i64,
    handle: String,
    format: Format,
    generation: Generation,
    language: Option<String>,
    date: String,
    date_ground: &'static str,
    evidence: String,
}

/// A group, the row that it has so far, and what it is.
struct Placed<'g> {
    group: &'g Group,
    row: Option<SnapshotRow>,
    /// Its archives stood in that row before, and no others.
    is_same: bool,
    described: Described,
}

impl Settling<'_, '_> {
    /// Puts all archives of the home into the snapshots that the set of them makes.
    pub(super) fn regroup(&mut self) -> Result<(), IngestError> {
        let writing = self.writing;
        if let Some(archive) = self.at_hand {
            writing.put_archive_content(archive, &manifest::content_of(writing, archive)?)?;
        }
        let all = Known::of(writing)?;
        let mut compare = Comparing { writing, manifests: Manifests::new(writing) };
        let groups = grouping::group(&all.facts, &mut compare)?;
        let known: BTreeMap<i64, SnapshotRow> = writing.all_snapshots()?.into_iter().map(|row| (row.id, row)).collect();

        let rows = rows_of(&groups, &all);
        let mut placed = Vec::new();
        for (group, row) in groups.iter().zip(rows) {
            let members: BTreeSet<i64> = group.members.iter().map(|(index, _)| all.archives[*index].id).collect();
            let before = |row: i64| -> BTreeSet<i64> {
                all.archives.iter().filter(|archive| archive.snapshot_id == row).map(|archive| archive.id).collect()
            };
            let is_same = row.is_some_and(|row| before(row) == members);
            let row = row.and_then(|row| known.get(&row).cloned());
            let key = snapshot::key_of_group(group, all.service_of(group)?, all.format_of(group)?);
            let is_settled = is_same && row.as_ref().is_some_and(|row| row.key == key.as_bytes());
            if is_settled && !self.at_hand.is_some_and(|archive| members.contains(&archive)) {
                continue;
            }
            let described = self.describe_group(group, key, row.as_ref(), &all)?;
            placed.push(Placed { group, row, is_same, described });
        }
        // Names may change hands, also those of rows that end up empty.
        let members = placed.iter().flat_map(|placed| &placed.group.members);
        for row in members.map(|(index, _)| all.archives[*index].snapshot_id).collect::<BTreeSet<_>>() {
            writing.release_snapshot_names(row)?;
        }
        for placed in placed {
            self.place(&placed, &all)?;
        }
        let Some(archive) = self.at_hand else { return Ok(()) };
        let held = writing.snapshot_of_archive(archive)?;
        self.snapshot = SnapshotRef { date: held.date, public_id: held.public_id, id: held.id };
        self.serve(held.account_id)
    }

    /// Writes a snapshot and puts its archives into it.
    fn place(&mut self, placed: &Placed<'_>, all: &Known) -> Result<(), IngestError> {
        let Described { key, public_id, account_id, handle, format, generation, language, date, date_ground, evidence } =
            &placed.described;
        let snapshot = NewSnapshot {
            key: *key,
            public_id,
            account_id: *account_id,
            handle,
            format: *format,
            generation: *generation,
            language: language.as_deref(),
            date,
            date_ground,
            evidence,
        };
        let id = match &placed.row {
            Some(row) => {
                self.writing.put_snapshot(row.id, &snapshot)?;
                row.id
            }
            None => self.writing.add_snapshot(&snapshot)?,
        };
        let is_alone = placed.group.members.len() == 1;
        for (index, ground) in &placed.group.members {
            let archive = &all.archives[*index];
            let name = snapshot::leading_name(&archive.names, &archive.root).map_or("", String::as_str);
            self.writing.place_archive(archive.id, id, name, (!is_alone).then(|| ground.name()))?;
        }
        self.changed.insert(id);
        // What stands elsewhere, too, goes by the snapshots' dates and ids.
        let is_dated_anew = placed.row.as_ref().is_none_or(|row| (&row.date, &row.public_id) != (date, public_id));
        if placed.is_same && (is_alone || !is_dated_anew) {
            return Ok(());
        }
        for (index, _) in &placed.group.members {
            let archive = all.archives[*index].id;
            self.touch_archive(archive)?;
            let unlisted = self.writing.unlisted_keys_of_archive(archive)?;
            self.affected.entry(*account_id).or_default().keys.extend(unlisted);
        }
        Ok(())
    }

    /// Everything that an archive's documents said is derived again.
    pub(super) fn touch_archive(&mut self, archive_id: i64) -> Result<(), IngestError> {
        for (reading, account) in self.writing.readings_of_archive(archive_id)? {
            self.touch_reading(reading, account)?;
        }
        Ok(())
    }

    fn touch_reading(&mut self, reading: i64, account: i64) -> Result<(), StoreError> {
        let affected = self.affected.entry(account).or_default();
        self.writing.keys_of_reading(reading, &mut |key| {
            affected.keys.insert(key);
        })?;
        affected.threads.extend(self.writing.threads_of_reading(reading)?);
        Ok(())
    }

    fn describe_group(
        &self,
        group: &Group,
        key: Key,
        row: Option<&SnapshotRow>,
        all: &Known,
    ) -> Result<Described, IngestError> {
        let archives: Vec<&ArchiveFacts> = group.members.iter().map(|(index, _)| &all.archives[*index]).collect();
        let format = all.format_of(group)?;
        let taught = taught(self.writing, &archives)?;
        let stand_ins = archives.iter().filter_map(|archive| archive.stand_in.clone()).collect();
        let holder =
            snapshot::holder(&taught.handles, group.named.as_ref().map(|(handle, _)| handle.as_str()), &stand_ins);
        // Whose it is decides [`Self::settle_accounts`], when everything is read.
        let account_id = match (row, archives.first()) {
            (Some(row), _) => row.account_id,
            (None, Some(archive)) => self.writing.account_of_snapshot(archive.snapshot_id)?,
            (None, None) => return Err(StoreError::Value("a snapshot without an archive".into()).into()),
        };
        let (date, date_ground) = match snapshot::date_of_group(group) {
            Some(told) => told,
            None => {
                let mut newest = None;
                for archive in &archives {
                    newest = newest.max(self.writing.newest_item_of_archive(archive.id)?);
                }
                snapshot::date_of_newest(newest)
            }
        };
        let generation = archives.iter().map(|archive| archive.generation).max().and_then(Generation::from_code);
        Ok(Described {
            key,
            public_id: snapshot::public_id(key, date),
            account_id,
            handle: holder.handle,
            format,
            generation: generation.ok_or_else(|| StoreError::Value("unknown generation".into()))?,
            language: taught.language,
            date: date.to_string(),
            date_ground,
            // That of the fullest: a piece or copy beside it says nothing new. Of equals the first by the alphabet.
            evidence: archives
                .iter()
                .map(|archive| fullest_first(archive))
                .min()
                .map(|(_, evidence)| evidence)
                .unwrap_or_default(),
        })
    }
}

fn fullest_first(archive: &ArchiveFacts) -> (Reverse<u64>, String) {
    let n_files = archive.content.as_ref().map_or(0, |content| content.n_files);
    (Reverse(n_files), archive.evidence.clone())
}

/// What all archives say, and what grouping needs of it, at the same positions.
struct Known {
    archives: Vec<ArchiveFacts>,
    facts: Vec<Facts>,
}

impl Known {
    /// Completes it for archives that were held before it was asked.
    fn of(writing: &Writing<'_>) -> Result<Self, StoreError> {
        let mut all = Self { archives: Vec::new(), facts: Vec::new() };
        for mut archive in writing.archive_facts()? {
            if archive.handles.is_none() {
                let learnt = learn(writing, &[archive.id])?;
                writing.put_archive_told(
                    archive.id,
                    &ToldByArchive {
                        format: archive.format,
                        generation: archive.generation,
                        language: archive.language.as_deref(),
                        evidence: &archive.evidence,
                        handles: &learnt.handles,
                        stand_in: archive.stand_in.as_deref(),
                    },
                )?;
                archive.handles = Some(learnt.handles);
            }
            let content = match archive.content.take() {
                Some(content) => content,
                None => {
                    let content = manifest::content_of(writing, archive.id)?;
                    writing.put_archive_content(archive.id, &content)?;
                    content
                }
            };
            all.facts.push(snapshot::facts_of(&archive, &content, writing.is_salvaged(archive.id)?));
            archive.content = Some(content);
            all.archives.push(archive);
        }
        Ok(all)
    }

    fn first_of(&self, group: &Group) -> Result<&Facts, StoreError> {
        let first = group.members.first().and_then(|(index, _)| self.facts.get(*index));
        first.ok_or_else(|| StoreError::Value("a snapshot without an archive".into()))
    }

    fn service_of(&self, group: &Group) -> Result<Service, StoreError> {
        let code = self.first_of(group)?.format.0;
        Service::from_code(code).ok_or_else(|| StoreError::Value(format!("unknown service {code}")))
    }

    fn format_of(&self, group: &Group) -> Result<Format, StoreError> {
        let code = self.first_of(group)?.format.1;
        Format::from_code(code).ok_or_else(|| StoreError::Value(format!("unknown format {code}")))
    }
}

/// What the archives of a group teach together. Where not more than one of them tells anything, that is known already.
fn taught(writing: &Writing<'_>, archives: &[&ArchiveFacts]) -> Result<Learnt, StoreError> {
    let told =
        |archive: &&&ArchiveFacts| archive.language.is_some() || archive.handles.iter().flatten().next().is_some();
    let mut telling = archives.iter().filter(told);
    let known = |archive: &ArchiveFacts| Learnt {
        handles: archive.handles.clone().unwrap_or_default(),
        language: archive.language.clone(),
        ..Learnt::default()
    };
    match (telling.next(), telling.next()) {
        (None, _) => Ok(Learnt::default()),
        (Some(only), None) => Ok(known(only)),
        (Some(_), Some(_)) => learn(writing, &archives.iter().map(|archive| archive.id).collect::<Vec<_>>()),
    }
}

/// The first pass over the kept documents of several archives.
fn learn(writing: &Writing<'_>, archives: &[i64]) -> Result<Learnt, StoreError> {
    let mut lessons = Vec::new();
    for archive in archives {
        let documents = writing.documents_of_archive(*archive)?.into_iter();
        let teaching = documents.filter(|(path, ..)| source::teaches(path));
        lessons.extend(teaching.map(|(path, hash, document)| Lesson { path, hash, document }));
    }
    learnt_from(writing, &mut lessons)
}

/// The row of each group: each row goes to the group that has most of its files, and each group takes the fullest that
/// it has won. Rows are no contract; this only saves work.
fn rows_of(groups: &[Group], all: &Known) -> Vec<Option<i64>> {
    let mut shares: BTreeMap<i64, BTreeMap<usize, u64>> = BTreeMap::new();
    for (number, group) in groups.iter().enumerate() {
        for (index, _) in &group.members {
            let row = all.archives[*index].snapshot_id;
            *shares.entry(row).or_default().entry(number).or_default() += all.facts[*index].n_files + 1;
        }
    }
    let mut rows: Vec<Option<(u64, Reverse<i64>)>> = vec![None; groups.len()];
    for (row, shares) in shares {
        if let Some((number, n_files)) = shares.into_iter().max_by_key(|(number, n)| (*n, Reverse(*number))) {
            rows[number] = rows[number].max(Some((n_files, Reverse(row))));
        }
    }
    rows.into_iter().map(|row| row.map(|(_, Reverse(row))| row)).collect()
}

/// Compares archives by what the store holds of them.
struct Comparing<'a, 'c> {
    writing: &'a Writing<'c>,
    manifests: Manifests<'a, 'c>,
}

impl Compare for Comparing<'_, '_> {
    type Error = StoreError;

    fn differ(&mut self, one: i64, other: i64) -> Result<bool, StoreError> {
        Ok(self.manifests.of(one)?.differs_from(&*self.manifests.of(other)?))
    }

    fn lie_apart(&mut self, one: i64, other: i64) -> Result<bool, StoreError> {
        Ok(self.manifests.of(one)?.lies_apart_from(&*self.manifests.of(other)?))
    }

    fn holds(&mut self, whole: i64, part: i64) -> Result<bool, StoreError> {
        Ok(self.manifests.of(whole)?.holds(&*self.manifests.of(part)?))
    }

    fn may_hold(&mut self, part: i64) -> Result<BTreeSet<i64>, StoreError> {
        Ok(self.writing.archives_with_largest_file_of(part)?.into_iter().collect())
    }
}
