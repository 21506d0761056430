//! One label for each person of a life, whatever name a download shows.

use std::collections::{BTreeMap, BTreeSet};

use throwback::testing::{DELETED_NAME, Language, Life, OWNER};

/// The label of the owner.
pub const ME: &str = "me";

/// Everybody's label: the newest user name; for a display name that two people share, the display name itself.
#[derive(Debug)]
pub struct Names {
    by_name: BTreeMap<String, String>,
    date_ms: i64,
}

impl Names {
    pub fn new(life: &Life, date_ms: i64) -> Self {
        let mut bearers: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for (number, person) in life.people().iter().enumerate() {
            for (_, name) in person.names.iter().chain(&person.handles) {
                bearers.entry(name).or_default().insert(number);
            }
        }
        let label = |(name, bearers): (&str, BTreeSet<usize>)| {
            let label = match bearers.first() {
                Some(&person) if bearers.len() == 1 => Self::label(life, person, date_ms),
                _ => name.to_owned(),
            };
            (name.to_owned(), label)
        };
        Self { by_name: bearers.into_iter().map(label).collect(), date_ms }
    }

    fn label(life: &Life, person: usize, date_ms: i64) -> String {
        if person == OWNER { ME.to_owned() } else { life.people()[person].handle_at(date_ms).to_owned() }
    }

    /// The label of a person of the life.
    pub fn of(&self, life: &Life, person: usize) -> String {
        Self::label(life, person, self.date_ms)
    }

    /// The label of whoever bears a name. A name that nobody bears is its own label.
    pub fn who(&self, name: &str) -> String {
        // Whose account is gone has no name in any language.
        if Language::ALL.iter().any(|language| language.deleted_name() == name) {
            return DELETED_NAME.to_owned();
        }
        self.by_name.get(name).cloned().unwrap_or_else(|| name.to_owned())
    }

    /// What is left of a label where only display names are told: friends of one name are one, and whose account is gone
    /// has none.
    pub fn by_display_name(&self, life: &Life, label: &str) -> String {
        let person = life.people().iter().skip(1).find(|person| person.handle_at(self.date_ms) == label);
        person.map_or_else(
            || label.to_owned(),
            |person| match person.name_at(self.date_ms) {
                DELETED_NAME => DELETED_NAME.to_owned(),
                name => self.who(name),
            },
        )
    }

    /// A sentence with labels as a download shows it, with display names.
    pub fn with_display_names(&self, life: &Life, sentence: &str) -> String {
        life.people().iter().enumerate().fold(sentence.to_owned(), |shown, (number, person)| {
            shown.replace(&format!("<{}>", self.of(life, number)), person.name_at(self.date_ms))
        })
    }

    /// A sentence in which everybody has their label, so that it says the same with user names and display names.
    pub fn in_sentence(&self, sentence: &str) -> String {
        let mut labelled = String::new();
        let mut rest = sentence;
        while let Some(letter) = rest.chars().next() {
            let here = self.by_name.iter().filter(|(name, _)| rest.starts_with(name.as_str()));
            match here.max_by_key(|(name, _)| name.len()) {
                Some((name, label)) => {
                    labelled.extend(["<", label, ">"]);
                    rest = &rest[name.len()..];
                }
                None => {
                    labelled.push(letter);
                    rest = &rest[letter.len_utf8()..];
                }
            }
        }
        labelled
    }
}
