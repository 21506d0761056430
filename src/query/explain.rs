//! A query as an indented tree, with the moments that its dates mean.

use std::fmt::{Display, Write as _};

use chrono::{DateTime, TimeZone};

use super::dates::Bounds;
use super::tree::{Filter, Node, Query};

/// How a query was understood, one line a part. `now` gives the day that relative dates count from, and the zone.
pub fn explain<Tz: TimeZone>(query: &Query, now: &DateTime<Tz>) -> String
where
    Tz::Offset: Display,
{
    let mut out = String::new();
    let is_everything = query.root == Node::All(Vec::new());
    if is_everything {
        out.push_str("everything\n");
    } else {
        explain_node(&query.root, now, 0, &mut out);
    }
    if query.was_cut {
        line(&mut out, 0, "cut", &format!("only the first {} words and fields were read", super::MAX_LEAVES));
    }
    for hint in &query.hints {
        line(&mut out, 0, "hint", &hint.sentence);
    }
    out
}

fn explain_node<Tz: TimeZone>(node: &Node, now: &DateTime<Tz>, depth: usize, out: &mut String)
where
    Tz::Offset: Display,
{
    let (title, children): (&str, &[Node]) = match node {
        Node::All(nodes) => ("all of", nodes),
        Node::Any(nodes) => ("any of", nodes),
        Node::Not(inner) => ("not", std::slice::from_ref(inner.as_ref())),
        Node::Words(words) => {
            let title = match (words.is_phrase, words.is_prefix, words.slips) {
                (_, true, _) => "begins",
                (true, ..) => "phrase",
                (_, _, 0) => "word",
                (_, _, 1) => "1 slip",
                _ => "2 slips",
            };
            return line(out, depth, title, &words.text);
        }
        Node::Pattern(pattern) => return line(out, depth, "matches", &pattern.text),
        Node::Field(clause) => {
            let bounds = clause.filter.bounds(now).map(|bounds| format!("  = {}", shown(bounds, now)));
            let value = format!("{}{}", clause.filter.value(), bounds.unwrap_or_default());
            return line(out, depth, clause.filter.field_name(), &value);
        }
    };
    line(out, depth, title, "");
    for child in children {
        explain_node(child, now, depth + 1, out);
    }
}

fn line(out: &mut String, depth: usize, title: &str, value: &str) {
    let text = format!("{:indent$}{title:<8} {value}", "", indent = depth * 2);
    out.push_str(text.trim_end());
    out.push('\n');
}

fn shown<Tz: TimeZone>(bounds: Bounds, now: &DateTime<Tz>) -> String
where
    Tz::Offset: Display,
{
    let moment = |ms: i64| match now.timezone().timestamp_millis_opt(ms).earliest() {
        Some(time) => time.format("%Y-%m-%d %H:%M %:z").to_string(),
        None => format!("{ms} ms"),
    };
    let mut text = String::new();
    if let Some(from) = bounds.from_ms {
        write!(text, "from {}", moment(from)).expect("a string takes everything");
    }
    if let Some(to) = bounds.to_ms {
        let space = if text.is_empty() { "" } else { " " };
        write!(text, "{space}until before {}", moment(to)).expect("a string takes everything");
    }
    text
}

impl Filter {
    /// The moments that a date field allows; `None` for other fields.
    pub fn bounds<Tz: TimeZone>(&self, now: &DateTime<Tz>) -> Option<Bounds> {
        match self {
            Self::Date(span) => Some(span.bounds(now)),
            Self::Before(point) => Some(Bounds { from_ms: None, to_ms: Some(point.start_ms(now)) }),
            Self::After(point) => Some(Bounds { from_ms: Some(point.start_ms(now)), to_ms: None }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};

    use super::explain;
    use crate::query::parse;

    #[test]
    fn the_tree_shows_what_was_understood() {
        let zone = chrono_tz::Europe::Berlin;
        let now = Utc.with_ymd_and_hms(2024, 4, 1, 12, 0, 0).single().expect("a time").with_timezone(&zone);
        let query =
            parse("lisbon (\"ice cream\" OR gel*) -from:me date:2016..2019 before:2018-07 form:x").expect("right");
        let expected = "\
all of
  word     lisbon
  any of
    phrase   ice cream
    begins   gel
  not
    from     me
  date     2016..2019  = from 2016-01-01 00:00 +01:00 until before 2020-01-01 00:00 +01:00
  before   2018-07  = until before 2018-07-01 00:00 +02:00
  word     form:x
hint     \"form:\" is no field and was searched as text; did you mean from:?
";
        assert_eq!(explain(&query, &now), expected);
        assert_eq!(explain(&parse("").expect("right"), &now), "everything\n");
    }
}
