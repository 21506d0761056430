//! Who "me" is. Downloads do not mark it (format reference §4.8).

use std::collections::{BTreeSet, HashSet};

use super::people::OwnerNames;
use crate::model::{Finding, FindingCode, Item, Kind, Moment, Who};
use crate::store::{StoreError, Writing};

/// The owner of one snapshot, as inferred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    pub name: Option<String>,
    pub ground: &'static str,
    pub is_doubtful: bool,
}

/// Says who the owners of accounts are, in every snapshot of them. Gives their names, and the snapshots in which several
/// could be it.
pub(super) fn settle(writing: &Writing<'_>, accounts: &[i64]) -> Result<(Vec<OwnerNames>, BTreeSet<i64>), StoreError> {
    let mut doubtful = BTreeSet::new();
    let mut all = Vec::with_capacity(accounts.len());
    for &account in accounts {
        let row = writing.account_row(account)?;
        let owners = names_in_snapshots(writing, account, &row.own.handle, &mut doubtful)?;
        let own = writing.handle_id(&Who::Me, &row.own)?;
        let mut names = Vec::with_capacity(owners.len());
        for who in owners.iter().filter(|who| **who != Who::Handle(row.own.handle.clone())) {
            names.push(writing.handle_id(who, &row.own)?);
        }
        all.push(OwnerNames { account_id: account, own, names });
    }
    Ok((all, doubtful))
}

/// All names that the owner of an account has in its snapshots, the newest first.
fn names_in_snapshots(
    writing: &Writing<'_>,
    account_id: i64,
    handle: &str,
    doubtful: &mut BTreeSet<i64>,
) -> Result<Vec<Who>, StoreError> {
    let names = names_of_account(writing, account_id, handle)?;
    let mut owners: Vec<Who> = names.clone();
    for snapshot in writing.snapshots_of_account(account_id)? {
        let inferred = infer(&names, &writing.participants_of_snapshot(snapshot)?);
        writing.set_snapshot_owner(snapshot, inferred.name.as_deref(), inferred.ground)?;
        if let Some(name) = inferred.name
            && !owners.contains(&Who::Name(name.clone()))
            && writing.is_display_name_in_snapshot(snapshot, &name)?
        {
            owners.push(Who::Name(name));
        }
        if inferred.is_doubtful {
            doubtful.insert(snapshot);
        }
    }
    Ok(owners)
}

/// What is told about a snapshot in which several could be the owner.
pub(super) fn doubt() -> Finding {
    let sentence = "Several people take part equally often, so it is not known which of them the owner is; messages of the \
                    owner are not marked. A download with the profile in it settles it.";
    Finding::new(FindingCode::DoubtfulOwner, sentence)
}

/// The owner's names, newest first: display names, then user names.
fn names_of_account(writing: &Writing<'_>, account_id: i64, handle: &str) -> Result<Vec<Who>, StoreError> {
    let mut items = writing.items_of_account(account_id, &[Kind::Profile, Kind::ProfileChange])?;
    items.sort_by_cached_key(|(item, snapshots)| {
        (
            std::cmp::Reverse(snapshots.last().cloned()),
            std::cmp::Reverse(item.at.map(Moment::utc_ms)),
            format!("{item:?}"),
        )
    });
    let mut display_names = Vec::new();
    let mut user_names = vec![Who::Handle(handle.to_owned())];
    let mut known: HashSet<Who> = user_names.iter().cloned().collect();
    for who in items.iter().flat_map(|(item, _)| names_in(item)) {
        if known.insert(who.clone()) {
            let names = if matches!(who, Who::Name(_)) { &mut display_names } else { &mut user_names };
            names.push(who);
        }
    }
    for name in writing.names_of_account(account_id)?.into_iter().rev().map(Who::Handle) {
        if known.insert(name.clone()) {
            user_names.push(name);
        }
    }
    display_names.extend(user_names);
    Ok(display_names)
}

/// The names of the owner that one profile, or one change of it, tells.
pub(super) fn names_in(item: &Item) -> Vec<Who> {
    let filled = |name: &str| item.details.text(name).filter(|text| !text.trim().is_empty());
    match item.kind {
        Kind::Profile if item.details.get("app").is_none() => {
            let name = filled("name").map(|name| Who::Name(name.to_owned()));
            let handle = filled("username").map(|handle| Who::Handle(handle.to_owned()));
            name.into_iter().chain(handle).collect()
        }
        // The values of "Changed" stay English in every language (format reference §1.C7).
        Kind::ProfileChange => {
            let make: fn(String) -> Who = match filled("changed") {
                Some("Profile Name" | "Name") => Who::Name,
                Some("Username") => Who::Handle,
                _ => return Vec::new(),
            };
            [filled("new_value"), filled("previous_value")]
                .into_iter()
                .flatten()
                .map(|name| make(name.to_owned()))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Chooses among the participants of a snapshot's conversations: `(name, in how many conversations)`, most first.
pub(super) fn infer(names: &[Who], participants: &[(String, i64)]) -> Owner {
    let text = |who: &Who| match who {
        Who::Me => None,
        Who::Handle(name) | Who::Name(name) => Some(name.clone()),
    };
    let all: HashSet<&str> = participants.iter().map(|(name, _)| name.as_str()).collect();
    let takes_part = |who: &&Who| text(who).is_some_and(|name| all.contains(name.as_str()));
    if let Some(found) = names.iter().find(takes_part) {
        let ground = if matches!(found, Who::Name(_)) { "display name of the profile" } else { "user name" };
        return Owner { name: text(found), ground, is_doubtful: false };
    }
    match participants {
        [] => {
            let known = names.iter().find(|who| matches!(who, Who::Name(_))).or_else(|| names.first());
            Owner { name: known.and_then(text), ground: "profile; no conversations", is_doubtful: false }
        }
        [(name, _)] => {
            Owner { name: Some(name.clone()), ground: "takes part in every conversation", is_doubtful: false }
        }
        [(name, most), (_, second), ..] if most > second => {
            Owner { name: Some(name.clone()), ground: "takes part in the most conversations", is_doubtful: false }
        }
        _ => Owner { name: None, ground: "several take part equally often", is_doubtful: true },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_is_chosen_by_evidence() {
        let name = |name: &str| Who::Name(name.into());
        let handle = |handle: &str| Who::Handle(handle.into());
        let check = |names: &[Who], participants: &[(&str, i64)], expected: Option<&str>, is_doubtful: bool| {
            let participants: Vec<_> = participants.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect();
            let owner = infer(names, &participants);
            assert_eq!((owner.name.as_deref(), owner.is_doubtful), (expected, is_doubtful), "{participants:?}");
        };
        let mia = [name("Mia Beispiel"), name("Mia B."), handle("mia.example")];
        check(&mia, &[("Leo", 4), ("Mia Beispiel", 3)], Some("Mia Beispiel"), false);
        check(&mia, &[("Leo", 4), ("Mia B.", 3)], Some("Mia B."), false);
        check(&mia, &[("Leo", 1), ("mia.example", 1)], Some("mia.example"), false);
        check(&[handle("x")], &[("Mia", 4), ("Leo", 3)], Some("Mia"), false);
        check(&[handle("x")], &[("Leo", 3), ("Mia", 3)], None, true);
        check(&mia, &[], Some("Mia Beispiel"), false);
    }
}
