//! A row of the tables: a threat, the archive that makes it, what must be found and what must survive.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;
use throwback::model::{ContentHash, FindingCode, Severity};
use throwback::testing::raw_zip::{Piece, Zip, deflated, stored};

use super::world::{SECRET, World, assert_ended, assert_inert, json};

pub const NAME: &str = "instagram-mia.example-2024-03-02-Ab3dE5fG.zip";
pub const POSTS: &str = "your_instagram_activity/content/posts_1.json";
pub const PICTURE: &str = "media/posts/202403/17900000000000001.jpg";
pub const THREAD: &str = "your_instagram_activity/messages/inbox/leo_17840000000000001/message_1.json";
pub const PICTURE_BYTES: &str = "invented pixels";

/// The neighbours: a post with its picture, and a thread of two messages.
pub fn neighbours() -> Vec<Piece> {
    vec![
        deflated(POSTS, POST),
        stored(PICTURE, PICTURE_BYTES),
        deflated(THREAD, &thread(r#"{"sender_name":"Leo","timestamp_ms":1650000000500,"content":"how are you"}"#)),
    ]
}

const POST: &str = r#"[{"media": [{"uri": "media/posts/202403/17900000000000001.jpg", "creation_timestamp": 1709400000, "title": "Garden"}]}]"#;

/// A thread with these messages.
pub fn thread(messages: &str) -> String {
    format!(
        r#"{{"participants":[{{"name":"Leo"}},{{"name":"Mia"}}],"messages":[{{"sender_name":"Leo","timestamp_ms":1650000000123,"content":"hello"}},{messages}],"title":"Leo","thread_path":"inbox/leo_17840000000000001"}}"#
    )
}

/// Texts of the neighbours' records.
const SAID: [&str; 3] = ["Garden", "hello", "how are you"];

/// The neighbours with more behind them.
pub fn with(more: impl IntoIterator<Item = Piece>) -> Zip {
    let mut pieces = neighbours();
    pieces.extend(more);
    Zip::of(&pieces)
}

pub struct Case {
    name: String,
    put: Box<dyn Fn(&Path)>,
    codes: &'static [&'static str],
    /// Records beside those of the neighbours.
    n_more: i64,
    /// Contents that must come back byte for byte.
    kept: Vec<Vec<u8>>,
    /// Neighbours that the threat hits: places in `SAID`.
    hit: &'static [usize],
    has_picture: bool,
    is_refused: bool,
}

impl Case {
    pub fn zip(name: impl Into<String>, zip: &Zip) -> Self {
        Self::bytes(name, zip.build())
    }

    pub fn bytes(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self::folder(name, move |downloads| fs::write(downloads.join(NAME), &bytes).expect("a ZIP"))
    }

    /// The neighbours and one more document.
    pub fn document(name: impl Into<String>, path: &str, body: impl AsRef<[u8]>) -> Self {
        Self::zip(name, &with([throwback::testing::raw_zip::deflated_bytes(path, body.as_ref())])).keeps(body)
    }

    /// The neighbours as files of a folder, with something done to it.
    pub fn unpacked(name: impl Into<String>, then: impl Fn(&Path) + 'static) -> Self {
        Self::folder(name, move |downloads| {
            let root = downloads.join("instagram-mia.example-2024-03-02-Ab3dE5fG");
            let zip = downloads.join("packed.zip");
            fs::write(&zip, with([]).build()).expect("a ZIP");
            zip::ZipArchive::new(fs::File::open(&zip).expect("a ZIP"))
                .expect("a ZIP")
                .extract(&root)
                .expect("unpacked");
            fs::remove_file(zip).expect("it goes");
            then(&root);
        })
    }

    /// Whatever lies among the downloads.
    pub fn folder(name: impl Into<String>, put: impl Fn(&Path) + 'static) -> Self {
        let name = name.into();
        Self {
            name,
            put: Box::new(put),
            codes: &[],
            n_more: 0,
            kept: Vec::new(),
            hit: &[],
            has_picture: true,
            is_refused: false,
        }
    }

    /// Exactly these codes are found, beside those of severity info.
    pub fn finds(mut self, codes: &'static [&'static str]) -> Self {
        self.codes = codes;
        self
    }

    pub fn reads(mut self, n_more: i64) -> Self {
        self.n_more = n_more;
        self
    }

    pub fn keeps(mut self, content: impl AsRef<[u8]>) -> Self {
        self.kept.push(content.as_ref().to_vec());
        self
    }

    pub fn hits(mut self, places: &'static [usize]) -> Self {
        self.hit = places;
        self
    }

    /// The threat hits the neighbours' picture.
    pub fn lacks_the_picture(mut self) -> Self {
        self.has_picture = false;
        self
    }

    /// Nothing of it is an archive.
    pub fn refused(mut self) -> Self {
        self.is_refused = true;
        self
    }

    /// Lets it loose and says what does not hold.
    fn check(&self) {
        let what = self.name.as_str();
        let world = World::new();
        (self.put)(&world.downloads());
        let before = world.surroundings();
        let output = world.run(&["ingest", "--json", "downloads"]);
        assert_ended(&output, what);
        assert_eq!(world.surroundings(), before, "{what}: something changed outside the home");
        world.assert_home_is_sound(what);
        let rows = json(&output, what);
        let found: Vec<&Value> = rows.iter().filter(|row| row["code"].is_string()).collect();
        let is_grave = |row: &&&Value| row["severity"] != "info";
        let codes: BTreeSet<&str> = found.iter().filter(is_grave).filter_map(|row| row["code"].as_str()).collect();
        let expected: BTreeSet<&str> = self.codes.iter().copied().collect();
        let told: Vec<String> = found.iter().map(|row| format!("{}: {}", row["code"], row["sentence"])).collect();
        assert_eq!(codes, expected, "{what}: {told:#?}");
        assert_eq!(output.status.code(), Some(self.exit()), "{what}: {}", String::from_utf8_lossy(&output.stderr));
        if !self.is_refused {
            self.check_what_is_held(&world);
        }
        for command in [&["findings"][..], &["snapshots", "-v"], &["probe", "downloads"], &["ingest", "downloads"]] {
            let output = world.run(command);
            assert_ended(&output, what);
            assert_inert(&output, &format!("{what}: {command:?}"));
        }
        assert_eq!(world.surroundings(), before, "{what}: something changed outside the home");
    }

    fn exit(&self) -> i32 {
        let severity = |name: &&str| FindingCode::from_name(name).expect("a code").severity();
        match self.codes.iter().any(|code| severity(code) == Severity::Error) {
            _ if self.is_refused => 3,
            true => 4,
            false => 0,
        }
    }

    fn check_what_is_held(&self, world: &World) {
        let what = self.name.as_str();
        for (place, said) in SAID.iter().enumerate() {
            let n_expected = i64::from(!self.hit.contains(&place));
            let n = world.number(&format!("SELECT count(*) FROM records WHERE text = '{said}'"));
            assert_eq!(n, n_expected, "{what}: {said}");
        }
        let n_records = world.number("SELECT count(*) FROM records");
        let n_hit = i64::try_from(self.hit.len()).expect("few");
        assert_eq!(n_records - 3 + n_hit, self.n_more, "{what}: records beside those of the neighbours");
        let kept = self.kept.iter().map(Vec::as_slice);
        let picture = Some(PICTURE_BYTES.as_bytes()).filter(|_| self.has_picture);
        for content in kept.chain(picture) {
            let hash = ContentHash::of(content).to_hex();
            let sql = format!("SELECT count(*) FROM entries WHERE hash = '{hash}'");
            assert!(world.number(&sql) > 0, "{what}: a content is not held: {:.60}", String::from_utf8_lossy(content));
        }
        let silent = "SELECT path FROM entries e WHERE fate <> 'folder' AND hash IS NULL
                         AND NOT EXISTS (SELECT 1 FROM findings f WHERE f.path = e.path AND (f.severity = 'error' OR f.code = 'odd_entry'))";
        assert_eq!(world.rows(silent).len(), 0, "{what}: entries without bytes and without a word");
        let unaccounted = "SELECT count(*) FROM documents d WHERE n_items <> n_read + n_kept + n_bad
                            AND NOT EXISTS (SELECT 1 FROM findings f WHERE f.path = d.path AND f.code = 'count_mismatch')";
        assert_eq!(world.number(unaccounted), 0, "{what}: items without a fate");
        let foreign = format!("SELECT count(*) FROM records WHERE text LIKE '%{SECRET}%' OR text LIKE '%root:x:0%'");
        assert_eq!(world.number(&foreign), 0, "{what}: text from outside the archive");
    }
}

/// Lets all cases of a table loose, and tells of all that fail.
#[track_caller]
pub fn check_all(cases: impl IntoIterator<Item = Case>) {
    let cases: Vec<Case> = cases.into_iter().collect();
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len(), "two cases have one name");
    let mut failures = Vec::new();
    for case in &cases {
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| case.check()));
        if let Err(told) = outcome {
            let told = told.downcast_ref::<String>().map_or("a panic", String::as_str);
            failures.push(told.to_owned());
        }
    }
    assert!(failures.is_empty(), "{} of {} cases:\n{}", failures.len(), cases.len(), failures.join("\n----\n"));
}
