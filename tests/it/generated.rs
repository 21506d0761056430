//! Invented lives with a known truth: what comes out of a download is what was put in.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use throwback::model::{Generation, Kind};
use throwback::testing::{Language, Life, Packing, Size, Truth, Writing, write};

use crate::support::TestHome;

/// One message as both sides can say it: time, author, text, media ids, reactions, link, shared text, seconds of a call.
type Said = (i64, String, String, BTreeSet<String>, BTreeSet<(String, String)>, String, String, i64);

fn said_by(truth: &Truth) -> BTreeMap<Said, usize> {
    let mut said = BTreeMap::new();
    for message in &truth.messages {
        let text = message.text.clone().unwrap_or_default();
        let media = message.media_ids.iter().cloned().collect();
        let share = message.share_text.clone().unwrap_or_default();
        let url = without_query(message.share_url.as_deref().unwrap_or_default());
        let seconds = message.call_seconds.unwrap_or_default();
        let key = (message.at_ms, message.author.clone(), text, media, message.reactions.clone(), url, share, seconds);
        *said.entry(key).or_default() += 1;
    }
    said
}

fn without_query(url: &str) -> String {
    url.split('?').next().unwrap_or_default().to_owned()
}

fn said_in(home: &TestHome) -> BTreeMap<Said, usize> {
    let mut media: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in home.rows("SELECT record_id, media_id FROM attachments WHERE media_id IS NOT NULL") {
        media.entry(text(&row, "record_id")).or_default().insert(text(&row, "media_id"));
    }
    let mut reactions: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    for row in home.rows("SELECT record_id, actor, reaction FROM reactions") {
        let emoji = text(&row, "reaction").chars().filter(|c| *c != '\u{fe0f}').collect();
        reactions.entry(text(&row, "record_id")).or_default().insert((text(&row, "actor"), emoji));
    }
    let mut said = BTreeMap::new();
    for row in home.rows("SELECT * FROM messages") {
        let id = text(&row, "id");
        let key = (
            row.integer("at_ms").expect("a time"),
            text(&row, "sender"),
            text(&row, "text"),
            media.remove(&id).unwrap_or_default(),
            reactions.remove(&id).unwrap_or_default(),
            without_query(&text(&row, "share_url")),
            text(&row, "share_text"),
            row.integer("call_seconds").unwrap_or_default(),
        );
        *said.entry(key).or_default() += 1;
    }
    said
}

fn text(row: &throwback::store::NamedRow, column: &str) -> String {
    row.text(column).unwrap_or_default().to_owned()
}

fn archive(life: &Life, writing: &Writing, folder: &Path) -> PathBuf {
    let path = folder.join(writing.archive_name(life, 0));
    write(life, writing).write_zip(&path, &Packing::default()).expect("a ZIP");
    path
}

fn assert_messages(home: &TestHome, truth: &Truth, what: &str) {
    let (held, true_ones) = (said_in(home), said_by(truth));
    let missing: Vec<_> = true_ones.iter().filter(|(said, n)| held.get(said) != Some(n)).take(3).collect();
    let surplus: Vec<_> = held.iter().filter(|(said, n)| true_ones.get(said) != Some(n)).take(3).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "{what}\nmissing: {missing:#?}\nsurplus: {surplus:#?}");
}

fn assert_counts(home: &TestHome, truth: &Truth, what: &str) {
    let held = home.kinds();
    let wrong: Vec<String> = truth
        .counts
        .iter()
        .filter(|(kind, n)| held.get(kind.name()).copied().unwrap_or_default() != i64::try_from(**n).expect("small"))
        .map(|(kind, n)| format!("{}: {:?} held, {n} true", kind.name(), held.get(kind.name())))
        .collect();
    assert!(wrong.is_empty(), "{what}: {wrong:#?}");
}

#[test]
fn every_generation_gives_the_life_that_was_written() {
    for generation in [Generation::C, Generation::D, Generation::E] {
        for seed in 1..=3 {
            let life = Life::new(seed, Size::small());
            let writings = [Writing::new(generation)];
            let folder = tempfile::tempdir().expect("a folder");
            let home = TestHome::of(&[archive(&life, &writings[0], folder.path())]);
            let truth = Truth::of(&life, &writings);
            let what = format!("generation {}, seed {seed}", generation.name());
            assert_messages(&home, &truth, &what);
            assert_counts(&home, &truth, &what);
            assert_eq!(home.number("SELECT count(*) FROM findings WHERE severity = 'error'"), 0, "{what}");
        }
    }
}

#[test]
fn every_language_gives_the_life_that_was_written() {
    for generation in [Generation::C, Generation::D, Generation::E] {
        for language in Language::ALL {
            let life = Life::new(4, Size::small());
            let writings = [Writing::new(generation).in_language(language)];
            let folder = tempfile::tempdir().expect("a folder");
            let home = TestHome::of(&[archive(&life, &writings[0], folder.path())]);
            let truth = Truth::of(&life, &writings);
            let what = format!("generation {}, {}", generation.name(), language.code());
            assert_messages(&home, &truth, &what);
            assert_counts(&home, &truth, &what);
            let errors = home.rows("SELECT code, path, sentence FROM findings WHERE severity = 'error'");
            assert!(errors.is_empty(), "{what}: {errors:#?}");
        }
    }
}

#[test]
fn two_downloads_of_a_life_give_its_messages_and_posts_once_in_either_order() {
    for seed in 1..=3 {
        let life = Life::new(seed, Size::small());
        let dates = life.dates(2, 70);
        let writings = [Writing::new(Generation::D).at(dates[0]), Writing::new(Generation::E).at(dates[1])];
        let folder = tempfile::tempdir().expect("a folder");
        let archives: Vec<PathBuf> = writings.iter().map(|writing| archive(&life, writing, folder.path())).collect();
        let forward = TestHome::of(&archives);
        let truth = Truth::of(&life, &writings);
        let held = forward.kinds();
        for kind in [Kind::Message, Kind::Post, Kind::Reel, Kind::Story] {
            let n = held.get(kind.name()).copied().unwrap_or_default();
            assert_eq!(usize::try_from(n).ok(), truth.counts.get(&kind).copied(), "seed {seed}: {}", kind.name());
        }
        let backward = TestHome::of(&archives.iter().rev().cloned().collect::<Vec<_>>());
        crate::support::assert_same(&forward.dump(), &backward.dump(), &format!("seed {seed}"));
    }
}

#[test]
fn a_text_is_found_by_typing_it_in_any_script() {
    let life = Life::new(7, Size::small());
    let folder = tempfile::tempdir().expect("a folder");
    let home = TestHome::of(&[archive(&life, &Writing::new(Generation::D), folder.path())]);
    let mut searcher = home.home.searcher("a test").expect("a searcher");
    let now = chrono::DateTime::from_timestamp(1_770_000_000, 0).expect("a time");
    let mut n_searched = 0;
    for row in home.rows("SELECT text FROM messages WHERE text IS NOT NULL AND subkind = 'text' ORDER BY id LIMIT 200")
    {
        let text = row.text("text").expect("a text");
        let word = text.split_whitespace().find(|word| word.chars().any(char::is_alphanumeric));
        let Some(word) = word else { continue };
        let query = throwback::query::parse(&format!("\"{}\"", word.replace('"', ""))).expect("a phrase parses");
        let compiled = searcher.compile(&query, &now).expect("a query that compiles");
        let options = throwback::home::SearchOptions { limit: 0, ..Default::default() };
        let answer = searcher.search(&compiled, &options).expect("an answer");
        assert!(
            answer.found.iter().any(|found| found.record.text("text") == Some(text)),
            "{word:?} does not find {text:?}"
        );
        n_searched += 1;
    }
    assert!(n_searched > 100);
}
