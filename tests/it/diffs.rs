//! What came, went and changed between two downloads.

use std::collections::BTreeMap;

use throwback::home::Difference;

use crate::small_download::Small;
use crate::support::{TestHome, fixtures};

fn differences(home: &TestHome, first: &str, second: &str) -> Vec<Difference> {
    let store = home.home.reader().expect("a home");
    let id = |typed: &str| store.snapshot_ids(typed).expect("ids").pop().expect("a snapshot");
    home.home.diff(&id(first), &id(second)).expect("an answer").expect("one account")
}

/// How many records of each kind became what.
fn counts(differences: &[Difference]) -> BTreeMap<(&'static str, &'static str), usize> {
    let mut counts = BTreeMap::new();
    for difference in differences {
        *counts.entry((difference.kind.name(), difference.change.name())).or_insert(0) += 1;
    }
    counts
}

/// The numbers are those of the fixtures' description: what happened between the two downloads.
#[test]
fn the_sample_tells_what_happened_in_between() {
    let home = TestHome::of(&[fixtures().join("sample")]);
    let there = differences(&home, "2022", "2024");
    let counts = counts(&there);
    let n = |kind, change| counts.get(&(kind, change)).copied().unwrap_or_default();
    assert_eq!(n("message", "gone"), 1, "one was unsent");
    assert_eq!(n("message", "not_covered"), 0);
    assert_eq!(n("post", "changed"), 2, "a caption, and one moved to the archive");
    assert_eq!(n("post", "gone"), 0);
    assert_eq!(n("search", "gone"), 0, "searches pass by themselves");
    assert_eq!(n("search", "not_covered"), 6);
    let caption = there.iter().flat_map(|one| &one.fields).find(|field| field.field == "text").expect("a caption");
    assert!(caption.after.as_deref().is_some_and(|text| text.contains("Grace für das Foto")), "{caption:?}");
    let gone: i64 = home.number("SELECT count(*) FROM records WHERE is_gone");
    let told = there.iter().filter(|one| one.change.name() == "gone").count();
    assert_eq!(i64::try_from(told).expect("few"), gone, "one model judges both");
    // Back in time nothing is gone that was not there yet.
    let back = differences(&home, "2024", "2022");
    assert!(back.iter().filter(|one| one.change.name() == "gone").count() < 10);
    assert!(differences(&home, "2024", "2024").is_empty());
}

/// One account, asked for on one day in five languages: nothing became of anything.
#[test]
fn another_language_is_no_change() {
    let twins = ["us", "gb", "de", "fr", "ko"];
    let home = TestHome::of(&twins.map(|twin| fixtures().join(format!("d_twin_{twin}"))));
    let ids: Vec<String> =
        home.rows("SELECT id FROM snapshots").iter().filter_map(|row| row.text("id").map(str::to_owned)).collect();
    assert_eq!(ids.len(), twins.len());
    for (first, second) in ids.iter().flat_map(|one| ids.iter().map(move |other| (one, other))) {
        let changed: Vec<String> = differences(&home, first, second)
            .iter()
            .filter(|one| ["changed", "impoverished", "gone"].contains(&one.change.name()))
            .map(|one| format!("{} {}: {:?}", one.kind.name(), one.change.name(), one.fields))
            .collect();
        assert_eq!(changed, [] as [&str; 0], "{first} {second}");
    }
}

#[test]
fn what_a_range_leaves_out_is_not_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = TestHome::of(&[
        Small::whole().write(folder.path(), "2020-06-01"),
        Small::whole().since(50 * 86_400).write(folder.path(), "2021-06-01"),
    ]);
    let differences = differences(&home, "2020", "2021");
    assert!(!differences.is_empty());
    assert!(differences.iter().all(|one| one.change.name() == "not_covered"), "{:?}", counts(&differences));
}
