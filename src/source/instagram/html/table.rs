//! Tables of labels and values (format reference §5.2, §5.4): two cells, or one cell with the label as its first text and
//! the value in an element below; tables in tables are groups.

use super::message::attachments;
use super::record::{is_subtitles, is_time, media, object, text};
use super::tree::{Content, Element, Line, Node, Tag};
use crate::source::instagram::json::Json;
use crate::source::instagram::labels::{self, Label};

/// Groups nest one to three deep in exports.
const DEEPEST: usize = 6;

/// A row of a table.
#[derive(Debug, Default)]
pub struct Entry {
    pub label: String,
    pub lines: Vec<Line>,
    time: Option<String>,
    media: Vec<String>,
    groups: Vec<Vec<Entry>>,
    /// The label is all that the row has; even an empty value has its element.
    is_alone: bool,
}

/// The rows of a table, each with its label.
pub fn entries(table: &Element, depth: usize) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut rows = Vec::new();
    rows_of(table, &mut rows);
    for row in rows {
        let mut entry = match row {
            TablePart::Row(row) => entry_of(row.cells(), depth),
            TablePart::Cell(cell) => entry_of(std::iter::once(cell), depth),
            TablePart::Stray(node) => {
                let mut entry = Entry::default();
                entry.add(Content::of(std::slice::from_ref(node)), depth);
                entry
            }
        };
        match entries.last_mut() {
            // A row that is only a title heads the groups in the next ones.
            Some(title) if entry.label.is_empty() && !entry.groups.is_empty() && title.is_title() => {
                title.groups.append(&mut entry.groups);
                title.lines.append(&mut entry.lines);
                title.media.append(&mut entry.media);
                title.time = title.time.take().or(entry.time);
            }
            _ => entries.push(entry),
        }
    }
    entries.retain(|entry| !entry.is_bare() || !entry.label.is_empty());
    // A column of words without labels is a list of values.
    if entries.iter().all(Entry::is_bare) {
        for entry in &mut entries {
            let text = std::mem::take(&mut entry.label);
            entry.lines.push(Line { text, link: None });
        }
    }
    entries
}

/// What stands in a table; what is in no cell is a value by itself.
enum TablePart<'a> {
    Row(&'a Element),
    Cell(&'a Element),
    Stray(&'a Node),
}

fn rows_of<'a>(element: &'a Element, parts: &mut Vec<TablePart<'a>>) {
    for node in &element.children {
        match node {
            Node::Element(row) if row.tag == Tag::Row => {
                parts.push(TablePart::Row(row));
                let is_stray = |node: &&Node| !matches!(node, Node::Element(cell) if cell.tag == Tag::Cell);
                parts.extend(row.children.iter().filter(is_stray).map(TablePart::Stray));
            }
            Node::Element(cell) if cell.tag == Tag::Cell => parts.push(TablePart::Cell(cell)),
            Node::Element(group) if group.tag == Tag::Block => rows_of(group, parts),
            Node::Text(text) if text.trim().is_empty() => {}
            stray => parts.push(TablePart::Stray(stray)),
        }
    }
}

fn entry_of<'a>(cells: impl Iterator<Item = &'a Element>, depth: usize) -> Entry {
    let mut entry = Entry { is_alone: true, ..Entry::default() };
    for (index, cell) in cells.enumerate() {
        let n_label = if index == 0 { label_length(cell) } else { 0 };
        entry.is_alone &= index == 0 && n_label == cell.children.len();
        let (label, value) = cell.children.split_at(n_label);
        if index == 0 {
            let mut words = Content::of(label).lines.into_iter();
            entry.label =
                words.next().map(|line| line.text.trim().trim_end_matches(':').to_owned()).unwrap_or_default();
            entry.lines.extend(words);
        }
        entry.add(Content::of(value), depth);
    }
    entry
}

/// How many nodes at the beginning of a cell are its label: text and what stands in its line.
fn label_length(cell: &Element) -> usize {
    let is_label = |node: &Node| match node {
        Node::Text(_) => true,
        Node::Element(element) => element.tag == Tag::Inline && element.elements().next().is_none(),
    };
    cell.children.iter().take_while(|node| is_label(node)).count()
}

impl Entry {
    /// Whether it is nothing but the frame around the tables in it.
    fn is_frame(&self) -> bool {
        let is_empty = self.label.is_empty() && self.time.is_none() && self.media.is_empty();
        is_empty && !self.groups.is_empty() && self.lines.iter().all(|line| line.text.is_empty() && line.link.is_none())
    }

    fn add(&mut self, content: Content<'_>, depth: usize) {
        for line in content.lines {
            if line.link.is_none() && self.time.is_none() && !self.holds_words() && is_time(&line.text) {
                self.time = Some(line.text.trim().to_owned());
            } else {
                self.lines.push(Line { text: line.text.trim().to_owned(), link: line.link });
            }
        }
        self.media.extend(content.media);
        self.lines.extend(content.reactions.into_iter().flat_map(Element::all_lines));
        for table in content.tables {
            if depth < DEEPEST {
                let rows = entries(table, depth + 1);
                // Rows that have no name only hold the records of the group.
                if !rows.is_empty() && rows.iter().all(Entry::is_frame) {
                    self.groups.extend(rows.into_iter().flat_map(|row| row.groups));
                } else {
                    self.groups.push(rows);
                }
            } else {
                self.lines.extend(table.all_lines());
            }
        }
    }

    /// Whether its value is what a person wrote, so that it is no time even where it looks like one.
    fn holds_words(&self) -> bool {
        const WORDS: [Label; 8] = [
            Label::Search,
            Label::Comment,
            Label::Text,
            Label::Caption,
            Label::Title,
            Label::Name,
            Label::Bio,
            Label::Question,
        ];
        labels::find(&self.label).is_some_and(|label| WORDS.contains(&label))
    }

    /// All media of it and of its groups.
    pub fn take_media(&mut self, media: &mut Vec<String>) {
        // A label that is in no table may be words beside the medium.
        self.is_alone |= self.media.iter().any(|path| !is_subtitles(path)) && labels::find(&self.label).is_none();
        media.append(&mut self.media);
        self.groups.iter_mut().flatten().for_each(|entry| entry.take_media(media));
    }

    /// Words that stand alone in their row and are no label that is known.
    pub fn is_word(&self) -> bool {
        self.is_alone && self.is_bare() && labels::find(&self.label).is_none()
    }

    /// Words that the readers of members would not see: such as stand alone, and what is written over a medium.
    pub fn unseen_words(&self) -> Option<&str> {
        let has_more = !self.groups.is_empty() || !self.lines.is_empty() || self.time.is_some();
        let is_over_media = !self.media.is_empty() && !has_more;
        let is_unseen = self.is_word() || (is_over_media && labels::find(&self.label).is_none());
        Some(self.label.as_str()).filter(|label| is_unseen && !label.is_empty())
    }

    /// Whether it is a label or nothing.
    fn is_bare(&self) -> bool {
        self.lines.is_empty() && self.time.is_none() && self.media.is_empty() && self.groups.is_empty()
    }

    /// Whether it says nothing but what stands below it in groups.
    fn is_title(&self) -> bool {
        !self.label.is_empty() && self.lines.is_empty() && self.time.is_none() && self.media.is_empty()
    }

    /// Whether it holds only lines, without a label.
    pub fn is_plain(&self) -> bool {
        self.label.is_empty() && self.time.is_none() && self.media.is_empty() && self.groups.is_empty()
    }

    /// All labels with their values, those of groups too.
    pub fn flatten(self, values: &mut Vec<(String, String)>) {
        let texts = self.lines.into_iter().flat_map(Line::into_texts).chain(self.time);
        let text = texts.collect::<Vec<_>>().join("\n");
        if !text.is_empty() {
            values.push((self.label, text));
        } else if self.is_alone {
            values.push((String::new(), self.label));
        }
        self.groups.into_iter().flatten().for_each(|entry| entry.flatten(values));
    }

    fn is_simple(&self) -> bool {
        self.groups.is_empty() && self.lines.len() < 2 && self.media.len() < 2
    }

    /// A member of `string_map_data`.
    fn into_member(self) -> (String, Json) {
        let Line { text: value, link } = self.lines.into_iter().next().unwrap_or_default();
        let value = Some(value).filter(|value| link.as_ref() != Some(value));
        let members = [("href", link), ("value", value), ("timestamp", self.time)];
        (self.label, object(members.into_iter().filter_map(|(name, member)| Some((name, text(member?))))))
    }

    /// A node of `label_values`.
    fn into_node(self) -> Json {
        if self.is_word() {
            return object([("label", text("")), ("value", text(self.label))]);
        }
        let mut members = vec![("label", text(self.label))];
        let n_links = self.lines.iter().filter(|line| line.link.is_some()).count();
        if self.lines.len() > 1 && n_links != 1 {
            let value = |line: Line| {
                let link = line.link.map(|link| ("href", text(link)));
                object(std::iter::once(("value", text(line.text))).chain(link))
            };
            members.push(("vec", Json::List(self.lines.into_iter().map(value).collect())));
        } else {
            let link = self.lines.iter().find_map(|line| line.link.clone());
            let words = self.lines.into_iter().map(|line| line.text).filter(|text| !text.is_empty());
            let value = words.collect::<Vec<_>>().join("\n");
            members.extend(Some(("value", text(value))));
            members.extend(link.map(|link| ("href", text(link))));
        }
        members.extend(self.time.map(|time| ("timestamp_value", text(time))));
        if !self.media.is_empty() {
            members.push(("media", media(self.media)));
        }
        if !self.groups.is_empty() {
            let records = self.groups.into_iter().map(|group| {
                let nodes = group.into_iter().map(Self::into_node).collect();
                object([("title", text("")), ("dict", Json::List(nodes))])
            });
            members.push(("dict", Json::List(records.collect())));
        }
        object(members)
    }
}

/// The messages of a table in which every innermost group is one (chats with characters, format reference §4.7): in the
/// order of its rows who wrote, what, and at some place when. `None` where anything else stands in it.
pub fn messages(entries: Vec<Entry>) -> Option<Vec<Json>> {
    let mut groups = Vec::new();
    innermost(entries, &mut groups)?;
    groups.into_iter().map(message_of).collect()
}

fn innermost(entries: Vec<Entry>, groups: &mut Vec<Vec<Entry>>) -> Option<()> {
    if entries.iter().all(|entry| entry.groups.is_empty()) {
        groups.push(entries);
        return Some(());
    }
    let holds_groups_only = |entry: &Entry| !entry.groups.is_empty() && (entry.is_title() || entry.is_frame());
    if !entries.iter().all(holds_groups_only) {
        return None;
    }
    entries.into_iter().flat_map(|entry| entry.groups).try_for_each(|group| innermost(group, groups))
}

fn message_of(entries: Vec<Entry>) -> Option<Json> {
    let mut time = None;
    let (mut texts, mut paths, mut more) = (Vec::new(), Vec::new(), Vec::new());
    for mut entry in entries {
        if let Some(at) = entry.time.take()
            && time.replace(at).is_some()
        {
            return None;
        }
        paths.append(&mut entry.media);
        let words = entry.lines.iter().map(|line| line.text.as_str()).filter(|text| !text.is_empty());
        let words = words.collect::<Vec<_>>().join("\n");
        more.extend(entry.lines.into_iter().filter_map(|line| line.link));
        if !words.is_empty() {
            texts.push((entry.label, words));
        }
    }
    let mut texts = texts.into_iter();
    let mut members = vec![("sender_name", text(texts.next()?.1)), ("timestamp_ms", text(time?))];
    match texts.next() {
        Some((_, words)) => members.push(("content", text(words))),
        None if paths.is_empty() => return None,
        None => {}
    }
    members.extend(attachments(paths));
    more.extend(texts.map(|(label, words)| format!("{label}: {words}")));
    if !more.is_empty() {
        members.push(("more_text", Json::List(more.into_iter().map(text).collect())));
    }
    Some(object(members))
}

/// The entries as a list of labelled nodes.
pub fn nodes(entries: Vec<Entry>) -> (&'static str, Json) {
    ("label_values", Json::List(entries.into_iter().map(Entry::into_node).collect()))
}

/// The entries as members of an element that are labelled nodes.
pub fn nodes_only(entries: Vec<Entry>) -> Vec<(&'static str, Json)> {
    if entries.is_empty() { Vec::new() } else { vec![nodes(entries)] }
}

/// The members of an element that hold these entries.
pub fn members(entries: Vec<Entry>) -> Vec<(&'static str, Json)> {
    if entries.is_empty() {
        return Vec::new();
    }
    if !entries.iter().all(Entry::is_simple) {
        return vec![nodes(entries)];
    }
    let (mut strings, mut pictures) = (Vec::new(), Vec::new());
    for mut entry in entries {
        let path = entry.media.pop();
        let label = entry.label.clone();
        let is_picture = path.is_some() && entry.is_bare();
        pictures.extend(path.map(|path| (label, object([("uri", text(path))]))));
        if !is_picture {
            strings.push(entry.into_member());
        }
    }
    let mut members = vec![("string_map_data", Json::Object(strings))];
    if !pictures.is_empty() {
        members.push(("media_map_data", Json::Object(pictures)));
    }
    members
}
