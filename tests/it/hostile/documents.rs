//! JSON that is none, or says what nobody expects. The document lies beside the neighbours, or in the place of one.

use throwback::testing::raw_zip::{Zip, deflated_bytes};

use super::case::{Case, POSTS, THREAD, check_all, neighbours};

const LIKES: &str = "your_instagram_activity/likes/liked_posts.json";
const OTHER: &str = "your_instagram_activity/messages/inbox/ann_17840000000000002/message_1.json";
const DOUBTFUL: &[&str] = &["doubtful_value"];
const BAD_ITEM: &[&str] = &["bad_item"];
const NOTHING_READ: &[&str] = &["bad_item", "nothing_read"];
const BAD: &[&str] = &["bad_document"];
/// No item of it can be read.
const NO_JSON: &[&str] = &["bad_document", "bad_item", "nothing_read"];

/// A second thread: two sound messages with something between them.
fn messages(threat: &str, between: impl AsRef<[u8]>) -> Case {
    Case::document(threat, OTHER, thread_with(between.as_ref()))
}

/// A second thread with one more message that has this member.
fn member(threat: &str, member: &str) -> Case {
    messages(threat, format!(r#"{{"sender_name":"Ann","timestamp_ms":1660000000500,{member}}}"#))
}

fn thread_with(between: &[u8]) -> Vec<u8> {
    let open = br#"{"participants":[{"name":"Ann"},{"name":"Mia"}],"messages":[{"sender_name":"Ann","timestamp_ms":1660000000123,"content":"before"},"#;
    let close = br#",{"sender_name":"Ann","timestamp_ms":1660000000999,"content":"behind"}],"title":"Ann","thread_path":"inbox/ann_17840000000000002"}"#;
    [open, between, close].concat()
}

/// A second thread whose head is this, with two sound messages.
fn head(threat: &str, head: &str) -> Case {
    let messages = r#""messages":[{"sender_name":"Ann","timestamp_ms":1660000000123,"content":"before"},{"sender_name":"Ann","timestamp_ms":1660000000999,"content":"behind"}]"#;
    Case::document(threat, OTHER, format!("{{{head}{messages}}}")).reads(2)
}

fn likes(threat: &str, body: impl AsRef<[u8]>) -> Case {
    Case::document(threat, LIKES, body)
}

/// A post in a file of its own.
fn post(threat: &str, members: &str) -> Case {
    Case::document(
        threat,
        "your_instagram_activity/content/reels.json",
        format!(r#"{{"ig_reels_media":[{{"media":[{{{members}}}]}}]}}"#),
    )
}

#[test]
fn bytes_that_are_no_text() {
    let utf16: Vec<u8> =
        std::iter::once(0xfeff).chain("[{\"title\":\"x\"}]".encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let in_text =
        |bytes: &[u8]| [br#"{"sender_name":"Ann","timestamp_ms":1660000000500,"content":""#, bytes, br#""}"#].concat();
    check_all(vec![
        messages("high surrogate alone", in_text(br"\ud83d")).finds(DOUBTFUL).reads(3),
        messages("low surrogate alone", in_text(br"\ude02 x")).finds(DOUBTFUL).reads(3),
        messages("surrogates the wrong way round", in_text(br"\ude02\ud83d")).finds(DOUBTFUL).reads(3),
        messages("half an escape", in_text(br"\u12")).finds(DOUBTFUL).reads(3),
        messages("escape that is none", in_text(br"\x41")).finds(DOUBTFUL).reads(3),
        messages("invalid UTF-8", in_text(b"a\xffb")).finds(DOUBTFUL).reads(3),
        messages("overlong UTF-8", in_text(b"\xc0\xaf")).finds(DOUBTFUL).reads(3),
        messages("surrogate in UTF-8", in_text(b"\xed\xa0\x80")).finds(DOUBTFUL).reads(3),
        messages("cut character", in_text(b"\xf0\x9f\x98")).finds(DOUBTFUL).reads(3),
        messages("raw controls in a text", in_text(b"a\tc\x00d\x1b[2J\x7f")).finds(DOUBTFUL).reads(3),
        messages("raw line break in a text", in_text(b"a\nb")).finds(DOUBTFUL).reads(3),
        messages("raw line breaks around a text", in_text(b"\r\n\n a \n")).finds(DOUBTFUL).reads(3),
        messages("raw line break and a bracket", in_text(b"a\n:-] }b\n{ c")).finds(DOUBTFUL).reads(3),
        messages("all raw controls", in_text(&(0..0x20).chain([b'x']).collect::<Vec<u8>>())).finds(DOUBTFUL).reads(3),
        messages(
            "raw line break in a name",
            b"{\"sender_name\":\"Ann\",\"timestamp_ms\":1660000000500,\"content\":\"x\",\"a\nb\":\"y\"}",
        )
        .finds(DOUBTFUL)
        .reads(3),
        messages(
            "quote lost before a line break",
            b"{\"sender_name\":\"Ann\",\"timestamp_ms\":1660000000500,\"content\":\"x\n}",
        )
        .finds(BAD_ITEM)
        .reads(2),
        messages(
            "invalid UTF-8 in a name",
            br#"{"sender_name":"Ann","timestamp_ms":1660000000500,"content":"x","a\xff":"y"}"#,
        )
        .finds(DOUBTFUL)
        .reads(3),
        messages("invalid UTF-8 between items", b"{\"content\":\"x\",\"timestamp_ms\":1660000000500},\xff\xfe{}")
            .finds(BAD_ITEM)
            .reads(3),
        likes("byte order mark", b"\xef\xbb\xbf[]"),
        likes("byte order marks", b"\xef\xbb\xbf\xef\xbb\xbf[]").finds(BAD),
        likes("UTF-16", utf16).finds(NO_JSON),
        likes("zeros", vec![0; 5_000]).finds(NO_JSON),
        likes("zeros behind", [b"[]".to_vec(), vec![0; 5_000]].concat()).finds(NO_JSON),
        likes("packed bytes", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x8b\x8e\x05\0\x29\xbb\x4c\x0d\x02\0\0\0").finds(NO_JSON),
        likes("nothing", b"").finds(BAD),
        likes("spaces", b" \n\t ".repeat(500)).finds(BAD),
        likes("page", b"<html><body>Please log in</body></html>").finds(NO_JSON),
        likes("two documents", b"[] []").finds(NO_JSON),
        likes("lines of documents", b"{\"a\":1}\n{\"a\":2}\n").finds(NO_JSON),
    ]);
}

#[test]
fn numbers_and_words_that_json_does_not_know() {
    let of = |threat: &str, value: &str| {
        member(threat, &format!(r#""content":"x","call_duration":{value}"#)).reads(3).finds(DOUBTFUL)
    };
    let digits = "9".repeat(100_000);
    check_all(vec![
        of("1e400", "1e400"),
        of("-1e400", "-1e400"),
        member("1e-400000", r#""content":"x","call_duration":1e-400000"#).reads(3),
        of("NaN", "NaN"),
        of("Infinity", "-Infinity"),
        of("hundred thousand digits", &digits),
        member("hundred thousand digits behind the point", &format!(r#""content":"x","call_duration":0.{digits}"#))
            .reads(3),
        of("exponent of hundred thousand digits", &format!("1e{digits}")),
        of("smallest number", "-9223372036854775808"),
        of("beyond 64 bits", "18446744073709551616"),
        of("leading zeros", "007"),
        of("hexadecimal", "0x10"),
        of("plus sign", "+1"),
        of("point without digits", "1."),
        member("time beyond measure", r#""content":"x","timestamp_ms":18446744073709551615"#).reads(3).finds(DOUBTFUL),
        messages("time before time", r#"{"content":"x","timestamp_ms":-99999999999999999}"#).reads(3).finds(DOUBTFUL),
        messages("time of a broken kind", r#"{"content":"x","timestamp_ms":1.5e300}"#).reads(3).finds(DOUBTFUL),
        messages("time in the year 292 million", r#"{"content":"x","timestamp_ms":9223372036854775807}"#)
            .reads(3)
            .finds(DOUBTFUL),
        messages("undefined", r#"{"content":undefined,"timestamp_ms":1660000000500}"#).reads(3).finds(DOUBTFUL),
        messages("single quotes", r"{'content':'x','timestamp_ms':1660000000500}").reads(2).finds(BAD_ITEM),
        messages("names without quotes", r#"{content:"x"}"#).reads(3).finds(DOUBTFUL),
        messages("comment", r#"/* x */ {"content":"x","timestamp_ms":1660000000500}"#).reads(3).finds(BAD),
        messages("comma too many", r#"{"content":"x","timestamp_ms":1660000000500},"#).reads(3).finds(BAD),
        messages("comma in an item", r#"{"content":"x","timestamp_ms":1660000000500,}"#).reads(2).finds(BAD_ITEM),
        messages("no colon", r#"{"content" "x"}"#).reads(2).finds(BAD_ITEM),
    ]);
}

#[test]
fn names_twice_and_levels_without_end() {
    let deep = |n: usize| format!(r#""content":"x","more":{}{}"#, "[".repeat(n), "]".repeat(n));
    let deep_objects = |n: usize| format!(r#""content":"x","more":{}1{}"#, r#"{"a":"#.repeat(n), "}".repeat(n));
    check_all(vec![
        member("name twice", r#""content":"x","content":"y""#).reads(3).finds(DOUBTFUL),
        member("name twice, once escaped", r#""content":"x","c\u006fntent":"y""#).reads(3).finds(DOUBTFUL),
        head("list twice", r#""messages":[],"title":"Ann","title":"Zoe","#),
        member("prototype", r#""content":"x","__proto__":{"admin":true},"constructor":1"#).reads(3),
        member("empty names", r#""content":"x","":1,"":{"":""}"#).reads(3),
        member("hundred levels", &deep(100)).reads(3),
        member("ten thousand levels", &deep(10_000)).reads(2).finds(BAD_ITEM),
        member("ten thousand levels of objects", &deep_objects(10_000)).reads(2).finds(BAD_ITEM),
        likes("a million levels", "[".repeat(1_000_000)).finds(NO_JSON),
        likes("half a million levels of objects", r#"{"a":"#.repeat(500_000)).finds(NO_JSON),
        likes("a million levels and back", "[".repeat(1_000_000) + &"]".repeat(1_000_000))
            .finds(&["bad_item", "nothing_read"]),
    ]);
}

#[test]
fn values_of_another_type() {
    let mut cases = Vec::new();
    for value in ["null", "7", "-1.5", "true", r#""x""#, "[]", "{}", r#"["x",7]"#, r#"{"name":{"name":[]}}"#] {
        for name in [
            "sender_name",
            "content",
            "photos",
            "videos",
            "audio_files",
            "reactions",
            "share",
            "timestamp_ms",
            "call_duration",
            "users",
            "is_unsent",
        ] {
            // All members of a message at once, so that one archive stands for eleven.
            cases.push((name, value));
        }
    }
    let values: std::collections::BTreeSet<&str> = cases.iter().map(|(_, value)| *value).collect();
    let all_of = |value: &str| -> String {
        let of = |(name, _): &(&str, &str)| {
            format!(r#"{{"sender_name":"Ann","timestamp_ms":1660000000500,"content":"with {name}","{name}":{value}}}"#)
        };
        cases.iter().filter(|(_, other)| *other == value).map(of).collect::<Vec<_>>().join(",")
    };
    let mut rows: Vec<Case> = values
        .iter()
        .map(|value| {
            messages(&format!("every member is {value}"), all_of(value))
                .finds(if *value == "null" { &[] } else { DOUBTFUL })
                .reads(13)
        })
        .collect();
    rows.extend(["null", "7", r#""x""#, "[]", "{}"].map(|value| {
        head(&format!("participants and title are {value}"), &format!(r#""participants":{value},"title":{value},"thread_path":{value},"is_still_participant":{value},"magic_words":{value},"image":{value},"joinable_mode":{value},"#))
    }));
    rows.extend(["null", "7", r#""x""#, "true", "{}", r#"{"a":1}"#].map(|value| {
        Case::document(
            format!("messages are {value}"),
            OTHER,
            format!(r#"{{"participants":[],"messages":{value},"title":"Ann"}}"#),
        )
        .reads(1)
    }));
    rows.extend(
        ["null", "7", "true", "{}", "[7]", "[null]"].map(|value| likes(&format!("a document is {value}"), value)),
    );
    rows.extend(["[[]]", "[[[{}]]]"].map(|value| likes(&format!("a document is {value}"), value).finds(NOTHING_READ)));
    rows.extend(
        [r#""x""#, r#"{"a":{"b":{"c":[]}}}"#].map(|value| likes(&format!("a document is {value}"), value).reads(1)),
    );
    rows.extend(["null", "7", r#""x""#, "[]", "{}", "true"].map(|value| {
        post(&format!("members of a post are {value}"), &format!(r#""uri":{value},"creation_timestamp":{value},"title":{value},"media_metadata":{value},"cross_post_source":{value},"dubbing_info":{value}"#))
        .finds(if value == r#""x""# { &["missing_media"] } else { &[] })
        .reads(1)
    }));
    check_all(rows);
}

#[test]
fn documents_that_break_off() {
    const ITS_LAST: &[&str] = &["bad_document", "bad_item"];
    let whole = thread_with(br#"{"sender_name":"Ann","timestamp_ms":1660000000500,"content":"between"}"#);
    let cut = |tenths: usize| {
        Case::document(format!("cut after {tenths} tenths"), OTHER, &whole[..whole.len() * tenths / 10])
    };
    let mut cases: Vec<Case> = (1..4).map(|tenths| cut(tenths).finds(NO_JSON)).collect();
    cases.extend((4..7).map(|tenths| cut(tenths).finds(ITS_LAST).reads(1)));
    cases.extend((7..9).map(|tenths| cut(tenths).finds(ITS_LAST).reads(2)));
    cases.push(cut(9).finds(BAD).reads(3));
    cases.push(Case::document("cut before the last byte", OTHER, &whole[..whole.len() - 1]).finds(BAD).reads(3));
    cases.push(Case::document("no beginning", OTHER, &whole[40..]).finds(NO_JSON));
    for path in [POSTS, THREAD] {
        let mut pieces = neighbours();
        pieces.retain(|piece| piece.name != path.as_bytes());
        pieces.push(deflated_bytes(path, b"{\"messages\":[{\"content\":\"half"));
        let case = Case::zip(format!("{path} breaks off"), &Zip::of(&pieces));
        cases.push(case.finds(NO_JSON).hits(if path == POSTS { &[0] } else { &[1, 2] }));
    }
    check_all(cases);
}

#[test]
fn much_of_nothing() {
    let list = |piece: &str, n: usize| format!("[{}{piece}]", format!("{piece},").repeat(n - 1));
    let keys: String = (0..100_000).map(|n| format!("\"a{n}\":1,")).collect::<Vec<_>>().concat();
    check_all(vec![
        likes("a million objects of nothing", list("{}", 1_000_000)),
        likes("a million nulls", list("null", 1_000_000)).finds(NOTHING_READ),
        likes("a million empty lists", list("[]", 1_000_000)).finds(NOTHING_READ),
        likes("a million numbers", list("1", 1_000_000)).finds(NOTHING_READ),
        likes("a hundred thousand members", format!("{{{keys}\"z\":1}}")).reads(1),
        member("text of three megabytes", &format!(r#""content":"{}""#, "x".repeat(3 << 20))).reads(3),
        member("text of twenty megabytes", &format!(r#""content":"{}""#, "x".repeat(20 << 20)))
            .reads(2)
            .finds(BAD_ITEM),
        member("a word of a megabyte of one letter", &format!(r#""content":"{}""#, "\u{301}".repeat(1 << 19))).reads(3),
        head(
            "a hundred thousand participants",
            &format!(r#""participants":{},"title":"Ann","#, list(r#"{"name":"Zoe"}"#, 100_000)),
        )
        .finds(&["doubtful_owner"]),
        messages("commas", ",".repeat(1_000_000)).reads(2).finds(BAD),
        likes("quotes", "\"".repeat(1_000_000)).finds(NO_JSON),
        likes("backslashes", format!("[\"{}", "\\".repeat(1_000_001))).finds(BAD),
    ]);
}

#[test]
fn paths_in_documents_are_words() {
    const MISSING: &[&str] = &["missing_media"];
    let uri = |threat: &str, uri: &str| {
        post(threat, &format!(r#""uri":"{uri}","creation_timestamp":1709400000,"title":"a reel""#))
            .reads(1)
            .finds(MISSING)
    };
    check_all(vec![
        uri("relative path out", "../../secret.txt"),
        uri("relative path out, longer", "media/../../../../../../../../etc/passwd"),
        uri("absolute path", "/etc/passwd"),
        uri("file address", "file:///etc/passwd"),
        uri("file address of another machine", "file://server/share/x.jpg"),
        uri("address of the web", "https://example.org/track.gif?mia").finds(&[]),
        uri("address without a scheme", "//example.org/track.gif"),
        uri("data address", "data:image/gif;base64,R0lGODlhAQABAAAAACw="),
        uri("script address", "javascript:alert(1)"),
        uri("UNC", r"\\\\server\\share\\x.jpg"),
        uri("drive", r"C:\\Windows\\win.ini"),
        uri("device", "/dev/zero"),
        uri("process", "/proc/self/environ"),
        uri("empty path", "").finds(&[]),
        uri("a folder", "media/"),
        uri("a dot", "."),
        uri("percent signs", "%2e%2e/%2e%2e/secret.txt"),
        uri("very long path", &"media/".repeat(50_000)),
        uri("NUL in a path", "media/a.jpg\\u0000.txt"),
    ]);
}
