//! Conversations: joined where they share messages although their ids changed, and computed from all their heads.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::identity::{self, thread_key};
use super::merge::is_anonymous;
use super::same_talk::{self, COMMON_MESSAGES, Said, Shared, Talk};
use crate::model::{Detail, Details, Key, KeyBuilder, MediaRef, PublicId, TITLE_SINCE, ThreadHead, ThreadKind, Who};
use crate::store::{
    AccountRow, Beside, Common, Overlap, SightingRow, SnapshotRef, StoreError, ThreadSightingRow, Writing, details_json,
};

/// How many pairs of messages are looked at for one conversation; a handful would do.
const PAIRS_LOOKED_AT: usize = 20_000;

/// Joins the conversations that are one by what they have in common ([`super::same_talk`]), as far as those of `threads` in
/// `looked_at` are concerned, and parts those that are not. Gives the rows that remain or came, of all; `keys` gets those of
/// messages that stood elsewhere until now, seen in this run or long before. `are_coarse` says that of some documents only the
/// minutes are known.
pub(super) fn join_by_messages(
    writing: &Writing<'_>,
    threads: &BTreeSet<i64>,
    looked_at: &BTreeSet<i64>,
    are_coarse: bool,
    keys: &mut HashSet<Key>,
) -> Result<BTreeSet<i64>, StoreError> {
    let mut remaining = threads.clone();
    let mut settled: BTreeSet<i64> = BTreeSet::new();
    for &thread in looked_at {
        if !settled.insert(thread) {
            continue;
        }
        let rows = that_may_be_one(writing, thread, are_coarse)?;
        if rows.len() > 1 || !is_firm(writing, thread)? {
            settle(writing, &rows, &mut remaining, keys)?;
            settled.extend(rows);
        }
    }
    Ok(remaining)
}

/// The rows that are one with that one, or would be if there were no others.
fn that_may_be_one(writing: &Writing<'_>, thread: i64, are_coarse: bool) -> Result<BTreeSet<i64>, StoreError> {
    let mut rows = BTreeSet::from([thread]);
    let mut left = vec![thread];
    while let Some(row) = left.pop() {
        for other in neighbours(writing, row, are_coarse)? {
            if rows.insert(other) {
                left.push(other);
            }
        }
    }
    Ok(rows)
}

/// The rows that have enough in common with that one.
fn neighbours(writing: &Writing<'_>, thread: i64, are_coarse: bool) -> Result<BTreeSet<i64>, StoreError> {
    let mut common: BTreeMap<(i64, Key, Key), Shared> = BTreeMap::new();
    let account = writing.account_row(writing.account_of_thread(thread)?)?.key;
    writing.overlaps_of_thread(thread, Beside::Others, PAIRS_LOOKED_AT, &mut |overlap| {
        if let Some((ours, theirs)) = ground(account, &overlap) {
            let pair = (overlap.other, overlap.ours.thread, overlap.theirs.thread);
            common.entry(pair).or_default().add(&ours, &theirs);
        }
        true
    })?;
    if are_coarse {
        // What was found to be another message is held as that, whatever it says by itself.
        writing.found_beside_thread(thread, &mut |overlap| {
            if let Some((ours, theirs)) = ground(account, &overlap) {
                let pair = (overlap.other, overlap.ours.thread, overlap.theirs.thread);
                common.entry(pair).or_default().add(&ours, &theirs);
            }
        })?;
    }
    let mut neighbours = BTreeSet::new();
    for ((other, ours, theirs), shared) in common {
        let n_at_most = |key| writing.n_messages_seen_under(key, COMMON_MESSAGES);
        if shared.is_enough_for_any() || shared.is_enough(n_at_most(ours)?.min(n_at_most(theirs)?)) {
            neighbours.insert(other);
        }
    }
    Ok(neighbours)
}

/// Whether all that stands in a row has so much in common that it stays one whatever else comes.
fn is_firm(writing: &Writing<'_>, thread: i64) -> Result<bool, StoreError> {
    let mut apart: Vec<BTreeSet<Key>> =
        writing.thread_keys(thread)?.into_iter().map(|key| BTreeSet::from([key])).collect();
    if apart.len() < 2 {
        return Ok(true);
    }
    let account = writing.account_row(writing.account_of_thread(thread)?)?.key;
    let mut common: BTreeMap<(Key, Key), Shared> = BTreeMap::new();
    writing.overlaps_of_thread(thread, Beside::Itself, PAIRS_LOOKED_AT, &mut |overlap| {
        let pair = (overlap.ours.thread, overlap.theirs.thread);
        let place = |key: Key| apart.iter().position(|keys| keys.contains(&key));
        let (Some(one), Some(other)) = (place(pair.0), place(pair.1)) else { return true };
        if let Some((ours, theirs)) = ground(account, &overlap).filter(|_| one != other) {
            let shared = common.entry(pair).or_default();
            shared.add(&ours, &theirs);
            if shared.is_enough_for_any() {
                let moved = apart.swap_remove(one.max(other));
                apart[one.min(other)].extend(moved);
            }
        }
        apart.len() > 1
    })?;
    Ok(apart.len() == 1)
}

/// What was found to be a message of another conversation is no ground for having found it.
fn ground(account: Key, overlap: &Overlap<'_>) -> Option<(Said, Said)> {
    let has_itself =
        |common: &Common<'_>| !common.is_found || identity::identify(account, common.item, None).key == overlap.key;
    (has_itself(&overlap.ours) && has_itself(&overlap.theirs))
        .then(|| (Said::of(overlap.key, overlap.ours.item), Said::of(overlap.key, overlap.theirs.item)))
}

/// Joins and parts what stands in these rows.
fn settle(
    writing: &Writing<'_>,
    rows: &BTreeSet<i64>,
    remaining: &mut BTreeSet<i64>,
    keys: &mut HashSet<Key>,
) -> Result<(), StoreError> {
    let mut talks = Vec::new();
    for &row in rows {
        let account = writing.account_row(writing.account_of_thread(row)?)?.key;
        for key in writing.thread_keys(row)? {
            let mut said = Vec::new();
            writing.messages_seen_under(key, &mut |item| {
                said.push(Said::of(identity::identify(account, item, None).key, item));
            })?;
            talks.push(Talk { key, snapshots: writing.snapshots_of_thread_key(key)?, said });
        }
    }
    let groups: Vec<BTreeSet<Key>> = same_talk::groups(&talks)
        .into_iter()
        .map(|members| members.into_iter().map(|place| talks[place].key).collect())
        .collect();
    for &row in rows {
        let held: BTreeSet<Key> = writing.thread_keys(row)?.into_iter().collect();
        if !groups.iter().any(|group| held.is_subset(group)) {
            keys.extend(writing.keys_of_thread(row)?);
            remaining.extend(writing.split_thread(row)?);
            remaining.insert(row);
        }
    }
    for group in groups {
        let mut rows = BTreeSet::new();
        for key in group {
            rows.extend(writing.thread_by_key(key)?);
        }
        let mut rows: Vec<i64> = rows.into_iter().collect();
        // The longest keeps its row, so that fewer records are moved. What it has in common with another is in that one.
        let mut n_seen = BTreeMap::new();
        for &row in rows.iter().filter(|_| rows.len() > 1) {
            n_seen.insert(row, writing.n_messages_seen_in_thread(row)?);
        }
        rows.sort_by_key(|row| Reverse(n_seen.get(row).copied()));
        for (&kept, gone) in rows.first().into_iter().flat_map(|kept| rows[1..].iter().map(move |gone| (kept, *gone))) {
            keys.extend(writing.keys_of_thread(gone)?);
            writing.join_threads(kept, gone)?;
            remaining.remove(&gone);
            remaining.insert(kept);
        }
    }
    Ok(())
}

/// Names of the other one of a conversation of two, as the documents of one message tell them: `(earlier, later)`. Where two
/// of them name the same one of the two, they name the other one, too.
pub(super) fn names_of_the_other(
    writing: &Writing<'_>,
    sightings: &[SightingRow],
) -> Result<Vec<(Who, Who)>, StoreError> {
    let mut told: Vec<(&SnapshotRef, BTreeSet<Who>)> = Vec::new();
    for sighting in sightings {
        let (Some(key), Some(newest)) = (sighting.thread_key, sighting.snapshots.last()) else { continue };
        for head in writing.heads_in_reading(sighting.reading_id, key)? {
            let people: BTreeSet<Who> = head.participants.into_iter().filter(is_somebody).collect();
            if people.len() == 2 {
                told.push((newest, people));
            }
        }
    }
    told.sort();
    let mut names = Vec::new();
    for (place, (_, later)) in told.iter().enumerate().rev() {
        for (_, earlier) in told[..place].iter().rev() {
            if let ([one], [other]) = (
                earlier.difference(later).collect::<Vec<_>>().as_slice(),
                later.difference(earlier).collect::<Vec<_>>().as_slice(),
            ) {
                names.push(((*one).clone(), (*other).clone()));
            }
        }
    }
    Ok(names)
}

fn is_somebody(who: &Who) -> bool {
    !matches!(who, Who::Name(name) | Who::Handle(name) if is_anonymous(name))
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
    let mut aliases: BTreeSet<PublicId> = BTreeSet::new();
    for other in &account.other_keys {
        let with = heads.iter().filter(|head| other.is_for(&head.snapshots));
        aliases.extend(with.map(|head| public_id(thread_key(other.key, &head.head))));
    }
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
    use super::page_of;

    #[test]
    fn pages_go_by_number() {
        let check = |path, page| assert_eq!(page_of(path), page, "{path}");
        check("messages/inbox/ann_abcdefghij/message_2.json", 2);
        check("messages/inbox/ann_abcdefghij/message_10.json", 10);
        check("messages/broadcast/club_1/replies_1.json", u64::MAX);
        check("message_x.json", u64::MAX);
    }
}
