//! Pages by hand: each place of a box, both eras, the older Messenger style, damage.

mod generations;
mod pitfalls;
mod twins;
mod writer;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::model::{FindingCode, ThreadHead, ThreadKind, Who};
use crate::source::Learnt;
use crate::source::instagram::learn;

#[derive(Default)]
struct Said {
    items: Vec<Value>,
    /// The items as they are kept: with every member of a name that occurs twice.
    text: String,
    codes: Vec<FindingCode>,
    head: Option<ThreadHead>,
}

fn say(path: &str, page: &[u8]) -> (Said, Reading) {
    let learnt = Learnt::default();
    let mut said = Said::default();
    let reading = read(&Document { path, bytes: page, learnt: &learnt }, &mut |output| match output {
        Output::Item { item, .. } => {
            said.text.push_str(&serde_json::to_string(&item).expect("items are JSON"));
            said.items.push(serde_json::to_value(item).expect("items are JSON"));
        }
        Output::Finding(finding) => said.codes.push(finding.code),
        Output::Thread(head) => said.head = Some(*head),
        Output::Kept { .. } | Output::Bad { .. } | Output::Words(_) => {}
    });
    (said, reading)
}

fn check(path: &str, page: &str, expected: &Value, codes: &[FindingCode]) -> Said {
    let (said, reading) = say(path, page.as_bytes());
    let pretty = |value: &Value| serde_json::to_string_pretty(value).expect("JSON");
    assert_eq!(pretty(&Value::Array(said.items.clone())), pretty(expected), "{path}: {page}");
    assert_eq!(said.codes, codes, "{path}: {page}");
    assert_eq!(reading.n_items, Some(reading.n_read + reading.n_kept + reading.n_bad), "{path}: {page}");
    said
}

fn page(boxes: &str) -> String {
    format!(
        r#"<html><head><style>._a6-h{{}}</style><title>Ann &amp; Co</title></head><body><div role="main" class="_a706">{boxes}</div></body></html>"#
    )
}

fn marked(inside: &str) -> String {
    format!(r#"<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder">{inside}</div>"#)
}

/// The wall clock as a time of that precision.
fn wall(clock: &str) -> Value {
    let time = chrono::NaiveDateTime::parse_from_str(clock, "%Y-%m-%d %H:%M").expect("a clock");
    json!({"ms": time.and_utc().timestamp_millis(), "precision": "minute", "basis": "wall"})
}

const MESSAGES: &str = "messages/inbox/ann_17840000000000001/message_1.html";

#[test]
fn a_message_has_a_place_for_each_thing() {
    let head = marked(r#"<h2 class="_3-95 _2pim _a6-h _a6-i">Participants: Ann Example and Max Muster</h2>"#);
    let one = marked(
        r#"<h2 class="_3-95 _2pim _a6-h _a6-i">Ann Example</h2><div class="_3-95 _a6-p"><div><div></div>
           <div>erste Zeile &lt;3<br />zweite</div><div></div>
           <div><a target="_blank" href="messages/inbox/ann/photos/17900000000000001.jpg"><img class="_a6_o _3-96" src="messages/inbox/ann/photos/17900000000000001.jpg" /></a></div>
           <div><ul class="_a6-q"><li><span>❤️Max Muster<span> (Apr 23, 2022 5:32 pm)</span></span></li></ul></div></div></div>
           <div class="_3-94 _a6-o">Apr 23, 2022 5:30 pm</div>"#,
    );
    let said = check(
        MESSAGES,
        &page(&format!("{head}{one}")),
        &json!([{
            "kind": "message", "subkind": "media", "at": wall("2022-04-23 17:30"), "author": {"name": "Ann Example"},
            "text": "erste Zeile <3\nzweite", "media": [{"path": "messages/inbox/ann/photos/17900000000000001.jpg"}],
            "reactions": [{"actor": {"name": "Max Muster"}, "reaction": "❤️", "at": wall("2022-04-23 17:32")}],
        }]),
        &[],
    );
    let head = said.head.expect("a head");
    assert_eq!(head.title.as_deref(), Some("Ann & Co"));
    assert_eq!(head.participants, ["Ann Example", "Max Muster"].map(|name| Who::Name(name.to_owned())));
}

#[test]
fn shares_calls_voices_and_nothing() {
    let check = |parts: &str, expected: Value| {
        let message = marked(&format!(
            r#"<div class="_a6-h">Ann</div><div class="_a6-p"><div>{parts}</div></div><div class="_a6-o">Sep 22, 2017, 6:33{}AM</div>"#,
            '\u{202f}'
        ));
        let mut item = json!({"kind": "message", "at": wall("2017-09-22 06:33"), "author": {"name": "Ann"}});
        for (name, value) in expected.as_object().expect("members") {
            item[name] = value.clone();
        }
        let (said, _) = say(MESSAGES, page(&message).as_bytes());
        assert_eq!(said.items, [item], "{parts}");
    };
    check(
        r#"<div></div><div></div><div><div>Rye, day 3</div><div>baker_example</div><div><a href="https://www.instagram.com/p/Cabc/">https://www.instagram.com/p/Cabc/</a></div></div><div></div><div></div>"#,
        json!({"subkind": "share", "share": {"url": "https://www.instagram.com/p/Cabc/", "text": "Rye, day 3", "owner": "baker_example"}}),
    );
    check(
        r#"<div></div><div>look</div><div><div><a href="https://example.org/a?b=1&amp;c=2">https://example.org/a?b=1&amp;c=2</a></div></div><div></div><div></div>"#,
        json!({"subkind": "share", "text": "look", "share": {"url": "https://example.org/a?b=1&c=2"}}),
    );
    check(
        r"<div></div><div>Video chat ended</div><div>Duration: 65 seconds</div><div></div><div></div>",
        json!({"subkind": "call", "text": "Video chat ended", "call_seconds": 65}),
    );
    check(
        r#"<div></div><div></div><div><video src="messages/inbox/ann/audio/x.mp4" controls="1"><a href="messages/inbox/ann/audio/x.mp4"><div>Click for audio</div></a></video></div><div></div><div></div>"#,
        json!({"subkind": "media", "media": [{"path": "messages/inbox/ann/audio/x.mp4"}]}),
    );
    check("<div></div><div></div><div></div><div></div><div></div>", json!({"subkind": "unavailable"}));
}

#[test]
fn the_older_messenger_style_is_the_same() {
    let one = r#"<div class="pam _3-95 _2pi0 _2lej uiBoxWhite noborder"><div class="_3-96 _2pio _2lek _2lel">Ann Example</div>
        <div class="_3-96 _2let"><div><div></div><div>Hallo</div><div></div><div></div><div><ul class="_tqp"><li>😍Max</li></ul></div></div></div>
        <div class="_3-94 _2lem">19 Oct 2019, 14:37</div></div>"#;
    check(
        MESSAGES,
        &page(one),
        &json!([{"kind": "message", "subkind": "text", "at": wall("2019-10-19 14:37"), "author": {"name": "Ann Example"}, "text": "Hallo",
                 "reactions": [{"actor": {"name": "Max"}, "reaction": "😍"}]}]),
        &[],
    );
}

#[test]
fn own_content_tells_places_and_tagged_people() {
    let table = "<table><tr><td>Latitude</td><td>48.1</td></tr><tr><td>Longitude</td><td>11.5</td></tr><tr><td>ISO</td><td>50</td></tr></table>";
    let post = marked(&format!(
        r#"<h2 class="_a6-h">Rye, day 3<br />at last</h2><div class="_a6-p"><div><div><img src="media/posts/202203/17900000000000001.jpg" /></div>
           <div><video src="media/posts/202203/17900000000000002.mp4"></video></div><div>{table}</div>
           <div>Tagged users: ann_example (Tagged, 0.00, 0.00), max.muster (Tagged, 0.21, 0.33)</div></div></div><div class="_a6-o">set 20, 2026 3:07 am</div>"#
    ));
    check(
        "content/posts_1.html",
        &page(&post),
        &json!([{
            "kind": "post", "at": wall("2026-09-20 03:07"), "author": "me", "text": "Rye, day 3\nat last",
            "other_text": ["ann_example", "max.muster"], "latitude": 48.1, "longitude": 11.5,
            "media": [{"path": "media/posts/202203/17900000000000001.jpg"}, {"path": "media/posts/202203/17900000000000002.mp4"}],
            "details": {"tagged_users": ["ann_example", "max.muster"], "media": [{"number": 1, "camera": {"iso": "50"}}]},
        }]),
        &[],
    );
}

#[test]
fn tables_have_their_label_inside_or_beside() {
    let expected = json!([{"kind": "search", "subkind": "keyword_search", "at": wall("2026-07-27 22:48"), "author": "me", "text": "sourdough"}]);
    for table in [
        r#"<tr><td colspan="2" class="_2pin _a6_q">검색어<div><div>sourdough</div></div></td></tr><tr><td class="_2pin _a6_q">시간</td><td class="_2pin _2piu _a6_r">7월 27, 2026 10:48오후</td></tr>"#,
        "<tr><td>Search</td><td>sourdough</td></tr><tr><td>Time:</td><td>Jul 27, 2026 10:48 pm</td></tr>",
    ] {
        let table = marked(&format!("<div class=\"_a6-p\"><table>{table}</table></div>"));
        check("recent_searches/word_or_phrase_searches.html", &page(&table), &expected, &[]);
    }
}

/// Of chats with characters only the file's name and the nesting of tables are known (§4.7).
#[test]
fn chats_with_characters_are_conversations_in_boxes_and_in_tables() {
    let row = |label: &str, value: &str| {
        format!("<tr><td colspan=\"2\" class=\"_2pin _a6_q\">{label}<div><div>{value}</div></div></td></tr>")
    };
    let said_by = |who: &str, words: &str| {
        let rows = [row("Sender", who), row("Message", words), row("Time", "Jan 03, 2025 5:44 pm")].concat();
        format!("<table style=\"table-layout: fixed;\">{rows}</table>")
    };
    let inside =
        [said_by("Mia Example", "How long does rye rise?"), said_by("Baker Bot", "Until it doubles.<br />Or longer")];
    let table = format!("<table>{}</table>", row("Conversation", &inside.concat()));
    let body = marked(&format!("<h2 class=\"_a6-h\">Baker Bot</h2><div class=\"_a6-p\">{table}</div>"));
    let in_tables = page(&body);
    let said = |who: &str, words: &str| json!({"kind": "message", "subkind": "text", "at": wall("2025-01-03 17:44"), "author": {"name": who}, "text": words});
    let expected = [said("Mia Example", "How long does rye rise?"), said("Baker Bot", "Until it doubles.\nOr longer")];
    for path in [
        "messages/ai_conversations/thread_for_mailbox1_2.html",
        "your_instagram_activity/messages/ai_conversations/baker_1/thread_for_mailbox1_2.html",
    ] {
        for page in [twins::without_classes(&in_tables), in_tables.clone()] {
            let (said, reading) = say(path, page.as_bytes());
            assert_eq!((reading.reader, reading.n_read, reading.n_bad), ("ai_conversations", 1, 0), "{path}");
            assert_eq!(said.items, expected, "{path}: {}", said.text);
            let head = said.head.expect("a head");
            assert_eq!((head.kind, head.title.as_deref()), (ThreadKind::Ai, Some("Baker Bot")), "{path}");
        }
        // In the form of other conversations.
        let message = |who: &str, words: &str| {
            marked(&format!(
                "<h2 class=\"_a6-h\">{who}</h2><div class=\"_a6-p\"><div><div></div><div>{words}</div><div></div><div></div><div></div></div></div><div class=\"_a6-o\">Jan 03, 2025 5:44 pm</div>"
            ))
        };
        let head = marked("<h2 class=\"_a6-h\">Participants: Mia Example and Baker Bot</h2>");
        let page = page(
            &[
                head,
                message("Mia Example", "How long does rye rise?"),
                message("Baker Bot", "Until it doubles.<br />Or longer"),
            ]
            .concat(),
        );
        for page in [twins::without_classes(&page), page] {
            let (said, _) = say(path, page.as_bytes());
            assert_eq!(said.items, expected, "{path}: {}", said.text);
            assert_eq!(said.head.map(|head| head.kind), Some(ThreadKind::Ai), "{path}");
        }
    }
    // What is no chat is kept with all that it says.
    let table = format!("<table>{}</table>", row("Chats", "5") + &row("Since", "Jan 03, 2025 5:44 pm"));
    let (said, reading) = say(
        "messages/ai_conversations/summary.html",
        page(&marked(&format!("<div class=\"_a6-p\">{table}</div>"))).as_bytes(),
    );
    assert_eq!((reading.n_read, said.items.len()), (1, 1));
    assert_eq!(said.items[0]["kind"], "misc");
}

#[test]
fn a_title_heads_all_groups_below_it() {
    let group = |url: &str| {
        format!(
            "<tr><td colspan=\"2\"><table><tr><td>URL</td><td><a href=\"{url}\">{url}</a></td></tr></table></td></tr>"
        )
    };
    let urls = ["https://www.instagram.com/p/Cabc123defG/", "https://www.instagram.com/p/Cabc123defH/"];
    let table = format!(
        "<table><tr><td>Name</td><td>Bread</td></tr><tr><td colspan=\"2\">Media</td></tr>{}{}</table>",
        group(urls[0]),
        group(urls[1])
    );
    let (said, _) = say(
        "your_instagram_activity/saved/saved_collections.html",
        page(&marked(&format!("<div class=\"_a6-p\">{table}</div>"))).as_bytes(),
    );
    let urls_of: Vec<_> = said.items.iter().filter_map(|item| item["url"].as_str()).collect();
    assert_eq!(urls_of, urls);
    assert!(said.items[1..].iter().all(|item| item["details"]["collection"] == "Bread"), "{:#?}", said.items);
}

#[test]
fn a_heading_without_classes_is_kept() {
    let page = r#"<html><body><div role="main"><div><h2>Participants: Ann and Max</h2></div><div><h2>Ann</h2><div><div><div></div>
        <div>Hallo</div><div></div><div></div><div></div></div></div><div>Apr 23, 2022 5:30 pm</div></div></div></body></html>"#;
    let (said, reading) = say(MESSAGES, page.as_bytes());
    assert_eq!((said.items.len(), reading.n_kept, reading.n_items), (1, 1, Some(2)));
}

#[test]
fn pages_without_classes_are_read_by_structure() {
    let like = r#"<div><p>ann_example</p><div><div><a href="https://www.instagram.com/p/Cabc123defG/">👍</a></div><div>Mar 06, 2023 6:33 am</div></div></div>"#;
    check(
        "likes/liked_posts.html",
        &page(&format!("{like}<div>That is all.</div>")),
        &json!([{"kind": "like", "subkind": "liked_post", "at": wall("2023-03-06 06:33"), "author": "me", "counterpart": {"handle": "ann_example"},
                 "url": "https://www.instagram.com/p/Cabc123defG/", "details": {"reaction": "👍"}}]),
        &[],
    );
}

/// The same pages, with one more element around all that stands in the main element, or around the records alone.
#[test]
fn what_wraps_all_records_of_a_page_without_classes_is_none() {
    let like = |owner: &str, code: &str, year: &str| {
        format!(
            r#"<div><p>{owner}</p><div><div><a href="https://www.instagram.com/p/{code}/">👍</a></div><div>Mar 06, {year} 6:33 am</div></div></div>"#
        )
    };
    let likes = [like("ann_example", "Cabc123defG", "2023"), like("ben_example", "Cabc123defH", "2024")].concat();
    let message = |words: &str| {
        format!(
            r"<div><h2>Ann</h2><div><div><div></div><div>{words}</div><div></div><div></div><div></div></div></div><div>Apr 23, 2022 5:30 pm</div></div>"
        )
    };
    let messages = format!("<div><h2>Participants: Ann and Max</h2></div>{}{}", message("one"), message("two"));
    let follower = |name: &str| {
        format!(
            r#"<div><div><div><a href="https://www.instagram.com/{name}">{name}</a></div><div>Jan 3, 2025 5:44 pm</div></div></div>"#
        )
    };
    let followers = [follower("ann"), follower("ben"), follower("cem")].concat();
    for (path, inside, n) in [
        ("likes/liked_posts.html", likes, 2),
        (MESSAGES, messages, 2),
        ("followers_and_following/followers.html", followers, 3),
    ] {
        let (plain, reading) = say(path, page(&inside).as_bytes());
        assert_eq!((plain.items.len(), reading.n_items), (n, Some(reading.n_read + reading.n_kept)), "{path}");
        for body in [
            page(&format!("<div>{inside}</div>")),
            page(&format!("<p>A heading</p><section class=\"xyz\">{inside}</section><div>That is all.</div>")),
            // Where no element is called the main one, the one around them all.
            page(&inside).replace(" role=\"main\"", ""),
        ] {
            let (said, again) = say(path, body.as_bytes());
            assert_eq!(said.items, plain.items, "{path}: {body}");
            assert_eq!((again.n_items, again.n_read), (reading.n_items, reading.n_read), "{path}: {body}");
        }
    }
    // One record is what it was.
    let (said, reading) =
        say("likes/liked_posts.html", page(&format!("<div>{}</div>", like("ann", "Cabc123defG", "2023"))).as_bytes());
    assert_eq!((said.items.len(), reading.n_items), (1, Some(1)));
}

#[test]
fn damage_costs_its_box_only() {
    let row = |name: &str| {
        marked(&format!(
            r#"<div class="_a6-p"><div><div><a href="https://www.instagram.com/{name}">{name}</a></div><div>Jan 3, 2025 5:44 pm</div></div></div>"#
        ))
    };
    let follower = |name: &str| {
        json!({"kind": "follow", "subkind": "follower", "at": wall("2025-01-03 17:44"), "counterpart": {"handle": name},
               "url": format!("https://www.instagram.com/{name}")})
    };
    let path = "connections/followers_and_following/followers_1.html";
    let whole = page(&format!("{}{}", row("ann"), row("ben")));
    check(path, &whole, &json!([follower("ann"), follower("ben")]), &[]);
    let cut =
        whole.find("Jan 3").map_or(0, |at| at + 200 + whole[..200].len() / 2).min(whole.rfind("Jan 3").unwrap_or(0));
    check(path, &whole[..cut], &json!([follower("ann")]), &[FindingCode::BadItem]);
    check(path, "", &json!([]), &[FindingCode::BadDocument]);
    check(path, &page("You have no data in this section"), &json!([]), &[]);
    check(path, &page(&marked("")), &json!([]), &[FindingCode::ItemKeptRaw]);
    check("start_here.html", &page(""), &json!([]), &[FindingCode::ItemKeptRaw]);
    // An exact sentence of bytes that are no UTF-8 is kept, and told.
    let (said, _) = say(path, &[whole.as_bytes(), b"\xff"].concat());
    assert_eq!(said.codes, [FindingCode::DoubtfulValue]);
}

#[test]
fn a_box_beyond_all_measure_is_bad_and_its_neighbour_is_read() {
    let huge = marked(&format!("<h2>ann</h2><div>{}</div>", "<p>x</p>".repeat(150_000)));
    let small = marked(
        "<h2 class=\"_a6-h\">ben</h2><div class=\"_a6-p\"><a href=\"https://www.instagram.com/p/Cabc/\">👍</a></div>",
    );
    let (said, reading) = say("likes/liked_posts.html", page(&format!("{huge}{small}")).as_bytes());
    assert_eq!((said.items.len(), said.codes, reading.n_bad), (1, vec![FindingCode::BadItem], 1));
}

#[test]
fn pages_tell_whose_they_are() {
    let check = |text: &str, handles: &[&str], language: Option<&str>| {
        let mut learnt = Learnt::default();
        learn(&mut learnt, "start_here.html", page(&format!("<div>{text}</div>")).as_bytes());
        assert_eq!(
            (learnt.handles.as_slice(), learnt.language.as_deref()),
            (&handles.iter().map(|&h| h.to_owned()).collect::<Vec<_>>()[..], language)
        );
    };
    check("Generated by ann_example on Saturday, September 5, 2026 at 12:29 PM UTC", &["ann_example"], Some("en"));
    check(
        "Archivio generato da ann.example in data: Domenica 20 settembre 2026 alle ore 03:07 UTC",
        &["ann.example"],
        Some("it"),
    );
    check("Generated by Ann Example on Saturday", &[], None);
    let profile = marked(
        "<div class=\"_a6-p\"><table><tr><td colspan=\"2\">Nome utente<div><div>ann_example</div></div></td></tr></table></div>",
    );
    let mut learnt = Learnt::default();
    learn(&mut learnt, "personal_information/personal_information.html", page(&profile).as_bytes());
    assert_eq!((learnt.handles.as_slice(), learnt.language.as_deref()), (&["ann_example".to_owned()][..], Some("it")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever a page holds, nothing panics, and every box has a fate.
    #[test]
    fn any_page_is_data(pieces in proptest::collection::vec(prop_oneof![
        Just("<div class=\"uiBoxWhite\">"), Just("<div class=\"_a6-p\">"), Just("<div class=\"_a6-o\">"), Just("<h2 class=\"_a6-h\">"),
        Just("<div role=\"main\">"), Just("<div>"), Just("</div>"), Just("</h2>"), Just("<table><tr><td>"), Just("</td></tr></table>"),
        Just("<tr class=\"_1isx\">"), Just("</tr>"), Just("<a href=\"https://x.example/\">"), Just("</a>"), Just("<img src=\"a.jpg\">"),
        Just("<ul><li>❤️Ann"), Just("</ul>"), Just("Jan 3, 2025 5:44 pm"), Just("URL"), Just("ann (Tagged, 0.00, 0.00)"), Just("a: 5 s"),
        Just("<br>"), Just("<style>"), Just("</style>"), Just("&amp;"), Just("<"), Just("\""), Just("(x"),
    ], 0..40)) {
        let page = pieces.concat();
        for path in [MESSAGES, "content/posts_1.html", "likes/liked_posts.html", "saved/saved_collections.html", "quicksnaps/new.html"] {
            let (said, reading) = say(path, page.as_bytes());
            prop_assert!(said.items.len() as u64 >= reading.n_read);
        }
    }
}

#[test]
fn a_row_without_a_name_only_frames_the_records_of_a_group() {
    let row = |label: &str, value: &str| {
        format!(r#"<tr><td colspan="2" class="_2pin _a6_q">{label}<div><div>{value}</div></div></td></tr>"#)
    };
    let link = r#"<a href="https://www.instagram.com/p/Cabc/">https://www.instagram.com/p/Cabc/</a>"#;
    let owner = format!("<table>{}{}</table>", row("Name", "Ann Example"), row("Username", "ann_example"));
    let framed = format!("<table>{}</table>", row("", &owner));
    let told = [owner, framed].map(|owner| {
        let table = format!("<table>{}{}</table>", row("URL", link), row("Owner", &owner));
        let said = say("your_instagram_activity/likes/liked_posts.html", page(&marked(&table)).as_bytes()).0;
        assert_eq!(
            said.items.first().and_then(|item| item.pointer("/counterpart/handle")),
            Some(&json!("ann_example"))
        );
        said.items
    });
    assert_eq!(told[0], told[1]);
}
