//! How much a life holds.

use std::ops::RangeInclusive;

/// How many of each thing a life holds over all its years. Everything is exact; media are more than the posts and
/// messages that carry them, because carousels and some messages carry several.
#[derive(Clone, Debug, PartialEq)]
pub struct Size {
    pub messages: usize,
    pub threads: usize,
    /// Messages that carry a picture, video or voice.
    pub media_messages: usize,
    /// Of a thousand messages, so many more than usual come with the sentence that something was sent.
    pub more_attachment_notices: usize,
    /// With fewer friends than threads, some talk with the owner in two.
    pub friends: usize,
    pub posts: usize,
    pub reels: usize,
    /// Long videos of the years before reels.
    pub igtv: usize,
    pub stories: usize,
    pub profile_photos: usize,
    pub comments: usize,
    /// Liked posts, comments and stories.
    pub likes: usize,
    pub saves: usize,
    pub collections: usize,
    /// Answers to stickers in stories.
    pub interactions: usize,
    pub searches: usize,
    /// Followers and accounts followed that are no friends; friends come on top.
    pub strangers: usize,
    pub contacts: usize,
    pub logins: usize,
    pub visits: usize,
    pub views: usize,
    /// Advertisements that were clicked on.
    pub ads: usize,
    pub notes: usize,
    /// Bytes of one media file; a number below what a bare file needs (about 2 KB) gives bare files.
    pub media_bytes: RangeInclusive<u32>,
    /// Media that a ZIP can shrink.
    pub is_media_compressible: bool,
    /// Much happens between one download and the next: people are renamed or leave, captions and messages are edited,
    /// messages unsent, posts archived, carousels shortened, likes and follows taken back and given again.
    pub is_eventful: bool,
    /// Where much happens, of a thousand friends so many take another display name, and so many another user name; when it
    /// is 0 nobody is renamed or leaves, no message is rewritten and nothing liked again.
    pub renames: usize,
}

impl Size {
    /// A life for unit tests: a few hundred messages, everything occurs.
    pub fn small() -> Self {
        Self {
            messages: 400,
            threads: 14,
            media_messages: 24,
            more_attachment_notices: 0,
            friends: 18,
            posts: 24,
            reels: 6,
            igtv: 2,
            stories: 10,
            profile_photos: 3,
            comments: 20,
            likes: 40,
            saves: 16,
            collections: 3,
            interactions: 15,
            searches: 24,
            strangers: 30,
            contacts: 5,
            logins: 12,
            visits: 8,
            views: 30,
            ads: 4,
            notes: 4,
            media_bytes: 0..=0,
            is_media_compressible: false,
            is_eventful: false,
            renames: 350,
        }
    }

    /// A life of which a download is ingested in a fraction of a second: a few of everything, and much happens to it.
    pub fn tiny() -> Self {
        Self {
            messages: 48,
            threads: 4,
            media_messages: 5,
            friends: 6,
            posts: 7,
            reels: 2,
            igtv: 1,
            stories: 2,
            profile_photos: 1,
            comments: 5,
            likes: 10,
            saves: 6,
            collections: 3,
            interactions: 5,
            searches: 8,
            strangers: 6,
            contacts: 2,
            logins: 3,
            visits: 2,
            views: 12,
            ads: 1,
            notes: 2,
            is_eventful: true,
            ..Self::small()
        }
    }

    /// A life around a number of messages, the rest in proportion as far as people's lives are.
    pub fn with_messages(messages: usize) -> Self {
        let share = |one_in: usize, least: usize| (messages / one_in).max(least);
        Self {
            messages,
            threads: share(2_000, 14).min(2_000),
            media_messages: share(600, 10).min(messages),
            friends: share(2_000, 14).min(2_000) + 4,
            posts: share(2_000, 24),
            reels: share(8_000, 6),
            stories: share(3_000, 10),
            comments: share(200, 20),
            likes: share(50, 40),
            saves: share(500, 16),
            collections: share(50_000, 3),
            interactions: share(1_000, 15),
            searches: share(500, 24),
            strangers: share(1_000, 30),
            contacts: share(5_000, 5),
            logins: share(2_000, 12),
            visits: share(2_000, 8),
            views: share(500, 30),
            ads: share(5_000, 4),
            media_bytes: 2_000..=20_000,
            ..Self::small()
        }
    }

    /// The corpus that benchmarks use: 1,000,000 messages in 500 threads and about 3,000 media of 50 to 800 KB.
    pub fn benchmark() -> Self {
        Self {
            messages: 1_000_000,
            threads: 500,
            media_messages: 1_500,
            posts: 600,
            reels: 80,
            stories: 400,
            media_bytes: 50_000..=800_000,
            ..Self::with_messages(1_000_000)
        }
    }
}
