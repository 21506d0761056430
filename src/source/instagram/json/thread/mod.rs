//! Conversations of generations B to E (format reference §4.1 to §4.7): `message_N.json` of every section, broadcast
//! channels, chats with AI characters, reported conversations, and what is told of secret ones.
//!
//! `encrypted.rs` brings the messages of encrypted chats into the usual shape, `head.rs` reads what is said about the conversation, `message.rs` one message, `notices.rs` tells what people wrote
//! from what the app wrote.

mod encrypted;
mod head;
mod message;
mod notices;

use super::document::TopMember;
use super::ledger::Ledger;
use super::split::Elements;
use super::{Fate, Json, Scope};
use crate::model::{Section, ThreadHead, ThreadKind, Who};
use crate::source::Place;
use message::Draft;

/// Whether the top object of a document is a conversation: messages, and something that says between whom.
pub(super) fn is_conversation(members: &[TopMember<'_>]) -> bool {
    let has = |name: &str| members.iter().any(|member| member.name == name);
    let has_messages = members.iter().any(|member| member.name == "messages" && member.value.is_list());
    has_messages && ["participants", "thread_path", "thread_name", "threadName", "title"].into_iter().any(has)
}

fn holds_messages(name: &str) -> bool {
    matches!(name, "messages" | "replies")
}

/// So many messages are held before it is settled which of them the app wrote (a guess: twice a page of 10,000).
const LONGEST_PAGE: usize = 20_000;

/// Bytes of the messages that are held together (a guess: more than the largest page; measured: 16 MB of `0,` held 929 MB).
const LARGEST_PAGE: usize = 6 << 20;

/// Reads a page of a conversation. The whole page is held until its end, because only all of its messages together
/// tell which of them the app wrote; one that is longer than that is settled in pieces.
pub(super) fn read(path: &str, members: &[TopMember<'_>], ledger: &mut Ledger<'_>) {
    let mut about = Vec::new();
    for member in members.iter().filter(|member| !(holds_messages(&member.name) && member.value.is_list())) {
        let place = Place(member.name.clone());
        match ledger.parse(&place, member.value) {
            Ok(json) => about.push((member.name.clone(), json)),
            Err(_) => ledger.doubt(&place, "about the conversation could not be read; their bytes were kept"),
        }
    }
    let head = head::read(path, &about, ledger);

    let mut page = Page::new(&head);
    ledger.thread(head);
    let (mut n_messages, mut n_replies, mut n_bytes) = (0, 0, 0_usize);
    for member in members.iter().filter(|member| holds_messages(&member.name) && member.value.is_list()) {
        let index = if member.name == "messages" { &mut n_messages } else { &mut n_replies };
        let mut n_plain = 0;
        for element in Elements::new(member.value.bytes) {
            let place = Place::at(&member.name, *index);
            *index += 1;
            if element.is_item() {
                let draft = ledger.parse(&place, element).and_then(|json| message::read(&json, &place, ledger));
                page.drafts.push((place, draft));
                n_bytes += element.bytes.len();
                if page.drafts.len() == LONGEST_PAGE || n_bytes > LARGEST_PAGE {
                    n_bytes = 0;
                    let next = Page { names: page.names.clone(), drafts: Vec::new() };
                    std::mem::replace(&mut page, next).settle(ledger);
                }
            } else {
                n_plain += 1;
            }
        }
        if n_plain > 0 {
            ledger.plain_values(&member.name, n_plain);
        }
    }
    page.settle(ledger);
}

/// So many messages of a page that is no JSON are looked at together for what the app wrote: as many as the exporter puts
/// on a page, so that memory does not grow with one that is larger.
const MOST_TOGETHER: usize = 10_000;

/// Reads messages of another form that were brought into the shape of JSON; `about` are the members of their head.
pub(in crate::source::instagram) fn read_messages(
    path: &str,
    about: &[(String, Json)],
    messages: &mut dyn Iterator<Item = (Place, Result<Json, String>)>,
    ledger: &mut Ledger<'_>,
) {
    let head = head::read(path, about, ledger);
    let mut page = Page::new(&head);
    let names = page.names.clone();
    ledger.thread(head);
    for (place, json) in messages {
        let draft = json.and_then(|json| message::read(&json, &place, ledger));
        page.drafts.push((place, draft));
        if page.drafts.len() >= MOST_TOGETHER {
            let full = std::mem::replace(&mut page, Page { names: names.clone(), drafts: Vec::new() });
            full.settle(ledger);
        }
    }
    page.settle(ledger);
}

/// Reads items that hold several messages each, which all stand at the item's place; as [`read_messages`] else.
pub(in crate::source::instagram) fn read_message_lists(
    path: &str,
    about: &[(String, Json)],
    items: &mut dyn Iterator<Item = (Place, Result<Vec<Json>, String>)>,
    ledger: &mut Ledger<'_>,
) {
    let head = head::read(path, about, ledger);
    let names = Page::new(&head).names;
    ledger.thread(head);
    for (place, messages) in items {
        let drafts = messages.and_then(|messages| {
            messages.iter().map(|json| message::read(json, &place, ledger)).collect::<Result<Vec<Draft>, String>>()
        });
        let drafts = match drafts {
            Ok(drafts) => drafts.into_iter().map(|draft| (place.clone(), Ok(draft))).collect(),
            Err(reason) => {
                ledger.settle(&place, Fate::Bad(reason));
                continue;
            }
        };
        let marked = Page { names: names.clone(), drafts }.marked();
        let items = marked.into_iter().filter_map(|(_, draft)| draft.ok()).map(Draft::into_item).collect();
        ledger.settle(&place, Fate::Items(items));
    }
}

/// Reads an element of a list that is no page of a conversation but holds messages: a reported conversation, or a
/// message in a list without a head.
pub(super) fn read_element(place: &Place, json: &Json, scope: &mut Scope<'_>, ledger: &mut Ledger<'_>) {
    // `{"ig_reported_conversations": {…}}`: the list with a single element, written as that element.
    let json = match json.members() {
        [(_, inner)] if inner.get("messages").is_some() => inner,
        _ => json,
    };
    if let Some(messages) = json.get("messages") {
        return read_reported(place, json, messages, scope, ledger);
    }
    let draft = message::read(json, place, ledger);
    let head = head::read(scope.path, &[], ledger);
    let mut page = Page::new(&head);
    page.drafts.push((place.clone(), draft));
    ledger.thread(head);
    page.settle(ledger);
}

/// One element with a conversation of its own: its messages all stand at the same place.
fn read_reported(place: &Place, json: &Json, messages: &Json, scope: &mut Scope<'_>, ledger: &mut Ledger<'_>) {
    let head = reported_head(json, ledger);
    let mut page = Page::new(&head);
    let (mut items, mut reason) = (Vec::new(), None);
    for message in messages.elements() {
        let draft = message::read(message, place, ledger);
        page.drafts.push((place.clone(), draft));
    }
    for (_, draft) in page.marked() {
        match draft {
            Ok(draft) => items.push(draft.into_item()),
            Err(why) => reason = Some(why),
        }
    }
    match reason {
        Some(reason) if items.is_empty() => ledger.settle(place, Fate::Bad(reason)),
        None if items.is_empty() => {
            let fate = super::read_any(json, scope);
            ledger.settle(place, fate);
        }
        _ => {
            if reason.is_some() {
                ledger.doubt(place, "hold messages that could not be read; their bytes were kept");
            }
            ledger.thread(head);
            ledger.settle(place, Fate::Items(items));
        }
    }
}

/// `{timestamp, is_reporter, reporter: [{name}], reportee: [{name}], messages}` (§4.7).
fn reported_head(json: &Json, ledger: &mut Ledger<'_>) -> ThreadHead {
    let mut head = head::empty(Section::Reported);
    for (name, value) in json.members() {
        match name.as_str() {
            "messages" => {}
            "reporter" | "reportee" => {
                let names = head::names_of(value);
                head.participants.extend(names.iter().cloned().map(Who::Name));
                head.details.push(name, names);
            }
            _ => {
                if !matches!(name.as_str(), "timestamp" | "is_reporter") {
                    ledger.not_understood(name);
                }
                head.details.push_some(name, super::generic::detail_of(value));
            }
        }
    }
    if head.participants.len() > 2 {
        head.kind = ThreadKind::Group;
    }
    head
}

/// The messages of a document, in its order, until it is known which of them the app wrote.
struct Page {
    names: Vec<String>,
    drafts: Vec<(Place, Result<Draft, String>)>,
}

impl Page {
    fn new(head: &ThreadHead) -> Self {
        let name_of = |who: &Who| match who {
            Who::Name(name) | Who::Handle(name) => Some(name.clone()),
            Who::Me => None,
        };
        Self { names: head.participants.iter().filter_map(name_of).collect(), drafts: Vec::new() }
    }

    fn marked(mut self) -> Vec<(Place, Result<Draft, String>)> {
        let mut drafts: Vec<&mut Draft> = self.drafts.iter_mut().filter_map(|(_, draft)| draft.as_mut().ok()).collect();
        notices::mark(&mut drafts, &self.names);
        self.drafts
    }

    fn settle(self, ledger: &mut Ledger<'_>) {
        for (place, draft) in self.marked() {
            let fate = match draft {
                Ok(draft) => Fate::from(draft.into_item()),
                Err(reason) => Fate::Bad(reason),
            };
            ledger.settle(&place, fate);
        }
    }
}

#[cfg(test)]
mod tests;
