//! The small tree of one record box, and its reading as lines, media and tables.

use std::collections::HashSet;

/// What an element is by its tag, as far as pages use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    Anchor,
    /// `img`, `video`, `audio` and the `source` inside these.
    Medium,
    LineBreak,
    List,
    ListItem,
    Table,
    Row,
    Cell,
    Heading,
    Inline,
    Block,
}

/// What an element is by its classes, which are hints (format reference §5.2; the second form is that of the older
/// Messenger style).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    None,
    /// `uiBoxWhite`
    Box,
    /// `_a6-h`, `_2lek`
    Heading,
    /// `_a6-p`, `_2let`
    Body,
    /// `_a6-o`, `_2lem`
    Time,
    /// `_a6-q`, `_tqp`
    Reactions,
    /// `_1isx`: a row that is a record of its own.
    Record,
}

#[derive(Debug)]
pub enum Node {
    Text(String),
    Element(Element),
}

#[derive(Debug)]
pub struct Element {
    pub tag: Tag,
    pub role: Role,
    /// `href` or `src`.
    pub link: Option<Box<str>>,
    pub children: Vec<Node>,
}

/// A line of text as a reader of the page sees it, and where it leads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    pub text: String,
    pub link: Option<String>,
}

impl Line {
    /// Its words and its link, whichever there are.
    pub fn into_texts(self) -> impl Iterator<Item = String> {
        let words = Some(self.text.trim().to_owned()).filter(|words| !words.is_empty());
        let link = self.link.filter(|link| words.as_ref() != Some(link));
        words.into_iter().chain(link)
    }
}

/// What stands in a piece of a page, in its order.
#[derive(Debug, Default)]
pub struct Content<'a> {
    pub lines: Vec<Line>,
    /// Paths of pictures, videos, sounds and files, as written; each once.
    pub media: Vec<String>,
    pub tables: Vec<&'a Element>,
    pub reactions: Vec<&'a Element>,
}

impl Element {
    pub fn elements(&self) -> impl DoubleEndedIterator<Item = &Self> {
        self.children.iter().filter_map(|child| match child {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// Whether text stands directly in it.
    pub fn has_own_text(&self) -> bool {
        self.children.iter().any(|child| matches!(child, Node::Text(text) if !text.trim().is_empty()))
    }

    /// Itself or the first element below it that fits, the outer before the inner.
    pub fn find(&self, fits: &dyn Fn(&Self) -> bool) -> Option<&Self> {
        if fits(self) { Some(self) } else { self.elements().find_map(|element| element.find(fits)) }
    }

    /// Its cells, where it is the row of a table.
    pub fn cells(&self) -> impl Iterator<Item = &Self> {
        self.elements().filter(|element| element.tag == Tag::Cell)
    }

    /// All text of it, lines apart; that of tables and lists behind the rest.
    pub fn text(&self) -> String {
        let lines = self.all_lines();
        lines.iter().map(|line| line.text.as_str()).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// All lines of it, those of tables and lists behind the rest; paths of media are lines, too.
    pub fn all_lines(&self) -> Vec<Line> {
        self.content().into_lines()
    }

    pub fn content(&self) -> Content<'_> {
        Content::of(&self.children)
    }

    /// What stands in it outside of some elements below it.
    pub fn content_without<'a>(&'a self, passed_over: Vec<&'a Self>) -> Content<'a> {
        let mut reading = Reading { passed_over, ..Reading::default() };
        reading.look_at(&self.children, None);
        reading.end()
    }
}

impl<'a> Content<'a> {
    pub fn of(nodes: &'a [Node]) -> Self {
        let mut reading = Reading::default();
        reading.look_at(nodes, None);
        reading.end()
    }

    /// What an element is or holds.
    pub fn of_element(element: &'a Element) -> Self {
        let mut reading = Reading::default();
        reading.element(element, None);
        reading.end()
    }

    /// As lines, those of tables and lists behind the rest; paths of media are lines, too.
    pub fn into_lines(self) -> Vec<Line> {
        let Self { mut lines, media, tables, reactions } = self;
        lines.extend(media.into_iter().map(|text| Line { text, link: None }));
        lines.extend(tables.into_iter().chain(reactions).flat_map(Element::all_lines));
        lines
    }

    /// Whether nothing stands there.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.media.is_empty() && self.tables.is_empty() && self.reactions.is_empty()
    }
}

#[derive(Default)]
struct Reading<'a> {
    content: Content<'a>,
    line: Line,
    /// Paths of media and second links that were met; a crafted box has ten thousands.
    known: HashSet<String>,
    passed_over: Vec<&'a Element>,
}

impl<'a> Reading<'a> {
    fn end(mut self) -> Content<'a> {
        self.end_line();
        self.content
    }

    /// Reads nodes that stand inside a link, or in none.
    fn look_at(&mut self, nodes: &'a [Node], link: Option<&'a str>) {
        for node in nodes {
            match node {
                Node::Text(text) => {
                    self.line.text.push_str(text);
                    self.leads_to(link.filter(|_| !text.trim().is_empty()));
                }
                Node::Element(element) => self.element(element, link),
            }
        }
    }

    fn element(&mut self, element: &'a Element, link: Option<&'a str>) {
        if self.passed_over.iter().any(|passed_over| std::ptr::eq(*passed_over, element)) {
            return self.end_line();
        }
        match element.tag {
            Tag::LineBreak => self.line.text.push('\n'),
            Tag::Medium => {
                if let Some(path) = element.link.as_deref() {
                    self.medium(path);
                }
                self.look_at(&element.children, link);
            }
            Tag::Anchor => self.anchor(element, link),
            Tag::Table => {
                self.end_line();
                self.content.tables.push(element);
            }
            Tag::List if element.role == Role::Reactions || is_reactions(element) => {
                self.end_line();
                self.content.reactions.push(element);
            }
            Tag::Inline => self.look_at(&element.children, link),
            Tag::List | Tag::ListItem | Tag::Row | Tag::Cell | Tag::Heading | Tag::Block => {
                self.end_line();
                self.look_at(&element.children, link);
                self.end_line();
            }
        }
    }

    fn anchor(&mut self, anchor: &'a Element, outer: Option<&'a str>) {
        match anchor.link.as_deref() {
            // A file of the download; the words inside say only that one may click.
            Some(path) if !is_web_address(path) && !path.starts_with('#') => {
                self.medium(path);
                Content::of(&anchor.children).media.iter().for_each(|path| self.medium(path));
            }
            target => {
                let target = target.filter(|target| is_web_address(target)).or(outer);
                let n_lines = self.content.lines.len();
                self.look_at(&anchor.children, target);
                if self.content.lines.len() == n_lines {
                    self.leads_to(target);
                }
            }
        }
    }

    fn leads_to(&mut self, link: Option<&str>) {
        let Some(link) = link else { return };
        match &self.line.link {
            None => self.line.link = Some(link.to_owned()),
            Some(known) if known != link => {
                // A second link in one line is a line of its own, so that it is not lost.
                if self.known.insert(link.to_owned()) {
                    self.content.lines.push(Line { text: String::new(), link: Some(link.to_owned()) });
                }
            }
            Some(_) => {}
        }
    }

    fn medium(&mut self, path: &str) {
        let path = below_root(path);
        if !path.is_empty() && self.known.insert(path.to_owned()) {
            self.content.media.push(path.to_owned());
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        if !line.text.trim().is_empty() || line.link.is_some() {
            self.content.lines.push(line);
        }
    }
}

/// Without a class: a list of which every entry is short and begins with no letter is one of reactions. One that holds
/// lists is none; to read those here would double the work with every level.
fn is_reactions(list: &Element) -> bool {
    let mut entries = list.elements().filter(|entry| entry.tag == Tag::ListItem).peekable();
    let holds_lists = |entry: &Element| entry.find(&|inner| matches!(inner.tag, Tag::List | Tag::Table)).is_some();
    entries.peek().is_some()
        && entries.all(|entry| {
            if holds_lists(entry) {
                return false;
            }
            let text = entry.text();
            text.len() < 200 && text.trim().chars().next().is_some_and(|c| !c.is_alphanumeric() && !c.is_ascii())
        })
}

pub fn is_web_address(link: &str) -> bool {
    link.contains("://") || link.starts_with("mailto:")
}

/// Paths stand as seen from the root of the download; older pages climb to it first.
fn below_root(path: &str) -> &str {
    let mut path = path;
    while let Some(rest) = path.strip_prefix("../").or_else(|| path.strip_prefix("./")) {
        path = rest;
    }
    path
}
