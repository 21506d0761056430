//! The conversations of `messages.json` (format reference §4.6): a list of them, each with its participants and its
//! messages, newest first, without ids or titles. One message is held at a time.

use std::collections::HashSet;

use super::message;
use super::row::read_time;
use crate::model::{Details, Section, TITLE_SINCE, ThreadHead, ThreadKind, Who};
use crate::source::Place;
use crate::source::instagram::json::ledger::Ledger;
use crate::source::instagram::json::leftover::detail_of;
use crate::source::instagram::json::person::who;
use crate::source::instagram::json::split::{Elements, Members, Slice};
use crate::source::instagram::json::{Fate, Json, Scope, read_any};

/// Whether an element of a list is a conversation.
pub(in crate::source::instagram) fn is_thread(element: Slice<'_>) -> bool {
    const NAME: &[u8] = b"\"conversation\"";
    let holds_list = |wanted: &[u8]| {
        Members::new(element.bytes).any(|member| member.value.is_list() && name_of(member.name).as_bytes() == wanted)
    };
    element.is_object()
        && element.bytes.windows(NAME.len()).any(|window| window == NAME)
        && holds_list(b"participants")
        && holds_list(b"conversation")
}

/// Reads an element of the list: a conversation, whose items are its messages.
pub(in crate::source::instagram) fn read_thread(
    place: &Place,
    thread: Slice<'_>,
    scope: &mut Scope<'_>,
    ledger: &mut Ledger<'_>,
) {
    let members: Vec<(String, Slice<'_>)> =
        Members::new(thread.bytes).map(|member| (name_of(member.name), member.value)).collect();
    let list = |wanted: &str| members.iter().find(|(name, value)| name == wanted && value.is_list());
    let (true, Some((_, participants)), Some((_, conversation))) =
        (thread.is_object(), list("participants"), list("conversation"))
    else {
        let fate = ledger.parse(place, thread).map_or_else(Fate::Bad, |json| read_any(&json, scope));
        return ledger.settle(place, fate);
    };

    let mut head = ThreadHead {
        external_id: None,
        folder: None,
        title: None,
        kind: ThreadKind::Direct,
        section: Section::Inbox,
        participants: Vec::new(),
        is_still_participant: None,
        image: None,
        details: Details::default(),
    };
    if let Some((title, since_ms)) = title(*conversation, place, scope, ledger) {
        head.title = Some(title);
        head.details.push_some(TITLE_SINCE, since_ms);
    }
    match ledger.parse(place, *participants) {
        Ok(json) => head.participants = people(&json),
        Err(_) => ledger.doubt(place, "name participants that could not be read; their bytes were kept"),
    }
    if head.participants.len() > 2 {
        head.kind = ThreadKind::Group;
    }
    for (name, value) in members.iter().filter(|(name, _)| name != "participants" && name != "conversation") {
        ledger.not_understood(name);
        if let Ok(json) = ledger.parse(place, *value) {
            head.details.push_some(name, detail_of(&json));
        }
    }
    ledger.thread(head);

    let list = format!("{place}/conversation");
    let mut n_plain = 0;
    for (index, element) in Elements::new(conversation.bytes).enumerate() {
        if !element.is_item() {
            n_plain += 1;
            continue;
        }
        let place = Place::at(&list, index);
        let fate = match ledger.parse(&place, element) {
            Ok(json) => message::read(&json, scope),
            Err(reason) => Fate::Bad(reason),
        };
        ledger.settle(&place, fate);
    }
    if n_plain > 0 {
        ledger.plain_values(&list, n_plain);
    }
}

fn name_of(name: &[u8]) -> String {
    serde_json::from_slice(name).unwrap_or_else(|_| String::from_utf8_lossy(name).trim_matches('"').to_owned())
}

/// User names, each once, in the order of the document.
fn people(json: &Json) -> Vec<Who> {
    let mut known = HashSet::new();
    let person = |person: &Json| {
        let name = person.get("username").or_else(|| person.get("name")).unwrap_or(person);
        name.as_filled_text().and_then(who)
    };
    json.elements().iter().filter_map(person).filter(|who| known.insert(who.clone())).collect()
}

/// The name of a group stands only in the sentences about its naming; the newest counts, and its time is told, because
/// every part of a download has sentences of its own.
fn title(
    conversation: Slice<'_>,
    place: &Place,
    scope: &Scope<'_>,
    ledger: &mut Ledger<'_>,
) -> Option<(String, Option<i64>)> {
    const ACTION: &[u8] = b"\"action\"";
    let has_action = |element: &Slice<'_>| element.bytes.windows(ACTION.len()).any(|window| window == ACTION);
    let actions = Elements::new(conversation.bytes).filter(|element| element.is_whole && has_action(element));
    let mut newest: Option<(String, Option<i64>)> = None;
    for element in actions {
        let Ok(json) = ledger.parse(place, element) else { continue };
        let Some(name) = json.get("action").and_then(Json::as_filled_text).and_then(name_given) else { continue };
        let since_ms = json.get("created_at").and_then(|at| read_time(at, scope)).map(|read| read.at.utc_ms());
        // Rows are newest first: of equal times the first.
        if newest.as_ref().is_none_or(|(_, known_ms)| *known_ms < since_ms) {
            newest = Some((name.to_owned(), since_ms));
        }
    }
    newest
}

/// The group's name in "Ann named the group Insel-Crew." The sentences are known in English only.
pub(crate) fn name_given(sentence: &str) -> Option<&str> {
    const BEFORE: [&str; 4] =
        [" named the group ", " changed the group name to ", " named the conversation ", " renamed the group to "];
    let name = BEFORE.iter().find_map(|words| sentence.split_once(words)).map(|(_, name)| name.trim())?;
    let name = name.strip_suffix('.').unwrap_or(name).trim_matches(['"', '“', '”']);
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use crate::source::{Document, Learnt, Output};

    /// What a document says, a line each.
    fn check(json: &str, expected: &[&str]) {
        let learnt = Learnt::default();
        let document = Document { path: "messages.json", bytes: json.as_bytes(), learnt: &learnt };
        let mut said = Vec::new();
        let reading = crate::source::read(&document, &mut |output| match output {
            Output::Thread(head) => said.push(format!("{:?} {:?} {:?}", head.kind, head.participants, head.title)),
            Output::Item { place, item } => said.push(format!("{place}={}", item.text.unwrap_or_default())),
            Output::Bad { place, .. } => said.push(format!("{place} bad")),
            Output::Kept { place, .. } => said.push(format!("{place} kept")),
            Output::Words(_) | Output::Finding(_) => {}
        });
        assert_eq!(said, expected, "{json}");
        assert_eq!(reading.reader, "flat_messages");
        let n_seen = reading.n_read + reading.n_kept + reading.n_bad;
        assert!(reading.n_items.is_none_or(|n| n == n_seen), "{reading:?}: {json}");
    }

    #[test]
    fn messages_are_the_items_of_conversations() {
        check(
            r#"[{"participants": ["mia.example", "ann_example", "mia.example"], "conversation": [
                 {"sender": "ann_example", "created_at": "2020-02-03T18:00:00+00:00", "text": "Grün"},
                 {"sender": "mia.example", "created_at": "2020-02-03T17:00:00+00:00", "text": "Hi"}]},
                {"participants": ["mia.example"], "conversation": []}]"#,
            &[
                r#"Direct [Handle("mia.example"), Handle("ann_example")] None"#,
                "0/conversation/0=Grün",
                "0/conversation/1=Hi",
                r#"Direct [Handle("mia.example")] None"#,
            ],
        );
        check(
            r#"[{"participants": ["a", "b", "c"], "conversation": [
                 {"sender": "a", "created_at": "2020-02-03T18:00:00+00:00", "action": "a named the group Insel-Crew 🏝️."},
                 {"sender": "a", "created_at": "2020-02-03T17:00:00+00:00", "action": "a named the group Crew."}]}]"#,
            &[
                r#"Group [Handle("a"), Handle("b"), Handle("c")] Some("Insel-Crew 🏝\u{fe0f}")"#,
                "0/conversation/0=a named the group Insel-Crew 🏝️.",
                "0/conversation/1=a named the group Crew.",
            ],
        );
    }

    #[test]
    fn damage_costs_only_itself() {
        check(
            r#"[{"participants": ["a"], "conversation": [{"sender": "a", "text": "x"}, {"sender":}, [], "stray"]}, {"a": "y"}, {"#,
            &[
                r#"Direct [Handle("a")] None"#,
                "0/conversation/0=x",
                "0/conversation/1 bad",
                "0/conversation/2 bad",
                "1=y",
                "2 bad",
            ],
        );
    }
}
