//! The sentences that the service writes into chats (format reference §4.5).

use crate::model::Generation;
use crate::testing::life::{Life, OWNER};
use crate::testing::message::{Body, Message, Notice};
use crate::testing::writing::{Language, Writing};

/// What stands in a message's `content`; names are those of the download's day, user names in generation A.
pub(in crate::testing) fn content(life: &Life, writing: &Writing, message: &Message) -> Option<String> {
    match &message.body {
        Body::Nothing => None,
        Body::Text(text) => Some(text.clone()),
        Body::Edited(text) => Some(format!("{text}{}", edited(writing.language))),
        Body::Notice(notice) => Some(notice_text(life, writing, message.sender, *notice)),
    }
}

/// The mark behind an edited copy.
fn edited(language: Language) -> &'static str {
    match language {
        Language::English => " (edited)",
    }
}

fn notice_text(life: &Life, writing: &Writing, sender: usize, notice: Notice) -> String {
    let name = |person: usize| {
        let person = &life.people()[person];
        if writing.is(Generation::A) { person.handle_at(writing.date_ms) } else { person.name_at(writing.date_ms) }
    };
    let who = if sender == OWNER { "You" } else { name(sender) };
    match writing.language {
        Language::English => match notice {
            Notice::Liked => "Liked a message".to_owned(),
            Notice::Reacted(emoji) => format!("Reacted {emoji} to your message "),
            Notice::Attachment => format!("{who} sent an attachment."),
            Notice::CallStarted => format!("{who} started an audio call"),
            Notice::CallEnded => "Audio call ended".to_owned(),
            Notice::Added(person) => format!("{who} added {} to the group.", name(person)),
            Notice::Left => format!("{who} left the group."),
            Notice::Named(title) => format!("{who} named the group {title}."),
        },
    }
}
