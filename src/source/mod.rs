//! What the formats mean. Readers are pure: a document's bytes and what a first pass learnt of its snapshot go in, a
//! stream of items comes out. Nothing here touches a disk, a database or a clock.
//!
//! `instagram/` is the first source; a second service would be a sibling folder and one line in [`recognise`].

mod count;
mod guard;
pub mod instagram;

pub use instagram::lists;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::model::{Finding, Format, Generation, Item, Key, Service, ThreadHead, Zone};

/// What a listing of names turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// One or several downloads lie in it, each below its own root.
    Exports(Vec<Recognised>),
    /// A download of a service that is known but not read; the sentence says which.
    Foreign(String),
    /// Nothing that is known.
    Nothing,
}

/// How the files of a download lie: changed twice, with all folders at once (format reference §1.0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tree {
    /// Generations A and B: documents at the root.
    Flat,
    /// Generation C: a folder a topic.
    Topics,
    /// Generations D and E: folders of topics, grouped.
    Grouped,
}

/// One download inside a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognised {
    pub service: Service,
    /// Everything of the download has a name that starts so: empty, or wrapper folders with a final `/`.
    pub root: String,
    pub generation: Generation,
    pub format: Format,
    /// Why, in a few words that `snapshots -v` and `probe` show.
    pub evidence: String,
}

/// Files of a service that is known but not read, in a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignTree {
    /// All of them have a name that starts so: empty, or folders with a final `/`.
    pub root: String,
    /// Which service it is, as in [`Verdict::Foreign`].
    pub sentence: &'static str,
}

/// What the name of a delivered archive says: a hint, never proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveName {
    pub service: Service,
    pub handle: String,
    /// The day of the request or of the delivery.
    pub date: NaiveDate,
    /// Eight random characters, other ones for each part of a delivery.
    pub token: Option<String>,
    /// Number of the part; only generation A numbers them.
    pub part: Option<u32>,
}

/// What an entry is by its name, below the root of its download.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Read for records or text.
    Document(DocumentForm),
    /// A picture, video, sound or any other file: kept, not read.
    Media,
    /// What operating systems and cloud drives leave behind (`__MACOSX/`, `.DS_Store` …): kept, no record.
    Debris,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DocumentForm {
    Json,
    Html,
    /// `.srt`: the words of a video.
    Subtitles,
    /// Any other text file.
    Text,
}

/// A document on its way into a reader.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// Its name below the root of its download, with `/`.
    pub path: &'a str,
    pub bytes: &'a [u8],
    pub learnt: &'a Learnt,
}

/// What a first pass over the small identity documents of a snapshot found out. Readers may use it; what they make of
/// an item must not depend on other documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Learnt {
    /// The user name, newest first, as the profile, its changes and the archive's name tell.
    pub handles: Vec<String>,
    /// Display names of the owner, newest first.
    pub names: Vec<String>,
    /// Language of the labels as an ISO 639-1 code, when it could be told.
    pub language: Option<String>,
    /// The zone of the times that flat documents write without an offset, when `media.json` tells it.
    pub flat_zone: Option<FlatZone>,
    /// The zone in which pages print their clocks, when a head tells it.
    pub page_zone: Option<Zone>,
    /// The zone of clocks without one that other downloads of the account show. For pages it counts where none tells its
    /// zone, for flat documents it stands above `flat_zone`.
    pub inferred_zone: Option<Zone>,
    /// Files of flat conversations by the second (Unix, UTC) of their taking up: nothing else links them to a message.
    pub direct_media: Arc<BTreeMap<i64, Vec<String>>>,
    /// The same files by that time as written; `direct_media` is made from it in the zone that is known.
    pub direct_files: Arc<BTreeMap<String, BTreeSet<String>>>,
}

/// The name that a sentence of the app gives a group, as far as such sentences are known.
pub fn title_in(sentence: &str) -> Option<&str> {
    instagram::name_given(sentence)
}

/// Whether the zone that the head of a page tells is surely the one: that in which pages print, or that of which their
/// heads speak. Of others that fit one moment the likeliest was taken.
pub fn is_zone_sure(zone: Zone) -> bool {
    [Zone::PACIFIC, Zone::UTC].contains(&zone)
}

/// Zone of the times without offset of generation A (format reference §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlatZone {
    /// `America/Los_Angeles`.
    Pacific,
    Utc,
}

/// Where in a document something stood: `messages/17`, `likes_media_likes/3`, `4`, or empty for the document itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place(pub String);

impl Place {
    pub fn at(list: &str, index: usize) -> Self {
        if list.is_empty() { Self(index.to_string()) } else { Self(format!("{list}/{index}")) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// What a reader says, one piece after the other.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// The messages that follow belong to this conversation, until the next head.
    Thread(Box<ThreadHead>),
    /// The item at that place was read; one place may give several.
    Item { place: Place, item: Box<Item> },
    /// The item at that place was understood to be no record; its bytes stay with the document. Each reason once a
    /// document becomes a finding.
    Kept { place: Place, reason: &'static str },
    /// The item at that place could not be read.
    Bad { place: Place, reason: String },
    /// The document is the words of something else (subtitles), as plain text.
    Words(String),
    /// Something to know about the document.
    Finding(Finding),
}

/// How the reading of a document went. The reader's own counts; `n_items` comes from a counter that shares no code
/// with the readers and is `None` where the document is too damaged to be counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Name of the catalog's row.
    pub reader: &'static str,
    pub reader_version: u32,
    pub n_items: Option<u64>,
    /// Items of the document from which at least one record comes.
    pub n_read: u64,
    pub n_kept: u64,
    pub n_bad: u64,
    /// Labels and keys that were not understood, and how often; their values were kept.
    pub not_understood: BTreeMap<String, u64>,
}

/// How a document is built, without what it says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// The shapes of docs/formats.md §1.5 that occur in it.
    pub shapes: BTreeSet<&'static str>,
    /// Types of the values by the path of members and labels that leads to them, and how often each occurs.
    pub keys: BTreeMap<String, BTreeMap<&'static str, u64>>,
}

/// Tells from the names of a listing (with `/`) which downloads lie in it.
pub fn recognise(names: &[&str]) -> Verdict {
    instagram::recognise(names)
}

/// Finds in the names of a listing what belongs to services that are known but not read.
pub fn foreign_trees(names: &[&str]) -> Vec<ForeignTree> {
    instagram::foreign_trees(names)
}

/// What an entry is by its name.
pub fn role(path: &str) -> Role {
    instagram::role(path)
}

/// Whether an entry's name promises a picture, a film or a sound.
pub fn promises_medium(path: &str) -> bool {
    instagram::promises_medium(path)
}

/// Reads the name of a ZIP or folder as the services name what they deliver; marks of copies do not matter.
pub fn parse_archive_name(name: &str) -> Option<ArchiveName> {
    instagram::parse_archive_name(name)
}

/// Whether [`learn`] wants to see this document.
pub fn teaches(path: &str) -> bool {
    instagram::teaches(path)
}

/// First pass: takes from a small document what it says about the owner and the language of the whole snapshot.
pub fn learn(learnt: &mut Learnt, path: &str, bytes: &[u8]) {
    instagram::learn(learnt, path, bytes);
}

/// Reads a document. Never fails: what is wrong with it is said through the sink, a defect of its reader too. Of what was learnt its reader sees only
/// what [`fingerprint`] counts, so that a reading is a function of bytes, path, fingerprint and the reader's version.
pub fn read(document: &Document<'_>, sink: &mut dyn FnMut(Output)) -> Reading {
    let learnt = instagram::known_to(document.path, document.learnt);
    guard::guarded(sink, |sink| instagram::read(&Document { learnt: &learnt, ..*document }, sink))
}

/// Names what of all that was learnt bears on the reading of a document of that path: equal where it is read equally.
/// `None` where nothing does, as with most documents.
pub fn fingerprint(path: &str, learnt: &Learnt) -> Option<Key> {
    instagram::fingerprint(path, learnt)
}

/// Whether a document of that path would be read by that version of that reader today, as far as its path tells.
pub fn is_current(path: &str, reader: &str, version: u32) -> bool {
    instagram::is_current(path, reader, version)
}

/// Tells how a document is built, for people who report a form that is not understood.
pub fn outline(path: &str, bytes: &[u8]) -> Outline {
    instagram::outline(path, bytes)
}

/// A path below the root of a download without the names of people that stand in it.
pub fn masked_path(path: &str) -> String {
    instagram::masked_path(path)
}

/// Whether [`generation_told_by`] wants to see the beginning of this document.
pub fn may_tell_generation(path: &str) -> bool {
    instagram::may_tell_generation(path)
}

/// The generation that a document's beginning (a few thousand bytes) tells, whatever the names around it say.
pub fn generation_told_by(path: &str, beginning: &[u8]) -> Option<Generation> {
    instagram::generation_told_by(path, beginning)
}

/// The tree in which a file lies, named below the root of its download; `None` where every generation has such names.
pub fn tree_told_by(path: &str) -> Option<Tree> {
    instagram::tree_told_by(path)
}

/// The range of time that a document says its download covers, in Unix milliseconds UTC: `None` where it says nothing,
/// `Some(None)` where it says what cannot be read.
pub fn stated_range(path: &str, bytes: &[u8]) -> Option<Option<(i64, i64)>> {
    instagram::stated_range(path, bytes)
}
