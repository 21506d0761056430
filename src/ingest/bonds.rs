//! What two snapshots have in common that shows whose they are. A function of the two; remembered, so that an ingest
//! compares only what changed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::belonging::Bond;
use super::owner;
use crate::model::{Item, ThreadHead, ThreadKind, Who};
use crate::store::{BondRow, EqualMedium, StoreError, Writing};

/// Counts beyond this prove nothing more.
const MOST_COUNTED: u64 = 1_000;

/// So many heads of conversations are kept at hand.
const HEADS_KEPT: usize = 20_000;

/// Compares snapshots, each pair once.
pub(super) struct Bonds<'a, 'c> {
    writing: &'a Writing<'c>,
    /// All snapshots of the home.
    snapshots: Vec<i64>,
    /// Names of the owner that a snapshot tells by itself.
    owners: HashMap<i64, BTreeSet<String>>,
    profiles: &'a BTreeMap<i64, Vec<Item>>,
    /// By the row of a head: the names of a conversation of two different ones.
    pairs: HashMap<i64, Option<[String; 2]>>,
}

impl<'a, 'c> Bonds<'a, 'c> {
    pub(super) fn new(writing: &'a Writing<'c>, snapshots: Vec<i64>, profiles: &'a BTreeMap<i64, Vec<Item>>) -> Self {
        Self { writing, snapshots, owners: HashMap::new(), profiles, pairs: HashMap::new() }
    }

    /// What two snapshots have in common.
    pub(super) fn between(&mut self, one: i64, other: i64) -> Result<Bond, StoreError> {
        if let Some(known) = self.writing.bond(one, other)? {
            return Ok(bond_of(known));
        }
        self.compare(one)?;
        Ok(self.writing.bond(one, other)?.map(bond_of).unwrap_or_default())
    }

    /// Compares a snapshot with all others with which it was not compared yet.
    fn compare(&mut self, one: i64) -> Result<(), StoreError> {
        let mut others = Vec::new();
        for other in self.snapshots.iter().copied().filter(|other| *other != one) {
            if self.writing.bond(one, other)?.is_none() {
                others.push(other);
            }
        }
        let mut bonds: BTreeMap<i64, BondRow> = others.iter().map(|other| (*other, BondRow::default())).collect();
        for (other, n) in self.writing.equal_documents(one)? {
            if let Some(bond) = bonds.get_mut(&other) {
                bond.n_documents = n;
            }
        }
        let mut media: BTreeSet<(i64, i64)> = BTreeSet::new();
        self.writing.equal_media(one, &mut |medium| {
            if is_one_own_medium(&medium) {
                media.insert((medium.other_id, medium.medium_id));
            }
        })?;
        for (other, _) in media {
            if let Some(bond) = bonds.get_mut(&other) {
                bond.n_media += 1;
            }
        }
        self.count_messages(one, &others, &mut bonds)?;
        bonds.iter().try_for_each(|(other, bond)| self.writing.put_bond(one, *other, bond))
    }

    fn count_messages(
        &mut self,
        one: i64,
        others: &[i64],
        bonds: &mut BTreeMap<i64, BondRow>,
    ) -> Result<(), StoreError> {
        // A message counts once, also where several copies of it are equal.
        let mut last: HashMap<i64, i64> = HashMap::new();
        let writing = self.writing;
        let mine_here = self.owner_names(one)?;
        let mut owners_there: HashMap<i64, BTreeSet<String>> = HashMap::new();
        for other in others {
            owners_there.insert(*other, self.owner_names(*other)?);
        }
        writing.equal_messages(one, others, &mut |message| {
            let Some(bond) = bonds.get_mut(&message.other_id) else { return Ok(()) };
            if last.insert(message.other_id, message.at_ms) == Some(message.at_ms) {
                return Ok(());
            }
            let here = self.is_mine(message.here.0, message.here.1.as_ref(), &mine_here)?;
            let there = match owners_there.get(&message.other_id) {
                Some(mine) => self.is_mine(message.there.0, message.there.1.as_ref(), mine)?,
                None => None,
            };
            let count = match (here, there) {
                (Some(here), Some(there)) if here == there => &mut bond.n_same_side,
                (Some(_), Some(_)) => &mut bond.n_other_side,
                _ => &mut bond.n_no_side,
            };
            *count = (*count + 1).min(MOST_COUNTED);
            Ok(())
        })
    }

    /// Whether the owner wrote a message of a conversation of two; `None` where that cannot be told.
    fn is_mine(
        &mut self,
        head: i64,
        author: Option<&Who>,
        mine: &BTreeSet<String>,
    ) -> Result<Option<bool>, StoreError> {
        let pair = match self.pairs.get(&head) {
            Some(pair) => pair.clone(),
            None => {
                let pair = pair_of(&self.writing.thread_head(head)?);
                if self.pairs.len() >= HEADS_KEPT {
                    self.pairs.clear();
                }
                self.pairs.insert(head, pair.clone());
                pair
            }
        };
        let author = author.and_then(name_of);
        Ok(pair.zip(author).and_then(|(pair, author)| side(&pair, author, mine)))
    }

    /// The names of a snapshot's owner, by itself alone: what its profile tells, else who takes part most.
    pub(super) fn owner_names(&mut self, snapshot: i64) -> Result<BTreeSet<String>, StoreError> {
        if let Some(known) = self.owners.get(&snapshot) {
            return Ok(known.clone());
        }
        let told: Vec<Who> = self.profiles.get(&snapshot).into_iter().flatten().flat_map(owner::names_in).collect();
        let inferred = owner::infer(&told, &self.writing.participants_of_snapshot(snapshot)?);
        let mut names: BTreeSet<String> = told.iter().filter_map(name_of).map(str::to_owned).collect();
        names.extend(inferred.name);
        self.owners.insert(snapshot, names.clone());
        Ok(names)
    }
}

fn bond_of(row: BondRow) -> Bond {
    let BondRow { n_documents, n_media, n_same_side, n_other_side, n_no_side } = row;
    Bond { n_documents, n_media, n_same_side, n_other_side, n_no_side }
}

fn name_of(who: &Who) -> Option<&str> {
    match who {
        Who::Me => None,
        Who::Name(name) | Who::Handle(name) => Some(name),
    }
}

/// The two names of a conversation of two. Two accounts of one owner have one name: then nothing tells them apart.
fn pair_of(head: &ThreadHead) -> Option<[String; 2]> {
    let names: Vec<&str> = head.participants.iter().filter_map(name_of).collect();
    match names.as_slice() {
        [one, other] if head.kind == ThreadKind::Direct && one != other => {
            Some([(*one).to_owned(), (*other).to_owned()])
        }
        _ => None,
    }
}

/// Whether the owner wrote it: only where exactly one of the two names is the owner's.
fn side(pair: &[String; 2], author: &str, mine: &BTreeSet<String>) -> Option<bool> {
    let owner = match pair.each_ref().map(|name| mine.contains(name)) {
        [true, false] => &pair[0],
        [false, true] => &pair[1],
        _ => return None,
    };
    pair.iter().any(|name| name == author).then(|| owner == author)
}

/// Whether a medium lies in both snapshots as something that the owner published, and is the same one: by the id in its
/// name, where both names have one; else by its name, or the month in which it was published. Who has two accounts may have
/// published one picture in both.
fn is_one_own_medium(medium: &EqualMedium) -> bool {
    let ((here, here_id), (there, there_id)) = (&medium.here, &medium.there);
    let base = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    is_own(here)
        && is_own(there)
        && match (here_id, there_id) {
            (Some(here), Some(there)) => here == there,
            _ => base(here) == base(there) || month(here).is_some_and(|month_here| month(there) == Some(month_here)),
        }
}

/// Folders of what an account's owner published, in all generations (format reference §1.A, §3.4).
const OWN_FOLDERS: [&str; 9] =
    ["posts", "stories", "reels", "profile", "archived_posts", "recently_deleted", "igtv", "photos", "videos"];

fn is_own(path: &str) -> bool {
    let mut folders = path.split('/').rev().skip(1);
    let is_of_messages =
        path.split('/').any(|part| matches!(part, "messages" | "inbox" | "direct" | "message_requests"));
    !is_of_messages && folders.any(|folder| OWN_FOLDERS.contains(&folder))
}

/// The folder that names a month, as `201906`.
fn month(path: &str) -> Option<&str> {
    path.split('/').find(|part| part.len() == 6 && part.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_side_of_a_message_is_told_where_one_of_two_is_the_owner() {
        let pair = ["Ann".to_owned(), "Ben".to_owned()];
        let check = |author: &str, mine: &[&str], expected: Option<bool>| {
            let mine = mine.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(side(&pair, author, &mine), expected, "{author} {mine:?}");
        };
        check("Ann", &["Ann"], Some(true));
        check("Ben", &["Ann", "ann.example"], Some(false));
        check("Ann", &["Ann", "Ben"], None);
        check("Ann", &["Cleo"], None);
        check("Instagram User", &["Ann"], None);
    }

    #[test]
    fn own_media_are_known_by_id_name_or_month() {
        let check = |here: (&str, Option<&str>), there: (&str, Option<&str>), expected: bool| {
            let place = |(path, id): (&str, Option<&str>)| (path.to_owned(), id.map(str::to_owned));
            let medium = EqualMedium { other_id: 1, medium_id: 1, here: place(here), there: place(there) };
            assert_eq!(is_one_own_medium(&medium), expected, "{medium:?}");
        };
        let flat = ("photos/201906/0f3a.jpg", None);
        let later = ("media/posts/201906/1_17900000000000001.jpg", Some("17900000000000001"));
        check(flat, later, true);
        check(flat, ("media/posts/201907/1_17900000000000001.jpg", Some("17900000000000001")), false);
        check(later, ("media/archived_posts/201906/17900000000000001.jpg", Some("17900000000000001")), true);
        check(later, ("media/posts/201906/17900000000000002.jpg", Some("17900000000000002")), false);
        check(("profile/a.jpg", None), ("profile/a.jpg", None), true);
        let sent = ("messages/inbox/ann_1/photos/a.jpg", None);
        check(sent, sent, false);
    }
}
