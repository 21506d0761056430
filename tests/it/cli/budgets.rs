//! Budgets: what they cut off is told with the option that raises them, and comes in when it is raised.

use std::path::PathBuf;

use serde_json::Value;
use throwback::testing::raw_zip::{Piece, Zip, deflated, deflated_bytes, stored};

use super::program::Program;
use crate::support::assert_same;

const NAME: &str = "instagram-mia.example-2024-03-02-Ab3dE5fG.zip";
const PICTURE: &str = "media/posts/202403/17900000000000001.jpg";
const LIKES: &str = "your_instagram_activity/likes/liked_posts.json";

/// A post with its picture, and a list of likes.
fn pieces() -> Vec<Piece> {
    let post =
        format!(r#"[{{"media": [{{"uri": "{PICTURE}", "creation_timestamp": 1709400000, "title": "Garden"}}]}}]"#);
    let like = |n: u32| {
        let link = format!("https://www.instagram.com/p/Cx{n:09}/");
        let said = format!(r#"{{"href": "{link}", "value": "x", "timestamp": {}}}"#, 1_600_000_000 + n);
        format!(r#"{{"title": "leo.example", "string_list_data": [{said}]}}"#)
    };
    let likes = format!(r#"{{"likes_media_likes": [{}]}}"#, (0..400).map(like).collect::<Vec<_>>().join(","));
    vec![
        deflated("your_instagram_activity/content/posts_1.json", &post),
        stored(PICTURE, &"invented pixels ".repeat(4_000)),
        deflated(LIKES, &likes),
    ]
}

fn written(program: &Program, pieces: &[Piece]) -> PathBuf {
    let path = program.folder().join(NAME);
    std::fs::write(&path, Zip::of(pieces).build()).expect("a ZIP");
    path
}

fn findings<'r>(rows: &'r [Value], code: &str) -> Vec<&'r str> {
    rows.iter().filter(|row| row["code"] == code).filter_map(|row| row["sentence"].as_str()).collect()
}

fn dump(program: &Program) -> Vec<String> {
    program.json(&["dump"]).iter().map(ToString::to_string).collect()
}

#[track_caller]
fn is_sound_and_whole(program: &Program, what: &str) {
    let held = program.output(&["check", "--read-data", "--rederive"]);
    assert_eq!(held.status.code(), Some(0), "{what}: {held:?}");
    let unheld = program.json(&["sql", "--json", "SELECT path FROM entries WHERE hash IS NULL"]);
    assert_eq!(unheld.len(), 2, "{what}: {unheld:?}");
}

#[test]
fn what_a_budget_cut_off_comes_in_when_it_is_raised() {
    // Sixty-five MiB of zeros: more than what no ratio is asked of.
    let bomb = deflated_bytes("media/other/zeros.bin", &vec![0; 65 << 20]);
    let with_bomb: Vec<Piece> = pieces().into_iter().chain([bomb]).collect();
    let check = |option: &str, small: Option<&str>, large: &str, pieces: &[Piece]| {
        let program = Program::new();
        let path = written(&program, pieces);
        let path = path.to_str().expect("UTF-8");
        let small: Vec<&str> = small.map_or_else(Vec::new, |small| vec![option, small]);
        let cut = program.output(&[&["ingest", "--json", path][..], &small].concat());
        assert_eq!(cut.status.code(), Some(4), "{option}: {cut:?}");
        let rows = program.json(&["findings", "--json"]);
        let told = findings(&rows, "over_budget");
        assert!(!told.is_empty() && told.iter().all(|sentence| sentence.contains(option)), "{option}: {told:?}");
        // Again it is as before.
        program.output(&[&["ingest", path][..], &small].concat());
        assert_eq!(program.json(&["findings", "--json"]), rows, "{option}: again");

        let whole = program.output(&["ingest", path, option, large]);
        assert_eq!(whole.status.code(), Some(0), "{option}: {whole:?}");
        let rows = program.json(&["findings", "--json", "--severity", "error"]);
        assert_eq!(findings(&rows, "over_budget"), [""; 0], "{option}");
        is_sound_and_whole(&program, option);

        let at_once = Program::new();
        let again = written(&at_once, pieces);
        let output = at_once.output(&["ingest", again.to_str().expect("UTF-8"), option, large]);
        assert_eq!(output.status.code(), Some(0), "{option}: {output:?}");
        assert_same(&dump(&program), &dump(&at_once), &format!("{option}: in two steps or in one"));
        // What is whole stays so under a smaller budget.
        at_once.output(&[&["ingest", again.to_str().expect("UTF-8")][..], &small].concat());
        assert_same(&dump(&program), &dump(&at_once), &format!("{option}: a smaller budget afterwards"));
    };
    check("--max-entry", Some("60kB"), "64kB", &pieces());
    check("--max-archive", Some("100KiB"), "1MiB", &pieces());
    check("--max-document", Some("10000"), "1MB", &pieces());
    check("--max-entries", Some("1"), "3", &pieces());
    check("--max-entries", Some("2"), "1000", &with_bomb[..3]);
    check("--max-ratio", None, "1100", &with_bomb);
}
