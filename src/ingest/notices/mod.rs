//! Tells what the app wrote from what people wrote, in any language (format reference §4.5): by reactions and shared things
//! that come with a sentence, by the members of the data beside it, and by how often and by whom it is written. A reader
//! knows the sentences of some languages; this knows none, and judges all messages of an account together.
//!
//! `form.rs` takes names and emoji out of a text, `passing.rs` compares it with the reactions around it, `census.rs` holds the
//! statistics and the rules. Here the messages go by.

mod census;
mod form;
mod passing;

use std::collections::HashMap;

use super::merge::plain_emoji;
use census::{FirstPass, Message, Notice, Plain, Reacted, Told};
pub(super) use form::emoji_in;

use crate::store::{MessageGlance, StoreError, Writing};

/// A message that went by.
#[derive(Clone, Copy, Debug)]
struct Glanced {
    record_id: i64,
    has_payload: bool,
    before: Option<Notice>,
    has_form: bool,
}

impl Glanced {
    fn of(glance: &MessageGlance<'_>, has_form: bool) -> Self {
        let before = glance.notice.and_then(notice_named);
        Self { record_id: glance.record_id, has_payload: glance.has_payload, before, has_form }
    }
}

/// Judges all messages of an account. Writes only where the verdict is another than before.
pub(super) fn judge(writing: &Writing<'_>, account_id: i64) -> Result<(), StoreError> {
    let mut first = FirstPass::new();
    // Messages that have a form, and those that were said to be notices, as long as the census remembers all.
    let mut glanced: Vec<Glanced> = Vec::new();
    writing.glance_at_messages(account_id, &mut |glance| {
        let has_form = with_message(glance, |message| first.add(message));
        if first.is_too_much() {
            glanced = Vec::new();
        } else if has_form || glance.notice.is_some() {
            glanced.push(Glanced::of(glance, has_form));
        }
    })?;
    let is_too_much = first.is_too_much();
    let mut second = first.end();
    // Messages that the app may have written, and those of which that was said before.
    let mut candidates: Vec<(Glanced, Told)> = Vec::new();
    let mut tell = |glanced: Glanced, told: Told| {
        if told != Told::Nothing || glanced.before.is_some() {
            candidates.push((glanced, told));
        }
    };
    if is_too_much {
        writing.glance_at_messages(account_id, &mut |glance| {
            let told = with_message(glance, |message| second.add(message));
            tell(Glanced::of(glance, true), told);
        })?;
    } else {
        let mut formed = glanced.iter().filter(|glanced| glanced.has_form);
        second.recall(&mut |told| {
            if let Some(glanced) = formed.next() {
                tell(*glanced, told);
            }
        });
        glanced.iter().filter(|glanced| !glanced.has_form).for_each(|glanced| tell(*glanced, Told::Nothing));
    }
    let verdicts = second.end();
    for (Glanced { record_id, has_payload, before, .. }, told) in candidates {
        let now = verdict_on(told, has_payload, &verdicts);
        if now != before {
            writing.set_notice(record_id, now.map(Notice::name))?;
        }
    }
    Ok(())
}

fn verdict_on(
    told: Told,
    has_payload: bool,
    verdicts: &HashMap<u64, (Option<Notice>, Option<Notice>)>,
) -> Option<Notice> {
    match told {
        Told::Now(notice) => Some(notice),
        Told::ByForm(form) => verdicts.get(&form).and_then(|(bare, loaded)| if has_payload { *loaded } else { *bare }),
        Told::Nothing => None,
    }
}

fn notice_named(name: &str) -> Option<Notice> {
    [Notice::Reaction, Notice::Attachment, Notice::Call, Notice::System].into_iter().find(|n| n.name() == name)
}

fn with_message<T>(glance: &MessageGlance<'_>, see: impl FnOnce(&Message<'_>) -> T) -> T {
    let reactions: Vec<Reacted> = glance
        .reactions
        .iter()
        .map(|reaction| Reacted {
            actor: reaction.actor_id,
            emoji: plain_emoji(&reaction.reaction),
            second: reaction.at_ms.filter(|_| glance.knows_seconds).map(|at| at.div_euclid(1_000)),
        })
        .collect();
    see(&Message {
        thread: glance.thread_id,
        at_ms: glance.at_ms,
        sender: glance.sender_id.zip(glance.sender),
        names: glance.names,
        plain: plain_of(glance),
        text: glance.text,
        reactions: &reactions,
    })
}

/// What the message says of itself. `None` for what a reader knows as a notice by its words.
fn plain_of(glance: &MessageGlance<'_>) -> Option<Plain> {
    match glance.subkind {
        "text" if glance.has_payload => Some(Plain::Payload),
        "text" => Some(Plain::Text),
        "share" | "media" if glance.share_url.is_some_and(|url| url.contains("/stories/")) => Some(Plain::StoryReply),
        "share" | "media" => Some(Plain::Payload),
        "call" => Some(Plain::Call),
        "system" => Some(Plain::System),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
