//! What must come out of all downloads of a life together: one fact for each thing that at least one of them tells.
//!
//! What no program could know is settled here, with the section of the format reference that says so, and never excused
//! where facts and records are compared:
//!
//! - A post that was liked again after the like was taken back is one like: the link is its key (§8.1), so of its times the
//!   newest that is told holds. A flat row has no link (§1.A); it belongs to a like that some other download tells at the
//!   same second, else it is a like of its own.
//! - Of equal messages one after the other all are taken back or none: a page could not tell which of them is left (§5.1).
//! - Of an hour that comes twice in autumn a page does not say which it means; where nothing but pages tells, the earlier
//!   holds (§5.5). Of a visit no download tells more than such a clock (§1.C6).
//! - Of two stories of one minute without words, of which flat files know the second and pages the id, each is told twice
//!   where the pictures were encoded anew (`pictures.rs`): which is which nobody could know, and making two things one is worse.
//! - Profiles as they stood are one for each download (§8.1: keep each) and are not compared; neither are settings and what
//!   only the generic reader knows.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeZone;
use chrono_tz::America::Los_Angeles;

use super::{Download, History, pictures};
use crate::model::{Format, Generation, Kind};
use crate::testing::activity::{Like, RelationSort, SearchSort, Sticker, Target, ViewSort, Whom};
use crate::testing::life::Life;
use crate::testing::message::{Body, Message, Notice};
use crate::testing::own::{Own, OwnSort, State};
use crate::testing::write::{TOPICS, content};
use crate::testing::writing::Writing;

/// One thing that happened, as the downloads that tell it allow to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub kind: Kind,
    /// What sort of its kind; empty where its kind has none, or where no download tells it.
    pub subkind: &'static str,
    /// Unix milliseconds; the newest first where downloads tell different ones, nothing where none tells any.
    pub times_ms: Vec<i64>,
    /// All that tell it are pages, which know no seconds (format reference §5.1).
    pub is_coarse: bool,
    /// Its words, those of the newest download first; empty where it has none.
    pub texts: Vec<String>,
    /// Of a message the sender, of other things the other side: a number among the people of the life.
    pub who: Option<usize>,
    /// Numbers of its media, in any of the downloads.
    pub media: BTreeSet<u64>,
    /// What its link ends with, where a download tells any: of what was passed on, liked or saved.
    pub link: Option<String>,
    /// Number of the conversation.
    pub thread: Option<usize>,
    /// Who reacted how, hearts without variation selector; nobody where every download that tells it calls them nobody.
    pub reactions: BTreeSet<(Option<usize>, &'static str)>,
    /// Numbers of the downloads that tell it, newest first.
    pub told_by: Vec<usize>,
}

/// All facts of one of the lives of a history.
pub fn facts(history: &History, life: usize) -> Vec<Fact> {
    let mut downloads: Vec<(usize, &Download)> =
        history.downloads.iter().enumerate().filter(|(_, download)| download.life == life).collect();
    downloads.reverse();
    let teller = Teller { life: &history.lives[life], downloads };
    let mut facts = teller.messages();
    facts.extend(teller.life.own().iter().flat_map(|own| teller.pictures(own)));
    facts.extend(teller.likes());
    facts.extend(teller.kept());
    facts.extend(teller.looked_at());
    facts.extend(teller.account());
    for fact in facts.iter_mut().filter(|fact| fact.is_coarse) {
        fact.times_ms.iter_mut().for_each(|at_ms| *at_ms = earlier_reading(*at_ms));
    }
    facts
}

struct Teller<'a> {
    life: &'a Life,
    /// Newest first.
    downloads: Vec<(usize, &'a Download)>,
}

impl Teller<'_> {
    fn telling(&self, is_told: impl Fn(&Writing) -> bool) -> Vec<(usize, &Writing)> {
        let all = self.downloads.iter().map(|(number, download)| (*number, &download.writing));
        all.filter(|(_, writing)| is_told(writing)).collect()
    }

    /// A fact without words; nothing when no download tells it.
    fn fact(&self, kind: Kind, at_ms: i64, is_told: impl Fn(&Writing) -> bool) -> Option<Fact> {
        let telling = self.telling(is_told);
        let is_coarse = telling.iter().all(|(_, writing)| writing.format == Format::Html);
        (!telling.is_empty()).then(|| Fact {
            kind,
            subkind: "",
            times_ms: vec![at_ms],
            is_coarse,
            texts: Vec::new(),
            who: None,
            media: BTreeSet::new(),
            link: None,
            thread: None,
            reactions: BTreeSet::new(),
            told_by: telling.iter().map(|(number, _)| *number).collect(),
        })
    }

    /// What the downloads that tell a fact say, the newest first, each once.
    fn words(&self, fact: &Fact, says: impl Fn(&Writing) -> String) -> Vec<String> {
        let mut words = Vec::new();
        for (number, download) in &self.downloads {
            let said = says(&download.writing);
            if fact.told_by.contains(number) && !said.is_empty() && !words.contains(&said) {
                words.push(said);
            }
        }
        words
    }

    /// Whether one of the downloads that tell it has folders, not flat files.
    fn is_told_in_folders(&self, fact: &Fact) -> bool {
        self.telling(|writing| !writing.is_flat()).iter().any(|(number, _)| fact.told_by.contains(number))
    }

    fn messages(&self) -> Vec<Fact> {
        let mut facts = Vec::new();
        for thread in 0..self.life.threads().len() {
            for message in self.life.messages(thread) {
                let is_notice = matches!(message.body, Body::Notice(Notice::Liked | Notice::Reacted(_)));
                let is_told = |writing: &Writing| {
                    writing.holds(message.at_ms, message.gone_ms) && (writing.has_reaction_notices() || !is_notice)
                };
                let Some(fact) = self.fact(Kind::Message, message.at_ms, is_told) else { continue };
                // What a flat row passes on has no sentence beside it (§4.6).
                let is_attachment = matches!(message.body, Body::Notice(Notice::Attachment));
                let texts = self.words(&fact, |writing| {
                    let is_told = writing.generation != Generation::A || !is_attachment;
                    content(self.life, writing, &message).filter(|_| is_told).unwrap_or_default()
                });
                // Rows of flat files name stories, profiles and moving pictures in other ways (§4.6).
                let link = message.share.as_ref().and_then(|share| share.link.clone());
                let link = link.filter(|_| self.is_told_in_folders(&fact));
                facts.push(Fact {
                    texts,
                    link,
                    who: Some(message.sender),
                    media: message.media.iter().map(|medium| medium.id).collect(),
                    thread: Some(thread),
                    reactions: self.reactions(&fact, &message),
                    ..fact
                });
            }
        }
        facts
    }

    fn reactions(&self, fact: &Fact, message: &Message) -> BTreeSet<(Option<usize>, &'static str)> {
        let mut all = BTreeSet::new();
        for reaction in &message.reactions {
            let telling = self.telling(|writing| writing.holds_reaction(reaction));
            let mut telling = telling.iter().filter(|(number, _)| fact.told_by.contains(number)).peekable();
            if telling.peek().is_some() {
                let is_nobody = |writing: &Writing| {
                    writing.name_in_chats(self.life, reaction.actor) == writing.language.deleted_name()
                };
                let is_somebody = telling.any(|(_, writing)| !is_nobody(writing));
                all.insert((Some(reaction.actor).filter(|_| is_somebody), reaction.emoji));
            }
        }
        all
    }

    /// Own content is one, but where nobody could tell what flat files say of it from what they say of another.
    fn pictures(&self, own: &Own) -> Vec<Fact> {
        let writings: Vec<&Writing> = self.downloads.iter().map(|(_, download)| &download.writing).collect();
        let facts = if pictures::are_two(self.life, &writings, own) {
            vec![self.own(own, Writing::is_flat), self.own(own, |writing| !writing.is_flat())]
        } else {
            vec![self.own(own, |_| true)]
        };
        facts.into_iter().flatten().collect()
    }

    fn own(&self, own: &Own, is_meant: impl Fn(&Writing) -> bool) -> Option<Fact> {
        let is_told = |writing: &Writing| is_meant(writing) && writing.holds_own(own);
        let telling = self.telling(is_told);
        let is_flat = telling.iter().all(|(_, writing)| writing.is_flat());
        let kind = match own.sort {
            OwnSort::Post => Kind::Post,
            // A flat file calls everything a post that is neither story nor profile photo (§1.A).
            OwnSort::Reel | OwnSort::Igtv if is_flat => Kind::Post,
            OwnSort::Reel | OwnSort::Igtv => Kind::Reel,
            OwnSort::Story => Kind::Story,
            OwnSort::ProfilePhoto => Kind::ProfilePhoto,
        };
        let fact = self.fact(kind, own.at_ms, is_told)?;
        let texts = self.words(&fact, |writing| own.caption_at(writing.date_ms).to_owned());
        let media = telling.iter().flat_map(|(_, writing)| own.media_at(writing.date_ms));
        let subkind = match telling.first().map(|(_, writing)| writing.state(own)) {
            // Flat files do not say what is archived (§1.A).
            Some(State::Archived) if !is_flat => "archived",
            Some(State::Deleted) => "deleted",
            _ => "",
        };
        Some(Fact { subkind, texts, media: media.map(|medium| medium.id).collect(), ..fact })
    }

    /// Likes with a link are one for each link of posts; other likes are what they are.
    fn likes(&self) -> Vec<Fact> {
        let mut by_link: BTreeMap<&str, Vec<&Like>> = BTreeMap::new();
        let mut facts = Vec::new();
        for like in &self.life.activity().likes {
            match like.target {
                Target::Post | Target::Reel => by_link.entry(&like.code).or_default().push(like),
                Target::Comment => facts.extend(self.like(like, "liked_comment")),
                Target::Story => facts.extend(self.like(like, "story_like")),
            }
        }
        for likes in by_link.into_values() {
            let told: Vec<Fact> = likes.iter().filter_map(|like| self.like(like, "liked_post")).collect();
            let (linked, flat): (Vec<Fact>, Vec<Fact>) = told.into_iter().partition(|fact| fact.link.is_some());
            facts.extend(flat);
            facts.extend(linked.into_iter().reduce(|older, newer| {
                let is_newer = newer.told_by.iter().max() >= older.told_by.iter().max();
                let (mut one, other) = if is_newer { (newer, older) } else { (older, newer) };
                one.times_ms.extend(other.times_ms);
                one.told_by.extend(other.told_by);
                one
            }));
        }
        facts
    }

    fn like(&self, like: &Like, subkind: &'static str) -> Option<Fact> {
        let fact = self.fact(Kind::Like, like.at_ms, |writing| writing.holds_like(like))?;
        // Generations C and D do not name the target of a liked story (§1.C4).
        let is_told = subkind != "story_like"
            || self
                .telling(|writing| writing.is(Generation::E))
                .iter()
                .any(|(number, _)| fact.told_by.contains(number));
        let link = Some(like.code.clone()).filter(|_| is_told && self.is_told_in_folders(&fact));
        Some(Fact { subkind, link, who: Some(like.owner), ..fact })
    }

    /// Comments, saves, collections and answers to stories.
    fn kept(&self) -> Vec<Fact> {
        let activity = self.life.activity();
        let mut facts = Vec::new();
        for one in &activity.comments {
            let fact = self.fact(Kind::Comment, one.at_ms, |writing| writing.holds_comment(one));
            facts.extend(fact.map(|fact| Fact { texts: vec![one.text.clone()], who: Some(one.owner), ..fact }));
        }
        for one in &activity.saves {
            let fact = self.fact(Kind::Save, one.at_ms, |writing| writing.covers(one.at_ms));
            facts.extend(fact.map(|fact| {
                let link = Some(one.code.clone()).filter(|_| self.is_told_in_folders(&fact));
                Fact { link, who: Some(one.owner), ..fact }
            }));
        }
        for one in &activity.collections {
            let fact = self.fact(Kind::Collection, one.at_ms, |writing| writing.covers(one.at_ms));
            facts.extend(fact.map(|fact| {
                let texts = self.words(&fact, |writing| one.name_at(writing.date_ms).to_owned());
                Fact { texts, ..fact }
            }));
        }
        for one in &activity.interactions {
            let subkind = match one.sticker {
                Sticker::Poll => "poll",
                Sticker::Question => "question",
                Sticker::Quiz => "quiz",
                Sticker::Slider => "emoji_slider",
                Sticker::Countdown => "countdown",
            };
            let fact = self.fact(Kind::StoryInteraction, one.at_ms, |writing| writing.covers(one.at_ms));
            facts.extend(fact.map(|fact| {
                // Before 2023 and in flat files the answer was left out (§1.C4, §1.A).
                let has_answer = |writing: &Writing| !writing.leaves_out_answers();
                let texts =
                    self.words(&fact, |writing| if has_answer(writing) { one.answer.clone() } else { String::new() });
                Fact { subkind, texts, who: Some(one.owner), ..fact }
            }));
        }
        facts
    }

    /// Searches, what was shown, visits.
    fn looked_at(&self) -> Vec<Fact> {
        let activity = self.life.activity();
        let mut facts = Vec::new();
        for one in &activity.searches {
            let fact = self.fact(Kind::Search, one.at_ms, |writing| writing.holds_search(one));
            facts.extend(fact.map(|fact| {
                let telling = self.telling(|writing| writing.holds_search(one));
                // Since 2026 one file holds all searches, without telling what kind they were (§1.C6).
                let subkind = match one.sort {
                    _ if telling.iter().all(|(_, writing)| writing.has_one_search_file()) => "",
                    SearchSort::Profile => "profile_search",
                    SearchSort::Keyword => "keyword_search",
                    SearchSort::Tag => "tag_search",
                    SearchSort::Place => "place_search",
                };
                Fact { subkind, texts: vec![one.query.clone()], ..fact }
            }));
        }
        for one in &activity.views {
            let subkind = match one.sort {
                ViewSort::Ad => "ad_viewed",
                ViewSort::Post => "post_viewed",
                ViewSort::Video => "video_watched",
                ViewSort::Suggested => "profile_suggested",
            };
            let fact = self.fact(Kind::View, one.at_ms, |writing| writing.holds_view(one));
            facts.extend(fact.map(|fact| Fact { subkind, who: Some(one.author), ..fact }));
        }
        for one in &activity.ads {
            let fact = self.fact(Kind::Ad, one.at_ms, |writing| writing.covers(one.at_ms));
            facts.extend(fact.map(|fact| Fact { texts: vec![one.title.clone()], ..fact }));
        }
        for one in &activity.visits {
            let is_told = |writing: &Writing| writing.has_link_history() && writing.covers(one.at_ms);
            let fact = self.fact(Kind::Visit, one.at_ms, is_told);
            // Its time is the text of a clock in JSON as well (§5.5).
            let times_ms = vec![earlier_reading(one.at_ms)];
            facts.extend(fact.map(|fact| Fact { texts: vec![one.title.clone()], times_ms, ..fact }));
        }
        facts
    }

    /// Relations, contacts, changes of the profile, logins, notes, interests.
    fn account(&self) -> Vec<Fact> {
        let activity = self.life.activity();
        let mut facts = Vec::new();
        for one in &activity.relations {
            let fact = self.fact(Kind::Follow, one.at_ms, |writing| writing.holds_relation(one));
            facts.extend(fact.map(|fact| {
                let fact = Fact { subkind: relation(one.sort), ..fact };
                match &one.whom {
                    Whom::Person(person) => Fact { who: Some(*person), ..fact },
                    Whom::Hashtag(tag) => Fact { texts: vec![tag.clone()], ..fact },
                }
            }));
        }
        for one in &activity.contacts {
            let fact = self.fact(Kind::Contact, one.at_ms, |writing| writing.covers(one.at_ms));
            facts.extend(fact.map(|fact| {
                let name = [one.first.as_str(), one.last.as_str()].join(" ").trim().to_owned();
                // Flat files know no time (§1.A).
                let telling = self.telling(|writing| writing.covers(one.at_ms) && !writing.is_flat());
                let times_ms = if telling.is_empty() { Vec::new() } else { fact.times_ms };
                let is_coarse = telling.iter().all(|(_, writing)| writing.format == Format::Html);
                Fact { texts: vec![name], times_ms, is_coarse, ..fact }
            }));
        }
        for one in &activity.changes {
            let is_told = |writing: &Writing| writing.tells_of_changes_at(one.at_ms);
            let fact = self.fact(Kind::ProfileChange, one.at_ms, is_told);
            facts.extend(fact.map(|fact| Fact { texts: vec![one.new.clone()], ..fact }));
        }
        for one in &activity.logins {
            facts.extend(self.fact(Kind::Login, one.at_ms, |writing| writing.covers(one.at_ms)));
        }
        for one in &activity.notes {
            let is_told = |writing: &Writing| writing.has_notes() && writing.covers(one.at_ms);
            let fact = self.fact(Kind::Note, one.at_ms, is_told);
            facts.extend(fact.map(|fact| Fact { texts: vec![one.text.clone()], ..fact }));
        }
        for topic in TOPICS {
            let fact = self.fact(Kind::Interest, 0, Writing::has_topics);
            facts.extend(fact.map(|fact| Fact {
                times_ms: Vec::new(),
                texts: vec![topic.to_owned()],
                subkind: "topic",
                ..fact
            }));
        }
        facts
    }
}

const fn relation(sort: RelationSort) -> &'static str {
    match sort {
        RelationSort::Follower => "follower",
        RelationSort::Following => "following",
        RelationSort::Blocked => "blocked",
        RelationSort::CloseFriend => "close_friend",
        RelationSort::Restricted => "restricted",
        RelationSort::HideStory => "hide_story",
        RelationSort::Hashtag => "hashtag",
        RelationSort::PendingRequest => "pending_request",
        RelationSort::RecentRequest => "recent_request",
        RelationSort::ReceivedRequest => "received_request",
        RelationSort::Unfollowed => "unfollowed",
        RelationSort::RemovedSuggestion => "removed_suggestion",
        RelationSort::Favorite => "favorite",
    }
}

/// What a clock of California, which all pages of a history show, says of that moment, read as whoever has nothing else.
fn earlier_reading(at_ms: i64) -> i64 {
    let shown = Los_Angeles.timestamp_millis_opt(at_ms).earliest().map(|at| at.naive_local());
    let read = shown.and_then(|shown| Los_Angeles.from_local_datetime(&shown).earliest());
    read.map_or(at_ms, |read| read.timestamp_millis())
}
