//! `restore`, `forget`, `show --provenance` and `search --as-of` as people and scripts meet them.

use serde_json::json;

use super::program::Program;

#[test]
fn a_download_is_restored_and_told() {
    let program = Program::with_sample();
    let to = program.folder().join("out").to_string_lossy().into_owned();
    insta::assert_snapshot!(program.run(&["restore", "2024-03", "--to", &to]), @r"
    archive   [folder]/out/instagram-mia.example-2024-03-02-Ab3dE5fG: 96 files, 129 kB
    stderr:
    wrote 96 files, 129 kB, to [folder]/out; every byte is that of the download
    exit: 0
    ");
    insta::assert_snapshot!(program.run(&["restore", "2024-03", "--to", &to]), @r"
    stderr:
    error: [folder]/out is not empty; nothing is ever written over
    hint: name a folder that is empty or not there yet
    exit: 3
    ");
    // The clock of the ZIP is a wall clock: it is shown where the person is.
    let file = program.folder().join("out/instagram-mia.example-2024-03-02-Ab3dE5fG/personal_information");
    let file = file.join("loyalty_accounts/no-data.txt");
    let modified = std::fs::metadata(file).and_then(|file| file.modified()).expect("a time");
    let modified = chrono::DateTime::<chrono::Utc>::from(modified);
    assert_eq!(modified.to_rfc3339(), "2024-03-02T08:13:42+00:00", "in Berlin it was 9:13:42");
    let zipped = program.folder().join("zipped").to_string_lossy().into_owned();
    let rows = program.json(&["restore", "2024-03", "--to", &zipped, "--zip", "--dry-run", "--json"]);
    assert_eq!(rows[0]["format"], "throwback-restore/1");
    assert_eq!(rows[1]["path"], "instagram-mia.example-2024-03-02-Ab3dE5fG.zip");
    let end = json!({"type": "end", "count": 1, "archives": 1, "files": 96, "bytes": rows[1]["bytes"], "renamed": 0, "lacking": 0});
    assert_eq!(rows[2], end);
    assert!(!program.folder().join("zipped").exists());
    assert!(program.run(&["restore", "1999", "--to", &zipped]).ends_with("exit: 1"));
}

#[test]
fn what_is_lost_in_the_home_ends_with_four() {
    let program = Program::with_sample();
    let rows =
        program.json(&["sql", "SELECT path FROM media WHERE type = 'image/jpeg' ORDER BY path LIMIT 1", "--json"]);
    let path = rows[1]["path"].as_str().expect("a path");
    std::fs::remove_file(program.folder().join("home").join(path)).expect("a file");
    let mut codes = Vec::new();
    for snapshot in ["2022-08", "2024-03"] {
        let to = program.folder().join(snapshot).to_string_lossy().into_owned();
        codes.push(program.output(&["restore", snapshot, "--to", &to]).status.code());
    }
    assert!(codes.contains(&Some(4)), "{codes:?}");
}

#[test]
fn nothing_is_forgotten_unasked() {
    let program = Program::with_sample();
    let dump = || program.output(&["dump"]).stdout;
    let before = dump();
    let shown = program.run(&["forget", "2024-03"]);
    assert!(shown.contains("archive             instagram-mia.example-2024-03-02-Ab3dE5fG.zip"), "{shown}");
    assert!(shown.contains("that only it has move into aside/"), "{shown}");
    assert!(
        shown.ends_with("hint: say --yes to forget it, or --dry-run to see only what would go\nexit: 2"),
        "{shown}"
    );
    assert!(program.run(&["forget", "2024-03", "--dry-run"]).ends_with("nothing was changed\nexit: 0"));
    assert!(dump() == before);
    let rows = program.json(&["forget", "2024-03", "--yes", "--json"]);
    assert_eq!(rows[0]["format"], "throwback-forget/1");
    assert!(rows[1]["records"]["message"]["removed"].as_u64().expect("a number") > 0, "{}", rows[1]);
    assert_eq!(rows[2], json!({"type": "end", "count": 1, "forgotten": true}));
    assert_eq!(program.json(&["snapshots", "--json"]).len(), 3);
    assert!(program.run(&["forget", "2024-03", "--yes"]).ends_with("exit: 1"));
    assert!(program.run(&["check", "--read-data"]).ends_with("exit: 0"));
    assert!(program.run(&["ingest", "fixtures/sample"]).ends_with("exit: 0"));
    assert!(dump() == before, "brought in again it is as it was");
}

#[test]
fn a_record_tells_where_it_comes_from() {
    let program = Program::with_sample();
    let sql =
        "SELECT id FROM records WHERE kind = 'message' AND first_snapshot <> last_snapshot ORDER BY at_ms LIMIT 1";
    let rows = program.json(&["sql", sql, "--json"]);
    let id = rows[1]["id"].as_str().expect("an id");
    let text = program.run(&["show", id, "--provenance"]);
    for part in
        ["first seen  2022-08-17", "last seen   2024-03-02", "  stood in  mia.example_20220817.zip: messages/inbox/"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    let rows = program.json(&["show", id, "--provenance", "--json"]);
    assert_eq!(rows.len(), 4);
    assert_eq!((&rows[1]["is_in"], &rows[2]["is_in"]), (&json!(true), &json!(true)));
    assert!(rows[1]["sightings"][0]["item"]["kind"] == "message", "{}", rows[1]);
    assert_eq!(rows[3]["first"], rows[1]["id"]);
    // Of a friend who was renamed the change is told.
    let sql = "SELECT r.record_id AS id FROM sightings r JOIN messages m ON m.id = r.record_id
                WHERE m.sender = 'Jonas Berger' AND m.first_snapshot <> m.last_snapshot LIMIT 1";
    let rows = program.json(&["sql", sql, "--json"]);
    let id = rows[1]["id"].as_str().expect("an id");
    let text = program.run(&["show", id, "--provenance"]);
    assert!(text.contains("  changed   author: “Jonas Köhler” → “Jonas Berger”"), "{text}");
}

#[test]
fn a_search_of_another_day_says_so() {
    let program = Program::with_sample();
    let rows = program.json(&["search", "kind:message", "--as-of", "2023", "-n", "0", "--json"]);
    assert_eq!(rows[0]["as_of"], "2023-12-31");
    let n = rows.len() - 2;
    let counted = program.run(&["count", "kind:message", "--as-of", "2023"]);
    assert!(counted.starts_with(&format!("{n}\n")), "{counted}");
    let of_snapshot = program.run(&["count", "kind:message snapshot:2022-08"]);
    assert!(of_snapshot.starts_with(&format!("{n}\n")), "{of_snapshot}");
    assert!(program.run(&["count", "kind:message", "--as-of", "2021"]).starts_with("0\n"));
    let explained = program.run(&["search", "kind:message", "--as-of", "2023", "--explain"]);
    assert!(explained.contains("as of    2023-12-31: only what a download of that day or before has"), "{explained}");
    assert!(program.run(&["search", "x", "--as-of", "soon"]).ends_with("exit: 2"));
    assert!(program.run(&["count", "snapshot:1999"]).ends_with("exit: 2"));
}
