//! A small invented account whose downloads can be written with anything left out.

use std::path::{Path, PathBuf};

/// A download of a small invented account, as a folder.
pub struct Small {
    /// Seconds since 2020-01-01 of everything in each list.
    pub posts: Vec<i64>,
    pub messages: Vec<i64>,
    pub followers: Vec<(&'static str, i64)>,
    pub following: Vec<(&'static str, i64)>,
    pub comments: Vec<i64>,
    pub likes: Vec<i64>,
    pub stories: Vec<i64>,
    pub has_profile: bool,
}

/// 2020-01-01.
const START: i64 = 1_577_836_800;
pub const DAY: i64 = 86_400;

impl Small {
    /// Everything over a hundred days.
    pub fn whole() -> Self {
        let days: Vec<i64> = (0..10).map(|n| n * 10 * DAY).collect();
        Self {
            posts: days.clone(),
            messages: days.clone(),
            followers: vec![("ann.example", 0), ("bob.example", 30 * DAY), ("zoe.example", 90 * DAY)],
            following: vec![("ann.example", 0), ("cat.example", 30 * DAY), ("zoe.example", 90 * DAY)],
            comments: days.clone(),
            likes: days.clone(),
            stories: days,
            has_profile: true,
        }
    }

    /// The same, asked for from some day on.
    pub fn since(mut self, since: i64) -> Self {
        for list in [&mut self.posts, &mut self.messages, &mut self.comments, &mut self.likes, &mut self.stories] {
            list.retain(|at| *at >= since);
        }
        self.followers.retain(|(_, at)| *at >= since);
        self.following.retain(|(_, at)| *at >= since);
        self
    }

    /// Writes it as JSON of generation D.
    pub fn write(&self, folder: &Path, date: &str) -> PathBuf {
        let root = folder.join(format!("instagram-me.example-{date}-{}", date.replace('-', "")));
        self.write_own(&root);
        self.write_activity(&root);
        let connections = "connections/followers_and_following";
        if !self.followers.is_empty() {
            let followers = list(self.followers.iter().map(relation));
            put(&root, &format!("{connections}/followers_1.json"), &followers);
        }
        if !self.following.is_empty() {
            let following = list(self.following.iter().map(relation));
            let wrapped = format!(r#"{{"relationships_following": {following}}}"#);
            put(&root, &format!("{connections}/following.json"), &wrapped);
        }
        if self.has_profile {
            let profile = r#"{"profile_user": [{"title": "", "media_map_data": {}, "string_map_data": {"Username": {"value": "me.example"}, "Name": {"value": "Me"}}}]}"#;
            put(&root, "personal_information/personal_information/personal_information.json", profile);
        }
        root
    }

    /// Posts and stories, with their pictures.
    fn write_own(&self, root: &Path) {
        let medium = |folder: &str, at: &i64| {
            let id = 17_900_000_000_000_000 + at + i64::from(folder == "stories");
            format!("media/{folder}/202001/{id}.jpg")
        };
        let item = |folder: &str, at: &i64| {
            let uri = medium(folder, at);
            format!(r#"{{"uri": "{uri}", "creation_timestamp": {}, "title": "{folder} {at}"}}"#, START + at)
        };
        for (kind, times) in [("posts", &self.posts), ("stories", &self.stories)] {
            for at in times {
                put_bytes(root, &medium(kind, at), &picture(&format!("{kind} {at}")));
            }
        }
        if !self.posts.is_empty() {
            let posts = list(self.posts.iter().map(|at| format!(r#"{{"media": [{}]}}"#, item("posts", at))));
            put(root, "your_instagram_activity/media/posts_1.json", &posts);
        }
        if !self.stories.is_empty() {
            let stories = list(self.stories.iter().map(|at| item("stories", at)));
            put(root, "your_instagram_activity/media/stories.json", &format!(r#"{{"ig_stories": {stories}}}"#));
        }
    }

    /// A conversation, comments and likes.
    fn write_activity(&self, root: &Path) {
        let activity = "your_instagram_activity";
        if !self.messages.is_empty() {
            let message = |at: &i64| {
                let ms = (START + at) * 1_000;
                format!(r#"{{"sender_name": "Ann", "timestamp_ms": {ms}, "content": "message {at}"}}"#)
            };
            let messages = list(self.messages.iter().rev().map(message));
            let thread = format!(
                r#"{{"participants": [{{"name": "Ann"}}, {{"name": "Me"}}], "messages": {messages}, "title": "Ann"}}"#
            );
            put(root, &format!("{activity}/messages/inbox/ann_17840000000000001/message_1.json"), &thread);
        }
        if !self.comments.is_empty() {
            let comment = |at: &i64| {
                format!(
                    r#"{{"media_list_data": [{{"uri": ""}}], "string_map_data": {{"Comment": {{"value": "comment {at}"}}, "Media Owner": {{"value": "ann.example"}}, "Time": {{"timestamp": {}}}}}}}"#,
                    START + at
                )
            };
            let comments = list(self.comments.iter().map(comment));
            put(root, &format!("{activity}/comments/post_comments_1.json"), &comments);
        }
        if !self.likes.is_empty() {
            let like = |at: &i64| {
                format!(
                    r#"{{"title": "ann.example", "string_list_data": [{{"href": "https://www.instagram.com/p/C{at}x/", "value": "x", "timestamp": {}}}]}}"#,
                    START + at
                )
            };
            let likes = list(self.likes.iter().map(like));
            put(root, &format!("{activity}/likes/liked_posts.json"), &format!(r#"{{"likes_media_likes": {likes}}}"#));
        }
    }
}

fn relation((name, at): &(&str, i64)) -> String {
    format!(
        r#"{{"title": "", "media_list_data": [], "string_list_data": [{{"href": "https://www.instagram.com/{name}", "value": "{name}", "timestamp": {}}}]}}"#,
        START + at
    )
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

/// A JPEG that is nothing but a comment.
fn picture(comment: &str) -> Vec<u8> {
    let length = u16::try_from(comment.len() + 2).expect("a short comment").to_be_bytes();
    [b"\xff\xd8\xff\xfe", length.as_slice(), comment.as_bytes(), b"\xff\xd9"].concat()
}

fn put(root: &Path, path: &str, content: &str) {
    put_bytes(root, path, content.as_bytes());
}

fn put_bytes(root: &Path, path: &str, content: &[u8]) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    std::fs::write(path, content).expect("a file");
}
