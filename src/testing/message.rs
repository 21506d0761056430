//! What a message is.

use super::medium::Medium;

/// One message. People are numbers among those of the life.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    pub at_ms: i64,
    pub sender: usize,
    pub body: Body,
    pub media: Vec<Medium>,
    pub share: Option<Shared>,
    pub call_seconds: Option<i64>,
    pub reactions: Vec<Reacted>,
    /// When it was unsent; later downloads do not hold it.
    pub gone_ms: Option<i64>,
    /// Other words that it has since then; later downloads hold these.
    pub rewritten: Option<(i64, String)>,
}

/// What stands in `content`.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Nothing: media alone, or something that the service does not hand out.
    Nothing,
    Text(String),
    /// The second copy that an edit leaves; the export writes it with a mark behind it.
    Edited(String),
    Notice(Notice),
}

/// A sentence that the service wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    Liked,
    Reacted(&'static str),
    Attachment,
    CallStarted,
    CallEnded,
    Added(usize),
    Left,
    Named(&'static str),
}

/// Something passed on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shared {
    pub link: Option<String>,
    /// The caption of what was shared.
    pub text: Option<String>,
    /// Whose it is, as a number among the people of the life.
    pub owner: Option<usize>,
    /// The link leads to the owner's profile.
    pub is_profile: bool,
}

/// A reaction; later than the message, sometimes by weeks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reacted {
    pub actor: usize,
    pub emoji: &'static str,
    pub at_ms: i64,
}
