//! What scripts build on: JSON from header to end, pipes that close, colours that stay away.

use std::collections::BTreeSet;
use std::io::Read;
use std::process::Stdio;

use serde_json::Value;

use super::program::Program;

/// A stream has a header that names its format, and an end that counts its rows.
fn check_frame(command: &str, rows: &[Value]) {
    let (first, last) = (&rows[0], &rows[rows.len() - 1]);
    assert_eq!(first["type"], "header", "{command}");
    assert_eq!(first["format"], format!("throwback-{command}/1"), "{command}");
    assert_eq!(last["type"], "end", "{command}");
    assert_eq!(last["count"], rows.len() - 2, "{command}");
}

#[test]
fn every_command_speaks_json() {
    let program = Program::with_sample();
    for arguments in [
        "ingest fixtures/sample",
        "search fähre",
        "count fähre",
        "thread @grace",
        "threads",
        "snapshots",
        "stats",
        "findings",
        "reindex",
        "reindex --documents",
        "dump",
        "check",
        "fields",
        "sql SELECT(1)",
    ] {
        let mut words: Vec<&str> = arguments.split(' ').collect();
        words.push("--json");
        check_frame(words[0], &program.json(&words));
    }
    let id = program.json(&["search", "--json", "fähre"])[1]["id"].as_str().expect("an id").to_owned();
    check_frame("show", &program.json(&["show", &id, "--json"]));
}

#[test]
fn hits_have_the_members_of_the_contract() {
    let program = Program::with_sample();
    let rows = program.json(&["--json", "search", "letzte", "fähre", "from:hilde", "-C1"]);
    let members: BTreeSet<&str> = rows[1].as_object().expect("an object").keys().map(String::as_str).collect();
    let contract = [
        "type",
        "id",
        "kind",
        "subkind",
        "at",
        "author",
        "thread",
        "text",
        "url",
        "score",
        "tier",
        "snippet",
        "highlights",
        "snapshots",
        "context",
    ];
    assert_eq!(members, BTreeSet::from(contract));
    assert_eq!(rows[0]["total"], 1);
    assert_eq!(rows[0]["behind"], 0);
    let text = rows[1]["text"].as_str().expect("a text");
    let marked: Vec<&str> = rows[1]["highlights"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|range| &text[index(&range[0])..index(&range[1])])
        .collect();
    assert_eq!(marked, ["letzte", "Fähre"]);
    assert_eq!(rows[1]["context"]["after"][0]["author"], "Mia Beispiel");
}

#[test]
fn a_talk_is_a_row_with_messages_and_without_an_id() {
    let program = Program::with_sample();
    let rows = program.json(&["--json", "search", "flight december"]);
    check_frame("search", &rows);
    assert_eq!((&rows[0]["total"], &rows[0]["talks"], rows.len()), (&0.into(), &1.into(), 3));
    let talk = rows[1].as_object().expect("an object");
    assert_eq!((&talk["type"], talk.get("id")), (&Value::from("talk"), None));
    assert_eq!(talk["n_messages"], 3);
    let messages = talk["messages"].as_array().expect("a list");
    let marked = messages.iter().map(|message| {
        let text = message["text"].as_str().expect("a text");
        assert_eq!(message["id"].as_str().map(str::len), Some(16));
        &text[index(&message["highlights"][0][0])..index(&message["highlights"][0][1])]
    });
    assert_eq!(marked.collect::<Vec<_>>(), ["flight", "December"]);
}

fn index(number: &Value) -> usize {
    usize::try_from(number.as_u64().expect("a number")).expect("it fits")
}

#[test]
fn the_numbers_of_stats_and_sql_agree() {
    let program = Program::with_sample();
    let stats = program.json(&["stats", "--json"]).remove(1);
    let rows = program.json(&["sql", "--json", "SELECT kind, count(*) AS n FROM records GROUP BY 1"]);
    for row in &rows[1..rows.len() - 1] {
        assert_eq!(stats["records"][row["kind"].as_str().expect("a kind")], row["n"]);
    }
    assert_eq!(stats["records"].as_object().expect("an object").len(), rows.len() - 2);
}

#[test]
fn a_dump_is_the_same_whatever_came_first() {
    let zips =
        ["fixtures/sample/instagram-mia.example-2024-03-02-Ab3dE5fG.zip", "fixtures/sample/mia.example_20220817.zip"];
    let dump = |order: [&str; 2]| {
        let program = Program::new();
        for zip in order {
            assert!(program.output(&["ingest", zip]).status.success());
        }
        program.output(&["dump"]).stdout
    };
    assert!(dump([zips[0], zips[1]]) == dump([zips[1], zips[0]]));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let program = Program::with_sample();
    let mut child =
        program.command(&["dump"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let mut stdout = child.stdout.take().expect("a pipe");
    stdout.read_exact(&mut [0; 10]).expect("something to read");
    drop(stdout);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{output:?}");
}

#[test]
fn colours_come_when_they_are_asked_for() {
    let program = Program::with_sample();
    let has_colours = |arguments: &[&str]| program.output(arguments).stdout.contains(&b'\x1b');
    assert!(!has_colours(&["search", "--pretty", "fähre"]));
    assert!(has_colours(&["search", "--pretty", "fähre", "--color", "always"]));
    assert!(!has_colours(&["search", "--pretty", "fähre", "--color", "never"]));
}

#[test]
fn help_version_and_pages_are_data() {
    let program = Program::new();
    for arguments in [&["--help"][..], &["--version"], &["search", "--help"], &["man"], &["completions", "zsh"]] {
        let output = program.output(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(!output.stdout.is_empty() && output.stderr.is_empty(), "{arguments:?}");
    }
    assert_eq!(program.output(&[]).status.code(), Some(2));
    assert_eq!(program.output(&["fields", "--nonsense"]).status.code(), Some(2));
}
