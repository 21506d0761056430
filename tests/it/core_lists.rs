//! Which lists make a core category present, and which only add to it: what the second ones hold does not hide that a first
//! one is missing.

use std::path::Path;

use throwback::model::Generation;
use throwback::testing::{Life, Size, Writing, write};

use crate::coverage::{codes, coverage};
use crate::small_download::Small;
use crate::support::TestHome;

fn life() -> Life {
    Life::new(11, Size::small())
}

/// What is told of a generated download of which everything is taken out whose path ends so or goes through such a folder.
fn without(writing: &Writing, gone: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut tree = write(&life(), writing);
    let n_files = tree.files.len();
    tree.files.retain(|file| !gone.iter().any(|part| format!("/{}", file.path).contains(part)));
    assert_eq!(gone.is_empty(), tree.files.len() == n_files, "{gone:?} are there");
    let root = folder.path().join(writing.archive_name(&life(), 0));
    tree.write_folder(&root).expect("a folder");
    codes(&coverage(&TestHome::of(&[root]), &[]))
}

#[test]
fn a_whole_download_of_every_generation_has_every_core_list() {
    for generation in [Generation::A, Generation::B, Generation::C, Generation::D, Generation::E] {
        let writing = Writing::new(generation);
        assert_eq!(without(&writing, &[]), Vec::<String>::new(), "{generation:?}");
        if generation >= Generation::C {
            assert_eq!(without(&writing.html(), &[]), Vec::<String>::new(), "{generation:?} as pages");
        }
    }
}

#[test]
fn a_main_list_that_is_missing_is_not_made_up_for_by_others() {
    let cases: [(&[&str], &[&str]); 6] = [
        (&["/likes/"], &["absent:likes"]),
        (&["/liked_posts.json", "/liked_posts.html"], &["absent:likes"]),
        (&["/posts_1.json", "/posts_1.html", "/posts.json", "/posts.html"], &["absent:posts"]),
        (
            &["/post_comments_1.json", "/post_comments_1.html", "/post_comments.json", "/post_comments.html"],
            &["absent:comments"],
        ),
        (&["/stories.json", "/stories.html"], &["absent:stories"]),
        (&["/followers_1.json", "/followers.json", "/followers_1.html", "/followers.html"], &["absent:followers"]),
    ];
    // Each list in one generation, as JSON and as pages.
    for ((gone, expected), generation) in
        cases.into_iter().zip([Generation::C, Generation::D, Generation::E].iter().cycle())
    {
        for writing in [Writing::new(*generation), Writing::new(*generation).html()] {
            assert_eq!(without(&writing, gone), expected, "{generation:?} {:?} without {gone:?}", writing.format);
        }
    }
}

#[test]
fn what_an_older_download_has_of_a_main_list_is_only_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let older = Small::whole().write(folder.path(), "2020-06-01");
    let newer = Small::whole().write(folder.path(), "2021-06-01");
    put(
        &newer,
        "your_instagram_activity/story_sticker_interactions/story_likes.json",
        r#"{"story_activities_story_likes": [{"title": "ann.example", "string_list_data": [{"timestamp": 1580000000}]}]}"#,
    );
    let home = TestHome::of(&[older.clone(), newer.clone()]);
    assert!(coverage(&home, &[]).is_safe());
    std::fs::remove_dir_all(newer.join("your_instagram_activity/likes")).expect("it is there");
    assert_eq!(codes(&coverage(&TestHome::of(&[older, newer.clone()]), &[])), ["only_older:likes"]);
    let alone = coverage(&TestHome::of(&[newer]), &[]);
    assert_eq!(codes(&alone), ["absent:likes"]);
    let sentence = &alone.reasons().next().expect("a reason").sentence;
    assert!(sentence.contains("1 of them stands in other lists"), "{sentence}");
}

#[test]
fn followers_of_another_service_are_no_followers() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = Small { followers: vec![], ..Small::whole() }.write(folder.path(), "2021-06-01");
    put(
        &root,
        "your_instagram_activity/threads/followers.json",
        r#"{"text_post_app_text_post_app_followers": [{"title": "", "media_list_data": [], "string_list_data":
            [{"href": "https://www.threads.net/ann.example", "value": "ann.example", "timestamp": 1580000000}]}]}"#,
    );
    assert_eq!(codes(&coverage(&TestHome::of(&[root]), &[])), ["absent:followers"]);
}

#[test]
fn own_posts_that_are_files_alone_are_present() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = Small { posts: vec![], ..Small::whole() }.write(folder.path(), "2021-06-01");
    assert_eq!(codes(&coverage(&TestHome::of(std::slice::from_ref(&root)), &[])), ["absent:posts"]);
    let picture =
        std::fs::read_dir(root.join("media/stories/202001")).expect("stories").next().expect("one").expect("one");
    let own = root.join("your_instagram_activity/posts/media/your_posts");
    std::fs::create_dir_all(&own).expect("a folder");
    let mut bytes = std::fs::read(picture.path()).expect("a picture");
    bytes[8] ^= 1;
    std::fs::write(own.join("18000000000000001.jpg"), bytes).expect("a file");
    assert_eq!(codes(&coverage(&TestHome::of(&[root]), &[])), Vec::<String>::new());
}

fn put(root: &Path, path: &str, content: &str) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    std::fs::write(path, content).expect("a file");
}
