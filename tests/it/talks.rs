//! One account as JSON, as pages and as flat files: every message is one record, and the zones of clocks are found.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono_tz::Tz;
use throwback::model::Generation;
use throwback::testing::{Clock, Life, Packing, Size, Truth, Writing, write};

use crate::support::{TestHome, assert_same};

fn archive(life: &Life, writing: &Writing, folder: &Path, name: &str) -> PathBuf {
    // Deliveries of one day differ in nothing but their content: each lies in a folder of its own.
    let path = folder.join(name).join(writing.archive_name(life, 0)).with_added_extension("zip");
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    write(life, writing).write_zip(&path, &Packing::default()).expect("a ZIP");
    path
}

fn orders<T: Clone>(things: &[T]) -> Vec<Vec<T>> {
    if things.len() < 2 {
        return vec![things.to_vec()];
    }
    (0..things.len())
        .flat_map(|first| {
            let mut rest = things.to_vec();
            let first = rest.remove(first);
            orders(&rest).into_iter().map(move |order| [vec![first.clone()], order].concat())
        })
        .collect()
}

/// A message to the minute: text, share, seconds of a call.
type Said = (i64, String, String, i64);

fn true_ones(truth: &Truth) -> BTreeMap<Said, usize> {
    let mut said = BTreeMap::new();
    for message in &truth.messages {
        let words = |text: Option<&String>| text.map_or_else(String::new, |text| text.trim().to_owned());
        let share = message.share_url.as_deref().and_then(|url| url.split('?').next()).unwrap_or_default().to_owned();
        let minute = message.at_ms.div_euclid(60_000);
        let text = words(message.text.as_ref());
        *said.entry((minute, text, share, message.call_seconds.unwrap_or_default())).or_default() += 1;
    }
    said
}

fn held(home: &TestHome) -> BTreeMap<Said, usize> {
    let mut said = BTreeMap::new();
    for row in home.rows("SELECT at_ms, text, share_url, call_seconds FROM messages") {
        let text = row.text("text").unwrap_or_default().trim().to_owned();
        let share = row.text("share_url").and_then(|url| url.split('?').next()).unwrap_or_default().to_owned();
        let minute = row.integer("at_ms").expect("a time").div_euclid(60_000);
        *said.entry((minute, text, share, row.integer("call_seconds").unwrap_or_default())).or_default() += 1;
    }
    said
}

fn assert_true(home: &TestHome, truth: &Truth, what: &str) {
    let (held, true_ones) = (held(home), true_ones(truth));
    let missed: Vec<_> = true_ones.iter().filter(|(said, n)| held.get(said) < Some(n)).take(5).collect();
    let doubled: Vec<_> = held.iter().filter(|(said, n)| true_ones.get(said) < Some(n)).take(5).collect();
    let (n_held, n_true) = (held.values().sum::<usize>(), truth.messages.len());
    assert!(
        missed.is_empty() && doubled.is_empty(),
        "{what}: {n_held} held, {n_true} true\nmissed: {missed:#?}\ndoubled: {doubled:#?}"
    );
}

fn zones(home: &TestHome) -> Vec<String> {
    let rows = home.rows("SELECT zone FROM snapshots WHERE format = 'html' OR generation = 'A' ORDER BY date, id");
    rows.iter().map(|row| row.text("zone").unwrap_or("none").to_owned()).collect()
}

/// Ingests these downloads in every order: the same comes out, and it is the truth. Gives the home of the last order.
fn check(life: &Life, writings: &[Writing], what: &str) -> TestHome {
    let folder = tempfile::tempdir().expect("a folder");
    let archives: Vec<PathBuf> = writings
        .iter()
        .enumerate()
        .map(|(number, writing)| archive(life, writing, folder.path(), &number.to_string()))
        .collect();
    let truth = Truth::of(life, writings);
    let mut first: Option<Vec<String>> = None;
    let mut last = None;
    for order in orders(&archives) {
        let home = TestHome::of(&order);
        let names: Vec<_> = order.iter().map(|path| path.parent().and_then(Path::file_name)).collect();
        let what = format!("{what}, in the order {names:?}");
        assert_true(&home, &truth, &what);
        let dump = home.dump();
        match &first {
            Some(first) => assert_same(first, &dump, &what),
            None => first = Some(dump),
        }
        last = Some(home);
    }
    last.expect("a home")
}

#[test]
fn json_and_pages_of_one_day_are_one_in_any_zone() {
    let life = Life::new(1, Size::small());
    for (zone, found) in [
        (Tz::America__Los_Angeles, "America/Los_Angeles"),
        (Tz::Europe__Berlin, "Europe/Berlin"),
        (Tz::Pacific__Auckland, "Pacific/Auckland"),
        (Tz::America__St_Johns, "America/St_Johns"),
    ] {
        let writings = [Writing::new(Generation::D), Writing::new(Generation::C).html().in_zone(zone)];
        let home = check(&life, &writings, zone.name());
        assert_eq!(zones(&home), [found]);
        assert_eq!(home.number("SELECT count(*) FROM messages WHERE precision <> 'ms'"), 0, "{zone}");
        assert_eq!(n_talks(&home), talks_of(&life), "{zone}");
    }
}

fn n_talks(home: &TestHome) -> i64 {
    home.number("SELECT count(*) FROM threads WHERE n_messages > 0")
}

fn talks_of(life: &Life) -> i64 {
    i64::try_from(life.threads().iter().filter(|thread| thread.n_messages > 0).count()).expect("few")
}

#[test]
fn pages_older_and_newer_than_json_are_one_with_it() {
    let life = Life::new(2, Size::small());
    let dates = life.dates(3, 70);
    for (name, at) in [("pages first", [dates[0], dates[1]]), ("JSON first", [dates[1], dates[0]])] {
        let writings = [
            Writing::new(Generation::C).html().in_zone(Tz::Europe__Berlin).at(at[0]),
            Writing::new(Generation::E).at(at[1]),
        ];
        let home = check(&life, &writings, name);
        assert_eq!(zones(&home), ["Europe/Berlin"], "{name}");
    }
}

#[test]
fn pages_alone_take_the_zone_of_others_of_the_account() {
    let life = Life::new(3, Size::small());
    let dates = life.dates(3, 90);
    let zone = Tz::America__St_Johns;
    let writings = [
        Writing::new(Generation::C).html().in_zone(zone).at(dates[1]),
        // Nothing that the JSON has: the zone is that of the other pages.
        Writing::new(Generation::C).html().in_zone(zone).at(dates[2]).since(dates[1] + 86_400_000),
        Writing::new(Generation::D).at(dates[0]),
    ];
    let home = check(&life, &writings, "two of pages");
    assert_eq!(zones(&home), ["America/St_Johns"; 2]);
    assert_eq!(home.number("SELECT count(*) FROM snapshots WHERE zone_ground LIKE 'as in the download%'"), 1);
}

#[test]
fn flat_rows_are_one_with_json_and_pages_in_any_clock() {
    let life = Life::new(4, Size { messages: 150, ..Size::small() });
    let dates = life.dates(2, 50);
    for (clock, zone) in
        [(Clock::Offset, "none"), (Clock::NaiveUtc, "UTC"), (Clock::NaivePacific, "America/Los_Angeles")]
    {
        let writings = [
            Writing::new(Generation::A).clocked(clock).at(dates[0]),
            Writing::new(Generation::C).html().in_zone(Tz::Australia__Adelaide).at(dates[1]),
            Writing::new(Generation::D).at(dates[1]),
        ];
        let home = check(&life, &writings, &format!("{clock:?}"));
        assert_eq!(zones(&home), [zone, "Australia/Adelaide"]);
        assert_eq!(n_talks(&home), talks_of(&life), "{clock:?}");
    }
}
