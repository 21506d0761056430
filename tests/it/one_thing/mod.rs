//! One thing is one record, and two are two, where downloads of different years say it differently: the traps of the format
//! reference (§8.5) and the rules behind them (§8.1, §8.2.11, §8.3), each with rows written by hand.

mod clocks;
mod names;

use std::path::{Path, PathBuf};

use crate::support::{TestHome, assert_same};

/// Names of downloads of the same account, by generation.
const A: &str = "mia.example_20190715";
const A_LATER: &str = "mia.example_20200715";
const C: &str = "mia.example_20220817";
const D: &str = "instagram-mia.example-2024-03-02-Ab3dE5fG";
const E: &str = "instagram-mia.example-2026-02-01-Zz9yX8wV";
const HTML: &str = "instagram-mia.example-2023-05-05-Hh1tM2lL";

/// A download, and the files in it.
type Download<'a> = (&'a str, &'a [(&'a str, &'a str)]);

fn written(folder: &Path, (name, files): &Download<'_>) -> PathBuf {
    let root = folder.join(name);
    let is_flat = files
        .iter()
        .all(|(path, _)| !path.contains('/') || path.starts_with("photos/") || path.starts_with("stories/"));
    let profile = is_flat
        .then_some([("profile.json", r#"{"username": "mia.example"}"#), ("seen_content.json", "{}")])
        .into_iter()
        .flatten();
    for (path, content) in files.iter().copied().chain(profile) {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        std::fs::write(path, content).expect("a file is written");
    }
    root
}

/// A home of these downloads, in whatever order they come: forwards, backwards, and another one first.
fn home_of(what: &str, downloads: &[Download<'_>]) -> TestHome {
    let folder = tempfile::tempdir().expect("a folder");
    let paths: Vec<PathBuf> = downloads.iter().map(|download| written(folder.path(), download)).collect();
    let home = TestHome::of(&paths);
    let dump = home.dump();
    let mut others = paths;
    others.reverse();
    assert_same(&dump, &TestHome::of(&others).dump(), what);
    if others.len() > 2 {
        others.rotate_left(1);
        assert_same(&dump, &TestHome::of(&others).dump(), what);
    }
    home
}

/// So many records of a kind come out of these downloads.
fn check(what: &str, kind: &str, n: i64, downloads: &[Download<'_>]) -> TestHome {
    let home = home_of(what, downloads);
    let rows = home.rows(&format!("SELECT * FROM records WHERE kind = '{kind}'"));
    let shown: Vec<String> = rows.iter().map(|row| format!("{:?}", row.filled().collect::<Vec<_>>())).collect();
    assert_eq!(i64::try_from(rows.len()).ok(), Some(n), "{what}: {shown:#?}");
    home
}

fn list(wrapper: &str, rows: &[String]) -> String {
    let rows = rows.join(", ");
    if wrapper.is_empty() { format!("[{rows}]") } else { format!(r#"{{"{wrapper}": [{rows}]}}"#) }
}

/// A row of title, link, value and time.
fn s3(title: &str, href: &str, value: &str, at: i64) -> String {
    format!(
        r#"{{"title": "{title}", "media_list_data": [], "string_list_data": [{{"href": "{href}", "value": "{value}", "timestamp": {at}}}]}}"#
    )
}

/// Of pages: a name or heading above, a link or text, and a time.
fn page(boxes: &[String]) -> String {
    format!(
        r#"<html><head><meta charset="utf-8"/></head><body><div class="_a705"><main class="_a706" role="main">{}</main></div></body></html>"#,
        boxes.concat()
    )
}

fn table_box(cells: &[(&str, &str)], at: &str) -> String {
    let rows: Vec<String> = cells
        .iter()
        .map(|(label, value)| {
            format!(r#"<tr><td colspan="2" class="_2pin _a6_q">{label}<div><div>{value}</div></div></td></tr>"#)
        })
        .collect();
    format!(
        r#"<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><div class="_a6-p"><table>{}<tr><td class="_2pin _a6_q">Time</td><td class="_2pin _2piu _a6_r">{at}</td></tr></table></div></div>"#,
        rows.concat()
    )
}

const SECOND: i64 = 1_560_000_000; // 2019-06-08 13:20:00 UTC, 6:20 am in California

fn iso(at: i64) -> String {
    chrono::DateTime::from_timestamp(at, 0).expect("a time").format("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

fn media_json(list: &str, rows: &[(i64, &str, &str)]) -> String {
    let rows: Vec<String> = rows
        .iter()
        .map(|(at, caption, path)| {
            format!(r#"{{"caption": "{caption}", "taken_at": "{}", "path": "{path}"}}"#, iso(*at))
        })
        .collect();
    format!(r#"{{"{list}": [{}]}}"#, rows.join(", "))
}

fn post(at: i64, caption: &str, ids: &[u64]) -> String {
    let media: Vec<String> = ids
        .iter()
        .map(|id| {
            let title = if ids.len() == 1 { caption } else { "" };
            format!(r#"{{"uri": "media/posts/201906/{id}.jpg", "creation_timestamp": {at}, "title": "{title}"}}"#)
        })
        .collect();
    let item =
        if ids.len() == 1 { String::new() } else { format!(r#", "title": "{caption}", "creation_timestamp": {at}"#) };
    format!(r#"{{"media": [{}]{item}}}"#, media.join(", "))
}

const ONE: u64 = 17_900_000_000_000_001;
const TWO: u64 = 17_900_000_000_000_002;
const THREE: u64 = 17_900_000_000_000_003;

// §8.5, trap by trap ---------------------------------------------------------------------------------------------------

#[test]
fn trap_the_same_caption_twice_in_one_minute() {
    let flat =
        media_json("photos", &[(SECOND + 40, "Moin", "photos/201906/b.jpg"), (SECOND, "Moin", "photos/201906/a.jpg")]);
    let posts = list("", &[post(SECOND + 40, "Moin", &[TWO]), post(SECOND, "Moin", &[ONE])]);
    let home = check(
        "two posts",
        "post",
        2,
        &[
            (A, &[("media.json", &flat)]),
            (C, &[("content/posts_1.json", &posts)]),
            (E, &[("your_instagram_activity/media/posts_1.json", &posts)]),
        ],
    );
    assert_eq!(
        home.number("SELECT count(*) FROM records WHERE first_snapshot LIKE '2019%' AND last_snapshot LIKE '2026%'"),
        2
    );
}

#[test]
fn trap_a_carousel_is_many_flat_rows() {
    let flat = media_json(
        "photos",
        &[
            (SECOND, "Drei", "photos/201906/a.jpg"),
            (SECOND, "Drei", "photos/201906/b.jpg"),
            (SECOND, "Drei", "photos/201906/c.jpg"),
        ],
    );
    let posts = list("", &[post(SECOND, "Drei", &[ONE, TWO, THREE])]);
    check("a carousel", "post", 1, &[(A, &[("media.json", &flat)]), (C, &[("content/posts_1.json", &posts)])]);
}

#[test]
fn trap_likes_of_a_post_and_of_its_comment_share_the_code() {
    let link = "https://www.instagram.com/p/Cabc123defG/";
    let flat = format!(
        r#"{{"media_likes": [["{0}", "ann.example"]], "comment_likes": [["{0}", "ann.example"], ["{0}", "ann.example"]]}}"#,
        iso(SECOND)
    );
    let posts = list("likes_media_likes", &[s3("ann.example", link, "x", SECOND)]);
    let comments =
        list("likes_comment_likes", &[s3("ann.example", link, "x", SECOND), s3("ann.example", link, "x", SECOND)]);
    let files = [("likes/liked_posts.json", posts.as_str()), ("likes/liked_comments.json", comments.as_str())];
    check("three likes", "like", 3, &[(A, &[("likes.json", &flat)]), (C, &files)]);
}

#[test]
fn trap_a_reel_stands_in_two_lists() {
    let reel = format!(
        r#"{{"media": [{{"uri": "media/reels/201906/{ONE}.mp4", "creation_timestamp": {SECOND}, "title": "Reel"}}]}}"#
    );
    let reels = list("ig_reels_media", std::slice::from_ref(&reel));
    let (other, posts) = (list("ig_other_media", std::slice::from_ref(&reel)), list("", std::slice::from_ref(&reel)));
    let files = [
        ("your_instagram_activity/media/reels.json", reels.as_str()),
        ("your_instagram_activity/media/other_content.json", other.as_str()),
        ("your_instagram_activity/media/posts_1.json", posts.as_str()),
    ];
    let flat = media_json("videos", &[(SECOND, "Reel", "videos/201906/a.mp4")]);
    let home = check("one reel", "reel", 1, &[(A, &[("media.json", &flat)]), (D, &files), (E, &files[..2])]);
    assert_eq!(home.number("SELECT count(*) FROM posts"), 1);
}

#[test]
fn trap_a_profile_photo_in_two_folders() {
    let photo = |folder: &str| {
        let item = format!(
            r#"{{"uri": "media/{folder}/{ONE}.jpg", "creation_timestamp": {SECOND}, "title": "", "is_profile_picture": true}}"#
        );
        list("ig_profile_picture", &[item])
    };
    let flat = media_json("profile", &[(SECOND, "", "profile/201906/a.jpg")]);
    let (old, new) = (photo("profile/201906"), photo("other"));
    let other = list("ig_other_media", &[post(SECOND, "", &[ONE])]);
    let home = check(
        "one photo",
        "profile_photo",
        1,
        &[
            (A, &[("media.json", &flat)]),
            (C, &[("content/profile_photos.json", &old)]),
            (
                E,
                &[
                    ("your_instagram_activity/media/profile_photos.json", &new),
                    ("your_instagram_activity/media/other_content.json", &other),
                ],
            ),
        ],
    );
    assert_eq!(home.number("SELECT count(*) FROM posts"), 0, "it is no post besides");
}

#[test]
fn trap_a_reply_to_ones_story_is_a_message() {
    let story = list(
        "ig_stories",
        &[format!(r#"{{"uri": "media/stories/201906/{ONE}.jpg", "creation_timestamp": {SECOND}, "title": ""}}"#)],
    );
    let talk = format!(
        r#"{{"participants": [{{"name": "Ann"}}, {{"name": "Mia"}}], "title": "Ann", "messages": [{{"sender_name": "Ann",
            "timestamp_ms": {SECOND}000, "content": "schön", "share": {{"link": "https://www.instagram.com/stories/mia.example/2064000000000000001"}}}}]}}"#
    );
    let files = [
        ("content/stories.json", story.as_str()),
        ("messages/inbox/ann_17840000000000001/message_1.json", talk.as_str()),
    ];
    let home = check("a story", "story", 1, &[(C, &files)]);
    assert_eq!(home.number("SELECT count(*) FROM messages WHERE share_url LIKE '%/stories/%'"), 1);
}

#[test]
fn trap_a_user_name_is_used_again_by_somebody_else() {
    let follower = |name: &str, at: i64| s3("", &format!("https://www.instagram.com/{name}"), name, at);
    let old = list("relationships_followers", &[follower("ann.example", SECOND)]);
    // Ann is `ann.new` now, and her old name belongs to somebody who follows since later.
    let new = list("", &[follower("ann.example", SECOND + 90_000_000), follower("ann.new", SECOND)]);
    let home = check(
        "two people",
        "follow",
        2,
        &[
            (C, &[("followers_and_following/followers.json", &old)]),
            (D, &[("connections/followers_and_following/followers_1.json", &new)]),
        ],
    );
    let first = home.rows("SELECT counterpart FROM follows WHERE first_snapshot LIKE '2022%'");
    assert_eq!(first[0].text("counterpart"), Some("ann.new"));
}

#[test]
fn trap_hearts_with_and_without_variation_selector() {
    let talk = |hearts: &str| {
        format!(
            r#"{{"participants": [{{"name": "Ann"}}, {{"name": "Mia"}}], "title": "Ann", "messages": [{{"sender_name": "Ann",
                "timestamp_ms": {SECOND}123, "content": "schoen", "reactions": [{hearts}]}}]}}"#
        )
    };
    let heart = |heart: &str| format!(r#"{{"reaction": "{heart}", "actor": "Mia"}}"#);
    let path = "your_instagram_activity/messages/inbox/ann_17840000000000001/message_1.json";
    let plain = talk(&heart(r"\u00e2\u009d\u00a4"));
    let varied = talk(&[heart(r"\u00e2\u009d\u00a4\u00ef\u00b8\u008f"), heart(r"\u00e2\u009d\u00a4")].join(", "));
    let home = check("a heart", "message", 1, &[(D, &[(path, &plain)]), (E, &[(path, &varied)])]);
    assert_eq!(home.number("SELECT count(*) FROM reactions"), 1);
}

#[test]
fn trap_instagram_user_is_many_people() {
    let comment = |owner: &str, text: &str, at: i64| {
        format!(
            r#"{{"media_list_data": [{{"uri": ""}}], "string_map_data": {{"Comment": {{"value": "{text}"}},
                "Media Owner": {{"value": "{owner}"}}, "Time": {{"timestamp": {at}}}}}}}"#
        )
    };
    let path = "your_instagram_activity/comments/post_comments_1.json";
    let before = list("", &[comment("ann.example", "!", SECOND), comment("bob.example", "!", SECOND + 1)]);
    let after = list("", &[comment("Instagram User", "!", SECOND), comment("Instagram User", "!", SECOND + 1)]);
    let home = check("two comments", "comment", 2, &[(D, &[(path, &before)]), (E, &[(path, &after)])]);
    let owners = home.rows("SELECT counterpart FROM comments ORDER BY at");
    let owners: Vec<_> = owners.iter().filter_map(|row| row.text("counterpart")).collect();
    assert_eq!(owners, ["ann.example", "bob.example"], "the older download gives the names back");
}

// The rules ------------------------------------------------------------------------------------------------------------

#[test]
fn a_flat_like_without_link_goes_to_the_one_of_its_second() {
    let link = |code: &str| format!("https://www.instagram.com/p/{code}/");
    let flat = format!(
        r#"{{"media_likes": [["{}", "ann.example"], ["{}", "ann.example"], ["{}", "old.example"]]}}"#,
        iso(SECOND + 1),
        iso(SECOND),
        iso(SECOND - 500)
    );
    let rows = [
        s3("ann.example", &link("Caaaaaaaaa1"), "x", SECOND + 1),
        s3("ann.example", &link("Caaaaaaaaa2"), "x", SECOND),
        // Renamed: the old name is gone, the new one was not known.
        s3("new.example", &link("Caaaaaaaaa3"), "x", SECOND - 500),
        // Another time: what no program could know, so it stays a like of its own.
        s3("ann.example", &link("Caaaaaaaaa4"), "x", SECOND + 700),
    ];
    let liked = list("likes_media_likes", &rows);
    let home = check("likes", "like", 4, &[(A, &[("likes.json", &flat)]), (C, &[("likes/liked_posts.json", &liked)])]);
    let both = "SELECT count(*) FROM likes WHERE first_snapshot LIKE '2019%' AND last_snapshot LIKE '2022%'";
    assert_eq!(home.number(both), 3);
}

#[test]
fn a_rename_is_none_where_the_old_name_is_still_there() {
    let link = |code: &str| format!("https://www.instagram.com/p/{code}/");
    let flat = format!(r#"{{"media_likes": [["{}", "ann.example"]]}}"#, iso(SECOND));
    let rows = [
        s3("bob.example", &link("Caaaaaaaaa1"), "x", SECOND),
        s3("ann.example", &link("Caaaaaaaaa2"), "x", SECOND + 80),
    ];
    let liked = list("likes_media_likes", &rows);
    check("likes", "like", 3, &[(A, &[("likes.json", &flat)]), (C, &[("likes/liked_posts.json", &liked)])]);
}

#[test]
fn rows_of_pages_go_to_their_minute_and_equal_ones_are_counted() {
    let comment = |at: i64| {
        format!(
            r#"{{"media_list_data": [{{"uri": ""}}], "string_map_data": {{"Comment": {{"value": "Moin"}},
                "Media Owner": {{"value": "ann.example"}}, "Time": {{"timestamp": {at}}}}}}}"#
        )
    };
    let path = "your_instagram_activity/comments/post_comments_1";
    let json = list("", &[comment(SECOND + 50), comment(SECOND + 10)]);
    let cells = [("Comment", "Moin"), ("Media Owner", "ann.example")];
    let of = |n: usize, at: &str| page(&vec![table_box(&cells, at); n]);
    let check = |n_rows: usize, at: &str, n: i64| {
        let html = of(n_rows, at);
        let files = [(format!("{path}.html"), html)];
        let files: Vec<(&str, &str)> = files.iter().map(|(path, html)| (path.as_str(), html.as_str())).collect();
        check("comments", "comment", n, &[(HTML, &files), (D, &[(&format!("{path}.json"), &json)])]);
    };
    check(1, "Jun 08, 2019 6:20 am", 2);
    check(2, "Jun 08, 2019 6:20 am", 2);
    check(3, "Jun 08, 2019 6:20 am", 3);
    check(1, "Jun 08, 2019 6:21 am", 3);
}

#[test]
fn a_list_whose_clock_is_off_is_told_by_several_rows() {
    let comment = |text: &str, at: i64| {
        format!(
            r#"{{"media_list_data": [{{"uri": ""}}], "string_map_data": {{"Comment": {{"value": "{text}"}},
                "Media Owner": {{"value": "ann.example"}}, "Time": {{"timestamp": {at}}}}}}}"#
        )
    };
    let path = "your_instagram_activity/comments/post_comments_1";
    let texts = ["eins", "zwei", "drei", "vier"];
    let rows: Vec<String> = texts.iter().zip(0..).map(|(text, n)| comment(text, SECOND + n * 86_400)).collect();
    let json = list("", &rows);
    // Clocks in Berlin: nine hours ahead of California.
    let boxes: Vec<String> = texts
        .iter()
        .zip(8..)
        .map(|(text, day)| {
            table_box(&[("Comment", text), ("Media Owner", "ann.example")], &format!("Jun {day:02}, 2019 3:20 pm"))
        })
        .collect();
    let check = |n_boxes: usize, n: i64| {
        let html = page(&boxes[..n_boxes]);
        let files = [(format!("{path}.html"), html)];
        let files: Vec<(&str, &str)> = files.iter().map(|(path, html)| (path.as_str(), html.as_str())).collect();
        check("comments", "comment", n, &[(HTML, &files), (D, &[(&format!("{path}.json"), &json)])]);
    };
    check(4, 4);
    check(3, 4);
    // Two could agree by chance.
    check(2, 6);
}

#[test]
fn an_answer_that_was_left_out_belongs_to_the_one_that_was_told() {
    let answers = |value: &str| {
        list(
            "story_activities_polls",
            &[s3("ann.example", "", value, SECOND), s3("ann.example", "", value, SECOND + 9)],
        )
    };
    let flat = format!(r#"{{"polls": [["{}", "ann.example"], ["{}", "ann.example"]]}}"#, iso(SECOND), iso(SECOND + 9));
    let home = check(
        "answers",
        "story_interaction",
        2,
        &[
            (A, &[("stories_activities.json", &flat)]),
            (C, &[("story_sticker_interactions/polls.json", &answers(""))]),
            (D, &[("your_instagram_activity/story_sticker_interactions/polls.json", &answers("Ja"))]),
        ],
    );
    assert_eq!(home.number("SELECT count(*) FROM records WHERE text = 'Ja'"), 2);
}

#[test]
fn a_flat_post_is_known_by_its_bytes_or_its_second_also_with_another_caption() {
    let flat =
        |caption: &str, name: &str| media_json("photos", &[(SECOND, caption, &format!("photos/201906/{name}.jpg"))]);
    let (old, new) = (flat("alt", "a"), flat("neu", "b"));
    let posts = list("", &[post(SECOND, "neuer", &[ONE])]);
    let picture = format!("media/posts/201906/{ONE}.jpg");
    let check = |bytes: [&str; 3]| {
        let home = check(
            "a post",
            "post",
            1,
            &[
                (A, &[("media.json", &old), ("photos/201906/a.jpg", bytes[0])]),
                (A_LATER, &[("media.json", &new), ("photos/201906/b.jpg", bytes[1])]),
                (C, &[("content/posts_1.json", &posts), (&picture, bytes[2])]),
            ],
        );
        assert_eq!(home.rows("SELECT text FROM posts")[0].text("text"), Some("neuer"));
        assert_eq!(home.number("SELECT count(*) FROM versions"), 2, "earlier captions");
    };
    check(["same", "same", "same"]);
    check(["one", "two", "three"]);
}

#[test]
fn flat_stories_and_later_ones_of_one_second_are_paired_by_their_bytes() {
    let story = |at: i64, id: u64| {
        format!(r#"{{"uri": "media/stories/201906/{id}.jpg", "creation_timestamp": {at}, "title": ""}}"#)
    };
    let flat = media_json("stories", &[(SECOND, "", "stories/201906/a.jpg"), (SECOND, "", "stories/201906/b.jpg")]);
    // The other way round.
    let later = list("ig_stories", &[story(SECOND, TWO), story(SECOND, ONE)]);
    let paths = [format!("media/stories/201906/{ONE}.jpg"), format!("media/stories/201906/{TWO}.jpg")];
    let home = check(
        "two stories",
        "story",
        2,
        &[
            (A, &[("media.json", &flat), ("stories/201906/a.jpg", "one"), ("stories/201906/b.jpg", "two")]),
            (C, &[("content/stories.json", &later), (&paths[0], "one"), (&paths[1], "two")]),
        ],
    );
    let mixed = "SELECT count(*) FROM (SELECT record_id FROM attachments GROUP BY record_id HAVING count(DISTINCT media_hash) > 1)";
    assert_eq!(home.number(mixed), 0, "no story has the other one's picture");
}

#[test]
fn which_of_two_stories_of_one_minute_a_page_means_is_told_by_nothing_but_bytes() {
    let flat = |rows: &[(i64, &str, &str)]| media_json("stories", rows);
    let two = flat(&[(SECOND, "", "stories/201906/a.jpg"), (SECOND + 9, "", "stories/201906/b.jpg")]);
    let one = flat(&[(SECOND, "", "stories/201906/a.jpg")]);
    let paths = [ONE, TWO].map(|id| format!("media/stories/201906/{id}.jpg"));
    let story = |path: &String| {
        format!(
            r#"<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><div class="_a6-p"><div><div><a target="_blank" href="{path}"><img class="_a6_o _3-96" src="{path}" /></a></div></div></div><div class="_3-94 _a6-o">Jun 8, 2019, 6:20 AM</div></div>"#
        )
    };
    let check = |flat: &str, here: &[String], bytes: [&str; 2], n: i64| {
        let pages = page(&here.iter().map(story).collect::<Vec<_>>());
        let mut files = vec![("content/stories.html", pages.as_str())];
        files.extend(here.iter().map(String::as_str).zip(bytes));
        let flat = [("media.json", flat), ("stories/201906/a.jpg", "one"), ("stories/201906/b.jpg", "two")];
        let home = check("stories", "story", n, &[(A, &flat), (HTML, &files)]);
        let mixed = "SELECT count(*) FROM (SELECT record_id FROM attachments GROUP BY record_id HAVING count(DISTINCT media_hash) > 1)";
        assert_eq!(home.number(mixed), i64::from(n == 1), "no story has the other one's picture");
    };
    check(&two, &paths, ["one", "two"], 2);
    check(&two, &paths, ["one, encoded anew", "two, encoded anew"], 4);
    check(&one, &paths[..1], ["one, encoded anew", ""], 1);
}

#[test]
fn one_search_is_one_whether_its_sort_is_told_or_not() {
    let search = |query: &str, at: i64| {
        format!(
            r#"{{"title": "", "media_map_data": {{}}, "string_map_data": {{"Search": {{"value": "{query}"}}, "Time": {{"timestamp": {at}}}}}}}"#
        )
    };
    let flat = format!(
        r#"[{{"search_click": "brot", "time": "{}", "type": "hashtag"}}, {{"search_click": "ann.example", "time": "{}", "type": "user"}}]"#,
        iso(SECOND),
        iso(SECOND + 5)
    );
    let tags = list("searches_hashtag", &[search("#brot", SECOND)]);
    let people = list("searches_user", &[search("ann.example", SECOND + 5), search("ann.example", SECOND + 500)]);
    let labelled = |query: &str, at: i64| {
        format!(
            r#"{{"timestamp": {at}, "media": [], "label_values": [{{"label": "Search term", "value": "{query}"}}]}}"#
        )
    };
    let recent = list("", &[labelled("#brot", SECOND), labelled("ann.example", SECOND + 500)]);
    let home = check(
        "searches",
        "search",
        3,
        &[
            (A, &[("searches.json", &flat)]),
            (
                D,
                &[
                    ("logged_information/recent_searches/tag_searches.json", &tags),
                    ("logged_information/recent_searches/profile_searches.json", &people),
                ],
            ),
            (E, &[("logged_information/recent_searches/recent_searches.json", &recent)]),
        ],
    );
    assert_eq!(home.number("SELECT count(*) FROM searches WHERE subkind = 'tag_search'"), 1);
}

#[test]
fn a_collection_that_was_renamed_and_a_contact_without_time_are_one() {
    let collection = |name: &str| {
        list(
            "saved_saved_collections",
            &[format!(
                r#"{{"title": "Collection", "string_map_data": {{"Name": {{"value": "{name}"}}, "Creation Time": {{"timestamp": {SECOND}}}}}}}"#
            )],
        )
    };
    check(
        "a collection",
        "collection",
        1,
        &[
            (C, &[("saved/saved_collections.json", &collection("Brot"))]),
            (D, &[("your_instagram_activity/saved/saved_collections.json", &collection("Brote"))]),
        ],
    );
    let flat = r#"[{"contact": "ann@example.org", "first_name": "Ann", "last_name": "Example"}]"#;
    let contact = format!(
        r#"{{"title": "", "media_map_data": {{}}, "string_map_data": {{"First Name": {{"value": "Ann"}}, "Last Name": {{"value": "Example"}},
            "Contact Information": {{"value": "ann@example.org"}}, "Imported Time": {{"timestamp": {SECOND}}}}}}}"#
    );
    let synced = list("contacts_contact_info", &[contact]);
    check(
        "a contact",
        "contact",
        1,
        &[(A, &[("contacts.json", flat)]), (C, &[("contacts/synced_contacts.json", &synced)])],
    );
}

#[test]
fn true_repeats_stay_and_pages_add_up() {
    let view = |n: usize| {
        let row = format!(
            r#"{{"title": "", "media_map_data": {{}}, "string_map_data": {{"Author": {{"value": "ann.example"}}, "Time": {{"timestamp": {SECOND}}}}}}}"#
        );
        list("impressions_history_ads_seen", &vec![row; n])
    };
    let path = "ads_information/ads_and_topics/ads_viewed.json";
    check("views", "view", 3, &[(D, &[(path, &view(3))]), (E, &[(path, &view(2))])]);
    let follower = |name: &str, at: i64| s3("", &format!("https://www.instagram.com/{name}"), name, at);
    let pages = [list("", &[follower("ann.example", SECOND)]), list("", &[follower("bob.example", SECOND)])];
    let folder = "connections/followers_and_following";
    let files = [(format!("{folder}/followers_1.json"), &pages[0]), (format!("{folder}/followers_2.json"), &pages[1])];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, json)| (path.as_str(), json.as_str())).collect();
    check("followers", "follow", 2, &[(D, &files), (E, &files)]);
}
