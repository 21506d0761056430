//! Conversations: joined when they share messages although their ids changed, and computed from all their heads.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::identity::{self, thread_key};
use super::merge::is_anonymous;
use crate::model::{Detail, Details, Item, Key, KeyBuilder, MediaRef, PublicId, TITLE_SINCE, ThreadHead, ThreadKind};
use crate::store::{AccountRow, Common, StoreError, ThreadSightingRow, Writing, details_json};

/// How many common messages make two conversations one (format reference §8.2.5), or all of the shorter one.
const COMMON_MESSAGES: i64 = 3;

/// So many equal milliseconds do, whatever is said there: later downloads tell a notice, a share or a message that was taken
/// back in other words. No two conversations share so many by chance.
const COMMON_MOMENTS: usize = 3;

/// How many pairs of messages are looked at for one conversation; a handful would do.
const PAIRS_LOOKED_AT: usize = 20_000;

/// The keys of what two conversations have at the same times.
#[derive(Debug, Default)]
struct Shared {
    /// The same words.
    said: BTreeSet<Key>,
    /// Those of them that have the same sender's name on both sides.
    by_same_sender: BTreeSet<Key>,
    /// A millisecond that somebody counted, whatever is said at it.
    moments: BTreeSet<Key>,
}

impl Shared {
    fn add(&mut self, key: Key, ours: &Item, theirs: &Item) {
        let is_counted = |item: &Item| item.at.is_some_and(|at| at.utc_ms() % 1_000 != 0);
        if is_counted(ours) && is_counted(theirs) {
            self.moments.insert(key);
        }
        if identity::signature(ours) == identity::signature(theirs) {
            self.said.insert(key);
            if ours.author == theirs.author {
                self.by_same_sender.insert(key);
            }
        }
    }
}

/// Joins what `threads` share with conversations of earlier downloads. Gives the rows that remain; `keys` gets those of
/// messages that stood apart until now and may be one, seen in this run or long before.
pub(super) fn join_by_messages(
    writing: &Writing<'_>,
    threads: &BTreeSet<i64>,
    keys: &mut HashSet<Key>,
) -> Result<BTreeSet<i64>, StoreError> {
    let mut remaining = threads.clone();
    for &thread in threads {
        if !remaining.contains(&thread) {
            continue;
        }
        let mut common: BTreeMap<i64, Shared> = BTreeMap::new();
        let account = writing.account_row(writing.account_of_thread(thread)?)?.key;
        // What was found to be a message of another conversation is no ground for having found it.
        let has_itself = |common: Common<'_>, key: Key| {
            !common.is_found || identity::identify(account, common.item, None).key == key
        };
        writing.overlaps_of_thread(thread, PAIRS_LOOKED_AT, &mut |other, key, ours, theirs| {
            let is_ground = has_itself(ours, key) && has_itself(theirs, key);
            if is_ground {
                common.entry(other).or_default().add(key, ours.item, theirs.item);
            }
        })?;
        // Where several share the same words at the same time, the one with the same people goes first, and shuts the
        // others out, for they stood beside it. Row numbers depend on arrival, so the smallest key settles ties.
        let mut candidates = Vec::with_capacity(common.len());
        for (other, shared) in common {
            let n = (shared.said.len(), shared.moments.len());
            let order = (Reverse(shared.by_same_sender.len()), Reverse(n), writing.thread_keys(other)?);
            candidates.push((order, other, n));
        }
        candidates.sort();
        for (_, other, (n_said, n_moments)) in candidates {
            let n_said = i64::try_from(n_said).unwrap_or(i64::MAX);
            let n_own = writing.n_messages_seen_in_thread(thread)?;
            let n_others = writing.n_messages_seen_in_thread(other)?;
            let shorter = n_own.min(n_others).max(1);
            let are_enough = n_said >= COMMON_MESSAGES.min(shorter) || n_moments >= COMMON_MOMENTS;
            if !are_enough || writing.are_threads_together(thread, other)? {
                continue;
            }
            // What both have is in the shorter.
            keys.extend(writing.keys_of_thread(if n_own < n_others { thread } else { other })?);
            writing.join_threads(thread, other)?;
            remaining.remove(&other);
        }
    }
    Ok(remaining)
}

/// Writes what the heads of a conversation add up to.
pub(super) fn derive_thread(writing: &Writing<'_>, thread_id: i64, account: &AccountRow) -> Result<(), StoreError> {
    let mut heads = writing.heads_of_thread(thread_id)?;
    // Newest first; of the pages of one download the first, which is the newest (format reference §4.2), of flat parts the
    // one that was named last, then by content.
    heads.sort_by_cached_key(|head| {
        let newest = Reverse(head.snapshots.last().cloned());
        (newest, page_of(&head.path), Reverse(named_ms(&head.head)), format!("{:?}", head.head))
    });
    let Some(newest) = heads.first() else { return Ok(()) };
    let keys = writing.thread_keys(thread_id)?;
    let Some(smallest) = keys.first() else { return Ok(()) };
    let other_keys =
        account.other_keys.iter().flat_map(|other| heads.iter().map(|head| thread_key(*other, &head.head)));
    let aliases: BTreeSet<PublicId> = other_keys.map(public_id).collect();
    writing.put_thread_aliases(thread_id, &aliases)?;

    let mut participants = BTreeSet::new();
    for who in heads.iter().flat_map(|head| &head.head.participants) {
        participants.insert(writing.handle_id(who, &account.own)?);
    }
    let participants: Vec<i64> = participants.into_iter().collect();
    let kind =
        heads.iter().map(|head| head.head.kind).find(|kind| *kind != ThreadKind::Direct).unwrap_or(newest.head.kind);
    writing.put_thread(
        thread_id,
        public_id(*smallest).as_str(),
        title(&heads).as_deref(),
        kind.code(),
        &details_json(&details(&heads))?,
        &participants,
    )
}

fn public_id(key: Key) -> PublicId {
    KeyBuilder::new("thread").part(key.as_bytes()).public_id()
}

/// When the conversation got its title, where a document tells it.
fn named_ms(head: &ThreadHead) -> Option<i64> {
    match head.details.get(TITLE_SINCE) {
        Some(Detail::Integer(since_ms)) => Some(*since_ms),
        _ => None,
    }
}

/// The page that a document's name tells: `message_10.json` comes after `message_2.json`, and what is no page last.
fn page_of(path: &str) -> u64 {
    let base = path.rsplit('/').next().unwrap_or(path);
    let number = base.strip_prefix("message_").and_then(|rest| rest.strip_suffix(".json"));
    number.and_then(|number| number.parse().ok()).unwrap_or(u64::MAX)
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

#[cfg(test)]
mod tests {
    use super::{Shared, page_of};
    use crate::model::{Item, KeyBuilder, Kind, Moment};

    #[test]
    fn only_milliseconds_that_somebody_counted_count_without_words() {
        let at =
            |ms, text: &str| Item { at: Moment::from_unix(ms), text: Some(text.into()), ..Item::new(Kind::Message) };
        let mut shared = Shared::default();
        let mut add = |ms, one, other| shared.add(KeyBuilder::new("at").number(ms).key(), &at(ms, one), &at(ms, other));
        add(1_600_000_000_123, "left", "hat die Gruppe verlassen");
        add(1_600_000_001_000, "left", "hat die Gruppe verlassen");
        add(1_600_000_002_000, "hi", "hi");
        assert_eq!((shared.moments.len(), shared.said.len()), (1, 1));
    }

    #[test]
    fn pages_go_by_number() {
        let check = |path, page| assert_eq!(page_of(path), page, "{path}");
        check("messages/inbox/ann_abcdefghij/message_2.json", 2);
        check("messages/inbox/ann_abcdefghij/message_10.json", 10);
        check("messages/broadcast/club_1/replies_1.json", u64::MAX);
        check("message_x.json", u64::MAX);
    }
}
