//! `reindex --documents`: what it says, and what others say about documents of older readers.

use serde_json::json;

use super::program::Program;

/// Makes some readings those of readers of old.
fn age(program: &Program) {
    let database = rusqlite::Connection::open(program.folder().join("home/archive.sqlite")).expect("the database");
    database
        .execute_batch(
            "UPDATE reading SET reader_version = 0 WHERE reader = 'liked_posts';
             UPDATE reading SET reader = 'generic', reader_version = 1 WHERE reader = 'stories';
             UPDATE sighting SET item = json_set(item, '$.url', 'https://old.example')
              WHERE reading_id IN (SELECT id FROM reading WHERE reader = 'liked_posts');
             UPDATE record SET url = 'https://old.example' WHERE kind = 10 AND subkind = 'liked_post'",
        )
        .expect("older readings");
}

#[test]
fn documents_of_older_readers_are_read_again() {
    let program = Program::with_sample();
    age(&program);
    let check = program.run(&["check"]);
    assert!(check.contains("older_readers: 4 documents were read by older readers"), "{check}");
    let ingest = program.run(&["ingest", "fixtures/sample"]);
    assert!(
        ingest.contains("hint: 4 documents were read by older readers; `throwback reindex --documents`"),
        "{ingest}"
    );
    insta::assert_snapshot!(program.run(&["reindex", "--documents"]), @r"
    stderr:
    98 documents were read again; 4 are read otherwise now
      generic 1 → stories 3: 2 documents
      liked_posts 0 → liked_posts 2: 2 documents
    records: 0 new, 7 changed, 0 removed, 217 unchanged
    224 records can be found
    exit: 0
    ");
    insta::assert_snapshot!(program.run(&["reindex", "--documents"]), @r"
    stderr:
    98 documents were read again; all of them say what they said
    224 records can be found
    exit: 0
    ");
    assert!(!program.run(&["check"]).contains("older"));
}

#[test]
fn what_was_read_again_is_told_in_json() {
    let program = Program::with_sample();
    age(&program);
    let rows = program.json(&["reindex", "--documents", "--json"]);
    let documents: Vec<_> = rows.iter().filter(|row| row["type"] == "document").collect();
    assert_eq!(documents.len(), 4);
    let like = documents.iter().find(|row| row["reader"] == "liked_posts").expect("a document with likes");
    assert_eq!((&like["earlier_reader"], &like["earlier_reader_version"]), (&json!("liked_posts"), &json!(0)));
    assert!(like["path"].as_str().is_some_and(|path| path.ends_with("liked_posts.json")), "{like}");
    let end = rows.last().expect("an end");
    assert_eq!((&end["documents"]["changed"], &end["records"]["new"]), (&json!(4), &json!(0)), "{end}");
    assert_eq!((&end["count"], &end["records"]["removed"]), (&json!(5), &json!(0)), "{end}");
}

#[test]
fn an_empty_home_has_nothing_to_read_again() {
    let program = Program::new();
    let nowhere = program.run(&["reindex", "--documents"]);
    assert!(nowhere.contains("there is no home"), "{nowhere}");
    std::fs::create_dir_all(program.folder().join("home")).expect("a folder");
    insta::assert_snapshot!(program.run(&["reindex", "--documents"]), @r"
    stderr:
    there are no documents in this home yet, so there was nothing to read again
    exit: 0
    ");
}
