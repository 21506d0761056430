//! The profile and its changes, logins, searches, visits, views, interests and notes (format reference §1.C6, §1.C7).

use super::Document;
use super::values::{Cell, handle, labelled, link, owner, seconds, string_list, string_map, time_value, value, word};
use crate::model::Generation;
use crate::testing::activity::{SearchSort, ViewSort};
use crate::testing::calendar;
use crate::testing::json::{Json, object};
use crate::testing::layout::{self, Area};
use crate::testing::life::{Life, OWNER};
use crate::testing::own::{Own, OwnSort, State};
use crate::testing::writing::Writing;

pub(super) fn documents(writing: &Writing) -> Vec<Document> {
    let area = Area::Personal;
    let suggested = if writing.is(Generation::C) { "suggested_accounts_viewed" } else { "suggested_profiles_viewed" };
    let mut documents = vec![
        Document::wrapped(area, "personal_information", "profile_user", profile),
        Document::wrapped(area, "profile_changes", "profile_profile_change", changes),
        Document::wrapped(Area::Logins, "login_activity", "account_history_login_history", logins),
        Document::wrapped(Area::AdsTopics, "posts_viewed", "impressions_history_posts_seen", |life, writing| {
            views(life, writing, ViewSort::Post)
        }),
        Document::wrapped(Area::AdsTopics, "videos_watched", "impressions_history_videos_watched", |life, writing| {
            views(life, writing, ViewSort::Video)
        }),
        Document::wrapped(Area::AdsTopics, suggested, "impressions_history_chaining_seen", |life, writing| {
            views(life, writing, ViewSort::Suggested)
        }),
    ];
    documents.extend(searches(writing));
    if writing.is(Generation::E) {
        documents
            .push(Document::bare(Area::AdsTopics, "ads_viewed", |life, writing| views(life, writing, ViewSort::Ad)));
        documents.push(Document::bare(area, "notes", notes));
        documents.push(Document::bare(Area::AdsTopics, "ads_clicked", clicks));
    } else {
        documents.push(Document::wrapped(
            Area::AdsTopics,
            "ads_viewed",
            "impressions_history_ads_seen",
            |life, writing| views(life, writing, ViewSort::Ad),
        ));
        documents.push(Document::wrapped(Area::AdsTopics, "ads_clicked", "impressions_history_ads_clicked", clicks));
    }
    documents.push(Document::wrapped(Area::Topics, "your_topics", "topics_your_topics", topics));
    if writing.has_link_history() {
        documents.push(Document::bare(Area::LinkHistory, "link_history", visits));
    }
    documents
}

fn searches(writing: &Writing) -> Vec<Document> {
    let area = Area::Searches;
    if writing.has_one_search_file() {
        return vec![Document::bare(area, "recent_searches", |life, writing| {
            let held = life.activity().searches.iter().rev().filter(|search| writing.holds_search(search));
            held.map(|search| {
                let values = vec![
                    value(writing, "Search term", search.query.clone()),
                    time_value(writing, "Update time", search.at_ms),
                ];
                labelled(search.at_ms, None, values)
            })
            .collect()
        })];
    }
    let profiles = if writing.is(Generation::C) { "account_searches" } else { "profile_searches" };
    vec![
        Document::wrapped(area, profiles, "searches_user", |life, writing| {
            searched(life, writing, SearchSort::Profile)
        }),
        Document::wrapped(area, "word_or_phrase_searches", "searches_keyword", |life, writing| {
            searched(life, writing, SearchSort::Keyword)
        }),
        Document::wrapped(area, "tag_searches", "searches_hashtag", |life, writing| {
            searched(life, writing, SearchSort::Tag)
        }),
    ]
}

/// In generation E every second profile search is a row of the other shape, in the same list.
fn searched(life: &Life, writing: &Writing, sort: SearchSort) -> Vec<Json> {
    let all = life.activity().searches.iter().rev();
    let held = all.filter(|search| search.sort == sort && writing.holds_search(search));
    held.enumerate()
        .map(|(number, search)| {
            if writing.is(Generation::E) && sort == SearchSort::Profile && number % 2 == 0 {
                let href = format!("https://www.instagram.com/{}", search.query);
                let cell = Cell { href, timestamp: seconds(search.at_ms), value: String::new() };
                return string_list(writing, search.query.clone(), cell);
            }
            let cells = vec![("Search", Cell::text(search.query.clone())), ("Time", Cell::time(search.at_ms))];
            string_map(writing, "", cells)
        })
        .collect()
}

fn profile(life: &Life, writing: &Writing) -> Vec<Json> {
    let owner = life.owner();
    let bio = life
        .activity()
        .changes
        .iter()
        .rfind(|change| change.changed == "Profile Bio Text" && change.at_ms <= writing.date_ms);
    let cells = vec![
        ("Email", Cell::text("robin@example.org")),
        ("Phone Confirmed", Cell::text(word(writing, "True"))),
        ("Username", Cell::text(owner.handle_at(writing.date_ms))),
        ("Name", Cell::text(writing.name(life, OWNER))),
        ("Bio", Cell::text(bio.map_or("", |change| &change.new))),
        ("Gender", Cell::text("unknown")),
        ("Date of birth", Cell::text("1990-06-15")),
        ("Private Account", Cell::text(word(writing, "True"))),
    ];
    let mut row = string_map(writing, writing.label("User information"), cells);
    let is_shown = |own: &&Own| own.sort == OwnSort::ProfilePhoto && writing.state(own) != State::Gone;
    if let (Some(photo), Json::Object(members)) = (life.own().iter().rfind(is_shown), &mut row) {
        let cell = object! {
            "uri" => layout::own_medium(writing, photo, &photo.media[0]),
            "creation_timestamp" => seconds(photo.at_ms),
            "title" => "",
        };
        members[1].1 = object! { writing.label("Profile Photo") => cell };
    }
    vec![row]
}

/// Oldest first; what changed is named in English in every language.
fn changes(life: &Life, writing: &Writing) -> Vec<Json> {
    let held = life.activity().changes.iter().filter(|change| writing.covers(change.at_ms));
    held.map(|change| {
        let cells = vec![
            ("Changed", Cell::text(change.changed)),
            ("Previous Value", Cell::text(change.previous.clone())),
            ("New Value", Cell::text(change.new.clone())),
            ("Change Date", Cell::time(change.at_ms)),
        ];
        string_map(writing, "", cells)
    })
    .collect()
}

fn logins(life: &Life, writing: &Writing) -> Vec<Json> {
    let held = life.activity().logins.iter().rev().filter(|login| writing.covers(login.at_ms));
    held.map(|login| {
        let cells = vec![
            ("Cookie Name", Cell::text(login.cookie.clone())),
            ("IP Address", Cell::text(login.address.clone())),
            ("Language Code", Cell::text(writing.language.code())),
            ("Time", Cell::time(login.at_ms)),
            ("User Agent", Cell::text(login.agent)),
        ];
        string_map(writing, calendar::iso(login.at_ms), cells)
    })
    .collect()
}

fn views(life: &Life, writing: &Writing, sort: ViewSort) -> Vec<Json> {
    let all = life.activity().views.iter().rev();
    let held = all.filter(|view| view.sort == sort && writing.holds_view(view));
    held.map(|view| {
        if writing.is(Generation::E) && sort == ViewSort::Ad {
            let me = life.owner().account_id;
            let fbid =
                format!("{me}:{}:{}::DYIImpressionsData", view.author + 18_000_000_000_000_000, seconds(view.at_ms));
            return labelled(view.at_ms, Some(fbid), vec![owner(life, writing, view.author)]);
        }
        let author = handle(life, writing, view.author);
        let label = if sort == ViewSort::Suggested { "Username" } else { "Author" };
        string_map(writing, "", vec![(label, Cell::text(author)), ("Time", Cell::time(view.at_ms))])
    })
    .collect()
}

/// Advertisements that were clicked on: a title and a time, in generation E among labels.
fn clicks(life: &Life, writing: &Writing) -> Vec<Json> {
    let held = life.activity().ads.iter().rev().filter(|ad| writing.covers(ad.at_ms));
    held.map(|ad| {
        if writing.is(Generation::E) {
            let values = vec![value(writing, "Action", "Click"), value(writing, "Title", ad.title.clone())];
            return labelled(ad.at_ms, None, values);
        }
        string_list(writing, ad.title.clone(), Cell::time(ad.at_ms))
    })
    .collect()
}

/// The names of topics; no time, no person.
pub const TOPICS: [&str; 4] = ["Sourdough", "Night trains", "Sea swimming", "Typography"];

fn topics(_: &Life, writing: &Writing) -> Vec<Json> {
    TOPICS.into_iter().map(|topic| string_map(writing, "", vec![("Name", Cell::text(topic))])).collect()
}

/// Times are local clocks in words.
fn visits(life: &Life, writing: &Writing) -> Vec<Json> {
    let held = life.activity().visits.iter().rev().filter(|visit| writing.covers(visit.at_ms));
    held.map(|visit| {
        let values = vec![
            link(writing, "Website link that you visited", &visit.url),
            value(writing, "Title of website page that you visited", visit.title.clone()),
            value(writing, "Website session start time", writing.language.clock(visit.at_ms)),
            value(writing, "Website session end time", writing.language.clock(visit.until_ms)),
        ];
        labelled(0, None, values)
    })
    .collect()
}

/// Seen by name only; the shape is that of its neighbours.
fn notes(life: &Life, writing: &Writing) -> Vec<Json> {
    let held = life.activity().notes.iter().rev().filter(|note| writing.covers(note.at_ms));
    held.map(|note| labelled(note.at_ms, None, vec![value(writing, "Text", note.text.clone())])).collect()
}
