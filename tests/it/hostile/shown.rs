//! What a terminal would obey reaches no terminal, whichever command shows it; and what is written out again stays where
//! it was asked for.

use std::fs;

use throwback::testing::raw_zip::{Piece, deflated, stored};

use super::case::{NAME, POSTS, with};
use super::world::{World, assert_ended, assert_inert, json};

/// Clears the screen, names the window, asks the terminal for an answer, turns the direction, breaks the line, rings.
const THREAT: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}6n\u{202e}evil\u{2066}\u{8}\u{7f}\r\n\u{2028}error: x\u{feff}";

fn json_text(text: &str) -> String {
    serde_json::to_string(text).expect("JSON")
}

/// A download in which everything that is shown is a threat.
fn threatening() -> Vec<u8> {
    let threat = json_text(THREAT);
    let picture = format!("media/posts/202401/{THREAT}.jpg");
    let uri = json_text(&picture);
    let post = |path: &str, list: &str| {
        let media = format!(r#"[{{"media":[{{"uri":{uri},"creation_timestamp":1704067200,"title":{threat}}}]}}]"#);
        deflated(path, &if list.is_empty() { media } else { format!("{{\"{list}\":{media}}}") })
    };
    let message = format!(
        r#"{{"sender_name":{threat},"timestamp_ms":1704067200123,"content":{threat},"share":{{"link":{threat},"share_text":{threat}}},"reactions":[{{"reaction":{threat},"actor":{threat}}}],"photos":[{{"uri":{uri},"creation_timestamp":1704067200}}],{threat}:{threat}}}"#
    );
    let talk = format!(
        r#"{{"participants":[{{"name":{threat}}},{{"name":"Mia"}}],"messages":[{message}],"title":{threat},"thread_path":{threat}}}"#
    );
    let like = format!(
        r#"{{"likes_media_likes":[{{"title":{threat},"string_list_data":[{{"href":{threat},"value":{threat},"timestamp":1704067200}}]}}]}}"#
    );
    let follower = format!(
        r#"[{{"title":{threat},"string_list_data":[{{"href":{threat},"value":{threat},"timestamp":1704067200}}]}}]"#
    );
    let person = format!(
        r#"{{"profile_user":[{{"title":{threat},"string_map_data":{{"Username":{{"value":{threat}}},"Name":{{"value":{threat}}},{threat}:{{"value":{threat}}}}}}}]}}"#
    );
    let page = format!(
        "<html><head><title>{THREAT}</title></head><body><div role=\"main\"><div class=\"pam uiBoxWhite\"><div class=\"_a6-p\">{THREAT}&#27;[2J&#x9b;&#x202e;<a href=\"{THREAT}\">x</a></div></div></div></body></html>"
    );
    with([
        post("your_instagram_activity/content/posts_2.json", ""),
        post("your_instagram_activity/content/stories.json", "ig_stories"),
        deflated("your_instagram_activity/messages/inbox/x_17840000000000003/message_1.json", &talk),
        deflated("your_instagram_activity/likes/liked_posts.json", &like),
        deflated("connections/followers_and_following/followers_1.json", &follower),
        deflated("personal_information/personal_information/personal_information.json", &person),
        deflated("your_instagram_activity/comments/post_comments_1.html", &page),
        deflated(&format!("{THREAT}/{THREAT}.json"), &format!("[{{{threat}:{threat}}}]")),
        deflated("broken.json", &format!("[{{{threat}:")),
        stored(&picture, "invented pixels"),
        stored(&format!("../{THREAT}"), "outside"),
        Piece { crc32: 1, ..stored(&format!("media/{THREAT}damaged.jpg"), "damaged") },
        Piece { mode: 0o120_777, ..stored(&format!("media/{THREAT}link"), THREAT) },
    ])
    .build()
}

#[test]
#[expect(clippy::too_many_lines, reason = "one list of all commands that print")]
fn nothing_shown_is_obeyed() {
    let world = World::new();
    let name = format!("{THREAT}{NAME}");
    let archive = format!("downloads/{name}");
    fs::write(world.downloads().join(&name), threatening()).expect("a ZIP");
    let show = |arguments: &[&str]| {
        let output = world.run(arguments);
        assert_ended(&output, &format!("{arguments:?}"));
        assert_inert(&output, &format!("{arguments:?}"));
        assert!(!output.stdout.is_empty() || !output.stderr.is_empty(), "{arguments:?} says nothing");
    };
    show(&["probe", "downloads"]);
    show(&["probe", "-v", "downloads"]);
    show(&["ingest", "-n", "downloads"]);
    show(&["ingest", "-v", "downloads"]);
    show(&["ingest", &archive]);
    show(&["ingest", &format!("downloads/no {name}")]);
    let ids = |column: &str, view: &str| -> Vec<String> {
        let rows = world.rows(&format!("SELECT {column} FROM {view}"));
        rows.iter().filter_map(|row| row.values[0].as_text().map(str::to_owned)).collect()
    };
    assert!(ids("id", "records").len() >= 8, "{:?}", ids("kind || coalesce(text, '')", "records"));
    for id in ids("id", "records") {
        show(&["show", &id]);
        show(&["show", &id, "--provenance"]);
    }
    for id in ids("id", "threads") {
        show(&["thread", &id]);
    }
    for id in ids("id", "people") {
        show(&["people", &id]);
    }
    let snapshot = ids("id", "snapshots").remove(0);
    for arguments in [
        &["search", "evil"][..],
        &["search", "evil", "--explain"],
        &["search", "-n", "0", "kind:message"],
        &["search", "--files", "evil"],
        &["search", "--loose", "evol"],
        &["search", THREAT],
        &["search", "from:evil\u{1b}[2J"],
        &["search", "date:\u{1b}[2J"],
        &["count", "evil"],
        &["count", "--by", "from", "evil"],
        &["count", "--by", "in", "evil"],
        &["threads"],
        &["thread", THREAT],
        &["people"],
        &["people", "-v"],
        &["accounts"],
        &["snapshots"],
        &["snapshots", "-v"],
        &["findings"],
        &["findings", "-v"],
        &["findings", "--archive", &name],
        &["stats"],
        &["diff", &snapshot, &snapshot],
        &["coverage"],
        &["coverage", "--archive", &archive],
        &["on-this-day", "01-01"],
        &["random"],
        &["check", "--read-data", "--rederive", "--rehearse"],
        &["sql", "SELECT * FROM messages"],
        &["sql", "SELECT * FROM findings"],
        &["sql", "SELECT \u{1b}[2J"],
        &["restore", &snapshot, "--to", "restored", "-n"],
        &["forget", &snapshot, "-n"],
        &["show", "\u{1b}[2J"],
        &["\u{1b}[2J"],
        &["--home", "\u{1b}[2J\u{202e}", "stats"],
    ] {
        show(arguments);
    }
    for arguments in [
        &["search", "--json", "-n", "0", "evil"][..],
        &["threads", "--json"],
        &["people", "--json"],
        &["accounts", "--json"],
        &["snapshots", "--json"],
        &["findings", "--json"],
        &["stats", "--json"],
        &["coverage", "--json"],
        &["probe", "--json", "downloads"],
        &["dump"],
        &["sql", "--json", "SELECT * FROM messages"],
        &["diff", "--json", &snapshot, &snapshot],
    ] {
        json(&world.run(arguments), &format!("{arguments:?}"));
    }
    world.assert_home_is_sound("threats");
}

/// Names that lead out lead nowhere either when the download is written out again.
#[test]
fn what_is_restored_stays_below_its_folder() {
    let world = World::new();
    let names = [
        "../canary.jpg",
        "../../canary.jpg",
        "/canary.jpg",
        "C:\\canary.jpg",
        "\\\\server\\canary.jpg",
        "media/../../canary.jpg",
        "CON",
        "a",
        "a/b.jpg",
        "A",
        "",
        ".",
        "..",
        "a/",
        "x:y",
        "\u{1b}[2J",
        "\u{202e}x",
        "media/link/canary.jpg",
        "nul\0.jpg",
        ".git/hooks/post-checkout",
    ];
    let mut pieces: Vec<Piece> = names.iter().map(|name| stored(name, &format!("content of {name}"))).collect();
    pieces.insert(0, Piece { mode: 0o120_777, ..stored("media/link", "../../..") });
    pieces.push(stored(&"n".repeat(3_000), "long"));
    pieces.push(stored(&"d/".repeat(3_000), "deep"));
    pieces.push(stored(POSTS, "[]"));
    fs::write(world.downloads().join(NAME), with(pieces.clone()).build()).expect("a ZIP");
    assert_ended(&world.run(&["ingest", "downloads"]), "ingest");
    let snapshot = world.rows("SELECT id FROM snapshots")[0].values[0].as_text().expect("an id").to_owned();
    let before = world.surroundings();
    for (to, more) in [("out", &[][..]), ("packed", &["--zip"])] {
        let output = world.run(&[&["restore", &snapshot, "--to", to], more].concat());
        assert_ended(&output, to);
        assert_inert(&output, to);
        let made: Vec<String> = world.surroundings().difference(&before).cloned().collect();
        let root = world.downloads().parent().expect("a folder").join(to);
        let is_below = |line: &String| line.starts_with(&*root.to_string_lossy());
        let others: Vec<&String> =
            made.iter().filter(|line| !is_below(line) && !line.contains("/packed") && !line.contains("/out")).collect();
        assert_eq!(others, Vec::<&String>::new(), "{to}");
        assert!(!made.is_empty(), "{to}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let mut contents: Vec<Vec<u8>> = Vec::new();
    for entry in walkdir::WalkDir::new(world.downloads().parent().expect("a folder").join("out")) {
        let entry = entry.expect("it can be listed");
        assert!(!entry.path_is_symlink(), "{}: a link", entry.path().display());
        if entry.file_type().is_file() {
            contents.push(fs::read(entry.path()).expect("a file"));
        }
    }
    for piece in pieces.iter().filter(|piece| piece.mode != 0o120_777) {
        let name = String::from_utf8_lossy(&piece.name);
        assert!(contents.contains(&piece.packed), "the content of {name:?} did not come back");
    }
}
