//! Plain data that every room speaks: what a document said, what a record is, when, by whom, and what is worth knowing.
//!
//! No I/O, no clock, no environment. The words are those of the glossary in the crate's documentation: an [`Item`] is
//! what one document said about one thing; a record is what all items about that thing add up to.

mod decision;
mod details;
mod finding;
mod id;
mod item;
mod kind;
mod media_type;
mod moment;
mod snapshot;
mod thread;

pub use decision::{Decision, DecisionKind};
pub use details::{Detail, Details};
pub use finding::{Finding, FindingCode, Severity};
pub use id::{ContentHash, ContentHasher, Key, KeyBuilder, PublicId};
pub use item::{Item, MediaRef, Reaction, Share, Who, media_id_of};
pub use kind::{Kind, NOTICES};
pub use media_type::MediaType;
pub use moment::{Basis, Moment, Precision, Zone, pacific_to_utc_ms};
pub use snapshot::{Format, Generation, Service};
pub use thread::{Section, TITLE_SINCE, ThreadHead, ThreadKind};
