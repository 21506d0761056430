//! Conversations: joined when they share messages although their ids changed, and computed from all their heads.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use super::identity;
use super::merge::is_anonymous;
use crate::model::{Details, Key, KeyBuilder, MediaRef, ThreadHead, ThreadKind};
use crate::store::{StoreError, ThreadSightingRow, Writing, details_json};

/// How many common messages make two conversations one (format reference §8.2.5), or all of the shorter one.
const COMMON_MESSAGES: u64 = 3;

/// How many messages of one conversation are compared with those of others; a handful would do.
const MESSAGES_LOOKED_AT: usize = 20_000;

/// How many messages of shared keys are kept at hand: some ten megabytes.
const MESSAGES_KEPT: usize = 100_000;

/// Joins what `threads` share with conversations of earlier downloads. Gives the rows that remain.
pub(super) fn join_by_messages(writing: &Writing<'_>, threads: &BTreeSet<i64>) -> Result<BTreeSet<i64>, StoreError> {
    let mut remaining = threads.clone();
    let mut known = Known::default();
    for &thread in threads {
        if !remaining.contains(&thread) {
            continue;
        }
        for (other, n_common) in known.common_messages(writing, thread)? {
            let (ours, theirs) = (known.extent(writing, thread)?, known.extent(writing, other)?);
            // Two that ever stood side by side in one snapshot are two conversations.
            if n_common < COMMON_MESSAGES.min(ours.n_messages.min(theirs.n_messages).max(1))
                || !ours.snapshots.is_disjoint(&theirs.snapshots)
            {
                continue;
            }
            writing.join_threads(thread, other)?;
            remaining.remove(&other);
            known = Known::default();
        }
    }
    Ok(remaining)
}

/// Where one conversation stood and how much it holds.
#[derive(Debug)]
struct Extent {
    n_messages: u64,
    snapshots: BTreeSet<i64>,
}

/// How many messages of each signature stand in which conversation.
type Messages = BTreeMap<(Key, i64), u64>;

/// What was read about conversations since the last two were joined: thousands of them may share one message.
#[derive(Debug, Default)]
struct Known {
    extents: HashMap<i64, Rc<Extent>>,
    /// By key.
    messages: HashMap<Key, Rc<Messages>>,
    n_messages: usize,
}

impl Known {
    fn extent(&mut self, writing: &Writing<'_>, thread: i64) -> Result<Rc<Extent>, StoreError> {
        if let Some(known) = self.extents.get(&thread) {
            return Ok(Rc::clone(known));
        }
        let n_messages = writing.n_messages_seen_in_thread(thread)?.unsigned_abs();
        let extent = Rc::new(Extent { n_messages, snapshots: writing.snapshots_of_thread(thread)? });
        self.extents.insert(thread, Rc::clone(&extent));
        Ok(extent)
    }

    fn messages_of_key(&mut self, writing: &Writing<'_>, key: Key) -> Result<Rc<Messages>, StoreError> {
        if let Some(known) = self.messages.get(&key) {
            return Ok(Rc::clone(known));
        }
        let mut seen = Messages::new();
        for (thread, message) in writing.messages_of_key(key)? {
            *seen.entry((identity::signature(&message), thread)).or_default() += 1;
        }
        if self.n_messages + seen.len() > MESSAGES_KEPT {
            self.messages.clear();
            self.n_messages = 0;
        }
        self.n_messages += seen.len();
        let seen = Rc::new(seen);
        self.messages.insert(key, Rc::clone(&seen));
        Ok(seen)
    }

    /// With which conversations this one shares messages, and how many pairs of equal ones there are.
    fn common_messages(&mut self, writing: &Writing<'_>, thread: i64) -> Result<BTreeMap<i64, u64>, StoreError> {
        let mut common: BTreeMap<i64, u64> = BTreeMap::new();
        for key in writing.keys_shared_with_other_threads(thread, MESSAGES_LOOKED_AT)? {
            let seen = self.messages_of_key(writing, key)?;
            for ((signature, other), n_theirs) in &*seen {
                let n_ours = seen.get(&(*signature, thread)).copied().unwrap_or_default();
                if *other != thread && n_ours > 0 {
                    *common.entry(*other).or_default() += n_ours * n_theirs;
                }
            }
        }
        Ok(common)
    }
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
