//! Who speaks in a conversation, under which names. Pure.

use std::collections::{BTreeMap, BTreeSet};

use unicode_width::UnicodeWidthStr;

use super::pairing::Row;
use crate::ingest::identity::without_sender;
use crate::ingest::merge::is_anonymous;
use crate::model::{Key, KeyBuilder, Who};

/// Who speaks in a conversation.
#[derive(Debug)]
pub struct Voices<'a> {
    /// Names of the owner, as far as they are known.
    pub me: &'a BTreeSet<String>,
    /// Only two speak, of which one is the owner.
    pub are_two: bool,
    /// Names of those who take part, each with a snapshot that says so.
    pub present: &'a [(String, i64)],
    /// What the conversation was called.
    pub titles: &'a BTreeSet<&'a str>,
}

/// Names as numbers, and who bears them: names of one person have one side.
pub struct Names {
    pub of_row: Vec<u32>,
    side: Vec<u32>,
    is_anonymous: Vec<bool>,
    pub are_two: bool,
    /// Snapshots that show a name of a side.
    seen_in: Vec<BTreeSet<i64>>,
    /// All names, of those too who take part and say nothing, and of the conversation; sentences of the app carry them. With
    /// the number of those who speak.
    all: Vec<(String, Option<u32>)>,
}

/// So many names are looked for in sentences; a group has at most 250 members.
const MOST_NAMES: usize = 512;
/// In columns: two Chinese letters are a name. What is shorter stands in other words too.
const SHORTEST_NAME: usize = 3;

impl Names {
    pub fn of(rows: &[Row<'_>], voices: &Voices<'_>) -> Self {
        // By the alphabet, so that nothing depends on which row was read first.
        let numbers: BTreeSet<&str> = rows.iter().map(|row| name_of(row)).collect();
        let numbers: BTreeMap<&str, u32> = numbers.into_iter().zip(0..).collect();
        let mut seen_in = vec![BTreeSet::new(); numbers.len()];
        for row in rows {
            seen_in[numbers[name_of(row)] as usize].extend(row.snapshots.iter().map(|snapshot| snapshot.id));
        }
        for (name, snapshot) in voices.present {
            if let Some(number) = numbers.get(name.trim()) {
                seen_in[*number as usize].insert(*snapshot);
            }
        }
        let of_rows = numbers.keys().copied().filter(|name| *name != ME);
        let of_heads =
            voices.present.iter().map(|(name, _)| name.as_str()).chain(voices.titles.iter().copied()).map(str::trim);
        let all: BTreeSet<&str> = of_rows.chain(of_heads).collect();
        let all = all.into_iter().filter(|name| name.width() >= SHORTEST_NAME);
        let mut names = Self {
            all: all.take(MOST_NAMES).map(|name| (name.to_owned(), numbers.get(name).copied())).collect(),
            of_row: rows.iter().map(|row| numbers[name_of(row)]).collect(),
            side: (0..).take(numbers.len()).collect(),
            is_anonymous: numbers.keys().map(|name| name.is_empty() || is_anonymous(name)).collect(),
            are_two: voices.are_two,
            seen_in,
        };
        let is_mine = |name: &str| name == ME || voices.me.contains(name);
        let (mine, others): (Vec<_>, Vec<_>) = numbers.into_iter().partition(|(name, _)| is_mine(name));
        let [mine, others] =
            [mine, others].map(|some| some.into_iter().map(|(_, number)| number).collect::<Vec<u32>>());
        names.tie(&mine);
        if voices.are_two {
            names.tie(&others);
        } else {
            names.tie_by_words(rows);
        }
        names
    }

    pub fn are_one(&self, one: u32, other: u32) -> bool {
        self.side[one as usize] == self.side[other as usize]
    }

    pub fn side(&self, name: u32) -> u32 {
        self.side[name as usize]
    }

    /// Whom a text mentions, or what: the side of who speaks, and a number of their own for all others.
    pub fn mentioned(&self, text: &str) -> BTreeSet<u32> {
        let others = u32::try_from(self.side.len()).unwrap_or(u32::MAX)..;
        let mentioned = others.zip(&self.all).filter(|(_, (name, _))| text.contains(name.as_str()));
        mentioned.map(|(number, (_, speaker))| speaker.map_or(number, |speaker| self.side(speaker))).collect()
    }

    /// It is nobody's name.
    pub fn is_nobody(&self, name: u32) -> bool {
        self.is_anonymous[name as usize]
    }

    /// Whether two names can be one person's: none of the downloads shows them side by side.
    pub fn may_be_one(&self, one: u32, other: u32) -> bool {
        let seen = |name: u32| &self.seen_in[self.side(name) as usize];
        self.are_one(one, other) || seen(one).is_disjoint(seen(other))
    }

    fn tie(&mut self, names: &[u32]) {
        let sides: BTreeSet<u32> = names.iter().map(|name| self.side(*name)).collect();
        let Some(&first) = sides.first() else { return };
        for side in self.side.iter_mut().filter(|side| sides.contains(side)) {
            *side = first;
        }
        for side in sides.into_iter().skip(1) {
            let seen = std::mem::take(&mut self.seen_in[side as usize]);
            self.seen_in[first as usize].extend(seen);
        }
    }

    /// Ties names that take each other's place: the same words in the same minute, alone in each download, under two names
    /// that never stand side by side, in a conversation of which a run is the same, whoever speaks; or the app's same sentence
    /// about its sender.
    fn tie_by_words(&mut self, rows: &[Row<'_>]) {
        /// An aligned run of so many messages overrides a different name (format reference §8.2.4).
        const RUN: usize = 3;
        /// A message has as many names as downloads.
        const MOST_NAMES: usize = 16;
        let mut said: BTreeMap<(bool, i64, Key), BTreeMap<i64, Option<u32>>> = BTreeMap::new();
        let mut n_in_snapshot: BTreeMap<i64, usize> = BTreeMap::new();
        for (row, &name) in rows.iter().zip(&self.of_row) {
            let sentence = sentence_of(row);
            let words = (sentence.is_some(), row.at_ms.div_euclid(60_000), sentence.unwrap_or(row.signature));
            for snapshot in row.snapshots {
                *n_in_snapshot.entry(snapshot.id).or_default() += 1;
                if row.says_something() {
                    let here = said.entry(words).or_default();
                    here.entry(snapshot.id).and_modify(|lone| *lone = None).or_insert(Some(name));
                }
            }
        }
        let aligned: Vec<(bool, BTreeSet<u32>)> = said
            .into_iter()
            .map(|((is_sentence, ..), here)| (is_sentence, here.into_values().flatten().collect::<Vec<_>>()))
            .filter(|(_, names)| names.len() > 1)
            .map(|(is_sentence, names)| (is_sentence, names.into_iter().collect()))
            .collect();
        let fewest = n_in_snapshot.values().copied().min().unwrap_or_default();
        let is_run = aligned.len() >= RUN.min(fewest);
        let counting =
            aligned.iter().filter(|(is_sentence, names)| (is_run || *is_sentence) && names.len() <= MOST_NAMES);
        for (_, names) in counting {
            let somebody: Vec<u32> = names.iter().copied().filter(|name| !self.is_nobody(*name)).collect();
            for (place, &one) in somebody.iter().enumerate() {
                for &other in &somebody[place + 1..] {
                    if self.may_be_one(one, other) {
                        self.tie(&[one, other]);
                    }
                }
            }
        }
    }
}

/// Names a text that holds its sender's name, without that name.
fn sentence_of(row: &Row<'_>) -> Option<Key> {
    Some(KeyBuilder::new("sentence").part(without_sender(row.text, name_of(row))?).key())
}

/// The owner where no name is told; nobody is called so.
const ME: &str = "\0";

/// The name of whoever says it.
pub fn name_of<'a>(row: &Row<'a>) -> &'a str {
    match row.who {
        Some(Who::Name(name) | Who::Handle(name)) => name.trim(),
        Some(Who::Me) => ME,
        None => "",
    }
}
