//! What must come out of downloads: the life, seen through what they hold.
//!
//! Left out is what no program could know, and what is no record of a kind that downloads agree on: the profile as it
//! stood (one for each download), settings, files of kinds that only the generic reader knows. Of two people with one
//! display name who never share a thread, the truth tells which wrote what by the thread. A renamed friend is one
//! person here; a program can know it where two downloads share messages of theirs, not from one download alone.
//! Generation C does not name the target of a liked story, generation E since 2026 not the sort of a search.

use std::collections::{BTreeMap, BTreeSet};

use super::life::Life;
use super::message::{Body, Message, Notice};
use super::own::{Own, OwnSort, State};
use super::people::DELETED_NAME;
use super::write::{TOPICS, content};
use super::writing::Writing;
use crate::model::Kind;

/// What a set of downloads of one life holds together. Everything counts once, however many of them hold it.
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    /// Records of each kind, in as far as the generator knows the kind.
    pub counts: BTreeMap<Kind, usize>,
    /// Ordered by thread, then time.
    pub messages: Vec<TrueMessage>,
    /// Posts, reels, stories and profile photos, oldest first.
    pub own: Vec<TrueOwn>,
}

/// One message. Names are the newest that the downloads show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrueMessage {
    /// Number of its thread in the life.
    pub thread: usize,
    pub at_ms: i64,
    pub author: String,
    /// As the newest download that holds it writes it, machine-written sentences included.
    pub text: Option<String>,
    /// It is the copy that an edit left; its text ends with the mark that says so.
    pub is_edited: bool,
    /// The service wrote the text.
    pub is_notice: bool,
    pub media_ids: Vec<String>,
    /// Actor and emoji, without variation selector.
    pub reactions: BTreeSet<(String, String)>,
    /// Without query.
    pub share_url: Option<String>,
    pub share_text: Option<String>,
    pub call_seconds: Option<i64>,
}

/// One thing the owner published.
#[derive(Clone, Debug, PartialEq)]
pub struct TrueOwn {
    pub kind: Kind,
    /// Where the newest download that holds it has it.
    pub state: State,
    pub at_ms: i64,
    /// The caption in the newest download that holds it; none when it is empty.
    pub text: Option<String>,
    /// Captions that older downloads show, other than `text`.
    pub earlier: BTreeSet<String>,
    pub media_ids: Vec<String>,
    /// User names of the tagged people, where one of the downloads is made of pages: only these tell.
    pub tagged: BTreeSet<String>,
    /// Latitude and longitude, where one of the downloads tells them.
    pub place: Option<(f64, f64)>,
}

impl Truth {
    /// What these downloads of a life hold together, in any order.
    pub fn of(life: &Life, writings: &[Writing]) -> Self {
        let view = View::new(life, writings);
        let messages = (0..life.threads().len()).flat_map(|thread| view.messages(thread)).collect();
        let own = life.own().iter().filter_map(|own| view.own(own)).collect();
        Self { counts: view.counts(), messages, own }
    }

    /// The counts alone, without a list of a million messages.
    pub fn counts(life: &Life, writings: &[Writing]) -> BTreeMap<Kind, usize> {
        View::new(life, writings).counts()
    }
}

struct View<'a> {
    life: &'a Life,
    /// Newest first.
    writings: Vec<&'a Writing>,
    dates_ms: Vec<i64>,
}

impl<'a> View<'a> {
    fn new(life: &'a Life, writings: &'a [Writing]) -> Self {
        let mut writings: Vec<&Writing> = writings.iter().collect();
        writings.sort_by_key(|writing| (std::cmp::Reverse(writing.date_ms), std::cmp::Reverse(writing.generation)));
        let dates_ms = writings.iter().map(|writing| writing.date_ms).collect();
        Self { life, writings, dates_ms }
    }

    /// The newest of the downloads that hold a message.
    fn holding(&self, message: &Message) -> Option<&'a Writing> {
        let is_notice = matches!(message.body, Body::Notice(Notice::Liked | Notice::Reacted(_)));
        let is_told = |writing: &&&Writing| writing.has_reaction_notices() || !is_notice;
        self.writings.iter().filter(is_told).find(|writing| writing.holds(message.at_ms, message.gone_ms)).copied()
    }

    fn name(&self, person: usize) -> String {
        match self.life.people()[person].newest_name(&self.dates_ms) {
            DELETED_NAME => {
                self.writings.first().map_or(DELETED_NAME, |newest| newest.language.deleted_name()).to_owned()
            }
            name => name.to_owned(),
        }
    }

    fn messages(&self, thread: usize) -> impl Iterator<Item = TrueMessage> {
        self.life.messages(thread).filter_map(move |message| self.message(thread, &message))
    }

    fn message(&self, thread: usize, message: &Message) -> Option<TrueMessage> {
        let newest = self.holding(message)?;
        let share = message.share.as_ref();
        let until_ms = message.gone_ms;
        let is_seen = |at_ms: i64| {
            self.writings.iter().any(|writing| writing.holds(message.at_ms, until_ms) && at_ms <= writing.date_ms)
        };
        let reactions = message.reactions.iter().filter(|reaction| is_seen(reaction.at_ms));
        Some(TrueMessage {
            thread,
            at_ms: message.at_ms,
            author: self.name(message.sender),
            text: content(self.life, newest, message),
            is_edited: matches!(message.body, Body::Edited(_)),
            is_notice: matches!(message.body, Body::Notice(_)),
            media_ids: message.media.iter().map(|medium| medium.id.to_string()).collect(),
            reactions: reactions.map(|one| (self.name(one.actor), one.emoji.to_owned())).collect(),
            share_url: share.and_then(|share| share.link.clone()),
            share_text: share.and_then(|share| share.text.clone()),
            call_seconds: message.call_seconds,
        })
    }

    fn own(&self, own: &Own) -> Option<TrueOwn> {
        let holding: Vec<&Writing> = self.writings.iter().filter(|writing| writing.holds_own(own)).copied().collect();
        let newest = holding.first()?;
        let text = own.caption_at(newest.date_ms);
        let captions = holding.iter().map(|writing| own.caption_at(writing.date_ms));
        Some(TrueOwn {
            kind: kind(own.sort, &holding),
            state: newest.state(own),
            at_ms: own.at_ms,
            text: Some(text.to_owned()).filter(|text| !text.is_empty()),
            earlier: captions.filter(|caption| *caption != text && !caption.is_empty()).map(str::to_owned).collect(),
            media_ids: own.media.iter().map(|medium| medium.id.to_string()).collect(),
            tagged: holding.iter().find(|writing| writing.is_html()).map_or_else(BTreeSet::new, |writing| {
                own.tagged
                    .iter()
                    .map(|person| self.life.people()[*person].handle_at(writing.date_ms).to_owned())
                    .collect()
            }),
            place: own.place.filter(|_| holding.iter().any(|writing| writing.shows_place(own))),
        })
    }

    fn any(&self, is_held: impl Fn(&Writing) -> bool) -> bool {
        self.writings.iter().any(|writing| is_held(writing))
    }

    fn count<T>(&self, things: &[T], is_held: impl Fn(&Writing, &T) -> bool) -> usize {
        things.iter().filter(|thing| self.any(|writing| is_held(writing, thing))).count()
    }

    fn counts(&self) -> BTreeMap<Kind, usize> {
        let activity = self.life.activity();
        let mut counts = BTreeMap::new();
        let mut add = |kind, n| *counts.entry(kind).or_insert(0) += n;
        for (number, thread) in self.life.threads().iter().enumerate() {
            let is_held = |message: &usize| {
                let (at_ms, gone_ms) = self.life.message_span(number, *message);
                self.writings.iter().any(|writing| {
                    let is_told = || writing.has_reaction_notices() || !self.life.is_reaction_notice(number, *message);
                    writing.holds(at_ms, gone_ms) && is_told()
                })
            };
            add(Kind::Message, (0..thread.n_messages).filter(is_held).count());
        }
        for own in self.life.own() {
            let holding: Vec<&Writing> =
                self.writings.iter().filter(|writing| writing.holds_own(own)).copied().collect();
            add(kind(own.sort, &holding), usize::from(!holding.is_empty()));
        }
        add(Kind::Comment, self.count(&activity.comments, Writing::holds_comment));
        add(Kind::Like, self.count(&activity.likes, Writing::holds_like));
        add(Kind::Save, self.count(&activity.saves, |writing, save| writing.covers(save.at_ms)));
        add(Kind::Collection, self.count(&activity.collections, |writing, one| writing.covers(one.at_ms)));
        add(Kind::StoryInteraction, self.count(&activity.interactions, |writing, one| writing.covers(one.at_ms)));
        add(Kind::Search, self.count(&activity.searches, Writing::holds_search));
        add(Kind::Follow, self.count(&activity.relations, Writing::holds_relation));
        add(Kind::Contact, self.count(&activity.contacts, |writing, one| writing.covers(one.at_ms)));
        add(
            Kind::ProfileChange,
            self.count(&activity.changes, |writing, one| writing.has_profile_changes() && writing.covers(one.at_ms)),
        );
        add(Kind::Login, self.count(&activity.logins, |writing, one| writing.covers(one.at_ms)));
        let is_visit = |writing: &Writing, at_ms| writing.has_link_history() && writing.covers(at_ms);
        add(Kind::Visit, self.count(&activity.visits, |writing, one| is_visit(writing, one.at_ms)));
        add(Kind::View, self.count(&activity.views, Writing::holds_view));
        add(Kind::Ad, self.count(&activity.ads, |writing, one| writing.covers(one.at_ms)));
        let is_note = |writing: &Writing, at_ms| writing.has_notes() && writing.covers(at_ms);
        add(Kind::Note, self.count(&activity.notes, |writing, one| is_note(writing, one.at_ms)));
        add(Kind::Interest, if self.any(Writing::has_topics) { TOPICS.len() } else { 0 });
        counts.retain(|_, n| *n > 0);
        counts
    }
}

/// A flat file calls everything a post that is neither story nor profile photo.
fn kind(sort: OwnSort, holding: &[&Writing]) -> Kind {
    match sort {
        OwnSort::Post => Kind::Post,
        OwnSort::Reel | OwnSort::Igtv if holding.iter().all(|writing| writing.is_flat()) => Kind::Post,
        OwnSort::Reel | OwnSort::Igtv => Kind::Reel,
        OwnSort::Story => Kind::Story,
        OwnSort::ProfilePhoto => Kind::ProfilePhoto,
    }
}
