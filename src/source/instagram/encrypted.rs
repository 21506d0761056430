//! The separate download of end-to-end encrypted chats: its names, below at most two wrapper folders.

use super::recognise::tails;
use super::role::role;
use crate::model::{Format, Generation, Service};
use crate::source::{Recognised, Role};

/// The separate download of end-to-end encrypted chats (format reference §10.1.4): all its documents are chats in one
/// folder. Nothing in it tells Instagram's from Facebook's, which has the same shape.
pub(super) fn encrypted_chats(names: &[&str]) -> Option<Recognised> {
    let mut documents = names.iter().filter(|name| matches!(role(name), Role::Document(_))).copied();
    let first = documents.next()?;
    let (root, tail) = tails(first).find(|(_, tail)| is_encrypted_chat(tail))?;
    documents.all(|name| name.strip_prefix(root).is_some_and(is_encrypted_chat)).then(|| Recognised {
        service: Service::Instagram,
        root: root.to_owned(),
        // It was offered from the end of 2023 on.
        generation: Generation::D,
        format: Format::Json,
        evidence: format!("it holds {tail} as the separate download of end-to-end encrypted chats does"),
    })
}

/// Whether a path below the root is that of an encrypted chat: `messages/<name>_<number>.json`.
pub(super) fn is_encrypted_chat(path: &str) -> bool {
    let stem = path.strip_prefix("messages/").and_then(|file| file.strip_suffix(".json"));
    let Some((name, number)) = stem.and_then(|stem| stem.rsplit_once('_')) else { return false };
    let is_page = matches!(name, "message" | "replies");
    !is_page && !name.contains('/') && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::super::recognise;
    use super::*;
    use crate::source::Verdict;

    #[test]
    fn encrypted_chats_are_a_download_of_their_own() {
        let check = |names: &[&str], root: &str| {
            let Verdict::Exports(exports) = recognise(names) else { panic!("{names:?}") };
            let found: Vec<_> = exports.iter().map(|e| (e.root.as_str(), e.generation, e.format)).collect();
            assert_eq!(found, [(root, Generation::D, Format::Json)], "{names:?}");
        };
        check(&["messages/Ann_1.json", "media/a.jpeg"], "");
        check(&["x/messages/Ann Example_1.json", "x/messages/\u{1f41f}_12.json", "x/media/a.jpeg"], "x/");
        for names in [&["messages/Ann.json"][..], &["messages/Ann_1.json", "notes.json"], &["chats/Ann_1.json"]] {
            assert_eq!(recognise(names), Verdict::Nothing, "{names:?}");
        }
        assert!(!is_encrypted_chat("messages/message_1.json") && !is_encrypted_chat("messages/inbox/Ann_1.json"));
    }
}
