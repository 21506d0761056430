//! Downloads of a few files, written where they are read: what the fixtures do not hold.

use std::path::PathBuf;

use crate::support::TestHome;

/// A home that holds a download of these files.
fn home_of(files: &[(&str, &str)]) -> TestHome {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root: PathBuf = folder.path().join("instagram-mia.example-2024-03-02-Ab3dE5fG");
    for (path, json) in files {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        std::fs::write(path, json).expect("a file is written");
    }
    TestHome::of(&[root])
}

#[test]
fn the_first_page_names_a_conversation() {
    let page = |title: &str, at: i64| {
        format!(
            r#"{{"participants": [{{"name": "{title}"}}, {{"name": "Mia Beispiel"}}], "title": "{title}",
                "messages": [{{"sender_name": "{title}", "timestamp_ms": {at}, "content": "x"}}]}}"#
        )
    };
    let folder = "your_instagram_activity/messages/inbox/zoe_17840000000000001";
    let home = home_of(&[
        (&format!("{folder}/message_1.json"), &page("Zoe Example", 1_650_000_000_900)),
        (&format!("{folder}/message_2.json"), &page("Before", 1_650_000_000_800)),
        (&format!("{folder}/message_10.json"), &page("Ancient", 1_650_000_000_100)),
    ]);
    let rows = home.rows("SELECT title, n_messages FROM threads");
    assert_eq!((rows.len(), rows[0].text("title"), rows[0].integer("n_messages")), (1, Some("Zoe Example"), Some(3)));
}

#[test]
fn titles_of_single_pictures_are_words_of_their_post() {
    let home = home_of(&[(
        "your_instagram_activity/content/posts_1.json",
        r#"[{"title": "Garden", "creation_timestamp": 1700000002, "media": [
            {"uri": "media/posts/202311/17900000000000001.jpg", "creation_timestamp": 1700000000, "title": "Dahlia"},
            {"uri": "media/posts/202311/17900000000000002.jpg", "creation_timestamp": 1700000001, "title": "Aster"}]}]"#,
    )]);
    let rows = home.rows("SELECT text, other_text FROM record WHERE kind = 1");
    assert_eq!((rows[0].text("text"), rows[0].text("other_text")), (Some("Garden"), Some(r#"["Dahlia","Aster"]"#)));
}
