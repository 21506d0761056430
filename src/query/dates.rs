//! Dates of queries: what may be typed, and which moments are meant.
//!
//! Parsing does not know the time; [`DateSpan::bounds`] gets it as a parameter, and with it the zone.

use std::fmt;

use chrono::{DateTime, Days, LocalResult, Months, NaiveDate, NaiveTime, TimeDelta, TimeZone};

/// A day, month, year, or something that is counted back from today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatePoint {
    Year(i32),
    Month(i32, u32),
    Day(NaiveDate),
    Today,
    Yesterday,
    /// So many units before today.
    Ago(u32, Unit),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Days,
    Weeks,
    Months,
    Years,
}

/// What `date:` can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateSpan {
    /// The whole of it; something counted back reaches until now.
    One(DatePoint),
    /// From the first moment of the one to the last of the other.
    Range(Option<DatePoint>, Option<DatePoint>),
}

/// Unix milliseconds; the first included, the second not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    pub from_ms: Option<i64>,
    pub to_ms: Option<i64>,
}

/// A text that is no date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoDate {
    pub what: String,
    /// The nearest right forms.
    pub valid: Vec<String>,
}

const FORMS: [&str; 5] = ["2019", "2019-06", "2019-06-15", "3m", "yesterday"];
const YEARS: std::ops::RangeInclusive<i32> = 1000..=9998;

impl DatePoint {
    pub fn parse(text: &str) -> Result<Self, NoDate> {
        let lower = text.trim().to_lowercase();
        match lower.as_str() {
            "today" => return Ok(Self::Today),
            "yesterday" => return Ok(Self::Yesterday),
            _ => {}
        }
        if let Some(ago) = parse_ago(&lower) {
            return Ok(ago);
        }
        let parts: Vec<&str> = lower.split(['-', '/', '.']).collect();
        let numbers: Option<Vec<u32>> = parts.iter().map(|part| number(part)).collect();
        let year_first = parts.first().is_some_and(|year| year.len() == 4);
        match numbers.as_deref() {
            Some([year]) if year_first => in_years(*year).map(Self::Year).ok_or_else(|| no_date(text, &FORMS)),
            Some([year, month]) if year_first => Self::month(text, *year, *month),
            Some([year, month, day]) if year_first => Self::day(text, *year, *month, *day),
            Some([first, second, year]) if parts[2].len() == 4 => Err(reordered(text, *first, *second, *year)),
            _ => Err(no_date(text, &FORMS)),
        }
    }

    fn month(text: &str, year: u32, month: u32) -> Result<Self, NoDate> {
        let year = in_years(year).ok_or_else(|| no_date(text, &FORMS))?;
        if (1..=12).contains(&month) {
            return Ok(Self::Month(year, month));
        }
        let near = month.clamp(1, 12);
        Err(no_date(text, &[&format!("{year:04}-{near:02}"), &format!("{year:04}")]))
    }

    fn day(text: &str, year: u32, month: u32, day: u32) -> Result<Self, NoDate> {
        let Self::Month(year, month) = Self::month(text, year, month)? else { return Err(no_date(text, &FORMS)) };
        if let Some(date) = NaiveDate::from_ymd_opt(year, month, day) {
            return Ok(Self::Day(date));
        }
        let near = (28..=31).rev().find(|last| NaiveDate::from_ymd_opt(year, month, *last).is_some()).unwrap_or(1);
        let near = if day == 0 { 1 } else { near };
        Err(no_date(text, &[&format!("{year:04}-{month:02}-{near:02}"), &format!("{year:04}-{month:02}")]))
    }

    /// Its first day, seen from `today`.
    fn first_day(self, today: NaiveDate) -> NaiveDate {
        let day = match self {
            Self::Year(year) => NaiveDate::from_ymd_opt(year, 1, 1),
            Self::Month(year, month) => NaiveDate::from_ymd_opt(year, month, 1),
            Self::Day(day) => Some(day),
            Self::Today => Some(today),
            Self::Yesterday => today.pred_opt(),
            Self::Ago(n, Unit::Days) => today.checked_sub_days(Days::new(n.into())),
            Self::Ago(n, Unit::Weeks) => today.checked_sub_days(Days::new(7 * u64::from(n))),
            Self::Ago(n, Unit::Months) => today.checked_sub_months(Months::new(n)),
            Self::Ago(n, Unit::Years) => today.checked_sub_months(Months::new(n.saturating_mul(12))),
        };
        day.unwrap_or(NaiveDate::MIN)
    }

    /// The day after its last day.
    fn day_after(self, today: NaiveDate) -> NaiveDate {
        let first = self.first_day(today);
        let after = match self {
            Self::Year(_) => first.checked_add_months(Months::new(12)),
            Self::Month(..) => first.checked_add_months(Months::new(1)),
            _ => first.succ_opt(),
        };
        after.unwrap_or(NaiveDate::MAX)
    }

    /// Its first moment, in the zone of `now`.
    pub fn start_ms<Tz: TimeZone>(self, now: &DateTime<Tz>) -> i64 {
        midnight_ms(self.first_day(now.date_naive()), &now.timezone())
    }

    /// The first moment after it.
    pub fn end_ms<Tz: TimeZone>(self, now: &DateTime<Tz>) -> i64 {
        midnight_ms(self.day_after(now.date_naive()), &now.timezone())
    }

    fn is_absolute(self) -> bool {
        matches!(self, Self::Year(_) | Self::Month(..) | Self::Day(_))
    }
}

impl DateSpan {
    pub fn parse(text: &str) -> Result<Self, NoDate> {
        let Some((from, to)) = text.split_once("..") else { return DatePoint::parse(text).map(Self::One) };
        let side = |text: &str| match text.trim() {
            "" => Ok(None),
            text => DatePoint::parse(text).map(Some),
        };
        let (from, to) = (side(from)?, side(to)?);
        if let (Some(from), Some(to)) = (from, to)
            && from.is_absolute()
            && to.is_absolute()
            && from.first_day(NaiveDate::MIN) >= to.day_after(NaiveDate::MIN)
        {
            return Err(turned(text, from, to));
        }
        if (from, to) == (None, None) {
            return Err(NoDate {
                what: format!("\"{text}\" has neither a beginning nor an end"),
                valid: vec!["2019..".to_owned(), "..2019".to_owned(), "2018..2019".to_owned()],
            });
        }
        Ok(Self::Range(from, to))
    }

    /// That it ends before it begins, which of a range with a relative day only its day tells.
    pub fn turned<Tz: TimeZone>(self, now: &DateTime<Tz>) -> Option<NoDate> {
        let Self::Range(Some(from), Some(to)) = self else { return None };
        (from.start_ms(now) >= to.end_ms(now)).then(|| turned(&self.to_string(), from, to))
    }

    /// Which moments are meant, in the zone of `now`.
    pub fn bounds<Tz: TimeZone>(self, now: &DateTime<Tz>) -> Bounds {
        match self {
            Self::One(point @ DatePoint::Ago(..)) => Bounds { from_ms: Some(point.start_ms(now)), to_ms: None },
            Self::One(point) => Bounds { from_ms: Some(point.start_ms(now)), to_ms: Some(point.end_ms(now)) },
            Self::Range(from, to) => {
                Bounds { from_ms: from.map(|point| point.start_ms(now)), to_ms: to.map(|point| point.end_ms(now)) }
            }
        }
    }
}

/// The first moment of a day. Where the clocks skip midnight, the first that exists.
fn midnight_ms<Tz: TimeZone>(day: NaiveDate, zone: &Tz) -> i64 {
    let midnight = day.and_time(NaiveTime::MIN);
    for minutes in (0..=180).step_by(30) {
        let Some(clock) = midnight.checked_add_signed(TimeDelta::minutes(minutes)) else { break };
        match zone.from_local_datetime(&clock) {
            LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => return time.timestamp_millis(),
            LocalResult::None => {}
        }
    }
    midnight.and_utc().timestamp_millis()
}

fn number(text: &str) -> Option<u32> {
    let is_number = !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

fn in_years(year: u32) -> Option<i32> {
    i32::try_from(year).ok().filter(|year| YEARS.contains(year))
}

/// `3d`, `2w`, `6m`, `1y`.
fn parse_ago(lower: &str) -> Option<DatePoint> {
    let (at, unit) = lower.char_indices().next_back()?;
    let unit = match unit {
        'd' => Unit::Days,
        'w' => Unit::Weeks,
        'm' => Unit::Months,
        'y' => Unit::Years,
        _ => return None,
    };
    number(&lower[..at]).map(|n| DatePoint::Ago(n, unit))
}

/// For `15.06.2019` and `06/15/2019`: what the person means, in the order that we read.
fn reordered(text: &str, first: u32, second: u32, year: u32) -> NoDate {
    let written = |day, month| {
        let day = NaiveDate::from_ymd_opt(in_years(year)?, month, day)?;
        Some(DatePoint::Day(day).to_string())
    };
    let mut valid: Vec<String> = [written(first, second), written(second, first)].into_iter().flatten().collect();
    valid.dedup();
    if valid.is_empty() { no_date(text, &FORMS) } else { NoDate { what: what(text), valid } }
}

fn turned(text: &str, from: DatePoint, to: DatePoint) -> NoDate {
    NoDate { what: format!("\"{text}\" ends before it begins"), valid: vec![format!("{to}..{from}")] }
}

fn no_date(text: &str, valid: &[&str]) -> NoDate {
    NoDate { what: what(text), valid: valid.iter().map(|&form| form.to_owned()).collect() }
}

fn what(text: &str) -> String {
    format!("\"{text}\" is not a date")
}

impl fmt::Display for DatePoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(formatter, "{year:04}"),
            Self::Month(year, month) => write!(formatter, "{year:04}-{month:02}"),
            Self::Day(day) => write!(formatter, "{}", day.format("%Y-%m-%d")),
            Self::Today => formatter.write_str("today"),
            Self::Yesterday => formatter.write_str("yesterday"),
            Self::Ago(n, unit) => {
                let unit = match unit {
                    Unit::Days => 'd',
                    Unit::Weeks => 'w',
                    Unit::Months => 'm',
                    Unit::Years => 'y',
                };
                write!(formatter, "{n}{unit}")
            }
        }
    }
}

impl fmt::Display for DateSpan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(point) => point.fmt(formatter),
            Self::Range(from, to) => {
                if let Some(from) = from {
                    from.fmt(formatter)?;
                }
                formatter.write_str("..")?;
                to.map_or(Ok(()), |to| to.fmt(formatter))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::Utc;
    use chrono_tz::Tz;

    use super::*;

    fn now(zone: Tz) -> DateTime<Tz> {
        Utc.with_ymd_and_hms(2024, 3, 31, 22, 30, 0).single().expect("a time").with_timezone(&zone)
    }

    #[test]
    fn spans_are_whole_days_of_the_zone() {
        let check = |zone: Tz, text: &str, from: Option<&str>, to: Option<&str>| {
            let bounds = DateSpan::parse(text).expect("a date").bounds(&now(zone));
            let shown = |ms: Option<i64>| {
                ms.map(|ms| {
                    let utc = DateTime::<Utc>::from_timestamp_millis(ms).expect("in range");
                    utc.format("%Y-%m-%d %H:%M").to_string()
                })
            };
            assert_eq!(shown(bounds.from_ms).as_deref(), from, "{text} begins");
            assert_eq!(shown(bounds.to_ms).as_deref(), to, "{text} ends");
        };
        let utc = |text: &str, from, to| check(Tz::UTC, text, from, to);
        utc("2019", Some("2019-01-01 00:00"), Some("2020-01-01 00:00"));
        utc("2019-12", Some("2019-12-01 00:00"), Some("2020-01-01 00:00"));
        utc("2019-06-15", Some("2019-06-15 00:00"), Some("2019-06-16 00:00"));
        utc("2019/6/5", Some("2019-06-05 00:00"), Some("2019-06-06 00:00"));
        utc("2019-06..2020", Some("2019-06-01 00:00"), Some("2021-01-01 00:00"));
        utc("..2018", None, Some("2019-01-01 00:00"));
        utc("2018..", Some("2018-01-01 00:00"), None);
        utc("today", Some("2024-03-31 00:00"), Some("2024-04-01 00:00"));
        utc("Yesterday", Some("2024-03-30 00:00"), Some("2024-03-31 00:00"));
        utc("1m..", Some("2024-02-29 00:00"), None);
        utc("1m", Some("2024-02-29 00:00"), None);
        utc("2w..yesterday", Some("2024-03-17 00:00"), Some("2024-03-31 00:00"));
        utc("4y..", Some("2020-03-31 00:00"), None);
        // In Berlin it is already the first of April, and summer time began the day before.
        check(Tz::Europe__Berlin, "today", Some("2024-03-31 22:00"), Some("2024-04-01 22:00"));
        check(Tz::Europe__Berlin, "yesterday", Some("2024-03-30 23:00"), Some("2024-03-31 22:00"));
        // Clocks that skip midnight.
        check(Tz::America__Sao_Paulo, "2018-11-04", Some("2018-11-04 03:00"), Some("2018-11-05 02:00"));
    }

    #[test]
    fn what_is_no_date_proposes_the_nearest() {
        let check = |text: &str, valid: &[&str]| {
            let error = DateSpan::parse(text).expect_err(text);
            assert_eq!(error.valid, valid, "{text}");
        };
        check("2019-13", &["2019-12", "2019"]);
        check("2019-02-30", &["2019-02-28", "2019-02"]);
        check("2019-00-01", &["2019-01", "2019"]);
        check("15.06.2019", &["2019-06-15"]);
        check("06/05/2019", &["2019-05-06", "2019-06-05"]);
        check("june", &FORMS);
        check("19", &FORMS);
        check("0000", &FORMS);
        check("99999", &FORMS);
        check("2019é", &FORMS);
        check("2020..2019", &["2019..2020"]);
        check("..", &["2019..", "..2019", "2018..2019"]);
        check("2019..2020..2021", &FORMS);
    }

    #[test]
    fn a_range_that_ends_before_it_begins_is_told_on_its_day() {
        let now = now(Tz::UTC);
        let check = |text: &str, valid: Option<&str>| {
            let turned = DateSpan::parse(text).expect(text).turned(&now);
            assert_eq!(turned.map(|error| error.valid), valid.map(|valid| vec![valid.to_owned()]), "{text}");
        };
        check("yesterday..2020", Some("2020..yesterday"));
        check("3m..1y", Some("1y..3m"));
        check("today..yesterday", Some("yesterday..today"));
        check("2025..today", Some("today..2025"));
        for right in ["2020..yesterday", "1y..3m", "2024..today", "yesterday..yesterday", "3m..", "..3m", "2020", "3m"]
        {
            check(right, None);
        }
    }

    #[test]
    fn printing_is_what_parses() {
        for text in ["2019", "2019-06", "2019-06-15", "3m..", "..2018", "2016..2019-06", "yesterday", "2w", "today"] {
            assert_eq!(DateSpan::parse(text).expect(text).to_string(), text);
        }
    }
}
