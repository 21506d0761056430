//! The kinds of records: one table of code, name and what it means.

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($variant:ident = $code:literal, $name:literal, $meaning:literal;)*) => {
        /// What sort of thing a record is. Stored as a small integer that is never reused, shown by its name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Kind { $(#[doc = $meaning] #[serde(rename = $name)] $variant = $code,)* }

        impl Kind {
            /// Every kind, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The number it is stored under.
            pub const fn code(self) -> i64 { self as i64 }

            pub fn from_code(code: i64) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }

            /// The name that queries and views use.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }

            /// One line for help and documentation.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }
    };
}

kinds! {
    Post = 1, "post", "A post of one's own, with one or several pictures or videos";
    Story = 2, "story", "A story of one's own";
    Reel = 3, "reel", "A reel or IGTV video of one's own";
    ProfilePhoto = 4, "profile_photo", "A profile photo";
    Message = 5, "message", "One message of a conversation";
    Comment = 6, "comment", "A comment written by the account";
    Note = 7, "note", "A note, or an interaction with one";
    Repost = 8, "repost", "Something of others that was reposted";
    Search = 9, "search", "Something that was searched for";
    Like = 10, "like", "A like of a post, comment or story";
    Save = 11, "save", "A saved post, song or place";
    Collection = 12, "collection", "A named collection of saved posts";
    StoryInteraction = 13, "story_interaction", "An answer to a poll, quiz, question, slider or story";
    Follow = 14, "follow", "A relation to another account, of any type";
    Contact = 15, "contact", "A contact from a synced address book";
    Profile = 16, "profile", "The profile as it stood in a download";
    ProfileChange = 17, "profile_change", "One change of the profile";
    Login = 18, "login", "A login or another event of the account or its devices";
    View = 19, "view", "An advertisement, post, video or profile that was shown";
    Visit = 20, "visit", "A web page that was opened inside the app";
    Ad = 21, "ad", "An advertiser, or an advertisement that was clicked";
    Interest = 22, "interest", "Something the service infers about the person";
    ExternalEvent = 23, "external_event", "An activity that others reported to the service";
    App = 24, "app", "A connected app or website";
    Insight = 25, "insight", "Numbers about one's own reach";
    Setting = 26, "setting", "A setting";
    Shopping = 27, "shopping", "Something of the shop";
    Form = 28, "form", "Something filled in for an advertiser";
    Misc = 29, "misc", "Anything else, kept with all its strings";
}

impl Kind {
    /// Whether such a thing is done before it is told. Of the others a time may lie ahead: where an app's permission or a
    /// subscription ends, what is scheduled, the end of a period.
    pub const fn is_done(self) -> bool {
        !matches!(self, Self::Profile | Self::App | Self::Insight | Self::Setting | Self::Shopping | Self::Misc)
    }
}

impl Kind {
    /// Whether all rows of an account decide together which of them are one thing, so that a row may be held under the key of
    /// another.
    pub const fn is_decided_by_all_rows(self) -> bool {
        matches!(
            self,
            Self::Post
                | Self::Story
                | Self::Reel
                | Self::ProfilePhoto
                | Self::Comment
                | Self::Note
                | Self::Repost
                | Self::Search
                | Self::Like
                | Self::Save
                | Self::Collection
                | Self::StoryInteraction
                | Self::Follow
                | Self::Contact
                | Self::ProfileChange
                | Self::Login
                | Self::View
                | Self::Visit
                | Self::Ad
        )
    }
}

/// Subkinds of messages that the service wrote into a conversation.
pub const NOTICES: [&str; 4] = ["system", "reaction_notice", "attachment_notice", "unavailable"];

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn every_kind_survives_its_code_and_its_name() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_code(kind.code()), Some(*kind));
            assert_eq!(Kind::from_name(kind.name()), Some(*kind));
        }
    }
}
