//! Times of flat documents: ISO 8601, with an offset from 2020 on and without one before (format reference §3.1).
//!
//! Which zone a time without offset is in shows in `media.json`: the folder of a medium is the month in California, so a
//! medium of the first hours of a month tells whether its clock ran there or in UTC.

use chrono::{DateTime, Datelike, NaiveDateTime, TimeZone};
use chrono_tz::America::Los_Angeles;

use crate::model::{Moment, Precision, Zone};
use crate::source::{FlatZone, Learnt};

/// A time and whether it is a guess in which zone it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    pub at: Moment,
    pub is_uncertain: bool,
}

/// Reads a time. Without an offset it is in the zone that other downloads show, else in that of the folders' months, and
/// in UTC while nothing tells the zone.
pub fn read(text: &str, learnt: &Learnt) -> Option<Read> {
    let text = text.trim();
    let precision = if text.contains('.') { Precision::Millisecond } else { Precision::Second };
    let instant = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%#z"))
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%#z"));
    if let Ok(instant) = instant {
        return Moment::from_instant(instant.to_utc(), precision).map(|at| Read { at, is_uncertain: false });
    }
    let wall = Moment::from_wall(wall_clock(text)?, precision)?;
    let at = match (learnt.inferred_zone, learnt.flat_zone) {
        (Some(zone), _) => wall.inferred(zone),
        (None, Some(FlatZone::Pacific)) => wall.told(Zone::PACIFIC),
        (None, Some(FlatZone::Utc)) => wall.told(Zone::UTC),
        (None, None) => wall.inferred(Zone::UTC),
    };
    Some(Read { at, is_uncertain: learnt.inferred_zone.is_none() && learnt.flat_zone.is_none() })
}

fn wall_clock(text: &str) -> Option<NaiveDateTime> {
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
        .iter()
        .find_map(|pattern| NaiveDateTime::parse_from_str(text, pattern).ok())
}

/// What one medium tells about the zone of the times without offset, if it tells anything: only in the hours in which it
/// is another month in UTC than in California do the two differ.
pub fn zone_told_by(taken_at: &str, path: &str) -> Option<FlatZone> {
    let clock = wall_clock(taken_at.trim())?;
    let month = |clock: NaiveDateTime| format!("{:04}{:02}", clock.year(), clock.month());
    let in_california = month(Los_Angeles.from_utc_datetime(&clock).naive_local());
    let folder = path.rsplit('/').nth(1)?;
    if in_california == month(clock) {
        None
    } else if folder == month(clock) {
        Some(FlatZone::Pacific)
    } else {
        (folder == in_california).then_some(FlatZone::Utc)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Basis;

    #[test]
    fn offsets_count_and_microseconds_are_cut() {
        let check = |text: &str, zone, ms, precision, basis, is_uncertain| {
            let at = Moment { ms, precision, basis };
            let learnt = Learnt { flat_zone: zone, ..Learnt::default() };
            assert_eq!(read(text, &learnt), Some(Read { at, is_uncertain }), "{text}");
        };
        let (s, ms) = (Precision::Second, Precision::Millisecond);
        let (pacific, utc) = (Some(FlatZone::Pacific), Some(FlatZone::Utc));
        check("2019-06-01T03:57:10+00:00", None, 1_559_361_430_000, s, Basis::Utc, false);
        check("2019-06-01T05:57:10+02:00", pacific, 1_559_361_430_000, s, Basis::Utc, false);
        check("2019-06-01T03:57:10.123987+00:00", None, 1_559_361_430_123, ms, Basis::Utc, false);
        check("2019-06-01T03:57:10", None, 1_559_361_430_000, s, Basis::Inferred(Zone::UTC), true);
        check("2019-06-01T03:57:10", utc, 1_559_361_430_000, s, Basis::Told(Zone::UTC), false);
        check("2019-06-01T03:57:10.5", pacific, 1_559_361_430_500, ms, Basis::Told(Zone::PACIFIC), false);
        check("2019-06-01 03:57:10", utc, 1_559_361_430_000, s, Basis::Told(Zone::UTC), false);
        let learnt = Learnt { inferred_zone: Some(Zone::PACIFIC), flat_zone: utc, ..Learnt::default() };
        let at = Moment { ms: 1_559_361_430_000, precision: s, basis: Basis::Inferred(Zone::PACIFIC) };
        assert_eq!(read("2019-06-01T03:57:10", &learnt), Some(Read { at, is_uncertain: false }));
        for nothing in ["", "1970-01-01T00:00:00+00:00", "2019-06-01", "mia.example", "2019-13-01T00:00:00"] {
            assert_eq!(read(nothing, &Learnt::default()), None, "{nothing}");
        }
    }

    #[test]
    fn the_first_hours_of_a_month_tell_the_zone() {
        let check = |taken_at, path, zone| assert_eq!(zone_told_by(taken_at, path), zone, "{taken_at} {path}");
        check("2019-06-01T03:57:10", "photos/201906/a.jpg", Some(FlatZone::Pacific));
        check("2019-06-01T03:57:10", "photos/201905/a.jpg", Some(FlatZone::Utc));
        check("2019-06-01T03:57:10", "photos/201901/a.jpg", None);
        check("2019-06-01T08:57:10", "photos/201906/a.jpg", None);
        check("2019-05-31T23:57:10", "photos/201905/a.jpg", None);
        check("2019-06-01T03:57:10+00:00", "photos/201905/a.jpg", None);
        check("2019-06-01T03:57:10", "a.jpg", None);
    }
}
