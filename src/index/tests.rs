//! The index as a whole, over records in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::ops::ControlFlow;

use chrono::{DateTime, TimeZone, Utc};
use proptest::prelude::*;
use tempfile::TempDir;
use unicode_segmentation::UnicodeSegmentation;

use super::*;
use crate::model::Kind;
use crate::query::{StoredText, parse};

mod talks;

/// Records and their log, as a store would hold them.
struct Memory {
    home: &'static str,
    records: BTreeMap<i64, RecordDocument>,
    log: Vec<i64>,
}

impl Memory {
    fn new(records: Vec<RecordDocument>) -> Self {
        let mut memory = Self { home: "home-1", records: BTreeMap::new(), log: Vec::new() };
        for record in records {
            memory.put(record);
        }
        memory
    }

    fn of_texts<T: AsRef<str>>(texts: &[T]) -> Self {
        let texts = texts.iter().zip(1..);
        Self::new(texts.map(|(text, row)| message(row, text.as_ref())).collect())
    }

    fn put(&mut self, record: RecordDocument) {
        self.log.push(record.row);
        self.records.insert(record.row, record);
    }

    fn remove(&mut self, row: i64) {
        self.log.push(row);
        self.records.remove(&row);
    }

    fn seq(&self) -> u64 {
        self.log.len() as u64
    }
}

impl ChangeFeed for Memory {
    type Error = Infallible;

    fn home_id(&self) -> Result<String, Infallible> {
        Ok(self.home.to_owned())
    }

    fn last_change(&self) -> Result<u64, Infallible> {
        Ok(self.seq())
    }

    fn changes_after(&self, seq: u64, take: &mut dyn FnMut(Change) -> ControlFlow<()>) -> Result<u64, Infallible> {
        for row in self.log.iter().skip(usize::try_from(seq).expect("small")) {
            let change = match self.records.get(row) {
                Some(record) => Change::Put(Box::new(record.clone())),
                None => Change::Remove { row: *row },
            };
            if take(change).is_break() {
                break;
            }
        }
        Ok(self.seq())
    }

    fn all(&self, take: &mut dyn FnMut(RecordDocument) -> ControlFlow<()>) -> Result<u64, Infallible> {
        for record in self.records.values() {
            if take(record.clone()).is_break() {
                break;
            }
        }
        Ok(self.seq())
    }

    fn threads(&self) -> Result<Vec<i64>, Infallible> {
        let threads: BTreeSet<i64> = self.records.values().filter_map(|record| record.thread).collect();
        Ok(threads.into_iter().collect())
    }

    fn said(&self, thread: i64, walk: Walk, take: &mut dyn FnMut(Said) -> ControlFlow<()>) -> Result<(), Infallible> {
        let messages =
            self.records.values().filter(|record| record.thread == Some(thread) && record.kind == Kind::Message);
        let mut said: Vec<Said> =
            messages.filter_map(|record| Some(Said { row: record.row, at_ms: record.at_ms? })).collect();
        said.sort_by_key(|said| (said.at_ms, said.row));
        match walk {
            Walk::From(ms) => said.retain(|said| said.at_ms >= ms),
            Walk::Before(ms) => {
                said.retain(|said| said.at_ms < ms);
                said.reverse();
            }
        }
        for said in said {
            if take(said).is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// Anna is person 1, Ben is 2, I am 9; "Summer trip" is thread 5; there is one account, mia.
struct Known;

impl Names for Known {
    type Error = Infallible;

    fn me(&self) -> Result<Vec<i64>, Infallible> {
        Ok(vec![9])
    }

    fn people(&self, typed: &str) -> Result<Vec<i64>, Infallible> {
        Ok(match typed {
            "anna" | "ann_example" => vec![1],
            "ben" => vec![2],
            "all" => vec![1, 2],
            _ => vec![],
        })
    }

    fn rows_by_text(
        &self,
        _: StoredText,
        wants: &mut dyn FnMut(&str) -> ControlFlow<(), bool>,
    ) -> Result<Vec<i64>, Infallible> {
        // One text, of row 2.
        Ok(if wants("ferries at Nine") == ControlFlow::Continue(true) { vec![2] } else { vec![] })
    }

    fn rows_by_coordinates(&self, wants: &dyn Fn(f64, f64) -> bool) -> Result<Vec<i64>, Infallible> {
        Ok(if wants(48.1, 11.6) { vec![3] } else { vec![] })
    }

    fn records_of_snapshots(&self, typed: &str) -> Result<Option<Vec<i64>>, Infallible> {
        Ok((typed == "2024").then(|| vec![1, 3]))
    }

    fn close_snapshots(&self, _: &str) -> Result<Vec<String>, Infallible> {
        Ok(vec!["2024-03-02-abcd".to_owned()])
    }

    fn threads(&self, typed: &str) -> Result<Vec<i64>, Infallible> {
        Ok(if typed == "summer trip" { vec![5] } else { vec![] })
    }

    fn accounts(&self, typed: &str) -> Result<Vec<i64>, Infallible> {
        Ok(if typed == "mia" { vec![1] } else { vec![] })
    }

    fn close_people(&self, _: &str) -> Result<Vec<String>, Infallible> {
        Ok(vec!["anna".to_owned()])
    }

    fn close_threads(&self, _: &str) -> Result<Vec<String>, Infallible> {
        Ok(vec!["summer trip".to_owned()])
    }

    fn close_accounts(&self, _: &str) -> Result<Vec<String>, Infallible> {
        Ok(vec!["mia".to_owned()])
    }
}

const DAY_MS: i64 = 86_400_000;

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2024, 1, 1, 12, 0, 0).single().expect("a time")
}

fn message(row: i64, text: &str) -> RecordDocument {
    RecordDocument { text: Some(text.to_owned()), ..RecordDocument::new(row, 1, Kind::Message) }
}

fn built(memory: &Memory) -> (TempDir, Index) {
    let home = tempfile::tempdir().expect("a folder for the test");
    let mut index = Index::open(&home.path().join("index")).expect("a missing index opens");
    index.follow(memory).expect("it is built");
    (home, index)
}

fn compiled(query: &str) -> Compiled {
    let query = parse(query).expect("the query is right");
    compile(&query, &Known, &now()).expect("its names are known")
}

fn rows(index: &Index, query: &str) -> Vec<i64> {
    let all = Search { order: None, limit: 0, offset: 0, tiers: Tiers::Exact };
    let mut rows: Vec<i64> =
        index.search(&compiled(query), all).expect("it is searched").hits.iter().map(|hit| hit.row).collect();
    rows.sort_unstable();
    rows
}

#[test]
fn texts_are_found() {
    // A text, what finds it, and what does not.
    let cases: &[(&str, &[&str], &[&str])] = &[
        (
            "my Guitar LESSON moved",
            &["guitar", "lesson guitar", "\"guitar lesson\"", "les*"],
            &["guit", "\"lesson guitar\""],
        ),
        ("te mando un corazón", &["corazon", "CORAZÓN", "coraz*"], &["cora"]),
        ("明日東京駅で会おう", &["東京駅", "明日 会おう", "東京*", "\"京\""], &["京都", "駅東", "京"]),
        ("병원에 다녀왔어", &["병원", "다녀", "\"원\""], &["병아리", "원"]),
        ("ไปส่งที่สนามบินหน่อยสิ", &["สนามบิน"], &["สนามหญ้า"]),
        ("ताज़े फल लाना", &["फल", "ताजे"], &["फूल"]),
        (
            "she wouldn’t budge",
            &["wouldnt", "wouldn't", "\"she wouldnt\"", "\"wouldnt budge\"", "\"wouldn't budge\""],
            &["would"],
        ),
        ("re-do the test", &["redo", "re-do", "\"re do\"", "re-d*", "red*"], &["re-done"]),
        ("pls 🙏🏿 now", &["🙏", "🙏🏽", "🙏now", "pls🙏"], &["🤝"]),
        ("vai 🇧🇷!", &["🇧🇷"], &["🇦🇷", "🇷"]),
        ("#Flashback to 2012", &["#flashback", "flashback", "#flash*", "2012"], &["#flash", "@flashback"]),
        ("pic by @rio_k!", &["@rio_k", "rio", "riok", "@rio*"], &["@rio", "#rio_k"]),
        (
            "https://www.example.com/title/8005",
            &["example", "example.com", "8005", "https://www.example.com"],
            &["exam"],
        ),
        ("سال ۱۴۰۲", &["1402", "١٤٠٢"], &["1403"]),
        ("thaaaank youuuu", &["thank you", "thaaank"], &["thin"]),
        ("hahahaha so good", &["haha", "hahahaha"], &["ha"]),
        ("see you at 7:45, todo: call mum", &["7:45", "todo:", "todo: call mum", "mum"], &["7:46"]),
        ("ok :( then", &[":(", "ok :("], &[":)"]),
        ("(╯°□°)╯ table", &["table (╯°□°)╯", "\"table"], &["(╯°□°)╯"]),
        ("ארה\"ב רחוקה", &["ארה\"ב", "ארהב"], &["ארה\"ג"]),
        ("𝐕𝐈𝐍𝐓𝐀𝐆𝐄 𝐒𝐀𝐋𝐄", &["vintage sale"], &["vin"]),
    ];
    for (text, finding, missing) in cases {
        let (_home, index) = built(&Memory::of_texts(&[text]));
        for query in *finding {
            assert_eq!(rows(&index, query), [1], "{query} finds {text}");
            assert!(
                query.contains("(╯") || !highlight(text, &compiled(query), Tier::Exact).is_empty(),
                "{query} marks {text}"
            );
        }
        for query in *missing {
            assert_eq!(rows(&index, query), [0; 0], "{query} does not find {text}");
        }
    }
}

#[test]
fn what_the_store_holds_is_asked_for_there() {
    let (_home, index) = built(&Memory::of_texts(&["tea", "ferries at Nine", "ferrys", "at nine"]));
    let check = |query: &str, expected: &[i64]| assert_eq!(rows(&index, query), expected, "{query}");
    check("/ferr.* nine/", &[2]);
    check("/nine$/ at", &[2]);
    check("NOT /ferries/ nine", &[4]);
    check("/(.*a){20}/", &[]);
    check("near:48.1,11.6,5km", &[3]);
    check("near:0,0,5km", &[]);
    check("lang:latin", &[2]);
    check("lang:ja OR url:NINE", &[2]);
    check("ferris~", &[2, 3]);
    check("feris~", &[]);
    check("feris~2", &[2, 3]);
    let marked = highlight("ferries at Nine", &compiled("/s .t/ nine"), Tier::Exact);
    assert_eq!(marked, [(6, 10), (11, 15)]);
}

#[test]
fn long_lists_of_rows_are_left_out_as_short_ones_are() {
    let texts: Vec<String> = (0..600).map(|n| format!("tea {n}")).collect();
    let (_home, index) = built(&Memory::of_texts(&texts));
    for n_excluded in [3_u64, 300, 600] {
        let excluded: Vec<i64> = (1..=600).rev().take(usize::try_from(n_excluded).expect("small")).collect();
        let others = compiled("tea").without_rows(&excluded);
        assert_eq!(index.count(&others).expect("it is counted").total, 600 - n_excluded);
    }
}

#[test]
fn operators_combine() {
    let (_home, index) = built(&Memory::of_texts(&["ice cream at noon", "vanilla ice cream", "cream on ice", "tea"]));
    let check = |query: &str, expected: &[i64]| assert_eq!(rows(&index, query), expected, "{query}");
    check("", &[1, 2, 3, 4]);
    check("ice cream", &[1, 2, 3]);
    check("\"ice cream\" -vanilla", &[1]);
    check("-ice", &[4]);
    check("-(vanilla OR tea)", &[1, 3]);
    check("tea OR vanilla", &[2, 4]);
    check("tea OR -cream", &[4]);
    check("cream (noon | on)", &[1, 3]);
    check("NOT NOT tea", &[4]);
    check("\"ice cr\"*", &[1, 2]);
    check("tea ((", &[4]);
    check("((", &[]);
    check("-((", &[]);
}

/// Every text of up to six of three words, and phrases of them that are left out, against what the texts themselves say.
#[test]
fn phrases_are_left_out_where_they_stand() {
    const WORDS: [&str; 3] = ["ferry", "lisbon", "nine"];
    let texts: Vec<Vec<&str>> = (0..1_093_usize)
        .map(|number| {
            let (mut rest, mut text) = (number, Vec::new());
            while rest > 0 {
                text.push(WORDS[(rest - 1) % 3]);
                rest = (rest - 1) / 3;
            }
            text
        })
        .collect();
    let (_home, mut index) =
        built(&Memory::of_texts(&texts[..700].iter().map(|text| text.join(" ")).collect::<Vec<_>>()));
    // Several segments.
    let memory = Memory::of_texts(&texts.iter().map(|text| text.join(" ")).collect::<Vec<_>>());
    index.follow(&memory).expect("it follows");
    let has = |text: &[&str], phrase: &str| {
        let phrase: Vec<&str> = phrase.split(' ').collect();
        text.windows(phrase.len()).any(|window| window == phrase)
    };
    let check = |query: &str, wants: &dyn Fn(&[&str]) -> bool| {
        let expected: Vec<i64> = texts.iter().zip(1..).filter(|(text, _)| wants(text)).map(|(_, row)| row).collect();
        assert_eq!(rows(&index, query), expected, "{query}");
        let n = index.count(&compiled(query)).expect("it is counted").total;
        assert_eq!(n, expected.len() as u64, "{query}");
    };
    check("-\"ferry lisbon\"", &|text| !has(text, "ferry lisbon"));
    check("nine -\"ferry lisbon\"", &|text| has(text, "nine") && !has(text, "ferry lisbon"));
    check("\"nine ferry\" -\"ferry lisbon\"", &|text| has(text, "nine ferry") && !has(text, "ferry lisbon"));
    check("\"nine ferry\" -\"ferry lisbon nine\" -\"lisbon lisbon\"", &|text| {
        has(text, "nine ferry") && !has(text, "ferry lisbon nine") && !has(text, "lisbon lisbon")
    });
    check("-(\"nine ferry\" -\"ferry lisbon\")", &|text| !has(text, "nine ferry") || has(text, "ferry lisbon"));
    check("nine -(\"lisbon nine\" OR \"nine ferry\")", &|text| {
        has(text, "nine") && !has(text, "lisbon nine") && !has(text, "nine ferry")
    });
    check("nine OR -\"ferry lisbon\"", &|text| has(text, "nine") || !has(text, "ferry lisbon"));
}

#[test]
fn a_sound_index_in_which_a_query_stumbles_is_not_damaged() {
    let (home, index) = built(&Memory::of_texts(&["two ferries", "one ferry"]));
    let stumbled = |index: &Index| {
        index.opened().expect("it is open").ask(|| -> Result<(), IndexError> { panic!("a query that it cannot do") })
    };
    assert!(matches!(stumbled(&index), Err(IndexError::Stumbled)));
    let file = std::fs::read_dir(home.path().join("index")).expect("a folder").flatten().find_map(|file| {
        let path = file.path();
        path.extension().is_some_and(|extension| extension == "idx").then_some(path)
    });
    let file = file.expect("a file of postings");
    let mut bytes = std::fs::read(&file).expect("read");
    bytes[0] ^= 1;
    std::fs::write(&file, bytes).expect("written");
    let (_, index) = (index, Index::open(&home.path().join("index")).expect("it opens"));
    assert!(matches!(stumbled(&index), Err(IndexError::Damaged(_))));
}

/// After a power cut the engine's lists may be those of the commit before, beside the files of the one that is gone.
#[test]
fn files_of_a_commit_that_a_power_cut_took_back_are_no_obstacle() {
    let mut memory = Memory::of_texts(&["ferry"; 20]);
    let (home, mut index) = built(&memory);
    let lists = ["meta.json", ".managed.json"].map(|name| home.path().join("index").join(name));
    let before = lists.each_ref().map(|list| std::fs::read(list).expect("a list"));
    memory.put(message(2, "a canoe"));
    index.follow(&memory).expect("it follows");
    drop(index);
    for (list, bytes) in lists.iter().zip(before) {
        std::fs::write(list, bytes).expect("written");
    }
    let mut index = Index::open(&home.path().join("index")).expect("it opens");
    index.follow(&memory).expect("it follows again");
    assert_eq!(index.state(&memory).expect("a look"), State::Current);
    assert_eq!((rows(&index, "ferry").len(), rows(&index, "canoe")), (19, vec![2]));
}

/// The rows that a query finds, with the tier of each.
fn found(index: &Index, query: &str, tiers: Tiers) -> Vec<(i64, Tier)> {
    let all = Search { order: Some(Order::Oldest), limit: 0, offset: 0, tiers };
    let hits = index.search(&compiled(query), all).expect("it is searched");
    let mut rows: Vec<(i64, Tier)> = hits.hits.iter().map(|hit| (hit.row, hit.tier)).collect();
    rows.sort_unstable();
    rows
}

#[test]
fn tiers_follow_each_other() {
    use Tier::{Contains, Exact, Inflected, Prefix, Similar, SoundsLike};
    let texts = ["a ferry", "two ferries", "ferryboat", "waterferry", "the fery", "boat", "привет", "sun screen", "🎉"];
    let (_home, index) = built(&Memory::of_texts(&texts));
    let check =
        |query: &str, expected: &[(i64, Tier)]| assert_eq!(found(&index, query, Tiers::AsNeeded), expected, "{query}");
    check("ferry", &[(1, Exact), (2, Inflected), (3, Prefix), (4, Contains), (5, Similar)]);
    check("ferries", &[(1, Inflected), (2, Exact)]);
    check("\"ferry\"", &[(1, Exact)]);
    check("ferry*", &[(1, Exact), (3, Exact)]);
    check("ferry -a", &[(2, Inflected), (3, Prefix), (4, Contains), (5, Similar)]);
    check("a ferry", &[(1, Exact)]);
    check("privet", &[(7, SoundsLike)]);
    check("sunscreen", &[(8, Inflected)]);
    check(":tada:", &[(9, Exact)]);
    check("emoji:party", &[(9, Exact)]);
    assert_eq!(found(&index, "ferry", Tiers::Exact), [(1, Exact)]);
    let hits = index
        .search(&compiled("ferry"), Search { order: None, limit: 2, offset: 1, tiers: Tiers::AsNeeded })
        .expect("it is searched");
    assert_eq!(hits.tiers, [(Exact, 1), (Inflected, 1), (Prefix, 1), (Contains, 1), (Similar, 1), (SoundsLike, 0)]);
    assert_eq!((hits.total, hits.hits.len(), hits.hits[0].tier), (5, 2, Inflected));
    assert_eq!(index.count(&compiled("ferry")).expect("it is counted").total, 2);
    for (query, text, tier, marked) in [
        ("ferry", "two ferries", Inflected, "ferries"),
        ("ferry", "a ferryboat", Prefix, "ferryboat"),
        ("ferry", "the fery", Similar, "fery"),
        ("privet", "ну привет", SoundsLike, "привет"),
        ("北海", "東北海道へ", Contains, "北海"),
        ("京", "明日東京駅で", Contains, "京"),
        ("원", "병원에", Contains, "원"),
    ] {
        let ranges = highlight(text, &compiled(query), tier);
        let shown: Vec<&str> = ranges.iter().map(|&(start, end)| &text[start..end]).collect();
        assert_eq!(shown, [marked], "{query} in {text}");
    }
}

#[test]
fn looser_tiers_wait_until_little_is_found() {
    let texts: Vec<String> =
        (0..12).map(|n| if n < 10 { "one ferry".to_owned() } else { "ferryboat".to_owned() }).collect();
    let (_home, index) = built(&Memory::of_texts(&texts));
    assert_eq!(found(&index, "ferry", Tiers::AsNeeded).len(), 10);
    assert_eq!(found(&index, "ferry", Tiers::All).len(), 12);
}

#[test]
fn many_words_are_not_searched_loosely_and_say_so() {
    let (_home, index) = built(&Memory::of_texts(&["alpha beta"]));
    let query = ["alpha"; 5].join(" ") + " " + &(0..100).map(|n| format!("b{n}eta")).collect::<Vec<_>>().join(" OR ");
    let hits = index
        .search(&compiled(&query), Search { order: None, limit: 0, offset: 0, tiers: Tiers::All })
        .expect("it is searched");
    assert!(matches!(hits.cuts.as_slice(), [Cut::Words { n_words }] if *n_words > 64), "{:?}", hits.cuts);
    assert_eq!(hits.tiers.len(), 1);
}

fn life() -> Memory {
    let at = |days: i64| Some(now().timestamp_millis() - days * DAY_MS);
    let from = |row, author, others: &[i64], days| RecordDocument {
        author: Some(author),
        others: others.to_vec(),
        at_ms: at(days),
        thread: Some(5),
        ..message(row, "hello sea")
    };
    let mut photo = from(3, 9, &[1, 9], 400);
    photo.has = vec!["photo"];
    photo.thread = None;
    let mut edited = from(4, 2, &[2, 9], 800);
    edited.is = vec!["edited"];
    let view = RecordDocument { kind: Kind::View, at_ms: at(3), ..message(5, "sea view") };
    let like = RecordDocument {
        kind: Kind::Like,
        subkind: Some("story_like".to_owned()),
        text: None,
        other_text: vec!["the blue sea".to_owned(), "harbour".to_owned()],
        ..from(6, 9, &[1], 2)
    };
    let undated = RecordDocument { kind: Kind::Post, ..message(7, "sea") };
    Memory::new(vec![from(1, 1, &[1, 9], 1), from(2, 9, &[1, 9], 10), photo, edited, view, like, undated])
}

#[test]
fn fields_filter() {
    let (_home, index) = built(&life());
    let check = |query: &str, expected: &[i64]| assert_eq!(rows(&index, query), expected, "{query}");
    check("from:anna", &[1]);
    check("from:@ann_example", &[1]);
    check("from:me", &[2, 3, 6]);
    check("to:anna", &[2, 3, 6]);
    check("with:anna", &[1, 2, 3, 6]);
    check("from:all", &[1, 4]);
    check("in:\"summer trip\"", &[1, 2, 4, 6]);
    check("account:mia hello", &[1, 2, 3, 4]);
    check("is:sent", &[2, 3]);
    check("is:received", &[1, 4]);
    check("is:edited", &[4]);
    check("has:photo", &[3]);
    check("-has:photo hello", &[1, 2, 4]);
    check("kind:like", &[6]);
    check("kind:story_like", &[6]);
    check("kind:view", &[5]);
    check("sea kind:view,post", &[5, 7]);
    check("after:20d", &[1, 2, 6]);
    check("date:2023-12-31", &[1]);
    check("date:2022", &[3]);
    check("before:2022-06", &[4]);
    check("date:..2022", &[3, 4]);
    check("date:yesterday", &[1]);
    check("harbour", &[6]);
    check("sea -from:me", &[1, 4, 7]);
    check("(from:me has:photo) OR from:ben", &[3, 4]);
}

#[test]
fn unknown_names_are_errors_with_proposals() {
    let check = |text: &str, proposal: &str| {
        let query = parse(text).expect("the query is right");
        let Err(IndexError::Query(error)) = compile(&query, &Known, &now()) else { panic!("{text} names nobody") };
        assert_eq!(
            (&text[error.span], error.valid),
            (&text[text.find(':').expect("a field") + 1..], vec![proposal.to_owned()])
        );
    };
    check("sea from:ana", "anna");
    check("in:winter", "summer trip");
    check("account:tom", "mia");
}

#[test]
fn hits_are_ordered_and_counted() {
    let (_home, index) = built(&life());
    let search = |query: &str, order, limit, offset| {
        let hits = index
            .search(&compiled(query), Search { order, limit, offset, tiers: Tiers::Exact })
            .expect("it is searched");
        let counts = index.count(&compiled(query)).expect("it is counted");
        assert_eq!((hits.total, &hits.left_out), (counts.total, &counts.left_out), "{query}");
        hits
    };
    let order_of = |hits: &Hits| hits.hits.iter().map(|hit| hit.row).collect::<Vec<_>>();
    let newest = search("hello OR sea", Some(Order::Newest), 0, 0);
    assert_eq!(order_of(&newest), [1, 6, 2, 3, 4, 7]);
    assert_eq!(newest.left_out, [("view", 1)]);
    assert_eq!(order_of(&search("hello OR sea", Some(Order::Oldest), 0, 0)), [4, 3, 2, 6, 1, 7]);
    assert_eq!(order_of(&search("hello OR sea", Some(Order::Newest), 2, 1)), [6, 2]);
    let relevant = search("sea", None, 0, 0);
    assert_eq!(relevant.order, Order::Relevance);
    // Equal words: the newer first, what has no time last; the words of others behind them all.
    assert_eq!(order_of(&relevant), [1, 2, 3, 4, 7, 6]);
    assert!(relevant.hits.iter().all(|hit| hit.score > 0.0 && hit.tier == Tier::Exact));
    assert_eq!(search("from:me", None, 0, 0).order, Order::Newest);
    assert_eq!(search("from:me", None, 1, 0).total, 3);
    assert_eq!(search("kind:view", None, 0, 0).left_out, []);
}

#[test]
fn one_word_messages_do_not_win_by_being_short() {
    let at = |row, text: &str, day: i64| RecordDocument { at_ms: Some(day * DAY_MS), ..message(row, text) };
    let long = "well then, the last ferry of the day leaves the old harbour at nine or so";
    let found = |records: &[RecordDocument]| -> Vec<(i64, f32)> {
        let (_home, index) = built(&Memory::new(records.to_vec()));
        let search = Search { order: Some(Order::Relevance), limit: 0, offset: 0, tiers: Tiers::Exact };
        let hits = index.search(&compiled("ferry"), search).expect("it is searched").hits;
        hits.iter().map(|hit| (hit.row, hit.score)).collect()
    };
    let rows = |records: &[RecordDocument]| found(records).into_iter().map(|(row, _)| row).collect::<Vec<_>>();
    // Of one moment they are worth the same; else the newer wins, whichever it is.
    let same = found(&[at(1, "ferry", 9_000), at(2, long, 9_000), at(3, "ferry ferry ferry", 9_000)]);
    assert!(same.len() == 3 && same.iter().all(|(_, score)| score.to_bits() == same[0].1.to_bits()), "{same:?}");
    assert_eq!(rows(&[at(1, "ferry", 9_000), at(2, long, 18_000)]), [2, 1]);
    assert_eq!(rows(&[at(1, "ferry", 18_000), at(2, long, 9_000)]), [1, 2]);
}

#[test]
fn what_the_service_wrote_must_be_asked_for() {
    let notice = |row, subkind: &str, is_notice| RecordDocument {
        subkind: Some(subkind.to_owned()),
        is_notice,
        ..message(row, "Anna named the group Tea")
    };
    let (_home, index) = built(&Memory::new(vec![
        notice(1, "text", false),
        notice(2, "system", true),
        notice(3, "attachment_notice", false),
        RecordDocument { is: vec!["gone"], ..notice(4, "reaction_notice", true) },
    ]));
    let search = Search { order: None, limit: 0, offset: 0, tiers: Tiers::Exact };
    let hits = index.search(&compiled("tea"), search).expect("it is searched");
    assert_eq!((hits.total, hits.left_out), (2, vec![("system", 1), ("reaction_notice", 1)]));
    let check = |query: &str, expected: &[i64]| assert_eq!(rows(&index, query), expected, "{query}");
    check("tea", &[1, 3]);
    check("tea kind:message", &[1, 2, 3, 4]);
    check("tea kind:system", &[2]);
    check("tea -kind:message", &[]);
    // A state is asked for of everything that can be in it.
    check("tea is:gone", &[4]);
    check("tea -is:gone", &[1, 3]);
    check("tea is:received", &[1, 3]);
}

#[test]
fn the_index_follows_its_home() {
    let mut memory = Memory::of_texts(&["one sea", "two sea"]);
    let home = tempfile::tempdir().expect("a folder for the test");
    let dir = home.path().join("index");
    let mut index = Index::open(&dir).expect("a missing index opens");
    assert_eq!(index.state(&memory).expect("told"), State::Rebuild(Reason::Missing));
    assert!(matches!(index.count(&compiled("sea")), Err(IndexError::Unusable(Reason::Missing))));
    assert_eq!(index.follow(&memory).expect("built"), Followed::Rebuilt { reason: Reason::Missing, n_documents: 2 });
    assert_eq!(index.follow(&memory).expect("nothing to do"), Followed::Current);
    assert!(index.check(&memory).expect("checked").is_good());

    memory.put(message(3, "three sea"));
    memory.put(message(1, "one lake"));
    memory.put(message(1, "one river"));
    memory.remove(2);
    assert_eq!(index.state(&memory).expect("told"), State::Behind(4));
    let behind = index.check(&memory).expect("checked");
    assert_eq!((behind.n_missing, behind.n_surplus, behind.is_good()), (1, 1, false));
    assert_eq!(index.follow(&memory).expect("replayed"), Followed::Replayed { n_changes: 4 });
    assert_eq!(rows(&index, "sea"), [3]);
    assert_eq!(rows(&index, "one"), [1]);
    assert_eq!(rows(&index, "river"), [1]);
    assert_eq!(index.n_documents().expect("counted"), 2);
    assert!(index.check(&memory).expect("checked").is_good());

    let mut other = Index::open(&dir).expect("opened again");
    assert_eq!(other.state(&memory).expect("told"), State::Current);
    let mut elsewhere = Memory::of_texts(&["elsewhere", "b", "c", "d", "e", "f"]);
    elsewhere.home = "home-2";
    assert_eq!(other.state(&elsewhere).expect("told"), State::Rebuild(Reason::OtherHome));
    let restored = Memory::of_texts(&["one sea"]);
    assert_eq!(other.state(&restored).expect("told"), State::Rebuild(Reason::Ahead));
    other.follow(&restored).expect("built anew");
    assert_eq!(rows(&other, "sea"), [1]);
    assert!(matches!(other.rebuild(&restored).expect("built anew"), Followed::Rebuilt { reason: Reason::Asked, .. }));
    let left: Vec<_> =
        fs_err::read_dir(home.path()).expect("listed").map(|entry| entry.expect("read").file_name()).collect();
    assert_eq!(left, ["index"]);
}

type Damage = fn(&std::path::Path);

#[test]
fn damage_is_rebuilt() {
    let memory = Memory::of_texts(&["one sea", "two sea"]);
    let damages: [(&str, Damage); 5] = [
        ("meta.json is cut", |dir| fs_err::write(dir.join("meta.json"), "{\"segm").expect("written")),
        ("meta.json is gone", |dir| fs_err::remove_file(dir.join("meta.json")).expect("removed")),
        ("a segment is gone", |dir| fs_err::remove_file(segment_file(dir, "term")).expect("removed")),
        ("a segment is damaged", |dir| {
            let file = segment_file(dir, "term");
            let mut bytes = fs_err::read(&file).expect("read");
            let end = bytes.len();
            bytes[end - 4..].fill(0xFF);
            fs_err::write(file, bytes).expect("written");
        }),
        ("a segment is empty", |dir| fs_err::write(segment_file(dir, "fast"), "").expect("written")),
    ];
    for (what, damage) in damages {
        let (home, index) = built(&memory);
        drop(index);
        let dir = home.path().join("index");
        damage(&dir);
        let mut index = Index::open(&dir).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(matches!(index.state(&memory).expect("told"), State::Rebuild(_)), "{what}");
        index.follow(&memory).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(rows(&index, "sea"), [1, 2], "{what}");
    }
}

fn segment_file(dir: &std::path::Path, extension: &str) -> std::path::PathBuf {
    let files = fs_err::read_dir(dir).expect("listed").map(|entry| entry.expect("read").path());
    files.into_iter().find(|path| path.extension().is_some_and(|found| found == extension)).expect("a segment")
}

#[test]
fn too_many_words_behind_a_star_are_reported() {
    let texts: Vec<String> = (0..5_000)
        .map(|n| {
            format!(
                "a{}",
                (0..4)
                    .map(|at| char::from(b'a' + u8::try_from(n / 26_i32.pow(at) % 26).expect("a letter")))
                    .collect::<String>()
            )
        })
        .collect();
    let (_home, index) = built(&Memory::of_texts(&texts));
    let hits = index
        .search(&compiled("a*"), Search { order: None, limit: 5, offset: 0, tiers: Tiers::Exact })
        .expect("it is searched");
    assert_eq!(hits.cuts, [Cut::Prefix { prefix: "a".to_owned(), n_kept: 4096 }]);
    assert!(hits.total > 4000);
    let hits = index
        .search(&compiled("aab*"), Search { order: None, limit: 5, offset: 0, tiers: Tiers::Exact })
        .expect("it is searched");
    assert_eq!(hits.cuts, []);
}

#[test]
fn marks_and_snippets() {
    let check = |text: &str, query: &str, marked: &[&str]| {
        let ranges = highlight(text, &compiled(query), Tier::Exact);
        let shown: Vec<&str> = ranges.iter().map(|&(start, end)| &text[start..end]).collect();
        assert_eq!(shown, marked, "{query} in {text}");
    };
    check("Ice cream, ice-cold cream", "ice cream", &["Ice", "cream", "ice", "cream"]);
    check("Ice cream, ice-cold cream", "\"ice cream\"", &["Ice cream"]);
    check("I don’t know", "dont", &["don’t"]);
    check("I don’t know", "don't -know", &["don’t"]);
    check("明日東京駅で", "東京 OR 駅", &["東京駅"]);
    check("sooooo niiice", "nice so*", &["sooooo", "niiice"]);
    check("cafe\u{301} 🙏🏿", "café 🙏", &["cafe\u{301}", "🙏🏿"]);
    check("#TravelGram", "gram", &["Gram"]);
    check("nothing", "from:me", &[]);
    let text = format!("{}the lighthouse shines{}", "before ".repeat(30), " after".repeat(30));
    let ranges = highlight(&text, &compiled("lighthouse"), Tier::Exact);
    let piece = snippet(&text, &ranges, 40);
    assert_eq!(piece.text, "before the lighthouse shines after after");
    assert!(piece.is_cut_before && piece.is_cut_after);
    assert_eq!(&piece.text[piece.ranges[0].0..piece.ranges[0].1], "lighthouse");
    let whole = snippet("short", &[(0, 5)], 40);
    assert_eq!((whole.text.as_str(), whole.is_cut_before, whole.is_cut_after), ("short", false, false));
}

fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-e]{1,3}",
        Just("don't".to_owned()),
        Just("東京".to_owned()),
        Just("병원".to_owned()),
        Just("🎉".to_owned()),
        Just("#SunSet".to_owned()),
        Just("@rio_k".to_owned()),
        Just("re-do".to_owned()),
        Just("sooo".to_owned()),
        Just("haha".to_owned()),
        Just("ป่า".to_owned()),
        Just("7:45".to_owned()),
        Just("़ए".to_owned()),
        any::<String>(),
    ];
    proptest::collection::vec(piece, 1..6).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_text_is_found_by_each_of_its_words(texts in proptest::collection::vec(texts(), 1..5)) {
        let (_home, index) = built(&Memory::of_texts(&texts));
        for (text, row) in texts.iter().zip(1..) {
            for word in text.split_whitespace() {
                let quoted = format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""));
                let prepared = compiled(&quoted);
                if prepared.ignored.is_empty() {
                    prop_assert!(rows(&index, &quoted).contains(&row), "{:?} finds {:?}", word, text);
                    let marks = highlight(text, &prepared, Tier::Exact);
                    prop_assert!(!marks.is_empty(), "{:?} marks {:?}", word, text);
                    let borders: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]).collect();
                    prop_assert!(marks.iter().all(|(start, end)| borders.contains(start) && borders.contains(end)));
                    for length in [1, 5, 20] {
                        let piece = snippet(text, &marks, length);
                        prop_assert!(piece.text.graphemes(true).count() <= length);
                        prop_assert!(!piece.ranges.is_empty(), "{:?} of {:?}", piece, text);
                    }
                }
            }
        }
    }

    #[test]
    fn every_text_is_found_by_its_words_as_they_are_typed(texts in proptest::collection::vec(texts(), 1..4)) {
        let (_home, index) = built(&Memory::of_texts(&texts));
        for (text, row) in texts.iter().zip(1..) {
            for word in text.split_whitespace() {
                let Ok(query) = parse(word) else { continue };
                // What reads as an operator is not the word.
                let is_word = matches!(&query.root, crate::query::Node::Words(words) if words.text == word);
                let prepared = compile(&query, &Known, &now()).expect("words need no names");
                if !is_word || !prepared.ignored.is_empty() {
                    continue;
                }
                let all = Search { order: None, limit: 0, offset: 0, tiers: Tiers::All };
                let hits = index.search(&prepared, all).expect("it is searched");
                let hit = hits.hits.iter().find(|hit| hit.row == row);
                prop_assert!(hit.is_some(), "{:?} finds {:?}", word, text);
                let marks = highlight(text, &prepared, hit.map_or(Tier::Exact, |hit| hit.tier));
                prop_assert!(!marks.is_empty(), "{:?} marks {:?}", word, text);
            }
        }
    }

    #[test]
    fn more_words_find_less_and_alternatives_more(
        texts in proptest::collection::vec(texts(), 1..8),
        a in prop_oneof!["[a-e]{1,2}\\*?", Just("東".to_owned()), Just("redo".to_owned())],
        b in prop_oneof!["[a-e]{1,2}", Just("京".to_owned()), Just("#sunset".to_owned()), Just("-a".to_owned())],
    ) {
        let (_home, index) = built(&Memory::of_texts(&texts));
        let (found_a, both, any) =
            (rows(&index, &a), rows(&index, &format!("{a} {b}")), rows(&index, &format!("{a} OR {b}")));
        prop_assert!(both.iter().all(|row| found_a.contains(row)));
        prop_assert!(found_a.iter().all(|row| any.contains(row)));
        prop_assert_eq!(&both, &rows(&index, &format!("{b} {a}")));
        for filter in ["kind:message", "after:2020", "-has:photo", "from:anna OR kind:message"] {
            let filter = format!("({filter})");
            prop_assert_eq!(rows(&index, &format!("{a} {filter}")), rows(&index, &format!("{filter} {a}")));
        }
        let without = rows(&index, &format!("-({a})"));
        prop_assert_eq!(without.len() + found_a.len(), texts.len());
    }

    #[test]
    fn any_string_is_answered(query in any::<String>()) {
        let (_home, index) = built(&Memory::of_texts(&["one", "two"]));
        if let Ok(query) = parse(&query)
            && let Ok(prepared) = compile(&query, &Known, &now())
        {
            index.count(&prepared).expect("it is searched");
        }
    }
}
