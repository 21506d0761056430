//! A record box as the element of JSON that says the same: rows of `string_list_data` (S3), `string_map_data` (S2),
//! `label_values` (S6), or media with their caption (S4). So the readers of these shapes read pages too.

use super::table::{self, Entry};
use super::tree::{Content, Element, Line, Role, Tag};
use crate::model::Precision;
use crate::source::instagram::dates;
use crate::source::instagram::json::Json;
use crate::source::instagram::labels::{self, Label};

/// A box with its heading and time line told from its body.
#[derive(Debug)]
pub struct Record<'a> {
    /// Of a message its sender, of a post its caption, of a like the owner of what was liked.
    pub heading: Option<String>,
    /// The printed time.
    pub time: Option<String>,
    pub body: Content<'a>,
    /// The element of the body, where a class tells it.
    pub body_element: Option<&'a Element>,
}

impl<'a> Record<'a> {
    /// Takes a box apart: by its classes, else the first line of several is the heading and a date at the end the time.
    pub fn of(root: &'a Element) -> Self {
        let of_role = |role: Role| root.find(&|element| element.role == role);
        let body_element = of_role(Role::Body);
        let time = of_role(Role::Time);
        let heading = of_role(Role::Heading).or_else(|| root.find(&|element| element.tag == Tag::Heading));
        let is_marked = body_element.is_some() || time.is_some() || heading.is_some();
        let (heading, time) = if is_marked { (heading, time) } else { by_structure(root) };
        let body = root.content_without(heading.into_iter().chain(time).collect());
        let filled = |element: &Element| Some(element.text()).filter(|text| !text.trim().is_empty());
        Self { heading: heading.and_then(filled), time: time.and_then(filled), body, body_element }
    }

    /// Whether the box only heads a page: it says nothing but its heading.
    pub fn is_head(&self) -> bool {
        self.heading.is_some()
            && self.time.is_none()
            && self.body_element.is_none()
            && self.body.media.is_empty()
            && self.body.tables.is_empty()
            && self.body.lines.iter().all(|line| line.link.is_none())
    }

    /// Whether the box says nothing.
    pub fn is_empty(&self) -> bool {
        self.heading.is_none() && self.time.is_none() && self.body.is_empty()
    }

    /// The box as an element with labels and rows.
    pub fn into_element(self) -> Json {
        let mut members = Vec::new();
        if let Some(heading) = self.heading {
            members.push(("title", text(heading.trim())));
        }
        let entries: Vec<Entry> = self.body.tables.iter().flat_map(|table| table::entries(table, 0)).collect();
        let (plain, labelled): (Vec<Entry>, Vec<Entry>) = entries.into_iter().partition(Entry::is_plain);
        let mut lines = self.body.lines;
        lines.extend(plain.into_iter().flat_map(|entry| entry.lines));
        let mut rows = rows_of(lines);
        let mut time = self.time;
        // A date by itself beside a table is the record's, not a row's.
        if time.is_none() && !labelled.is_empty() && matches!(&rows[..], [row] if row.is_only_time()) {
            time = rows.pop().and_then(|row| row.time);
        }
        if let Some(time) = time {
            members.push(("timestamp", text(time.trim())));
        }
        if !rows.is_empty() {
            members.push(("string_list_data", Json::List(rows.into_iter().map(Row::into_json).collect())));
        }
        members.extend(table::members(labelled));
        if !self.body.media.is_empty() {
            members.push(("media_list_data", media(self.body.media)));
        }
        object(members)
    }

    /// The box as own content: media with caption and time.
    pub fn into_content(self) -> Json {
        let entries: Vec<Entry> = self.body.tables.iter().flat_map(|table| table::entries(table, 0)).collect();
        let is_labelled = |entry: &Entry| {
            let of_content = [Label::Caption, Label::Media, Label::Url, Label::Text];
            labels::find(&entry.label).is_some_and(|label| of_content.contains(&label))
        };
        if entries.iter().any(is_labelled) {
            return self.into_element();
        }
        let mut tags = Vec::new();
        let mut camera = Vec::new();
        for entry in entries {
            entry.flatten(&mut camera);
        }
        camera.retain(|(_, value)| take_tags(value, &mut tags));
        let mut more = Vec::new();
        let mut time = self.time;
        for line in self.body.lines {
            if time.is_none() && is_time(&line.text) {
                time = Some(line.text);
            } else if take_tags(&line.text, &mut tags) {
                more.extend(Some(line.text.trim().to_owned()).filter(|text| !text.is_empty()));
                more.extend(line.link);
            }
        }
        let mut own_media: Vec<Json> = self.body.media.into_iter().map(|path| object([("uri", text(path))])).collect();
        if !camera.is_empty() {
            if own_media.is_empty() {
                own_media.push(object([]));
            }
            if let Some(Json::Object(first)) = own_media.first_mut() {
                first.push(("media_metadata".to_owned(), metadata(camera)));
            }
        }
        let mut members = vec![("media", Json::List(own_media))];
        members.extend(self.heading.map(|caption| ("title", Json::Text(caption))));
        members.extend(time.map(|time| ("creation_timestamp", text(time.trim()))));
        if !tags.is_empty() {
            members.push(("tagged_users", Json::List(tags.into_iter().map(text).collect())));
        }
        if !more.is_empty() {
            members.push(("more_text", Json::List(more.into_iter().map(text).collect())));
        }
        object(members)
    }
}

/// A row that is a record of its own: the first cell names it.
pub fn of_row(row: &Element) -> Option<Json> {
    let mut lines = row.content().lines.into_iter();
    let title = lines.next()?;
    let rows = rows_of(lines.collect());
    let mut members = vec![("title", text(title.text.trim()))];
    if let Some(link) = title.link {
        members.push(("url", text(link)));
    }
    if !rows.is_empty() {
        members.push(("string_list_data", Json::List(rows.into_iter().map(Row::into_json).collect())));
    }
    Some(object(members))
}

/// Heading and time of a box without classes.
fn by_structure(root: &Element) -> (Option<&Element>, Option<&Element>) {
    let is_line = |element: &Element| {
        let content = element.content();
        matches!(&content.lines[..], [line] if line.link.is_none())
            && content.media.is_empty()
            && content.tables.is_empty()
            && content.reactions.is_empty()
    };
    let mut parts = root.elements().filter(|element| !element.content().is_empty());
    let last = parts.next_back().filter(|element| is_line(element) && is_time(&element.text()));
    let mut before = root.elements().filter(|element| !element.content().is_empty());
    let first = before.next().filter(|element| is_line(element) && !is_time(&element.text()));
    let n_parts = before.count() + 1;
    (first.filter(|_| n_parts > usize::from(last.is_some()) + 1), last.filter(|_| n_parts > 1))
}

/// A row of `string_list_data`.
#[derive(Debug, Default)]
struct Row {
    value: Option<String>,
    link: Option<String>,
    time: Option<String>,
}

impl Row {
    fn is_only_time(&self) -> bool {
        self.value.is_none() && self.link.is_none()
    }

    fn into_json(self) -> Json {
        let value = self.value.filter(|value| self.link.as_ref() != Some(value));
        let members = [("href", self.link), ("value", value), ("timestamp", self.time)];
        object(members.into_iter().filter_map(|(name, member)| Some((name, text(member?)))))
    }
}

/// Lines as rows: a date ends a row, a second link begins one, and words that stand in several lines belong together.
fn rows_of(lines: Vec<Line>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut row: Option<Row> = None;
    for Line { text, link } in lines {
        let text = text.trim().to_owned();
        if link.is_none() && is_time(&text) {
            let ended = Row { time: Some(text), ..row.take().unwrap_or_default() };
            rows.push(ended);
            continue;
        }
        if link.is_some() && row.as_ref().is_some_and(|row| row.link.is_some()) {
            rows.extend(row.take());
        }
        let row = row.get_or_insert_default();
        row.link = row.link.take().or(link);
        if !text.is_empty() && row.link.as_ref() != Some(&text) {
            row.value = Some(match row.value.take() {
                Some(before) => format!("{before}\n{text}"),
                None => text,
            });
        }
    }
    rows.extend(row);
    rows
}

/// Whether a line is a date with a clock.
pub fn is_time(text: &str) -> bool {
    dates::read(text).is_some_and(|moment| moment.precision != Precision::Day)
}

/// Takes the tagged people out of a line as `Tagged users: ann_example (Tagged, 0.00, 0.00), …`, in any language. `false`
/// when it is one, so that the line itself need not be kept.
fn take_tags(line: &str, tags: &mut Vec<String>) -> bool {
    let mut found = Vec::new();
    let mut rest = line.trim();
    while let Some((name, place)) = rest.split_once(" (") {
        let Some((place, after)) = place.split_once(')') else { return true };
        let coordinates = place.rsplit(", ").take(2).filter(|number| number.parse::<f64>().is_ok()).count();
        let name = name.rsplit([':', '：']).next().unwrap_or(name).trim_matches([',', ' ', ';', '、']);
        if coordinates < 2 || name.is_empty() {
            return true;
        }
        found.push(name.to_owned());
        rest = after.trim_start();
    }
    if found.is_empty() || !rest.trim().is_empty() {
        return true;
    }
    tags.append(&mut found);
    false
}

/// What a camera wrote, in the shape of `media_metadata`.
fn metadata(camera: Vec<(String, String)>) -> Json {
    let members = camera.into_iter().map(|(label, value)| {
        let known = labels::find(&label);
        let name = known.map_or_else(|| snake_case(&label), |label| label.name().to_owned());
        let is_coordinate = matches!(known, Some(Label::Latitude | Label::Longitude));
        (name, Json::Text(if is_coordinate { value.replace(',', ".") } else { value }))
    });
    let exif = Json::List(vec![Json::Object(members.collect())]);
    object([("photo_metadata", object([("exif_data", exif)]))])
}

fn snake_case(label: &str) -> String {
    label.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join("_")
}

pub fn media(paths: Vec<String>) -> Json {
    Json::List(paths.into_iter().map(|path| object([("uri", text(path))])).collect())
}

pub fn text(text: impl Into<String>) -> Json {
    Json::Text(text.into())
}

pub fn object<'n>(members: impl IntoIterator<Item = (&'n str, Json)>) -> Json {
    Json::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
