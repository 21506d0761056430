//! What of a life there is to be told on a day: every record, with every field that any download can carry.
//!
//! Nothing here knows a generation, a format or a container; what a writing cannot carry says [`super::table`].

use throwback::model::Kind;
use throwback::testing::{
    Activity, Body, Life, Message, Notice, Own, OwnSort, RelationSort, SearchSort, Shared, State, Sticker, Target,
    Thread, TrueMessage, Truth, ViewSort, Whom, Writing,
};

use super::fact::Fact;
use super::names::{ME, Names};
use super::table::{NOTICE, SHARE};

const DAY: i64 = 86_400_000;

/// The facts of a life on the day of a writing, in the language of that writing where the service wrote the words.
pub fn facts(life: &Life, writing: &Writing) -> Vec<Fact> {
    let teller = Teller { life, names: Names::new(life, writing.date_ms), date_ms: writing.date_ms };
    let mut facts: Vec<Fact> = life.own().iter().filter_map(|own| teller.own(own)).collect();
    facts.extend(teller.messages(writing));
    facts.extend(teller.activity(life.activity()));
    facts.extend(teller.looked_at(life.activity()));
    facts.extend(teller.relations(life.activity()));
    facts.extend(teller.account(life.activity()));
    facts
}

/// `2019-06-01T03:57:10.123Z`; whole seconds without a fraction.
pub fn iso(at_ms: i64) -> String {
    let at = chrono::DateTime::from_timestamp_millis(at_ms).expect("a time");
    let pattern = if at_ms % 1_000 == 0 { "%Y-%m-%dT%H:%M:%SZ" } else { "%Y-%m-%dT%H:%M:%S%.3fZ" };
    at.format(pattern).to_string()
}

/// As much of a hash as tells a life's files apart.
pub fn short(hash: &str) -> String {
    hash[..12].to_owned()
}

/// Hashes and the like, in an order of their own.
pub fn sorted(values: impl IntoIterator<Item = String>) -> String {
    let mut values: Vec<String> = values.into_iter().collect();
    values.sort_unstable();
    values.join(" ")
}

/// A link without what comes and goes.
pub fn link(url: &str) -> String {
    let url = url.split('?').next().unwrap_or_default().trim_end_matches('/');
    url.replace("://instagram.com/", "://www.instagram.com/")
}

struct Teller<'a> {
    life: &'a Life,
    names: Names,
    date_ms: i64,
}

fn fact(kind: Kind, at_ms: i64) -> Fact {
    Fact::new(kind.name()).with("at", iso(at_ms)).with("precision", "s")
}

impl Teller<'_> {
    fn who(&self, person: usize) -> String {
        self.names.of(self.life, person)
    }

    fn was(&self, at_ms: i64, until_ms: Option<i64>) -> bool {
        at_ms <= self.date_ms && until_ms.is_none_or(|until| self.date_ms < until)
    }

    fn own(&self, own: &Own) -> Option<Fact> {
        let state = if own.at_ms <= self.date_ms { own.state_at(self.date_ms) } else { State::Gone };
        let (kind, subkind) = match (own.sort, state) {
            (_, State::Gone) => return None,
            (OwnSort::Post, State::Archived) => (Kind::Post, "archived"),
            (OwnSort::Post, State::Deleted) => (Kind::Post, "deleted"),
            (OwnSort::Post, State::Live) => (Kind::Post, ""),
            (OwnSort::Reel, _) => (Kind::Reel, ""),
            (OwnSort::Igtv, _) => (Kind::Reel, "igtv"),
            (OwnSort::Story, _) => (Kind::Story, ""),
            (OwnSort::ProfilePhoto, _) => (Kind::ProfilePhoto, ""),
        };
        let hashes = own.media.iter().map(|medium| hash(&medium.content(0)));
        let transcript = own.subtitles.iter().map(|(_, text)| hash(text.as_bytes()));
        let one = fact(kind, own.at_ms).with("subkind", subkind).with("author", ME);
        let one = one.with("text", own.caption_at(self.date_ms)).with("media", sorted(hashes));
        let one = one.with("subtitles", sorted(transcript));
        let one = one.maybe("place", own.place_name);
        Some(one.maybe("where", own.place.map(|(latitude, longitude)| format!("{latitude},{longitude}"))))
    }

    fn messages(&self, writing: &Writing) -> Vec<Fact> {
        // The truth has them in this order, with the sentences of the service in the writing's language.
        let mut told = Truth::of(self.life, std::slice::from_ref(writing)).messages.into_iter().peekable();
        let mut facts = Vec::new();
        for (number, thread) in self.life.threads().iter().enumerate() {
            let there = self.life.messages(number).filter(|message| self.was(message.at_ms, message.gone_ms));
            for message in there {
                // A writing without the sentences about likes and reactions has no truth about them either.
                let is_told = |told: &TrueMessage| (told.thread, told.at_ms) == (number, message.at_ms);
                let is_notice = subkind(&message) == "reaction_notice";
                let told = if is_notice { told.next_if(is_told) } else { told.next() };
                assert!(told.as_ref().is_none_or(is_told));
                facts.push(self.message(
                    writing,
                    thread,
                    &message,
                    told.as_ref().and_then(|told| told.text.as_deref()),
                ));
            }
        }
        facts
    }

    fn message(&self, writing: &Writing, thread: &Thread, message: &Message, text: Option<&str>) -> Fact {
        let is_notice = matches!(message.body, Body::Notice(_));
        let text = text.unwrap_or_default().to_owned();
        let share = message.share.as_ref();
        let known: Vec<_> = message.reactions.iter().filter(|reaction| reaction.at_ms <= self.date_ms).collect();
        let one = |reaction: &throwback::testing::Reacted| format!("{}:{}", self.who(reaction.actor), reaction.emoji);
        let members = thread.members.iter().map(|member| self.who(*member)).chain([ME.to_owned()]);
        let title = thread.is_group().then(|| writing.title(self.life, thread));
        Fact::new("message")
            .with("at", iso(message.at_ms))
            .with("precision", "ms")
            .with("subkind", subkind(message))
            .with("author", self.who(message.sender))
            .with("thread", sorted(members))
            .maybe("title", title.map(|title| self.names.in_sentence(&title)))
            .with("text", if is_notice { self.names.in_sentence(&text) } else { text })
            .with("media", sorted(message.media.iter().map(|medium| hash(&medium.content(0)))))
            .with("reactions", sorted(known.iter().map(|reaction| one(reaction))))
            .with(
                "reacted",
                sorted(known.iter().map(|reaction| format!("{}@{}", one(reaction), iso(seconds(reaction.at_ms))))),
            )
            .maybe("share_url", share.and_then(|share| share.link.as_deref()).map(link))
            .maybe("share_text", share.and_then(|share| share.text.clone()))
            .maybe(
                "share_owner",
                share.filter(|share| !share.is_profile).and_then(|share| share.owner).map(|owner| self.who(owner)),
            )
            .maybe(SHARE, share.map(sort_of_share))
            .maybe(NOTICE, sort_of_notice(message))
            .maybe("call_seconds", message.call_seconds.map(|seconds| seconds.to_string()))
    }

    fn activity(&self, activity: &Activity) -> Vec<Fact> {
        let mut facts = Vec::new();
        let mut add = |is_there: bool, fact: Fact| facts.extend(is_there.then(|| fact.with("author", ME)));
        for one in &activity.comments {
            let on = match one.on {
                Target::Story => "story",
                Target::Reel => "reel",
                Target::Post | Target::Comment => "",
            };
            let counterpart = self.who(one.owner);
            let fact = fact(Kind::Comment, one.at_ms).with("text", &*one.text).with("counterpart", counterpart);
            add(self.was(one.at_ms, None), fact.with("on", on));
        }
        for one in &activity.likes {
            let (subkind, url) = match one.target {
                Target::Post => ("liked_post", format!("p/{}", one.code)),
                Target::Reel => ("liked_post", format!("reel/{}", one.code)),
                Target::Comment => ("liked_comment", format!("p/{}", one.code)),
                Target::Story => ("story_like", {
                    let handle = self.life.people()[one.owner].handle_at(self.date_ms);
                    format!("stories/{handle}/{}", one.code)
                }),
            };
            let fact = fact(Kind::Like, one.at_ms).with("subkind", subkind).with("counterpart", self.who(one.owner));
            add(self.was(one.at_ms, one.until_ms), fact.with("url", format!("https://www.instagram.com/{url}")));
        }
        for one in &activity.saves {
            let fact = fact(Kind::Save, one.at_ms).with("counterpart", self.who(one.owner));
            let fact = fact.with("url", format!("https://www.instagram.com/p/{}", one.code));
            let name = one.collection.map(|number| activity.collections[number].name.clone());
            add(self.was(one.at_ms, None), fact.maybe("collection", name));
        }
        for one in &activity.collections {
            add(self.was(one.at_ms, None), fact(Kind::Collection, one.at_ms).with("text", &*one.name));
        }
        for one in &activity.interactions {
            let subkind = match one.sticker {
                Sticker::Poll => "poll",
                Sticker::Question => "question",
                Sticker::Quiz => "quiz",
                Sticker::Slider => "emoji_slider",
                Sticker::Countdown => "countdown",
            };
            let fact = fact(Kind::StoryInteraction, one.at_ms).with("subkind", subkind);
            let fact = fact.with("counterpart", self.who(one.owner)).with("question", &*one.question);
            add(self.was(one.at_ms, None), fact.with("text", &*one.answer));
        }
        facts
    }

    fn looked_at(&self, activity: &Activity) -> Vec<Fact> {
        let mut facts = Vec::new();
        let mut add = |is_there: bool, fact: Fact| facts.extend(is_there.then(|| fact.with("author", ME)));
        for one in &activity.searches {
            let subkind = match one.sort {
                SearchSort::Profile => "profile_search",
                SearchSort::Keyword => "keyword_search",
                SearchSort::Tag => "tag_search",
                SearchSort::Place => "place_search",
            };
            let found = (one.sort == SearchSort::Profile).then(|| self.names.who(&one.query));
            let fact = fact(Kind::Search, one.at_ms).with("subkind", subkind).maybe("counterpart", found);
            add(self.was(one.at_ms, None), fact.with("text", &*one.query));
        }
        for one in &activity.views {
            let subkind = match one.sort {
                ViewSort::Ad => "ad_viewed",
                ViewSort::Post => "post_viewed",
                ViewSort::Video => "video_watched",
                ViewSort::Suggested => "profile_suggested",
            };
            let fact = fact(Kind::View, one.at_ms).with("subkind", subkind).with("counterpart", self.who(one.author));
            // What was shown is kept for about two weeks (format reference §1.C6).
            add(self.was(one.at_ms, None) && self.date_ms - one.at_ms <= 14 * DAY, fact);
        }
        for one in &activity.ads {
            let fact = fact(Kind::Ad, one.at_ms).with("subkind", "ad_clicked");
            add(self.was(one.at_ms, None), fact.with("text", &*one.title));
        }
        facts
    }

    fn relations(&self, activity: &Activity) -> Vec<Fact> {
        let there = activity.relations.iter().filter(|one| self.was(one.at_ms, one.until_ms));
        there
            .map(|one| {
                let fact = fact(Kind::Follow, one.at_ms).with("subkind", follow(one.sort));
                // What others did to the owner is not the owner's doing.
                let is_mine = !matches!(one.sort, RelationSort::Follower | RelationSort::ReceivedRequest);
                let fact = if is_mine { fact.with("author", ME) } else { fact };
                match &one.whom {
                    Whom::Person(person) => fact.with("counterpart", self.who(*person)),
                    Whom::Hashtag(tag) => fact.with("text", &**tag),
                }
            })
            .collect()
    }

    fn account(&self, activity: &Activity) -> Vec<Fact> {
        let mut facts = Vec::new();
        let mut add = |at_ms: i64, fact: Fact| facts.extend((at_ms <= self.date_ms).then(|| fact.with("author", ME)));
        for one in &activity.contacts {
            let name = [one.first.as_str(), one.last.as_str()].join(" ").trim().to_owned();
            let fact = fact(Kind::Contact, one.at_ms).with("text", name);
            add(one.at_ms, fact.with("contact_information", &*one.address));
        }
        for one in &activity.changes {
            let fact = fact(Kind::ProfileChange, one.at_ms).with("changed", one.changed);
            add(one.at_ms, fact.with("previous_value", &*one.previous).with("text", &*one.new));
        }
        for one in &activity.logins {
            let fact = fact(Kind::Login, one.at_ms).with("subkind", "login").with("ip_address", &*one.address);
            add(one.at_ms, fact.with("cookie_name", &*one.cookie).with("user_agent", one.agent));
        }
        for one in &activity.visits {
            add(one.at_ms, fact(Kind::Visit, one.at_ms).with("url", &*one.url).with("text", &*one.title));
        }
        for one in &activity.notes {
            add(one.at_ms, fact(Kind::Note, one.at_ms).with("text", &*one.text));
        }
        let owner = self.life.owner();
        let bio = activity
            .changes
            .iter()
            .rfind(|change| change.changed == "Profile Bio Text" && change.at_ms <= self.date_ms);
        let profile = Fact::new("profile").maybe("text", bio.map(|change| change.new.clone()));
        let profile = profile.with("username", owner.handle_at(self.date_ms)).with("name", owner.name_at(self.date_ms));
        let photo = |own: &&Own| own.sort == OwnSort::ProfilePhoto && self.was(own.at_ms, None);
        let photo = self.life.own().iter().rfind(photo).map(|own| hash(&own.media[0].content(0)));
        add(0, profile.maybe("media", photo));
        let topics = throwback::testing::TOPICS.into_iter();
        facts.extend(topics.map(|topic| Fact::new("interest").with("subkind", "topic").with("text", topic)));
        facts
    }
}

fn seconds(at_ms: i64) -> i64 {
    at_ms.div_euclid(1_000) * 1_000
}

fn hash(bytes: &[u8]) -> String {
    short(blake3::hash(bytes).to_hex().as_str())
}

/// What the contract calls a message of that sort (DESIGN §6).
fn subkind(message: &Message) -> &'static str {
    match message.body {
        Body::Notice(Notice::Liked | Notice::Reacted(_)) => "reaction_notice",
        Body::Notice(Notice::Attachment) => "attachment_notice",
        Body::Notice(Notice::CallStarted | Notice::CallEnded) => "call",
        Body::Notice(Notice::Added(_) | Notice::Left | Notice::Named(_)) => "system",
        _ if message.share.is_some() => "share",
        _ if !message.media.is_empty() => "media",
        Body::Text(_) | Body::Edited(_) => "text",
        Body::Nothing => "unavailable",
    }
}

fn sort_of_notice(message: &Message) -> Option<&'static str> {
    let Body::Notice(notice) = message.body else { return None };
    Some(match notice {
        Notice::Liked => "liked",
        Notice::Reacted(_) => "reacted",
        Notice::Attachment => "attachment",
        Notice::CallStarted | Notice::CallEnded => "call",
        Notice::Added(_) => "added",
        Notice::Left => "left",
        Notice::Named(_) => "named",
    })
}

fn sort_of_share(share: &Shared) -> &'static str {
    match share.link.as_deref().unwrap_or_default() {
        _ if share.is_profile => "profile",
        "" => "bare",
        link if link.contains("/stories/") => "story",
        link if link.contains("giphy") => "gif",
        _ if share.owner.is_some() => "post",
        _ => "link",
    }
}

fn follow(sort: RelationSort) -> &'static str {
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
