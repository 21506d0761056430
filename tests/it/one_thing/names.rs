//! Somebody under two names (format reference §8.2.11).

use super::{A, D, E, HTML, SECOND, check, iso, list, page, s3};

fn follower(name: &str, at: i64) -> String {
    list("", &[s3("", &format!("https://www.instagram.com/{name}"), name, at)])
}

fn liked(names: &[(&str, &str)], at: &str) -> String {
    let boxes: Vec<String> = names
        .iter()
        .map(|(name, code)| {
            format!(
                r#"<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><div class="_3-95 _2pim _a6-h _a6-i">{name}</div><div class="_3-95 _a6-p"><div><div></div><div><a href="https://www.instagram.com/p/{code}/">👍</a></div><div>{at}</div></div></div></div>"#
            )
        })
        .collect();
    page(&boxes)
}

#[test]
fn whom_relations_know_under_two_names_is_one_everywhere() {
    // Two who were renamed, liked in one minute: nothing but who they are tells which is which.
    let likes = format!(
        r#"{{"media_likes": [["{}", "ann.example"], ["{}", "ben.example"]], "comment_likes": []}}"#,
        iso(SECOND + 3),
        iso(SECOND + 9)
    );
    let html = liked(&[("ann.on.tour", "Cabc123defG"), ("ben.on.tour", "Cxyz987uvwQ")], "Jun 08, 2019 6:20 am");
    let relations = |ann: &str, ben: &str| {
        let row = |name: &str, at: i64| s3("", &format!("https://www.instagram.com/{name}"), name, at);
        list("", &[row(ann, SECOND - 90), row(ben, SECOND - 80)])
    };
    let connections =
        format!(r#"{{"followers": {{"ann.example": "{}", "ben.example": "{}"}}}}"#, iso(SECOND - 90), iso(SECOND - 80));
    let folder = "connections/followers_and_following/followers_1.json";
    let pages = ("your_instagram_activity/likes/liked_posts.html", html.as_str());
    let known = relations("ann.on.tour", "ben.on.tour");
    let home = check(
        "likes of whom relations know",
        "like",
        2,
        &[
            (A, &[("likes.json", &likes), ("connections.json", &connections)]),
            (HTML, &[pages]),
            (D, &[(folder, &known)]),
        ],
    );
    assert_eq!(home.number("SELECT count(*) FROM likes WHERE url IS NOT NULL AND at_ms % 60000 > 0"), 2);
    check("likes of strangers", "like", 4, &[(A, &[("likes.json", &likes)]), (HTML, &[pages])]);
}

#[test]
fn a_name_that_somebody_else_took_is_no_other_name() {
    let story = |name: &str| list("story_activities_story_likes", &[s3(name, "", "", SECOND)]);
    let (old, new) = (story("ann.example"), story("ann.on.tour"));
    let path = "your_instagram_activity/story_interactions/story_likes.json";
    // In the later download there is an ann.example beside ann.on.tour.
    let both = list(
        "",
        &[
            s3("", "https://www.instagram.com/ann.on.tour", "ann.on.tour", SECOND - 90),
            s3("", "https://www.instagram.com/ann.example", "ann.example", SECOND + 90),
        ],
    );
    let folder = "connections/followers_and_following/followers_1.json";
    let (before, liked) = (follower("ann.example", SECOND - 90), s3("ann.example", "", "", SECOND + 60));
    let new_and_other = list("story_activities_story_likes", &[s3("ann.on.tour", "", "", SECOND), liked]);
    check("one", "like", 1, &[(D, &[(path, &old), (folder, &before)]), (E, &[(path, &new)])]);
    check(
        "two",
        "like",
        3,
        &[(D, &[(path, &old), (folder, &before)]), (E, &[(path, &new_and_other), (folder, &both)])],
    );
}

#[test]
fn whoever_was_searched_for_under_two_names_was_searched_for_once() {
    let search = |name: &str, at: i64| {
        format!(
            r#"{{"title": "", "media_map_data": {{}}, "string_map_data": {{"Search": {{"href": "", "value": "{name}", "timestamp": 0}}, "Time": {{"href": "", "value": "", "timestamp": {at}}}}}}}"#
        )
    };
    let path = "logged_information/recent_searches/profile_searches.json";
    let words = "logged_information/recent_searches/word_or_phrase_searches.json";
    let folder = "connections/followers_and_following/followers_1.json";
    let (before, after) = (follower("ann.example", SECOND - 90), follower("ann.is.on.tour", SECOND - 90));
    let of = |list_name: &str, names: &[(&str, i64)]| {
        list(list_name, &names.iter().map(|(name, at)| search(name, *at)).collect::<Vec<_>>())
    };
    // Twice in one second, once more later, and somebody else.
    let sought =
        |name: &str| of("searches_user", &[(name, SECOND), (name, SECOND), (name, SECOND + 9), ("ben", SECOND)]);
    let (old, new) = (sought("ann.example"), sought("ann.is.on.tour"));
    let flat = format!(r#"[{{"search_click": "ann.example", "time": "{}", "type": "user"}}]"#, iso(SECOND + 9));
    let home = check(
        "one under two names",
        "search",
        4,
        &[
            (A, &[("searches.json", &flat)]),
            (D, &[(path, &old), (folder, &before)]),
            (E, &[(path, &new), (folder, &after)]),
        ],
    );
    assert_eq!(
        home.number("SELECT count(*) FROM searches WHERE text = 'ann.is.on.tour' AND counterpart = 'ann.is.on.tour'"),
        3
    );
    assert_eq!(home.number("SELECT count(*) FROM versions"), 0, "a name is no text that was replaced");
    let ids = home.rows("SELECT id FROM snapshots WHERE date > '2020' ORDER BY date");
    let [older, newer] = [0, 1].map(|n| ids[n].text("id").expect("an id"));
    let differences = home.home.diff(older, newer).expect("an answer").expect("one account");
    assert_eq!(differences, [], "nothing became of them");
    // Without the relation nothing tells it; words that are somebody's name stay what was typed.
    check("two names", "search", 7, &[(D, &[(path, &old)]), (E, &[(path, &new)])]);
    let (one, other) =
        (of("searches_keyword", &[("ann.example", SECOND)]), of("searches_keyword", &[("ann.is.on.tour", SECOND)]));
    check("words", "search", 2, &[(D, &[(words, &one), (folder, &before)]), (E, &[(words, &other), (folder, &after)])]);
}
