//! `messages.json`: conversations without id or title, rows of many kinds told by their members, and the files in `direct/`,
//! which no row names (format reference §4.6).

use super::{Flat, media};
use crate::testing::json::{Json, object};
use crate::testing::life::{Life, OWNER};
use crate::testing::medium::{Form, Medium};
use crate::testing::message::{Body, Message, Notice, Shared};
use crate::testing::thread::Thread;
use crate::testing::tree::File;
use crate::testing::write::notices;
use crate::testing::writing::Writing;

/// Hands over every medium of a conversation that the download holds, with its message.
pub(super) fn each_medium(life: &Life, writing: &Writing, mut each: impl FnMut(&Message, &Medium)) {
    for (number, thread) in life.threads().iter().enumerate() {
        let carrying = (0..thread.n_messages).filter(|message| life.carries_media(number, *message));
        let messages = carrying.filter_map(|message| life.message(number, message));
        for message in messages.filter(|message| writing.holds(message.at_ms, message.gone_ms)) {
            message.media.iter().for_each(|medium| each(&message, medium));
        }
    }
}

/// Adds the files of conversations, filed by the second of their message.
pub(super) fn files(life: &Life, writing: &Writing, files: &mut Vec<File>) {
    each_medium(life, writing, |message, medium| {
        let (path, encoding) = (media::path(life, writing, "direct", medium, message.at_ms), writing.encoding);
        let medium = medium.clone();
        files.push(File::new(path, true, move || medium.content(encoding)));
    });
}

pub(super) fn threads(flat: &Flat) -> Option<Json> {
    let threads: Vec<Json> =
        flat.life.threads().iter().enumerate().filter_map(|(number, thread)| one(flat, number, thread)).collect();
    (!threads.is_empty()).then_some(Json::List(threads))
}

/// A conversation in which this part has rows; one without any row stands where it began.
fn one(flat: &Flat, number: usize, thread: &Thread) -> Option<Json> {
    let messages: Vec<Message> = flat.life.messages(number).collect();
    let here = messages.iter().rev().filter(|one| flat.holds(one.at_ms, one.gone_ms) && !is_reaction_notice(one));
    let rows: Vec<Json> = here.map(|message| row(flat, message)).collect();
    if rows.is_empty() && !flat.holds(thread.first_ms, None) {
        return None;
    }
    let people = [OWNER].into_iter().chain(thread.members.iter().copied());
    let people: Vec<Json> = people.map(|person| Json::from(flat.handle(person))).collect();
    Some(object! { "participants" => people, "conversation" => rows })
}

fn is_reaction_notice(message: &Message) -> bool {
    matches!(message.body, Body::Notice(Notice::Liked | Notice::Reacted(_)))
}

fn row(flat: &Flat, message: &Message) -> Json {
    let mut row = object! {
        "sender" => flat.handle(message.sender),
        "created_at" => flat.fine_time(message.at_ms),
    };
    let said = notices::content(&flat.life, &flat.writing, message).unwrap_or_default();
    match message.body {
        Body::Text(_) if said == "❤️" && message.share.is_none() => row.push("heart", said),
        Body::Text(_) | Body::Edited(_) => row.push("text", said),
        Body::Notice(Notice::CallStarted | Notice::CallEnded) => row.push("video_call_action", said),
        Body::Notice(Notice::Added(_) | Notice::Left | Notice::Named(_)) => row.push("action", said),
        // What was passed on says it itself.
        Body::Nothing | Body::Notice(Notice::Attachment | Notice::Liked | Notice::Reacted(_)) => {}
    }
    if let Some(share) = &message.share {
        add_share(flat, share, &mut row);
    }
    for medium in &message.media {
        add_medium(medium, &mut row);
    }
    add_likes(flat, message, &mut row);
    row
}

/// Only hearts were likes.
fn add_likes(flat: &Flat, message: &Message, row: &mut Json) {
    let likes = message.reactions.iter().filter(|one| flat.writing.holds_reaction(one));
    let likes: Vec<Json> =
        likes.map(|one| object! { "username" => flat.handle(one.actor), "date" => flat.time(one.at_ms) }).collect();
    if !likes.is_empty() {
        row.push("likes", likes);
    }
}

/// An address that has long expired, or the notice that stands in its place. Several pictures of one message are one row.
fn add_medium(medium: &Medium, row: &mut Json) {
    const NOTICE: &str = "Media unavailable.";
    let (member, value) = match medium.form {
        Form::M4a => ("voice_media", NOTICE.to_owned()),
        _ if medium.id.is_multiple_of(2) => ("media", NOTICE.to_owned()),
        _ => ("media_url", format!("https://media.example.org/{}", medium.id)),
    };
    let is_there = matches!(row, Json::Object(members) if members.iter().any(|(name, _)| name.contains("media")));
    if !is_there {
        row.push(member, value);
    }
}

fn add_share(flat: &Flat, share: &Shared, row: &mut Json) {
    let owner = share.owner.map(|owner| flat.handle(owner));
    let link = share.link.as_deref().unwrap_or_default();
    match owner {
        Some(owner) if share.is_profile => {
            let name = share.owner.map(|owner| flat.life.people()[owner].name_at(flat.writing.date_ms).to_owned());
            row.push("profile_share_username", owner);
            row.push("profile_share_name", name.unwrap_or_default());
        }
        Some(owner) if link.contains("/stories/") => {
            row.push("story_share", format!("Shared {owner}'s story"));
            row.push("story_share_type", "reply");
        }
        Some(owner) => {
            row.push("media_owner", owner);
            if let Some(caption) = &share.text {
                row.push("media_share_caption", caption.clone());
            }
            if !link.is_empty() {
                row.push("media_share_url", link.to_owned());
            }
            if matches!(row, Json::Object(members) if members.iter().all(|(name, _)| name != "text")) {
                row.push("text", Json::Null);
            }
        }
        None if link.contains("giphy") => {
            let original = object! { "mp4" => link.replace(".gif", ".mp4"), "url" => link.to_owned() };
            row.push("animated_media_images", object! { "original" => original });
            row.push("is_random", false);
            row.push("user", object! { "username" => "gifs.example" });
        }
        None => row.push("link", link.to_owned()),
    }
}
