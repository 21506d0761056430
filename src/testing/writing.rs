//! How and when a life is written down: generation, language, date and range of a download.

use chrono_tz::Tz;

use super::activity::{Comment, Like, Relation, RelationSort, Search, SearchSort, Target, View};
use super::calendar::{self, DAY, day_ms};
use super::dice::Dice;
use super::language::Language;
use super::life::Life;
use super::message::Reacted;
use super::message_maker::HEART;
use super::own::{Own, OwnSort, State};
use super::people::DELETED_NAME;
use super::thread::Thread;
use crate::model::{Format, Generation};

/// Which of its two ids a thread's folder carries (format reference §4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ThreadIds {
    /// Ten characters, until 2022.
    Old,
    /// Digits, since 2023.
    Numeric,
}

/// How the flat files of generations A and B write a time (format reference §3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Clock {
    /// With its offset, as since 2020.
    #[default]
    Offset,
    /// Without one, in UTC.
    NaiveUtc,
    /// Without one, as clocks in California showed it.
    NaivePacific,
}

/// What the random part of an archive's name is made of.
const TOKEN: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// One download of a life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writing {
    pub generation: Generation,
    pub format: Format,
    /// Whether the elements of pages carry the classes that Instagram gives them (format reference §5.2).
    pub has_classes: bool,
    pub language: Language,
    /// When it was made: nothing later is in it, and people have the names of that day.
    pub date_ms: i64,
    /// The day whose layout it has, when that is another: one date in the layouts of many years makes the same truth.
    pub era_ms: Option<i64>,
    /// For a download of a date range: nothing earlier is in it.
    pub since_ms: Option<i64>,
    pub thread_ids: ThreadIds,
    /// For generations A and B.
    pub clock: Clock,
    /// In which pages print their times.
    pub zone: Tz,
    /// Another number gives every picture other bytes, as a download in another quality does.
    pub encoding: u32,
    /// Messages a page; Instagram's is 10,000. Smaller pages make paging cheap to test.
    pub page: usize,
}

impl Writing {
    /// The whole of a life, as that generation writes it.
    pub fn new(generation: Generation) -> Self {
        Self {
            generation,
            format: Format::Json,
            has_classes: true,
            language: Language::English,
            date_ms: Life::end_ms(),
            era_ms: None,
            since_ms: None,
            clock: Clock::Offset,
            zone: Tz::America__Los_Angeles,
            thread_ids: if generation <= Generation::C { ThreadIds::Old } else { ThreadIds::Numeric },
            encoding: 0,
            page: 10_000,
        }
    }

    #[must_use]
    pub fn at(self, date_ms: i64) -> Self {
        Self { date_ms, ..self }
    }

    /// In the layout of another day than its own.
    #[must_use]
    pub fn in_the_way_of(self, era_ms: i64) -> Self {
        Self { era_ms: Some(era_ms), ..self }
    }

    #[must_use]
    pub fn since(self, since_ms: i64) -> Self {
        Self { since_ms: Some(since_ms), ..self }
    }

    /// As pages instead of JSON.
    #[must_use]
    pub fn html(self) -> Self {
        Self { format: Format::Html, ..self }
    }

    #[must_use]
    pub fn without_classes(self) -> Self {
        Self { has_classes: false, ..self }
    }

    #[must_use]
    pub fn in_language(self, language: Language) -> Self {
        Self { language, ..self }
    }

    #[must_use]
    pub fn paged(self, page: usize) -> Self {
        Self { page: page.max(1), ..self }
    }

    /// As pages whose clocks are those of a zone.
    #[must_use]
    pub fn in_zone(self, zone: Tz) -> Self {
        Self { zone, ..self }
    }

    /// With times of generations A and B written so.
    #[must_use]
    pub fn clocked(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// Name of the archive without `.zip`: `user_YYYYMMDD` until generation C, with a random part behind the date later
    /// (format reference §1.2). `part` counts from 0 and changes only the random part, or adds `_part_N`.
    pub fn archive_name(&self, life: &Life, part: usize) -> String {
        let user = life.owner().handle_at(self.date_ms);
        let date = calendar::date(self.date_ms);
        if self.generation <= Generation::C {
            let tail = if part == 0 { String::new() } else { format!("_part_{}", part + 1) };
            return format!("{user}_{}{tail}", date.replace('-', ""));
        }
        let seed = life.plan.seed ^ self.date_ms.unsigned_abs();
        format!("instagram-{user}-{date}-{}", Dice::of(seed, "token", part).characters(TOKEN, 8))
    }

    /// Names of the archives of a delivery in `n` parts: until generation C they count, later they do not.
    pub fn part_names(&self, life: &Life, n: usize) -> Vec<String> {
        let name = |part: usize| match self.generation {
            Generation::A | Generation::B | Generation::C if n > 1 => {
                format!("{}_part_{}", self.archive_name(life, 0), part + 1)
            }
            _ => self.archive_name(life, part),
        };
        (0..n).map(name).collect()
    }

    pub(super) fn is_html(&self) -> bool {
        self.format == Format::Html
    }

    /// The ending of documents, without a dot.
    pub(super) fn extension(&self) -> &'static str {
        self.format.name()
    }

    /// The display name of somebody on the day of the download.
    pub(super) fn name<'a>(&self, life: &'a Life, person: usize) -> &'a str {
        match life.people()[person].name_at(self.date_ms) {
            DELETED_NAME => self.language.deleted_name(),
            name => name,
        }
    }

    /// What chats call somebody: user names in generation A, display names later (format reference §4.6, §4.2).
    pub(super) fn name_in_chats<'a>(&self, life: &'a Life, person: usize) -> &'a str {
        if self.is(Generation::A) { life.people()[person].handle_at(self.date_ms) } else { self.name(life, person) }
    }

    /// The title of a conversation on the day of the download: a group's name, else who is in it.
    pub fn title(&self, life: &Life, thread: &Thread) -> String {
        if let Some(name) = thread.name_at(self.date_ms) {
            return name.to_owned();
        }
        let mut names: Vec<String> =
            thread.members.iter().take(2).map(|member| self.name(life, *member).to_owned()).collect();
        if thread.members.len() > 2 {
            names.push(self.language.word("others").to_owned());
        }
        self.language.joined(&names)
    }

    /// The day whose layout it has.
    pub(super) fn era_ms(&self) -> i64 {
        self.era_ms.unwrap_or(self.date_ms)
    }

    /// Whether something of that time that was never taken back is in it.
    pub(super) fn covers(&self, at_ms: i64) -> bool {
        at_ms <= self.date_ms && self.since_ms.is_none_or(|since| since <= at_ms)
    }

    /// Whether something that came and went is in it.
    pub(super) fn holds(&self, at_ms: i64, until_ms: Option<i64>) -> bool {
        self.covers(at_ms) && until_ms.is_none_or(|until| self.date_ms < until)
    }

    pub(super) fn is(&self, generation: Generation) -> bool {
        self.generation == generation
    }

    /// Where own content lies in this download; [`State::Gone`] when it is not there.
    pub(super) fn state(&self, own: &Own) -> State {
        if self.covers(own.at_ms) { own.state_at(self.date_ms) } else { State::Gone }
    }

    /// Whether it is one of the flat trees of 2018 to early 2021.
    pub(super) fn is_flat(&self) -> bool {
        self.generation <= Generation::B
    }

    /// Nothing tells what the flat files did with posts that were deleted; here they do not list them.
    pub(super) fn holds_own(&self, own: &Own) -> bool {
        match self.state(own) {
            State::Gone => false,
            State::Deleted => !self.is_flat(),
            State::Live | State::Archived => true,
        }
    }

    /// Flat files know liked posts and comments, no stories (format reference §1.A).
    pub(super) fn holds_like(&self, like: &Like) -> bool {
        self.holds(like.at_ms, like.until_ms) && (like.target != Target::Story || !self.is_flat())
    }

    /// `connections.json` has nine sections (format reference §1.A).
    pub(super) fn holds_relation(&self, relation: &Relation) -> bool {
        use RelationSort::{Favorite, HideStory, ReceivedRequest, Unfollowed};
        let is_newer = matches!(relation.sort, Favorite | HideStory | ReceivedRequest | Unfollowed);
        self.holds(relation.at_ms, relation.until_ms) && !(is_newer && self.is_flat())
    }

    /// Whether likes and reactions also stand in the chat as sentences (format reference §4.5); flat rows know only the
    /// likes themselves (§4.6).
    pub(super) fn has_reaction_notices(&self) -> bool {
        !self.is(Generation::A)
    }

    /// Flat rows know likes alone.
    pub(super) fn holds_reaction(&self, reaction: &Reacted) -> bool {
        reaction.at_ms <= self.date_ms && (!self.is(Generation::A) || reaction.emoji == HEART)
    }

    /// Flat files and the folders until the end of 2022 name a sticker, not what was answered (format reference §1.A, §1.C4).
    pub(super) fn leaves_out_answers(&self) -> bool {
        self.is_flat() || (self.is(Generation::C) && self.era_ms() < day_ms(2023, 1, 1))
    }

    pub(super) fn has_profile_changes(&self) -> bool {
        !self.is_flat()
    }

    /// How many messages and relations are in it and in another one.
    pub(super) fn n_shared(&self, other: &Self, life: &Life) -> usize {
        let messages = (0..life.threads().len()).flat_map(|thread| life.messages(thread));
        let both = |at_ms, until_ms| self.holds(at_ms, until_ms) && other.holds(at_ms, until_ms);
        let relations = &life.activity().relations;
        messages.filter(|message| both(message.at_ms, message.gone_ms)).count()
            + relations.iter().filter(|one| self.holds_relation(one) && other.holds_relation(one)).count()
    }

    /// Whether a change of the profile at that time is in it.
    pub(super) fn tells_of_changes_at(&self, at_ms: i64) -> bool {
        self.has_profile_changes() && self.covers(at_ms / 1_000 * 1_000)
    }

    pub(super) fn has_topics(&self) -> bool {
        !self.is_flat()
    }

    /// Since 2026 one file holds all searches, without telling what kind they were.
    pub(super) fn has_one_search_file(&self) -> bool {
        self.is(Generation::E) && self.era_ms() >= day_ms(2026, 1, 1)
    }

    /// Generation E tells the place in `posts.json` only, which holds nothing archived or deleted.
    pub(super) fn shows_place(&self, own: &Own) -> bool {
        !self.is_flat() && (!self.is(Generation::E) || self.state(own) == State::Live)
    }

    /// Comments on stories are in generation E (`hype.json`) and in the flat files.
    pub(super) fn holds_comment(&self, comment: &Comment) -> bool {
        self.covers(comment.at_ms) && (comment.on != Target::Story || self.is(Generation::E) || self.is_flat())
    }

    pub(super) fn holds_search(&self, search: &Search) -> bool {
        let has_places = self.is_flat() || self.has_one_search_file();
        self.covers(search.at_ms) && (search.sort != SearchSort::Place || has_places)
    }

    /// What was shown is kept for about two weeks (format reference §1.C6).
    pub(super) fn holds_view(&self, view: &View) -> bool {
        self.covers(view.at_ms) && self.date_ms - view.at_ms <= 14 * DAY
    }

    pub(super) fn has_link_history(&self) -> bool {
        self.generation >= Generation::D
    }

    pub(super) fn has_notes(&self) -> bool {
        self.is(Generation::E)
    }

    /// Folder of an own medium, below `media/`.
    pub(super) fn own_folder(&self, own: &Own) -> &'static str {
        match (self.state(own), own.sort) {
            (State::Deleted, _) => "recently_deleted",
            (State::Archived, _) => "archived_posts",
            (_, OwnSort::Post) => "posts",
            (_, OwnSort::Reel) => "reels",
            (_, OwnSort::Igtv) => "igtv",
            (_, OwnSort::Story) => "stories",
            (_, OwnSort::ProfilePhoto) => "profile",
        }
    }
}
