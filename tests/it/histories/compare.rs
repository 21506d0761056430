//! Facts and records, matched by what they say: what is missed, doubled, wrongly merged, held without being true, or wrong
//! in a field. Nothing is excused here; what no program could know is settled where the facts are told.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use throwback::model::Kind;
use throwback::testing::{Fact, Language, Life};

use super::held::Held;

/// For each kind how many facts there are and what became of them.
#[derive(Clone, Debug, Default)]
pub struct Table(BTreeMap<&'static str, Counts>);

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    facts: usize,
    missed: usize,
    doubled: usize,
    merged: usize,
    untrue: usize,
    wrong: usize,
}

impl Table {
    pub fn add(&mut self, other: &Self) {
        for (kind, counts) in &other.0 {
            let sum = self.0.entry(kind).or_default();
            sum.facts += counts.facts;
            sum.missed += counts.missed;
            sum.doubled += counts.doubled;
            sum.merged += counts.merged;
            sum.untrue += counts.untrue;
            sum.wrong += counts.wrong;
        }
    }

    fn of(&mut self, kind: Kind) -> &mut Counts {
        self.0.entry(kind.name()).or_default()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "kind                 facts   missed  doubled   merged   untrue    wrong")?;
        for (kind, counts) in &self.0 {
            let Counts { facts, missed, doubled, merged, untrue, wrong } = counts;
            writeln!(formatter, "{kind:<17} {facts:>8} {missed:>8} {doubled:>8} {merged:>8} {untrue:>8} {wrong:>8}")?;
        }
        Ok(())
    }
}

#[derive(Debug, Default)]
pub struct Found {
    pub table: Table,
    /// What is wrong, a line each.
    pub lines: Vec<String>,
}

/// Which fields of a fact and a record say the same.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "one for each thing that a record says")]
struct Agreement {
    kind: bool,
    time: bool,
    text: bool,
    who: bool,
    media: bool,
    link: bool,
    reactions: bool,
    /// What is left out of the number of fields that agree because it holds for most: the sort of a kind.
    subkind: bool,
}

impl Agreement {
    fn is_full(self) -> bool {
        self.kind && self.time && self.text && self.who && self.media && self.link && self.reactions && self.subkind
    }

    fn rank(self) -> usize {
        [self.kind, self.time, self.text, self.who, self.media, self.link, self.reactions, self.subkind]
            .into_iter()
            .filter(|is| *is)
            .count()
    }
}

struct Judge {
    /// Who bears each name.
    bearers: BTreeMap<String, BTreeSet<usize>>,
}

impl Judge {
    fn new(life: &Life) -> Self {
        let mut bearers: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for (number, person) in life.people().iter().enumerate() {
            for (_, name) in person.names.iter().chain(&person.handles) {
                bearers.entry(name.clone()).or_default().insert(number);
            }
        }
        Self { bearers }
    }

    fn is_borne(&self, name: Option<&str>, who: Option<usize>) -> bool {
        match (name, who) {
            (None, None) => true,
            (Some(name), Some(who)) => {
                // Whose account was gone in every download has no name.
                Language::ALL.iter().any(|language| language.deleted_name() == name)
                    || self.bearers.get(name).is_some_and(|bearers| bearers.contains(&who))
            }
            _ => false,
        }
    }

    /// Whether each reaction is there once.
    fn are_reactions(&self, fact: &Fact, held: &Held) -> bool {
        let mut left: Vec<_> = fact.reactions.iter().collect();
        let is_true = |(actor, reaction): &(String, String)| {
            let plain: String = reaction.chars().filter(|c| *c != '\u{fe0f}').collect();
            let is_it = |(who, emoji): &&(Option<usize>, &str)| *emoji == plain && self.is_actor(actor, *who);
            let found = left.iter().position(is_it);
            found.map(|place| left.remove(place)).is_some()
        };
        held.reactions.iter().all(is_true) && left.is_empty()
    }

    /// Nobody is whoever is called so in every download.
    fn is_actor(&self, name: &str, who: Option<usize>) -> bool {
        match who {
            Some(who) => self.bearers.get(name).is_some_and(|bearers| bearers.contains(&who)),
            None => Language::ALL.iter().any(|language| language.deleted_name() == name),
        }
    }

    fn agreement(&self, fact: &Fact, held: &Held) -> Agreement {
        let is_first = |words: &[String]| match words.first() {
            Some(words) => plain(words) == plain(&held.text),
            None => held.text.is_empty() || fact.kind == Kind::Login || fact.kind == Kind::View,
        };
        Agreement {
            kind: fact.kind == held.kind,
            time: is_at(fact, held),
            text: is_first(&fact.texts),
            who: self.is_borne(held.who.as_deref(), fact.who) || fact.kind == Kind::Search,
            media: fact.media == held.media,
            link: fact.link.as_ref().is_none_or(|link| held.link.ends_with(ending(link))),
            reactions: self.are_reactions(fact, held),
            subkind: fact.subkind.is_empty() || fact.subkind == held.subkind,
        }
    }
}

/// The end of a link, which no host, parameter or final slash changes.
fn ending(link: &str) -> &str {
    let link = link.trim_end_matches('/');
    link.rsplit_once('/').map_or(link, |(_, end)| end)
}

/// Text without what formats do to spaces.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_at(fact: &Fact, held: &Held) -> bool {
    let (Some(time_ms), Some(at_ms)) = (fact.times_ms.first(), held.at_ms) else {
        return fact.times_ms.is_empty() && held.at_ms.is_none();
    };
    let unit = match held.precision.as_str() {
        "ms" => 1,
        "s" => 1_000,
        "minute" => 60_000,
        _ => 86_400_000,
    };
    // Minutes are enough only where no download knows more.
    time_ms.div_euclid(unit) * unit == at_ms && (fact.is_coarse || unit <= 1_000)
}

/// Whether a record could be of that minute at all.
fn is_near(fact: &Fact, held: &Held) -> bool {
    match held.at_ms {
        Some(at_ms) => fact.times_ms.iter().any(|time_ms| (time_ms - at_ms).abs() < 61_000),
        None => fact.times_ms.is_empty(),
    }
}

fn is_kin(fact: &Fact, held: &Held) -> bool {
    let own = [Kind::Post, Kind::Reel];
    fact.kind == held.kind || (own.contains(&fact.kind) && own.contains(&held.kind))
}

/// Matches facts and records one to one, those that agree in most first.
pub fn compare(life: &Life, facts: &[Fact], held: &[Held]) -> Found {
    let judge = Judge::new(life);
    let mut pairs: Vec<((usize, bool), usize, usize)> = Vec::new();
    for (number, fact) in facts.iter().enumerate() {
        for (place, record) in held.iter().enumerate().filter(|(_, record)| is_kin(fact, record)) {
            let agreement = judge.agreement(fact, record);
            let says = agreement.text && agreement.who && agreement.media && agreement.subkind;
            if is_near(fact, record) || (says && (!fact.texts.is_empty() || fact.who.is_some())) {
                // Of several shares of one minute the one with a link is that with a link.
                let is_linked_alike = fact.link.is_some() != record.link.is_empty();
                pairs.push(((agreement.rank(), is_linked_alike), number, place));
            }
        }
    }
    pairs.sort_by_key(|(rank, number, place)| (std::cmp::Reverse(*rank), *number, *place));
    let (mut record_of, mut fact_of) = (vec![None; facts.len()], vec![None; held.len()]);
    for (_, number, place) in pairs {
        if record_of[number].is_none() && fact_of[place].is_none() {
            (record_of[number], fact_of[place]) = (Some(place), Some(number));
        }
    }
    let mut found = Found::default();
    for (number, fact) in facts.iter().enumerate() {
        found.table.of(fact.kind).facts += 1;
        match record_of[number].map(|place: usize| &held[place]) {
            Some(record) => {
                let agreement = judge.agreement(fact, record);
                if !agreement.is_full() {
                    found.table.of(fact.kind).wrong += 1;
                    found.lines.push(format!(
                        "wrong ({}): {}\n    held: {}",
                        fields(agreement),
                        told(fact),
                        shown(record)
                    ));
                }
            }
            None => found.lost(&judge, fact, held),
        }
    }
    for (record, _) in held.iter().zip(&fact_of).filter(|(_, fact)| fact.is_none()) {
        found.surplus(&judge, record, facts);
    }
    found.threads(facts, held, &record_of);
    found
}

/// People: nobody bears the names of two. Names that nothing ties together may stay apart.
pub fn compare_people(life: &Life, people: &BTreeMap<String, Vec<String>>) -> Found {
    let judge = Judge::new(life);
    let mut found = Found::default();
    for (person, names) in people {
        let known = names.iter().filter_map(|name| judge.bearers.get(name));
        let common = known.cloned().reduce(|some, others| some.intersection(&others).copied().collect());
        let counts = found.table.0.entry("(person)").or_default();
        counts.facts += usize::from(common.is_some());
        if common.is_some_and(|common| common.is_empty()) {
            counts.merged += 1;
            found.lines.push(format!("several people are one: {person}, {names:?}"));
        }
    }
    found
}

fn fields(agreement: Agreement) -> String {
    let Agreement { kind, time, text, who, media, link, reactions, subkind } = agreement;
    let all = [
        ("kind", kind),
        ("time", time),
        ("text", text),
        ("who", who),
        ("media", media),
        ("link", link),
        ("reactions", reactions),
        ("sort", subkind),
    ];
    all.into_iter().filter(|(_, is)| !is).map(|(name, _)| name).collect::<Vec<_>>().join(", ")
}

impl Found {
    /// A fact without a record: it went into the record of another, or nowhere.
    fn lost(&mut self, judge: &Judge, fact: &Fact, held: &[Held]) {
        let takes = |record: &&Held| {
            let agreement = judge.agreement(fact, record);
            is_kin(fact, record) && is_near(fact, record) && record.n_sightings > 1 && (agreement.text || agreement.who)
        };
        let best = held.iter().filter(takes).max_by_key(|record| judge.agreement(fact, record).rank());
        match best {
            Some(record) => {
                self.table.of(fact.kind).merged += 1;
                self.lines.push(format!("merged with another: {}\n    held: {}", told(fact), shown(record)));
            }
            None => {
                self.table.of(fact.kind).missed += 1;
                self.lines.push(format!("missed: {}", told(fact)));
            }
        }
    }

    /// A record without a fact: a second one of something, or nothing that ever was.
    fn surplus(&mut self, judge: &Judge, record: &Held, facts: &[Fact]) {
        let is_of = |fact: &&Fact| {
            let agreement = judge.agreement(fact, record);
            let says =
                [agreement.text && !record.text.is_empty(), agreement.who, agreement.media && !record.media.is_empty()];
            is_kin(fact, record) && (is_near(fact, record) || agreement.text) && says.contains(&true)
        };
        let best = facts.iter().filter(is_of).max_by_key(|fact| judge.agreement(fact, record).rank());
        match best {
            Some(fact) => {
                self.table.of(record.kind).doubled += 1;
                self.lines.push(format!("doubled: {}\n    held: {}", told(fact), shown(record)));
            }
            None => {
                self.table.of(record.kind).untrue += 1;
                self.lines.push(format!("nothing true: {}", shown(record)));
            }
        }
    }

    /// Conversations: each is one, and no two are one.
    fn threads(&mut self, facts: &[Fact], held: &[Held], record_of: &[Option<usize>]) {
        let mut of_fact: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
        let mut of_record: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for (fact, place) in facts.iter().zip(record_of) {
            let record = place.and_then(|place| held[place].thread.as_deref());
            if let (Some(thread), Some(record)) = (fact.thread, record) {
                of_fact.entry(thread).or_default().insert(record);
                of_record.entry(record).or_default().insert(thread);
            }
        }
        let counts = self.table.0.entry("(conversation)").or_default();
        counts.facts += of_fact.len();
        for (thread, records) in of_fact.into_iter().filter(|(_, records)| records.len() > 1) {
            counts.doubled += records.len() - 1;
            self.lines.push(format!("conversation {thread} is in several: {records:?}"));
        }
        for (record, threads) in of_record.into_iter().filter(|(_, threads)| threads.len() > 1) {
            counts.merged += threads.len() - 1;
            self.lines.push(format!("conversations {threads:?} are one: {record}"));
        }
    }
}

fn told(fact: &Fact) -> String {
    let Fact { kind, subkind, times_ms, is_coarse, texts, who, media, link, thread, reactions, told_by } = fact;
    let at = times_ms.iter().map(|at_ms| iso(*at_ms)).collect::<Vec<_>>().join(" or ");
    let coarse = if *is_coarse { " (to the minute)" } else { "" };
    let thread = thread.map_or_else(String::new, |thread| format!(" in conversation {thread}"));
    format!(
        "{} {subkind} {at}{coarse}{thread}, who {who:?}, {texts:?}, media {media:?}, link {link:?}, reactions {reactions:?}, told by {told_by:?}",
        kind.name()
    )
}

fn shown(held: &Held) -> String {
    let Held { id, kind, subkind, at_ms, precision, text, who, media, link, reactions, n_sightings, .. } = held;
    let at = at_ms.map_or_else(String::new, iso);
    format!(
        "{id} {} {subkind} {at} ({precision}), who {who:?}, {text:?}, media {media:?}, link {link:?}, reactions {reactions:?}, {n_sightings} sightings",
        kind.name()
    )
}

fn iso(at_ms: i64) -> String {
    chrono::DateTime::from_timestamp_millis(at_ms).map_or_else(String::new, |at| at.format("%FT%T%.3fZ").to_string())
}
