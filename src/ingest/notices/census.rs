//! Statistics over all messages of an account in, sentences of the app out. Pure; no word of any language is known here.
//!
//! Two passes, so that memory does not grow with the messages: the first counts forms into a fixed number of buckets, the
//! second keeps exact numbers for those that are frequent. Numbers only add up, so the order of the conversations does not
//! matter; within a conversation messages come in the order of their time.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::form::{Form, NameAt, form_of};

/// How long after a message its reaction notices are looked for: "the last days" (format reference §4.5).
const REACTION_DAYS_MS: i64 = 7 * 86_400_000;
/// So often a sentence must come with a reaction of its sender before it counts as a notice. A guess above chance.
const PROVEN_REACTIONS: u32 = 3;
/// So often a sentence without a name must come with something shared, and never without (format reference §4.5).
const FREQUENT: u32 = 20;
/// So often one sender's sentence with the sender's name must come with something shared.
const FREQUENT_BY_ONE: u32 = 5;
/// So many people, in as many conversations, make what stands behind their names the app's words.
const MANY_PEOPLE: usize = 3;
/// So often the data itself must say that a sentence is about a call or the group.
const TOLD_BY_MEMBERS: u32 = 2;
/// Buckets of the first pass, 2 MB; and how many of them the second pass looks into at most (about 10 MB).
const BUCKETS: usize = 1 << 20;
const MOST_FORMS: usize = 50_000;
/// So many reactions of which the second is still to come are remembered; far more than ever lie ahead.
const MOST_SECONDS: usize = 100_000;

/// What the app may have written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Notice {
    Reaction,
    Attachment,
    Call,
    System,
}

impl Notice {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reaction => "reaction_notice",
            Self::Attachment => "attachment_notice",
            Self::Call => "call",
            Self::System => "system",
        }
    }
}

/// What a message is by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plain {
    Text,
    /// Something shared or media, with a text.
    Payload,
    /// The answer to a story: the words are the sender's.
    StoryReply,
    Call,
    System,
}

/// Somebody's reaction to a message.
#[derive(Clone, Debug)]
pub(super) struct Reacted {
    pub actor: i64,
    /// Without what chooses its looks.
    pub emoji: String,
    /// Unix seconds; only downloads since 2025 say it.
    pub second: Option<i64>,
}

/// A message as the census sees it.
#[derive(Clone, Debug)]
pub(super) struct Message<'a> {
    pub thread: i64,
    pub at_ms: Option<i64>,
    pub sender: Option<(i64, &'a str)>,
    /// Names of the people in the conversation, the longer first.
    pub names: &'a [String],
    pub plain: Option<Plain>,
    pub text: &'a str,
    pub reactions: &'a [Reacted],
}

/// What one message is told to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Whatever the others are.
    Now(Notice),
    /// When its form turns out to be the app's.
    ByForm(u64),
    Nothing,
}

/// Up to three different things.
#[derive(Clone, Debug, Default)]
struct Few(Vec<u64>);

impl Few {
    fn add(&mut self, of: impl Hash) {
        let mut hasher = DefaultHasher::new();
        of.hash(&mut hasher);
        let hash = hasher.finish();
        if self.0.len() < MANY_PEOPLE && !self.0.contains(&hash) {
            self.0.push(hash);
        }
    }

    fn n(&self) -> usize {
        self.0.len()
    }
}

/// What is known of a form.
#[derive(Clone, Debug, Default)]
struct Tally {
    name_at: Option<NameAt>,
    holds_link: bool,
    n: u32,
    n_payload: u32,
    n_call: u32,
    n_system: u32,
    n_reacted: u32,
    /// How many reactions those who wrote it gave with these emoji in these conversations.
    n_reactions: u32,
    n_seconds: u32,
    senders: Few,
    threads: Few,
    payload_senders: Few,
    payload_threads: Few,
    reacted_emoji: Few,
    reacted_senders: Few,
    reacted_threads: Few,
}

impl Tally {
    /// Whether at least half of all stood so.
    fn is_mostly(&self, n: u32) -> bool {
        n.saturating_mul(2) >= self.n
    }

    /// The verdict on the form, for messages without and with something shared.
    fn verdict(&self) -> (Option<Notice>, Option<Notice>) {
        if self.is_reaction() {
            return (Some(Notice::Reaction), None);
        }
        if self.is_attachment() {
            return (Some(Notice::Attachment), Some(Notice::Attachment));
        }
        let told = |n: u32| n >= TOLD_BY_MEMBERS && self.is_mostly(n);
        if told(self.n_call) {
            return (Some(Notice::Call), None);
        }
        let is_behind_names = matches!(self.name_at, Some(NameAt::Start | NameAt::Middle));
        let is_of_many =
            self.senders.n() >= MANY_PEOPLE && self.threads.n() >= MANY_PEOPLE && self.n >= FREQUENT_BY_ONE;
        if told(self.n_system) || (is_behind_names && is_of_many && self.n_payload == 0 && !self.holds_link) {
            return (Some(Notice::System), None);
        }
        (None, None)
    }

    /// Words around changing emoji that come when their sender reacted with these. Somebody who writes "good night 😘" also
    /// reacts a lot more often than that, and not everybody writes it.
    fn is_reaction(&self) -> bool {
        let n = self.n_reacted + self.n_seconds;
        let emoji = self.reacted_emoji.n();
        let is_of_several = self.reacted_senders.n() > 1 || self.reacted_threads.n() > 1 || emoji > 2;
        let is_by_emoji = emoji > 1 && is_of_several && self.n_reacted.saturating_mul(4) >= self.n_reactions;
        // Without any emoji only the seconds prove it.
        let is_by_seconds = self.n_seconds >= PROVEN_REACTIONS;
        n >= PROVEN_REACTIONS && self.is_mostly(n) && (is_by_emoji || is_by_seconds)
    }

    fn is_attachment(&self) -> bool {
        let (senders, threads) = (self.payload_senders.n(), self.payload_threads.n());
        match self.name_at {
            Some(NameAt::Start | NameAt::Middle) => {
                self.is_mostly(self.n_payload)
                    && ((senders > 1 && self.n_payload > 1) || self.n_payload >= FREQUENT_BY_ONE)
            }
            Some(NameAt::End) => {
                self.is_mostly(self.n_payload) && senders >= MANY_PEOPLE && self.n_payload >= FREQUENT_BY_ONE
            }
            // What one person writes to one other is theirs.
            None => {
                self.n_payload >= FREQUENT
                    && self.n_payload == self.n
                    && !self.holds_link
                    && (senders > 1 || threads > 1)
            }
        }
    }
}

/// The reactions of the conversation that goes by.
#[derive(Debug, Default)]
struct Reactions {
    thread: Option<i64>,
    /// When the newest message stood to which somebody reacted with an emoji at a time that is not told.
    newest: HashMap<(i64, String), i64>,
    /// How many messages those are.
    n_given: HashMap<(i64, String), u32>,
    /// Seconds of reactions that are still to come, with who gave which; the empty emoji stands for any.
    seconds: BTreeSet<(i64, i64, String)>,
}

/// How a message stands to the reactions before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Match {
    None,
    /// Its sender reacted with its emoji in the days before.
    Emoji,
    /// Its sender reacted in its second.
    Second,
    /// … with its emoji.
    SecondAndEmoji,
}

impl Reactions {
    fn of(&self, message: &Message<'_>, form: &Form) -> Match {
        let (Some((sender, _)), Some(at_ms), Some(Plain::Text)) = (message.sender, message.at_ms, message.plain) else {
            return Match::None;
        };
        let second = at_ms.div_euclid(1_000);
        match &form.emoji {
            Some(emoji) if self.seconds.contains(&(second, sender, emoji.clone())) => Match::SecondAndEmoji,
            Some(emoji) => match self.newest.get(&(sender, emoji.clone())) {
                Some(target) if at_ms - target <= REACTION_DAYS_MS => Match::Emoji,
                _ => Match::None,
            },
            None if self.seconds.contains(&(second, sender, String::new())) => Match::Second,
            None => Match::None,
        }
    }

    fn pass(&mut self, message: &Message<'_>) {
        let Some(at_ms) = message.at_ms else { return };
        let now = at_ms.div_euclid(1_000);
        while self.seconds.first().is_some_and(|(second, ..)| *second < now) {
            self.seconds.pop_first();
        }
        for Reacted { actor, emoji, second } in message.reactions {
            let key = (*actor, emoji.clone());
            match second {
                Some(second) if *second >= now && self.seconds.len() < MOST_SECONDS => {
                    self.seconds.insert((*second, *actor, emoji.clone()));
                    self.seconds.insert((*second, *actor, String::new()));
                }
                Some(_) => {}
                None => {
                    *self.n_given.entry(key.clone()).or_default() += 1;
                    self.newest.insert(key, at_ms);
                }
            }
        }
    }
}

/// The first pass.
#[derive(Debug)]
pub(super) struct FirstPass {
    reactions: Reactions,
    buckets: Vec<u16>,
    /// Buckets with at least two.
    n_repeated: usize,
}

impl FirstPass {
    pub fn new() -> Self {
        Self { reactions: Reactions::default(), buckets: vec![0; BUCKETS], n_repeated: 0 }
    }

    pub fn add(&mut self, message: &Message<'_>) {
        begin_thread(&mut self.reactions, message.thread);
        if let Some(form) = form_of_message(message)
            && (form.name_at.is_some()
                || message.plain != Some(Plain::Text)
                || self.reactions.of(message, &form) != Match::None)
        {
            let count = &mut self.buckets[bucket_of(form.hash)];
            *count = count.saturating_add(1);
            self.n_repeated += usize::from(*count == 2);
        }
        self.reactions.pass(message);
    }

    /// Goes on to the second pass, with the forms of the fullest buckets.
    pub fn end(self) -> SecondPass {
        let n_at_least = |n: u16| self.buckets.iter().filter(|count| **count >= n).count();
        let mut fewest = 2;
        // Mostly there are few forms at all, and nobody has to look.
        while fewest < u16::MAX && self.n_repeated > MOST_FORMS && n_at_least(fewest) > MOST_FORMS {
            fewest = fewest.saturating_mul(2);
        }
        let Self { buckets, .. } = self;
        let reactions = Reactions::default();
        SecondPass { reactions, buckets, fewest, tallies: HashMap::new(), reacted: HashMap::new() }
    }
}

/// The second pass.
#[derive(Debug)]
pub(super) struct SecondPass {
    reactions: Reactions,
    buckets: Vec<u16>,
    /// So many messages make a bucket a frequent one.
    fewest: u16,
    tallies: HashMap<u64, Tally>,
    /// Of the conversation that goes by: form, sender and emoji, and how often they came together.
    reacted: HashMap<(u64, i64, String), u32>,
}

impl SecondPass {
    /// Counts a message and says what may become of it.
    pub fn add(&mut self, message: &Message<'_>) -> Told {
        if self.reactions.thread != Some(message.thread) {
            self.end_thread();
            begin_thread(&mut self.reactions, message.thread);
        }
        let told = form_of_message(message).map_or(Told::Nothing, |form| self.count(message, &form));
        self.reactions.pass(message);
        told
    }

    fn count(&mut self, message: &Message<'_>, form: &Form) -> Told {
        let found = self.reactions.of(message, form);
        let is_frequent = self.buckets[bucket_of(form.hash)] >= self.fewest;
        if is_frequent {
            self.tally(message, form, found);
        }
        match message.plain {
            _ if found == Match::SecondAndEmoji => Told::Now(Notice::Reaction),
            Some(Plain::Payload) if form.name_at == Some(NameAt::Start) && form.is_full_name => {
                Told::Now(Notice::Attachment)
            }
            Some(Plain::Text | Plain::Payload | Plain::StoryReply) if is_frequent => Told::ByForm(form.hash),
            _ => Told::Nothing,
        }
    }

    fn tally(&mut self, message: &Message<'_>, form: &Form, found: Match) {
        let tally = self.tallies.entry(form.hash).or_default();
        tally.name_at = form.name_at;
        tally.holds_link = form.holds_link;
        tally.n = tally.n.saturating_add(1);
        let sender = message.sender.map(|(sender, _)| sender);
        tally.senders.add(sender);
        tally.threads.add(message.thread);
        match message.plain {
            Some(Plain::Payload) => {
                tally.n_payload = tally.n_payload.saturating_add(1);
                tally.payload_senders.add(sender);
                tally.payload_threads.add(message.thread);
            }
            Some(Plain::Call) => tally.n_call = tally.n_call.saturating_add(1),
            Some(Plain::System) => tally.n_system = tally.n_system.saturating_add(1),
            _ => {}
        }
        match found {
            Match::None => {}
            Match::Second | Match::SecondAndEmoji => tally.n_seconds = tally.n_seconds.saturating_add(1),
            Match::Emoji => {
                let emoji = form.emoji.clone().unwrap_or_default();
                tally.n_reacted = tally.n_reacted.saturating_add(1);
                tally.reacted_emoji.add(&emoji);
                tally.reacted_senders.add(sender);
                tally.reacted_threads.add(message.thread);
                if let Some(sender) = sender {
                    *self.reacted.entry((form.hash, sender, emoji)).or_default() += 1;
                }
            }
        }
    }

    fn end_thread(&mut self) {
        for (form, sender, emoji) in self.reacted.drain().map(|(key, _)| key) {
            let n_given = self.reactions.n_given.get(&(sender, emoji)).copied().unwrap_or_default();
            if let Some(tally) = self.tallies.get_mut(&form) {
                tally.n_reactions = tally.n_reactions.saturating_add(n_given);
            }
        }
    }

    /// The verdict on every form that is the app's: for messages without and with something shared.
    pub fn end(mut self) -> HashMap<u64, (Option<Notice>, Option<Notice>)> {
        self.end_thread();
        let verdicts = self.tallies.into_iter().map(|(form, tally)| (form, tally.verdict()));
        verdicts.filter(|(_, verdict)| *verdict != (None, None)).collect()
    }
}

fn begin_thread(reactions: &mut Reactions, thread: i64) {
    if reactions.thread != Some(thread) {
        *reactions = Reactions { thread: Some(thread), ..Reactions::default() };
    }
}

fn form_of_message(message: &Message<'_>) -> Option<Form> {
    message.plain?;
    form_of(message.text, message.sender.map(|(_, name)| name), message.names)
}

#[expect(clippy::cast_possible_truncation, reason = "the remainder is smaller than the number of buckets")]
fn bucket_of(hash: u64) -> usize {
    (hash % BUCKETS as u64) as usize
}
