//! The record shapes S2, S3 and S6 of the format reference §1.5.

use std::borrow::Cow;

use crate::model::Generation;
use crate::testing::json::{Json, object};
use crate::testing::life::Life;
use crate::testing::writing::Writing;

impl Writing {
    /// The word of the download's language for an English label.
    pub(super) fn label(&self, english: &'static str) -> &'static str {
        self.language.label(english, self.generation)
    }
}

pub(super) const fn seconds(at_ms: i64) -> i64 {
    at_ms.div_euclid(1_000)
}

/// What one label of a `string_map_data` says.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    pub href: String,
    pub value: String,
    pub timestamp: i64,
}

impl Cell {
    pub fn text(value: impl Into<String>) -> Self {
        Self { value: value.into(), ..Self::default() }
    }

    pub fn time(at_ms: i64) -> Self {
        Self { timestamp: seconds(at_ms), ..Self::default() }
    }

    /// Older files write all three members, newer ones only those that say something.
    fn json(self, writing: &Writing) -> Json {
        if writing.generation < Generation::E {
            return object! { "href" => self.href, "value" => self.value, "timestamp" => self.timestamp };
        }
        let mut cell = object! {};
        if !self.href.is_empty() {
            cell.push("href", self.href);
        }
        if !self.value.is_empty() || self.timestamp == 0 {
            cell.push("value", self.value);
        }
        if self.timestamp != 0 {
            cell.push("timestamp", self.timestamp);
        }
        cell
    }
}

/// S2 without what stands around it.
pub(super) fn map_data(writing: &Writing, cells: Vec<(&'static str, Cell)>) -> Json {
    labelled_cells(writing, cells, |name| writing.label(name))
}

/// S2 of a comment, whose keys some languages leave in English.
pub(super) fn comment_data(writing: &Writing, cells: Vec<(&'static str, Cell)>) -> Json {
    labelled_cells(writing, cells, |name| writing.language.comment_label(name))
}

fn labelled_cells(
    writing: &Writing,
    cells: Vec<(&'static str, Cell)>,
    label: impl Fn(&'static str) -> &'static str,
) -> Json {
    Json::Object(cells.into_iter().map(|(name, cell)| (Cow::Borrowed(label(name)), cell.json(writing))).collect())
}

/// S2: labels with a link, a text or a time.
pub(super) fn string_map(writing: &Writing, title: impl Into<String>, cells: Vec<(&'static str, Cell)>) -> Json {
    let data = map_data(writing, cells);
    object! { "title" => title.into(), "media_map_data" => object! {}, "string_map_data" => data }
}

/// S3: one link, text and time below a title.
pub(super) fn string_list(writing: &Writing, title: impl Into<String>, cell: Cell) -> Json {
    object! {
        "title" => title.into(),
        "media_list_data" => Vec::new(),
        "string_list_data" => vec![cell.json(writing)],
    }
}

/// S6: an entry with its time, id and labelled values. The time is left out when it is 0.
pub(super) fn labelled(at_ms: i64, fbid: Option<String>, values: Vec<Json>) -> Json {
    let mut entry = object! {};
    if at_ms != 0 {
        entry.push("timestamp", seconds(at_ms));
    }
    entry.push("media", Vec::new());
    entry.push("label_values", values);
    if let Some(fbid) = fbid {
        entry.push("fbid", fbid);
    }
    entry
}

pub(super) fn value(writing: &Writing, label: &'static str, value: impl Into<String>) -> Json {
    object! { "label" => writing.label(label), "value" => value.into() }
}

pub(super) fn link(writing: &Writing, label: &'static str, url: &str) -> Json {
    object! { "label" => writing.label(label), "value" => url.to_owned(), "href" => url.to_owned() }
}

pub(super) fn time_value(writing: &Writing, label: &'static str, at_ms: i64) -> Json {
    object! { "label" => writing.label(label), "timestamp_value" => seconds(at_ms) }
}

/// A group: a title, and below it one nameless list of nodes for each entry.
pub(super) fn group(writing: &Writing, title: &'static str, entries: Vec<Vec<Json>>) -> Json {
    let entries: Vec<Json> = entries.into_iter().map(|nodes| object! { "title" => "", "dict" => nodes }).collect();
    object! { "title" => writing.label(title), "dict" => entries }
}

/// The `Owner` group. Its `URL` is the link in the account's bio, neither its profile nor the post (§1.E2).
pub(super) fn owner(life: &Life, writing: &Writing, number: usize) -> Json {
    let person = &life.people()[number];
    let handle = person.handle_at(writing.date_ms);
    let bio =
        if person.account_id.is_multiple_of(3) { format!("https://links.example/{handle}") } else { String::new() };
    let nodes = vec![
        value(writing, "URL", bio),
        value(writing, "Name", writing.name(life, number)),
        value(writing, "Username", handle),
    ];
    group(writing, "Owner", vec![nodes])
}

/// `Hashtags`: those of a caption.
pub(super) fn hashtags(writing: &Writing, caption: &str) -> Json {
    let tags = caption.split_whitespace().filter_map(|word| word.strip_prefix('#'));
    let entries = tags.map(|tag| vec![value(writing, "Name", tag)]).collect();
    group(writing, "Hashtags", entries)
}

/// The user name and profile link of somebody on the day of the download.
pub(super) fn handle(life: &Life, writing: &Writing, person: usize) -> String {
    life.people()[person].handle_at(writing.date_ms).to_owned()
}

/// A word of the service as a value, such as `True`.
pub(super) fn word(writing: &Writing, english: &'static str) -> &'static str {
    writing.language.word(english)
}
