//! Conversations: who, from when to when, how many messages.

use super::calendar::DAY;
use super::dice::Dice;
use super::life::OWNER;
use super::medium::{Form, Medium};
use super::people::{self, Person};
use super::size::Size;

/// One conversation of the owner with others.
#[derive(Clone, Debug)]
pub struct Thread {
    /// The others, as numbers among the people of the life. More than one makes a group.
    pub members: Vec<usize>,
    /// Ten characters, `_` and `-` among them: the id that folders carried until 2022.
    pub old_id: String,
    /// The id that folders carry since 2023.
    pub id: u64,
    /// A group's names with the time from which they held; empty while nobody had named it.
    pub names: Vec<(i64, String)>,
    /// Until then it lay among the message requests.
    pub accepted_ms: i64,
    pub first_ms: i64,
    pub last_ms: i64,
    pub n_messages: usize,
    /// The group's picture.
    pub image: Option<Medium>,
    /// How many messages the threads before this one hold.
    pub(super) first_number: usize,
}

impl Thread {
    pub fn is_group(&self) -> bool {
        self.members.len() > 1
    }

    /// The title that an export of that time shows, in English; [`super::Writing::title`] has it in any language.
    pub fn title_at(&self, people: &[Person], at_ms: i64) -> String {
        if let Some(name) = self.name_at(at_ms) {
            return name.to_owned();
        }
        let names: Vec<&str> = self.members.iter().take(3).map(|member| people[*member].name_at(at_ms)).collect();
        match names[..] {
            [name] => name.to_owned(),
            [one, two] => format!("{one} and {two}"),
            [one, two, ..] => format!("{one}, {two} and others"),
            [] => String::new(),
        }
    }

    /// The name that a group had at a time.
    pub fn name_at(&self, at_ms: i64) -> Option<&str> {
        self.names.iter().rev().find(|(from, _)| *from <= at_ms).map(|(_, name)| name.as_str())
    }
}

/// Makes the threads. Sizes fall off slowly, so that the largest of a big life needs several pages; every fourth is a
/// group, every eleventh began as a request, the last one is empty when there are more than eight.
pub(super) fn plan(seed: u64, size: &Size, people: &[Person]) -> Vec<Thread> {
    let n_messages = shares(size);
    let mut threads = Vec::with_capacity(size.threads);
    let mut first_number = 0;
    for (number, n_messages) in n_messages.into_iter().enumerate() {
        let mut thread = thread(seed, number, size, people);
        thread.first_number = first_number;
        thread.n_messages = n_messages;
        first_number += n_messages;
        threads.push(thread);
    }
    threads
}

/// How many messages each thread has: the one at place `k` in proportion to 1 / (k + 3).
fn shares(size: &Size) -> Vec<usize> {
    let n_filled = if size.threads > 8 { size.threads - 1 } else { size.threads }.min(size.messages);
    let weight = |number: usize| 1_000_000_000 / (number + 3);
    let total: usize = (0..n_filled).map(weight).sum();
    let mut shares = vec![0; size.threads];
    let mut below = 0;
    let mut given = 0;
    for (number, share) in shares.iter_mut().enumerate().take(n_filled) {
        below += weight(number);
        // Each gets one, the rest goes by weight; rounding the running sum gives the exact total.
        let until = (size.messages - n_filled) * below / total;
        *share = 1 + until - given;
        given = until;
    }
    shares
}

fn thread(seed: u64, number: usize, size: &Size, people: &[Person]) -> Thread {
    let mut dice = Dice::of(seed, "thread", number);
    let (begin_ms, end_ms) = people::lifetime();
    let n_friends = size.friends.max(1).min(people.len().saturating_sub(1));
    let is_group = number % 4 == 2 && n_friends > 2;
    let mut members = vec![1 + number % n_friends];
    if is_group {
        let n = 2 + dice.below(6.min(n_friends - 2));
        for _ in 0..n * 3 {
            let candidate = 1 + dice.below(n_friends);
            // Friends 4 and 5 share a name: in one group nobody could tell them apart.
            let twin = match candidate {
                4 => 5,
                5 => 4,
                _ => OWNER,
            };
            if members.len() < n && !members.contains(&candidate) && !members.contains(&twin) {
                members.push(candidate);
            }
        }
    }
    let first_ms = begin_ms + dice.between(0, (end_ms - begin_ms) / 2);
    let left_ms = (members.len() == 1).then(|| people[members[0]].left_ms).flatten();
    let mut last_ms = end_ms - dice.between(0, (end_ms - first_ms) / 3) - DAY;
    let mut first_ms = first_ms;
    if let Some(left_ms) = left_ms {
        last_ms = last_ms.min(left_ms - DAY);
        first_ms = first_ms.min(last_ms - 30 * DAY);
    }
    let is_request = if size.is_eventful { dice.chance(300) } else { number % 11 == 7 };
    let accepted_ms = if is_request { first_ms + (last_ms - first_ms) / 2 } else { 0 };
    let is_group = members.len() > 1;
    Thread {
        old_id: old_id(&mut dice, number),
        id: 17_840_000_000_000_000 + u64::try_from(number).unwrap_or(0) * 1_000_003,
        names: if is_group { group_names(&mut dice, first_ms, last_ms) } else { Vec::new() },
        accepted_ms,
        first_ms,
        last_ms,
        n_messages: 0,
        image: (is_group && dice.chance(500)).then(|| Medium {
            id: 15_900_000_000_000_000 + u64::try_from(number).unwrap_or(0),
            at_ms: first_ms,
            form: Form::Png,
            n_bytes: *size.media_bytes.start(),
            is_compressible: size.is_media_compressible,
        }),
        members,
        first_number: 0,
    }
}

/// Ten characters of lower-case base64url, sometimes with `_` or `-` where they hurt.
fn old_id(dice: &mut Dice, number: usize) -> String {
    let mut id = dice.characters("abcdefghijklmnopqrstuvwxyz0123456789", 10);
    match number % 7 {
        1 => id.replace_range(4..5, "_"),
        3 => id.replace_range(0..1, "-"),
        5 => id.replace_range(8..9, "_"),
        _ => {}
    }
    id
}

const GROUP_NAMES: [&str; 8] = [
    "Lisbon 2021 ✈️",
    "Brotfreunde",
    "Die drei ???",
    "家族",
    "Book club: \"Dune\"",
    "Équipe d'été",
    "Флудилка",
    "🎉🎉🎉",
];

fn group_names(dice: &mut Dice, first_ms: i64, last_ms: i64) -> Vec<(i64, String)> {
    let mut names = Vec::new();
    if dice.chance(800) {
        names.push((first_ms, dice.pick(&GROUP_NAMES).to_owned()));
        if dice.chance(500) {
            names.push((dice.between(first_ms, last_ms), format!("{} (new)", dice.pick(&GROUP_NAMES))));
        }
    }
    names
}
