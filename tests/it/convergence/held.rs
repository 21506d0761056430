//! What a home holds, as facts: the columns of the stable views, nothing of the store's insides.

use std::collections::BTreeMap;

use throwback::model::Kind;
use throwback::store::{NamedRow, Value};

use super::fact::Fact;
use super::life::{iso, link, sorted};
use super::names::{ME, Names};
use crate::support::TestHome;

/// Details that a fact has, by kind: which member, and under which name.
const DETAILS: &[(&str, &[&str])] = &[
    ("comment", &["on"]),
    ("save", &["collection"]),
    ("story_interaction", &["question"]),
    ("contact", &["contact_information"]),
    ("profile_change", &["changed", "previous_value"]),
    ("login", &["ip_address", "cookie_name", "user_agent"]),
    ("profile", &["username", "name"]),
];

/// Kinds whose link follows from the name: forms of it differ (`/_u/name`, `/name`), and say no more.
const WITHOUT_URL: &[&str] = &["follow", "message", "search"];

pub fn facts(home: &TestHome, names: &Names) -> Vec<Fact> {
    let holder = Holder {
        names,
        media: grouped(
            home,
            "SELECT record_id, media_hash AS value FROM attachments WHERE role IS NULL OR role <> 'subtitles'",
        ),
        subtitles: grouped(home, "SELECT record_id, media_hash AS value FROM attachments WHERE role = 'subtitles'"),
        members: grouped(home, "SELECT thread_id AS record_id, name AS value FROM participants"),
        reactions: reactions(home, names),
    };
    let shared = "SELECT r.*, m.share_url, m.share_text, m.share_owner, m.call_seconds, t.title AS title, t.kind AS thread_kind \
                  FROM records r LEFT JOIN messages m ON m.id = r.id LEFT JOIN threads t ON t.id = r.thread_id";
    home.rows(shared).iter().map(|row| holder.fact(row)).collect()
}

type Groups = BTreeMap<String, Vec<String>>;

fn grouped(home: &TestHome, sql: &str) -> Groups {
    let mut groups = Groups::new();
    for row in home.rows(sql) {
        let (Some(record), Some(value)) = (row.text("record_id"), row.text("value")) else { continue };
        groups.entry(record.to_owned()).or_default().push(value.to_owned());
    }
    groups
}

/// Who reacted how, and the same with the time.
fn reactions(home: &TestHome, names: &Names) -> BTreeMap<String, Vec<(String, Option<String>)>> {
    let mut found: BTreeMap<String, Vec<(String, Option<String>)>> = BTreeMap::new();
    for row in home.rows("SELECT * FROM reactions") {
        let text = |name| row.text(name).unwrap_or_default();
        let emoji: String = text("reaction").chars().filter(|c| *c != '\u{fe0f}').collect();
        let one = format!("{}:{emoji}", names.who(text("actor")));
        let timed = row.integer("at_ms").map(|at_ms| format!("{one}@{}", iso(at_ms)));
        found.entry(text("record_id").to_owned()).or_default().push((one, timed));
    }
    found
}

struct Holder<'a> {
    names: &'a Names,
    media: Groups,
    subtitles: Groups,
    members: Groups,
    reactions: BTreeMap<String, Vec<(String, Option<String>)>>,
}

impl Holder<'_> {
    fn fact(&self, row: &NamedRow) -> Fact {
        let text = |name: &str| row.text(name).unwrap_or_default();
        let (id, subkind) = (text("id"), text("subkind"));
        let kind = Kind::from_name(text("kind")).expect("a kind").name();
        let is_notice = matches!(subkind, "reaction_notice" | "attachment_notice" | "system" | "call");
        let group = |groups: &Groups| sorted(groups.get(id).cloned().unwrap_or_default());
        let reactions = self.reactions.get(id).map(Vec::as_slice).unwrap_or_default();
        let author =
            row.text("author").map(|name| if name == text("account") { ME.to_owned() } else { self.names.who(name) });
        let mut fact = Fact::new(kind)
            .with("subkind", subkind)
            .maybe("at", row.integer("at_ms").map(iso))
            .with("precision", text("precision"))
            .maybe("author", author)
            .maybe("counterpart", row.text("counterpart").map(|name| self.names.who(name)))
            .with("text", if is_notice { self.names.in_sentence(text("text")) } else { text("text").to_owned() })
            .with("place", text("place"))
            .maybe("where", coordinates(row))
            .with("media", group(&self.media))
            .with("subtitles", group(&self.subtitles))
            .with("reactions", sorted(reactions.iter().map(|(one, _)| one.clone())))
            .with("reacted", sorted(reactions.iter().filter_map(|(_, timed)| timed.clone())))
            .with("share_url", link(text("share_url")))
            .with("share_text", text("share_text"))
            .maybe("share_owner", row.text("share_owner").map(|name| self.names.who(name)))
            .maybe("call_seconds", row.integer("call_seconds").map(|seconds| seconds.to_string()));
        if !WITHOUT_URL.contains(&kind) {
            fact = fact.with("url", link(text("url")));
        }
        if let Some(members) = self.members.get(text("thread_id")) {
            fact = fact.with("thread", sorted(members.iter().map(|name| self.names.who(name))));
        }
        if text("thread_kind") == "group" {
            fact = fact.with("title", self.names.in_sentence(text("title")));
        }
        let details: serde_json::Value = serde_json::from_str(text("details")).unwrap_or_default();
        let wanted = DETAILS.iter().filter(|(of, _)| *of == kind).flat_map(|(_, names)| *names);
        for name in wanted {
            fact = fact.maybe(name, details[name].as_str());
        }
        fact
    }
}

fn coordinates(row: &NamedRow) -> Option<String> {
    let number = |name| match row.get(name) {
        Value::Real(number) => Some(*number),
        _ => None,
    };
    Some(format!("{},{}", number("latitude")?, number("longitude")?))
}
