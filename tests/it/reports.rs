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
