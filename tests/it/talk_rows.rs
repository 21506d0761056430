//! Rows of one conversation by hand, as JSON and as a page: which of them are one message.

use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDateTime};
use chrono_tz::Tz;

use crate::support::{TestHome, assert_same};

/// A row: instant (UTC, with seconds), sender, words.
type Row<'a> = (&'a str, &'a str, &'a str);

const ANN: &str = "Ann Example";
const MIA: &str = "Mia Beispiel";

fn at_ms(at: &str) -> i64 {
    NaiveDateTime::parse_from_str(at, "%Y-%m-%d %H:%M:%S").expect("a time").and_utc().timestamp_millis()
}

fn write(folder: &Path, name: &str, path: &str, text: &str) -> PathBuf {
    let root = folder.join(name);
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
    std::fs::write(path, text).expect("a file is written");
    root
}

fn profile(folder: &Path, name: &str) {
    let profile = format!(
        r#"{{"profile_user":[{{"title":"User","media_map_data":{{}},"string_map_data":{{"Username":{{"value":"mia.example"}},"Name":{{"value":"{MIA}"}}}}}}]}}"#
    );
    write(folder, name, "personal_information/personal_information/personal_information.json", &profile);
}

/// Rows oldest first, as the file of a conversation, newest first.
fn json(folder: &Path, day: &str, rows: &[Row<'_>]) -> PathBuf {
    let name = format!("instagram-mia.example-{day}-JsonJson");
    let message = |(at, sender, words): &Row<'_>| {
        let ms = at_ms(at) + 123;
        format!(r#"{{"sender_name": "{sender}", "timestamp_ms": {ms}, "content": "{words}"}}"#)
    };
    let messages = rows.iter().rev().map(message).collect::<Vec<_>>().join(", ");
    let page = format!(
        r#"{{"participants": [{{"name": "{ANN}"}}, {{"name": "{MIA}"}}], "messages": [{messages}], "title": "{ANN}"}}"#
    );
    profile(folder, &name);
    write(folder, &name, "your_instagram_activity/messages/inbox/ann_17840000000000001/message_1.json", &page)
}

/// The same as a page in some zone.
fn html(folder: &Path, day: &str, zone: Tz, rows: &[Row<'_>]) -> PathBuf {
    let name = format!("instagram-mia.example-{day}-HtmlHtml");
    let message = |(at, sender, words): &Row<'_>| {
        let time = DateTime::from_timestamp_millis(at_ms(at)).expect("a time").with_timezone(&zone);
        let clock = time.format("%b %d, %Y %-I:%M %P");
        format!(
            r#"<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><h2 class="_3-95 _2pim _a6-h _a6-i">{sender}</h2><div class="_3-95 _a6-p"><div><div></div><div>{words}</div><div></div><div></div><div></div></div></div><div class="_3-94 _a6-o">{clock}</div></div>"#
        )
    };
    let boxes = rows.iter().rev().map(message).collect::<String>();
    let page = format!(r#"<html><head><title>{ANN}</title></head><body><div role="main">{boxes}</div></body></html>"#);
    write(folder, &name, "your_instagram_activity/messages/inbox/ann_17840000000000001/message_1.html", &page)
}

/// Twelve messages over a year, so that the zone is known.
const YEAR: [Row<'static>; 12] = [
    ("2021-01-05 10:00:05", ANN, "january"),
    ("2021-02-05 10:00:05", MIA, "february"),
    ("2021-03-05 10:00:05", ANN, "march"),
    ("2021-04-05 10:00:05", ANN, "april"),
    ("2021-05-05 10:00:05", MIA, "may"),
    ("2021-06-05 10:00:05", ANN, "june"),
    ("2021-07-05 10:00:05", MIA, "july"),
    ("2021-08-05 10:00:05", ANN, "august"),
    ("2021-09-05 10:00:05", ANN, "september"),
    ("2021-10-05 10:00:05", MIA, "october"),
    ("2021-11-05 10:00:05", ANN, "november"),
    ("2021-12-05 10:00:05", ANN, "december"),
];

fn with_year<'a>(rows: &[Row<'a>]) -> Vec<Row<'a>> {
    YEAR.iter().copied().chain(rows.iter().copied()).collect()
}

/// What a home holds of it after the year: time, precision, sender, words; in both orders the same.
fn held(older: &Path, newer: &Path) -> (Vec<String>, TestHome) {
    let forward = TestHome::of(&[older.to_owned(), newer.to_owned()]);
    let backward = TestHome::of(&[newer.to_owned(), older.to_owned()]);
    assert_same(&forward.dump(), &backward.dump(), "both orders");
    let rows = forward.rows(
        "SELECT sent_at, precision, sender, text FROM messages WHERE sent_at > '2021-12-31' ORDER BY at_ms, precision, text",
    );
    let text = |row: &throwback::store::NamedRow, name: &str| row.text(name).unwrap_or_default().to_owned();
    let line = |row: &throwback::store::NamedRow| {
        ["sent_at", "precision", "sender", "text"].map(|name| text(row, name)).join(" | ")
    };
    assert_eq!(forward.number("SELECT count(*) FROM messages WHERE sent_at < '2021-12-31'"), 12);
    (rows.iter().map(line).collect(), forward)
}

#[test]
fn repeats_within_a_minute_stay_as_many_as_they_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let ok = [
        ("2022-03-01 12:00:01", ANN, "ok"),
        ("2022-03-01 12:00:02", MIA, "ok"),
        ("2022-03-01 12:00:30", ANN, "ok"),
        ("2022-03-01 12:00:59", ANN, "ok"),
    ];
    let older = html(folder.path(), "2022-04-01", Tz::Asia__Kolkata, &with_year(&ok));
    // One of them was taken back since, another came.
    let later = [ok[0], ok[1], ok[3], ("2022-03-01 12:01:00", ANN, "ok")];
    let newer = json(folder.path(), "2023-04-01", &with_year(&later));
    let (rows, home) = held(&older, &newer);
    assert_eq!(
        rows,
        [
            "2022-03-01T12:00:00Z | minute | Ann Example | ok",
            "2022-03-01T12:00:01.123Z | ms | Ann Example | ok",
            "2022-03-01T12:00:02.123Z | ms | Mia Beispiel | ok",
            "2022-03-01T12:00:59.123Z | ms | Ann Example | ok",
            "2022-03-01T12:01:00.123Z | ms | Ann Example | ok",
        ]
    );
    assert_eq!(home.rows("SELECT zone FROM snapshots WHERE format = 'html'")[0].text("zone"), Some("Asia/Kolkata"));
}

#[test]
fn what_is_left_over_on_both_sides_of_a_minute_is_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let before = [
        ("2022-03-01 12:00:01", ANN, "see you at nine"),
        ("2022-03-01 12:00:02", MIA, "never mind"),
        ("2022-03-01 12:05:02", ANN, "Ann Example hat einen Anhang gesendet."),
    ];
    let after = [
        ("2022-03-01 12:00:01", ANN, "see you at ten"),
        ("2022-03-01 12:00:40", ANN, "or at eleven?"),
        ("2022-03-01 12:05:02", ANN, "Ann Example sent an attachment."),
    ];
    let older = html(folder.path(), "2022-04-01", Tz::America__Los_Angeles, &with_year(&before));
    let newer = json(folder.path(), "2023-04-01", &with_year(&after));
    let (rows, home) = held(&older, &newer);
    assert_eq!(
        rows,
        [
            "2022-03-01T12:00:00Z | minute | Mia Beispiel | never mind",
            // Two are left over on the one side: it is the one that it resembles.
            "2022-03-01T12:00:01.123Z | ms | Ann Example | see you at ten",
            "2022-03-01T12:00:40.123Z | ms | Ann Example | or at eleven?",
            "2022-03-01T12:05:02.123Z | ms | Ann Example | Ann Example sent an attachment.",
        ]
    );
    let alone = json(folder.path(), "2023-05-01", &with_year(&[after[0], after[2]]));
    let (rows, _) = held(&older, &alone);
    assert_eq!(rows.len(), 3, "{rows:#?}");
    let edited = TestHome::of(&[older, alone]);
    let versions = edited.rows("SELECT text FROM versions ORDER BY text");
    let versions: Vec<_> = versions.iter().filter_map(|row| row.text("text")).collect();
    assert_eq!(versions, ["Ann Example hat einen Anhang gesendet.", "see you at nine"]);
    drop(home);
}

#[test]
fn the_doubled_hour_is_settled_by_json_and_else_marked() {
    let folder = tempfile::tempdir().expect("a folder");
    // In California the clocks went back on 2022-11-06 at 09:00 UTC.
    let said = [
        ("2022-11-06 08:30:01", ANN, "first"),
        ("2022-11-06 08:30:20", MIA, "twice"),
        ("2022-11-06 09:30:01", ANN, "second"),
        ("2022-11-06 09:30:20", MIA, "twice"),
        ("2022-11-06 09:40:00", ANN, "taken back"),
    ];
    let older = html(folder.path(), "2022-12-01", Tz::America__Los_Angeles, &with_year(&said));
    let newer = json(folder.path(), "2023-04-01", &with_year(&said[..4]));
    let (rows, home) = held(&older, &newer);
    assert_eq!(
        rows,
        [
            "2022-11-06T08:30:01.123Z | ms | Ann Example | first",
            "2022-11-06T08:30:20.123Z | ms | Mia Beispiel | twice",
            "2022-11-06T08:40:00Z | minute | Ann Example | taken back",
            "2022-11-06T09:30:01.123Z | ms | Ann Example | second",
            "2022-11-06T09:30:20.123Z | ms | Mia Beispiel | twice",
        ]
    );
    let marked =
        home.rows("SELECT text, details ->> '$.or_at' AS other FROM records WHERE details ->> '$.or_at' IS NOT NULL");
    let marked: Vec<_> = marked.iter().map(|row| (row.text("text"), row.text("other"))).collect();
    assert_eq!(marked, [(Some("taken back"), Some("2022-11-06T09:40:00Z"))]);
}

#[test]
fn in_a_conversation_of_two_every_name_that_is_not_mine_is_one_person() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = [("2022-03-01 12:00:01", ANN, "hello"), ("2022-03-01 12:00:02", MIA, "hello")];
    let renamed: Vec<Row<'_>> = with_year(&said)
        .into_iter()
        .map(|(at, sender, words)| (at, if sender == ANN { "Anna 🌻" } else { sender }, words))
        .collect();
    let older = html(folder.path(), "2022-04-01", Tz::Europe__Berlin, &renamed);
    let newer = json(folder.path(), "2023-04-01", &with_year(&said));
    let (rows, home) = held(&older, &newer);
    assert_eq!(rows.len(), 2, "{rows:#?}");
    assert_eq!(home.number("SELECT count(*) FROM messages WHERE precision = 'minute'"), 0);
}

#[test]
fn ids_by_the_coarse_time_still_find_the_message() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = [("2022-03-01 12:00:01", ANN, "ok"), ("2022-03-01 12:00:09", ANN, "ok")];
    let older = html(folder.path(), "2022-04-01", Tz::America__Los_Angeles, &with_year(&said));
    let newer = json(folder.path(), "2023-04-01", &with_year(&said));
    let ids = |home: &TestHome| -> Vec<String> {
        let rows = home.rows("SELECT id FROM messages WHERE text = 'ok' ORDER BY id");
        rows.iter().filter_map(|row| row.text("id").map(str::to_owned)).collect()
    };
    let home = TestHome::of(std::slice::from_ref(&older));
    let before = ids(&home);
    home.ingest(&newer);
    let found = |id: &String| {
        home.number(&format!(
            "SELECT count(*) FROM alias a JOIN record r ON r.id = a.record_id WHERE a.public_id = '{id}'"
        ))
    };
    assert_eq!(before.iter().map(found).collect::<Vec<_>>(), [1, 1]);
    let reindexed = home.dump();
    home.ingest(&newer);
    assert_same(&home.dump(), &reindexed, "again");
}

#[test]
fn a_reaction_of_somebody_who_was_renamed_is_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let download = |day: &str, friend: &str, reactions: &str| -> PathBuf {
        let name = format!("instagram-mia.example-{day}-JsonJson");
        let message = |ms: i64, sender: &str, words: &str| {
            format!(
                r#"{{"sender_name": "{sender}", "timestamp_ms": {ms}, "content": "{words}", "reactions": [{reactions}]}}"#
            )
        };
        let messages = [message(1_650_000_000_123, MIA, "one"), message(1_640_000_000_123, friend, "two")].join(", ");
        let page = format!(
            r#"{{"participants": [{{"name": "{friend}"}}, {{"name": "{MIA}"}}], "messages": [{messages}], "title": "{friend}"}}"#
        );
        profile(folder.path(), &name);
        write(
            folder.path(),
            &name,
            "your_instagram_activity/messages/inbox/ann_17840000000000001/message_1.json",
            &page,
        )
    };
    let older = download("2023-04-01", "Ann Example", r#"{"reaction": "❤", "actor": "Ann Example"}"#);
    let newer = download(
        "2025-04-01",
        "Anna Beispiel",
        r#"{"reaction": "❤️", "actor": "Anna Beispiel", "timestamp": 1650000100}, {"reaction": "❤️", "actor": "Mia Beispiel"}"#,
    );
    let [forward, backward] = [[&older, &newer], [&newer, &older]].map(|order| TestHome::of(&order.map(Clone::clone)));
    assert_same(&forward.dump(), &backward.dump(), "both orders");
    let rows = forward.rows("SELECT actor, at_ms FROM reactions ORDER BY record_id, actor");
    let rows: Vec<_> = rows.iter().map(|row| (row.text("actor"), row.integer("at_ms"))).collect();
    let both = [(Some("Anna Beispiel"), Some(1_650_000_100_000)), (Some(MIA), None)];
    assert_eq!(rows, [both, both].concat());
    assert_eq!(forward.number("SELECT sum(reaction_count) FROM messages"), 4);
    // Also where somebody else bears the old name, which then ties nobody.
    let talk = |day: &str, id: u8, friend: &str, at_ms: i64| {
        let reaction = format!(r#"{{"reaction": "❤", "actor": "{friend}"}}"#);
        let message = format!(
            r#"{{"sender_name": "{MIA}", "timestamp_ms": {at_ms}, "content": "for {id}", "reactions": [{reaction}]}}"#
        );
        let page = format!(
            r#"{{"participants": [{{"name": "{friend}"}}, {{"name": "{MIA}"}}], "messages": [{message}], "title": "{friend}"}}"#
        );
        let name = format!("instagram-mia.example-{day}-JsonJson");
        profile(folder.path(), &name);
        let path = format!("your_instagram_activity/messages/inbox/talk_1784000000000000{id}/message_1.json");
        write(folder.path(), &name, &path, &page)
    };
    talk("2022-04-01", 7, "Ann Example", 1_640_000_000_777);
    let older = talk("2022-04-01", 8, "Ann Example", 1_640_000_000_888);
    talk("2026-01-01", 7, "Ann Example", 1_640_000_000_777);
    let newer = talk("2026-01-01", 8, "Annabel Example", 1_640_000_000_888);
    let [forward, backward] = [[&older, &newer], [&newer, &older]].map(|order| TestHome::of(&order.map(Clone::clone)));
    assert_same(&forward.dump(), &backward.dump(), "both orders");
    let rows = forward.rows("SELECT actor FROM reactions ORDER BY actor");
    let actors: Vec<_> = rows.iter().filter_map(|row| row.text("actor")).collect();
    assert_eq!(actors, ["Ann Example", "Annabel Example"]);
}
