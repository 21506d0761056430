//! What a document says about the conversation as a whole, and what its path says (format reference §4.1, §4.2).

use std::collections::HashSet;

use super::super::Json;
use super::super::generic::detail_of;
use super::super::ledger::Ledger;
use crate::model::{Details, MediaRef, Moment, Section, ThreadHead, ThreadKind, Who};
use crate::source::instagram::encrypted::is_encrypted_chat;

/// Names under which people stand whose account is gone: many different people (§8.5).
const NOBODYS_NAMES: [&str; 4] = ["Instagram User", "Instagrammer", "Instagram-Nutzer", "instagramuser"];

pub(super) fn empty(section: Section) -> ThreadHead {
    ThreadHead {
        external_id: None,
        folder: None,
        title: None,
        kind: ThreadKind::Direct,
        section,
        participants: Vec::new(),
        is_still_participant: None,
        image: None,
        details: Details::default(),
    }
}

/// Reads the head from the document's path and from all members of the top object but the messages.
pub(super) fn read(path: &str, about: &[(String, Json)], ledger: &mut Ledger<'_>) -> ThreadHead {
    let text_of =
        |wanted: &str| about.iter().find(|(name, _)| name == wanted).and_then(|(_, json)| json.as_filled_text());
    let thread_path = text_of("thread_path");
    let (section, folder) = place_of(path, thread_path);
    let mut head = empty(section);
    // The number behind a name (`Ann_1.json`) is no id.
    head.external_id =
        folder.filter(|_| !is_encrypted_chat(path)).and_then(|folder| split_folder(folder).1).map(str::to_owned);
    head.folder = folder.map(str::to_owned);
    let mut is_group = false;
    for (name, value) in about {
        match name.as_str() {
            "participants" => head.participants.extend(names_of(value).into_iter().map(Who::Name)),
            "title" | "thread_name" | "threadName" if head.title.is_none() => {
                head.title = value.as_filled_text().map(str::to_owned);
            }
            "is_still_participant" => head.is_still_participant = value.as_bool(),
            "image" if value.get("uri").is_some() => head.image = Some(image(value)),
            "joinable_mode" => {
                is_group = true;
                let link = value.get("link").and_then(Json::as_filled_text);
                head.details.push_some("join_link", link);
                head.details.push_some("join_mode", value.get("mode").and_then(Json::as_integer));
            }
            "magic_words" if value.elements().is_empty() => {}
            _ => {
                is_group |= name == "thread_type" && value.as_text().is_some_and(|kind| kind.ends_with("Group"));
                if !matches!(name.as_str(), "thread_type" | "thread_path" | "is_pending" | "magic_words" | "title") {
                    ledger.not_understood(name);
                }
                head.details.push_some(name, detail_of(value));
            }
        }
    }
    head.kind = match head.section {
        Section::Broadcast => ThreadKind::Broadcast,
        Section::AiConversations => ThreadKind::Ai,
        _ if is_group || n_people(&head.participants) > 2 => ThreadKind::Group,
        _ => ThreadKind::Direct,
    };
    head
}

/// Names in a list of `{name}`, or of plain texts.
pub(super) fn names_of(json: &Json) -> Vec<String> {
    let name_of = |person: &Json| person.get("name").unwrap_or(person).as_filled_text().map(str::to_owned);
    json.elements().iter().filter_map(name_of).collect()
}

fn image(json: &Json) -> MediaRef {
    MediaRef {
        path: json.get("uri").and_then(Json::as_text).unwrap_or_default().to_owned(),
        at: json.get("creation_timestamp").and_then(Json::as_integer).and_then(Moment::from_unix),
        ..MediaRef::default()
    }
}

/// How many people these are at most; repeated names are one person, but not those of vanished accounts.
fn n_people(participants: &[Who]) -> usize {
    let mut known = HashSet::new();
    let mut is_new = |who: &Who| match who {
        Who::Name(name) if NOBODYS_NAMES.contains(&name.as_str()) => true,
        who => known.insert(who.clone()),
    };
    // More than three change nothing.
    participants.iter().filter(|who| is_new(who)).take(3).count()
}

/// Section and folder of a conversation. A chat that is a file of its own (`thread_for_mailbox…`) is named by it.
fn place_of<'a>(path: &'a str, thread_path: Option<&'a str>) -> (Section, Option<&'a str>) {
    let parts: Vec<&str> = path.split('/').collect();
    let (file, folders) = parts.split_last().map_or(("", &[][..]), |(file, folders)| (*file, folders));
    let is_page = file.starts_with("message_") || file.starts_with("replies_");
    let start = folders.iter().rposition(|part| *part == "messages").map_or(0, |at| at + 1);
    let below = &folders[start..];
    let (sections, folder) = match below.split_last() {
        // Without a folder of its own: `messages/inbox/thread_for_mailbox1_2.json`.
        _ if !is_page => (below, file.rsplit_once('.').map(|(stem, _)| stem)),
        Some((folder, sections)) if section_of(folder).is_none() => (sections, Some(*folder)),
        _ => (below, None),
    };
    let named = sections.iter().rev().find_map(|part| section_of(part));
    let stated = || thread_path.and_then(|path| path.split_once('/')).map(|(section, _)| section);
    let section = named
        .or_else(|| sections.last().filter(|_| start > 0).map(|part| Section::Other((*part).to_owned())))
        .or_else(|| stated().map(|part| section_of(part).unwrap_or_else(|| Section::Other(part.to_owned()))))
        .unwrap_or(Section::Inbox);
    (section, folder.or_else(|| thread_path.and_then(|path| path.rsplit('/').next())).filter(|name| !name.is_empty()))
}

fn section_of(folder: &str) -> Option<Section> {
    Some(match folder {
        "inbox" => Section::Inbox,
        "message_requests" => Section::Requests,
        "broadcast" => Section::Broadcast,
        "ai_conversations" => Section::AiConversations,
        "archived_threads" | "archived" => Section::Archived,
        "filtered_threads" | "e2ee_cutover" => Section::Other(folder.to_owned()),
        _ => return None,
    })
}

/// Splits the name of a thread's folder into slug and id: twelve and more digits (2023 on), else ten characters that
/// may themselves be `_` and `-`.
pub(super) fn split_folder(folder: &str) -> (&str, Option<&str>) {
    if let Some((slug, id)) = folder.rsplit_once('_')
        && id.len() >= 12
        && id.bytes().all(|byte| byte.is_ascii_digit())
    {
        return (slug, Some(id));
    }
    let is_id = |id: &str| id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'));
    let cut = folder.len().checked_sub(10).filter(|cut| *cut > 0 && folder.is_char_boundary(*cut));
    match cut.map(|cut| folder.split_at(cut)) {
        Some((slug, id)) if is_id(id) && slug.ends_with('_') => (&slug[..slug.len() - 1], Some(id)),
        _ => (folder, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_cut_by_length() {
        let check = |folder, slug, id| assert_eq!(split_folder(folder), (slug, id), "{folder}");
        check("zoexample_17840000000000001", "zoexample", Some("17840000000000001"));
        check("_17840000000000001", "", Some("17840000000000001"));
        check("annabob_ab3d5f_h-j", "annabob", Some("ab3d5f_h-j"));
        check("ann_example_abc_efghij", "ann_example", Some("abc_efghij"));
        check("_abcdefghij", "", Some("abcdefghij"));
        check("instagramuser_abcdefghij", "instagramuser", Some("abcdefghij"));
        check("ann", "ann", None);
        check("öäüöäü_ab", "öäüöäü_ab", None);
        check("", "", None);
    }

    #[test]
    fn sections_come_from_the_path() {
        fn check(path: &str, thread_path: Option<&str>, section: Section, folder: Option<&str>) {
            assert_eq!(place_of(path, thread_path), (section, folder), "{path}");
        }
        let other = |name: &str| Section::Other(name.to_owned());
        check("messages/inbox/ann_abcdefghij/message_1.json", None, Section::Inbox, Some("ann_abcdefghij"));
        let activity = "your_instagram_activity/messages";
        check(&format!("{activity}/message_requests/x_1/message_10.json"), None, Section::Requests, Some("x_1"));
        check(&format!("{activity}/broadcast/club_1/replies_1.json"), None, Section::Broadcast, Some("club_1"));
        check(&format!("{activity}/e2ee_cutover/x_1/message_1.json"), None, other("e2ee_cutover"), Some("x_1"));
        check(&format!("{activity}/new_thing/x_1/message_1.json"), None, other("new_thing"), Some("x_1"));
        check(
            &format!("{activity}/ai_conversations/thread_for_mailbox17_18.json"),
            None,
            Section::AiConversations,
            Some("thread_for_mailbox17_18"),
        );
        // Partly unpacked: the page alone, or its folder.
        check("message_1.json", Some("message_requests/x_1"), Section::Requests, Some("x_1"));
        check("x_1/message_1.json", Some("inbox/x_1"), Section::Inbox, Some("x_1"));
        check("inbox/x_1/message_1.json", None, Section::Inbox, Some("x_1"));
        check("message_1.json", None, Section::Inbox, None);
    }
}
