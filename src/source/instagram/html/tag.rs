//! What one tag says by itself.

use html5ever::tokenizer::Tag as TagToken;

use super::tree::{Element, Role, Tag};

/// The element that a tag begins, by its name, its class and where it leads.
pub fn element_of(tag: &TagToken) -> Element {
    let kind = match &*tag.name {
        "a" => Tag::Anchor,
        "img" | "video" | "audio" | "source" => Tag::Medium,
        "br" => Tag::LineBreak,
        "ul" | "ol" => Tag::List,
        "li" => Tag::ListItem,
        "table" => Tag::Table,
        "tr" => Tag::Row,
        "td" | "th" => Tag::Cell,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Tag::Heading,
        "span" | "b" | "i" | "em" | "strong" | "time" | "u" | "small" | "font" => Tag::Inline,
        _ => Tag::Block,
    };
    let mut role = Role::None;
    for class in attribute(tag, "class").unwrap_or_default().split_ascii_whitespace() {
        role = match class {
            "uiBoxWhite" => Role::Box,
            "_a6-h" | "_2lek" => Role::Heading,
            "_a6-p" | "_2let" => Role::Body,
            "_a6-o" | "_2lem" => Role::Time,
            "_a6-q" | "_tqp" => Role::Reactions,
            "_1isx" if kind == Tag::Row => Role::Record,
            _ => continue,
        };
        break;
    }
    let link = match kind {
        Tag::Anchor => attribute(tag, "href"),
        Tag::Medium => attribute(tag, "src"),
        _ => None,
    };
    let link = link.map(str::trim).filter(|link| !link.is_empty()).map(Box::from);
    Element { tag: kind, role, link, children: Vec::new() }
}

pub fn attribute<'a>(tag: &'a TagToken, name: &str) -> Option<&'a str> {
    tag.attrs.iter().find(|attribute| &*attribute.name.local == name).map(|attribute| &*attribute.value)
}

/// Whether elements of that name never have content.
pub fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Whether the needle occurs within a tag; style sheets speak of classes, too.
pub fn stands_in_a_tag(page: &[u8], needle: &[u8]) -> bool {
    let mut is_in_tag = false;
    page.iter().enumerate().any(|(at, byte)| {
        match byte {
            b'<' => is_in_tag = true,
            b'>' => is_in_tag = false,
            _ => {}
        }
        is_in_tag && page[at..].starts_with(needle)
    })
}
