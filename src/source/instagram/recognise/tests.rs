use super::*;

fn check(names: &[&str], expected: &[(&str, Generation, Format)]) {
    let Verdict::Exports(exports) = recognise(names) else { panic!("{names:?}: {:?}", recognise(names)) };
    let found: Vec<_> = exports.iter().map(|export| (export.root.as_str(), export.generation, export.format)).collect();
    assert_eq!(found, expected, "{names:?}");
}

#[test]
fn generations_and_formats_are_told_by_names() {
    use Format::{Html, Json};
    use Generation::{A, B, C, D, E};
    check(&["media.json", "messages.json", "photos/201811/a.jpg"], &[("", A, Json)]);
    check(&["likes.json", "messages/inbox/ann_abcdefghij/message_1.json"], &[("", B, Json)]);
    check(&["likes.json", "messages.json", "messages/inbox/x_1/message_1.json"], &[("", A, Json)]);
    check(&["content/posts_1.json", "messages/inbox/x_1/message_1.json"], &[("", C, Json)]);
    check(&["messages/inbox/x_1/message_1.json"], &[("", C, Json)]);
    check(&["index.html", "content/posts_1.html"], &[("", C, Html)]);
    check(&["your_instagram_activity/likes/liked_posts.json"], &[("", D, Json)]);
    check(&["your_instagram_activity/messages/inbox/x_1/message_1.json", "media/posts/202203/1.jpg"], &[("", D, Json)]);
    check(&["start_here.html", "your_instagram_activity/likes/liked_posts.html", "files/a.png"], &[("", D, Html)]);
    check(
        &["connections/followers_and_following/followers_1.json", "your_instagram_activity/media/posts.json"],
        &[("", E, Json)],
    );
    check(&["logged_information/recent_searches/recent_searches.json"], &[("", E, Json)]);
    check(&["logged_information/recent_searches/word_or_phrase_searches.json"], &[("", D, Json)]);
    check(&["logged_information/past_instagram_insights/posts.json"], &[("", D, Json)]);
    check(&["media/posts/202203/17900000000000001.jpg"], &[("", C, Json)]);
}

#[test]
fn a_part_of_a_flat_download_needs_none_of_its_marks() {
    use Format::Json;
    use Generation::A;
    // A part in which nothing but the profile and messages was told, and one with pictures alone.
    check(&["autofill.json", "checkout.json", "devices.json", "profile.json"], &[("", A, Json)]);
    check(&["x/photos/201905/54683831947075087541c5fb56e86206.jpg"], &[("x/", A, Json)]);
    let nothing = |names: &[&str]| assert!(matches!(recognise(names), Verdict::Nothing), "{names:?}");
    nothing(&["profile.json", "settings.json", "messages.json"]);
    nothing(&["a/profile.json", "b/settings.json", "c/messages.json", "d/devices.json"]);
    nothing(&["photos/201905/holiday.jpg"]);
}

#[test]
fn wrappers_are_stripped_and_several_roots_told_apart() {
    use Format::Json;
    use Generation::{C, D};
    check(
        &["someuser_20220731/content/posts_1.json", "someuser_20220731/media/a.jpg"],
        &[("someuser_20220731/", C, Json)],
    );
    check(
        &[
            "meta-2026-Jan-10-17-13-19/instagram-ann-2026-01-10-aaaaaaaa/your_instagram_activity/likes/liked_posts.json",
            "meta-2026-Jan-10-17-13-19/facebook-ann-2026-01-10-bbbbbbbb/your_facebook_activity/posts/your_posts_1.json",
        ],
        &[("meta-2026-Jan-10-17-13-19/instagram-ann-2026-01-10-aaaaaaaa/", D, Json)],
    );
    check(
        &["one/your_instagram_activity/likes/liked_posts.json", "two/content/posts_1.json"],
        &[("one/", D, Json), ("two/", C, Json)],
    );
    // A new folder whose inside looks like an older layout is no download of its own.
    check(&["your_instagram_activity/a.json", "new_things/likes/liked_posts.json"], &[("", D, Json)]);
    check(&["__MACOSX/x/content/._posts_1.json", "x/content/posts_1.json", ".DS_Store"], &[("x/", C, Json)]);
}

#[test]
fn a_few_files_are_enough() {
    use Format::Json;
    use Generation::C;
    check(&["liked_posts.json"], &[("", C, Json)]);
    check(&["inbox/ann_abcdefghij/message_1.json"], &[("", C, Json)]);
    check(&["Downloads/likes/liked_posts.json"], &[("Downloads/", C, Json)]);
    check(&["some/where/following.json", "some/where/close_friends.json"], &[("some/", C, Json)]);
}

#[test]
fn the_downloads_of_others_are_named() {
    let check = |names: &[&str], word: &str| match recognise(names) {
        Verdict::Foreign(sentence) => assert!(sentence.contains(word), "{sentence}"),
        other => panic!("{names:?}: {other:?}"),
    };
    check(&["your_facebook_activity/posts/your_posts_1.json"], "Facebook");
    check(&["messages/inbox/x_1/message_1.json", "friends_and_followers/friends.json"], "Facebook");
    check(&["WhatsApp Chat with Ann/_chat.txt"], "WhatsApp");
    check(&["WhatsApp Chat with Ann.txt"], "WhatsApp");
    check(&["data/manifest.js", "data/tweets.js", "Your archive.html"], "X (Twitter)");
    check(&["preservation-1.html", "linked_media/a.jpg"], "authorities");
}

#[test]
fn nothing_is_nothing() {
    for names in
        [&[][..], &["package.json", "src/main.rs"], &["index.html"], &["photo.jpg"], &["posts.json"], &["message.json"]]
    {
        assert_eq!(recognise(names), Verdict::Nothing, "{names:?}");
    }
}
