//! A life: what somebody wrote, posted, liked and looked for over seven years, before any of it was exported.

use std::sync::Arc;

use super::activity::{self, Activity};
use super::own::{self, Own};
use super::people::{self, Person};
use super::size::Size;
use super::thread::{self, Thread};

/// One invented person's life on the service. Cheap to clone; the same seed and size give the same life everywhere.
///
/// Everything has the time at which it came and, where it went again, the time at which it went; a download at some
/// date holds what was there at that date. People are numbers in [`Life::people`]; the owner is 0. Messages are not kept
/// but made when asked for ([`Life::message`]), so that a life of millions stays small.
#[derive(Clone, Debug)]
pub struct Life {
    pub(super) plan: Arc<Plan>,
}

#[derive(Debug)]
pub(super) struct Plan {
    pub seed: u64,
    pub size: Size,
    pub people: Vec<Person>,
    pub threads: Vec<Thread>,
    pub own: Vec<Own>,
    pub activity: Activity,
    /// Where the only conversation is that of another life.
    pub overheard: Option<Overheard>,
}

/// A conversation of another life, from the other end.
#[derive(Debug)]
pub(super) struct Overheard {
    pub life: Life,
    pub thread: usize,
    /// Who owns this life: a number among the people of both.
    pub friend: usize,
}

/// Number of the owner among the people of a life.
pub const OWNER: usize = 0;

impl Life {
    pub fn new(seed: u64, size: Size) -> Self {
        let (begin_ms, end_ms) = people::lifetime();
        let people = people::plan(&people::Plan {
            seed,
            n_friends: size.friends,
            n_strangers: size.strangers,
            begin_ms,
            end_ms,
            is_eventful: size.is_eventful,
            renames: size.renames,
        });
        let threads = thread::plan(seed, &size, &people);
        let own = own::plan(seed, &size);
        let activity = activity::plan(seed, &size, &people);
        Self { plan: Arc::new(Plan { seed, size, people, threads, own, activity, overheard: None }) }
    }

    /// The life of somebody with whom the owner talks alone: the same conversation, seen from the other end, and relations of
    /// their own. Nothing when nobody is there who never leaves.
    pub fn of_a_friend(&self) -> Option<Self> {
        let is_meant = |thread: &&Thread| {
            !thread.is_group() && thread.n_messages > 0 && self.plan.people[thread.members[0]].left_ms.is_none()
        };
        let thread = self.plan.threads.iter().position(|thread| is_meant(&thread))?;
        let friend = self.plan.threads[thread].members[0];
        let mut people = self.plan.people.clone();
        people.swap(OWNER, friend);
        let seed = self.plan.seed.wrapping_add(1_000_000);
        let none = Size { messages: 0, threads: 0, posts: 0, reels: 0, igtv: 0, stories: 0, ..self.plan.size.clone() };
        let size = Size { comments: 0, likes: 0, saves: 0, collections: 0, interactions: 0, profile_photos: 0, ..none };
        let activity = activity::plan(seed, &size, &people);
        let threads = vec![Thread { members: vec![friend], ..self.plan.threads[thread].clone() }];
        let overheard = Some(Overheard { life: self.clone(), thread, friend });
        Some(Self { plan: Arc::new(Plan { seed, size, people, threads, own: Vec::new(), activity, overheard }) })
    }

    /// When the first thing of any life happens.
    pub fn begin_ms() -> i64 {
        people::lifetime().0
    }

    /// When the last thing of any life has happened; the date of a download that holds all that was not taken back.
    pub fn end_ms() -> i64 {
        people::lifetime().1
    }

    pub fn size(&self) -> &Size {
        &self.plan.size
    }

    /// Everybody: the owner, then friends, then strangers.
    pub fn people(&self) -> &[Person] {
        &self.plan.people
    }

    pub fn owner(&self) -> &Person {
        &self.plan.people[OWNER]
    }

    pub fn threads(&self) -> &[Thread] {
        &self.plan.threads
    }

    /// Posts, reels, stories and profile photos, oldest first.
    pub fn own(&self) -> &[Own] {
        &self.plan.own
    }

    pub fn activity(&self) -> &Activity {
        &self.plan.activity
    }

    /// How many messages had been written until a time, those that were taken back included.
    pub fn n_messages_until(&self, at_ms: i64) -> usize {
        (0..self.threads().len()).map(|thread| self.n_until(thread, at_ms)).sum()
    }

    /// `n` dates of downloads, oldest first and the last at the end of the life, of which each holds about `share` per
    /// cent as many messages as the next. For three downloads that overlap by 90 %: `dates(3, 90)`.
    pub fn dates(&self, n: usize, share: usize) -> Vec<i64> {
        let mut dates = Vec::with_capacity(n);
        let mut wanted = self.plan.size.messages * 100;
        for _ in 0..n {
            dates.push(if dates.is_empty() { Self::end_ms() } else { self.date_of(wanted.div_ceil(100)) });
            wanted = wanted * share / 100;
        }
        dates.reverse();
        dates
    }

    /// When so many messages had been written, those that were taken back included; the end where there are fewer.
    pub fn date_of(&self, n_messages: usize) -> i64 {
        let (mut low, mut high) = people::lifetime();
        while high - low > 1 {
            let middle = i64::midpoint(low, high);
            if self.n_messages_until(middle) < n_messages { low = middle } else { high = middle }
        }
        high
    }
}
