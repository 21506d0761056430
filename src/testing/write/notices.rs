//! The sentences that the service writes into chats (format reference §4.5). English is as seen, and the German
//! attachment; the others are what the apps would say, the Korean ones invented.

use crate::testing::language::Language;
use crate::testing::life::{Life, OWNER};
use crate::testing::message::{Body, Message, Notice};
use crate::testing::writing::Writing;

/// What stands in a message's `content`; names are those of the download's day, user names in generation A.
pub(in crate::testing) fn content(life: &Life, writing: &Writing, message: &Message) -> Option<String> {
    match &message.body {
        Body::Nothing => None,
        Body::Text(text) => {
            let since = message.rewritten.as_ref().filter(|(when, _)| *when <= writing.date_ms);
            Some(since.map_or(text, |(_, new)| new).clone())
        }
        Body::Edited(text) => Some(format!("{text}{}", edited(writing.language))),
        Body::Notice(notice) => Some(notice_text(life, writing, message.sender, *notice)),
    }
}

/// The mark behind an edited copy.
fn edited(language: Language) -> &'static str {
    match language {
        Language::English | Language::BritishEnglish => " (edited)",
        Language::German => " (bearbeitet)",
        Language::French => " (modifié)",
        Language::Korean => " (수정됨)",
    }
}

fn notice_text(life: &Life, writing: &Writing, sender: usize, notice: Notice) -> String {
    let is_me = sender == OWNER;
    let name = |person: usize| writing.name_in_chats(life, person);
    let who = name(sender);
    match writing.language {
        Language::English | Language::BritishEnglish => english(if is_me { "You" } else { who }, name, notice),
        Language::German => german(is_me, who, name, notice),
        Language::French => french(is_me, who, name, notice),
        Language::Korean => korean(if is_me { "회원" } else { who }, name, notice),
    }
}

fn english<'a>(who: &str, name: impl Fn(usize) -> &'a str, notice: Notice) -> String {
    match notice {
        Notice::Liked => "Liked a message".to_owned(),
        Notice::Reacted(emoji) => format!("Reacted {emoji} to your message "),
        Notice::Attachment => format!("{who} sent an attachment."),
        Notice::CallStarted => format!("{who} started an audio call"),
        Notice::CallEnded => "Audio call ended".to_owned(),
        Notice::Added(person) => format!("{who} added {} to the group.", name(person)),
        Notice::Left => format!("{who} left the group."),
        Notice::Named(title) => format!("{who} named the group {title}."),
    }
}

fn german<'a>(is_me: bool, who: &str, name: impl Fn(usize) -> &'a str, notice: Notice) -> String {
    let has = if is_me { "Du hast".to_owned() } else { format!("{who} hat") };
    match notice {
        Notice::Liked => "Gefällt eine Nachricht".to_owned(),
        Notice::Reacted(emoji) => format!("Hat mit {emoji} auf deine Nachricht reagiert "),
        Notice::Attachment => format!("{has} einen Anhang gesendet."),
        Notice::CallStarted => format!("{has} einen Audioanruf gestartet"),
        Notice::CallEnded => "Audioanruf beendet".to_owned(),
        Notice::Added(person) => format!("{has} {} zur Gruppe hinzugefügt.", name(person)),
        Notice::Left => format!("{has} die Gruppe verlassen."),
        Notice::Named(title) => format!("{has} die Gruppe {title} genannt."),
    }
}

fn french<'a>(is_me: bool, who: &str, name: impl Fn(usize) -> &'a str, notice: Notice) -> String {
    let has = if is_me { "Vous avez".to_owned() } else { format!("{who} a") };
    match notice {
        Notice::Liked => "A aimé un message".to_owned(),
        Notice::Reacted(emoji) => format!("A réagi avec {emoji} à votre message "),
        Notice::Attachment => format!("{has} envoyé une pièce jointe."),
        Notice::CallStarted => format!("{has} démarré un appel audio"),
        Notice::CallEnded => "Appel audio terminé".to_owned(),
        Notice::Added(person) => format!("{has} ajouté {} au groupe.", name(person)),
        Notice::Left => format!("{has} quitté le groupe."),
        Notice::Named(title) => format!("{has} nommé le groupe {title}."),
    }
}

fn korean<'a>(who: &str, name: impl Fn(usize) -> &'a str, notice: Notice) -> String {
    match notice {
        Notice::Liked => "메시지를 좋아합니다".to_owned(),
        Notice::Reacted(emoji) => format!("회원님의 메시지에 {emoji} 공감을 남겼습니다 "),
        Notice::Attachment => format!("{who}님이 첨부 파일을 보냈습니다."),
        Notice::CallStarted => format!("{who}님이 음성 통화를 시작했습니다"),
        Notice::CallEnded => "음성 통화가 종료되었습니다".to_owned(),
        Notice::Added(person) => format!("{who}님이 {}님을 그룹에 추가했습니다.", name(person)),
        Notice::Left => format!("{who}님이 그룹에서 나갔습니다."),
        Notice::Named(title) => format!("{who}님이 그룹 이름을 {title}(으)로 변경했습니다."),
    }
}
