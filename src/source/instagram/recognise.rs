//! Whose download is this, of which generation and format? Told from the names of a listing alone (format reference
//! §1.1, §9.3), below at most two wrapper folders. Every file is still read by its own shape.

use std::collections::BTreeMap;

use super::encrypted::encrypted_chats;
use super::role::role;
use crate::model::{Format, Generation, Service};
use crate::source::{DocumentForm, Recognised, Role, Tree, Verdict};

/// Documents that lie at the root of generation A and nowhere else.
const FLAT_FILES: [&str; 23] = [
    "account_history",
    "accounts_following_you",
    "accounts_you_follow",
    "autofill",
    "checkout",
    "comments",
    "connections",
    "contacts",
    "devices",
    "guides",
    "information_about_you",
    "likes",
    "logins",
    "media",
    "messages",
    "profile",
    "saved",
    "searches",
    "seen_content",
    "settings",
    "shopping",
    "stories_activities",
    "uploaded_contacts",
];
/// Those of them that say "generation A" by themselves.
const FLAT_MARKS: [&str; 7] = [
    "accounts_following_you.json",
    "accounts_you_follow.json",
    "connections.json",
    "likes.json",
    "media.json",
    "seen_content.json",
    "stories_activities.json",
];

/// So many of the others together say it. Every part of a delivery has its own set (format reference §1.A), and that of a
/// part without likes, relations and published pictures has none of the marks.
const ENOUGH_FLAT_FILES: usize = 4;

/// Folders of generations A and B that hold folders by month.
const FLAT_MEDIA_FOLDERS: [&str; 5] = ["photos", "videos", "stories", "profile", "direct"];

/// Whether a document, named below the root of its download, is a flat one of generation A, whose text is proper.
pub(super) fn is_flat(path: &str) -> bool {
    path.strip_suffix(".json").is_some_and(|stem| FLAT_FILES.contains(&stem))
}

/// What a name says about the download whose root is where the name begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// Generation A or B.
    Flat,
    /// A document that lies at the root of generations A and B; other programs have files of such names, too.
    FlatFile,
    /// Generation C.
    Topics,
    /// Generation D or E.
    Grouped,
    /// The media tree, of C to E.
    Media,
    /// Messages in folders: B, C or an old Facebook download.
    Messages,
    Facebook,
    Twitter,
    /// What authorities are given.
    Return,
}

/// Beginnings of paths. The first that fits counts.
const SIGNS: &[(Sign, &[&str])] = &[
    (
        Sign::Grouped,
        &[
            "your_instagram_activity/",
            "connections/followers_and_following/",
            "apps_and_websites_off_of_instagram/",
            "personal_information/personal_information/",
            "personal_information/information_about_you/",
            "personal_information/device_information/",
            "personal_information/autofill_information/",
            "ads_information/instagram_ads_and_businesses/",
            "ads_information/ads_and_topics/",
            "logged_information/past_instagram_insights/",
            "logged_information/recent_searches/",
            "logged_information/link_history/",
            "logged_information/policy_updates_and_permissions/",
            "security_and_login_information/login_and_account_creation/",
            "security_and_login_information/login_and_profile_creation/",
            "preferences/your_topics/",
            "preferences/media_settings/",
        ],
    ),
    (
        Sign::Facebook,
        &[
            "your_facebook_activity/",
            "your_activity_across_facebook/",
            "posts/your_posts",
            "friends_and_followers/",
            "comments_and_reactions/",
            "likes_and_reactions/",
            "about_you/",
            "profile_information/",
            "stickers_used/",
            "messages/stickers_used/",
            "messages/archived_threads/",
            "messages/filtered_threads/",
            "messages/e2ee_cutover/",
            "groups/your_group",
            "apps_and_websites_off_of_facebook/",
        ],
    ),
    (
        Sign::Topics,
        &[
            "content/posts_",
            "content/stories",
            "content/reels",
            "content/profile_photos",
            "content/archived_posts",
            "content/igtv_videos",
            "content/other_content",
            "content/recently_deleted_content",
            "followers_and_following/",
            "login_and_account_creation/",
            "account_information/",
            "story_sticker_interactions/",
            "recent_searches/",
            "past_instagram_insights/",
            "ads_and_topics/",
            "ads_and_content/",
            "information_about_you/",
            "your_topics/",
            "comments_settings/",
            "media_settings/",
            "device_information/",
            "autofill_information/",
            "likes/liked_",
            "saved/saved_",
            "comments/post_comments",
            "comments/reels_comments",
            "story_interactions/",
            "loyalty_accounts/",
        ],
    ),
    (Sign::Messages, &["messages/inbox/", "messages/message_requests/", "messages/secret_conversations.json"]),
    (Sign::Twitter, &["data/manifest.js", "data/tweets.js", "data/tweet.js"]),
    (Sign::Return, &["linked_media/", "preservation"]),
];

/// Folders of `media/` that hold folders by month.
const MEDIA_FOLDERS: [&str; 7] = ["posts", "stories", "reels", "archived_posts", "igtv", "profile", "recently_deleted"];

/// Parts of paths that only generation E has (format reference §1.E).
const MARKS_OF_E: [&str; 13] = [
    "your_instagram_activity/media/posts.",
    "/media/reposts.",
    "/profile_activity.",
    "/recent_searches.",
    "/stories_viewed.",
    "/your_chat_information.",
    "/ai_conversations/",
    "/reported_conversations.",
    "/locations_of_interest.",
    "/note_and_repost_interactions.",
    "/quicksnaps/",
    "your_instagram_activity/posts/media/",
    "/your_scheduled_chat_notifications.",
];

/// Documents that a partly unpacked download is known by, wherever they lie; with their page number taken off.
const WELL_KNOWN: [&str; 30] = [
    "account_searches",
    "archived_posts",
    "blocked_accounts",
    "blocked_profiles",
    "close_friends",
    "followers",
    "igtv_videos",
    "liked_comments",
    "liked_posts",
    "link_history",
    "login_activity",
    "personal_information",
    "post_comments",
    "posts",
    "profile_changes",
    "profile_photos",
    "profile_searches",
    "recently_deleted_content",
    "recently_unfollowed_accounts",
    "recently_unfollowed_profiles",
    "reels_comments",
    "saved_collections",
    "saved_posts",
    "secret_conversations",
    "story_likes",
    "synced_contacts",
    "threads_and_replies",
    "word_or_phrase_searches",
    "your_topics",
    "message",
];

/// The tree in which a file lies, named below the root of its download, where its name tells.
pub fn tree_told_by(path: &str) -> Option<Tree> {
    match sign_of(path)? {
        Sign::Flat => Some(Tree::Flat),
        Sign::Topics => Some(Tree::Topics),
        Sign::Grouped => Some(Tree::Grouped),
        _ => None,
    }
}

/// What was seen below one possible root.
#[derive(Default)]
struct Seen<'a> {
    first: BTreeMap<u8, &'a str>,
    n_flat_files: usize,
}

impl<'a> Seen<'a> {
    fn add(&mut self, sign: Sign, tail: &'a str) {
        self.first.entry(sign as u8).or_insert(tail);
        self.n_flat_files += usize::from(sign == Sign::FlatFile);
        if self.n_flat_files == ENOUGH_FLAT_FILES {
            self.first.entry(Sign::Flat as u8).or_insert(tail);
        }
    }

    fn get(&self, sign: Sign) -> Option<&'a str> {
        self.first.get(&(sign as u8)).copied()
    }

    /// Something that only an Instagram download has.
    fn is_sure(&self) -> bool {
        [Sign::Flat, Sign::Topics, Sign::Grouped].iter().any(|sign| self.get(*sign).is_some())
    }

    fn is_instagram(&self) -> bool {
        self.is_sure()
            || (self.get(Sign::Facebook).is_none()
                && (self.get(Sign::Messages).is_some() || self.get(Sign::Media).is_some()))
    }
}

/// Tells what a listing holds, in whatever order. Names use `/`.
pub fn recognise(names: &[&str]) -> Verdict {
    let mut names: Vec<&str> = names.iter().copied().filter(|name| role(name) != Role::Debris).collect();
    // The same download packed in another order is told by the same name.
    names.sort_unstable();
    let mut roots: BTreeMap<&str, Seen<'_>> = BTreeMap::new();
    for name in &names {
        for (root, tail) in tails(name) {
            if let Some(sign) = sign_of(tail) {
                roots.entry(root).or_default().add(sign, tail);
                break;
            }
        }
    }
    let found: Vec<(&str, &Seen<'_>)> =
        roots.iter().filter(|(_, seen)| seen.is_instagram()).map(|(r, s)| (*r, s)).collect();
    // A folder inside a download may look like the beginning of another; only what is sure is one.
    let is_own = |root: &str, seen: &Seen<'_>| {
        seen.get(Sign::Grouped).is_some() || !found.iter().any(|(other, _)| *other != root && root.starts_with(other))
    };
    let exports: Vec<Recognised> = found
        .iter()
        .filter(|(root, seen)| is_own(root, seen))
        .map(|(root, seen)| recognised(root, seen, &names))
        .collect();
    if !exports.is_empty() {
        return Verdict::Exports(exports);
    }
    if let Some(sentence) = foreign(&names, &roots) {
        return Verdict::Foreign(sentence.to_owned());
    }
    encrypted_chats(&names)
        .or_else(|| partly_unpacked(&names))
        .map_or(Verdict::Nothing, |export| Verdict::Exports(vec![export]))
}

/// The name below no, one and two wrapper folders, with these.
pub(super) fn tails(name: &str) -> impl Iterator<Item = (&str, &str)> {
    let slashes = name.match_indices('/').map(|(at, _)| at + 1).take(2);
    std::iter::once(0).chain(slashes).map(|cut| name.split_at(cut))
}

pub(super) fn sign_of(tail: &str) -> Option<Sign> {
    if FLAT_MARKS.contains(&tail) || is_flat_medium(tail) {
        return Some(Sign::Flat);
    }
    if is_flat(tail) {
        return Some(Sign::FlatFile);
    }
    if let Some(rest) = tail.strip_prefix("media/") {
        let mut parts = rest.split('/');
        let is_folder = parts.next().is_some_and(|folder| MEDIA_FOLDERS.contains(&folder));
        return (is_folder && parts.next().is_some_and(is_month)).then_some(Sign::Media);
    }
    SIGNS.iter().find(|(_, starts)| starts.iter().any(|start| tail.starts_with(start))).map(|(sign, _)| *sign)
}

/// `photos/201905/<32 hexadecimal digits>.jpg` (format reference §3.4).
fn is_flat_medium(tail: &str) -> bool {
    let parts: Vec<&str> = tail.split('/').collect();
    let [folder, month, file] = parts[..] else { return false };
    let name = file.split_once('.').map_or(file, |(name, _)| name);
    let is_hash = name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    FLAT_MEDIA_FOLDERS.contains(&folder) && is_month(month) && is_hash
}

fn is_month(folder: &str) -> bool {
    folder.len() == 6 && folder.bytes().all(|byte| byte.is_ascii_digit())
}

fn recognised(root: &str, seen: &Seen<'_>, names: &[&str]) -> Recognised {
    let below = || names.iter().filter_map(|name| name.strip_prefix(root));
    let mark_of_e = below().find(|name| MARKS_OF_E.iter().any(|mark| name.contains(mark)));
    let (generation, evidence) = if let Some(name) = seen.get(Sign::Grouped) {
        match mark_of_e {
            Some(mark) => (Generation::E, mark),
            None => (Generation::D, name),
        }
    } else if let Some(name) = seen.get(Sign::Flat) {
        let has_folders = seen.get(Sign::Messages).is_some() && !below().any(|name| name == "messages.json");
        (if has_folders { Generation::B } else { Generation::A }, name)
    } else {
        let name = [Sign::Topics, Sign::Messages, Sign::Media].into_iter().find_map(|sign| seen.get(sign));
        (if mark_of_e.is_some() { Generation::E } else { Generation::C }, name.unwrap_or_default())
    };
    Recognised {
        service: Service::Instagram,
        root: root.to_owned(),
        generation,
        format: format_of(below()),
        evidence: format!("it holds {evidence}"),
    }
}

/// HTML when there are pages and no JSON.
fn format_of<'a>(names: impl Iterator<Item = &'a str>) -> Format {
    let mut format = Format::Json;
    for name in names {
        match role(name) {
            Role::Document(DocumentForm::Json) => return Format::Json,
            Role::Document(DocumentForm::Html) => format = Format::Html,
            _ => {}
        }
    }
    format
}

fn foreign(names: &[&str], roots: &BTreeMap<&str, Seen<'_>>) -> Option<&'static str> {
    let has = |sign| roots.values().any(|seen| seen.get(sign).is_some());
    let base = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    if has(Sign::Facebook) {
        Some("This is a download of Facebook data, which Throwback does not read.")
    } else if names.iter().any(|name| {
        let base = base(name);
        base == "_chat.txt" || (base.contains("WhatsApp") && base.ends_with(".txt"))
    }) {
        Some("This is a chat exported from WhatsApp, which Throwback does not read.")
    } else if has(Sign::Twitter) {
        Some("This is an archive of X (Twitter), which Throwback does not read.")
    } else if has(Sign::Return) && names.iter().any(|name| name.ends_with(".html")) {
        Some("This is what Meta hands to authorities, not a download of one's own data; Throwback does not read it.")
    } else {
        None
    }
}

/// A few files of a download, without the folders that would name it.
fn partly_unpacked(names: &[&str]) -> Option<Recognised> {
    let is_known = |name: &&&str| {
        matches!(role(name), Role::Document(DocumentForm::Json | DocumentForm::Html)) && {
            let base = super::json::base_name(name);
            // `message_1.json` and `posts_1.json` have a number; `posts.json` alone could be anybody's.
            let is_page = name.rsplit('/').next().is_some_and(|file| file.len() > base.len() + ".html".len());
            WELL_KNOWN.contains(&base) && (is_page || !matches!(base, "message" | "posts" | "followers"))
        }
    };
    let known = names.iter().find(is_known)?;
    let root = common_wrappers(names);
    Some(Recognised {
        service: Service::Instagram,
        root: root.to_owned(),
        generation: if names.iter().any(|name| MARKS_OF_E.iter().any(|mark| name.contains(mark))) {
            Generation::E
        } else {
            Generation::C
        },
        format: format_of(names.iter().copied()),
        evidence: format!("it holds {}", known.strip_prefix(root).unwrap_or(known)),
    })
}

/// At most two folders in which everything lies, as long as they are none of the download's own and a folder lies
/// below them: the last may be one that nobody knows.
fn common_wrappers<'a>(names: &[&'a str]) -> &'a str {
    const OWN: [&str; 6] = ["messages/", "inbox/", "message_requests/", "broadcast/", "ai_conversations/", "threads/"];
    let Some(first) = names.first() else { return "" };
    let is_wrapper = |root: &str| {
        root.is_empty()
            || (!OWN.iter().any(|own| root.ends_with(own))
                && names.iter().all(|name| name.strip_prefix(root).is_some_and(|tail| tail.contains('/'))))
    };
    tails(first).map(|(root, _)| root).take_while(|root| is_wrapper(root)).last().unwrap_or("")
}

#[cfg(test)]
mod tests;
