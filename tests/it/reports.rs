//! What an ingest reports adds up: every record of the archive once, whatever had to be computed again for it.

use std::collections::BTreeMap;

use throwback::ingest::ArchiveReport;
use throwback::model::Generation;
use throwback::testing::{Life, Packing, Size, Writing, write};

use crate::support::TestHome;

/// Records of the archive that was brought in last, by kind.
fn held(home: &TestHome) -> BTreeMap<String, i64> {
    let rows = home.rows(
        "SELECT k.name AS kind, count(DISTINCT r.id) AS n
           FROM (SELECT e.archive_id, s.record_id FROM entry e JOIN sighting s ON s.reading_id = e.reading_id
                  UNION SELECT e.archive_id, u.record_id FROM entry e JOIN unlisted u ON u.entry_id = e.id) seen
           JOIN record r ON r.id = seen.record_id JOIN kind k ON k.code = r.kind
          WHERE seen.archive_id = (SELECT max(id) FROM archive) GROUP BY k.name",
    );
    rows.iter().map(|row| (row.text("kind").expect("a kind").to_owned(), row.integer("n").expect("a number"))).collect()
}

fn told(report: &ArchiveReport) -> BTreeMap<String, i64> {
    let n = |counts: &throwback::ingest::KindCounts| counts.new + counts.merged + counts.unchanged;
    let counts = report.records.iter().filter(|(_, counts)| n(counts) > 0);
    counts.map(|(kind, counts)| (kind.name().to_owned(), i64::try_from(n(counts)).expect("a small number"))).collect()
}

#[test]
fn a_record_is_counted_once_when_a_longer_copy_comes() {
    let life = Life::new(5, Size::small());
    let folder = tempfile::tempdir().expect("a folder");
    for generation in [Generation::A, Generation::D] {
        let writing = Writing::new(generation);
        let whole = folder.path().join(format!("{}.zip", writing.archive_name(&life, 0).trim_end_matches(".zip")));
        write(&life, &writing).write_zip(&whole, &Packing::default()).expect("a ZIP");
        let bytes = std::fs::read(&whole).expect("a ZIP");
        for order in [[75, 90, 100], [90, 100, 75], [100, 75, 90]] {
            let home = TestHome::new();
            for percent in order {
                let copy = folder.path().join(format!("{percent}"));
                std::fs::create_dir_all(&copy).expect("a folder");
                let copy = copy.join(whole.file_name().expect("a name"));
                std::fs::write(&copy, &bytes[..bytes.len() * percent / 100]).expect("a copy");
                let [report] = &home.ingest(&copy)[..] else { panic!("one archive") };
                let what = format!("{} {percent} of {order:?}", generation.name());
                assert_eq!(told(report), held(&home), "{what}");
            }
        }
    }
}

/// What is said about files that are missing from a download of these files.
fn missing(files: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("instagram-mia.example-2024-03-02-Ab3dE5fG");
    for (path, content) in files {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        std::fs::write(path, content).expect("a file is written");
    }
    let home = TestHome::of(&[root]);
    let rows = home.rows("SELECT sentence FROM findings WHERE code = 'missing_media'");
    rows.iter().map(|row| row.text("sentence").expect("a sentence")).collect::<Vec<_>>().join("|")
}

#[test]
fn other_parts_are_asked_for_only_where_they_may_help() {
    const PARTS: &str = "several parts";
    let chat = |uri: &str| {
        format!(
            r#"{{"participants": ["Mia", "Grace"], "threadName": "Grace", "messages": [
                {{"senderName": "Grace", "text": "", "timestamp": 1709550000120, "type": "media", "media": [{{"uri": "{uri}"}}], "reactions": [], "isUnsent": false}}]}}"#
        )
    };
    let placeholder = missing(&[("messages/Grace_1.json", &chat("Failed to download media"))]);
    assert!(placeholder.contains("Failed to download media. It was not delivered"), "{placeholder}");
    assert!(!placeholder.contains(PARTS), "{placeholder}");
    let missing_file = missing(&[("messages/Grace_1.json", &chat("./media/0d5b.jpeg"))]);
    assert!(missing_file.contains(PARTS), "{missing_file}");
    let file = ("media/other.jpeg", "x");
    assert!(!missing(&[("messages/Grace_1.json", &chat("./media/0d5b.jpeg")), file]).contains(PARTS));

    let post =
        |path: &str| format!(r#"{{"media": [{{"uri": "{path}", "creation_timestamp": 1700000000, "title": "x"}}]}}"#);
    let posts = [post("media/posts/202311/17900000000000001.jpg"), post("media/posts/202312/17900000000000002.jpg")];
    let posts = ("your_instagram_activity/media/posts_1.json", &*format!("[{}]", posts.join(",")));
    let one = ("media/posts/202311/17900000000000003.jpg", "x");
    let two = ("media/posts/202312/17900000000000004.jpg", "y");
    assert!(missing(&[posts]).contains(PARTS));
    assert!(missing(&[posts, one]).contains(PARTS));
    let whole = missing(&[posts, one, two]);
    assert!(whole.starts_with("2 references lead") && !whole.contains(PARTS), "{whole}");
}
