//! The profile, logins, relations to others, contacts, and the files that have nothing to tell.

use std::borrow::Cow;

use super::{Flat, lists};
use crate::testing::activity::{RelationSort, Whom};
use crate::testing::json::{Json, object};

/// What a section without data says (format reference §1.4).
pub(super) const NOTHING: &str = "You have no data in this section";

pub(super) fn profile(flat: &Flat) -> Json {
    let date_ms = flat.writing.date_ms;
    let owner = flat.life.owner();
    let changes = &flat.life.activity().changes;
    let bio = changes.iter().rfind(|change| change.changed == "Profile Bio Text" && change.at_ms <= date_ms);
    let mut json = object! {};
    if let Some(bio) = bio {
        json.push("biography", bio.new.clone());
    }
    for (name, value) in [
        ("date_joined", flat.time(crate::testing::people::lifetime().0)),
        ("email", "robin@example.org".to_owned()),
        ("gender", "unknown".to_owned()),
        ("name", owner.name_at(date_ms).to_owned()),
        ("phone_number", String::new()),
        ("username", owner.handle_at(date_ms).to_owned()),
        ("date_of_birth", "1990-06-15".to_owned()),
    ] {
        json.push(name, value);
    }
    json.push("private_account", true);
    json
}

pub(super) fn history(flat: &Flat) -> Option<Json> {
    let here = flat.life.activity().logins.iter().rev().filter(|one| flat.holds(one.at_ms, None));
    let rows = here.map(|one| {
        object! {
            "cookie_name" => one.cookie.clone(),
            "ip_address" => one.address.clone(),
            "language_code" => "en",
            "timestamp" => flat.time(one.at_ms),
            "user_agent" => one.agent,
            "device_id" => Json::Null,
        }
    });
    lists(vec![("login_history", rows.collect())])
}

/// Every section is a map from a name to a time.
pub(super) fn connections(flat: &Flat) -> Option<Json> {
    use RelationSort as Sort;
    const SECTIONS: [(&str, Sort); 9] = [
        ("blocked_users", Sort::Blocked),
        ("close_friends", Sort::CloseFriend),
        ("dismissed_suggested_users", Sort::RemovedSuggestion),
        ("follow_requests_sent", Sort::PendingRequest),
        ("followers", Sort::Follower),
        ("following", Sort::Following),
        ("following_hashtags", Sort::Hashtag),
        ("permanent_follow_requests", Sort::RecentRequest),
        ("restricted_users", Sort::Restricted),
    ];
    let map = |sort: Sort| {
        let all = flat.life.activity().relations.iter().rev();
        let here = all.filter(|one| one.sort == sort && flat.writing.holds_relation(one) && flat.is_here(one.at_ms));
        let member = |one: &crate::testing::activity::Relation| {
            let name = match &one.whom {
                Whom::Person(person) => flat.handle(*person),
                Whom::Hashtag(tag) => tag.clone(),
            };
            (Cow::from(name), Json::from(flat.time(one.at_ms)))
        };
        Json::Object(here.map(member).collect())
    };
    let sections: Vec<(Cow<'static, str>, Json)> =
        SECTIONS.into_iter().map(|(name, sort)| (Cow::from(name), map(sort))).collect();
    let is_filled = |(_, map): &(Cow<'static, str>, Json)| matches!(map, Json::Object(members) if !members.is_empty());
    sections.iter().any(is_filled).then_some(Json::Object(sections))
}

pub(super) fn contacts(flat: &Flat) -> Option<Json> {
    let here = flat.life.activity().contacts.iter().filter(|one| flat.holds(one.at_ms, None));
    let rows: Vec<Json> = here
        .map(|one| {
            object! {
                "contact" => one.address.clone(),
                "first_name" => one.first.clone(),
                "last_name" => one.last.clone(),
            }
        })
        .collect();
    (!rows.is_empty()).then_some(Json::List(rows))
}
