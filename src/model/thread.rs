//! Conversations as documents describe them.

use serde::{Deserialize, Serialize};

use super::{MediaRef, Who};

/// Where in the mailbox a conversation lay.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    Inbox,
    Requests,
    Broadcast,
    AiConversations,
    Reported,
    Archived,
    Other(String),
}

/// How many people it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThreadKind {
    /// The owner and one other person (or nobody).
    Direct = 1,
    Group = 2,
    Broadcast = 3,
    Ai = 4,
}

impl ThreadKind {
    pub const fn code(self) -> i64 {
        self as i64
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Group => "group",
            Self::Broadcast => "broadcast",
            Self::Ai => "ai",
        }
    }

    pub fn from_code(code: i64) -> Option<Self> {
        [Self::Direct, Self::Group, Self::Broadcast, Self::Ai].into_iter().find(|k| k.code() == code)
    }
}

/// The detail of a [`ThreadHead`] that says since when the conversation has its title, in Unix milliseconds: only where the
/// title is known from a message about its naming.
pub const TITLE_SINCE: &str = "title_since_ms";

/// What one document said about the conversation whose messages it holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ThreadHead {
    /// The id that Instagram put at the end of the folder name: digits (2023 on) or ten characters (before).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Name of the thread's folder, or of its file where there is no folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    pub kind: ThreadKind,
    pub section: Section,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub participants: Vec<Who>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_still_participant: Option<bool>,
    /// The group's picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<MediaRef>,
    /// Link by which one joins, magic words and whatever else the head said.
    #[serde(default, skip_serializing_if = "super::Details::is_empty")]
    pub details: super::Details,
}
