//! The SQL views that people and scripts build on: they grow, they don't change.

use crate::support::{TestHome, fixtures};

/// What every record has.
const RECORD: &str = "id account kind subkind at at_ms precision author counterpart thread_id text url place latitude \
                      longitude media_count details first_snapshot last_snapshot is_gone gone_since";

/// Columns that a view has at least; `+` stands for those of a record.
const VIEWS: [(&str, &str); 26] = [
    ("records", "+"),
    (
        "messages",
        "+ thread sender sent_at sent_ms share_url share_text share_owner call_seconds is_unsent is_edited reaction_count",
    ),
    ("posts", "+"),
    ("stories", "+"),
    ("comments", "+"),
    ("searches", "+"),
    ("likes", "+"),
    ("saves", "+"),
    ("follows", "+"),
    ("logins", "+"),
    ("reactions", "record_id actor reaction at_ms"),
    ("attachments", "record_id position path media_hash media_id"),
    ("media", "hash bytes type path width height seconds sightings"),
    ("threads", "id account title kind n_messages first_ms last_ms"),
    ("participants", "thread_id person_id name"),
    ("people", "id name"),
    ("handles", "person_id handle from_ms to_ms evidence"),
    ("snapshots", "id account date format generation language range_from_ms range_to_ms is_complete"),
    ("archives", "id snapshot_id name bytes"),
    ("entries", "archive_id position path bytes hash fate"),
    ("documents", "hash bytes reader reader_version"),
    ("sightings", "record_id document_hash place"),
    ("findings", "code severity archive_id path place n_items sentence"),
    ("versions", "record_id snapshot_id text"),
    ("accounts", "id account first_name service names n_snapshots n_records"),
    ("decisions", "id kind arguments reason made_at made_ms"),
];

#[test]
fn every_view_has_its_columns() {
    let home = TestHome::of(&[fixtures().join("collapsed")]);
    for (view, columns) in VIEWS {
        let held: Vec<String> = home
            .rows(&format!("SELECT name FROM pragma_table_info('{view}')"))
            .iter()
            .map(|row| row.text("name").expect("a name").to_owned())
            .collect();
        let demanded = columns.replace('+', RECORD);
        let missing: Vec<&str> =
            demanded.split_whitespace().filter(|column| !held.iter().any(|held| held == column)).collect();
        assert!(missing.is_empty(), "{view} lacks {missing:?}; it has {held:?}");
        // A view that names a column which is gone fails only when it is read.
        home.rows(&format!("SELECT * FROM {view}"));
    }
}

#[test]
fn times_are_iso_8601_in_utc_beside_milliseconds() {
    let home = TestHome::of(&[fixtures().join("sample")]);
    let wrong = "SELECT at, at_ms, precision FROM records
                  WHERE at_ms IS NOT NULL
                    AND (at NOT GLOB '20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]*Z'
                         OR unixepoch(at) <> at_ms / 1000 OR precision IS NULL)";
    assert_eq!(home.rows(wrong), []);
    assert!(home.number("SELECT count(*) FROM records WHERE at IS NOT NULL") > 150);
}

#[test]
fn the_words_of_subtitles_belong_to_their_post() {
    let home = TestHome::of(&[fixtures().join("d_2024")]);
    let with_subtitles = "SELECT count(*) FROM attachments WHERE role = 'subtitles' AND media_hash IS NOT NULL";
    assert!(home.number(with_subtitles) > 0);
    let found = "SELECT count(*) FROM record r JOIN attachment a ON a.record_id = r.id
                   JOIN reading x ON x.document_id = a.document_id AND instr(r.other_text, substr(x.words, 1, 10)) > 0
                  WHERE a.role = 'subtitles'";
    assert!(home.number(found) > 0);
}

#[test]
fn a_home_in_which_nothing_was_kept_is_sound() {
    let folder = tempfile::tempdir().expect("a folder");
    let check = |path: &std::path::Path| {
        throwback::home::Home::at(path).check(throwback::home::DataToRead::Nothing).expect("a check")
    };
    assert_eq!(check(folder.path()).damage, []);
    std::fs::create_dir_all(folder.path().join("media/ab")).expect("a folder");
    std::fs::write(folder.path().join("media/ab/abcd.jpg"), "a picture").expect("a file");
    assert_eq!(check(folder.path()).damage.len(), 1, "media without their database are damage");
}
