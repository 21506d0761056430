//! Downloads of 2018 to early 2021: flat files, parts that repeat rows, files without ids.

use std::path::PathBuf;

use crate::support::{TestHome, assert_same, fixtures};

fn parts() -> [PathBuf; 3] {
    [1, 2, 3].map(|number| fixtures().join(format!("a_three_parts/mia.example_20190715_part_{number}")))
}

#[test]
fn parts_are_one_download_in_any_order() {
    let [one, two, three] = parts();
    let forward = TestHome::of(&[one.clone(), two.clone(), three.clone()]);
    assert_eq!(forward.number("SELECT count(*) FROM snapshots"), 1);
    let at_once = TestHome::of(&[fixtures().join("a_three_parts")]);
    assert_same(&forward.dump(), &at_once.dump(), "one after the other, and all at once");
    for order in [[three.clone(), one.clone(), two.clone()], [two, three, one]] {
        assert_same(&forward.dump(), &TestHome::of(&order).dump(), "another order of the parts");
    }
}

#[test]
fn rows_of_a_carousel_are_one_post_across_parts() {
    let home = TestHome::of(&parts());
    let counts = home.rows("SELECT media_count FROM posts ORDER BY at");
    let counts: Vec<i64> = counts.iter().filter_map(|row| row.integer("media_count")).collect();
    assert_eq!(counts, [4, 1]);
    assert_eq!(home.number("SELECT count(*) FROM attachments WHERE media_hash IS NULL"), 0);
}

#[test]
fn times_messages_and_their_files_are_told() {
    let home = TestHome::of(&[fixtures().join("a_one_part")]);
    let row = |sql: &str| home.rows(sql).into_iter().next().unwrap_or_else(|| panic!("nothing: {sql}"));
    // The clock ran in California.
    let post = row("SELECT at, place FROM posts WHERE text LIKE 'Grün%'");
    assert_eq!((post.text("at"), post.text("place")), (Some("2019-06-01T10:57:10Z"), Some("Wyk auf Föhr")));
    let carousel = row("SELECT media_count FROM posts WHERE text = 'Drei vom Hafen' ORDER BY at");
    assert_eq!(carousel.integer("media_count"), Some(3));
    assert_eq!(home.number("SELECT count(*) FROM records WHERE details LIKE '%uncertain%'"), 0);
    // Two messages have the files of their second, and a like of a message is a reaction.
    let files = "SELECT count(*) FROM attachments a JOIN messages m ON m.id = a.record_id WHERE a.path LIKE 'direct/%' \
                 AND a.media_hash IS NOT NULL";
    assert_eq!(home.number(files), 2);
    assert_eq!(home.number("SELECT count(*) FROM reactions WHERE reaction = '❤'"), 1);
    assert_eq!(home.number("SELECT count(*) FROM threads WHERE title = 'Insel-Crew 🏝️'"), 1);
    assert_eq!(home.number("SELECT count(*) FROM messages WHERE sender IS NULL"), 0);
}

#[test]
fn a_mixed_download_has_two_ways_of_writing() {
    let home = TestHome::of(&[fixtures().join("b_mixed")]);
    assert_eq!(home.number("SELECT count(*) FROM snapshots WHERE generation = 'B'"), 1);
    for text in
        ["Ã© steht hier mit Absicht, über die Fähre", "Schöne Grüße von der Insel.", "Ein frohes neues Jahr, Oma! 🎉"]
    {
        assert_eq!(home.number(&format!("SELECT count(*) FROM records WHERE text = '{text}'")), 1, "{text}");
    }
}

#[test]
fn flat_and_later_downloads_come_in_any_order() {
    let flat = fixtures().join("a_one_part");
    let later = fixtures().join("c_2022");
    let mixed = fixtures().join("b_mixed");
    let forward = TestHome::of(&[flat.clone(), mixed.clone()]).dump();
    assert_same(&forward, &TestHome::of(&[mixed.clone(), flat.clone()]).dump(), "flat and mixed downloads");
    let (forward, backward) =
        (TestHome::of(&[flat.clone(), mixed.clone(), later.clone()]), TestHome::of(&[later, mixed, flat]));
    assert_eq!(forward.kinds(), backward.kinds());
}

#[test]
fn a_group_is_called_as_it_was_named_last_whichever_part_tells_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let part = |number: usize, names: [(&str, &str); 2]| {
        let rows = names.map(|(day, name)| {
            format!(r#"{{"sender": "ann", "created_at": "2019-06-{day}T10:00:00+00:00", "action": "ann named the group {name}."}}"#)
        });
        let root = folder.path().join(format!("mia.example_20190715_part_{number}"));
        std::fs::create_dir(&root).expect("a folder");
        let people = r#"["mia.example", "ann", "ben"]"#;
        let page = format!(r#"[{{"participants": {people}, "conversation": [{}]}}]"#, rows.join(", "));
        std::fs::write(root.join("messages.json"), page).expect("a file");
        std::fs::write(root.join("profile.json"), r#"{"username": "mia.example"}"#).expect("a file");
        std::fs::write(root.join("likes.json"), r#"{"media_likes": []}"#).expect("a file");
        root
    };
    // The rows of one part are not in order either.
    let parts = [part(1, [("02", "Zweite"), ("03", "Letzte")]), part(2, [("02", "Zweite"), ("01", "Erste")])];
    let title = |home: &TestHome| -> Vec<String> {
        let rows = home.rows("SELECT title FROM threads");
        rows.iter().filter_map(|row| row.text("title")).map(str::to_owned).collect()
    };
    assert_eq!(title(&TestHome::of(&parts)), ["Letzte"]);
    let [one, two] = parts;
    assert_eq!(title(&TestHome::of(&[two, one])), ["Letzte"]);
}
