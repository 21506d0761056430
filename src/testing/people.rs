//! Who is in a life: the owner, friends and strangers, under all the names they ever had.

use super::calendar::{DAY, day_ms};
use super::dice::Dice;
use super::words::TONGUES;

/// The display name under which exports show everybody whose account is gone.
pub const DELETED_NAME: &str = "Instagram User";

/// Somebody. Names and handles are listed with the time from which they held, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    pub names: Vec<(i64, String)>,
    pub handles: Vec<(i64, String)>,
    /// When the account was deleted; later exports call it [`DELETED_NAME`].
    pub left_ms: Option<i64>,
    /// Instagram's number of the account (`17841…`), which `fbid` shows in some files.
    pub account_id: u64,
    /// Which of the languages of the generator they write in.
    pub(super) tongue: usize,
}

fn at(history: &[(i64, String)], at_ms: i64) -> &str {
    let known = history.iter().rev().find(|(from, _)| *from <= at_ms).or(history.first());
    known.map_or("", |(_, name)| name)
}

impl Person {
    /// The display name that an export of that time shows.
    pub fn name_at(&self, at_ms: i64) -> &str {
        if self.left_ms.is_some_and(|left| left <= at_ms) { DELETED_NAME } else { at(&self.names, at_ms) }
    }

    pub fn handle_at(&self, at_ms: i64) -> &str {
        at(&self.handles, at_ms)
    }

    /// The newest display name that exports of these times show, other than [`DELETED_NAME`] where there is one.
    pub fn newest_name(&self, dates_ms: &[i64]) -> &str {
        let mut dates = dates_ms.to_vec();
        dates.sort_unstable_by(|a, b| b.cmp(a));
        dates.iter().map(|date| self.name_at(*date)).find(|name| *name != DELETED_NAME).unwrap_or(DELETED_NAME)
    }
}

/// First names: as shown, in Latin letters for the handle, and the language their bearer writes in.
const FIRST: [(&str, &str, usize); 26] = [
    ("Anna", "anna", 1),
    ("Zoë", "zoe", 0),
    ("Max", "max", 1),
    ("Léa", "lea", 2),
    ("Íñigo", "inigo", 3),
    ("João", "joao", 4),
    ("Niccolò", "niccolo", 5),
    ("Ольга", "olga", 6),
    ("Ελένη", "eleni", 7),
    ("ليلى", "layla", 8),
    ("נועה", "noa", 9),
    ("美咲", "misaki", 10),
    ("지우", "jiwoo", 11),
    ("小雨", "xiaoyu", 12),
    ("Sam", "sam", 0),
    ("Priya", "priya", 0),
    ("Björn", "bjorn", 1),
    ("Chloé ☀️", "chloe", 2),
    ("Łukasz", "lukasz", 0),
    ("Şule", "sule", 0),
    ("O'Hara", "ohara", 0),
    ("Dr. Mia", "mia", 1),
    ("Ngọc", "ngoc", 0),
    ("🌻", "sunny", 0),
    ("jo", "jo", 0),
    ("MARTA", "marta", 3),
];

const SURNAME: [&str; 20] = [
    "bran", "kil", "mer", "tov", "sol", "vik", "lan", "dor", "pel", "run", "gar", "nim", "fel", "hast", "quo", "zer",
    "wil", "ost", "bel", "tar",
];

/// An invented surname, a different one for every number below 8,000.
fn surname(number: usize) -> String {
    let code = number * 4_271 % 8_000;
    let mut name = String::new();
    for part in [code / 400, code / 20 % 20, code % 20] {
        name.push_str(SURNAME[part]);
    }
    name
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

pub(super) struct Plan {
    pub seed: u64,
    pub n_friends: usize,
    pub n_strangers: usize,
    pub begin_ms: i64,
    pub end_ms: i64,
    pub is_eventful: bool,
    /// Of a thousand, where much happens.
    pub renames: usize,
}

/// Makes everybody: the owner first, then friends, then strangers.
///
/// Every ninth friend is renamed once, every eleventh takes a new handle, every thirteenth deletes the account; friends
/// 4 and 5 share a display name. Where much happens it is the dice that say who does, and when the owner is renamed.
pub(super) fn plan(plan: &Plan) -> Vec<Person> {
    let span = plan.end_ms - plan.begin_ms;
    let mut people: Vec<Person> = (0..=plan.n_friends + plan.n_strangers).map(|number| person(plan, number)).collect();
    people[0].names = vec![(0, "Robin Example".to_owned()), (plan.begin_ms + span * 6 / 10, "Robin Ünder".to_owned())];
    people[0].handles =
        vec![(0, "robin.example".to_owned()), (plan.begin_ms + span * 7 / 10, "robin_under".to_owned())];
    if plan.is_eventful && plan.renames == 0 {
        people[0].names.truncate(1);
        people[0].handles.truncate(1);
    } else if plan.is_eventful {
        let mut dice = Dice::of(plan.seed, "rename the owner", 0);
        let mut when = || plan.begin_ms + dice.between(span / 5, span);
        people[0].names[1].0 = when();
        people[0].handles[1].0 = when();
    }
    for friend in 1..=plan.n_friends {
        let mut dice = Dice::of(plan.seed, "rename", friend);
        let when = plan.begin_ms + dice.between(span / 5, span * 4 / 5);
        let mut does = |usually: bool, per_mille| if plan.is_eventful { dice.chance(per_mille) } else { usually };
        if does(friend % 9 == 3, plan.renames) {
            let name = format!("{} {}", FIRST[friend % FIRST.len()].0, capitalised(&surname(friend + 4_000)));
            people[friend].names.push((when, name));
        }
        if does(friend % 11 == 3, plan.renames) {
            let handle = format!("{}.on.tour", people[friend].handles[0].1);
            people[friend].handles.push((when + 3 * DAY, handle));
        }
        if does(friend % 13 == 6, plan.renames.min(150)) {
            people[friend].left_ms = Some(when + 9 * DAY);
        }
    }
    if plan.n_friends >= 5 {
        let names = people[4].names.clone();
        if plan.is_eventful {
            // Whoever of them is renamed is so alone.
            people[5].names[0] = names[0].clone();
        } else {
            people[5].names = names;
        }
    }
    people
}

fn person(plan: &Plan, number: usize) -> Person {
    let mut dice = Dice::of(plan.seed, "person", number);
    let (shown, roman, tongue) = FIRST[number % FIRST.len()];
    let surname = surname(number);
    let separator = dice.pick(&[".", "_", ""]);
    // Beyond 8,000 people the surnames come again, so the handles get a number.
    let tail = if number < 8_000 { String::new() } else { (number / 8_000).to_string() };
    Person {
        names: vec![(0, format!("{shown} {}{tail}", capitalised(&surname)))],
        handles: vec![(0, format!("{roman}{separator}{surname}{tail}"))],
        left_ms: None,
        account_id: 17_841_400_000_000_000 + u64::try_from(number).unwrap_or(0) * 9_973,
        tongue: tongue % TONGUES.len(),
    }
}

/// When the people of the generator begin and stop doing things.
pub(super) fn lifetime() -> (i64, i64) {
    (day_ms(2019, 3, 4), day_ms(2026, 2, 1))
}
