//! What stands behind the colon of a field.

use std::ops::Range;

use super::around::Around;
use super::dates::{DatePoint, DateSpan, NoDate};
use super::emoji;
use super::fields::{Field, FieldName, KIND_ALIASES, SUBKINDS};
use super::tree::{Filter, KindName, PersonRole, StoredText};
use super::{QueryError, close_names};
use crate::model::Kind;

/// Reads the value of a field. `span` is where it stands in the query.
pub(super) fn parse_value(field: &Field, value: &str, span: &Range<usize>) -> Result<Filter, QueryError> {
    let date_error = |error: NoDate| QueryError { span: span.clone(), what: error.what, valid: error.valid };
    let person = |role| Ok(Filter::Person { role, name: value.to_owned() });
    let stored = |of| Ok(Filter::Stored { of, value: value.to_owned() });
    match field.id {
        FieldName::Kind => choices(field, value, span, kind_name).map(Filter::Kind),
        FieldName::Has => choices(field, value, span, |choice| one_of(field.values, choice)).map(Filter::Has),
        FieldName::Is => choices(field, value, span, |choice| one_of(field.values, choice)).map(Filter::Is),
        FieldName::From => person(PersonRole::From),
        FieldName::To => person(PersonRole::To),
        FieldName::With => person(PersonRole::With),
        FieldName::In => Ok(Filter::Thread(value.to_owned())),
        FieldName::Account => Ok(Filter::Account(value.to_owned())),
        FieldName::Emoji if emoji::named(value).is_empty() => {
            let near = close_names(value.trim_matches(':'), emoji::shortcodes());
            let valid = near.into_iter().take(3).map(str::to_owned).collect();
            Err(QueryError { span: span.clone(), what: format!("no emoji is called \"{value}\""), valid })
        }
        FieldName::Emoji => Ok(Filter::Emoji(value.to_owned())),
        FieldName::Reaction => stored(StoredText::Reaction),
        FieldName::Place => stored(StoredText::Place),
        FieldName::Url => stored(StoredText::Address),
        FieldName::Filename => stored(StoredText::File),
        FieldName::Id => stored(StoredText::Id),
        FieldName::Lang => choices(field, value, span, |choice| one_of(field.values, choice)).map(Filter::Language),
        FieldName::Near => Around::parse(value).map(Filter::Near).ok_or_else(|| QueryError {
            span: span.clone(),
            what: format!("\"{value}\" is no point on the map with a radius"),
            valid: vec!["48.1,11.6,5km".to_owned()],
        }),
        FieldName::Snapshot => Ok(Filter::Snapshot(value.to_owned())),
        FieldName::Date => DateSpan::parse(value).map(Filter::Date).map_err(date_error),
        FieldName::Before => DatePoint::parse(value).map(Filter::Before).map_err(date_error),
        FieldName::After => DatePoint::parse(value).map(Filter::After).map_err(date_error),
    }
}

/// A list with commas, every element of which must be known.
fn choices<T>(
    field: &Field,
    value: &str,
    span: &Range<usize>,
    known: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, QueryError> {
    value
        .split(',')
        .map(|choice| {
            let choice = choice.trim().to_lowercase();
            known(&choice).ok_or_else(|| {
                let names = choice_names(field);
                let mut valid = close_names(&choice, names.iter().copied());
                if valid.is_empty() {
                    valid = names;
                }
                QueryError {
                    span: span.clone(),
                    what: format!("\"{choice}\" is nothing that {}: knows", field.name),
                    valid: valid.into_iter().map(str::to_owned).collect(),
                }
            })
        })
        .collect()
}

/// Everything that may be chosen for a field; nothing where any text is right.
pub(super) fn choice_names(field: &Field) -> Vec<&'static str> {
    match field.id {
        FieldName::Kind => Kind::ALL.iter().map(|kind| kind.name()).chain(SUBKINDS.iter().copied()).collect(),
        _ => field.values.to_vec(),
    }
}

fn kind_name(typed: &str) -> Option<KindName> {
    let exact = |name: &str| {
        let name = KIND_ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name);
        Kind::from_name(name).map(KindName::Kind).or_else(|| one_of(SUBKINDS, name).map(KindName::Subkind))
    };
    exact(typed).or_else(|| exact(typed.strip_suffix('s')?))
}

fn one_of(known: &[&'static str], typed: &str) -> Option<&'static str> {
    known.iter().copied().find(|name| *name == typed || Some(*name) == typed.strip_suffix('s'))
}

impl Field {
    /// Everything that may be chosen as its value; empty where any text may stand.
    pub fn choices(&self) -> Vec<&'static str> {
        choice_names(self)
    }
}
