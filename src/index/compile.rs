//! From the tree of a query to what the index can look up: words become patterns of terms, names become rows, dates
//! become moments. Knows nothing of the engine.

use chrono::{DateTime, TimeZone};

use super::IndexError;
use super::analysis::{Unit, UnitKind, units};
use super::feed::Names;
use super::search::Cut;
use crate::model::Kind;
use crate::query::{Bounds, FieldClause, Filter, KindName, Node, PersonRole, Query, QueryError, Words};

/// A query that is ready to be searched, counted and highlighted.
#[derive(Clone, Debug, PartialEq)]
pub struct Compiled {
    pub(super) clause: Clause,
    /// What a text must hold to be marked; nothing of what stands behind a `-`.
    pub(super) patterns: Vec<Pattern>,
    /// Kinds that the query asks for by name.
    pub(super) asked_kinds: Vec<Kind>,
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

    /// Whether there are words to rank by; filters alone are sorted by time.
    pub fn has_words(&self) -> bool {
        !self.patterns.is_empty()
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Clause {
    All(Vec<Clause>),
    Any(Vec<Clause>),
    Not(Box<Clause>),
    Words(Vec<Pattern>),
    Numbers(NumberField, Vec<i64>),
    Name(NameField, String),
    Time(Bounds),
    Nothing,
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

/// Terms at distances from the first; the last may go on when it is a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    pub terms: Vec<(usize, String)>,
    pub is_prefix: bool,
}

/// Spellings of one phrase that are looked for at most; beyond it only the plainest.
const MOST_SPELLINGS: usize = 16;
/// Terms of one phrase at most; what is longer is found by its beginning.
const LONGEST_PHRASE: usize = 64;

/// Prepares a query. `now` is the moment and the zone that its dates are seen from.
pub fn compile<N: Names, Tz: TimeZone>(query: &Query, names: &N, now: &DateTime<Tz>) -> Result<Compiled, IndexError> {
    let mut compiler = Compiler { names, now, ignored: Vec::new(), cuts: Vec::new() };
    let clause = compiler.node(&query.root)?;
    let is_everything = query.root == Node::All(Vec::new());
    // With nothing left to search for, nothing is found; an empty query shows everything.
    let clause = clause.unwrap_or(if is_everything { Clause::All(Vec::new()) } else { Clause::Nothing });
    let (ignored, cuts) = (compiler.ignored, compiler.cuts);
    let mut asked_kinds = Vec::new();
    query.root.for_each_wanted(&mut |leaf| {
        if let Node::Field(FieldClause { filter: Filter::Kind(kinds), .. }) = leaf {
            asked_kinds.extend(kinds.iter().filter_map(|name| match name {
                KindName::Kind(kind) => Some(*kind),
                KindName::Subkind(_) => None,
            }));
        }
    });
    let mut patterns = Vec::new();
    wanted_patterns(&clause, &mut patterns);
    Ok(Compiled { clause, patterns, asked_kinds, ignored, cuts, now_ms: now.timestamp_millis() })
}

fn wanted_patterns(clause: &Clause, patterns: &mut Vec<Pattern>) {
    match clause {
        Clause::All(clauses) | Clause::Any(clauses) => {
            for clause in clauses {
                wanted_patterns(clause, patterns);
            }
        }
        Clause::Words(words) => patterns.extend(words.iter().cloned()),
        _ => {}
    }
}

struct Compiler<'a, N, Tz: TimeZone> {
    names: &'a N,
    now: &'a DateTime<Tz>,
    ignored: Vec<String>,
    cuts: Vec<Cut>,
}

impl<N: Names, Tz: TimeZone> Compiler<'_, N, Tz> {
    /// `None` when there is nothing in it to search for.
    fn node(&mut self, node: &Node) -> Result<Option<Clause>, IndexError> {
        Ok(match node {
            Node::All(nodes) => self.nodes(nodes)?.map(Clause::All),
            Node::Any(nodes) => self.nodes(nodes)?.map(Clause::Any),
            Node::Not(inner) => self.node(inner)?.map(|clause| Clause::Not(Box::new(clause))),
            Node::Words(words) => self.words(words),
            Node::Field(field) => Some(self.field(field)?),
        })
    }

    fn nodes(&mut self, nodes: &[Node]) -> Result<Option<Vec<Clause>>, IndexError> {
        let mut clauses = Vec::with_capacity(nodes.len());
        for node in nodes {
            clauses.extend(self.node(node)?);
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
            let (patterns, was_cut) = patterns(group, words.is_prefix && at == last);
            if was_cut {
                self.cuts.push(Cut::Phrase { typed: words.text.clone(), n_kept: LONGEST_PHRASE });
            }
            clauses.push(Clause::Words(patterns));
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

    fn field(&self, field: &FieldClause) -> Result<Clause, IndexError> {
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
            Filter::Has(names) => Clause::Any(names.iter().map(|name| named(NameField::Has, name)).collect()),
            Filter::Is(names) => {
                let states: Result<Vec<Clause>, IndexError> = names.iter().map(|name| self.state(name)).collect();
                Clause::Any(states?)
            }
            Filter::Date(_) | Filter::Before(_) | Filter::After(_) => {
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

/// The ways to write `units` one behind the other, and whether their end had to be cut off.
fn patterns(units: &[Unit], is_prefix: bool) -> (Vec<Pattern>, bool) {
    // Terms with their distance, and the distance of what comes next.
    let mut spellings: Vec<(Vec<(usize, String)>, usize)> = vec![(Vec::new(), 0)];
    let mut was_cut = false;
    for unit in units {
        if spellings.iter().any(|(terms, _)| terms.len() + unit.slots.len() > LONGEST_PHRASE) {
            was_cut = true;
        }
        let ways = ways(unit);
        let n_ways = if spellings.len() * ways.len() > MOST_SPELLINGS { 1 } else { ways.len() };
        spellings = spellings
            .into_iter()
            .flat_map(|(terms, next)| {
                ways[..n_ways].iter().map(move |(more, width)| {
                    let mut terms = terms.clone();
                    terms.extend(more.iter().map(|(at, term)| (next + at, term.clone())));
                    terms.truncate(LONGEST_PHRASE);
                    (terms, next + width)
                })
            })
            .collect();
        if was_cut {
            break;
        }
    }
    let mut patterns: Vec<Pattern> =
        spellings.into_iter().map(|(terms, _)| Pattern { terms, is_prefix: is_prefix && !was_cut }).collect();
    patterns.dedup();
    (patterns, was_cut)
}

type Way = (Vec<(usize, String)>, usize);

/// The ways to write one unit: its terms with their distances, and how many positions it takes. The plainest first.
fn ways(unit: &Unit) -> Vec<Way> {
    let n_slots = unit.slots.len();
    // A tag or handle is looked for as itself; a base emoji is found by itself only.
    if let Some(whole) = &unit.whole {
        return vec![(vec![(0, whole.clone())], n_slots)];
    }
    let mut ways: Vec<Way> = vec![(Vec::new(), n_slots)];
    for (at, slot) in unit.slots.iter().enumerate() {
        let n_forms = match unit.kind {
            UnitKind::Word if ways.len() * slot.forms.len() <= MOST_SPELLINGS => slot.forms.len(),
            _ => 1,
        };
        ways = ways
            .into_iter()
            .flat_map(|(terms, width)| {
                slot.forms[..n_forms].iter().map(move |form| {
                    let mut terms = terms.clone();
                    terms.push((at, form.clone()));
                    (terms, width)
                })
            })
            .collect();
    }
    ways.extend(unit.joined.iter().map(|joined| (vec![(0, joined.clone())], 1)));
    ways
}
