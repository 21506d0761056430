//! Fifteen mistakes that were read in the code of others who read the same downloads, or search archives like ours: each a
//! test of ours, with a download small enough to see the mistake in.
//!
//! | | mistake | test |
//! |---|---|---|
//! | 1 | identity by position | [`a_message_is_not_known_by_its_place`] |
//! | 2 | identity without the thing itself | [`pictures_of_one_second_without_words_are_as_many_as_they_are`] |
//! | 3 | repeats collapse | [`what_was_said_twice_in_one_millisecond_was_said_twice`] |
//! | 4 | captions of carousels are looked for at the pictures | [`a_caption_is_found_at_the_post_and_at_its_only_picture`] |
//! | 5 | messages without words are skipped | [`messages_without_words_are_messages`] |
//! | 6 | whoever the conversation is called after is the sender | [`the_title_of_a_conversation_says_nothing_about_who_wrote`] |
//! | 7 | names at reactions are not decoded | [`who_reacted_is_who_wrote`] |
//! | 8 | lists of paths by year | [`a_layout_that_nobody_has_seen_is_read`] |
//! | 9 | a repair of text that was right | [`only_what_is_broken_is_repaired`] |
//! | 10 | folders must end in digits | [`folders_of_conversations_end_in_anything`] |
//! | 11 | unspaced scripts are found, but not left out | [`words_of_unspaced_scripts_are_found_and_left_out`] |
//! | 12 | wildcards vanish without a word | [`wildcards_do_what_they_say_or_are_words`] |
//! | 13 | readers wait for writers | [`who_searches_does_not_wait_for_who_writes`] |
//! | 14 | English words tell the app's sentences | [`super::notices`], in five languages |
//! | 15 | a folder's name is looked for anywhere in a path | [`folders_around_and_inside_may_be_called_messages`] |

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use throwback::home::{HomeError, IngestOptions, Lock, SearchOptions};

use crate::support::{TestHome, assert_same};

const THREAD: &str = "your_instagram_activity/messages/inbox/ann_17840000000000001/message_1.json";

/// Writes a download of the account `me.example`, whose name is Mia Example; returns its folder.
fn download(folder: &Path, date: &str, files: &[(&str, Value)]) -> PathBuf {
    let root = folder.join(format!("instagram-me.example-{date}-AbCdEfGh"));
    let profile = json!({ "profile_user": [{ "title": "User Information", "string_map_data": {
        "Username": { "value": "me.example" }, "Name": { "value": "Mia Example" } } }] });
    let path = "personal_information/personal_information/personal_information.json";
    write(&root, path, &profile);
    for (path, content) in files {
        write(&root, path, content);
    }
    root
}

fn write(root: &Path, path: &str, content: &Value) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    // As downloads have it: nothing but ASCII, the rest as escapes.
    let escaped: String = content.to_string().chars().map(escape).collect();
    std::fs::write(path, escaped).expect("a file");
}

fn escape(c: char) -> String {
    let mut escaped = String::new();
    if c.is_ascii() {
        escaped.push(c);
    } else {
        for unit in c.encode_utf16(&mut [0; 2]) {
            write!(escaped, "\\u{unit:04x}").expect("a text takes everything");
        }
    }
    escaped
}

/// A conversation of Mia with others, newest first as downloads have them.
fn thread(title: &str, others: &[&str], messages: &[Value]) -> Value {
    let people: Vec<Value> = others.iter().chain(&["Mia Example"]).map(|name| json!({ "name": name })).collect();
    let messages: Vec<&Value> = messages.iter().rev().collect();
    json!({ "participants": people, "messages": messages, "title": title })
}

fn said(sender: &str, second: i64, text: &str) -> Value {
    json!({ "sender_name": sender, "timestamp_ms": 1_700_000_000_123 + second * 1_000, "content": text })
}

fn texts(home: &TestHome, sql: &str) -> Vec<String> {
    home.rows(sql).iter().map(|row| row.values[0].as_text().unwrap_or_default().to_owned()).collect()
}

/// The texts that a query finds, in the order of the alphabet.
fn found(home: &TestHome, query: &str) -> Vec<String> {
    let mut searcher = home.home.searcher("a test").expect("a searcher");
    let now = chrono::DateTime::from_timestamp(1_770_000_000, 0).expect("a time");
    let query = throwback::query::parse(query).expect("a query");
    let compiled = searcher.compile(&query, &now).expect("a query that compiles");
    let answer = searcher.search(&compiled, &SearchOptions { limit: 0, ..Default::default() }).expect("an answer");
    let mut texts: Vec<String> =
        answer.found.iter().map(|found| found.record.text("text").unwrap_or_default().to_owned()).collect();
    texts.sort();
    texts
}

#[test]
fn a_message_is_not_known_by_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let all: Vec<Value> = (0..6).map(|n| said("Ann", n * 3_600, &format!("word {n}"))).collect();
    let of =
        |date: &str, messages: &[Value]| download(folder.path(), date, &[(THREAD, thread("Ann", &["Ann"], messages))]);
    let whole = of("2024-01-01", &all);
    let without_the_first = of("2024-02-01", &all[1..]);
    let the_last_hours = of("2024-03-01", &all[4..]);
    let ids = "SELECT id || ' ' || text FROM messages ORDER BY at_ms";
    let alone = texts(&TestHome::of(std::slice::from_ref(&whole)), ids);
    assert_eq!(alone.len(), 6);
    let forward = TestHome::of(&[whole.clone(), without_the_first.clone(), the_last_hours.clone()]);
    assert_eq!(texts(&forward, ids), alone);
    assert_eq!(forward.number("SELECT count(*) FROM versions"), 0, "no text was another's");
    let backward = TestHome::of(&[the_last_hours, without_the_first, whole]);
    assert_same(&forward.dump(), &backward.dump(), "backward");
}

#[test]
fn pictures_of_one_second_without_words_are_as_many_as_they_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let picture = |number: u64| {
        json!({ "uri": format!("media/posts/202301/1_2_3_n_{number}.jpg"),
        "creation_timestamp": 1_675_000_000, "title": "" })
    };
    let carousel: Vec<Value> = (0..3).map(|n| picture(17_900_000_000_000_001 + n)).collect();
    let alone: Vec<Value> = (0..3).map(|n| json!({ "media": [picture(17_900_000_000_000_011 + n)] })).collect();
    let mut posts = vec![json!({ "media": carousel, "title": "", "creation_timestamp": 1_675_000_000 })];
    posts.extend(alone);
    let posts = Value::from(posts);
    let path = "your_instagram_activity/content/posts_1.json";
    let older = download(folder.path(), "2024-01-01", &[(path, posts.clone())]);
    let newer = download(folder.path(), "2024-02-01", &[(path, posts)]);
    let home = TestHome::of(&[older, newer]);
    let counts = "SELECT CAST(media_count AS TEXT) FROM posts ORDER BY media_count DESC";
    assert_eq!(texts(&home, counts), ["3", "1", "1", "1"]);
    assert_eq!(home.number("SELECT count(DISTINCT media_id) FROM attachments"), 6);
}

#[test]
fn what_was_said_twice_in_one_millisecond_was_said_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let of = |date: &str, n: usize| {
        let messages = vec![said("Ann", 0, "ok"); n];
        download(folder.path(), date, &[(THREAD, thread("Ann", &["Ann"], &messages))])
    };
    let home = TestHome::of(&[of("2024-01-01", 2), of("2024-02-01", 2), of("2024-03-01", 1)]);
    assert_eq!(home.number("SELECT count(*) FROM messages"), 2);
    home.ingest(&of("2024-04-01", 3));
    assert_eq!(home.number("SELECT count(*) FROM messages"), 3, "one download tells of three");
}

#[test]
fn a_caption_is_found_at_the_post_and_at_its_only_picture() {
    let folder = tempfile::tempdir().expect("a folder");
    let picture = |number: u64, title: &str| {
        json!({ "uri": format!("media/posts/202301/1_2_3_n_{number}.jpg"),
        "creation_timestamp": 1_675_000_000, "title": title })
    };
    let posts = json!([
        { "media": [picture(17_900_000_000_000_001, ""), picture(17_900_000_000_000_002, "")],
          "title": "Drei Tage Lissabon", "creation_timestamp": 1_675_000_100 },
        { "media": [picture(17_900_000_000_000_003, "Sauerteig")] },
    ]);
    let home = TestHome::of(&[download(
        folder.path(),
        "2024-01-01",
        &[("your_instagram_activity/content/posts_1.json", posts)],
    )]);
    assert_eq!(texts(&home, "SELECT text FROM posts ORDER BY text"), ["Drei Tage Lissabon", "Sauerteig"]);
    assert_eq!(found(&home, "lissabon"), ["Drei Tage Lissabon"]);
}

#[test]
fn messages_without_words_are_messages() {
    let folder = tempfile::tempdir().expect("a folder");
    let uri = "your_instagram_activity/messages/inbox/ann_17840000000000001/photos/1000000000000001.jpg";
    let messages = [
        json!({ "sender_name": "Ann", "timestamp_ms": 1_700_000_000_123_i64, "photos": [{ "uri": uri }] }),
        json!({ "sender_name": "Ann", "timestamp_ms": 1_700_000_001_123_i64 }),
    ];
    let home = TestHome::of(&[download(folder.path(), "2024-01-01", &[(THREAD, thread("Ann", &["Ann"], &messages))])]);
    assert_eq!(texts(&home, "SELECT subkind FROM messages ORDER BY at_ms"), ["media", "unavailable"]);
}

#[test]
fn the_title_of_a_conversation_says_nothing_about_who_wrote() {
    let folder = tempfile::tempdir().expect("a folder");
    let inbox = |name: &str| format!("your_instagram_activity/messages/inbox/{name}/message_1.json");
    // The title is the name of one of three; Mia's own; a name that Ann does not bear any more.
    let group =
        thread("Ann", &["Ann", "Ben"], &[said("Ann", 0, "a"), said("Ben", 1, "b"), said("Mia Example", 2, "m")]);
    let own = thread("Mia Example", &["Cleo"], &[said("Cleo", 10, "c"), said("Mia Example", 11, "m")]);
    let renamed = thread("Old Dora", &["Dora"], &[said("Dora", 20, "d"), said("Mia Example", 21, "m")]);
    let files = [
        (inbox("ann_17840000000000001"), group),
        (inbox("miaexample_17840000000000002"), own),
        (inbox("olddora_17840000000000003"), renamed),
    ];
    let files: Vec<(&str, Value)> = files.iter().map(|(path, thread)| (path.as_str(), thread.clone())).collect();
    let home = TestHome::of(&[download(folder.path(), "2024-01-01", &files)]);
    let mine = "SELECT text || CASE WHEN author = 'Mia Example' THEN ' is mine' ELSE '' END FROM records
                 WHERE kind = 'message' ORDER BY at_ms";
    assert_eq!(texts(&home, mine), ["a", "b", "m is mine", "c", "m is mine", "d", "m is mine"]);
}

#[test]
fn who_reacted_is_who_wrote() {
    let folder = tempfile::tempdir().expect("a folder");
    // As downloads write them: every byte of the UTF-8 a character of its own.
    let (zoe, heart) = ("Zo\u{c3}\u{ab}", "\u{e2}\u{9d}\u{a4}");
    let mut liked = said("Mia Example", 1, "hi");
    liked["reactions"] = json!([{ "reaction": heart, "actor": zoe }, { "reaction": heart, "actor": zoe }]);
    let page = thread(zoe, &[zoe], &[said(zoe, 0, "hello"), liked]);
    let home = TestHome::of(&[download(folder.path(), "2024-01-01", &[(THREAD, page)])]);
    assert_eq!(texts(&home, "SELECT actor || reaction FROM reactions"), ["Zoë❤"]);
    assert_eq!(texts(&home, "SELECT name FROM people WHERE name LIKE 'Z%'"), ["Zoë"]);
}

#[test]
fn a_layout_that_nobody_has_seen_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let picture = json!({ "uri": "bilder/1_2_3_n_17900000000000001.jpg", "creation_timestamp": 1_675_000_000,
        "title": "Sauerteig" });
    let like = json!({ "title": "ann", "string_list_data": [{ "href": "https://www.instagram.com/p/Cabc123defG/",
        "value": "\u{f0}\u{9f}\u{91}\u{8d}", "timestamp": 1_675_000_001 }] });
    let files = [
        ("everything_2031/yours/posts_1.json", json!([{ "media": [picture] }])),
        ("everything_2031/hearts/liked_posts.json", json!({ "likes_media_likes": [like] })),
        (
            "everything_2031/talks/ann_17840000000000001/message_1.json",
            thread("Ann", &["Ann"], &[said("Ann", 0, "hi")]),
        ),
    ];
    let home = TestHome::of(&[download(folder.path(), "2031-01-01", &files)]);
    let kinds =
        "SELECT kind || ' ' || coalesce(text, '') FROM records WHERE kind IN ('post', 'like', 'message') ORDER BY 1";
    assert_eq!(texts(&home, kinds), ["like ", "message hi", "post Sauerteig"]);
}

#[test]
fn only_what_is_broken_is_repaired() {
    let folder = tempfile::tempdir().expect("a folder");
    let messages = [
        said("Ann", 0, "caf\u{c3}\u{a9}"),
        // Somebody typed `Ã©`.
        said("Ann", 1, "\u{c3}\u{83}\u{c2}\u{a9}"),
        said("Ann", 3, "a é b \u{c3}\u{a9}"),
    ];
    // A few documents have proper text.
    let proper = thread("Ben", &["Ben"], &[said("Ben", 2, "naïve ☀ 東京")]);
    let other = THREAD.replace("ann_", "ben_").replace("001/", "002/");
    let files = [(THREAD, thread("Ann", &["Ann"], &messages)), (other.as_str(), proper)];
    let home = TestHome::of(&[download(folder.path(), "2024-01-01", &files)]);
    let held = texts(&home, "SELECT text FROM messages ORDER BY at_ms");
    assert_eq!(held, ["café", "Ã©", "naïve ☀ 東京", "a é b Ã©"]);
}

#[test]
fn folders_of_conversations_end_in_anything() {
    let folder = tempfile::tempdir().expect("a folder");
    let names = ["ann_17840000000000001", "ben_abcdefghij", "cleo_ab-d_fghij", "_abcdefghik", "dora", "eve_with_words"];
    let files: Vec<(String, Value)> = names
        .iter()
        .zip(0..)
        .map(|(name, n)| {
            let page = thread(name, &[name], &[said(name, n, name)]);
            (format!("your_instagram_activity/messages/inbox/{name}/message_1.json"), page)
        })
        .collect();
    let files: Vec<(&str, Value)> = files.iter().map(|(path, page)| (path.as_str(), page.clone())).collect();
    let home = TestHome::of(&[download(folder.path(), "2024-01-01", &files)]);
    assert_eq!(texts(&home, "SELECT text FROM messages ORDER BY at_ms"), names);
    assert_eq!(home.number("SELECT count(*) FROM threads"), 6);
}

#[test]
fn words_of_unspaced_scripts_are_found_and_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let messages =
        [said("Ann", 0, "昨日東京タワーに行った"), said("Ann", 1, "京都は東にない"), said("Ann", 2, "Café in 東京")];
    let home = TestHome::of(&[download(folder.path(), "2024-01-01", &[(THREAD, thread("Ann", &["Ann"], &messages))])]);
    assert_eq!(found(&home, "kind:message 東京"), ["Café in 東京", "昨日東京タワーに行った"]);
    assert_eq!(found(&home, "kind:message -東京"), ["京都は東にない"]);
    assert_eq!(found(&home, "東京 -タワー"), ["Café in 東京"]);
    assert_eq!(found(&home, "cafe 東京"), ["Café in 東京"]);
}

#[test]
fn wildcards_do_what_they_say_or_are_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let messages = [said("Ann", 0, "Münster im Mai"), said("Ann", 1, "Lissabon"), said("Ann", 2, "5 * 3 = 15")];
    let home = TestHome::of(&[download(folder.path(), "2024-01-01", &[(THREAD, thread("Ann", &["Ann"], &messages))])]);
    assert_eq!(found(&home, "müns*"), ["Münster im Mai"]);
    assert_eq!(found(&home, "lissa* OR muns*"), ["Lissabon", "Münster im Mai"]);
    assert_eq!(found(&home, "kind:message -lissa*"), ["5 * 3 = 15", "Münster im Mai"]);
    // A star that is no wildcard is nothing that was asked for, and takes nothing away.
    assert_eq!(found(&home, "5 * 3"), ["5 * 3 = 15"]);
}

#[test]
fn who_searches_does_not_wait_for_who_writes() {
    let folder = tempfile::tempdir().expect("a folder");
    let of = |date: &str, n: i64| {
        let messages = [said("Ann", n, &format!("brot{n}"))];
        download(folder.path(), date, &[(THREAD, thread("Ann", &["Ann"], &messages))])
    };
    let home = TestHome::of(&[of("2024-01-01", 1)]);
    let lock = Lock::take(home.home.path(), "another test").expect("the lock");
    assert_eq!(found(&home, "brot1"), ["brot1"]);
    let limits = throwback::archive::Limits::default();
    let plan = throwback::ingest::plan(&[of("2024-02-01", 2)], home.home.path(), &limits);
    let stop = std::sync::atomic::AtomicBool::new(false);
    let options = IngestOptions { limits: &limits, now_ms: 0, is_dry_run: false, stop: &stop, command: "a test" };
    let outcome = home.home.ingest(&plan, &options, &throwback::ingest::Silent, &mut |_| {});
    assert!(matches!(outcome, Err(HomeError::Busy(_))), "{outcome:?}");
    drop(lock);
    // What an ingest has brought in is found as soon as it returns, however often.
    for n in 2..6 {
        home.ingest(&of(&format!("2024-0{n}-01"), n));
        assert_eq!(found(&home, &format!("brot{n}")), [format!("brot{n}")]);
    }
}

#[test]
fn folders_around_and_inside_may_be_called_messages() {
    let folder = tempfile::tempdir().expect("a folder");
    let around = folder.path().join("messages/inbox");
    let inbox = |name: &str| format!("your_instagram_activity/messages/inbox/{name}/message_1.json");
    let path = inbox("messages_17840000000000001");
    let page = thread("messages", &["messages"], &[said("messages", 0, "hi")]);
    let root = download(&around, "2024-01-01", &[(&path, page)]);
    let home = TestHome::of(&[folder.path().join("messages")]);
    let title = "SELECT title || ': ' || text FROM messages JOIN threads ON threads.id = thread_id";
    assert_eq!(texts(&home, title), ["messages: hi"]);
    // A ZIP that another system packed: the separators are its own.
    let zip = folder.path().join("instagram-me.example-2024-01-01-AbCdEfGh.zip");
    let mut writer = zip::ZipWriter::new(std::fs::File::create(&zip).expect("a file"));
    for name in [path.as_str(), "personal_information/personal_information/personal_information.json"] {
        writer.start_file(name.replace('/', "\\"), zip::write::SimpleFileOptions::default()).expect("an entry");
        std::io::Write::write_all(&mut writer, &std::fs::read(root.join(name)).expect("a file"))
            .expect("it is written");
    }
    writer.finish().expect("it is finished");
    assert_eq!(texts(&TestHome::of(&[zip]), title), ["messages: hi"]);
}
