//! Conversations: joined when they share messages although their ids changed, and computed from all their heads.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::identity;
use super::merge::is_anonymous;
use crate::model::{Details, Key, KeyBuilder, MediaRef, ThreadHead, ThreadKind};
use crate::store::{StoreError, ThreadSightingRow, Writing, details_json};

/// How many common messages make two conversations one (format reference §8.2.5), or all of the shorter one.
const COMMON_MESSAGES: u64 = 3;

/// How many messages of one conversation are compared with those of others; a handful would do.
const MESSAGES_LOOKED_AT: usize = 20_000;

/// Joins what `threads` share with conversations of earlier downloads. Gives the rows that remain.
pub(super) fn join_by_messages(writing: &Writing<'_>, threads: &BTreeSet<i64>) -> Result<BTreeSet<i64>, StoreError> {
    let mut remaining = threads.clone();
    for &thread in threads {
        if !remaining.contains(&thread) {
            continue;
        }
        for (other, n_common) in common_messages(writing, thread)? {
            let shorter =
                writing.n_messages_seen_in_thread(thread)?.min(writing.n_messages_seen_in_thread(other)?).max(1).unsigned_abs();
            if n_common < COMMON_MESSAGES.min(shorter) || writing.are_threads_together(thread, other)? {
                continue;
            }
            writing.join_threads(thread, other)?;
            remaining.remove(&other);
        }
    }
    Ok(remaining)
}

/// With which conversations this one shares messages, and how many pairs of equal ones there are.
fn common_messages(writing: &Writing<'_>, thread: i64) -> Result<BTreeMap<i64, u64>, StoreError> {
    let mut common: BTreeMap<i64, u64> = BTreeMap::new();
    for key in writing.keys_shared_with_other_threads(thread, MESSAGES_LOOKED_AT)? {
        let mut seen: HashMap<(i64, Key), u64> = HashMap::new();
        for (thread, message) in writing.messages_of_key(key)? {
            *seen.entry((thread, identity::signature(&message))).or_default() += 1;
        }
        for ((other, signature), n_theirs) in &seen {
            let n_ours = seen.get(&(thread, *signature)).copied().unwrap_or_default();
            if *other != thread && n_ours > 0 {
                *common.entry(*other).or_default() += n_ours * n_theirs;
            }
        }
    }
    Ok(common)
}

/// Writes what the heads of a conversation add up to.
pub(super) fn derive_thread(writing: &Writing<'_>, thread_id: i64, account_handle: &str) -> Result<(), StoreError> {
    let mut heads = writing.heads_of_thread(thread_id)?;
    // Newest first; within a document family page 1 has the smallest content by name, so content settles ties.
    heads.sort_by_cached_key(|head| (std::cmp::Reverse(head.snapshots.last().cloned()), format!("{:?}", head.head)));
    let Some(newest) = heads.first() else { return Ok(()) };
    let keys = writing.thread_keys(thread_id)?;
    let Some(smallest) = keys.first() else { return Ok(()) };
    let public_id = KeyBuilder::new("thread").part(smallest.as_bytes()).public_id();

    let mut participants = BTreeSet::new();
    for who in heads.iter().flat_map(|head| &head.head.participants) {
        participants.insert(writing.handle_id(who, account_handle)?);
    }
    let participants: Vec<i64> = participants.into_iter().collect();
    let kind =
        heads.iter().map(|head| head.head.kind).find(|kind| *kind != ThreadKind::Direct).unwrap_or(newest.head.kind);
    writing.put_thread(
        thread_id,
        public_id.as_str(),
        title(&heads).as_deref(),
        kind.code(),
        &details_json(&details(&heads))?,
        &participants,
    )
}

/// The newest title that names somebody, else the newest.
fn title(heads: &[ThreadSightingRow]) -> Option<String> {
    let titles = || heads.iter().filter_map(|head| head.head.title.as_deref()).filter(|title| !title.trim().is_empty());
    titles().find(|title| !is_anonymous(title)).or_else(|| titles().next()).map(str::to_owned)
}

fn details(heads: &[ThreadSightingRow]) -> Details {
    let mut details = Details::default();
    let Some(newest) = heads.first() else { return details };
    let newest_of = |field: fn(&ThreadHead) -> Option<String>| heads.iter().find_map(|head| field(&head.head));
    details.push("section", section_name(&newest.head));
    details.push_some("folder", newest_of(|head| head.folder.clone()));
    details.push_some("external_id", newest_of(|head| head.external_id.clone()));
    details.push_some("is_still_participant", heads.iter().find_map(|head| head.head.is_still_participant));
    details.push_some("image", newest_of(|head| head.image.as_ref().map(|MediaRef { path, .. }| path.clone())));
    for (name, value) in &newest.head.details.0 {
        details.push(name.clone(), value.clone());
    }
    let titles: BTreeSet<&str> = heads.iter().filter_map(|head| head.head.title.as_deref()).collect();
    if titles.len() > 1 {
        details.push("titles", titles.into_iter().map(str::to_owned).collect::<Vec<_>>());
    }
    details
}

fn section_name(head: &ThreadHead) -> String {
    match &head.section {
        crate::model::Section::Inbox => "inbox".into(),
        crate::model::Section::Requests => "message_requests".into(),
        crate::model::Section::Broadcast => "broadcast".into(),
        crate::model::Section::AiConversations => "ai_conversations".into(),
        crate::model::Section::Reported => "reported".into(),
        crate::model::Section::Archived => "archived".into(),
        crate::model::Section::Other(name) => name.clone(),
    }
}
