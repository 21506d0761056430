//! Which rows of an account are one thing is decided by all of them together, kind by kind, whenever an archive brings rows
//! of the kind: own posts by [`super::same_post`], all else by [`super::same_thing`].
//!
//! A row is held under the key of its thing, the finest that its rows have; where that is not the key of the row itself, the
//! record has the id by the row's key as an alias.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use unicode_normalization::UnicodeNormalization;

use super::bearers::Bearers;
use super::identity;
use super::likeness;
use super::same_post::{self, Joined, list_of};
use super::same_thing::{self, Assigned, Row};
use crate::model::{Item, Key, KeyBuilder, Kind, Precision};
use crate::store::{Search, SightedItem, SnapshotRef, StoreError, Writing};

/// What kinds were brought or touched.
pub(super) type Kinds = BTreeSet<Kind>;

/// What joining came to.
#[derive(Debug, Default)]
pub(super) struct Rejoined {
    /// The keys of posts that are not those of all their rows.
    pub posts: Joined,
    /// Under which key rows were held, and under which they are now.
    pub moved: BTreeSet<(Key, Key)>,
}

/// Puts the sightings of each thing of these kinds under one key.
pub(super) fn rejoin(
    writing: &Writing<'_>,
    (account_id, account_key): (i64, Key),
    search: Search,
    kinds: &Kinds,
) -> Result<Rejoined, StoreError> {
    let mut moved = BTreeSet::new();
    let of = (account_id, account_key);
    let mut kinds = kinds.clone();
    if kinds.contains(&Kind::Follow) {
        // Who has which names bears on everything that names somebody.
        kinds.extend(Kind::ALL.iter().filter(|kind| likeness::names_somebody(**kind)));
    }
    let bearers = if kinds.iter().any(|kind| likeness::names_somebody(*kind)) {
        let relations = Rows::of(writing, of, Kind::Follow, search)?;
        let assigned = same_thing::join(&relations.rows);
        let bearers = Bearers::of(&relations.rows, &assigned);
        relations.hold(writing, &assigned, &mut moved)?;
        bearers
    } else {
        Bearers::default()
    };
    let is_joined = |kind: &Kind| likeness::has(*kind) && !matches!(kind, Kind::Follow | Kind::ProfilePhoto);
    for kind in kinds.iter().copied().filter(is_joined) {
        Rows::of(writing, of, kind, search)?.named_by(&bearers).join(writing, &mut moved)?;
    }
    // Which files own content has may change with any archive; the photos are needed to know what is no post.
    let photos = Rows::of(writing, of, Kind::ProfilePhoto, search)?.join(writing, &mut moved)?;
    let mut posts = Vec::new();
    writing.sighted_items(account_id, &[Kind::Post, Kind::Reel, Kind::ProfilePhoto], search, &mut |row| {
        if matches!(row.item.kind, Kind::Post | Kind::Reel) {
            posts.push((identity::identify(account_key, &row.item, None).key, row));
        }
    })?;
    let shown = Shown::of(posts.iter().map(|(_, row)| &row.item));
    let mut media = Vec::with_capacity(posts.len());
    for (_, row) in &posts {
        media.push(shown.media(writing, &row.item, &row.snapshots)?);
    }
    let joined = same_post::join(&posts, &media);
    for (base, row) in &posts {
        let key = joined.get(base).copied().unwrap_or(*base);
        // Among "other content" profile photos are listed once more.
        let is_other = row.path.rsplit('/').next().is_some_and(|name| name.starts_with("other_content"));
        let photo = likeness::own_media_id(&row.item).and_then(|id| photos.get(id)).filter(|_| is_other);
        let key = photo.copied().unwrap_or(key);
        if row.key != key {
            writing.set_sighting_key(row.id, key, 0)?;
            moved.insert((row.key, key));
        }
    }
    Ok(Rejoined { posts: joined, moved })
}

/// All rows of a kind.
#[derive(Debug, Default)]
struct Rows {
    rows: Vec<Row>,
    /// Where each is held so far.
    held: Vec<Held>,
}

/// A row of the store.
#[derive(Clone, Debug)]
struct Held {
    id: i64,
    key: Key,
    twin: u32,
    /// The media id of a picture.
    medium: Option<String>,
}

/// Numbers for what was seen, in the order in which it was.
#[derive(Debug)]
struct Numbers<T>(HashMap<T, u32>);

impl<T: std::hash::Hash + Eq> Numbers<T> {
    fn of(&mut self, thing: T) -> u32 {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        *self.0.entry(thing).or_insert(next)
    }
}

impl Rows {
    fn of(
        writing: &Writing<'_>,
        (account_id, account_key): (i64, Key),
        kind: Kind,
        search: Search,
    ) -> Result<Self, StoreError> {
        let mut all = Self::default();
        let mut lists = Numbers(HashMap::new());
        let mut stood: Vec<(i64, u32, std::rc::Rc<[SnapshotRef]>)> = Vec::new();
        // The document that each reading is of, in each snapshot: parts of a delivery have documents of one name.
        let mut readings: BTreeMap<(i64, String), BTreeSet<i64>> = BTreeMap::new();
        let mut paths: BTreeSet<String> = BTreeSet::new();
        let mut snapshots: BTreeSet<SnapshotRef> = BTreeSet::new();
        let mut pictured: Vec<(usize, Item)> = Vec::new();
        let mut last_reading = None;
        let mut path_of: Vec<String> = Vec::new();
        writing.sighted_items(account_id, &[kind], search, &mut |sighted: SightedItem| {
            let Some(claim) = likeness::claim(&sighted.item).filter(|claim| claim.likeness.kind == kind) else {
                return;
            };
            if last_reading != Some(sighted.reading_id) {
                last_reading = Some(sighted.reading_id);
                for snapshot in &*sighted.snapshots {
                    readings.entry((snapshot.id, sighted.path.clone())).or_default().insert(sighted.reading_id);
                }
                snapshots.extend(sighted.snapshots.iter().cloned());
                paths.insert(sighted.path.clone());
            }
            if claim.likeness.is_own {
                pictured.push((all.rows.len(), sighted.item.clone()));
            }
            let collection = sighted.item.details.text("collection").unwrap_or_default();
            let list = lists.of(format!("{} {collection}", list_of(&sighted.path, &sighted.place)));
            let medium = likeness::own_media_id(&sighted.item).filter(|_| claim.likeness.is_own).map(str::to_owned);
            all.held.push(Held { id: sighted.id, key: sighted.key, twin: sighted.twin, medium });
            all.rows.push(Row {
                base: claim.key(account_key),
                claim,
                content: KeyBuilder::new("content").part(sighted.content.as_bytes()).key(),
                media: Vec::new(),
                lists: Vec::new(),
                snapshots: Vec::new(),
                order: (u32::from(!collection.is_empty()), 0, position_in(&sighted.place)),
            });
            stood.push((sighted.reading_id, list, sighted.snapshots));
            path_of.push(sighted.path);
        })?;

        let number_of = |snapshot: &SnapshotRef| u32::try_from(snapshots.range(..snapshot).count()).unwrap_or(u32::MAX);
        let numbers: HashMap<i64, u32> = snapshots.iter().map(|snapshot| (snapshot.id, number_of(snapshot))).collect();
        let orders: HashMap<&str, u32> = paths.iter().map(String::as_str).zip(0..).collect();
        let mut lists = Numbers(HashMap::new());
        for ((row, path), (reading, list, stands)) in all.rows.iter_mut().zip(&path_of).zip(&stood) {
            row.order.1 = orders.get(path.as_str()).copied().unwrap_or_default();
            for snapshot in &**stands {
                let parts = readings.get(&(snapshot.id, path.clone())).map_or(0, BTreeSet::len);
                row.lists.push(lists.of((snapshot.id, *list, (parts > 1).then_some(*reading))));
                row.snapshots.push(numbers[&snapshot.id]);
            }
            row.lists.sort_unstable();
            row.lists.dedup();
            row.snapshots.sort_unstable();
        }
        let shown = Shown::of(pictured.iter().map(|(_, item)| item));
        for (row, item) in &pictured {
            let media = shown.media(writing, item, &stood[*row].2)?;
            let class = all.rows[*row].claim.class;
            all.rows[*row].media = media
                .iter()
                .map(|medium| KeyBuilder::new("medium").part(class.as_bytes()).part(medium.as_bytes()).key())
                .collect();
        }
        Ok(all)
    }

    /// With one name for each person.
    fn named_by(mut self, bearers: &Bearers) -> Self {
        for claim in self.rows.iter_mut().map(|row| &mut row.claim).filter(|claim| claim.likeness.names_somebody()) {
            claim.open[0] = claim.open[0].map(|name| bearers.of_name(name));
        }
        // Whoever was searched for under two names was searched for once.
        for claim in self.rows.iter_mut().map(|row| &mut row.claim) {
            if let Some(name) = claim.sought.and_then(|name| bearers.of_several_names(name)) {
                claim.class = KeyBuilder::new("class of somebody").part(name.as_bytes()).key();
            }
        }
        self
    }

    fn join(
        self,
        writing: &Writing<'_>,
        moved: &mut BTreeSet<(Key, Key)>,
    ) -> Result<BTreeMap<String, Key>, StoreError> {
        let assigned = same_thing::join(&self.rows);
        self.hold(writing, &assigned, moved)
    }

    /// Gives the smallest key of the things of each media id.
    fn hold(
        self,
        writing: &Writing<'_>,
        assigned: &[Assigned],
        moved: &mut BTreeSet<(Key, Key)>,
    ) -> Result<BTreeMap<String, Key>, StoreError> {
        let mut by_medium: BTreeMap<String, Key> = BTreeMap::new();
        for (held, assigned) in self.held.iter().zip(assigned) {
            if (held.key, held.twin) != (assigned.key, assigned.twin) {
                writing.set_sighting_key(held.id, assigned.key, assigned.twin)?;
                moved.insert((held.key, assigned.key));
            }
            if let Some(id) = &held.medium {
                let known = by_medium.entry(id.clone()).or_insert(assigned.key);
                *known = assigned.key.min(*known);
            }
        }
        Ok(by_medium)
    }
}

/// The number at the end of a place.
fn position_in(place: &str) -> u32 {
    let digits = place.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or(u32::MAX)
}

/// Files of 2018 to early 2021 have another name in every download; of one second, the same bytes are the same picture.
#[derive(Debug)]
pub(super) struct Shown {
    /// The seconds of which a row has a file whose name passes.
    seconds: BTreeSet<i64>,
}

impl Shown {
    fn of<'a>(items: impl Iterator<Item = &'a Item>) -> Self {
        let has_passing_name = |item: &&Item| item.media.iter().any(crate::model::MediaRef::has_passing_name);
        let exact = |item: &Item| {
            Some(seconds_of(item)?.0).filter(|_| item.at.is_some_and(|at| at.precision <= Precision::Second))
        };
        let seconds = items.filter(has_passing_name).filter_map(exact).collect();
        Self { seconds }
    }

    /// Names of a row's pictures in their second, or in each second of their minute, where that may tell something.
    fn media(&self, writing: &Writing<'_>, item: &Item, snapshots: &[SnapshotRef]) -> Result<Vec<Key>, StoreError> {
        let seconds =
            seconds_of(item).map(|(from, to)| self.seconds.range(from..to).collect::<Vec<_>>()).unwrap_or_default();
        if seconds.is_empty() {
            return Ok(Vec::new());
        }
        let mut media = Vec::new();
        for medium in item.media.iter().filter(|medium| medium.role.is_none() && !medium.path.is_empty()) {
            let path: String = medium.path.replace('\\', "/").nfc().collect();
            let path = path.trim_start_matches("./").trim_start_matches('/');
            for snapshot in snapshots {
                if let Some(hash) = writing.medium_at(snapshot.id, path)? {
                    let in_second =
                        |second: &&i64| KeyBuilder::new("medium").number(**second).part(hash.as_bytes()).key();
                    media.extend(seconds.iter().map(in_second));
                }
            }
        }
        media.sort_unstable();
        media.dedup();
        Ok(media)
    }
}

/// The second or the minute in which a row's time lies: from and to.
fn seconds_of(item: &Item) -> Option<(i64, i64)> {
    let at = item.at.filter(|at| at.precision <= Precision::Minute)?;
    let from = at.utc_ms().div_euclid(1_000);
    Some((from, from + if at.precision == Precision::Minute { 60 } else { 1 }))
}
