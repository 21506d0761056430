//! What the generator promises, seen from outside: a small reader of its own walks the trees.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ffi::OsStr;
use std::path::Path;

use serde_json::Value;

use super::json::repaired;
use super::*;
use crate::model::{Generation, Kind, media_id_of};

const GENERATIONS: [Generation; 3] = [Generation::C, Generation::D, Generation::E];

fn life() -> Life {
    Life::new(7, Size::small())
}

/// Downloads of every generation, at the end of the life and at dates of their own times.
fn writings() -> Vec<Writing> {
    let own_dates = [day_ms(2022, 2, 1), day_ms(2024, 9, 1), day_ms(2025, 10, 1)];
    let whole = GENERATIONS.map(Writing::new);
    let early = GENERATIONS.into_iter().zip(own_dates).map(|(generation, date)| Writing::new(generation).at(date));
    let half = Writing::new(Generation::D).since(day_ms(2023, 1, 1));
    let languages = Language::ALL
        .into_iter()
        .zip(GENERATIONS.into_iter().cycle())
        .map(|(language, generation)| Writing::new(generation).in_language(language));
    let paged = Writing::new(Generation::C).at(day_ms(2022, 8, 1)).paged(20);
    whole.into_iter().chain(early).chain(languages).chain([half, paged]).collect()
}

fn json(file: &File) -> Value {
    serde_json::from_slice(&file.bytes()).unwrap_or_else(|error| panic!("{}: {error}", file.path))
}

fn extension(file: &File) -> Option<&str> {
    Path::new(&file.path).extension().and_then(OsStr::to_str)
}

fn is_json(file: &File) -> bool {
    extension(file) == Some("json")
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(repaired)
}

#[test]
fn one_seed_makes_one_life() {
    let listing = |seed| -> Vec<(String, Vec<u8>)> {
        let tree = write(&Life::new(seed, Size::small()), &Writing::new(Generation::E));
        tree.files.iter().map(|file| (file.path.clone(), file.bytes())).collect()
    };
    assert!(listing(1) == listing(1));
    assert!(listing(1) != listing(2));
}

#[test]
fn documents_are_ascii_json_and_paths_are_unique_and_tame() {
    for writing in writings() {
        let tree = write(&life(), &writing);
        let mut paths = HashSet::new();
        for file in &tree.files {
            assert!(paths.insert(&file.path), "{} twice", file.path);
            assert!(file.path.is_ascii() && !file.path.starts_with('/') && !file.path.contains(".."), "{}", file.path);
            if is_json(file) {
                assert!(file.bytes().is_ascii(), "{}", file.path);
                json(file);
            }
        }
    }
}

#[test]
fn every_path_in_a_document_leads_to_a_file() {
    fn uris(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Array(list) => list.iter().for_each(|value| uris(value, found)),
            Value::Object(members) => {
                found.extend(members.get("uri").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|value| uris(value, found));
            }
            _ => {}
        }
    }
    for writing in writings() {
        let tree = write(&life(), &writing);
        let mut named = Vec::new();
        tree.ending(".json").for_each(|file| uris(&json(file), &mut named));
        let named: HashSet<&str> = named.iter().map(String::as_str).filter(|uri| !uri.is_empty()).collect();
        let is_referred = |file: &&File| file.is_media || extension(file) == Some("srt");
        let there: HashSet<&str> = tree.files.iter().filter(is_referred).map(|file| file.path.as_str()).collect();
        assert_eq!(named, there, "{writing:?}");
    }
}

#[test]
fn pages_hold_the_same_files_and_no_json() {
    let stem = |file: &File| file.path.rsplit_once('.').map_or(file.path.clone(), |(stem, _)| stem.to_owned());
    for generation in GENERATIONS {
        let json = write(&life(), &Writing::new(generation));
        for language in Language::ALL {
            let writing = Writing::new(generation).in_language(language).html();
            let pages = write(&life(), &writing);
            let bare = write(&life(), &writing.clone().without_classes());
            let there: HashSet<String> = pages.files.iter().map(stem).collect();
            let wanted = json.files.iter().filter(|file| !file.path.ends_with("secret_conversations.json")).map(stem);
            assert!(wanted.filter(|stem| !stem.contains("/inbox/")).all(|stem| there.contains(&stem)), "{writing:?}");
            let text = |tree: &Tree, end: &str| {
                let page = tree.ending(end).next().expect("a page").bytes();
                String::from_utf8(page).expect("proper UTF-8")
            };
            let page = text(&pages, "/message_1.html");
            assert!(page.contains("uiBoxWhite") && page.contains("_a6-p") && !page.contains('\n'), "{writing:?}");
            assert_eq!(page.contains("<h2 class=\"_3-95 _2pim _a6-h _a6-i\">"), generation != Generation::C);
            assert!(!text(&bare, "/message_1.html").contains("class="), "{writing:?}");
            assert!(pages.files.iter().all(|file| !is_json(file)), "{writing:?}");
            assert!(text(&pages, "/posts_1.html").contains(language.word("Tagged users")), "{writing:?}");
        }
    }
}

/// Reads the messages of a tree back, by thread folder.
fn read_messages(life: &Life, writing: &Writing, tree: &Tree) -> Vec<TrueMessage> {
    let mut found = Vec::new();
    for (thread, planned) in life.threads().iter().enumerate() {
        let folder = format!("/{}/", layout::thread_path(life, writing, planned));
        let mut pages = Vec::new();
        for number in 1.. {
            let Some(file) =
                tree.ending(".json").find(|file| file.path.ends_with(&format!("{folder}message_{number}.json")))
            else {
                break;
            };
            pages.push(json(file)["messages"].as_array().cloned().expect("a list"));
        }
        assert!(pages.iter().all(|page| page.len() <= writing.page));
        assert!(pages.iter().rev().skip(1).all(|page| page.len() == writing.page), "only the last page is not full");
        let mut messages: Vec<TrueMessage> =
            pages.concat().iter().map(|message| read_message(thread, message)).collect();
        assert!(messages.is_sorted_by_key(|message| std::cmp::Reverse(message.at_ms)), "newest first");
        messages.reverse();
        found.extend(messages);
    }
    found
}

fn read_message(thread: usize, message: &Value) -> TrueMessage {
    let list = |name: &str| message[name].as_array().cloned().unwrap_or_default();
    let media = ["photos", "videos", "audio_files"].iter().flat_map(|name| list(name));
    let share = &message["share"];
    TrueMessage {
        thread,
        at_ms: message["timestamp_ms"].as_i64().expect("a time"),
        author: text(&message["sender_name"]).expect("a name"),
        text: text(&message["content"]),
        is_edited: false,
        is_notice: false,
        media_ids: media.map(|one| media_id_of(one["uri"].as_str().unwrap_or("")).expect("an id").to_owned()).collect(),
        reactions: list("reactions")
            .iter()
            .map(|one| (text(&one["actor"]).expect("a name"), text(&one["reaction"]).expect("an emoji")))
            .map(|(actor, emoji)| (actor, emoji.trim_end_matches('\u{fe0f}').to_owned()))
            .collect(),
        share_url: text(&share["link"]).map(|link| link.split('?').next().unwrap_or("").to_owned()),
        share_text: text(&share["share_text"]),
        call_seconds: message["call_duration"].as_i64(),
    }
}

#[test]
fn messages_read_back_are_the_truth() {
    let life = life();
    for writing in writings() {
        let truth = Truth::of(&life, std::slice::from_ref(&writing));
        let found = read_messages(&life, &writing, &write(&life, &writing));
        assert_eq!(found.len(), truth.messages.len());
        for (found, mut truth) in found.into_iter().zip(truth.messages) {
            (truth.is_edited, truth.is_notice) = (false, false);
            assert_eq!(found, truth, "{writing:?}");
        }
    }
}

/// Own content read back: time, caption and media ids.
type ReadOwn = BTreeSet<(i64, String, Vec<String>)>;

fn read_own(tree: &Tree, file: &str, member: &str) -> ReadOwn {
    let mut found = ReadOwn::new();
    for file in tree.ending(file) {
        let document = json(file);
        let list =
            document[member].as_array().or(document.as_array()).cloned().unwrap_or_else(|| vec![document.clone()]);
        for row in &list {
            let media = row["media"].as_array().cloned().unwrap_or_else(|| vec![row.clone()]);
            let from = if row["creation_timestamp"].is_i64() { row } else { &media[0] };
            let ids = media.iter().map(|one| media_id_of(one["uri"].as_str().unwrap_or("")).expect("an id").to_owned());
            let at_ms = from["creation_timestamp"].as_i64().expect("a time") * 1_000;
            found.insert((at_ms, text(&from["title"]).expect("a title"), ids.collect()));
        }
    }
    found
}

#[test]
fn own_content_read_back_is_the_truth() {
    let life = life();
    for writing in writings() {
        let (truth, tree) = (Truth::of(&life, std::slice::from_ref(&writing)), write(&life, &writing));
        let check = |file, member, kind, state| {
            let wanted: ReadOwn = truth
                .own
                .iter()
                .filter(|own| own.kind == kind && own.state == state)
                .map(|own| (own.at_ms, own.text.clone().unwrap_or_default(), own.media_ids.clone()))
                .collect();
            let mut found = read_own(&tree, file, member);
            if kind == Kind::Reel {
                found.extend(read_own(&tree, "igtv_videos.json", "ig_igtv_media"));
            }
            if kind == Kind::Post && state == State::Live && writing.generation == Generation::E {
                assert!(found.is_subset(&wanted), "{writing:?}");
                let n_listed = tree
                    .ending("media/posts.json")
                    .map(|file| json(file).as_array().map_or(1, Vec::len))
                    .sum::<usize>();
                assert!(n_listed >= wanted.len());
            } else {
                assert_eq!(found, wanted, "{file} {writing:?}");
            }
        };
        check("/posts_1.json", "", Kind::Post, State::Live);
        check("/archived_posts.json", "ig_archived_post_media", Kind::Post, State::Archived);
        check("/recently_deleted_content.json", "ig_recently_deleted_media", Kind::Post, State::Deleted);
        check("/stories.json", "ig_stories", Kind::Story, State::Live);
        check("/reels.json", "ig_reels_media", Kind::Reel, State::Live);
        check("/profile_photos.json", "ig_profile_picture", Kind::ProfilePhoto, State::Live);
    }
}

/// Rows of the lists of a document: at the top, or one member below it; a lone object is one row.
fn n_rows(document: &Value) -> usize {
    match document {
        Value::Array(list) => list.len(),
        Value::Object(members) => match members.values().next() {
            Some(Value::Array(list)) if members.len() == 1 => list.len(),
            _ => 1,
        },
        _ => 0,
    }
}

#[test]
fn rows_of_other_documents_are_as_many_as_the_truth_says() {
    let life = life();
    for writing in writings() {
        let (counts, tree) = (Truth::counts(&life, std::slice::from_ref(&writing)), write(&life, &writing));
        let check = |kind, places: &[&str]| {
            let here = tree.ending(".json").filter(|file| places.iter().any(|place| file.path.contains(place)));
            let n: usize = here.map(|file| n_rows(&json(file))).sum();
            assert_eq!(n, counts.get(&kind).copied().unwrap_or(0), "{kind:?} {writing:?}");
        };
        check(Kind::Comment, &["comments/post_comments", "comments/reels_comments", "comments/hype"]);
        check(Kind::Like, &["likes/liked_", "/story_likes", "story_sticker_interactions/story_likes"]);
        check(Kind::Save, &["saved/saved_posts"]);
        check(Kind::StoryInteraction, &["/polls", "/quest", "/quizzes", "/emoji_sliders", "/countdowns"]);
        check(Kind::Search, &["recent_searches/"]);
        check(Kind::Follow, &["followers_and_following/"]);
        check(Kind::Contact, &["contacts/synced_contacts"]);
        check(Kind::ProfileChange, &["/profile_changes"]);
        check(Kind::Login, &["/login_activity"]);
        check(Kind::Visit, &["/link_history.json"]);
        check(Kind::View, &["_viewed.json", "/videos_watched"]);
        check(Kind::Note, &["/notes.json"]);
        check(Kind::Interest, &["your_topics/"]);
    }
}

#[test]
fn several_downloads_hold_more_than_the_newest() {
    let life = Life::new(7, Size { likes: 400, strangers: 100, views: 800, ..Size::small() });
    let writings: Vec<Writing> =
        life.dates(4, 70).into_iter().map(|date| Writing::new(Generation::D).at(date)).collect();
    let all = Truth::counts(&life, &writings);
    let newest = Truth::counts(&life, &writings[3..]);
    for (kind, n) in &newest {
        assert!(all[kind] >= *n);
    }
    for kind in [Kind::Message, Kind::Like, Kind::Follow, Kind::View] {
        assert!(all[&kind] > newest[&kind], "{kind:?}");
    }
    let reversed: Vec<Writing> = writings.iter().rev().cloned().collect();
    assert_eq!(Truth::of(&life, &writings), Truth::of(&life, &reversed));
}

#[test]
fn sizes_are_kept() {
    for (messages, threads) in [(0, 3), (1, 14), (400, 14), (5_000, 40)] {
        let size = Size { messages, threads, media_messages: messages / 10, ..Size::small() };
        let life = Life::new(3, size);
        let all: Vec<Message> = (0..threads).flat_map(|thread| life.messages(thread)).collect();
        assert_eq!(all.len(), messages);
        assert_eq!(all.iter().filter(|message| !message.media.is_empty()).count(), messages / 10);
        for thread in 0..threads {
            assert!(life.messages(thread).is_sorted_by_key(|message| message.at_ms));
        }
        assert_eq!(life.n_messages_until(Life::end_ms()), messages);
        assert_eq!(life.n_messages_until(Life::begin_ms() - 1), 0);
    }
}

#[test]
fn dates_overlap_as_asked() {
    let life = Life::new(5, Size { messages: 20_000, ..Size::small() });
    let counts: Vec<usize> = life.dates(3, 90).into_iter().map(|date| life.n_messages_until(date)).collect();
    assert_eq!(counts[2], 20_000);
    for pair in counts.windows(2) {
        assert!((89..=91).contains(&(pair[0] * 100 / pair[1])), "{counts:?}");
    }
}

#[test]
fn a_download_of_a_range_holds_what_came_between_two_numbers() {
    let life = Life::new(7, Size { is_eventful: false, ..Size::small() });
    let (after, until) = (life.date_of(300), life.date_of(340));
    assert!(life.n_messages_until(after) >= 300 && life.n_messages_until(after - 1) < 300);
    let range = Truth::of(&life, &[Writing::new(Generation::D).at(until).since(after + 1)]);
    let came = life.n_messages_until(until) - life.n_messages_until(after);
    assert!((35..45).contains(&came), "{came}");
    // Some of them were taken back.
    assert!(range.messages.len() <= came && range.messages.len() + 5 > came, "{} of {came}", range.messages.len());
}

#[test]
fn what_trips_programs_up_occurs() {
    let life = Life::new(7, Size { messages: 6_000, ..Size::small() });
    let truth = Truth::of(&life, &[Writing::new(Generation::C)]);
    let mut equal: BTreeMap<(usize, i64, &str, &str), usize> = BTreeMap::new();
    for message in &truth.messages {
        let text = message.text.as_deref().unwrap_or("");
        *equal.entry((message.thread, message.at_ms, &message.author, text)).or_default() += 1;
    }
    assert!(equal.values().any(|n| *n > 1), "the same twice in one millisecond");
    let pairs = || truth.messages.windows(2).filter(|pair| pair[0].thread == pair[1].thread);
    let repeats = |pair: &&[TrueMessage]| pair[0].text.is_some() && pair[0].text == pair[1].text;
    assert!(pairs().filter(repeats).any(|pair| pair[0].at_ms != pair[1].at_ms), "the same text twice");
    assert!(pairs().any(|pair| pair[0].at_ms == pair[1].at_ms && pair[0].share_url != pair[1].share_url));
    assert!(truth.messages.iter().any(|message| message.is_edited));
    assert!(truth.messages.iter().any(|message| message.text.is_none() && message.media_ids.is_empty()));
    assert!(life.threads().iter().any(|thread| thread.n_messages == 0));
    assert!(life.threads().iter().any(|thread| thread.old_id.contains('_')));
    assert!(life.own().iter().any(|own| own.captions.len() > 1));
    assert_eq!(life.people()[4].names, life.people()[5].names);
    let people = life.people();
    assert!(
        people.iter().any(|person| person.left_ms.is_some()) && people.iter().any(|person| person.handles.len() > 1)
    );
    for own in [State::Archived, State::Deleted] {
        assert!(life.own().iter().any(|one| one.states.iter().any(|(_, state)| *state == own)), "{own:?}");
    }
}

#[test]
fn parts_hold_everything_once() {
    let tree = write(&life(), &Writing::new(Generation::D));
    let mut all: Vec<String> = tree.files.iter().map(|file| file.path.clone()).collect();
    let parts = tree.parts(3);
    assert!(parts.iter().all(|part| !part.files.is_empty()));
    let mut parted: Vec<String> = parts.iter().flat_map(|part| &part.files).map(|file| file.path.clone()).collect();
    all.sort_unstable();
    parted.sort_unstable();
    assert_eq!(all, parted);
}

#[test]
fn archives_are_named_as_their_generation_names_them() {
    let (life, date) = (life(), day_ms(2022, 8, 1));
    let name = |generation, part| Writing::new(generation).at(date).archive_name(&life, part);
    assert_eq!(name(Generation::C, 0), "robin.example_20220801");
    assert_eq!(name(Generation::C, 1), "robin.example_20220801_part_2");
    assert!(name(Generation::D, 0).starts_with("instagram-robin.example-2022-08-01-"));
    assert_ne!(name(Generation::D, 0), name(Generation::D, 1));
    assert!(Writing::new(Generation::E).archive_name(&life, 0).starts_with("instagram-robin_under-2026-02-01-"));
}

/// One flat document of a part.
fn flat(tree: &Tree, name: &str) -> Value {
    json(tree.file(&format!("{name}.json")).unwrap_or_else(|| panic!("no {name}.json")))
}

#[test]
fn flat_files_are_proper_and_name_their_media() {
    for generation in [Generation::A, Generation::B] {
        let tree = write(&life(), &Writing::new(generation));
        let media = tree.file("media.json").expect("media.json").bytes();
        assert!(!media.is_ascii() && !String::from_utf8(media).expect("UTF-8").contains("\\u00"));
        let document = flat(&tree, "media");
        let rows = document.as_object().expect("an object").values().flat_map(|list| list.as_array().expect("a list"));
        let named: BTreeSet<&str> = rows.map(|row| row["path"].as_str().expect("a path")).collect();
        let there: BTreeSet<&str> =
            tree.files.iter().filter(|file| file.is_media).map(|file| file.path.as_str()).collect();
        let in_chats = there.iter().filter(|path| path.starts_with("messages/")).count();
        assert_eq!(in_chats > 0, generation == Generation::B);
        assert!(named.is_subset(&there) && there.len() == named.len() + in_chats);
        assert_eq!(tree.file("messages.json").is_some(), generation == Generation::A);
    }
}

#[test]
fn rows_of_a_flat_carousel_share_second_and_caption() {
    let life = life();
    let writing = Writing::new(Generation::A);
    let tree = write(&life, &writing);
    let document = flat(&tree, "media");
    let rows = || ["photos", "videos"].into_iter().flat_map(|list| document[list].as_array().expect("a list"));
    for own in Truth::of(&life, std::slice::from_ref(&writing)).own.iter().filter(|own| own.kind == Kind::Post) {
        let time = crate::testing::calendar::iso(own.at_ms);
        let here: Vec<&Value> = rows().filter(|row| row["taken_at"] == time.as_str()).collect();
        assert_eq!(here.len(), own.media_ids.len(), "{time}");
        assert!(here.iter().all(|row| row["caption"] == own.text.clone().unwrap_or_default()), "{time}");
    }
}

#[test]
fn flat_times_are_written_in_three_ways() {
    let at = |clock| {
        let tree = write(&life(), &Writing::new(Generation::A).clocked(clock));
        let document = flat(&tree, "media");
        document["photos"].as_array().and_then(|rows| rows.last()).expect("a row")["taken_at"].clone()
    };
    assert_eq!(at(Clock::Offset), "2019-06-01T03:57:10+00:00");
    assert_eq!(at(Clock::NaiveUtc), "2019-06-01T03:57:10");
    assert_eq!(at(Clock::NaivePacific), "2019-05-31T20:57:10");
}

#[test]
fn flat_parts_have_all_rows_and_some_of_them_twice() {
    let life = life();
    let writing = Writing::new(Generation::A);
    let (whole, parts) = (write(&life, &writing), write_parts(&life, &writing, 3));
    let rows = |tree: &Tree| -> Vec<String> {
        let document = flat(tree, "likes");
        document
            .as_object()
            .expect("an object")
            .values()
            .flat_map(|list| list.as_array().expect("a list"))
            .map(Value::to_string)
            .collect()
    };
    let parted: Vec<String> = parts.iter().flat_map(rows).collect();
    let distinct = |rows: &[String]| rows.iter().cloned().collect::<BTreeSet<_>>();
    assert_eq!(distinct(&parted), distinct(&rows(&whole)));
    let all: usize = parts.iter().map(|part| rows(part).len()).sum();
    assert!(parts.iter().all(|part| !rows(part).is_empty()) && all > rows(&whole).len());
    let media = |tree: &Tree| tree.files.iter().filter(|file| file.is_media).count();
    assert_eq!(parts.iter().map(media).sum::<usize>(), media(&whole));
}
