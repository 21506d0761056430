//! What one record says, as plainly as both sides can say it, and how two lots of such facts differ.

use std::collections::BTreeMap;
use std::fmt;

/// One record: its kind and its fields by name. A field that is not known is not there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    pub kind: &'static str,
    pub fields: BTreeMap<&'static str, String>,
}

impl Fact {
    pub fn new(kind: &'static str) -> Self {
        Self { kind, fields: BTreeMap::new() }
    }

    #[must_use]
    pub fn with(mut self, field: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.fields.insert(field, value);
        }
        self
    }

    #[must_use]
    pub fn maybe(self, field: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.with(field, value),
            None => self,
        }
    }

    pub fn get(&self, field: &str) -> &str {
        self.fields.get(field).map_or("", String::as_str)
    }

    /// How many fields two facts of one kind share, and where they differ.
    fn differences(&self, other: &Self) -> (usize, Vec<String>) {
        let names: std::collections::BTreeSet<&str> = self.fields.keys().chain(other.fields.keys()).copied().collect();
        let differs = |name: &&&str| self.fields.get(**name) != other.fields.get(**name);
        let show = |name: &&str| format!("{name}: {:?} is true, {:?} is held", self.get(name), other.get(name));
        let found: Vec<String> = names.iter().filter(differs).map(show).collect();
        (names.len() - found.len(), found)
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.kind)?;
        self.fields.iter().try_for_each(|(name, value)| write!(formatter, " {name}={value:?}"))
    }
}

fn counted(facts: &[Fact]) -> BTreeMap<&Fact, usize> {
    let mut counted = BTreeMap::new();
    for fact in facts {
        *counted.entry(fact).or_insert(0) += 1;
    }
    counted
}

/// Those of `some` that `others` do not have, each as often as it lacks.
fn without<'a>(some: &'a [Fact], others: &[Fact]) -> Vec<&'a Fact> {
    let others = counted(others);
    let lacks = |(fact, n): (&'a Fact, usize)| {
        std::iter::repeat_n(fact, n.saturating_sub(others.get(fact).copied().unwrap_or(0)))
    };
    counted(some).into_iter().flat_map(lacks).collect()
}

/// What tells the two apart, a line each: a true fact beside the one held that is most like it, then facts that only one
/// side has. Empty when they are equal.
pub fn differences(truth: &[Fact], held: &[Fact]) -> Vec<String> {
    let missing = without(truth, held);
    let mut surplus = without(held, truth);
    let mut lines = Vec::new();
    for fact in missing {
        let twins = surplus.iter().enumerate().filter(|(_, other)| other.kind == fact.kind);
        let nearest = twins.map(|(at, other)| (fact.differences(other), at)).max_by_key(|((n_shared, _), _)| *n_shared);
        match nearest.filter(|((n_shared, found), _)| n_shared >= &found.len()) {
            Some(((_, found), at)) => {
                surplus.remove(at);
                lines.push(format!("{fact}\n    {}", found.join("\n    ")));
            }
            None => lines.push(format!("missing: {fact}")),
        }
    }
    lines.extend(surplus.into_iter().map(|fact| format!("held, but not true: {fact}")));
    lines
}

#[test]
fn differences_name_the_fields() {
    let post = |text: &str, at: &str| Fact::new("post").with("text", text).with("at", at).with("author", "me");
    let truth = [post("a", "1"), post("b", "2"), post("b", "2")];
    assert!(differences(&truth, &truth).is_empty());
    let held = [post("a", "1"), post("b", "3"), Fact::new("like").with("at", "1")];
    let lines = differences(&truth, &held);
    assert_eq!(lines.len(), 3, "{lines:#?}");
    assert!(lines[0].ends_with("at: \"2\" is true, \"3\" is held"), "{lines:#?}");
    assert!(lines[1].starts_with("missing: post") && lines[2].starts_with("held, but not true: like"), "{lines:#?}");
}
