//! One message (format reference §4.3, §4.4). What has a field goes there; everything else is kept in the details.

use std::collections::HashSet;

use super::super::Json;
use super::super::generic::detail_of;
use super::super::ledger::Ledger;
use super::super::stamp::Stamp;
use super::encrypted::usual_shape;
use crate::model::{Detail, Details, Item, Kind, MediaRef, Moment, Reaction, Share, Who};
use crate::source::Place;

/// A message whose subkind is not settled yet.
#[derive(Debug)]
pub(super) struct Draft {
    pub item: Item,
    /// `type` of generations B to D: `Generic`, `Share`, `Call`, `Subscribe`, `Unsubscribe`.
    pub stated_type: Option<String>,
    /// Somebody joined or left.
    pub is_membership: bool,
    pub is_missed_call: bool,
    pub notice: Option<&'static str>,
}

impl Draft {
    /// The finished message.
    pub fn into_item(self) -> Item {
        let subkind = self.subkind();
        let mut item = self.item;
        item.subkind = Some(subkind.to_owned());
        item
    }

    fn subkind(&self) -> &'static str {
        let is_stated = |name: &str| self.stated_type.as_deref() == Some(name);
        if self.is_membership || is_stated("Subscribe") || is_stated("Unsubscribe") {
            "system"
        } else if self.item.call_seconds.is_some() || self.is_missed_call || is_stated("Call") {
            "call"
        } else if let Some(notice) = self.notice {
            notice
        } else if self.item.share.is_some() {
            "share"
        } else if !self.item.media.is_empty() {
            "media"
        } else if self.item.text.is_some() {
            "text"
        } else {
            "unavailable"
        }
    }

    pub fn has_payload(&self) -> bool {
        self.item.share.is_some() || !self.item.media.is_empty()
    }

    pub fn sender(&self) -> Option<&str> {
        match &self.item.author {
            Some(Who::Name(name) | Who::Handle(name)) => Some(name),
            Some(Who::Me) | None => None,
        }
    }
}

/// Reads a message, or says why it is none.
pub(super) fn read(json: &Json, place: &Place, ledger: &mut Ledger<'_>) -> Result<Draft, String> {
    if !json.is_object() {
        return Err("a message should be an object, and this is a list".to_owned());
    }
    let mut draft = Draft {
        item: Item::new(Kind::Message),
        stated_type: None,
        is_membership: false,
        is_missed_call: false,
        notice: None,
    };
    let json = &*usual_shape(json);
    let mut seen = HashSet::new();
    for (name, value) in json.members() {
        // Of a member that stands twice, the first counts and the others are kept.
        let is_understood = seen.insert(name.as_str()) && draft.member(name, value, ledger);
        if !is_understood && let Some(detail) = detail_of(value) {
            draft.item.details.push(name, detail);
            if is_known(name) {
                ledger.doubt(place, "have members that are not of the expected form; these were kept as written");
            } else {
                ledger.not_understood(name);
            }
        }
    }
    if let Some(Json::Text(bumped)) = json.get("bumped_message_metadata").and_then(|bump| bump.get("bumped_message"))
        && draft.item.text.as_deref() != Some(bumped)
        && !bumped.is_empty()
    {
        draft.item.details.push("bumped_message", bumped.as_str());
    }
    let item = &draft.item;
    if item.author.is_none() && item.at.is_none() && item.text.is_none() && !draft.has_payload() {
        return Err("it has neither a sender nor a time nor words".to_owned());
    }
    // A reply in a broadcast channel names only whom it answers: it is the owner's own.
    if draft.item.author.is_none() && json.get("reply_content").is_some() {
        draft.item.author = Some(Who::Me);
    }
    Ok(draft)
}

fn is_known(name: &str) -> bool {
    const KNOWN: [&str; 26] = [
        "sender_name",
        "timestamp_ms",
        "content",
        "reply_content",
        "original_message_sender",
        "type",
        "photos",
        "videos",
        "audio_files",
        "gifs",
        "files",
        "sticker",
        "share",
        "reactions",
        "call_duration",
        "missed",
        "users",
        "is_unsent",
        "is_taken_down",
        "is_geoblocked_for_viewer",
        "is_unsent_image_by_messenger_kid_parent",
        "bumped_message_metadata",
        "ip",
        "placeholder",
        "magic_words",
        "more_text",
    ];
    KNOWN.contains(&name)
}

impl Draft {
    /// Takes a member over. `false` when its form is not the expected one, or its name unknown.
    fn member(&mut self, name: &str, value: &Json, ledger: &mut Ledger<'_>) -> bool {
        let item = &mut self.item;
        match (name, value) {
            (_, Json::Null) => {}
            ("sender_name", Json::Text(text)) => item.author = Some(Who::Name(text.clone())),
            ("original_message_sender", Json::Text(text)) => item.counterpart = Some(Who::Name(text.clone())),
            ("timestamp_ms", _) => match Stamp::of(value) {
                Some(stamp) if stamp.is_none() => {}
                Some(stamp) => {
                    item.at = stamp.moment();
                    return item.at.is_some();
                }
                None => return false,
            },
            ("content" | "reply_content", Json::Text(text)) => {
                if item.text.is_none() && !text.is_empty() {
                    item.text = Some(text.clone());
                    item.is_edited = super::notices::is_edited(text);
                }
            }
            ("type", Json::Text(text)) => {
                self.stated_type = Some(text.clone());
                if text != "Generic" {
                    item.details.push("type", text.as_str());
                }
            }
            ("photos" | "videos" | "audio_files" | "files", Json::List(_)) => {
                return media(item, name, value, None, ledger);
            }
            ("gifs", Json::List(_)) => return media(item, name, value, Some("gif"), ledger),
            ("sticker", Json::Object(_)) => return media(item, name, value, Some("sticker"), ledger),
            ("share", Json::Object(_) | Json::List(_)) => return share(item, value, ledger),
            ("reactions", Json::List(reactions)) => return self.reactions(reactions),
            ("call_duration", _) => match value.as_integer() {
                Some(seconds) if seconds >= 0 => item.call_seconds = Some(seconds),
                _ => return false,
            },
            ("missed", Json::Bool(flag)) => {
                self.is_missed_call = *flag;
                flag_detail(item, name, *flag);
            }
            ("users", Json::List(users)) => {
                self.is_membership |= !users.is_empty();
                if !users.is_empty() {
                    item.details.push("users", super::head::names_of(value));
                }
            }
            ("is_unsent", Json::Bool(flag)) => item.is_unsent = *flag,
            (
                "is_taken_down" | "is_geoblocked_for_viewer" | "is_unsent_image_by_messenger_kid_parent",
                Json::Bool(flag),
            ) => {
                flag_detail(item, name, *flag);
            }
            ("bumped_message_metadata", Json::Object(_)) => {
                flag_detail(item, "is_bumped", value.get("is_bumped").and_then(Json::as_bool).unwrap_or_default());
            }
            // Lines of a page whose meaning nobody knows.
            ("more_text", Json::List(lines)) => {
                item.other_text.extend(lines.iter().filter_map(Json::as_filled_text).map(str::to_owned));
                item.details.push_some(name, detail_of(value));
            }
            ("ip" | "placeholder", Json::Text(text)) => item.details.push(name, text.as_str()),
            ("magic_words", Json::List(words)) => {
                if !words.is_empty() {
                    item.details.push_some("magic_words", detail_of(value));
                }
            }
            _ => return false,
        }
        true
    }

    /// Takes the reactions over, distinct by actor and emoji: exports of 2022 write the whole list twice.
    fn reactions(&mut self, reactions: &[Json]) -> bool {
        let mut is_understood = true;
        let mut known: HashSet<(String, String)> = HashSet::new();
        for json in reactions {
            let (Some(actor), Some(emoji)) =
                (json.get("actor").and_then(Json::as_text), json.get("reaction").and_then(Json::as_text))
            else {
                is_understood = false;
                continue;
            };
            let at = json.get("timestamp").and_then(Json::as_moment);
            let reactions = &mut self.item.reactions;
            if known.insert((actor.to_owned(), plain_emoji(emoji))) {
                reactions.push(Reaction { actor: Who::Name(actor.to_owned()), reaction: emoji.to_owned(), at });
            } else if at.is_some() {
                let same = |r: &&mut Reaction| {
                    r.actor == Who::Name(actor.to_owned()) && plain_emoji(&r.reaction) == plain_emoji(emoji)
                };
                if let Some(first) = reactions.iter_mut().find(same).filter(|first| first.at.is_none()) {
                    first.at = at;
                }
            }
        }
        is_understood
    }
}

/// An emoji without the selectors that only choose its looks: ❤ and ❤️ are the same reaction.
pub(super) fn plain_emoji(emoji: &str) -> String {
    emoji.chars().filter(|c| !matches!(c, '\u{fe0e}' | '\u{fe0f}')).collect()
}

fn flag_detail(item: &mut Item, name: &str, flag: bool) {
    if flag {
        item.details.push(name, true);
    }
}

/// Takes media over; what else is told about them goes to the details.
fn media(item: &mut Item, name: &str, value: &Json, role: Option<&str>, ledger: &mut Ledger<'_>) -> bool {
    let list = if value.is_object() { std::slice::from_ref(value) } else { value.elements() };
    let mut is_understood = true;
    let mut more = Vec::new();
    for medium in list {
        let Some(path) = medium.get("uri").and_then(Json::as_text) else {
            is_understood = false;
            continue;
        };
        item.media.push(MediaRef {
            path: path.to_owned(),
            at: medium.get("creation_timestamp").and_then(Json::as_integer).and_then(Moment::from_unix),
            role: role.map(str::to_owned),
            title: medium.get("title").and_then(Json::as_filled_text).map(str::to_owned),
        });
        let mut details = Details::default();
        for (key, value) in medium.members() {
            match key.as_str() {
                "uri" | "creation_timestamp" | "title" => {}
                "backup_uri" if value.as_filled_text().is_some() => item.media.push(MediaRef {
                    path: value.as_text().unwrap_or_default().to_owned(),
                    role: Some("backup".to_owned()),
                    ..MediaRef::default()
                }),
                _ => {
                    if !matches!(key.as_str(), "media_metadata" | "ai_stickers" | "cross_post_source" | "backup_uri") {
                        ledger.not_understood(key);
                    }
                    details.push_some(key, detail_of(value).filter(is_filled));
                }
            }
        }
        if !details.is_empty() {
            details.0.insert(0, ("uri".to_owned(), path.into()));
            more.push(Detail::Map(details));
        }
    }
    // When the list as a whole is kept, this is in it.
    if is_understood && !more.is_empty() {
        item.details.push(name, Detail::List(more));
    }
    is_understood
}

/// Takes over what was passed on: a link, the caption and author of what stands behind it, a profile, media.
fn share(item: &mut Item, value: &Json, ledger: &mut Ledger<'_>) -> bool {
    let (value, is_single) = match value {
        Json::List(elements) if elements.is_empty() => return true,
        Json::List(elements) => (&elements[0], elements.len() == 1),
        _ => (value, true),
    };
    let mut share = Share::default();
    let mut is_something = false;
    for (name, value) in value.members() {
        let text = || value.as_filled_text().map(str::to_owned);
        match name.as_str() {
            "link" => share.url = text(),
            "share_text" => share.text = text(),
            "original_content_owner" => share.owner = text(),
            "profile_share_username" | "profile_share_name" => {
                is_something |= text().is_some();
                item.details.push_some(name, text());
            }
            "media" if value.is_object() || value.is_list() => {
                if !media(item, "share_media", value, Some("share"), ledger) {
                    item.details.push_some("share_media", detail_of(value));
                }
            }
            _ => {
                ledger.not_understood(name);
                item.details.push_some(&format!("share_{name}"), detail_of(value));
            }
        }
    }
    if is_something || share != Share::default() {
        item.share = Some(share);
    }
    value.is_object() && is_single
}

fn is_filled(detail: &Detail) -> bool {
    match detail {
        Detail::Text(text) => !text.is_empty(),
        Detail::List(list) => !list.is_empty(),
        Detail::Map(details) => !details.is_empty(),
        _ => true,
    }
}
