//! Where things lie: folders and file names by generation (format reference §1.C, §3.4, §4.1).

use super::calendar::{self, day_ms};
use super::life::Life;
use super::medium::{Form, Medium};
use super::own::Own;
use super::thread::Thread;
use super::writing::{ThreadIds, Writing};
use crate::model::Generation;

/// A topic folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Area {
    Own,
    Comments,
    Likes,
    Saved,
    StoryInteractions,
    Messages,
    Followers,
    Contacts,
    Searches,
    LinkHistory,
    Personal,
    Topics,
    AdsTopics,
    Logins,
}

/// The folder of an area in this download.
pub(super) fn folder(writing: &Writing, area: Area) -> &'static str {
    let (c, d, e) = match area {
        Area::Own => ("content", "your_instagram_activity/content", "your_instagram_activity/media"),
        Area::Comments => ("comments", "your_instagram_activity/comments", "your_instagram_activity/comments"),
        Area::Likes => ("likes", "your_instagram_activity/likes", "your_instagram_activity/likes"),
        Area::Saved => ("saved", "your_instagram_activity/saved", "your_instagram_activity/saved"),
        Area::StoryInteractions => (
            "story_sticker_interactions",
            "your_instagram_activity/story_sticker_interactions",
            "your_instagram_activity/story_interactions",
        ),
        Area::Messages => ("messages", "your_instagram_activity/messages", "your_instagram_activity/messages"),
        Area::Followers => {
            ("followers_and_following", "connections/followers_and_following", "connections/followers_and_following")
        }
        Area::Contacts => ("contacts", "connections/contacts", "connections/contacts"),
        Area::Searches => {
            ("recent_searches", "logged_information/recent_searches", "logged_information/recent_searches")
        }
        Area::LinkHistory => ("link_history", "logged_information/link_history", "logged_information/link_history"),
        Area::Personal => (
            "account_information",
            "personal_information/personal_information",
            "personal_information/personal_information",
        ),
        Area::Topics => ("your_topics", "preferences/your_topics", "preferences/your_topics"),
        Area::AdsTopics => ("ads_and_content", "ads_information/ads_and_topics", "ads_information/ads_and_topics"),
        Area::Logins => (
            "login_and_account_creation",
            "security_and_login_information/login_and_account_creation",
            "security_and_login_information/login_and_profile_creation",
        ),
    };
    match writing.generation {
        Generation::D => d,
        Generation::E => e,
        _ => c,
    }
}

/// Path of an own medium: long names with the id at the end until summer 2024, short ones since.
pub(super) fn own_medium(writing: &Writing, own: &Own, medium: &Medium) -> String {
    let folder = writing.own_folder(own);
    let month = calendar::pacific_month(medium.at_ms);
    format!("media/{folder}/{month}/{}", own_name(writing, medium))
}

fn own_name(writing: &Writing, medium: &Medium) -> String {
    let id = medium.id;
    let is_long = writing.is(Generation::C) || medium.at_ms < day_ms(2024, 8, 1);
    match medium.form {
        // Some videos have no extension, others a long name of their own.
        Form::Mp4 if is_long && id.is_multiple_of(3) => format!("AQ{:08}bdGhyb3diYWNr_{id}", id % 99_999_989),
        Form::Mp4 if is_long => format!("{:032X}_video_dashinit_{id}.mp4", u128::from(id) * 0x9e37_79b9_7f4a),
        form if is_long => {
            let (one, two, three) = (id % 89_999_999 + 10_000_000, id % 899_999_999_999_989, id * 7);
            format!("{one}_{}_{three:019}_n_{id}.{}", two + 100_000_000_000_000, form.extension())
        }
        // Newer names lie now and then about what they hold.
        Form::Jpeg if id.is_multiple_of(5) => format!("{id}.webp"),
        Form::Jpeg if id.is_multiple_of(7) => format!("{id}.heic"),
        form => format!("{id}.{}", form.extension()),
    }
}

/// Path of a subtitles file.
pub(super) fn subtitles(writing: &Writing, own: &Own, id: u64) -> String {
    format!("media/{}/{}/{id}.srt", writing.own_folder(own), calendar::pacific_month(own.at_ms))
}

/// Name of the folder of a thread: its title without anything but `a` to `z` and digits, and its id.
pub(super) fn thread_folder(life: &Life, writing: &Writing, thread: &Thread) -> String {
    let title = writing.title(life, thread);
    let slug: String = if title == writing.language.deleted_name() {
        "instagramuser".to_owned()
    } else {
        let letters = title.chars().flat_map(char::to_lowercase).filter(char::is_ascii_alphanumeric);
        letters.take(20).collect()
    };
    match writing.thread_ids {
        ThreadIds::Old => format!("{slug}_{}", thread.old_id),
        ThreadIds::Numeric => format!("{slug}_{}", thread.id),
    }
}

/// `inbox/<thread>` or `message_requests/<thread>`.
pub(super) fn thread_path(life: &Life, writing: &Writing, thread: &Thread) -> String {
    let section = if thread.accepted_ms > writing.date_ms { "message_requests" } else { "inbox" };
    format!("{section}/{}", thread_folder(life, writing, thread))
}

/// Path of a medium of a chat, below the thread's folder.
pub(super) fn chat_medium(writing: &Writing, medium: &Medium) -> String {
    let id = medium.id;
    if writing.is(Generation::C) {
        let (one, two) = (id % 899_999_989 + 100_000_000, id % 899_999_999_999_989 + 100_000_000_000_000);
        return match medium.form {
            Form::Mp4 => format!("videos/video{:010}_{id}.mp4", id % 9_999_999_967),
            Form::M4a => format!("audio/audioclip{:013}_{id}.mp4", id % 9_999_999_999_971),
            form => format!("photos/{one}_{two}_{:018}_n_{id}.{}", id * 3, form.extension()),
        };
    }
    match medium.form {
        Form::Mp4 => format!("videos/{id}.mp4"),
        Form::M4a => format!("audio/{id}.{}", if id.is_multiple_of(2) { "mp4" } else { "aac" }),
        // Extensions are missing now and then (format reference §3.4).
        _ if id.is_multiple_of(9) => format!("photos/{id}"),
        form => format!("photos/{id}.{}", form.extension()),
    }
}
