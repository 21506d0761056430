//! Encrypted chats without a message that another download has: they continue the conversation of the same two people,
//! where there is only one. That depends on what else is held, so it is looked at anew by every ingest.

use std::collections::{BTreeMap, BTreeSet};

use super::merge::is_anonymous;
use crate::model::{Key, KeyBuilder, ThreadKind, Who};
use crate::store::{StoreError, ThreadOfAccount, Writing};

/// Takes the chats out that were joined by who takes part. Gives their conversations, and those that they leave.
pub(super) fn loosen(writing: &Writing<'_>, account_id: i64) -> Result<BTreeSet<i64>, StoreError> {
    let mut touched = BTreeSet::new();
    for (key, thread) in writing.guessed_thread_keys(account_id)? {
        touched.insert(thread);
        let public_id = KeyBuilder::new("thread, guessed").part(key.as_bytes()).public_id();
        touched.insert(writing.part_thread(key, public_id.as_str(), account_id)?);
    }
    Ok(touched)
}

/// Joins the chats that are alone with the only conversation of the same two people. Gives the conversations that changed and
/// the keys of the messages in them that stand elsewhere so far.
pub(super) fn join(writing: &Writing<'_>, account_id: i64) -> Result<(BTreeSet<i64>, BTreeSet<Key>), StoreError> {
    let (mut chats, mut usual) = (BTreeMap::new(), BTreeMap::new());
    for thread in writing.conversations_of_account(account_id)? {
        let of_pair: &mut BTreeMap<_, Vec<_>> = if thread.is_encrypted { &mut chats } else { &mut usual };
        for pair in pairs_of(&thread) {
            of_pair.entry(pair).or_default().push(thread.id);
        }
    }
    let mut touched = BTreeSet::new();
    for (pair, chats) in &chats {
        let Some([only]) = usual.get(pair).map(Vec::as_slice) else { continue };
        let mut loose: Vec<i64> = Vec::new();
        for chat in chats {
            if !writing.are_threads_together(*only, *chat)? {
                loose.push(*chat);
            }
        }
        let mut are_apart = true;
        for (position, one) in loose.iter().enumerate() {
            for other in &loose[..position] {
                are_apart &= !writing.are_threads_together(*one, *other)?;
            }
        }
        for chat in loose.into_iter().filter(|_| are_apart) {
            writing.guess_thread(chat)?;
            writing.join_threads(*only, chat)?;
            touched.insert(*only);
        }
    }
    Ok((touched, writing.keys_of_moved_messages(account_id)?))
}

/// The two people of a conversation, under all names that they had in it. Of a chat only where there is one such pair: it is
/// one document.
fn pairs_of(thread: &ThreadOfAccount) -> BTreeSet<Vec<String>> {
    let mut pairs = BTreeSet::new();
    for head in &thread.heads {
        if head.kind != ThreadKind::Direct {
            return BTreeSet::new();
        }
        let people = head.participants.iter().filter_map(|who| match who {
            Who::Name(name) if !is_anonymous(name) => Some(name.clone()),
            _ => None,
        });
        let names: BTreeSet<String> = people.collect();
        if names.len() == 2 {
            pairs.insert(names.into_iter().collect());
        }
    }
    if thread.is_encrypted && pairs.len() > 1 { BTreeSet::new() } else { pairs }
}
