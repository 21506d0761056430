//! Searches under a name.

use super::program::Program;

#[test]
fn a_search_is_saved_used_listed_and_forgotten() {
    let program = Program::with_sample();
    insta::assert_snapshot!(program.run(&["search", "--save", "Crossing", "fähre", "OR", "ferry"]), @r#"
    stderr:
    `throwback search @crossing` now searches for fähre OR ferry
    exit: 0
    "#);
    insta::assert_snapshot!(program.run(&["search", "--saved"]), @r#"
    name       query
    @crossing  fähre OR ferry
    exit: 0
    "#);
    let counted = |query: &[&str]| program.run(&[&["count"], query].concat());
    // The name stands for the query, and further words are demanded beside it.
    assert_eq!(
        program.json(&["count", "--json", "@crossing"])[1],
        program.json(&["count", "--json", "fähre OR ferry"])[1]
    );
    assert_eq!(
        program.json(&["count", "--json", "@crossing", "from:grace"])[1],
        program.json(&["count", "--json", "(fähre OR ferry) from:grace"])[1]
    );
    insta::assert_snapshot!(counted(&["@crossing", "from:grace"]), @r#"
    1
    stderr:
    note: @crossing stands for fähre OR ferry
    exit: 0
    "#);
    // Wherever a query is taken.
    for same in [vec!["search", "--count"], vec!["random", "--seed", "3"], vec!["count", "--by", "year"]] {
        let of = |query: &str| {
            let output = program.output(&[same.as_slice(), &[query]].concat());
            (String::from_utf8(output.stdout).expect("UTF-8"), output.status.code())
        };
        assert_eq!(of("@crossing"), of("fähre OR ferry"), "{same:?}");
        assert_eq!(of("@crossing").1, Some(0), "{same:?}");
    }
    assert_eq!(program.json(&["search", "--count", "--json", "@crossing"])[0]["saved_search"], "crossing");
    // However its name is written.
    assert!(program.run(&["search", "--save", "Fa\u{308}hre", "ferry"]).ends_with("exit: 0"));
    assert_eq!(program.json(&["search", "--json", "@FÄHRE"])[0]["saved_search"], "fähre");
    assert!(program.run(&["search", "--unsave", "fähre"]).ends_with("exit: 0"));
    let rows = program.json(&["search", "--json", "@CROSSING", "gloves"]);
    assert_eq!((&rows[0]["saved_search"], &rows[0]["total"]), (&"crossing".into(), &1.into()));
    let dumped = program.json(&["dump", "--json"]);
    let saved: Vec<_> = dumped.iter().filter(|row| row["type"] == "saved_search").collect();
    assert_eq!((saved.len(), &saved[0]["query"]), (1, &"fähre OR ferry".into()));
    // A mention stays one where no search has that name, and behind a backslash or a parenthesis.
    assert_eq!(program.json(&["search", "--json", "@grace"])[0].get("saved_search"), None);
    assert_eq!(program.json(&["search", "--json", "(@crossing)"])[0].get("saved_search"), None);
    assert_eq!(program.json(&["search", "--json", "\\@crossing"])[0].get("saved_search"), None);
    insta::assert_snapshot!(program.run(&["search", "--unsave", "crossing"]), @r#"
    stderr:
    @crossing is forgotten: fähre OR ferry
    exit: 0
    "#);
    insta::assert_snapshot!(program.run(&["search", "--unsave", "crossing"]), @r#"
    stderr:
    error: no search is saved as crossing
    hint: throwback search --saved lists them
    exit: 1
    "#);
    assert_eq!(program.json(&["search", "--json", "@crossing"])[0].get("saved_search"), None);
}

#[test]
fn what_cannot_be_searched_for_cannot_be_saved() {
    let program = Program::with_sample();
    insta::assert_snapshot!(program.run(&["search", "--save", "when", "ferry after:2019-13"]), @r#"
    stderr:
    error: "2019-13" is not a date
      ferry after:2019-13
                  ^^^^^^^
    hint: use 2019-12 or 2019
    exit: 2
    "#);
    insta::assert_snapshot!(program.run(&["search", "--save", "two words", "ferry"]), @r#"
    stderr:
    error: "two words" is no name for a search
    hint: use letters, digits, _, - and .
    exit: 2
    "#);
    insta::assert_snapshot!(program.run(&["search", "--save", "none"]), @r#"
    stderr:
    error: there is no query to save
    hint: throwback search --save none QUERY
    exit: 2
    "#);
    insta::assert_snapshot!(program.run(&["search"]), @r#"
    stderr:
    error: there is no query
    hint: `throwback search ''` shows everything, the newest first
    exit: 2
    "#);
    insta::assert_snapshot!(program.run(&["search", "--saved"]), @r#"
    stderr:
    no search is saved; throwback search --save NAME QUERY saves one
    exit: 1
    "#);
}

#[test]
fn everything_can_be_counted_and_no_pager_reads_a_pipe() {
    let program = Program::with_sample();
    insta::assert_snapshot!(program.run(&["count", "--by", "lang"]), @r#"
    latin	122
    ja	9
    ar	6
    ko	3
    zh	1
    stderr:
    note: 6 of kind view left out; add kind:view to see them
    note: 2 of kind ad left out; add kind:ad to see them
    note: 1 of kind setting left out; add kind:setting to see them
    note: 5 of kind system left out; add kind:system to see them
    note: 2 of kind reaction_notice left out; add kind:reaction_notice to see them
    note: 1 of kind unavailable left out; add kind:unavailable to see them
    exit: 0
    "#);
    let all = program.json(&["count", "--json"]);
    assert_eq!(all[1], program.json(&["count", "--json", ""])[1]);
    let by_year: u64 =
        program.json(&["count", "--json", "--by", "year"]).iter().filter_map(|row| row["count"].as_u64()).sum();
    assert!(by_year > 200, "{by_year}");
    let facets = program.json(&["search", "--json", "--facets", "lang", "-n", "1"]);
    assert!(facets.iter().any(|row| row["type"] == "facet" && row["value"] == "ja"), "{facets:?}");
}

#[test]
fn the_time_of_a_hit_links_to_its_picture_where_that_is_wanted() {
    let program = Program::with_sample();
    let shown = |when: &str| {
        let output =
            program.output(&["search", "-p", "--color", "always", "--hyperlinks", when, "has:photo", "-n", "1"]);
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let linked = shown("always");
    let (_, behind) = linked.split_once("\x1b]8;;file://").expect("a link");
    let (path, _) = behind.split_once("\x1b\\").expect("the end of its address");
    assert!(std::path::Path::new(path).is_file(), "{path}");
    // A pipe is no terminal.
    for when in ["auto", "never"] {
        assert!(!shown(when).contains("\x1b]8"));
    }
}

#[test]
fn nothing_found_says_what_there_is() {
    let program = Program::with_sample();
    insta::assert_snapshot!(program.run(&["search", "paraguas baguette"]), @r#"
    stderr:
    nothing found for `paraguas baguette`
    note: there are records with paraguas 1 · baguette 1, but none has all of it
    hint: fewer words find more, and so does a part of one: `wor*`
    exit: 1
    "#);
    // There is one that has all of it, but it must be asked for.
    insta::assert_snapshot!(program.run(&["search", "liked message"]), @r#"
    stderr:
    note: 1 of kind reaction_notice left out; add kind:reaction_notice to see them
    nothing found for `liked message`
    hint: fewer words find more, and so does a part of one: `wor*`
    exit: 1
    "#);
    insta::assert_snapshot!(program.run(&["search", "paraguass qqqq"]), @r#"
    stderr:
    nothing found for `paraguass qqqq`
    note: no record has anything like `qqqq`
    hint: fewer words find more, and so does a part of one: `wor*`
    exit: 1
    "#);
}
