//! Messages of the separate download of end-to-end encrypted chats (format reference §10.1.4), brought into the shape of
//! all others: `{senderName, text, timestamp, type, media: [{uri}], reactions: [{actor, reaction}], isUnsent}`.

use std::borrow::Cow;

use super::super::Json;

/// The same message with the names of §4.3, where it has those of the encrypted chats.
pub(super) fn usual_shape(json: &Json) -> Cow<'_, Json> {
    if json.get("senderName").is_none() || json.get("sender_name").is_some() {
        return Cow::Borrowed(json);
    }
    let text_of = |name: &str| json.get(name).and_then(Json::as_filled_text);
    let kind = text_of("type").unwrap_or_default();
    let mut members = Vec::with_capacity(json.members().len() + 1);
    for (name, value) in json.members() {
        let name = match (name.as_str(), value) {
            ("senderName", _) => "sender_name",
            ("timestamp", _) => "timestamp_ms",
            // The app's words in place of what is not there any more: none of the sender's.
            ("text", _) if kind == "placeholder" => "placeholder",
            ("text", _) => "content",
            ("media", Json::List(_)) => "photos",
            ("isUnsent", _) => "is_unsent",
            // What they say is told by the other members; a kind that nobody knows is kept.
            ("type", Json::Text(kind)) if matches!(kind.as_str(), "text" | "link" | "media" | "placeholder") => {
                continue;
            }
            (name, _) => name,
        };
        members.push((name.to_owned(), value.clone()));
    }
    if let Some(link) = text_of("text").filter(|_| kind == "link").and_then(first_link) {
        let link = Json::Text(link.to_owned());
        members.push(("share".to_owned(), Json::Object(vec![("link".to_owned(), link)])));
    }
    Cow::Owned(Json::Object(members))
}

/// The first web address in a text.
fn first_link(text: &str) -> Option<&str> {
    text.split_whitespace().find(|word| word.starts_with("https://") || word.starts_with("http://"))
}
