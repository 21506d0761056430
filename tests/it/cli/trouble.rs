//! What goes wrong, and how it is told: a sentence, a hint, an exit code.

use super::program::Program;

#[test]
fn wrong_paths_get_a_sentence() {
    let program = Program::new();
    insta::assert_snapshot!(program.run(&["ingest"]), @r#"
    stderr:
    error: the following required arguments were not provided:
      <PATH>...

    Usage: throwback ingest <PATH>...

    For more information, try '--help'.
    exit: 2
    "#);
    insta::assert_snapshot!(program.run(&["ingest", "nowhere.zip"]), @r#"
    stderr:
    error: Cannot read nowhere.zip: No such file or directory (os error 2)
    exit: 3
    "#);
    insta::assert_snapshot!(program.run(&["ingest", "Cargo.toml", "nowhere.zip"]), @r#"
    stderr:
    error: Cargo.toml is no Instagram download: it has none of the files that every such download has. Name the ZIP that Instagram made (instagram-<user>-<date>-….zip), or the folder it was unpacked to
    error: Cannot read nowhere.zip: No such file or directory (os error 2)
    error: none of it is a download that can be ingested
    exit: 3
    "#);
    assert!(!program.folder().join("home").exists(), "nothing came in, so there is no home");
    insta::assert_snapshot!(program.run(&["ingest", "-q", "Cargo.toml", "fixtures/collapsed"]), @"exit: 0");
    insta::assert_snapshot!(program.run(&["ingest", "-q", "nowhere.zip", "fixtures/collapsed"]), @r#"
    stderr:
    error: Cannot read nowhere.zip: No such file or directory (os error 2).
    exit: 4
    "#);
    insta::assert_snapshot!(program.run(&["ingest", "-q", "fixtures/damaged"]), @r#"
    stderr:
    error: damaged your_instagram_activity/likes/liked_posts.json: It breaks off, or its brackets do not match; 2 items were read, and its bytes were kept.
    error: damaged your_instagram_activity/likes/liked_posts.json: An item could not be read: its brackets are not closed. Its bytes were kept with the document.
    error: damaged your_instagram_activity/messages/inbox/lost_17843270000000002/message_1.json: It is empty; 0 items were read, and its bytes were kept.
    exit: 4
    "#);
}

#[test]
fn a_home_that_is_not_there_gets_a_hint() {
    let program = Program::new();
    insta::assert_snapshot!(program.run(&["stats"]), @r#"
    stderr:
    error: there is no home at [folder]/home yet
    hint: bring a download in first: throwback ingest PATH
    exit: 3
    "#);
    insta::assert_snapshot!(program.run(&["search", "x"]), @r#"
    stderr:
    error: there is no home at [folder]/home yet
    hint: bring a download in first: throwback ingest PATH
    exit: 3
    "#);
    insta::assert_snapshot!(program.run(&["check"]), @r#"
    stderr:
    error: there is no home at [folder]/home yet
    hint: bring a download in first: throwback ingest PATH
    exit: 3
    "#);
}

#[test]
fn a_wrong_query_is_pointed_at() {
    let program = Program::with_sample();
    insta::assert_snapshot!(program.run(&["search", "漢字 after:2019-13"]), @r#"
    stderr:
    error: "2019-13" is not a date
      漢字 after:2019-13
                 ^^^^^^^
    hint: use 2019-12 or 2019
    exit: 2
    "#);
    insta::assert_snapshot!(program.run(&["search", "date:yesterday..2010 ferry"]), @r#"
    stderr:
    error: "yesterday..2010" ends before it begins
      date:yesterday..2010 ferry
           ^^^^^^^^^^^^^^^
    hint: use 2010..yesterday
    exit: 2
    "#);
    insta::assert_snapshot!(program.run(&["search", "hi from:hilda"]), @r#"
    stderr:
    error: no person is known as "hilda"
      hi from:hilda
              ^^^^^
    hint: use "Hilde Beispiel" or hilde.beispiel
    exit: 2
    "#);
    insta::assert_snapshot!(program.run(&["count", "kind:storry"]), @r#"
    stderr:
    error: "storry" is nothing that kind: knows
      kind:storry
           ^^^^^^
    hint: use story
    exit: 2
    "#);
    insta::assert_snapshot!(program.run(&["thread", "nobody at all"]), @r#"
    stderr:
    error: no conversation is known as `nobody at all`
    hint: throwback threads lists them all
    exit: 1
    "#);
    insta::assert_snapshot!(program.run(&["show", "zzzz"]), @r#"
    stderr:
    error: no record has an id that begins with `zzzz`
    hint: search prints the ids of what it finds
    exit: 1
    "#);
    insta::assert_snapshot!(program.run(&["show", "x"]), @r#"
    stderr:
    error: `x` is no id: ids are digits and letters, and four of them at least are wanted
    hint: search prints the ids of what it finds
    exit: 2
    "#);
    insta::assert_snapshot!(program.run(&["sql", "DELETE FROM record"]), @r#"
    stderr:
    error: only questions are allowed: DELETE would change something or reach outside the home
    exit: 2
    "#);
    insta::assert_snapshot!(program.run(&["sql", "SELECT nonsense FROM records"]), @r#"
    stderr:
    error: no such column: nonsense
    hint: throwback sql "SELECT name FROM pragma_table_list WHERE type = 'view'" lists the views
    exit: 2
    "#);
}

#[test]
fn a_damaged_home_is_found() {
    let program = Program::with_sample();
    let medium = walkdir::WalkDir::new(program.folder().join("home/media"))
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
        .find(|entry| entry.file_type().is_file())
        .expect("a medium");
    std::fs::write(medium.path(), b"something else").expect("written");
    let told = program.run(&["check", "--read-data"]);
    assert!(told.contains("damage medium_damaged") && told.ends_with("exit: 4"), "{told}");
    std::fs::write(program.folder().join("home/archive.sqlite"), b"no database").expect("written");
    let told = program.run(&["check"]);
    assert!(told.contains("damage database_damaged") && told.ends_with("exit: 4"), "{told}");
}
