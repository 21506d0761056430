//! From text to tree. Linear in the text, bounded in depth and in the number of leaves.

use std::ops::Range;

use super::fields::{self, FIELDS, Field};
use super::print::negatable;
use super::tree::{FieldClause, Hint, Node, Pattern, Query, Words};
use super::values::parse_value;
use super::{QueryError, close_names};

/// So many words and fields of a query are read (guessed: far above what a person types, far below what hurts).
pub const MAX_LEAVES: usize = 512;
/// So deep may groups and negations nest; what is deeper reads as if the parenthesis were not there.
const MAX_DEPTH: usize = 32;
/// What a `\` turns into text.
const OPERATORS: [char; 10] = ['\\', '(', ')', '"', '*', '-', '|', ':', '~', '/'];
const KEYWORDS: [&str; 3] = ["OR", "NOT", "AND"];

/// Understands a query. Fails only where a known field has a value that it does not understand.
pub fn parse(text: &str) -> Result<Query, QueryError> {
    let cells = cells_of(text);
    let closing = closing_quotes(&cells);
    let mut parser =
        Parser { source: text, cells, closing, end: text.len(), position: 0, n_leaves: 0, hints: Vec::new() };
    let mut nodes = Vec::new();
    while !parser.is_done() {
        nodes.extend(parser.clauses(0)?);
    }
    if nodes.is_empty() && !text.trim().is_empty() {
        // Nothing but operators is text as well: it matches nothing, where an empty query matches everything.
        let signs = parser.cells.iter().map(|cell| cell.letter).filter(|letter| !letter.is_whitespace()).collect();
        let span = 0..text.len();
        nodes.push(Node::Words(Words { text: signs, is_phrase: false, is_prefix: false, slips: 0, span }));
    }
    let was_cut = parser.was_cut();
    Ok(Query { root: Node::all(nodes), hints: parser.hints, was_cut })
}

/// A character of the query.
#[derive(Clone, Copy)]
struct Cell {
    letter: char,
    at: usize,
    /// It was escaped and is never an operator.
    is_literal: bool,
}

impl Cell {
    fn is(self, operator: char) -> bool {
        self.letter == operator && !self.is_literal
    }
}

fn cells_of(text: &str) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::with_capacity(text.len());
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|&(_, next)| next);
        if letter != '\\' || !next.is_some_and(|next| OPERATORS.contains(&next) || starts_keyword(&text[at + 1..])) {
            cells.push(Cell { letter, at, is_literal: false });
        } else if let Some((_, letter)) = letters.next() {
            cells.push(Cell { letter, at, is_literal: true });
        }
    }
    cells
}

fn starts_keyword(text: &str) -> bool {
    KEYWORDS.iter().any(|keyword| {
        text.strip_prefix(keyword).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ')', '\t', '\n']))
    })
}

/// For every place, where the next quote stands that can close a phrase: at the end of a word.
fn closing_quotes(cells: &[Cell]) -> Vec<Option<usize>> {
    let is_word_end = |at: usize| cells.get(at).is_none_or(|cell| cell.letter.is_whitespace() || cell.is(')'));
    let mut closing = vec![None; cells.len() + 1];
    for at in (0..cells.len()).rev() {
        let is_star = cells.get(at + 1).is_some_and(|cell| cell.is('*'));
        let closes = cells[at].is('"') && (is_word_end(at + 1) || (is_star && is_word_end(at + 2)));
        closing[at] = if closes { Some(at) } else { closing[at + 1] };
    }
    closing
}

struct Parser<'t> {
    source: &'t str,
    cells: Vec<Cell>,
    closing: Vec<Option<usize>>,
    /// Length of the text in bytes.
    end: usize,
    position: usize,
    n_leaves: usize,
    hints: Vec<Hint>,
}

impl Parser<'_> {
    fn was_cut(&self) -> bool {
        self.n_leaves > MAX_LEAVES
    }

    fn is_done(&self) -> bool {
        self.position >= self.cells.len() || self.was_cut()
    }

    fn cell(&self, at: usize) -> Option<Cell> {
        self.cells.get(at).copied()
    }

    fn span(&self, from: usize, to: usize) -> Range<usize> {
        let byte = |at: usize| self.cells.get(at).map_or(self.end, |cell| cell.at);
        byte(from)..byte(to)
    }

    fn text(&self, from: usize, to: usize) -> String {
        self.cells[from..to].iter().map(|cell| cell.letter).collect()
    }

    fn skip_space(&mut self) {
        while self.cell(self.position).is_some_and(|cell| cell.letter.is_whitespace()) {
            self.position += 1;
        }
    }

    /// Clauses up to the end, or to the parenthesis that closes this group.
    fn clauses(&mut self, depth: usize) -> Result<Vec<Node>, QueryError> {
        let mut nodes = Vec::new();
        loop {
            self.skip_space();
            if self.is_done() {
                return Ok(nodes);
            }
            if depth > 0 && self.cells[self.position].is(')') {
                self.position += 1;
                return Ok(nodes);
            }
            if !nodes.is_empty() {
                self.operator(&["AND"], depth);
            }
            nodes.extend(self.group(depth)?);
        }
    }

    fn group(&mut self, depth: usize) -> Result<Option<Node>, QueryError> {
        let mut nodes = Vec::from_iter(self.clause(depth)?);
        loop {
            let before = self.position;
            self.skip_space();
            if !self.operator(&["OR", "|"], depth) {
                self.position = before;
                break;
            }
            nodes.extend(self.clause(depth)?);
        }
        Ok((!nodes.is_empty()).then(|| Node::any(nodes)))
    }

    /// Steps over one of the operators, if it stands here as a word of its own and something follows it.
    fn operator(&mut self, operators: &[&str], depth: usize) -> bool {
        let Some(length) = operators.iter().map(|word| word.len()).find(|&length| {
            let end = self.position + length;
            end <= self.cells.len()
                && self.cells[self.position..end].iter().all(|cell| !cell.is_literal)
                && self.cell(end).is_some_and(|cell| cell.letter.is_whitespace())
                && operators.contains(&self.text(self.position, end).as_str())
        }) else {
            return false;
        };
        let mut next = self.position + length;
        while self.cell(next).is_some_and(|cell| cell.letter.is_whitespace()) {
            next += 1;
        }
        let has_more = self.cell(next).is_some_and(|cell| depth == 0 || !cell.is(')'));
        if has_more {
            self.position = next;
        }
        has_more
    }

    fn clause(&mut self, depth: usize) -> Result<Option<Node>, QueryError> {
        let Some(cell) = self.cell(self.position) else { return Ok(None) };
        let can_nest = depth < MAX_DEPTH;
        let next = self.cell(self.position + 1);
        if cell.is('(') {
            self.position += 1;
            if can_nest {
                let nodes = self.clauses(depth + 1)?;
                return Ok((!nodes.is_empty()).then(|| Node::all(nodes)));
            }
            return Ok(None);
        }
        if cell.is('-') && next.is_some_and(|next| next.is_literal || negatable(next.letter)) {
            self.position += 1;
            return Ok(self.clause(depth)?.map(|node| Node::Not(Box::new(node))));
        }
        if can_nest && self.operator(&["NOT"], depth) {
            // A negation of a negation nests, so it counts as depth; its end is that of this group.
            return Ok(self.negated(depth)?.map(|node| Node::Not(Box::new(node))));
        }
        if cell.is('"') {
            if let Some(close) = self.closing[self.position + 1] {
                return Ok(self.phrase(close));
            }
            self.position += 1;
            return Ok(None);
        }
        if let Some(pattern) = self.pattern(depth)? {
            return Ok(Some(pattern));
        }
        if let Some(field) = self.field(depth)? {
            return Ok(Some(field));
        }
        Ok(Some(self.word(depth)))
    }

    /// What stands behind a `NOT`. Any number of further ones is read without recursion.
    fn negated(&mut self, depth: usize) -> Result<Option<Node>, QueryError> {
        let mut n_more = 0;
        while self.operator(&["NOT"], depth) {
            n_more += 1;
        }
        let node = self.clause(depth)?;
        // NOT NOT x is x; what is odd stays negated by the caller.
        Ok(node.map(|node| if n_more % 2 == 1 { Node::Not(Box::new(node)) } else { node }))
    }

    fn phrase(&mut self, close: usize) -> Option<Node> {
        let start = self.position;
        let is_prefix = self.cell(close + 1).is_some_and(|cell| cell.is('*'));
        let end = close + 1 + usize::from(is_prefix);
        let text = self.text(start + 1, close);
        self.position = end;
        if text.trim().is_empty() {
            return None;
        }
        self.n_leaves += 1;
        Some(Node::Words(Words { text, is_phrase: true, is_prefix, slips: 0, span: self.span(start, end) }))
    }

    /// Where the word that begins at `start` ends: at white space, and in a group before the parentheses that close it.
    fn word_end(&self, start: usize, depth: usize) -> usize {
        let length = self.cells[start..].iter().take_while(|cell| !cell.letter.is_whitespace()).count();
        let mut end = start + length;
        if depth > 0 {
            let count = |operator| self.cells[start..end].iter().filter(|cell| cell.is(operator)).count();
            let mut n_surplus = count(')').saturating_sub(count('('));
            while n_surplus > 0 && end > start && self.cells[end - 1].is(')') {
                end -= 1;
                n_surplus -= 1;
            }
        }
        end
    }

    fn word(&mut self, depth: usize) -> Node {
        let start = self.position;
        let end = self.word_end(start, depth).max(start + 1);
        let is_prefix = end - start > 1 && self.cells[end - 1].is('*');
        let (slips, n_signs) = if is_prefix { (0, 1) } else { self.slips(start, end) };
        let text = self.text(start, end - n_signs);
        self.position = end;
        self.n_leaves += 1;
        Node::Words(Words { text, is_phrase: false, is_prefix, slips, span: self.span(start, end) })
    }

    /// How many slips the end of a word forgives, and how many characters say so: `~`, `~1`, `~2`.
    fn slips(&self, start: usize, end: usize) -> (u8, usize) {
        let sign = |back: usize| end.checked_sub(back).filter(|at| *at > start).map(|at| self.cells[at]);
        if sign(1).is_some_and(|cell| cell.is('~')) {
            return (1, 1);
        }
        match sign(1).zip(sign(2)) {
            Some((number, wave)) if wave.is('~') && number.is('1') => (1, 2),
            Some((number, wave)) if wave.is('~') && number.is('2') => (2, 2),
            _ => (0, 0),
        }
    }

    /// `/…/`, if it stands here as a word of its own. What is no pair of slashes is text.
    fn pattern(&mut self, depth: usize) -> Result<Option<Node>, QueryError> {
        let Some(first) = self.cell(self.position).filter(|cell| cell.is('/')) else { return Ok(None) };
        let from = first.at + 1;
        let mut letters = self.source[from..].char_indices();
        let mut close = None;
        while let Some((at, letter)) = letters.next() {
            match letter {
                '\\' => {
                    letters.next();
                }
                '/' => {
                    close = Some(from + at);
                    break;
                }
                _ => {}
            }
        }
        let Some(close) = close.filter(|close| *close > from) else { return Ok(None) };
        let next = self.source[close + 1..].chars().next();
        if !next.is_none_or(|next| next.is_whitespace() || (depth > 0 && next == ')')) {
            return Ok(None);
        }
        let text = self.source[from..close].to_owned();
        let span = first.at..close + 1;
        if let Err(error) = super::regex_of(&text) {
            let what = format!("\"{text}\" is no regular expression: {}", reason(&error));
            return Err(QueryError { span, what, valid: Vec::new() });
        }
        self.position = self.cells.partition_point(|cell| cell.at <= close);
        self.n_leaves += 1;
        Ok(Some(Node::Pattern(Pattern { text, span })))
    }

    fn field(&mut self, depth: usize) -> Result<Option<Node>, QueryError> {
        const LONGEST: usize = 16;
        let start = self.position;
        let name_length =
            self.cells[start..].iter().take(LONGEST).take_while(|cell| cell.letter.is_ascii_alphabetic()).count();
        let colon = start + name_length;
        if name_length == 0 || !self.cell(colon).is_some_and(|cell| cell.is(':')) {
            return Ok(None);
        }
        let name = self.text(start, colon);
        let Some(field) = fields::find(&name) else {
            self.hint_at_near_field(&name, self.span(start, colon + 1));
            return Ok(None);
        };
        let from = colon + 1;
        let quoted = if self.cell(from).is_some_and(|cell| cell.is('"')) { self.closing[from + 1] } else { None };
        let (value, end) = if let Some(close) = quoted {
            (self.text(from + 1, close), close + 1)
        } else {
            let end = if from < self.cells.len() { self.word_end(from, depth) } else { from };
            (self.text(from, end), end)
        };
        let span = self.span(start, end);
        if value.trim().is_empty() {
            if quoted.is_none() {
                let sentence = format!(
                    "\"{name}:\" stands alone and was searched as text; the field is written without a space, as in {}",
                    field.example
                );
                self.hints.push(Hint { span, sentence });
                return Ok(None);
            }
            return Err(no_value(field, span));
        }
        let value_span = self.span(from, end);
        let filter = parse_value(field, &value, &value_span)?;
        self.position = end;
        self.n_leaves += 1;
        Ok(Some(Node::Field(FieldClause { filter, span, value_span })))
    }

    fn hint_at_near_field(&mut self, name: &str, span: Range<usize>) {
        let names = FIELDS.iter().flat_map(|field| std::iter::once(field.name).chain(field.aliases.iter().copied()));
        let close = if name.len() < 3 { Vec::new() } else { close_names(name, names) };
        if let Some(near) = close.first() {
            let sentence = format!("\"{name}:\" is no field and was searched as text; did you mean {near}:?");
            self.hints.push(Hint { span, sentence });
        }
    }
}

/// The last line of what the engine says; those before show the place, which the caret does here.
fn reason(error: &regex::Error) -> String {
    let whole = error.to_string();
    let last = whole.lines().last().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}

fn no_value(field: &Field, span: Range<usize>) -> QueryError {
    QueryError { span, what: format!("{}: has no value", field.name), valid: vec![field.example.to_owned()] }
}

#[cfg(test)]
mod tests;
