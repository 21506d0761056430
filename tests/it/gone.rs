//! Absence is not deletion: what a later download covered and lacks is gone, everything else is not known.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::support::{TestHome, assert_same};

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
const DAY: i64 = 86_400;

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
        let token = date.replace('-', "");
        let root = folder.join(format!("instagram-me.example-{date}-{token}"));
        let put = |path: &str, content: &str| {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, content).expect("a file");
        };
        let list = |items: Vec<String>| format!("[{}]", items.join(", "));
        let activity = "your_instagram_activity";
        let medium = |folder: &str, at: &i64| {
            let id = 17_900_000_000_000_000 + at + if folder == "stories" { 1 } else { 0 };
            format!("media/{folder}/202001/{id}.jpg")
        };
        let item = |folder: &str, at: &i64| {
            let uri = medium(folder, at);
            format!(r#"{{"uri": "{uri}", "creation_timestamp": {}, "title": "{folder} {at}"}}"#, START + at)
        };
        for (kind, times) in [("posts", &self.posts), ("stories", &self.stories)] {
            for at in times {
                put(&medium(kind, at), &format!("{kind} {at}"));
            }
        }
        if !self.posts.is_empty() {
            let posts = self.posts.iter().map(|at| format!(r#"{{"media": [{}]}}"#, item("posts", at)));
            put(&format!("{activity}/media/posts_1.json"), &list(posts.collect()));
        }
        if !self.stories.is_empty() {
            let stories = list(self.stories.iter().map(|at| item("stories", at)).collect());
            put(&format!("{activity}/media/stories.json"), &format!(r#"{{"ig_stories": {stories}}}"#));
        }
        if !self.messages.is_empty() {
            let message = |at: &i64| {
                let ms = (START + at) * 1_000;
                format!(r#"{{"sender_name": "Ann", "timestamp_ms": {ms}, "content": "message {at}"}}"#)
            };
            let messages = list(self.messages.iter().rev().map(message).collect());
            let thread = format!(
                r#"{{"participants": [{{"name": "Ann"}}, {{"name": "Me"}}], "messages": {messages}, "title": "Ann"}}"#
            );
            put(&format!("{activity}/messages/inbox/ann_17840000000000001/message_1.json"), &thread);
        }
        if !self.comments.is_empty() {
            let comment = |at: &i64| {
                format!(
                    r#"{{"media_list_data": [{{"uri": ""}}], "string_map_data": {{"Comment": {{"value": "comment {at}"}}, "Media Owner": {{"value": "ann.example"}}, "Time": {{"timestamp": {}}}}}}}"#,
                    START + at
                )
            };
            put(
                &format!("{activity}/comments/post_comments_1.json"),
                &list(self.comments.iter().map(comment).collect()),
            );
        }
        if !self.likes.is_empty() {
            let like = |at: &i64| {
                format!(
                    r#"{{"title": "ann.example", "string_list_data": [{{"href": "https://www.instagram.com/p/C{at}x/", "value": "x", "timestamp": {}}}]}}"#,
                    START + at
                )
            };
            let likes = list(self.likes.iter().map(like).collect());
            put(&format!("{activity}/likes/liked_posts.json"), &format!(r#"{{"likes_media_likes": {likes}}}"#));
        }
        let relation = |(name, at): &(&str, i64)| {
            format!(
                r#"{{"title": "", "media_list_data": [], "string_list_data": [{{"href": "https://www.instagram.com/{name}", "value": "{name}", "timestamp": {}}}]}}"#,
                START + at
            )
        };
        let connections = "connections/followers_and_following";
        if !self.followers.is_empty() {
            put(&format!("{connections}/followers_1.json"), &list(self.followers.iter().map(relation).collect()));
        }
        if !self.following.is_empty() {
            let following = list(self.following.iter().map(relation).collect());
            put(&format!("{connections}/following.json"), &format!(r#"{{"relationships_following": {following}}}"#));
        }
        if self.has_profile {
            let mut profile = String::new();
            write!(
                profile,
                r#"{{"profile_user": [{{"title": "", "media_map_data": {{}}, "string_map_data": {{"Username": {{"value": "me.example"}}, "Name": {{"value": "Me"}}}}}}]}}"#
            )
            .expect("a string takes everything");
            put("personal_information/personal_information/personal_information.json", &profile);
        }
        root
    }
}

/// What is told of each record: its text or counterpart, whether it is gone, since when.
fn told(home: &TestHome, kind: &str) -> Vec<(String, Option<i64>, Option<String>)> {
    let rows = home.rows(&format!(
        "SELECT coalesce(text, counterpart, at) AS name, is_gone, gone_since FROM records WHERE kind = '{kind}' ORDER BY at_ms, 1"
    ));
    rows.iter()
        .map(|row| {
            let since = row.text("gone_since").map(str::to_owned);
            (row.text("name").expect("a name").to_owned(), row.integer("is_gone"), since)
        })
        .collect()
}

fn gone(home: &TestHome, kind: &str) -> Vec<(String, Option<String>)> {
    told(home, kind)
        .into_iter()
        .filter(|(_, is_gone, _)| *is_gone == Some(1))
        .map(|(name, _, since)| (name, since))
        .collect()
}

fn since(date: &str) -> Option<String> {
    Some(date.to_owned())
}

/// Deleted: the post, the message, the comment and the like of the thirtieth day, and with them bob and cat.
fn later() -> Small {
    let mut later = Small::whole();
    for list in [&mut later.posts, &mut later.messages, &mut later.comments, &mut later.likes, &mut later.stories] {
        list.retain(|at| *at != 30 * DAY);
        list.push(200 * DAY);
    }
    later.followers.retain(|(_, at)| *at != 30 * DAY);
    later.following.retain(|(_, at)| *at != 30 * DAY);
    later.followers.push(("new.example", 200 * DAY));
    later
}

#[test]
fn what_a_later_download_covers_and_lacks_is_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let older = Small::whole().write(folder.path(), "2020-06-01");
    let newer = later().write(folder.path(), "2021-06-01");
    let home = TestHome::of(&[older.clone(), newer.clone()]);
    let date = || since("2021-06-01");
    assert_eq!(gone(&home, "message"), [(format!("message {}", 30 * DAY), date())]);
    assert_eq!(gone(&home, "post"), [(format!("posts {}", 30 * DAY), date())]);
    assert_eq!(gone(&home, "story"), [(format!("stories {}", 30 * DAY), date())]);
    assert_eq!(gone(&home, "comment"), [(format!("comment {}", 30 * DAY), date())]);
    assert_eq!(gone(&home, "like").len(), 1);
    assert_eq!(gone(&home, "follow"), [("bob.example".to_owned(), date()), ("cat.example".to_owned(), date())]);
    assert_eq!(home.number("SELECT count(*) FROM records WHERE is_gone IS NULL"), 0);
    assert_same(&home.dump(), &TestHome::of(&[newer, older]).dump(), "the order");
}

#[test]
fn gone_is_withdrawn_when_a_newer_download_has_it_and_the_first_that_lacked_it_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = Small::whole().write(folder.path(), "2020-06-01");
    let second = later().write(folder.path(), "2021-06-01");
    let third = later().write(folder.path(), "2022-06-01");
    let again = Small::whole().write(folder.path(), "2023-06-01");
    let home = TestHome::of(&[first.clone(), third.clone()]);
    assert_eq!(gone(&home, "message")[0].1, since("2022-06-01"));
    home.ingest(&second);
    assert_eq!(gone(&home, "message")[0].1, since("2021-06-01"));
    let three = home.dump();
    assert_same(&three, &TestHome::of(&[second.clone(), first.clone(), third.clone()]).dump(), "three");
    assert_same(&three, &TestHome::of(&[third.clone(), second.clone(), first.clone()]).dump(), "three, newest first");
    home.ingest(&again);
    assert_eq!(gone(&home, "message"), [], "the newest has it again; what it lacks is later than all it has");
    let four = TestHome::of(&[again, first, third, second]);
    assert_same(&home.dump(), &four.dump(), "four");
}

#[test]
fn what_is_gone_is_found_as_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let home =
        TestHome::of(&[Small::whole().write(folder.path(), "2020-06-01"), later().write(folder.path(), "2021-06-01")]);
    let found = |query: &str| {
        let mut searcher = home.home.searcher("a test").expect("a searcher");
        let query = throwback::query::parse(query).expect("a query");
        let compiled = searcher.compile(&query, &chrono::Utc::now()).expect("a query that compiles");
        searcher.count(&compiled).expect("a number")
    };
    assert_eq!(found("is:gone kind:message"), 1);
    assert_eq!(found("is:gone"), 7);
    home.ingest(&Small::whole().write(folder.path(), "2022-06-01"));
    assert_eq!(found("is:gone kind:message"), 0, "the index hears of it");
}

#[test]
fn what_a_later_download_does_not_cover_is_not_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let check = |what: &str, later: Small, spoil: &dyn Fn(&Path), kinds: &[&str]| {
        let folder = folder.path().join(what.replace(' ', "_"));
        let older = Small::whole().write(&folder, "2020-06-01");
        let newer = later.write(&folder, "2021-06-01");
        spoil(&newer);
        let home = TestHome::of(&[older, newer]);
        for kind in kinds {
            assert_eq!(gone(&home, kind), [], "{what}: {kind}");
            let unknown = told(&home, kind).into_iter().filter(|(_, is_gone, _)| is_gone.is_none()).count();
            assert!(unknown > 0, "{what}: {kind}");
        }
    };
    let nothing = |_: &Path| {};
    let all = ["post", "message", "comment", "like", "story", "follow"];
    check(
        "a part is missing",
        later(),
        &|root| {
            std::fs::remove_file(root.join("media/posts/202001/17900000000000000.jpg")).expect("it is there");
        },
        &all,
    );
    check(
        "a page is missing",
        later(),
        &|root| {
            let list = root.join("connections/followers_and_following");
            std::fs::rename(list.join("followers_1.json"), list.join("followers_2.json")).expect("it is there");
        },
        &all,
    );
    check("limited to a range", later().since(50 * DAY), &nothing, &all);
    let mut limited = later().since(15 * DAY);
    limited.posts.insert(0, 15 * DAY);
    check("relations of a range that reaches them", limited, &nothing, &["follow"]);
    check("lists that are absent", Small { posts: vec![], stories: vec![], ..later() }, &nothing, &["post", "story"]);
    check("a conversation that is absent", Small { messages: vec![], ..later() }, &nothing, &["message"]);
    check(
        "followers that are absent",
        Small { followers: vec![], following: vec![], ..later() },
        &nothing,
        &["follow"],
    );
}
