//! What is found, in other shapes: templates, files, numbers by year, memories.

use std::path::Path;

use super::program::Program;

#[test]
fn hits_are_told_by_templates_and_as_files() {
    let program = Program::with_sample();
    let format = ["search", "brötchen", "kind:message", "--exact", "--format", "{at} {author}: {text} {what}{"];
    let told = "2017-05-05T19:21:47.806Z Mia Beispiel: Um 7:45. Bring Brötchen mit. {what}{\nstderr:\n\
        hint: {what} is none of {id} {kind} {subkind} {at} {author} {thread} {text} {url} {tier}\nexit: 0";
    assert_eq!(program.run(&format), told);
    let output = program.output(&["search", "-l", "-0", "has:photo", "from:grace"]);
    let paths = String::from_utf8(output.stdout).expect("UTF-8");
    let paths: Vec<&str> = paths.split_terminator('\0').collect();
    assert!(!paths.is_empty() && paths.iter().all(|path| Path::new(path).is_file()), "{paths:?}");
}

#[test]
fn hits_and_numbers_are_comma_separated_values() {
    let program = Program::with_sample();
    insta::assert_snapshot!(program.run(&["search", "--csv", "brötchen", "kind:message", "--exact"]), @r"
    id,kind,subkind,at,author,thread,text,url,tier
    kh9dacj6pdt6m45a,message,text,2017-05-05T19:21:47.806Z,Mia Beispiel,Jonas Berger,Um 7:45. Bring Brötchen mit.,,exact
    exit: 0
    ");
    // The messages of a talk follow, as on plain lines.
    let talk = program.run(&["search", "--csv", "flight", "december"]);
    assert_eq!(talk.lines().filter(|line| line.contains(",talk")).count(), 2, "{talk}");
    let by_year = program.run(&["count", "--csv", "kind:post date:..2016", "--by", "year"]);
    assert_eq!(by_year, "year,count\n2015,1\n2016,1\nexit: 0");
    assert_eq!(program.run(&["count", "--csv", "kind:post"]), "count\n15\nexit: 0");
    assert_eq!(program.run(&["search", "--count", "--csv", "kind:post"]), "count\n15\nexit: 0");
    assert!(program.run(&["search", "--csv", "--json", "x"]).ends_with("exit: 2"));
}

#[test]
fn messages_of_talks_are_told_in_every_shape() {
    let program = Program::with_sample();
    let lines = |arguments: &[&str]| {
        let output = program.output(&[&["search", "flight", "december"], arguments].concat());
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    assert_eq!(
        lines(&["--format", "{tier}: {text}"]),
        "talk: Guess who booked a flight to Berlin 🎉\ntalk: December. Keep the red hat ready.\n"
    );
    assert_eq!(lines(&["--format", "{author}", "-0"]), "Grace Okafor\0Grace Okafor\0");
    let told = program.run(&["search", "flight", "december", "--format", "{author}"]);
    assert!(told.contains("note: the last 2 lines are of 1 talk"), "{told}");
    let explained = |query: &[&str]| program.run(&[&["search", "--explain"], query].concat());
    assert!(explained(&["flight", "december"]).contains("talks    1 talk whose messages have the words together\n"));
    assert!(explained(&["ferry"]).contains("talks    not looked for: that takes two words"));
    assert!(explained(&["the", "ferry", "-n", "1"]).contains("talks    not looked for: what was found fills"));
    let faceted = program.run(&["search", "flight", "december", "--facets", "kind"]);
    assert!(faceted.contains("note: facets count only records that match closely"), "{faceted}");
    // How many there are is told only where they were looked for.
    let talks = |query: &[&str]| program.json(&[&["--json", "search"], query].concat())[0]["talks"].clone();
    assert_eq!(talks(&["flight", "december"]), 1);
    assert_eq!(talks(&["ferry", "nosuchword"]), 0);
    assert_eq!(talks(&["ferry"]), serde_json::Value::Null);
    assert_eq!(talks(&["the", "ferry", "-n", "1"]), serde_json::Value::Null);
    // Their pictures are among the files.
    let program = Program::new();
    let folder = program.folder().join("download/your_instagram_activity/messages/inbox/anna_123");
    std::fs::create_dir_all(folder.join("photos")).expect("a folder");
    std::fs::write(folder.join("photos/1.jpg"), b"\xff\xd8\xff\xe0 a picture").expect("written");
    let messages = r#"{"participants":[{"name":"Anna"},{"name":"Mia"}],"title":"Anna","thread_path":"inbox/anna_123","messages":[
        {"sender_name":"Mia","timestamp_ms":1560000060000,"content":"at nine then"},
        {"sender_name":"Anna","timestamp_ms":1560000000000,"content":"the harbour of harbours",
         "photos":[{"uri":"your_instagram_activity/messages/inbox/anna_123/photos/1.jpg"}]},
        {"sender_name":"Anna","timestamp_ms":1560000090000,"content":"Anna sent an attachment.",
         "photos":[{"uri":"your_instagram_activity/messages/inbox/anna_123/photos/1.jpg"}]},
        {"sender_name":"Anna","timestamp_ms":1560000099000,"content":"Anna sent an attachment."}]}"#;
    std::fs::write(folder.join("message_1.json"), messages).expect("written");
    let ingested = program.run(&["ingest", &program.folder().join("download").display().to_string()]);
    assert!(ingested.ends_with("exit: 0"), "{ingested}");
    let output = program.output(&["search", "-l", "harbour", "nine"]);
    let path = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(Path::new(path.trim_end()).is_file(), "{path}");
    // A notice with a picture is somebody's, as a hit and in a talk; without one it is neither.
    let rows = program.json(&["--json", "search", "attachment", "kind:attachment_notice"]);
    assert_eq!(rows[0]["total"], 2);
    let rows = program.json(&["--json", "search", "attachment"]);
    assert_eq!((&rows[0]["total"], &rows[0]["left_out"]["attachment_notice"]), (&1.into(), &1.into()));
    let rows = program.json(&["--json", "search", "attachment", "harbour"]);
    assert_eq!((&rows[0]["talks"], &rows[1]["n_messages"]), (&1.into(), &3.into()));
    // Only what is exactly so is marked where only that is asked for.
    let marks = |more: &[&str]| {
        let rows = program.json(&[&["--json", "search", "harbour", "nine"], more].concat());
        rows[1]["messages"][0]["highlights"].clone()
    };
    assert_eq!(marks(&[]), serde_json::json!([[4, 11], [15, 23]]));
    assert_eq!(marks(&["--exact"]), serde_json::json!([[4, 11]]));
}

#[test]
fn what_is_found_is_counted_by_what_it_has_in_common() {
    let program = Program::with_sample();
    let by_year = "2015\t1\n2016\t1\n2017\t1\n2018\t1\n2019\t1\n2020\t1\n2021\t2\n2022\t2\n2023\t3\n2024\t2\nexit: 0";
    assert_eq!(program.run(&["count", "kind:post", "--by", "year"]), by_year);
    let rows = program.json(&["--json", "search", "-n1", "kind:post", "--facets", "kind,year"]);
    let facets: Vec<(&str, u64)> = rows
        .iter()
        .filter(|row| row["type"] == "facet")
        .map(|row| (row["value"].as_str().unwrap_or_default(), row["count"].as_u64().unwrap_or_default()))
        .collect();
    assert_eq!(facets[..2], [("post", 15), ("2015", 1)]);
    assert_eq!(facets.len(), 11);
    let wrong = program.run(&["count", "x", "--by", "colour"]);
    assert!(wrong.contains("kind, year, month") && wrong.ends_with("exit: 2"), "{wrong}");
}

#[test]
fn numbers_say_what_they_leave_out() {
    let program = Program::with_sample();
    let note = "note: 1 of kind reaction_notice left out; add kind:reaction_notice to see them";
    assert_eq!(program.run(&["count", "liked message"]), format!("0\nstderr:\n{note}\nexit: 1"));
    assert!(program.run(&["count", "(liked message) OR kind:post", "--by", "kind"]).contains(note));
    for more in [["--by", "kind"].as_slice(), &[]] {
        let rows = program.json(&[&["--json", "count", "(liked message) OR kind:post"], more].concat());
        assert_eq!((&rows[0]["left_out"]["reaction_notice"], &rows[0]["total"]), (&1.into(), &15.into()));
    }
    assert_eq!(program.json(&["--json", "count", "liked message kind:reaction_notice"])[0]["total"], 1);
}

#[test]
fn memories_are_answers_of_a_search() {
    let program = Program::with_sample();
    let rows = program.json(&["--json", "on-this-day", "07-12"]);
    assert_eq!(rows[0]["format"], "throwback-on-this-day/1");
    assert_eq!(rows.iter().filter(|row| row["type"] == "hit").count(), 9);
    assert_eq!(rows[1]["at"], "2019-07-12T15:41:08.558Z");
    assert!(program.run(&["on-this-day", "13-40"]).ends_with("exit: 2"));
    let one = program.run(&["random", "--seed", "7", "kind:post"]);
    assert!(one.ends_with("exit: 0") && one.contains("\tpost\t"), "{one}");
    assert_eq!(one, program.run(&["random", "--seed", "7", "kind:post"]));
    assert!(program.run(&["random", "nosuchword"]).ends_with("exit: 1"));
    let view = program.run(&["random", "kind:view"]);
    assert!(view.ends_with("exit: 0") && view.contains("\tview\t"), "{view}");
}

/// An id that somebody noted before an older download came.
#[test]
fn ids_that_records_had_find_them() {
    let program = Program::with_sample();
    let select = "SELECT a.public_id AS earlier, r.public_id AS id FROM alias a JOIN record r ON r.id = a.record_id";
    let rows = program.json(&["--json", "sql", select]);
    let pairs: Vec<(&str, &str)> =
        rows.iter().filter_map(|row| Some((row["earlier"].as_str()?, row["id"].as_str()?))).collect();
    assert!(pairs.len() > 1, "{rows:?}");
    for (earlier, id) in pairs {
        assert_eq!(program.run(&["show", &earlier[..8]]), program.run(&["show", id]), "{earlier}");
        let found = program.json(&["--json", "search", &format!("id:{earlier}")]);
        assert_eq!(found[1]["id"].as_str(), Some(id), "{earlier}");
    }
}

#[test]
fn what_is_too_much_is_cut_and_says_so() {
    let program = Program::with_sample();
    let many = "tea ".repeat(10_000);
    let told = program.run(&["search", &many]);
    assert!(told.contains("only the first 512 words and fields"), "{told}");
    assert!(program.run(&["search", "/(.*a){20}/"]).ends_with("exit: 1"));
    let wrong = program.run(&["search", "tea /(/"]);
    assert!(wrong.contains("no regular expression") && wrong.ends_with("exit: 2"), "{wrong}");
}
