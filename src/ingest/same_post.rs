//! Which sightings of own posts tell of one post although their own keys differ. Pure, and a function of the set.
//!
//! A key is made of one row alone, so it cannot know that a carousel lost its first picture between two downloads, or that
//! the row of `posts.json` without media is the carousel of `posts_1.json` (format reference §1.E3). Here all rows of an
//! account are looked at together:
//!
//! 1. Rows that share a media id, or whose own id is the media id of another, are one post (§8.1).
//! 2. A row without any medium is joined to a post with media within two minutes, the tolerance of §1.E3. On Instagram a
//!    post always has a picture or a video, so such a row tells of a post that another list shows whole; in the Threads
//!    app words alone are a post, and nothing is joined by time. The row and the post must have exactly one partner
//!    each, must not stand in one list of one snapshot (two posts of one list are two), and must not contradict each
//!    other: two captions that differ do. Rows with the post's caption go first, and take its place from those without.
//!
//! Two rows without media are no competitors for a post when they never stood side by side: they are the same row of two
//! downloads, with another caption perhaps.

use std::collections::{BTreeMap, BTreeSet};

use super::identity::comparable_text;
use crate::model::{Item, Key, MediaRef, Moment, Precision};
use crate::store::SightedItem;

/// How far the times of one post may lie apart in two lists (format reference §0.6).
const TOLERANCE_MS: i64 = 120_000;

/// The keys of rows that belong to a post under another key: own key → key of the post.
pub(super) type Joined = BTreeMap<Key, Key>;

/// Says for all rows of an account under which key each is to be held.
///
/// `base` is the key that the row alone has; `pictures` names, row by row, its pictures in their second.
pub(super) fn join(rows: &[(Key, SightedItem)], pictures: &[Vec<Key>]) -> Joined {
    let mut nodes: BTreeMap<Key, Node> = BTreeMap::new();
    for ((base, row), pictures) in rows.iter().zip(pictures) {
        nodes.entry(*base).or_insert_with(|| Node::new(*base)).add(row, pictures);
    }
    let mut posts = joined_by_media(nodes.into_values().collect());
    join_flat(&mut posts);
    join_by_time(&mut posts);
    let mut joined = Joined::new();
    for post in posts {
        for base in post.bases.iter().filter(|base| **base != post.rank.3) {
            joined.insert(*base, post.rank.3);
        }
    }
    joined
}

/// A list of one snapshot, whose rows are different posts. The pages of a list are one list, but `posts` and `posts_N`
/// are two.
type Stand = (i64, String);

/// How fine a key is: what made it, its media id, the key itself. The smallest is the key of the post.
type Rank = (u8, usize, String, Key);

/// What all rows of one key say, later what all rows of one post say.
#[derive(Debug)]
struct Node {
    rank: Rank,
    bases: BTreeSet<Key>,
    /// Media ids, and ids that Instagram gave the row.
    ids: BTreeSet<String>,
    pictures: BTreeSet<Key>,
    has_media: bool,
    /// Some row is of a flat file, which knows no ids.
    is_flat: bool,
    app: Option<String>,
    times_ms: BTreeSet<i64>,
    /// Beginnings of the minutes that pages print.
    minutes_ms: BTreeSet<i64>,
    captions: BTreeSet<String>,
    stands: BTreeSet<Stand>,
    /// It is several posts, or may be: rows of one list have the same key, which no id made.
    is_several: bool,
}

impl Node {
    fn new(base: Key) -> Self {
        Self {
            rank: (u8::MAX, 0, String::new(), base),
            bases: BTreeSet::from([base]),
            ids: BTreeSet::new(),
            pictures: BTreeSet::new(),
            has_media: false,
            is_flat: false,
            app: None,
            times_ms: BTreeSet::new(),
            minutes_ms: BTreeSet::new(),
            captions: BTreeSet::new(),
            stands: BTreeSet::new(),
            is_several: false,
        }
    }

    fn add(&mut self, row: &SightedItem, pictures: &[Key]) {
        let item = &row.item;
        let own = || item.media.iter().filter(|medium| medium.role.is_none());
        let media_ids: BTreeSet<&str> = own().filter_map(MediaRef::media_id).collect();
        let smallest = media_ids.iter().min_by_key(|id| (id.len(), **id)).copied();
        let is_flat = item.media.iter().any(MediaRef::has_passing_name);
        let (grade, id) = match (smallest, item.external_id.as_deref()) {
            (Some(id), _) => (0, id),
            (None, Some(id)) => (1, id),
            (None, None) => (if is_flat { 2 } else { 3 }, ""),
        };
        self.rank = self.rank.clone().min((grade, id.len(), id.to_owned(), self.rank.3));
        self.ids.extend(media_ids.iter().map(|id| (*id).to_owned()));
        self.ids.extend(item.external_id.clone());
        self.pictures.extend(pictures);
        self.is_flat |= is_flat;
        self.minutes_ms.extend(item.at.filter(|at| at.precision == Precision::Minute).map(Moment::utc_ms));
        self.has_media |= own().any(|medium| !medium.path.is_empty());
        self.app = self.app.take().or_else(|| item.details.text("app").map(str::to_owned));
        self.times_ms.extend(exact_ms(item));
        self.captions.extend(item.text.as_deref().map(comparable_text).filter(|caption| !caption.is_empty()));
        let list = list_of(&row.path, &row.place);
        for snapshot in &*row.snapshots {
            let is_new = self.stands.insert((snapshot.id, list.clone()));
            self.is_several |= !is_new && grade == 3;
        }
    }

    fn take_in(&mut self, other: Self) {
        self.rank = self.rank.clone().min(other.rank);
        self.bases.extend(other.bases);
        self.ids.extend(other.ids);
        self.pictures.extend(other.pictures);
        self.is_flat |= other.is_flat;
        self.minutes_ms.extend(other.minutes_ms);
        self.has_media |= other.has_media;
        self.app = self.app.take().or(other.app);
        self.times_ms.extend(other.times_ms);
        self.captions.extend(other.captions);
        self.stands.extend(other.stands);
        self.is_several |= other.is_several;
    }

    fn is_loose(&self) -> bool {
        !self.has_media && self.app.is_none() && !self.is_several && !self.times_ms.is_empty()
    }

    fn is_whole(&self) -> bool {
        self.has_media && self.app.is_none() && !self.is_several && !self.times_ms.is_empty()
    }

    /// Whether both stood in one list of one snapshot, or have ids of which only one can be right.
    fn stood_beside(&self, other: &Self) -> bool {
        !self.stands.is_disjoint(&other.stands)
            || (!self.has_media && !other.has_media && !self.ids.is_empty() && !other.ids.is_empty())
    }

    /// Whether both stood in one snapshot.
    fn stood_with(&self, other: &Self) -> bool {
        self.stands.iter().any(|(snapshot, _)| {
            other.stands.range((*snapshot, String::new())..).next().is_some_and(|(one, _)| one == snapshot)
        })
    }

    fn has_same_caption(&self, other: &Self) -> bool {
        !self.captions.is_disjoint(&other.captions)
    }

    fn contradicts(&self, other: &Self) -> bool {
        !self.captions.is_empty() && !other.captions.is_empty() && !self.has_same_caption(other)
    }
}

/// The time of a row where it is known to the second.
fn exact_ms(item: &Item) -> Option<i64> {
    item.at.filter(|at| at.precision <= Precision::Second).map(Moment::utc_ms)
}

/// The list in which a row stood: document and members above it. The pages of a list are one list.
pub(super) fn list_of(path: &str, place: &str) -> String {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let stem = match stem.rsplit_once('_') {
        Some((list, page)) if !page.is_empty() && page.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{list}_N")
        }
        _ => stem.to_owned(),
    };
    let member = place.rsplit_once('/').map_or("", |(member, _)| member);
    format!("{stem} {member}")
}

/// Rows that share an id, transitively.
fn joined_by_media(nodes: Vec<Node>) -> Vec<Node> {
    let mut leader: Vec<usize> = (0..nodes.len()).collect();
    let mut first_with: BTreeMap<&[u8], usize> = BTreeMap::new();
    for (index, node) in nodes.iter().enumerate() {
        let pictures = node.pictures.iter().map(|picture| picture.as_bytes().as_slice());
        for id in node.ids.iter().map(String::as_bytes).chain(pictures) {
            let known = *first_with.entry(id).or_insert(index);
            let (one, other) = (find(&mut leader, known), find(&mut leader, index));
            leader[one.max(other)] = one.min(other);
        }
    }
    gathered(nodes, &mut leader)
}

/// The first row of those that one row is joined with so far.
fn find(leader: &mut [usize], mut at: usize) -> usize {
    while leader[at] != at {
        leader[at] = leader[leader[at]];
        at = leader[at];
    }
    at
}

/// How a post of a flat file and another one are known to be one, the surest first: how far their times lie apart, and
/// whether they have the same caption. Nobody publishes two posts in one second.
const FLAT: [(i64, bool); 3] = [(0, true), (0, false), (2_000, true)];

/// Posts of flat files, which have no ids, go to those that other downloads tell of (format reference §8.1, §8.2.11).
fn join_flat(posts: &mut Vec<Node>) {
    for (within_ms, is_same_caption) in FLAT {
        let times = |post: &Node| post.times_ms.iter().map(|ms| (*ms, 1)).collect();
        join_sole(posts, &times, within_ms, is_same_caption);
    }
    let times = |post: &Node| {
        let minutes = post.minutes_ms.iter().filter(|_| post.times_ms.is_empty()).map(|ms| (*ms, 60_000));
        minutes.chain(post.times_ms.iter().map(|ms| (*ms, 1))).collect()
    };
    // Flat files list everything, so two posts of one minute would have stood there together: what is left over on both
    // sides was edited.
    for is_same_caption in [true, false] {
        join_sole(posts, &times, 0, is_same_caption);
    }
}

/// Joins a flat post and one that it never stood in a snapshot with, when neither could be anything else of that snapshot.
/// Times have a width.
fn join_sole(posts: &mut Vec<Node>, times: &dyn Fn(&Node) -> Vec<(i64, i64)>, within_ms: i64, is_same_caption: bool) {
    let mut all: Vec<(i64, i64, usize)> = Vec::new();
    for (index, post) in posts.iter().enumerate().filter(|(_, post)| post.has_media && post.app.is_none()) {
        all.extend(times(post).into_iter().map(|(from_ms, width_ms)| (from_ms, width_ms, index)));
    }
    all.sort_unstable();
    let mut near: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (at, (from_ms, width_ms, one)) in all.iter().enumerate() {
        let behind = all[at + 1..].iter().take(MOST_NEIGHBOURS);
        for (_, _, other) in behind.take_while(|(ms, _, _)| *ms < from_ms + width_ms + within_ms) {
            let (mine, its) = (&posts[*one], &posts[*other]);
            let is_alike = mine.has_same_caption(its) || (mine.captions.is_empty() && its.captions.is_empty());
            if one != other && (mine.is_flat || its.is_flat) && !mine.stood_with(its) && (is_alike || !is_same_caption)
            {
                near.entry(*one).or_default().insert(*other);
                near.entry(*other).or_default().insert(*one);
            }
        }
    }
    let has_rival = |one: usize, other: usize| {
        near[&other].iter().any(|rival| *rival != one && posts[*rival].stood_with(&posts[one]))
    };
    let mut pairs = Vec::new();
    for (one, others) in &near {
        let sole = others.iter().filter(|other| one < other && !has_rival(*one, **other) && !has_rival(**other, *one));
        pairs.extend(sole.map(|other| (*one, *other)));
    }
    let mut leader: Vec<usize> = (0..posts.len()).collect();
    for (one, other) in pairs {
        let (one, other) = (find(&mut leader, one), find(&mut leader, other));
        leader[one.max(other)] = one.min(other);
    }
    *posts = gathered(std::mem::take(posts), &mut leader);
}

/// One node for each leader.
fn gathered(nodes: Vec<Node>, leader: &mut [usize]) -> Vec<Node> {
    let mut posts: BTreeMap<usize, Node> = BTreeMap::new();
    for (index, node) in nodes.into_iter().enumerate() {
        match posts.get_mut(&find(leader, index)) {
            Some(post) => post.take_in(node),
            None => {
                posts.insert(index, node);
            }
        }
    }
    posts.into_values().collect()
}

fn join_by_time(posts: &mut Vec<Node>) {
    let near = neighbours(posts);
    let by_caption = |loose: usize, whole: usize| posts[loose].has_same_caption(&posts[whole]);
    let strong: Vec<(usize, usize)> = near.iter().copied().filter(|&(loose, whole)| by_caption(loose, whole)).collect();
    let mut pairs = sole_partners(posts, &strong);
    let settled: BTreeSet<usize> = pairs.iter().map(|(loose, _)| *loose).collect();
    let taken = by_whole(&pairs);
    let is_open = |&(loose, whole): &(usize, usize)| {
        let has_it = |others: &Vec<usize>| others.iter().any(|other| posts[loose].stood_beside(&posts[*other]));
        !settled.contains(&loose) && !taken.get(&whole).is_some_and(has_it)
    };
    let weak: Vec<(usize, usize)> = near.iter().copied().filter(is_open).collect();
    pairs.extend(sole_partners(posts, &weak));

    let mut rest: Vec<Option<Node>> = std::mem::take(posts).into_iter().map(Some).collect();
    for (loose, whole) in pairs {
        if let (Some(row), Some(post)) = (rest[loose].take(), rest[whole].as_mut()) {
            post.take_in(row);
        }
    }
    posts.extend(rest.into_iter().flatten());
}

/// Rows without media and the posts that they may belong to.
fn neighbours(posts: &[Node]) -> Vec<(usize, usize)> {
    let mut times: Vec<(i64, usize)> = Vec::new();
    for (index, post) in posts.iter().enumerate().filter(|(_, post)| post.is_whole()) {
        times.extend(post.times_ms.iter().map(|ms| (*ms, index)));
    }
    times.sort_unstable();
    let mut near = BTreeSet::new();
    for (index, row) in posts.iter().enumerate().filter(|(_, row)| row.is_loose()) {
        for ms in &row.times_ms {
            let from = times.partition_point(|(other, _)| *other < ms.saturating_sub(TOLERANCE_MS));
            let within = times[from..].iter().take_while(|(other, _)| *other <= ms.saturating_add(TOLERANCE_MS));
            // A row with more posts around than it could ever choose from joins none of them.
            for (_, post) in within.take(MOST_NEIGHBOURS) {
                if !row.stood_beside(&posts[*post]) && !row.contradicts(&posts[*post]) {
                    near.insert((index, *post));
                }
            }
        }
    }
    near.into_iter().collect()
}

/// Posts looked at around one row, and rows around one post. Nobody publishes so many in four minutes; a crafted document could say so.
const MOST_NEIGHBOURS: usize = 64;

/// The pairs of which both sides have no other choice.
fn sole_partners(posts: &[Node], near: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut n_wholes: BTreeMap<usize, usize> = BTreeMap::new();
    for (loose, _) in near {
        *n_wholes.entry(*loose).or_default() += 1;
    }
    let looses = by_whole(near);
    let is_sole = |&&(loose, whole): &&(usize, usize)| {
        let rivals = looses.get(&whole).map_or(&[][..], Vec::as_slice);
        n_wholes.get(&loose) == Some(&1)
            && rivals.len() <= MOST_NEIGHBOURS
            && !rivals.iter().any(|rival| *rival != loose && posts[*rival].stood_beside(&posts[loose]))
    };
    near.iter().filter(is_sole).copied().collect()
}

fn by_whole(pairs: &[(usize, usize)]) -> BTreeMap<usize, Vec<usize>> {
    let mut looses: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for &(loose, whole) in pairs {
        looses.entry(whole).or_default().push(loose);
    }
    looses
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::identity;
    use crate::model::{ContentHash, KeyBuilder, Kind};
    use crate::store::SnapshotRef;

    const AT: i64 = 1_768_748_400;

    /// A row: path of its document, seconds after [`AT`], caption, media ids, own id.
    type Row<'a> = (&'a str, i64, &'a str, &'a [u64], Option<u64>);

    fn seen(&(path, seconds, caption, media, own): &Row<'_>, number: usize, snapshot: i64) -> (Key, SightedItem) {
        let item = Item {
            at: Moment::from_unix(AT + seconds),
            text: (!caption.is_empty()).then(|| caption.to_owned()),
            media: media
                .iter()
                .map(|id| MediaRef { path: format!("media/posts/202601/{id}.jpg"), ..MediaRef::default() })
                .collect(),
            external_id: own.map(|id| id.to_string()),
            ..Item::new(Kind::Post)
        };
        let base = identity::identify(KeyBuilder::new("account").key(), &item, None).key;
        let path = format!("your_instagram_activity/{path}");
        let stand = SnapshotRef { date: String::new(), public_id: String::new(), id: snapshot };
        let sighted = SightedItem {
            id: 0,
            key: base,
            twin: 0,
            reading_id: 0,
            path,
            place: number.to_string(),
            snapshots: [stand].into(),
            item,
            content: ContentHash::of(b""),
        };
        (base, sighted)
    }

    /// The groups of row numbers that are one post, whatever order the rows come in.
    fn check(rows: &[(i64, Row<'_>)], expected: &[&[usize]]) {
        let seen: Vec<(Key, SightedItem)> =
            rows.iter().enumerate().map(|(number, (snapshot, row))| seen(row, number, *snapshot)).collect();
        let none = vec![Vec::new(); seen.len()];
        let joined = join(&seen, &none);
        let reversed: Vec<_> = seen.iter().rev().cloned().collect();
        assert_eq!(joined, join(&reversed, &none));
        let mut groups: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
        for (number, (base, _)) in seen.iter().enumerate() {
            groups.entry(joined.get(base).copied().unwrap_or(*base)).or_default().push(number);
        }
        let mut groups: Vec<Vec<usize>> = groups.into_values().collect();
        groups.sort();
        assert_eq!(groups, expected, "{rows:?}");
    }

    const A: u64 = 18_000_000_000_000_201;
    const B: u64 = 18_000_000_000_000_202;
    const C: u64 = 18_000_000_000_000_203;
    const S4: &str = "media/posts_1.json";
    const S6: &str = "media/posts.json";

    #[test]
    fn rows_that_share_a_medium_are_one_post() {
        check(&[(1, (S4, 0, "x", &[A, B], None)), (2, (S4, 0, "y", &[B], None))], &[&[0, 1]]);
        check(&[(1, (S4, 0, "x", &[A, B], None)), (1, (S6, 500, "", &[], Some(B)))], &[&[0, 1]]);
        check(&[(1, (S4, 0, "x", &[A], None)), (1, (S4, 0, "x", &[B], None))], &[&[0], &[1]]);
    }

    #[test]
    fn a_row_without_media_belongs_to_the_only_post_of_its_time() {
        check(&[(1, (S4, 0, "x", &[A], None)), (1, (S6, 45, "x", &[], Some(C)))], &[&[0, 1]]);
        check(&[(1, (S4, 0, "", &[A], None)), (1, (S6, 120, "", &[], None))], &[&[0, 1]]);
        check(&[(1, (S4, 0, "", &[A], None)), (1, (S6, 121, "", &[], None))], &[&[0], &[1]]);
        // Two downloads, two pages of the other list.
        check(&[(1, ("media/posts_2.json", 0, "x", &[A], None)), (2, (S6, 45, "", &[], None))], &[&[0, 1]]);
    }

    #[test]
    fn two_posts_of_one_list_stay_two() {
        check(&[(1, (S4, 0, "x", &[A], None)), (1, (S4, 45, "x", &[], None))], &[&[0], &[1]]);
        check(&[(1, (S4, 0, "x", &[A], None)), (1, ("media/posts_2.json", 45, "x", &[], None))], &[&[0], &[1]]);
        // Two rows for one post, two posts for one row: nobody knows which.
        let two = [(1, (S4, 0, "", &[A][..], None)), (1, (S6, 5, "", &[], None)), (1, (S6, 9, "", &[], None))];
        check(&two, &[&[0], &[1], &[2]]);
        let two = [(1, (S4, 0, "", &[A][..], None)), (1, (S4, 9, "", &[B], None)), (1, (S6, 5, "", &[], None))];
        check(&two, &[&[0], &[1], &[2]]);
        // Also when the two posts come from two downloads.
        let two = [(1, (S4, 0, "", &[A][..], None)), (2, (S4, 9, "", &[B], None)), (2, (S6, 5, "", &[], None))];
        check(&two, &[&[0], &[1], &[2]]);
    }

    #[test]
    fn captions_tell_posts_apart() {
        check(&[(1, (S4, 0, "x", &[A], None)), (1, (S6, 45, "y", &[], None))], &[&[0], &[1]]);
        let four = [
            (1, (S4, 0, "x", &[A][..], None)),
            (1, (S4, 9, "", &[B], None)),
            (1, (S6, 1, "", &[], None)),
            (1, (S6, 2, "x", &[], None)),
        ];
        check(&four, &[&[0, 3], &[1, 2]]);
        // The caption of the row was edited between two downloads.
        let edited = [
            (1, (S4, 0, "x", &[A][..], None)),
            (1, (S6, 1, "x", &[], None)),
            (2, (S4, 0, "y", &[A], None)),
            (2, (S6, 1, "y", &[], None)),
        ];
        check(&edited, &[&[0, 1, 2, 3]]);
    }

    #[test]
    fn words_of_the_threads_app_are_posts_without_media() {
        let mut rows = [seen(&(S4, 0, "x", &[A], None), 0, 1), seen(&("threads/a.json", 1, "x", &[], None), 0, 1)];
        rows[1].1.item.details.push("app", "threads");
        assert!(join(&rows, &[Vec::new(), Vec::new()]).is_empty());
    }
}
