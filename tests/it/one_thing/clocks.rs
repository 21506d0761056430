//! Times that one download writes finer than another, or without a zone (format reference §3.1, §5.5).

use super::{A, D, HTML, ONE, SECOND, check, list, media_json, page, post, s3};

/// `2019-06-08T06:20:00`, as a clock in California showed it.
fn california(at: i64) -> String {
    chrono::DateTime::from_timestamp(at - 7 * 3_600, 0).expect("a time").format("%Y-%m-%dT%H:%M:%S").to_string()
}

#[test]
fn a_flat_clock_without_zone_is_told_by_rows_of_several_lists() {
    let check = |n_days: i64, n: i64| {
        let at = |day: i64| SECOND + day * 86_400 + day * 61;
        let flat = format!(
            r#"{{"followers": {{"ann.example": "{}"}}, "following": {{"ben.example": "{}"}}, "following_hashtags": {{"balkon": "{}"}}}}"#,
            california(at(0)),
            california(at(if n_days > 1 { 1 } else { 900 })),
            california(at(if n_days > 2 { 2 } else { 901 })),
        );
        let row = |name: &str, at: i64| s3("", &format!("https://www.instagram.com/{name}"), name, at);
        let followers = list("", &[row("ann.example", at(0))]);
        let following = list("relationships_following", &[row("ben.example", at(1))]);
        let tags = list("relationships_following_hashtags", &[row("balkon", at(2))]);
        let folder = "connections/followers_and_following";
        let files = [
            (format!("{folder}/followers_1.json"), followers),
            (format!("{folder}/following.json"), following),
            (format!("{folder}/following_hashtags.json"), tags),
        ];
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        check("relations", "follow", n, &[(A, &[("connections.json", &flat)]), (D, &files)]);
    };
    check(3, 3);
    // Two that agree may do so by chance; what is left has times of its own.
    check(2, 6);
}

#[test]
fn a_flat_post_and_the_only_one_of_its_minute_in_pages_are_one_also_when_its_caption_was_edited() {
    let flat = media_json("photos", &[(SECOND + 9, "alt", "photos/201906/a.jpg")]);
    let shown = |caption: &str, id: u64, at: &str| {
        format!(
            r#"<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><div class="_3-95 _2pim _a6-h _a6-i">{caption}</div><div class="_3-95 _a6-p"><div><img class="_a6_o _3-96" src="media/posts/201906/{id}.jpg"/></div></div><div class="_3-94 _a6-o">{at}</div></div>"#
        )
    };
    let at = "Jun 08, 2019 6:20 am";
    let check = |boxes: &[String], n: i64| {
        let html = page(boxes);
        check(
            "a post",
            "post",
            n,
            &[(A, &[("media.json", &flat)]), (HTML, &[("your_instagram_activity/content/posts_1.html", &html)])],
        )
    };
    let home = check(&[shown("neu", ONE, at)], 1);
    assert_eq!(home.rows("SELECT text FROM posts")[0].text("text"), Some("neu"));
    assert_eq!(home.number("SELECT at_ms FROM posts"), (SECOND + 9) * 1_000);
    // Two could be it.
    check(&[shown("neu", ONE, at), shown("auch neu", super::TWO, at)], 3);
    // A later download in which the only other one of the minute has a second of its own.
    let posts = list("", &[post(SECOND + 40, "neu", &[ONE])]);
    super::check("two posts", "post", 2, &[(A, &[("media.json", &flat)]), (D, &[("content/posts_1.json", &posts)])]);
}
