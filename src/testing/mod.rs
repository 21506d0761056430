//! Invented accounts that know their truth, for tests, examples and benchmarks.
//!
//! A [`Life`] is what one invented person did over seven years: a function of a seed and a [`Size`]. A [`Writing`] says
//! how a download of it was made: generation, date, range. [`write()`] makes the [`Tree`] of that download, in the exact
//! layout, member order and byte habits of its generation, and [`Truth`] says which records must come out of one
//! download or several. Messages, pages and media are made only when they are written out, so that a life of a million
//! messages needs little memory.
//!
//! ```
//! use throwback::model::{Generation, Kind};
//! use throwback::testing::{Life, Size, Truth, Writing, write};
//!
//! let life = Life::new(7, Size::small());
//! let writings: Vec<Writing> = life.dates(3, 90).into_iter().map(|date| Writing::new(Generation::D).at(date)).collect();
//! let tree = write(&life, &writings[0]);
//! assert!(tree.file("connections/followers_and_following/following.json").is_some());
//! let truth = Truth::of(&life, &writings);
//! assert_eq!(truth.counts[&Kind::Message], truth.messages.len());
//! ```
//!
//! Generations A and B are the flat files of 2018 to early 2021 ([`write_parts`] gives each part its own documents, with rows
//! that repeat), C to E the folders. [`Writing::in_the_way_of`] has the layout of another day than its own, so that one day of
//! one life can be written in every layout there ever was.
//!
//! Lives hold what trips programs up (format reference §8.5): texts in thirteen languages and scripts, equal messages
//! twice and twice in one millisecond, two people of one name, renamed and deleted friends, captions edited, posts
//! archived and deleted, messages unsent, reactions that come weeks later, media without extension or with a wrong one.

mod activity;
mod calendar;
mod dice;
mod history;
mod jpeg;
mod json;
mod language;
mod layout;
mod life;
mod medium;
mod message;
mod message_maker;
mod mp4;
mod own;
mod pack;
mod people;
mod png;
pub mod raw_zip;
mod size;
#[cfg(test)]
mod tests;
mod thread;
mod tree;
mod truth;
mod words;
mod write;
mod writing;

pub use activity::{
    Activity, Ad, Change, Collection, Comment, Contact, Interaction, Like, Login, Note, Relation, RelationSort, Save,
    Search, SearchSort, Sticker, Target, View, ViewSort, Visit, Whom,
};
pub use calendar::day_ms;
pub use history::{Delivered, Download, Fact, History, Level, facts};
pub use language::Language;
pub use life::{Life, OWNER};
pub use medium::{Form, Medium};
pub use message::{Body, Message, Notice, Reacted, Shared};
pub use own::{Own, OwnSort, State};
pub use pack::Packing;
pub use people::{DELETED_NAME, Person};
pub use size::Size;
pub use thread::Thread;
pub use tree::{File, Tree};
pub use truth::{TrueMessage, TrueOwn, Truth};
pub use write::{TOPICS, write, write_parts};
pub use writing::{Clock, ThreadIds, Writing};
