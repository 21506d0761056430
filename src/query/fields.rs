//! **The table of fields**: parser, `fields` command, help and completions are made from it.

/// The fields that a query can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldName {
    Kind,
    From,
    To,
    With,
    In,
    Has,
    Is,
    Date,
    Before,
    After,
    Account,
    Emoji,
    Snapshot,
    Reaction,
    Lang,
    Place,
    Near,
    Url,
    Filename,
    Id,
}

/// What may stand behind the colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    Kind,
    Person,
    Thread,
    Account,
    Snapshot,
    /// One or several of the row's `values`.
    Choice,
    Date,
    /// A date or `from..to`.
    DateRange,
    /// The name of an emoji.
    Emoji,
    /// Any text.
    Text,
    /// Latitude, longitude and radius.
    Around,
}

impl FieldType {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Person => "person",
            Self::Thread => "conversation",
            Self::Account => "account",
            Self::Snapshot => "snapshot",
            Self::Choice => "choice",
            Self::Date => "date",
            Self::DateRange => "date or range",
            Self::Emoji => "name",
            Self::Text => "text",
            Self::Around => "point and radius",
        }
    }
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub id: FieldName,
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    pub value: FieldType,
    /// For choices: what may be chosen.
    pub values: &'static [&'static str],
    pub description: &'static str,
    pub example: &'static str,
}

/// What `has:` understands. The feed of the index says which of them a record has.
pub const HAS: &[&str] = &["photo", "video", "audio", "media", "link", "share", "reaction", "place", "call"];

/// What `is:` understands. `sent` and `received` are computed from the author; the feed says the others.
pub const IS: &[&str] = &["sent", "received", "edited", "unsent", "gone"];

/// Those of [`IS`] in which whatever a search leaves out may be too. Who asks for one of them means everything that is so;
/// every message is sent or received, so these two ask for nothing more.
pub const STATES_OF_ALL: &[&str] = &["edited", "unsent", "gone"];

/// What `lang:` understands: the script of a text, by the language that most people write in it.
pub const LANGUAGES: &[&str] = &["ar", "el", "he", "hi", "ja", "ko", "latin", "ru", "th", "zh"];

/// Subkinds that `kind:` understands beside the kinds.
pub const SUBKINDS: &[&str] = &[
    "archived",
    "deleted",
    "igtv",
    "liked_post",
    "liked_comment",
    "story_like",
    "profile_search",
    "keyword_search",
    "tag_search",
    "place_search",
    "text",
    "media",
    "share",
    "call",
    "system",
    "reaction_notice",
    "attachment_notice",
    "unavailable",
    "follower",
    "following",
    "blocked",
    "restricted",
    "close_friend",
    "favorite",
    "hide_story",
    "hashtag",
    "pending_request",
    "recent_request",
    "received_request",
    "unfollowed",
    "removed_suggestion",
    "custom_list",
];

/// Other words for kinds.
pub const KIND_ALIASES: &[(&str, &str)] =
    &[("dm", "message"), ("chat", "message"), ("igtv", "reel"), ("stories", "story")];

macro_rules! field {
    ($id:ident, $name:literal, $aliases:expr, $value:ident, $values:expr, $example:literal, $description:literal) => {
        Field {
            id: FieldName::$id,
            name: $name,
            aliases: &$aliases,
            value: FieldType::$value,
            values: $values,
            description: $description,
            example: $example,
        }
    };
}

pub const FIELDS: &[Field] = &[
    field!(Kind, "kind", ["type"], Kind, &[], "kind:post,story", "What sort of record it is, or which subkind"),
    field!(
        From,
        "from",
        ["by"],
        Person,
        &[],
        "from:anna",
        "Who did or wrote it: any name or handle they ever had, or me"
    ),
    field!(To, "to", [], Person, &[], "to:anna", "Who is on the other side: of a message, comment, like or follow"),
    field!(With, "with", [], Person, &[], "with:anna", "Who takes part in any way, as author or on the other side"),
    field!(
        In,
        "in",
        ["thread"],
        Thread,
        &[],
        "in:\"summer trip\"",
        "The conversation, by title, by its people or by its id"
    ),
    field!(Has, "has", [], Choice, HAS, "has:photo", "What comes with it"),
    field!(
        Is,
        "is",
        [],
        Choice,
        IS,
        "is:gone",
        "In which state it is; gone: a later download covers its place and lacks it"
    ),
    field!(
        Date,
        "date",
        ["on", "during"],
        DateRange,
        &[],
        "date:2016..2019-06",
        "When it was: a day, month, year, or a range that may be open; 3m is the last three months"
    ),
    field!(
        Before,
        "before",
        [],
        Date,
        &[],
        "before:2019-06",
        "Earlier than the first moment of that day, month or year"
    ),
    field!(After, "after", ["since"], Date, &[], "after:3m", "From the first moment of that day, month or year on"),
    field!(
        Account,
        "account",
        [],
        Account,
        &[],
        "account:mia",
        "Whose download it comes from, when there are several accounts"
    ),
    field!(
        Emoji,
        "emoji",
        [],
        Emoji,
        &[],
        "emoji:party",
        "An emoji by a word of its name; :tada: alone means the one of that name"
    ),
    field!(
        Snapshot,
        "snapshot",
        ["download"],
        Snapshot,
        &[],
        "snapshot:2024-03",
        "In which download it stood, with the text that it had there: its id, the beginning of it, or the name of one of its archives"
    ),
    field!(
        Reaction,
        "reaction",
        ["reacted"],
        Text,
        &[],
        "reaction:heart",
        "Somebody reacted to it so: the emoji, or a word of its name"
    ),
    field!(
        Lang,
        "lang",
        ["language"],
        Choice,
        LANGUAGES,
        "lang:ja",
        "In which script most of it is written, named by a language of it (ru: Cyrillic)"
    ),
    field!(Place, "place", ["location"], Text, &[], "place:lisbon", "What its place is called, or a part of that"),
    field!(
        Near,
        "near",
        [],
        Around,
        &[],
        "near:48.1,11.6,5km",
        "Within so many km, m or mi of a point: latitude, longitude, radius"
    ),
    field!(Url, "url", ["link"], Text, &[], "url:youtube.com", "A part of its address, or of the one that it shares"),
    field!(
        Filename,
        "filename",
        ["file"],
        Text,
        &[],
        "filename:IMG_2041",
        "A part of what its picture, video or sound was called"
    ),
    field!(Id, "id", [], Text, &[], "id:xn4etw", "The beginning of its id"),
];

/// The row for a name or alias, in any case.
pub fn find(name: &str) -> Option<&'static Field> {
    let is = |known: &&str| known.eq_ignore_ascii_case(name);
    FIELDS.iter().find(|field| is(&field.name) || field.aliases.iter().any(is))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::query::parse;

    #[test]
    fn names_are_unique_and_examples_parse() {
        let mut names = HashSet::new();
        for field in FIELDS {
            for name in std::iter::once(&field.name).chain(field.aliases) {
                assert!(names.insert(*name), "{name} stands twice");
            }
            let query = parse(field.example).expect("an example is a right query");
            assert_eq!(query.to_string(), field.example);
        }
    }
}
