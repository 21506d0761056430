//! One life in downloads of every generation and both formats, in one home: each thing is one record.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use throwback::ingest::Silent;
use throwback::model::{Generation, Kind};
use throwback::testing::{Life, OwnSort, Packing, Size, Truth, Writing, day_ms, write};

use crate::support::{TestHome, assert_same};

fn archive(life: &Life, writing: &Writing, folder: &Path, number: usize) -> PathBuf {
    let path = folder.join(number.to_string()).join(writing.archive_name(life, 0)).with_added_extension("zip");
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
    write(life, writing).write_zip(&path, &Packing::default()).expect("a ZIP");
    path
}

fn archives(life: &Life, writings: &[Writing], folder: &Path) -> Vec<PathBuf> {
    writings.iter().zip(0..).map(|(writing, number)| archive(life, writing, folder, number)).collect()
}

/// Without messages: which of them are one is told elsewhere.
fn life(seed: u64) -> Life {
    Life::new(seed, Size { messages: 0, media_messages: 0, ..Size::small() })
}

/// When everything of a kind happened, to the minute.
fn minutes(life: &Life, kind: Kind) -> Option<BTreeMap<i64, usize>> {
    fn times<T>(things: &[T], at_ms: impl Fn(&T) -> i64) -> Vec<i64> {
        things.iter().map(at_ms).collect()
    }
    let activity = life.activity();
    let own = |sorts: &[OwnSort]| times(life.own(), |own| if sorts.contains(&own.sort) { own.at_ms } else { 0 });
    let all = match kind {
        Kind::Post => own(&[OwnSort::Post]),
        Kind::Reel => own(&[OwnSort::Reel, OwnSort::Igtv]),
        Kind::Story => own(&[OwnSort::Story]),
        Kind::ProfilePhoto => own(&[OwnSort::ProfilePhoto]),
        Kind::Comment => times(&activity.comments, |one| one.at_ms),
        Kind::Like => times(&activity.likes, |one| one.at_ms),
        Kind::Save => times(&activity.saves, |one| one.at_ms),
        Kind::Collection => times(&activity.collections, |one| one.at_ms),
        Kind::StoryInteraction => times(&activity.interactions, |one| one.at_ms),
        Kind::Search => times(&activity.searches, |one| one.at_ms),
        Kind::Follow => times(&activity.relations, |one| one.at_ms),
        Kind::ProfileChange => times(&activity.changes, |one| one.at_ms),
        Kind::Login => times(&activity.logins, |one| one.at_ms),
        Kind::Visit => times(&activity.visits, |one| one.at_ms),
        Kind::View => times(&activity.views, |one| one.at_ms),
        Kind::Ad => times(&activity.ads, |one| one.at_ms),
        Kind::Note => times(&activity.notes, |one| one.at_ms),
        _ => return None,
    };
    let mut minutes = BTreeMap::new();
    for at_ms in all {
        *minutes.entry(at_ms.div_euclid(60_000)).or_insert(0) += 1;
    }
    Some(minutes)
}

/// Of every kind but messages there are as many records as things, and none at a time at which nothing happened, or more
/// than happened then: nothing is missed, doubled or wrongly merged.
fn assert_true(home: &TestHome, life: &Life, writings: &[Writing], what: &str) {
    let mut wrong = Vec::new();
    let held = home.kinds();
    for (kind, n) in Truth::counts(life, writings).into_iter().filter(|(kind, _)| *kind != Kind::Message) {
        let n_held = held.get(kind.name()).copied().unwrap_or_default();
        if usize::try_from(n_held).ok() != Some(n) {
            wrong.push(format!("{}: {n} true, {n_held} held", kind.name()));
        }
        let sql = format!("SELECT at_ms, text, url, counterpart FROM records WHERE kind = '{}'", kind.name());
        let mut left = minutes(life, kind);
        for row in home.rows(&sql) {
            let (Some(left), Some(at_ms)) = (&mut left, row.integer("at_ms")) else { continue };
            match left.get_mut(&at_ms.div_euclid(60_000)) {
                Some(n) if *n > 0 => *n -= 1,
                _ => wrong.push(format!("{}: {:?} is one too many", kind.name(), row.values)),
            }
        }
    }
    assert!(wrong.is_empty(), "{what}: {wrong:#?}");
}

/// Dates of downloads, the last at the end of the life.
fn dates() -> Vec<i64> {
    let (begin_ms, end_ms) = (Life::begin_ms(), Life::end_ms());
    // The owner is renamed when 14 of 20 parts are over.
    [11, 13, 15, 17, 20].iter().map(|part| begin_ms + (end_ms - begin_ms) / 20 * part).collect()
}

/// Downloads as somebody may have made them: which, and from the oldest to the newest.
fn histories() -> Vec<(&'static str, Vec<Writing>)> {
    use Generation::{A, C, D, E};
    let dates = dates();
    let new = |generation, date: usize| Writing::new(generation).at(dates[date]);
    let of = |generation, date: usize, (year, month)| new(generation, date).in_the_way_of(day_ms(year, month, 15));
    vec![
        ("A, C, D, E and pages of E", vec![new(A, 0), new(C, 1), new(D, 2), new(E, 3), new(E, 4).html()]),
        (
            "A of 2019, pages of C, comments without links, pages of D, E",
            vec![of(A, 0, (2019, 7)), of(C, 1, (2021, 6)).html(), of(C, 2, (2022, 8)), new(D, 3).html(), new(E, 4)],
        ),
        ("pages of C, A that was made later, D", vec![new(C, 0).html(), new(A, 1), new(D, 2)]),
        ("pages of every generation", vec![new(C, 0).html(), new(D, 1).html(), new(E, 2).html()]),
        ("A in two qualities and E", vec![new(A, 0), Writing { encoding: 1, ..new(A, 1) }, new(E, 2)]),
        ("A and pages of E", vec![new(A, 0), new(E, 4).html()]),
    ]
}

#[test]
fn a_life_in_every_generation_and_format_is_told_once() {
    for seed in 1..=2 {
        let life = life(seed);
        for (what, writings) in histories() {
            let folder = tempfile::tempdir().expect("a folder");
            let archives = archives(&life, &writings, folder.path());
            let home = TestHome::of(&archives);
            let what = format!("seed {seed}, {what}");
            assert_true(&home, &life, &writings, &what);
            if seed > 1 {
                continue;
            }
            let backward: Vec<PathBuf> = archives.iter().rev().cloned().collect();
            assert_same(&home.dump(), &TestHome::of(&backward).dump(), &what);
        }
    }
}

fn orders(n: usize) -> Vec<Vec<usize>> {
    let Some(last) = n.checked_sub(1) else { return vec![Vec::new()] };
    let insert = |order: &Vec<usize>, place: usize| {
        let mut order = order.clone();
        order.insert(place, last);
        order
    };
    orders(last).iter().flat_map(|order| (0..n).map(|place| insert(order, place)).collect::<Vec<_>>()).collect()
}

#[test]
fn every_order_of_four_downloads_gives_the_same() {
    let life = Life::new(5, Size { messages: 0, media_messages: 0, posts: 10, strangers: 6, ..Size::small() });
    let dates = dates();
    let writings = [
        Writing::new(Generation::A).at(dates[0]),
        Writing::new(Generation::C).at(dates[1]).html(),
        Writing::new(Generation::D).at(dates[2]),
        Writing::new(Generation::E).at(dates[3]).html(),
    ];
    let folder = tempfile::tempdir().expect("a folder");
    let archives = archives(&life, &writings, folder.path());
    let first = TestHome::of(&archives);
    assert_true(&first, &life, &writings, "four downloads");
    let first = first.dump();
    for order in orders(4) {
        let path: Vec<PathBuf> = order.iter().map(|number| archives[*number].clone()).collect();
        assert_same(&first, &TestHome::of(&path).dump(), &format!("{order:?}"));
    }
}

#[test]
fn what_an_ingest_leaves_alone_would_come_out_the_same() {
    let life = life(3);
    for (what, writings) in histories() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = TestHome::of(&archives(&life, &writings, folder.path()));
        let before = home.dump();
        // Reads everything again and computes every record anew.
        let (report, _) = home.home.read_documents_again("a test", &AtomicBool::new(false), &Silent).expect("a report");
        assert_same(&before, &home.dump(), what);
        assert!(report.is_unchanged(), "{what}: {report:?}");
    }
}
