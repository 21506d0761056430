//! Pages of conversations, read through the driver.

use super::super::document::read as read_document;
use crate::model::{Detail, FindingCode, Item, Section, ThreadHead, ThreadKind, Who};
use crate::source::{Document, Learnt, Output, Reading};

const PATH: &str = "your_instagram_activity/messages/inbox/zoexample_17840000000000001/message_1.json";

struct Page {
    heads: Vec<ThreadHead>,
    items: Vec<(String, Item)>,
    findings: Vec<(FindingCode, String)>,
    reading: Reading,
}

fn read(path: &str, json: impl AsRef<[u8]>) -> Page {
    let learnt = Learnt::default();
    let (mut heads, mut items, mut findings) = (Vec::new(), Vec::new(), Vec::new());
    let reading =
        read_document(&Document { path, bytes: json.as_ref(), learnt: &learnt }, &mut |output| match output {
            Output::Thread(head) => heads.push(*head),
            Output::Item { place, item } => items.push((place.0, *item)),
            Output::Finding(finding) => findings.push((finding.code, finding.sentence)),
            Output::Kept { .. } | Output::Bad { .. } => {}
            Output::Words(_) => panic!("a page has no words of its own"),
        });
    Page { heads, items, findings, reading }
}

/// Reads one message between Zoë and Max.
fn message(json: &str) -> Item {
    let page = read(PATH, page_of(json));
    assert_eq!(page.findings, [], "{json}");
    assert_eq!(page.items.len(), 1, "{json}");
    page.items.into_iter().map(|(_, item)| item).next().expect("one item")
}

fn page_of(messages: &str) -> String {
    format!(
        r#"{{"participants":[{{"name":"Zo\u00c3\u00ab Example"}},{{"name":"Max Muster"}}],"messages":[{messages}],
            "title":"Zo\u00c3\u00ab Example","is_still_participant":true,"thread_path":"inbox/zoexample_17840000000000001","magic_words":[]}}"#
    )
}

#[test]
fn the_head_is_read() {
    let page = read(PATH, page_of(""));
    let head = &page.heads[0];
    assert_eq!((head.external_id.as_deref(), head.title.as_deref()), (Some("17840000000000001"), Some("Zoë Example")));
    assert_eq!(head.participants, [Who::Name("Zoë Example".to_owned()), Who::Name("Max Muster".to_owned())]);
    assert_eq!(
        (head.kind, &head.section, head.is_still_participant),
        (ThreadKind::Direct, &Section::Inbox, Some(true))
    );
    assert_eq!(page.reading.n_items, Some(0));
    assert_eq!(page.findings, []);
}

#[test]
fn kinds_of_conversations_are_told() {
    let check = |path: &str, more: &str, kind| {
        let json = format!(r#"{{"participants":[{{"name":"A"}},{{"name":"B"}}{more},"messages":[]}}"#);
        assert_eq!(read(path, &json).heads[0].kind, kind, "{path} {more}");
    };
    check(PATH, "]", ThreadKind::Direct);
    check(PATH, r#",{"name":"A"}]"#, ThreadKind::Direct);
    check(PATH, r#",{"name":"C"}]"#, ThreadKind::Group);
    check(PATH, r#"],"thread_type":"RegularGroup""#, ThreadKind::Group);
    check(PATH, r#"],"thread_type":"Pending""#, ThreadKind::Direct);
    check(PATH, r#"],"joinable_mode":{"mode":1,"link":""}"#, ThreadKind::Group);
    check("messages/broadcast/club_1/message_1.json", "]", ThreadKind::Broadcast);
    check("messages/ai_conversations/thread_for_mailbox1_2.json", "]", ThreadKind::Ai);
    let vanished =
        r#"{"participants":[{"name":"Instagram User"},{"name":"Instagram User"},{"name":"Me"}],"messages":[]}"#;
    assert_eq!(read(PATH, vanished).heads[0].kind, ThreadKind::Group);
}

#[test]
fn a_message_keeps_all_its_members() {
    let item = message(
        r#"{"sender_name":"Max Muster","timestamp_ms":1650000000123,"content":"bis gleich \u00f0\u009f\u0091\u008b",
        "photos":[{"uri":"a/photos/1.jpg","creation_timestamp":1650000001}],"gifs":[{"uri":"a/gifs/2.gif"}],
        "sticker":{"uri":"stickers/3.png"},"type":"Generic","is_unsent":false,"is_taken_down":true,
        "bumped_message_metadata":{"bumped_message":"bis gleich \u00f0\u009f\u0091\u008b","is_bumped":false}}"#,
    );
    assert_eq!(item.author, Some(Who::Name("Max Muster".to_owned())));
    assert_eq!(item.at.map(|at| at.ms), Some(1_650_000_000_123));
    assert_eq!(item.text.as_deref(), Some("bis gleich 👋"));
    let roles: Vec<_> = item.media.iter().map(|medium| (medium.path.as_str(), medium.role.as_deref())).collect();
    assert_eq!(roles, [("a/photos/1.jpg", None), ("a/gifs/2.gif", Some("gif")), ("stickers/3.png", Some("sticker"))]);
    assert_eq!(item.media[0].at.map(|at| at.ms), Some(1_650_000_001_000));
    assert_eq!(item.details.0, [("is_taken_down".to_owned(), Detail::Bool(true))], "a bumped text is no second text");
    assert!(!item.is_unsent && item.other_text.is_empty());
}

#[test]
fn shares_are_not_the_senders_words() {
    let item = message(
        r#"{"sender_name":"Max Muster","timestamp_ms":1650000000123,"content":"haha","share":{"link":"https://www.instagram.com/p/Cabc123defG/?x=1",
        "share_text":"Gr\u00c3\u00bcn","original_content_owner":"ann_example","profile_share_username":"bob","profile_share_name":"Bob"}}"#,
    );
    let share = item.share.expect("a share");
    assert_eq!((share.text.as_deref(), share.owner.as_deref()), (Some("Grün"), Some("ann_example")));
    assert_eq!((item.text.as_deref(), item.subkind.as_deref()), (Some("haha"), Some("share")));
    assert_eq!(item.details.text("profile_share_username"), Some("bob"));
    // A deleted post leaves its author only; a share may be empty.
    let check = |share: &str, subkind: &str| {
        let json = format!(r#"{{"sender_name":"Max Muster","timestamp_ms":1650000000123,"share":{share}}}"#);
        assert_eq!(message(&json).subkind.as_deref(), Some(subkind), "{share}");
    };
    check(r#"{"original_content_owner":"ann"}"#, "share");
    check(r#"{"profile_share_username":"ann"}"#, "share");
    check("{}", "unavailable");
    check("[]", "unavailable");
}

#[test]
fn doubled_reactions_are_one() {
    let item = message(
        r#"{"sender_name":"Max Muster","timestamp_ms":1650000000123,"content":"x","reactions":[
        {"reaction":"\u00e2\u009d\u00a4","actor":"Zo\u00c3\u00ab Example"},{"reaction":"\u00f0\u009f\u0098\u0082","actor":"Max Muster"},
        {"reaction":"\u00e2\u009d\u00a4\u00ef\u00b8\u008f","actor":"Zo\u00c3\u00ab Example","timestamp":1650000005},
        {"reaction":"\u00f0\u009f\u0098\u0082","actor":"Max Muster"}]}"#,
    );
    let found: Vec<_> = item.reactions.iter().map(|r| (r.reaction.as_str(), r.at.map(|at| at.ms))).collect();
    assert_eq!(found, [("❤", Some(1_650_000_005_000)), ("😂", None)]);
}

#[test]
fn subkinds_are_those_of_the_contract() {
    let check = |members: &str, subkind: &str| {
        let json = format!(r#"{{"sender_name":"Max Muster","timestamp_ms":1650000000123{members}}}"#);
        assert_eq!(message(&json).subkind.as_deref(), Some(subkind), "{members}");
    };
    check(r#","content":"hi""#, "text");
    check(r#","content":"hi","type":"Share""#, "text");
    check(r#","photos":[{"uri":"1.jpg"}]"#, "media");
    check(r#","content":"look","photos":[{"uri":"1.jpg"}]"#, "media");
    check(r#","share":{"link":"https://example.org"}"#, "share");
    check(r#","call_duration":65,"content":"Video chat ended""#, "call");
    check(r#","call_duration":0,"missed":true"#, "call");
    check(r#","type":"Call""#, "call");
    check(r#","type":"Subscribe","users":[{"name":"Bob"}]"#, "system");
    check(r#","users":[{"name":"Bob"}],"content":"Max Muster added Bob to the group.""#, "system");
    check("", "unavailable");
    check(r#","type":"Share""#, "unavailable");
    check(r#","content":"","is_unsent":true"#, "unavailable");
    // What the app wrote, by its sentences.
    check(r#","content":"Liked a message""#, "reaction_notice");
    check(r#","content":"Reacted \u00f0\u009f\u0098\u0082 to your message ""#, "reaction_notice");
    check(r#","content":"Hat mit \u00f0\u009f\u0098\u0082 auf deine Nachricht reagiert""#, "reaction_notice");
    check(r#","content":"Max Muster sent an attachment.","share":{"link":"https://example.org"}"#, "attachment_notice");
    check(r#","content":"You sent an attachment.""#, "attachment_notice");
    check(r#","content":"Zo\u00c3\u00ab hat einen Anhang gesendet.""#, "attachment_notice");
    check(r#","content":"Max Muster a envoy\u00c3\u00a9 une pi\u00c3\u00a8ce jointe""#, "attachment_notice");
    check(r#","content":"Max Muster started a video chat""#, "call");
    check(r#","content":"You missed an audio call""#, "call");
    check(r#","content":"Max Muster named the group Bread.""#, "system");
    check(r#","content":"Max Muster left the group.""#, "system");
    // What people write, and what the app writes in other languages: that is told later.
    check(r#","content":"Max Muster foo bar baz.","share":{"link":"https://example.org"}"#, "share");
    check(r#","content":"He left the group.""#, "text");
    check(r#","content":"my mom sent an attachment.""#, "text");
    check(r#","content":"Zo\u00c3\u00ab look at this","share":{"link":"https://example.org"}"#, "share");
    check(r#","content":"I liked a message of yours""#, "text");
}

#[test]
fn edited_copies_are_marked() {
    let check = |content: &str, is_edited: bool| {
        let json = format!(r#"{{"sender_name":"Max Muster","timestamp_ms":1650000000123,"content":"{content}"}}"#);
        assert_eq!(message(&json).is_edited, is_edited, "{content}");
    };
    check("see you at six (edited)", true);
    check("bis um sechs (bearbeitet)", true);
    check("\u{e0}", false);
    check("(edited)", false);
    check("see you (maybe)", false);
}

#[test]
fn what_is_unknown_is_kept_and_counted() {
    let page = read(
        PATH,
        page_of(
            r#"{"sender_name":"Max Muster","timestamp_ms":1650000000123,"content":"a","content":"b","new_thing":{"x":1},"call_duration":"long","reactions":[{"actor":"x"}]}"#,
        ),
    );
    let item = &page.items[0].1;
    assert_eq!(item.text.as_deref(), Some("a"));
    assert_eq!(item.details.text("content"), Some("b"), "of doubled keys the first counts and all are kept");
    assert!(["new_thing", "call_duration", "reactions"].iter().all(|name| item.details.get(name).is_some()));
    let codes: Vec<_> = page.findings.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, [FindingCode::DoubtfulValue, FindingCode::UnknownLabel]);
    assert!(page.findings[1].1.contains("new_thing"));
}

#[test]
fn equal_moments_stay_two_messages() {
    let one = r#"{"sender_name":"Max Muster","timestamp_ms":1650000000123,"content":"x"}"#;
    let page = read(PATH, page_of(&format!("{one},{one}")));
    assert_eq!(page.items.iter().map(|(place, _)| place.as_str()).collect::<Vec<_>>(), ["messages/0", "messages/1"]);
    assert_eq!((page.reading.n_items, page.reading.n_read), (Some(2), 2));
}

#[test]
fn damage_costs_only_itself() {
    let good = r#"{"sender_name":"Max Muster","timestamp_ms":1650000000123,"content":"x"}"#;
    let check = |bad: &[u8], n_read: u64, n_bad: u64, codes: &[FindingCode]| {
        let page = page_of(&format!("{good},\u{1},{good}"));
        let (before, after) = page.split_once('\u{1}').expect("the mark");
        let page = read(PATH, [before.as_bytes(), bad, after.as_bytes()].concat());
        let found: Vec<_> = page.findings.iter().map(|(code, _)| *code).collect();
        let shown = String::from_utf8_lossy(bad);
        assert_eq!((page.reading.n_read, page.reading.n_bad), (n_read, n_bad), "{shown}");
        assert_eq!(found, codes, "{shown}");
    };
    let message =
        |content: &str| format!(r#"{{"sender_name":"Max Muster","timestamp_ms":1650000000123,"content":{content}}}"#);
    check(message(r#""\ud83d""#).as_bytes(), 3, 0, &[FindingCode::DoubtfulValue]);
    check(
        b"{\"sender_name\":\"Max Muster\",\"timestamp_ms\":1650000000123,\"content\":\"\xff\"}",
        3,
        0,
        &[FindingCode::DoubtfulValue],
    );
    check(message("NaN").as_bytes(), 3, 0, &[FindingCode::DoubtfulValue]);
    check(message("1e400").as_bytes(), 3, 0, &[FindingCode::DoubtfulValue]);
    check(message("\"x\" \"y\"").as_bytes(), 2, 1, &[FindingCode::BadItem]);
    check(message(&format!("{}1{}", "[".repeat(5000), "]".repeat(5000))).as_bytes(), 2, 1, &[FindingCode::BadItem]);
    check(b"{\"sender_name\":\"Max\", ", 2, 1, &[FindingCode::BadDocument, FindingCode::BadItem]);
    check(b"[1,2]", 2, 1, &[FindingCode::BadItem]);
    check(b"{}", 2, 1, &[FindingCode::BadItem]);
}

#[test]
fn a_cut_off_page_keeps_what_it_has() {
    let good = r#"{"sender_name":"Max Muster","timestamp_ms":1650000000123,"content":"x"}"#;
    let page = page_of(&format!("{good},{good},{good}"));
    let cut = page.rfind("content").expect("the third message");
    let page = read(PATH, &page[..cut]);
    assert_eq!((page.reading.n_items, page.reading.n_read, page.reading.n_bad), (None, 2, 1));
    assert_eq!(page.heads[0].participants.len(), 2);
    assert_eq!(
        page.findings.iter().map(|(code, _)| *code).collect::<Vec<_>>(),
        [FindingCode::BadDocument, FindingCode::BadItem]
    );
}

#[test]
fn broadcast_replies_are_ones_own() {
    let page = read(
        "your_instagram_activity/messages/broadcast/club_17840000000000002/replies_1.json",
        r#"{"participants":[{"name":"Club"}],"messages":[],"replies":[{"reply_content":"Nice","original_message_sender":"Club","timestamp_ms":1650000000123}],"title":"Club"}"#,
    );
    let (place, item) = &page.items[0];
    assert_eq!((place.as_str(), item.text.as_deref()), ("replies/0", Some("Nice")));
    assert_eq!((&item.author, &item.counterpart), (&Some(Who::Me), &Some(Who::Name("Club".to_owned()))));
    assert_eq!((page.reading.n_items, page.findings.len()), (Some(1), 0));
}

#[test]
fn reported_conversations_are_conversations() {
    let path = "your_instagram_activity/messages/reported_conversations.json";
    let conversation = r#"{"timestamp":1650000000,"is_reporter":true,"reporter":[{"name":"Me"}],"reportee":[{"name":"Bob"}],
        "messages":[{"sender_name":"Bob","timestamp_ms":1650000000123,"content":"spam"},{"sender_name":"Bob","timestamp_ms":1650000000124,"content":"more"}]}"#;
    for json in [
        format!(r#"{{"ig_reported_conversations":[{conversation},{{"timestamp":1650000000,"messages":[]}}]}}"#),
        format!(r#"{{"ig_reported_conversations":{conversation}}}"#),
    ] {
        let page = read(path, &json);
        assert_eq!((&page.heads[0].section, page.heads[0].participants.len()), (&Section::Reported, 2), "{json}");
        assert_eq!(page.items[0].1.text.as_deref(), Some("spam"));
        assert_eq!(page.items[0].0, page.items[1].0, "one place gives several messages");
        assert_eq!(page.reading.n_items, Some(page.reading.n_read), "{json}");
        assert_eq!(page.findings, [], "{json}");
    }
}

#[test]
fn a_page_of_any_length_is_read_whole_and_in_order() {
    let messages: Vec<String> = (0..45_000).map(|n| format!(r#"{{"sender_name":"N{n}","content":"m{n}"}}"#)).collect();
    let page = read(PATH, page_of(&messages.join(",")));
    assert_eq!((page.heads.len(), page.reading.n_read, page.reading.n_items), (1, 45_000, Some(45_000)));
    let is_in_order = |(n, (place, item)): (usize, &(String, Item))| {
        *place == format!("messages/{n}") && item.text == Some(format!("m{n}"))
    };
    assert!(page.items.iter().enumerate().all(is_in_order));
}

#[test]
fn a_giant_message_costs_only_itself() {
    let giant = format!(r#"{{"sender_name":"Max","content":"{}"}}"#, "x".repeat(9 << 20));
    let page = read(PATH, page_of(&format!(r#"{giant},{{"sender_name":"Max","content":"x"}}"#)));
    assert_eq!((page.reading.n_read, page.reading.n_bad), (1, 1));
    assert_eq!(page.findings[0].0, FindingCode::BadItem);
}

#[test]
fn encrypted_chats_are_read_as_all_others() {
    let json = "\u{feff}{\"participants\":[\"Zoë Example\",\"Max Muster\"],\"threadName\":\"Max Muster\",\"messages\":[
        {\"senderName\":\"Max Muster\",\"text\":\"bis gleich 👋\",\"timestamp\":1650000000123,\"type\":\"text\",\"media\":[],\"isUnsent\":false,
         \"reactions\":[{\"actor\":\"Zoë Example\",\"reaction\":\"❤️\"}]},
        {\"senderName\":\"Zoë Example\",\"text\":\"so https://example.org/brot geht das\",\"timestamp\":1650000000124,\"type\":\"link\"},
        {\"senderName\":\"Zoë Example\",\"text\":\"\",\"timestamp\":1650000000125,\"type\":\"media\",
         \"media\":[{\"uri\":\"./media/0d5b.jpeg\"},{\"uri\":\"Failed to download media\"}]},
        {\"senderName\":\"Max Muster\",\"text\":\"User unsent a message\",\"timestamp\":1650000000126,\"type\":\"placeholder\",\"isUnsent\":true}]}";
    let page = read("messages/Max Muster_17840000000000001.json", json);
    assert_eq!(page.findings, []);
    assert_eq!((page.reading.reader, page.reading.n_items, page.reading.n_read), ("encrypted_chats", Some(4), 4));
    let head = &page.heads[0];
    assert_eq!(
        (head.title.as_deref(), head.external_id.as_deref(), head.kind),
        (Some("Max Muster"), None, ThreadKind::Direct)
    );
    assert_eq!(head.participants, [Who::Name("Zoë Example".to_owned()), Who::Name("Max Muster".to_owned())]);
    let items: Vec<&Item> = page.items.iter().map(|(_, item)| item).collect();
    let subkinds: Vec<&str> = items.iter().filter_map(|item| item.subkind.as_deref()).collect();
    assert_eq!(subkinds, ["text", "share", "media", "unavailable"]);
    assert_eq!((items[0].text.as_deref(), items[0].reactions.len()), (Some("bis gleich 👋"), 1));
    assert_eq!(items[0].at.map(|at| at.ms), Some(1_650_000_000_123));
    assert_eq!(items[0].details, crate::model::Details::default());
    let link = items[1].share.as_ref().and_then(|share| share.url.as_deref());
    assert_eq!(link, Some("https://example.org/brot"));
    let paths: Vec<&str> = items[2].media.iter().map(|medium| medium.path.as_str()).collect();
    assert_eq!(paths, ["./media/0d5b.jpeg", "Failed to download media"]);
    assert_eq!((items[3].text.as_deref(), items[3].is_unsent), (None, true));
    assert_eq!(items[3].details.text("placeholder"), Some("User unsent a message"));
}
