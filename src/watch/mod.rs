//! Watching folders: when is a download complete, and what is ingested next.
//!
//! A pure core ([`complete`], the queue) is told what edges see: [`scan`] looks at folders, [`contents`] into
//! archives, [`writers`] at other programs, [`ears`] listens to events. Events are hints that name what to look at
//! sooner; the scan at the start, every poll and whenever events were lost is what nothing escapes. The watcher holds
//! the home's lock only while an archive is brought in, and what it remembers lies in the home's `watch.sqlite`.

pub mod complete;
mod contents;
mod ears;
mod event;
mod folder;
mod names;
mod queue;
mod scan;
mod watcher;
mod writers;

pub use ears::{Bell, Ears};
pub use event::WatchEvent;
pub use watcher::{Left, WatchOptions, watch};
