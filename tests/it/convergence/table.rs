//! The one table of what a writing cannot carry: every row names the section of the format reference that says so. What
//! stands in no row must come out of every download.
//!
//! A row that no writing needs fails the test, so that nothing stays excused when a reader or the generator learns it.

use std::collections::BTreeMap;

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
    /// Another word.
    Is(&'static str),
    /// Of reactions only the hearts.
    Hearts,
    /// A group's name as the newest row about its naming has it.
    TitleOfRows,
    /// Display names instead of user names.
    DisplayNames,
    /// A clock of California without seconds: of an hour that comes twice in autumn the earlier.
    Minutes,
    /// A sentence of the service that nothing proves to be one.
    UnprovenNotice,
}

use Format::Html;
use Generation::{A, B, C, D, E};
use How::{Absent, DisplayNames, Hearts, Is, Minutes, TitleOfRows, UnprovenNotice};

/// What sort of thing a message passed on: for the rows of the table, and never compared.
pub const SHARE: &str = "(share)";

/// What a sentence of the service says, likewise.
pub const NOTICE: &str = "(notice)";

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
    minutes("ad"),
    minutes("follow"),
    minutes("contact"),
    minutes("profile_change"),
    html(row(&[E], "note", "at", Minutes, "§5.1, §5.5")),
    // Korean stands for every language without a word list. There a reaction is told by its emoji or by its second, and a
    // sentence about a group by members that stand beside it, which groups that were named never had and pages do not have.
    korean(row(
        &[B, C, D],
        "message notice liked",
        "subkind",
        UnprovenNotice,
        "§4.5 (no emoji), §4.3 (timestamp 2025)",
    )),
    html(korean(row(&[E], "message notice liked", "subkind", UnprovenNotice, "§4.5 (no emoji), §5.5 (minutes)"))),
    korean(row(&[B, C, D], "message notice named", "subkind", UnprovenNotice, "§4.3 (users), §4.5 (X differs)")),
    html(korean(row(&[C, D], "message notice added", "subkind", UnprovenNotice, "§5.3 (no users), §4.5"))),
    html(korean(row(&[C, D], "message notice left", "subkind", UnprovenNotice, "§5.3 (no users), §4.5"))),
    korean(row(&[E], "message system", "subkind", UnprovenNotice, "§1.E4 (no type, users), §4.5")),
    // Messages name people by their display names: two of one name, or without account, cannot be told apart.
    row(&[B, C, D, E], "message", "author", DisplayNames, "§4.2"),
    row(&[B, C, D, E], "message", "thread", DisplayNames, "§4.2"),
    row(&[B, C, D, E], "message", "reactions", DisplayNames, "§4.3"),
    row(&[E], "message", "reacted", DisplayNames, "§4.3"),
    row(&[B, C, D], "message", "reacted", Absent, "§4.3 (timestamp since 2025)"),
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
    row(&[A, B, C], "visit", "", Absent, "§1.C6 (D, E)"),
    row(&[A, B, C, D], "note", "", Absent, "§1.C7 (E)"),
    row(&[C, D], "search place_search", "", Absent, "§1.C6 (no such file)"),
    made("", "2026-01", row(&[E], "search place_search", "", Absent, "§1.C6 (no such file)")),
    row(&[C, D, E], "post", "place", Absent, "§1.C2"),
    // Flat files: media.json has no coordinates, no reels and nothing deleted; it does not say what is archived.
    row(&[A, B], "post", "where", Absent, "§1.A (media.json)"),
    row(&[A, B], "post deleted", "", Absent, "§1.A (media.json)"),
    row(&[A, B], "post archived", "subkind", Absent, "§1.A (media.json)"),
    row(&[A, B], "reel", "subtitles", Absent, "§1.A (media.json)"),
    row(&[A, B], "reel", "subkind", Absent, "§1.A (media.json)"),
    row(&[A, B], "reel", "kind", Is("post"), "§1.A (media.json)"),
    // Rows of a time and a name.
    row(&[A, B], "like", "url", Absent, "§1.A (likes.json)"),
    row(&[A, B], "like story_like", "", Absent, "§1.A (likes.json)"),
    row(&[A, B], "comment on reel", "on", Absent, "§1.A (comments.json)"),
    row(&[A, B], "save", "url", Absent, "§1.A (saved.json)"),
    row(&[A, B], "story_interaction", "text", Absent, "§1.A (stories_activities.json)"),
    row(&[A, B], "story_interaction", "question", Absent, "§1.A (stories_activities.json)"),
    row(&[A, B], "follow hide_story", "", Absent, "§1.A (connections.json)"),
    row(&[A, B], "follow received_request", "", Absent, "§1.A (connections.json)"),
    row(&[A, B], "follow unfollowed", "", Absent, "§1.A (connections.json)"),
    row(&[A, B], "follow favorite", "", Absent, "§1.A (connections.json)"),
    row(&[A, B], "contact", "at", Absent, "§1.A (contacts.json)"),
    row(&[A, B], "contact", "precision", Absent, "§1.A (contacts.json)"),
    row(&[A, B], "profile", "media", Absent, "§1.A (profile.json)"),
    row(&[A, B], "profile_change", "", Absent, "§1.A (no such file)"),
    row(&[A, B], "interest", "", Absent, "§1.A (no such file)"),
    // Rows of messages.json.
    row(&[A], "message reaction_notice", "", Absent, "§4.6 (likes)"),
    row(&[A], "message", "reactions", Hearts, "§4.6 (likes)"),
    row(&[A], "message", "reacted", Hearts, "§4.6 (likes)"),
    row(&[A], "message attachment_notice", "text", Absent, "§4.6"),
    row(&[A], "message attachment_notice", "subkind", Is("share"), "§4.6"),
    row(&[A], "message share story", "share_url", Absent, "§4.6 (story_share is a sentence)"),
    row(&[A], "message share profile", "share_url", Absent, "§4.6 (profile_share_username)"),
    // A GIPHY object instead of a link.
    row(&[A], "message share gif", "share_url", Absent, "§4.6 (animated_media_images)"),
    row(&[A], "message share gif", "subkind", Is("media"), "§4.6 (animated_media_images)"),
    row(&[A], "message call", "call_seconds", Absent, "§4.6 (video_call_action)"),
    row(&[A], "message", "title", TitleOfRows, "§4.6 (no title)"),
    // The place of a post that is archived or deleted: posts.json holds neither.
    row(&[E], "post archived", "where", Absent, "§1.E3"),
    row(&[E], "post deleted", "where", Absent, "§1.E3"),
];

impl Limit {
    /// Whether it is for some writing of a generation in a format.
    pub fn is_of_writings(&self, generation: Generation, format: Format) -> bool {
        self.generations.contains(&generation) && self.format.is_none_or(|one| one == format)
    }

    pub fn is_for(&self, variant: &Variant) -> bool {
        let (from, before) = self.made;
        self.is_of_writings(variant.generation, variant.format)
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
                (Some("share"), Some(sort)) => fact.get(SHARE) == sort,
                (Some("notice"), Some(sort)) => fact.get(NOTICE) == sort,
                (Some(field), Some(value)) => fact.get(field) == value,
            }
    }
}

/// What the rows of the table need to know.
struct Reducer<'a> {
    life: &'a Life,
    names: &'a Names,
    /// By thread.
    titles: BTreeMap<String, String>,
}

impl Reducer<'_> {
    /// What is left of a fact; nothing when there is no record.
    fn apply(&self, limit: &Limit, mut fact: Fact) -> Option<Fact> {
        let list = |value: &str| {
            let mut parts: Vec<String> = value.split(' ').map(|part| display(part, self.life, self.names)).collect();
            parts.sort_unstable();
            parts.join(" ")
        };
        match limit.how {
            Absent if limit.field.is_empty() => return None,
            Absent => {
                fact.fields.remove(limit.field);
            }
            Is(kind) if limit.field == "kind" => fact.kind = kind,
            Is(word) => fact = fact.with(limit.field, word),
            Hearts => {
                let value = fact.fields.remove(limit.field).unwrap_or_default();
                let hearts: Vec<&str> = value.split(' ').filter(|one| one.contains('❤')).collect();
                fact = fact.with(limit.field, hearts.join(" "));
            }
            TitleOfRows => {
                let title = self.titles.get(fact.get("thread")).cloned();
                fact.fields.remove(limit.field);
                fact = fact.maybe(limit.field, title);
            }
            Minutes if limit.field == "at" => {
                let at = minute(fact.get("at"));
                fact = fact.with("at", at).with("precision", "minute");
            }
            Minutes => {
                let cut = |part: &str| match part.rsplit_once('@') {
                    Some((who, at)) => format!("{who}@{}", minute(at)),
                    None => part.to_owned(),
                };
                let mut parts: Vec<String> = fact.get(limit.field).split(' ').map(cut).collect();
                parts.sort_unstable();
                fact = fact.with(limit.field, parts.join(" "));
            }
            UnprovenNotice => {
                let text = self.names.with_display_names(self.life, fact.get("text"));
                fact = fact.with("subkind", "text").with("text", text);
            }
            DisplayNames => {
                let value = list(fact.get(limit.field));
                fact = fact.with(limit.field, value);
            }
        }
        Some(fact)
    }
}

/// The beginning of the minute that the clock of California showed.
fn minute(at: &str) -> String {
    let Ok(at) = chrono::DateTime::parse_from_rfc3339(at) else { return at.to_owned() };
    let wall = at.with_timezone(&Los_Angeles).naive_local();
    let wall = wall.with_second(0).and_then(|wall| wall.with_nanosecond(0)).unwrap_or(wall);
    let at = Los_Angeles.from_local_datetime(&wall).earliest().map_or(0, |at| at.timestamp_millis());
    super::life::iso(at)
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
    let teller = Reducer { life, names, titles: titles_of_rows(facts) };
    let reduce = |fact: &Fact| {
        let mut rows = limits.iter().filter(|limit| limit.is_of(fact));
        let mut left = rows.try_fold(fact.clone(), |left, limit| teller.apply(limit, left))?;
        left.fields.retain(|name, _| ![SHARE, NOTICE].contains(name));
        Some(left)
    };
    facts.iter().filter_map(reduce).collect()
}

/// The names that rows about the naming of a group give it, the newest of each thread.
fn titles_of_rows(facts: &[Fact]) -> BTreeMap<String, String> {
    let mut named: Vec<(&str, &str, &str)> = facts
        .iter()
        .filter(|fact| fact.get("subkind") == "system")
        .filter_map(|fact| {
            let (_, title) = fact.get("text").split_once(" named the group ")?;
            Some((fact.get("at"), fact.get("thread"), title.strip_suffix('.').unwrap_or(title)))
        })
        .collect();
    named.sort_unstable();
    named.into_iter().map(|(_, thread, title)| (thread.to_owned(), title.to_owned())).collect()
}

/// The languages that a generation is written in.
pub const LANGUAGES: &[Language] = &Language::ALL;
