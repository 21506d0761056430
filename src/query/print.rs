//! Trees as queries that parse to the same tree.

use std::fmt;

use super::fields;
use super::tree::{FieldClause, Filter, KindName, Node, PersonRole, Query, StoredText, Words};

impl fmt::Display for Query {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.fmt(formatter)
    }
}

impl fmt::Display for Node {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(nodes) => join(formatter, nodes, " ", |node| !matches!(node, Self::All(_))),
            Self::Any(nodes) => join(formatter, nodes, " OR ", |node| !matches!(node, Self::All(_) | Self::Any(_))),
            Self::Not(node) => match node.as_ref() {
                Self::Words(_) | Self::Pattern(_) | Self::Field(_) => {
                    let inner = node.to_string();
                    let sign = if inner.starts_with(negatable) { "-" } else { "NOT " };
                    write!(formatter, "{sign}{inner}")
                }
                _ => write!(formatter, "-({node})"),
            },
            Self::Words(words) => words.fmt(formatter),
            Self::Pattern(pattern) => write!(formatter, "/{}/", pattern.text),
            Self::Field(clause) => clause.fmt(formatter),
        }
    }
}

/// Whether a `-` before this character negates; elsewhere it is text.
pub(super) fn negatable(next: char) -> bool {
    next.is_alphanumeric() || matches!(next, '"' | '#' | '@' | '(' | '\\') || !(next.is_ascii() || next.is_whitespace())
}

fn join(
    formatter: &mut fmt::Formatter<'_>,
    nodes: &[Node],
    between: &str,
    stands_alone: impl Fn(&Node) -> bool,
) -> fmt::Result {
    for (position, node) in nodes.iter().enumerate() {
        if position > 0 {
            formatter.write_str(between)?;
        }
        if stands_alone(node) { write!(formatter, "{node}")? } else { write!(formatter, "({node})")? }
    }
    Ok(())
}

impl fmt::Display for Words {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_phrase {
            write_quoted(formatter, &self.text)?;
        } else {
            write_word(formatter, self)?;
        }
        match self.slips {
            0 => formatter.write_str(if self.is_prefix { "*" } else { "" }),
            1 => formatter.write_str("~"),
            more => write!(formatter, "~{more}"),
        }
    }
}

fn write_quoted(formatter: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    write!(formatter, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Writes a bare word, with `\` before what would be read as an operator.
fn write_word(formatter: &mut fmt::Formatter<'_>, word: &Words) -> fmt::Result {
    use fmt::Write as _;
    let text = word.text.as_str();
    if !word.is_prefix && word.slips == 0 && matches!(text, "OR" | "NOT" | "AND") {
        return write!(formatter, "\\{text}");
    }
    let colon = text.find(':').filter(|&at| fields::find(&text[..at]).is_some());
    for (at, letter) in text.char_indices() {
        let is_operator = match letter {
            '\\' | '(' | ')' => true,
            '"' | '-' | '/' => at == 0,
            '~' => at > 0 && matches!(&text[at..], "~" | "~1" | "~2"),
            '|' => text == "|" && !word.is_prefix && word.slips == 0,
            '*' => at + 1 == text.len(),
            ':' => colon == Some(at),
            _ => false,
        };
        if is_operator {
            formatter.write_char('\\')?;
        }
        formatter.write_char(letter)?;
    }
    Ok(())
}

impl fmt::Display for FieldClause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.filter.field_name();
        write!(formatter, "{name}:")?;
        let value = self.filter.value();
        let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ',' | '@' | '#');
        if !value.is_empty() && value.chars().all(is_plain) {
            formatter.write_str(&value)
        } else {
            write_quoted(formatter, &value)
        }
    }
}

impl Filter {
    /// The name of its field in the table.
    pub fn field_name(&self) -> &'static str {
        match self {
            Self::Kind(_) => "kind",
            Self::Person { role: PersonRole::From, .. } => "from",
            Self::Person { role: PersonRole::To, .. } => "to",
            Self::Person { role: PersonRole::With, .. } => "with",
            Self::Thread(_) => "in",
            Self::Account(_) => "account",
            Self::Emoji(_) => "emoji",
            Self::Snapshot(_) => "snapshot",
            Self::Stored { of, .. } => match of {
                // A record's own text is no field; it is what words are for.
                StoredText::Record | StoredText::Reaction => "reaction",
                StoredText::Address => "url",
                StoredText::Place => "place",
                StoredText::File => "filename",
                StoredText::Id => "id",
            },
            Self::Language(_) => "lang",
            Self::Near(_) => "near",
            Self::Has(_) => "has",
            Self::Is(_) => "is",
            Self::Date(_) => "date",
            Self::Before(_) => "before",
            Self::After(_) => "after",
        }
    }

    /// What stands behind the colon.
    pub fn value(&self) -> String {
        match self {
            Self::Kind(kinds) => kinds.iter().copied().map(KindName::name).collect::<Vec<_>>().join(","),
            Self::Person { name, .. }
            | Self::Thread(name)
            | Self::Account(name)
            | Self::Emoji(name)
            | Self::Snapshot(name)
            | Self::Stored { value: name, .. } => name.clone(),
            Self::Near(around) => around.to_string(),
            Self::Has(choices) | Self::Is(choices) | Self::Language(choices) => choices.join(","),
            Self::Date(span) => span.to_string(),
            Self::Before(point) | Self::After(point) => point.to_string(),
        }
    }
}
