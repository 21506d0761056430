//! What a life must have at least one of, or the comparison says nothing about it.

use std::collections::BTreeMap;

use throwback::model::Generation;
use throwback::testing::{Form, Life, Message, Writing};

use super::fact::Fact;
use super::{life, one_life, table};

fn facts(life: &Life) -> Vec<Fact> {
    life::facts(life, &Writing::new(Generation::E))
}

/// Kinds, with a subkind where the contract has one.
const KINDS: &[&str] = &[
    "post",
    "post archived",
    "post deleted",
    "reel",
    "reel igtv",
    "story",
    "profile_photo",
    "comment",
    "like liked_post",
    "like liked_comment",
    "like story_like",
    "save",
    "collection",
    "story_interaction poll",
    "story_interaction question",
    "story_interaction quiz",
    "story_interaction emoji_slider",
    "story_interaction countdown",
    "search profile_search",
    "search keyword_search",
    "search tag_search",
    "search place_search",
    "follow follower",
    "follow following",
    "follow blocked",
    "follow close_friend",
    "follow restricted",
    "follow hide_story",
    "follow hashtag",
    "follow pending_request",
    "follow recent_request",
    "follow received_request",
    "follow unfollowed",
    "follow removed_suggestion",
    "follow favorite",
    "contact",
    "profile",
    "profile_change",
    "login login",
    "visit",
    "note",
    "interest topic",
    "view ad_viewed",
    "view post_viewed",
    "view video_watched",
    "view profile_suggested",
    "ad ad_clicked",
    "message text",
    "message media",
    "message share",
    "message call",
    "message system",
    "message reaction_notice",
    "message attachment_notice",
    "message unavailable",
];

#[test]
fn the_life_has_every_kind() {
    let facts = facts(&one_life());
    for kind in KINDS {
        let (kind, subkind) = kind.split_once(' ').unwrap_or((kind, ""));
        let is_there = facts.iter().any(|fact| fact.kind == kind && fact.get("subkind") == subkind);
        assert!(is_there, "no {kind} {subkind}");
    }
}

#[test]
fn the_life_has_what_trips_readers_up() {
    let facts = facts(&one_life());
    let some = |what: &str, is: &dyn Fn(&Fact) -> bool| assert!(facts.iter().any(is), "{what} is missing");
    let message = |fact: &Fact| fact.kind == "message";
    for share in ["story", "profile", "gif", "post", "link", "bare"] {
        some(share, &|fact| fact.get(table::SHARE) == share);
    }
    some("a carousel", &|fact| fact.kind == "post" && fact.get("media").contains(' '));
    some("the subtitles of a reel", &|fact| !fact.get("subtitles").is_empty());
    some("a message of several pictures", &|fact| message(fact) && fact.get("media").contains(' '));
    some("a reaction", &|fact| message(fact) && !fact.get("reactions").is_empty());
    some("a text of two lines", &|fact| message(fact) && fact.get("text").contains('\n'));
    some("mojibake that somebody typed", &|fact| message(fact) && fact.get("text").contains("Ã©"));
    some("an emoji alone", &|fact| message(fact) && fact.get("text") == "❤️");
    some("a group that was named", &|fact| fact.get("text").contains(" named the group "));
    some("an edited message", &|fact| message(fact) && fact.get("text").ends_with(" (edited)"));
}

#[test]
fn the_life_has_media_and_people_that_come_and_go() {
    let life = one_life();
    let all: Vec<Message> = (0..life.threads().len()).flat_map(|thread| life.messages(thread)).collect();
    for form in [Form::Jpeg, Form::Mp4, Form::M4a] {
        assert!(all.iter().any(|one| one.media.iter().any(|medium| medium.form == form)), "no {form:?} in a chat");
    }
    let now_ms = Life::end_ms();
    assert!(all.iter().any(|one| one.gone_ms.is_some_and(|gone| gone <= now_ms)), "no unsent message");
    let is_left = |person: usize| life.people()[person].left_ms.is_some_and(|left| left <= now_ms);
    assert!(all.iter().any(|one| is_left(one.sender)), "no message of a deleted account");
}

#[test]
fn the_life_says_the_same_twice() {
    let mut said: BTreeMap<_, Vec<i64>> = BTreeMap::new();
    let facts = facts(&one_life());
    for fact in facts.iter().filter(|fact| fact.get("subkind") == "text") {
        let at = chrono::DateTime::parse_from_rfc3339(fact.get("at")).expect("a time").timestamp_millis();
        said.entry((fact.get("thread"), fact.get("author"), fact.get("text"))).or_default().push(at);
    }
    let apart = |is: &dyn Fn(i64, i64) -> bool| {
        said.values().flat_map(|times| times.windows(2)).any(|pair| is(pair[0], pair[1]))
    };
    assert!(apart(&|one, two| one == two), "not in one millisecond");
    assert!(apart(&|one, two| one != two && one / 60_000 == two / 60_000), "not in one minute");
}
