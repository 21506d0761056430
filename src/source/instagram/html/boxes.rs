//! Cuts a page into its record boxes, one after the other: html5ever's tokenizer, and a small tree of the box at hand.
//! Memory holds one box.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};

use html5ever::LocalName;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag as TagToken, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use super::tag::{attribute, element_of, is_void, stands_in_a_tag};
use super::tree::{Element, Node, Role};
use super::wrapper::is_wrapper;

/// So many times are looked at, and so much of the text of each. A head has three.
const MOST_TIMES: usize = 8;
const LONGEST_TIME: usize = 400;
/// So many characters of a title, or before the first box, are looked at.
const LONGEST_LEAD: usize = 4_096;
/// So many bytes go to the tokenizer at a time.
const CHUNK: usize = 1 << 10;
/// A tag has fewer blanks, slashes and quotes in a row of chunks, and so fewer attributes: the tokenizer compares each with
/// all before it. Pages have five in a tag (a guess).
const MOST_IN_A_TAG: usize = 2_000;
/// Deeper elements are read as if they were their parent. Pages nest some thirty deep.
const DEEPEST: usize = 200;
/// So many of those are remembered by name, so that their ends are not taken for those of others.
const MOST_TOO_DEEP: usize = 200_000;
/// A box with more nodes or more text is no record (guesses far above anything seen: a box holds one record, of which
/// the largest is a list of advertisers).
const MOST_NODES: usize = 200_000;
const MOST_TEXT: usize = 8 << 20;
const BREAKS_OFF: &str = "the page breaks off in it";

/// A piece of a page.
#[derive(Debug)]
pub struct Piece {
    pub root: Element,
    /// The reason why it is not a whole record.
    pub damage: Option<&'static str>,
    /// Which child of the main element it is, where boxes are told by structure.
    child: usize,
}

/// What a page says outside of its boxes.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// `<title>`: of a conversation its name, else a word in the account's language.
    pub title: String,
    /// The text before the first box: the heading, and who asked for the download.
    pub lead: String,
    /// The first few `<time>`: when the download was made, and the ends of its range.
    pub times: Vec<Printed>,
}

/// An element `<time>`: its `datetime`, and what it shows.
#[derive(Clone, Debug, Default)]
pub struct Printed {
    pub instant: Option<String>,
    pub text: String,
}

/// The record boxes of a page, in its order.
pub struct Boxes<'a> {
    rest: &'a [u8],
    tokenizer: Tokenizer<Sink>,
    input: BufferQueue,
    is_ended: bool,
    /// What may part attributes, since something was last told apart.
    n_in_tag: usize,
    has_endless_tag: bool,
}

impl<'a> Boxes<'a> {
    pub fn new(page: &'a [u8]) -> Self {
        let page = page.strip_prefix(b"\xef\xbb\xbf").unwrap_or(page);
        let way = if stands_in_a_tag(page, b"uiBoxWhite") {
            Way::Marked
        } else if stands_in_a_tag(page, b"role=\"main\"") {
            Way::BelowMain
        } else {
            Way::BelowBody
        };
        let wrapper = if way == Way::Marked { None } else { Self::wrapper_in(page, way) };
        Self::cut(page, way, wrapper)
    }

    /// The only child of the main element that is a box, where it is none but holds them.
    fn wrapper_in(page: &'a [u8], way: Way) -> Option<usize> {
        let mut boxes = Self::cut(page, way, None);
        let only = boxes.next()?;
        (boxes.next().is_none() && is_wrapper(&only.root)).then_some(only.child)
    }

    fn cut(page: &'a [u8], way: Way, wrapper: Option<usize>) -> Self {
        let builder = Builder { way, wrapper, ..Builder::default() };
        let sink = Sink { builder: RefCell::new(builder) };
        Self {
            rest: page,
            tokenizer: Tokenizer::new(sink, TokenizerOpts::default()),
            input: BufferQueue::default(),
            is_ended: false,
            n_in_tag: 0,
            has_endless_tag: false,
        }
    }

    /// What was said outside of the boxes so far.
    pub fn about(&self) -> About {
        self.tokenizer.sink.builder.borrow().about.clone()
    }

    /// Whether boxes are told by their class.
    pub fn is_marked(&self) -> bool {
        self.tokenizer.sink.builder.borrow().way == Way::Marked
    }

    /// How a page that was read to its end breaks off before it; `None` for a whole one.
    pub fn cut_off(&self) -> Option<&'static str> {
        let builder = self.tokenizer.sink.builder.borrow();
        if builder.raw != Raw::No {
            Some("A script, style sheet or title in it does not end, so that what follows is no part of the page")
        } else if builder.ending == Ending::InMarkup || self.has_endless_tag {
            Some("It ends within a tag or comment, so that what follows its beginning is no part of the page")
        } else if builder.n_swallowing > 0 {
            Some(
                "A quote is missing in a tag of it, so that what follows, up to the next quote, is no part of the page",
            )
        } else {
            builder.closing.is_some().then_some("It breaks off before its end")
        }
    }

    fn feed(&mut self) {
        let cut = self.rest.len().min(CHUNK);
        // Never within a character.
        let cut = (cut..self.rest.len().min(cut + 4)).find(|at| self.rest[*at] & 0xc0 != 0x80).unwrap_or(cut);
        let (chunk, rest) = self.rest.split_at(cut);
        self.rest = rest;
        let n_tokens = self.tokenizer.sink.builder.borrow().n_tokens;
        let text = String::from_utf8_lossy(chunk);
        self.input.push_back(StrTendril::from(&*text));
        // The tokenizer stops at scripts and changes of encoding, which do not matter here.
        while !self.input.is_empty() {
            let _stopped_at = self.tokenizer.feed(&self.input);
        }
        if self.tokenizer.sink.builder.borrow().n_tokens > n_tokens {
            self.n_in_tag = 0;
        }
        self.n_in_tag += chunk.iter().filter(|byte| byte.is_ascii_whitespace() || b"/'\"".contains(byte)).count();
        if self.n_in_tag > MOST_IN_A_TAG {
            self.has_endless_tag = true;
            self.rest = &[];
        }
        if self.rest.is_empty() && !self.is_ended {
            self.is_ended = true;
            self.tokenizer.sink.builder.borrow_mut().ending = Ending::AtEnd;
            self.tokenizer.end();
            self.tokenizer.sink.builder.borrow_mut().end();
        }
    }
}

impl Iterator for Boxes<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        loop {
            if let Some(piece) = self.tokenizer.sink.builder.borrow_mut().ready.pop_front() {
                return Some(piece);
            }
            if self.is_ended {
                return None;
            }
            self.feed();
        }
    }
}

/// How boxes are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Way {
    /// By their class.
    #[default]
    Marked,
    /// A page without that class: what stands in the main element.
    BelowMain,
    BelowBody,
}

struct Sink {
    builder: RefCell<Builder>,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut builder = self.builder.borrow_mut();
        builder.n_tokens += usize::from(!matches!(token, Token::ParseError(_)));
        match token {
            Token::CharacterTokens(text) => builder.text(&text),
            Token::TagToken(tag) => return builder.tag(&tag),
            // Behind the last byte nothing is complete but text.
            Token::ParseError(_) | Token::CommentToken(_) | Token::DoctypeToken(_) => {
                builder.ending = builder.ending.in_markup();
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// An open element.
struct Open {
    name: LocalName,
    element: Element,
}

#[derive(Default)]
struct Builder {
    way: Way,
    /// Texts, tags and all else that was told apart so far.
    n_tokens: usize,
    /// From the box, or the record in it, to the innermost element. Empty outside of boxes.
    open: Vec<Open>,
    /// Elements that were too deep and are still open, and how many there are of each name.
    too_deep: Vec<LocalName>,
    n_too_deep: HashMap<LocalName, usize>,
    n_nodes: usize,
    n_text: usize,
    /// The box at hand gave records of its own (rows of a list).
    has_rows: bool,
    /// Names of the elements that are open from the main element on and are no boxes, where these are told by structure: it,
    /// and what wraps all boxes.
    below_main: Option<Vec<LocalName>>,
    /// Which child of the main element is no box but holds them.
    wrapper: Option<usize>,
    /// So many elements began in the main element, without those that never have content.
    n_children: usize,
    raw: Raw,
    /// Tags that took what followed them for a value of their own: a quote stood where a name should.
    n_swallowing: usize,
    ending: Ending,
    /// The outermost element of the page, until it is closed. Instagram closes all.
    closing: Option<LocalName>,
    is_begun: bool,
    /// Within `<time>`.
    is_in_time: bool,
    about: About,
    ready: VecDeque<Piece>,
}

/// How far the end of the page is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Ending {
    #[default]
    NotYet,
    /// The tokenizer was told that nothing follows.
    AtEnd,
    /// And it ended in a tag, a comment or a declaration.
    InMarkup,
}

impl Ending {
    fn in_markup(self) -> Self {
        if self == Self::NotYet { self } else { Self::InMarkup }
    }
}

/// Text that is no text of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Raw {
    #[default]
    No,
    Title,
    Style,
}

impl Builder {
    fn text(&mut self, text: &str) {
        if self.is_in_time
            && let Some(time) = self.about.times.last_mut()
            && time.text.len() + text.len() <= LONGEST_TIME
        {
            time.text.push_str(text);
        }
        match self.raw {
            Raw::Title if self.about.title.len() < LONGEST_LEAD => {
                self.about.title.extend(text.chars().take(LONGEST_LEAD));
            }
            Raw::Style | Raw::Title => {}
            Raw::No if self.open.is_empty() => {
                self.lead(text);
            }
            Raw::No => {
                self.n_text += text.len();
                if self.n_text > MOST_TEXT {
                    return;
                }
                let Some(open) = self.open.last_mut() else { return };
                match open.element.children.last_mut() {
                    Some(Node::Text(before)) => before.push_str(text),
                    _ => {
                        self.n_nodes += 1;
                        open.element.children.push(Node::Text(text.to_owned()));
                    }
                }
            }
        }
    }

    /// Some hundred characters outside of boxes; more is no heading.
    fn lead(&mut self, text: &str) {
        if self.about.lead.len() < LONGEST_LEAD {
            self.about.lead.extend(text.chars().take(LONGEST_LEAD));
        }
    }

    fn tag(&mut self, tag: &TagToken) -> TokenSinkResult<()> {
        match (tag.kind, &*tag.name) {
            (TagKind::StartTag, "style" | "script") => {
                self.raw = Raw::Style;
                return TokenSinkResult::RawData(RawKind::Rawtext);
            }
            (TagKind::StartTag, "title") if self.open.is_empty() => {
                self.raw = Raw::Title;
                return TokenSinkResult::RawData(RawKind::Rcdata);
            }
            (TagKind::EndTag, "style" | "script" | "title") => self.raw = Raw::No,
            (TagKind::StartTag, name) => {
                let is_odd = tag.attrs.iter().any(|attribute| attribute.name.local.contains(['"', '\'', '<']));
                self.n_swallowing += usize::from(is_odd);
                if matches!(name, "html" | "body") && !self.is_begun {
                    self.is_begun = true;
                    self.closing = Some(tag.name.clone());
                }
                if name == "time" && self.about.times.len() < MOST_TIMES {
                    self.is_in_time = true;
                    let instant = attribute(tag, "datetime").filter(|instant| instant.len() <= LONGEST_TIME);
                    self.about.times.push(Printed { instant: instant.map(str::to_owned), text: String::new() });
                }
                self.start(tag);
            }
            (TagKind::EndTag, name) => {
                self.closing.take_if(|closing| *closing == tag.name);
                self.is_in_time &= name != "time";
                self.close(&tag.name);
            }
        }
        TokenSinkResult::Continue
    }

    fn start(&mut self, tag: &TagToken) {
        let element = element_of(tag);
        let is_void = tag.self_closing || is_void(&tag.name);
        if self.open.is_empty() && !self.is_box(tag, element.role, is_void) {
            return self.lead("\n");
        }
        if is_void {
            self.attach(element);
        } else if self.open.len() >= DEEPEST {
            if self.too_deep.len() < MOST_TOO_DEEP {
                self.too_deep.push(tag.name.clone());
                *self.n_too_deep.entry(tag.name.clone()).or_default() += 1;
            }
        } else {
            self.open.push(Open { name: tag.name.clone(), element });
        }
    }

    /// Whether an element outside of boxes is one.
    fn is_box(&mut self, tag: &TagToken, role: Role, is_void: bool) -> bool {
        let is_main = match self.way {
            Way::Marked => return role == Role::Box,
            Way::BelowMain => attribute(tag, "role") == Some("main"),
            Way::BelowBody => &*tag.name == "body",
        };
        match &mut self.below_main {
            Some(_) if is_void => false,
            Some(names) if names.len() == 1 => {
                self.n_children += 1;
                let is_wrapper = self.wrapper == Some(self.n_children - 1);
                if is_wrapper {
                    names.push(tag.name.clone());
                }
                !is_wrapper
            }
            Some(_) => true,
            None => {
                if is_main {
                    self.below_main = Some(vec![tag.name.clone()]);
                }
                false
            }
        }
    }

    fn close(&mut self, name: &LocalName) {
        if self.n_too_deep.get(name).is_some_and(|n| *n > 0) {
            while let Some(closed) = self.too_deep.pop() {
                self.n_too_deep.entry(closed.clone()).and_modify(|n| *n -= 1);
                if closed == *name {
                    break;
                }
            }
            return;
        }
        if self.open.is_empty() {
            let names = self.below_main.as_mut();
            if let Some((at, names)) =
                names.and_then(|names| Some((names.iter().rposition(|open| open == name)?, names)))
            {
                names.truncate(at);
                if at == 0 {
                    self.below_main = None;
                }
            }
            return;
        }
        // An end without a beginning is passed over.
        let Some(at) = self.open.iter().rposition(|open| open.name == *name) else { return };
        self.too_deep.clear();
        self.n_too_deep.clear();
        while self.open.len() > at {
            self.close_last(None);
        }
    }

    fn close_last(&mut self, damage: Option<&'static str>) {
        let Some(Open { element, .. }) = self.open.pop() else { return };
        if self.open.is_empty() {
            self.give(element, damage);
        } else if element.role == Role::Record {
            self.has_rows = true;
            let damage = self.damage().or(damage);
            self.ready.push_back(Piece { root: element, damage, child: self.n_children.saturating_sub(1) });
            self.n_nodes = 0;
            self.n_text = 0;
        } else {
            self.attach(element);
        }
    }

    fn attach(&mut self, element: Element) {
        self.n_nodes += 1;
        if self.n_nodes <= MOST_NODES
            && let Some(open) = self.open.last_mut()
        {
            open.element.children.push(Node::Element(element));
        }
    }

    fn damage(&self) -> Option<&'static str> {
        let is_too_large = self.n_nodes > MOST_NODES || self.n_text > MOST_TEXT;
        is_too_large.then_some("it is larger than any record that is known")
    }

    fn give(&mut self, root: Element, damage: Option<&'static str>) {
        let damage = self.damage().or(damage);
        let is_row_holder = std::mem::take(&mut self.has_rows);
        self.n_nodes = 0;
        self.n_text = 0;
        // Where nothing marks a box, a sentence by itself is none.
        let is_sentence = self.way != Way::Marked && root.elements().next().is_none();
        if is_sentence {
            self.lead(&format!("\n{}", root.text()));
        } else if !is_row_holder {
            self.ready.push_back(Piece { root, damage, child: self.n_children.saturating_sub(1) });
        }
    }

    fn end(&mut self) {
        while !self.open.is_empty() {
            self.close_last(Some(BREAKS_OFF));
        }
        // The last box tells it.
        if self.ready.iter().any(|piece| piece.damage == Some(BREAKS_OFF)) {
            self.closing = None;
        }
    }
}
