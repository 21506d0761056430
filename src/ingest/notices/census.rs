//! Statistics over all messages of an account in, sentences of the app out. Pure; no word of any language is known here.
//!
//! Two passes, so that memory does not grow with the messages: the first counts forms into a fixed number of buckets, the
//! second keeps exact numbers for those that are frequent. What the first saw it remembers up to a bound; an account that is
//! larger is looked at twice. Numbers only add up, so the order of the conversations does not matter; within a conversation
//! messages come in the order of their time.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::form::NameAt;
use super::passing::{Emoji, Match, Reactions, Seen};

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
/// So many messages with a form are remembered, of 48 bytes each.
const MOST_REMEMBERED: usize = 1 << 20;

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

/// What the first pass saw, in the order in which it did.
#[derive(Debug, Default)]
struct Memory {
    seen: Vec<Seen>,
    /// The conversations, and where each begins.
    threads: Vec<(i64, usize)>,
    /// There was more than is remembered.
    is_full: bool,
}

impl Memory {
    fn add(&mut self, thread: i64, seen: Seen) {
        if self.is_full || self.seen.len() == MOST_REMEMBERED {
            *self = Self { is_full: true, ..Self::default() };
            return;
        }
        if self.threads.last().is_none_or(|(last, _)| *last != thread) {
            self.threads.push((thread, self.seen.len()));
        }
        self.seen.push(seen);
    }

    /// The conversation that went by is over.
    fn end_thread(&mut self, reactions: &Reactions) {
        let begin = match self.threads.last() {
            Some((thread, begin)) if reactions.thread == Some(*thread) => *begin,
            _ => return,
        };
        for seen in self.seen[begin..].iter_mut().filter(|seen| seen.found == Match::Emoji) {
            seen.n_given = reactions.n_given(seen);
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
    memory: Memory,
}

impl FirstPass {
    pub fn new() -> Self {
        let memory = Memory::default();
        Self { reactions: Reactions::default(), buckets: vec![0; BUCKETS], n_repeated: 0, memory }
    }

    /// Counts a message. Gives whether its text has a form; else it is [`Told::Nothing`].
    pub fn add(&mut self, message: &Message<'_>) -> bool {
        if self.reactions.thread != Some(message.thread) {
            self.memory.end_thread(&self.reactions);
            self.reactions.begin(message.thread);
        }
        let Some(seen) = self.reactions.see(message) else { return false };
        if seen.name_at.is_some() || seen.plain != Plain::Text || seen.found != Match::None {
            let count = &mut self.buckets[bucket_of(seen.form)];
            *count = count.saturating_add(1);
            self.n_repeated += usize::from(*count == 2);
        }
        self.memory.add(message.thread, seen);
        true
    }

    /// Whether more messages went by than are remembered: then the second pass has to look at all of them again.
    pub fn is_too_much(&self) -> bool {
        self.memory.is_full
    }

    /// Goes on to the second pass, with the forms of the fullest buckets.
    pub fn end(mut self) -> SecondPass {
        self.memory.end_thread(&self.reactions);
        let n_at_least = |n: u16| self.buckets.iter().filter(|count| **count >= n).count();
        let mut fewest = 2;
        // Mostly there are few forms at all, and nobody has to look.
        while fewest < u16::MAX && self.n_repeated > MOST_FORMS && n_at_least(fewest) > MOST_FORMS {
            fewest = fewest.saturating_mul(2);
        }
        let Self { buckets, memory, .. } = self;
        let reactions = Reactions::default();
        SecondPass { reactions, memory, buckets, fewest, tallies: HashMap::new(), reacted: HashMap::new() }
    }
}

/// The second pass: over what is remembered ([`SecondPass::recall`]), or over all messages again ([`SecondPass::add`]).
#[derive(Debug)]
pub(super) struct SecondPass {
    reactions: Reactions,
    memory: Memory,
    buckets: Vec<u16>,
    /// So many messages make a bucket a frequent one.
    fewest: u16,
    tallies: HashMap<u64, Tally>,
    /// Of the conversation that goes by: messages of each form, sender and emoji that came together.
    reacted: HashMap<(u64, i64, Emoji), Seen>,
}

impl SecondPass {
    /// Counts a message and says what may become of it.
    pub fn add(&mut self, message: &Message<'_>) -> Told {
        if self.reactions.thread != Some(message.thread) {
            self.end_thread();
            self.reactions.begin(message.thread);
        }
        self.reactions.see(message).map_or(Told::Nothing, |seen| self.count(message.thread, &seen))
    }

    /// Counts every message that the first pass saw to have a form, and says of each what may become of it, in that order.
    pub fn recall(&mut self, each: &mut dyn FnMut(Told)) {
        let Memory { seen, threads, .. } = std::mem::take(&mut self.memory);
        let ends = threads.iter().skip(1).map(|(_, begin)| *begin).chain([seen.len()]);
        for ((thread, begin), end) in threads.iter().zip(ends) {
            for seen in &seen[*begin..end] {
                each(self.count(*thread, seen));
            }
            self.end_thread();
        }
    }

    fn count(&mut self, thread: i64, seen: &Seen) -> Told {
        let is_frequent = self.buckets[bucket_of(seen.form)] >= self.fewest;
        if is_frequent {
            self.tally(thread, seen);
        }
        match seen.plain {
            _ if seen.found == Match::SecondAndEmoji => Told::Now(Notice::Reaction),
            Plain::Payload if seen.name_at == Some(NameAt::Start) && seen.is_full_name => Told::Now(Notice::Attachment),
            Plain::Text | Plain::Payload | Plain::StoryReply if is_frequent => Told::ByForm(seen.form),
            _ => Told::Nothing,
        }
    }

    fn tally(&mut self, thread: i64, seen: &Seen) {
        let tally = self.tallies.entry(seen.form).or_default();
        tally.name_at = seen.name_at;
        tally.holds_link = seen.holds_link;
        tally.n = tally.n.saturating_add(1);
        let sender = seen.sender;
        tally.senders.add(sender);
        tally.threads.add(thread);
        match seen.plain {
            Plain::Payload => {
                tally.n_payload = tally.n_payload.saturating_add(1);
                tally.payload_senders.add(sender);
                tally.payload_threads.add(thread);
            }
            Plain::Call => tally.n_call = tally.n_call.saturating_add(1),
            Plain::System => tally.n_system = tally.n_system.saturating_add(1),
            Plain::Text | Plain::StoryReply => {}
        }
        match seen.found {
            Match::None => {}
            Match::Second | Match::SecondAndEmoji => tally.n_seconds = tally.n_seconds.saturating_add(1),
            Match::Emoji => {
                tally.n_reacted = tally.n_reacted.saturating_add(1);
                tally.reacted_emoji.add(seen.emoji);
                tally.reacted_senders.add(sender);
                tally.reacted_threads.add(thread);
                if let (Some(sender), Some(emoji)) = (sender, seen.emoji) {
                    self.reacted.entry((seen.form, sender, emoji)).or_insert(*seen);
                }
            }
        }
    }

    fn end_thread(&mut self) {
        for (_, seen) in self.reacted.drain() {
            // What was remembered knows it; what is looked at again is told it by the reactions that went by.
            let n_given = seen.n_given.max(self.reactions.n_given(&seen));
            if let Some(tally) = self.tallies.get_mut(&seen.form) {
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

#[expect(clippy::cast_possible_truncation, reason = "the remainder is smaller than the number of buckets")]
fn bucket_of(hash: u64) -> usize {
    (hash % BUCKETS as u64) as usize
}
