//! A record box as the element of JSON that says the same: rows of `string_list_data` (S3), `string_map_data` (S2),
//! `label_values` (S6), or media with their caption (S4). So the readers of these shapes read pages too.

use std::collections::HashSet;

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
    /// Links and media within the heading and the time line, where nobody expects them.
    pub strays: Vec<String>,
    /// What stands beside the element of the body; in `body` it is, too.
    pub beside_body: Vec<String>,
    pub body: Content<'a>,
    /// The element of the body, where a class tells it.
    pub body_element: Option<&'a Element>,
}

impl<'a> Record<'a> {
    /// Takes a box apart: by its classes, and what these do not tell by its structure.
    pub fn of(root: &'a Element) -> Self {
        let of_role = |role: Role| root.find(&|element| element.role == role);
        let by_structure = Parts::of(root);
        let heading = of_role(Role::Heading).or_else(|| root.find(&|element| element.tag == Tag::Heading));
        let heading = heading.or_else(|| by_structure.heading.filter(|_| of_role(Role::Body).is_none()));
        let time = of_role(Role::Time).or_else(|| by_structure.time.filter(|_| of_role(Role::Body).is_none()));
        let body_element = of_role(Role::Body).or(by_structure.body);
        let body = root.content_without(heading.into_iter().chain(time).collect());
        let filled = |element: &Element| Some(element.text()).filter(|text| !text.trim().is_empty());
        let strays = heading.into_iter().chain(time).flat_map(strays_of);
        let beside_body = body_element.map(|body| {
            let beside = root.content_without(heading.into_iter().chain(time).chain([body]).collect());
            beside.into_lines().into_iter().flat_map(Line::into_texts).collect()
        });
        Self {
            strays: strays.collect(),
            beside_body: beside_body.unwrap_or_default(),
            heading: heading.and_then(filled),
            time: time.and_then(filled),
            body,
            body_element,
        }
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
        self.into_element_with(table::members)
    }

    /// The same, its labels put into members in that way.
    pub fn into_element_with(self, labels: impl FnOnce(Vec<Entry>) -> Vec<(&'static str, Json)>) -> Json {
        let mut members = Vec::new();
        if let Some(heading) = self.heading {
            members.push(("title", text(heading.trim())));
        }
        let entries: Vec<Entry> = self.body.tables.iter().flat_map(|table| table::entries(table, 0)).collect();
        let words: Vec<Json> = entries.iter().filter_map(Entry::unseen_words).map(text).collect();
        let (plain, labelled): (Vec<Entry>, Vec<Entry>) = entries.into_iter().partition(Entry::is_plain);
        let mut lines = self.body.lines;
        lines.extend(self.body.reactions.iter().flat_map(|list| list.all_lines()));
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
        members.extend(labels(labelled));
        if !words.is_empty() {
            members.push(("words", Json::List(words)));
        }
        if !self.strays.is_empty() {
            members.push(("links", Json::List(self.strays.into_iter().map(text).collect())));
        }
        if !self.body.media.is_empty() {
            members.push(("media_list_data", media(self.body.media)));
        }
        object(members)
    }

    /// Own content that is written as a table of labels (`posts.json` of generation E).
    fn into_labelled_content(self, entries: Vec<Entry>) -> Json {
        let mut members = Vec::new();
        members.extend(self.heading.map(|heading| ("title", text(heading.trim()))));
        let mut time = self.time;
        let mut more: Vec<Json> = Vec::new();
        for line in self.body.lines {
            if time.is_none() && line.link.is_none() && is_time(&line.text) {
                time = Some(line.text);
            } else {
                let link = line.link.map(|link| ("href", text(link)));
                more.push(object(std::iter::once(("value", text(line.text.trim()))).chain(link)));
            }
        }
        members.extend(time.map(|time| ("timestamp", text(time.trim()))));
        members.push(table::nodes(entries));
        more.extend(self.strays.into_iter().map(|link| object([("href", text(link))])));
        for line in self.body.reactions.iter().flat_map(|list| list.all_lines()) {
            let link = line.link.map(|link| ("href", text(link)));
            more.push(object(std::iter::once(("value", text(line.text))).chain(link)));
        }
        if !more.is_empty() {
            members.push(("string_list_data", Json::List(more)));
        }
        if !self.body.media.is_empty() {
            members.push(("media", media(self.body.media)));
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
            return self.into_labelled_content(entries);
        }
        let mut tags = Vec::new();
        let mut camera = Vec::new();
        let mut paths = self.body.media;
        let mut more = self.strays;
        for mut entry in entries {
            entry.take_media(&mut paths);
            entry.flatten(&mut camera);
        }
        let (subtitles, paths): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| is_subtitles(path));
        camera.retain(|(_, value)| take_tags(value, &mut tags));
        let cameras = Cameras::of(camera, &mut more);
        more.extend(self.body.reactions.iter().flat_map(|list| list.all_lines()).flat_map(Line::into_texts));
        let mut time = self.time;
        for line in self.body.lines {
            if time.is_none() && line.link.is_none() && is_time(&line.text) {
                time = Some(line.text);
            } else if take_tags(&line.text, &mut tags) {
                more.extend(line.into_texts());
            }
        }
        let mut own_media: Vec<Json> = paths.into_iter().map(|path| object([("uri", text(path))])).collect();
        cameras.add_to(&mut own_media, subtitles, &mut more);
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

/// Links of an element of which only the text is read, and the file that it leads to itself.
fn strays_of(element: &Element) -> Vec<String> {
    let content = Content::of_element(element);
    let own = content.media.first().filter(|_| matches!(element.tag, Tag::Anchor | Tag::Medium)).cloned();
    let links = content.into_lines().into_iter().filter_map(|line| line.link);
    own.into_iter().chain(links).collect()
}

/// A row that is a record of its own: the first cell names it.
pub fn of_row(row: &Element) -> Option<Json> {
    let mut lines = row.all_lines().into_iter();
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

/// What stands where in a box without classes: a line, something nested, and a line that is a date; the lines may lack.
#[derive(Default)]
struct Parts<'a> {
    heading: Option<&'a Element>,
    body: Option<&'a Element>,
    time: Option<&'a Element>,
}

impl<'a> Parts<'a> {
    fn of(root: &'a Element) -> Self {
        let mut parts: Vec<&Element> = root.elements().collect();
        // Something that wraps all three.
        while let [only] = parts[..]
            && only.elements().count() > 1
            && only.elements().any(is_line)
            && !only.has_own_text()
        {
            parts = only.elements().collect();
        }
        let mut found = Self::default();
        if parts.len() > 1 {
            found.time = parts.pop_if(|last| is_line(last) && is_time(&last.text()));
        }
        // What leads somewhere is what was liked or sent, and heads nothing.
        if parts.len() > 1 && is_line(parts[0]) && parts[0].find(&|element| element.tag == Tag::Anchor).is_none() {
            found.heading = Some(parts.remove(0));
        }
        if let [body] = parts[..]
            && (found.heading.is_some() || found.time.is_some())
        {
            found.body = Some(body);
        }
        found
    }
}

/// Whether an element is text and nothing else, directly and not in something below it.
fn is_line(element: &Element) -> bool {
    element.has_own_text() && element.elements().all(|element| matches!(element.tag, Tag::LineBreak | Tag::Inline))
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

/// Whether a file is the subtitles of a video.
pub fn is_subtitles(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("srt"))
}

/// What cameras wrote, by medium: a label that comes again begins the next.
struct Cameras(Vec<Vec<(String, String)>>);

impl Cameras {
    /// What has no label is no field and goes to `more`.
    fn of(fields: Vec<(String, String)>, more: &mut Vec<String>) -> Self {
        let mut cameras: Vec<Vec<(String, String)>> = Vec::new();
        let mut known: HashSet<String> = HashSet::new();
        for (label, value) in fields {
            if label.is_empty() {
                more.push(value);
                continue;
            }
            if !known.insert(label.clone()) {
                known = HashSet::from([label.clone()]);
                cameras.push(vec![(label, value)]);
                continue;
            }
            match cameras.last_mut() {
                Some(camera) => camera.push((label, value)),
                None => cameras.push(vec![(label, value)]),
            }
        }
        Self(cameras)
    }

    /// Gives each medium its own in their order, the subtitles to the first; what is left over goes to `more`.
    fn add_to(self, media: &mut Vec<Json>, subtitles: Vec<String>, more: &mut Vec<String>) {
        let mut cameras = self.0.into_iter();
        let mut subtitles = Some(subtitles).filter(|paths| !paths.is_empty());
        if media.is_empty() && (cameras.len() > 0 || subtitles.is_some()) {
            media.push(object([]));
        }
        for medium in media {
            let camera = cameras.next().unwrap_or_default();
            let subtitles = subtitles.take().unwrap_or_default();
            if let Json::Object(members) = medium
                && !(camera.is_empty() && subtitles.is_empty())
            {
                members.push(("media_metadata".to_owned(), metadata(camera, subtitles, more)));
            }
        }
        more.extend(cameras.flatten().map(|(label, value)| format!("{label}: {value}")));
    }
}

/// What a camera wrote, and what belongs to a video, in the shape of `media_metadata`.
fn metadata(camera: Vec<(String, String)>, subtitles: Vec<String>, more: &mut Vec<String>) -> Json {
    let mut of_video: Vec<(String, Json)> = Vec::new();
    let mut paths = subtitles.into_iter();
    of_video.extend(paths.next().map(|path| ("subtitles".to_owned(), object([("uri", text(path))]))));
    more.extend(paths);
    let mut exif: Vec<(String, Json)> = Vec::new();
    for (label, value) in camera {
        let known = labels::find(&label);
        let name = known.map_or_else(|| camera_field(&label), |label| label.name().to_owned());
        let is_coordinate = matches!(known, Some(Label::Latitude | Label::Longitude));
        let value = if is_coordinate { value.replace(',', ".") } else { value };
        let members = if name == "music_genre" { &mut of_video } else { &mut exif };
        // Two labels of one meaning.
        if members.iter().any(|(known, _)| *known == name) {
            more.push(format!("{label}: {value}"));
        } else {
            members.push((name, Json::Text(value)));
        }
    }
    let mut blocks = Vec::new();
    if !exif.is_empty() {
        blocks.push(("photo_metadata", object([("exif_data", Json::List(vec![Json::Object(exif)]))])));
    }
    if !of_video.is_empty() {
        blocks.push(("video_metadata", Json::Object(of_video)));
    }
    object(blocks)
}

/// The name that JSON has for a field of the camera.
fn camera_field(label: &str) -> String {
    const OTHER_NAMES: [(&str, &str); 2] =
        [("date_taken", "date_time_original"), ("date_digitized", "date_time_digitized")];
    let name = label.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join("_");
    OTHER_NAMES.iter().find(|(other, _)| *other == name).map_or(name, |(_, known)| (*known).to_owned())
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
