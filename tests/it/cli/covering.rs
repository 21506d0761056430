//! `diff`, `coverage` and followers as a person sees them.

use super::program::Program;
use crate::small_download::Small;

#[test]
fn coverage_ends_in_a_verdict() {
    let program = Program::with_sample();
    let told = program.run(&["coverage"]);
    assert!(told.ends_with("\nSAFE TO LEAVE: yes\nexit: 0"), "{told}");
    let told = program.run(&["coverage", "--expect", "posts=412"]);
    assert!(
        told.contains("no  fewer:posts The app says that there are 412 posts, the newest download has 15"),
        "{told}"
    );
    assert!(told.ends_with("\nSAFE TO LEAVE: not yet: 1 reason\nexit: 1"), "{told}");
    let told = program.run(&["coverage", "--expect", "cats=1"]);
    assert!(told.starts_with("stderr:\nerror: `cats=1` is no expectation") && told.ends_with("exit: 2"), "{told}");
    let rows = program.json(&["coverage", "--expect", "followers=1,000", "--json"]);
    let types: Vec<&str> = rows.iter().filter_map(|row| row["type"].as_str()).collect();
    assert_eq!((types[0], types[types.len() - 2], types[types.len() - 1]), ("header", "verdict", "end"));
    assert_eq!(rows[0]["format"], "throwback-coverage/1");
    let verdict = &rows[rows.len() - 2];
    assert_eq!((verdict["is_safe"].as_bool(), verdict["reasons"][0].as_str()), (Some(false), Some("fewer:followers")));
    let people = rows.iter().find(|row| row["category"] == "followers").expect("a line");
    assert_eq!((people["state"].as_str(), people["ground"].as_str()), (Some("present"), Some("stated")));
}

#[test]
fn what_is_accepted_can_be_undone() {
    let program = Program::new();
    let root = Small { stories: vec![], ..Small::whole() }.write(program.folder(), "2021-01-01");
    program.output(&["ingest", &root.to_string_lossy()]);
    let told = program.run(&["coverage"]);
    assert!(told.contains("no  absent:stories") && told.ends_with("not yet: 1 reason\nexit: 1"), "{told}");
    let told = program.run(&["coverage", "--accept", "missing_media"]);
    assert!(told.contains("hint: reasons are absent:stories") && told.ends_with("exit: 2"), "{told}");
    let told = program.run(&["coverage", "--accept", "absent:stories=I never had one"]);
    assert!(told.contains("ok  absent:stories (I never had one)"), "{told}");
    assert!(told.ends_with("\nSAFE TO LEAVE: yes\nexit: 0"), "{told}");
    assert!(program.run(&["undo", "1"]).ends_with("exit: 0"));
    assert!(program.run(&["coverage"]).ends_with("exit: 1"));
}

#[test]
fn what_is_accepted_without_a_why_is_told_without_one() {
    for typed in ["absent:stories", "absent:stories="] {
        let program = Program::new();
        let root = Small { stories: vec![], ..Small::whole() }.write(program.folder(), "2021-01-01");
        program.output(&["ingest", &root.to_string_lossy()]);
        let told = program.run(&["coverage", "--accept", typed]);
        assert!(told.contains("ok  absent:stories No download has stories"), "{told}");
    }
}

#[test]
fn an_account_is_found_by_every_name_that_it_had() {
    let program = Program::new();
    let root = Small::whole().write(program.folder(), "2021-01-01");
    let changes = root.join("personal_information/personal_information/profile_changes.json");
    let change = r#"{"profile_profile_change": [{"title": "", "string_map_data": {"Changed": {"value": "Username"},
        "Previous Value": {"value": "old.name"}, "New Value": {"value": "me.example"}, "Change Date": {"timestamp": 1580000000}}}]}"#;
    std::fs::write(changes, change).expect("a file");
    program.output(&["ingest", &root.to_string_lossy()]);
    for name in ["me.example", "@me.example", "old.name", "@old.name", "Old.Name"] {
        let told = program.run(&["coverage", "--account", name]);
        assert!(told.starts_with("me.example · ") && told.ends_with("SAFE TO LEAVE: yes\nexit: 0"), "{name}: {told}");
    }
    let told = program.run(&["coverage", "--account", "new.name"]);
    assert!(told.contains("no account is called `new.name`") && told.ends_with("exit: 2"), "{told}");
}

#[test]
fn an_archive_is_looked_at() {
    let program = Program::with_sample();
    let zip = "fixtures/sample/mia.example_20220817.zip";
    let told = program.run(&["coverage", "--archive", zip]);
    assert!(told.contains("SAFE TO DELETE: yes, it frees ") && told.ends_with("exit: 0"), "{told}");
    let rows = program.json(&["coverage", "--archive", zip, "--json"]);
    let verdict = &rows[rows.len() - 2];
    assert_eq!((verdict["is_safe"].as_bool(), &verdict["files"]), (Some(true), &verdict["proven"]));
    assert_eq!(verdict["frees_bytes"].as_u64(), std::fs::metadata(zip).ok().map(|file| file.len()));
    let other = Small::whole().write(program.folder(), "2021-01-01");
    let told = program.run(&["coverage", "--archive", &other.to_string_lossy()]);
    assert!(told.contains("no  not_ingested") && told.ends_with("SAFE TO DELETE: no: 1 reason\nexit: 1"), "{told}");
}

#[test]
fn two_downloads_are_compared() {
    let program = Program::with_sample();
    let told = program.run(&["diff", "2022", "2024", "-n", "1"]);
    for line in ["messages 1 gone", "posts 2 changed", "searches 6 not covered", "  … 21 more; -n 0 shows all"] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    assert!(told.ends_with("exit: 0"));
    assert!(program.run(&["diff", "2024", "2024-03"]).ends_with("hold the same\nexit: 1"));
    let told = program.run(&["diff", "2019", "2024"]);
    assert!(told.starts_with("stderr:\nerror: no snapshot is known as `2019`"), "{told}");
    let rows = program.json(&["diff", "mia.example_20220817.zip", "2024", "--json"]);
    let gone: Vec<&str> =
        rows.iter().filter(|row| row["change"] == "gone").filter_map(|row| row["kind"].as_str()).collect();
    assert_eq!(gone, ["message", "like", "story_interaction", "follow"]);
    assert!(rows.iter().any(|row| row["change"] == "not_covered" && row["why"] == "passing"));
    let changed = rows.iter().find(|row| row["change"] == "changed" && row["fields"][0]["field"] == "text");
    assert!(changed.is_some_and(|row| row["fields"][0]["before"] != row["fields"][0]["after"]));
    assert_eq!(rows.last().and_then(|row| row["count"].as_u64()), Some(rows.len() as u64 - 2));
}

#[test]
fn followers_are_won_and_lost() {
    let program = Program::new();
    let mut later = Small::whole();
    later.followers.retain(|(name, _)| *name != "bob.example");
    later.followers.push(("new.example", 200 * 86_400));
    let mut renamed = Small::whole();
    renamed.followers = vec![("ann.renamed", 0), ("zoe.example", 90 * 86_400), ("new.example", 200 * 86_400)];
    let limited = Small::whole().since(80 * 86_400);
    for (small, date) in
        [(Small::whole(), "2020-06-01"), (later, "2021-06-01"), (renamed, "2022-06-01"), (limited, "2023-06-01")]
    {
        let root = small.write(program.folder(), date);
        assert!(program.output(&["ingest", &root.to_string_lossy()]).status.success());
    }
    let told = program.run(&["people", "--new", "--lost"]);
    assert!(told.contains("1 follower won\n  @new.example  between 2020-06-01 and 2021-06-01"), "{told}");
    assert!(told.contains("1 follower lost\n  @bob.example  between 2020-06-01 and 2021-06-01"), "{told}");
    assert!(told.contains("is left out: it is limited to a range of time"), "{told}");
    assert!(told.ends_with("exit: 0"), "{told}");
    let told = program.run(&["people", "--lost", "--since", "2022"]);
    assert!(told.contains("0 followers lost") && told.ends_with("exit: 1"), "a rename is no loss: {told}");
    let rows = program.json(&["people", "--lost", "--json"]);
    assert_eq!((rows[1]["type"].as_str(), rows[1]["handle"].as_str()), (Some("follower"), Some("bob.example")));
    assert!(told.contains("me.example: @ann.example is @ann.renamed now  between 2021-06-01 and 2022-06-01"), "{told}");
    let renamed = rows.iter().find(|row| row["type"] == "renamed").expect("a row");
    assert_eq!((renamed["was"].as_str(), renamed["handle"].as_str()), (Some("ann.example"), Some("ann.renamed")));
    assert!(program.run(&["people", "--since", "2022"]).ends_with("exit: 2"));
    let told = program.run(&["people", "--lost", "--since", "2024"]);
    assert!(!told.contains("followers lost") && told.contains("for the time since 2024-01-01: who came"), "{told}");
}

#[test]
fn of_one_download_it_is_not_known_who_came_or_went() {
    let program = Program::new();
    let root = Small::whole().write(program.folder(), "2020-06-01");
    assert!(program.output(&["ingest", &root.to_string_lossy()]).status.success());
    let sentence = "two downloads that can be compared are wanted: who came or went is not known.";
    for asked in [["people", "--lost"], ["people", "--new"]] {
        assert_eq!(program.run(&asked), format!("stderr:\nnote: {sentence}\nexit: 1"));
        let rows = program.json(&[asked[0], asked[1], "--json"]);
        assert_eq!((rows.len(), rows[1]["type"].as_str()), (3, Some("refused")));
        assert_eq!(rows[1]["sentence"].as_str(), Some(sentence));
    }
}
