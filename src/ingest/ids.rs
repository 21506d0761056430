//! Ids by which a record is known besides its own: those of rows that would by themselves be something else, and those that
//! it had to whoever knew less of the names of its account.

use std::collections::BTreeSet;

use super::align::{self, Sighted};
use super::derive::is_post;
use super::identity::{self, Identity, thread_key};
use super::likeness;
use super::own_posts::item_of_words;
use super::same_thing::twin_key;
use crate::model::{Key, PublicId};
use crate::store::{OtherKey, SightingRow, StoreError, Writing};

/// Rows of a thing that have another key by themselves: their id is one more of the record's, which has that key.
pub(super) fn add_own(account: Key, key: Key, sighted: &mut Sighted) {
    let is_moved = |sighting: &&SightingRow| {
        is_post(&sighting.item) || likeness::has(sighting.item.kind) || sighting.held_as.is_some()
    };
    for sighting in sighted.sightings.iter().filter(is_moved) {
        let own = identity_in(account, sighting, sighting.thread_key);
        if is_another(own.key, key, sighting) {
            sighted.aliases.push(own_id(own, sighting));
        }
    }
}

/// A record's key names its account by the oldest user name. To whoever held less, another of the names was the oldest, and
/// the ids were those under the key that the account has by it.
pub(super) fn add_under_other_names(
    writing: &Writing<'_>,
    account: Key,
    other_keys: &[OtherKey],
    key: Key,
    sighted: &mut Sighted,
) -> Result<(), StoreError> {
    let mut ids = Vec::new();
    let snapshots = || sighted.sightings.iter().flat_map(|sighting| sighting.snapshots.iter());
    for OtherKey { key: other, .. } in other_keys.iter().filter(|other| other.is_for(snapshots())) {
        let mut keys = BTreeSet::new();
        for sighting in &sighted.sightings {
            let own = identity_in(account, sighting, sighting.thread_key);
            // Only where a message has no time its key names its conversation.
            let thread = match sighting.thread_key.filter(|_| sighting.item.at.is_none()) {
                Some(thread) => writing.head_of_thread_key(thread)?.map(|head| thread_key(*other, &head)),
                None => None,
            };
            let elsewhere = identity_in(*other, sighting, thread);
            if is_another(own.key, key, sighting) {
                ids.push(own_id(elsewhere, sighting));
            } else if keys.insert(elsewhere.key) {
                ids.extend(sighted.ids_under(elsewhere.key));
            }
        }
    }
    sighted.aliases.append(&mut ids);
    Ok(())
}

/// The id that subtitles had as long as no document was known that names them.
pub(super) fn of_words(account: Key, words: &str) -> PublicId {
    let item = item_of_words(words);
    let own = identity::identify(account, &item, None);
    align::nth_id(own.key, own.counting, &item, 0)
}

/// What a row is by itself, in the account of that key.
fn identity_in(account: Key, sighting: &SightingRow, thread: Option<Key>) -> Identity {
    let own = identity::identify(account, &sighting.item, thread);
    Identity { key: twin_key(own.key, sighting.twin), ..own }
}

/// Whether a row of a record of that key would by itself be another: has another key, or says what the record does not.
fn is_another(own: Key, key: Key, sighting: &SightingRow) -> bool {
    own != key || sighting.held_as.is_some_and(|held| held.signature != identity::signature(&sighting.item))
}

fn own_id(own: Identity, sighting: &SightingRow) -> PublicId {
    let nth = sighting.held_as.map_or(0, |held| held.nth);
    align::nth_id(own.key, own.counting, &sighting.item, nth)
}
