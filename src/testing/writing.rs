//! How and when a life is written down: generation, language, date and range of a download.

use super::activity::{Comment, Search, Target, View};
use super::calendar::{self, DAY};
use super::dice::Dice;
use super::language::Language;
use super::life::Life;
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

/// What the random part of an archive's name is made of.
const TOKEN: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// One download of a life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writing {
    /// [`Generation::C`], [`Generation::D`] or [`Generation::E`].
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
    /// Another number gives every picture other bytes, as a download in another quality does.
    pub encoding: u32,
    /// Messages a page; Instagram's is 10,000. Smaller pages make paging cheap to test.
    pub page: usize,
}

impl Writing {
    /// The whole of a life, as that generation writes it. Generations other than C, D and E are written as their
    /// nearest neighbour of these.
    pub fn new(generation: Generation) -> Self {
        let generation = generation.max(Generation::C);
        Self {
            generation,
            format: Format::Json,
            has_classes: true,
            language: Language::English,
            date_ms: Life::end_ms(),
            era_ms: None,
            since_ms: None,
            thread_ids: if generation == Generation::C { ThreadIds::Old } else { ThreadIds::Numeric },
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

    /// Name of the archive without `.zip`: `user_YYYYMMDD` for generation C, with a random part behind the date later
    /// (format reference §1.2). `part` counts from 0 and changes only the random part, or adds `_part_N`.
    pub fn archive_name(&self, life: &Life, part: usize) -> String {
        let user = life.owner().handle_at(self.date_ms);
        let date = calendar::date(self.date_ms);
        if self.generation == Generation::C {
            let tail = if part == 0 { String::new() } else { format!("_part_{}", part + 1) };
            return format!("{user}_{}{tail}", date.replace('-', ""));
        }
        let seed = life.plan.seed ^ self.date_ms.unsigned_abs();
        format!("instagram-{user}-{date}-{}", Dice::of(seed, "token", part).characters(TOKEN, 8))
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

    /// Generation E tells the place in `posts.json` only, which holds nothing archived or deleted.
    pub(super) fn shows_place(&self, own: &Own) -> bool {
        !self.is(Generation::E) || self.state(own) == State::Live
    }

    /// Comments on stories are only in generation E (`hype.json`).
    pub(super) fn holds_comment(&self, comment: &Comment) -> bool {
        self.covers(comment.at_ms) && (comment.on != Target::Story || self.is(Generation::E))
    }

    pub(super) fn holds_search(&self, search: &Search) -> bool {
        self.covers(search.at_ms)
    }

    /// What was shown is kept for about two weeks (format reference §1.C6).
    pub(super) fn holds_view(&self, view: &View) -> bool {
        self.covers(view.at_ms) && self.date_ms - view.at_ms <= 14 * DAY
    }

    pub(super) fn has_link_history(&self) -> bool {
        !self.is(Generation::C)
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
