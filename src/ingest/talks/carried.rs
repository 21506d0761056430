//! What a message carries besides words, named alike by every form of download. Pure.

use super::echoes::NO_WORDS;
use super::{identity, short};
use crate::ingest::notices::emoji_in;
use crate::model::{Item, Key, KeyBuilder};

/// Names what a message carries, if anything. Flat rows tell a passed on profile by its name where others have a link, and
/// the addresses of a GIF differ in its size and in the machine that it comes from.
pub fn carried(item: &Item) -> Option<Key> {
    let link = item.share.as_ref().and_then(|share| share.url.as_deref());
    let start = KeyBuilder::new("cargo");
    let profile = || item.details.text("profile_share_username").or_else(|| profile_in(link?));
    if item.share.is_some()
        && let Some(profile) = profile()
    {
        return Some(start.part("profile").part(profile).key());
    }
    let gif = item.media.iter().map(|medium| medium.path.as_str()).chain(link).find_map(gif_in);
    if let Some(gif) = gif {
        return Some(start.part("gif").part(gif).key());
    }
    let (media, link) = identity::cargo(item);
    let is_empty = media.is_empty() && link.is_none();
    (!is_empty).then(|| media.iter().fold(start, KeyBuilder::part).maybe(link).key())
}

/// Whose profile a link leads to (format reference §5.3).
fn profile_in(link: &str) -> Option<&str> {
    let (_, name) = link.split_once("instagram.com/_u/")?;
    name.split(['/', '?', '#']).next().filter(|name| !name.is_empty())
}

/// The id of a GIF: what stands before the last part of a GIPHY address.
fn gif_in(link: &str) -> Option<&str> {
    let (_, rest) = link.split_once("://")?;
    let (host, path) = rest.split_once('/')?;
    let is_giphy = host == "giphy.com" || host.ends_with(".giphy.com");
    let id = path.split(['?', '#']).next()?.rsplit('/').nth(1);
    id.filter(|id| is_giphy && !id.is_empty())
}

/// A short name for what a message says or carries. Of a post that is gone only its owner is left, and of the sentence about
/// a reaction its emoji is the same in every language.
pub fn words_of(item: &Item) -> u64 {
    let emoji = || emoji_in(item.text.as_deref().unwrap_or_default());
    if item.subkind.as_deref() == Some("reaction_notice") && emoji().next().is_some() {
        return short(emoji().fold(KeyBuilder::new("reaction"), KeyBuilder::part).key());
    }
    let is_wordless = item.text.as_deref().is_none_or(|text| text.trim().is_empty())
        && item.media.is_empty()
        && item.share.as_ref().is_none_or(|share| share.url.is_none());
    let owner = item.share.as_ref().and_then(|share| share.owner.as_deref());
    match (is_wordless, owner) {
        (false, _) => short(identity::signature(item)),
        (true, Some(owner)) => short(KeyBuilder::new("passed on").part(owner).key()),
        (true, None) => NO_WORDS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Details, Kind, MediaRef, Share};

    fn shared(url: &str) -> Item {
        Item { share: Some(Share { url: Some(url.into()), ..Share::default() }), ..Item::new(Kind::Message) }
    }

    #[test]
    fn a_gif_is_one_by_any_address() {
        let flat = Item {
            media: vec![MediaRef {
                path: "https://media1.giphy.com/media/aXbYe0/200.mp4".into(),
                ..MediaRef::default()
            }],
            ..Item::new(Kind::Message)
        };
        let of = |url| carried(&shared(url));
        assert_eq!(carried(&flat), of("https://media4.giphy.com/media/aXbYe0/giphy.gif?cid=1"));
        assert_eq!(carried(&flat), of("https://media.giphy.com/media/v1.Y2lk/aXbYe0/200.gif"));
        assert_ne!(carried(&flat), of("https://media1.giphy.com/media/other0/200.gif"));
        assert_ne!(carried(&flat), of("https://gif.example/media/aXbYe0/200.mp4"));
    }

    #[test]
    fn a_profile_is_one_by_its_name_and_by_its_link() {
        let mut flat = Item { share: Some(Share::default()), ..Item::new(Kind::Message) };
        flat.details = Details::default();
        assert_eq!(carried(&flat), None);
        flat.details.push("profile_share_username", "ben_example");
        assert_eq!(carried(&flat), carried(&shared("https://www.instagram.com/_u/ben_example?igsh=1")));
        assert_ne!(carried(&flat), carried(&shared("https://www.instagram.com/_u/ben_example2")));
        assert_eq!(carried(&Item::new(Kind::Message)), None);
        assert_ne!(carried(&shared("https://www.instagram.com/_u/")), None);
    }

    #[test]
    fn what_no_words_tell_is_named_by_what_every_language_tells() {
        let notice = |text: &str| {
            let subkind = Some("reaction_notice".to_owned());
            words_of(&Item { text: Some(text.to_owned()), subkind, ..Item::new(Kind::Message) })
        };
        assert_eq!(notice("Reacted 👍 to your message "), notice("A réagi avec 👍 à votre message "));
        assert_ne!(notice("Reacted 👍 to your message "), notice("Reacted 😂 to your message "));
        assert_ne!(notice("Liked a message"), notice("A aimé un message"));
        let gone = |owner: Option<&str>| {
            let share = Some(Share { owner: owner.map(str::to_owned), ..Share::default() });
            words_of(&Item { share, ..Item::new(Kind::Message) })
        };
        assert_eq!(gone(Some("ben_example")), gone(Some("ben_example")));
        assert_ne!(gone(Some("ben_example")), gone(Some("cem_example")));
        assert_eq!(gone(None), NO_WORDS);
    }
}
