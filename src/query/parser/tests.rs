use proptest::prelude::*;

use super::*;

fn printed(text: &str) -> String {
    parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).to_string()
}

/// The tree without places, so that trees of different texts can be compared.
fn bare(node: &Node) -> Node {
    match node {
        Node::All(nodes) => Node::All(nodes.iter().map(bare).collect()),
        Node::Any(nodes) => Node::Any(nodes.iter().map(bare).collect()),
        Node::Not(inner) => Node::Not(Box::new(bare(inner))),
        Node::Words(words) => Node::Words(Words { span: 0..0, ..words.clone() }),
        Node::Pattern(pattern) => Node::Pattern(Pattern { span: 0..0, ..pattern.clone() }),
        Node::Field(clause) => Node::Field(FieldClause { span: 0..0, value_span: 0..0, ..clause.clone() }),
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table of what is typed and how it is understood")]
fn queries_are_understood() {
    // What is typed, and how it prints.
    let check = |text: &str, expected: &str| assert_eq!(printed(text), expected, "{text}");
    let same = |text: &str| check(text, text);
    for text in [
        "",
        "lisbon",
        "a b c",
        "a OR b",
        "a b OR c d",
        "(a b) OR c",
        "-a",
        "-\"a b\"",
        "-(a b)",
        "-(a OR b)",
        "wor*",
        "wor~",
        "wor~2",
        "/gr[ae]y (cat|dog)/",
        "-wor~ OR /a\\/b/",
        "near:48.1,11.6,5km",
        "lang:ja,ru url:youtube.com place:lisbon id:xn4etw",
        "\"ice cream\"",
        "\"ice cr\"*",
        "from:anna",
        "from:\"anna b\"",
        "-from:me",
        "kind:post,story date:2016..2019",
        "#summer",
        "@anna",
        "🎉",
        "-🎉",
        "won't",
        "7:45",
        "todo: call mum",
        "ארה\"ב",
        "re: coupons",
        "https://example.com/a?b=c",
        "1/2",
        "C++",
        "<3",
        "a\"b",
        "&",
        "~",
        "%",
        "kind\\:post",
        "\\OR",
    ] {
        same(text);
    }
    check("  a\t b  ", "a b");
    check("a | b", "a OR b");
    check("a AND b", "a b");
    check("AND", "\\AND");
    check("OR", "\\OR");
    check("you AND", "you \\AND");
    check("a OR", "a \\OR");
    check("NOT x", "-x");
    check("NOT", "\\NOT");
    check("NOT NOT NOT x", "-x");
    check("NOT :(", "NOT :\\(");
    check("or not and", "or not and");
    check("((a)) (b (c))", "a b c");
    check("a OR (b OR c)", "a OR b OR c");
    check("(a b", "a b");
    check("a b)", "a b\\)");
    check("()", "\\(\\)");
    check(":(", ":\\(");
    check("foo(bar)", "foo\\(bar\\)");
    check("(╯°□°)╯", "╯°□°\\)╯");
    check("(call (2x))", "call 2x");
    check("(see foo(bar))", "see foo\\(bar\\)");
    check("\"unclosed words", "unclosed words");
    check("5\" disk", "5\" disk");
    check("\"a \"b\" c\"", "\"a \\\"b\" c\"");
    check("-- x", "\\-- x");
    check("- x", "\\- x");
    check("--x", "\\--x");
    check("*", "\\*");
    check("f**", "f\\**");
    check("¯\\_(ツ)_/¯", "¯\\\\_\\(ツ\\)_/¯");
    check("word~1", "word~");
    check("word\\~", "word\\~");
    check("a~3 ~a", "a~3 ~a");
    check("(/a b/) x", "/a b/ x");
    check("/a/b/ /x", "\\/a/b/ \\/x");
    check("//", "\\//");
    check("near:48.1,11.6", "near:48.1,11.6,1km");
    check("Type:Posts", "kind:post");
    check("kind:dm,follower", "kind:message,follower");
    check("has:photos", "has:photo");
    check("on:2019-6-5", "date:2019-06-05");
    check("thread:x", "in:x");
    check("(from:anna)", "from:anna");
    check("in: the house", "in\\: the house");
}

#[test]
fn errors_point_at_the_value() {
    let check = |text: &str, span: Range<usize>, valid: &[&str]| {
        let error = parse(text).expect_err(text);
        assert_eq!(error.span, span, "{text}: {error}");
        assert_eq!(error.valid[..valid.len()], *valid, "{text}: {error}");
    };
    check("x after:2019-13", 8..15, &["2019-12", "2019"]);
    check("kind:psot", 5..9, &["post"]);
    check("has:photo,vidoe", 4..15, &["video"]);
    check("(ü is:gesendet)", 7..15, &["sent", "received"]);
    check("date:\"last summer\"", 5..18, &["2019"]);
    check("from:\"\"", 0..7, &["from:anna"]);
    check("x /a(b/ y", 2..7, &[]);
    check("near:north", 5..10, &["48.1,11.6,5km"]);
    check("lang:jp", 5..7, &["ja"]);
}

#[test]
fn near_fields_are_hinted_at() {
    let check = |text: &str, near: Option<&str>| {
        let query = parse(text).expect("text is never an error");
        let hint = query.hints.first().map(|hint| hint.sentence.as_str());
        assert_eq!(hint.is_some(), near.is_some(), "{text}: {hint:?}");
        assert!(hint.unwrap_or_default().contains(near.unwrap_or_default()), "{text}: {hint:?}");
    };
    check("form:anna", Some("from:"));
    check("befor:2019", Some("before:"));
    check("todo: call mum", None);
    check("https://x.example", None);
    check("re: x", None);
    check("in: the house", Some("without a space"));
}

#[test]
fn long_and_deep_queries_are_bounded() {
    for text in ["(", "-(", "NOT ", "\"", "\"a ", ")", "a OR ", "-", "a\"", "((a) ", "from:\"", "\\"] {
        let long = text.repeat(20_000);
        let query = parse(&long).expect("punctuation is no error");
        assert_eq!(bare(&parse(&query.to_string()).expect("printed").root), bare(&query.root), "{text}");
    }
    let query = parse(&"a ".repeat(10_000)).expect("words are no error");
    assert!(query.was_cut);
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just(" "),
        Just("("),
        Just(")"),
        Just("\""),
        Just("-"),
        Just("*"),
        Just("|"),
        Just("\\"),
        Just(":"),
        Just(" OR "),
        Just(" NOT "),
        Just(" AND "),
        Just("OR"),
        Just("a"),
        Just("bé"),
        Just("🎉"),
        Just("#t"),
        Just("~"),
        Just("/"),
        Just("a~2"),
        Just("/b.?/"),
        Just("from:"),
        Just("kind:post"),
        Just("date:2019.."),
        Just("form:"),
        Just("京"),
        Just("\t"),
        Just("'"),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn what_is_printed_parses_to_the_same(text in prop_oneof![pieces(), any::<String>()]) {
        match parse(&text) {
            Ok(query) => {
                let printed = query.to_string();
                let again = parse(&printed).expect("a printed query parses");
                prop_assert_eq!(bare(&again.root), bare(&query.root), "printed as {}", &printed);
                prop_assert_eq!(again.to_string(), printed);
            }
            Err(error) => {
                prop_assert!(error.span.start <= error.span.end && error.span.end <= text.len());
                prop_assert!(text.get(error.span).is_some(), "the error cuts a character");
            }
        }
    }
}
