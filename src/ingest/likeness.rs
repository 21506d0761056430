//! What makes two rows one thing: the one table of all kinds but messages, own posts and what is only ever listed whole
//! (format reference §8.1). Pure: what one row says of itself. Which rows are one thing, all of them together decide
//! ([`super::same_thing`]).

use super::identity::{comparable_text, comparable_url, shortcode};
use super::merge::is_anonymous;
use crate::model::{Basis, Item, Key, KeyBuilder, Kind, Moment, Precision, Who};

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Likeness {
    pub kind: Kind,
    /// Empty: any.
    pub subkind: &'static str,
    /// What must be equal; absent is not equal to anything that is there.
    pub must: &'static [Field],
    /// The first of these that a row has names the thing alone, whatever its time.
    pub id: &'static [Field],
    /// What some downloads leave out: equal, or missing on one side. The first may be a name.
    pub open: &'static [Field],
    pub rename: Rename,
    /// How far two times to the second may lie apart, in milliseconds.
    pub within_ms: i64,
    /// Rows carry pictures: which of two belongs to which must be sure.
    pub is_own: bool,
    /// Some downloads leave the time out.
    pub is_timeless: bool,
}

/// When two rows of one second, of which each is the only one on its side, are one thing under two names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rename {
    Never,
    /// The second itself, or a text beside it, agrees.
    Always,
    /// Nothing else agrees: only where the old name is gone from the newer downloads, and the new one unknown to the older.
    WhenGone,
}

/// Something that tells things apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    App,
    Subkind,
    Text,
    /// Words of a search, without the sign of a tag or a name.
    Query,
    /// The other side; nobody where the name says only that an account is gone.
    Whom,
    /// The code of a post in a link, else the link.
    Link,
    /// The number of a story in a link.
    Story,
    /// The smallest media id, or the id that Instagram gave the thing.
    Medium,
    /// How a contact is reached, else its name.
    Contact,
    Detail(&'static str),
}

const fn row(kind: Kind, must: &'static [Field], open: &'static [Field]) -> Likeness {
    Likeness {
        kind,
        subkind: "",
        must,
        id: &[],
        open,
        rename: Rename::Never,
        within_ms: 0,
        is_own: false,
        is_timeless: false,
    }
}

const fn known_by(id: &'static [Field], likeness: Likeness) -> Likeness {
    Likeness { id, ..likeness }
}

const fn narrowed(subkind: &'static str, likeness: Likeness) -> Likeness {
    Likeness { subkind, ..likeness }
}

const fn renamed(rename: Rename, likeness: Likeness) -> Likeness {
    Likeness { rename, ..likeness }
}

const fn timeless(likeness: Likeness) -> Likeness {
    Likeness { is_timeless: true, ..likeness }
}

/// Times of own content may differ by two seconds between downloads (format reference §8.1).
const fn own(likeness: Likeness) -> Likeness {
    Likeness { is_own: true, within_ms: 2_000, ..likeness }
}

use Field::{App, Contact, Detail, Link, Medium, Query, Story, Subkind, Text, Whom};
use Rename::{Always, WhenGone};

/// The first row that fits counts.
const TABLE: &[Likeness] = &[
    own(known_by(&[Medium], row(Kind::Story, &[], &[Text]))),
    own(row(Kind::ProfilePhoto, &[], &[Medium])),
    renamed(Always, row(Kind::Comment, &[App, Text], &[Whom])),
    // A post and a comment below it share the code, and two comments on one post may be liked in one second.
    renamed(WhenGone, narrowed("liked_comment", row(Kind::Like, &[App, Subkind], &[Whom, Link]))),
    renamed(
        WhenGone,
        known_by(&[Story, Link], narrowed("story_like", row(Kind::Like, &[App, Subkind], &[Whom, Link]))),
    ),
    renamed(WhenGone, known_by(&[Link], row(Kind::Like, &[App], &[Whom, Link]))),
    timeless(renamed(WhenGone, known_by(&[Link], row(Kind::Save, &[App, Subkind], &[Whom, Link, Text])))),
    timeless(renamed(Always, row(Kind::Collection, &[], &[Text]))),
    renamed(WhenGone, row(Kind::StoryInteraction, &[Subkind], &[Whom, Text])),
    timeless(renamed(Always, row(Kind::Follow, &[App, Subkind], &[Whom, Medium]))),
    timeless(row(Kind::Contact, &[Contact], &[Text])),
    row(Kind::Search, &[Query], &[Subkind]),
    row(Kind::ProfileChange, &[App, Text], &[Detail("previous_value")]),
    renamed(WhenGone, row(Kind::View, &[App, Subkind], &[Whom, Link, Text])),
    row(Kind::Visit, &[App, Link], &[Text]),
    row(Kind::Login, &[Subkind], &[Detail("ip_address"), Detail("cookie_name"), Text]),
    row(Kind::Ad, &[App, Subkind, Text], &[Whom, Link]),
    timeless(row(Kind::Note, &[App, Subkind, Text], &[Whom])),
    row(Kind::Repost, &[App, Subkind], &[Link, Text]),
];

/// Whether the table has that kind.
pub(super) fn has(kind: Kind) -> bool {
    TABLE.iter().any(|row| row.kind == kind)
}

/// Whether things of that kind name somebody who may be renamed: another side, or an account that was searched for.
pub(super) fn names_somebody(kind: Kind) -> bool {
    TABLE.iter().any(|row| row.kind == kind && (row.names_somebody() || row.must.contains(&Query)))
}

/// Columns of [`Likeness::open`] at most.
pub(super) const MOST_OPEN: usize = 3;

/// What a row says of itself.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    pub likeness: &'static Likeness,
    /// Rows of two classes are never one thing.
    pub class: Key,
    pub id: Option<Key>,
    pub span: Option<Span>,
    pub open: [Option<Key>; MOST_OPEN],
    /// The name that its class holds, of a search that may be one for an account; as a name in [`Self::open`] would be.
    pub sought: Option<Key>,
    /// Nothing told the zone of its clock.
    pub is_zone_guessed: bool,
}

/// From when a time to the second, minute or day may be, in Unix milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Span {
    pub from_ms: i64,
    pub precision: Precision,
    /// The other reading of a clock that was changed.
    pub other_ms: Option<i64>,
}

impl Span {
    fn of(at: Moment) -> Self {
        let precision = at.precision.max(Precision::Second);
        let floor = |ms: i64| if precision == Precision::Second { ms.div_euclid(1_000) * 1_000 } else { ms };
        Self { from_ms: floor(at.utc_ms()), precision, other_ms: at.other_utc_ms().map(floor) }
    }

    pub fn is_exact(self) -> bool {
        self.precision == Precision::Second
    }

    /// How long it is.
    pub fn width_ms(self) -> i64 {
        match self.precision {
            Precision::Millisecond | Precision::Second => 1_000,
            Precision::Minute => 60_000,
            Precision::Day => 86_400_000,
        }
    }
}

/// What an item says of itself; `None` where the table does not have its kind.
pub(super) fn claim(item: &Item) -> Option<Claim> {
    let subkind = item.subkind.as_deref().unwrap_or_default();
    let fits = |row: &&Likeness| row.kind == item.kind && (row.subkind.is_empty() || row.subkind == subkind);
    let likeness = TABLE.iter().find(fits)?;
    let class = KeyBuilder::new("class").number(item.kind.code()).part(likeness.subkind);
    let class = likeness.must.iter().fold(class, |class, field| class.maybe(field.of(item))).key();
    let id = likeness.id.iter().find_map(|field| Some(format!("{field:?} {}", field.of(item)?)));
    let mut open = [None; MOST_OPEN];
    let opened = |field: Field| field.of(item).map(|value| KeyBuilder::new("open").part(value).key());
    for (place, field) in open.iter_mut().zip(likeness.open) {
        *place = opened(*field);
    }
    let may_be_account = matches!(subkind, "" | "profile_search");
    let sought = may_be_account.then(|| likeness.must.iter().find(|field| **field == Query)).flatten();
    let is_zone_guessed =
        item.at.is_some_and(|at| at.basis == Basis::Wall) || item.details.text("time_zone") == Some("uncertain");
    Some(Claim {
        likeness,
        class,
        id: id.map(|id| KeyBuilder::new("id").part(class.as_bytes()).part(id).key()),
        span: item.at.map(Span::of),
        open,
        sought: sought.and_then(|field| opened(*field)),
        is_zone_guessed,
    })
}

impl Likeness {
    /// Whether the first column that may be missing is a name.
    pub fn names_somebody(&self) -> bool {
        self.open.first() == Some(&Whom)
    }

    /// Whether two rows of a class have words, a link or an address in common.
    pub fn is_wordy(&self) -> bool {
        self.must.iter().any(|field| matches!(field, Text | Query | Link | Contact))
    }
}

impl Claim {
    /// The key of a row that is alone.
    pub fn key(&self, account: Key) -> Key {
        let start = KeyBuilder::new("thing").part(account.as_bytes()).part(self.class.as_bytes());
        if let Some(id) = self.id {
            return start.part("id").part(id.as_bytes()).key();
        }
        let timed = match self.span {
            Some(span) => start.number(span.precision.code()).number(span.from_ms),
            None => start.number(0),
        };
        self.open.iter().fold(timed, |key, value| key.maybe(value.map(|value| *value.as_bytes()))).key()
    }
}

impl Field {
    fn of(self, item: &Item) -> Option<String> {
        let text = |text: &str| Some(comparable_text(text)).filter(|text| !text.is_empty());
        let detail = |name: &str| item.details.text(name).and_then(text);
        let url = || item.url.as_deref().filter(|url| !url.is_empty());
        match self {
            Self::App => detail("app"),
            Self::Subkind => item.subkind.clone().filter(|subkind| !subkind.is_empty()),
            Self::Text => item.text.as_deref().and_then(text),
            Self::Query => {
                item.text.as_deref().and_then(text).map(|query| query.trim_start_matches(['#', '@']).to_owned())
            }
            Self::Whom => match item.counterpart.as_ref()? {
                Who::Me => Some(String::new()),
                Who::Handle(name) | Who::Name(name) => text(name).filter(|name| !is_anonymous(name)),
            },
            Self::Link => url().map(|url| shortcode(url).unwrap_or_else(|| comparable_url(url))),
            Self::Story => {
                let link = comparable_url(url()?);
                let number = link.split_once("/stories/")?.1.rsplit('/').next()?;
                (number.len() > 9 && number.bytes().all(|byte| byte.is_ascii_digit())).then(|| number.to_owned())
            }
            Self::Medium => own_media_id(item).map(str::to_owned),
            Self::Contact => detail("contact_information").or_else(|| item.text.as_deref().and_then(text)),
            Self::Detail(name) => detail(name),
        }
    }
}

/// The smallest media id of an item's own pictures, else the id that Instagram gave the item.
pub(super) fn own_media_id(item: &Item) -> Option<&str> {
    item.media
        .iter()
        .filter(|medium| medium.role.is_none())
        .filter_map(|medium| medium.media_id())
        .min_by_key(|id| (id.len(), *id))
        .or(item.external_id.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::identity;

    #[test]
    fn the_store_knows_which_kinds_the_table_has() {
        for kind in Kind::ALL {
            let is_here = has(*kind) || matches!(kind, Kind::Post | Kind::Reel);
            assert_eq!(kind.is_decided_by_all_rows(), is_here, "{}", kind.name());
        }
    }

    #[test]
    fn rows_have_the_table_s_keys() {
        let key = |item: &Item| identity::identify(KeyBuilder::new("account").key(), item, None).key;
        let like = |url: &str, at: i64| Item {
            at: Moment::from_unix(at),
            subkind: Some("liked_post".to_owned()),
            url: Some(url.to_owned()),
            ..Item::new(Kind::Like)
        };
        let (one, other) = ("https://www.instagram.com/p/Cabc123defG/?x=y", "http://instagram.com/reel/Cabc123defG");
        assert_eq!(key(&like(one, 1_560_000_000)), key(&like(other, 1_570_000_000)), "a code names a like");
        let story = |pk: &str| Item {
            subkind: Some("story_like".to_owned()),
            ..like(&format!("https://www.instagram.com/stories/ann.example/{pk}"), 1_560_000_000)
        };
        assert_ne!(key(&story("2338497022605583227")), key(&story("2338497022605583228")));
        let search = |query: &str, at: i64| Item {
            at: Moment::from_unix(at),
            text: Some(query.to_owned()),
            ..Item::new(Kind::Search)
        };
        assert_eq!(key(&search("#brot", 1_560_000_000)), key(&search("brot", 1_560_000_000)));
        assert_ne!(key(&search("brot", 1_560_000_000)), key(&search("brot", 1_560_000_001)));
    }
}
