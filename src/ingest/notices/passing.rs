//! The messages of a conversation go by, with the reactions to them: what counts of each for the census.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::num::NonZeroU64;

use super::census::{Message, Plain, Reacted};
use super::form::{NameAt, form_of};

/// How long after a message its reaction notices are looked for: "the last days" (format reference §4.5).
const REACTION_DAYS_MS: i64 = 7 * 86_400_000;
/// So many reactions of which the second is still to come are remembered; far more than ever lie ahead.
const MOST_SECONDS: usize = 100_000;

/// The reactions of the conversation that goes by.
#[derive(Debug, Default)]
pub(super) struct Reactions {
    pub thread: Option<i64>,
    /// When the newest message stood to which somebody reacted with an emoji at a time that is not told.
    newest: HashMap<(i64, Emoji), i64>,
    /// How many messages those are.
    n_given: HashMap<(i64, Emoji), u32>,
    /// Seconds of reactions that are still to come, with who gave which; no emoji stands for any.
    seconds: BTreeSet<(i64, i64, Option<Emoji>)>,
}

/// An emoji as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Emoji(NonZeroU64);

impl Emoji {
    fn of(emoji: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        emoji.hash(&mut hasher);
        Self(NonZeroU64::new(hasher.finish()).unwrap_or(NonZeroU64::MIN))
    }
}

/// All that counts of a message whose text has a form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub form: u64,
    pub sender: Option<i64>,
    pub emoji: Option<Emoji>,
    pub plain: Plain,
    pub name_at: Option<NameAt>,
    pub is_full_name: bool,
    pub holds_link: bool,
    pub found: Match,
    /// Where its sender reacted with its emoji: to how many messages of the conversation. Known at its end.
    pub n_given: u32,
}

/// How a message stands to the reactions before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    None,
    /// Its sender reacted with its emoji in the days before.
    Emoji,
    /// Its sender reacted in its second.
    Second,
    /// … with its emoji.
    SecondAndEmoji,
}

impl Reactions {
    /// Begins anew where another conversation begins.
    pub fn begin(&mut self, thread: i64) {
        if self.thread != Some(thread) {
            *self = Self { thread: Some(thread), ..Self::default() };
        }
    }

    fn of(&self, message: &Message<'_>, emoji: Option<Emoji>) -> Match {
        let (Some((sender, _)), Some(at_ms), Some(Plain::Text)) = (message.sender, message.at_ms, message.plain) else {
            return Match::None;
        };
        let second = at_ms.div_euclid(1_000);
        match emoji {
            Some(_) if self.seconds.contains(&(second, sender, emoji)) => Match::SecondAndEmoji,
            Some(emoji) => match self.newest.get(&(sender, emoji)) {
                Some(target) if at_ms - target <= REACTION_DAYS_MS => Match::Emoji,
                _ => Match::None,
            },
            None if self.seconds.contains(&(second, sender, None)) => Match::Second,
            None => Match::None,
        }
    }

    /// Looks at the next message. Gives what counts of it, if its text has a form.
    pub fn see(&mut self, message: &Message<'_>) -> Option<Seen> {
        let seen = message.plain.and_then(|plain| {
            let form = form_of(message.text, message.sender.map(|(_, name)| name), message.names)?;
            let emoji = form.emoji.as_deref().map(Emoji::of);
            Some(Seen {
                form: form.hash,
                sender: message.sender.map(|(sender, _)| sender),
                emoji,
                plain,
                name_at: form.name_at,
                is_full_name: form.is_full_name,
                holds_link: form.holds_link,
                found: self.of(message, emoji),
                n_given: 0,
            })
        });
        self.pass(message);
        seen
    }

    pub fn n_given(&self, seen: &Seen) -> u32 {
        let given = seen.sender.zip(seen.emoji).and_then(|key| self.n_given.get(&key));
        given.copied().unwrap_or_default()
    }

    fn pass(&mut self, message: &Message<'_>) {
        let Some(at_ms) = message.at_ms else { return };
        let now = at_ms.div_euclid(1_000);
        while self.seconds.first().is_some_and(|(second, ..)| *second < now) {
            self.seconds.pop_first();
        }
        for Reacted { actor, emoji, second } in message.reactions {
            let key = (*actor, Emoji::of(emoji));
            match second {
                Some(second) if *second >= now && self.seconds.len() < MOST_SECONDS => {
                    self.seconds.insert((*second, *actor, Some(key.1)));
                    self.seconds.insert((*second, *actor, None));
                }
                Some(_) => {}
                None => {
                    *self.n_given.entry(key).or_default() += 1;
                    self.newest.insert(key, at_ms);
                }
            }
        }
    }
}
