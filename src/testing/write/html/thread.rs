//! A page of a conversation (format reference §5.3): who takes part, then one box a message, newest first.

use super::markup::Page;
use crate::testing::json::Json;
use crate::testing::life::Life;
use crate::testing::writing::Writing;

/// Prints what the JSON page holds. Pages know no ids, no path and no time to the second.
pub(in crate::testing::write) fn print(life: &Life, writing: &Writing, thread: &Json) -> Vec<u8> {
    let mut page = Page::new(life, writing, thread.text("title"));
    head(&mut page, thread);
    for message in thread.list("messages") {
        let at_s = message.number("timestamp_ms").div_euclid(1_000);
        page.record(message.text("sender_name"), "_3-95 _a6-p", |page| body(page, message), at_s);
    }
    page.end()
}

fn head(page: &mut Page<'_>, thread: &Json) {
    let language = page.writing.language;
    let names: Vec<String> = thread.list("participants").iter().map(|one| one.text("name").to_owned()).collect();
    let line = format!("{}: {}", language.word("Participants"), language.joined(&names));
    let is_pending = thread.text("thread_path").starts_with("message_requests");
    page.element("div", "pam _3-95 _2ph- _a6-g uiBoxWhite noborder", |page| {
        page.element("h2", "_a6-h", |page| page.text(&line));
        if is_pending {
            page.plain("div", |page| page.text(language.word("Mailbox thread pending")));
        }
    });
}

/// Five places: nothing, the words, what is shared or how long a call took, media, reactions.
fn body(page: &mut Page<'_>, message: &Json) {
    page.plain("div", |page| {
        page.raw("<div></div>");
        page.plain("div", |page| page.text(message.text("content")));
        page.plain("div", |page| {
            if let Some(share) = message.get("share") {
                shared(page, share);
            } else if message.get("call_duration").is_some() {
                let line = page.writing.language.duration(message.number("call_duration"));
                page.text(&line);
            }
        });
        page.plain("div", |page| {
            for medium in ["photos", "videos", "audio_files"].iter().flat_map(|member| message.list(member)) {
                page.plain("div", |page| page.medium(medium.text("uri")));
            }
        });
        page.plain("div", |page| reactions(page, message.list("reactions")));
    });
}

/// Caption, owner, link.
fn shared(page: &mut Page<'_>, share: &Json) {
    page.plain("div", |page| {
        for member in ["share_text", "original_content_owner"] {
            if !share.text(member).is_empty() {
                page.plain("div", |page| page.text(share.text(member)));
            }
        }
        let link = share.text("link");
        if !link.is_empty() {
            page.plain("div", |page| page.link(link, link));
        }
    });
}

/// The emoji stands right before the name; the time, where it is known, behind it.
fn reactions(page: &mut Page<'_>, list: &[Json]) {
    if list.is_empty() {
        return;
    }
    page.element("ul", "_a6-q", |page| {
        for reaction in list {
            page.plain("li", |page| {
                page.plain("span", |page| {
                    page.text(&format!("{}{}", reaction.text("reaction"), reaction.text("actor")));
                    let at_s = reaction.number("timestamp");
                    if at_s != 0 {
                        let time = format!(" ({})", page.time(at_s));
                        page.plain("span", |page| page.text(&time));
                    }
                });
            });
        }
    });
}
