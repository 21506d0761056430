//! Messages of a conversation that coarse rows may be, each once however many snapshots have it, how they are looked up,
//! and how many of them no row has found. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::echoes::Grain;
use super::pairing::{Row, Sort};
use super::voices::Names;
use crate::model::Key;
use crate::store::SnapshotRef;

/// Messages that may be found.
#[derive(Debug)]
pub struct Target {
    pub at_ms: i64,
    pub key: u32,
    pub signature: Key,
    pub sort: Sort,
    /// The first of its rows.
    pub row: usize,
    /// Numbers of the names of its sender.
    pub names: Vec<u32>,
    pub n: u32,
}

#[derive(Debug, Default)]
pub struct Targets {
    pub all: Vec<Target>,
    pub keys: Vec<Key>,
    /// How many messages a key is, edited ones counted once.
    n_of_key: Vec<u32>,
}

impl Targets {
    /// Adds rows, each message once however many snapshots have it. Gives the message that each row is.
    pub fn add(&mut self, rows: &[Row<'_>], names: &Names, added: &[usize]) -> Vec<(usize, usize)> {
        let mut stands: Vec<Stand<'_>> = added
            .iter()
            .flat_map(|&row| {
                let at = &rows[row];
                at.snapshots.iter().map(move |snapshot| Stand {
                    own: at.own,
                    signature: at.signature,
                    side: names.side(names.of_row[row]),
                    snapshot,
                    path: at.path,
                    document: at.document,
                    row,
                })
            })
            .collect();
        stands.sort_unstable();
        let mut target_of_row = Vec::with_capacity(stands.len());
        let key_of = |stand: &Stand<'_>| stand.own;
        for of_key in stands.chunk_by(|one, other| key_of(one) == key_of(other)) {
            let key = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
            self.keys.push(of_key[0].own);
            self.n_of_key.push(count(of_key));
            for equal in of_key.chunk_by(|one, other| (one.signature, one.side) == (other.signature, other.side)) {
                let first = &rows[equal[0].row];
                target_of_row.extend(equal.iter().map(|stand| (stand.row, self.all.len())));
                let speakers: BTreeSet<u32> = equal.iter().map(|stand| names.of_row[stand.row]).collect();
                self.all.push(Target {
                    at_ms: first.at_ms,
                    key,
                    signature: first.signature,
                    sort: first.sort,
                    row: equal[0].row,
                    names: speakers.into_iter().collect(),
                    n: count(equal),
                });
            }
        }
        target_of_row
    }
}

/// Messages by what they say and when, to a grain.
#[derive(Debug)]
pub struct Places {
    grain: Grain,
    n_known: usize,
    by_words: HashMap<(i64, Key), Vec<usize>>,
    by_time: HashMap<i64, Vec<usize>>,
}

/// So many messages of the same words and time are looked at for one row.
const MOST_COMPARED: usize = 256;

impl Places {
    pub fn new(grain: Grain) -> Self {
        Self { grain, n_known: 0, by_words: HashMap::new(), by_time: HashMap::new() }
    }

    /// Adds the messages that came since.
    pub fn follow(&mut self, targets: &Targets) {
        let mut order: Vec<usize> = (self.n_known..targets.all.len()).collect();
        order.sort_by_key(|&at| (targets.all[at].at_ms, at));
        for at in order {
            let target = &targets.all[at];
            let time = target.at_ms.div_euclid(self.grain.ms());
            self.by_words.entry((time, target.signature)).or_default().push(at);
            self.by_time.entry(time).or_default().push(at);
        }
        self.n_known = targets.all.len();
    }

    /// A message had other words once: rows with these find it too.
    pub fn also(&mut self, time: i64, signature: Key, at: usize) {
        let known = self.by_words.entry((time, signature)).or_default();
        if !known.contains(&at) {
            known.push(at);
        }
    }

    pub fn with_words(&self, time: i64, signature: Key) -> impl Iterator<Item = usize> + '_ {
        self.by_words.get(&(time, signature)).into_iter().flatten().copied().take(MOST_COMPARED)
    }

    pub fn at(&self, time: i64) -> impl Iterator<Item = usize> + '_ {
        self.by_time.get(&time).into_iter().flatten().copied().take(MOST_COMPARED)
    }
}

/// A row in one of its snapshots.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Stand<'a> {
    own: Key,
    signature: Key,
    side: u32,
    snapshot: &'a SnapshotRef,
    path: &'a str,
    document: i64,
    row: usize,
}

/// How many messages rows are: as many as the fullest snapshot has. Documents of one name are parts of a delivery, which
/// repeat rows.
fn count(stands: &[Stand<'_>]) -> u32 {
    let mut in_document: BTreeMap<(&SnapshotRef, &str, i64), u32> = BTreeMap::new();
    if let [_] = stands {
        return 1;
    }
    for stand in stands {
        *in_document.entry((stand.snapshot, stand.path, stand.document)).or_default() += 1;
    }
    let mut in_path: BTreeMap<(&SnapshotRef, &str), u32> = BTreeMap::new();
    for ((snapshot, path, _), n) in in_document {
        let most = in_path.entry((snapshot, path)).or_default();
        *most = n.max(*most);
    }
    let mut in_snapshot: BTreeMap<&SnapshotRef, u32> = BTreeMap::new();
    for ((snapshot, _), n) in in_path {
        *in_snapshot.entry(snapshot).or_default() += n;
    }
    in_snapshot.into_values().max().unwrap_or_default()
}

/// What no row of the snapshot at hand has found.
pub struct Left {
    of_target: Vec<u32>,
    of_key: Vec<u32>,
}

impl Left {
    pub fn of(targets: &Targets) -> Self {
        Self { of_target: targets.all.iter().map(|target| target.n).collect(), of_key: targets.n_of_key.clone() }
    }

    pub fn has(&self, targets: &Targets, at: usize) -> bool {
        self.of_target[at] > 0 && self.of_key[targets.all[at].key as usize] > 0
    }

    /// Those of them that are left, each as often as it is.
    pub fn among(&self, targets: &Targets, some: impl Iterator<Item = usize>) -> Vec<usize> {
        let mut n_of_key: HashMap<u32, u32> = HashMap::new();
        let mut those = Vec::new();
        for at in some {
            let key = targets.all[at].key;
            let known = n_of_key.entry(key).or_default();
            let n = self.of_target[at].min(self.of_key[key as usize].saturating_sub(*known));
            *known += n;
            those.extend(std::iter::repeat_n(at, n as usize));
        }
        those
    }

    pub fn take(&mut self, targets: &Targets, at: usize) {
        let of_key = &mut self.of_key[targets.all[at].key as usize];
        *of_key = of_key.saturating_sub(1);
        self.of_target[at] = self.of_target[at].saturating_sub(1);
    }
}
