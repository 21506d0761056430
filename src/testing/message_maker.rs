//! Making messages, each on its own from the life's seed, its thread and its number.

use super::calendar::{DAY, HOUR, MINUTE};
use super::dice::Dice;
use super::life::{Life, OWNER, Overheard};
use super::medium::{self, Form, Medium};
use super::message::{Body, Message, Notice, Reacted, Shared};
use super::thread::Thread;
use super::words::{self, TONGUES};

/// The reaction that taps give.
pub(super) const HEART: &str = "❤";
const REACTIONS: [&str; 6] = [HEART, "😂", "😮", "😢", "👍", "🔥"];

/// What a message is going to be, before its words are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Text,
    Media,
    ShareWithText,
    Share,
    /// A link into a story that is gone: only its author is left.
    BareShare,
    Profile,
    Gif,
    Nothing,
    Call,
    Membership,
    Attachment,
    /// The three that depend on the message before.
    LikeNotice,
    ReactionNotice,
    Repeat,
    RepeatAtOnce,
    Companion,
    Edited,
}

impl Sort {
    /// How many of a thousand messages are of a sort, after the distribution of the format reference §4.3.
    const TABLE: [(usize, Self); 16] = [
        (63, Self::ShareWithText),
        (38, Self::Share),
        (6, Self::BareShare),
        (4, Self::Profile),
        (8, Self::Gif),
        (20, Self::Nothing),
        (4, Self::Call),
        (4, Self::Membership),
        (3, Self::Attachment),
        (25, Self::LikeNotice),
        (18, Self::ReactionNotice),
        (6, Self::Repeat),
        (2, Self::RepeatAtOnce),
        (2, Self::Companion),
        (3, Self::Edited),
        (794, Self::Text),
    ];

    /// Whether it says something about the message before it.
    fn leans(self) -> bool {
        use Sort::{Companion, Edited, LikeNotice, ReactionNotice, Repeat, RepeatAtOnce};
        matches!(self, LikeNotice | ReactionNotice | Repeat | RepeatAtOnce | Companion | Edited)
    }

    fn shares_time(self) -> bool {
        matches!(self, Self::RepeatAtOnce | Self::Companion)
    }
}

impl Life {
    /// Message `number` of a thread, oldest first; `None` beyond the last.
    pub fn message(&self, thread: usize, number: usize) -> Option<Message> {
        if let Some(other) = &self.plan.overheard {
            return Some(other.seen_by_the_other(other.life.message(other.thread, number)?));
        }
        let at = self.plan.threads.get(thread).filter(|thread| number < thread.n_messages)?;
        Some(Maker { life: self, thread: at, number }.message())
    }

    /// All messages of a thread, oldest first, those that were taken back included.
    pub fn messages(&self, thread: usize) -> impl Iterator<Item = Message> {
        (0..).map_while(move |number| self.message(thread, number))
    }

    /// How many messages of a thread had been written until a time.
    pub(super) fn n_until(&self, thread: usize, at_ms: i64) -> usize {
        if let Some(other) = &self.plan.overheard {
            return other.life.n_until(other.thread, at_ms);
        }
        let at = &self.plan.threads[thread];
        let (mut low, mut high) = (0, at.n_messages);
        while low < high {
            let middle = usize::midpoint(low, high);
            if (Maker { life: self, thread: at, number: middle }).at_ms() <= at_ms {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// When a message was written and when it was taken back, without making it.
    pub(super) fn message_span(&self, thread: usize, number: usize) -> (i64, Option<i64>) {
        if let Some(other) = &self.plan.overheard {
            return other.life.message_span(other.thread, number);
        }
        let maker = Maker { life: self, thread: &self.plan.threads[thread], number };
        (maker.at_ms(), maker.gone_ms())
    }

    /// Whether a message is the service's sentence about a like or a reaction, without making it.
    pub(super) fn is_reaction_notice(&self, thread: usize, number: usize) -> bool {
        if let Some(other) = &self.plan.overheard {
            return other.life.is_reaction_notice(other.thread, number);
        }
        let sort = Maker { life: self, thread: &self.plan.threads[thread], number }.sort();
        matches!(sort, Sort::LikeNotice | Sort::ReactionNotice)
    }

    /// Whether a message carries media, without making it.
    pub(super) fn carries_media(&self, thread: usize, number: usize) -> bool {
        if let Some(other) = &self.plan.overheard {
            return other.life.carries_media(other.thread, number);
        }
        Maker { life: self, thread: &self.plan.threads[thread], number }.media_number().is_some()
    }
}

impl Overheard {
    /// The same message where the owner is the friend, and the friend the owner.
    fn seen_by_the_other(&self, mut message: Message) -> Message {
        let swap = |person: &mut usize| match *person {
            OWNER => *person = self.friend,
            friend if friend == self.friend => *person = OWNER,
            _ => {}
        };
        swap(&mut message.sender);
        message.reactions.iter_mut().for_each(|reaction| swap(&mut reaction.actor));
        if let Some(owner) = message.share.as_mut().and_then(|share| share.owner.as_mut()) {
            swap(owner);
        }
        if let Body::Notice(Notice::Added(person)) = &mut message.body {
            swap(person);
        }
        message
    }
}

/// How many sorts of notices about a group there are.
const N_MEMBERSHIPS: usize = 3;

/// What groups are called when somebody names them.
const NAMES: [&str; 4] = ["Brotfreunde 🍞", "Été 2021", "Die drei ???", "家族"];

/// Messages come in bursts of this many.
const BURST: usize = 16;

struct Maker<'a> {
    life: &'a Life,
    thread: &'a Thread,
    number: usize,
}

impl Maker<'_> {
    fn at(&self, number: usize) -> Self {
        Self { number, ..*self }
    }

    fn before(&self) -> Option<Self> {
        self.number.checked_sub(1).map(|number| self.at(number))
    }

    fn after(&self) -> Option<Self> {
        (self.number + 1 < self.thread.n_messages).then(|| self.at(self.number + 1))
    }

    fn dice(&self, sort: &str) -> Dice {
        Dice::of(self.life.plan.seed, sort, self.thread.first_number + self.number)
    }

    /// The running number of its medium over the whole life, when it carries one: media are spread evenly.
    fn media_number(&self) -> Option<usize> {
        let size = &self.life.plan.size;
        let place = |number: usize| number as u128 * size.media_messages as u128 / size.messages.max(1) as u128;
        let number = self.thread.first_number + self.number;
        let (before, after) = (place(number), place(number + 1));
        (after > before).then(|| usize::try_from(before).unwrap_or(0))
    }

    /// What the dice say, before neighbours are looked at.
    fn thrown(&self) -> Sort {
        if self.media_number().is_some() {
            return Sort::Media;
        }
        if let Some(sort) = self.given() {
            return sort;
        }
        if self.dice("more attachments").below(1_000) < self.life.plan.size.more_attachment_notices {
            return Sort::Attachment;
        }
        let mut throw = self.dice("sort").below(1_000);
        for (share, sort) in Sort::TABLE {
            if throw < share {
                return if sort == Sort::Membership && !self.thread.is_group() { Sort::Text } else { sort };
            }
            throw -= share;
        }
        Sort::Text
    }

    /// The first conversation begins with one of each sort, every group with what groups are told: however small a life,
    /// everything occurs.
    fn given(&self) -> Option<Sort> {
        let is_odd = self.number % 2 == 1;
        if self.thread.is_group() {
            return (is_odd && self.number < 2 * N_MEMBERSHIPS).then_some(Sort::Membership);
        }
        // A small life holds other ones of them.
        let plan = &self.life.plan;
        let shift = if plan.size.is_eventful { usize::try_from(plan.seed % 16).unwrap_or(0) } else { 0 };
        let place = self.number / 2 + shift;
        let place = if plan.size.is_eventful { place % Sort::TABLE.len() } else { place };
        let (_, sort) = Sort::TABLE.get(place).filter(|_| self.thread.first_number == 0)?;
        Some(if is_odd && *sort != Sort::Membership { *sort } else { Sort::Text })
    }

    /// What it is: a message that leans on the one before does so only when that one stands on its own, and repeats
    /// only text.
    fn sort(&self) -> Sort {
        let thrown = self.thrown();
        if !thrown.leans() {
            return thrown;
        }
        let before = self.before().map_or(Sort::Nothing, |before| before.thrown());
        let is_notice = matches!(thrown, Sort::LikeNotice | Sort::ReactionNotice);
        let holds = if is_notice { !before.leans() && before != Sort::Membership } else { before == Sort::Text };
        if holds && self.number > 0 { thrown } else { Sort::Text }
    }

    fn at_ms(&self) -> i64 {
        if self.sort().shares_time() {
            return self.before().map_or(self.thread.first_ms, |before| before.at_ms());
        }
        let span = self.thread.last_ms - self.thread.first_ms;
        let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let n_bursts = whole(self.thread.n_messages.div_ceil(BURST)).max(1);
        let (burst, place) = (whole(self.number / BURST), whole(self.number % BURST));
        // Bursts take up to two thirds of the distance between their beginnings; inside, a message every 80 s at least.
        let distance = span / n_bursts;
        let beginning = self.thread.first_ms + distance * burst;
        let gap = (distance * 2 / 3 / whole(BURST)).clamp(2, self.slowest_ms());
        let late = Dice::of(self.life.plan.seed, "burst", self.thread.first_number + self.number / BURST)
            .between(0, (distance - gap * whole(BURST)).max(0));
        let slot = beginning + late + gap * place;
        match self.before().filter(|_| self.sort() == Sort::Repeat) {
            // Somebody says the same again at once: mostly in the same minute.
            Some(before) => (before.at_ms() + 3_000).min(slot + gap - 1),
            None => slot + self.dice("moment").between(0, gap - 1),
        }
    }

    /// Where much happens, a third of all conversations have several messages in a minute.
    fn slowest_ms(&self) -> i64 {
        let plan = &self.life.plan;
        let is_quick = plan.size.is_eventful && Dice::of(plan.seed, "quick", self.thread.first_number).chance(330);
        if is_quick { 12_000 } else { 80_000 }
    }

    /// Of equal messages one after the other all are taken back or none: a page could not tell which of them is left.
    fn gone_ms(&self) -> Option<i64> {
        if let (Sort::Repeat | Sort::RepeatAtOnce, Some(before)) = (self.sort(), self.before()) {
            return before.gone_ms();
        }
        let mut dice = self.dice("gone");
        let per_mille = if self.life.plan.size.is_eventful { 80 } else { 12 };
        dice.chance(per_mille).then(|| self.at_ms() + dice.between(MINUTE, 900 * DAY))
    }

    /// Of two equal messages of one millisecond neither is: no download tells which of them it was.
    fn rewritten(&self) -> Option<(i64, String)> {
        let mut dice = self.dice("rewritten");
        let size = &self.life.plan.size;
        let is_alone = || self.after().is_none_or(|after| after.sort() != Sort::RepeatAtOnce);
        let is_so = size.is_eventful && size.renames > 0 && self.sort() == Sort::Text && dice.chance(80) && is_alone();
        is_so.then(|| (self.at_ms() + dice.between(MINUTE, 900 * DAY), format!("{}, I mean", self.text())))
    }

    /// Who it would be from if no neighbour had a say.
    fn thrown_sender(&self) -> usize {
        let mut dice = self.dice("sender");
        let at_ms = self.at_ms();
        let members = &self.thread.members;
        let sender = if dice.chance(450) { OWNER } else { members[dice.rank(members.len())] };
        let is_gone = self.life.plan.people[sender].left_ms.is_some_and(|left| left <= at_ms);
        if is_gone { OWNER } else { sender }
    }

    fn sender(&self) -> usize {
        match (self.sort(), self.before()) {
            (Sort::Repeat | Sort::RepeatAtOnce | Sort::Companion | Sort::Edited, Some(before)) => {
                before.thrown_sender()
            }
            (Sort::LikeNotice | Sort::ReactionNotice, Some(before)) => self.other_than(before.thrown_sender()),
            _ => self.thrown_sender(),
        }
    }

    /// Somebody of the thread who is not that person; the owner when that is everybody else.
    fn other_than(&self, person: usize) -> usize {
        let thrown = self.thrown_sender();
        if thrown != person {
            return thrown;
        }
        let at_ms = self.at_ms();
        let is_there = |member: &&usize| {
            **member != person && self.life.plan.people[**member].left_ms.is_none_or(|left| left > at_ms)
        };
        if person == OWNER { self.thread.members.iter().find(is_there).copied().unwrap_or(OWNER) } else { OWNER }
    }

    fn text(&self) -> String {
        let place = (self.thread.first_number == 0 && self.number.is_multiple_of(2)).then_some(self.number / 2);
        if let Some(oddity) = place.and_then(|place| words::ODDITIES.get(place)) {
            return (*oddity).to_owned();
        }
        let mut dice = self.dice("text");
        let tongue = self.life.plan.people[self.thrown_sender()].tongue;
        // The owner answers in the language of the conversation.
        let tongue =
            if tongue == 0 || dice.chance(300) { self.life.plan.people[self.thread.members[0]].tongue } else { tongue };
        TONGUES[tongue].message(&mut dice)
    }

    fn message(&self) -> Message {
        let sort = self.sort();
        let mut message = Message {
            at_ms: self.at_ms(),
            sender: self.sender(),
            body: Body::Nothing,
            media: Vec::new(),
            share: None,
            call_seconds: None,
            reactions: self.reactions(),
            gone_ms: self.gone_ms(),
            rewritten: self.rewritten(),
        };
        self.fill(&mut message, sort);
        message
    }

    fn fill(&self, message: &mut Message, sort: Sort) {
        let mut dice = self.dice("fill");
        match sort {
            Sort::Text => message.body = Body::Text(self.text()),
            Sort::Media => message.media = self.media(message.at_ms),
            Sort::ShareWithText | Sort::Share | Sort::BareShare | Sort::Profile | Sort::Gif => {
                message.share = Some(self.share(sort, &mut dice));
                if sort == Sort::ShareWithText {
                    message.body = Body::Text(self.text());
                }
            }
            Sort::Nothing => {}
            Sort::Call => {
                let seconds = dice.between(0, 5_000);
                message.call_seconds = Some(seconds);
                let notice = if seconds == 0 || dice.chance(500) { Notice::CallStarted } else { Notice::CallEnded };
                message.body = Body::Notice(notice);
            }
            Sort::Membership => {
                let member = self.thread.members[dice.below(self.thread.members.len())];
                let name = dice.pick(&NAMES);
                let notices: [Notice; N_MEMBERSHIPS] = [Notice::Named(name), Notice::Added(member), Notice::Left];
                let which = if self.number < 2 * N_MEMBERSHIPS { self.number / 2 } else { dice.below(N_MEMBERSHIPS) };
                message.body = Body::Notice(notices[which]);
            }
            Sort::Attachment => {
                message.share = Some(self.share(Sort::Share, &mut dice));
                message.body = Body::Notice(Notice::Attachment);
            }
            Sort::LikeNotice => message.body = Body::Notice(Notice::Liked),
            Sort::ReactionNotice => message.body = Body::Notice(Notice::Reacted(self.notice_emoji())),
            Sort::Repeat | Sort::RepeatAtOnce => {
                message.body = self.before().map_or(Body::Nothing, |before| Body::Text(before.text()));
            }
            Sort::Companion => message.share = Some(self.share(Sort::Share, &mut dice)),
            Sort::Edited => {
                let before = self.before().map_or_else(String::new, |before| before.text());
                message.body = Body::Edited(format!("{before} {}", dice.pick(&["really", "– sorry", "(typo)", "!!"])));
            }
        }
    }

    fn media(&self, at_ms: i64) -> Vec<Medium> {
        let Some(number) = self.media_number() else { return Vec::new() };
        let mut dice = self.dice("media");
        let size = &self.life.plan.size;
        let form = match number % 8 {
            3 => Form::Mp4,
            6 => Form::M4a,
            _ => Form::Jpeg,
        };
        let n = if form == Form::Jpeg && number % 10 == 4 { 2 } else { 1 };
        (0..n)
            .map(|which| Medium {
                id: 1_000_000_000_000_000 + u64::try_from(number * 4 + which).unwrap_or(0) * 104_729,
                at_ms: at_ms - dice.between(0, 5) * 1_000,
                form,
                n_bytes: medium::thrown_bytes(&mut dice, &size.media_bytes),
                is_compressible: size.is_media_compressible,
            })
            .collect()
    }

    fn share(&self, sort: Sort, dice: &mut Dice) -> Shared {
        let n_people = self.life.plan.people.len();
        let owner = dice.below(n_people);
        let handle = self.life.plan.people[owner].handle_at(self.at_ms());
        let caption = |dice: &mut Dice| TONGUES[self.life.plan.people[owner].tongue].caption(dice);
        match sort {
            Sort::BareShare => Shared { owner: Some(owner), ..Shared::default() },
            Sort::Profile => Shared {
                link: Some(format!("https://www.instagram.com/_u/{handle}")),
                owner: Some(owner),
                is_profile: true,
                text: None,
            },
            Sort::Gif => Shared {
                link: Some(format!("https://media1.giphy.com/media/{}/200.gif", dice.characters("abcdefXYZ0123", 18))),
                ..Shared::default()
            },
            Sort::ShareWithText if dice.chance(700) => Shared {
                link: Some(format!(
                    "https://instagram.com/stories/{handle}/{}",
                    dice.between(2 << 60, 2_400_000_000_000_000_000)
                )),
                owner: Some(owner),
                ..Shared::default()
            },
            Sort::ShareWithText if dice.chance(200) => Shared {
                link: Some(format!("https://example.org/{}", dice.characters("abcdefgh", 6))),
                ..Shared::default()
            },
            _ => Shared {
                link: Some(format!(
                    "https://www.instagram.com/{}/{}/",
                    dice.pick(&["p", "p", "reel"]),
                    words::shortcode(dice)
                )),
                text: Some(caption(dice)).filter(|text| !text.is_empty()),
                owner: Some(owner),
                is_profile: false,
            },
        }
    }

    fn notice_emoji(&self) -> &'static str {
        REACTIONS[1 + self.dice("notice").below(REACTIONS.len() - 1)]
    }

    fn reactions(&self) -> Vec<Reacted> {
        let mut reactions: Vec<Reacted> = Vec::new();
        if let Some(after) = self.after() {
            let emoji = match after.sort() {
                Sort::LikeNotice => Some(HEART),
                Sort::ReactionNotice => Some(after.notice_emoji()),
                _ => None,
            };
            reactions.extend(emoji.map(|emoji| Reacted { actor: after.sender(), emoji, at_ms: after.at_ms() }));
        }
        let mut dice = self.dice("reactions");
        if dice.chance(90) {
            let late = if dice.chance(100) { dice.between(DAY, 60 * DAY) } else { dice.between(2_000, 3 * HOUR) };
            let actor = self.other_than(self.sender());
            let at_ms = self.at_ms() + late;
            let is_there = self.life.plan.people[actor].left_ms.is_none_or(|left| left > at_ms);
            if is_there && reactions.iter().all(|reaction| reaction.actor != actor) {
                reactions.push(Reacted { actor, emoji: dice.pick(&REACTIONS), at_ms });
            }
        }
        reactions
    }
}
