//! Conversations: pages of messages newest first, and their media (format reference §4).

use super::values::{handle, seconds};
use super::{html, notices};
use crate::model::Generation;
use crate::testing::json::{Empty, Json, object, print};
use crate::testing::layout::{self, Area};
use crate::testing::life::{Life, OWNER};
use crate::testing::medium::{Form, Medium};
use crate::testing::message::{Body, Message, Notice, Reacted, Shared};
use crate::testing::thread::Thread;
use crate::testing::tree::File;
use crate::testing::writing::Writing;

/// Adds every page and medium of every conversation.
pub(super) fn files(life: &Life, writing: &Writing, files: &mut Vec<File>) {
    let root = layout::folder(writing, Area::Messages);
    for (number, thread) in life.threads().iter().enumerate() {
        if thread.first_ms > writing.date_ms {
            continue;
        }
        let folder = format!("{root}/{}", layout::thread_path(life, writing, thread));
        let pages = pages(life, writing, number);
        for (page, numbers) in pages.into_iter().enumerate() {
            let (life, writing) = (life.clone(), writing.clone());
            let path = format!("{folder}/message_{}.{}", page + 1, writing.extension());
            files.push(File::new(path, false, move || {
                let page = page_json(&life, &writing, number, &numbers);
                if writing.is_html() { html::print_thread(&life, &writing, &page) } else { print(&page, Empty::Line) }
            }));
        }
        media(life, writing, (number, &folder), files);
        if let Some(image) = group_image(writing, thread) {
            let (medium, encoding) = (image.clone(), writing.encoding);
            files.push(File::new(image_path(writing, image), true, move || medium.content(encoding)));
        }
    }
    if writing.is_html() {
        return;
    }
    let secret = format!("{root}/secret_conversations.json");
    files.push(File::new(secret, false, || {
        let content = object! { "armadillo_devices" => Vec::new(), "calls" => Vec::new() };
        print(&object! { "ig_secret_conversations" => content }, Empty::Line)
    }));
}

fn is_there(life: &Life, writing: &Writing, thread: usize, number: usize) -> bool {
    let (at_ms, gone_ms) = life.message_span(thread, number);
    writing.holds(at_ms, gone_ms)
}

/// Numbers of the messages of each page, newest first; one empty page when there is none.
///
/// A page is kept as the span of numbers it covers, so that a million messages need no list.
fn pages(life: &Life, writing: &Writing, thread: usize) -> Vec<std::ops::Range<usize>> {
    let mut pages = Vec::new();
    let mut end = life.n_until(thread, writing.date_ms);
    let mut n = 0;
    for number in (0..end).rev() {
        if is_there(life, writing, thread, number) {
            if n == writing.page {
                pages.push(number + 1..end);
                (end, n) = (number + 1, 0);
            }
            n += 1;
        }
    }
    if n > 0 || pages.is_empty() {
        pages.push(0..end);
    }
    pages
}

fn media(life: &Life, writing: &Writing, (thread, folder): (usize, &str), files: &mut Vec<File>) {
    for number in 0..life.n_until(thread, writing.date_ms) {
        if !life.carries_media(thread, number) || !is_there(life, writing, thread, number) {
            continue;
        }
        for medium in life.message(thread, number).into_iter().flat_map(|message| message.media) {
            let encoding = writing.encoding;
            let path = format!("{folder}/{}", layout::chat_medium(writing, &medium));
            files.push(File::new(path, true, move || medium.content(encoding)));
        }
    }
}

fn group_image<'a>(writing: &Writing, thread: &'a Thread) -> Option<&'a Medium> {
    thread.image.as_ref().filter(|_| !writing.is(Generation::C))
}

fn image_path(writing: &Writing, image: &Medium) -> String {
    format!("{}/photos/{}.jpg", layout::folder(writing, Area::Messages), image.id)
}

fn page_json(life: &Life, writing: &Writing, number: usize, numbers: &std::ops::Range<usize>) -> Json {
    let thread = &life.threads()[number];
    let path = layout::thread_path(life, writing, thread);
    let folder = format!("{}/{path}", layout::folder(writing, Area::Messages));
    let people = thread.members.iter().chain([&OWNER]);
    let names = people.map(|person| object! { "name" => name(life, writing, *person) }).collect::<Vec<_>>();
    let messages: Vec<Json> = numbers
        .clone()
        .rev()
        .filter(|message| is_there(life, writing, number, *message))
        .filter_map(|message| life.message(number, message))
        .map(|message| message_json(life, writing, &folder, &message))
        .collect();
    let is_pending = path.starts_with("message_requests");
    let mut page = object! {
        "participants" => names,
        "messages" => messages,
        "title" => writing.title(life, thread),
        "is_still_participant" => true,
    };
    if writing.is(Generation::C) {
        let sort = match (is_pending, thread.is_group()) {
            (false, false) => "Regular",
            (false, true) => "RegularGroup",
            (true, false) => "Pending",
            (true, true) => "PendingGroup",
        };
        page.push("thread_type", sort);
    }
    page.push("thread_path", path);
    page.push("magic_words", Vec::new());
    if let Some(image) = group_image(writing, thread) {
        let image = object! { "uri" => image_path(writing, image), "creation_timestamp" => seconds(image.at_ms) };
        page.push("image", image);
    }
    if thread.is_group() {
        page.push("joinable_mode", object! { "mode" => 1, "link" => "" });
    }
    if is_pending && !writing.is(Generation::C) {
        page.push("is_pending", true);
    }
    page
}

fn name(life: &Life, writing: &Writing, person: usize) -> String {
    writing.name(life, person).to_owned()
}

fn message_json(life: &Life, writing: &Writing, folder: &str, message: &Message) -> Json {
    let content = notices::content(life, writing, message);
    let mut json = object! {
        "sender_name" => name(life, writing, message.sender),
        "timestamp_ms" => message.at_ms,
    };
    if let Some(content) = &content {
        json.push("content", content.clone());
    }
    for (member, form) in [("photos", Form::Jpeg), ("videos", Form::Mp4), ("audio_files", Form::M4a)] {
        let media: Vec<Json> = message
            .media
            .iter()
            .filter(|medium| medium.form == form)
            .map(|medium| {
                let uri = format!("{folder}/{}", layout::chat_medium(writing, medium));
                object! { "uri" => uri, "creation_timestamp" => seconds(medium.at_ms) }
            })
            .collect();
        if !media.is_empty() {
            json.push(member, media);
        }
    }
    if let Some(share) = &message.share {
        json.push("share", share_json(life, writing, share));
    }
    if let Some(call_seconds) = message.call_seconds {
        json.push("call_duration", call_seconds);
    }
    if let Some(users) = users(life, writing, message) {
        json.push("users", users);
    }
    let reactions = reactions(life, writing, &message.reactions);
    if !reactions.is_empty() {
        json.push("reactions", reactions);
    }
    flags(writing, message, content, &mut json);
    json
}

fn users(life: &Life, writing: &Writing, message: &Message) -> Option<Vec<Json>> {
    let person = match message.body {
        Body::Notice(Notice::Added(person)) => person,
        Body::Notice(Notice::Left) => message.sender,
        _ => return None,
    };
    (writing.generation < Generation::E).then(|| vec![object! { "name" => name(life, writing, person) }])
}

fn flags(writing: &Writing, message: &Message, content: Option<String>, json: &mut Json) {
    if !writing.is(Generation::C) {
        json.push("is_geoblocked_for_viewer", false);
        json.push("is_unsent_image_by_messenger_kid_parent", false);
        return;
    }
    let sort = match message.body {
        _ if message.share.is_some() => "Share",
        _ if message.call_seconds.is_some() => "Call",
        Body::Notice(Notice::Added(_)) => "Subscribe",
        Body::Notice(Notice::Left) => "Unsubscribe",
        _ => "Generic",
    };
    json.push("type", sort);
    json.push("is_unsent", false);
    json.push("is_taken_down", false);
    let mut bumped = object! {};
    if let Some(content) = content {
        bumped.push("bumped_message", content);
    }
    bumped.push("is_bumped", false);
    json.push("bumped_message_metadata", bumped);
}

fn share_json(life: &Life, writing: &Writing, share: &Shared) -> Json {
    let mut json = object! {};
    if let Some(link) = &share.link {
        // Older links carry a query that came and went (format reference §4.4).
        let is_post = link.contains("/p/") || link.contains("/reel/");
        let query = if is_post && writing.is(Generation::C) { "?feed_type=reshare_chaining" } else { "" };
        json.push("link", format!("{link}{query}"));
    }
    if let Some(text) = &share.text {
        json.push("share_text", text.clone());
    }
    if let Some(owner) = share.owner {
        if share.is_profile {
            json.push("profile_share_username", handle(life, writing, owner));
            json.push("profile_share_name", name(life, writing, owner));
        } else {
            json.push("original_content_owner", handle(life, writing, owner));
        }
    }
    json
}

/// Generation C lists all reactions twice; generation E adds their time, and writes the heart with a variation selector.
fn reactions(life: &Life, writing: &Writing, reactions: &[Reacted]) -> Vec<Json> {
    let known = reactions.iter().filter(|reaction| reaction.at_ms <= writing.date_ms);
    let mut rows: Vec<Json> = known
        .map(|reaction| {
            let is_new = writing.is(Generation::E);
            let emoji = if is_new && reaction.emoji == "❤" { "❤\u{fe0f}" } else { reaction.emoji };
            let mut row = object! { "reaction" => emoji, "actor" => name(life, writing, reaction.actor) };
            if is_new {
                row.push("timestamp", seconds(reaction.at_ms));
            }
            row
        })
        .collect();
    if writing.is(Generation::C) {
        rows.extend(rows.clone());
    }
    rows
}
