//! Followers, accounts followed and all other relations, and contacts (format reference §1.C5).

use super::Document;
use super::values::{Cell, handle, labelled, link, seconds, string_list, string_map, value};
use crate::model::Generation;
use crate::testing::activity::{Relation, RelationSort, Whom};
use crate::testing::calendar::day_ms;
use crate::testing::json::Json;
use crate::testing::layout::Area;
use crate::testing::life::Life;
use crate::testing::writing::Writing;

/// File names (with "accounts", and with "profiles" since 2024), wrapper, and rows of each relation.
const FILES: [(&str, &str, &str, super::Rows); 11] = [
    ("following", "following", "relationships_following", |l, w| rows(l, w, RelationSort::Following)),
    ("blocked_accounts", "blocked_profiles", "relationships_blocked_users", |l, w| rows(l, w, RelationSort::Blocked)),
    ("close_friends", "close_friends", "relationships_close_friends", |l, w| rows(l, w, RelationSort::CloseFriend)),
    ("restricted_accounts", "restricted_profiles", "relationships_restricted_users", |l, w| {
        rows(l, w, RelationSort::Restricted)
    }),
    ("hide_story_from", "hide_story_from", "relationships_hide_stories_from", |l, w| {
        rows(l, w, RelationSort::HideStory)
    }),
    ("following_hashtags", "following_hashtags", "relationships_following_hashtags", |l, w| {
        rows(l, w, RelationSort::Hashtag)
    }),
    ("pending_follow_requests", "pending_follow_requests", "relationships_follow_requests_sent", |l, w| {
        rows(l, w, RelationSort::PendingRequest)
    }),
    ("recent_follow_requests", "recent_follow_requests", "relationships_permanent_follow_requests", |l, w| {
        rows(l, w, RelationSort::RecentRequest)
    }),
    (
        "follow_requests_you've_received",
        "follow_requests_you've_received",
        "relationships_follow_requests_received",
        |l, w| rows(l, w, RelationSort::ReceivedRequest),
    ),
    ("recently_unfollowed_accounts", "recently_unfollowed_profiles", "relationships_unfollowed_users", |l, w| {
        rows(l, w, RelationSort::Unfollowed)
    }),
    ("removed_suggestions", "removed_suggestions", "relationships_dismissed_suggested_users", |l, w| {
        rows(l, w, RelationSort::RemovedSuggestion)
    }),
];

/// Written as label values in generation E (format reference §1.E1).
const LABELLED: [&str; 5] =
    ["recently_unfollowed_profiles", "blocked_profiles", "close_friends", "hide_story_from", "pending_follow_requests"];

pub(super) fn documents(writing: &Writing) -> Vec<Document> {
    let area = Area::Followers;
    let mut documents = if writing.is(Generation::C) && writing.era_ms() < day_ms(2023, 1, 1) {
        vec![Document::wrapped(area, "followers", "relationships_followers", |life, writing| {
            rows(life, writing, RelationSort::Follower)
        })]
    } else {
        FOLLOWERS.map(|(name, rows)| Document::bare(area, name, rows)).into()
    };
    for (old, new, member, rows) in FILES {
        let name = if writing.is(Generation::C) { old } else { new };
        documents.push(if writing.is(Generation::E) && LABELLED.contains(&name) {
            Document::bare(area, name, rows)
        } else {
            Document::wrapped(area, name, member, rows)
        });
    }
    let favorites: super::Rows = |life, writing| rows(life, writing, RelationSort::Favorite);
    documents.push(if writing.is(Generation::C) {
        Document::wrapped(area, "accounts_you've_favorited", "relationships_feed_favorites", favorites)
    } else {
        Document::wrapped(area, "profiles_you've_favorited", "relationships_feed_favorites", favorites)
    });
    documents.push(Document::wrapped(Area::Contacts, "synced_contacts", "contacts_contact_info", contacts));
    documents
}

/// The pages of the followers; the last holds all that are left.
const FOLLOWERS: [(&str, super::Rows); 3] = [
    ("followers_1", |life, writing| followers(life, writing, 0)),
    ("followers_2", |life, writing| followers(life, writing, 1)),
    ("followers_3", |life, writing| followers(life, writing, 2)),
];

fn followers(life: &Life, writing: &Writing, page: usize) -> Vec<Json> {
    let all = rows(life, writing, RelationSort::Follower).into_iter().skip(page * writing.page);
    if page + 1 < FOLLOWERS.len() { all.take(writing.page).collect() } else { all.collect() }
}

fn rows(life: &Life, writing: &Writing, sort: RelationSort) -> Vec<Json> {
    let all = life.activity().relations.iter().rev();
    let held = all.filter(|one| one.sort == sort && writing.holds(one.at_ms, one.until_ms));
    held.map(|relation| row(life, writing, relation)).collect()
}

fn row(life: &Life, writing: &Writing, relation: &Relation) -> Json {
    use RelationSort as Sort;
    let timestamp = seconds(relation.at_ms);
    let person = match &relation.whom {
        Whom::Hashtag(tag) => {
            let href = format!("https://www.instagram.com/explore/tags/{tag}");
            return string_list(writing, "", Cell { href, value: tag.clone(), timestamp });
        }
        Whom::Person(person) => *person,
    };
    let name = handle(life, writing, person);
    let href = format!("https://www.instagram.com/{name}");
    let is_new = writing.is(Generation::E);
    match relation.sort {
        Sort::Unfollowed | Sort::Blocked | Sort::CloseFriend | Sort::HideStory | Sort::PendingRequest if is_new => {
            let shown = writing.name(life, person);
            let values =
                vec![link(writing, "URL", &href), value(writing, "Name", shown), value(writing, "Username", name)];
            labelled(relation.at_ms, Some(life.people()[person].account_id.to_string()), values)
        }
        // Generation E writes the name into the title only.
        Sort::Following if is_new => {
            let href = format!("https://www.instagram.com/_u/{name}");
            string_list(writing, name, Cell { href, timestamp, value: String::new() })
        }
        _ => string_list(writing, "", Cell { href, value: name, timestamp }),
    }
}

fn contacts(life: &Life, writing: &Writing) -> Vec<Json> {
    let held = life.activity().contacts.iter().filter(|contact| writing.covers(contact.at_ms));
    held.map(|contact| {
        let cells = vec![
            ("First Name", Cell::text(contact.first.clone())),
            ("Last Name", Cell::text(contact.last.clone())),
            ("Contact Information", Cell::text(contact.address.clone())),
            ("Imported Time", Cell::time(contact.at_ms)),
        ];
        string_map(writing, "", cells)
    })
    .collect()
}
