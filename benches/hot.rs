//! The hot parts, each beside the plain way to do the same: `cargo bench`, or `cargo bench -- documents` for one of them.
//! The data are invented by the generator, the same in every run.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use tantivy::tokenizer::{LowerCaser, SimpleTokenizer, TextAnalyzer, TokenStream};
use throwback::archive::{Archive, Limits};
use throwback::home::{Home, IngestOptions, SearchOptions};
use throwback::index::analysis::Analysis;
use throwback::ingest::{self, Silent};
use throwback::model::{ContentHash, Generation, KeyBuilder};
use throwback::query;
use throwback::source::{self, Document, Learnt};
use throwback::testing::{Life, Packing, Size, Writing, write};

fn main() {
    divan::main();
}

/// A download of 10,000 messages, as a ZIP, with its longest conversation and a home that holds it.
struct Corpus {
    folder: tempfile::TempDir,
    zip: PathBuf,
    path: String,
    thread: Vec<u8>,
    texts: Vec<String>,
}

static CORPUS: LazyLock<Corpus> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let zip = folder.path().join("instagram-mia.example-2026-01-31-Ab3dE5fG.zip");
    let life = Life::new(7, Size::with_messages(10_000));
    let date = life.dates(1, 90)[0];
    write(&life, &Writing::new(Generation::D).at(date)).write_zip(&zip, &Packing::default()).expect("a ZIP");
    let archive = Archive::open(&zip, &Limits::default()).expect("a ZIP");
    let threads = archive.entries().iter().filter(|entry| entry.path.as_str().ends_with("message_1.json"));
    let longest = threads.max_by_key(|entry| entry.bytes).expect("a conversation");
    let (thread, _) = archive.read_whole(longest.position, u64::MAX >> 1).expect("its bytes");
    let path = longest.path.as_str().to_owned();
    let mut texts = Vec::new();
    source::read(&Document { path: &path, bytes: &thread, learnt: &Learnt::default() }, &mut |output| {
        if let source::Output::Item { item, .. } = output {
            texts.extend(item.text);
        }
    });
    Corpus { folder, zip, path, thread, texts }
});

static HOME: LazyLock<Home> = LazyLock::new(|| {
    let home = Home::at(CORPUS.folder.path().join("home"));
    bring_in(&home, &CORPUS.zip);
    home
});

fn bring_in(home: &Home, zip: &Path) {
    let (limits, stop) = (Limits::default(), AtomicBool::new(false));
    let plan = ingest::plan(&[zip.to_owned()], home.path(), &limits);
    let options = IngestOptions {
        limits: &limits,
        now_ms: 1_700_000_000_000,
        is_dry_run: false,
        stop: &stop,
        command: "a benchmark",
    };
    home.ingest(&plan, &options, &Silent, &mut |_| {}).expect("it comes in");
}

mod zip_entries {
    use super::{Archive, Bencher, BytesCount, CORPUS, Limits, io};

    #[divan::bench]
    fn ours(bencher: Bencher<'_, '_>) {
        let archive = Archive::open(&CORPUS.zip, &Limits::default()).expect("a ZIP");
        bencher.counter(BytesCount::new(archive.entries().iter().map(|entry| entry.bytes).sum::<u64>())).bench(|| {
            for entry in archive.entries().iter().filter(|entry| entry.is_file()) {
                let mut reader = archive.read(entry.position).expect("an entry");
                io::copy(&mut reader, &mut io::sink()).expect("its bytes");
            }
        });
    }

    #[divan::bench]
    fn the_zip_crate(bencher: Bencher<'_, '_>) {
        let file = || io::BufReader::new(fs_err::File::open(&CORPUS.zip).expect("a ZIP"));
        let mut archive = zip::ZipArchive::new(file()).expect("a ZIP");
        bencher.bench_local(|| {
            for number in 0..archive.len() {
                io::copy(&mut archive.by_index(number).expect("an entry"), &mut io::sink()).expect("its bytes");
            }
        });
    }
}

/// Bytes of a conversation into messages, their texts repaired.
mod documents {
    use super::{Bencher, BytesCount, CORPUS, Document, HashMap, Learnt, black_box, source};

    #[divan::bench]
    fn ours(bencher: Bencher<'_, '_>) {
        let learnt = Learnt::default();
        let document = Document { path: &CORPUS.path, bytes: &CORPUS.thread, learnt: &learnt };
        bencher.counter(BytesCount::of_slice(&CORPUS.thread)).bench(|| {
            let mut n_items = 0;
            source::read(&document, &mut |output| n_items += u64::from(matches!(output, source::Output::Item { .. })));
            n_items
        });
    }

    /// Derive, parse into owned strings, repair each: nothing is accounted for, and one bad row costs the document.
    #[divan::bench]
    fn derive_and_repair(bencher: Bencher<'_, '_>) {
        #[derive(serde::Deserialize)]
        struct Thread {
            messages: Vec<Message>,
        }
        #[derive(serde::Deserialize)]
        struct Message {
            sender_name: String,
            timestamp_ms: i64,
            content: Option<String>,
            #[serde(default)]
            reactions: Vec<Reaction>,
            #[serde(flatten)]
            rest: HashMap<String, serde_json::Value>,
        }
        #[derive(serde::Deserialize)]
        struct Reaction {
            reaction: String,
            actor: String,
        }
        let repair = |text: String| {
            let bytes: Option<Vec<u8>> = text.chars().map(|letter| u8::try_from(u32::from(letter)).ok()).collect();
            bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or(text)
        };
        bencher.counter(BytesCount::of_slice(&CORPUS.thread)).bench(|| {
            let thread: Thread = serde_json::from_slice(&CORPUS.thread).expect("JSON");
            let messages = thread.messages.into_iter().map(|message| {
                let reactions: Vec<_> =
                    message.reactions.into_iter().map(|one| (repair(one.reaction), repair(one.actor))).collect();
                (
                    repair(message.sender_name),
                    message.timestamp_ms,
                    message.content.map(repair),
                    reactions,
                    message.rest,
                )
            });
            messages.map(black_box).count()
        });
    }
}

mod hashing {
    use super::{Bencher, BytesCount, ContentHash, LazyLock, black_box};

    static MEDIUM: LazyLock<Vec<u8>> = LazyLock::new(|| (0..400_000_u32).map(|n| n.to_le_bytes()[1]).collect());

    #[divan::bench]
    fn ours(bencher: Bencher<'_, '_>) {
        bencher.counter(BytesCount::of_slice(&*MEDIUM)).bench(|| ContentHash::of(black_box(&MEDIUM)));
    }

    /// What a copy costs, to have something to hold it against.
    #[divan::bench]
    fn a_copy(bencher: Bencher<'_, '_>) {
        bencher.counter(BytesCount::of_slice(&*MEDIUM)).bench(|| black_box(&*MEDIUM).clone());
    }
}

mod record_keys {
    use super::{Bencher, ItemsCount, KeyBuilder, black_box};

    #[divan::bench]
    fn ours(bencher: Bencher<'_, '_>) {
        let account = KeyBuilder::new("account").part("mia.example").key();
        bencher.counter(ItemsCount::new(1_000_usize)).bench(|| {
            (0..1_000).for_each(|n| {
                black_box(KeyBuilder::new("message").part(account.as_bytes()).number(1_650_000_000_000 + n).key());
            });
        });
    }

    #[divan::bench]
    fn text_as_key(bencher: Bencher<'_, '_>) {
        bencher.counter(ItemsCount::new(1_000_usize)).bench(|| {
            (0..1_000).for_each(|n| {
                black_box(format!("message|mia.example|{}", 1_650_000_000_000_i64 + n));
            });
        });
    }
}

mod analysis {
    use super::{Analysis, Bencher, BytesCount, CORPUS, LowerCaser, SimpleTokenizer, TextAnalyzer, TokenStream};

    fn bytes() -> BytesCount {
        BytesCount::new(CORPUS.texts.iter().map(String::len).sum::<usize>())
    }

    #[divan::bench]
    fn ours(bencher: Bencher<'_, '_>) {
        bencher.counter(bytes()).bench(|| CORPUS.texts.iter().map(|text| Analysis::of(text).count()).sum::<usize>());
    }

    /// Words in small letters: finds no part of a Japanese sentence, no emoji, no inflection and no typo.
    #[divan::bench]
    fn stock_tokenizer(bencher: Bencher<'_, '_>) {
        let mut stock = TextAnalyzer::builder(SimpleTokenizer::default()).filter(LowerCaser).build();
        bencher.counter(bytes()).bench_local(|| {
            let mut n_tokens = 0;
            for text in &CORPUS.texts {
                stock.token_stream(text).process(&mut |_| n_tokens += 1);
            }
            n_tokens
        });
    }
}

/// A whole archive, durable and searchable; its peer writes the same bytes as files.
mod archives {
    use super::{Bencher, CORPUS, HOME, Home, ItemsCount, LazyLock, bring_in};

    #[divan::bench(sample_count = 5, sample_size = 1)]
    fn ours(bencher: Bencher<'_, '_>) {
        bencher
            .counter(ItemsCount::new(10_000_usize))
            .with_inputs(|| tempfile::tempdir().expect("a folder"))
            .bench_values(|folder| bring_in(&Home::at(folder.path().join("home")), &CORPUS.zip));
    }

    #[divan::bench(sample_count = 5, sample_size = 1)]
    fn known_again(bencher: Bencher<'_, '_>) {
        LazyLock::force(&HOME);
        bencher.bench(|| bring_in(&HOME, &CORPUS.zip));
    }

    #[divan::bench(sample_count = 5, sample_size = 1)]
    fn unpacked(bencher: Bencher<'_, '_>) {
        bencher.with_inputs(|| tempfile::tempdir().expect("a folder")).bench_values(|folder| {
            let file = fs_err::File::open(&CORPUS.zip).expect("a ZIP");
            zip::ZipArchive::new(file).and_then(|mut zip| zip.extract(folder.path())).expect("files");
        });
    }
}

const QUERIES: [&str; 7] = ["zebra", "see", "see you", "\"see you\"", "se*", "👍", "kind:message has:media"];

mod queries {
    use super::{Bencher, HOME, QUERIES, SearchOptions, query};

    /// With all that is shown of twenty hits.
    #[divan::bench(args = QUERIES)]
    fn ours(bencher: Bencher<'_, '_>, typed: &str) {
        let mut searcher = HOME.searcher("a benchmark").expect("a home");
        let parsed = query::parse(typed).expect("a query");
        bencher.bench_local(|| {
            let compiled = searcher.compile(&parsed, &chrono::DateTime::<chrono::Utc>::UNIX_EPOCH).expect("a query");
            searcher.search(&compiled, &SearchOptions { limit: 20, ..SearchOptions::default() }).expect("an answer")
        });
    }

    /// Every text looked through for the letters.
    #[divan::bench(args = ["zebra", "see", "see you"])]
    fn like(bencher: Bencher<'_, '_>, typed: &str) {
        let store = HOME.reader().expect("a home");
        let sql = format!("SELECT * FROM records WHERE text LIKE '%{typed}%' ORDER BY at_ms DESC LIMIT 20");
        bencher.bench_local(|| store.select_all(&sql, &[]).expect("an answer"));
    }
}
