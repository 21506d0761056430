//! Documents that were made to cost much (promise 9): every work is proportional to the bytes, and what comes out is not
//! many times what went in. A reader that compares everything with everything would not come back from here.

use throwback::model::FindingCode;
use throwback::source::{self, Document, Learnt, Output};

/// What a reader gave for a monster.
struct Said {
    n_items: Option<u64>,
    n_seen: u64,
    n_not_understood: usize,
    codes: Vec<FindingCode>,
}

/// Reads a document; whatever is said of it must not be much longer than it is.
fn read(path: &str, bytes: &[u8]) -> Said {
    let mut learnt = Learnt::default();
    source::learn(&mut learnt, path, bytes);
    let (mut n_said, mut codes) = (0, Vec::new());
    let reading = source::read(&Document { path, bytes, learnt: &learnt }, &mut |output| {
        n_said += match &output {
            Output::Item { place, item } => place.0.len() + serde_json::to_string(item).expect("JSON").len(),
            Output::Kept { place, .. } | Output::Bad { place, .. } => place.0.len(),
            Output::Words(words) => words.len(),
            Output::Thread(_) | Output::Finding(_) => 0,
        };
        if let Output::Finding(finding) = output {
            n_said += finding.sentence.len() + finding.place.map_or(0, |place| place.len());
            codes.push(finding.code);
        }
    });
    let outline = source::outline(path, bytes);
    assert!(outline.keys.len() <= 2_001, "{path}: {} names", outline.keys.len());
    // The small ones of many items say `{"kind":"misc",…}` for two bytes each.
    let most = bytes.len() * 60 + (1 << 20);
    assert!(n_said <= most, "{path}: {n_said} bytes are said of {}", bytes.len());
    Said {
        n_items: reading.n_items,
        n_seen: reading.n_read + reading.n_kept + reading.n_bad,
        n_not_understood: reading.not_understood.len(),
        codes,
    }
}

#[track_caller]
fn check(path: &str, document: &str) -> Said {
    let said = read(path, document.as_bytes());
    assert!(said.n_items.is_none_or(|n| n == said.n_seen), "{path}: {:?} {}", said.n_items, said.n_seen);
    said
}

/// `n` pieces, a comma between them.
fn list(n: usize, piece: impl Fn(usize) -> String) -> String {
    (0..n).map(piece).collect::<Vec<_>>().join(",")
}

const LIST: &str = "new/list.json";
const LIKES: &str = "your_instagram_activity/likes/liked_posts.json";
const THREAD: &str = "your_instagram_activity/messages/inbox/ann_17840000000000001/message_1.json";
const COMMENTS: &str = "your_instagram_activity/comments/post_comments_1.html";
const PAGE: &str = "your_instagram_activity/messages/inbox/ann_17840000000000001/message_1.html";

#[test]
fn depth_and_length_cost_no_more_than_their_bytes() {
    for path in [LIST, LIKES, THREAD, "messages.json", "media.json", "connections.json"] {
        check(path, &"[".repeat(1 << 18));
        check(path, &"{\"a\":".repeat(1 << 16));
        check(path, &"[}".repeat(1 << 16));
        check(path, &format!("[{{\"a\":\"{}\"}}]", "x".repeat(1 << 20)));
        check(path, &"\"".repeat(1 << 18));
        check(path, &"{\"a\":[{},1],".repeat(1 << 14));
    }
}

#[test]
fn many_small_things_are_told_once_each_or_together() {
    let n = 40_000;
    check(LIKES, &format!("[{}]", "{},".repeat(n)));
    check(LIST, &format!("[{}{{\"a\":1}}]", "0,".repeat(n)));
    check(LIST, &format!("[{{\"a\":1}},{}]", list(n, |i| format!("\"stray {i}\""))));
    check(LIST, &format!("{{{}}}", list(n, |i| format!("\"a{i}\":1"))));
    // So many lists have plain values in them that not each of them is worth a sentence.
    let said = check(LIST, &format!("{{{}}}", list(n, |i| format!("\"a{i}\":[{{\"b\":1}},1]"))));
    let n_told = said.codes.iter().filter(|code| **code == FindingCode::ItemKeptRaw).count();
    assert!(n_told <= 4, "{n_told} findings");
    // A label for every element.
    let label = |i| format!("{{\"string_map_data\":{{\"Label {i}\":{{\"value\":\"x\"}}}}}}");
    let said = check(LIKES, &format!("[{}]", list(20_000, label)));
    assert!(said.n_not_understood <= 2_001, "{}", said.n_not_understood);
}

#[test]
fn one_element_with_many_parts_is_read_in_one_go() {
    let n = 50_000;
    let parts = |part: &dyn Fn(usize) -> String| list(n, part);
    check(LIKES, &format!("[{{{}}}]", parts(&|i| format!("\"a{i}\":\"text {i}\""))));
    check(
        LIKES,
        &format!("[{{\"label_values\":[{}]}}]", parts(&|i| format!("{{\"label\":\"a {i}\",\"value\":\"text {i}\"}}"))),
    );
    check(LIKES, &format!("[{{\"string_list_data\":[{}]}}]", parts(&|i| format!("{{\"value\":\"text {i}\"}}"))));
    let names = format!("{},{}", list(n, |_| "\"a\"".to_owned()), list(n, |_| "\"b\"".to_owned()));
    check(THREAD, &format!("{{\"participants\":[{names}],\"messages\":[{{\"content\":\"x\"}}]}}"));
    let names = list(n, |i| format!("\"name{i}\""));
    check("messages.json", &format!("[{{\"participants\":[{names}],\"conversation\":[{{\"text\":\"x\"}}]}}]"));
    check(
        "messages.json",
        &format!("[{{\"participants\":[],\"conversation\":[],{}}}]", parts(&|i| format!("\"a{i}\":1"))),
    );
}

#[test]
fn what_stands_over_many_items_is_not_repeated_without_end() {
    let (long, n) = ("x".repeat(200_000), 5_000);
    check(LIST, &format!("{{\"{long}\":[{}]}}", list(n, |i| format!("{{\"a\":{i}}}"))));
    check(
        LIKES,
        &format!("[{{\"title\":\"{long}\",\"string_list_data\":[{}]}}]", list(n, |i| format!("{{\"value\":\"{i}\"}}"))),
    );
    let time = "2019-05-04T10:11:12+00:00";
    check("connections.json", &format!("{{\"{long}\":{{{}}}}}", list(n, |i| format!("\"ann{i}\":\"{time}\""))));
    let head = format!(
        "{{\"title\":\"Collection\",\"string_map_data\":{{\"Name\":{{\"value\":\"{long}\"}},\"Creation Time\":{{\"timestamp\":1700000000}}}}}}"
    );
    let row = |i| {
        format!(
            "{{\"string_map_data\":{{\"Name\":{{\"value\":\"ann{i}\",\"href\":\"https://www.instagram.com/p/x{i}/\"}},\"Added Time\":{{\"timestamp\":1700000000}}}}}}"
        )
    };
    check(
        "your_instagram_activity/saved/saved_collections.json",
        &format!("{{\"saved_saved_collections\":[{head},{}]}}", list(n, row)),
    );
}

#[test]
fn messages_that_are_large_are_not_all_held_at_once() {
    let message = |_| format!("{{\"content\":\"x\",\"timestamp_ms\":1700000000000,\"y\":[{}0]}}", "0,".repeat(800_000));
    let said = check(THREAD, &format!("{{\"participants\":[],\"messages\":[{}]}}", list(5, message)));
    assert_eq!(said.n_items, Some(5));
}

/// Pages may be counted otherwise than they are read, as long as that is told.
fn check_page(path: &str, page: &str) -> Said {
    let said = read(path, page.as_bytes());
    let is_told = said.codes.contains(&FindingCode::CountMismatch);
    assert_eq!(is_told, said.n_items.is_some_and(|n| n != said.n_seen), "{path}");
    said
}

#[test]
fn pages_cost_no_more_than_their_bytes() {
    let n = 20_000;
    let boxed = |inside: &str| format!("<html><body><div class=\"uiBoxWhite\">{inside}</div></body></html>");
    for path in [COMMENTS, PAGE, "start_here.html", "posts_1.html"] {
        // A mark that is looked for in tags, where there is no tag.
        check_page(path, &"uiBoxWhite role=\"main\" ".repeat(n));
        check_page(path, &"<".repeat(n));
        check_page(path, &"<div>".repeat(n));
        check_page(path, &boxed(&"<div>".repeat(n)));
        check_page(path, &boxed(&format!("<p>{}", "</div><p>".repeat(n))));
        check_page(path, &boxed(&format!("{}x", "<ul><li>".repeat(95))));
        check_page(path, &boxed(&format!("{}😂", "<ul><li>😂".repeat(95))));
        check_page(path, &boxed(&format!("{}x", "<ul class=\"_a6-q\"><li>".repeat(95))));
        check_page(path, &boxed(&format!("{}x", "<table><tr><td>".repeat(60))));
        check_page(path, &boxed(&format!("{}x", "<a href=\"x\">".repeat(195))));
        let row = |i| format!("<tr><td>Label {i}</td><td>value {i}</td></tr>");
        let rows: String = (0..6_000).map(row).collect();
        check_page(path, &boxed(&format!("<table>{rows}</table>")));
        check_page(path, &format!("<title>{}</title>{}", "x".repeat(1 << 20), boxed("<p>x</p>")));
        let names: String = (0..n).map(|i| format!("Name {i}, ")).collect();
        check_page(path, &boxed(&format!("<div class=\"_a6-h\">Participants: {names}</div>")));
        let links: String = (0..6_000).map(|i| format!("<a href=\"https://example.org/{i}\">x</a>")).collect();
        check_page(path, &boxed(&links));
    }
}

/// A tokenizer compares each attribute of a tag with all before it.
#[test]
fn a_tag_of_very_many_attributes_ends_the_page() {
    let attributes: String = (0..300_000).map(|i| format!(" a{i}=1")).collect();
    let first = "<div class=\"uiBoxWhite\"><div class=\"_a6-p\">first</div></div>";
    for open in ["<div", "<div x=\"y\"", "</div", "<a"] {
        let page = format!("<html><body>{first}{open}{attributes}>{first}</body></html>");
        let said = check_page(COMMENTS, &page);
        assert!(said.n_seen >= 1, "{open}: nothing was read");
        assert!(said.codes.contains(&FindingCode::BadDocument), "{open}: {:?}", said.codes);
    }
    // Long values of attributes, and long texts, are none.
    let link = format!("https://example.org/{}", "x".repeat(200_000));
    let said = check_page(
        COMMENTS,
        &format!(
            "<html><body><div class=\"uiBoxWhite\"><a href=\"{link}\">{}</a></div></body></html>",
            "a b ".repeat(20_000)
        ),
    );
    assert!(!said.codes.contains(&FindingCode::BadDocument), "{:?}", said.codes);
}

#[test]
fn subtitles_and_texts_cost_no_more_than_their_bytes() {
    for mark in ["<a", "{\\", "<", "{", "a>", "<a}", "{\\>"] {
        check("media/reels/202506/17900000000000009.srt", &mark.repeat(300_000));
    }
    check("media/reels/202506/17900000000000009.srt", &"1\n\n".repeat(300_000));
    check("notes/diary.txt", &"ü".repeat(1 << 20));
}
