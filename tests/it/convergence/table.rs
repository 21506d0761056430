//! The one table of what a writing cannot carry: every row names the section of the format reference that says so. What
//! stands in no row must come out of every download.
//!
//! A row that no writing needs fails the test, so that nothing stays excused when a reader or the generator learns it.

use chrono::{TimeZone, Timelike};
use chrono_tz::America::Los_Angeles;
use throwback::model::{Format, Generation};
use throwback::testing::{Language, Life};

use super::fact::Fact;
use super::names::Names;
use super::variant::Variant;

/// Something that some downloads do not say.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    pub generations: &'static [Generation],
    /// Nothing: in both formats.
    pub format: Option<Format>,
    /// Nothing: in every language.
    pub language: Option<Language>,
    /// Months of the layout, from and before: `("", "2023-01")` is everything that was made before 2023.
    pub made: (&'static str, &'static str),
    /// A kind, or a kind and a subkind.
    pub of: &'static str,
    /// The field; empty for the record itself.
    pub field: &'static str,
    pub how: How,
    /// Of the format reference.
    pub section: &'static str,
}

/// What is left of it.
#[derive(Clone, Copy, Debug)]
pub enum How {
    Absent,
    /// Words of a video that nothing names: a record of their own.
    Apart,
    /// Display names instead of user names.
    DisplayNames,
    /// A clock of California without seconds: of an hour that comes twice in autumn the earlier.
    Minutes,
    /// A sentence of the service that nothing proves to be one; with an emoji in it, reactions prove it.
    UnprovenNotice,
}

use Format::Html;
use Generation::{C, D, E};
use How::{Absent, Apart, DisplayNames, Minutes, UnprovenNotice};

const EVER: (&str, &str) = ("", "9999");

const fn row(
    generations: &'static [Generation],
    of: &'static str,
    field: &'static str,
    how: How,
    section: &'static str,
) -> Limit {
    Limit { generations, format: None, language: None, made: EVER, of, field, how, section }
}

const fn made(from: &'static str, before: &'static str, limit: Limit) -> Limit {
    Limit { made: (from, before), ..limit }
}

const fn html(limit: Limit) -> Limit {
    Limit { format: Some(Html), ..limit }
}

const fn korean(limit: Limit) -> Limit {
    Limit { language: Some(Language::Korean), ..limit }
}

/// Pages print times to the minute, in the clock of California.
const fn minutes(of: &'static str) -> Limit {
    html(row(&[C, D, E], of, "at", Minutes, "§5.1, §5.5"))
}

pub const TABLE: &[Limit] = &[
    minutes("message"),
    html(row(&[E], "message", "reacted", Minutes, "§5.3, §5.5")),
    minutes("post"),
    minutes("reel"),
    minutes("story"),
    minutes("profile_photo"),
    minutes("comment"),
    minutes("like"),
    minutes("save"),
    minutes("collection"),
    minutes("story_interaction"),
    minutes("search"),
    minutes("view"),
    minutes("follow"),
    minutes("contact"),
    minutes("profile_change"),
    html(row(&[E], "note", "at", Minutes, "§5.1, §5.5")),
    html(row(&[C, D, E], "reel", "subtitles", Apart, "§5.4 (img, video)")),
    // Without a word list a notice is told by its emoji, by the second of the reaction, or by coming again and again.
    korean(row(
        &[C, D],
        "message reaction_notice",
        "subkind",
        UnprovenNotice,
        "§4.5 (no emoji), §4.3 (timestamp since 2025)",
    )),
    html(korean(row(&[E], "message reaction_notice", "subkind", UnprovenNotice, "§4.5 (no emoji), §5.5 (minutes)"))),
    korean(row(&[C, D, E], "message system", "subkind", UnprovenNotice, "§4.5 (frequency)")),
    // Messages name people by their display names: two of one name, or without account, cannot be told apart.
    row(&[C, D, E], "message", "author", DisplayNames, "§4.2"),
    row(&[C, D, E], "message", "thread", DisplayNames, "§4.2"),
    row(&[C, D, E], "message", "reactions", DisplayNames, "§4.3"),
    row(&[E], "message", "reacted", DisplayNames, "§4.3"),
    row(&[C, D], "message", "reacted", Absent, "§4.3 (timestamp since 2025)"),
    // Comments on stories came with hype.json; before 2023 one file held those on posts and on reels.
    row(&[C, D], "comment on story", "", Absent, "§1.C3"),
    made("", "2023-01", row(&[C], "comment on reel", "on", Absent, "§1.C3")),
    row(&[C, D], "like story_like", "url", Absent, "§1.C4 (no target)"),
    made("", "2023-01", row(&[C], "story_interaction", "text", Absent, "§1.C4 (2022: value empty)")),
    row(&[C, D], "story_interaction", "question", Absent, "§1.C4 (S3)"),
    row(&[E], "story_interaction question", "question", Absent, "§1.C4, §1.E1 (S3)"),
    row(&[E], "story_interaction quiz", "question", Absent, "§1.C4, §1.E1 (S3)"),
    row(&[E], "story_interaction emoji_slider", "question", Absent, "§1.C4, §1.E1 (S3)"),
    row(&[E], "story_interaction countdown", "question", Absent, "§1.C4, §1.E1 (S3)"),
    made("2026-01", "9999", row(&[E], "search", "subkind", Absent, "§1.C6 (one file for everything)")),
    made("2026-01", "9999", row(&[E], "search", "counterpart", Absent, "§1.C6 (one file for everything)")),
    row(&[C], "visit", "", Absent, "§1.C6 (D, E)"),
    row(&[C, D], "note", "", Absent, "§1.C7 (E)"),
    // The place of a post that is archived or deleted: posts.json holds neither.
    row(&[E], "post archived", "where", Absent, "§1.E3"),
    row(&[E], "post deleted", "where", Absent, "§1.E3"),
];

impl Limit {
    pub fn is_for(&self, variant: &Variant) -> bool {
        let (from, before) = self.made;
        self.generations.contains(&variant.generation)
            && self.format.is_none_or(|format| format == variant.format)
            && self.language.is_none_or(|language| language == variant.language)
            && from <= variant.made
            && variant.made < before
    }

    fn is_of(&self, fact: &Fact) -> bool {
        let mut words = self.of.split(' ');
        words.next() == Some(fact.kind)
            && match (words.next(), words.next()) {
                (None, _) => true,
                (Some(subkind), None) => fact.get("subkind") == subkind,
                (Some(field), Some(value)) => fact.get(field) == value,
            }
    }

    /// What is left of a fact; nothing when there is no record.
    fn apply(&self, mut fact: Fact, life: &Life, names: &Names) -> Option<Fact> {
        let list = |value: &str| {
            let mut parts: Vec<String> = value.split(' ').map(|part| display(part, life, names)).collect();
            parts.sort_unstable();
            parts.join(" ")
        };
        match self.how {
            Absent if self.field.is_empty() => return None,
            Absent | Apart => {
                fact.fields.remove(self.field);
            }
            Minutes if self.field == "at" => {
                let at = minute(fact.get("at"));
                fact = fact.with("at", at).with("precision", "minute");
            }
            Minutes => {
                let cut = |part: &str| match part.rsplit_once('@') {
                    Some((who, at)) => format!("{who}@{}", minute(at)),
                    None => part.to_owned(),
                };
                let mut parts: Vec<String> = fact.get(self.field).split(' ').map(cut).collect();
                parts.sort_unstable();
                fact = fact.with(self.field, parts.join(" "));
            }
            UnprovenNotice if fact.get("text").chars().all(|c| !is_emoji(c)) || fact.get("subkind") == "system" => {
                let text = names.with_display_names(life, fact.get("text"));
                fact = fact.with("subkind", "text").with("text", text);
            }
            UnprovenNotice => {}
            DisplayNames => {
                let value = list(fact.get(self.field));
                fact = fact.with(self.field, value);
            }
        }
        Some(fact)
    }
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f300}'..='\u{1faff}')
}

/// The beginning of the minute that the clock of California showed.
fn minute(at: &str) -> String {
    let Ok(at) = chrono::DateTime::parse_from_rfc3339(at) else { return at.to_owned() };
    let wall = at.with_timezone(&Los_Angeles).naive_local();
    let wall = wall.with_second(0).and_then(|wall| wall.with_nanosecond(0)).unwrap_or(wall);
    let at = Los_Angeles.from_local_datetime(&wall).earliest().map_or(0, |at| at.timestamp_millis());
    super::life::iso(at)
}

/// The record that a file of subtitles is when nothing names it.
fn words_of_nothing(life: &Life, hash: &str) -> Option<Fact> {
    let all = life.own().iter().filter_map(|own| own.subtitles.as_ref());
    let (_, text) = all.into_iter().find(|(_, text)| blake3::hash(text.as_bytes()).to_hex().as_str() == hash)?;
    let words = text.lines().nth(2).unwrap_or_default();
    Some(Fact::new("misc").with("subkind", "subtitles").with("media", hash).with("text", words))
}

/// A label, alone or before a `:`, as display names show it.
fn display(part: &str, life: &Life, names: &Names) -> String {
    match part.split_once(':') {
        Some((label, rest)) => format!("{}:{rest}", names.by_display_name(life, label)),
        None => names.by_display_name(life, part),
    }
}

/// What a writing can carry of the facts, after those rows of the table that are for it.
pub fn reduced(facts: &[Fact], limits: &[&Limit], life: &Life, names: &Names) -> Vec<Fact> {
    let reduce = |fact: &Fact| {
        let mut rows = limits.iter().filter(|limit| limit.is_of(fact));
        rows.try_fold(fact.clone(), |left, limit| limit.apply(left, life, names))
    };
    let apart = limits.iter().filter(|limit| matches!(limit.how, Apart)).flat_map(|limit| {
        let of_limit = facts.iter().filter(|fact| limit.is_of(fact));
        of_limit.filter_map(|fact| words_of_nothing(life, fact.get(limit.field)))
    });
    facts.iter().filter_map(reduce).chain(apart).collect()
}

/// The languages that a generation is written in.
pub const LANGUAGES: &[Language] = &Language::ALL;
