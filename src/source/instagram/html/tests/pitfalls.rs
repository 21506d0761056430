//! What people typed comes back, whatever it looks like, and nothing that a box says is lost.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::twins::{ERAS, items, page_of, told, without_classes};
use super::{marked, page, say};
use crate::model::FindingCode;

/// Texts that look like what pages themselves print.
const LOOKALIKES: [&str; 26] = [
    "Jan 3, 2025 5:44 pm",
    "19 Oct 2019, 14:37",
    "2022-05-04T10:11:12+00:00",
    "Duration: 65 seconds",
    "Dauer: 5 Sekunden",
    "Tagged users: ann_example (Tagged, 0.00, 0.00)",
    "ann_example (Tagged, 0.00, 0.00), max.muster (Tagged, 0.21, 0.33)",
    "Participants: Ann Example and Max Muster",
    "Saved on",
    "URL",
    "Latitude",
    "True",
    "42",
    "52.52",
    "❤️Max Muster (Apr 23, 2022 5:32 pm)",
    "👍",
    "ann_example",
    "Ann, Ben and Max",
    "https://www.instagram.com/p/Cabc123defG/",
    "<b>bold</b> & <br /> &lt;",
    "</div></td></table>",
    "<!-- no comment -->",
    "first\nsecond\n\nfourth",
    "a\u{a0}b\u{202f}c",
    "Click for video",
    "You have no data in this section",
];

fn document(kind: usize, text: &str) -> (&'static str, Value) {
    let labelled = |label: &str, value: Value| json!({"label": label, "value": value});
    match kind {
        0 => (
            "messages/inbox/ann_17840000000000001/message_1.json",
            json!({
                "participants": [{"name": "Ann, the baker, and Co"}, {"name": "Max Muster"}],
                "messages": [
                    {"sender_name": "Max Muster", "timestamp_ms": 1_650_000_060_000_i64, "content": text},
                    {"sender_name": "Ann, the baker, and Co", "timestamp_ms": 1_650_000_000_000_i64, "content": text,
                     "reactions": [{"reaction": "❤️", "actor": "Max Muster"}]},
                    {"sender_name": "Ann, the baker, and Co", "timestamp_ms": 1_640_000_000_000_i64, "content": "look",
                     "share": {"link": "https://www.instagram.com/p/Cabc123defG/", "share_text": text, "original_content_owner": "ben.example"}},
                ],
                "title": "Ann, the baker, and Co",
            }),
        ),
        1 => (
            "your_instagram_activity/comments/post_comments_1.json",
            json!([{"string_map_data": {"Comment": {"value": text}, "Media Owner": {"value": "ann_example"}, "Time": {"timestamp": 1_650_000_000}}}]),
        ),
        2 => (
            "logged_information/recent_searches/word_or_phrase_searches.json",
            json!({"searches_keyword": [{"string_map_data": {"Search": {"value": text}, "Time": {"timestamp": 1_650_000_000}}}]}),
        ),
        3 => (
            "your_instagram_activity/media/posts_1.json",
            json!([{"media": [{"uri": "media/posts/202204/17900000000000001.jpg", "title": text, "creation_timestamp": 1_650_000_000}]}]),
        ),
        4 => (
            "your_instagram_activity/media/posts.json",
            json!([{"timestamp": 1_650_000_000, "label_values": [labelled("Caption", json!(text)), {"label": "Media", "media": [{"uri": "media/other/18000000000000001.jpg"}]}]}]),
        ),
        _ => (
            "your_instagram_activity/saved/saved_collections.json",
            json!([{"timestamp": 1_650_000_000, "label_values": [labelled("Name", json!(text)), labelled("Type", json!("Media"))]}]),
        ),
    }
}

#[test]
fn lookalikes_are_what_they_are() {
    let mut wrong = Vec::new();
    for (kind, text) in (0..6).flat_map(|kind| LOOKALIKES.map(|text| (kind, text))) {
        let (path, json) = document(kind, text);
        let bytes = serde_json::to_vec(&json).expect("JSON");
        let from_json = told(path, &bytes);
        for era in ERAS {
            let page = page_of(era, path, &bytes).expect("a page");
            for page in [without_classes(&page), page] {
                let from_page = told(&path.replace(".json", ".html"), page.as_bytes());
                if from_page != from_json {
                    wrong.push(format!(
                        "{path} {text:?} {era:?}\n  {}\n  {}",
                        Value::Array(from_page),
                        Value::Array(from_json.clone())
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

#[derive(Clone, Debug)]
enum Piece {
    Text,
    Date,
    Link,
    Picture,
    Element(&'static str, Vec<Piece>),
}

fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    let leaf =
        prop_oneof![4 => Just(Piece::Text), 1 => Just(Piece::Date), 1 => Just(Piece::Link), 1 => Just(Piece::Picture)];
    let piece = leaf.prop_recursive(6, 30, 5, |inner| {
        let tag = proptest::sample::select(vec![
            "div",
            "div",
            "span",
            "p",
            "ul",
            "li",
            "table",
            "tr",
            "td",
            "h2",
            "h3",
            "b",
            "section",
            "dl",
            "div class=\"_a6-p\"",
            "div class=\"_a6-h\"",
            "div class=\"_a6-o\"",
            "ul class=\"_a6-q\"",
        ]);
        (tag, proptest::collection::vec(inner, 0..5)).prop_map(|(tag, inside)| Piece::Element(tag, inside))
    });
    proptest::collection::vec(piece, 0..6)
}

fn write(pieces: &[Piece], html: &mut String, tokens: &mut Vec<String>) {
    for piece in pieces {
        let token = format!("tok{}x", tokens.len());
        match piece {
            Piece::Date => html.push_str("Jan 3, 2025 5:44 pm"),
            Piece::Element(tag, inside) => {
                html.push_str(&format!("<{tag}>"));
                write(inside, html, tokens);
                html.push_str(&format!("</{}>", tag.split(' ').next().unwrap_or_default()));
            }
            leaf => {
                html.push_str(&match leaf {
                    Piece::Text => format!("{token} "),
                    Piece::Link => format!("<a href=\"https://e.example/{token}\">to</a>"),
                    _ => format!("<img src=\"media/other/{token}.jpg\">"),
                });
                tokens.push(token);
            }
        }
    }
}

const PATHS: [&str; 7] = [
    super::MESSAGES,
    "content/posts_1.html",
    "your_instagram_activity/media/posts.html",
    "likes/liked_posts.html",
    "saved/saved_collections.html",
    "connections/followers_and_following/followers_1.html",
    "quicksnaps/new.html",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn nothing_that_a_box_says_is_lost(inside in pieces(), at in 0..PATHS.len()) {
        let (mut html, mut tokens) = (String::new(), Vec::new());
        write(&inside, &mut html, &mut tokens);
        // A box of its own before it, so that it cannot be the head of a conversation.
        let first = marked("<h2 class=\"_a6-h\">Ann</h2><div class=\"_a6-p\"><div>x</div></div><div class=\"_a6-o\">Jan 3, 2025 5:44 pm</div>");
        let page = page(&format!("{first}{}", marked(&html)));
        let (said, reading) = say(PATHS[at], page.as_bytes());
        prop_assert_eq!(reading.n_items, Some(reading.n_read + reading.n_kept + reading.n_bad));
        if reading.n_bad == 0 {
            let all = Value::Array(said.items).to_string();
            for token in tokens {
                prop_assert!(all.contains(&token), "{} {}: {}\n{}", PATHS[at], token, html, all);
            }
        }
    }
}

#[test]
fn hostile_pages_cost_only_themselves() {
    let good = marked(
        "<h2 class=\"_a6-h\">ben</h2><div class=\"_a6-p\"><a href=\"https://www.instagram.com/p/Cabc/\">👍</a></div><div class=\"_a6-o\">Jan 3, 2025 5:44 pm</div>",
    );
    let n = 5_000;
    let check = |hostile: &str, what: &str, n_least: usize| {
        for page in [
            page(&format!("{hostile}{good}")),
            page(&format!("{good}{hostile}")),
            without_classes(&page(&format!("{good}{hostile}"))),
        ] {
            for path in ["likes/liked_posts.html", super::MESSAGES, "content/posts_1.html"] {
                let (said, reading) = say(path, page.as_bytes());
                assert!(said.items.len() >= n_least, "{what} {path}: {}", said.items.len());
                let n_fates = reading.n_read + reading.n_kept + reading.n_bad;
                assert_eq!(reading.n_items, Some(n_fates), "{what} {path}");
                assert!(n_fates > 0 || said.codes.contains(&FindingCode::BadDocument), "{what} {path}");
            }
        }
    };
    check(&marked(&"<div>".repeat(n)), "unclosed", 0);
    check(&marked(&format!("{}deep{}", "<div>".repeat(n), "</div>".repeat(n))), "deep", 1);
    check(&format!("{}x{}", "<div class=\"uiBoxWhite\">".repeat(n), "</div>".repeat(n)), "boxes in boxes", 1);
    check(&marked(&"<table><tr><td>".repeat(n)), "tables", 0);
    check(&marked(&"</div></span></table>".repeat(n)), "ends", 1);
    check(
        &marked(&format!("<div title=\"{}\" data-{}>x</div>", "y".repeat(1 << 18), "z".repeat(1 << 18))),
        "attribute",
        1,
    );
    check(&marked(&"<br>".repeat(n)), "breaks", 1);
    check(&marked(&(0..n).map(|i| format!("<img src=\"media/{i}.jpg\">")).collect::<String>()), "pictures", 1);
    check(&marked(&(0..n).map(|i| format!("<a href=\"https://e.example/{i}\">x</a>")).collect::<String>()), "links", 1);
    check(&marked(&"a (b, 0.0, 0.0) ".repeat(n)), "tags", 1);
    check(&marked("a\0b\u{0}<div>\u{0}</div>"), "nothing characters", 1);
    check(&marked("<script>let a = '<div class=\"uiBoxWhite\">';</script><style>._a6-p{}</style>x"), "scripts", 1);
    check("<script>never closed", "script", 0);
}

#[test]
fn bytes_that_are_no_text_are_replaced_and_told() {
    let good = marked(
        "<h2 class=\"_a6-h\">b\u{0}en</h2><div class=\"_a6-p\"><a href=\"https://www.instagram.com/p/Cabc/\">👍</a></div>",
    );
    let page = page(&good).into_bytes();
    let at = page.windows(2).position(|pair| pair == b"b\0").expect("there");
    let spoilt = [&page[..at], b"\xff\xfe\xc3", &page[at..]].concat();
    let (said, reading) = say("likes/liked_posts.html", &spoilt);
    assert_eq!((said.items.len(), reading.n_read), (1, 1));
    assert_eq!(said.codes, [FindingCode::DoubtfulValue]);
    let utf16: Vec<u8> = super::page("x").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (said, reading) = say("likes/liked_posts.html", &utf16);
    assert!(said.items.is_empty() && !said.codes.is_empty(), "{:?} {reading:?}", said.codes);
    assert_eq!(items("likes/liked_posts.html", b"\xef\xbb\xbf").len(), 0);
}
