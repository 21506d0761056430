//! What people typed comes back, whatever it looks like, and nothing that a box says is lost.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::twins::{ERAS, items, page_of, told, without_classes};
use super::{marked, page, say};
use crate::model::{FindingCode, Severity};

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
                html.extend(["<", tag, ">"]);
                write(inside, html, tokens);
                html.extend(["</", tag.split(' ').next().unwrap_or_default(), ">"]);
            }
            leaf => {
                let written = match leaf {
                    Piece::Text => format!("{token} "),
                    Piece::Link => format!("<a href=\"https://e.example/{token}\">to</a>"),
                    _ => format!("<img src=\"media/other/{token}.jpg\">"),
                };
                html.push_str(&written);
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

/// A box of its own before others, so that they cannot be the head of a conversation.
const FIRST: &str =
    "<h2 class=\"_a6-h\">Ann</h2><div class=\"_a6-p\"><div>x</div></div><div class=\"_a6-o\">Jan 3, 2025 5:44 pm</div>";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn nothing_that_a_box_says_is_lost(inside in pieces(), at in 0..PATHS.len()) {
        let (mut html, mut tokens) = (String::new(), Vec::new());
        write(&inside, &mut html, &mut tokens);
        let (said, reading) = say(PATHS[at], page(&format!("{}{}", marked(FIRST), marked(&html))).as_bytes());
        prop_assert_eq!(reading.n_items, Some(reading.n_read + reading.n_kept + reading.n_bad));
        if reading.n_bad == 0 {
            for token in tokens {
                prop_assert!(said.text.contains(&token), "{} {}: {}\n{}", PATHS[at], token, html, said.text);
            }
        }
    }
}

#[test]
fn words_over_several_pictures_are_kept() {
    for n in 1..4 {
        let pictures = "<img src=\"media/other/1.jpg\">".repeat(n);
        let table = marked(&format!("<table><td>over them {pictures}</td></table>"));
        for path in PATHS {
            let (said, reading) = say(path, page(&format!("{}{table}", marked(FIRST))).as_bytes());
            // Nobody's message is kept as it is written.
            let is_kept = path == super::MESSAGES && reading.n_bad == 1;
            assert!(is_kept || said.text.contains("over them"), "{path}, {n} pictures: {}", said.text);
        }
    }
}

#[test]
fn hostile_pages_cost_only_themselves() {
    let good = marked(
        "<h2 class=\"_a6-h\">ben</h2><div class=\"_a6-p\"><a href=\"https://www.instagram.com/p/Cabc/\">👍</a></div><div class=\"_a6-o\">Jan 3, 2025 5:44 pm</div>",
    );
    let n = 2_000;
    let each = |write: &dyn Fn(usize) -> String| (0..n).map(write).collect::<Vec<_>>().concat();
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
        &marked(&format!("<div title=\"{}\" data-{}>x</div>", "y".repeat(1 << 16), "z".repeat(1 << 16))),
        "attribute",
        1,
    );
    check(&marked(&"<br>".repeat(n)), "breaks", 1);
    check(&marked(&each(&|i| format!("<img src=\"media/{i}.jpg\">"))), "pictures", 1);
    check(&marked(&each(&|i| format!("<a href=\"https://e.example/{i}\">x</a>"))), "links", 1);
    check(&marked(&"a (b, 0.0, 0.0) ".repeat(n)), "tags", 1);
    check(&marked("a\0b\u{0}<div>\u{0}</div>"), "nothing characters", 1);
    check(&marked("<script>let a = '<div class=\"uiBoxWhite\">';</script><style>._a6-p{}</style>x"), "scripts", 1);
    check("<script>never closed", "script", 0);
}

/// The page of a document of each kind, closed as Instagram closes it.
fn whole_pages() -> Vec<(String, String)> {
    let texts = ["Jan 3, 2025 5:44 pm", "first\nsecond"];
    let documents = (0..6).flat_map(|kind| texts.map(|text| document(kind, text)));
    let mut pages: Vec<(String, String)> = documents
        .flat_map(|(path, json)| {
            let bytes = serde_json::to_vec(&json).expect("JSON");
            ERAS.map(|era| (path.replace(".json", ".html"), page_of(era, path, &bytes).expect("a page")))
        })
        .collect();
    let follower = |name: &str| {
        marked(&format!(
            "<div class=\"_a6-p\"><div><div><a href=\"https://www.instagram.com/{name}\">{name}</a></div><div>Jan 3, 2025 5:44 pm</div></div></div>"
        ))
    };
    let followers = ["ann", "ben", "cleo", "dora"].map(follower).concat();
    pages.push(("connections/followers_and_following/followers_1.html".to_owned(), page(&followers)));
    let rows = "<tr class=\"_1isx\"><td>Flour Ltd</td><td>x</td></tr>".repeat(5);
    let advertisers = page(&marked(&format!("<h2>Title</h2><table>{rows}</table>")));
    pages.push(("ads/advertisers_using_your_activity_or_information.html".to_owned(), advertisers));
    pages
}

#[test]
fn a_page_that_breaks_off_anywhere_keeps_its_whole_boxes_and_says_so() {
    let mut n_cuts = 0;
    for (path, page) in whole_pages() {
        for page in [without_classes(&page), page] {
            let (whole, reading) = say(&path, page.as_bytes());
            let is_error = |code: &FindingCode| code.severity() == Severity::Error;
            assert!(!whole.items.is_empty() && !whole.codes.iter().any(is_error), "{path}: {:?}", whole.codes);
            assert_eq!(reading.n_bad, 0, "{path}");
            for cut in (0..page.len()).step_by(50).filter(|at| page.is_char_boundary(*at)) {
                let (said, reading) = say(&path, &page.as_bytes()[..cut]);
                n_cuts += 1;
                assert!(said.codes.iter().any(is_error), "{path} {cut}: {:?}\n{}", said.codes, &page[..cut]);
                let n_fates = reading.n_read + reading.n_kept + reading.n_bad;
                assert_eq!(reading.n_items, Some(n_fates), "{path} {cut}: {}", &page[..cut]);
                // Messages are compared as they are told: who is meant by a name may hang on those that are gone.
                let (n_whole, _) = said.items.split_at(said.items.len().min(whole.items.len()));
                for (index, item) in n_whole.iter().enumerate() {
                    assert_eq!(item, &whole.items[index], "{path} {cut}");
                }
            }
        }
    }
    assert!(n_cuts > 1_000, "{n_cuts}");
}

#[test]
fn what_swallows_the_rest_of_a_page_is_told() {
    let good = marked(
        "<h2 class=\"_a6-h\">ben</h2><div class=\"_a6-p\"><a href=\"https://www.instagram.com/p/Cabc/\">👍</a></div><div class=\"_a6-o\">Jan 3, 2025 5:44 pm</div>",
    );
    let swallowers = [
        "<!-- no end",
        "<!bogus",
        "<?bogus ",
        "</ bogus ",
        "<div title=\"no end",
        "<div title='no end",
        "<div title=no",
        "<div ",
        "<div",
        "<script>",
        "<style>",
        "<title>",
        "<",
        "</di",
    ];
    for swallower in swallowers {
        for (before, n) in [(good.as_str(), 1), ("", 0)] {
            for behind in ["", "\0"] {
                let page = format!("<html><body><div role=\"main\">{before}{swallower}{behind}");
                for path in ["likes/liked_posts.html", "content/posts_1.html", super::MESSAGES] {
                    let (said, _) = say(path, page.as_bytes());
                    assert_eq!(said.items.len(), n, "{path} {page}");
                    assert!(said.codes.contains(&FindingCode::BadDocument), "{path} {page}: {:?}", said.codes);
                }
            }
        }
    }
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
