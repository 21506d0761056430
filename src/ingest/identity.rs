//! Who a record is. Pure: from what an item says to the key that it shares with every other sighting of the same thing.
//! Which records the sightings of a key are, says [`super::align`].
//!
//! The keys follow format reference §8.1. A key names the account, because records are never merged across accounts, and
//! nothing that depends on a position, a page, a folder or an order of arrival.

use std::borrow::Cow;
use std::collections::BTreeSet;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::likeness::{self, own_media_id};
use crate::model::{Item, Key, KeyBuilder, Kind, MediaRef, Section, ThreadHead, Who};

/// Who an item is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    pub key: Key,
    pub counting: Counting,
}

/// How many records a key can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// The key names one thing, however often it is listed.
    One,
    /// Equal rows are as many things as the fullest snapshot lists.
    Each,
}

/// A text that holds its sender's name, without that name wherever it stands: what the app writes about somebody is the same
/// sentence under all names.
pub(super) fn without_sender(text: &str, name: &str) -> Option<String> {
    (!name.is_empty() && text.contains(name)).then(|| text.replace(name, "\0"))
}

/// Text as it is compared: NFC, trimmed, single spaces.
pub fn comparable_text(text: &str) -> String {
    let normal =
        if is_nfc_quick(text.chars()) == IsNormalized::Yes { Cow::Borrowed(text) } else { text.nfc().collect() };
    let mut comparable = String::with_capacity(normal.len());
    for word in normal.split_whitespace() {
        if !comparable.is_empty() {
            comparable.push(' ');
        }
        comparable.push_str(word);
    }
    comparable
}

/// A web address as it is compared: host and path without query, fragment, `www.` and final slash. Share parameters come
/// and go between downloads (format reference §4.4).
pub fn comparable_url(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or(rest).trim_end_matches('/');
    let (host, path) = rest.split_once('/').map_or((rest, ""), |(host, path)| (host, path));
    let host = host.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let host = if host == "threads.net" { "threads.com" } else { host };
    if path.is_empty() { host.to_owned() } else { format!("{host}/{path}") }
}

/// The code of a post in a link (`/p/<code>`, `/reel/<code>`, `/tv/<code>`, on Threads `/post/<code>`); links into private
/// accounts carry a long token behind its eleven characters.
pub fn shortcode(url: &str) -> Option<String> {
    let comparable = comparable_url(url);
    let mut segments = comparable.split('/').skip(1);
    while let Some(segment) = segments.next() {
        if matches!(segment, "p" | "reel" | "reels" | "tv" | "post" | "t") {
            let code = segments.next().filter(|code| !code.is_empty())?;
            return Some(if code.len() > 30 { code.chars().take(11).collect() } else { code.to_owned() });
        }
    }
    None
}

fn name_of(who: Option<&Who>) -> Option<&str> {
    match who? {
        Who::Me => Some(""),
        Who::Handle(name) | Who::Name(name) => Some(name),
    }
}

/// The key of an item in an account. `thread` is the key of its conversation, which counts only where a message has no
/// time: ids of conversations change, times do not.
pub fn identify(account: Key, item: &Item, thread: Option<Key>) -> Identity {
    let start = |purpose: &str| KeyBuilder::new(purpose).part(account.as_bytes());
    let one = |key: Key| Identity { key, counting: Counting::One };
    if let Some(claim) = likeness::claim(item) {
        // Several things may have that key: which of them a row is, all rows together decide.
        return one(claim.key(account));
    }
    let app = item.details.text("app").unwrap_or_default();
    let at_s = item.at.map(|at| at.utc_ms().div_euclid(1_000));
    let timed = |key: KeyBuilder| match at_s {
        Some(at) => key.number(1).number(at),
        None => key.number(0),
    };
    let each = |key: KeyBuilder| Identity { key: key.key(), counting: Counting::Each };
    let text = || comparable_text(item.text.as_deref().unwrap_or_default());
    let subkind = item.subkind.as_deref().unwrap_or_default();

    match item.kind {
        // A reel that another file lists as a post, or an archived or deleted post, is still the same thing.
        Kind::Post | Kind::Reel => match own_media_id(item) {
            Some(id) => one(start("own").part(app).part(id).key()),
            // A flat row is one file; the files of one second and caption are one post, whichever part lists them.
            None if item.at.is_some() && item.media.iter().any(MediaRef::has_passing_name) => {
                one(timed(start("own, by flat rows")).part(text()).key())
            }
            None => each(timed(start("own, by time").part(app)).part(text())),
        },
        Kind::Message => match item.at {
            Some(at) => each(start("message").number(at.utc_ms())),
            None => each(start("message, untimed").maybe(thread.map(|key| *key.as_bytes()))),
        },
        Kind::ExternalEvent => each(
            timed(start("event").number(item.kind.code()).part(app).part(subkind))
                .maybe(name_of(item.counterpart.as_ref()))
                .maybe(item.url.as_deref().map(comparable_url))
                .part(text()),
        ),
        // What a value stood below is a label in the owner's language.
        Kind::Interest => each(timed(start("interest").part(app).part(subkind)).part(text())),
        Kind::Misc if are_unlisted_words(item) => one(start("subtitles").part(text()).key()),
        _ => each(
            timed(start("whole").number(item.kind.code()).part(app).part(subkind))
                .part(text())
                .part(format!("{:?}", (&item.other_text, &item.url, &item.counterpart, &item.details))),
        ),
    }
}

/// Words of a video that no document names (`own_posts`): one thing, in however many files.
fn are_unlisted_words(item: &Item) -> bool {
    item.subkind.as_deref() == Some("subtitles") && item.details.text("ground").is_some()
}

/// The key of a conversation, as one document knows it: by the id that Instagram gave it, else by its folder, else by
/// the user names of a flat one, else by its title.
pub fn thread_key(account: Key, head: &ThreadHead) -> Key {
    let start =
        KeyBuilder::new("thread key").part(account.as_bytes()).part(format!("{:?}", head.section == Section::Reported));
    match (&head.external_id, &head.folder) {
        (Some(id), _) => start.part("id").part(id),
        (None, Some(folder)) => start.part("folder").part(folder),
        (None, None) if head.participants.iter().any(|who| matches!(who, Who::Handle(_))) => {
            let names: BTreeSet<String> =
                head.participants.iter().filter_map(|who| name_of(Some(who))).map(str::to_lowercase).collect();
            names.iter().fold(start.part("participants"), KeyBuilder::part)
        }
        (None, None) => start.part("title").maybe(head.title.as_deref()),
    }
    .key()
}

/// Tells items of one key apart that are different things: for messages what they carry.
pub fn signature(item: &Item) -> Key {
    let start = KeyBuilder::new("signature");
    match item.kind {
        Kind::Message => {
            let (media, link) = cargo(item);
            media
                .iter()
                .fold(start.part(comparable_text(item.text.as_deref().unwrap_or_default())), KeyBuilder::part)
                .maybe(link)
                .key()
        }
        _ => start.key(),
    }
}

/// Names of media that do not pass, and the link.
pub(super) fn cargo(item: &Item) -> (Vec<&str>, Option<String>) {
    let mut media: Vec<&str> = item
        .media
        .iter()
        .filter(|medium| !medium.has_passing_name())
        .map(|medium| medium.media_id().unwrap_or_else(|| medium.path.rsplit('/').next().unwrap_or_default()))
        .collect();
    media.sort_unstable();
    (media, item.share.as_ref().and_then(|share| share.url.as_deref()).map(comparable_url))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Moment;

    fn account() -> Key {
        KeyBuilder::new("account").part("mia.example").key()
    }

    #[test]
    fn links_are_compared_without_what_drifts() {
        let check = |url, expected| assert_eq!(comparable_url(url), expected);
        check("https://www.instagram.com/p/Cabc123defG/?igsh=x", "instagram.com/p/Cabc123defG");
        check("http://instagram.com/p/Cabc123defG", "instagram.com/p/Cabc123defG");
        check("https://www.threads.net/@a/post/X1/", "threads.com/@a/post/X1");
        assert_eq!(shortcode("https://www.instagram.com/reel/Cxyz/?a=b").as_deref(), Some("Cxyz"));
        assert_eq!(shortcode("https://www.instagram.com/ann/p/Cxyz/").as_deref(), Some("Cxyz"));
        assert_eq!(
            shortcode("https://www.instagram.com/p/Cabc123defGAAAAAAAAAAAAAAAAAAAAAAAAAA/").as_deref(),
            Some("Cabc123defG")
        );
        assert_eq!(shortcode("https://www.instagram.com/stories/ann/1"), None);
    }

    #[test]
    fn flat_rows_of_one_second_and_caption_are_one_post() {
        let row = |path: &str, second: i64, caption: &str| Item {
            at: Moment::from_unix(second),
            text: Some(caption.into()),
            media: vec![MediaRef { path: path.into(), ..MediaRef::default() }],
            ..Item::new(Kind::Post)
        };
        let of = |item: &Item| identify(account(), item, None);
        let first = of(&row("photos/201906/0f3a.jpg", 1_560_000_000, "Drei Bilder"));
        assert_eq!(first, of(&row("videos/201906/77ab.mp4", 1_560_000_000, " Drei  Bilder")));
        assert_eq!(first.counting, Counting::One);
        assert_ne!(first, of(&row("photos/201906/0f3b.jpg", 1_560_000_001, "Drei Bilder")));
        assert_ne!(first, of(&row("photos/201906/0f3b.jpg", 1_560_000_000, "Ein Bild")));
        // Later downloads name their media by ids; a row without one is a post of its own.
        assert_eq!(of(&row("media/other/a.jpg", 1_560_000_000, "Drei Bilder")).counting, Counting::Each);
    }

    #[test]
    fn flat_conversations_are_known_by_who_takes_part() {
        let head = |names: &[&str], title: Option<&str>| ThreadHead {
            external_id: None,
            folder: None,
            title: title.map(str::to_owned),
            kind: crate::model::ThreadKind::Direct,
            section: Section::Inbox,
            participants: names.iter().map(|name| Who::Handle((*name).to_owned())).collect(),
            is_still_participant: None,
            image: None,
            details: crate::model::Details::default(),
        };
        let of = |names: &[&str], title| thread_key(account(), &head(names, title));
        assert_eq!(of(&["mia.example", "ann"], None), of(&["ann", "mia.example", "ann"], Some("Crew")));
        assert_ne!(of(&["mia.example", "ann"], None), of(&["mia.example", "ben"], None));
    }

    #[test]
    fn a_post_is_known_by_its_media_whatever_lists_it() {
        let medium = |path: &str| MediaRef { path: path.into(), ..MediaRef::default() };
        let post =
            Item { media: vec![medium("media/posts/202203/1_2_3_n_17900000000000001.jpg")], ..Item::new(Kind::Post) };
        let reel = Item {
            media: vec![medium("media/reels/202203/17900000000000001.mp4")],
            text: Some("edited".into()),
            ..Item::new(Kind::Reel)
        };
        assert_eq!(identify(account(), &post, None), identify(account(), &reel, None));
        let other = KeyBuilder::new("account").part("ben.example").key();
        assert_ne!(identify(account(), &post, None), identify(other, &post, None));
    }
}
