//! How a record is told in a line: its text, or words for what it has instead.

use super::units;
use crate::model::Kind;
use crate::store::NamedRow;

/// The text of a record, or a few words in brackets where it has none.
pub fn words_of(row: &NamedRow) -> String {
    match row.text("text").filter(|text| !text.is_empty()) {
        Some(text) => text.to_owned(),
        None => instead_of_text(row),
    }
}

/// What stands behind a text: pictures, shares, reactions.
pub fn extras_of(row: &NamedRow) -> String {
    let mut extras = Vec::new();
    let has_text = row.text("text").is_some_and(|text| !text.is_empty());
    if has_text {
        extras.extend(media_words(row));
        extras.extend(row.text("share_text").or_else(|| row.text("share_url")).map(|share| format!("↪ {share}")));
    }
    if row.integer("is_edited") == Some(1) {
        extras.push("edited".to_owned());
    }
    if row.integer("is_unsent") == Some(1) && has_text {
        extras.push("unsent".to_owned());
    }
    if row.integer("is_gone") == Some(1) {
        extras.push("gone since".to_owned() + " " + row.text("gone_since").unwrap_or("a later download"));
    }
    extras.iter().map(|extra| format!("[{extra}]")).collect::<Vec<_>>().join(" ")
}

fn instead_of_text(row: &NamedRow) -> String {
    let mut words = Vec::new();
    if row.text("subkind") == Some("call") {
        let length = row.integer("call_seconds").map(|seconds| format!(", {}", units::call_length(seconds)));
        words.push(format!("call{}", length.unwrap_or_default()));
    }
    words.extend(media_words(row));
    words.extend(row.text("share_text").or_else(|| row.text("share_url")).map(|share| format!("↪ {share}")));
    if row.integer("is_unsent") == Some(1) {
        words.push("unsent".to_owned());
    }
    if words.is_empty() {
        words.extend(row.text("counterpart").map(|other| format!("@{other}")));
        words.extend(row.text("url").map(str::to_owned));
        words.extend(row.text("place").map(str::to_owned));
    }
    if words.is_empty() {
        let name = row.text("subkind").or_else(|| row.text("kind")).unwrap_or("record");
        words.push(name.replace('_', " "));
    }
    words.iter().map(|word| format!("[{word}]")).collect::<Vec<_>>().join(" ")
}

fn media_words(row: &NamedRow) -> Option<String> {
    let n = row.integer("media_count").unwrap_or_default();
    (n > 0).then(|| units::counted(n.unsigned_abs(), "attachment", "attachments"))
}

/// Who a record is from, as a line shows it.
pub fn author_of(row: &NamedRow) -> &str {
    row.text("author").unwrap_or("–")
}

/// The kind in the plural, for a heading.
pub fn plural(kind: &str) -> String {
    let words = kind.replace('_', " ");
    match Kind::from_name(kind) {
        Some(Kind::Story) => "stories".to_owned(),
        Some(Kind::Search) => "searches".to_owned(),
        Some(Kind::Misc | Kind::Shopping) => words,
        _ => words + "s",
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::store::Value;

    fn row(members: &[(&str, Value)]) -> NamedRow {
        let columns: Rc<[String]> = members.iter().map(|(name, _)| (*name).to_owned()).collect();
        NamedRow { columns, values: members.iter().map(|(_, value)| value.clone()).collect() }
    }

    #[test]
    fn every_record_has_words() {
        let check = |members: &[(&str, Value)], words: &str| assert_eq!(words_of(&row(members)), words);
        check(&[("text", "hi".into())], "hi");
        check(&[("subkind", "call".into()), ("call_seconds", Value::Integer(125))], "[call, 2:05]");
        check(&[("text", "".into()), ("media_count", Value::Integer(2))], "[2 attachments]");
        check(&[("share_url", "https://x.example".into())], "[↪ https://x.example]");
        check(&[("kind", "follow".into()), ("counterpart", "ann.example".into())], "[@ann.example]");
        check(&[("kind", "profile_photo".into())], "[profile photo]");
        check(&[("is_unsent", Value::Integer(1))], "[unsent]");
        check(&[], "[record]");
    }

    #[test]
    fn headings_are_in_the_plural() {
        let check = |kind: &str, heading: &str| assert_eq!(plural(kind), heading);
        check("story", "stories");
        check("profile_photo", "profile photos");
        check("search", "searches");
        check("misc", "misc");
        check("post", "posts");
    }
}
