//! Lists and categories: what a download can be asked for, which of it is lasting, and which files are pages of one list.
//!
//! A list is what one row of the catalog reads, under that row's name; the flat documents of generations A and B hold
//! several lists, which go by the names of their successors where the two hold the same things. Conversations are the list
//! [`MESSAGES`], each a list of its own. Categories are what people know them by (format reference §6).

use std::collections::BTreeSet;

use super::catalog::{CATALOG, Reader};
use crate::model::Kind;

/// The list of all conversations.
pub const MESSAGES: &str = "messages";
/// Of a category of which a file says that there is nothing in it: this, and the category's name.
pub const EMPTY: &str = "empty:";

/// Something that a download can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Category {
    /// As `coverage` shows it and `--expect` takes it.
    pub name: &'static str,
    /// Nobody should leave without it.
    pub is_core: bool,
    /// Its main lists: a download that has any of it has one of them, in every generation and form (format reference §1.A,
    /// §1.C2 to §1.C5). Where none of them is, the category is absent.
    pub lists: &'static [&'static str],
    /// Lists that only add to it: what they hold does not make up for a main list that is missing.
    pub added: &'static [&'static str],
    /// Folders whose `no-data.txt` says that there is nothing of it.
    pub folders: &'static [&'static str],
}

const fn core(
    name: &'static str,
    lists: &'static [&'static str],
    added: &'static [&'static str],
    folders: &'static [&'static str],
) -> Category {
    Category { name, is_core: true, lists, added, folders }
}

const fn other(name: &'static str, lists: &'static [&'static str], folders: &'static [&'static str]) -> Category {
    Category { name, is_core: false, lists, added: &[], folders }
}

impl Category {
    pub fn all_lists(&self) -> impl Iterator<Item = &'static str> {
        self.lists.iter().chain(self.added).copied()
    }
}

/// Every category, in the order in which it is shown. What no line names belongs to the last.
pub const CATEGORIES: &[Category] = &[
    core("profile", &["personal_information"], &[], &[]),
    core(
        "posts",
        &["posts"],
        &["archived_posts", "other_content", "reels", "igtv_videos", "recently_deleted_content"],
        &["content"],
    ),
    core("stories", &["stories"], &[], &["content"]),
    // All of a conversation is one list, wherever it lies: which folder of conversations is the main one cannot be told.
    core("messages", &[MESSAGES], &[], &["messages"]),
    core("comments", &["post_comments", "flat_comments"], &["reels_comments", "hype"], &["comments"]),
    core("likes", &["liked_posts"], &["liked_comments", "story_likes"], &["likes"]),
    core("followers", &["followers"], &[], &["followers_and_following"]),
    core("following", &["following"], &[], &["followers_and_following"]),
    other("profile photos", &["profile_photos"], &[]),
    other("profile changes", &["profile_changes", "account_information", "professional_information"], &[]),
    other("saved", &["saved_posts", "saved_collections", "saved_music", "saved_locations"], &["saved"]),
    other(
        "story interactions",
        &[
            "polls",
            "questions",
            "quizzes",
            "emoji_sliders",
            "countdowns",
            "emoji_story_reactions",
            "avatar_story_reactions",
            "story_reaction_sticker_reactions",
            "question_media_response",
            "question_music_response",
        ],
        &["story_sticker_interactions", "story_interactions"],
    ),
    other(
        "other connections",
        &[
            "blocked_profiles",
            "close_friends",
            "restricted_profiles",
            "hide_story_from",
            "following_hashtags",
            "pending_follow_requests",
            "recent_follow_requests",
            "follow_requests_received",
            "recently_unfollowed_profiles",
            "removed_suggestions",
            "favorites",
            "custom_lists",
            "flat_relations",
        ],
        &[],
    ),
    other("contacts", &["synced_contacts"], &["contacts"]),
    other(
        "searches",
        &[
            "profile_searches",
            "word_or_phrase_searches",
            "tag_searches",
            "place_searches",
            "recent_searches",
            "flat_searches",
        ],
        &["recent_searches"],
    ),
    other("notes and reposts", &["notes", "note_interactions", "reposts"], &[]),
    other("link history", &["link_history"], &["link_history"]),
    other(
        "logins and devices",
        &[
            "login_activity",
            "logout_activity",
            "password_changes",
            "privacy_changes",
            "status_changes",
            "signup",
            "last_known_location",
            "profile_activity",
            "devices",
            "cameras",
            "two_factor",
            "flat_account_history",
            "flat_devices",
        ],
        &["login_and_account_creation", "login_and_profile_creation"],
    ),
    other(
        "seen and clicked",
        &[
            "ads_viewed",
            "posts_viewed",
            "videos_watched",
            "suggested_profiles_viewed",
            "ads_clicked",
            "stories_viewed",
            "music_in_stories",
            "profiles_not_interested",
            "posts_not_interested",
            "interest_feedback",
            "flat_seen_content",
        ],
        &[],
    ),
    EVERYTHING_ELSE,
];

const EVERYTHING_ELSE: Category = other("everything else", &[], &[]);

/// Lists that hold only what is recent: what they lack may have been let go by the service (format reference §0.17,
/// §1.C6), or waited there for its end (deleted content, requests).
const PASSING: &[&str] =
    &["recently_deleted_content", "recent_follow_requests", "recently_unfollowed_profiles", "pending_follow_requests"];

/// Kind and subkind of what flat documents hold → the list that has it since. Stories' comments and the rest of the flat
/// documents stay by themselves: nothing since holds exactly the same.
const FLAT: &[(&str, Kind, Option<&str>, &str)] = &[
    ("flat_profile", Kind::Profile, None, "personal_information"),
    ("flat_media", Kind::Post, None, "posts"),
    ("flat_media", Kind::Reel, None, "posts"),
    ("flat_media", Kind::Story, None, "stories"),
    ("flat_media", Kind::ProfilePhoto, None, "profile_photos"),
    ("flat_likes", Kind::Like, Some("liked_post"), "liked_posts"),
    ("flat_likes", Kind::Like, Some("liked_comment"), "liked_comments"),
    ("flat_saved", Kind::Save, None, "saved_posts"),
    ("flat_saved", Kind::Collection, None, "saved_collections"),
    ("flat_stories_activities", Kind::StoryInteraction, Some("poll"), "polls"),
    ("flat_stories_activities", Kind::StoryInteraction, Some("question"), "questions"),
    ("flat_stories_activities", Kind::StoryInteraction, Some("quiz"), "quizzes"),
    ("flat_stories_activities", Kind::StoryInteraction, Some("emoji_slider"), "emoji_sliders"),
    ("flat_stories_activities", Kind::StoryInteraction, Some("countdown"), "countdowns"),
    ("flat_connections", Kind::Follow, Some("follower"), "followers"),
    ("flat_connections", Kind::Follow, Some("following"), "following"),
    ("flat_connections", Kind::Follow, Some("blocked"), "blocked_profiles"),
    ("flat_connections", Kind::Follow, Some("restricted"), "restricted_profiles"),
    ("flat_connections", Kind::Follow, Some("close_friend"), "close_friends"),
    ("flat_connections", Kind::Follow, Some("pending_request"), "pending_follow_requests"),
    ("flat_connections", Kind::Follow, Some("recent_request"), "recent_follow_requests"),
    ("flat_connections", Kind::Follow, Some("hashtag"), "following_hashtags"),
    ("flat_connections", Kind::Follow, Some("removed_suggestion"), "removed_suggestions"),
    ("flat_relations", Kind::Follow, Some("follower"), "followers"),
    ("flat_relations", Kind::Follow, Some("following"), "following"),
    ("flat_contacts", Kind::Contact, None, "synced_contacts"),
];

/// The list to which an item belongs that this reader gave.
pub fn list_of<'r>(reader: &'r str, kind: Kind, subkind: Option<&str>) -> &'r str {
    if kind == Kind::Message {
        return MESSAGES;
    }
    let is_it = |row: &&(&str, Kind, Option<&str>, &str)| {
        row.0 == reader && row.1 == kind && row.2.is_none_or(|wanted| subkind == Some(wanted))
    };
    FLAT.iter().find(is_it).map_or(reader, |row| row.3)
}

/// The lists that a document shows to be there, be they empty. Of the flat ones all that such a document has.
pub fn lists_told_by(reader: &str) -> BTreeSet<&'static str> {
    let flat: BTreeSet<&str> = FLAT.iter().filter(|row| row.0 == reader).map(|row| row.3).collect();
    if !flat.is_empty() {
        return flat;
    }
    let Some(row) = CATALOG.iter().find(|row| row.name == reader && !row.is_last()) else { return flat };
    let is_conversation = matches!(row.reader, Reader::Thread | Reader::FlatThreads);
    BTreeSet::from([if is_conversation { MESSAGES } else { row.name }])
}

/// The category of a list.
pub fn category_of(list: &str) -> &'static Category {
    let list = list.strip_prefix(EMPTY).unwrap_or(list);
    let is_it = |category: &&Category| category.all_lists().any(|one| one == list) || category.name == list;
    CATEGORIES.iter().find(is_it).unwrap_or(&EVERYTHING_ELSE)
}

/// The categories of which a file says by its name and place that there is nothing in them (format reference §1.4).
pub fn categories_without_data(path: &str) -> Vec<&'static Category> {
    let mut parts = path.rsplit('/');
    let (Some(file), Some(folder)) = (parts.next(), parts.next()) else { return Vec::new() };
    // Pages of comments and the like have `no-data.txt` too.
    if !file.eq_ignore_ascii_case("no-data.txt") {
        return Vec::new();
    }
    CATEGORIES.iter().filter(|category| category.folders.contains(&folder)).collect()
}

/// Whether what a list lacks may have been let go by the service.
pub fn is_passing(list: &str) -> bool {
    PASSING.contains(&list)
}

/// Whether things of a kind are taken away by people, so that their absence says something. What was seen, searched, opened
/// and logged passes by itself after a while (format reference §0.17, §1.C6, §8.4).
pub const fn is_lasting(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Post
            | Kind::Story
            | Kind::Reel
            | Kind::ProfilePhoto
            | Kind::Message
            | Kind::Comment
            | Kind::Repost
            | Kind::Like
            | Kind::Save
            | Kind::Collection
            | Kind::StoryInteraction
            | Kind::Follow
            | Kind::Contact
    )
}

/// Whether a kind is the state of its day, guesses about somebody included: each download says it anew.
pub const fn is_of_its_day(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Profile
            | Kind::Interest
            | Kind::App
            | Kind::Insight
            | Kind::Setting
            | Kind::Shopping
            | Kind::Form
            | Kind::Misc
    )
}

/// Of a page of a list (`message_12.json`): what all its pages have in common, and its number.
pub fn page_of(path: &str) -> Option<(String, u32)> {
    let (parents, file) = path.rsplit_once('/').unwrap_or(("", path));
    let base = file.rsplit_once('.').map_or(file, |(base, _)| base);
    let (stem, number) = base.rsplit_once('_')?;
    let number = number.parse().ok().filter(|number| (1..=100_000).contains(number))?;
    let is_paged = CATALOG.iter().flat_map(|row| row.files).any(|pattern| pattern.strip_suffix("_N") == Some(stem));
    is_paged.then(|| (format!("{parents}/{stem}"), number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_one_of_the_catalog_and_in_one_category() {
        let mut seen = BTreeSet::new();
        for list in CATEGORIES.iter().flat_map(Category::all_lists) {
            assert!(list == MESSAGES || CATALOG.iter().any(|row| row.name == list), "{list}");
            assert!(seen.insert(list), "{list} stands twice");
        }
        assert!(CATEGORIES.iter().all(|category| !category.is_core || !category.lists.is_empty()));
        for (reader, _, _, list) in FLAT {
            assert!(CATALOG.iter().any(|row| row.name == *reader), "{reader}");
            assert!(seen.contains(list), "{list}");
        }
        for list in PASSING {
            assert!(seen.contains(list), "{list}");
        }
    }

    #[test]
    fn items_belong_to_lists() {
        let check = |reader: &str, kind, subkind, list: &str| assert_eq!(list_of(reader, kind, subkind), list);
        check("followers", Kind::Follow, Some("follower"), "followers");
        check("flat_connections", Kind::Follow, Some("follower"), "followers");
        check("threads_followers", Kind::Follow, Some("follower"), "threads_followers");
        check("flat_media", Kind::Story, None, "stories");
        check("flat_messages", Kind::Message, None, MESSAGES);
        check("thread", Kind::Message, Some("text"), MESSAGES);
        check("flat_searches", Kind::Search, Some("tag_search"), "flat_searches");
        assert_eq!(lists_told_by("flat_likes"), BTreeSet::from(["liked_posts", "liked_comments"]));
        assert_eq!(lists_told_by("thread"), BTreeSet::from([MESSAGES]));
        assert_eq!(lists_told_by("following"), BTreeSet::from(["following"]));
        assert!(lists_told_by("generic").is_empty() && lists_told_by("start_page").is_empty());
        assert_eq!(category_of("reels").name, "posts");
        assert_eq!(category_of("empty:likes").name, "likes");
        assert_eq!(category_of("surveys").name, "everything else");
        let empty = |path: &str| categories_without_data(path).iter().map(|one| one.name).collect::<Vec<_>>();
        assert_eq!(empty("your_instagram_activity/likes/no-data.txt"), ["likes"]);
        assert_eq!(empty("connections/followers_and_following/No-Data.txt"), ["followers", "following"]);
        assert!(empty("likes/liked_posts.json").is_empty() && empty("no-data.txt").is_empty());
    }

    #[test]
    fn pages_of_one_list_are_told() {
        let check = |path: &str, page: Option<(&str, u32)>| {
            assert_eq!(page_of(path), page.map(|(stem, number)| (stem.to_owned(), number)), "{path}");
        };
        check("messages/inbox/ann_1/message_12.json", Some(("messages/inbox/ann_1/message", 12)));
        check(
            "connections/followers_and_following/followers_2.html",
            Some(("connections/followers_and_following/followers", 2)),
        );
        check("content/posts_1.json", Some(("content/posts", 1)));
        check("content/posts.json", None);
        check("messages/Grace Okafor_3.json", None);
        check("media/posts/202201/a_17900000000000001.jpg", None);
        check("content/posts_0.json", None);
    }
}
