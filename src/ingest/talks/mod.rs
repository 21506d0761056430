//! Talks that several downloads of an account hold in different forms: as JSON to the millisecond, as flat rows to the
//! second, as pages to the minute and in a zone that nobody names. One message is one record whatever form it has
//! (docs/decisions/0003).
//!
//! [`listen`] compares all that was said ([`echoes`]) and finds the zones of clocks ([`zones`]) and the conversations that
//! are one; [`marry`] finds for each row with a coarse time the message that it is ([`pairing`]). All of it is computed
//! from what documents say, again with every archive, so that nothing depends on the order of arrival.

mod carried;
mod echoes;
mod pairing;
mod resemblance;
mod search;
mod targets;
mod voices;
mod zones;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::identity::{self, comparable_text};
use super::{owner, reread};
use crate::model::{Basis, Item, Key, KeyBuilder, Kind, Moment, Precision, ThreadKind, Who, Zone};
use crate::source::{is_zone_sure, title_in};
use crate::store::{HeldAs, ReadHere, SaidAs, SnapshotRef, StoreError, Writing, ZoneOfSnapshot};
use echoes::{Grain, Line, Stands};
use pairing::{Row, Sort};
use voices::Voices;

/// What the downloads of an account say together about their forms.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// Keys of conversations that say the same, in the order in which they are to be joined.
    pairs: Vec<(Key, Key)>,
    /// Every snapshot with the zone of its clocks.
    zones: BTreeMap<i64, ZoneOfSnapshot>,
    /// Documents whose times are coarse.
    coarse: HashSet<i64>,
    /// Those of them that are flat.
    flat: HashSet<i64>,
}

impl Heard {
    /// Whether of some documents only minutes or seconds are known.
    pub(super) fn has_coarse(&self) -> bool {
        !self.coarse.is_empty()
    }
}

/// Whether clocks of a document may have no zone, or times are coarse: pages and flat files.
fn is_coarse(document: &ReadHere) -> bool {
    is_page(document) || is_flat(document)
}

fn is_page(document: &ReadHere) -> bool {
    document.path.ends_with(".html")
}

fn is_flat(document: &ReadHere) -> bool {
    document.reader.starts_with("flat_")
}

/// Compares what all documents of an account say.
pub(super) fn listen(writing: &Writing<'_>, account_id: i64) -> Result<Heard, StoreError> {
    let documents = writing.read_in_account(account_id)?;
    let snapshots: BTreeSet<&_> = documents.iter().flat_map(|document| &document.snapshots).collect();
    let mut heard = Heard {
        coarse: documents.iter().filter(|document| is_coarse(document)).map(|document| document.id).collect(),
        flat: documents.iter().filter(|document| is_flat(document)).map(|document| document.id).collect(),
        ..Heard::default()
    };
    heard.zones = writing.snapshots_of_account(account_id)?.into_iter().map(|id| (id, None)).collect();
    if heard.coarse.is_empty() {
        return Ok(heard);
    }
    let mut told: BTreeMap<i64, Zone> = BTreeMap::new();
    for snapshot in snapshots_of_pages(&documents) {
        let lessons = &mut reread::lessons_of_snapshot(writing, snapshot.id)?;
        told.extend(reread::learnt_from(writing, lessons)?.page_zone.map(|zone| (snapshot.id, zone)));
    }
    let mut names = TalkNames::default();
    let mut lines: Vec<Line> = Vec::new();
    let read = |what: SaidAs, names: &mut TalkNames, lines: &mut Vec<Line>| {
        documents.iter().enumerate().filter(|_| snapshots.len() > 1).try_for_each(|(number, document)| {
            writing.each_said_by(document.id, what, &mut |said| {
                let Some(at) = said.item.at else { return };
                lines.extend(line_of(&said.item, at, said.thread_key, document, number, names));
            })
        })
    };
    read(SaidAs::Words, &mut names, &mut lines)?;
    let stands: Vec<Stands> =
        documents.iter().map(|document| document.snapshots.iter().map(|snapshot| snapshot.id).collect()).collect();
    let mut echoes = echoes::compare(&mut lines, &names.kinds, &stands);
    let silent = silent(&documents, &lines, &told, &echoes.evidence);
    let is_time_stated = lines.iter().any(|line| !line.is_open) || !documents.iter().all(is_page);
    if is_time_stated && !silent.is_empty() {
        // Words tell enough nearly always, and deeds are many.
        read(SaidAs::Deeds, &mut names, &mut lines)?;
        let by_deeds = echoes::compare(&mut lines, &names.kinds, &stands).evidence;
        echoes.evidence.extend(by_deeds.into_iter().filter(|(snapshot, _)| silent.contains(snapshot)));
    }
    drop(lines);
    heard.pairs = names.pairs(echoes.pairs);
    for (snapshot, zone) in &told {
        heard.zones.insert(*snapshot, Some((zone.to_string(), "told by its pages".to_owned())));
    }
    for (snapshot, evidence) in &echoes.evidence {
        let is_told = told.get(snapshot).is_some_and(|zone| is_zone_sure(*zone));
        if let (Some((zone, n)), false) = (evidence.zone(), is_told) {
            let ground = format!("by {n} things that other downloads tell the time of");
            heard.zones.insert(*snapshot, Some((zone.to_string(), ground)));
        }
    }
    zones::borrow(&snapshots_of_pages(&documents), &mut heard.zones);
    Ok(heard)
}

fn snapshots_of_pages(documents: &[ReadHere]) -> BTreeSet<&SnapshotRef> {
    documents.iter().filter(|document| is_page(document)).flat_map(|document| &document.snapshots).collect()
}

/// Snapshots whose clocks may have any zone as far as words tell.
fn silent(
    documents: &[ReadHere],
    lines: &[Line],
    told: &BTreeMap<i64, Zone>,
    evidence: &BTreeMap<i64, zones::Evidence>,
) -> BTreeSet<i64> {
    // By document whether any of its clocks is open; flat files write offsets everywhere or nowhere.
    let mut is_open: HashMap<u32, bool> = HashMap::new();
    for line in lines {
        *is_open.entry(line.document).or_default() |= line.is_open;
    }
    let is_meant = |number: u32, document: &ReadHere| is_coarse(document) && is_open.get(&number) != Some(&false);
    let meant = (0..).zip(documents).filter(|(number, document)| is_meant(*number, document));
    let mut silent: BTreeSet<i64> =
        meant.flat_map(|(_, document)| document.snapshots.iter().map(|snapshot| snapshot.id)).collect();
    silent.retain(|snapshot| {
        !told.get(snapshot).is_some_and(|zone| is_zone_sure(*zone))
            && evidence.get(snapshot).is_none_or(|evidence| evidence.zone().is_none())
    });
    silent
}

/// Conversations by the key under which documents know them, and own words outside of any, as numbers.
#[derive(Debug, Default)]
struct TalkNames {
    numbers: HashMap<(u8, Option<Key>), u32>,
    kinds: Vec<u8>,
    keys: Vec<Option<Key>>,
}

impl TalkNames {
    fn number(&mut self, kind: u8, key: Option<Key>) -> u32 {
        let next = u32::try_from(self.kinds.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry((kind, key)).or_insert(next);
        if number == next {
            self.kinds.push(kind);
            self.keys.push(key);
        }
        number
    }

    /// Pairs by keys, those first that share most.
    fn pairs(&self, echoes: Vec<echoes::Echo>) -> Vec<(Key, Key)> {
        let key = |talk: u32| self.keys.get(talk as usize).copied().flatten();
        let mut pairs: Vec<(std::cmp::Reverse<u32>, Key, Key)> = echoes
            .into_iter()
            .filter_map(|echo| {
                let (one, other) = (key(echo.one)?, key(echo.other)?);
                Some((std::cmp::Reverse(echo.n), one.min(other), one.max(other)))
            })
            .collect();
        pairs.sort();
        pairs.into_iter().map(|(_, one, other)| (one, other)).collect()
    }
}

fn line_of(
    item: &Item,
    at: Moment,
    thread: Option<Key>,
    document: &ReadHere,
    number: usize,
    names: &mut TalkNames,
) -> Option<Line> {
    let (kind, words) = match item.kind {
        Kind::Message => (0, carried::words_of(item)),
        Kind::Comment => (1, hash_of_text(item)),
        Kind::Post | Kind::Reel | Kind::Story => (2, hash_of_text(item)),
        Kind::Follow | Kind::Like | Kind::Save | Kind::Search | Kind::StoryInteraction => (3, hash_of_deed(item)),
        _ => return None,
    };
    let grain = grain_of(at)?;
    let is_open = match at.basis {
        Basis::Utc => false,
        Basis::Told(zone) => is_flat(document) || !is_zone_sure(zone),
        Basis::Wall | Basis::Inferred(_) => true,
    };
    if !is_open && at.other_utc_ms().is_some() {
        return None;
    }
    Some(Line {
        words,
        at_ms: if is_open { at.ms } else { at.utc_ms() },
        talk: names.number(kind, thread.filter(|_| kind == 0)),
        document: u32::try_from(number).unwrap_or(u32::MAX),
        grain,
        is_open,
    })
}

fn grain_of(at: Moment) -> Option<Grain> {
    match at.precision {
        Precision::Millisecond => Some(Grain::Millisecond),
        Precision::Second => Some(Grain::Second),
        Precision::Minute => Some(Grain::Minute),
        Precision::Day => None,
    }
}

fn hash_of_text(item: &Item) -> u64 {
    match item.text.as_deref().map(comparable_text).filter(|text| !text.is_empty()) {
        Some(text) => short(KeyBuilder::new("words").part(text).key()),
        None => echoes::NO_WORDS,
    }
}

/// A short name for what was done to whom. Links are no part of it: flat files have none.
fn hash_of_deed(item: &Item) -> u64 {
    let whom = match item.counterpart.as_ref() {
        Some(Who::Handle(name) | Who::Name(name)) => Some(name.as_str()),
        _ => item.text.as_deref(),
    };
    let Some(whom) = whom.map(comparable_text).filter(|whom| !whom.is_empty()) else { return echoes::NO_WORDS };
    let subkind = item.subkind.as_deref().filter(|_| item.kind != Kind::Search).unwrap_or_default();
    let start = KeyBuilder::new("deed").number(item.kind.code()).part(subkind);
    short(start.part(whom.trim_start_matches(['#', '@'])).key())
}

fn short(key: Key) -> u64 {
    let bytes = key.as_bytes();
    u64::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]]).max(1)
}

/// Notes the zones of all snapshots. Gives those whose documents are to be read again.
pub(super) fn note_zones(writing: &Writing<'_>, account_id: i64, heard: &Heard) -> Result<BTreeSet<i64>, StoreError> {
    let mut changed = BTreeSet::new();
    for (snapshot, known) in writing.zones_of_account(account_id)? {
        let zone = heard.zones.get(&snapshot).cloned().flatten();
        if zone != known {
            writing.set_zone_of_snapshot(snapshot, &zone)?;
            if zone.map(|(zone, _)| zone) != known.map(|(zone, _)| zone) {
                changed.insert(snapshot);
            }
        }
    }
    Ok(changed)
}

/// Keys of conversations that only their words joined, and are taken out for the time being: the row in which each stood,
/// and the row in which it is alone.
#[derive(Debug, Default)]
pub(super) struct Loosened(BTreeMap<Key, (i64, i64)>);

impl Loosened {
    /// All rows that are concerned.
    pub(super) fn rows(&self) -> impl Iterator<Item = i64> {
        self.0.values().flat_map(|(before, alone)| [*before, *alone])
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn is_alone(&self, row: i64) -> bool {
        self.0.values().any(|(_, alone)| *alone == row)
    }

    /// Rows in which keys stand now that stood elsewhere before.
    pub(super) fn moved(&self, writing: &Writing<'_>) -> Result<BTreeSet<i64>, StoreError> {
        let mut moved = BTreeSet::new();
        for (key, (before, _)) in &self.0 {
            moved.extend(writing.thread_by_key(*key)?.filter(|now| now != before));
        }
        Ok(moved)
    }
}

/// Takes the conversations apart that only their words joined.
pub(super) fn loosen(writing: &Writing<'_>, account_id: i64) -> Result<Loosened, StoreError> {
    let mut loosened = Loosened::default();
    for (key, thread) in writing.thread_keys_by_text(account_id)? {
        let public_id = KeyBuilder::new("thread, by text").part(key.as_bytes()).public_id();
        writing.forget_thread_by_text(key)?;
        loosened.0.insert(key, (thread, writing.part_thread(key, public_id.as_str(), account_id)?));
    }
    Ok(loosened)
}

/// Joins conversations that say the same and never stood side by side. Gives those that grew; `keys` gets those of messages
/// that stood apart until now and may be one.
pub(super) fn join(
    writing: &Writing<'_>,
    heard: &Heard,
    loosened: &Loosened,
    keys: &mut HashSet<Key>,
) -> Result<BTreeSet<i64>, StoreError> {
    let mut grown = BTreeSet::new();
    for (one, other) in &heard.pairs {
        let (Some(one), Some(other)) = (writing.thread_by_key(*one)?, writing.thread_by_key(*other)?) else { continue };
        if one == other || writing.are_threads_together(one, other)? {
            continue;
        }
        // Which row stays is no matter; the records of the one that was loosened stand in the other already, and of two
        // the one with more messages stays, so that fewer are moved.
        let n_seen = |thread| writing.n_messages_seen_in_thread(thread);
        let is_one_kept = match (loosened.is_alone(one), loosened.is_alone(other)) {
            (false, true) => true,
            (true, false) => false,
            _ => n_seen(one)? >= n_seen(other)?,
        };
        let (kept, gone) = if is_one_kept { (one, other) } else { (other, one) };
        if !loosened.is_alone(gone) {
            keys.extend(writing.keys_of_thread(gone)?);
        }
        writing.note_thread_by_text(gone)?;
        writing.join_threads(kept, gone)?;
        grown.insert(kept);
    }
    Ok(grown)
}

/// Names of the owner of an account, as all its downloads tell them.
pub(super) fn names_of_owner(
    writing: &Writing<'_>,
    account_id: i64,
    heard: &Heard,
) -> Result<BTreeSet<String>, StoreError> {
    if heard.coarse.is_empty() {
        return Ok(BTreeSet::new());
    }
    let row = writing.account_row(account_id)?;
    let told = writing.profiles_of_account(account_id)?;
    let mut names: BTreeSet<Who> = told.iter().flat_map(owner::names_in).collect();
    names.insert(Who::Handle(row.own.handle));
    let told: Vec<Who> = names.iter().cloned().collect();
    let text = |who| match who {
        Who::Name(name) | Who::Handle(name) => Some(name),
        Who::Me => None,
    };
    let mut all: BTreeSet<String> = names.into_iter().filter_map(text).collect();
    for snapshot in writing.snapshots_of_account(account_id)? {
        all.extend(owner::infer(&told, &writing.participants_of_snapshot(snapshot)?).name);
    }
    Ok(all)
}

/// A message that is held under another key than before.
pub(super) type Moved = (Key, Key);

/// Finds for every row of a conversation with a coarse time which message it is, and holds it as that. Gives the keys
/// that must be computed again: before, after.
pub(super) fn marry(
    writing: &Writing<'_>,
    account_key: Key,
    thread: i64,
    heard: &Heard,
    me: &BTreeSet<String>,
) -> Result<Vec<Moved>, StoreError> {
    let is_coarse = |document: &i64| heard.coarse.contains(document);
    let documents = if heard.coarse.is_empty() { BTreeSet::new() } else { writing.readings_of_thread(thread)? };
    // One page alone has nothing to be compared with, however long it is.
    let is_alone = documents.len() == 1 && !writing.is_held_otherwise(thread)?;
    if is_alone || !documents.iter().any(is_coarse) {
        return Ok(Vec::new());
    }
    marry_all(writing, account_key, thread, heard, me)
}

/// The same for any conversation: also what is known to be fine is held as what it says.
pub(super) fn marry_all(
    writing: &Writing<'_>,
    account_key: Key,
    thread: i64,
    heard: &Heard,
    me: &BTreeSet<String>,
) -> Result<Vec<Moved>, StoreError> {
    let messages = writing.messages_of_thread(thread)?;
    let flat = &heard.flat;
    let mut documents = HashMap::new();
    for message in &messages {
        if let Entry::Vacant(vacant) = documents.entry(message.reading_id) {
            let id = message.reading_id;
            vacant.insert((writing.path_of_reading(id)?, writing.snapshots_of_reading(id)?));
        }
    }
    let mut held: Vec<(Key, Option<HeldAs>)> = messages
        .iter()
        .map(|message| (identity::identify(account_key, &message.item, Some(message.thread_key)).key, None))
        .collect();
    let mut timed = Vec::new();
    let mut rows = Vec::new();
    for (number, message) in messages.iter().enumerate() {
        let Some((at, grain)) = message.item.at.and_then(|at| Some((at, grain_of(at)?))) else { continue };
        let (path, snapshots) = &documents[&message.reading_id];
        timed.push(number);
        let is_exact = grain == Grain::Millisecond;
        rows.push(Row {
            // A flat row tells less than others of its millisecond: it is looked for among them.
            grain: if flat.contains(&message.reading_id) { grain.max(Grain::Second) } else { grain },
            is_exact,
            at_ms: at.utc_ms(),
            other_ms: at.other_utc_ms(),
            own: held[number].0,
            signature: identity::signature(&message.item),
            sort: sort_of(&message.item),
            text: message.item.text.as_deref().unwrap_or_default(),
            carries: carried::carried(&message.item),
            who: message.item.author.as_ref(),
            document: message.reading_id,
            path,
            from_newest: (page_of(path), row_of(&message.place)),
            snapshots,
        });
    }
    let heads = writing.heads_of_thread(thread)?;
    let is_direct = heads.iter().all(|head| head.head.kind == ThreadKind::Direct);
    let is_known = rows.iter().any(|row| row.who.is_some_and(|who| name_in(who).is_some_and(|name| me.contains(name))));
    let present: Vec<(String, i64)> = heads
        .iter()
        .flat_map(|head| head.snapshots.iter().map(|snapshot| (snapshot.id, &head.head.participants)))
        .flat_map(|(snapshot, all)| all.iter().filter_map(name_in).map(move |name| (name.to_owned(), snapshot)))
        .collect();
    let given = rows.iter().filter(|row| row.sort == Sort::System).filter_map(|row| title_in(row.text));
    let titles = heads.iter().filter_map(|head| head.head.title.as_deref()).chain(given).collect();
    let voices = Voices { me, are_two: is_direct && is_known, present: &present, titles: &titles };
    for (number, found) in timed.into_iter().zip(pairing::pair(&rows, &voices)) {
        if let Some((key, as_what)) = found {
            held[number] = (key, Some(as_what));
        }
    }
    let mut moved = Vec::new();
    for (message, (key, as_what)) in messages.iter().zip(held) {
        if (message.key, message.held_as) != (key, as_what) {
            writing.hold_sighting_as(message.sighting_id, key, as_what)?;
            moved.push((message.key, key));
        }
    }
    Ok(moved)
}

fn name_in(who: &Who) -> Option<&str> {
    match who {
        Who::Name(name) | Who::Handle(name) => Some(name.trim()),
        Who::Me => None,
    }
}

fn sort_of(item: &Item) -> Sort {
    match item.subkind.as_deref() {
        Some("share") => Sort::Share,
        Some("media") => Sort::Media,
        Some("call") => Sort::Call,
        Some("system") => Sort::System,
        Some("reaction_notice") => Sort::ReactionNotice,
        _ if item.share.is_some() => Sort::Share,
        _ if !item.media.is_empty() => Sort::Media,
        _ => Sort::Words,
    }
}

fn page_of(path: &str) -> i64 {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    stem.rsplit('_').next().and_then(|page| page.parse().ok()).unwrap_or_default()
}

fn row_of(place: &str) -> i64 {
    place.rsplit('/').next().and_then(|row| row.parse().ok()).unwrap_or_default()
}

/// Reads the documents of snapshots again whose clocks are in another zone than it was thought.
pub(super) fn read_again(
    writing: &Writing<'_>,
    snapshots: &BTreeSet<i64>,
    each: &mut dyn FnMut(&crate::store::HeldReading) -> Result<(), super::pipeline::IngestError>,
) -> Result<reread::Reread, super::pipeline::IngestError> {
    let mut reread = reread::Reread::default();
    for &snapshot in snapshots {
        reread::refresh(writing, snapshot, reread::Which::Outdated, &mut reread, each)?;
    }
    reread::take_apart(writing, &mut reread)?;
    Ok(reread)
}
