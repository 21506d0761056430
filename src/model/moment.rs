//! Points in time with a precision and the ground on which they stand.

use std::fmt;

use chrono::{DateTime, LocalResult, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// How fine a time is known. Ordered from fine to coarse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Precision {
    #[serde(rename = "ms")]
    Millisecond = 1,
    #[serde(rename = "s")]
    Second = 2,
    #[serde(rename = "minute")]
    Minute = 3,
    #[serde(rename = "day")]
    Day = 4,
}

impl Precision {
    pub const fn code(self) -> i64 {
        self as i64
    }

    pub fn from_code(code: i64) -> Option<Self> {
        [Self::Millisecond, Self::Second, Self::Minute, Self::Day].into_iter().find(|p| p.code() == code)
    }

    /// The name that the views show.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Millisecond => "ms",
            Self::Second => "s",
            Self::Minute => "minute",
            Self::Day => "day",
        }
    }
}

/// What the number of a [`Moment`] means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Basis {
    /// Unix milliseconds, UTC, as the document stated it.
    #[default]
    #[serde(rename = "utc")]
    Utc,
    /// A wall clock without a zone, written as if it were UTC; nothing told the zone. US Pacific is taken, in which
    /// downloads print (format reference §3.1, §5.5): inferred.
    #[serde(rename = "wall")]
    Wall,
    /// A wall clock, written as if it were UTC, and the zone that the download itself told.
    #[serde(rename = "told")]
    Told(Zone),
    /// A wall clock, written as if it were UTC, and the zone that other downloads of the account show, or that is taken
    /// where nothing tells it.
    #[serde(rename = "inferred")]
    Inferred(Zone),
}

/// The zone of a wall clock. Written by its IANA name, or as `+05:45`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Zone {
    /// Follows the daylight saving of that place.
    Named(Tz),
    /// Minutes that the clock is ahead of UTC, all year.
    Offset(i16),
}

impl Zone {
    pub const PACIFIC: Self = Self::Named(Tz::America__Los_Angeles);
    pub const UTC: Self = Self::Named(Tz::UTC);

    /// Unix milliseconds of a wall clock that was written as if it were UTC, and of the other instant that it may mean:
    /// the later one in the hour that autumn shows twice; in the hour that spring skips the one by summer's offset.
    pub fn to_utc_ms(self, wall_ms: i64) -> (i64, Option<i64>) {
        let clock = DateTime::<Utc>::from_timestamp_millis(wall_ms).map(|time| time.naive_utc());
        match (self, clock) {
            (Self::Offset(minutes), _) => (wall_ms.saturating_sub(i64::from(minutes) * 60_000), None),
            (Self::Named(zone), Some(clock)) => match zone.from_local_datetime(&clock) {
                LocalResult::Single(time) => (time.timestamp_millis(), None),
                LocalResult::Ambiguous(first, second) => (first.timestamp_millis(), Some(second.timestamp_millis())),
                LocalResult::None => {
                    // No zone has two changes within the days around a gap.
                    let by_offset_of = |day: TimeDelta| {
                        let beside = clock.checked_add_signed(day)?;
                        let seconds = zone.offset_from_local_datetime(&beside).earliest()?.fix().local_minus_utc();
                        Some(wall_ms - i64::from(seconds) * 1_000)
                    };
                    let before = by_offset_of(TimeDelta::days(-1)).unwrap_or(wall_ms);
                    (before, by_offset_of(TimeDelta::days(1)).filter(|after| *after != before))
                }
            },
            (Self::Named(_), None) => (wall_ms, None),
        }
    }

    /// Minutes that its clocks are ahead of UTC at that instant.
    pub fn offset_minutes_at(self, utc_ms: i64) -> i64 {
        match (self, DateTime::<Utc>::from_timestamp_millis(utc_ms)) {
            (Self::Named(zone), Some(time)) => {
                i64::from(zone.offset_from_utc_datetime(&time.naive_utc()).fix().local_minus_utc()) / 60
            }
            (Self::Named(_), None) => 0,
            (Self::Offset(minutes), _) => i64::from(minutes),
        }
    }

    /// The zone of that name, as [`fmt::Display`] writes it.
    pub fn of_name(name: &str) -> Option<Self> {
        let Some(ahead) =
            name.strip_prefix('+').map(|rest| (1, rest)).or(name.strip_prefix('-').map(|rest| (-1, rest)))
        else {
            return name.parse().ok().map(Self::Named);
        };
        let (sign, (hours, minutes)) = (ahead.0, ahead.1.split_once(':')?);
        let minutes = hours.parse::<i16>().ok()?.checked_mul(60)?.checked_add(minutes.parse().ok()?)?;
        Some(Self::Offset(sign * minutes))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(zone) => formatter.write_str(zone.name()),
            Self::Offset(minutes) => {
                let sign = if *minutes < 0 { '-' } else { '+' };
                let minutes = minutes.unsigned_abs();
                write!(formatter, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::of_name(&name).ok_or_else(|| de::Error::custom("no zone has that name"))
    }
}

/// A time as a document wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Moment {
    /// Milliseconds since 1970, in the sense of `basis`.
    pub ms: i64,
    pub precision: Precision,
    #[serde(default, skip_serializing_if = "is_utc")]
    pub basis: Basis,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_utc(basis: &Basis) -> bool {
    *basis == Basis::Utc
}

/// Instagram's launch, 2010-10-06: nothing in an export happened before (format reference §3.1).
const FIRST_MS: i64 = 1_286_323_200_000;
/// 2100-01-01: above it a number is no time of an export. What a download tells as done after it was made is a matter of
/// its snapshot, and told where records are computed.
const LAST_MS: i64 = 4_102_444_800_000;

impl Moment {
    /// Takes a Unix time whose unit is guessed from its size (above 10¹⁴ microseconds, above 10¹¹ milliseconds, else
    /// seconds; format reference §3.1). `None` for 0 and for what lies before Instagram or after the year 2099.
    pub fn from_unix(number: i64) -> Option<Self> {
        let (ms, precision) = if number > 100_000_000_000_000 {
            (number / 1_000, Precision::Millisecond)
        } else if number > 100_000_000_000 {
            (number, Precision::Millisecond)
        } else {
            (number.checked_mul(1_000)?, Precision::Second)
        };
        (FIRST_MS..LAST_MS).contains(&ms).then_some(Self { ms, precision, basis: Basis::Utc })
    }

    /// A wall clock without zone. `None` outside the years of Instagram.
    pub fn from_wall(clock: NaiveDateTime, precision: Precision) -> Option<Self> {
        let ms = clock.and_utc().timestamp_millis();
        (FIRST_MS..LAST_MS).contains(&ms).then_some(Self { ms, precision, basis: Basis::Wall })
    }

    /// A time that was written with its offset.
    pub fn from_instant(instant: DateTime<Utc>, precision: Precision) -> Option<Self> {
        let ms = instant.timestamp_millis();
        (FIRST_MS..LAST_MS).contains(&ms).then_some(Self { ms, precision, basis: Basis::Utc })
    }

    /// Whether it is a wall clock, and not an instant that the document stated.
    pub fn is_wall(self) -> bool {
        self.basis != Basis::Utc
    }

    /// A wall clock whose zone the download told; any other moment stays.
    #[must_use]
    pub fn told(self, zone: Zone) -> Self {
        if self.basis == Basis::Wall { Self { basis: Basis::Told(zone), ..self } } else { self }
    }

    /// The same with a zone that the download did not tell.
    #[must_use]
    pub fn inferred(self, zone: Zone) -> Self {
        if self.basis == Basis::Wall { Self { basis: Basis::Inferred(zone), ..self } } else { self }
    }

    /// ISO 8601 as fine as it is known, with `Z` only where it is UTC: the way in which `details` hold a time.
    pub fn iso(self) -> String {
        let Some(time) = DateTime::<Utc>::from_timestamp_millis(self.ms) else { return self.ms.to_string() };
        let clock = match self.precision {
            Precision::Millisecond => time.format("%Y-%m-%dT%H:%M:%S%.3f"),
            Precision::Second => time.format("%Y-%m-%dT%H:%M:%S"),
            Precision::Minute => time.format("%Y-%m-%dT%H:%M"),
            Precision::Day => return time.format("%Y-%m-%d").to_string(),
        };
        if self.basis == Basis::Utc { format!("{clock}Z") } else { clock.to_string() }
    }

    /// Unix milliseconds UTC; a wall clock is taken in its zone, else in US Pacific time. Of the hour that
    /// autumn shows twice it is the earlier showing; in the hour that spring skips winter's offset still counts.
    pub fn utc_ms(self) -> i64 {
        self.utc_ms_and_other().0
    }

    /// The other instant that a wall clock may mean, where the clocks were changed.
    pub fn other_utc_ms(self) -> Option<i64> {
        self.utc_ms_and_other().1
    }

    fn utc_ms_and_other(self) -> (i64, Option<i64>) {
        match self.basis {
            Basis::Utc => (self.ms, None),
            // A day has no clock that could be shown twice.
            _ if self.precision == Precision::Day => (self.zone().to_utc_ms(self.ms).0, None),
            _ => self.zone().to_utc_ms(self.ms),
        }
    }

    fn zone(self) -> Zone {
        match self.basis {
            Basis::Told(zone) | Basis::Inferred(zone) => zone,
            Basis::Utc | Basis::Wall => Zone::PACIFIC,
        }
    }
}

/// Turns a US-Pacific wall clock, written as if it were UTC, into Unix milliseconds. The hour that autumn shows twice
/// is taken at its first showing; a clock that spring skips moves with the change.
pub fn pacific_to_utc_ms(wall_ms: i64) -> i64 {
    Zone::PACIFIC.to_utc_ms(wall_ms).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_told_by_size() {
        let check = |number, ms, precision| {
            assert_eq!(Moment::from_unix(number), Some(Moment { ms, precision, basis: Basis::Utc }), "{number}");
        };
        check(1_650_000_000, 1_650_000_000_000, Precision::Second);
        check(1_650_000_000_123, 1_650_000_000_123, Precision::Millisecond);
        check(1_650_000_000_123_456, 1_650_000_000_123, Precision::Millisecond);
        for nothing in [0, -1, 1, 86_400, 1_286_000_000, i64::MAX, i64::MIN, -62_169_958_800] {
            assert_eq!(Moment::from_unix(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn pacific_follows_daylight_saving() {
        let wall = |text: &str| {
            NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a date").and_utc().timestamp_millis()
        };
        let check = |local: &str, utc: &str| assert_eq!(pacific_to_utc_ms(wall(local)), wall(utc), "{local}");
        check("2022-04-23 17:30", "2022-04-24 00:30");
        check("2022-01-10 17:30", "2022-01-11 01:30");
        check("2022-11-06 01:30", "2022-11-06 08:30");
        check("2022-03-13 02:30", "2022-03-13 10:30");
    }

    #[test]
    fn other_zones_and_the_hours_of_the_change() {
        let wall = |text: &str| {
            NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a date").and_utc().timestamp_millis()
        };
        let check = |zone: &str, local: &str, utc: &str, other: Option<&str>| {
            let zone: Zone = serde_json::from_value(serde_json::json!(zone)).expect("a zone");
            let at = Moment { ms: wall(local), precision: Precision::Minute, basis: Basis::Wall }.told(zone);
            assert_eq!((at.utc_ms(), at.other_utc_ms()), (wall(utc), other.map(wall)), "{zone} {local}");
            let written = serde_json::to_value(at).expect("JSON");
            assert_eq!(serde_json::from_value::<Moment>(written).expect("a moment"), at, "{zone}");
        };
        check("Europe/Berlin", "2022-07-01 12:00", "2022-07-01 10:00", None);
        check("Europe/Berlin", "2022-01-01 12:00", "2022-01-01 11:00", None);
        check("Europe/Berlin", "2022-10-30 02:30", "2022-10-30 00:30", Some("2022-10-30 01:30"));
        check("Europe/Berlin", "2022-03-27 02:30", "2022-03-27 01:30", Some("2022-03-27 00:30"));
        check("America/Los_Angeles", "2022-11-06 01:59", "2022-11-06 08:59", Some("2022-11-06 09:59"));
        check("America/Los_Angeles", "2022-03-13 02:00", "2022-03-13 10:00", Some("2022-03-13 09:00"));
        // A whole day was skipped.
        check("Pacific/Apia", "2011-12-30 12:00", "2011-12-30 22:00", Some("2011-12-29 22:00"));
        check("+05:45", "2022-07-01 12:00", "2022-07-01 06:15", None);
        check("-00:30", "2022-07-01 12:00", "2022-07-01 12:30", None);
        for no_zone in ["Europe/Atlantis", "+5", "+99999:00", ""] {
            assert!(serde_json::from_value::<Zone>(serde_json::json!(no_zone)).is_err(), "{no_zone}");
        }
        let at = Moment { ms: 1, precision: Precision::Second, basis: Basis::Utc };
        assert_eq!(at.told(Zone::PACIFIC), at);
        for ms in [i64::MIN, i64::MAX] {
            let at = Moment { ms, precision: Precision::Second, basis: Basis::Wall };
            assert_eq!(at.utc_ms(), ms);
        }
    }
}
