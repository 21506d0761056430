//! From the tree of a query to what the index can look up: words become patterns of terms, names become rows, dates
//! become moments. Knows nothing of the engine.

use chrono::{DateTime, TimeZone};

use super::IndexError;
use super::analysis::{Unit, UnitKind, folded, units};
use super::feed::Names;
use super::lookups::{Budget, Looked, is_written_in};
use super::search::Cut;
use super::tier::{Tier, Tiers};
use super::words::{LONGEST_PHRASE, Matcher, Pattern, Spelled, spell, spell_joined};
use crate::model::Kind;
use crate::query::fields::STATES_OF_ALL;
use crate::query::{
    self, Bounds, FieldClause, Filter, KindName, NoDate, Node, PersonRole, Query, QueryError, StoredText, Words,
};

/// A query that is ready to be searched, counted and highlighted.
#[derive(Clone, Debug, PartialEq)]
pub struct Compiled {
    pub(super) clause: Clause,
    /// What a text must hold to be marked; nothing of what stands behind a `-`.
    pub(super) words: Vec<SearchedWords>,
    /// The same for regular expressions.
    pub(super) patterns: Vec<Looked>,
    /// The loosest tier that any word has and that so many words may be searched in.
    pub(super) loosest: Tier,
    /// Kinds and subkinds that the query asks for by name.
    pub(super) asked_kinds: Vec<&'static str>,
    /// It asks for records by their ids, or for a state, whatever they are.
    pub(super) asks_for_all: bool,
    /// Pieces in which there is nothing to search for: `:-\`, `(`.
    pub ignored: Vec<String>,
    /// What was too long.
    pub cuts: Vec<Cut>,
    pub(super) now_ms: i64,
}

impl Compiled {
    /// The same, but for these records.
    #[must_use]
    pub fn without_rows(&self, rows: &[i64]) -> Self {
        let others = Clause::Not(Box::new(Clause::Numbers(NumberField::Row, rows.to_vec())));
        Self { clause: Clause::All(vec![self.clause.clone(), others]), ..self.clone() }
    }

    /// The same, with other records in a state than the index knows: not `not`, but `also`.
    #[must_use]
    pub fn with_state(&self, name: &str, not: &[i64], also: &[i64]) -> Self {
        Self { clause: self.clause.with_state(name, not, also), ..self.clone() }
    }

    /// The same, but only what has such a thing: a name of [`crate::query::fields::HAS`].
    #[must_use]
    pub fn with_feature(&self, name: &str) -> Self {
        let has = Clause::Name(NameField::Has, name.to_owned());
        Self { clause: Clause::All(vec![self.clause.clone(), has]), ..self.clone() }
    }

    /// How many words it looks for; nothing of what stands behind a `-`.
    pub fn n_words(&self) -> usize {
        self.words.len()
    }

    /// Whether talks can answer it: it has words that can stand in different messages, and not so many that to ask all
    /// messages for each takes its time.
    pub fn is_for_talks(&self) -> bool {
        (2..=MOST_LOOSE).contains(&self.words.len())
    }

    /// Whether there are words to rank by; filters alone are sorted by time.
    pub fn has_words(&self) -> bool {
        !self.words.is_empty()
    }

    /// The tiers to ask, closest first.
    pub(super) fn tiers(&self, tiers: Tiers) -> impl Iterator<Item = Tier> {
        let loosest = if tiers == Tiers::Exact { Tier::Exact } else { self.loosest };
        Tier::ALL.iter().copied().filter(move |tier| *tier <= loosest)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Clause {
    All(Vec<Clause>),
    Any(Vec<Clause>),
    Not(Box<Clause>),
    Words(SearchedWords),
    Numbers(NumberField, Vec<i64>),
    Name(NameField, String),
    Time(Bounds),
    Nothing,
}

impl Clause {
    fn with_state(&self, state: &str, not: &[i64], also: &[i64]) -> Self {
        let all = |clauses: &[Self]| clauses.iter().map(|clause| clause.with_state(state, not, also)).collect();
        match self {
            Self::All(clauses) => Self::All(all(clauses)),
            Self::Any(clauses) => Self::Any(all(clauses)),
            Self::Not(inner) => Self::Not(Box::new(inner.with_state(state, not, also))),
            Self::Name(NameField::Is, name) if name == state => {
                let rows = |rows: &[i64]| Self::Numbers(NumberField::Row, rows.to_vec());
                let known = Self::All(vec![self.clone(), Self::Not(Box::new(rows(not)))]);
                Self::Any(vec![known, rows(also)])
            }
            other => other.clone(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NumberField {
    Row,
    Account,
    Kind,
    Author,
    Others,
    Thread,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameField {
    Subkind,
    Has,
    Is,
}

/// Words that were typed without a space between them, or in quotes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SearchedWords {
    pub typed: String,
    /// What they may stand as in each tier, beside what they may in those before it.
    pub tiers: Vec<(Tier, Vec<Pattern>)>,
}

/// More words are not searched for loosely: each is a walk through all words that were ever written.
const MOST_LOOSE: usize = 12;
/// More words are not inflected either.
const MOST_INFLECTED: usize = 64;
/// So many words that follow each other are tried as one word with their neighbours.
const MOST_JOINED: usize = 6;

/// Prepares a query. `now` is the moment and the zone that its dates are seen from.
pub fn compile<N: Names, Tz: TimeZone>(query: &Query, names: &N, now: &DateTime<Tz>) -> Result<Compiled, IndexError> {
    let n_words = n_words_of(&query.root);
    let is_long = n_words > MOST_INFLECTED;
    let cuts = if is_long { vec![Cut::Words { n_words }] } else { Vec::new() };
    let mut compiler = Compiler { names, now, is_long, ignored: Vec::new(), cuts };
    let clause = compiler.node(&query.root)?;
    let is_everything = query.root == Node::All(Vec::new());
    // With nothing left to search for, nothing is found; an empty query shows everything.
    let clause = clause.unwrap_or(if is_everything { Clause::All(Vec::new()) } else { Clause::Nothing });
    let (ignored, cuts) = (compiler.ignored, compiler.cuts);
    let mut asked_kinds = Vec::new();
    query.root.for_each_wanted(&mut |leaf| {
        if let Node::Field(FieldClause { filter: Filter::Kind(kinds), .. }) = leaf {
            asked_kinds.extend(kinds.iter().map(|name| name.name()));
        }
    });
    let mut asks_for_all = false;
    query.root.for_each_wanted(&mut |leaf| {
        let Node::Field(FieldClause { filter, .. }) = leaf else { return };
        asks_for_all |= match filter {
            Filter::Stored { of, .. } => *of == StoredText::Id,
            Filter::Is(states) => states.iter().any(|state| STATES_OF_ALL.contains(state)),
            _ => false,
        };
    });
    let mut patterns = Vec::new();
    query.root.for_each_wanted(&mut |leaf| {
        if let Node::Pattern(pattern) = leaf {
            patterns.extend(Looked::of(&pattern.text));
        }
    });
    let mut words = Vec::new();
    wanted_words(&clause, &mut words);
    let loosest = words.iter().flat_map(|words| words.tiers.iter().map(|(tier, _)| *tier)).max().unwrap_or(Tier::Exact);
    let most = match words.len() {
        n_words if n_words <= MOST_LOOSE => Tier::SoundsLike,
        n_words if n_words <= MOST_INFLECTED => Tier::Inflected,
        _ => Tier::Exact,
    };
    let mut cuts = cuts;
    if loosest > most && !is_long {
        cuts.push(Cut::Words { n_words: words.len() });
    }
    let loosest = loosest.min(most);
    Ok(Compiled {
        clause,
        words,
        patterns,
        loosest,
        asked_kinds,
        asks_for_all,
        ignored,
        cuts,
        now_ms: now.timestamp_millis(),
    })
}

/// How many words and phrases a query has, wherever they stand.
fn n_words_of(node: &Node) -> usize {
    match node {
        Node::All(nodes) | Node::Any(nodes) => nodes.iter().map(n_words_of).sum(),
        Node::Not(inner) => n_words_of(inner),
        Node::Words(_) => 1,
        Node::Pattern(_) | Node::Field(_) => 0,
    }
}

fn wanted_words(clause: &Clause, words: &mut Vec<SearchedWords>) {
    match clause {
        Clause::All(clauses) | Clause::Any(clauses) => {
            for clause in clauses {
                wanted_words(clause, words);
            }
        }
        Clause::Words(wanted) if !words.contains(wanted) => words.push(wanted.clone()),
        _ => {}
    }
}

struct Compiler<'a, N, Tz: TimeZone> {
    names: &'a N,
    now: &'a DateTime<Tz>,
    /// So many words that they are looked for only as they are typed.
    is_long: bool,
    ignored: Vec<String>,
    cuts: Vec<Cut>,
}

impl<N: Names, Tz: TimeZone> Compiler<'_, N, Tz> {
    /// `None` when there is nothing in it to search for.
    fn node(&mut self, node: &Node) -> Result<Option<Clause>, IndexError> {
        Ok(match node {
            Node::All(nodes) => self.nodes(nodes)?.map(|clauses| joined(nodes, clauses)),
            Node::Any(nodes) => self.nodes(nodes)?.map(Clause::Any),
            Node::Not(inner) => self.node(inner)?.map(|clause| Clause::Not(Box::new(clause))),
            Node::Words(words) => self.words(words),
            Node::Pattern(pattern) => Some(self.pattern(&pattern.text)?),
            Node::Field(field) => Some(self.field(field)?),
        })
    }

    fn nodes(&mut self, nodes: &[Node]) -> Result<Option<Vec<Clause>>, IndexError> {
        let mut clauses = Vec::with_capacity(nodes.len());
        for node in nodes {
            let clause = self.node(node)?;
            // The same word five hundred times asks for no more than once; of few, two are perhaps one word.
            clauses.extend(clause.filter(|clause| nodes.len() <= MOST_JOINED || !clauses.contains(clause)));
        }
        Ok((!clauses.is_empty()).then_some(clauses))
    }

    fn words(&mut self, words: &Words) -> Option<Clause> {
        let units = units(&words.text);
        let stands_alone = |unit: &Unit| matches!(unit.kind, UnitKind::Emoji | UnitKind::Emoticon);
        // What was written without a space is looked for without a gap, but emoji are words of their own.
        let groups: Vec<&[Unit]> = if words.is_phrase {
            vec![&units]
        } else {
            units.chunk_by(|a, b| !stands_alone(a) && !stands_alone(b)).collect()
        };
        let last = groups.len().saturating_sub(1);
        let mut clauses = Vec::with_capacity(groups.len());
        for (at, group) in groups.into_iter().enumerate().filter(|(_, group)| !group.is_empty()) {
            let how = Spelled {
                is_phrase: words.is_phrase,
                is_prefix: words.is_prefix && at == last,
                slips: if at == last { words.slips } else { 0 },
                is_exact: self.is_long,
            };
            let (tiers, was_cut) = spell(group, how);
            if was_cut {
                self.cuts.push(Cut::Phrase { typed: words.text.clone(), n_kept: LONGEST_PHRASE });
            }
            let typed = text_of(&words.text, group);
            clauses.push(Clause::Words(SearchedWords { typed, tiers }));
        }
        if let Some(name) = words.text.strip_prefix(':').and_then(|text| text.strip_suffix(':'))
            && let [Clause::Words(searched)] = clauses.as_mut_slice()
        {
            // :tada: is a word of its own, and the emoji of that name.
            let patterns = query::emoji::of_shortcode(name).into_iter().filter_map(emoji_pattern);
            searched.tiers.iter_mut().filter(|(tier, _)| *tier == Tier::Exact).for_each(|(_, exact)| {
                exact.extend(patterns.clone());
            });
        }
        match clauses.len() {
            0 => {
                self.ignored.push(words.text.clone());
                None
            }
            1 => clauses.pop(),
            _ => Some(Clause::All(clauses)),
        }
    }

    /// Looks through the texts as they are stored, as far as the budget goes.
    fn pattern(&mut self, text: &str) -> Result<Clause, IndexError> {
        let Some(looked) = Looked::of(text) else { return Ok(Clause::Nothing) };
        self.stored(StoredText::Record, text, &|text| looked.is_in(text))
    }

    fn stored(&mut self, of: StoredText, typed: &str, is_wanted: &dyn Fn(&str) -> bool) -> Result<Clause, IndexError> {
        let mut budget = Budget::default();
        let rows = self.names.rows_by_text(of, &mut |text| budget.spend(text, is_wanted)).map_err(names_error)?;
        self.cuts.extend(budget.cut(typed));
        Ok(Clause::Numbers(NumberField::Row, rows))
    }

    fn stored_field(&mut self, of: StoredText, value: &str) -> Result<Clause, IndexError> {
        if of == StoredText::Reaction {
            let plain = |emoji: &str| emoji_term(emoji).unwrap_or_else(|| emoji.to_owned());
            let typed = plain(value);
            let mut wanted: Vec<String> = query::emoji::named(value).into_iter().map(plain).collect();
            wanted.push(typed);
            return self.stored(of, value, &|reaction| wanted.contains(&plain(reaction)));
        }
        let typed = folded(value);
        if of == StoredText::Id {
            return self.stored(of, value, &|id| id.starts_with(&typed));
        }
        self.stored(of, value, &|text| folded(text).contains(&typed))
    }

    fn field(&mut self, field: &FieldClause) -> Result<Clause, IndexError> {
        Ok(match &field.filter {
            Filter::Kind(kinds) => Clause::Any(
                kinds
                    .iter()
                    .map(|name| match name {
                        KindName::Kind(kind) => Clause::Numbers(NumberField::Kind, vec![kind.code()]),
                        KindName::Subkind(name) => Clause::Name(NameField::Subkind, (*name).to_owned()),
                    })
                    .collect(),
            ),
            Filter::Person { role, name } => {
                let people = self.people(field, name)?;
                let author = Clause::Numbers(NumberField::Author, people.clone());
                let others = Clause::Numbers(NumberField::Others, people);
                match role {
                    PersonRole::From => author,
                    PersonRole::To => Clause::All(vec![others, Clause::Not(Box::new(author))]),
                    PersonRole::With => Clause::Any(vec![author, others]),
                }
            }
            Filter::Thread(typed) => {
                let rows = self.names.threads(typed).map_err(names_error)?;
                if rows.is_empty() {
                    return Err(unknown(field, "conversation", typed, self.names.close_threads(typed)));
                }
                Clause::Numbers(NumberField::Thread, rows)
            }
            Filter::Account(typed) => {
                let rows = self.names.accounts(typed).map_err(names_error)?;
                if rows.is_empty() {
                    return Err(unknown(field, "account", typed, self.names.close_accounts(typed)));
                }
                Clause::Numbers(NumberField::Account, rows)
            }
            Filter::Snapshot(typed) => match self.names.records_of_snapshots(typed).map_err(names_error)? {
                Some(rows) => Clause::Numbers(NumberField::Row, rows),
                None => return Err(unknown(field, "snapshot", typed, self.names.close_snapshots(typed))),
            },
            Filter::Stored { of, value } => self.stored_field(*of, value)?,
            Filter::Language(names) => {
                let is_wanted = |text: &str| names.iter().any(|name| is_written_in(text, name));
                self.stored(StoredText::Record, "lang:", &is_wanted)?
            }
            Filter::Near(around) => {
                let rows = self.names.rows_by_coordinates(&|latitude, longitude| around.holds(latitude, longitude));
                Clause::Numbers(NumberField::Row, rows.map_err(names_error)?)
            }
            Filter::Has(names) => Clause::Any(names.iter().map(|name| named(NameField::Has, name)).collect()),
            Filter::Is(names) => {
                let states: Result<Vec<Clause>, IndexError> = names.iter().map(|name| self.state(name)).collect();
                Clause::Any(states?)
            }
            Filter::Emoji(name) => {
                let patterns = query::emoji::named(name).into_iter().filter_map(emoji_pattern).collect();
                Clause::Words(SearchedWords { typed: name.clone(), tiers: vec![(Tier::Exact, patterns)] })
            }
            Filter::Date(_) | Filter::Before(_) | Filter::After(_) => {
                if let Filter::Date(dates) = &field.filter
                    && let Some(NoDate { what, valid }) = dates.turned(self.now)
                {
                    return Err(IndexError::Query(QueryError { span: field.value_span.clone(), what, valid }));
                }
                field.filter.bounds(self.now).map_or(Clause::Nothing, Clause::Time)
            }
        })
    }

    fn state(&self, name: &str) -> Result<Clause, IndexError> {
        let message = Clause::Numbers(NumberField::Kind, vec![Kind::Message.code()]);
        let mine = || self.names.me().map(|me| Clause::Numbers(NumberField::Author, me)).map_err(names_error);
        Ok(match name {
            "sent" => Clause::All(vec![message, mine()?]),
            "received" => Clause::All(vec![message, Clause::Not(Box::new(mine()?))]),
            name => named(NameField::Is, name),
        })
    }

    fn people(&self, field: &FieldClause, name: &str) -> Result<Vec<i64>, IndexError> {
        if name.eq_ignore_ascii_case("me") {
            return self.names.me().map_err(names_error);
        }
        let typed = name.strip_prefix('@').unwrap_or(name);
        let people = self.names.people(typed).map_err(names_error)?;
        if people.is_empty() {
            return Err(unknown(field, "person", typed, self.names.close_people(typed)));
        }
        Ok(people)
    }
}

/// Lets two words that follow each other be one: `sun screen` finds sunscreen, as a form of what was typed.
fn joined(nodes: &[Node], clauses: Vec<Clause>) -> Clause {
    if !(2..=MOST_JOINED).contains(&clauses.len()) || clauses.len() != nodes.len() {
        return Clause::All(clauses);
    }
    let word = |node: &Node| match node {
        Node::Words(Words { text, is_phrase: false, is_prefix: false, slips: 0, .. }) => Some(units(text)),
        _ => None,
    };
    let mut ways = Vec::new();
    for (at, pair) in nodes.windows(2).enumerate() {
        let Some(pattern) = word(&pair[0]).zip(word(&pair[1])).and_then(|(left, right)| spell_joined(&left, &right))
        else {
            continue;
        };
        let (Clause::Words(left), Clause::Words(right)) = (&clauses[at], &clauses[at + 1]) else { continue };
        let typed = format!("{}{}", left.typed, right.typed);
        let mut way = clauses.clone();
        way.splice(at..at + 2, [Clause::Words(SearchedWords { typed, tiers: vec![(Tier::Inflected, vec![pattern])] })]);
        ways.push(Clause::All(way));
    }
    if ways.is_empty() {
        return Clause::All(clauses);
    }
    ways.insert(0, Clause::All(clauses));
    Clause::Any(ways)
}

/// The part of what was typed that units stand in.
fn text_of(text: &str, units: &[Unit]) -> String {
    let range = units.first().zip(units.last()).map(|(first, last)| first.start..last.end);
    range.and_then(|range| text.get(range)).unwrap_or(text).to_owned()
}

fn emoji_pattern(emoji: &str) -> Option<Pattern> {
    Some(Pattern::of(Matcher::Term(emoji_term(emoji)?)))
}

/// An emoji without its style and skin.
fn emoji_term(emoji: &str) -> Option<String> {
    units(emoji).into_iter().next()?.slots.into_iter().next()?.forms.into_iter().next()
}

fn named(field: NameField, name: &str) -> Clause {
    Clause::Name(field, name.to_owned())
}

fn names_error(error: impl Into<super::BoxError>) -> IndexError {
    IndexError::Names(error.into())
}

fn unknown<E: Into<super::BoxError>>(
    field: &FieldClause,
    what: &str,
    typed: &str,
    close: Result<Vec<String>, E>,
) -> IndexError {
    match close {
        Ok(valid) => {
            let what = format!("no {what} is known as \"{typed}\"");
            IndexError::Query(QueryError { span: field.value_span.clone(), what, valid })
        }
        Err(error) => names_error(error),
    }
}
