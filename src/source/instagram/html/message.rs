//! A box of a conversation as the message of JSON that says the same (format reference §5.3).

use unicode_segmentation::UnicodeSegmentation;

use super::record::{Record, is_time, media, object, text};
use super::tree::{Content, Element, Line, Node, Tag};
use crate::source::instagram::json::Json;
use crate::source::instagram::json::person::is_handle;
use crate::source::instagram::labels;

/// The member of a message in which media of a folder stand.
const MEMBER_OF_FOLDER: [(&str, &str); 8] = [
    ("photos", "photos"),
    ("videos", "videos"),
    ("audio", "audio_files"),
    ("audio_files", "audio_files"),
    ("gifs", "gifs"),
    ("files", "files"),
    ("stickers", "sticker"),
    ("stickers_used", "sticker"),
];

/// Reads a message box. The body has a place for each thing: nothing, the words, what is shared or attached, nothing,
/// the reactions; where the places are others, the first words are the message's.
pub fn message(record: Record<'_>) -> Json {
    let mut members = Vec::new();
    members.extend(record.heading.map(|sender| ("sender_name", text(sender.trim()))));
    members.extend(record.time.map(|time| ("timestamp_ms", text(time.trim()))));
    let mut parts = match record.body_element {
        Some(body) => parts_of(body),
        None => Vec::new(),
    };
    let mut more = record.strays;
    if parts.is_empty() {
        parts.push(record.body);
    } else {
        more.extend(record.beside_body);
    }
    let is_placed = parts.len() >= 3 && parts[0].is_empty();
    let words_at = if is_placed {
        1
    } else {
        let is_words = |part: &Content<'_>| !part.lines.is_empty() && part.lines.iter().all(|line| line.link.is_none());
        parts.iter().position(is_words).unwrap_or(parts.len())
    };
    let (mut share, mut paths, mut reactions) = (Share::default(), Vec::new(), Vec::new());
    for (index, part) in parts.into_iter().enumerate() {
        reactions.extend(part.reactions.iter().flat_map(|list| reactions_of(list)));
        more.extend(part.reactions.into_iter().flat_map(beside_reactions));
        paths.extend(part.media);
        more.extend(part.tables.into_iter().flat_map(Element::all_lines).flat_map(Line::into_texts));
        if index == words_at {
            let words: Vec<String> = part.lines.iter().map(|line| line.text.clone()).collect();
            members.push(("content", text(words.join("\n"))));
            for link in part.lines.into_iter().filter_map(|line| line.link) {
                share.add_link(link, &mut more);
            }
        } else if let [Line { text: line, link: None }] = &part.lines[..]
            && let Some(seconds) = call_seconds(line)
        {
            members.push(("call_duration", Json::Integer(seconds)));
        } else if is_placed
            && index == 2
            && let [Line { text: owner, link: None }] = &part.lines[..]
            && is_handle(owner.trim())
        {
            // Of a post that is gone only its owner is left.
            share.owner = Some(owner.trim().to_owned());
        } else {
            share.add(part.lines, &mut more);
        }
    }
    members.extend(attachments(paths));
    members.extend(share.into_json().map(|share| ("share", share)));
    if !reactions.is_empty() {
        members.push(("reactions", Json::List(reactions)));
    }
    if !more.is_empty() {
        members.push(("more_text", Json::List(more.into_iter().map(text).collect())));
    }
    object(members)
}

/// The parts of a body: the children of the innermost element that holds all of it.
fn parts_of(body: &Element) -> Vec<Content<'_>> {
    let mut body = body;
    while !body.has_own_text() {
        let mut elements = body.elements();
        match (elements.next(), elements.next()) {
            (Some(only), None) if only.tag == Tag::Block && only.elements().next().is_some() => body = only,
            _ => break,
        }
    }
    let is_parted = !body.has_own_text() && body.elements().all(|element| element.tag != Tag::Inline);
    if is_parted { body.elements().map(Content::of_element).collect() } else { vec![Content::of_element(body)] }
}

/// What was passed on: caption and owner stand before the link.
#[derive(Default)]
struct Share {
    link: Option<String>,
    text: Option<String>,
    owner: Option<String>,
}

impl Share {
    /// The first link is what was shared.
    fn add_link(&mut self, link: String, more: &mut Vec<String>) {
        match &self.link {
            None => self.link = Some(link),
            Some(known) if *known != link => more.push(link),
            Some(_) => {}
        }
    }

    fn add(&mut self, lines: Vec<Line>, more: &mut Vec<String>) {
        let has_link = lines.iter().any(|line| line.link.is_some());
        let n_words = lines.iter().filter(|line| line.link.is_none()).count();
        let mut words = Vec::new();
        for line in lines {
            match line.link {
                Some(link) => {
                    self.add_link(link.clone(), more);
                    let is_repeated = line.text.trim().is_empty() || line.text.trim() == link;
                    words.extend(Some(line.text).filter(|_| !is_repeated));
                }
                None => words.push(line.text),
            }
        }
        // A line by itself without a link may be anything that the app says.
        if !has_link && n_words < 2 {
            return more.append(&mut words);
        }
        if self.owner.is_none()
            && let Some(at) = words.iter().rposition(|word| is_handle(word.trim()))
        {
            self.owner = Some(words.remove(at).trim().to_owned());
        }
        if self.text.is_none() && !words.is_empty() {
            self.text = Some(words.join("\n"));
        } else {
            more.append(&mut words);
        }
    }

    fn into_json(self) -> Option<Json> {
        let members = [("link", self.link), ("share_text", self.text), ("original_content_owner", self.owner)];
        let members: Vec<_> = members.into_iter().filter_map(|(name, member)| Some((name, text(member?)))).collect();
        (!members.is_empty()).then(|| object(members))
    }
}

/// Media by the folder in which they lie.
pub fn attachments(paths: Vec<String>) -> Vec<(&'static str, Json)> {
    let mut of_member: Vec<(&'static str, Vec<String>)> = Vec::new();
    for path in paths {
        let folders = path.rsplit('/').skip(1);
        let member = folders
            .take(2)
            .find_map(|folder| MEMBER_OF_FOLDER.iter().find(|(name, _)| *name == folder).map(|(_, member)| *member));
        let member = member.unwrap_or_else(|| match path.rsplit('.').next() {
            Some("mp4" | "mov" | "webm") => "videos",
            Some("m4a" | "aac" | "mp3" | "ogg" | "wav") => "audio_files",
            Some("jpg" | "jpeg" | "png" | "webp" | "heic") => "photos",
            Some("gif") => "gifs",
            _ => "files",
        });
        match of_member.iter_mut().find(|(known, _)| *known == member) {
            // A message has one sticker.
            Some((_, paths)) if member != "sticker" => paths.push(path),
            Some(_) => of_member.push(("files", vec![path])),
            None => of_member.push((member, vec![path])),
        }
    }
    let member_of = |(member, mut paths): (&'static str, Vec<String>)| match member {
        "sticker" => (member, object(paths.pop().map(|path| ("uri", text(path))))),
        _ => (member, media(paths)),
    };
    of_member.into_iter().map(member_of).collect()
}

/// `❤️Max Muster (Apr 23, 2022 5:32 pm)`: the emoji stands right before the name.
fn reactions_of(list: &Element) -> Vec<Json> {
    let entries = list.elements().filter(|entry| entry.tag == Tag::ListItem);
    let texts = entries.map(Element::text).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    texts.filter(|entry| is_reaction(entry)).map(|entry| reaction(&entry)).collect()
}

/// Whether an entry begins with an emoji and not with a letter or digit.
fn is_reaction(entry: &str) -> bool {
    entry.graphemes(true).next().is_some_and(|first| !first.chars().all(char::is_alphanumeric))
}

/// What a list of reactions says besides.
fn beside_reactions(list: &Element) -> Vec<String> {
    let is_entry = |node: &&Node| matches!(node, Node::Element(entry) if entry.tag == Tag::ListItem);
    let others = list.children.iter().filter(|node| !is_entry(node));
    let others = others.flat_map(|node| Content::of(std::slice::from_ref(node)).into_lines());
    let entries = || list.elements().filter(|entry| entry.tag == Tag::ListItem);
    let links = entries().flat_map(Element::all_lines).filter_map(|line| line.link);
    let words = entries().map(Element::text).map(|text| text.trim().to_owned());
    let words = words.filter(|text| !text.is_empty() && !is_reaction(text));
    others.flat_map(Line::into_texts).chain(words).chain(links).collect()
}

fn reaction(entry: &str) -> Json {
    let emoji = entry.graphemes(true).next().unwrap_or_default();
    let rest = &entry[emoji.len()..];
    let dated = rest.trim_end().strip_suffix(')').and_then(|rest| rest.rsplit_once('(')).filter(|(_, at)| is_time(at));
    let (actor, time) = dated.map_or((rest, None), |(actor, at)| (actor, Some(at)));
    let members = [("reaction", text(emoji)), ("actor", text(actor.trim()))];
    object(members.into_iter().chain(time.map(|time| ("timestamp", text(time.trim())))))
}

/// `Duration: 65 seconds`, in any language in which the second begins with an s.
fn call_seconds(line: &str) -> Option<i64> {
    let (label, value) = line.trim().split_once([':', '：'])?;
    let value = value.trim();
    let n_digits = value.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = value.split_at(n_digits);
    let unit = labels::normalise(unit.trim());
    let is_second = unit.chars().all(char::is_alphabetic)
        && ["s", "초", "秒", "сек", "ث", "δευτερ"].iter().any(|start| unit.starts_with(&labels::normalise(start)));
    let is_label = !label.is_empty() && !label.chars().any(|c| c.is_ascii_digit());
    if is_label && is_second { number.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reactions_begin_with_their_emoji() {
        let check = |entry: &str, emoji: &str, actor: &str, time: Option<&str>| {
            let json = reaction(entry);
            let of = |name: &str| json.get(name).and_then(Json::as_text);
            assert_eq!((of("reaction"), of("actor"), of("timestamp")), (Some(emoji), Some(actor), time), "{entry}");
        };
        check("❤️Max Muster (Apr 23, 2022 5:32 pm)", "❤️", "Max Muster", Some("Apr 23, 2022 5:32 pm"));
        check("😂佐藤ゆき", "😂", "佐藤ゆき", None);
        check("👍🏽Max (the baker)", "👍🏽", "Max (the baker)", None);
        check("👩‍👩‍👧Ann", "👩‍👩‍👧", "Ann", None);
    }

    #[test]
    fn calls_tell_their_seconds() {
        let check = |line, seconds| assert_eq!(call_seconds(line), seconds, "{line}");
        check("Duration: 65 seconds", Some(65));
        check("Durata: 12 secondi", Some(12));
        check("Dauer: 1 Sekunde", Some(1));
        check("통화 시간: 5초", Some(5));
        check("Duration: 2 minutes", None);
        check("At 5:30 sharp", None);
        check("See you at seven", None);
    }
}
